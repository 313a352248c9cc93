/* Statements: definitions, derivatives, loops, parts. */
#include <string.h>

#include "tests/programs/gen.h"

static bool may_derive(const Gen *g, int most) { return !g->plain && g->grads < most; }

static bool is_root(const Gen *g, const Var *v, const void *user) {
  (void)g;
  (void)user;
  int64_t count = 1;
  for (int i = 0; i < v->shape.rank; i++) count *= v->shape.d[i].value;
  return v->kind == 'f' && v->bit >= 0 && count > 0 && count <= 12;
}

static bool depends(const Gen *g, const Var *v, const void *root) {
  (void)g;
  const Var *r = root;
  return v->kind == 'f' && strcmp(v->name, r->name) && (v->deps >> r->bit & 1);
}

/* Powers, products and sides of 0, which are special where a number is 0. */
static const char *special_loss(Gen *g, const Var *v) {
  static const char *const sides[] = {"relu(%s)", "max(%s, 0)", "min(%s, 0)", "abs(%s)"};
  const char *last = v->shape.rank ? v->shape.d[v->shape.rank - 1].text : NULL;
  g->deps = v->deps;
  if (chance(g, 30)) {
    const char *side = sides[below(g, 4)];
    int at = (int)(strstr(side, "%s") - side);
    return txt(g, "%s(%.*s%s%s * %s)", last ? "sum" : "", at, side, v->name, side + at + 2,
               near_one(g));
  }
  if (!last) return txt(g, "%s ** %d", v->name, below(g, 4));
  if (chance(g, 50)) return txt(g, "prod(%s)", v->name);
  if (chance(g, 50)) return txt(g, "sum(%s ** f32(i32(iota(%s))))", v->name, last);
  return txt(g, "sum(prod(%s) * %s ** 3)", v->name, v->name);
}

/* A scalar that is computed from the variable. */
const char *loss_of(Gen *g, const Var *root) {
  if (chance(g, 20)) return special_loss(g, root);
  const Var *v = chance(g, 80) ? pick_var(g, depends, root) : NULL;
  if (!v) v = root;
  g->deps = 0;
  const char *text = reduced(g, v);
  if (chance(g, 35)) text = txt(g, "sum(%s * %s)", v->name, expr(g, v->shape, 2));
  if (chance(g, 25)) text = txt(g, "%s + %s", text, expr(g, scalar(), 2));
  if (chance(g, 15)) text = txt(g, "sum((%s) ** 2)", text);
  g->deps |= v->deps;
  return text;
}

void grad_statement(Gen *g) {
  const Var *r = pick_var(g, is_root, NULL), *other = pick_var(g, is_root, NULL);
  if (!r) return;
  const Var root = *r, second = *other;
  const char *loss = loss_of(g, &root), *name = new_name(g, "g");
  uint64_t deps = g->deps;
  g->grads++;
  if (strcmp(root.name, second.name) && chance(g, 15)) {
    const char *name2 = new_name(g, "g");
    line(g, "(%s, %s) = grad(%s, (%s, %s))", name, name2, loss, root.name, second.name);
    add_var(g, name2, 'f', second.shape, deps);
  } else if (chance(g, 25) && root.shape.rank) {
    line(g, "%s = grad(%s, %s) * %s", name, loss, root.name, expr(g, root.shape, 1));
    deps |= g->deps;
  } else {
    line(g, "%s = grad(%s, %s)", name, loss, root.name);
  }
  add_var(g, name, 'f', root.shape, deps);
}

/* ---- simple ones ---- */

static void definition(Gen *g) {
  Shape s = some_shape(g, 2);
  g->deps = 0;
  const char *text = expr(g, s, 3), *name = new_name(g, "v");
  bool root = chance(g, 30);
  /* what is differentiated by has to be one of a kind: equal expressions are one value */
  line(g, root ? "%s = %s * %s" : "%s = %s", name, text, root ? near_one(g) : "");
  Var *v = add_var(g, name, 'f', s, g->deps);
  if (root && strncmp(text, "0.", 2) && strncmp(text, "1.", 2)) make_root(g, v);
}

static void by_function(Gen *g) {
  if (!g->n_funs) return;
  const Fun *f = &g->funs[below(g, g->n_funs)];
  Shape result;
  g->deps = 0;
  const char *text = call(g, f, 2, &result);
  if (f->n_results == 1) {
    const char *name = new_name(g, "v");
    line(g, "%s = %s", name, text);
    add_var(g, name, 'f', result, g->deps);
    return;
  }
  const char *a = new_name(g, "v"), *b = new_name(g, "v");
  line(g, "(%s, %s) = %s", a, b, text);
  add_var(g, a, 'f', result, g->deps);
  add_var(g, b, 'f', scalar(), g->deps);
}

