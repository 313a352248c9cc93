/* Array literals on the command line: "[[0.3, 0.1], [1, 2]]", "0.5", "true". */
#ifndef ORDO_IO_LITERAL_H
#define ORDO_IO_LITERAL_H

#include "io/numtext.h"

/* A new tensor of element type 'want' (or DTYPE_BY_LOOK: bool, i32 or f32 by how the numbers are
 * written). name is what the text stands for, as in "argument 'x'". NULL after a diagnostic that
 * points into the text. */
Tensor *literal_read(Ctx *ctx, const char *text, DType want, const char *name);

/* A tensor as text: rows in brackets, one line a row, floats with 'digits' significant digits (0:
 * as many as needed to read back the same). Long axes are shortened to 'limit' items ("...") unless
 * limit is 0. */
void literal_print(const Tensor *tensor, int digits, int64_t limit, Text *out);

#endif
