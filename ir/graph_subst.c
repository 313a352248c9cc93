/* The symbols of a whole graph: which there are, and sizes for them.
 *
 * Types are inferred anew while the copy is built, so only what infers nothing is replaced by hand:
 * parameters, given types, sizes among the attributes. Bodies that several nodes share stay shared.
 */
#include "ir/ir.h"

typedef struct Subst {
  Ctx *ctx;
  const Sz *from, *to;
  int n;
  VEC(const Graph *) old; /* bodies done, and their copies */
  VEC(Graph *) made;
} Subst;

static Graph *subst_graph(Subst *s, const Graph *g);

static Sz subst_size(const Subst *s, Sz size) {
  return size_subst(s->ctx, size, s->from, s->to, s->n);
}

static Graph *subst_body(Subst *s, const Graph *body) {
  for (uint32_t i = 0; i < s->old.len; i++)
    if (s->old.data[i] == body) return s->made.data[i];
  Graph *made = subst_graph(s, body);
  vec_push(&s->ctx->arena, &s->old, body);
  vec_push(&s->ctx->arena, &s->made, made);
  return made;
}

static const Attr *subst_attrs(const Subst *s, const Node *n) {
  Attr *attrs = arena_copy(&s->ctx->arena, n->attrs, sizeof(Attr) * n->n_attrs);
  for (int i = 0; i < n->n_attrs; i++) {
    Attr *a = &attrs[i];
    if (attr_kind[a->name] == ATTR_size) a->z = subst_size(s, a->z);
    if (attr_kind[a->name] != ATTR_sizes) continue;
    Sz *sizes = arena_array(&s->ctx->arena, Sz, a->n + 1);
    for (int k = 0; k < a->n; k++) sizes[k] = subst_size(s, a->sizes[k]);
    a->sizes = sizes;
  }
  return attrs;
}

static Ref subst_param(const Subst *s, const Node *n, Graph *g) {
  g->span = n->span;
  g->scope = n->scope;
  return graph_param_like(g, type_subst(s->ctx, n->type, s->from, s->to, s->n), n);
}

static Graph *subst_graph(Subst *s, const Graph *old) {
  Graph *g = graph_new(s->ctx, old->name);
  RefMap map = refmap_new(&s->ctx->arena, old);
  for (uint32_t i = 0; i < old->params.len; i++)
    map.to[old->params.data[i].i] = subst_param(s, graph_node(old, old->params.data[i]), g);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    Node n = old->nodes.data[i];
    if (n.op == OP_param) continue;
    Ref *operands = arena_array(&s->ctx->arena, Ref, n.n_operands + 1);
    for (int k = 0; k < n.n_operands; k++) operands[k] = map.to[n.operands[k].i];
    n.type = type_subst(s->ctx, n.type, s->from, s->to, s->n);
    n.attrs = subst_attrs(s, &n);
    if (n.body) n.body = subst_body(s, n.body);
    map.to[i] = build_copy(g, &n, operands);
  }
  for (uint32_t i = 0; i < old->results.len; i++)
    graph_result(g, map.to[old->results.data[i].i], old->result_names.data[i]);
  g->span = old->span;
  g->scope = old->scope;
  return g;
}

Graph *graph_subst(const Graph *g, const Sz *from, const Sz *to, int n) {
  if (!n) return (Graph *)g;
  Subst s = {.ctx = g->ctx, .from = from, .to = to, .n = n};
  return subst_graph(&s, g);
}

/* ---- which there are ---- */

typedef struct SymbolVisit {
  Ctx *ctx;
  void (*visit)(void *user, Sz symbol);
  void *user;
  VEC(const Graph *) done;
} SymbolVisit;

void type_symbols(Ctx *ctx, Ty type, void (*visit)(void *user, Sz symbol), void *user) {
  const TypeInfo *info = type_info(ctx, type);
  if (info->is_tuple) {
    for (int i = 0; i < info->rank; i++) type_symbols(ctx, info->items[i], visit, user);
    return;
  }
  for (int d = 0; d < info->rank; d++) size_symbols(ctx, info->dims[d], visit, user);
  if (info->dtype == DT_idx) size_symbols(ctx, info->extent, visit, user);
}

static void visit_graph(SymbolVisit *v, const Graph *g) {
  for (uint32_t i = 0; i < v->done.len; i++)
    if (v->done.data[i] == g) return;
  vec_push(&v->ctx->arena, &v->done, g);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    type_symbols(v->ctx, n->type, v->visit, v->user);
    for (int k = 0; k < n->n_attrs; k++) {
      const Attr *a = &n->attrs[k];
      if (attr_kind[a->name] == ATTR_size) size_symbols(v->ctx, a->z, v->visit, v->user);
      for (int z = 0; attr_kind[a->name] == ATTR_sizes && z < a->n; z++)
        size_symbols(v->ctx, a->sizes[z], v->visit, v->user);
    }
    if (n->body) visit_graph(v, n->body);
  }
}

void graph_symbols(const Graph *g, void (*visit)(void *user, Sz symbol), void *user) {
  SymbolVisit v = {.ctx = g->ctx, .visit = visit, .user = user};
  visit_graph(&v, g);
}
