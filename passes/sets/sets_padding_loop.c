/* Padding in loops.
 *
 * A loop over a padded axis has more steps where there is more padding. A carried value is known
 * at the steps of elements if it is before the first one and a step makes it from what is known.
 * At padding it has to be kept, h = where(mask[t], new, h), or else its last value depends on
 * how much there is. FILL_carry stands for 'what it was': assumed of the carried value itself,
 * found again in what the body gives. A loop that runs backward meets padding at the end first:
 * its carried values are then the first ones still, which may be a number that the body gives
 * again.
 *
 * What a step hands on is what the next one gets: a fact about step t has to be one about step t
 * + 1. Nothing is the same in all steps but a carried value that stays as it is; and what moves
 * by the row that a step is would move by another row.
 */
#include "passes/sets/sets_padding.h"

typedef struct PadLoop {
  SetLoop l;
  bool padded; /* the number of steps changes with padding */
  bool backward;
  int *names; /* of the carried values, FILL_carry */
} PadLoop;

static Atom *step_atom(const PadLoop *p, const Fact *f) {
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].axis == p->l.st->lead) return (Atom *)&f->atoms[i];
  return NULL;
}

/* Whether some steps of the loop are padding. */
static bool reads_padding(const PadLoop *p, const Atom *step) {
  return p->padded || step->slot.kind == SLOT_moves;
}

static bool is_number(const Graph *g, Ref r, double x) {
  const Node *n = graph_node(g, r);
  return n->op == OP_const && node_float(n, A_value, 0) == x;
}

/* The name of a carried value m of which carried value i is where(m, .., 0) at every step, as the
 * derivatives are that loops hand on; 0 when there is none. */
static int guard_of(const PadLoop *p, int i) {
  const Scan *scan = &p->l.scan;
  const Node *next = graph_node(scan->body, scan_next(scan, i));
  if (next->op != OP_where || !is_number(scan->body, next->operands[2], 0)) return 0;
  for (int k = 0; k < scan->carries; k++) {
    if (!ref_eq(scan_next(scan, k), next->operands[0])) continue;
    const Node *first = graph_node(scan->g, scan->node->operands[i]);
    bool chosen = first->op == OP_where && is_number(scan->g, first->operands[2], 0) &&
                  ref_eq(first->operands[0], scan->node->operands[k]);
    if (chosen || is_number(scan->g, scan->node->operands[i], 0) ||
        is_number(scan->g, scan->node->operands[k], 1))
      return p->names[k];
  }
  return 0;
}

static Fill kept(const PadLoop *p, int i) {
  const Fill *first = &p->l.st->operands[i].whole;
  Fill fill = {.kind = FILL_carry, .carry = p->names[i], .guard = guard_of(p, i)};
  if (!p->backward || first->kind != FILL_number) return fill;
  fill.begins = true;
  fill.number = first->number;
  fill.needs = first->needs;
  return fill;
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
  if (step) step->fill = kept(p, i);
  return f;
}

static PadLoop pad_loop(SetStep *st) {
  PadLoop p = {.l = sets_loop(st)};
  p.padded = pad_depends(st->s, p.l.scan.length);
  p.backward = p.l.scan.reverse;
  p.names = step_ints(st, p.l.scan.carries);
  for (int i = 0; i < p.l.scan.carries; i++) p.names[i] = ++st->s->next_var;
  for (int i = 0; i < p.l.scan.carries; i++) p.l.params[1 + i] = first_carry(&p, i);
  return p;
}

/* A value of the body, in the terms of the step that gets it. Where the steps are elements they
 * stay so, in order; else their places are the same in both runs, and rows that are steps have
 * gone. */
static Fact handed_on(const PadLoop *p, Ref r) {
  const Fact *f = &p->l.facts[r.i];
  if (f->lost) return *f;
  SetStep *st = p->l.st;
  int n = sets_loop_rank(&p->l, r), lead = st->lead, *out = step_axes(st, n);
  Join j = join_one(&(SetStep){st->s, st->g, st->r, st->node, lead, f}, step_axes(st, n), n + 1);
  if (j.clash) return join_result(&j, out, 0, 0);
  join_keep_fills(&j);
  for (int i = 0; i < (int)j.atoms.len; i++) /* what another loop carries */
    if (j.atoms.data[i].axis < lead && j.atoms.data[i].fill.kind == FILL_carry)
      j.atoms.data[i].fill = (Fill){0};
  bool moves = axis_moves(&j, lead);
  if (j.count[lead] > 1 && (moves || p->padded)) join_refuse(&j, SET_pad_regrouped, 0);
  if (!moves) {
    Fill fill = j.count[lead] == 1 ? j.atoms.data[j.first[lead]].fill : f->whole;
    join_fix_axis(&j, lead, SET_loop);
    join_add(&j, n, p->l.scan.length, SLOT_fixed);
    if (j.count[n]) j.atoms.data[j.first[n]].fill = fill;
    out[lead] = n;
  }
  return join_result(&j, out, n, j.clash ? 0 : j.operands[0].value);
}

