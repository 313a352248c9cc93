/* Expressions: precedence climbing over the BINARY rows of token.def, then postfix and primary
 * forms. */
#include <math.h>
#include <string.h>

#include "frontend/syntax/parse_internal.h"

enum {
  MAX_HEIGHT = 1000, /* of an expression's tree: later stages walk it recursively */
  LEVEL_ANY = 1,
  LEVEL_COMPARE = 4,
  LEVEL_SIZE = 5,
};

typedef struct OperatorRow {
  TokenKind token;
  int op, level;
  const char *text;
} OperatorRow;

static const OperatorRow binaries[N_BINARY_OPS] = {
#define BINARY(name, text, token, level) [BIN_##name] = {token, BIN_##name, level, text},
#include "frontend/syntax/token.def"
};
static const OperatorRow unaries[N_UNARY_OPS] = {
#define UNARY(name, text, token, level) [UN_##name] = {token, UN_##name, level, text},
#include "frontend/syntax/token.def"
};

const char *unary_op_text(UnaryOp op) { return unaries[op].text; }
const char *binary_op_text(BinaryOp op) { return binaries[op].text; }
int binary_op_level(BinaryOp op) { return binaries[op].level; }

static const OperatorRow *find_row(const OperatorRow *rows, int n, TokenKind token) {
  for (int i = 0; i < n; i++)
    if (rows[i].token == token) return &rows[i];
  return NULL;
}

/* ---- nodes ---- */

static Expr *new_expr(Parser *p, ExprKind kind, Span span) {
  Expr *expr = arena_new(&p->ctx->arena, Expr);
  expr->kind = kind;
  expr->span = span;
  expr->depth = 1;
  return expr;
}

Expr *parse_poison(Parser *p, Span span) {
  p->failed = true;
  return new_expr(p, EX_poison, span);
}

/* Makes 'parent' at least one higher than 'child'. A tree that grows too high is an error. */
static void grow(Parser *p, Expr *parent, const Expr *child) {
  if (child && child->depth >= parent->depth) parent->depth = (uint16_t)(child->depth + 1);
  if (parent->depth <= MAX_HEIGHT) return;
  if (parse_fail(p, parent->span, E_too_deep, "an expression of more than %d operators in a row",
                 MAX_HEIGHT))
    diag_help(p->ctx, "give parts of it names of their own, or write a reduction");
  parent->kind = EX_poison;
  parent->depth = 1;
}

static void grow_args(Parser *p, Expr *parent, const Args *args) {
  for (uint32_t i = 0; i < args->len; i++) grow(p, parent, args->data[i].value);
}

/* ---- arguments ---- */

/* arg = [name "="] expr */
static Arg parse_arg(Parser *p) {
  uint32_t start = p->at;
  Arg arg = {0};
  if (parse_at(p, TK_name) && parse_peek_next(p)->kind == TK_assign) {
    arg.name = parse_name(p, "a name");
    parse_advance(p);
  }
  arg.value = parse_expr(p);
  arg.span = parse_span(p, start);
  return arg;
}

/* args = "(" [arg {"," arg}] ")", those without a name first */
Args parse_args(Parser *p) {
  VEC(Arg) args = {0};
  bool named = false;
  Bracket bracket = parse_open(p, TK_rparen);
  while (parse_more(p, &bracket, args.len)) {
    Arg arg = parse_arg(p);
    if (named && str_none(arg.name.str) &&
        parse_report(p, arg.span, E_argument_order,
                     "an argument without a name follows one with a name"))
      diag_help(p->ctx, "put it before the named ones, or name it too");
    named |= !str_none(arg.name.str);
    vec_push(&p->ctx->arena, &args, arg);
  }
  parse_close(p, bracket);
  return (Args){args.data, args.len};
}

static bool is_one_of(const char *word, const char *const *words, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!strcmp(word, words[i])) return true;
  return false;
}

