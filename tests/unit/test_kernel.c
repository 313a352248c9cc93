/* Compiled kernels against the interpreter: every class of loop nest, several shapes, every vector
 * width that the machine can run. Each kernel runs twice, its items in one piece and in pieces of
 * three, which must give the same bits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codegen/jit.h"
#include "codegen/kernel.h"
#include "ir/interp.h"
#include "ir/scalar.h"

enum { MAX_SLOTS = 64, GUARD_BYTES = 256 };

typedef struct Machine {
  Target target;
  Jit *jit;
} Machine;

typedef struct Fixture {
  Ctx *ctx;
  Machine machines[3];
  int n_machines;
  uint32_t seed;
} Fixture;

static int setup(void **state) {
  Fixture *f = calloc(1, sizeof *f);
  f->ctx = ctx_new();
  static const char *const names[] = {"avx512", "avx2", "sse2"};
  const char *only = getenv("KERNEL_TARGET");
  for (int i = 0; i < 3; i++) {
    Machine *m = &f->machines[f->n_machines];
    Fault fault = {0};
    if (only && strcmp(only, names[i]) != 0) continue;
    if (!target_find(&f->ctx->arena, names[i], &m->target)) continue;
    m->jit = jit_new(&m->target, 1, "", &fault);
    if (!m->jit) fail_msg("%s", fault.text);
    f->n_machines++;
  }
  if (!f->n_machines) { /* another kind of machine */
    Fault fault = {0};
    f->machines[0].target = target_host(&f->ctx->arena);
    f->machines[0].jit = jit_new(&f->machines[0].target, 1, "", &fault);
    f->n_machines = 1;
  }
  *state = f;
  return 0;
}

static int teardown(void **state) {
  Fixture *f = *state;
  for (int i = 0; i < f->n_machines; i++) jit_free(f->machines[i].jit);
  ctx_free(f->ctx);
  free(f);
  return 0;
}

/* ---- graphs, sizes, numbers ---- */

static Graph *graph_of(Ctx *c, const char *nodes) {
  const char *text = ctx_printf(c, "graph &0 {\n%s\n}\n", nodes);
  Graph *g = graph_read(c, source_add(c, "kernel.txt", text, strlen(text)));
  if (!g) {
    Text message = text_new(&c->arena);
    diag_print(c, false, &message);
    fail_msg("%s", text_str(&message));
  }
  return g;
}

/* "N=7 M=130" */
static SizeEnv sizes_of(Ctx *c, const char *text) {
  SizeEnv env = {0};
  while (*text) {
    size_t n = strcspn(text, "=");
    Sz symbol = size_symbol(c, str_intern_n(&c->strings, text, n));
    char *end;
    size_env_set(c, &env, symbol, strtoll(text + n + 1, &end, 10));
    text = end + (*end == ' ');
  }
  return env;
}

static uint32_t next_random(Fixture *f) {
  f->seed = f->seed * 1664525u + 1013904223u;
  return f->seed >> 8;
}

static Tensor *tensor_of(Fixture *f, Ty type, const SizeEnv *env) {
  const TypeInfo *t = type_info(f->ctx, type);
  int64_t dims[TENSOR_MAX_RANK], extent = 1;
  for (int i = 0; i < t->rank; i++) assert_true(size_eval(f->ctx, t->dims[i], env, &dims[i]));
  if (t->dtype == DT_idx) assert_true(size_eval(f->ctx, t->extent, env, &extent));
  Tensor *x = tensor_new(t->dtype, dims, t->rank);
  for (int64_t i = 0; i < tensor_count(x); i++) {
    uint32_t r = next_random(f);
    double v = (double)(r % 4001) / 1000 - 2;
    if (t->dtype == DT_idx) v = (double)(r % (uint32_t)extent);
    if (t->dtype == DT_i32) v = (double)(r % 21) - 10;
    if (t->dtype == DT_bool) v = r % 2;
    tensor_set(x, i, v);
  }
  if (t->dtype == DT_key)
    for (int64_t i = 0; i < tensor_count(x); i++)
      ((uint64_t *)x->data)[i] = (uint64_t)next_random(f) << 32 | next_random(f);
  return x;
}

/* ---- running ---- */

typedef struct Case {
  Fixture *f;
  const Graph *g;
  SizeEnv env;
  Tensor *inputs[MAX_SLOTS], *expected[MAX_SLOTS];
  const char *nodes;
} Case;

typedef struct Request {
  Ctx *ctx;
  const Graph *g;
  KernelSig sig;
} Request;

static bool emit(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  Request *r = user;
  bool made = kernel_emit(r->ctx, module, target, r->g, &r->sig, fault);
  if (getenv("KERNEL_DUMP")) LLVMDumpModule(module);
  return made;
}

