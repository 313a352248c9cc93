/* The pass 'distribute' for who runs what it made. */
#ifndef ORDO_PASSES_RANKS_DISTRIBUTE_H
#define ORDO_PASSES_RANKS_DISTRIBUTE_H

#include "passes/passes.h"

/* How many shards the rows of a graph are cut into where nobody says it: 8, or the largest number
 * below that divides them; 0 when there is nothing to cut. */
int64_t distribute_shards(const Graph *g);
/* Whether so many shards divide them. */
bool distribute_fits(const Graph *g, int64_t shards);

#endif
