/* Built-in functions and index functions. */
#include <math.h>
#include <string.h>

#include "tests/programs/eval.h"

/* ---- elementwise ---- */

static Num f_exp(Num a) { return expl(a); }
static Num f_expm1(Num a) { return expm1l(a); }
static Num f_log(Num a) { return logl(a); }
static Num f_log1p(Num a) { return log1pl(a); }
static Num f_sqrt(Num a) { return sqrtl(a); }
static Num f_rsqrt(Num a) { return 1 / sqrtl(a); }
static Num f_tanh(Num a) { return tanhl(a); }
static Num f_sigmoid(Num a) { return 1 / (1 + expl(-a)); }
static Num f_erf(Num a) { return erfl(a); }
static Num f_sin(Num a) { return sinl(a); }
static Num f_cos(Num a) { return cosl(a); }
static Num f_abs(Num a) { return fabsl(a); }
static Num f_sign(Num a) { return (Num)((a > 0) - (a < 0)); }
static Num f_floor(Num a) { return floorl(a); }
static Num f_ceil(Num a) { return ceill(a); }
static Num f_round(Num a) { return nearbyintl(a); }
static Num f_relu(Num a) { return isnan(a) || a > 0 ? a : 0; }
static Num f_is_nan(Num a) { return isnan(a); }
static Num f_same(Num a) { return a; }
/* Towards zero, into the range of i32; what is no number is 0. */
static Num f_trunc(Num a) {
  if (isnan(a)) return 0;
  return a >= 0x1p31L ? 0x7fffffff : a <= -0x1p31L ? -0x1p31L : truncl(a);
}
static Num f_truth(Num a) { return a != 0; }
static Num f_max(Num a, Num b) { return isnan(a) ? a : isnan(b) ? b : a > b ? a : b; }
static Num f_min(Num a, Num b) { return isnan(a) ? a : isnan(b) ? b : a < b ? a : b; }

static const struct {
  const char *name;
  Fn1 f;
} ones[] = {
    {"exp", f_exp},   {"expm1", f_expm1},   {"log", f_log},          {"log1p", f_log1p},
    {"sqrt", f_sqrt}, {"rsqrt", f_rsqrt},   {"tanh", f_tanh},        {"sigmoid", f_sigmoid},
    {"erf", f_erf},   {"sin", f_sin},       {"cos", f_cos},          {"abs", f_abs},
    {"sign", f_sign}, {"floor", f_floor},   {"ceil", f_ceil},        {"round", f_round},
    {"relu", f_relu}, {"is_nan", f_is_nan}, {"as_sequence", f_same}, {"as_set", f_same},
};

/* abs and relu: on the side of 0 where the number was. */
static void fill_side(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Arr *a = y->in[0];
  for (int64_t i = 0; i < y->count; i++) {
    Num first = y->one(a->first[i]);
    out[i] = first == a->first[i] ? a->x[i] : first == 0 ? 0 : -a->x[i];
    if (a->first[i] == 0 || isnan(first)) out[i] = first;
  }
}

static Arr *by_side(Eval *e, Fn1 f, const Arr *a) {
  Arr *y = arr_of(e, fill_side, 1, a->kind, a->rank, a->dims);
  y->one = f;
  y->rounds = true;
  arr_in(y, 0, a);
  return arr_made(e, y);
}

static Val map_one(Eval *e, Fn1 f, Val v) {
  if (f == f_floor && v.kind == V_number) return val_number(floorl(v.number));
  if (v.kind == V_tuple) {
    Val out = val_tuple(e, v.n);
    for (int i = 0; i < v.n; i++) out.items[i] = map_one(e, f, v.items[i]);
    return out;
  }
  const Arr *a = val_to_arr(e, v, K_f32);
  if (f == f_same) return val_arr((Arr *)a);
  if (f == f_abs || f == f_relu) return val_arr(by_side(e, f, a));
  Arr *y = ev_map1(e, f, f == f_is_nan ? K_bool : a->kind, a);
  y->inexact = f == f_erf; /* 2 / sqrt(pi) */
  y->steps |= f == f_sign || f == f_floor || f == f_ceil || f == f_round;
  return val_arr(y);
}

