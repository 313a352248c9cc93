/* Interpretation of whole matrices: the last two axes; all before them are a batch. */
#include "exec/assign.h"
#include "exec/matrix.h"
#include "ir/interp_internal.h"

static bool eval_assign(Eval *e) {
  int64_t n = e->a[0]->dims[e->a[0]->rank - 1];
  double *cost = arena_array(e->in->arena, double, n *n + 1);
  double *scratch = arena_array(e->in->arena, double, ASSIGN_SCRATCH(n));
  int32_t *column = arena_array(e->in->arena, int32_t, n + 1);
  for (int64_t row = 0; row < e->y->count; row += n) {
    for (int64_t i = 0; i < n * n; i++) cost[i] = e->a[0]->at[row * n + i];
    assign_rows(cost, n, column, scratch);
    for (int64_t i = 0; i < n; i++) e->y->at[row + i] = column[i];
  }
  return true;
}

static MatrixFn *matrix_fn(Op op) {
  switch (op) {
  case OP_cholesky:
    return matrix_cholesky;
  case OP_solve:
    return matrix_solve;
  case OP_qr:
    return matrix_qr;
  case OP_eigh:
    return matrix_eigh;
  default:
    return op == OP_svd ? matrix_svd : NULL;
  }
}

static int64_t extent(const InterpValue *v, int from_last) {
  return v->dims[v->rank - 1 - from_last];
}

static double *copy_of(Eval *e, const double *from, int64_t n, double *to) {
  if (!to) to = arena_array(e->in->arena, double, n + 1);
  for (int64_t i = 0; i < n; i++) to[i] = from[i];
  return to;
}

bool eval_matrix(Eval *e) {
  MatrixFn *run = matrix_fn(e->node->op);
  if (!run) return eval_assign(e);
  const InterpValue *a = e->a[0], *b = e->node->n_operands > 1 ? e->a[1] : NULL;
  MatrixSize size = {extent(a, 1), extent(a, 0), b ? extent(b, 0) : 0};
  int64_t rows = extent(e->y, 1), columns = extent(e->y, 0), n_y = rows * columns;
  int64_t n_a = size.m * size.n, n_b = size.m * size.k;
  double *room = arena_array(e->in->arena, double, MATRIX_ROOM(rows, columns) + 1);
  double *own_a = NULL, *own_b = NULL;
  for (int64_t item = 0; n_y && item < e->y->count / n_y; item++) {
    own_a = copy_of(e, a->at + item * n_a, n_a, own_a);
    if (b) own_b = copy_of(e, b->at + item * n_b, n_b, own_b);
    run(own_a, own_b, size, e->y->at + item * n_y, room);
  }
  return true;
}
