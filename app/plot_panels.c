/* Choosing what a picture of curves shows: see plot_panels.h. */
#include "app/plot_panels.h"

#include <math.h>
#include <string.h>

uint32_t plot_place_of(const char *const *names, uint32_t n, const char *name) {
  uint32_t i = 0;
  while (i < n && strcmp(names[i], name)) i++;
  return i;
}

bool plot_can_show(const Plot *p, SeriesPoint point) {
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
  if (i == p->panels.len) vec_push(arena, &p->panels, (PlotPanel){.title = title});
  vec_push(arena, &p->panels.data[i].curves, s);
  if (plot_place_of(p->runs.data, p->runs.len, s->run) == p->runs.len)
    vec_push(arena, &p->runs, s->run);
  if (plot_place_of(p->sections.data, p->sections.len, s->section) == p->sections.len)
    vec_push(arena, &p->sections, s->section);
}

static bool some_point(const Plot *p, const Series *s) {
  for (uint32_t i = 0; i < s->points.len; i++)
    if (plot_can_show(p, s->points.data[i])) return true;
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

static void set_axes(Plot *p, PlotPanel *panel) {
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
  for (uint32_t i = 0; i < panel->curves.len; i++) {
    const Series *s = panel->curves.data[i];
    for (uint32_t k = 0; k < s->points.len; k++) {
      SeriesPoint point = s->points.data[k];
      if (!plot_can_show(p, point)) continue;
      x0 = fmin(x0, point.step), x1 = fmax(x1, point.step);
      y0 = fmin(y0, point.value), y1 = fmax(y1, point.value);
    }
  }
  if (!p->options->log_x && x0 > 0 && x0 < 0.2 * x1) x0 = 0;
  panel->x = plot_axis(p->ctx, x0, x1, p->options->log_x, true, (int)fmax(2, p->width / 80));
  panel->y = plot_axis(p->ctx, y0, y1, p->options->log_y, false, (int)fmax(2, p->height / 45));
}

const char *plot_words(const Plot *p, const Series *s) {
  if (p->runs.len == 1) return s->section;
  if (p->sections.len == 1) return s->run;
  return ctx_printf(p->ctx, "%s %s", s->run, s->section);
}

bool plot_panels(Plot *p, const SeriesSet *set) {
  if (!choose(p, set)) return false;
  for (uint32_t i = 0; i < p->panels.len; i++) set_axes(p, &p->panels.data[i]);
  find_nearest(p);
  return true;
}
