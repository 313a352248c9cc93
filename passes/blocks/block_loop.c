/* A region made in loops over blocks of rows, one for each level: passes/blocks/blocks.h. */
#include "passes/blocks/blocks.h"

/* What a loop gets from outside: a value block by block, or whole. */
typedef struct BlockInput {
  Ref outer, param;
  BlockCut cut;
} BlockInput;

typedef struct BlockLoop {
  BlockRegion *region;
  Walk *w;
  int level;
  Graph *body;
  Ref *made; /* by old node, in the body */
  VEC(BlockInput) slices, captured;
  VEC(Ref) sums, kept; /* old nodes */
  Ref real;            /* outside: true for each row that there is, or REF_NONE */
} BlockLoop;

static const Graph *old_of(const BlockLoop *l) { return l->region->rows.g; }

/* ---- from whole to blocks and back ---- */

static int add_dims(Sz *dims, int at, const Sz *more, int n) {
  for (int i = 0; i < n; i++) dims[at++] = more[i];
  return at;
}

/* Axes from 'axis' on, 'gone' of them, as others in their place. */
static Ref axes_as(Graph *g, Ref value, int axis, int gone, const Sz *parts, int n) {
  const TypeInfo *info = graph_info(g, value);
  Sz dims[2 * MAX_RANK];
  int rank = add_dims(dims, 0, info->dims, axis);
  rank = add_dims(dims, rank, parts, n);
  rank = add_dims(dims, rank, info->dims + axis + gone, info->rank - axis - gone);
  return build_reshape(g, value, dims, rank);
}

static Ref move_axis(Graph *g, Ref value, int from, int to) {
  int32_t perm[MAX_RANK];
  int rank = graph_info(g, value)->rank, at = 0;
  for (int i = 0; i < rank; i++) {
    if (at == from) at++;
    perm[i] = i == to ? from : at++;
  }
  return from == to ? value : build_transpose(g, value, perm);
}

static Sz all_rows(const BlockRows *b) { return size_mul(b->g->ctx, b->rows, b->count); }
static bool has_rest(const BlockRows *b) { return !sz_eq(all_rows(b), b->extent); }

/* The axis that is cut as [pre,] rows [, inner]: what is 1 is left out. The place of the rows among
 * all axes in *axis. */
static int apart(const BlockRows *b, Ty whole, BlockCut cut, Sz rows, Sz *parts, int *axis) {
  Ctx *ctx = b->g->ctx;
  Sz inner = block_inner(b, whole, cut);
  int n = 0;
  *axis = cut.axis;
  if (!size_is(ctx, cut.pre, 1)) parts[n++] = cut.pre, ++*axis;
  parts[n++] = rows;
  if (!size_is(ctx, inner, 1)) parts[n++] = inner;
  return n;
}

/* The blocks of a value along a new first axis; behind the last row, zeros. */
static Ref to_blocks(const BlockRows *b, Graph *g, Ref value, BlockCut cut) {
  Ctx *ctx = g->ctx;
  Ty type = graph_type(g, value);
  const TypeInfo *part = type_info(ctx, block_type(b, type, cut));
  int axis;
  Sz parts[3], blocks[] = {b->count, b->rows}, dims[MAX_RANK + 1] = {b->count};
  int n = apart(b, type, cut, b->extent, parts, &axis);
  value = axes_as(g, value, cut.axis, 1, parts, n);
  if (has_rest(b))
    value = build_pad(g, value, axis, size_const(ctx, 0), size_sub(ctx, all_rows(b), b->extent), 0);
  value = move_axis(g, axes_as(g, value, axis, 1, blocks, 2), axis, 0);
  return build_reshape(g, value, dims, add_dims(dims, 1, part->dims, part->rank));
}

static Ref from_blocks(const BlockRows *b, Graph *g, Ref value, Ty whole, BlockCut cut) {
  Ctx *ctx = g->ctx;
  const TypeInfo *info = type_info(ctx, whole);
  int axis;
  Sz parts[3], all = all_rows(b);
  int n = apart(b, whole, cut, b->rows, parts, &axis);
  value = move_axis(g, axes_as(g, value, cut.axis + 1, 1, parts, n), 0, axis);
  value = axes_as(g, value, axis, 2, &all, 1);
  if (has_rest(b)) value = build_slice(g, value, axis, size_const(ctx, 0), b->extent);
  return build_reshape(g, value, info->dims, info->rank);
}

/* ---- what goes in ---- */

