/* Training programs: settings, the graphs of initialisation, step and evals.
 *
 * The step is one graph from all state to all new state and the logged numbers. Its parameters
 * are found while it is elaborated (state of optimizers, the key); each gets its role
 * (ir/roles.def), and they are put in order at the end. */
#include <string.h>

#include "frontend/train/check_data.h"
#include "frontend/train/check_train.h"

/* ---- settings ---- */

static const Item *layer_of(Spec *spec, const Expr *value, const Args **args) {
  static const Args none = {0};
  const Expr *callee = value->kind == EX_call ? value->call.callee : value;
  *args = value->kind == EX_call ? &value->call.args : &none;
  Item *item = callee->kind == EX_name ? spec_item(spec, ITEM_layer, callee->name) : NULL;
  if (item)
    place_word(spec->globals->places, WORD_item, (Name){callee->name, callee->span},
               item->name.span, NULL);
  return item;
}

static Str text_of(Check *c, const Expr *x, const char *what) {
  Value v = x ? elab_expr(c, x) : value_poison();
  if (v.kind == VAL_text) return v.text;
  if (value_ok(&v)) diag_at(c->ctx, x->span, E_bad_setting, "%s, not %s", what, value_str(c, &v));
  return (Str){0};
}

/* The path of a member as it is written: trunk, encoder.block. */
static Str member_path(Check *c, const Expr *x) {
  if (x->kind == EX_name) return x->name;
  if (x->kind != EX_member) return (Str){0};
  Str base = member_path(c, x->member.base);
  if (str_none(base)) return base;
  return ctx_str(c->ctx, ctx_printf(c->ctx, "%s.%s", ctx_text(c->ctx, base),
                                    ctx_text(c->ctx, x->member.name.str)));
}

/* What follows "prefix." in a path, or NULL. */
static const char *after_prefix(Check *c, Str path, Str prefix) {
  const char *text = ctx_text(c->ctx, path), *start = ctx_text(c->ctx, prefix);
  size_t n = strlen(start);
  if (!strcmp(text, start)) return "";
  return !strncmp(text, start, n) && text[n] == '.' ? text + n + 1 : NULL;
}

/* from FILE at "prefix" into member */
static void read_from(Check *c, const TrainMember *m, TrainNet *net) {
  if (!m->from) return;
  net->file = text_of(c, m->from, "'from' wants the name of a file");
  net->at = text_of(c, m->at, "'at' wants a name in the file");
  names_find(c, m, net);
  if (!m->into || !net->shape) return;
  net->into = member_path(c, m->into);
  for (uint32_t i = 0; i < net->shape->weights.len && !str_none(net->into); i++)
    if (after_prefix(c, net->shape->weights.data[i].path, net->into)) return;
  diag_at(c->ctx, m->into->span, E_unknown_member, "'%s' has no such member with weights",
          ctx_text(c->ctx, m->name.str));
}

/* The name in the file of one of its weights; empty for a weight that is drawn. */
static Str name_in_file(Check *c, const TrainNet *net, Str path) {
  if (str_none(net->file)) return path;
  const char *rest = ctx_text(c->ctx, path);
  if (!str_none(net->into)) rest = after_prefix(c, path, net->into);
  if (!rest) return (Str){0};
  const char *at = str_none(net->at) ? "" : ctx_text(c->ctx, net->at);
  return ctx_str(c->ctx, ctx_printf(c->ctx, "%s%s%s", at, *at && *rest ? "." : "", rest));
}

static void add_net(Check *c, TrainBuild *b, const TrainMember *m, const Item *item,
                    const Args *args) {
  TrainNet net = {.name = m->name, .frozen = m->frozen};
  net.shape = layer_shape(c, item, args, m->value->span);
  b->failed = b->failed || !net.shape || net.shape->failed;
  read_from(c, m, &net);
  if (net.shape && !net.shape->failed) vec_push(&c->ctx->arena, &b->nets, net);
  Value known = value_poison(); /* the layer itself exists only in the graphs */
  scope_bind(c->ctx, b->scope, m->name.str, m->name.span, known);
}