/* softmax(e, dim = -1): reported once, the call is poisoned. */
static void refuse_axis_arguments(Parser *p, Expr *call, Name function) {
  static const char *const words[] = {"axis", "axes", "dim", "dims", "keepdim", "keepdims"};
  const char *name = ctx_text(p->ctx, function.str);
  if (token_index_fn(name) < 0) return;
  for (uint32_t i = 0; i < call->call.args.len; i++) {
    const Arg *arg = &call->call.args.data[i];
    const char *word = ctx_text(p->ctx, arg->name.str);
    if (!is_one_of(word, words, sizeof words / sizeof *words)) continue;
    if (parse_report(p, arg->span, E_axis_argument, "'%s' takes an index, not an axis number",
                     name)) {
      diag_expected(p->ctx, "the index in brackets: %s[n](x[b, n])", name);
      diag_got(p->ctx, "%s = ...", word);
      diag_help(p->ctx, "name the axes where they are used; the index in the brackets is the axis");
    }
    call->kind = EX_poison;
    return;
  }
}

/* ---- subscripts ---- */

/* sub = ".." | "new" | ":" [expr] | expr [":" [expr]] */
static Sub parse_sub(Parser *p, const Bracket *bracket, uint32_t n) {
  uint32_t start = p->at;
  Sub sub = {.kind = SUB_expr};
  if (parse_accept(p, TK_rest)) {
    sub.kind = SUB_rest;
    if (n > 0 &&
        parse_report(p, p->tokens[start].span, E_two_rests, "'..' stands first or not at all"))
      diag_help(p->ctx, "'..' is all leading axes; the axes after it are written one by one");
  } else if (parse_accept(p, KW_new)) {
    sub.kind = SUB_new;
  } else {
    if (!parse_at(p, TK_colon)) sub.expr = parse_expr(p);
    if (parse_accept(p, TK_colon)) {
      sub.kind = SUB_range;
      bool ends = parse_at(p, TK_comma) || parse_at(p, TK_colon) || parse_at(p, bracket->close);
      if (!ends) sub.end = parse_expr(p);
      if (!sub.expr && !sub.end) sub.kind = SUB_all;
    }
    if (parse_at(p, TK_colon) && parse_unexpected(p, "',' or ']'"))
      diag_help(p->ctx, "there is no step in a range; the reverse order is reverse[i](x[i])");
  }
  sub.span = parse_span(p, start);
  if (p->panic) sub.kind = SUB_poison;
  return sub;
}

/* subscript = "[" sub {"," sub} "]" */
static Expr *parse_subscript(Parser *p, Expr *base) {
  VEC(Sub) subs = {0};
  Bracket bracket = parse_open(p, TK_rbracket);
  if (parse_at(p, TK_rbracket)) parse_unexpected(p, "an index");
  while (parse_more(p, &bracket, subs.len)) {
    Sub sub = parse_sub(p, &bracket, subs.len);
    vec_push(&p->ctx->arena, &subs, sub);
  }
  parse_close(p, bracket);
  Expr *expr = new_expr(p, EX_subscript, (Span){base->span.lo, parse_span(p, bracket.open).hi});
  expr->subscript.base = base;
  expr->subscript.subs = subs.data;
  expr->subscript.n_subs = subs.len;
  grow(p, expr, base);
  for (uint32_t i = 0; i < subs.len; i++) {
    grow(p, expr, subs.data[i].expr);
    grow(p, expr, subs.data[i].end);
  }
  return expr;
}

/* ---- reductions ---- */

/* At '[' after the name of an index function whose ']' is followed by '(': not the subscript of a
 * variable that has that name. */
static bool at_reduction(const Parser *p, const Expr *base) {
  if (base->kind != EX_name || base->parens || token_index_fn(ctx_text(p->ctx, base->name)) < 0)
    return false;
  uint32_t close = p->partner[p->at];
  const Token *next = &p->tokens[close + 1];
  return close && next->kind == TK_lparen && (!next->newline_before || p->outer != UINT32_MAX);
}

