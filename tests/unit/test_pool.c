#define _GNU_SOURCE /* sched_setaffinity */
/* The thread pool: every element once, cuts at multiples of the grain, nesting, sleeping; prints
 * the latency. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/pool.h"
#include "base/processors.h"

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

/* ---- more threads than processors ---- */

static void some_work(const uint64_t *args, int64_t lo, int64_t hi) {
  volatile double *sums = (volatile double *)(uintptr_t)args[0];
  for (int64_t i = lo; i < hi; i++)
    for (int k = 0; k < 400; k++) sums[i] += k;
}

/* Processor time of all threads for many short loops. */
static double busy_time(int threads) {
  static double sums[64];
  const uint64_t args[] = {(uintptr_t)sums};
  Pool *pool = pool_new(threads);
  assert_int_equal(pool_threads(pool), threads);
  double start = now(CLOCK_PROCESS_CPUTIME_ID);
  for (int i = 0; i < 2000; i++) pool_run(pool, some_work, args, 64, 1);
  double time = now(CLOCK_PROCESS_CPUTIME_ID) - start;
  pool_free(pool);
  return time;
}

static void test_one_processor(void **state) {
  (void)state;
  cpu_set_t all, one;
  assert_int_equal(sched_getaffinity(0, sizeof all, &all), 0);
  CPU_ZERO(&one);
  for (int i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
    if (CPU_ISSET(i, &all)) CPU_SET(i, &one);
  assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
  assert_int_equal(processors_usable(), 1);
  Pool *pool = pool_new(0);
  assert_int_equal(pool_threads(pool), 1);
  pool_free(pool);
  double alone = busy_time(1);
  for (int threads = 2; threads <= 32; threads *= 4) {
    double many = busy_time(threads);
    printf("one processor, %d threads: %.2f times as long as one\n", threads, many / alone);
    assert_true(many < 3 * alone);
  }
  check_cover(NULL, 1, 1);
  assert_int_equal(sched_setaffinity(0, sizeof all, &all), 0);
}

/* ---- quotas of control groups ---- */

static void put_file(const char *root, const char *name, const char *text) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s", root, name);
  for (char *slash = path + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    mkdir(path, 0700);
    *slash = '/';
  }
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static void test_quota(void **state) {
  (void)state;
  char root[] = "/tmp/ordo-groups-XXXXXX", command[64];
  assert_non_null(mkdtemp(root));
  put_file(root, "app/cpu.max", "150000 100000\n");
  put_file(root, "app/inner/cpu.max", "max 100000\n");
  put_file(root, "app/small/cpu.max", "50000 100000\n");
  put_file(root, "free/cpu.max", "max 100000\n");
  put_file(root, "cpu,cpuacct/old/cpu.cfs_quota_us", "400000\n");
  put_file(root, "cpu,cpuacct/old/cpu.cfs_period_us", "100000\n");
  put_file(root, "cpu,cpuacct/old/open/cpu.cfs_quota_us", "-1\n");
  put_file(root, "cpu,cpuacct/old/open/cpu.cfs_period_us", "100000\n");
  put_file(root, "cpu/linked/cpu.cfs_quota_us", "300000\n");
  put_file(root, "cpu/linked/cpu.cfs_period_us", "100000\n");
  static const struct {
    const char *groups;
    int quota;
  } cases[] = {
      {"0::/app\n", 2},
      {"0::/app/inner\n", 2},
      {"0::/app/small\n", 1},
      {"0::/free\n", 0},
      {"0::/\n", 0},
      {"", 0},
      {"nonsense", 0},
      {"0::/gone/away\n", 0},
      {"9:name=systemd:/app\n3:cpuset:/\n2:cpu,cpuacct:/old\n0::/\n", 4},
      {"2:cpu,cpuacct:/old/open\n", 4},
      {"4:cpu:/linked\n", 3},
      {"4:cpuacct,cpu:/linked\n", 3},
      {"2:cpu,cpuacct:/old\n0::/app\n", 2},
      {"3:cpuset:/old\n", 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(processors_quota(cases[i].groups, root), cases[i].quota);
  put_file(root, "cpu.max", "100000 100000\n"); /* the top of a container */
  assert_int_equal(processors_quota("0::/\n", root), 1);
  assert_int_equal(processors_quota("0::/app\n", root), 1);
  snprintf(command, sizeof command, "rm -r %s", root);
  assert_int_equal(system(command), 0);
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
      cmocka_unit_test(test_cover),         cmocka_unit_test(test_nested),
      cmocka_unit_test(test_sleep),         cmocka_unit_test(test_latency),
      cmocka_unit_test(test_one_processor), cmocka_unit_test(test_quota),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
