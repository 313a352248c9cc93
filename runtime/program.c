/* Compiling a graph, binding sizes, running: see program.h. */
#include "codegen/gemm.h"
#include "ir/shards.h"
#include "runtime/engine.h"

#include <string.h>

/* ---- compiling ---- */

static bool link_products(Program *p, Fault *fault) {
  for (int i = 0; i < 2; i++) {
    const ProductNeeds *needs = &p->lowered.products[i];
    GemmKernels *table = needs->any ? engine_products(p->engine, i ? DT_f64 : DT_f32) : NULL;
    if (table && !gemm_link(p->engine->jit, table, needs->transposes, fault)) return false;
  }
  return !p->lowered.bf16 || bf16_link(p->engine->jit, engine_bf16(p->engine), fault);
}

/* All code in one go, so that the threads have something to do. */
static bool begin_units(Program *p, Fault *fault) {
  JitUnit *units;
  if (p->symbol) return true;
  int n = lower_units(&p->lowered, &units);
  if (!jit_begin(p->engine->jit, units, n, fault)) return false;
  p->symbol = units[n - 1].symbol;
  return true;
}

static bool link_units(Program *p, Fault *fault) {
  if (!begin_units(p, fault) || !jit_finish(p->engine->jit, fault) || !link_products(p, fault))
    return false;
  void *address = jit_lookup(p->engine->jit, p->symbol, fault);
  if (!address) return false;
  memcpy(&p->step, &address, sizeof address); /* object pointer to function pointer */
  return true;
}

/* What binding writes to lives as long as the program, wherever it is called from. */
static bool reserve(Program *p, Fault *fault) {
  Arena *arena = &p->ctx->arena;
  uint32_t n = p->lowered.image.n_symbols;
  p->symbols = arena_array(arena, int64_t, n + 1);
  p->sizes.symbols.data = arena_array(arena, Sz, n + 2); /* and two for shards */
  p->sizes.values.data = arena_array(arena, int64_t, n + 2);
  p->sizes.symbols.cap = p->sizes.values.cap = n + 2;
  int64_t shards = graph_shards(p->graph);
  if (shards) { /* alone: all of them */
    size_env_set(p->ctx, &p->sizes, shard_first(p->ctx), 0);
    size_env_set(p->ctx, &p->sizes, shard_count(p->ctx), shards);
  }
  p->timings = arena_array(arena, Timing, p->lowered.watches.len + 1);
  for (uint32_t i = 0; i < p->lowered.watches.len; i++)
    p->timings[i].watch = &p->lowered.watches.data[i];
  void *memory = heap_alloc((size_t)image_state_bytes(&p->lowered.image));
  if (!memory) return fault_set(fault, E_compile_failed, (Span){0}, "out of memory");
  p->state = image_state(&p->lowered.image, memory);
  return true;
}

static bool open_foreign(Program *p, Fault *fault) {
  for (uint32_t i = 0; i < p->lowered.foreign.len; i++) {
    const ForeignUse *use = &p->lowered.foreign.data[i];
    Foreign *foreign =
        foreign_open(p->ctx, ctx_text(p->ctx, node_str(use->node, A_library)),
                     ctx_text(p->ctx, node_str(use->node, A_symbol)), use->ranks, use->n, fault);
    if (!foreign) return fault->span = use->node->span, false;
    vec_push(&p->ctx->arena, &p->foreign, foreign);
  }
  return true;
}

Program *program_new(Engine *engine, Ctx *ctx, const Plan *plan, const ProgramOptions *options) {
  static const ProgramOptions none = {0};
  Program *p = heap_alloc(sizeof *p);
  if (!options) options = &none;
  if (!p) return NULL;
  p->engine = engine;
  p->ctx = ctx;
  p->plan = plan;
  p->graph = plan->graph;
  p->source = options->source ? options->source : plan->graph;
  p->after = options->trap_nan ? "ordo_check" : options->profile ? "ordo_tick" : NULL;
  p->trace = options->profile && !options->trap_nan ? engine->trace : NULL;
  return p;
}

/* Slots for all that is called, and what has to be known to bind sizes. */
bool program_lay_out(Program *p, Fault *fault) {
  graph_needs(p->source, &p->sizes_needed);
  if (!lower_plan(&p->lowered, p->ctx, p->plan, &p->sizes_needed, jit_target(p->engine->jit),
                  p->after, fault))
    return false;
  for (int i = 0; i < 2; i++) /* the tables, which binding points at */
    if (p->lowered.products[i].any) engine_products(p->engine, i ? DT_f64 : DT_f32);
  if (p->lowered.bf16) engine_bf16(p->engine);
  p->stats.kernels = (int)p->lowered.kernels.len;
  p->stats.instructions = p->lowered.n_instructions;
  if (!open_foreign(p, fault) || !reserve(p, fault)) return false;
  if (p->trace) profile_name(p);
  return true;
}

static bool timed(Program *p, bool (*part)(Program *, Fault *), Phases *phases, Fault *fault) {
  const Phases before = jit_stats(p->engine->jit).phases; /* of other programs */
  bool good = part(p, fault);
  const Phases after = jit_stats(p->engine->jit).phases;
  phases_add(phases, &before, &after);
  return good;
}

bool program_begin(Program *p, Phases *phases, Fault *fault) {
  return timed(p, begin_units, phases, fault);
}

