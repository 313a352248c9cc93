#include "tests/masks/pair.h"

#include <math.h>
#include <string.h>

static int64_t extent_in(const Pair *p, int run, Sz size) {
  int64_t value = 0;
  ORDO_CHECK(size_eval(p->ctx, size, &p->env[run], &value));
  return value;
}

/* Places on each atom, from the places on the axes. */
static void split(const Pair *p, const Fact *f, int run, const int64_t *axes, int64_t *atoms) {
  int64_t rest = 0;
  for (int i = f->n_atoms - 1, axis = -1; i >= 0; i--) {
    if (f->atoms[i].axis != axis) {
      axis = f->atoms[i].axis;
      rest = axes[axis];
    }
    int64_t extent = extent_in(p, run, f->atoms[i].extent);
    atoms[i] = rest % extent;
    rest /= extent;
  }
}

static bool join(const Pair *p, const Fact *f, int run, const int64_t *atoms, int64_t *axes) {
  for (int i = 0; i < f->n_atoms; i++) {
    bool first = !i || f->atoms[i].axis != f->atoms[i - 1].axis;
    int64_t extent = extent_in(p, run, f->atoms[i].extent);
    if (atoms[i] < 0 || atoms[i] >= extent) return false;
    axes[f->atoms[i].axis] = (first ? 0 : axes[f->atoms[i].axis] * extent) + atoms[i];
  }
  return true;
}

/* The row that a slot means at a place of a run; rows have the same places in both. */
static int64_t row_of(const Pair *p, const Fact *f, int run, const Slot *slot,
                      const int64_t *atoms) {
  int64_t row = 0;
  for (int i = 0; i < slot->n_rows; i++)
    row = row * extent_in(p, run, f->atoms[slot->rows[i]].extent) + atoms[slot->rows[i]];
  for (int family = slot->family; family; family = p->proof->facts->families[family - 1].base)
    row += extent_in(p, run, p->proof->facts->families[family - 1].start);
  return row % p->n_rows;
}

static bool shared(const Fact *f, int atom) {
  int n = f->value.kind == SLOT_free && f->value.var == f->atoms[atom].slot.var;
  for (int i = 0; i < f->n_atoms; i++)
    n += f->atoms[i].slot.kind == SLOT_free && f->atoms[i].slot.var == f->atoms[atom].slot.var;
  return n > 1;
}

/* Shifted places are looked at where padding is at the end, so that an element has one place in
 * both runs. */
static int64_t moved(const Pair *p, const Fact *f, const Slot *slot, const int64_t *atoms,
                     int64_t place) {
  int64_t row = row_of(p, f, 1, slot, atoms), at = place + slot->shift;
  if (at >= p->n[1] || !p->real[1][row * p->n[1] + at]) return -1;
  return slot->shift ? place : p->across[1][row * p->n[1] + at];
}

/* An atom that is fixed with that extent; -1: none. */
static int fixed_atom(const Fact *f, Sz extent) {
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].slot.kind == SLOT_fixed && sz_eq(f->atoms[i].extent, extent)) return i;
  return -1;
}

/* Whether all that share the variable of an atom are as long as the padded axis: they may move. */
static bool may_move(const Pair *p, const Fact *f, int var) {
  for (int i = 0; i < f->n_atoms; i++)
    if (f->atoms[i].slot.kind == SLOT_free && f->atoms[i].slot.var == var &&
        !sz_eq(f->atoms[i].extent, p->proof->set->extent))
      return false;
  return true;
}

