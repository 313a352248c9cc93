/* The pass 'grad': values against differences (tests/gradcheck.h), and the shape of what it builds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "passes/pipeline/pipeline.h"
#include "base/ctx.h"
#include "ir/interp.h"
#include "tests/gradcheck.h"

static Graph *read_graph(Ctx *ctx, const char *text) {
  Graph *g = graph_read(ctx, source_add(ctx, "test", text, strlen(text)));
  if (!g) {
    Text out = text_new(&ctx->arena);
    diag_print(ctx, false, &out);
    fail_msg("%s", text_str(&out));
  }
  return g;
}

/* First and second derivatives of all float parameters, under every way to save residuals. */
static void check_values(const char *text) {
  static const char *const remats[] = {"auto", "none", "full"};
  for (uint64_t seed = 1; seed <= 3; seed++)
    for (int order = 1; order <= 2; order++)
      for (int i = 0; i < 3; i++) {
        Ctx *ctx = ctx_new();
        Gen *gen = gen_new(ctx, seed, (GenOptions){.nodes = 1, .symbolic = true});
        GradCheck check = {.low = -1.4, .high = 1.4, .order = order, .remat = remats[i]};
        const char *why = NULL;
        GradVerdict verdict = gradcheck(gen, read_graph(ctx, text), check, &why);
        if (verdict != GRAD_right)
          fail_msg("verdict %d, order %d, remat %s: %s\n%s", verdict, order, remats[i],
                   why ? why : "", text);
        ctx_free(ctx);
      }
}

/* The graph after the pass. */
static Graph *derive(Ctx *ctx, const char *text) {
  Graph *g = gradcheck_pass(ctx, read_graph(ctx, text), NULL);
  assert_non_null(g);
  const char *wrong = graph_verify(g);
  if (wrong) fail_msg("%s", wrong);
  return g;
}

static int count_op(const Graph *g, Op op) {
  int n = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) n += g->nodes.data[i].op == op;
  return n;
}

/* The scan with that place among the scans of g. */
static const Node *nth_scan(const Graph *g, int place) {
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (g->nodes.data[i].op == OP_scan && place-- == 0) return &g->nodes.data[i];
  return NULL;
}

/* ---- structured ops with particular attributes ---- */

static void test_shared_ties(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, "graph &0 \"main\" {\n"
                         "  %0: f64[4] = param(index=0) \"x\"\n"
                         "  %1: f64 = max_over(%0, axes=[0])\n"
                         "  %2: (f64[4]) = grad(%1, %0)\n"
                         "  %3: f64[4] = item(%2, index=0)\n"
                         "  return %3\n}\n");
  Tensor *x = tensor_new(DT_f64, (int64_t[]){4}, 1), *y;
  for (int i = 0; i < 4; i++) tensor_set(x, i, i == 0 || i == 2 ? 7 : i);
  Fault fault = {0};
  assert_true(interp_run(ctx, g, (const Tensor *const *)&x, &y, NULL, &fault));
  for (int i = 0; i < 4; i++) assert_float_equal(tensor_get(y, i), (i % 2 ? 0 : 0.5), 1e-6);
  tensor_free(x);
  tensor_free(y);
  ctx_free(ctx);
}

/* With no, one and two zeros. */
static void test_product_with_zeros(void **state) {
  (void)state;
  static const double x[3][3] = {{2, 3, 4}, {0, 3, 4}, {0, 3, 0}};
  static const double want[3][3] = {{12, 8, 6}, {12, 0, 0}, {0, 0, 0}};
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, "graph &0 \"main\" {\n"
                         "  %0: f64[3] = param(index=0) \"x\"\n"
                         "  %1: f64 = prod(%0, axes=[0])\n"
                         "  %2: (f64[3]) = grad(%1, %0)\n"
                         "  %3: f64[3] = item(%2, index=0)\n"
                         "  return %3\n}\n");
  for (int i = 0; i < 3; i++) {
    Tensor *a = tensor_new(DT_f64, (int64_t[]){3}, 1), *y;
    for (int k = 0; k < 3; k++) tensor_set(a, k, x[i][k]);
    Fault fault = {0};
    assert_true(interp_run(ctx, g, (const Tensor *const *)&a, &y, NULL, &fault));
    for (int k = 0; k < 3; k++) assert_float_equal(tensor_get(y, k), want[i][k], 1e-6);
    tensor_free(a);
    tensor_free(y);
  }
  ctx_free(ctx);
}

