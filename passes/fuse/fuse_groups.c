/* Grouping: which nodes become one kernel.
 *
 * Every computing node starts as its own group. In topological order each node is merged with the
 * groups of its operands when
 *   - their loops agree (Space): the same full shape, or the one is the outer shape of the other;
 *   - no other node lies between them on a path, which would make a cycle;
 *   - the kernel stays below its size limit.
 * Nodes that cost next to nothing (constants, movement, scalars, a sum that is only sliced) belong
 * to no group: each kernel that reads them repeats them. That is how broadcasts, transposes, slices
 * and reshapes cost nothing.
 *
 * What is not merged is explained by a remark.
 */
#include "ir/cost.h"
#include "ir/dot_form.h"
#include "passes/fuse/fuse.h"
#include "passes/plan/instr.h"

#include <string.h>

static const Node *node_at(const Fusion *f, uint32_t i) { return &f->g->nodes.data[i]; }
static const TypeInfo *info_at(const Fusion *f, uint32_t i) {
  return type_info(f->pc->ctx, node_at(f, i)->type);
}

uint32_t fuse_find(Fusion *f, uint32_t i) {
  while (f->parent[i] != i) i = f->parent[i] = f->parent[f->parent[i]];
  return i;
}

/* ---- reduced axes ---- */

static uint32_t axes_mask(const Node *node) {
  uint32_t mask = 0;
  if (op_is(node->op, T_ARGREDUCE)) return 1u << node_int(node, A_axis, 0);
  const Attr *axes = node_attr(node, A_axes);
  for (int i = 0; i < axes->n; i++) mask |= 1u << axes->ints[i];
  return mask;
}

static bool is_trailing(const Space *s) {
  uint32_t mask = s->reduced;
  for (int i = s->rank - 1; i >= 0 && (mask >> i & 1); i--) mask &= ~(1u << i);
  return mask == 0;
}

/* ---- roles ---- */

static bool computes(Op op) {
  return op_is(op, T_ELEMENTWISE | T_REDUCE | T_ARGREDUCE | T_RANDOM | T_MOVEMENT) ||
         op == OP_gather || op == OP_iota;
}

static void find_users(Fusion *f) {
  for (uint32_t i = 0; i < f->n; i++)
    for (int k = 0; k < node_at(f, i)->n_operands; k++) f->n_users[node_at(f, i)->operands[k].i]++;
  for (uint32_t i = 0; i < f->n; i++) {
    f->users[i] = arena_array(f->arena, uint32_t, f->n_users[i] + 1);
    f->n_users[i] = 0;
  }
  for (uint32_t i = 0; i < f->n; i++)
    for (int k = 0; k < node_at(f, i)->n_operands; k++) {
      uint32_t o = node_at(f, i)->operands[k].i;
      f->users[o][f->n_users[o]++] = i;
    }
  for (uint32_t k = 0; k < f->g->results.len; k++) f->is_result[f->g->results.data[k].i] = true;
}

/* Whether the node is the order in which its operand, a product, is written: no kernel then. */
static bool is_order_of_dot(const Fusion *f, uint32_t i) {
  if (node_at(f, i)->op != OP_transpose) return false;
  uint32_t dot = node_at(f, i)->operands[0].i;
  return !f->is_result[dot] && dot_orders(f->g, (Ref){i}, f->n_users[dot]);
}

static bool is_free_movement(Op op) {
  return op == OP_broadcast || op == OP_transpose || op == OP_slice || op == OP_pad ||
         op == OP_reverse;
}

/* Whether each axis of one side of a reshape is some neighbouring axes of the other, so that
 * positions are put together or taken apart without a remainder across axes. *merges: axes of the
 * operand become one. */
static bool is_regrouping(Ctx *ctx, const TypeInfo *from, const TypeInfo *to, bool *merges) {
  int i = 0, k = 0;
  *merges = false;
  while (i < from->rank && k < to->rank) {
    Sz a = from->dims[i++], b = to->dims[k++];
    bool whole = sz_eq(a, b);
    for (int n = i; !whole && n < from->rank; n++) {
      Sz product = size_const(ctx, 1);
      for (int d = i - 1; d <= n; d++) product = size_mul(ctx, product, from->dims[d]);
      if (!sz_eq(product, b)) continue;
      i = n + 1;
      whole = *merges = true;
    }
    for (int n = k; !whole && n < to->rank; n++) {
      Sz product = size_const(ctx, 1);
      for (int d = k - 1; d <= n; d++) product = size_mul(ctx, product, to->dims[d]);
      if (!sz_eq(product, a)) continue;
      k = n + 1;
      whole = true;
    }
    if (!whole) return false;
  }
  for (; i < from->rank; i++)
    if (!size_is(ctx, from->dims[i], 1)) return false;
  for (; k < to->rank; k++)
    if (!size_is(ctx, to->dims[k], 1)) return false;
  return true;
}

