/* Curves out of the metrics of runs: the folder of a run, a metrics.jsonl, or a CSV file whose
 * first column is the step. */
#ifndef ORDO_APP_SERIES_H
#define ORDO_APP_SERIES_H

#include "base/ctx.h"
#include "base/vec.h"

typedef struct SeriesPoint {
  double step, value; /* the value may be nan or infinite */
} SeriesPoint;

typedef struct Series {
  const char *run, *section, *metric; /* "sort", "valid", "loss" */
  VEC(SeriesPoint) points;            /* in the order of the file */
} Series;

typedef struct SeriesSet {
  VEC(Series) list;
} SeriesSet;

/* Adds the curves of a run under a name; NULL: the last part of the path. False after a
 * diagnostic. */
bool series_read(Ctx *ctx, const char *path, const char *name, SeriesSet *set);

#endif