/* ---- over vectors: index functions ---- */

typedef struct Vec {
  const Num *x, *first; /* first: in the run without changes, which has the same order */
  int64_t n;
  Num *y; /* one number, or n */
} Vec;

static void v_sum(Vec v) {
  v.y[0] = 0;
  for (int64_t i = 0; i < v.n; i++) v.y[0] += v.x[i];
}
static void v_mean(Vec v) {
  v_sum(v);
  v.y[0] /= (Num)v.n;
}
static void v_prod(Vec v) {
  v.y[0] = 1;
  for (int64_t i = 0; i < v.n; i++) v.y[0] *= v.x[i];
}
/* The mean of those that were the largest. */
static void v_most(Vec v, Fn2 f, Num none) {
  Num most = none, n = 0;
  for (int64_t i = 0; i < v.n; i++) most = f(most, v.first[i]);
  v.y[0] = v.n && isfinite(most) ? 0 : most;
  for (int64_t i = 0; i < v.n && isfinite(most); i++)
    if (v.first[i] == most) v.y[0] += (v.x[i] - v.y[0]) / ++n;
}
static void v_max(Vec v) { v_most(v, f_max, -INFINITY); }
static void v_min(Vec v) { v_most(v, f_min, INFINITY); }
static void v_argmax(Vec v) {
  v.y[0] = 0;
  for (int64_t i = 1; i < v.n; i++)
    if (v.x[i] > v.x[(int64_t)v.y[0]]) v.y[0] = (Num)i;
}
static void v_argmin(Vec v) {
  v.y[0] = 0;
  for (int64_t i = 1; i < v.n; i++)
    if (v.x[i] < v.x[(int64_t)v.y[0]]) v.y[0] = (Num)i;
}
static void v_any(Vec v) {
  v.y[0] = 0;
  for (int64_t i = 0; i < v.n; i++) v.y[0] = v.y[0] != 0 || v.x[i] != 0;
}
static void v_all(Vec v) {
  v.y[0] = 1;
  for (int64_t i = 0; i < v.n; i++) v.y[0] = v.y[0] != 0 && v.x[i] != 0;
}
static Num log_sum(Vec v) {
  Num max = -INFINITY, sum = 0;
  for (int64_t i = 0; i < v.n; i++) max = f_max(max, v.x[i]);
  if (!isfinite(max)) max = 0;
  for (int64_t i = 0; i < v.n; i++) sum += expl(v.x[i] - max);
  return logl(sum) + max;
}
static void v_logsumexp(Vec v) { v.y[0] = log_sum(v); }
static void v_log_softmax(Vec v) {
  Num all = log_sum(v);
  for (int64_t i = 0; i < v.n; i++) v.y[i] = v.x[i] - all;
}
static void v_softmax(Vec v) {
  v_log_softmax(v);
  for (int64_t i = 0; i < v.n; i++) v.y[i] = expl(v.y[i]);
}
static void v_cumsum(Vec v) {
  for (int64_t i = 0; i < v.n; i++) v.y[i] = v.x[i] + (i ? v.y[i - 1] : 0);
}
static void v_cumprod(Vec v) {
  for (int64_t i = 0; i < v.n; i++) v.y[i] = v.x[i] * (i ? v.y[i - 1] : 1);
}
static void v_cummax(Vec v) {
  for (int64_t i = 0; i < v.n; i++) v.y[i] = i ? f_max(v.y[i - 1], v.x[i]) : v.x[i];
}
static void v_cummin(Vec v) {
  for (int64_t i = 0; i < v.n; i++) v.y[i] = i ? f_min(v.y[i - 1], v.x[i]) : v.x[i];
}
static void v_reverse(Vec v) {
  for (int64_t i = 0; i < v.n; i++) v.y[i] = v.x[v.n - 1 - i];
}
/* Insertion: equal values keep their order. */
static void v_argsort(Vec v) {
  for (int64_t i = 0; i < v.n; i++) {
    int64_t k = i;
    for (; k > 0 && v.first[(int64_t)v.y[k - 1]] > v.first[i]; k--) v.y[k] = v.y[k - 1];
    v.y[k] = (Num)i;
  }
}
static void v_sort(Vec v) {
  v_argsort(v);
  for (int64_t i = 0; i < v.n; i++) v.y[i] = v.x[(int64_t)v.y[i]];
}

