#include "passes/rules/prove.h"

#include <math.h>
#include <string.h>

const char *const rule_domain_name[N_RULE_DOMAINS] = {"bool", "any",   "i32",  "f32",
                                                      "f64",  "reals", "class"};

enum {
  IN_bool = 1 << DOMAIN_bool,
  IN_any = 1 << DOMAIN_any,
  IN_i32 = 1 << DOMAIN_i32,
  IN_floats = 1 << DOMAIN_f32 | 1 << DOMAIN_f64 | 1 << DOMAIN_reals | 1 << DOMAIN_class,
  IN_numbers = IN_i32 | IN_floats,
  IN_all = IN_bool | IN_any | IN_numbers
};

/* ---- conditions ------------------------------------------------------------------------------ */

/* What a condition says of a, c0, c1: for reals, and for IEEE numbers. */
typedef struct ConditionText {
  RuleCondition condition;
  unsigned domains;
  const char *reals, *floats;
} ConditionText;

#define MILD(c)                                                                                    \
  "(and (not (fp.isNaN " c ")) (fp.leq TINY (fp.abs " c ")) (fp.leq (fp.abs " c ") HUGE))"
static const ConditionText conditions[] = {
    {NULL, IN_all, NULL, NULL},
    {if_integer, IN_i32, NULL, NULL},
    {if_float, IN_floats, NULL, NULL},
    {if_operands_discrete, IN_all & ~IN_floats, NULL, NULL},
    {if_compares_integers, IN_all & ~IN_floats, NULL, NULL},
    {if_operands_float, IN_floats, NULL, NULL},
    {if_once, IN_all, NULL, NULL},
    {if_after_grad, IN_all, NULL, NULL},
    {if_float_once, IN_floats, NULL, NULL},
    {if_finite, IN_floats, NULL, "(not (or (fp.isNaN a) (fp.isInfinite a)))"},
    {if_nonzero, IN_floats, "(not (= a 0.0))", "(not (or (fp.isNaN a) (fp.isZero a)))"},
    {if_finite_nonzero, IN_floats, "(not (= a 0.0))",
     "(not (or (fp.isNaN a) (fp.isInfinite a) (fp.isZero a)))"},
    {if_not_negative, IN_floats, "(>= a 0.0)", "(or (fp.isNaN a) (fp.geq a ZERO))"},
    {if_positive, IN_floats, "(> a 0.0)", "(or (fp.isNaN a) (fp.gt a ZERO))"},
    {if_no_nan, IN_floats, NULL, "(not (fp.isNaN a))"},
    {if_adds, IN_floats, "(> c0 0.0)", "(and (fp.gt c0 ZERO) " MILD("c0") ")"},
    {if_mild_reciprocal, IN_floats, "(not (= c0 0.0))", MILD("c0")},
    {if_mild_constants, IN_floats, "(not (or (= c0 0.0) (= c1 0.0)))",
     "(and " MILD("c0") MILD("c1") MILD("(fp.mul RNE c0 c1)") MILD("(fp.div RNE c0 c1)") ")"},
    {if_power_of_two, IN_floats, "(not (= c0 0.0))", "(power_of_two c0)"},
};
#undef MILD

static const ConditionText *condition_text(RuleCondition condition) {
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++)
    if (conditions[i].condition == condition) return &conditions[i];
  return NULL;
}

/* ---- ops ------------------------------------------------------------------------------------- */

/* An op's name in a domain, with %s where 'a number of the domain' is meant; NULL: its elements are
 * of no such domain. Names that are not SMT-LIB's are defined in the prelude. */
