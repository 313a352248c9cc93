/* blocks: what is much larger than what goes in and comes out is made a block of rows at a time
 * (passes/blocks/blocks.h).
 *
 * It looks at products, and at what products read: other large values are in kernels with what
 * reads them, and never in memory. For a large one each axis is tried, the rows of the region that
 * grows from it must pay: what goes in and out, and the sums over rows, which each block adds to,
 * are less than the large value. The pass runs behind all that moves products out of loops, which
 * would undo it.
 */
#include "passes/blocks/blocks.h"

#include "ir/cost.h"

typedef struct Blocker {
  PassCtx *pc;
  const Graph *g;
  double bytes; /* a value of so many is large */
  int64_t rows; /* of a block; 0: as many as fit */
  bool force;   /* also where it saves nothing */
  uint32_t *first, *users;
  bool *result;
  double *sizes; /* bytes by type, once they were asked for */
} Blocker;

/* ---- the graph ---- */

static void find_users(Blocker *b) {
  const Graph *g = b->g;
  Arena *arena = &b->pc->ctx->arena;
  uint32_t n = g->nodes.len, at = 0;
  b->first = arena_array(arena, uint32_t, n + 2);
  b->result = arena_array(arena, bool, n);
  for (uint32_t i = 0; i < n; i++)
    for (int k = 0; k < g->nodes.data[i].n_operands; k++)
      b->first[g->nodes.data[i].operands[k].i + 2]++;
  for (uint32_t i = 0; i < n; i++) b->first[i + 2] += b->first[i + 1];
  at = b->first[n + 1];
  b->users = arena_array(arena, uint32_t, at + 1);
  for (uint32_t i = 0; i < n; i++)
    for (int k = 0; k < g->nodes.data[i].n_operands; k++)
      b->users[b->first[g->nodes.data[i].operands[k].i + 1]++] = i;
  for (uint32_t i = 0; i < g->results.len; i++) b->result[g->results.data[i].i] = true;
}

/* ---- rows of a block ---- */

/* As many rows as leave nothing over, of about so many. */
static int64_t even(int64_t extent, int64_t rows) {
  if (rows >= extent) return extent;
  int64_t blocks = (extent + rows - 1) / rows;
  for (int64_t n = blocks; n <= 2 * blocks && n <= extent; n++)
    if (extent % n == 0) return extent / n;
  return (extent + blocks - 1) / blocks;
}

/* With sums over rows, a matter of what they add up alone: the order does not depend on the
 * batch. */
static int64_t rows_of_block(const Blocker *b, const BlockRegion *r) {
  int64_t extent;
  if (b->rows) return b->rows;
  if (!size_is_const(b->pc->ctx, r->rows.extent, &extent)) return BLOCK_ROWS;
  double row = r->blocks / (double)extent, most = b->bytes / BLOCK_FEWEST;
  double rows = (most < BLOCK_BYTES ? most : BLOCK_BYTES) / (row > 1 ? row : 1);
  double fewest = BLOCK_ROWS / (r->lines > 1 ? r->lines : 1);
  if (r->sums > 0 || (r->lines > 0 && rows < fewest)) rows = fewest;
  if (rows < 1) rows = 1;
  return rows < (double)extent ? even(extent, (int64_t)rows) : extent;
}

static void set_rows(const Blocker *b, BlockRegion *r) {
  Ctx *ctx = b->pc->ctx;
  int64_t rows = rows_of_block(b, r);
  r->rows.rows = size_const(ctx, rows);
  Sz up = size_add(ctx, r->rows.extent, size_const(ctx, rows - 1));
  r->rows.count = size_div(ctx, up, r->rows.rows);
}

/* ---- which axis ---- */

static BlockRegion *region_new(const Blocker *b, Sz extent) {
  BlockRegion *r = arena_new(&b->pc->ctx->arena, BlockRegion);
  r->pc = b->pc;
  r->rows = (BlockRows){.g = b->g, .extent = extent};
  r->first = b->first;
  r->users = b->users;
  r->result = b->result;
  return r;
}

