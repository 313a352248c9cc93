/* Rules for reductions and products: repeated axes are counted instead of summed, factors leave
 * sums, transposes disappear into axis lists. */
#include "passes/rules/rewrite.h"

#include <math.h>
#include <string.h>

#define MAX_RANK 32

static const TypeInfo *info_of(const Rewriter *rw, Ref r) { return graph_info(rw->g, r); }

static const Node *inner_of(const Rewriter *rw, Ref root, Op op) {
  return rw_is(rw, graph_node(rw->g, root)->operands[0], op);
}

static bool has(const Attr *axes, int axis) {
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] == axis) return true;
  return false;
}

static Ref op2(Rewriter *rw, Op op, Ref a, Ref b) {
  Ref operands[] = {a, b};
  return rw_op(rw, op, operands, 2);
}

/* ---- reductions ---- */

/* Axes of extent 1 are reshaped away; what is left is reduced. */
Ref rule_reduce_unit(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  const Attr *axes = node_attr(n, A_axes);
  const TypeInfo *a = info_of(rw, n->operands[0]);
  Sz dims[MAX_RANK];
  int32_t left[MAX_RANK];
  int rank = 0, n_left = 0;
  for (int i = 0; i < a->rank; i++) {
    if (has(axes, i) && size_is(rw->g->ctx, a->dims[i], 1)) continue;
    if (has(axes, i)) left[n_left++] = rank;
    dims[rank++] = a->dims[i];
  }
  if (rank == a->rank) return REF_NONE;
  return rw_reduce(rw, n->op, rw_reshape(rw, n->operands[0], dims, rank), left, n_left);
}

/* A size as a value of the type. */
static Ref size_value(Rewriter *rw, Sz size, Ty type) {
  Ref scalar = build_size_as(rw->g, size, type_info(rw->g->ctx, type)->dtype);
  return rw_node(rw, build_splat(rw->g, scalar, type));
}

/* What n equal values reduce to; n is at least 1, but for sums. No infinities add up to 0. */
static Ref repeat_value(Rewriter *rw, Op op, Ref value, Sz n) {
  if (op != OP_sum) return value;
  Ty type = graph_type(rw->g, value);
  Ref count = size_value(rw, n, type), product = op2(rw, OP_mul, value, count);
  bool some = size_ge(rw->g->ctx, n, size_const(rw->g->ctx, 1));
  if (some || !dtype_is_float(type_info(rw->g->ctx, type)->dtype) ||
      fact_finite(rw_fact(rw, value)) || rw_fast(rw))
    return product;
  Ref none = build_const(rw->g, type, 0), choice[] = {op2(rw, OP_gt, count, none), product, none};
  return rw_op(rw, OP_where, choice, 3);
}

/* Axes that the operand of the broadcast has are reduced there, repeated ones are counted. */
Ref rule_reduce_broadcast(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root), *b = inner_of(rw, root, OP_broadcast);
  if (!b) return REF_NONE;
  const Attr *axes = node_attr(n, A_axes), *from = node_attr(b, A_axes);
  const TypeInfo *wide = info_of(rw, n->operands[0]), *y = info_of(rw, root);
  Ctx *ctx = rw->g->ctx;
  Sz repeats = size_const(ctx, 1);
  for (int i = 0; i < axes->n; i++) {
    if (has(from, axes->ints[i])) continue;
    Sz extent = wide->dims[axes->ints[i]];
    if (n->op != OP_sum && !size_ge(ctx, extent, size_const(ctx, 1))) return REF_NONE;
    repeats = size_mul(ctx, repeats, extent);
  }
  int32_t small[MAX_RANK], kept[MAX_RANK];
  int n_small = 0, n_kept = 0;
  for (int k = 0; k < from->n; k++) {
    if (has(axes, from->ints[k])) {
      small[n_small++] = k;
      continue;
    }
    int place = from->ints[k];
    for (int i = 0; i < axes->n; i++) place -= axes->ints[i] < from->ints[k];
    kept[n_kept++] = place;
  }
  Ref reduced = rw_reduce(rw, n->op, b->operands[0], small, n_small);
  reduced = repeat_value(rw, n->op, reduced, repeats);
  return rw_broadcast(rw, reduced, y->dims, y->rank, kept);
}

/* Products of floats overflow in one order and not in another. */
static bool any_order(const Rewriter *rw, Ref root) {
  bool product = graph_node(rw->g, root)->op == OP_prod;
  return !product || !dtype_is_float(info_of(rw, root)->dtype) || rw_fast(rw);
}

