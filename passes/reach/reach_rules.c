/* What each kind of op does: docs/reach.md argues each of these. */
#include "passes/reach/reach_inside.h"

static int *axes_upto(Reacher *r, int n) {
  int *axes = arena_array(r->arena, int, n + 1);
  for (int i = 0; i < n; i++) axes[i] = i;
  axes[n] = -1; /* maps of a join end so */
  return axes;
}

static Sz extent_of(const ReachStep *st, int operand, int axis) {
  return reach_operand(st, operand)->dims[axis];
}

static void no_bounds(ReachFact *f) { f->low = f->high = SZ_NONE; }

/* What is known stays only where it is that number: of all others together it is, too. */
static void keep_known(Reacher *r, ReachFact *f, double value) {
  ReachKnown *known = arena_array(r->arena, ReachKnown, f->n_known);
  int n = 0;
  for (int i = 0; i < f->n_known; i++)
    if (!f->known[i].far && f->known[i].value == value) known[n++] = f->known[i];
  f->known = known;
  f->n_known = n;
}

static bool of_cut(Reacher *r, Sz extent) {
  Str name;
  if (!size_is_symbol(r->ctx, r->cut->extent, &name)) return sz_eq(extent, r->cut->extent);
  return reach_mentions(r, extent, r->cut->extent);
}

/* Adds what another fact of the same atoms depends on. */
static void also(Reacher *r, ReachFact *f, const ReachFact *other) {
  reach_add_terms(r, f, other->terms, other->n_terms);
  f->needs |= other->needs;
  f->counts = f->counts || other->counts;
}

/* ---- leaves ---------------------------------------------------------------------------------- */

static ReachFact rule_splat(ReachStep *st) {
  Reacher *r = st->r;
  const TypeInfo *info = reach_type(st);
  ReachFact f = reach_plain(r, info);
  if (st->node->op == OP_size) {
    f.low = f.high = node_size(st->node, A_size);
    f.counts = of_cut(r, f.low);
    return f;
  }
  double value = node_float(st->node, A_value, 0);
  if (info->dtype != DT_key && value == value) reach_know(r, &f, r->one, value, false);
  if (info->dtype == DT_i32 || info->dtype == DT_idx)
    f.low = f.high = size_const(r->ctx, (int64_t)value);
  return f;
}

static ReachFact rule_iota(ReachStep *st) {
  const TypeInfo *info = reach_type(st);
  int axis = (int)node_int(st->node, A_axis, 0);
  ReachFact f = reach_plain(st->r, info);
  f.low = f.high = reach_coordinate(st->r, &f, axis);
  f.counts = of_cut(st->r, info->dims[axis]);
  if (info->dtype == DT_idx) reach_clamp(st->r, &f, info->extent);
  return f;
}

/* ---- elementwise, movement ------------------------------------------------------------------- */

static ReachJoin join_alike(ReachStep *st, const ReachFact *operands, int n, const TypeInfo *type) {
  const int **maps = arena_array(st->r->arena, const int *, n);
  for (int i = 0; i < n; i++) maps[i] = axes_upto(st->r, type->rank);
  return reach_join(st, type->dims, type->rank, n, operands, maps);
}

static ReachFact rule_elementwise(ReachStep *st) {
  int n = st->node->n_operands;
  ReachJoin j = join_alike(st, st->operands, n, reach_type(st));
  return reach_elementwise(st, st->node->op, j.operands, n);
}

/* One operand whose axis i is axis map[i] of the result. */
static ReachFact mapped(ReachStep *st, const ReachFact *f, const int *map) {
  const TypeInfo *type = reach_type(st);
  ReachJoin j = reach_join(st, type->dims, type->rank, 1, f, &map);
  return j.operands[0];
}

static ReachFact rule_broadcast(ReachStep *st) {
  const Attr *axes = node_attr(st->node, A_axes);
  int *map = axes_upto(st->r, axes->n);
  for (int i = 0; i < axes->n; i++) map[i] = axes->ints[i];
  return mapped(st, &st->operands[0], map);
}

static ReachFact rule_transpose(ReachStep *st) {
  const Attr *perm = node_attr(st->node, A_perm);
  int *map = axes_upto(st->r, perm->n);
  for (int i = 0; i < perm->n; i++) map[perm->ints[i]] = i;
  return mapped(st, &st->operands[0], map);
}

