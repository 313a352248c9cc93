/* Joins: operands' facts brought to common atoms, slots unified, the result read off
 * (sets_join.h). */
#include "passes/sets/sets_join.h"

#include <limits.h>

Join join_new(SetStep *st, int n_axes, int n_operands) {
  Arena *arena = st->s->scratch;
  return (Join){.st = st,
                .n_axes = n_axes,
                .n_operands = n_operands,
                .operands = arena_array(arena, JoinOperand, n_operands),
                .first = arena_array(arena, int, n_axes),
                .count = arena_array(arena, int, n_axes),
                .moved = -1,
                .fixed = -1};
}

void join_operand(Join *j, int k, const Fact *fact, const int *map) {
  j->operands[k] = (JoinOperand){.fact = fact, .map = map};
}

static void clash(Join *j, SetReason reason, int moved, int fixed) {
  if (j->clash) return;
  j->clash = true;
  j->reason = reason;
  j->moved = moved;
  j->fixed = fixed;
}

void join_refuse(Join *j, SetReason reason, int operand) { clash(j, reason, operand, -1); }

/* ---- terms ----------------------------------------------------------------------------------- */

static int term_new(Join *j, Slot slot, int operand) {
  SetTerm term = {.parent = (int)j->terms.len,
                  .slot = slot,
                  .operand = operand,
                  .placed = slot.kind != SLOT_moves,
                  .low = slot.kind == SLOT_moves ? slot.shift : INT_MAX,
                  .least = slot.shift};
  vec_push(j->st->s->scratch, &j->terms, term);
  return (int)j->terms.len - 1;
}

static int term_find(const Join *j, int t) {
  while (j->terms.data[t].parent != t) t = j->terms.data[t].parent;
  return t;
}

int join_new_term(Join *j, Slot slot) { return term_new(j, slot, -1); }

int join_fixed_term(Join *j) { return term_new(j, slot_fixed(), -1); }

const Slot *join_slot(const Join *j, int term) { return &j->terms.data[term_find(j, term)].slot; }

/* Of the elements of two, those are left that both have. */
static void unify_shifted(Join *j, SetTerm *x, const SetTerm *y, int more) {
  j->needs |= PAD_end;
  x->mixed = false;
  if (more < 0) x->slot = y->slot;
  x->placed = x->placed && y->placed;
  x->needs |= y->needs;
}

bool join_lengthen(Join *j, int atom) {
  SetTerm *t = &j->terms.data[term_find(j, j->atoms.data[atom].term)];
  int shift = t->low > t->least ? t->low : t->least;
  if (t->slot.kind != SLOT_moves || shift >= t->slot.shift) return false;
  t->slot.shift = shift;
  j->needs |= t->needs;
  return true;
}

bool join_choose(Join *j, int atom, int which) {
  SetTerm *t = &j->terms.data[term_find(j, j->atoms.data[atom].term)];
  if (!t->mixed || !t->placed) return false;
  t->slot = which < 2 ? t->either[which] : slot_fixed();
  j->needs |= PAD_end | t->needs;
  return true;
}

/* Two runs with other padding: what is known in all places is known at those of elements, too.
 * Rows whose elements stand in different places have no common ones, unless all places are known
 * on one side. */
static void unify_padded(Join *j, SetTerm *x, SetTerm *y) {
  int more = 0;
  if (y->low < x->low) x->low = y->low;
  if (y->least > x->least) x->least = y->least;
  if (slot_shift_by(&x->slot, &y->slot, &more) && more) {
    unify_shifted(j, x, y, more);
    return;
  }
  bool equal = slot_equal(&x->slot, &y->slot), x_fixed = x->slot.kind == SLOT_fixed;
  bool placed = x->placed && y->placed, both_move = !x_fixed && y->slot.kind == SLOT_moves;
  if (!equal) j->needs |= PAD_end;
  if (!equal && both_move && x->placed) j->needs |= x->needs;
  if (!equal && both_move && y->placed) j->needs |= y->needs;
  if (!equal && !x->placed && !y->placed) clash(j, SET_pad_rows, x->operand, y->operand);
  x->mixed = placed && (x->mixed || y->mixed || !equal);
  if (!equal) {
    x->either[0] = x->slot;
    x->either[1] = y->slot;
  }
  if (!equal && both_move && placed)
    x->slot = slot_fixed();
  else if (!equal && (x_fixed || (both_move && x->placed)))
    x->slot = y->slot;
  x->placed = placed;
  x->needs |= y->needs;
}

