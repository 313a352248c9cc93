/* Rules on tuples of special values: where the solver does not come to an end, or is not there. */
#include <float.h>
#include <math.h>

#include "ir/scalar.h"
#include "passes/rules/prove.h"

typedef struct RuleCasesRun {
  RuleDomain domain;
  DType dtype;
  unsigned logicals;
  double value[N_EXPR_NAMES];
  bool finite;    /* all that was computed is a number, and no overflow */
  unsigned swaps; /* orders of the operands of max and min that are still to come */
  bool ends;      /* numbers near the ends are tried, too: not of rules that may lose them */
} RuleCasesRun;

static const double float_values[] = {0.0, -0.0, 1, -1, 0.5, 2, -3, 1e-15, 1e15, -1e15, 7.25, NAN,
                                      INFINITY, -INFINITY,
                                      /* from here on constants, and what keeps every bit */
                                      FLT_MAX, -FLT_MAX, 1e-40, -1e-30};
enum { N_FLOATS = sizeof float_values / sizeof *float_values, N_ENDS = 4 };
static const double real_values[] = {0, 1, -1, 0.5, 2, -3, 0.125, 7.25, -0.75};
static const double whole_values[] = {0, 1, -1, 2, -3, 7, 46341, 2147483647.0, -2147483648.0};
static const double bool_values[] = {0, 1};

static double evaluate(RuleCasesRun *c, const Formula *e) {
  if (e->kind == EXPR_NUMBER) return scalar_round(c->dtype, e->number);
  if (e->kind == EXPR_NAME) return c->value[e->name];
  double x[3] = {0};
  bool swap = rule_takes_order(e->op) && (c->swaps & 1);
  if (rule_takes_order(e->op)) c->swaps >>= 1;
  for (int i = 0; i < e->n; i++) x[i] = evaluate(c, e->args[swap ? e->n - 1 - i : i]);
  bool logic = e->op == OP_not || e->op == OP_and || e->op == OP_or;
  DType from = logic ? DT_bool : c->dtype;
  DType to = logic || op_is(e->op, T_COMPARE) ? DT_bool : c->dtype;
  double y = scalar_eval(e->op, from, to, x[0], x[1], x[2]);
  c->finite = c->finite && isfinite(y) && isfinite(x[0]) && isfinite(x[1]) && fabs(y) < 1e12;
  return y;
}

static int kind_of(double x) { return isnan(x) ? 0 : isinf(x) ? (x < 0 ? 1 : 2) : x == 0 ? 3 : 4; }

static bool equal(RuleCasesRun *c, double x, double y, bool finite) {
  if (c->domain == DOMAIN_class) /* rounded otherwise, not another number */
    return kind_of(x) == kind_of(y) && (!isfinite(x) || fabs(x - y) <= 1e-5 * fabs(x));
  if (c->domain == DOMAIN_reals) return !finite || fabs(x - y) <= 1e-6 * (1 + fabs(x) + fabs(y));
  return (isnan(x) && isnan(y)) || (x == y && signbit(x) == signbit(y));
}

/* What a condition asks of the values; constants that are asked for are taken as they are. */
static bool admitted(const RuleCasesRun *c, RuleCondition condition) {
  double a = c->value[EXPR_a], c0 = c->value[EXPR_c0], c1 = c->value[EXPR_c0 + 1];
  bool mild0 = fabs(c0) >= 1e-15 && fabs(c0) <= 1e15, mild1 = fabs(c1) >= 1e-15 && fabs(c1) <= 1e15;
  if (condition == if_finite) return isfinite(a);
  if (condition == if_nonzero) return a < 0 || a > 0;
  if (condition == if_finite_nonzero) return isfinite(a) && a != 0;
  if (condition == if_not_negative) return !(a < 0);
  if (condition == if_positive) return !(a <= 0);
  if (condition == if_no_nan) return !isnan(a);
  if (condition == if_adds) return c0 > 0 && mild0;
  if (condition == if_mild_reciprocal) return mild0;
  int exponent;
  if (condition == if_power_of_two) return mild0 && fabs(frexp(c0, &exponent)) == 0.5;
  if (condition != if_mild_constants) return true;
  return mild0 && mild1 && fabs(c0 * c1) <= 1e15 && fabs(c0 * c1) >= 1e-15 &&
         fabs(c0 / c1) <= 1e15 && fabs(c0 / c1) >= 1e-15;
}

