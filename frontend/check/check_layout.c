/* Builtins that make whole tensors or move their elements: zeros, iota, concat, stack, split,
 * reshape, transpose. Inside index notation they work on the own axes and leave the
 * hidden ones alone. */
#include <string.h>

#include "frontend/check/checker.h"

/* ---- making ---- */

static bool sizes_of(Check *c, const Value *v, uint32_t n, Span span, Sz *dims) {
  for (uint32_t i = 0; i < n; i++) {
    if (value_is_size(&v[i], &dims[i])) {
      if (!extent_fits(c, dims[i], span)) return false;
      continue;
    }
    if (value_ok(&v[i]))
      diag_at(c->ctx, span, E_not_size, "an extent is a size, not %s", value_str(c, &v[i]));
    return false;
  }
  return true;
}

Value layout_filled(Check *c, Value value, Value *dims, uint32_t n, Span span) {
  if (n == 1 && dims->kind == VAL_list) n = dims->items.len, dims = dims->items.data;
  Shape shape = {.rank = (int)n, .dims = alloc(c, sizeof(Sz) * (n + 1))};
  Value v = value_to_tensor(c, value, TY_NONE, span);
  if (!value_ok(&v) || !sizes_of(c, dims, n, span, shape.dims)) return value_poison();
  if (value_rank(c, &v) > 0) {
    diag_at(c->ctx, span, E_rank_mismatch, "full(v, ...) wants a scalar, not %s", value_str(c, &v));
    return value_poison();
  }
  shape.vars = v.tensor.vars;
  shape.n_vars = v.tensor.n_vars;
  return shape_expand(c, v, &shape, span);
}

Value layout_iota(Check *c, Value *v, Span span) {
  Sz n;
  if (!sizes_of(c, v, 1, span, &n)) return value_poison();
  return value_tensor(c, build_iota(graph_here(c, span), type_index(c->ctx, n, &n, 1), 0));
}

/* ---- one after another ---- */

/* All operands as tensors with the same hidden axes. */
static bool same_hidden(Check *c, Value *v, uint32_t n, Span span, int *hidden) {
  Shape all = {0};
  Value *scalars = alloc(c, sizeof(Value) * (n + 1));
  for (uint32_t i = 0; i < n; i++) {
    v[i] = value_to_tensor(c, v[i], TY_NONE, span);
    if (!value_ok(&v[i])) return false;
    scalars[i] = v[i];
    if (i && value_rank(c, &v[i]) != value_rank(c, &v[0])) {
      diag_at(c->ctx, span, E_rank_mismatch, "the operands have different numbers of axes");
      diag_expected(c->ctx, "%s", value_str(c, &v[0]));
      diag_got(c->ctx, "%s", value_str(c, &v[i]));
      return false;
    }
  }
  for (uint32_t i = 0; i < n; i++) {
    Shape s = shape_of(c, &v[i]);
    if (s.n_vars >= all.n_vars) all = s;
  }
  for (uint32_t i = 0; i < n; i++) {
    Shape s = shape_of(c, &v[i]);
    s.vars = all.vars;
    s.n_vars = all.n_vars;
    for (int k = 0; k < v[i].tensor.n_vars; k++) {
      bool found = false;
      for (int m = 0; m < all.n_vars; m++) found = found || all.vars[m] == v[i].tensor.vars[k];
      if (found) continue;
      diag_at(c->ctx, span, E_shape_mismatch, "the operands depend on different indices");
      return false;
    }
    v[i] = shape_expand(c, v[i], &s, span);
  }
  *hidden = all.n_vars;
  return true;
}

Value layout_concat(Check *c, Value *v, uint32_t n, int64_t axis, Span span) {
  int hidden;
  if (!same_hidden(c, v, n, span, &hidden)) return value_poison();
  int rank = value_rank(c, &v[0]);
  if (axis == -1) axis = rank - 1;
  if (axis < 0 || axis >= rank) {
    diag_at(c->ctx, span, E_rank_mismatch, "there is no axis %lld to concatenate along in %s",
            (long long)axis, value_str(c, &v[0]));
    return value_poison();
  }
  Ref *refs = alloc(c, sizeof(Ref) * (n + 1));
  for (uint32_t i = 0; i < n; i++) refs[i] = v[i].tensor.ref;
  Attr attr = attr_i(A_axis, hidden + axis);
  const char *why = NULL;
  Graph *g = graph_here(c, span);
  if (!build_check(g, OP_concat, refs, (int)n, &attr, 1, NULL, TY_NONE, &why).i) {
    diag_at(c->ctx, span, E_shape_mismatch, "the operands differ in more than axis %lld",
            (long long)axis);
    diag_expected(c->ctx, "%s", value_str(c, &v[0]));
    for (uint32_t i = 1; i < n; i++) diag_got(c->ctx, "%s", value_str(c, &v[i]));
    return value_poison();
  }
  Value out = v[0];
  out.whole_name = false;
  out.tensor.ref = build_concat(g, refs, (int)n, hidden + (int)axis);
  return out;
}

Value builtin_concat(Check *c, const Expr *x) {
  int64_t axis = -1;
  uint32_t n = x->reduce.args.len;
  if (x->reduce.n_indices) {
    diag_at(c->ctx, x->span, E_bad_index_function,
            "concat works along an axis: concat[axis = 0](a, b)");
    return value_poison();
  }
  if (x->reduce.axis && !elab_int(c, x->reduce.axis, &axis)) return value_poison();
  if (x->reduce.axis && axis < 0) axis = INT32_MAX;
  Values v = values_new(c->ctx, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    v.data[i] = elab_expr(c, x->reduce.args.data[i].value);
    if (!value_ok(&v.data[i])) return value_poison();
  }
  return layout_concat(c, v.data, n, axis, x->span);
}