static const struct Along {
  const char *name;
  void (*f)(Vec v);
  bool keeps, place, truth;
} alongs[] = {
    {"sum", v_sum, 0, 0, 0},         {"prod", v_prod, 0, 0, 0},
    {"mean", v_mean, 0, 0, 0},       {"max", v_max, 0, 0, 0},
    {"min", v_min, 0, 0, 0},         {"any", v_any, 0, 0, 1},
    {"all", v_all, 0, 0, 1},         {"logsumexp", v_logsumexp, 0, 0, 0},
    {"argmax", v_argmax, 0, 1, 0},   {"argmin", v_argmin, 0, 1, 0},
    {"softmax", v_softmax, 1, 0, 0}, {"log_softmax", v_log_softmax, 1, 0, 0},
    {"cumsum", v_cumsum, 1, 0, 0},   {"cumprod", v_cumprod, 1, 0, 0},
    {"cummax", v_cummax, 1, 0, 0},   {"cummin", v_cummin, 1, 0, 0},
    {"sort", v_sort, 1, 0, 0},       {"argsort", v_argsort, 1, 1, 0},
    {"reverse", v_reverse, 1, 0, 0},
};

static const struct Along *find_along(Eval *e, Str name) {
  for (size_t i = 0; i < sizeof alongs / sizeof alongs[0]; i++)
    if (is_name(e, name, alongs[i].name)) return &alongs[i];
  return NULL;
}

static Arr *along_result(Eval *e, Fill *fill, const struct Along *f, const Arr *const *of,
                         int64_t n_of, int rank, int64_t n) {
  Kind kind = f->place ? K_idx : f->truth ? K_bool : of[0]->kind;
  Arr *y = arr_of(e, fill, (int)n_of, kind, rank, of[0]->dims);
  y->extent = f->place ? n : of[0]->extent;
  y->rounds = true;
  for (int64_t i = 0; i < n_of; i++) arr_in(y, (int)i, of[i]);
  return y;
}

static void fill_whole(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const struct Along *f = y->plan;
  const Arr *a = y->in[0];
  f->f((Vec){a->x, a->first, a->count, out});
}

static Val whole(Eval *e, const struct Along *f, const Arr *a) {
  if (f->keeps) ev_fail(e, "'%s' needs an index", f->name);
  Arr *y = along_result(e, fill_whole, f, &a, 1, 0, a->count);
  if (f->place && !a->count) ev_doom(e, y, f->name);
  y->plan = f;
  return val_arr(arr_made(e, y));
}

/* The definition whose terms go to places of their own, if this is its sum. */
static const Def *scattered(Eval *e, const Expr *x) {
  const Scope *s = e->scope;
  while (s && !s->def) s = s->up;
  return s && s->def->value == x ? s->def : NULL;
}

