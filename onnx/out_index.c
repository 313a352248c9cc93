/* Positions that are data.
 *
 *   y[n.., i.., j.., k..] = a[n.., i.., b[n.., j..], k..]   n: batch axes, i: rest before the axis
 */
#include "onnx/out.h"

/* The axis behind those of the batch, for operators that index there: [n.., axis, i.., k..]. */
static void axis_first(int32_t *perm, int rank, int batch, int axis) {
  int at = 0;
  for (int i = 0; i < batch; i++) perm[at++] = i;
  perm[at++] = axis;
  for (int i = batch; i < rank; i++)
    if (i != axis) perm[at++] = i;
}

static void inverse(const int32_t *perm, int rank, int32_t *out) {
  for (int i = 0; i < rank; i++) out[perm[i]] = i;
}

/* The axes of y[n.., i.., j.., k..] as [n.., j.., i.., k..]. */
static void rows_first(int32_t *perm, int rank, int batch, int axis, int rows) {
  int at = 0;
  for (int i = 0; i < batch; i++) perm[at++] = i;
  for (int j = 0; j < rows; j++) perm[at++] = axis + j;
  for (int i = batch; i < axis; i++) perm[at++] = i;
  for (int i = axis + rows; i < rank; i++) perm[at++] = i;
}

bool out_gather(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type), *table = onnx_info(o, n->operands[0]);
  int batch = (int)node_int(n, A_batch, 0), axis = (int)node_int(n, A_axis, 0);
  int rows = onnx_info(o, n->operands[1])->rank - batch;
  const char *a = onnx_whole(o, n, 0), *b = onnx_whole(o, n, 1);
  if (!batch) {
    OnnxAttr attr = ONNX_INT("axis", axis);
    const char *in[2] = {a, b};
    return onnx_done(y, type, onnx_put(o, "Gather", in, 2, &attr, 1));
  }
  int32_t perm[MAX_RANK], back[MAX_RANK];
  axis_first(perm, table->rank, batch, axis);
  rows_first(back, type->rank, batch, axis, rows);
  OnnxAttr attr = ONNX_INT("batch_dims", batch);
  const char *places = onnx_unsqueeze(o, onnx_cast(o, b, ONNX_int64), batch + rows);
  const char *in[2] = {onnx_permute(o, a, perm, table->rank), places};
  const char *taken = onnx_put(o, "GatherND", in, 2, &attr, 1);
  inverse(back, type->rank, perm);
  return onnx_done(y, type, onnx_permute(o, taken, perm, type->rank));
}

static Sz count_of(OnnxOut *o, const Sz *dims, int from, int to) {
  Sz all = size_const(o->ctx, 1);
  for (int i = from; i < to; i++) all = size_mul(o->ctx, all, dims[i]);
  return all;
}

/* The indices as places of one axis over all of the batch. */
static const char *flat_places(OnnxOut *o, const Node *n, int batch, Sz extent, Sz batches) {
  const TypeInfo *info = onnx_info(o, n->operands[0]);
  const char *index = onnx_cast(o, onnx_whole(o, n, 0), ONNX_int64);
  Sz dims[2] = {batches, count_of(o, info->dims, batch, info->rank)};
  index = onnx_reshape(o, index, dims, 2);
  const char *base = onnx_unsqueeze(o, onnx_range(o, batches, ONNX_int64), 1);
  base = onnx_2(o, "Mul", base, onnx_size_scalar(o, extent));
  Sz column[2] = {size_mul(o->ctx, dims[0], dims[1]), size_const(o->ctx, 1)};
  return onnx_reshape(o, onnx_2(o, "Add", index, base), column, 2);
}

/* As matrices: rows [places, rest] are added to rows of [batches * extent, rest]. */
bool out_scatter(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type), *index = onnx_info(o, n->operands[0]);
  const TypeInfo *given = onnx_info(o, n->operands[1]);
  int batch = (int)node_int(n, A_batch, 0), axis = (int)node_int(n, A_axis, 0);
  int rows = index->rank - batch;
  int32_t perm[MAX_RANK], back[MAX_RANK];
  Sz batches = count_of(o, type->dims, 0, batch), extent = type->dims[axis], moved[MAX_RANK];
  Sz rest = size_mul(o->ctx, count_of(o, type->dims, batch, axis),
                     count_of(o, type->dims, axis + 1, type->rank));
  Sz places = size_mul(o->ctx, batches, count_of(o, index->dims, batch, index->rank));
  Sz updates[2] = {places, rest}, all[2] = {size_mul(o->ctx, batches, extent), rest};
  rows_first(perm, given->rank, batch, axis, rows);
  const char *values = onnx_permute(o, onnx_whole(o, n, 1), perm, given->rank);
  values = onnx_reshape(o, values, updates, 2);
  const char *at = flat_places(o, n, batch, extent, batches);
  at = onnx_2(o, "Expand", at, onnx_shape(o, updates, 2));
  const char *zeros = onnx_2(o, "Expand", onnx_number(o, type->dtype, 0), onnx_shape(o, all, 2));
  OnnxAttr attrs[2] = {ONNX_INT("axis", 0), ONNX_TEXT("reduction", "add")};
  const char *in[3] = {zeros, at, values};
  const char *sums = onnx_put(o, "ScatterElements", in, 3, attrs, 2);
  axis_first(perm, type->rank, batch, axis);
  for (int i = 0; i < type->rank; i++) moved[i] = type->dims[perm[i]];
  inverse(perm, type->rank, back);
  sums = onnx_permute(o, onnx_reshape(o, sums, moved, type->rank), back, type->rank);
  if (type->dtype == DT_bf16) sums = onnx_round_bf16(o, sums);
  return onnx_done(y, type, sums);
}

/* What stands before the part, the part, what stands behind it. */
bool out_update(OnnxOut *o, const Node *n, OnnxValue *y) {
  const TypeInfo *type = type_info(o->ctx, n->type), *part = onnx_info(o, n->operands[1]);
  int axis = (int)node_int(n, A_axis, 0);
  int64_t zero = 0, one = 1, most = INT64_MAX;
  Sz last = size_sub(o->ctx, type->dims[axis], part->dims[axis]);
  const char *a = onnx_whole(o, n, 0), *start = onnx_cast(o, onnx_whole(o, n, 2), ONNX_int64);
  const char *none = onnx_ints(o, &zero, 1);
  start = onnx_2(o, "Reshape", start, onnx_ints(o, &one, 1));
  start = onnx_2(o, "Max", onnx_2(o, "Min", start, onnx_size(o, last)), none);
  const char *end = onnx_2(o, "Add", start, onnx_size(o, part->dims[axis]));
  const char *parts[3] = {onnx_part(o, a, axis, none, start), onnx_whole(o, n, 1),
                          onnx_part(o, a, axis, end, onnx_ints(o, &most, 1))};
  OnnxAttr attr = ONNX_INT("axis", axis);
  return onnx_done(y, type, onnx_put(o, "Concat", parts, 3, &attr, 1));
}
