/* Padding: the transfer rules, one for each SetRule of the op table, and what they start from.
 *
 * Two runs are compared that have the same elements in each row, in the same order, and other
 * padding between them. An axis is fixed when the same stands at the same place in both (as far
 * as both go), it moves when the same stands at the places of an element. What is asked of an
 * op: with operands alike in this way, its result is. docs/sets.md has the argument.
 */
#include "passes/sets/sets_padding.h"

#include <math.h>

#include "base/bf16.h"

/* ---- extents --------------------------------------------------------------------------------- */

typedef struct Mention {
  Sz symbol;
  bool found;
} Mention;

static void mention(void *user, Sz symbol) {
  Mention *m = user;
  m->found |= sz_eq(symbol, m->symbol);
}

typedef struct Mentions {
  Ctx *ctx;
  Sz in;
  bool found;
} Mentions;

static void mentions(void *user, Sz symbol) {
  Mentions *m = user;
  Mention one = {symbol, false};
  size_symbols(m->ctx, m->in, mention, &one);
  m->found |= one.found;
}

bool pad_depends(const Sets *s, Sz extent) {
  Mentions m = {s->ctx, extent, sz_eq(extent, s->set->extent)};
  if (!m.found) size_symbols(s->ctx, s->set->extent, mentions, &m);
  return m.found;
}

bool pad_has_all(const Sets *s, Sz extent, const Slot *slot) {
  Sz shift = size_const(s->ctx, slot->kind == SLOT_moves ? slot->shift : 0);
  return size_ge(s->ctx, size_add(s->ctx, extent, shift), s->set->extent);
}

bool slot_shift_by(const Slot *a, const Slot *b, int *more) {
  Slot as_b = *a;
  if (a->kind != SLOT_moves || b->kind != SLOT_moves) return false;
  as_b.shift = b->shift;
  *more = a->shift - b->shift;
  return slot_equal(&as_b, b);
}

bool pad_any(const Fact *f, bool needs) {
  for (int i = 0; i < f->n_atoms; i++) {
    const Fill *fill = &f->atoms[i].fill;
    bool known = fill->kind == FILL_number ||
                 (fill->kind == FILL_same && (!needs || !(fill->needs & ~f->needs)));
    if (f->atoms[i].slot.kind == SLOT_moves && !known) return true;
  }
  return false;
}

/* ---- parameters, draws ----------------------------------------------------------------------- */

/* Where the rows of the mask are among the axes of a type, one left out: wherever they stand,
 * the first that fits. */
static bool find_rows(const Sets *s, const TypeInfo *info, int without, int *axes) {
  for (int k = 0; k < s->set->n_rows; k++) {
    int at = k ? axes[k - 1] + 1 : 0;
    while (at < info->rank && (at == without || !sz_eq(info->dims[at], s->set->rows[k]))) at++;
    if (at == info->rank) return false;
    axes[k] = at;
  }
  return true;
}

/* The slot of what is padded with the mask's rows: by atoms of the plain fact f of that type. */
static bool padded_slot(const Sets *s, const TypeInfo *info, int axis, const Fact *f, Slot *out) {
  int *axes = arena_array(s->arena, int, s->set->n_rows), n = 0;
  int *rows = arena_array(s->arena, int, s->set->n_rows);
  if (!find_rows(s, info, axis, axes)) return false;
  for (int k = 0; k < s->set->n_rows; k++)
    for (int i = 0; i < f->n_atoms; i++)
      if (f->atoms[i].axis == axes[k]) rows[n++] = i;
  *out = (Slot){.kind = SLOT_moves, .rows = rows, .n_rows = n};
  return true;
}

/* Every axis as long as the padded one that stands with its rows. */
static Fact padded_fact(SetStep *st, const TypeInfo *info) {
  Sets *s = st->s;
  SetStep flat = *st;
  flat.lead = 0;
  Fact f = fact_plain(&flat, info, SLOT_fixed);
  for (int i = 0; i < f.n_atoms; i++) {
    Atom *a = &((Atom *)f.atoms)[i];
    if (sz_eq(a->extent, s->set->extent)) padded_slot(s, info, a->axis, &f, &a->slot);
  }
  if (set_is_pointer(s, info)) padded_slot(s, info, -1, &f, &f.value);
  return f;
}