static bool has_axes(const Gen *g, const Var *v, const void *user) {
  (void)user;
  return v->kind == 'f' && v->shape.rank > 0 && !strstr(v->shape.d[0].text, "-") && g->n_vars;
}

/* x[0, :] = e */
static void part(Gen *g) {
  Var *v = pick_var(g, has_axes, NULL);
  if (!v) return;
  const Var x = *v;
  Shape rest = {.rank = x.shape.rank - 1};
  for (int i = 0; i < rest.rank; i++) rest.d[i] = x.shape.d[i + 1];
  const char *at = "0", *tail = rest.rank == 2 ? ", :, :" : rest.rank ? ", :" : "";
  for (int i = 0; i < g->n_counters; i++)
    if (g->counters[i].loop && same_dim(g->counters[i].dim, x.shape.d[0]) && i + 1 == g->n_counters)
      at = g->counters[i].name;
  const char *name = new_name(g, "v");
  line(g, "%s = %s * %s", name, x.name, near_one(g));
  g->deps = x.deps;
  if (chance(g, 25)) {
    line(g, "%s[1:%s] = %s", name, rest.rank ? tail : "", number(g));
  } else {
    const char *value = expr(g, rest, 2);
    line(g, "%s[%s%s] = %s", name, at, tail, value);
  }
  add_var(g, name, 'f', x.shape, g->deps);
}

static void choose(Gen *g) {
  Shape s = some_shape(g, 2);
  const char *name = new_name(g, "v");
  g->deps = 0;
  line(g, "if K %s 2 {", chance(g, 50) ? ">" : "==");
  g->indent++;
  line(g, "%s = %s", name, expr(g, s, 2));
  g->indent--;
  line(g, "} else {");
  g->indent++;
  line(g, "%s = %s", name, expr(g, s, 2));
  g->indent--;
  line(g, "}");
  add_var(g, name, 'f', s, g->deps);
}

static void whole_numbers(Gen *g) {
  Extent d = some_dim(g);
  const char *name = new_name(g, "k");
  Shape s = {1, {d}};
  if (strstr(d.text, "-")) return;
  g->deps = 0;
  if (chance(g, 50))
    line(g, "%s = index(i32(%s), %s)", name, expr(g, scalar(), 1), d.text), s.rank = 0;
  else
    line(g, "%s[q] = index(i32(3 * %s) + q * %d, %s) with q in %s", name, expr(g, scalar(), 1),
         1 + below(g, 3), d.text, d.text);
  add_var(g, name, 'x', s, 0)->extent = d;
}

/* ---- loops ---- */

typedef struct Carry {
  const char *name;
  Shape shape;
} Carry;

static const char *fresh_value(Gen *g, Shape s) {
  if (!s.rank && chance(g, 40)) return chance(g, 50) ? "1.0" : "0.5";
  if (s.rank && chance(g, 30))
    return txt(g, "%s(%s)", chance(g, 50) ? "ones" : "zeros", dims_text(g, s));
  return expr(g, s, 1);
}

/* The new value of a carried one: not larger than it was. */
static void carry_on(Gen *g, const Carry *c, uint64_t *deps) {
  static const char *const forms[] = {"tanh(%s + %s)", "0.5 * %s + 0.5 * sin(%s)", "%s * cos(%s)",
                                      "%s * tanh(%s)"};
  g->deps = *deps;
  const char *value = expr(g, c->shape, 2), *form = forms[below(g, 4)];
  const char *a = strstr(form, "%s"), *b = strstr(a + 2, "%s");
  line(g, "%s = %.*s%s%.*s%s%s", c->name, (int)(a - form), form, c->name, (int)(b - a - 2), a + 2,
       value, b + 2);
  *deps = g->deps;
  for (int i = g->first_var; i < g->n_vars; i++)
    if (!strcmp(g->vars[i].name, c->name)) g->vars[i].deps |= g->deps, g->vars[i].bit = -1;
}

/* 'out[t] = e': what a loop leaves. */
static Var collected(Gen *g, Extent length, const char *counter) {
  Var out = {.kind = 'f', .bit = -1, .shape = some_shape(g, 1)};
  const Var *r = chance(g, 65) && may_derive(g, 3) ? pick_var(g, is_root, NULL) : NULL;
  const char *value;
  if (r) {
    const Var root = *r;
    out.shape = root.shape.rank < 3 ? root.shape : scalar();
    value = txt(g, "grad(%s, %s)", loss_of(g, &root), root.name);
    g->grads++;
  } else {
    g->deps = 0;
    value = expr(g, out.shape, 2);
  }
  out.deps = g->deps;
  out.name = new_name(g, "c");
  bool last = out.shape.rank && chance(g, 30);
  const char *tail = out.shape.rank == 2 ? ", :, :" : out.shape.rank ? ", :" : "";
  if (last)
    line(g, "%s[%s, %s] = %s", out.name, out.shape.rank == 2 ? ":, :" : ":", counter, value);
  else
    line(g, "%s[%s%s] = %s", out.name, counter, tail, value);
  Shape s = {.rank = out.shape.rank + 1};
  for (int i = 0, k = 0; i < s.rank; i++)
    s.d[i] = i == (last ? s.rank - 1 : 0) ? length : out.shape.d[k++];
  out.shape = s;
  return out;
}

