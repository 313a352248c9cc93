/* Padding: the transfer rules of ops that move values: reshape, slice, pad, concat, reverse, and
 * what says where an axis stands then. What the rules claim: sets_padding.c. */
#include "passes/sets/sets_padding.h"

#include <math.h>

static Fact pad_moved(Join j) {
  join_keep_fills(&j);
  Fact f = end_with(&j, j.clash ? 0 : j.operands[0].value, j.st->operands[0].whole);
  f.there = !f.lost && j.st->operands[0].there;
  return f;
}

Fact pad_broadcast(SetStep *st) { return pad_moved(join_broadcast(st)); }
Fact pad_transpose(SetStep *st) { return pad_moved(join_transpose(st)); }

Fact pad_reshape(SetStep *st) {
  Fact f = rule_reshape(st);
  if (!f.lost) f.whole = st->operands[0].whole;
  return f;
}

bool axis_moves(const Join *j, int axis) {
  for (int i = 0; i < j->count[axis]; i++)
    if (join_slot(j, j->atoms.data[j->first[axis] + i].term)->kind == SLOT_moves) return true;
  return false;
}

bool axis_depends(const Join *j, int axis) {
  for (int i = 0; i < j->count[axis]; i++)
    if (pad_depends(j->st->s, j->atoms.data[j->first[axis] + i].extent)) return true;
  return false;
}

bool axis_placed(const Join *j, int axis) {
  for (int i = 0; i < j->count[axis]; i++) {
    const JointAtom *a = &j->atoms.data[j->first[axis] + i];
    if (join_slot(j, a->term)->kind == SLOT_moves && !fill_placed(&a->fill)) return false;
  }
  return true;
}

/* The axis has the same at the same places: padding is a number, at the end. Places that a value
 * points to, whichever they are, are those of numbers from here on. */
void place_axis(Join *j, int axis) {
  bool uniform = join_uniform(j, axis);
  for (int i = 0; i < j->count[axis]; i++) {
    JointAtom *a = &j->atoms.data[j->first[axis] + i];
    SlotKind kind = join_slot(j, a->term)->kind;
    if (kind == SLOT_free && !uniform) join_fix(j, a->term, SET_pad_place);
    if (kind != SLOT_moves) continue;
    j->needs |= PAD_end | a->fill.needs;
    a->term = join_fixed_term(j);
    a->fill = (Fill){0};
  }
}

/* Places of an axis are numbers as long as padding does not change how many there are of an
 * inner atom. */
static bool axis_counted(const Join *j, int axis) {
  for (int i = 1; i < j->count[axis]; i++)
    if (pad_depends(j->st->s, j->atoms.data[j->first[axis] + i].extent)) return false;
  return true;
}

void place_by_number(Join *j, int axis) {
  if (!axis_counted(j, axis)) join_refuse(j, SET_pad_regrouped, 0);
}

/* The first places go, or come: what is there is that many places nearer to padding. */
static void shift_axis(Join *j, JointAtom *a, int by) {
  Slot slot = *join_slot(j, a->term);
  slot.shift += by;
  bool value = false;
  for (int k = 0; k < j->n_operands; k++)
    value |= join_slot(j, j->operands[k].value) == join_slot(j, a->term);
  if (value) join_refuse(j, SET_pad_place, 0);
  if (by) a->term = join_new_term(j, slot);
}

/* Whether place 0 of an axis is that of the first elements: none was cut off. */
static bool begins(const Join *j, int axis) {
  for (int i = 0; i < j->count[axis]; i++)
    if (join_slot(j, j->atoms.data[j->first[axis] + i].term)->shift) return false;
  return true;
}

