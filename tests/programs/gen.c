/* Random numbers, names, types. */
#include <stdio.h>
#include <string.h>

#include "tests/programs/gen.h"

/* SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t gen_next(Gen *g) {
  uint64_t z = (g->state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

int below(Gen *g, int n) { return n > 0 ? (int)(gen_next(g) % (uint64_t)n) : 0; }
bool chance(Gen *g, int percent) { return below(g, 100) < percent; }

const char *txt(Gen *g, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *text = arena_vprintf(&g->ctx->arena, format, args);
  va_end(args);
  return text;
}

void line(Gen *g, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *text = arena_vprintf(&g->ctx->arena, format, args);
  va_end(args);
  text_printf(&g->out, "%*s%s\n", 2 * g->indent, "", text);
}

const char *new_name(Gen *g, const char *stem) { return txt(g, "%s%d", stem, ++g->names); }

/* ---- types ---- */

Extent dim_number(Gen *g, int value) { return (Extent){txt(g, "%d", value), value}; }
Extent some_dim(Gen *g) {
  return chance(g, 80) ? g->dims[below(g, g->n_dims)] : dim_number(g, 2 + below(g, 2));
}
bool same_dim(Extent a, Extent b) { return !strcmp(a.text, b.text); }

bool same_shapes(Shape a, Shape b) {
  bool same = a.rank == b.rank;
  for (int i = 0; same && i < a.rank; i++) same = same_dim(a.d[i], b.d[i]);
  return same;
}

Shape scalar(void) { return (Shape){0}; }

Shape some_shape(Gen *g, int max_rank) {
  Shape s = {.rank = below(g, max_rank + 1)};
  for (int i = 0; i < s.rank; i++) s.d[i] = some_dim(g);
  return s;
}

const char *dims_text(Gen *g, Shape s) {
  const char *text = "";
  for (int i = 0; i < s.rank; i++) text = txt(g, "%s%s%s", text, i ? ", " : "", s.d[i].text);
  return text;
}

const char *type_text(Gen *g, Var v) {
  const char *element = v.kind == 'i' ? "i32" : v.kind == 'b' ? "bool" : "f32";
  if (v.kind == 'x') element = txt(g, "<%s>", v.extent.text);
  return v.shape.rank ? txt(g, "%s[%s]", element, dims_text(g, v.shape)) : element;
}

/* Literals are numbers of f32 and of f64 alike; no two are equal. */
const char *number(Gen *g) {
  return txt(g, "%.12g", below(g, 2) + below(g, 8) * 0.125 + (++g->names % 128) / 1024.0);
}
const char *near_one(Gen *g) { return txt(g, "%.12g", 1 + (++g->names % 512) / 1024.0); }

/* ---- variables ---- */

Var *add_var(Gen *g, const char *name, char kind, Shape s, uint64_t deps) {
  int at = g->n_vars;
  for (int i = g->first_var; i < g->n_vars; i++) /* a new value for the name */
    if (!strcmp(g->vars[i].name, name)) at = i;
  if (at == GEN_VARS) at = g->first_var + below(g, GEN_VARS - g->first_var);
  if (at == g->n_vars) g->n_vars++;
  g->vars[at] = (Var){.name = name, .kind = kind, .shape = s, .deps = deps, .bit = -1};
  return &g->vars[at];
}

void make_root(Gen *g, Var *v) {
  v->bit = g->bits++ % 60;
  v->deps |= (uint64_t)1 << v->bit;
}

Var *pick_var(Gen *g, Fits *fits, const void *user) {
  Var *found = NULL;
  int seen = 0;
  for (int i = g->first_var; i < g->n_vars; i++)
    if (fits(g, &g->vars[i], user) && below(g, ++seen) == 0) found = &g->vars[i];
  return found;
}