/* Whether a reshape may be an index in the kernels that read it: nobody else does. Behind a slice
 * or the like, whose places start somewhere, an axis that was several could not be taken apart
 * without dividing. */
static bool may_be_inline(const Fusion *f, uint32_t i) {
  const Node *node = node_at(f, i);
  bool merges;
  if (node->op != OP_reshape || f->is_result[i] || !f->n_users[i] ||
      !is_regrouping(f->pc->ctx, info_at(f, node->operands[0].i), info_at(f, i), &merges))
    return false;
  for (uint32_t k = 0; k < f->n_users[i]; k++) {
    Op op = node_at(f, f->users[i][k])->op;
    bool keeps_axes = op_is(op, T_ELEMENTWISE | T_REDUCE | T_ARGREDUCE) || op == OP_transpose ||
                      op == OP_broadcast;
    if (op == OP_reshape || !computes(op) || (merges && !keeps_axes)) return false;
  }
  return true;
}

/* A cheap elementwise node whose readers only want a part of it, or it in another order: each
 * reader computes what it needs. Not under a broadcast, which would repeat the work for every copy.
 */
static bool only_moved(const Fusion *f, uint32_t i) {
  const Node *node = node_at(f, i);
  if (!op_is(node->op, T_ELEMENTWISE) || op_flops(node->op) > COST_REPEATED || !f->n_users[i])
    return false;
  for (uint32_t k = 0; k < f->n_users[i]; k++) {
    const Node *user = node_at(f, f->users[i][k]);
    if (user->op == OP_broadcast || user->op == OP_pad ||
        !(is_free_movement(user->op) || may_be_inline(f, f->users[i][k])))
      return false;
    for (uint32_t u = 0; u < f->n_users[f->users[i][k]]; u++)
      if (!computes(node_at(f, f->users[f->users[i][k]][u])->op)) return false;
    if (f->is_result[f->users[i][k]]) return false;
  }
  return !f->is_result[i];
}

/* Whether two readers of a value cannot share a kernel because of what they reduce: other axes, or
 * axes that are not the last ones, beside any other reader (see bad_company). */
static bool parts_readers(const Fusion *f, uint32_t i) {
  Space first = {0};
  for (uint32_t k = 0; k < f->n_users[i]; k++) {
    const Node *user = node_at(f, f->users[i][k]);
    if (!op_is(user->op, T_REDUCE)) continue;
    Space s = {info_at(f, i)->dims, info_at(f, i)->rank, axes_mask(user)};
    if (first.reduced && first.reduced != s.reduced) return true;
    if (f->n_users[i] > 1 && !is_trailing(&s)) return true;
    first = s;
  }
  return false;
}

/* Flops of a value that is computed again by each of its readers, and in *wide the number of
 * operands in memory of its size that it is computed from. Operands that only it reads are computed
 * with it. */
static int64_t repeated_flops(Fusion *f, uint32_t i, int *wide) {
  const Node *node = node_at(f, i);
  int64_t flops = op_flops(node->op);
  for (int k = 0; k < node->n_operands; k++) {
    uint32_t o = node->operands[k].i;
    const Node *operand = node_at(f, o);
    if (operand->op == OP_broadcast || operand->op == OP_const || f->seen[o] == f->stamp) continue;
    f->seen[o] = f->stamp;
    bool with_it = op_is(operand->op, T_ELEMENTWISE) && f->n_users[o] == 1 && !f->is_result[o];
    if (with_it)
      flops += repeated_flops(f, o, wide);
    else if (dtype_bytes[info_at(f, o)->dtype] <= dtype_bytes[info_at(f, i)->dtype])
      ++*wide;
    else
      *wide += 2; /* more than the value itself */
  }
  return flops;
}

