/* Forms are interned in one table; their arithmetic is over Sz polynomials. See the header. */
#include "codegen/kernel_index.h"

#include <string.h>

/* ---- interning ---- */

typedef bool (*EqualFn)(const Index *ix, uint32_t id, const void *key);
typedef uint64_t (*HashFn)(const Index *ix, uint32_t id);

static void table_put(InternTable *t, uint64_t hash, uint32_t id) {
  uint32_t at = (uint32_t)hash & (t->n_slots - 1);
  while (t->slots[at]) at = (at + 1) & (t->n_slots - 1);
  t->slots[at] = id + 1;
}

/* The id of an equal entry, or -1 after making room for a new one. */
static int table_find(Index *ix, InternTable *t, uint64_t hash, EqualFn equal, const void *key,
                      HashFn rehash) {
  if (2 * (t->count + 1) > t->n_slots) {
    t->n_slots = t->n_slots ? 2 * t->n_slots : 128;
    t->slots = arena_array(ix->arena, uint32_t, t->n_slots);
    for (uint32_t id = 0; id < t->count; id++) table_put(t, rehash(ix, id), id);
  }
  for (uint32_t at = (uint32_t)hash & (t->n_slots - 1); t->slots[at];
       at = (at + 1) & (t->n_slots - 1))
    if (equal(ix, t->slots[at] - 1, key)) return (int)(t->slots[at] - 1);
  return -1;
}

static uint64_t hash_form(const Form *f) {
  uint64_t h = f->base.i;
  for (int i = 0; i < f->n; i++)
    h = hash_mix(h, (uint64_t)f->terms[i].var << 32 | f->terms[i].coef.i);
  return hash_mix(h, 1);
}

static uint64_t rehash_form(const Index *ix, uint32_t id) { return hash_form(&ix->forms.data[id]); }

static bool equal_form(const Index *ix, uint32_t id, const void *key) {
  const Form *a = &ix->forms.data[id], *b = key;
  if (a->n != b->n || !sz_eq(a->base, b->base)) return false;
  for (int i = 0; i < a->n; i++)
    if (a->terms[i].var != b->terms[i].var || !sz_eq(a->terms[i].coef, b->terms[i].coef))
      return false;
  return true;
}

static int form_intern(Index *ix, Form f) {
  uint64_t hash = hash_form(&f);
  int id = table_find(ix, &ix->form_table, hash, equal_form, &f, rehash_form);
  if (id >= 0) return id;
  f.terms = arena_copy(ix->arena, f.terms, sizeof *f.terms * (size_t)f.n);
  id = (int)ix->forms.len;
  vec_push(ix->arena, &ix->forms, f);
  table_put(&ix->form_table, hash, ix->form_table.count++);
  return id;
}

static uint64_t hash_map(const IndexMap *m) {
  return hash_bytes(m->forms, sizeof *m->forms * (size_t)m->rank, 7);
}

static uint64_t rehash_map(const Index *ix, uint32_t id) { return hash_map(&ix->maps.data[id]); }

static bool equal_map(const Index *ix, uint32_t id, const void *key) {
  const IndexMap *a = &ix->maps.data[id], *b = key;
  return a->rank == b->rank && !memcmp(a->forms, b->forms, sizeof *a->forms * (size_t)a->rank);
}

int map_intern(Index *ix, const int *forms, int rank) {
  IndexMap m = {rank, arena_copy(ix->arena, forms, sizeof *forms * (size_t)rank)};
  uint64_t hash = hash_map(&m);
  int id = table_find(ix, &ix->map_table, hash, equal_map, &m, rehash_map);
  if (id >= 0) return id;
  id = (int)ix->maps.len;
  vec_push(ix->arena, &ix->maps, m);
  table_put(&ix->map_table, hash, ix->map_table.count++);
  return id;
}

