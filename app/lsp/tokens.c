#include "app/lsp/tokens.h"

#include <string.h>

#include "app/lsp/session.h"
#include "base/dtype.h"
#include "frontend/syntax/lex.h"

typedef enum Shade {
  SHADE_none,
  SHADE_namespace,
  SHADE_type,
  SHADE_class,
  SHADE_function,
  SHADE_method,
  SHADE_property,
  SHADE_variable,
  SHADE_parameter,
  SHADE_number,
  SHADE_string,
  SHADE_keyword,
  SHADE_comment,
  SHADE_operator
} Shade;

static const char *const shade_names[] = {
    "namespace", "type",   "class",  "function", "method",  "property", "variable",
    "parameter", "number", "string", "keyword",  "comment", "operator"};

typedef enum Modifier { MOD_declaration = 1, MOD_readonly = 2, MOD_library = 4 } Modifier;

json_t *tokens_legend(void) {
  json_t *types = json_array();
  for (size_t i = 0; i < sizeof shade_names / sizeof *shade_names; i++)
    json_array_append_new(types, json_string(shade_names[i]));
  return json_pack("{s:o, s:[s, s, s]}", "tokenTypes", types, "tokenModifiers", "declaration",
                   "readonly", "defaultLibrary");
}

typedef struct Shades {
  Document *doc;
  TextLines lines;
  json_t *data;
  TextPosition last;
  const Tokens *tokens;
  uint32_t next; /* comment */
} Shades;

/* One token on one line; those before it have been put. */
static void put(Shades *s, uint32_t lo, uint32_t hi, Shade shade, int modifiers) {
  TextPosition at = position_of(&s->lines, lo), end = position_of(&s->lines, hi);
  if (shade == SHADE_none || at.line != end.line || end.character <= at.character) return;
  bool same = at.line == s->last.line;
  const int64_t numbers[] = {at.line - s->last.line, at.character - (same ? s->last.character : 0),
                             end.character - at.character, shade - 1, modifiers};
  for (int i = 0; i < 5; i++) json_array_append_new(s->data, json_integer(numbers[i]));
  s->last = at;
}

static Shade item_shade(const Item *item) {
  switch (item ? item->kind : ITEM_poison) {
  case ITEM_layer:
  case ITEM_train:
  case ITEM_optimizer:
    return SHADE_class;
  case ITEM_data:
  case ITEM_const:
    return SHADE_variable;
  case ITEM_names:
    return SHADE_namespace;
  default:
    return SHADE_function;
  }
}

static Shade place_shade(const Document *doc, const TextPlace *place) {
  static const Shade shades[] = {[WORD_name] = SHADE_variable,      [WORD_index] = SHADE_parameter,
                                 [WORD_member] = SHADE_property,    [WORD_method] = SHADE_method,
                                 [WORD_argument] = SHADE_parameter, [WORD_column] = SHADE_property};
  if (place->kind == WORD_item) return item_shade(item_named(doc, place->declared));
  return shades[place->kind];
}

/* 'log loss', 'repeat 3': a word that begins a statement, not a name that is called or set. */
static bool begins(const Token *t, const char *text) {
  TokenKind before = t[-1].kind, next = t[1].kind;
  bool first = t->newline_before || before == TK_lbrace || before == TK_semicolon;
  return first && token_is_word(text) &&
         (next == TK_name || next == TK_string || next == TK_int || next == TK_lbrace);
}

/* There is a token behind a name, and one before it unless it begins the text. */
static Shade name_shade(Shades *s, const Token *t, int *modifiers) {
  const char *text = ctx_text(s->doc->ctx, t->text);
  const TextPlace *place = place_of_word(s->doc->places, t->span);
  bool inner = t > s->tokens->data;
  DType dtype;
  if (inner && t[-1].kind == KW_import) return SHADE_namespace;
  if (inner && !place && begins(t, text)) return SHADE_keyword;
  if (place) {
    if (place->declared.lo == place->span.lo) *modifiers = MOD_declaration;
    return place_shade(s->doc, place);
  }
  if (dtype_parse(text, &dtype) || !strcmp(text, "mask")) return SHADE_type;
  if (spec_is_builtin(s->doc->ctx, t->text)) return *modifiers = MOD_library, SHADE_function;
  return token_is_word(text) ? SHADE_keyword : SHADE_variable;
}

static Shade token_shade(Shades *s, const Token *t, int *modifiers) {
  switch (t->kind) {
  case TK_name:
    return name_shade(s, t, modifiers);
  case TK_int:
  case TK_float:
  case KW_inf:
  case KW_nan:
    return SHADE_number;
  case TK_string:
    return SHADE_string;
  case TK_end:
  case TK_error:
    return SHADE_none;
  default:
    if (t->kind > TK_gt) return SHADE_keyword;
    return t->kind >= TK_arrow && t->kind != TK_lparen && t->kind != TK_rparen &&
                   t->kind != TK_lbracket && t->kind != TK_rbracket && t->kind != TK_lbrace &&
                   t->kind != TK_rbrace && t->kind != TK_comma && t->kind != TK_semicolon &&
                   t->kind != TK_colon && t->kind != TK_dot
               ? SHADE_operator
               : SHADE_none;
  }
}

static void put_comments(Shades *s, uint32_t base, uint32_t until) {
  for (; s->next < s->tokens->n_comments; s->next++) {
    Span span = s->tokens->comments[s->next].span;
    if (span.lo >= until) return;
    put(s, span.lo - base, span.hi - base, SHADE_comment, 0);
  }
}

/* The text is read into words once more: the tree has no keywords in it. Words that the checker
 * knows are found by their place in the text. */
json_t *lsp_tokens(Session *session, Document *doc, const json_t *params) {
  (void)session;
  (void)params;
  const AstFile *file = spec_text(doc->spec);
  if (!file) return NULL;
  DiagMark mark = diag_mark(doc->ctx);
  Tokens tokens = lex_source(doc->ctx, file->source);
  diag_rollback(doc->ctx, mark);
  Shades s = {.doc = doc, .lines = document_lines(doc), .data = json_array(), .tokens = &tokens};
  for (uint32_t i = 0; i < tokens.len; i++) {
    const Token *t = &tokens.data[i];
    int modifiers = 0;
    put_comments(&s, file->source->base, t->kind == TK_end ? UINT32_MAX : t->span.lo);
    Shade shade = token_shade(&s, t, &modifiers);
    put(&s, t->span.lo - file->source->base, t->span.hi - file->source->base, shade, modifiers);
  }
  return json_pack("{s:o}", "data", s.data);
}
