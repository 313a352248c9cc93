#include "passes/rules/guard.h"

#include <math.h>

#include "ir/cost.h"
#include "passes/rules/prove.h"

/* Of which left sides a condition can be. */
typedef enum GuardOf { GUARD_always, GUARD_type, GUARD_number, GUARD_constant } GuardOf;

typedef struct GuardRow {
  RuleCondition condition;
  GuardOf of;
  bool whole; /* the rule is for whole numbers then */
} GuardRow;

/* Weaker ones first: what implies another stands behind it. */
static const GuardRow guards[] = {
    {NULL, GUARD_always, false},
    {if_float, GUARD_type, false},
    {if_operands_float, GUARD_type, false},
    {if_integer, GUARD_type, true},
    {if_operands_discrete, GUARD_type, true},
    {if_compares_integers, GUARD_type, true},
    {if_no_nan, GUARD_number, false},
    {if_finite, GUARD_number, false},
    {if_nonzero, GUARD_number, false},
    {if_not_negative, GUARD_number, false},
    {if_finite_nonzero, GUARD_number, false},
    {if_positive, GUARD_number, false},
    {if_mild_reciprocal, GUARD_constant, false},
    {if_adds, GUARD_constant, false},
    {if_mild_constants, GUARD_constant, false},
    {if_power_of_two, GUARD_constant, false},
};
enum { N_GUARDS = sizeof guards / sizeof *guards };

static bool is_truth(const Formula *e, unsigned logicals) {
  if (e->kind == EXPR_NAME) return (logicals >> e->name & 1) != 0;
  if (e->kind == EXPR_NUMBER) return e->logical;
  if (e->op == OP_where) return is_truth(e->args[1], logicals);
  return op_is(e->op, T_COMPARE) || e->op == OP_not || e->op == OP_and || e->op == OP_or ||
         e->op == OP_is_nan;
}

/* Conditions look at the root, its operands, a, c0 and c1. */
static bool fits(const GuardRow *guard, const Formula *lhs, unsigned logicals) {
  unsigned names = expr_names(lhs), numbers = names & ~logicals;
  bool truth = is_truth(lhs, logicals), compares = op_is(lhs->op, T_COMPARE);
  bool two = guard->condition == if_mild_constants;
  if (guard->of == GUARD_always) return true;
  if (guard->of == GUARD_number) return !truth && (numbers >> EXPR_a & 1);
  if (guard->of == GUARD_constant)
    return !truth && (names >> (two ? EXPR_c0 + 1 : EXPR_c0) & 1) != 0;
  if (guard->condition == if_compares_integers)
    return (numbers >> EXPR_a & 1) && lhs->op == OP_not && lhs->args[0]->kind == EXPR_CALL &&
           op_is(lhs->args[0]->op, T_COMPARE);
  bool of_operands =
      guard->condition == if_operands_float || guard->condition == if_operands_discrete;
  return of_operands ? compares : !truth;
}

static const Formula *read(Ctx *ctx, const char *text) {
  const char *why;
  return expr_parse(&ctx->arena, text, &why);
}

RuleConditions rule_conditions(Ctx *ctx, const char *lhs) {
  RuleConditions out = {0};
  const Formula *left = read(ctx, lhs);
  unsigned logicals = rule_logicals(left, left);
  for (int i = 0; i < N_GUARDS; i++)
    if (left->kind == EXPR_CALL && fits(&guards[i], left, logicals))
      vec_push(&ctx->arena, &out, guards[i].condition);
  return out;
}

bool rule_holds(Ctx *ctx, const RuleRow *row) {
  unsigned in = rule_domains(ctx, row);
  if (rule_rounds_unasked(row, in)) in |= 1u << DOMAIN_class;
  Text wrong = text_new(&ctx->arena);
  long tried = 0;
  for (int d = 0; d < N_RULE_DOMAINS; d++)
    if ((in >> d & 1) && !rule_cases(ctx, row, (RuleDomain)d, &tried, &wrong)) return false;
  return in != 0;
}

