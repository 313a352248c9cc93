/* Derivatives in loops by values from outside.
 *
 * In a body the derivative of l by a captured w counts what the body makes of its parameter w. But
 * l may have w by other ways: another captured value that was computed from w, a slice of one, a
 * carry that an earlier turn computed with w. Such a derivative is made whole, from the inside out:
 *
 *   in the body      adjoints of all parameters that depend on w, as if they were independent
 *   one level up     s = sum of adjoint * value over those parameters, where a value is computed
 *                    once more, in the body, from w and from the parameters of that level; then the
 *                    adjoints of these by s
 *   ...              until the level of w
 *
 * The value of a captured parameter is its operand; of a slice, a row of its operand; of a carry in
 * turn t, the result of the same loop run for the turns before t. w enters as a variable of its own
 * there, so that the adjoints, which are computed from w as well, count as given.
 *
 * The new nodes are ordinary graph that may have derivatives itself. The cost: a turn repeats, of
 * what came before, what lies between w and l; for carries that makes a loop of T turns cost T * T.
 *
 * A carry that is computed from this very derivative would need derivatives of order t in turn t:
 * that is refused. */
#include <math.h>

#include "passes/grad/grad_path.h"
#include "passes/scan_clean.h"

typedef struct Total {
  GradCtx *gc;
  const GradPath *path;
  int d; /* the innermost level */
  Ref grad;
  const Node *node;
  int n_wrt;
  GradPlace *wrt; /* origins of the variables */
  bool *active[GRAD_MAX_LEVELS];
  bool *crossing[GRAD_MAX_LEVELS]; /* by level and node: depends on a variable from further out */
  Graph *h;                        /* the new body */
  RefMap main;                     /* from the old body */
  RefMap outside[GRAD_MAX_LEVELS]; /* by level: values as they are, captured */
  RefMap again[GRAD_MAX_LEVELS];   /* by level: computed once more */
  GradPlaces captured;
  GradPlaces between;            /* values that others take derivatives of this one by */
  Ref *adjoint[GRAD_MAX_LEVELS]; /* by level and parameter */
  Ref *result;                   /* by variable */
} Total;

static Arena *arena_of(const Total *t) { return &t->gc->pc->ctx->arena; }
static const Graph *graph_at(const Total *t, int level) { return t->path->level[level].g; }

/* ---- which derivatives ---- */

static bool has_active_operand(const Graph *g, const bool *active, Ref r) {
  const Node *n = graph_node(g, r);
  for (int k = 0; k < n->n_operands; k++)
    if (active[n->operands[k].i]) return true;
  return false;
}

/* Whether a parameter is one of the variables, and stands for nothing that depends on another. A
 * further parameter with the same value is none: the derivative in the body is not by it. */
static bool is_direct(const Total *t, Ref param) {
  GradPlace p = grad_origin(t->path, t->d, param);
  const Graph *g = graph_at(t, p.level);
  bool variable = false;
  for (int k = 0; k < t->n_wrt; k++) variable = variable || ref_eq(t->node->operands[k + 1], param);
  bool crosses = p.level && t->crossing[p.level][p.ref.i];
  return variable && !crosses && !has_active_operand(g, t->active[p.level], p.ref);
}

/* The nodes of the body through which the loss depends on a variable from outside. */
static bool *find_crossed(const Total *t) {
  const Graph *g = graph_at(t, t->d);
  const bool *crossing = t->crossing[t->d];
  bool *crossed = arena_array(arena_of(t), bool, g->nodes.len);
  Ref loss = t->node->operands[0];
  crossed[loss.i] = crossing[loss.i];
  for (uint32_t i = loss.i + 1; i-- > 0;) {
    const Node *n = &g->nodes.data[i];
    for (int k = 0; crossed[i] && k < n->n_operands; k++)
      if (crossing[n->operands[k].i]) crossed[n->operands[k].i] = true;
  }
  return crossed;
}

/* For each level, what depends on the variables of the levels before it. */
static void find_crossing(Total *t) {
  GradPlace *before = arena_array(arena_of(t), GradPlace, t->n_wrt + 1);
  for (int level = 1; level <= t->d; level++) {
    bool *active[GRAD_MAX_LEVELS];
    int n = 0;
    for (int k = 0; k < t->n_wrt; k++)
      if (t->wrt[k].level < level) before[n++] = t->wrt[k];
    if (n) grad_activity(t->path, before, n, active);
    t->crossing[level] =
        n ? active[level] : arena_array(arena_of(t), bool, graph_at(t, level)->nodes.len);
  }
}

