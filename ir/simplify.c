/* What the builder does to keep graphs small: constants are folded, and ops that change nothing are
 * not made.
 *
 * Everything here is exact for every input, looks at the operands of one node only, and never makes
 * more nodes than the draft would have. Algebra (a * 1, log(exp(a))) is data in passes/, not here.
 * A constant is a splat, so moving its elements gives the same constant in another shape; the same
 * holds for a scalar that was broadcast.
 */
#include <string.h>

#include "ir/graph.h"
#include "ir/scalar.h"

static const Node *operand(const Graph *g, const Draft *d, int i) {
  return graph_node(g, d->operands[i]);
}

static const Attr *draft_attr(const Draft *d, AttrName name) {
  for (int i = 0; i < d->n_attrs; i++)
    if (d->attrs[i].name == name) return &d->attrs[i];
  return NULL;
}

static bool is_const(const Graph *g, const Draft *d, int i, double *value) {
  const Node *n = operand(g, d, i);
  if (n->op != OP_const) return false;
  *value = n->attrs[0].f;
  return true;
}

static bool same_bits(double a, double b) { return !memcmp(&a, &b, sizeof a); }

/* ---- elementwise ---- */

static Ref fold_cast(Graph *g, const Draft *d, double value) {
  const TypeInfo *info = type_info(g->ctx, d->type);
  int64_t extent = 0;
  if (info->dtype == DT_idx && size_ge_filled(g->ctx, size_const(g->ctx, 0), info->extent))
    return REF_NONE; /* surely nothing to point at */
  if (info->dtype == DT_idx && value > 0 && !size_is_const(g->ctx, info->extent, &extent)) {
    if (value >= 0x1p31 || !size_ge(g->ctx, info->extent, size_const(g->ctx, (int64_t)value + 1)))
      return REF_NONE; /* clamped by a size that is not known yet */
    extent = (int64_t)value + 1;
  }
  return build_const(g, d->type, scalar_cast(info->dtype, extent, value));
}

static Ref simplify_where(Graph *g, const Draft *d) {
  double condition;
  if (ref_eq(d->operands[1], d->operands[2])) return d->operands[1];
  if (!is_const(g, d, 0, &condition)) return REF_NONE;
  return d->operands[condition != 0 ? 1 : 2];
}

/* A size as a float is rounded from 64 bits, not from i32. */
static Ref size_as(Graph *g, const Draft *d) {
  const Node *size = operand(g, d, 0);
  if (!dtype_is_float(type_info(g->ctx, d->type)->dtype)) return REF_NONE;
  return build_op(g, OP_size, NULL, 0, size->attrs, size->n_attrs, d->type);
}

static Ref simplify_elementwise(Graph *g, const Draft *d) {
  double v[3] = {0};
  if (d->op == OP_where) return simplify_where(g, d);
  if (d->op == OP_variable) return REF_NONE; /* also of a constant: something may be made of it */
  if (d->op == OP_cast && ty_eq(d->type, operand(g, d, 0)->type)) return d->operands[0];
  if (d->op == OP_cast && operand(g, d, 0)->op == OP_size) return size_as(g, d);
  for (int i = 0; i < d->n_operands; i++)
    if (!is_const(g, d, i, &v[i])) return REF_NONE;
  if (!op_info[d->op].scalar) return REF_NONE; /* keys */
  if (d->op == OP_cast) return fold_cast(g, d, v[0]);
  DType from = graph_info(g, d->operands[d->n_operands - 1])->dtype;
  if (from == DT_key) return d->n_operands == 1 ? build_const(g, d->type, v[0]) : REF_NONE;
  return build_const(g, d->type,
                     scalar_eval(d->op, from, type_info(g->ctx, d->type)->dtype, v[0], v[1], v[2]));
}

/* ---- movement ---- */

static Ref compose_broadcast(Graph *g, const Draft *d, const Node *inner) {
  const Attr *outer = draft_attr(d, A_axes), *first = node_attr(inner, A_axes);
  int32_t *axes = arena_array(&g->ctx->arena, int32_t, first->n);
  for (int i = 0; i < first->n; i++) axes[i] = outer->ints[first->ints[i]];
  Attr attr = attr_is(A_axes, axes, first->n);
  return build_op(g, OP_broadcast, inner->operands, 1, &attr, 1, d->type);
}

