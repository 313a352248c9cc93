/* Bodies: calls, kernels, loops.
 *
 * In the body of a loop the step is one more coordinate. A slice at step s is what its operand has
 * at place s. A carried value at step s is what the body gave at step s - 1 (s + 1 backwards), or
 * the first value: its fact is assumed, the body gives one, which is joined, until nothing new is
 * said. Ends of intervals that keep growing are given up, so this ends. */
#include "passes/reach/reach_inside.h"

static void keep_facts(Reacher *r, const Graph *g, ReachFact *facts) {
  uint32_t i;
  if (map_get(&r->by_graph, map_pointer(g), &i)) {
    r->visits.data[i].facts = facts;
    return;
  }
  map_set(r->arena, &r->by_graph, map_pointer(g), r->visits.len);
  vec_push(r->arena, &r->visits, ((ReachVisit){g, facts}));
}

const ReachFact *reach_graph(Reacher *r, const Graph *g, const ReachFact *params) {
  ReachFact *facts = arena_array(r->arena, ReachFact, g->nodes.len);
  for (uint32_t i = 0; i < g->params.len; i++) facts[g->params.data[i].i] = params[i];
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_param) continue;
    ReachFact *operands = arena_array(r->arena, ReachFact, n->n_operands);
    for (int k = 0; k < n->n_operands; k++) operands[k] = facts[n->operands[k].i];
    ReachStep st = {r, g, {i}, n, operands};
    ReachRule rule = r->rules[node_set_rule(r->ctx, n)];
    ORDO_CHECK(rule);
    facts[i] = rule(&st);
    if (!facts[i].items) reach_blame(&st, &facts[i]);
  }
  keep_facts(r, g, facts);
  return facts;
}

ReachFact reach_region(ReachStep *st) {
  const Graph *body = st->node->body;
  const ReachFact *facts = reach_graph(st->r, body, st->operands);
  ReachFact *items = arena_array(st->r->arena, ReachFact, body->results.len);
  for (uint32_t i = 0; i < body->results.len; i++) items[i] = facts[body->results.data[i].i];
  return (ReachFact){.n_items = (int)body->results.len, .items = items};
}

/* ---- loops ----------------------------------------------------------------------------------- */

typedef struct ReachLoop {
  ReachStep *st;
  Scan scan;
  Sz step; /* its coordinate */
  ReachFact *params;
  const ReachFact *facts;
} ReachLoop;

static void forget_numbers(ReachFact *f) {
  f->n_known = 0;
  f->low = f->high = SZ_NONE;
}

static bool has_first_axis(const ReachFact *f) { return f->n_atoms && f->atoms[0].axis == 0; }

/* An operand at the step: its first axis becomes the loop's coordinate. */
static ReachFact sliced(Reacher *r, const ReachFact *f, Sz length, Sz step) {
  ReachFact one = reach_collapse(r, f, 0, length);
  bool has = has_first_axis(&one);
  Sz from[REACH_PLACES], to[REACH_PLACES];
  ReachAtom *atoms = arena_array(r->arena, ReachAtom, one.n_atoms + 1);
  for (int i = 0; i < one.n_atoms; i++) {
    from[i] = r->place[i];
    to[i] = has && !i ? step : r->place[i - has];
    if (i >= has) atoms[i - has] = (ReachAtom){one.atoms[i].extent, one.atoms[i].axis - 1};
  }
  ReachFact out = reach_subst(r, &one, from, to, one.n_atoms);
  out.atoms = atoms;
  out.n_atoms = one.n_atoms - has;
  return out;
}

/* What the steps give, along a new first axis. */
static ReachFact stacked(Reacher *r, const ReachFact *f, Sz length, Sz step) {
  bool has = !size_is(r->ctx, length, 1);
  Sz from[REACH_PLACES + 1], to[REACH_PLACES + 1];
  ReachAtom *atoms = arena_array(r->arena, ReachAtom, f->n_atoms + 1);
  ORDO_CHECK(f->n_atoms < REACH_PLACES);
  if (has) atoms[0] = (ReachAtom){length, 0};
  for (int i = 0; i < f->n_atoms; i++) {
    from[i] = r->place[i];
    to[i] = r->place[i + has];
    atoms[i + has] = (ReachAtom){f->atoms[i].extent, f->atoms[i].axis + 1};
  }
  from[f->n_atoms] = step;
  to[f->n_atoms] = has ? r->place[0] : r->zero;
  ReachFact out = reach_subst(r, f, from, to, f->n_atoms + 1);
  out.atoms = atoms;
  out.n_atoms = f->n_atoms + has;
  return out;
}

