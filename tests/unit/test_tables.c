/* Every row of the op table by random instances (fuzz/gen.h): verifier, text form, determinism of
 * the interpreter, derivative against differences. Then the same for whole random graphs. Rows that
 * are left out are printed with the reason. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "ir/interp.h"
#include "passes/grad/grad.h"
#include "tests/gradcheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { INSTANCES = 12, GRAPHS = 150 };

/* ---- checks of one graph ---- */

static void check_verify(const Graph *g, const char *what) {
  const char *wrong = graph_verify(g);
  if (wrong) fail_msg("%s: %s\n%s", what, wrong, graph_str(g));
}

/* print(read(print(g))) == print(g), and the graphs are equal. */
static void check_round_trip(const Graph *g, const char *what) {
  const char *text = graph_str(g);
  const Source *source = source_add(g->ctx, what, text, strlen(text));
  Graph *again = graph_read(g->ctx, source);
  if (!again) {
    Text out = text_new(&g->ctx->arena);
    diag_print(g->ctx, false, &out);
    fail_msg("%s: cannot be read back: %s\n%s", what, text_str(&out), text);
  }
  assert_string_equal(graph_str(again), text);
  assert_true(graph_equal(g, again));
}

static bool run_once(Gen *gen, const Graph *g, Tensor **args, Tensor **results, bool f64) {
  InterpOptions options = {.f64 = f64};
  Fault fault = {0};
  bool fine = interp_run(gen->ctx, g, (const Tensor *const *)args, results, &options, &fault);
  if (!fine) fail_msg("%s\n%s", fault.text, graph_str(g));
  return fine;
}

/* Two runs give the same bytes, and types are as declared. */
static void check_runs(Gen *gen, const Graph *g, const char *what) {
  Tensor **args = gen_args(gen, g, 0.2, 1.8);
  Tensor **one = arena_array(&gen->ctx->arena, Tensor *, g->results.len);
  Tensor **two = arena_array(&gen->ctx->arena, Tensor *, g->results.len);
  run_once(gen, g, args, one, false);
  run_once(gen, g, args, two, false);
  for (uint32_t i = 0; i < g->results.len; i++) {
    const TypeInfo *info = graph_info(g, g->results.data[i]);
    if (info->dtype != one[i]->dtype || info->rank != one[i]->rank)
      fail_msg("%s: result %u has another type than declared", what, i);
    size_t bytes = tensor_bytes(one[i]);
    assert_int_equal(bytes, tensor_bytes(two[i]));
    if (bytes) assert_memory_equal(one[i]->data, two[i]->data, bytes);
  }
  gen_free(one, g->results.len);
  gen_free(two, g->results.len);
  gen_free(args, g->params.len);
}

/* A sweep changes nothing but dead nodes. */
static void check_all(Gen *gen, const Graph *g, const char *what) {
  check_verify(g, what);
  check_round_trip(g, what);
  check_runs(gen, g, what);
}

static void add_results(Graph *g, Ref value) {
  const TypeInfo *info = graph_info(g, value);
  if (!info->is_tuple) {
    graph_result(g, value, (Str){0});
    return;
  }
  for (int i = 0; i < info->rank; i++) graph_result(g, build_item(g, value, i), (Str){0});
}

/* ---- rows ---- */

typedef struct Counts {
  int instances, missed, verdicts[N_GRAD_VERDICTS];
} Counts;

/* Where the row's op and its derivative are defined. */
static bool needs_positive(Op op) {
  static const Op ops[] = {OP_log, OP_log1p, OP_sqrt, OP_rsqrt, OP_pow, OP_mod};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
    if (ops[i] == op) return true;
  return false;
}

/* Calls are inlined before; differences see through stop_gradient. */
static bool is_differentiable(Op op) {
  return op != OP_kernel && op != OP_call && op != OP_item && op != OP_stop_gradient;
}

static void check_gradient(Gen *gen, Op op, const Graph *g, int order, Counts *counts) {
  GradCheck check = {.low = needs_positive(op) ? 0.2 : -1.8, .high = 1.8, .order = order};
  const char *why = NULL;
  GradVerdict verdict = gradcheck(gen, g, check, &why);
  counts->verdicts[verdict]++;
  if (verdict == GRAD_wrong)
    fail_msg("%s: derivative of order %d: %s\n%s", op_info[op].name, order, why, graph_str(g));
}

