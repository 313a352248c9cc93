/* Elementwise ops: what is known of the result at some places, bounds of whole numbers, and which
 * operands do not matter where. */
#include <math.h>

#include "ir/custom.h"
#include "ir/scalar.h"
#include "passes/reach/reach_inside.h"

static const double FAR = 1e6; /* numbers beyond stand for infinity */

/* What an operand is at the places of a form. */
typedef struct Local {
  bool known, far;
  double value;
} Local;

/* Where 'form' is above 0, is 'of', too? */
static bool implies(Reacher *r, const ReachFact *f, Sz form, Sz of) {
  return sz_eq(form, of) || reach_ge(r, f, of, form) || reach_ge(r, f, of, r->one);
}

static Local local(Reacher *r, const ReachFact *f, Sz form) {
  for (int i = 0; i < f->n_known; i++)
    if (implies(r, f, form, f->known[i].form))
      return (Local){true, f->known[i].far, f->known[i].value};
  return (Local){0};
}

static Local number(double value) { return (Local){.known = true, .value = value}; }
static Local far_number(double value) {
  return fabs(value) >= FAR ? (Local){true, true, value} : (Local){0};
}

/* Something known and something that may be any finite number. */
static Local sum_with_any(Local known, bool minus, unsigned *needs) {
  double value = minus ? -known.value : known.value;
  if (!known.known) return (Local){0};
  if (isinf(value)) {
    *needs |= REACH_finite;
    return number(value);
  }
  if (fabs(value) < FAR) return (Local){0};
  *needs |= REACH_far;
  return far_number(value);
}

static bool is_zero(Local x) { return x.known && !x.far && x.value == 0; }

static Local times_any(Op op, Local a, Local b, DType dtype, unsigned *needs) {
  if (is_zero(a) || (op == OP_mul && is_zero(b))) {
    *needs |= dtype_is_float(dtype) ? REACH_finite : 0;
    return number(0);
  }
  bool other = b.known && !b.far;
  if (!a.far || !other) return (Local){0};
  return far_number(op == OP_mul ? a.value * b.value : a.value / b.value);
}

/* Of one far number. */
static Local of_far(Op op, Local a, unsigned *needs) {
  *needs |= REACH_far;
  switch (op) {
  case OP_neg:
    return far_number(-a.value);
  case OP_cast:
  case OP_stop_gradient:
  case OP_variable:
  case OP_as_sequence:
    return a;
  case OP_exp:
    return number(a.value < 0 ? 0 : INFINITY);
  case OP_sigmoid:
    return number(a.value < 0 ? 0 : 1);
  case OP_tanh:
  case OP_sign:
    return number(a.value < 0 ? -1 : 1);
  default:
    return (Local){0};
  }
}

/* Of the node's op, or of one that it is made of. */
static double value_of(const ReachStep *st, Op op, DType from, DType to, const double *x) {
  return op == st->node->op ? node_scalar(st->r->ctx, st->node, from, to, x)
                            : scalar_eval(op, from, to, x[0], x[1], x[2]);
}

/* What no precision rounds is the same number in all of them; another one is known if it is far. */
static Local unrounded(const ReachStep *st, Op op, DType from, DType to, const double *x,
                       double v) {
  if (!dtype_is_float(to) || op_info[op].picks) return number(v);
  DType wide = dtype_is_float(from) ? DT_f64 : from, few = dtype_is_float(from) ? DT_bf16 : from;
  bool same = value_of(st, op, wide, DT_f64, x) == value_of(st, op, few, DT_bf16, x);
  return same ? number(v) : far_number(v);
}

static Local of_numbers(const ReachStep *st, Op op, const Local *x, int n) {
  DType from = reach_operand(st, st->node->n_operands > n ? 0 : n - 1)->dtype;
  const TypeInfo *type = reach_type(st);
  DType to = op == st->node->op && !type->is_tuple ? type->dtype : from;
  if (op == OP_fold || op == OP_seed || op == OP_unit || from == DT_key || to == DT_key)
    return (Local){0};
  if (op == OP_cast) return to == DT_idx ? (Local){0} : number(scalar_cast(to, 0, x[0].value));
  double at[3] = {0};
  for (int i = 0; i < n; i++) at[i] = x[i].value;
  double v = value_of(st, op, from, to, at);
  return isnan(v) ? (Local){0} : unrounded(st, op, from, to, at, v);
}

