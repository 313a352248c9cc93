/* minimize LOSS over NETS with OPTIMIZER(...) every K: derivatives of the loss by the weights, then
 * the rule of the optimizer for each of them, written out in the graph of the step. With 'every',
 * the mean of K derivatives is collected in the state, and what the rule gives counts at each K-th
 * turn only; with 'when', where a condition holds.
 *
 * move NET to OTHER with RULE(...): the same for the weights of another model in place of
 * derivatives. */
#include <float.h>
#include <math.h>

#include "frontend/train/check_train.h"

typedef struct Minimize {
  const Stmt *stmt;
  bool through;     /* later derivatives go through the update */
  const Expr *call; /* the optimizer or the rule */
  Value loss;
  VEC(uint32_t) weights; /* slots */
  const Item *optimizer;
  Scope *constants;
  const FnDecl *rule;
  TrainSite *site;
  uint32_t next_slot; /* of the site */
  Ref *weight_refs, *gradients;
  Value step, norm;
  int64_t every;
  Value due; /* with every > 1 or 'when': whether this turn changes the weights; else poison */
  uint32_t *collecting; /* with every > 1: slots of the sums of derivatives */
  const char *net;      /* name of the first model */
} Minimize;

/* ---- the loss and the models ---- */

static bool read_loss(Check *c, Minimize *m) {
  m->loss = elab_tensor(c, m->stmt->minimize.loss);
  if (!value_ok(&m->loss)) return false;
  if (ty_eq(value_type(c, &m->loss), type_scalar(c->ctx, dtype_real(c->spec)))) return true;
  diag_at(c->ctx, m->stmt->minimize.loss->span, E_bad_minimize, "the loss is an %s scalar, not %s",
          dtype_name[dtype_real(c->spec)], value_str(c, &m->loss));
  if (value_rank(c, &m->loss)) diag_help(c->ctx, "mean(...) or sum(...) makes one number of it");
  if (ty_eq(value_type(c, &m->loss), type_scalar(c->ctx, DT_f64)))
    diag_help(c->ctx, "precision = \"f64\" in the program computes in f64 all that is called f32");
  return false;
}

/* Which weights of what is named: net, matrices(net), others(net). */
typedef enum WeightGroup { GROUP_all, GROUP_matrices, GROUP_others } WeightGroup;

static const char *const groups[] = {
    [GROUP_all] = "", [GROUP_matrices] = "matrices", [GROUP_others] = "others"};

/* The group, and what it is taken of. */
static WeightGroup group_of(Check *c, const Expr **x) {
  const Expr *call = *x;
  if (call->kind != EX_call || call->call.callee->kind != EX_name || call->call.args.len != 1)
    return GROUP_all;
  for (WeightGroup group = GROUP_matrices; group <= GROUP_others; group++) {
    if (!str_eq(call->call.callee->name, ctx_str(c->ctx, groups[group]))) continue;
    *x = call->call.args.data[0].value;
    return group;
  }
  return GROUP_all;
}

static bool add_slot(Check *c, Minimize *m, uint32_t slot, WeightGroup group, const Expr *x) {
  const TrainState *state = &((TrainBuild *)c->train)->slots.data[slot].state;
  bool matrix = type_info(c->ctx, state->type)->rank == 2;
  if (state->kept || (group != GROUP_all && matrix != (group == GROUP_matrices))) return true;
  for (uint32_t i = 0; i < m->weights.len; i++) {
    if (m->weights.data[i] != slot) continue;
    diag_at(c->ctx, x->span, E_bad_minimize, "the weight '%s' stands twice behind 'over'",
            ctx_text(c->ctx, state->path));
    return false;
  }
  vec_push(&c->ctx->arena, &m->weights, slot);
  return true;
}

static bool add_layer(Check *c, Minimize *m, const Layer *layer, uint32_t from, uint32_t n,
                      WeightGroup group, const Expr *x) {
  const TrainNet *net = train_net_of(c->train, layer);
  bool ok = net && !net->frozen;
  if (!ok) {
    diag_at(c->ctx, x->span, E_bad_minimize,
            net ? "this model is frozen" : "'over' wants a model of the program");
    if (net) diag_note(c->ctx, net->name.span, "declared here");
    return false;
  }
  if (!m->net) m->net = ctx_text(c->ctx, net->name.str);
  uint32_t first = net->first + (uint32_t)(layer->weights - net->layer->weights) + from;
  for (uint32_t i = 0; i < n && ok; i++) ok = add_slot(c, m, first + i, group, x);
  return ok;
}

