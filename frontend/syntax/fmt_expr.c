/* Writing expressions and types. Parentheses are those of the source: the tree remembers them. */
#include "frontend/syntax/fmt_internal.h"

enum { MAX_MARKED_DEPTH = 100 };

void fmt_break(Fmt *f) {
  int depth = f->depth < MAX_MARKED_DEPTH ? f->depth : MAX_MARKED_DEPTH;
  text_putc(&f->line, FMT_BREAK);
  text_putc(&f->line, (char)(depth + 1));
}

void fmt_name(Fmt *f, Name name) { fmt_put(f, ctx_text(f->ctx, name.str)); }

/* Bytes that would be taken for marks can only stand in strings, where they have an escape. */
void fmt_source(Fmt *f, Span span) {
  const char *text = f->source->text + (span.lo - f->source->base);
  for (uint32_t i = 0; i < span.hi - span.lo; i++) {
    if (text[i] >= FMT_BREAK && text[i] <= FMT_EQUALS)
      text_printf(&f->line, "\\u{%x}", text[i]);
    else
      text_putc(&f->line, text[i]);
  }
}

static void separator(Fmt *f, uint32_t i) {
  if (i == 0) return;
  fmt_put(f, ",");
  fmt_break(f);
}

static void open(Fmt *f, const char *bracket) {
  fmt_put(f, bracket);
  f->depth++;
}

static void close(Fmt *f, const char *bracket) {
  f->depth--;
  fmt_put(f, bracket);
}

/* ---- operators ---- */

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static bool is_atom(const Expr *expr) {
  return expr->parens || (expr->kind != EX_binary && expr->kind != EX_unary);
}

/* 2*H: an arithmetic operator between two simple operands stays without spaces if it was written
 * so. */
static bool is_tight(const Fmt *f, const Expr *expr) {
  BinaryOp op = expr->binary.op;
  if (op < BIN_add || op == BIN_matmul || op == BIN_mod) return false;
  if (!is_atom(expr->binary.a) || !is_atom(expr->binary.b)) return false;
  const char *text = f->source->text, *lo = text + (expr->binary.op_span.lo - f->source->base);
  return !is_space(lo[-1]) && !is_space(text[expr->binary.op_span.hi - f->source->base]);
}

/* An operand of another level is broken later than its parent. */
static void operand(Fmt *f, const Expr *parent, const Expr *child) {
  bool deeper = child->kind == EX_binary && !child->parens &&
                binary_op_level(child->binary.op) != binary_op_level(parent->binary.op);
  f->depth += deeper;
  fmt_expr(f, child);
  f->depth -= deeper;
}

static void binary(Fmt *f, const Expr *expr) {
  bool tight = is_tight(f, expr);
  operand(f, expr, expr->binary.a);
  if (!tight) fmt_put(f, " ");
  fmt_put(f, binary_op_text(expr->binary.op));
  if (!tight) fmt_break(f);
  operand(f, expr, expr->binary.b);
}

static void unary(Fmt *f, const Expr *expr) {
  fmt_put(f, unary_op_text(expr->unary.op));
  if (expr->unary.op == UN_not) fmt_put(f, " ");
  fmt_expr(f, expr->unary.a);
}

/* ---- brackets ---- */

void fmt_args(Fmt *f, const Args *args) {
  open(f, "(");
  for (uint32_t i = 0; i < args->len; i++) {
    const Arg *arg = &args->data[i];
    separator(f, i);
    if (!str_none(arg->name.str)) {
      fmt_name(f, arg->name);
      fmt_put(f, " = ");
    }
    fmt_expr(f, arg->value);
  }
  close(f, ")");
}

static void items(Fmt *f, const Exprs *exprs, const char *left, const char *right) {
  open(f, left);
  for (uint32_t i = 0; i < exprs->len; i++) {
    separator(f, i);
    fmt_expr(f, exprs->data[i]);
  }
  close(f, right);
}

static void reduce(Fmt *f, const Expr *expr) {
  fmt_name(f, expr->reduce.name);
  open(f, "[");
  for (uint32_t i = 0; i < expr->reduce.n_indices; i++) {
    separator(f, i);
    fmt_name(f, expr->reduce.indices[i]);
  }
  if (expr->reduce.axis) {
    fmt_put(f, "axis = ");
    fmt_expr(f, expr->reduce.axis);
  }
  close(f, "]");
  fmt_args(f, &expr->reduce.args);
}

static void sub(Fmt *f, const Sub *sub) {
  if (sub->kind == SUB_rest) fmt_put(f, "..");
  if (sub->kind == SUB_new) fmt_put(f, "new");
  if (sub->expr) fmt_expr(f, sub->expr);
  if (sub->kind == SUB_range || sub->kind == SUB_all) fmt_put(f, ":");
  if (sub->end) fmt_expr(f, sub->end);
}