Fact padding_param(Sets *s, const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  SetStep st = {.s = s, .g = g, .r = r, .node = n};
  const TypeInfo *info = type_info(s->ctx, n->type);
  Fact f = padded_fact(&st, info);
  bool mask = node_int(n, A_mask, 0) != 0;
  for (int i = 0; mask && i < f.n_atoms; i++)
    if (f.atoms[i].axis == info->rank - 1 && f.atoms[i].slot.kind == SLOT_moves)
      ((Atom *)f.atoms)[i].fill = (Fill){.kind = FILL_number};
  f.there = mask && fact_moves(&f);
  if (fact_moves(&f)) f.moved = trail_add(s, NULL, g, r);
  if (mask && s->set->twice && sz_eq(info->dims[info->rank - 1], s->set->extent))
    return fact_lost(&st, SET_pad_twice, NULL, NULL);
  return f;
}

/* Independent draws: where padding is elsewhere, elements get other ones of the same
 * distribution. */
static Fact pad_random(SetStep *st) {
  const TypeInfo *info = step_type(st);
  Fact plain = padded_fact(st, info), f = plain;
  bool moves = fact_moves(&plain);
  int n = st->lead + info->rank, *map = step_ints(st, info->rank);
  for (int i = 0; i < info->rank; i++) map[i] = st->lead + i;
  for (int i = 0; i < plain.n_atoms; i++) moves |= pad_depends(st->s, plain.atoms[i].extent);
  f.chance = moves;
  Join j = join_new(st, n, 2);
  join_operand(&j, 0, &st->operands[0], step_axes(st, st->lead));
  join_operand(&j, 1, &f, map);
  join_start(&j);
  return join_result(&j, step_axes(st, n), n, j.clash ? 0 : join_fixed_term(&j));
}

static Fact pad_splat(SetStep *st) {
  const Attr *size = node_attr(st->node, A_size);
  if (size && pad_depends(st->s, size->z)) return fact_lost(st, SET_pad_size, NULL, NULL);
  Fact f = rule_splat(st);
  const Attr *value = node_attr(st->node, A_value);
  if (value) f.whole = (Fill){.kind = FILL_number, .number = value->f};
  if (value) f.infinite = f.anywhere = fill_infinite(value->f);
  if (value && f.infinite && isfinite(value->f)) f.furthest = fabs(value->f);
  return f;
}

/* ---- elementwise ----------------------------------------------------------------------------- */

static bool is_finite(const Fact *f, int atom) {
  const Fill *fill = &f->atoms[atom].fill;
  return fill->kind == FILL_number && isfinite(fill->number) && !(fill->needs & ~f->needs);
}

/* A number as a product takes it: rounded, one in bf16 may be infinite. */
static double factor(const SetStep *st, double x) {
  return dot_is_bf16(st->node) ? (double)bf16_operand((float)x) : x;
}

static Fill factor_fill(const SetStep *st, Fill fill) {
  if (fill.kind == FILL_number) fill.number = factor(st, fill.number);
  return fill;
}

/* Operands that are finite: made of elements only, and of no infinite number that the text has. */
static bool *proper_operands(const SetStep *st) {
  bool *proper = arena_array(st->s->arena, bool, st->node->n_operands);
  for (int k = 0; k < st->node->n_operands; k++) {
    const Fact *f = &st->operands[k];
    proper[k] = !(f->infinite & INFINITE) &&
                !(dot_is_bf16(st->node) && isinf(bf16_operand((float)f->furthest)));
    for (int i = 0; i < f->n_atoms; i++)
      proper[k] = proper[k] && (is_finite(f, i) || f->atoms[i].slot.kind == SLOT_free ||
                                !pad_depends(st->s, f->atoms[i].extent));
  }
  return proper;
}