static ReachFact rule_reshape(ReachStep *st) {
  const TypeInfo *info = reach_type(st);
  ReachFact out, any;
  if (reach_regroup(st->r, &st->operands[0], info->dims, info->rank, &out)) return out;
  any = reach_anywhere(st->r, &st->operands[0]);
  no_bounds(&any);
  return mapped(st, &any, axes_upto(st->r, 0));
}

static ReachFact rule_slice(ReachStep *st) {
  const TypeInfo *info = reach_type(st);
  const Attr *starts = node_attr(st->node, A_starts);
  ReachFact f = st->operands[0];
  for (int i = 0; i < info->rank; i++) {
    Sz old = extent_of(st, 0, i);
    if (!sz_eq(old, info->dims[i]) || !sz_eq(starts->sizes[i], st->r->zero))
      f = reach_resize(st->r, &f, i, old, info->dims[i], starts->sizes[i]);
  }
  return f;
}

/* What is at the places from start on, n of them, of an axis; elsewhere it depends on nothing. */
static ReachFact placed(Reacher *r, const ReachFact *f, int axis, Sz n, Sz total, Sz start) {
  ReachFact out = reach_resize(r, f, axis, n, total, reach_sub(r, r->zero, start));
  Sz at = reach_coordinate(r, &out, axis), end = reach_add(r, start, n);
  if (!sz_eq(start, r->zero)) out = reach_guard(r, &out, reach_sub(r, start, at));
  if (!sz_eq(end, total)) out = reach_guard(r, &out, reach_add(r, reach_sub(r, at, end), r->one));
  no_bounds(&out);
  return out;
}

static ReachFact rule_pad(ReachStep *st) {
  Reacher *r = st->r;
  const TypeInfo *info = reach_type(st);
  const Attr *lo = node_attr(st->node, A_lo);
  double value = node_float(st->node, A_value, 0);
  ReachFact f = st->operands[0];
  keep_known(r, &f, value);
  for (int i = 0; i < info->rank; i++) {
    Sz n = extent_of(st, 0, i), start = lo->sizes[i];
    if (sz_eq(n, info->dims[i])) continue;
    f = placed(r, &f, i, n, info->dims[i], start);
    Sz at = reach_coordinate(r, &f, i), end = reach_add(r, start, n);
    reach_know(r, &f, reach_sub(r, start, at), value, false);
    reach_know(r, &f, reach_add(r, reach_sub(r, at, end), r->one), value, false);
  }
  return f;
}

static bool one_number(Reacher *r, const ReachFact *f, double *value) {
  for (int i = 0; i < f->n_known; i++) {
    *value = f->known[i].value;
    if (sz_eq(f->known[i].form, r->one) && !f->known[i].far) return true;
  }
  return false;
}

static ReachFact rule_concat(ReachStep *st) {
  Reacher *r = st->r;
  const TypeInfo *info = reach_type(st);
  int axis = (int)node_int(st->node, A_axis, 0), n = st->node->n_operands;
  ReachFact *parts = arena_array(r->arena, ReachFact, n);
  double first, last;
  bool has_first = one_number(r, &st->operands[0], &first),
       has_last = one_number(r, &st->operands[n - 1], &last);
  Sz start = r->zero, border = extent_of(st, 0, axis);
  for (int i = 0; i < n; i++) {
    Sz extent = extent_of(st, i, axis);
    parts[i] = placed(r, &st->operands[i], axis, extent, info->dims[axis], start);
    parts[i].n_known = 0;
    if (i < n - 1) start = reach_add(r, start, extent);
  }
  ReachJoin j = join_alike(st, parts, n, info);
  ReachFact out = j.operands[0];
  for (int i = 1; i < n; i++) also(r, &out, &j.operands[i]);
  Sz at = reach_coordinate(r, &out, axis);
  if (has_first) reach_know(r, &out, reach_sub(r, border, at), first, false);
  if (has_last) reach_know(r, &out, reach_add(r, reach_sub(r, at, start), r->one), last, false);
  return out;
}

static ReachFact rule_reverse(ReachStep *st) {
  Reacher *r = st->r;
  int axis = (int)node_int(st->node, A_axis, 0);
  Sz n = extent_of(st, 0, axis);
  ReachFact f = reach_collapse(r, &st->operands[0], axis, n);
  Sz at = reach_coordinate(r, &f, axis), back = reach_sub(r, reach_less_one(r, n), at);
  return sz_eq(at, r->zero) ? f : reach_subst(r, &f, &at, &back, 1);
}

/* ---- along axes ------------------------------------------------------------------------------ */

/* Of an axis of several atoms about which single ones are told: what is summed at a place has the
 * first of them up to its own, and any of the others. */
