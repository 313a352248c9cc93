/* Products in bf16 on every machine that this one can be (the tile unit, vectors of each width,
 * scalars) against the definition in base/bf16.h, bit for bit but for the payloads of NaN: shapes,
 * strides, accumulation, batches, threads, and numbers of all kinds. And the definition itself on
 * numbers whose results are known. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/compile.h"
#include "base/bf16.h"
#include "codegen/gemm_bf16.h"
#include "ir/interp.h"

enum { GUARD = 64, MOST_THREADS = 3 };

/* What the numbers of the operands look like. */
typedef enum Family {
  FAMILY_plain,   /* in [-1, 1) */
  FAMILY_bits,    /* any 32 bits */
  FAMILY_special, /* zeros, infinities, NaN, the smallest and largest */
  FAMILY_tiny,    /* around where products underflow */
  FAMILY_huge,    /* around where they overflow */
  FAMILY_cancel,  /* few numbers of both signs */
  N_FAMILIES
} Family;

typedef struct Case {
  int64_t m, n, k, batch;
  bool a_transposed, b_transposed, strided;
} Case;

/* A machine: a target and whether its tile unit is used, or scalars. */
typedef struct Machine {
  const char *name, *target;
  bool unit, scalars;
} Machine;

static const Machine machines[] = {
    {"tile unit", "host", true, false}, {"host", "host", false, false},
    {"avx512", "avx512", false, false}, {"avx2", "avx2", false, false},
    {"sse2", "sse2", false, false},     {"scalars", NULL, false, true}};
enum { N_MACHINES = sizeof machines / sizeof *machines };

typedef struct Setup {
  Arena arena;
  Target target;
  Jit *jit;
  Bf16Kernels kernels;
  Pool *pools[MOST_THREADS];
} Setup;

static bool has_machine(Setup *s, const Machine *m) {
  Fault fault = {0};
  if (m->scalars) return bf16_scalar_kernels(&s->kernels), true;
  if (!target_find(&s->arena, m->target, &s->target)) return false;
  s->jit = jit_new(&s->target, 2, "", &fault);
  if (!s->jit) fail_msg("%s", fault.text);
  const Bf16Kernels *kernels = bf16_kernels(s->jit, &s->arena, &fault);
  if (!kernels) fail_msg("%s", fault.text);
  s->kernels = *kernels;
  if (m->unit && !s->kernels.unit) return false;
  s->kernels.unit = m->unit;
  return true;
}

static void tear_down(Setup *s) {
  for (int i = 0; i < MOST_THREADS; i++) pool_free(s->pools[i]);
  if (s->jit) jit_free(s->jit);
  arena_free(&s->arena);
}

static bool set_up(Setup *s, const Machine *m) {
  *s = (Setup){0};
  arena_init(&s->arena);
  for (int i = 0; i < MOST_THREADS; i++) s->pools[i] = pool_new(i + 1);
  if (has_machine(s, m)) return true;
  printf("[SKIP] this machine has no %s\n", m->name);
  tear_down(s);
  return false;
}

/* ---- numbers ---- */

static uint32_t next_random(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 32);
}

static float from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static float number(Family family, uint64_t *state) {
  static const uint32_t specials[] = {0,          0x80000000, 0x7f800000, 0xff800000, 0x7fc00000,
                                      0xffc12345, 0x00000001, 0x807fffff, 0x00800000, 0x80800000,
                                      0x7f7fffff, 0xff7f7fff, 0x3f800000, 0xbf808000, 0x3f818000};
  uint32_t r = next_random(state), sign = r & 0x80000000u;
  float plain = (float)((double)r / 0x1p31 - 1);
  switch (family) {
  case FAMILY_bits:
    return from_bits(r);
  case FAMILY_special:
    return next_random(state) % 8 ? plain : from_bits(specials[r % 15]);
  case FAMILY_tiny: /* products from 2^-160 to 2^-118 */
    return from_bits(sign | (47 + r % 20) << 23 | (next_random(state) & 0x7fffff));
  case FAMILY_huge: /* from 2^116 to 2^136 */
    return from_bits(sign | (185 + r % 10) << 23 | (next_random(state) & 0x7fffff));
  case FAMILY_cancel:
    return ldexpf(r & 1 ? 1.0f : -1.0f, (int)(r >> 8) % 3) * (1 + (float)(r >> 16 & 1) / 128);
  default:
    return plain;
  }
}

static float *random_array(Family family, int64_t n, uint64_t *state) {
  float *data = heap_alloc((size_t)n * sizeof *data);
  assert_non_null(data);
  for (int64_t i = 0; i < n; i++) data[i] = number(family, state);
  return data;
}

