/* Rules for conversions and movement: casts, transposes, slices, pads, concats, reversals. What
 * changes nothing and what is the same op twice is the builder's business (ir/simplify.c). */
#include "passes/rules/rewrite.h"

#include <string.h>

#define MAX_RANK 32

static const TypeInfo *info_of(const Rewriter *rw, Ref r) { return graph_info(rw->g, r); }

/* The node that makes the operand of root, if it is of that op. */
static const Node *inner_of(const Rewriter *rw, Ref root, Op op) {
  return rw_is(rw, graph_node(rw->g, root)->operands[0], op);
}

static Ref splat_like(Rewriter *rw, Ref like, double value) {
  return build_const(rw->g, graph_type(rw->g, like), value);
}

/* ---- casts ---- */

/* Whether every value of 'from' survives a stay in 'middle'. */
static bool lossless(const TypeInfo *from, const TypeInfo *middle) {
  switch (from->dtype) {
  case DT_bool:
    return middle->dtype != DT_idx;
  case DT_idx:
    return middle->dtype == DT_i32 || middle->dtype == DT_f64;
  case DT_i32:
    return middle->dtype == DT_f64;
  case DT_bf16:
    return middle->dtype == DT_f32 || middle->dtype == DT_f64;
  case DT_f32:
    return middle->dtype == DT_f64;
  default:
    return false;
  }
}

Ref rule_cast_cast(Rewriter *rw, Ref root) {
  const Node *inner = inner_of(rw, root, OP_cast);
  if (!inner) return REF_NONE;
  Ref a = inner->operands[0], middle = graph_node(rw->g, root)->operands[0];
  if (!lossless(info_of(rw, a), info_of(rw, middle))) return REF_NONE;
  Ty type = graph_type(rw->g, root);
  if (ty_eq(type, graph_type(rw->g, a))) return a;
  return rw_build(rw, OP_cast, &a, 1, NULL, 0, type);
}

/* ---- transposes ---- */

/* The axes that a has, in their new order, are transposed first; the repetition comes last. */
Ref rule_transpose_broadcast(Rewriter *rw, Ref root) {
  const Node *inner = inner_of(rw, root, OP_broadcast);
  if (!inner) return REF_NONE;
  const Attr *perm = node_attr(graph_node(rw->g, root), A_perm), *axes = node_attr(inner, A_axes);
  int32_t small_perm[MAX_RANK], new_axes[MAX_RANK];
  int n = 0;
  for (int i = 0; i < perm->n; i++)
    for (int k = 0; k < axes->n; k++)
      if (axes->ints[k] == perm->ints[i]) {
        small_perm[n] = k;
        new_axes[n++] = i;
      }
  const TypeInfo *y = info_of(rw, root);
  Ref small = rw_transpose(rw, inner->operands[0], small_perm);
  return rw_broadcast(rw, small, y->dims, y->rank, new_axes);
}

/* t(dot(a, b)) with the free axes of a and b changing places as blocks is dot(b, a). */
Ref rule_transpose_dot(Rewriter *rw, Ref root) {
  const Node *dot = inner_of(rw, root, OP_dot);
  if (!dot) return REF_NONE;
  const Attr *perm = node_attr(graph_node(rw->g, root), A_perm);
  const Attr *ba = node_attr(dot, A_batch_a), *bb = node_attr(dot, A_batch_b);
  const Attr *ca = node_attr(dot, A_contract_a), *cb = node_attr(dot, A_contract_b);
  int batch = ba->n, free_a = info_of(rw, dot->operands[0])->rank - batch - ca->n;
  int free_b = info_of(rw, dot->operands[1])->rank - batch - cb->n;
  for (int i = 0; i < perm->n; i++) {
    int from = i < batch ? i : i < batch + free_b ? i + free_a : i - free_b;
    if (perm->ints[i] != from) return REF_NONE;
  }
  Attr attrs[] = {attr_is(A_batch_a, bb->ints, batch), attr_is(A_batch_b, ba->ints, batch),
                  attr_is(A_contract_a, cb->ints, cb->n), attr_is(A_contract_b, ca->ints, ca->n),
                  dot_precision(dot)};
  Ref swapped[] = {dot->operands[1], dot->operands[0]};
  return rw_build(rw, OP_dot, swapped, 2, attrs, 5, TY_NONE);
}

