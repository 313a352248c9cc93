/* First turns of 'repeat' that are written out.
 *
 * repeat K { S } means S written K times. Written so, a derivative by the weights in the first turn
 * counts what was computed from the same weights before it. In a loop the weights are carries, which
 * hide that; so where it matters, the first turn is taken out of the loop and put in front of it.
 * In later turns the weights have moved, and what was computed from the old ones is a constant.
 *
 * A turn may hand on a value that it computed from the weights as the next turn finds them. Then each
 * turn is written out. */
#include "passes/grad_path.h"

enum { MOST_TURNS = 64 }; /* that are written out */

/* ---- where it matters ---- */

typedef struct Finder {
  const GradPath *path; /* up to the body of the repeat */
  Arena *arena;
  bool every_turn; /* found: not only in the first one */
  Span place;      /* of the derivative */
} Finder;

/* The carry of the repeat that a variable is in its first turns, or -1. */
static int carry_of(const Finder *f, const GradPath *path, Ref var) {
  GradPlace p = grad_origin(path, path->depth, var);
  int param, repeat = f->path->depth;
  for (;;) {
    if (p.level < repeat || !grad_is_param(path->level[p.level].g, p.ref, &param)) return -1;
    const Node *scan = grad_path_scan(path, p.level);
    bool carry = grad_role(&path->level[p.level].shape, param) == GRAD_carry;
    if (!carry || !node_int(scan, A_repeat, 0)) return -1;
    if (p.level == repeat) return param - 1;
    p = grad_origin(path, p.level - 1, scan->operands[param - 1]);
  }
}

static bool has_active_operand(const Graph *g, const bool *active, Ref r) {
  const Node *n = graph_node(g, r);
  for (int k = 0; k < n->n_operands; k++)
    if (active[n->operands[k].i]) return true;
  return false;
}

/* Marks the parameters of the body that have one of the carries' first values in them. */
static void mark_first(const Finder *f, const bool *carries, bool *on) {
  int level = f->path->depth;
  const Node *scan = grad_path_scan(f->path, level);
  GradPath outside = *f->path;
  GradPlace *places = arena_array(f->arena, GradPlace, scan->n_operands + 1);
  bool *active[GRAD_MAX_LEVELS];
  int n = 0;
  outside.depth = level - 1;
  for (int k = 0; k < scan->n_operands; k++)
    if (carries[k]) places[n++] = grad_origin(&outside, level - 1, scan->operands[k]);
  grad_activity(&outside, places, n, active);
  for (int k = 0; k < scan->n_operands; k++) {
    Ref r = scan->operands[k];
    bool has = carries[k] ? has_active_operand(outside.level[level - 1].g, active[level - 1], r)
                          : active[level - 1][r.i];
    if (has) on[scan->body->params.data[k + 1].i] = true;
  }
}

/* The same for what a turn hands on; true when there is any. */
static bool mark_next(const Finder *f, const bool *carries, bool *on) {
  const Node *scan = grad_path_scan(f->path, f->path->depth);
  const Graph *body = scan->body;
  int n = (int)node_int(scan, A_carries, 0);
  bool *active = arena_array(f->arena, bool, body->nodes.len), any = false;
  for (int k = 0; k < n; k++)
    if (carries[k]) active[body->results.data[k].i] = true;
  grad_spread(body, active);
  for (int k = 0; k < n; k++) {
    Ref r = body->results.data[k];
    bool has = carries[k] ? has_active_operand(body, active, r) : active[r.i];
    if (has) on[body->params.data[k + 1].i] = any = true;
  }
  return any;
}

/* Whether the loss of a derivative has the marked parameters of the repeat's body in it. */
static bool loss_has(const Finder *f, const GradPath *path, const Node *grad, const bool *on) {
  int level = f->path->depth;
  const Graph *body = f->path->level[level].g;
  bool *active[GRAD_MAX_LEVELS] = {NULL};
  active[level] = arena_copy(f->arena, on, sizeof *on * body->nodes.len);
  grad_spread(body, active[level]);
  grad_activity_inside(path, level, active);
  return active[path->depth][grad->operands[0].i];
}

