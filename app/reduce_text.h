/* Reducing a text: the smallest one found for which a test still holds.
 *
 * For finding what the compiler trips over in a program: what app/reduce.h does with a graph,
 * before the checker. Steps work on the syntax tree, from large to small: declarations, members,
 * statements (many at once, then one by one) and parameters go; a loop becomes its body, an
 * expression one of its parts or a number; numbers, and with them sizes and constants, become
 * small. A candidate can be read by the parser; whether it can be checked is for the test to say.
 */
#ifndef ORDO_APP_REDUCE_TEXT_H
#define ORDO_APP_REDUCE_TEXT_H

#include "frontend/syntax/ast.h"

/* Whether a candidate is still interesting. */
typedef bool (*TextTest)(void *user, const char *text);

typedef struct TextReduction {
  uint32_t tried, kept;
} TextReduction;

/* The text must pass the test itself, and have no syntax errors. Returns the formatted text of what
 * is left; NULL after a diagnostic when the text cannot be read. */
const char *text_reduce(Ctx *ctx, const Source *source, TextTest test, void *user,
                        TextReduction *stats);

#endif
