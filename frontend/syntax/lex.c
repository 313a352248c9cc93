/* One pass over the bytes. Each token kind is read by one function; operators are found in the
 * table of token.def, longest first. Names and operators are ASCII; any UTF-8 may stand in comments
 * and strings. */
#include "frontend/syntax/lex.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

typedef struct Lexer {
  Ctx *ctx;
  const Source *source;
  const char *text;
  uint32_t at, length;
  bool newline; /* seen since the last token */
  VEC(Token) tokens;
  VEC(Comment) comments;
} Lexer;

static const char *const shown[N_TOKEN_KINDS] = {
#define TOKEN(name, shown) [TK_##name] = shown,
#include "frontend/syntax/token.def"
#define KEYWORD(name) [KW_##name] = "'" #name "'",
#include "frontend/syntax/token.def"
};

static const char *const keywords[N_TOKEN_KINDS] = {
#define KEYWORD(name) [KW_##name] = #name,
#include "frontend/syntax/token.def"
};

static const char *const index_fns[] = {
#define INDEX_FN(name, ...) #name,
#include "frontend/syntax/index_functions.def"
#undef INDEX_FN
};

typedef struct Operator {
  const char *text;
  TokenKind kind;
  const char *help, *ours; /* of a foreign operator, else NULL */
} Operator;

static const Operator operators[] = {
#define FOREIGN_OPERATOR(text, token, help, ours) {text, token, help, ours},
#define TOKEN(...)
#define PUNCTUATION(name, text) {text, TK_##name, NULL, NULL},
#include "frontend/syntax/token.def"
};

static const char *const words[] = {
#define KEYWORD(name) #name,
#include "frontend/syntax/token.def"
#define WORD(name) #name,
#include "frontend/syntax/token.def"
};

bool token_is_word(const char *name) {
  for (size_t i = N_KEYWORDS; i < sizeof words / sizeof *words; i++)
    if (!strcmp(words[i], name)) return true;
  return false;
}

const char *token_shown(TokenKind kind) { return shown[kind]; }

int token_index_fn(const char *name) {
  for (size_t i = 0; i < sizeof index_fns / sizeof *index_fns; i++)
    if (index_fns[i][0] == name[0] && !strcmp(index_fns[i], name)) return (int)i;
  return -1;
}

/* ---- helpers ---- */

static char peek_at(const Lexer *lx, uint32_t ahead) {
  return lx->length - lx->at > ahead ? lx->text[lx->at + ahead] : '\0';
}
static char peek(const Lexer *lx) { return peek_at(lx, 0); }

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static bool is_word(char c) { return is_word_start(c) || is_digit(c); }

static Span span_from(const Lexer *lx, uint32_t start) {
  return (Span){lx->source->base + start, lx->source->base + lx->at};
}

static Token *push(Lexer *lx, TokenKind kind, uint32_t start) {
  Token token = {.kind = kind, .newline_before = lx->newline, .span = span_from(lx, start)};
  lx->newline = false;
  vec_push(&lx->ctx->arena, &lx->tokens, token);
  return &lx->tokens.data[lx->tokens.len - 1];
}

static Str slice(const Lexer *lx, uint32_t start) {
  return str_intern_n(&lx->ctx->strings, lx->text + start, lx->at - start);
}

static void skip_line(Lexer *lx) {
  while (lx->at < lx->length && lx->text[lx->at] != '\n') lx->at++;
}

/* Steps over one character; a byte that is no UTF-8 is reported. Returns its code point or -1. */
static int32_t step(Lexer *lx) {
  int32_t code;
  uint32_t start = lx->at;
  lx->at += (uint32_t)utf8_decode(lx->text + lx->at, lx->length - lx->at, &code);
  if (code < 0 || code == 0) {
    diag_at(lx->ctx, span_from(lx, start), E_bad_encoding,
            code ? "this byte (%02x) is not part of a UTF-8 character"
                 : "a zero byte (%02x) in the text",
            (unsigned char)lx->text[start]);
    diag_help(lx->ctx, "save the file as UTF-8");
  }
  return code;
}

/* ---- words and numbers ---- */

