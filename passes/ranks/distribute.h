/* The pass 'distribute' for who runs what it made. */
#ifndef ORDO_PASSES_RANKS_DISTRIBUTE_H
#define ORDO_PASSES_RANKS_DISTRIBUTE_H

#include "passes/passes.h"

/* How many rows there are to cut in a graph; 0: none. The passes in front of 'distribute' may leave
 * other rows: who has to know them before gives them to it (rows=N). */
int64_t distribute_rows(const Graph *g);
/* How many shards they are cut into where nobody says it: 8, or the largest number below that
 * divides them; 0 for none. */
int64_t distribute_shards(int64_t rows);

#endif