/* ---- slices ---- */

static Ref slice_box(Rewriter *rw, Ref a, const Sz *starts, const Sz *dims) {
  const TypeInfo *info = info_of(rw, a);
  Ty type = type_with_dims(rw->g->ctx, graph_type(rw->g, a), dims, info->rank);
  Attr attr = attr_zs(A_starts, starts, info->rank);
  return rw_build(rw, OP_slice, &a, 1, &attr, 1, type);
}

/* The box lies inside the padded operand, or in the padding alone. */
Ref rule_slice_pad(Rewriter *rw, Ref root) {
  const Node *pad = inner_of(rw, root, OP_pad);
  if (!pad) return REF_NONE;
  Ctx *ctx = rw->g->ctx;
  const Attr *at = node_attr(graph_node(rw->g, root), A_starts), *lo = node_attr(pad, A_lo);
  const TypeInfo *y = info_of(rw, root), *a = info_of(rw, pad->operands[0]);
  Sz starts[MAX_RANK];
  bool inside = true;
  for (int i = 0; i < y->rank; i++) {
    Sz end = size_add(ctx, at->sizes[i], y->dims[i]), hi = size_add(ctx, lo->sizes[i], a->dims[i]);
    starts[i] = size_sub(ctx, at->sizes[i], lo->sizes[i]);
    if (size_ge(ctx, lo->sizes[i], end) || size_ge(ctx, at->sizes[i], hi))
      return splat_like(rw, root, node_float(pad, A_value, 0));
    inside = inside && size_ge(ctx, at->sizes[i], lo->sizes[i]) && size_ge(ctx, hi, end);
  }
  return inside ? slice_box(rw, pad->operands[0], starts, y->dims) : REF_NONE;
}

Ref rule_slice_concat(Rewriter *rw, Ref root) {
  const Node *concat = inner_of(rw, root, OP_concat);
  if (!concat) return REF_NONE;
  Ctx *ctx = rw->g->ctx;
  const Attr *at = node_attr(graph_node(rw->g, root), A_starts);
  const TypeInfo *y = info_of(rw, root);
  int axis = (int)node_int(concat, A_axis, 0);
  Sz lo = size_const(ctx, 0), end = size_add(ctx, at->sizes[axis], y->dims[axis]);
  Sz starts[MAX_RANK];
  memcpy(starts, at->sizes, (size_t)y->rank * sizeof(Sz));
  for (int k = 0; k < concat->n_operands; k++) {
    Sz hi = size_add(ctx, lo, info_of(rw, concat->operands[k])->dims[axis]);
    if (size_ge(ctx, at->sizes[axis], lo) && size_ge(ctx, hi, end)) {
      starts[axis] = size_sub(ctx, at->sizes[axis], lo);
      return slice_box(rw, concat->operands[k], starts, y->dims);
    }
    lo = hi;
  }
  return REF_NONE;
}

Ref rule_slice_broadcast(Rewriter *rw, Ref root) {
  const Node *inner = inner_of(rw, root, OP_broadcast);
  if (!inner) return REF_NONE;
  const Attr *at = node_attr(graph_node(rw->g, root), A_starts), *axes = node_attr(inner, A_axes);
  const TypeInfo *y = info_of(rw, root);
  Sz starts[MAX_RANK], dims[MAX_RANK];
  for (int k = 0; k < axes->n; k++) {
    starts[k] = at->sizes[axes->ints[k]];
    dims[k] = y->dims[axes->ints[k]];
  }
  Ref small = slice_box(rw, inner->operands[0], starts, dims);
  return rw_broadcast(rw, small, y->dims, y->rank, axes->ints);
}

/* ---- pads ---- */

