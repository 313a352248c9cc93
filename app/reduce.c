/* Reducing a graph: see reduce.h. */
#include "app/reduce.h"
#include "app/reduce_steps.h"

#include "passes/pipeline/pipeline.h"
#include "passes/scan_clean.h"

/* Where in the nest of bodies a step works: the graph there, and the way back to the outermost. */
typedef struct Place {
  const Graph *g;
  const struct Place *outer; /* NULL: the outermost graph */
  Ref node;                  /* the node of outer->g whose body g is */
} Place;

typedef struct Reducer {
  ReduceTest test;
  void *user;
  ReduceStats stats;
} Reducer;

uint32_t graph_work(const Graph *g) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    n += node->op != OP_param && node->op != OP_const;
    if (node->body) n += graph_work(node->body);
  }
  return n;
}

/* ---- candidates ---------------------------------------------------------------------------- */

/* A copy of g with another body for one node. */
static Graph *with_body(const Graph *g, Ref node, Graph *body) {
  RefMap map = refmap_new(&g->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    if (!ref_none(map.to[i])) continue;
    Node copy = g->nodes.data[i];
    if (i == node.i) copy.body = body;
    Ref *operands = arena_array(&g->ctx->arena, Ref, copy.n_operands + 1);
    for (int k = 0; k < copy.n_operands; k++) operands[k] = map.to[copy.operands[k].i];
    map.to[i] = build_copy(out, &copy, operands);
  }
  for (uint32_t i = 0; i < g->results.len; i++)
    graph_result(out, map.to[g->results.data[i].i], g->result_names.data[i]);
  return out;
}

/* Tests what the outermost graph becomes when the graph at a place becomes candidate. */
static bool try(Reducer *r, const Place *place, Graph *candidate) {
  if (!candidate) return false;
  for (; place->outer; place = place->outer)
    candidate = with_body(place->outer->g, place->node, candidate);
  r->stats.tried++;
  if (graph_verify(candidate) || !r->test(r->user, candidate)) return false;
  r->stats.kept++;
  return true;
}

/* Copies g with node 'at' replaced by what stands for it in the new graph (REF_NONE: it is kept),
 * and without what is dead then. */
typedef Ref (*Replace)(Graph *out, const Graph *g, Ref at, const RefMap *map, int variant);
static Graph *replaced(const Graph *g, Ref at, Replace replace, int variant) {
  RefMap map = refmap_new(&g->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    if (i == at.i) {
      map.to[i] = replace(out, g, at, &map, variant);
      if (ref_none(map.to[i])) return NULL;
    } else if (ref_none(map.to[i])) {
      map.to[i] = refmap_copy(g, (Ref){i}, out, &map);
    }
  }
  for (uint32_t i = 0; i < g->results.len; i++)
    graph_result(out, map.to[g->results.data[i].i], g->result_names.data[i]);
  return graph_sweep(out);
}

/* Whether a number is a value of the node's type: 1 may be no index into its axis. */
static bool fits_const(const Graph *g, Ref at, double number) {
  const Attr value = attr_f(A_value, number);
  const char *why = NULL;
  return build_check((Graph *)g, OP_const, NULL, 0, &value, 1, NULL, graph_type(g, at), &why).i;
}

static Ref to_constant(Graph *out, const Graph *g, Ref at, const RefMap *map, int variant) {
  const TypeInfo *info = graph_info(g, at);
  (void)map;
  if (info->is_tuple || info->dtype == DT_key || g->nodes.data[at.i].op == OP_const)
    return REF_NONE;
  return fits_const(g, at, variant) ? build_const(out, graph_type(g, at), variant) : REF_NONE;
}

static Ref to_operand(Graph *out, const Graph *g, Ref at, const RefMap *map, int variant) {
  const Node *node = graph_node(g, at);
  (void)out;
  if (variant >= node->n_operands || node->op == OP_item) return REF_NONE;
  Ref operand = node->operands[variant];
  return ty_eq(graph_type(g, operand), node->type) ? map->to[operand.i] : REF_NONE;
}

static Ref to_param(Graph *out, const Graph *g, Ref at, const RefMap *map, int variant) {
  const Node *node = graph_node(g, at);
  (void)map, (void)variant;
  if (type_info(g->ctx, node->type)->is_tuple || node->op == OP_const || node->op == OP_param)
    return REF_NONE;
  Str name = ctx_str(g->ctx, arena_printf(&g->ctx->arena, "cut%u", at.i));
  return graph_param(out, node->type, name, NULL, 0);
}

