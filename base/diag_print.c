/* Showing diagnostics: as text with the source line and carets under the place, or as JSON lines.
 *
 *   sort.ordo:31:3: error[E0410]: the result depends on the order of {N}
 *     31 |   scan n in N, h = h0 {
 *        |   ^^^^^^^^^^^^^^^^^^^^^
 *        = expected  ...
 *        = got       ...
 *   sort.ordo:22:14: note: 'x' is declared here
 *     22 |   fn encode(x: f32[B, {N}]) {
 *        |             ^^^^^^^^^^^^^^
 *        = help: ...
 *
 * Carets are placed by terminal columns: tabs are expanded, wide and combining characters counted.
 * A long line is cut to a window around its carets; of a long span the first and the last line are
 * shown.
 */
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/utf8.h"

enum { TAB = 4, WINDOW = 120, LEAD = 40, SHOWN_LINES = 3 };

typedef struct Printer {
  const Ctx *ctx;
  Text *out;
  bool color;
  int gutter; /* digits of the largest line number of this diagnostic */
} Printer;

static const char *const severity_text[] = {"error", "warning", "note"};
static const char *const severity_color[] = {"\033[1;31m", "\033[1;33m", "\033[1;36m"};
static const char BLUE[] = "\033[1;34m", BOLD[] = "\033[1m", GREEN[] = "\033[1;32m";

static void style(Printer *p, const char *code) {
  if (p->color) text_puts(p->out, code);
}
static void plain(Printer *p) { style(p, "\033[0m"); }

/* ---- safe text ---- */

static void put_code(Text *out, int32_t code) {
  char bytes[4];
  bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  /* bidirectional controls could make the line look like another one */
  bool turning = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  text_put(out, bytes, utf8_encode(control || turning ? UTF8_INVALID : code, bytes));
}

/* A message; lines after the first are indented under it. */
static void put_message(Printer *p, const char *text, int indent) {
  size_t n = strlen(text);
  for (size_t i = 0; i < n;) {
    int32_t code;
    i += utf8_decode(text + i, n - i, &code);
    if (code == '\n')
      text_printf(p->out, "\n%*s", indent, "");
    else
      put_code(p->out, code);
  }
}

/* ---- source lines ---- */

typedef struct DiagLine {
  const char *text;
  uint32_t length;
  uint32_t lo, hi; /* the marked bytes */
} DiagLine;

/* Walks over the characters of a line: *at is the byte, *column the terminal column. */
static int32_t next_char(const DiagLine *line, uint32_t *at, int *column) {
  int32_t code;
  *at += (uint32_t)utf8_decode(line->text + *at, line->length - *at, &code);
  *column += code == '\t' ? TAB - *column % TAB : utf8_width(code);
  return code;
}

static int column_of(const DiagLine *line, uint32_t byte) {
  int column = 0;
  for (uint32_t at = 0; at < byte && at < line->length;) next_char(line, &at, &column);
  return column;
}

static void put_gutter(Printer *p, int number) {
  style(p, BLUE);
  if (number)
    text_printf(p->out, "  %*d |", p->gutter, number);
  else
    text_printf(p->out, "  %*s |", p->gutter, "");
  plain(p);
}

/* The characters of the columns [from, to), tabs expanded. */
static void put_window(Printer *p, const DiagLine *line, int from, int to) {
  if (from > 0) text_puts(p->out, "...");
  int column = 0;
  for (uint32_t at = 0; at < line->length && column < to;) {
    int before = column;
    int32_t code = next_char(line, &at, &column);
    if (before < from) continue;
    if (code == '\t')
      text_printf(p->out, "%*s", column - before, "");
    else
      put_code(p->out, code);
  }
  if (column_of(line, line->length) > to) text_puts(p->out, "...");
}

