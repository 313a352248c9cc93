/* The compiled inner loops of matrix products, which codegen/gemm.h makes and exec/product.c
 * calls. */
#ifndef ORDO_EXEC_TILE_H
#define ORDO_EXEC_TILE_H

#include "base/dtype.h"

enum { GEMM_ROWS = 6, GEMM_VECTORS = 4 }; /* limits of a tile */

/* What an inner loop works on; strides in elements.
 *
 *   tile       C[rows, cols] (+)= A[rows, k] * B[k, vectors * lanes]; B is read to whole
 *              vectors, C is not
 *   copy       c[k, c_row] = B[k, cols] with rows adjacent; the last of its vectors is filled
 *              with zeros
 *   transpose  c[k, c_row] = B[k, cols], cols <= lanes, k >= lanes, where columns of B are
 *              adjacent in memory (b_row = 1) and lie b_col apart; the rest of the vector
 *              repeats the last column
 */
typedef struct GemmTile {
  const void *a, *b;
  void *c;
  int64_t k, a_row, a_col, b_row, b_col, c_row, cols, accumulate;
} GemmTile;
typedef void (*GemmLoop)(const GemmTile *tile);

/* The loops for one element type. */
typedef struct GemmKernels {
  DType dtype;
  int bytes;                              /* of an element */
  int lanes, vectors;                     /* of the widest tile */
  GemmLoop tile[GEMM_ROWS][GEMM_VECTORS]; /* by rows - 1, vectors - 1 */
  GemmLoop copy[GEMM_VECTORS];
  GemmLoop transpose; /* NULL until a product needs it */
} GemmKernels;

#endif
