/* Derivatives of functions of whole matrices, in the notation of Giles (An extended collection of
 * matrix derivative results, 2008), Walter and Lehmann (Algorithmic differentiation of linear
 * algebra functions, 2010; QR) and Townsend (Differentiating the singular value decomposition,
 * 2016). Vectors of equal eigenvalues or singular values, and those of a singular value 0, have no
 * derivative: their terms are left out. */
#include "passes/grad/grad.h"

/* ---- algebra of the last two axes ---- */

static int rank_of(const Graph *g, Ref a) { return graph_info(g, a)->rank; }
static Sz extent_of(const Graph *g, Ref a, int axis) { return graph_info(g, a)->dims[axis]; }
static Sz rows_of(const Graph *g, Ref a) { return extent_of(g, a, rank_of(g, a) - 2); }
static Sz columns_of(const Graph *g, Ref a) { return extent_of(g, a, rank_of(g, a) - 1); }

static int32_t *count_up(Graph *g, int n) {
  int32_t *axes = arena_array(&g->ctx->arena, int32_t, n + 1);
  for (int i = 0; i < n; i++) axes[i] = i;
  return axes;
}

static Ref flip(Graph *g, Ref a) {
  int rank = rank_of(g, a);
  int32_t *perm = count_up(g, rank);
  perm[rank - 2] = rank - 1;
  perm[rank - 1] = rank - 2;
  return build_transpose(g, a, perm);
}

static Ref times(Graph *g, Ref a, Ref b) {
  int rank = rank_of(g, a);
  const int32_t *batch = count_up(g, rank - 2);
  int32_t last = rank - 1, before = rank - 2;
  Attr attrs[] = {attr_is(A_batch_a, batch, rank - 2), attr_is(A_batch_b, batch, rank - 2),
                  attr_is(A_contract_a, &last, 1), attr_is(A_contract_b, &before, 1)};
  return build_op(g, OP_dot, (Ref[]){a, b}, 2, attrs, 4, TY_NONE);
}

static Ref plus(Graph *g, Ref a, Ref b) { return build2(g, OP_add, a, b); }
static Ref minus(Graph *g, Ref a, Ref b) { return build2(g, OP_sub, a, b); }
static Ref solve(Graph *g, Ref a, Ref b) { return build2(g, OP_solve, a, b); }
/* b a^-1 */
static Ref over(Graph *g, Ref b, Ref a) { return flip(g, solve(g, flip(g, a), flip(g, b))); }
static Ref like(Graph *g, Ref a, double value) { return build_const(g, graph_type(g, a), value); }
static Ref halved(Graph *g, Ref a) { return build2(g, OP_mul, a, like(g, a, 0.5)); }
static Ref symmetric(Graph *g, Ref a) { return halved(g, plus(g, a, flip(g, a))); }

static Ref rows_from(Graph *g, Ref a, Sz start, Sz n) {
  return build_slice(g, a, rank_of(g, a) - 2, start, n);
}
static Ref columns_from(Graph *g, Ref a, Sz start, Sz n) {
  return build_slice(g, a, rank_of(g, a) - 1, start, n);
}

/* Compares the row of each element with its column. */
static Ref place(Graph *g, Op compare, Ref shape_of) {
  const TypeInfo *info = graph_info(g, shape_of);
  Ty type = type_tensor(g->ctx, DT_i32, info->dims, info->rank);
  Ref row = build_iota(g, type, info->rank - 2), column = build_iota(g, type, info->rank - 1);
  return build2(g, compare, row, column);
}

static Ref choose(Graph *g, Op compare, Ref a, double otherwise) {
  return build3(g, OP_where, place(g, compare, a), a, like(g, a, otherwise));
}

