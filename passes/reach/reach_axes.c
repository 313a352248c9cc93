/* Axes of operands that meet: atoms cut alike, collapsed, cut off, regrouped. */
#include "passes/reach/reach_inside.h"

typedef struct Extents {
  int n;
  Sz of[REACH_PLACES];
} Extents;

static bool push(Extents *e, Sz extent) {
  if (e->n == REACH_PLACES) return false;
  e->of[e->n++] = extent;
  return true;
}

/* What is left of an extent behind a first part; SZ_NONE: it cannot be cut there. */
static Sz rest_of(Reacher *r, Sz extent, Sz first) {
  Sz rest = size_div(r->ctx, extent, first);
  return rest.i && sz_eq(size_mul(r->ctx, rest, first), extent) ? rest : SZ_NONE;
}

/* The common refinement of two lists in row-major order; false: there is none. */
static bool refine(Reacher *r, const Extents *a, const Extents *b, Extents *out) {
  out->n = 0;
  int i = 0, k = 0;
  Sz left_a = a->n ? a->of[0] : r->one, left_b = b->n ? b->of[0] : r->one;
  while (i < a->n && k < b->n) {
    Sz cut = left_a, rest_a = SZ_NONE, rest_b = SZ_NONE;
    if (!sz_eq(left_a, left_b)) {
      rest_a = rest_of(r, left_a, left_b);
      rest_b = rest_a.i ? SZ_NONE : rest_of(r, left_b, left_a);
      if (!rest_a.i && !rest_b.i) return false;
      if (rest_a.i) cut = left_b;
    }
    if (!push(out, cut)) return false;
    if (rest_a.i)
      left_a = rest_a;
    else if (++i < a->n)
      left_a = a->of[i];
    if (rest_b.i)
      left_b = rest_b;
    else if (++k < b->n)
      left_b = b->of[k];
    /* what is left of the other one goes on in the next turn */
    if (rest_a.i || rest_b.i) continue;
  }
  return i == a->n && k == b->n;
}

/* The parts of an extent among cuts from 'at' on: how many. */
static int parts_of(Reacher *r, Sz extent, const Extents *cuts, int at) {
  Sz product = r->one;
  int n = 0;
  while (!sz_eq(product, extent) && at + n < cuts->n)
    product = size_mul(r->ctx, product, cuts->of[at + n++]);
  return n;
}

/* A coordinate over those of its parts, from 'at' on. */
static Sz over_parts(Reacher *r, const Extents *cuts, int at, int n) {
  Sz form = r->zero;
  for (int i = 0; i < n; i++)
    form = reach_add(r, size_mul(r->ctx, form, cuts->of[at + i]), r->place[at + i]);
  return form;
}

static Extents on_axis(const ReachFact *f, int axis) {
  Extents e = {0};
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].axis == axis) e.of[e.n++] = f->atoms[i].extent;
  return e;
}

static int first_atom(const ReachFact *f, int axis) {
  int i = 0;
  while (i < f->n_atoms && f->atoms[i].axis < axis) i++;
  return i;
}

Sz reach_coordinate(Reacher *r, const ReachFact *f, int axis) {
  int i = first_atom(f, axis);
  return i < f->n_atoms && f->atoms[i].axis == axis ? r->place[i] : r->zero;
}

/* Atoms with those of an axis replaced by n of the extents; their coordinates are not changed. */
static const ReachAtom *with_atoms(Reacher *r, const ReachFact *f, int axis, const Sz *extents,
                                   int n, int *count) {
  ReachAtom *atoms = arena_array(r->arena, ReachAtom, f->n_atoms + n);
  int k = 0, first = first_atom(f, axis);
  for (int i = 0; i < first; i++) atoms[k++] = f->atoms[i];
  for (int i = 0; i < n; i++) atoms[k++] = (ReachAtom){extents[i], axis};
  for (int i = first; i < f->n_atoms; i++)
    if (f->atoms[i].axis != axis) atoms[k++] = f->atoms[i];
  *count = k;
  return atoms;
}

