/* Index notation and subscripts: loops over all values of the indices. */
#include <math.h>
#include <string.h>

#include "tests/programs/eval.h"

/* ---- subscripts ---- */

typedef struct Axis {
  enum { AX_keep, AX_point, AX_gather, AX_new } kind;
  int64_t start, length; /* keep; point: start */
  const Arr *index;      /* gather */
  bool outside;
  int at; /* keep: axis of the result */
} Axis;

/* What 'pick' does: a place of each axis of the operand. */
typedef struct Pick {
  Axis *axes;
  int n, first; /* first: axis of the result where those of the indices begin */
  Arr shape;    /* of the indices together */
} Pick;

static bool is_inside(int64_t first, int64_t end, int64_t dim) {
  return first >= 0 && first <= end && end <= dim;
}

static Axis read_axis(Eval *e, const Sub *s, int64_t dim) {
  Axis a = {.length = dim};
  if (s->kind == SUB_all) return a;
  if (s->kind == SUB_range) {
    int64_t end = s->end ? ev_size(e, s->end) : dim;
    a.start = s->expr ? ev_size(e, s->expr) : 0;
    a.length = end > a.start ? end - a.start : 0;
    a.outside = !is_inside(a.start, end, dim);
    return a;
  }
  bool before = e->size_mode;
  Val v = ev_expr(e, s->expr);
  e->size_mode = before;
  if (v.kind == V_array && (v.arr->kind == K_idx || !v.arr->rank)) {
    a.kind = AX_gather;
    a.index = v.arr;
    return a;
  }
  const Arr *at = val_to_arr(e, v, K_i32);
  a.kind = AX_point;
  if (at->rank) ev_fail(e, "a subscript that is no number");
  a.start = (int64_t)at->x[0];
  a.outside = !is_inside(a.start, a.start + 1, dim);
  return a;
}

static int read_axes(Eval *e, const Expr *x, const Arr *base, Axis *out) {
  int n = 0, axis = 0, taken = 0;
  for (uint32_t i = 0; i < x->subscript.n_subs; i++)
    taken += x->subscript.subs[i].kind != SUB_new && x->subscript.subs[i].kind != SUB_rest;
  for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
    const Sub *s = &x->subscript.subs[i];
    if (n + base->rank >= 3 * EV_RANK) ev_fail(e, "too many subscripts");
    if (s->kind == SUB_new) {
      out[n++] = (Axis){.kind = AX_new};
    } else if (s->kind == SUB_rest) {
      for (int k = base->rank - taken; k > 0; k--, axis++)
        out[n++] = (Axis){.length = base->dims[axis]};
    } else {
      if (axis >= base->rank) ev_fail(e, "too many subscripts for the rank");
      out[n++] = read_axis(e, s, base->dims[axis]);
      axis++;
    }
  }
  if (axis != base->rank) ev_fail(e, "too few subscripts for the rank");
  return n;
}

/* The common shape of all index arrays. */
static Arr gather_shape(Eval *e, const Axis *axes, int n) {
  Arr shape = {0};
  for (int i = 0; i < n; i++) {
    const Arr *a = axes[i].index;
    if (axes[i].kind != AX_gather || !a->rank) continue;
    if (shape.rank && shape.rank != a->rank) ev_fail(e, "indices of several ranks");
    shape.rank = a->rank;
    memcpy(shape.dims, a->dims, sizeof shape.dims);
  }
  return shape;
}

