/* Facts through bodies: calls, kernels, scans.
 *
 * In a scan's body every value has one axis more in front: the steps. A slice moves along it as
 * its operand moves along its first axis, what is captured is the same in all steps, a carried
 * value is fixed: it depends on the steps before. So a body that only maps over the elements of
 * a set is proved like any other op, and what is collected moves. Carried values start with the
 * fact of their first value and are weakened by what the body gives until nothing changes.
 *
 * A carried value that takes in the elements by an op that commutes and associates, and is used
 * for nothing else, is a reduction: its last value does not depend on the order.
 */
#include "passes/sets/sets_join.h"

static int *axes_upto(Sets *s, int n) {
  int *axes = arena_array(s->arena, int, n);
  for (int i = 0; i < n; i++) axes[i] = i;
  return axes;
}

/* ---- graphs ---------------------------------------------------------------------------------- */

/* Keeps the weaker fact when a body is seen from several places. */
static void keep_facts(Sets *s, const Graph *g, Fact *facts) {
  uint32_t i;
  if (map_get(&s->facts.by_graph, map_pointer(g), &i)) {
    SetVisit *v = &s->facts.visits.data[i];
    for (uint32_t k = 0; k < g->nodes.len; k++)
      if (!v->facts[k].lost && (facts[k].lost || fact_moves(&facts[k]))) v->facts[k] = facts[k];
    return;
  }
  map_set(s->arena, &s->facts.by_graph, map_pointer(g), s->facts.visits.len);
  vec_push(s->arena, &s->facts.visits, ((SetVisit){g, facts}));
}

const Fact *sets_graph(Sets *s, const Graph *g, const Fact *params, int lead) {
  Fact *facts = arena_array(s->arena, Fact, g->nodes.len);
  for (uint32_t i = 0; i < g->params.len; i++) facts[g->params.data[i].i] = params[i];
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_param) continue;
    Fact *operands = arena_array(s->arena, Fact, n->n_operands);
    for (int k = 0; k < n->n_operands; k++) operands[k] = facts[n->operands[k].i];
    SetStep st = {s, g, {i}, n, lead, operands};
    Arena scratch, *outer = s->scratch; /* of a step around this one */
    arena_scratch(&scratch, s->arena);
    s->scratch = &scratch;
    facts[i] = sets_step(&st);
    s->scratch = outer;
    arena_free(&scratch);
  }
  if (!s->quiet) keep_facts(s, g, facts);
  return facts;
}

static Fact tuple_fact(Fact *items, int n) { return (Fact){.n_items = n, .items = items}; }

/* Whether a rule can make no difference between them; the trails, of which there are only told,
 * may differ. */
static bool alike(Sets *s, const Fact *a, const Fact *b) {
  if (a->lost || b->lost) return a->lost && b->lost && a->lost->reason == b->lost->reason;
  if (a->n_items != b->n_items || a->there != b->there || !a->moved != !b->moved ||
      !a->fixed != !b->fixed || a->whole.needs != b->whole.needs)
    return false;
  if (a->counts && b->counts && a->counts->reason != b->counts->reason) return false;
  for (int i = 0; i < a->n_items; i++)
    if (!alike(s, &a->items[i], &b->items[i])) return false;
  return fact_same(s, a, b);
}

static bool all_alike(Sets *s, const Fact *a, const Fact *b, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    if (!alike(s, &a[i], &b[i])) return false;
  return true;
}

/* Facts of a body's values, looked up where the same is known of its parameters as in another
 * use: a layer that is repeated is looked at once. Facts are closed (their variables are their
 * own), so that they can be taken as they are. */