static void test_stop_gradient(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, "graph &0 \"main\" {\n"
                         "  %0: f32[N] = param(index=0) \"x\"\n"
                         "  %1: f32[N] = stop_gradient(%0)\n"
                         "  %2: f32[N] = mul(%0, %1)\n"
                         "  %3: f32 = sum(%2, axes=[0])\n"
                         "  %4: (f32[N], f32[N]) = grad(%3, %0, %1)\n"
                         "  %5: f32[N] = item(%4, index=0)\n"
                         "  %6: f32[N] = item(%4, index=1)\n"
                         "  return %5, %6\n}\n");
  /* by x: one summand only; by the stopped value, which is a node like any other: x */
  assert_int_equal(count_op(g, OP_add), 0);
  assert_int_equal(count_op(g, OP_param), 1);
  ctx_free(ctx);
}

/* A value that the loss does not depend on gets zeros; integers on the way end the path. */
static void test_zero(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, "graph &0 \"main\" {\n"
                         "  %0: f32[N] = param(index=0) \"x\"\n"
                         "  %1: f32[3] = param(index=1) \"z\"\n"
                         "  %2: i32[N] = cast(%0)\n"
                         "  %3: f32[N] = cast(%2)\n"
                         "  %4: f32 = sum(%3, axes=[0])\n"
                         "  %5: (f32[N], f32[3]) = grad(%4, %0, %1)\n"
                         "  %6: f32[N] = item(%5, index=0)\n"
                         "  %7: f32[3] = item(%5, index=1)\n"
                         "  return %6, %7\n}\n");
  for (int i = 0; i < 2; i++) {
    const Node *n = graph_node(g, g->results.data[i]);
    assert_int_equal(n->op, OP_const);
    assert_true(node_float(n, A_value, 1) == 0);
  }
  ctx_free(ctx);
}

/* ---- accumulation ---- */

/* Gates split from one value: their adjoints become one concat, no pad, no sum. */
static void test_split_joins(void **state) {
  (void)state;
  static const char text[] = "graph &0 \"main\" {\n"
                             "  %0: f32[B, 4*H] = param(index=0) \"x\"\n"
                             "  %1: f32[B, H] = slice(%0, starts=[0, 0])\n"
                             "  %2: f32[B, H] = slice(%0, starts=[0, H])\n"
                             "  %3: f32[B, H] = slice(%0, starts=[0, 2*H])\n"
                             "  %4: f32[B, H] = slice(%0, starts=[0, 3*H])\n"
                             "  %5: f32[B, H] = mul(%4, %2)\n"
                             "  %6: f32[B, H] = mul(%5, %3)\n"
                             "  %7: f32[B, H] = tanh(%1)\n"
                             "  %8: f32[B, H] = mul(%6, %7)\n"
                             "  %9: f32 = sum(%8, axes=[0, 1])\n"
                             "  %10: (f32[B, 4*H]) = grad(%9, %0)\n"
                             "  %11: f32[B, 4*H] = item(%10, index=0)\n"
                             "  return %11\n}\n";
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, text);
  assert_int_equal(count_op(g, OP_concat), 1);
  assert_int_equal(count_op(g, OP_pad), 0);
  assert_int_equal(count_op(g, OP_add), 0);
  assert_int_equal(graph_node(g, g->results.data[0])->n_operands, 4);
  ctx_free(ctx);
}

/* Gaps, overlaps, boxes smaller on two axes, and the whole value, all at once. */
static void test_boxes(void **state) {
  (void)state;
  check_values("graph &0 \"main\" {\n"
               "  %0: f64[N, 6] = param(index=0) \"x\"\n"
               "  %1: f64[N, 2] = slice(%0, starts=[0, 1])\n"
               "  %2: f64[N, 2] = slice(%0, starts=[0, 2])\n"
               "  %3: f64[N, 2] = slice(%0, starts=[0, 4])\n"
               "  %4: f64[1, 2] = slice(%0, starts=[N - 1, 3])\n"
               "  %5: f64[N, 2] = sin(%1)\n"
               "  %6: f64[N, 2] = mul(%5, %2)\n"
               "  %7: f64[N, 2] = mul(%6, %3)\n"
               "  %8: f64[1, 2] = tanh(%4)\n"
               "  %9: f64[N, 6] = sin(%0)\n"
               "  return %7, %8, %9\n}\n");
}

/* ---- scans ---- */