static void subscript(Fmt *f, const Expr *expr) {
  fmt_expr(f, expr->subscript.base);
  open(f, "[");
  for (uint32_t i = 0; i < expr->subscript.n_subs; i++) {
    separator(f, i);
    sub(f, &expr->subscript.subs[i]);
  }
  close(f, "]");
}

/* ---- expressions ---- */

static void number(Fmt *f, const Expr *expr) { fmt_put(f, ctx_text(f->ctx, expr->number.text)); }
static void string(Fmt *f, const Expr *expr) { fmt_source(f, expr->span); }
static void boolean(Fmt *f, const Expr *expr) { fmt_put(f, expr->boolean ? "true" : "false"); }
static void name(Fmt *f, const Expr *expr) { fmt_put(f, ctx_text(f->ctx, expr->name)); }
static void call(Fmt *f, const Expr *expr) {
  fmt_expr(f, expr->call.callee);
  fmt_args(f, &expr->call.args);
}
static void member(Fmt *f, const Expr *expr) {
  fmt_expr(f, expr->member.base);
  fmt_put(f, ".");
  fmt_name(f, expr->member.name);
}
static void with(Fmt *f, const Expr *expr) {
  fmt_expr(f, expr->with.base);
  fmt_put(f, " with");
  fmt_break(f);
  fmt_expr(f, expr->with.weights);
}
static void tuple(Fmt *f, const Expr *expr) { items(f, &expr->items, "(", ")"); }
static void list(Fmt *f, const Expr *expr) { items(f, &expr->items, "[", "]"); }

static void (*const writers[])(Fmt *f, const Expr *expr) = {
    [EX_number] = number, [EX_string] = string,       [EX_bool] = boolean, [EX_name] = name,
    [EX_unary] = unary,   [EX_binary] = binary,       [EX_call] = call,    [EX_reduce] = reduce,
    [EX_member] = member, [EX_subscript] = subscript, [EX_tuple] = tuple,  [EX_list] = list,
    [EX_with] = with,
};

void fmt_expr(Fmt *f, const Expr *expr) {
  ORDO_CHECK(expr->kind != EX_poison);
  if (expr->parens) open(f, "(");
  Expr bare = *expr; /* a string is written as in the source, without the parentheses around it */
  if (expr->parens && expr->kind == EX_string) {
    const char *text = f->source->text - f->source->base;
    while (text[bare.span.lo] != '"') bare.span.lo++;
    while (text[bare.span.hi - 1] != '"') bare.span.hi--;
  }
  writers[expr->kind](f, &bare);
  if (expr->parens) close(f, ")");
}

/* ---- types ---- */

static void dims(Fmt *f, const TypeExpr *type) {
  if (type->n_dims == 0) return;
  open(f, "[");
  for (uint32_t i = 0; i < type->n_dims; i++) {
    const Dim *dim = &type->dims[i];
    separator(f, i);
    if (dim->kind == DIM_rest) fmt_put(f, "..");
    if (dim->kind == DIM_set) fmt_put(f, "{");
    if (dim->size) fmt_expr(f, dim->size);
    if (dim->kind == DIM_set) fmt_put(f, "}");
  }
  close(f, "]");
}

static void dtype(Fmt *f, const TypeExpr *type) {
  if (type->index) {
    fmt_put(f, "<");
    fmt_expr(f, type->index);
    fmt_put(f, ">");
  } else {
    fmt_name(f, type->dtype);
  }
}

void fmt_type(Fmt *f, const TypeExpr *type) {
  if (type->kind == TY_tuple && type->count) {
    fmt_put(f, "[");
    fmt_expr(f, type->count);
    fmt_put(f, "] ");
    fmt_type(f, type->items[0]);
  } else if (type->kind == TY_tuple) {
    open(f, "(");
    for (uint32_t i = 0; i < type->n_items; i++) {
      separator(f, i);
      fmt_type(f, type->items[i]);
    }
    close(f, ")");
  } else if (type->kind == TY_tensor) {
    dtype(f, type);
    dims(f, type);
  } else {
    fmt_put(f, type->kind == TY_size ? "size" : "layer");
  }
}

void fmt_column_type(Fmt *f, const TypeExpr *type, const Args *args) {
  dtype(f, type);
  if (args->len) fmt_args(f, args);
  dims(f, type);
}

void fmt_params(Fmt *f, const Params *params) {
  open(f, "(");
  for (uint32_t i = 0; i < params->len; i++) {
    const Param *param = &params->data[i];
    separator(f, i);
    fmt_name(f, param->name);
    if (param->type) {
      fmt_put(f, ": ");
      fmt_type(f, param->type);
    }
    if (param->value) {
      fmt_put(f, " = ");
      fmt_expr(f, param->value);
    }
  }
  close(f, ")");
}