static const Fact *body_facts(SetStep *st) {
  enum { MOST_TRIED = 8 };
  Sets *s = st->s;
  const Graph *body = st->node->body;
  uint64_t key = hash_mix(map_pointer(body), (uint64_t)st->lead);
  uint32_t last = 0;
  map_get(&s->regions_by_body, key, &last);
  for (uint32_t i = last, tried = 0; i && tried < MOST_TRIED; i = s->regions.data[i - 1].before) {
    const SetRegion *r = &s->regions.data[i - 1];
    tried++;
    if (r->body == body && r->lead == st->lead && (r->kept || s->quiet) &&
        all_alike(s, r->params, st->operands, body->params.len))
      return r->facts;
  }
  const Fact *facts = sets_graph(s, body, st->operands, st->lead);
  map_get(&s->regions_by_body, key, &last);
  SetRegion found = {body, st->lead, !s->quiet, st->operands, facts, last};
  vec_push(s->arena, &s->regions, found);
  map_set(s->arena, &s->regions_by_body, key, s->regions.len);
  return facts;
}

Fact sets_region_step(SetStep *st) {
  const Graph *body = st->node->body;
  const Fact *facts = body_facts(st);
  Fact *items = arena_array(st->s->arena, Fact, body->results.len);
  for (uint32_t i = 0; i < body->results.len; i++) items[i] = facts[body->results.data[i].i];
  return tuple_fact(items, (int)body->results.len);
}

/* ---- scans ----------------------------------------------------------------------------------- */

/* The step: position along the loop, as an index renamed like the axis. */
static Fact step_fact(const SetLoop *l) {
  Sets *s = l->st->s;
  const TypeInfo *info = graph_info(l->scan.body, scan_step_param(&l->scan));
  Fact f = {.value = slot_fixed()};
  if (size_is(s->ctx, l->scan.length, 1)) return f;
  Atom *atom = arena_new(s->arena, Atom);
  bool pointer = set_may_point(s, info) && sz_eq(l->scan.length, s->set->extent);
  *atom = atom_new(l->scan.length, l->st->lead, pointer ? slot_fresh(s) : slot_fixed());
  f.atoms = atom;
  f.n_atoms = 1;
  if (pointer) f.value = atom->slot;
  f.fixed = trail_add(s, NULL, l->scan.body, scan_step_param(&l->scan));
  return f;
}

SetLoop sets_loop(SetStep *st) {
  SetLoop l = {.st = st, .scan = scan_read(st->g, st->r)};
  Sets *s = st->s;
  l.params = arena_array(s->arena, Fact, l.scan.body->params.len);
  l.params[0] = step_fact(&l);
  for (int i = 0; i < st->node->n_operands; i++) {
    bool carry = i < l.scan.carries, slice = !carry && i < l.scan.carries + l.scan.slices;
    l.params[1 + i] = slice ? st->operands[i]
                            : fact_insert(s, &st->operands[i], st->lead, l.scan.length,
                                          carry ? SLOT_fixed : SLOT_free);
  }
  return l;
}

int sets_loop_rank(const SetLoop *l, Ref r) {
  return l->st->lead + 1 + graph_info(l->scan.body, r)->rank;
}

static Fact body_lost(const SetLoop *l, SetReason reason, const Fact *moved) {
  return fact_lost(l->st, reason, moved->moved, NULL);
}

static bool by_step(const Fact *f, const Slot *slot, int lead) {
  for (int k = 0; k < slot->n_rows; k++)
    if (f->atoms[slot->rows[k]].axis == lead) return true;
  return false;
}

/* A value of the body that has to be the same whatever the order of the steps: n axes, loops
 * included. */
static Fact same_steps(const SetLoop *l, const Fact *f, int n) {
  if (f->lost) return *f;
  int lead = l->st->lead;
  for (int i = 0; i < f->n_atoms; i++) {
    bool moves = f->atoms[i].axis == lead && f->atoms[i].slot.kind == SLOT_moves;
    if (moves || by_step(f, &f->atoms[i].slot, lead))
      return body_lost(l, moves ? SET_loop : SET_rows, f);
  }
  if (by_step(f, &f->value, lead)) return body_lost(l, SET_rows, f);
  Join j = join_new(l->st, n, 1);
  join_operand(&j, 0, f, axes_upto(l->st->s, n));
  join_start(&j);
  if (!j.clash) join_fix_axis(&j, lead, SET_loop);
  return join_result(&j, axes_upto(l->st->s, n), n, j.clash ? 0 : j.operands[0].value);
}

/* A loop that stops early: everything depends on when. The rows behind that are zero: as an
 * index a fixed place. */
