#include "app/discover.h"

#include <stdlib.h>
#include <string.h>

#include "app/compile.h"
#include "app/entry.h"
#include "app/pick.h"
#include "passes/pipeline/pipeline.h"
#include "passes/rules/guard.h"

/* ---- what the table knows -------------------------------------------------------------------- */

/* The table at each level, with what was found, in a context that forgets what it is asked. */
typedef struct Knowledge {
  Ctx *ctx;
  PassCtx *of[3]; /* by grade */
  CtxMark *mark;
} Knowledge;

static PassCtx *table_at(Ctx *ctx, const char *disable, Grade least) {
  PipelineOptions options = pipeline_options();
  options.disable = disable;
  options.strict = least == GRADE_exact;
  options.fast = least == GRADE_fast;
  return pass_ctx_new(ctx, &options);
}

static void remember(Knowledge *k) {
  for (int i = 0; i < 3; i++) rules_load(k->of[i]);
  k->mark = ctx_mark(k->ctx);
}

static void knowledge_free(Knowledge *k) {
  for (int i = 0; i < 3; i++)
    if (k->of[i]) pass_ctx_free(k->of[i]);
  ctx_free(k->ctx);
}

static Knowledge knowledge_new(const RuleSearch *s) {
  Knowledge k = {.ctx = ctx_new()};
  for (int i = 0; i < 3; i++) k.of[i] = table_at(k.ctx, s->disable, (Grade)i);
  remember(&k);
  return k;
}

static RuleKnown knows_at(Knowledge *k, const RuleRow *row, Grade level) {
  PassCtx *pc = k->of[level];
  RuleKnown known = rules_know(pc, row);
  ctx_rewind(k->ctx, k->mark);
  memset(&pc->counters, 0, sizeof pc->counters);
  return known;
}

static const RuleText *text_of_row(Ctx *ctx, const RuleRow *row) {
  RuleText *text = arena_new(&ctx->arena, RuleText);
  *text = (RuleText){
      row->name, row->lhs, row->rhs, grade_name[row->grade], rule_condition_name(row->condition),
      false};
  return text;
}

/* What the default level does need not be there for bits, unless that is asked for. */
static RuleKnown knows(const RuleSearch *s, Knowledge *k, const RuleRow *row) {
  bool exact = row->grade == GRADE_exact && s->least < GRADE_exact;
  RuleKnown known = knows_at(k, row, row->grade);
  return exact && known == RULE_new ? knows_at(k, row, GRADE_rounds) : known;
}

/* From now on the row is known, too; a table that does not take it stays as it is. */
static void learn(Knowledge *k, Ctx *ctx, const RuleRow *row) {
  const RuleText *text = text_of_row(ctx, row);
  for (int i = 0; i < 3; i++) (void)rules_add(k->of[i], text);
  remember(k);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void put_ops(const Formula *e, Text *out) {
  if (e->kind != EXPR_CALL) return;
  text_printf(out, "%s%s", out->len ? "_" : "", op_info[e->op].name);
  for (int i = 0; i < e->n; i++) put_ops(e->args[i], out);
}

static bool is_taken(const RuleSearch *s, const char *name) {
  for (int i = 0; i < n_rules; i++)
    if (!strcmp(rule_rows[i].name, name)) return true;
  for (uint32_t i = 0; i < s->found.len; i++)
    if (!strcmp(s->found.data[i].row.name, name)) return true;
  return false;
}

/* The ops of the left side, and the grade or a number where that is taken. */
static const char *name_for(const RuleSearch *s, const RuleRow *row) {
  const char *why;
  Text text = text_new(&s->ctx->arena);
  put_ops(expr_parse(&s->ctx->arena, row->lhs, &why), &text);
  const char *ops = text_str(&text);
  if (row->grade == GRADE_fast) ops = ctx_printf(s->ctx, "%s_fast", ops);
  const char *name = ops;
  for (int i = 2; is_taken(s, name); i++) name = ctx_printf(s->ctx, "%s_%d", ops, i);
  return name;
}

/* The table refuses two rows of one left side under one condition: the stronger one stands. */
static bool stands(const RuleSearch *s, const RuleRow *row) {
  for (uint32_t i = 0; i < s->found.len; i++) {
    const RuleRow *other = &s->found.data[i].row;
    if (!strcmp(other->lhs, row->lhs) && other->condition == row->condition) return true;
  }
  return false;
}

/* What became of a row. */
typedef enum RowFate { ROW_known, ROW_refused, ROW_no_gain, ROW_found } RowFate;

static RowFate judge_row(RuleSearch *s, Knowledge *k, const char *lhs, const char *rhs,
                         const RuleGrading *grading) {
  RuleRow row = {.lhs = lhs, .rhs = rhs, .grade = grading->grade, .op = N_OPS};
  row.condition = grading->condition;
  RuleKnown known = knows(s, k, &row);
  if (known != RULE_new) return known == RULE_known ? ROW_known : ROW_refused;
  if (!rule_pays(s->ctx, &row, &row.condition)) return ROW_no_gain;
  if (stands(s, &row)) return ROW_known;
  row.name = name_for(s, &row);
  RuleRow *kept = arena_copy(&s->ctx->arena, &row, sizeof row);
  RuleProof *proof = rules_prove(s->ctx, kept, 1, s->steps, &s->solver);
  if (proof->verdict == RULE_unproved) return ROW_refused;
  if (proof->verdict == RULE_wrong) {
    RuleGrading floats = {row.grade, if_float};
    RuleConditions fit = rule_conditions(s->ctx, lhs);
    bool can = !grading->condition && fit.len > 1 && fit.data[1] == if_float;
    return can ? judge_row(s, k, lhs, rhs, &floats) : ROW_refused;
  }
  if (proof->verdict == RULE_proved) learn(k, s->ctx, kept);
  vec_push(&s->ctx->arena, &s->found, ((FoundRule){.row = *kept, .proof = *proof}));
  return ROW_found;
}

static RowFate judge_pair(RuleSearch *s, Knowledge *k, const RulePair *pair, bool *right) {
  RowFate fate = ROW_refused, best = ROW_known;
  *right = false;
  for (int way = 0; way < pair->ways; way++) {
    RuleGradings gradings = rule_gradings(s->ctx, pair->lhs[way], pair->rhs[way], s->least);
    for (uint32_t i = 0; i < gradings.len; i++) {
      bool first = !*right;
      if (way && !rule_of_numbers(gradings.data[i].condition)) continue;
      fate = judge_row(s, k, pair->lhs[way], pair->rhs[way], &gradings.data[i]);
      if (first || fate > best) best = fate;
      *right = true;
    }
  }
  return best;
}

static void judge_one(RuleSearch *s, Knowledge *k, const RulePair *pair) {
  RuleRow same = {.lhs = pair->lhs[0], .rhs = pair->rhs[0], .grade = GRADE_exact};
  bool right;
  RuleKnown known = knows(s, k, &same);
  s->known += known == RULE_known;
  s->refused += known == RULE_unfit;
  if (known != RULE_new) return;
  RowFate fate = judge_pair(s, k, pair, &right);
  if (!right)
    s->wrong++;
  else if (fate == ROW_known)
    s->known++;
  else if (fate == ROW_no_gain)
    s->no_gain++;
  else if (fate == ROW_refused)
    s->refused++;
}

bool rules_judge(RuleSearch *s, const RulePair *pairs, uint32_t n) {
  PassCtx *check = table_at(s->ctx, s->disable, GRADE_fast);
  bool good = pipeline_check(check, "simplify");
  pass_ctx_free(check);
  if (!good) return false;
  Knowledge k = knowledge_new(s);
  for (uint32_t i = 0; i < n && s->found.len < s->most; i++) {
    judge_one(s, &k, &pairs[i]);
    s->judged++;
    if (s->told) s->told(s->user, i + 1, n, s->found.len);
  }
  knowledge_free(&k);
  return true;
}

/* ---- what they save -------------------------------------------------------------------------- */

/* Puts all that was found behind the table; what the table does not take is dropped. */
static void add_found(RuleSearch *s, PassCtx *pc) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < s->found.len; i++) {
    FoundRule *f = &s->found.data[i];
    if (rules_add(pc, text_of_row(s->ctx, &f->row)))
      s->no_gain++;
    else
      s->found.data[kept++] = *f;
  }
  s->found.len = kept;
  rules_load(pc);
}

