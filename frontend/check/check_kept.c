/* State that an assignment keeps, or would lose.
 *
 * A name of a function is only a name. So a new value for a weight's name in a function of its
 * layer, or, inside of a scan, for the name of a state of the program or of an optimizer, would
 * be gone with the function or the turn.
 *
 * A state of a layer is kept: in a step, the function's graph has its new value as a result behind
 * the others, which the caller gives to the layer that it called, and so on up to the step, where
 * the program's slot takes it. Elsewhere it stays as it is. */
#include "frontend/check/checker.h"

/* The scope nearest to here that knows the name, up to and without 'end'. */
static Scope *scope_of(const Check *c, Str name, const Scope *end) {
  for (Scope *s = c->scope; s && s != end; s = s->parent)
    if (scope_find_here(s, name)) return s;
  return NULL;
}

static const LayerMember *weight_of(const LayerShape *shape, Str name) {
  for (uint32_t i = 0; i < shape->members.len; i++) {
    const LayerMember *m = &shape->members.data[i];
    if (!m->shape && m->count < 0 && str_eq(m->name.str, name)) return m;
  }
  return NULL;
}

static bool loses_weight(Check *c, Name name) {
  const LayerShape *shape = c->self ? c->self->shape : NULL;
  const LayerMember *m = shape ? weight_of(shape, name.str) : NULL;
  if (!m || m->decl->weight.state || scope_of(c, name.str, shape->constants)) return false;
  const char *text = ctx_text(c->ctx, name.str);
  diag_at(c->ctx, name.span, E_bad_target,
          "'%s' is a weight of the layer, which a function of the layer does not change", text);
  diag_note(c->ctx, m->name.span, "declared here");
  diag_help(c->ctx, "give a value of the function's own another name");
  diag_help(c->ctx, "what the layer keeps from step to step is declared so: state %s: ...", text);
  return true;
}

/* Inside of a scan, where a carry may have the name. */
static bool loses_state(Check *c, Name name, const Kept *kept) {
  bool known = false;
  for (uint32_t i = 0; i < kept->names.len; i++)
    known = known || str_eq(kept->names.data[i], name.str);
  if (!known || c->frame == kept->frame || scope_of(c, name.str, NULL) != kept->scope) return false;
  const char *text = ctx_text(c->ctx, name.str);
  diag_at(c->ctx, name.span, E_bad_target, "the state '%s' does not keep what a scan gives it",
          text);
  diag_help(c->ctx, "carry it: scan t in T, %s = %s { ... }; it keeps the last value", text, text);
  return true;
}

bool loses_value(Check *c, Name name) {
  return loses_weight(c, name) || (c->kept && loses_state(c, name, c->kept));
}

/* ---- states of layers ---- */

static const LayerMember *own_state(Check *c, Str name) {
  const LayerShape *shape = c->self ? c->self->shape : NULL;
  const LayerMember *m = shape ? weight_of(shape, name) : NULL;
  return m && m->decl->weight.state && !scope_of(c, name, shape->constants) ? m : NULL;
}

/* Where it stands, a new value of a state of the layer can be handed on. */
static bool hands_on(Check *c, const Layer *layer, Str state, Span span) {
  bool mapped = c->instance->busy_inline > 0;
  if (layer->frame == c->frame && !mapped) return true;
  diag_at(c->ctx, span, E_bad_target,
          mapped ? "the state '%s' has one value, and this is computed at every place"
                 : "the state '%s' of a layer does not keep what a scan gives it",
          ctx_text(c->ctx, state));
  if (!mapped)
    diag_help(c->ctx, "give it its value outside of the loop; in a step, repeat keeps states");
  return false;
}

static bool fits_state(Check *c, const LayerMember *m, Name name, Value *v) {
  Ty type = c->self->shape->weights.data[m->first].type;
  *v = value_to_tensor(c, *v, type_with_dims(c->ctx, type, NULL, 0), name.span);
  if (!value_ok(v) || !hands_on(c, c->self, name.str, name.span)) return false;
  if (v->kind == VAL_tensor && !v->tensor.n_vars && ty_eq(value_type(c, v), type)) return true;
  diag_at(c->ctx, name.span, E_bad_target, "the state '%s' changes its type",
          ctx_text(c->ctx, name.str));
  diag_expected(c->ctx, "%s", type_str(c->ctx, type));
  diag_got(c->ctx, "%s", value_str(c, v));
  diag_note(c->ctx, m->name.span, "declared here");
  return false;
}

bool keep_state(Check *c, Name name, Value v) {
  const LayerMember *m = own_state(c, name.str);
  if (!m) return false;
  c->instance->mode_matters = true;
  place_word(c->scope->places, WORD_member, name, m->name.span, &v);
  if (!value_ok(&v) || !fits_state(c, m, name, &v) || !c->mode.training) return true;
  Graph *g = graph_here(c, name.span);
  Ref ref = frame_import(c, v.tensor.frame, v.tensor.ref);
  if (dtype_is_float(graph_info(g, ref)->dtype))
    ref = build_variable(g, build1(g, OP_stop_gradient, ref));
  c->self->weights[m->first] = ref;
  return true;
}

void states_finish(Check *c, Instance *in) {
  for (uint32_t i = 0; i < in->layers.len; i++) {
    const LayerParam *p = &in->layers.data[i];
    for (uint32_t k = 0; k < p->layer->shape->weights.len; k++) {
      if (ref_eq(p->layer->weights[k], p->before[k])) continue;
      vec_push(&c->ctx->arena, &in->states, ((NewState){i, k}));
      graph_result(in->graph, p->layer->weights[k], p->layer->shape->weights.data[k].path);
    }
  }
}

/* The layer that stands for number 'at' of the callee's layers. */
static Layer *layer_given(const Callee *callee, const Actual *actuals, uint32_t at) {
  if (callee->self && !at--) return callee->self;
  for (uint32_t i = 0; i < callee->fn->params.len; i++)
    if (actuals[i].given && actuals[i].value.kind == VAL_layer && !at--)
      return actuals[i].value.layer;
  ORDO_BUG("a state of no layer of the call");
}

void states_give(Check *c, const Callee *callee, const Instance *in, const Actual *actuals,
                 const Ref *values, Span span) {
  for (uint32_t i = 0; i < in->states.len && !c->mode.looking; i++) {
    const NewState *s = &in->states.data[i];
    Layer *layer = layer_given(callee, actuals, s->layer);
    if (!hands_on(c, layer, layer->shape->weights.data[s->weight].path, span)) return;
    layer->weights[s->weight] = values[i];
    if (c->train && !layer->other) c->spec->train_rules->keep(c, layer, s->weight, values[i]);
  }
}
