/* Statements: assignments, changed parts, choices, blocks. */
#include <math.h>
#include <string.h>

#include "tests/programs/eval.h"

/* size M = T / C */
static Val assigned(Eval *e, const Stmt *s) {
  return s->assign.size ? val_number((Num)ev_size(e, s->assign.value))
                        : ev_expr(e, s->assign.value);
}

void ev_assign(Eval *e, Str name, Val v) {
  if (e->program && ev_train_assign(e, name, v)) return;
  if (ev_keep_state(e, name, v)) return;
  scope_bind_here(e, e->scope, name, v);
}

/* ---- a part gets a new value: x[places] = e ---- */

static bool has_here(const Eval *e, Str name) {
  for (const Bind *b = e->scope->binds; b; b = b->next)
    if (str_eq(b->name, name)) return true;
  return false;
}

/* x has a value, and some place is no new index and no counter that collects. */
static bool updates_part(Eval *e, const Expr *target) {
  if (target->kind != EX_subscript || target->subscript.base->kind != EX_name) return false;
  Str name = target->subscript.base->name;
  const Bind *base = scope_look(e->scope, name);
  if (!base || base->value.kind != V_array) return false;
  for (uint32_t i = 0; i < target->subscript.n_subs; i++) {
    const Sub *s = &target->subscript.subs[i];
    if (s->kind == SUB_range) return true;
    if (s->kind != SUB_expr) continue;
    if (s->expr->kind != EX_name) return true;
    const Bind *b = scope_look(e->scope, s->expr->name);
    if (!b) continue;
    const Val *v = &b->value;
    if (v->kind == V_index && v->loop && v->loop == e->loop && has_here(e, name)) return true;
    if (v->kind == V_array && v->arr->kind == K_idx && !v->arr->rank) return true;
  }
  return false;
}

typedef struct Range {
  int64_t start, length;
  int at;        /* the operand that says where it starts; 0: none */
  bool negative; /* its extent is: needed even where nothing is written */
} Range;

static Range read_range(Eval *e, const Sub *s, int64_t dim, const Arr **index, bool *inside) {
  Range r = {.length = dim};
  *index = NULL;
  if (s->kind == SUB_range) {
    r.start = s->expr ? ev_size(e, s->expr) : 0;
    r.length = (s->end ? ev_size(e, s->end) : dim) - r.start;
  } else if (s->kind == SUB_expr) {
    *index = val_to_arr(e, ev_expr(e, s->expr), K_i32);
    r.start = (int64_t)(*index)->x[0];
    r.length = 1;
  }
  *inside = *inside && r.length >= 0 && r.start >= 0 && r.start + r.length <= dim;
  r.negative = r.length < 0;
  if (r.negative) r.length = 0;
  return r;
}

/* in: the old array, the part's value, indices. */
static void fill_part(Eval *e, const Arr *y, Num *out) {
  const Range *ranges = y->plan;
  const Arr *v = y->in[1];
  int64_t count = 1;
  memcpy(out, y->in[0]->x, sizeof(Num) * (size_t)y->count);
  for (int k = 0; k < y->rank; k++) count *= ranges[k].length;
  for (int64_t i = 0; i < count; i++) {
    int64_t here[EV_RANK], rest = i, to = 0;
    for (int k = y->rank - 1; k >= 0; k--) {
      const Range *r = &ranges[k];
      here[k] = (r->at ? (int64_t)y->in[r->at]->x[0] : r->start) + rest % r->length;
      rest /= r->length;
    }
    for (int k = 0; k < y->rank; k++) to = to * y->dims[k] + here[k];
    if (to < 0 || to >= y->count) ev_fail(e, "needs an element: a part outside");
    out[to] = v->x[v->rank ? i : 0];
  }
}

static void update_part(Eval *e, const Expr *target, Val value) {
  Str name = target->subscript.base->name;
  const Arr *x = scope_look(e->scope, name)->value.arr, *v = val_to_arr(e, value, x->kind);
  Range *ranges = ev_alloc(e, sizeof(Range) * EV_RANK);
  Arr *y = arr_of(e, fill_part, 2 + x->rank, x->kind, x->rank, x->dims);
  const Arr *index;
  bool inside = true, negative = false;
  int64_t count = 1;
  y->extent = x->extent;
  y->plan = ranges;
  y->n_in = 2;
  arr_in(y, 0, x);
  arr_in(y, 1, v);
  if ((int)target->subscript.n_subs != x->rank) ev_fail(e, "places of a part");
  for (int k = 0; k < x->rank; k++) {
    ranges[k] = read_range(e, &target->subscript.subs[k], x->dims[k], &index, &inside);
    count *= ranges[k].length;
    negative = negative || ranges[k].negative;
    if (!index) continue;
    ranges[k].at = y->n_in;
    arr_in(y, y->n_in++, index);
  }
  if (v->rank && v->count != count) ev_fail(e, "the value of a part does not fit");
  if (!inside && (count || negative)) ev_doom(e, y, "a part outside of an axis");
  ev_assign(e, name, val_arr(arr_made(e, y)));
}

