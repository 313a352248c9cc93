/* Packing: see the header. */
#include "exec/product_pack.h"

#include <string.h>

/* Packs columns [n, n + cols) of one panel, any strides. */
static void pack_scalar(const GemmKernels *g, const GemmTile *t, int64_t width) {
  const int64_t step_k = t->b_row, step_n = t->b_col;
  for (int64_t k = 0; k < t->k; k++)
    for (int64_t n = 0; n < width; n++) {
      int64_t to = k * t->c_row + n, from = k * step_k + n * step_n;
      if (g->dtype == DT_f64)
        ((double *)t->c)[to] = n < t->cols ? ((const double *)t->b)[from] : 0;
      else
        ((float *)t->c)[to] = n < t->cols ? ((const float *)t->b)[from] : 0;
    }
}

static void pack_panel(const GemmKernels *g, const GemmTile *panel) {
  if (panel->b_col == 1) {
    g->copy[divide_up(panel->cols, g->lanes) - 1](panel);
    return;
  }
  for (int64_t n = 0; n < panel->cols; n += g->lanes) {
    GemmTile column = *panel;
    column.b = (const char *)panel->b + n * panel->b_col * g->bytes;
    column.c = (char *)panel->c + n * g->bytes;
    column.cols = least(panel->cols - n, g->lanes);
    if (panel->b_row == 1 && panel->k >= g->lanes)
      g->transpose(&column);
    else
      pack_scalar(g, &column, g->lanes);
  }
}

void pack_b(const GemmKernels *g, const GemmArgs *args, const char *b, ProductRange k,
            ProductRange n, char *to) {
  int64_t width = panel_width(g), depth = k.hi - k.lo;
  for (int64_t column = n.lo; column < n.hi; column += width) {
    int64_t cols = least(width, n.hi - column);
    GemmTile panel = {.b = b + (k.lo * args->b_row + column * args->b_col) * g->bytes,
                      .c = to,
                      .k = depth,
                      .b_row = args->b_row,
                      .b_col = args->b_col,
                      .c_row = round_up(cols, g->lanes),
                      .cols = cols};
    pack_panel(g, &panel);
    to += depth * panel.c_row * g->bytes;
  }
}

/* k is the outer loop where the elements of a column are adjacent in memory. */
#define PACK_A(T)                                                                                  \
  static void pack_a_##T(T *to, const T *a, int64_t rows, int64_t depth, int64_t row,              \
                         int64_t col) {                                                            \
    int64_t whole = row == 1 ? rows / GEMM_ROWS * GEMM_ROWS : 0;                                   \
    for (int64_t k = 0; k < depth && whole; k++)                                                   \
      for (int64_t m = 0; m < whole; m += GEMM_ROWS)                                               \
        memcpy(to + m * depth + k * GEMM_ROWS, a + k * col + m, GEMM_ROWS * sizeof(T));            \
    for (int64_t m = whole; m < rows; m += GEMM_ROWS)                                              \
      for (int64_t k = 0; k < depth; k++)                                                          \
        for (int64_t r = 0; r < least(GEMM_ROWS, rows - m); r++)                                   \
          to[m * depth + k * GEMM_ROWS + r] = a[(m + r) * row + k * col];                          \
  }
PACK_A(float)
PACK_A(double)

void pack_a(const GemmKernels *g, const GemmArgs *args, const char *a, int64_t rows, int64_t depth,
            char *to) {
  const void *from = a;
  void *target = to;
  if (g->dtype == DT_f64)
    pack_a_double(target, from, rows, depth, args->a_row, args->a_col);
  else
    pack_a_float(target, from, rows, depth, args->a_row, args->a_col);
}
