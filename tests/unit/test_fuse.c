/* The pass 'fuse': how many kernels well-known formulas become, that nothing is left outside of
 * kernels, and that fused graphs mean the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ir/interp.h"
#include "passes/pipeline/pipeline.h"
#include "fuzz/gen.h"

static int setup(void **state) { return !(*state = ctx_new()); }
static int teardown(void **state) {
  ctx_free(*state);
  return 0;
}

static Graph *fused(Ctx *c, const Graph *g, const char *pipeline) {
  PipelineOptions options = pipeline_options();
  options.verify_each = true;
  PassCtx *pc = pass_ctx_new(c, &options);
  Graph *out = pipeline_run(pc, g, pipeline);
  if (!out) {
    Text message = text_new(&c->arena);
    diag_print(c, false, &message);
    fail_msg("%s\n%s", text_str(&message), graph_str(g));
  }
  pass_ctx_free(pc);
  return out;
}

static Graph *graph_of(Ctx *c, const char *nodes) {
  const char *text = ctx_printf(c, "graph &0 {\n%s\n}\n", nodes);
  Graph *g = graph_read(c, source_add(c, "fuse.txt", text, strlen(text)));
  assert_non_null(g);
  return g;
}

static int count_ops(const Graph *g, Op op) {
  int n = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) n += g->nodes.data[i].op == op;
  return n;
}

static void gives_kernels(Ctx *c, const char *nodes, int expected) {
  Graph *out = fused(c, graph_of(c, nodes), "fuse");
  if (count_ops(out, OP_kernel) != expected)
    fail_msg("%d kernels, not %d:\n%s", count_ops(out, OP_kernel), expected, graph_str(out));
}

#define SOFTMAX                                                                                    \
  "%0: f32[B, N] = param(index=0)\n%1: f32[B] = max_over(%0, axes=[1])\n"                          \
  "%2: f32[B, N] = broadcast(%1, axes=[0])\n%3: f32[B, N] = sub(%0, %2)\n"                         \
  "%4: f32[B, N] = exp(%3)\n%5: f32[B] = sum(%4, axes=[1])\n"                                      \
  "%6: f32[B, N] = broadcast(%5, axes=[0])\n%7: f32[B, N] = div(%4, %6)\n"

static void softmax_is_one_kernel(void **state) { gives_kernels(*state, SOFTMAX "return %7", 1); }

static void elementwise_chains_are_one_kernel(void **state) {
  gives_kernels(*state,
                "%0: f32[B, H] = param(index=0)\n%1: f32[H] = param(index=1)\n"
                "%2: f32[B, H] = broadcast(%1, axes=[1])\n%3: f32[B, H] = add(%0, %2)\n"
                "%4: f32[B, H] = tanh(%3)\n%5: f32[B, H] = mul(%4, %0)\nreturn %5, %4",
                1);
}

static void products_stand_between_kernels(void **state) {
  gives_kernels(*state,
                "%0: f32[B, H] = param(index=0)\n%1: f32[H, K] = param(index=1)\n"
                "%2: f32[B, H] = tanh(%0)\n"
                "%3: f32[B, K] = dot(%2, %1, batch_a=[], batch_b=[], contract_a=[1], "
                "contract_b=[0])\n%4: f32[B, K] = exp(%3)\nreturn %4",
                2);
}

#define BIAS                                                                                       \
  "%0: f32[B*T, 12] = param(index=0)\n%1: f32[12] = param(index=1)\n"                              \
  "%2: f32[B*T, 12] = broadcast(%1, axes=[1])\n%3: f32[B*T, 12] = add(%0, %2)\n"

/* What is cheap and only reshaped is computed by the kernels that read it, unless something needs
 * it in memory, or the reshape regroups axes so that positions could not be taken apart. */
