/* Training programs: models, states, updates. */
#include <string.h>

#include "tests/programs/gen.h"

static const char optimizers[] =
    "optimizer plain(lr = 0.125) {\n"
    "  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g }\n"
    "}\n"
    "optimizer heavy(lr = 0.125, beta = 0.5) {\n"
    "  vel: f32[..] ~ zeros\n"
    "  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] {\n"
    "    vel = beta * vel + g\n"
    "    w - lr * vel / (1 + 0.125 * step)\n"
    "  }\n"
    "}\n"
    "optimizer short(lr = 0.125) {\n"
    "  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { w - lr * g / (1 + norm) }\n"
    "}\n"
    "optimizer follow(keep = 0.5) {\n"
    "  fn (w: f32[..], g: f32[..], step: f32, norm: f32) -> f32[..] { g + keep * (w - g) }\n"
    "}\n";

/* ---- models ---- */

static uint64_t bit_of(const Model *m) { return (uint64_t)1 << m->bit; }

static void add_weight(Gen *g, const Model *m, const char *name, Shape s) {
  Var *v = add_var(g, txt(g, "%s.%s", m->name, name), 'f', s, bit_of(m));
  v->bit = m->frozen ? -1 : m->bit;
}

static void model(Gen *g, Extent in, Extent out, const char *layer) {
  Model *m = &g->models[g->n_models++];
  *m = (Model){new_name(g, "m"), in, out, layer, g->n_models > 1 && chance(g, 20), g->bits++ % 60};
  for (int i = 0; i + 1 < g->n_models; i++) {
    const Model *other = &g->models[i];
    if (!same_dim(other->in, in) || strcmp(other->layer, layer) || !chance(g, 30)) continue;
    line(g, "%s = copy of %s%s", m->name, other->name, m->frozen ? " frozen" : "");
    return;
  }
  line(g, "%s = %s(%s, %s)%s", m->name, layer, in.text, out.text, m->frozen ? " frozen" : "");
}

static void bind_models(Gen *g) {
  Extent a = {"A", 0};
  for (int i = 0; i < g->n_models; i++) {
    const Model *m = &g->models[i];
    Fun f = {m->name, {{2, {a, m->in}}}, {2, {a, m->out}}, 1, 1, bit_of(m), false};
    if (g->n_funs < GEN_FUNS) g->funs[g->n_funs++] = f;
    add_weight(g, m, "w", (Shape){2, {m->in, m->out}});
  }
}

/* What was computed from its weights before is not computed from the new ones. */
static void changed(Gen *g, const Model *m) {
  for (int i = g->first_var; i < g->n_vars; i++) g->vars[i].deps &= ~bit_of(m);
  for (int i = g->first_var; i < g->n_vars; i++)
    if (!strncmp(g->vars[i].name, m->name, strlen(m->name)) &&
        g->vars[i].name[strlen(m->name)] == '.')
      g->vars[i].deps = bit_of(m);
}

static Model *trained(Gen *g) {
  Model *m = &g->models[below(g, g->n_models)];
  return m->frozen ? &g->models[0] : m;
}

/* ---- updates ---- */

static bool depends_on_model(const Gen *g, const Var *v, const void *model) {
  (void)g;
  return v->kind == 'f' && !strchr(v->name, '.') && (v->deps & bit_of(model));
}

static const char *loss_over(Gen *g, const Model *m) {
  Shape rows = {2, {dim_number(g, 2), m->in}}, out = {2, {rows.d[0], m->out}};
  const char *fresh =
      txt(g, "mean((%s(%s) - %s) ** 2)", m->name, expr(g, rows, 2), expr(g, out, 1));
  Var *v = pick_var(g, depends_on_model, m);
  if (!v || chance(g, 30)) return fresh;
  const char *known = chance(g, 50) ? reduced(g, v) : txt(g, "mean(%s ** 2)", v->name);
  if (g->repeats || chance(g, 40)) return txt(g, "%s * %s", fresh, known);
  return known;
}