static Fill eval_atom(const Join *j, int atom, const bool *proper) {
  int n = j->st->node->n_operands;
  Fill *fills = arena_array(j->st->s->arena, Fill, n);
  for (int k = 0; k < n; k++) fills[k] = join_operand_fill(j, k, atom);
  Fill fill = j->st->node->op == OP_dot
                  ? fill_product(factor_fill(j->st, fills[0]), factor_fill(j->st, fills[1]),
                                 proper[0], proper[1])
                  : fill_eval(j->st, fills, proper);
  if (fill_known(&fill)) return fill;
  Fill same = {.kind = FILL_same};
  for (int k = 0; k < n; k++)
    if (!join_same(j, k, atom, &same.needs)) return fill;
  return same;
}

static void eval_fills(Join *j) {
  const bool *proper = proper_operands(j->st);
  for (int i = 0; i < (int)j->atoms.len; i++) {
    Fill *fill = &j->atoms.data[i].fill;
    *fill = eval_atom(j, i, proper);
    for (int k = 0; k < 3 && fill->kind != FILL_number && join_choose(j, i, k); k++)
      *fill = eval_atom(j, i, proper);
    if (!fill_known(fill) && join_lengthen(j, i)) *fill = eval_atom(j, i, proper);
  }
}

Fact end_with(Join *j, int value, Fill whole) {
  Fact f = join_result(j, step_axes(j->st, j->n_axes), j->n_axes, value);
  if (!f.lost) f.whole = whole;
  return f;
}

/* The atom of the places that an operand counts, where they are its values; -1: they are not. */
static int own_places(const Join *j, int k) {
  const Fact *f = &j->operands[k].cut;
  for (int i = 0; f->value.kind == SLOT_free && i < f->n_atoms; i++)
    if (f->atoms[i].slot.kind == SLOT_free && f->atoms[i].slot.var == f->value.var)
      return j->operands[k].atoms[i];
  return -1;
}

/* Whether there are places of a value that the other run has not, or that are padding: an index
 * may be anything there. */
static bool has_others(const Sets *s, const Fact *f) {
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].slot.kind == SLOT_moves ||
        (f->atoms[i].slot.kind == SLOT_fixed && pad_depends(s, f->atoms[i].extent)))
      return true;
  return false;
}

/* n == k: no index to an element is a place of padding. */
static void fill_equality(Join *j, Op op) {
  for (int k = 0; k < 2; k++) {
    int places = own_places(j, k);
    const Fact *other = j->operands[1 - k].fact;
    if (places < 0 || other->value.kind != SLOT_moves || has_others(j->st->s, other)) continue;
    j->atoms.data[places].fill = (Fill){.kind = FILL_number, .number = op == OP_ne};
  }
}

static Fact pad_numbers(SetStep *st) {
  Join j = join_elementwise(st);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  /* which of two elements comes first is the same in both runs */
  bool compare = op_is(st->node->op, T_COMPARE) && st->node->n_operands == 2;
  if (compare)
    join_either(&j, j.operands[0].value, j.operands[1].value);
  else
    join_fix_values(&j);
  eval_fills(&j);
  if (st->node->op == OP_eq || st->node->op == OP_ne) fill_equality(&j, st->node->op);
  return end_infinite(st, end_with(&j, join_fixed_term(&j), (Fill){0}));
}

/* Whether the condition is the mask itself, so that at elements it is the second operand that
 * stands. */
static bool chooses_elements(const Join *j) {
  const JoinOperand *mask = &j->operands[0];
  for (int i = 0; i < mask->cut.n_atoms; i++)
    if (mask->slots[i].kind == SLOT_moves &&
        !slot_equal(&mask->slots[i], join_slot(j, j->atoms.data[mask->atoms[i]].term)))
      return false;
  return mask->fact->there;
}