/* Fills in what is known of grad node r of the innermost graph; true when it has to be made
 * whole. */
static bool look_at(Total *t, GradCtx *gc, const GradPath *path, Ref r) {
  const Graph *g = path->level[path->depth].g;
  *t = (Total){.gc = gc, .path = path, .d = path->depth, .grad = r, .node = graph_node(g, r)};
  t->n_wrt = t->node->n_operands - 1;
  if (node_int(t->node, A_partial, 0)) return false;
  t->wrt = arena_array(arena_of(t), GradPlace, t->n_wrt + 1);
  bool outside = false;
  for (int k = 0; k < t->n_wrt; k++) {
    t->wrt[k] = grad_origin(path, t->d, t->node->operands[k + 1]);
    outside = outside || t->wrt[k].level < t->d;
  }
  if (!outside) return false;
  grad_activity(path, t->wrt, t->n_wrt, t->active);
  find_crossing(t);
  const bool *crossed = find_crossed(t);
  for (uint32_t k = 1; k < g->params.len; k++)
    if (crossed[g->params.data[k].i] && !is_direct(t, g->params.data[k])) return true;
  return false;
}

/* ---- values from outside ---- */

static Ref copy_leaf(Graph *h, const Node *n) {
  return op_is(n->op, T_LEAF) && n->op != OP_param ? build_copy(h, n, NULL) : REF_NONE;
}

/* A value of a level as it is. */
static Ref outside(Total *t, int level, Ref r) {
  if (level == t->d) return t->main.to[r.i];
  Ref *to = &t->outside[level].to[r.i];
  const Node *n = graph_node(graph_at(t, level), r);
  if (ref_none(*to)) *to = copy_leaf(t->h, n);
  if (!ref_none(*to)) return *to;
  *to = graph_param(t->h, n->type, n->name, NULL, 0);
  vec_push(arena_of(t), &t->captured, ((GradPlace){level, r}));
  return *to;
}

static bool is_variable(const Total *t, int level, Ref r) {
  for (int k = 0; k < t->n_wrt; k++)
    if (t->wrt[k].level == level && ref_eq(t->wrt[k].ref, r)) return true;
  return false;
}

/* A value as it is, made from its operands as they are. */
static Ref made_outside(Total *t, int level, Ref r) {
  const Graph *g = graph_at(t, level);
  const Node *n = graph_node(g, r);
  Ref *operands = arena_array(arena_of(t), Ref, n->n_operands + 1);
  for (int k = 0; k < n->n_operands; k++) {
    bool tuple = type_info(g->ctx, graph_type(g, n->operands[k]))->is_tuple;
    operands[k] =
        tuple ? made_outside(t, level, n->operands[k]) : outside(t, level, n->operands[k]);
  }
  return grad_copy_node(g, r, t->h, operands);
}

/* The value that was computed again, plus 0: the difference of the value itself and what it is made
 * from. So it is computed from the value itself, too, for derivatives by that, and counts once for
 * those by anything else. */
static Ref with_original(Total *t, int level, Ref r, Ref copy) {
  Graph *h = t->h;
  Ref value = outside(t, level, r), size = build1(h, OP_abs, value);
  Ty type = graph_type(h, value);
  Ref zero = build2(h, OP_sub, value, made_outside(t, level, r));
  Ref finite = build2(h, OP_lt, size, build_const(h, type, INFINITY));
  return build2(h, OP_add, copy, build3(h, OP_where, finite, zero, build_const(h, type, 0)));
}

static bool is_between(const Total *t, int level, Ref r) {
  for (uint32_t k = 0; k < t->between.len; k++)
    if (t->between.data[k].level == level && ref_eq(t->between.data[k].ref, r)) return true;
  return false;
}

