/* Padding: an axis that an op takes together, or a part of it: what stands at its padding may
 * change nothing. What the rules claim: sets_padding.c. */
#include "passes/sets/sets_padding.h"

int moved_operand(const Join *j) {
  int k = 0;
  while (k < j->n_operands - 1 && !j->operands[k].fact->moved) k++;
  return k;
}

void take_atom(Join *j, int joint, Op op, bool once, SetReason reason) {
  Sets *s = j->st->s;
  const JointAtom *a = &j->atoms.data[joint];
  bool moves = join_slot(j, a->term)->kind == SLOT_moves;
  if (j->clash || (!moves && (!pad_depends(s, a->extent) || once))) return;
  if (!fill_neutral(op, a->fill, j->operands[0].fact, &j->needs))
    join_refuse(j, moves ? reason : SET_pad_count, moved_operand(j));
  else if (!pad_has_all(s, a->extent, join_slot(j, a->term)))
    join_refuse(j, SET_pad_part, moved_operand(j));
}

bool axis_some(const Join *j, int axis) {
  for (int i = 0; i < j->count[axis]; i++)
    if (!size_ge(j->st->s->ctx, j->atoms.data[j->first[axis] + i].extent,
                 size_const(j->st->s->ctx, 1)))
      return false;
  return true;
}

void take_together(Join *j, int axis, Op op, SetReason reason) {
  bool once = op == OP_max_over || op == OP_min_over || op == OP_any || op == OP_all;
  once = once && join_uniform(j, axis) && axis_some(j, axis);
  for (int i = 0; i < j->count[axis]; i++) take_atom(j, j->first[axis] + i, op, once, reason);
}

void reduce_fills(Join *j, Op op, bool some) {
  for (int i = 0; i < (int)j->atoms.len; i++)
    j->atoms.data[i].fill = fill_reduced(op, j->atoms.data[i].fill, some);
}