static Fact pad_choose(SetStep *st) {
  Join j = join_elementwise(st);
  int last = st->node->n_operands - 1;
  if (j.clash) return join_result(&j, NULL, 0, 0);
  int value = j.operands[last].value;
  for (int k = last - 1; k > 0; k--) value = join_either(&j, j.operands[k].value, value);
  eval_fills(&j);
  bool at_elements = st->node->op == OP_where && chooses_elements(&j);
  Fact f = end_infinite(st, end_with(&j, value, last == 0 ? st->operands[0].whole : (Fill){0}));
  /* Not what that may be at its own elements: the places of another row may have come to be
   * elements of this one, padding of theirs with them. */
  if (at_elements) f.infinite = st->operands[1].anywhere;
  return f;
}

/* A number becomes an index by being cut into the axis: where that grows with padding, it may be
 * cut to another one. */
static Fact pad_cast(SetStep *st) {
  bool both = set_may_point(st->s, step_operand(st, 0)) && set_may_point(st->s, step_type(st));
  Fact f = both ? pad_choose(st) : pad_numbers(st);
  const TypeInfo *to = step_type(st);
  const Fill *whole = &st->operands[0].whole;
  bool cut = to->dtype == DT_idx && pad_depends(st->s, to->extent) && f.value.kind == SLOT_fixed;
  bool first = whole->kind == FILL_number && whole->number <= 0;
  if (cut && !first) cut = !set_in_range(st->g, st->node->operands[0], to->extent);
  return !f.lost && cut && !first ? fact_lost(st, SET_pad_size, f.moved, NULL) : f;
}

/* ---- what takes an axis together ------------------------------------------------------------- */

static const struct {
  Op op;
  SetReason reason;
} reduce_reasons[] = {{OP_sum, SET_pad_sum},      {OP_prod, SET_pad_prod},
                      {OP_max_over, SET_pad_max}, {OP_min_over, SET_pad_min},
                      {OP_any, SET_pad_any},      {OP_all, SET_pad_all}};

static SetReason reason_of(Op op) {
  for (size_t i = 0; i < sizeof reduce_reasons / sizeof *reduce_reasons; i++)
    if (reduce_reasons[i].op == op) return reduce_reasons[i].reason;
  return SET_pad_sum;
}

static Fact pad_reduce(SetStep *st) {
  const Attr *axes = node_attr(st->node, A_axes);
  Op op = st->node->op;
  int n = st->lead + step_rank(st, 0), *out = step_ints(st, n), kept = 0, next = 0;
  bool some = true;
  Join j = join_one(st, step_axes(st, n), n);
  join_keep_fills(&j);
  if (!j.clash) join_fix_values(&j);
  for (int i = 0; i < n; i++) {
    bool gone = next < axes->n && i == st->lead + axes->ints[next];
    next += gone;
    some = some && (!gone || axis_some(&j, i));
    if (gone && !j.clash) take_together(&j, i, op, reason_of(op));
    if (!gone) out[kept++] = i;
  }
  reduce_fills(&j, op, some);
  return end_infinite(st, join_result(&j, out, kept, j.clash ? 0 : join_fixed_term(&j)));
}

static Fact pad_dot(SetStep *st) {
  int *out = NULL, n_out = 0, rest = st->lead + node_attr(st->node, A_batch_a)->n;
  Join j = join_dot(st, &out, &n_out);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  join_fix_values(&j);
  eval_fills(&j);
  bool some = true;
  for (int k = 0; k < node_attr(st->node, A_contract_a)->n && !j.clash; k++) {
    some = some && axis_some(&j, rest + k);
    take_together(&j, rest + k, OP_sum, SET_pad_product);
  }
  reduce_fills(&j, OP_sum, some);
  return end_infinite(st, join_result(&j, out, n_out, j.clash ? 0 : join_fixed_term(&j)));
}

/* The other axes of an op that works along one keep a fill that it hands on: numbers that are
 * all alike. */