static KernelFn compile(Case *c, Machine *m, Request *r) {
  kernel_signature(c->f->ctx, c->g, target_lanes(&m->target, 4), &r->sig);
  const char *symbol = ctx_text(c->f->ctx, r->sig.symbol);
  Fault fault = {0};
  JitUnit unit = {.symbol = symbol, .key = symbol, .emit = emit, .user = r};
  if (!jit_add(m->jit, &unit, 1, &fault)) fail_msg("%s\n%s", fault.text, c->nodes);
  KernelFn fn = (KernelFn)(uintptr_t)jit_lookup(m->jit, symbol, &fault);
  if (!fn) fail_msg("%s\n%s", fault.text, c->nodes);
  if (getenv("KERNEL_ASM")) {
    const char *text;
    jit_assembly(&m->target, &unit, &c->f->ctx->arena, &text, &fault);
    print_message("%s\n", text);
  }
  return fn;
}

/* Runs all items, step at a time. Outputs stand between guard bytes. */
static void run(Case *c, const Request *r, KernelFn fn, int64_t step, unsigned char **outputs) {
  uint64_t args[MAX_SLOTS];
  int n = 0;
  int64_t range;
  for (int i = 0; i < r->sig.n_inputs; i++) args[n++] = (uint64_t)(uintptr_t)c->inputs[i]->data;
  for (int i = 0; i < r->sig.n_outputs; i++) {
    size_t bytes = tensor_bytes(c->expected[i]);
    outputs[i] = malloc(bytes + 2 * GUARD_BYTES);
    memset(outputs[i], 0xa5, bytes + 2 * GUARD_BYTES);
    args[n++] = (uint64_t)(uintptr_t)(outputs[i] + GUARD_BYTES);
  }
  for (int i = 0; i < r->sig.n_sizes; i++) {
    int64_t value;
    assert_true(size_env_get(&c->env, r->sig.sizes[i], &value));
    args[n++] = (uint64_t)value;
  }
  assert_true(size_eval(c->f->ctx, r->sig.range, &c->env, &range));
  for (int64_t lo = 0; lo < range; lo += step) fn(args, lo, lo + step < range ? lo + step : range);
  for (int i = 0; i < r->sig.n_outputs; i++) {
    size_t bytes = tensor_bytes(c->expected[i]);
    for (int k = 0; k < GUARD_BYTES; k++)
      if (outputs[i][k] != 0xa5 || outputs[i][GUARD_BYTES + bytes + (size_t)k] != 0xa5)
        fail_msg("output %d is written outside (%d)\n%s", i, k, c->nodes);
  }
}

static bool close_enough(DType dtype, double got, double expected) {
  if (got == expected || (got != got && expected != expected)) return true;
  if (!dtype_is_float(dtype)) return false;
  double bound = dtype == DT_f64 ? 1e-12 : dtype == DT_bf16 ? 2e-2 : 5e-5;
  double size = fabs(expected) > 1 ? fabs(expected) : 1;
  return fabs(got - expected) <= bound * size;
}

static void compare(const Case *c, const Machine *m, unsigned char **outputs) {
  for (uint32_t i = 0; i < c->g->results.len; i++) {
    const Tensor *y = c->expected[i];
    Tensor got = *y;
    got.data = outputs[i] + GUARD_BYTES;
    if (y->dtype == DT_key) {
      assert_memory_equal(got.data, y->data, tensor_bytes(y));
      continue;
    }
    for (int64_t k = 0; k < tensor_count(y); k++)
      if (!close_enough(y->dtype, tensor_get(&got, k), tensor_get(y, k)))
        fail_msg("%s: result %u[%lld] is %.9g, not %.9g\n%s", m->target.cpu, i, (long long)k,
                 tensor_get(&got, k), tensor_get(y, k), c->nodes);
  }
}

static void check_on(Case *c, Machine *m) {
  Request r = {.ctx = c->f->ctx, .g = c->g};
  KernelFn fn = compile(c, m, &r);
  unsigned char *whole[MAX_SLOTS], *pieces[MAX_SLOTS];
  run(c, &r, fn, INT64_MAX / 2, whole);
  compare(c, m, whole);
  run(c, &r, fn, 3, pieces);
  for (int i = 0; i < r.sig.n_outputs; i++) {
    assert_memory_equal(whole[i], pieces[i], tensor_bytes(c->expected[i]) + GUARD_BYTES);
    free(whole[i]);
    free(pieces[i]);
  }
}

/* The nodes compute the same compiled as interpreted, for the given sizes. */
static void agrees_on(Fixture *f, const char *sizes, const char *nodes, Tensor *first) {
  Case c = {.f = f, .g = graph_of(f->ctx, nodes), .env = sizes_of(f->ctx, sizes)};
  c.nodes = ctx_printf(f->ctx, "with %s\n%s", sizes, graph_str(c.g));
  for (uint32_t i = 0; i < c.g->params.len; i++)
    c.inputs[i] =
        i == 0 && first ? first : tensor_of(f, graph_type(c.g, c.g->params.data[i]), &c.env);
  Fault fault = {0};
  if (!interp_run(f->ctx, c.g, (const Tensor *const *)c.inputs, c.expected, NULL, &fault))
    fail_msg("%s\n%s", fault.text, c.nodes);
  for (int i = 0; i < f->n_machines; i++) check_on(&c, &f->machines[i]);
  for (uint32_t i = 0; i < c.g->params.len; i++) tensor_free(c.inputs[i]);
  for (uint32_t i = 0; i < c.g->results.len; i++) tensor_free(c.expected[i]);
}

