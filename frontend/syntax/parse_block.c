/* Blocks: how they open and close, and what becomes of them when a brace is missing.
 *
 * A block that is opened with ':' (as in Python) is reported and then read by its indentation, so
 * that the statements in it are still checked. A block that runs into a declaration at the
 * beginning of a line, in a file where some '{' has no partner, is the one that was not closed: it
 * ends there, and so do, silently, the blocks around it that cannot hold the declaration.
 */
#include <string.h>

#include "frontend/syntax/parse_internal.h"

static const TokenKind item_kinds[] = {KW_import,    KW_const,  KW_fn,   KW_layer,
                                       KW_optimizer, KW_extern, KW_train};
static const char *const item_words[] = {"init", "data", "names", "gradient"};

bool parse_at_item(const Parser *p) {
  const Token *token = parse_peek(p), *next = parse_peek_next(p);
  for (size_t i = 0; i < sizeof item_kinds / sizeof *item_kinds; i++)
    if (token->kind == item_kinds[i]) return true;
  for (size_t i = 0; i < sizeof item_words / sizeof *item_words; i++)
    if (parse_at_word(p, item_words[i]) && next->kind == TK_name && !next->newline_before)
      return true;
  return false;
}

/* The column of the first token on the line of the token before the cursor. */
static uint32_t header_column(const Parser *p) {
  uint32_t at = p->at > 0 ? p->at - 1 : 0;
  while (at > 0 && !p->tokens[at].newline_before) at--;
  return parse_column(p, &p->tokens[at]);
}

/* After a broken header: goes to its '{' if that is on the same line, and calms the parser. */
static void find_brace(Parser *p) {
  uint32_t at = p->at;
  bool inside = p->panic_outer != UINT32_MAX && p->partner[p->panic_outer] > at;
  if (inside) at = p->partner[p->panic_outer];
  if (!inside && p->tokens[at].newline_before && p->tokens[at].kind != TK_lbrace) return;
  while (p->tokens[at].kind != TK_lbrace) {
    TokenKind next = p->tokens[at].kind == TK_end ? TK_end : p->tokens[at + 1].kind;
    if (next == TK_end || next == TK_rbrace || p->tokens[at + 1].newline_before) return;
    at++;
  }
  p->at = at;
  p->panic = false;
}

BlockFrame parse_block_open(Parser *p) {
  BlockFrame frame = {.outer = p->outer, .column = header_column(p), .braces = true};
  p->outer = UINT32_MAX;
  Span colon = parse_peek(p)->span;
  if (parse_accept(p, TK_colon)) {
    if (parse_report(p, colon, E_colon_block, "a block begins with '{', not with ':'"))
      diag_help(p->ctx, "write { and, after the last statement of the block, }");
    frame.braces = parse_at(p, TK_lbrace);
  }
  if (frame.braces && !p->panic && !parse_at(p, TK_lbrace)) parse_unexpected(p, "'{'");
  if (p->panic) find_brace(p);
  frame.open = p->at;
  if (frame.braces && !p->panic) parse_advance(p);
  return frame;
}

static void unclosed(Parser *p, const BlockFrame *frame) {
  if (p->unwinding || p->panic) return;
  const Token *token = parse_peek(p);
  if (parse_report(p, p->tokens[frame->open].span, E_unclosed_bracket, "'{' is never closed"))
    diag_note(p->ctx, token->span,
              token->kind == TK_end ? "the file ends here"
                                    : "this declaration cannot stand inside it");
  p->unwinding = true;
  if (p->unclosed) p->unclosed--;
}

bool parse_block_more(Parser *p, const BlockFrame *frame, bool members) {
  const Token *token = parse_peek(p);
  if (p->panic || token->kind == TK_end || token->kind == TK_rbrace) return false;
  if (!frame->braces) return !token->newline_before || parse_column(p, token) > frame->column;
  bool own = members && (token->kind == KW_fn || token->kind == KW_const);
  if (own) p->unwinding = false;
  if (!own && p->unclosed && token->newline_before && parse_at_item(p)) unclosed(p, frame);
  return !p->unwinding;
}

void parse_block_close(Parser *p, const BlockFrame *frame) {
  p->outer = frame->outer;
  if (!frame->braces || p->panic) return;
  if (!p->unwinding && parse_at(p, TK_rbrace))
    parse_advance(p);
  else
    unclosed(p, frame);
}

Block parse_body(Parser *p, BodyKind kind) {
  Parser around = *p;
  p->body = kind;
  p->variables.data = NULL;
  p->variables.len = p->variables.cap = 0;
  Block block = parse_block(p, kind == BODY_fn);
  block.variables = p->variables.data;
  block.n_variables = p->variables.len;
  p->body = around.body;
  p->variables = around.variables;
  return block;
}
