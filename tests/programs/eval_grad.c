/* Derivatives by differences: the program is run again with one number changed.
 *
 * For each element of the variable the loss is computed at -2h, -h, h and 2h; the difference of
 * order four is the derivative. It is not decided when the differences at h and 2h disagree, or
 * when the slopes to both sides do (the variable stands on a kink); then smaller steps are
 * tried.
 *
 * A run takes the same branches as the one without changes: conditions, whole numbers and
 * indices stay as they were, and so does which of two numbers is the larger one. At a tie it is
 * their mean, and what is cut off at 0 stays 0 there (language.md, "Special points").
 *
 * A run computes, in their order, the arrays between the variable and the loss (Derive.path)
 * that were computed from something that has other numbers than before; all others are as they
 * were. A derivative among them is found by runs of its own, with one change more: its inputs
 * are all that is used on its own path.
 */
#include <math.h>
#include <string.h>

#include "tests/programs/eval.h"

typedef struct Derive { /* of a loss by an array */
  Arr *loss, *by;
  Arr **path;
  uint64_t n_path;
} Derive;

/* ---- runs ---- */

static Num share(int64_t i) { return 1 - (Num)((i * 5 + 3) % 16) / 11; }

static bool same_number(Num a, Num b) {
  return a == b ? a != 0 || !signbit(a) == !signbit(b) : isnan(a) && isnan(b);
}

static bool same_numbers(const Num *a, const Num *b, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (!same_number(a[i], b[i])) return false;
  return true;
}

static Num *room(Eval *e, Arr *a) {
  Num **x = &a->changed[e->level - 1];
  if (!*x) *x = ev_alloc(e, sizeof(Num) * (size_t)(a->count + 1));
  return *x;
}

static void change(Eval *e, Arr *a, Num *x) {
  e->undo[e->n_undo++] = (Undo){a, a->x, a->level};
  a->x = x;
  a->level = e->level;
}

static void fill_derivative(Eval *e, const Arr *y, Num *out);

/* A derivative is computed from what lies on its path, too: a change there may leave the loss as it
 * is, as that of v in x * v does where x is 0. */
static bool touched(const Eval *e, const Arr *a) {
  for (int i = 0; i < a->n_in; i++)
    if (a->in[i]->level == e->level) return true;
  const Derive *d = a->fill == fill_derivative ? a->plan : NULL;
  for (uint64_t i = 0; d && i < d->n_path; i++)
    if (d->path[i]->level == e->level) return true;
  return false;
}

static void add(const Shift *s, Num *x) {
  if (s->at >= 0) x[s->at] += s->by;
  for (int64_t i = 0; s->at < 0 && i < s->arr->count; i++) x[i] += s->by * share(i);
}

/* The loss when the variable is changed. */
static Num loss_at(Eval *e, const Derive *d, int64_t k, Num by, bool *sure) {
  size_t before = e->n_undo;
  bool unsure = e->unsure;
  if (e->level == EV_DEPTH) ev_fail(e, "too long: derivatives of derivatives of derivatives");
  e->shifts[e->level++] = (Shift){d->by, k, by};
  e->unsure = false;
  Num *x = room(e, d->by);
  memcpy(x, d->by->x, sizeof(Num) * (size_t)d->by->count);
  add(&e->shifts[e->level - 1], x);
  change(e, d->by, x);
  for (uint64_t i = 0; i < d->n_path; i++) {
    Arr *a = d->path[i];
    if (!touched(e, a)) continue;
    arr_compute(e, a, x = room(e, a));
    for (int l = 0; l < e->level; l++)
      if (e->shifts[l].arr == a) add(&e->shifts[l], x);
    if (same_numbers(x, a->x, a->count)) continue;
    change(e, a, x);
  }
  Num loss = d->loss->x[0];
  *sure = *sure && !e->unsure;
  e->unsure = unsure;
  e->level--;
  while (e->n_undo > before) {
    const Undo *u = &e->undo[--e->n_undo];
    u->arr->x = u->x;
    u->arr->level = u->level;
  }
  return loss;
}

/* ---- differences ---- */

typedef struct Slope {
  Num value;
  bool sure;
} Slope;

