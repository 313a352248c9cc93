/* Graphs of which each rank has some rows.
 *
 * The pass 'distribute' writes a graph anew so that ranks (exec/ranks.h) run it together. A value
 * is either whole, the same on every rank, or cut: the rank has the rows of its shards, from
 * 'first' on 'count' of them, which are symbols of sizes that whoever runs the graph binds. So one
 * compiled program serves any number of ranks, and what it computes of a row does not depend on
 * how many others there are.
 *
 * A cut axis of extent E is 'pre' times rows: E = pre * m, and m is cut into shards. pre is more
 * than 1 where a reshape has merged other axes in front of the rows: [T, B, D] to [T*B, D].
 *
 *   whole -> cut    a slice; of what is the same in each place or made place by place, that alone
 *   cut -> whole    all_gather
 *   sums over rows  within each shard, then all_reduce; other reductions gather one value a shard
 *
 * What combines rows in any other way takes whole operands and is computed by every rank, so that
 * nothing is ever local that should not be.
 */
#ifndef ORDO_PASSES_RANKS_CUT_H
#define ORDO_PASSES_RANKS_CUT_H

#include "passes/walk.h"

typedef struct RowCut {
  int axis; /* WHOLE, or the axis that is cut */
  Sz pre;
} RowCut;
enum { WHOLE = -1 };
static inline RowCut cut_none(void) { return (RowCut){WHOLE, SZ_NONE}; }
static inline bool is_cut(RowCut c) { return c.axis != WHOLE; }
static inline bool cut_eq(RowCut a, RowCut b) {
  return a.axis == b.axis && (!is_cut(a) || sz_eq(a.pre, b.pre));
}

typedef struct Distributor {
  PassCtx *pc;
  Sz shards, first, count; /* first, count: symbols */
  Sz rows;                 /* what is drawn with that first extent is cut; or SZ_NONE */
  int gathers, reductions; /* made so far */
  int trials;              /* more than 0: what is made is thrown away */
} Distributor;

/* A value under a cut: made once for each node. */
typedef struct Sunk {
  RowCut cut;
  Ref value;
} Sunk;

/* A graph on its way: the old one, the new one, and what is known by old node. */
typedef struct Cutting {
  Distributor *d;
  const Graph *old;
  Graph *g;
  RefMap map; /* under the node's own cut */
  RowCut *cuts;
  RowCut **items; /* of tuples: by item; NULL where all are whole */
  Sunk *sunk;
  Ref *whole; /* of a cut value, where it is known */
} Cutting;

/* Whether an extent can be cut behind 'pre'. */
bool cut_fits(const Distributor *d, Sz extent, Sz pre);
/* The type of a rank's part. */
Ty cut_type(Distributor *d, Ty type, RowCut cut);
/* The value of an old node, whole or under a cut. */
Ref cut_whole(Cutting *c, Ref old);
Ref cut_as(Cutting *c, Ref old, RowCut cut);
/* A new value of a type that is cut: its cut axis as [pre,] shard, row. The axis of the shards in
 * *shard; one more stands in front of it when pre is not 1. */
Ref cut_split(Cutting *c, Ref value, Ty whole, RowCut cut, int *shard);
/* Sums one value a shard along the first axis. */
Ref cut_reduce(Cutting *c, Ref partial);
/* Along the first axis, a row a shard: that of all ranks. */
Ref cut_gather_shards(Cutting *c, Ref partial);
/* An axis to the front. */
Ref cut_to_front(Graph *g, Ref value, int axis);

/* The new value and cut of a node that is neither a parameter nor a loop: passes/ranks/rows.c. */
void cut_node(Cutting *c, Ref r);
#endif