Ref rule_reduce_reduce(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root), *in = inner_of(rw, root, n->op);
  if (!in || !any_order(rw, root)) return REF_NONE;
  const Attr *outer = node_attr(n, A_axes), *first = node_attr(in, A_axes);
  int32_t both[MAX_RANK];
  int count = 0, place = 0, rank = info_of(rw, in->operands[0])->rank;
  for (int i = 0; i < rank; i++) {
    bool goes = has(first, i) || has(outer, place);
    if (!has(first, i)) place++;
    if (goes) both[count++] = i;
  }
  return rw_reduce(rw, n->op, in->operands[0], both, count);
}

Ref rule_reduce_transpose(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root), *t = inner_of(rw, root, OP_transpose);
  if (!t || !any_order(rw, root)) return REF_NONE;
  const Attr *axes = node_attr(n, A_axes), *perm = node_attr(t, A_perm);
  bool goes[MAX_RANK] = {false};
  int32_t reduced[MAX_RANK], rest[MAX_RANK], place[MAX_RANK];
  int n_reduced = 0, n_rest = 0, kept = 0;
  for (int i = 0; i < axes->n; i++) goes[perm->ints[axes->ints[i]]] = true;
  for (int i = 0; i < perm->n; i++) {
    if (goes[i]) reduced[n_reduced++] = i;
    place[i] = kept;
    kept += !goes[i];
  }
  for (int i = 0; i < perm->n; i++)
    if (!goes[perm->ints[i]]) rest[n_rest++] = place[perm->ints[i]];
  return rw_transpose(rw, rw_reduce(rw, n->op, t->operands[0], reduced, n_reduced), rest);
}

/* ---- sums ---- */

Ref rule_sum_neg(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root), *neg = inner_of(rw, root, OP_neg);
  if (!neg) return REF_NONE;
  const Attr *axes = node_attr(n, A_axes);
  Ref sum = rw_reduce(rw, OP_sum, neg->operands[0], axes->ints, axes->n);
  return rw_op(rw, OP_neg, &sum, 1);
}

/* A factor that is the same along all the axes, in the shape without them; REF_NONE when it varies.
 */
static Ref constant_along(Rewriter *rw, Ref factor, const Attr *axes, Ref root) {
  const TypeInfo *y = info_of(rw, root);
  double value;
  if (rw_constant(rw, factor, &value)) return build_const(rw->g, graph_type(rw->g, root), value);
  const Node *b = rw_is(rw, factor, OP_broadcast);
  if (!b) return REF_NONE;
  const Attr *from = node_attr(b, A_axes);
  int32_t places[MAX_RANK];
  for (int k = 0; k < from->n; k++) {
    if (has(axes, from->ints[k])) return REF_NONE;
    places[k] = from->ints[k];
    for (int i = 0; i < axes->n; i++) places[k] -= axes->ints[i] < from->ints[k];
  }
  return rw_broadcast(rw, b->operands[0], y->dims, y->rank, places);
}

/* Whether a factor (or divisor) may leave the sum: facts.h. A zero stays: beside it the padding
 * of the other factor is known to add nothing, and a sum that overflows does not become NaN. */
static bool may_leave(Rewriter *rw, Ref root, Ref factor, bool divides) {
  const Node *n = graph_node(rw->g, root);
  double value;
  if (rw_constant(rw, factor, &value) && value == 0) return false;
  const Attr *axes = node_attr(n, A_axes);
  DType dtype = info_of(rw, root)->dtype;
  bool some = true;
  for (int i = 0; i < axes->n; i++)
    some &= size_ge(rw->g->ctx, info_of(rw, n->operands[0])->dims[axes->ints[i]],
                    size_const(rw->g->ctx, 1));
  if (!dtype_is_float(dtype) || rw_fast(rw)) return true;
  NumberFact f = rw_fact(rw, factor);
  return divides ? fact_divisor(f, dtype, some) : fact_factor(f, dtype, some);
}

Ref rule_sum_scale(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root), *in = graph_node(rw->g, n->operands[0]);
  bool product = in->op == OP_mul,
       quotient = in->op == OP_div && dtype_is_float(info_of(rw, root)->dtype);
  if ((!product && !quotient) || !rw_used_once(rw, n->operands[0])) return REF_NONE;
  const Attr *axes = node_attr(n, A_axes);
  for (int side = product ? 0 : 1; side < 2; side++) {
    Ref factor = constant_along(rw, in->operands[side], axes, root);
    if (ref_none(factor) || !may_leave(rw, root, factor, quotient)) continue;
    Ref sum = rw_reduce(rw, OP_sum, in->operands[1 - side], axes->ints, axes->n);
    return op2(rw, in->op, sum, factor);
  }
  return REF_NONE;
}

/* Zeros add nothing: the sum is over the operand of the pad, and what is left of the padding stays.
 */