/* A value as one atom for each axis, so that rounds can be compared. */
static ReachFact by_axis(Reacher *r, const ReachFact *f, const TypeInfo *info) {
  ReachFact out = *f;
  for (int i = 0; i < info->rank; i++) out = reach_collapse(r, &out, i, info->dims[i]);
  return out;
}

/* What a value of the body is for the next step. */
static ReachFact handed_on(const ReachLoop *l, const ReachFact *f) {
  Reacher *r = l->st->r;
  Sz before = l->scan.reverse ? reach_add(r, l->step, r->one) : reach_less_one(r, l->step);
  return reach_subst(r, f, &l->step, &before, 1);
}

static bool same_term(const ReachTerm *x, const ReachTerm *y) {
  bool same = sz_eq(x->lo, y->lo) && sz_eq(x->hi, y->hi) && x->n_guards == y->n_guards;
  for (int k = 0; same && k < x->n_guards; k++) same = sz_eq(x->guards[k], y->guards[k]);
  return same;
}

static bool same_terms(const ReachFact *a, const ReachFact *b) {
  bool same = a->n_terms == b->n_terms && a->needs == b->needs && a->counts == b->counts;
  for (int i = 0; same && i < a->n_terms; i++) same = same_term(&a->terms[i], &b->terms[i]);
  return same;
}

/* The guards of an old term that the new one has, too. */
static void keep_guards(Reacher *r, const ReachFact *f, ReachTerm *best, const ReachTerm *t,
                        const ReachTerm *old) {
  Sz *guards = arena_array(r->arena, Sz, old->n_guards);
  best->n_guards = 0;
  best->guards = guards;
  for (int i = 0; i < old->n_guards; i++)
    if (reach_ge_guarded(r, f, t, r->zero, old->guards[i]))
      guards[best->n_guards++] = old->guards[i];
}

/* A new term as an old one with the ends that have not grown. */
static ReachTerm widened(Reacher *r, const ReachFact *f, const ReachTerm *t,
                         const ReachFact *before, bool any) {
  ReachTerm best = *t;
  best.lo = best.hi = SZ_NONE;
  best.n_guards = 0;
  int kept = 0;
  for (int i = 0; i < before->n_terms && !any; i++) {
    const ReachTerm *b = &before->terms[i];
    bool low = t->lo.i && b->lo.i && reach_ge(r, f, t->lo, b->lo),
         high = t->hi.i && b->hi.i && reach_ge(r, f, b->hi, t->hi);
    if (low + high <= kept) continue;
    kept = low + high;
    best.lo = low ? b->lo : SZ_NONE;
    best.hi = high ? b->hi : SZ_NONE;
    keep_guards(r, f, &best, t, b);
  }
  return best;
}

/* The terms of a carried value after one more round: those that it had, and new ones. From some
 * round on a new one widens an old one to what does not grow. */
static void widen(Reacher *r, ReachFact *carry, const ReachFact *before, int round) {
  enum { WIDEN = 2, ANY = 6 };
  if (round < WIDEN || !before->n_terms) return;
  ReachFact out = *carry;
  out.n_terms = 0;
  ReachTerm *terms = arena_array(r->arena, ReachTerm, carry->n_terms);
  for (int i = 0; i < carry->n_terms; i++) {
    ReachTerm t = carry->terms[i];
    bool old = false;
    for (int k = 0; k < before->n_terms && !old; k++) old = same_term(&t, &before->terms[k]);
    if (!old) t = widened(r, carry, &t, before, round >= ANY);
    terms[out.n_terms++] = t;
  }
  carry->n_terms = 0;
  reach_add_terms(r, carry, terms, out.n_terms);
}

