/* Arrays, values, scopes. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/programs/eval.h"

void *ev_alloc(Eval *e, size_t size) {
  size = (size + 15) & ~(size_t)15;
  if (size > e->size - e->used) ev_fail(e, "memory of the evaluator is out");
  void *p = e->memory + e->used;
  e->used += size;
  memset(p, 0, size);
  return p;
}

void ev_fail(Eval *e, const char *format, ...) {
  va_list args;
  va_start(args, format);
  e->why = arena_vprintf(&e->ctx->arena, format, args);
  va_end(args);
  longjmp(e->failure, 1);
}

void ev_doom(Eval *e, Arr *y, const char *need) {
  y->doomed = true;
  e->need = need;
}

/* ---- arrays ---- */

Num ev_noise(const Eval *e, uint64_t of) {
  uint64_t z = ((of + 1) * 64 + (uint64_t)e->how.draw) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 29)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  Num size = 0.5L + (Num)(z >> 40) / (Num)(1 << 25); /* never a small one, by chance */
  return z >> 39 & 1 ? size : -size;
}

/* Numbers with few bits are exact in any arithmetic, and stay. */
static bool is_exact(Num x) { return !isfinite(x) || x * 1024 == floorl(x * 1024); }

/* With by < 0 the rounding to f32. */
static Num moved(const Eval *e, uint64_t id, Num x, Num by) {
  if (is_exact(x)) return x;
  return by < 0 ? (Num)(float)x : x * (1 + by * ev_noise(e, id));
}

/* Of the same operation and the same number. */
static uint64_t alike(const Arr *a, Num x) {
  double high = (double)x, low = (double)(x - (Num)high);
  uint64_t bits[2];
  memcpy(&bits[0], &high, sizeof high);
  memcpy(&bits[1], &low, sizeof low);
  uint64_t op = (uint64_t)((uintptr_t)a->fill - (uintptr_t)arr_made);
  return (bits[0] * 31 + bits[1] * 17 + op) % (1u << 31);
}

/* Operations round: each array by itself, or, in every other draw, as arithmetic does it: alike for
 * operations on the same numbers, so that what is equal stays equal. */
static void round_off(Eval *e, const Arr *a, Num *out) {
  if (e->how.noise == 0 || !a->rounds || !kind_float(a->kind)) return;
  if (e->level == 0) {
    Num *by = ev_alloc(e, sizeof(Num) * (size_t)(a->count + 1));
    for (int64_t i = 0; i < a->count; i++) {
      uint64_t of = e->how.draw % 2 ? alike(a, out[i]) : a->id;
      by[i] = is_exact(out[i]) ? 0 : e->how.noise * ev_noise(e, of);
    }
    e->made[a->id]->off = by;
  }
  for (int64_t i = 0; i < a->count; i++) out[i] *= 1 + a->off[i];
}

Arr *arr_new(Eval *e, Kind kind, int rank, const int64_t *dims) {
  if (rank > EV_RANK) ev_fail(e, "too many axes");
  Arr *a = ev_alloc(e, sizeof *a);
  a->kind = kind;
  a->rank = rank;
  a->count = 1;
  for (int i = 0; i < rank; i++) {
    if (dims[i] < 0) ev_doom(e, a, "an extent is negative"); /* what is not used may have one */
    a->dims[i] = dims[i] < 0 ? 0 : dims[i];
    a->count *= a->dims[i];
  }
  a->x = a->first = ev_alloc(e, sizeof(Num) * (size_t)(a->count + 1));
  a->steps = !kind_float(kind);
  return a;
}

Arr *arr_of(Eval *e, Fill *fill, int n, Kind kind, int rank, const int64_t *dims) {
  Arr *a = arr_new(e, kind, rank, dims);
  a->fill = fill;
  a->in = ev_alloc(e, sizeof(Arr *) * (size_t)(n + 1));
  a->n_in = n;
  return a;
}

void arr_in(Arr *y, int i, const Arr *a) {
  y->in[i] = a;
  arr_from(y, a);
}

Arr *arr_scalar(Eval *e, Kind kind, Num x) {
  Arr *a = arr_new(e, kind, 0, NULL);
  a->x[0] = x;
  return a;
}

/* Compilers round early what is made of literals. Not to f32 in a run for a difference, which has
 * to stay smooth. */
