/* Kernels by rows: see the header. */
#include "passes/plan/plan_rows.h"

#include <string.h>

#include "ir/cost.h"

/* The axes of rows that an axis is, together: lo .. hi - 1; none when they are equal. */
typedef struct RowLabel {
  int8_t lo, hi;
} RowLabel;

/* Axes of two values that walk together: one with one, or one with several that it is made of. */
typedef struct AxisGroup {
  Ref value;
  int axis, n;
} AxisGroup;
typedef struct AxisPair {
  AxisGroup a, b;
} AxisPair;
/* An axis whose places are mixed. */
typedef struct MixedAxis {
  Ref value;
  int axis;
} MixedAxis;

typedef struct RowsBuild {
  Ctx *ctx;
  Arena *arena;
  const Graph *body;
  PlanRows *out;
  RowAxes *axes;
  RowLabel *labels; /* by node and axis */
  VEC(AxisPair) pairs;
  VEC(MixedAxis) mixed;
  bool again; /* an axis that counts rows was taken apart */
  const char *why;
} RowsBuild;

static RowLabel *label_of(RowsBuild *r, Ref value, int axis) {
  return &r->labels[value.i * MAX_RANK + (uint32_t)axis];
}

static bool is_free(RowLabel label) { return label.lo == label.hi; }
static int rank_of(const RowsBuild *r, Ref value) { return graph_info(r->body, value)->rank; }
static Sz extent_of(const RowsBuild *r, Ref value, int axis) {
  return graph_info(r->body, value)->dims[axis];
}

static void pair(RowsBuild *r, Ref a, int a_axis, Ref b, int b_axis) {
  vec_push(r->arena, &r->pairs, ((AxisPair){{a, a_axis, 1}, {b, b_axis, 1}}));
}

static void mix(RowsBuild *r, Ref value, int axis) {
  vec_push(r->arena, &r->mixed, ((MixedAxis){value, axis}));
}

static Sz product_of(Ctx *ctx, const Sz *dims, int from, int to) {
  Sz all = size_const(ctx, 1);
  for (int i = from; i < to; i++) all = size_mul(ctx, all, dims[i]);
  return all;
}

/* ---- which axes of operands and result walk together ---- */

static bool is_listed(const Node *node, int axis) {
  if (op_is(node->op, T_ARGREDUCE)) return node_int(node, A_axis, 0) == axis;
  const Attr *axes = node_attr(node, A_axes);
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] == axis) return true;
  return false;
}

static void pair_reduced(RowsBuild *r, Ref y, const Node *node) {
  Ref a = node->operands[0];
  for (int i = 0, kept = 0; i < rank_of(r, a); i++) {
    if (is_listed(node, i))
      mix(r, a, i);
    else
      pair(r, a, i, y, kept++);
  }
}

/* Axes of a box that are whole walk together; along the others places move. */
static void pair_box(RowsBuild *r, Ref inner, Ref outer, const Attr *starts) {
  const TypeInfo *in = graph_info(r->body, inner), *out = graph_info(r->body, outer);
  for (int i = 0; i < in->rank; i++) {
    if (size_is(r->ctx, starts->sizes[i], 0) && sz_eq(in->dims[i], out->dims[i])) {
      pair(r, inner, i, outer, i);
      continue;
    }
    mix(r, inner, i);
    mix(r, outer, i);
  }
}

static void pair_along(RowsBuild *r, Ref y, const Node *node) {
  int axis = (int)node_int(node, A_axis, 0);
  for (int k = 0; k < node->n_operands; k++)
    for (int i = 0; i < rank_of(r, y); i++) {
      if (i != axis) pair(r, node->operands[k], i, y, i);
      if (i == axis) mix(r, node->operands[k], i), mix(r, y, i);
    }
}

/* How many axes from 'first' on make up the extent; 0: no number of them. */
static int axes_of_extent(Ctx *ctx, const TypeInfo *t, int first, Sz extent) {
  for (int n = 1; first + n <= t->rank; n++)
    if (sz_eq(product_of(ctx, t->dims, first, first + n), extent)) return n;
  return 0;
}

