/* Turns of 'repeat' that are written out.
 *
 * repeat K { S } means S written K times. Written so, a derivative by the weights in the first
 * turn counts what was computed from the same weights before it. In a loop the weights are
 * carries, which hide that; so where it matters, the first turn is taken out of the loop and put
 * in front of it. In later turns the weights have moved, and what was computed from the old ones
 * is a constant.
 *
 * A turn may hand on a value that it computed from the weights as the next turn finds them. Then
 * each turn is written out. The same for what comes after the loop: then the last turn is. */
#include "passes/grad/grad_path.h"

enum { MOST_TURNS = 64 }; /* that are written out */

/* ---- where it matters ---- */

typedef struct RepeatFinder {
  const GradPath *path; /* up to the body of the repeat */
  Arena *arena;
  bool every_turn; /* found: not only in the first one */
  Span place;      /* of the derivative */
} RepeatFinder;

/* What a variable is, where the first turn of a repeat takes a carry as its first value:
 * followed up to the levels from 'level' on. */
static GradPlace first_value(const GradPath *path, int level, Ref var) {
  GradPlace p = grad_origin(path, path->depth, var);
  int param;
  while (p.level > level && grad_is_param(path->level[p.level].g, p.ref, &param)) {
    const Node *scan = grad_path_scan(path, p.level);
    bool carry = grad_role(&path->level[p.level].shape, param) == GRAD_carry;
    if (!carry || !node_int(scan, A_repeat, 0)) break;
    p = grad_origin(path, p.level - 1, scan->operands[param - 1]);
  }
  return p;
}

/* The carry of the repeat that a variable is in its first turns, or -1. */
static int carry_of(const RepeatFinder *f, const GradPath *path, Ref var) {
  int repeat = f->path->depth, param;
  GradPlace p = first_value(path, repeat, var);
  if (p.level != repeat || !grad_is_param(path->level[repeat].g, p.ref, &param)) return -1;
  return grad_role(&path->level[repeat].shape, param) == GRAD_carry ? param - 1 : -1;
}

static bool *computed_from(const Graph *body, const bool *listed, int n);
static bool **marked_items(const Graph *g, const bool *active);

/* Whether a value that is active was computed from active ones: of what a repeat leaves, in its
 * last turn from what else it leaves. */
static bool has_active_operand(const Graph *g, const bool *active, Ref r) {
  const Node *n = graph_node(g, r);
  for (int k = 0; k < n->n_operands; k++)
    if (active[n->operands[k].i]) return true;
  if (n->op != OP_item || !node_int(graph_node(g, n->operands[0]), A_repeat, 0)) return false;
  const Graph *body = graph_node(g, n->operands[0])->body;
  const bool *marked = marked_items(g, active)[n->operands[0].i];
  return marked && computed_from(body, marked, (int)body->results.len)[node_int(n, A_index, 0)];
}

static void spread(const Graph *g, bool *active);

/* Which results of a repeat its last turn computes from those listed, the last values of
 * carries. */
static bool *computed_from(const Graph *body, const bool *listed, int n) {
  Arena *arena = &body->ctx->arena;
  bool *active = arena_array(arena, bool, body->nodes.len);
  bool *results = arena_array(arena, bool, n + 1);
  for (int k = 0; k < n; k++)
    if (listed[k]) active[body->results.data[k].i] = true;
  spread(body, active);
  for (int k = 0; k < n; k++) {
    Ref r = body->results.data[k];
    results[k] = listed[k] ? has_active_operand(body, active, r) : active[r.i];
  }
  return results;
}

/* By node that is a repeat: which of its results are marked; NULL for others. */
static bool **marked_items(const Graph *g, const bool *active) {
  Arena *arena = &g->ctx->arena;
  bool **marked = arena_array(arena, bool *, g->nodes.len + 1);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op != OP_item || !active[i]) continue;
    uint32_t scan = n->operands[0].i;
    if (!node_int(&g->nodes.data[scan], A_repeat, 0)) continue;
    if (!marked[scan])
      marked[scan] = arena_array(arena, bool, g->nodes.data[scan].body->results.len + 1);
    marked[scan][node_int(n, A_index, 0)] = true;
  }
  return marked;
}

