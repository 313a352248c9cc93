/* Loops, turn by turn: scan and repeat; for. */
#include <math.h>
#include <string.h>

#include "tests/programs/eval.h"

/* ---- what a loop collects ---- */

/* 'y[.., t, ..] = a' in the turn where e->loop is now. */
void ev_gather(Eval *e, Str name, Arr *a, Loop *const *steps, const int *axes, int n) {
  Loop *loop = e->loop;
  Gathered *g = NULL;
  if (!loop) ev_fail(e, "nothing to collect in");
  for (int i = 0; i < loop->n_gathered; i++)
    if (str_eq(loop->gathered[i].name, name)) g = &loop->gathered[i];
  if (!g) {
    if (!loop->gathered) loop->gathered = ev_alloc(e, sizeof(Gathered) * 16);
    if (loop->n_gathered == 16) ev_fail(e, "a loop collects too much");
    g = &loop->gathered[loop->n_gathered++];
    g->name = name;
    g->turns = ev_alloc(e, sizeof(Arr *) * (size_t)(loop->length + 1));
    g->n_steps = n;
    memcpy(g->steps, steps, sizeof *steps * (size_t)n);
    memcpy(g->axes, axes, sizeof *axes * (size_t)n);
  }
  g->turns[loop->turn] = a;
}

/* The turns that came, the new axis at a place with 'inner' elements behind it. */
typedef struct Stack {
  int64_t *turns, inner, n;
} Stack;

static void fill_stacked(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Stack *s = y->plan;
  for (int64_t i = 0; i < y->count; i++) out[i] = 0;
  for (int k = 0; k < y->n_in; k++) {
    const Arr *a = y->in[k];
    for (int64_t i = 0; i < a->count; i++)
      out[(i / s->inner * s->n + s->turns[k]) * s->inner + i % s->inner] = a->x[i];
  }
}

/* All turns, the new axis at place 'axis'; zeros where no turn came. */
static Arr *stacked(Eval *e, const Gathered *g, int64_t n, int axis) {
  const Arr *some = NULL;
  int64_t dims[EV_RANK];
  int k = 0;
  Stack *s = ev_alloc(e, sizeof *s);
  *s = (Stack){ev_alloc(e, sizeof(int64_t) * (size_t)(n + 2)), 1, n};
  for (int64_t t = 0; t < n && !some; t++) some = g->turns[t];
  if (!some || some->rank >= EV_RANK) ev_fail(e, "nothing was collected");
  for (int d = 0; d <= some->rank; d++) dims[d] = d == axis ? n : some->dims[d - (d > axis)];
  for (int d = axis; d < some->rank; d++) s->inner *= some->dims[d];
  Arr *y = arr_of(e, fill_stacked, (int)n, some->kind, some->rank + 1, dims);
  y->extent = some->extent;
  y->plan = s;
  for (int64_t t = 0; t < n; t++) {
    if (!g->turns[t]) continue;
    s->turns[k] = t;
    arr_in(y, k++, g->turns[t]);
  }
  y->n_in = k;
  return arr_made(e, y);
}

static void deliver(Eval *e, const Gathered *g, Loop *loop) {
  Loop *left[EV_RANK];
  int axes[EV_RANK], n = 0, axis = 0, before = 0;
  for (int i = 0; i < g->n_steps; i++)
    if (g->steps[i] == loop) axis = g->axes[i];
  for (int i = 0; i < g->n_steps; i++) {
    if (g->steps[i] == loop) continue;
    left[n] = g->steps[i];
    axes[n++] = g->axes[i];
    before += g->axes[i] < axis;
  }
  Arr *y = stacked(e, g, loop->length, axis - before);
  if (n)
    ev_gather(e, g->name, y, left, axes, n);
  else
    ev_assign(e, g->name, val_arr(y));
}

/* ---- scan, repeat ---- */