static void pair_reshaped(RowsBuild *r, Ref y, Ref a) {
  const TypeInfo *to = graph_info(r->body, y), *from = graph_info(r->body, a);
  int i = 0, k = 0;
  while (i < from->rank && k < to->rank) {
    int more = axes_of_extent(r->ctx, from, i, to->dims[k]),
        parts = axes_of_extent(r->ctx, to, k, from->dims[i]);
    if (!more && !parts) break;
    AxisPair both = {{a, i, parts ? 1 : more}, {y, k, parts ? parts : 1}};
    vec_push(r->arena, &r->pairs, both);
    i += both.a.n, k += both.b.n;
  }
  for (; i < from->rank; i++) mix(r, a, i);
  for (; k < to->rank; k++) mix(r, y, k);
}

/* y[n.., i.., j.., k..] = a[n.., i.., b[n.., j..], k..] */
static void pair_gathered(RowsBuild *r, Ref y, const Node *node) {
  Ref a = node->operands[0], b = node->operands[1];
  int axis = (int)node_int(node, A_axis, 0), batch = (int)node_int(node, A_batch, 0);
  int more = rank_of(r, b) - batch;
  for (int i = 0; i < axis; i++) pair(r, a, i, y, i);
  for (int i = 0; i < batch; i++) pair(r, b, i, y, i);
  for (int i = 0; i < more; i++) pair(r, b, batch + i, y, axis + i);
  mix(r, a, axis);
  for (int i = axis + 1; i < rank_of(r, a); i++) pair(r, a, i, y, i - 1 + more);
}

static void pair_moved(RowsBuild *r, Ref y, const Node *node) {
  Ref a = node->operands[0];
  switch (node->op) {
  case OP_broadcast: {
    const Attr *axes = node_attr(node, A_axes);
    for (int i = 0; i < axes->n; i++) pair(r, a, i, y, axes->ints[i]);
    return;
  }
  case OP_transpose: {
    const Attr *perm = node_attr(node, A_perm);
    for (int i = 0; i < perm->n; i++) pair(r, a, perm->ints[i], y, i);
    return;
  }
  case OP_slice:
    pair_box(r, y, a, node_attr(node, A_starts));
    return;
  case OP_pad:
    pair_box(r, a, y, node_attr(node, A_lo));
    return;
  case OP_reshape:
    pair_reshaped(r, y, a);
    return;
  default: /* concat, reverse */
    pair_along(r, y, node);
  }
}

static bool pair_axes(RowsBuild *r, Ref y) {
  const Node *node = graph_node(r->body, y);
  if (op_is(node->op, T_ELEMENTWISE)) {
    for (int k = 0; k < node->n_operands; k++)
      for (int i = 0; i < rank_of(r, node->operands[k]); i++) pair(r, node->operands[k], i, y, i);
  } else if (op_is(node->op, T_REDUCE | T_ARGREDUCE)) {
    pair_reduced(r, y, node);
  } else if (op_is(node->op, T_MOVEMENT)) {
    pair_moved(r, y, node);
  } else if (node->op == OP_gather) {
    pair_gathered(r, y, node);
  } else if (!op_is(node->op, T_LEAF | T_RANDOM)) {
    return false;
  }
  return true;
}

/* ---- labels ---- */

static const char MIXED[] = "its values do not belong to single rows";

/* The label of all axes of a group together; false: only some of them count rows, or in another
 * order. Axes of extent 1 count nothing. */
static bool label_of_group(RowsBuild *r, const AxisGroup *g, RowLabel *all) {
  bool some = false, rest = false;
  *all = (RowLabel){0, 0};
  for (int i = g->axis; i < g->axis + g->n; i++) {
    RowLabel label = *label_of(r, g->value, i);
    if (is_free(label)) {
      rest |= !size_is(r->ctx, extent_of(r, g->value, i), 1);
      continue;
    }
    if (some && label.lo != all->hi) return false;
    if (!some) all->lo = label.lo;
    all->hi = label.hi;
    some = true;
  }
  return !some || !rest;
}

/* Takes axis 'at' apart as axes of a value are, from 'first' on. */
static void take_apart(RowsBuild *r, int at, const TypeInfo *t, int first, int n) {
  RowAxes *axes = r->axes, old = *axes;
  if (old.n + n - 1 > PLAN_ROW_AXES) return;
  for (int i = 0; i < n; i++) {
    if (size_is(r->ctx, t->dims[first + i], 1)) return;
    axes->extents[at + i] = t->dims[first + i];
  }
  for (int i = at + 1; i < old.n; i++) axes->extents[i + n - 1] = old.extents[i];
  axes->n = old.n + n - 1;
  r->again = true;
}