static Join start_along(SetStep *st, int *axis, bool keep) {
  int n = st->lead + step_rank(st, 0);
  *axis = st->lead + (int)node_int(st->node, A_axis, 0);
  Join j = join_one(st, step_axes(st, n), n + 1);
  join_keep_fills(&j);
  if (!j.clash) join_fix_values(&j);
  for (int i = 0; i < (int)j.atoms.len; i++)
    if (!keep && j.atoms.data[i].axis != *axis) j.atoms.data[i].fill = (Fill){0};
  return j;
}

/* Whether rows that an atom moves by are counted along the axis, place by place: those of its
 * own axis if they are inside of it. */
static bool mixes_rows(const Join *j, int axis, int atom) {
  const Slot *slot = join_slot(j, j->atoms.data[atom].term);
  bool own = j->atoms.data[atom].axis == axis;
  for (int k = 0; k < slot->n_rows; k++)
    if (j->atoms.data[slot->rows[k]].axis == axis && (!own || slot->rows[k] > atom)) return true;
  return false;
}

/* Forward, sums at elements are of elements and what is before them: where padding is behind the
 * elements of all rows of the axis, nothing; else it is 0. */
static void run_forward(Join *j, int axis) {
  for (int i = 0; i < j->count[axis] && !j->clash; i++) {
    int atom = j->first[axis] + i;
    JointAtom *a = &j->atoms.data[atom];
    unsigned unused = 0;
    bool moves = join_slot(j, a->term)->kind == SLOT_moves, mixed = mixes_rows(j, axis, atom);
    if (i || mixed) take_atom(j, atom, OP_sum, false, SET_pad_running);
    if (mixed) j->needs |= PAD_end;
    if (!i && moves)
      j->needs |=
          fill_neutral(OP_sum, a->fill, j->operands[0].fact, &unused) ? a->fill.needs : PAD_end;
    a->fill = (Fill){0};
  }
}

/* Backward they are of what is behind. Behind the last element the sum is 0. */
static void run_backward(Join *j, int axis) {
  take_together(j, axis, OP_sum, SET_pad_running);
  for (int i = 0; i < j->count[axis]; i++) {
    Fill *fill = &j->atoms.data[j->first[axis] + i].fill;
    bool zero = fill->kind == FILL_number && fill->number == 0 && j->count[axis] == 1;
    if (mixes_rows(j, axis, j->first[axis] + i)) j->needs |= PAD_end;
    if (!zero) *fill = (Fill){0};
    fill->needs |= PAD_end;
  }
}

/* Whether sums over rows that are mixed have numbers of padding in them, the same at each place. */
static bool passes_padding(const Join *j, int axis) {
  if (!j->count[axis] || !mixes_rows(j, axis, j->first[axis]) || !axis_placed(j, axis))
    return false;
  unsigned unused = 0;
  return !fill_neutral(OP_sum, j->atoms.data[j->first[axis]].fill, j->operands[0].fact, &unused);
}

/* Sums have elements of other rows in them: where padding of another axis moves by rows that are
 * summed, it stands between the elements of those that are longer there, and is 0; at padding
 * stands what they have. */
static void run_over_rows(Join *j, int axis) {
  for (int i = 0; i < (int)j->atoms.len && !j->clash; i++) {
    JointAtom *a = &j->atoms.data[i];
    if (a->axis == axis || !mixes_rows(j, axis, i)) continue;
    take_atom(j, i, OP_sum, false, SET_pad_running);
    j->needs |=
        PAD_end; /* else what stands beside an element in another row is another one in each run */
    a->fill = (Fill){0};
  }
}

/* Sums are others from place to place, also along parts of the axis that were the same in all. */
static void count_places(Join *j, int axis) {
  for (int i = 0; i < j->count[axis] && !j->clash; i++) {
    int term = j->atoms.data[j->first[axis] + i].term;
    if (join_slot(j, term)->kind == SLOT_free) join_fix(j, term, SET_pad_running);
  }
}