/* ---- items of a tuple that a 'for' builds ---- */

static bool builds_item(Eval *e, const Expr *target) {
  if (!e->turn || target->kind != EX_subscript || target->subscript.n_subs != 1) return false;
  const Sub *s = &target->subscript.subs[0];
  if (s->kind != SUB_expr || s->expr->kind != EX_name) return false;
  if (target->subscript.base->kind != EX_name || !str_eq(s->expr->name, e->turn->var)) return false;
  const Bind *b = scope_look(e->scope, e->turn->var);
  return b && b->value.kind == V_number;
}

static void build_item(Eval *e, Str name, Val v) {
  Turn *turn = e->turn;
  int k = 0;
  while (k < turn->n_built && !str_eq(turn->built[k].name, name)) k++;
  if (k == 8) ev_fail(e, "too many tuples are built");
  Built *b = &turn->built[k];
  if (k == turn->n_built) {
    *b = (Built){.name = name, .items = ev_alloc(e, sizeof(Val) * (size_t)(turn->total + 1))};
    turn->n_built++;
  }
  b->items[b->n++] = v;
}

/* ---- assignments ---- */

/* One item of a tuple: (out[:, t, :], h) = f(x) */
static void collect_value(Eval *e, const Expr *target, Val v) {
  Loop *steps[EV_RANK];
  int axes[EV_RANK], n = 0;
  for (uint32_t i = 0; i < target->subscript.n_subs; i++) {
    const Sub *s = &target->subscript.subs[i];
    if (s->kind != SUB_expr) continue;
    const Bind *b = scope_look(e->scope, s->expr->name);
    if (!b || !b->value.loop) ev_fail(e, "a place of a tuple's item");
    axes[n] = (int)i;
    steps[n++] = b->value.loop;
  }
  ev_gather(e, target->subscript.base->name, val_to_arr(e, v, K_f32), steps, axes, n);
}

void ev_assign_to(Eval *e, const Expr *target, Val v) {
  if (builds_item(e, target))
    build_item(e, target->subscript.base->name, v);
  else if (updates_part(e, target))
    update_part(e, target, v);
  else if (target->kind == EX_subscript)
    collect_value(e, target, v);
  else
    ev_assign(e, target->name, v);
}

static void assign(Eval *e, const Stmt *s) {
  const Exprs *targets = &s->assign.targets;
  const Expr *first = targets->data[0];
  bool plain = s->assign.tuple || first->kind != EX_subscript;
  if (!plain && !builds_item(e, first) && !updates_part(e, first)) {
    Loop *steps[EV_RANK];
    int axes[EV_RANK], n;
    Arr *y = ev_define(e, s, first, steps, axes, &n);
    if (n)
      ev_gather(e, first->subscript.base->name, y, steps, axes, n);
    else
      ev_assign(e, first->subscript.base->name, val_arr(y));
    return;
  }
  Val v = assigned(e, s);
  if (!s->assign.tuple) {
    ev_assign_to(e, first, v);
    return;
  }
  if (v.kind != V_tuple || v.n != (int)targets->len) ev_fail(e, "items of a tuple");
  for (int i = 0; i < v.n; i++) ev_assign_to(e, targets->data[i], v.items[i]);
}

/* ---- blocks ---- */

static Val branch(Eval *e, const Stmt *s) {
  Val c = ev_expr(e, s->branch.condition);
  if (c.kind != V_truth) ev_fail(e, "a condition that is not known");
  return ev_block(e, c.truth ? &s->branch.then : &s->branch.otherwise);
}

static Val stmt(Eval *e, const Stmt *s) {
  switch (s->kind) {
  case ST_assign:
    e->with = &s->assign.with;
    assign(e, s);
    e->with = NULL;
    return (Val){0};
  case ST_expr: {
    e->with = &s->expr.with;
    Val v = ev_expr(e, s->expr.value);
    e->with = NULL;
    return v;
  }
  case ST_scan:
    ev_scan(e, s);
    return (Val){0};
  case ST_for:
    ev_for(e, s);
    return (Val){0};
  case ST_if:
    return branch(e, s);
  case ST_assert:
    return (Val){0};
  case ST_minimize:
  case ST_move:
  case ST_repeat:
  case ST_log:
    ev_train_stmt(e, s);
    return (Val){0};
  default:
    ev_fail(e, "a statement that cannot be read");
  }
}

Val ev_block(Eval *e, const Block *block) {
  Val v = {0};
  const With *with = e->with;
  for (uint32_t i = 0; i < block->len; i++) v = stmt(e, block->data[i]);
  e->with = with;
  return v;
}
