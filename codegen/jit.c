/* The Jit: ORC's LLJIT fed with object files.
 *
 * jit_begin links what the cache has, builds the IR of the rest here, and hands each module to the
 * threads, who compile meanwhile; jit_finish helps them until all is done, and links it. ORC's own
 * compile layer is not used: it has no object cache in C and compiles on the thread that looks up.
 */
#define _GNU_SOURCE /* roundeven */
#include "base/clock.h"
#include "codegen/jit.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <llvm-c/Core.h>
#include <llvm-c/Error.h>
#include <llvm-c/LLJIT.h>

#include "base/ctx.h"
#include "codegen/cache.h"
#include "codegen/object.h"

enum { MAX_THREADS = 64 };

/* A unit on its way through the compiler. */
typedef struct Job Job;
struct Job {
  const char *symbol; /* a copy that lives as long as the Jit */
  CacheKey key;
  ObjectModule module;
  LLVMMemoryBufferRef object;
  char *message; /* why there is no object; LLVM's memory */
  Job *next;     /* of those that wait for a thread */
};

/* What was begun and is not finished. A job belongs to who took it from the line. */
typedef struct Queue {
  Arena arena; /* of the jobs */
  VEC(Job *) jobs;
  pthread_mutex_t mutex; /* of the line and whether it is closed */
  pthread_cond_t more;
  Job *first, *last;
  bool closed; /* no more will come */
  pthread_t threads[MAX_THREADS];
  int n_threads;
} Queue;

