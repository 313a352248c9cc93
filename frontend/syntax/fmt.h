/* The formatter: one canonical layout for a program's text.
 *
 * Comments, blank lines (one at most) and the choice between a block on one line and one on several
 * are kept; everything else follows from the syntax tree, so formatting twice changes nothing and
 * the meaning stays.
 */
#ifndef ORDO_FRONTEND_SYNTAX_FMT_H
#define ORDO_FRONTEND_SYNTAX_FMT_H

#include "frontend/syntax/ast.h"

/* Appends the formatted text. False, and nothing appended, if the file has syntax errors. */
bool fmt_file(Ctx *ctx, const AstFile *file, Text *out);

#endif
