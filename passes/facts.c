/* Bounds by op: see facts.h. */
#include "passes/facts.h"

#include <math.h>
#include <string.h>

#include "ir/scalar.h"

/* Functions are not rounded correctly; their bounds are moved by more than that. */
#define SLACK 1e-5

static const NumberFact anything = {-INFINITY, INFINITY, true};

static NumberFact between(double low, double high, bool nan) {
  return (NumberFact){low, high, nan};
}

static NumberFact joined(NumberFact a, NumberFact b) {
  return between(fmin(a.low, b.low), fmax(a.high, b.high), a.nan || b.nan);
}

static bool infinite(NumberFact f) { return f.low == -INFINITY || f.high == INFINITY; }
static bool has_zero(NumberFact f) { return f.low <= 0 && f.high >= 0; }

/* What any value of an element type is. */
static NumberFact of_type(const TypeInfo *info) {
  if (info->is_tuple) return anything;
  if (info->dtype == DT_bool) return between(0, 1, false);
  if (info->dtype == DT_i32) return between(INT32_MIN, INT32_MAX, false);
  if (info->dtype == DT_idx) return between(0, INT32_MAX, false);
  return anything;
}

/* ---- arithmetic ---- */

static NumberFact add(NumberFact a, NumberFact b) {
  bool opposite =
      (a.low == -INFINITY && b.high == INFINITY) || (a.high == INFINITY && b.low == -INFINITY);
  return between(a.low == -INFINITY || b.low == -INFINITY ? -INFINITY : a.low + b.low,
                 a.high == INFINITY || b.high == INFINITY ? INFINITY : a.high + b.high,
                 a.nan || b.nan || opposite);
}

static NumberFact negated(NumberFact a) { return between(-a.high, -a.low, a.nan); }

static double times(double a, double b) { return a == 0 || b == 0 ? 0 : a * b; }

static NumberFact multiply(NumberFact a, NumberFact b) {
  double c[] = {times(a.low, b.low), times(a.low, b.high), times(a.high, b.low),
                times(a.high, b.high)};
  bool nan = (infinite(a) && has_zero(b)) || (infinite(b) && has_zero(a));
  return between(fmin(fmin(c[0], c[1]), fmin(c[2], c[3])), fmax(fmax(c[0], c[1]), fmax(c[2], c[3])),
                 a.nan || b.nan || nan);
}

static NumberFact square(NumberFact a) {
  double most = fmax(fabs(a.low), fabs(a.high));
  double least = has_zero(a) ? 0 : fmin(fabs(a.low), fabs(a.high));
  return between(least * least, most * most, a.nan);
}

static NumberFact divide(NumberFact a, NumberFact b) {
  if (!fact_nonzero(b)) return anything;
  NumberFact inverse = between(1 / b.high, 1 / b.low, b.nan), y = multiply(a, inverse);
  double slack = 1 + SLACK;
  y = between(y.low * (y.low < 0 ? slack : 1 / slack), y.high * (y.high < 0 ? 1 / slack : slack),
              a.nan || b.nan || (infinite(a) && infinite(b)));
  return y;
}

/* ---- functions ---- */

/* A growing function, good to SLACK, that is never below least. */
static NumberFact growing(NumberFact a, double (*f)(double), double least) {
  double low = f(a.low), high = f(a.high);
  low -= fabs(low) * SLACK, high += fabs(high) * SLACK;
  return between(fmax(low, least), high, a.nan);
}

static NumberFact root(NumberFact a) {
  return between(sqrt(fmax(a.low, 0)) * (1 - SLACK), sqrt(fmax(a.high, 0)) * (1 + SLACK),
                 a.nan || a.low < 0);
}

static NumberFact absolute(NumberFact a) {
  double most = fmax(fabs(a.low), fabs(a.high));
  return between(has_zero(a) ? 0 : fmin(fabs(a.low), fabs(a.high)), most, a.nan);
}

