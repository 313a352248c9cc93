/* Which claims the intervals of a value allow, and the op behind which one no longer holds. */
#include "passes/reach/reach_inside.h"

bool reach_fine(Reacher *r, const ReachFact *f, const ReachTerm *t, ReachClaim claim,
                Sz coordinate) {
  bool before = t->hi.i && reach_ge_guarded(r, f, t, coordinate, t->hi);
  return before &&
         (claim == REACH_causal || (t->lo.i && reach_ge_guarded(r, f, t, t->lo, coordinate)));
}

static Sz coordinate_of(Reacher *r, const ReachFact *f, int i) {
  return i < f->n_atoms ? r->place[i] : r->step[i - f->n_atoms];
}

static bool fine_somewhere(Reacher *r, const ReachFact *f, const ReachTerm *t, ReachClaim claim) {
  for (int i = 0; i < f->n_atoms + r->loops; i++)
    if (reach_fine(r, f, t, claim, coordinate_of(r, f, i))) return true;
  return false;
}

void reach_blame(ReachStep *st, ReachFact *f) {
  Reacher *r = st->r;
  ReachTerm *terms = arena_copy(r->arena, f->terms, (size_t)f->n_terms * sizeof *terms);
  for (int i = 0; i < f->n_terms; i++)
    for (int c = 0; c < N_REACH_CLAIMS; c++) {
      bool fine = fine_somewhere(r, f, &terms[i], (ReachClaim)c);
      if (fine)
        terms[i].breaks[c] = (ReachOp){0};
      else if (!terms[i].breaks[c].graph)
        terms[i].breaks[c] = (ReachOp){st->g, st->ref};
    }
  f->terms = terms;
}
