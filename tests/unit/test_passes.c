/* Passes and pipelines: texts, options, errors, fuel, dumps, remarks; every pass keeps the values
 * of example graphs and does what it is for. Graphs before and after: tests/passes/. */
#include "passes/pipeline/pipeline.h"
#include "tests/unit/passes_support.h"

#include "io/file.h"
#include "passes/contract/contract.h"

/* ---- examples: the graphs that tests/passes/NAME.t begins with ---- */

static const char lstm[] = "defer_lstm";
/* Teacher forcing: embedding, a cell over a concatenation, projection and loss inside the loop. */
static const char decoder[] = "defer_decoder";
/* A loop with ballast: a carry that never changes, one that nothing reads, equal slices, a slice
 * that repeats, a splat. */
static const char ballast[] = "simplify_scan";
/* Attention in index notation: sum_d q*m, softmax weights times values, and a projection. */
static const char attention[] = "contract_attention";
/* A layer called twice, once inside a loop. */
static const char calls[] = "inline_calls";
/* An accumulator of outer products, as the derivative of attention over a memory has it. */
static const char outer[] = "defer_outer";

static Graph *read_golden(Ctx *ctx, const char *name) {
  size_t size;
  char *bytes = file_read_all(ctx, ctx_printf(ctx, "tests/passes/%s.t", name), (Span){0}, &size);
  if (!bytes) fail_msg("%s", diag_text(ctx));
  const char *end = strstr(bytes, "\n# ---\n");
  assert_non_null(end);
  Graph *g = read_graph(ctx, ctx_printf(ctx, "%.*s", (int)(end + 1 - bytes), bytes));
  heap_free(bytes);
  return g;
}

/* ---- helpers ---- */

static PassCtx *context(Ctx *ctx) {
  PipelineOptions options = pipeline_options();
  options.verify_each = true;
  return pass_ctx_new(ctx, &options);
}

static Graph *run_with(PassCtx *pc, const Graph *g, const char *pipeline) {
  Graph *out = pipeline_run(pc, g, pipeline);
  if (!out) fail_msg("%s: %s", pipeline, diag_text(pc->ctx));
  check_graph(out);
  return out;
}

static Graph *run(Ctx *ctx, const Graph *g, const char *pipeline) {
  return run_with(context(ctx), g, pipeline);
}

static int find_code(Ctx *ctx, DiagCode code) {
  int n = 0;
  for (uint32_t i = 0; i < ctx->diags.list.len; i++) n += ctx->diags.list.data[i]->code == code;
  return n;
}

static int count_remarks(const PassCtx *pc, const char *code) {
  int n = 0;
  for (uint32_t i = 0; i < pc->remarks.list.len; i++)
    n += !strcmp(pc->remarks.list.data[i].code, code);
  return n;
}

/* ---- pipelines ---- */

static void pipelines_are_checked(void **state) {
  Ctx *ctx = *state;
  PassCtx *pc = context(ctx);
  for (int level = -1; level < 5; level++) assert_true(pipeline_check(pc, pipeline_default(level)));
  assert_true(pipeline_check(pc, ""));
  assert_true(pipeline_check(pc, " simplify { rounds = 4 } , contract{} "));
  static const struct {
    const char *text;
    DiagCode code;
  } wrong[] = {{"simplify,", E_pipeline_syntax},
               {"simplify fuse", E_pipeline_syntax},
               {"simplify{rounds}", E_pipeline_syntax},
               {"simplify{rounds=4", E_pipeline_syntax},
               {"simplfy", E_unknown_pass},
               {"simplify{round=4}", E_pass_option},
               {"simplify{rounds=x}", E_pass_option}};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    DiagMark mark = diag_mark(ctx);
    assert_false(pipeline_check(pc, wrong[i].text));
    assert_int_equal(find_code(ctx, wrong[i].code), 1);
    diag_rollback(ctx, mark);
  }
}

static void required_properties_are_checked(void **state) {
  Ctx *ctx = *state;
  assert_null(pipeline_run(context(ctx), read_golden(ctx, lstm), "contract"));
  assert_int_equal(find_code(ctx, E_pass_requires), 1);
  assert_non_null(strstr(diag_text(ctx), "run 'grad' before it"));
}

