/* Products in bf16 by plain scalars: the definition as a loop. */
#include "base/bf16.h"
#include "exec/product_bf16.h"

static void tile(const Bf16Tile *t) {
  const float *a = t->a, *b = t->b;
  float *c = t->c;
  for (int64_t m = 0; m < t->rows; m++)
    for (int64_t n = 0; n < t->cols; n++) {
      Bf16Sum sum = {.c = t->accumulate ? c[m * t->c_row + n] : 0};
      for (int64_t k = 0; k < t->k; k++)
        bf16_sum_add(&sum, a[m * t->a_row + k * t->a_col], b[k * t->b_row + n]);
      c[m * t->c_row + n] = bf16_sum_end(&sum);
    }
}

static void copy(const Bf16Tile *t) {
  const float *a = t->a;
  float *c = t->c;
  for (int64_t m = 0; m < t->rows; m++)
    for (int64_t n = 0; n < t->width; n++)
      c[m * t->c_row + n] = n < t->cols ? bf16_operand(a[m * t->a_row + n]) : 0;
}

enum { LANES = 16 };

static void transpose(const Bf16Tile *t) {
  const float *a = t->a;
  float *c = t->c;
  for (int64_t n = 0; n < LANES; n++) {
    const float *row = a + (n < t->cols ? n : t->cols - 1) * t->a_row;
    for (int64_t k = 0; k < t->width; k++)
      c[k * t->c_row + n] = k < t->k ? bf16_operand(row[k]) : 0;
  }
}

void bf16_scalar_kernels(Bf16Kernels *kernels) {
  *kernels = (Bf16Kernels){
      .lanes = LANES, .rows = BF16_ROWS, .vectors = 1, .copy = copy, .transpose = transpose};
  for (int i = 0; i < BF16_ROWS; i++) kernels->tile[i][0] = tile;
}