void join_unify(Join *j, int a, int b, SetReason reason) {
  a = term_find(j, a);
  b = term_find(j, b);
  if (a == b) return;
  SetTerm *x = &j->terms.data[a], *y = &j->terms.data[b];
  if (x->slot.kind == SLOT_free) {
    x->parent = b;
    return;
  }
  y->parent = a;
  if (y->slot.kind == SLOT_free) return;
  if (join_padded(j)) {
    unify_padded(j, x, y);
    return;
  }
  if (slot_equal(&x->slot, &y->slot)) return;
  if (x->slot.kind == y->slot.kind)
    clash(j, SET_rows, x->operand, y->operand);
  else if (x->slot.kind == SLOT_moves)
    clash(j, reason, x->operand, y->operand);
  else
    clash(j, reason, y->operand, x->operand);
}

void join_fix(Join *j, int term, SetReason reason) {
  join_unify(j, term, join_fixed_term(j), reason);
}

void join_fix_values(Join *j) {
  for (int k = 0; k < j->n_operands && !j->clash; k++)
    join_fix(j, j->operands[k].value, SET_pointer);
}

void join_fix_axis(Join *j, int axis, SetReason reason) {
  for (int i = 0; i < j->count[axis]; i++)
    join_fix(j, j->atoms.data[j->first[axis] + i].term, reason);
}

bool join_uniform(const Join *j, int axis) {
  for (int i = 0; i < j->count[axis]; i++) {
    int atom = j->first[axis] + i, root = term_find(j, j->atoms.data[atom].term);
    if (j->terms.data[root].slot.kind != SLOT_free) return false;
    for (int k = 0; k < (int)j->atoms.len; k++)
      if (k != atom && term_find(j, j->atoms.data[k].term) == root) return false;
    for (int k = 0; k < j->n_operands; k++)
      if (term_find(j, j->operands[k].value) == root) return false;
  }
  return true;
}

void join_resize(Join *j, int axis, Sz extent) { j->atoms.data[j->first[axis]].extent = extent; }

int join_axis_term(const Join *j, int axis) {
  return j->count[axis] == 1 ? j->atoms.data[j->first[axis]].term : -1;
}

/* ---- common atoms ---------------------------------------------------------------------------- */

/* a / b when it has no remainder. */
static bool quotient(Ctx *ctx, Sz a, Sz b, Sz *out) {
  *out = size_div(ctx, a, b);
  return out->i && sz_eq(size_mul(ctx, *out, b), a);
}

bool cuts_refine(Sets *s, const Cuts *a, const Cuts *b, Cuts *out) {
  Ctx *ctx = s->ctx;
  uint32_t i = 0, k = 0;
  Sz x = SZ_NONE, y = SZ_NONE, rest;
  for (;;) {
    if (!x.i && i < a->len) x = a->data[i++];
    if (!y.i && k < b->len) y = b->data[k++];
    if (!x.i || !y.i) return !x.i && !y.i;
    if (sz_eq(x, y)) {
      vec_push(s->scratch, out, x);
      x = y = SZ_NONE;
    } else if (quotient(ctx, x, y, &rest)) {
      vec_push(s->scratch, out, y);
      x = rest;
      y = SZ_NONE;
    } else if (quotient(ctx, y, x, &rest)) {
      vec_push(s->scratch, out, x);
      y = rest;
      x = SZ_NONE;
    } else {
      return false;
    }
  }
}