static Ref compute_again(Total *t, int level, Ref r, bool joined) {
  const Graph *g = graph_at(t, level);
  const Node *n = graph_node(g, r);
  bool active = t->active[level][r.i];
  if (!active && !joined) return outside(t, level, r);
  if (active && !has_active_operand(g, t->active[level], r))
    return build_variable(t->h, outside(t, level, r));
  Ref *operands = arena_array(arena_of(t), Ref, n->n_operands + 1);
  for (int k = 0; k < n->n_operands; k++) operands[k] = t->again[level].to[n->operands[k].i];
  Ref copy = grad_copy_node(g, r, t->h, operands);
  if (is_between(t, level, r)) copy = with_original(t, level, r, copy);
  return is_variable(t, level, r) ? build_variable(t->h, copy) : copy;
}

/* Marks what lies between the variables of a derivative and its loss. */
static void join_grad(const Graph *g, const Node *grad, Arena *arena, bool *joined) {
  Ref loss = grad->operands[0];
  bool *behind = arena_array(arena, bool, loss.i + 1),
       *before = arena_array(arena, bool, loss.i + 1);
  for (int k = 1; k < grad->n_operands; k++)
    if (grad->operands[k].i <= loss.i) behind[grad->operands[k].i] = true;
  for (uint32_t i = 0; i <= loss.i; i++)
    behind[i] = behind[i] || has_active_operand(g, behind, (Ref){i});
  before[loss.i] = true;
  for (uint32_t i = loss.i + 1; i-- > 0;) {
    const Node *n = &g->nodes.data[i];
    for (int k = 0; before[i] && k < n->n_operands; k++) before[n->operands[k].i] = true;
    if (before[i] && has_active_operand(g, behind, (Ref){i})) joined[i] = true;
  }
}

/* The values of a level that are listed, computed from the variables and the level's parameters. A
 * derivative among them is computed again together with all that its loss has its own variables
 * by: else it would be one of numbers that stand beside them. */
static void again(Total *t, int level, bool *needed) {
  const Graph *g = graph_at(t, level);
  const bool *active = t->active[level];
  bool *joined = arena_array(arena_of(t), bool, g->nodes.len);
  for (uint32_t i = g->nodes.len; i-- > 0;) {
    const Node *n = &g->nodes.data[i];
    if (!needed[i] || !(active[i] || joined[i])) continue;
    if (n->op == OP_grad) join_grad(g, n, arena_of(t), joined);
    for (int k = 0; k < n->n_operands; k++) needed[n->operands[k].i] = true;
  }
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Ref *to = &t->again[level].to[i];
    bool tuple = type_info(g->ctx, g->nodes.data[i].type)->is_tuple;
    if (needed[i] && ref_none(*to) && (active[i] || joined[i] || !tuple))
      *to = compute_again(t, level, (Ref){i}, joined[i]);
  }
}

/* ---- carries ---- */

/* Of the loop's turns, one that comes before turn 'now'; 'last' of them. */
static Ref is_before(Graph *g, Ref step, Ref now, bool reverse) {
  Ref a = build_cast(g, step, DT_i32), b = build_cast(g, now, DT_i32);
  return build2(g, reverse ? OP_gt : OP_lt, a, b);
}

static Ref is_last_before(Graph *g, Ref step, Ref now, bool reverse) {
  Ref a = build_cast(g, step, DT_i32), b = build_cast(g, now, DT_i32);
  Ref rest = reverse ? build2(g, OP_sub, a, b) : build2(g, OP_sub, b, a);
  return build2(g, OP_le, rest, build_scalar(g, DT_i32, 1));
}

