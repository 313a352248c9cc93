/* Reductions, arg-reductions, contraction, matching, and ops along an axis. Sums and products
 * are kept in double (whole numbers in 64 bits) and rounded once. */
#include <math.h>

#include "base/bf16.h"
#include "ir/interp_internal.h"
#include "ir/scalar.h"

/* Whole numbers are added and multiplied modulo 2^64, which is right modulo 2^32 too. */
static double combine(Op op, bool whole, double sum, double x) {
  switch (op) {
  case OP_sum:
  case OP_cumsum:
    return whole ? scalar_eval(OP_add, DT_i32, DT_i32, sum, x, 0) : sum + x;
  case OP_prod:
    return whole ? scalar_eval(OP_mul, DT_i32, DT_i32, sum, x, 0) : sum * x;
  case OP_max_over:
    return op_info[OP_max].scalar(sum, x, 0);
  case OP_min_over:
    return op_info[OP_min].scalar(sum, x, 0);
  case OP_any:
    return sum != 0 || x != 0;
  case OP_all:
    return sum != 0 && x != 0;
  default:
    return NAN;
  }
}

/* The result for no elements. */
static double neutral(Op op, bool whole) {
  switch (op) {
  case OP_prod:
  case OP_all:
    return 1;
  case OP_max_over:
    return whole ? (double)INT32_MIN : -INFINITY;
  case OP_min_over:
    return whole ? (double)INT32_MAX : INFINITY;
  default:
    return 0;
  }
}

static bool has_axis(const Attr *axes, int axis) {
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] == axis) return true;
  return false;
}

bool eval_reduce(Eval *e) {
  const InterpValue *a = e->a[0];
  InterpValue *y = e->y;
  const Attr *axes = node_attr(e->node, A_axes);
  bool whole = a->dtype == DT_i32;
  int64_t *from = interp_index(e->in, a->rank), *to = interp_index(e->in, a->rank);
  for (int64_t i = 0; i < y->count; i++) y->at[i] = neutral(e->node->op, whole);
  for (int64_t i = 0; i < a->count; i++) {
    value_unravel(a, i, from);
    for (int k = 0, n = 0; k < a->rank; k++)
      if (!has_axis(axes, k)) to[n++] = from[k];
    double *sum = &y->at[value_ravel(y, to)];
    *sum = combine(e->node->op, whole, *sum, a->at[i]);
  }
  DType dtype = interp_dtype(e->in, y->dtype);
  for (int64_t i = 0; i < y->count; i++) y->at[i] = scalar_round(dtype, y->at[i]);
  return true;
}

/* ---- along an axis: rows of n elements, 'stride' apart ---- */

typedef struct Row {
  int64_t start, stride, n;
} Row;

/* Row r of those along the axis. */
static Row row_of(const InterpValue *a, int64_t axis, int64_t r) {
  int64_t stride = 1;
  for (int i = a->rank - 1; i > axis; i--) stride *= a->dims[i];
  int64_t n = a->dims[axis];
  return (Row){(r / stride) * stride * n + r % stride, stride, n};
}

static int64_t row_count(const InterpValue *a, int64_t axis) {
  return a->dims[axis] ? a->count / a->dims[axis] : 0;
}

/* NaN counts as largest for argmax and as smallest for argmin; the first of equals wins. */
static bool beats(Op op, double x, double best) {
  if (best != best) return false;
  if (x != x) return true;
  return op == OP_argmax ? x > best : x < best;
}

bool eval_argreduce(Eval *e) {
  const InterpValue *a = e->a[0];
  int64_t axis = node_int(e->node, A_axis, 0);
  if (a->dims[axis] < 1 && e->y->count)
    return interp_fail(e->in, "%s over an axis without elements", op_info[e->node->op].name);
  for (int64_t r = 0; r < row_count(a, axis); r++) {
    Row row = row_of(a, axis, r);
    int64_t best = 0;
    for (int64_t i = 1; i < row.n; i++)
      if (beats(e->node->op, a->at[row.start + i * row.stride],
                a->at[row.start + best * row.stride]))
        best = i;
    e->y->at[r] = (double)best;
  }
  return true;
}

static void cumsum_row(Eval *e, Row row) {
  bool reverse = node_int(e->node, A_reverse, 0) != 0;
  bool exclusive = node_int(e->node, A_exclusive, 0) != 0;
  bool whole = e->y->dtype == DT_i32;
  DType dtype = interp_dtype(e->in, e->y->dtype);
  double sum = 0;
  for (int64_t i = 0; i < row.n; i++) {
    int64_t at = row.start + (reverse ? row.n - 1 - i : i) * row.stride;
    double next = combine(OP_cumsum, whole, sum, e->a[0]->at[at]);
    e->y->at[at] = scalar_round(dtype, exclusive ? sum : next);
    sum = next;
  }
}

