/* Whole graphs: copies without dead nodes, maps from an old graph to a new one, structural hash and
 * equality.
 *
 * The hash is made from names of sizes and types as printed, never from ids or addresses, so it is
 * the same in every context and run. Equality gives every node of both graphs a class (equal class:
 * equal value) through one table, which is linear in the number of nodes.
 */
#include <string.h>

#include "ir/graph.h"

/* ---- maps and copies ---- */

RefMap refmap_new(Arena *arena, const Graph *old) {
  RefMap map = {arena_array(arena, Ref, old->nodes.len)};
  for (uint32_t i = 0; i < old->nodes.len; i++) map.to[i] = REF_NONE;
  return map;
}

/* others: how many nodes will follow the parameters. */
static Graph *new_like(const Graph *old, RefMap *map, uint32_t others) {
  Graph *g = graph_new(old->ctx, old->name);
  graph_reserve(g, old->params.len, others);
  for (uint32_t i = 0; i < old->params.len; i++) {
    const Node *param = graph_node(old, old->params.data[i]);
    g->span = param->span;
    g->scope = param->scope;
    map->to[old->params.data[i].i] = graph_param_like(g, param->type, param);
  }
  g->span = old->span;
  g->scope = old->scope;
  return g;
}

/* A pass makes about as many nodes as it was given. */
Graph *graph_like(const Graph *old, RefMap *map) {
  return new_like(old, map, old->nodes.len - old->params.len);
}

static bool same_node(const Node *a, const Node *b) {
  Draft draft = draft_of(b);
  return draft_matches(a, &draft) && str_eq(a->name, b->name) && str_eq(a->scope, b->scope) &&
         a->span.lo == b->span.lo && a->span.hi == b->span.hi && a->facts == b->facts;
}

bool refmap_same(const Graph *old, const Graph *g, const RefMap *map) {
  bool same = g->nodes.len == old->nodes.len;
  for (uint32_t i = 0; i < old->nodes.len && same; i++)
    same = map->to[i].i == i && same_node(&g->nodes.data[i], &old->nodes.data[i]);
  return same;
}

Ref refmap_copy(const Graph *old, Ref r, Graph *g, const RefMap *map) {
  const Node *node = graph_node(old, r);
  Ref few[8];
  Ref *operands = node->n_operands <= 8 ? few : arena_array(&g->ctx->arena, Ref, node->n_operands);
  bool same = old->ctx == g->ctx;
  for (int i = 0; i < node->n_operands; i++) {
    operands[i] = map->to[node->operands[i].i];
    ORDO_CHECK(!ref_none(operands[i]));
    same = same && ty_eq(graph_type(g, operands[i]), graph_type(old, node->operands[i]));
  }
  return same ? build_copy_same(g, node, operands) : build_copy(g, node, operands);
}

bool *graph_live_in(const Graph *g, Arena *arena) {
  bool *live = arena_array(arena, bool, g->nodes.len);
  for (uint32_t i = 0; i < g->results.len; i++) live[g->results.data[i].i] = true;
  for (uint32_t i = g->nodes.len; i-- > 0;) {
    const Node *node = &g->nodes.data[i];
    for (int k = 0; live[i] && k < node->n_operands; k++) live[node->operands[k].i] = true;
  }
  return live;
}

bool *graph_live(const Graph *g) { return graph_live_in(g, &g->ctx->arena); }

static void fill(const Graph *old, Graph *g, RefMap *map, const bool *live) {
  for (uint32_t i = 0; i < old->nodes.len; i++)
    if (live[i] && ref_none(map->to[i])) map->to[i] = refmap_copy(old, (Ref){i}, g, map);
  for (uint32_t i = 0; i < old->results.len; i++)
    graph_result(g, map->to[old->results.data[i].i], old->result_names.data[i]);
}

void graph_fill(const Graph *old, Graph *g, RefMap *map) { fill(old, g, map, graph_live(old)); }

/* Parameters first, and nothing dead: a copy would be the same, node by node. */
static bool is_swept(const Graph *g, const bool *live) {
  for (uint32_t i = 0; i < g->params.len; i++)
    if (g->params.data[i].i != i) return false;
  for (uint32_t i = g->params.len; i < g->nodes.len; i++)
    if (!live[i] || g->nodes.data[i].op == OP_param) return false;
  return true;
}

Graph *graph_sweep(const Graph *old) {
  const bool *live = graph_live(old);
  if (is_swept(old, live)) return (Graph *)old;
  RefMap map = refmap_new(&old->ctx->arena, old);
  uint32_t others = 0;
  for (uint32_t i = 0; i < old->nodes.len; i++)
    others += live[i] && old->nodes.data[i].op != OP_param;
  Graph *g = new_like(old, &map, others);
  fill(old, g, &map, live);
  return g;
}

/* ---- hash ---- */

static uint64_t hash_text(const char *text, uint64_t h) {
  return hash_bytes(text, strlen(text), h);
}

