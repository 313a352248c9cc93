/* Derivatives by differences: the program is run again from its beginning with one number changed.
 *
 * For each element of the variable the loss is computed at -2h, -h, h and 2h; the difference of order
 * four is the derivative. It is not decided when the differences at h and 2h disagree, or when the
 * slopes to both sides do (the variable stands on a kink); then smaller steps are tried.
 *
 * A run that is made for one derivative leaves out all others on its way: their values are marked as
 * waiting (Arr.waits). If the loss turns out to need some of them the runs are made again with those
 * taken, so that the cost grows with the depth of derivatives of derivatives and not with their
 * number.
 */
#include <math.h>
#include <string.h>

#include "tests/programs/eval.h"

static uint64_t bit_of(uint64_t ordinal) { return (uint64_t)1 << (ordinal & 63); }

typedef struct Found {
  bool reached, doubt;
  Num loss;
  uint64_t waits;
} Found;

/* Runs the entry up to derivative number 'stop'. */
static Found run_again(Eval *e, uint64_t stop, uint64_t need, Shift shift) {
  Eval saved = *e;
  jmp_buf caught;
  Found found = {0};
  if (e->n_shifts == EV_DEPTH) ev_fail(e, "too long: derivatives of derivatives of derivatives");
  e->shifts[e->n_shifts++] = shift;
  e->again = true;
  e->stop = stop;
  e->need = need;
  e->caught = &caught;
  int how = setjmp(caught);
  if (!how) {
    ev_enter(e); /* ends only if the derivative is not reached */
  } else if (how == EV_FOUND) {
    found = (Found){true, e->loss->doubt, e->loss->x[0], e->loss->waits};
    found.waits |= e->need & ~need; /* a condition has asked for them */
  }
  int64_t fuel = e->fuel;
  *e = saved;
  e->fuel = fuel;
  return found;
}

typedef struct Place { /* what is differentiated, where */
  uint64_t ordinal, *need;
  uint64_t id;
  int64_t at;
  bool doubt;
} Place;

static Num loss_at(Eval *e, Place *p, Num by) {
  for (;;) {
    Found f = run_again(e, p->ordinal, *p->need, (Shift){p->id, p->at, by});
    p->doubt = p->doubt || !f.reached || f.doubt;
    if (!(f.waits & ~*p->need)) return f.loss;
    *p->need |= f.waits;
  }
}

typedef struct Slope {
  Num value;
  bool sure;
} Slope;

static Slope slope(Eval *e, Place *p, Num base, Num h) {
  Num a = loss_at(e, p, h), b = loss_at(e, p, -h);
  if (a == b && a == base) { /* most derivatives that are 0 */
    if (loss_at(e, p, 2 * h) == base) return (Slope){0, !p->doubt};
  }
  Num c = loss_at(e, p, 2 * h), d = loss_at(e, p, -2 * h);
  Num near = (a - b) / (2 * h), far = (c - d) / (4 * h);
  Num bend = fabsl(a - 2 * base + b) / h, wide = fabsl(c - 2 * base + d) / (2 * h);
  Slope s = {(4 * near - far) / 3, true};
  Num size = fabsl(s.value) + 1e-3L;
  bool kink = bend > 0.7L * wide && bend > 1e-7L * size;
  s.sure =
      isfinite(s.value) && isfinite(base) && !kink && fabsl(near - far) < 1e-6L * size && !p->doubt;
  return s;
}

static Num one_derivative(Eval *e, Place *p, Num base, Num x, bool *doubt) {
  Num h = e->step * fmaxl(1, fabsl(x));
  Slope s = slope(e, p, base, h);
  for (int i = 0; i < 4 && !s.sure && !p->doubt; i++) s = slope(e, p, base, h /= 8);
  e->derivatives++;
  if (!s.sure) e->undecided++;
  *doubt = *doubt || !s.sure;
  return s.value;
}

/* The derivatives stand for themselves: zeros that wait. */
static void left_out(Eval *e, uint64_t ordinal, Arr *const *by, int n, Arr **out) {
  for (int i = 0; i < n; i++) {
    out[i] = arr_new(e, by[i]->kind, by[i]->rank, by[i]->dims);
    out[i]->waits = bit_of(ordinal);
    out[i]->varies = true;
    arr_made(e, out[i]);
  }
}

void ev_derive(Eval *e, Arr *loss, Arr *const *by, int n, Arr **out) {
  uint64_t ordinal = e->next_grad++, need = 0;
  if (e->again && ordinal == e->stop) {
    e->loss = loss;
    longjmp(*e->caught, EV_FOUND);
  }
  if (e->again && !(e->need & bit_of(ordinal))) {
    left_out(e, ordinal, by, n, out);
    return;
  }
  for (int i = 0; i < n; i++) out[i] = arr_new(e, by[i]->kind, by[i]->rank, by[i]->dims);
  Num base = loss->x[0];
  if (loss->waits) {
    Place p = {ordinal, &need, 0, 0, false};
    base = loss_at(e, &p, 0);
  }
  for (int i = 0; i < n; i++) {
    bool doubt = loss->doubt;
    for (int64_t k = 0; k < by[i]->count; k++) {
      Place p = {ordinal, &need, by[i]->id, k, false};
      out[i]->x[k] = one_derivative(e, &p, base, by[i]->x[k], &doubt);
    }
    out[i]->doubt = doubt;
    arr_made(e, out[i]); /* as if of literals: the derivative of a mean is one */
    out[i]->varies = true;
  }
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
    ev_weights(v.layer, slots, &n);
    Val all = val_tuple(e, n);
    for (int i = 0; i < n; i++) all.items[i] = val_arr(*slots[i]);
    v = all;
  }
  n = leaves(e, v, by, 0);
  ev_derive(e, val_to_arr(e, loss, K_f32), by, n, out);
  return rebuilt(e, v, out, &next);
}
