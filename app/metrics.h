/* Metrics of a run, in its folder: metrics.jsonl (every row, in the order of the run) and one CSV
 * file for each section (train.csv, eval.csv, ...), for spreadsheets and plots.
 *
 * A row is written whole with one call and is on disk's way before the next step starts. A resumed
 * run first cuts each file back to the rows that the checkpoint knows (and a half-written last
 * line, if the run was killed), so that the files of an interrupted run equal, byte by byte, those
 * of an uninterrupted one. That is why no times are in them.
 */
#ifndef ORDO_APP_METRICS_H
#define ORDO_APP_METRICS_H

#include "base/ctx.h"

typedef struct Metrics Metrics;

/* What the program logs under the name of a column: the same, but "step" and "section", which a
 * row has itself, have a '_' behind them in it, and so do "step_", "step__", .... */
const char *metrics_log(Ctx *ctx, const char *column);

/* Opens the files in folder dir, which exists. keep: rows of steps up to and including it stay,
 * later ones go; -1 starts afresh. The handle lives in ctx's arena. NULL after a diagnostic. */
Metrics *metrics_open(Ctx *ctx, const char *dir, int64_t keep);
/* Declares a section and its columns ("train": loss, kl). Names are copied. Returns its number, or
 * -1 after a diagnostic (a file that holds other columns). */
int metrics_section(Metrics *metrics, const char *name, const char *const *columns, int n);
/* The step of the last row that a continued file has of a section; -1 when there is none. */
int64_t metrics_last(Metrics *metrics, int section);
/* Appends one row of a section: values[i] belongs to column i. Steps of a section never decrease.
 */
bool metrics_row(Metrics *metrics, int section, int64_t step, const double *values);
/* Closes the files; false after a diagnostic when the disk refused something. */
bool metrics_close(Metrics *metrics);

#endif
