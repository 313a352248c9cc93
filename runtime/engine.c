/* What programs share: compiled code and threads. */
#include "codegen/gemm.h"
#include "exec/library.h"
#include "runtime/engine.h"

#include "base/processors.h"

#define DECLARES_kernel(name)
#define DECLARES_loop(name)
#define DECLARES_library(name) LibraryFn ordort_##name;
#define DECLARES_product(name)
#define DECLARES_foreign(name)
#define INSTR(name, kind, ...) DECLARES_##kind(name)
#include "passes/plan/instr.def"
#undef INSTR

/* What compiled code calls by the names of instructions, and what else. */
#define CALLS_kernel(name)
#define CALLS_loop(name)
#define CALLS_library(name) {"ordo_" #name, (const void *)(uintptr_t)ordort_##name},
#define CALLS_product(name) {"ordo_" #name, (const void *)(uintptr_t)product_call},
#define CALLS_foreign(name) {"ordo_" #name, (const void *)(uintptr_t)foreign_call},

static bool define_runtime(Engine *engine, Fault *fault) {
  const struct {
    const char *symbol;
    const void *address;
  } table[] = {
      {"pool_run", (const void *)(uintptr_t)pool_run},
      {"loop_begin", (const void *)(uintptr_t)loop_begin},
      {"loop_advance", (const void *)(uintptr_t)loop_advance},
      {"loop_end", (const void *)(uintptr_t)loop_end},
#define INSTR(name, kind, ...) CALLS_##kind(name)
#include "passes/plan/instr.def"
#undef INSTR
      {"ordo_check", (const void *)(uintptr_t)program_check},
      {"ordo_tick", (const void *)(uintptr_t)profile_tick},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (!jit_define(engine->jit, table[i].symbol, table[i].address, fault)) return false;
  return true;
}

static bool start(Engine *engine, int threads, const Target *target, const char *cache,
                  Fault *fault) {
  Target host;
  if (!target) {
    host = target_host(&engine->arena);
    target = &host;
  }
  int usable = processors_usable();
  if (threads < 1) threads = usable;
  engine->pool = pool_new(threads);
  if (!engine->pool) fault_set(fault, E_compile_failed, (Span){0}, "out of memory for threads");
  if (engine->pool)
    engine->jit = jit_new(target, threads < usable ? threads : usable, cache, fault);
  engine->choice.text = "own";
  return engine->jit && define_runtime(engine, fault);
}

Engine *engine_new(int threads, const Target *target, const char *cache, Fault *fault) {
  ArenaEscape escape = {0};
  Engine *engine = heap_alloc(sizeof *engine);
  fault_set(fault, E_compile_failed, (Span){0}, "out of memory");
  if (!engine) return NULL;
  arena_guard(&engine->arena, &escape);
  if (!setjmp(escape.jump) && start(engine, threads, target, cache, fault)) {
    engine_guard(engine, NULL);
    return engine;
  }
  engine_guard(engine, NULL);
  engine_free(engine);
  return NULL;
}

bool engine_choose_products(Engine *engine, const char *text, Fault *fault) {
  ProductChoice choice;
  if (!product_choose(engine->jit, &engine->arena, text, &choice, fault)) return false;
  engine->choice = choice;
  return true;
}

const char *engine_products_by(const Engine *engine) { return engine->choice.text; }

void engine_guard(Engine *engine, ArenaEscape *escape) {
  arena_guard(&engine->arena, escape);
  if (engine->jit) jit_guard(engine->jit, escape);
}

void engine_trace(Engine *engine, Trace *trace) {
  engine->trace = trace;
  jit_trace(engine->jit, trace);
}

void engine_free(Engine *engine) {
  if (!engine) return;
  if (engine->jit) jit_free(engine->jit);
  pool_free(engine->pool);
  arena_free(&engine->arena);
  heap_free(engine);
}

Jit *engine_jit(Engine *engine) { return engine->jit; }
GemmKernels *engine_products(Engine *engine, DType dtype) {
  GemmKernels **kernels = &engine->products[dtype == DT_f64];
  if (!*kernels) *kernels = gemm_table(jit_target(engine->jit), &engine->arena, dtype);
  return *kernels;
}

Bf16Kernels *engine_bf16(Engine *engine) {
  if (!engine->bf16) engine->bf16 = bf16_table(jit_target(engine->jit), &engine->arena);
  return engine->bf16;
}