typedef struct OpText {
  Op op;
  const char *i32, *floats, *reals;
} OpText;
static const OpText op_texts[] = {
    {OP_neg, "bvneg", "fp.neg", "-"},
    {OP_abs, "i_abs", "fp.abs", "r_abs"},
    {OP_sign, "i_sign", "f_sign", "r_sign"},
    {OP_add, "bvadd", "fp.add RNE", "+"},
    {OP_sub, "bvsub", "fp.sub RNE", "-"},
    {OP_mul, "bvmul", "fp.mul RNE", "*"},
    {OP_div, "i_div", "fp.div RNE", "/"},
    {OP_max, "i_max", "f_max", "r_max"},
    {OP_min, "i_min", "f_min", "r_min"},
    {OP_eq, "=", "fp.eq", "="},
    {OP_ne, "distinct", "f_ne", "distinct"},
    {OP_lt, "bvslt", "fp.lt", "<"},
    {OP_le, "bvsle", "fp.leq", "<="},
    {OP_gt, "bvsgt", "fp.gt", ">"},
    {OP_ge, "bvsge", "fp.geq", ">="},
    {OP_floor, NULL, "fp.roundToIntegral RTN", "r_floor"},
    {OP_ceil, NULL, "fp.roundToIntegral RTP", "r_ceil"},
    {OP_round, NULL, "fp.roundToIntegral RNE", "r_round"},
    {OP_is_nan, NULL, "fp.isNaN", NULL},
    {OP_sqrt, NULL, "fp.sqrt RNE", "r_sqrt"},
    {OP_exp, NULL, "f_exp", "r_exp"},
    {OP_log, NULL, NULL, "r_log"},
    {OP_expm1, NULL, NULL, "r_expm1"},
    {OP_log1p, NULL, NULL, "r_log1p"},
    {OP_rsqrt, NULL, "f_rsqrt", "r_rsqrt"},
    {OP_sigmoid, NULL, NULL, "r_sigmoid"},
    {OP_tanh, NULL, NULL, "r_tanh"},
    {OP_cos, NULL, NULL, "r_cos"},
    {OP_pow, NULL, "f_pow", "r_pow"},
    {OP_stop_gradient, "", "", ""},
    {OP_as_sequence, "", "", ""},
    {OP_variable, "", "", ""},
};

static const OpText *op_text(Op op) {
  for (size_t i = 0; i < sizeof op_texts / sizeof *op_texts; i++)
    if (op_texts[i].op == op) return &op_texts[i];
  return NULL;
}

static bool is_logic(Op op) { return op == OP_not || op == OP_and || op == OP_or; }
static bool is_marker(Op op) {
  return op == OP_stop_gradient || op == OP_as_sequence || op == OP_variable;
}

static const char *name_in(const OpText *t, RuleDomain domain) {
  if (!t) return NULL;
  return domain == DOMAIN_i32 ? t->i32 : domain == DOMAIN_reals ? t->reals : t->floats;
}

/* ---- sorts: which names are truth values ----------------------------------------------------- */

/* A formula at a place of truth values, or of the domain's elements. */
static void sort_names(const Formula *e, bool logical, unsigned *logicals) {
  if (e->kind == EXPR_NAME && logical) *logicals |= 1u << e->name;
  if (e->kind != EXPR_CALL) return;
  for (int i = 0; i < e->n; i++) {
    bool part = is_logic(e->op) || (e->op == OP_where && !i) ||
                ((e->op == OP_where || is_marker(e->op)) && logical);
    sort_names(e->args[i], part, logicals);
  }
}

static bool gives_logic(const Formula *e, unsigned logicals) {
  if (e->kind == EXPR_NAME) return (logicals >> e->name & 1) != 0;
  if (e->kind == EXPR_NUMBER) return e->logical;
  if (e->op == OP_where) return gives_logic(e->args[1], logicals);
  if (is_marker(e->op)) return gives_logic(e->args[0], logicals);
  return is_logic(e->op) || op_is(e->op, T_COMPARE);
}

unsigned rule_logicals(const Formula *lhs, const Formula *rhs) {
  unsigned logicals = 0;
  sort_names(lhs, false, &logicals);
  sort_names(rhs, gives_logic(lhs, logicals), &logicals);
  return logicals;
}

/* The domains whose elements all ops of a formula take. */
static unsigned domains_of(const Formula *e) {
  unsigned in = IN_all;
  if (e->kind == EXPR_NUMBER) {
    bool whole = isfinite(e->number) && e->number == floor(e->number);
    if (e->logical) return IN_all;
    return whole ? IN_numbers : isfinite(e->number) ? IN_floats : IN_floats & ~(1u << DOMAIN_reals);
  }
  if (e->kind == EXPR_NAME) return IN_all;
  if (e->op != OP_where && !is_logic(e->op) && !is_marker(e->op)) {
    const OpText *t = op_text(e->op);
    in = IN_floats & ~(t && t->floats ? 0 : IN_floats & ~(1u << DOMAIN_reals)) &
         ~(t && t->reals ? 0 : 1u << DOMAIN_reals);
    if (t && t->i32) in |= IN_i32;
  }
  for (int i = 0; i < e->n; i++) in &= domains_of(e->args[i]);
  return in;
}

