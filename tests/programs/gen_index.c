/* Definitions in index notation: y[a, b] = e. */
#include <string.h>

#include "tests/programs/gen.h"

static const char *index_expr(Gen *g, int depth);

static bool indexed(const Gen *g, const Var *v, const void *user) {
  (void)g;
  (void)user;
  return v->kind == 'f' && v->shape.rank > 0;
}

static bool has_axis(const Gen *g, const Var *v, const void *dim) {
  (void)g;
  bool has = false;
  for (int i = 0; i < v->shape.rank; i++)
    has = has || same_dim(v->shape.d[i], *(const Extent *)dim);
  return v->kind == 'f' && has;
}

/* An index into an axis, of any shape. */
static bool points_into(const Gen *g, const Var *v, const void *dim) {
  (void)g;
  return v->kind == 'x' && v->shape.rank <= 1 && same_dim(v->extent, *(const Extent *)dim);
}

static const char *counter_of(Gen *g, Extent dim, bool loops) {
  const char *found = NULL;
  int seen = 0;
  for (int i = 0; i < g->n_counters; i++)
    if (same_dim(g->counters[i].dim, dim) && (loops || !g->counters[i].loop) &&
        below(g, ++seen) == 0)
      found = g->counters[i].name;
  return found;
}

/* A number computed from indices that lies in the axis, or NULL. */
static const char *computed(Gen *g, Extent dim) {
  const char *index = counter_of(g, dim, true);
  if (strpbrk(dim.text, "-*") || !g->n_counters) return NULL;
  const char *any = g->counters[below(g, g->n_counters)].name;
  switch (below(g, index ? 6 : 2)) {
  case 0:
    return txt(g, "(%d * %s + %d) %% %s", 1 + below(g, 2), any, below(g, 3), dim.text);
  case 1:
    return txt(g, "%s - 1 - (%s + %s) %% %s", dim.text, any,
               g->counters[below(g, g->n_counters)].name, dim.text);
  case 2:
    return txt(g, "max(%s - 1, 0)", index);
  case 3:
    return txt(g, "min(%s + 1, %s - 1)", index, dim.text);
  case 4:
    return txt(g, "i32(%s) * 3 / 3", index);
  default:
    return txt(g, "where(%s == 0, %s, %s - %s)", any, index, dim.text, txt(g, "1 - %s", index));
  }
}

/* A subscript for an axis. */
static const char *subscript(Gen *g, Extent dim) {
  const char *index = counter_of(g, dim, true);
  Var *points = chance(g, 35) ? pick_var(g, points_into, &dim) : NULL;
  const char *sum = chance(g, 12) ? computed(g, dim) : NULL;
  if (sum) return sum;
  if (points && !points->shape.rank) return g->deps |= points->deps, points->name;
  if (points) {
    const char *at = counter_of(g, points->shape.d[0], true);
    if (at) return g->deps |= points->deps, txt(g, "%s[%s]", points->name, at);
  }
  /* an index of a shorter axis, shifted or turned round */
  for (int i = 0; i < g->n_counters; i++) {
    const char *text = g->counters[i].dim.text, *minus = strstr(text, " - 1");
    if (!minus || strncmp(text, dim.text, (size_t)(minus - text)) || dim.text[minus - text])
      continue;
    if (chance(g, 50)) return txt(g, "%s + 1", g->counters[i].name);
    return chance(g, 50) ? txt(g, "%s - 1 - %s", dim.text, g->counters[i].name)
                         : g->counters[i].name;
  }
  if (index && chance(g, 92)) return index;
  return strstr(dim.text, "-") ? index : "0";
}

static const char *element(Gen *g, const Var *v) {
  const char *text = "";
  for (int i = 0; i < v->shape.rank; i++) {
    const char *at = subscript(g, v->shape.d[i]);
    if (!at) return number(g);
    text = txt(g, "%s%s%s", text, i ? ", " : "", at);
  }
  g->deps |= v->deps;
  return v->shape.rank ? txt(g, "%s[%s]", v->name, text) : v->name;
}

/* An element of a variable that has that axis, at that index. */
static const char *element_at(Gen *g, const Var *v, Extent dim, const char *index) {
  const char *text = "";
  bool done = false;
  for (int i = 0; i < v->shape.rank; i++) {
    bool here = same_dim(v->shape.d[i], dim) && (!done || chance(g, 50));
    const char *at = here ? index : subscript(g, v->shape.d[i]);
    done = done || here;
    if (!at) at = "0";
    text = txt(g, "%s%s%s", text, i ? ", " : "", at);
  }
  g->deps |= v->deps;
  return txt(g, "%s[%s]", v->name, text);
}

static bool reducible(const Gen *g, const Var *v, const void *user) {
  return indexed(g, v, user) && !strstr(v->shape.d[v->shape.rank - 1].text, "-");
}

