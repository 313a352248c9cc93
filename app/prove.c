#include "passes/pipeline/pipeline.h"
#include "app/prove.h"

const Graph *prove_graph(Ctx *ctx, const Graph *g, const PipelineOptions *options) {
  PassCtx *pc = pass_ctx_new(ctx, options);
  const Graph *out = pipeline_run(pc, g, "inline,grad");
  pass_ctx_free(pc);
  return out;
}

bool prove_spec(Ctx *ctx, Spec *spec, const PipelineOptions *options) {
  SpecClaims claims = spec_claims(spec);
  bool fine = true;
  for (uint32_t i = 0; i < claims.count; i++) {
    Lifetime claim = {.passing = true, .told_outside = true};
    ctx_enter(ctx, &claim); /* one claim at a time: only diagnostics stay */
    const Graph *g = prove_graph(ctx, claims.graphs[i], options);
    SetClaims proved = {0};
    if (g) proved = sets_claims(ctx, g);
    fine = fine && g;
    for (uint32_t k = 0; k < proved.proofs.len; k++)
      fine = sets_report(ctx, proved.proofs.data[k]) && fine;
    ctx_leave(ctx);
    arena_free(&claim.arena);
  }
  return fine;
}