/* name = [A-Za-z_][A-Za-z0-9_]* "'"* */
static void lex_word(Lexer *lx) {
  uint32_t start = lx->at;
  while (is_word(peek(lx))) lx->at++;
  while (peek(lx) == '\'') lx->at++;
  Str text = slice(lx, start);
  const char *word = ctx_text(lx->ctx, text);
  TokenKind kind = TK_name;
  for (int i = 0; i < N_TOKEN_KINDS && kind == TK_name; i++)
    if (keywords[i] && keywords[i][0] == word[0] && !strcmp(keywords[i], word)) kind = (TokenKind)i;
  push(lx, kind, start)->text = text;
}

static void skip_digits(Lexer *lx) {
  while (is_digit(peek(lx))) lx->at++;
}

/* The number [start, at) has letters or dots stuck to it: 12abc, 0x1F, 1.2.3, 1_000. */
static void bad_number(Lexer *lx, uint32_t start) {
  while (is_word(peek(lx)) || (peek(lx) == '.' && is_word(peek_at(lx, 1)))) lx->at++;
  diag_at(lx->ctx, span_from(lx, start), E_bad_number, "'%.*s' is not a number",
          (int)(lx->at - start), lx->text + start);
  diag_expected(lx->ctx, "a number such as 12, 0.5, 1e-3");
  push(lx, TK_error, start);
}

/* number = digits ["." digits] [("e" | "E") ["+" | "-"] digits] */
static void lex_number(Lexer *lx) {
  uint32_t start = lx->at;
  bool whole = true;
  skip_digits(lx);
  if (peek(lx) == '.' && is_digit(peek_at(lx, 1))) {
    whole = false;
    lx->at++;
    skip_digits(lx);
  }
  if (peek(lx) == 'e' || peek(lx) == 'E') {
    uint32_t sign = peek_at(lx, 1) == '+' || peek_at(lx, 1) == '-';
    if (!is_digit(peek_at(lx, 1 + sign))) {
      lx->at += 1 + sign;
      bad_number(lx, start);
      return;
    }
    whole = false;
    lx->at += 1 + sign;
    skip_digits(lx);
  }
  if (is_word(peek(lx)) || (peek(lx) == '.' && is_digit(peek_at(lx, 1)))) {
    bad_number(lx, start);
    return;
  }
  Str text = slice(lx, start);
  const char *digits = ctx_text(lx->ctx, text);
  errno = 0;
  int64_t i = whole ? (int64_t)strtoll(digits, NULL, 10) : 0;
  bool overflow = whole && errno == ERANGE;
  double f = strtod(digits, NULL);
  if (overflow || isinf(f)) {
    diag_at(lx->ctx, span_from(lx, start), E_bad_number, "this number is too large");
    diag_help(lx->ctx,
              whole ? "whole numbers have 63 bits; write a float: %.17g" : "write inf for infinity",
              f);
    push(lx, TK_error, start);
    return;
  }
  Token *token = push(lx, whole ? TK_int : TK_float, start);
  token->text = text;
  token->i = i;
  token->f = f;
}

/* ---- strings ---- */

static int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The part of \u{...} after the u; -1 if it is malformed. */
static int32_t unicode_escape(Lexer *lx) {
  int32_t code = 0;
  int digits = 0;
  if (peek(lx) != '{') return -1;
  lx->at++;
  for (int value; (value = hex_value(peek(lx))) >= 0 && digits < 6; lx->at++, digits++)
    code = code * 16 + value;
  bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (peek(lx) != '}' || digits == 0 || code == 0 || code > 0x10FFFF || surrogate) return -1;
  lx->at++;
  return code;
}

/* escape = "\" ("n" | "t" | "r" | "\" | '"' | "u{" hex+ "}") */
static void lex_escape(Lexer *lx, Text *out) {
  static const char names[] = "ntr\\\"", values[] = "\n\t\r\\\"";
  uint32_t start = lx->at++;
  char c = peek(lx);
  const char *known = c ? strchr(names, c) : NULL;
  int32_t code = -1;
  if (known) {
    lx->at++;
    code = values[known - names];
  } else if (c == 'u') {
    lx->at++;
    code = unicode_escape(lx);
  } else if (c && c != '\n') {
    step(lx);
  }
  if (code < 0) {
    diag_at(lx->ctx, span_from(lx, start), E_bad_escape, "unknown escape in a string");
    diag_expected(lx->ctx, "\\n \\t \\r \\\\ \\\" or \\u{1F600}");
    return;
  }
  char bytes[4];
  text_put(out, bytes, utf8_encode(code, bytes));
}

