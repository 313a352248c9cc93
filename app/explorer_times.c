/* See explorer_times.h. */
#include "app/explorer_times.h"

#include "app/kernel_times.h"

static void tell(const KernelTimes *times, const PlanInstr *instr, ExploreStage *stage) {
  const TimedName *found = kernel_time(times, instr);
  if (!found || !instr->node) return;
  double part = 1.0 / found->instructions;
  bool kernel = instr->node->op == OP_kernel;
  ExploreTime time = {.graph = kernel ? instr->node->body : instr->graph,
                      .node = REF_NONE,
                      .seconds = found->seconds * part,
                      .calls = found->calls * part,
                      .shared = found->instructions > 1};
  if (!kernel) time.node = (Ref){(uint32_t)(instr->node - instr->graph->nodes.data)};
  vec_push(&times->ctx->arena, &stage->times, time);
}

static void tell_block(const KernelTimes *times, const PlanBlock *block, ExploreStage *stage) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    tell(times, instr, stage);
    if (instr->scan) tell_block(times, instr->scan->body, stage);
  }
}

bool explorer_times(Compile *c, const char *path, ExploreStage *stages, int n) {
  Fault fault = {0};
  const Plan *plan = plan_of(c->passes, c->fused, &fault);
  if (!plan) return fault_tell(c->ctx, &fault, "there is no plan to take times");
  KernelTimes times;
  if (!kernel_times(c->ctx, plan, path, &times)) return false;
  for (int i = 0; i < n; i++)
    if (stages[i].graph == plan->graph) tell_block(&times, plan->block, &stages[i]);
  return true;
}