/* Steps are as long as the variable is large, and a sine takes any value at four distances of 1e14:
 * slopes that are nothing but chance are small, too. 'least' is what counts as small. */
typedef struct Steps {
  Num h, least;
} Steps;

/* Whether the slopes over 4h and 2h tend to that over h as they do where the function is smooth:
 * the error is quartered when the step is halved. Where a slope has a kink it is halved only. */
static bool smooth(Eval *e, const Derive *p, int64_t k, Steps s, Num near, Num far, bool *sure) {
  Num size = fabsl(near) + s.least, h = s.h;
  if (fabsl(near - far) < 1e-10L * size) return true;
  if (fabsl(near - far) > 1e-6L * size) return false;
  Num a = loss_at(e, p, k, h / 2, sure), b = loss_at(e, p, k, -h / 2, sure);
  return fabsl((a - b) / h - near) < 0.35L * fabsl(near - far);
}

static Slope slope(Eval *e, const Derive *p, int64_t k, Steps steps) {
  bool sure = true;
  Num h = steps.h, least = steps.least;
  Num base = p->loss->x[0];
  Num a = loss_at(e, p, k, h, &sure), b = loss_at(e, p, k, -h, &sure);
  Num grain = fabsl(base) * 0x1p-62L / h; /* the least slope that can be told from 0 */
  if (a == b && a == base) {              /* most derivatives that are 0 */
    sure = grain < 1e-9L;
    if (loss_at(e, p, k, 2 * h, &sure) == base) return (Slope){0, sure};
  }
  Num c = loss_at(e, p, k, 2 * h, &sure), d = loss_at(e, p, k, -2 * h, &sure);
  Num near = (a - b) / (2 * h), far = (c - d) / (4 * h);
  Num bend = fabsl(a - 2 * base + b) / h, wide = fabsl(c - 2 * base + d) / (2 * h);
  Slope s = {(4 * near - far) / 3, true};
  bool kink = bend > 0.7L * wide && bend > 1e-7L * (fabsl(s.value) + least);
  s.sure = isfinite(s.value) && isfinite(base) && !kink && sure &&
           grain < 1e-7L * (fabsl(s.value) + least);
  s.sure = s.sure && smooth(e, p, k, steps, near, far, &sure) && sure;
  return s;
}

static Num along(Eval *e, const Derive *d, int64_t k, Num size) {
  Num unit = fmaxl(1, size);
  Steps steps = {e->how.step * unit, 1e-3L / unit};
  Slope s = slope(e, d, k, steps);
  for (int i = 0; i < 4 && !s.sure; i++) {
    steps.h /= 8;
    s = slope(e, d, k, steps);
  }
  e->unsure |= !s.sure;
  if (!e->level && k >= 0) e->derivatives++, e->undecided += !s.sure;
  return s.value;
}

/* Derivatives are no derivative unless together they tell the slope in any direction: the
 * derivative of min(x) at equal numbers may have them and none. */
static void check_linear(Eval *e, const Derive *d, const Num *out) {
  Num want = 0, size = 1e-3L;
  bool unsure = e->unsure;
  if (d->by->count < 2 || unsure) return;
  for (int64_t i = 0; i < d->by->count; i++) {
    want += out[i] * share(i);
    size += fabsl(out[i] * share(i));
  }
  e->unsure = fabsl(along(e, d, -1, 1) - want) > 1e-6L * size || e->unsure;
}

static void fill_derivative(Eval *e, const Arr *y, Num *out) {
  const Derive *d = y->plan;
  for (int64_t k = 0; k < y->count; k++) out[k] = along(e, d, k, fabsl(d->by->x[k]));
  check_linear(e, d, out);
  /* what is 0 or almost may be on either side of it */
  for (int64_t k = 0; e->how.noise != 0 && k < y->count; k++) out[k] += 1e-11L * ev_noise(e, y->id);
}

/* ---- what a derivative hangs on ---- */

