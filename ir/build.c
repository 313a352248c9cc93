/* Convenience builders: thin layers over build_op that fill in attributes and result types. */
#include "ir/ir.h"

static Ctx *context(Graph *g) { return g->ctx; }

Ref build_const(Graph *g, Ty type, double value) {
  Attr attr = attr_f(A_value, value);
  return build_op(g, OP_const, NULL, 0, &attr, 1, type);
}

Ref build_scalar(Graph *g, DType dtype, double value) {
  return build_const(g, type_scalar(context(g), dtype), value);
}

Ref build1(Graph *g, Op op, Ref a) { return build_op(g, op, &a, 1, NULL, 0, TY_NONE); }

Ref build2(Graph *g, Op op, Ref a, Ref b) {
  return build_op(g, op, (Ref[]){a, b}, 2, NULL, 0, TY_NONE);
}

Ref build3(Graph *g, Op op, Ref a, Ref b, Ref c) {
  return build_op(g, op, (Ref[]){a, b, c}, 3, NULL, 0, TY_NONE);
}

Ref build_cast(Graph *g, Ref a, DType dtype) {
  return build_op(g, OP_cast, &a, 1, NULL, 0, type_with_dtype(context(g), graph_type(g, a), dtype));
}

Ref build_broadcast(Graph *g, Ref a, const Sz *dims, int rank, const int32_t *axes) {
  Attr attr = attr_is(A_axes, axes, graph_info(g, a)->rank);
  return build_op(g, OP_broadcast, &a, 1, &attr, 1,
                  type_with_dims(context(g), graph_type(g, a), dims, rank));
}

Ref build_splat(Graph *g, Ref scalar, Ty shape_of) {
  const TypeInfo *shape = type_info(context(g), shape_of);
  return build_broadcast(g, scalar, shape->dims, shape->rank, NULL);
}

Ref build_transpose(Graph *g, Ref a, const int32_t *perm) {
  Attr attr = attr_is(A_perm, perm, graph_info(g, a)->rank);
  return build_op(g, OP_transpose, &a, 1, &attr, 1, TY_NONE);
}

Ref build_reshape(Graph *g, Ref a, const Sz *dims, int rank) {
  return build_op(g, OP_reshape, &a, 1, NULL, 0,
                  type_with_dims(context(g), graph_type(g, a), dims, rank));
}

/* One size on one axis, zero on the others. */
static Sz *positions(Graph *g, int rank, int axis, Sz position) {
  Sz *list = arena_array(&context(g)->arena, Sz, rank);
  for (int i = 0; i < rank; i++) list[i] = i == axis ? position : size_const(context(g), 0);
  return list;
}

/* The type with another extent on one axis. */
static Ty with_extent(Graph *g, Ty type, int axis, Sz extent) {
  const TypeInfo *info = type_info(context(g), type);
  Sz *dims = arena_copy(&context(g)->arena, info->dims, (size_t)info->rank * sizeof(Sz));
  dims[axis] = extent;
  return type_with_dims(context(g), type, dims, info->rank);
}

Ref build_slice(Graph *g, Ref a, int axis, Sz start, Sz length) {
  int rank = graph_info(g, a)->rank;
  Attr attr = attr_zs(A_starts, positions(g, rank, axis, start), rank);
  return build_op(g, OP_slice, &a, 1, &attr, 1, with_extent(g, graph_type(g, a), axis, length));
}

Ref build_concat(Graph *g, const Ref *parts, int n, int axis) {
  Attr attr = attr_i(A_axis, axis);
  return build_op(g, OP_concat, parts, n, &attr, 1, TY_NONE);
}

Ref build_pad(Graph *g, Ref a, int axis, Sz before, Sz after, double value) {
  Ctx *ctx = context(g);
  const TypeInfo *info = graph_info(g, a);
  Attr attrs[] = {attr_f(A_value, value),
                  attr_zs(A_lo, positions(g, info->rank, axis, before), info->rank)};
  Sz extent = size_add(ctx, info->dims[axis], size_add(ctx, before, after));
  return build_op(g, OP_pad, &a, 1, attrs, 2, with_extent(g, graph_type(g, a), axis, extent));
}

Ref build_reduce(Graph *g, Op op, Ref a, const int32_t *axes, int n) {
  Attr attr = attr_is(A_axes, axes, n);
  return build_op(g, op, &a, 1, &attr, 1, TY_NONE);
}

Ref build_item(Graph *g, Ref tuple, int index) {
  Attr attr = attr_i(A_index, index);
  return build_op(g, OP_item, &tuple, 1, &attr, 1, TY_NONE);
}

Ref build_variable(Graph *g, Ref a) {
  Attr attr = attr_i(A_number, g->nodes.len);
  return build_op(g, OP_variable, &a, 1, &attr, 1, TY_NONE);
}

Ref build_iota(Graph *g, Ty type, int axis) {
  Attr attr = attr_i(A_axis, axis);
  return build_op(g, OP_iota, NULL, 0, &attr, 1, type);
}

Ref build_size(Graph *g, Sz size) {
  Attr attr = attr_z(A_size, size);
  return build_op(g, OP_size, NULL, 0, &attr, 1, type_scalar(context(g), DT_i32));
}

Ref build_size_as(Graph *g, Sz size, DType dtype) {
  if (!dtype_is_float(dtype)) return build_cast(g, build_size(g, size), dtype);
  Attr attr = attr_z(A_size, size);
  return build_op(g, OP_size, NULL, 0, &attr, 1, type_scalar(context(g), dtype));
}