static Local chosen(const Local *x) {
  if (x[0].known) return x[x[0].value != 0 ? 1 : 2];
  bool same = x[1].known && x[2].known && x[1].far == x[2].far && x[1].value == x[2].value;
  return same ? x[1] : (Local){0};
}

/* The result at those places. */
static Local combine(const ReachStep *st, Op op, const Local *x, int n, unsigned *needs) {
  bool all = true, any_far = false;
  for (int i = 0; i < n; i++) {
    all = all && x[i].known;
    any_far = any_far || x[i].far;
  }
  if (op == OP_where) return chosen(x);
  if (all && !any_far) return of_numbers(st, op, x, n);
  if (n == 1) return any_far ? of_far(op, x[0], needs) : (Local){0};
  DType dtype = reach_operand(st, 0)->dtype;
  switch (op) {
  case OP_and:
  case OP_or:
    for (int i = 0; i < 2; i++)
      if (x[i].known && (x[i].value != 0) == (op == OP_or)) return number(op == OP_or);
    return (Local){0};
  case OP_mul:
    return x[1].far && !x[0].far ? times_any(op, x[1], x[0], dtype, needs)
                                 : times_any(op, x[0], x[1], dtype, needs);
  case OP_div:
    return times_any(op, x[0], x[1], dtype, needs);
  case OP_add:
  case OP_sub:
    if (!dtype_is_float(dtype) || (x[0].known && x[1].known && x[0].far && x[1].far))
      return (Local){0};
    if (x[0].known && (x[0].far || isinf(x[0].value) || !x[1].known || !x[1].far))
      return sum_with_any(x[0], false, needs);
    return sum_with_any(x[1], op == OP_sub, needs);
  default:
    return (Local){0};
  }
}

/* ---- bounds of whole numbers ----------------------------------------------------------------- */

static bool whole(DType dtype) { return dtype == DT_i32 || dtype == DT_idx; }

/* The larger of two forms, where they can be compared. */
static Sz upper(Reacher *r, const ReachFact *f, Sz a, Sz b) {
  if (!a.i || !b.i) return SZ_NONE;
  if (reach_ge(r, f, a, b)) return a;
  if (reach_ge(r, f, b, a)) return b;
  /* t - 1 and 0: t is as large as both */
  int64_t least;
  if (reach_least(r, f, reach_sub(r, a, b), &least) && least < 0)
    return reach_sub(r, a, size_const(r->ctx, least));
  if (reach_least(r, f, reach_sub(r, b, a), &least) && least < 0)
    return reach_sub(r, b, size_const(r->ctx, least));
  return SZ_NONE;
}

static Sz minus(Reacher *r, Sz a) { return a.i ? reach_sub(r, r->zero, a) : a; }
static Sz lower(Reacher *r, const ReachFact *f, Sz a, Sz b) {
  return minus(r, upper(r, f, minus(r, a), minus(r, b)));
}

/* One of two bounds that both hold. */
static Sz either(Reacher *r, const ReachFact *f, Sz a, Sz b, bool larger) {
  if (!a.i || !b.i) return a.i ? a : b;
  return reach_ge(r, f, a, b) == larger ? a : b;
}

static Sz sum_of(Reacher *r, Sz a, Sz b) { return a.i && b.i ? reach_add(r, a, b) : SZ_NONE; }

/* The quotient of a bound by a whole number: what every coordinate has as a multiple of it, if the
 * rest lies in 0 .. by - 1. */
static bool divided(Reacher *r, const ReachFact *f, Sz form, Sz by, Sz *quotient, Sz *rest) {
  *quotient = r->zero;
  if (!form.i) return false;
  Sz left = form;
  for (int i = 0; i < f->n_atoms + r->loops; i++) {
    Sz at = i < f->n_atoms ? r->place[i] : r->step[i - f->n_atoms], k;
    if (!reach_factor(r, left, at, &k)) return false;
    Sz times = size_div(r->ctx, k, by);
    if (!times.i || !sz_eq(size_mul(r->ctx, times, by), k)) continue;
    *quotient = reach_add(r, *quotient, size_mul(r->ctx, times, at));
    left = reach_sub(r, left, size_mul(r->ctx, k, at));
  }
  *rest = left;
  return reach_ge(r, f, left, r->zero) && reach_ge(r, f, reach_less_one(r, by), left);
}

