/* The operator '@': [.., K] @ [K, N], [B.., M, K] @ [B.., K, N], [.., K] @ [K].
 *
 * Hidden axes (index notation) that both operands have, and the leading own axes of a stack of
 * matrices on the right, are batch axes of one dot; the result is brought back to hidden axes
 * first.
 */
#include "frontend/check/checker.h"

typedef struct MatmulProduct {
  Value a, b;
  int rank_a, rank_b, stack; /* own ranks; number of leading own batch axes */
  int32_t batch_a[64], batch_b[64];
  int n_batch;
} MatmulProduct;

static Value refuse(Check *c, const MatmulProduct *p, Span span, const char *why) {
  diag_at(c->ctx, span, E_matmul_mismatch, "'@': %s", why);
  diag_expected(c->ctx, "[.., K] @ [K, N], [B.., M, K] @ [B.., K, N] or [.., K] @ [K]");
  diag_got(c->ctx, "%s @ %s", value_str(c, &p->a), value_str(c, &p->b));
  if (!span_none(p->a.span)) diag_note(c->ctx, p->a.span, "the left side is declared here");
  if (!span_none(p->b.span)) diag_note(c->ctx, p->b.span, "the right side is declared here");
  if (p->rank_a > 0 && p->rank_b == 2 &&
      sz_eq(value_dims(c, &p->a)[p->rank_a - 1], value_dims(c, &p->b)[1]))
    diag_help(c->ctx, "the right side fits when it is turned: a @ transpose(b)");
  return value_poison();
}

static const char *why_not(Check *c, MatmulProduct *p) {
  if (p->rank_a < 1 || p->rank_b < 1) return "a scalar has no axis to sum over";
  const Sz *a = value_dims(c, &p->a), *b = value_dims(c, &p->b);
  Sz k = b[p->rank_b == 1 ? 0 : p->rank_b - 2];
  if (!sz_eq(a[p->rank_a - 1], k))
    return ctx_printf(c->ctx,
                      "the last axis on the left is %s, on the right the axis to sum over is %s",
                      size_str(c->ctx, a[p->rank_a - 1]), size_str(c->ctx, k));
  p->stack = p->rank_b > 2 ? p->rank_b - 2 : 0;
  if (p->stack && p->rank_a != p->rank_b)
    return "a stack of matrices needs one of the same height on the left";
  for (int i = 0; i < p->stack; i++)
    if (!sz_eq(a[i], b[i]))
      return ctx_printf(c->ctx, "axis %d is %s on the left and %s on the right", i,
                        size_str(c->ctx, a[i]), size_str(c->ctx, b[i]));
  return NULL;
}

static void find_batch(MatmulProduct *p) {
  for (int i = 0; i < p->a.tensor.n_vars; i++) {
    int j = shape_var_axis(&p->b, p->a.tensor.vars[i]);
    if (j < 0) continue;
    p->batch_a[p->n_batch] = i;
    p->batch_b[p->n_batch++] = j;
  }
  for (int i = 0; i < p->stack; i++) {
    p->batch_a[p->n_batch] = p->a.tensor.n_vars + i;
    p->batch_b[p->n_batch++] = p->b.tensor.n_vars + i;
  }
}

static bool in_batch(const int32_t *batch, int n, int axis) {
  for (int i = 0; i < n; i++)
    if (batch[i] == axis) return true;
  return false;
}

/* Result axes of dot are: batch, rest of a, rest of b. Fills the variable of each (NULL: an own
 * axis). */
static int result_axes(const MatmulProduct *p, int contract_a, int contract_b, IndexVar **vars) {
  int n = 0, hidden_a = p->a.tensor.n_vars, hidden_b = p->b.tensor.n_vars;
  for (int i = 0; i < p->n_batch; i++)
    vars[n++] = p->batch_a[i] < hidden_a ? p->a.tensor.vars[p->batch_a[i]] : NULL;
  for (int i = 0; i < hidden_a + p->rank_a; i++)
    if (i != contract_a && !in_batch(p->batch_a, p->n_batch, i))
      vars[n++] = i < hidden_a ? p->a.tensor.vars[i] : NULL;
  for (int i = 0; i < hidden_b + p->rank_b; i++)
    if (i != contract_b && !in_batch(p->batch_b, p->n_batch, i))
      vars[n++] = i < hidden_b ? p->b.tensor.vars[i] : NULL;
  return n;
}

/* Moves the hidden axes of a value to the front; vars has NULL for own axes. */
Value hidden_first(Check *c, Ref ref, IndexVar **vars, int n) {
  int32_t *perm = alloc(c, sizeof(int32_t) * (size_t)(n + 1));
  IndexVar **hidden = alloc(c, sizeof(IndexVar *) * (size_t)(n + 1));
  int count = 0, k = 0;
  for (int i = 0; i < n; i++)
    if (vars[i]) {
      hidden[count++] = vars[i];
      perm[k++] = i;
    }
  for (int i = 0; i < n; i++)
    if (!vars[i]) perm[k++] = i;
  bool same = true;
  for (int i = 0; i < n; i++) same = same && perm[i] == i;
  Value v = value_tensor(c, same ? ref : build_transpose(c->frame->graph, ref, perm));
  v.tensor.vars = hidden;
  v.tensor.n_vars = count;
  return v;
}

Value elab_matmul(Check *c, Value a, Value b, Span span) {
  MatmulProduct p = {.a = value_to_tensor(c, a, TY_NONE, span),
                     .b = value_to_tensor(c, b, TY_NONE, span)};
  if (!value_ok(&p.a) || !value_ok(&p.b)) return value_poison();
  p.rank_a = value_rank(c, &p.a);
  p.rank_b = value_rank(c, &p.b);
  const char *why = why_not(c, &p);
  if (why) return refuse(c, &p, span, why);
  find_batch(&p);
  int32_t contract_a = p.a.tensor.n_vars + p.rank_a - 1;
  int32_t contract_b = p.b.tensor.n_vars + (p.rank_b == 1 ? 0 : p.rank_b - 2);
  Attr attrs[] = {attr_is(A_batch_a, p.batch_a, p.n_batch),
                  attr_is(A_batch_b, p.batch_b, p.n_batch), attr_is(A_contract_a, &contract_a, 1),
                  attr_is(A_contract_b, &contract_b, 1)};
  Ref operands[] = {p.a.tensor.ref, p.b.tensor.ref};
  Graph *g = graph_here(c, span);
  const char *message = NULL;
  if (!build_check(g, OP_dot, operands, 2, attrs, 4, NULL, TY_NONE, &message).i)
    return refuse(c, &p, span, "the element types differ or are no numbers");
  IndexVar *vars[128];
  int n = result_axes(&p, contract_a, contract_b, vars);
  return hidden_first(c, build_op(g, OP_dot, operands, 2, attrs, 4, TY_NONE), vars, n);
}