#define LSTM_BODY                                                                                  \
  " body \"cell\" {\n"                                                                             \
  "    %0: <N> = param(index=0)\n"                                                                 \
  "    %1: f64[M, K] = param(index=1) \"h\"\n"                                                     \
  "    %2: f64[M, K] = param(index=2) \"c\"\n"                                                     \
  "    %3: f64[M, 2] = param(index=3) \"x\"\n"                                                     \
  "    %4: f64[2, 4*K] = param(index=4) \"W\"\n"                                                   \
  "    %5: f64[K, 4*K] = param(index=5) \"U\"\n"                                                   \
  "    %6: f64[4*K] = param(index=6) \"b\"\n"                                                      \
  "    %7: f64[M, 4*K] = dot(%3, %4, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])\n"    \
  "    %8: f64[M, 4*K] = dot(%1, %5, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])\n"    \
  "    %9: f64[M, 4*K] = add(%7, %8)\n"                                                            \
  "    %10: f64[M, 4*K] = broadcast(%6, axes=[1])\n"                                               \
  "    %11: f64[M, 4*K] = add(%9, %10)\n"                                                          \
  "    %12: f64[M, K] = slice(%11, starts=[0, 0])\n"                                               \
  "    %13: f64[M, K] = slice(%11, starts=[0, K])\n"                                               \
  "    %14: f64[M, K] = slice(%11, starts=[0, 2*K])\n"                                             \
  "    %15: f64[M, K] = slice(%11, starts=[0, 3*K])\n"                                             \
  "    %16: f64[M, K] = sigmoid(%12)\n"                                                            \
  "    %17: f64[M, K] = sigmoid(%13)\n"                                                            \
  "    %18: f64[M, K] = tanh(%14)\n"                                                               \
  "    %19: f64[M, K] = sigmoid(%15)\n"                                                            \
  "    %20: f64[M, K] = mul(%17, %2)\n"                                                            \
  "    %21: f64[M, K] = mul(%16, %18)\n"                                                           \
  "    %22: f64[M, K] = add(%20, %21)\n"                                                           \
  "    %23: f64[M, K] = tanh(%22)\n"                                                               \
  "    %24: f64[M, K] = mul(%19, %23)\n"                                                           \
  "    return %24, %22, %24\n"                                                                     \
  "  }\n"

#define LSTM_HEAD(attrs)                                                                           \
  "graph &0 \"main\" {\n"                                                                          \
  "  %0: f64[N, M, 2] = param(index=0) \"x\"\n"                                                    \
  "  %1: f64[2, 4*K] = param(index=1) \"W\"\n"                                                     \
  "  %2: f64[K, 4*K] = param(index=2) \"U\"\n"                                                     \
  "  %3: f64[4*K] = param(index=3) \"b\"\n"                                                        \
  "  %4: f64[M, K] = param(index=4) \"h\"\n"                                                       \
  "  %5: (f64[M, K], f64[M, K], f64[N, M, K]) = scan(%4, %4, %0, %1, %2, %3, length=N, "           \
  "carries=2, slices=1" attrs ")" LSTM_BODY "  %6: f64[M, K] = item(%5, index=0)\n"                \
  "  %7: f64[M, K] = item(%5, index=1)\n"                                                          \
  "  %8: f64[N, M, K] = item(%5, index=2)\n"

static void test_lstm(void **state) {
  (void)state;
  check_values(LSTM_HEAD("") "  return %6, %7, %8\n}\n");
  check_values(LSTM_HEAD(", reverse=1") "  return %6, %7, %8\n}\n");
  check_values(LSTM_HEAD("") "  return %8\n}\n");
  check_values(LSTM_HEAD("") "  return %7\n}\n");
}