static bool matters(Finder *f, const GradPath *path, const Node *grad) {
  const Node *scan = grad_path_scan(f->path, f->path->depth);
  uint32_t n_nodes = scan->body->nodes.len;
  bool *carries = arena_array(f->arena, bool, scan->n_operands + 1), any = false;
  bool *first = arena_array(f->arena, bool, n_nodes), *next = arena_array(f->arena, bool, n_nodes);
  for (int k = 1; k < grad->n_operands; k++) {
    int carry = carry_of(f, path, grad->operands[k]);
    if (carry >= 0) carries[carry] = any = true;
  }
  if (!any) return false;
  mark_first(f, carries, first);
  f->every_turn = mark_next(f, carries, next) && loss_has(f, path, grad, next);
  f->place = grad->span;
  return f->every_turn || loss_has(f, path, grad, first);
}

/* Whether a derivative of the innermost graph of the path, or of a loop in it, reaches back. */
static bool find(Finder *f, const GradPath *path) {
  const Graph *g = path->level[path->depth].g;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_grad && matters(f, path, n)) return true;
    if (n->op != OP_scan || (graph_properties(n->body) & PROP_no_grad)) continue;
    GradPath inner = *path;
    if (grad_path_enter(&inner, (Ref){i}) && find(f, &inner)) return true;
  }
  return false;
}

/* ---- writing out ---- */

typedef struct Writer {
  Graph *g; /* the new graph */
  Arena *arena;
  const Node *scan;
  ScanShape shape;
  Ref *operands; /* in g */
  Ref *first;    /* results of the body in the first turn */
  Ref *results;  /* of the whole */
} Writer;

static Ref reshape_rows(Graph *g, Ref x, bool add) {
  const TypeInfo *info = graph_info(g, x);
  Sz dims[MAX_RANK + 1] = {size_const(g->ctx, 1)};
  for (int i = 0; i < info->rank; i++) dims[add ? i + 1 : i] = info->dims[i];
  return add ? build_reshape(g, x, dims, info->rank + 1)
             : build_reshape(g, x, dims + 1, info->rank - 1);
}

/* The first turn's place along the loop, and where the others begin. */
static Sz first_row(const Writer *w) {
  Ctx *ctx = w->g->ctx;
  Sz one = size_const(ctx, 1), zero = size_const(ctx, 0);
  return w->shape.reverse ? size_sub(ctx, w->shape.length, one) : zero;
}

static void first_turn(Writer *w) {
  const Graph *body = w->scan->body;
  Graph *g = w->g;
  RefMap map = refmap_new(w->arena, body);
  Ty step = graph_type(body, body->params.data[0]);
  Ref place = build_size(g, first_row(w));
  map.to[body->params.data[0].i] = build_op(g, OP_cast, &place, 1, NULL, 0, step);
  for (int k = 0; k < w->scan->n_operands; k++) {
    Ref x = w->operands[k];
    if (grad_role(&w->shape, k + 1) == GRAD_slice)
      x = reshape_rows(g, build_slice(g, x, 0, first_row(w), size_const(g->ctx, 1)), false);
    map.to[body->params.data[k + 1].i] = x;
  }
  for (uint32_t i = 0; i < body->nodes.len; i++) {
    const Node *n = &body->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    Ref *operands = arena_array(w->arena, Ref, n->n_operands + 1);
    for (int k = 0; k < n->n_operands; k++) operands[k] = map.to[n->operands[k].i];
    map.to[i] = grad_copy_node(body, (Ref){i}, g, operands);
  }
  for (uint32_t k = 0; k < body->results.len; k++) w->first[k] = map.to[body->results.data[k].i];
}

/* Parameters of the body for the other turns, a turn fewer; with a stop condition it carries whether
 * the loop has stopped, after the other carries. */
