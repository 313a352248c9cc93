/* Products against a naive sum in the same order, bit for bit: shapes, strides, accumulation,
 * batches, threads, element types and vector widths; and a look at the machine code of
 * the tiles. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cost.h"
#include "codegen/gemm_emit.h"
#include "exec/product.h"

enum { GUARD = 64 };

typedef struct Case {
  int64_t m, n, k, batch;
  bool a_transposed, b_transposed, strided;
} Case;

typedef struct Setup {
  Arena arena;
  Target target;
  Jit *jit;
  const GemmKernels *kernels;
  DType dtype;
} Setup;

static bool set_up(Setup *s, const char *target, DType dtype) {
  Fault fault = {0};
  *s = (Setup){.dtype = dtype};
  arena_init(&s->arena);
  if (!target_find(&s->arena, target, &s->target)) {
    printf("[SKIP] this machine does not run %s\n", target);
    arena_free(&s->arena);
    return false;
  }
  s->jit = jit_new(&s->target, 2, "", &fault);
  if (!s->jit) fail_msg("%s", fault.text);
  s->kernels = gemm_kernels(s->jit, &s->arena, dtype, &fault);
  if (!s->kernels) fail_msg("%s", fault.text);
  return true;
}

static void tear_down(Setup *s) {
  jit_free(s->jit);
  arena_free(&s->arena);
}

static uint32_t next_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33);
}

static double get(DType dtype, const void *data, int64_t i) {
  return dtype == DT_f64 ? ((const double *)data)[i] : (double)((const float *)data)[i];
}

static void put(DType dtype, void *data, int64_t i, double value) {
  if (dtype == DT_f64)
    ((double *)data)[i] = value;
  else
    ((float *)data)[i] = (float)value;
}

static void *random_array(const Setup *s, int64_t n, uint64_t *state) {
  void *data = heap_alloc((size_t)(n + 2 * GUARD) * (size_t)dtype_bytes[s->dtype]);
  assert_non_null(data);
  for (int64_t i = 0; i < n + 2 * GUARD; i++)
    put(s->dtype, data, i, (double)next_random(state) / 0x1p30 - 1);
  return data;
}

/* One step of the sum, as the tiles do it. */
static double step(const Setup *s, double sum, double a, double b) {
  if (s->dtype == DT_f64) return s->target.fma ? fma(a, b, sum) : a * b + sum;
  float product = (float)a * (float)b;
  return s->target.fma ? (double)fmaf((float)a, (float)b, (float)sum)
                       : (double)(product + (float)sum);
}

/* One element over k in [from, to), block by block. */
static double blocks(const Setup *s, const GemmArgs *g, int64_t a, int64_t b, int64_t from,
                     int64_t to) {
  int64_t block = gemm_k_block(g->k);
  double all = 0;
  for (int64_t start = from; start < to; start += block) {
    double sum = 0;
    for (int64_t k = start; k < start + block && k < to; k++)
      sum = step(s, sum, get(s->dtype, g->a, a + k * g->a_col),
                 get(s->dtype, g->b, b + k * g->b_row));
    sum = start > from ? all + sum : sum;
    all = s->dtype == DT_f64 ? sum : (double)(float)sum;
  }
  return all;
}

/* Where an item begins. */
static int64_t item_at(const GemmArgs *g, const int64_t *strides, int64_t item) {
  int64_t inner = g->batch[1] * g->batch[2];
  return item / inner * strides[0] + item % inner / g->batch[2] * strides[1] +
         item % g->batch[2] * strides[2];
}

static void naive(const Setup *s, const GemmArgs *g) {
  bool is_long = g->k > gemm_long_k();
  int64_t stretch = is_long ? 64 * gemm_k_block(g->k) : g->k, block = gemm_k_block(g->k);
  for (int64_t item = 0; item < gemm_items(g); item++)
    for (int64_t i = 0; i < g->m; i++)
      for (int64_t j = 0; j < g->n; j++) {
        int64_t c = item_at(g, g->c_batch, item) + i * g->c_row + j,
                a = item_at(g, g->a_batch, item) + i * g->a_row,
                b = item_at(g, g->b_batch, item) + j * g->b_col;
        double sum = g->accumulate ? get(s->dtype, g->c, c) : 0;
        int64_t step = is_long ? stretch : block;
        for (int64_t k = 0; k < g->k; k += step) {
          double part = blocks(s, g, a, b, k, k + step < g->k ? k + step : g->k);
          sum = k || g->accumulate || is_long ? sum + part : part;
          if (!is_long && s->dtype == DT_f32) sum = (double)(float)sum;
        }
        put(s->dtype, g->c, c, sum);
      }
}

/* Strides of a matrix with its rows or columns adjacent, or neither. Returns the elements of an
 * item. */