/* The whole step: the forward scan runs once, and the reverse scan has only what it needs. */
static void test_lstm_shape(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, LSTM_HEAD("") "  %9: f64 = sum(%6, axes=[0, 1])\n"
                                       "  %10: (f64[2, 4*K], f64[K, 4*K], f64[4*K]) = grad(%9, %1, "
                                       "%2, %3)\n"
                                       "  %11: f64[2, 4*K] = item(%10, index=0)\n"
                                       "  %12: f64[K, 4*K] = item(%10, index=1)\n"
                                       "  %13: f64[4*K] = item(%10, index=2)\n"
                                       "  return %9, %11, %12, %13\n}\n");
  assert_int_equal(count_op(g, OP_scan), 2);
  const Node *forward = nth_scan(g, 0), *reverse = nth_scan(g, 1);
  /* two carries and what was collected; then h, c, four gates and tanh(c') of each step */
  assert_int_equal(type_info(ctx, forward->type)->rank, 3 + 7);
  assert_int_equal(node_int(reverse, A_reverse, 0), 1);
  assert_int_equal(node_int(reverse, A_carries, 0), 2 + 3); /* adjoints of h, c; sums for W, U, b */
  assert_int_equal(node_int(reverse, A_slices, 0), 7 + 1);  /* what was saved, and x */
  assert_int_equal(reverse->n_operands, 5 + 8 + 1);         /* captured: U */
  assert_int_equal(count_op(reverse->body, OP_concat), 1);
  assert_int_equal(count_op(reverse->body, OP_pad), 0);
  assert_int_equal(count_op(reverse->body, OP_tanh), 0);
  assert_int_equal(count_op(reverse->body, OP_sigmoid), 0);
  assert_int_equal(count_op(reverse->body, OP_dot), 3);
  ctx_free(ctx);
}

/* With a budget that the saved values exceed only carries are saved: fewer bytes, more work. */
static void test_budget(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  const char *text = LSTM_HEAD("") "  %9: f64 = sum(%6, axes=[0, 1])\n"
                                   "  %10: (f64[K, 4*K]) = grad(%9, %2)\n"
                                   "  %11: f64[K, 4*K] = item(%10, index=0)\n"
                                   "  return %9, %11\n}\n";
  PassCtx *pc = pass_ctx_new(ctx, NULL);
  Graph *rich = pipeline_run(pc, read_graph(ctx, text), "grad{budget=100}");
  Graph *poor = pipeline_run(pc, read_graph(ctx, text), "grad{budget=1}");
  assert_int_equal(type_info(ctx, nth_scan(rich, 0)->type)->rank, 3 + 7);
  assert_int_equal(type_info(ctx, nth_scan(poor, 0)->type)->rank, 3 + 2); /* h and c */
  assert_int_equal(count_op(nth_scan(poor, 1)->body, OP_dot), 2 + 2);
  pass_ctx_free(pc);
  ctx_free(ctx);
}

/* A value that is collected already is not saved twice; one that is captured is not saved at all.
 */
static void test_saved_once(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, "graph &0 \"main\" {\n"
                         "  %0: f32[M] = param(index=0) \"h\"\n"
                         "  %1: f32[M] = param(index=1) \"w\"\n"
                         "  %2: (f32[M], f32[N, M]) = scan(%0, %1, length=N, carries=1, slices=0) "
                         "body \"step\" {\n"
                         "    %0: i32 = param(index=0)\n"
                         "    %1: f32[M] = param(index=1)\n"
                         "    %2: f32[M] = param(index=2)\n"
                         "    %3: f32[M] = exp(%2)\n"
                         "    %4: f32[M] = mul(%1, %3)\n"
                         "    %5: f32[M] = tanh(%4)\n"
                         "    return %5, %5\n"
                         "  }\n"
                         "  %3: f32[N, M] = item(%2, index=1)\n"
                         "  %4: f32 = sum(%3, axes=[0, 1])\n"
                         "  %5: (f32[M]) = grad(%4, %0)\n"
                         "  %6: f32[M] = item(%5, index=0)\n"
                         "  return %4, %6\n}\n");
  assert_int_equal(count_op(g, OP_scan), 2);
  assert_int_equal(type_info(ctx, nth_scan(g, 0)->type)->rank, 2);
  ctx_free(ctx);
}

/* A stop condition: steps that did not run pass adjoints through. */
static void test_until(void **state) {
  (void)state;
  for (int reverse = 0; reverse < 2; reverse++) {
    Ctx *ctx = ctx_new();
    check_values(ctx_printf(
        ctx,
        "graph &0 \"main\" {\n"
        "  %%0: f64[M] = param(index=0) \"h\"\n"
        "  %%1: f64[5, M] = param(index=1) \"x\"\n"
        "  %%2: f64[M, M] = param(index=2) \"w\"\n"
        "  %%3: (f64[M], f64[5, M]) = scan(%%0, %%1, %%2, length=5, carries=1, slices=1%s, "
        "until=1) "
        "body \"step\" {\n"
        "    %%0: i32 = param(index=0)\n"
        "    %%1: f64[M] = param(index=1)\n"
        "    %%2: f64[M] = param(index=2)\n"
        "    %%3: f64[M, M] = param(index=3)\n"
        "    %%4: f64[M] = dot(%%1, %%3, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0])\n"
        "    %%5: f64[M] = add(%%4, %%2)\n"
        "    %%6: f64[M] = tanh(%%5)\n"
        "    %%7: f64[M] = mul(%%6, %%1)\n"
        "    %%8: i32 = const(value=2)\n"
        "    %%9: bool = eq(%%0, %%8)\n"
        "    return %%6, %%7, %%9\n"
        "  }\n"
        "  %%4: f64[M] = item(%%3, index=0)\n"
        "  %%5: f64[5, M] = item(%%3, index=1)\n"
        "  return %%4, %%5\n}\n",
        reverse ? ", reverse=1" : ""));
    ctx_free(ctx);
  }
}