static Ref pad_box(Rewriter *rw, Ref a, const Sz *lo, Ty type, double value) {
  Attr attrs[] = {attr_f(A_value, value), attr_zs(A_lo, lo, info_of(rw, a)->rank)};
  return rw_build(rw, OP_pad, &a, 1, attrs, 2, type);
}

Ref rule_pad_pad(Rewriter *rw, Ref root) {
  const Node *inner = inner_of(rw, root, OP_pad), *outer = graph_node(rw->g, root);
  double value = node_float(outer, A_value, 0);
  if (!inner || node_float(inner, A_value, 0) != value) return REF_NONE;
  const Attr *out = node_attr(outer, A_lo), *in = node_attr(inner, A_lo);
  Sz lo[MAX_RANK];
  for (int i = 0; i < out->n; i++) lo[i] = size_add(rw->g->ctx, out->sizes[i], in->sizes[i]);
  return pad_box(rw, inner->operands[0], lo, graph_type(rw->g, root), value);
}

/* Two pads with zeros that differ along one axis and adjoin there: the axis, else -1. first: a
 * comes before b. */
static int adjoining_axis(const Rewriter *rw, const Node *a, const Node *b) {
  const TypeInfo *ai = info_of(rw, a->operands[0]), *bi = info_of(rw, b->operands[0]);
  const Sz *alo = node_attr(a, A_lo)->sizes, *blo = node_attr(b, A_lo)->sizes;
  int axis = -1;
  for (int i = 0; i < ai->rank; i++) {
    if (sz_eq(alo[i], blo[i]) && sz_eq(ai->dims[i], bi->dims[i])) continue;
    if (axis >= 0 || !sz_eq(size_add(rw->g->ctx, alo[i], ai->dims[i]), blo[i])) return -1;
    axis = i;
  }
  return axis;
}

/* The terms of a sum that are pads with zeros; the others are added up in *rest. */
typedef struct Terms {
  Ref pads[MAX_RANK];
  int n;
  VEC(Ref) rest;
} Terms;

static void collect_terms(Rewriter *rw, Ref r, bool top, Terms *t) {
  const Node *n = graph_node(rw->g, r);
  if (n->op == OP_add && (top || rw_used_once(rw, r))) {
    Ref a = n->operands[0], b = n->operands[1];
    collect_terms(rw, a, false, t);
    collect_terms(rw, b, false, t);
  } else if (n->op == OP_pad && node_float(n, A_value, 0) == 0 && t->n < MAX_RANK) {
    t->pads[t->n++] = r;
  } else {
    vec_push(&rw->pc->ctx->arena, &t->rest, r);
  }
}

/* pad(a) and pad(b), b right behind a, as one pad of their concatenation; REF_NONE when they do not
 * adjoin. */
static Ref join_pads(Rewriter *rw, Ref first, Ref second) {
  const Node *a = graph_node(rw->g, first), *b = graph_node(rw->g, second);
  int axis = adjoining_axis(rw, a, b);
  if (axis < 0) return REF_NONE;
  const Attr *lo = node_attr(a, A_lo);
  Ty type = a->type;
  Ref parts[] = {a->operands[0], b->operands[0]};
  Attr attr = attr_i(A_axis, axis);
  Ref joined = rw_build(rw, OP_concat, parts, 2, &attr, 1, TY_NONE);
  return pad_box(rw, joined, lo->sizes, type, 0);
}

/* Joins one pair of pads among the terms. */
static bool join_some_pair(Rewriter *rw, Terms *t) {
  for (int i = 0; i < t->n; i++)
    for (int k = 0; k < t->n; k++) {
      Ref joined = i == k ? REF_NONE : join_pads(rw, t->pads[i], t->pads[k]);
      if (ref_none(joined)) continue;
      t->pads[k] = t->pads[--t->n];
      if (i == t->n) i = k;
      t->pads[i] = joined;
      if (rw_is(rw, joined, OP_pad)) return true;
      vec_push(&rw->pc->ctx->arena, &t->rest, joined); /* it fills its box: no pad any more */
      t->pads[i] = t->pads[--t->n];
      return true;
    }
  return false;
}