/* The layer's shape that a path such as 'trunk.head' names inside of a model, and its first weight
 * there; NULL when there is none. */
static LayerShape *shape_inside(Check *c, LayerShape *shape, const Expr *x, uint32_t *first) {
  if (x->kind == EX_name) return shape;
  LayerShape *base = shape_inside(c, shape, x->member.base, first);
  for (uint32_t i = 0; base && i < base->members.len; i++) {
    const LayerMember *m = &base->members.data[i];
    if (!m->shape || m->count >= 0 || !str_eq(m->name.str, x->member.name.str)) continue;
    *first += m->first;
    place_word(c->scope->places, WORD_member, x->member.name, m->name.span, NULL);
    return m->shape;
  }
  return NULL;
}

/* teacher = copy of student; copy of student.trunk */
static void add_copy(Check *c, TrainBuild *b, const TrainMember *m) {
  TrainNet net = {.name = m->name, .frozen = m->frozen, .copy = true};
  const Expr *root = m->value;
  while (root->kind == EX_member) root = root->member.base;
  scope_bind(c->ctx, b->scope, m->name.str, m->name.span, value_poison());
  for (uint32_t i = 0; root->kind == EX_name && i < b->nets.len && !net.shape; i++) {
    if (!str_eq(b->nets.data[i].name.str, root->name)) continue;
    net.copied = i;
    place_word(c->scope->places, WORD_name, (Name){root->name, root->span},
               b->nets.data[i].name.span, NULL);
    net.shape = shape_inside(c, b->nets.data[i].shape, m->value, &net.copied_from);
  }
  b->failed = b->failed || !net.shape;
  if (net.shape) {
    vec_push(&c->ctx->arena, &b->nets, net);
    return;
  }
  diag_at(c->ctx, m->value->span, E_bad_setting,
          "'copy of' wants a model of the program that is declared before, or a part of one");
  diag_help(c->ctx, "net = Net(64); teacher = copy of net");
}

static void whole_number(Check *c, const TrainMember *m, const Value *v, int64_t least,
                         int64_t *out) {
  if (v->kind == VAL_number && v->number.known && v->number.size.i &&
      v->number.f >= (double)least) {
    *out = (int64_t)v->number.f;
    return;
  }
  if (value_ok(v))
    diag_at(c->ctx, m->value->span, E_bad_setting, "'%s' is a whole number from %lld, not %s",
            ctx_text(c->ctx, m->name.str), (long long)least, value_str(c, v));
}

/* precision = "bf16", "f64" */
static void set_precision(Check *c, TrainBuild *b, const TrainMember *m, const Value *v) {
  const char *text = v->kind == VAL_text ? ctx_text(c->ctx, v->text) : "";
  b->bf16 = !strcmp(text, "bf16");
  if (b->bf16 || !strcmp(text, "f32") || (b->wide && !strcmp(text, "f64")) || !value_ok(v)) return;
  diag_at(c->ctx, m->value->span, E_bad_setting,
          "'precision' is \"f32\", \"bf16\" or \"f64\", not %s", value_str(c, v));
  diag_help(c->ctx,
            "\"bf16\" is the type of the operands of matrix products; in \"f64\" all that the "
            "text calls f32 is computed in f64");
}

/* Whether the program says precision = "f64": all types are read by that. */
static bool says_f64(Check *c, const Item *item) {
  bool wide = false;
  Quiet quiet = quiet_begin(c);
  for (uint32_t i = 0; i < item->train.len; i++) {
    const TrainMember *m = &item->train.data[i];
    if (m->kind != TM_setting || m->copy || strcmp(ctx_text(c->ctx, m->name.str), "precision"))
      continue;
    Value v = elab_expr(c, m->value), other;
    if (spec_override(c->spec, m->name.str, &v, &other)) v = other;
    wide = v.kind == VAL_text && !strcmp(ctx_text(c->ctx, v.text), "f64");
  }
  quiet_end(c, quiet);
  return wide;
}

