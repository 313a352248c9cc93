/* Remarks about the plan: where an update writes over the tensor that it changes, and where it copies it
 * first. In a loop the second costs a whole tensor each step: a cache of keys and values that is
 * copied makes decoding slower with every token of room it has.
 */
#include "passes/passes.h"
#include "passes/plan/plan.h"

static Ref ref_of(const PlanInstr *instr) {
  return (Ref){(uint32_t)(instr->node - instr->graph->nodes.data)};
}

static void remark_update(PassCtx *pc, const Plan *plan, const PlanInstr *instr, bool loop) {
  const char *where = loop ? "in each step of the loop" : "once";
  if (plan_root(plan, instr->in[0]) == plan_root(plan, instr->out[0]))
    remark(pc, instr->graph, ref_of(instr), REMARK_applied, "in-place",
           "updated where it stands, %s", where);
  else
    remark(pc, instr->graph, ref_of(instr), REMARK_missed, "copied",
           "copied %s before the update: its old value is read later, is the caller's, or is not "
           "changed by updates alone",
           where);
}

static void remark_block(PassCtx *pc, const Plan *plan, const PlanBlock *block, bool loop) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    if (instr_info[instr->kind].in_place == IN_PLACE_first) remark_update(pc, plan, instr, loop);
    if (instr->scan) remark_block(pc, plan, instr->scan->body, true);
  }
}

void plan_remarks(PassCtx *pc, const Graph *g) {
  Fault fault;
  const Plan *plan = plan_make(pc->ctx, g, &(PlanOptions){0}, &fault);
  if (!plan) return; /* the pipeline ended before 'fuse' */
  pc->pass = "plan";
  remark_block(pc, plan, plan->block, false);
  pc->pass = NULL;
}
