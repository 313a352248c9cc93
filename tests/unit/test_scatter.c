/* scatter_add in pieces of any size: the same bits, and those of additions in the order of the
 * updates; of long sums, those in double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cost.h"
#include "exec/library.h"
#include "ir/ir.h"

LibraryFn ordort_scatter;

typedef struct Shape {
  int64_t batch, pre, middle, extent, post;
} Shape;

static void expected(const Shape *s, const int32_t *index, const float *b, float *y, bool wide) {
  double *sums = calloc((size_t)(s->extent * s->post), sizeof *sums);
  for (int64_t m = 0; m < s->batch * s->pre; m++) {
    float *to = y + m * s->extent * s->post;
    memset(sums, 0, (size_t)(s->extent * s->post) * sizeof *sums);
    memset(to, 0, (size_t)(s->extent * s->post) * sizeof *to);
    for (int64_t j = 0; j < s->middle; j++)
      for (int64_t k = 0; k < s->post; k++) {
        int64_t at = index[m / s->pre * s->middle + j] * s->post + k;
        to[at] += b[(m * s->middle + j) * s->post + k];
        sums[at] += (double)b[(m * s->middle + j) * s->post + k];
      }
    for (int64_t i = 0; i < s->extent * s->post && wide; i++) to[i] = (float)sums[i];
  }
  free(sums);
}

static void check(const Shape *s, bool wide) {
  int64_t n_index = s->batch * s->middle, n_b = s->batch * s->pre * s->middle * s->post,
          n_y = s->batch * s->pre * s->extent * s->post;
  int32_t *index = malloc((size_t)n_index * sizeof *index);
  float *b = malloc((size_t)n_b * sizeof *b), *want = malloc((size_t)n_y * sizeof *want),
        *y = malloc((size_t)n_y * sizeof *y);
  uint32_t seed = 7;
  for (int64_t i = 0; i < n_index; i++)
    index[i] = (int32_t)((seed = seed * 1664525u + 1013904223u) >> 8) % (int32_t)s->extent;
  for (int64_t i = 0; i < n_b; i++)
    b[i] = (float)((seed = seed * 1664525u + 1013904223u) >> 8) * 0x1p-24f - 0.4f;
  expected(s, index, b, want, wide);
  uint64_t args[] = {
      (uint64_t)(uintptr_t)index, (uint64_t)(uintptr_t)b, (uint64_t)(uintptr_t)y, (uint64_t)s->pre,
      (uint64_t)s->middle,        (uint64_t)s->extent,    (uint64_t)s->post,      DT_f32};
  int64_t range = s->batch * s->pre * ((s->post + COLUMN_BLOCK - 1) / COLUMN_BLOCK);
  for (int64_t step = 1; step <= range + 2; step += step < 4 ? 1 : range) {
    memset(y, 0xa5, (size_t)n_y * sizeof *y);
    for (int64_t lo = 0; lo < range; lo += step)
      ordort_scatter(args, lo, lo + step < range ? lo + step : range);
    if (memcmp(y, want, (size_t)n_y * sizeof *y))
      fail_msg("post %lld, %lld items at a time", (long long)s->post, (long long)step);
  }
  free(index);
  free(b);
  free(want);
  free(y);
}

static void columns(void **state) {
  (void)state;
  static const int64_t posts[] = {1, 2, 63, 64, 65, 128, 200, 256, 330};
  for (int i = 0; i < 9; i++) {
    check(&(Shape){1, 1, 50, 7, posts[i]}, false);
    check(&(Shape){3, 4, 9, 10, posts[i]}, false);
  }
}

/* The last block of columns is narrower, and may be added up in double when the others are not:
 * that depends on the shape alone. */
static void long_sums(void **state) {
  (void)state;
  check(&(Shape){1, 1, LONG_SUM, 5, 1}, true);
  check(&(Shape){1, 2, LONG_SUM + 3, 5, 130}, true);
  int64_t many = (int64_t)SUMS_PASSES * SUMS_TOGETHER / COLUMN_BLOCK + 1;
  check(&(Shape){1, 1, LONG_SUM, many, 2 * COLUMN_BLOCK}, false);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(columns), cmocka_unit_test(long_sums)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
