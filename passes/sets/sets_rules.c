/* The transfer rules, one for each SetRule of the op table: which axes meet, which go, where
 * order counts. */
#include "passes/sets/sets_join.h"

/* ---- leaves ---------------------------------------------------------------------------------- */

Fact rule_splat(SetStep *st) {
  Fact f = fact_plain(st, step_type(st), SLOT_free);
  if (set_is_pointer(st->s, step_type(st))) f.fixed = trail_add(st->s, NULL, st->g, st->r);
  return f;
}

/* Position n as an index into the set is renamed as the axis is permuted; as a number it is
 * fixed. */
Fact rule_iota(SetStep *st) {
  const TypeInfo *info = step_type(st);
  Fact f = fact_plain(st, info, SLOT_free);
  int axis = (int)node_int(st->node, A_axis, 0);
  bool pointer = set_may_point(st->s, info) && sz_eq(info->dims[axis], st->s->set->extent);
  for (int i = 0; i < f.n_atoms; i++) {
    Slot *slot = &((Atom *)f.atoms)[i].slot;
    if (f.atoms[i].axis != st->lead + axis) continue;
    if (pointer)
      f.value = *slot;
    else
      *slot = slot_fixed();
  }
  f.fixed = trail_add(st->s, NULL, st->g, st->r);
  return f;
}

/* Independent draws: those of a permuted set have the same distribution. Which axes are permuted
 * is chosen here, once for all uses, since all see the same numbers: every axis as long as the
 * set that has the set's rows before it. */
static Fact rule_random(SetStep *st) {
  Sets *s = st->s;
  const TypeInfo *info = step_type(st);
  Fact f = fact_plain(st, info, SLOT_fixed);
  int *place = step_ints(st, info->rank), *axes = step_ints(st, s->set->n_rows);
  for (int i = 0; i < f.n_atoms; i++) place[f.atoms[i].axis - st->lead] = i;
  for (int i = 0; i < f.n_atoms; i++) {
    Atom *a = &((Atom *)f.atoms)[i];
    if (!sz_eq(a->extent, s->set->extent) || !set_rows(s, info, a->axis - st->lead, axes)) continue;
    int *rows = step_ints(st, s->set->n_rows), n = 0;
    for (int k = 0; k < s->set->n_rows; k++)
      if (!size_is(s->ctx, info->dims[axes[k]], 1)) rows[n++] = place[axes[k]];
    a->slot = (Slot){.kind = SLOT_moves, .rows = rows, .n_rows = n};
    f.chance = true;
  }
  Join j = join_new(st, st->lead + info->rank, 2);
  join_operand(&j, 0, &st->operands[0], step_axes(st, st->lead));
  join_operand(&j, 1, &f, step_axes(st, j.n_axes));
  join_start(&j);
  return join_result(&j, step_axes(st, j.n_axes), j.n_axes, join_fixed_term(&j));
}

/* ---- elementwise ----------------------------------------------------------------------------- */

static Fact end_elementwise(Join *j, int value) {
  return join_result(j, step_axes(j->st, j->n_axes), j->n_axes, value);
}

static Fact rule_numbers(SetStep *st) {
  Join j = join_elementwise(st);
  join_fix_values(&j);
  return end_elementwise(&j, join_fixed_term(&j));
}

static Fact rule_compare(SetStep *st) {
  Join j = join_elementwise(st);
  if (!j.clash) join_unify(&j, j.operands[0].value, j.operands[1].value, SET_pointer_places);
  return end_elementwise(&j, join_fixed_term(&j));
}

static Fact rule_choose(SetStep *st) {
  Join j = join_elementwise(st);
  int last = st->node->n_operands - 1;
  if (j.clash) return end_elementwise(&j, 0);
  for (int k = last - 1; k > 0; k--)
    join_unify(&j, j.operands[k].value, j.operands[last].value, SET_pointer_places);
  return end_elementwise(&j, j.operands[last].value);
}

static Fact rule_cast(SetStep *st) {
  bool both = set_may_point(st->s, step_operand(st, 0)) && set_may_point(st->s, step_type(st));
  return both ? rule_choose(st) : rule_numbers(st);
}

static Fact rule_give_up(SetStep *st) {
  return fact_moves(&st->operands[0]) ? fact_lost(st, SET_given_up, st->operands[0].moved, NULL)
                                      : rule_choose(st);
}

