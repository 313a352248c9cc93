/* A run, or several to be compared, as one page: curves, configuration, last values, the graph of
 * the step, the profile, checkpoints. HTML without scripts and without anything from outside; all
 * that comes from texts and files is escaped. */
#ifndef ORDO_APP_REPORT_H
#define ORDO_APP_REPORT_H

#include "app/models.h"
#include "app/plot.h"

typedef struct ReportOptions {
  const ModelDirs *dirs;
  const char *const *runs; /* folders */
  const char **names;      /* of the runs */
  uint32_t n;
  PlotOptions plot;
} ReportOptions;

/* False after a diagnostic: a folder without metrics, nothing to draw. */
bool report_html(Ctx *ctx, const ReportOptions *options, Text *out);

#endif