/* string = '"' (character | escape)* '"', on one line. A string in 'single quotes' is read as if in
 * double ones. */
static void lex_string(Lexer *lx) {
  uint32_t start = lx->at;
  char quote = lx->text[lx->at++];
  Text out = text_new(&lx->ctx->arena);
  while (lx->at < lx->length && peek(lx) != quote && peek(lx) != '\n') {
    uint32_t from = lx->at;
    if (peek(lx) == '\\')
      lex_escape(lx, &out);
    else if (step(lx) > 0)
      text_put(&out, lx->text + from, lx->at - from);
  }
  bool closed = peek(lx) == quote;
  if (!closed) {
    diag_at(lx->ctx, span_from(lx, start), E_unclosed_string, "this string is not closed");
    diag_help(lx->ctx,
              "a string ends with %c on the line where it began; a line end is written \\n", '"');
  }
  if (closed) lx->at++;
  if (closed && quote == '\'') {
    diag_at(lx->ctx, span_from(lx, start), E_bad_character, "a string stands in double quotes");
    Span inner = {span_from(lx, start).lo + 1, span_from(lx, start).hi - 1};
    const char *whole = ctx_printf(lx->ctx, "\"%.*s\"", (int)(inner.hi - inner.lo),
                                   lx->text + (inner.lo - lx->source->base));
    bool plain = !strchr(whole + 1, '"')[1];
    diag_fix(lx->ctx, span_from(lx, start), plain ? whole : NULL, "write \"%s\"", text_str(&out));
  }
  push(lx, TK_string, start)->text = str_intern_n(&lx->ctx->strings, text_str(&out), out.len);
}

/* ---- operators and the rest ---- */

static const Operator *find_operator(const Lexer *lx) {
  const Operator *best = NULL;
  size_t best_length = 0;
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    if (operators[i].text[0] != peek(lx)) continue;
    size_t n = strlen(operators[i].text);
    if (n > best_length && n <= lx->length - lx->at &&
        !memcmp(lx->text + lx->at, operators[i].text, n)) {
      best = &operators[i];
      best_length = n;
    }
  }
  return best;
}

static bool lex_operator(Lexer *lx) {
  const Operator *op = find_operator(lx);
  if (!op) return false;
  uint32_t start = lx->at;
  lx->at += (uint32_t)strlen(op->text);
  if (op->help) {
    diag_at(lx->ctx, span_from(lx, start), E_foreign_operator, "'%s' is not an operator of Ordo",
            op->text);
    diag_fix(lx->ctx, span_from(lx, start), op->ours, "%s", op->help);
  }
  Token *token = push(lx, op->kind, start);
  if (keywords[op->kind]) token->text = ctx_str(lx->ctx, keywords[op->kind]);
  return true;
}

typedef struct Lookalike {
  int32_t code;
  const char *help;
} Lookalike;

static const Lookalike lookalikes[] = {
    {'?', "to choose between two values write where(condition, a, b)"},
    {'$', "a name is written without $"},
    {'`', "a string stands in double quotes"},
    {'\\', "a line goes on by itself inside ( ) and [ ] and after an operator; no \\ is needed"},
    {0x00A0, "this is a no-break space; write an ordinary one"},
    {0x00B2, "write x ** 2"},
    {0x00B7, "write *"},
    {0x00D7, "write *"},
    {0x00F7, "write /"},
    {0x2013, "this is a dash; minus is written -"},
    {0x2014, "this is a dash; minus is written -"},
    {0x2018, "this is a typographic quote; a string stands in plain double quotes"},
    {0x2019, "this is a typographic quote; names end in the plain one: c'"},
    {0x201C, "this is a typographic quote; a string stands in plain double quotes"},
    {0x201D, "this is a typographic quote; a string stands in plain double quotes"},
    {0x2026, "any number of leading axes is written '..', with two dots"},
    {0x2032, "this is a prime; names end in the plain quote: c'"},
    {0x2190, "a name gets its value with ="},
    {0x2192, "the result's type stands after ->"},
    {0x2208, "write 'in'"},
    {0x2211, "write sum[i](...)"},
    {0x2212, "this is a typographic minus; write -"},
    {0x221E, "write inf"},
    {0x2264, "write <="},
    {0x2265, "write >="},
    {0x2260, "write !="},
    {0xFEFF, "this is an invisible byte-order mark; remove it"},
};

