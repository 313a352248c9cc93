/* saturate: equality saturation over the rules that are texts, in both directions.
 *
 * All nodes that were ever found equal stand in one working graph; a union-find over them makes
 * classes. A rule is matched on classes: below the root any member of a class may be what a part
 * of the pattern asks for. What the right side makes joins the root's class, and nothing is thrown
 * away, so no order of rules shuts out another. Rebuilding makes nodes whose operands have become
 * equal one node again: the builder shares equal nodes, so it is asked for each node anew with the
 * leaders of its operands' classes.
 *
 * What comes out is chosen by cost (ir/cost.h): for each class the member that makes the smallest
 * tree, then single choices are changed while the whole gets cheaper, with what is shared counted
 * once. Rules that hold only where both sides are defined are left to simplify. It starts from what
 * simplify gives and is simplified again, and is taken only when it costs less than that: never
 * worse than simplify. Same graph, same options, same result, but for a limit in seconds.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "ir/cost.h"
#include "passes/rules/rewrite.h"

enum { MOST_MATCHES = 4000, MOST_ROUNDS = 8, MOST_GOALS = 16 };

/* A rule in one direction. */
typedef struct DirectedRule {
  const RuleRow *row;
  const Formula *from, *to;
} DirectedRule;

typedef struct RuleFound {
  const DirectedRule *rule;
  Match match;
} RuleFound;

typedef struct Saturation {
  PassCtx *pc;
  Graph *g; /* the working graph */
  Rewriter rw;
  VEC(uint32_t) parent; /* union-find by node; a class's leader is its first node */
  VEC(uint32_t) next;   /* the next member of the class + 1, a ring without an end */
  VEC(uint32_t) last;   /* of a leader: the last member */
  VEC(DirectedRule) rules;
  VEC(uint16_t) by_op[N_OPS];
  VEC(RuleFound) found;
  int64_t most; /* nodes */
  bool unfit;   /* what a rule makes does not exist for that element type */
  double until; /* seconds by the clock; 0: no limit */
} Saturation;

/* ---- classes --------------------------------------------------------------------------------- */

static void grow(Saturation *s) {
  Arena *arena = &s->pc->ctx->arena;
  for (uint32_t i = s->parent.len; i < s->g->nodes.len; i++) {
    vec_push(arena, &s->parent, i);
    vec_push(arena, &s->next, 0);
    vec_push(arena, &s->last, i);
  }
}

static Ref leader(Saturation *s, Ref r) {
  uint32_t i = r.i;
  while (s->parent.data[i] != i) {
    s->parent.data[i] = s->parent.data[s->parent.data[i]];
    i = s->parent.data[i];
  }
  return (Ref){i};
}

/* True when they were two classes. */
static bool join(Saturation *s, Ref a, Ref b) {
  grow(s);
  a = leader(s, a);
  b = leader(s, b);
  if (ref_eq(a, b)) return false;
  if (b.i < a.i) {
    Ref swap = a;
    a = b;
    b = swap;
  }
  s->parent.data[b.i] = a.i;
  s->next.data[s->last.data[a.i]] = b.i + 1;
  s->last.data[a.i] = s->last.data[b.i];
  return true;
}

static bool is_canonical(Saturation *s, Ref r) {
  const Node *n = graph_node(s->g, r);
  for (int i = 0; i < n->n_operands; i++)
    if (!ref_eq(leader(s, n->operands[i]), n->operands[i])) return false;
  return true;
}

static bool out_of_room(const Saturation *s) {
  return (int64_t)s->g->nodes.len >= s->most || (s->until > 0 && clock_seconds() >= s->until);
}

/* Nodes whose operands have become equal are one. */
static void rebuild(Saturation *s) {
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 0; i < s->g->nodes.len && !out_of_room(s); i++) {
      if (is_canonical(s, (Ref){i})) continue;
      Node n = s->g->nodes.data[i];
      Ref *operands = arena_array(&s->pc->ctx->arena, Ref, n.n_operands);
      for (int k = 0; k < n.n_operands; k++) operands[k] = leader(s, n.operands[k]);
      pass_stamp(s->g, &n);
      Ref made = build_copy(s->g, &n, operands);
      changed = (ty_eq(graph_type(s->g, made), n.type) && join(s, (Ref){i}, made)) || changed;
    }
  }
}