static void reshapes_are_indices(void **state) {
  gives_kernels(*state,
                BIAS "%4: f32[B, T, 3, 4] = reshape(%3)\n"
                     "%5: f32[B, 3, T, 4] = transpose(%4, perm=[0, 2, 1, 3])\nreturn %5",
                1);
  gives_kernels(*state,
                BIAS "%4: f32[B, T, 12] = reshape(%3)\n%5: f32[B, T] = max_over(%4, axes=[2])\n"
                     "%6: f32[B, T, 12] = broadcast(%5, axes=[0, 1])\n"
                     "%7: f32[B, T, 12] = sub(%4, %6)\nreturn %7",
                1);
  gives_kernels(*state,
                BIAS "%4: f32[B, T, 12] = reshape(%3)\n%5: f32[B, T, 12] = exp(%4)\n"
                     "return %5, %4",
                2);
  gives_kernels(*state, BIAS "%4: f32[B*T, 3, 4] = reshape(%3)\nreturn %4", 1);
  gives_kernels(*state,
                BIAS "%4: f32[4, 3*B*T] = reshape(%3)\n%5: f32[4, 3*B*T] = exp(%4)\nreturn %5", 2);
  gives_kernels(*state,
                "%0: f32[B, T, 4] = param(index=0)\n%1: f32[B, T, 4] = neg(%0)\n"
                "%2: f32[B, 4*T] = reshape(%1)\n%3: f32[B, 4*T - 1] = slice(%2, starts=[0, 1])\n"
                "%4: f32[B, 4*T - 1] = exp(%3)\nreturn %4",
                2);
}

#define TWO_SUMS                                                                                   \
  "%4: f32[A, B, 8] = sum(%3, axes=[2])\n%5: f32[B, C, 8] = sum(%3, axes=[0])\nreturn %4, %5"

/* A cheap value that is reduced over different axes is computed by each kernel that reduces it:
 * not when that would read more than the value, nor when it takes long. */
static void sums_of_a_value_compute_it(void **state) {
  gives_kernels(*state,
                "%0: f32[A, B, C, 8] = param(index=0)\n%1: f32[8] = param(index=1)\n"
                "%2: f32[A, B, C, 8] = broadcast(%1, axes=[3])\n"
                "%3: f32[A, B, C, 8] = mul(%0, %2)\n" TWO_SUMS,
                2);
  gives_kernels(*state,
                "%0: f32[A, B, C, 8] = param(index=0)\n%1: f32[A, B, C, 8] = mul(%0, %0)\n"
                "%2: f32[A, B, C, 8] = neg(%1)\n%3: f32[A, B, C, 8] = add(%0, %2)\n" TWO_SUMS,
                2);
  gives_kernels(*state,
                "%0: f32[A, B, C, 8] = param(index=0)\n%1: f32[A, B, C, 8] = param(index=1)\n"
                "%2: f32[A, B, C, 8] = neg(%1)\n%3: f32[A, B, C, 8] = mul(%0, %2)\n" TWO_SUMS,
                3);
  gives_kernels(*state,
                "%0: f32[A, B, C, 8] = param(index=0)\n%1: f32[A, B, C, 8] = neg(%0)\n"
                "%2: f32[A, B, C, 8] = tanh(%1)\n%3: f32[A, B, C, 8] = neg(%2)\n" TWO_SUMS,
                3);
  gives_kernels(*state,
                "%0: bool[A, B, C, 8] = param(index=0)\n%1: f32[A, B, C, 8] = param(index=1)\n"
                "%2: bool[A, B, C, 8] = lt(%1, %1)\n%3: bool[A, B, C, 8] = and(%0, %2)\n"
                "%4: bool[A, B, 8] = any(%3, axes=[2])\n%5: bool[B, C, 8] = any(%3, axes=[0])\n"
                "return %4, %5",
                3);
}

static void limit_of_size(void **state) {
  Ctx *c = *state;
  Graph *g = graph_of(c, "%0: f32[N] = param(index=0)\n%1: f32[N] = exp(%0)\n"
                         "%2: f32[N] = tanh(%1)\n%3: f32[N] = sin(%2)\nreturn %3");
  assert_int_equal(count_ops(fused(c, g, "fuse"), OP_kernel), 1);
  assert_int_equal(count_ops(fused(c, g, "fuse{max=1}"), OP_kernel), 3);
}

/* The number of a random stream is an operand: two draws of one shape are the same kernel. */
static void draws_share_their_code(void **state) {
  Ctx *c = *state;
  Graph *g = graph_of(c, "%0: key = param(index=0)\n%1: i32 = const(value=3)\n"
                         "%2: i32 = const(value=4)\n%3: key = fold(%0, %1)\n"
                         "%4: key = fold(%0, %2)\n%5: i32[N] = random(%3, stream=1, word=0)\n"
                         "%6: i32[N] = random(%4, stream=1, word=0)\nreturn %5, %6");
  Graph *out = fused(c, g, "fuse{max=1}");
  const Graph *bodies[2];
  int n = 0;
  for (uint32_t i = 0; i < out->nodes.len; i++)
    if (out->nodes.data[i].op == OP_kernel && n < 2) bodies[n++] = out->nodes.data[i].body;
  assert_int_equal(n, 2);
  assert_true(graph_equal(bodies[0], bodies[1]));
}