/* Where element i of the result stands in the operand. */
static int64_t picked(Eval *e, const Arr *y, const Pick *p, int64_t i) {
  int64_t here[EV_RANK * 3], rest = i, from = 0, row = 0;
  const int64_t *dims = y->in[0]->dims;
  for (int k = y->rank - 1; k >= 0; k--) here[k] = rest % y->dims[k], rest /= y->dims[k];
  for (int k = 0; k < p->shape.rank; k++) row = row * p->shape.dims[k] + here[p->first + k];
  for (int k = 0, axis = 0; k < p->n; k++) {
    const Axis *a = &p->axes[k];
    if (a->kind == AX_new) continue;
    int64_t at = a->start;
    if (a->kind == AX_keep) at += here[a->at];
    if (a->kind == AX_gather) at = (int64_t)a->index->x[a->index->rank ? row : 0];
    if (!is_inside(at, at + 1, dims[axis])) ev_fail(e, "needs an element: one that is picked");
    from = from * dims[axis++] + at;
  }
  return from;
}

static void fill_pick(Eval *e, const Arr *y, Num *out) {
  for (int64_t i = 0; i < y->count; i++) out[i] = y->in[0]->x[picked(e, y, y->plan, i)];
}

static Arr *pick(Eval *e, const Arr *base, Axis *axes, int n) {
  Pick *p = ev_alloc(e, sizeof *p);
  *p = (Pick){.axes = axes, .n = n, .first = -1, .shape = gather_shape(e, axes, n)};
  int rank = 0, n_in = 1;
  int64_t dims[EV_RANK * 3];
  for (int i = 0; i < n; i++) {
    axes[i].at = rank;
    n_in += axes[i].kind == AX_gather;
    if (axes[i].kind == AX_gather && p->first < 0) {
      p->first = rank;
      for (int k = 0; k < p->shape.rank; k++) dims[rank++] = p->shape.dims[k];
    }
    if (axes[i].kind == AX_keep) dims[rank++] = axes[i].length;
    if (axes[i].kind == AX_new) dims[rank++] = 1;
  }
  Arr *y = arr_of(e, fill_pick, n_in, base->kind, rank, dims);
  y->extent = base->extent;
  y->plan = p;
  arr_in(y, 0, base);
  for (int i = 0, k = 1; i < n; i++)
    if (axes[i].kind == AX_gather) arr_in(y, k++, axes[i].index);
  for (int i = 0; i < n; i++) /* where there is nothing to look up, no place is needed */
    if (axes[i].outside && (axes[i].kind != AX_gather || y->count))
      ev_doom(e, y, "places outside of an axis");
  return arr_made(e, y);
}

Val ev_subscript(Eval *e, const Expr *x) {
  Val base = ev_expr(e, x->subscript.base);
  if (base.kind == V_tuple || base.kind == V_layers) {
    int64_t i = ev_size(e, x->subscript.subs[0].expr);
    if (!is_inside(i, i + 1, base.n)) ev_fail(e, "an item that a tuple does not have");
    return base.items[i];
  }
  Axis *axes = ev_alloc(e, sizeof(Axis) * (x->subscript.n_subs + EV_RANK));
  const Arr *a = val_to_arr(e, base, K_f32);
  int n = read_axes(e, x, a, axes);
  return val_arr(pick(e, a, axes, n));
}

/* ---- extents of indices ---- */

static bool mentions(const Expr *x, Str name) {
  switch (x->kind) {
  case EX_name:
    return str_eq(x->name, name);
  case EX_unary:
    return mentions(x->unary.a, name);
  case EX_binary:
    return mentions(x->binary.a, name) || mentions(x->binary.b, name);
  default:
    return false;
  }
}

static bool any_mentions(const Args *args, Str name) {
  for (uint32_t i = 0; i < args->len; i++)
    if (ev_mentions(args->data[i].value, name)) return true;
  return false;
}

bool ev_mentions(const Expr *x, Str name) {
  switch (x->kind) {
  case EX_unary:
    return ev_mentions(x->unary.a, name);
  case EX_binary:
    return ev_mentions(x->binary.a, name) || ev_mentions(x->binary.b, name);
  case EX_call:
    return any_mentions(&x->call.args, name);
  case EX_reduce:
    return any_mentions(&x->reduce.args, name);
  case EX_subscript:
    for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
      const Expr *at = x->subscript.subs[i].expr;
      if (x->subscript.subs[i].kind == SUB_expr && ev_mentions(at, name)) return true;
    }
    return ev_mentions(x->subscript.base, name);
  case EX_tuple:
    for (uint32_t i = 0; i < x->items.len; i++)
      if (ev_mentions(x->items.data[i], name)) return true;
    return false;
  default:
    return mentions(x, name);
  }
}

