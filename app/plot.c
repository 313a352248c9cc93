/* Drawing curves: see plot.h.
 *
 * With one run the colours tell the sections (train, valid); with several they tell the runs,
 * and dashes the sections. Colours are those of Okabe and Ito, which colour-blind readers can
 * tell apart. Long curves are thinned to the lowest and highest point of each pixel column. */
#include "app/plot.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"

static const char *const colours[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                      "#e69f00", "#56b4e9", "#000000", "#b3a800"};
static const char *const dashes[] = {"", "6 3", "2 2", "8 3 2 3"};
enum { N_COLOURS = 8, N_DASHES = 4, FONT = 12, GAP = 18, LEFT = 58, BOTTOM = 44, HEAD = 26 };

typedef struct Panel {
  const char *title;
  VEC(const Series *) curves;
  PlotAxis x, y;
  double left, top; /* of the frame */
} Panel;

typedef struct Plot {
  Ctx *ctx;
  const PlotOptions *options;
  Text *out;
  VEC(Panel) panels;
  VEC(const char *) runs, sections; /* in order of appearance */
  double width, height;             /* of a frame */
  double nearest;                   /* least distance between steps of a curve */
  int columns;
} Plot;

/* ---- what is drawn ---- */

static uint32_t place_of(const char *const *names, uint32_t n, const char *name) {
  uint32_t i = 0;
  while (i < n && strcmp(names[i], name)) i++;
  return i;
}

static bool can_show(const Plot *p, SeriesPoint point) {
  return isfinite(point.step) && isfinite(point.value) && (!p->options->log_y || point.value > 0) &&
         (!p->options->log_x || point.step > 0);
}

static bool matches(const Series *s, const char *wanted) {
  size_t n = strlen(s->section);
  bool full = !strncmp(wanted, s->section, n) && wanted[n] == '.';
  return !strcmp(wanted, s->metric) || (full && !strcmp(wanted + n + 1, s->metric));
}

static void add_curve(Plot *p, const char *title, const Series *s) {
  Arena *arena = &p->ctx->arena;
  uint32_t i = 0;
  while (i < p->panels.len && strcmp(p->panels.data[i].title, title)) i++;
  if (i == p->panels.len) vec_push(arena, &p->panels, (Panel){.title = title});
  vec_push(arena, &p->panels.data[i].curves, s);
  if (place_of(p->runs.data, p->runs.len, s->run) == p->runs.len) vec_push(arena, &p->runs, s->run);
  if (place_of(p->sections.data, p->sections.len, s->section) == p->sections.len)
    vec_push(arena, &p->sections, s->section);
}

static bool some_point(const Plot *p, const Series *s) {
  for (uint32_t i = 0; i < s->points.len; i++)
    if (can_show(p, s->points.data[i])) return true;
  return false;
}

static bool listed_before(const SeriesSet *set, uint32_t i) {
  const Series *s = &set->list.data[i];
  for (uint32_t k = 0; k < i; k++)
    if (!strcmp(set->list.data[k].section, s->section) &&
        !strcmp(set->list.data[k].metric, s->metric))
      return true;
  return false;
}

static void list_metrics(Plot *p, const SeriesSet *set) {
  Text list = text_new(&p->ctx->arena);
  for (uint32_t i = 0; i < set->list.len; i++) {
    const Series *s = &set->list.data[i];
    if (listed_before(set, i)) continue;
    text_printf(&list, "%s%s.", list.len ? ", " : "", s->section);
    text_put_escaped(&list, s->metric, strlen(s->metric), ",\\");
  }
  diag_help(p->ctx, "there are: %s", list.len ? text_str(&list) : "none");
}

static bool choose(Plot *p, const SeriesSet *set) {
  const PlotOptions *o = p->options;
  for (uint32_t k = 0; k < o->n_metrics; k++) {
    bool found = false;
    for (uint32_t i = 0; i < set->list.len; i++) {
      const Series *s = &set->list.data[i];
      if (!matches(s, o->metrics[k])) continue;
      found = true;
      if (some_point(p, s)) add_curve(p, o->metrics[k], s);
    }
    if (found) continue;
    diag_at(p->ctx, (Span){0}, E_metrics_format, "no run has the metric '%s'", o->metrics[k]);
    list_metrics(p, set);
    return false;
  }
  for (uint32_t i = 0; !o->n_metrics && i < set->list.len; i++)
    if (some_point(p, &set->list.data[i]))
      add_curve(p, set->list.data[i].metric, &set->list.data[i]);
  if (p->panels.len) return true;
  diag_at(p->ctx, (Span){0}, E_metrics_format, "there is nothing to draw");
  diag_help(p->ctx, o->log_x || o->log_y ? "a logarithmic axis shows numbers above 0 only"
                                         : "the metrics have no finite numbers");
  return false;
}

static void find_nearest(Plot *p) {
  p->nearest = INFINITY;
  for (uint32_t k = 0; k < p->panels.len; k++)
    for (uint32_t i = 0; i < p->panels.data[k].curves.len; i++) {
      const Series *s = p->panels.data[k].curves.data[i];
      for (uint32_t j = 1; j < s->points.len; j++) {
        double distance = s->points.data[j].step - s->points.data[j - 1].step;
        if (distance > 0) p->nearest = fmin(p->nearest, distance);
      }
    }
}

