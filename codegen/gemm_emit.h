/* The compiled inner loops of matrix products; private to gemm.c and its tests. */
#ifndef ORDO_CODEGEN_GEMM_EMIT_H
#define ORDO_CODEGEN_GEMM_EMIT_H

#include "codegen/gemm.h"

/* What an inner loop works on; strides in elements.
 * tile:      C[rows, cols] (+)= A[rows, k] * B[k, vectors * lanes]; B is read to whole vectors, C
 * is not. copy:      c[k, c_row] = B[k, cols] with rows adjacent; the last of its vectors is filled
 * with zeros. transpose: c[k, c_row] = B[k, cols], cols <= lanes, k >= lanes, where columns of B
 * are adjacent in memory (b_row = 1) and lie b_col apart; the rest of the vector repeats the last
 * column. */
typedef struct GemmTile {
  const void *a, *b;
  void *c;
  int64_t k, a_row, a_col, b_row, b_col, c_row, cols, accumulate;
} GemmTile;
typedef void (*GemmLoop)(const GemmTile *tile);

struct GemmKernels {
  DType dtype;
  int bytes;                              /* of an element */
  int lanes, vectors;                     /* of the widest tile */
  GemmLoop tile[GEMM_ROWS][GEMM_VECTORS]; /* by rows - 1, vectors - 1 */
  GemmLoop copy[GEMM_VECTORS];
  GemmLoop transpose; /* NULL until a product needs it */
};

/* One unit of loops: the tiles of so many rows, or those that pack. */
typedef enum GemmPart { GEMM_tiles, GEMM_copies, GEMM_transpose } GemmPart;
typedef struct GemmUnit {
  DType dtype;
  GemmPart part;
  int rows;            /* of tiles */
  const Arena *memory; /* that it lives in */
} GemmUnit;
/* JitUnit.emit over a GemmUnit. */
bool gemm_emit(void *unit, LLVMModuleRef module, const Target *target, Fault *fault);
/* Widest tile in vectors. */
int gemm_vectors(const Target *target);
/* Names: "ordo_gemm_f32_tile_6x4", "..._copy_4", "..._transpose". */
const char *gemm_tile_name(Arena *arena, DType dtype, int rows, int vectors);
const char *gemm_copy_name(Arena *arena, DType dtype, int vectors);
const char *gemm_transpose_name(Arena *arena, DType dtype);

#endif
