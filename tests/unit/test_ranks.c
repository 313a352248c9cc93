/* Ranks: what they send each other, and the pass 'distribute' on random graphs. A graph that is cut
 * gives what it gave before, up to rounding, and two ranks give the bits of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/oracle.h"
#include "app/ranks_local.h"
#include "exec/library.h"
#include "passes/pipeline/pipeline.h"
#include "ir/shards.h"
#include "passes/ranks/distribute.h"
#include "fuzz/gen.h"

enum { ROW = 5, MOST = 9, SEEDS = 60 };

LibraryFn ordort_all_reduce, ordort_all_gather;

/* A child never comes back to the tests. */
static void leave(Ranks *r) {
  bool child = r->rank > 0;
  r->link.close(r->link.link, true);
  if (child) _exit(0);
}

/* The largest of what all ranks found wrong, in the parent. */
static int64_t end_of(Ranks *r, int64_t wrong) {
  int64_t most = ranks_most(r, wrong);
  leave(r);
  return most;
}

static uint64_t word(const void *p) { return (uint64_t)(uintptr_t)p; }

/* ---- sums and rows ---- */

static void fill(float *x, int n) {
  for (int i = 0; i < n; i++) x[i] = (float)(((i * 7919) % 1001) - 500) / 37;
}

static uint64_t shards_of(const Ranks *ranks) { return ranks ? (uint64_t)ranks->shards : 0; }

static void sum_of(const float *x, int first, int count, Ranks *ranks, float *y) {
  float scratch[(MOST + 1) * ROW];
  uint64_t args[] = {word(x + first * ROW), word(y),    word(scratch), (uint64_t)count, ROW, DT_f32,
                     shards_of(ranks),      word(ranks)};
  ordort_all_reduce(args, 0, 1);
}

static void rows_of(const float *x, int first, int count, int all, Ranks *ranks, float *y) {
  uint64_t args[] = {word(x + first * ROW), word(y), (uint64_t)count,  (uint64_t)first,
                     (uint64_t)all,         ROW * 4, shards_of(ranks), word(ranks)};
  ordort_all_gather(args, 0, 1);
}

static void test_any_number_of_ranks(void **state) {
  (void)state;
  float x[MOST * ROW], want[ROW], y[ROW], rows[MOST * ROW];
  fill(x, MOST * ROW);
  for (int shards = 1; shards <= MOST; shards++)
    for (int n = 2; n <= MOST; n++) {
      Ranks r;
      sum_of(x, 0, shards, NULL, want);
      assert_null(ranks_fork(n, 30, &r));
      r.shards = shards;
      int first = (int)ranks_first(&r, r.rank), count = (int)ranks_count(&r, r.rank);
      int64_t wrong = 0;
      sum_of(x, first, count, &r, y);
      wrong |= memcmp(y, want, sizeof y) != 0;
      rows_of(x, first, count, shards, &r, rows);
      wrong |= 2 * (memcmp(rows, x, sizeof *x * (size_t)(shards * ROW)) != 0);
      assert_int_equal(end_of(&r, wrong), 0);
    }
}

/* 1, 10^8, -10^8, 1: the tree's sides first. */
static void test_order(void **state) {
  (void)state;
  float x[4 * ROW] = {0}, y[ROW];
  x[0] = 1, x[ROW] = 1e8f, x[2 * ROW] = -1e8f, x[3 * ROW] = 1;
  sum_of(x, 0, 4, NULL, y);
  assert_true(y[0] == 0); /* from left to right it is 1 */
  assert_int_equal(ranks_middle(0, 8), 4);
  assert_int_equal(ranks_middle(0, 5), 4);
  assert_int_equal(ranks_middle(4, 7), 6);
}

/* A rank that ends, and one that is somewhere else: all know, and nothing is taken for a number. */
static void test_lost(void **state) {
  (void)state;
  Ranks r;
  int64_t n = 1;
  assert_null(ranks_fork(3, 30, &r));
  if (r.rank == 2) leave(&r);
  if (r.rank == 1) ranks_most(&r, 1), ranks_most(&r, 1), leave(&r);
  assert_int_equal(ranks_most(&r, 5), -1);
  assert_int_equal(r.lost, 2);
  assert_false(ranks_tell(&r, &n, sizeof n));
  leave(&r);
  assert_null(ranks_fork(2, 30, &r));
  if (r.rank) ranks_tell(&r, &n, 4), leave(&r);
  int64_t all[2];
  ranks_collect(&r, &n, 8, all);
  assert_int_equal(r.lost, 1);
  leave(&r);
}

