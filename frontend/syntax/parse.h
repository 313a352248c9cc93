/* The parser: text to syntax tree. */
#ifndef ORDO_FRONTEND_SYNTAX_PARSE_H
#define ORDO_FRONTEND_SYNTAX_PARSE_H

#include "frontend/syntax/ast.h"

/* Never NULL. Mistakes become diagnostics of ctx and poisoned nodes in the tree; the rest of the
 * file is read all the same, so that several mistakes are shown at once. */
AstFile *parse_file(Ctx *ctx, const Source *source);

/* The same for a text that was read from a file. Unless the file's name says that it is a spec
 * (it ends in .ordo, behind links), a text with mistakes in its form is none: NULL and one
 * diagnostic at 'from' that shows nothing of it. */
AstFile *parse_read(Ctx *ctx, const Source *source, Span from);

/* A single expression, as in 'ordo run -D K=2*H'. Poisoned if it cannot be read. */
Expr *parse_expr_text(Ctx *ctx, const Source *source);

#endif
