/* sets: declared sets, proofs about them, the pass. */
#include "passes/sets/sets_join.h"

#include <string.h>

/* ---- declarations ---------------------------------------------------------------------------- */

static bool declares(const Node *param, int axis) {
  const Attr *sets = node_attr(param, A_sets);
  for (int i = 0; sets && i < sets->n; i++)
    if (sets->ints[i] == axis) return true;
  return false;
}

static bool known(const SetAxes *sets, Sz extent) {
  for (uint32_t i = 0; i < sets->len; i++)
    if (sz_eq(sets->data[i].extent, extent)) return true;
  return false;
}

/* Rows that another parameter with the set has, too, in the same order; the others go. */
static void common_rows(Ctx *ctx, SetAxis *set, const Node *param, int before) {
  const TypeInfo *info = type_info(ctx, param->type);
  Sz *rows = arena_array(&ctx->arena, Sz, set->n_rows);
  int n = 0, at = 0;
  for (int k = 0; k < set->n_rows; k++) {
    int i = at;
    while (i < before && (declares(param, i) || !sz_eq(info->dims[i], set->rows[k]))) i++;
    if (i == before) continue;
    rows[n++] = set->rows[k];
    at = i + 1;
  }
  set->rows = rows;
  set->n_rows = n;
}

/* The axes before the set, but for other sets: each row has an order of its own, if all
 * parameters with the set have the row. */
static void find_rows(Ctx *ctx, const Graph *g, SetAxis *set) {
  const Node *first = graph_node(g, set->param);
  set->rows = type_info(ctx, first->type)->dims;
  set->n_rows = set->axis;
  for (uint32_t i = 0; i < g->params.len; i++) {
    const Node *param = graph_node(g, g->params.data[i]);
    const TypeInfo *info = type_info(ctx, param->type);
    for (int axis = 0; !info->is_tuple && axis < info->rank; axis++)
      if (declares(param, axis) && sz_eq(info->dims[axis], set->extent))
        common_rows(ctx, set, param, axis);
    if (!info->is_tuple && info->dtype == DT_idx && sz_eq(info->extent, set->extent))
      common_rows(ctx, set, param, info->rank);
  }
}

/* Padded axes: the last ones of masks. Where two masks have one extent, nothing tells which axes
 * are whose; with a number as extent that may be chance, and there is no claim. */
static void declare_padded(Ctx *ctx, const Graph *g, SetAxes *out) {
  uint32_t first = out->len;
  for (uint32_t i = 0; i < g->params.len; i++) {
    const Node *param = graph_node(g, g->params.data[i]);
    const TypeInfo *info = type_info(ctx, param->type);
    if (!node_int(param, A_mask, 0)) continue;
    Sz extent = info->dims[info->rank - 1];
    SetAxis *same = NULL;
    for (uint32_t k = first; k < out->len; k++)
      if (sz_eq(out->data[k].extent, extent)) same = &out->data[k];
    if (same) same->twice = true;
    if (same || size_is(ctx, extent, 1)) continue;
    SetAxis set = {.extent = extent,
                   .name = size_str(ctx, extent),
                   .rows = info->dims,
                   .n_rows = info->rank - 1,
                   .param = g->params.data[i],
                   .axis = info->rank - 1,
                   .span = param->span,
                   .padded = true};
    vec_push(&ctx->arena, out, set);
  }
  uint32_t kept = first;
  for (uint32_t k = first; k < out->len; k++)
    if (!out->data[k].twice || !size_is_const(ctx, out->data[k].extent, NULL))
      out->data[kept++] = out->data[k];
  out->len = kept;
}

SetAxes sets_declared(Ctx *ctx, const Graph *g) {
  SetAxes out = {0};
  for (uint32_t i = 0; i < g->params.len; i++) {
    const Node *param = graph_node(g, g->params.data[i]);
    const Attr *sets = node_attr(param, A_sets);
    for (int k = 0; sets && k < sets->n; k++) {
      Sz extent = type_info(ctx, param->type)->dims[sets->ints[k]];
      if (known(&out, extent) || size_is(ctx, extent, 1)) continue;
      SetAxis set = {.extent = extent,
                     .name = ctx_printf(ctx, "{%s}", size_str(ctx, extent)),
                     .param = g->params.data[i],
                     .axis = sets->ints[k],
                     .span = param->span};
      find_rows(ctx, g, &set);
      vec_push(&ctx->arena, &out, set);
    }
  }
  declare_padded(ctx, g, &out);
  return out;
}

