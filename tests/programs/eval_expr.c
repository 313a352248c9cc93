/* Expressions on whole arrays: names, operators, broadcasting. */
#include <math.h>
#include <string.h>

#include "tests/programs/eval.h"

/* ---- elementwise ---- */

/* Own axes are matched from the right; an axis of 1 stretches. */
static void join(Eval *e, const Arr *a, const Arr *b, int *rank, int64_t *dims) {
  *rank = a->rank > b->rank ? a->rank : b->rank;
  for (int i = 1; i <= *rank; i++) {
    int64_t x = i <= a->rank ? a->dims[a->rank - i] : 1;
    int64_t y = i <= b->rank ? b->dims[b->rank - i] : 1;
    if (x != y && x != 1 && y != 1) ev_fail(e, "shapes do not fit: %d and %d", (int)x, (int)y);
    dims[*rank - i] = x == 1 ? y : x;
  }
}

/* Element of a that stands at place i of a result with these dims. */
int64_t ev_place(const Arr *a, int rank, const int64_t *dims, int64_t i) {
  int64_t at = 0, step = 1;
  if (a->count == 1) return 0;
  for (int k = 1; k <= rank; k++) {
    int64_t d = dims[rank - k], here = i % d;
    i /= d;
    if (k > a->rank) break;
    if (a->dims[a->rank - k] != 1) at += here * step;
    step *= a->dims[a->rank - k];
  }
  return at;
}

static void fill_map1(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Num *a = y->in[0]->x;
  for (int64_t i = 0; i < y->count; i++) out[i] = y->one(a[i]);
}

Arr *ev_map1(Eval *e, Fn1 f, Kind kind, const Arr *a) {
  Arr *y = arr_of(e, fill_map1, 1, kind, a->rank, a->dims);
  y->one = f;
  y->rounds = true;
  arr_in(y, 0, a);
  return arr_made(e, y);
}

static void fill_map2(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Arr *a = y->in[0], *b = y->in[1];
  for (int64_t i = 0; i < y->count; i++)
    out[i] = y->two(a->x[ev_place(a, y->rank, y->dims, i)], b->x[ev_place(b, y->rank, y->dims, i)]);
}

Arr *ev_pair(Eval *e, Fill *fill, Fn2 f, Kind kind, const Arr *a, const Arr *b) {
  int rank;
  int64_t dims[EV_RANK];
  join(e, a, b, &rank, dims);
  Arr *y = arr_of(e, fill, 2, kind, rank, dims);
  y->two = f;
  y->rounds = true;
  arr_in(y, 0, a);
  arr_in(y, 1, b);
  return arr_made(e, y);
}

static Arr *map2(Eval *e, Fn2 f, Kind kind, const Arr *a, const Arr *b) {
  return ev_pair(e, fill_map2, f, kind, a, b);
}

static void fill_choice(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Arr *c = y->in[2];
  for (int64_t i = 0; i < y->count; i++) {
    const Arr *from = y->in[c->x[ev_place(c, y->rank, y->dims, i)] == 0];
    out[i] = from->x[ev_place(from, y->rank, y->dims, i)];
  }
}

static bool all_are(const Arr *a, Num x) {
  for (int64_t i = 0; i < a->count; i++)
    if (a->x[i] != x) return false;
  return a->count > 0;
}

/* Compilers see what is taken for a known condition, and that it does not matter between equals. */
static bool choice_varies(const Arr *c, const Arr *a, const Arr *b) {
  if (!c->varies && c->count && all_are(c, c->x[0])) return (c->x[0] != 0 ? a : b)->varies;
  bool equal = a->count && all_are(a, a->x[0]) && all_are(b, a->x[0]);
  return a->varies || b->varies || (c->varies && !equal);
}

Arr *ev_choose(Eval *e, const Arr *c, const Arr *a, const Arr *b) {
  int rank;
  int64_t dims[EV_RANK];
  Arr shape = {0};
  join(e, a, b, &shape.rank, shape.dims);
  join(e, c, &shape, &rank, dims);
  Arr *y = arr_of(e, fill_choice, 3, a->kind, rank, dims);
  y->extent = a->extent;
  arr_in(y, 0, a);
  arr_in(y, 1, b);
  arr_in(y, 2, c);
  y->varies = choice_varies(c, a, b);
  if (a == b) y->doomed = a->doomed; /* nothing hangs on the condition */
  return arr_made(e, y);
}

/* ---- operators ---- */

