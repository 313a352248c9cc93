/* Set axes, the cheap part: what contradicts the declaration of a parameter at first sight. The
 * pass 'sets' proves invariance for everything computed from it. */
#include "frontend/checker.h"

Span set_axis(const Value *v, int axis) {
  if (v->kind != VAL_tensor) return (Span){0};
  const Node *n = graph_node(v->tensor.frame->graph, v->tensor.ref);
  const Attr *sets = n->op == OP_param ? node_attr(n, A_sets) : NULL;
  for (int i = 0; sets && i < sets->n; i++)
    if (sets->ints[i] == axis) return n->span;
  return (Span){0};
}

/* The position in a set may be compared with an index into it, not counted with. */
bool check_set_number(Check *c, const IndexVar *var, Span span) {
  if (span_none(var->set)) return true;
  diag_at(c->ctx, span, E_set_index_as_number,
          "'%s' runs over a set axis: its elements have no positions", ctx_text(c->ctx, var->name));
  diag_note(c->ctx, var->set, "declared here with a set axis");
  diag_help(c->ctx, "write as_sequence(x) if the order matters");
  return false;
}

static bool check_place(Check *c, const Sub *sub, const Value *base, int axis) {
  if (span_none(set_axis(base, base->tensor.n_vars + axis))) return true;
  Affine a;
  bool range = sub->kind == SUB_range;
  bool fixed = sub->kind == SUB_expr && sub->expr->kind == EX_number;
  bool moved = sub->kind == SUB_expr && index_affine(c, sub->expr, &a) &&
               (a.var->loop || a.sign < 0 || !size_is(c->ctx, a.offset, 0));
  if (!range && !fixed && !moved) return true;
  diag_at(c->ctx, sub->span, E_order_dependent, "this depends on the order of a set axis");
  if (moved && a.var->loop)
    diag_note(c->ctx, a.var->span, "the loop reads the elements one after another");
  if (!span_none(base->span)) diag_note(c->ctx, base->span, "declared here with a set axis");
  diag_help(
      c->ctx,
      "reduce over the elements, attend over them, or write as_sequence(x) if the order matters");
  return false;
}

bool check_set_places(Check *c, const Expr *x, const Value *base) {
  int axis = 0, taken = 0, rank = value_rank(c, base);
  bool ok = true;
  for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
    SubKind kind = x->subscript.subs[i].kind;
    taken += kind != SUB_new && kind != SUB_rest;
  }
  for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
    const Sub *sub = &x->subscript.subs[i];
    if (sub->kind == SUB_rest)
      axis = rank - taken;
    else if (sub->kind != SUB_new)
      ok = check_place(c, sub, base, axis++) && ok;
  }
  return ok;
}