/* Weakens a carried value by what the body gives. */
static Fact weaken(const PadLoop *p, int i, const Fact *carry) {
  SetStep *st = p->l.st;
  Ref next = scan_next(&p->l.scan, i);
  if (ref_eq(next, scan_carry_param(&p->l.scan, i)) || carry->lost) return *carry;
  Fact given = handed_on(p, next), both = fact_meet(st, carry, &given, sets_loop_rank(&p->l, next));
  Atom *step = both.lost ? NULL : step_atom(p, &both);
  if (step &&
      step->fill.kind == FILL_same) /* the first step of padding gets what an element gives */
    step->fill = (Fill){0};
  const Atom *before = step_atom(p, carry);
  if (!step || !reads_padding(p, step)) return both;
  if (p->backward && !pad_has_all(st->s, p->l.scan.length, &step->slot)) /* the first step */
    return fact_lost(st, SET_pad_part, both.moved, NULL);
  both.needs |= step->fill.needs; /* padding between elements is passed through */
  if (fill_known(&step->fill)) return both;
  const Fill *first = &st->operands[i].whole;
  if (p->backward && before && before->fill.kind == FILL_carry && first->kind == FILL_number) {
    step->fill =
        *first; /* it is not kept: perhaps it is still that number where padding comes first */
    step->fill.needs |= PAD_end;
    return both;
  }
  if (p->backward) return fact_lost(st, SET_pad_first, both.moved, NULL);
  if (step->slot.kind == SLOT_moves)
    both.needs |= PAD_end;
  else /* it reads no elements and counts all steps */
    both.counts = fact_lost(st, SET_pad_state, both.moved, NULL).lost;
  return both;
}

static bool pad_round(PadLoop *p) {
  SetLoop *l = &p->l;
  bool same = true;
  l->facts = sets_graph(l->st->s, l->scan.body, l->params, l->st->lead + 1);
  for (int i = 0; i < l->scan.carries; i++) {
    Fact weaker = weaken(p, i, &l->params[1 + i]);
    same = same && fact_same(l->st->s, &l->params[1 + i], &weaker);
    l->params[1 + i] = weaker;
  }
  return same;
}

/* Facts have few steps down, but for places that are cut off in front of an axis: those grow
 * with each round. */
static void pad_fix(PadLoop *p) {
  enum { MOST = 30 };
  int rounds = 0;
  p->l.st->s->quiet++;
  while (!pad_round(p))
    if (++rounds == MOST)
      for (int i = 0; i < p->l.scan.carries; i++)
        p->l.params[1 + i] = fact_lost(p->l.st, SET_pad_part, p->l.params[1 + i].moved, NULL);
  p->l.st->s->quiet--;
  if (!p->l.st->s->quiet) pad_round(p);
}

/* Rows behind the stop are 0, the others what they were: at padding it is the same in both runs
 * if that is. */
static void fill_rows(Join *j, int lead) {
  join_keep_fills(j);
  for (int i = 0; i < (int)j->atoms.len; i++) {
    JointAtom *a = &j->atoms.data[i];
    Fill *fill = &a->fill;
    bool zero = fill->kind == FILL_number && fill->number == 0, carry = fill->kind == FILL_carry;
    unsigned needs = fill->needs | (carry ? PAD_end : 0);
    if (zero) continue;
    bool same = (fill_placed(fill) || carry) && a->axis != lead;
    *fill = same ? (Fill){.kind = FILL_same, .needs = needs} : (Fill){0};
  }
}

static bool moves_outside(const Fact *f, int lead) {
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].axis < lead && f->atoms[i].slot.kind == SLOT_moves) return true;
  return f->value.kind == SLOT_moves;
}

/* Whether an element's step runs in one run if it does in the other: what is before it may have
 * stopped the loop. Elements do so in both; padding is not before it, or does not stop it. Of steps
 * that are fixed, the ones that both runs have are alike. */
static bool stops_alike(const PadLoop *p, const Fact *stop, unsigned *needs) {
  const Atom *step = step_atom(p, stop);
  int lead = p->l.st->lead, atoms = 0;
  for (int i = 0; i < stop->n_atoms; i++) atoms += stop->atoms[i].axis == lead;
  bool moves = step && step->slot.kind == SLOT_moves;
  if (!p->padded && !moves) return true;
  if (atoms > 1 || (step && step->slot.shift)) return false;
  const Fill *fill = step ? &step->fill : &stop->whole;
  bool never = fill->kind == FILL_number && fill->number == 0;
  *needs |= (never ? fill->needs : 0) | (never && moves ? 0 : PAD_end);
  return never || !p->backward;
}

/* Steps are numbers: not all of them run. */
static void count_steps(Join *j, int lead, Sz length) {
  if (!j->count[lead]) join_add(j, lead, length, SLOT_fixed);
  for (int i = 0; i < j->count[lead] && !j->clash; i++) {
    int term = j->atoms.data[j->first[lead] + i].term;
    if (join_slot(j, term)->kind != SLOT_moves) join_fix(j, term, SET_loop);
  }
}

/* All results depend on when the loop stops; in loops around it that may be elsewhere each time.
 * The rows behind are 0. */
