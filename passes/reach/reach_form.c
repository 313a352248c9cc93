/* Forms over coordinates: proofs about them, coordinates replaced and eliminated. */
#include "passes/reach/reach_inside.h"

typedef struct ReachMention {
  Sz symbol;
  bool found;
} ReachMention;

static void look(void *user, Sz symbol) {
  ReachMention *m = user;
  m->found = m->found || sz_eq(symbol, m->symbol);
}

bool reach_mentions(Reacher *r, Sz form, Sz coordinate) {
  ReachMention m = {coordinate, false};
  size_symbols(r->ctx, form, look, &m);
  return m.found;
}

static Sz put(Reacher *r, Sz form, Sz coordinate, Sz value) {
  return size_subst(r->ctx, form, &coordinate, &value, 1);
}

bool reach_factor(Reacher *r, Sz form, Sz coordinate, Sz *factor) {
  *factor = r->zero;
  if (!form.i || !reach_mentions(r, form, coordinate)) return form.i != 0;
  Sz rest = put(r, form, coordinate, r->zero);
  *factor = reach_sub(r, put(r, form, coordinate, r->one), rest);
  Sz again = reach_add(r, size_mul(r->ctx, *factor, coordinate), rest);
  return factor->i && sz_eq(again, form);
}

/* The least value of a form along a coordinate: at its first place or at its last. */
static bool lowest(Reacher *r, Sz *form, Sz coordinate, Sz extent) {
  Sz factor;
  if (!reach_factor(r, *form, coordinate, &factor)) return false;
  if (sz_eq(factor, r->zero)) return true;
  if (size_ge(r->ctx, factor, r->zero))
    *form = put(r, *form, coordinate, r->zero);
  else if (size_ge(r->ctx, r->zero, factor))
    *form = put(r, *form, coordinate, reach_less_one(r, extent));
  else
    return false;
  return true;
}

static bool lowest_of_all(Reacher *r, const ReachFact *f, Sz *form) {
  for (int i = 0; i < f->n_atoms; i++)
    if (!lowest(r, form, r->place[i], f->atoms[i].extent)) return false;
  for (int d = 0; d < r->loops; d++)
    if (!lowest(r, form, r->step[d], r->length[d])) return false;
  return form->i != 0;
}

/* There is a place, so no extent of an atom or loop is 0. */
static Sz filled(Reacher *r, const ReachFact *f, Sz form) {
  for (int i = 0; i < f->n_atoms + r->loops; i++) {
    Sz extent = i < f->n_atoms ? f->atoms[i].extent : r->length[i - f->n_atoms];
    if (!size_is_symbol(r->ctx, extent, NULL)) continue;
    bool before = false;
    for (int k = 0; k < i && !before; k++)
      before = sz_eq(extent, k < f->n_atoms ? f->atoms[k].extent : r->length[k - f->n_atoms]);
    if (!before) form = put(r, form, extent, reach_add(r, extent, r->one));
  }
  return form;
}

bool reach_not_negative(Reacher *r, const ReachFact *f, Sz form) {
  if (!form.i || !lowest_of_all(r, f, &form)) return false;
  return size_ge(r->ctx, form, r->zero) || size_ge(r->ctx, filled(r, f, form), r->zero);
}

bool reach_least(Reacher *r, const ReachFact *f, Sz form, int64_t *least) {
  return form.i && lowest_of_all(r, f, &form) && size_is_const(r->ctx, form, least);
}

bool reach_ge_guarded(Reacher *r, const ReachFact *f, const ReachTerm *t, Sz a, Sz b) {
  if (!a.i || !b.i) return false;
  Sz more = reach_sub(r, a, b);
  if (reach_not_negative(r, f, more)) return true;
  for (int i = 0; i < t->n_guards; i++)
    if (reach_not_negative(r, f, reach_add(r, more, t->guards[i]))) return true;
  return false;
}

/* ---- other coordinates ----------------------------------------------------------------------- */