static void mark_repeated(Fusion *f, uint32_t i) {
  const Node *node = node_at(f, i);
  f->repeated[i] = true;
  for (int k = 0; k < node->n_operands; k++) {
    uint32_t o = node->operands[k].i;
    if (op_is(node_at(f, o)->op, T_ELEMENTWISE) && f->n_users[o] == 1 && !f->is_result[o])
      mark_repeated(f, o);
  }
}

/* A cheap value that several kernels would read, since its readers reduce different axes, is
 * computed by each of them from the one operand of its size: they read no more than before, and
 * nobody writes it. */
static void find_repeated(Fusion *f) {
  for (uint32_t i = 0; i < f->n; i++) {
    bool computed = op_is(node_at(f, i)->op, T_ELEMENTWISE) && info_at(f, i)->rank &&
                    !f->is_result[i] && parts_readers(f, i);
    for (uint32_t k = 0; computed && k < f->n_users[i]; k++)
      computed = op_is(node_at(f, f->users[i][k])->op, T_ELEMENTWISE | T_REDUCE);
    int wide = 0;
    f->stamp++;
    bool cheap = repeated_flops(f, i, &wide) <= COST_REPEATED && wide <= 1;
    if (computed && cheap && !fuse_is_apart(f, i)) mark_repeated(f, i);
  }
}

/* The number of a random stream (the b of fold). It stays outside of kernels, so that the
 * initialisers of two weights, or two draws of one shape, are the same code, which is compiled
 * once. */
static bool names_stream(const Fusion *f, uint32_t i) {
  if (node_at(f, i)->op != OP_const || f->is_result[i]) return false;
  for (uint32_t k = 0; k < f->n_users[i]; k++) {
    const Node *user = node_at(f, f->users[i][k]);
    if (user->op != OP_fold || user->operands[0].i == i) return false;
  }
  return f->n_users[i] > 0;
}

/* Of a value in memory a reshape costs nothing: it stays an instruction, and kernels know nothing
 * of it. */
static bool is_inline_reshape(const Fusion *f, uint32_t i) {
  return may_be_inline(f, i) && f->role[node_at(f, i)->operands[0].i] == FUSE_inline;
}

static void find_roles(Fusion *f) {
  int *chain = arena_array(f->arena, int, f->n); /* scalar nodes repeated with this one */
  for (uint32_t i = 0; i < f->n; i++) {
    const Node *node = node_at(f, i);
    if (node->op == OP_param || names_stream(f, i))
      f->role[i] = FUSE_leaf;
    else if (node->op == OP_const || node->op == OP_size || node->op == OP_iota ||
             (is_free_movement(node->op) && !is_order_of_dot(f, i)) || is_inline_reshape(f, i))
      f->role[i] = FUSE_inline;
    else if (!computes(node->op) || node->op == OP_reshape || is_order_of_dot(f, i))
      f->role[i] = FUSE_instruction;
    else
      f->role[i] = f->repeated[i] || only_moved(f, i) ? FUSE_inline : FUSE_group;
    if (!op_is(node->op, T_ELEMENTWISE) || info_at(f, i)->rank) continue;
    chain[i] = 1;
    for (int k = 0; k < node->n_operands; k++) chain[i] += chain[node->operands[k].i];
    if (chain[i] <= CHAIN_REPEATED)
      f->role[i] = FUSE_inline;
    else
      chain[i] = 0;
  }
}

/* Inline nodes that instructions or the caller read: they get a kernel of their own besides. */
static void find_stored(Fusion *f) {
  for (uint32_t i = 0; i < f->n; i++) {
    if (f->role[i] != FUSE_inline) continue;
    f->stored[i] = f->is_result[i];
    for (uint32_t k = 0; k < f->n_users[i]; k++)
      if (f->role[f->users[i][k]] == FUSE_instruction) f->stored[i] = true;
    Op op = node_at(f, i)->op;
    if (op == OP_const || op == OP_size) f->stored[i] = false; /* these exist as they are */
  }
}

/* ---- spaces ---- */

static Space own_space(const Fusion *f, uint32_t i) {
  const Node *node = node_at(f, i);
  bool of_operand = op_is(node->op, T_REDUCE | T_ARGREDUCE) || node->op == OP_concat;
  const TypeInfo *t = of_operand ? info_at(f, node->operands[0].i) : info_at(f, i);
  return (Space){t->dims, t->rank, op_is(node->op, T_REDUCE | T_ARGREDUCE) ? axes_mask(node) : 0};
}

