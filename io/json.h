/* Arrays as JSON. */
#ifndef ORDO_IO_JSON_H
#define ORDO_IO_JSON_H

#include "io/tensors.h"

/* A tensor as nested arrays; nan and infinities are texts. */
void json_print(const Tensor *tensor, Text *out);

#endif
