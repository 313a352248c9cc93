/* Declarations of a file, and the members of layers and optimizers. */
#include <string.h>

#include "frontend/syntax/parse_internal.h"

/* ---- functions ---- */

/* "->" type. A ':' instead is reported and read as '->' (but not one that ends the line, as in
 * Python). */
static TypeExpr *parse_result(Parser *p) {
  const Token *colon = parse_peek(p);
  bool type_follows = parse_peek_next(p)->kind != TK_lbrace && !parse_peek_next(p)->newline_before;
  if (!p->panic && parse_at(p, TK_arrow)) {
    parse_advance(p);
    return parse_type(p);
  }
  if (p->panic || colon->kind != TK_colon || !type_follows) return NULL;
  if (parse_report(p, colon->span, E_unexpected, "unexpected ':'")) {
    diag_expected(p->ctx, "'->' and the type of the result");
    diag_help(p->ctx, "fn f(x: f32[B]) -> f32[B] { ... }");
  }
  parse_advance(p);
  return parse_type(p);
}

/* "fn" [name] params ["->" type] */
static FnDecl *parse_fn_head(Parser *p, bool named) {
  uint32_t start = p->at;
  FnDecl *fn = arena_new(&p->ctx->arena, FnDecl);
  fn->name.span = parse_advance(p)->span;
  if (named || parse_next_is(p, TK_name))
    fn->name = parse_name(p, "the name of the function after 'fn'");
  if (!p->panic && parse_next_is(p, TK_lparen))
    fn->params = parse_params(p, PARAMS_typed);
  else
    parse_unexpected(p, "'(' and the parameters");
  fn->result = parse_result(p);
  fn->span = parse_span(p, start);
  return fn;
}

/* fn = head block */
static FnDecl *parse_fn(Parser *p, bool named) {
  uint32_t start = p->at;
  FnDecl *fn = parse_fn_head(p, named);
  fn->body = parse_body(p, BODY_fn);
  fn->span = parse_span(p, start);
  return fn;
}

/* ---- members ---- */

static Members parse_members(Parser *p);

static Member *new_member(Parser *p, MemberKind kind) {
  Member *member = arena_new(&p->ctx->arena, Member);
  member->kind = kind;
  return member;
}

/* "~" (name | name args), after the type of a weight */
Expr *parse_initialiser(Parser *p, Name weight) {
  const Token *token = parse_peek(p);
  const char *name = ctx_text(p->ctx, weight.str);
  if (!parse_accept(p, TK_tilde)) {
    bool assigned = parse_next_is(p, TK_assign);
    if (parse_report(p, assigned ? token->span : weight.span, E_weight_init,
                     "the weight '%s' has no initialiser", name)) {
      diag_expected(
          p->ctx, "'~' and how its first value is drawn: ~ glorot_uniform, ~ normal(0.1), ~ zeros");
      if (assigned) diag_fix(p->ctx, token->span, "~", "write '~' instead of '='");
    }
    if (!parse_accept(p, TK_assign)) return parse_poison(p, weight.span);
  }
  Expr *init = parse_expr(p);
  bool call = init->kind == EX_call && init->call.callee->kind == EX_name;
  if (call || init->kind == EX_name || init->kind == EX_poison) return init;
  if (parse_report(p, init->span, E_weight_init, "this is not an initialiser"))
    diag_expected(p->ctx,
                  "the name of an initialiser, with arguments if it takes any: normal(0.1)");
  return parse_poison(p, init->span);
}

/* ["[" [name "in"] size "]"] name [args] */
static void parse_sublayer(Parser *p, Member *member) {
  if (parse_next_is(p, TK_lbracket)) {
    Bracket bracket = parse_open(p, TK_rbracket);
    if (parse_peek_next(p)->kind == KW_in) {
      member->sublayer.index = parse_name(p, "the name of an index");
      parse_advance(p);
    }
    member->sublayer.count = parse_size(p);
    parse_close(p, bracket);
  }
  uint32_t start = p->at;
  member->sublayer.layer = parse_name(p, "the name of a layer, or a type such as f32[I, O]");
  Expr *callee = arena_new(&p->ctx->arena, Expr);
  *callee = (Expr){.kind = EX_name, .span = member->sublayer.layer.span, .depth = 1};
  callee->name = member->sublayer.layer.str;
  if (!p->panic && parse_next_is(p, TK_lparen)) member->sublayer.args = parse_args(p);
  Expr *call = arena_new(&p->ctx->arena, Expr);
  *call = (Expr){.kind = EX_call, .span = parse_span(p, start), .depth = 2};
  call->call.callee = callee;
  call->call.args = member->sublayer.args;
  member->sublayer.call = call;
}