void index_init(Index *ix, Ctx *ctx, const Graph *body) {
  *ix = (Index){.ctx = ctx, .arena = &ctx->arena, .body = body};
  ix->zero = size_const(ctx, 0);
  ix->one = size_const(ctx, 1);
  vec_push(ix->arena, &ix->guards, (Guard){0});
}

/* ---- variables ---- */

static int push_var(Index *ix, KernelIndexVar var) {
  vec_push(ix->arena, &ix->vars, var);
  return (int)ix->vars.len - 1;
}

int index_axis(Index *ix, Sz extent) {
  return push_var(ix, (KernelIndexVar){.kind = IX_axis, .extent = extent});
}

/* A derived variable is one for equal descriptions. */
static int derived_var(Index *ix, KernelIndexVar var) {
  for (uint32_t i = 0; i < ix->vars.len; i++) {
    const KernelIndexVar *v = &ix->vars.data[i];
    if (v->kind != var.kind || v->kind == IX_axis) continue;
    if (v->kind == IX_data ? v->map == var.map && ref_eq(v->node, var.node) && v->guard == var.guard
                           : v->form == var.form && sz_eq(v->by, var.by))
      return (int)i;
  }
  return push_var(ix, var);
}

/* ---- forms ---- */

int form_const(Index *ix, Sz value) { return form_intern(ix, (Form){.base = value}); }

int form_var(Index *ix, int var) {
  if (ix->vars.data[var].kind == IX_axis && size_is(ix->ctx, ix->vars.data[var].extent, 1))
    return form_const(ix, ix->zero);
  FormTerm term = {var, ix->one};
  return form_intern(ix, (Form){ix->zero, 1, &term});
}

/* c*by*div(f, by) + c*mod(f, by) is c*f: finds such a pair of terms. */
static bool find_division(const Index *ix, const FormTerm *terms, int n, int *div, int *mod) {
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++) {
      const KernelIndexVar *d = &ix->vars.data[terms[i].var], *m = &ix->vars.data[terms[k].var];
      if (d->kind != IX_div || m->kind != IX_mod || d->form != m->form || !sz_eq(d->by, m->by))
        continue;
      if (!sz_eq(terms[i].coef, size_mul(ix->ctx, terms[k].coef, d->by))) continue;
      *div = i;
      *mod = k;
      return true;
    }
  return false;
}

static int form_make(Index *ix, Sz base, FormTerm *terms, int n) {
  int div, mod;
  if (!find_division(ix, terms, n, &div, &mod)) return form_intern(ix, (Form){base, n, terms});
  int whole = form_scale(ix, ix->vars.data[terms[mod].var].form, terms[mod].coef), kept = 0;
  for (int i = 0; i < n; i++)
    if (i != div && i != mod) terms[kept++] = terms[i];
  return form_add(ix, whole, form_make(ix, base, terms, kept));
}

int form_add(Index *ix, int a, int b) {
  Form p = ix->forms.data[a], q = ix->forms.data[b];
  FormTerm *terms = arena_array(ix->arena, FormTerm, p.n + q.n);
  int n = 0, i = 0, k = 0;
  while (i < p.n || k < q.n) {
    if (k == q.n || (i < p.n && p.terms[i].var < q.terms[k].var)) {
      terms[n++] = p.terms[i++];
    } else if (i == p.n || q.terms[k].var < p.terms[i].var) {
      terms[n++] = q.terms[k++];
    } else {
      Sz coef = size_add(ix->ctx, p.terms[i].coef, q.terms[k].coef);
      if (!size_is(ix->ctx, coef, 0)) terms[n++] = (FormTerm){p.terms[i].var, coef};
      i++;
      k++;
    }
  }
  return form_make(ix, size_add(ix->ctx, p.base, q.base), terms, n);
}