static void lex_unknown(Lexer *lx) {
  uint32_t start = lx->at;
  int32_t code = step(lx);
  if (code > 0) {
    const char *help = code >= 0x80
                           ? "names have letters a-z A-Z, digits and _; anything else may stand in "
                             "comments and strings"
                           : NULL;
    for (size_t i = 0; i < sizeof lookalikes / sizeof *lookalikes; i++)
      if (lookalikes[i].code == code) help = lookalikes[i].help;
    diag_at(lx->ctx, span_from(lx, start), E_bad_character, "unexpected character '%.*s'",
            (int)(lx->at - start), lx->text + start);
    if (help) diag_help(lx->ctx, "%s", help);
  }
  push(lx, TK_error, start);
}

/* comment = "#" up to the end of the line */
static void lex_comment(Lexer *lx) {
  uint32_t start = lx->at;
  while (lx->at < lx->length && lx->text[lx->at] != '\n') step(lx);
  uint32_t end = lx->at;
  while (end > start && strchr(" \t\r", lx->text[end - 1])) end--;
  Span span = {lx->source->base + start, lx->source->base + end};
  Comment comment = {span, lx->newline || lx->tokens.len == 0};
  vec_push(&lx->ctx->arena, &lx->comments, comment);
}

/* A comment as C has it: skipped after the error. */
static void foreign_comment(Lexer *lx) {
  uint32_t start = lx->at;
  if (peek_at(lx, 1) == '/') {
    skip_line(lx);
  } else {
    const char *end = strstr(lx->text + lx->at + 2, "*/");
    lx->at = end ? (uint32_t)(end + 2 - lx->text) : lx->length;
  }
  Span opening = {lx->source->base + start, lx->source->base + start + 2};
  diag_at(lx->ctx, opening, E_foreign_operator, "a comment begins with #");
  diag_help(lx->ctx,
            "every line of a comment has its own #; the quotient of sizes is written N / 2");
}

static void lex_one(Lexer *lx) {
  char c = peek(lx);
  if (c == '\n') lx->newline = true;
  if (c == ' ' || c == '\t' || c == '\n' || (c == '\r' && peek_at(lx, 1) == '\n'))
    lx->at++;
  else if (c == '#')
    lex_comment(lx);
  else if (is_word_start(c))
    lex_word(lx);
  else if (is_digit(c))
    lex_number(lx);
  else if (c == '.' && is_digit(peek_at(lx, 1)))
    bad_number(lx, lx->at);
  else if (c == '"' || c == '\'')
    lex_string(lx);
  else if (c == '/' && (peek_at(lx, 1) == '/' || peek_at(lx, 1) == '*'))
    foreign_comment(lx);
  else if (!lex_operator(lx))
    lex_unknown(lx);
}

Tokens lex_source(Ctx *ctx, const Source *source) {
  Lexer lx = {.ctx = ctx, .source = source, .text = source->text, .length = source->length};
  lx.newline = true;
  static const char mark[] =
      "\xEF\xBB\xBF"; /* a byte-order mark at the very beginning is allowed */
  if (lx.length >= 3 && !memcmp(lx.text, mark, 3)) lx.at = 3;
  while (lx.at < lx.length) lex_one(&lx);
  lx.newline = true;
  push(&lx, TK_end, lx.at);
  return (Tokens){lx.tokens.data, lx.tokens.len, lx.comments.data, lx.comments.len};
}
