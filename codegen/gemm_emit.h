/* Emission of the inner loops of matrix products; private to gemm.c and its tests. */
#ifndef ORDO_CODEGEN_GEMM_EMIT_H
#define ORDO_CODEGEN_GEMM_EMIT_H

#include "codegen/gemm.h"

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
