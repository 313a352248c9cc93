/* The thread pool: every element once, cuts at multiples of the grain, nesting, sleeping; prints
 * the latency. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <cmocka.h>

#include "runtime/pool.h"

enum { N = 1000 };

static double now(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* args: counters, grain */
static void count(const uint64_t *args, int64_t lo, int64_t hi) {
  int *counters = (int *)(uintptr_t)args[0];
  int64_t grain = (int64_t)args[1];
  if (lo % grain) counters[lo] += 1000;
  for (int64_t i = lo; i < hi; i++) counters[i]++;
}

static void check_cover(Pool *pool, int64_t range, int64_t grain) {
  static int counters[N];
  memset(counters, 0, sizeof counters);
  uint64_t args[] = {(uintptr_t)counters, (uint64_t)(grain < 1 ? 1 : grain)};
  pool_run(pool, count, args, range, grain);
  for (int64_t i = 0; i < N; i++) assert_int_equal(counters[i], i < range);
}

static void test_cover(void **state) {
  (void)state;
  for (int threads = 1; threads <= 5; threads++) {
    Pool *pool = pool_new(threads);
    assert_non_null(pool);
    assert_int_equal(pool_threads(pool), threads);
    for (int64_t range = 0; range < 40; range++)
      for (int64_t grain = 0; grain < 12; grain++) check_cover(pool, range, grain);
    check_cover(pool, N, 1);
    check_cover(pool, N, 7);
    pool_free(pool);
  }
  check_cover(NULL, N, 3);
  pool_free(NULL);
  assert_int_equal(pool_threads(NULL), 1);
}

static void nested(const uint64_t *args, int64_t lo, int64_t hi) {
  Pool *pool = (Pool *)(uintptr_t)args[2];
  for (int64_t i = lo; i < hi; i++) {
    const uint64_t inner[] = {args[0] + (uint64_t)i * 10 * sizeof(int), 1};
    pool_run(pool, count, inner, 10, 1);
  }
}

static void test_nested(void **state) {
  (void)state;
  static int counters[N];
  Pool *pool = pool_new(3);
  uint64_t args[] = {(uintptr_t)counters, 1, (uintptr_t)pool};
  pool_run(pool, nested, args, N / 10, 1);
  for (int i = 0; i < N; i++) assert_int_equal(counters[i], 1);
  pool_free(pool);
}

static void nothing(const uint64_t *args, int64_t lo, int64_t hi) {
  (void)args, (void)lo, (void)hi;
}

/* Loops with pauses around the time at which the workers go to sleep: none may hang or be lost. */
static void test_sleep(void **state) {
  (void)state;
  Pool *pool = pool_new(2);
  for (int i = 0; i < 300; i++) {
    check_cover(pool, 100, 1);
    struct timespec pause = {0, i * 3000};
    nanosleep(&pause, NULL);
  }
  struct timespec pause = {0, 20000000};
  nanosleep(&pause, NULL);
  double cpu = now(CLOCK_PROCESS_CPUTIME_ID);
  pause.tv_nsec = 200000000;
  nanosleep(&pause, NULL);
  cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  printf("processor time of an idle pool in 200 ms: %.3f ms\n", cpu * 1e3);
  assert_true(cpu < 0.02);
  pool_free(pool);
}

static void measure_latency(int threads) {
  enum { ROUNDS = 20, CALLS = 2000 };
  Pool *pool = pool_new(threads);
  double best = 1, sum = 0;
  for (int round = 0; round < ROUNDS; round++) {
    double start = now(CLOCK_MONOTONIC);
    for (int i = 0; i < CALLS; i++) pool_run(pool, nothing, NULL, threads + 1, 1);
    double each = (now(CLOCK_MONOTONIC) - start) / CALLS;
    sum += each;
    if (each < best) best = each;
  }
  printf("fork and join, %d thread%s: best %.3f us, mean %.3f us\n", threads,
         threads > 1 ? "s" : "", best * 1e6, sum / ROUNDS * 1e6);
  pool_free(pool);
}

static void test_latency(void **state) {
  (void)state;
  measure_latency(1);
  measure_latency(2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cover),
      cmocka_unit_test(test_nested),
      cmocka_unit_test(test_sleep),
      cmocka_unit_test(test_latency),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