static bool same_dims(const Sz *a, int na, const Sz *b, int nb) {
  return na == nb && (!na || !memcmp(a, b, sizeof *a * (size_t)na));
}

static int outer_dims(const Space *s, Sz *out) {
  int n = 0;
  for (int i = 0; i < s->rank; i++)
    if (!(s->reduced >> i & 1)) out[n++] = s->dims[i];
  return n;
}

/* A work item owns one point of the outer axes with all that is reduced: too much for one thread to
 * do alone? */
static bool is_serial(const Fusion *f, const Space *s) {
  Ctx *ctx = f->pc->ctx;
  Sz outer[32], all = size_const(ctx, 1);
  int n = outer_dims(s, outer);
  for (int i = 0; i < n; i++)
    if (!size_is(ctx, outer[i], 1)) return false;
  for (int i = 0; i < s->rank; i++) all = size_mul(ctx, all, s->dims[i]);
  int64_t count;
  return s->reduced && !(size_is_const(ctx, all, &count) && count <= ITEM_ELEMENTS);
}

/* How a node reads value p, directly or through inline nodes. */
typedef enum Reach {
  REACH_absent,
  REACH_same,   /* element by element */
  REACH_spread, /* repeated along exactly the reduced axes of the space */
  REACH_moved,  /* otherwise */
} Reach;

static Reach reach_through(const Fusion *f, const Node *x, int k, Reach below, const Space *space) {
  if (below == REACH_absent || below == REACH_moved) return below;
  const TypeInfo *t = type_info(f->pc->ctx, x->type), *o = info_at(f, x->operands[k].i);
  if (op_is(x->op, T_ELEMENTWISE | T_REDUCE | T_ARGREDUCE) || x->op == OP_concat) return below;
  if (x->op == OP_gather)
    return k == 1 && same_dims(t->dims, t->rank, o->dims, o->rank) ? below : REACH_moved;
  if (x->op != OP_broadcast || below == REACH_spread) return REACH_moved;
  const Attr *axes = node_attr(x, A_axes);
  uint32_t added = (1u << t->rank) - 1;
  for (int i = 0; i < axes->n; i++) added &= ~(1u << axes->ints[i]);
  return same_dims(t->dims, t->rank, space->dims, space->rank) && added == space->reduced
             ? REACH_spread
             : REACH_moved;
}

static Reach reach_of(const Fusion *f, const Node *x, uint32_t p, const Space *space) {
  Reach worst = REACH_absent;
  for (int k = 0; k < x->n_operands; k++) {
    uint32_t o = x->operands[k].i;
    Reach below = o == p                               ? REACH_same
                  : f->role[o] == FUSE_inline && o > p ? reach_of(f, node_at(f, o), p, space)
                                                       : REACH_absent;
    Reach r = reach_through(f, x, k, below, space);
    if (r > worst) worst = r;
  }
  return worst;
}

/* The space of P and C together, or why there is none. */
static const char *joined_space(const Space *p, const Space *c, Space *out) {
  Sz outer[32];
  if (same_dims(p->dims, p->rank, c->dims, c->rank)) {
    if (p->reduced && c->reduced && p->reduced != c->reduced) return "they reduce different axes";
    *out = (Space){p->dims, p->rank, p->reduced | c->reduced};
    return NULL;
  }
  if (!c->reduced && p->reduced && same_dims(outer, outer_dims(p, outer), c->dims, c->rank))
    return *out = *p, NULL;
  if (!p->reduced && c->reduced && same_dims(outer, outer_dims(c, outer), p->dims, p->rank))
    return *out = *c, NULL;
  return "their shapes differ";
}

/* ---- readers ---- */

/* For each node that is no inline node, those that read it directly or through inline nodes. */
static void find_readers(Fusion *f) {
  uint32_t *stack = arena_array(f->arena, uint32_t, f->n + 1);
  for (uint32_t i = 0; i < f->n; i++) {
    if (f->role[i] == FUSE_inline) continue;
    VEC(uint32_t) readers = {0};
    uint32_t top = 0;
    stack[top++] = i;
    f->stamp++;
    while (top) {
      uint32_t at = stack[--top];
      for (uint32_t k = 0; k < f->n_users[at]; k++) {
        uint32_t user = f->users[at][k];
        if (f->seen[user] == f->stamp) continue;
        f->seen[user] = f->stamp;
        if (f->role[user] == FUSE_inline)
          stack[top++] = user;
        else
          vec_push(f->arena, &readers, user);
      }
      if (at != i && f->stored[at]) f->read_stored[i] = true;
    }
    f->readers[i] = readers.data;
    f->n_readers[i] = readers.len;
  }
}