/* grad_spread that knows what the last turn of a repeat computed from its last values. */
static void spread(const Graph *g, bool *active) {
  for (bool more = true; more;) {
    grad_spread(g, active);
    bool **marked = marked_items(g, active);
    more = false;
    for (uint32_t i = 0; i < g->nodes.len; i++) {
      const Node *n = &g->nodes.data[i], *scan;
      if (n->op != OP_item || active[i] || !marked[n->operands[0].i]) continue;
      scan = graph_node(g, n->operands[0]);
      bool *from =
          computed_from(scan->body, marked[n->operands[0].i], (int)scan->body->results.len);
      active[i] = from[node_int(n, A_index, 0)];
      more = more || active[i];
    }
  }
}

/* grad_activity that knows it too. */
static void activity(const GradPath *path, const GradPlace *places, int n, bool **active) {
  int first = path->depth;
  for (int k = 0; k < n; k++) first = places[k].level < first ? places[k].level : first;
  grad_activity(path, places, n, active);
  for (int j = first; j <= path->depth; j++) {
    GradPath so_far = *path;
    so_far.depth = j;
    if (j > first) grad_activity_inside(&so_far, j - 1, active);
    spread(path->level[j].g, active[j]);
  }
}

/* Marks the parameters of the body that have one of the carries' first values in them. */
static void mark_first(const RepeatFinder *f, const bool *carries, bool *on) {
  int level = f->path->depth;
  const Node *scan = grad_path_scan(f->path, level);
  GradPath outside = *f->path;
  GradPlace *places = arena_array(f->arena, GradPlace, scan->n_operands + 1);
  bool *active[GRAD_MAX_LEVELS];
  int n = 0;
  outside.depth = level - 1;
  for (int k = 0; k < scan->n_operands; k++)
    if (carries[k]) places[n++] = grad_origin(&outside, level - 1, scan->operands[k]);
  activity(&outside, places, n, active);
  for (int k = 0; k < scan->n_operands; k++) {
    Ref r = scan->operands[k];
    bool has = carries[k] ? has_active_operand(outside.level[level - 1].g, active[level - 1], r)
                          : active[level - 1][r.i];
    if (has) on[scan->body->params.data[k + 1].i] = true;
  }
}

/* The same for what a turn hands on; true when there is any. */
static bool mark_next(const RepeatFinder *f, const bool *carries, bool *on) {
  const Node *scan = grad_path_scan(f->path, f->path->depth);
  const Graph *body = scan->body;
  int n = (int)node_int(scan, A_carries, 0);
  bool *active = arena_array(f->arena, bool, body->nodes.len), any = false;
  for (int k = 0; k < n; k++)
    if (carries[k]) active[body->results.data[k].i] = true;
  spread(body, active);
  for (int k = 0; k < n; k++) {
    Ref r = body->results.data[k];
    bool has = carries[k] ? has_active_operand(body, active, r) : active[r.i];
    if (has) on[body->params.data[k + 1].i] = any = true;
  }
  return any;
}

/* Whether the loss of a derivative has the marked parameters of the repeat's body in it. */
static bool loss_has(const RepeatFinder *f, const GradPath *path, const Node *grad,
                     const bool *on) {
  int level = f->path->depth;
  const Graph *body = f->path->level[level].g;
  bool *active[GRAD_MAX_LEVELS] = {NULL};
  active[level] = arena_copy(f->arena, on, sizeof *on * body->nodes.len);
  spread(body, active[level]);
  grad_activity_inside(path, level, active);
  return active[path->depth][grad->operands[0].i];
}

static bool matters(RepeatFinder *f, const GradPath *path, const Node *grad) {
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
static bool find(RepeatFinder *f, const GradPath *path) {
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

/* ---- what comes after a repeat ---- */

typedef struct After {
  const GradPath *path; /* up to the graph that the repeat stands in */
  Ref scan;
  Arena *arena;
  Span place;
} After;

/* Which results of the repeat a derivative goes by: last values of carries; NULL for none. */
static bool *results_by(const After *a, const GradPath *path, const Node *grad) {
  int level = a->path->depth;
  const Graph *body = graph_node(a->path->level[level].g, a->scan)->body;
  bool *by = arena_array(a->arena, bool, body->results.len + 1), any = false;
  for (int k = 1; k < grad->n_operands; k++) {
    GradPlace p = first_value(path, level, grad->operands[k]);
    const Node *item = graph_node(path->level[p.level].g, p.ref);
    if (p.level != level || item->op != OP_item || !ref_eq(item->operands[0], a->scan)) continue;
    by[node_int(item, A_index, 0)] = any = true;
  }
  return any ? by : NULL;
}

/* Whether the loss has another result of the repeat, which the last turn computed from that. */
static bool matters_after(After *a, const GradPath *path, const Node *grad) {
  int level = a->path->depth;
  const Graph *g = a->path->level[level].g, *body = graph_node(g, a->scan)->body;
  const bool *by = results_by(a, path, grad);
  if (!by) return false;
  const bool *from = computed_from(body, by, (int)body->results.len);
  bool *active[GRAD_MAX_LEVELS] = {NULL};
  active[level] = arena_array(a->arena, bool, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *item = &g->nodes.data[i];
    if (item->op == OP_item && ref_eq(item->operands[0], a->scan))
      active[level][i] = from[node_int(item, A_index, 0)];
  }
  spread(g, active[level]);
  grad_activity_inside(path, level, active);
  a->place = grad->span;
  return active[path->depth][grad->operands[0].i];
}

static bool find_after(After *a, const GradPath *path) {
  const Graph *g = path->level[path->depth].g;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_grad && matters_after(a, path, n)) return true;
    if (n->op != OP_scan || (graph_properties(n->body) & PROP_no_grad)) continue;
    GradPath inner = *path;
    if (grad_path_enter(&inner, (Ref){i}) && find_after(a, &inner)) return true;
  }
  return false;
}