/* True when nothing new was said. */
static bool loop_round(ReachLoop *l, int round) {
  Reacher *r = l->st->r;
  bool same = true;
  l->facts = reach_graph(r, l->scan.body, l->params);
  for (int i = 0; i < l->scan.carries; i++) {
    Ref next = scan_next(&l->scan, i);
    ReachFact *carry = &l->params[1 + i], before = *carry;
    ReachFact given = by_axis(r, &l->facts[next.i], graph_info(l->scan.body, next));
    given = handed_on(l, &given);
    reach_add_terms(r, carry, given.terms, given.n_terms);
    carry->needs |= given.needs;
    carry->counts = carry->counts || given.counts;
    widen(r, carry, &before, round);
    same = same && same_terms(carry, &before);
  }
  return same;
}

static void begin(ReachLoop *l) {
  ReachStep *st = l->st;
  Reacher *r = st->r;
  const Graph *body = l->scan.body;
  l->params = arena_array(r->arena, ReachFact, body->params.len);
  l->params[0] = (ReachFact){.low = l->step, .high = l->step};
  l->params[0].counts = sz_eq(l->scan.length, r->cut->extent);
  for (int i = 0; i < st->node->n_operands; i++) {
    bool carry = i < l->scan.carries, slice = !carry && i < l->scan.carries + l->scan.slices;
    ReachFact f = st->operands[i];
    if (slice) f = sliced(r, &f, l->scan.length, l->step);
    if (carry) {
      f = by_axis(r, &f, graph_info(body, scan_carry_param(&l->scan, i)));
      forget_numbers(&f);
    }
    l->params[1 + i] = f;
  }
}

/* When the loop stops is known to all that comes out of it: the conditions of the steps up to the
 * one at hand, or of all. */
static ReachFact with_stops(const ReachLoop *l, const ReachFact *f, bool all) {
  Reacher *r = l->st->r;
  if (!l->scan.until) return *f;
  ReachFact stop = l->facts[scan_stop_result(&l->scan).i], out = *f;
  Sz last = reach_less_one(r, l->scan.length);
  bool back = l->scan.reverse && !all;
  stop.n_known = 0;
  stop = reach_bounded(r, &stop, l->step, l->scan.length, back ? l->step : r->zero,
                       all || back ? last : l->step);
  reach_add_terms(r, &out, stop.terms, stop.n_terms);
  out.needs |= stop.needs;
  out.counts = out.counts || stop.counts;
  forget_numbers(&out);
  return out;
}

/* After the last step, which may be any where the loop stops early. */
static ReachFact last_value(const ReachLoop *l, int i) {
  Reacher *r = l->st->r;
  Ref next = scan_next(&l->scan, i);
  ReachFact f = by_axis(r, &l->facts[next.i], graph_info(l->scan.body, next));
  forget_numbers(&f);
  f = with_stops(l, &f, true);
  Sz end = l->scan.reverse ? r->zero : reach_less_one(r, l->scan.length);
  if (l->scan.until)
    f = reach_eliminate(r, &f, l->step, l->scan.length);
  else
    f = reach_subst(r, &f, &l->step, &end, 1);
  ReachFact first = by_axis(r, &l->st->operands[i], graph_info(l->scan.body, next));
  r->loops--; /* what comes out stands outside of it */
  reach_add_terms(r, &f, first.terms, first.n_terms);
  r->loops++;
  f.needs |= first.needs;
  f.counts = f.counts || first.counts;
  return f;
}

static ReachFact collected(const ReachLoop *l, int i) {
  Reacher *r = l->st->r;
  ReachFact f = with_stops(l, &l->facts[scan_collect_result(&l->scan, i).i], false);
  return stacked(r, &f, l->scan.length, l->step);
}

ReachFact reach_scan(ReachStep *st) {
  Reacher *r = st->r;
  if (r->loops == REACH_LOOPS) return reach_unknown(st);
  ReachLoop l = {.st = st, .scan = scan_read(st->g, st->ref), .step = r->step[r->loops]};
  r->length[r->loops++] = l.scan.length;
  begin(&l);
  int round = 0;
  while (!loop_round(&l, round)) round++;
  int n = l.scan.carries + l.scan.collected;
  ReachFact *items = arena_array(r->arena, ReachFact, n);
  for (int i = 0; i < n; i++)
    items[i] = i < l.scan.carries ? last_value(&l, i) : collected(&l, i - l.scan.carries);
  r->loops--;
  return (ReachFact){.n_items = n, .items = items};
}
