/* What stands at padding: fills through ops.
 *
 * A fill is known where some operand's is, and the op gives one number with it whatever the
 * others are: 0 in a product, false in 'and', -inf in a sum, the branch that a known condition
 * takes. The others are numbers of elements, or what was computed of padding; of these it must
 * be assumed that they are finite (PAD_finite).
 */
#include "passes/sets/sets_join.h"

#include <math.h>

#include "ir/custom.h"
#include "ir/scalar.h"

/* From here on a number stands for infinity: its exp is 0 as long as others are within 1e6 - 745
 * of zero. */
static const double FAR = 1e6;

static Fill unknown(void) { return (Fill){.kind = FILL_unknown}; }
static Fill number(double x) {
  return x != x ? unknown() : (Fill){.kind = FILL_number, .number = x};
}
/* Around x, if that is far from other numbers. */
static Fill far_from(double x) {
  return fabs(x) >= FAR ? (Fill){.kind = FILL_far, .number = x} : unknown();
}

bool fill_equal(const Fill *a, const Fill *b) {
  return a->kind == b->kind && (a->kind == FILL_unknown || a->number == b->number) &&
         (a->kind != FILL_carry || a->carry == b->carry);
}

Fill fill_begun(Fill f) {
  if (f.kind != FILL_carry || !f.begins) return f;
  return (Fill){.kind = FILL_number, .number = f.number, .needs = f.needs | PAD_end};
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
    return node_scalar(st->s->ctx, st->node, operand_dtype(st), to->dtype, v);
  int64_t extent = 0;
  if (to->dtype == DT_idx && !size_is_const(st->s->ctx, to->extent, &extent)) return NAN;
  return scalar_cast(to->dtype, extent, v[0]);
}

/* Far numbers, which are not exact: these ops give a number around what they give of those. */
static bool stays_far(Op op) {
  return op == OP_add || op == OP_sub || op == OP_neg || op == OP_max || op == OP_min ||
         op == OP_stop_gradient || op == OP_abs;
}
/* And these give what they do of infinity. */
static bool as_infinite(Op op) {
  return op == OP_exp || op == OP_sigmoid || op == OP_tanh || op == OP_sign || op_is(op, T_COMPARE);
}

/* Whether two numbers are too much alike to be compared: on the same side, one of them not
 * exact. */
static bool alike(const SetStep *st, const Fill *f) {
  return st->node->n_operands == 2 && is_far(f[0]) && is_far(f[1]) &&
         signbit(f[0].number) == signbit(f[1].number);
}

static Fill known_far(const SetStep *st, const Fill *f, unsigned needs) {
  Op op = st->node->op;
  double v[3] = {0};
  bool compare = op_is(op, T_COMPARE), choose = op == OP_max || op == OP_min;
  for (int k = 0; k < st->node->n_operands; k++) {
    v[k] = f[k].number;
    if (as_infinite(op) && is_far(f[k])) v[k] = copysign(INFINITY, v[k]);
  }
  double y = evaluate(st, v);
  if (as_infinite(op))
    return compare && alike(st, f) ? unknown()
           : isinf(y)              ? under(far_from(y), needs)
                                   : under(number(y), needs);
  if (!stays_far(op) || (choose && alike(st, f))) return unknown();
  bool exact = choose && fabs(y) < FAR;
  return under(exact ? number(y) : far_from(y), needs);
}

/* Whether it is a number that arithmetic comes to without rounding; others may be off in their last
 * digit, as it is computed in one element type or another. Of eight digits any number may be
 * rounded. */
static bool exact(DType dtype, double x) {
  double steps = dtype == DT_bf16 ? 2 : 0x1p10, most = dtype == DT_bf16 ? 2 : 0x1p20;
  return isinf(x) || (fabs(x) <= most && x * steps == floor(x * steps));
}

static bool about(double x, double y) {
  return x == y || (!isinf(x) && !isinf(y) && fabs(x - y) <= 1e-2 * fabs(y));
}

/* In 64 bits: what does not fit the element type is neither infinite nor 0 there. */
static double evaluate_wide(const SetStep *st, const double *v, double y) {
  DType to = step_type(st)->dtype;
  bool narrow = to == DT_f32 || to == DT_bf16;
  if (!narrow || st->node->op == OP_cast || !dtype_is_float(operand_dtype(st))) return y;
  return node_scalar(st->s->ctx, st->node, DT_f64, DT_f64, v);
}

/* Whether the op gives about the same for numbers that are rounded otherwise. The cosine of -1e30
 * does not, nor its square: these are no numbers to go on with. */
