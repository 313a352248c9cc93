/* Expressions on whole tensors. */
#include <string.h>

#include "tests/programs/gen.h"

/* ---- what is there ---- */

static bool floats(const Gen *g, const Var *v, const void *shape) {
  (void)g;
  return v->kind == 'f' && same_shapes(v->shape, *(const Shape *)shape);
}

static bool any_float(const Gen *g, const Var *v, const void *user) {
  (void)g;
  (void)user;
  return v->kind == 'f';
}

static const char *use(Gen *g, const Var *v) {
  g->deps |= v->deps;
  return v->name;
}

/* A fixed place of an axis, or one that an index points to; NULL: ':'. */
static const char *place(Gen *g, Extent dim) {
  const char *options[8];
  int n = 0;
  for (int i = 0; i < g->n_counters && n < 4; i++)
    if (g->counters[i].loop && same_dim(g->counters[i].dim, dim))
      options[n++] = g->counters[i].name;
  if (n && chance(g, 75)) return options[below(g, n)];
  for (int i = g->first_var; i < g->n_vars && n < 6; i++)
    if (g->vars[i].kind == 'x' && !g->vars[i].shape.rank && same_dim(g->vars[i].extent, dim))
      options[n++] = g->vars[i].name;
  if (strchr("23456789", dim.text[0]) && !dim.text[1]) options[n++] = "1";
  options[n++] = dim.value > 0 ? "0" : NULL;
  return options[below(g, n)];
}

/* v with some axes fixed, so that the shape is left; NULL when that cannot be. */
static const char *part_of(Gen *g, const Var *v, Shape s) {
  const char *text = "";
  int k = 0, left = v->shape.rank - s.rank;
  if (left < 1) return NULL;
  for (int i = 0; i < v->shape.rank; i++) {
    bool keep = k < s.rank && same_dim(v->shape.d[i], s.d[k]) && (!left || chance(g, 60));
    const char *at = ":";
    if (keep)
      k++;
    else if (!left-- || strstr(v->shape.d[i].text, "-") || !(at = place(g, v->shape.d[i])))
      return NULL;
    text = txt(g, "%s%s%s", text, i ? ", " : "", at);
  }
  return k == s.rank && !left ? txt(g, "%s[%s]", use(g, v), text) : NULL;
}

static const char *leaf(Gen *g, Shape s) {
  Var *v = chance(g, 85) ? pick_var(g, floats, &s) : NULL;
  if (v) return use(g, v);
  for (int i = 0; i < 6; i++) {
    v = pick_var(g, any_float, NULL);
    const char *part = v ? part_of(g, v, s) : NULL;
    if (part) return part;
  }
  Shape turned = {2, {s.d[1], s.d[0]}};
  v = s.rank == 2 ? pick_var(g, floats, &turned) : NULL;
  if (v) return txt(g, "transpose(%s)", use(g, v));
  if (!s.rank) return number(g);
  v = pick_var(g, floats, &(Shape){0});
  if (v && chance(g, 60)) return txt(g, "full(%s, %s)", use(g, v), dims_text(g, s));
  return txt(g, "%s(%s)", chance(g, 50) ? "ones" : "zeros", dims_text(g, s));
}

/* ---- functions of one and two numbers that stay small ---- */

/* The count of elements of something large that is never stored: beyond 2^31 for each size. */
static const char *counted(Gen *g, Shape s, int depth) {
  const char *dim = some_dim(g).text;
  return txt(g, "(%s / 4e9 * (%s * 65537 * 32769))", expr(g, s, depth - 1), dim);
}

/* A branch that would be infinite or no number where it is not taken. */
static const char *guarded(Gen *g, Shape s, int depth) {
  static const char *const ones[] = {"sqrt", "log", "rsqrt", "1 / "};
  const char *x = expr(g, s, depth - 1), *one = ones[below(g, 4)];
  return txt(g, "where(%s > 0.125, tanh(0.25 * %s(%s)), %s)", x, one, x, number(g));
}

static const char *unary(Gen *g, Shape s, int depth) {
  static const char *const forms[] = {
      "tanh(%s)",
      "sin(%s)",
      "cos(%s)",
      "sigmoid(%s)",
      "erf(%s)",
      "(-%s)",
      "relu(%s)",
      "abs(%s)",
      "max(%s, 0)",
      "min(%s, 0)",
      "exp(-abs(%s))",
      "expm1(tanh(%s))",
      "log(1 + abs(%s))",
      "log1p(abs(%s))",
      "sqrt(0.375 + abs(%s))",
      "rsqrt(1 + abs(%s))",
      "tanh(%s) ** 2",
      "tanh(%s) ** 3",
      "sin(%s) ** 2",
      "(1 + abs(%s)) ** 0.75",
      "1 / (1 + abs(%s))",
      "floor(%s)",
      "round(%s)",
      "sign(%s)",
      "ceil(%s)",
      "stop_gradient(%s)",
      "(%s) % 1.75",
      "f32(f64(%s))",
      "where(%s > 0, 2.0 ** 57, -(2.0 ** 55)) % 7.0",
      "abs(%s) % inf",
  };
  int n = sizeof forms / sizeof forms[0];
  if (chance(g, 2)) return counted(g, s, depth);
  if (chance(g, 2)) return guarded(g, s, depth);
  const char *form = forms[chance(g, 80) ? below(g, 21) : 21 + below(g, n - 21)];
  const char *operand = expr(g, s, depth - 1), *hole = strstr(form, "%s");
  return txt(g, "(%.*s%s%s)", (int)(hole - form), form, operand, hole + 2);
}

