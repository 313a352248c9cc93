/* What a reverse scan reads from memory, and what it computes again.
 *
 * The joint graph holds one step forward and one step back. Its nodes that depend on a seed make
 * the reverse step; the other values that those use are demanded. A demanded value is either saved
 * (collected by the forward scan) or computed again from captured values, slices, the step number,
 * and saved values. The saved set is a minimum cut, weighed in bytes, between
 *   - what cannot or should not be computed again: carried values; results of products, reductions,
 *     transcendental functions, loops; and
 *   - what is demanded.
 * Cheap elementwise ops and movement never stop the flow, so of "a mask, computed from a score" the
 * smaller one is kept. What depends on captured values only is never saved: it is the same in every
 * step. What is collected already costs nothing to save. Among minimal cuts the one nearest to the
 * reverse step is taken, which computes least again.
 */
#include "ir/cost.h"
#include "passes/grad/grad.h"
#include "passes/grad/mincut.h"

static int64_t typical_size(Ctx *ctx, Sz size) {
  double n = size_guess(ctx, size);
  return n > 1 ? (int64_t)n : 1;
}

/* The size of a value in memory, roughly. */
static int64_t typical_bytes(Ctx *ctx, Ty type) {
  int64_t n = typical_size(ctx, type_count(ctx, type));
  return n > MINCUT_INF / 64 ? MINCUT_INF / 8 : n * dtype_bytes[type_info(ctx, type)->dtype];
}

/* By node: on what a value depends. */
enum { ON_SEED = 1, ON_CARRY = 2, ON_STEP = 4 /* a slice or the step number */ };

static uint8_t *find_dependence(const Graph *joint, int n_params, int n_carries, int n_slices) {
  uint8_t *on = arena_array(&joint->ctx->arena, uint8_t, joint->nodes.len);
  for (uint32_t k = 0; k < joint->params.len; k++) {
    int p = (int)k;
    bool carry = p >= 1 && p <= n_carries, captured = p > n_carries + n_slices && p < n_params;
    on[joint->params.data[k].i] |= p >= n_params ? ON_SEED
                                   : carry       ? ON_CARRY
                                   : captured    ? 0
                                                 : ON_STEP;
  }
  for (uint32_t i = 0; i < joint->nodes.len; i++) {
    const Node *n = &joint->nodes.data[i];
    for (int k = 0; k < n->n_operands; k++) on[i] |= on[n->operands[k].i];
  }
  return on;
}

/* Forward values that the reverse step uses. */
static bool *find_demanded(const Graph *joint, int n_results, const bool *reverse) {
  Arena *arena = &joint->ctx->arena;
  bool *needed = arena_array(arena, bool, joint->nodes.len);
  bool *demanded = arena_array(arena, bool, joint->nodes.len);
  for (uint32_t k = (uint32_t)n_results; k < joint->results.len; k++)
    needed[joint->results.data[k].i] = true;
  for (uint32_t i = joint->nodes.len; i-- > 0;) {
    const Node *n = &joint->nodes.data[i];
    demanded[i] = needed[i] && !reverse[i];
    for (int k = 0; needed[i] && reverse[i] && k < n->n_operands; k++)
      needed[n->operands[k].i] = true;
  }
  return demanded;
}

static bool is_tuple(const Graph *g, Ref r) { return graph_info(g, r)->is_tuple; }

/* Whether a result of this node should not be computed twice. */
static bool is_expensive(const Graph *joint, const Node *n) {
  unsigned traits = op_info[n->op].traits;
  if (n->op == OP_item) return true;
  if (traits & (T_REGION | T_MOVEMENT | T_LEAF) || n->op == OP_gather) return false;
  if (traits & T_ELEMENTWISE) return op_flops(n->op) > COST_SAVED;
  return !type_info(joint->ctx, n->type)->is_tuple;
}

typedef struct Cutter {
  GradRemat remat;
  const Graph *joint;
  const uint8_t *on;
  const bool *collected;
} Cutter;

static bool must_be_saved(const Cutter *c, uint32_t i) {
  const Node *n = &c->joint->nodes.data[i];
  if (n->op == OP_param) return c->on[i] & ON_CARRY;
  return c->remat == REMAT_auto && c->on[i] && is_expensive(c->joint, n);
}