static bool steady(const SetStep *st, const double *v, double y) {
  if (!about(evaluate_wide(st, v, y), y)) return false;
  for (int k = 0; k < st->node->n_operands; k++) {
    DType dtype = step_operand(st, k)->dtype;
    if (!dtype_is_float(dtype) || exact(dtype, v[k])) continue;
    for (int side = -1; side <= 1; side += 2) {
      double w[3] = {v[0], v[1], v[2]};
      w[k] *= 1 + side * (dtype == DT_bf16 ? 0x1p-8 : 0x1p-22);
      if (!about(evaluate(st, w), y)) return false;
    }
  }
  return true;
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
  if (any_far) return known_far(st, f, needs | PAD_far);
  double y = evaluate(st, v);
  if (steady(st, v, y)) return under(number(y), needs);
  return isinf(y) && !isinf(v[0]) && !isinf(v[1]) ? under(far_from(y), needs | PAD_far) : unknown();
}

/* The op with that operand hands on the other one: what a loop carries stays. first: it is the
 * other one. */
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
  for (int k = 0; k < 2 && st->node->n_operands == 2; k++) {
    Fill other = fill_begun(f[1 - k]);
    if (f[k].kind == FILL_carry && hands_on(op, other, k == 0)) return under(f[k], other.needs);
  }
  return unknown();
}

/* An infinite number, or what stands for it, against one that is not known but neither infinite
 * nor NaN. */
static Fill against_far(const SetStep *st, Fill f, int k, bool proper) {
  Op op = st->node->op;
  double v[2] = {0, 0};
  bool sum = op == OP_add || op == OP_sub, compare = op_is(op, T_COMPARE);
  bool wins = (op == OP_max && f.number > 0) || (op == OP_min && f.number < 0);
  /* what the text puts there may be as far: on the same side for a comparison, on the other one
   * for a sum */
  unsigned other = st->operands[1 - k].anywhere, low = INF_below | FAR_below;
  bool below = (f.number < 0) != (op == OP_add);
  if (other & (below ? low : low << 1)) return unknown();
  v[k] = compare ? copysign(INFINITY, f.number) : f.number;
  if (!sum && !compare && !wins) return unknown();
  unsigned needs = f.needs | PAD_some | (proper ? 0 : PAD_finite);
  need_far(f, &needs);
  double y = scalar_eval(op, operand_dtype(st), step_type(st)->dtype, v[0], v[1], 0);
  bool exact = compare || isinf(f.number) || (wins && f.kind == FILL_number);
  return under(exact ? number(y) : far_from(y), needs);
}

/* Whether the number alone decides. */
static bool decides(Op op, double x, int k) {
  return (op == OP_mul && x == 0) || (op == OP_div && x == 0 && k == 0) ||
         (op == OP_and && x == 0) || (op == OP_or && x == 1);
}

/* One of two operands is known. A quotient by a number of elements is finite where there are
 * elements. */
static Fill half_known(const SetStep *st, Fill f, int k, bool proper) {
  Op op = st->node->op;
  bool floats = dtype_is_float(operand_dtype(st));
  if (f.kind == FILL_number && decides(op, f.number, k)) {
    unsigned needs = !floats ? 0 : !proper ? PAD_finite : op == OP_div ? PAD_some : 0;
    return under(number(f.number), f.needs | needs);
  }
  return floats && is_far(f) ? against_far(st, f, k, proper) : unknown();
}

/* where(m, x, 0) of two carried values is x when that is 0 wherever m is false. */
static bool is_guarded(const Fill *f) {
  return f[0].kind == FILL_carry && f[1].kind == FILL_carry && f[1].guard == f[0].carry &&
         is_number(f[2], 0);
}

/* By the numbers among the operands. */
static Fill eval_numbers(const SetStep *st, const Fill *fills, const bool *proper) {
  int n = st->node->n_operands, n_known = 0, at = 0;
  Fill f[3];
  for (int k = 0; k < n && k < 3; k++) {
    f[k] = fill_begun(fills[k]);
    if (f[k].kind != FILL_number && f[k].kind != FILL_far) continue;
    n_known++;
    at = k;
  }
  if (n_known == n) return known(st, f);
  return n == 2 && n_known == 1 ? half_known(st, f[at], at, proper[1 - at]) : unknown();
}

Fill fill_eval(const SetStep *st, const Fill *f, const bool *proper) {
  Op op = st->node->op;
  Fill first = fill_begun(f[0]);
  if (op == OP_where && first.kind == FILL_number)
    return under(f[first.number != 0 ? 1 : 2], first.needs);
  if (op == OP_where && is_guarded(f)) return under(f[1], f[0].needs | f[2].needs);
  if (op == OP_where && f[1].kind != FILL_same && fill_equal(&f[1], &f[2]))
    return under(f[1], f[2].needs);
  if (op == OP_fold || op == OP_seed) return unknown();
  Fill kept = carried(st, f);
  return kept.kind != FILL_unknown ? kept : eval_numbers(st, f, proper);
}