/* ---- rules ----------------------------------------------------------------------------------- */

/* Conditions that say the same of both sides: of the element type, or of who else uses a part. */
static bool two_sided(RuleCondition c) {
  return !c || c == if_float || c == if_integer || c == if_once || c == if_float_once;
}

/* Whether a formula has a value for all numbers. */
static bool is_total(const Formula *e) {
  static const Op partial[] = {OP_div, OP_mod, OP_pow, OP_log, OP_log1p, OP_sqrt, OP_rsqrt};
  for (size_t i = 0; e->kind == EXPR_CALL && i < sizeof partial / sizeof *partial; i++)
    if (e->op == partial[i]) return false;
  for (int i = 0; e->kind == EXPR_CALL && i < e->n; i++)
    if (!is_total(e->args[i])) return false;
  return true;
}

/* A class is one value at all places where its members stand: what is equal only where both sides
 * are defined (1 + a and exp(log1p(a))) must not join one. simplify may do that, for it puts
 * something else in one place only. */
static bool is_equality(const RuleRow *row, const Formula *lhs, const Formula *rhs) {
  return row->grade != GRADE_fast || (is_total(lhs) && is_total(rhs));
}

static void add_rule(Saturation *s, const RuleRow *row, const Formula *from, const Formula *to) {
  Arena *arena = &s->pc->ctx->arena;
  vec_push(arena, &s->by_op[from->op], (uint16_t)s->rules.len);
  vec_push(arena, &s->rules, ((DirectedRule){row, from, to}));
}

/* An op of a plug-in has an attribute: it is matched by simplify alone. */
static bool calls_custom(const Formula *e) {
  bool any = e->custom != NULL;
  for (int i = 0; i < e->n && !any; i++) any = calls_custom(e->args[i]);
  return any;
}

static void load_rules(Saturation *s) {
  const RuleSet *set = s->rw.rules;
  for (int i = 0; i < set->n; i++) {
    const Rule *rule = &set->rules[i];
    if (rule->off || rule->row->fn || calls_custom(rule->lhs) || calls_custom(rule->rhs) ||
        !is_equality(rule->row, rule->lhs, rule->rhs))
      continue;
    add_rule(s, rule->row, rule->lhs, rule->rhs);
    bool back = rule->rhs->kind == EXPR_CALL && two_sided(rule->row->condition) &&
                expr_names(rule->lhs) == expr_names(rule->rhs) &&
                !(expr_names(rule->lhs) & ~0u << EXPR_c0);
    if (back) add_rule(s, rule->row, rule->rhs, rule->lhs);
  }
}

/* ---- matching -------------------------------------------------------------------------------- */

/* Parts of the pattern that are still to be matched, with the classes that they stand at. */
typedef struct RuleGoal {
  const Formula *e;
  Ref at;
} RuleGoal;
typedef struct RuleGoals {
  RuleGoal list[MOST_GOALS];
  int n;
} RuleGoals;

static void meet_goals(Saturation *s, const DirectedRule *rule, Match *m, RuleGoals goals);

static bool holds(const DirectedRule *rule, const Match *m) {
  return !rule->row->condition || rule->row->condition(m);
}

static Ref constant_of(Saturation *s, Ref r) {
  for (uint32_t i = r.i + 1; i; i = s->next.data[i - 1])
    if (graph_node(s->g, (Ref){i - 1})->op == OP_const) return (Ref){i - 1};
  return REF_NONE;
}

static void meet_name(Saturation *s, const DirectedRule *rule, Match *m, RuleGoals goals,
                      RuleGoal goal) {
  Ref *slot = &m->bound.ref[goal.e->name], was = *slot,
      at = goal.e->name >= EXPR_c0 ? constant_of(s, goal.at) : goal.at;
  if (ref_none(at) || (!ref_none(was) && !ref_eq(was, at))) return;
  *slot = at;
  meet_goals(s, rule, m, goals);
  *slot = was;
}

