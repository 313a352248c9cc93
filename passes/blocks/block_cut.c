/* What each op does with rows that are cut: passes/blocks/blocks.h. */
#include "passes/blocks/blocks.h"

static bool has(const Attr *list, int axis, int *place) {
  for (int i = 0; i < list->n; i++)
    if (list->ints[i] == axis) return *place = i, true;
  return false;
}

static BlockCut moved(int axis, BlockCut cut) { return (BlockCut){axis, cut.pre}; }

static const TypeInfo *info_of(const BlockRows *b, Ref r, int k) {
  return graph_info(b->g, graph_node(b->g, r)->operands[k]);
}

Sz block_inner(const BlockRows *b, Ty type, BlockCut cut) {
  Ctx *ctx = b->g->ctx;
  Sz axis = type_info(ctx, type)->dims[cut.axis], outer = size_mul(ctx, cut.pre, b->extent);
  if (!outer.i || size_is(ctx, outer, 0)) return SZ_NONE;
  Sz inner = size_div(ctx, axis, outer);
  return sz_eq(size_mul(ctx, outer, inner), axis) ? inner : SZ_NONE;
}

Ty block_type(const BlockRows *b, Ty type, BlockCut cut) {
  Ctx *ctx = b->g->ctx;
  const TypeInfo *info = type_info(ctx, type);
  if (!block_is_cut(cut)) return type;
  Sz dims[MAX_RANK];
  for (int i = 0; i < info->rank; i++) dims[i] = info->dims[i];
  Sz inner = block_inner(b, type, cut);
  dims[cut.axis] = size_mul(ctx, size_mul(ctx, cut.pre, b->rows), inner);
  return type_with_dims(ctx, type, dims, info->rank);
}

/* ---- reshape ---- */

static Sz product(Ctx *ctx, const TypeInfo *info, int from, int to) {
  Sz all = size_const(ctx, 1);
  for (int i = from; i < to; i++) all = size_mul(ctx, all, info->dims[i]);
  return all;
}

/* The cut of the same rows under another shape: numbers in row-major order are [outer, rows,
 * inner] in both. */
static BlockCut reshaped(const BlockRows *b, Ty from, BlockCut cut, Ty to) {
  Ctx *ctx = b->g->ctx;
  const TypeInfo *a = type_info(ctx, from), *y = type_info(ctx, to);
  Sz rest = block_inner(b, from, cut);
  if (!rest.i) return block_whole();
  Sz outer = size_mul(ctx, product(ctx, a, 0, cut.axis), cut.pre);
  Sz inner = size_mul(ctx, rest, product(ctx, a, cut.axis + 1, a->rank));
  for (int i = 0; i < y->rank; i++) {
    Sz before = product(ctx, y, 0, i), after = product(ctx, y, i + 1, y->rank);
    if (size_is(ctx, before, 0) || size_is(ctx, after, 0)) break;
    BlockCut there = {i, size_div(ctx, outer, before)};
    if (!sz_eq(size_mul(ctx, there.pre, before), outer)) continue;
    Sz left = block_inner(b, to, there);
    if (left.i && sz_eq(size_mul(ctx, left, after), inner)) return there;
  }
  return block_whole();
}

/* ---- products: result axes are batch, rest of a, rest of b ---- */

typedef struct BlockDot {
  const Attr *batch[2], *sum[2];
  int rank[2];
} BlockDot;

static BlockDot dot_of(const BlockRows *b, Ref r) {
  const Node *n = graph_node(b->g, r);
  return (BlockDot){{node_attr(n, A_batch_a), node_attr(n, A_batch_b)},
                    {node_attr(n, A_contract_a), node_attr(n, A_contract_b)},
                    {info_of(b, r, 0)->rank, info_of(b, r, 1)->rank}};
}

/* The result axis of an axis of side k that is neither batch nor summed. */
static int rest_axis(const BlockDot *d, int k, int axis) {
  int at = d->batch[0]->n, place;
  if (k) at += d->rank[0] - d->batch[0]->n - d->sum[0]->n;
  for (int i = 0; i < axis; i++) at += !has(d->batch[k], i, &place) && !has(d->sum[k], i, &place);
  return at;
}