static void set_steps(Check *c, TrainBuild *b, const TrainMember *m, const Value *v) {
  whole_number(c, m, v, 0, &b->steps);
}

static void set_seed(Check *c, TrainBuild *b, const TrainMember *m, const Value *v) {
  whole_number(c, m, v, 0, &b->seed);
}

typedef struct SettingRow {
  const char *name, *doc;
  void (*set)(Check *c, TrainBuild *b, const TrainMember *m, const Value *v);
} SettingRow;

static const SettingRow settings[] = {
#define SETTING(name, doc) {#name, doc, set_##name},
#include "frontend/train/settings.def"
#undef SETTING
};

const char *spec_setting(uint32_t i, const char **doc) {
  if (i >= sizeof settings / sizeof *settings) return NULL;
  *doc = settings[i].doc;
  return settings[i].name;
}

static void add_setting(Check *c, TrainBuild *b, const TrainMember *m) {
  const Args *args;
  const Item *item = layer_of(c->spec, m->value, &args);
  if (train_set_twice(c, b, m)) return;
  if (m->copy) {
    add_copy(c, b, m);
    return;
  }
  if (item) {
    add_net(c, b, m, item, args);
    return;
  }
  if (m->from || m->frozen)
    diag_at(c->ctx, m->span, E_bad_setting, "'from' and 'frozen' are for models, and '%s' is none",
            ctx_text(c->ctx, m->name.str));
  Value v = elab_expr(c, m->value), other;
  if (spec_override(c->spec, m->name.str, &v, &other)) v = other;
  const char *name = ctx_text(c->ctx, m->name.str);
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
    if (!strcmp(settings[i].name, name)) settings[i].set(c, b, m, &v);
  scope_bind(c->ctx, b->scope, m->name.str, m->name.span, v);
}

/* Settings of a program, evaluated once. */
static TrainBuild *train_settings(Spec *spec, const Item *item) {
  for (uint32_t i = 0; i < spec->builds.len; i++)
    if (spec->builds.data[i]->item == item) return spec->builds.data[i];
  TrainBuild *b = arena_new(&spec->ctx->arena, TrainBuild);
  b->item = item;
  b->steps = 1000;
  b->scope = scope_new(spec->ctx, spec->globals);
  vec_push(&spec->ctx->arena, &spec->builds, b);
  Check c = check_scratch(spec, b->scope);
  bool before = spec->wide;
  spec->wide = b->wide = says_f64(&c, item);
  for (uint32_t i = 0; i < item->train.len; i++)
    if (item->train.data[i].kind == TM_setting)
      add_setting(&c, b, &item->train.data[i]);
    else if (item->train.data[i].kind == TM_state)
      train_add_var(&c, b, &item->train.data[i]);
  spec->wide = before;
  return b;
}

LayerShape *train_net_shape(Spec *spec, const Item *program, Str name) {
  TrainBuild *b = train_settings(spec, program);
  for (uint32_t i = 0; i < b->nets.len; i++)
    if (str_eq(b->nets.data[i].name.str, name)) return b->nets.data[i].shape;
  return NULL;
}

/* ---- state ---- */

/* The same first value as a weight of another model: drawn or read. */
static void copy_slot(Check *c, const TrainNet *net, uint32_t i, const TrainState *state) {
  TrainBuild *b = c->train;
  uint32_t from = b->nets.data[net->copied].first + net->copied_from + i;
  TrainState copy = b->slots.data[from].state;
  copy.path = state->path;
  copy.model = state->model;
  copy.frozen = state->frozen;
  copy.trainable = false;
  uint32_t slot = train_slot(c, copy, b->slots.data[from].init);
  b->slots.data[slot].copy = arena_copy(&c->ctx->arena, &from, sizeof from);
}