static bool is_identity(const Attr *perm) {
  for (int i = 0; i < perm->n; i++)
    if (perm->ints[i] != i) return false;
  return true;
}

static Ref compose_transpose(Graph *g, const Draft *d, const Node *inner) {
  const Attr *outer = draft_attr(d, A_perm), *first = node_attr(inner, A_perm);
  int32_t *perm = arena_array(&g->ctx->arena, int32_t, outer->n);
  for (int i = 0; i < outer->n; i++) perm[i] = first->ints[outer->ints[i]];
  Attr attr = attr_is(A_perm, perm, outer->n);
  return build_op(g, OP_transpose, inner->operands, 1, &attr, 1, TY_NONE);
}

/* ---- what a size asks for ----
 *
 * Extents that some sizes make negative, and places outside of an axis, are found in the nodes of
 * the graph (needs.h): what says them has to stay, whatever becomes of its elements. */

/* Whether all extents of a type are known to be none below 0, or those of the other one, too. */
static bool extents_stay(Ctx *ctx, const TypeInfo *gone, const TypeInfo *kept) {
  for (int i = 0; i < gone->rank; i++) {
    bool stays = size_ge(ctx, gone->dims[i], size_const(ctx, 0));
    for (int k = 0; k < kept->rank && !stays; k++) stays = gone->dims[i].i == kept->dims[k].i;
    if (!stays) return false;
  }
  return true;
}

/* Whether a box at these places lies in the other one for all sizes. */
static bool box_inside(Ctx *ctx, const Sz *starts, const TypeInfo *box, const TypeInfo *whole) {
  for (int i = 0; i < whole->rank; i++)
    if (!size_ge(ctx, whole->dims[i], size_add(ctx, starts[i], box->dims[i])) ||
        !size_ge(ctx, starts[i], size_const(ctx, 0)))
      return false;
  return true;
}

/* The part lies inside of the tensor, or the tensor inside of the padding, for all sizes. */
static bool always_inside(const Graph *g, const Draft *d) {
  const TypeInfo *a = graph_info(g, d->operands[0]), *y = type_info(g->ctx, d->type);
  if (d->op == OP_slice) return box_inside(g->ctx, draft_attr(d, A_starts)->sizes, y, a);
  return d->op != OP_pad || box_inside(g->ctx, draft_attr(d, A_lo)->sizes, a, y);
}

/* Nothing that the operands say of sizes is lost with them. */
static bool operands_may_go(const Graph *g, const Draft *d) {
  const TypeInfo *kept = type_info(g->ctx, d->type);
  for (int i = 0; i < d->n_operands; i++)
    if (!extents_stay(g->ctx, graph_info(g, d->operands[i]), kept)) return false;
  return always_inside(g, d);
}

static Ref compose_slice(Graph *g, const Draft *d, const Node *inner) {
  const Attr *outer = draft_attr(d, A_starts), *first = node_attr(inner, A_starts);
  Sz *starts = arena_array(&g->ctx->arena, Sz, outer->n);
  for (int i = 0; i < outer->n; i++) starts[i] = size_add(g->ctx, outer->sizes[i], first->sizes[i]);
  Attr attr = attr_zs(A_starts, starts, outer->n);
  const TypeInfo *whole = graph_info(g, inner->operands[0]), *part = type_info(g->ctx, inner->type);
  if (!box_inside(g->ctx, first->sizes, part, whole)) return REF_NONE;
  const char *why;
  Ty fits = build_check(g, OP_slice, inner->operands, 1, &attr, 1, NULL, d->type, &why);
  return fits.i ? build_op(g, OP_slice, inner->operands, 1, &attr, 1, d->type) : REF_NONE;
}

/* The same op twice is the op once. */
static Ref compose(Graph *g, const Draft *d) {
  const Node *inner = operand(g, d, 0);
  if (inner->op != d->op) return REF_NONE;
  switch (d->op) {
  case OP_broadcast:
    return compose_broadcast(g, d, inner);
  case OP_transpose:
    return compose_transpose(g, d, inner);
  case OP_slice:
    return compose_slice(g, d, inner);
  case OP_reshape:
    return build_op(g, OP_reshape, inner->operands, 1, NULL, 0, d->type);
  case OP_reverse:
    return node_int(inner, A_axis, 0) == draft_attr(d, A_axis)->i ? inner->operands[0] : REF_NONE;
  default:
    return REF_NONE;
  }
}