static Fact stopped(const SetLoop *l, const Fact *f, int n, bool rows) {
  if (!l->scan.until || f->lost) return *f;
  const Fact *stop = &l->facts[scan_stop_result(&l->scan).i];
  if (stop->lost) return *stop;
  int lead = l->st->lead;
  Join j = join_new(l->st, n, 2);
  join_operand(&j, 0, f, axes_upto(l->st->s, n));
  join_operand(&j, 1, stop, axes_upto(l->st->s, lead + 1));
  join_start(&j);
  if (!j.clash && !j.count[lead]) join_add(&j, lead, l->scan.length, SLOT_fixed);
  if (!j.clash) join_fix_axis(&j, lead, SET_stopped);
  if (!j.clash && rows) join_fix(&j, j.operands[0].value, SET_stopped);
  return join_result(&j, axes_upto(l->st->s, n), n, j.clash ? 0 : j.operands[0].value);
}

/* One round: the body, then carries weakened. True when nothing changed. */
static bool loop_round(SetLoop *l) {
  Sets *s = l->st->s;
  bool same = true;
  l->facts = sets_graph(s, l->scan.body, l->params, l->st->lead + 1);
  for (int i = 0; i < l->scan.carries; i++) {
    Fact *carry = &l->params[1 + i];
    Ref next = scan_next(&l->scan, i);
    int n = sets_loop_rank(l, next);
    Fact given = same_steps(l, &l->facts[next.i], n);
    given = stopped(l, &given, n, false);
    Fact both = fact_meet(l->st, carry, &given, n);
    same = same && fact_same(s, carry, &both);
    *carry = both;
  }
  return same;
}

static void loop_fix(SetLoop *l) {
  l->st->s->quiet++;
  while (!loop_round(l)) {
  }
  l->st->s->quiet--;
  if (!l->st->s->quiet) loop_round(l); /* once more, to keep the facts */
}

/* ---- reductions as loops --------------------------------------------------------------------- */

/* The body without kernels, whose nodes stand in it again. */
static Graph *flatten(const Graph *g) {
  RefMap map = refmap_new(&g->ctx->arena, g);
  Ref **tuples = arena_array(&g->ctx->arena, Ref *, g->nodes.len);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_kernel) {
      RefMap inner = refmap_new(&g->ctx->arena, n->body);
      for (uint32_t k = 0; k < n->body->params.len; k++)
        inner.to[n->body->params.data[k].i] = map.to[n->operands[k].i];
      for (uint32_t k = 0; k < n->body->nodes.len; k++)
        if (ref_none(inner.to[k])) inner.to[k] = refmap_copy(n->body, (Ref){k}, out, &inner);
      tuples[i] = arena_array(&g->ctx->arena, Ref, n->body->results.len);
      for (uint32_t k = 0; k < n->body->results.len; k++)
        tuples[i][k] = inner.to[n->body->results.data[k].i];
    } else if (n->op == OP_item && tuples[n->operands[0].i]) {
      map.to[i] = tuples[n->operands[0].i][node_int(n, A_index, 0)];
    } else if (ref_none(map.to[i])) {
      map.to[i] = refmap_copy(g, (Ref){i}, out, &map);
    }
  }
  for (uint32_t i = 0; i < g->results.len; i++)
    graph_result(out, map.to[g->results.data[i].i], (Str){0});
  return graph_sweep(out);
}

/* Marks what depends on a carried value. */
static bool *on_carries(const SetLoop *l) {
  const Graph *body = l->scan.body;
  bool *on = arena_array(l->st->s->arena, bool, body->nodes.len);
  for (int i = 0; i < l->scan.carries; i++) on[scan_carry_param(&l->scan, i).i] = true;
  for (uint32_t i = 0; i < body->nodes.len; i++)
    for (int k = 0; k < body->nodes.data[i].n_operands; k++)
      on[i] |= on[body->nodes.data[i].operands[k].i];
  return on;
}

static int count_uses(const Graph *g, Ref r) {
  int n = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++)
    for (int k = 0; k < g->nodes.data[i].n_operands; k++)
      n += ref_eq(g->nodes.data[i].operands[k], r);
  for (uint32_t i = 0; i < g->results.len; i++) n += ref_eq(g->results.data[i], r);
  return n;
}