/* The places from start on, of an axis that is one atom. */
static void cut_axis(Join *j, int axis, Sz start, Sz extent) {
  Sets *s = j->st->s;
  bool at_0 = size_is(s->ctx, start, 0) && begins(j, axis), one = size_is(s->ctx, extent, 1);
  JointAtom *a = &j->atoms.data[j->first[axis]];
  if (join_uniform(j, axis)) {
    join_resize(j, axis, extent);
    return;
  }
  if (join_slot(j, a->term)->kind == SLOT_free)
    join_fix(j, a->term, SET_pad_place); /* as in place_axis */
  int64_t cut = 0;
  bool number = size_is_const(s->ctx, start, &cut), place = !number && pad_depends(s, start);
  if (!place && axis_moves(j, axis)) {
    j->needs |= PAD_end;
    if ((one || !number) && !at_0 && axis_placed(j, axis))
      place_axis(j, axis);
    else if (one || !number)
      place = !at_0;
    else
      shift_axis(j, a, (int)cut);
    if (one && at_0) j->needs |= PAD_some;
  } else if (!at_0) {
    a->fill = (Fill){0};
  }
  if (place) join_refuse(j, SET_pad_place, 0);
  join_resize(j, axis, extent);
}

Fact pad_slice(SetStep *st) {
  const TypeInfo *from = step_operand(st, 0), *to = step_type(st);
  const Attr *starts = node_attr(st->node, A_starts);
  int n = st->lead + to->rank, *out = step_axes(st, n);
  Join j = join_one(st, step_axes(st, n), 2 * n);
  join_keep_fills(&j);
  for (int i = 0; i < to->rank && !j.clash; i++) {
    int axis = st->lead + i;
    if (sz_eq(from->dims[i], to->dims[i])) continue;
    if (j.count[axis] == 1) {
      cut_axis(&j, axis, starts->sizes[i], to->dims[i]);
      join_cut_rows(&j, j.first[axis], starts->sizes[i]);
    } else if (j.count[axis]) {
      bool first = size_is(st->s->ctx, starts->sizes[i], 0) &&
                   size_is(st->s->ctx, to->dims[i], 1) && begins(&j, axis);
      if (pad_depends(st->s, starts->sizes[i]) || (axis_moves(&j, axis) && !first))
        join_refuse(&j, SET_pad_place, 0);
      if (!first) place_by_number(&j, axis);
      if (axis_moves(&j, axis)) j.needs |= PAD_end | PAD_some;
      join_add(&j, n + i, to->dims[i], SLOT_fixed);
      out[axis] = n + i;
    }
  }
  Fact f = join_result(&j, out, n, j.clash ? 0 : j.operands[0].value);
  if (!f.lost) f.whole = st->operands[0].whole;
  return f;
}

/* Where the same stands at the same places, it does at those of elements, in rows of the mask
 * that the value has. */
static bool as_elements(Join *j, int axis) {
  Sets *s = j->st->s;
  JointAtom *a = &j->atoms.data[j->first[axis]];
  int64_t shift = 0;
  int *rows = arena_array(s->arena, int, s->set->n_rows), at = -1;
  Sz less = size_sub(s->ctx, s->set->extent, a->extent);
  if (j->count[axis] != 1 || !size_is_const(s->ctx, less, &shift) || shift < 0) return false;
  for (int k = 0; k < s->set->n_rows; k++) {
    for (at++; at < (int)j->atoms.len; at++)
      if (j->atoms.data[at].axis != axis && sz_eq(j->atoms.data[at].extent, s->set->rows[k]) &&
          join_slot(j, j->atoms.data[at].term)->kind != SLOT_moves)
        break;
    if (at >= (int)j->atoms.len) return false;
    rows[k] = at;
  }
  for (int k = 0; k < s->set->n_rows; k++) join_fix(j, j->atoms.data[rows[k]].term, SET_pad_rows);
  a->term = join_new_term(
      j, (Slot){.kind = SLOT_moves, .rows = rows, .n_rows = s->set->n_rows, .shift = (int)shift});
  a->fill = (Fill){0};
  j->needs |= PAD_end;
  return true;
}

/* Places at the end have gone, which are elements where there is little padding: as many less
 * are left of each row. */
static void leave_out(Join *j, JointAtom *a, int operand) {
  Sets *s = j->st->s;
  const Slot *slot = join_slot(j, a->term);
  int64_t less = 0;
  if (pad_has_all(s, a->extent, slot)) return;
  Sz gone = size_sub(s->ctx, s->set->extent, a->extent);
  if (!size_is_const(s->ctx, gone, &less) || less <= slot->shift) {
    join_refuse(j, SET_pad_part, operand);
    return;
  }
  j->needs |= PAD_end;
  shift_axis(j, a, (int)less - slot->shift);
  a->fill = (Fill){0};
}

