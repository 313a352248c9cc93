/* Graphs that are cut into shards: see shards.h. */
#include "ir/shards.h"

static Sz symbol(Ctx *ctx, const char *name) { return size_symbol(ctx, ctx_str(ctx, name)); }

/* No text can use these names. */
Sz shard_first(Ctx *ctx) { return symbol(ctx, "first'shards"); }
Sz shard_count(Ctx *ctx) { return symbol(ctx, "count'shards"); }

static int64_t shards_together(const Graph *g) {
  int64_t shards = 0;
  for (uint32_t i = 0; !shards && i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    shards = op_is(n->op, T_RANKS) ? node_int(n, A_shards, 0)
             : n->body             ? shards_together(n->body)
                                   : 0;
  }
  return shards;
}

typedef struct Looked {
  Sz first, count;
  bool any;
} Looked;

static void look(void *user, Sz symbol) {
  Looked *m = user;
  m->any |= sz_eq(symbol, m->first) || sz_eq(symbol, m->count);
}

int64_t graph_shards(const Graph *g) {
  Looked m = {shard_first(g->ctx), shard_count(g->ctx), false};
  graph_symbols(g, look, &m);
  if (!m.any) return 0;
  int64_t shards = shards_together(g);
  return shards ? shards : 1; /* nothing is made of what is cut */
}

const Graph *graph_alone(const Graph *g) {
  Ctx *ctx = g->ctx;
  int64_t shards = graph_shards(g);
  Sz from[] = {shard_first(ctx), shard_count(ctx)};
  Sz to[] = {size_const(ctx, 0), size_const(ctx, shards)};
  return shards ? graph_subst(g, from, to, 2) : g;
}
