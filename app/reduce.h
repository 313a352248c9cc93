/* Reducing a graph: the smallest one found for which a test still holds.
 *
 * For finding the op that a wrong pass or kernel trips over: start from the graph that fails, and
 * keep what still fails. Steps are tried from the last node to the first, so that a cut takes all
 * that only it needed; bodies of scans and calls are reduced in place, with their parameters and
 * results as they are. After Zeller and Hildebrandt 2002 (delta debugging), with steps that know
 * the graph: fewer results, a node becomes a parameter, a constant or one of its operands, sizes,
 * extents and numbers of turns become small numbers, short loops are written out, numbers become
 * simple ones.
 */
#ifndef ORDO_APP_REDUCE_H
#define ORDO_APP_REDUCE_H

#include "ir/ir.h"

/* Whether a candidate is still interesting. Candidates are sound (graph_verify) and live in the ctx
 * of the first graph. */
typedef bool (*ReduceTest)(void *user, const Graph *candidate);

typedef struct ReduceStats {
  uint32_t tried, kept;
} ReduceStats;

/* What a step must make smaller: nodes that compute something, bodies included. */
uint32_t graph_work(const Graph *g);
/* g must pass the test itself. Returns g or a smaller graph; stats may be NULL. */
const Graph *graph_reduce(const Graph *g, ReduceTest test, void *user, ReduceStats *stats);

#endif
