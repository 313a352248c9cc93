/* Values of elementwise ops on single elements, held as doubles, and the rules of casts and
 * rounding. */
#ifndef ORDO_IR_SCALAR_H
#define ORDO_IR_SCALAR_H

#include "ir/ir.h"

/* The exact rest of a / b, then the sign of b: as in NumPy, so NaN for b = 0, b for -small % b
 * where the sum rounds to it, and zeros with the sign of b. */
double floor_mod(double a, double b);
/* The value of an elementwise op (not of fold, seed, cast). operand is the dtype of the last
 * operand, result that of the result; the result is rounded to it. */
double scalar_eval(Op op, DType operand, DType result, double a, double b, double c);
/* Rounds to a dtype: f32 and bf16 to nearest even, i32 wraps around, bool is 0 or 1; others as they
 * are. */
double scalar_round(DType dtype, double value);
/* The cast to a dtype: float to integer cuts towards zero and saturates, NaN gives 0; an index is
 * clamped into [0, extent). */
double scalar_cast(DType to, int64_t extent, double value);

#endif