/* ---- movement -------------------------------------------------------------------------------- */

static Fact rule_broadcast(SetStep *st) {
  Join j = join_broadcast(st);
  return end_elementwise(&j, j.operands[0].value);
}

static Fact rule_transpose(SetStep *st) {
  Join j = join_transpose(st);
  return end_elementwise(&j, j.operands[0].value);
}

/* An axis along which places count: nothing may move there, and the result has a new one in its
 * stead. Rows that are mixed so, with an order of their own each, are no rows any more. */
static void order_axis(Join *j, int axis, int fresh, SetReason reason, bool keeps_uniform) {
  bool uniform = join_uniform(j, axis) && keeps_uniform;
  Sz extent = step_type(j->st)->dims[axis - j->st->lead];
  if (j->clash) return;
  join_fix_axis(j, axis, reason);
  join_add(j, fresh, extent, uniform ? SLOT_free : SLOT_fixed);
}

/* All operands alike; places count along the axis of the attribute. */
static Fact along(SetStep *st, SetReason reason, bool keeps_uniform) {
  int n = st->lead + step_type(st)->rank, axis = st->lead + (int)node_int(st->node, A_axis, 0);
  int n_operands = st->node->n_operands, *out = step_axes(st, n);
  /* each operand has an axis of its own there: their extents differ */
  Join j = join_new(st, n + n_operands + 1, n_operands);
  for (int k = 0; k < n_operands; k++) {
    int *map = step_axes(st, n);
    map[axis] = n + k;
    join_operand(&j, k, &st->operands[k], map);
  }
  join_start(&j);
  out[axis] = n + n_operands;
  if (j.clash) return join_result(&j, out, n, 0);
  if (reason == SET_running) join_fix_values(&j);
  bool uniform = n_operands == 1 && keeps_uniform && join_uniform(&j, n);
  for (int k = 0; k < n_operands; k++) {
    join_fix_axis(&j, n + k, reason);
    if (k) join_unify(&j, j.operands[0].value, j.operands[k].value, reason);
  }
  join_add(&j, n + n_operands, step_type(st)->dims[axis - st->lead],
           uniform ? SLOT_free : SLOT_fixed);
  return join_result(&j, out, n, n_operands ? j.operands[0].value : join_fixed_term(&j));
}

static Fact rule_concat(SetStep *st) { return along(st, SET_concat, false); }
static Fact rule_reverse(SetStep *st) { return along(st, SET_reversed, true); }
static Fact rule_running(SetStep *st) { return along(st, SET_running, false); }

static Fact rule_pad(SetStep *st) {
  const TypeInfo *from = step_operand(st, 0), *to = step_type(st);
  int n = st->lead + to->rank, *out = step_axes(st, n);
  Join j = join_one(st, step_axes(st, n), 2 * n);
  join_fix_values(&j);
  for (int i = 0; i < to->rank && !j.clash; i++) {
    if (sz_eq(from->dims[i], to->dims[i])) continue;
    order_axis(&j, st->lead + i, n + i, SET_padded, false);
    out[st->lead + i] = n + i;
  }
  return join_result(&j, out, n, join_fixed_term(&j));
}

/* Rows from 'start' on have the permutations from there on: a family of their own. */
static int family_of(Sets *s, int base, int row, Sz start) {
  for (uint32_t i = 0; i < s->families.len; i++) {
    const Family *f = &s->families.data[i];
    if (f->base == base && f->row == row && sz_eq(f->start, start)) return (int)i + 1;
  }
  vec_push(s->arena, &s->families, ((Family){base, row, start}));
  return (int)s->families.len;
}

void join_cut_rows(Join *j, int atom, Sz start) {
  if (size_is(j->st->s->ctx, start, 0)) return;
  for (uint32_t t = 0; t < j->terms.len; t++) {
    Slot *slot = &j->terms.data[t].slot;
    for (int i = 0; i < slot->n_rows; i++)
      if (slot->rows[i] == atom) slot->family = family_of(j->st->s, slot->family, i, start);
  }
}

