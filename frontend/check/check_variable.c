/* Variables of derivatives. grad(l, x) follows what was made of the value that the name x was
 * given.
 *
 * The graph shares equal nodes and folds constants, so that the node of that value may stand for
 * others as well, or be gone from what was made of it. Therefore what is given to a name that
 * the body differentiates by becomes a node of its own (the op 'variable'), at once: the parser
 * has noted those names. A name for a value that has one already stays that value. */
#include "frontend/check/checker.h"

static bool is_variable(const Check *c, Str name) {
  for (uint32_t i = 0; c->body && i < c->body->n_variables; i++)
    if (str_eq(c->body->variables[i], name)) return true;
  return false;
}

static Value made_variable(Check *c, const Expr *x, Value v, Span span) {
  if (v.kind == VAL_tuple) {
    Value out = value_tuple(values_new(c->ctx, v.items.len));
    bool each = x && x->kind == EX_tuple && x->items.len == v.items.len;
    for (uint32_t i = 0; i < out.items.len; i++)
      out.items.data[i] = made_variable(c, each ? x->items.data[i] : x, v.items.data[i], span);
    return out;
  }
  bool named = x && (x->kind == EX_name || x->kind == EX_member);
  if (v.kind == VAL_number && v.number.known)
    v = value_to_tensor(c, v, TY_NONE, span);
  else if (v.kind != VAL_tensor || named)
    return v;
  if (!value_ok(&v) || v.tensor.n_vars || !dtype_is_float(value_info(c, &v)->dtype)) return v;
  v = value_import(c, v);
  v.frozen = false;
  v.tensor.ref = build_variable(graph_here(c, span), v.tensor.ref);
  return v;
}

Value variable_of(Check *c, Str name, const Expr *x, Value v, Span span) {
  return is_variable(c, name) ? made_variable(c, x, v, span) : v;
}
