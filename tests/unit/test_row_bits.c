/* A row of a batch has the same bits alone, among others, at any place, on any number of threads:
 * functions of the shipped models and of the library that work row by row. Which do is what the
 * pass 'distribute' proves: cut into shards of one row each, nothing is summed over rows, and rows
 * are gathered as results only. What draws random numbers is left out: they hang on the place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <glob.h>

#include "app/oracle.h"
#include "passes/pipeline/pipeline.h"

enum { ROWS = 64 };

typedef struct Tally {
  int functions, tried, drawn, coupled;
} Tally;

/* ---- which functions ---- */

static bool draws(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (g->nodes.data[i].op == OP_random || (g->nodes.data[i].body && draws(g->nodes.data[i].body)))
      return true;
  return false;
}

static bool has_rows(const Graph *g, Ref r, Sz rows) {
  const TypeInfo *info = graph_info(g, r);
  return info->rank && sz_eq(info->dims[0], rows);
}

/* The first axis of the first argument that has one with a name. */
static Sz rows_of(const Graph *g) {
  for (uint32_t k = 0; k < g->params.len; k++) {
    Ref param = g->params.data[k];
    const TypeInfo *info = graph_info(g, param);
    if (param_role(g, param) == ROLE_argument && info->rank &&
        size_is_symbol(g->ctx, info->dims[0], NULL))
      return info->dims[0];
  }
  return SZ_NONE;
}

typedef struct Unknown {
  const SizeEnv *env;
  bool any;
} Unknown;

static void look_up(void *user, Sz symbol) {
  Unknown *u = user;
  int64_t value;
  u->any |= !size_env_get(u->env, symbol, &value);
}

/* Whether a size is told by no argument's type, as that of a parameter 'blank: size': which numbers
 * it may be is not known here. */
static bool open_sizes(const Graph *g, const SizeEnv *env) {
  Unknown u = {.env = env};
  graph_symbols(g, look_up, &u);
  return u.any;
}

/* Whether the rows are nowhere but in front. */
static bool rows_in_front(const Graph *g, Sz rows) {
  Sz none = size_const(g->ctx, 1);
  for (uint32_t k = 0; k < g->params.len; k++) {
    const TypeInfo *info = graph_info(g, g->params.data[k]);
    for (int i = 0; i < info->rank; i++) {
      bool front = !i && sz_eq(info->dims[i], rows);
      if (!front && !sz_eq(size_subst(g->ctx, info->dims[i], &rows, &none, 1), info->dims[i]))
        return false;
    }
  }
  return true;
}

/* The graph with numbers for sizes; what has rows is fed. */
static Graph *fed(const Graph *g, Sz rows, const SizeEnv *env) {
  Ctx *ctx = g->ctx;
  Sz *values = arena_array(&ctx->arena, Sz, env->symbols.len + 1);
  for (uint32_t i = 0; i < env->symbols.len; i++) values[i] = size_const(ctx, env->values.data[i]);
  const Graph *closed = graph_subst(g, env->symbols.data, values, (int)env->symbols.len);
  Graph *to = graph_new(ctx, g->name);
  RefMap map = refmap_new(&ctx->arena, closed);
  for (uint32_t k = 0; k < g->params.len; k++) {
    const Node *n = graph_node(closed, closed->params.data[k]);
    map.to[closed->params.data[k].i] = has_rows(g, g->params.data[k], rows)
                                           ? graph_role_param(to, n->type, n->name, ROLE_feed)
                                           : graph_param_like(to, n->type, n);
  }
  graph_fill(closed, to, &map);
  return to;
}

/* Whether a value is read by nothing but results, in another shape perhaps. */
static bool only_results(const Graph *g, uint32_t at) {
  for (uint32_t i = at + 1; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    for (int k = 0; k < n->n_operands; k++)
      if (n->operands[k].i == at &&
          !((n->op == OP_reshape || n->op == OP_transpose) && only_results(g, i)))
        return false;
  }
  return true;
}

