/* What ops cost, and every threshold that costs are compared with. Costs are counted in flops:
 * the column .flops of ir/ops.def. */
#ifndef ORDO_IR_COST_H
#define ORDO_IR_COST_H

#include "ir/ir.h"

enum {
  TYPICAL_EXTENT = 64, /* of a symbol, when sizes are compared before they are known */

  /* elementwise, flops for an element */
  COST_REPEATED =
      4, /* fuse: up to this, each reader that wants a part computes it for itself: no pass over memory pays for less */
  COST_SAVED =
      8, /* grad: more than this a reverse loop saves rather than repeats: saving is one store and one load */
  COST_UNROLLED =
      12, /* codegen: up to this, loops are unrolled and four accumulators are used; more fills the registers */
  CHAIN_REPEATED = 48, /* fuse: scalar nodes that every work item may compute again */

  /* work in flops and bytes */
  WORK_PARALLEL = 200000, /* that is worth waking a thread for: about 5 microseconds of one core */
  ITEM_ELEMENTS =
      4096, /* elements of a map that one work item takes; a reduction over all axes that one may own */
};

/* Flops for each element that an op goes over: of the operand for reductions, else of the
 * result. 0 for what only moves, for regions (their bodies cost) and for what is not known. */
int64_t op_flops(Op op);
/* All flops of a node; of a region those of its body, as often as it runs. SZ_NONE when they are
 * not known (foreign, grad) or no size holds them. */
Sz node_flops(const Graph *g, const Node *node);
/* NULL, or what is wrong with the text of a row. */
const char *flops_check(Op op);
/* A size with every symbol taken as typical. */
double size_guess(Ctx *ctx, Sz size);

#endif
