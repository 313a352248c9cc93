/* From whole to cut and back: see cut.h. */
#include "passes/ranks/cut.h"

static bool is_one(const Distributor *d, Sz size) { return size_is(d->pc->ctx, size, 1); }

/* E / pre, or none when that is no polynomial. */
static Sz rows_of(const Distributor *d, Sz extent, Sz pre) {
  Ctx *ctx = d->pc->ctx;
  if (size_is(ctx, pre, 0)) return SZ_NONE;
  Sz rows = size_div(ctx, extent, pre);
  return sz_eq(size_mul(ctx, rows, pre), extent) ? rows : SZ_NONE;
}

bool cut_fits(const Distributor *d, Sz extent, Sz pre) {
  int64_t shards = 0, value;
  Sz rows = rows_of(d, extent, pre);
  if (!rows.i || !size_is_const(d->pc->ctx, d->shards, &shards)) return false;
  if (size_is_const(d->pc->ctx, rows, &value)) return value >= shards && value % shards == 0;
  return size_divides(d->pc->ctx, rows, shards);
}

/* Rows of one shard. */
static Sz of_shard(const Distributor *d, Sz extent, Sz pre) {
  return size_div(d->pc->ctx, rows_of(d, extent, pre), d->shards);
}

/* Rows here. */
static Sz rows_here(const Distributor *d, Sz extent, Sz pre) {
  return size_mul(d->pc->ctx, of_shard(d, extent, pre), d->count);
}

Ty cut_type(Distributor *d, Ty type, RowCut cut) {
  Ctx *ctx = d->pc->ctx;
  const TypeInfo *info = type_info(ctx, type);
  if (!is_cut(cut)) return type;
  Sz dims[MAX_RANK];
  for (int i = 0; i < info->rank; i++) dims[i] = info->dims[i];
  dims[cut.axis] = size_mul(ctx, cut.pre, rows_here(d, info->dims[cut.axis], cut.pre));
  return type_with_dims(ctx, type, dims, info->rank);
}

/* Reshapes the axis to n others. */
static Ref axis_to(Graph *g, Ref value, int axis, const Sz *others, int n) {
  const TypeInfo *info = graph_info(g, value);
  Sz dims[MAX_RANK + 2];
  int rank = 0;
  for (int i = 0; i < axis; i++) dims[rank++] = info->dims[i];
  for (int i = 0; i < n; i++) dims[rank++] = others[i];
  for (int i = axis + 1; i < info->rank; i++) dims[rank++] = info->dims[i];
  return build_reshape(g, value, dims, rank);
}

/* The dims of a type in place of those of a value. */
static Ref reshaped(Graph *g, Ref value, Ty type) {
  const TypeInfo *info = type_info(g->ctx, type);
  return build_reshape(g, value, info->dims, info->rank);
}

static void moved_perm(int rank, int from, int to, int32_t *perm) {
  int at = 0;
  for (int i = 0; i < rank; i++) {
    if (i == to) continue;
    if (at == from) at++;
    perm[i] = at++;
  }
  perm[to] = from;
}

static Ref moved(Graph *g, Ref value, int from, int to) {
  int32_t perm[MAX_RANK + 2];
  if (from == to) return value;
  moved_perm(graph_info(g, value)->rank, from, to, perm);
  return build_transpose(g, value, perm);
}

Ref cut_to_front(Graph *g, Ref value, int axis) { return moved(g, value, axis, 0); }

/* ---- whole ---- */

/* How many shards there are: who has the others is known to who runs the graph. */
static Attr all_shards(const Distributor *d) {
  int64_t shards = 0;
  size_is_const(d->pc->ctx, d->shards, &shards);
  return attr_i(A_shards, shards);
}

static Ref all_gather(Cutting *c, Ref part, Sz extent, Sz start) {
  Distributor *d = c->d;
  const TypeInfo *info = graph_info(c->g, part);
  Sz dims[MAX_RANK + 2];
  for (int i = 0; i < info->rank; i++) dims[i] = info->dims[i];
  dims[0] = extent;
  Attr attrs[] = {attr_i(A_axis, 0), attr_zs(A_starts, &start, 1), all_shards(d)};
  return build_op(c->g, OP_all_gather, &part, 1, attrs, 3,
                  type_with_dims(d->pc->ctx, graph_type(c->g, part), dims, info->rank));
}

Ref cut_gather_shards(Cutting *c, Ref partial) {
  if (!c->d->trials) c->d->reductions++;
  return all_gather(c, partial, c->d->shards, c->d->first);
}

