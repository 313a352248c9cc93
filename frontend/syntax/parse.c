/* The parser's cursor, errors and recovery; see parse_internal.h. */
#include "frontend/syntax/parse_internal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 200 };

/* ---- cursor ---- */

bool parse_at_word(const Parser *p, const char *word) {
  const Token *token = parse_peek(p);
  return token->kind == TK_name && !strcmp(ctx_text(p->ctx, token->text), word);
}

/* A line that ends with such a token goes on in the next one. */
static bool goes_on(TokenKind kind) {
  static const TokenKind kinds[] = {
      TK_comma,
      TK_assign,
      TK_arrow,
      TK_tilde,
#define BINARY(name, text, token, level) token,
#include "frontend/syntax/token.def"
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i] == kind) return true;
  return false;
}

const Token *parse_advance(Parser *p) {
  const Token *token = parse_peek(p);
  if (token->kind != TK_end) p->at++;
  if (goes_on(token->kind)) p->first = p->at;
  return token;
}

bool parse_accept(Parser *p, TokenKind kind) {
  if (p->panic || !parse_next_is(p, kind)) return false;
  parse_advance(p);
  return true;
}

bool parse_accept_word(Parser *p, const char *word) {
  if (p->panic || !parse_at_word(p, word)) return false;
  parse_advance(p);
  return true;
}

bool parse_expect(Parser *p, TokenKind kind, const char *what) {
  if (parse_accept(p, kind)) return true;
  parse_unexpected(p, what);
  return false;
}

Name parse_name(Parser *p, const char *what) {
  const Token *token = parse_peek(p);
  if (parse_expect(p, TK_name, what)) return (Name){token->text, token->span};
  return (Name){.span = token->span};
}

Span parse_span(const Parser *p, uint32_t start) {
  const Token *first = &p->tokens[start];
  const Token *last = p->at > start ? &p->tokens[p->at - 1] : first;
  return (Span){first->span.lo, last->span.hi};
}

uint32_t parse_column(const Parser *p, const Token *token) {
  uint32_t at = token->span.lo - p->source->base, column = 0;
  for (; at > 0 && p->source->text[at - 1] != '\n'; at--) column++;
  return column;
}

/* ---- errors ---- */

static bool report(Parser *p, Span span, DiagCode code, const char *format, va_list args) {
  p->failed = true;
  if (p->panic) return false;
  diag_at(p->ctx, span, code, "%s", arena_vprintf(&p->ctx->arena, format, args));
  return true;
}

bool parse_report(Parser *p, Span span, DiagCode code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  bool reported = report(p, span, code, format, args);
  va_end(args);
  return reported;
}

static void start_panic(Parser *p) {
  if (!p->panic) p->panic_outer = p->outer;
  p->panic = p->failed = true;
}

bool parse_fail(Parser *p, Span span, DiagCode code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  bool reported = report(p, span, code, format, args);
  va_end(args);
  start_panic(p);
  return reported;
}

typedef struct Hint {
  TokenKind kind;
  const char *help;
} Hint;

/* What people mean who write such a token where it cannot stand. */
static const Hint hints[] = {
    {KW_if, "'if' is a statement over constants; to choose between two values write "
            "where(condition, a, b)"},
    {KW_new, "'new' is an axis of extent 1 and stands in the brackets of a tensor: x[:, new]"},
    {KW_fn, "functions have names and stand at the top of a file or in a layer"},
    {KW_not, "put it in parentheses: (not a)"},
    {TK_tilde, "'~' gives a weight its first value: W: f32[I, O] ~ glorot_uniform"},
};

/* How a message calls the token: with its text if it has one. */
static const char *describe(const Parser *p, const Token *token) {
  switch (token->kind) {
  case TK_name:
    return ctx_printf(p->ctx, "name '%s'", ctx_text(p->ctx, token->text));
  case TK_int:
  case TK_float:
    return ctx_printf(p->ctx, "number %s", ctx_text(p->ctx, token->text));
  case TK_string:
    return "string";
  case TK_end:
    return "end of the file";
  default:
    return token_shown(token->kind);
  }
}

static bool is_stray(const Parser *p) {
  TokenKind kind = parse_peek(p)->kind;
  bool closes = kind == TK_rparen || kind == TK_rbracket || kind == TK_rbrace;
  return closes && !p->partner[p->at];
}

