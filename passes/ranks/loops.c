/* Loops and whole graphs of which a rank has some rows: see cut.h. */
#include "passes/ranks/loops.h"

static void cut_scan(Cutting *c, Ref r);

/* A graph under way, its parameters made: cuts by parameter; NULL: all are whole. */
static Cutting begin(Distributor *d, const Graph *old, Graph *g, RefMap map, const RowCut *params) {
  Arena *arena = &d->pc->ctx->arena;
  Cutting c = {.d = d, .old = old, .g = g, .map = map};
  c.cuts = arena_array(arena, RowCut, old->nodes.len);
  c.items = arena_array(arena, RowCut *, old->nodes.len);
  c.sunk = arena_array(arena, Sunk, old->nodes.len);
  c.whole = arena_array(arena, Ref, old->nodes.len);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    c.cuts[i] = c.sunk[i].cut = cut_none();
    c.whole[i] = REF_NONE;
  }
  for (uint32_t k = 0; params && k < old->params.len; k++)
    c.cuts[old->params.data[k].i] = params[k];
  return c;
}

static void fill(Cutting *c) {
  for (uint32_t i = 0; i < c->old->nodes.len; i++) {
    if (!ref_none(c->map.to[i])) continue;
    if (c->old->nodes.data[i].op == OP_scan)
      cut_scan(c, (Ref){i});
    else
      cut_node(c, (Ref){i});
  }
}

Graph *cut_graph(Distributor *d, const Graph *old, const int *axes) {
  RefMap map = refmap_new(&d->pc->ctx->arena, old);
  Graph *g = graph_like(old, &map);
  Cutting c = begin(d, old, g, map, NULL);
  for (uint32_t k = 0; k < old->params.len; k++) {
    Ref param = old->params.data[k];
    RowCut rows = {axes[k], size_const(d->pc->ctx, 1)};
    if (!is_cut(rows)) continue;
    c.whole[param.i] = c.map.to[param.i];
    c.map.to[param.i] = cut_as(&c, param, rows);
    c.cuts[param.i] = rows;
  }
  fill(&c);
  for (uint32_t i = 0; i < old->results.len; i++)
    graph_result(g, cut_whole(&c, old->results.data[i]), old->result_names.data[i]);
  return graph_sweep(g);
}

/* ---- loops ---- */

/* A body whose parameters are under cuts. wanted: those of its results; NULL: as they come, told in
 * out. */
static Graph *cut_body(Distributor *d, const Graph *old, const RowCut *params, const RowCut *wanted,
                       RowCut *out) {
  RefMap map = refmap_new(&d->pc->ctx->arena, old);
  Graph *g = graph_new(old->ctx, old->name);
  for (uint32_t k = 0; k < old->params.len; k++) {
    Ref param = old->params.data[k];
    Ty type = cut_type(d, graph_type(old, param), params[k]);
    map.to[param.i] = graph_param(g, type, graph_node(old, param)->name, NULL, 0);
  }
  g->span = old->span;
  g->scope = old->scope;
  Cutting c = begin(d, old, g, map, params);
  fill(&c);
  for (uint32_t i = 0; i < old->results.len; i++) {
    Ref result = old->results.data[i];
    RowCut cut = wanted ? wanted[i] : c.cuts[result.i];
    if (out) out[i] = cut;
    graph_result(g, cut_as(&c, result, cut), old->result_names.data[i]);
  }
  return graph_sweep(g);
}

/* The cuts of a body's parameters by those of the operands. What a loop would take row by row is
 * whole. */
static RowCut *enter(const Cutting *c, const Scan *s) {
  RowCut *params = arena_array(&c->d->pc->ctx->arena, RowCut, s->body->params.len + 1);
  params[0] = cut_none();
  for (int k = 0; k < s->node->n_operands; k++) {
    RowCut cut = c->cuts[s->node->operands[k].i];
    bool slice = k >= s->carries && k < s->carries + s->slices;
    if (slice && is_cut(cut)) cut = cut.axis ? (RowCut){cut.axis - 1, cut.pre} : cut_none();
    params[1 + k] = cut;
  }
  return params;
}

/* A carried value is cut when it begins so or is made so; that makes others cut, too. */
static void settle(Cutting *c, const Scan *s, RowCut *params, RowCut *results) {
  for (bool changed = true; changed;) {
    changed = false;
    c->d->trials++;
    cut_body(c->d, s->body, params, NULL, results);
    c->d->trials--;
    for (int i = 0; i < s->carries; i++) {
      if (is_cut(params[1 + i]) || !is_cut(results[i])) continue;
      params[1 + i] = results[i];
      changed = true;
    }
  }
  for (int i = 0; i < s->carries; i++) results[i] = params[1 + i];
  if (s->until) results[s->body->results.len - 1] = cut_none();
}

static void cut_scan(Cutting *c, Ref r) {
  Arena *arena = &c->d->pc->ctx->arena;
  Scan s = scan_read(c->old, r);
  RowCut *params = enter(c, &s), *results = arena_array(arena, RowCut, s.body->results.len + 1);
  settle(c, &s, params, results);
  Graph *body = cut_body(c->d, s.body, params, results, NULL);
  Ref *operands = arena_array(arena, Ref, s.node->n_operands + 1);
  for (int k = 0; k < s.node->n_operands; k++) {
    RowCut cut = params[1 + k];
    bool slice = k >= s.carries && k < s.carries + s.slices;
    if (slice && is_cut(cut)) cut.axis++;
    operands[k] = cut_as(c, s.node->operands[k], cut);
  }
  pass_stamp(c->g, s.node);
  Ref made = build_region(c->g, OP_scan, operands, s.node->n_operands, s.node->attrs,
                          s.node->n_attrs, body, TY_NONE);
  c->g->nodes.data[made.i].name = s.node->name;
  c->map.to[r.i] = made;
  c->items[r.i] = results; /* in the order of the items, of collected values without the new axis */
  for (int i = 0; i < s.collected; i++)
    if (is_cut(results[s.carries + i])) results[s.carries + i].axis++;
}
