/* The pass 'fuse': every computing node ends up in the body of a kernel.
 *
 * fuse_groups decides which nodes share one; here the graph is built anew in an order in which
 * every unit (group, instruction, stored inline node) comes after the units it reads. A kernel's
 * body holds its members and the inline nodes they read, down to values in memory, which become its
 * operands; members that others read become its results.
 */
#include "base/map.h"
#include "passes/fuse/fuse.h"

typedef struct Builder {
  Fusion *f;
  const Graph *old;
  Graph *g;
  Ref *made;  /* by old node: its value in memory, in the new graph */
  bool *open; /* by old node: its unit is being made (units are free of cycles) */
} Builder;

static void make(Builder *b, uint32_t i);

/* ---- one kernel ---- */

typedef struct Kernel {
  Builder *b;
  Graph *body;
  Map in_body;       /* by old node: in the body */
  VEC(Ref) operands; /* in the new graph */
  uint32_t root;     /* group, or UINT32_MAX for a stored inline node */
} Kernel;

static bool is_member(const Kernel *k, uint32_t i) {
  return k->root != UINT32_MAX && k->b->f->role[i] == FUSE_group &&
         fuse_find(k->b->f, i) == k->root;
}

static bool was_seen(const Kernel *k, uint32_t i, Map *seen) {
  uint32_t value;
  if (map_get(seen, i, &value)) return true;
  map_set(k->b->f->arena, seen, i, 0);
  return false;
}

/* Makes what the kernel reads from memory, before the kernel itself. */
static void make_inputs(Kernel *k, uint32_t i, Map *seen) {
  const Fusion *f = k->b->f;
  const Node *node = &f->g->nodes.data[i];
  for (int o = 0; o < node->n_operands; o++) {
    uint32_t at = node->operands[o].i;
    if (was_seen(k, at, seen)) continue;
    if (is_member(k, at) || f->role[at] == FUSE_inline)
      make_inputs(k, at, seen);
    else
      make(k->b, at);
  }
}

static Ref keep_in_body(Kernel *k, uint32_t i, Ref made) {
  map_set(k->b->f->arena, &k->in_body, i, made.i);
  return made;
}

static Ref into_body(Kernel *k, uint32_t i) {
  Ref made;
  if (map_get(&k->in_body, i, &made.i)) return made;
  const Fusion *f = k->b->f;
  const Node *node = &f->g->nodes.data[i];
  if (!is_member(k, i) && f->role[i] != FUSE_inline) {
    vec_push(f->arena, &k->operands, k->b->made[i]);
    pass_stamp(k->body, node);
    return keep_in_body(k, i, graph_param(k->body, node->type, node->name, NULL, 0));
  }
  Ref *operands = arena_array(f->arena, Ref, node->n_operands + 1);
  for (int o = 0; o < node->n_operands; o++) operands[o] = into_body(k, node->operands[o].i);
  pass_stamp(k->body, node);
  return keep_in_body(k, i, build_copy(k->body, node, operands));
}

static bool needs_memory(const Builder *b, uint32_t i, uint32_t root) {
  Fusion *f = b->f;
  if (f->is_result[i] || f->read_stored[i]) return true;
  for (uint32_t r = 0; r < f->n_readers[i]; r++)
    if (fuse_find(f, f->readers[i][r]) != root) return true;
  return false;
}

/* Parameters must come first in a body: they are made by a first walk. */
static void add_params(Kernel *k, uint32_t i, Map *seen) {
  const Fusion *f = k->b->f;
  if (was_seen(k, i, seen)) return;
  if (!is_member(k, i) && f->role[i] != FUSE_inline) {
    into_body(k, i);
    return;
  }
  const Node *node = &f->g->nodes.data[i];
  for (int o = 0; o < node->n_operands; o++) add_params(k, node->operands[o].i, seen);
}

static Kernel start_kernel(Builder *b, uint32_t root, const uint32_t *roots, uint32_t n) {
  Fusion *f = b->f;
  Kernel k = {.b = b, .root = root};
  Map inputs = {0}, params = {0};
  for (uint32_t i = 0; i < n; i++) make_inputs(&k, roots[i], &inputs);
  k.body = graph_new(f->pc->ctx, (Str){0});
  for (uint32_t i = 0; i < n; i++) add_params(&k, roots[i], &params);
  return k;
}

