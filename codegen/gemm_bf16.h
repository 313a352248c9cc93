/* The compiled loops of products in bf16 (exec/product_bf16.h): tiles of f32 vectors that do what
 * base/bf16.h says, the loops that round and pack, and those of the tile unit of x86 for targets
 * that have one. On machines that are no x86 the loops of plain scalars stand in for them. */
#ifndef ORDO_CODEGEN_GEMM_BF16_H
#define ORDO_CODEGEN_GEMM_BF16_H

#include "codegen/jit.h"
#include "exec/product_bf16.h"

/* The code as units for jit_add; at most BF16_UNITS of them. */
enum { BF16_UNITS = BF16_ROWS + 3 };
int bf16_units(Arena *arena, const Target *target, JitUnit *units);
/* Whether there is code for this target; else scalars are used. */
bool bf16_has_code(const Target *target);
/* Whether it may have the tile unit, as long as nothing says that it has none: what is compiled
 * for it runs only where bf16_unit_usable. */
bool bf16_has_unit(const Target *target);

/* A table without code; bf16_link fills it once the units are added, and asks for the tile unit. */
Bf16Kernels *bf16_table(const Target *target, Arena *arena);
bool bf16_link(Jit *jit, Bf16Kernels *kernels, Fault *fault);
/* All of it at once. */
Bf16Kernels *bf16_kernels(Jit *jit, Arena *arena, Fault *fault);

#endif