/* Sums and differences of names and numbers. */
static bool plain(const Expr *x) {
  if (x->kind == EX_unary) return x->unary.op == UN_neg && plain(x->unary.a);
  if (x->kind == EX_binary) return plain(x->binary.a) && plain(x->binary.b);
  return x->kind == EX_name || x->kind == EX_number;
}

/* The value of sub when the index has the value at. */
static int64_t probe(Eval *e, const Expr *sub, Str name, int64_t at) {
  Scope *before = e->scope;
  scope_bind_here(e, scope_push(e), name, (Val){.kind = V_index, .number = at});
  int64_t v = ev_size(e, sub);
  e->scope = before;
  return v;
}

static int64_t from_sub(Eval *e, const Expr *sub, Str name, int64_t dim, bool shifted) {
  if (sub->kind == EX_name) return !shifted && str_eq(sub->name, name) ? dim : -1;
  if (!shifted || !plain(sub) || !mentions(sub, name)) return -1;
  int64_t low = probe(e, sub, name, 0), next = probe(e, sub, name, 1);
  return next > low ? dim - low : low + 1;
}

static int64_t search(Eval *e, const Expr *x, Str name, bool shifted);

static int64_t search_subscript(Eval *e, const Expr *x, Str name, bool shifted) {
  const Sub *subs = x->subscript.subs;
  int n = (int)x->subscript.n_subs, taken = 0, axis = 0;
  bool any = false;
  for (int i = 0; i < n; i++) {
    taken += subs[i].kind != SUB_new && subs[i].kind != SUB_rest;
    any = any || (subs[i].kind == SUB_expr && mentions(subs[i].expr, name));
  }
  if (any) {
    Val base = ev_expr(e, x->subscript.base);
    for (int i = 0; i < n && base.kind == V_array; i++) {
      if (subs[i].kind == SUB_rest) axis = base.arr->rank - taken;
      if (subs[i].kind == SUB_new || subs[i].kind == SUB_rest) continue;
      int64_t dim = base.arr->dims[axis++];
      int64_t v = subs[i].kind == SUB_expr ? from_sub(e, subs[i].expr, name, dim, shifted) : -1;
      if (v >= 0) return v;
    }
  }
  int64_t v = search(e, x->subscript.base, name, shifted);
  for (int i = 0; i < n && v < 0; i++)
    if (subs[i].kind == SUB_expr) v = search(e, subs[i].expr, name, shifted);
  return v;
}

static int64_t search_args(Eval *e, const Args *args, Str name, bool shifted) {
  int64_t v = -1;
  for (uint32_t i = 0; i < args->len && v < 0; i++)
    v = search(e, args->data[i].value, name, shifted);
  return v;
}

static int64_t search(Eval *e, const Expr *x, Str name, bool shifted) {
  int64_t v = -1;
  switch (x->kind) {
  case EX_unary:
    return search(e, x->unary.a, name, shifted);
  case EX_binary:
    v = search(e, x->binary.a, name, shifted);
    return v >= 0 ? v : search(e, x->binary.b, name, shifted);
  case EX_call:
    return search_args(e, &x->call.args, name, shifted);
  case EX_reduce:
    for (uint32_t i = 0; i < x->reduce.n_indices; i++) {
      Bind *b = scope_look(e->scope, x->reduce.indices[i].str);
      if (str_eq(x->reduce.indices[i].str, name) && !(b && b->value.kind == V_index)) return -1;
    }
    return search_args(e, &x->reduce.args, name, shifted);
  case EX_subscript:
    return search_subscript(e, x, name, shifted);
  case EX_with:
    v = search(e, x->with.base, name, shifted);
    return v >= 0 ? v : search(e, x->with.weights, name, shifted);
  case EX_tuple:
    for (uint32_t i = 0; i < x->items.len && v < 0; i++)
      v = search(e, x->items.data[i], name, shifted);
    return v;
  default:
    return -1;
  }
}

