/* The machine that code is generated for: name, features and vector width, as LLVM knows them.
 *
 * Kernels are emitted already vectorised, so the width is decided here and not by LLVM. The widths
 * that the host does not have as its widest can be asked for by name, which is how the tests cover
 * them all.
 */
#ifndef ORDO_CODEGEN_TARGET_H
#define ORDO_CODEGEN_TARGET_H

#include <stdbool.h>

#include <llvm-c/Types.h>

#include "base/arena.h"

typedef struct Target {
  const char *cpu;      /* as in -mcpu: "znver4" */
  const char *features; /* "+avx2,+fma,..." */
  int vector_bytes;     /* 64, 32 or 16 */
  int vector_registers; /* 32 or 16 */
  bool fma;             /* a fused multiply-add is one instruction */
} Target;

/* The machine we run on; the strings live in the arena. */
Target target_host(Arena *arena);
/* By name: "host", "avx512", "avx2", "sse2" (the baseline, no fma). false when there is no such
 * name or the host cannot run it. */
bool target_find(Arena *arena, const char *name, Target *out);

/* The version of LLVM that is linked: "19.1.7". */
const char *target_llvm(Arena *arena);

/* The baselines that can be asked for by name, the widest first, whatever the host is; false when i
 * is beyond the last. */
bool target_baseline(int i, const char **name, Target *out);

/* Elements of a full vector: target_lanes(t, 4) for f32. */
static inline int target_lanes(const Target *target, int element_bytes) {
  return target->vector_bytes / element_bytes;
}

/* Marks a function as compiled for the target; to be called on every function with a body. */
void target_mark(const Target *target, LLVMValueRef function);

#endif
