/* What each op does with the rows that a rank has: see cut.h. */
#include "passes/ranks/cut.h"

#include <string.h>

typedef struct RowsStep {
  Cutting *c;
  Ref r;
  const Node *n;
  const TypeInfo *y; /* whole; a tuple's type otherwise */
} RowsStep;

static RowCut cut_of(const RowsStep *w, int operand) {
  return w->c->cuts[w->n->operands[operand].i];
}
static const TypeInfo *info_of(const RowsStep *w, int operand) {
  return graph_info(w->c->old, w->n->operands[operand]);
}
static Ref as(const RowsStep *w, int operand, RowCut cut) {
  return cut_as(w->c, w->n->operands[operand], cut);
}
static RowCut at(int axis, RowCut cut) { return (RowCut){axis, cut.pre}; }

static bool has(const Attr *list, int axis, int *place) {
  for (int i = 0; i < list->n; i++)
    if (list->ints[i] == axis) return *place = i, true;
  return false;
}

/* An op with other operands under a cut of its result. */
static void cut_made(Cutting *c, Ref r, const Ref *operands, RowCut cut) {
  Node copy = *graph_node(c->old, r);
  copy.type = cut_type(c->d, copy.type, cut);
  c->map.to[r.i] = build_copy(c->g, &copy, operands);
  c->cuts[r.i] = cut;
}

/* A node with its operands whole. */
static void cut_keep(Cutting *c, Ref r) {
  const Node *n = graph_node(c->old, r);
  Ref *operands = arena_array(&c->d->pc->ctx->arena, Ref, n->n_operands + 1);
  for (int k = 0; k < n->n_operands; k++) operands[k] = cut_whole(c, n->operands[k]);
  cut_made(c, r, operands, cut_none());
}

/* All operands and the result under one cut. */
static void same(const RowsStep *w, RowCut cut) {
  Ref *operands = arena_array(&w->c->d->pc->ctx->arena, Ref, w->n->n_operands + 1);
  for (int k = 0; k < w->n->n_operands; k++) operands[k] = as(w, k, cut);
  cut_made(w->c, w->r, operands, cut);
}

/* The cut of the first operand that has one. */
static RowCut first_cut(const RowsStep *w) {
  for (int k = 0; k < w->n->n_operands; k++)
    if (is_cut(cut_of(w, k))) return cut_of(w, k);
  return cut_none();
}

static void done(const RowsStep *w, Ref value) {
  w->c->map.to[w->r.i] = value;
  w->c->cuts[w->r.i] = cut_none();
  Node *made = &w->c->g->nodes.data[value.i];
  if (str_none(made->name)) made->name = w->n->name;
}

/* Made of whole operands, and cut along an axis behind it where that can be: what comes later is
 * shared again. */
static void again(const RowsStep *w, int axis) {
  Cutting *c = w->c;
  RowCut rows = {axis, size_const(c->d->pc->ctx, 1)};
  cut_keep(c, w->r);
  if (axis < 0 || axis >= w->y->rank || !cut_fits(c->d, w->y->dims[axis], rows.pre)) return;
  c->whole[w->r.i] = c->map.to[w->r.i];
  c->map.to[w->r.i] = cut_as(c, w->r, rows);
  c->cuts[w->r.i] = rows;
}

/* ---- movement ---- */

static void rows_broadcast(const RowsStep *w) {
  RowCut cut = cut_of(w, 0);
  Ref a = as(w, 0, cut);
  cut_made(w->c, w->r, &a, at(node_attr(w->n, A_axes)->ints[cut.axis], cut));
}

static void rows_transpose(const RowsStep *w) {
  RowCut cut = cut_of(w, 0);
  int place = 0;
  Ref a = as(w, 0, cut);
  has(node_attr(w->n, A_perm), cut.axis, &place);
  cut_made(w->c, w->r, &a, at(place, cut));
}

/* The axis of the result that has the rows of the operand, cut behind as many places. */
static RowCut through_reshape(const RowsStep *w, RowCut cut) {
  Ctx *ctx = w->c->d->pc->ctx;
  const TypeInfo *a = info_of(w, 0);
  Sz outer = cut.pre, before = size_const(ctx, 1);
  RowCut found = cut_none();
  for (int i = 0; i < cut.axis; i++) outer = size_mul(ctx, outer, a->dims[i]);
  for (int i = 0; i < w->y->rank; i++) {
    if (size_is(ctx, before, 0)) break;
    Sz pre = size_div(ctx, outer, before);
    if (!sz_eq(size_mul(ctx, pre, before), outer)) break;
    if (cut_fits(w->c->d, w->y->dims[i], pre)) found = (RowCut){i, pre};
    before = size_mul(ctx, before, w->y->dims[i]);
  }
  return found;
}