Ref rule_sum_pad(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root), *pad = inner_of(rw, root, OP_pad);
  if (!pad || node_float(pad, A_value, 0) != 0) return REF_NONE;
  const Attr *axes = node_attr(n, A_axes), *lo = node_attr(pad, A_lo);
  Sz rest[MAX_RANK];
  int rank = 0;
  for (int i = 0; i < lo->n; i++)
    if (!has(axes, i)) rest[rank++] = lo->sizes[i];
  Ref sum = rw_reduce(rw, OP_sum, pad->operands[0], axes->ints, axes->n);
  Attr attrs[] = {attr_f(A_value, 0), attr_zs(A_lo, rest, rank)};
  return rw_build(rw, OP_pad, &sum, 1, attrs, 2, graph_type(rw->g, root));
}

/* ---- products ---- */

/* One side of a dot: where its axes go. */
typedef struct RuleReduceSide {
  const Attr *batch, *contract;
  int rank;
} RuleReduceSide;

static RuleReduceSide side_of(const Rewriter *rw, const Node *dot, int i) {
  return (RuleReduceSide){node_attr(dot, i ? A_batch_b : A_batch_a),
                          node_attr(dot, i ? A_contract_b : A_contract_a),
                          info_of(rw, dot->operands[i])->rank};
}

static bool is_free(const RuleReduceSide *s, int axis) {
  return !has(s->batch, axis) && !has(s->contract, axis);
}

/* Under a transposition of the operand: its attribute lists through perm. False when free axes
 * change their order. */
static bool through_transpose(const RuleReduceSide *s, const Attr *perm, int32_t *batch,
                              int32_t *contract) {
  for (int i = 0; i < s->batch->n; i++) batch[i] = perm->ints[s->batch->ints[i]];
  for (int i = 0; i < s->contract->n; i++) contract[i] = perm->ints[s->contract->ints[i]];
  int last = -1;
  for (int i = 0; i < s->rank; i++) {
    if (!is_free(s, i)) continue;
    if (perm->ints[i] < last) return false;
    last = perm->ints[i];
  }
  return true;
}

Ref rule_dot_transpose(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  for (int i = 0; i < 2; i++) {
    const Node *t = rw_is(rw, n->operands[i], OP_transpose);
    RuleReduceSide s = side_of(rw, n, i), other = side_of(rw, n, 1 - i);
    int32_t batch[MAX_RANK], contract[MAX_RANK];
    if (!t || !through_transpose(&s, node_attr(t, A_perm), batch, contract)) continue;
    Attr mine[] = {attr_is(i ? A_batch_b : A_batch_a, batch, s.batch->n),
                   attr_is(i ? A_contract_b : A_contract_a, contract, s.contract->n)};
    Attr attrs[] = {mine[0], *other.batch, mine[1], *other.contract, dot_precision(n)};
    Ref operands[2];
    operands[i] = t->operands[0];
    operands[1 - i] = n->operands[1 - i];
    return rw_build(rw, OP_dot, operands, 2, attrs, 5, TY_NONE);
  }
  return REF_NONE;
}

/* The product with a splat is the sum of the other side times its number, the same along the
 * splat's free axes. With 0 it stays: that the padding of the other side does not matter could
 * not be seen in its sum. So does a product in bf16: the sum would not round its operands. */
Ref rule_dot_splat(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  double value;
  if (dot_is_bf16(n)) return REF_NONE;
  int splat = rw_constant(rw, n->operands[1], &value)   ? 1
              : rw_constant(rw, n->operands[0], &value) ? 0
                                                        : -1;
  if (splat < 0 || value == 0) return REF_NONE;
  DType dtype = info_of(rw, root)->dtype;
  if (dtype_is_float(dtype) && !rw_fast(rw) && !(fabs(value) <= fact_mild(dtype))) return REF_NONE;
  RuleReduceSide s = side_of(rw, n, 1 - splat);
  const TypeInfo *y = info_of(rw, root);
  int32_t order[MAX_RANK], axes[MAX_RANK], perm[MAX_RANK], contract[MAX_RANK];
  int n_order = 0, n_contract = 0, free = s.rank - s.batch->n - s.contract->n;
  for (int i = 0; i < s.batch->n; i++) order[n_order++] = s.batch->ints[i];
  for (int i = 0; i < s.rank; i++) {
    if (is_free(&s, i)) order[n_order++] = i;
    if (has(s.contract, i)) contract[n_contract++] = i;
  }
  int first_free = splat == 1 ? s.batch->n : y->rank - free;
  for (int i = 0; i < n_order; i++) {
    perm[i] = order[i];
    for (int k = 0; k < n_contract; k++) perm[i] -= contract[k] < order[i];
    axes[i] = i < s.batch->n ? i : first_free + i - s.batch->n;
  }
  Ref sum =
      rw_transpose(rw, rw_reduce(rw, OP_sum, n->operands[1 - splat], contract, n_contract), perm);
  Ref scaled = op2(rw, OP_mul, sum, build_const(rw->g, graph_type(rw->g, sum), value));
  return rw_broadcast(rw, scaled, y->dims, y->rank, axes);
}