static void add_weights(Check *c, TrainNet *net) {
  TrainBuild *b = c->train;
  const char *model = ctx_text(c->ctx, net->name.str);
  net->first = b->slots.len;
  for (uint32_t i = 0; i < net->shape->weights.len; i++) {
    const WeightInfo *w = &net->shape->weights.data[i];
    const char *path = ctx_printf(c->ctx, "%s.%s", model, ctx_text(c->ctx, w->path));
    Graph *init = init_graph(c->spec, w->decl->weight.init, w->owner->constants, w->type);
    b->failed = b->failed || !init;
    TrainState state = {.path = ctx_str(c->ctx, path),
                        .type = w->type,
                        .model = net->name.str,
                        .is_weight = true,
                        .kept = w->state,
                        .frozen = net->frozen,
                        .file_path = name_in_file(c, net, w->path)};
    if (!str_none(state.file_path)) state.file = net->file;
    if (net->names && !str_none(state.file_path)) names_of_weight(c, net, w->path, &state);
    if (net->copy)
      copy_slot(c, net, i, &state);
    else
      train_slot(c, state, init);
  }
}

/* The layers as values of the current frame, under their names. */
static void bind_nets(Check *c) {
  TrainBuild *b = c->train;
  for (uint32_t i = 0; i < b->nets.len; i++) {
    TrainNet *net = &b->nets.data[i];
    net->layer = arena_new(&c->ctx->arena, Layer);
    Ref *weights = alloc(c, sizeof(Ref) * (net->shape->weights.len + 1));
    *net->layer = (Layer){.shape = net->shape,
                          .path = net->name.str,
                          .frame = c->frame,
                          .weights = weights,
                          .frozen = net->frozen};
    scope_bind(c->ctx, c->scope, net->name.str, net->name.span,
               (Value){.kind = VAL_layer, .layer = net->layer});
  }
  train_sync(c);
}

/* ---- statements ---- */

/* How much a log of this batch counts in the mean over all batches: the number of its examples, or
 * the sum of what stands after 'per'. */
static Ref log_weight(Check *c, const Expr *per) {
  Graph *g = c->frame->graph;
  if (!per) return build_size_as(g, c->train->feeds.data[0].batch, DT_f32);
  Value v = elab_tensor(c, per);
  if (!value_ok(&v)) return build_scalar(g, DT_f32, 1);
  DType d = value_info(c, &v)->dtype;
  if (d == DT_idx || d == DT_key || v.tensor.n_vars) {
    diag_at(c->ctx, per->span, E_bad_log, "'per' wants a mask or numbers, not %s",
            value_str(c, &v));
    return build_scalar(g, DT_f32, 1);
  }
  v.tensor.ref = build_cast(graph_here(c, per->span), v.tensor.ref, DT_f32);
  return reduce_whole(c, ctx_str(c->ctx, "sum"), v, per->span).tensor.ref;
}

static void log_value(Check *c, const LogItem *item, Value v) {
  TrainBuild *b = c->train;
  Name name = item->name;
  Span span = item->value ? item->value->span : name.span;
  if (item->per && !b->over) {
    diag_at(c->ctx, item->per->span, E_bad_log, "'per' belongs to an eval over batches");
    diag_help(c->ctx, "eval every 500 over b in data.batches(64) { ... }");
    return;
  }
  if (c->frame != b->frame) {
    diag_at(c->ctx, span, E_bad_log, "log cannot stand inside a scan");
    diag_help(c->ctx, "carry or collect the value, and log it after the loop");
    return;
  }
  v = value_to_tensor(c, v, TY_NONE, span);
  if (!value_ok(&v)) return;
  DType d = value_info(c, &v)->dtype;
  bool number = d == DT_i32 || dtype_is_float(d);
  if (value_info(c, &v)->rank || !number) {
    diag_at(c->ctx, span, E_bad_log, "'%s' is %s, not a scalar number", ctx_text(c->ctx, name.str),
            value_str(c, &v));
    const char *text = ctx_text(c->ctx, name.str);
    const char *before = number ? "mean(" : "mean(f32(", *after = number ? ")" : "))";
    if (!item->value) before = ctx_printf(c->ctx, "%s = %s", text, before);
    diag_fix_around(c->ctx, span, before, after,
                    number ? "log %s = mean(...)" : "convert it: log %s = mean(f32(...))", text);
    return;
  }
  for (uint32_t i = 0; i < b->logs.len; i++)
    if (str_eq(b->logs.data[i].name, name.str)) {
      diag_at(c->ctx, name.span, E_duplicate_name, "'%s' is logged twice",
              ctx_text(c->ctx, name.str));
      return;
    }
  Ref ref = build_cast(graph_here(c, span), v.tensor.ref, DT_f32);
  vec_push(&c->ctx->arena, &b->logs, ((LoggedRef){name.str, ref}));
  if (b->over) vec_push(&c->ctx->arena, &b->weights, log_weight(c, item->per));
}