/* reduction = name "[" (name {"," name} | "axis" "=" expr) "]" args */
static Expr *parse_reduction(Parser *p, const Expr *base) {
  VEC(Name) indices = {0};
  Expr *axis = NULL;
  Bracket bracket = parse_open(p, TK_rbracket);
  if (parse_at_word(p, "axis") && parse_peek_next(p)->kind == TK_assign) {
    parse_advance(p);
    parse_advance(p);
    axis = parse_expr(p);
  } else {
    if (parse_at(p, TK_rbracket)) parse_unexpected(p, "the name of an index");
    while (parse_more(p, &bracket, indices.len)) {
      Name index = parse_name(p, "the name of an index");
      vec_push(&p->ctx->arena, &indices, index);
    }
  }
  Expr *expr = new_expr(p, EX_reduce, base->span);
  expr->reduce.name = (Name){base->name, base->span};
  expr->reduce.indices = indices.data;
  expr->reduce.n_indices = indices.len;
  expr->reduce.axis = axis;
  if (parse_close(p, bracket)) expr->reduce.args = parse_args(p);
  expr->span.hi = parse_span(p, bracket.open).hi;
  grow(p, expr, axis);
  grow_args(p, expr, &expr->reduce.args);
  return expr;
}

/* ---- postfix ---- */

/* The names in what grad differentiates by. */
static void note_variables(Parser *p, const Expr *x) {
  if (x->kind == EX_name) vec_push(&p->ctx->arena, &p->variables, x->name);
  for (uint32_t i = 0; x->kind == EX_tuple && i < x->items.len; i++)
    note_variables(p, x->items.data[i]);
}

static bool is_grad(const Parser *p, const Expr *call) {
  const Expr *callee = call->call.callee;
  return call->kind == EX_call && callee->kind == EX_name && call->call.args.len == 2 &&
         !strcmp(ctx_text(p->ctx, callee->name), "grad");
}

static Expr *parse_call(Parser *p, Expr *callee) {
  Expr *expr = new_expr(p, EX_call, callee->span);
  expr->call.callee = callee;
  expr->call.args = parse_args(p);
  expr->span.hi = p->tokens[p->at - 1].span.hi;
  grow(p, expr, callee);
  grow_args(p, expr, &expr->call.args);
  if (expr->kind == EX_call && callee->kind == EX_name)
    refuse_axis_arguments(p, expr, (Name){callee->name, callee->span});
  else if (expr->kind == EX_call && callee->kind == EX_member)
    refuse_axis_arguments(p, expr, callee->member.name);
  if (is_grad(p, expr)) note_variables(p, expr->call.args.data[1].value);
  return expr;
}

static Expr *parse_member(Parser *p, Expr *base) {
  parse_advance(p);
  Name name = parse_name(p, "the name of a member after '.'");
  Expr *expr = new_expr(p, EX_member, span_join(base->span, name.span));
  expr->member.base = base;
  expr->member.name = name;
  grow(p, expr, base);
  return expr;
}

static Expr *parse_primary(Parser *p);

/* At the 'with' of weights: not that of extents, 'with b in 64', nor that of an optimizer. */
static bool at_weights(const Parser *p, const Expr *base) {
  const Token *first = &p->tokens[p->at + 1];
  bool layer = base->kind == EX_name || base->kind == EX_member || base->kind == EX_call ||
               base->kind == EX_subscript || base->kind == EX_with;
  bool rule = p->rule_follows && p->outer == UINT32_MAX;
  if (!parse_at(p, KW_with) || !layer || rule) return false;
  if (first->kind == TK_lparen) return true;
  TokenKind next = first->kind == TK_name ? p->tokens[p->at + 2].kind : KW_in;
  return next != KW_in && next != TK_assign;
}

static Expr *parse_applied(Parser *p);

static Expr *parse_weights(Parser *p, Expr *base) {
  parse_advance(p);
  Expr *weights = parse_applied(p);
  Expr *expr = new_expr(p, EX_with, span_join(base->span, weights->span));
  expr->with.base = base;
  expr->with.weights = weights;
  grow(p, expr, base);
  grow(p, expr, weights);
  return expr;
}