static void rows_reshape(const RowsStep *w) {
  RowCut cut = cut_of(w, 0), to = through_reshape(w, cut);
  if (!is_cut(to)) {
    cut_keep(w->c, w->r);
    return;
  }
  Ref a = as(w, 0, cut);
  cut_made(w->c, w->r, &a, to);
}

/* Slices and pads that leave the rows alone. */
static void rows_box(const RowsStep *w) {
  RowCut cut = cut_of(w, 0);
  Ctx *ctx = w->c->d->pc->ctx;
  const Attr *from = node_attr(w->n, w->n->op == OP_slice ? A_starts : A_lo);
  bool alone = size_is(ctx, from->sizes[cut.axis], 0) &&
               sz_eq(info_of(w, 0)->dims[cut.axis], w->y->dims[cut.axis]);
  if (alone)
    same(w, cut);
  else
    again(w, cut.axis);
}

/* Ops along attribute axis; the operands' other axes are theirs one by one. */
static void rows_along(const RowsStep *w) {
  RowCut cut = first_cut(w);
  if (node_int(w->n, A_axis, 0) == cut.axis)
    again(w, cut.axis);
  else
    same(w, cut);
}

/* a, with b in it from c on. */
static void rows_update(const RowsStep *w) {
  RowCut cut = is_cut(cut_of(w, 0)) ? cut_of(w, 0) : cut_of(w, 1);
  if (!is_cut(cut) || node_int(w->n, A_axis, 0) == cut.axis) {
    again(w, cut.axis);
    return;
  }
  Ref operands[] = {as(w, 0, cut), as(w, 1, cut), cut_whole(w->c, w->n->operands[2])};
  cut_made(w->c, w->r, operands, cut);
}

static void rows_matrix(const RowsStep *w) {
  RowCut cut = first_cut(w);
  if (cut.axis >= info_of(w, 0)->rank - 2)
    cut_keep(w->c, w->r);
  else
    same(w, cut);
}

/* ---- reductions ---- */

static int below(const Attr *axes, int axis) {
  int n = 0;
  for (int i = 0; i < axes->n; i++) n += axes->ints[i] < axis;
  return n;
}

/* Within each shard, then over the shards. */
static void reduce_rows(const RowsStep *w, RowCut cut) {
  Cutting *c = w->c;
  const Attr *axes = node_attr(w->n, A_axes);
  int shard = 0, n = 0, kept = cut.axis - below(axes, cut.axis);
  int32_t gone[MAX_RANK + 2];
  Ref value = cut_split(c, as(w, 0, cut), graph_type(c->old, w->n->operands[0]), cut, &shard);
  int more = shard - cut.axis + 1; /* axes that it has more */
  for (int i = 0; i < axes->n; i++) {
    int axis = axes->ints[i];
    if (axis == cut.axis && shard > axis) gone[n++] = axis;
    if (axis == cut.axis) gone[n++] = shard + 1;
    if (axis != cut.axis) gone[n++] = axis < cut.axis ? axis : axis + more;
  }
  value = cut_to_front(c->g, build_reduce(c->g, w->n->op, value, gone, n), kept);
  if (w->n->op == OP_sum) {
    done(w, cut_reduce(c, value));
    return;
  }
  done(w, build_reduce(c->g, w->n->op, cut_gather_shards(c, value), (int32_t[]){0}, 1));
}

static void rows_reduce(const RowsStep *w) {
  RowCut cut = cut_of(w, 0);
  const Attr *axes = node_attr(w->n, A_axes);
  int place;
  if (has(axes, cut.axis, &place)) {
    reduce_rows(w, cut);
    return;
  }
  Ref a = as(w, 0, cut);
  cut_made(w->c, w->r, &a, at(cut.axis - below(axes, cut.axis), cut));
}

static void rows_argreduce(const RowsStep *w) {
  RowCut cut = cut_of(w, 0);
  int axis = (int)node_int(w->n, A_axis, 0);
  if (axis == cut.axis) {
    cut_keep(w->c, w->r);
    return;
  }
  Ref a = as(w, 0, cut);
  cut_made(w->c, w->r, &a, at(cut.axis - (axis < cut.axis), cut));
}

/* ---- products ---- */

typedef struct RowsSide {
  const Attr *batch, *contract;
  int rank;
} RowsSide;

static RowsSide side_of(const RowsStep *w, int operand) {
  return (RowsSide){node_attr(w->n, operand ? A_batch_b : A_batch_a),
                    node_attr(w->n, operand ? A_contract_b : A_contract_a),
                    info_of(w, operand)->rank};
}

/* How many axes of a side in front of 'axis' are neither batch nor contracted. */
static int free_before(const RowsSide *s, int axis) {
  int n = 0, place;
  for (int i = 0; i < axis; i++) n += !has(s->batch, i, &place) && !has(s->contract, i, &place);
  return n;
}

