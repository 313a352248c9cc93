/* Scatter: total[dst[e], h] = sum[e](m[e, h]).
 *
 * A place on the left that hangs on an index of the sum is where the term goes. It means
 *
 *   total[n, h] = sum[e](where(dst[e] == n, m[e, h], 0))
 *
 * for a new index n into the axis that dst points into, and becomes that text, so that proofs and
 * derivatives follow from it; sums are added term by term to their places (rules_index.c). The same
 * for max, min, prod, any, all and logsumexp, each with what it gives for no terms. */
#include <string.h>

#include "frontend/check/checker.h"

typedef struct Neutral {
  const char *name;
  double value;
  bool truth; /* a bool, not a number */
} Neutral;

static const Neutral neutrals[] = {{"sum", 0, false},
                                   {"prod", 1, false},
                                   {"max", -__builtin_inf(), false},
                                   {"any", 0, true},
                                   {"logsumexp", -__builtin_inf(), false},
                                   {"all", 1, true},
                                   {"min", __builtin_inf(), false}};

static const Neutral *neutral_of(Check *c, Str name) {
  for (size_t i = 0; i < sizeof neutrals / sizeof neutrals[0]; i++)
    if (!strcmp(neutrals[i].name, ctx_text(c->ctx, name))) return &neutrals[i];
  return NULL;
}

/* ---- which statements are scatters ---- */

static bool mentions(const Expr *x, Str name);

static bool mentioned_in(const Args *args, Str name) {
  for (uint32_t i = 0; i < args->len; i++)
    if (mentions(args->data[i].value, name)) return true;
  return false;
}

static bool mentions(const Expr *x, Str name) {
  switch (x->kind) {
  case EX_name:
    return str_eq(x->name, name);
  case EX_unary:
    return mentions(x->unary.a, name);
  case EX_binary:
    return mentions(x->binary.a, name) || mentions(x->binary.b, name);
  case EX_call:
    return mentioned_in(&x->call.args, name);
  case EX_with:
    return mentions(x->with.base, name) || mentions(x->with.weights, name);
  case EX_subscript:
    for (uint32_t i = 0; i < x->subscript.n_subs; i++)
      if (x->subscript.subs[i].kind == SUB_expr && mentions(x->subscript.subs[i].expr, name))
        return true;
    return false;
  default:
    return false;
  }
}

/* A place that the terms of the reduction tell, such as dst[e]. */
static bool is_place(const Sub *sub, const Expr *reduce) {
  if (sub->kind != SUB_expr || sub->expr->kind == EX_name) return false;
  for (uint32_t i = 0; i < reduce->reduce.n_indices; i++)
    if (mentions(sub->expr, reduce->reduce.indices[i].str)) return true;
  return false;
}

bool scatters(const Stmt *s) {
  const Expr *value = s->assign.value;
  if (s->assign.tuple || s->assign.targets.len != 1 || value->kind != EX_reduce) return false;
  const Expr *target = s->assign.targets.data[0];
  if (target->kind != EX_subscript || target->subscript.base->kind != EX_name) return false;
  for (uint32_t i = 0; i < target->subscript.n_subs; i++)
    if (is_place(&target->subscript.subs[i], value)) return true;
  return false;
}

/* ---- the text that it stands for ---- */

static Expr *new_expr(Check *c, ExprKind kind, Span span) {
  Expr *x = arena_new(&c->ctx->arena, Expr);
  x->kind = kind;
  x->span = span;
  return x;
}

static Expr *binary(Check *c, BinaryOp op, Expr *a, Expr *b, Span span) {
  Expr *x = new_expr(c, EX_binary, span);
  x->binary.op = op;
  x->binary.op_span = span;
  x->binary.a = a;
  x->binary.b = b;
  return x;
}

static Expr *neutral_expr(Check *c, const Neutral *neutral, Span span) {
  Expr *x = new_expr(c, neutral->truth ? EX_bool : EX_number, span);
  if (neutral->truth) {
    x->boolean = neutral->value != 0;
  } else {
    x->number.f = neutral->value;
    x->number.is_int = neutral->value == 0 || neutral->value == 1;
    x->number.i = x->number.is_int ? (int64_t)neutral->value : 0;
  }
  return x;
}