/* Whether a form says of the parts what it may say of their one coordinate; *factor: of that. */
static bool proportional(Reacher *r, Sz form, int first, const Extents *parts, Sz *factor) {
  Sz stride = r->one;
  *factor = r->zero;
  for (int i = parts->n; i-- > 0;) {
    Sz k;
    if (!reach_factor(r, form, r->place[first + i], &k)) return false;
    if (i == parts->n - 1) *factor = k;
    if (!sz_eq(k, size_mul(r->ctx, *factor, stride))) return false;
    stride = size_mul(r->ctx, stride, parts->of[i]);
  }
  return true;
}

static bool all_proportional(Reacher *r, const ReachTerm *t, int first, const Extents *parts) {
  Sz factor;
  bool good = (!t->lo.i || proportional(r, t->lo, first, parts, &factor)) &&
              (!t->hi.i || proportional(r, t->hi, first, parts, &factor));
  for (int i = 0; i < t->n_guards; i++)
    good = good && proportional(r, t->guards[i], first, parts, &factor);
  return good;
}

bool reach_collapsible(Reacher *r, const ReachFact *f, int axis) {
  Extents parts = on_axis(f, axis);
  int first = first_atom(f, axis);
  bool good = true;
  for (int i = 0; i < f->n_terms && good && parts.n > 1; i++)
    good = all_proportional(r, &f->terms[i], first, &parts);
  return good;
}

/* Terms that speak of single parts are taken for any place of the axis; so are bounds. */
static ReachFact coarse(Reacher *r, const ReachFact *f, int first, const Extents *parts) {
  ReachFact out = *f;
  out.n_terms = out.n_known = 0;
  ReachTerm *terms = arena_array(r->arena, ReachTerm, f->n_terms);
  for (int i = 0; i < f->n_terms; i++) {
    if (all_proportional(r, &f->terms[i], first, parts)) {
      terms[out.n_terms++] = f->terms[i];
      continue;
    }
    ReachFact one = *f;
    one.terms = &f->terms[i];
    one.n_terms = 1;
    one.n_known = 0;
    for (int k = 0; k < parts->n; k++)
      one = reach_eliminate(r, &one, r->place[first + k], parts->of[k]);
    terms[out.n_terms++] = one.terms[0];
  }
  out.terms = terms;
  Sz factor;
  ReachKnown *known = arena_array(r->arena, ReachKnown, f->n_known);
  for (int i = 0; i < f->n_known; i++)
    if (proportional(r, f->known[i].form, first, parts, &factor))
      known[out.n_known++] = f->known[i];
  out.known = known;
  if (out.low.i && !proportional(r, out.low, first, parts, &factor)) out.low = SZ_NONE;
  if (out.high.i && !proportional(r, out.high, first, parts, &factor)) out.high = SZ_NONE;
  return out;
}

ReachFact reach_collapse(Reacher *r, const ReachFact *f, int axis, Sz extent) {
  Extents parts = on_axis(f, axis);
  int first = first_atom(f, axis), gone = parts.n - 1;
  if (parts.n <= 1) return *f;
  ReachFact out = coarse(r, f, first, &parts);
  /* p = (..(p0 * n1 + p1) ..): the last part carries the factor, the others are in it */
  Sz from[REACH_PLACES], to[REACH_PLACES];
  int n = 0;
  for (int i = 0; i < f->n_atoms; i++) {
    bool part = i >= first && i < first + parts.n;
    from[n] = r->place[i];
    to[n++] = !part                      ? r->place[i < first ? i : i - gone]
              : i == first + parts.n - 1 ? r->place[first]
                                         : r->zero;
  }
  out = reach_subst(r, &out, from, to, n);
  out.atoms = with_atoms(r, f, axis, &extent, 1, &out.n_atoms);
  return out;
}

