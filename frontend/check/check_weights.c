/* The weights of a layer as values: weights(net) gives them, 'net with w' is the layer with others
 * in their places. They stand in the order of a checkpoint, without states. */
#include "frontend/check/checker.h"

static uint32_t count_trained(const LayerShape *shape) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < shape->weights.len; i++) n += !shape->weights.data[i].state;
  return n;
}

Value layer_weights(Check *c, const Layer *layer) {
  const LayerShape *shape = layer->shape;
  Value v = value_tuple(values_new(c->ctx, count_trained(shape)));
  for (uint32_t i = 0, k = 0; i < shape->weights.len; i++) {
    if (shape->weights.data[i].state) continue;
    Value *w = &v.items.data[k++];
    *w = value_tensor(c, frame_import(c, layer->frame, layer->weights[i]));
    w->frozen = layer->frozen;
  }
  return v;
}

static bool wrong_weights(Check *c, const Layer *layer, const Value *v, Span span) {
  if (value_ok(v))
    diag_at(c->ctx, span, E_argument, "these are no weights of %s",
            ctx_text(c->ctx, layer->shape->name));
  return false;
}

/* Weight number i of the shape is replaced by the next value of a tuple. */
static bool take_weight(Check *c, Layer *layer, uint32_t i, Value v, Span span) {
  const WeightInfo *w = &layer->shape->weights.data[i];
  v = value_to_tensor(c, v, type_with_dims(c->ctx, w->type, NULL, 0), span);
  if (!value_ok(&v)) return false;
  if (v.kind == VAL_tensor && !v.tensor.n_vars && ty_eq(value_type(c, &v), w->type)) {
    layer->weights[i] = frame_import(c, v.tensor.frame, v.tensor.ref);
    return true;
  }
  wrong_weights(c, layer, &v, span);
  diag_expected(c->ctx, "%s for '%s'", type_str(c->ctx, w->type), ctx_text(c->ctx, w->path));
  diag_got(c->ctx, "%s", value_str(c, &v));
  diag_note(c->ctx, w->decl->name.span, "declared here");
  return false;
}

static bool take_tuple(Check *c, Layer *layer, const Value *v, Span span) {
  const LayerShape *shape = layer->shape;
  uint32_t n = count_trained(shape), k = 0;
  if (v->kind != VAL_tuple || v->items.len != n) {
    wrong_weights(c, layer, v, span);
    if (!value_ok(v)) return false;
    diag_expected(c->ctx,
                  "a layer of the same kind, or a tuple of %u values, as weights(...) gives it", n);
    diag_got(c->ctx, "%s", value_str(c, v));
    return false;
  }
  for (uint32_t i = 0; i < shape->weights.len; i++)
    if (!shape->weights.data[i].state && !take_weight(c, layer, i, v->items.data[k++], span))
      return false;
  return true;
}

Layer *layer_with(Check *c, const Layer *layer, Value v, Span span) {
  uint32_t n = layer->shape->weights.len;
  Layer *other = arena_new(&c->ctx->arena, Layer);
  *other = (Layer){.shape = layer->shape,
                   .path = layer->path,
                   .frame = c->frame,
                   .weights = alloc(c, sizeof(Ref) * (n + 1)),
                   .frozen = layer->frozen,
                   .other = true};
  for (uint32_t i = 0; i < n; i++)
    other->weights[i] = frame_import(c, layer->frame, layer->weights[i]);
  if (v.kind == VAL_layer && v.layer->shape == layer->shape) v = layer_weights(c, v.layer);
  return take_tuple(c, other, &v, span) ? other : NULL;
}