static NumberFact function(Op op, NumberFact a) {
  switch (op) {
  case OP_neg:
    return negated(a);
  case OP_abs:
    return absolute(a);
  case OP_sign:
    return between(-1, 1, false);
  case OP_exp:
    return growing(a, exp, 0);
  case OP_expm1:
    return growing(a, expm1, -1);
  case OP_log1p:
    return a.low >= 0 ? growing(a, log1p, 0) : anything;
  case OP_sqrt:
    return root(a);
  case OP_rsqrt:
    return a.low > 0 ? divide(between(1, 1, false), root(a)) : anything;
  case OP_tanh:
  case OP_erf:
    return between(-1, 1, a.nan);
  case OP_sigmoid:
    return between(0, 1, a.nan);
  case OP_sin:
  case OP_cos:
    return between(-1, 1, a.nan || infinite(a));
  case OP_floor:
    return between(floor(a.low), floor(a.high), a.nan);
  case OP_ceil:
    return between(ceil(a.low), ceil(a.high), a.nan);
  case OP_round:
    return between(nearbyint(a.low), nearbyint(a.high), a.nan);
  case OP_unit:
    return between(0, 1, false);
  default:
    return anything;
  }
}

static NumberFact elementwise(Facts *facts, const Node *n, DType dtype) {
  NumberFact v[3] = {anything, anything, anything};
  for (int i = 0; i < n->n_operands; i++) v[i] = fact_of(facts, n->operands[i]);
  switch (n->op) {
  case OP_cast:
  case OP_stop_gradient:
  case OP_as_sequence:
    return dtype_is_float(dtype) ? v[0] : anything;
  case OP_add:
    return add(v[0], v[1]);
  case OP_sub:
    return add(v[0], negated(v[1]));
  case OP_mul:
    return ref_eq(n->operands[0], n->operands[1]) ? square(v[0]) : multiply(v[0], v[1]);
  case OP_div:
    return dtype_is_float(dtype) ? divide(v[0], v[1]) : anything;
  case OP_max:
    return between(fmax(v[0].low, v[1].low), fmax(v[0].high, v[1].high), v[0].nan || v[1].nan);
  case OP_min:
    return between(fmin(v[0].low, v[1].low), fmin(v[0].high, v[1].high), v[0].nan || v[1].nan);
  case OP_where:
    return joined(v[1], v[2]);
  default:
    return n->n_operands == 1 ? function(n->op, v[0]) : anything;
  }
}

/* ---- reductions ---- */

/* The number of elements that are put together; -1: not known. *some: there is one at least. */
static int64_t count_reduced(const Graph *g, const Node *n, bool *some) {
  const Attr *axes = node_attr(n, A_axes);
  const TypeInfo *a = graph_info(g, n->operands[0]);
  Sz count = size_const(g->ctx, 1);
  *some = true;
  for (int i = 0; i < axes->n; i++) {
    Sz extent = a->dims[axes->ints[i]];
    *some &= size_ge(g->ctx, extent, size_const(g->ctx, 1));
    count = size_mul(g->ctx, count, extent);
  }
  int64_t known;
  return size_is_const(g->ctx, count, &known) ? known : -1;
}

/* Through what moves no value and changes none. */
static Ref unwrapped(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  while (n->op == OP_stop_gradient || n->op == OP_broadcast)
    r = n->operands[0], n = graph_node(g, r);
  return r;
}

/* exp(x - max(x)), the maximum over the axes of the sum: one of the terms is 1. */
static bool has_one(const Graph *g, const Node *sum) {
  const Node *e = graph_node(g, sum->operands[0]), *d, *m;
  if (e->op != OP_exp) return false;
  d = graph_node(g, e->operands[0]);
  if (d->op != OP_sub || graph_node(g, d->operands[1])->op != OP_broadcast) return false;
  m = graph_node(g, unwrapped(g, d->operands[1]));
  const Attr *mine = node_attr(sum, A_axes), *theirs = node_attr(m, A_axes);
  return m->op == OP_max_over && ref_eq(m->operands[0], d->operands[0]) && mine->n == theirs->n &&
         !memcmp(mine->ints, theirs->ints, sizeof *mine->ints * (size_t)mine->n);
}

