/* Matrix products of a plan: strides of the operands' axes. */
#include "ir/dot_form.h"
#include "runtime/lower.h"

bool lower_product(Lowered *l, const PlanInstr *instr, ImageProduct *product, Fault *fault) {
  Ctx *ctx = l->ctx;
  const Node *node = instr->node;
  DotAsk ask = dot_ask(instr->graph, node, instr->order);
  DotForm form;
  DType dtype = ask.a->dtype;
  if ((dtype != DT_f32 && dtype != DT_f64) || !dot_form(ctx, &ask, &form))
    return fault_set(
        fault, E_compile_failed, node->span,
        ctx_printf(ctx,
                   "dot of %s and %s is no matrix product; the pass 'contract' has to run first",
                   type_str(ctx, graph_type(instr->graph, node->operands[0])),
                   type_str(ctx, graph_type(instr->graph, node->operands[1]))));
  bool bf16 = dot_is_bf16(node);
  ProductNeeds *needs = &l->products[dtype == DT_f64];
  l->bf16 |= bf16;
  needs->any |= !bf16;
  needs->transposes |= !bf16 && !size_is(ctx, form.n.b, 1);
  Span at = node->span;
  *product = (ImageProduct){.dtype = bf16 ? DT_bf16 : dtype,
                            .m = lower_size(l, form.m.extent, at),
                            .n = lower_size(l, form.n.extent, at),
                            .k = lower_size(l, form.k.extent, at),
                            .a_row = lower_size(l, form.m.a, at),
                            .a_col = lower_size(l, form.k.a, at),
                            .b_row = lower_size(l, form.k.b, at),
                            .b_col = lower_size(l, form.n.b, at),
                            .c_row = lower_size(l, form.m.y, at)};
  for (int i = 0; i < GEMM_BATCH_AXES; i++) {
    product->batch[i] = lower_size(l, form.batch[i].extent, at);
    product->a_batch[i] = lower_size(l, form.batch[i].a, at);
    product->b_batch[i] = lower_size(l, form.batch[i].b, at);
    product->c_batch[i] = lower_size(l, form.batch[i].y, at);
  }
  return true;
}

_Static_assert((int)GEMM_BATCH_AXES == (int)DOT_BATCH, "axes of a batch");
