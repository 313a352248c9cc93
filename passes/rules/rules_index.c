/* Rules for gather and scatter_add with positions that are known. */
#include "base/cost.h"
#include "ir/cost.h"
#include "passes/rules/rewrite.h"

#include <string.h>

#define MAX_RANK 32

static const TypeInfo *info_of(const Rewriter *rw, Ref r) { return graph_info(rw->g, r); }

/* Where things stand in a gather: y[n.., i.., j.., k..] = a[n.., i.., b[n.., j..], k..]. */
typedef struct RuleIndexPlaces {
  Ref a, index;
  int axis, batch, picked; /* picked: number of axes j */
} RuleIndexPlaces;

static RuleIndexPlaces places_of(const Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  RuleIndexPlaces p = {n->operands[0], n->operands[1], (int)node_int(n, A_axis, 0),
                       (int)node_int(n, A_batch, 0), 0};
  p.picked = info_of(rw, p.index)->rank - p.batch;
  return p;
}

/* The result axis of operand axis i of a (not the gathered one). */
static int result_axis(const RuleIndexPlaces *p, int i) {
  return i < p->axis ? i : i - 1 + p->picked;
}

/* The index, with its axes where the result has them. */
static Ref spread_index(Rewriter *rw, const RuleIndexPlaces *p, Ref index, Ref root) {
  int32_t axes[MAX_RANK];
  int rank = info_of(rw, index)->rank;
  for (int i = 0; i < rank; i++) axes[i] = i < p->batch ? i : p->axis + i - p->batch;
  const TypeInfo *y = info_of(rw, root);
  return rw_broadcast(rw, index, y->dims, y->rank, axes);
}

Ref rule_gather_iota(Rewriter *rw, Ref root) {
  RuleIndexPlaces p = places_of(rw, root);
  const Node *iota = rw_is(rw, p.a, OP_iota);
  if (!iota) return REF_NONE;
  int along = (int)node_int(iota, A_axis, 0);
  if (along != p.axis)
    return rw_node(rw, build_iota(rw->g, graph_type(rw->g, root), result_axis(&p, along)));
  const TypeInfo *b = info_of(rw, p.index);
  Ty type = type_with_dims(rw->g->ctx, graph_type(rw->g, p.a), b->dims, b->rank);
  Ref value = rw_build(rw, OP_cast, &p.index, 1, NULL, 0, type);
  return spread_index(rw, &p, value, root);
}

/* The index counts 0, 1, .. through an axis of extent n, the same for all batch positions. */
static bool counts_through(const Rewriter *rw, Ref index, int batch, Sz n) {
  const Node *iota = rw_is(rw, index, OP_iota);
  const TypeInfo *info = info_of(rw, index);
  return iota && info->rank == batch + 1 && node_int(iota, A_axis, 0) == batch &&
         sz_eq(info->dims[batch], n);
}

Ref rule_gather_identity(Rewriter *rw, Ref root) {
  RuleIndexPlaces p = places_of(rw, root);
  return counts_through(rw, p.index, p.batch, info_of(rw, p.a)->dims[p.axis]) ? p.a : REF_NONE;
}

Ref rule_gather_broadcast(Rewriter *rw, Ref root) {
  RuleIndexPlaces p = places_of(rw, root);
  const Node *broadcast = rw_is(rw, p.a, OP_broadcast);
  if (!broadcast) return REF_NONE;
  const Attr *from = node_attr(broadcast, A_axes);
  int32_t axes[MAX_RANK];
  for (int i = 0; i < from->n; i++) {
    if (from->ints[i] == p.axis) return REF_NONE;
    axes[i] = result_axis(&p, from->ints[i]);
  }
  const TypeInfo *y = info_of(rw, root);
  return rw_broadcast(rw, broadcast->operands[0], y->dims, y->rank, axes);
}