static void put_line(Printer *p, const DiagLine *line, int number, const char *caret_color) {
  int first = column_of(line, line->lo), last = column_of(line, line->hi);
  int width = column_of(line, line->length), from = 0, to = width;
  if (width > WINDOW) {
    from = first > LEAD ? first - LEAD : 0;
    to = from + WINDOW;
    if (last > to) last = to;
  }
  put_gutter(p, number);
  if (line->length) text_putc(p->out, ' ');
  put_window(p, line, from, to);
  text_putc(p->out, '\n');
  put_gutter(p, 0);
  text_printf(p->out, " %*s", first - from + (from > 0 ? 3 : 0), "");
  style(p, caret_color);
  for (int i = first; i < last || i == first; i++) text_putc(p->out, '^');
  plain(p);
  text_putc(p->out, '\n');
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* The line that begins at byte 'start', marked where [lo, hi) meets it. */
static DiagLine line_at(const Source *source, uint32_t start, uint32_t lo, uint32_t hi) {
  const char *text = source->text + start;
  const char *end = memchr(text, '\n', source->length - start);
  uint32_t length = end ? (uint32_t)(end - text) : source->length - start;
  if (length && text[length - 1] == '\r') length--;
  DiagLine line = {text, length, 0, length};
  if (lo > start)
    line.lo = lo - start;
  else
    while (line.lo < length && is_blank(text[line.lo]) && start + line.lo < hi) line.lo++;
  if (hi < start + length) line.hi = hi - start;
  return line;
}

static uint32_t line_start(const Source *source, uint32_t at) {
  while (at > 0 && source->text[at - 1] != '\n') at--;
  return at;
}

static void put_snippet(Printer *p, Span span, const char *caret_color) {
  int number;
  const Source *source = source_at(p->ctx, span.lo, &number, NULL);
  if (!source) return;
  uint32_t lo = span.lo - source->base, hi = span.hi - source->base;
  if (hi > source->length) hi = source->length;
  while (hi > lo + 1 && is_blank(source->text[hi - 1])) hi--;
  int count = 1, shown = 0;
  for (uint32_t i = lo; i < hi; i++) count += source->text[i] == '\n';
  uint32_t start = line_start(source, lo);
  for (int i = 0; i < count; i++, number++) {
    DiagLine line = line_at(source, start, lo, hi);
    bool edge = i == 0 || i == count - 1;
    if (edge || count <= SHOWN_LINES) {
      put_line(p, &line, number, caret_color);
    } else if (shown++ == 0) {
      style(p, BLUE);
      text_puts(p->out, "  ...\n");
      plain(p);
    }
    while (start < source->length && source->text[start] != '\n') start++;
    start++;
  }
}

/* ---- one diagnostic ---- */

static void put_header(Printer *p, Span span, Severity severity, const char *code,
                       const char *message) {
  int line, column;
  const Source *source = source_at(p->ctx, span.lo, &line, &column);
  style(p, BOLD);
  if (source) {
    put_message(p, source->path, 0);
    text_printf(p->out, ":%d:%d: ", line, column);
  }
  style(p, severity_color[severity]);
  text_puts(p->out, severity_text[severity]);
  if (code) text_printf(p->out, "[%s]", code);
  text_puts(p->out, ": ");
  plain(p);
  style(p, BOLD);
  put_message(p, message, 2);
  plain(p);
  text_putc(p->out, '\n');
}

/* "     = help: text" under the gutter. */
static void put_remark(Printer *p, const char *label, const char *color, const char *text) {
  text_printf(p->out, "  %*s ", p->gutter, "");
  style(p, BLUE);
  text_puts(p->out, "= ");
  style(p, color);
  text_puts(p->out, label);
  plain(p);
  put_message(p, text, p->gutter + 5 + (int)strlen(label));
  text_putc(p->out, '\n');
}

static int line_digits(const Ctx *ctx, Span span) {
  int line, digits = 1;
  uint32_t last = span.hi > span.lo ? span.hi - 1 : span.lo;
  if (!source_at(ctx, last, &line, NULL)) return 1;
  while (line >= 10) {
    line /= 10;
    digits++;
  }
  return digits;
}

static void put_diag(Printer *p, const Diag *diag) {
  const DiagInfo *info = &diag_info[diag->code];
  p->gutter = line_digits(p->ctx, diag->span);
  for (uint32_t i = 0; i < diag->notes.len; i++) {
    int digits = line_digits(p->ctx, diag->notes.data[i].span);
    if (digits > p->gutter) p->gutter = digits;
  }
  put_header(p, diag->span, info->severity, info->code, diag->message);
  put_snippet(p, diag->span, severity_color[info->severity]);
  if (diag->expected) put_remark(p, "expected  ", BOLD, diag->expected);
  if (diag->got) put_remark(p, "got       ", BOLD, diag->got);
  for (uint32_t i = 0; i < diag->notes.len; i++) {
    const DiagNote *note = &diag->notes.data[i];
    if (span_none(note->span)) {
      put_remark(p, "note: ", severity_color[SEV_note], note->text);
    } else {
      put_header(p, note->span, SEV_note, NULL, note->text);
      put_snippet(p, note->span, severity_color[SEV_note]);
    }
  }
  for (uint32_t i = 0; i < diag->helps.len; i++)
    put_remark(p, "help: ", GREEN, diag->helps.data[i]);
}

/* ---- all of them ---- */

/* In order of place; equal places keep the order in which they were found (insertion sort: there
 * are few). */
static Diag **sorted(const Ctx *ctx, Arena *arena) {
  uint32_t n = ctx->diags.list.len;
  Diag **list = arena_array(arena, Diag *, n);
  for (uint32_t i = 0; i < n; i++) {
    Diag *diag = ctx->diags.list.data[i];
    uint32_t at = i;
    for (; at > 0 && list[at - 1]->span.lo > diag->span.lo; at--) list[at] = list[at - 1];
    list[at] = diag;
  }
  return list;
}

void diag_print(const Ctx *ctx, bool color, Text *out) {
  Printer p = {.ctx = ctx, .out = out, .color = color};
  Diag **list = sorted(ctx, out->arena);
  for (uint32_t i = 0; i < ctx->diags.list.len; i++) {
    put_diag(&p, list[i]);
    text_putc(out, '\n');
  }
  uint32_t errors = ctx->diags.errors;
  if (!errors) return;
  text_printf(out, "%u error%s", errors, errors == 1 ? "" : "s");
  if (ctx->diags.dropped)
    text_printf(out, "; %u more diagnostics are not shown", ctx->diags.dropped);
  text_putc(out, '\n');
}

/* ---- JSON ---- */

static void json_field(Text *out, const char *key, const char *value) {
  if (!value) return;
  text_printf(out, ",\"%s\":", key);
  text_put_json(out, value);
}

static void json_place(const Ctx *ctx, Text *out, Span span) {
  int line, column;
  const Source *source = source_at(ctx, span.lo, &line, &column);
  if (!source) return;
  json_field(out, "file", source->path);
  text_printf(out, ",\"line\":%d,\"column\":%d", line, column);
  if (source_at(ctx, span.hi, &line, &column))
    text_printf(out, ",\"end_line\":%d,\"end_column\":%d", line, column);
}

static void json_diag(const Ctx *ctx, Text *out, const Diag *diag) {
  const DiagInfo *info = &diag_info[diag->code];
  text_printf(out, "{\"code\":\"%s\",\"name\":\"%s\",\"severity\":\"%s\"", info->code, info->name,
              severity_text[info->severity]);
  json_place(ctx, out, diag->span);
  json_field(out, "message", diag->message);
  json_field(out, "expected", diag->expected);
  json_field(out, "got", diag->got);
  text_puts(out, ",\"notes\":[");
  for (uint32_t i = 0; i < diag->notes.len; i++) {
    text_puts(out, i ? ",{\"severity\":\"note\"" : "{\"severity\":\"note\"");
    json_place(ctx, out, diag->notes.data[i].span);
    json_field(out, "message", diag->notes.data[i].text);
    text_putc(out, '}');
  }
  text_puts(out, "],\"helps\":[");
  for (uint32_t i = 0; i < diag->helps.len; i++) {
    if (i) text_putc(out, ',');
    text_put_json(out, diag->helps.data[i]);
  }
  text_puts(out, "],\"fixes\":[");
  for (uint32_t i = 0; i < diag->fixes.len; i++) {
    const DiagFix *fix = &diag->fixes.data[i];
    text_puts(out, i ? ",{\"help\":" : "{\"help\":");
    text_put_json(out, fix->help);
    json_place(ctx, out, fix->span);
    json_field(out, "text", fix->text);
    text_putc(out, '}');
  }
  text_puts(out, "]}\n");
}

void diag_print_json(const Ctx *ctx, Text *out) {
  Diag **list = sorted(ctx, out->arena);
  for (uint32_t i = 0; i < ctx->diags.list.len; i++) json_diag(ctx, out, list[i]);
}