/* Deals the label out to the axes of a group, by their extents. */
static bool deal_label(RowsBuild *r, const AxisGroup *g, RowLabel label) {
  const TypeInfo *t = graph_info(r->body, g->value);
  int at = label.lo;
  for (int i = g->axis; i < g->axis + g->n; i++) {
    if (size_is(r->ctx, t->dims[i], 1)) continue;
    int first = at;
    while (at < label.hi &&
           !(at > first && sz_eq(product_of(r->ctx, r->axes->extents, first, at), t->dims[i])))
      at++;
    if (!sz_eq(product_of(r->ctx, r->axes->extents, first, at), t->dims[i])) {
      int n = first < label.hi ? axes_of_extent(r->ctx, t, i, r->axes->extents[first]) : 0;
      if (n > 1) take_apart(r, first, t, i, n);
      r->why = MIXED;
      return false;
    }
    *label_of(r, g->value, i) = (RowLabel){(int8_t)first, (int8_t)at};
  }
  if (at != label.hi) r->why = MIXED;
  return at == label.hi;
}

/* Gives both the label that one has. */
static bool spread_pair(RowsBuild *r, const AxisPair *p) {
  RowLabel a, b;
  if (!label_of_group(r, &p->a, &a) || !label_of_group(r, &p->b, &b)) return r->why = MIXED, false;
  if (a.lo == b.lo && a.hi == b.hi) return false;
  if (!is_free(a) && !is_free(b)) return r->why = MIXED, false;
  return deal_label(r, is_free(a) ? &p->a : &p->b, is_free(a) ? b : a);
}

static void spread_labels(RowsBuild *r) {
  for (bool more = true; more && !r->why;) {
    more = false;
    for (uint32_t i = 0; i < r->pairs.len && !r->why; i++)
      more |= spread_pair(r, &r->pairs.data[i]);
    for (uint32_t i = r->pairs.len; i-- > 0 && !r->why;) more |= spread_pair(r, &r->pairs.data[i]);
  }
}

static bool has_label(RowsBuild *r, Ref value, int axis) {
  for (int i = 0; i < rank_of(r, value); i++) {
    RowLabel label = *label_of(r, value, i);
    if (label.lo <= axis && axis < label.hi) return true;
  }
  return false;
}

/* Whether a value holds whole rows, one after the other. */
static bool is_made_of_rows(RowsBuild *r, Ref value) {
  int at = 0;
  for (int i = 0; i < rank_of(r, value); i++) {
    RowLabel label = *label_of(r, value, i);
    if (is_free(label) && (at == r->axes->n || size_is(r->ctx, extent_of(r, value, i), 1)))
      continue;
    if (is_free(label) || label.lo != at) return false;
    at = label.hi;
  }
  return at == r->axes->n;
}

static bool results_are_rows(RowsBuild *r) {
  for (uint32_t k = 0; k < r->body->results.len; k++)
    if (!is_made_of_rows(r, r->body->results.data[k])) return false;
  return true;
}

/* Where there is nothing of the rows in what is reduced, each part of them would do it again. So
 * few that they are the lanes' business would be added up in another order. */
static bool reductions_are_cut(RowsBuild *r) {
  for (uint32_t i = 0; i < r->body->nodes.len; i++) {
    const Node *node = &r->body->nodes.data[i];
    if (!op_is(node->op, T_REDUCE | T_ARGREDUCE)) continue;
    const TypeInfo *a = graph_info(r->body, node->operands[0]);
    if (!has_label(r, node->operands[0], r->axes->n - 1)) return false;
    for (int d = 0; d < a->rank; d++) {
      int64_t extent;
      if (is_listed(node, d) && size_is_const(r->ctx, a->dims[d], &extent) && extent <= 16)
        return false;
    }
  }
  return true;
}

/* The leading axes of an operand that is made of rows. */
static bool label_operand(RowsBuild *r, Ref param) {
  const TypeInfo *t = graph_info(r->body, param);
  Sz rows = product_of(r->ctx, r->axes->extents, 0, r->axes->n);
  int n = axes_of_extent(r->ctx, t, 0, rows);
  AxisGroup leading = {param, 0, n};
  if (!n) r->why = "it reads rows in another shape";
  return n && deal_label(r, &leading, (RowLabel){0, (int8_t)r->axes->n});
}