/* The body of a loop over the turns before 'now', a further captured value. */
static Graph *body_before(const Graph *body, const ScanShape *shape) {
  RefMap map = refmap_new(&body->ctx->arena, body);
  Graph *p = graph_like(body, &map);
  Ty step_type = graph_type(body, body->params.data[0]);
  Ref step = map.to[body->params.data[0].i];
  Ref now = graph_param(p, step_type, graph_node(body, body->params.data[0])->name, NULL, 0);
  for (uint32_t i = 0; i < body->nodes.len; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(body, (Ref){i}, p, &map);
  Ref runs = is_before(p, step, now, shape->reverse);
  for (int k = 0; k < shape->n_carries; k++) {
    Ref before = map.to[body->params.data[k + 1].i], after = map.to[body->results.data[k].i];
    Ref splat = build_splat(p, runs, graph_type(p, before));
    graph_result(p, build3(p, OP_where, splat, after, before), body->result_names.data[k]);
  }
  graph_result(p, is_last_before(p, step, now, shape->reverse), (Str){0});
  return graph_sweep(p);
}

/* The carries of the loop around 'level' as they are in this turn: a loop over the turns before. */
static Ref run_before(Total *t, int level) {
  const Node *scan = grad_path_scan(t->path, level);
  const ScanShape *shape = &t->path->level[level].shape;
  int n = scan->n_operands;
  Ref *operands = arena_array(arena_of(t), Ref, n + 1);
  for (int k = 0; k < n; k++) operands[k] = t->again[level - 1].to[scan->operands[k].i];
  operands[n] = outside(t, level, graph_at(t, level)->params.data[0]);
  Attr attrs[] = {attr_z(A_length, shape->length), attr_i(A_carries, shape->n_carries),
                  attr_i(A_slices, shape->n_slices), attr_i(A_until, 1), attr_i(A_reverse, 1)};
  Graph *body = body_before(scan->body, shape);
  return build_region(t->h, OP_scan, operands, n + 1, attrs, shape->reverse ? 5 : 4, body, TY_NONE);
}

/* ---- from level to level ---- */

static Ref row_at(Graph *h, Ref x, Ref step) {
  Attr attrs[] = {attr_i(A_axis, 0), attr_i(A_batch, 0)};
  return build_op(h, OP_gather, (Ref[]){x, step}, 2, attrs, 2, TY_NONE);
}

static Ref sum_of_product(Graph *h, Ref a, Ref b, DType dtype) {
  Ref product = build2(h, OP_mul, a, b);
  int rank = graph_info(h, product)->rank;
  int32_t axes[MAX_RANK];
  for (int i = 0; i < rank; i++) axes[i] = i;
  Ref sum = rank ? build_reduce(h, OP_sum, product, axes, rank) : product;
  return build_cast(h, sum, dtype);
}

static Ref plus(Graph *h, Ref a, Ref b) {
  return ref_none(a) ? b : ref_none(b) ? a : build2(h, OP_add, a, b);
}

/* Adjoints of the targets, which are nodes of h, by a grad node. */
static void derive(Total *t, Ref loss, Ref *targets, int n, Ref *adjoints) {
  Ref *operands = arena_array(arena_of(t), Ref, n + 1);
  operands[0] = loss;
  for (int k = 0; k < n; k++) operands[k + 1] = targets[k];
  Attr attr = attr_i(A_partial, 1);
  Ref y = build_op(t->h, OP_grad, operands, n + 1, &attr, 1, TY_NONE);
  for (int k = 0; k < n; k++) adjoints[k] = build_item(t->h, y, k);
}

/* The derivatives of a loss in h by the variables of a level and by its parameters that depend on
 * others; 'value' has both in h, those in 'wanted' count. */
static void hand_on(Total *t, int level, Ref loss, const RefMap *value, const bool *wanted) {
  const Graph *g = graph_at(t, level);
  uint32_t n_params = level ? g->params.len : 0, most = n_params + (uint32_t)t->n_wrt + 1;
  Ref *targets = arena_array(arena_of(t), Ref, most),
      *adjoints = arena_array(arena_of(t), Ref, most);
  int n = 0;
  for (uint32_t k = 1; k < n_params; k++)
    if (wanted[g->params.data[k].i]) targets[n++] = value->to[g->params.data[k].i];
  for (int k = 0; k < t->n_wrt; k++)
    if (t->wrt[k].level == level && !ref_none(value->to[t->wrt[k].ref.i]))
      targets[n++] = value->to[t->wrt[k].ref.i];
  if (!n) return;
  derive(t, loss, targets, n, adjoints);
  t->adjoint[level] = arena_array(arena_of(t), Ref, n_params + 1);
  n = 0;
  for (uint32_t k = 0; k < n_params; k++)
    t->adjoint[level][k] = k && wanted[g->params.data[k].i] ? adjoints[n++] : REF_NONE;
  for (int k = 0; k < t->n_wrt; k++)
    if (t->wrt[k].level == level && !ref_none(value->to[t->wrt[k].ref.i]))
      t->result[k] = plus(t->h, t->result[k], adjoints[n++]);
}

/* Sum of adjoint * value over the parameters of the body at 'level', values computed again from the
 * level before. */
static Ref next_loss(Total *t, int level) {
  const Graph *g = graph_at(t, level);
  const ScanShape *shape = &t->path->level[level].shape;
  DType dtype = graph_info(t->h, t->main.to[t->node->operands[0].i])->dtype;
  Ref loss = REF_NONE, loop = REF_NONE;
  for (uint32_t k = 1; k < g->params.len; k++) {
    Ref adjoint = t->adjoint[level][k];
    if (ref_none(adjoint)) continue;
    Ref value = t->again[level - 1].to[grad_path_scan(t->path, level)->operands[k - 1].i];
    if (grad_role(shape, (int)k) == GRAD_slice)
      value = row_at(t->h, value, outside(t, level, g->params.data[0]));
    if (grad_role(shape, (int)k) == GRAD_carry) {
      if (ref_none(loop)) loop = run_before(t, level);
      value = build_item(t->h, loop, (int)k - 1);
    }
    loss = plus(t->h, loss, sum_of_product(t->h, adjoint, value, dtype));
  }
  return loss;
}

/* Which operands of the scan around 'level' are computed again: all of them when a carry counts. */
static bool *needed_before(const Total *t, int level) {
  const Graph *g = graph_at(t, level);
  const Node *scan = grad_path_scan(t->path, level);
  bool *needed = arena_array(arena_of(t), bool, graph_at(t, level - 1)->nodes.len);
  bool carries = false;
  for (uint32_t k = 1; k < g->params.len; k++) {
    if (ref_none(t->adjoint[level][k])) continue;
    needed[scan->operands[k - 1].i] = true;
    carries = carries || grad_role(&t->path->level[level].shape, (int)k) == GRAD_carry;
  }
  for (int k = 0; carries && k < scan->n_operands; k++) needed[scan->operands[k].i] = true;
  return needed;
}

/* Which parameters of a level depend on a variable and were used to compute again. */
static bool *used_params(const Total *t, int level) {
  const Graph *g = graph_at(t, level);
  bool *used = arena_array(arena_of(t), bool, g->nodes.len);
  for (uint32_t k = 1; level && k < g->params.len; k++) {
    Ref p = g->params.data[k];
    used[p.i] = t->crossing[level][p.i] && !ref_none(t->again[level].to[p.i]);
  }
  return used;
}

/* Builds what takes the place of the grad node; its operands are in h. */
static void build_total(Total *t) {
  const bool *crossed = find_crossed(t);
  int first = t->d;
  for (int k = 0; k < t->n_wrt; k++) {
    t->result[k] = REF_NONE;
    first = t->wrt[k].level < first ? t->wrt[k].level : first;
  }
  pass_stamp(t->h, t->node);
  hand_on(t, t->d, t->main.to[t->node->operands[0].i], &t->main, crossed);
  for (int level = t->d; level > first && t->adjoint[level]; level--) {
    again(t, level - 1, needed_before(t, level));
    Ref loss = next_loss(t, level);
    if (ref_none(loss)) break;
    hand_on(t, level - 1, loss, &t->again[level - 1], used_params(t, level - 1));
  }
  for (int k = 0; k < t->n_wrt; k++) {
    Ty type = graph_type(graph_at(t, t->d), t->node->operands[k + 1]);
    if (ref_none(t->result[k])) t->result[k] = build_const(t->h, type, 0);
  }
}

static Graph *make_whole(Total *t) {
  const Graph *g = graph_at(t, t->d);
  t->main = refmap_new(arena_of(t), g);
  t->h = graph_like(g, &t->main);
  t->result = arena_array(arena_of(t), Ref, t->n_wrt + 1);
  for (int j = 0; j < t->d; j++) {
    t->outside[j] = refmap_new(arena_of(t), graph_at(t, j));
    t->again[j] = refmap_new(arena_of(t), graph_at(t, j));
  }
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (!ref_none(t->main.to[i])) continue;
    if (i == t->grad.i) {
      build_total(t);
    } else if (n->op == OP_item && ref_eq(n->operands[0], t->grad)) {
      t->main.to[i] = t->result[node_int(n, A_index, 0)];
    } else {
      Ref *operands = arena_array(arena_of(t), Ref, n->n_operands + 1);
      for (int k = 0; k < n->n_operands; k++) operands[k] = t->main.to[n->operands[k].i];
      t->main.to[i] = grad_copy_node(g, (Ref){i}, t->h, operands);
    }
  }
  pass_results(g, t->h, &t->main);
  Graph *h = scan_drop_unused(t->gc->pc, graph_sweep(t->h), NULL);
  return grad_path_replace(t->path, t->d, h, &t->captured);
}