static void divide(Reacher *r, ReachFact *out, const ReachFact *a, Sz by, bool rest_wanted) {
  Sz low, high, rest_low, rest_high;
  bool good_low = divided(r, out, a->low, by, &low, &rest_low),
       good_high = divided(r, out, a->high, by, &high, &rest_high);
  bool natural = a->low.i && reach_ge(r, out, a->low, r->zero);
  if (rest_wanted) {
    bool exact = good_low && good_high && sz_eq(a->low, a->high);
    out->low = exact ? rest_low : r->zero;
    out->high = exact ? rest_high : reach_less_one(r, by);
    return;
  }
  out->low = good_low ? low : natural ? r->zero : SZ_NONE;
  out->high = good_high ? high : natural ? a->high : SZ_NONE;
}

static void bound_product(Reacher *r, ReachFact *out, const ReachFact *a, const ReachFact *b) {
  const ReachFact *by = b, *of = a;
  if (!(b->low.i && b->high.i && sz_eq(b->low, b->high))) {
    by = a;
    of = b;
  }
  if (!by->low.i || !by->high.i || !sz_eq(by->low, by->high)) return;
  if (!reach_ge(r, out, by->low, r->zero)) return;
  out->low = of->low.i ? size_mul(r->ctx, of->low, by->low) : SZ_NONE;
  out->high = of->high.i ? size_mul(r->ctx, of->high, by->low) : SZ_NONE;
}

static void bound_two(Reacher *r, ReachFact *out, Op op, const ReachFact *a, const ReachFact *b) {
  switch (op) {
  case OP_add:
    out->low = sum_of(r, a->low, b->low);
    out->high = sum_of(r, a->high, b->high);
    break;
  case OP_sub:
    out->low = sum_of(r, a->low, minus(r, b->high));
    out->high = sum_of(r, a->high, minus(r, b->low));
    break;
  case OP_mul:
    bound_product(r, out, a, b);
    break;
  case OP_div:
  case OP_mod:
    if (b->low.i && b->high.i && sz_eq(b->low, b->high) && reach_ge(r, out, b->low, r->one))
      divide(r, out, a, b->low, op == OP_mod);
    break;
  case OP_max:
    out->low = either(r, out, a->low, b->low, true);
    out->high = upper(r, out, a->high, b->high);
    break;
  case OP_min:
    out->low = lower(r, out, a->low, b->low);
    out->high = either(r, out, a->high, b->high, false);
    break;
  default:
    break;
  }
}

void reach_clamp(Reacher *r, ReachFact *f, Sz extent) {
  Sz last = reach_less_one(r, extent);
  f->high = f->high.i ? upper(r, f, f->high, r->zero) : SZ_NONE;
  f->low = f->low.i ? lower(r, f, f->low, last) : SZ_NONE;
  f->low = either(r, f, f->low, r->zero, true);
  f->high = either(r, f, f->high, last, false);
}

static void counted(Reacher *r, Sz extent) {
  for (uint32_t i = 0; i < r->counted.len; i++)
    if (sz_eq(r->counted.data[i], extent)) return;
  vec_push(r->arena, &r->counted, extent);
}

void reach_count(Reacher *r, const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    const TypeInfo *info = type_info(r->ctx, n->type);
    if (!info->is_tuple && info->dtype == DT_idx) counted(r, info->extent);
    if (n->op == OP_iota) counted(r, info->dims[node_int(n, A_axis, 0)]);
    if (n->op == OP_size && info->dtype == DT_i32) counted(r, node_size(n, A_size));
    if (n->op == OP_scan) counted(r, scan_read(g, (Ref){i}).length);
    if (n->body) reach_count(r, n->body);
  }
}

/* Sums and products of i32 wrap around: bounds hold where both are numbers of 32 bits. Positions
 * are, and so are those a little further on: an axis of 2^31 places is taken for none. */
static bool fits(Reacher *r, const ReachFact *f, Sz low, Sz high) {
  Sz most = size_const(r->ctx, INT32_MAX), slack = size_const(r->ctx, 1 << 16);
  bool above = reach_ge(r, f, low, minus(r, most)), below = reach_ge(r, f, most, high);
  for (uint32_t i = 0; i < r->counted.len && !(above && below); i++) {
    Sz far = reach_add(r, r->counted.data[i], slack);
    above = above || reach_ge(r, f, low, minus(r, far));
    below = below || reach_ge(r, f, far, high);
  }
  return above && below;
}