/* All but those that do something only when they are asked to. */
static void default_pipelines_have_all_passes(void **state) {
  static const char asked_for[] = "reach distribute saturate";
  PassCtx *pc = context(*state);
  const char *all = pipeline_passes(pc, pipeline_default(2));
  for (int i = 0; i < n_passes; i++)
    assert_true(strstr(all, pass_info[i].name) || strstr(asked_for, pass_info[i].name));
  for (int i = 0; i < n_pipelines; i++) {
    assert_true(pipeline_check(pc, pipeline_info[i].text));
    assert_null(pass_find(pc, pipeline_info[i].name));
  }
}

/* ordo tune tries one value of an option behind the other: each takes the place of the last. */
static void schedules_set_an_option_once(void **state) {
  Ctx *ctx = *state;
  Text out = text_new(&ctx->arena);
  static const char text[] = "set fuse.max 8\nset plan.joins 0\nset fuse.max 9\napart h\n";
  const Source *source = source_add(ctx, "s.schedule", text, sizeof text - 1);
  ScheduleOption option = {"fuse", "max", "24", {0, 0}};
  schedule_print(schedule_with_option(ctx, schedule_read(ctx, source), option), &out);
  assert_string_equal(text_str(&out), "set plan.joins 0\nset fuse.max 24\napart h\n");
}

static void passes_can_be_switched_off(void **state) {
  Ctx *ctx = *state;
  Graph *g = read_golden(ctx, ballast);
  PassCtx *pc = context(ctx);
  pc->options.disable = "simplify,contract";
  assert_ptr_equal(run_with(pc, g, "simplify,contract"), g);
  pc = context(ctx);
  pc->options.stop_after = "inline";
  run_with(pc, g, "inline,simplify");
  assert_int_equal(pc->stats.len, 1);
  pc->options.disable = "nonsense";
  assert_null(pipeline_run(pc, g, "inline"));
  assert_int_equal(find_code(ctx, E_unknown_pass), 1);
}

static void single_rules_can_be_switched_off(void **state) {
  Ctx *ctx = *state;
  Graph *g = read_graph(
      ctx, "graph &0 \"f\" {\n  %0: f32[N] = param(index=0) \"x\"\n  %1: f32[N] = exp(%0)\n"
           "  %2: f32[N] = log(%1)\n  return %2 \"y\"\n}\n");
  PassCtx *pc = context(ctx);
  pc->options.fast = true;
  pc->options.disable = "simplify/log_exp";
  assert_int_equal(count_ops(run_with(pc, g, "simplify"), OP_log, false), 1);
  pc = context(ctx);
  pc->options.fast = true;
  assert_int_equal(count_ops(run_with(pc, g, "simplify"), OP_log, false), 0);
  /* exp overflows: not at the default level */
  assert_int_equal(count_ops(run(ctx, g, "simplify"), OP_log, false), 1);
}

/* With every amount of fuel the graph is right; with none nothing is done. */
static void fuel_bisects(void **state) {
  (void)state;
  for (int64_t fuel = 0; fuel < 25; fuel++) {
    Ctx *ctx = ctx_new();
    Graph *g = run(ctx, read_golden(ctx, decoder), "grad");
    PassCtx *pc = context(ctx);
    pc->options.fuel = fuel;
    Graph *out = run_with(pc, g, "simplify,scan-hoist,scan-defer,simplify");
    same_values(ctx, g, out, false, 1e-6);
    assert_true(pc->fuel_used <= fuel);
    if (fuel == 0) assert_true(graph_equal(g, out));
    ctx_free(ctx);
  }
}

typedef struct Dumps {
  int n, last;
  const char *pass;
} Dumps;
static void on_dump(void *user, PassCtx *pc, int number, const char *pass, const Graph *g) {
  Dumps *d = user;
  (void)pc;
  assert_non_null(g);
  *d = (Dumps){d->n + 1, number, pass};
}

