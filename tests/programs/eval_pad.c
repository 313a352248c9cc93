/* pad: a tensor inside of a larger one that is filled with a number. */
#include <string.h>

#include "tests/programs/eval.h"

typedef struct Padding {
  int64_t before, after;
  Num value;
} Padding;

static Padding read_padding(Eval *e, const Args *args) {
  Padding p = {ev_size(e, args->data[1].value), ev_size(e, args->data[2].value), 0};
  if (args->len > 3) p.value = ev_expr(e, args->data[3].value).number;
  if (p.before < 0 || p.after < 0) ev_fail(e, "needs an element: padding by fewer than none");
  return p;
}

typedef struct Room {
  int64_t before, was, is, inner; /* along the axis; elements behind it */
  Num value;
} Room;

static void fill_padded(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Room *r = y->plan;
  for (int64_t i = 0; i < y->count; i++) {
    int64_t rest = i % r->inner, at = i / r->inner % r->is - r->before,
            outer = i / r->inner / r->is;
    bool inside = at >= 0 && at < r->was;
    out[i] = inside ? y->in[0]->x[(outer * r->was + at) * r->inner + rest] : r->value;
  }
}

Val ev_pad(Eval *e, const Args *args, const Expr *axis) {
  const Arr *a = ev_arr(e, args->data[0].value);
  const Padding p = read_padding(e, args);
  int at = axis ? (int)ev_size(e, axis) : a->rank - 1;
  int64_t dims[EV_RANK];
  Room *r = ev_alloc(e, sizeof *r);
  memcpy(dims, a->dims, sizeof dims);
  *r = (Room){.before = p.before, .was = dims[at], .inner = 1, .value = p.value};
  r->is = dims[at] += p.before + p.after;
  for (int i = at + 1; i < a->rank; i++) r->inner *= dims[i];
  Arr *y = arr_of(e, fill_padded, 1, a->kind, a->rank, dims);
  y->plan = r;
  arr_in(y, 0, a);
  return val_arr(arr_made(e, y));
}

static int64_t extent_of(Eval *e, const Expr *x) {
  int64_t n = ev_extent(e, x->reduce.args.data[0].value, x->reduce.indices[0].str);
  if (n < 0) ev_fail(e, "nothing tells the extent of an index");
  return n;
}

int64_t ev_padded_extent(Eval *e, const Expr *x) {
  const Padding p = read_padding(e, &x->reduce.args);
  return extent_of(e, x) + p.before + p.after;
}

/* At the place of the index on the left that is left over. */
Val ev_pad_along(Eval *e, const Expr *x) {
  const Padding p = read_padding(e, &x->reduce.args);
  int64_t n = extent_of(e, x), at = ev_wanted_place(e, NULL, NULL, 0, false) - p.before;
  if (at < 0 || at >= n) return val_arr(arr_made(e, arr_scalar(e, K_f32, p.value)));
  Scope *outer = e->scope;
  scope_bind_here(e, scope_push(e), x->reduce.indices[0].str, (Val){.kind = V_index, .number = at});
  Arr *y = ev_arr(e, x->reduce.args.data[0].value);
  e->scope = outer;
  return val_arr(y);
}
