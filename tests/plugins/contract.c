/* Passes that break the contract of passes.h, each in its own way:
 * 'break-contract{how=drop-result}'. Parameters and results are copied by hand, so that each can
 * be left out, doubled or changed. */
#include "passes/plugin.h"

#include <stdlib.h>
#include <string.h>

static Ref same_param(Graph *out, const Graph *g, uint32_t i) {
  const Node *n = graph_node(g, g->params.data[i]);
  return graph_param_like(out, n->type, n);
}

/* The first parameter in another way; the others follow as they are. */
static Ref other_param(Graph *out, const Graph *g, const char *how) {
  const Node *n = graph_node(g, g->params.data[0]);
  Ctx *ctx = g->ctx;
  const TypeInfo *info = type_info(ctx, n->type);
  const Attr *sets = node_attr(n, A_sets);
  if (!strcmp(how, "rename-param"))
    return graph_param(out, n->type, ctx_str(ctx, "other"), NULL, 0);
  if (!strcmp(how, "param-dtype"))
    return graph_param(out, type_with_dtype(ctx, n->type, DT_f64), n->name, NULL, 0);
  if (!strcmp(how, "param-shape")) {
    Sz dims[MAX_RANK];
    for (int k = 0; k < info->rank; k++) dims[k] = size_add(ctx, info->dims[k], size_const(ctx, 1));
    return graph_param(out, type_with_dims(ctx, n->type, dims, info->rank), n->name, NULL, 0);
  }
  if (!strcmp(how, "param-role")) return graph_role_param(out, n->type, n->name, ROLE_weight);
  if (!strcmp(how, "param-sets"))
    return graph_param(out, n->type, n->name, sets ? NULL : (int32_t[]){0}, !sets);
  return same_param(out, g, 0);
}

/* A new graph; the map takes old nodes to new ones where both have the same type. */
static Graph *begin(const Graph *g, const char *how, RefMap *map) {
  Graph *out = graph_new(g->ctx, g->name);
  *map = refmap_new(&g->ctx->arena, g);
  uint32_t kept = g->params.len - !strcmp(how, "drop-param");
  for (uint32_t i = 0; i < kept; i++) {
    Ref r = i ? same_param(out, g, i) : other_param(out, g, how);
    Ref old = g->params.data[i];
    map->to[old.i] =
        ty_eq(graph_type(out, r), graph_type(g, old)) ? r : build_const(out, graph_type(g, old), 1);
  }
  for (uint32_t i = kept; i < g->params.len; i++)
    map->to[g->params.data[i].i] = build_const(out, graph_type(g, g->params.data[i]), 1);
  if (!strcmp(how, "add-param")) graph_param(out, type_scalar(g->ctx, DT_f32), g->name, NULL, 0);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (ref_none(map->to[i])) map->to[i] = refmap_copy(g, (Ref){i}, out, map);
  return out;
}

static void results(Graph *out, const Graph *g, const RefMap *map, const char *how) {
  uint32_t n = g->results.len;
  for (uint32_t i = 0; i < n; i++) {
    uint32_t from = strcmp(how, "reorder-results") ? i : n - 1 - i;
    Ref value = map->to[g->results.data[from].i];
    Str name = g->result_names.data[from];
    if (i == n - 1 && !strcmp(how, "drop-result")) break;
    if (!i && !strcmp(how, "rename-result")) name = ctx_str(g->ctx, "other");
    if (!i && !strcmp(how, "result-dtype")) value = build_cast(out, value, DT_f64);
    graph_result(out, value, name);
    if (i == n - 1 && !strcmp(how, "add-result")) graph_result(out, value, name);
  }
}

static int deeper(const volatile char *above) {
  volatile char here[4096];
  here[0] = above[0];
  return here[0] ? 0 : deeper(here) + here[0] + 1; /* it stays 0 */
}

/* What does not return in the ordinary way, or not with a graph. */
static bool misbehave(PassCtx *pc, const Graph *g, const char *how) {
  volatile char start = 0;
  if (!strcmp(how, "null")) return true;
  if (!strcmp(how, "crash")) *(volatile int *)(uintptr_t)8 = 1;
  if (!strcmp(how, "abort")) abort();
  if (!strcmp(how, "exit")) exit(0);
  if (!strcmp(how, "trap")) __builtin_trap();
  if (!strcmp(how, "recurse")) return deeper(&start);
  while (!strcmp(how, "spin")) start = 1;
  if (!strcmp(how, "reason")) diag_at(pc->ctx, (Span){0}, E_no_gradient, "a reason of its own");
  if (!strcmp(how, "in-place")) ((Graph *)g)->results.len--;
  if (!strcmp(how, "in-place-type"))
    g->nodes.data[0].type = type_with_dtype(g->ctx, g->nodes.data[0].type, DT_f64);
  return !strcmp(how, "reason");
}

static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) {
  const char *how = pass_option_str(options, "how");
  RefMap map;
  if (misbehave(pc, g, how)) return NULL;
  if (!strncmp(how, "in-place", 8)) return (Graph *)g;
  if (!strcmp(how, "wild")) return (Graph *)(uintptr_t)16;
  Graph *out = begin(g, how, &map);
  results(out, g, &map, how);
  if (!strcmp(how, "no-node")) out->results.data[0] = (Ref){1000000};
  if (!strcmp(how, "no-type")) out->nodes.data[0].type = (Ty){1000000};
  if (!strcmp(how, "freed")) free(out);
  return out;
}

ORDO_PASS_PLUGIN(.name = "break-contract", .run = run, .options = "how=keep",
                 .ensures = PROP_no_grad, .doc = "breaks the contract of passes");
