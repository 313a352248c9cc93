/* Reshapes: axes cut into atoms and put together again. Shared by both claims. */
#include "passes/sets/sets_join.h"

/* The operand's atoms cut so that they fall into the result's axes; its axes are those of the
 * operand still. */
static bool cut_for(SetStep *st, const Fact *f, Join *j, Fact *out) {
  Ctx *ctx = st->s->ctx;
  const TypeInfo *to = step_type(st);
  Cuts own = {.known = true}, wanted = {.known = true}, both = {.known = true};
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].axis >= st->lead) vec_push(st->s->scratch, &own, f->atoms[i].extent);
  for (int i = 0; i < to->rank; i++)
    if (!size_is(ctx, to->dims[i], 1)) vec_push(st->s->scratch, &wanted, to->dims[i]);
  bool fits = cuts_refine(st->s, &own, &wanted, &both);
  /* all atoms on one axis, cut in two: by a made-up operand with the atoms wanted */
  Atom *atoms = arena_array(st->s->arena, Atom, both.len);
  *out = (Fact){.atoms = atoms, .n_atoms = fits ? (int)both.len : 0, .value = slot_fixed()};
  for (uint32_t i = 0; i < both.len; i++)
    atoms[i] = atom_new(both.data[i], st->lead, slot_fresh(st->s));
  int n = st->lead + step_operand(st, 0)->rank, *map = step_axes(st, n);
  for (int i = st->lead; i < n; i++) map[i] = st->lead;
  *j = join_new(st, st->lead + 2, 2);
  join_operand(j, 0, f, map);
  join_operand(j, 1, out, step_axes(st, st->lead + 1)); /* the join reads it until its result */
  join_start(j);
  return fits;
}

/* Whether there are places that may be padding. */
static bool regroups(const SetStep *st) {
  const Fact *f = &st->operands[0];
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].axis >= st->lead &&
        (f->atoms[i].slot.kind == SLOT_moves || pad_depends(st->s, f->atoms[i].extent)))
      return true;
  return false;
}

Fact rule_reshape(SetStep *st) {
  const TypeInfo *to = step_type(st);
  Join j;
  Fact shape;
  bool fits = cut_for(st, &st->operands[0], &j, &shape);
  int *out = step_axes(st, st->lead + 1);
  join_keep_fills(&j);
  if (!fits && st->s->set->padded && regroups(st)) join_refuse(&j, SET_pad_regrouped, 0);
  if (j.clash) return join_result(&j, out, 0, 0);
  if (!fits) {
    join_fix_axis(&j, st->lead, SET_regrouped);
    Fact plain = fact_plain(st, to, SLOT_fixed),
         head = join_result(&j, out, st->lead, j.operands[0].value);
    if (head.lost) return head;
    Join both = join_new(st, st->lead + to->rank, 2);
    join_operand(&both, 0, &head, step_axes(st, st->lead));
    join_operand(&both, 1, &plain, step_axes(st, both.n_axes));
    join_start(&both);
    return join_result(&both, step_axes(st, both.n_axes), both.n_axes, both.operands[0].value);
  }
  Fact f = join_result(&j, out, st->lead + 1, j.operands[0].value);
  if (f.lost) return f;
  Atom *atoms = (Atom *)f.atoms;
  int axis = 0;
  Sz product = size_const(st->s->ctx, 1);
  for (int i = 0; i < f.n_atoms; i++) {
    if (atoms[i].axis < st->lead) continue;
    while (size_is(st->s->ctx, to->dims[axis], 1)) axis++;
    atoms[i].axis = st->lead + axis;
    product = size_mul(st->s->ctx, product, atoms[i].extent);
    if (!sz_eq(product, to->dims[axis])) continue;
    axis++;
    product = size_const(st->s->ctx, 1);
  }
  return f;
}
