/* Products of OpenBLAS against Ordo's own: shapes, layouts, distances of rows, batches, added to C,
 * threads, element types; which products it takes; and the texts of choices, also such as no run
 * has written. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codegen/gemm.h"
#include "runtime/openblas.h"
#include "runtime/product_choice.h"

enum { MOST = 130, ITEMS = 6, NUMBERS = ITEMS * MOST * MOST };

typedef struct Setup {
  Arena arena;
  Target target;
  Jit *jit;
  const OpenBlas *blas;
  const GemmKernels *kernels[2];
  Pool *pool;
  double memory[4][NUMBERS]; /* a, b, and c by either */
} Setup;

static const DType types[] = {DT_f32, DT_f64};

static int set_up(void **state) {
  Fault fault = {0};
  Setup *s = calloc(1, sizeof *s);
  assert_non_null(s);
  arena_init(&s->arena);
  s->target = target_host(&s->arena);
  s->jit = jit_new(&s->target, 2, "", &fault);
  assert_non_null(s->jit);
  for (int i = 0; i < 2; i++) {
    s->kernels[i] = gemm_kernels(s->jit, &s->arena, types[i], &fault);
    assert_non_null(s->kernels[i]);
  }
  s->pool = pool_new(3);
  s->blas = openblas_open(&s->arena, &fault);
  if (!s->blas) printf("[SKIP] %s\n", fault.text);
  *state = s;
  return 0;
}

static int tear_down(void **state) {
  Setup *s = *state;
  pool_free(s->pool);
  jit_free(s->jit);
  arena_free(&s->arena);
  free(s);
  return 0;
}

static void put(void *data, DType dtype, int64_t i, double value) {
  if (dtype == DT_f64)
    ((double *)data)[i] = value;
  else
    ((float *)data)[i] = (float)value;
}

static double get(const void *data, DType dtype, int64_t i) {
  return dtype == DT_f64 ? ((const double *)data)[i] : (double)((const float *)data)[i];
}

static void fill(Setup *s, DType dtype, uint64_t seed) {
  for (int k = 0; k < 3; k++)
    for (int64_t i = 0; i < NUMBERS; i++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      put(s->memory[k], dtype, i, (double)(seed >> 33) / 0x1p30 - 1);
    }
  memcpy(s->memory[3], s->memory[2], sizeof s->memory[2]);
}

/* m x n x k in items, rows 'more' numbers further apart than they have to be. */
static GemmArgs shape(Setup *s, int64_t m, int64_t n, int64_t k, int layout, int64_t more) {
  bool ta = layout & 1, tb = layout & 2;
  int64_t ra = (ta ? m : k) + more, rb = (tb ? k : n) + more, rc = n + more;
  GemmArgs g = {.a = s->memory[0], .b = s->memory[1], .m = m, .n = n, .k = k, .c_row = rc};
  g.a_row = ta ? 1 : ra, g.a_col = ta ? ra : 1;
  g.b_row = tb ? 1 : rb, g.b_col = tb ? rb : 1;
  int64_t extents[GEMM_BATCH_AXES] = {1, 2, 3}, items = 1;
  for (int i = GEMM_BATCH_AXES - 1; i >= 0; i--) {
    g.batch[i] = extents[i];
    g.a_batch[i] = items * ra * (ta ? k : m);
    g.b_batch[i] = i == 2 ? 0 : rb * (tb ? n : k); /* shared by the innermost */
    g.c_batch[i] = items * rc * m;
    items *= extents[i];
  }
  return g;
}