/* ---- the pass ---- */

typedef struct Search {
  GradCtx *gc;
  int deepest; /* how far loops may lie in each other */
  bool any;    /* also derivatives that wait for others */
  bool waiting, failed;
} Search;

/* Extends the marks of a graph to what the marked nodes are computed from, in all turns. */
static void mark_level(const GradLevel *level, bool loop, bool *needed) {
  const Graph *g = level->g;
  for (bool more = true; more;) {
    more = false;
    for (uint32_t i = g->nodes.len; i-- > 0;)
      for (int k = 0; needed[i] && k < g->nodes.data[i].n_operands; k++)
        needed[g->nodes.data[i].operands[k].i] = true;
    for (int k = 0; loop && k < level->shape.n_carries; k++) {
      Ref after = g->results.data[k];
      if (!needed[g->params.data[k + 1].i] || needed[after.i]) continue;
      needed[after.i] = more = true;
    }
  }
}

/* Marks what the loss is computed from, at each level of the path. */
static void mark_sources(const GradPath *path, Ref loss, bool **needed) {
  needed[path->depth][loss.i] = true;
  for (int j = path->depth; j >= 0; j--) {
    const Graph *g = path->level[j].g;
    mark_level(&path->level[j], j > 0, needed[j]);
    for (uint32_t k = 1; j && k < g->params.len; k++)
      if (needed[j][g->params.data[k].i])
        needed[j - 1][grad_path_scan(path, j)->operands[k - 1].i] = true;
  }
}