/* ---- texts ----------------------------------------------------------------------------------- */

typedef struct Smt {
  Ctx *ctx;
  RuleDomain domain;
  unsigned logicals;
  unsigned swaps;    /* orders of the operands of max and min that are still to come */
  bool laws, finite; /* finite: that is all that the rule is for */
  Text defined;      /* reals: where both sides are defined, and laws about what they are made of */
  VEC(const char *) exps; /* arguments of exp so far */
} Smt;

static bool of_floats(RuleDomain d) {
  return d == DOMAIN_f32 || d == DOMAIN_f64 || d == DOMAIN_class;
}

static const char *sort_of(RuleDomain d) {
  static const char *const sorts[N_RULE_DOMAINS] = {"Bool",
                                                    "Any",
                                                    "(_ BitVec 32)",
                                                    "(_ FloatingPoint 8 24)",
                                                    "(_ FloatingPoint 11 53)",
                                                    "Real",
                                                    "(_ FloatingPoint 8 24)"};
  return sorts[d];
}

/* Exactly: a whole number, times or through a power of two ('%.0f' writes all digits of both). */
static const char *real_text(Ctx *ctx, double v) {
  int power;
  double whole = ldexp(frexp(fabs(v), &power), 53);
  power -= 53;
  const char *size = floor(v) == v    ? ctx_printf(ctx, "%.1f", fabs(v))
                     : power >= -1000 ? ctx_printf(ctx, "(/ %.1f %.1f)", whole, ldexp(1, -power))
                                      : ctx_printf(ctx, "(/ %.1f (* %.1f %.1f))", whole,
                                                   ldexp(1, 1000), ldexp(1, -power - 1000));
  return v < 0 ? ctx_printf(ctx, "(- %s)", size) : size;
}

static const char *number_text(Smt *s, const Formula *e) {
  double v = e->number;
  if (e->logical) return v != 0 ? "true" : "false";
  if (s->domain == DOMAIN_i32) return ctx_printf(s->ctx, "#x%08x", (unsigned)(int32_t)v);
  if (s->domain == DOMAIN_reals) return real_text(s->ctx, v);
  const char *bits = s->domain == DOMAIN_f64 ? "11 53" : "8 24";
  if (isnan(v)) return ctx_printf(s->ctx, "(_ NaN %s)", bits);
  if (isinf(v)) return ctx_printf(s->ctx, "(_ %coo %s)", v < 0 ? '-' : '+', bits);
  if (v == 0) return ctx_printf(s->ctx, "(_ %czero %s)", signbit(v) ? '-' : '+', bits);
  return ctx_printf(s->ctx, "((_ to_fp %s) RNE %s)", bits, real_text(s->ctx, v));
}

static const char *const names[N_EXPR_NAMES] = {"a",  "b",  "c",  "y",  "g",  "c0", "c1", "c2",
                                                "c3", "c4", "c5", "c6", "c7", "c8", "c9"};

const char *rule_name_text(int name) { return names[name]; }

/* The laws of exp for what stands in the rule: of sums and differences of its arguments. */
static void exp_laws(Smt *s, const char *t) {
  Text *d = &s->defined;
  text_printf(d, "(assert (> (r_exp %s) 0.0)) (assert (= (r_log (r_exp %s)) %s))\n", t, t, t);
  text_printf(d, "(assert (= (* (r_exp %s) (r_exp (- %s))) 1.0))\n", t, t);
  for (uint32_t i = 0; i < s->exps.len; i++) {
    const char *u = s->exps.data[i];
    text_printf(d, "(assert (= (* (r_exp %s) (r_exp %s)) (r_exp (+ %s %s))))\n", u, t, u, t);
    text_printf(d, "(assert (= (* (r_exp (- %s %s)) (r_exp %s)) (r_exp %s)))\n", u, t, t, u);
  }
  vec_push(&s->ctx->arena, &s->exps, t);
}