static Fact rule_slice(SetStep *st) {
  const TypeInfo *from = step_operand(st, 0), *to = step_type(st);
  const Attr *starts = node_attr(st->node, A_starts);
  int n = st->lead + to->rank, *out = step_axes(st, n);
  Join j = join_one(st, step_axes(st, n), 2 * n);
  for (int i = 0; i < to->rank && !j.clash; i++) {
    int axis = st->lead + i;
    if (sz_eq(from->dims[i], to->dims[i])) continue;
    if (j.count[axis] == 1) {
      if (!join_uniform(&j, axis)) join_fix_axis(&j, axis, SET_place);
      join_cut_rows(&j, j.first[axis], starts->sizes[i]);
      join_resize(&j, axis, to->dims[i]);
    } else {
      order_axis(&j, axis, n + i, SET_place, true);
      out[axis] = n + i;
    }
  }
  return join_result(&j, out, n, j.clash ? 0 : j.operands[0].value);
}

/* ---- reductions, sorting --------------------------------------------------------------------- */

static Fact rule_reduce(SetStep *st) {
  const Attr *axes = node_attr(st->node, A_axes);
  int rank = step_rank(st, 0), n = st->lead + rank, *out = step_ints(st, n), kept = 0, next = 0;
  for (int i = 0; i < n; i++) {
    if (next < axes->n && i == st->lead + axes->ints[next])
      next++;
    else
      out[kept++] = i;
  }
  Join j = join_one(st, step_axes(st, n), n);
  join_fix_values(&j);
  return join_result(&j, out, kept, join_fixed_term(&j));
}

/* The values that point along an axis: renamed as the axis is permuted. */
static int pointer_term(Join *j, int axis, Fact *ties) {
  SetStep *st = j->st;
  int term = join_axis_term(j, axis);
  bool pointer = set_is_pointer(st->s, step_type(st)) && term >= 0 && !join_uniform(j, axis);
  if (pointer) {
    ties->ties = true;
    return term;
  }
  join_fix_axis(j, axis, SET_regrouped);
  return join_fixed_term(j);
}

static Fact with_ties(Fact f, const Fact *ties) {
  if (f.value.kind != SLOT_fixed) f.ties |= ties->ties;
  return f;
}

static Fact rule_argreduce(SetStep *st) {
  int n = st->lead + step_rank(st, 0), axis = st->lead + (int)node_int(st->node, A_axis, 0);
  int *out = step_ints(st, n), kept = 0;
  for (int i = 0; i < n; i++)
    if (i != axis) out[kept++] = i;
  Fact ties = {0};
  Join j = join_one(st, step_axes(st, n), n);
  join_fix_values(&j);
  int value = j.clash ? 0 : pointer_term(&j, axis, &ties);
  return with_ties(join_result(&j, out, kept, value), &ties);
}

/* The best matching of permuted rows and columns is the best one, permuted. Equal rows are told
 * apart by their places. */
static Fact rule_assign(SetStep *st) {
  int n = st->lead + step_rank(st, 0), rows = n - 2, columns = n - 1;
  Fact ties = {0};
  Join j = join_one(st, step_axes(st, n), n);
  join_fix_values(&j);
  if (!j.clash && join_uniform(&j, rows)) join_fix_axis(&j, rows, SET_regrouped);
  int value = j.clash ? 0 : pointer_term(&j, columns, &ties);
  Fact f = join_result(&j, step_axes(st, n), columns, value);
  for (int i = 0; i < f.n_atoms; i++)
    f.ties |= f.atoms[i].axis == rows && f.atoms[i].slot.kind != SLOT_fixed;
  return with_ties(f, &ties);
}

/* Each matrix of a batch for itself; the order of its rows and columns counts. */
static Fact rule_matrix(SetStep *st) {
  int *out, n = st->lead + step_type(st)->rank;
  Join j = join_matrices(st, &out);
  join_fix_values(&j);
  if (st->node->op == OP_solve) return join_result(&j, out, n, j.clash ? 0 : join_fixed_term(&j));
  for (int axis = n - 2; axis < n; axis++) join_fix_axis(&j, axis, SET_regrouped);
  for (int i = 0; i < 2 && !j.clash; i++)
    join_add(&j, j.n_axes - 2 + i, step_type(st)->dims[n - 2 + i - st->lead], SLOT_fixed);
  return join_result(&j, out, n, j.clash ? 0 : join_fixed_term(&j));
}

