/* Facts about one value: making, extending, comparing, naming. */
#include "passes/sets/sets_join.h"

const char *const set_verdict_name[] = {"invariant", "equivariant", "pointer", "ordered",
                                        "given up"};

Slot slot_fresh(Sets *s) { return (Slot){.kind = SLOT_free, .var = ++s->next_var}; }

bool slot_equal(const Slot *a, const Slot *b) {
  if (a->kind != b->kind) return false;
  if (a->kind == SLOT_fixed) return true;
  if (a->kind == SLOT_free) return a->var == b->var;
  if (a->family != b->family || a->n_rows != b->n_rows || a->shift != b->shift) return false;
  for (int i = 0; i < a->n_rows; i++)
    if (a->rows[i] != b->rows[i]) return false;
  return true;
}

bool set_is_pointer(const Sets *s, const TypeInfo *info) {
  return !info->is_tuple && info->dtype == DT_idx && sz_eq(info->extent, s->set->extent);
}

bool set_may_point(const Sets *s, const TypeInfo *info) {
  return set_is_pointer(s, info) || (!info->is_tuple && info->dtype == DT_i32);
}

Fact fact_plain(SetStep *st, const TypeInfo *info, SlotKind kind) {
  Sets *s = st->s;
  Atom *atoms = arena_array(s->arena, Atom, info->rank);
  Fact f = {.atoms = atoms, .value = slot_fixed()};
  for (int i = 0; i < info->rank; i++) {
    if (size_is(s->ctx, info->dims[i], 1)) continue;
    Slot slot = kind == SLOT_free ? slot_fresh(s) : slot_fixed();
    atoms[f.n_atoms++] = atom_new(info->dims[i], st->lead + i, slot);
  }
  return f;
}

Fact fact_in_loops(SetStep *st, const TypeInfo *info) {
  int n = st->lead + info->rank, m = st->node->n_operands;
  Fact plain = fact_plain(st, info, SLOT_fixed), *heads = arena_array(st->s->arena, Fact, m);
  Join j = join_new(st, n, m + 1);
  for (int k = 0; k < m; k++) {
    const Fact *f = &st->operands[k];
    Atom *atoms = arena_array(st->s->arena, Atom, f->n_atoms);
    heads[k] = (Fact){.atoms = atoms, .value = slot_fixed(), .needs = f->needs};
    heads[k].chance = f->chance;
    heads[k].ties = f->ties;
    for (int i = 0; i < f->n_atoms; i++)
      if (f->atoms[i].axis < st->lead)
        atoms[heads[k].n_atoms++] = atom_new(f->atoms[i].extent, f->atoms[i].axis, slot_fixed());
    join_operand(&j, k, &heads[k], step_axes(st, n));
  }
  join_operand(&j, m, &plain, step_axes(st, n));
  join_start(&j);
  return join_result(&j, step_axes(st, n), n, j.clash ? 0 : join_fixed_term(&j));
}

Fact fact_lost(SetStep *st, SetReason reason, const Trail *moved, const Trail *fixed) {
  Lost *lost = arena_new(st->s->arena, Lost);
  *lost = (Lost){st->g, st->r, reason, moved, fixed};
  return (Fact){.lost = lost};
}

/* Rows by number of atom when a new atom stands at 'at'. */
static Slot slot_shift(Sets *s, const Slot *slot, int at) {
  Slot out = *slot;
  int *rows = arena_array(s->arena, int, slot->n_rows);
  for (int i = 0; i < slot->n_rows; i++) rows[i] = slot->rows[i] + (slot->rows[i] >= at);
  out.rows = rows;
  return out;
}

Fact fact_insert(Sets *s, const Fact *f, int axis, Sz extent, SlotKind kind) {
  if (f->lost) return *f;
  bool atom = kind != SLOT_free && !size_is(s->ctx, extent, 1);
  Fact out = *f;
  Atom *atoms = arena_array(s->arena, Atom, f->n_atoms + 1);
  int at = 0;
  while (at < f->n_atoms && f->atoms[at].axis < axis) at++;
  out.n_atoms = 0;
  for (int i = 0; i <= f->n_atoms; i++) {
    if (i == at && atom) atoms[out.n_atoms++] = atom_new(extent, axis, slot_fixed());
    if (i == f->n_atoms) break;
    Atom a = f->atoms[i];
    a.axis += a.axis >= axis;
    if (atom) a.slot = slot_shift(s, &a.slot, at);
    atoms[out.n_atoms++] = a;
  }
  if (atom) out.value = slot_shift(s, &f->value, at);
  out.atoms = atoms;
  return out;
}