/* Ascending, NaN last. */
static bool goes_before(double a, double b) { return a < b || (a == a && b != b); }

/* Stable insertion of each element into the sorted part. */
static void sort_row(Eval *e, Row row, int64_t *order) {
  const double *a = e->a[0]->at;
  for (int64_t i = 0; i < row.n; i++) {
    int64_t at = i;
    while (at > 0 &&
           goes_before(a[row.start + i * row.stride], a[row.start + order[at - 1] * row.stride])) {
      order[at] = order[at - 1];
      at--;
    }
    order[at] = i;
  }
  for (int64_t i = 0; i < row.n; i++)
    e->y->at[row.start + i * row.stride] =
        e->node->op == OP_argsort ? (double)order[i] : a[row.start + order[i] * row.stride];
}

bool eval_along(Eval *e) {
  const InterpValue *a = e->a[0];
  int64_t axis = node_int(e->node, A_axis, 0);
  int64_t *order = arena_array(e->in->arena, int64_t, a->dims[axis]);
  for (int64_t r = 0; r < row_count(a, axis); r++) {
    if (e->node->op == OP_cumsum)
      cumsum_row(e, row_of(a, axis, r));
    else
      sort_row(e, row_of(a, axis, r), order);
  }
  return true;
}

/* ---- contraction ---- */

/* How the axes of one operand are filled: from the result's index, or from the summed index. */
typedef struct Side {
  const InterpValue *value;
  int64_t *index;
  int *result_axis, *summed_axis; /* -1 where it is not from there */
} Side;

static Side side_new(Eval *e, const InterpValue *v, const Attr *batch, const Attr *contract,
                     int *next) {
  Side s = {v, interp_index(e->in, v->rank), arena_array(e->in->arena, int, v->rank),
            arena_array(e->in->arena, int, v->rank)};
  for (int i = 0; i < v->rank; i++) s.result_axis[i] = s.summed_axis[i] = -1;
  for (int i = 0; i < batch->n; i++) s.result_axis[batch->ints[i]] = i;
  for (int i = 0; i < contract->n; i++) s.summed_axis[contract->ints[i]] = i;
  for (int i = 0; i < v->rank; i++)
    if (s.result_axis[i] < 0 && s.summed_axis[i] < 0) s.result_axis[i] = (*next)++;
  return s;
}

static double side_at(const Side *s, const int64_t *result, const int64_t *summed) {
  for (int i = 0; i < s->value->rank; i++)
    s->index[i] = s->result_axis[i] >= 0 ? result[s->result_axis[i]] : summed[s->summed_axis[i]];
  return s->value->at[value_ravel(s->value, s->index)];
}

typedef struct DotSum {
  bool whole, bf16;
  double sum;
  Bf16Sum parts;
} DotSum;

static void add_product(DotSum *s, double x, double y) {
  if (s->bf16)
    bf16_sum_add(&s->parts, bf16_operand((float)x), bf16_operand((float)y));
  else
    s->sum = combine(OP_sum, s->whole, s->sum,
                     s->whole ? scalar_eval(OP_mul, DT_i32, DT_i32, x, y, 0) : x * y);
}

bool eval_dot(Eval *e) {
  const Attr *contract = node_attr(e->node, A_contract_a);
  const Attr *batch = node_attr(e->node, A_batch_a);
  int next = batch->n;
  Side a = side_new(e, e->a[0], batch, contract, &next);
  Side b =
      side_new(e, e->a[1], node_attr(e->node, A_batch_b), node_attr(e->node, A_contract_b), &next);
  InterpValue summed = {.rank = contract->n, .dims = interp_index(e->in, contract->n), .count = 1};
  for (int i = 0; i < contract->n; i++)
    summed.count *= summed.dims[i] = e->a[0]->dims[contract->ints[i]];
  int64_t *to = interp_index(e->in, e->y->rank), *k = interp_index(e->in, summed.rank);
  DType dtype = interp_dtype(e->in, e->y->dtype);
  bool bf16 = dot_is_bf16(e->node) && !e->in->opt->f64;
  for (int64_t i = 0; i < e->y->count; i++) {
    DotSum s = {.whole = e->y->dtype == DT_i32, .bf16 = bf16};
    value_unravel(e->y, i, to);
    for (int64_t j = 0; j < summed.count; j++) {
      value_unravel(&summed, j, k);
      add_product(&s, side_at(&a, to, k), side_at(&b, to, k));
    }
    e->y->at[i] = s.bf16 ? bf16_sum_end(&s.parts) : scalar_round(dtype, s.sum);
  }
  return true;
}