static void agrees(Fixture *f, const char *sizes, const char *nodes) {
  agrees_on(f, sizes, nodes, NULL);
}

/* ---- map ---- */

static const char *const extents[] = {"N=1",  "N=3",   "N=8",    "N=16",  "N=17",
                                      "N=64", "N=257", "N=4096", "N=9001"};
enum { N_EXTENTS = sizeof extents / sizeof *extents };

static void map_flat(void **state) {
  for (int i = 0; i < N_EXTENTS; i++)
    agrees(*state, extents[i],
           "%0: f32[N] = param(index=0)\n%1: f32[N] = param(index=1)\n%2: f32[N] = mul(%0, %1)\n"
           "%3: f32[N] = tanh(%2)\n%4: f32[N] = add(%3, %0)\nreturn %4, %2");
  agrees(*state, "", "%0: f32[48] = param(index=0)\n%1: f32[48] = exp(%0)\nreturn %1");
  agrees(*state, "", "%0: f32[5, 7] = param(index=0)\n%1: f32[5, 7] = neg(%0)\nreturn %1");
  agrees(*state, "", "%0: f32 = param(index=0)\n%1: f32 = exp(%0)\nreturn %1");
}

static void map_broadcast(void **state) {
  static const char *const sizes[] = {"B=1 H=1", "B=5 H=4", "B=3 H=16", "B=7 H=37", "B=2 H=5000"};
  for (int i = 0; i < 5; i++) {
    agrees(*state, sizes[i],
           "%0: f32[B, H] = param(index=0)\n%1: f32[H] = param(index=1)\n"
           "%2: f32[B, H] = broadcast(%1, axes=[1])\n%3: f32[B, H] = add(%0, %2)\nreturn %3");
    agrees(*state, sizes[i],
           "%0: f32[B, H] = param(index=0)\n%1: f32[B] = param(index=1)\n"
           "%2: f32[B, H] = broadcast(%1, axes=[0])\n%3: f32[B, H] = mul(%0, %2)\nreturn %3");
    agrees(*state, sizes[i],
           "%0: f32[B, H] = param(index=0)\n%1: f32[H, B] = transpose(%0, perm=[1, 0])\n"
           "%2: f32[H, B] = exp(%1)\nreturn %2");
  }
  agrees(*state, "B=3 N=10",
         "%0: f32[B, N, 20] = param(index=0)\n%1: f32[B, 20] = param(index=1)\n"
         "%2: f32[B, N, 20] = broadcast(%1, axes=[0, 2])\n%3: f32[B, N, 20] = add(%0, %2)\n"
         "%4: f32[B, N, 20] = tanh(%3)\nreturn %4");
}

static void map_reshape(void **state) {
  agrees(*state, "B=3 T=5",
         "%0: f32[B, T, 12] = param(index=0)\n%1: f32[B, T, 3, 4] = reshape(%0)\n"
         "%2: f32[B, 3, T, 4] = transpose(%1, perm=[0, 2, 1, 3])\n%3: f32[B, 3, T, 4] = neg(%2)\n"
         "return %3");
  agrees(*state, "B=3 T=5",
         "%0: f32[B, 3, T, 4] = param(index=0)\n%1: f32[B, T, 3, 4] = transpose(%0, perm=[0, 2, 1, "
         "3])\n"
         "%2: f32[B*T, 12] = reshape(%1)\n%3: f32[B*T, 12] = neg(%2)\nreturn %3");
  agrees(*state, "",
         "%0: f32[6, 35] = param(index=0)\n%1: f32[35, 6] = transpose(%0, perm=[1, 0])\n"
         "%2: f32[10, 21] = reshape(%1)\n%3: f32[10, 21] = exp(%2)\nreturn %3");
  agrees(*state, "N=6",
         "%0: f32[N, 1, N] = param(index=0)\n%1: f32[N, N] = reshape(%0)\n"
         "%2: f32[N, N] = transpose(%1, perm=[1, 0])\n%3: f32[N*N, 1] = reshape(%2)\n"
         "%4: f32[N*N, 1] = neg(%3)\nreturn %4");
}

