#include "app/prove.h"

#include "base/clock.h"
#include "passes/pipeline/pipeline.h"

const Graph *prove_graph(Ctx *ctx, const Graph *g, const PipelineOptions *options,
                         SetClaims *proved, double *ms) {
  PassCtx *pc = pass_ctx_new(ctx, options);
  const Graph *out = pipeline_run(pc, g, "inline,grad");
  double start = 1e3 * clock_seconds();
  if (out) *proved = sets_proved(pc, out);
  *ms = 1e3 * clock_seconds() - start;
  pass_ctx_free(pc);
  return out;
}

bool prove_spec(Ctx *ctx, Spec *spec, const PipelineOptions *options) {
  SpecClaims claims = spec_claims(spec);
  bool fine = true;
  for (uint32_t i = 0; i < claims.count; i++) {
    Lifetime claim = {.passing = true, .told_outside = true};
    ctx_enter(ctx, &claim); /* one claim at a time: only diagnostics stay */
    SetClaims proved = {0};
    double ms;
    const Graph *g = prove_graph(ctx, claims.graphs[i], options, &proved, &ms);
    fine = fine && g;
    for (uint32_t k = 0; k < proved.proofs.len; k++)
      fine = sets_report(ctx, proved.proofs.data[k]) && fine;
    ctx_leave(ctx);
    arena_free(&claim.arena);
  }
  return fine;
}