ReachFact reach_subst(Reacher *r, const ReachFact *f, const Sz *from, const Sz *to, int n) {
  ReachFact out = *f;
  ReachTerm *terms = arena_copy(r->arena, f->terms, (size_t)f->n_terms * sizeof *terms);
  for (int i = 0; i < f->n_terms; i++) {
    ReachTerm *t = &terms[i];
    t->lo = size_subst(r->ctx, t->lo, from, to, n);
    t->hi = size_subst(r->ctx, t->hi, from, to, n);
    Sz *guards = arena_array(r->arena, Sz, t->n_guards);
    for (int k = 0; k < t->n_guards; k++) guards[k] = size_subst(r->ctx, t->guards[k], from, to, n);
    t->guards = guards;
  }
  ReachKnown *known = arena_copy(r->arena, f->known, (size_t)f->n_known * sizeof *known);
  for (int i = 0; i < f->n_known; i++)
    known[i].form = size_subst(r->ctx, known[i].form, from, to, n);
  out.terms = terms;
  out.known = known;
  out.low = size_subst(r->ctx, f->low, from, to, n);
  out.high = size_subst(r->ctx, f->high, from, to, n);
  return out;
}

/* The largest value of a form along a coordinate; SZ_NONE: not known. A guard that bounds the
 * coordinate by others is preferred to its extent. */
static Sz highest(Reacher *r, const ReachFact *f, const ReachTerm *t, Sz form, Sz coordinate,
                  Sz extent) {
  Sz factor;
  if (!form.i || !reach_factor(r, form, coordinate, &factor)) return SZ_NONE;
  if (sz_eq(factor, r->zero)) return form;
  bool rises = size_ge(r->ctx, factor, r->zero);
  if (!rises && !size_ge(r->ctx, r->zero, factor)) return SZ_NONE;
  Sz most = put(r, form, coordinate, rises ? reach_less_one(r, extent) : r->zero);
  bool guarded = false;
  for (int i = 0; t && i < t->n_guards; i++) {
    Sz by;
    if (!reach_factor(r, t->guards[i], coordinate, &by) || sz_eq(by, r->zero)) continue;
    Sz times = size_div(r->ctx, factor, by);
    if (!times.i || !sz_eq(size_mul(r->ctx, times, by), factor)) continue;
    if (!size_ge(r->ctx, times, r->zero)) continue;
    Sz bound = reach_sub(r, form, size_mul(r->ctx, times, t->guards[i]));
    if (!bound.i || reach_mentions(r, bound, coordinate)) continue;
    if (reach_ge(r, f, bound, most)) continue;
    if (guarded && !reach_ge(r, f, most, bound)) continue;
    most = bound;
    guarded = true;
  }
  return most;
}

static Sz negative(Reacher *r, Sz form) { return form.i ? reach_sub(r, r->zero, form) : form; }

static Sz lowest_end(Reacher *r, const ReachFact *f, const ReachTerm *t, Sz form, Sz coordinate,
                     Sz extent) {
  return negative(r, highest(r, f, t, negative(r, form), coordinate, extent));
}

static void drop_guards(Reacher *r, ReachTerm *t, Sz coordinate) {
  Sz *guards = arena_array(r->arena, Sz, t->n_guards);
  int n = 0;
  for (int i = 0; i < t->n_guards; i++)
    if (!reach_mentions(r, t->guards[i], coordinate)) guards[n++] = t->guards[i];
  t->guards = guards;
  t->n_guards = n;
}

static void drop_known(Reacher *r, ReachFact *f, Sz coordinate) {
  ReachKnown *known = arena_array(r->arena, ReachKnown, f->n_known);
  int n = 0;
  for (int i = 0; i < f->n_known; i++)
    if (!reach_mentions(r, f->known[i].form, coordinate)) known[n++] = f->known[i];
  f->known = known;
  f->n_known = n;
}