static void compare(Setup *s, DType dtype, GemmArgs g) {
  int64_t bytes = gemm_workspace_bytes(dtype, &g, 3);
  void *room = NULL;
  assert_int_equal(posix_memalign(&room, 64, (size_t)bytes + 64), 0);
  g.workspace = room;
  g.c = s->memory[2];
  assert_true(openblas_takes(&g));
  openblas_run(s->blas, dtype, s->pool, &g);
  g.c = s->memory[3];
  gemm_run(s->kernels[dtype == DT_f64], NULL, &g, NULL);
  double small = (dtype == DT_f64 ? 1e-15 : 1e-6) * 8 * (double)(g.k + 4);
  for (int64_t i = 0; i < NUMBERS; i++) { /* what lies between the rows, too */
    double other = get(s->memory[2], dtype, i), own = get(s->memory[3], dtype, i);
    if (!(fabs(other - own) <= small))
      fail_msg("%lld x %lld x %lld: number %lld is %g, not %g", (long long)g.m, (long long)g.n,
               (long long)g.k, (long long)i, other, own);
  }
  free(room);
}

static void as_own(void **state) {
  static const int64_t sizes[][3] = {{1, 1, 1},    {1, 70, 9},   {7, 1, 30},    {5, 33, 1},
                                     {64, 64, 64}, {3, 129, 17}, {130, 20, 40}, {130, 130, 130}};
  Setup *s = *state;
  for (int t = 0; t < 2 && s->blas; t++)
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
      for (int variant = 0; variant < 16; variant++) {
        const int64_t *at = sizes[i], more = variant & 4 && at[0] < MOST ? 3 : 0;
        fill(s, types[t], (uint64_t)variant + 100 * i);
        GemmArgs g = shape(s, at[0], at[1], at[2], variant & 3, more);
        if (at[0] == MOST) g.batch[1] = g.batch[2] = 1;
        g.accumulate = variant >> 3;
        compare(s, types[t], g);
      }
}

static void takes(void **state) {
  Setup *s = *state;
  GemmArgs good = shape(s, 5, 6, 7, 0, 0), g = good;
  assert_true(openblas_takes(&g));
  g.a_col = 2;
  assert_false(openblas_takes(&g));
  g = good, g.a_row = 0;
  assert_false(openblas_takes(&g)); /* one row repeated */
  g = good, g.b_row = -6;
  assert_false(openblas_takes(&g));
  g = good, g.k = 0;
  assert_false(openblas_takes(&g));
  g = good, g.k = gemm_long_k() + 1, g.a_row = g.k;
  assert_false(openblas_takes(&g)); /* one chain of f32 would be too long */
  g = good, g.b_row = (int64_t)1 << 31;
  assert_false(openblas_takes(&g));
}

static void texts(void **state) {
  static const char *const wrong[] = {
      "",       "auto?",
      "auto\n", "auto\n# x\n",
      "blis",   "auto\n# x\nf32 nn 0 1 1 1 1\nf16 nn 1 1 1 1 1\nf32"};
  Setup *s = *state;
  ProductChoice choice;
  Fault fault = {0};
  assert_true(product_choose(s->jit, &s->arena, "own", &choice, &fault));
  assert_null(choice.provider);
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong && s->blas; i++)
    assert_false(product_choose(s->jit, &s->arena, wrong[i], &choice, &fault));
  if (!s->blas) return;
  const char *kept = "auto\n# x\nf32 nn 8 8 8 1.0 2.0\nf32 nn 512 512 512 2.0 1.0\n";
  assert_true(product_choose(s->jit, &s->arena, kept, &choice, &fault));
  assert_string_equal(choice.text, kept);
  fill(s, DT_f32, 1);
  GemmArgs small = shape(s, 9, 9, 9, 0, 0), large = shape(s, 130, 130, 130, 0, 0);
  small.c = large.c = s->memory[2];
  large.batch[1] = large.batch[2] = 1;
  assert_true(choice.provider->run(choice.provider, DT_f32, NULL, &small));
  assert_false(choice.provider->run(choice.provider, DT_f32, NULL, &large)); /* nearer to 512 */
  small.a_row = 1, small.a_col = 9;
  assert_false(choice.provider->run(choice.provider, DT_f32, NULL, &small)); /* never measured */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(as_own), cmocka_unit_test(takes),
                                     cmocka_unit_test(texts)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