/* postfix = applied {"with" applied} */
static Expr *parse_postfix(Parser *p) {
  Expr *expr = parse_applied(p);
  while (!p->panic && parse_same_line(p) && at_weights(p, expr)) expr = parse_weights(p, expr);
  return expr;
}

/* applied = primary {args | subscript | "." name} */
static Expr *parse_applied(Parser *p) {
  Expr *expr = parse_primary(p);
  while (!p->panic && parse_same_line(p)) {
    if (parse_at(p, TK_lparen))
      expr = parse_call(p, expr);
    else if (parse_at(p, TK_lbracket))
      expr = at_reduction(p, expr) ? parse_reduction(p, expr) : parse_subscript(p, expr);
    else if (parse_at(p, TK_dot))
      expr = parse_member(p, expr);
    else
      break;
  }
  return expr;
}

/* ---- primary ---- */

static Expr *number(Parser *p, const Token *token, double f) {
  Expr *expr = new_expr(p, EX_number, token->span);
  expr->number.is_int = token->kind == TK_int;
  expr->number.i = token->i;
  expr->number.f = f;
  expr->number.text = token->text;
  return expr;
}

typedef struct ForeignName {
  const char *word, *help, *ours;
} ForeignName;

static const ForeignName foreign_names[] = {
    {"True", "write true", "true"},
    {"False", "write false", "false"},
    {"None", "a new axis of extent 1 is written x[:, new]; there is no empty value", NULL},
    {"self", "inside a layer its members are called by their names alone: W, not self.W", NULL},
    {"lambda", "functions have names: fn f(x: f32[..]) { ... }", NULL},
};

static Expr *parse_name_expr(Parser *p) {
  const Token *token = parse_advance(p);
  const char *word = ctx_text(p->ctx, token->text);
  Expr *expr = new_expr(p, EX_name, token->span);
  expr->name = token->text;
  for (size_t i = 0; i < sizeof foreign_names / sizeof *foreign_names; i++) {
    if (strcmp(word, foreign_names[i].word)) continue;
    if (!strcmp(word, "self") && !parse_at(p, TK_dot)) continue; /* the layer itself */
    if (parse_report(p, token->span, E_foreign_word, "'%s' is not a word of Ordo", word))
      diag_fix(p->ctx, token->span, foreign_names[i].ours, "%s", foreign_names[i].help);
    expr->kind = EX_poison;
  }
  return expr;
}

/* "(" expr ")" | "(" expr "," expr {"," expr} ")" */
static Expr *parse_parentheses(Parser *p) {
  VEC(Expr *) items = {0};
  Bracket bracket = parse_open(p, TK_rparen);
  if (parse_at(p, TK_rparen)) parse_unexpected(p, "an expression");
  while (parse_more(p, &bracket, items.len)) {
    Expr *item = parse_expr(p);
    vec_push(&p->ctx->arena, &items, item);
  }
  parse_close(p, bracket);
  Span span = parse_span(p, bracket.open);
  if (items.len == 0) return parse_poison(p, span);
  if (items.len == 1) {
    items.data[0]->parens = true;
    items.data[0]->span = span;
    return items.data[0];
  }
  Expr *expr = new_expr(p, EX_tuple, span);
  expr->items = (Exprs){items.data, items.len};
  for (uint32_t i = 0; i < items.len; i++) grow(p, expr, items.data[i]);
  return expr;
}

/* list = "[" [expr {"," expr}] "]" */
static Expr *parse_list(Parser *p) {
  VEC(Expr *) items = {0};
  Bracket bracket = parse_open(p, TK_rbracket);
  while (parse_more(p, &bracket, items.len)) {
    Expr *item = parse_expr(p);
    vec_push(&p->ctx->arena, &items, item);
  }
  parse_close(p, bracket);
  Expr *expr = new_expr(p, EX_list, parse_span(p, bracket.open));
  expr->items = (Exprs){items.data, items.len};
  for (uint32_t i = 0; i < items.len; i++) grow(p, expr, items.data[i]);
  return expr;
}