/* What follows 'name' of a member that is neither weight nor layer. */
static void refuse_member(Parser *p) {
  bool assigned = parse_next_is(p, TK_assign);
  if (parse_unexpected(p, "':' and a type or a layer") && assigned)
    diag_help(p->ctx, "a weight is declared as  W: f32[I, O] ~ zeros,  a layer as  enc: LSTM(D, "
                      "H),  a constant as  "
                      "const K = ...");
}

/* 'state', unless it is the name of a member. */
static bool accept_state(Parser *p) {
  const Token *next = parse_peek_next(p);
  return next->kind == TK_name && !next->newline_before && parse_accept_word(p, "state");
}

/* name ":" (type "~" initialiser | sublayer), "state" name ":" type "~" initialiser */
static Member *parse_variable(Parser *p) {
  Member *member = new_member(p, MEM_weight);
  bool state = accept_state(p);
  if (!parse_at(p, TK_name) && parse_peek_next(p)->kind == TK_colon) {
    const char *word = token_shown(parse_peek(p)->kind);
    if (parse_unexpected(p, "a weight, a layer or a function"))
      diag_help(p->ctx, "%s is a word of the language: a member needs another name", word);
    return member;
  }
  member->name = parse_name(p, "a weight, a layer or a function");
  if (!parse_accept(p, TK_colon)) {
    refuse_member(p);
    return member;
  }
  const Token *next = parse_peek(p), *after = parse_peek_next(p);
  bool is_weight =
      parse_is_dtype(p, next) ||
      (next->kind == TK_name && (after->kind == TK_tilde || after->kind == TK_lbracket));
  if (is_weight || state) {
    member->weight.state = state;
    member->weight.type = parse_type(p);
    if (!p->panic) member->weight.init = parse_initialiser(p, member->name);
  } else {
    member->kind = MEM_layer;
    parse_sublayer(p, member);
  }
  return member;
}

/* "if" expr "{" members "}" ["else" (if-member | "{" members "}")] */
static Member *parse_member_if(Parser *p) {
  Member *member = new_member(p, MEM_if);
  parse_advance(p);
  member->branch.condition = parse_condition(p);
  member->branch.then = parse_members(p);
  if (p->panic || p->unwinding || !parse_at(p, KW_else)) return member;
  parse_advance(p);
  member->branch.has_else = true;
  if (!parse_next_is(p, KW_if)) {
    member->branch.otherwise = parse_members(p);
  } else if (parse_enter(p)) {
    uint32_t start = p->at;
    Member *inner = parse_member_if(p);
    inner->span = parse_span(p, start);
    member->branch.otherwise =
        (Members){arena_copy(&p->ctx->arena, &inner, sizeof inner), 1, inner->span};
    parse_leave(p);
  } else {
    parse_leave(p);
  }
  return member;
}

/* "const" name "=" expr */
static Name parse_const(Parser *p, Expr **value) {
  parse_advance(p);
  Name name = parse_name(p, "the name of a constant");
  parse_expect(p, TK_assign, "'=' and the constant's value");
  *value = parse_expr(p);
  return name;
}

static Member *parse_misplaced_member(Parser *p) {
  const Token *token = parse_peek(p);
  bool item = parse_at_item(p);
  if (parse_report(p, token->span, E_misplaced, "%s cannot stand among the members of a layer",
                   item ? "a declaration" : token_shown(token->kind)))
    diag_help(p->ctx, item ? "declarations stand at the top of a file"
                           : "statements stand in its functions: fn (x: f32[B]) { ... }");
  if (item) {
    parse_item(p);
  } else {
    p->panic = true;
    p->panic_outer = UINT32_MAX;
    parse_advance(p);
  }
  return new_member(p, MEM_poison);
}

/* member = fn | "const" name "=" expr | if | name ":" ... */
static Member *parse_member(Parser *p) {
  Member *member;
  TokenKind kind = parse_peek(p)->kind;
  if (kind == KW_fn) {
    member = new_member(p, MEM_fn);
    member->fn = parse_fn(p, false);
    member->name = member->fn->name;
    return member;
  }
  if (kind == KW_const) {
    member = new_member(p, MEM_const);
    member->name = parse_const(p, &member->value);
    return member;
  }
  if (kind == KW_if) return parse_member_if(p);
  bool statement = kind == KW_scan || kind == KW_for || kind == KW_assert || kind == KW_minimize;
  if (statement || parse_at_item(p)) return parse_misplaced_member(p);
  return parse_variable(p);
}