static void map_movement(void **state) {
  static const char *const sizes[] = {"N=3 M=5", "N=4 M=16", "N=2 M=40"};
  for (int i = 0; i < 3; i++) {
    agrees(*state, sizes[i],
           "%0: f32[N, M] = param(index=0)\n%1: f32[N, M - 2] = slice(%0, starts=[0, 1])\n"
           "%2: f32[N, M - 2] = exp(%1)\nreturn %2");
    agrees(*state, sizes[i],
           "%0: f32[N, M] = param(index=0)\n%1: f32[N + 3, M + 5] = pad(%0, value=7, lo=[1, 2])\n"
           "%2: f32[N + 3, M + 5] = neg(%1)\nreturn %2, %1");
    agrees(*state, sizes[i],
           "%0: f32[N, M] = param(index=0)\n%1: f32[N, M] = reverse(%0, axis=1)\n"
           "%2: f32[N, M] = reverse(%1, axis=0)\n%3: f32[N, M] = exp(%2)\nreturn %3");
    agrees(
        *state, sizes[i],
        "%0: f32[N, M] = param(index=0)\n%1: f32[N, 7] = param(index=1)\n"
        "%2: f32[N, M + 7] = concat(%0, %1, axis=1)\n%3: f32[N, M + 7] = exp(%2)\nreturn %3, %2");
    agrees(
        *state, sizes[i],
        "%0: f32[N, M] = param(index=0)\n%1: f32[N, M] = exp(%0)\n%2: f32[N, M] = neg(%0)\n"
        "%3: f32[N, 2*M] = concat(%1, %2, axis=1)\n%4: f32[3*N, M] = concat(%0, %1, %2, axis=0)\n"
        "return %3, %4");
  }
}

/* Read across: tiles whose rows and lanes do not come out even, more than one axis apart, at an
 * offset, and of values that are computed. */
static void map_tiles(void **state) {
  static const char *const sizes[] = {"N=3 M=5", "N=17 M=16", "N=40 M=33", "N=0 M=3", "N=2 M=4100"};
  for (int i = 0; i < 5; i++) {
    agrees(*state, sizes[i],
           "%0: f32[2, N, 3, M] = param(index=0)\n"
           "%1: f32[2, 3, M, N] = transpose(%0, perm=[0, 2, 3, 1])\nreturn %1");
    agrees(*state, sizes[i],
           "%0: f32[N, M] = param(index=0)\n%1: f32[M, N] = param(index=1)\n"
           "%2: f32[N, M] = transpose(%1, perm=[1, 0])\n%3: f32[N, M] = exp(%2)\n"
           "%4: f32[N, M] = add(%0, %3)\n%5: bool[N, M] = lt(%0, %2)\nreturn %4, %5");
    agrees(*state, sizes[i],
           "%0: f32[M + 2, N, 12] = param(index=0)\n"
           "%1: f32[M, N, 12] = slice(%0, starts=[1, 0, 0])\n"
           "%2: f32[N, 12, M] = transpose(%1, perm=[1, 2, 0])\n"
           "%3: f32[N, 3, 4, M] = reshape(%2)\n%4: f32[N, 3, 4, M] = neg(%3)\nreturn %4");
  }
}

static void map_types(void **state) {
  for (int i = 0; i < N_EXTENTS - 1; i++) {
    agrees(*state, extents[i],
           "%0: i32[N] = param(index=0)\n%1: i32[N] = param(index=1)\n%2: i32[N] = div(%0, %1)\n"
           "%3: i32[N] = mod(%0, %1)\n%4: i32[N] = mul(%2, %3)\n%5: bool[N] = lt(%0, %1)\n"
           "%6: i32[N] = where(%5, %4, %0)\n%7: f32[N] = cast(%6)\n%8: i32[N] = max(%0, %1)\n"
           "return %2, %3, %6, %7, %5, %8");
    agrees(*state, extents[i],
           "%0: bf16[N] = param(index=0)\n%1: bf16[N] = mul(%0, %0)\n%2: f32[N] = cast(%1)\n"
           "%3: bf16[N] = exp(%1)\nreturn %1, %2, %3");
    agrees(*state, extents[i],
           "%0: f64[N] = param(index=0)\n%1: f64[N] = exp(%0)\n%2: f32[N] = cast(%1)\n"
           "%3: bool[N] = gt(%0, %1)\n%4: bool[N] = not(%3)\n%5: f64[N] = cast(%4)\nreturn %1, %2, "
           "%4, %5");
    agrees(*state, extents[i],
           "%0: f32[N] = param(index=0)\n%1: i32[N] = cast(%0)\n%2: <N>[N] = cast(%1)\n"
           "%3: <N>[N] = iota(axis=0)\n%4: i32[N] = cast(%3)\n%5: i32[N] = add(%4, %1)\n"
           "%6: i32 = size(size=N)\n%7: i32[N] = broadcast(%6, axes=[])\n%8: i32[N] = sub(%5, %7)\n"
           "return %1, %2, %8");
  }
}

static void map_random(void **state) {
  for (int i = 0; i < N_EXTENTS; i++)
    agrees(*state, extents[i],
           "%0: key = param(index=0)\n%1: i32 = param(index=1)\n%2: key = fold(%0, %1)\n"
           "%3: i32[N] = random(%2, stream=3, word=1)\n%4: f32[N] = unit(%3)\n%5: key = seed(%1)\n"
           "%6: i32[2, N] = random(%5, stream=9, word=0)\n"
           "%7: f32[N] = param(index=2)\nreturn %4, %2, %5, %6, %7");
}