ReachFact reach_resize(Reacher *r, const ReachFact *f, int axis, Sz old, Sz extent, Sz shift) {
  ReachFact one = reach_collapse(r, f, axis, old), out;
  int at = first_atom(&one, axis);
  bool had = at < one.n_atoms && one.atoms[at].axis == axis, has = !size_is(r->ctx, extent, 1);
  Sz from[REACH_PLACES], to[REACH_PLACES];
  int n = 0;
  for (int i = 0; i < one.n_atoms; i++) {
    from[n] = r->place[i];
    int k = had && !has && i > at ? i - 1 : !had && has && i >= at ? i + 1 : i;
    to[n++] = r->place[k];
    if (had && i == at) to[n - 1] = has ? reach_add(r, r->place[at], shift) : shift;
  }
  out = reach_subst(r, &one, from, to, n);
  out.atoms = with_atoms(r, &one, axis, &extent, has, &out.n_atoms);
  return out;
}

/* ---- joins ----------------------------------------------------------------------------------- */

/* The cuts that all operands have in common on a joint axis; operands without any are collapsed. */
/* most: atoms that there may be of it; with more the axis stays whole. */
static Extents cuts_of(ReachStep *st, ReachJoin *j, ReachFact *operands, const int *const *maps,
                       int axis, int most) {
  Reacher *r = st->r;
  Extents cuts = {0};
  if (size_is(r->ctx, j->extents[axis], 1)) return cuts;
  cuts.of[cuts.n++] = j->extents[axis];
  bool whole = false;
  for (int k = 0; k < j->n_operands && !whole; k++)
    for (int i = 0; maps[k][i] >= 0; i++) {
      Extents own = on_axis(&operands[k], i), both;
      if (maps[k][i] != axis || own.n <= 1) continue;
      whole = !refine(r, &cuts, &own, &both);
      if (!whole) cuts = both;
    }
  if (!whole && cuts.n <= most) return cuts;
  for (int k = 0; k < j->n_operands; k++)
    for (int i = 0; maps[k][i] >= 0; i++)
      if (maps[k][i] == axis) operands[k] = reach_collapse(r, &operands[k], i, j->extents[axis]);
  return (Extents){.n = 1, .of = {j->extents[axis]}};
}

/* An operand over the joint atoms; first: the first atom of each joint axis. */
static ReachFact over_joint(Reacher *r, const ReachJoin *j, const ReachFact *f, const int *map,
                            const int *first) {
  Extents cuts = {.n = j->n_atoms};
  for (int i = 0; i < j->n_atoms; i++) cuts.of[i] = j->atoms[i].extent;
  Sz from[REACH_PLACES], to[REACH_PLACES];
  int n = 0, axis = -1, at = 0;
  for (int i = 0; i < f->n_atoms; i++) {
    if (f->atoms[i].axis != axis) at = first[map[f->atoms[i].axis]];
    axis = f->atoms[i].axis;
    int parts = parts_of(r, f->atoms[i].extent, &cuts, at);
    from[n] = r->place[i];
    to[n++] = over_parts(r, &cuts, at, parts);
    at += parts;
  }
  ReachFact out = reach_subst(r, f, from, to, n);
  out.atoms = j->atoms;
  out.n_atoms = j->n_atoms;
  return out;
}

ReachJoin reach_join(ReachStep *st, const Sz *extents, int n_axes, int n_operands,
                     const ReachFact *operands, const int *const *maps) {
  Reacher *r = st->r;
  ReachJoin j = {.n_axes = n_axes, .n_operands = n_operands, .extents = extents};
  ReachFact *own = arena_copy(r->arena, operands, (size_t)n_operands * sizeof *own);
  int *first = arena_array(r->arena, int, n_axes + 1);
  j.atoms = arena_array(r->arena, ReachAtom, REACH_PLACES);
  j.operands = arena_array(r->arena, ReachFact, n_operands);
  for (int a = 0; a < n_axes; a++) {
    int others = n_axes - 1 - a; /* each is one atom at least */
    Extents cuts = cuts_of(st, &j, own, maps, a, REACH_PLACES - j.n_atoms - others);
    first[a] = j.n_atoms;
    ORDO_CHECK(j.n_atoms + cuts.n <= REACH_PLACES);
    for (int i = 0; i < cuts.n; i++) j.atoms[j.n_atoms++] = (ReachAtom){cuts.of[i], a};
  }
  for (int k = 0; k < n_operands; k++) j.operands[k] = over_joint(r, &j, &own[k], maps[k], first);
  return j;
}