/* One weight: net.embed.E */
static bool add_weight(Check *c, Minimize *m, const Expr *x, WeightGroup group, bool *is) {
  *is = false;
  if (x->kind != EX_member) return true;
  Value base = elab_expr(c, x->member.base);
  if (base.kind != VAL_layer) return true;
  const LayerShape *shape = base.layer->shape;
  for (uint32_t i = 0; i < shape->members.len; i++) {
    const LayerMember *member = &shape->members.data[i];
    if (member->shape || member->count >= 0 || !str_eq(member->name.str, x->member.name.str))
      continue;
    *is = true;
    if (member->decl->weight.state) {
      diag_at(c->ctx, x->span, E_bad_minimize, "'%s' is a state of a layer, and no weight",
              ctx_text(c->ctx, member->name.str));
      diag_note(c->ctx, member->name.span, "declared here");
      return false;
    }
    return add_layer(c, m, base.layer, member->first, 1, group, x);
  }
  return true;
}

static bool add_net(Check *c, Minimize *m, const Expr *x) {
  bool is_weight, ok = true;
  WeightGroup group = group_of(c, &x);
  if (!add_weight(c, m, x, group, &is_weight)) return false;
  if (is_weight) return true;
  Value v = elab_expr(c, x);
  if (!value_ok(&v)) return false;
  if (v.kind == VAL_layer)
    return add_layer(c, m, v.layer, 0, v.layer->shape->weights.len, group, x);
  for (uint32_t i = 0; v.kind == VAL_layers && i < v.items.len && ok; i++) {
    const Layer *layer = v.items.data[i].layer;
    ok = add_layer(c, m, layer, 0, layer->shape->weights.len, group, x);
  }
  if (v.kind == VAL_layers) return ok;
  diag_at(c->ctx, x->span, E_bad_minimize,
          "'over' wants a model of the program or a part of one, not %s", value_str(c, &v));
  diag_help(c->ctx,
            "a layer of a model is allowed, an array of layers, and a weight: over net.trunk");
  return false;
}

static bool read_nets(Check *c, Minimize *m) {
  const Exprs *nets = &m->stmt->minimize.nets;
  bool ok = true;
  for (uint32_t i = 0; i < nets->len; i++) ok = add_net(c, m, nets->data[i]) && ok;
  if (!ok || m->weights.len) return ok;
  diag_at(c->ctx, m->stmt->span, E_bad_minimize, "there are no weights to change");
  return false;
}

/* ---- the optimizer ---- */

static const FnDecl *find_rule(const Members *members) {
  for (uint32_t i = 0; i < members->len; i++)
    if (members->data[i]->kind == MEM_fn) return members->data[i]->fn;
  return NULL;
}

static bool read_optimizer(Check *c, Minimize *m) {
  const Expr *x = m->call;
  const Expr *callee = x->kind == EX_call ? x->call.callee : x;
  if (callee->kind != EX_name) {
    if (callee->kind != EX_poison)
      diag_at(c->ctx, x->span, E_bad_optimizer,
              "an optimizer is a name or a call: adam(lr = 1e-3)");
    return false;
  }
  m->optimizer = spec_item(c->spec, ITEM_optimizer, callee->name);
  if (m->optimizer)
    place_word(c->scope->places, WORD_item, (Name){callee->name, callee->span},
               m->optimizer->name.span, NULL);
  if (!m->optimizer) {
    diag_at(c->ctx, callee->span, E_unknown_name, "there is no optimizer '%s'",
            ctx_text(c->ctx, callee->name));
    suggest_name(c, callee->name);
    return false;
  }
  Mode mode = c->mode, before = mode;
  mode.tensor_constants = true;
  c->mode = mode;
  m->constants =
      bind_constants(c, &m->optimizer->layer.constants, x->kind == EX_call ? &x->call.args : NULL,
                     ctx_text(c->ctx, callee->name), x->span);
  c->mode = before;
  m->rule = find_rule(&m->optimizer->layer.members);
  if (m->rule && m->rule->params.len == 4) return m->constants != NULL;
  diag_at(c->ctx, m->rule ? m->rule->span : m->optimizer->span, E_bad_optimizer,
          "the rule of an optimizer takes a weight, its gradient, the step and the norm");
  return false;
}