/* The extents of an operand's atoms on one joint axis. */
static Cuts atoms_of(Join *j, const JoinOperand *o, int axis) {
  Cuts out = {.known = false};
  for (int i = 0; i < o->fact->n_atoms; i++)
    if (o->map[o->fact->atoms[i].axis] == axis)
      vec_push(j->st->s->scratch, &out, o->fact->atoms[i].extent);
  return out;
}

/* Whether the operand has the joint axis at all. */
static bool has_axis(const JoinOperand *o, int axis) {
  for (int i = 0; i < o->fact->n_atoms; i++)
    if (o->map[o->fact->atoms[i].axis] == axis) return true;
  return false;
}

static Cuts *common_cuts(Join *j) {
  Cuts *cuts = arena_array(j->st->s->scratch, Cuts, j->n_axes);
  for (int x = 0; x < j->n_axes; x++)
    for (int k = 0; k < j->n_operands; k++) {
      if (!has_axis(&j->operands[k], x)) continue;
      Cuts own = atoms_of(j, &j->operands[k], x), both = {.known = true};
      if (!cuts[x].known) {
        own.known = true;
        cuts[x] = own;
      } else if (!cuts_refine(j->st->s, &cuts[x], &own, &both)) {
        cuts[x].broken = true;
      } else {
        both.broken = cuts[x].broken;
        cuts[x] = both;
      }
    }
  return cuts;
}

/* Into how many pieces of the list, from *at on, an extent falls. */
static int pieces(Ctx *ctx, const Cuts *cuts, uint32_t *at, Sz extent) {
  Sz product = size_const(ctx, 1);
  int n = 0;
  while (!sz_eq(product, extent) && *at < cuts->len) {
    product = size_mul(ctx, product, cuts->data[(*at)++]);
    n++;
  }
  return n;
}

typedef struct Recut {
  Join *j;
  int k;
  const Fact *f;
  const Cuts *cuts;
  int *n;      /* pieces of each atom; 0: merged into the one before */
  bool *fix;   /* atoms that have to be fixed, with all that share their variable */
  int *to;     /* first new atom of each */
  Atom *atoms; /* new */
  int n_atoms;
} Recut;

/* How each atom is cut. On axes without common refinement all atoms become one. */
static void plan_cuts(Recut *c) {
  Ctx *ctx = c->j->st->s->ctx;
  uint32_t at = 0;
  int axis = -1;
  for (int i = 0; i < c->f->n_atoms; i++) {
    int x = c->j->operands[c->k].map[c->f->atoms[i].axis];
    bool begin = x != axis;
    if (begin) at = 0;
    axis = x;
    const Slot *slot = &c->f->atoms[i].slot;
    if (c->cuts[x].broken)
      c->n[i] = begin;
    else
      c->n[i] = pieces(ctx, &c->cuts[x], &at, c->f->atoms[i].extent);
    c->fix[i] = c->cuts[x].broken ||
                (c->n[i] != 1 && slot->kind == SLOT_free && fact_uses(c->f, slot->var) > 1);
    if (slot->kind == SLOT_moves && (c->fix[i] || c->n[i] != 1))
      clash(c->j, SET_regrouped, c->k, -1);
    /* with more padding, the same place falls into other pieces */
    bool placed = slot->kind == SLOT_fixed || c->fix[i];
    for (int p = 1; p < c->n[i] && join_padded(c->j) && placed; p++)
      if (pad_depends(c->j->st->s, c->cuts[x].data[at - (uint32_t)p]))
        clash(c->j, SET_regrouped, c->k, -1);
  }
}

static bool var_is_fixed(const Recut *c, const Slot *slot) {
  for (int i = 0; slot->kind == SLOT_free && i < c->f->n_atoms; i++)
    if (c->fix[i] && c->f->atoms[i].slot.kind == SLOT_free && c->f->atoms[i].slot.var == slot->var)
      return true;
  return false;
}

