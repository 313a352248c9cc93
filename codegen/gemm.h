/* The compiled inner loops of matrix products, f32 and f64: register tiles of up to 6 rows by 4
 * vectors, which read B from panels and A by broadcasts at any strides, and the loops that pack.
 * Who cuts a product into tiles is exec/product.h.
 */
#ifndef ORDO_CODEGEN_GEMM_H
#define ORDO_CODEGEN_GEMM_H

#include "codegen/jit.h"
#include "exec/tile.h"

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