bool program_link(Program *p, Phases *phases, Fault *fault) {
  return timed(p, link_units, phases, fault);
}

void program_free(Program *p) {
  if (!p) return;
  for (uint32_t i = 0; i < p->foreign.len; i++) foreign_close(p->foreign.data[i]);
  heap_free(p->state);
  heap_free(p->memory);
  heap_free(p->workspace);
  heap_free(p);
}

const Graph *program_graph(const Program *p) { return p->graph; }
ProgramStats program_stats(const Program *p) { return p->stats; }
const ProgramTrap *program_trap(const Program *p) { return p->trapped ? &p->trap : NULL; }

/* ---- binding ---- */

/* Whether the values of the symbols are the bound ones; sets them. */
static bool take_symbols(Program *p, const SizeEnv *sizes) {
  bool same = p->bound;
  for (uint32_t i = 0; i < p->lowered.image.n_symbols; i++) {
    int64_t value;
    Sz symbol = p->lowered.builder.table.symbols.data[i];
    if (size_env_get(sizes, symbol, &value)) size_env_set(p->ctx, &p->sizes, symbol, value);
    if (!size_env_get(&p->sizes, symbol, &value)) value = SIZE_UNKNOWN;
    same = same && p->symbols[i] == value;
    p->symbols[i] = value;
  }
  return same;
}

/* Makes *memory at least bytes large; its contents are lost when it grows. */
static bool grow(char **memory, int64_t *have, int64_t bytes) {
  if (*memory && *have >= bytes) return true;
  heap_free(*memory);
  *memory = heap_alloc((size_t)bytes);
  *have = *memory ? bytes : 0;
  return *memory != NULL;
}

/* Where the largest value is made. */
static Span largest_place(const Program *p) {
  const ImageState *s = p->state;
  Span place = {0, 0};
  int64_t most = -1;
  for (uint32_t i = 0; i < s->image->n_areas; i++) {
    Span span = p->plan->buffers.data[p->lowered.area_buffers.data[i]].span;
    int64_t bytes = s->values[s->image->areas[i].bytes];
    if (span_none(span) || bytes <= most) continue;
    most = bytes;
    place = span;
  }
  return place;
}

static bool image_refused(Program *p, ImageFault why, Fault *fault) {
  Ctx *ctx = p->ctx;
  if (why.kind == IMAGE_area) {
    const Buffer *buffer = &p->plan->buffers.data[p->lowered.area_buffers.data[why.index]];
    return fault_set(
        fault, E_run_failed, buffer->span,
        ctx_printf(ctx, "a size of %s has no value or is too large", type_str(ctx, buffer->type)));
  }
  Sz size = p->lowered.builder.table.sizes.data[why.index];
  return fault_set(
      fault, E_run_failed, p->lowered.size_places.data[why.index],
      ctx_printf(ctx, "the size %s has no value or is too large", size_str(ctx, size)));
}

static bool no_memory(Program *p, Span place, int64_t bytes, const char *what, Fault *fault) {
  return fault_set(fault, E_run_failed, place,
                   ctx_printf(p->ctx, "not enough memory: %lld MB are needed for %s",
                              (long long)(bytes >> 20), what));
}

static bool bind_memory(Program *p, Fault *fault) {
  ImageState *s = p->state;
  if (!grow(&p->memory, &p->memory_bytes, s->memory_bytes + 64))
    return no_memory(p, largest_place(p), s->memory_bytes, "the values of one run", fault);
  if (!grow(&p->workspace, &p->workspace_bytes, s->workspace_bytes + 64))
    return no_memory(p, (Span){0}, s->workspace_bytes, "products", fault);
  p->stats.arena_bytes = s->memory_bytes;
  p->stats.workspace_bytes = s->workspace_bytes;
  return true;
}

static void place(Program *p) {
  const ImageProducts products = {{p->engine->products[0], p->engine->products[1]},
                                  p->engine->bf16,
                                  p->engine->choice.provider};
  image_place(p->state, p->memory, p->workspace, &products);
  p->state->frame[0] = (uint64_t)(uintptr_t)p;
  for (uint32_t i = 0; i < p->foreign.len; i++)
    p->state->frame[p->lowered.foreign.data[i].slot] = (uint64_t)(uintptr_t)p->foreign.data[i];
}

bool program_bind(Program *p, const SizeEnv *sizes, Fault *fault) {
  if (take_symbols(p, sizes)) return true;
  p->bound = false;
  *fault = (Fault){0};
  if (!needs_met(p->ctx, &p->sizes_needed, &p->sizes)) return false;
  ImageFault why = image_measure(p->state, p->symbols, pool_threads(p->engine->pool));
  if (why.kind != IMAGE_good) return image_refused(p, why, fault);
  if (!bind_memory(p, fault)) return false;
  place(p);
  return p->bound = true;
}

void program_ranks(Program *p, struct Ranks *ranks) {
  for (uint32_t i = 0; i < p->lowered.rank_slots.len; i++)
    p->state->frame[p->lowered.rank_slots.data[i]] = (uint64_t)(uintptr_t)ranks;
}

void program_pointers(Program *p, void *const *params, void *const *results) {
  image_outside(p->state, params, results);
}

void program_execute(Program *p) {
  p->trapped = false;
  profile_start(p);
  p->step(p->state->frame, p->engine->pool);
}
