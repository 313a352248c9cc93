/* The matcher and the driver of rewrite rules.
 *
 * Each node of the new graph is simplified when it is built: the rules of its op are tried in the
 * order of the table until none fits; what a rule builds goes through the same door (rw_build), so
 * a node's simplified form is final and remembered (done). A left side with k commutative nodes is
 * tried in all 2^k orders.
 *
 * Requirement for rule functions: look only at the root, its operands and so on, and at use counts;
 * never at users.
 */
#include "ir/cost.h"
#include "passes/rules/rewrite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_STEPS                                                                                  \
  200 /* rewrites of one node in a row; more means that two rules undo each other                  \
       */

/* ---- the table ---- */

const char *const grade_name[] = {"fast", "rounds", "exact"};

const RuleRow rule_rows[] = {
#define RULE(n, l, r, level) {.name = #n, .lhs = l, .rhs = r, .grade = GRADE_##level},
#define RULE_IF(n, l, r, level, cond)                                                              \
  {.name = #n, .lhs = l, .rhs = r, .grade = GRADE_##level, .condition = cond},
#define RULE_CANON(n, l, r, level, cond)                                                           \
  {.name = #n, .lhs = l, .rhs = r, .grade = GRADE_##level, .condition = cond, .canon = true},
#define RULE_FN(n, o, function, level, text)                                                       \
  {.name = #n, .lhs = text, .grade = GRADE_##level, .fn = function, .op = OP_##o},
#define RULE_CLASS(n, t, function, level, text)                                                    \
  {.name = #n, .lhs = text, .grade = GRADE_##level, .fn = function, .op = N_OPS, .trait = t},
#include "passes/rules/rules.def"
#undef RULE
#undef RULE_IF
#undef RULE_CANON
#undef RULE_FN
#undef RULE_CLASS
};
const int n_rules = (int)(sizeof rule_rows / sizeof *rule_rows);

#define CONSTANT_NAMES (~0u << EXPR_c0)

static bool is_constant(const Formula *e) { return !(expr_names(e) & ~CONSTANT_NAMES); }

double formula_cost(const Formula *e) {
  if (e->kind != EXPR_CALL || is_constant(e)) return 0;
  double cost = (double)(e->custom ? flops_each(e->custom->flops) : op_flops(e->op));
  for (int i = 0; i < e->n; i++) cost += formula_cost(e->args[i]);
  return cost;
}

static int formula_nodes(const Formula *e) {
  if (e->kind != EXPR_CALL || is_constant(e)) return 1;
  int nodes = 1;
  for (int i = 0; i < e->n; i++) nodes += formula_nodes(e->args[i]);
  return nodes;
}

static bool simpler(const Formula *rhs, const Formula *lhs, bool or_same) {
  double r = formula_cost(rhs), l = formula_cost(lhs);
  if (r != l) return r < l;
  int rn = formula_nodes(rhs), ln = formula_nodes(lhs);
  return or_same ? rn <= ln : rn < ln;
}

static int count_commutes(const Formula *e) {
  if (e->kind != EXPR_CALL) return 0;
  int n = op_is(e->op, T_COMMUTES);
  for (int i = 0; i < e->n; i++) n += count_commutes(e->args[i]);
  return n;
}

/* Another row of the same name, or one that is on with the same left side under the same condition,
 * among n. */
static const char *duplicate(Ctx *ctx, const RuleRow *r, const Rule *rules, int n) {
  for (int i = 0; i < n; i++) {
    const RuleRow *o = rules[i].row;
    if (!strcmp(o->name, r->name)) return ctx_printf(ctx, "rule '%s' stands twice", r->name);
    bool text = !r->fn && !o->fn && !rules[i].off;
    if (text && !strcmp(o->lhs, r->lhs) && o->condition == r->condition)
      return ctx_printf(ctx, "rules '%s' and '%s' have the same left side", o->name, r->name);
  }
  return NULL;
}

/* Parses a row into rules[n], behind the others. NULL, or what is wrong with it. */
static const char *load_row(Ctx *ctx, const RuleRow *row, Rule *rules, int n) {
  Rule *rule = &rules[n];
  const char *why = duplicate(ctx, row, rules, n);
  rule->row = row;
  if (why || row->fn) return why;
  rule->lhs = expr_parse_in(ctx, row->lhs, &why);
  if (rule->lhs) rule->rhs = expr_parse_in(ctx, row->rhs, &why);
  if (!rule->lhs || !rule->rhs) return ctx_printf(ctx, "rule '%s': %s", row->name, why);
  if (rule->lhs->kind != EXPR_CALL)
    return ctx_printf(ctx, "rule '%s': the left side is no call", row->name);
  if (expr_names(rule->rhs) & ~expr_names(rule->lhs))
    return ctx_printf(ctx, "rule '%s': the right side uses a name that the left does not bind",
                      row->name);
  if (!simpler(rule->rhs, rule->lhs, row->canon))
    return ctx_printf(ctx, "rule '%s': the right side is not simpler than the left", row->name);
  rule->n_commutes = count_commutes(rule->lhs);
  return NULL;
}

const char *rules_selfcheck(Ctx *ctx) {
  const char *wrong = NULL;
  Rule *rules = arena_array(&ctx->arena, Rule, n_rules);
  for (int i = 0; i < n_rules && !wrong; i++) wrong = load_row(ctx, &rule_rows[i], rules, i);
  return wrong;
}

/* ---- rules of plug-ins ---- */

static const struct {
  const char *name;
  RuleCondition holds;
} conditions[] = {
#define RULE(n, l, r, level)
#define RULE_IF(n, l, r, level, cond)    {#cond, cond},
#define RULE_CANON(n, l, r, level, cond) {#cond, cond},
#define RULE_FN(n, o, function, level, text)
#define RULE_CLASS(n, t, function, level, text)
#include "passes/rules/rules.def"
#undef RULE
#undef RULE_IF
#undef RULE_CANON
#undef RULE_FN
#undef RULE_CLASS
};

const char *rule_condition_name(RuleCondition condition) {
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
    if (conditions[i].holds == condition) return conditions[i].name;
  return NULL;
}

/* False: there is no such grade, or no such condition. */
static bool row_of_text(const RuleText *text, RuleRow *row) {
  *row = (RuleRow){.name = text->name,
                   .lhs = text->left,
                   .rhs = text->right,
                   .canon = text->canon,
                   .added = true};
  bool graded = false;
  for (Grade g = GRADE_fast; g <= GRADE_exact; g++)
    if (text->grade && !strcmp(grade_name[g], text->grade)) row->grade = g, graded = true;
  for (size_t i = 0; text->when && i < sizeof conditions / sizeof *conditions; i++)
    if (!strcmp(conditions[i].name, text->when)) row->condition = conditions[i].holds;
  return graded && (!text->when || row->condition);
}

/* The table, and behind it what plug-ins added. NULL, or what is wrong. */
static const char *load_rules(PassCtx *pc, RuleSet *set) {
  Arena *arena = &pc->ctx->arena;
  const char *wrong = NULL;
  *set = (RuleSet){.n = n_rules + (int)pc->rules.len};
  set->rules = arena_array(arena, Rule, set->n);
  set->hits = arena_array(arena, uint32_t, set->n);
  for (int i = 0; i < set->n && !wrong; i++) {
    const RuleRow *row = &rule_rows[i < n_rules ? i : 0];
    if (i >= n_rules) {
      RuleRow *added = arena_new(arena, RuleRow);
      row_of_text(pc->rules.data[i - n_rules], added);
      row = added;
    }
    wrong = load_row(pc->ctx, row, set->rules, i);
    set->rules[i].off = pass_disabled(pc, ctx_printf(pc->ctx, "simplify/%s", row->name));
  }
  return wrong;
}

const char *rules_add(PassCtx *pc, const RuleText *text) {
  Ctx *ctx = pc->ctx;
  RuleRow row;
  if (!text->name || !text->left || !text->right) return "a rule needs a name and two sides";
  if (!row_of_text(text, &row))
    return ctx_printf(ctx,
                      "rule '%s': its grade is not exact, rounds or fast, or its condition is "
                      "none of the table's",
                      text->name);
  vec_push(&ctx->arena, &pc->rules, text);
  RuleSet set;
  const char *wrong = load_rules(pc, &set);
  if (wrong) pc->rules.len--;
  *pass_state(pc, pass_simplify) = NULL; /* the table is loaded anew */
  return wrong;
}

static void index_rule(Ctx *ctx, RuleSet *set, int i) {
  const Rule *rule = &set->rules[i];
  Op root = rule->row->fn ? rule->row->op : rule->lhs->op;
  for (Op op = 0; op < N_OPS; op++)
    if (op == root || (root == N_OPS && op_is(op, rule->row->trait)))
      vec_push(&ctx->arena, &set->by_op[op], (uint16_t)i);
}

RuleSet *rules_load(PassCtx *pc) {
  void **state = pass_state(pc, pass_simplify);
  if (*state) return *state;
  RuleSet *set = arena_new(&pc->ctx->arena, RuleSet);
  const char *wrong = load_rules(pc, set);
  if (wrong) ORDO_BUG("%s", wrong);
  Grade least = pc->options.strict ? GRADE_exact : pc->options.fast ? GRADE_fast : GRADE_rounds;
  for (int i = 0; i < set->n; i++) {
    Rule *rule = &set->rules[i];
    rule->off = rule->off || rule->row->grade < least;
    index_rule(pc->ctx, set, i);
  }
  *state = set;
  return set;
}

/* ---- matching ---- */

bool rw_constant(const Rewriter *rw, Ref r, double *value) {
  const Node *n = rw_is(rw, r, OP_const);
  if (!n) return false;
  if (value) *value = node_float(n, A_value, 0);
  return true;
}

static bool same_number(double a, double b) {
  return (isnan(a) && isnan(b)) || (a == b && signbit(a) == signbit(b));
}

static bool bind(Match *m, int name, Ref r) {
  Ref *slot = &m->bound.ref[name];
  if (name >= EXPR_c0 && !rw_constant(m->rw, r, NULL)) return false;
  if (ref_none(*slot)) *slot = r;
  return ref_eq(*slot, r);
}

/* Bit i of swaps: the i-th commutative node of the pattern, in preorder, takes its operands the
 * other way round. */
static bool match(Match *m, const Formula *e, Ref r, unsigned *swaps) {
  double value;
  if (e->kind == EXPR_NAME) return bind(m, e->name, r);
  if (e->kind == EXPR_NUMBER)
    return rw_constant(m->rw, r, &value) && same_number(value, e->number) &&
           (!e->logical || graph_info(m->rw->g, r)->dtype == DT_bool);
  const Node *n = rw_is(m->rw, r, e->op);
  if (!n || n->n_operands != e->n || custom_of(m->rw->g->ctx, n) != e->custom) return false;
  bool swap = false;
  if (op_is(e->op, T_COMMUTES)) {
    swap = *swaps & 1;
    *swaps >>= 1;
  }
  Ref operands[3];
  for (int i = 0; i < e->n; i++) operands[i] = n->operands[swap ? e->n - 1 - i : i];
  for (int i = 0; i < e->n; i++)
    if (!match(m, e->args[i], operands[i], swaps)) return false;
  return true;
}

static Ref make(void *user, Graph *g, Op op, const Ref *operands, int n) {
  (void)g;
  return rw_op(user, op, operands, n);
}

static Ref apply_texts(Rewriter *rw, const Rule *rule, Ref root) {
  for (unsigned order = 0; order < 1u << rule->n_commutes; order++) {
    Match m = {.rw = rw, .root = root, .bound = expr_bindings()};
    unsigned swaps = order;
    if (!match(&m, rule->lhs, root, &swaps)) continue;
    if (rule->row->condition && !rule->row->condition(&m)) continue;
    return expr_build_with(rw->g, rule->rhs, &m.bound, graph_type(rw->g, root), make, rw);
  }
  return REF_NONE;
}

/* ---- trace ---- */

static void put_node(const Graph *g, Ref r, int depth, Text *out) {
  const Node *n = graph_node(g, r);
  if (n->op == OP_const) {
    text_double(out, node_float(n, A_value, 0));
  } else if (!str_none(n->name)) {
    text_puts(out, ctx_text(g->ctx, n->name));
  } else if (depth == 0 && n->n_operands) {
    text_puts(out, "..");
  } else {
    text_printf(out, "%s(", node_op_name(g->ctx, n));
    for (int i = 0; i < n->n_operands; i++) {
      if (i) text_puts(out, ", ");
      put_node(g, n->operands[i], depth - 1, out);
    }
    text_putc(out, ')');
  }
}

static void trace(Rewriter *rw, const Rule *rule, Ref before, Ref after) {
  const PipelineOptions *options = &rw->pc->options;
  bool traced = options->trace_rules && options->trace;
  if (!traced && !options->watch_rewrite) return;
  Text texts[2] = {text_new(&rw->pc->ctx->arena), text_new(&rw->pc->ctx->arena)};
  put_node(rw->g, before, 3, &texts[0]);
  put_node(rw->g, after, 3, &texts[1]);
  Rewrite done = {rule->row->name, text_str(&texts[0]), text_str(&texts[1]),
                  graph_node(rw->g, before)->span};
  if (traced)
    options->trace(options->user,
                   ctx_printf(rw->pc->ctx, "%s: %s => %s", done.rule, done.before, done.after));
  if (options->watch_rewrite) options->watch_rewrite(options->watch_user, &done);
}

/* ---- driving ---- */

static Rewriter rw_new(PassCtx *pc, Graph *g) {
  return (Rewriter){.pc = pc, .g = g, .rules = rules_load(pc), .only = -1, .facts = facts_new(g)};
}

static void note_done(Rewriter *rw, Ref r, Ref simple) {
  while (rw->done.len < rw->g->nodes.len) vec_push(&rw->pc->ctx->arena, &rw->done, REF_NONE);
  rw->done.data[r.i] = simple;
}

/* A mistake of the table, or of a plug-in, whose rule goes no further. */
static bool changes_type(Rewriter *rw, const Rule *rule, Ref before, Ref after) {
  Ctx *ctx = rw->pc->ctx;
  const char *what =
      ctx_printf(ctx, "rule '%s' changes a type: %s to %s", rule->row->name,
                 type_str(ctx, graph_type(rw->g, before)), type_str(ctx, graph_type(rw->g, after)));
  if (!rule->row->added) ORDO_BUG("%s", what);
  diag_at(ctx, graph_node(rw->g, before)->span, E_pass_broke_graph, "%s", what);
  return true;
}

/* Tries the rules of root's op; REF_NONE when none fits. */
static Ref apply_rules(Rewriter *rw, Ref root) {
  Op op = graph_node(rw->g, root)->op;
  for (uint32_t k = 0; k < rw->rules->by_op[op].len; k++) {
    int i = rw->rules->by_op[op].data[k];
    const Rule *rule = &rw->rules->rules[i];
    if (rule->off || (rw->only >= 0 && rw->only != i)) continue;
    if (rw->pc->fuel_used >= rw->pc->options.fuel) return REF_NONE;
    Ref r = rule->row->fn ? rule->row->fn(rw, root) : apply_texts(rw, rule, root);
    if (ref_none(r) || ref_eq(r, root)) continue;
    if (!ty_eq(graph_type(rw->g, r), graph_type(rw->g, root)) && changes_type(rw, rule, root, r))
      return REF_NONE;
    pass_fuel(rw->pc);
    rw->rules->hits[i]++;
    pass_count(rw->pc, rule->row->name, 1);
    trace(rw, rule, root, r);
    return r;
  }
  return REF_NONE;
}

Ref rw_node(Rewriter *rw, Ref r) {
  Ref now = r;
  for (int step = 0;; step++) {
    if (now.i < rw->done.len && !ref_none(rw->done.data[now.i])) {
      now = rw->done.data[now.i];
      break;
    }
    Ref next = apply_rules(rw, now);
    if (ref_none(next)) break;
    if (step == MAX_STEPS)
      ORDO_BUG("rules do not end at a node of op '%s'", op_info[graph_node(rw->g, r)->op].name);
    now = next;
  }
  note_done(rw, r, now);
  note_done(rw, now, now);
  return now;
}

Ref rw_build(Rewriter *rw, Op op, const Ref *operands, int n, const Attr *attrs, int n_attrs,
             Ty given) {
  return rw_node(rw, build_op(rw->g, op, operands, n, attrs, n_attrs, given));
}

Ref rw_op(Rewriter *rw, Op op, const Ref *operands, int n) {
  return rw_build(rw, op, operands, n, NULL, 0, TY_NONE);
}

Ref rw_broadcast(Rewriter *rw, Ref a, const Sz *dims, int rank, const int32_t *axes) {
  return rw_node(rw, build_broadcast(rw->g, a, dims, rank, axes));
}

Ref rw_transpose(Rewriter *rw, Ref a, const int32_t *perm) {
  return rw_node(rw, build_transpose(rw->g, a, perm));
}

Ref rw_reshape(Rewriter *rw, Ref a, const Sz *dims, int rank) {
  return rw_node(rw, build_reshape(rw->g, a, dims, rank));
}

Ref rw_reduce(Rewriter *rw, Op op, Ref a, const int32_t *axes, int n) {
  return rw_node(rw, build_reduce(rw->g, op, a, axes, n));
}

/* Counts a use that the old graph makes of node r of g. */
static void rw_count_use(Rewriter *rw, Ref r, uint32_t uses) {
  while (rw->uses.len < rw->g->nodes.len) vec_push(&rw->pc->ctx->arena, &rw->uses, 0);
  rw->uses.data[r.i] += uses;
}

bool rw_used_once(const Rewriter *rw, Ref r) {
  return r.i >= rw->uses.len || rw->uses.data[r.i] <= 1;
}

Graph *rewrite_graph(PassCtx *pc, const Graph *old, bool after_grad, int only) {
  uint32_t *uses = graph_uses(&pc->ctx->arena, old);
  RefMap map = refmap_new(&pc->ctx->arena, old);
  Graph *g = graph_like(old, &map);
  Rewriter rw = rw_new(pc, g);
  rw.after_grad = after_grad;
  rw.only = only;
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    const Node *n = &old->nodes.data[i];
    if (ref_none(map.to[i])) {
      pass_stamp(g, n);
      uint32_t mark = g->nodes.len;
      Ref r = rw_node(&rw, refmap_copy(old, (Ref){i}, g, &map));
      if (r.i >= mark && str_none(g->nodes.data[r.i].name)) g->nodes.data[r.i].name = n->name;
      map.to[i] = r;
    }
    rw_count_use(&rw, map.to[i], uses[i]);
  }
  if (refmap_same(old, g, &map)) return graph_sweep(old);
  pass_results(old, g, &map);
  return graph_sweep(g);
}