/* What is in memory at a time, more or less. */
static double memory_of(const Blocker *b, const BlockRegion *r) {
  double extent = size_guess(b->pc->ctx, r->rows.extent);
  double rows = size_guess(b->pc->ctx, r->rows.rows);
  return r->edges + r->sums + r->blocks * (rows < extent ? rows / extent : 1);
}

/* NULL: it cannot be cut there. */
static BlockRegion *try_axis(const Blocker *b, Ref seed, int axis) {
  Ctx *ctx = b->pc->ctx;
  Sz extent = graph_info(b->g, seed)->dims[axis];
  if (size_is(ctx, extent, 1) || size_is(ctx, extent, 0)) return NULL;
  BlockRegion *r = region_new(b, extent);
  if (!block_grow(r, seed, (BlockCut){axis, size_const(ctx, 1)})) return NULL;
  set_rows(b, r);
  return r;
}

/* Why it would not pay, or NULL. */
static const char *why_not(const Blocker *b, const BlockRegion *r) {
  if (b->force) return NULL;
  if (!b->rows && !size_is_const(b->pc->ctx, r->rows.extent, NULL))
    return "how many rows it has is not known (with blocks{rows=..} it is made in blocks all the "
           "same)";
  if (r->levels > BLOCK_LEVELS) return "rows are put together in between";
  return memory_of(b, r) <= r->blocks ? NULL
                                      : "it is not much larger than what goes in and comes out";
}

static BlockRegion *better(const Blocker *b, BlockRegion *a, BlockRegion *other) {
  if (!a || !other) return a ? a : other;
  bool pays = !why_not(b, a), other_pays = !why_not(b, other);
  if (pays != other_pays) return pays ? a : other;
  return memory_of(b, other) < memory_of(b, a) ? other : a;
}

static BlockRegion *best_axis(const Blocker *b, Ref seed) {
  BlockRegion *best = NULL;
  for (int axis = 0; axis < graph_info(b->g, seed)->rank; axis++)
    best = better(b, best, try_axis(b, seed, axis));
  return best;
}

/* The first value that is one of a region under more axes, or REF_NONE. */
static Ref other_axes(const Blocker *b, const BlockRegion *r) {
  for (uint32_t i = 0; i < b->g->nodes.len; i++) {
    const Node *n = &b->g->nodes.data[i];
    if (n->op != OP_reshape || r->part[n->operands[0].i] != PART_row) continue;
    if (type_info(b->pc->ctx, n->type)->rank > graph_info(b->g, r->seed)->rank &&
        block_bytes(b->g, (Ref){i}) >= block_bytes(b->g, r->seed))
      return (Ref){i};
  }
  return REF_NONE;
}

/* The region that needs least memory; NULL: there is none. */
static BlockRegion *best_region(const Blocker *b, Ref seed) {
  BlockRegion *best = best_axis(b, seed);
  Ref apart = best ? other_axes(b, best) : REF_NONE;
  if (ref_none(apart)) return best;
  BlockRegion *r = better(b, best, best_axis(b, apart));
  r->seed = seed;
  return r;
}

/* ---- the pass ---- */

/* Values of a type are asked for again and again: most graphs have few types. */
static double bytes_of(Blocker *b, Ref r) {
  uint32_t type = graph_type(b->g, r).i, most = type;
  if (!b->sizes) {
    for (uint32_t i = 0; i < b->g->nodes.len; i++)
      if (b->g->nodes.data[i].type.i > most) most = b->g->nodes.data[i].type.i;
    b->sizes = arena_array(&b->pc->ctx->arena, double, most + 1);
  }
  if (b->sizes[type] == 0) b->sizes[type] = block_bytes(b->g, r);
  return b->sizes[type];
}

static bool is_large(Blocker *b, Ref r) {
  const TypeInfo *info = graph_info(b->g, r);
  return !info->is_tuple && info->rank && bytes_of(b, r) >= b->bytes;
}