static bool row_by_row(const Graph *cut) {
  bool any = false;
  for (uint32_t i = 0; i < cut->nodes.len; i++) {
    const Node *n = &cut->nodes.data[i];
    if (n->op == OP_all_reduce || (n->op == OP_all_gather && !only_results(cut, i))) return false;
    any |= n->op == OP_all_gather;
  }
  return any;
}

/* Nothing between ranks in loops. */
static bool bodies_alone(const Graph *g, bool top) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (!top && op_is(n->op, T_RANKS)) return false;
    if (n->body && !bodies_alone(n->body, false)) return false;
  }
  return true;
}

static bool proved(const Graph *g, Sz rows, const SizeEnv *env) {
  PipelineOptions options = pipeline_options();
  DiagMark mark = diag_mark(g->ctx);
  PassCtx *pc = pass_ctx_new(g->ctx, &options);
  Graph *cut = pipeline_run(pc, fed(g, rows, env),
                            ctx_printf(g->ctx, "inline,grad,distribute{shards=%d}", ROWS));
  pass_ctx_free(pc);
  diag_rollback(g->ctx, mark);
  bool good = cut && row_by_row(cut) && bodies_alone(cut, true);
  for (uint32_t i = 0; i < g->results.len; i++)
    good = good && has_rows(g, g->results.data[i], rows);
  return good;
}

/* ---- runs ---- */

typedef struct Case {
  const char *name;
  const Graph *g;
  Sz rows;
  Tensor **args, **whole; /* of ROWS rows */
} Case;

/* Some rows of a tensor, in that order. */
static Tensor *picked(const Tensor *from, const int *rows, int n) {
  int64_t dims[TENSOR_MAX_RANK];
  for (int i = 0; i < from->rank; i++) dims[i] = i ? from->dims[i] : n;
  Tensor *to = tensor_new(from->dtype, dims, from->rank);
  size_t row = tensor_bytes(from) / ROWS;
  for (int i = 0; i < n; i++)
    memcpy((char *)to->data + (size_t)i * row, (const char *)from->data + (size_t)rows[i] * row,
           row);
  return to;
}

static void free_some(Tensor **list, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) tensor_free(list[i]);
}

static void compare(const Case *c, Tensor **results, const int *rows, int n, int threads) {
  for (uint32_t k = 0; k < c->g->results.len; k++) {
    Tensor *want = picked(c->whole[k], rows, n);
    if (memcmp(want->data, results[k]->data, tensor_bytes(want)))
      fail_msg("%s: result %u of %d rows from row %d on, %d threads, has other bits", c->name, k, n,
               rows[0], threads);
    tensor_free(want);
  }
}

/* These rows alone. */
static void run_rows(const Case *c, Program *program, const int *rows, int n, int threads) {
  Ctx *ctx = c->g->ctx;
  Tensor **args = arena_array(&ctx->arena, Tensor *, c->g->params.len + 1);
  Tensor **results = arena_array(&ctx->arena, Tensor *, c->g->results.len + 1);
  Fault fault = {0};
  for (uint32_t k = 0; k < c->g->params.len; k++)
    args[k] = has_rows(c->g, c->g->params.data[k], c->rows) ? picked(c->args[k], rows, n)
                                                            : tensor_copy(c->args[k]);
  if (!program_call(program, (const Tensor *const *)args, results, &fault))
    fail_msg("%s: %d rows are refused: %s", c->name, n, fault.text);
  compare(c, results, rows, n, threads);
  free_some(args, c->g->params.len);
  free_some(results, c->g->results.len);
}

static void run_batches(const Case *c, Program *program, int threads) {
  int all[ROWS], reversed[ROWS];
  for (int i = 0; i < ROWS; i++) all[i] = i, reversed[i] = ROWS - 1 - i;
  for (int i = 0; i < ROWS; i += 21) run_rows(c, program, all + i, 1, threads);
  for (int n = 2; n < 9; n++) run_rows(c, program, reversed + 3 * n, n, threads);
  run_rows(c, program, reversed, 33, threads);
  run_rows(c, program, reversed, ROWS, threads);
  run_rows(c, program, all, ROWS, threads);
}

