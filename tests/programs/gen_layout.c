/* Values put together and taken apart, indices into them, whole numbers. */
#include <string.h>

#include "tests/programs/gen.h"

static const char *colons(Gen *g, int n) {
  const char *text = "";
  for (int i = 0; i < n; i++) text = txt(g, "%s:, ", text);
  return text;
}

/* The second half of two. */
static const char *half(Gen *g, Shape s, int depth) {
  const char *a = expr(g, s, depth - 1), *b = expr(g, s, depth - 1), *d = s.d[s.rank - 1].text;
  if (strstr(d, "-")) return a;
  if (chance(g, 50)) return txt(g, "concat(%s, %s)[%s%s:]", a, b, colons(g, s.rank - 1), d);
  return txt(g, "concat(%s, %s)[%s:%s]", a, b, colons(g, s.rank - 1), d);
}

/* A window of what is padded, as long as the axis. */
static const char *padded(Gen *g, Shape s, int depth) {
  const char *v = expr(g, s, depth - 1);
  int axis = chance(g, 30) ? 0 : s.rank - 1, before = below(g, 3), after = below(g, 3);
  const char *d = s.d[axis].text, *value = chance(g, 40) ? txt(g, ", %s", number(g)) : "";
  if (strstr(d, "-")) return v;
  int from = below(g, before + after + 1);
  const char *part = from ? txt(g, "%d:%s + %d", from, d, from) : txt(g, ":%s", d);
  if (axis == s.rank - 1 && chance(g, 70))
    return txt(g, "pad(%s, %d, %d%s)[%s%s]", v, before, after, value, colons(g, axis), part);
  const char *rest = "";
  for (int i = axis + 1; i < s.rank; i++) rest = txt(g, "%s, :", rest);
  return txt(g, "pad[axis = %d](%s, %d, %d%s)[%s%s%s]", axis, v, before, after, value,
             colons(g, axis), part, rest);
}

static const char *stacked(Gen *g, Shape s, int depth) {
  const char *rest = "";
  for (int i = 0; i < s.rank; i++) rest = txt(g, "%s, :", rest);
  return txt(g, "stack(%s, %s)[%d%s]", expr(g, s, depth - 1), expr(g, s, depth - 1), below(g, 2),
             rest);
}

static const char *reshaped(Gen *g, Shape s, int depth) {
  const char *v = expr(g, s, depth - 1), *a = s.d[0].text, *b = s.d[1].text;
  if (s.rank != 2 || strstr(a, "-") || strstr(b, "-")) return v;
  return txt(g, "reshape(reshape(%s, [%s*%s]), [%s, %s])", v, a, b, a, b);
}

typedef struct Wanted {
  Shape rest;
  Extent last;
} Wanted;

static bool one_hot_of(const Gen *g, const Var *v, const void *user) {
  (void)g;
  const Wanted *w = user;
  return v->kind == 'x' && same_dim(v->extent, w->last) && same_shapes(v->shape, w->rest);
}

static const char *hot(Gen *g, Shape s, int depth) {
  Wanted w = {s, s.d[s.rank - 1]};
  w.rest.rank--;
  const Var *v = pick_var(g, one_hot_of, &w);
  return v ? txt(g, "one_hot(%s, %s)", v->name, w.last.text) : expr(g, s, depth - 1);
}

/* Rows of another variable. */
static const char *taken(Gen *g, Shape s, int depth) {
  for (int i = g->first_var; i < g->n_vars; i++) {
    const Var k = g->vars[i];
    if (k.kind != 'x' || k.shape.rank != 1 || !same_dim(k.shape.d[0], s.d[0]) || chance(g, 30))
      continue;
    Shape from = s;
    from.d[0] = k.extent;
    return txt(g, "take(%s, %s)", expr(g, from, depth - 1), k.name);
  }
  return expr(g, s, depth - 1);
}

static const char *whole(Gen *g, Shape s, int depth) {
  const char *v = expr(g, s, depth - 1);
  switch (below(g, 4)) {
  case 0:
    return txt(g, "f32((i32(4 * %s) * 3 - 1) %% 5)", v);
  case 1:
    return txt(g, "f32(i32(4 * %s) / 3)", v);
  case 2:
    return txt(g, "f32(%s > 0.25)", v);
  default:
    return txt(g, "f32(not (%s > 0.25))", v);
  }
}

const char *layout(Gen *g, Shape s, int depth) {
  switch (below(g, 9)) {
  case 8:
    return s.rank ? padded(g, s, depth) : stacked(g, s, depth);
  case 0:
  case 1:
    return s.rank ? half(g, s, depth) : stacked(g, s, depth);
  case 2:
  case 3:
    return stacked(g, s, depth);
  case 4:
    return reshaped(g, s, depth);
  case 5:
    return s.rank ? hot(g, s, depth) : whole(g, s, depth);
  case 6:
    return s.rank ? taken(g, s, depth) : whole(g, s, depth);
  default:
    return whole(g, s, depth);
  }
}
