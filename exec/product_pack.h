/* Packing of operands: private to the driver of products (exec/product.c). */
#ifndef ORDO_EXEC_PRODUCT_PACK_H
#define ORDO_EXEC_PRODUCT_PACK_H

#include "exec/product.h"

enum { MAX_LANES = 16 };

typedef struct ProductRange {
  int64_t lo, hi;
} ProductRange;

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
static inline int64_t round_up(int64_t a, int64_t b) { return divide_up(a, b) * b; }
static inline int64_t panel_width(const GemmKernels *g) { return (int64_t)g->lanes * g->vectors; }

/* Packs [k, n] of an item's B to panels as wide as a tile: panel p holds columns [p, p + 1) *
 * width, row after row; the last one ends with a whole vector. */
void pack_b(const GemmKernels *g, const GemmArgs *args, const char *b, ProductRange k,
            ProductRange n, char *to);
/* Copies rows of A so that GEMM_ROWS of them lie next to each other for each k: group after group,
 * each of depth * GEMM_ROWS elements. a: the first row's first element. */
void pack_a(const GemmKernels *g, const GemmArgs *args, const char *a, int64_t rows, int64_t depth,
            char *to);
/* Where column n, the first of a panel, and a block of k lie in all of B packed. */
static inline const char *packed_at(const GemmKernels *g, const GemmArgs *args, const char *packed,
                                    ProductRange k, int64_t n) {
  return packed + (k.lo * round_up(args->n, g->lanes) + (k.hi - k.lo) * n) * g->bytes;
}

#endif
