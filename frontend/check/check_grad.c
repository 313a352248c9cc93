/* grad(loss, x): the derivative of a scalar by a variable, a tuple of variables or the weights of a
 * layer. */
#include "frontend/check/checker.h"

/* ---- what a value is computed from ---- */

/* What a minimize or move gave a weight, as a constant. */
static bool is_settled(const Graph *g, const Node *n) {
  return n->op == OP_variable && graph_node(g, n->operands[0])->op == OP_stop_gradient;
}

/* Extends the marks to all operands. */
static void reach(const Graph *g, bool *reached, bool past_updates) {
  for (uint32_t i = g->nodes.len; i-- > 0;) {
    const Node *n = &g->nodes.data[i];
    if (!past_updates && is_settled(g, n)) continue;
    for (int k = 0; reached[i] && k < n->n_operands; k++) reached[n->operands[k].i] = true;
  }
}

static Ref outer_of(const Capture *list, uint32_t n, Ref inner) {
  for (uint32_t i = 0; i < n; i++)
    if (ref_eq(list[i].inner, inner)) return list[i].outer;
  return REF_NONE;
}

static bool reaches_carry(const Frame *f, const bool *reached, Ref but) {
  for (uint32_t i = 0; i < f->firsts.len; i++)
    if (reached[f->firsts.data[i].inner.i] && !ref_eq(f->firsts.data[i].inner, but)) return true;
  return false;
}

/* The marks of what a loop's body has from around it. */
static bool *reached_outside(Check *c, const Frame *f, const bool *reached) {
  bool *outside = alloc(c, f->parent->graph->nodes.len + 1);
  for (uint32_t i = 0; i < f->captures.len; i++)
    if (reached[f->captures.data[i].inner.i]) outside[f->captures.data[i].outer.i] = true;
  for (uint32_t i = 0; i < f->slices.len; i++)
    if (reached[f->slices.data[i].inner.i]) outside[f->slices.data[i].outer.i] = true;
  return outside;
}

/* A value after a repeat may be computed from another one of its last turn. */
static bool of_same_repeat(const Graph *g, const bool *reached, Ref on) {
  const Node *n = graph_node(g, on);
  if (n->op != OP_item || !reached[n->operands[0].i]) return false;
  return node_int(graph_node(g, n->operands[0]), A_repeat, 0) != 0;
}

Dependence depends_on(Check *c, Ref value, Ref on, bool past_updates) {
  const Frame *f = c->frame;
  bool *reached = alloc(c, f->graph->nodes.len + 1);
  Dependence how = DEPENDS;
  reached[value.i] = true;
  for (; f; f = f->parent) {
    reach(f->graph, reached, past_updates);
    if (reached[on.i] || of_same_repeat(f->graph, reached, on)) return how;
    Ref captured = outer_of(f->captures.data, f->captures.len, on);
    Ref first = outer_of(f->firsts.data, f->firsts.len, on);
    if (ref_none(captured) && (ref_none(first) || !f->repeats)) return DEPENDS_not;
    if (reaches_carry(f, reached, on)) return DEPENDS; /* as far as is known in its body */
    if (ref_none(captured) && !size_is(c->ctx, f->counter->extent, 1)) how = DEPENDS_first_turn;
    on = ref_none(captured) ? first : captured;
    reached = reached_outside(c, f, reached);
  }
  return DEPENDS_not;
}

/* ---- the derivative ---- */

static bool frozen(Check *c, Span span) {
  diag_at(c->ctx, span, E_bad_gradient, "there is no derivative by weights of a frozen model");
  return false;
}

static bool has_frozen(const Value *v) {
  for (uint32_t i = 0; v->kind == VAL_tuple && i < v->items.len; i++)
    if (has_frozen(&v->items.data[i])) return true;
  if (v->kind == VAL_layer) return v->layer->frozen;
  if (v->kind != VAL_tensor || !v->frozen) return false;
  Op op = graph_node(v->tensor.frame->graph, v->tensor.ref)->op;
  return op == OP_param || op == OP_variable; /* else computed from the weight */
}

static bool collect(Check *c, Value *v, Span span, RefList *refs, Value *template) {
  if (has_frozen(v)) return frozen(c, span);
  if (v->kind != VAL_layer) return value_flatten(c, *v, span, refs, template);
  *template = layer_weights(c, v->layer);
  for (uint32_t i = 0; i < template->items.len; i++)
    vec_push(&c->ctx->arena, &refs->refs, template->items.data[i].tensor.ref);
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
    any = any || depends_on(c, loss.tensor.ref, refs.refs.data[i], true) != DEPENDS_not;
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