static void train_log(Check *c, const Stmt *s) {
  for (uint32_t i = 0; i < s->log.len; i++) {
    const LogItem *item = &s->log.data[i];
    if (str_none(item->name.str)) {
      diag_at(c->ctx, item->name.span, E_bad_log, "what is logged needs a name");
      continue;
    }
    Value v = item->value ? elab_expr(c, item->value)
                          : value_import(c, lookup_name(c, item->name.str, item->name.span));
    log_value(c, item, v);
  }
}

static void train_stmt(Check *c, const Stmt *s) {
  if (s->kind == ST_minimize) train_minimize(c, s);
  if (s->kind == ST_move) train_move(c, s);
  if (s->kind == ST_repeat) train_repeat(c, s);
  if (s->kind == ST_log) train_log(c, s);
}

const TrainRules train_rules = {
    .stmt = train_stmt,
    .assign = train_assign,
    .keep = train_keep,
    .member = data_member,
    .batch = data_batch,
    .is_text = data_is_text,
};

/* ---- graphs ---- */

/* A copy with the parameters in another order and without dead nodes; all parameters are kept. */
static Graph *order_params(Ctx *ctx, const Graph *old, const Ref *params, uint32_t n) {
  Graph *g = graph_new(ctx, old->name);
  RefMap map = refmap_new(&ctx->arena, old);
  graph_reserve(g, n, old->nodes.len - old->params.len);
  for (uint32_t i = 0; i < n; i++) {
    const Node *p = graph_node(old, params[i]);
    g->span = p->span;
    map.to[params[i].i] = graph_param_like(g, p->type, p);
  }
  graph_fill(old, g, &map);
  return g;
}

static Str program_name(Check *c, const TrainBuild *b, const char *part) {
  return ctx_str(c->ctx, ctx_printf(c->ctx, "%s.%s", ctx_text(c->ctx, b->item->name.str), part));
}

/* An empty graph for a part of the program, with its scope. */
static Check begin_part(Spec *spec, TrainBuild *b, const char *part) {
  Check c = check_new(spec, scope_new(spec->ctx, b->scope));
  c.train = b;
  c.kept = &b->kept;
  c.mode.training = !b->is_eval;
  instance_new(&c, (Str){0}, program_name(&c, b, part));
  b->root = b->frame = c.frame;
  b->logs.len = b->weights.len = b->feeds.len = b->feed_params.len = 0;
  return c;
}

static Ref bind_step(Check *c) {
  Str name = ctx_str(c->ctx, "step");
  Ref step = graph_role_param(c->frame->graph, type_scalar(c->ctx, DT_f32), name, ROLE_step);
  Ref real = build_cast(c->frame->graph, step, dtype_real(c->spec));
  scope_bind(c->ctx, c->scope, name, (Span){0}, value_tensor(c, real));
  return step;
}

/* The finished graph of a part: what goes in by roles, state, step, key and batches; results of
 * the state are already there. */