/* Like attr_hash, but by text. */
static uint64_t hash_attr_text(Ctx *ctx, const Attr *a) {
  uint64_t h = hash_mix(a->name, a->n);
  switch (attr_kind[a->name]) {
  case ATTR_str:
    return hash_text(ctx_text(ctx, a->s), h);
  case ATTR_size:
    return hash_text(size_str(ctx, a->z), h);
  case ATTR_sizes:
    for (int i = 0; i < a->n; i++) h = hash_text(size_str(ctx, a->sizes[i]), h);
    return h;
  default:
    return attr_hash(a);
  }
}

/* Hashes of the operands, without order for commutative ops. */
static uint64_t hash_operands(const Node *node, const uint64_t *of) {
  if (op_is(node->op, T_COMMUTES)) return of[node->operands[0].i] + of[node->operands[1].i];
  uint64_t h = node->n_operands;
  for (int i = 0; i < node->n_operands; i++) h = hash_mix(h, of[node->operands[i].i]);
  return h;
}

uint64_t graph_hash(const Graph *g) {
  Ctx *ctx = g->ctx;
  uint64_t *of = arena_array(&ctx->arena, uint64_t, g->nodes.len);
  const bool *live = graph_live(g);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    if (!live[i] && node->op != OP_param) continue;
    uint64_t h = hash_text(op_info[node->op].name, hash_operands(node, of));
    h = hash_text(type_str(ctx, node->type), h);
    for (int k = 0; k < node->n_attrs; k++) h = hash_mix(h, hash_attr_text(ctx, &node->attrs[k]));
    of[i] = node->body ? hash_mix(h, graph_hash(node->body)) : h;
  }
  uint64_t h = hash_mix(g->params.len, g->results.len);
  for (uint32_t i = 0; i < g->params.len; i++) h = hash_mix(h, of[g->params.data[i].i]);
  for (uint32_t i = 0; i < g->results.len; i++) h = hash_mix(h, of[g->results.data[i].i]);
  return h;
}

/* ---- equality ---- */

typedef struct WholeMember {
  const Node *node;
  uint32_t *operands; /* classes, in order for commutative ops */
  uint64_t hash;
} WholeMember;

/* Classes of values; a class is an index of its first member. */
typedef struct Classes {
  Arena *arena;
  WholeMember *members;
  uint32_t n, n_slots, *slots;
} Classes;

static bool same_value(const WholeMember *a, const WholeMember *b) {
  const Node *x = a->node, *y = b->node;
  if (a->hash != b->hash || x->op != y->op || !ty_eq(x->type, y->type)) return false;
  if (x->n_operands != y->n_operands || x->n_attrs != y->n_attrs) return false;
  for (int i = 0; i < x->n_operands; i++)
    if (a->operands[i] != b->operands[i]) return false;
  for (int i = 0; i < x->n_attrs; i++)
    if (!attr_equal(&x->attrs[i], &y->attrs[i])) return false;
  return x->body == y->body || (x->body && y->body && graph_equal(x->body, y->body));
}

static uint32_t class_of(Classes *c, const Node *node, const uint32_t *of) {
  WholeMember m = {.node = node, .operands = arena_array(c->arena, uint32_t, node->n_operands)};
  for (int i = 0; i < node->n_operands; i++) m.operands[i] = of[node->operands[i].i];
  if (op_is(node->op, T_COMMUTES) && m.operands[0] > m.operands[1]) {
    uint32_t first = m.operands[0];
    m.operands[0] = m.operands[1];
    m.operands[1] = first;
  }
  m.hash = hash_mix((uint64_t)node->op, node->type.i);
  for (int i = 0; i < node->n_operands; i++) m.hash = hash_mix(m.hash, m.operands[i]);
  for (int i = 0; i < node->n_attrs; i++) m.hash = hash_mix(m.hash, attr_hash(&node->attrs[i]));
  uint32_t mask = c->n_slots - 1, at = (uint32_t)m.hash & mask;
  while (c->slots[at] && !same_value(&c->members[c->slots[at] - 1], &m)) at = (at + 1) & mask;
  if (!c->slots[at]) {
    c->members[c->n++] = m;
    c->slots[at] = c->n;
  }
  return c->slots[at] - 1;
}

static const uint32_t *classify(Classes *c, const Graph *g) {
  uint32_t *of = arena_array(c->arena, uint32_t, g->nodes.len);
  const bool *live = graph_live(g);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (live[i] || g->nodes.data[i].op == OP_param) of[i] = class_of(c, &g->nodes.data[i], of);
  return of;
}

bool graph_equal(const Graph *a, const Graph *b) {
  if (a == b) return true;
  if (a->params.len != b->params.len || a->results.len != b->results.len) return false;
  Classes c = {.arena = &a->ctx->arena, .n_slots = 64};
  uint32_t total = a->nodes.len + b->nodes.len;
  while (c.n_slots < total * 2) c.n_slots *= 2;
  c.slots = arena_array(c.arena, uint32_t, c.n_slots);
  c.members = arena_array(c.arena, WholeMember, total);
  const uint32_t *in_a = classify(&c, a), *in_b = classify(&c, b);
  for (uint32_t i = 0; i < a->params.len; i++)
    if (in_a[a->params.data[i].i] != in_b[b->params.data[i].i]) return false;
  for (uint32_t i = 0; i < a->results.len; i++)
    if (in_a[a->results.data[i].i] != in_b[b->results.data[i].i]) return false;
  return true;
}
