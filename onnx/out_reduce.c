/* Reductions, products, and what works along an axis. Operators of ONNX say nothing about what is
 * no number; the ops do, so that it is written out where it makes a difference. */
#include "onnx/out.h"

#include <math.h>

static const TypeInfo *result(const OnnxOut *o, const Node *n) {
  return type_info(o->ctx, n->type);
}

static bool done(OnnxOut *o, const Node *n, OnnxValue *y, const char *name) {
  const TypeInfo *type = result(o, n);
  return onnx_done(y, type, type->dtype == DT_bf16 ? onnx_round_bf16(o, name) : name);
}

/* ---- reductions ---- */

bool out_reduce(OnnxOut *o, const Node *n, OnnxValue *y) {
  const Attr *axes = node_attr(n, A_axes);
  const char *type = n->op == OP_sum ? "ReduceSum" : "ReduceProd";
  return done(o, n, y, onnx_reduce(o, type, onnx_whole(o, n, 0), axes->ints, axes->n));
}

/* The largest or smallest; no number when one is none. */
bool out_extreme(OnnxOut *o, const Node *n, OnnxValue *y) {
  const Attr *axes = node_attr(n, A_axes);
  const TypeInfo *info = onnx_info(o, n->operands[0]);
  const char *a = onnx_whole(o, n, 0), *type = n->op == OP_max_over ? "ReduceMax" : "ReduceMin";
  const char *extreme = onnx_reduce(o, type, a, axes->ints, axes->n);
  if (!dtype_is_float(info->dtype)) return done(o, n, y, extreme);
  const char *nans = onnx_cast(o, onnx_is_nan(o, a), ONNX_int32);
  const char *count = onnx_reduce(o, "ReduceSum", nans, axes->ints, axes->n);
  const char *none = onnx_2(o, "Greater", count, onnx_constant(o, ONNX_int32, 0));
  return done(o, n, y, onnx_3(o, "Where", none, onnx_number(o, info->dtype, NAN), extreme));
}

bool out_any(OnnxOut *o, const Node *n, OnnxValue *y) {
  const Attr *axes = node_attr(n, A_axes);
  const char *a = onnx_whole(o, n, 0), *zero = onnx_constant(o, ONNX_int32, 0);
  if (n->op == OP_all) a = onnx_1(o, "Not", a);
  const char *count = onnx_reduce(o, "ReduceSum", onnx_cast(o, a, ONNX_int32), axes->ints, axes->n);
  const char *some = onnx_2(o, "Greater", count, zero);
  return done(o, n, y, n->op == OP_all ? onnx_1(o, "Not", some) : some);
}

static const char *arg(OnnxOut *o, const char *type, const char *a, int64_t axis) {
  OnnxAttr attrs[2] = {ONNX_INT("axis", axis), ONNX_INT("keepdims", 0)};
  return onnx_put(o, type, &a, 1, attrs, 2);
}

/* The first of the largest; what is no number counts as largest. */
bool out_arg(OnnxOut *o, const Node *n, OnnxValue *y) {
  DType dtype = onnx_info(o, n->operands[0])->dtype;
  int32_t axis = (int32_t)node_int(n, A_axis, 0);
  const char *a = onnx_as_number(o, onnx_whole(o, n, 0), dtype);
  const char *place = arg(o, n->op == OP_argmax ? "ArgMax" : "ArgMin", a, axis);
  if (dtype_is_float(dtype)) {
    const char *nans = onnx_cast(o, onnx_is_nan(o, a), ONNX_int32);
    const char *count = onnx_reduce(o, "ReduceSum", nans, &axis, 1);
    const char *some = onnx_2(o, "Greater", count, onnx_constant(o, ONNX_int32, 0));
    place = onnx_3(o, "Where", some, arg(o, "ArgMax", nans, axis), place);
  }
  return done(o, n, y, onnx_cast(o, place, ONNX_int32));
}

/* ---- products ---- */

/* An operand as [batch.., rows, columns]: the axes of each group lie together. */
typedef struct Matrix {
  const char *name;
  int32_t perm[MAX_RANK];
  Sz rest[MAX_RANK];
  int n_rest;
  bool in_order; /* nothing moves */
} Matrix;

static bool listed(const Attr *list, int axis) {
  for (int i = 0; i < list->n; i++)
    if (list->ints[i] == axis) return true;
  return false;
}

/* contracted_last: [batch.., rest.., contract..], else [batch.., contract.., rest..]. */
static Matrix matrix(OnnxOut *o, const Node *n, int k, bool contracted_last) {
  const Attr *batch = node_attr(n, k ? A_batch_b : A_batch_a);
  const Attr *contract = node_attr(n, k ? A_contract_b : A_contract_a);
  const TypeInfo *info = onnx_info(o, n->operands[k]);
  Matrix m = {.name = onnx_whole(o, n, k)};
  int at = 0;
  for (int i = 0; i < batch->n; i++) m.perm[at++] = batch->ints[i];
  for (int i = 0; i < contract->n && !contracted_last; i++) m.perm[at++] = contract->ints[i];
  for (int i = 0; i < info->rank; i++)
    if (!listed(batch, i) && !listed(contract, i)) {
      m.perm[at++] = i;
      m.rest[m.n_rest++] = info->dims[i];
    }
  for (int i = 0; i < contract->n && contracted_last; i++) m.perm[at++] = contract->ints[i];
  if (dot_is_bf16(n)) m.name = onnx_round_bf16(o, m.name);
  m.name = onnx_permute(o, m.name, m.perm, info->rank);
  return m;
}