struct Jit {
  Arena arena; /* holds messages and names */
  Target target;
  Cache cache;
  LLVMOrcLLJITRef lljit;
  VEC(const char *) symbols; /* of the units added */
  char session_error[256];   /* what ORC reported beside the error that it returned */
  int threads;
  Queue queue;
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
enum { N_LIBRARY = sizeof library / sizeof *library };

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
  pthread_mutex_init(&jit->queue.mutex, NULL);
  pthread_cond_init(&jit->queue.more, NULL);
  jit_guard(jit, &escape);
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

void jit_guard(Jit *jit, ArenaEscape *escape) {
  arena_guard(&jit->arena, escape);
  arena_guard(&jit->queue.arena, escape);
}

void jit_trace(Jit *jit, Trace *trace) { jit->stats.phases.trace = trace; }

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

/* ---- the queue ---- */

/* The next job; NULL: there is none, and when nobody waits for one there may be later. */
static Job *take_job(Queue *queue, bool wait) {
  pthread_mutex_lock(&queue->mutex);
  while (wait && !queue->first && !queue->closed) pthread_cond_wait(&queue->more, &queue->mutex);
  Job *job = queue->first;
  if (job) queue->first = job->next;
  pthread_mutex_unlock(&queue->mutex);
  return job;
}

/* Compiles what waits; as a thread also what comes, until the queue is closed. */
static void compile_jobs(Jit *jit, bool wait) {
  char *message = NULL;
  LLVMTargetMachineRef machine = object_machine(&jit->target, &message);
  for (Job *job; machine && (job = take_job(&jit->queue, wait));)
    job->object = object_compile(machine, &job->module, LLVMObjectFile, &job->message);
  if (machine) LLVMDisposeTargetMachine(machine);
  if (message) LLVMDisposeMessage(message);
}

static void *run_thread(void *jit) {
  compile_jobs(jit, true);
  return NULL;
}

/* A module that is built; one more thread as long as there may be more: the caller is one. */
static void push_job(Jit *jit, Job *job) {
  Queue *queue = &jit->queue;
  pthread_mutex_lock(&queue->mutex);
  if (queue->first)
    queue->last->next = job;
  else
    queue->first = job;
  queue->last = job;
  pthread_cond_signal(&queue->more);
  pthread_mutex_unlock(&queue->mutex);
  if (queue->n_threads + 1 < jit->threads &&
      !pthread_create(&queue->threads[queue->n_threads], NULL, run_thread, jit))
    queue->n_threads++;
}

static void close_queue(Queue *queue) {
  pthread_mutex_lock(&queue->mutex);
  queue->closed = true;
  pthread_cond_broadcast(&queue->more);
  pthread_mutex_unlock(&queue->mutex);
}

static void join_threads(Queue *queue) {
  for (int i = 0; i < queue->n_threads; i++) pthread_join(queue->threads[i], NULL);
  queue->n_threads = 0;
  queue->closed = false;
}

/* What waits is not compiled any more, and what LLVM holds for jobs goes. */
static void drop_jobs(Queue *queue) {
  close_queue(queue);
  while (take_job(queue, false)) {
  }
  join_threads(queue);
  for (uint32_t i = 0; i < queue->jobs.len; i++) {
    Job *job = queue->jobs.data[i];
    object_drop(&job->module);
    if (job->object) LLVMDisposeMemoryBuffer(job->object);
    if (job->message) LLVMDisposeMessage(job->message);
  }
  queue->jobs.data = NULL;
  queue->jobs.len = queue->jobs.cap = 0;
  arena_free(&queue->arena);
}

/* ---- adding units ---- */

static bool known(const Jit *jit, const char *symbol) {
  for (uint32_t i = 0; i < jit->symbols.len; i++)
    if (!strcmp(jit->symbols.data[i], symbol)) return true;
  for (uint32_t i = 0; i < jit->queue.jobs.len; i++)
    if (!strcmp(jit->queue.jobs.data[i]->symbol, symbol)) return true;
  return false;
}

/* The symbol is known from here on. Call it with room in the list: it may not run out of memory
 * while the linker has the object and the list does not. */
static bool link_object(Jit *jit, const char *symbol, LLVMMemoryBufferRef object, Fault *fault) {
  LLVMOrcJITDylibRef dylib = LLVMOrcLLJITGetMainJITDylib(jit->lljit);
  jit->symbols.data[jit->symbols.len++] = symbol;
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
static LLVMMemoryBufferRef cached(Jit *jit, const char *symbol, CacheKey key) {
  Arena scratch;
  arena_scratch(&scratch, &jit->arena);
  const void *bytes;
  size_t n;
  LLVMMemoryBufferRef object = NULL;
  if (cache_load(&jit->cache, &scratch, key, &bytes, &n))
    object = LLVMCreateMemoryBufferWithMemoryRangeCopy(bytes, n, symbol);
  arena_free(&scratch);
  return object;
}

/* Links what the cache has; the rest becomes jobs, by unit. */
static bool link_cached(Jit *jit, const JitUnit *units, int n, Job **jobs, Fault *fault) {
  double start = clock_seconds();
  bool good = true;
  Queue *queue = &jit->queue;
  for (int i = 0; i < n && good; i++) {
    if (known(jit, units[i].symbol)) continue;
    const char *symbol = arena_strdup(&jit->arena, units[i].symbol);
    const char *texts[] = {symbol, "\n", units[i].key, "\n", jit->target.cpu, jit->target.features};
    CacheKey key = cache_key(&jit->cache, texts, 6);
    LLVMMemoryBufferRef object = cached(jit, symbol, key);
    jit->stats.cached += object != NULL;
    if (object) {
      good = link_object(jit, symbol, object, fault);
      continue;
    }
    jobs[i] = arena_new(&queue->arena, Job);
    *jobs[i] = (Job){.symbol = symbol, .key = key};
    vec_push(&queue->arena, &queue->jobs, jobs[i]);
  }
  phase_done(&jit->stats.phases, PHASE_link, start);
  return good;
}

static bool emit_all(Jit *jit, const JitUnit *units, int n, Job *const *jobs, Fault *fault) {
  double start = clock_seconds();
  char *message = NULL;
  LLVMTargetMachineRef machine = object_machine(&jit->target, &message);
  bool good = machine != NULL;
  if (!good) fault_set(fault, E_compile_failed, (Span){0}, take(&jit->arena, message));
  for (int i = 0; i < n && good; i++) {
    if (!jobs[i]) continue;
    good = object_emit(machine, &jit->target, &units[i], &jit->arena, &jobs[i]->module, fault);
    if (good) push_job(jit, jobs[i]);
  }
  if (machine) LLVMDisposeTargetMachine(machine);
  phase_done(&jit->stats.phases, PHASE_emit, start);
  return good;
}

/* What is done with the queue, whichever way it ends: also when memory runs out. */
typedef struct QueueUse {
  Queue *queue;
  bool keeps; /* it is left as it is */
} QueueUse;

static void end_use(void *what) {
  const QueueUse *use = what;
  if (!use->keeps) drop_jobs(use->queue);
}

bool jit_begin(Jit *jit, const JitUnit *units, int n, Fault *fault) {
  Arena scratch;
  ArenaCleanup cleanup;
  QueueUse use = {.queue = &jit->queue};
  uint32_t waiting = jit->queue.jobs.len;
  arena_scratch(&scratch, &jit->arena);
  arena_defer(&jit->arena, &cleanup, end_use, &use);
  Job **jobs = arena_array(&scratch, Job *, n + 1);
  reserve_symbols(jit, waiting + (uint32_t)n);
  bool good = link_cached(jit, units, n, jobs, fault);
  if (good && jit->queue.jobs.len > waiting) good = emit_all(jit, units, n, jobs, fault);
  use.keeps = good;
  arena_done(&jit->arena, &cleanup);
  arena_free(&scratch);
  return good;
}

/* Stores and links what was compiled. */
static bool link_all(Jit *jit, Fault *fault) {
  bool good = true;
  double start = clock_seconds();
  for (uint32_t i = 0; i < jit->queue.jobs.len && good; i++) {
    Job *job = jit->queue.jobs.data[i];
    LLVMMemoryBufferRef object = job->object;
    job->object = NULL;
    if (object) {
      cache_store(&jit->cache, job->key, LLVMGetBufferStart(object), LLVMGetBufferSize(object));
      good = link_object(jit, job->symbol, object, fault);
      jit->stats.compiled++;
    } else {
      good = false;
      fault_set(fault, E_compile_failed, (Span){0},
                arena_printf(&jit->arena, "%s: %s", job->symbol,
                             job->message ? job->message : "code generation failed"));
    }
  }
  phase_done(&jit->stats.phases, PHASE_link, start);
  return good;
}

bool jit_finish(Jit *jit, Fault *fault) {
  ArenaCleanup cleanup;
  QueueUse use = {.queue = &jit->queue};
  if (!jit->queue.jobs.len) return true;
  double start = clock_seconds();
  close_queue(&jit->queue);
  compile_jobs(jit, false);
  join_threads(&jit->queue);
  phase_done(&jit->stats.phases, PHASE_generate, start);
  arena_defer(&jit->arena, &cleanup, end_use, &use);
  bool good = link_all(jit, fault);
  arena_done(&jit->arena, &cleanup);
  return good;
}

bool jit_add(Jit *jit, const JitUnit *units, int n, Fault *fault) {
  return jit_begin(jit, units, n, fault) && jit_finish(jit, fault);
}

void jit_free(Jit *jit) {
  if (!jit) return;
  drop_jobs(&jit->queue);
  pthread_cond_destroy(&jit->queue.more);
  pthread_mutex_destroy(&jit->queue.mutex);
  if (jit->lljit) LLVMConsumeError(LLVMOrcDisposeLLJIT(jit->lljit));
  if (jit->cache.stored) cache_prune_now_and_then(&jit->cache);
  cache_close(&jit->cache);
  arena_free(&jit->arena);
  heap_free(jit);
}