static const char *binary(Gen *g, Shape s, int depth) {
  static const char *const operators[] = {"+", "-", "*"};
  Shape other = s;
  if (s.rank && chance(g, 40)) { /* the end of the shape */
    int drop = 1 + below(g, s.rank);
    other.rank -= drop;
    memmove(other.d, other.d + drop, sizeof(Extent) * (size_t)other.rank);
  }
  const char *a = expr(g, s, depth - 1), *b = expr(g, other, depth - 1), *c;
  if (chance(g, 30)) c = a, a = b, b = c;
  switch (below(g, 12)) {
  case 0:
    return txt(g, "max(%s, %s)", a, b);
  case 1:
    return txt(g, "min(%s, %s)", a, b);
  case 2:
    return txt(g, "(%s / (1 + abs(%s)))", a, b);
  case 3:
    return txt(g, "where(%s > %s, %s, %s)", a, b, a, expr(g, s, depth - 2));
  default:
    return txt(g, "(%s %s %s)", a, operators[below(g, 3)], b);
  }
}

static const char *product(Gen *g, Shape s, int depth) {
  Extent k = some_dim(g);
  Shape a = s, b = {2, {k, s.d[s.rank - 1]}};
  a.d[s.rank - 1] = k;
  return txt(g, "(%s @ %s)", expr(g, a, depth - 2), expr(g, b, depth - 2));
}

static const char *spread(Gen *g, Shape s, int depth) {
  Shape rows = {1, {s.d[0]}};
  const char *v = leaf(g, rows);
  return txt(g, "(%s * (%s)[:, new])", expr(g, s, depth - 1), v);
}

static const char *choice(Gen *g, Shape s, int depth) {
  return txt(g, "where(%s, %s, %s)", truth(g, s, depth - 1), expr(g, s, depth - 1),
             expr(g, s, depth - 1));
}

static const char *by_call(Gen *g, Shape s, int depth) {
  for (int i = 0; i < 4 && g->n_funs; i++) {
    const Fun *f = &g->funs[below(g, g->n_funs)];
    Shape result;
    if (f->n_results != 1 || f->result.rank != s.rank) continue;
    uint64_t deps = g->deps;
    const char *text = call(g, f, depth - 1, &result);
    if (text && same_shapes(result, s)) return text;
    g->deps = deps;
  }
  return leaf(g, s);
}

const char *reduced(Gen *g, const Var *v) {
  static const char *const names[] = {"sum", "mean", "sum",       "mean",
                                      "max", "min",  "logsumexp", "prod"};
  const char *name = use(g, v);
  if (!v->shape.rank) return name;
  return txt(g, "%s(%s)", names[below(g, 8)], name);
}

static const char *total(Gen *g, int depth) {
  static const char *const names[] = {"sum", "mean", "max", "min", "logsumexp", "prod"};
  Shape s = some_shape(g, 2);
  if (!s.rank) return leaf(g, s);
  return txt(g, "%s(%s)", names[below(g, chance(g, 60) ? 2 : 6)], expr(g, s, depth - 1));
}

const char *truth(Gen *g, Shape s, int depth) {
  static const char *const compare[] = {"<", "<=", ">", ">=", "!=", "=="};
  if (depth > 0 && chance(g, 20))
    return txt(g, "(%s %s %s)", truth(g, s, depth - 1), chance(g, 50) ? "and" : "or",
               truth(g, s, depth - 1));
  if (depth > 0 && chance(g, 10)) return txt(g, "(not %s)", truth(g, s, depth - 1));
  return txt(g, "(%s %s %s)", expr(g, s, depth - 1), compare[below(g, chance(g, 90) ? 4 : 6)],
             chance(g, 50) ? number(g) : expr(g, s, depth - 1));
}

const char *expr(Gen *g, Shape s, int depth) {
  if (depth <= 0 || chance(g, 15)) return leaf(g, s);
  int kind = below(g, 100);
  if (kind < 34) return unary(g, s, depth);
  if (kind < 66) return binary(g, s, depth);
  if (kind < 76) return choice(g, s, depth);
  if (kind < 84 && s.rank >= 1 && depth > 1) return product(g, s, depth);
  if (kind < 88 && s.rank == 2) return spread(g, s, depth);
  if (kind < 92) return by_call(g, s, depth);
  if (kind < 98 && depth > 0) return layout(g, s, depth);
  if (!s.rank) return total(g, depth);
  return leaf(g, s);
}

/* ---- calls ---- */

/* What A and B stand for. */
static Extent resolved(Extent d, const Extent *sizes) {
  if (!strcmp(d.text, "A")) return sizes[0];
  if (!strcmp(d.text, "B")) return sizes[1];
  return d;
}

static Shape resolved_shape(Shape s, const Extent *sizes) {
  for (int i = 0; i < s.rank; i++) s.d[i] = resolved(s.d[i], sizes);
  return s;
}

const char *call(Gen *g, const Fun *f, int depth, Shape *result) {
  Extent sizes[2] = {some_dim(g), some_dim(g)};
  const char *text = "";
  for (int i = 0; i < f->n_params; i++) {
    const char *arg = expr(g, resolved_shape(f->params[i], sizes), depth);
    if (f->set && !i) arg = txt(g, "as_set(%s)", arg);
    text = txt(g, "%s%s%s", text, i ? ", " : "", arg);
  }
  *result = resolved_shape(f->result, sizes);
  g->deps |= f->deps;
  return txt(g, "%s(%s)", f->name, text);
}
