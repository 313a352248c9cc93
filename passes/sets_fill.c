/* What stands at padding: fills through ops.
 *
 * A fill is known where some operand's is, and the op gives one number with it whatever the others are: 0 in a product,
 * false in 'and', -inf in a sum, the branch that a known condition takes. The others are numbers of elements, or what was
 * computed of padding; of these it must be assumed that they are finite (PAD_finite).
 */
#include "passes/sets_join.h"

#include <math.h>

#include "ir/scalar.h"

/* From here on a number stands for infinity: its exp is 0 as long as others are within 1e6 - 745 of zero. */
static const double FAR = 1e6;

static Fill unknown(void) { return (Fill){.kind = FILL_unknown}; }
static Fill number(double x) {
  return x != x ? unknown() : (Fill){.kind = FILL_number, .number = x};
}
static Fill far_side(double x) {
  return (Fill){.kind = FILL_far, .number = x < 0 ? -INFINITY : INFINITY};
}

bool fill_equal(const Fill *a, const Fill *b) {
  return a->kind == b->kind && (a->kind == FILL_unknown || a->number == b->number) &&
         (a->kind != FILL_carry || a->carry == b->carry);
}

static bool is_number(Fill f, double x) { return f.kind == FILL_number && f.number == x; }
/* Infinite, or stands for it. */
static bool is_far(Fill f) {
  return f.kind == FILL_far || (f.kind == FILL_number && fabs(f.number) >= FAR);
}
static void need_far(Fill f, unsigned *needs) {
  if (f.kind == FILL_far || !isinf(f.number)) *needs |= PAD_far;
}

/* ---- elementwise ----------------------------------------------------------------------------- */

static DType operand_dtype(const SetStep *st) {
  return step_operand(st, st->node->n_operands - 1)->dtype;
}

static Fill under(Fill f, unsigned needs) {
  f.needs |= needs;
  return f;
}

static double evaluate(const SetStep *st, const double *v) {
  const TypeInfo *to = step_type(st);
  if (st->node->op != OP_cast)
    return scalar_eval(st->node->op, operand_dtype(st), to->dtype, v[0], v[1], v[2]);
  int64_t extent = 0;
  if (to->dtype == DT_idx && !size_is_const(st->s->ctx, to->extent, &extent)) return NAN;
  return scalar_cast(to->dtype, extent, v[0]);
}

/* Ops of which the value at infinity says what becomes of a number that stands for it. */
static bool takes_far(Op op) {
  return op == OP_add || op == OP_sub || op == OP_neg || op == OP_max || op == OP_min ||
         op == OP_exp || op == OP_sigmoid || op == OP_tanh || op == OP_stop_gradient ||
         op == OP_abs || op == OP_sign || op_is(op, T_COMPARE);
}

/* All operands are known. */
static Fill known(const SetStep *st, const Fill *f) {
  double v[3] = {0};
  unsigned needs = 0;
  bool any_far = false;
  for (int k = 0; k < st->node->n_operands; k++) {
    v[k] = f[k].number;
    any_far |= f[k].kind == FILL_far;
    needs |= f[k].needs;
  }
  if (any_far && !takes_far(st->node->op)) return unknown();
  double y = evaluate(st, v);
  if (any_far) needs |= PAD_far;
  return under(any_far && isinf(y) ? far_side(y) : number(y), needs);
}

/* The op with that operand hands on the other one: what a loop carries stays. first: it is the other one. */
static bool hands_on(Op op, Fill f, bool first) {
  switch (op) {
  case OP_add:
  case OP_or:
    return is_number(f, 0);
  case OP_mul:
  case OP_and:
    return is_number(f, 1);
  case OP_sub:
    return is_number(f, 0) && first;
  case OP_div:
    return is_number(f, 1) && first;
  case OP_max:
    return is_number(f, -INFINITY);
  case OP_min:
    return is_number(f, INFINITY);
  default:
    return false;
  }
}

static Fill carried(const SetStep *st, const Fill *f) {
  Op op = st->node->op;
  bool cast = op == OP_cast && step_operand(st, 0)->dtype == step_type(st)->dtype;
  if (st->node->n_operands == 1 && f[0].kind == FILL_carry)
    return cast || op == OP_stop_gradient ? f[0] : unknown();
  for (int k = 0; k < 2 && st->node->n_operands == 2; k++)
    if (f[k].kind == FILL_carry && hands_on(op, f[1 - k], k == 0))
      return under(f[k], f[1 - k].needs);
  return unknown();
}