/* One position of the axis, repeated where the index has axes. */
Ref rule_gather_constant(Rewriter *rw, Ref root) {
  RuleIndexPlaces p = places_of(rw, root);
  double position;
  if (!rw_constant(rw, p.index, &position)) return REF_NONE;
  Ctx *ctx = rw->g->ctx;
  const TypeInfo *a = info_of(rw, p.a), *y = info_of(rw, root);
  Sz starts[MAX_RANK], box[MAX_RANK], rest[MAX_RANK];
  int32_t axes[MAX_RANK];
  int n = 0;
  for (int i = 0; i < a->rank; i++) {
    starts[i] = size_const(ctx, i == p.axis ? (int64_t)position : 0);
    box[i] = i == p.axis ? size_const(ctx, 1) : a->dims[i];
    if (i == p.axis) continue;
    rest[n] = a->dims[i];
    axes[n++] = result_axis(&p, i);
  }
  Attr attr = attr_zs(A_starts, starts, a->rank);
  Ref slice = rw_build(rw, OP_slice, &p.a, 1, &attr, 1,
                       type_with_dims(ctx, graph_type(rw->g, p.a), box, a->rank));
  return rw_broadcast(rw, rw_reshape(rw, slice, rest, n), y->dims, y->rank, axes);
}

/* Operands of scatter_add: index, updates. */
Ref rule_scatter_identity(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  int batch = (int)node_int(n, A_batch, 0), axis = (int)node_int(n, A_axis, 0);
  bool identity = counts_through(rw, n->operands[0], batch, info_of(rw, root)->dims[axis]);
  return identity ? n->operands[1] : REF_NONE;
}

Ref rule_scatter_zero(Rewriter *rw, Ref root) {
  double value;
  bool zero = rw_constant(rw, graph_node(rw->g, root)->operands[1], &value) && value == 0;
  return zero ? build_const(rw->g, graph_type(rw->g, root), 0) : REF_NONE;
}

/* Every batch position adds one element, so the result is a choice by position, which fuses with
 * what reads it. */
Ref rule_scatter_one(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  int batch = (int)node_int(n, A_batch, 0), axis = (int)node_int(n, A_axis, 0);
  if (!batch || info_of(rw, n->operands[0])->rank != batch) return REF_NONE;
  const TypeInfo *y = info_of(rw, root);
  Ty type = graph_type(rw->g, root), positions = type_with_dtype(rw->g->ctx, type, DT_i32);
  int32_t axes[MAX_RANK];
  for (int i = 0; i < batch; i++) axes[i] = i;
  Ref index = rw_node(rw, build_cast(rw->g, n->operands[0], DT_i32));
  Ref same[] = {build_iota(rw->g, positions, axis),
                rw_broadcast(rw, index, y->dims, y->rank, axes)};
  for (int i = 0; i + 1 < y->rank; i++) axes[i] = i < axis ? i : i + 1;
  Ref choice[] = {rw_op(rw, OP_eq, same, 2),
                  rw_broadcast(rw, n->operands[1], y->dims, y->rank, axes),
                  build_const(rw->g, type, 0)};
  return rw_op(rw, OP_where, choice, 3);
}

/* ---- sums over one-hot choices ---- */

/* Dims without one axis; the rank left. */
static int dims_without(const TypeInfo *info, int axis, Sz *dims) {
  int n = 0;
  for (int i = 0; i < info->rank; i++)
    if (i != axis) dims[n++] = info->dims[i];
  return n;
}

/* A value that is the same along an axis, without it; REF_NONE when it varies. */
static Ref without_axis(Rewriter *rw, Ref r, int axis) {
  Sz dims[MAX_RANK];
  int rank = dims_without(info_of(rw, r), axis, dims);
  double value;
  if (rw_constant(rw, r, &value))
    return build_const(rw->g, type_with_dims(rw->g->ctx, graph_type(rw->g, r), dims, rank), value);
  const Node *b = rw_is(rw, r, OP_broadcast);
  if (!b) return REF_NONE;
  const Attr *from = node_attr(b, A_axes);
  int32_t axes[MAX_RANK];
  for (int k = 0; k < from->n; k++) {
    if (from->ints[k] == axis) return REF_NONE;
    axes[k] = from->ints[k] - (from->ints[k] > axis);
  }
  return rw_broadcast(rw, b->operands[0], dims, rank, axes);
}

/* A value seen from another one that it is repeated to: where its axes are there. */
typedef struct SeenThrough {
  Ref r;
  int rank;
  int32_t axes[MAX_RANK];
} SeenThrough;

static SeenThrough seen_whole(const Rewriter *rw, Ref r) {
  SeenThrough v = {.r = r, .rank = info_of(rw, r)->rank};
  for (int i = 0; i < v.rank; i++) v.axes[i] = i;
  return v;
}

