/* Reach: cuts, proofs, what is claimed and who breaks it. */
#include <stdlib.h>
#include <string.h>

#include "passes/reach/reach_inside.h"

const char *const reach_claim_name[N_REACH_CLAIMS] = {"rows", "causal"};

ReachCut *reach_cut(Ctx *ctx, const Graph *g, Sz extent) {
  ReachCut *cut = arena_new(&ctx->arena, ReachCut);
  *cut = (ReachCut){.extent = extent, .name = size_str(ctx, extent)};
  for (uint32_t i = 0; i < g->params.len; i++) {
    const TypeInfo *info = graph_info(g, g->params.data[i]);
    ParamRole role = param_role(g, g->params.data[i]);
    if ((role != ROLE_argument && role != ROLE_feed) || info->is_tuple) continue;
    for (int k = 0; k < info->rank; k++)
      if (sz_eq(info->dims[k], extent)) {
        vec_push(&ctx->arena, &cut->param, i);
        vec_push(&ctx->arena, &cut->axis, k);
      }
  }
  return cut;
}

static const ReachCut *cut_of_axis(Ctx *ctx, const Graph *g, const char *text) {
  const char *dot = strrchr(text, '.');
  char *end = NULL;
  long axis = dot ? strtol(dot + 1, &end, 10) : -1;
  if (axis < 0 || end == dot + 1 || *end) return NULL;
  for (uint32_t i = 0; i < g->params.len; i++) {
    const Node *n = graph_node(g, g->params.data[i]);
    const char *name = ctx_text(ctx, n->name);
    const TypeInfo *info = type_info(ctx, n->type);
    bool named = strlen(name) == (size_t)(dot - text) && !strncmp(name, text, strlen(name));
    if (!named || axis >= info->rank) continue;
    ReachCut *cut = arena_new(&ctx->arena, ReachCut);
    *cut = (ReachCut){.extent = info->dims[axis], .name = text};
    vec_push(&ctx->arena, &cut->param, i);
    vec_push(&ctx->arena, &cut->axis, (int)axis);
    return cut;
  }
  return NULL;
}

const ReachCut *reach_cut_of(Ctx *ctx, const Graph *g, const char *text) {
  char *end;
  long number = strtol(text, &end, 10);
  bool named = *end || end == text;
  Sz extent = named ? size_symbol(ctx, ctx_str(ctx, text)) : size_const(ctx, number);
  const ReachCut *cut = reach_cut(ctx, g, extent);
  return cut->param.len ? cut : cut_of_axis(ctx, g, text);
}

/* ---- proofs ---------------------------------------------------------------------------------- */

static ReachFact param_fact(Reacher *r, const Graph *g, uint32_t param) {
  const TypeInfo *info = graph_info(g, g->params.data[param]);
  ReachFact f = reach_plain(r, info);
  for (uint32_t i = 0; i < r->cut->param.len; i++) {
    if (r->cut->param.data[i] != param) continue;
    Sz at = reach_coordinate(r, &f, r->cut->axis.data[i]);
    reach_add_terms(r, &f, &(ReachTerm){.lo = at, .hi = at}, 1);
  }
  if (info->dtype == DT_idx) reach_clamp(r, &f, info->extent);
  return f;
}

const ReachProof *reach_prove_by(Ctx *ctx, const Graph *g, const ReachCut *cut,
                                 const ReachRule *rules) {
  Reacher *r = arena_new(&ctx->arena, Reacher);
  *r = (Reacher){.ctx = ctx, .arena = &ctx->arena, .cut = cut, .rules = rules};
  r->zero = size_const(ctx, 0);
  r->one = size_const(ctx, 1);
  for (int i = 0; i < REACH_PLACES; i++)
    r->place[i] = size_symbol(ctx, ctx_str(ctx, ctx_printf(ctx, "'place%d", i)));
  for (int i = 0; i < REACH_LOOPS; i++)
    r->step[i] = size_symbol(ctx, ctx_str(ctx, ctx_printf(ctx, "'step%d", i)));
  ReachFact *params = arena_array(r->arena, ReachFact, g->params.len);
  for (uint32_t i = 0; i < g->params.len; i++) params[i] = param_fact(r, g, i);
  reach_count(r, g);
  reach_graph(r, g, params);
  ReachProof *proof = arena_new(&ctx->arena, ReachProof);
  *proof = (ReachProof){cut, g, r};
  return proof;
}

const ReachProof *reach_prove(Ctx *ctx, const Graph *g, const ReachCut *cut) {
  return reach_prove_by(ctx, g, cut, reach_rules);
}

const ReachFact *reach_fact(const ReachProof *proof, const Graph *g, Ref ref) {
  uint32_t i;
  if (!map_get(&proof->r->by_graph, map_pointer(g), &i)) return NULL;
  return &proof->r->visits.data[i].facts[ref.i];
}

/* Whether an axis is one of places: some interval speaks of it, or it is as long as the cut one.
 * What depends on the first element alone is not causal along the axes of something else. */
bool reach_of_places(Reacher *r, const ReachFact *f, int atom) {
  bool any = sz_eq(f->atoms[atom].extent, r->cut->extent);
  for (int k = 0; k < f->n_terms && !any; k++)
    any = f->terms[k].hi.i && reach_mentions(r, f->terms[k].hi, r->place[atom]);
  return any;
}

/* Whether an atom is a whole axis, and not a part of one that was merged. */
static bool is_axis(const ReachFact *f, int atom) {
  for (int i = 0; i < f->n_atoms; i++)
    if (i != atom && f->atoms[i].axis == f->atoms[atom].axis) return false;
  return true;
}

int reach_axis(const ReachProof *proof, const Graph *g, Ref ref, ReachClaim claim) {
  const ReachFact *f = reach_fact(proof, g, ref);
  if (!f || f->items) return REACH_MIXED;
  if (!f->n_terms) return REACH_FREE;
  int axis = REACH_MIXED;
  for (int i = 0; i < f->n_atoms && axis == REACH_MIXED; i++) {
    bool all = is_axis(f, i) && reach_of_places(proof->r, f, i);
    for (int k = 0; k < f->n_terms && all; k++)
      all = reach_fine(proof->r, f, &f->terms[k], claim, proof->r->place[i]);
    if (all) axis = f->atoms[i].axis;
  }
  return axis;
}

ReachOp reach_breaks(const ReachProof *proof, const Graph *g, Ref ref, ReachClaim claim) {
  const ReachFact *f = reach_fact(proof, g, ref);
  for (int i = 0; f && i < f->n_terms; i++)
    if (f->terms[i].breaks[claim].graph) return f->terms[i].breaks[claim];
  return (ReachOp){g, ref}; /* each part is fine for another axis: they meet here */
}