/* ---- writing out ---- */

typedef struct Writer {
  Graph *g; /* the new graph */
  Arena *arena;
  const Node *scan;
  ScanShape shape;
  bool last;     /* the last turn is written out, else the first one */
  Sz rest;       /* length of the loop over the others */
  Ref *operands; /* in g */
  Ref *turn;     /* results of the body in the turn */
  Ref loop;      /* over the others, REF_NONE when there are none */
  Ref *results;  /* of the whole */
} Writer;

static Ref reshape_rows(Graph *g, Ref x, bool add) {
  const TypeInfo *info = graph_info(g, x);
  Sz dims[MAX_RANK + 1] = {size_const(g->ctx, 1)};
  for (int i = 0; i < info->rank; i++) dims[add ? i + 1 : i] = info->dims[i];
  return add ? build_reshape(g, x, dims, info->rank + 1)
             : build_reshape(g, x, dims + 1, info->rank - 1);
}

/* Whether the turn is at the far end of the loop's axis, behind the others. */
static bool at_end(const Writer *w) { return w->last != w->shape.reverse; }

/* Its place along the loop, and where the others begin. */
static Sz place_of(const Writer *w) { return at_end(w) ? w->rest : size_const(w->g->ctx, 0); }
static Sz place_of_rest(const Writer *w) { return size_const(w->g->ctx, at_end(w) ? 0 : 1); }

static void write_turn(Writer *w) {
  const Graph *body = w->scan->body;
  Graph *g = w->g;
  RefMap map = refmap_new(w->arena, body);
  Ty step = graph_type(body, body->params.data[0]);
  Ref place = build_size(g, place_of(w));
  map.to[body->params.data[0].i] = build_op(g, OP_cast, &place, 1, NULL, 0, step);
  for (int k = 0; k < w->scan->n_operands; k++) {
    Ref x = w->operands[k];
    bool carry = grad_role(&w->shape, k + 1) == GRAD_carry;
    if (carry && w->last && !ref_none(w->loop)) x = build_item(g, w->loop, k);
    if (grad_role(&w->shape, k + 1) == GRAD_slice)
      x = reshape_rows(g, build_slice(g, x, 0, place_of(w), size_const(g->ctx, 1)), false);
    map.to[body->params.data[k + 1].i] = x;
  }
  for (uint32_t i = 0; i < body->nodes.len; i++) {
    const Node *n = &body->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    Ref *operands = arena_array(w->arena, Ref, n->n_operands + 1);
    for (int k = 0; k < n->n_operands; k++) operands[k] = map.to[n->operands[k].i];
    map.to[i] = grad_copy_node(body, (Ref){i}, g, operands);
  }
  for (uint32_t k = 0; k < body->results.len; k++) w->turn[k] = map.to[body->results.data[k].i];
}

/* With a stop condition the loop over the others may have stopped before its first turn. It then
 * carries on as if it had not, so that what a turn hands on is computed from the very values
 * that the next one has, and beside that what was there when it stopped, and whether it has:
 *
 *   carries of the turns, kept values of the carries, stopped
 *
 * When its first turn is written out as well, the loop over the rest has this form already. */
enum { REPEAT_plain = 1, REPEAT_kept };

static bool keeps(const Writer *w) {
  return w->shape.until && node_int(w->scan, A_repeat, 0) == REPEAT_plain;
}

/* Parameters of the body for the other turns, a turn fewer; 'kept' are those of the kept carries
 * and of 'stopped'. */
