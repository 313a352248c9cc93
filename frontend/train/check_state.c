/* State members of a training program: coef: f32 ~ full(0.2).
 *
 * They are state like weights and the state of optimizers: drawn once, kept from step to step,
 * saved and resumed. Giving the name a new value in the step (or in a repeat of it) keeps that
 * value; inside of a scan and in functions a name is only a name. Optimizers treat their members in
 * the same way. */
#include "frontend/train/check_train.h"

bool train_set_twice(Check *c, TrainBuild *b, const TrainMember *m) {
  Binding *before = scope_find_here(b->scope, m->name.str);
  if (!before) return false;
  diag_at(c->ctx, m->name.span, E_duplicate_name, "'%s' is set twice",
          ctx_text(c->ctx, m->name.str));
  diag_note(c->ctx, before->span, "the first time");
  return true;
}

void train_add_var(Check *c, TrainBuild *b, const TrainMember *m) {
  if (train_set_twice(c, b, m)) return;
  TrainVar var = {.member = m, .type = type_eval(c, m->type)};
  b->failed = b->failed || !var.type.i;
  if (var.type.i) vec_push(&c->ctx->arena, &b->vars, var);
  vec_push(&c->ctx->arena, &b->kept.names, m->name.str);
  scope_bind(c->ctx, b->scope, m->name.str, m->name.span, value_poison());
}

void train_var_slots(Check *c) {
  TrainBuild *b = c->train;
  for (uint32_t i = 0; i < b->vars.len; i++) {
    TrainVar *var = &b->vars.data[i];
    Graph *init = init_graph(c->spec, var->member->value, b->scope, var->type);
    b->failed = b->failed || !init;
    TrainState state = {
        .path = var->member->name.str, .type = var->type, .file_path = var->member->name.str};
    var->slot = train_slot(c, state, init);
  }
}

static void sync_vars(Check *c) {
  TrainBuild *b = c->train;
  for (uint32_t i = 0; i < b->vars.len; i++) {
    const TrainVar *var = &b->vars.data[i];
    const TrainSlot *s = &b->slots.data[var->slot];
    Value v = value_tensor(c, frame_import(c, s->frame, s->ref));
    scope_bind(c->ctx, c->scope, var->member->name.str, var->member->name.span, v);
  }
  b->kept.scope = c->scope;
  b->kept.frame = c->frame;
}

/* A new value of a state member; false with a diagnostic when it does not fit. */
static bool set_var(Check *c, const TrainVar *var, Name name, Value *v) {
  TrainBuild *b = c->train;
  if (b->is_eval) {
    diag_at(c->ctx, name.span, E_bad_setting, "the state '%s' is not changed in an eval",
            ctx_text(c->ctx, name.str));
    return false;
  }
  *v = value_to_tensor(c, *v, type_with_dims(c->ctx, var->type, NULL, 0), name.span);
  if (!value_ok(v)) return false;
  if (v->kind != VAL_tensor || !ty_eq(value_type(c, v), var->type)) {
    diag_at(c->ctx, name.span, E_bad_setting, "the state '%s' changes its type",
            ctx_text(c->ctx, name.str));
    diag_expected(c->ctx, "%s", type_str(c->ctx, var->type));
    diag_got(c->ctx, "%s", value_str(c, v));
    diag_note(c->ctx, var->member->span, "declared here");
    return false;
  }
  TrainSlot *s = &b->slots.data[var->slot];
  s->frame = c->frame; /* also for a value from around a repeat: it is the repeat that changes it */
  s->ref = frame_import(c, v->tensor.frame, v->tensor.ref);
  s->state.trainable = true;
  return true;
}

bool train_assign(Check *c, Name name, Value *v) {
  TrainBuild *b = c->train;
  if (c->frame != b->frame) return true;
  for (uint32_t i = 0; i < b->vars.len; i++)
    if (str_eq(b->vars.data[i].member->name.str, name.str))
      return value_ok(v) && set_var(c, &b->vars.data[i], name, v);
  return true;
}

Ref train_state_param(Graph *g, const TrainState *state) {
  return graph_role_param(g, state->type, state->path, state->is_weight ? ROLE_weight : ROLE_state);
}

uint32_t train_slot(Check *c, TrainState state, Graph *init) {
  TrainBuild *b = c->train;
  TrainSlot slot = {.state = state, .init = init, .frame = b->root};
  slot.ref = slot.param = train_state_param(b->root->graph, &state);
  vec_push(&c->ctx->arena, &b->slots, slot);
  while (b->paths.len <= state.path.i) vec_push(&c->ctx->arena, &b->paths, false);
  b->paths.data[state.path.i] = true;
  return b->slots.len - 1;
}

void train_sync(Check *c) {
  TrainBuild *b = c->train;
  for (uint32_t i = 0; i < b->nets.len; i++) {
    TrainNet *net = &b->nets.data[i];
    net->layer->frame = c->frame;
    for (uint32_t k = 0; k < net->shape->weights.len; k++) {
      const TrainSlot *s = &b->slots.data[net->first + k];
      net->layer->weights[k] = frame_import(c, s->frame, s->ref);
    }
  }
  sync_vars(c);
}

/* ---- states of layers ---- */

const TrainNet *train_net_of(const TrainBuild *b, const Layer *layer) {
  for (uint32_t i = 0; i < b->nets.len; i++) {
    const TrainNet *net = &b->nets.data[i];
    ptrdiff_t at = layer->weights - net->layer->weights;
    if (layer == net->layer || (at >= 0 && at < (ptrdiff_t)net->shape->weights.len)) return net;
  }
  return NULL;
}

void train_keep(Check *c, const Layer *layer, uint32_t at, Ref ref) {
  const TrainNet *net = train_net_of(c->train, layer);
  ORDO_CHECK(net);
  uint32_t first = net->first + (uint32_t)(layer->weights - net->layer->weights);
  TrainSlot *s = &((TrainBuild *)c->train)->slots.data[first + at];
  s->frame = c->frame;
  s->ref = ref;
  s->state.trainable = true;
}