Fact pair_instance(const Pair *p, const Fact *f) {
  const SetAxis *set = p->proof->set;
  int *rows = arena_array(&p->ctx->arena, int, set->n_rows);
  Fact out = *f;
  Atom *atoms = arena_copy(&p->ctx->arena, f->atoms, (size_t)f->n_atoms * sizeof *atoms);
  bool known = true;
  for (int k = 0; k < set->n_rows; k++) {
    rows[k] = fixed_atom(f, set->rows[k]);
    known = known && rows[k] >= 0 && !(k && rows[k] <= rows[k - 1]);
  }
  out.atoms = atoms;
  Slot moves = {.kind = SLOT_moves, .rows = rows, .n_rows = set->n_rows};
  for (int i = 0; i < f->n_atoms && known; i++)
    if (f->atoms[i].slot.kind == SLOT_free && may_move(p, f, f->atoms[i].slot.var))
      atoms[i].slot = moves;
  bool renamed = f->value.kind == SLOT_free && known && may_move(p, f, f->value.var);
  if (renamed) out.value = moves;
  return out;
}

static bool padding(const Pair *p, const Fact *f, int run, int i, const int64_t *atoms) {
  const Slot *slot = &f->atoms[i].slot;
  int64_t at = atoms[i] + slot->shift;
  if (slot->kind == SLOT_moves)
    return at >= p->n[run] || !p->real[run][row_of(p, f, run, slot, atoms) * p->n[run] + at];
  Sets s = {.ctx = p->ctx, .set = p->proof->set};
  for (int64_t row = 0; row < p->n_rows; row++)
    if (at < p->n[run] && p->real[run][row * p->n[run] + at]) return false;
  return slot->kind == SLOT_fixed && pad_depends(&s, f->atoms[i].extent);
}

/* A place of padding in the first run for one in the second, where the same stands there; -1:
 * none. */
static int64_t same_padding(const Pair *p, const Fact *f, int i, const int64_t *atoms) {
  const Fill *fill = &f->atoms[i].fill;
  int64_t extent = extent_in(p, 0, f->atoms[i].extent), other[64];
  if (fill->kind != FILL_same || (fill->needs & ~p->holds)) return -1;
  memcpy(other, atoms, (size_t)f->n_atoms * sizeof *atoms);
  for (int64_t k = 0; k < extent; k++) {
    other[i] = (k + p->turn) % extent;
    if (padding(p, f, 0, i, other)) return other[i];
  }
  return -1;
}

bool pair_place(const Pair *p, const Fact *f, const int64_t *second, int rank, int64_t *first) {
  int64_t atoms[64], from[64];
  for (int i = 0; i < rank; i++) first[i] = second[i];
  split(p, f, 1, second, atoms);
  for (int i = 0; i < f->n_atoms; i++) {
    const Slot *slot = &f->atoms[i].slot;
    from[i] = atoms[i];
    if (slot->kind == SLOT_moves) from[i] = moved(p, f, slot, atoms, atoms[i]);
    if (from[i] < 0) from[i] = same_padding(p, f, i, atoms);
    if (slot->kind == SLOT_free && !shared(f, i)) /* the same in all places */
      from[i] = (atoms[i] + p->turn) % extent_in(p, 0, f->atoms[i].extent);
  }
  return join(p, f, 0, from, first);
}

double pair_value(const Pair *p, const Fact *f, const int64_t *second, double x) {
  int64_t atoms[64];
  if (f->value.kind != SLOT_moves) return x;
  split(p, f, 1, second, atoms);
  int64_t row = row_of(p, f, 1, &f->value, atoms);
  if (!(x >= 0 && x < (double)p->n[0])) return NAN;
  int64_t to = p->across[0][row * p->n[0] + (int64_t)x];
  return to < 0 ? NAN : (double)to;
}

bool pair_filled(const Pair *p, const Fact *f, int run, const int64_t *axes, unsigned holds,
                 double *number) {
  int64_t atoms[64];
  split(p, f, run, axes, atoms);
  for (int i = 0; i < f->n_atoms; i++) {
    const Fill *fill = &f->atoms[i].fill;
    if (fill->kind != FILL_number || (fill->needs & ~holds) || !padding(p, f, run, i, atoms))
      continue;
    *number = fill->number;
    return true;
  }
  return false;
}
