/* Padding: the transfer rules of ops that look places up, or put something there: gather,
 * scatter_add, update. What the rules claim: sets_padding.c. */
#include "passes/sets/sets_padding.h"

/* Whether a value points to the elements of an axis. */
static bool points_to(Join *j, int axis, int value, const TypeInfo *index) {
  int term = join_axis_term(j, axis);
  if (term < 0 || !set_is_pointer(j->st->s, index) ||
      !sz_eq(j->atoms.data[j->first[axis]].extent, j->st->s->set->extent))
    return false;
  if (join_slot(j, value)->kind == SLOT_free && join_slot(j, term)->kind == SLOT_moves)
    join_unify(j, value, term, SET_pad_lookup);
  return join_slot(j, value)->kind == SLOT_moves &&
         slot_equal(join_slot(j, value), join_slot(j, term));
}

Fact pad_gather(SetStep *st) {
  Indexed x;
  Join j = join_gather(st, &x);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  int value = j.operands[1].value;
  join_keep_fills(&j);
  join_forget_same(&j, 1);
  if (!join_uniform(&j, x.axis) && !points_to(&j, x.axis, value, step_operand(st, 1))) {
    if (!axis_placed(&j, x.axis)) join_refuse(&j, SET_pad_lookup, 0);
    place_by_number(&j, x.axis);
    place_axis(&j, x.axis);
    join_fix(&j, value, SET_pad_lookup);
  }
  for (int i = 0; i < (int)j.atoms.len; i++)
    if (j.atoms.data[i].axis >= x.first) j.atoms.data[i].fill = st->operands[0].whole;
  return join_result(&j, x.out, x.n_out, j.clash ? 0 : j.operands[0].value);
}

/* 0 where no index points; those that may point anywhere, at padding and where one run has no
 * places, add 0. */
static Fill nowhere_else(const Join *j, const Indexed *x) {
  Fill zero = {.kind = FILL_number};
  for (int i = 0; i < (int)j->atoms.len; i++) {
    const JointAtom *a = &j->atoms.data[i];
    SlotKind kind = join_slot(j, a->term)->kind;
    bool some = kind == SLOT_moves || (kind == SLOT_fixed && pad_depends(j->st->s, a->extent));
    if (!some || a->axis >= x->first || a->axis == x->axis) continue;
    if (!fill_neutral(OP_sum, a->fill, j->operands[0].fact, &zero.needs) ||
        !pad_has_all(j->st->s, a->extent, join_slot(j, a->term)))
      return (Fill){0};
  }
  return zero;
}

Fact pad_scatter(SetStep *st) {
  Indexed x;
  Join j = join_scatter(st, &x);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  int index = j.operands[0].value;
  join_fix(&j, j.operands[1].value, SET_pointer);
  for (int i = 0; i < (int)j.atoms.len; i++) j.atoms.data[i].fill = join_operand_fill(&j, 1, i);
  for (int k = 0; k < x.n_index && !j.clash; k++)
    take_together(&j, x.first + k, OP_sum, SET_pad_sum);
  reduce_fills(&j, OP_sum, false); /* 0 where nothing is added */
  join_forget_same(&j, 0);
  Sz extent = step_type(st)->dims[x.axis - st->lead];
  join_add(&j, x.axis, extent, SLOT_fixed);
  bool elements = set_is_pointer(st->s, step_operand(st, 0)) &&
                  join_slot(&j, index)->kind == SLOT_moves && j.count[x.axis] == 1;
  if (elements) {
    j.atoms.data[j.first[x.axis]].term = index;
    j.atoms.data[j.first[x.axis]].fill = nowhere_else(&j, &x);
  } else if (!j.clash) {
    join_fix(&j, index, SET_pad_lookup);
  }
  return end_infinite(st, join_result(&j, x.out, x.n_out, j.clash ? 0 : join_fixed_term(&j)));
}

/* Whether the block of an update stands at the first places, however long the axis is. */
static bool at_first(const SetStep *st) {
  const Fill *at = &st->operands[2].whole;
  return at->kind == FILL_number && at->number <= 0;
}

/* Behind padding nothing moves: the first places are the same ones in both runs. What stands at
 * the padding of a row that is shorter than the block is the block. */
static void write_first(Join *j, int own) {
  JointAtom *a = &j->atoms.data[j->first[own]];
  bool moves = join_slot(j, a->term)->kind == SLOT_moves;
  const Fill *block = &j->operands[1].fact->whole;
  j->needs |= j->operands[2].fact->whole.needs | (moves ? PAD_end : 0);
  if (join_slot(j, a->term)->kind == SLOT_free) join_fix(j, a->term, SET_pad_place);
  a->fill = join_operand_fill(j, 0, j->first[own]);
  if (!moves || !fill_equal(&a->fill, block)) a->fill = (Fill){0};
}

/* Places of the axis are the same in both runs: those of the block, and where it stands. */
static void write_by_number(Join *j, int own, int axis) {
  SetStep *st = j->st;
  const TypeInfo *at = step_operand(st, 2);
  bool cut = at->dtype != DT_idx || !sz_eq(at->extent, step_type(st)->dims[axis - st->lead]) ||
             !size_is(st->s->ctx, step_operand(st, 1)->dims[axis - st->lead], 1);
  if (axis_moves(j, own) || (cut && axis_depends(j, own)))
    join_refuse(j, SET_pad_place, moved_operand(j));
  place_by_number(j, own);
  join_fix(j, j->operands[2].value, SET_pad_place);
}

/* A block at a place. */
Fact pad_update(SetStep *st) {
  int *out, n, axis = st->lead + (int)node_int(st->node, A_axis, 0);
  if (updates_all(st)) return st->operands[1];
  Join j = join_update(st, &n, &out);
  if (j.clash) return join_result(&j, NULL, 0, 0);
  int term = join_axis_term(&j, n);
  bool reached = axis_moves(&j, n) || axis_depends(&j, n);
  bool first = reached && term >= 0 && at_first(st);
  /* rows of others stay what they are where they are places */
  bool rows = !reached && term >= 0 && join_slot(&j, term)->kind == SLOT_fixed;
  if (axis_moves(&j, n + 1) || axis_depends(&j, n + 1))
    join_refuse(&j, SET_pad_place, moved_operand(&j));
  if (!first) write_by_number(&j, n, axis);
  if (first || rows) out[axis] = n;
  int value = join_either(&j, j.operands[0].value, j.operands[1].value);
  for (int i = 0; i < (int)j.atoms.len && !j.clash; i++)
    if (j.atoms.data[i].axis < n) j.atoms.data[i].fill = join_common_fill(&j, i, 2);
  if (!j.clash) join_forget_same(&j, 2);
  if (first && !j.clash) write_first(&j, n);
  return join_result(&j, out, n, j.clash ? 0 : value);
}