Fill fill_product(Fill a, Fill b, bool proper_a, bool proper_b) {
  if (a.kind == FILL_number && b.kind == FILL_number)
    return under(number(a.number * b.number), a.needs | b.needs);
  if (is_number(a, 0)) return under(a, proper_b ? 0 : PAD_finite);
  if (is_number(b, 0)) return under(b, proper_a ? 0 : PAD_finite);
  return unknown();
}

/* ---- reductions ------------------------------------------------------------------------------ */

/* What that op gives of no numbers at all. */
static bool of_nothing(Op op, double x) {
  double empty = op == OP_max_over   ? -INFINITY
                 : op == OP_min_over ? INFINITY
                                     : op == OP_prod || op == OP_all;
  return x == empty;
}

Fill fill_reduced(Op op, Fill f, bool some) {
  bool same = op == OP_max_over || op == OP_min_over || op == OP_any || op == OP_all;
  bool sum = op == OP_sum && (is_number(f, 0) || is_number(f, INFINITY) ||
                              is_number(f, -INFINITY) || f.kind == FILL_far);
  bool prod = op == OP_prod && (is_number(f, 0) || is_number(f, 1));
  if (f.kind == FILL_same) return f;
  bool kept = f.kind != FILL_carry && (same || sum || prod);
  if (kept && (some || (f.kind == FILL_number && of_nothing(op, f.number)))) return f;
  return f.kind == FILL_number ? (Fill){.kind = FILL_same, .needs = f.needs} : unknown();
}

/* Elements that the text put further out than a stand-in for infinity: it may be what is found. */
static bool beyond(Op op, Fill f, const Fact *of) {
  unsigned inf = op == OP_max_over ? INF_below : INF_above,
           far = op == OP_max_over ? FAR_below : FAR_above;
  return !isinf(f.number) &&
         ((of->infinite & inf) || ((of->infinite & far) && of->furthest > fabs(f.number)));
}

bool fill_neutral(Op op, Fill f, const Fact *of, unsigned *needs) {
  bool extreme = op == OP_max_over || op == OP_min_over;
  if (f.kind != FILL_number && f.kind != FILL_far) return false;
  bool neutral = extreme ? is_far(f) && (f.number < 0) == (op == OP_max_over)
                         : is_number(f, op == OP_prod || op == OP_all);
  if (!neutral || (extreme && beyond(op, f, of))) return false;
  *needs |= f.needs;
  if (extreme) need_far(f, needs);
  return true;
}

/* ---- infinite numbers ------------------------------------------------------------------------ */

enum { BELOW = INF_below | FAR_below, ABOVE = INF_above | FAR_above };

unsigned fill_infinite(double x) {
  unsigned below = isinf(x) ? INF_below : FAR_below, above = isinf(x) ? INF_above : FAR_above;
  return !(fabs(x) >= FAR) ? 0 : x < 0 ? below : above;
}

/* The same on the other side, too. */
static unsigned mirrored(unsigned x) { return (x & BELOW) << 1 | (x & ABOVE) >> 1; }
static unsigned both_sides(unsigned x) { return x | mirrored(x); }

/* A maximum that is -inf by its elements is followed by NaN at elements, too; so is a sum of
 * both infinities. */
static unsigned infinite_of(const SetStep *st, unsigned a, unsigned b, unsigned any) {
  switch (op_info[st->node->op].at_infinity) {
  case INFINITE_same:
    return any;
  case INFINITE_minus:
    return a | mirrored(b);
  case INFINITE_mirrored:
    return mirrored(any);
  case INFINITE_largest:
    return (a & b & BELOW) | (any & ABOVE);
  case INFINITE_smallest:
    return (a & b & ABOVE) | (any & BELOW);
  case INFINITE_above:
    return any & ABOVE;
  case INFINITE_below:
    return any & BELOW;
  case INFINITE_never:
    return 0;
  case INFINITE_quotient:
    return both_sides(a);
  case INFINITE_both:
    break;
  }
  return both_sides(any);
}

Fact end_infinite(const SetStep *st, Fact f) {
  const Fact *a = &st->operands[0], *b = &st->operands[st->node->n_operands > 1];
  bool floats = dtype_is_float(step_type(st)->dtype);
  if (f.lost || !f.anywhere) return f;
  bool all = f.infinite == f.anywhere; /* also where it is another row's padding: join_result */
  f.infinite = floats ? infinite_of(st, a->infinite, b->infinite, f.infinite) : 0;
  f.anywhere = floats ? infinite_of(st, a->anywhere, b->anywhere, f.anywhere) : 0;
  if (all) f.infinite = f.anywhere;
  f.furthest = !f.anywhere                                      ? 0
               : f.furthest > 0 && !op_info[st->node->op].picks ? INFINITY
                                                                : f.furthest;
  return f;
}
