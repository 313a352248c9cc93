/* Types in signatures, and parameters. */
#include <string.h>

#include "frontend/syntax/parse_internal.h"

/* The element types a program can name: the rows of dtypes.def but those of the compiler's own,
 * and 'mask'. */
static const char *const dtypes[] = {
#define DTYPE(name, bytes, doc) #name,
#include "base/dtypes.def"
#undef DTYPE
};

static bool is_dtype(const char *word) {
  if (!strcmp(word, "key") || !strcmp(word, "idx")) return false;
  if (!strcmp(word, "mask")) return true;
  for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
    if (!strcmp(word, dtypes[i])) return true;
  return false;
}

typedef struct ForeignType {
  const char *word, *help;
} ForeignType;

static const ForeignType foreign_types[] = {
    {"float", "write f32"},
    {"float32", "write f32"},
    {"float64", "write f64"},
    {"double", "write f64"},
    {"half", "write bf16; there is no f16"},
    {"f16", "write bf16; there is no f16"},
    {"float16", "write bf16; there is no f16"},
    {"bfloat16", "write bf16"},
    {"int", "write i32 for a number, or 'size' for an extent"},
    {"int32", "write i32"},
    {"int64", "write i32; an index into an axis of extent N is <N>"},
    {"i64", "write i32; an index into an axis of extent N is <N>"},
    {"long", "write i32; an index into an axis of extent N is <N>"},
    {"Tensor", "write the element type and the extents: f32[B, N]"},
    {"tensor", "write the element type and the extents: f32[B, N]"},
    {"idx", "an index into an axis of extent N is <N>"},
};

static const char *foreign_type(const char *word) {
  for (size_t i = 0; i < sizeof foreign_types / sizeof *foreign_types; i++)
    if (!strcmp(word, foreign_types[i].word)) return foreign_types[i].help;
  return NULL;
}

/* A type of tensors begins here: 'f32', '<', or what another language calls such a type. */
bool parse_is_dtype(Parser *p, const Token *token) {
  if (token->kind == TK_lt) return true;
  if (token->kind != TK_name) return false;
  const char *word = ctx_text(p->ctx, token->text);
  return is_dtype(word) || foreign_type(word);
}

static TypeExpr *new_type(Parser *p, TypeExprKind kind, Span span) {
  TypeExpr *type = arena_new(&p->ctx->arena, TypeExpr);
  type->kind = kind;
  type->span = span;
  return type;
}

/* ---- extents ---- */

/* dim = ".." | "{" size "}" | size */
static Dim parse_dim(Parser *p, uint32_t n) {
  uint32_t start = p->at;
  Dim dim = {.kind = DIM_size};
  if (parse_accept(p, TK_rest)) {
    dim.kind = DIM_rest;
    if (n > 0 &&
        parse_report(p, p->tokens[start].span, E_two_rests, "'..' stands first or not at all"))
      diag_help(p->ctx, "'..' is all leading axes; the axes after it are written one by one");
  } else if (parse_at(p, TK_lbrace)) {
    dim.kind = DIM_set;
    Bracket bracket = parse_open(p, TK_rbrace);
    dim.size = parse_size(p);
    parse_close(p, bracket);
  } else {
    dim.size = parse_size(p);
  }
  dim.span = parse_span(p, start);
  if (p->panic) dim.kind = DIM_poison;
  return dim;
}

/* dims = "[" [dim {"," dim}] "]" */
static void parse_dims(Parser *p, TypeExpr *type) {
  VEC(Dim) dims = {0};
  Bracket bracket = parse_open(p, TK_rbracket);
  while (parse_more(p, &bracket, dims.len)) {
    Dim dim = parse_dim(p, dims.len);
    vec_push(&p->ctx->arena, &dims, dim);
  }
  parse_close(p, bracket);
  type->dims = dims.data;
  type->n_dims = dims.len;
}

/* ---- types ---- */

/* index = "<" size ">" */
static void parse_index(Parser *p, TypeExpr *type) {
  Bracket bracket = parse_open(p, TK_gt);
  type->index = parse_size(p);
  parse_close(p, bracket);
}

static void check_dtype(Parser *p, TypeExpr *type) {
  const char *word = ctx_text(p->ctx, type->dtype.str);
  if (is_dtype(word)) return;
  type->kind = TY_poison;
  if (!parse_report(p, type->dtype.span, E_unknown_dtype, "'%s' is not a type", word)) return;
  const char *help = foreign_type(word);
  diag_expected(p->ctx, "f32, f64, bf16, i32, bool, <N>, size or layer");
  if (help) diag_help(p->ctx, "%s", help);
}

/* "(" type "," type {"," type} ")" */
static TypeExpr *parse_tuple_type(Parser *p) {
  VEC(TypeExpr *) items = {0};
  uint32_t start = p->at;
  Bracket bracket = parse_open(p, TK_rparen);
  if (parse_at(p, TK_rparen)) parse_unexpected(p, "a type");
  while (parse_more(p, &bracket, items.len)) {
    TypeExpr *item = parse_type(p);
    vec_push(&p->ctx->arena, &items, item);
  }
  parse_close(p, bracket);
  if (items.len == 1) return items.data[0];
  TypeExpr *type = new_type(p, p->panic ? TY_poison : TY_tuple, parse_span(p, start));
  type->items = items.data;
  type->n_items = items.len;
  return type;
}

