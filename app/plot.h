/* Learning curves as a picture: a panel for each metric, a curve for each run and section in it,
 * the legend below. The same curves give the same bytes. */
#ifndef ORDO_APP_PLOT_H
#define ORDO_APP_PLOT_H

#include "base/text.h"
#include "app/series.h"

typedef struct PlotOptions {
  const char *title;          /* NULL: none */
  const char *const *metrics; /* "loss", "valid.loss"; in this order */
  uint32_t n_metrics;         /* 0: all */
  bool log_x, log_y;
  double
      smooth; /* in [0, 1): weight of the past in a moving average, over the least distance between
                    points of any curve; the raw curve stays, pale */
  int width, height; /* of a panel's frame, in pixels; 0: the default */
} PlotOptions;

/* SVG. False after a diagnostic: a metric that no run has, nothing to draw. */
bool plot_svg(Ctx *ctx, const SeriesSet *set, const PlotOptions *options, Text *out);

/* ---- on a terminal (plot_text.c) ---- */
typedef struct TextPlot {
  int columns, rows;
  bool utf8, colour;
} TextPlot;
/* Lines of at most that many columns, not more than that many of them. */
bool plot_text(Ctx *ctx, const SeriesSet *set, const PlotOptions *options, const TextPlot *form,
               Text *out);

/* ---- axes (plot_axis.c) ---- */
typedef struct PlotTick {
  double at;
  const char *label; /* "": a line without a number */
} PlotTick;

typedef struct PlotAxis {
  bool log;
  double low, high; /* the range shown */
  VEC(PlotTick) ticks;
} PlotAxis;

/* A range that holds low to high, widened a little unless tight, with about 'count' numbers at
 * round places. */
PlotAxis plot_axis(Ctx *ctx, double low, double high, bool log, bool tight, int count);
/* Where a value stands between 0 and 1; nan when it cannot be shown. */
double plot_place(const PlotAxis *axis, double value);

/* ---- other formats (plot_raster.c) ---- */
/* Writes an SVG as png or pdf, drawn by librsvg, which is loaded on first use. scale: pixels of the
 * PNG to one of the SVG. False after a diagnostic. */
bool plot_convert(Ctx *ctx, const Text *svg, const char *format, double scale, const char *path);

#endif
