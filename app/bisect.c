/* See bisect.h. */
#include "app/bisect.h"

#include "passes/pipeline/pipeline.h"

/* ---- the first wrong pass ---- */

typedef struct BisectSearch {
  Validate *v;
  Bisection *found;
  const Graph *latest; /* right */
  OracleVerdict verdict;
} BisectSearch;

/* The PipelineOptions.judge: keeps the first wrong one, and lets the pipeline go on. */
static bool look(void *user, PassCtx *pc, const PassInfo *pass, const Graph *g) {
  BisectSearch *s = user;
  Bisection *b = s->found;
  if (pass && b->where == BISECT_nothing) {
    s->verdict = validate_form(s->v, pass, g);
    if (s->verdict != ORACLE_agrees) {
      b->where = BISECT_pass;
      b->wrong = validate_wrong(s->v, s->verdict);
      b->given = s->latest;
      b->step = pc->step;
      b->number = pc->number;
      b->n = pc->stats.data[pc->stats.len - 1].transformations;
    }
  }
  if (b->where == BISECT_nothing) s->latest = g;
  return true;
}

/* A pass that broke its contract is wrong, too; one that refuses the graph is not. */
static void blame_last(BisectSearch *s, const PassCtx *pc) {
  Bisection *b = s->found;
  const Diags *diags = &s->v->ctx->diags;
  bool broken =
      diags->list.len && diags->list.data[diags->list.len - 1]->code == E_pass_broke_graph;
  if (!pc || !pc->step || !broken || b->where != BISECT_nothing) return;
  b->where = BISECT_pass;
  b->given = s->latest;
  b->step = pc->step;
  b->number = pc->number;
  b->wrong = diags->list.data[diags->list.len - 1]->message;
}

/* ---- the first wrong transformation ---- */

typedef struct Lines {
  const char *last;
  void *user;
} Lines;

static void keep_line(void *user, const char *line) { ((Lines *)user)->last = line; }

static bool load_plugins_for(void *user, PassCtx *pc) {
  const PipelineOptions *options = ((Lines *)user)->user;
  return !options->prepare || options->prepare(options->user, pc);
}

/* What the step leaves of the graph with so much fuel; NULL when it fails. */
static const Graph *with_fuel(const Compile *c, const Bisection *b, int64_t fuel, Lines *lines) {
  PipelineOptions options = pipeline_options();
  const PipelineOptions *given = &c->options.passes;
  Lines none = {0};
  if (!lines) lines = &none;
  lines->user = (void *)given;
  options.strict = given->strict;
  options.fast = given->fast;
  options.disable = given->disable;
  options.bf16 = compile_bf16(&c->options, c->training);
  options.fuel = fuel;
  options.trace_rules = true;
  options.trace = keep_line;
  options.prepare = load_plugins_for;
  options.user = lines;
  DiagMark mark = diag_mark(c->ctx);
  PassCtx *pc = pass_ctx_new(c->ctx, &options);
  const Graph *g = pipeline_run(pc, b->given, b->step);
  pass_ctx_free(pc);
  diag_rollback(c->ctx, mark);
  return g;
}

static bool is_wrong(Validate *v, const Graph *form) {
  return !form || validate_form(v, NULL, form) != ORACLE_agrees;
}

static void find_transformation(const Compile *c, Validate *v, Bisection *b) {
  Lines lines = {0};
  int64_t right = 0, wrong = b->n;
  if (!wrong || !is_wrong(v, with_fuel(c, b, wrong, NULL))) return;
  if (is_wrong(v, with_fuel(c, b, 0, NULL))) return; /* without any: it counts others */
  while (wrong - right > 1) {
    int64_t half = right + (wrong - right) / 2;
    *(is_wrong(v, with_fuel(c, b, half, NULL)) ? &wrong : &right) = half;
  }
  b->first = wrong;
  b->before = with_fuel(c, b, right, NULL);
  b->after = with_fuel(c, b, wrong, &lines);
  b->rewrite = lines.last;
  OracleVerdict verdict = b->after ? validate_form(v, NULL, b->after) : ORACLE_agrees;
  if (verdict != ORACLE_agrees) b->wrong = validate_wrong(v, verdict);
}

/* ---- compiled code ---- */

static void look_at_code(Compile *c, Validate *v, Bisection *b) {
  OracleReport *report = &v->report;
  CompileOptions options = c->options;
  options.passes.report = NULL; /* it was told */
  *report = (OracleReport){0};
  DiagMark mark = diag_mark(c->ctx);
  OracleVerdict verdict = oracle_compare(&v->oracle, c->engine, &options, report);
  diag_rollback(c->ctx, mark);
  if (verdict == ORACLE_agrees) return;
  b->where = BISECT_code;
  b->wrong = validate_wrong(v, verdict);
}

bool bisect(Compile *c, Validate *v, Bisection *found) {
  Fault fault = {0};
  *found = (Bisection){0};
  BisectSearch s = {.v = v, .found = found, .latest = c->graph};
  if (!validate_open(v, c->graph, &fault))
    return fault_tell(c->ctx, &fault, "nothing to compare '%s' with",
                      ctx_text(c->ctx, c->graph->name));
  found->inputs = validate_inputs(v);
  c->options.passes.judge = look;
  c->options.passes.judge_user = &s;
  DiagMark mark = diag_mark(c->ctx);
  if (!compile(c, PHASE_passes)) {
    blame_last(&s, c->passes);
    if (found->where == BISECT_nothing) return false;
    diag_rollback(c->ctx, mark);
  }
  c->options.passes.judge = NULL;
  found->forms = v->forms;
  if (found->where == BISECT_pass)
    find_transformation(c, v, found);
  else if (c->engine)
    look_at_code(c, v, found);
  return true;
}