static void fold(const Eval *e, const Arr *a, Num *x) {
  Num by = e->how.folding < 0 && e->level ? 0x1p-24L : e->how.folding;
  for (int64_t i = 0; by > 0 && a->inexact && i < a->count; i++) x[i] *= 1 + by;
  if (by == 0 || a->varies || !kind_float(a->kind)) return;
  for (int64_t i = 0; i < a->count; i++) x[i] = moved(e, a->id * 31 + (uint64_t)i, x[i], by);
}

void arr_compute(Eval *e, const Arr *a, Num *out) {
  e->fuel -= 4 + a->count + a->n_in;
  if (e->fuel < 0) ev_fail(e, "too long");
  if (a->doomed)
    memset(out, 0, sizeof(Num) * (size_t)a->count);
  else
    a->fill(e, a, out);
  round_off(e, a, out);
  fold(e, a, out);
}

Arr *arr_made(Eval *e, Arr *a) {
  if (e->n_made + 1 >= EV_ARRAYS) ev_fail(e, "too long: arrays");
  a->id = ++e->n_made;
  e->made[a->id] = a;
  a->first = a->x;
  if (a->fill)
    arr_compute(e, a, a->x);
  else
    fold(e, a, a->x);
  return a;
}

void arr_from(Arr *a, const Arr *b) {
  a->doubt |= b->doubt;
  a->doomed |= b->doomed;
  a->varies |= b->varies;
}

static void fill_copy(Eval *e, const Arr *y, Num *out) {
  (void)e;
  memcpy(out, y->in[0]->x, sizeof(Num) * (size_t)y->count);
}

Arr *arr_copy(Eval *e, const Arr *a) {
  Arr *b = arr_of(e, fill_copy, 1, a->kind, a->rank, a->dims);
  b->extent = a->extent;
  arr_in(b, 0, a);
  return b;
}

Arr *arr_constant(Eval *e, const Arr *a) {
  Arr *b = arr_new(e, a->kind, a->rank, a->dims);
  b->extent = a->extent;
  memcpy(b->x, a->x, sizeof(Num) * (size_t)a->count);
  arr_from(b, a);
  return arr_made(e, b);
}

/* ---- values ---- */

Val val_number(Num x) { return (Val){.kind = V_number, .number = x}; }
Val val_arr(Arr *a) { return (Val){.kind = V_array, .arr = a}; }
Val val_truth(bool b) { return (Val){.kind = V_truth, .truth = b}; }
Val val_tuple(Eval *e, int n) {
  return (Val){.kind = V_tuple, .n = n, .items = ev_alloc(e, sizeof(Val) * (size_t)(n + 1))};
}

Arr *val_to_arr(Eval *e, Val v, Kind kind) {
  switch (v.kind) {
  case V_array:
    return v.arr;
  case V_number: /* a literal is a number of its type; what is made of sizes may be rounded late */
    return arr_scalar(e, kind,
                      kind == K_f32 && e->how.folding == 0 ? (Num)(float)v.number : v.number);
  case V_index:
    return arr_scalar(e, K_i32, v.number);
  case V_truth:
    return arr_scalar(e, K_bool, v.truth);
  default:
    ev_fail(e, "a tensor is wanted");
  }
}

Val val_fresh(Eval *e, Val v, bool numbers) {
  if (v.kind == V_array) return val_arr(arr_made(e, arr_copy(e, v.arr)));
  if (numbers && v.kind == V_number) return val_arr(arr_made(e, val_to_arr(e, v, K_f32)));
  if (numbers && (v.kind == V_index || v.kind == V_truth))
    return val_arr(arr_made(e, val_to_arr(e, v, K_i32)));
  if (v.kind != V_tuple) return v;
  Val out = val_tuple(e, v.n);
  for (int i = 0; i < v.n; i++) out.items[i] = val_fresh(e, v.items[i], numbers);
  return out;
}

/* ---- scopes ---- */

Scope *scope_push(Eval *e) {
  Scope *s = ev_alloc(e, sizeof *s);
  s->up = e->scope;
  return e->scope = s;
}

Bind *scope_bind_here(Eval *e, Scope *s, Str name, Val v) {
  for (Bind *b = s->binds; b; b = b->next)
    if (str_eq(b->name, name)) {
      b->value = v;
      return b;
    }
  Bind *b = ev_alloc(e, sizeof *b);
  *b = (Bind){name, v, s->binds};
  return s->binds = b;
}

Bind *scope_look(Scope *s, Str name) {
  for (; s; s = s->up)
    for (Bind *b = s->binds; b; b = b->next)
      if (str_eq(b->name, name)) return b;
  return NULL;
}

bool is_name(Eval *e, Str name, const char *text) { return !strcmp(ctx_text(e->ctx, name), text); }