static Fact sorted(SetStep *st, bool indices) {
  int n = st->lead + step_rank(st, 0), axis = st->lead + (int)node_int(st->node, A_axis, 0),
      *out = step_axes(st, n);
  Fact ties = {0};
  Join j = join_one(st, step_axes(st, n), n + 1);
  out[axis] = n;
  if (j.clash) return join_result(&j, out, n, 0);
  join_fix_values(&j);
  int value = indices ? pointer_term(&j, axis, &ties) : join_fixed_term(&j);
  join_add(&j, n, step_type(st)->dims[axis - st->lead], SLOT_fixed);
  return with_ties(join_result(&j, out, n, value), &ties);
}

static Fact rule_sort(SetStep *st) { return sorted(st, false); }
static Fact rule_argsort(SetStep *st) { return sorted(st, true); }

/* ---- dot, gather, scatter -------------------------------------------------------------------- */

static Fact rule_dot(SetStep *st) {
  int *out = NULL, n_out = 0;
  Join j = join_dot(st, &out, &n_out);
  join_fix_values(&j);
  return join_result(&j, out, n_out, join_fixed_term(&j));
}

/* An index that is renamed as the axis is permuted finds the same element. */
static void look_up(Join *j, int axis, int value) {
  int term = join_axis_term(j, axis);
  if (j->clash || join_uniform(j, axis)) return;
  if (term >= 0 && set_is_pointer(j->st->s, step_operand(j->st, 1)) &&
      sz_eq(j->atoms.data[j->first[axis]].extent, j->st->s->set->extent)) {
    bool moves = j->terms.data[term].slot.kind == SLOT_moves;
    for (int t = term; !moves && j->terms.data[t].parent != t;) {
      t = j->terms.data[t].parent;
      moves = j->terms.data[t].slot.kind == SLOT_moves;
    }
    join_unify(j, term, value, moves ? SET_lookup : SET_pointer_places);
    return;
  }
  join_fix_axis(j, axis, SET_lookup);
  join_fix(j, value, SET_pointer_places);
}

static Fact rule_gather(SetStep *st) {
  Indexed x;
  Join j = join_gather(st, &x);
  if (!j.clash) look_up(&j, x.axis, j.operands[1].value);
  return join_result(&j, x.out, x.n_out, j.clash ? 0 : j.operands[0].value);
}

static Fact rule_scatter(SetStep *st) {
  Indexed x;
  Join j = join_scatter(st, &x);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  join_fix(&j, j.operands[1].value, SET_pointer);
  Sz extent = step_type(st)->dims[x.axis - st->lead];
  bool pointer = set_is_pointer(st->s, step_operand(st, 0)) && sz_eq(extent, st->s->set->extent);
  join_add(&j, x.axis, extent, pointer ? SLOT_free : SLOT_fixed);
  if (pointer && j.count[x.axis])
    join_unify(&j, join_axis_term(&j, x.axis), j.operands[0].value, SET_pointer_places);
  else
    join_fix(&j, j.operands[0].value, SET_pointer_places);
  return join_result(&j, x.out, x.n_out, join_fixed_term(&j));
}

/* ---- the rest -------------------------------------------------------------------------------- */

Fact rule_item(SetStep *st) { return st->operands[0].items[node_int(st->node, A_index, 0)]; }

Fact tuple_of(SetStep *st, Fact each) {
  const TypeInfo *info = step_type(st);
  Fact *items = arena_array(st->s->arena, Fact, info->rank);
  for (int i = 0; i < info->rank; i++) items[i] = each;
  return (Fact){.n_items = info->rank, .items = items};
}

bool updates_all(const SetStep *st) {
  int axis = (int)node_int(st->node, A_axis, 0);
  return sz_eq(step_type(st)->dims[axis], step_operand(st, 1)->dims[axis]);
}

/* A block at a place: along its axis places count, and so does the number of the place. */
static Fact rule_update(SetStep *st) {
  int *out, axis;
  if (updates_all(st)) return st->operands[1];
  Join j = join_update(st, &axis, &out);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  for (int k = 0; k < 2 && !j.clash; k++) join_fix_axis(&j, axis + k, SET_place);
  if (!j.clash) join_fix(&j, j.operands[2].value, SET_pointer);
  if (!j.clash) join_unify(&j, j.operands[0].value, j.operands[1].value, SET_pointer_places);
  return join_result(&j, out, axis, j.clash ? 0 : j.operands[0].value);
}

