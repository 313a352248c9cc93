/* What the files of the formatter share.
 *
 *   fmt.c         declarations, statements, and where comments go
 *   fmt_expr.c    expressions and types
 *   fmt_layout.c  lines: columns that are aligned, long lines that are broken, trailing comments
 *
 * A line is text with two kinds of marks in it: a place where it may be broken (with the depth of
 * brackets and operators there; the outermost are taken first) and the end of a cell that is
 * aligned with the lines around it.
 */
#ifndef ORDO_FRONTEND_SYNTAX_FMT_INTERNAL_H
#define ORDO_FRONTEND_SYNTAX_FMT_INTERNAL_H

#include "frontend/syntax/fmt.h"

enum {
  FMT_WIDTH = 110,
  FMT_INDENT = 2,
  FMT_CONTINUED = 4,
  FMT_BREAK = 1,  /* followed by a byte: depth + 1; stands for a space */
  FMT_CELL = 2,   /* of a list of names and types */
  FMT_EQUALS = 3, /* of a list of names and values */
};

typedef struct FmtLine {
  int indent;
  const char *text;
  const char *comment; /* at its end, or NULL */
  bool blank_before;
} FmtLine;

typedef struct Fmt {
  Ctx *ctx;
  const AstFile *file;
  const Source *source;
  VEC(FmtLine) lines;
  Text line; /* being written */
  int indent, depth;
  uint32_t comment;  /* next one to be placed */
  bool fresh;        /* a block was just opened: no blank line */
  bool blank_before; /* the line being written */
  bool one_line;     /* blocks are written on the line */
  int inside;        /* how many of them */
} Fmt;

static inline void fmt_put(Fmt *f, const char *text) { text_puts(&f->line, text); }
void fmt_break(Fmt *f); /* a space, or a new line */
/* Only the cells of the element itself, not of those in a block on the same line. */
static inline void fmt_cell(Fmt *f, char mark) {
  if (f->inside == 0) text_putc(&f->line, mark);
}
void fmt_name(Fmt *f, Name name);
void fmt_source(Fmt *f, Span span); /* as it was written */

void fmt_expr(Fmt *f, const Expr *expr);
void fmt_args(Fmt *f, const Args *args);
void fmt_type(Fmt *f, const TypeExpr *type);
void fmt_column_type(Fmt *f, const TypeExpr *type, const Args *args);
void fmt_params(Fmt *f, const Params *params);

/* Terminal columns of a text without its marks. */
int fmt_width(const char *text);
/* All lines, aligned and broken. */
void fmt_layout(Fmt *f, Text *out);

#endif
