/* Numbers written as text: one reader for array literals, CSV files and records of data.
 *
 * A decimal becomes an element in one rounding, whatever its length: next to the nearest f64 a
 * number keeps that f64 rounded to odd, which narrower types are rounded from (Boldo and
 * Melquiond, "When double rounding is odd", 2005). What a type cannot hold is a fault, never
 * another number. */
#ifndef ORDO_IO_NUMTEXT_H
#define ORDO_IO_NUMTEXT_H

#include "ir/tensor.h"

/* In order of generality: a mix of two looks is the greater one. */
typedef enum NumberLook { LOOK_bool, LOOK_int, LOOK_float } NumberLook;

typedef struct NumText {
  double nearest, odd; /* odd: the same when the text is exactly that, else its last bit is 1 */
  NumberLook look;
  bool word; /* inf and nan: infinite because the text says so, not because it is too large */
} NumText;

/* Reads a number at 'at' ("true", "-3", "+007", "1e-3", "inf", "nan"; words in any case);
 * returns its end, or NULL when there is none or something sticks to it. */
const char *numtext_scan(const char *at, NumText *out);
/* The same of text[0, n), all of it; false also when memory is out. */
bool numtext_scan_all(const char *text, size_t n, NumText *out);
/* The number as an f64, or as the f64 that a narrower type is rounded from. */
static inline double numtext_value(const NumText *number, DType to) {
  return to == DT_f64 ? number->nearest : number->odd;
}
/* Why it can be no element of a type ("is no whole number of 32 bits"); NULL when it can.
 * Static. */
const char *numtext_fault(const NumText *number, DType to);

/* The element type for values of a look, when nothing else is wanted. */
DType numtext_dtype(NumberLook look);

/* 'want' in the readers of files and texts: this stands for "by the look of the numbers". */
#define DTYPE_BY_LOOK N_DTYPES

/* A tensor of the wanted type from numbers (numtext_value) in row-major order; NULL after a
 * diagnostic about 'what'. */
Tensor *numtext_tensor(Ctx *ctx, const double *values, const int64_t *dims, int rank,
                       NumberLook look, DType want, const char *what);

#endif