static int begin_carries(Gen *g, Carry *carries, const char **text, uint64_t *deps) {
  int n = below(g, 3);
  *text = "";
  for (int i = 0; i < n; i++) {
    carries[i] = (Carry){new_name(g, "h"), some_shape(g, 1)};
    g->deps = 0;
    *text = txt(g, "%s, %s = %s", *text, carries[i].name, fresh_value(g, carries[i].shape));
    deps[i] = g->deps;
  }
  return n;
}

static void scan(Gen *g) {
  Carry carries[3];
  uint64_t deps[3];
  const char *text, *counter = new_name(g, "t");
  Extent length = chance(g, 70) ? some_dim(g) : dim_number(g, 1 + below(g, 3));
  int n = begin_carries(g, carries, &text, deps), before = g->n_vars;
  if (strstr(length.text, "-") || g->n_counters > 4) return;
  const char *until =
      n && chance(g, 15)
          ? txt(g, " until %s > %s", carries[0].shape.rank ? "0.75" : carries[0].name, number(g))
          : "";
  line(g, "scan %s in %s%s%s%s {", counter, length.text, chance(g, 20) ? " reversed" : "", text,
       until);
  g->indent++;
  g->loops++;
  g->counters[g->n_counters++] = (Counter){counter, length, true};
  for (int i = 0; i < n; i++)
    make_root(g, add_var(g, carries[i].name, 'f', carries[i].shape, deps[i]));
  int first = chance(g, 50) ? n : 0; /* carried on before or after the rest */
  for (int i = 0; i < first; i++) carry_on(g, &carries[i], &deps[i]);
  statements(g, below(g, 3));
  Var out[2];
  int outs = n && chance(g, 20) ? 0 : 1 + chance(g, 25);
  for (int i = 0; i < outs; i++) out[i] = collected(g, length, counter);
  for (int i = first; i < n; i++) carry_on(g, &carries[i], &deps[i]);
  g->n_counters--;
  g->loops--;
  g->indent--;
  line(g, "}");
  if (g->n_vars > before) g->n_vars = before;
  for (int i = 0; i < n; i++) {
    Var *v = add_var(g, carries[i].name, 'f', carries[i].shape, deps[i]);
    if (chance(g, 30)) make_root(g, v);
  }
  for (int i = 0; i < outs; i++) *add_var(g, out[i].name, 'f', out[i].shape, out[i].deps) = out[i];
}

/* Text that is repeated: a value goes on, a tuple is built. */
static void written_out(Gen *g) {
  Shape s = some_shape(g, 1);
  int turns = 1 + below(g, 3), before;
  const char *name = new_name(g, "v"), *item = new_name(g, "w"), *i = new_name(g, "j");
  g->deps = 0;
  line(g, "%s = %s", name, expr(g, s, 1));
  Var *v = add_var(g, name, 'f', s, g->deps);
  line(g, "for %s in %d {", i, turns);
  g->indent++;
  before = g->n_vars;
  uint64_t deps = v->deps;
  carry_on(g, &(Carry){name, s}, &deps);
  if (chance(g, 50) && may_derive(g, 3)) grad_statement(g);
  g->deps = deps;
  line(g, "%s[%s] = %s", item, i, expr(g, s, 2));
  uint64_t all = g->deps | deps;
  g->indent--;
  line(g, "}");
  if (g->n_vars > before) g->n_vars = before;
  const char *whole = new_name(g, "v");
  line(g, "%s = %s[0] + %s[%d]", whole, item, item, turns - 1);
  add_var(g, whole, 'f', s, all);
}

void statement(Gen *g) {
  int kind = below(g, 100);
  if (kind < 24)
    definition(g);
  else if (kind < 42)
    index_statement(g);
  else if (kind < 62 && may_derive(g, 4))
    grad_statement(g);
  else if (kind < 78 && g->loops < 2)
    scan(g);
  else if (kind < 83 && g->loops < 2)
    written_out(g);
  else if (kind < 88)
    part(g);
  else if (kind < 91)
    choose(g);
  else if (kind < 94)
    whole_numbers(g);
  else
    by_function(g);
}

void statements(Gen *g, int n) {
  for (int i = 0; i < n; i++) statement(g);
}