/* The operand at each value of the indices; of terms that go to places, at those that go here. */
static const Arr **all_values(Eval *e, const Expr *x, Bind **vars, const int64_t *extents,
                              int64_t *total) {
  int64_t n = *total;
  const Arr **at = ev_alloc(e, sizeof(Arr *) * (size_t)(n + 1));
  Num before[EV_RANK];
  int k = (int)x->reduce.n_indices;
  const Def *def = scattered(e, x);
  *total = 0;
  for (int j = 0; j < k; j++) before[j] = vars[j]->value.number;
  for (int64_t i = 0; i < n; i++) {
    int64_t rest = i;
    for (int j = k - 1; j >= 0; j--) vars[j]->value.number = rest % extents[j], rest /= extents[j];
    if (def && !ev_goes_here(e, def)) continue;
    at[(*total)++] = ev_arr(e, x->reduce.args.data[0].value);
  }
  for (int j = 0; j < k; j++) vars[j]->value.number = before[j];
  return at;
}

int64_t ev_wanted_place(Eval *e, Bind **vars, const int64_t *extents, int n, bool bound) {
  int64_t at = 0;
  if (bound) {
    for (int j = 0; j < n; j++) at = at * extents[j] + (int64_t)vars[j]->value.number;
    return at;
  }
  Scope *s = e->scope;
  while (s && !s->def) s = s->up;
  for (int i = 0; s && i < s->def->n; i++) {
    Bind *v = s->def->vars[i];
    if (!v) continue;
    if (!ev_mentions(s->def->value, v->name)) return (int64_t)v->value.number;
  }
  ev_fail(e, "an index that stays is not on the left");
}

/* A function over the operand's values at all places of the indices. */
typedef struct Over {
  const struct Along *f;
  int64_t total, where;
  Num *in, *first, *out;
} Over;

static void fill_over(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Over *o = y->plan;
  for (int64_t p = 0; p < y->count; p++) {
    for (int64_t i = 0; i < o->total; i++) {
      o->in[i] = y->in[i]->x[p];
      o->first[i] = y->in[i]->first[p];
    }
    o->f->f((Vec){o->in, o->first, o->total, o->out});
    out[p] = o->out[o->where];
  }
}

/* What no elements give: a number, for nothing tells more of what they would be. */
static Val of_nothing(Eval *e, const struct Along *f) {
  if (f->keeps) ev_fail(e, "beyond it: '%s' of nothing", f->name);
  Arr *y = arr_scalar(e, f->place ? K_idx : f->truth ? K_bool : K_f32, 0);
  if (f->place)
    ev_doom(e, y, f->name);
  else
    f->f((Vec){.y = y->x});
  return val_arr(y);
}

static Val over_indices(Eval *e, const Expr *x, const struct Along *f) {
  Bind *vars[EV_RANK];
  int64_t extents[EV_RANK], total = 1;
  int n = (int)x->reduce.n_indices;
  bool bound = false;
  Scope *outer = e->scope;
  const Expr *operand = x->reduce.args.data[0].value;
  if (n > EV_RANK) ev_fail(e, "too many indices");
  Scope *inner = scope_push(e);
  for (int j = 0; j < n; j++) {
    Str name = x->reduce.indices[j].str;
    Bind *b = f->keeps ? scope_look(outer, name) : NULL;
    bound = b && b->value.kind == V_index && !b->value.loop;
    vars[j] = bound ? b : scope_bind_here(e, inner, name, (Val){.kind = V_index});
  }
  e->negative = false;
  for (int j = 0; j < n; j++) {
    const Def *def = scattered(e, x);
    extents[j] = -1;
    for (int i = 0; def && i < def->n && extents[j] < 0; i++)
      if (def->places[i]) extents[j] = ev_extent(e, def->places[i], vars[j]->name);
    if (extents[j] < 0) extents[j] = ev_extent(e, operand, vars[j]->name);
    if (extents[j] < 0) ev_fail(e, "nothing tells the extent of an index");
    total *= extents[j];
  }
  bool negative = e->negative;
  const Arr **at = total ? all_values(e, x, vars, extents, &total) : NULL;
  if (!total) {
    e->scope = outer;
    Val v = of_nothing(e, f);
    if (negative) ev_doom(e, v.arr, "an extent is negative");
    return v;
  }
  Over *o = ev_alloc(e, sizeof *o);
  *o = (Over){.f = f, .total = total};
  o->in = ev_alloc(e, sizeof(Num) * (size_t)total);
  o->first = ev_alloc(e, sizeof(Num) * (size_t)total);
  o->out = ev_alloc(e, sizeof(Num) * (size_t)total);
  if (f->keeps) o->where = ev_wanted_place(e, vars, extents, n, bound);
  Arr *y = along_result(e, fill_over, f, at, total, at[0]->rank, total);
  y->plan = o;
  e->scope = outer;
  return val_arr(arr_made(e, y));
}

