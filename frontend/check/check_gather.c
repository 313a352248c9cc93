/* Subscripts that are data: one or several axes of a tensor are replaced by what index values point
 * at. */
#include "frontend/check/checker.h"

/* Several indices become one into the product of the axes: i * N2 + j. */
static Value linear_index(Check *c, const Sz *extents, Value *indices, int n, Span span) {
  Graph *g = graph_here(c, span);
  Value total = value_poison();
  Sz product = size_const(c->ctx, 1);
  for (int i = 0; i < n; i++) {
    Value v = indices[i];
    v.whole_name = false;
    v.tensor.ref = build_cast(g, v.tensor.ref, DT_i32);
    Value step[2] = {total, value_size(c->ctx, extents[i])};
    if (i) step[0] = apply_op(c, OP_mul, step, 2, span);
    step[1] = v;
    total = i ? apply_op(c, OP_add, step, 2, span) : v;
    if (!value_ok(&total)) return total;
    product = size_mul(c->ctx, product, extents[i]);
  }
  const TypeInfo *info = value_info(c, &total);
  Ty type = type_index(c->ctx, product, info->dims, info->rank);
  total.tensor.ref = build_op(g, OP_cast, &total.tensor.ref, 1, NULL, 0, type);
  return total;
}

/* Brings the gathered own axes next to each other, at the place of the first, and makes them one.
 */
static Value merge_axes(Check *c, Value v, const int *axes, int n) {
  const TypeInfo *info = value_info(c, &v);
  int hidden = v.tensor.n_vars, rank = info->rank, k = 0, m = 0;
  int32_t *perm = alloc(c, sizeof(int32_t) * (size_t)(rank + 1));
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(rank + 1)), product = size_const(c->ctx, 1);
  for (int i = 0; i < n; i++) product = size_mul(c->ctx, product, info->dims[hidden + axes[i]]);
  for (int i = 0; i < rank; i++) {
    bool gathered = false;
    for (int j = 0; j < n; j++) gathered = gathered || i == hidden + axes[j];
    if (i == hidden + axes[0]) {
      for (int j = 0; j < n; j++) perm[k++] = hidden + axes[j];
      dims[m++] = product;
    } else if (!gathered) {
      perm[k++] = i;
      dims[m++] = info->dims[i];
    }
  }
  Graph *g = c->frame->graph;
  bool same = true;
  for (int i = 0; i < rank; i++) same = same && perm[i] == i;
  if (!same) v.tensor.ref = build_transpose(g, v.tensor.ref, perm);
  v.tensor.ref = build_reshape(g, v.tensor.ref, dims, m);
  return v;
}

/* Variables of both operands first, in one order: the batch axes. */
static int split_vars(Check *c, const Value *a, const Value *b, IndexVar ***a_order,
                      IndexVar ***b_order) {
  *a_order = alloc(c, sizeof(IndexVar *) * (size_t)(a->tensor.n_vars + 1));
  *b_order = alloc(c, sizeof(IndexVar *) * (size_t)(b->tensor.n_vars + 1));
  int shared = 0, na, nb;
  for (int i = 0; i < a->tensor.n_vars; i++) {
    if (shape_var_axis(b, a->tensor.vars[i]) < 0) continue;
    (*a_order)[shared] = (*b_order)[shared] = a->tensor.vars[i];
    shared++;
  }
  na = nb = shared;
  for (int i = 0; i < a->tensor.n_vars; i++)
    if (shape_var_axis(b, a->tensor.vars[i]) < 0) (*a_order)[na++] = a->tensor.vars[i];
  for (int i = 0; i < b->tensor.n_vars; i++)
    if (shape_var_axis(a, b->tensor.vars[i]) < 0) (*b_order)[nb++] = b->tensor.vars[i];
  return shared;
}

static Value gather_one(Check *c, Value v, int axis, Value index, Span span) {
  IndexVar **a_order, **b_order, *vars[128];
  int batch = split_vars(c, &v, &index, &a_order, &b_order), n = 0;
  v = shape_move_vars(c, v, a_order, v.tensor.n_vars);
  index = shape_move_vars(c, index, b_order, index.tensor.n_vars);
  int hidden = v.tensor.n_vars, at = hidden + axis, rank = value_info(c, &v)->rank;
  int index_hidden = index.tensor.n_vars, index_rank = value_info(c, &index)->rank;
  for (int i = 0; i < at; i++) vars[n++] = i < hidden ? a_order[i] : NULL;
  for (int i = batch; i < index_rank; i++) vars[n++] = i < index_hidden ? b_order[i] : NULL;
  for (int i = at + 1; i < rank; i++) vars[n++] = NULL;
  Attr attrs[] = {attr_i(A_axis, at), attr_i(A_batch, batch)};
  Ref operands[] = {v.tensor.ref, index.tensor.ref};
  Ref y = build_op(graph_here(c, span), OP_gather, operands, 2, attrs, 2, TY_NONE);
  return hidden_first(c, y, vars, n);
}

/* The own axes 'axes' of v are replaced, at the place of the first, by the own axes of the indices.
 */
Value gather_axes(Check *c, Value v, const int *axes, Value *indices, int n, Span span) {
  for (int i = 0; i < n; i++) indices[i] = value_import(c, indices[i]);
  if (n == 1) return gather_one(c, v, axes[0], indices[0], span);
  Sz *extents = alloc(c, sizeof(Sz) * (size_t)n);
  for (int i = 0; i < n; i++) extents[i] = value_dims(c, &v)[axes[i]];
  Value index = linear_index(c, extents, indices, n, span);
  if (!value_ok(&index)) return index;
  return gather_one(c, merge_axes(c, v, axes, n), axes[0], index, span);
}