static void dumps_show_what_changed(void **state) {
  Ctx *ctx = *state;
  Graph *g = read_golden(ctx, ballast);
  Dumps dumps = {0};
  PassCtx *pc = context(ctx);
  pc->options.dump = on_dump;
  pc->options.user = &dumps;
  pc->options.dump_after = "all";
  run_with(pc, g, "inline,simplify");
  assert_int_equal(dumps.n, 2);
  pc->options.print_changed = true;
  run_with(pc, g, "inline,simplify,inline");
  assert_int_equal(dumps.n, 3);
  assert_int_equal(dumps.last, 2);
  assert_string_equal(dumps.pass, "simplify");
  Text text = text_new(&ctx->arena);
  pipeline_stats_json(pc, &text);
  assert_non_null(strstr(text_str(&text), "\"pass\": \"simplify\""));
}

/* ---- remarks ---- */

static void remarks_name_the_blocking_carry(void **state) {
  Ctx *ctx = *state;
  PassCtx *pc = context(ctx);
  const char *why = NULL;
  assert_true(remarks_enable(&pc->remarks, &ctx->arena, NULL, &why));
  run_with(pc, read_golden(ctx, lstm), "scan-hoist");
  assert_int_equal(count_remarks(pc, "product-hoisted"), 1);
  assert_int_equal(count_remarks(pc, "state-operand"), 1);
  Text text = text_new(&ctx->arena), json = text_new(&ctx->arena);
  remarks_print(ctx, &pc->remarks, &text);
  assert_non_null(strstr(text_str(&text), "depends on the carry 'h'"));
  remarks_print_json(ctx, &pc->remarks, &json);
  assert_non_null(strstr(text_str(&json), "\"kind\": \"applied\""));
  pass_ctx_free(pc);
}

static void remarks_are_filtered_and_counted(void **state) {
  Ctx *ctx = *state;
  Graph *g = read_golden(ctx, lstm);
  const char *why = NULL;
  PassCtx *pc = context(ctx);
  assert_false(remarks_enable(&pc->remarks, &ctx->arena, "/(/", &why));
  assert_non_null(why);
  assert_true(remarks_enable(&pc->remarks, &ctx->arena, "/missed|nothing/", &why));
  run_with(pc, g, "scan-hoist");
  assert_int_equal(pc->remarks.list.len, 1);
  pc->pass = "test";
  for (int i = 0; i < 3; i++)
    remark(pc, g, REF_NONE, REMARK_missed, "again", "the same %s", "thing");
  assert_int_equal(pc->remarks.list.len, 2);
  assert_int_equal(pc->remarks.list.data[1].count, 3);
  remark(pc, g, REF_NONE, REMARK_applied, "again", "the same");
  assert_int_equal(pc->remarks.list.len, 2);
  pass_ctx_free(pc);
  assert_int_equal(context(ctx)->remarks.list.len, 0);
}

/* ---- passes ---- */

static void inline_splices_calls(void **state) {
  Ctx *ctx = *state;
  Graph *g = read_golden(ctx, calls), *out = run(ctx, g, "inline");
  assert_int_equal(graph_properties(out) & PROP_no_call, PROP_no_call);
  same_values(ctx, g, out, false, 1e-9);
}

static void contract_has_nothing_left_to_do(void **state) {
  Ctx *ctx = *state;
  Graph *out = run(ctx, read_golden(ctx, attention), "contract");
  assert_true(graph_equal(out, run(ctx, out, "contract")));
}

