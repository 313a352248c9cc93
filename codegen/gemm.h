/* The compiled inner loops of matrix products, f32 and f64: register tiles of up to 6 rows by 4
 * vectors, which read B from panels and A by broadcasts at any strides, and the loops that pack.
 * Who cuts a product into tiles is runtime/product_run.h.
 */
#ifndef ORDO_CODEGEN_GEMM_H
#define ORDO_CODEGEN_GEMM_H

#include "codegen/jit.h"
#include "ir/ir.h"

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

/* The code of products of DT_f32 or DT_f64 as units for jit_add, so that it is compiled beside
 * other units; at most GEMM_UNITS of them. Only products whose columns of B are not adjacent
 * (b_col != 1) need the transposes. */
enum { GEMM_UNITS = GEMM_ROWS + 2 };
int gemm_units(Arena *arena, DType dtype, bool transposes, JitUnit *units);
/* An empty table; gemm_link fills it once the units are added. Code lives as long as the Jit, the
 * table as the arena. */
GemmKernels *gemm_table(const Target *target, Arena *arena, DType dtype);
bool gemm_link(Jit *jit, GemmKernels *kernels, bool transposes, Fault *fault);
/* All of it at once. */
const GemmKernels *gemm_kernels(Jit *jit, Arena *arena, DType dtype, Fault *fault);

#endif