static void label_all(RowsBuild *r) {
  uint32_t n = r->body->nodes.len * MAX_RANK;
  r->why = NULL;
  r->again = false;
  memset(r->labels, 0, n * sizeof *r->labels);
  for (uint32_t k = 0; k < r->body->params.len && !r->why; k++)
    if (r->out->made[k]) label_operand(r, r->body->params.data[k]);
  spread_labels(r);
}

/* Whether every axis that counts rows is as long as they are. */
static bool extents_agree(RowsBuild *r) {
  for (uint32_t i = 0; i < r->body->nodes.len; i++)
    for (int d = 0; d < rank_of(r, (Ref){i}); d++) {
      RowLabel label = *label_of(r, (Ref){i}, d);
      if (!is_free(label) && !sz_eq(product_of(r->ctx, r->axes->extents, label.lo, label.hi),
                                    extent_of(r, (Ref){i}, d)))
        return false;
    }
  return true;
}

static bool find_labels(RowsBuild *r) {
  r->labels = arena_array(r->arena, RowLabel, r->body->nodes.len * MAX_RANK);
  for (uint32_t i = 0; i < r->body->nodes.len; i++) {
    if (type_info(r->ctx, r->body->nodes.data[i].type)->is_tuple || !pair_axes(r, (Ref){i}))
      return r->why = "an op of it is of another kind", false;
  }
  do {
    label_all(r);
  } while (r->again);
  for (uint32_t i = 0; i < r->mixed.len && !r->why; i++)
    if (!is_free(*label_of(r, r->mixed.data[i].value, r->mixed.data[i].axis)))
      r->why = "it mixes rows";
  if (!r->why && !extents_agree(r)) r->why = MIXED;
  for (uint32_t k = 0; k < r->body->params.len && !r->why; k++)
    if (r->out->made[k] && !is_made_of_rows(r, r->body->params.data[k])) r->why = MIXED;
  if (!r->why && !results_are_rows(r)) r->why = "its results are not made of such rows";
  if (!r->why && !reductions_are_cut(r)) r->why = "its sums are not those of such rows";
  return !r->why;
}

/* ---- the body of a part ---- */

/* Of axes together: where the part begins, and its extent. */
static void part_of(const RowsBuild *r, RowLabel label, Sz *start, Sz *extent) {
  const PlanRows *out = r->out;
  Ctx *ctx = r->ctx;
  *start = size_const(ctx, 0);
  *extent = size_const(ctx, 1);
  for (int e = label.lo; e < label.hi; e++) {
    Sz length = r->axes->extents[e];
    *start = size_mul(ctx, *start, length);
    if (e <= out->cut) *start = size_add(ctx, *start, out->starts[e]);
    if (e == out->cut) *extent = out->count;
    if (e > out->cut) *extent = size_mul(ctx, *extent, length);
  }
}

static Ty cut_type(RowsBuild *r, Ref value) {
  const TypeInfo *t = graph_info(r->body, value);
  Sz *dims = arena_copy(r->arena, t->dims, sizeof *dims * (size_t)t->rank), start;
  for (int i = 0; i < t->rank; i++) {
    RowLabel label = *label_of(r, value, i);
    if (!is_free(label)) part_of(r, label, &start, &dims[i]);
  }
  return type_with_dims(r->ctx, graph_type(r->body, value), dims, t->rank);
}

/* The part of a whole value. */
static Ref cut_whole(RowsBuild *r, Graph *g, Ref old, Ref whole) {
  for (int i = 0; i < rank_of(r, old); i++) {
    RowLabel label = *label_of(r, old, i);
    Sz start, extent;
    if (is_free(label) || label.lo > r->out->cut) continue;
    part_of(r, label, &start, &extent);
    whole = build_slice(g, whole, i, start, extent);
  }
  return whole;
}

static Ref cut_node(RowsBuild *r, Graph *g, Ref old, const Ref *to) {
  Node copy = *graph_node(r->body, old);
  Ref *operands = arena_array(r->arena, Ref, copy.n_operands + 1);
  for (int k = 0; k < copy.n_operands; k++) operands[k] = to[copy.operands[k].i];
  if (copy.op == OP_iota || op_is(copy.op, T_RANDOM)) /* by place: of the whole */
    return cut_whole(r, g, old, build_copy(g, &copy, operands));
  copy.type = cut_type(r, old);
  return build_copy(g, &copy, operands);
}