/* What reads the first operand of an update comes before it, so that it can be updated in place: a
 * kernel that has to wait for the update cannot do that reading. */
static void order_readers(Fusion *f, uint32_t update) {
  uint32_t of = node_at(f, update)->operands[0].i, last = update;
  for (uint32_t k = 0; k < f->n_readers[of]; k++)
    if (f->readers[of][k] > last) last = f->readers[of][k];
  uint32_t depends = ++f->stamp;
  f->seen[update] = depends;
  for (uint32_t i = update + 1; i <= last; i++)
    for (int k = 0; k < node_at(f, i)->n_operands; k++)
      if (f->seen[node_at(f, i)->operands[k].i] == depends) f->seen[i] = depends;
  for (uint32_t k = 0; k < f->n_readers[of]; k++) {
    uint32_t reader = f->readers[of][k], n = f->n_readers[reader];
    if (f->seen[reader] == depends || f->role[reader] != FUSE_group) continue;
    uint32_t *more = arena_array(f->arena, uint32_t, n + 1);
    if (n) memcpy(more, f->readers[reader], sizeof *more * n);
    more[n] = update;
    f->readers[reader] = more;
    f->n_readers[reader]++;
  }
}

/* Is there a way from group p to group c through a node of neither? Nodes stand in topological
 * order, so nothing after the last member of c leads back to it. */
static bool has_detour(Fusion *f, uint32_t p, uint32_t c) {
  uint32_t last = f->members[c][f->size[c] - 1], top = 0;
  f->stamp++;
  f->stack[top++] = p;
  while (top) {
    uint32_t group = f->stack[--top];
    for (uint32_t m = 0; m < f->size[group]; m++) {
      uint32_t from = f->members[group][m];
      for (uint32_t k = 0; k < f->n_readers[from]; k++) {
        uint32_t reader = f->readers[from][k], root = fuse_find(f, reader);
        if (root == c && group != p) return true;
        if (root == c || root == p || reader > last || f->seen[root] == f->stamp) continue;
        f->seen[root] = f->stamp;
        f->stack[top++] = root;
      }
    }
  }
  return false;
}

/* ---- merging ---- */

static bool is_full(const Fusion *f, uint32_t i, const Space *space) {
  return same_dims(info_at(f, i)->dims, info_at(f, i)->rank, space->dims, space->rank);
}

/* Does somebody outside group c need value p in memory? */
static bool read_elsewhere(Fusion *f, uint32_t p, uint32_t c) {
  if (f->is_result[p] || f->read_stored[p]) return true;
  for (uint32_t k = 0; k < f->n_readers[p]; k++)
    if (fuse_find(f, f->readers[p][k]) != c) return true;
  return false;
}

/* Why node c had better not be in one kernel with its operand p, or NULL. */
static const char *bad_company(Fusion *f, uint32_t p, uint32_t c, const Space *space, Reach reach) {
  if (!space->reduced || (is_trailing(space) && !is_serial(f, space))) return NULL;
  bool serial = is_serial(f, space);
  bool full_reader = reach == REACH_spread ||
                     (is_full(f, c, space) && !op_is(node_at(f, c)->op, T_REDUCE | T_ARGREDUCE));
  if (full_reader)
    return serial ? "it would run on one thread" : "the reduced axes are not the last ones";
  if (is_full(f, p, space) && read_elsewhere(f, p, fuse_find(f, c)))
    return serial ? "the operand has other readers and would be computed on one thread"
                  : "the operand has other readers and the reduced axes are not the last ones";
  return NULL;
}

static void merge(Fusion *f, uint32_t p, uint32_t c, Space space) {
  uint32_t n = f->size[p] + f->size[c], *all = arena_array(f->arena, uint32_t, n);
  for (uint32_t i = 0, a = 0, b = 0; i < n; i++) {
    bool from_p = b == f->size[c] || (a < f->size[p] && f->members[p][a] < f->members[c][b]);
    all[i] = from_p ? f->members[p][a++] : f->members[c][b++];
  }
  f->parent[p] = c;
  f->members[c] = all;
  f->size[c] = n;
  f->space[c] = space;
}