static Sz product_of(OnnxOut *o, const Sz *dims, int n) {
  Sz all = size_const(o->ctx, 1);
  for (int i = 0; i < n; i++) all = size_mul(o->ctx, all, dims[i]);
  return all;
}

/* As [batch.., rows, columns], where it is not already. */
static const char *shaped(OnnxOut *o, const Matrix *m, const Sz *batch, int n_batch, Sz inner,
                          int n_inner, bool contracted_last) {
  Sz dims[MAX_RANK + 2], rest = product_of(o, m->rest, m->n_rest);
  if (m->n_rest == 1 && n_inner == 1) return m->name;
  for (int i = 0; i < n_batch; i++) dims[i] = batch[i];
  dims[n_batch] = contracted_last ? rest : inner;
  dims[n_batch + 1] = contracted_last ? inner : rest;
  return onnx_reshape(o, m->name, dims, n_batch + 2);
}

bool out_dot(OnnxOut *o, const Node *n, OnnxValue *y) {
  const Attr *batch = node_attr(n, A_batch_a), *contract = node_attr(n, A_contract_a);
  const TypeInfo *type = result(o, n), *a_info = onnx_info(o, n->operands[0]);
  Sz inner[MAX_RANK], outer[MAX_RANK];
  for (int i = 0; i < contract->n; i++) inner[i] = a_info->dims[contract->ints[i]];
  for (int i = 0; i < batch->n; i++) outer[i] = a_info->dims[batch->ints[i]];
  Sz k = product_of(o, inner, contract->n);
  Matrix a = matrix(o, n, 0, true), b = matrix(o, n, 1, false);
  bool plain = !batch->n && contract->n == 1 && a.n_rest && b.n_rest == 1;
  if (plain) return done(o, n, y, onnx_2(o, "MatMul", a.name, b.name));
  const char *left = shaped(o, &a, outer, batch->n, k, contract->n, true);
  const char *right = shaped(o, &b, outer, batch->n, k, contract->n, false);
  const char *made = onnx_2(o, "MatMul", left, right);
  if (a.n_rest != 1 || b.n_rest != 1) made = onnx_reshape(o, made, type->dims, type->rank);
  return done(o, n, y, made);
}

/* ---- along an axis ---- */

bool out_cumsum(OnnxOut *o, const Node *n, OnnxValue *y) {
  OnnxAttr attrs[2] = {ONNX_INT("exclusive", node_int(n, A_exclusive, 0)),
                       ONNX_INT("reverse", node_int(n, A_reverse, 0))};
  const char *in[2] = {onnx_whole(o, n, 0),
                       onnx_constant(o, ONNX_int64, (double)node_int(n, A_axis, 0))};
  return done(o, n, y, onnx_put(o, "CumSum", in, 2, attrs, 2));
}

/* Ascending, equals in their order: the places. */
static const char *sorted(OnnxOut *o, const char *a, int axis, Sz extent) {
  OnnxAttr attrs[3] = {ONNX_INT("axis", axis), ONNX_INT("largest", 0), ONNX_INT("sorted", 1)};
  const char *in[2] = {a, onnx_size(o, extent)};
  const char *out[2] = {onnx_name(o, "sorted"), onnx_name(o, "order")};
  onnx_node(o, NULL, "TopK", in, 2, out, 2, attrs, 3);
  return out[1];
}

static const char *take(OnnxOut *o, const char *a, const char *places, int axis) {
  OnnxAttr attr = ONNX_INT("axis", axis);
  const char *in[2] = {a, places};
  return onnx_put(o, "GatherElements", in, 2, &attr, 1);
}

/* TopK does not know what to do with what is no number: it stands in for infinity, and then what it
 * is sorts once more, which moves it behind. */
bool out_sort(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *info = onnx_info(o, n->operands[0]);
  int axis = (int)node_int(n, A_axis, 0);
  Sz extent = info->dims[axis];
  const char *a = onnx_whole(o, n, 0), *number = onnx_as_number(o, a, info->dtype), *order;
  if (dtype_is_float(info->dtype)) {
    const char *nan = onnx_is_nan(o, a);
    number = onnx_3(o, "Where", nan, onnx_number(o, info->dtype, (double)INFINITY), a);
    order = sorted(o, number, axis, extent);
    const char *last = take(o, onnx_cast(o, nan, ONNX_int32), order, axis);
    order = take(o, order, sorted(o, last, axis, extent), axis);
  } else {
    order = sorted(o, number, axis, extent);
  }
  if (n->op == OP_argsort) return done(o, n, y, onnx_cast(o, order, ONNX_int32));
  return onnx_done(y, result(o, n), take(o, a, order, axis));
}
