/* The pass 'saturate': same values as before, never dearer than simplify, the same result twice;
 * and cheaper where the order of rules stands in simplify's way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "app/oracle.h"
#include "ir/cost.h"
#include "passes/pipeline/pipeline.h"
#include "fuzz/gen.h"

enum { GRAPHS = 60, NODES = 14 };

typedef enum TestLevel { LEVEL_strict, LEVEL_rounds, LEVEL_fast, N_TEST_LEVELS } TestLevel;

static Graph *run(Ctx *ctx, const Graph *g, TestLevel level, const char *pipeline) {
  PipelineOptions options = compile_options().passes;
  options.strict = level == LEVEL_strict;
  options.fast = level == LEVEL_fast;
  options.verify_each = true;
  PassCtx *pc = pass_ctx_new(ctx, &options);
  Graph *out = pipeline_run(pc, g, pipeline);
  pass_ctx_free(pc);
  assert_non_null(out);
  return out;
}

static double cost(const Graph *g) {
  const bool *live = graph_live(g);
  double sum = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Sz flops = live[i] ? node_flops(g, &g->nodes.data[i]) : SZ_NONE;
    if (flops.i) sum += size_guess(g->ctx, flops);
  }
  return sum;
}

typedef struct SaturateTally {
  long compared, undecided, cheaper;
} SaturateTally;

/* Sums, products and the like of a few values over and over, with constants among them. */
static Graph *arithmetic(Gen *gen) {
  static const Op ops[] = {OP_add, OP_sub, OP_mul, OP_neg, OP_max,
                           OP_min, OP_abs, OP_add, OP_sub, OP_mul};
  static const double numbers[] = {0, 1, 2, -1, 0.5};
  Ty type = type_tensor(gen->ctx, DT_f32, &gen->env.symbols.data[0], 1);
  for (int i = 0; i < 3; i++)
    vec_push(&gen->ctx->arena, &gen->pool, graph_param(gen->g, type, (Str){0}, NULL, 0));
  vec_push(&gen->ctx->arena, &gen->pool, build_const(gen->g, type, numbers[gen_below(gen, 5)]));
  for (int i = 0; i < NODES; i++) {
    Op op = ops[gen_below(gen, 10)];
    Ref a = gen->pool.data[gen_below(gen, (int)gen->pool.len)],
        b = gen->pool.data[gen_below(gen, (int)gen->pool.len)];
    Ref made = op == OP_neg || op == OP_abs ? build1(gen->g, op, a) : build2(gen->g, op, a, b);
    vec_push(&gen->ctx->arena, &gen->pool, made);
  }
  for (uint32_t i = gen->pool.len - 2; i < gen->pool.len; i++)
    graph_result(gen->g, gen->pool.data[i], (Str){0});
  return gen->g;
}

/* All ops. */
static Graph *anything(Gen *gen) {
  Graph *g = gen_graph(gen);
  for (uint32_t i = 0; i < gen->pool.len; i++)
    if (graph_info(g, gen->pool.data[i])->dtype != DT_key)
      graph_result(g, gen->pool.data[i], (Str){0});
  return g;
}

static void try_graph(uint64_t seed, TestLevel level, SaturateTally *t) {
  Ctx *ctx = ctx_new();
  Gen *gen = gen_new(ctx, seed, (GenOptions){.nodes = NODES, .symbolic = true, .regions = true});
  Graph *g = seed % 2 ? arithmetic(gen) : anything(gen);
  Graph *simple = run(ctx, g, level, "inline,simplify"),
        *out = run(ctx, g, level, "inline,saturate");
  if (cost(out) > cost(simple)) printf("seed %llu: dearer\n", (unsigned long long)seed);
  assert_true(cost(out) <= cost(simple));
  t->cheaper += cost(out) < cost(simple);
  assert_true(graph_equal(out, run(ctx, g, level, "inline,saturate")));
  Tensor **args = gen_args(gen, g, -2, 2);
  Oracle oracle;
  OracleReport report = {0};
  Fault fault = {0};
  if (oracle_open(&oracle, ctx, g, (const Tensor *const *)args, &fault)) {
    OracleVerdict verdict = oracle_compare_form(&oracle, out, level == LEVEL_fast, &report);
    if (verdict != ORACLE_agrees)
      printf("seed %llu, level %d: result %u, element %lld: expected %.9g, got %.9g %s\n",
             (unsigned long long)seed, level, report.result, (long long)report.element, report.want,
             report.got, report.fault.text ? report.fault.text : "");
    if (verdict != ORACLE_agrees) printf("%s\n", graph_str(g));
    assert_int_equal(verdict, ORACLE_agrees);
    t->compared += report.compared;
    t->undecided += report.undecided;
    oracle_close(&oracle);
  }
  gen_free(args, g->params.len);
  ctx_free(ctx);
}

static void random_graphs_keep_their_values(void **state) {
  (void)state;
  for (int level = 0; level < N_TEST_LEVELS; level++) {
    SaturateTally t = {0};
    for (uint64_t k = 0; k < GRAPHS; k++) try_graph(7000 + k, (TestLevel)level, &t);
    print_message("level %d: %ld results compared, %ld undecided, %ld graphs cheaper\n", level,
                  t.compared, t.undecided, t.cheaper);
    assert_true(2 * t.compared > t.undecided && t.compared > GRAPHS);
    assert_true(level != LEVEL_fast || t.cheaper);
  }
}

static Graph *read_text(Ctx *ctx, const char *text) {
  Graph *g = graph_read(ctx, source_add(ctx, "saturate.txt", text, strlen(text)));
  assert_non_null(g);
  return g;
}

/* -(a b) - (b - a) a is a (a - 2 b): no rule of simplify fits. */
static void the_order_of_rules_does_not_matter(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = read_text(ctx, "graph &0 \"f\" {\n  %0: f32[N] = param(index=0)\n"
                            "  %1: f32[N] = param(index=1)\n  %2: f32[N] = mul(%0, %1)\n"
                            "  %3: f32[N] = neg(%2)\n  %4: f32[N] = sub(%1, %0)\n"
                            "  %5: f32[N] = mul(%4, %0)\n  %6: f32[N] = sub(%3, %5)\n"
                            "  return %6\n}\n");
  Graph *simple = run(ctx, g, LEVEL_fast, "simplify"), *out = run(ctx, g, LEVEL_fast, "saturate");
  assert_true(cost(out) < cost(simple));
  assert_true(graph_equal(simple, run(ctx, g, LEVEL_fast, "saturate{nodes=0}")));
  ctx_free(ctx);
}

/* Rules that hold for numbers are not tried on truth values, keys and indices. */
static void types_are_respected(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  Graph *g = read_text(ctx, "graph &0 \"f\" {\n  %0: bool[N] = param(index=0)\n"
                            "  %1: bool[N] = param(index=1)\n  %2: <K>[N] = param(index=2)\n"
                            "  %3: <K>[N] = param(index=3)\n  %4: bool[N] = not(%0)\n"
                            "  %5: bool[N] = where(%4, %1, %0)\n  %6: <K>[N] = where(%5, %2, %3)\n"
                            "  %7: bool[N] = and(%5, %4)\n  return %6, %7\n}\n");
  assert_null(graph_verify(run(ctx, g, LEVEL_fast, "saturate")));
  ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(random_graphs_keep_their_values),
                                     cmocka_unit_test(the_order_of_rules_does_not_matter),
                                     cmocka_unit_test(types_are_respected)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