static ReachFact in_front(Reacher *r, const ReachFact *f, int axis, Sz *extent, bool *several) {
  ReachFact out = *f;
  int first = -1;
  *several = !reach_collapsible(r, f, axis);
  if (!*several) return reach_collapse(r, f, axis, *extent);
  for (int i = 0; i < f->n_atoms; i++) {
    if (f->atoms[i].axis != axis) continue;
    if (first >= 0) out = reach_eliminate(r, &out, r->place[i], f->atoms[i].extent);
    if (first < 0) *extent = f->atoms[first = i].extent;
  }
  return out;
}

static ReachFact rule_running(ReachStep *st) {
  Reacher *r = st->r;
  int axis = (int)node_int(st->node, A_axis, 0);
  bool reverse = node_int(st->node, A_reverse, 0), exclusive = node_int(st->node, A_exclusive, 0),
       several;
  Sz n = extent_of(st, 0, axis);
  ReachFact f = in_front(r, &st->operands[0], axis, &n, &several);
  exclusive = exclusive && !several;
  Sz at = reach_coordinate(r, &f, axis), low = r->zero, high = reach_less_one(r, n);
  keep_known(r, &f, 0);
  no_bounds(&f);
  if (sz_eq(at, r->zero)) return f;
  if (reverse)
    low = exclusive ? reach_add(r, at, r->one) : at;
  else
    high = exclusive ? reach_less_one(r, at) : at;
  return reach_bounded(r, &f, at, n, low, high);
}

static double neutral(Op op) {
  return op == OP_prod || op == OP_all ? 1
         : op == OP_max_over           ? -__builtin_inf()
         : op == OP_min_over           ? __builtin_inf()
                                       : 0;
}

static ReachFact rule_reduce(ReachStep *st) {
  Reacher *r = st->r;
  const Attr *axes = node_attr(st->node, A_axes);
  int rank = reach_operand(st, 0)->rank, *out = axes_upto(r, rank), n = 0;
  for (int i = 0, next = 0; i < rank; i++) {
    if (next < axes->n && axes->ints[next] == i)
      next++;
    else
      out[n++] = i;
  }
  ReachFact f = st->operands[0];
  keep_known(r, &f, neutral(st->node->op));
  no_bounds(&f);
  return reach_result(r, &f, out, n);
}

static ReachFact rule_argreduce(ReachStep *st) {
  Reacher *r = st->r;
  int axis = (int)node_int(st->node, A_axis, 0), rank = reach_operand(st, 0)->rank, n = 0;
  int *out = axes_upto(r, rank);
  for (int i = 0; i < rank; i++)
    if (i != axis) out[n++] = i;
  ReachFact f = st->operands[0];
  f.n_known = 0;
  f = reach_result(r, &f, out, n);
  f.low = r->zero;
  f.high = reach_less_one(r, extent_of(st, 0, axis));
  return f;
}

/* Any place of the axis, which stays. */
static ReachFact blurred(Reacher *r, const ReachFact *f, int axis, Sz extent) {
  ReachFact one = reach_collapse(r, f, axis, extent);
  Sz at = reach_coordinate(r, &one, axis);
  return sz_eq(at, r->zero) ? one : reach_eliminate(r, &one, at, extent);
}

static ReachFact rule_sort(ReachStep *st) {
  int axis = (int)node_int(st->node, A_axis, 0);
  ReachFact f = blurred(st->r, &st->operands[0], axis, extent_of(st, 0, axis));
  f.n_known = 0;
  no_bounds(&f);
  return f;
}

static ReachFact rule_matrix(ReachStep *st) {
  Reacher *r = st->r;
  int batch = reach_operand(st, 0)->rank - 2, n = st->node->n_operands;
  const TypeInfo *type = reach_type(st);
  ReachFact *parts = arena_array(r->arena, ReachFact, n);
  const int **maps = arena_array(r->arena, const int *, n);
  for (int i = 0; i < n; i++) {
    ReachFact f = st->operands[i];
    f.n_known = 0;
    no_bounds(&f);
    parts[i] = reach_result(r, &f, axes_upto(r, batch), batch);
    maps[i] = axes_upto(r, batch);
  }
  ReachJoin j = reach_join(st, type->dims, type->rank, n, parts, maps);
  ReachFact out = j.operands[0];
  for (int i = 1; i < n; i++) also(r, &out, &j.operands[i]);
  return out;
}

/* ---- products -------------------------------------------------------------------------------- */