/* An infinite number, or what stands for it, against one that is not known but neither infinite nor NaN. */
static Fill against_far(const SetStep *st, Fill f, int k, bool proper) {
  Op op = st->node->op;
  double v[2] = {0, 0};
  v[k] = f.number < 0 ? -INFINITY : INFINITY;
  bool sum = op == OP_add || op == OP_sub, compare = op_is(op, T_COMPARE);
  bool wins = (op == OP_max && v[k] > 0) || (op == OP_min && v[k] < 0);
  if (!sum && !compare && !wins) return unknown();
  unsigned needs = f.needs | PAD_some | (proper ? 0 : PAD_finite);
  need_far(f, &needs);
  double y = scalar_eval(op, operand_dtype(st), step_type(st)->dtype, v[0], v[1], 0);
  bool exact = compare || (f.kind == FILL_number && isinf(f.number));
  return under(exact ? number(y) : far_side(y), needs);
}

/* Whether the number alone decides. */
static bool decides(Op op, double x, int k) {
  return (op == OP_mul && x == 0) || (op == OP_div && x == 0 && k == 0) ||
         (op == OP_and && x == 0) || (op == OP_or && x == 1);
}

/* One of two operands is known. A quotient by a number of elements is finite where there are elements. */
static Fill half_known(const SetStep *st, Fill f, int k, bool proper) {
  Op op = st->node->op;
  bool floats = dtype_is_float(operand_dtype(st));
  if (f.kind == FILL_number && decides(op, f.number, k)) {
    unsigned needs = !floats ? 0 : !proper ? PAD_finite : op == OP_div ? PAD_some : 0;
    return under(number(f.number), f.needs | needs);
  }
  return floats && is_far(f) ? against_far(st, f, k, proper) : unknown();
}

Fill fill_eval(const SetStep *st, const Fill *f, const bool *proper) {
  int n = st->node->n_operands, n_known = 0, at = 0;
  Op op = st->node->op;
  if (op == OP_where && f[0].kind == FILL_number)
    return under(f[f[0].number != 0 ? 1 : 2], f[0].needs);
  if (op == OP_where && fill_equal(&f[1], &f[2])) return under(f[1], f[2].needs);
  if (op == OP_fold || op == OP_seed) return unknown();
  for (int k = 0; k < n; k++) {
    if (f[k].kind != FILL_number && f[k].kind != FILL_far) continue;
    n_known++;
    at = k;
  }
  if (n_known == n) return known(st, f);
  Fill kept = carried(st, f);
  if (kept.kind != FILL_unknown || n != 2 || n_known != 1) return kept;
  return half_known(st, f[at], at, proper[1 - at]);
}

Fill fill_product(Fill a, Fill b, bool proper_a, bool proper_b) {
  if (a.kind == FILL_number && b.kind == FILL_number)
    return under(number(a.number * b.number), a.needs | b.needs);
  if (is_number(a, 0)) return under(a, proper_b ? 0 : PAD_finite);
  if (is_number(b, 0)) return under(b, proper_a ? 0 : PAD_finite);
  return unknown();
}

/* ---- reductions ------------------------------------------------------------------------------ */

Fill fill_reduced(Op op, Fill f) {
  bool same = op == OP_max_over || op == OP_min_over || op == OP_any || op == OP_all;
  bool sum = op == OP_sum && (is_number(f, 0) || is_number(f, INFINITY) ||
                              is_number(f, -INFINITY) || f.kind == FILL_far);
  bool prod = op == OP_prod && (is_number(f, 0) || is_number(f, 1));
  return f.kind != FILL_carry && (same || sum || prod) ? f : unknown();
}

bool fill_neutral(Op op, Fill f, unsigned *needs) {
  bool extreme = op == OP_max_over || op == OP_min_over;
  if (f.kind != FILL_number && f.kind != FILL_far) return false;
  bool neutral = extreme ? is_far(f) && (f.number < 0) == (op == OP_max_over)
                         : is_number(f, op == OP_prod || op == OP_all);
  if (!neutral) return false;
  *needs |= f.needs;
  if (extreme) need_far(f, needs);
  return true;
}
