/* What ops cost, in flops: the column .flops of ir/ops.def. */
#ifndef ORDO_IR_COST_H
#define ORDO_IR_COST_H

#include "base/cost.h"
#include "ir/ir.h"

/* Flops for each element that an op goes over: of the operand for reductions, else of the
 * result. 0 for what only moves, for regions (their bodies cost) and for what is not known. */
int64_t op_flops(Op op);
/* All flops of a node; of a region those of its body, as often as it runs. SZ_NONE when they are
 * not known (foreign, grad) or no size holds them. */
Sz node_flops(const Graph *g, const Node *node);
/* The same of a formula. */
int64_t flops_each(const char *formula);
/* NULL, or what is wrong with the text of a row, or with a formula. */
const char *flops_check(Op op);
const char *flops_wrong(const char *formula);
/* A size with every symbol taken as typical. */
double size_guess(Ctx *ctx, Sz size);

#endif