/* ---- gradients ---- */

static Dependence dependence(Check *c, const Minimize *m, bool past_updates) {
  Dependence best = DEPENDS_not;
  for (uint32_t i = 0; i < m->weights.len && best != DEPENDS; i++) {
    Dependence d = depends_on(c, m->loss.tensor.ref, m->weight_refs[i], past_updates);
    best = d > best ? d : best;
  }
  return best;
}

static bool some_dependence(Check *c, const Minimize *m) {
  Dependence d = dependence(c, m, false);
  if (d == DEPENDS) return true;
  diag_at(c->ctx, m->stmt->minimize.loss->span, E_bad_minimize,
          "the loss does not depend on the weights of '%s'%s", m->net,
          d == DEPENDS_not ? "" : " after the first turn");
  if (dependence(c, m, true) > d)
    diag_help(c->ctx, "what an earlier minimize or move made of these weights is a constant: "
                      "let derivatives go through it, ... with RULE through");
  else
    diag_help(c->ctx,
              "a loss computed before an earlier minimize was computed from the old weights: "
              "compute it again");
  return false;
}

static bool take_gradients(Check *c, Minimize *m) {
  TrainBuild *b = c->train;
  uint32_t n = m->weights.len;
  Graph *g = graph_here(c, m->stmt->span);
  Ref *operands = alloc(c, sizeof(Ref) * (n + 1));
  m->gradients = alloc(c, sizeof(Ref) * (n + 1));
  operands[0] = m->loss.tensor.ref;
  for (uint32_t i = 0; i < n; i++) {
    const TrainSlot *slot = &b->slots.data[m->weights.data[i]];
    operands[i + 1] = frame_import(c, slot->frame, slot->ref);
    if (dtype_is_float(graph_info(g, operands[i + 1])->dtype)) continue;
    diag_at(c->ctx, m->stmt->span, E_bad_minimize, "'%s' has no derivative: it is %s",
            ctx_text(c->ctx, slot->state.path), type_str(c->ctx, slot->state.type));
    return false;
  }
  m->weight_refs = operands + 1;
  if (!some_dependence(c, m)) return false;
  Ref y = build_op(g, OP_grad, operands, (int)n + 1, NULL, 0, TY_NONE);
  for (uint32_t i = 0; i < n; i++) m->gradients[i] = build_item(g, y, (int)i);
  return true;
}

/* The Euclidean length of all gradients together. In f64, where the square of no f32 overflows or
 * vanishes; a length that is finite but beyond f32 counts as the largest f32. */
static Value gradient_norm(Check *c, const Minimize *m) {
  Graph *g = c->frame->graph;
  Ref total = build_scalar(g, DT_f64, 0);
  for (uint32_t i = 0; i < m->weights.len; i++) {
    Ref d = build_cast(g, m->gradients[i], DT_f64);
    int rank = graph_info(g, d)->rank;
    int32_t *axes = alloc(c, sizeof(int32_t) * (size_t)(rank + 1));
    for (int k = 0; k < rank; k++) axes[k] = k;
    Ref square = build2(g, OP_mul, d, d);
    total = build2(g, OP_add, total, rank ? build_reduce(g, OP_sum, square, axes, rank) : square);
  }
  Ref length = build1(g, OP_sqrt, total), infinite = build_scalar(g, DT_f64, INFINITY);
  Ref in_range = build2(g, OP_min, length, build_scalar(g, DT_f64, FLT_MAX));
  length = build3(g, OP_where, build2(g, OP_eq, length, infinite), length, in_range);
  return value_tensor(c, build_cast(g, length, dtype_real(c->spec)));
}

/* ---- state ---- */

static bool path_taken(const TrainBuild *b, Str path) {
  return path.i < b->paths.len && b->paths.data[path.i];
}

