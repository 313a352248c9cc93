/* Builtins of whole matrices, the last two own axes: assign, cholesky, solve, qr, eigh, svd. All
 * own axes before them, and the hidden ones, are a batch. */
#include <string.h>

#include "frontend/check/checker.h"

/* The argument as matrices; poison after a diagnostic when it is none. */
static Value matrices(Check *c, const char *name, Value v, bool integers, Span span) {
  Value x = value_to_tensor(c, v, TY_NONE, span);
  if (!value_ok(&x)) return x;
  DType dtype = value_info(c, &x)->dtype;
  if (value_rank(c, &x) < 2) {
    diag_at(c->ctx, span, E_rank_mismatch, "%s wants a matrix in the last two axes", name);
    diag_got(c->ctx, "%s", value_str(c, &x));
    return value_poison();
  }
  if (dtype_is_float(dtype) || (integers && dtype == DT_i32)) return x;
  diag_at(c->ctx, span, E_wrong_dtype, "%s wants a matrix of %s, not %s", name,
          integers ? "numbers" : "floats", value_str(c, &x));
  return value_poison();
}

static bool is_square(Check *c, const char *name, const Value *x, const char *help, Span span) {
  const TypeInfo *info = value_info(c, x);
  if (sz_eq(info->dims[info->rank - 1], info->dims[info->rank - 2])) return true;
  diag_at(c->ctx, span, E_size_mismatch, "%s wants as many columns as rows", name);
  diag_got(c->ctx, "%s", value_str(c, x));
  if (help) diag_help(c->ctx, "%s", help);
  return false;
}

static Value result_of(Check *c, Value like, Op op, const Ref *operands, int n, Span span) {
  like.whole_name = false;
  like.tensor.ref = build_op(graph_here(c, span), op, operands, n, NULL, 0, TY_NONE);
  return like;
}

/* Partners for the rows. */
static Value assign_rows_of(Check *c, const Value *v, Span span) {
  Value x = matrices(c, "assign", v[0], true, span);
  const char *help = "give the smaller side padding, and a cost to what is matched with it";
  if (!value_ok(&x) || !is_square(c, "assign", &x, help, span)) return value_poison();
  return result_of(c, x, OP_assign, &x.tensor.ref, 1, span);
}

/* ---- solve ---- */

/* Both with the hidden axes of both. */
static void share_hidden(Check *c, Value *a, Value *b, Span span) {
  IndexVar **vars = alloc(c, sizeof *vars * (size_t)(a->tensor.n_vars + b->tensor.n_vars + 1));
  int n = 0;
  for (int i = 0; i < a->tensor.n_vars; i++) vars[n++] = a->tensor.vars[i];
  for (int i = 0; i < b->tensor.n_vars; i++)
    if (shape_var_axis(a, b->tensor.vars[i]) < 0) vars[n++] = b->tensor.vars[i];
  Value *both[] = {a, b};
  for (int k = 0; k < 2; k++) {
    Shape shape = shape_of(c, both[k]);
    shape.vars = vars;
    shape.n_vars = n;
    *both[k] = shape_expand(c, *both[k], &shape, span);
  }
}

/* The tensor with its last axis of extent 1 more, or without it. */
static Value as_column(Check *c, Value v, bool column, Span span) {
  const TypeInfo *info = value_info(c, &v);
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(info->rank + 1));
  int rank = info->rank + (column ? 1 : -1);
  dims[info->rank] = size_const(c->ctx, 1);
  memcpy(dims, info->dims, sizeof(Sz) * (size_t)(column ? info->rank : rank));
  v.tensor.ref = build_reshape(graph_here(c, span), v.tensor.ref, dims, rank);
  return v;
}

static Value solve_for(Check *c, const Value *v, Span span) {
  Value a = matrices(c, "solve", v[0], false, span), b = value_to_tensor(c, v[1], TY_NONE, span);
  if (!value_ok(&a) || !value_ok(&b) || !is_square(c, "solve", &a, NULL, span))
    return value_poison();
  int rank = value_rank(c, &a);
  const Sz *da = value_dims(c, &a), *db = value_dims(c, &b);
  bool vectors = value_rank(c, &b) == rank - 1;
  bool fits = (vectors || value_rank(c, &b) == rank) &&
              value_info(c, &a)->dtype == value_info(c, &b)->dtype;
  for (int i = 0; fits && i < rank - 1; i++) fits = sz_eq(da[i], db[i]);
  if (!fits) {
    diag_at(c->ctx, span, E_shape_mismatch,
            "solve wants vectors or matrices with as many rows, and as many of them");
    diag_expected(c->ctx, "%s up to the last axis", value_str(c, &a));
    diag_got(c->ctx, "%s", value_str(c, &b));
    return value_poison();
  }
  share_hidden(c, &a, &b, span);
  if (vectors) b = as_column(c, b, true, span);
  Value x = result_of(c, b, OP_solve, (Ref[]){a.tensor.ref, b.tensor.ref}, 2, span);
  return vectors ? as_column(c, x, false, span) : x;
}

/* ---- the parts of a result ---- */

static Value rows(Check *c, Value y, Sz *start, Sz n, Span span) {
  int axis = value_info(c, &y)->rank - 2;
  y.tensor.ref = build_slice(graph_here(c, span), y.tensor.ref, axis, *start, n);
  *start = size_add(c->ctx, *start, n);
  return y;
}

static Value flipped(Check *c, Value y, Span span) {
  int rank = value_info(c, &y)->rank;
  int32_t *perm = alloc(c, sizeof *perm * (size_t)rank);
  for (int i = 0; i < rank; i++) perm[i] = i;
  perm[rank - 2] = rank - 1;
  perm[rank - 1] = rank - 2;
  y.tensor.ref = build_transpose(graph_here(c, span), y.tensor.ref, perm);
  return y;
}

/* The only row of each matrix. */
static Value only_row(Check *c, Value y, Span span) {
  return as_column(c, flipped(c, y, span), false, span);
}

static Value parts_of(Check *c, Op op, Value y, Sz m, Sz n, Span span) {
  Sz at = size_const(c->ctx, 0), one = size_const(c->ctx, 1);
  Value out = value_tuple(values_new(c->ctx, op == OP_svd ? 3 : 2)), *part = out.items.data;
  if (op == OP_eigh) {
    part[1] = rows(c, y, &at, n, span);
    part[0] = only_row(c, rows(c, y, &at, one, span), span);
    return out;
  }
  part[0] = rows(c, y, &at, m, span);
  if (op == OP_svd) part[1] = only_row(c, rows(c, y, &at, one, span), span);
  Value last = rows(c, y, &at, n, span);
  part[out.items.len - 1] = op == OP_qr ? flipped(c, last, span) : last;
  return out;
}

Value matrix_call(Check *c, const char *name, Op op, const Value *v, Span span) {
  if (op == OP_assign) return assign_rows_of(c, v, span);
  if (op == OP_solve) return solve_for(c, v, span);
  Value a = matrices(c, name, v[0], false, span);
  bool square = op == OP_cholesky || op == OP_eigh;
  if (!value_ok(&a) || (square && !is_square(c, name, &a, NULL, span))) return value_poison();
  const TypeInfo *info = value_info(c, &a);
  Sz m = info->dims[info->rank - 2], n = info->dims[info->rank - 1];
  Value y = result_of(c, a, op, &a.tensor.ref, 1, span);
  return op == OP_cholesky ? y : parts_of(c, op, y, m, n, span);
}