static void explain_gather(Cutting *c, Ref old) {
  PassCtx *pc = c->d->pc;
  if (remarks_on(pc) && !c->d->trials)
    remark(pc, c->old, old, REMARK_missed, "gathered",
           "rows of all ranks are needed here: they are sent to every rank, and what is made of "
           "them is computed by every rank");
}

Ref cut_whole(Cutting *c, Ref old) {
  Distributor *d = c->d;
  RowCut cut = c->cuts[old.i];
  Ref value = c->map.to[old.i];
  if (!is_cut(cut)) return value;
  if (!ref_none(c->whole[old.i])) return c->whole[old.i];
  Ctx *ctx = d->pc->ctx;
  Ty type = graph_type(c->old, old);
  Sz extent = type_info(ctx, type)->dims[cut.axis], rows = rows_of(d, extent, cut.pre);
  bool merged = !is_one(d, cut.pre);
  int axis = cut.axis + merged;
  if (merged) {
    Sz parts[] = {cut.pre, rows_here(d, extent, cut.pre)};
    value = axis_to(c->g, value, cut.axis, parts, 2);
  }
  explain_gather(c, old);
  if (!d->trials) d->gathers++;
  Sz start = size_mul(ctx, d->first, of_shard(d, extent, cut.pre));
  value = all_gather(c, moved(c->g, value, axis, 0), rows, start);
  return c->whole[old.i] = reshaped(c->g, moved(c->g, value, 0, axis), type);
}

/* ---- cut ---- */

static Ref sliced(Cutting *c, Ref value, Ty type, RowCut cut) {
  Distributor *d = c->d;
  Ctx *ctx = d->pc->ctx;
  Sz extent = type_info(ctx, type)->dims[cut.axis];
  bool merged = !is_one(d, cut.pre);
  Sz parts[] = {cut.pre, rows_of(d, extent, cut.pre)};
  if (merged) value = axis_to(c->g, value, cut.axis, parts, 2);
  Sz start = size_mul(ctx, d->first, of_shard(d, extent, cut.pre));
  value = build_slice(c->g, value, cut.axis + merged, start, rows_here(d, extent, cut.pre));
  return reshaped(c->g, value, cut_type(d, type, cut));
}

/* A broadcast that repeats along the axis that is cut. */
static bool repeats(const Node *n, RowCut cut) {
  const Attr *axes = node_attr(n, A_axes);
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] == cut.axis) return false;
  return true;
}

/* What a whole node is under a cut. What works place by place is done on fewer places. */
static Ref sunk(Cutting *c, Ref old, RowCut cut) {
  const Node *n = graph_node(c->old, old);
  Node part = *n;
  part.type = cut_type(c->d, n->type, cut);
  if (n->op == OP_const) return build_copy(c->g, &part, NULL);
  if (n->op == OP_broadcast && repeats(n, cut)) {
    Ref operand = cut_whole(c, n->operands[0]);
    return build_copy(c->g, &part, &operand);
  }
  if (!op_is(n->op, T_ELEMENTWISE)) return sliced(c, c->map.to[old.i], n->type, cut);
  Ref operands[3];
  for (int k = 0; k < n->n_operands; k++) operands[k] = cut_as(c, n->operands[k], cut);
  return build_copy(c->g, &part, operands);
}

Ref cut_as(Cutting *c, Ref old, RowCut cut) {
  if (!is_cut(cut)) return cut_whole(c, old);
  if (cut_eq(c->cuts[old.i], cut)) return c->map.to[old.i];
  Sunk *known = &c->sunk[old.i];
  if (is_cut(known->cut) && cut_eq(known->cut, cut)) return known->value;
  Ref value = is_cut(c->cuts[old.i]) ? sliced(c, cut_whole(c, old), graph_type(c->old, old), cut)
                                     : sunk(c, old, cut);
  c->sunk[old.i] = (Sunk){cut, value};
  return value;
}

/* ---- by shards ---- */

Ref cut_split(Cutting *c, Ref value, Ty whole, RowCut cut, int *shard) {
  Distributor *d = c->d;
  Sz rows = of_shard(d, type_info(d->pc->ctx, whole)->dims[cut.axis], cut.pre);
  Sz parts[] = {cut.pre, d->count, rows};
  bool merged = !is_one(d, cut.pre);
  *shard = cut.axis + merged;
  return axis_to(c->g, value, cut.axis, merged ? parts : parts + 1, merged ? 3 : 2);
}

Ref cut_reduce(Cutting *c, Ref partial) {
  Attr attrs[] = {attr_is(A_axes, (int32_t[]){0}, 1), all_shards(c->d)};
  if (!c->d->trials) c->d->reductions++;
  return build_op(c->g, OP_all_reduce, &partial, 1, attrs, 2, TY_NONE);
}