/* owner.adam.member; adam2 if another minimize has the first name. */
static Str state_path(Check *c, const Minimize *m, const char *owner, const char *member) {
  const char *name = ctx_text(c->ctx, m->optimizer->name.str);
  Str path = ctx_str(c->ctx, ctx_printf(c->ctx, "%s.%s.%s", owner, name, member));
  for (int i = 2; path_taken(c->train, path); i++)
    path = ctx_str(c->ctx, ctx_printf(c->ctx, "%s.%s%d.%s", owner, name, i, member));
  return path;
}

/* The next slot of this statement: made when the statement is elaborated for the first time. */
static uint32_t next_slot(Check *c, Minimize *m, const char *owner, Name member, Ty type,
                          const Expr *init) {
  TrainBuild *b = c->train;
  uint32_t at = m->next_slot++;
  if (at < m->site->slots.len) return m->site->slots.data[at];
  Graph *graph = NULL;
  if (init) graph = init_graph(c->spec, init, m->constants, type);
  TrainState state = {.path = state_path(c, m, owner, ctx_text(c->ctx, member.str)),
                      .type = type,
                      .trainable = true};
  state.file_path = state.path;
  b->failed = b->failed || (init && !graph);
  uint32_t slot = train_slot(c, state, graph);
  vec_push(&c->ctx->arena, &m->site->slots, slot);
  return slot;
}

static Value slot_value(Check *c, uint32_t slot) {
  const TrainSlot *s = &((TrainBuild *)c->train)->slots.data[slot];
  return value_tensor(c, frame_import(c, s->frame, s->ref));
}

/* What a minimize or move gives is a constant for later derivatives, unless it says 'through'; a
 * weight is a variable of its own from then on. */
static Ref settled(Check *c, const Minimize *m, uint32_t slot, Ref ref) {
  const TrainState *state = &((TrainBuild *)c->train)->slots.data[slot].state;
  Graph *g = graph_here(c, m->stmt->span);
  if (!dtype_is_float(graph_info(g, ref)->dtype)) return ref;
  if (!m->through) ref = build1(g, OP_stop_gradient, ref);
  return state->is_weight ? build_variable(g, ref) : ref;
}

static void set_slot(Check *c, const Minimize *m, uint32_t slot, Ref ref) {
  TrainSlot *s = &((TrainBuild *)c->train)->slots.data[slot];
  s->frame = c->frame;
  s->ref = settled(c, m, slot, ref);
  s->state.trainable = true;
}

/* The same for what counts only when an update is due. */
static void settle_slot(Check *c, Minimize *m, uint32_t slot, Ref ref) {
  Value either[3] = {m->due, value_tensor(c, ref), slot_value(c, slot)};
  if (value_ok(&m->due)) ref = apply_op(c, OP_where, either, 3, m->stmt->span).tensor.ref;
  set_slot(c, m, slot, ref);
}

/* A counter of the statement, plus one, in f32: exact up to 16 million. The slot is not set yet. */
static Value count_up(Check *c, Minimize *m, const char *what, uint32_t *slot) {
  Name name = {ctx_str(c->ctx, what), m->stmt->span};
  *slot = next_slot(c, m, m->net, name, type_scalar(c->ctx, dtype_real(c->spec)), NULL);
  Value pair[2] = {slot_value(c, *slot), value_number(c->ctx, 1)};
  return apply_op(c, OP_add, pair, 2, m->stmt->span);
}

/* Updates so far. */
static void count_step(Check *c, Minimize *m) {
  uint32_t slot;
  m->step = count_up(c, m, "step", &slot);
  settle_slot(c, m, slot, m->step.tensor.ref);
}

/* ---- every K ---- */

static bool read_every(Check *c, Minimize *m) {
  const Expr *x = m->stmt->minimize.every;
  m->every = 1;
  if (!x) return true;
  if (!elab_int(c, x, &m->every)) return false;
  if (m->every >= 1) return true;
  diag_at(c->ctx, x->span, E_bad_minimize, "an update every %lld turns", (long long)m->every);
  return false;
}