/* ---- pieces put together ---- */

/* In rows of the axes before the one that is put together. */
static void fill_concat(Eval *e, const Arr *y, Num *out) {
  (void)e;
  int64_t at = 0, outer = *(const int64_t *)y->plan;
  for (int64_t o = 0; o < outer; o++)
    for (int i = 0; i < y->n_in; i++) {
      int64_t run = y->in[i]->count / outer;
      memcpy(out + at, y->in[i]->x + o * run, sizeof(Num) * (size_t)run);
      at += run;
    }
}

static Arr *concat(Eval *e, Arr **parts, int n, int axis) {
  int64_t dims[EV_RANK], total = 0, *outer = ev_alloc(e, sizeof *outer);
  if (axis < 0) axis = parts[0]->rank - 1;
  memcpy(dims, parts[0]->dims, sizeof dims);
  for (int i = 0; i < n; i++) {
    if (parts[i]->rank != parts[0]->rank) ev_fail(e, "ranks to be concatenated");
    total += parts[i]->dims[axis];
  }
  dims[axis] = total;
  *outer = 1;
  for (int i = 0; i < axis; i++) *outer *= dims[i];
  Arr *y = arr_of(e, fill_concat, n, parts[0]->kind, parts[0]->rank, dims);
  y->extent = parts[0]->extent;
  y->plan = outer;
  for (int i = 0; i < n; i++) arr_in(y, i, parts[i]);
  if (!*outer) y->fill = NULL;
  return arr_made(e, y);
}

static Arr *reshaped(Eval *e, const Arr *a, int rank, const int64_t *dims) {
  int64_t count = 1;
  for (int i = 0; i < rank; i++) count *= dims[i];
  if (count != a->count) ev_fail(e, "a reshape to another number of elements");
  Arr *y = arr_copy(e, a);
  y->rank = rank;
  memcpy(y->dims, dims, sizeof(int64_t) * (size_t)rank);
  return arr_made(e, y);
}

static Arr *stack(Eval *e, Arr **parts, int n) {
  int64_t dims[EV_RANK] = {1};
  for (int i = 0; i < n; i++) {
    memcpy(dims + 1, parts[i]->dims, sizeof(int64_t) * (size_t)parts[i]->rank);
    parts[i] = reshaped(e, parts[i], parts[i]->rank + 1, dims);
  }
  return concat(e, parts, n, 0);
}

/* Each element from one place: y->plan. */
static void fill_moved(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const int64_t *from = y->plan;
  for (int64_t i = 0; i < y->count; i++) out[i] = y->in[0]->x[from[i]];
}

static Arr *moved(Eval *e, const Arr *a, int64_t **from, const int64_t *dims) {
  Arr *y = arr_of(e, fill_moved, 1, a->kind, a->rank, dims);
  y->plan = *from = ev_alloc(e, sizeof(int64_t) * (size_t)(y->count + 1));
  y->extent = a->extent;
  arr_in(y, 0, a);
  return y;
}