ReachFact reach_result(Reacher *r, const ReachFact *f, const int *out, int n_out) {
  ReachFact kept = *f;
  int most = 0;
  for (int i = 0; i < f->n_atoms; i++) most = f->atoms[i].axis > most ? f->atoms[i].axis : most;
  for (int axis = most; axis >= 0; axis--) {
    bool stays = false;
    for (int i = 0; i < n_out && !stays; i++) stays = out[i] == axis;
    if (!stays) kept = reach_without_axis(r, &kept, axis);
  }
  Sz from[REACH_PLACES], to[REACH_PLACES];
  ReachAtom *atoms = arena_array(r->arena, ReachAtom, kept.n_atoms + 1);
  int n = 0;
  for (int i = 0; i < n_out; i++)
    for (int k = 0; k < kept.n_atoms; k++) {
      if (kept.atoms[k].axis != out[i]) continue;
      from[n] = r->place[k];
      to[n] = r->place[n];
      atoms[n++] = (ReachAtom){kept.atoms[k].extent, i};
    }
  ReachFact done = reach_subst(r, &kept, from, to, n);
  done.atoms = atoms;
  done.n_atoms = n;
  return done;
}

bool reach_regroup(Reacher *r, const ReachFact *f, const Sz *dims, int rank, ReachFact *out) {
  Extents old = {0}, new = {0}, cuts;
  for (int i = 0; i < f->n_atoms; i++) push(&old, f->atoms[i].extent);
  for (int i = 0; i < rank; i++)
    if (!size_is(r->ctx, dims[i], 1) && !push(&new, dims[i])) return false;
  if (!refine(r, &old, &new, &cuts)) return false;
  ReachAtom *atoms = arena_array(r->arena, ReachAtom, cuts.n);
  int at = 0;
  for (int i = 0; i < rank; i++) {
    if (size_is(r->ctx, dims[i], 1)) continue;
    int parts = parts_of(r, dims[i], &cuts, at);
    for (int k = 0; k < parts; k++) atoms[at + k] = (ReachAtom){cuts.of[at + k], i};
    at += parts;
  }
  Sz from[REACH_PLACES], to[REACH_PLACES];
  int n = 0;
  for (int i = 0, first = 0; i < f->n_atoms; i++) {
    int parts = parts_of(r, f->atoms[i].extent, &cuts, first);
    from[n] = r->place[i];
    to[n++] = over_parts(r, &cuts, first, parts);
    first += parts;
  }
  if (at != cuts.n) return false;
  *out = reach_subst(r, f, from, to, n);
  out->atoms = atoms;
  out->n_atoms = cuts.n;
  return true;
}

/* ---- any op ---- */

ReachFact reach_unknown(ReachStep *st) {
  Reacher *r = st->r;
  const TypeInfo *info = reach_type(st);
  ReachFact any = {0};
  for (int i = 0; i < st->node->n_operands; i++) {
    ReachFact one = reach_anywhere(r, &st->operands[i]);
    reach_add_terms(r, &any, one.terms, one.n_terms);
    any.needs |= one.needs;
    any.counts = any.counts || one.counts;
  }
  static const int none[] = {-1};
  const int *map = none;
  int n = info->is_tuple ? info->rank : 1;
  ReachFact *items = arena_array(r->arena, ReachFact, n);
  for (int i = 0; i < n; i++) {
    const TypeInfo *item = info->is_tuple ? type_info(r->ctx, info->items[i]) : info;
    items[i] = reach_join(st, item->dims, item->rank, 1, &any, &map).operands[0];
  }
  return info->is_tuple ? (ReachFact){.n_items = n, .items = items} : items[0];
}