/* One value as the only result. */
static Graph *only_result(const Graph *g, Ref r) {
  if (type_info(g->ctx, graph_type(g, r))->is_tuple) return NULL;
  RefMap map = refmap_new(&g->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i <= r.i; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(g, (Ref){i}, out, &map);
  graph_result(out, map.to[r.i], (Str){0});
  return graph_sweep(out);
}

/* Results [from, from + n) go. */
static Graph *without_results(const Graph *g, uint32_t from, uint32_t n) {
  if (g->results.len <= n) return NULL;
  RefMap map = refmap_new(&g->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(g, (Ref){i}, out, &map);
  for (uint32_t i = 0; i < g->results.len; i++)
    if (i < from || i >= from + n)
      graph_result(out, map.to[g->results.data[i].i], g->result_names.data[i]);
  return graph_sweep(out);
}

/* Bodies without dead nodes. */
static Graph *swept(const Graph *g) {
  Graph *out = graph_sweep(g);
  for (uint32_t i = 0; i < out->nodes.len; i++)
    if (out->nodes.data[i].body &&
        graph_work(swept(out->nodes.data[i].body)) < graph_work(out->nodes.data[i].body))
      out = with_body(out, (Ref){i}, swept(out->nodes.data[i].body));
  return out;
}

/* Parameters that nothing reads go. */
static Graph *without_dead_params(const Graph *g) {
  bool *live = arena_array(&g->ctx->arena, bool, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    for (int k = 0; k < g->nodes.data[i].n_operands; k++)
      live[g->nodes.data[i].operands[k].i] = true;
  for (uint32_t i = 0; i < g->results.len; i++) live[g->results.data[i].i] = true;
  RefMap map = refmap_new(&g->ctx->arena, g);
  Graph *out = graph_new(g->ctx, g->name);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_param && live[i])
      map.to[i] = graph_param_like(out, n->type, n);
    else if (n->op != OP_param)
      map.to[i] = refmap_copy(g, (Ref){i}, out, &map);
  }
  for (uint32_t i = 0; i < g->results.len; i++)
    graph_result(out, map.to[g->results.data[i].i], g->result_names.data[i]);
  return out->params.len < g->params.len ? out : NULL;
}

/* ---- sizes --------------------------------------------------------------------------------- */

typedef struct Symbols {
  Ctx *ctx;
  VEC(Sz) list;
} Symbols;

static void add_symbol(void *user, Sz symbol) {
  Symbols *s = user;
  for (uint32_t i = 0; i < s->list.len; i++)
    if (sz_eq(s->list.data[i], symbol)) return;
  vec_push(&s->ctx->arena, &s->list, symbol);
}

static const Graph *reduce_sizes(Reducer *r, const Graph *g, bool *changed) {
  Symbols symbols = {.ctx = g->ctx};
  for (uint32_t i = 0; i < g->params.len; i++) {
    const TypeInfo *info = graph_info(g, g->params.data[i]);
    for (int k = 0; k < info->rank; k++) size_symbols(g->ctx, info->dims[k], add_symbol, &symbols);
  }
  for (uint32_t i = 0; i < symbols.list.len; i++) {
    for (int64_t value = 1; value <= 4; value++) {
      SizeBinding b = {symbols.list.data[i], size_const(g->ctx, value), 0, 0};
      Graph *candidate = reduce_with_size(g, &b);
      if (!try(r, &(Place){.g = g}, candidate)) continue;
      g = candidate;
      *changed = true;
      break;
    }
  }
  return g;
}

/* One extent or number of turns, with its multiples, smaller; NULL when none can be. */
static const Graph *smaller_extent(Reducer *r, const Graph *g) {
  ReduceExtents extents = reduce_extents(g);
  for (uint32_t i = 0; i < extents.len; i++) {
    int64_t unit = extents.data[i], tries[] = {1, 2, 3, unit / 2};
    for (size_t k = 0; k < sizeof tries / sizeof *tries && tries[k] < unit; k++) {
      SizeBinding b = {SZ_NONE, SZ_NONE, unit, tries[k]};
      Graph *candidate = reduce_with_size(g, &b);
      if (candidate && reduce_extent(candidate) < reduce_extent(g) &&
          try(r, &(Place){.g = g}, candidate))
        return candidate;
    }
  }
  return NULL;
}

static const Graph *reduce_extents_of(Reducer *r, const Graph *g, bool *changed) {
  const Graph *smaller;
  while ((smaller = smaller_extent(r, g)) != NULL) g = smaller, *changed = true;
  return g;
}

/* ---- the search ---------------------------------------------------------------------------- */

/* The first value that shows the fault alone; else fewer results: halves at first, one at a time at
 * the end. */
static const Graph *reduce_results(Reducer *r, const Graph *g, bool *changed) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    if (g->nodes.data[i].op == OP_const || g->nodes.data[i].op == OP_param) continue;
    Graph *candidate = only_result(g, (Ref){i});
    if (!candidate || graph_work(candidate) >= graph_work(g)) continue;
    if (try(r, &(Place){.g = g}, candidate)) return *changed = true, candidate;
  }
  for (uint32_t n = g->results.len / 2; n >= 1; n /= 2)
    for (uint32_t from = 0; from < g->results.len;) {
      Graph *candidate = without_results(g, from, n);
      if (try(r, &(Place){.g = g}, candidate))
        g = candidate, *changed = true;
      else
        from += n;
    }
  return g;
}

