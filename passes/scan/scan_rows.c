/* scan-rows: what a loop does to rows of a carried value is done to these rows alone.
 *
 * The derivative of a loop that reads rows by index, or writes them, carries an adjoint in which a
 * step clears some rows and adds to others. Written as sums with a scatter of zeros, and masked as
 * a whole, each step would walk over all rows: quadratic in their number. Here
 *
 *   x + scatter_add(i, b)                      becomes  update(x, x[i] + b, i)
 *   scatter_add(i, c) != 0, c of bools           becomes  update(false, c, i), a mark
 *   m or update(false, c, i)                     becomes  update(m, m[i] or c, i)
 *   where(update(false, c, i), scatter_add(i, b), 0)  becomes  scatter_add(i, where(c, b, 0))
 *   where(m, x, 0)                               becomes  x, where x is 0 outside of m
 *
 * for one index i; 'update' then writes in place. That a carried x is 0 outside of a carried m is
 * an invariant: assumed of all pairs for which it holds at first, and given up for those that the
 * body breaks, until it keeps all that are left.
 */
#include "passes/walk.h"

enum { DEEPEST = 64 };

typedef struct RowLoop {
  PassCtx *pc;
  Graph *g; /* the new body */
  int carries;
  bool *pairs; /* by carry that is a mask and carry that is 0 outside of it; NULL: none */
} RowLoop;

/* ---- what is 0 where ---- */

static bool is_number(const Graph *g, Ref r, double value) {
  const Node *n = graph_node(g, r);
  return n->op == OP_const && node_float(n, A_value, value + 1) == value;
}

static bool is_bool(const Graph *g, Ref r) {
  const TypeInfo *info = graph_info(g, r);
  return !info->is_tuple && info->dtype == DT_bool;
}

/* The number of a carry among the parameters of the body; -1: it is none. */
static int carry_of(const RowLoop *loop, Ref r) {
  for (int i = 0; loop->pairs && i < loop->carries; i++)
    if (ref_eq(loop->g->params.data[1 + i], r)) return i;
  return -1;
}

/* Whether condition a is true only where b is. */
static bool implies(const Graph *g, Ref a, Ref b, int depth) {
  const Node *n = graph_node(g, a), *m = graph_node(g, b);
  if (ref_eq(a, b) || is_number(g, b, 1) || is_number(g, a, 0)) return true;
  if (depth >= DEEPEST) return false;
  if (n->op == OP_or)
    return implies(g, n->operands[0], b, depth + 1) && implies(g, n->operands[1], b, depth + 1);
  if (m->op == OP_or)
    return implies(g, a, m->operands[0], depth + 1) || implies(g, a, m->operands[1], depth + 1);
  if (n->op == OP_and)
    return implies(g, n->operands[0], b, depth + 1) || implies(g, n->operands[1], b, depth + 1);
  return m->op == OP_update && is_number(g, m->operands[1], 1) &&
         implies(g, a, m->operands[0], depth + 1);
}

/* Whether two updates are of the same places. */
static bool same_places(const Graph *g, const Node *a, const Node *b) {
  int64_t axis = node_int(a, A_axis, 0);
  return b->op == OP_update && axis == node_int(b, A_axis, 0) &&
         ref_eq(a->operands[2], b->operands[2]) &&
         sz_eq(graph_info(g, a->operands[1])->dims[axis],
               graph_info(g, b->operands[1])->dims[axis]);
}

/* Whether two gathers read the same places. */
static bool same_gather(const Node *a, const Node *b) {
  return ref_eq(a->operands[1], b->operands[1]) &&
         node_int(a, A_axis, 0) == node_int(b, A_axis, 0) &&
         node_int(a, A_batch, 0) == node_int(b, A_batch, 0);
}

/* A scatter_add of the rows of one index: one block of the extent 1. */
static bool one_row(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  return n->op == OP_scatter_add && !graph_info(g, n->operands[0])->rank;
}

static bool outside(const RowLoop *loop, Ref m, Ref x, int depth);

/* m is an update of a mask. */
static bool outside_updated(const RowLoop *loop, const Node *m, const Node *x, Ref r, int depth) {
  const Graph *g = loop->g;
  Ref before = m->operands[0];
  if (is_number(g, m->operands[1], 1) && outside(loop, before, r, depth)) return true;
  return same_places(g, m, x) && outside(loop, before, x->operands[0], depth) &&
         outside(loop, m->operands[1], x->operands[1], depth);
}

