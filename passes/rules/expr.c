/* Formulas: a recursive-descent reader, a type guess for numbers, a builder, a printer.
 *
 * The only subtle part is which type a number gets. value_type looks for a named operand in the
 * places that share the number's type: both sides of an operator, both branches of where, both
 * sides of a comparison (whose own type is bool and says nothing). Where nothing is named, the type
 * wanted from above is taken.
 */
#include "passes/rules/expr.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

typedef struct FormulaParser {
  Arena *arena;
  const Ctx *customs; /* whose plug-ins' ops may be called; NULL: none */
  const char *text, *at, *why;
} FormulaParser;

static const Formula *comparison(FormulaParser *p);

static const Formula *fail(FormulaParser *p, const char *format, const char *what) {
  if (!p->why)
    p->why = arena_printf(p->arena, "formula '%s', column %d: %s", p->text,
                          (int)(p->at - p->text) + 1, arena_printf(p->arena, format, what));
  return NULL;
}

static void skip(FormulaParser *p) {
  while (isspace((unsigned char)*p->at)) p->at++;
}

static bool eat(FormulaParser *p, const char *token) {
  skip(p);
  size_t n = strlen(token);
  if (strncmp(p->at, token, n)) return false;
  p->at += n;
  return true;
}

static const Formula *call(FormulaParser *p, Op op, int n, const Formula *const *args) {
  Formula *e = arena_new(p->arena, Formula);
  e->kind = EXPR_CALL;
  e->op = op;
  e->n = n;
  for (int i = 0; i < n; i++) {
    if (!args[i]) return NULL;
    e->args[i] = args[i];
  }
  return e;
}

static const Formula *number(FormulaParser *p, double value, bool logical) {
  Formula *e = arena_new(p->arena, Formula);
  e->kind = EXPR_NUMBER;
  e->number = value;
  e->logical = logical;
  return e;
}

static const char letters[] = "abcyg"; /* in the order of ExprName */

/* The slot of a name, or -1. */
static int name_slot(const char *word, size_t n) {
  const char *letter = n == 1 ? strchr(letters, word[0]) : NULL;
  if (letter) return (int)(letter - letters);
  if (n == 2 && word[0] == 'c' && isdigit((unsigned char)word[1])) return EXPR_c0 + (word[1] - '0');
  return -1;
}

static const struct {
  const char *word;
  double value;
  bool logical;
} words[] = {{"inf", INFINITY, false}, {"nan", NAN, false}, {"true", 1, true}, {"false", 0, true}};

/* Ops that a formula may call: one element from elements, nothing but operands to give. */
static bool callable(Op op) {
  for (AttrName name = 0; name < N_ATTRS; name++)
    if (op_attr_use(op, name) == ATTR_required) return false;
  return op_is(op, T_ELEMENTWISE) && !op_info[op].given;
}

/* Their number, or 0 after a message. */
static int operands(FormulaParser *p, const char *word, int least, int most, const Formula **args) {
  int n = 0;
  do {
    if (n == most) return fail(p, "too many operands for '%s'", word), 0;
    args[n] = comparison(p);
    if (!args[n++]) return 0;
  } while (eat(p, ","));
  if (!eat(p, ")")) return fail(p, "expected ')' after the operands of '%s'", word), 0;
  return n < least ? (fail(p, "too few operands for '%s'", word), 0) : n;
}

static const Formula *custom_function(FormulaParser *p, const CustomOp *custom) {
  const Formula *args[3];
  int n = operands(p, custom->name, custom->arity, custom->arity, args);
  const Formula *e = n ? call(p, OP_custom, n, args) : NULL;
  if (e) ((Formula *)e)->custom = custom;
  return e;
}

static const Formula *function(FormulaParser *p, const char *word) {
  Op op;
  const CustomOp *custom = p->customs ? custom_find(p->customs, word) : NULL;
  if (custom) return custom_function(p, custom);
  if (!op_find(word, &op)) return fail(p, "there is no op '%s'", word);
  const OpInfo *info = &op_info[op];
  if (!callable(op)) return fail(p, "'%s' is not elementwise or needs attributes", word);
  const Formula *args[3];
  int n = operands(p, word, info->arity_min, info->arity_max, args);
  return n ? call(p, op, n, args) : NULL;
}

static const Formula *named(FormulaParser *p) {
  const char *start = p->at;
  while (isalnum((unsigned char)*p->at) || *p->at == '_') p->at++;
  size_t n = (size_t)(p->at - start);
  const char *word = arena_printf(p->arena, "%.*s", (int)n, start);
  if (eat(p, "(")) return function(p, word);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(words[i].word, word)) return number(p, words[i].value, words[i].logical);
  int slot = name_slot(start, n);
  if (slot < 0) return fail(p, "unknown name '%s' (operands are a b c, y, g, c0..c9)", word);
  Formula *e = arena_new(p->arena, Formula);
  e->kind = EXPR_NAME;
  e->name = slot;
  return e;
}

static const Formula *primary(FormulaParser *p) {
  skip(p);
  if (eat(p, "(")) {
    const Formula *e = comparison(p);
    return !e || eat(p, ")") ? e : fail(p, "expected '%s'", ")");
  }
  if (isdigit((unsigned char)*p->at) || *p->at == '.') {
    char *end;
    double value = strtod(p->at, &end);
    if (end == p->at) return fail(p, "expected %s", "a number");
    p->at = end;
    return number(p, value, false);
  }
  if (isalpha((unsigned char)*p->at)) return named(p);
  return fail(p, "expected an operand at '%s'", *p->at ? p->at : "the end");
}