/* The slot with rows of the new atoms. */
static Slot recut_slot(Recut *c, const Slot *slot) {
  if (var_is_fixed(c, slot)) return slot_fixed();
  if (slot->kind != SLOT_moves) return *slot;
  Slot out = *slot;
  VEC(int) rows = {0};
  for (int i = 0; i < slot->n_rows; i++) {
    int old = slot->rows[i];
    if (c->fix[old] && c->n[old] != 1) clash(c->j, SET_regrouped, c->k, -1);
    for (int p = 0; p < c->n[old]; p++) vec_push(c->j->st->s->scratch, &rows, c->to[old] + p);
  }
  out.rows = rows.data;
  out.n_rows = (int)rows.len;
  return out;
}

/* The product of the atoms on a broken axis. */
static Sz whole_axis(const Recut *c, int i) {
  Ctx *ctx = c->j->st->s->ctx;
  Sz product = size_const(ctx, 1);
  const int *map = c->j->operands[c->k].map;
  for (int k = i; k < c->f->n_atoms && map[c->f->atoms[k].axis] == map[c->f->atoms[i].axis]; k++)
    product = size_mul(ctx, product, c->f->atoms[k].extent);
  return product;
}

static void put_pieces(Recut *c, int i, uint32_t *at) {
  Sets *s = c->j->st->s;
  const Atom *a = &c->f->atoms[i];
  const Cuts *cuts = &c->cuts[c->j->operands[c->k].map[a->axis]];
  for (int p = 0; p < c->n[i]; p++) {
    Slot slot = c->fix[i] ? slot_fixed() : a->slot;
    if (p && slot.kind == SLOT_free) slot = slot_fresh(s);
    Sz extent = cuts->broken ? whole_axis(c, i) : cuts->data[(*at)++];
    c->atoms[c->n_atoms] = atom_new(extent, a->axis, slot);
    if (c->n[i] == 1 && !c->fix[i]) c->atoms[c->n_atoms].fill = a->fill;
    c->n_atoms++;
  }
}

/* An operand's fact with its atoms cut. */
static Fact recut(Join *j, int k, const Cuts *cuts) {
  Arena *arena = j->st->s->scratch;
  const Fact *f = j->operands[k].fact;
  Recut c = {.j = j, .k = k, .f = f, .cuts = cuts};
  c.n = arena_array(arena, int, f->n_atoms);
  c.fix = arena_array(arena, bool, f->n_atoms);
  c.to = arena_array(arena, int, f->n_atoms);
  plan_cuts(&c);
  int total = 0;
  for (int i = 0; i < f->n_atoms; i++) {
    c.to[i] = total;
    total += c.n[i];
  }
  c.atoms = arena_array(arena, Atom, total);
  uint32_t at = 0;
  for (int i = 0; i < f->n_atoms; i++) {
    const int *map = j->operands[k].map;
    if (!i || map[f->atoms[i].axis] != map[f->atoms[i - 1].axis]) at = 0;
    put_pieces(&c, i, &at);
  }
  for (int i = 0; i < c.n_atoms; i++) c.atoms[i].slot = recut_slot(&c, &c.atoms[i].slot);
  Fact out = *f;
  out.atoms = c.atoms;
  out.n_atoms = c.n_atoms;
  out.value = recut_slot(&c, &f->value);
  return out;
}

/* ---- start ----------------------------------------------------------------------------------- */

static void place_atoms(Join *j, const Cuts *cuts) {
  for (int x = 0; x < j->n_axes; x++) {
    j->first[x] = (int)j->atoms.len;
    Sz whole = SZ_NONE;
    for (int k = 0; k < j->n_operands && cuts[x].broken; k++)
      for (int i = 0; i < j->operands[k].cut.n_atoms; i++)
        if (j->operands[k].map[j->operands[k].cut.atoms[i].axis] == x)
          whole = j->operands[k].cut.atoms[i].extent;
    j->count[x] = cuts[x].broken ? 1 : (int)cuts[x].len;
    for (int i = 0; i < j->count[x]; i++) {
      JointAtom atom = {.extent = cuts[x].broken ? whole : cuts[x].data[i],
                        .axis = x,
                        .term = term_new(j, (Slot){.kind = SLOT_free}, -1)};
      vec_push(j->st->s->scratch, &j->atoms, atom);
    }
  }
}