static Ref input(BlockLoop *l, Ref outer, BlockCut cut) {
  for (uint32_t i = 0; i < l->slices.len; i++)
    if (ref_eq(l->slices.data[i].outer, outer) && block_cut_eq(l->slices.data[i].cut, cut))
      return l->slices.data[i].param;
  for (uint32_t i = 0; i < l->captured.len && !block_is_cut(cut); i++)
    if (ref_eq(l->captured.data[i].outer, outer)) return l->captured.data[i].param;
  Arena *arena = &l->region->pc->ctx->arena;
  BlockInput in = {outer, REF_NONE, cut};
  if (block_is_cut(cut))
    vec_push(arena, &l->slices, in);
  else
    vec_push(arena, &l->captured, in);
  return REF_NONE;
}

/* Positions along the rows: handed in, since a block does not know where it is. */
static bool counts_rows(const BlockLoop *l, Ref r) {
  const Node *n = graph_node(old_of(l), r);
  return n->op == OP_iota && node_int(n, A_axis, 0) == l->region->cut[r.i].axis;
}

static Ref positions(BlockLoop *l, Ref r) {
  const TypeInfo *info = graph_info(old_of(l), r);
  BlockCut cut = l->region->cut[r.i];
  Ty line = type_with_dims(l->w->g->ctx, graph_type(old_of(l), r), &info->dims[cut.axis], 1);
  return build_iota(l->w->g, line, 0);
}

static BlockCut first_axis(BlockCut cut) { return (BlockCut){0, cut.pre}; }
static BlockCut every_row(const BlockLoop *l) { return (BlockCut){0, size_const(l->w->g->ctx, 1)}; }

static void declare(BlockLoop *l, Ref r) {
  BlockRegion *b = l->region;
  const Node *n = graph_node(old_of(l), r);
  for (int k = 0; k < n->n_operands; k++)
    if (!block_inside(b, r, k, l->level))
      input(l, walk_get(l->w, n->operands[k]), b->operands[r.i][k]);
  if (counts_rows(l, r)) input(l, positions(l, r), first_axis(b->cut[r.i]));
  if (b->part[r.i] != PART_sum || !has_rest(&b->rows)) return;
  Ty bools = type_tensor(l->w->g->ctx, DT_bool, &b->rows.extent, 1);
  l->real = build_const(l->w->g, bools, 1);
  input(l, l->real, every_row(l));
}

static void collect(BlockLoop *l) {
  BlockRegion *b = l->region;
  Arena *arena = &b->pc->ctx->arena;
  for (uint32_t i = 0; i < old_of(l)->nodes.len; i++) b->needed[i] = false;
  block_closure(b, l->level);
  for (uint32_t i = 0; i < old_of(l)->nodes.len; i++) {
    Ref r = {i};
    if (!b->needed[i]) continue;
    declare(l, r);
    if (b->part[i] == PART_sum) vec_push(arena, &l->sums, r);
    if (b->kept[i] && b->in[i] == l->level) vec_push(arena, &l->kept, r);
  }
}

/* ---- the body ---- */

static void add_params(BlockLoop *l) {
  const BlockRows *b = &l->region->rows;
  const Graph *outer = l->w->g;
  graph_param(l->body, type_scalar(outer->ctx, DT_i32), (Str){0}, NULL, 0);
  for (uint32_t i = 0; i < l->sums.len; i++)
    graph_param(l->body, graph_type(old_of(l), l->sums.data[i]), (Str){0}, NULL, 0);
  for (uint32_t i = 0; i < l->slices.len; i++) {
    BlockInput *in = &l->slices.data[i];
    Ty part = block_type(b, graph_type(outer, in->outer), in->cut);
    in->param = graph_param(l->body, part, graph_node(outer, in->outer)->name, NULL, 0);
  }
  for (uint32_t i = 0; i < l->captured.len; i++) {
    BlockInput *in = &l->captured.data[i];
    in->param = graph_param(l->body, graph_type(outer, in->outer),
                            graph_node(outer, in->outer)->name, NULL, 0);
  }
}

/* A line of places along an axis of a value's block. */
static Ref along(BlockLoop *l, Ref line, Ty type, int axis) {
  const TypeInfo *info = type_info(l->body->ctx, type);
  return build_broadcast(l->body, line, info->dims, info->rank, (int32_t[]){axis});
}

/* Zeros in place of what stands behind the last row. */
static Ref real_rows(BlockLoop *l, Ref value, Ty whole, BlockCut cut) {
  const BlockRows *b = &l->region->rows;
  Graph *g = l->body;
  Ty type = graph_type(g, value);
  Sz parts[3], dim = type_info(g->ctx, type)->dims[cut.axis];
  int axis, n = apart(b, whole, cut, b->rows, parts, &axis);
  Ref real = input(l, l->real, every_row(l));
  real = build_broadcast(g, real, parts, n, (int32_t[]){axis - cut.axis});
  real = along(l, build_reshape(g, real, &dim, 1), type, cut.axis);
  return build3(g, OP_where, real, value, build_const(g, type, 0));
}