static const Graph *reduce_nodes(Reducer *r, const Place *place, bool *changed);

/* The node's body made smaller; the graph around it, or NULL when it could not be. */
static const Graph *reduce_body(Reducer *r, const Place *place, Ref at) {
  Graph *body = place->g->nodes.data[at.i].body;
  if (!body) return NULL;
  bool changed = false;
  const Graph *small = reduce_nodes(r, &(Place){body, place, at}, &changed);
  return changed ? with_body(place->g, at, (Graph *)small) : NULL;
}

/* The graph with a simpler number in a constant, or NULL. */
static const Graph *simpler_number(Reducer *r, const Place *place, Ref at) {
  const Node *n = graph_node(place->g, at);
  if (n->op != OP_const || type_info(place->g->ctx, n->type)->dtype == DT_key) return NULL;
  double number = node_float(n, A_value, 0), simpler;
  for (int i = 0; reduce_number(number, i, &simpler); i++) {
    Graph *candidate =
        fits_const(place->g, at, simpler) ? reduce_with_number(place->g, at, simpler) : NULL;
    if (candidate && graph_hash(candidate) != graph_hash(place->g) && try(r, place, candidate))
      return candidate;
  }
  return NULL;
}

static const Graph *reduce_node(Reducer *r, const Place *place, Ref at) {
  static const struct {
    Replace replace;
    int variants;
    bool outermost; /* only where parameters may be added */
  } steps[] = {{to_constant, 2, false}, {to_param, 1, true}, {to_operand, 3, false}};
  for (size_t s = 0; s < sizeof steps / sizeof *steps; s++)
    for (int v = 0; v < steps[s].variants; v++) {
      if (steps[s].outermost && place->outer) continue;
      Graph *candidate = replaced(place->g, at, steps[s].replace, v);
      if (candidate && graph_work(candidate) < graph_work(place->g) && try(r, place, candidate))
        return candidate;
    }
  Graph *flat = reduce_unrolled(place->g, at);
  if (flat && try(r, place, flat)) return flat; /* a loop less: that ends */
  const Graph *plain = simpler_number(r, place, at);
  return plain ? plain : reduce_body(r, place, at);
}

static const Graph *reduce_nodes(Reducer *r, const Place *place, bool *changed) {
  Place here = *place;
  for (uint32_t i = here.g->nodes.len; i-- > 0;) {
    if (i >= here.g->nodes.len) continue;
    const Graph *smaller =
        here.g->nodes.data[i].op == OP_param ? NULL : reduce_node(r, &here, (Ref){i});
    if (!smaller) continue;
    here.g = smaller;
    *changed = true;
  }
  return here.g;
}

/* Passes that only tidy: calls spliced, scans without what nothing reads. */
static const Graph *tidy(Reducer *r, const Graph *g, bool *changed) {
  PassCtx *pc = pass_ctx_new(g->ctx, NULL);
  Graph *live = swept(g);
  if (graph_work(live) < graph_work(g) && try(r, &(Place){.g = g}, live)) g = live, *changed = true;
  Graph *flat = pass_inline(pc, g, NULL);
  if (flat != g && try(r, &(Place){.g = g}, flat)) g = flat, *changed = true;
  Graph *clean = scan_clean(pc, g);
  if (clean && clean != g && graph_hash(clean) != graph_hash(g) && try(r, &(Place){.g = g}, clean))
    g = clean, *changed = true;
  pass_ctx_free(pc);
  Graph *candidate = without_dead_params(g);
  if (try(r, &(Place){.g = g}, candidate)) g = candidate, *changed = true;
  return g;
}

const Graph *graph_reduce(const Graph *g, ReduceTest test, void *user, ReduceStats *stats) {
  Reducer r = {test, user, {0, 0}};
  bool changed = true;
  while (changed) {
    changed = false;
    g = tidy(&r, g, &changed);
    g = reduce_results(&r, g, &changed);
    g = reduce_nodes(&r, &(Place){.g = g}, &changed);
    g = reduce_sizes(&r, g, &changed);
    g = reduce_extents_of(&r, g, &changed);
  }
  if (stats) *stats = r.stats;
  return g;
}