/* An operand, through broadcasts. */
static SeenThrough seen_through(const Rewriter *rw, SeenThrough v, int operand) {
  if (operand >= 0) v.r = graph_node(rw->g, v.r)->operands[operand];
  for (const Node *n; (n = rw_is(rw, v.r, OP_broadcast));) {
    const Attr *from = node_attr(n, A_axes);
    SeenThrough inner = {.r = n->operands[0], .rank = from->n};
    for (int i = 0; i < from->n; i++) inner.axes[i] = v.axes[from->ints[i]];
    v = inner;
  }
  return v;
}

static bool sees_axis(const SeenThrough *v, int axis) {
  for (int i = 0; i < v->rank; i++)
    if (v->axes[i] == axis) return true;
  return false;
}

/* The same positions before they were made i32. */
static SeenThrough seen_index(const Rewriter *rw, SeenThrough v) {
  const Node *cast = rw_is(rw, v.r, OP_cast);
  bool index =
      cast && info_of(rw, cast->operands[0])->dtype == DT_idx && info_of(rw, v.r)->dtype == DT_i32;
  return index ? seen_through(rw, v, 0) : v;
}

/* a of iota == a: an index into the whole axis that iota counts, which it does not vary along. */
static bool read_choice(const Rewriter *rw, SeenThrough condition, const TypeInfo *whole, int *axis,
                        SeenThrough *index) {
  if (!rw_is(rw, condition.r, OP_eq)) return false;
  for (int side = 0; side < 2; side++) {
    SeenThrough count = seen_index(rw, seen_through(rw, condition, side));
    *index = seen_index(rw, seen_through(rw, condition, 1 - side));
    const Node *iota = rw_is(rw, count.r, OP_iota);
    const TypeInfo *info = info_of(rw, index->r);
    if (!iota || info->dtype != DT_idx) continue;
    *axis = count.axes[node_int(iota, A_axis, 0)];
    bool ascends = true;
    for (int i = 1; i < index->rank; i++) ascends &= index->axes[i - 1] < index->axes[i];
    if (ascends && !sees_axis(index, *axis) &&
        size_ge(rw->g->ctx, whole->dims[*axis], info->extent))
      return true;
  }
  return false;
}

/* The choice in a condition; what else has to hold goes to *beside. */
static bool choice_in(const Rewriter *rw, SeenThrough condition, const TypeInfo *whole, int *axis,
                      SeenThrough *index, SeenThrough *beside) {
  bool both = rw_is(rw, condition.r, OP_and);
  beside->r = REF_NONE;
  if (read_choice(rw, condition, whole, axis, index)) return true;
  for (int side = 0; both && side < 2; side++) {
    *beside = seen_through(rw, condition, 1 - side);
    if (read_choice(rw, seen_through(rw, condition, side), whole, axis, index))
      return !sees_axis(beside, *axis);
  }
  return false;
}

/* The terms of a sum: value where a choice holds, else 0. */
typedef struct ChosenTerms {
  const TypeInfo *whole;
  Ref value;
  bool product; /* times 1 or 0, which is not the same for infinite values and NaN */
  int axis;     /* that the choice is about */
  SeenThrough index, beside;
} ChosenTerms;

/* The bools that were made numbers: 1 or 0. */
static bool read_cast(const Rewriter *rw, SeenThrough v, SeenThrough *condition) {
  const Node *cast = rw_is(rw, v.r, OP_cast);
  if (!cast || info_of(rw, cast->operands[0])->dtype != DT_bool) return false;
  *condition = seen_through(rw, v, 0);
  return true;
}