/* False when the arguments that were drawn are none that it takes. */
static bool try_sizes(Engine *const *engines, Case *c, const SizeEnv *env, uint64_t seed) {
  Ctx *ctx = c->g->ctx;
  Fault fault = {0};
  CompileOptions options = compile_options();
  bool good = false;
  if (!oracle_args(c->g, env, seed, -2, 2, c->args, &fault)) return false;
  for (int t = 0; t < 2; t++) {
    Program *program = compile_graph(engines[t], ctx, c->g, &options, NULL);
    if (!program) fail_msg("%s: not compiled", c->name);
    good = t || program_call(program, (const Tensor *const *)c->args, c->whole, &fault);
    if (good) run_batches(c, program, t + 1);
    program_free(program);
    if (!good) break;
  }
  if (good) free_some(c->whole, c->g->results.len);
  free_some(c->args, c->g->params.len);
  return good;
}

static void try_function(Engine *const *engines, const char *name, const Graph *g, Tally *tally) {
  Ctx *ctx = g->ctx;
  Case c = {.name = name, .g = g, .rows = rows_of(g)};
  SizeEnv given = {0};
  tally->functions++;
  if (!c.rows.i || !rows_in_front(g, c.rows)) return;
  if (draws(g)) {
    tally->drawn++;
    return;
  }
  c.args = arena_array(&ctx->arena, Tensor *, g->params.len + 1);
  c.whole = arena_array(&ctx->arena, Tensor *, g->results.len + 1);
  size_env_set(ctx, &given, c.rows, ROWS);
  for (int choice = 0; choice < ORACLE_CHOICES; choice++) {
    SizeEnv env = oracle_sizes(g, &given, choice);
    if (open_sizes(g, &env) || !proved(g, c.rows, &env)) continue;
    DiagMark mark = diag_mark(ctx);
    bool tried = try_sizes(engines, &c, &env, 77 + (uint64_t)choice);
    diag_rollback(ctx, mark);
    if (!tried) continue;
    tally->tried++;
    return;
  }
  tally->coupled++;
}

static void try_file(Engine *const *engines, const char *path, Tally *tally) {
  Ctx *ctx = ctx_new();
  const char *dirs[] = {"models/lib"};
  SpecOptions options = {.library_dirs = dirs, .n_library_dirs = 1};
  Spec *spec = spec_load(ctx, path, &options);
  assert_non_null(spec);
  SpecNames names = spec_functions(spec);
  for (uint32_t i = 0; i < names.count; i++) {
    bool of_library = names.of_library[i] && !strstr(path, "models/lib/");
    const char *name = ctx_text(ctx, names.names[i]);
    DiagMark mark = diag_mark(ctx);
    const SpecFunction *f = of_library ? NULL : spec_function_graph(spec, name);
    if (f && !ctx->diags.errors)
      try_function(engines, ctx_printf(ctx, "%s %s", path, name), f->graph, tally);
    diag_rollback(ctx, mark);
  }
  ctx_free(ctx);
}

static void test_functions(void **state) {
  (void)state;
  Fault fault = {0};
  Engine *engines[] = {engine_new(1, NULL, NULL, &fault), engine_new(2, NULL, NULL, &fault)};
  Tally tally = {0};
  glob_t files = {0};
  const char *one = getenv("FILE");
  assert_int_equal(glob(one ? one : "models/*.ordo", 0, NULL, &files), 0);
  if (!one) assert_int_equal(glob("models/lib/*.ordo", GLOB_APPEND, NULL, &files), 0);
  for (size_t i = 0; i < files.gl_pathc; i++) try_file(engines, files.gl_pathv[i], &tally);
  printf("%d functions: %d row by row, %d draw, %d others\n", tally.functions, tally.tried,
         tally.drawn, tally.coupled);
  assert_true(tally.tried > (one ? 0 : 50));
  globfree(&files);
  for (int t = 0; t < 2; t++) engine_free(engines[t]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_functions)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