/* members = "{" {member (";" | line end)} "}" */
static Members parse_members(Parser *p) {
  VEC(Member *) members = {0};
  if (!parse_enter(p)) {
    parse_leave(p);
    return (Members){.span = parse_peek(p)->span};
  }
  uint32_t start = p->at;
  BlockFrame frame = parse_block_open(p);
  while (parse_block_more(p, &frame, true)) {
    uint32_t first = p->first = p->at;
    if (!parse_at(p, TK_semicolon)) {
      Member *member = parse_member(p);
      member->span = parse_span(p, first);
      if (p->panic) member->kind = MEM_poison;
      vec_push(&p->ctx->arena, &members, member);
    }
    parse_sync(p, first);
  }
  parse_block_close(p, &frame);
  parse_leave(p);
  return (Members){members.data, members.len, parse_span(p, start)};
}

/* ---- declarations ---- */

/* "import" (name | string) */
static void parse_import(Parser *p, Item *item) {
  parse_advance(p);
  item->kind = ITEM_import;
  item->is_path = parse_next_is(p, TK_string);
  if (item->is_path) {
    const Token *token = parse_advance(p);
    item->name = (Name){token->text, token->span};
  } else {
    item->name =
        parse_name(p, "the name or the path of a file: import rnn, import \"models/rnn.ordo\"");
    if (!p->panic && parse_next_is(p, TK_dot) && parse_unexpected(p, "the end of the line"))
      diag_help(p->ctx, "a file in a folder is imported by its path: import \"%s/....ordo\"",
                ctx_text(p->ctx, item->name.str));
  }
}

static void parse_const_item(Parser *p, Item *item) {
  item->kind = ITEM_const;
  item->name = parse_const(p, &item->value);
}

static void parse_fn_item(Parser *p, Item *item) {
  item->kind = ITEM_fn;
  item->fn = parse_fn(p, true);
  item->name = item->fn->name;
}

/* ("layer" | "optimizer") name [constants] members */
static void parse_layer_item(Parser *p, Item *item) {
  item->kind = parse_advance(p)->kind == KW_optimizer ? ITEM_optimizer : ITEM_layer;
  item->name = parse_name(p, "a name");
  if (!p->panic && parse_next_is(p, TK_lparen))
    item->layer.constants = parse_params(p, PARAMS_constants);
  item->layer.members = parse_members(p);
}

/* "init" name [constants] "->" type block */
static void parse_init_item(Parser *p, Item *item) {
  item->kind = ITEM_init;
  parse_advance(p);
  item->name = parse_name(p, "the name of an initialiser");
  if (!p->panic && parse_next_is(p, TK_lparen))
    item->init.constants = parse_params(p, PARAMS_constants);
  item->init.result = parse_result(p);
  if (!item->init.result) {
    parse_unexpected(p, "'->' and the type of what is drawn: -> f32[I, O]");
    item->init.result = arena_new(&p->ctx->arena, TypeExpr);
    item->init.result->span = item->name.span;
  }
  item->init.body = parse_block(p, true);
}

/* "extern" head "from" string */
static void parse_extern_item(Parser *p, Item *item) {
  item->kind = ITEM_extern;
  parse_advance(p);
  if (!parse_next_is(p, KW_fn)) {
    parse_unexpected(p, "'fn' after 'extern'");
    return;
  }
  item->foreign.fn = parse_fn_head(p, true);
  item->name = item->foreign.fn->name;
  if (!parse_accept_word(p, "from"))
    parse_unexpected(p, "'from' and the library: from \"libmetrics.so\"");
  const Token *token = parse_peek(p);
  item->foreign.library_span = token->span;
  if (parse_expect(p, TK_string, "the library in quotes: from \"libmetrics.so\""))
    item->foreign.library = token->text;
}

/* "gradient" name "=" name */
static void parse_gradient_item(Parser *p, Item *item) {
  item->kind = ITEM_gradient;
  parse_advance(p);
  item->name = parse_name(p, "the name of a foreign function");
  parse_expect(p, TK_assign, "'=' and the function that is its derivative");
  item->function = parse_name(p, "the name of the function that is its derivative");
}

static void parse_train_item(Parser *p, Item *item) {
  item->kind = ITEM_train;
  parse_train(p, item);
}

static void parse_data_item(Parser *p, Item *item) {
  item->kind = ITEM_data;
  parse_data(p, item);
}

static void parse_names_item(Parser *p, Item *item) {
  item->kind = ITEM_names;
  parse_names(p, item);
}

/* ---- dispatch ---- */

typedef struct ItemRow {
  TokenKind kind;
  const char *word; /* of a word reserved only here: it has a name after it */
  void (*parse)(Parser *p, Item *item);
} ItemRow;

