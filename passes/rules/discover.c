#include "passes/rules/discover.h"

#include <math.h>
#include <string.h>

#include "base/map.h"
#include "base/threefry.h"
#include "ir/cost.h"
#include "ir/scalar.h"
#include "passes/rules/prove.h"

/* The points, in this order. */
enum {
  N_SIGNED = 48, /* reals of both signs, no two alike */
  N_POSITIVE = 16,
  N_TIES = 16, /* reals that are often equal, 0 or 1 */
  N_WHOLE = 16,
  AT_POSITIVE = N_SIGNED,
  AT_TIES = AT_POSITIVE + N_POSITIVE,
  AT_WHOLE = AT_TIES + N_TIES,
  N_POINTS = AT_WHOLE + N_WHOLE
};

/* Kinds of points at which two expressions may agree. */
typedef enum PointKind {
  POINTS_reals,
  POINTS_distinct, /* without ties and zeros */
  POINTS_a_positive,
  POINTS_positive,
  POINTS_whole,
  N_POINT_KINDS
} PointKind;

enum { MOST_OPERANDS = 3 };

typedef struct RuleTerm {
  const Formula *leaf; /* or NULL: */
  Op op;
  uint32_t args[MOST_OPERANDS];
  uint8_t size, n;
  bool logical, constant, whole; /* constant: no operands in it; whole: it has values of 32 bits */
  double cost;
  uint32_t nodes;
  double *values; /* NULL when nothing is made of it any more */
} RuleTerm;

typedef struct RuleFinder {
  Ctx *ctx;
  const DiscoverOptions *options;
  VEC(RuleTerm) terms;
  VEC(uint32_t) made_of;  /* terms with values of their own, by size */
  VEC(uint32_t) first_of; /* by size: where they begin there */
  Map best[N_POINT_KINDS];
  double names[N_EXPR_NAMES][N_POINTS];
  Map seen; /* pairs, by text */
  Discovery out;
} RuleFinder;

/* ---- points ---------------------------------------------------------------------------------- */

static double uniform(uint64_t seed, uint32_t i, uint32_t stream) {
  return threefry_block(seed, i, stream).word[0] / 4294967296.0;
}

static double point(uint64_t seed, int name, int p) {
  static const double ties[] = {0, 1, -1, 2, 0.5, -0.75};
  static const double extremes[] = {2147483647.0, -2147483648.0, 65536, -40000};
  double u = uniform(seed, (uint32_t)p, (uint32_t)name), size = 0.2 + 2.8 * u;
  bool odd = uniform(seed, (uint32_t)p, (uint32_t)name + N_EXPR_NAMES) < 0.5;
  if (p < AT_POSITIVE) return odd ? -size : size;
  if (p < AT_TIES) return size;
  if (p < AT_WHOLE) return ties[(int)(u * 6)];
  if (p < AT_WHOLE + 4) return extremes[(int)(u * 4)];
  return floor(u * 12) - 4;
}

static bool is_truth(int name) { return name == EXPR_y || name == EXPR_g; }

static void draw_points(RuleFinder *f) {
  for (int name = 0; name < N_EXPR_NAMES; name++)
    for (int p = 0; p < N_POINTS; p++) {
      double x = point(f->options->seed, name, p);
      f->names[name][p] =
          is_truth(name) ? uniform(f->options->seed + 1, (uint32_t)p, (uint32_t)name) < 0.5 : x;
    }
}

static bool has_point(const RuleFinder *f, PointKind kind, int p) {
  switch (kind) {
  case POINTS_reals:
    return p < AT_WHOLE;
  case POINTS_distinct:
    return p < AT_TIES;
  case POINTS_a_positive:
    return p < AT_TIES && f->names[EXPR_a][p] > 0;
  case POINTS_positive:
    return p >= AT_POSITIVE && p < AT_TIES;
  default:
    return p >= AT_WHOLE;
  }
}

/* About nine digits of a number, so that roundings do not tell two values apart. */
static uint64_t digits(double x) {
  enum { BITS = 30 };
  int exponent;
  if (isnan(x)) return 1;
  if (isinf(x)) return x < 0 ? 2 : 3;
  if (fabs(x) < 1e-9) return 4;
  int64_t mantissa = llround(ldexp(frexp(x, &exponent), BITS));
  if (mantissa == INT64_C(1) << BITS || mantissa == -(INT64_C(1) << BITS))
    mantissa /= 2, exponent++;
  return (uint64_t)mantissa * 4096 + (uint64_t)(exponent + 2048) + 5;
}