static const double *values_of(const RuleCasesRun *c, int name, int *n) {
  RuleDomain domain = c->domain;
  bool logical = (c->logicals >> name & 1) != 0,
       bits = domain == DOMAIN_f32 || domain == DOMAIN_f64;
  if (logical || domain == DOMAIN_bool) {
    *n = 2;
    return bool_values;
  }
  if (domain == DOMAIN_i32 || domain == DOMAIN_any) {
    *n = (int)(sizeof whole_values / sizeof *whole_values);
    return whole_values;
  }
  bool reals = domain == DOMAIN_reals;
  *n = reals                                  ? (int)(sizeof real_values / sizeof *real_values)
       : c->ends && (bits || name >= EXPR_c0) ? N_FLOATS
                                              : N_FLOATS - N_ENDS;
  return reals ? real_values : float_values;
}

static DType dtype_of(RuleDomain domain) {
  static const DType types[N_RULE_DOMAINS] = {DT_bool, DT_i32, DT_i32, DT_f32,
                                              DT_f64,  DT_f64, DT_f32};
  return types[domain];
}

static bool try_values(RuleCasesRun *c, const RuleRow *row, const Formula *lhs, const Formula *rhs,
                       double *left, double *right, long *tried) {
  if (!admitted(c, row->condition)) return true;
  c->finite = true;
  for (int i = 0; i < N_EXPR_NAMES && row->grade == GRADE_fast; i++)
    if (!isfinite(c->value[i])) return true;
  (*tried)++;
  int orders = rule_orders(row, lhs);
  c->swaps = 0;
  *right = evaluate(c, rhs);
  for (int swaps = 0; swaps < orders; swaps++) {
    c->swaps = (unsigned)swaps;
    *left = evaluate(c, lhs);
    if (!equal(c, *left, *right, c->finite)) return false;
  }
  return true;
}

bool rule_cases(Ctx *ctx, const RuleRow *row, RuleDomain domain, long *tried, Text *wrong) {
  const char *why;
  const Formula *lhs = expr_parse(&ctx->arena, row->lhs, &why),
                *rhs = expr_parse(&ctx->arena, row->rhs, &why);
  unsigned used = expr_names(lhs);
  RuleCasesRun c = {.domain = domain,
                    .ends = row->grade != GRADE_fast,
                    .dtype = dtype_of(domain),
                    .logicals = rule_logicals(lhs, rhs)};
  int at[N_EXPR_NAMES] = {0};
  for (;;) {
    int name = N_EXPR_NAMES, n = 0;
    for (int i = 0; i < N_EXPR_NAMES; i++)
      if (used >> i & 1) c.value[i] = scalar_round(c.dtype, values_of(&c, i, &n)[at[i]]);
    double left = 0, right = 0;
    if (!try_values(&c, row, lhs, rhs, &left, &right, tried)) {
      for (int i = 0; i < N_EXPR_NAMES; i++)
        if (used >> i & 1) text_printf(wrong, "%s = %g, ", rule_name_text(i), c.value[i]);
      text_printf(wrong, "left %g, right %g", left, right);
      return false;
    }
    for (name = 0; name < N_EXPR_NAMES; name++) {
      if (!(used >> name & 1)) continue;
      values_of(&c, name, &n);
      if (++at[name] < n) break;
      at[name] = 0;
    }
    if (name == N_EXPR_NAMES) return true;
  }
}