/* ---- grades ---------------------------------------------------------------------------------- */

static const GuardRow *guard_of(RuleCondition condition) {
  for (int i = 0; i < N_GUARDS; i++)
    if (guards[i].condition == condition) return &guards[i];
  return &guards[0];
}

bool rule_of_numbers(RuleCondition condition) { return guard_of(condition)->of >= GUARD_number; }

/* The first condition of a kind that the row holds under; false: none. */
static bool weakest(Ctx *ctx, RuleRow *row, const RuleConditions *all, bool numbers, bool whole) {
  for (uint32_t i = 0; i < all->len; i++) {
    const GuardRow *guard = guard_of(all->data[i]);
    if (rule_of_numbers(guard->condition) != numbers || guard->whole != whole) continue;
    row->condition = guard->condition;
    if (rule_holds(ctx, row)) return true;
  }
  return false;
}

/* Under a condition about numbers: the weakest one for the default level, exact where it is that
 * under the same condition. */
static bool guarded(Ctx *ctx, RuleRow *row, const RuleConditions *all, Grade least) {
  row->grade = least == GRADE_exact ? GRADE_exact : GRADE_rounds;
  if (!weakest(ctx, row, all, true, false)) return false;
  row->grade = GRADE_exact;
  if (!rule_holds(ctx, row)) row->grade = GRADE_rounds;
  return true;
}

RuleGradings rule_gradings(Ctx *ctx, const char *lhs, const char *rhs, Grade least) {
  RuleGradings out = {0};
  RuleConditions all = rule_conditions(ctx, lhs);
  Grade wanted = least == GRADE_exact ? GRADE_exact : GRADE_rounds;
  RuleRow row = {.name = "found", .lhs = lhs, .rhs = rhs};
  int plain = -1;
  for (int grade = GRADE_exact; grade >= (int)least && plain < 0; grade--) {
    row.grade = (Grade)grade;
    if (!weakest(ctx, &row, &all, false, false)) continue;
    plain = grade;
    vec_push(&ctx->arena, &out, ((RuleGrading){row.grade, row.condition}));
  }
  bool floats = out.len && out.data[0].condition, weak = plain < (int)wanted;
  row.grade = GRADE_exact;
  if ((weak || floats) && weakest(ctx, &row, &all, false, true))
    vec_push(&ctx->arena, &out, ((RuleGrading){row.grade, row.condition}));
  if (weak && guarded(ctx, &row, &all, least))
    vec_push(&ctx->arena, &out, ((RuleGrading){row.grade, row.condition}));
  return out;
}

/* ---- what pays ------------------------------------------------------------------------------- */

static bool same(const Formula *a, const Formula *b) {
  if (a->kind != b->kind || a->n != b->n) return false;
  if (a->kind == EXPR_NAME) return a->name == b->name;
  if (a->kind == EXPR_NUMBER)
    return a->logical == b->logical && (a->number == b->number || isnan(a->number)) &&
           signbit(a->number) == signbit(b->number);
  for (int i = 0; i < a->n; i++)
    if (!same(a->args[i], b->args[i])) return false;
  return a->op == b->op;
}

static bool has_part(const Formula *whole, const Formula *part) {
  bool any = same(whole, part);
  for (int i = 0; whole->kind == EXPR_CALL && i < whole->n && !any; i++)
    any = has_part(whole->args[i], part);
  return any;
}

/* What the right side costs when all parts of the left one are there anyway. */
static double cost_beside(const Formula *rhs, const Formula *lhs) {
  if (rhs->kind != EXPR_CALL || has_part(lhs, rhs)) return 0;
  double parts = 0, below = 0;
  for (int i = 0; i < rhs->n; i++) {
    parts += cost_beside(rhs->args[i], lhs);
    below += formula_cost(rhs->args[i]);
  }
  return formula_cost(rhs) - below + parts;
}