/* Only instructions remain outside of kernels, in scans too. */
static void check_instructions(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    bool computes = op_is(node->op, T_ELEMENTWISE | T_REDUCE | T_ARGREDUCE | T_RANDOM) ||
                    (op_is(node->op, T_MOVEMENT) && node->op != OP_reshape) ||
                    node->op == OP_gather || node->op == OP_iota;
    if (computes) fail_msg("'%s' is outside of kernels:\n%s", op_info[node->op].name, graph_str(g));
    if (node->op == OP_scan) check_instructions(node->body);
  }
}

static void same_results(Ctx *c, const Graph *a, const Graph *b, Tensor **args) {
  Tensor *x[64], *y[64];
  Fault fault = {0};
  assert_true(a->results.len <= 64);
  if (!interp_run(c, a, (const Tensor *const *)args, x, NULL, &fault)) fail_msg("%s", fault.text);
  if (!interp_run(c, b, (const Tensor *const *)args, y, NULL, &fault)) fail_msg("%s", fault.text);
  for (uint32_t i = 0; i < a->results.len; i++) {
    for (int64_t k = 0; k < tensor_count(x[i]); k++) {
      double p = tensor_get(x[i], k), q = tensor_get(y[i], k);
      if (p != q && (p == p || q == q)) fail_msg("%g became %g\n%s", p, q, graph_str(b));
    }
    tensor_free(x[i]);
    tensor_free(y[i]);
  }
}

static void random_graphs_mean_the_same(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 60; seed++) {
    Ctx *c = ctx_new();
    Gen *gen = gen_new(
        c, seed, (GenOptions){.nodes = 20, .symbolic = true, .regions = true, .random = true});
    Graph *g = gen_graph(gen);
    Graph *out = fused(c, g, seed % 2 ? "fuse" : "fuse{max=5}");
    check_instructions(out);
    Tensor **args = gen_args(gen, g, -2, 2);
    if (g->results.len <= 64) same_results(c, g, out, args);
    gen_free(args, g->params.len);
    ctx_free(c);
  }
}

/* A chain of blocks, each some ops before a product: as many kernels as blocks. */
static Graph *blocks(Ctx *c, int n) {
  Text text = text_new(&c->arena);
  text_puts(&text, "graph &0 {\n%0: f32[8, 8] = param(index=0)\n");
  for (int i = 0, at = 0; i < n; i++, at += 4)
    text_printf(&text,
                "%%%d: f32[8, 8] = tanh(%%%d)\n%%%d: f32[8, 8] = add(%%%d, %%%d)\n"
                "%%%d: f32[8, 8] = neg(%%%d)\n"
                "%%%d: f32[8, 8] = dot(%%%d, %%%d, batch_a=[], batch_b=[], contract_a=[1], "
                "contract_b=[0])\n",
                at + 1, at, at + 2, at + 1, at, at + 3, at + 2, at + 4, at + 3, at);
  text_printf(&text, "return %%%d\n}\n", 4 * n);
  Graph *g = graph_read(c, source_add(c, "blocks.txt", text_str(&text), text.len));
  assert_non_null(g);
  return g;
}

static size_t memory_of(int n) {
  Ctx *c = ctx_new();
  Graph *g = blocks(c, n);
  PipelineOptions options = pipeline_options();
  PassCtx *pc = pass_ctx_new(c, &options);
  size_t before = c->arena.used;
  Graph *out = pipeline_run(pc, g, "fuse");
  assert_non_null(out);
  assert_int_equal(count_ops(out, OP_kernel), n);
  size_t used = c->arena.used - before;
  pass_ctx_free(pc);
  ctx_free(c);
  return used;
}

/* Nothing is kept for each pair of a kernel and a node. */
static void memory_is_linear(void **state) {
  (void)state;
  size_t few = memory_of(200), many = memory_of(1600);
  if (many > 12 * few) fail_msg("8 times the nodes: %zu bytes, %zu before", many, few);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(softmax_is_one_kernel),
      TEST(elementwise_chains_are_one_kernel),
      TEST(products_stand_between_kernels),
      TEST(reshapes_are_indices),
      TEST(sums_of_a_value_compute_it),
      cmocka_unit_test(memory_is_linear),
      TEST(limit_of_size),
      TEST(draws_share_their_code),
      TEST(random_graphs_mean_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
