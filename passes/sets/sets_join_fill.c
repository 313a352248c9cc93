/* Joins: what stands at padding of the joint atoms, by the fills of the operands (sets_join.h). */
#include "passes/sets/sets_join.h"

/* Padding by the rows of the operand is not that of other rows; places that are padding in all
 * rows are in each. */
static bool fill_holds(const Slot *own, const Slot *joint) {
  int more = 0;
  bool same_rows = slot_shift_by(own, joint, &more) && more >= 0;
  return own->kind == SLOT_free || joint->kind == SLOT_fixed || slot_equal(own, joint) || same_rows;
}

/* What a carried value was stands at the same places: only elementwise ops keep it. Of padding
 * behind the elements it is the same in all steps, and in both runs. */
static Fill fill_same(const Fill *carry) {
  if (carry->begins) return fill_begun(*carry);
  return (Fill){.kind = FILL_same, .needs = carry->needs | PAD_end};
}

static bool keeps_places(const Join *j) {
  Op op = j->st->node->op;
  return op_is(op, T_ELEMENTWISE) || op == OP_scan;
}

Fill join_operand_fill(const Join *j, int k, int atom) {
  const JoinOperand *o = &j->operands[k];
  for (int i = 0; i < o->cut.n_atoms; i++) {
    const Fill *fill = &o->cut.atoms[i].fill;
    if (o->atoms[i] != atom || fill->kind == FILL_unknown) continue;
    if (!fill_holds(&o->slots[i], join_slot(j, j->atoms.data[atom].term))) continue;
    return fill->kind == FILL_carry && !keeps_places(j) ? fill_same(fill) : *fill;
  }
  return o->fact->whole;
}

/* The atom of an operand that is that joint atom; -1: none. */
static int operand_atom(const JoinOperand *o, int atom) {
  for (int i = 0; i < o->cut.n_atoms; i++)
    if (o->atoms[i] == atom) return i;
  return -1;
}

bool join_same(const Join *j, int k, int atom, unsigned *needs) {
  const JoinOperand *o = &j->operands[k];
  int i = operand_atom(o, atom);
  if (o->cut.value.kind != SLOT_fixed) return false;
  if (i < 0) return true;
  const Atom *a = &o->cut.atoms[i];
  if (a->slot.kind == SLOT_free && fact_uses(&o->cut, a->slot.var) == 1) return true;
  Fill fill = join_operand_fill(j, k, atom);
  if (fill.kind == FILL_carry) fill = fill_same(&fill);
  *needs |= fill.needs;
  return fill_placed(&fill);
}

void join_forget_same(Join *j, int k) {
  for (int i = 0; i < j->operands[k].cut.n_atoms; i++) {
    Fill *fill = &j->atoms.data[j->operands[k].atoms[i]].fill;
    if (fill->kind == FILL_same) *fill = (Fill){0};
  }
}

Fill join_common_fill(const Join *j, int atom, int n) {
  Fill all = join_operand_fill(j, 0, atom);
  for (int k = 1; k < n; k++) {
    Fill one = join_operand_fill(j, k, atom);
    unsigned needs = all.needs | one.needs;
    if (!fill_equal(&all, &one)) all = (Fill){0};
    all.needs = needs;
  }
  if (all.kind != FILL_unknown) return all;
  Fill same = {.kind = FILL_same};
  for (int k = 0; k < n; k++)
    if (!join_same(j, k, atom, &same.needs)) return all;
  return same;
}

void join_keep_fills(Join *j) {
  for (int i = 0; i < (int)j->atoms.len && !j->clash; i++)
    j->atoms.data[i].fill = join_operand_fill(j, 0, i);
}
