/* Ops of plug-ins become what they are made of: their text in built-in ops, or a call of the C
 * function of the plug-in. */
#include "passes/contract/contract.h"
#include "passes/rules/expr.h"

static bool kernel_takes(DType dtype) {
  return dtype == DT_f32 || dtype == DT_f64 || dtype == DT_i32 || dtype == DT_idx;
}

static bool types_taken(PassCtx *pc, const Graph *old, const Node *n, const CustomOp *op) {
  DType wrong = type_info(pc->ctx, n->type)->dtype;
  for (int k = 0; k < n->n_operands && kernel_takes(wrong); k++)
    wrong = graph_info(old, n->operands[k])->dtype;
  if (kernel_takes(wrong)) return true;
  diag_at(pc->ctx, n->span, E_compile_failed, "the function '%s' of a plug-in takes no %s",
          op->kernel, dtype_name[wrong]);
  return false;
}

static Ref call_kernel(Graph *g, const CustomOp *op, const Ref *operands, Ty type) {
  Attr attrs[] = {attr_s(A_symbol, ctx_str(g->ctx, op->kernel)),
                  attr_s(A_library, ctx_str(g->ctx, custom_library(g->ctx, op)))};
  Ref call = build_op(g, OP_foreign, operands, op->arity, attrs, 2, type_tuple(g->ctx, &type, 1));
  return build_item(g, call, 0);
}

Ref contract_custom(PassCtx *pc, const Graph *old, Ref r, Graph *g, const RefMap *map) {
  const Node *n = graph_node(old, r);
  const CustomOp *op = custom_of(pc->ctx, n);
  Ref operands[3];
  const char *why = NULL;
  for (int k = 0; k < n->n_operands; k++) operands[k] = map->to[n->operands[k].i];
  if (op->kernel)
    return types_taken(pc, old, n, op) ? call_kernel(g, op, operands, n->type)
                                       : build_const(g, n->type, 0);
  ExprBindings bound = expr_bindings();
  for (int k = 0; k < n->n_operands; k++) bound.ref[EXPR_a + k] = operands[k];
  return expr_build(g, expr_parse(&pc->ctx->arena, op->code, &why), &bound, n->type);
}