/* Whether x is 0 wherever m is false. */
static bool outside(const RowLoop *loop, Ref m, Ref x, int depth) {
  const Graph *g = loop->g;
  const Node *n = graph_node(g, x), *of = graph_node(g, m);
  int mask = carry_of(loop, m), value = carry_of(loop, x);
  if (is_number(g, x, 0) || is_number(g, m, 1)) return true;
  if (mask >= 0 && value >= 0) return loop->pairs[mask * loop->carries + value];
  if (depth++ >= DEEPEST) return false;
  if (n->op == OP_where && is_number(g, n->operands[2], 0) && implies(g, n->operands[0], m, depth))
    return true;
  if (n->op == OP_add || n->op == OP_sub)
    if (outside(loop, m, n->operands[0], depth) && outside(loop, m, n->operands[1], depth))
      return true;
  if (n->op == OP_update && is_number(g, n->operands[1], 0) &&
      outside(loop, m, n->operands[0], depth))
    return true;
  if (of->op == OP_gather && n->op == OP_gather && same_gather(of, n))
    return outside(loop, of->operands[0], n->operands[0], depth);
  if (of->op == OP_or)
    return outside(loop, of->operands[0], x, depth) || outside(loop, of->operands[1], x, depth);
  return of->op == OP_update && outside_updated(loop, of, n, x, depth);
}

/* ---- rewrites ---- */

/* The value with one row of the scatter replaced. */
static Ref put_row(Graph *g, const Node *scatter, Ref x, Ref row) {
  Attr axis = attr_i(A_axis, node_int(scatter, A_axis, 0));
  Ref operands[] = {x, row, build_cast(g, scatter->operands[0], DT_i32)};
  return build_op(g, OP_update, operands, 3, &axis, 1, TY_NONE);
}

static Ty row_type(Graph *g, const Node *scatter, Ref like) {
  const TypeInfo *info = graph_info(g, like);
  Sz *dims = arena_copy(&g->ctx->arena, info->dims, sizeof(Sz) * (size_t)info->rank);
  dims[node_int(scatter, A_axis, 0)] = size_const(g->ctx, 1);
  return type_with_dims(g->ctx, graph_type(g, like), dims, info->rank);
}

/* The row of x that a scatter, or a mark, is about. */
static Ref row_at(Graph *g, Ref x, Ref index, int64_t axis) {
  Sz one = size_const(g->ctx, 1);
  Ref places = build_broadcast(g, index, &one, 1, NULL);
  Attr attrs[] = {attr_i(A_axis, axis), attr_i(A_batch, 0)};
  return build_op(g, OP_gather, (Ref[]){x, places}, 2, attrs, 2, TY_NONE);
}

static Ref as_row(Graph *g, const Node *scatter, Ref value, Ref like) {
  const TypeInfo *row = type_info(g->ctx, row_type(g, scatter, like));
  return build_reshape(g, value, row->dims, row->rank);
}

static Ref add_to_row(Graph *g, Ref x, Ref sum) {
  const Node scatter = *graph_node(g, sum);
  Ref old = row_at(g, x, scatter.operands[0], node_int(&scatter, A_axis, 0));
  return put_row(g, &scatter, x,
                 build2(g, OP_add, old, as_row(g, &scatter, scatter.operands[1], x)));
}

/* The bools that a value counts, or REF_NONE: of true, any number but 0. */
static Ref counted(Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  if (n->op == OP_const && node_float(n, A_value, 0) != 0)
    return build_const(g, type_with_dtype(g->ctx, n->type, DT_bool), 1);
  while (n->op == OP_reshape || n->op == OP_cast) {
    r = n->operands[0];
    n = graph_node(g, r);
  }
  return is_bool(g, r) ? r : REF_NONE;
}

/* update(false, c, i) where the scatter of c is not 0. */
static Ref mark_row(Graph *g, Ref sum) {
  const Node scatter = *graph_node(g, sum);
  Ref marks = counted(g, scatter.operands[1]);
  Ref none = build_const(g, type_with_dtype(g->ctx, graph_type(g, sum), DT_bool), 0);
  if (ref_none(marks)) return REF_NONE;
  return put_row(g, &scatter, none, as_row(g, &scatter, marks, none));
}

static bool is_mark(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  return n->op == OP_update && is_bool(g, r) && is_number(g, n->operands[0], 0) &&
         graph_node(g, n->operands[2])->op == OP_cast;
}

/* m, or the mark. */
static Ref mark_in(Graph *g, Ref m, Ref mark) {
  const Node n = *graph_node(g, mark);
  Ref index = graph_node(g, n.operands[2])->operands[0], row = n.operands[1];
  if (!is_number(g, row, 1))
    row = build2(g, OP_or, row_at(g, m, index, node_int(&n, A_axis, 0)), row);
  return build_op(g, OP_update, (Ref[]){m, row, n.operands[2]}, 3, n.attrs, n.n_attrs, TY_NONE);
}

/* The scatter where the mark of the same row says so; REF_NONE: it is of another one. */
static Ref mask_row(Graph *g, Ref mark, Ref sum) {
  const Node m = *graph_node(g, mark), scatter = *graph_node(g, sum);
  int64_t axis = node_int(&scatter, A_axis, 0);
  if (!ref_eq(graph_node(g, m.operands[2])->operands[0], scatter.operands[0]) ||
      node_int(&m, A_axis, 0) != axis)
    return REF_NONE;
  if (is_number(g, m.operands[1], 1)) return sum;
  Ref row = as_row(g, &scatter, scatter.operands[1], sum);
  row = build3(g, OP_where, m.operands[1], row, build_const(g, graph_type(g, row), 0));
  const TypeInfo *flat = graph_info(g, scatter.operands[1]);
  Ref operands[] = {scatter.operands[0], build_reshape(g, row, flat->dims, flat->rank)};
  return build_op(g, OP_scatter_add, operands, 2, scatter.attrs, scatter.n_attrs, scatter.type);
}