static void map_axes(const Attr *axes, int *map, int first) {
  for (int i = 0; i < axes->n; i++) map[axes->ints[i]] = first + i;
}

static ReachFact rule_dot(ReachStep *st) {
  Reacher *r = st->r;
  static const AttrName batch[] = {A_batch_a, A_batch_b}, contract[] = {A_contract_a, A_contract_b};
  int n_batch = node_attr(st->node, A_batch_a)->n, rest = n_batch,
      n = reach_type(st)->rank + node_attr(st->node, A_contract_a)->n;
  int *maps[2], inner = reach_type(st)->rank;
  Sz *extents = arena_array(r->arena, Sz, n);
  for (int k = 0; k < 2; k++) {
    const TypeInfo *info = reach_operand(st, k);
    maps[k] = axes_upto(r, info->rank);
    for (int i = 0; i < info->rank; i++) maps[k][i] = -2;
    map_axes(node_attr(st->node, batch[k]), maps[k], 0);
    map_axes(node_attr(st->node, contract[k]), maps[k], inner);
    for (int i = 0; i < info->rank; i++) {
      if (maps[k][i] == -2) maps[k][i] = rest++;
      extents[maps[k][i]] = info->dims[i];
    }
  }
  ReachJoin j = reach_join(st, extents, n, 2, st->operands, (const int *const *)maps);
  ReachFact f = reach_elementwise(st, OP_mul, j.operands, 2);
  keep_known(r, &f, 0);
  no_bounds(&f);
  return reach_result(r, &f, axes_upto(r, inner), inner);
}

/* ---- indexing -------------------------------------------------------------------------------- */

/* Axes of the indexed tensor, of its index; the joint axes are those of what gather gives, and the
 * indexed axis behind them. */
typedef struct Indexing {
  int axis, batch, n_index, n;
  int *of_table, *of_index;
  Sz *extents;
} Indexing;

static Indexing indexing(ReachStep *st, const TypeInfo *table, const TypeInfo *index) {
  Reacher *r = st->r;
  Indexing x = {.axis = (int)node_int(st->node, A_axis, 0),
                .batch = (int)node_int(st->node, A_batch, 0)};
  x.n_index = index->rank - x.batch;
  x.n = table->rank - 1 + x.n_index;
  x.of_table = axes_upto(r, table->rank);
  x.of_index = axes_upto(r, index->rank);
  x.extents = arena_array(r->arena, Sz, x.n + 1);
  for (int i = 0; i < table->rank; i++) {
    x.of_table[i] = i < x.axis ? i : i == x.axis ? x.n : i - 1 + x.n_index;
    x.extents[x.of_table[i]] = table->dims[i];
  }
  for (int i = 0; i < index->rank; i++) {
    x.of_index[i] = i < x.batch ? i : x.axis + i - x.batch;
    x.extents[x.of_index[i]] = index->dims[i];
  }
  return x;
}

static ReachFact rule_gather(ReachStep *st) {
  Reacher *r = st->r;
  Indexing x = indexing(st, reach_operand(st, 0), reach_operand(st, 1));
  Sz extent = x.extents[x.n];
  ReachFact both[] = {reach_collapse(r, &st->operands[0], x.axis, extent), st->operands[1]};
  const int *maps[] = {x.of_table, x.of_index};
  ReachJoin j = reach_join(st, x.extents, x.n + 1, 2, both, maps);
  ReachFact f = j.operands[0], *index = &j.operands[1];
  Sz at = reach_coordinate(r, &f, x.n);
  if (!sz_eq(at, r->zero)) f = reach_bounded(r, &f, at, extent, index->low, index->high);
  also(r, &f, index);
  return reach_result(r, &f, axes_upto(r, x.n), x.n);
}

static ReachFact rule_scatter(ReachStep *st) {
  Reacher *r = st->r;
  const TypeInfo *y = reach_type(st);
  Indexing x = indexing(st, y, reach_operand(st, 0));
  const int *maps[] = {axes_upto(r, x.n), x.of_index};
  ReachFact both[] = {st->operands[1], st->operands[0]};
  ReachJoin j = reach_join(st, x.extents, x.n + 1, 2, both, maps);
  ReachFact f = j.operands[0], index = j.operands[1];
  Sz at = reach_coordinate(r, &f, x.n);
  keep_known(r, &f, 0);
  no_bounds(&f);
  also(r, &f, &index);
  if (index.low.i) f = reach_guard(r, &f, reach_sub(r, index.low, at));
  if (index.high.i) f = reach_guard(r, &f, reach_sub(r, at, index.high));
  int *out = axes_upto(r, y->rank);
  for (int i = 0; i < y->rank; i++) out[i] = x.of_table[i];
  return reach_result(r, &f, out, y->rank);
}