ReachFact reach_eliminate(Reacher *r, const ReachFact *f, Sz coordinate, Sz extent) {
  ReachFact out = *f;
  ReachTerm *terms = arena_array(r->arena, ReachTerm, f->n_terms);
  out.n_terms = 0;
  out.terms = terms;
  for (int i = 0; i < f->n_terms; i++) {
    ReachTerm t = f->terms[i];
    t.hi = highest(r, f, &f->terms[i], t.hi, coordinate, extent);
    t.lo = lowest_end(r, f, &f->terms[i], t.lo, coordinate, extent);
    drop_guards(r, &t, coordinate);
    terms[out.n_terms++] = t;
  }
  drop_known(r, &out, coordinate);
  out.high = highest(r, f, NULL, f->high, coordinate, extent);
  out.low = lowest_end(r, f, NULL, f->low, coordinate, extent);
  return out;
}

/* Along which the end of an interval is the largest, if the coordinate lies from low to high. */
static Sz highest_between(Reacher *r, Sz form, Sz coordinate, Sz extent, Sz low, Sz high) {
  Sz factor;
  if (!form.i || !reach_factor(r, form, coordinate, &factor)) return SZ_NONE;
  if (sz_eq(factor, r->zero)) return form;
  if (size_ge(r->ctx, factor, r->zero))
    return put(r, form, coordinate, high.i ? high : reach_less_one(r, extent));
  if (!size_ge(r->ctx, r->zero, factor)) return SZ_NONE;
  return put(r, form, coordinate, low.i ? low : r->zero);
}

ReachFact reach_bounded(Reacher *r, const ReachFact *f, Sz coordinate, Sz extent, Sz low, Sz high) {
  if (low.i && high.i && sz_eq(low, high)) return reach_subst(r, f, &coordinate, &low, 1);
  ReachFact out = *f;
  ReachTerm *terms = arena_array(r->arena, ReachTerm, f->n_terms);
  for (int i = 0; i < f->n_terms; i++) {
    ReachTerm t = f->terms[i];
    t.hi = highest_between(r, t.hi, coordinate, extent, low, high);
    t.lo = negative(r, highest_between(r, negative(r, t.lo), coordinate, extent, low, high));
    drop_guards(r, &t, coordinate);
    terms[i] = t;
  }
  out.terms = terms;
  drop_known(r, &out, coordinate);
  out.high = highest_between(r, f->high, coordinate, extent, low, high);
  out.low = negative(r, highest_between(r, negative(r, f->low), coordinate, extent, low, high));
  return out;
}

/* Takes atom i out: the coordinates behind it move up. */
static ReachFact without_atom(Reacher *r, const ReachFact *f, int i) {
  Sz from[REACH_PLACES], to[REACH_PLACES];
  int n = 0;
  ReachAtom *atoms = arena_array(r->arena, ReachAtom, f->n_atoms);
  for (int k = 0; k < f->n_atoms; k++) {
    if (k == i) continue;
    atoms[k - (k > i)] = f->atoms[k];
    from[n] = r->place[k];
    to[n++] = r->place[k - (k > i)];
  }
  ReachFact out = reach_eliminate(r, f, r->place[i], f->atoms[i].extent);
  out = reach_subst(r, &out, from, to, n);
  out.atoms = atoms;
  out.n_atoms = f->n_atoms - 1;
  return out;
}

ReachFact reach_without_axis(Reacher *r, const ReachFact *f, int axis) {
  ReachFact out = *f;
  for (int i = f->n_atoms; i-- > 0;)
    if (f->atoms[i].axis == axis) out = without_atom(r, &out, i);
  return out;
}

ReachFact reach_anywhere(Reacher *r, const ReachFact *f) {
  ReachFact out = *f;
  for (int i = f->n_atoms; i-- > 0;) out = without_atom(r, &out, i);
  out.n_known = 0;
  return out;
}

/* ---- terms ----------------------------------------------------------------------------------- */

/* Whether all that a says is said by b. */
static bool within(Reacher *r, const ReachFact *f, const ReachTerm *a, const ReachTerm *b) {
  for (int i = 0; i < b->n_guards; i++) {
    bool has = false;
    for (int k = 0; k < a->n_guards && !has; k++) has = sz_eq(a->guards[k], b->guards[i]);
    if (!has) return false;
  }
  bool low = !b->lo.i || (a->lo.i && reach_ge_guarded(r, f, a, a->lo, b->lo));
  return low && (!b->hi.i || (a->hi.i && reach_ge_guarded(r, f, a, b->hi, a->hi)));
}