static Graph *end_part(Check *c, Ref step) {
  TrainBuild *b = c->train;
  uint32_t n = b->slots.len, n_feed = b->feed_params.len;
  Ref *params = alloc(c, sizeof(Ref) * (n + 2 + n_feed));
  for (uint32_t i = 0; i < n; i++) params[i] = b->slots.data[i].param;
  params[n] = step;
  params[n + 1] = random_key(c);
  for (uint32_t i = 0; i < b->logs.len; i++)
    graph_result(c->frame->graph, b->logs.data[i].ref, b->logs.data[i].name);
  for (uint32_t i = 0; i < b->weights.len; i++)
    graph_result(c->frame->graph, b->weights.data[i], (Str){0});
  for (uint32_t i = 0; i < n_feed; i++) params[n + 2 + i] = b->feed_params.data[i];
  SizeMap known = known_sizes(c->spec);
  claims_told(c->spec, c->instance);
  Graph *g = order_params(c->ctx, c->frame->graph, params, n + 2 + n_feed);
  data_use_graph(&b->data, g);
  for (uint32_t i = 0; i < c->instance->claims.len; i++)
    data_use_graph(&b->data, c->instance->claims.data[i].graph);
  for (uint32_t i = 0; i < b->feeds.len; i++) data_use_set(&b->data, b->feeds.data[i].data);
  return graph_subst(g, known.from, known.to, known.n);
}

static Graph *build_step(Spec *spec, TrainBuild *b, const Block *body) {
  Check c = begin_part(spec, b, "step");
  for (uint32_t i = 0; i < b->nets.len; i++) add_weights(&c, &b->nets.data[i]);
  train_var_slots(&c);
  if (b->failed) return NULL;
  Ref step = bind_step(&c);
  bind_nets(&c);
  bool found;
  Span where;
  if (body) elab_block(&c, body, &found, &where);
  if (!span_none(c.instance->undecided)) check_undecided(spec->ctx, c.instance->undecided);
  for (uint32_t i = 0; i < b->slots.len; i++)
    graph_result(c.frame->graph, b->slots.data[i].ref, b->slots.data[i].state.path);
  return end_part(&c, step);
}

/* Binds the batch of an eval over batches. */
static void bind_over(Check *c, const TrainMember *m) {
  if (!m->over) return;
  uint32_t errors = c->ctx->diags.errors;
  c->train->at_over = true;
  Value v = elab_expr(c, m->over);
  c->train->at_over = false;
  bool whole = v.kind == VAL_record && c->train->feeds.data[0].whole;
  if (!whole && c->ctx->diags.errors == errors) {
    diag_at(c->ctx, m->over->span, E_bad_setting, "an eval runs over the batches of a data set");
    diag_help(c->ctx, "eval every 500 over b in pairs.batches(64, split = \"valid\") { ... }");
  }
  scope_bind(c->ctx, c->scope, m->batch.str, m->batch.span, whole ? v : value_poison());
}

static Graph *build_eval(Spec *spec, TrainBuild *b, const TrainMember *m, const char *name) {
  Check c = begin_part(spec, b, name);
  for (uint32_t i = 0; i < b->slots.len; i++) {
    TrainSlot *s = &b->slots.data[i];
    s->frame = c.frame;
    s->ref = s->param = train_state_param(c.frame->graph, &s->state);
  }
  Ref step = bind_step(&c);
  bind_nets(&c);
  bind_over(&c, m);
  bool found;
  Span where;
  elab_block(&c, &m->body, &found, &where);
  return end_part(&c, step);
}

/* First values: each draws under the key folded with its place in the list; what comes from a file
 * starts at 0. */