/* Where an op of real numbers is defined, and what is known of it there. */
static void real_laws(Smt *s, Op op, const char *x, const char *y) {
  Text *d = &s->defined;
  switch (op) {
  case OP_div:
    text_printf(d, "(assert (not (= %s 0.0)))\n", y);
    break;
  case OP_exp:
  case OP_expm1:
    exp_laws(s, x);
    break;
  case OP_sigmoid:
    exp_laws(s, ctx_printf(s->ctx, "(- %s)", x));
    break;
  case OP_log:
    text_printf(d, "(assert (> %s 0.0)) (assert (= (r_exp (r_log %s)) %s))\n", x, x, x);
    break;
  case OP_log1p:
    text_printf(d, "(assert (> (+ 1.0 %s) 0.0))\n", x);
    text_printf(d, "(assert (= (r_exp (r_log (+ 1.0 %s))) (+ 1.0 %s)))\n", x, x);
    break;
  case OP_sqrt:
  case OP_rsqrt:
    text_printf(d, "(assert (%s %s 0.0)) (assert (>= (r_sqrt %s) 0.0))\n",
                op == OP_sqrt ? ">=" : ">", x, x);
    text_printf(d, "(assert (= (* (r_sqrt %s) (r_sqrt %s)) %s))\n", x, x, x);
    break;
  case OP_cos:
    text_printf(d, "(assert (= (r_cos %s) (r_cos (- %s))))\n", x, x);
    break;
  default:
    break;
  }
}

/* Powers are defined by what their exponent is; of others only what holds for all. */
static const char *power(Smt *s, const Formula *e, const char *x, const char *y) {
  double n = e->args[1]->kind == EXPR_NUMBER ? e->args[1]->number : NAN;
  if (s->domain != DOMAIN_reals) {
    text_printf(&s->defined, "(assert (pow_laws %s %s (f_pow %s %s)))\n", x, y, x, y);
    return ctx_printf(s->ctx, "(f_pow %s %s)", x, y);
  }
  if (n == 0.5 || n == -0.5) real_laws(s, n > 0 ? OP_sqrt : OP_rsqrt, x, NULL);
  if (n < 0) text_printf(&s->defined, "(assert (not (= %s 0.0)))\n", x);
  if (fabs(n) == 0.5) return ctx_printf(s->ctx, n > 0 ? "(r_sqrt %s)" : "(/ 1.0 (r_sqrt %s))", x);
  if (n == floor(n) && fabs(n) <= 8) {
    const char *product = "1.0";
    for (int i = 0; i < fabs(n); i++) product = ctx_printf(s->ctx, "(* %s %s)", product, x);
    return n < 0 ? ctx_printf(s->ctx, "(/ 1.0 %s)", product) : product;
  }
  text_printf(&s->defined, "(assert (=> (= %s 1.0) (= (r_pow %s %s) 1.0)))\n", x, x, y);
  return ctx_printf(s->ctx, "(r_pow %s %s)", x, y);
}

/* A product or quotient of which the laws of signs and of 1 are known. */
static const char *by_laws(Smt *s, bool product, const char *x, const char *y) {
  const char *f = product ? "l_mul" : "l_div", *neg = s->domain == DOMAIN_i32 ? "bvneg" : "fp.neg";
  Text *d = &s->defined;
  const char *z = ctx_printf(s->ctx, "(%s %s %s)", f, x, y);
  text_printf(d, "(assert (= (%s (%s %s) %s) (%s %s)))\n", f, neg, x, y, neg, z);
  text_printf(d, "(assert (= (%s %s (%s %s)) (%s %s)))\n", f, x, neg, y, neg, z);
  text_printf(d, "(assert (= (%s (%s %s) (%s %s)) %s))\n", f, neg, x, neg, y, z);
  text_printf(d, "(assert (=> (= %s ONE) (= %s %s)))\n", y, z, x);
  text_printf(d, "(assert (=> (= %s (%s ONE)) (= %s (%s %s))))\n", y, neg, z, neg, x);
  if (product) text_printf(d, "(assert (= (%s %s %s) %s))\n", f, y, x, z);
  return z;
}