static Val split(Eval *e, const Arr *a, int64_t k) {
  int64_t last = a->dims[a->rank - 1] / k, dims[EV_RANK], *from;
  Val out = val_tuple(e, (int)k);
  memcpy(dims, a->dims, sizeof dims);
  dims[a->rank - 1] = last;
  for (int64_t p = 0; p < k; p++) {
    Arr *y = moved(e, a, &from, dims);
    for (int64_t i = 0; i < y->count; i++) from[i] = i / last * (last * k) + p * last + i % last;
    out.items[p] = val_arr(arr_made(e, y));
  }
  return out;
}

static Arr *transposed(Eval *e, const Arr *a) {
  int64_t dims[EV_RANK], r = a->dims[a->rank - 2], c = a->dims[a->rank - 1], *from;
  memcpy(dims, a->dims, sizeof dims);
  dims[a->rank - 2] = c;
  dims[a->rank - 1] = r;
  Arr *y = moved(e, a, &from, dims);
  for (int64_t i = 0; i < y->count; i++) {
    int64_t m = i / (r * c), p = i % (r * c);
    from[i] = m * r * c + p % r * c + p / r;
  }
  return arr_made(e, y);
}

static void fill_hot(Eval *e, const Arr *y, Num *out) {
  (void)e;
  int64_t n = y->dims[y->rank - 1];
  for (int64_t i = 0; i < y->count; i++) out[i] = y->in[0]->x[i / n] == (Num)(i % n);
}

static Arr *one_hot(Eval *e, const Arr *a, int64_t n) {
  int64_t dims[EV_RANK + 1];
  memcpy(dims, a->dims, sizeof a->dims);
  dims[a->rank] = n;
  Arr *y = arr_of(e, fill_hot, 1, K_f32, a->rank + 1, dims);
  arr_in(y, 0, a);
  return arr_made(e, y);
}

static void fill_take(Eval *e, const Arr *y, Num *out) {
  (void)e;
  const Arr *a = y->in[0], *index = y->in[1];
  int64_t row = index->count ? y->count / index->count : 0;
  for (int64_t i = 0; i < index->count; i++)
    memcpy(out + i * row, a->x + (int64_t)index->x[i] * row, sizeof(Num) * (size_t)row);
}

static Arr *take(Eval *e, const Arr *a, const Arr *index) {
  int64_t dims[2 * EV_RANK];
  for (int i = 0; i < index->rank; i++) dims[i] = index->dims[i];
  for (int i = 1; i < a->rank; i++) dims[index->rank + i - 1] = a->dims[i];
  Arr *y = arr_of(e, fill_take, 2, a->kind, index->rank + a->rank - 1, dims);
  y->extent = a->extent;
  arr_in(y, 0, a);
  arr_in(y, 1, index);
  return arr_made(e, y);
}

static void fill_index(Eval *e, const Arr *y, Num *out) {
  (void)e;
  for (int64_t i = 0; i < y->count; i++)
    out[i] = f_max(0, f_min(y->in[0]->x[i], (Num)(y->extent - 1)));
}

static Arr *as_index(Eval *e, const Arr *a, int64_t n) {
  Arr *y = arr_copy(e, a);
  y->fill = fill_index;
  y->kind = K_idx;
  y->extent = n;
  if (n < 1 && a->count) ev_doom(e, y, "an index into an empty axis");
  return arr_made(e, y);
}

static void fill_filled(Eval *e, const Arr *y, Num *out) {
  (void)e;
  for (int64_t i = 0; i < y->count; i++) out[i] = y->in[0]->x[0];
}

static Arr *filled(Eval *e, const Arr *with, const Args *args, uint32_t first) {
  int64_t dims[EV_RANK];
  int rank = (int)(args->len - first);
  if (rank > EV_RANK) ev_fail(e, "too many axes");
  for (int i = 0; i < rank; i++) dims[i] = ev_size(e, args->data[first + (uint32_t)i].value);
  Arr *y = arr_of(e, fill_filled, 1, with->kind, rank, dims);
  arr_in(y, 0, with);
  return arr_made(e, y);
}

/* ---- dispatch ---- */

