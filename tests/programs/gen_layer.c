/* Layers and functions: what has parameters, weights and a body. */
#include <string.h>

#include "tests/programs/gen.h"

/* ---- bodies ---- */

void begin_body(Gen *g, int first_var) {
  g->first_var = first_var;
  g->indent++;
  g->n_counters = 0;
  g->grads = 0;
}

static void parameter(Gen *g, const char **text, const char *name, char kind, Shape s,
                      Extent extent) {
  Var *v = add_var(g, name, kind, s, 0);
  v->extent = extent;
  *text = txt(g, "%s%s%s: %s", *text, **text ? ", " : "", name, type_text(g, *v));
  if (kind == 'f') make_root(g, v);
}

static void head(Gen *g, const char *name, const char *params) {
  g->indent--;
  line(g, "fn %s(%s) {", name, params);
  g->indent++;
}

static void end_body(Gen *g, int n_vars) {
  g->indent--;
  line(g, "}");
  g->n_vars = n_vars;
}

/* The result: (v3, g7, c9). */
static void results(Gen *g, int first) {
  const char *text = "", *all[8];
  int n = 0;
  for (int i = g->n_vars - 1; i >= first && n < 6; i--)
    if (strchr("fx", g->vars[i].kind) && g->vars[i].name[0] != 'x') all[n++] = g->vars[i].name;
  for (int i = 0; i < n; i++) text = txt(g, "%s%s%s", text, i ? ", " : "", all[i]);
  if (!n) line(g, "sum(x) * 1.5");
  if (n) line(g, n > 1 ? "(%s)" : "%s", text);
}

static void add_fun(Gen *g, Fun f) {
  if (g->n_funs < GEN_FUNS) g->funs[g->n_funs++] = f;
}

/* ---- functions that are called ---- */

/* A function of a set: nothing in it hangs on the order. */
void set_function(Gen *g) {
  static const char *const names[] = {"sum", "mean", "max", "logsumexp"};
  static const char *const ones[] = {"tanh", "sin", "sigmoid", "abs"};
  const char *name = new_name(g, "fun");
  Extent a = {"A", 0}, b = {"B", 0};
  line(g, "fn %s(x: f32[A, {B}], s: f32[A]) {", name);
  g->indent++;
  line(g, "e[a, b] = %s(x[a, b] * s[a]) * %s", ones[below(g, 4)], number(g));
  line(g, "w[a, b] = %s", chance(g, 50) ? "softmax[b](e[a, b])" : "e[a, b] - mean[c](e[a, c])");
  line(g, "r[a] = %s[b](w[a, b] * x[a, b])", names[below(g, 4)]);
  if (chance(g, 60) && !g->plain) {
    line(g, "g = grad(sum(r ** 2), x)");
    line(g, "r[a] = %s[b](g[a, b] * w[a, b])", names[below(g, 3)]);
  }
  line(g, "r");
  g->indent--;
  line(g, "}");
  add_fun(g, (Fun){name, {{2, {a, b}}, {1, {a}}}, {1, {a}}, 2, 1, 0, true});
}

void helper(Gen *g) {
  int n_dims = 1 + below(g, 2), before = g->n_dims, vars = g->n_vars;
  const char *text = "", *name = new_name(g, "fun");
  Fun f = {.name = name, .n_results = chance(g, 75) ? 1 : 2, .n_params = 1 + below(g, 3)};
  Extent dims[6];
  memcpy(dims, g->dims, sizeof dims);
  g->dims[0] = (Extent){"A", 3};
  g->dims[1] = (Extent){"B", 2};
  g->n_dims = n_dims;
  begin_body(g, vars);
  for (int i = 0; i < f.n_params; i++) {
    f.params[i] = some_shape(g, 2);
    for (int k = 0; k < f.params[i].rank; k++) f.params[i].d[k] = g->dims[k % n_dims];
    if (i == 0) f.params[i] = (Shape){n_dims, {g->dims[0], g->dims[1]}};
    parameter(g, &text, txt(g, "x%d", i), 'f', f.params[i], (Extent){0});
  }
  head(g, name, text);
  statements(g, 1 + below(g, 3));
  f.result = some_shape(g, 2);
  const char *value = expr(g, f.result, 2);
  if (f.n_results == 1)
    line(g, "%s", value);
  else
    line(g, "(%s, %s)", value, expr(g, scalar(), 2));
  end_body(g, vars);
  memcpy(g->dims, dims, sizeof dims);
  g->n_dims = before;
  add_fun(g, f);
}

/* ---- layers ---- */

static void weight(Gen *g, const char *name, Shape s) {
  line(g, "%s: f32%s%s%s ~ normal(0.5)", name, s.rank ? "[" : "", dims_text(g, s),
       s.rank ? "]" : "");
  make_root(g, add_var(g, name, 'f', s, 0));
}

/* A new value of the state k: kept in a step only. */
static void new_state(Gen *g, Extent out) {
  static const char *const when[] = {"", "if training { ",
                                     "if not training { x = x + 0.5 } else { "};
  int i = below(g, 3);
  line(g, "%sk = %s * k + %s%s", when[i], number(g), expr(g, (Shape){1, {out}}, 1), i ? " }" : "");
}

