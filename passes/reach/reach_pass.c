/* The pass 'reach': claims about rows and later places, asked for in a pipeline. */
#include <string.h>

#include "passes/reach/reach.h"

static void remark_values(PassCtx *pc, const ReachProof *proof, const Graph *g, ReachClaim claim) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    const ReachFact *f = reach_fact(proof, g, (Ref){i});
    if (f && !f->items && !str_none(n->name))
      remark(pc, g, (Ref){i},
             reach_axis(proof, g, (Ref){i}, claim) == REACH_MIXED ? REMARK_missed : REMARK_analysis,
             reach_claim_name[claim], "%s", reach_text(proof, g, (Ref){i}, claim));
    if (n->body) remark_values(pc, proof, n->body, claim);
  }
}

Graph *pass_reach(PassCtx *pc, const Graph *g, const PassOptions *options) {
  bool fine = true;
  for (int c = 0; c < N_REACH_CLAIMS; c++) {
    const char *text = pass_option_str(options, reach_claim_name[c]);
    if (!strcmp(text, "none")) continue;
    const ReachCut *cut = reach_cut_of(pc->ctx, g, text);
    if (!cut) continue; /* a graph of the program that has no such axis */
    const ReachProof *proof = reach_prove(pc->ctx, g, cut);
    if (remarks_on(pc)) remark_values(pc, proof, g, (ReachClaim)c);
    fine = reach_report(pc->ctx, proof, (ReachClaim)c) && fine;
  }
  return fine ? (Graph *)g : NULL;
}