/* Of a term's values at the points of a kind; 0: it has none there. */
static uint64_t fingerprint(const RuleFinder *f, const RuleTerm *t, PointKind kind,
                            const double *values) {
  uint64_t key = t->logical ? 0x9E3779B97F4A7C15u : 0xD1B54A32D192ED03u;
  bool any = false;
  if (kind == POINTS_whole && !t->whole) return 0;
  for (int p = 0; p < N_POINTS; p++) {
    if (!has_point(f, kind, p)) continue;
    any = any || !isnan(values[p]);
    key = (key ^ digits(values[p])) * 0xff51afd7ed558ccdu;
    key ^= key >> 32;
  }
  return any ? key : 0;
}

/* ---- expressions as text --------------------------------------------------------------------- */

typedef struct TermNames {
  int to[N_EXPR_NAMES]; /* -1: not met yet */
  int letters, constants;
} TermNames;

static void name_term(const RuleFinder *f, uint32_t at, TermNames *names) {
  const RuleTerm *t = &f->terms.data[at];
  for (int i = 0; i < t->n; i++) name_term(f, t->args[i], names);
  if (!t->leaf || t->leaf->kind != EXPR_NAME) return;
  int *to = &names->to[t->leaf->name];
  if (*to >= 0) return;
  if (t->leaf->name >= EXPR_c0)
    *to = EXPR_c0 + names->constants++;
  else
    *to = names->letters++;
}

static TermNames names_of(const RuleFinder *f, uint32_t left) {
  TermNames names = {.letters = EXPR_a};
  for (int i = 0; i < N_EXPR_NAMES; i++) names.to[i] = -1;
  name_term(f, left, &names);
  return names;
}

enum { BINDS_compare, BINDS_sum, BINDS_product, BINDS_sign, BINDS_call };

static int binding(Op op) {
  if (op_is(op, T_COMPARE)) return BINDS_compare;
  if (op == OP_add || op == OP_sub) return BINDS_sum;
  if (op == OP_mul || op == OP_div) return BINDS_product;
  return op == OP_neg ? BINDS_sign : BINDS_call;
}

static const char *infix(Op op) {
  static const struct {
    Op op;
    const char *text;
  } signs[] = {{OP_add, "+"}, {OP_sub, "-"}, {OP_mul, "*"}, {OP_div, "/"}, {OP_eq, "=="},
               {OP_ne, "!="}, {OP_lt, "<"},  {OP_le, "<="}, {OP_gt, ">"},  {OP_ge, ">="}};
  for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
    if (signs[i].op == op) return signs[i].text;
  return NULL;
}

static void put_leaf(const Formula *leaf, const TermNames *names, Text *out) {
  if (leaf->kind == EXPR_NAME)
    text_puts(out, rule_name_text(names->to[leaf->name]));
  else if (leaf->logical)
    text_puts(out, leaf->number != 0 ? "true" : "false");
  else
    text_double(out, leaf->number);
}

/* least: how strongly the term has to bind to stand without parentheses. */
static void put_term(const RuleFinder *f, uint32_t at, const TermNames *names, int least,
                     Text *out) {
  const RuleTerm *t = &f->terms.data[at];
  if (t->leaf) {
    put_leaf(t->leaf, names, out);
    return;
  }
  int binds = binding(t->op);
  const char *sign = infix(t->op);
  if (binds == BINDS_call) {
    text_printf(out, "%s(", op_info[t->op].name);
    for (int i = 0; i < t->n; i++) {
      text_puts(out, i ? ", " : "");
      put_term(f, t->args[i], names, BINDS_compare, out);
    }
    text_putc(out, ')');
    return;
  }
  if (binds < least) text_putc(out, '(');
  if (sign) {
    put_term(f, t->args[0], names, binds == BINDS_compare ? BINDS_sum : binds, out);
    text_printf(out, " %s ", sign);
  } else {
    text_putc(out, '-');
  }
  put_term(f, t->args[t->n - 1], names, binds + 1, out);
  if (binds < least) text_putc(out, ')');
}