/* Whether what comes behind the places is what stands at padding: then that is the same with
 * more padding. */
static bool goes_on(Join *j, const JointAtom *a, const Fill *behind) {
  if (!fill_equal(&a->fill, behind) || !pad_has_all(j->st->s, a->extent, join_slot(j, a->term)))
    return false;
  j->needs |= PAD_end | a->fill.needs;
  return true;
}

/* What a joint axis becomes as a part of a longer one, by places behind its beginning. behind:
 * NULL, or what comes behind it, unknown or a number. */
static void place_part(Join *j, int axis, int fresh, int by, const Fill *behind, int operand) {
  JointAtom *a = j->count[axis] ? &j->atoms.data[j->first[axis]] : NULL;
  bool moves = axis_moves(j, axis), more = behind != NULL;
  if (moves && !more && j->count[axis] == 1 && by > join_slot(j, a->term)->shift &&
      fill_placed(&a->fill)) {
    place_axis(j, axis);
    moves = false;
  }
  if (more && !moves && axis_depends(j, axis) &&
      !(j->count[axis] == 1 && behind->kind == FILL_number && goes_on(j, a, behind))) {
    moves = as_elements(j, axis);
    if (!moves) join_refuse(j, SET_pad_concat, operand);
  }
  if (j->count[axis] > 1 && moves) join_refuse(j, SET_pad_regrouped, operand);
  if (more && moves) leave_out(j, a, operand);
  place_by_number(j, axis);
  if (j->clash || j->count[axis] != 1 || !j->count[fresh] || !moves) return;
  int shift = join_slot(j, a->term)->shift;
  shift_axis(j, a, -(by < shift ? by : shift));
  join_unify(j, j->atoms.data[j->first[fresh]].term, a->term, SET_pad_concat);
}

/* What moves by rows of which there are more then. */
static void place_rows(Join *j, int axis) {
  for (int i = 0; i < (int)j->atoms.len && !j->clash; i++) {
    JointAtom *a = &j->atoms.data[i];
    const Slot *slot = join_slot(j, a->term);
    bool longer = false;
    for (int k = 0; k < slot->n_rows; k++)
      longer = longer || j->atoms.data[slot->rows[k]].axis == axis;
    if (slot->kind != SLOT_moves || !longer || !fill_placed(&a->fill)) continue;
    j->needs |= PAD_end | a->fill.needs;
    a->term = join_fixed_term(j);
  }
}

/* One axis, of that fact, gets places in front, or behind: then by is none. */
static Fact pad_axis(SetStep *st, const Fact *f, int axis, Sz by, Sz extent, Fill value) {
  Sets *s = st->s;
  int n = st->lead + step_type(st)->rank, *out = step_axes(st, n);
  bool behind = !by.i;
  int64_t places = 0;
  Join j = join_one(&(SetStep){s, st->g, st->r, st->node, st->lead, f}, step_axes(st, n), n + 1);
  join_keep_fills(&j);
  if (!j.clash) join_fix_values(&j);
  if (!j.clash) place_rows(&j, axis);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  bool known = behind || size_is_const(s->ctx, by, &places);
  if (!behind && pad_depends(s, by)) join_refuse(&j, SET_pad_concat, 0);
  int shift = j.count[axis] == 1 ? join_slot(&j, j.atoms.data[j.first[axis]].term)->shift : 0;
  join_add(&j, n, extent, SLOT_fixed);
  place_part(&j, axis, n, (int)places, behind ? &value : NULL, 0);
  Fill old = j.count[axis] == 1 ? j.atoms.data[j.first[axis]].fill : (Fill){0};
  if (!j.clash && j.count[n] && known && places <= shift && fill_equal(&old, &value))
    j.atoms.data[j.first[n]].fill = old;
  out[axis] = n;
  for (int i = 0; i < (int)j.atoms.len; i++) { /* the new places have the value in all rows */
    Fill *fill = &j.atoms.data[i].fill;
    if (!fill_equal(fill, &value)) *fill = (Fill){0};
  }
  return join_result(&j, out, n, j.clash ? 0 : join_fixed_term(&j));
}

