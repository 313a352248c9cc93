/* The lexer: text to tokens. Comments are kept aside for the formatter; line ends are a mark on the
 * token after them, because only the parser knows whether a statement may end there. */
#ifndef ORDO_FRONTEND_SYNTAX_LEX_H
#define ORDO_FRONTEND_SYNTAX_LEX_H

#include "frontend/syntax/ast.h"

typedef enum TokenKind {
#define TOKEN(name, shown) TK_##name,
#include "frontend/syntax/token.def"
#define KEYWORD(name) KW_##name,
#include "frontend/syntax/token.def"
  N_TOKEN_KINDS
} TokenKind;

enum {
  N_KEYWORDS = 0
#define KEYWORD(name) +1
#include "frontend/syntax/token.def"
};

typedef struct Token {
  TokenKind kind;
  bool newline_before; /* the first on its line */
  Span span;
  Str text;  /* name: the name; number: as written; string: its contents; keyword: the word */
  int64_t i; /* int */
  double f;  /* int, float */
} Token;

typedef struct Tokens {
  Token *data; /* the last one is TK_end */
  uint32_t len;
  Comment *comments;
  uint32_t n_comments;
} Tokens;

/* Mistakes become diagnostics and TK_error tokens (or, where the meaning is plain, the token that
 * was meant). */
Tokens lex_source(Ctx *ctx, const Source *source);
/* How a message calls a kind: "')'", "a name", "'fn'". */
const char *token_shown(TokenKind kind);
/* Whether a name is a word of the language at some places: a row WORD of token.def. */
bool token_is_word(const char *name);
/* The index function of a name, as a row number of index_functions.def, or -1. */
int token_index_fn(const char *name);

#endif