/* Adds this turn's derivatives to those before; from here on the gradients are their mean. */
static void collect_gradients(Check *c, Minimize *m) {
  TrainBuild *b = c->train;
  Name sum = {ctx_str(c->ctx, "sum"), m->stmt->span};
  Span span = m->stmt->span;
  uint32_t slot;
  if (m->every == 1) return;
  Value turn = count_up(c, m, "turn", &slot);
  Value last[2] = {turn, value_number(c->ctx, (double)m->every)};
  m->due = apply_op(c, OP_eq, last, 2, span);
  Value next[3] = {m->due, value_number(c->ctx, 0), turn};
  set_slot(c, m, slot, apply_op(c, OP_where, next, 3, span).tensor.ref);
  m->collecting = alloc(c, sizeof(uint32_t) * (m->weights.len + 1));
  for (uint32_t i = 0; i < m->weights.len; i++) {
    const TrainState *w = &b->slots.data[m->weights.data[i]].state;
    m->collecting[i] = next_slot(c, m, ctx_text(c->ctx, w->path), sum, w->type, NULL);
    Value share[2] = {value_tensor(c, m->gradients[i]), value_number(c->ctx, 1 / (double)m->every)};
    Value both[2] = {slot_value(c, m->collecting[i]), apply_op(c, OP_mul, share, 2, span)};
    m->gradients[i] = apply_op(c, OP_add, both, 2, span).tensor.ref;
    Value after[3] = {m->due, value_number(c->ctx, 0), value_tensor(c, m->gradients[i])};
    set_slot(c, m, m->collecting[i], apply_op(c, OP_where, after, 3, span).tensor.ref);
  }
}

/* ---- when ---- */

/* An update only where the condition holds; otherwise weights, states and counters stay. */
static bool read_when(Check *c, Minimize *m, const Expr *x) {
  if (!x) return true;
  if (m->every > 1) {
    diag_at(c->ctx, x->span, E_bad_minimize, "an update has 'every' or 'when', not both");
    return false;
  }
  Value v = elab_expr(c, x);
  if (value_ok(&v)) v = value_to_tensor(c, v, TY_NONE, x->span);
  if (!value_ok(&v)) return false;
  m->due = v;
  if (ty_eq(value_type(c, &v), type_scalar(c->ctx, DT_bool))) return true;
  diag_at(c->ctx, x->span, E_bad_minimize, "'when' wants one bool, not %s", value_str(c, &v));
  if (value_rank(c, &v) && value_info(c, &v)->dtype == DT_bool)
    diag_help(c->ctx, "any(...) or all(...) makes one of it");
  return false;
}

/* ---- scopes ---- */

/* What the statement makes of a model or a weight stands in a scope of its own, "adam over
 * net.enc.W"; gives the scope that was there before. */
static Str enter_scope(Check *c, const Minimize *m, const char *path) {
  Graph *g = c->frame->graph;
  Str before = g->scope;
  const char *rule = ctx_text(c->ctx, m->optimizer->name.str);
  g->scope = ctx_str(c->ctx, ctx_printf(c->ctx, "%s over %s", rule, path));
  return before;
}

/* ---- the rule ---- */

typedef struct Update {
  VEC(uint32_t) slots;
  VEC(Name) names;
} Update;

static void bind_states(Check *c, Check *inner, Minimize *m, const Members *members,
                        const char *owner, Update *u) {
  for (uint32_t i = 0; i < members->len; i++) {
    const Member *member = members->data[i];
    Value condition;
    if (member->kind == MEM_const) {
      scope_bind(c->ctx, inner->scope, member->name.str, member->name.span,
                 elab_expr(inner, member->value));
    } else if (member->kind == MEM_if &&
               elab_static_bool(inner, member->branch.condition, &condition)) {
      bool then = condition.kind != VAL_bool || condition.boolean;
      bind_states(c, inner, m, then ? &member->branch.then : &member->branch.otherwise, owner, u);
    } else if (member->kind == MEM_weight) {
      Ty type = type_eval(inner, member->weight.type);
      if (!type.i) continue;
      uint32_t slot = next_slot(c, m, owner, member->name, type, member->weight.init);
      vec_push(&c->ctx->arena, &u->slots, slot);
      vec_push(&c->ctx->arena, &u->names, member->name);
      scope_bind(c->ctx, inner->scope, member->name.str, member->name.span, slot_value(c, slot));
    }
  }
}