/* One side of a product that is made shard by shard: its axes as they are numbered now. */
static Ref split_side(const RowsStep *w, int operand, RowCut cut, Attr *batch, Attr *contract) {
  Ctx *ctx = w->c->d->pc->ctx;
  RowsSide s = side_of(w, operand);
  int shard = 0, n = 0;
  Ref value = cut_split(w->c, as(w, operand, cut), graph_type(w->c->old, w->n->operands[operand]),
                        cut, &shard);
  int more = shard - cut.axis + 1;
  int32_t *b = arena_array(&ctx->arena, int32_t, s.batch->n + 1);
  int32_t *k = arena_array(&ctx->arena, int32_t, s.contract->n + 1);
  b[0] = shard;
  for (int i = 0; i < s.batch->n; i++)
    b[i + 1] = s.batch->ints[i] + (s.batch->ints[i] > cut.axis ? more : 0);
  for (int i = 0; i < s.contract->n; i++) {
    int axis = s.contract->ints[i];
    if (axis == cut.axis && shard > axis) k[n++] = axis;
    if (axis == cut.axis) k[n++] = shard + 1;
    if (axis != cut.axis) k[n++] = axis + (axis > cut.axis ? more : 0);
  }
  *batch = attr_is(operand ? A_batch_b : A_batch_a, b, s.batch->n + 1);
  *contract = attr_is(operand ? A_contract_b : A_contract_a, k, n);
  return value;
}

static void dot_of_shards(const RowsStep *w, RowCut a, RowCut b) {
  Attr attrs[5] = {{0}};
  Ref operands[2];
  operands[0] = split_side(w, 0, a, &attrs[0], &attrs[2]);
  operands[1] = split_side(w, 1, b, &attrs[1], &attrs[3]);
  attrs[4] = dot_precision(w->n);
  Ref partial = build_op(w->c->g, OP_dot, operands, 2, attrs, dot_is_bf16(w->n) ? 5 : 4, TY_NONE);
  done(w, cut_reduce(w->c, partial));
}

static void rows_dot(const RowsStep *w) {
  int from = is_cut(cut_of(w, 0)) ? 0 : 1, place;
  RowCut cut = cut_of(w, from), cuts[2];
  RowsSide mine = side_of(w, from), other = side_of(w, !from);
  cuts[from] = cut;
  if (has(mine.contract, cut.axis, &place)) {
    cuts[!from] = at(other.contract->ints[place], cut);
    dot_of_shards(w, cuts[0], cuts[1]);
    return;
  }
  int axis;
  if (has(mine.batch, cut.axis, &place)) {
    cuts[!from] = at(other.batch->ints[place], cut);
    axis = place;
  } else {
    cuts[!from] = cut_none();
    axis = mine.batch->n + free_before(&mine, cut.axis);
    if (from) axis += free_before(&other, other.rank);
  }
  Ref operands[] = {as(w, 0, cuts[0]), as(w, 1, cuts[1])};
  cut_made(w->c, w->r, operands, at(axis, cut));
}

/* ---- places that are data ----
 *
 *   y[n.., i.., j.., k..] = a[n.., i.., b[n.., j..], k..]
 */

typedef struct GatherForm {
  int batch, axis, js; /* how many n; n and i; j */
} GatherForm;

static GatherForm places_of(const RowsStep *w, int index) {
  int batch = (int)node_int(w->n, A_batch, 0);
  return (GatherForm){batch, (int)node_int(w->n, A_axis, 0), info_of(w, index)->rank - batch};
}

static void rows_gather(const RowsStep *w) {
  GatherForm p = places_of(w, 1);
  RowCut a = cut_of(w, 0), b = cut_of(w, 1), y;
  if (is_cut(b) && b.axis >= p.batch) {
    y = at(p.axis + b.axis - p.batch, b);
    a = cut_none();
  } else if (is_cut(b)) {
    y = a = b;
  } else if (a.axis < p.axis) {
    y = a;
    b = a.axis < p.batch ? a : cut_none();
  } else if (a.axis > p.axis) {
    y = at(a.axis - 1 + p.js, a);
  } else { /* rows that are looked up are rows again */
    again(w, p.axis);
    return;
  }
  Ref operands[] = {as(w, 0, a), as(w, 1, b)};
  cut_made(w->c, w->r, operands, y);
}