/* Marks what the loss is computed from; the arrays are in the order of their making. */
static uint64_t mark_sources(Eval *e, Arr *loss, const Arr *by) {
  uint64_t mark = ++e->marks;
  loss->mark = mark;
  for (uint64_t id = loss->id; id > by->id; id--) {
    const Arr *a = e->made[id];
    for (int i = 0; a->mark == mark && i < a->n_in; i++)
      if (a->in[i]->id >= by->id) e->made[a->in[i]->id]->mark = mark;
  }
  return mark;
}

/* The arrays between the variable and the loss. */
static void find_path(Eval *e, Derive *d) {
  uint64_t source = mark_sources(e, d->loss, d->by), on = ++e->marks, n = 0;
  bool reached = d->by->mark == source;
  d->by->mark = on;
  for (int turn = 0; reached && turn < 2; turn++) {
    for (uint64_t id = d->by->id + 1; id <= d->loss->id; id++) {
      Arr *a = e->made[id];
      bool from = turn && a->mark == on;
      for (int i = 0; !turn && a->mark == source && !a->steps && i < a->n_in; i++)
        from = from || a->in[i]->mark == on;
      if (!from) continue;
      a->mark = on;
      if (turn) d->path[d->n_path++] = a;
      n++;
    }
    if (!turn) d->path = ev_alloc(e, sizeof(Arr *) * (n + 1));
  }
}

/* The inputs of the path that are not on it, each once; those of literals never change. */
static int inputs(Eval *e, const Derive *d, const Arr **out) {
  uint64_t on = d->by->mark, seen = ++e->marks;
  int n = 0;
  for (uint64_t i = 0; i < d->n_path; i++)
    for (int k = 0; k < d->path[i]->n_in; k++) {
      const Arr *a = d->path[i]->in[k];
      if (!a->id || a->mark == on || a->mark == seen) continue;
      e->made[a->id]->mark = seen;
      if (out) out[n] = a;
      n++;
    }
  return n;
}

static Arr *derivative(Eval *e, Arr *loss, Arr *by) {
  Derive *d = ev_alloc(e, sizeof *d);
  *d = (Derive){.loss = loss, .by = by};
  find_path(e, d);
  int n = inputs(e, d, NULL);
  Arr *y = arr_of(e, fill_derivative, n + 2, by->kind, by->rank, by->dims);
  arr_in(y, 0, loss);
  arr_in(y, 1, by);
  inputs(e, d, y->in + 2);
  y->plan = d;
  y->varies = false; /* that of a mean is a literal, and so is what is computed from it */
  e->unsure = false;
  arr_made(e, y);
  y->doubt = loss->doubt || e->unsure;
  return y;
}

void ev_derive(Eval *e, Arr *loss, Arr *const *by, int n, Arr **out) {
  for (int i = 0; i < n; i++) out[i] = derivative(e, loss, by[i]);
}

/* ---- grad(loss, x) ---- */

static int leaves(Eval *e, Val v, Arr **out, int n) {
  if (n >= 64) ev_fail(e, "a derivative by too much");
  if (v.kind == V_array) out[n++] = v.arr;
  for (int i = 0; v.kind == V_tuple && i < v.n; i++) n = leaves(e, v.items[i], out, n);
  return n;
}

static Val rebuilt(Eval *e, Val v, Arr **from, int *next) {
  if (v.kind == V_array) return val_arr(from[(*next)++]);
  Val out = val_tuple(e, v.n);
  for (int i = 0; i < v.n; i++) out.items[i] = rebuilt(e, v.items[i], from, next);
  return out;
}

Val ev_grad(Eval *e, const Expr *x) {
  Arr *by[64], *out[64], **slots[64];
  Val loss = ev_expr(e, x->call.args.data[0].value), v = ev_expr(e, x->call.args.data[1].value);
  int n = 0, next = 0;
  if (v.kind == V_layer) {
    ev_weights(v.layer, false, slots, &n);
    Val all = val_tuple(e, n);
    for (int i = 0; i < n; i++) all.items[i] = val_arr(*slots[i]);
    v = all;
  }
  n = leaves(e, v, by, 0);
  if (!n) ev_fail(e, "beyond it: a derivative by a number that is known before the run");
  ev_derive(e, val_to_arr(e, loss, K_f32), by, n, out);
  return rebuilt(e, v, out, &next);
}