static bool bind_rule(Check *inner, Minimize *m, uint32_t i) {
  Value v[4] = {value_tensor(inner, m->weight_refs[i]), value_tensor(inner, m->gradients[i]),
                m->step, m->norm};
  static const char *const what[4] = {"the weight", "the gradient", "the step", "the norm"};
  Wanted wanted[4];
  for (int k = 0; k < 4; k++) {
    const Param *p = &m->rule->params.data[k];
    if (!p->type) return false;
    wanted[k] = (Wanted){p->type, value_type(inner, &v[k]), m->call->span, what[k]};
    scope_bind(inner->ctx, inner->scope, p->name.str, p->name.span, v[k]);
  }
  return unify_signature(inner, wanted, 4);
}

static bool same_type(Check *c, const Minimize *m, Value v, Ty wanted, Span span, const char *what,
                      Ref *out) {
  v = value_to_tensor(c, v, type_with_dims(c->ctx, wanted, NULL, 0), span);
  if (!value_ok(&v)) return false;
  *out = v.tensor.ref;
  if (!v.tensor.n_vars && ty_eq(value_type(c, &v), wanted)) return true;
  diag_at(c->ctx, span, E_bad_optimizer, "%s changes its type", what);
  diag_expected(c->ctx, "%s", type_str(c->ctx, wanted));
  diag_got(c->ctx, "%s", value_str(c, &v));
  diag_note(c->ctx, m->stmt->span, "used here");
  return false;
}

/* Applies the rule to one weight; false after a mistake. */
static bool update_weight(Check *c, Minimize *m, uint32_t i) {
  TrainBuild *b = c->train;
  uint32_t slot = m->weights.data[i];
  Check inner = *c;
  inner.scope = scope_new(c->ctx, m->constants);
  inner.rest = (Rest){0};
  inner.self = NULL;
  inner.train = NULL;
  Update u = {0};
  Kept kept = {inner.scope, inner.frame, {0}};
  inner.kept = &kept;
  if (!bind_rule(&inner, m, i)) return false;
  bind_states(c, &inner, m, &m->optimizer->layer.members,
              ctx_text(c->ctx, b->slots.data[slot].state.path), &u);
  for (uint32_t k = 0; k < u.names.len; k++)
    vec_push(&c->ctx->arena, &kept.names, u.names.data[k].str);
  bool found = false, ok = true;
  Span where = m->rule->span;
  enter_scope(c, m, ctx_text(c->ctx, b->slots.data[slot].state.path));
  Ref ref;
  Value v = elab_block(&inner, &m->rule->body, &found, &where);
  if (!found) {
    diag_at(c->ctx, m->rule->span, E_no_result,
            "the rule of an optimizer ends with the new weight");
    return false;
  }
  if (!same_type(&inner, m, v, b->slots.data[slot].state.type, where, "the weight", &ref))
    return false;
  settle_slot(c, m, slot, ref);
  for (uint32_t k = 0; k < u.slots.len; k++) {
    Binding *binding = scope_find_here(inner.scope, u.names.data[k].str);
    Ty type = b->slots.data[u.slots.data[k]].state.type;
    const char *what = ctx_printf(c->ctx, "the state '%s'", ctx_text(c->ctx, u.names.data[k].str));
    bool fits = same_type(&inner, m, binding->value, type, binding->span, what, &ref);
    if (fits) settle_slot(c, m, u.slots.data[k], ref);
    ok = ok && fits;
  }
  return ok;
}

/* The statement's own slots: the same ones when it is elaborated again. */
static void begin_site(Check *c, Minimize *m) {
  TrainBuild *b = c->train;
  if (b->next_site == b->sites.len)
    vec_push(&c->ctx->arena, &b->sites, arena_new(&c->ctx->arena, TrainSite));
  m->site = b->sites.data[b->next_site++];
}

static void update_all(Check *c, Minimize *m) {
  bool ok = true;
  Str scope = enter_scope(c, m, m->net);
  m->norm = gradient_norm(c, m);
  count_step(c, m);
  for (uint32_t i = 0; i < m->weights.len && ok; i++) ok = update_weight(c, m, i);
  c->frame->graph->scope = scope;
  train_sync(c);
}

