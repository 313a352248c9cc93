/* Times of kernels for an explorer page, from the trace of a run (--profile --trace FILE). */
#ifndef ORDO_APP_EXPLORER_TIMES_H
#define ORDO_APP_EXPLORER_TIMES_H

#include "app/compile.h"
#include "ir/explore.h"

/* Adds the times of a trace's instructions to the stages that have kernels. The passes of c have
 * run. False after a diagnostic. */
bool explorer_times(Compile *c, const char *path, ExploreStage *stages, int n);

#endif