static Graph *build_init(Spec *spec, TrainBuild *b) {
  Check c = begin_part(spec, b, "init");
  Graph *g = c.frame->graph;
  Ref key = random_key(&c);
  Ref *values = alloc(&c, sizeof(Ref) * (b->slots.len + 1));
  for (uint32_t i = 0; i < b->slots.len; i++) {
    const TrainSlot *s = &b->slots.data[i];
    Ref value;
    g->scope = s->state.path;
    if (s->copy) {
      value = values[*s->copy];
    } else if (!s->init || !str_none(s->state.file)) {
      value = build_const(g, s->state.type, 0);
    } else {
      Ref mine = build2(g, OP_fold, key, build_scalar(g, DT_i32, i));
      Ref y = build_region(g, OP_call, &mine, (int)s->init->params.len, NULL, 0, s->init, TY_NONE);
      value = build_item(g, y, 0);
    }
    values[i] = value;
    graph_result(g, value, s->state.path);
  }
  SizeMap known = known_sizes(spec);
  data_use_graph(&b->data, g);
  return graph_subst(g, known.from, known.to, known.n);
}

/* ---- programs ---- */

static const TrainFeed *keep_feeds(const TrainBuild *b, Ctx *ctx, uint32_t *n) {
  *n = b->feeds.len;
  return arena_copy(&ctx->arena, b->feeds.data, sizeof(TrainFeed) * b->feeds.len);
}

static void add_eval(Spec *spec, TrainBuild *b, const TrainMember *m, TrainEval *out) {
  Check c = check_scratch(spec, b->scope);
  *out = (TrainEval){.name = str_none(m->name.str) ? ctx_str(spec->ctx, "eval") : m->name.str,
                     .every = m->every != NULL};
  if (m->every && elab_int(&c, m->every, &out->every) && out->every < 1)
    diag_at(spec->ctx, m->every->span, E_bad_setting, "an eval every %lld steps",
            (long long)out->every);
  b->is_eval = true;
  b->over = out->over = m->over != NULL;
  out->graph = build_eval(spec, b, m, ctx_text(spec->ctx, out->name));
  b->over = false;
  out->n_logs = b->logs.len;
  out->feeds = keep_feeds(b, spec->ctx, &out->n_feeds);
}

/* The log that 'best by' names; the evals are there already, all of them when they are sound. */
static void set_best(Spec *spec, TrainBuild *b, const TrainMember *m, TrainProgram *p, bool sound) {
  Check c = check_scratch(spec, b->scope);
  TrainBest best = {.largest = m->largest};
  if (p->best.wanted)
    diag_at(spec->ctx, m->span, E_duplicate_name, "the program has two 'best by'");
  if (m->patience && elab_int(&c, m->patience, &best.patience) && best.patience < 1)
    diag_at(spec->ctx, m->patience->span, E_bad_setting, "a patience of %lld evaluations",
            (long long)best.patience);
  for (uint32_t e = 0; e < p->n_evals; e++) {
    if (!str_eq(p->evals[e].name, m->name.str) || !p->evals[e].every) continue;
    for (uint32_t k = 0; k < p->evals[e].n_logs; k++) {
      if (!str_eq(p->evals[e].graph->result_names.data[k], m->log.str)) continue;
      best.wanted = true;
      best.eval = e;
      best.log = k;
    }
  }
  p->best = best;
  if (best.wanted || !sound || spec_unread(spec)) return;
  diag_at(spec->ctx, m->span, E_bad_setting, "no 'eval %s every ...' of the program logs '%s'",
          ctx_text(spec->ctx, m->name.str), ctx_text(spec->ctx, m->log.str));
}

static const TrainMember *find_step(Spec *spec, const Item *item) {
  const TrainMember *step = NULL;
  for (uint32_t i = 0; i < item->train.len; i++) {
    if (item->train.data[i].kind != TM_step) continue;
    if (step)
      diag_at(spec->ctx, item->train.data[i].span, E_duplicate_name, "the program has two steps");
    step = &item->train.data[i];
  }
  if (!step && !spec_unread(spec))
    diag_at(spec->ctx, item->name.span, E_bad_setting, "the program has no step");
  return step;
}

static void program_possible(Spec *spec, const TrainProgram *p) {
  sizes_possible(spec, p->init);
  sizes_possible(spec, p->step);
  for (uint32_t i = 0; i < p->n_evals; i++) sizes_possible(spec, p->evals[i].graph);
}