static void map_special(void **state) {
  Fixture *f = *state;
  static const double values[] = {NAN,   -NAN, INFINITY, -INFINITY, 0.0, -0.0,
                                  1e-40, 3e38, -3e38,    1e10,      -7.5};
  int64_t n = sizeof values / sizeof *values;
  Tensor *x = tensor_new(DT_f32, &n, 1);
  for (int i = 0; i < n; i++) tensor_set(x, i, values[i]);
  agrees_on(f, "N=11",
            "%0: f32[N] = param(index=0)\n%1: f32[N] = param(index=1)\n%2: f32[N] = max(%0, %1)\n"
            "%3: f32[N] = min(%1, %0)\n%4: i32[N] = cast(%0)\n%5: <7>[N] = cast(%0)\n"
            "%6: f32[N] = sign(%0)\n%7: bool[N] = is_nan(%0)\n%8: bool[N] = cast(%0)\n"
            "%9: bool[N] = ne(%0, %0)\n%10: bf16[N] = cast(%0)\n%11: f32[N] = round(%0)\n"
            "%12: f32 = max_over(%0, axes=[0])\n%13: <N> = argmax(%0, axis=0)\n"
            "%14: <N> = argmin(%0, axis=0)\nreturn %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, "
            "%13, %14",
            x);
}

/* ---- gathers ---- */

static void gathers(void **state) {
  static const char *const sizes[] = {"B=2 T=3 V=5 H=4", "B=3 T=7 V=100 H=33", "B=1 T=20 V=2 H=64"};
  for (int i = 0; i < 3; i++) {
    agrees(*state, sizes[i],
           "%0: f32[V, H] = param(index=0)\n%1: <V>[B, T] = param(index=1)\n"
           "%2: f32[B, T, H] = gather(%0, %1, axis=0, batch=0)\n%3: f32[B, T, H] = exp(%2)\nreturn "
           "%3");
    agrees(*state, sizes[i],
           "%0: f32[B, T, V] = param(index=0)\n%1: <V>[B, T] = param(index=1)\n"
           "%2: f32[B, T] = gather(%0, %1, axis=2, batch=2)\n%3: f32[B, T] = neg(%2)\nreturn %3");
    agrees(*state, sizes[i],
           "%0: f32[H, V] = param(index=0)\n%1: <V>[T] = param(index=1)\n"
           "%2: f32[H, T] = gather(%0, %1, axis=1, batch=0)\n%3: f32[H, T] = exp(%2)\n"
           "%4: f32[H] = sum(%3, axes=[1])\nreturn %3, %4");
    agrees(*state, sizes[i],
           "%0: f32[V, H] = param(index=0)\n%1: <V>[B, T] = param(index=1)\n"
           "%2: f32[B, T + 2, H] = const(value=0)\n%3: f32[B, T, H] = gather(%0, %1, axis=0, "
           "batch=0)\n"
           "%4: f32[B, T + 2, H] = pad(%3, value=1, lo=[0, 1, 0])\n%5: f32[B, T + 2, H] = "
           "neg(%4)\nreturn %5");
  }
}

/* ---- reductions ---- */

static void row_softmax(void **state) {
  static const char *const sizes[] = {"B=1 N=1", "B=5 N=10", "B=3 N=16", "B=7 N=100", "B=2 N=4099"};
  const char *softmax = "%0: f32[B, N] = param(index=0)\n%1: f32[B] = max_over(%0, axes=[1])\n"
                        "%2: f32[B, N] = broadcast(%1, axes=[0])\n%3: f32[B, N] = sub(%0, %2)\n%4: "
                        "f32[B, N] = exp(%3)\n"
                        "%5: f32[B] = sum(%4, axes=[1])\n%6: f32[B, N] = broadcast(%5, axes=[0])\n"
                        "%7: f32[B, N] = div(%4, %6)\nreturn %7, %1, %5";
  for (int i = 0; i < 5; i++) agrees(*state, sizes[i], softmax);
}

static void row_norm(void **state) {
  static const char *const sizes[] = {"B=2 T=3", "B=1 T=20"};
  for (int i = 0; i < 2; i++)
    agrees(*state, sizes[i],
           "%0: f32[B, T, 96] = param(index=0)\n%1: f32[96] = param(index=1)\n"
           "%2: f32[B, T] = sum(%0, axes=[2])\n%3: f32[B, T] = const(value=0.010416666666666666)\n"
           "%4: f32[B, T] = mul(%2, %3)\n%5: f32[B, T, 96] = broadcast(%4, axes=[0, 1])\n"
           "%6: f32[B, T, 96] = sub(%0, %5)\n%7: f32[B, T, 96] = mul(%6, %6)\n"
           "%8: f32[B, T] = sum(%7, axes=[2])\n%9: f32[B, T] = mul(%8, %3)\n"
           "%10: f32[B, T] = const(value=1e-05)\n%11: f32[B, T] = add(%9, %10)\n"
           "%12: f32[B, T] = rsqrt(%11)\n%13: f32[B, T, 96] = broadcast(%12, axes=[0, 1])\n"
           "%14: f32[B, T, 96] = mul(%6, %13)\n%15: f32[B, T, 96] = broadcast(%1, axes=[2])\n"
           "%16: f32[B, T, 96] = mul(%14, %15)\nreturn %16, %12, %4");
}