static bool convert(Eval *e, Str name, Val v, Val *out) {
  static const char *const names[] = {"f32", "f64", "bf16", "i32", "bool"};
  for (int k = 0; k < 5; k++) {
    if (!is_name(e, name, names[k])) continue;
    const Arr *a = val_to_arr(e, v, k == K_i32 ? K_i32 : K_f32);
    Fn1 f = k == K_i32 ? f_trunc : k == K_bool ? f_truth : f_same;
    *out = val_arr(ev_map1(e, f, (Kind)k, a));
    return true;
  }
  return false;
}

static Arr **arrays_of(Eval *e, const Args *args) {
  Arr **a = ev_alloc(e, sizeof(Arr *) * (args->len + 1));
  for (uint32_t i = 0; i < args->len; i++) a[i] = ev_arr(e, args->data[i].value);
  return a;
}

static Num first_at(const Arr *a, const Arr *y, int64_t i) {
  return a->first[ev_place(a, y->rank, y->dims, i)];
}

/* max and min: the one that it was, at a tie the mean. */
static void fill_larger(Eval *e, const Arr *y, Num *out) {
  (void)e;
  for (int64_t i = 0; i < y->count; i++) {
    Num a = first_at(y->in[0], y, i), b = first_at(y->in[1], y, i), first = y->two(a, b);
    Num x = y->in[0]->x[ev_place(y->in[0], y->rank, y->dims, i)];
    Num z = y->in[1]->x[ev_place(y->in[1], y->rank, y->dims, i)];
    out[i] = a == b ? x / 2 + z / 2 : first == a ? x : first == b ? z : first;
  }
}

static Val two_or_all(Eval *e, Str name, const Args *args) {
  Val v[2] = {{0}};
  bool max = is_name(e, name, "max");
  for (uint32_t i = 0; i < args->len && i < 2; i++) v[i] = ev_expr(e, args->data[i].value);
  if (args->len == 1) return whole(e, find_along(e, name), val_to_arr(e, v[0], K_f32));
  if (v[0].kind == V_number && v[1].kind == V_number)
    return val_number(max ? f_max(v[0].number, v[1].number) : f_min(v[0].number, v[1].number));
  Kind kind = ev_common(e, v, 2);
  return val_arr(ev_pair(e, fill_larger, max ? f_max : f_min, kind, val_to_arr(e, v[0], kind),
                         val_to_arr(e, v[1], kind)));
}

static Val choose(Eval *e, const Args *args) {
  Val v[3];
  for (int i = 0; i < 3; i++) v[i] = ev_expr(e, args->data[i].value);
  if (v[0].kind == V_truth && v[1].kind != V_array && v[2].kind != V_array)
    return v[0].truth ? v[1] : v[2];
  Kind kind = ev_common(e, v + 1, 2);
  return val_arr(ev_choose(e, val_to_arr(e, v[0], K_bool), val_to_arr(e, v[1], kind),
                           val_to_arr(e, v[2], kind)));
}

/* A constant for all derivatives. */
static Val stopped(Eval *e, const Expr *x) {
  Val v = ev_expr(e, x->call.args.data[0].value);
  if (v.kind == V_tuple) ev_fail(e, "stop_gradient of a tuple");
  Arr *a = val_to_arr(e, v, K_f32);
  return val_arr(arr_constant(e, a));
}