/* A carried value keeps its element type. */
static Val kept(Eval *e, Val v, Val first) {
  if (v.kind == V_tuple) {
    Val out = val_tuple(e, v.n);
    for (int i = 0; i < v.n; i++) out.items[i] = kept(e, v.items[i], first.items[i]);
    return out;
  }
  if (v.kind == V_array) return v;
  return val_arr(arr_made(e, val_to_arr(e, v, first.kind == V_array ? first.arr->kind : K_f32)));
}

static bool turn(Eval *e, const Stmt *s, Loop *loop, int64_t t, Val *carries) {
  const Args *args = &s->scan.carries;
  bool fresh = s->kind == ST_scan, stop = false;
  Scope *outer = e->scope, *inner = scope_push(e);
  loop->turn = t;
  if (!str_none(s->scan.index.str))
    scope_bind_here(e, inner, s->scan.index.str,
                    (Val){.kind = V_index, .number = (Num)t, .loop = loop});
  for (uint32_t i = 0; i < args->len; i++) {
    carries[i] = kept(e, carries[i], carries[i]);
    if (fresh) carries[i] = val_fresh(e, carries[i], true);
    scope_bind_here(e, inner, args->data[i].name.str, carries[i]);
  }
  ev_block(e, &s->scan.body);
  for (uint32_t i = 0; i < args->len; i++)
    carries[i] = kept(e, scope_look(inner, args->data[i].name.str)->value, carries[i]);
  if (s->scan.until) stop = ev_arr(e, s->scan.until)->x[0] != 0;
  e->scope = outer;
  return stop;
}

/* What a loop of fewer than no turns leaves. */
static Val doomed(Eval *e, Val v) {
  Val out = val_fresh(e, v, true);
  if (out.kind == V_array) ev_doom(e, out.arr, "an extent is negative");
  for (int i = 0; out.kind == V_tuple && i < out.n; i++) out.items[i] = doomed(e, out.items[i]);
  return out;
}

void ev_scan(Eval *e, const Stmt *s) {
  const Args *args = &s->scan.carries;
  Loop *loop = ev_alloc(e, sizeof *loop);
  Val *carries = ev_alloc(e, sizeof(Val) * (args->len + 1));
  Turn *turns = e->turn;
  loop->length = ev_size(e, s->scan.extent);
  loop->up = e->loop;
  for (uint32_t i = 0; i < args->len; i++) carries[i] = ev_expr(e, args->data[i].value);
  bool negative = loop->length < 0;
  if (negative) loop->length = 0;
  e->blank = e->blank || !loop->length;
  e->loop = loop;
  e->turn = NULL;
  for (int64_t k = 0; k < loop->length; k++)
    if (turn(e, s, loop, s->scan.reversed ? loop->length - 1 - k : k, carries)) break;
  e->loop = loop->up;
  e->turn = turns;
  for (uint32_t i = 0; negative && i < args->len; i++) carries[i] = doomed(e, carries[i]);
  for (uint32_t i = 0; i < args->len; i++)
    ev_assign(e, args->data[i].name.str,
              s->kind == ST_scan ? val_fresh(e, carries[i], true) : carries[i]);
  for (int i = 0; i < loop->n_gathered; i++) deliver(e, &loop->gathered[i], loop);
}

/* ---- for ---- */

void ev_for(Eval *e, const Stmt *s) {
  Val over = ev_expr(e, s->loop.over);
  bool items = over.kind == V_tuple || over.kind == V_layers;
  Turn here = {.up = e->turn, .var = s->loop.var.str};
  here.total = items ? over.n : (int)over.number;
  e->turn = &here;
  for (here.at = 0; here.at < here.total; here.at++) {
    scope_bind_here(e, e->scope, s->loop.var.str,
                    items ? over.items[here.at] : val_number(here.at));
    ev_block(e, &s->loop.body);
  }
  e->turn = here.up;
  for (int i = 0; i < here.n_built; i++) {
    Val v = val_tuple(e, here.built[i].n);
    memcpy(v.items, here.built[i].items, sizeof(Val) * (size_t)v.n);
    ev_assign(e, here.built[i].name, v);
  }
}
