/* A part of simplify: scans without values that nothing needs. */
#ifndef ORDO_PASSES_SCAN_CLEAN_H
#define ORDO_PASSES_SCAN_CLEAN_H

#include "passes/passes.h"

Graph *scan_clean(PassCtx *pc, const Graph *g);

#endif
