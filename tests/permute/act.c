#include "tests/permute/act.h"

#include <math.h>

static int64_t extent_of(const Permutations *p, Sz size) {
  int64_t value = 0;
  ORDO_CHECK(size_eval(p->ctx, size, p->env, &value));
  return value;
}

/* Places on each atom, from the places on the axes. */
static void split_places(const Permutations *p, const Fact *f, const int64_t *axes,
                         int64_t *atoms) {
  int64_t rest = 0; /* of the axis, before this atom */
  for (int i = f->n_atoms - 1, axis = -1; i >= 0; i--) {

    if (f->atoms[i].axis != axis) {
      axis = f->atoms[i].axis;
      rest = axes[axis];
    }
    int64_t extent = extent_of(p, f->atoms[i].extent);
    atoms[i] = rest % extent;
    rest /= extent;
  }
}

static void join_places(const Permutations *p, const Fact *f, const int64_t *atoms, int64_t *axes) {
  for (int i = 0; i < f->n_atoms; i++) {
    bool first = !i || f->atoms[i].axis != f->atoms[i - 1].axis;
    axes[f->atoms[i].axis] =
        (first ? 0 : axes[f->atoms[i].axis] * extent_of(p, f->atoms[i].extent)) + atoms[i];
  }
}

/* Which permutation a slot means at a place: rows that are cut are understood when there is one
 * axis of them. */
static int64_t row_of(const Permutations *p, const Fact *f, const Slot *slot,
                      const int64_t *atoms) {
  int64_t row = 0;
  for (int i = 0; i < slot->n_rows; i++)
    row = row * extent_of(p, f->atoms[slot->rows[i]].extent) + atoms[slot->rows[i]];
  for (int family = slot->family; family; family = p->proof->facts->families[family - 1].base)
    row += extent_of(p, p->proof->facts->families[family - 1].start);
  return row % p->n_rows;
}

static bool slot_known(const Permutations *p, const Fact *f, const Slot *slot) {
  int64_t product = 1;
  if (slot->kind != SLOT_moves || p->proof->set->n_rows <= 1) return true;
  for (int i = 0; i < slot->n_rows; i++) product *= extent_of(p, f->atoms[slot->rows[i]].extent);
  return !slot->family && product == p->n_rows;
}

bool act_known(const Permutations *p, const Fact *f) {
  bool known = slot_known(p, f, &f->value);
  for (int i = 0; i < f->n_atoms; i++) known = known && slot_known(p, f, &f->atoms[i].slot);
  return known;
}

static int64_t offset_of(const Tensor *t, const int64_t *axes) {
  int64_t offset = 0;
  for (int i = 0; i < t->rank; i++) offset = offset * t->dims[i] + axes[i];
  return offset;
}

Tensor *act(const Permutations *p, const Fact *f, const Tensor *t) {
  Tensor *out = tensor_copy(t);
  int64_t axes[TENSOR_MAX_RANK] = {0}, from[TENSOR_MAX_RANK], atoms[64], moved[64];
  for (int64_t k = 0, count = tensor_count(t); k < count; k++) {
    int64_t rest = k;
    for (int i = t->rank - 1; i >= 0; i--) {
      axes[i] = from[i] = rest % t->dims[i];
      rest /= t->dims[i];
    }
    split_places(p, f, axes, atoms);
    for (int i = 0; i < f->n_atoms; i++) {
      const Slot *slot = &f->atoms[i].slot;
      moved[i] =
          slot->kind == SLOT_moves ? p->to[row_of(p, f, slot, atoms) * p->n + atoms[i]] : atoms[i];
    }
    join_places(p, f, moved, from);
    if (t->dtype == DT_key) {
      ((uint64_t *)out->data)[k] = ((uint64_t *)t->data)[offset_of(t, from)];
      continue;
    }
    double value = tensor_get(t, offset_of(t, from));
    if (f->value.kind == SLOT_moves && value >= 0 && value < (double)p->n)
      value = (double)p->back[row_of(p, f, &f->value, atoms) * p->n + (int64_t)value];
    tensor_set(out, k, value);
  }
  return out;
}

static bool own_variable(const Fact *f, int atom) {
  const Slot *slot = &f->atoms[atom].slot;
  int n = f->value.kind == SLOT_free && f->value.var == slot->var;
  for (int i = 0; i < f->n_atoms; i++)
    n += f->atoms[i].slot.kind == SLOT_free && f->atoms[i].slot.var == slot->var;
  return slot->kind == SLOT_free && n == 1;
}

bool act_uniform(const Permutations *p, const Fact *f, const Tensor *t) {
  int64_t axes[TENSOR_MAX_RANK] = {0}, atoms[64];
  for (int64_t k = 0, count = tensor_count(t); k < count && t->dtype != DT_key; k++) {
    int64_t rest = k;
    for (int i = t->rank - 1; i >= 0; i--) {
      axes[i] = rest % t->dims[i];
      rest /= t->dims[i];
    }
    split_places(p, f, axes, atoms);
    for (int i = 0; i < f->n_atoms; i++)
      if (own_variable(f, i)) atoms[i] = 0;
    join_places(p, f, atoms, axes);
    double x = tensor_get(t, k), y = tensor_get(t, offset_of(t, axes));
    if (x != y && !(isnan(x) && isnan(y)) && fabs(x - y) > 1e-9 * (1 + fabs(x))) return false;
  }
  return true;
}

/* ---- instances ---- */

static Slot moving_slot(const Permutations *p, const Fact *f) {
  const SetAxis *set = p->proof->set;
  int *rows = arena_array(&p->ctx->arena, int, set->n_rows), at = 0;
  for (int k = 0; k < set->n_rows; k++) {
    while (at < f->n_atoms &&
           (!sz_eq(f->atoms[at].extent, set->rows[k]) || f->atoms[at].slot.kind == SLOT_moves))
      at++;
    if (at == f->n_atoms) return slot_fixed();
    rows[k] = at++;
  }
  return (Slot){.kind = SLOT_moves, .rows = rows, .n_rows = set->n_rows};
}

static Slot instance_slot(const Permutations *p, const Fact *f, const Slot *slot, Sz extent,
                          int *vars, int *n, uint64_t moves) {
  int at = 0;
  if (slot->kind != SLOT_free) return *slot;
  while (at < *n && vars[at] != slot->var) at++;
  if (at == *n) vars[(*n)++] = slot->var;
  bool can = sz_eq(extent, p->proof->set->extent);
  return can && ((moves >> (at % 64)) & 1) ? moving_slot(p, f) : slot_fixed();
}

Fact instance(const Permutations *p, const Fact *f, uint64_t moves) {
  Fact out = *f;
  int *vars = arena_array(&p->ctx->arena, int, f->n_atoms + 1), n = 0;
  Atom *atoms = arena_array(&p->ctx->arena, Atom, f->n_atoms);
  for (int i = 0; i < f->n_atoms; i++) {
    atoms[i] = f->atoms[i];
    atoms[i].slot = instance_slot(p, f, &f->atoms[i].slot, f->atoms[i].extent, vars, &n, moves);
  }
  out.atoms = atoms;
  out.value = instance_slot(p, f, &f->value, p->proof->set->extent, vars, &n, moves);
  return out;
}
