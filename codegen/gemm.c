/* The compiled loops of products as units of code, and where they are once linked. */
#include "codegen/gemm_emit.h"

static bool find_loop(Jit *jit, const char *name, GemmLoop *loop, Fault *fault) {
  union {
    void *address;
    GemmLoop function;
  } code = {jit_lookup(jit, name, fault)};
  *loop = code.function;
  return code.address != NULL;
}

static bool find_loops(Jit *jit, Arena *names, GemmKernels *g, bool transposes, Fault *fault) {
  for (int v = 0; v < g->vectors; v++) {
    if (!find_loop(jit, gemm_copy_name(names, g->dtype, v + 1), &g->copy[v], fault)) return false;
    for (int r = 0; r < GEMM_ROWS; r++)
      if (!find_loop(jit, gemm_tile_name(names, g->dtype, r + 1, v + 1), &g->tile[r][v], fault))
        return false;
  }
  return !transposes || find_loop(jit, gemm_transpose_name(names, g->dtype), &g->transpose, fault);
}

int gemm_units(Arena *arena, DType dtype, bool transposes, JitUnit *units) {
  GemmUnit *work = arena_array(arena, GemmUnit, GEMM_UNITS);
  int n = 0;
  for (int rows = GEMM_ROWS; rows > 0; rows--) { /* the largest first: better for several threads */
    const char *symbol = gemm_tile_name(arena, dtype, rows, 1);
    work[n] = (GemmUnit){dtype, GEMM_tiles, rows, arena};
    units[n] = (JitUnit){symbol, symbol, gemm_emit, &work[n]};
    n++;
  }
  for (int part = GEMM_copies; part <= (transposes ? GEMM_transpose : GEMM_copies); part++, n++) {
    const char *symbol =
        part == GEMM_copies ? gemm_copy_name(arena, dtype, 1) : gemm_transpose_name(arena, dtype);
    work[n] = (GemmUnit){dtype, (GemmPart)part, 0, arena};
    units[n] = (JitUnit){symbol, symbol, gemm_emit, &work[n]};
  }
  return n;
}

GemmKernels *gemm_table(const Target *target, Arena *arena, DType dtype) {
  GemmKernels *g = arena_new(arena, GemmKernels);
  g->dtype = dtype;
  g->bytes = dtype_bytes[dtype];
  g->lanes = target_lanes(target, g->bytes);
  g->vectors = gemm_vectors(target);
  return g;
}

bool gemm_link(Jit *jit, GemmKernels *g, bool transposes, Fault *fault) {
  Arena names;
  arena_scratch(&names, jit_arena(jit));
  bool linked = g->copy[0] && (!transposes || g->transpose);
  bool good = linked || find_loops(jit, &names, g, transposes, fault);
  arena_free(&names);
  return good;
}

const GemmKernels *gemm_kernels(Jit *jit, Arena *arena, DType dtype, Fault *fault) {
  JitUnit units[GEMM_UNITS];
  if (dtype != DT_f32 && dtype != DT_f64) {
    fault_set(fault, E_compile_failed, (Span){0}, "products are of f32 or f64");
    return NULL;
  }
  int n = gemm_units(arena, dtype, true, units);
  GemmKernels *g = gemm_table(jit_target(jit), arena, dtype);
  return jit_add(jit, units, n, fault) && gemm_link(jit, g, true, fault) ? g : NULL;
}
