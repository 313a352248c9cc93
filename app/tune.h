/* Searching for a faster schedule by measuring (ordo tune). */
#ifndef ORDO_APP_TUNE_H
#define ORDO_APP_TUNE_H

#include "app/compile.h"

typedef struct TuneOptions {
  const SizeEnv *sizes;           /* of open sizes; the others are taken as typical */
  uint64_t seed;                  /* of the arguments */
  double seconds;                 /* when no more is tried */
  void (*tell)(const char *line); /* each decision; may be NULL */
} TuneOptions;

typedef struct TuneResult {
  const Schedule *schedule;
  SizeEnv sizes;
  double before, after; /* seconds of a run, the fastest of many */
  int tried, kept;
  Text log; /* a comment line for each decision */
} TuneResult;

/* c stands before its passes. What is kept gives the results that the function gave before, to the
 * bit, and was faster in each of several rounds. False after a diagnostic. */
bool tune(Compile *c, const TuneOptions *options, TuneResult *out);

#endif