static TrainProgram *build_parts(Spec *spec, const Item *item, TrainBuild *b, uint32_t errors) {
  Ctx *ctx = spec->ctx;
  TrainProgram *p = arena_new(&ctx->arena, TrainProgram);
  const TrainMember *step = find_step(spec, item);
  *p = (TrainProgram){.name = item->name.str, .steps = b->steps, .seed = b->seed, .bf16 = b->bf16};
  p->f64 = b->wide;
  p->constants = train_constants(spec, b, item, &p->n_constants);
  if (b->failed) return NULL;
  b->slots.len = b->sites.len = b->next_site = 0;
  b->is_eval = false;
  b->data = data_use(spec);
  p->step = build_step(spec, b, step ? &step->body : NULL);
  if (b->failed) return NULL;
  p->n_logs = b->logs.len;
  p->feeds = keep_feeds(b, ctx, &p->n_feeds);
  TrainEval *evals = arena_array(&ctx->arena, TrainEval, item->train.len + 1);
  for (uint32_t i = 0; i < item->train.len; i++)
    if (item->train.data[i].kind == TM_eval)
      add_eval(spec, b, &item->train.data[i], &evals[p->n_evals++]);
  TrainState *state = arena_array(&ctx->arena, TrainState, b->slots.len + 1);
  SizeMap known = known_sizes(spec);
  for (uint32_t i = 0; i < b->slots.len; i++) {
    state[i] = b->slots.data[i].state;
    state[i].type = type_subst(ctx, state[i].type, known.from, known.to, known.n);
  }
  p->evals = evals;
  bool sound = ctx->diags.errors == errors;
  for (uint32_t i = 0; i < item->train.len; i++)
    if (item->train.data[i].kind == TM_best) set_best(spec, b, &item->train.data[i], p, sound);
  p->state = state;
  p->n_state = b->slots.len;
  p->init = build_init(spec, b);
  p->data = data_used(&b->data);
  if (ctx->diags.errors == errors) program_possible(spec, p);
  return ctx->diags.errors == errors ? p : NULL;
}

static TrainProgram *build_program(Spec *spec, const Item *item) {
  uint32_t errors = spec->ctx->diags.errors;
  TrainBuild *b = train_settings(spec, item);
  bool before = spec->wide;
  spec->wide = b->wide;
  TrainProgram *p = build_parts(spec, item, b, errors);
  spec->wide = before;
  return p;
}

static const Item *find_program(Spec *spec, const char *name) {
  const Item *only = NULL;
  uint32_t n = 0;
  for (uint32_t i = 0; i < spec->items.len; i++) {
    const Item *item = spec->items.data[i];
    if (item->kind != ITEM_train) continue;
    if (name && !strcmp(ctx_text(spec->ctx, item->name.str), name)) return item;
    only = item;
    n++;
  }
  if (!name && n == 1) return only;
  diag_at(spec->ctx, (Span){0}, E_unknown_program,
          name ? "there is no training program '%s'"
          : n  ? "there are several training programs%.0s: name one"
               : "there is no training program%.0s in the file",
          name ? name : "");
  Text list = text_new(&spec->ctx->arena);
  for (uint32_t i = 0; i < spec->items.len; i++)
    if (spec->items.data[i]->kind == ITEM_train)
      text_printf(&list, "%s%s", list.len ? ", " : "",
                  ctx_text(spec->ctx, spec->items.data[i]->name.str));
  if (list.len) diag_help(spec->ctx, "there are: %s", text_str(&list));
  return NULL;
}

const TrainProgram *spec_train(Spec *spec, const char *name) {
  const Item *item = find_program(spec, name);
  if (!item) return NULL;
  for (uint32_t i = 0; i < spec->programs.len; i++)
    if (str_eq(spec->programs.data[i]->name, item->name.str)) return spec->programs.data[i];
  TrainProgram *p = build_program(spec, item);
  if (p) vec_push(&spec->ctx->arena, &spec->programs, p);
  return p;
}