/* dots in every arrangement of axes come out canonical, and right. */
static void contract_makes_dots_canonical(void **state) {
  static const char *const dots[] = {
      "  %0: f32[2, B, 5, N] = param(index=0)\n  %1: f32[B, N, 3, 2, 5] = param(index=1)\n"
      "  %2: f32[B, 2, 3] = dot(%0, %1, batch_a=[1, 0], batch_b=[0, 3], contract_a=[2, 3], "
      "contract_b=[4, 1])\n",
      "  %0: f32[T, B, 5] = param(index=0)\n  %1: f32[5, 6] = param(index=1)\n"
      "  %2: f32[T, B, 6] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[2], contract_b=[0])\n",
      "  %0: f32[T, B, 5] = param(index=0)\n  %1: f32[T, 6, B] = param(index=1)\n"
      "  %2: f32[5, 6] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[0, 1], contract_b=[0, "
      "2])\n",
      "  %0: f32[T, 1, 5] = param(index=0)\n  %1: f32[6, 1, 5] = param(index=1)\n"
      "  %2: f32[1, T, 6] = dot(%0, %1, batch_a=[1], batch_b=[1], contract_a=[2], "
      "contract_b=[2])\n",
      "  %0: f32[B, 5] = param(index=0)\n  %1: f32[5] = param(index=1)\n"
      "  %2: f32[B] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])\n",
      "  %0: f32[B, 5] = param(index=0)\n  %1: f32[6, T] = param(index=1)\n"
      "  %2: f32[B, 5, 6, T] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[], contract_b=[])\n",
      "  %0: i32[B, 5] = param(index=0)\n  %1: i32[5, T] = param(index=1)\n"
      "  %2: i32[B, T] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])\n",
      "  %0: i32 = param(index=0)\n  %1: i32[3] = broadcast(%0, axes=[])\n"
      "  %2: i32 = dot(%1, %1, batch_a=[], batch_b=[], contract_a=[0], contract_b=[0])\n",
      "  %0: f32[B] = param(index=0)\n  %1: f32[B, 4] = broadcast(%0, axes=[0])\n"
      "  %2: f32[B, B] = dot(%1, %1, batch_a=[], batch_b=[], contract_a=[1], contract_b=[1])\n",
  };
  (void)state;
  for (size_t i = 0; i < sizeof dots / sizeof *dots; i++) {
    Ctx *ctx = ctx_new();
    Graph *g =
        read_graph(ctx, ctx_printf(ctx, "graph &0 \"f\" {\n%s  return %%2 \"y\"\n}\n", dots[i]));
    Graph *out = run(ctx, g, "contract");
    same_values(ctx, g, out, false, 1e-6);
    for (uint32_t k = 0; k < out->nodes.len; k++) {
      const Node *n = &out->nodes.data[k];
      if (n->op != OP_dot) continue;
      assert_int_equal(type_info(ctx, n->type)->dtype, DT_f32); /* others have no kernels */
      assert_true(node_attr(n, A_batch_a)->n <= 1 && node_attr(n, A_contract_a)->n == 1);
      for (int side = 0; side < 2; side++)
        assert_true(graph_info(out, n->operands[side])->rank - node_attr(n, A_batch_a)->n == 2);
    }
    ctx_free(ctx);
  }
}

static void defer_takes_gradients_out(void **state) {
  Ctx *ctx = *state;
  Graph *g = run(ctx, read_golden(ctx, lstm), "grad");
  Graph *out = run(ctx, g, "simplify,contract,scan-hoist,scan-defer,simplify");
  same_values(ctx, g, out, false, 1e-6);
  assert_int_equal(count_ops(out, OP_dot, true), 2);  /* h @ U forward, its derivative backward */
  assert_int_equal(count_ops(out, OP_dot, false), 4); /* x @ W, dW, dU, dx */
  assert_int_equal(count_ops(out, OP_sum, true), 0);
}

static void defer_before_grad_empties_the_loops(void **state) {
  Ctx *ctx = *state;
  Graph *text = read_golden(ctx, decoder), *plain = run(ctx, text, "grad");
  Graph *out = run(ctx, text,
                   "inline,scan-hoist,scan-defer,grad,simplify,contract,scan-hoist,scan-defer,"
                   "simplify,contract");
  same_values(ctx, plain, out, false, 1e-6);
  assert_int_equal(count_ops(out, OP_dot, true), 2);
  assert_int_equal(count_ops(out, OP_exp, true) + count_ops(out, OP_gather, true) +
                       count_ops(out, OP_scatter_add, true),
                   0);
}

static void every_pass_keeps_values(void **state) {
  static const char *const names[] = {lstm, decoder, ballast, calls, attention, outer};
  static const char *const pipelines[] = {"simplify",
                                          "simplify{rounds=1}",
                                          "contract",
                                          "scan-hoist",
                                          "scan-defer",
                                          "fuse",
                                          "scan-defer,scan-hoist",
                                          "contract,simplify",
                                          "simplify,scan-defer,simplify,contract,scan-hoist,fuse"};
  (void)state;
  for (size_t t = 0; t < sizeof names / sizeof *names; t++)
    for (size_t p = 0; p < sizeof pipelines / sizeof *pipelines; p++) {
      Ctx *ctx = ctx_new();
      Graph *g = run(ctx, read_golden(ctx, names[t]), "inline,grad"),
            *out = run(ctx, g, pipelines[p]);
      same_values(ctx, g, out, false, 1e-6);
      ctx_free(ctx);
    }
}