int form_scale(Index *ix, int a, Sz factor) {
  if (size_is(ix->ctx, factor, 1)) return a;
  if (size_is(ix->ctx, factor, 0)) return form_const(ix, ix->zero);
  Form p = ix->forms.data[a];
  FormTerm *terms = arena_array(ix->arena, FormTerm, p.n);
  for (int i = 0; i < p.n; i++)
    terms[i] = (FormTerm){p.terms[i].var, size_mul(ix->ctx, p.terms[i].coef, factor)};
  return form_make(ix, size_mul(ix->ctx, p.base, factor), terms, p.n);
}

int form_offset(Index *ix, int a, Sz offset) {
  Form p = ix->forms.data[a];
  p.base = size_add(ix->ctx, p.base, offset);
  return form_intern(ix, p);
}

Sz form_coef(const Index *ix, int form, int var) {
  const Form *f = &ix->forms.data[form];
  for (int i = 0; i < f->n; i++)
    if (f->terms[i].var == var) return f->terms[i].coef;
  return ix->zero;
}

int form_without(Index *ix, int form, int var) {
  Form f = ix->forms.data[form];
  FormTerm *terms = arena_array(ix->arena, FormTerm, f.n);
  int n = 0;
  for (int i = 0; i < f.n; i++)
    if (f.terms[i].var != var) terms[n++] = f.terms[i];
  return form_intern(ix, (Form){f.base, n, terms});
}

/* ---- bounds and division ---- */

/* Smallest and largest value; SZ_NONE where unknown. */
static void form_bounds(Index *ix, const Form *f, Sz *low, Sz *high) {
  *low = *high = f->base;
  for (int i = 0; i < f->n; i++) {
    Sz extent = ix->vars.data[f->terms[i].var].extent, coef = f->terms[i].coef;
    bool up = size_ge(ix->ctx, coef, ix->zero), down = size_ge(ix->ctx, ix->zero, coef);
    Sz last = extent.i ? size_mul(ix->ctx, coef, size_sub(ix->ctx, extent, ix->one)) : SZ_NONE;
    if (!up) *low = down && low->i && last.i ? size_add(ix->ctx, *low, last) : SZ_NONE;
    if (!down) *high = up && high->i && last.i ? size_add(ix->ctx, *high, last) : SZ_NONE;
  }
}

bool form_within(Index *ix, int form, Sz extent, bool *low, bool *high) {
  Sz least, most;
  Form f = ix->forms.data[form];
  form_bounds(ix, &f, &least, &most);
  *low = least.i && size_ge(ix->ctx, least, ix->zero);
  *high = most.i && size_ge(ix->ctx, extent, size_add(ix->ctx, most, ix->one));
  return *low && *high;
}

/* An axis that would make the division affine if it were two: its coefficient k divides 'by', and
 * by / k divides its extent. */
static void want_split(Index *ix, const Form *rest, Sz by) {
  for (int i = 0; i < rest->n; i++) {
    KernelIndexVar *v = &ix->vars.data[rest->terms[i].var];
    Sz coef = rest->terms[i].coef;
    if (v->kind != IX_axis || v->split_by || size_is(ix->ctx, coef, 0)) continue;
    if (!size_is(ix->ctx, size_mod(ix->ctx, by, coef), 0)) continue;
    Sz inner = size_div(ix->ctx, by, coef);
    if (!size_is(ix->ctx, inner, 1) && !sz_eq(inner, v->extent) &&
        size_is(ix->ctx, size_mod(ix->ctx, v->extent, inner), 0))
      v->split_by = (int)inner.i;
  }
}

static int division_var(Index *ix, IndexVarKind kind, int form, Sz by) {
  return form_var(ix, derived_var(ix, (KernelIndexVar){.kind = kind,
                                                       .form = form,
                                                       .by = by,
                                                       .extent = kind == IX_mod ? by : SZ_NONE}));
}

/* Quotient and remainder by an extent; affine where that can be proved. Marks the variable that
 * would have to be two, when that would help. */
