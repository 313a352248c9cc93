/* The thread pool: one loop at a time, handed over by a counter.
 *
 * The caller writes the loop's description and then increments 'turn' (release). A worker that sees
 * a new turn (acquire) claims its part by setting that part's 'claimed' to the turn, runs it and
 * decrements 'left' (release); the caller returns when it reads 0 (acquire). That is a few cache
 * lines going back and forth, 0.1 us on neighbouring cores. Who is done with its own part claims
 * those that nobody has begun: on a busy machine a worker may not run for milliseconds. A part of
 * turn t can be claimed only while claimed is t - 1, so a worker that comes late claims nothing.
 *
 * A worker that saw no new turn for SPINS pauses waits on a condition variable; it announces that
 * in 'sleepers' before it looks at 'turn' for the last time, and the caller looks at 'sleepers'
 * after it changed 'turn' (both sequentially consistent), so no wake-up is lost. A caller that
 * waits long for the last part sleeps in the same way, announced in 'waiting', and is woken by who
 * brings 'left' to 0.
 *
 * Spinning is for threads that have a processor each. Of more threads than that only as many work
 * as there are processors; the others wait apart until the pool ends. Their parts are done by
 * those that work, so a result does not depend on where it was computed.
 */
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/processors.h"

enum { LINE = 64, MAX_THREADS = 256, SPINS = 5000 };

typedef struct Worker {
  _Alignas(LINE) atomic_uint claimed; /* the last turn in which its part was claimed */
  struct Pool *pool;
  pthread_t thread;
  int index; /* of its part; the caller has part 0 */
} Worker;

struct Pool {
  /* Written by the caller before 'turn'. */
  PoolFn fn;
  const uint64_t *args;
  int64_t range, grain;
  PoolRunner hook; /* who runs its loops instead, and for whom; NULL: its own threads */
  void *user;
  int threads, working; /* working: those that take parts, the caller included */
  Worker *workers;      /* threads - 1 */
  atomic_bool stop;
  _Alignas(LINE) atomic_uint turn;
  _Alignas(LINE) atomic_int left;
  _Alignas(LINE) atomic_int sleepers;
  atomic_bool busy;    /* a loop runs: a nested one is a plain call */
  atomic_bool waiting; /* the caller sleeps until the last part is done */
  pthread_mutex_t mutex;
  pthread_cond_t wake, done, end; /* end: of the pool, for threads that rest */
};

static inline void pause_cpu(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Part i of n: whole grains, the first parts one grain longer when they do not divide. */
static void run_part(const Pool *pool, int i) {
  int64_t grains = (pool->range + pool->grain - 1) / pool->grain, n = pool->threads;
  int64_t each = grains / n, more = grains % n;
  int64_t lo = (each * i + (i < more ? i : more)) * pool->grain;
  int64_t hi = lo + (each + (i < more)) * pool->grain;
  if (hi > pool->range) hi = pool->range;
  if (lo < hi) pool->fn(pool->args, lo, hi);
}

static void sleep_until_turn(Pool *pool, unsigned seen) {
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleepers, 1);
  while (atomic_load(&pool->turn) == seen) pthread_cond_wait(&pool->wake, &pool->mutex);
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static unsigned next_turn(Pool *pool, unsigned seen) {
  for (int i = 0; i < SPINS; i++) {
    unsigned turn = atomic_load_explicit(&pool->turn, memory_order_acquire);
    if (turn != seen) return turn;
    pause_cpu();
  }
  sleep_until_turn(pool, seen);
  return atomic_load_explicit(&pool->turn, memory_order_acquire);
}

/* One part of the loop is done. */
static void finish_part(Pool *pool) {
  if (atomic_fetch_sub(&pool->left, 1) > 1 || !atomic_load(&pool->waiting)) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_signal(&pool->done);
  pthread_mutex_unlock(&pool->mutex);
}

/* Runs a worker's part of a turn unless somebody else has taken it. */
static void take_part(Pool *pool, Worker *worker, unsigned turn) {
  unsigned before = turn - 1;
  if (atomic_load_explicit(&worker->claimed, memory_order_relaxed) != before) return;
  if (!atomic_compare_exchange_strong_explicit(&worker->claimed, &before, turn,
                                               memory_order_acquire, memory_order_relaxed))
    return;
  run_part(pool, worker->index);
  finish_part(pool);
}

/* Takes the parts of those that do not work, beginning behind the own one. */
static void take_others(Pool *pool, int own, unsigned turn) {
  int n = pool->threads - 1;
  for (int i = 0; i < n; i++) take_part(pool, &pool->workers[(own + i) % n], turn);
}

static void *work(void *user) {
  Worker *worker = user;
  Pool *pool = worker->pool;
  for (unsigned seen = 0;;) {
    seen = next_turn(pool, seen);
    if (atomic_load(&pool->stop)) return NULL;
    take_part(pool, worker, seen);
    if (pool->threads > pool->working) take_others(pool, worker->index, seen);
  }
}

/* A thread that no processor is left for. */
static void *rest(void *user) {
  Pool *pool = ((Worker *)user)->pool;
  pthread_mutex_lock(&pool->mutex);
  while (!atomic_load(&pool->stop)) pthread_cond_wait(&pool->end, &pool->mutex);
  pthread_mutex_unlock(&pool->mutex);
  return NULL;
}

/* Lets the workers see what was written to the pool. */
static unsigned start_turn(Pool *pool) {
  unsigned turn = atomic_fetch_add(&pool->turn, 1) + 1;
  if (atomic_load(&pool->sleepers)) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
  }
  return turn;
}

