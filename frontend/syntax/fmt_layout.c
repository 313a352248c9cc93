/* Lines to text, in three steps over neighbouring lines: cells are padded to common columns; lines
 * that are too long are broken; trailing comments are moved to a common column.
 *
 * Breaking is greedy: of the places that fit on the line the outermost is taken, of several the
 * last. It looks at nothing but the line, so a formatted text formats to itself. */
#include <string.h>

#include "base/utf8.h"
#include "frontend/syntax/fmt_internal.h"

/* ---- measuring ---- */

/* Length in bytes of the mark at p, 0 if it is text. */
static size_t mark_length(const char *p) {
  return *p == FMT_BREAK ? 2 : *p == FMT_CELL || *p == FMT_EQUALS ? 1 : 0;
}

static int width_of(const char *text, size_t n) {
  int width = 0;
  for (size_t i = 0; i < n;) {
    size_t mark = mark_length(text + i);
    int32_t code;
    if (mark) {
      width += text[i] == FMT_BREAK;
      i += mark;
    } else {
      i += utf8_decode(text + i, n - i, &code);
      width += utf8_width(code);
    }
  }
  return width;
}

int fmt_width(const char *text) { return width_of(text, strlen(text)); }

/* ---- cells ---- */

/* The end of cell k in a line, NULL if it has fewer. */
static const char *find_cell(const char *text, int k) {
  const char *at = text;
  for (; *at; at += mark_length(at) ? mark_length(at) : 1)
    if (mark_length(at) == 1 && k-- == 0) return at;
  return NULL;
}

static void pad_cell(Fmt *f, FmtLine *line, int k, int column) {
  const char *cell = find_cell(line->text, k);
  if (!cell) return;
  size_t before = (size_t)(cell - line->text);
  Text out = text_new(&f->ctx->arena);
  text_put(&out, line->text, before);
  text_printf(&out, "%*s", column - width_of(line->text, before), "");
  text_puts(&out, cell); /* keeps the mark, so that the next cell is still number k + 1 */
  line->text = text_str(&out);
}

/* Pads the cells of the lines [from, to). */
static void align_group(Fmt *f, uint32_t from, uint32_t to) {
  for (int k = 0;; k++) {
    int column = -1;
    for (uint32_t i = from; i < to; i++) {
      const char *text = f->lines.data[i].text, *cell = find_cell(text, k);
      int width = cell ? width_of(text, (size_t)(cell - text)) : -1;
      if (width > column) column = width;
    }
    if (column < 0) return;
    for (uint32_t i = from; i < to; i++) pad_cell(f, &f->lines.data[i], k, column);
  }
}

/* Neighbours of one kind are aligned with each other. */
static bool same_list(const FmtLine *a, const FmtLine *b) {
  const char *cell_a = find_cell(a->text, 0), *cell_b = find_cell(b->text, 0);
  return cell_a && cell_b && *cell_a == *cell_b && a->indent == b->indent && !b->blank_before;
}

static void align_cells(Fmt *f) {
  for (uint32_t i = 0; i < f->lines.len;) {
    uint32_t end = i + 1;
    while (end < f->lines.len && same_list(&f->lines.data[i], &f->lines.data[end])) end++;
    align_group(f, i, end);
    i = end;
  }
}

/* ---- breaking ---- */

/* Where to break a text that is too wide for 'room' columns: NULL if it fits or cannot be broken.
 */
static const char *find_break(const char *text, int room) {
  if (fmt_width(text) <= room) return NULL;
  const char *best = NULL;
  for (const char *at = text; *at; at += mark_length(at) ? mark_length(at) : 1) {
    if (*at != FMT_BREAK) continue;
    bool fits = width_of(text, (size_t)(at - text)) <= room;
    if (!fits && best) break;
    if (!best || at[1] <= best[1]) best = at;
    if (!fits) break;
  }
  return best;
}

static void put_unmarked(Text *out, const char *text, size_t n) {
  for (size_t i = 0; i < n;) {
    size_t mark = mark_length(text + i);
    if (text[i] == FMT_BREAK) text_putc(out, ' ');
    if (!mark) text_putc(out, text[i]);
    i += mark ? mark : 1;
  }
}

static void break_line(Fmt *f, FmtLine *line) {
  Text out = text_new(&f->ctx->arena);
  const char *rest = line->text;
  int indent = line->indent * FMT_INDENT;
  for (const char *at; (at = find_break(rest, FMT_WIDTH - indent));) {
    put_unmarked(&out, rest, (size_t)(at - rest));
    indent = line->indent * FMT_INDENT + FMT_CONTINUED;
    text_printf(&out, "\n%*s", indent, "");
    rest = at + mark_length(at);
  }
  put_unmarked(&out, rest, strlen(rest));
  line->text = text_str(&out);
}

/* ---- comments ---- */

/* The column where a finished line ends. */
static int last_column(const FmtLine *line) {
  const char *last = strrchr(line->text, '\n');
  return last ? fmt_width(last + 1) : line->indent * FMT_INDENT + fmt_width(line->text);
}

static bool own_line(const FmtLine *line) { return !*line->text; }

static void put_line(const FmtLine *line, int comment_column, Text *out) {
  if (line->blank_before) text_putc(out, '\n');
  text_printf(out, "%*s%s", line->indent * FMT_INDENT, "", line->text);
  if (line->comment)
    text_printf(out, "%*s%s", own_line(line) ? 0 : comment_column - last_column(line), "",
                line->comment);
  text_putc(out, '\n');
}

/* Both have a comment behind their text, one under the other. */
static bool same_comments(const FmtLine *a, const FmtLine *b) {
  return a->comment && b->comment && !own_line(a) && !own_line(b) && !b->blank_before;
}

void fmt_layout(Fmt *f, Text *out) {
  align_cells(f);
  for (uint32_t i = 0; i < f->lines.len; i++) break_line(f, &f->lines.data[i]);
  for (uint32_t i = 0; i < f->lines.len;) {
    uint32_t end = i;
    int column = 0;
    do {
      int own = last_column(&f->lines.data[end]) + 2;
      if (own > column) column = own;
      end++;
    } while (end < f->lines.len && same_comments(&f->lines.data[end - 1], &f->lines.data[end]));
    for (; i < end; i++) put_line(&f->lines.data[i], column, out);
  }
}