static void params_of_rest(const Writer *w, Graph *g, RefMap *map, Ref *kept) {
  const Graph *body = w->scan->body;
  const Node *step = graph_node(body, body->params.data[0]);
  Ref turn = graph_param(g, type_index(g->ctx, w->rest, NULL, 0), step->name, NULL, 0);
  Ref place = build_cast(g, turn, DT_i32);
  int n_carries = w->shape.n_carries;
  if (!at_end(w)) place = build2(g, OP_add, place, build_scalar(g, DT_i32, 1));
  map->to[body->params.data[0].i] = build_op(g, OP_cast, &place, 1, NULL, 0, step->type);
  for (int k = 0; k <= w->scan->n_operands; k++) {
    for (int i = 0; k == n_carries && keeps(w) && i < n_carries; i++) {
      const Node *p = graph_node(body, body->params.data[i + 1]);
      kept[i] = graph_param_like(g, p->type, p);
    }
    if (k == n_carries && keeps(w))
      kept[n_carries] = graph_param(g, type_scalar(g->ctx, DT_bool), (Str){0}, NULL, 0);
    if (k == w->scan->n_operands) break;
    const Node *p = graph_node(body, body->params.data[k + 1]);
    map->to[body->params.data[k + 1].i] = graph_param_like(g, p->type, p);
  }
}

/* The value of a turn that counts, or what is there instead. */
static Ref unless(Graph *g, Ref stopped, Ref value, Ref otherwise) {
  return build3(g, OP_where, build_splat(g, stopped, graph_type(g, value)), otherwise, value);
}