static Num f_add(Num a, Num b) { return a + b; }
static Num f_sub(Num a, Num b) { return a - b; }
static Num f_mul(Num a, Num b) { return a * b; }
static Num f_div(Num a, Num b) { return a / b; }
static Num f_pow(Num a, Num b) { return powl(a, b); }
static Num f_mod(Num a, Num b) { /* the sign of the divisor */
  Num r = fmodl(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}
static Num f_idiv(Num a, Num b) { return b == 0 ? 0 : floorl(a / b); }
static Num f_imod(Num a, Num b) { return b == 0 ? 0 : f_mod(a, b); }
/* a - q * b with the whole number q that it was. */
static void fill_mod(Eval *e, const Arr *y, Num *out) {
  const Arr *a = y->in[0], *b = y->in[1];
  if (!e->level) {
    fill_map2(e, y, out);
    return;
  }
  for (int64_t i = 0; i < y->count; i++) {
    int64_t ka = ev_place(a, y->rank, y->dims, i), kb = ev_place(b, y->rank, y->dims, i);
    Num q = (a->first[ka] - y->first[i]) / b->first[kb];
    out[i] = q == 0 ? a->x[ka] : a->x[ka] - roundl(q) * b->x[kb];
  }
}
static Num f_or(Num a, Num b) { return a != 0 || b != 0; }
static Num f_and(Num a, Num b) { return a != 0 && b != 0; }
static Num f_eq(Num a, Num b) { return a == b; }
static Num f_ne(Num a, Num b) { return a != b; }
static Num f_lt(Num a, Num b) { return a < b; }
static Num f_le(Num a, Num b) { return a <= b; }
static Num f_gt(Num a, Num b) { return a > b; }
static Num f_ge(Num a, Num b) { return a >= b; }
static Num f_neg(Num a) { return -a; }
static Num f_not(Num a) { return a == 0; }

static const Fn2 functions[N_BINARY_OPS] = {
    [BIN_or] = f_or,   [BIN_and] = f_and, [BIN_eq] = f_eq,   [BIN_ne] = f_ne,   [BIN_lt] = f_lt,
    [BIN_le] = f_le,   [BIN_gt] = f_gt,   [BIN_ge] = f_ge,   [BIN_add] = f_add, [BIN_sub] = f_sub,
    [BIN_mul] = f_mul, [BIN_div] = f_div, [BIN_mod] = f_mod, [BIN_pow] = f_pow,
};

static bool says_truth(BinaryOp op) { return op <= BIN_ge; }

/* The element type that numbers among the values take. */
Kind ev_common(Eval *e, const Val *v, int n) {
  (void)e;
  for (int i = 0; i < n; i++)
    if (v[i].kind == V_array) return v[i].arr->kind;
  for (int i = 0; i < n; i++)
    if (v[i].kind == V_index) return K_i32;
  return K_f32;
}

static Val static_binary(Eval *e, BinaryOp op, Val a, Val b) {
  if (a.kind == V_text) return val_truth(str_eq(a.text, b.text) == (op == BIN_eq));
  Num x = a.kind == V_truth ? a.truth : a.number, y = b.kind == V_truth ? b.truth : b.number;
  if (says_truth(op)) return val_truth(functions[op](x, y) != 0);
  if (op == BIN_div && e->size_mode) return val_number(f_idiv(x, y));
  return val_number(functions[op](x, y));
}

static bool is_static(Val v) { return v.kind == V_number || v.kind == V_truth || v.kind == V_text; }

typedef struct Matmul {
  Arr left, right; /* leading axes of the operands */
  int lead;        /* leading axes of the result */
  int64_t batch, m, n, k;
} Matmul;

static void fill_matmul(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Matmul *p = y->plan;
  for (int64_t q = 0; q < p->batch; q++)
    for (int64_t i = 0; i < p->m; i++)
      for (int64_t j = 0; j < p->n; j++) {
        const Num *x = y->in[0]->x + (ev_place(&p->left, p->lead, y->dims, q) * p->m + i) * p->k;
        const Num *w = y->in[1]->x + ev_place(&p->right, p->lead, y->dims, q) * p->k * p->n + j;
        Num sum = 0;
        for (int64_t t = 0; t < p->k; t++) sum += x[t] * w[t * p->n];
        out[(q * p->m + i) * p->n + j] = sum;
      }
}

/* The last axis of a with the last but one of b; leading axes broadcast. */
Arr *ev_matmul(Eval *e, const Arr *a, const Arr *b) {
  if (!a->rank || b->rank < 2) ev_fail(e, "'@' of these ranks");
  Matmul *p = ev_alloc(e, sizeof *p);
  bool rows = a->rank > 1;
  *p = (Matmul){.batch = 1, .m = rows ? a->dims[a->rank - 2] : 1};
  p->k = a->dims[a->rank - 1];
  p->n = b->dims[b->rank - 1];
  if (b->dims[b->rank - 2] != p->k) ev_fail(e, "'@' of these extents");
  p->left.rank = a->rank > 2 ? a->rank - 2 : 0;
  p->right.rank = b->rank - 2;
  memcpy(p->left.dims, a->dims, sizeof a->dims);
  memcpy(p->right.dims, b->dims, sizeof b->dims);
  int rank;
  int64_t dims[EV_RANK + 2];
  join(e, &p->left, &p->right, &rank, dims);
  for (int i = 0; i < rank; i++) p->batch *= dims[i];
  p->lead = rank;
  if (rows) dims[rank++] = p->m;
  dims[rank++] = p->n;
  Arr *y = arr_of(e, fill_matmul, 2, a->kind, rank, dims);
  y->plan = p;
  y->rounds = true;
  arr_in(y, 0, a);
  arr_in(y, 1, b);
  return arr_made(e, y);
}

/* Tuples item by item. */
static Val binary_items(Eval *e, BinaryOp op, Val a, Val b) {
  int n = a.kind == V_tuple ? a.n : b.n;
  if (a.kind == V_tuple && b.kind == V_tuple && a.n != b.n) ev_fail(e, "tuples of two lengths");
  Val v = val_tuple(e, n);
  for (int i = 0; i < n; i++)
    v.items[i] =
        ev_binary(e, op, a.kind == V_tuple ? a.items[i] : a, b.kind == V_tuple ? b.items[i] : b);
  return v;
}

Val ev_binary(Eval *e, BinaryOp op, Val a, Val b) {
  if (a.kind == V_tuple || b.kind == V_tuple) return binary_items(e, op, a, b);
  if (is_static(a) && is_static(b)) return static_binary(e, op, a, b);
  Val both[2] = {a, b};
  Kind kind = ev_common(e, both, 2);
  const Arr *x = val_to_arr(e, a, kind), *y = val_to_arr(e, b, kind);
  if (op == BIN_matmul) return val_arr(ev_matmul(e, x, y));
  Fn2 f = functions[op];
  if (kind == K_i32 && op == BIN_div) f = f_idiv;
  if (kind == K_i32 && op == BIN_mod) f = f_imod;
  if (op == BIN_mod && kind_float(kind)) return val_arr(ev_pair(e, fill_mod, f, kind, x, y));
  return val_arr(map2(e, f, says_truth(op) ? K_bool : kind, x, y));
}

static Val negate(Eval *e, Val a) {
  if (a.kind == V_tuple) {
    Val v = val_tuple(e, a.n);
    for (int i = 0; i < a.n; i++) v.items[i] = negate(e, a.items[i]);
    return v;
  }
  if (a.kind == V_number) return val_number(-a.number);
  const Arr *y = val_to_arr(e, a, K_f32);
  return val_arr(ev_map1(e, f_neg, y->kind, y));
}

static Val unary(Eval *e, const Expr *x) {
  Val a = ev_expr(e, x->unary.a);
  if (x->unary.op == UN_neg) return negate(e, a);
  if (a.kind == V_truth) return val_truth(!a.truth);
  return val_arr(ev_map1(e, f_not, K_bool, val_to_arr(e, a, K_bool)));
}

/* ---- names ---- */

Val ev_name(Eval *e, Str name) {
  Val v;
  Bind *b = scope_look(e->scope, name);
  bool global = b && scope_look(e->globals, name) == b;
  if ((!b || global) && e->self && ev_part(e, e->self, name, &v)) return v;
  if (b) return b->value;
  if (e->self && is_name(e, name, "self")) return (Val){.kind = V_layer, .layer = e->self};
  if (is_name(e, name, "training")) return val_truth(e->training && !(e->self && e->self->frozen));
  ev_fail(e, "the name '%s' has no value", ctx_text(e->ctx, name));
}

static Val member(Eval *e, const Expr *x) {
  Val base = ev_expr(e, x->member.base), v;
  if ((base.kind == V_tuple || base.kind == V_layers) && is_name(e, x->member.name.str, "len"))
    return val_number(base.n);
  if (base.kind == V_layer && ev_part(e, base.layer, x->member.name.str, &v)) return v;
  ev_fail(e, "no member '%s'", ctx_text(e->ctx, x->member.name.str));
}

/* ---- dispatch ---- */

static Val items(Eval *e, const Expr *x) {
  Val v = val_tuple(e, (int)x->items.len);
  bool before = e->size_mode;
  if (x->kind == EX_list) e->size_mode = true;
  for (int i = 0; i < v.n; i++) v.items[i] = ev_expr(e, x->items.data[i]);
  e->size_mode = before;
  return v;
}

Val ev_expr(Eval *e, const Expr *x) {
  switch (x->kind) {
  case EX_number:
    return val_number(x->number.is_int ? (Num)x->number.i : (Num)x->number.f);
  case EX_string:
    return (Val){.kind = V_text, .text = x->string};
  case EX_bool:
    return val_truth(x->boolean);
  case EX_name:
    return ev_name(e, x->name);
  case EX_unary:
    return unary(e, x);
  case EX_binary: {
    Val a = ev_expr(e, x->binary.a), b = ev_expr(e, x->binary.b);
    return ev_binary(e, x->binary.op, a, b);
  }
  case EX_call:
    return ev_call(e, x);
  case EX_reduce:
    return ev_reduce(e, x);
  case EX_member:
    return member(e, x);
  case EX_subscript:
    return ev_subscript(e, x);
  case EX_tuple:
  case EX_list:
    return items(e, x);
  case EX_with:
    return ev_with(e, x);
  default:
    ev_fail(e, "an expression that cannot be read");
  }
}

Arr *ev_arr(Eval *e, const Expr *x) { return val_to_arr(e, ev_expr(e, x), K_f32); }

int64_t ev_size(Eval *e, const Expr *x) {
  bool before = e->size_mode;
  e->size_mode = true;
  Val v = ev_expr(e, x);
  e->size_mode = before;
  if (v.kind != V_number && v.kind != V_index) ev_fail(e, "a size is wanted");
  return (int64_t)floorl(v.number);
}