static bool is_number(Saturation *s, const Formula *e, Ref at) {
  Ref r = constant_of(s, at);
  double value;
  if (ref_none(r) || !rw_constant(&s->rw, r, &value)) return false;
  bool same = (isnan(value) && isnan(e->number)) ||
              (value == e->number && signbit(value) == signbit(e->number));
  return same && (!e->logical || graph_info(s->g, r)->dtype == DT_bool);
}

/* A node that may be a part of the pattern: its operands become goals, in both orders. */
static void meet_node(Saturation *s, const DirectedRule *rule, Match *m, RuleGoals goals,
                      const Formula *e, Ref r) {
  const Node *n = graph_node(s->g, r);
  bool fits = n->op == e->op && n->n_operands == e->n && !n->n_attrs && is_canonical(s, r);
  if (!fits || goals.n + e->n > MOST_GOALS) return;
  int orders = op_is(e->op, T_COMMUTES) ? 2 : 1;
  for (int order = 0; order < orders; order++) {
    RuleGoals more = goals;
    for (int i = e->n; i-- > 0;)
      more.list[more.n++] = (RuleGoal){e->args[i], n->operands[order ? e->n - 1 - i : i]};
    meet_goals(s, rule, m, more);
  }
}

static void meet_goals(Saturation *s, const DirectedRule *rule, Match *m, RuleGoals goals) {
  if (s->found.len >= MOST_MATCHES) return;
  if (!goals.n) {
    if (holds(rule, m)) vec_push(&s->pc->ctx->arena, &s->found, ((RuleFound){rule, *m}));
    return;
  }
  RuleGoal goal = goals.list[--goals.n];
  if (goal.e->kind == EXPR_NAME) {
    meet_name(s, rule, m, goals, goal);
  } else if (goal.e->kind == EXPR_NUMBER) {
    if (is_number(s, goal.e, goal.at)) meet_goals(s, rule, m, goals);
  } else {
    for (uint32_t i = goal.at.i + 1; i; i = s->next.data[i - 1])
      meet_node(s, rule, m, goals, goal.e, (Ref){i - 1});
  }
}

static Ref make(void *user, Graph *g, Op op, const Ref *operands, int n) {
  Saturation *s = user;
  Ref found[3];
  grow(s);
  for (int i = 0; i < n; i++) found[i] = leader(s, operands[i]);
  const char *why;
  bool fits = !s->unfit && build_check(g, op, found, n, NULL, 0, NULL, TY_NONE, &why).i;
  s->unfit = !fits;
  return fits ? build_op(g, op, found, n, NULL, 0, TY_NONE) : found[0];
}

/* True when something new is equal. */
static bool apply(Saturation *s, const RuleFound *f) {
  Ref root = f->match.root;
  pass_stamp(s->g, graph_node(s->g, root));
  Ty type = graph_type(s->g, root);
  DType dtype = type_info(s->pc->ctx, type)->dtype;
  if (dtype != DT_i32 && dtype != DT_bool && !dtype_is_float(dtype)) return false;
  s->unfit = false;
  Ref made = expr_build_with(s->g, f->rule->to, &f->match.bound, type, make, s);
  grow(s);
  if (s->unfit || !ty_eq(graph_type(s->g, made), type) || ref_eq(leader(s, made), leader(s, root)))
    return false;
  if (!pass_fuel(s->pc)) return false;
  pass_count(s->pc, f->rule->row->name, 1);
  return join(s, made, root);
}

static bool saturate_round(Saturation *s) {
  uint32_t nodes = s->g->nodes.len;
  bool changed = false;
  for (uint32_t i = 0; i < nodes && !out_of_room(s); i++) {
    Op op = s->g->nodes.data[i].op;
    if (!s->by_op[op].len || !is_canonical(s, (Ref){i})) continue;
    s->found.len = 0;
    for (uint32_t k = 0; k < s->by_op[op].len; k++) {
      const DirectedRule *rule = &s->rules.data[s->by_op[op].data[k]];
      Match m = {.rw = &s->rw, .root = (Ref){i}, .bound = expr_bindings()};
      meet_node(s, rule, &m, (RuleGoals){.n = 0}, rule->from, (Ref){i});
    }
    for (uint32_t k = 0; k < s->found.len && !out_of_room(s); k++)
      changed = apply(s, &s->found.data[k]) || changed;
  }
  rebuild(s);
  return changed;
}