static const char *optimizer(Gen *g) {
  static const char *const forms[] = {"plain(lr = 0.125)", "plain(lr = 0.25)", "heavy(lr = 0.125)",
                                      "short", "heavy(beta = 0.75)"};
  if (g->library && chance(g, 50))
    return chance(g, 50) ? "sgd(lr = 0.125)" : "momentum(lr = 0.125)";
  return forms[below(g, 5)];
}

static const char *through(Gen *g) { return g->through && chance(g, 12) ? " through" : ""; }

/* A model, its weights by ranks, or one of them. */
static const char *weights_of(Gen *g, const Model *m) {
  if (chance(g, 80)) return m->name;
  if (chance(g, 50)) return txt(g, "%s.w", m->name);
  return chance(g, 50) ? txt(g, "matrices(%s)", m->name)
                       : txt(g, "others(%s), matrices(%s)", m->name, m->name);
}

/* An update in some turns only. */
static const char *now_and_then(Gen *g) {
  if (chance(g, 12)) return " every 2";
  if (!chance(g, 15)) return "";
  return chance(g, 50) ? txt(g, " when %s > 0.25", expr(g, scalar(), 1))
                       : txt(g, " when step %% 2 == %d", below(g, 2));
}

static void minimize(Gen *g) {
  Model *m = trained(g), *other = trained(g);
  g->deps = 0;
  bool both = other != m && chance(g, 25);
  const char *loss = loss_over(g, m), *over = weights_of(g, m);
  if (both) over = txt(g, "%s, %s", over, weights_of(g, other));
  if (chance(g, 50)) {
    const char *name = new_name(g, "l");
    line(g, "%s = %s", name, loss);
    add_var(g, name, 'f', scalar(), g->deps | bit_of(m));
    loss = name;
  }
  line(g, "minimize %s over %s with %s%s%s", loss, over, optimizer(g), now_and_then(g), through(g));
  changed(g, m);
  if (both) changed(g, other);
}

/* An update of one model that hangs on another, and a loss of the first one, over the second. */
static void chain(Gen *g) {
  Model *a = trained(g), *b = trained(g);
  if (a == b) return;
  Shape rows = {2, {dim_number(g, 2), a->in}};
  g->deps = 0;
  line(g, "minimize mean(%s(%s) ** 2) * (%s + mean(tanh(%s.w))) over %s with %s through", a->name,
       expr(g, rows, 1), near_one(g), b->name, a->name, optimizer(g));
  changed(g, a);
  line(g, "minimize mean(%s(%s) ** 2) + mean(%s.w ** 2) over %s with %s", a->name, expr(g, rows, 1),
       b->name, b->name, optimizer(g));
  changed(g, b);
}

static void move(Gen *g) {
  for (int i = 0; i < 8; i++) {
    Model *a = &g->models[below(g, g->n_models)], *b = &g->models[below(g, g->n_models)];
    if (a == b || strcmp(a->layer, b->layer) || !same_dim(a->in, b->in)) continue;
    line(g, "move %s to %s with follow(keep = 0.%d)%s%s", a->name, b->name, below(g, 2) ? 5 : 0,
         chance(g, 15) ? " when step % 2 == 0" : "", a->frozen ? "" : through(g));
    changed(g, a);
    return;
  }
}

/* A teacher, frozen perhaps, that follows a model which then learns from it. */
static void teach(Gen *g) {
  Model *a = &g->models[below(g, g->n_models)], *b = trained(g);
  for (int i = 0; i < g->n_models; i++)
    if (g->models[i].frozen && chance(g, 70)) a = &g->models[i];
  if (a == b || strcmp(a->layer, b->layer) || !same_dim(a->in, b->in)) return;
  Shape rows = {2, {dim_number(g, 2), a->in}};
  g->deps = 0;
  line(g, "move %s to %s with follow(keep = 0.%d)", a->name, b->name, below(g, 2) ? 5 : 25);
  changed(g, a);
  const char *read = expr(g, rows, 1);
  if (chance(g, 60)) read = txt(g, "%s * mean(tanh(%s.w))", read, b->name);
  line(g, "minimize mean((%s(%s) - %s(%s)) ** 2) + mean(%s.w * %s.w) over %s with %s", b->name,
       expr(g, rows, 1), a->name, read, a->name, b->name, b->name, optimizer(g));
  changed(g, b);
}