/* where(condition, x, neutral) */
static Expr *where(Check *c, Expr *condition, Expr *x, const Neutral *neutral) {
  Expr *call = new_expr(c, EX_call, x->span), *callee = new_expr(c, EX_name, x->span);
  Expr *values[3] = {condition, x, neutral_expr(c, neutral, x->span)};
  callee->name = ctx_str(c->ctx, "where");
  call->call.callee = callee;
  call->call.args.len = 3;
  call->call.args.data = arena_array(&c->ctx->arena, Arg, 3);
  for (int i = 0; i < 3; i++) call->call.args.data[i] = (Arg){.value = values[i], .span = x->span};
  return call;
}

/* The index is called as the place is written, with a prime for each place before it. */
static Str index_name(Check *c, Span span, uint32_t at) {
  int line, column;
  const Source *source = source_at(c->ctx, span.lo, &line, &column);
  Text text = text_new(&c->ctx->arena);
  text_printf(&text, "%.*s", (int)(span.hi - span.lo), source->text + (span.lo - source->base));
  for (uint32_t i = 0; i < at; i++) text_putc(&text, '\'');
  return ctx_str(c->ctx, text_str(&text));
}

/* An index of its own for each such place; and the condition that a term goes there. */
static Expr *with_indices(Check *c, const Expr *target, const Expr *reduce, Expr **condition) {
  Expr *left = arena_copy(&c->ctx->arena, target, sizeof *target);
  uint32_t n = target->subscript.n_subs;
  left->subscript.subs = arena_copy(&c->ctx->arena, target->subscript.subs, sizeof(Sub) * n);
  *condition = NULL;
  for (uint32_t i = 0; i < n; i++) {
    Sub *sub = &left->subscript.subs[i];
    if (!is_place(sub, reduce)) continue;
    Expr *index = new_expr(c, EX_name, sub->span);
    index->name = index_name(c, sub->span, i);
    Expr *here = binary(c, BIN_eq, sub->expr, index, sub->span);
    *condition = *condition ? binary(c, BIN_and, *condition, here, sub->span) : here;
    sub->expr = index;
  }
  return left;
}

/* 2 * e is a number: into which axis would it point? */
static bool places_are_indices(Check *c, const Expr *target, const Expr *reduce) {
  for (uint32_t i = 0; i < target->subscript.n_subs; i++) {
    const Sub *sub = &target->subscript.subs[i];
    if (!is_place(sub, reduce) || sub->expr->kind == EX_subscript || sub->expr->kind == EX_call)
      continue;
    diag_at(c->ctx, sub->span, E_bad_target,
            "a place that the terms tell is an index value, such as dst[e], and this is a number");
    diag_help(c->ctx, "index(..., N) makes an index into N places of it");
    return false;
  }
  return true;
}

void elab_scatter(Check *c, const Stmt *s) {
  const Expr *target = s->assign.targets.data[0], *value = s->assign.value;
  const Neutral *neutral = neutral_of(c, value->reduce.name.str);
  Expr *condition;
  if (!neutral || value->reduce.args.len != 1) {
    diag_at(
        c->ctx, value->span, E_bad_target,
        "what goes to places that its terms tell is a sum, prod, max, min, any, all or logsumexp");
    diag_help(c->ctx, "a mean is a sum divided by the number of terms: n[dst[e]] = sum[e](1.0)");
  }
  if (!neutral || value->reduce.args.len != 1 || !places_are_indices(c, target, value)) {
    assign_name(c, (Name){target->subscript.base->name, target->subscript.base->span},
                value_poison());
    return;
  }
  Expr *left = with_indices(c, target, value, &condition);
  Expr *right = arena_copy(&c->ctx->arena, value, sizeof *value);
  right->reduce.args.data = arena_copy(&c->ctx->arena, value->reduce.args.data, sizeof(Arg));
  Arg *operand = &right->reduce.args.data[0];
  operand->value = where(c, condition, operand->value, neutral);
  define_index(c, left, right);
}