static bool same(float x, float y) { return bits_of(x) == bits_of(y) || (isnan(x) && isnan(y)); }

/* ---- cases ---- */

static void define(const GemmArgs *g) {
  const float *a = g->a, *b = g->b;
  for (int64_t item = 0; item < g->batch[1] * g->batch[2]; item++)
    for (int64_t m = 0; m < g->m; m++)
      for (int64_t n = 0; n < g->n; n++) {
        int64_t outer = item / g->batch[2], inner = item % g->batch[2];
        float *c = (float *)g->c + outer * g->c_batch[1] + inner * g->c_batch[2] + m * g->c_row + n;
        const float *x = a + outer * g->a_batch[1] + inner * g->a_batch[2] + m * g->a_row;
        const float *y = b + outer * g->b_batch[1] + inner * g->b_batch[2] + n * g->b_col;
        Bf16Sum sum = {.c = g->accumulate ? *c : 0};
        for (int64_t k = 0; k < g->k; k++)
          bf16_sum_add(&sum, bf16_operand(x[k * g->a_col]), bf16_operand(y[k * g->b_row]));
        *c = bf16_sum_end(&sum);
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

static void compare(const Case *c, Family family, int threads, const float *want, const float *got,
                    int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (!same(want[i], got[i]))
      fail_msg("m %d n %d k %d batch %d, ta %d tb %d strided %d, family %d, %d threads: element %d "
               "is %08x (%.9g), not %08x (%.9g)",
               (int)c->m, (int)c->n, (int)c->k, (int)c->batch, c->a_transposed, c->b_transposed,
               c->strided, family, threads, (int)(i - GUARD), bits_of(got[i]), (double)got[i],
               bits_of(want[i]), (double)want[i]);
}

/* One call with each number of threads gives what the definition gives. */
static void run_case(const Setup *s, const Case *c, Family family, bool accumulate, bool shared_b) {
  uint64_t state = (uint64_t)(c->m * 31 + c->n * 7 + c->k + family);
  int64_t outer = c->batch % 2 ? 1 : 2, inner = c->batch / outer; /* two axes of the batch */
  GemmArgs g = {
      .m = c->m, .n = c->n, .k = c->k, .batch = {1, outer, inner}, .accumulate = accumulate};
  int64_t a = layout(c->m, c->k, c->a_transposed, c->strided, &g.a_row, &g.a_col);
  int64_t b = layout(c->k, c->n, c->b_transposed, c->strided, &g.b_row, &g.b_col);
  g.c_row = c->n + (c->strided ? 3 : 0);
  int64_t one = g.c_row * c->m + 1, c_size = one * c->batch + 2 * GUARD;
  int64_t a_size = a * c->batch, b_size = b * c->batch;
  g.a_batch[1] = a, g.a_batch[2] = a * outer; /* the inner axis lies further apart */
  g.b_batch[1] = shared_b ? 0 : b, g.b_batch[2] = shared_b ? 0 : b * outer;
  g.c_batch[1] = one * inner, g.c_batch[2] = one;
  float *from_a = random_array(family, a_size, &state),
        *from_b = random_array(family, b_size, &state);
  float *want = random_array(FAMILY_plain, c_size, &state),
        *got = heap_alloc((size_t)c_size * sizeof *got),
        *first = heap_alloc((size_t)c_size * sizeof *got);
  memcpy(first, want, (size_t)c_size * sizeof *first);
  g.a = from_a, g.b = from_b, g.c = want + GUARD;
  define(&g);
  g.c = got + GUARD;
  g.workspace = heap_alloc((size_t)bf16_workspace_bytes(&g, MOST_THREADS) + 1);
  for (int i = 0; i < MOST_THREADS; i++) {
    memcpy(got, first, (size_t)c_size * sizeof *got);
    bf16_run(&s->kernels, s->pools[i], &g, NULL);
    compare(c, family, i + 1, want, got, c_size);
    void *packed = heap_alloc((size_t)bf16_packed_bytes(&g) + 1);
    if (bf16_packed_bytes(&g)) {
      memcpy(got, first, (size_t)c_size * sizeof *got);
      bf16_pack_all(&s->kernels, s->pools[i], &g, packed);
      bf16_run(&s->kernels, s->pools[MOST_THREADS - 1 - i], &g, packed);
      compare(c, family, i + 1, want, got, c_size);
    }
    heap_free(packed);
  }
  heap_free(g.workspace), heap_free(first), heap_free(got), heap_free(want), heap_free(from_b),
      heap_free(from_a);
}

static const int64_t extents[] = {1, 2, 3, 5, 6, 7, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 100};
enum { N_EXTENTS = sizeof extents / sizeof *extents };

/* Random shapes out of the list in all layouts. */
static void sweep(const Setup *s, int cases) {
  uint64_t state = 5;
  for (int i = 0; i < cases; i++) {
    Case c = {.m = extents[next_random(&state) % N_EXTENTS],
              .n = extents[next_random(&state) % N_EXTENTS],
              .k = extents[next_random(&state) % N_EXTENTS],
              .batch = next_random(&state) % 4 ? 1 : 1 + next_random(&state) % 5};
    unsigned bits = next_random(&state) >> 8;
    c.a_transposed = bits & 1, c.b_transposed = bits & 2, c.strided = !(bits & 12);
    run_case(s, &c, (Family)(i % N_FAMILIES), bits & 16, bits & 32);
  }
}

/* Empty extents, blocks of k, of columns and of rows that do not fit at once, cuts. */
static void edges(const Setup *s) {
  static const Case cases[] = {
      {0, 5, 3, 1, 0, 0, 0},      {5, 0, 3, 1, 0, 0, 0},      {5, 3, 0, 2, 0, 0, 0},
      {3, 4, 5, 0, 0, 0, 0},      {1, 1, 1, 1, 0, 0, 0},      {7, 70, 2049, 1, 0, 0, 0},
      {70, 9, 4100, 1, 1, 0, 0},  {9, 600, 40, 1, 0, 1, 0},   {150, 300, 200, 1, 1, 1, 0},
      {33, 40, 2100, 1, 0, 1, 1}, {600, 40, 520, 1, 0, 0, 0}, {600, 40, 520, 1, 1, 1, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    for (int bits = 0; bits < 2; bits++)
      run_case(s, &cases[i], i % 2 ? FAMILY_special : FAMILY_plain, bits & 1, false);
}

static void check(const Machine *machine, int cases) {
  Setup s;
  if (!set_up(&s, machine)) return;
  sweep(&s, cases);
  edges(&s);
  tear_down(&s);
}

static void test_unit(void **state) { (void)state, check(&machines[0], 240); }
static void test_host(void **state) { (void)state, check(&machines[1], 240); }
static void test_avx512(void **state) { (void)state, check(&machines[2], 120); }
static void test_avx2(void **state) { (void)state, check(&machines[3], 120); }
static void test_sse2(void **state) { (void)state, check(&machines[4], 120); }
static void test_scalars(void **state) { (void)state, check(&machines[5], 60); }

/* ---- the definition ---- */

/* The formula of vcvtneps2bf16 on every exponent, around ties. */
static void test_rounding(void **state) {
  (void)state;
  assert_int_equal(bf16_operand_bits(0x3f808000), 0x3f800000); /* a tie, to even */
  assert_int_equal(bf16_operand_bits(0x3f818000), 0x3f820000);
  assert_int_equal(bf16_operand_bits(0x3f808001), 0x3f810000);
  assert_int_equal(bf16_operand_bits(0x007fffff), 0); /* subnormals are zeros */
  assert_int_equal(bf16_operand_bits(0x80000001), 0x80000000);
  assert_int_equal(bf16_operand_bits(0x00800000), 0x00800000);
  assert_int_equal(bf16_operand_bits(0x7f7f7fff), 0x7f7f0000); /* the largest */
  assert_int_equal(bf16_operand_bits(0x7f7f8000), 0x7f800000); /* and what becomes infinite */
  assert_int_equal(bf16_operand_bits(0xff800000), 0xff800000);
  assert_int_equal(bf16_operand_bits(0x7f800001), 0x7fc00000); /* NaN stays NaN */
}

static void test_flushing(void **state) {
  (void)state;
  const float least = 0x1p-126f, half = 0x1p-64f;
  assert_true(same(bf16_fma(half, half, 0), 0)); /* 2^-128 */
  assert_true(same(bf16_fma(-half, half, 0), -0.0f));
  assert_true(same(bf16_add(least, -0x1.8p-126f), -0.0f));
  assert_true(same(bf16_add(0x1p-127f, 1), 1)); /* a subnormal operand is a zero */
  /* tiny after rounding: the largest below 2^-126 rounds up to it and stays */
  assert_true(same(bf16_flushed(0x1p-126 - 0x1p-152), least));
  assert_true(same(bf16_flushed(0x1p-126 - 0x1p-150), 0));
}

static float sum_of(const float *a, const float *b, int n) {
  Bf16Sum sum = {0};
  for (int i = 0; i < n; i++) bf16_sum_add(&sum, a[i], b[i]);
  return bf16_sum_end(&sum);
}

/* Even and odd k are chains of their own, and 32 k a block. */
static void test_order(void **state) {
  (void)state;
  float a[64] = {0x1p24f, 1, 1, 1}, b[64];
  for (int i = 0; i < 64; i++) b[i] = 1;
  assert_true(sum_of(a, b, 4) == 0x1p24f + 2); /* (2^24 + 1) + (1 + 1): the even 1 is lost */
  memset(a, 0, sizeof a);
  a[0] = 0x1p24f, a[1] = 1, a[32] = 1, a[33] = 1;
  assert_true(sum_of(a, b, 64) == 0x1p24f + 2); /* 2^24 + 1 is lost, 1 + 1 is not */
  assert_true(sum_of(a, b, 0) == 0 && !signbit(sum_of(a, b, 0)));
}

/* ---- the operating system's leave ---- */

enum { SMALL_STACK = 8192 };

/* A thread whose alternate signal stack cannot hold the state of the tile unit: the request fails,
 * and products go by vectors. In a child, before this process has asked. */
static void test_refused(void **state) {
  (void)state;
  pid_t child = fork();
  if (!child) {
    Setup s = {0};
    Fault fault = {0};
    char memory[SMALL_STACK];
    if (sigaltstack(&(stack_t){.ss_sp = memory, .ss_size = sizeof memory}, NULL)) _exit(2);
    arena_init(&s.arena);
    s.target = target_host(&s.arena);
    s.jit = jit_new(&s.target, 1, "", &fault);
    const Bf16Kernels *kernels = s.jit ? bf16_kernels(s.jit, &s.arena, &fault) : NULL;
    _exit(!kernels ? 3 : kernels->unit || bf16_unit_usable() ? 4 : 0);
  }
  int status = 0;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status));
  assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- graphs ---- */

static const char graph[] =
    "graph &0 \"products\" {\n"
    "  %0: f32[M, K] = param(index=0) \"a\"\n"
    "  %1: f32[K, N] = param(index=1) \"b\"\n"
    "  %2: f32[M, N] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], "
    "precision=\"bf16\")\n"
    "  %3: f32[N, M] = dot(%1, %0, batch_a=[], batch_b=[], contract_a=[0], contract_b=[1], "
    "precision=\"bf16\")\n"
    "  %4: f32[K] = param(index=2) \"v\"\n"
    "  %5: f32[M] = dot(%0, %4, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], "
    "precision=\"bf16\")\n"
    "  %6: f32[K, M, N] = dot(%0, %1, batch_a=[1], batch_b=[0], contract_a=[], contract_b=[], "
    "precision=\"bf16\")\n"
    "  %7: f32[M, M] = dot(%0, %0, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1], "
    "precision=\"bf16\")\n"
    "  %8: f32[P, M, K] = param(index=3) \"c\"\n"
    "  %9: f32[P, M, N] = dot(%8, %1, batch_a=[], batch_b=[], contract_a=[2], contract_b=[0], "
    "precision=\"bf16\")\n"
    "  %10: f32[M, P, P] = dot(%8, %8, batch_a=[1], batch_b=[1], contract_a=[2], contract_b=[2], "
    "precision=\"bf16\")\n"
    "  %11: f32[K, K] = param(index=4) \"U\"\n"
    "  %12: (f32[M, K], f32[T, M, K]) = scan(%0, %11, length=T, carries=1, slices=0) body \"step\" "
    "{\n"
    "    %0: i32 = param(index=0) \"t\"\n"
    "    %1: f32[M, K] = param(index=1) \"h\"\n"
    "    %2: f32[K, K] = param(index=2) \"U\"\n"
    "    %3: f32[M, K] = dot(%1, %2, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0], "
    "precision=\"bf16\")\n"
    "    %4: f32[M, K] = dot(%3, %2, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1], "
    "precision=\"bf16\")\n"
    "    return %4 \"h\", %3 \"half\"\n"
    "  }\n"
    "  %13: f32[M, K] = item(%12, index=0)\n"
    "  %14: f32[T, M, K] = item(%12, index=1)\n"
    "  %15: f32[T, 1] = param(index=5) \"turns\"\n"
    "  return %2, %3, %5, %6, %7, %9, %10, %13, %14, %15\n"
    "}\n";

static Tensor **graph_args(const Graph *g, Family family, uint64_t *state) {
  static const char *const names[] = {"M", "K", "N", "P", "T", "1"};
  static const int64_t values[] = {37, 70, 18, 3, 4, 1};
  Tensor **args = arena_array(&g->ctx->arena, Tensor *, g->params.len);
  for (uint32_t i = 0; i < g->params.len; i++) {
    const TypeInfo *info = graph_info(g, g->params.data[i]);
    int64_t dims[MAX_RANK];
    for (int d = 0; d < info->rank; d++)
      for (int k = 0; k < 6; k++)
        if (!strcmp(size_str(g->ctx, info->dims[d]), names[k])) dims[d] = values[k];
    args[i] = tensor_new(DT_f32, dims, info->rank);
    assert_non_null(args[i]);
    for (int64_t k = 0; k < tensor_count(args[i]); k++)
      ((float *)args[i]->data)[k] = number(family, state);
  }
  return args;
}

static void same_tensors(const Tensor *want, const Tensor *got, const char *target, uint32_t r) {
  for (int64_t i = 0; i < tensor_count(want); i++) {
    float x = ((const float *)want->data)[i], y = ((const float *)got->data)[i];
    if (!same(x, y))
      fail_msg("%s, result %u, element %d: %08x, interpreted %08x", target, r, (int)i, bits_of(y),
               bits_of(x));
  }
}

/* A graph gives the bits of the interpreter, compiled for every target. */
static void run_graph(const char *name, Family family) {
  Fault fault = {0};
  Ctx *ctx = ctx_new();
  Target target;
  uint64_t state = 9;
  if (!target_find(&ctx->arena, name, &target)) {
    ctx_free(ctx);
    return;
  }
  Graph *g = graph_read(ctx, source_add(ctx, "bf16.graph", graph, strlen(graph)));
  assert_non_null(g);
  Engine *engine = engine_new(2, &target, "", &fault);
  if (!engine) fail_msg("%s", fault.text);
  CompileOptions options = compile_options();
  options.pipeline = "contract,fuse,plan";
  Program *program = compile_graph(engine, ctx, g, &options, NULL);
  assert_non_null(program);
  for (int call = 0; call < 2; call++) { /* what the first one kept is of no use to the second */
    Tensor **args = graph_args(g, family, &state), *want[10], *got[10];
    if (!interp_run(ctx, g, (const Tensor *const *)args, want, NULL, &fault))
      fail_msg("%s", fault.text);
    if (!program_call(program, (const Tensor *const *)args, got, &fault))
      fail_msg("%s", fault.text);
    for (uint32_t r = 0; r < g->results.len; r++) {
      same_tensors(want[r], got[r], name, r);
      tensor_free(want[r]), tensor_free(got[r]);
    }
    for (uint32_t i = 0; i < g->params.len; i++) tensor_free(args[i]);
  }
  program_free(program);
  engine_free(engine);
  ctx_free(ctx);
}

static void test_graphs(void **state) {
  static const char *const names[] = {"host", "avx512", "avx2", "sse2"};
  (void)state;
  for (int t = 0; t < 4; t++)
    for (int family = 0; family < N_FAMILIES; family++) run_graph(names[t], (Family)family);
}

/* ---- code of machines that this one is not ---- */

/* Every loop compiles for its target, and does not spill accumulators. */
static void test_machine_code(void **state) {
  (void)state;
  Target target;
  const char *name;
  for (int i = 0; target_baseline(i, &name, &target); i++) {
    Arena arena;
    JitUnit units[BF16_UNITS];
    arena_init(&arena);
    int n = bf16_units(&arena, &target, units);
    bool unit = false;
    for (int u = 0; u < n; u++) {
      const char *text;
      Fault fault = {0};
      if (!jit_assembly(&target, &units[u], &arena, &text, &fault)) fail_msg("%s", fault.text);
      unit |= strstr(text, "tdpbf16ps") && strstr(text, "ldtilecfg");
      if (target.fma && strstr(units[u].symbol, "_tile_") && !strstr(units[u].symbol, "unit"))
        assert_non_null(strstr(text, "vfmadd"));
    }
    assert_int_equal(unit, bf16_has_unit(&target));
    arena_free(&arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_refused),      cmocka_unit_test(test_rounding),
      cmocka_unit_test(test_flushing),     cmocka_unit_test(test_order),
      cmocka_unit_test(test_machine_code), cmocka_unit_test(test_unit),
      cmocka_unit_test(test_host),         cmocka_unit_test(test_avx512),
      cmocka_unit_test(test_avx2),         cmocka_unit_test(test_graphs),
      cmocka_unit_test(test_sse2),         cmocka_unit_test(test_scalars),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