/* primary = number | "inf" | "nan" | "true" | "false" | string | name | "(" ... ")" | list */
static Expr *parse_primary(Parser *p) {
  const Token *token = parse_peek(p);
  Expr *expr;
  switch (p->panic ? TK_error : token->kind) {
  case TK_int:
  case TK_float:
    return number(p, parse_advance(p), token->f);
  case KW_inf:
    return number(p, parse_advance(p), (double)INFINITY);
  case KW_nan:
    return number(p, parse_advance(p), (double)NAN);
  case KW_true:
  case KW_false:
    expr = new_expr(p, EX_bool, parse_advance(p)->span);
    expr->boolean = token->kind == KW_true;
    return expr;
  case TK_string:
    expr = new_expr(p, EX_string, parse_advance(p)->span);
    expr->string = token->text;
    return expr;
  case TK_name:
    return parse_name_expr(p);
  case TK_lparen:
    return parse_parentheses(p);
  case TK_lbracket:
    return parse_list(p);
  default:
    parse_unexpected(p, "an expression");
    return parse_poison(p, token->span);
  }
}

/* ---- operators ---- */

static Expr *parse_level(Parser *p, int level);

static Expr *binary(Parser *p, const OperatorRow *row, Span op_span, Expr *a, Expr *b) {
  Expr *expr = new_expr(p, EX_binary, span_join(a->span, b->span));
  expr->binary.op = (BinaryOp)row->op;
  expr->binary.op_span = op_span;
  expr->binary.a = a;
  expr->binary.b = b;
  grow(p, expr, a);
  grow(p, expr, b);
  return expr;
}

/* prefix = "-" prefix | "not" comparison | power      power = postfix ["**" prefix] */
static Expr *parse_prefix(Parser *p, int level) {
  uint32_t start = p->at;
  const OperatorRow *row = find_row(unaries, N_UNARY_OPS, parse_peek(p)->kind);
  if (!row || level > row->level || p->panic) {
    Expr *a = parse_postfix(p);
    const OperatorRow *power = &binaries[BIN_pow];
    if (p->panic || !parse_next_is(p, power->token)) return a;
    Span op_span = parse_advance(p)->span;
    return binary(p, power, op_span, a, parse_level(p, unaries[UN_neg].level));
  }
  parse_advance(p);
  Expr *a = parse_level(p, row->level);
  Expr *expr = new_expr(p, EX_unary, parse_span(p, start));
  expr->unary.op = (UnaryOp)row->op;
  expr->unary.a = a;
  grow(p, expr, a);
  return expr;
}

/* The operators of one level and all tighter ones, to the left:
 *   or-level = and-level {"or" and-level}, and so on down the BINARY rows; comparisons do not
 * chain. */
static Expr *parse_level(Parser *p, int level) {
  if (!parse_enter(p)) {
    parse_leave(p);
    return parse_poison(p, parse_peek(p)->span);
  }
  Expr *a = parse_prefix(p, level);
  bool compared = false;
  while (!p->panic && parse_same_line(p)) {
    const OperatorRow *row = find_row(binaries, N_BINARY_OPS, parse_peek(p)->kind);
    if (!row || row->level < level) break;
    Span op_span = parse_peek(p)->span;
    if (row->level == LEVEL_COMPARE && compared &&
        parse_report(p, op_span, E_chained_comparison, "comparisons do not chain"))
      diag_help(p->ctx, "write them one by one: a < b and b < c");
    compared = row->level == LEVEL_COMPARE;
    parse_advance(p);
    a = binary(p, row, op_span, a, parse_level(p, row->level + 1));
  }
  parse_leave(p);
  return a;
}

Expr *parse_expr(Parser *p) { return parse_level(p, LEVEL_ANY); }
Expr *parse_size(Parser *p) { return parse_level(p, LEVEL_SIZE); }

/* expr {"," expr} */
Exprs parse_expr_list(Parser *p) {
  VEC(Expr *) items = {0};
  do {
    Expr *item = parse_expr(p);
    vec_push(&p->ctx->arena, &items, item);
  } while (parse_accept(p, TK_comma));
  return (Exprs){items.data, items.len};
}
