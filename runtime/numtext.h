/* Numbers written as text, shared by array literals and CSV files. */
#ifndef ORDO_RUNTIME_NUMTEXT_H
#define ORDO_RUNTIME_NUMTEXT_H

#include "ir/tensor.h"

/* In order of generality: a mix of two looks is the greater one. */
typedef enum NumberLook { LOOK_bool, LOOK_int, LOOK_float } NumberLook;

/* Reads a number at 'at' ("true", "-3", "1e-3", "inf", "nan"); returns its end, or NULL when there
 * is none or something sticks to it. */
const char *numtext_scan(const char *at, double *value, NumberLook *look);

/* The element type for values of a look, when nothing else is wanted. */
DType numtext_dtype(NumberLook look);

/* 'want' in the readers of texts: this stands for "by the look of the numbers". */
#define DTYPE_BY_LOOK N_DTYPES

/* A tensor of the wanted type from numbers in row-major order; NULL after a diagnostic about
 * 'what'. */
Tensor *numtext_tensor(Ctx *ctx, const double *values, const int64_t *dims, int rank,
                       NumberLook look, DType want, const char *what);

#endif
