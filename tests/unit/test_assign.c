/* The assignment problem against all permutations: sums are the least for n up to 7, with
 * random, equal, negative and forbidden costs; large matrices against the certificate of linear
 * programming. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "exec/assign.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { MOST = 7, LARGE = 60 };

static uint64_t state;

static double draw(void) { /* [0, 1): Knuth's linear congruential generator */
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) / 0x1p53;
}

/* The least sum over the rows from 'row' on, by trying everything. */
static double best_of_all(const double *cost, int n, int row, unsigned taken) {
  double best = row == n ? 0 : INFINITY;
  for (int j = 0; row < n && j < n; j++)
    if (!(taken >> j & 1))
      best = fmin(best, cost[row * n + j] + best_of_all(cost, n, row + 1, taken | 1u << j));
  return best;
}

/* The sum of an assignment; fails when it is none. */
static double sum_of(const double *cost, const int32_t *column, int n) {
  unsigned long long taken = 0;
  double sum = 0;
  for (int i = 0; i < n; i++) {
    assert_in_range(column[i], 0, n - 1);
    assert_false(taken >> column[i] & 1);
    taken |= 1ull << column[i];
    sum += cost[i * n + column[i]];
  }
  return sum;
}

typedef double (*Costs)(void);
static double real(void) { return draw() - 0.5; }
static double whole(void) { return floor(draw() * 4); } /* many equal sums */
static double sparse(void) { return draw() < 0.5 ? INFINITY : draw(); }
static double equal(void) { return 1; }

static void solve(const double *cost, int n, int32_t *column) {
  static double copy[LARGE * LARGE], scratch[ASSIGN_SCRATCH(LARGE)];
  memcpy(copy, cost, sizeof(double) * (size_t)(n * n));
  assign_rows(copy, n, column, scratch);
}

static void least_sums(void **unused) {
  (void)unused;
  const Costs kinds[] = {real, whole, sparse, equal};
  double cost[MOST * MOST];
  int32_t column[MOST], again[MOST];
  for (size_t kind = 0; kind < 4; kind++)
    for (int n = 0; n <= MOST; n++)
      for (int trial = 0; trial < 40; trial++) {
        for (int i = 0; i < n * n; i++) cost[i] = kinds[kind]();
        solve(cost, n, column);
        solve(cost, n, again);
        assert_memory_equal(column, again, sizeof(int32_t) * (size_t)n);
        double sum = sum_of(cost, column, n), best = best_of_all(cost, n, 0, 0);
        if (isinf(best))
          assert_true(isinf(sum));
        else
          assert_true(fabs(sum - best) < 1e-12);
      }
}

/* Where no assignment is free of forbidden costs, as few as possible are taken. */
static void few_forbidden(void **unused) {
  (void)unused;
  double cost[MOST * MOST], counts[MOST * MOST];
  int32_t column[MOST];
  for (int trial = 0; trial < 200; trial++) {
    for (int i = 0; i < MOST * MOST; i++) {
      bool forbidden = draw() < 0.8;
      cost[i] = forbidden ? (trial % 2 ? NAN : INFINITY) : draw() * 100;
      counts[i] = forbidden;
    }
    solve(cost, MOST, column);
    assert_true(sum_of(counts, column, MOST) == best_of_all(counts, MOST, 0, 0));
  }
}

/* A matrix made from potentials, cost = u + v + slack with slack 0 on a hidden permutation: no
 * assignment costs less than the sum of all potentials, and the hidden one costs that. */
static void large(void **unused) {
  (void)unused;
  static double cost[LARGE * LARGE];
  double u[LARGE], v[LARGE], least = 0;
  int32_t column[LARGE], hidden[LARGE];
  for (int i = 0; i < LARGE; i++) hidden[i] = (i * 7 + 3) % LARGE;
  for (int i = 0; i < LARGE; i++) least += (u[i] = draw()) + (v[i] = draw());
  for (int i = 0; i < LARGE; i++)
    for (int j = 0; j < LARGE; j++)
      cost[i * LARGE + j] = u[i] + v[j] + (hidden[i] == j ? 0 : draw());
  solve(cost, LARGE, column);
  assert_true(fabs(sum_of(cost, column, LARGE) - least) < 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(least_sums), cmocka_unit_test(few_forbidden),
                                     cmocka_unit_test(large)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