static Ref params_of_rest(const Writer *w, Graph *g, Sz length, RefMap *map) {
  const Graph *body = w->scan->body;
  const Node *step = graph_node(body, body->params.data[0]);
  Ref turn = graph_param(g, type_index(g->ctx, length, NULL, 0), step->name, NULL, 0);
  Ref place = build_cast(g, turn, DT_i32), stopped = REF_NONE;
  if (!w->shape.reverse) place = build2(g, OP_add, place, build_scalar(g, DT_i32, 1));
  map->to[body->params.data[0].i] = build_op(g, OP_cast, &place, 1, NULL, 0, step->type);
  for (int k = 0; k <= w->scan->n_operands; k++) {
    if (k == w->shape.n_carries && w->shape.until)
      stopped = graph_param(g, type_scalar(g->ctx, DT_bool), (Str){0}, NULL, 0);
    if (k == w->scan->n_operands) break;
    const Node *p = graph_node(body, body->params.data[k + 1]);
    map->to[body->params.data[k + 1].i] = graph_param_like(g, p->type, p);
  }
  return stopped;
}

/* The value of a turn that counts, or what is there instead. */
static Ref unless(Graph *g, Ref stopped, Ref value, Ref otherwise) {
  if (ref_none(stopped)) return value;
  return build3(g, OP_where, build_splat(g, stopped, graph_type(g, value)), otherwise, value);
}

static Graph *body_of_rest(const Writer *w, Sz length) {
  const Graph *body = w->scan->body;
  RefMap map = refmap_new(w->arena, body);
  Graph *g = graph_new(body->ctx, body->name);
  Ref stopped = params_of_rest(w, g, length, &map), stops = REF_NONE;
  for (uint32_t i = 0; i < body->nodes.len; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(body, (Ref){i}, g, &map);
  int n_carries = w->shape.n_carries, n = n_carries + w->shape.n_collected;
  for (int k = 0; k < n_carries; k++) {
    Ref now = map.to[body->results.data[k].i], before = map.to[body->params.data[k + 1].i];
    graph_result(g, unless(g, stopped, now, before), body->result_names.data[k]);
  }
  if (w->shape.until) {
    stops = build2(g, OP_or, stopped, map.to[body->results.data[n].i]);
    graph_result(g, stops, (Str){0});
  }
  for (int k = n_carries; k < n; k++) {
    Ref now = map.to[body->results.data[k].i];
    Ref none = build_const(g, graph_type(g, now), 0);
    graph_result(g, unless(g, stopped, now, none), body->result_names.data[k]);
  }
  if (w->shape.until) graph_result(g, stops, body->result_names.data[n]);
  return graph_sweep(g);
}

/* The loop over the other turns. */
static Ref rest_of_turns(const Writer *w, Sz length) {
  Graph *g = w->g;
  Ref *operands = arena_array(w->arena, Ref, w->scan->n_operands + 1);
  int n = 0, n_carries = w->shape.n_carries;
  Sz start = size_const(g->ctx, w->shape.reverse ? 0 : 1);
  for (int k = 0; k < n_carries; k++) operands[n++] = w->first[k];
  if (w->shape.until) operands[n++] = w->first[n_carries + w->shape.n_collected];
  for (int k = n_carries; k < w->scan->n_operands; k++) {
    Ref x = w->operands[k];
    bool slice = grad_role(&w->shape, k + 1) == GRAD_slice;
    operands[n++] = slice ? build_slice(g, x, 0, start, length) : x;
  }
  Attr attrs[6] = {attr_z(A_length, length), attr_i(A_carries, n_carries + w->shape.until),
                   attr_i(A_slices, w->shape.n_slices), attr_i(A_repeat, 1)};
  int n_attrs = 4;
  if (w->shape.reverse) attrs[n_attrs++] = attr_i(A_reverse, 1);
  if (w->shape.until) attrs[n_attrs++] = attr_i(A_until, 1);
  return build_region(g, OP_scan, operands, n, attrs, n_attrs, body_of_rest(w, length), TY_NONE);
}

static void join_results(Writer *w) {
  Graph *g = w->g;
  Sz length = size_sub(g->ctx, w->shape.length, size_const(g->ctx, 1));
  bool only = size_is(g->ctx, length, 0);
  Ref rest = only ? REF_NONE : rest_of_turns(w, length);
  int n_carries = w->shape.n_carries;
  for (int k = 0; k < n_carries + w->shape.n_collected; k++) {
    bool carry = k < n_carries;
    Ref first = carry ? w->first[k] : reshape_rows(g, w->first[k], true);
    if (only) {
      w->results[k] = first;
      continue;
    }
    Ref others = build_item(g, rest, k + (!carry && w->shape.until));
    Ref rows[2] = {w->shape.reverse ? others : first, w->shape.reverse ? first : others};
    w->results[k] = carry ? others : build_concat(g, rows, 2, 0);
  }
}

/* The graph with the scan's first turn in front of it. */
static Graph *write_first(const Graph *old, Ref scan) {
  Arena *arena = &old->ctx->arena;
  RefMap map = refmap_new(arena, old);
  Graph *g = graph_like(old, &map);
  const Node *n = graph_node(old, scan);
  uint32_t n_results = n->body->results.len;
  Writer w = {.g = g, .arena = arena, .scan = n, .shape = grad_scan_shape(n)};
  w.operands = arena_array(arena, Ref, n->n_operands + 1);
  w.first = arena_array(arena, Ref, n_results + 1);
  w.results = arena_array(arena, Ref, n_results + 1);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    const Node *node = &old->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    Ref *operands = arena_array(arena, Ref, node->n_operands + 1);
    for (int k = 0; k < node->n_operands; k++) operands[k] = map.to[node->operands[k].i];
    if (i == scan.i) {
      w.operands = operands;
      pass_stamp(g, node);
      first_turn(&w);
      join_results(&w);
    } else if (node->op == OP_item && ref_eq(node->operands[0], scan)) {
      map.to[i] = w.results[node_int(node, A_index, 0)];
    } else {
      map.to[i] = grad_copy_node(old, (Ref){i}, g, operands);
    }
  }
  pass_results(old, g, &map);
  return graph_sweep(g);
}