/* The smallest term that says what both do. */
static ReachTerm hull(Reacher *r, const ReachFact *f, const ReachTerm *a, const ReachTerm *b) {
  ReachTerm t = *b;
  bool a_lower = a->lo.i && b->lo.i && reach_ge(r, f, b->lo, a->lo),
       b_lower = a->lo.i && b->lo.i && reach_ge(r, f, a->lo, b->lo);
  t.lo = a_lower ? a->lo : b_lower ? b->lo : SZ_NONE;
  bool a_higher = a->hi.i && b->hi.i && reach_ge(r, f, a->hi, b->hi),
       b_higher = a->hi.i && b->hi.i && reach_ge(r, f, b->hi, a->hi);
  t.hi = a_higher ? a->hi : b_higher ? b->hi : SZ_NONE;
  t.n_guards = 0;
  for (int c = 0; c < N_REACH_CLAIMS; c++)
    if (a->breaks[c].graph) t.breaks[c] = a->breaks[c];
  return t;
}

static bool dead(Reacher *r, const ReachFact *f, const ReachTerm *t) {
  for (int i = 0; i < t->n_guards; i++)
    if (reach_not_negative(r, f, reach_less_one(r, t->guards[i]))) return true;
  return false;
}

void reach_add_terms(Reacher *r, ReachFact *f, const ReachTerm *terms, int n) {
  ReachTerm *all = arena_array(r->arena, ReachTerm, f->n_terms + n + 1);
  int count = 0;
  for (int i = 0; i < f->n_terms + n; i++) {
    const ReachTerm *t = i < f->n_terms ? &f->terms[i] : &terms[i - f->n_terms];
    bool said = dead(r, f, t);
    for (int k = 0; k < count && !said; k++) said = within(r, f, t, &all[k]);
    if (said) continue;
    int kept = 0;
    for (int k = 0; k < count; k++)
      if (!within(r, f, &all[k], t)) all[kept++] = all[k];
    count = kept;
    all[count++] = *t;
    if (count <= REACH_TERMS) continue;
    all[count - 2] = hull(r, f, &all[count - 2], &all[count - 1]);
    count--;
  }
  f->terms = all;
  f->n_terms = count;
}

ReachFact reach_guard(Reacher *r, const ReachFact *f, Sz form) {
  enum { MOST = 8 };
  ReachFact out = *f;
  if (!form.i) return out;
  ReachTerm *terms = arena_copy(r->arena, f->terms, (size_t)f->n_terms * sizeof *terms);
  for (int i = 0; i < f->n_terms; i++) {
    ReachTerm *t = &terms[i];
    bool has = t->n_guards >= MOST;
    for (int k = 0; k < t->n_guards && !has; k++) has = sz_eq(t->guards[k], form);
    if (has) continue;
    Sz *guards = arena_array(r->arena, Sz, t->n_guards + 1);
    for (int k = 0; k < t->n_guards; k++) guards[k] = t->guards[k];
    guards[t->n_guards++] = form;
    t->guards = guards;
  }
  out.terms = terms;
  return out;
}

void reach_know(Reacher *r, ReachFact *f, Sz form, double value, bool far) {
  if (!form.i || f->n_known >= REACH_MOST_KNOWN) return;
  for (int i = 0; i < f->n_known; i++)
    if (sz_eq(f->known[i].form, form)) return;
  ReachKnown *known = arena_array(r->arena, ReachKnown, f->n_known + 1);
  for (int i = 0; i < f->n_known; i++) known[i] = f->known[i];
  known[f->n_known++] = (ReachKnown){form, value, far};
  f->known = known;
}

ReachFact reach_plain(Reacher *r, const TypeInfo *info) {
  ReachFact f = {0};
  ReachAtom *atoms = arena_array(r->arena, ReachAtom, info->rank);
  for (int i = 0; i < info->rank; i++)
    if (!size_is(r->ctx, info->dims[i], 1)) atoms[f.n_atoms++] = (ReachAtom){info->dims[i], i};
  f.atoms = atoms;
  return f;
}