static void row_cross_entropy(void **state) {
  static const char *const sizes[] = {"B=3 V=5", "B=4 V=37", "B=2 V=1000"};
  for (int i = 0; i < 3; i++)
    agrees(*state, sizes[i],
           "%0: f32[B, V] = param(index=0)\n%1: <V>[B] = param(index=1)\n"
           "%2: f32[B] = max_over(%0, axes=[1])\n%3: f32[B, V] = broadcast(%2, axes=[0])\n"
           "%4: f32[B, V] = sub(%0, %3)\n%5: f32[B, V] = exp(%4)\n%6: f32[B] = sum(%5, axes=[1])\n"
           "%7: f32[B] = log(%6)\n%8: f32[B, V] = broadcast(%7, axes=[0])\n%9: f32[B, V] = sub(%4, "
           "%8)\n"
           "%10: f32[B] = gather(%9, %1, axis=1, batch=1)\n%11: <V>[B, V] = iota(axis=1)\n"
           "%12: <V>[B, V] = broadcast(%1, axes=[0])\n%13: bool[B, V] = eq(%11, %12)\n"
           "%14: f32[B, V] = cast(%13)\n%15: f32[B, V] = exp(%9)\n%16: f32[B, V] = sub(%15, %14)\n"
           "return %10, %16");
}

static void columns(void **state) {
  static const char *const sizes[] = {"B=1 N=1", "B=5 N=10", "B=3 N=128", "B=40 N=33", "B=2 N=64"};
  for (int i = 0; i < 5; i++) {
    agrees(*state, sizes[i],
           "%0: f32[B, N] = param(index=0)\n%1: f32[N] = sum(%0, axes=[0])\n"
           "%2: f32[N] = max_over(%0, axes=[0])\n%3: f32[N] = param(index=1)\n%4: f32[N] = add(%1, "
           "%3)\n"
           "return %4, %2");
    agrees(*state, sizes[i],
           "%0: f32[B, N, 48] = param(index=0)\n%1: f32[B, N] = param(index=1)\n"
           "%2: f32[B, N, 48] = broadcast(%1, axes=[0, 1])\n%3: f32[B, N, 48] = mul(%0, %2)\n"
           "%4: f32[B, 48] = sum(%3, axes=[1])\nreturn %4");
    agrees(*state, sizes[i],
           "%0: f32[B, N, 20] = param(index=0)\n%1: f32[20] = sum(%0, axes=[0, 1])\n"
           "%2: f32[N] = sum(%0, axes=[0, 2])\nreturn %1, %2");
    agrees(*state, sizes[i],
           "%0: f32[B, N] = param(index=0)\n%1: f32[N] = sum(%0, axes=[0])\n"
           "%2: f32[B, N] = broadcast(%1, axes=[1])\n%3: f32[B, N] = div(%0, %2)\nreturn %3, %1");
    agrees(*state, sizes[i],
           "%0: f32[B, N, 3] = param(index=0)\n%1: f32[B, N] = sum(%0, axes=[2])\n"
           "%2: f32[B, N] = exp(%1)\nreturn %2");
  }
}

static void full(void **state) {
  for (int i = 0; i < N_EXTENTS; i++) {
    agrees(*state, extents[i],
           "%0: f32[N] = param(index=0)\n%1: f32[N] = mul(%0, %0)\n%2: f32 = sum(%1, axes=[0])\n"
           "%3: f32 = sqrt(%2)\n%4: f32 = min_over(%0, axes=[0])\nreturn %3, %4, %2");
    agrees(*state, extents[i],
           "%0: bool[N, 3] = param(index=0)\n%1: bool = any(%0, axes=[0, 1])\n"
           "%2: bool[N] = all(%0, axes=[1])\n%3: bool[3] = all(%0, axes=[0])\nreturn %1, %2, %3");
    agrees(*state, extents[i],
           "%0: i32[N] = param(index=0)\n%1: i32 = sum(%0, axes=[0])\n%2: i32 = max_over(%0, "
           "axes=[0])\n"
           "%3: <N> = argmax(%0, axis=0)\n%4: <N> = argmin(%0, axis=0)\nreturn %1, %2, %3, %4");
    agrees(*state, extents[i],
           "%0: f32[N] = param(index=0)\n%1: f32 = sum(%0, axes=[0])\n%2: f32[N] = broadcast(%1, "
           "axes=[])\n"
           "%3: f32[N] = sub(%0, %2)\nreturn %3");
  }
}

static void arg_reductions(void **state) {
  static const char *const sizes[] = {"B=1 N=1", "B=5 N=10", "B=17 N=100", "B=64 N=3"};
  for (int i = 0; i < 4; i++) {
    agrees(
        *state, sizes[i],
        "%0: f32[B, N] = param(index=0)\n%1: f32[B, N] = round(%0)\n%2: <N>[B] = argmax(%1, "
        "axis=1)\n"
        "%3: <B>[N] = argmin(%1, axis=0)\n%4: f32[B] = max_over(%1, axes=[1])\nreturn %2, %3, %4");
  }
}