/* ---- choosing -------------------------------------------------------------------------------- */

/* Which member stands for each class, by leader. */
typedef struct ClassChoice {
  double *own;      /* by node */
  uint32_t *member; /* by leader; UINT32_MAX: none yet */
  uint8_t *seen;    /* of a walk: 1 while inside of it, 2 behind */
} ClassChoice;

static double own_cost(const Graph *g, const Node *n) {
  Sz flops = node_flops(g, n);
  return 0.01 + (flops.i && n->op != OP_const ? size_guess(g->ctx, flops) : 0);
}

/* What all that a class needs costs, each class once; infinite for one that needs itself. */
static double walk_cost(Saturation *s, ClassChoice *c, Ref r) {
  uint32_t i = leader(s, r).i;
  if (c->seen[i]) return c->seen[i] == 1 ? INFINITY : 0;
  c->seen[i] = 1;
  const Node *n = graph_node(s->g, (Ref){c->member[i]});
  double cost = c->own[c->member[i]];
  for (int k = 0; k < n->n_operands; k++) cost += walk_cost(s, c, n->operands[k]);
  c->seen[i] = 2;
  return cost;
}

static double whole_cost(Saturation *s, ClassChoice *c) {
  double cost = 0;
  memset(c->seen, 0, s->g->nodes.len);
  for (uint32_t i = 0; i < s->g->results.len; i++) cost += walk_cost(s, c, s->g->results.data[i]);
  return cost;
}

/* The smallest trees: shared parts count as often as they stand there. */
static void choose_trees(Saturation *s, ClassChoice *c) {
  uint32_t n = s->g->nodes.len;
  double *tree = arena_array(&s->pc->ctx->arena, double, n);
  for (uint32_t i = 0; i < n; i++) tree[i] = INFINITY;
  for (bool changed = true; changed;) {
    changed = false;
    for (uint32_t i = 0; i < n; i++) {
      const Node *node = &s->g->nodes.data[i];
      uint32_t at = leader(s, (Ref){i}).i;
      double cost = c->own[i];
      for (int k = 0; k < node->n_operands; k++) cost += tree[leader(s, node->operands[k]).i];
      if (!(cost < tree[at]) || !isfinite(cost)) continue;
      tree[at] = cost;
      c->member[at] = i;
      changed = true;
    }
  }
}

/* Changes single choices while the whole gets cheaper. */
static void improve(Saturation *s, ClassChoice *c) {
  enum { MOST_STEPS = 20000000 };
  double best = whole_cost(s, c);
  int64_t steps = 0, each = (int64_t)s->g->nodes.len + 1;
  for (uint32_t i = 0; i < s->g->nodes.len && steps < MOST_STEPS; i++) {
    if (s->parent.data[i] != i || !c->seen[i] || !s->next.data[i]) continue;
    for (uint32_t k = i + 1; k && steps < MOST_STEPS; k = s->next.data[k - 1]) {
      uint32_t was = c->member[i];
      if (k - 1 == was) continue;
      c->member[i] = k - 1;
      double cost = whole_cost(s, c);
      steps += each;
      if (cost < best)
        best = cost;
      else
        c->member[i] = was;
    }
    whole_cost(s, c);
  }
}

static Ref emit(Saturation *s, const ClassChoice *c, Graph *g, RefMap *map, Ref r) {
  uint32_t i = leader(s, r).i;
  if (!ref_none(map->to[i])) return map->to[i];
  const Node *n = graph_node(s->g, (Ref){c->member[i]});
  if (!ref_none(map->to[c->member[i]])) return map->to[i] = map->to[c->member[i]];
  Ref *operands = arena_array(&s->pc->ctx->arena, Ref, n->n_operands);
  for (int k = 0; k < n->n_operands; k++) operands[k] = emit(s, c, g, map, n->operands[k]);
  pass_stamp(g, n);
  return map->to[i] = build_copy(g, n, operands);
}

