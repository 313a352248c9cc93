/* The loops of products in bf16 as units of code, and where they are once linked. */
#include "codegen/gemm_bf16_emit.h"

#include <string.h>

/* ---- targets ---- */

bool bf16_has_code(const Target *target) {
#if defined(__x86_64__)
  (void)target;
  return true;
#else
  (void)target;
  return false;
#endif
}

bool bf16_has_unit(const Target *target) {
  return bf16_has_code(target) && target->vector_bytes == 64 &&
         !strstr(target->features, "-amx-bf16");
}

/* The target with what the loops of the unit need. */
static Target unit_target(Arena *arena, const Target *target) {
  Target with = *target;
  with.features = arena_printf(arena, "%s%s+amx-tile,+amx-bf16,+avx512bf16", target->features,
                               *target->features ? "," : "");
  return with;
}

/* ---- names ---- */

/* ---- units ---- */

typedef struct Bf16Unit {
  Bf16Part part;
  int rows;
  Arena *arena;
} Bf16Unit;

static bool emit(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  const Bf16Unit *unit = user;
  Target with = unit_target(unit->arena, target);
  bool tiles = unit->part == BF16_unit_tiles || unit->part == BF16_unit_packs;
  Bf16Emit e = bf16_emit_new(module, tiles ? &with : target, target_lanes(target, sizeof(float)));
  (void)fault;
  if (unit->part == BF16_tiles) bf16_emit_tiles(&e, unit->arena, unit->rows);
  if (unit->part == BF16_copies) bf16_emit_copies(&e);
  if (unit->part == BF16_unit_tiles) bf16_emit_unit_tiles(&e, unit->arena);
  if (unit->part == BF16_unit_packs) bf16_emit_unit_packs(&e, unit->arena);
  bf16_emit_free(&e);
  return true;
}

int bf16_units(Arena *arena, const Target *target, JitUnit *units) {
  Bf16Unit *work = arena_array(arena, Bf16Unit, BF16_UNITS);
  int n = 0;
  if (!bf16_has_code(target)) return 0;
  for (int rows = bf16_table(target, arena)->rows; rows > 0; rows--, n++) {
    work[n] = (Bf16Unit){BF16_tiles, rows, arena};
    units[n].symbol = bf16_tile_name(arena, rows, 1);
  }
  work[n] = (Bf16Unit){BF16_copies, 0, arena};
  units[n++].symbol = BF16_COPY;
  if (bf16_has_unit(target)) {
    work[n] = (Bf16Unit){BF16_unit_tiles, 0, arena};
    units[n++].symbol = BF16_UNIT_BEGIN;
    work[n] = (Bf16Unit){BF16_unit_packs, 0, arena};
    units[n++].symbol = bf16_pack_name(arena, PACK_rows);
  }
  for (int i = 0; i < n; i++)
    units[i] = (JitUnit){units[i].symbol, units[i].symbol, emit, &work[i]};
  return n;
}

/* ---- linking ---- */

Bf16Kernels *bf16_table(const Target *target, Arena *arena) {
  Bf16Kernels *g = arena_new(arena, Bf16Kernels);
  bf16_shape(target, g);
  if (!bf16_has_code(target)) bf16_scalar_kernels(g);
  return g;
}

static bool find_loop(Jit *jit, const char *name, Bf16Loop *loop, Fault *fault) {
  union {
    void *address;
    Bf16Loop function;
  } code = {jit_lookup(jit, name, fault)};
  *loop = code.function;
  return code.address != NULL;
}

static bool find_unit(Jit *jit, Arena *names, Bf16Kernels *g, Fault *fault) {
  bool good = find_loop(jit, BF16_UNIT_BEGIN, &g->unit_begin, fault) &&
              find_loop(jit, BF16_UNIT_END, &g->unit_end, fault);
  for (int pack = 0; pack < N_PACKS; pack++)
    good =
        good && find_loop(jit, bf16_pack_name(names, (Bf16Pack)pack), &g->unit_pack[pack], fault);
  for (int i = 0; i < 4; i++)
    good = good && find_loop(jit, bf16_unit_tile_name(names, i / 2 + 1, i % 2 + 1),
                             &g->unit_tile[i / 2][i % 2], fault);
  return good;
}

static bool find_loops(Jit *jit, Arena *names, Bf16Kernels *g, Fault *fault) {
  bool good = find_loop(jit, BF16_COPY, &g->copy, fault) &&
              find_loop(jit, BF16_TRANSPOSE, &g->transpose, fault);
  for (int i = 0; i < g->rows * g->vectors; i++) {
    int r = i / g->vectors, v = i % g->vectors;
    good = good && find_loop(jit, bf16_tile_name(names, r + 1, v + 1), &g->tile[r][v], fault);
  }
  return good && (!bf16_has_unit(jit_target(jit)) || find_unit(jit, names, g, fault));
}

bool bf16_link(Jit *jit, Bf16Kernels *g, Fault *fault) {
  Arena names;
  if (g->copy) return true; /* linked, or scalars */
  arena_scratch(&names, jit_arena(jit));
  bool good = find_loops(jit, &names, g, fault);
  arena_free(&names);
  g->unit = good && g->unit_tile[0][0] && bf16_unit_usable();
  return good;
}

Bf16Kernels *bf16_kernels(Jit *jit, Arena *arena, Fault *fault) {
  JitUnit units[BF16_UNITS];
  int n = bf16_units(arena, jit_target(jit), units);
  Bf16Kernels *g = bf16_table(jit_target(jit), arena);
  return jit_add(jit, units, n, fault) && bf16_link(jit, g, fault) ? g : NULL;
}
