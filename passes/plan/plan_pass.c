/* The pass 'plan': the graph stays as it is, its plan is kept for whoever compiles it.
 *
 * It remarks where an update writes over the tensor that it changes, and where it copies it
 * first. In a loop the second costs a whole tensor each step: a cache of keys and values that is
 * copied makes decoding slower with every token of room it has.
 */
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

/* Which of its kernels makes a product is OpenBLAS's own choice, by the extents. */
static void remark_product(PassCtx *pc, const PlanInstr *instr) {
  if (!pc->options.plan.other_products || dot_is_bf16(instr->node)) return;
  remark(pc, instr->graph, ref_of(instr), REMARK_missed, "row-bits",
         "OpenBLAS may make this product: the bits of a row depend on how many others there are");
}

static void remark_rows(PassCtx *pc, const PlanInstr *instr) {
  if (!instr->rows) return;
  remark(pc, instr->graph, ref_of(instr), REMARK_applied, "joined",
         "the kernel behind this product runs on its rows as they are made%s",
         instr->rows->kept ? "; others read the product, which is stored, too" : "");
}

static void remark_block(PassCtx *pc, const Plan *plan, const PlanBlock *block, bool loop) {
  for (uint32_t i = 0; i < block->instrs.len; i++) {
    const PlanInstr *instr = &block->instrs.data[i];
    if (instr_info[instr->kind].in_place == IN_PLACE_first) remark_update(pc, plan, instr, loop);
    if (instr->kind == INS_dot) {
      remark_product(pc, instr);
      remark_rows(pc, instr);
    }
    if (instr->scan) remark_block(pc, plan, instr->scan->body, true);
  }
}

Plan *plan_of(PassCtx *pc, const Graph *g, Fault *fault) {
  void **state = pass_state(pc, pass_plan);
  Plan *made = *state;
  if (!made || made->graph != g) *state = made = plan_make(pc->ctx, g, &pc->options.plan, fault);
  return made;
}

Graph *pass_plan(PassCtx *pc, const Graph *g, const PassOptions *options) {
  Fault fault = {0};
  pc->options.plan.joins = pass_option_int(options, "joins") && !pc->options.plan.no_reuse;
  const Plan *plan = plan_of(pc, g, &fault);
  if (plan && remarks_on(pc)) remark_block(pc, plan, plan->block, false);
  if (plan) return (Graph *)g;
  fault_tell(pc->ctx, &fault, "'%s' cannot be compiled", ctx_text(pc->ctx, g->name));
  return NULL;
}

void plan_show(PassCtx *pc, const Graph *g, Text *out) {
  Fault fault;
  const Plan *plan = plan_of(pc, g, &fault);
  if (plan) plan_print(plan, out);
}