static const char *reduction(Gen *g, int depth) {
  static const char *const names[] = {"sum", "sum", "mean", "prod", "max", "min", "logsumexp"};
  Var *v = pick_var(g, reducible, NULL);
  if (!v || g->n_counters >= 6) return number(g);
  Extent dim = v->shape.d[v->shape.rank - 1];
  const char *index = new_name(g, "r");
  g->counters[g->n_counters++] = (Counter){index, dim, false};
  const char *at = element_at(g, v, dim, index);
  const char *operand =
      depth > 0 && chance(g, 70) ? txt(g, "%s * %s", at, index_expr(g, depth - 1)) : at;
  g->n_counters--;
  return txt(g, "%s[%s](%s)", names[below(g, 7)], index, operand);
}

/* softmax[b](x[a, b]): along an index of the left side. */
static const char *along(Gen *g) {
  static const char *const names[] = {"softmax", "log_softmax", "cumsum", "reverse", "sort",
                                      "softmax", "cumprod",     "cummax", "cummin"};
  for (int i = 0; i < g->n_counters; i++) {
    const Counter c = g->counters[i];
    Var *v = c.loop ? NULL : pick_var(g, has_axis, &c.dim);
    if (!v || chance(g, 30)) continue;
    return txt(g, "%s[%s](%s)", names[below(g, 9)], c.name, element_at(g, v, c.dim, c.name));
  }
  return number(g);
}

static const char *index_leaf(Gen *g) {
  Var *v = pick_var(g, indexed, NULL);
  if (v && chance(g, 85)) return element(g, v);
  if (g->n_counters && chance(g, 60))
    return txt(g, "f32(%s)", g->counters[below(g, g->n_counters)].name);
  v = pick_var(g, indexed, NULL);
  return v ? element(g, v) : number(g);
}

static const char *condition(Gen *g, int depth) {
  if (g->n_counters > 1 && chance(g, 50))
    return txt(g, "%s %s %s", g->counters[below(g, g->n_counters)].name,
               chance(g, 50) ? "<=" : "!=", g->counters[below(g, g->n_counters)].name);
  if (g->n_counters && chance(g, 40))
    return txt(g, "%s %s 1", g->counters[below(g, g->n_counters)].name, chance(g, 50) ? "<" : "==");
  return txt(g, "%s > %s", index_expr(g, depth - 1), number(g));
}

static const char *index_expr(Gen *g, int depth) {
  static const char *const ones[] = {"tanh", "sin", "cos", "sigmoid", "abs", "relu", "erf"};
  static const char *const operators[] = {"+", "-", "*"};
  if (depth <= 0) return index_leaf(g);
  switch (below(g, 12)) {
  case 0:
  case 1:
    return txt(g, "%s(%s)", ones[below(g, 7)], index_expr(g, depth - 1));
  case 2:
  case 3:
    return reduction(g, depth - 1);
  case 4:
    return along(g);
  case 5:
    return txt(g, "where(%s, %s, %s)", condition(g, depth - 1), index_expr(g, depth - 1),
               index_expr(g, depth - 1));
  case 6:
    if (g->n_counters && chance(g, 50))
      return txt(g, "%s ** f32(%s)", index_leaf(g), g->counters[below(g, g->n_counters)].name);
    return txt(g, "(%s) ** %d", index_expr(g, depth - 1), 2 + below(g, 2));
  case 7:
    return index_leaf(g);
  default:
    return txt(g, "(%s %s %s)", index_expr(g, depth - 1), operators[below(g, 3)],
               index_expr(g, depth - 1));
  }
}

/* y[b] = argmax[n](x[b, n]), and what is looked up there. */
static bool pointers(Gen *g) {
  static const char *const names[] = {"argmax", "argmin", "argsort"};
  Var *v = pick_var(g, indexed, NULL);
  if (!v || v->shape.rank > 2 || strstr(v->shape.d[0].text, "-") ||
      strstr(v->shape.d[v->shape.rank - 1].text, "-"))
    return false;
  const Var x = *v;
  Extent last = x.shape.d[x.shape.rank - 1];
  const char *name = new_name(g, "k");
  int which = below(g, 3);
  Shape s = {.rank = x.shape.rank - (which < 2)};
  for (int i = 0; i < s.rank; i++) s.d[i] = x.shape.d[i];
  if (x.shape.rank == 1 && which < 2)
    line(g, "%s = %s(%s)", name, names[which], x.name);
  else if (x.shape.rank == 1)
    line(g, "%s[q] = argsort[p](%s[p])", name, x.name);
  else
    line(g, which < 2 ? "%s[a] = %s[p](%s[a, p])" : "%s[a, q] = %s[p](%s[a, p])", name,
         names[which], x.name);
  add_var(g, name, 'x', s, 0)->extent = last;
  return true;
}