static const char *term_text(const RuleFinder *f, uint32_t at, const TermNames *names) {
  Text out = text_new(&f->ctx->arena);
  put_term(f, at, names, BINDS_compare, &out);
  return text_str(&out);
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* The name that stands where 'a' does becomes that of 'slot', and the other way round. */
static TermNames exchanged(const TermNames *names, int slot) {
  TermNames out = *names;
  for (int i = 0; i < EXPR_c0; i++)
    if (out.to[i] == EXPR_a) out.to[i] = names->to[slot];
  out.to[slot] = EXPR_a;
  return out;
}

/* Whether a rule of these texts takes for truth values what is one here: it has no other types than
 * those that its ops say. */
static bool says_types(const RuleFinder *f, const RulePair *pair, const TermNames *names) {
  const char *why;
  const Formula *lhs = expr_parse(&f->ctx->arena, pair->lhs[0], &why),
                *rhs = expr_parse(&f->ctx->arena, pair->rhs[0], &why);
  unsigned logicals = rule_logicals(lhs, rhs);
  for (int i = 0; i < N_EXPR_NAMES; i++)
    if (names->to[i] >= 0 && (logicals >> names->to[i] & 1) != is_truth(i)) return false;
  return true;
}

static bool binds_names(const TermNames *left, const RuleFinder *f, uint32_t right) {
  TermNames names = *left;
  name_term(f, right, &names);
  return names.letters == left->letters && names.constants == left->constants;
}

static void note_pair(RuleFinder *f, uint32_t left, uint32_t right) {
  TermNames names = names_of(f, left);
  if (!binds_names(&names, f, right)) return;
  RulePair pair = {.ways = 1};
  pair.lhs[0] = term_text(f, left, &names);
  pair.rhs[0] = term_text(f, right, &names);
  Str text = ctx_str(f->ctx, ctx_printf(f->ctx, "%s => %s", pair.lhs[0], pair.rhs[0]));
  uint32_t before;
  if (map_get(&f->seen, text.i, &before)) return;
  map_set(&f->ctx->arena, &f->seen, text.i, 1);
  if (!says_types(f, &pair, &names)) return;
  for (int slot = 0; slot < EXPR_c0 && pair.ways < MOST_PAIR_WAYS; slot++) {
    if (is_truth(slot) || names.to[slot] <= EXPR_a) continue;
    TermNames other = exchanged(&names, slot);
    pair.lhs[pair.ways] = term_text(f, left, &other);
    pair.rhs[pair.ways++] = term_text(f, right, &other);
  }
  vec_push(&f->ctx->arena, &f->out.pairs, pair);
}

static bool cheaper(const RuleTerm *a, const RuleTerm *b) {
  return a->cost != b->cost ? a->cost < b->cost : a->nodes < b->nodes;
}

/* Compares the last term with the cheapest of the same values at each kind of points. True when
 * its values as reals are new. */
static bool compare(RuleFinder *f, const double *values) {
  uint32_t at = f->terms.len - 1, best;
  bool fresh = false;
  for (int kind = 0; kind < N_POINT_KINDS; kind++) {
    uint64_t key = fingerprint(f, &f->terms.data[at], (PointKind)kind, values);
    if (!key) continue;
    if (!map_get(&f->best[kind], key, &best)) {
      map_set(&f->ctx->arena, &f->best[kind], key, at);
      fresh = fresh || kind == POINTS_reals;
      continue;
    }
    const RuleTerm *now = &f->terms.data[at], *old = &f->terms.data[best];
    if (cheaper(old, now)) {
      note_pair(f, at, best);
    } else if (cheaper(now, old)) {
      note_pair(f, best, at);
      map_set(&f->ctx->arena, &f->best[kind], key, at);
    }
  }
  return fresh;
}

/* ---- making ---------------------------------------------------------------------------------- */

/* What an op of real or whole numbers, or of truth values, gives; NaN where a part has no value. */
static void compute(const RuleFinder *f, const RuleTerm *t, double *values) {
  const double *args[3] = {NULL, NULL, NULL};
  for (int i = 0; i < t->n; i++) args[i] = f->terms.data[t->args[i]].values;
  bool logic = t->op == OP_not || t->op == OP_and || t->op == OP_or;
  for (int p = 0; p < N_POINTS; p++) {
    DType number = p >= AT_WHOLE ? DT_i32 : DT_f64;
    double x[3] = {0};
    bool defined = p < AT_WHOLE || t->whole;
    for (int i = 0; i < t->n; i++) {
      x[i] = args[i][p];
      defined = defined && !isnan(x[i]);
    }
    values[p] = defined ? scalar_eval(t->op, logic ? DT_bool : number,
                                      t->logical ? DT_bool : number, x[0], x[1], x[2])
                        : NAN;
  }
}

/* Whether the op takes terms of these kinds as operands, and makes something new of them. */
static bool describe(const RuleFinder *f, RuleTerm *t) {
  bool logic = t->op == OP_not || t->op == OP_and || t->op == OP_or, fixed = true;
  t->logical = logic || op_is(t->op, T_COMPARE) || t->op == OP_is_nan;
  t->constant = true;
  t->whole = rule_op_whole(t->op);
  t->cost = (double)op_flops(t->op);
  t->nodes = 1;
  for (int i = 0; i < t->n; i++) {
    const RuleTerm *a = &f->terms.data[t->args[i]];
    bool branch = t->op == OP_where && i;
    if (branch ? a->logical != f->terms.data[t->args[1]].logical
               : a->logical != (logic || t->op == OP_where))
      return false;
    if (branch) t->logical = a->logical;
    fixed = fixed && a->leaf && a->leaf->kind == EXPR_NUMBER;
    t->constant = t->constant && a->constant;
    t->whole = t->whole && a->whole;
    t->cost += a->cost;
    t->nodes += a->nodes;
  }
  if (t->constant) t->cost = 0, t->nodes = 1; /* done when it is compiled */
  return !fixed;
}

static bool full(RuleFinder *f) {
  f->out.cut = f->out.expressions >= f->options->most;
  return f->out.cut;
}

static void take_term(RuleFinder *f, RuleTerm *t) {
  double values[N_POINTS];
  if (full(f) || !describe(f, t)) return;
  compute(f, t, values);
  f->out.expressions++;
  vec_push(&f->ctx->arena, &f->terms, *t);
  if (!compare(f, values)) return;
  f->out.values++;
  if (t->size >= f->options->size) return;
  f->terms.data[f->terms.len - 1].values = arena_copy(&f->ctx->arena, values, sizeof values);
  vec_push(&f->ctx->arena, &f->made_of, f->terms.len - 1);
}

static void take_leaf(RuleFinder *f, const Formula *leaf) {
  double values[N_POINTS];
  bool number = leaf->kind == EXPR_NUMBER;
  RuleTerm t = {.leaf = leaf, .nodes = 1};
  t.logical = number ? leaf->logical : is_truth(leaf->name);
  t.constant = number || leaf->name >= EXPR_c0;
  t.whole = !number || leaf->number == floor(leaf->number);
  for (int p = 0; p < N_POINTS; p++) values[p] = number ? leaf->number : f->names[leaf->name][p];
  vec_push(&f->ctx->arena, &f->terms, t);
  if (!compare(f, values)) return;
  f->terms.data[f->terms.len - 1].values = arena_copy(&f->ctx->arena, values, sizeof values);
  vec_push(&f->ctx->arena, &f->made_of, f->terms.len - 1);
}

/* All choices of operands behind the first 'given' ones, with 'left' ops among them. */
static void choose_operands(RuleFinder *f, RuleTerm *t, int given, int left) {
  if (given == t->n || given == MOST_OPERANDS) {
    if (!left) take_term(f, t);
    return;
  }
  bool last = given == t->n - 1, pair = t->n == 2 && op_is(t->op, T_COMMUTES);
  for (int size = last ? left : 0; size <= left; size++) {
    uint32_t end = f->first_of.data[size + 1];
    for (uint32_t i = f->first_of.data[size]; i < end && !full(f); i++) {
      t->args[given] = f->made_of.data[i];
      if (last && pair && t->args[1] < t->args[0]) continue;
      choose_operands(f, t, given + 1, left - size);
    }
  }
}

Discovery rules_discover(Ctx *ctx, const DiscoverOptions *options) {
  RuleFinder f = {.ctx = ctx, .options = options};
  draw_points(&f);
  vec_push(&ctx->arena, &f.first_of, 0);
  for (uint32_t i = 0; i < options->leaves.len; i++) take_leaf(&f, options->leaves.data[i]);
  for (int size = 1; size <= options->size; size++) {
    vec_push(&ctx->arena, &f.first_of, f.made_of.len);
    for (uint32_t i = 0; i < MOST_OPERANDS * options->ops.len;
         i++) { /* -a before 0 - a: fewer operands first */
      Op op = options->ops.data[i % options->ops.len];
      if (op_info[op].arity_max != 1 + (int)(i / options->ops.len)) continue;
      RuleTerm t = {.op = op, .size = (uint8_t)size, .n = (uint8_t)op_info[op].arity_max};
      choose_operands(&f, &t, 0, size - 1);
    }
  }
  return f.out;
}