static const Graph *cut_body(RowsBuild *r) {
  const Graph *body = r->body;
  Graph *g = graph_new(r->ctx, body->name);
  Ref *to = arena_array(r->arena, Ref, body->nodes.len);
  for (uint32_t k = 0; k < body->params.len; k++) {
    Ref param = body->params.data[k];
    bool cut = (int)k == r->out->product;
    to[param.i] = graph_param(g, cut ? cut_type(r, param) : graph_type(body, param),
                              graph_node(body, param)->name, NULL, 0);
  }
  for (uint32_t k = 0; k < body->params.len; k++) {
    Ref param = body->params.data[k];
    if ((int)k != r->out->product) to[param.i] = cut_whole(r, g, param, to[param.i]);
  }
  for (uint32_t i = 0; i < body->nodes.len; i++)
    if (body->nodes.data[i].op != OP_param) to[i] = cut_node(r, g, (Ref){i}, to);
  for (uint32_t k = 0; k < body->results.len; k++)
    graph_result(g, to[body->results.data[k].i], body->result_names.data[k]);
  return g;
}

/* ---- which axes count the rows ---- */

/* RowsBuild lie one after another, items of the batch, too. */
static bool is_plain(Ctx *ctx, const DotForm *form) {
  Sz step = form->n.extent;
  if (!size_is(ctx, form->m.extent, 1) && !sz_eq(form->m.y, step)) return false;
  step = size_mul(ctx, step, form->m.extent);
  for (int i = DOT_BATCH - 1; i >= 0; i--) {
    if (size_is(ctx, form->batch[i].extent, 1)) continue;
    if (!sz_eq(form->batch[i].y, step)) return false;
    step = size_mul(ctx, step, form->batch[i].extent);
  }
  return true;
}

bool plan_row_axes(Ctx *ctx, const DotForm *form, const TypeInfo *t, RowAxes *axes) {
  int n = 0;
  *axes = (RowAxes){.item = form->m.extent};
  if (!is_plain(ctx, form)) return false;
  while (n < t->rank && !sz_eq(product_of(ctx, t->dims, n, t->rank), form->n.extent)) n++;
  if (n == t->rank) return false;
  for (int i = 0; i < n; i++) {
    if (size_is(ctx, t->dims[i], 1)) continue;
    if (axes->n == PLAN_ROW_AXES) return false;
    axes->extents[axes->n++] = t->dims[i];
  }
  return axes->n > 0;
}

/* The axis to cut: a part never holds rows of two items, and rows of the last axes together are
 * enough for a tile of the product. */
static bool find_cut(Ctx *ctx, const RowAxes *axes, int *cut) {
  enum { FEW = 32 };
  int first = axes->n - 1;
  while (first > 0 && !sz_eq(product_of(ctx, axes->extents, first, axes->n), axes->item)) first--;
  if (!sz_eq(product_of(ctx, axes->extents, first, axes->n), axes->item)) return false;
  *cut = axes->n - 1;
  Sz rows = axes->extents[*cut];
  while (*cut > first && size_guess(ctx, rows) < FEW)
    rows = size_mul(ctx, rows, axes->extents[--*cut]);
  return true;
}

PlanRows *plan_rows(Ctx *ctx, const Node *kernel, const bool *made, int product, RowAxes *axes,
                    const char **why) {
  PlanRows *out = arena_new(&ctx->arena, PlanRows);
  *out = (PlanRows){.kernel = kernel, .made = made, .product = product, .over = -1};
  RowsBuild r = {.ctx = ctx, .arena = &ctx->arena, .body = kernel->body, .out = out, .axes = axes};
  if (!find_labels(&r)) return *why = r.why, NULL;
  if (!find_cut(ctx, axes, &out->cut)) return *why = "parts would hold rows of two items", NULL;
  out->axes = *axes;
  for (int i = 0; i <= out->cut; i++) out->starts[i] = size_fresh(ctx, "row");
  out->count = size_fresh(ctx, "rows");
  out->body = cut_body(&r);
  return out;
}