bool rule_pays(Ctx *ctx, const RuleRow *row, RuleCondition *condition) {
  const Formula *lhs = read(ctx, row->lhs), *rhs = read(ctx, row->rhs);
  RuleCondition given = row->condition;
  bool pays = cost_beside(rhs, lhs) <= (double)op_flops(lhs->op);
  *condition = pays ? given : given == if_float ? if_float_once : if_once;
  return pays || !given || given == if_float;
}

/* ---- what is known --------------------------------------------------------------------------- */

/* Two numbers of which the facts are what a condition asks for, and no more if that can be. */
static bool numbers_of(RuleCondition condition, double *low, double *high) {
  static const struct {
    RuleCondition condition;
    double low, high;
  } rows[] = {{if_no_nan, -INFINITY, INFINITY}, {if_finite, -2, 3},
              {if_nonzero, 0.7, INFINITY},      {if_not_negative, 0, INFINITY},
              {if_finite_nonzero, 0.7, 3},      {if_positive, 0.7, INFINITY}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (rows[i].condition == condition) {
      *low = rows[i].low;
      *high = rows[i].high;
      return true;
    }
  return false;
}

/* Constants that meet a condition: c0, c1, .. */
static double constant_of(RuleCondition condition, int i) {
  return condition == if_power_of_two ? 4 : condition == if_adds ? 1.7 : i ? 3.3 : 1.7;
}

static Ref operand_of(Graph *g, const RuleRow *row, int name, bool truth, bool whole) {
  Ctx *ctx = g->ctx;
  Sz dims[] = {size_const(ctx, 64)};
  Ty type = type_tensor(ctx, truth ? DT_bool : whole ? DT_i32 : DT_f32, dims, 1);
  Str text = ctx_str(ctx, rule_name_text(name));
  double low, high;
  if (name >= EXPR_c0) return build_const(g, type, constant_of(row->condition, name - EXPR_c0));
  if (name != EXPR_a || !numbers_of(row->condition, &low, &high))
    return graph_param(g, type, text, NULL, 0);
  Ref which = graph_param(g, type_with_dtype(ctx, type, DT_bool), text, NULL, 0);
  return build3(g, OP_where, which, build_const(g, type, low), build_const(g, type, high));
}

/* Builds what fits; once something does not, anything. */
static Ref make(void *user, Graph *g, Op op, const Ref *operands, int n) {
  const char *why;
  bool *unfit = user;
  *unfit = *unfit || !build_check(g, op, operands, n, NULL, 0, NULL, TY_NONE, &why).i;
  return *unfit ? operands[0] : build_op(g, op, operands, n, NULL, 0, TY_NONE);
}

RuleKnown rules_know(PassCtx *pc, const RuleRow *row) {
  enum { NODES = 400 };
  Ctx *ctx = pc->ctx;
  const Formula *lhs = read(ctx, row->lhs), *rhs = read(ctx, row->rhs);
  unsigned logicals = rule_logicals(lhs, rhs), names = expr_names(lhs);
  bool whole = guard_of(row->condition)->whole, unfit = false;
  Graph *g = graph_new(ctx, ctx_str(ctx, "row"));
  ExprBindings b = expr_bindings();
  for (int i = 0; i < N_EXPR_NAMES; i++)
    if (names >> i & 1) b.ref[i] = operand_of(g, row, i, logicals >> i & 1, whole);
  Sz dims[] = {size_const(ctx, 64)};
  Ty like = type_tensor(ctx, whole ? DT_i32 : DT_f32, dims, 1);
  Ref left = expr_build_with(g, lhs, &b, like, make, &unfit),
      right = expr_build_with(g, rhs, &b, graph_type(g, left), make, &unfit);
  if (unfit || !ty_eq(graph_type(g, left), graph_type(g, right))) return RULE_unfit;
  graph_result(g, left, ctx_str(ctx, "left"));
  graph_result(g, right, ctx_str(ctx, "right"));
  const Graph *simple = rewrite_graph(pc, g, true, -1);
  bool known =
      ref_eq(simple->results.data[0], simple->results.data[1]) || saturate_joins(pc, simple, NODES);
  return known ? RULE_known : RULE_new;
}