/* A row as many times as the matrix has rows: values by column. */
static Ref by_column(Graph *g, Ref row, Ref shape_of) {
  const TypeInfo *info = graph_info(g, shape_of);
  int rank = info->rank;
  int32_t *axes = count_up(g, rank);
  Sz *dims = arena_copy(&g->ctx->arena, info->dims, sizeof(Sz) * (size_t)rank);
  Sz *kept = arena_array(&g->ctx->arena, Sz, rank);
  for (int i = 0; i < rank - 2; i++) kept[i] = dims[i];
  kept[rank - 2] = dims[rank - 1];
  axes[rank - 2] = rank - 1;
  return build_broadcast(g, build_reshape(g, row, kept, rank - 1), dims, rank, axes);
}

/* 1 / a; 0 where a is 0. */
static Ref inverse_or_zero(Graph *g, Ref a) {
  Ref none = build2(g, OP_eq, a, like(g, a, 0)), one = like(g, a, 1);
  Ref safe = build3(g, OP_where, none, one, a);
  return build3(g, OP_where, none, like(g, a, 0), build2(g, OP_div, one, safe));
}

/* F[i, j] = 1 / (x[j] - x[i]), 0 where they are equal. */
static Ref gaps(Graph *g, Ref row, Ref shape_of) {
  Ref across = by_column(g, row, shape_of);
  return inverse_or_zero(g, minus(g, across, flip(g, across)));
}

/* The row on the diagonal. */
static Ref diagonal(Graph *g, Ref row, Ref shape_of) {
  return choose(g, OP_eq, by_column(g, row, shape_of), 0);
}

/* ---- solve, cholesky ---- */

/* a y = b: b gets a^-T g, a gets -(a^-T g) y^T. */
void grad_solve(GradTape *tape, Ref y, Ref g) {
  Graph *graph = tape->g;
  Node n = *graph_node(graph, y);
  Ref back = solve(graph, flip(graph, n.operands[0]), g);
  if (grad_wants(tape, n.operands[0])) {
    Ref product = times(graph, back, flip(graph, y));
    grad_add(tape, n.operands[0], build1(graph, OP_neg, product));
  }
  grad_add(tape, n.operands[1], back);
}

/* S = L^-T P L^-1, P the lower triangle of L^T g with half of its diagonal. */
void grad_cholesky(GradTape *tape, Ref y, Ref g) {
  Graph *graph = tape->g;
  Ref a = graph_node(graph, y)->operands[0];
  if (!grad_wants(tape, a)) return;
  Ref up = flip(graph, y), p = times(graph, up, choose(graph, OP_ge, g, 0));
  p = choose(graph, OP_ge, p, 0);
  p = build3(graph, OP_where, place(graph, OP_eq, p), halved(graph, p), p);
  grad_add(tape, a, symmetric(graph, over(graph, solve(graph, up, p), y)));
}

/* ---- qr ---- */

/* The lower triangle, mirrored. */
static Ref mirrored(Graph *g, Ref m) {
  return plus(g, choose(g, OP_ge, m, 0), flip(g, choose(g, OP_gt, m, 0)));
}

/* Of the first p columns a1 = Q R1: a1 gets (gQ + Q mirrored(M)) R1^-T, M = R1 gR1^T - gQ^T Q. The
 * other columns, if there are any, are Q R2: they get Q gR2, and give Q their gR2^T. */
void grad_qr(GradTape *tape, Ref y, Ref gy) {
  Graph *g = tape->g;
  Ctx *ctx = g->ctx;
  Ref a = graph_node(g, y)->operands[0];
  if (!grad_wants(tape, a)) return;
  Sz zero = size_const(ctx, 0), m = rows_of(g, a), n = columns_of(g, a), p = columns_of(g, y);
  Sz more = size_sub(ctx, n, p);
  Ref q = rows_from(g, y, zero, m), r1 = flip(g, rows_from(g, y, m, p));
  Ref g_q = rows_from(g, gy, zero, m), g_r = flip(g, rows_from(g, gy, m, n));
  Ref g_r2 = columns_from(g, g_r, p, more), a2 = columns_from(g, a, p, more);
  Ref g_r1 = choose(g, OP_le, columns_from(g, g_r, zero, p), 0);
  g_q = plus(g, g_q, times(g, a2, flip(g, g_r2)));
  Ref inner = minus(g, times(g, r1, flip(g, g_r1)), times(g, flip(g, g_q), q));
  Ref first = plus(g, g_q, times(g, q, mirrored(g, inner)));
  first = over(g, first, flip(g, r1));
  Ref parts[] = {first, times(g, q, g_r2)};
  grad_add(tape, a, build_concat(g, parts, 2, rank_of(g, a) - 1));
}