static Fact until_stop(const PadLoop *p, const Fact *f, int n, bool rows) {
  SetStep *st = p->l.st;
  int lead = st->lead;
  unsigned needs = 0;
  if (!p->l.scan.until || f->lost) return *f;
  const Fact *stop = &p->l.facts[scan_stop_result(&p->l.scan).i];
  if (stop->lost) return *stop;
  if (moves_outside(stop, lead) || !stops_alike(p, stop, &needs))
    return fact_lost(st, SET_pad_stopped, stop->moved, NULL);
  Join j = join_new(st, n, 2);
  join_operand(&j, 0, f, step_axes(st, n));
  join_operand(&j, 1, stop, step_axes(st, lead + 1));
  join_start(&j);
  if (!j.clash) count_steps(&j, lead, p->l.scan.length);
  if (!j.clash && rows) join_fix(&j, j.operands[0].value, SET_pointer);
  if (!j.clash && rows)
    fill_rows(&j, lead);
  else
    join_keep_fills(&j);
  j.needs |= needs;
  return join_result(&j, step_axes(st, n), n,
                     j.clash ? 0
                     : rows  ? join_fixed_term(&j)
                             : j.operands[0].value);
}

/* A value of the body without the steps. */
static Fact without_steps(const PadLoop *p, const Fact *f, int n, unsigned needs) {
  SetStep *st = p->l.st;
  int kept_axes = 0, *out = step_axes(st, n);
  for (int k = 0; k < n; k++)
    if (k != st->lead) out[kept_axes++] = k;
  Join j = join_one(&(SetStep){st->s, st->g, st->r, st->node, st->lead, f}, step_axes(st, n), n);
  join_keep_fills(&j);
  if (!j.clash && !axis_moves(&j, st->lead)) join_fix_axis(&j, st->lead, SET_loop);
  j.needs |= needs;
  return join_result(&j, out, kept_axes, j.clash ? 0 : j.operands[0].value);
}

/* Backward the last step is the first place: an element, if padding stands at the end. What it
 * gives may be known though what is handed on from padding to elements is not. */
static Fact first_place(const PadLoop *p, int i, int n, const Fact *lost) {
  const Fact *f = &p->l.facts[scan_next(&p->l.scan, i).i];
  if (!p->backward || p->l.scan.until || f->lost) return *lost;
  const Atom *step = step_atom(p, f);
  int atoms = 0;
  for (int k = 0; k < f->n_atoms; k++) atoms += f->atoms[k].axis == p->l.st->lead;
  if (atoms > 1 || (step && step->slot.shift)) return *lost;
  bool moves = step && step->slot.kind == SLOT_moves;
  if (!moves && !p->padded) return *lost;
  return without_steps(p, f, n, PAD_some | (moves ? PAD_end : 0));
}

static Fact last_value(const PadLoop *p, int i) {
  SetStep *st = p->l.st;
  int n = sets_loop_rank(&p->l, scan_carry_param(&p->l.scan, i));
  Fact carry = until_stop(p, &p->l.params[1 + i], n, false);
  if (carry.lost) return first_place(p, i, n, &carry);
  const Atom *step = step_atom(p, &carry);
  bool all = step && pad_has_all(st->s, p->l.scan.length, &step->slot);
  bool reads = step && reads_padding(p, step);
  if (reads && (!fill_known(&step->fill) || !all)) {
    Fact lost = fact_lost(st, SET_pad_state, carry.moved, NULL);
    return first_place(p, i, n, &lost);
  }
  return without_steps(p, &carry, n, reads ? step->fill.needs : 0);
}

/* What a carried value was is not known outside; behind the elements it is the same in all steps
 * and both runs. */
static Fact collected(const PadLoop *p, int i) {
  SetStep *st = p->l.st;
  Ref r = scan_collect_result(&p->l.scan, i);
  Fact f = until_stop(p, &p->l.facts[r.i], sets_loop_rank(&p->l, r), true);
  if (f.lost) return f;
  f = fact_stack(st->s, &f, st->lead, p->l.scan.length);
  Atom *atoms = arena_copy(st->s->arena, f.atoms, (size_t)f.n_atoms * sizeof *atoms);
  for (int k = 0; k < f.n_atoms; k++)
    if (atoms[k].axis == st->lead && atoms[k].fill.kind == FILL_carry)
      atoms[k].fill = atoms[k].fill.begins
                          ? fill_begun(atoms[k].fill)
                          : (Fill){.kind = FILL_same, .needs = atoms[k].fill.needs | PAD_end};
  f.atoms = atoms;
  return f;
}

Fact padding_scan_step(SetStep *st) {
  PadLoop p = pad_loop(st);
  pad_fix(&p);
  int n = p.l.scan.carries + p.l.scan.collected;
  Fact *items = arena_array(st->s->arena, Fact, n);
  for (int i = 0; i < n; i++)
    items[i] = i < p.l.scan.carries ? last_value(&p, i) : collected(&p, i - p.l.scan.carries);
  return (Fact){.n_items = n, .items = items};
}
