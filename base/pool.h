/* A thread pool for short parallel loops.
 *
 * A range is cut into contiguous parts, one for each thread, always in the same way. The caller
 * begins with the first part; the others spin for a while after their work, so that back-to-back
 * loops start within a fraction of a microsecond, and then sleep, so that an idle process uses no
 * processor time. Whoever is done takes a part that nobody has begun. No more threads work than
 * there are processors for the process when the pool is made (base/processors.h); the rest sleep.
 */
#ifndef ORDO_BASE_POOL_H
#define ORDO_BASE_POOL_H

#include <stdint.h>

typedef struct Pool Pool;
typedef void (*PoolFn)(const uint64_t *args, int64_t lo, int64_t hi);

/* threads counts the caller; less than 1 means one for each usable processor. NULL when out of
 * memory or threads. */
Pool *pool_new(int threads);
/* A pool whose loops somebody else runs: run covers [0, range) once by fn(args, lo, hi), cut at
 * multiples of grain, on at most so many threads. */
typedef void (*PoolRunner)(void *user, PoolFn fn, const uint64_t *args, int64_t range,
                           int64_t grain);
Pool *pool_hook(PoolRunner run, void *user, int threads);
void pool_free(Pool *pool);         /* NULL is allowed */
int pool_threads(const Pool *pool); /* 1 for NULL */

/* Calls fn on disjoint parts that cover [0, range) and returns when all are done. Cuts lie at
 * multiples of grain, and no part is smaller (except the last). With a pool of one thread, NULL, a
 * range of one grain, or from inside fn, it is a plain call. One thread at a time may call it for a
 * pool. */
void pool_run(Pool *pool, PoolFn fn, const uint64_t *args, int64_t range, int64_t grain);

#endif
