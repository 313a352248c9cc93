/* Graphs of which each rank has some shards of the rows: the pass 'distribute' makes them. */
#ifndef ORDO_IR_SHARDS_H
#define ORDO_IR_SHARDS_H

#include "ir/ir.h"

/* Sizes that who runs it with others binds: the first shard here, and how many are here. */
Sz shard_first(Ctx *ctx);
Sz shard_count(Ctx *ctx);
/* How many shards a graph is cut into; 0: it is not. */
int64_t graph_shards(const Graph *g);
/* As one rank has it that has all shards, in sizes that are known. */
const Graph *graph_alone(const Graph *g);

#endif
