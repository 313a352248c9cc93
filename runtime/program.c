/* Compiling a graph, binding sizes, running: see program.h. */
#include "ir/cost.h"
#include "runtime/engine.h"

#include <string.h>

/* ---- compiling ---- */

typedef struct KernelUnit {
  Program *program;
  const KernelUse *use;
} KernelUnit;

static bool emit_kernel(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  const KernelUnit *unit = user;
  return kernel_emit(unit->program->ctx, module, target, unit->use->body, &unit->use->sig, fault);
}

typedef struct StepUnit {
  const StepBlock *steps;
  const char *symbol;
  const char *after;
} StepUnit;

static bool emit_step(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  (void)fault;
  const StepUnit *unit = user;
  step_emit(module, target, unit->steps, unit->symbol, unit->after);
  return true;
}

/* Code of products: units to be added. Returns their number. */
static int product_units(const Program *p, JitUnit *units) {
  int n = 0;
  for (int i = 0; i < 2; i++)
    if (p->needs[i].any)
      n += gemm_units(&p->engine->arena, i ? DT_f64 : DT_f32, p->needs[i].transposes, units + n);
  return n;
}

static bool link_products(Program *p, Fault *fault) {
  for (int i = 0; i < 2; i++) {
    GemmKernels *table = p->needs[i].any ? engine_products(p->engine, i ? DT_f64 : DT_f32) : NULL;
    if (table && !gemm_link(p->engine->jit, table, p->needs[i].transposes, fault)) return false;
  }
  return true;
}

static int kernel_units(Program *p, JitUnit *units) {
  KernelUnit *kernels = arena_array(&p->ctx->arena, KernelUnit, p->kernels.len + 1);
  for (uint32_t i = 0; i < p->kernels.len; i++) {
    kernels[i] = (KernelUnit){p, &p->kernels.data[i]};
    const char *symbol = ctx_text(p->ctx, p->kernels.data[i].sig.symbol);
    units[i] = (JitUnit){symbol, symbol, emit_kernel,
                         &kernels[i]}; /* the symbol is the body's content hash */
  }
  return (int)p->kernels.len;
}

/* All code in one go, so that the threads have something to do. */
static bool compile_units(Program *p, const StepBlock *steps, const char *after, Fault *fault) {
  Ctx *ctx = p->ctx;
  JitUnit *units = arena_array(&ctx->arena, JitUnit, p->kernels.len + 2 * GEMM_UNITS + 1);
  int n = product_units(p, units);
  n += kernel_units(p, units + n);
  Text key = text_new(&ctx->arena);
  step_key(steps, after, &key);
  char *symbol =
      ctx_printf(ctx, "ordo_step_%016llx", (unsigned long long)hash_bytes(key.data, key.len, 0));
  StepUnit step = {steps, symbol, after};
  units[n++] = (JitUnit){symbol, text_str(&key), emit_step, &step};
  if (!jit_add(p->engine->jit, units, n, fault) || !link_products(p, fault)) return false;
  void *address = jit_lookup(p->engine->jit, symbol, fault);
  if (!address) return false;
  memcpy(&p->step, &address, sizeof address); /* object pointer to function pointer */
  return true;
}

static void collect_symbol(void *user, Sz symbol) {
  Program *p = user;
  for (uint32_t i = 0; i < p->symbols.len; i++)
    if (sz_eq(p->symbols.data[i], symbol)) return;
  vec_push(&p->ctx->arena, &p->symbols, symbol);
}

static void collect_symbols(Program *p) {
  for (uint32_t b = 0; b < p->plan->buffers.len; b++)
    size_symbols(p->ctx, p->plan->buffers.data[b].bytes, collect_symbol, p);
  for (uint32_t i = 0; i < p->fills.len; i++)
    if (p->fills.data[i].kind == FILL_size)
      size_symbols(p->ctx, p->fills.data[i].size, collect_symbol, p);
  for (uint32_t i = 0; i < p->sizes_needed.list.len; i++) {
    size_symbols(p->ctx, p->sizes_needed.list.data[i].least, collect_symbol, p);
    size_symbols(p->ctx, p->sizes_needed.list.data[i].count, collect_symbol, p);
  }
}

/* What binding writes to lives as long as the program, wherever it is called from. */
static void reserve(Program *p) {
  Arena *arena = &p->ctx->arena;
  uint32_t n = p->symbols.len;
  p->offsets = arena_array(arena, int64_t, p->plan->buffers.len + 1);
  p->sizes.symbols.data = arena_array(arena, Sz, n);
  p->sizes.values.data = arena_array(arena, int64_t, n);
  p->sizes.symbols.cap = p->sizes.values.cap = n;
}

/* Slots for all that is called, and what has to be known to bind sizes. */
static bool lay_out(Program *p, const ProgramOptions *options, StepBlock *steps, const char *after,
                    Fault *fault) {
  if (!frame_layout(p, steps, after != NULL, fault)) return false;
  graph_needs(options->source ? options->source : p->graph, &p->sizes_needed);
  collect_symbols(p);
  reserve(p);
  p->stats.kernels = (int)p->kernels.len;
  return true;
}

