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

const Graph *prove_graph_only(Ctx *ctx, const Graph *g) {
  PassCtx *pc = pass_ctx_new(ctx, NULL);
  const Graph *out = pipeline_run(pc, g, "inline,grad");
  pass_ctx_free(pc);
  return out;
}

/* Whether all is proved with the calls as they are: one look at a body serves all calls of it
 * that know the same of their operands. More may be provable, and more be told, where they are
 * spliced in. */
static bool proved_as_written(Ctx *ctx, const Graph *g, const PipelineOptions *options) {
  if ((options && options->shown) || !(graph_properties(g) & PROP_no_grad)) return false;
  if (graph_verify(g)) return false;
  SetClaims claims = sets_claims(ctx, g);
  for (uint32_t i = 0; i < claims.proofs.len; i++)
    if (!sets_fine(claims.proofs.data[i])) return false;
  return true;
}

static bool fits(Ctx *ctx, const Graph *g, const PipelineOptions *options) {
  PassCtx *pc = pass_ctx_new(ctx, options);
  bool fits = inline_fits(pc, g);
  pass_ctx_free(pc);
  return fits;
}

/* Diagnostics for what is not proved of a claim. */
static bool prove_claim(Ctx *ctx, const Graph *claim, const PipelineOptions *options) {
  if (!fits(ctx, claim, options)) return false;
  if (proved_as_written(ctx, claim, options)) return true;
  SetClaims proved = {0};
  double ms;
  bool fine = prove_graph(ctx, claim, options, &proved, &ms) != NULL;
  for (uint32_t i = 0; i < proved.proofs.len; i++)
    fine = sets_report(ctx, proved.proofs.data[i], 0) && fine;
  return fine;
}

typedef struct While {
  bool (*goes_on)(void *user);
  void *user;
} While;

static bool prove_claims(Ctx *ctx, Spec *spec, const PipelineOptions *options, const While *w,
                         bool *whole) {
  SpecClaims claims = spec_claims(spec);
  bool fine = true;
  *whole = true;
  for (uint32_t i = 0; i < claims.count && *whole; i++) {
    Lifetime claim = {.passing = true, .told_outside = true};
    ctx_enter(ctx, &claim); /* one claim at a time: only diagnostics stay */
    fine = prove_claim(ctx, claims.graphs[i], options) && fine;
    ctx_leave(ctx);
    arena_free(&claim.arena);
    *whole = !w->goes_on || w->goes_on(w->user);
  }
  return fine;
}

bool prove_spec(Ctx *ctx, Spec *spec, const PipelineOptions *options) {
  bool whole;
  return prove_claims(ctx, spec, options, &(While){NULL, NULL}, &whole);
}

bool prove_spec_while(Ctx *ctx, Spec *spec, bool (*goes_on)(void *user), void *user, bool *whole) {
  return prove_claims(ctx, spec, NULL, &(While){goes_on, user}, whole);
}
