/* What is made in blocks, and in which loop: passes/blocks/blocks.h. */
#include "passes/blocks/blocks.h"
#include "ir/cost.h"

enum {
  LARGE_SHARE = 4, /* a value with a quarter of the elements is as large as the largest */
  LOOKS = 256,     /* nodes looked at before something small is taken for what it is */
};

static double elements(const Graph *g, Ref r) {
  Sz count = type_count(g->ctx, graph_type(g, r));
  return count.i ? size_guess(g->ctx, count) : 0;
}

double block_bytes(const Graph *g, Ref r) {
  return elements(g, r) * dtype_bytes[graph_info(g, r)->dtype];
}

static bool is_tensor(const BlockRegion *b, Ref r) { return !graph_info(b->rows.g, r)->is_tuple; }

static bool is_large(const BlockRegion *b, Ref r) {
  return is_tensor(b, r) && elements(b->rows.g, r) >= b->large;
}

/* The first thing that keeps a large value whole. */
static void note(BlockRegion *b, Ref at, const char *why) {
  if (b->obstacle) return;
  b->obstacle = why;
  b->at = at;
}

/* Costs nothing to have twice: no product, no reduction, nothing looked up. */
static bool is_light(const Node *n) {
  return op_is(n->op, T_ELEMENTWISE) || n->op == OP_const || n->op == OP_iota ||
         n->op == OP_broadcast || n->op == OP_transpose || n->op == OP_reshape;
}

/* ---- growing ---- */

static void add(BlockRegion *b, Ref r, BlockPart part, BlockCut cut, BlockCut *operands) {
  b->part[r.i] = part;
  b->cut[r.i] = cut;
  b->operands[r.i] = operands;
  vec_push(&b->pc->ctx->arena, &b->todo, r);
}

static BlockCut *operands_of(BlockRegion *b, Ref r, BlockCut cut) {
  BlockCut *operands =
      arena_array(&b->pc->ctx->arena, BlockCut, graph_node(b->rows.g, r)->n_operands + 1);
  return block_operands(&b->rows, r, cut, operands) ? operands : NULL;
}

static bool join(BlockRegion *b, Ref r, BlockPart part, BlockCut cut) {
  BlockCut *operands = operands_of(b, r, cut);
  if (operands) add(b, r, part, cut, operands);
  return operands;
}

/* Elements that a value is made of, element by element. */
static double made_of(BlockRegion *b, Ref r, BlockCut cut, int *looks) {
  const Node *n = graph_node(b->rows.g, r);
  if (!is_tensor(b, r)) return elements(b->rows.g, r);
  bool leaf = n->op == OP_const || n->op == OP_iota || n->op == OP_size;
  if (leaf) return 1;
  BlockCut operands[MAX_RANK];
  if (--*looks < 0 || b->part[r.i] == PART_row || !is_light(n) || n->n_operands > 3 ||
      (block_is_cut(cut) && !block_operands(&b->rows, r, cut, operands)))
    return elements(b->rows.g, r);
  double all = 0;
  for (int k = 0; k < n->n_operands; k++)
    all += made_of(b, n->operands[k], block_is_cut(cut) ? operands[k] : cut, looks);
  return all;
}

/* Made of less than half of what it has, so that nobody needs to hand it in: masks of places,
 * constants, what is repeated. */
static bool is_free(BlockRegion *b, Ref r, BlockCut cut) {
  int looks = LOOKS;
  return is_light(graph_node(b->rows.g, r)) &&
         2 * made_of(b, r, cut, &looks) < elements(b->rows.g, r);
}

/* What a part needs is made with it, where that can be: else it is handed in. */
static void take_operand(BlockRegion *b, Ref r, int k) {
  Ref u = graph_node(b->rows.g, r)->operands[k];
  BlockCut cut = b->operands[r.i][k];
  if (b->part[u.i] != PART_none || !block_is_cut(cut)) return;
  if (is_free(b, u, cut))
    join(b, u, PART_free, cut);
  else if (is_large(b, u))
    join(b, u, PART_row, cut);
}

static void take_sum(BlockRegion *b, Ref w, int k, BlockCut cut) {
  BlockCut *operands =
      arena_array(&b->pc->ctx->arena, BlockCut, graph_node(b->rows.g, w)->n_operands + 1);
  block_sum_operands(&b->rows, w, k, cut, operands);
  add(b, w, PART_sum, block_whole(), operands);
}

/* Whoever reads a large value does so in blocks, too, or needs it whole. */
static void take_user(BlockRegion *b, Ref r, Ref w) {
  const Node *n = graph_node(b->rows.g, w);
  for (int k = 0; k < n->n_operands; k++) {
    if (!ref_eq(n->operands[k], r)) continue;
    BlockCut y = block_whole();
    BlockUse use = block_use(&b->rows, w, k, b->cut[r.i], &y);
    if (b->part[w.i] == PART_free) b->part[w.i] = PART_none;
    if (b->part[w.i] == PART_none && use == BLOCK_sums) take_sum(b, w, k, b->cut[r.i]);
    if (b->part[w.i] == PART_none && (use != BLOCK_apart || !join(b, w, PART_row, y)))
      note(b, w, "puts rows together");
    else if (!block_cut_eq(b->operands[w.i][k], b->cut[r.i]))
      note(b, w, "needs other rows, too");
  }
}

