/* Functions made of a function: with its weights as parameters, and its derivative. */
#ifndef ORDO_APP_DIFFERENTIATE_H
#define ORDO_APP_DIFFERENTIATE_H

#include "frontend/check.h"

/* The same function; what were its weights are its first arguments, under their paths. */
const SpecFunction *function_open(Ctx *ctx, const SpecFunction *f);
/* Of that function f(w..., x...) = (y...) the one that takes also, for each float result y, the
 * derivative of a loss by it ("d_NAME"), and gives the derivative of that loss by each float among
 * w and x ("d_NAME"), in order. Random numbers are those of f with the same seed. NULL after a
 * diagnostic. */
const SpecFunction *function_derivative(Ctx *ctx, const SpecFunction *f);

#endif