/* Each shard adds its rows to zeros of its own. */
static void scatter_shards(const RowsStep *w, RowCut index, RowCut b) {
  Cutting *c = w->c;
  int shard = 0;
  Ref operands[2];
  operands[0] = cut_split(c, as(w, 0, index), graph_type(c->old, w->n->operands[0]), index, &shard);
  operands[0] = cut_to_front(c->g, operands[0], shard);
  operands[1] = cut_split(c, as(w, 1, b), graph_type(c->old, w->n->operands[1]), b, &shard);
  operands[1] = cut_to_front(c->g, operands[1], shard);
  Sz dims[MAX_RANK + 1] = {c->d->count};
  memcpy(dims + 1, w->y->dims, sizeof *dims * (size_t)w->y->rank);
  Attr attrs[] = {attr_i(A_axis, node_int(w->n, A_axis, 0) + 1),
                  attr_i(A_batch, node_int(w->n, A_batch, 0) + 1)};
  Ty type = type_with_dims(c->d->pc->ctx, w->n->type, dims, w->y->rank + 1);
  done(w, cut_reduce(c, build_op(c->g, OP_scatter_add, operands, 2, attrs, 2, type)));
}

static void rows_scatter(const RowsStep *w) {
  GatherForm p = places_of(w, 0);
  RowCut index = cut_of(w, 0), b = cut_of(w, 1), y = cut_none();
  if (is_cut(index) && index.axis >= p.batch) {
    scatter_shards(w, index, at(p.axis + index.axis - p.batch, index));
    return;
  }
  if (!is_cut(index) && b.axis >= p.axis && b.axis < p.axis + p.js) {
    scatter_shards(w, at(p.batch + b.axis - p.axis, b), b);
    return;
  }
  if (is_cut(index)) {
    y = b = index;
  } else if (b.axis < p.axis) {
    y = b;
    index = b.axis < p.batch ? b : cut_none();
  } else {
    y = at(b.axis - p.js + 1, b);
  }
  Ref operands[] = {as(w, 0, index), as(w, 1, b)};
  cut_made(w->c, w->r, operands, y);
}

/* ---- the rest ---- */

/* What is drawn with the rows first is drawn for the rows here: what a place gets hangs on the
 * place in the whole. */
static void rows_random(const RowsStep *w) {
  Distributor *d = w->c->d;
  if (d->rows.i && w->y->rank && sz_eq(w->y->dims[0], d->rows))
    again(w, 0);
  else
    cut_keep(w->c, w->r);
}

static void rows_item(const RowsStep *w) {
  Ref tuple = w->n->operands[0];
  int index = (int)node_int(w->n, A_index, 0);
  RowCut *items = w->c->items[tuple.i];
  Ref value = build_item(w->c->g, w->c->map.to[tuple.i], index);
  w->c->map.to[w->r.i] = value;
  w->c->cuts[w->r.i] = items ? items[index] : cut_none();
}

static void rows_elementwise(const RowsStep *w) { same(w, first_cut(w)); }
static void rows_whole(const RowsStep *w) { cut_keep(w->c, w->r); }

typedef void (*RowsFn)(const RowsStep *w);

/* By op, then by class; what neither has takes whole operands. */
static RowsFn rule_of(Op op) {
  static const RowsFn of_op[N_OPS] = {
      [OP_broadcast] = rows_broadcast,
      [OP_transpose] = rows_transpose,
      [OP_reshape] = rows_reshape,
      [OP_slice] = rows_box,
      [OP_pad] = rows_box,
      [OP_concat] = rows_along,
      [OP_reverse] = rows_along,
      [OP_gather] = rows_gather,
      [OP_scatter_add] = rows_scatter,
      [OP_update] = rows_update,
  };
  static const struct {
    unsigned trait;
    RowsFn run;
  } of_class[] = {
      {T_ELEMENTWISE, rows_elementwise},
      {T_REDUCE, rows_reduce},
      {T_ARGREDUCE, rows_argreduce},
      {T_CONTRACT, rows_dot},
      {T_ALONG, rows_along},
      {T_MATRIX, rows_matrix},
  };
  if (of_op[op]) return of_op[op];
  for (size_t i = 0; i < sizeof of_class / sizeof *of_class; i++)
    if (op_is(op, of_class[i].trait)) return of_class[i].run;
  return rows_whole;
}

static bool fits(const TypeInfo *info) { return info->is_tuple || info->rank <= MAX_RANK - 2; }

/* Whether shards, and what a reshape merged in front of the rows, can have axes of their own. */
static bool has_room(const RowsStep *w) {
  bool room = fits(w->y);
  for (int k = 0; room && k < w->n->n_operands; k++) room = fits(info_of(w, k));
  return room;
}

void cut_node(Cutting *c, Ref r) {
  const Node *n = graph_node(c->old, r);
  RowsStep w = {c, r, n, type_info(c->d->pc->ctx, n->type)};
  pass_stamp(c->g, n);
  if (n->op == OP_item)
    rows_item(&w);
  else if (n->op == OP_random)
    rows_random(&w);
  else if (is_cut(first_cut(&w)) && has_room(&w))
    rule_of(n->op)(&w);
  else
    cut_keep(c, r);
}
