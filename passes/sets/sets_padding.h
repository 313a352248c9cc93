/* Padding: what its rules share. Private to passes/sets; what the rules claim stands in
 * sets_padding.c. */
#ifndef ORDO_PASSES_SETS_SETS_PADDING_H
#define ORDO_PASSES_SETS_SETS_PADDING_H

#include "passes/sets/sets_join.h"

/* The fact of a join whose values are those of one operand; whole: its fill. */
Fact end_with(Join *j, int value, Fill whole);

/* An axis of a join: whether elements move along it, whether its extent depends on the padding,
 * whether it is both and has got a place of its own, and giving it one. */
bool axis_moves(const Join *j, int axis);
bool axis_depends(const Join *j, int axis);
bool axis_placed(const Join *j, int axis);
void place_axis(Join *j, int axis);
void new_places(Join *j, int axis, int *out);
/* Refuses an axis whose places, counted through its atoms, are others where there is more
 * padding. */
void place_by_number(Join *j, int axis);

/* ---- an axis that is taken together (sets_padding_take.c) ---- */
/* The first operand in which elements move. */
int moved_operand(const Join *j);
/* Whether an axis has a place at all. */
bool axis_some(const Join *j, int axis);
/* An atom of an axis goes: nothing may change with its padding. once: the op takes equal numbers
 * as one. */
void take_atom(Join *j, int joint, Op op, bool once, SetReason reason);
void take_together(Join *j, int axis, Op op, SetReason reason);
/* Fills of what is left; some: there is something at the places of axes that have gone. */
void reduce_fills(Join *j, Op op, bool some);

/* Rules of ops that look places up, and of matrices. */
Fact pad_gather(SetStep *st);
Fact pad_scatter(SetStep *st);
Fact pad_update(SetStep *st);
Fact pad_matrix(SetStep *st);

/* Rules of ops that move values. */
Fact pad_broadcast(SetStep *st);
Fact pad_transpose(SetStep *st);
Fact pad_reshape(SetStep *st);
Fact pad_slice(SetStep *st);
Fact pad_pad(SetStep *st);
Fact pad_concat(SetStep *st);
Fact pad_reverse(SetStep *st);

#endif