static int64_t layout(int64_t rows, int64_t cols, bool transposed, bool strided, int64_t *row,
                      int64_t *col) {
  int64_t unit = strided ? 3 : 1, gap = strided ? 5 : 0;
  *row = transposed ? unit : cols * unit + gap;
  *col = transposed ? rows * unit + gap : unit;
  return rows * cols * unit + gap * (rows > cols ? rows : cols) + 1;
}

static void compare(const Setup *s, const Case *c, const void *want, const void *got, int64_t n) {
  if (!memcmp(want, got, (size_t)n * (size_t)dtype_bytes[s->dtype])) return;
  int64_t i = 0;
  while (get(s->dtype, want, i) == get(s->dtype, got, i) && i < n - 1) i++;
  fail_msg("m %d n %d k %d batch %d, ta %d tb %d strided %d: element %d is %.9g, not %.9g",
           (int)c->m, (int)c->n, (int)c->k, (int)c->batch, c->a_transposed, c->b_transposed,
           c->strided, (int)(i - GUARD), get(s->dtype, got, i), get(s->dtype, want, i));
}

enum { MOST_THREADS = 3 };

/* Spreads a batch over the axes: items of an operand lie 'item' apart along the last one, and as
 * far as that takes along the others. Returns the elements of all. */
static int64_t batch_strides(const GemmArgs *g, int64_t item, int64_t *strides) {
  strides[2] = item;
  strides[1] = item * g->batch[2] + 7;
  strides[0] = strides[1] * g->batch[1] + 3;
  return strides[0] * g->batch[0];
}

/* One call with each number of threads gives what the obvious loops give, bit for bit, and keeps
 * to its workspace. */
static void run_case(const Setup *s, Pool **pools, const Case *c, bool accumulate, bool shared_b) {
  uint64_t state = (uint64_t)(c->m * 31 + c->n * 7 + c->k);
  GemmArgs g = {.m = c->m, .n = c->n, .k = c->k, .accumulate = accumulate};
  int64_t outer = c->batch > 3 && c->batch % 2 == 0 ? 2 : 1;
  g.batch[0] = outer, g.batch[1] = c->batch / outer, g.batch[2] = 1;
  if (c->strided) g.batch[2] = g.batch[1], g.batch[1] = 1;
  int64_t a_item = layout(c->m, c->k, c->a_transposed, c->strided, &g.a_row, &g.a_col),
          b_item = layout(c->k, c->n, c->b_transposed, c->strided, &g.b_row, &g.b_col);
  g.c_row = c->n + (c->strided ? 3 : 0);
  int64_t a_size = batch_strides(&g, a_item, g.a_batch),
          b_size = batch_strides(&g, b_item, g.b_batch);
  if (shared_b) g.b_batch[0] = g.b_batch[1] = g.b_batch[2] = 0;
  int bytes = dtype_bytes[s->dtype];
  int64_t c_size = batch_strides(&g, g.c_row * c->m + 1, g.c_batch) + 2 * GUARD;
  char *a = random_array(s, a_size, &state), *b = random_array(s, b_size, &state);
  char *want = random_array(s, c_size, &state), *got = heap_alloc((size_t)(c_size * bytes)),
       *first = heap_alloc((size_t)(c_size * bytes));
  memcpy(first, want, (size_t)(c_size * bytes));
  g.a = a, g.b = b, g.c = want + GUARD * bytes;
  naive(s, &g);
  g.c = got + GUARD * bytes;
  int64_t space = gemm_workspace_bytes(s->dtype, &g, MOST_THREADS);
  char *workspace = heap_alloc((size_t)space + GUARD);
  memset(workspace + space, 77, GUARD);
  g.workspace = workspace;
  int64_t packed_bytes = gemm_packed_bytes(s->dtype, &g);
  char *packed = heap_alloc((size_t)packed_bytes + GUARD);
  memset(packed + packed_bytes, 77, GUARD);
  for (int i = 0; i < 2 * MOST_THREADS; i++) {
    bool once = i % 2 && packed_bytes;
    memcpy(got, first, (size_t)(c_size * bytes));
    if (once) gemm_pack_all(s->kernels, pools[i / 2], &g, packed);
    gemm_run(s->kernels, pools[i / 2], &g, once ? packed : NULL);
    compare(s, c, want, got, c_size);
  }
  for (int i = 0; i < GUARD; i++) assert_int_equal(packed[packed_bytes + i], 77);
  heap_free(packed);
  for (int i = 0; i < GUARD; i++) assert_int_equal(workspace[space + i], 77);
  heap_free(workspace), heap_free(first), heap_free(got), heap_free(want), heap_free(b),
      heap_free(a);
}

static const int64_t extents[] = {1, 2, 5, 6, 7, 13, 16, 17, 33, 64, 65, 100, 130};
enum { N_EXTENTS = sizeof extents / sizeof *extents };

