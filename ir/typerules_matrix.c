/* Type rules of whole matrices: the last two axes; all before them are a batch. */
#include "ir/typerules.h"

static Ty matrix_operand(const TypeRuleArgs *args, int i) {
  return graph_type(args->graph, args->operands[i]);
}

/* The rows and columns of the first operand; false after a reason when it has none. */
static bool matrix_of(const TypeRuleArgs *args, Sz *rows, Sz *columns) {
  const TypeInfo *a = rule_operand(args, 0);
  bool numbers =
      !a->is_tuple && (dtype_is_float(a->dtype) || (args->op == OP_assign && a->dtype == DT_i32));
  if (!numbers || a->rank < 2) {
    rule_wrong(args, "expected matrices of %s, got %s",
               args->op == OP_assign ? "numbers" : "floats", rule_type_str(args, 0));
    return false;
  }
  *rows = a->dims[a->rank - 2];
  *columns = a->dims[a->rank - 1];
  return true;
}

static bool square_of(const TypeRuleArgs *args, Sz *n) {
  Sz rows;
  if (!matrix_of(args, &rows, n)) return false;
  if (sz_eq(rows, *n)) return true;
  rule_wrong(args, "expected as many columns as rows, got %s rows and %s columns",
             size_str(args->ctx, rows), size_str(args->ctx, *n));
  return false;
}

/* The first operand's batch of other matrices. */
static Ty with_matrix(const TypeRuleArgs *args, Sz rows, Sz columns) {
  const TypeInfo *a = rule_operand(args, 0);
  Sz *dims = arena_copy(&args->ctx->arena, a->dims, sizeof(Sz) * (size_t)a->rank);
  dims[a->rank - 2] = rows;
  dims[a->rank - 1] = columns;
  return type_with_dims(args->ctx, matrix_operand(args, 0), dims, a->rank);
}

Ty type_assign(const TypeRuleArgs *args) {
  Sz n;
  const TypeInfo *a = rule_operand(args, 0);
  return square_of(args, &n) ? type_index(args->ctx, n, a->dims, a->rank - 1) : TY_NONE;
}

Ty type_cholesky(const TypeRuleArgs *args) {
  Sz n;
  return square_of(args, &n) ? matrix_operand(args, 0) : TY_NONE;
}

Ty type_solve(const TypeRuleArgs *args) {
  Sz n;
  const TypeInfo *a = rule_operand(args, 0), *b = rule_operand(args, 1);
  if (!square_of(args, &n)) return TY_NONE;
  bool fits = !b->is_tuple && b->dtype == a->dtype && b->rank == a->rank;
  for (int i = 0; fits && i < a->rank - 1; i++) fits = sz_eq(a->dims[i], b->dims[i]);
  if (fits) return matrix_operand(args, 1);
  return rule_wrong(args, "operand 1: expected %s up to its last axis, got %s",
                    rule_type_str(args, 0), rule_type_str(args, 1));
}

Ty type_qr(const TypeRuleArgs *args) {
  Sz m, n;
  if (!matrix_of(args, &m, &n)) return TY_NONE;
  return with_matrix(args, size_add(args->ctx, m, n), size_min(args->ctx, m, n));
}

Ty type_eigh(const TypeRuleArgs *args) {
  Sz n;
  if (!square_of(args, &n)) return TY_NONE;
  return with_matrix(args, size_add(args->ctx, n, size_const(args->ctx, 1)), n);
}

Ty type_svd(const TypeRuleArgs *args) {
  Sz m, n;
  if (!matrix_of(args, &m, &n)) return TY_NONE;
  Sz rows = size_add(args->ctx, size_add(args->ctx, m, n), size_const(args->ctx, 1));
  return with_matrix(args, rows, size_min(args->ctx, m, n));
}