/* What carry i takes in at each step, when it is a reduction; else REF_NONE. */
static Ref taken_in(const SetLoop *l, int i) {
  const Graph *body = l->scan.body;
  Ref next = scan_next(&l->scan, i), carry = scan_carry_param(&l->scan, i);
  const Node *n = graph_node(body, next);
  bool folds = (op_info[n->op].traits & T_COMMUTES) && (op_info[n->op].traits & T_ASSOCIATES);
  if (!folds || l->scan.until || count_uses(body, next) != 1 || count_uses(body, carry) != 1)
    return REF_NONE;
  for (int k = 0; k < 2; k++)
    if (ref_eq(n->operands[k], carry) && !on_carries(l)[n->operands[1 - k].i])
      return n->operands[1 - k];
  return REF_NONE;
}

/* The last value of a reduction: the first one, and what was taken in with the steps in any
 * order. */
static Fact reduced(const SetLoop *l, int i, Ref taken) {
  SetStep *st = l->st;
  int n = st->lead + graph_info(l->scan.body, taken)->rank, *out = axes_upto(st->s, n + 1),
      kept = 0;
  const Fact *f = &l->facts[taken.i];
  if (f->lost) return *f;
  Join j = join_new(st, n + 1, 1);
  join_operand(&j, 0, f, axes_upto(st->s, n + 1));
  join_start(&j);
  for (int k = 0; k <= n; k++)
    if (k != st->lead) out[kept++] = k;
  join_fix_values(&j); /* of indices it is a number */
  Fact all = join_result(&j, out, n, j.clash ? 0 : join_fixed_term(&j));
  return fact_meet(st, &st->operands[i], &all, n);
}

/* ---- results --------------------------------------------------------------------------------- */

/* The same loss, with the loop that it happened in. */
static Fact in_loop(const SetLoop *l, const Fact *f) {
  if (f->lost->reason != SET_loop || f->lost->fixed) return *f;
  Lost *lost = arena_copy(l->st->s->arena, f->lost, sizeof *lost);
  lost->fixed = trail_add(l->st->s, NULL, l->st->g, l->st->r);
  return (Fact){.lost = lost};
}

static Fact last_value(const SetLoop *l, int i) {
  const Fact *carry = &l->params[1 + i];
  SetStep *st = l->st;
  if (carry->lost) {
    SetLoop flat = *l;
    flat.scan.body = flatten(l->scan.body);
    Ref taken = taken_in(&flat, i);
    if (ref_none(taken)) return in_loop(l, carry);
    st->s->quiet++;
    flat.facts = sets_graph(st->s, flat.scan.body, l->params, st->lead + 1);
    st->s->quiet--;
    return reduced(&flat, i, taken);
  }
  int n = st->lead + graph_info(l->scan.body, scan_carry_param(&l->scan, i))->rank, kept = 0;
  int *out = axes_upto(st->s, n + 1);
  for (int k = 0; k <= n; k++)
    if (k != st->lead) out[kept++] = k;
  Join j = join_new(st, n + 1, 1);
  join_operand(&j, 0, carry, axes_upto(st->s, n + 1));
  join_start(&j);
  return join_result(&j, out, n, j.clash ? 0 : j.operands[0].value);
}

static Fact collected(const SetLoop *l, int i) {
  Ref r = scan_collect_result(&l->scan, i);
  Fact f = stopped(l, &l->facts[r.i], sets_loop_rank(l, r), true);
  if (f.lost) return in_loop(l, &f);
  return fact_stack(l->st->s, &f, l->st->lead, l->scan.length);
}

Fact sets_scan_step(SetStep *st) {
  SetLoop l = sets_loop(st);
  loop_fix(&l);
  int n = l.scan.carries + l.scan.collected;
  Fact *items = arena_array(st->s->arena, Fact, n);
  for (int i = 0; i < n; i++)
    items[i] = i < l.scan.carries ? last_value(&l, i) : collected(&l, i - l.scan.carries);
  return tuple_fact(items, n);
}