/* One axis after the other: those that do not depend on N first, since they may be rows; and
 * places behind first, which may be as good as padding. */
Fact pad_pad(SetStep *st) {
  const TypeInfo *from = step_operand(st, 0), *to = step_type(st);
  const Attr *lo = node_attr(st->node, A_lo);
  Fill value = {.kind = FILL_number, .number = node_attr(st->node, A_value)->f};
  Fact f = st->operands[0];
  for (int turn = 0; turn < 2; turn++)
    for (int i = 0; i < to->rank && !f.lost; i++) {
      if (sz_eq(from->dims[i], to->dims[i]) || pad_depends(st->s, from->dims[i]) != (turn == 1))
        continue;
      Sz behind = size_sub(st->s->ctx, to->dims[i], lo->sizes[i]);
      int axis = st->lead + i;
      if (!sz_eq(behind, from->dims[i])) f = pad_axis(st, &f, axis, SZ_NONE, behind, value);
      if (!f.lost && !size_is(st->s->ctx, lo->sizes[i], 0))
        f = pad_axis(st, &f, axis, lo->sizes[i], to->dims[i], value);
    }
  f.whole = (Fill){0};
  f.there = false;
  f.infinite |= fill_infinite(value.number);
  f.anywhere |= fill_infinite(value.number);
  if (fill_infinite(value.number) && isfinite(value.number))
    f.furthest = fmax(f.furthest, fabs(value.number));
  return f;
}

Fact pad_concat(SetStep *st) {
  int n = st->lead + step_type(st)->rank, m = st->node->n_operands;
  int axis = st->lead + (int)node_int(st->node, A_axis, 0), *out = step_axes(st, n);
  Join j = join_new(st, n + m + 1, m);
  for (int k = 0; k < m; k++) {
    int *map = step_axes(st, n);
    map[axis] = n + k;
    join_operand(&j, k, &st->operands[k], map);
  }
  join_start(&j);
  out[axis] = n + m;
  if (j.clash) return join_result(&j, NULL, 0, 0);
  int value = j.operands[0].value;
  join_add(&j, n + m, step_type(st)->dims[axis - st->lead], SLOT_fixed);
  bool behind = false; /* padding: what comes then is where there are no elements */
  for (int k = 0; k < m && !j.clash; k++) {
    if (!behind) place_part(&j, n + k, n + m, 0, k + 1 < m ? &(Fill){0} : NULL, k);
    behind = behind || axis_depends(&j, n + k);
    if (k) value = join_either(&j, value, j.operands[k].value);
  }
  for (int i = 0; i < (int)j.atoms.len && !j.clash; i++) {
    JointAtom *a = &j.atoms.data[i];
    if (a->axis < n) a->fill = join_common_fill(&j, i, m);
  }
  return join_result(&j, out, n, j.clash ? 0 : value);
}

/* An axis of which the places are taken together, or change: as rows of a padded axis they are
 * none any more. */
void new_places(Join *j, int axis, int *out) {
  Sz extent = step_type(j->st)->dims[axis - j->st->lead];
  place_by_number(j, axis);
  join_add(j, j->n_axes - 1, extent, SLOT_fixed);
  out[axis] = j->n_axes - 1;
}

Fact pad_reverse(SetStep *st) {
  int n = st->lead + step_type(st)->rank, axis = st->lead + (int)node_int(st->node, A_axis, 0);
  int *out = step_axes(st, n);
  Join j = join_one(st, step_axes(st, n), n + 1);
  join_keep_fills(&j);
  if (!j.clash && !join_uniform(&j, axis)) {
    if (axis_moves(&j, axis) || axis_depends(&j, axis)) join_refuse(&j, SET_pad_reversed, 0);
    new_places(&j, axis, out);
  }
  Fact f = join_result(&j, out, n, j.clash ? 0 : j.operands[0].value);
  if (!f.lost) f.whole = st->operands[0].whole;
  return f;
}
