/* Packing for products in bf16 (exec/product_bf16.c): k is filled up to a multiple of 32 with
 * zeros. */
#ifndef ORDO_EXEC_PRODUCT_BF16_PACK_H
#define ORDO_EXEC_PRODUCT_BF16_PACK_H

#include "exec/product_bf16.h"

/* A part of A or B: n rows of A or columns of B. */
typedef struct Bf16Operand {
  const float *at;
  int64_t n, step_n, step_k; /* strides */
} Bf16Operand;

typedef struct Bf16Strides {
  int64_t row, col;
} Bf16Strides;

int64_t bf16_depth(int64_t k); /* with the filling */

/* Of A, f32; n rounded up to lanes, times the depth. The result tells how it lies. */
Bf16Strides bf16_pack_a(const Bf16Kernels *kernels, const Bf16Operand *a, int64_t k, float *to);
/* Of B, f32: panels as wide as a tile, each row after row; the last one is as large as the
 * others. */
void bf16_pack_b(const Bf16Kernels *kernels, const Bf16Operand *b, int64_t k, float *to);
/* Groups of 16 rows of A, or with pairs of 16 columns of B, for the tile unit. */
void bf16_pack_units(const Bf16Kernels *kernels, const Bf16Operand *o, int64_t k, bool pairs,
                     char *to);

#endif