/* An operand's slot as a term: its variables are fresh, one for each. */
static int operand_term(Join *j, int k, const Slot *slot, int *vars, int *terms, int *n_vars) {
  if (slot->kind == SLOT_free) {
    for (int i = 0; i < *n_vars; i++)
      if (vars[i] == slot->var) return terms[i];
    vars[*n_vars] = slot->var;
    return terms[(*n_vars)++] = term_new(j, *slot, k);
  }
  Slot own = *slot;
  int *rows = arena_array(j->st->s->scratch, int, slot->n_rows);
  for (int i = 0; i < slot->n_rows; i++) rows[i] = j->operands[k].atoms[slot->rows[i]];
  own.rows = rows;
  return term_new(j, own, k);
}

static void place_operand(Join *j, int k) {
  Arena *arena = j->st->s->scratch;
  JoinOperand *o = &j->operands[k];
  int *seen = arena_array(arena, int, j->n_axes), n_vars = 0;
  int *vars = arena_array(arena, int, o->cut.n_atoms + 1),
      *terms = arena_array(arena, int, o->cut.n_atoms + 1);
  o->atoms = arena_array(arena, int, o->cut.n_atoms);
  o->slots = arena_array(arena, Slot, o->cut.n_atoms);
  for (int i = 0; i < o->cut.n_atoms; i++) {
    int x = o->map[o->cut.atoms[i].axis];
    o->atoms[i] = j->first[x] + seen[x]++;
  }
  for (int i = 0; i < o->cut.n_atoms; i++) {
    int term = operand_term(j, k, &o->cut.atoms[i].slot, vars, terms, &n_vars);
    o->slots[i] = j->terms.data[term].slot;
    if (fill_placed(&o->cut.atoms[i].fill)) {
      j->terms.data[term].placed = true;
      j->terms.data[term].least = 0;
      j->terms.data[term].needs = o->cut.atoms[i].fill.needs;
    }
    bool loop = o->map[o->cut.atoms[i].axis] < j->st->lead;
    join_unify(j, j->atoms.data[o->atoms[i]].term, term, loop ? SET_loop : SET_places);
  }
  o->value = operand_term(j, k, &o->cut.value, vars, terms, &n_vars);
}

void join_start(Join *j) {
  Cuts *cuts = common_cuts(j);
  for (int k = 0; k < j->n_operands; k++) j->operands[k].cut = recut(j, k, cuts);
  if (j->clash) return;
  place_atoms(j, cuts);
  for (int k = 0; k < j->n_operands && !j->clash; k++) place_operand(j, k);
}

void join_add(Join *j, int axis, Sz extent, SlotKind kind) {
  if (size_is(j->st->s->ctx, extent, 1) || j->clash) return;
  JointAtom atom = {.extent = extent, .axis = axis, .term = term_new(j, (Slot){.kind = kind}, -1)};
  j->first[axis] = (int)j->atoms.len;
  j->count[axis] = 1;
  vec_push(j->st->s->scratch, &j->atoms, atom);
}

/* ---- result ---------------------------------------------------------------------------------- */

typedef struct JoinReading {
  Join *j;
  int *place; /* joint atom to atom of the result; -1: summed over */
  int *var;   /* variable of each free term, 0: none yet */
} JoinReading;

/* Whether rows that a slot speaks of have gone, or have an order of their own. */
static bool rows_gone(const JoinReading *r, const Slot *slot) {
  const Join *j = r->j;
  for (int i = 0; i < slot->n_rows; i++) {
    const JointAtom *atom = &j->atoms.data[slot->rows[i]];
    if (size_is(j->st->s->ctx, atom->extent, 1)) continue;
    if (r->place[slot->rows[i]] < 0 || join_slot(j, atom->term)->kind == SLOT_moves) return true;
  }
  return false;
}