static void weigh_graph(RuleSearch *s, PassCtx *pc, const Graph *g, const char *model) {
  RuleSet *set = rules_load(pc);
  double before = rewrite_cost(g);
  CtxMark *mark = ctx_mark(s->ctx);
  for (uint32_t i = 0; i < s->found.len; i++) {
    FoundRule *f = &s->found.data[i];
    int rule = n_rules + (int)i;
    uint32_t hits = set->hits[rule];
    double after = rewrite_cost(rewrite_by(pc, g, rule));
    ctx_rewind(s->ctx, mark);
    memset(&pc->counters, 0, sizeof pc->counters);
    if (set->hits[rule] == hits) continue;
    f->places += set->hits[rule] - hits;
    f->saves += before - after;
    if (!f->first) f->first = model;
  }
}

static void weigh_spec(RuleSearch *s, PassCtx *pc, Spec *spec, const char *model) {
  EntryNames names = entry_names(s->ctx, spec);
  CompileOptions options = compile_options();
  options.passes.disable = s->disable;
  bool programs = false;
  for (uint32_t i = 0; i < names.len; i++) programs = programs || names.data[i].is_program;
  for (uint32_t i = 0; i < names.len; i++) {
    const EntryName *entry = &names.data[i];
    if (programs ? !entry->is_program : entry->of_library) continue;
    DiagMark mark = diag_mark(s->ctx);
    Compile c = compile_spec(s->ctx, spec, COMPILE_graph, entry->name, &options);
    const Graph *g = compile_pick(&c, NULL, "simplify");
    if (g)
      weigh_graph(s, pc, g, model);
    else
      diag_rollback(s->ctx, mark); /* it takes a layer: there is no such function alone */
    compile_free(&c);
  }
}

static int by_savings(const void *a, const void *b) {
  const FoundRule *x = a, *y = b;
  bool xp = x->proof.verdict == RULE_proved, yp = y->proof.verdict == RULE_proved;
  if (xp != yp) return yp - xp;
  if (x->saves != y->saves) return x->saves < y->saves ? 1 : -1;
  if (x->places != y->places) return x->places < y->places ? 1 : -1;
  return strcmp(x->row.name, y->row.name);
}

bool rules_weigh(RuleSearch *s, const ModelDirs *dirs, const char *const *models, uint32_t n) {
  PassCtx *pc = table_at(s->ctx, s->disable, GRADE_fast);
  CompileOptions options = compile_options();
  bool good = true;
  add_found(s, pc);
  for (uint32_t i = 0; i < n && good && s->found.len; i++) {
    Compile c = compile_model(s->ctx, dirs, models[i], COMPILE_spec, &options);
    c.spec_options =
        (SpecOptions){.library_dirs = dirs->dirs.data, .n_library_dirs = dirs->dirs.len};
    good = compile(&c, PHASE_parse);
    if (good) weigh_spec(s, pc, c.spec, models[i]);
    compile_free(&c);
  }
  pass_ctx_free(pc);
  if (s->found.len) qsort(s->found.data, s->found.len, sizeof *s->found.data, by_savings);
  return good;
}