static const char *formula_text(Smt *s, const Formula *e) {
  if (e->kind == EXPR_NUMBER) return number_text(s, e);
  if (e->kind == EXPR_NAME) return names[e->name];
  const char *args[3] = {"", "", ""};
  bool swap = rule_takes_order(e->op) && (s->swaps & 1);
  if (rule_takes_order(e->op)) s->swaps >>= 1;
  for (int i = 0; i < e->n; i++) args[i] = formula_text(s, e->args[swap ? e->n - 1 - i : i]);
  if (is_marker(e->op)) return args[0];
  if (e->op == OP_pow) return power(s, e, args[0], args[1]);
  const char *name = e->op == OP_where ? "ite"
                     : e->op == OP_not ? "not"
                     : e->op == OP_and ? "and"
                     : e->op == OP_or  ? "or"
                                       : name_in(op_text(e->op), s->domain);
  if (s->laws && (e->op == OP_mul || e->op == OP_div))
    return by_laws(s, e->op == OP_mul, args[0], args[1]);
  if (s->domain == DOMAIN_reals) real_laws(s, e->op, args[0], args[1]);
  if (of_floats(s->domain) && e->op == OP_exp)
    text_printf(&s->defined,
                "(assert (or (fp.isNaN (f_exp %s)) (not (fp.isNegative (f_exp %s)))))\n", args[0],
                args[0]);
  return ctx_printf(s->ctx, "(%s %s %s %s)", name, args[0], args[1], args[2]);
}

/* ---- checks ---------------------------------------------------------------------------------- */

/* An element of the domain: what its declaration has to be like. */
static void declare(Smt *s, unsigned used, Text *out) {
  for (int i = 0; i < N_EXPR_NAMES; i++) {
    if (!(used >> i & 1)) continue;
    bool logical = (s->logicals >> i & 1) != 0;
    text_printf(out, "(declare-const %s %s)\n", names[i], logical ? "Bool" : sort_of(s->domain));
    if (of_floats(s->domain) && s->finite && !logical)
      text_printf(out, "(assert (not (or (fp.isNaN %s) (fp.isInfinite %s))))\n", names[i],
                  names[i]);
    if (s->domain == DOMAIN_class && !logical && i < EXPR_c0) /* constants are what they are */
      text_printf(out, "(assert (admitted %s))\n", names[i]);
  }
}

static void declare_laws(RuleDomain d, Text *out) {
  const char *sort = sort_of(d), *one = d == DOMAIN_i32   ? "#x00000001"
                                        : d == DOMAIN_f64 ? "((_ to_fp 11 53) RNE 1.0)"
                                                          : "((_ to_fp 8 24) RNE 1.0)";
  text_printf(out, "(define-fun ONE () %s %s)\n", sort, one);
  text_printf(out, "(declare-fun l_mul (%s %s) %s) (declare-fun l_div (%s %s) %s)\n", sort, sort,
              sort, sort, sort, sort);
}

static const char *check_text(Ctx *ctx, const RuleRow *row, RuleDomain domain, bool laws,
                              unsigned swaps, const Formula *lhs, const Formula *rhs,
                              unsigned logicals) {
  Smt s = {.laws = laws,
           .swaps = swaps,
           .finite = row->grade == GRADE_fast,
           .ctx = ctx,
           .domain = domain,
           .logicals = logicals,
           .defined = text_new(&ctx->arena)};
  Text out = text_new(&ctx->arena);
  const ConditionText *condition = condition_text(row->condition);
  declare(&s, expr_names(lhs) | expr_names(rhs), &out);
  const char *floats = domain == DOMAIN_f64 ? "64" : "32";
  if (of_floats(domain)) {
    text_printf(&out, "(define-fun ZERO () F%s (_ +zero %s))\n", floats,
                domain == DOMAIN_f64 ? "11 53" : "8 24");
    text_printf(&out, "(define-fun TINY () F%s tiny%s) (define-fun HUGE () F%s huge%s)\n", floats,
                floats, floats, floats);
  }
  if (laws) declare_laws(domain, &out);
  const char *given = domain == DOMAIN_reals ? condition->reals
                      : of_floats(domain)    ? condition->floats
                                             : NULL;
  if (given) text_printf(&out, "(assert %s)\n", given);
  const char *left = formula_text(&s, lhs);
  s.swaps = 0;
  const char *right = formula_text(&s, rhs);
  text_puts(&out, text_str(&s.defined));
  bool classes = domain == DOMAIN_class && !gives_logic(lhs, logicals);
  text_printf(&out, classes ? "(assert (not (same_class %s %s)))\n" : "(assert (not (= %s %s)))\n",
              left, right);
  return text_str(&out);
}