/* A reduction inside a reduction, a reduction of gathered, padded and reversed values. */
static void nested(void **state) {
  static const char *const sizes[] = {"B=2 N=3 D=5", "B=3 N=10 D=16", "B=1 N=18 D=40"};
  for (int i = 0; i < 3; i++) {
    agrees(*state, sizes[i],
           "%0: f32[B, N, D] = param(index=0)\n%1: f32[B, D] = param(index=1)\n"
           "%2: f32[B, N, D] = broadcast(%1, axes=[0, 2])\n%3: f32[B, N, D] = mul(%0, %2)\n"
           "%4: f32[B, N] = sum(%3, axes=[2])\n%5: f32[B] = max_over(%4, axes=[1])\n"
           "%6: f32[B, N] = broadcast(%5, axes=[0])\n%7: f32[B, N] = sub(%4, %6)\n%8: f32[B, N] = "
           "exp(%7)\n"
           "%9: f32[B] = sum(%8, axes=[1])\n%10: f32[B, N] = broadcast(%9, axes=[0])\n"
           "%11: f32[B, N] = div(%8, %10)\nreturn %11, %4");
    agrees(*state, sizes[i],
           "%0: f32[B, N] = param(index=0)\n%1: f32[B, N + 4] = pad(%0, value=2, lo=[0, 3])\n"
           "%2: f32[B, N + 4] = reverse(%1, axis=1)\n%3: f32[B, 2*N + 4] = concat(%2, %0, axis=1)\n"
           "%4: f32[B] = sum(%3, axes=[1])\n%5: f32[2*N + 4] = sum(%3, axes=[0])\n"
           "%6: <2*N + 4>[B] = argmax(%3, axis=1)\nreturn %4, %5, %6");
    agrees(*state, sizes[i],
           "%0: f32[B, N*D] = param(index=0)\n%1: f32[B, N, D] = reshape(%0)\n"
           "%2: f32[N, B, D] = transpose(%1, perm=[1, 0, 2])\n%3: f32[N, B*D] = reshape(%2)\n"
           "%4: f32[N] = sum(%3, axes=[1])\n%5: f32[B*D] = sum(%3, axes=[0])\n%6: f32[N, B, D] = "
           "param(index=1)\nreturn %4, %5, %6");
  }
}

static void horizontal(void **state) {
  agrees(*state, "N=5 M=7",
         "%0: f32[N] = param(index=0)\n%1: f32[M, N] = param(index=1)\n%2: f32[N] = exp(%0)\n"
         "%3: f32[M, N] = neg(%1)\n%4: f32[M] = sum(%1, axes=[1])\n%5: f32 = sum(%0, axes=[0])\n"
         "return %2, %3, %4, %5");
}

/* What needs no reduction, or only an earlier one, is stored in the loop of the next; M not a
 * multiple of the lanes. */
static void stores_in_loops(void **state) {
  for (int i = 0; i < 3; i++)
    agrees(*state, (const char *[]){"N=5 M=37 K=3", "N=2 M=1 K=1", "N=3 M=128 K=2"}[i],
           "%0: f32[N, M] = param(index=0)\n%1: f32[K, M] = param(index=1)\n"
           "%2: f32[K, N, M] = broadcast(%0, axes=[1, 2])\n%3: f32[K, N, M] = broadcast(%1, "
           "axes=[0, 2])\n"
           "%4: f32[K, N, M] = add(%2, %3)\n%5: f32[K, N, M] = tanh(%4)\n"
           "%6: f32[K, N, M] = mul(%5, %3)\n%7: f32[K, N] = sum(%6, axes=[2])\n"
           "%8: f32[K, N, M] = mul(%5, %5)\nreturn %5, %7, %8");
  agrees(*state, "N=5 M=37",
         "%0: f32[N, M] = param(index=0)\n%1: f32[N] = max_over(%0, axes=[1])\n"
         "%2: f32[N, M] = broadcast(%1, axes=[0])\n%3: f32[N, M] = sub(%0, %2)\n"
         "%4: f32[N, M] = exp(%3)\n%5: f32[N] = sum(%4, axes=[1])\n"
         "%6: f32[N, M] = broadcast(%5, axes=[0])\n%7: f32[N, M] = div(%4, %6)\n"
         "%8: f32[N, M] = neg(%0)\nreturn %8, %4, %7, %5");
  /* The reduction is needed at other places than the row's. */
  agrees(
      *state, "N=9",
      "%0: f32[N, N] = param(index=0)\n%1: f32[N, N] = tanh(%0)\n%2: f32[N] = sum(%1, axes=[1])\n"
      "%3: f32[N, N] = broadcast(%2, axes=[1])\n%4: f32[N, N] = sub(%1, %3)\nreturn %1, %4");
}

/* A map whose rows are reduced is made in that loop: with axes of extent 1, with extents that are
 * no multiple of the lanes, with the rows' sums needed again, with rows read in another order. */