/* The op leaves every element in its place. */
static bool changes_nothing(const Graph *g, const Draft *d) {
  const Node *a = operand(g, d, 0);
  switch (d->op) {
  case OP_transpose:
    return is_identity(draft_attr(d, A_perm));
  case OP_concat:
    return d->n_operands == 1;
  case OP_reverse:
    return size_is(g->ctx, type_info(g->ctx, a->type)->dims[draft_attr(d, A_axis)->i], 1);
  case OP_broadcast:
  case OP_reshape:
  case OP_slice:
  case OP_pad:
    return ty_eq(a->type, d->type) && always_inside(g, d);
  default:
    return false;
  }
}

static bool all_const(const Graph *g, const Draft *d, double *value) {
  if (!is_const(g, d, 0, value)) return false;
  for (int i = 1; i < d->n_operands; i++) {
    double other;
    if (!is_const(g, d, i, &other) || !same_bits(other, *value)) return false;
  }
  return true;
}

static Ref simplify_movement(Graph *g, const Draft *d) {
  double value;
  if (changes_nothing(g, d)) return d->operands[0];
  if (all_const(g, d, &value) && operands_may_go(g, d)) {
    double filling = d->op == OP_pad ? draft_attr(d, A_value)->f : value;
    DType dtype = type_info(g->ctx, d->type)->dtype;
    return same_bits(scalar_round(dtype, filling), value) ? build_const(g, d->type, value)
                                                          : REF_NONE;
  }
  const Node *a = operand(g, d, 0);
  bool splat = a->op == OP_broadcast && node_attr(a, A_axes)->n == 0;
  if (splat && d->op != OP_pad && d->op != OP_concat && operands_may_go(g, d)) {
    Attr none = attr_is(A_axes, NULL, 0);
    return build_op(g, OP_broadcast, a->operands, 1, &none, 1, d->type);
  }
  return operands_may_go(g, d) ? compose(g, d) : REF_NONE;
}

/* ---- reductions and others ---- */

/* Every axis that goes has at least one place. */
static bool not_empty(const Graph *g, const Draft *d) {
  const TypeInfo *a = graph_info(g, d->operands[0]);
  const Attr *axes = draft_attr(d, A_axes);
  for (int i = 0; i < axes->n; i++)
    if (!size_ge(g->ctx, a->dims[axes->ints[i]], size_const(g->ctx, 1))) return false;
  return true;
}

/* The reduction of equal values is that value. */
static bool keeps_value(Op op, double value) {
  if (op == OP_sum) return same_bits(value, 0);
  return op == OP_prod ? value == 1 : true;
}

static Ref simplify_reduce(Graph *g, const Draft *d) {
  double value;
  if (draft_attr(d, A_axes)->n == 0) return d->operands[0];
  if (!is_const(g, d, 0, &value) || !keeps_value(d->op, value) || !not_empty(g, d)) return REF_NONE;
  return build_const(g, d->type, value);
}

static Ref simplify_leaf(Graph *g, const Draft *d) {
  const TypeInfo *info = type_info(g->ctx, d->type);
  int64_t value;
  if (d->op == OP_iota && size_is(g->ctx, info->dims[draft_attr(d, A_axis)->i], 1))
    return build_const(g, d->type, 0);
  if (d->op == OP_size && size_is_const(g->ctx, draft_attr(d, A_size)->z, &value) &&
      (info->dtype != DT_i32 || (value <= INT32_MAX && value >= INT32_MIN)))
    return build_const(g, d->type, (double)value);
  return REF_NONE;
}

Ref draft_simplify(Graph *g, const Draft *d) {
  double value;
  unsigned traits = op_info[d->op].traits;
  if (traits & T_LEAF) return simplify_leaf(g, d);
  if (traits & T_ELEMENTWISE) return simplify_elementwise(g, d);
  if (traits & T_MOVEMENT) return simplify_movement(g, d);
  if (traits & T_REDUCE) return simplify_reduce(g, d);
  if (d->op == OP_sort && is_const(g, d, 0, &value)) return build_const(g, d->type, value);
  if (d->op == OP_gather && is_const(g, d, 0, &value) && operand(g, d, 1)->op == OP_param)
    return build_const(g, d->type, value); /* an index that is computed may ask for an element */
  return REF_NONE;
}