static bool build(Program *p, const ProgramOptions *options, Fault *fault) {
  const char *after = options->trap_nan ? "ordo_check" : options->profile ? "ordo_tick" : NULL;
  const Phases parts = jit_stats(p->engine->jit).phases; /* so far, of other programs */
  StepBlock steps = {0};
  double at = clock_seconds();
  bool good = lay_out(p, options, &steps, after, fault);
  at = phase_done(options->phases, PHASE_layout, at);
  good = good && compile_units(p, &steps, after, fault);
  phase_done(options->phases, PHASE_code, at);
  JitStats stats = jit_stats(p->engine->jit);
  phases_add(options->phases, &parts, &stats.phases);
  return good;
}

static void free_unless_built(void *program) {
  Program *p = program;
  if (!p->built) program_free(p);
}

Program *program_compile(Engine *engine, Ctx *ctx, const Plan *plan, const ProgramOptions *options,
                         Fault *fault) {
  static const ProgramOptions none = {0};
  Program *p = heap_alloc(sizeof *p);
  if (!p) return fault_set(fault, E_compile_failed, (Span){0}, "out of memory"), NULL;
  p->engine = engine;
  p->ctx = ctx;
  p->plan = plan;
  p->graph = plan->graph;
  ArenaCleanup cleanup;
  arena_defer(&ctx->arena, &cleanup, free_unless_built, p);
  p->built = build(p, options ? options : &none, fault);
  bool built = p->built;
  arena_done(&ctx->arena, &cleanup);
  return built ? p : NULL;
}

void program_free(Program *p) {
  if (!p) return;
  for (uint32_t i = 0; i < p->foreign.len; i++) foreign_close(p->foreign.data[i]);
  heap_free(p->frame);
  heap_free(p->memory);
  heap_free(p->workspace);
  heap_free(p);
}

ProgramStats program_stats(const Program *p) { return p->stats; }
const ProgramTrap *program_trap(const Program *p) { return p->trapped ? &p->trap : NULL; }

/* ---- binding ---- */

static bool same_sizes(const Program *p, const SizeEnv *sizes) {
  for (uint32_t i = 0; i < p->symbols.len; i++) {
    int64_t a, b;
    if (!size_env_get(sizes, p->symbols.data[i], &a) ||
        !size_env_get(&p->sizes, p->symbols.data[i], &b) || a != b)
      return false;
  }
  return true;
}

/* Makes *memory at least bytes large; its contents are lost when it grows. */
static bool grow(char **memory, int64_t *have, int64_t bytes) {
  if (*memory && *have >= bytes) return true;
  heap_free(*memory);
  *memory = heap_alloc((size_t)bytes);
  *have = *memory ? bytes : 0;
  return *memory != NULL;
}

static void fill_constant(const Program *p, const Buffer *buffer, char *to) {
  int64_t n = 0, value = 0;
  size_eval(p->ctx, type_count(p->ctx, buffer->type), &p->sizes, &n);
  DType dtype = type_info(p->ctx, buffer->type)->dtype;
  double number = node_float(buffer->node, A_value, 0);
  if (buffer->node->op == OP_size) {
    size_eval(p->ctx, node_size(buffer->node, A_size), &p->sizes, &value);
    number = (double)value;
  }
  Tensor view = {.dtype = dtype, .data = to};
  for (int64_t i = 0; i < n; i++) tensor_set(&view, i, number);
}

bool bound_size(const Program *p, Sz size, Span span, int64_t *value, Fault *fault) {
  if (size_eval(p->ctx, size, &p->sizes, value)) return true;
  return fault_set(
      fault, E_run_failed, span,
      ctx_printf(p->ctx, "the size %s has no value or is too large", size_str(p->ctx, size)));
}

static bool bind_slots(Program *p, Fault *fault) {
  p->frame[0] = (uint64_t)(uintptr_t)p;
  for (uint32_t i = 0; i < p->fills.len; i++) {
    const SlotFill *fill = &p->fills.data[i];
    int64_t value = 0;
    switch (fill->kind) {
    case FILL_buffer:
      p->frame[fill->slot] = (uint64_t)(uintptr_t)(p->memory + p->offsets[fill->buffer]);
      break;
    case FILL_pointer:
      p->frame[fill->slot] = (uint64_t)(uintptr_t)fill->pointer;
      break;
    case FILL_size:
      if (!bound_size(p, fill->size, fill->span, &value, fault)) return false;
      p->frame[fill->slot] = (uint64_t)value;
    }
  }
  return true;
}

/* The least number of items that makes a launch worth a thread. */
static bool bind_launches(Program *p, Fault *fault) {
  for (uint32_t i = 0; i < p->launches.len; i++) {
    const Launch *launch = &p->launches.data[i];
    int64_t range, work;
    if (!bound_size(p, launch->range, launch->span, &range, fault)) return false;
    if (!size_eval(p->ctx, launch->work, &p->sizes, &work))
      work = INT64_MAX; /* too large to count: worth every thread */
    int64_t per_item = range > 0 && work > range ? work / range : 1;
    int64_t grain = (WORK_PARALLEL + per_item - 1) / per_item;
    p->frame[launch->at - 2] = (uint64_t)range;
    p->frame[launch->at - 1] = (uint64_t)(grain < 1 ? 1 : grain);
  }
  return true;
}