static Graph *extract(Saturation *s) {
  Arena *arena = &s->pc->ctx->arena;
  uint32_t n = s->g->nodes.len;
  ClassChoice c = {arena_array(arena, double, n), arena_array(arena, uint32_t, n),
                   arena_array(arena, uint8_t, n)};
  for (uint32_t i = 0; i < n; i++) {
    c.own[i] = own_cost(s->g, &s->g->nodes.data[i]);
    c.member[i] = i;
  }
  double plain = whole_cost(s, &c); /* what was there before */
  uint32_t *first = arena_copy(arena, c.member, n * sizeof *first);
  choose_trees(s, &c);
  if (!(whole_cost(s, &c) < plain)) memcpy(c.member, first, n * sizeof *first);
  improve(s, &c);
  RefMap map;
  map = refmap_new(arena, s->g);
  Graph *g = graph_like(s->g, &map);
  for (uint32_t i = 0; i < s->g->results.len; i++)
    graph_result(g, emit(s, &c, g, &map, s->g->results.data[i]), s->g->result_names.data[i]);
  return graph_sweep(g);
}

/* ---- the pass -------------------------------------------------------------------------------- */

double rewrite_cost(const Graph *g) {
  const bool *live = graph_live(g);
  double cost = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (live[i]) cost += own_cost(g, &g->nodes.data[i]);
  return cost;
}

/* Begins with the nodes of a graph; 'more' of them at most. */
static void begin(Saturation *s, PassCtx *pc, const Graph *simple, int64_t more) {
  RefMap map = refmap_new(&pc->ctx->arena, simple);
  *s = (Saturation){.pc = pc, .g = graph_like(simple, &map)};
  graph_fill(simple, s->g, &map);
  s->rw = (Rewriter){.pc = pc, .g = s->g, .rules = rules_load(pc), .only = -1};
  s->rw.facts = facts_new(s->g);
  s->rw.after_grad = s->rw.rules->after_grad;
  s->most = (int64_t)s->g->nodes.len + more;
  grow(s);
  load_rules(s);
}

static void run_rounds(Saturation *s) {
  for (int i = 0; i < MOST_ROUNDS && !out_of_room(s); i++)
    if (!saturate_round(s)) break;
}

bool saturate_joins(PassCtx *pc, const Graph *simple, int64_t nodes) {
  Saturation s;
  begin(&s, pc, simple, nodes);
  run_rounds(&s);
  return ref_eq(leader(&s, s.g->results.data[0]), leader(&s, s.g->results.data[1]));
}

static Graph *saturated(PassCtx *pc, const Graph *simple, const PassOptions *options) {
  Saturation s;
  begin(&s, pc, simple, pass_option_int(options, "nodes"));
  double seconds = pass_option_float(options, "seconds");
  s.until = seconds > 0 ? clock_seconds() + seconds : 0;
  run_rounds(&s);
  pass_count(pc, "nodes made", (int64_t)(s.g->nodes.len - simple->nodes.len));
  return extract(&s);
}

static Graph *saturate_graph(PassCtx *pc, const Graph *given, const PassOptions *options) {
  const Graph *g = pass_map_bodies(pc, given, options, saturate_graph);
  Graph *out = saturated(pc, g, options);
  return rewrite_cost(out) < rewrite_cost(g) ? out : (Graph *)g;
}

Graph *pass_saturate(PassCtx *pc, const Graph *g, const PassOptions *options) {
  PassOptions rounds = {.values = {0}};
  vec_push(&pc->ctx->arena, &rounds.values, ((PassOption){.name = "rounds", .value = "8"}));
  Graph *simple = pass_simplify(pc, g, &rounds);
  if (!simple) return NULL;
  Graph *out = pass_simplify(pc, saturate_graph(pc, simple, options), &rounds);
  bool better = out && rewrite_cost(out) < rewrite_cost(simple);
  pass_count(pc, "flops before", (int64_t)rewrite_cost(simple));
  pass_count(pc, "flops", (int64_t)rewrite_cost(better ? out : simple));
  return better ? out : simple;
}