int64_t ev_extent(Eval *e, const Expr *x, Str name) {
  for (uint32_t k = 0; e->with && k < e->with->len; k++)
    if (str_eq(e->with->data[k].index.str, name)) {
      int64_t told = ev_size(e, e->with->data[k].extent);
      e->negative = e->negative || told < 0;
      return told < 0 ? 0 : told;
    }
  int64_t v = search(e, x, name, false);
  return v >= 0 ? v : search(e, x, name, true);
}

/* ---- definitions ---- */

enum { LEFT_index, LEFT_own, LEFT_step };
typedef struct Left {
  int kind[EV_RANK], n; /* of the places that are no steps */
  Bind *vars[EV_RANK];
  const Expr *places[EV_RANK];  /* of terms that go to places of their own, */
  const Arr *pointers[EV_RANK]; /* looked up here */
  int64_t extents[EV_RANK];
  bool negative; /* one of them */
} Left;

/* y[d[e]]: an index that has no name runs over the axis that d points into. */
static void read_place(Eval *e, const Expr *x, Left *l) {
  Val d = ev_expr(e, x->subscript.base);
  if (d.kind != V_array || d.arr->kind != K_idx) ev_fail(e, "a place on the left");
  Str name = str_intern(&e->ctx->strings, ctx_printf(e->ctx, " place %d", l->n));
  l->vars[l->n] = scope_bind_here(e, e->scope, name, (Val){.kind = V_index});
  l->places[l->n] = x;
  l->pointers[l->n] = d.arr;
  l->extents[l->n] = d.arr->extent;
  l->kind[l->n++] = LEFT_index;
}

bool ev_goes_here(Eval *e, const Def *def) {
  for (int i = 0; i < def->n; i++)
    if (def->places[i] && ev_arr(e, def->places[i])->x[0] != def->vars[i]->value.number)
      return false;
  return true;
}

static void read_left(Eval *e, const Expr *target, Left *l, Loop **steps, int *axes, int *n_steps) {
  *l = (Left){0};
  *n_steps = 0;
  for (uint32_t i = 0; i < target->subscript.n_subs; i++) {
    const Sub *s = &target->subscript.subs[i];
    if (i >= EV_RANK) ev_fail(e, "too many places on the left");
    if (s->kind == SUB_all) {
      l->kind[l->n++] = LEFT_own;
      continue;
    }
    if (s->kind == SUB_expr && s->expr->kind == EX_subscript) {
      read_place(e, s->expr, l);
      continue;
    }
    if (s->kind != SUB_expr || s->expr->kind != EX_name) ev_fail(e, "a place on the left");
    Bind *b = scope_look(e->scope->up, s->expr->name);
    if (b && b->value.kind == V_index && b->value.loop) {
      axes[*n_steps] = (int)i;
      steps[(*n_steps)++] = b->value.loop;
      continue;
    }
    l->vars[l->n] = scope_bind_here(e, e->scope, s->expr->name, (Val){.kind = V_index});
    l->kind[l->n++] = LEFT_index;
  }
}

static void left_extents(Eval *e, const Stmt *s, Left *l) {
  for (int i = 0; i < l->n; i++) {
    if (l->kind[i] != LEFT_index || l->places[i]) continue;
    l->extents[i] = ev_extent(e, s->assign.value, l->vars[i]->name);
  }
}

