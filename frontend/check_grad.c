/* grad(loss, x): the derivative of a scalar by a variable, a tuple of variables or the weights of a
 * layer. */
#include "frontend/checker.h"

/* Whether a node is computed from another one. */
bool depends_on(Check *c, const Graph *g, Ref from, Ref on) {
  if (from.i < on.i) return false;
  bool *reached = alloc(c, from.i + 1);
  reached[from.i] = true;
  for (uint32_t i = from.i; i > on.i; i--) {
    const Node *n = &g->nodes.data[i];
    for (int k = 0; reached[i] && k < n->n_operands; k++) reached[n->operands[k].i] = true;
  }
  return reached[on.i];
}

static bool collect(Check *c, Value *v, Span span, RefList *refs, Value *template) {
  if (v->kind != VAL_layer) return value_flatten(c, *v, span, refs, template);
  Layer *layer = v->layer;
  uint32_t n = layer->shape->weights.len;
  *template = value_tuple(values_new(c->ctx, n));
  for (uint32_t i = 0; i < n; i++) {
    Ref w = frame_import(c, layer->frame, layer->weights[i]);
    template->items.data[i] = value_tensor(c, w);
    vec_push(&c->ctx->arena, &refs->refs, w);
  }
  return true;
}

static bool loss_ok(Check *c, const Value *loss, Span span) {
  if (loss->kind == VAL_tensor && loss->tensor.n_vars == 0 && value_rank(c, loss) == 0 &&
      dtype_is_float(value_info(c, loss)->dtype))
    return true;
  if (value_ok(loss))
    diag_at(c->ctx, span, E_bad_gradient, "the first operand of grad is a float scalar, not %s",
            value_str(c, loss));
  return false;
}

Value elab_grad(Check *c, Value *v, Span span) {
  Value loss = v[0].kind == VAL_tensor ? value_import(c, v[0]) : v[0], template;
  RefList refs = {0};
  if (!loss_ok(c, &loss, span)) return value_poison();
  vec_push(&c->ctx->arena, &refs.refs, loss.tensor.ref);
  if (!collect(c, &v[1], span, &refs, &template)) return value_poison();
  Graph *g = graph_here(c, span);
  bool any = refs.refs.len == 1;
  for (uint32_t i = 1; i < refs.refs.len; i++) {
    any = any || depends_on(c, g, loss.tensor.ref, refs.refs.data[i]);
    if (dtype_is_float(graph_info(g, refs.refs.data[i])->dtype)) continue;
    diag_at(c->ctx, span, E_bad_gradient, "there is no derivative by %s",
            type_str(c->ctx, graph_type(g, refs.refs.data[i])));
    return value_poison();
  }
  if (!any) {
    diag_at(c->ctx, span, E_bad_gradient,
            "the loss does not depend on what it is differentiated by");
    return value_poison();
  }
  Ref y = build_op(g, OP_grad, refs.refs.data, (int)refs.refs.len, NULL, 0, TY_NONE);
  uint32_t n = refs.refs.len - 1, next = 0;
  for (uint32_t i = 0; i < n; i++) refs.refs.data[i] = build_item(g, y, (int)i);
  return value_rebuild(c, &template, refs.refs.data, &next);
}