static void wait_for_workers(Pool *pool) {
  for (int i = 0; i < SPINS; i++) {
    if (!atomic_load_explicit(&pool->left, memory_order_acquire)) return;
    pause_cpu();
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->waiting, true);
  while (atomic_load(&pool->left) > 0) pthread_cond_wait(&pool->done, &pool->mutex);
  atomic_store(&pool->waiting, false);
  pthread_mutex_unlock(&pool->mutex);
}

void pool_run(Pool *pool, PoolFn fn, const uint64_t *args, int64_t range, int64_t grain) {
  if (range <= 0) return;
  if (grain < 1) grain = 1;
  if (!pool || pool->threads == 1 || range <= grain ||
      atomic_load_explicit(&pool->busy, memory_order_relaxed)) {
    fn(args, 0, range);
    return;
  }
  atomic_store_explicit(&pool->busy, true, memory_order_relaxed);
  if (pool->hook) {
    pool->hook(pool->user, fn, args, range, grain);
    atomic_store_explicit(&pool->busy, false, memory_order_relaxed);
    return;
  }
  pool->fn = fn;
  pool->args = args;
  pool->range = range;
  pool->grain = grain;
  atomic_store_explicit(&pool->left, pool->threads - 1, memory_order_relaxed);
  unsigned turn = start_turn(pool);
  run_part(pool, 0);
  take_others(pool, 0, turn);
  wait_for_workers(pool);
  atomic_store_explicit(&pool->busy, false, memory_order_relaxed);
}

Pool *pool_new(int threads) {
  int usable = processors_usable();
  if (threads < 1) threads = usable;
  if (threads > MAX_THREADS) threads = MAX_THREADS;
  Pool *pool = heap_alloc(sizeof *pool);
  Worker *workers = heap_alloc(sizeof *workers * (size_t)threads);
  if (!pool || !workers) {
    heap_free(pool);
    heap_free(workers);
    return NULL;
  }
  pool->threads = 1;
  pool->working = threads < usable ? threads : usable;
  pool->workers = workers;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  pthread_cond_init(&pool->done, NULL);
  pthread_cond_init(&pool->end, NULL);
  for (; pool->threads < threads; pool->threads++) {
    Worker *worker = &workers[pool->threads - 1];
    worker->pool = pool;
    worker->index = pool->threads;
    if (pthread_create(&worker->thread, NULL, worker->index < pool->working ? work : rest,
                       worker)) {
      pool_free(pool);
      return NULL;
    }
  }
  return pool;
}

Pool *pool_hook(PoolRunner run, void *user, int threads) {
  Pool *pool = heap_alloc(sizeof *pool);
  if (!pool) return NULL;
  pool->hook = run;
  pool->user = user;
  pool->threads = threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads;
  return pool;
}

void pool_free(Pool *pool) {
  if (!pool) return;
  if (pool->hook) {
    heap_free(pool);
    return;
  }
  pthread_mutex_lock(&pool->mutex);
  atomic_store(&pool->stop, true);
  pthread_cond_broadcast(&pool->end);
  pthread_mutex_unlock(&pool->mutex);
  start_turn(pool);
  for (int i = 0; i < pool->threads - 1; i++) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_cond_destroy(&pool->done);
  pthread_cond_destroy(&pool->end);
  pthread_mutex_destroy(&pool->mutex);
  heap_free(pool->workers);
  heap_free(pool);
}

int pool_threads(const Pool *pool) { return pool ? pool->threads : 1; }
