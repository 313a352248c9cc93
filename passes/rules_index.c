/* Rules for gather and scatter_add with positions that are known. */
#include "passes/rewrite.h"

#include <string.h>

#define MAX_RANK 32

static const TypeInfo *info_of(const Rewriter *rw, Ref r) { return graph_info(rw->g, r); }

/* Where things stand in a gather: y[n.., i.., j.., k..] = a[n.., i.., b[n.., j..], k..]. */
typedef struct Places {
  Ref a, index;
  int axis, batch, picked; /* picked: number of axes j */
} Places;

static Places places_of(const Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  Places p = {n->operands[0], n->operands[1], (int)node_int(n, A_axis, 0),
              (int)node_int(n, A_batch, 0), 0};
  p.picked = info_of(rw, p.index)->rank - p.batch;
  return p;
}

/* The result axis of operand axis i of a (not the gathered one). */
static int result_axis(const Places *p, int i) { return i < p->axis ? i : i - 1 + p->picked; }

/* The index, with its axes where the result has them. */
static Ref spread_index(Rewriter *rw, const Places *p, Ref index, Ref root) {
  int32_t axes[MAX_RANK];
  int rank = info_of(rw, index)->rank;
  for (int i = 0; i < rank; i++) axes[i] = i < p->batch ? i : p->axis + i - p->batch;
  const TypeInfo *y = info_of(rw, root);
  return rw_broadcast(rw, index, y->dims, y->rank, axes);
}

Ref rule_gather_iota(Rewriter *rw, Ref root) {
  Places p = places_of(rw, root);
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
  Places p = places_of(rw, root);
  return counts_through(rw, p.index, p.batch, info_of(rw, p.a)->dims[p.axis]) ? p.a : REF_NONE;
}

Ref rule_gather_broadcast(Rewriter *rw, Ref root) {
  Places p = places_of(rw, root);
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
  Places p = places_of(rw, root);
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