/* A loop in a loop, with a look-up by a sliced index inside and a captured table. */
static void test_nested(void **state) {
  (void)state;
  check_values(
      "graph &0 \"main\" {\n"
      "  %0: f64[M] = param(index=0) \"h\"\n"
      "  %1: <K>[N, M] = param(index=1) \"token\"\n"
      "  %2: f64[K, M] = param(index=2) \"table\"\n"
      "  %3: (f64[M], f64[N, M]) = scan(%0, %1, %2, length=N, carries=1, slices=1) "
      "body \"outer\" {\n"
      "    %0: <N> = param(index=0)\n"
      "    %1: f64[M] = param(index=1)\n"
      "    %2: <K>[M] = param(index=2)\n"
      "    %3: f64[K, M] = param(index=3)\n"
      "    %4: f64[M, M] = gather(%3, %2, axis=0, batch=0)\n"
      "    %5: (f64[M], f64[M, M]) = scan(%1, %4, length=M, carries=1, slices=1, reverse=1) "
      "body \"inner\" {\n"
      "      %0: i32 = param(index=0)\n"
      "      %1: f64[M] = param(index=1)\n"
      "      %2: f64[M] = param(index=2)\n"
      "      %3: f64[M] = mul(%1, %2)\n"
      "      %4: f64[M] = sin(%3)\n"
      "      %5: f64[M] = add(%4, %2)\n"
      "      return %5, %3\n"
      "    }\n"
      "    %6: f64[M] = item(%5, index=0)\n"
      "    %7: f64[M, M] = item(%5, index=1)\n"
      "    %8: f64[M] = sum(%7, axes=[0])\n"
      "    %9: f64[M] = tanh(%6)\n"
      "    return %9, %8\n"
      "  }\n"
      "  %4: f64[M] = item(%3, index=0)\n"
      "  %5: f64[N, M] = item(%3, index=1)\n"
      "  return %4, %5\n}\n");
}

/* Carries that swap places; a carry that only some steps feed; an integer carry beside. */
static void test_carries(void **state) {
  (void)state;
  check_values(
      "graph &0 \"main\" {\n"
      "  %0: f64[M] = param(index=0) \"a\"\n"
      "  %1: f64[M] = param(index=1) \"b\"\n"
      "  %2: i32 = const(value=0)\n"
      "  %3: f64[M] = const(value=0)\n"
      "  %4: (f64[M], f64[M], i32, f64[M], f64[M]) = scan(%0, %1, %2, %3, %3, %1, length=4, "
      "carries=5, slices=0) body \"step\" {\n"
      "    %0: i32 = param(index=0)\n"
      "    %1: f64[M] = param(index=1)\n"
      "    %2: f64[M] = param(index=2)\n"
      "    %3: i32 = param(index=3)\n"
      "    %4: f64[M] = param(index=4)\n"
      "    %5: f64[M] = param(index=5)\n"
      "    %6: f64[M] = param(index=6)\n"
      "    %7: i32 = const(value=1)\n"
      "    %8: i32 = add(%3, %7)\n"
      "    %9: f64[M] = add(%4, %2)\n"
      "    %10: f64[M] = sin(%6)\n"
      "    %11: f64[M] = mul(%10, %1)\n"
      "    return %2, %11, %8, %9, %2\n"
      "  }\n"
      "  %5: f64[M] = item(%4, index=0)\n"
      "  %6: f64[M] = item(%4, index=1)\n"
      "  %7: f64[M] = item(%4, index=3)\n"
      "  %8: f64[M] = item(%4, index=4)\n"
      "  return %5, %6, %7, %8\n}\n");
}