static void dot_operands(const BlockRows *b, Ref r, BlockCut y, BlockCut *operands) {
  BlockDot d = dot_of(b, r);
  int place;
  operands[0] = operands[1] = block_whole();
  for (int k = 0; k < 2; k++)
    for (int i = 0; i < d.rank[k]; i++) {
      if (has(d.sum[k], i, &place)) continue;
      int axis = has(d.batch[k], i, &place) ? place : rest_axis(&d, k, i);
      if (axis == y.axis) operands[k] = moved(i, y);
    }
}

static BlockUse dot_use(const BlockRows *b, Ref r, int k, BlockCut a, BlockCut *y) {
  BlockDot d = dot_of(b, r);
  int place;
  if (has(d.sum[k], a.axis, &place)) return BLOCK_sums;
  *y = moved(has(d.batch[k], a.axis, &place) ? place : rest_axis(&d, k, a.axis), a);
  return BLOCK_apart;
}

/* ---- lookups: y[n.., i.., j.., k..] = a[n.., i.., b[n.., j..], k..] ---- */

typedef struct BlockGather {
  int batch, axis, js; /* how many n; n and i; j */
} BlockGather;

static BlockGather gather_of(const BlockRows *b, Ref r) {
  const Node *n = graph_node(b->g, r);
  int batch = (int)node_int(n, A_batch, 0);
  return (BlockGather){batch, (int)node_int(n, A_axis, 0), info_of(b, r, 1)->rank - batch};
}

static void gather_operands(const BlockRows *b, Ref r, BlockCut y, BlockCut *operands) {
  BlockGather p = gather_of(b, r);
  operands[0] = operands[1] = block_whole();
  if (y.axis < p.axis)
    operands[0] = y;
  else if (y.axis >= p.axis + p.js)
    operands[0] = moved(y.axis - p.js + 1, y);
  if (y.axis < p.batch) operands[1] = y;
  if (y.axis >= p.axis && y.axis < p.axis + p.js) operands[1] = moved(y.axis - p.axis + p.batch, y);
}

static BlockUse gather_use(const BlockRows *b, Ref r, int k, BlockCut a, BlockCut *y) {
  BlockGather p = gather_of(b, r);
  if (k == 0 && a.axis == p.axis) return BLOCK_together;
  if (k == 0)
    *y = a.axis < p.axis ? a : moved(a.axis + p.js - 1, a);
  else
    *y = a.axis < p.batch ? a : moved(a.axis - p.batch + p.axis, a);
  return BLOCK_apart;
}

/* ---- one axis to another ---- */

/* The axes that a reduction takes away. */
static int gone_axes(const Node *n, int32_t *axes) {
  const Attr *list = node_attr(n, A_axes);
  axes[0] = (int32_t)node_int(n, A_axis, 0);
  for (int i = 0; list && i < list->n; i++) axes[i] = list->ints[i];
  return list ? list->n : 1;
}

static bool among(const int32_t *axes, int n, int axis) {
  for (int i = 0; i < n; i++)
    if (axes[i] == axis) return true;
  return false;
}

static int reduced_to(const Node *n, int axis) {
  int32_t axes[MAX_RANK];
  int gone = gone_axes(n, axes), at = axis;
  for (int i = 0; i < gone; i++) at -= axes[i] < axis;
  return at;
}

static int reduced_from(const Node *n, int rank, int axis) {
  int32_t axes[MAX_RANK];
  int gone = gone_axes(n, axes), at = 0;
  for (int i = 0; i < rank; i++) {
    if (among(axes, gone, i)) continue;
    if (at++ == axis) return i;
  }
  return 0;
}

/* Whether an op that keeps all axes leaves one of them alone. */
static bool alone(const BlockRows *b, Ref r, int axis) {
  const Node *n = graph_node(b->g, r);
  if (op_is(n->op, T_ELEMENTWISE)) return true;
  if (n->op != OP_slice && n->op != OP_pad) return node_int(n, A_axis, 0) != axis;
  const Attr *from = node_attr(n, n->op == OP_slice ? A_starts : A_lo);
  return size_is(b->g->ctx, from->sizes[axis], 0) &&
         sz_eq(info_of(b, r, 0)->dims[axis], graph_info(b->g, r)->dims[axis]);
}

