/* Drawing curves: see plot.h.
 *
 * With one run the colours tell the sections (train, valid); with several they tell the runs,
 * and dashes the sections. Colours are those of Okabe and Ito, which colour-blind readers can
 * tell apart. Long curves are thinned to the lowest and highest point of each pixel column. */
#include "app/plot_panels.h"

#include <math.h>
#include <string.h>

static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                      "#e69f00", "#56b4e9", "#000000", "#b3a800"};
static const char *const dashes[] = {"", "6 3", "2 2", "8 3 2 3"};
enum { N_COLOURS = 8, N_DASHES = 4, FONT = 12, GAP = 18, LEFT = 58, BOTTOM = 44, HEAD = 26 };

/* ---- SVG ---- */

static void put_words(Plot *p, double x, double y, const char *attributes, const char *words) {
  text_printf(p->out, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, attributes);
  text_put_xml(p->out, words);
  text_puts(p->out, "</text>\n");
}

static void put_axes(Plot *p, const PlotPanel *panel) {
  double bottom = panel->top + p->height, right = panel->left + p->width;
  for (uint32_t i = 0; i < panel->x.ticks.len; i++) {
    double x = panel->left + plot_place(&panel->x, panel->x.ticks.data[i].at) * p->width;
    text_printf(p->out, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>\n", x, panel->top, bottom);
    if (*panel->x.ticks.data[i].label)
      put_words(p, x, bottom + 16, " text-anchor=\"middle\"", panel->x.ticks.data[i].label);
  }
  for (uint32_t i = 0; i < panel->y.ticks.len; i++) {
    double y = bottom - plot_place(&panel->y, panel->y.ticks.data[i].at) * p->height;
    text_printf(p->out, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", panel->left, y, right);
    if (*panel->y.ticks.data[i].label)
      put_words(p, panel->left - 6, y + 4, " text-anchor=\"end\"", panel->y.ticks.data[i].label);
  }
  text_printf(p->out, "<path class=\"axis\" d=\"M%.1f %.1fV%.1fH%.1f\"/>\n", panel->left,
              panel->top, bottom, right);
  put_words(p, panel->left, panel->top - 8, " font-weight=\"bold\"", panel->title);
  put_words(p, panel->left + p->width / 2, bottom + 33, " text-anchor=\"middle\"", "step");
}

/* A line through the points that a predicate of the axes shows; gaps break it. */
typedef struct Pen {
  Plot *p;
  const PlotPanel *panel;
  bool down;
  long column; /* of the points not drawn yet */
  double first, last, low, high, x;
  int n, drawn; /* points gathered; points of the line so far */
} Pen;

static void put_point(Pen *pen, double x, double y) {
  text_printf(pen->p->out, "%c%.1f %.1f", pen->down ? 'L' : 'M', x, y);
  pen->drawn = pen->down ? pen->drawn + 1 : 1;
  pen->down = true;
}

/* Draws what was gathered of a column: where it is entered, its extent, where it is left. */
static void flush(Pen *pen) {
  if (!pen->n) return;
  put_point(pen, pen->x, pen->first);
  if (pen->n > 2 && pen->low < fmin(pen->first, pen->last)) put_point(pen, pen->x, pen->low);
  if (pen->n > 2 && pen->high > fmax(pen->first, pen->last)) put_point(pen, pen->x, pen->high);
  if (pen->n > 1) put_point(pen, pen->x, pen->last);
  pen->n = 0;
}

/* Ends a line; one of a single point becomes a dot. */
static void lift(Pen *pen) {
  flush(pen);
  if (pen->down && pen->drawn == 1) text_puts(pen->p->out, "h0");
  pen->down = false;
}

static void move_pen(Pen *pen, SeriesPoint point) {
  if (!plot_can_show(pen->p, point)) {
    lift(pen);
    return;
  }
  double x = pen->panel->left + plot_place(&pen->panel->x, point.step) * pen->p->width;
  double y = pen->panel->top + (1 - plot_place(&pen->panel->y, point.value)) * pen->p->height;
  long column = lround(2 * x);
  if (pen->n && column != pen->column) flush(pen);
  if (!pen->n) pen->first = pen->low = pen->high = y, pen->x = x;
  pen->column = column;
  pen->last = y;
  pen->low = fmin(pen->low, y);
  pen->high = fmax(pen->high, y);
  pen->n++;
}

/* The moving average is the mean of the past with weights that fall off with the distance in steps,
 * so that evaluations far apart are hardly smoothed; started without bias as Adam's moments are. */
static void put_line(Plot *p, const PlotPanel *panel, const Series *s, double smooth,
                     const char *style) {
  Pen pen = {.p = p, .panel = panel};
  double mean = 0, weight = 0, last = 0;
  text_puts(p->out, "<path class=\"curve\" d=\"");
  for (uint32_t i = 0; i < s->points.len; i++) {
    SeriesPoint point = s->points.data[i];
    if (plot_can_show(p, point)) {
      double past = weight > 0 ? pow(smooth, (point.step - last) / p->nearest) : smooth;
      mean = past * mean + (1 - past) * point.value;
      weight = past * weight + 1 - past;
      point.value = weight > 0 ? mean / weight : point.value;
      last = point.step;
    }
    move_pen(&pen, point);
  }
  lift(&pen);
  text_printf(p->out, "\"%s/>\n", style);
}

static const char *style_of(Plot *p, const Series *s) {
  uint32_t run = plot_place_of(p->runs.data, p->runs.len, s->run);
  uint32_t section = plot_place_of(p->sections.data, p->sections.len, s->section);
  bool one = p->runs.len == 1;
  const char *dash = dashes[one ? 0 : section % N_DASHES];
  const char *colour = colours[(one ? section : run) % N_COLOURS];
  return *dash ? ctx_printf(p->ctx, " stroke=\"%s\" stroke-dasharray=\"%s\"", colour, dash)
               : ctx_printf(p->ctx, " stroke=\"%s\"", colour);
}

static void put_curves(Plot *p, const PlotPanel *panel) {
  for (uint32_t i = 0; i < panel->curves.len; i++) {
    const Series *s = panel->curves.data[i];
    const char *style = style_of(p, s);
    if (p->options->smooth > 0)
      put_line(p, panel, s, 0, ctx_printf(p->ctx, "%s stroke-opacity=\"0.25\"", style));
    put_line(p, panel, s, p->options->smooth, style);
    if (s->points.len == 1 && plot_can_show(p, s->points.data[0]))
      text_printf(p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"none\"%s/>\n",
                  panel->left + plot_place(&panel->x, s->points.data[0].step) * p->width,
                  panel->top + (1 - plot_place(&panel->y, s->points.data[0].value)) * p->height,
                  style);
  }
}

/* ---- the page ---- */

/* About the width of a text: the letters of common sans-serif fonts. */
static double text_width(const char *text) { return 0.6 * FONT * (double)strlen(text); }

/* Each kind of curve once, in lines of at most 'width'; draw false only measures. Returns the
 * height. */
static double put_legend(Plot *p, double left, double top, double width, bool draw) {
  double x = left, y = top;
  VEC(const char *) seen = {0};
  for (uint32_t k = 0; k < p->panels.len; k++)
    for (uint32_t i = 0; i < p->panels.data[k].curves.len; i++) {
      const Series *s = p->panels.data[k].curves.data[i];
      const char *words = plot_words(p, s);
      if (plot_place_of(seen.data, seen.len, words) < seen.len) continue;
      vec_push(&p->ctx->arena, &seen, words);
      double needs = 30 + text_width(words) + GAP;
      if (x > left && x + needs > left + width) x = left, y += 18;
      if (draw) {
        text_printf(p->out, "<path class=\"curve\" d=\"M%.1f %.1fh24\"%s/>\n", x, y + 8,
                    style_of(p, s));
        put_words(p, x + 30, y + 12, "", words);
      }
      x += needs;
    }
  return y + 18 - top;
}

static void put_page(Plot *p) {
  const PlotOptions *o = p->options;
  double cell = LEFT + p->width + GAP, row = HEAD + p->height + BOTTOM;
  int rows = ((int)p->panels.len + p->columns - 1) / p->columns;
  double top = o->title ? 34 : 8, width = cell * p->columns + 8;
  double legend = top + row * rows + 6;
  double height = legend + put_legend(p, LEFT, legend, width - LEFT - GAP, false) + 8;
  text_printf(
      p->out,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
      "viewBox=\"0 0 %.0f %.0f\" font-family=\"DejaVu Sans, Verdana, sans-serif\" "
      "font-size=\"%d\" fill=\"#222\">\n"
      "<style>.grid{stroke:#e3e6e8;fill:none}.axis{stroke:#5b6770;fill:none}"
      ".curve{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}</style>\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n",
      width, height, width, height, FONT);
  if (o->title)
    put_words(p, width / 2, 24, " text-anchor=\"middle\" font-size=\"16\" font-weight=\"bold\"",
              o->title);
  for (uint32_t i = 0; i < p->panels.len; i++) {
    PlotPanel *panel = &p->panels.data[i];
    panel->left = LEFT + cell * (int)(i % (uint32_t)p->columns);
    panel->top = top + HEAD + row * (int)(i / (uint32_t)p->columns);
    put_axes(p, panel);
    put_curves(p, panel);
  }
  put_legend(p, LEFT, legend, width - LEFT - GAP, true);
  text_puts(p->out, "</svg>\n");
}

bool plot_svg(Ctx *ctx, const SeriesSet *set, const PlotOptions *options, Text *out) {
  Plot p = {.ctx = ctx, .options = options, .out = out};
  p.width = options->width ? options->width : 420;
  p.height = options->height ? options->height : 260;
  if (!plot_panels(&p, set)) return false;
  p.columns = p.panels.len == 1 ? 1 : p.panels.len <= 4 ? 2 : 3;
  put_page(&p);
  return true;
}