/* ---- proofs ---------------------------------------------------------------------------------- */

/* A parameter as declared: set axes move, indices into the set are renamed, all else is fixed. */
static Fact param_fact(Sets *s, const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  const TypeInfo *info = type_info(s->ctx, n->type);
  SetStep st = {.s = s, .g = g, .r = r, .node = n};
  Fact f = fact_plain(&st, info, SLOT_fixed);
  int *place = arena_array(s->arena, int, info->rank + 1),
      *axes = arena_array(s->arena, int, s->set->n_rows);
  for (int i = 0; i < f.n_atoms; i++) place[f.atoms[i].axis] = i;
  for (int i = 0; i <= f.n_atoms; i++) {
    Slot *slot = i < f.n_atoms ? &((Atom *)f.atoms)[i].slot : &f.value;
    int axis = i < f.n_atoms ? f.atoms[i].axis : info->rank;
    bool moves = i < f.n_atoms ? declares(n, axis) && sz_eq(f.atoms[i].extent, s->set->extent)
                               : set_is_pointer(s, info);
    if (!moves || !set_rows(s, info, axis, axes)) continue;
    int *rows = arena_array(s->arena, int, s->set->n_rows), n_rows = 0;
    for (int k = 0; k < s->set->n_rows; k++)
      if (!size_is(s->ctx, info->dims[axes[k]], 1)) rows[n_rows++] = place[axes[k]];
    *slot = (Slot){.kind = SLOT_moves, .rows = rows, .n_rows = n_rows};
  }
  const Trail *trail = trail_add(s, NULL, g, r);
  f.moved = fact_moves(&f) ? trail : NULL;
  for (int i = 0; i < f.n_atoms; i++)
    if (f.atoms[i].slot.kind == SLOT_fixed && sz_eq(f.atoms[i].extent, s->set->extent))
      f.fixed = trail;
  return f;
}

SetProof *sets_prove(Ctx *ctx, const Graph *g, const SetAxis *set) {
  return sets_prove_by(ctx, g, set, set->padded ? padding_rules : order_rules, NULL, NULL);
}

SetProof *sets_prove_by(Ctx *ctx, const Graph *g, const SetAxis *set, const SetRuleFn *rules,
                        const SetProof *before, long *wrong) {
  Sets s = {.ctx = ctx, .arena = &ctx->arena, .scratch = &ctx->arena, .set = set, .rules = rules};
  for (uint32_t i = 0; before && i < before->facts->n_families; i++)
    vec_push(s.arena, &s.families, before->facts->families[i]);
  Fact *params = arena_array(s.arena, Fact, g->params.len);
  for (uint32_t i = 0; i < g->params.len; i++)
    params[i] = (set->padded ? padding_param : param_fact)(&s, g, g->params.data[i]);
  const Fact *facts = sets_graph(&s, g, params, 0);
  Fact *results = arena_array(s.arena, Fact, g->results.len);
  for (uint32_t i = 0; i < g->results.len; i++) results[i] = facts[g->results.data[i].i];
  SetProof *proof = arena_new(s.arena, SetProof);
  *proof = (SetProof){set, g, results, arena_new(s.arena, SetFacts), 0};
  *proof->facts = s.facts;
  proof->facts->families = s.families.data;
  proof->facts->n_families = s.families.len;
  if (wrong) *wrong += s.wrong;
  return proof;
}

const Fact *sets_fact(const SetProof *proof, const Graph *g, Ref r) {
  uint32_t i;
  if (!map_get(&proof->facts->by_graph, map_pointer(g), &i)) return NULL;
  return &proof->facts->visits.data[i].facts[r.i];
}
