/* Leaves and movement. Constants, places and broadcasts keep axes of extent 1 until something needs
 * them whole. */
#include "onnx/out.h"

bool out_nothing(OnnxOut *o, const Node *n, OnnxValue *y) {
  (void)o, (void)n, (void)y;
  return true;
}

bool out_const(OnnxOut *o, const Node *n, OnnxValue *y) {
  DType dtype = type_info(o->ctx, n->type)->dtype;
  *y = (OnnxValue){.name = onnx_number(o, dtype, node_float(n, A_value, 0)), .scalar = true};
  return true;
}

const char *onnx_range(OnnxOut *o, Sz extent, OnnxType type) {
  const char *end = onnx_size_scalar(o, extent);
  if (type != ONNX_int64) end = onnx_cast(o, end, type);
  return onnx_3(o, "Range", onnx_constant(o, type, 0), end, onnx_constant(o, type, 1));
}

/* A vector as the only axis that a value has. */
static const char *along(OnnxOut *o, const char *vector, int axis, int rank) {
  int64_t axes[MAX_RANK];
  int n = 0;
  for (int i = 0; i < rank; i++)
    if (i != axis) axes[n++] = i;
  const char *in[2] = {vector, onnx_ints(o, axes, n)};
  return n ? onnx_put(o, "Unsqueeze", in, 2, NULL, 0) : vector;
}

bool out_iota(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type);
  int axis = (int)node_int(n, A_axis, 0);
  const char *places = onnx_range(o, type->dims[axis], ONNX_int32);
  *y = (OnnxValue){.name = along(o, places, axis, type->rank), .have = 1U << axis};
  return true;
}

bool out_size(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type);
  const char *value = onnx_size_scalar(o, node_size(n, A_size));
  value = onnx_cast(o, value, onnx_type(type->dtype));
  if (type->dtype == DT_bf16) value = onnx_round_bf16(o, value);
  return onnx_done(y, type, value);
}

bool out_broadcast(OnnxOut *o, const Node *n, OnnxValue *y) {
  const OnnxValue *a = onnx_value(o, n->operands[0]);
  const Attr *axes = node_attr(n, A_axes);
  int64_t added[MAX_RANK];
  int rank = type_info(o->ctx, n->type)->rank, n_added = 0;
  *y = *a;
  y->whole = NULL;
  if (a->scalar) return true;
  y->have = 0;
  for (int i = 0; i < axes->n; i++) y->have |= (a->have >> i & 1U) << axes->ints[i];
  for (int i = 0, k = 0; i < rank; i++) {
    if (k < axes->n && axes->ints[k] == i)
      k++;
    else
      added[n_added++] = i;
  }
  const char *in[2] = {a->name, onnx_ints(o, added, n_added)};
  if (n_added) y->name = onnx_put(o, "Unsqueeze", in, 2, NULL, 0);
  return true;
}

const char *onnx_permute(OnnxOut *o, const char *a, const int32_t *perm, int rank) {
  int64_t axes[MAX_RANK];
  bool moved = false;
  for (int i = 0; i < rank; i++) {
    axes[i] = perm[i];
    moved |= perm[i] != i;
  }
  OnnxAttr attr = ONNX_INTS("perm", axes, (size_t)rank);
  return moved ? onnx_put(o, "Transpose", &a, 1, &attr, 1) : a;
}

bool out_transpose(OnnxOut *o, const Node *n, OnnxValue *y) {
  const OnnxValue *a = onnx_value(o, n->operands[0]);
  const Attr *perm = node_attr(n, A_perm);
  *y = *a;
  y->whole = NULL;
  if (a->scalar) return true;
  y->have = 0;
  for (int i = 0; i < perm->n; i++) y->have |= (a->have >> perm->ints[i] & 1U) << i;
  y->name = onnx_permute(o, a->name, perm->ints, perm->n);
  return true;
}

bool out_reshape(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type);
  const OnnxValue *a = onnx_value(o, n->operands[0]);
  if (a->scalar && a->name && !a->have && onnx_info(o, n->operands[0])->rank) {
    *y = *a; /* the same in every place */
    y->whole = NULL;
    return true;
  }
  return onnx_done(y, type, onnx_reshape(o, onnx_whole(o, n, 0), type->dims, type->rank));
}

const char *onnx_part(OnnxOut *o, const char *a, int axis, const char *start, const char *end) {
  const char *in[4] = {a, start, end, onnx_ints(o, (int64_t[]){axis}, 1)};
  return onnx_put(o, "Slice", in, 4, NULL, 0);
}

bool out_slice(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type), *from = onnx_info(o, n->operands[0]);
  const Attr *starts = node_attr(n, A_starts);
  Sz first[MAX_RANK], end[MAX_RANK];
  int64_t axes[MAX_RANK];
  int cut = 0;
  for (int i = 0; i < type->rank; i++) {
    if (sz_eq(type->dims[i], from->dims[i])) continue;
    first[cut] = starts->sizes[i];
    end[cut] = size_add(o->ctx, starts->sizes[i], type->dims[i]);
    axes[cut++] = i;
  }
  const char *a = onnx_whole(o, n, 0);
  if (!cut) return onnx_done(y, type, a);
  const char *in[4] = {a, onnx_shape(o, first, cut), onnx_shape(o, end, cut),
                       onnx_ints(o, axes, cut)};
  return onnx_done(y, type, onnx_put(o, "Slice", in, 4, NULL, 0));
}

bool out_pad(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type), *from = onnx_info(o, n->operands[0]);
  const Attr *lo = node_attr(n, A_lo);
  Sz amounts[2 * MAX_RANK];
  for (int i = 0; i < type->rank; i++) {
    amounts[i] = lo->sizes[i];
    Sz used = size_add(o->ctx, lo->sizes[i], from->dims[i]);
    amounts[type->rank + i] = size_sub(o->ctx, type->dims[i], used);
  }
  const char *in[3] = {onnx_whole(o, n, 0), onnx_shape(o, amounts, 2 * type->rank),
                       onnx_number(o, type->dtype, node_float(n, A_value, 0))};
  return onnx_done(y, type, onnx_put(o, "Pad", in, 3, NULL, 0));
}

bool out_concat(OnnxOut *o, const Node *n, OnnxValue *y) {
  const char **parts = arena_array(&o->ctx->arena, const char *, n->n_operands);
  OnnxAttr axis = ONNX_INT("axis", node_int(n, A_axis, 0));
  for (int i = 0; i < n->n_operands; i++) parts[i] = onnx_whole(o, n, i);
  return onnx_done(y, type_info(o->ctx, n->type),
                   onnx_put(o, "Concat", parts, n->n_operands, &axis, 1));
}

const char *onnx_unsqueeze(OnnxOut *o, const char *a, int axis) {
  return onnx_2(o, "Unsqueeze", a, onnx_ints(o, (int64_t[]){axis}, 1));
}

const char *onnx_reversed(OnnxOut *o, const char *a, int axis) {
  const char *back = onnx_ints(o, (int64_t[]){-1}, 1);
  const char *in[5] = {a, back, onnx_ints(o, (int64_t[]){INT64_MIN + 1}, 1),
                       onnx_ints(o, (int64_t[]){axis}, 1), back};
  return onnx_put(o, "Slice", in, 5, NULL, 0);
}

bool out_reverse(OnnxOut *o, const Node *n, OnnxValue *y) {
  int axis = (int)node_int(n, A_axis, 0);
  return onnx_done(y, type_info(o->ctx, n->type), onnx_reversed(o, onnx_whole(o, n, 0), axis));
}