static bool slot_of(JoinReading *r, int term, Slot *out) {
  Join *j = r->j;
  term = term_find(j, term);
  *out = j->terms.data[term].slot;
  if (out->kind == SLOT_free) {
    if (!r->var[term]) r->var[term] = ++j->st->s->next_var;
    out->var = r->var[term];
  }
  if (out->kind != SLOT_moves) return true;
  if (rows_gone(r, out)) {
    clash(j, join_padded(j) ? SET_pad_mixed : SET_rows, j->terms.data[term].operand, -1);
    return false;
  }
  int *rows = arena_array(j->st->s->arena, int, out->n_rows), n = 0;
  for (int i = 0; i < out->n_rows; i++)
    if (!size_is(j->st->s->ctx, j->atoms.data[out->rows[i]].extent, 1))
      rows[n++] = r->place[out->rows[i]];
  out->rows = rows;
  out->n_rows = n;
  return true;
}

static const Trail *operand_trail(const Join *j, int k, bool fixed) {
  if (k < 0) return NULL;
  return fixed ? j->operands[k].fact->fixed : j->operands[k].fact->moved;
}

static Fact join_lost(Join *j) {
  const Trail *moved = operand_trail(j, j->moved, false), *fixed = operand_trail(j, j->fixed, true);
  SetReason reason = j->reason;
  if (join_padded(j) && (reason == SET_regrouped || reason == SET_rows)) reason = SET_pad_regrouped;
  if (join_padded(j))
    return fact_lost(j->st, reason, moved ? moved : operand_trail(j, j->fixed, false), NULL);
  if (reason == SET_loop) fixed = NULL;
  const Node *source = fixed ? graph_node(fixed->graph, fixed->node) : NULL;
  if (reason == SET_places && source && source->op == OP_iota) reason = SET_position;
  return fact_lost(j->st, reason, moved, fixed);
}

/* Where places along an axis as long as the set come from, for messages. Positions that are free
 * still may become so. */
static const Trail *fixed_trail(const Join *j, const Fact *f) {
  Sets *s = j->st->s;
  bool fixed = set_is_pointer(s, step_type(j->st)) && f->value.kind == SLOT_fixed, any = fixed;
  for (int i = 0; i < f->n_atoms; i++) {
    if (!sz_eq(f->atoms[i].extent, s->set->extent)) continue;
    fixed = fixed || f->atoms[i].slot.kind == SLOT_fixed;
    any = any || f->atoms[i].slot.kind != SLOT_moves;
  }
  for (int k = 0; k < j->n_operands && any; k++)
    if (j->operands[k].fact->fixed) return j->operands[k].fact->fixed;
  return fixed ? trail_add(s, NULL, j->st->g, j->st->r) : NULL;
}

static const Trail *moved_trail(const Join *j, const Fact *f) {
  if (!fact_moves(f)) return NULL;
  const Trail *from = NULL;
  for (int k = 0; k < j->n_operands && !from; k++) from = j->operands[k].fact->moved;
  return trail_add(j->st->s, from, j->st->g, j->st->r);
}

/* Padding of rows that are put together is known in all places, or in none. */
static bool atom_slot(JoinReading *r, int joint, Slot *out) {
  Join *j = r->j;
  JointAtom *atom = &j->atoms.data[joint];
  const Slot *slot = join_slot(j, atom->term);
  if (join_padded(j) && slot->kind == SLOT_moves && fill_placed(&atom->fill) &&
      rows_gone(r, slot)) {
    j->needs |= PAD_end | atom->fill.needs;
    *out = slot_fixed();
    return true;
  }
  return slot_of(r, atom->term, out);
}