void train_minimize(Check *c, const Stmt *s) {
  TrainBuild *b = c->train;
  Minimize m = {.stmt = s, .call = s->minimize.optimizer, .through = s->minimize.through};
  if (b->is_eval || c->frame != b->frame) {
    diag_at(c->ctx, s->span, E_bad_minimize,
            b->is_eval ? "weights are not changed in an eval"
                       : "minimize cannot stand inside a scan");
    if (!b->is_eval)
      diag_help(c->ctx, "repeat K { ... } repeats statements of a step, minimize among them");
    return;
  }
  bool ok = read_loss(c, &m);
  ok = read_nets(c, &m) && ok;
  ok = read_optimizer(c, &m) && ok;
  ok = read_every(c, &m) && ok;
  ok = read_when(c, &m, s->minimize.when) && ok;
  if (!ok || !take_gradients(c, &m)) return;
  begin_site(c, &m);
  Str scope = enter_scope(c, &m, m.net);
  collect_gradients(c, &m);
  c->frame->graph->scope = scope;
  update_all(c, &m);
}

/* ---- move ---- */

/* A model of the program, or a part of one, frozen or not. */
static const Layer *read_model(Check *c, const Expr *x, const TrainNet **net) {
  Value v = elab_expr(c, x);
  *net = v.kind == VAL_layer ? train_net_of(c->train, v.layer) : NULL;
  if (*net) return v.layer;
  if (value_ok(&v))
    diag_at(c->ctx, x->span, E_bad_minimize, "'move' wants a model of the program, not %s",
            value_str(c, &v));
  return NULL;
}

static bool same_weights(Check *c, const Minimize *m, const Layer *a, const Layer *b) {
  const LayerShape *x = a->shape, *y = b->shape;
  bool same = x->weights.len == y->weights.len;
  for (uint32_t i = 0; same && i < x->weights.len; i++)
    same = ty_eq(x->weights.data[i].type, y->weights.data[i].type) &&
           str_eq(x->weights.data[i].path, y->weights.data[i].path);
  if (same && x->weights.len) return true;
  diag_at(c->ctx, m->stmt->span, E_bad_minimize, "%s",
          same ? "there are no weights to change" : "the models have not the same weights");
  if (same) return false;
  diag_expected(c->ctx, "%s", ctx_text(c->ctx, x->name));
  diag_got(c->ctx, "%s", ctx_text(c->ctx, y->name));
  return false;
}

static bool may_go_through(Check *c, const Minimize *m, const TrainNet *net) {
  if (!m->through || !net->frozen) return true;
  diag_at(c->ctx, m->stmt->move.net->span, E_bad_minimize,
          "no derivative goes through a frozen model");
  diag_note(c->ctx, net->name.span, "declared here");
  return false;
}

void train_move(Check *c, const Stmt *s) {
  TrainBuild *b = c->train;
  Minimize m = {.stmt = s, .call = s->move.rule, .every = 1, .through = s->move.through};
  const TrainNet *net, *other;
  if (b->is_eval || c->frame != b->frame) {
    diag_at(c->ctx, s->span, E_bad_minimize, "move stands in the step, outside of scans");
    return;
  }
  const Layer *to = read_model(c, s->move.to, &other), *from = read_model(c, s->move.net, &net);
  bool ok = to && from && same_weights(c, &m, from, to) && may_go_through(c, &m, net);
  ok = read_when(c, &m, s->move.when) && ok;
  if (!read_optimizer(c, &m) || !ok) return;
  uint32_t n = from->shape->weights.len;
  uint32_t first = net->first + (uint32_t)(from->weights - net->layer->weights);
  m.net = ctx_text(c->ctx, net->name.str);
  m.weight_refs = alloc(c, sizeof(Ref) * n);
  m.gradients = alloc(c, sizeof(Ref) * n);
  for (uint32_t i = 0; i < n; i++) {
    vec_push(&c->ctx->arena, &m.weights, first + i);
    m.weight_refs[i] = frame_import(c, from->frame, from->weights[i]);
    m.gradients[i] = frame_import(c, to->frame, to->weights[i]);
  }
  begin_site(c, &m);
  update_all(c, &m);
}