/* What stands in memory because a product makes or reads it. */
static bool is_stored(const Blocker *b, Ref r) {
  Op op = graph_node(b->g, r)->op;
  if (op_is(op, T_LEAF | T_MOVEMENT | T_TUPLE)) return false;
  if (b->force || op == OP_dot) return true;
  if (!op_is(op, T_ELEMENTWISE)) return false;
  for (uint32_t u = b->first[r.i]; u < b->first[r.i + 1]; u++)
    if (b->g->nodes.data[b->users[u]].op == OP_dot) return true;
  return false;
}

static void say(const Blocker *b, const BlockRegion *r) {
  PassCtx *pc = b->pc;
  const char *why = why_not(b, r);
  if (!remarks_on(pc)) return;
  if (why && r->obstacle)
    remark(pc, b->g, r->seed, REMARK_missed, "whole", "in memory as a whole: %s %s",
           op_info[graph_node(b->g, r->at)->op].name, r->obstacle);
  else if (why)
    remark(pc, b->g, r->seed, REMARK_missed, "whole", "in memory as a whole: %s", why);
  else
    remark(pc, b->g, r->seed, REMARK_applied, "cut", "made %s rows of %s at a time, in %d %s",
           size_str(pc->ctx, r->rows.rows), size_str(pc->ctx, r->rows.extent), r->levels,
           r->levels == 1 ? "loop" : "loops");
  remark_number(pc, "bytes", block_bytes(b->g, r->seed));
  remark_number(pc, "bytes in and out", r->edges);
  remark_number(pc, "bytes of sums", r->sums);
}

/* The largest value that is in memory and not seen yet, or REF_NONE. */
static Ref largest(Blocker *b, const bool *seen) {
  Ref found = REF_NONE;
  double most = 0;
  for (uint32_t i = 0; i < b->g->nodes.len; i++) {
    Ref r = {i};
    if (seen[i] || !is_large(b, r) || bytes_of(b, r) <= most) continue;
    if (!b->first) find_users(b);
    if (!is_stored(b, r)) continue;
    found = r;
    most = bytes_of(b, r);
  }
  return found;
}

/* What was seen, in the new graph. */
static bool *seen_in(const Blocker *b, const bool *seen, const Graph *g, const RefMap *map) {
  bool *moved = arena_array(&b->pc->ctx->arena, bool, g->nodes.len);
  for (uint32_t i = 0; i < b->g->nodes.len; i++)
    if (seen[i] && !ref_none(map->to[i])) moved[map->to[i].i] = true;
  return moved;
}

/* Cuts the largest value that can be. NULL: there is none. */
static Graph *cut_one(Blocker *b, bool **seen) {
  for (Ref r; !ref_none(r = largest(b, *seen));) {
    (*seen)[r.i] = true;
    BlockRegion *best = best_region(b, r);
    if (!best) continue;
    say(b, best);
    if (why_not(b, best) || !pass_fuel(b->pc)) continue;
    RefMap map;
    Graph *g = block_rewrite(best, &map);
    *seen = seen_in(b, *seen, g, &map);
    return g;
  }
  return NULL;
}

static Graph *cut_all(PassCtx *pc, const Graph *g, const PassOptions *options) {
  const Graph *given = g = pass_map_bodies(pc, g, options, cut_all);
  bool *seen = arena_array(&pc->ctx->arena, bool, g->nodes.len);
  for (;;) {
    Blocker b = {.pc = pc, .g = g};
    b.bytes = (double)pass_option_int(options, "bytes");
    b.rows = pass_option_int(options, "rows");
    b.force = pass_option_int(options, "force");
    Graph *cut = cut_one(&b, &seen);
    if (!cut) return given == g ? (Graph *)g : graph_sweep(g);
    g = cut;
  }
}

/* Sums over rows are made in another order. */
Graph *pass_blocks(PassCtx *pc, const Graph *g, const PassOptions *options) {
  return pc->options.strict ? (Graph *)g : cut_all(pc, g, options);
}