/* ---- random graphs ---- */

/* The same graph; parameters with an axis in front that can be cut are fed. */
static Graph *fed(const Graph *g, int shards, bool *any) {
  Graph *to = graph_new(g->ctx, g->name);
  RefMap map = refmap_new(&g->ctx->arena, g);
  for (uint32_t k = 0; k < g->params.len; k++) {
    Ref param = g->params.data[k];
    const TypeInfo *info = graph_info(g, param);
    int64_t rows = 0;
    bool cut =
        info->rank && size_is_const(g->ctx, info->dims[0], &rows) && rows && rows % shards == 0;
    *any |= cut;
    map.to[param.i] =
        cut ? graph_role_param(to, graph_type(g, param), graph_node(g, param)->name, ROLE_feed)
            : graph_param_like(to, graph_type(g, param), graph_node(g, param));
  }
  graph_fill(g, to, &map);
  return to;
}

static void add_results(Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (g->nodes.data[i].op != OP_param && !type_info(g->ctx, g->nodes.data[i].type)->is_tuple)
      graph_result(g, (Ref){i}, (Str){0});
}

static Graph *distributed(Ctx *ctx, const Graph *g, int shards) {
  PipelineOptions options = pipeline_options();
  options.verify_each = true;
  PassCtx *pc = pass_ctx_new(ctx, &options);
  Graph *cut =
      pipeline_run(pc, g, ctx_printf(ctx, "inline,distribute{shards=%d},contract", shards));
  pass_ctx_free(pc);
  return cut;
}

static Tensor *memory_of(Ctx *ctx, Ty type, const SizeEnv *env) {
  const TypeInfo *info = type_info(ctx, type);
  int64_t dims[TENSOR_MAX_RANK];
  for (int i = 0; i < info->rank; i++) assert_true(size_eval(ctx, info->dims[i], env, &dims[i]));
  return tensor_new(info->dtype, dims, info->rank);
}

typedef struct Run {
  Ctx *ctx;
  Program *program;
  const Graph *graph;
  Tensor **args;
  SizeEnv env;
  int shards;
} Run;

static void run(Run *r, int64_t first, int64_t count, Ranks *ranks, Tensor **results) {
  Fault fault = {0};
  void **params = arena_array(&r->ctx->arena, void *, r->graph->params.len + 1);
  void **out = arena_array(&r->ctx->arena, void *, r->graph->results.len + 1);
  size_env_set(r->ctx, &r->env, shard_first(r->ctx), first);
  size_env_set(r->ctx, &r->env, shard_count(r->ctx), count);
  if (!program_bind(r->program, &r->env, &fault)) fail_msg("%s", fault.text);
  program_ranks(r->program, ranks);
  for (uint32_t k = 0; k < r->graph->params.len; k++) params[k] = r->args[k]->data;
  for (uint32_t k = 0; k < r->graph->results.len; k++) out[k] = results[k]->data;
  program_pointers(r->program, params, out);
  program_execute(r->program);
}

static Tensor **results_of(Run *r) {
  Tensor **results = arena_array(&r->ctx->arena, Tensor *, r->graph->results.len + 1);
  for (uint32_t k = 0; k < r->graph->results.len; k++)
    results[k] = memory_of(r->ctx, graph_type(r->graph, r->graph->results.data[k]), &r->env);
  return results;
}

/* The number of the first result that is not the same, bit for bit, from 1 on. */
static int64_t first_other(Run *r, Tensor **a, Tensor **b) {
  for (uint32_t k = 0; k < r->graph->results.len; k++)
    if (memcmp(a[k]->data, b[k]->data, tensor_bytes(a[k]))) return k + 1;
  return 0;
}

