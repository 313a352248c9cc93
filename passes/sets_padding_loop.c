/* Padding in loops.
 *
 * A loop over a padded axis has more steps where there is more padding. A carried value is known at the steps of elements
 * if it is before the first one and a step makes it from what is known. At padding it has to be kept, h = where(mask[t],
 * new, h), or else its last value depends on how much there is. FILL_carry stands for 'what it was': assumed of the
 * carried value itself, found again in what the body gives. A loop that runs backward meets padding at the end first: its
 * carried values are then the first ones still, which may be a number that the body gives again.
 */
#include "passes/sets_join.h"

typedef struct PadLoop {
  Loop l;
  bool padded; /* the number of steps changes with padding */
  bool backward;
  int *names; /* of the carried values, FILL_carry */
} PadLoop;

static Atom *step_atom(const PadLoop *p, const Fact *f) {
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].axis == p->l.st->lead) return (Atom *)&f->atoms[i];
  return NULL;
}

static Fill kept(const PadLoop *p, int i) {
  return (Fill){.kind = FILL_carry, .carry = p->names[i]};
}

/* A carried value before the first step, as if it were so in all steps. */
static Fact first_carry(const PadLoop *p, int i) {
  SetStep *st = p->l.st;
  const Fact *init = &st->operands[i];
  if (init->lost) return *init;
  Fact f = fact_insert(st->s, init, st->lead, p->l.scan.length, SLOT_free);
  f = fact_stack(st->s, &f, st->lead, p->l.scan.length);
  f.whole = (Fill){0};
  Atom *step = step_atom(p, &f);
  if (!step || !p->padded) return f;
  step->fill = kept(p, i);
  return f;
}

static PadLoop pad_loop(SetStep *st) {
  PadLoop p = {.l = sets_loop(st)};
  p.padded = pad_depends(st->s, p.l.scan.length);
  p.backward = p.l.scan.reverse;
  p.names = step_ints(st, p.l.scan.carries);
  for (int i = 0; i < p.l.scan.carries; i++) {
    p.names[i] = ++st->s->next_var;
    p.l.params[1 + i] = first_carry(&p, i);
  }
  return p;
}

/* A value of the body as it is handed on: what is the same in all steps may not be in the next round. */
static Fact handed_on(const PadLoop *p, Ref r) {
  const Fact *f = &p->l.facts[r.i];
  if (f->lost) return *f;
  SetStep *st = p->l.st;
  int n = sets_loop_rank(&p->l, r);
  Join j = join_one(&(SetStep){st->s, st->g, st->r, st->node, st->lead, f}, step_axes(st, n), n);
  join_keep_fills(&j);
  int steps = j.clash ? -1 : join_axis_term(&j, st->lead);
  if (steps >= 0 && join_slot(&j, steps)->kind == SLOT_free) join_fix_axis(&j, st->lead, SET_loop);
  return join_result(&j, step_axes(st, n), n, j.clash ? 0 : j.operands[0].value);
}

/* Weakens a carried value by what the body gives. */
static Fact weaken(const PadLoop *p, int i, const Fact *carry) {
  SetStep *st = p->l.st;
  Ref next = scan_next(&p->l.scan, i);
  if (ref_eq(next, scan_carry_param(&p->l.scan, i)) || carry->lost) return *carry;
  Fact given = handed_on(p, next), both = fact_meet(st, carry, &given, sets_loop_rank(&p->l, next));
  Atom *step = both.lost ? NULL : step_atom(p, &both);
  const Atom *before = step_atom(p, carry);
  if (!step || !p->padded) return both;
  both.needs |= step->fill.needs; /* padding between elements is passed through */
  if (step->fill.kind != FILL_unknown) return both;
  const Fill *first = &st->operands[i].whole;
  if (p->backward && before && before->fill.kind == FILL_carry && first->kind == FILL_number) {
    step->fill =
        *first; /* it is not kept: perhaps it is still that number where padding comes first */
    step->fill.needs = PAD_end;
    return both;
  }
  if (p->backward) return fact_lost(st, SET_pad_first, both.moved, NULL);
  if (step->slot.kind == SLOT_moves) both.needs |= PAD_end;
  return both;
}