static Fact pad_running(SetStep *st) {
  int axis, n = st->lead + step_rank(st, 0), *out = step_axes(st, n);
  bool empty = node_int(st->node, A_exclusive, 0) != 0; /* the first sum */
  Join j = start_along(st, &axis, true);
  for (int i = 0; i < (int)j.atoms.len; i++)
    if (j.atoms.data[i].axis != axis)
      j.atoms.data[i].fill = fill_reduced(OP_sum, j.atoms.data[i].fill, !empty);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  bool one = j.count[axis] == 1, backward = node_int(st->node, A_reverse, 0) != 0;
  if (!backward && passes_padding(&j, axis)) place_axis(&j, axis);
  bool moves = axis_moves(&j, axis);
  (backward ? run_backward : run_forward)(&j, axis);
  Fill fill = one ? j.atoms.data[j.first[axis]].fill : (Fill){0};
  if (!moves && !j.clash) new_places(&j, axis, out);
  if (!moves && !j.clash && one) j.atoms.data[j.first[out[axis]]].fill = fill;
  if (moves) run_over_rows(&j, axis);
  if (moves) count_places(&j, axis);
  Fact f = end_infinite(st, join_result(&j, out, n, j.clash ? 0 : join_fixed_term(&j)));
  const Fill *whole = &st->operands[0].whole;
  if (!f.lost && whole->kind == FILL_number && whole->number == 0) f.whole = *whole;
  return f;
}

/* Where elements may be no more than the fill, the first place may be found: an element if
 * padding stands at the end. */
static Fact pad_argreduce(SetStep *st) {
  int axis, n = st->lead + step_rank(st, 0), *out = step_ints(st, n), kept = 0;
  Join j = start_along(st, &axis, false);
  for (int i = 0; i < n; i++)
    if (i != axis) out[kept++] = i;
  if (j.clash) return join_result(&j, NULL, 0, 0);
  Op as = st->node->op == OP_argmax ? OP_max_over : OP_min_over;
  bool moves = axis_moves(&j, axis);
  take_together(&j, axis, as, SET_pad_arg);
  unsigned beside = as == OP_max_over ? INF_below | FAR_below : INF_above | FAR_above;
  if (moves) j.needs |= PAD_some | (st->operands[0].infinite & beside ? PAD_end : 0);
  if (!moves) place_by_number(&j, axis);
  int term = join_axis_term(&j, axis);
  bool pointer = moves && term >= 0 && set_is_pointer(st->s, step_type(st)) &&
                 !join_slot(&j, term)->shift; /* of what is left of a row there may be nothing */
  if (moves && !pointer) join_refuse(&j, SET_pad_arg, 0);
  return join_result(&j, out, kept, j.clash ? 0 : pointer ? term : join_fixed_term(&j));
}

/* What must be assumed of numbers that stand at padding of other axes. */
static unsigned beside_padding(const Join *j, int axis) {
  for (int i = 0; i < (int)j->atoms.len; i++) {
    const JointAtom *a = &j->atoms.data[i];
    if (a->axis != axis &&
        (join_slot(j, a->term)->kind == SLOT_moves || pad_depends(j->st->s, a->extent)))
      return PAD_finite;
  }
  return 0;
}

/* Ascending: infinity comes last, in the order of its places. */
static Fact sorted(SetStep *st, bool indices) {
  int axis, n = st->lead + step_rank(st, 0), *out = step_axes(st, n);
  Join j = start_along(st, &axis, false);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  bool moves = axis_moves(&j, axis), depends = axis_depends(&j, axis);
  int term = join_axis_term(&j, axis);
  if (moves || depends) take_together(&j, axis, OP_min_over, SET_pad_sort);
  if (moves) j.needs |= PAD_end;
  if (!moves && !j.clash) new_places(&j, axis, out);
  bool pointer = moves && term >= 0 && indices && set_is_pointer(st->s, step_type(st));
  if (moves && term < 0) join_refuse(&j, SET_pad_sort, 0);
  for (int i = 0; i < j.count[axis] && !j.clash; i++) {
    Fill *fill = &j.atoms.data[j.first[axis] + i].fill;
    if (indices) *fill = (Fill){0};
    fill->needs |= beside_padding(&j, axis); /* NaN comes behind infinity */
  }
  return join_result(&j, out, n, j.clash ? 0 : pointer ? term : join_fixed_term(&j));
}