/* ---- the whole ---- */

static bool too_long(GradCtx *gc, const Finder *f, const ScanShape *shape) {
  int64_t turns;
  Ctx *ctx = gc->pc->ctx;
  if (!f->every_turn || (size_is_const(ctx, shape->length, &turns) && turns <= MOST_TURNS))
    return false;
  diag_at(
      ctx, f->place, E_derivative_over_turns,
      "the loss has what it is differentiated by also from the turn before, which is written out "
      "for at most %d turns, not %s",
      MOST_TURNS, size_str(ctx, shape->length));
  diag_help(ctx,
            "compute that value again in the turn that uses it, or hand on stop_gradient(...)");
  return true;
}

/* The whole graph with one turn more written out; NULL when there is none, or on an error. */
static Graph *write_one(GradCtx *gc, const GradPath *path, bool *failed) {
  const Graph *g = path->level[path->depth].g;
  for (uint32_t i = 0; i < g->nodes.len && !*failed; i++) {
    const Node *n = &g->nodes.data[i];
    GradPath inner = *path;
    if (n->op != OP_scan || (graph_properties(n->body) & PROP_no_grad)) continue;
    if (!grad_path_enter(&inner, (Ref){i})) continue;
    Finder f = {.path = &inner, .arena = &gc->pc->ctx->arena};
    if (node_int(n, A_repeat, 0) && find(&f, &inner)) {
      *failed = too_long(gc, &f, &inner.level[inner.depth].shape);
      if (*failed) return NULL;
      return grad_path_replace(path, path->depth, write_first(g, (Ref){i}), NULL);
    }
    Graph *next = write_one(gc, &inner, failed);
    if (next) return next;
  }
  return NULL;
}

Graph *grad_write_out(GradCtx *gc, const Graph *g) {
  bool failed = false;
  for (;;) {
    GradPath path = {.level = {{.g = g}}};
    Graph *next = write_one(gc, &path, &failed);
    if (failed) return NULL;
    if (!next) return (Graph *)g;
    g = next;
  }
}