static void spread(BlockRegion *b) {
  while (b->todo.len) {
    Ref r = b->todo.data[--b->todo.len];
    const Node *n = graph_node(b->rows.g, r);
    for (int k = 0; k < n->n_operands; k++) take_operand(b, r, k);
    if (b->part[r.i] != PART_row || !is_large(b, r)) continue;
    if (b->result[r.i]) note(b, r, "is a result");
    for (uint32_t u = b->first[r.i]; u < b->first[r.i + 1]; u++)
      take_user(b, r, (Ref){b->users[u]});
  }
}

/* ---- what is small and lies between: statistics of rows ---- */

static void find_followers(const BlockRegion *b, bool *follows) {
  for (uint32_t i = 0; i < b->rows.g->nodes.len; i++) {
    const Node *n = &b->rows.g->nodes.data[i];
    follows[i] = b->part[i] == PART_row || b->part[i] == PART_sum;
    for (int k = 0; k < n->n_operands; k++) follows[i] |= follows[n->operands[k].i];
  }
}

/* Whether a value outside is made of rows of the region row by row, and of nothing else of it. */
static bool comes_of_rows(BlockRegion *b, const bool *follows, Ref r, BlockCut cut, int *looks) {
  const Node *n = graph_node(b->rows.g, r);
  if (b->part[r.i] == PART_row) return block_cut_eq(b->cut[r.i], cut);
  if (!is_tensor(b, r) || b->part[r.i] == PART_sum || --*looks < 0) return false;
  if (!is_light(n) && !op_is(n->op, T_REDUCE)) return false;
  BlockCut *operands = operands_of(b, r, cut);
  for (int k = 0; operands && k < n->n_operands; k++) {
    if (!follows[n->operands[k].i]) continue;
    if (!block_is_cut(operands[k])) return false;
    if (!comes_of_rows(b, follows, n->operands[k], operands[k], looks)) return false;
  }
  return operands;
}

/* Takes in one value that is handed in and comes of rows. */
static bool take_between(BlockRegion *b) {
  const Graph *g = b->rows.g;
  bool *follows = arena_array(&b->pc->ctx->arena, bool, g->nodes.len), taken = false;
  find_followers(b, follows);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    if (b->part[i] == PART_none) continue;
    for (int k = 0; k < g->nodes.data[i].n_operands; k++) {
      Ref u = g->nodes.data[i].operands[k];
      int looks = LOOKS;
      if (b->part[u.i] != PART_none || !follows[u.i] || !block_is_cut(b->operands[i][k])) continue;
      if (comes_of_rows(b, follows, u, b->operands[i][k], &looks))
        taken |= join(b, u, PART_row, b->operands[i][k]);
    }
  }
  return taken;
}

/* ---- levels ---- */

static bool made_with(const BlockRegion *b, Ref r, int k) {
  Ref u = graph_node(b->rows.g, r)->operands[k];
  bool inside = b->part[u.i] == PART_row || b->part[u.i] == PART_free;
  return inside && block_is_cut(b->operands[r.i][k]) &&
         block_cut_eq(b->cut[u.i], b->operands[r.i][k]);
}

static void find_levels(BlockRegion *b) {
  const Graph *g = b->rows.g;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    bool part = b->part[i] != PART_none;
    for (int k = 0; k < n->n_operands; k++) {
      int out = b->out[n->operands[k].i];
      int in = part && made_with(b, (Ref){i}, k) ? b->in[n->operands[k].i] : out;
      if (in > b->in[i]) b->in[i] = in;
      if (out > b->out[i]) b->out[i] = out;
    }
    if (b->part[i] == PART_row || b->part[i] == PART_sum) b->out[i] = b->in[i] + 1;
    if (part && b->in[i] >= b->levels) b->levels = b->in[i] + 1;
  }
}

/* Something outside, or a part to which it is handed in, reads value r. */
static void read_outside(BlockRegion *b, Ref r) {
  if (b->part[r.i] == PART_row) b->kept[r.i] = true;
  if (b->part[r.i] == PART_free) b->outside[r.i] = true;
}

static void find_kept(BlockRegion *b) {
  const Graph *g = b->rows.g;
  for (uint32_t i = g->nodes.len; i-- > 0;) {
    const Node *n = &g->nodes.data[i];
    if (b->result[i]) read_outside(b, (Ref){i});
    bool copied = b->part[i] == PART_none || b->outside[i];
    for (int k = 0; k < n->n_operands; k++)
      if (copied || !made_with(b, (Ref){i}, k)) read_outside(b, n->operands[k]);
  }
}