static Graph *body_of_rest(const Writer *w) {
  const Graph *body = w->scan->body;
  const Str *names = body->result_names.data;
  RefMap map = refmap_new(w->arena, body);
  Graph *g = graph_new(body->ctx, body->name);
  int n_carries = w->shape.n_carries, n = n_carries + w->shape.n_collected;
  Ref *kept = arena_array(w->arena, Ref, n_carries + 1), stopped = REF_NONE, stops = REF_NONE;
  params_of_rest(w, g, &map, kept);
  for (uint32_t i = 0; i < body->nodes.len; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(body, (Ref){i}, g, &map);
  Ref *now = arena_array(w->arena, Ref, body->results.len + 1);
  for (uint32_t k = 0; k < body->results.len; k++) now[k] = map.to[body->results.data[k].i];
  for (int k = 0; k < n_carries; k++) graph_result(g, now[k], names[k]);
  if (keeps(w)) {
    stopped = kept[n_carries];
    stops = build2(g, OP_or, stopped, now[n]);
    for (int k = 0; k < n_carries; k++)
      graph_result(g, unless(g, stopped, now[k], kept[k]), names[k]);
    graph_result(g, stops, (Str){0});
  }
  for (int k = n_carries; k < n; k++) {
    Ref none = build_const(g, graph_type(g, now[k]), 0);
    graph_result(g, keeps(w) ? unless(g, stopped, now[k], none) : now[k], names[k]);
  }
  if (w->shape.until) graph_result(g, keeps(w) ? stops : now[n], names[n]);
  return graph_sweep(g);
}

/* The loop over the other turns. */
static Ref rest_of_turns(const Writer *w) {
  Graph *g = w->g;
  Ref *operands = arena_array(w->arena, Ref, 2 * w->scan->n_operands + 2);
  int n = 0, n_carries = w->shape.n_carries, until = w->shape.until;
  for (int k = 0; k < n_carries; k++) operands[n++] = w->last ? w->operands[k] : w->turn[k];
  for (int k = 0; keeps(w) && k < n_carries; k++) operands[n++] = w->turn[k];
  if (keeps(w)) operands[n++] = w->turn[n_carries + w->shape.n_collected];
  Attr attrs[6] = {attr_z(A_length, w->rest), attr_i(A_carries, n),
                   attr_i(A_slices, w->shape.n_slices),
                   attr_i(A_repeat, until ? REPEAT_kept : REPEAT_plain)};
  for (int k = n_carries; k < w->scan->n_operands; k++) {
    Ref x = w->operands[k];
    bool slice = grad_role(&w->shape, k + 1) == GRAD_slice;
    operands[n++] = slice ? build_slice(g, x, 0, place_of_rest(w), w->rest) : x;
  }
  int n_attrs = 4;
  if (w->shape.reverse) attrs[n_attrs++] = attr_i(A_reverse, 1);
  if (until) attrs[n_attrs++] = attr_i(A_until, 1);
  return build_region(g, OP_scan, operands, n, attrs, n_attrs, body_of_rest(w), TY_NONE);
}

static void join_results(Writer *w) {
  Graph *g = w->g;
  int n_carries = w->shape.n_carries, kept = keeps(w) ? n_carries : 0;
  for (int k = 0; k < n_carries + w->shape.n_collected; k++) {
    bool carry = k < n_carries, alone = ref_none(w->loop);
    Ref turn = carry ? w->turn[k] : reshape_rows(g, w->turn[k], true);
    w->results[k] = turn;
    if (alone || (carry && w->last)) continue;
    Ref others = build_item(g, w->loop, k + kept + (keeps(w) && !carry));
    Ref rows[2] = {at_end(w) ? others : turn, at_end(w) ? turn : others};
    w->results[k] = carry ? others : build_concat(g, rows, 2, 0);
  }
}

static void write_out(Writer *w) {
  w->rest = size_sub(w->g->ctx, w->shape.length, size_const(w->g->ctx, 1));
  bool alone = size_is(w->g->ctx, w->rest, 0);
  w->loop = REF_NONE;
  if (w->last && !alone) w->loop = rest_of_turns(w);
  write_turn(w);
  if (!w->last && !alone) w->loop = rest_of_turns(w);
  join_results(w);
}

/* The graph with the scan's first turn in front of it, or its last one behind it. */
static Graph *write_turn_of(const Graph *old, Ref scan, bool last) {
  Arena *arena = &old->ctx->arena;
  RefMap map = refmap_new(arena, old);
  Graph *g = graph_like(old, &map);
  const Node *n = graph_node(old, scan);
  uint32_t n_results = n->body->results.len;
  Writer w = {.g = g, .arena = arena, .scan = n, .shape = grad_scan_shape(n), .last = last};
  w.turn = arena_array(arena, Ref, n_results + 1);
  w.results = arena_array(arena, Ref, n_results + 1);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    const Node *node = &old->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    Ref *operands = arena_array(arena, Ref, node->n_operands + 1);
    for (int k = 0; k < node->n_operands; k++) operands[k] = map.to[node->operands[k].i];
    if (i == scan.i) {
      w.operands = operands;
      pass_stamp(g, node);
      write_out(&w);
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

static bool too_long(GradCtx *gc, const RepeatFinder *f, const ScanShape *shape) {
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

static bool has_stop(GradCtx *gc, const After *a) {
  Ctx *ctx = gc->pc->ctx;
  if (!node_int(graph_node(a->path->level[a->path->depth].g, a->scan), A_until, 0)) return false;
  diag_at(
      ctx, a->place, E_derivative_over_turns,
      "the loss has what it is differentiated by also from the last turn of a repeat with 'until'");
  diag_help(ctx, "compute that value again after the repeat, or hand on stop_gradient(...)");
  return true;
}

/* The innermost graph of the path with the first repeat in it that matters written out further, or
 * NULL. */
static Graph *write_here(GradCtx *gc, const GradPath *path, bool *failed) {
  const Graph *g = path->level[path->depth].g;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    GradPath inner = *path;
    Ref scan = {i};
    if (!node_int(&g->nodes.data[i], A_repeat, 0)) continue;
    After after = {.path = path, .scan = scan, .arena = &gc->pc->ctx->arena};
    if (find_after(&after, path)) {
      *failed = has_stop(gc, &after);
      return *failed ? NULL : write_turn_of(g, scan, true);
    }
    if (!grad_path_enter(&inner, scan)) continue;
    RepeatFinder f = {.path = &inner, .arena = &gc->pc->ctx->arena};
    if (!find(&f, &inner)) continue;
    *failed = too_long(gc, &f, &inner.level[inner.depth].shape);
    return *failed ? NULL : write_turn_of(g, scan, false);
  }
  return NULL;
}

/* The whole graph with one turn more written out; NULL when there is none, or on an error. */
static Graph *write_one(GradCtx *gc, const GradPath *path, bool *failed) {
  const Graph *g = path->level[path->depth].g;
  Graph *here = write_here(gc, path, failed);
  if (here) return grad_path_replace(path, path->depth, here, NULL);
  for (uint32_t i = 0; i < g->nodes.len && !*failed; i++) {
    const Node *n = &g->nodes.data[i];
    GradPath inner = *path;
    if (n->op != OP_scan || (graph_properties(n->body) & PROP_no_grad)) continue;
    if (!grad_path_enter(&inner, (Ref){i})) continue;
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
