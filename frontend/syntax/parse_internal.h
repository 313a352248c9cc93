/* What the files of the parser share.
 *
 *   parse.c        the cursor, errors and recovery
 *   parse_item.c   files and their declarations
 *   parse_train.c  training programs and data
 *   parse_stmt.c   blocks and statements
 *   parse_type.c   types and parameters
 *   parse_expr.c   expressions
 *
 * Recursive descent, one function a rule; the rule stands over it, in EBNF: "word" is a token, [x]
 * optional, {x} repeated, (a | b) a choice.
 *
 * Errors. The first error in a statement sets 'panic'; until the statement ends nothing more is
 * reported and the rules return poisoned nodes. Whoever owns a list of statements (or members,
 * items) calls parse_sync after each, which skips to the statement's end and calms the parser.
 * Mistakes whose meaning is clear are reported with parse_report and do not panic.
 *
 * Lines. A token knows whether it begins a line. parse_next_is refuses such a token outside
 * brackets, so a statement ends with its line, unless a rule looks with parse_at, which ignores
 * line ends.
 */
#ifndef ORDO_FRONTEND_SYNTAX_PARSE_INTERNAL_H
#define ORDO_FRONTEND_SYNTAX_PARSE_INTERNAL_H

#include "frontend/syntax/lex.h"
#include "frontend/syntax/parse.h"

typedef enum BodyKind { BODY_fn, BODY_step, BODY_eval } BodyKind;

typedef struct Parser {
  Ctx *ctx;
  const Source *source;
  const Token *tokens;
  const uint32_t *partner; /* token of the other bracket, 0 if it has none */
  uint32_t at;
  uint32_t first; /* with which the statement, or its continuation in another line, begins */
  uint32_t outer; /* token of the outermost open ( or [ of the statement, UINT32_MAX if none */
  uint32_t panic_outer; /* the same when the panic began */
  int depth;            /* of nested rules */
  bool too_deep;        /* and reported: once is enough */
  bool panic;
  bool failed;       /* something in the file is poisoned */
  bool unbalanced;   /* some '{' of the file has no partner */
  uint32_t unclosed; /* how many of them have not been reported */
  bool unwinding;    /* a block was left at a declaration inside it: so are the blocks around it */
  bool rule_follows; /* the 'with' that follows is that of an optimizer */
  BodyKind body;
  VEC(Str) variables; /* of the body: see Block */
} Parser;

/* ---- cursor ---- */

static inline const Token *parse_peek(const Parser *p) { return &p->tokens[p->at]; }
static inline const Token *parse_peek_next(const Parser *p) {
  return &p->tokens[p->at + (p->tokens[p->at].kind != TK_end)];
}
static inline bool parse_at(const Parser *p, TokenKind kind) { return parse_peek(p)->kind == kind; }
/* The token belongs to the statement being read. */
static inline bool parse_same_line(const Parser *p) {
  return p->outer != UINT32_MAX || p->at == p->first || !parse_peek(p)->newline_before;
}
static inline bool parse_next_is(const Parser *p, TokenKind kind) {
  return parse_at(p, kind) && parse_same_line(p);
}
/* At a word that is reserved only here: "from", "until". Line ends are ignored. */
bool parse_at_word(const Parser *p, const char *word);
const Token *parse_advance(Parser *p);
bool parse_accept(Parser *p, TokenKind kind); /* on the same line */
bool parse_accept_word(Parser *p, const char *word);
/* Consumes a token of this kind on the same line, or fails: 'what' says what was expected ("')'
 * after ..."). */
bool parse_expect(Parser *p, TokenKind kind, const char *what);
Name parse_name(Parser *p, const char *what);
/* From token 'start' up to the last one consumed. */
Span parse_span(const Parser *p, uint32_t start);
/* The column (from 0) at which a token stands in its line. */
uint32_t parse_column(const Parser *p, const Token *token);

/* The body of a function, a step or an eval: a block with its variables. */
Block parse_body(Parser *p, BodyKind kind);

/* ---- errors ---- */

/* Reports and panics. False if the parser was in panic: nothing was reported, attach nothing. */
bool parse_fail(Parser *p, Span span, DiagCode code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "unexpected X", expected 'what', at the next token, with help where the reason is plain. Panics.
 */
bool parse_unexpected(Parser *p, const char *what);
/* Reports without panic; the text goes on making sense. False as above. */
bool parse_report(Parser *p, Span span, DiagCode code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* At the end of a statement: consumes ';', or fails if something is left on the line. After a
 * failure skips to the end of the statement and calms the parser. 'start' is the statement's first
 * token; at least one token will have been consumed. */
void parse_sync(Parser *p, uint32_t start);

/* ---- brackets and nesting ---- */

/* One level deeper; false (and an error) at the limit. Pair with parse_leave in any case. */
bool parse_enter(Parser *p);
static inline void parse_leave(Parser *p) { p->depth--; }

/* The inside of ( ) and [ ]: line ends do not count. */
typedef struct Bracket {
  uint32_t open, outer;
  TokenKind close;
} Bracket;
/* At '(' or '[' (or '<', '{' of a type): consumes it. */
Bracket parse_open(Parser *p, TokenKind close);
/* More elements of a comma list? Consumes ',' between them; a comma before the end is allowed. 'n'
 * elements have been read. False at the end and in panic. */
bool parse_more(Parser *p, const Bracket *bracket, uint32_t n);
/* Consumes the closing bracket. */
bool parse_close(Parser *p, Bracket bracket);

/* ---- rules ---- */

Expr *parse_expr(Parser *p);
Expr *parse_size(Parser *p); /* sums and products: no comparison, so '>' may close an index type */
Expr *parse_poison(Parser *p, Span span);
Args parse_args(Parser *p);       /* at '(' */
Exprs parse_expr_list(Parser *p); /* e, e, ... without brackets */

TypeExpr *parse_type(Parser *p);
Expr *parse_initialiser(Parser *p, Name weight); /* "~" and how the first value is drawn */
TypeExpr *parse_column_type(Parser *p, Args *args);
bool parse_is_dtype(Parser *p, const Token *token);
typedef enum ParamStyle { PARAMS_typed, PARAMS_constants } ParamStyle;
Params parse_params(Parser *p, ParamStyle style); /* at '(' */

Block parse_block(Parser *p, bool has_result);
Expr *parse_condition(Parser *p);
/* Opens a block of statements or declarations: '{', or what a newcomer writes instead. */
typedef struct BlockFrame {
  uint32_t open;   /* token of '{' */
  uint32_t outer;  /* of the statement around */
  uint32_t column; /* the column of a block without braces is larger than this */
  bool braces;
} BlockFrame;
BlockFrame parse_block_open(Parser *p);
bool parse_block_more(Parser *p, const BlockFrame *frame, bool members);
void parse_block_close(Parser *p, const BlockFrame *frame);

Item *parse_item(Parser *p);
bool parse_at_item(const Parser *p); /* a declaration begins here */
void parse_train(Parser *p, Item *item);
void parse_data(Parser *p, Item *item);
void parse_names(Parser *p, Item *item);

#endif