static bool bind_slices(const Program *p, const PlanSlice *from, LoopSlice *to, int n, Span span,
                        Fault *fault) {
  for (int k = 0; k < n; k++)
    if (!bound_size(p, from[k].stride, span, &to[k].stride, fault)) return false;
  return true;
}

static bool bind_scans(Program *p, Fault *fault) {
  for (uint32_t i = 0; i < p->scans.len; i++) {
    const LoopBind *bind = &p->scans.data[i];
    Loop *scan = bind->scan;
    const PlanScan *plan = bind->plan;
    if (!bound_size(p, plan->length, bind->span, &scan->length, fault) ||
        !bind_slices(p, plan->slices, scan->slices, plan->n_slices, bind->span, fault) ||
        !bind_slices(p, plan->collected, scan->collected, plan->n_collected, bind->span, fault))
      return false;
    for (int k = 0; k < plan->n_carries; k++) {
      Sz bytes = p->plan->buffers.data[plan->carries[k].final].bytes;
      if (!bound_size(p, bytes, bind->span, &scan->carries[k].bytes, fault)) return false;
    }
  }
  return true;
}

static bool bind_products(Program *p, Fault *fault) {
  int64_t most = 0;
  for (uint32_t i = 0; i < p->products.len; i++) {
    int64_t bytes;
    if (!product_bind(p, p->products.data[i], &bytes, fault)) return false;
    if (bytes > most) most = bytes;
  }
  if (!grow(&p->workspace, &p->workspace_bytes, most + 64))
    return fault_set(fault, E_run_failed, (Span){0},
                     ctx_printf(p->ctx, "not enough memory: %lld MB are needed for products",
                                (long long)(most >> 20)));
  for (uint32_t i = 0; i < p->products.len; i++) p->products.data[i]->args.workspace = p->workspace;
  p->stats.workspace_bytes = most;
  return true;
}

/* Where the largest value is made. */
static Span largest_place(const Program *p) {
  Span place = {0, 0};
  int64_t most = -1;
  for (uint32_t b = 0; b < p->plan->buffers.len; b++) {
    const Buffer *buffer = &p->plan->buffers.data[b];
    int64_t bytes;
    if (p->offsets[b] < 0 || span_none(buffer->span) ||
        !size_eval(p->ctx, buffer->bytes, &p->sizes, &bytes) || bytes <= most)
      continue;
    most = bytes;
    place = buffer->span;
  }
  return place;
}

static bool bind_memory(Program *p, Fault *fault) {
  Arena scratch;
  arena_scratch(&scratch, &p->ctx->arena);
  int64_t bytes = plan_offsets(p->plan, &p->sizes, p->offsets, &scratch, fault);
  arena_free(&scratch);
  if (bytes < 0) return false;
  if (!p->frame) p->frame = heap_alloc(sizeof *p->frame * p->n_slots);
  if (!p->frame || !grow(&p->memory, &p->memory_bytes, bytes + 64))
    return fault_set(fault, E_run_failed, largest_place(p),
                     ctx_printf(p->ctx,
                                "not enough memory: %lld MB are needed for the values of one run",
                                (long long)(bytes >> 20)));
  p->stats.arena_bytes = bytes;
  return true;
}

bool program_bind(Program *p, const SizeEnv *sizes, Fault *fault) {
  if (p->bound && same_sizes(p, sizes)) return true;
  p->bound = false;
  for (uint32_t i = 0; i < p->symbols.len; i++) {
    int64_t value;
    if (size_env_get(sizes, p->symbols.data[i], &value))
      size_env_set(p->ctx, &p->sizes, p->symbols.data[i], value);
  }
  *fault = (Fault){0};
  if (!needs_met(p->ctx, &p->sizes_needed, &p->sizes)) return false;
  if (!bind_memory(p, fault) || !bind_slots(p, fault) || !bind_launches(p, fault) ||
      !bind_scans(p, fault) || !bind_products(p, fault))
    return false;
  for (uint32_t b = 0; b < p->plan->buffers.len; b++) {
    const Buffer *buffer = &p->plan->buffers.data[b];
    if (buffer->kind == BUF_const) fill_constant(p, buffer, p->memory + p->offsets[b]);
  }
  return p->bound = true;
}

void program_pointers(Program *p, void *const *params, void *const *results) {
  for (uint32_t i = 0; i < p->outside.len; i++) {
    const SlotFill *fill = &p->outside.data[i];
    const Buffer *buffer = &p->plan->buffers.data[fill->buffer];
    void *pointer = buffer->kind == BUF_param ? params[buffer->index] : results[buffer->index];
    p->frame[fill->slot] = (uint64_t)(uintptr_t)pointer;
  }
}

void program_execute(Program *p) {
  p->trapped = false;
  profile_start(p);
  p->step(p->frame, p->engine->pool);
}