/* A pass with nothing left to do gives back the graph that it was given, not a copy. */
static void idle_passes_make_nothing(void **state) {
  static const char *const names[] = {lstm, decoder, ballast, calls, attention, outer};
  static const char *const passes[] = {"inline",     "grad",       "simplify", "contract",
                                       "scan-hoist", "scan-defer", "scan-rows"};
  (void)state;
  for (size_t t = 0; t < sizeof names / sizeof *names; t++)
    for (size_t p = 0; p < sizeof passes / sizeof *passes; p++) {
      Ctx *ctx = ctx_new();
      Graph *g =
          run(ctx, read_golden(ctx, names[t]),
              "inline,grad,simplify,contract,scan-hoist,scan-defer,scan-rows,simplify,contract");
      Graph *again = run(ctx, g, passes[p]);
      if (graph_equal(again, g) && again != g) fail_msg("%s copies %s", passes[p], names[t]);
      ctx_free(ctx);
    }
}

static void default_pipelines_keep_values(void **state) {
  static const char *const names[] = {lstm, decoder, ballast, calls};
  (void)state;
  for (size_t t = 0; t < sizeof names / sizeof *names; t++)
    for (int level = 0; level <= 2; level++) {
      Ctx *ctx = ctx_new();
      Graph *g = read_golden(ctx, names[t]);
      same_values(ctx, run(ctx, g, "inline,grad"), run(ctx, g, pipeline_default(level)), false,
                  1e-6);
      ctx_free(ctx);
    }
}

static void missing_plugins_are_refused(void **state) {
  Ctx *ctx = *state;
  PassCtx *pc = context(ctx);
  assert_false(pipeline_load_plugin(pc, "no-such-plugin.so"));
  assert_int_equal(find_code(ctx, E_pass_plugin), 1);
}

#ifdef PLUGIN_DIR
static void plugins_run(void **state) {
  Ctx *ctx = *state;
  PassCtx *pc = context(ctx);
  const char *why = NULL;
  Graph *g = read_golden(ctx, lstm);
  assert_true(remarks_enable(&pc->remarks, &ctx->arena, "count-dots", &why));
  assert_true(pipeline_load_plugin(pc, PLUGIN_DIR "/count_dots.so"));
  assert_ptr_equal(run_with(pc, g, "inline,count-dots{max=1}"), g);
  assert_int_equal(count_remarks(pc, "products"), 1);
  assert_string_equal(pc->remarks.list.data[0].reason, "2 products, at most 1 wanted");
  assert_false(pipeline_load_plugin(pc, PLUGIN_DIR "/count_dots.so")); /* the name is taken */
  assert_non_null(strstr(diag_text(ctx), "a pass 'count-dots' exists already"));
  pass_ctx_free(pc);
}

static void plugins_of_other_versions_are_refused(void **state) {
  Ctx *ctx = *state;
  assert_false(pipeline_load_plugin(context(ctx), PLUGIN_DIR "/old_version.so"));
  assert_non_null(strstr(diag_text(ctx), "interface version 4, this is version 3"));
}
#endif

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_ctx, teardown_ctx)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(pipelines_are_checked),
      TEST(required_properties_are_checked),
      TEST(default_pipelines_have_all_passes),
      TEST(schedules_set_an_option_once),
      TEST(passes_can_be_switched_off),
      TEST(single_rules_can_be_switched_off),
      TEST(fuel_bisects),
      TEST(dumps_show_what_changed),
      TEST(remarks_name_the_blocking_carry),
      TEST(remarks_are_filtered_and_counted),
      TEST(inline_splices_calls),
      TEST(contract_has_nothing_left_to_do),
      TEST(contract_makes_dots_canonical),
      TEST(defer_takes_gradients_out),
      TEST(defer_before_grad_empties_the_loops),
      TEST(every_pass_keeps_values),
      TEST(idle_passes_make_nothing),
      TEST(default_pipelines_keep_values),
      TEST(missing_plugins_are_refused),
#ifdef PLUGIN_DIR
      TEST(plugins_run),
      TEST(plugins_of_other_versions_are_refused),
#endif
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