bool parse_unexpected(Parser *p, const char *what) {
  const Token *token = parse_peek(p);
  if (token->kind == TK_error) { /* the lexer has spoken */
    start_panic(p);
    return false;
  }
  if (is_stray(p))
    return parse_fail(p, token->span, E_stray_bracket, "%s closes nothing",
                      token_shown(token->kind));
  bool begins_line = p->outer == UINT32_MAX && token->newline_before;
  bool line_end = begins_line && (p->at != p->first || (p->at > 0 && goes_on(token[-1].kind)));
  Span span = token->span;
  if (line_end) span.lo = span.hi = p->tokens[p->at - 1].span.hi;
  if (!parse_fail(p, span, E_unexpected, "unexpected %s",
                  line_end && token->kind != TK_end ? "end of the line" : describe(p, token)))
    return false;
  diag_expected(p->ctx, "%s", what);
  for (size_t i = 0; !line_end && i < sizeof hints / sizeof *hints; i++)
    if (hints[i].kind == token->kind) diag_help(p->ctx, "%s", hints[i].help);
  return true;
}

/* ---- recovery ---- */

/* Skips to where the next statement may begin: past the brackets the error is in if they are
 * closed, then to the end of the line, jumping over blocks. */
static void skip_statement(Parser *p) {
  if (p->panic_outer != UINT32_MAX) {
    uint32_t close = p->partner[p->panic_outer];
    if (close > p->at) p->at = close + 1;
  }
  for (;;) {
    TokenKind kind = parse_peek(p)->kind;
    if (kind == TK_end || kind == TK_rbrace || kind == TK_semicolon) return;
    if (parse_peek(p)->newline_before && kind != TK_lbrace) return;
    uint32_t partner = p->partner[p->at];
    p->at = partner > p->at ? partner + 1 : p->at + 1;
  }
}

/* Something is left on the line after a complete statement. */
static void left_over(Parser *p) {
  const Token *token = parse_peek(p);
  if (token->kind == TK_assign) {
    if (parse_fail(p, token->span, E_assign_in_expression, "'=' cannot stand in an expression"))
      diag_help(p->ctx,
                "equality is written ==; a statement gives one value to one name, or (a, b) = ...");
  } else if (token->kind == TK_colon) {
    if (parse_unexpected(p, "an operator or the end of the statement"))
      diag_help(p->ctx, "a name in a body takes its type from its value: write only the name");
  } else if (parse_unexpected(p, "an operator or the end of the statement")) {
    bool begins = token->kind == TK_name || token->kind == TK_int || token->kind == TK_float;
    if (begins) diag_help(p->ctx, "two statements on one line are separated by ';'");
  }
}

void parse_sync(Parser *p, uint32_t start) {
  bool ended = !parse_same_line(p) || parse_at(p, TK_rbrace) || parse_at(p, TK_semicolon) ||
               parse_at(p, TK_end);
  if (!p->panic && !ended && !p->unwinding) left_over(p);
  if (p->panic) {
    if (p->at == start && !parse_at(p, TK_rbrace)) parse_advance(p);
    skip_statement(p);
  }
  p->panic = false;
  p->outer = UINT32_MAX;
  while (parse_at(p, TK_semicolon)) parse_advance(p);
}

/* ---- brackets ---- */

bool parse_enter(Parser *p) {
  if (p->depth++ < MAX_DEPTH) return true;
  bool again = p->too_deep;
  p->too_deep = true;
  if (again)
    start_panic(p);
  else if (parse_fail(p, parse_peek(p)->span, E_too_deep,
                      "the text is nested more than %d levels deep here", MAX_DEPTH))
    diag_help(p->ctx, "give parts of it names of their own");
  return false;
}

Bracket parse_open(Parser *p, TokenKind close) {
  Bracket bracket = {.open = p->at, .outer = p->outer, .close = close};
  if (p->outer == UINT32_MAX) p->outer = p->at;
  parse_advance(p);
  return bracket;
}

/* Neither ',' nor the end of the list: the bracket is open still, or something stands between two
 * elements. */
static void list_broken(Parser *p, const Bracket *bracket) {
  const Token *token = parse_peek(p), *open = &p->tokens[bracket->open];
  bool closing = token->kind == TK_rparen || token->kind == TK_rbracket || token->kind == TK_rbrace;
  if (closing && p->partner[bracket->open] > p->at) {
    parse_fail(p, token->span, E_stray_bracket, "%s closes nothing", token_shown(token->kind));
    return;
  }
  bool unpaired = !p->partner[bracket->open] && (open->kind != TK_lt || token->newline_before);
  if (token->kind == TK_end || closing || unpaired) {
    if (parse_fail(p, open->span, E_unclosed_bracket, "%s is never closed",
                   token_shown(open->kind)))
      diag_note(p->ctx, token->span, "%s or ',' was expected before this",
                token_shown(bracket->close));
    return;
  }
  if (token->kind == TK_assign) {
    if (parse_fail(p, token->span, E_assign_in_expression, "'=' cannot stand in an expression"))
      diag_fix(p->ctx, token->span, "==", "equality is written ==");
    return;
  }
  const char *what = ctx_printf(p->ctx, "an operator, ',' or %s", token_shown(bracket->close));
  if (parse_unexpected(p, what) && token->newline_before)
    diag_note(p->ctx, open->span, "inside this bracket");
}