/* Sums are taken in any order and rounded; a size is below 2^63. */
static NumberFact sum(Facts *facts, const Node *n) {
  NumberFact a = fact_of(facts, n->operands[0]);
  bool some;
  int64_t count = count_reduced(facts->g, n, &some);
  double most = (count < 0 ? 0x1p63 : (double)count) * 2;
  NumberFact y = between(times(fmin(a.low, 0), most), times(fmax(a.high, 0), most),
                         a.nan || (a.low == -INFINITY && a.high == INFINITY));
  if (a.low > 0 && some) y.low = a.low / 2;
  if (some && has_one(facts->g, n)) y.low = 0.5;
  return y;
}

/* Of no elements the largest is -inf. */
static NumberFact extreme(Facts *facts, const Node *n) {
  NumberFact a = fact_of(facts, n->operands[0]);
  bool some;
  count_reduced(facts->g, n, &some);
  if (!some)
    (n->op == OP_max_over ? &a.low : &a.high)[0] = n->op == OP_max_over ? -INFINITY : INFINITY;
  return a;
}

/* ---- any op ---- */

static NumberFact pieces(Facts *facts, const Node *n) {
  NumberFact y = fact_of(facts, n->operands[0]);
  for (int i = 1; i < n->n_operands; i++) y = joined(y, fact_of(facts, n->operands[i]));
  return y;
}

static NumberFact of_leaf(const Node *n, const TypeInfo *info) {
  double value = node_float(n, A_value, 0);
  if (n->op == OP_const) return value != value ? anything : between(value, value, false);
  if (n->op == OP_size) return between(-0x1p63, 0x1p63, false);
  return of_type(info);
}

/* As if nothing were rounded. */
static NumberFact of_op(Facts *facts, const Node *n, const TypeInfo *info) {
  if (op_is(n->op, T_LEAF)) return of_leaf(n, info);
  if (op_is(n->op, T_ELEMENTWISE)) return elementwise(facts, n, info->dtype);
  switch (n->op) {
  case OP_concat:
    return pieces(facts, n);
  case OP_pad: {
    double fill = node_float(n, A_value, 0);
    return joined(fact_of(facts, n->operands[0]), between(fill, fill, fill != fill));
  }
  case OP_sum:
    return sum(facts, n);
  case OP_max_over:
  case OP_min_over:
    return extreme(facts, n);
  case OP_gather:
  case OP_sort:
    return fact_of(facts, n->operands[0]);
  default:
    return op_is(n->op, T_MOVEMENT) ? fact_of(facts, n->operands[0]) : anything;
  }
}

/* Rounding is monotonic, so the bounds are rounded as the values are. */
static NumberFact rounded(NumberFact f, const TypeInfo *info) {
  if (info->is_tuple || !dtype_is_float(info->dtype)) {
    NumberFact all = of_type(info);
    bool inside = !f.nan && f.low >= all.low && f.high <= all.high;
    return inside ? f : all;
  }
  if (f.low != f.low || f.high != f.high) return anything;
  if (f.nan && f.low == -INFINITY && f.high == INFINITY) return f;
  return between(scalar_round(info->dtype, f.low), scalar_round(info->dtype, f.high), f.nan);
}

/* Operands stand before their users. */
NumberFact fact_of(Facts *facts, Ref r) {
  while (facts->known.len <= r.i) {
    const Node *n = graph_node(facts->g, (Ref){facts->known.len});
    const TypeInfo *info = type_info(facts->g->ctx, n->type);
    vec_push(&facts->g->ctx->arena, &facts->known, rounded(of_op(facts, n, info), info));
  }
  return facts->known.data[r.i];
}
