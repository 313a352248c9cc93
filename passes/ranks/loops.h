/* A graph cut into rows, loops included (passes/ranks/cut.h). */
#ifndef ORDO_PASSES_RANKS_LOOPS_H
#define ORDO_PASSES_RANKS_LOOPS_H

#include "passes/ranks/cut.h"

/* The graph with the same parameters and results, all whole; axes: by parameter, the axis that is
 * rows, or WHOLE. */
Graph *cut_graph(Distributor *d, const Graph *old, const int *axes);

#endif