static Value with_new_axis(Check *c, Value v, Span span) {
  const TypeInfo *info = value_info(c, &v);
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(info->rank + 1));
  for (int i = 0, k = 0; i <= info->rank; i++)
    dims[i] = i == v.tensor.n_vars ? size_const(c->ctx, 1) : info->dims[k++];
  v.tensor.ref = build_reshape(graph_here(c, span), v.tensor.ref, dims, info->rank + 1);
  return v;
}

Value layout_stack(Check *c, Value *v, uint32_t n, Span span) {
  for (uint32_t i = 0; i < n; i++) {
    v[i] = value_to_tensor(c, v[i], TY_NONE, span);
    if (!value_ok(&v[i])) return value_poison();
    v[i] = with_new_axis(c, v[i], span);
  }
  return layout_concat(c, v, n, 0, span);
}

/* ---- other shapes ---- */

Value layout_split(Check *c, Value *v, Span span) {
  Value x = value_to_tensor(c, v[0], TY_NONE, span);
  int64_t k;
  Sz parts;
  if (!value_ok(&x)) return x;
  if (!value_is_size(&v[1], &parts) || !size_is_const(c->ctx, parts, &k) || k < 1 ||
      k > MOST_ITEMS || value_rank(c, &x) < 1) {
    diag_at(c->ctx, span, E_argument,
            "split(x, k) wants a tensor with axes and a number of parts, known before the "
            "run and no more than a hundred thousand, not %s and %s",
            value_str(c, &x), value_str(c, &v[1]));
    return value_poison();
  }
  int axis = value_info(c, &x)->rank - 1;
  Sz extent = value_info(c, &x)->dims[axis];
  if (!size_divides(c->ctx, extent, k)) {
    diag_at(c->ctx, span, E_size_mismatch,
            "the last axis, %s, is not known to be a multiple of %lld", size_str(c->ctx, extent),
            (long long)k);
    diag_got(c->ctx, "%s", value_str(c, &x));
    return value_poison();
  }
  Sz length = size_div(c->ctx, extent, parts);
  Value out = value_tuple(values_new(c->ctx, (uint32_t)k));
  for (int64_t i = 0; i < k; i++) {
    Sz start = size_mul(c->ctx, size_const(c->ctx, i), length);
    out.items.data[i] = x;
    out.items.data[i].whole_name = false;
    out.items.data[i].tensor.ref =
        build_slice(graph_here(c, span), x.tensor.ref, axis, start, length);
  }
  return out;
}

Value layout_reshape(Check *c, Value *v, Span span) {
  Value x = value_to_tensor(c, v[0], TY_NONE, span);
  if (!value_ok(&x)) return x;
  if (v[1].kind != VAL_list) {
    diag_at(c->ctx, span, E_argument, "reshape(x, [A, B]) wants a list of sizes, not %s",
            value_str(c, &v[1]));
    return value_poison();
  }
  int hidden = x.tensor.n_vars, rank = hidden + (int)v[1].items.len;
  const TypeInfo *info = value_info(c, &x);
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(rank + 1));
  for (int i = 0; i < hidden; i++) dims[i] = info->dims[i];
  if (!sizes_of(c, v[1].items.data, v[1].items.len, span, dims + hidden)) return value_poison();
  Ty type = type_with_dims(c->ctx, value_type(c, &x), dims, rank);
  Sz have = type_count(c->ctx, value_type(c, &x)), want = type_count(c->ctx, type);
  Span asserted;
  if (!facts_equal(c, have, want, &asserted)) {
    diag_at(c->ctx, span, E_size_mismatch, "reshape keeps the number of elements");
    diag_expected(c->ctx, "%s elements, as %s has", size_str(c->ctx, have), value_str(c, &x));
    diag_got(c->ctx, "%s", size_str(c->ctx, want));
    if (strstr(size_str(c->ctx, have), "floor(") || strstr(size_str(c->ctx, want), "floor("))
      diag_help(c->ctx, "say that nothing is left over: assert T %% C == 0; or declare the axis as "
                        "a product: f32[M*C]");
    return value_poison();
  }
  x.whole_name = false;
  if (!sz_eq(have, want)) {
    Ref flat = build_reshape(graph_here(c, span), x.tensor.ref, &have, 1);
    x.tensor.ref = facts_resize(c, flat, have, want, asserted);
  }
  x.tensor.ref = build_reshape(graph_here(c, span), x.tensor.ref, dims, rank);
  return x;
}

Value layout_transpose(Check *c, Value *v, Span span) {
  Value x = value_to_tensor(c, v[0], TY_NONE, span);
  if (!value_ok(&x)) return x;
  if (value_rank(c, &x) < 2) {
    diag_at(c->ctx, span, E_rank_mismatch, "transpose swaps the last two axes, and this is %s",
            value_str(c, &x));
    return value_poison();
  }
  int rank = value_info(c, &x)->rank;
  int32_t *perm = alloc(c, sizeof(int32_t) * (size_t)rank);
  for (int i = 0; i < rank; i++) perm[i] = i;
  perm[rank - 1] = rank - 2;
  perm[rank - 2] = rank - 1;
  x.whole_name = false;
  x.tensor.ref = build_transpose(graph_here(c, span), x.tensor.ref, perm);
  return x;
}