static void make(BlockLoop *l, Ref r) {
  BlockRegion *b = l->region;
  const Node *n = graph_node(old_of(l), r);
  Node copy = *n;
  copy.type = block_type(&b->rows, n->type, b->cut[r.i]);
  Ref *operands = arena_array(&b->pc->ctx->arena, Ref, n->n_operands + 1);
  for (int k = 0; k < n->n_operands; k++) {
    Ref u = n->operands[k];
    BlockCut cut = b->operands[r.i][k];
    operands[k] = block_inside(b, r, k, l->level) ? l->made[u.i] : input(l, walk_get(l->w, u), cut);
    if (b->part[r.i] == PART_sum && has_rest(&b->rows) && block_is_cut(cut))
      operands[k] = real_rows(l, operands[k], graph_type(old_of(l), u), cut);
  }
  pass_stamp(l->body, n);
  if (counts_rows(l, r))
    l->made[r.i] =
        along(l, input(l, positions(l, r), first_axis(b->cut[r.i])), copy.type, b->cut[r.i].axis);
  else
    l->made[r.i] = build_copy(l->body, &copy, operands);
}

static void make_body(BlockLoop *l) {
  const Graph *old = old_of(l);
  l->body = graph_new(old->ctx, ctx_str(old->ctx, "block"));
  l->made = arena_array(&old->ctx->arena, Ref, old->nodes.len);
  add_params(l);
  for (uint32_t i = 0; i < old->nodes.len; i++)
    if (l->region->needed[i]) make(l, (Ref){i});
  for (uint32_t i = 0; i < l->sums.len; i++) {
    Ref sum = build2(l->body, OP_add, l->body->params.data[1 + i], l->made[l->sums.data[i].i]);
    graph_result(l->body, sum, graph_node(old, l->sums.data[i])->name);
  }
  for (uint32_t i = 0; i < l->kept.len; i++)
    graph_result(l->body, l->made[l->kept.data[i].i], graph_node(old, l->kept.data[i])->name);
}

/* ---- the loop ---- */

static Ref build_loop(BlockLoop *l) {
  const BlockRows *b = &l->region->rows;
  Graph *g = l->w->g;
  Arena *arena = &l->region->pc->ctx->arena;
  VEC(Ref) operands = {0};
  for (uint32_t i = 0; i < l->sums.len; i++)
    vec_push(arena, &operands, build_const(g, graph_type(old_of(l), l->sums.data[i]), 0));
  for (uint32_t i = 0; i < l->slices.len; i++)
    vec_push(arena, &operands, to_blocks(b, g, l->slices.data[i].outer, l->slices.data[i].cut));
  for (uint32_t i = 0; i < l->captured.len; i++)
    vec_push(arena, &operands, l->captured.data[i].outer);
  Attr attrs[] = {attr_z(A_length, b->count), attr_i(A_carries, l->sums.len),
                  attr_i(A_slices, l->slices.len)};
  return build_region(g, OP_scan, operands.data, (int)operands.len, attrs, 3, graph_sweep(l->body),
                      TY_NONE);
}

static void add_loop(BlockRegion *b, Walk *w, int level) {
  BlockLoop l = {.region = b, .w = w, .level = level, .real = REF_NONE};
  pass_stamp(w->g, graph_node(b->rows.g, b->seed));
  collect(&l);
  if (!l.sums.len && !l.kept.len) return;
  make_body(&l);
  pass_stamp(w->g, graph_node(b->rows.g, b->seed));
  Ref loop = build_loop(&l);
  for (uint32_t i = 0; i < l.sums.len; i++)
    w->map.to[l.sums.data[i].i] = build_item(w->g, loop, (int)i);
  for (uint32_t i = 0; i < l.kept.len; i++) {
    Ref r = l.kept.data[i], blocks = build_item(w->g, loop, (int)(l.sums.len + i));
    pass_stamp(w->g, graph_node(b->rows.g, r));
    w->map.to[r.i] = from_blocks(&b->rows, w->g, blocks, graph_type(b->rows.g, r), b->cut[r.i]);
  }
}

Graph *block_rewrite(BlockRegion *b, RefMap *map) {
  Walk w = walk_new(b->pc, b->rows.g);
  int last = b->levels;
  for (uint32_t i = 0; i < b->rows.g->nodes.len; i++)
    if (b->out[i] > last) last = b->out[i];
  for (int level = 0; level <= last; level++) {
    for (uint32_t i = 0; i < b->rows.g->nodes.len; i++)
      if (b->out[i] == level && (b->part[i] == PART_none || b->outside[i])) walk_copy(&w, (Ref){i});
    if (level < b->levels) add_loop(b, &w, level);
  }
  *map = w.map;
  pass_results(b->rows.g, w.g, &w.map);
  return w.g;
}
