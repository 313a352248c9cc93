/* Two facts about one value: what both say, whether they are the same (sets_join.h). */
#include "passes/sets/sets_join.h"

int join_either(Join *j, int a, int b) {
  const Slot *x = join_slot(j, a), *y = join_slot(j, b);
  bool free = x->kind == SLOT_free || y->kind == SLOT_free;
  if (free) join_unify(j, a, b, SET_carried);
  if (free || slot_equal(x, y)) return a;
  join_fix(j, a, SET_carried);
  join_fix(j, b, SET_carried);
  return join_fixed_term(j);
}

static void meet_values(Join *j) {
  int a = j->operands[0].value, b = j->operands[1].value;
  if (join_padded(j))
    j->operands[0].value = join_either(j, a, b);
  else
    join_unify(j, a, b, SET_carried);
}

/* What two facts about one value both say: the instances that they share. */
Fact fact_meet(SetStep *st, const Fact *a, const Fact *b, int n) {
  if (a->lost || b->lost) return a->lost ? *a : *b;
  int *same = arena_array(st->s->scratch, int, n);
  for (int i = 0; i < n; i++) same[i] = i;
  Join j = join_new(st, n, 2);
  join_operand(&j, 0, a, same);
  join_operand(&j, 1, b, same);
  join_start(&j);
  if (!j.clash) meet_values(&j);
  for (int i = 0; i < (int)j.atoms.len && !j.clash && join_padded(&j); i++) {
    j.atoms.data[i].fill = join_common_fill(&j, i, 2);
    if (!fill_known(&j.atoms.data[i].fill) && join_lengthen(&j, i))
      j.atoms.data[i].fill = join_common_fill(&j, i, 2);
  }
  if (j.clash && st->s->set->padded) return join_result(&j, same, 0, 0);
  if (j.clash)
    return fact_lost(st, SET_carried, a->moved ? a->moved : b->moved,
                     a->moved ? b->fixed : a->fixed);
  return join_result(&j, same, n, j.operands[0].value);
}

bool fact_same(Sets *s, const Fact *a, const Fact *b) {
  if (a->lost || b->lost) return a->lost && b->lost;
  if (a->n_atoms != b->n_atoms || a->chance != b->chance || a->ties != b->ties ||
      a->needs != b->needs || a->infinite != b->infinite || a->anywhere != b->anywhere ||
      a->furthest != b->furthest || !a->counts != !b->counts || !fill_equal(&a->whole, &b->whole))
    return false;
  int *vars = arena_array(s->scratch, int, 2 * (a->n_atoms + 1)), n = 0;
  for (int i = 0; i <= a->n_atoms; i++) {
    const Slot *x = i < a->n_atoms ? &a->atoms[i].slot : &a->value,
               *y = i < a->n_atoms ? &b->atoms[i].slot : &b->value;
    if (i < a->n_atoms &&
        (a->atoms[i].axis != b->atoms[i].axis || !sz_eq(a->atoms[i].extent, b->atoms[i].extent) ||
         !fill_equal(&a->atoms[i].fill, &b->atoms[i].fill) ||
         a->atoms[i].fill.needs != b->atoms[i].fill.needs))
      return false;
    if (x->kind != y->kind) return false;
    if (x->kind != SLOT_free) {
      if (!slot_equal(x, y)) return false;
      continue;
    }
    for (int k = 0; k < n; k++)
      if ((vars[2 * k] == x->var) != (vars[2 * k + 1] == y->var)) return false;
    vars[2 * n] = x->var;
    vars[2 * n + 1] = y->var;
    n++;
  }
  return true;
}