/* Random shapes out of the list in all layouts. */
static void sweep(const Setup *s, Pool **pools, int cases) {
  uint64_t state = 5;
  for (int i = 0; i < cases; i++) {
    Case c = {.m = extents[next_random(&state) % N_EXTENTS],
              .n = extents[next_random(&state) % N_EXTENTS],
              .k = extents[next_random(&state) % N_EXTENTS],
              .batch = next_random(&state) % 4 ? 1 : 1 + next_random(&state) % 5};
    unsigned bits = next_random(&state);
    c.a_transposed = bits & 1, c.b_transposed = bits & 2, c.strided = !(bits & 12);
    run_case(s, pools, &c, bits & 16, bits & 32);
  }
}

static void edges(const Setup *s, Pool **pools) {
  static const Case cases[] = {
      {0, 5, 3, 1, 0, 0, 0},     {5, 0, 3, 1, 0, 0, 0},       {5, 3, 0, 2, 0, 0, 0},
      {3, 4, 5, 0, 0, 0, 0},     {7, 70, 513, 1, 0, 0, 0},    {130, 70, 1200, 1, 1, 0, 0},
      {9, 600, 40, 1, 0, 1, 0},  {250, 520, 20, 1, 1, 1, 0},  {1, 1, 1, 1, 0, 0, 0},
      {3, 200, 600, 2, 0, 0, 1}, {40, 1030, 3, 1, 0, 0, 0},   {300, 129, 530, 1, 1, 1, 1},
      {7, 3, 33000, 2, 0, 0, 0}, {127, 2, 33000, 1, 1, 1, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int bits = 0; bits < 2; bits++) run_case(s, pools, &cases[i], bits & 1, false);
  /* more packed rows than are packed together; large items, shared by threads and not */
  int64_t rows = PRODUCT_A_BYTES / (PRODUCT_K_BLOCK * dtype_bytes[s->dtype]) + 6;
  run_case(s, pools, &(Case){rows, 129, 2 * PRODUCT_K_BLOCK, 1, 1, 0, 0}, true, false);
  run_case(s, pools, &(Case){100, 150, 90, 2, 1, 0, 0}, false, false);
  run_case(s, pools, &(Case){100, 150, 90, 3 * PRODUCT_UNCUT + 1, 0, 1, 0}, false, false);
  run_case(s, pools, &(Case){6, 6, 6, 4000, 0, 0, 0}, false, true);
}

static void check(const char *target, DType dtype, int cases) {
  Setup s;
  if (!set_up(&s, target, dtype)) return;
  Pool *pools[MOST_THREADS];
  for (int i = 0; i < MOST_THREADS; i++) pools[i] = pool_new(i + 1);
  sweep(&s, pools, cases);
  edges(&s, pools);
  for (int i = 0; i < MOST_THREADS; i++) pool_free(pools[i]);
  tear_down(&s);
}

static void test_f32(void **state) { (void)state, check("host", DT_f32, 70); }
static void test_f64(void **state) { (void)state, check("host", DT_f64, 35); }
static void test_avx2(void **state) {
  (void)state, check("avx2", DT_f32, 20), check("avx2", DT_f64, 20);
}
static void test_sse2(void **state) {
  (void)state, check("sse2", DT_f32, 20), check("sse2", DT_f64, 20);
}

/* Instructions of a function's text that use a vector register and the stack. */
static int count_spills(const char *text, const char *function) {
  char label[64];
  snprintf(label, sizeof label, "\n%s:", function);
  const char *line = strstr(text, label);
  assert_non_null(line);
  int spills = 0;
  while ((line = strchr(line + 1, '\n')) && strncmp(line, "\n.Lfunc_end", 11) != 0) {
    size_t n = strcspn(line + 1, "\n");
    char copy[256];
    snprintf(copy, sizeof copy, "%.*s", (int)n, line + 1);
    bool vector = strstr(copy, "%zmm") || strstr(copy, "%ymm") || strstr(copy, "%xmm");
    spills += vector && (strstr(copy, "(%rsp") || strstr(copy, "(%rbp"));
  }
  return spills;
}

static void test_machine_code(void **state) {
  (void)state;
  static const char *const names[] = {"host", "avx2"};
  for (int i = 0; i < 4; i++) {
    Arena arena;
    arena_init(&arena);
    Target target;
    DType dtype = i & 1 ? DT_f64 : DT_f32;
    if (target_find(&arena, names[i / 2], &target)) {
      for (int rows = 1; rows <= GEMM_ROWS; rows++) {
        GemmUnit unit = {dtype, GEMM_tiles, rows, &arena};
        JitUnit request = {gemm_tile_name(&arena, dtype, rows, 1), "", gemm_emit, &unit};
        const char *text;
        Fault fault = {0};
        if (!jit_assembly(&target, &request, &arena, &text, &fault)) fail_msg("%s", fault.text);
        for (int v = 1; v <= gemm_vectors(&target); v++)
          assert_int_equal(count_spills(text, gemm_tile_name(&arena, dtype, rows, v)), 0);
      }
    }
    arena_free(&arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_f32),  cmocka_unit_test(test_f64),          cmocka_unit_test(test_avx2),
      cmocka_unit_test(test_sse2), cmocka_unit_test(test_machine_code),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