const char *fuse_merge(Fusion *f, uint32_t p, uint32_t c, int64_t max_size) {
  uint32_t a = fuse_find(f, p), b = fuse_find(f, c);
  if (a == b) return NULL;
  Space space;
  const char *why = joined_space(&f->space[a], &f->space[b], &space);
  if (why) return why;
  if (node_at(f, p)->op == OP_concat) return "a concatenation is stored part by part";
  Reach reach = reach_of(f, node_at(f, c), p, &space);
  if (reach == REACH_moved) return "the operand is read in another place or order";
  why = bad_company(f, p, c, &space, reach);
  if (why) return why;
  if ((int64_t)(f->size[a] + f->size[b]) > max_size)
    return "the kernel would be too large (option max)";
  if (has_detour(f, a, b)) return "another instruction lies between them";
  if (fuse_parts(f, a, b)) return "the schedule keeps them apart";
  if (!pass_fuel(f->pc)) return "the transformation limit (fuel) is reached";
  merge(f, a, b, space);
  return NULL;
}

/* The computing operands of a node, seen through inline nodes. */
static void collect_operands(Fusion *f, const Node *node, uint32_t *out, uint32_t *n) {
  for (int k = 0; k < node->n_operands; k++) {
    uint32_t o = node->operands[k].i;
    if (f->seen[o] == f->stamp) continue;
    f->seen[o] = f->stamp;
    if (f->role[o] == FUSE_inline) collect_operands(f, node_at(f, o), out, n);
    if (f->role[o] == FUSE_group) out[(*n)++] = o;
  }
}

static void merge_operands(Fusion *f, uint32_t c, int64_t max_size) {
  uint32_t n = 0, *operands = f->operands;
  f->stamp++;
  collect_operands(f, node_at(f, c), operands, &n);
  for (uint32_t k = n; k-- > 0;) {
    const char *why = fuse_merge(f, operands[k], c, max_size);
    if (!why || !remarks_on(f->pc)) continue;
    remark(f->pc, f->g, (Ref){c}, REMARK_missed, "not-fused",
           "'%s' is not fused with its operand %%%u '%s': %s", op_info[node_at(f, c)->op].name,
           operands[k], op_info[node_at(f, operands[k])->op].name, why);
  }
}

static Fusion *new_fusion(PassCtx *pc, const Graph *g) {
  Arena *arena = &pc->ctx->arena;
  Fusion *f = arena_new(arena, Fusion);
  uint32_t n = g->nodes.len;
  *f = (Fusion){.pc = pc, .arena = arena, .g = g, .n = n};
  f->role = arena_array(arena, FuseRole, n);
  f->repeated = arena_array(arena, bool, n);
  f->stored = arena_array(arena, bool, n);
  f->is_result = arena_array(arena, bool, n);
  f->read_stored = arena_array(arena, bool, n);
  f->users = arena_array(arena, uint32_t *, n);
  f->n_users = arena_array(arena, uint32_t, n);
  f->readers = arena_array(arena, uint32_t *, n);
  f->n_readers = arena_array(arena, uint32_t, n);
  f->parent = arena_array(arena, uint32_t, n);
  f->space = arena_array(arena, Space, n);
  f->size = arena_array(arena, uint32_t, n);
  f->members = arena_array(arena, uint32_t *, n);
  f->seen = arena_array(arena, uint32_t, n);
  f->stack = arena_array(arena, uint32_t, n + 1);
  f->operands = arena_array(arena, uint32_t, n);
  return f;
}

Fusion *fuse_groups(PassCtx *pc, const Graph *g, int64_t max_size) {
  Fusion *f = new_fusion(pc, g);
  find_users(f);
  fuse_schedule_names(f);
  find_repeated(f);
  find_roles(f);
  find_stored(f);
  find_readers(f);
  for (uint32_t i = 0; i < f->n; i++)
    if (instr_changes_first(node_at(f, i))) order_readers(f, i);
  for (uint32_t i = 0; i < f->n; i++) {
    f->parent[i] = i;
    f->size[i] = 1;
    f->members[i] = arena_copy(f->arena, &i, sizeof i);
    if (f->role[i] == FUSE_group) f->space[i] = own_space(f, i);
  }
  fuse_schedule_together(f, max_size);
  for (uint32_t i = 0; i < f->n; i++)
    if (f->role[i] == FUSE_group) merge_operands(f, i, max_size);
  fuse_schedule_check(f);
  return f;
}