static void form_split(Index *ix, int form, Sz by, int *quotient, int *remainder) {
  if (size_is(ix->ctx, by, 0)) { /* an empty tensor: nothing is read */
    *quotient = *remainder = form_const(ix, ix->zero);
    return;
  }
  Form f = ix->forms.data[form];
  FormTerm *whole = arena_array(ix->arena, FormTerm, f.n);
  FormTerm *rest = arena_array(ix->arena, FormTerm, f.n);
  int n_whole = 0, n_rest = 0;
  for (int i = 0; i < f.n; i++) {
    if (size_is(ix->ctx, size_mod(ix->ctx, f.terms[i].coef, by), 0))
      whole[n_whole++] = (FormTerm){f.terms[i].var, size_div(ix->ctx, f.terms[i].coef, by)};
    else
      rest[n_rest++] = f.terms[i];
  }
  Sz base = size_div(ix->ctx, f.base, by);
  Form left = {size_sub(ix->ctx, f.base, size_mul(ix->ctx, base, by)), n_rest, rest};
  *quotient = form_make(ix, base, whole, n_whole);
  *remainder = form_make(ix, left.base, rest, n_rest);
  bool low, high;
  if (form_within(ix, *remainder, by, &low, &high)) return;
  want_split(ix, &left, by);
  int inner = *remainder;
  *quotient = form_add(ix, *quotient, division_var(ix, IX_div, inner, by));
  *remainder = division_var(ix, IX_mod, inner, by);
}

int guard_and(Index *ix, int guard, int form, Sz extent) {
  bool low, high;
  if (form_within(ix, form, extent, &low, &high)) return guard;
  for (int g = guard; g; g = ix->guards.data[g].parent)
    if (ix->guards.data[g].form == form && sz_eq(ix->guards.data[g].extent, extent)) return guard;
  for (uint32_t g = 1; g < ix->guards.len; g++)
    if (ix->guards.data[g].parent == guard && ix->guards.data[g].form == form &&
        sz_eq(ix->guards.data[g].extent, extent))
      return (int)g;
  vec_push(ix->arena, &ix->guards, ((Guard){guard, form, extent}));
  return (int)ix->guards.len - 1;
}

/* ---- maps of operands ---- */

int map_linear(Index *ix, int map, const Sz *dims, int rank) {
  const int *forms = map_forms(ix, map);
  int linear = form_const(ix, ix->zero);
  Sz stride = ix->one;
  for (int i = rank - 1; i >= 0; i--) {
    linear = form_add(ix, linear, form_scale(ix, forms[i], stride));
    stride = size_mul(ix->ctx, stride, dims[i]);
  }
  return linear;
}

/* Reshape: from the last axis on, groups of axes with equal products; within a group the position
 * is put together and split again. */
static void reshape_forms(Index *ix, const TypeInfo *to, const int *forms, const TypeInfo *from,
                          int *out) {
  int i = to->rank, k = from->rank;
  while (k > 0) {
    int k0 = k, i0 = i;
    Sz a = from->dims[--k], b = ix->one;
    int linear = form_const(ix, ix->zero);
    while (!sz_eq(a, b)) {
      bool take_to = i > 0 && (k == 0 || !size_is(ix->ctx, size_mod(ix->ctx, b, a), 0) ||
                               size_is(ix->ctx, b, 1));
      if (take_to) {
        linear = form_add(ix, linear, form_scale(ix, forms[--i], b));
        b = size_mul(ix->ctx, b, to->dims[i]);
      } else if (k > 0) {
        a = size_mul(ix->ctx, a, from->dims[--k]);
      } else {
        break;
      }
    }
    if (i == i0) { /* an operand axis of extent 1 */
      out[k] = linear;
      continue;
    }
    for (int axis = k0 - 1; axis > k; axis--)
      form_split(ix, linear, from->dims[axis], &linear, &out[axis]);
    out[k] = linear;
  }
}