static void state(Gen *g) {
  g->deps = 0;
  line(g, "rate = 0.5 * rate + 0.125 * %s", expr(g, scalar(), 2));
  for (int i = 0; i < g->n_vars; i++)
    if (!strcmp(g->vars[i].name, "rate")) g->vars[i].bit = -1, g->vars[i].deps = g->deps;
}

static void update(Gen *g);

static void repeat(Gen *g) {
  const char *counter = new_name(g, "t"), *carry = new_name(g, "h"), *out = new_name(g, "c");
  Extent turns = dim_number(g, 1 + below(g, 3));
  int before = g->n_vars;
  bool carries = chance(g, 50), collects = chance(g, 50);
  line(g, carries ? "repeat %s in %s, %s = 0.5%s {" : "repeat %s in %s {", counter, turns.text,
       carry, chance(g, 15) ? txt(g, " until %s > 0.75", carry) : "");
  g->indent++;
  g->repeats++;
  g->counters[g->n_counters++] = (Counter){counter, turns, true};
  if (carries) add_var(g, carry, 'f', scalar(), 0);
  statements(g, below(g, 2));
  update(g);
  if (chance(g, 40)) update(g);
  if (carries) line(g, "%s = tanh(%s + %s)", carry, carry, expr(g, scalar(), 1));
  if (collects) line(g, "%s[%s] = %s", out, counter, expr(g, scalar(), 2));
  g->n_counters--;
  g->repeats--;
  g->indent--;
  line(g, "}");
  if (g->n_vars > before) g->n_vars = before;
  if (carries) add_var(g, carry, 'f', scalar(), 0);
  if (collects) add_var(g, out, 'f', (Shape){1, {turns}}, 0);
  for (int i = 0; i < g->n_models; i++) changed(g, &g->models[i]); /* any of them, perhaps */
}

static void update(Gen *g) {
  int kind = below(g, 100);
  if (g->through && g->n_models > 1 && chance(g, 8))
    chain(g);
  else if (g->n_models > 1 && chance(g, 8))
    teach(g);
  else if (kind < 60 || g->repeats > 1)
    minimize(g);
  else if (kind < 72)
    move(g);
  else if (kind < 80)
    state(g);
  else
    repeat(g);
}

static void logs(Gen *g, int first) {
  int n = 0;
  for (int i = g->n_vars - 1; i >= first && n < 8; i--) {
    const Var *v = &g->vars[i];
    if (v->kind != 'f' || v->shape.rank > 2) continue;
    line(g, v->shape.rank ? "log z%d = sum(%s * 1.125) - sum(%s ** 2)" : "log z%d = %s", ++n,
         v->name, v->name);
  }
}

void training_program(Gen *g) {
  Extent two = dim_number(g, 2), three = dim_number(g, 3);
  g->library = chance(g, 15);
  if (g->library) line(g, "import optimizers");
  text_puts(&g->out, optimizers);
  g->dims[0] = two, g->dims[1] = three;
  g->n_dims = 2;
  line(g, "train run {");
  g->indent++;
  int n = 1 + below(g, 3);
  const char *kind = g->layers[below(g, g->n_layers)];
  for (int i = 0; i < n; i++)
    model(g, chance(g, 70) ? three : two, two,
          chance(g, 70) ? kind : g->layers[below(g, g->n_layers)]);
  line(g, "x: f32[2, 3] ~ zeros");
  line(g, "rate: f32 ~ zeros");
  line(g, "steps = 1");
  line(g, "step {");
  begin_body(g, 0);
  g->n_vars = 0;
  bind_models(g);
  make_root(g, add_var(g, "x", 'f', (Shape){2, {two, three}}, 0));
  add_var(g, "rate", 'f', scalar(), 0);
  int first = g->n_vars;
  for (int i = 1 + below(g, g->size); i >= 0; i--) {
    if (chance(g, 55)) statement(g);
    update(g);
  }
  statements(g, below(g, 2));
  logs(g, first);
  g->indent--;
  line(g, "}");
  g->indent--;
  line(g, "}");
}
