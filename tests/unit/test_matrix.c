/* Functions of whole matrices by what defines each, for all small shapes, tall and wide, singular,
 * repeated, tiny and huge; that what is not unique is as exec/matrix.h says; and that there is no
 * result where it says so. Derivatives are tested with those of the other ops (test_tables.c). */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "exec/matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { MOST = 9, ROOM = 8 * MOST * MOST };
static const double SMALL = 1e-12;

typedef struct Trial {
  double a[ROOM], b[ROOM], y[ROOM], room[ROOM];
  int64_t m, n, k;
  double size; /* of the largest number */
} Trial;

static uint64_t state;

static double draw(void) { /* (-1, 1): Knuth's linear congruential generator */
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (double)(state >> 11) / 0x1p52 - 1;
}

/* Random, of rank 1, all zeros, or the identity; now and then tiny or huge. */
static Trial trial_new(int64_t m, int64_t n, int64_t k, int kind) {
  static const double sizes[] = {1, 1e-200, 1e200};
  Trial t = {.m = m, .n = n, .k = k, .size = sizes[kind / 4 % 3]};
  double row[MOST], column[MOST];
  for (int i = 0; i < MOST; i++) row[i] = draw(), column[i] = draw();
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double of_kind[] = {draw(), row[i] * column[j], 0, i == j};
      t.a[i * n + j] = t.size * of_kind[kind % 4];
    }
  for (int64_t i = 0; i < m * k; i++) t.b[i] = draw();
  return t;
}

static Trial run(const Trial *t, MatrixFn *fn) {
  Trial done = *t;
  fn(done.a, done.b, (MatrixSize){t->m, t->n, t->k}, done.y, done.room);
  return done;
}

/* Column i of a times column j of b, over 'rows'. */
static double columns(const double *a, const double *b, int64_t rows, int64_t n, int64_t i,
                      int64_t j) {
  double sum = 0;
  for (int64_t r = 0; r < rows; r++) sum += a[r * n + i] * b[r * n + j];
  return sum;
}

static void check_orthonormal(const double *q, int64_t rows, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++)
      assert_true(fabs(columns(q, q, rows, n, i, j) - (i == j)) < SMALL);
}

static void check_signs(const double *v, int64_t rows, int64_t n) {
  for (int64_t j = 0; j < n; j++) {
    double most = 0;
    for (int64_t i = 0; i < rows; i++)
      if (fabs(v[i * n + j]) > fabs(most) * (1 + 1e-9)) most = v[i * n + j];
    assert_true(most > 0);
  }
}

static bool all_nan(const double *y, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (!isnan(y[i])) return false;
  return true;
}

typedef void Check(const Trial *t);

static void each(Check *check, bool square) {
  for (int kind = 0; kind < 12; kind++)
    for (int64_t m = 0; m < MOST; m++)
      for (int64_t n = 0; n < MOST; n++) {
        Trial t = trial_new(m, n, n % 4, kind);
        if (!square || m == n) check(&t);
      }
}

/* ---- solve, cholesky ---- */

static void check_solve(const Trial *t) {
  int64_t n = t->n, k = t->k;
  Trial good = *t;
  for (int64_t i = 0; i < n; i++) good.a[i * n + i] += 4 * (double)n * t->size;
  Trial x = run(&good, matrix_solve);
  for (int64_t i = 0; i < n; i++)
    for (int64_t c = 0; c < k; c++) {
      double sum = 0;
      for (int64_t j = 0; j < n; j++) sum += good.a[i * n + j] * x.y[j * k + c];
      assert_true(fabs(sum - t->b[i * k + c]) < SMALL);
    }
}

static void test_solve(void **test) {
  (void)test;
  state = 1;
  each(check_solve, true);
  Trial t = {.m = 2, .n = 2, .k = 1, .a = {1, 2, 2, 4}, .b = {1, 1}}; /* singular */
  Trial x = run(&t, matrix_solve);
  assert_true(all_nan(x.y, 2));
  t = (Trial){.m = 2, .n = 2, .k = 1, .a = {0, 1, 1, 0}, .b = {5, 7}}; /* needs another pivot */
  x = run(&t, matrix_solve);
  assert_true(x.y[0] == 7 && x.y[1] == 5);
  t.a[2] = NAN;
  x = run(&t, matrix_solve);
  assert_true(all_nan(x.y, 2));
}

/* Of a^T a and a little of the identity. */
static void check_cholesky(const Trial *t) {
  int64_t n = t->n;
  Trial positive = *t, unit = *t;
  for (int64_t i = 0; i < n * n; i++) unit.a[i] /= t->size;
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++)
      positive.a[i * n + j] = columns(unit.a, unit.a, n, n, i, j) + (i == j);
  for (int64_t i = 1; i < n; i++) positive.a[i] += 1, positive.a[i * n] -= 1; /* not symmetric */
  Trial l = run(&positive, matrix_cholesky);
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = 0, wanted = (positive.a[i * n + j] + positive.a[j * n + i]) / 2;
      for (int64_t k = 0; k < n; k++) sum += l.y[i * n + k] * l.y[j * n + k];
      assert_true(fabs(sum - wanted) < SMALL);
      assert_true(i >= j || l.y[i * n + j] == 0);
      assert_true(i != j || l.y[i * n + j] > 0);
    }
}