/* The domains in which a rule is asked about. */
static unsigned asked(const RuleRow *row, const Formula *lhs, const Formula *rhs,
                      unsigned logicals) {
  const ConditionText *condition = condition_text(row->condition);
  unsigned in = domains_of(lhs) & domains_of(rhs) & condition->domains;
  unsigned used = expr_names(lhs) | expr_names(rhs);
  if (!(used & ~logicals)) return IN_bool; /* no name is an element of a type */
  if (in & IN_any) return row->condition == if_operands_discrete ? IN_i32 | IN_bool : IN_any;
  in &= ~(unsigned)IN_bool;
  bool reals = (in & 1u << DOMAIN_reals) && row->grade != GRADE_exact;
  if (row->grade == GRADE_exact || (row->grade == GRADE_fast && !reals))
    in &= ~(1u << DOMAIN_reals | 1u << DOMAIN_class);
  else
    in &= ~(1u << DOMAIN_f32 | 1u << DOMAIN_f64);
  if (row->grade == GRADE_fast && reals) in &= ~(1u << DOMAIN_class);
  return in;
}

static bool multiplies(const Formula *e) {
  bool any = e->kind == EXPR_CALL && (e->op == OP_mul || e->op == OP_div);
  for (int i = 0; e->kind == EXPR_CALL && i < e->n && !any; i++) any = multiplies(e->args[i]);
  return any;
}

bool rule_takes_order(Op op) { return op == OP_max || op == OP_min; }

int rule_orders(const RuleRow *row, const Formula *lhs) {
  int orders = lhs->kind == EXPR_CALL && rule_takes_order(lhs->op) ? 2 : 1;
  for (int i = 0; i < lhs->n && row->grade == GRADE_exact; i++)
    orders *= rule_orders(row, lhs->args[i]);
  return row->grade == GRADE_exact ? orders : 1;
}

bool rule_op_known(Op op) {
  const OpText *t = op_text(op);
  return op == OP_where || is_logic(op) || (t && !is_marker(op) && (t->floats || t->reals));
}

bool rule_op_whole(Op op) {
  const OpText *t = op_text(op);
  return op == OP_where || is_logic(op) || (t && t->i32);
}

unsigned rule_domains(Ctx *ctx, const RuleRow *row) {
  const char *why;
  if (row->fn || !condition_text(row->condition)) return 0;
  const Formula *lhs = expr_parse(&ctx->arena, row->lhs, &why),
                *rhs = lhs ? expr_parse(&ctx->arena, row->rhs, &why) : NULL;
  return rhs ? asked(row, lhs, rhs, rule_logicals(lhs, rhs)) : 0;
}

bool rule_rounds_unasked(const RuleRow *row, unsigned domains) {
  return row->grade == GRADE_rounds && (domains >> DOMAIN_reals & 1) &&
         !(domains >> DOMAIN_class & 1);
}

RuleChecks rule_checks(Ctx *ctx, const RuleRow *row, const char **why) {
  RuleChecks out = {0};
  *why = NULL;
  if (row->fn)
    *why = "a function in C, whose text is for readers";
  else if (!condition_text(row->condition))
    *why = "the prover does not know its condition";
  if (*why) return out;
  const Formula *lhs = expr_parse(&ctx->arena, row->lhs, why),
                *rhs = lhs ? expr_parse(&ctx->arena, row->rhs, why) : NULL;
  if (!rhs) return out;
  unsigned logicals = rule_logicals(lhs, rhs), in = asked(row, lhs, rhs, logicals);
  int orders = rule_orders(row, lhs);
  for (int k = 0; k < N_RULE_DOMAINS * orders; k++) {
    RuleDomain d = (RuleDomain)(k / orders);
    unsigned swaps = (unsigned)(k % orders);
    if (!(in >> d & 1) || (swaps && !of_floats(d))) continue;
    for (int laws = d == DOMAIN_i32 || of_floats(d); laws >= 0; laws--) {
      RuleCheck check = {d, check_text(ctx, row, d, laws, swaps, lhs, rhs, logicals),
                         expr_names(lhs) | expr_names(rhs), laws};
      if (!laws || multiplies(lhs) || multiplies(rhs)) vec_push(&ctx->arena, &out, check);
    }
  }
  if (!out.len) *why = "an op that the prover does not know";
  return out;
}
