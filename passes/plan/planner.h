/* Inside of the planner: plan.c lists instructions and buffers, plan_order.c orders them,
 * plan_join.c puts kernels into products, plan_lifetimes.c says how long each buffer is needed,
 * plan_reuse.c lets buffers share memory. */
#ifndef ORDO_PASSES_PLAN_PLANNER_H
#define ORDO_PASSES_PLAN_PLANNER_H

#include "passes/plan/plan.h"

typedef struct Planner {
  Ctx *ctx;
  Plan *plan;
  const PlanOptions *options;
  int position;
  Fault *fault;
} Planner;

static inline Buffer *buffer_at(Planner *p, int b) { return &p->plan->buffers.data[b]; }

static inline int *new_ints(Planner *p, int n, int fill) {
  int *ints = arena_array(&p->ctx->arena, int, n > 0 ? n : 1);
  for (int i = 0; i < n; i++) ints[i] = fill;
  return ints;
}

/* The same graph in an order that lets instructions write over their first operands
 * (plan_order.c). */
const Graph *plan_order(const Graph *g);

/* Lets products run the kernels behind them (plan_join.c). */
void plan_join(Planner *p, PlanBlock *block);

/* Sets the first and last position of every buffer. */
void plan_lifetimes(Planner *p, const PlanBlock *block);
/* The buffer is needed at the position, too. */
void plan_touch(Planner *p, int b, int position);
/* The position behind a loop whose body it is and that stands at start. */
int plan_block_end(const PlanBlock *block, int start);

/* Lets results take over operands that die at their instruction. */
void plan_reuse(Planner *p, const PlanBlock *block);
/* Whether a kernel, or the kernel of a product, may write result 'out' over its operand 'in'. */
bool plan_may_overwrite(Planner *p, const PlanInstr *instr, int in, int out);
/* Whether a body reads an operand at the places only at which it writes the result, which has as
 * many elements of the same size. */
bool plan_is_elementwise(Planner *p, const Graph *body, int operand, int out);
/* Makes products that are nowhere as a whole in the place of results (plan_join.c). */
void plan_place_products(Planner *p, const PlanBlock *block);
static inline InPlace plan_in_place(const PlanInstr *instr) {
  return instr->rows ? IN_PLACE_elementwise : instr_info[instr->kind].in_place;
}
/* Buffer b uses the memory of another one, which lives as long. */
void plan_share(Planner *p, int b, int with);

#endif