static const ItemRow item_rows[] = {
    {KW_import, NULL, parse_import},
    {KW_const, NULL, parse_const_item},
    {KW_fn, NULL, parse_fn_item},
    {KW_layer, NULL, parse_layer_item},
    {KW_optimizer, NULL, parse_layer_item},
    {KW_extern, NULL, parse_extern_item},
    {KW_train, NULL, parse_train_item},
    {TK_name, "init", parse_init_item},
    {TK_name, "gradient", parse_gradient_item},
    {TK_name, "data", parse_data_item},
    {TK_name, "names", parse_names_item},
};

typedef struct ForeignItem {
  const char *word;
  void (*parse)(Parser *p, Item *item); /* read as this after the error; NULL: skipped */
  const char *help, *ours; /* ours: the word that may be written in its place, or NULL */
} ForeignItem;

static const ForeignItem foreign_items[] = {
    {"def", parse_fn_item, "functions begin with 'fn': fn f(x: f32[B]) -> f32[B] { ... }", "fn"},
    {"func", parse_fn_item, "functions begin with 'fn': fn f(x: f32[B]) -> f32[B] { ... }", "fn"},
    {"function", parse_fn_item, "functions begin with 'fn': fn f(x: f32[B]) -> f32[B] { ... }",
     "fn"},
    {"class", parse_layer_item, "weights and functions belong to a layer: layer Name(H) { ... }",
     "layer"},
    {"module", parse_layer_item, "weights and functions belong to a layer: layer Name(H) { ... }",
     "layer"},
    {"struct", parse_layer_item, "weights and functions belong to a layer: layer Name(H) { ... }",
     "layer"},
    {"model", parse_layer_item, "weights and functions belong to a layer: layer Name(H) { ... }",
     "layer"},
    {"let", parse_const_item, "constants begin with 'const': const H = 128", "const"},
    {"var", parse_const_item, "constants begin with 'const': const H = 128", "const"},
    {"from", NULL, "all names of a file come in with: import rnn", NULL},
    {"include", NULL, "another file comes in with: import rnn", NULL},
    {"use", NULL, "another file comes in with: import rnn", NULL},
    {"param", NULL, "weights belong to a layer: layer Name(I, O) { W: f32[I, O] ~ zeros }", NULL},
};

static bool parse_foreign_item(Parser *p, Item *item) {
  const Token *next = parse_peek_next(p);
  if (next->newline_before || (next->kind != TK_name && next->kind != TK_string)) return false;
  for (size_t i = 0; i < sizeof foreign_items / sizeof *foreign_items; i++) {
    const ForeignItem *row = &foreign_items[i];
    if (!parse_at_word(p, row->word)) continue;
    if (parse_report(p, parse_peek(p)->span, E_foreign_word, "'%s' is not a word of Ordo",
                     row->word))
      diag_fix(p->ctx, parse_peek(p)->span, row->ours, "%s", row->help);
    if (row->parse) {
      row->parse(p, item);
    } else {
      p->panic = true;
      p->panic_outer = UINT32_MAX;
      parse_advance(p);
    }
    item->kind = ITEM_poison;
    return true;
  }
  return false;
}

/* Something at the top of a file that is no declaration. */
static void refuse_top_level(Parser *p) {
  const Token *token = parse_peek(p);
  if (token->kind == TK_error) {
    parse_unexpected(p, "a declaration");
  } else if (token->kind == TK_rbrace || token->kind == TK_rparen || token->kind == TK_rbracket) {
    if (parse_fail(p, token->span, E_stray_bracket, "%s closes nothing",
                   token_shown(token->kind)) &&
        token->kind == TK_rbrace)
      diag_help(p->ctx, "the block was closed before; look for a '}' too many above");
  } else if (parse_fail(p, token->span, E_misplaced, "a declaration was expected here")) {
    diag_expected(p->ctx,
                  "import, const, fn, layer, init, optimizer, extern, gradient, data or train");
    if (token->kind == TK_name && parse_peek_next(p)->kind == TK_assign)
      diag_help(p->ctx, "write  const %s = ...  for a constant; statements stand inside a function",
                ctx_text(p->ctx, token->text));
    else
      diag_help(p->ctx, "statements stand inside a function");
  }
  parse_advance(p);
}

/* item = import | const | fn | layer | init | optimizer | extern | gradient | data | train */
Item *parse_item(Parser *p) {
  uint32_t start = p->at;
  Item *item = arena_new(&p->ctx->arena, Item);
  bool known = parse_at_item(p);
  for (size_t i = 0; known && i < sizeof item_rows / sizeof *item_rows; i++) {
    const ItemRow *row = &item_rows[i];
    if (row->word ? parse_at_word(p, row->word) : parse_at(p, row->kind)) {
      row->parse(p, item);
      break;
    }
  }
  if (!known && !parse_foreign_item(p, item)) refuse_top_level(p);
  item->span = parse_span(p, start);
  if (p->panic) item->kind = ITEM_poison;
  return item;
}