/* ---- terms that go to places of their own ---- */

static bool goes_to(const Gen *g, const Var *v, const void *user) {
  (void)g;
  (void)user;
  return v->kind == 'x' && v->shape.rank == 1;
}

/* y[k[q], i] = sum[q](e). Places without a term may get what is infinite: it is replaced. */
static bool scattered(Gen *g) {
  static const char *const names[] = {"sum", "sum", "sum", "prod", "max", "min", "logsumexp"};
  const Var *k = pick_var(g, goes_to, NULL);
  if (!k || g->n_counters >= 5) return false;
  Shape s = {1, {k->extent}};
  const char *q = new_name(g, "q"), *left = txt(g, "%s[%s]", k->name, q), *with = "";
  const char *name = new_name(g, "y");
  int which = below(g, 7), before = g->n_counters;
  Extent terms = k->shape.d[0];
  g->counters[g->n_counters++] = (Counter){q, terms, false};
  if (chance(g, 50)) {
    const char *i = new_name(g, "i");
    Extent d = some_dim(g);
    bool first = chance(g, 40);
    s = first ? (Shape){2, {d, k->extent}} : (Shape){2, {k->extent, d}};
    left = first ? txt(g, "%s, %s", i, left) : txt(g, "%s, %s", left, i);
    with = txt(g, " with %s in %s", i, d.text);
    g->counters[g->n_counters++] = (Counter){i, d, false};
  }
  g->deps = 0;
  Var *v = pick_var(g, has_axis, &terms);
  const char *value = index_expr(g, 2);
  if (v) value = txt(g, "%s * %s", element_at(g, v, terms, q), value);
  g->n_counters = before;
  line(g, "%s[%s] = %s[%s](%s)%s", name, left, names[which], q, value, with);
  if (which > 3) line(g, "%s = where(abs(%s) < 1000, %s, %s)", name, name, name, number(g));
  add_var(g, name, 'f', s, g->deps);
  return true;
}

/* p[i, u] = pad[t](e, 1, 2), and a window over it. */
static bool windowed(Gen *g) {
  Var *v = pick_var(g, indexed, NULL);
  if (!v || g->n_counters >= 5) return false;
  Extent along = v->shape.d[below(g, v->shape.rank)], rows = some_dim(g);
  if (strstr(along.text, "-")) return false;
  const char *i = new_name(g, "i"), *t = new_name(g, "t"), *p = new_name(g, "p");
  const char *name = new_name(g, "y");
  int before = g->n_counters, front = below(g, 3), behind = below(g, 3), both = front + behind;
  g->counters[g->n_counters++] = (Counter){i, rows, false};
  g->counters[g->n_counters++] = (Counter){t, along, false};
  g->deps = 0;
  const char *value = txt(g, "%s * %s + f32(%s)", element_at(g, v, along, t), index_expr(g, 1), i);
  g->n_counters = before;
  line(g, "%s[%s, u] = pad[%s](%s, %d, %d%s) with %s in %s", p, i, t, value, front, behind,
       chance(g, 40) ? txt(g, ", %s", number(g)) : "", i, rows.text);
  line(g, "%s[%s, %s] = %s * %s[%s, %s] - %s[%s, %s + %d] with %s in %s", name, i, t, near_one(g),
       p, i, t, p, i, t, both, t, along.text);
  add_var(g, name, 'f', (Shape){2, {rows, along}}, g->deps);
  return true;
}

static Extent shorter(Gen *g, Extent d) { return (Extent){txt(g, "%s - 1", d.text), d.value - 1}; }

void index_statement(Gen *g) {
  int before = g->n_counters, rank = chance(g, 20) ? 0 : 1 + below(g, 2);
  Shape s = {.rank = rank};
  const char *left = "", *with = "";
  if (chance(g, 15) && pointers(g)) return;
  if (chance(g, 18) && scattered(g)) return;
  if (chance(g, 8) && windowed(g)) return;
  for (int i = 0; i < rank; i++) {
    s.d[i] = some_dim(g);
    if (chance(g, 12) && s.d[i].value > 1 && !strchr("0123456789", s.d[i].text[0]))
      s.d[i] = shorter(g, s.d[i]);
    const char *name = new_name(g, "i");
    left = txt(g, "%s%s%s", left, i ? ", " : "", name);
    with = txt(g, "%s%s%s in %s", with, i ? ", " : " with ", name, s.d[i].text);
    g->counters[g->n_counters++] = (Counter){name, s.d[i], false};
  }
  g->deps = 0;
  const char *value = index_expr(g, 3), *name = new_name(g, "y");
  g->n_counters = before;
  if (rank)
    line(g, "%s[%s] = %s%s", name, left, value, with);
  else
    line(g, "%s = %s", name, value);
  add_var(g, name, 'f', s, g->deps);
}