/* "size" | "layer" | (name | index) [dims] */
static TypeExpr *parse_plain_type(Parser *p) {
  uint32_t start = p->at;
  TypeExpr *type = new_type(p, TY_tensor, parse_peek(p)->span);
  if (parse_accept(p, KW_layer)) {
    type->kind = TY_layer;
    return type;
  }
  if (parse_next_is(p, TK_lt)) {
    parse_index(p, type);
  } else {
    type->dtype = parse_name(p, "a type such as f32[B, N]");
    if (!strcmp(ctx_text(p->ctx, type->dtype.str), "size")) {
      type->kind = TY_size;
      return type;
    }
    if (!p->panic) check_dtype(p, type);
  }
  if (!p->panic && parse_next_is(p, TK_lbracket)) parse_dims(p, type);
  type->span = parse_span(p, start);
  if (p->panic) type->kind = TY_poison;
  return type;
}

/* "[" size "]" type */
static TypeExpr *parse_array_type(Parser *p) {
  uint32_t start = p->at;
  Bracket bracket = parse_open(p, TK_rbracket);
  Expr *count = parse_size(p);
  parse_close(p, bracket);
  TypeExpr *item = parse_type(p);
  TypeExpr *type = new_type(p, p->panic ? TY_poison : TY_tuple, parse_span(p, start));
  type->count = count;
  type->items = arena_copy(&p->ctx->arena, &item, sizeof item);
  type->n_items = 1;
  return type;
}

/* type = "(" type "," type {"," type} ")" | "[" size "]" type | "size" | "layer" | (name |
 * index) [dims] */
TypeExpr *parse_type(Parser *p) {
  TypeExpr *type;
  if (!parse_enter(p))
    type = new_type(p, TY_poison, parse_peek(p)->span);
  else if (parse_next_is(p, TK_lparen))
    type = parse_tuple_type(p);
  else if (parse_next_is(p, TK_lbracket))
    type = parse_array_type(p);
  else
    type = parse_plain_type(p);
  parse_leave(p);
  return type;
}

/* column-type = (name [args] | index) [dims]: the name may be any way of reading text */
TypeExpr *parse_column_type(Parser *p, Args *args) {
  uint32_t start = p->at;
  TypeExpr *type = new_type(p, TY_tensor, parse_peek(p)->span);
  if (parse_next_is(p, TK_lt)) {
    parse_index(p, type);
  } else {
    type->dtype = parse_name(p, "how the column is read: chars[S], words[T], f32[N], ...");
    if (!p->panic && parse_next_is(p, TK_lparen)) *args = parse_args(p);
  }
  if (!p->panic && parse_next_is(p, TK_lbracket)) parse_dims(p, type);
  type->span = parse_span(p, start);
  if (p->panic) type->kind = TY_poison;
  return type;
}

/* ---- parameters ---- */

/* What stands between the name of a parameter and its default. */
static void parse_param_type(Parser *p, Param *param, ParamStyle style) {
  Span colon = parse_peek(p)->span;
  const char *name = ctx_text(p->ctx, param->name.str);
  if (parse_accept(p, TK_colon)) {
    TypeExpr *type = parse_type(p);
    if (style == PARAMS_typed)
      param->type = type;
    else if (parse_report(p, span_join(colon, type->span), E_unexpected,
                          "the constant '%s' has no declared type", name))
      diag_help(p->ctx, "write only its name, with a default if it has one: %s = 4", name);
  } else if (style == PARAMS_typed && (parse_at(p, TK_name) || parse_at(p, TK_lt))) {
    parse_unexpected(p, ctx_printf(p->ctx, "':' between '%s' and its type", name));
  } else if (style == PARAMS_typed && !p->panic) {
    param->type = new_type(p, TY_poison, param->name.span);
    if (parse_report(p, param->name.span, E_parameter_type, "the parameter '%s' has no type",
                     name)) {
      diag_expected(p->ctx, "%s: f32[B, N]", name);
      diag_help(p->ctx, "'..' is any number of axes: %s: f32[..]", name);
    }
  }
}

/* param = name [":" type] ["=" expr] */
static Param parse_param(Parser *p, ParamStyle style, bool after_default) {
  uint32_t start = p->at;
  Param param = {.name = parse_name(p, "the name of a parameter")};
  parse_param_type(p, &param, style);
  if (parse_accept(p, TK_assign)) param.value = parse_expr(p);
  param.span = parse_span(p, start);
  if (style == PARAMS_typed && !param.type) param.type = new_type(p, TY_poison, param.span);
  if (after_default && !param.value &&
      parse_report(p, param.span, E_default_order, "'%s' has no default but follows one that has",
                   ctx_text(p->ctx, param.name.str)))
    diag_help(p->ctx, "put it before the parameters with defaults");
  return param;
}

/* params = "(" [param {"," param}] ")" */
Params parse_params(Parser *p, ParamStyle style) {
  VEC(Param) params = {0};
  bool has_default = false;
  Bracket bracket = parse_open(p, TK_rparen);
  while (parse_more(p, &bracket, params.len)) {
    Param param = parse_param(p, style, has_default);
    has_default |= param.value != NULL;
    vec_push(&p->ctx->arena, &params, param);
  }
  parse_close(p, bracket);
  return (Params){params.data, params.len};
}