static void test_cholesky(void **test) {
  (void)test;
  state = 2;
  each(check_cholesky, true);
  const double none[][4] = {{1, 2, 2, 1}, {0, 0, 0, 1}, {1, 0, 0, NAN}, {INFINITY, 0, 0, 1}};
  for (int i = 0; i < 4; i++) {
    Trial t = {.m = 2, .n = 2};
    memcpy(t.a, none[i], sizeof none[i]);
    Trial l = run(&t, matrix_cholesky);
    assert_true(all_nan(l.y, 4));
  }
}

/* ---- qr ---- */

static void check_qr(const Trial *t) {
  int64_t m = t->m, n = t->n, p = m < n ? m : n;
  Trial x = run(t, matrix_qr);
  const double *q = x.y, *r = x.y + m * p; /* r[n, p]: transposed */
  check_orthonormal(q, m, p);
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = 0;
      for (int64_t k = 0; k < p; k++) sum += q[i * p + k] * r[j * p + k];
      assert_true(fabs(sum - t->a[i * n + j]) <= SMALL * t->size);
    }
  for (int64_t j = 0; j < n; j++)
    for (int64_t k = 0; k < p; k++)
      assert_true(k > j ? r[j * p + k] == 0 : k < j || r[j * p + k] >= 0);
}

static void test_qr(void **test) {
  (void)test;
  state = 3;
  each(check_qr, false);
  Trial t = {.m = 2, .n = 1, .a = {1, INFINITY}}, x = run(&t, matrix_qr);
  assert_true(all_nan(x.y, 3));
}

/* ---- eigh, svd ---- */

static void check_eigh(const Trial *t) {
  int64_t n = t->n;
  Trial x = run(t, matrix_eigh);
  const double *v = x.y, *w = x.y + n * n;
  check_orthonormal(v, n, n);
  check_signs(v, n, n);
  for (int64_t j = 0; j < n; j++) {
    assert_true(!j || w[j - 1] <= w[j]);
    for (int64_t i = 0; i < n; i++) {
      double sum = 0;
      for (int64_t k = 0; k < n; k++)
        sum += (t->a[i * n + k] / 2 + t->a[k * n + i] / 2) * v[k * n + j];
      assert_true(fabs(sum - w[j] * v[i * n + j]) <= SMALL * t->size);
    }
  }
}

static void test_eigh(void **test) {
  (void)test;
  state = 4;
  each(check_eigh, true);
  Trial t = {.m = 2, .n = 2, .a = {1, NAN, 0, 1}}, x = run(&t, matrix_eigh);
  assert_true(all_nan(x.y, 6));
}

static void check_svd(const Trial *t) {
  int64_t m = t->m, n = t->n, p = m < n ? m : n;
  Trial x = run(t, matrix_svd);
  const double *u = x.y, *s = u + m * p, *v = s + p;
  check_orthonormal(u, m, p);
  check_orthonormal(v, n, p);
  check_signs(u, m, p);
  for (int64_t k = 0; k < p; k++) assert_true(s[k] >= 0 && (!k || s[k - 1] >= s[k]));
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      double sum = 0;
      for (int64_t k = 0; k < p; k++) sum += u[i * p + k] * s[k] * v[j * p + k];
      assert_true(fabs(sum - t->a[i * n + j]) <= SMALL * t->size);
    }
}

static void test_svd(void **test) {
  (void)test;
  state = 5;
  each(check_svd, false);
  Trial t = {.m = 2, .n = 1, .a = {1, NAN}}, x = run(&t, matrix_svd);
  assert_true(all_nan(x.y, 4));
}

/* A number that is not finite leaves no result, whichever place it has. */
static void test_not_finite(void **test) {
  (void)test;
  static const struct {
    MatrixFn *fn;
    int64_t results; /* of a[3, 3] and b[3, 2] */
    bool two;
  } functions[] = {{matrix_cholesky, 9, false},
                   {matrix_solve, 6, true},
                   {matrix_qr, 18, false},
                   {matrix_eigh, 12, false},
                   {matrix_svd, 21, false}};
  const double odd[] = {NAN, INFINITY, -INFINITY};
  const Trial good = {.m = 3, .n = 3, .k = 2, .a = {4, 1, 0, 1, 5, 1, 0, 1, 6}, .b = {1, 2, 3, 4}};
  for (int f = 0; f < 5; f++)
    for (int at = 0; at < (functions[f].two ? 15 : 9); at++)
      for (int k = 0; k < 3; k++) {
        Trial t = good;
        *(at < 9 ? &t.a[at] : &t.b[at - 9]) = odd[k];
        Trial x = run(&t, functions[f].fn);
        assert_true(all_nan(x.y, functions[f].results));
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_solve), cmocka_unit_test(test_cholesky),
      cmocka_unit_test(test_qr),    cmocka_unit_test(test_eigh),
      cmocka_unit_test(test_svd),   cmocka_unit_test(test_not_finite)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