Fact fact_stack(Sets *s, const Fact *f, int axis, Sz extent) {
  if (f->lost || size_is(s->ctx, extent, 1)) return *f;
  int at = 0;
  while (at < f->n_atoms && f->atoms[at].axis < axis) at++;
  if (at < f->n_atoms && f->atoms[at].axis == axis) return *f;
  Fact out = *f;
  Atom *atoms = arena_array(s->arena, Atom, f->n_atoms + 1);
  for (int i = 0; i < f->n_atoms; i++) {
    Atom a = f->atoms[i];
    a.slot = slot_shift(s, &a.slot, at);
    atoms[i + (i >= at)] = a;
  }
  atoms[at] = atom_new(extent, axis, slot_fresh(s));
  out.value = slot_shift(s, &f->value, at);
  out.atoms = atoms;
  out.n_atoms++;
  return out;
}

const Trail *trail_add(Sets *s, const Trail *from, const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  if (from && str_none(n->name) && n->op != OP_param && n->op != OP_iota) return from;
  Trail *t = arena_new(s->arena, Trail);
  *t = (Trail){from, g, r};
  return t;
}

static bool has_axes(const Fact *f) {
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].slot.kind == SLOT_moves) return true;
  return false;
}

bool fact_moves(const Fact *f) { return has_axes(f) || f->value.kind == SLOT_moves; }

int fact_uses(const Fact *f, int var) {
  int n = f->value.kind == SLOT_free && f->value.var == var;
  for (int i = 0; i < f->n_atoms; i++)
    n += f->atoms[i].slot.kind == SLOT_free && f->atoms[i].slot.var == var;
  return n;
}

bool set_rows(const Sets *s, const TypeInfo *info, int before, int *axes) {
  int at = 0;
  for (int k = 0; k < s->set->n_rows; k++) {
    while (at < before && !sz_eq(info->dims[at], s->set->rows[k])) at++;
    if (at == before) return false;
    axes[k] = at++;
  }
  return true;
}

/* ---- naming ---------------------------------------------------------------------------------- */

SetVerdict fact_verdict(const Fact *f) {
  if (f->lost) return f->lost->reason == SET_given_up ? VERDICT_given_up : VERDICT_ordered;
  if (f->value.kind == SLOT_moves) return VERDICT_pointer;
  return fact_moves(f) ? VERDICT_equivariant : VERDICT_invariant;
}

static void put_axes(const Fact *f, int lead, Text *out) {
  bool first = true;
  for (int i = 0; i < f->n_atoms; i++) {
    const Atom *a = &f->atoms[i];
    if (a->slot.kind != SLOT_moves) continue;
    text_puts(out, first ? " in axis " : ", ");
    first = false;
    if (a->axis < lead)
      text_puts(out, "of the loop");
    else
      text_printf(out, "%d", a->axis - lead);
  }
}

void fact_print(const Fact *f, int lead, Text *out) {
  SetVerdict verdict = fact_verdict(f);
  switch (verdict) {
  case VERDICT_pointer:
    text_puts(out, "points into the set");
    if (has_axes(f)) text_puts(out, ", equivariant");
    put_axes(f, lead, out);
    break;
  case VERDICT_given_up:
    text_puts(out, "ordered on purpose");
    break;
  default:
    text_puts(out, set_verdict_name[verdict]);
    put_axes(f, lead, out);
  }
  if (f->chance) text_puts(out, ", in distribution");
  if (f->ties) text_puts(out, ", without ties");
}

const char *const padding_verdict_name[] = {"independent", "local", "leaks"};
const char *const pad_condition_text[] = {"padding stands at the end", "no row is empty",
                                          "what is computed of padding is finite",
                                          "numbers are far from their stand-in for infinity", NULL};

const Lost *fact_refused(const Fact *f) { return f->lost ? f->lost : f->counts; }

PadVerdict padding_verdict(const Fact *f) {
  if (fact_refused(f)) return PADDING_leaks;
  return pad_any(f, true) ? PADDING_local : PADDING_independent;
}

static void put_fills(const Fact *f, int lead, Text *out) {
  for (int i = 0; i < f->n_atoms; i++) {
    const Atom *a = &f->atoms[i];
    if (a->slot.kind != SLOT_moves) continue;
    const char *axis = a->axis < lead ? "of the loop" : NULL;
    if (a->fill.kind == FILL_number)
      text_printf(out, ", %g at padding in axis ", a->fill.number);
    else if (a->fill.kind == FILL_same && !(a->fill.needs & ~f->needs))
      text_puts(out, ", the same at padding in axis ");
    else
      text_puts(out, ", anything at padding in axis ");
    if (axis)
      text_puts(out, axis);
    else
      text_printf(out, "%d", a->axis - lead);
  }
}

void padding_print(const Fact *f, int lead, Text *out) {
  text_puts(out, padding_verdict_name[padding_verdict(f)]);
  if (fact_refused(f)) return;
  put_fills(f, lead, out);
  if (f->chance) text_puts(out, ", in distribution");
  for (unsigned i = 0; pad_condition_text[i]; i++)
    if (f->needs >> i & 1) text_printf(out, ", if %s", pad_condition_text[i]);
}