/* One place, that of a step: what depends on the step depends on the place where it stands. So it
 * is said of all steps alike. */
static ReachFact at_its_place(Reacher *r, const ReachFact *f, Sz at, const ReachFact *place) {
  ReachFact out = *f;
  if (sz_eq(at, r->zero) || !sz_eq(place->low, place->high)) return out;
  for (int d = 0; d < r->loops; d++) {
    Sz factor;
    if (!reach_factor(r, place->low, r->step[d], &factor) || !sz_eq(factor, r->one)) continue;
    Sz step = reach_sub(r, at, reach_sub(r, place->low, r->step[d]));
    return reach_subst(r, &out, &r->step[d], &step, 1);
  }
  return out;
}

static ReachFact rule_update(ReachStep *st) {
  Reacher *r = st->r;
  const TypeInfo *info = reach_type(st);
  int axis = (int)node_int(st->node, A_axis, 0);
  Sz n = info->dims[axis], part = extent_of(st, 1, axis);
  ReachFact place = st->operands[2], block = st->operands[1];
  if (!size_is(r->ctx, part, 1) && sz_eq(n, part)) return block; /* all of it */
  reach_clamp(r, &place, reach_add(r, reach_sub(r, n, part), r->one));
  block = reach_resize(r, &block, axis, part, n, r->zero);
  Sz at = reach_coordinate(r, &block, axis);
  if (!sz_eq(at, r->zero))
    block =
        reach_bounded(r, &block, at, n, reach_sub(r, at, place.high), reach_sub(r, at, place.low));
  if (size_is(r->ctx, part, 1)) block = at_its_place(r, &block, at, &place);
  block = reach_guard(r, &block, reach_sub(r, place.low, at));
  block = reach_guard(r, &block,
                      reach_add(r, reach_sub(r, at, reach_add(r, place.high, part)), r->one));
  ReachFact parts[] = {st->operands[0], block, place};
  const int *maps[] = {axes_upto(r, info->rank), axes_upto(r, info->rank), axes_upto(r, 0)};
  ReachJoin j = reach_join(st, info->dims, info->rank, 3, parts, maps);
  ReachFact out = j.operands[0];
  out.n_known = 0;
  no_bounds(&out);
  also(r, &out, &j.operands[1]);
  also(r, &out, &j.operands[2]);
  return out;
}

/* ---- random, unknown, tuples ----------------------------------------------------------------- */

static ReachFact rule_random(ReachStep *st) {
  const TypeInfo *info = reach_type(st);
  ReachFact f = mapped(st, &st->operands[0], axes_upto(st->r, 0));
  f.n_known = 0;
  no_bounds(&f);
  for (int i = 0; i < info->rank; i++) f.counts = f.counts || of_cut(st->r, info->dims[i]);
  return f;
}

static ReachFact rule_item(ReachStep *st) {
  return st->operands[0].items[node_int(st->node, A_index, 0)];
}

const ReachRule reach_rules[N_SET_RULES] = {
    [SETS_splat] = rule_splat,         [SETS_iota] = rule_iota,
    [SETS_numbers] = rule_elementwise, [SETS_compare] = rule_elementwise,
    [SETS_choose] = rule_elementwise,  [SETS_cast] = rule_elementwise,
    [SETS_give_up] = rule_elementwise, [SETS_broadcast] = rule_broadcast,
    [SETS_transpose] = rule_transpose, [SETS_reshape] = rule_reshape,
    [SETS_slice] = rule_slice,         [SETS_pad] = rule_pad,
    [SETS_concat] = rule_concat,       [SETS_reverse] = rule_reverse,
    [SETS_running] = rule_running,     [SETS_reduce] = rule_reduce,
    [SETS_argreduce] = rule_argreduce, [SETS_sort] = rule_sort,
    [SETS_argsort] = rule_sort,        [SETS_assign] = rule_matrix,
    [SETS_matrix] = rule_matrix,       [SETS_dot] = rule_dot,
    [SETS_gather] = rule_gather,       [SETS_scatter] = rule_scatter,
    [SETS_update] = rule_update,       [SETS_random] = rule_random,
    [SETS_scan] = reach_scan,          [SETS_region] = reach_region,
    [SETS_item] = rule_item,           [SETS_derivative] = reach_unknown,
    [SETS_foreign] = reach_unknown,    [SETS_custom] = reach_unknown,
};