/* Nothing is known of a foreign function but that equal operands give equal results. */
static Fact rule_foreign(SetStep *st) {
  const TypeInfo *info = step_type(st);
  Fact *items = arena_array(st->s->arena, Fact, info->rank);
  for (int k = 0; k < st->node->n_operands; k++)
    if (fact_moves(&st->operands[k]))
      return tuple_of(st, fact_lost(st, SET_foreign, st->operands[k].moved, NULL));
  for (int i = 0; i < info->rank; i++)
    items[i] = fact_in_loops(st, type_info(st->s->ctx, info->items[i]));
  return (Fact){.n_items = info->rank, .items = items};
}

/* Nor of a plug-in's op that is not elementwise. */
static Fact rule_custom(SetStep *st) {
  for (int k = 0; k < st->node->n_operands; k++)
    if (fact_moves(&st->operands[k]))
      return fact_lost(st, SET_foreign, st->operands[k].moved, NULL);
  return fact_in_loops(st, step_type(st));
}

/* The derivative by x of an invariant scalar is permuted as x is. A value that is free is used
 * in several ways at once, and its derivative is the sum over them. */
static Fact rule_derivative(SetStep *st) {
  int n = step_type(st)->rank;
  const Fact *loss = &st->operands[0];
  Fact *items = arena_array(st->s->arena, Fact, n);
  for (int i = 0; i < n; i++) {
    const Fact *x = &st->operands[i + 1];
    bool free =
        fact_moves(loss) || loss->n_atoms; /* atoms: of loops, from step to step another one */
    for (int k = 0; !x->lost && k < x->n_atoms; k++)
      free |= x->atoms[k].slot.kind == SLOT_free && sz_eq(x->atoms[k].extent, st->s->set->extent);
    items[i] = x->lost ? *x : free ? fact_lost(st, SET_derivative, loss->moved, NULL) : *x;
    items[i].chance |= loss->chance;
    items[i].ties |= loss->ties;
  }
  return (Fact){.n_items = n, .items = items};
}

const SetRuleFn order_rules[N_SET_RULES] = {
    [SETS_splat] = rule_splat,         [SETS_iota] = rule_iota,
    [SETS_numbers] = rule_numbers,     [SETS_compare] = rule_compare,
    [SETS_choose] = rule_choose,       [SETS_cast] = rule_cast,
    [SETS_give_up] = rule_give_up,     [SETS_broadcast] = rule_broadcast,
    [SETS_transpose] = rule_transpose, [SETS_reshape] = rule_reshape,
    [SETS_slice] = rule_slice,         [SETS_pad] = rule_pad,
    [SETS_concat] = rule_concat,       [SETS_reverse] = rule_reverse,
    [SETS_running] = rule_running,     [SETS_reduce] = rule_reduce,
    [SETS_argreduce] = rule_argreduce, [SETS_sort] = rule_sort,
    [SETS_argsort] = rule_argsort,     [SETS_assign] = rule_assign,
    [SETS_matrix] = rule_matrix,       [SETS_dot] = rule_dot,
    [SETS_gather] = rule_gather,       [SETS_scatter] = rule_scatter,
    [SETS_update] = rule_update,       [SETS_random] = rule_random,
    [SETS_scan] = sets_scan_step,      [SETS_region] = sets_region_step,
    [SETS_item] = rule_item,           [SETS_derivative] = rule_derivative,
    [SETS_foreign] = rule_foreign,     [SETS_custom] = rule_custom,
};

/* A lost operand; one that was not given up on purpose goes first. */
static const Fact *lost_operand(const SetStep *st) {
  const Fact *lost = NULL;
  for (int k = 0; k < st->node->n_operands; k++) {
    const Fact *f = &st->operands[k];
    if (f->lost && (!lost || lost->lost->reason == SET_given_up)) lost = f;
  }
  return lost;
}

Fact sets_step(SetStep *st) {
  SetRule rule = node_set_rule(st->s->ctx, st->node);
  SetRuleFn run = st->s->rules[rule];
  ORDO_CHECK(run);
  bool by_operand = rule == SETS_scan || rule == SETS_region || rule == SETS_item;
  const Fact *lost = by_operand ? NULL : lost_operand(st);
  if (!lost) return run(st);
  return op_is(st->node->op, T_TUPLE) ? tuple_of(st, *lost) : *lost;
}