bool parse_more(Parser *p, const Bracket *bracket, uint32_t n) {
  if (p->panic || parse_at(p, bracket->close)) return false;
  if (n == 0) return true;
  if (!parse_at(p, TK_comma)) {
    list_broken(p, bracket);
    return false;
  }
  parse_advance(p);
  return !parse_at(p, bracket->close);
}

bool parse_close(Parser *p, Bracket bracket) {
  bool closed = !p->panic && parse_at(p, bracket.close);
  if (closed)
    parse_advance(p);
  else if (!p->panic)
    list_broken(p, &bracket);
  p->outer = bracket.outer;
  return closed;
}

/* ---- the whole ---- */

static bool closes(TokenKind open, TokenKind close) {
  return (open == TK_lparen && close == TK_rparen) ||
         (open == TK_lbracket && close == TK_rbracket) || (open == TK_lbrace && close == TK_rbrace);
}

/* A closing bracket gives up what is still open inside its own, but only '}' gives up a '{': blocks
 * are what recovery holds on to. */
static bool may_give_up(TokenKind open, TokenKind close) {
  return !closes(open, close) && (open != TK_lbrace || close == TK_rbrace);
}

/* Pairs the brackets of a file. */
static void pair_brackets(Parser *p, uint32_t n) {
  uint32_t *partner = arena_array(&p->ctx->arena, uint32_t, n);
  uint32_t *stack = arena_array(&p->ctx->arena, uint32_t, n), depth = 0;
  for (uint32_t i = 0; i < n; i++) {
    TokenKind kind = p->tokens[i].kind;
    if (kind == TK_lparen || kind == TK_lbracket || kind == TK_lbrace) {
      stack[depth++] = i;
      continue;
    }
    if (kind != TK_rparen && kind != TK_rbracket && kind != TK_rbrace) continue;
    uint32_t top = depth;
    while (top > 0 && may_give_up(p->tokens[stack[top - 1]].kind, kind)) top--;
    if (top == 0 || !closes(p->tokens[stack[top - 1]].kind, kind)) continue;
    depth = top - 1;
    partner[i] = stack[depth];
    partner[stack[depth]] = i;
  }
  for (uint32_t i = 0; i < depth; i++) p->unclosed += p->tokens[stack[i]].kind == TK_lbrace;
  p->unbalanced = p->unclosed > 0;
  p->partner = partner;
}

static Parser start(Ctx *ctx, const Source *source, Tokens *tokens) {
  uint32_t errors = ctx->diags.errors;
  *tokens = lex_source(ctx, source);
  Parser p = {.ctx = ctx, .source = source, .tokens = tokens->data, .outer = UINT32_MAX};
  p.failed = ctx->diags.errors > errors;
  pair_brackets(&p, tokens->len);
  return p;
}

/* file = {item} */
AstFile *parse_file(Ctx *ctx, const Source *source) {
  Tokens tokens;
  Parser p = start(ctx, source, &tokens);
  VEC(Item *) items = {0};
  while (!parse_at(&p, TK_end)) {
    uint32_t first = p.first = p.at;
    p.unwinding = false;
    if (!parse_at(&p, TK_semicolon)) {
      Item *item = parse_item(&p);
      vec_push(&ctx->arena, &items, item);
    }
    parse_sync(&p, first);
    if (p.at == first) parse_advance(&p);
  }
  AstFile *file = arena_new(&ctx->arena, AstFile);
  *file = (AstFile){source, items.data, items.len, tokens.comments, tokens.n_comments, p.failed};
  return file;
}

static bool is_named_spec(const char *path) {
  char file[PATH_MAX];
  size_t n = realpath(path, file) ? strlen(file) : 0;
  return n > 5 && !strcmp(file + n - 5, ".ordo");
}

AstFile *parse_read(Ctx *ctx, const Source *source, Span from) {
  DiagMark mark = diag_mark(ctx);
  AstFile *file = parse_file(ctx, source);
  if (!file->failed || is_named_spec(source->path)) return file;
  diag_rollback(ctx, mark);
  diag_at(ctx, from, E_not_spec, "'%s' is no spec", source->path);
  diag_help(ctx, "a spec with mistakes is shown when its name ends in '.ordo'");
  return NULL;
}

Expr *parse_expr_text(Ctx *ctx, const Source *source) {
  Tokens tokens;
  Parser p = start(ctx, source, &tokens);
  Expr *expr = parse_expr(&p);
  if (!p.panic && !parse_at(&p, TK_end)) parse_unexpected(&p, "the end of the expression");
  return p.failed ? parse_poison(&p, expr->span) : expr;
}