/* A derivative inside a loop, and the derivative through it: gradient descent, learnt. */
static void test_grad_in_scan(void **state) {
  (void)state;
  check_values("graph &0 \"main\" {\n"
               "  %0: f64[M] = param(index=0) \"w\"\n"
               "  %1: f64[M] = param(index=1) \"rate\"\n"
               "  %2: (f64[M]) = scan(%0, %1, length=3, carries=1, slices=0) body \"step\" {\n"
               "    %0: i32 = param(index=0)\n"
               "    %1: f64[M] = param(index=1)\n"
               "    %2: f64[M] = param(index=2)\n"
               "    %3: f64[M] = sin(%1)\n"
               "    %4: f64[M] = mul(%3, %1)\n"
               "    %5: f64 = sum(%4, axes=[0])\n"
               "    %6: (f64[M]) = grad(%5, %1)\n"
               "    %7: f64[M] = item(%6, index=0)\n"
               "    %8: f64[M] = mul(%2, %7)\n"
               "    %9: f64[M] = sub(%1, %8)\n"
               "    return %9\n"
               "  }\n"
               "  %3: f64[M] = item(%2, index=0)\n"
               "  return %3\n}\n");
}

/* Two derivatives of one loss through one loop share the forward scan. */
static void test_two_grads(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, LSTM_HEAD("") "  %9: f64 = sum(%6, axes=[0, 1])\n"
                                       "  %10: f64[M, K] = tanh(%7)\n"
                                       "  %11: f64 = sum(%10, axes=[0, 1])\n"
                                       "  %12: (f64[2, 4*K]) = grad(%9, %1)\n"
                                       "  %13: (f64[K, 4*K]) = grad(%11, %2)\n"
                                       "  %14: f64[2, 4*K] = item(%12, index=0)\n"
                                       "  %15: f64[K, 4*K] = item(%13, index=0)\n"
                                       "  return %14, %15\n}\n");
  assert_int_equal(count_op(g, OP_scan), 3);
  ctx_free(ctx);
}

/* ---- foreign functions ---- */

#define FOREIGN(gradient)                                                                          \
  "graph &0 \"main\" {\n"                                                                          \
  "  %0: f32[N] = param(index=0) \"x\"\n"                                                          \
  "  %1: <4>[N] = param(index=1) \"k\"\n"                                                          \
  "  %2: (f32[N], i32) = foreign(%0, %1, symbol=\"f\", library=\"lib.so\"" gradient ")\n"          \
  "  %3: f32[N] = item(%2, index=0)\n"                                                             \
  "  %4: f32 = sum(%3, axes=[0])\n"                                                                \
  "  %5: (f32[N]) = grad(%4, %0)\n"                                                                \
  "  %6: f32[N] = item(%5, index=0)\n"                                                             \
  "  return %6\n}\n"

static void test_foreign(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = derive(ctx, FOREIGN(", gradient=\"f_grad\""));
  assert_int_equal(count_op(g, OP_foreign), 1); /* f itself is not needed */
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op != OP_foreign) continue;
    assert_string_equal(ctx_text(ctx, node_str(n, A_symbol)), "f_grad");
    assert_int_equal(n->n_operands, 3); /* x, k, and the adjoint of the float result */
    assert_string_equal(type_str(ctx, n->type), "(f32[N])");
  }
  ctx_free(ctx);
}

static void test_foreign_without(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  assert_null(gradcheck_pass(ctx, read_graph(ctx, FOREIGN("")), NULL));
  assert_int_equal(ctx->diags.list.len, 1);
  assert_int_equal(ctx->diags.list.data[0]->code, E_no_gradient);
  ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shared_ties),
      cmocka_unit_test(test_product_with_zeros),
      cmocka_unit_test(test_stop_gradient),
      cmocka_unit_test(test_zero),
      cmocka_unit_test(test_split_joins),
      cmocka_unit_test(test_boxes),
      cmocka_unit_test(test_lstm),
      cmocka_unit_test(test_lstm_shape),
      cmocka_unit_test(test_budget),
      cmocka_unit_test(test_saved_once),
      cmocka_unit_test(test_until),
      cmocka_unit_test(test_nested),
      cmocka_unit_test(test_carries),
      cmocka_unit_test(test_grad_in_scan),
      cmocka_unit_test(test_two_grads),
      cmocka_unit_test(test_foreign),
      cmocka_unit_test(test_foreign_without),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