static void set_axes(Plot *p, Panel *panel) {
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
  for (uint32_t i = 0; i < panel->curves.len; i++) {
    const Series *s = panel->curves.data[i];
    for (uint32_t k = 0; k < s->points.len; k++) {
      SeriesPoint point = s->points.data[k];
      if (!can_show(p, point)) continue;
      x0 = fmin(x0, point.step), x1 = fmax(x1, point.step);
      y0 = fmin(y0, point.value), y1 = fmax(y1, point.value);
    }
  }
  if (!p->options->log_x && x0 > 0 && x0 < 0.2 * x1) x0 = 0;
  panel->x = plot_axis(p->ctx, x0, x1, p->options->log_x, true, (int)fmax(2, p->width / 80));
  panel->y = plot_axis(p->ctx, y0, y1, p->options->log_y, false, (int)fmax(2, p->height / 45));
}

/* ---- SVG ---- */

/* XML has neither control characters nor U+FFFE and U+FFFF, escaped or not. */
static void escape(Text *out, const char *text) {
  size_t n = strlen(text);
  int32_t code;
  for (size_t at = 0, length; at < n; at += length) {
    length = utf8_decode(text + at, n - at, &code);
    if (code == '&')
      text_puts(out, "&amp;");
    else if (code == '<')
      text_puts(out, "&lt;");
    else if (code == '>')
      text_puts(out, "&gt;");
    else if (code == '"')
      text_puts(out, "&quot;");
    else if (code >= 0 && code < ' ')
      text_putc(out, ' ');
    else if (code < 0 || code == 0xfffe || code == 0xffff)
      text_puts(out, "\xEF\xBF\xBD");
    else
      text_put(out, text + at, length);
  }
}

static void put_words(Plot *p, double x, double y, const char *attributes, const char *words) {
  text_printf(p->out, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, attributes);
  escape(p->out, words);
  text_puts(p->out, "</text>\n");
}

static void put_axes(Plot *p, const Panel *panel) {
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
  const Panel *panel;
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
  if (!can_show(pen->p, point)) {
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
static void put_line(Plot *p, const Panel *panel, const Series *s, double smooth,
                     const char *style) {
  Pen pen = {.p = p, .panel = panel};
  double mean = 0, weight = 0, last = 0;
  text_puts(p->out, "<path class=\"curve\" d=\"");
  for (uint32_t i = 0; i < s->points.len; i++) {
    SeriesPoint point = s->points.data[i];
    if (can_show(p, point)) {
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
  uint32_t run = place_of(p->runs.data, p->runs.len, s->run);
  uint32_t section = place_of(p->sections.data, p->sections.len, s->section);
  bool one = p->runs.len == 1;
  const char *dash = dashes[one ? 0 : section % N_DASHES];
  const char *colour = colours[(one ? section : run) % N_COLOURS];
  return *dash ? ctx_printf(p->ctx, " stroke=\"%s\" stroke-dasharray=\"%s\"", colour, dash)
               : ctx_printf(p->ctx, " stroke=\"%s\"", colour);
}

static void put_curves(Plot *p, const Panel *panel) {
  for (uint32_t i = 0; i < panel->curves.len; i++) {
    const Series *s = panel->curves.data[i];
    const char *style = style_of(p, s);
    if (p->options->smooth > 0)
      put_line(p, panel, s, 0, ctx_printf(p->ctx, "%s stroke-opacity=\"0.25\"", style));
    put_line(p, panel, s, p->options->smooth, style);
    if (s->points.len == 1 && can_show(p, s->points.data[0]))
      text_printf(p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"none\"%s/>\n",
                  panel->left + plot_place(&panel->x, s->points.data[0].step) * p->width,
                  panel->top + (1 - plot_place(&panel->y, s->points.data[0].value)) * p->height,
                  style);
  }
}

/* ---- the page ---- */

/* About the width of a text: the letters of common sans-serif fonts. */
static double text_width(const char *text) { return 0.6 * FONT * (double)strlen(text); }

static const char *legend_words(const Plot *p, const Series *s) {
  if (p->runs.len == 1) return s->section;
  if (p->sections.len == 1) return s->run;
  return ctx_printf(p->ctx, "%s %s", s->run, s->section);
}

/* Each kind of curve once, in lines of at most 'width'; draw false only measures. Returns the
 * height. */
static double put_legend(Plot *p, double left, double top, double width, bool draw) {
  double x = left, y = top;
  VEC(const char *) seen = {0};
  for (uint32_t k = 0; k < p->panels.len; k++)
    for (uint32_t i = 0; i < p->panels.data[k].curves.len; i++) {
      const Series *s = p->panels.data[k].curves.data[i];
      const char *words = legend_words(p, s);
      if (place_of(seen.data, seen.len, words) < seen.len) continue;
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
    Panel *panel = &p->panels.data[i];
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
  if (!choose(&p, set)) return false;
  p.columns = p.panels.len == 1 ? 1 : p.panels.len <= 4 ? 2 : 3;
  for (uint32_t i = 0; i < p.panels.len; i++) set_axes(&p, &p.panels.data[i]);
  find_nearest(&p);
  put_page(&p);
  return true;
}