static bool read_atoms(JoinReading *r, const int *out, int n_out, int value, Fact *f) {
  Join *j = r->j;
  Atom *atoms = arena_array(j->st->s->arena, Atom, j->atoms.len);
  f->atoms = atoms;
  for (int a = 0; a < n_out; a++)
    for (int i = 0; i < j->count[out[a]]; i++) {
      int joint = j->first[out[a]] + i;
      if (size_is(j->st->s->ctx, j->atoms.data[joint].extent, 1)) continue;
      r->place[joint] = f->n_atoms;
      atoms[f->n_atoms] = atom_new(j->atoms.data[joint].extent, a, slot_fixed());
      Fill fill = j->atoms.data[joint].fill;
      atoms[f->n_atoms++].fill = fill.kind == FILL_unknown ? (Fill){0} : fill;
    }
  for (uint32_t joint = 0; joint < j->atoms.len; joint++)
    if (r->place[joint] >= 0 && !atom_slot(r, (int)joint, &atoms[r->place[joint]].slot))
      return false;
  for (int i = 0; i < f->n_atoms; i++) /* without padding there is nothing at it */
    if (atoms[i].fill.kind != FILL_unknown && atoms[i].slot.kind == SLOT_fixed &&
        !pad_depends(j->st->s, atoms[i].extent))
      atoms[i].fill = (Fill){0};
  return slot_of(r, value, &f->value);
}

/* Whether it is elements of the operands that stand at the result's. Padding may come to be an
 * element where rows are mixed, or places become those of others; what is taken together has
 * padding in it, unless that is a number which is neither infinite nor NaN. */
static bool keeps_elements(const JoinReading *r, const Fact *f) {
  const Join *j = r->j;
  const Node *node = j->st->node;
  SetRule rule = node_set_rule(j->st->s->ctx, node);
  if (!op_is(node->op, T_ELEMENTWISE) && !op_is(node->op, T_MOVEMENT) && rule != SETS_numbers &&
      rule != SETS_reduce && rule != SETS_dot)
    return false;
  for (int k = 0; k < j->n_operands; k++)
    for (int i = 0; i < j->operands[k].cut.n_atoms; i++) {
      int joint = j->operands[k].atoms[i], place = r->place[joint];
      const Slot *own = &j->operands[k].slots[i];
      const Fill *fill = &j->operands[k].cut.atoms[i].fill;
      bool finite = fill->kind == FILL_number && !fill_infinite(fill->number);
      bool same = place < 0 ? finite
                            : f->atoms[place].slot.kind == SLOT_moves &&
                                  slot_equal(own, join_slot(j, j->atoms.data[joint].term));
      if (own->kind == SLOT_moves && !same) return false;
    }
  return true;
}

Fact join_result(Join *j, const int *out, int n_out, int value) {
  if (j->clash) return join_lost(j);
  Arena *arena = j->st->s->scratch;
  JoinReading r = {j, arena_array(arena, int, j->atoms.len), arena_array(arena, int, j->terms.len)};
  for (uint32_t i = 0; i < j->atoms.len; i++) r.place[i] = -1;
  Fact f = {0};
  if (!read_atoms(&r, out, n_out, value, &f)) return join_lost(j);
  for (int k = 0; k < j->n_operands; k++) {
    f.chance |= j->operands[k].fact->chance;
    f.ties |= j->operands[k].fact->ties;
    f.needs |= j->operands[k].fact->needs;
    f.infinite |= j->operands[k].fact->infinite;
    f.anywhere |= j->operands[k].fact->anywhere;
    if (j->operands[k].fact->furthest > f.furthest) f.furthest = j->operands[k].fact->furthest;
    if (!f.counts) f.counts = j->operands[k].fact->counts;
  }
  if (f.anywhere != f.infinite && !keeps_elements(&r, &f)) f.infinite = f.anywhere;
  f.needs |= j->needs;
  for (int i = 0; i < f.n_atoms && f.value.kind != SLOT_fixed; i++)
    if (f.atoms[i].fill.kind == FILL_same) ((Atom *)f.atoms)[i].fill = (Fill){0};
  f.moved = moved_trail(j, &f);
  f.fixed = fixed_trail(j, &f);
  return f;
}