static bool keeps_axes(const Node *n) {
  return op_is(n->op, T_ELEMENTWISE | T_ALONG) || n->op == OP_slice || n->op == OP_pad ||
         n->op == OP_concat || n->op == OP_reverse;
}

/* A tensor of tensors that leave room for the axes of blocks. */
static bool has_room(const BlockRows *b, Ref r) {
  const Node *n = graph_node(b->g, r);
  const TypeInfo *y = graph_info(b->g, r);
  bool room = !y->is_tuple && y->rank <= MAX_RANK - BLOCK_AXES;
  for (int k = 0; k < n->n_operands; k++) {
    const TypeInfo *a = info_of(b, r, k);
    room &= !a->is_tuple && a->rank <= MAX_RANK - BLOCK_AXES;
  }
  return room;
}

bool block_operands(const BlockRows *b, Ref r, BlockCut y, BlockCut *operands) {
  const Node *n = graph_node(b->g, r);
  int place;
  if (!has_room(b, r) || !block_inner(b, n->type, y).i) return false;
  if (n->op == OP_const || n->op == OP_iota) return true;
  if (keeps_axes(n)) {
    for (int k = 0; k < n->n_operands; k++) operands[k] = y;
    return alone(b, r, y.axis);
  }
  if (op_is(n->op, T_REDUCE | T_ARGREDUCE)) {
    operands[0] = moved(reduced_from(n, info_of(b, r, 0)->rank, y.axis), y);
  } else if (n->op == OP_broadcast) {
    bool repeats = !has(node_attr(n, A_axes), y.axis, &place);
    operands[0] = repeats ? block_whole() : moved(place, y);
  } else if (n->op == OP_transpose) {
    operands[0] = moved(node_attr(n, A_perm)->ints[y.axis], y);
  } else if (n->op == OP_reshape) {
    operands[0] = reshaped(b, n->type, y, graph_type(b->g, n->operands[0]));
    return block_is_cut(operands[0]);
  } else if (n->op == OP_dot) {
    dot_operands(b, r, y, operands);
  } else if (n->op == OP_gather) {
    gather_operands(b, r, y, operands);
  } else {
    return false;
  }
  return true;
}

/* Sums of blocks are kept in the element type; those of bf16 would be rounded once a block. */
static bool adds_up(const BlockRows *b, Ref r) { return graph_info(b->g, r)->dtype != DT_bf16; }

BlockUse block_use(const BlockRows *b, Ref r, int k, BlockCut a, BlockCut *y) {
  const Node *n = graph_node(b->g, r);
  int place = 0;
  *y = a;
  if (!has_room(b, r)) return BLOCK_together;
  if (keeps_axes(n)) return alone(b, r, a.axis) ? BLOCK_apart : BLOCK_together;
  if (n->op == OP_dot) {
    BlockUse use = dot_use(b, r, k, a, y);
    return use != BLOCK_sums || adds_up(b, r) ? use : BLOCK_together;
  }
  if (n->op == OP_gather) return gather_use(b, r, k, a, y);
  if (op_is(n->op, T_REDUCE | T_ARGREDUCE)) {
    int32_t axes[MAX_RANK];
    int gone = gone_axes(n, axes);
    if (among(axes, gone, a.axis))
      return n->op == OP_sum && adds_up(b, r) ? BLOCK_sums : BLOCK_together;
    *y = moved(reduced_to(n, a.axis), a);
    return BLOCK_apart;
  }
  if (n->op == OP_broadcast)
    *y = moved(node_attr(n, A_axes)->ints[a.axis], a);
  else if (n->op == OP_transpose && has(node_attr(n, A_perm), a.axis, &place))
    *y = moved(place, a);
  else if (n->op == OP_reshape)
    *y = reshaped(b, graph_type(b->g, n->operands[0]), a, n->type);
  else
    return BLOCK_together;
  return block_is_cut(*y) ? BLOCK_apart : BLOCK_together;
}

void block_sum_operands(const BlockRows *b, Ref r, int k, BlockCut a, BlockCut *operands) {
  operands[k] = a;
  if (graph_node(b->g, r)->op != OP_dot) return;
  BlockDot d = dot_of(b, r);
  int place = 0;
  has(d.sum[k], a.axis, &place);
  operands[!k] = moved(d.sum[!k]->ints[place], a);
}