/* argsort[n](x[b, n]) under y[b, t]: the extent of t is that of n. */
static int64_t kept_extent(Eval *e, const Expr *x) {
  if (x->kind != EX_reduce || x->reduce.n_indices != 1) return -1;
  if (is_name(e, x->reduce.name.str, "pad")) return ev_padded_extent(e, x);
  return ev_extent(e, x->reduce.args.data[0].value, x->reduce.indices[0].str);
}

/* Writes the value at turn t of the indices. */
static void put(const Left *l, const Arr *y, Num *out, const Arr *v, int64_t t) {
  int64_t at[EV_RANK], own[EV_RANK];
  for (int k = l->n - 1; k >= 0; k--)
    if (l->kind[k] == LEFT_index) at[k] = t % l->extents[k], t /= l->extents[k];
  for (int64_t i = 0; i < v->count; i++) {
    int64_t rest = i, to = 0;
    for (int k = v->rank - 1; k >= 0; k--) own[k] = rest % v->dims[k], rest /= v->dims[k];
    for (int k = 0, o = 0; k < l->n; k++)
      to = to * y->dims[k] + (l->kind[k] == LEFT_own ? own[o++] : at[k]);
    out[to] = v->x[i];
  }
}

static void fill_defined(Eval *e, const Arr *y, Num *out) {
  (void)e;
  for (int t = 0; t < y->n_in; t++) put(y->plan, y, out, y->in[t], t);
}

/* The array of all values; there may be none. */
static Arr *defined(Eval *e, const Left *l, const Arr *const *values, int64_t n) {
  int64_t dims[EV_RANK];
  const Arr none = {.kind = K_f32}, *v = n ? values[0] : &none;
  e->blank = e->blank || !n;
  int own = 0;
  for (int k = 0; k < l->n; k++) own += l->kind[k] == LEFT_own;
  if (own != v->rank) ev_fail(e, "axes on the left and of the value");
  for (int k = 0, o = 0; k < l->n; k++)
    dims[k] = l->kind[k] == LEFT_own ? v->dims[o++] : l->extents[k];
  Arr *y = arr_of(e, fill_defined, (int)n, v->kind, l->n, dims);
  y->extent = v->extent;
  y->plan = l;
  for (int64_t i = 0; i < n; i++) arr_in(y, (int)i, values[i]);
  for (int k = 0; k < l->n; k++)
    if (l->pointers[k]) arr_from(y, l->pointers[k]);
  if (l->negative) ev_doom(e, y, "an extent is negative");
  return arr_made(e, y);
}

/* Every value of the indices on the left. The counters of loops among the places are given back. */
Arr *ev_define(Eval *e, const Stmt *s, const Expr *target, Loop **steps, int *axes, int *n_steps) {
  Left *l = ev_alloc(e, sizeof *l);
  Scope *outer = e->scope;
  Scope *inner = scope_push(e);
  read_left(e, target, l, steps, axes, n_steps);
  e->negative = false;
  left_extents(e, s, l);
  l->negative = e->negative;
  Def def = {target, s->assign.value, l->vars, l->places, l->n};
  inner->def = &def;
  int64_t total = 1;
  for (int k = 0; k < l->n; k++) {
    if (l->kind[k] != LEFT_index) continue;
    if (l->extents[k] < 0) l->extents[k] = kept_extent(e, s->assign.value);
    if (l->extents[k] < 0) ev_fail(e, "nothing tells an extent");
    total *= l->extents[k];
  }
  const Arr **values = ev_alloc(e, sizeof(Arr *) * (size_t)(total + 1));
  for (int64_t i = 0; i < total; i++) {
    int64_t rest = i;
    for (int k = l->n - 1; k >= 0; k--)
      if (l->kind[k] == LEFT_index)
        l->vars[k]->value.number = rest % l->extents[k], rest /= l->extents[k];
    values[i] = ev_arr(e, s->assign.value);
  }
  e->scope = outer;
  return defined(e, l, values, total);
}