static Fact pad_sort(SetStep *st) { return sorted(st, false); }
static Fact pad_argsort(SetStep *st) { return sorted(st, true); }

static Fact pad_assign(SetStep *st) {
  int n = st->lead + step_rank(st, 0), *out = step_axes(st, n);
  Join j = join_one(st, step_axes(st, n), n + 1);
  if (!j.clash) join_fix_values(&j);
  for (int axis = n - 2; axis < n && !j.clash; axis++)
    if (axis_moves(&j, axis) || axis_depends(&j, axis)) join_refuse(&j, SET_pad_match, 0);
  if (!j.clash) new_places(&j, n - 2, out);
  return join_result(&j, out, n - 1, j.clash ? 0 : join_fixed_term(&j));
}

/* ---- the rest -------------------------------------------------------------------------------- */

static bool any_depends(const Sets *s, const TypeInfo *info) {
  for (int i = 0; i < info->rank; i++)
    if (pad_depends(s, info->dims[i])) return true;
  return false;
}

static Fact pad_foreign(SetStep *st) {
  const TypeInfo *info = step_type(st);
  Fact *items = arena_array(st->s->arena, Fact, info->rank);
  bool depends = false;
  for (int i = 0; i < info->rank; i++)
    depends = depends || any_depends(st->s, type_info(st->s->ctx, info->items[i]));
  for (int k = 0; k < st->node->n_operands; k++)
    if (depends || fact_moves(&st->operands[k]) || any_depends(st->s, step_operand(st, k)))
      return tuple_of(st, fact_lost(st, SET_pad_foreign, st->operands[k].moved, NULL));
  for (int i = 0; i < info->rank; i++)
    items[i] = fact_in_loops(st, type_info(st->s->ctx, info->items[i]));
  return (Fact){.n_items = info->rank, .items = items};
}

/* What it makes of padding nobody knows, also where that holds the same in both runs. */
static Fact pad_custom(SetStep *st) {
  bool depends = any_depends(st->s, step_type(st));
  for (int k = 0; k < st->node->n_operands; k++)
    if (depends || fact_moves(&st->operands[k]) || any_depends(st->s, step_operand(st, k)))
      return fact_lost(st, SET_pad_foreign, st->operands[k].moved, NULL);
  return fact_in_loops(st, step_type(st));
}

static Fact pad_derivative(SetStep *st) {
  return tuple_of(st, fact_lost(st, SET_derivative, st->operands[0].moved, NULL));
}

const SetRuleFn padding_rules[N_SET_RULES] = {
    [SETS_splat] = pad_splat,         [SETS_iota] = rule_iota,
    [SETS_numbers] = pad_numbers,     [SETS_compare] = pad_numbers,
    [SETS_choose] = pad_choose,       [SETS_cast] = pad_cast,
    [SETS_give_up] = pad_choose,      [SETS_broadcast] = pad_broadcast,
    [SETS_transpose] = pad_transpose, [SETS_reshape] = pad_reshape,
    [SETS_slice] = pad_slice,         [SETS_pad] = pad_pad,
    [SETS_concat] = pad_concat,       [SETS_reverse] = pad_reverse,
    [SETS_running] = pad_running,     [SETS_reduce] = pad_reduce,
    [SETS_argreduce] = pad_argreduce, [SETS_sort] = pad_sort,
    [SETS_argsort] = pad_argsort,     [SETS_assign] = pad_assign,
    [SETS_matrix] = pad_matrix,       [SETS_dot] = pad_dot,
    [SETS_gather] = pad_gather,       [SETS_scatter] = pad_scatter,
    [SETS_update] = pad_update,       [SETS_random] = pad_random,
    [SETS_scan] = padding_scan_step,  [SETS_region] = sets_region_step,
    [SETS_item] = rule_item,          [SETS_derivative] = pad_derivative,
    [SETS_foreign] = pad_foreign,     [SETS_custom] = pad_custom,
};