/* Whether a derivative in the marked nodes (NULL: all) of the path's innermost graph, or in loops
 * there, has to be made whole; not that of node 'own'. */
static bool has_partial(GradCtx *gc, const GradPath *path, const bool *marked, Ref own) {
  const Graph *g = path->level[path->depth].g;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    GradPath inner = *path;
    Total t;
    if ((marked && !marked[i]) || i == own.i) continue;
    if (n->op == OP_grad && path->depth && look_at(&t, gc, path, (Ref){i})) return true;
    if (n->op != OP_scan || (graph_properties(n->body) & PROP_no_grad)) continue;
    if (grad_path_enter(&inner, (Ref){i}) && has_partial(gc, &inner, NULL, REF_NONE)) return true;
  }
  return false;
}

/* Whether the loss of a derivative, or what would be computed again for it, has other derivatives
 * that are not whole yet. They come first: what they will compute from values outside of the loops
 * has to be there when this one is taken by those values. */
static bool waits(GradCtx *gc, const GradPath *path, Ref grad) {
  Arena *arena = &gc->pc->ctx->arena;
  bool *needed[GRAD_MAX_LEVELS];
  for (int j = 0; j <= path->depth; j++)
    needed[j] = arena_array(arena, bool, path->level[j].g->nodes.len);
  mark_sources(path, graph_node(path->level[path->depth].g, grad)->operands[0], needed);
  for (int j = 0; j <= path->depth; j++) {
    GradPath so_far = *path;
    so_far.depth = j;
    Ref own = j == path->depth ? grad : path->level[j + 1].scan;
    if (has_partial(gc, &so_far, needed[j], own)) return true;
  }
  return false;
}

