/* Rules for gather and scatter_add with positions that are known. */
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

/* The index in i == iota, i the same along the axis that iota counts: an index into all of that
 * axis, without it. REF_NONE when the condition is something else. */
static Ref one_hot_index(Rewriter *rw, Ref condition, int *axis) {
  const Node *eq = rw_is(rw, condition, OP_eq);
  for (int side = 0; eq && side < 2; side++) {
    const Node *iota = rw_is(rw, eq->operands[side], OP_iota),
               *wide = rw_is(rw, eq->operands[1 - side], OP_broadcast);
    if (!iota || !wide) continue;
    *axis = (int)node_int(iota, A_axis, 0);
    const Node *cast = rw_is(rw, wide->operands[0], OP_cast);
    Ref index = cast ? cast->operands[0] : wide->operands[0];
    const TypeInfo *info = info_of(rw, index);
    Sz extent = info_of(rw, condition)->dims[*axis], dims[MAX_RANK];
    if (info->dtype != DT_idx || !size_ge(rw->g->ctx, extent, info->extent)) continue;
    const Attr *from = node_attr(wide, A_axes);
    int32_t axes[MAX_RANK];
    bool varies = false;
    for (int k = 0; k < from->n; k++) {
      varies |= from->ints[k] == *axis;
      axes[k] = from->ints[k] - (from->ints[k] > *axis);
    }
    int rank = dims_without(info_of(rw, condition), *axis, dims);
    if (!varies) return rw_broadcast(rw, index, dims, rank, axes);
  }
  return REF_NONE;
}

/* What is chosen from: value in where(c, value, 0) or value * cast(c); REF_NONE when r is neither.
 */
static Ref one_hot_value(Rewriter *rw, Ref r, Ref *condition) {
  const Node *n = graph_node(rw->g, r);
  double zero;
  if (n->op == OP_where && rw_constant(rw, n->operands[2], &zero) && zero == 0) {
    *condition = n->operands[0];
    return n->operands[1];
  }
  for (int side = 0; n->op == OP_mul && side < 2; side++) {
    const Node *cast = rw_is(rw, n->operands[side], OP_cast);
    if (!cast || !rw_is(rw, cast->operands[0], OP_eq)) continue;
    *condition = cast->operands[0];
    return n->operands[1 - side];
  }
  return REF_NONE;
}

/* One element is chosen along the axis: the sum over it is that element. */
Ref rule_sum_one_hot(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  const Attr *axes = node_attr(n, A_axes);
  Ref condition, value = one_hot_value(rw, n->operands[0], &condition);
  int axis;
  Ref index = ref_none(value) ? REF_NONE : one_hot_index(rw, condition, &axis);
  if (ref_none(index)) return REF_NONE;
  int32_t rest[MAX_RANK];
  int n_rest = 0;
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] != axis) rest[n_rest++] = axes->ints[i] - (axes->ints[i] > axis);
  if (n_rest == axes->n) return REF_NONE;
  /* in a product the others are multiplied by 0 */
  bool product =
      graph_node(rw->g, n->operands[0])->op == OP_mul && dtype_is_float(info_of(rw, root)->dtype);
  if (product && !rw_fast(rw) && !fact_finite(rw_fact(rw, value))) return REF_NONE;
  Ref chosen = without_axis(rw, value, axis);
  if (ref_none(chosen)) {
    if (axis != info_of(rw, value)->rank - 1) return REF_NONE;
    Ref operands[] = {value, index};
    Attr attrs[] = {attr_i(A_axis, axis), attr_i(A_batch, axis)};
    chosen = rw_build(rw, OP_gather, operands, 2, attrs, 2, TY_NONE);
  }
  return rw_reduce(rw, OP_sum, chosen, rest, n_rest);
}
