/* What a picture of curves shows, whatever draws it: panels, their curves and axes. Private to the
 * files plot*.c. */
#ifndef ORDO_APP_PLOT_PANELS_H
#define ORDO_APP_PLOT_PANELS_H

#include "app/plot.h"

typedef struct PlotPanel {
  const char *title;
  VEC(const Series *) curves;
  PlotAxis x, y;
  double left, top; /* of the frame */
} PlotPanel;

typedef struct Plot {
  Ctx *ctx;
  const PlotOptions *options;
  Text *out;
  VEC(PlotPanel) panels;
  VEC(const char *) runs, sections; /* in order of appearance */
  double width, height;             /* of a frame */
  double nearest;                   /* least distance between steps of a curve */
  int columns;
} Plot;

/* Chooses the panels and their curves, sets the axes for frames of p->width and p->height, and
 * finds p->nearest. False after a diagnostic. */
bool plot_panels(Plot *p, const SeriesSet *set);
/* The place of a name in a list; n when it is not in it. */
uint32_t plot_place_of(const char *const *names, uint32_t n, const char *name);
/* Whether the axes can show it. */
bool plot_can_show(const Plot *p, SeriesPoint point);
/* What a legend calls a curve: its section, its run, or both. */
const char *plot_words(const Plot *p, const Series *s);

#endif