/* Alone, then with other ranks, on the same code. */
static void some_ranks(Run *r, int n, uint64_t seed) {
  Tensor **alone = results_of(r), **together = results_of(r);
  Ranks ranks;
  run(r, 0, r->shards, NULL, alone);
  assert_null(ranks_fork(n, 30, &ranks));
  ranks.shards = r->shards;
  run(r, ranks_first(&ranks, ranks.rank), ranks_count(&ranks, ranks.rank), &ranks, together);
  int64_t wrong = end_of(&ranks, first_other(r, alone, together));
  if (wrong)
    fail_msg("seed %llu: %d shards, %d ranks: result %d differs", (unsigned long long)seed,
             r->shards, n, (int)wrong - 1);
  gen_free(alone, r->graph->results.len);
  gen_free(together, r->graph->results.len);
}

/* Cut, interpreted, and run by two ranks, and by three that have not as many shards each. */
static void try_cut(Engine *engine, const Oracle *oracle, Graph *cut, int shards, Tensor **args,
                    Gen *gen, uint64_t seed) {
  Ctx *ctx = gen->ctx;
  OracleReport report;
  CompileOptions options = compile_options();
  OracleVerdict verdict = oracle_compare_form(oracle, cut, false, &report);
  if (verdict != ORACLE_agrees)
    fail_msg("seed %llu: result %u, element %lld: %g instead of %g; %s", (unsigned long long)seed,
             report.result, (long long)report.element, report.got, report.want,
             report.fault.text ? report.fault.text : "");
  options.pipeline = "fuse,plan";
  Run r = {ctx, compile_graph(engine, ctx, cut, &options, NULL), cut, args, gen->env, shards};
  if (!r.program) fail_msg("seed %llu: not compiled", (unsigned long long)seed);
  for (int n = 2; n <= 3 && n <= shards; n++) some_ranks(&r, n, seed);
  program_free(r.program);
}

/* NULL where the rows that come first are none that can be cut. */
static Graph *cut_or_refused(Ctx *ctx, const Graph *g, int shards, uint64_t seed) {
  Graph *cut = distributed(ctx, g, shards);
  const Diags *diags = &ctx->diags;
  if (!cut && (!diags->list.len || diags->list.data[0]->code != E_no_shards)) {
    Text text = text_new(&ctx->arena);
    diag_print(ctx, false, &text);
    fail_msg("seed %llu: %s", (unsigned long long)seed, text_str(&text));
  }
  return cut;
}

/* Whether the graph was one to try. */
static bool try_graph(Engine *engine, int shards, uint64_t seed) {
  Ctx *ctx = ctx_new();
  Gen *gen = gen_new(
      ctx, seed,
      (GenOptions){
          .nodes = 12, .symbolic = seed & 1, .regions = true, .random = true, .calls = true});
  bool any = false;
  Graph *made = gen_graph(gen);
  add_results(made);
  Graph *g = fed(made, shards, &any), *cut = NULL;
  Tensor **args = arena_array(&ctx->arena, Tensor *, g->params.len + 1);
  Fault fault = {0};
  Oracle oracle;
  if (any && oracle_args(g, &gen->env, gen_next(gen), -2, 2, args, &fault)) {
    if (oracle_open(&oracle, ctx, g, (const Tensor *const *)args, &fault)) {
      cut = cut_or_refused(ctx, g, shards, seed);
      if (cut) try_cut(engine, &oracle, cut, shards, args, gen, seed);
      oracle_close(&oracle);
    }
    gen_free(args, g->params.len);
  }
  ctx_free(ctx);
  return cut != NULL;
}

static void test_random_graphs(void **state) {
  (void)state;
  Fault fault = {0};
  Engine *engine = engine_new(1, NULL, NULL, &fault);
  int cut[2] = {0};
  const char *first = getenv("FIRST_SEED"), *count = getenv("SEEDS");
  uint64_t from = first ? strtoull(first, NULL, 10) : 1,
           n = count ? strtoull(count, NULL, 10) : SEEDS;
  for (uint64_t seed = from; seed < from + n; seed++)
    for (int k = 0; k < 2; k++) cut[k] += try_graph(engine, 2 + 2 * k, seed);
  printf("%d graphs cut in two, %d in four\n", cut[0], cut[1]);
  if (!first) assert_true(2 * (uint64_t)cut[0] >= n && 8 * (uint64_t)cut[1] >= n);
  engine_free(engine);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_any_number_of_ranks),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_lost),
      cmocka_unit_test(test_random_graphs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