static const Formula *unary(FormulaParser *p) {
  if (!eat(p, "-")) return primary(p);
  const Formula *e = unary(p);
  if (e && e->kind == EXPR_NUMBER) return number(p, -e->number, e->logical);
  return call(p, OP_neg, 1, &e);
}

static const Formula *product(FormulaParser *p) {
  const Formula *e = unary(p);
  while (e) {
    Op op;
    if (eat(p, "*"))
      op = OP_mul;
    else if (eat(p, "/"))
      op = OP_div;
    else
      break;
    const Formula *sides[] = {e, unary(p)};
    e = call(p, op, 2, sides);
  }
  return e;
}

static const Formula *sum(FormulaParser *p) {
  const Formula *e = product(p);
  while (e) {
    Op op;
    if (eat(p, "+"))
      op = OP_add;
    else if (eat(p, "-"))
      op = OP_sub;
    else
      break;
    const Formula *sides[] = {e, product(p)};
    e = call(p, op, 2, sides);
  }
  return e;
}

static const struct {
  const char *token;
  Op op;
} comparisons[] = {{"==", OP_eq}, {"!=", OP_ne}, {"<=", OP_le},
                   {">=", OP_ge}, {"<", OP_lt},  {">", OP_gt}};

static const Formula *comparison(FormulaParser *p) {
  const Formula *e = sum(p);
  for (size_t i = 0; e && i < sizeof comparisons / sizeof *comparisons; i++) {
    if (!eat(p, comparisons[i].token)) continue;
    const Formula *sides[] = {e, sum(p)};
    return call(p, comparisons[i].op, 2, sides);
  }
  return e;
}

static const Formula *parse(Arena *arena, const Ctx *customs, const char *text, const char **why) {
  FormulaParser p = {arena, customs, text, text, NULL};
  const Formula *e = comparison(&p);
  skip(&p);
  if (e && *p.at) e = fail(&p, "expected the end at '%s'", p.at);
  if (!e && why) *why = p.why;
  return e;
}

const Formula *expr_parse(Arena *arena, const char *text, const char **why) {
  return parse(arena, NULL, text, why);
}

const Formula *expr_parse_in(Ctx *ctx, const char *text, const char **why) {
  return parse(&ctx->arena, ctx, text, why);
}

/* ---- building ---- */

ExprBindings expr_bindings(void) {
  ExprBindings b;
  for (int i = 0; i < N_EXPR_NAMES; i++) b.ref[i] = REF_NONE;
  return b;
}

/* The type of a formula as far as names fix it, else TY_NONE. */
static Ty value_type(const Graph *g, const Formula *e, const ExprBindings *b) {
  if (e->kind == EXPR_NAME) return graph_type(g, b->ref[e->name]);
  Ty type = TY_NONE;
  int first = e->kind == EXPR_CALL && e->op == OP_where ? 1 : 0;
  for (int i = first; i < e->n && ty_eq(type, TY_NONE); i++) type = value_type(g, e->args[i], b);
  if (e->kind == EXPR_CALL && op_is(e->op, T_COMPARE) && !ty_eq(type, TY_NONE))
    return type_with_dtype(g->ctx, type, DT_bool);
  return type;
}

/* The type that numbers among the operands of a call take. */
static Ty operand_type(const Graph *g, const Formula *e, const ExprBindings *b, Ty want) {
  for (int i = e->op == OP_where ? 1 : 0; i < e->n; i++) {
    Ty type = value_type(g, e->args[i], b);
    if (!ty_eq(type, TY_NONE)) return type;
  }
  return op_is(e->op, T_COMPARE) ? type_with_dtype(g->ctx, want, DT_f64) : want;
}

Ref expr_build_with(Graph *g, const Formula *e, const ExprBindings *b, Ty like, ExprMake make,
                    void *user) {
  if (e->kind == EXPR_NUMBER)
    return build_const(g, e->logical ? type_with_dtype(g->ctx, like, DT_bool) : like, e->number);
  if (e->kind == EXPR_NAME) {
    ORDO_CHECK(!ref_none(b->ref[e->name]));
    return b->ref[e->name];
  }
  Ty inner = operand_type(g, e, b, like);
  Ref operands[3];
  for (int i = 0; i < e->n; i++) {
    bool condition = e->op == OP_where && i == 0;
    Ty want = condition ? type_with_dtype(g->ctx, inner, DT_bool) : inner;
    operands[i] = expr_build_with(g, e->args[i], b, want, make, user);
  }
  return e->custom ? build_custom(g, e->custom, operands) : make(user, g, e->op, operands, e->n);
}

static Ref make_plain(void *user, Graph *g, Op op, const Ref *operands, int n) {
  (void)user;
  return build_op(g, op, operands, n, NULL, 0, TY_NONE);
}

Ref expr_build(Graph *g, const Formula *e, const ExprBindings *b, Ty like) {
  return expr_build_with(g, e, b, like, make_plain, NULL);
}

unsigned expr_names(const Formula *e) {
  if (e->kind == EXPR_NAME) return 1u << e->name;
  unsigned names = 0;
  for (int i = 0; i < e->n; i++) names |= expr_names(e->args[i]);
  return names;
}