static bool pad_round(PadLoop *p) {
  Loop *l = &p->l;
  bool same = true;
  l->facts = sets_graph(l->st->s, l->scan.body, l->params, l->st->lead + 1);
  for (int i = 0; i < l->scan.carries; i++) {
    Fact weaker = weaken(p, i, &l->params[1 + i]);
    same = same && fact_same(l->st->s, &l->params[1 + i], &weaker);
    l->params[1 + i] = weaker;
  }
  return same;
}

static void pad_fix(PadLoop *p) {
  p->l.st->s->quiet++;
  while (!pad_round(p)) {
  }
  p->l.st->s->quiet--;
  if (!p->l.st->s->quiet) pad_round(p);
}

/* All results depend on when the loop stops. */
static const Lost *stopped(const PadLoop *p, unsigned *needs) {
  if (!p->l.scan.until) return NULL;
  const Fact *stop = &p->l.facts[scan_stop_result(&p->l.scan).i];
  if (stop->lost) return stop->lost;
  *needs |= stop->needs;
  return p->padded || fact_moves(stop) ? fact_lost(p->l.st, SET_pad_stopped, stop->moved, NULL).lost
                                       : NULL;
}

static Fact last_value(const PadLoop *p, int i, unsigned needs) {
  SetStep *st = p->l.st;
  const Fact *carry = &p->l.params[1 + i];
  if (carry->lost) return *carry;
  const Atom *step = step_atom(p, carry);
  bool all = step && pad_has_all(st->s, p->l.scan.length, &step->slot);
  if (p->padded && step && (step->fill.kind == FILL_unknown || !all))
    return fact_lost(st, SET_pad_state, carry->moved, NULL);
  needs |= p->padded && step ? step->fill.needs : 0;
  int n = sets_loop_rank(&p->l, scan_carry_param(&p->l.scan, i)), kept_axes = 0,
      *out = step_axes(st, n);
  for (int k = 0; k < n; k++)
    if (k != st->lead) out[kept_axes++] = k;
  Join j =
      join_one(&(SetStep){st->s, st->g, st->r, st->node, st->lead, carry}, step_axes(st, n), n);
  join_keep_fills(&j);
  j.needs |= needs;
  return join_result(&j, out, kept_axes, j.clash ? 0 : j.operands[0].value);
}

/* Rows that a stopped loop does not reach are 0; what a carried value was is not known outside. */
static Fact collected(const PadLoop *p, int i, unsigned needs) {
  SetStep *st = p->l.st;
  Fact f = p->l.facts[scan_collect_result(&p->l.scan, i).i];
  if (f.lost) return f;
  if (p->l.scan.until) {
    int n = sets_loop_rank(&p->l, scan_collect_result(&p->l.scan, i));
    Join j = join_one(&(SetStep){st->s, st->g, st->r, st->node, st->lead, &f}, step_axes(st, n), n);
    if (!j.clash) join_fix_values(&j);
    f = join_result(&j, step_axes(st, n), n, j.clash ? 0 : join_fixed_term(&j));
    if (f.lost) return f;
  }
  f = fact_stack(st->s, &f, st->lead, p->l.scan.length);
  f.needs |= needs;
  Atom *atoms = arena_copy(st->s->arena, f.atoms, (size_t)f.n_atoms * sizeof *atoms);
  for (int k = 0; k < f.n_atoms; k++)
    if (p->l.scan.until || atoms[k].fill.kind == FILL_carry) atoms[k].fill = (Fill){0};
  f.atoms = atoms;
  if (p->l.scan.until) f.whole = (Fill){0};
  return f;
}

Fact padding_scan_step(SetStep *st) {
  PadLoop p = pad_loop(st);
  pad_fix(&p);
  int n = p.l.scan.carries + p.l.scan.collected;
  Fact *items = arena_array(st->s->arena, Fact, n);
  unsigned needs = 0;
  const Lost *lost = stopped(&p, &needs);
  for (int i = 0; i < n; i++)
    items[i] = lost                   ? (Fact){.lost = lost}
               : i < p.l.scan.carries ? last_value(&p, i, needs)
                                      : collected(&p, i - p.l.scan.carries, needs);
  return (Fact){.n_items = n, .items = items};
}