static void concat_forms(Index *ix, const Node *node, int which, int *out) {
  int axis = (int)node_int(node, A_axis, 0);
  Sz before = ix->zero;
  for (int k = 0; k < which; k++)
    before = size_add(ix->ctx, before, graph_info(ix->body, node->operands[k])->dims[axis]);
  out[axis] = form_offset(ix, out[axis], size_sub(ix->ctx, ix->zero, before));
}

int map_gather_index(Index *ix, Ref ref, int map) {
  const Node *node = graph_node(ix->body, ref);
  int axis = (int)node_int(node, A_axis, 0), batch = (int)node_int(node, A_batch, 0);
  int rank = graph_info(ix->body, node->operands[1])->rank;
  const int *forms = map_forms(ix, map);
  int *out = arena_array(ix->arena, int, rank);
  for (int i = 0; i < rank; i++) out[i] = i < batch ? forms[i] : forms[axis + i - batch];
  return map_intern(ix, out, rank);
}

static void gather_forms(Index *ix, Ref ref, int map, int guard, int *out) {
  const Node *node = graph_node(ix->body, ref);
  const TypeInfo *a = graph_info(ix->body, node->operands[0]);
  int axis = (int)node_int(node, A_axis, 0), batch = (int)node_int(node, A_batch, 0);
  int inserted = graph_info(ix->body, node->operands[1])->rank - batch;
  int at = map_gather_index(ix, ref, map);
  const int *forms = map_forms(ix, map);
  for (int i = 0; i < a->rank; i++) out[i] = i < axis ? forms[i] : forms[i - 1 + inserted];
  out[axis] = form_var(ix, derived_var(ix, (KernelIndexVar){.kind = IX_data,
                                                            .node = node->operands[1],
                                                            .map = at,
                                                            .guard = guard,
                                                            .extent = a->dims[axis]}));
}

int map_operand(Index *ix, Ref ref, int which, int map, int guard) {
  const Node *node = graph_node(ix->body, ref);
  const TypeInfo *to = graph_info(ix->body, ref);
  const TypeInfo *from = graph_info(ix->body, node->operands[which]);
  const int *forms = map_forms(ix, map);
  int *out = arena_array(ix->arena, int, from->rank + 1);
  const Attr *axes = node_attr(node, A_axes), *perm = node_attr(node, A_perm);
  const Attr *starts = node_attr(node, A_starts), *lo = node_attr(node, A_lo);
  int axis = (int)node_int(node, A_axis, 0);
  if (node->op == OP_reshape) {
    reshape_forms(ix, to, forms, from, out);
    return map_intern(ix, out, from->rank);
  }
  if (node->op == OP_gather) {
    gather_forms(ix, ref, map, guard, out);
    return map_intern(ix, out, from->rank);
  }
  for (int i = 0; i < from->rank && node->op != OP_transpose; i++)
    out[i] = forms[node->op == OP_broadcast ? axes->ints[i] : i];
  for (int i = 0; i < from->rank; i++) {
    if (node->op == OP_transpose) out[perm->ints[i]] = forms[i];
    if (node->op == OP_slice) out[i] = form_offset(ix, out[i], starts->sizes[i]);
    if (node->op == OP_pad)
      out[i] = form_offset(ix, out[i], size_sub(ix->ctx, ix->zero, lo->sizes[i]));
  }
  if (node->op == OP_concat) concat_forms(ix, node, which, out);
  if (node->op == OP_reverse)
    out[axis] = form_offset(ix, form_scale(ix, out[axis], size_const(ix->ctx, -1)),
                            size_sub(ix->ctx, from->dims[axis], ix->one));
  return map_intern(ix, out, from->rank);
}

int map_pad_guard(Index *ix, Ref ref, int operand_map, int guard) {
  const TypeInfo *from = graph_info(ix->body, graph_node(ix->body, ref)->operands[0]);
  for (int i = 0; i < from->rank; i++)
    guard = guard_and(ix, guard, map_forms(ix, operand_map)[i], from->dims[i]);
  return guard;
}