/* where(c, value, 0), value * cast(c), or cast(c) alone, with a choice in c. */
static bool read_terms(Rewriter *rw, Ref terms, ChosenTerms *t) {
  const Node n = *graph_node(rw->g, terms);
  SeenThrough condition, all = seen_whole(rw, terms);
  double zero;
  *t = (ChosenTerms){.whole = info_of(rw, terms), .value = REF_NONE};
  if (n.op == OP_where && rw_constant(rw, n.operands[2], &zero) && zero == 0) {
    condition = seen_through(rw, all, 0);
    t->value = n.operands[1];
  } else if (read_cast(rw, seen_through(rw, all, -1), &condition)) {
    t->value = build_const(rw->g, graph_type(rw->g, terms), 1);
  } else if (n.op == OP_mul) {
    for (int side = 0; side < 2 && ref_none(t->value); side++)
      if (read_cast(rw, seen_through(rw, all, side), &condition)) t->value = n.operands[1 - side];
    t->product = dtype_is_float(t->whole->dtype);
  }
  if (ref_none(t->value) || !choice_in(rw, condition, t->whole, &t->axis, &t->index, &t->beside))
    return false;
  return !t->product || rw_fast(rw) || fact_finite(rw_fact(rw, t->value));
}

/* A value of all axes but that of the choice, 0 where the rest of the condition is false. */
static Ref where_beside(Rewriter *rw, const ChosenTerms *t, Ref value) {
  if (ref_none(value) || ref_none(t->beside.r)) return value;
  const TypeInfo *info = info_of(rw, value);
  int32_t axes[MAX_RANK];
  for (int i = 0; i < t->beside.rank; i++)
    axes[i] = t->beside.axes[i] - (t->beside.axes[i] > t->axis);
  Ref choice[] = {rw_broadcast(rw, t->beside.r, info->dims, info->rank, axes), value,
                  build_const(rw->g, graph_type(rw->g, value), 0)};
  return rw_op(rw, OP_where, choice, 3);
}

/* ---- the sum over the axis of a choice ---- */

/* v with its axes in ascending order, repeated to all axes but that of the choice. */
static Ref spread_seen(Rewriter *rw, const ChosenTerms *t, const SeenThrough *v) {
  Sz dims[MAX_RANK];
  int32_t perm[MAX_RANK], axes[MAX_RANK];
  int rank = 0, n = 0;
  for (int axis = 0; axis < t->whole->rank; axis++) {
    if (axis == t->axis) continue;
    for (int i = 0; i < v->rank; i++)
      if (v->axes[i] == axis) perm[n] = i, axes[n++] = rank;
    dims[rank++] = t->whole->dims[axis];
  }
  return rw_broadcast(rw, rw_transpose(rw, v->r, perm), dims, rank, axes);
}

/* Moves the axes of v that 'of' has, then the one of the choice, to the front; how many of 'of'. */
static int shared_first(Rewriter *rw, SeenThrough *v, const SeenThrough *of, int choice) {
  SeenThrough moved = {.rank = v->rank};
  int32_t perm[MAX_RANK];
  int n = 0, shared = 0;
  for (int round = 0; round < 3; round++) {
    for (int i = 0; i < v->rank; i++) {
      int kind = sees_axis(of, v->axes[i]) ? 0 : v->axes[i] == choice ? 1 : 2;
      if (kind != round) continue;
      perm[n] = i;
      moved.axes[n++] = v->axes[i];
    }
    if (round == 0) shared = n;
  }
  moved.r = rw_transpose(rw, v->r, perm);
  *v = moved;
  return shared;
}

/* The value at the place that the index names, without the axis of the choice. */
static Ref chosen_value(Rewriter *rw, const ChosenTerms *t) {
  SeenThrough value = seen_through(rw, seen_whole(rw, t->value), -1), index = t->index, y = {0};
  double number;
  if (rw_constant(rw, t->value, &number) || !sees_axis(&value, t->axis))
    return without_axis(rw, t->value, t->axis);
  int batch = shared_first(rw, &index, &value, -1);
  if (batch != shared_first(rw, &value, &index, t->axis)) return REF_NONE;
  Attr attrs[] = {attr_i(A_axis, batch), attr_i(A_batch, batch)};
  y.r = rw_build(rw, OP_gather, (Ref[]){value.r, index.r}, 2, attrs, 2, TY_NONE);
  for (int i = 0; i < index.rank; i++) y.axes[y.rank++] = index.axes[i];
  for (int i = batch + 1; i < value.rank; i++) y.axes[y.rank++] = value.axes[i];
  return spread_seen(rw, t, &y);
}

