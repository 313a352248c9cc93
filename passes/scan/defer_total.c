/* Sums over all steps of a value of a loop, computed behind the loop.
 *
 *   total(dot(p, q))         = dot(P, Q), time contracted with the other axes
 *   total(scatter_add(i, b)) = scatter_add(I, B), time as one more axis of the index
 *   total(a * b) for a, b repeated along different axes (an outer product)
 *                            = sum of A * B over time, which the pass contract makes a product
 *   total(sum(v))            = sum(V) over time, too; only when v is collected anyway
 *   total(f(a)) for f linear in one operand (transpose, reshape, -a, a * inv, ..) = f(total(a)); so
 * for concat, add, sub total(r) for r outside   = sum over time of R
 */
#include "passes/scan/defer.h"

#include <string.h>

#define MAX_RANK 32

static const Node *node_of(const Deferrer *d, Ref r) { return graph_node(d->s.body, r); }

static bool varies(const Deferrer *d, Ref r) { return d->classes[r.i] != CLASS_inv; }

/* An invariant operand that may leave a sum as a factor or divisor (facts.h); the loop may have
 * no steps. */
static bool may_leave(const Deferrer *d, Ref r, bool divides) {
  DType dtype = graph_info(d->s.body, r)->dtype;
  if (varies(d, r)) return false;
  if (d->w->pc->options.fast) return true;
  NumberFact f = fact_of((Facts *)&d->facts, r); /* a memo */
  return divides ? fact_divisor(f, dtype, false) : fact_factor(f, dtype, false);
}

/* The operand in which an op is linear while the others are invariant; -1 when there is none. */
static int linear_operand(const Deferrer *d, const Node *n) {
  switch (n->op) {
  case OP_neg:
  case OP_transpose:
  case OP_reshape:
  case OP_broadcast:
  case OP_slice:
  case OP_reverse:
    return 0;
  case OP_pad:
    return node_float(n, A_value, 0) == 0 ? 0 : -1;
  case OP_mul:
    return may_leave(d, n->operands[1], false) ? 0 : may_leave(d, n->operands[0], false) ? 1 : -1;
  case OP_div:
    return may_leave(d, n->operands[1], true) ? 0 : -1;
  default:
    return -1;
  }
}

bool defer_is_cut(const Deferrer *d, Ref r) {
  if (d->outside[r.i] || d->classes[r.i] == CLASS_inv) return false;
  return d->classes[r.i] == CLASS_state || lift_obstacle(&d->lift, r) != NULL;
}

/* Both factors are small and repeated: their product for all steps is never made. */
static bool is_outer_product(const Deferrer *d, const Node *n) {
  return n->op == OP_mul && node_of(d, n->operands[0])->op == OP_broadcast &&
         node_of(d, n->operands[1])->op == OP_broadcast && varies(d, n->operands[0]) &&
         varies(d, n->operands[1]);
}

static bool is_additive(Op op) { return op == OP_add || op == OP_sub || op == OP_concat; }

/* The value is there behind the loop without collecting more. */
static bool at_hand(const Deferrer *d, Ref r) {
  return d->outside[r.i] || d->cut[r.i] || !defer_is_cut(d, r);
}

const char *defer_obstacle(const Deferrer *d, Ref r) {
  const Node *n = node_of(d, r);
  const char *why = NULL;
  if (d->outside[r.i]) return NULL;
  if (!varies(d, r)) return "it is the same in every step";
  if (n->op == OP_dot)
    return varies(d, n->operands[0]) && varies(d, n->operands[1])
               ? NULL
               : "one operand of the product does not vary";
  if (n->op == OP_scatter_add || is_outer_product(d, n)) return NULL;
  if (n->op == OP_sum)
    return at_hand(d, n->operands[0]) ? NULL : "what it sums is not collected for a product";
  if (is_additive(n->op)) {
    for (int i = 0; i < n->n_operands && !why; i++) why = defer_obstacle(d, n->operands[i]);
    return why;
  }
  int linear = linear_operand(d, n);
  if (linear >= 0) return defer_obstacle(d, n->operands[linear]);
  return ctx_printf(d->w->pc->ctx, "'%s' is neither a product nor linear in one",
                    op_info[n->op].name);
}

static void cut(Deferrer *d, Ref r) {
  if (defer_is_cut(d, r)) d->cut[r.i] = true;
}

