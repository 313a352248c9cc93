/* Shared by tests of passes: reading graphs, running them before and after, comparing results. */
#ifndef ORDO_TESTS_PASSES_SUPPORT_H
#define ORDO_TESTS_PASSES_SUPPORT_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ir/bind.h"
#include "ir/interp.h"
#include "passes/passes.h"

static inline const char *diag_text(Ctx *ctx) {
  Text text = text_new(&ctx->arena);
  diag_print(ctx, false, &text);
  return text_str(&text);
}

static inline Graph *read_graph(Ctx *ctx, const char *text) {
  Graph *g = graph_read(ctx, source_add(ctx, "test.graph", text, strlen(text)));
  if (!g) fail_msg("%s\n%s", diag_text(ctx), text);
  return g;
}

static inline void check_graph(const Graph *g) {
  const char *wrong = graph_verify(g);
  if (wrong) fail_msg("%s\n%s", wrong, graph_str(g));
}

/* Small pseudo-random numbers, the same in every run. */
static inline double next_number(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 33) / 2147483648.0;
}

/* The k-th value of an argument: in [low, high), or one of the special values. */
static inline double argument_value(DType dtype, int64_t extent, bool special, double low,
                                    double high, uint64_t *state) {
  static const double specials[] = {0.0, -0.0,  INFINITY, -INFINITY, NAN,   1,  -1,
                                    1.5, -2.25, 3e38,     -3e38,     1e-44, 0.3};
  double u = next_number(state);
  if (dtype == DT_bool) return u < 0.5;
  if (dtype == DT_i32) return floor(u * 9) - 4;
  if (dtype == DT_idx) return floor(u * (double)extent);
  if (special) return specials[(size_t)(u * (double)(sizeof specials / sizeof *specials))];
  return low + u * (high - low);
}

/* Extents of symbols in arguments: different small numbers, by the order of first use. */
static inline void bind_symbol(void *user, Sz symbol) {
  static const int64_t extents[] = {3, 2, 4, 5, 6, 7};
  SizeEnv *env = ((void **)user)[0];
  int64_t value;
  if (!size_env_get(env, symbol, &value))
    size_env_set(((void **)user)[1], env, symbol, extents[env->symbols.len % 6]);
}

static inline Tensor **make_args(Ctx *ctx, const Graph *g, bool special, double low, double high) {
  SizeEnv env = {0};
  uint64_t state = 42;
  void *user[] = {&env, ctx};
  Tensor **args = arena_array(&ctx->arena, Tensor *, g->params.len + 1);
  for (uint32_t i = 0; i < g->params.len; i++) {
    const TypeInfo *info = graph_info(g, g->params.data[i]);
    int64_t dims[TENSOR_MAX_RANK], extent = 1;
    for (int k = 0; k < info->rank; k++) {
      size_symbols(ctx, info->dims[k], bind_symbol, user);
      assert_true(size_eval(ctx, info->dims[k], &env, &dims[k]));
    }
    if (info->dtype == DT_idx) {
      size_symbols(ctx, info->extent, bind_symbol, user);
      assert_true(size_eval(ctx, info->extent, &env, &extent));
    }
    args[i] = tensor_new(info->dtype, dims, info->rank);
    for (int64_t k = 0; k < tensor_count(args[i]); k++)
      tensor_set(args[i], k, argument_value(info->dtype, extent, special, low, high, &state));
  }
  return args;
}

static inline void free_tensors(Tensor **tensors, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) tensor_free(tensors[i]);
}

static inline Tensor **run_graph(Ctx *ctx, const Graph *g, Tensor **args, bool f64) {
  Tensor **results = arena_array(&ctx->arena, Tensor *, g->results.len + 1);
  Fault fault = {0};
  InterpOptions options = {.f64 = f64};
  if (!interp_run(ctx, g, (const Tensor *const *)args, results, &options, &fault))
    fail_msg("%s\n%s", fault.text, graph_str(g));
  return results;
}

/* Equal up to tolerance; tolerance 0: the same bits, any NaN for any NaN. */
static inline bool close_enough(double x, double y, double tolerance) {
  if (isnan(x) || isnan(y)) return isnan(x) && isnan(y);
  if (tolerance == 0) return x == y && signbit(x) == signbit(y);
  return x == y || fabs(x - y) <= tolerance * (1 + fabs(x));
}

static inline void compare_results(const Graph *a, const Graph *b, Tensor **ra, Tensor **rb,
                                   double tolerance) {
  for (uint32_t i = 0; i < a->results.len; i++) {
    assert_int_equal(tensor_count(ra[i]), tensor_count(rb[i]));
    for (int64_t k = 0; k < tensor_count(ra[i]); k++) {
      double x = tensor_get(ra[i], k), y = tensor_get(rb[i], k);
      if (!close_enough(x, y, tolerance))
        fail_msg("result %u[%d]: %.17g before, %.17g after\n%s\n%s", i, (int)k, x, y, graph_str(a),
                 graph_str(b));
    }
  }
}

/* Both graphs give the same on the same arguments. */
static inline void same_values(Ctx *ctx, const Graph *a, const Graph *b, bool special,
                               double tolerance) {
  assert_int_equal(a->results.len, b->results.len);
  Tensor **args = make_args(ctx, a, special, special ? -1 : 0.3, special ? 1 : 1.7);
  bool f64 = tolerance > 0;
  Tensor **ra = run_graph(ctx, a, args, f64), **rb = run_graph(ctx, b, args, f64);
  compare_results(a, b, ra, rb, tolerance);
  free_tensors(ra, a->results.len);
  free_tensors(rb, b->results.len);
  free_tensors(args, a->params.len);
}

/* How many nodes of an op: in the graph itself, or in the bodies below it. */
static inline int count_ops(const Graph *g, Op op, bool in_bodies) {
  int n = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    n += !in_bodies && node->op == op;
    if (in_bodies && node->body)
      n += count_ops(node->body, op, false) + count_ops(node->body, op, true);
  }
  return n;
}

static inline int setup_ctx(void **state) { return !(*state = ctx_new()); }
static inline int teardown_ctx(void **state) {
  ctx_free(*state);
  return 0;
}

#endif