/* One element is chosen along the axis: the sum over it is that element. */
Ref rule_sum_one_hot(Rewriter *rw, Ref root) {
  const Node n = *graph_node(rw->g, root);
  const Attr *axes = node_attr(&n, A_axes);
  ChosenTerms t;
  if (!read_terms(rw, n.operands[0], &t)) return REF_NONE;
  int32_t rest[MAX_RANK];
  int n_rest = 0;
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] != t.axis) rest[n_rest++] = axes->ints[i] - (axes->ints[i] > t.axis);
  if (n_rest == axes->n) return REF_NONE;
  Ref chosen = where_beside(rw, &t, chosen_value(rw, &t));
  return ref_none(chosen) ? REF_NONE : rw_reduce(rw, OP_sum, chosen, rest, n_rest);
}

/* ---- sums of what falls to each place ---- */

/* sum over some axes of where(iota == a, value, 0): a says of each term to which place of 'axis'
 * it falls. The axes beside that one are the batch (of a, kept), the terms (of a, summed) and
 * others. */
typedef struct Falling {
  int axis, rank; /* rank: of what is left without 'axis' */
  bool of_index[MAX_RANK], summed[MAX_RANK];
  Ref index, value;
} Falling;

static bool read_falling(Rewriter *rw, Ref root, Falling *f) {
  const Node n = *graph_node(rw->g, root);
  ChosenTerms t;
  if (!read_terms(rw, n.operands[0], &t)) return false;
  f->axis = t.axis;
  f->rank = t.whole->rank - 1;
  f->index = t.index.r;
  for (int i = 0; i < t.index.rank; i++)
    f->of_index[t.index.axes[i] - (t.index.axes[i] > f->axis)] = true;
  const Attr *axes = node_attr(&n, A_axes);
  for (int k = 0; k < axes->n; k++) {
    if (axes->ints[k] == f->axis) return false;
    f->summed[axes->ints[k] - (axes->ints[k] > f->axis)] = true;
  }
  f->value = where_beside(rw, &t, chosen_value(rw, &t));
  return !ref_none(f->value);
}

/* Of the axes, those with both properties as asked, behind what is listed already. */
static int list_axes(const Falling *f, bool of_index, bool summed, int from, int to, int32_t *axes,
                     int n) {
  for (int i = from; i < to; i++)
    if (f->of_index[i] == of_index && f->summed[i] == summed) axes[n++] = i;
  return n;
}

/* Whether adding each term to its place is less than asking each place about each term. */
static bool pays(Rewriter *rw, const Falling *f, Ref root, const int32_t *post, int n_post) {
  Ctx *ctx = rw->g->ctx;
  double places = size_guess(ctx, info_of(rw, graph_node(rw->g, root)->operands[0])->dims[f->axis]);
  double width = 1;
  for (int i = 0; i < n_post; i++) width *= size_guess(ctx, info_of(rw, f->value)->dims[post[i]]);
  return places >= (width >= COST_SCATTER_WIDE ? COST_SCATTER_ROWS : COST_SCATTER_NUMBERS);
}

Ref rule_sum_scatter(Rewriter *rw, Ref root) {
  Falling f = {0};
  if (!read_falling(rw, root, &f)) return REF_NONE;
  int32_t order[MAX_RANK], gone[MAX_RANK], place[MAX_RANK];
  int batch = list_axes(&f, true, false, 0, f.rank, order, 0);
  if (batch && order[batch - 1] != batch - 1) return REF_NONE; /* not the first axes */
  int pre = list_axes(&f, false, false, 0, f.axis, order, batch);
  int terms = list_axes(&f, true, true, 0, f.rank, order, pre);
  int all = list_axes(&f, false, false, f.axis, f.rank, order, terms);
  if (terms == pre || !pays(rw, &f, root, order + terms, all - terms)) return REF_NONE;
  int n_gone = list_axes(&f, false, true, 0, f.rank, gone, 0);
  Ref value = rw_reduce(rw, OP_sum, f.value, gone, n_gone);
  for (int i = 0, kept = 0; i < f.rank; i++) place[i] = f.of_index[i] || !f.summed[i] ? kept++ : -1;
  for (int i = 0; i < all; i++) order[i] = place[order[i]];
  Ref operands[] = {f.index, rw_transpose(rw, value, order)};
  Attr attrs[] = {attr_i(A_axis, pre), attr_i(A_batch, batch)};
  return rw_build(rw, OP_scatter_add, operands, 2, attrs, 2, graph_type(rw->g, root));
}