void defer_mark_cuts(Deferrer *d, Ref r) {
  const Node *n = node_of(d, r);
  if (d->outside[r.i] || n->op == OP_sum || !varies(d, r)) return;
  bool product = n->op == OP_dot || n->op == OP_scatter_add, outer = is_outer_product(d, n);
  for (int i = 0; i < n->n_operands; i++) {
    if (product) cut(d, n->operands[i]);
    if (outer) cut(d, node_of(d, n->operands[i])->operands[0]);
    if (is_additive(n->op)) defer_mark_cuts(d, n->operands[i]);
  }
  int linear = linear_operand(d, n);
  if (!product && linear >= 0) defer_mark_cuts(d, n->operands[linear]);
}

/* ---- building ---- */

/* An axis list moved by one for the time axis, which is added when with_time. */
static Attr shifted(Arena *arena, const Attr *attr, bool with_time) {
  int32_t *axes = arena_array(arena, int32_t, attr->n + 1);
  if (with_time) axes[0] = 0;
  for (int i = 0; i < attr->n; i++) axes[i + with_time] = attr->ints[i] + 1;
  return attr_is((AttrName)attr->name, axes, attr->n + with_time);
}

static Ref total_dot(Deferrer *d, const Node *n) {
  Ref operands[] = {lift_over_time(&d->lift, n->operands[0]),
                    lift_over_time(&d->lift, n->operands[1])};
  Attr attrs[] = {shifted(d->arena, node_attr(n, A_batch_a), false),
                  shifted(d->arena, node_attr(n, A_batch_b), false),
                  shifted(d->arena, node_attr(n, A_contract_a), true),
                  shifted(d->arena, node_attr(n, A_contract_b), true), dot_precision(n)};
  return build_op(d->w->g, OP_dot, operands, 2, attrs, 5, TY_NONE);
}

/* The first axis moves behind 'count' others. */
static Ref time_behind(Deferrer *d, Ref value, int count) {
  int32_t perm[MAX_RANK];
  int rank = graph_info(d->w->g, value)->rank;
  for (int i = 0; i < rank; i++) perm[i] = i < count ? i + 1 : i == count ? 0 : i;
  return build_transpose(d->w->g, value, perm);
}

/* Time becomes the first of the index's own axes: behind the batch axes of the index, behind 'axis'
 * axes of b. */
static Ref total_scatter(Deferrer *d, const Node *n) {
  int batch = (int)node_int(n, A_batch, 0), axis = (int)node_int(n, A_axis, 0);
  Ref operands[] = {time_behind(d, lift_over_time(&d->lift, n->operands[0]), batch),
                    time_behind(d, lift_over_time(&d->lift, n->operands[1]), axis)};
  return build_op(d->w->g, OP_scatter_add, operands, 2, n->attrs, n->n_attrs, n->type);
}

static Ref total_sum(Deferrer *d, const Node *n) {
  Attr axes = shifted(d->arena, node_attr(n, A_axes), true);
  return build_reduce(d->w->g, OP_sum, lift_over_time(&d->lift, n->operands[0]), axes.ints, axes.n);
}

/* The repeated factors are there once what they repeat is collected. */
static Ref total_outer(Deferrer *d, const Node *n) {
  Ref operands[2];
  for (int i = 0; i < 2; i++) {
    d->classes[n->operands[i].i] = CLASS_seq;
    operands[i] = lift_over_time(&d->lift, n->operands[i]);
  }
  Ref product = build2(d->w->g, OP_mul, operands[0], operands[1]);
  return build_reduce(d->w->g, OP_sum, product, (int32_t[]){0}, 1);
}

/* The op on the totals of the operands that vary. */
static Ref total_linear(Deferrer *d, const Node *n) {
  Ref *operands = arena_array(d->arena, Ref, n->n_operands);
  int linear = linear_operand(d, n);
  for (int i = 0; i < n->n_operands; i++)
    operands[i] = is_additive(n->op) || i == linear ? defer_total(d, n->operands[i])
                                                    : lift_value(&d->lift, n->operands[i]);
  return build_op(d->w->g, n->op, operands, n->n_operands, n->attrs, n->n_attrs,
                  op_info[n->op].given ? n->type : TY_NONE);
}

Ref defer_total(Deferrer *d, Ref r) {
  const Node *n = node_of(d, r);
  if (d->outside[r.i])
    return build_reduce(d->w->g, OP_sum, lift_over_time(&d->lift, r), (int32_t[]){0}, 1);
  if (n->op == OP_dot) return total_dot(d, n);
  if (n->op == OP_scatter_add) return total_scatter(d, n);
  if (n->op == OP_sum) return total_sum(d, n);
  if (is_outer_product(d, n)) return total_outer(d, n);
  return total_linear(d, n);
}
