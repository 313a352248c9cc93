/* Reducing graphs: what is left still shows the fault, is sound, and is small; the oracle tells a
 * wrong graph from a right one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/reduce.h"
#include "app/oracle.h"
#include "fuzz/gen.h"

/* What is dead in a body counts as absent. */
static uint32_t count(const Graph *whole, Op op) {
  const Graph *g = graph_sweep(whole);
  uint32_t n = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    n += g->nodes.data[i].op == op;
    if (g->nodes.data[i].body) n += count(g->nodes.data[i].body, op);
  }
  return n;
}

static bool has_op(void *user, const Graph *g) { return count(g, *(const Op *)user) > 0; }

static Graph *random_graph(Ctx *ctx, uint64_t seed) {
  Gen *gen = gen_new(ctx, seed,
                     (GenOptions){.nodes = 20, .symbolic = true, .regions = true, .calls = true});
  Graph *g = gen_graph(gen);
  for (uint32_t i = 0; i < gen->pool.len; i++) graph_result(g, gen->pool.data[i], (Str){0});
  return g;
}

/* For every op of random graphs: a graph with that op and no more than it takes to hold it. */
static void keeps_the_fault(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 12; seed++) {
    Ctx *ctx = ctx_new();
    Graph *g = random_graph(ctx, seed);
    for (int op = 0; op < N_OPS; op++) {
      Op wanted = (Op)op;
      if (wanted == OP_param || !count(g, wanted)) continue;
      ReduceStats stats;
      const Graph *small = graph_reduce(g, has_op, &wanted, &stats);
      assert_null(graph_verify(small));
      assert_true(has_op(&wanted, small));
      assert_true(stats.kept <= stats.tried);
      /* itself, an item of a tuple, and a scan or call around it with its item */
      if (graph_work(small) > 6)
        fail_msg("seed %llu, %s: %u nodes are left\n%s", (unsigned long long)seed, op_info[op].name,
                 graph_work(small), graph_str(small));
    }
    ctx_free(ctx);
  }
}

/* The fault "compiled differs": the oracle of one graph, the code of another. */
static void oracle_tells(void **state) {
  (void)state;
  Fault fault = {0};
  Engine *engine = engine_new(1, NULL, "", &fault);
  assert_non_null(engine);
  Ctx *ctx = ctx_new();
  const Sz four[] = {size_const(ctx, 4)};
  Ty type = type_tensor(ctx, DT_f32, four, 1);
  Graph *right = graph_new(ctx, ctx_str(ctx, "right")),
        *wrong = graph_new(ctx, ctx_str(ctx, "wrong"));
  graph_result(right, build1(right, OP_sin, graph_param(right, type, (Str){0}, NULL, 0)), (Str){0});
  graph_result(wrong, build1(wrong, OP_tanh, graph_param(wrong, type, (Str){0}, NULL, 0)),
               (Str){0});
  Tensor *args[1];
  assert_true(oracle_args(right, &(SizeEnv){0}, 1, -2, 2, args, &fault));
  Oracle oracle;
  assert_true(oracle_open(&oracle, ctx, right, (const Tensor *const *)args, &fault));
  CompileOptions options = compile_options();
  OracleReport report;
  assert_int_equal(oracle_compare(&oracle, engine, &options, &report), ORACLE_agrees);
  assert_int_equal(report.compared, 1);
  oracle.graph = wrong;
  assert_int_equal(oracle_compare(&oracle, engine, &options, &report), ORACLE_differs);
  assert_true(report.want != report.got);
  oracle.graph = right;
  oracle_close(&oracle);
  tensor_free(args[0]);
  ctx_free(ctx);
  engine_free(engine);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_the_fault),
                                     cmocka_unit_test(oracle_tells)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
