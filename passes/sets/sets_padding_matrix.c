/* Padding: the transfer rules of functions of whole matrices. What the rules claim:
 * sets_padding.c. */
#include "passes/sets/sets_padding.h"

/* An axis of matrices that are taken as a whole. */
static void refuse_reached(Join *j, int axis, int operand) {
  if (j->clash) return;
  if (axis_moves(j, axis) || axis_depends(j, axis)) join_refuse(j, SET_pad_matrix, operand);
  place_by_number(j, axis);
}

/* Row i of the factor is made of what is before place i in both axes, and 0 behind: where padding
 * stands at the end, rows of elements are made of elements. One factor that cannot be made is NaN
 * in all places. */
static Fact pad_cholesky(SetStep *st) {
  int *out, n = st->lead + step_type(st)->rank, row = n - 2, column = n - 1, moving = -1;
  Join j = join_matrices(st, &out);
  if (!j.clash) join_fix_values(&j);
  for (int axis = row; axis <= column && !j.clash; axis++) {
    if (!axis_moves(&j, axis) && !axis_depends(&j, axis)) continue;
    int term = join_axis_term(&j, axis);
    j.needs |= PAD_finite;
    if (term < 0) {
      join_refuse(&j, SET_pad_matrix, 0);
    } else if (join_slot(&j, term)->kind != SLOT_moves) {
      join_fix(&j, term, SET_pad_matrix);
    } else {
      if (moving >= 0 && !slot_equal(join_slot(&j, term), join_slot(&j, moving)))
        join_refuse(&j, SET_pad_matrix, 0);
      moving = term;
      j.needs |= PAD_end;
    }
  }
  for (int k = 0; k < 2 && !j.clash; k++)
    join_add(&j, out[row + k], step_type(st)->dims[row - st->lead + k], SLOT_fixed);
  if (moving >= 0 && !j.clash) j.atoms.data[j.first[out[row]]].term = moving;
  return end_infinite(st, join_result(&j, out, n, j.clash ? 0 : join_fixed_term(&j)));
}

/* Whether something moves by rows that are places of an axis: some of them are padding there. */
static bool gives_rows(const Join *j, int axis) {
  for (int i = 0; i < (int)j->atoms.len; i++) {
    const Slot *slot = join_slot(j, j->atoms.data[i].term);
    for (int k = 0; k < slot->n_rows; k++)
      if (j->atoms.data[slot->rows[k]].axis == axis) return true;
  }
  return false;
}

/* Each column of the right side is solved for itself: one of zeros gives zeros. One that is not
 * finite makes all of them NaN. */
static Fact pad_solve(SetStep *st) {
  int *out, n = st->lead + step_type(st)->rank, columns = n + 1;
  Join j = join_matrices(st, &out);
  if (!j.clash) join_fix_values(&j);
  for (int axis = n - 2; axis < n; axis++) refuse_reached(&j, axis, 0);
  bool reached = !j.clash && (axis_moves(&j, columns) || axis_depends(&j, columns));
  if (reached || gives_rows(&j, columns)) j.needs |= PAD_finite;
  for (int i = 0; i < j.count[columns] && !j.clash; i++) {
    JointAtom *a = &j.atoms.data[j.first[columns] + i];
    Fill fill = join_operand_fill(&j, 1, j.first[columns] + i);
    bool zero = fill.kind == FILL_number && fill.number == 0;
    if (zero) a->fill = (Fill){.kind = FILL_number, .needs = fill.needs | PAD_finite | PAD_some};
  }
  return end_infinite(st, join_result(&j, out, n, j.clash ? 0 : join_fixed_term(&j)));
}

Fact pad_matrix(SetStep *st) {
  int *out, n = st->lead + step_type(st)->rank;
  if (st->node->op == OP_cholesky) return pad_cholesky(st);
  if (st->node->op == OP_solve) return pad_solve(st);
  Join j = join_matrices(st, &out);
  if (!j.clash) join_fix_values(&j);
  for (int axis = n - 2; axis < n; axis++) refuse_reached(&j, axis, 0);
  for (int i = 0; i < 2 && !j.clash; i++)
    join_add(&j, j.n_axes - 2 + i, step_type(st)->dims[n - 2 + i - st->lead], SLOT_fixed);
  return end_infinite(st, join_result(&j, out, n, j.clash ? 0 : join_fixed_term(&j)));
}
