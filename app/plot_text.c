/* Curves on a terminal: panels one below the other, drawn with dots of Braille (two by four in a
 * character), or with letters where the terminal knows no UTF-8. */
#include "app/plot_panels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { LABELS = 10, LEAST_ROWS = 4, MOST_COLUMNS = 1000, MOST_ROWS = 1000 };

typedef struct Canvas {
  Ctx *ctx;
  const TextPlot *form;
  int columns, rows; /* in characters */
  unsigned char *dots, *colours;
} Canvas;

/* Colours of terminals, of the same hue as those of plot.c where they have it. */
static const int codes[] = {34, 31, 32, 35, 33, 36, 37, 93};
enum { N_CODES = 8 };

static void put_colour(const TextPlot *form, int colour, Text *out) {
  if (form->colour) text_printf(out, "\x1b[%dm", codes[colour % N_CODES]);
}

static void put_plain(const TextPlot *form, Text *out) {
  if (form->colour) text_puts(out, "\x1b[0m");
}

/* ---- dots ---- */

/* x from the left and y from the bottom, in dots. */
static void put_dot(Canvas *c, int x, int y, int colour) {
  static const unsigned char bits[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
  int wide = c->form->utf8 ? 2 : 1, high = c->form->utf8 ? 4 : 1;
  if (x < 0 || y < 0 || x >= c->columns * wide || y >= c->rows * high) return;
  int row = c->rows - 1 - y / high, at = row * c->columns + x / wide;
  c->dots[at] |= c->form->utf8 ? bits[high - 1 - y % high][x % wide] : 1;
  c->colours[at] = (unsigned char)colour;
}

static void put_stroke(Canvas *c, int x0, int y0, int x1, int y1, int colour) {
  int n = abs(x1 - x0) > abs(y1 - y0) ? abs(x1 - x0) : abs(y1 - y0);
  for (int i = 0; i <= n; i++)
    put_dot(c, x0 + (n ? (x1 - x0) * i / n : 0), y0 + (n ? (y1 - y0) * i / n : 0), colour);
}

static void draw_curve(const Plot *p, const PlotPanel *panel, const Series *s, Canvas *c,
                       int colour) {
  int wide = c->columns * (c->form->utf8 ? 2 : 1) - 1, high = c->rows * (c->form->utf8 ? 4 : 1) - 1;
  bool down = false;
  int x0 = 0, y0 = 0;
  for (uint32_t i = 0; i < s->points.len; i++) {
    SeriesPoint point = s->points.data[i];
    bool shown = plot_can_show(p, point);
    int x = shown ? (int)lround(plot_place(&panel->x, point.step) * wide) : 0;
    int y = shown ? (int)lround(plot_place(&panel->y, point.value) * high) : 0;
    if (shown) put_stroke(c, down ? x0 : x, down ? y0 : y, x, y, colour);
    down = shown;
    x0 = x, y0 = y;
  }
}

/* ---- words ---- */

static int width_of(const char *text) {
  int width = 0;
  int32_t code;
  for (size_t n = strlen(text), at = 0; at < n;) {
    at += utf8_decode(text + at, n - at, &code);
    width += utf8_width(code);
  }
  return width;
}

/* What of the text fits, made safe for a terminal; gives the columns that it took. */
static int put_cut(const char *text, int room, Text *out) {
  Arena *arena = out->arena;
  Text safe = text_new(arena);
  text_put_escaped(&safe, text, strlen(text), "");
  const char *at = text_str(&safe);
  int used = 0;
  for (size_t n = strlen(at); n;) {
    int32_t code;
    size_t length = utf8_decode(at, n, &code);
    int width = utf8_width(code);
    if (used + width > room) break;
    text_put(out, at, length);
    used += width;
    at += length;
    n -= length;
  }
  return used;
}

static int colour_of(const Plot *p, const Series *s) {
  bool one = p->runs.len == 1;
  return (int)(one ? plot_place_of(p->sections.data, p->sections.len, s->section)
                   : plot_place_of(p->runs.data, p->runs.len, s->run) +
                         2 * plot_place_of(p->sections.data, p->sections.len, s->section));
}

/* In a panel of one section the run alone. */
static const char *words_of(const Plot *p, const PlotPanel *panel, const Series *s) {
  bool one = p->runs.len > 1;
  for (uint32_t i = 0; i < panel->curves.len; i++)
    one = one && !strcmp(panel->curves.data[i]->section, s->section);
  return one ? s->run : plot_words(p, s);
}

/* "loss  train 0.25  valid 0.31" */
static void put_title(const Plot *p, const PlotPanel *panel, const TextPlot *form, Text *out) {
  int room = form->columns;
  if (form->colour) text_puts(out, "\x1b[1m");
  room -= put_cut(panel->title, room, out);
  put_plain(form, out);
  for (uint32_t i = 0; i < panel->curves.len && room > 4; i++) {
    const Series *s = panel->curves.data[i];
    char value[32];
    snprintf(value, sizeof value, " %.4g", s->points.data[s->points.len - 1].value);
    text_puts(out, "  ");
    put_colour(form, colour_of(p, s), out);
    room -= 2;
    if (!form->utf8) {
      text_printf(out, "%c ", 'a' + colour_of(p, s) % 26);
      room -= 2;
    }
    room -= put_cut(words_of(p, panel, s), room, out);
    room -= put_cut(value, room, out);
    put_plain(form, out);
  }
  text_putc(out, '\n');
}

static const char *label_at(const PlotPanel *panel, int row, int rows) {
  for (uint32_t i = 0; i < panel->y.ticks.len; i++) {
    double place = plot_place(&panel->y, panel->y.ticks.data[i].at);
    if (*panel->y.ticks.data[i].label && rows - 1 - (int)lround(place * (rows - 1)) == row)
      return panel->y.ticks.data[i].label;
  }
  return "";
}

static void put_rows(const PlotPanel *panel, const Canvas *c, Text *out) {
  const TextPlot *form = c->form;
  for (int row = 0; row < c->rows; row++) {
    const char *label = label_at(panel, row, c->rows);
    text_printf(out, "%*s%s", LABELS - 2 - width_of(label), "", label);
    text_puts(out, form->utf8 ? (*label ? " ┤" : " │") : *label ? " +" : " |");
    int colour = -1;
    for (int x = 0; x < c->columns; x++) {
      int at = row * c->columns + x;
      char bytes[4];
      if (c->dots[at] && c->colours[at] != colour) put_colour(form, colour = c->colours[at], out);
      if (!c->dots[at])
        text_putc(out, ' ');
      else if (form->utf8)
        text_put(out, bytes, utf8_encode(0x2800 + c->dots[at], bytes));
      else
        text_putc(out, (char)('a' + c->colours[at] % 26));
    }
    if (colour >= 0) put_plain(form, out);
    text_putc(out, '\n');
  }
}

/* The steps below the frame: the first and the last label of the axis. */
static void put_steps(const PlotPanel *panel, const Canvas *c, Text *out) {
  char low[32], high[32];
  snprintf(low, sizeof low, "%.6g", panel->x.low);
  snprintf(high, sizeof high, "step %.6g", panel->x.high);
  int room = c->columns - (int)strlen(low) - (int)strlen(high);
  text_printf(out, "%*s%s%*s%s\n", LABELS, "", low, room > 1 ? room : 1, "", room > 0 ? high : "");
}

static void put_panel(const Plot *p, const PlotPanel *panel, const TextPlot *form, int rows,
                      Text *out) {
  Canvas c = {p->ctx, form, form->columns - LABELS, rows - 2, NULL, NULL};
  size_t n = (size_t)c.columns * (size_t)c.rows;
  c.dots = arena_array(&p->ctx->arena, unsigned char, n);
  c.colours = arena_array(&p->ctx->arena, unsigned char, n);
  for (uint32_t i = 0; i < panel->curves.len; i++)
    draw_curve(p, panel, panel->curves.data[i], &c, colour_of(p, panel->curves.data[i]));
  put_title(p, panel, form, out);
  put_rows(panel, &c, out);
  put_steps(panel, &c, out);
}

static int within(int value, int low, int high) {
  return value < low ? low : value > high ? high : value;
}

bool plot_text(Ctx *ctx, const SeriesSet *set, const PlotOptions *options, const TextPlot *given,
               Text *out) {
  TextPlot form = *given;
  form.columns = within(form.columns, LABELS + 10, MOST_COLUMNS);
  form.rows = within(form.rows, LEAST_ROWS + 2, MOST_ROWS);
  Plot p = {.ctx = ctx, .options = options, .out = out};
  p.width = 8 * form.columns;
  p.height = 16 * form.rows;
  if (!plot_panels(&p, set)) return false;
  int most = form.rows / (LEAST_ROWS + 2), n = (int)p.panels.len;
  int shown = n < most ? n : most;
  int rows = (form.rows - (shown < n)) / shown;
  for (int i = 0; i < shown; i++) put_panel(&p, &p.panels.data[i], &form, rows, out);
  if (shown < n) {
    Text more = text_new(&ctx->arena);
    text_printf(&more, "%d more:", n - shown);
    for (int i = shown; i < n; i++) text_printf(&more, " %s", p.panels.data[i].title);
    put_cut(text_str(&more), form.columns, out);
    text_putc(out, '\n');
  }
  return true;
}