/* Two layers that read 'out' and twice as many numbers. */
static void unequal(Gen *g, const char *name, Extent out, Extent twice) {
  Extent a = {"A", 0};
  const char *layer = g->layers[below(g, g->n_layers)];
  line(g, "%s: [i in 2] %s(%s + %s*i, %s)", name, layer, out.text, out.text, out.text);
  add_fun(g, (Fun){txt(g, "%s[0]", name), {{2, {a, out}}}, {2, {a, out}}, 1, 1, 0, false});
  add_fun(g, (Fun){txt(g, "%s[1]", name), {{2, {a, twice}}}, {2, {a, out}}, 1, 1, 0, false});
}

/* The call operator: [R, I] to [R, O]. */
static void operator_body(Gen *g, Extent in, Extent out, bool state) {
  const char *text = "";
  Extent rows = {"R", 2}, dims[6];
  int vars = g->n_vars, before = g->n_dims;
  memcpy(dims, g->dims, sizeof dims);
  g->dims[0] = rows, g->dims[1] = in, g->dims[2] = out;
  g->n_dims = 3;
  begin_body(g, 0);
  parameter(g, &text, "x", 'f', (Shape){2, {rows, in}}, (Extent){0});
  head(g, "", text);
  statements(g, below(g, 2));
  if (state && chance(g, 80)) new_state(g, out);
  if (state && chance(g, 30)) new_state(g, out);
  g->deps = 0;
  line(g, "%s(x @ w + %s)", chance(g, 60) ? "tanh" : "sin", expr(g, (Shape){2, {rows, out}}, 2));
  end_body(g, vars);
  memcpy(g->dims, dims, sizeof dims);
  g->n_dims = before;
}

/* Weights w and b, perhaps a layer made before inside; it is called as f32[R, I] -> f32[R, O]. */
void layer(Gen *g, const char *name) {
  Extent in = {"I", 3}, out = {"O", 2};
  int vars = g->n_vars, funs = g->n_funs;
  g->n_vars = g->first_var = 0;
  line(g, "layer %s(I, O) {", name);
  g->indent++;
  weight(g, "w", (Shape){2, {in, out}});
  if (chance(g, 70)) weight(g, "b", (Shape){1, {out}});
  if (g->n_layers && chance(g, 40)) {
    line(g, "sub: %s(O, O)", g->layers[below(g, g->n_layers)]);
    add_fun(g, (Fun){"sub", {{2, {{"A", 0}, out}}}, {2, {{"A", 0}, out}}, 1, 1, 0, false});
  }
  if (g->n_layers && chance(g, 15)) unequal(g, "deep", out, (Extent){"2*O", 4});
  bool state = chance(g, 35);
  if (state) line(g, "state k: f32[%s] ~ normal(0.5)", out.text);
  if (state) add_var(g, "k", 'f', (Shape){1, {out}}, 0);
  operator_body(g, in, out, state);
  g->indent--;
  line(g, "}");
  g->n_vars = g->first_var = vars;
  g->n_funs = funs;
  if (g->n_layers < 4) g->layers[g->n_layers++] = name;
}

/* ---- main ---- */

static void main_body(Gen *g, int first) {
  const char *text = "";
  int vars = g->n_vars;
  begin_body(g, first);
  parameter(g, &text, "x", 'f', (Shape){2, {g->dims[0], g->dims[1]}}, (Extent){0});
  parameter(g, &text, "x1", 'f', (Shape){1, {g->dims[below(g, 2)]}}, (Extent){0});
  parameter(g, &text, "x2", 'f', scalar(), (Extent){0});
  if (chance(g, 40)) parameter(g, &text, "x3", 'x', (Shape){1, {g->dims[0]}}, g->dims[1]);
  head(g, "main", text);
  int from = g->n_vars;
  statements(g, 2 + below(g, g->size));
  results(g, from);
  end_body(g, vars);
}

void main_function(Gen *g) { main_body(g, g->n_vars); }

/* A layer 'Net' with weights and layers inside, whose function 'main' is run. */
void main_layer(Gen *g) {
  Extent three = dim_number(g, 3), two = dim_number(g, 2), a = {"A", 0};
  line(g, "layer Net {");
  g->indent++;
  weight(g, "w", (Shape){2, {three, two}});
  weight(g, "b", (Shape){1, {two}});
  weight(g, "s", scalar());
  if (g->n_layers) {
    line(g, "net: %s(3, 2)", g->layers[below(g, g->n_layers)]);
    add_fun(g, (Fun){"net", {{2, {a, three}}}, {2, {a, two}}, 1, 1, 0, false});
    line(g, "block: [2] %s(2, 2)", g->layers[below(g, g->n_layers)]);
    add_fun(g, (Fun){"block[0]", {{2, {a, two}}}, {2, {a, two}}, 1, 1, 0, false});
    add_fun(g, (Fun){"block[1]", {{2, {a, two}}}, {2, {a, two}}, 1, 1, 0, false});
    if (chance(g, 40)) unequal(g, "deep", two, dim_number(g, 4));
  }
  g->dims[2] = two;
  g->n_dims = 3;
  main_body(g, 0);
  g->indent--;
  line(g, "}");
}
