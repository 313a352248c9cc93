/* A part of simplify and grad: scans without values that nothing needs. */
#ifndef ORDO_PASSES_SCAN_CLEAN_H
#define ORDO_PASSES_SCAN_CLEAN_H

#include "passes/passes.h"

/* Scans with derivatives in them stay as they are: which value of a body stands for which outside
 * means something there. */
Graph *scan_clean(PassCtx *pc, const Graph *g);
/* Only the first line of what scan_clean does (carries, collected values, operands that nothing
 * needs), in bodies too; always allowed. A PassFn. */
Graph *scan_drop_unused(PassCtx *pc, const Graph *g, const PassOptions *options);

#endif
