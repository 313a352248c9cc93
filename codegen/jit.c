/* The Jit: ORC's LLJIT fed with object files.
 *
 * jit_add goes over the units three times: what the cache has is linked, the IR of the rest is
 * built here, and the modules are compiled by the threads, who take them from a shared counter.
 * ORC's own compile layer is not used: it has no object cache in C and compiles on the thread that
 * looks up.
 */
#define _GNU_SOURCE /* roundeven */
#include "base/clock.h"
#include "codegen/jit.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>
#include <llvm-c/Error.h>
#include <llvm-c/LLJIT.h>

#include "base/ctx.h"
#include "codegen/cache.h"
#include "codegen/object.h"

struct Jit {
  Arena arena; /* holds messages and names */
  Target target;
  Cache cache;
  LLVMOrcLLJITRef lljit;
  VEC(const char *) symbols; /* of the units added */
  char session_error[256];   /* what ORC reported beside the error that it returned */
  int threads;
  JitStats stats;
};

typedef struct Library {
  const char *symbol;
  uintptr_t address;
} Library;

/* Functions of the C library that generated code may call: the rows of vmath.def, and those that
 * LLVM itself calls when the target has no instruction for an intrinsic. */
static const Library library[] = {
#define PAIR(name)                                                                                 \
  {#name, (uintptr_t)name}, { #name "f", (uintptr_t)name##f }
#define VMATH1(name, f32, f64) PAIR(name),
#define VMATH2(name, f32, f64) PAIR(name),
#define VMATH1_OWN(name, f32, f64)
#define VMATH2_OWN(name, f32, f64)
#include "codegen/vmath.def"
    PAIR(fma),
    PAIR(floor),
    PAIR(ceil),
    PAIR(trunc),
    PAIR(rint),
    PAIR(fmod),
    PAIR(sqrt),
    PAIR(round),
    PAIR(nearbyint),
    PAIR(roundeven),
#undef PAIR
    {"memcpy", (uintptr_t)memcpy},
    {"memset", (uintptr_t)memset},
    {"memmove", (uintptr_t)memmove},
};
enum { N_LIBRARY = sizeof library / sizeof *library, MAX_THREADS = 64 };

/* true when there is no error; consumes the error. */
static bool succeeded(Arena *arena, LLVMErrorRef error, Fault *fault) {
  if (!error) return true;
  char *message = LLVMGetErrorMessage(error);
  fault_set(fault, E_compile_failed, (Span){0}, arena_strdup(arena, message));
  LLVMDisposeErrorMessage(message);
  return false;
}

static const char *take(Arena *arena, char *message) {
  const char *copy = arena_strdup(arena, message ? message : "code generation failed");
  if (message) LLVMDisposeMessage(message);
  return copy;
}

/* ORC tells the cause of a failed look-up here, and would print it otherwise. */
static void note_session_error(void *user, LLVMErrorRef error) {
  Jit *jit = user;
  if (!error) return;
  char *message = LLVMGetErrorMessage(error); /* no arena: LLVM's locks are held here */
  snprintf(jit->session_error, sizeof jit->session_error, "%s", message);
  LLVMDisposeErrorMessage(message);
}

static bool define(Jit *jit, const Library *table, size_t n, Fault *fault) {
  LLVMOrcCSymbolMapPair pairs[N_LIBRARY];
  ORDO_CHECK(n <= N_LIBRARY);
  for (size_t i = 0; i < n; i++) {
    pairs[i].Name = LLVMOrcLLJITMangleAndIntern(jit->lljit, table[i].symbol);
    pairs[i].Sym = (LLVMJITEvaluatedSymbol){
        table[i].address,
        {LLVMJITSymbolGenericFlagsExported | LLVMJITSymbolGenericFlagsCallable, 0}};
  }
  LLVMOrcMaterializationUnitRef unit = LLVMOrcAbsoluteSymbols(pairs, n);
  LLVMErrorRef error = LLVMOrcJITDylibDefine(LLVMOrcLLJITGetMainJITDylib(jit->lljit), unit);
  if (error) LLVMOrcDisposeMaterializationUnit(unit);
  return succeeded(&jit->arena, error, fault);
}

static bool start(Jit *jit, const Target *target, const char *cache, Fault *fault) {
  Arena *arena = &jit->arena;
  jit->target = *target;
  jit->target.cpu = arena_strdup(arena, target->cpu);
  jit->target.features = arena_strdup(arena, target->features);
  jit->cache = cache_open(arena, cache);
  char *message = NULL;
  /* LLJIT wants LLVM's targets registered: object_machine does that. */
  LLVMTargetMachineRef machine = object_machine(target, &message);
  if (!machine) return take(arena, message), false;
  LLVMDisposeTargetMachine(machine);
  if (!succeeded(arena, LLVMOrcCreateLLJIT(&jit->lljit, NULL), fault) ||
      !define(jit, library, N_LIBRARY, fault))
    return false;
  LLVMOrcExecutionSessionRef session = LLVMOrcLLJITGetExecutionSession(jit->lljit);
  LLVMOrcExecutionSessionSetErrorReporter(session, note_session_error, jit);
  return true;
}

const Cache *jit_cache(const Jit *jit) { return &jit->cache; }

Jit *jit_new(const Target *target, int threads, const char *cache, Fault *fault) {
  ArenaEscape escape = {0};
  Jit *jit = heap_alloc(sizeof *jit);
  fault_set(fault, E_compile_failed, (Span){0}, "out of memory");
  if (!jit) return NULL;
  jit->cache.folder = -1;
  jit->threads = threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads;
  arena_guard(&jit->arena, &escape);
  if (!setjmp(escape.jump)) {
    bool good = start(jit, target, cache, fault);
    jit_guard(jit, NULL);
    if (good) return jit;
    fault_set(fault, E_compile_failed, (Span){0},
              "LLVM cannot create a just-in-time compiler on this machine");
  }
  jit_guard(jit, NULL);
  jit_free(jit);
  return NULL;
}

void jit_guard(Jit *jit, ArenaEscape *escape) { arena_guard(&jit->arena, escape); }

void jit_trace(Jit *jit, Trace *trace) { jit->stats.phases.trace = trace; }

void jit_free(Jit *jit) {
  if (!jit) return;
  if (jit->lljit) LLVMConsumeError(LLVMOrcDisposeLLJIT(jit->lljit));
  if (jit->cache.stored) cache_prune_now_and_then(&jit->cache);
  cache_close(&jit->cache);
  arena_free(&jit->arena);
  heap_free(jit);
}

const Arena *jit_arena(const Jit *jit) { return &jit->arena; }

const Target *jit_target(const Jit *jit) { return &jit->target; }

JitStats jit_stats(const Jit *jit) { return jit->stats; }

bool jit_define(Jit *jit, const char *symbol, const void *address, Fault *fault) {
  return define(jit, &(Library){symbol, (uintptr_t)address}, 1, fault);
}

void *jit_lookup(Jit *jit, const char *symbol, Fault *fault) {
  double start = clock_seconds();
  LLVMOrcExecutorAddress address = 0;
  jit->session_error[0] = 0;
  bool good = succeeded(&jit->arena, LLVMOrcLLJITLookup(jit->lljit, &address, symbol), fault);
  phase_done(&jit->stats.phases, PHASE_link, start);
  if (!good && jit->session_error[0])
    fault_set(fault, E_compile_failed, (Span){0},
              arena_printf(&jit->arena, "%s: %s", fault->text, jit->session_error));
  return good ? (void *)(uintptr_t)address : NULL; /* NOLINT: an address made by the linker */
}

/* ---- adding units ---- */

/* A unit on its way from the cache or through the compiler. */
typedef struct Job {
  const JitUnit *unit;
  const char *symbol; /* a copy that lives as long as the Jit */
  CacheKey key;
  ObjectModule module;
  LLVMMemoryBufferRef object;
  char *message; /* why there is no object; LLVM's memory */
} Job;

typedef struct Queue {
  const Target *target;
  Job *jobs;
  int n;
  atomic_int next;
} Queue;

static bool known(const Jit *jit, const char *symbol) {
  for (uint32_t i = 0; i < jit->symbols.len; i++)
    if (!strcmp(jit->symbols.data[i], symbol)) return true;
  return false;
}

/* The symbol is known from here on. Call it with room in the list: it may not run out of memory
 * while the linker has the object and the list does not. */
static bool link_object(Jit *jit, const Job *job, LLVMMemoryBufferRef object, Fault *fault) {
  LLVMOrcJITDylibRef dylib = LLVMOrcLLJITGetMainJITDylib(jit->lljit);
  jit->symbols.data[jit->symbols.len++] = job->symbol;
  /* the linker owns the object, whatever the outcome */
  LLVMErrorRef error = LLVMOrcLLJITAddObjectFile(jit->lljit, dylib, object);
  return succeeded(&jit->arena, error, fault);
}

/* Room for n more symbols. */
static void reserve_symbols(Jit *jit, uint32_t n) {
  uint32_t len = jit->symbols.len;
  while (jit->symbols.cap < len + n)
    jit->symbols.data =
        vec_grow(&jit->arena, jit->symbols.data, &jit->symbols.cap, sizeof *jit->symbols.data);
}

/* The object from the cache, or NULL. */
static LLVMMemoryBufferRef cached(Jit *jit, const Job *job) {
  Arena scratch;
  arena_scratch(&scratch, &jit->arena);
  const void *bytes;
  size_t n;
  LLVMMemoryBufferRef object = NULL;
  if (cache_load(&jit->cache, &scratch, job->key, &bytes, &n))
    object = LLVMCreateMemoryBufferWithMemoryRangeCopy(bytes, n, job->unit->symbol);
  arena_free(&scratch);
  return object;
}

/* A thread's work: compile modules until none is left. */
static void *compile_jobs(void *shared) {
  Queue *queue = shared;
  char *message = NULL;
  LLVMTargetMachineRef machine = object_machine(queue->target, &message);
  for (int i; machine && (i = atomic_fetch_add(&queue->next, 1)) < queue->n;) {
    Job *job = &queue->jobs[i];
    job->object = object_compile(machine, &job->module, LLVMObjectFile, &job->message);
  }
  if (machine) LLVMDisposeTargetMachine(machine);
  if (message) LLVMDisposeMessage(message);
  return NULL;
}

static void compile_all(Jit *jit, Queue *queue) {
  pthread_t threads[MAX_THREADS];
  int wanted = jit->threads < queue->n ? jit->threads : queue->n, started = 0;
  double start = clock_seconds();
  while (started < wanted - 1 && !pthread_create(&threads[started], NULL, compile_jobs, queue))
    started++;
  compile_jobs(queue);
  for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
  phase_done(&jit->stats.phases, PHASE_generate, start);
}

static bool emit_all(Jit *jit, Job *jobs, int n, Fault *fault) {
  if (!n) return true;
  double start = clock_seconds();
  char *message = NULL;
  LLVMTargetMachineRef machine = object_machine(&jit->target, &message);
  bool good = machine != NULL;
  if (!good) fault_set(fault, E_compile_failed, (Span){0}, take(&jit->arena, message));
  for (int i = 0; i < n && good; i++)
    good = object_emit(machine, &jit->target, jobs[i].unit, &jit->arena, &jobs[i].module, fault);
  if (machine) LLVMDisposeTargetMachine(machine);
  phase_done(&jit->stats.phases, PHASE_emit, start);
  return good;
}

/* What LLVM holds for jobs that are not done. */
static void drop_jobs(void *what) {
  Queue *queue = what;
  for (int i = 0; i < queue->n; i++) {
    Job *job = &queue->jobs[i];
    object_drop(&job->module);
    if (job->object) LLVMDisposeMemoryBuffer(job->object);
    if (job->message) LLVMDisposeMessage(job->message);
    job->object = NULL;
    job->message = NULL;
  }
}

/* Stores and links what was compiled. */
static bool link_all(Jit *jit, Job *jobs, int n, Fault *fault) {
  bool good = true;
  double start = clock_seconds();
  for (int i = 0; i < n && good; i++) {
    Job *job = &jobs[i];
    LLVMMemoryBufferRef object = job->object;
    job->object = NULL;
    if (object) {
      cache_store(&jit->cache, job->key, LLVMGetBufferStart(object), LLVMGetBufferSize(object));
      good = link_object(jit, job, object, fault);
      jit->stats.compiled++;
    } else {
      good = false;
      fault_set(fault, E_compile_failed, (Span){0},
                arena_printf(&jit->arena, "%s: %s", job->unit->symbol,
                             job->message ? job->message : "code generation failed"));
    }
  }
  phase_done(&jit->stats.phases, PHASE_link, start);
  return good;
}

/* Two units of one program may be the same. */
static bool waits(const Queue *queue, const char *symbol) {
  for (int i = 0; i < queue->n; i++)
    if (!strcmp(queue->jobs[i].symbol, symbol)) return true;
  return false;
}

/* Links what the cache has; the rest becomes jobs. */
static bool link_cached(Jit *jit, const JitUnit *units, int n, Queue *queue, Fault *fault) {
  double start = clock_seconds();
  bool good = true;
  for (int i = 0; i < n && good; i++) {
    if (known(jit, units[i].symbol) || waits(queue, units[i].symbol)) continue;
    const char *texts[] = {units[i].symbol,     "\n", units[i].key, "\n", jit->target.cpu,
                           jit->target.features};
    Job job = {.unit = &units[i],
               .symbol = arena_strdup(&jit->arena, units[i].symbol),
               .key = cache_key(&jit->cache, texts, 6)};
    LLVMMemoryBufferRef object = cached(jit, &job);
    if (!object)
      queue->jobs[queue->n++] = job;
    else
      good = link_object(jit, &job, object, fault);
    jit->stats.cached += object && good;
  }
  phase_done(&jit->stats.phases, PHASE_link, start);
  return good;
}

bool jit_add(Jit *jit, const JitUnit *units, int n, Fault *fault) {
  Arena scratch;
  ArenaCleanup cleanup;
  arena_scratch(&scratch, &jit->arena);
  Queue queue = {.target = &jit->target, .jobs = arena_array(&scratch, Job, n)};
  reserve_symbols(jit, (uint32_t)n);
  arena_defer(&jit->arena, &cleanup, drop_jobs, &queue);
  bool good =
      link_cached(jit, units, n, &queue, fault) && emit_all(jit, queue.jobs, queue.n, fault);
  if (good && queue.n) compile_all(jit, &queue);
  good = good && link_all(jit, queue.jobs, queue.n, fault);
  arena_done(&jit->arena, &cleanup);
  arena_free(&scratch);
  return good;
}