/* Functions of arrays and sizes. */
static bool shaped(Eval *e, Str name, const Args *args, Val *out) {
  const Expr *second = args->len > 1 ? args->data[1].value : NULL;
  if (is_name(e, name, "zeros") || is_name(e, name, "ones"))
    *out = val_arr(filled(e, arr_scalar(e, K_f32, is_name(e, name, "ones")), args, 0));
  else if (is_name(e, name, "full"))
    *out = val_arr(filled(e, ev_arr(e, args->data[0].value), args, 1));
  else if (is_name(e, name, "size"))
    *out = val_number((Num)ev_size(e, args->data[0].value));
  else if (is_name(e, name, "iota")) {
    int64_t n = ev_size(e, args->data[0].value);
    Arr *y = arr_new(e, K_idx, 1, &n);
    y->extent = n;
    for (int64_t i = 0; i < n; i++) y->x[i] = (Num)i;
    *out = val_arr(arr_made(e, y));
  } else if (is_name(e, name, "index"))
    *out = val_arr(
        as_index(e, val_to_arr(e, ev_expr(e, args->data[0].value), K_i32), ev_size(e, second)));
  else if (is_name(e, name, "one_hot"))
    *out = val_arr(one_hot(e, ev_arr(e, args->data[0].value), ev_size(e, second)));
  else if (is_name(e, name, "split"))
    *out = split(e, ev_arr(e, args->data[0].value), ev_size(e, second));
  else if (is_name(e, name, "reshape")) {
    const Arr *a = ev_arr(e, args->data[0].value);
    Val list = ev_expr(e, second);
    int64_t dims[EV_RANK];
    for (int i = 0; i < list.n && i < EV_RANK; i++) dims[i] = (int64_t)list.items[i].number;
    *out = val_arr(reshaped(e, a, list.n, dims));
  } else
    return false;
  return true;
}

bool ev_builtin(Eval *e, const Expr *x, Str name, const Args *args, Val *out) {
  if (is_name(e, name, "grad")) return *out = ev_grad(e, x), true;
  if (is_name(e, name, "stop_gradient")) return *out = stopped(e, x), true;
  if (is_name(e, name, "max") || is_name(e, name, "min"))
    return *out = two_or_all(e, name, args), true;
  if (is_name(e, name, "where")) return *out = choose(e, args), true;
  if (is_name(e, name, "weights"))
    return *out = ev_layer_weights(e, ev_expr(e, args->data[0].value).layer), true;
  if (shaped(e, name, args, out)) return true;
  for (size_t i = 0; i < sizeof ones / sizeof ones[0]; i++)
    if (is_name(e, name, ones[i].name))
      return *out = map_one(e, ones[i].f, ev_expr(e, args->data[0].value)), true;
  if (is_name(e, name, "concat"))
    *out = val_arr(concat(e, arrays_of(e, args), (int)args->len, -1));
  else if (is_name(e, name, "stack"))
    *out = val_arr(stack(e, arrays_of(e, args), (int)args->len));
  else if (is_name(e, name, "transpose"))
    *out = val_arr(transposed(e, ev_arr(e, args->data[0].value)));
  else if (is_name(e, name, "take"))
    *out = val_arr(take(e, ev_arr(e, args->data[0].value), ev_arr(e, args->data[1].value)));
  else if (is_name(e, name, "pad"))
    *out = ev_pad(e, args, NULL);
  else if (find_along(e, name))
    *out = whole(e, find_along(e, name), ev_arr(e, args->data[0].value));
  else
    return args->len == 1 && convert(e, name, ev_expr(e, args->data[0].value), out);
  return true;
}

Val ev_reduce(Eval *e, const Expr *x) {
  if (is_name(e, x->reduce.name.str, "concat"))
    return val_arr(concat(e, arrays_of(e, &x->reduce.args), (int)x->reduce.args.len,
                          x->reduce.axis ? (int)ev_size(e, x->reduce.axis) : -1));
  if (is_name(e, x->reduce.name.str, "pad"))
    return x->reduce.n_indices ? ev_pad_along(e, x) : ev_pad(e, &x->reduce.args, x->reduce.axis);
  const struct Along *f = find_along(e, x->reduce.name.str);
  if (!f) ev_fail(e, "an index function that is not known");
  if (!x->reduce.n_indices) return whole(e, f, ev_arr(e, x->reduce.args.data[0].value));
  return over_indices(e, x, f);
}