static void rows_of_maps(void **state) {
  for (int i = 0; i < 3; i++)
    agrees(*state, (const char *[]){"N=5 K=37", "N=1 K=64", "N=0 K=3"}[i],
           "%0: f32[N, K, 1, 70] = param(index=0)\n%1: f32[N, K, 1, 70] = tanh(%0)\n"
           "%2: f32[N, K] = sum(%1, axes=[2, 3])\n%3: f32[N, K, 1] = max_over(%1, axes=[3])\n"
           "%4: bool[N, K, 1, 70] = gt(%1, %0)\n%5: f32[N, K] = exp(%2)\nreturn %1, %5, %3, %4");
  agrees(*state, "",
         "%0: f32[300, 64] = param(index=0)\n%1: f32[300, 64] = tanh(%0)\n"
         "%2: f32[300] = sum(%1, axes=[1])\n%3: f32[300, 64] = broadcast(%2, axes=[0])\n"
         "%4: f32[300, 64] = add(%1, %3)\n%5: f32[300] = sum(%4, axes=[1])\nreturn %1, %4, %5");
  agrees(*state, "",
         "%0: f32[260, 260] = param(index=0)\n%1: f32[260, 260] = tanh(%0)\n"
         "%2: f32[260, 260] = transpose(%1, perm=[1, 0])\n%3: f32[260] = sum(%2, axes=[1])\n"
         "return %1, %3");
}

static void same_code_for_other_names(void **state) {
  Fixture *f = *state;
  KernelSig a, b;
  Graph *g = graph_of(f->ctx, "%0: f32[N, M] = param(index=0)\n%1: f32[N, M] = exp(%0)\nreturn %1");
  Graph *h = graph_of(f->ctx, "%0: f32[Q, B] = param(index=0)\n%1: f32[Q, B] = exp(%0)\nreturn %1");
  kernel_signature(f->ctx, g, 16, &a);
  kernel_signature(f->ctx, h, 16, &b);
  assert_true(str_eq(a.symbol, b.symbol));
  kernel_signature(f->ctx, h, 8, &b);
  assert_false(str_eq(a.symbol, b.symbol));
  assert_int_equal(a.n_sizes, 2);
}

/* Loops over elements forget the shape; loops that reduce or count places keep it. */
static void same_code_for_other_shapes(void **state) {
  Ctx *c = ((Fixture *)*state)->ctx;
  const char *form =
      "%%0: f32[%s] = param(index=0)\n%%1: f32 = param(index=1)\n"
      "%%2: f32[%s] = broadcast(%%1, axes=[])\n%%3: f32[%s] = mul(%%0, %%2)\nreturn %%3";
  static const char *const shapes[] = {"4, 5", "N", "N, 2*M", "3"};
  KernelSig first, sig;
  for (int i = 0; i < 4; i++) {
    Graph *g = graph_of(c, ctx_printf(c, form, shapes[i], shapes[i], shapes[i]));
    Sz symbol, count;
    const Graph *flat = kernel_flat(c, g, &symbol, &count);
    assert_non_null(flat);
    assert_null(graph_verify(flat));
    assert_true(sz_eq(count, type_count(c, graph_type(g, g->params.data[0]))));
    kernel_signature(c, flat, 16, i ? &sig : &first);
    if (i) assert_true(str_eq(sig.symbol, first.symbol));
  }
  static const char *const shaped[] = {
      "%0: f32[N, M] = param(index=0)\n%1: f32[N] = sum(%0, axes=[1])\nreturn %1",
      "%0: f32[N] = param(index=0)\n%1: f32[N, M] = broadcast(%0, axes=[0])\nreturn %1",
      "%0: f32[N, N] = param(index=0)\n%1: f32[N, N] = transpose(%0, perm=[1, 0])\nreturn %1",
      "%0: i32[N, N] = iota(axis=0)\nreturn %0", "%0: f32 = param(index=0)\nreturn %0"};
  for (int i = 0; i < 5; i++) {
    Sz symbol, count;
    assert_null(kernel_flat(c, graph_of(c, shaped[i]), &symbol, &count));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(map_flat),
      cmocka_unit_test(map_broadcast),
      cmocka_unit_test(map_reshape),
      cmocka_unit_test(map_movement),
      cmocka_unit_test(map_tiles),
      cmocka_unit_test(map_types),
      cmocka_unit_test(map_random),
      cmocka_unit_test(map_special),
      cmocka_unit_test(gathers),
      cmocka_unit_test(row_softmax),
      cmocka_unit_test(row_norm),
      cmocka_unit_test(row_cross_entropy),
      cmocka_unit_test(columns),
      cmocka_unit_test(full),
      cmocka_unit_test(arg_reductions),
      cmocka_unit_test(nested),
      cmocka_unit_test(horizontal),
      cmocka_unit_test(stores_in_loops),
      cmocka_unit_test(rows_of_maps),
      cmocka_unit_test(same_code_for_other_names),
      cmocka_unit_test(same_code_for_other_shapes),
  };
  const char *only = getenv("KERNEL_TEST");
  if (only) cmocka_set_test_filter(only);
  return cmocka_run_group_tests(tests, setup, teardown);
}