static bool wraps(Op op) { return op == OP_add || op == OP_sub || op == OP_mul || op == OP_neg; }

static void bound(ReachStep *st, ReachFact *out, Op op, const ReachFact *x) {
  Reacher *r = st->r;
  const TypeInfo *type = reach_type(st);
  if (type->is_tuple || !whole(type->dtype) || op != st->node->op) return;
  const TypeInfo *from = reach_operand(st, st->node->n_operands - 1);
  switch (op) {
  case OP_neg:
    out->low = minus(r, x[0].high);
    out->high = minus(r, x[0].low);
    break;
  case OP_where:
    out->low = lower(r, out, x[1].low, x[2].low);
    out->high = upper(r, out, x[1].high, x[2].high);
    break;
  case OP_cast:
    if (!whole(from->dtype) && from->dtype != DT_bool) break;
    out->low = from->dtype == DT_bool ? r->zero : x[0].low;
    out->high = from->dtype == DT_bool ? r->one : x[0].high;
    break;
  case OP_stop_gradient:
  case OP_variable:
  case OP_as_sequence:
    out->low = x[0].low;
    out->high = x[0].high;
    break;
  default:
    if (st->node->n_operands == 2) bound_two(r, out, op, &x[0], &x[1]);
  }
  if (wraps(op) && !fits(r, out, out->low, out->high)) out->low = out->high = SZ_NONE;
  if (type->dtype == DT_idx) reach_clamp(r, out, type->extent);
}

/* A comparison that is decided at some places by the bounds of its sides. */
static void compare(ReachStep *st, ReachFact *out, Op op, const ReachFact *a, const ReachFact *b) {
  Reacher *r = st->r;
  if (!whole(reach_operand(st, 0)->dtype)) return;
  if (op == OP_gt || op == OP_ge) {
    compare(st, out, op == OP_gt ? OP_lt : OP_le, b, a);
    return;
  }
  Sz above = sum_of(r, a->low, minus(r, b->high)),  /* a - b at least */
      below = sum_of(r, b->low, minus(r, a->high)); /* b - a at least */
  if (op == OP_eq || op == OP_ne) {
    reach_know(r, out, above, op == OP_ne, false);
    reach_know(r, out, below, op == OP_ne, false);
    return;
  }
  bool strict = op == OP_lt;
  reach_know(r, out, strict ? sum_of(r, above, r->one) : above, 0, false);
  reach_know(r, out, strict ? below : sum_of(r, below, r->one), 1, false);
}

/* ---- the op ---------------------------------------------------------------------------------- */

/* Where an operand does not matter, for the other ones. */
static bool idle(Op op, const Local *x, int operand) {
  return op == OP_where && operand && x[0].known && (x[0].value != 0) == (operand == 2);
}

ReachFact reach_elementwise(ReachStep *st, Op op, const ReachFact *operands, int n) {
  Reacher *r = st->r;
  ReachFact x[3], out = {.atoms = operands[0].atoms, .n_atoms = operands[0].n_atoms};
  for (int i = 0; i < n; i++) {
    x[i] = operands[i];
    out.needs |= x[i].needs;
    out.counts = out.counts || x[i].counts;
  }
  bound(st, &out, op, x);
  if (op_is(op, T_COMPARE) && n == 2) compare(st, &out, op, &operands[0], &operands[1]);
  for (int k = 0; k < n; k++)
    for (int i = 0; i < operands[k].n_known; i++) {
      Sz form = operands[k].known[i].form;
      Local at[3] = {{0}};
      unsigned needs = 0;
      for (int m = 0; m < n; m++) at[m] = local(r, &operands[m], form);
      Local y = combine(st, op, at, n, &needs);
      for (int m = 0; m < n; m++)
        if (idle(op, at, m)) x[m] = reach_guard(r, &x[m], form);
      if (!y.known) continue;
      out.needs |= needs;
      reach_know(r, &out, form, y.value, y.far);
    }
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < out.n_known; k++)
      if (!out.known[k].far) x[i] = reach_guard(r, &x[i], out.known[k].form);
    reach_add_terms(r, &out, x[i].terms, x[i].n_terms);
  }
  return out;
}