Ref rule_add_pads(Rewriter *rw, Ref root) {
  Terms t = {0};
  collect_terms(rw, root, true, &t);
  bool joined = false;
  while (t.n > 1 && join_some_pair(rw, &t)) joined = true;
  if (!joined) return REF_NONE;
  Ref sum = REF_NONE;
  for (uint32_t i = 0; i < t.rest.len + (uint32_t)t.n; i++) {
    Ref term = i < t.rest.len ? t.rest.data[i] : t.pads[i - t.rest.len];
    Ref both[] = {sum, term};
    sum = ref_none(sum) ? term : rw_op(rw, OP_add, both, 2);
  }
  return sum;
}

/* ---- concats, reversals ---- */

/* Operands that are concats along the same axis are replaced by their parts. */
Ref rule_concat_concat(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  int axis = (int)node_int(n, A_axis, 0);
  VEC(Ref) parts = {0};
  for (int i = 0; i < n->n_operands; i++) {
    const Node *part = rw_is(rw, n->operands[i], OP_concat);
    bool flat = !part || node_int(part, A_axis, 0) != axis;
    if (flat) vec_push(&rw->pc->ctx->arena, &parts, n->operands[i]);
    for (int k = 0; !flat && k < part->n_operands; k++)
      vec_push(&rw->pc->ctx->arena, &parts, part->operands[k]);
  }
  if ((int)parts.len == n->n_operands) return REF_NONE;
  Attr attr = attr_i(A_axis, axis);
  return rw_build(rw, OP_concat, parts.data, (int)parts.len, &attr, 1, TY_NONE);
}

/* Two slices of one value that adjoin along the axis, as one slice; REF_NONE when they do not. */
static Ref join_slices(Rewriter *rw, Ref first, Ref second, int axis) {
  const Node *a = rw_is(rw, first, OP_slice), *b = rw_is(rw, second, OP_slice);
  if (!a || !b || !ref_eq(a->operands[0], b->operands[0])) return REF_NONE;
  const TypeInfo *ai = info_of(rw, first), *bi = info_of(rw, second);
  const Sz *as = node_attr(a, A_starts)->sizes, *bs = node_attr(b, A_starts)->sizes;
  Sz dims[MAX_RANK];
  for (int i = 0; i < ai->rank; i++) {
    dims[i] = ai->dims[i];
    Sz wanted = i == axis ? size_add(rw->g->ctx, as[i], ai->dims[i]) : as[i];
    if (!sz_eq(bs[i], wanted)) return REF_NONE;
  }
  dims[axis] = size_add(rw->g->ctx, ai->dims[axis], bi->dims[axis]);
  return slice_box(rw, a->operands[0], as, dims);
}

Ref rule_concat_slices(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  int axis = (int)node_int(n, A_axis, 0);
  VEC(Ref) parts = {0};
  for (int i = 0; i < n->n_operands; i++) {
    Ref joined =
        parts.len ? join_slices(rw, parts.data[parts.len - 1], n->operands[i], axis) : REF_NONE;
    if (ref_none(joined))
      vec_push(&rw->pc->ctx->arena, &parts, n->operands[i]);
    else
      parts.data[parts.len - 1] = joined;
  }
  if ((int)parts.len == n->n_operands) return REF_NONE;
  Attr attr = attr_i(A_axis, axis);
  return rw_build(rw, OP_concat, parts.data, (int)parts.len, &attr, 1, TY_NONE);
}

Ref rule_reverse_broadcast(Rewriter *rw, Ref root) {
  const Node *inner = inner_of(rw, root, OP_broadcast);
  if (!inner) return REF_NONE;
  int axis = (int)node_int(graph_node(rw->g, root), A_axis, 0);
  const Attr *axes = node_attr(inner, A_axes);
  Ref small = inner->operands[0];
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] == axis) {
      Attr attr = attr_i(A_axis, i);
      small = rw_build(rw, OP_reverse, &small, 1, &attr, 1, TY_NONE);
    }
  const TypeInfo *y = info_of(rw, root);
  return rw_broadcast(rw, small, y->dims, y->rank, axes->ints);
}