bool block_inside(const BlockRegion *b, Ref r, int k, int level) {
  Ref u = graph_node(b->rows.g, r)->operands[k];
  if (!made_with(b, r, k)) return false;
  return b->part[u.i] == PART_free || b->in[u.i] == level || !b->kept[u.i];
}

void block_closure(BlockRegion *b, int level) {
  const Graph *g = b->rows.g;
  for (uint32_t i = g->nodes.len; i-- > 0;) {
    bool target = b->part[i] == PART_sum || b->kept[i];
    b->needed[i] = (target && b->in[i] == level) || b->needed[i];
    for (int k = 0; b->needed[i] && k < g->nodes.data[i].n_operands; k++) {
      Ref u = g->nodes.data[i].operands[k];
      bool saved = b->part[u.i] == PART_row && b->in[u.i] < level && !is_large(b, u) &&
                   !is_light(graph_node(g, u));
      if (saved && made_with(b, (Ref){i}, k)) b->kept[u.i] = true;
      if (block_inside(b, (Ref){i}, k, level)) b->needed[u.i] = true;
    }
  }
}

static void clear_needed(BlockRegion *b) {
  for (uint32_t i = 0; i < b->rows.g->nodes.len; i++) b->needed[i] = false;
}

/* ---- what it saves ---- */

/* How many terms of a sum over rows come of a row. */
static double terms_of(const BlockRegion *b, Ref r) {
  const Node *n = graph_node(b->rows.g, r);
  const Attr *axes = node_attr(n, n->op == OP_dot ? A_contract_a : A_axes);
  const TypeInfo *a = graph_info(b->rows.g, n->operands[0]);
  double terms = 1;
  for (int i = 0; i < axes->n; i++) terms *= size_guess(b->pc->ctx, a->dims[axes->ints[i]]);
  return terms / size_guess(b->pc->ctx, b->rows.extent);
}

/* How many lines of a product are a row; 0: none, or a whole product is. */
static double lines_of(const BlockRegion *b, Ref r) {
  const Node *n = graph_node(b->rows.g, r);
  const BlockCut *cuts = b->operands[r.i];
  if (n->op != OP_dot || (block_is_cut(cuts[0]) && block_is_cut(cuts[1]))) return 0;
  int k = block_is_cut(cuts[0]) ? 0 : 1;
  Sz inner = block_inner(&b->rows, graph_type(b->rows.g, n->operands[k]), cuts[k]);
  return size_guess(b->pc->ctx, size_mul(b->pc->ctx, cuts[k].pre, inner));
}

/* The least of them, of sums when there are any: what they add up must not depend on other
 * products. */
static void count_lines(BlockRegion *b, Ref r) {
  bool sum = b->part[r.i] == PART_sum;
  double lines = sum ? terms_of(b, r) : lines_of(b, r);
  if (lines == 0 || (!sum && b->sums > 0)) return;
  if (b->lines == 0 || lines < b->lines || (sum && b->sums == 0)) b->lines = lines;
}

/* Adds what the loop of a level is handed and hands out. */
static void weigh(BlockRegion *b, int level) {
  const Graph *g = b->rows.g;
  bool *handed = arena_array(&b->pc->ctx->arena, bool, g->nodes.len);
  clear_needed(b);
  block_closure(b, level);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Ref r = {i};
    if (!b->needed[i]) continue;
    count_lines(b, r);
    if (b->part[i] == PART_sum) b->sums += block_bytes(g, r);
    if (b->part[i] == PART_row && block_bytes(g, r) > b->blocks) b->blocks = block_bytes(g, r);
    if (b->kept[i] && b->in[i] == level) b->edges += block_bytes(g, r);
    for (int k = 0; k < g->nodes.data[i].n_operands; k++) {
      Ref u = g->nodes.data[i].operands[k];
      if (block_inside(b, r, k, level) || !block_is_cut(b->operands[i][k]) || handed[u.i]) continue;
      b->edges += block_bytes(g, u);
      handed[u.i] = true;
    }
  }
}

bool block_grow(BlockRegion *b, Ref seed, BlockCut cut) {
  Arena *arena = &b->pc->ctx->arena;
  uint32_t n = b->rows.g->nodes.len;
  b->seed = seed;
  b->large = elements(b->rows.g, seed) / LARGE_SHARE;
  b->part = arena_array(arena, uint8_t, n);
  b->cut = arena_array(arena, BlockCut, n);
  b->operands = arena_array(arena, BlockCut *, n);
  b->in = arena_array(arena, int, n);
  b->out = arena_array(arena, int, n);
  b->kept = arena_array(arena, bool, n);
  b->outside = arena_array(arena, bool, n);
  b->needed = arena_array(arena, bool, n);
  if (!join(b, seed, PART_row, cut)) return false;
  do spread(b);
  while (take_between(b));
  find_levels(b);
  find_kept(b);
  for (int level = b->levels; level-- > 0;) {
    clear_needed(b);
    block_closure(b, level);
  }
  for (int level = 0; level < b->levels; level++) weigh(b, level);
  return true;
}