/* Whether what 't' gives is among the marked nodes of the level, or in marked results of loops. */
static bool uses(const Total *t, int level, const bool *needed) {
  if (level == t->d) return needed[t->grad.i];
  const Graph *g = graph_at(t, level);
  const GradLevel *inner = &t->path->level[level + 1];
  bool *inside = arena_array(arena_of(t), bool, inner->g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (needed[i] && g->nodes.data[i].op == OP_item &&
        ref_eq(g->nodes.data[i].operands[0], inner->scan))
      inside[inner->g->results.data[node_int(&g->nodes.data[i], A_index, 0)].i] = true;
  mark_level(inner, true, inside);
  return uses(t, level + 1, inside);
}

/* Notes the variables of derivative r of a graph on the path 'of' that lie between those of 't'
 * and its loss, if it is taken of what 't' gives. */
static void add_between(Total *t, const GradPath *of, Ref r) {
  const Node *n = graph_node(of->level[of->depth].g, r);
  bool *needed[GRAD_MAX_LEVELS], used = false;
  if (node_int(n, A_partial, 0)) return;
  for (int j = 0; j <= of->depth; j++)
    needed[j] = arena_array(arena_of(t), bool, of->level[j].g->nodes.len);
  mark_sources(of, n->operands[0], needed);
  for (int j = 0; j <= of->depth && j <= t->d && of->level[j].g == graph_at(t, j); j++)
    used = used || uses(t, j, needed[j]);
  for (int k = 1; used && k < n->n_operands; k++) {
    GradPlace p = grad_origin(of, of->depth, n->operands[k]);
    if (p.level >= t->d || of->level[p.level].g != graph_at(t, p.level)) continue;
    const bool *active = t->active[p.level];
    if (!active || !active[p.ref.i]) continue;
    /* a variable that is computed from another one lies between it and the loss, too */
    if (is_variable(t, p.level, p.ref) && !has_active_operand(graph_at(t, p.level), active, p.ref))
      continue;
    vec_push(arena_of(t), &t->between, p);
  }
}

static void find_between(Total *t, const GradPath *path) {
  const Graph *g = path->level[path->depth].g;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    GradPath inner = *path;
    if (n->op == OP_grad) add_between(t, path, (Ref){i});
    if (n->op != OP_scan || (graph_properties(n->body) & PROP_no_grad)) continue;
    if (grad_path_enter(&inner, (Ref){i})) find_between(t, &inner);
  }
}

/* Each loop over turns before this one has the derivative in it again, and so on without end. */
static void refuse(Search *s, const Graph *body) {
  Span place = body->span;
  for (uint32_t i = body->nodes.len; i-- > 0;)
    if (body->nodes.data[i].op == OP_grad) place = body->nodes.data[i].span;
  diag_at(
      s->gc->pc->ctx, place, E_derivative_over_turns,
      "the loss has what it is differentiated by from turns before, through a carried value that "
      "is computed from this derivative");
  diag_help(
      s->gc->pc->ctx,
      "differentiate by the carried value, or hand on stop_gradient(...) of what the loss needs");
  s->failed = true;
}

/* The whole graph with the first derivative that was not whole made so; NULL when there is none, or
 * on an error. A graph's own derivatives come before those of the loops in it: what is computed
 * again has them. */
static Graph *make_first(Search *s, const GradPath *path) {
  const Graph *g = path->level[path->depth].g;
  for (uint32_t i = 0; path->depth && i < g->nodes.len; i++) {
    Total t;
    if (g->nodes.data[i].op != OP_grad || !look_at(&t, s->gc, path, (Ref){i})) continue;
    if (!s->any && waits(s->gc, path, (Ref){i})) {
      s->waiting = true;
      continue;
    }
    if (path->depth <= s->deepest) {
      find_between(&t, &(GradPath){.level = {path->level[0]}});
      return make_whole(&t);
    }
    refuse(s, g);
    return NULL;
  }
  for (uint32_t i = 0; i < g->nodes.len && !s->failed; i++) {
    const Node *n = &g->nodes.data[i];
    GradPath inner = *path;
    if (n->op != OP_scan || (graph_properties(n->body) & PROP_no_grad)) continue;
    if (!grad_path_enter(&inner, (Ref){i})) {
      refuse(s, n->body);
      return NULL;
    }
    Graph *next = make_first(s, &inner);
    if (next) return next;
  }
  return NULL;
}

/* How deep loops lie in each other. */
static int depth_of(const Graph *g) {
  int depth = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    int below = g->nodes.data[i].op == OP_scan ? 1 + depth_of(g->nodes.data[i].body) : 0;
    depth = below > depth ? below : depth;
  }
  return depth;
}

Graph *grad_make_total(GradCtx *gc, const Graph *g) {
  enum { FURTHER = 6 }; /* loops over turns before that may lie in each other */
  Search s = {.gc = gc, .deepest = depth_of(g) + FURTHER};
  for (;;) {
    GradPath path = {.level = {{.g = g}}};
    s.any = s.waiting = false;
    Graph *next = make_first(&s, &path);
    if (!next && s.waiting && !s.failed) { /* for each other */
      s.any = true;
      next = make_first(&s, &path);
    }
    if (s.failed) return NULL;
    if (!next) return (Graph *)g;
    g = next;
  }
}