/* The node over its new operands in another form, or REF_NONE. */
static Ref rewritten(const RowLoop *loop, const Node *n, const Ref *operands) {
  Graph *g = loop->g;
  Ref a = operands[0], b = operands[1], better = REF_NONE;
  if (n->op == OP_add && (one_row(g, a) || one_row(g, b)))
    return one_row(g, b) ? add_to_row(g, a, b) : add_to_row(g, b, a);
  if (n->op == OP_ne && is_number(g, b, 0) && one_row(g, a)) return mark_row(g, a);
  if (n->op == OP_or && (is_mark(g, a) || is_mark(g, b)))
    return is_mark(g, b) ? mark_in(g, a, b) : mark_in(g, b, a);
  if (n->op != OP_where || !is_number(g, operands[2], 0)) return REF_NONE;
  if (is_mark(g, a) && one_row(g, b)) better = mask_row(g, a, b);
  return !ref_none(better) ? better : outside(loop, a, b, 0) ? b : REF_NONE;
}

static Graph *rewrite(RowLoop *loop, const Graph *old, int *changes) {
  RefMap map = refmap_new(&old->ctx->arena, old);
  loop->g = graph_like(old, &map);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    const Node *n = &old->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    Ref operands[3] = {REF_NONE, REF_NONE, REF_NONE}, better = REF_NONE;
    for (int k = 0; k < n->n_operands && k < 3; k++) operands[k] = map.to[n->operands[k].i];
    pass_stamp(loop->g, n);
    if (n->n_operands && n->n_operands <= 3 && op_is(n->op, T_ELEMENTWISE))
      better = rewritten(loop, n, operands);
    bool taken = !ref_none(better) && pass_fuel(loop->pc);
    *changes += taken;
    map.to[i] = taken ? better : refmap_copy(old, (Ref){i}, loop->g, &map);
  }
  pass_results(old, loop->g, &map);
  return graph_sweep(loop->g);
}

/* ---- the invariant ---- */

static bool may_pair(const Scan *s, int mask, int value) {
  const Graph *g = s->body;
  Ref m = scan_carry_param(s, mask), x = scan_carry_param(s, value);
  return is_bool(g, m) && !is_bool(g, x) &&
         type_same_shape(g->ctx, graph_type(g, m), graph_type(g, x));
}

/* The pairs that the first values have and every step keeps; false when there is none. */
static bool find_pairs(RowLoop *loop, const Scan *s) {
  RowLoop around = {.pc = loop->pc, .g = (Graph *)s->g};
  int n = s->carries;
  bool any = false;
  loop->g = (Graph *)s->body;
  loop->pairs = arena_array(&s->g->ctx->arena, bool, n *n + 1);
  for (int m = 0; m < n; m++)
    for (int x = 0; x < n; x++)
      if (may_pair(s, m, x))
        any |= loop->pairs[m * n + x] = outside(&around, scan_init(s, m), scan_init(s, x), 0);
  for (bool gone = any; gone;) {
    gone = any = false;
    for (int i = 0; i < n * n; i++) {
      if (!loop->pairs[i]) continue;
      if (outside(loop, scan_next(s, i / n), scan_next(s, i % n), 0)) {
        any = true;
        continue;
      }
      loop->pairs[i] = false;
      gone = true;
    }
  }
  return any;
}

static Graph *rows_of(PassCtx *pc, const Graph *g, Ref r) {
  Scan s = scan_read(g, r);
  RowLoop loop = {.pc = pc, .carries = s.carries};
  int changes = 0;
  Graph *body = rewrite(&loop, s.body, &changes);
  s.body = body;
  if (find_pairs(&loop, &s)) body = rewrite(&loop, body, &changes);
  if (!changes) return graph_node(g, r)->body;
  if (remarks_on(pc)) {
    remark(pc, g, r, REMARK_applied, "rows-in-place", "rows of carried values are changed alone");
    remark_number(pc, "rewrites", changes);
  }
  return body;
}

Graph *pass_scan_rows(PassCtx *pc, const Graph *g, const PassOptions *options) {
  const Graph *old = pass_map_bodies(pc, g, options, pass_scan_rows);
  if (pc->options.strict || !old || !has_scans(old)) return (Graph *)old; /* -0 + 0 is 0 */
  RefMap map = refmap_new(&pc->ctx->arena, old);
  Graph *out = graph_like(old, &map);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    Ref r = {i};
    if (!ref_none(map.to[i])) continue;
    const Node *n = &old->nodes.data[i];
    map.to[i] = n->op == OP_scan ? pass_copy(old, r, out, &map, rows_of(pc, old, r))
                                 : refmap_copy(old, r, out, &map);
  }
  if (refmap_same(old, out, &map)) return (Graph *)old;
  pass_results(old, out, &map);
  return out;
}