static int64_t price(const Cutter *c, uint32_t i) {
  Ref r = {i};
  if (is_tuple(c->joint, r)) return MINCUT_INF;
  if (c->collected[i]) return 0;
  bool carry = graph_node(c->joint, r)->op == OP_param;
  if (c->remat == REMAT_full && !carry) return MINCUT_INF;
  return typical_bytes(c->joint->ctx, graph_type(c->joint, r));
}

/* Vertices 2i and 2i+1 are node i before and after the edge that saving it cuts. */
static void cut_residuals(const Cutter *c, const bool *demanded, bool *save) {
  const Graph *joint = c->joint;
  int n = (int)joint->nodes.len, source = 2 * n, sink = 2 * n + 1;
  MinCut cut = mincut_new(&joint->ctx->arena, 2 * n + 2);
  bool *used = arena_copy(&joint->ctx->arena, demanded, (size_t)n * sizeof(bool));
  for (int i = n; i-- > 0;) {
    const Node *node = &joint->nodes.data[i];
    if (!used[i]) continue;
    mincut_edge(&cut, 2 * i, 2 * i + 1, price(c, (uint32_t)i));
    if (demanded[i]) mincut_edge(&cut, 2 * i + 1, sink, MINCUT_INF);
    if (must_be_saved(c, (uint32_t)i)) {
      mincut_edge(&cut, source, 2 * i, MINCUT_INF);
      continue;
    }
    for (int k = 0; k < node->n_operands; k++) {
      mincut_edge(&cut, 2 * (int)node->operands[k].i + 1, 2 * i, MINCUT_INF);
      used[node->operands[k].i] = true;
    }
  }
  const bool *side = mincut_solve(&cut, source, sink);
  for (int i = 0; i < n; i++) save[i] = used[i] && side[2 * i + 1] && !side[2 * i];
}

/* The values that the scan collects anyway. */
static bool *find_collected(const Graph *joint, const ScanShape *shape) {
  bool *collected = arena_array(&joint->ctx->arena, bool, joint->nodes.len);
  int end = shape->n_carries + shape->n_collected;
  for (int k = shape->n_carries; k < end; k++) collected[joint->results.data[k].i] = true;
  return collected;
}

/* Every demanded value but constants, slices and captured ones. */
static void save_all(const Graph *joint, const uint8_t *on, const bool *demanded, bool *save) {
  for (uint32_t i = 0; i < joint->nodes.len; i++) {
    bool at_hand = joint->nodes.data[i].op == OP_param && !(on[i] & ON_CARRY);
    save[i] = demanded[i] && on[i] && !at_hand;
  }
}

Residuals grad_residuals(GradRemat remat, const Graph *joint, const ScanShape *shape) {
  Arena *arena = &joint->ctx->arena;
  uint32_t n = joint->nodes.len;
  int n_params = 1 + shape->n_carries + shape->n_slices + shape->n_captured;
  int n_results = shape->n_carries + shape->n_collected + shape->until;
  const uint8_t *on = find_dependence(joint, n_params, shape->n_carries, shape->n_slices);
  Residuals r = {arena_array(arena, bool, n), arena_array(arena, bool, n)};
  for (uint32_t i = 0; i < n; i++) r.reverse[i] = on[i] & ON_SEED;
  const bool *demanded = find_demanded(joint, n_results, r.reverse);
  Cutter cutter = {remat, joint, on, find_collected(joint, shape)};
  if (remat == REMAT_none)
    save_all(joint, on, demanded, r.save);
  else
    cut_residuals(&cutter, demanded, r.save);
  return r;
}

int64_t grad_residual_bytes(const Graph *joint, const ScanShape *shape,
                            const Residuals *residuals) {
  const bool *collected = find_collected(joint, shape);
  int64_t step = 0, length = typical_size(joint->ctx, shape->length);
  for (uint32_t i = 0; i < joint->nodes.len; i++)
    if (residuals->save[i] && !collected[i])
      step += typical_bytes(joint->ctx, joint->nodes.data[i].type);
  return step > INT64_MAX / length ? INT64_MAX : step * length;
}