static void check_instance(Op op, uint64_t seed, Counts *counts) {
  Ctx *ctx = ctx_new();
  bool loop = op == OP_scan; /* with a body of any ops, which may have kinks */
  GenOptions options = {.nodes = loop ? 12 : 4,
                        .symbolic = seed % 4 == 3,
                        .regions = true,
                        .random = true,
                        .smooth = loop && seed % 4};
  Gen *gen = gen_new(ctx, seed * N_OPS + op, options);
  gen->operands_only = true;
  Ref y;
  bool made = gen_op(gen, op, &y);
  if (made) {
    add_results(gen->g, y);
    Graph *g = gen->g;
    if (op == OP_grad) g = gradcheck_pass(ctx, g, NULL);
    assert_non_null(g);
    counts->instances++;
    check_verify(gen->g, op_info[op].name);
    check_round_trip(gen->g, op_info[op].name);
    bool bound = !options.symbolic; /* a symbol may stand in no parameter's type */
    if (bound) check_runs(gen, g, op_info[op].name);
    bool differs = bound && is_differentiable(op) && (!loop || options.smooth);
    if (differs) check_gradient(gen, op, gen->g, 1, counts);
    if (differs && seed % 4 <= 1) check_gradient(gen, op, gen->g, 2, counts);
  } else {
    counts->missed++;
  }
  ctx_free(ctx);
}

static void test_rows(void **state) {
  (void)state;
  int rows = 0, excluded = 0;
  Counts all = {0};
  for (int op = 0; op < N_OPS; op++) {
    const char *why = gen_excluded((Op)op);
    if (why) {
      print_message("[SKIP] %s: %s\n", op_info[op].name, why);
      excluded++;
      continue;
    }
    Counts counts = {0};
    for (uint64_t seed = 0; seed < INSTANCES; seed++) check_instance((Op)op, seed, &counts);
    if (!counts.instances) fail_msg("%s: no valid instance was found", op_info[op].name);
    if (!op_info[op].no_grad && !op_is((Op)op, T_TUPLE) && !counts.verdicts[GRAD_right])
      fail_msg("%s: its derivative was never checked", op_info[op].name);
    rows++;
    all.instances += counts.instances;
    all.missed += counts.missed;
    for (int i = 0; i < N_GRAD_VERDICTS; i++) all.verdicts[i] += counts.verdicts[i];
  }
  print_message("%d rows, %d excluded; %d instances; derivatives: %d right, %d at no smooth point, "
                "%d without floats\n",
                rows, excluded, all.instances, all.verdicts[GRAD_right], all.verdicts[GRAD_rough],
                all.verdicts[GRAD_none]);
  assert_true(excluded <= 3);
}

static void test_selfchecks(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  const char *wrong = ops_selfcheck();
  if (!wrong) wrong = grad_selfcheck(ctx);
  if (wrong) fail_msg("%s", wrong);
  ctx_free(ctx);
}

/* ---- random graphs ---- */

static void random_graph(uint64_t seed, GenOptions options, bool derive, Counts *counts) {
  Ctx *ctx = ctx_new();
  Gen *gen = gen_new(ctx, seed, options);
  gen_graph(gen);
  char what[64];
  snprintf(what, sizeof what, "random graph of seed %llu", (unsigned long long)seed);
  uint32_t n = gen->pool.len;
  for (int i = 0; i < 3; i++) graph_result(gen->g, gen->pool.data[n - 1 - n / 4 * i], (Str){0});
  Graph *g = graph_sweep(gen->g);
  counts->instances++;
  check_all(gen, g, what);
  if (derive) {
    static const char *const remats[] = {"auto", "none", "full"};
    GradCheck check = {
        .low = -1.5, .high = 1.5, .order = seed % 3 == 0 ? 2 : 1, .remat = remats[seed / 3 % 3]};
    const char *why = NULL;
    GradVerdict verdict = gradcheck(gen, g, check, &why);
    counts->verdicts[verdict]++;
    if (verdict == GRAD_wrong) fail_msg("%s: %s\n%s", what, why, graph_str(g));
  }
  ctx_free(ctx);
}

/* The first seed and the number of graphs may be given in the environment. */
static uint64_t from_environment(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  return text ? strtoull(text, NULL, 10) : otherwise;
}

static void test_graphs(void **state) {
  (void)state;
  Counts counts = {0};
  GenOptions all = {.nodes = 20, .symbolic = true, .regions = true, .random = true, .calls = true};
  uint64_t first = from_environment("ORDO_SEED", 1), n = from_environment("ORDO_GRAPHS", GRAPHS);
  for (uint64_t seed = first; seed < first + n; seed++) random_graph(seed, all, false, &counts);
  print_message("%d graphs\n", counts.instances);
}

static void test_smooth_graphs(void **state) {
  (void)state;
  Counts counts = {0};
  GenOptions smooth = {
      .nodes = 12, .symbolic = true, .regions = true, .random = true, .smooth = true};
  uint64_t first = from_environment("ORDO_SEED", 1), n = from_environment("ORDO_GRAPHS", GRAPHS);
  for (uint64_t seed = first; seed < first + n; seed++) random_graph(seed, smooth, true, &counts);
  print_message("%d graphs; derivatives: %d right, %d at no smooth point, %d without floats\n",
                counts.instances, counts.verdicts[GRAD_right], counts.verdicts[GRAD_rough],
                counts.verdicts[GRAD_none]);
  assert_true(counts.verdicts[GRAD_right] > counts.instances / 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_selfchecks),
      cmocka_unit_test(test_rows),
      cmocka_unit_test(test_graphs),
      cmocka_unit_test(test_smooth_graphs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