static void end_kernel(Kernel *k, const uint32_t *results, uint32_t n) {
  Builder *b = k->b;
  Ctx *ctx = b->f->pc->ctx;
  for (uint32_t i = 0; i < n; i++) {
    const Node *node = &b->old->nodes.data[results[i]];
    graph_result(k->body, into_body(k, results[i]), node->name);
  }
  Ty *types = arena_array(&ctx->arena, Ty, n + 1);
  for (uint32_t i = 0; i < n; i++) types[i] = graph_type(k->body, k->body->results.data[i]);
  pass_stamp(b->g, &b->old->nodes.data[results[n - 1]]);
  Ref made = build_region(b->g, OP_kernel, k->operands.data, (int)k->operands.len, NULL, 0, k->body,
                          type_tuple(ctx, types, (int)n));
  for (uint32_t i = 0; i < n; i++) {
    pass_stamp(b->g, &b->old->nodes.data[results[i]]);
    b->made[results[i]] = build_item(b->g, made, (int)i);
  }
}

static void make_group(Builder *b, uint32_t root) {
  Fusion *f = b->f;
  const uint32_t *members = f->members[root], n = f->size[root];
  uint32_t *results = arena_array(f->arena, uint32_t, n), n_results = 0;
  for (uint32_t m = 0; m < n; m++)
    if (needs_memory(b, members[m], root)) results[n_results++] = members[m];
  if (!n_results) return; /* dead */
  Kernel k = start_kernel(b, root, results, n_results);
  end_kernel(&k, results, n_results);
}

static void make_inline(Builder *b, uint32_t i) {
  const Node *node = &b->old->nodes.data[i];
  if (node->op == OP_const || node->op == OP_size) {
    pass_stamp(b->g, node);
    b->made[i] = build_copy(b->g, node, NULL);
    return;
  }
  Kernel k = start_kernel(b, UINT32_MAX, &i, 1);
  end_kernel(&k, &i, 1);
}

/* ---- the graph ---- */

static void make_instruction(Builder *b, uint32_t i) {
  const Node *node = &b->old->nodes.data[i];
  Ref *operands = arena_array(b->f->arena, Ref, node->n_operands + 1);
  for (int o = 0; o < node->n_operands; o++) {
    make(b, node->operands[o].i);
    operands[o] = b->made[node->operands[o].i];
  }
  pass_stamp(b->g, node);
  b->made[i] = build_copy(b->g, node, operands);
}

/* Puts the value of old node i into memory. Depth is bounded by calling it in topological order
 * first (make_all). */
static void make(Builder *b, uint32_t i) {
  if (!ref_none(b->made[i])) return;
  Fusion *f = b->f;
  uint32_t unit = f->role[i] == FUSE_group ? fuse_find(f, i) : i;
  if (b->open[unit]) ORDO_BUG("fuse: the kernel of node %%%u would depend on itself", i);
  b->open[unit] = true;
  if (f->role[i] == FUSE_group)
    make_group(b, unit);
  else if (f->role[i] == FUSE_inline)
    make_inline(b, i);
  else
    make_instruction(b, i);
  b->open[unit] = false;
}

static void make_all(Builder *b) {
  const Fusion *f = b->f;
  for (uint32_t i = 0; i < f->n; i++) {
    bool wanted = f->role[i] == FUSE_instruction || (f->role[i] == FUSE_inline && f->stored[i]) ||
                  (f->role[i] == FUSE_group && needs_memory(b, i, fuse_find(b->f, i)));
    if (wanted) make(b, i);
  }
}

static Graph *fuse_one(PassCtx *pc, const Graph *g, const PassOptions *options) {
  Fusion *f = fuse_groups(pc, g, pass_option_int(options, "max"));
  RefMap map = refmap_new(f->arena, g);
  Graph *out = graph_like(g, &map);
  Builder b = {.f = f, .old = g, .g = out, .made = map.to};
  b.open = arena_array(f->arena, bool, f->n);
  make_all(&b);
  for (uint32_t k = 0; k < g->results.len; k++) {
    make(&b, g->results.data[k].i);
    graph_result(out, b.made[g->results.data[k].i], g->result_names.data[k]);
  }
  return graph_sweep(out);
}

Graph *pass_fuse(PassCtx *pc, const Graph *g, const PassOptions *options) {
  Graph *bodies = pass_map_bodies(pc, g, options, pass_fuse);
  return bodies ? fuse_one(pc, bodies, options) : NULL;
}
