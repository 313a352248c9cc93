/* Signatures: taking them, saying what differs (passes/signature.h). */
#include "passes/signature.h"

#include <string.h>

static Port param_port(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  const Attr *sets = node_attr(n, A_sets);
  Port port = {
      .name = n->name, .type = n->type, .mask = node_int(n, A_mask, 0), .role = param_role(g, r)};
  if (!sets) return port;
  port.n_sets = sets->n;
  port.sets = arena_copy(&g->ctx->arena, sets->ints, sets->n * sizeof *sets->ints);
  return port;
}

Signature signature_of(const Graph *g) {
  Signature s = {0};
  Arena *arena = &g->ctx->arena;
  for (uint32_t i = 0; i < g->params.len; i++)
    vec_push(arena, &s.params, param_port(g, g->params.data[i]));
  for (uint32_t i = 0; i < g->results.len; i++)
    vec_push(arena, &s.results,
             ((Port){.name = g->result_names.data[i], .type = graph_type(g, g->results.data[i])}));
  return s;
}

static bool same_sets(const Port *a, const Port *b) {
  size_t bytes = (size_t)a->n_sets * sizeof *a->sets;
  return a->n_sets == b->n_sets && (!bytes || !memcmp(a->sets, b->sets, bytes));
}

static const char *port_broken(Ctx *ctx, const char *kind, uint32_t i, const Port *before,
                               const Port *after) {
  const char *name = ctx_text(ctx, before->name);
  const char *what = ctx_printf(ctx, "%s %u '%s'", kind, i, name);
  if (!str_eq(before->name, after->name))
    return ctx_printf(ctx, "%s has another name: '%s'", what, ctx_text(ctx, after->name));
  if (!ty_eq(before->type, after->type))
    return ctx_printf(ctx, "%s: expected the type %s, got %s", what, type_str(ctx, before->type),
                      type_str(ctx, after->type));
  if (before->role != after->role)
    return ctx_printf(ctx, "%s: expected the role '%s', got '%s'", what, role_name[before->role],
                      role_name[after->role]);
  if (!same_sets(before, after)) return ctx_printf(ctx, "%s has other set axes", what);
  if (before->mask != after->mask)
    return ctx_printf(ctx, "%s %s a mask", what, after->mask ? "became" : "is no longer");
  return NULL;
}

static const char *ports_broken(Ctx *ctx, const char *kind, const Port *before, uint32_t n_before,
                                const Port *after, uint32_t n_after) {
  for (uint32_t i = 0; i < n_before && i < n_after; i++) {
    const char *broken = port_broken(ctx, kind, i, &before[i], &after[i]);
    if (broken) return broken;
  }
  if (n_before == n_after) return NULL;
  return ctx_printf(ctx, "expected %u %ss, got %u", n_before, kind, n_after);
}

const char *signature_broken(const Signature *before, const Graph *after) {
  Signature s = signature_of(after);
  const char *broken = ports_broken(after->ctx, "parameter", before->params.data,
                                    before->params.len, s.params.data, s.params.len);
  if (broken) return broken;
  return ports_broken(after->ctx, "result", before->results.data, before->results.len,
                      s.results.data, s.results.len);
}