/* ---- eigh, svd ---- */

/* V (F * V^T gV + diag(gw)) V^T, F[i, j] = 1 / (w[j] - w[i]). */
void grad_eigh(GradTape *tape, Ref y, Ref gy) {
  Graph *g = tape->g;
  Ref a = graph_node(g, y)->operands[0];
  if (!grad_wants(tape, a)) return;
  Sz zero = size_const(g->ctx, 0), one = size_const(g->ctx, 1), n = columns_of(g, a);
  Ref v = rows_from(g, y, zero, n), w = rows_from(g, y, n, one);
  Ref g_v = rows_from(g, gy, zero, n), g_w = rows_from(g, gy, n, one);
  Ref turned = build2(g, OP_mul, gaps(g, w, v), times(g, flip(g, v), g_v));
  Ref inner = plus(g, turned, diagonal(g, g_w, turned));
  grad_add(tape, a, symmetric(g, times(g, times(g, v, inner), flip(g, v))));
}

/* x - of (of^T x): what is orthogonal to the columns. */
static Ref beside(Graph *g, Ref of, Ref x) {
  return minus(g, x, times(g, of, times(g, flip(g, of), x)));
}

/* F * (x - x^T) for x = of^T g_of. */
static Ref turning(Graph *g, Ref f, Ref of, Ref g_of) {
  Ref x = times(g, flip(g, of), g_of);
  return build2(g, OP_mul, f, minus(g, x, flip(g, x)));
}

/* U (turn(U) S + S turn(V) + diag(gs)) V^T + beside(U, gU) S^-1 V^T + U (beside(V, gV) S^-1)^T,
 * F[i, j] = 1 / (s[j]^2 - s[i]^2). */
void grad_svd(GradTape *tape, Ref y, Ref gy) {
  Graph *g = tape->g;
  Ctx *ctx = g->ctx;
  Ref a = graph_node(g, y)->operands[0];
  if (!grad_wants(tape, a)) return;
  Sz zero = size_const(ctx, 0), one = size_const(ctx, 1), m = rows_of(g, a), n = columns_of(g, a);
  Sz behind = size_add(ctx, m, one);
  Ref u = rows_from(g, y, zero, m), s = rows_from(g, y, m, one), v = rows_from(g, y, behind, n);
  Ref g_u = rows_from(g, gy, zero, m), g_s = rows_from(g, gy, m, one);
  Ref g_v = rows_from(g, gy, behind, n), square = times(g, flip(g, u), g_u);
  Ref f = gaps(g, build2(g, OP_mul, s, s), square), across = by_column(g, s, square);
  Ref inner = build2(g, OP_mul, turning(g, f, u, g_u), across);
  inner = plus(g, inner, build2(g, OP_mul, flip(g, across), turning(g, f, v, g_v)));
  inner = plus(g, inner, diagonal(g, g_s, square));
  Ref left = build2(g, OP_mul, beside(g, u, g_u), inverse_or_zero(g, by_column(g, s, u)));
  Ref right = build2(g, OP_mul, beside(g, v, g_v), inverse_or_zero(g, by_column(g, s, v)));
  Ref sum = times(g, plus(g, times(g, u, inner), left), flip(g, v));
  grad_add(tape, a, plus(g, sum, times(g, u, flip(g, right))));
}
