/* What is proved about the results of a graph, and what of it holds after a pass; the pass.
 *
 * A pass keeps what its results are, so that what is proved of a result before the pass is true
 * of it behind the pass, whether the analysis finds it there again or not. That is so as long as
 * numbers are taken for real ones, as the proof does: rewrites that are graded fast may make 0.5
 * of (0.5 + 1e30) - 1e30, which is 0, and keep nothing; nor does a plug-in, whose pass nobody
 * vouches for.
 */
#include "passes/sets/sets_join.h"

/* No more of the value may be anything than before. A pass may write the same in a way that
 * needs more conditions: a quotient where there was a product. */
static bool padding_implied(const Fact *before, const Fact *after) {
  if (fact_refused(before) || after->lost) return fact_refused(before) != NULL;
  return pad_any(before, true) || !pad_any(after, false);
}

/* Whether all that before says holds after, too. */
static bool fact_implied(Ctx *ctx, const Fact *before, const Fact *after) {
  if (before->lost || after->lost) return before->lost != NULL;
  if (before->ties) return true; /* a pass may find out that there are ties, and what they do */
  SetAxis none = {0};
  Sets s = {
      .ctx = ctx, .arena = &ctx->arena, .scratch = &ctx->arena, .set = &none, .next_var = 1 << 20};
  Graph *g = graph_new(ctx, (Str){0});
  Ref r = build_scalar(g, DT_f32, 0);
  SetStep st = {.s = &s, .g = g, .r = r, .node = graph_node(g, r)};
  int n = 0;
  for (int i = 0; i < before->n_atoms; i++)
    n = before->atoms[i].axis >= n ? before->atoms[i].axis + 1 : n;
  for (int i = 0; i < after->n_atoms; i++)
    n = after->atoms[i].axis >= n ? after->atoms[i].axis + 1 : n;
  Fact both = fact_meet(&st, before, after, n), shape = both;
  if (both.lost) return false;
  /* the old fact with its axes cut as those of both are */
  Atom *atoms = arena_copy(&ctx->arena, both.atoms, (size_t)both.n_atoms * sizeof *atoms);
  for (int i = 0; i < both.n_atoms; i++) atoms[i].slot = slot_fresh(&s);
  shape.atoms = atoms;
  shape.value = slot_fresh(&s);
  Fact plain = fact_meet(&st, before, &shape, n);
  return fact_same(&s, &plain, &both);
}

static bool implied(Ctx *ctx, const SetProof *old, const SetProof *new, uint32_t i) {
  return (old->set->padded ? padding_implied(&old->results[i], &new->results[i])
                           : fact_implied(ctx, &old->results[i], &new->results[i]));
}

/* Whether a user is told that nothing is claimed of the result. */
static bool refused(const Fact *f) {
  const Lost *lost = fact_refused(f);
  return lost && lost->reason != SET_given_up;
}

static const char *broken(Ctx *ctx, const SetProof *old, const SetProof *new, uint32_t i) {
  return ctx_printf(ctx, "result %u was %s for %s, and is %s", i,
                    set_fact_text(old, &old->results[i], 0), old->set->name,
                    set_fact_text(new, &new->results[i], 0));
}

/* A derivative that was not yet taken is proved where there is one: not at ties. */
static void keep_fact(SetProof *new, const SetProof *old, uint32_t i) {
  Fact *f = (Fact *)&new->results[i];
  *f = old->results[i];
  f->ties |= !old->set->padded && !(graph_properties(old->graph) & PROP_no_grad);
  new->kept++;
}

static SetProof *prove_after(Ctx *ctx, const Graph *g, const SetAxis *declared,
                             const SetProof *old) {
  SetAxis *set = arena_copy(&ctx->arena, declared, sizeof *set);
  return sets_prove_by(ctx, g, set, set->padded ? padding_rules : order_rules, old, NULL);
}

SetClaims sets_claims_after(Ctx *ctx, const Graph *g, const SetClaims *before, bool keep,
                            const char **lost) {
  SetClaims out = {0};
  SetAxes sets = sets_declared(ctx, g);
  for (uint32_t k = 0; k < sets.len; k++) {
    const SetProof *old = before && k < before->proofs.len ? before->proofs.data[k] : NULL;
    SetProof *new = prove_after(ctx, g, &sets.data[k], old);
    vec_push(&ctx->arena, &out.proofs, new);
    for (uint32_t i = 0; old && i < g->results.len; i++) {
      bool weaker = !implied(ctx, old, new, i);
      if (weaker && !*lost) *lost = broken(ctx, old, new, i);
      if (keep && (weaker || (refused(&new->results[i]) && !refused(&old->results[i]))))
        keep_fact(new, old, i);
    }
  }
  if (before && before->proofs.len > sets.len && !*lost)
    *lost = ctx_printf(ctx, "%s is gone", before->proofs.data[sets.len]->set->name);
  return out;
}

SetClaims sets_claims(Ctx *ctx, const Graph *g) {
  const char *none = NULL;
  return sets_claims_after(ctx, g, NULL, false, &none);
}

static bool any_refused(const SetProof *proof) {
  bool any = false;
  for (uint32_t i = 0; i < proof->graph->results.len; i++) any |= refused(&proof->results[i]);
  return any;
}

/* A result that is not proved may have been so before a pass. */
static void look_back(PassCtx *pc, SetProof *proof, uint32_t k) {
  for (uint32_t form = pc->forms.len; form-- > 0 && any_refused(proof);) {
    SetAxes sets = sets_declared(pc->ctx, pc->forms.data[form]);
    if (k >= sets.len) return;
    const SetProof *old = prove_after(pc->ctx, pc->forms.data[form], &sets.data[k], proof);
    for (uint32_t i = 0; i < proof->graph->results.len; i++)
      if (refused(&proof->results[i]) && !refused(&old->results[i])) keep_fact(proof, old, i);
  }
}

SetClaims sets_proved(PassCtx *pc, const Graph *g) {
  SetClaims claims = sets_claims(pc->ctx, g);
  for (uint32_t k = 0; k < claims.proofs.len; k++) look_back(pc, claims.proofs.data[k], k);
  return claims;
}

/* ---- the pass -------------------------------------------------------------------------------- */

static void remark_facts(PassCtx *pc, const SetProof *proof, const Graph *g, int lead) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    const Fact *f = sets_fact(proof, g, (Ref){i});
    if (f && !f->items && !str_none(n->name))
      remark(pc, g, (Ref){i}, fact_refused(f) ? REMARK_missed : REMARK_analysis,
             proof->set->padded ? padding_verdict_name[padding_verdict(f)]
                                : set_verdict_name[fact_verdict(f)],
             "%s: %s", proof->set->name, set_fact_text(proof, f, lead));
    if (n->body) remark_facts(pc, proof, n->body, lead + (n->op == OP_scan));
  }
}

Graph *pass_sets(PassCtx *pc, const Graph *g, const PassOptions *options) {
  (void)options;
  SetClaims claims = sets_proved(pc, g);
  bool fine = true;
  for (uint32_t i = 0; i < claims.proofs.len; i++) {
    if (remarks_on(pc)) remark_facts(pc, claims.proofs.data[i], g, 0);
    fine = sets_report(pc->ctx, claims.proofs.data[i], pc->options.claims) && fine;
  }
  return fine ? (Graph *)g : NULL;
}
