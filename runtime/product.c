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

/* Number of the argument that is this size; ROWS_NO_ARG: the code does not read it. */
static uint32_t argument_of(const KernelSig *sig, Sz size) {
  for (int k = 0; k < sig->n_sizes; k++)
    if (sz_eq(sig->sizes[k], size)) return (uint32_t)(sig->n_inputs + sig->n_outputs + k);
  return ROWS_NO_ARG;
}

/* Bytes of a row of a result. */
static Sz row_bytes(Lowered *l, const PlanRows *rows, uint32_t result) {
  const Graph *whole = rows->kernel->body;
  const TypeInfo *t = graph_info(whole, whole->results.data[result]);
  Sz bytes = size_const(l->ctx, dtype_bytes[t->dtype]), all = size_const(l->ctx, 1);
  for (int i = 0; i < rows->axes.n; i++) all = size_mul(l->ctx, all, rows->axes.extents[i]);
  Sz before = size_const(l->ctx, 1);
  for (int i = 0; i < t->rank; i++) {
    if (sz_eq(before, all))
      bytes = size_mul(l->ctx, bytes, t->dims[i]);
    else
      before = size_mul(l->ctx, before, t->dims[i]);
  }
  return bytes;
}

void lower_rows(Lowered *l, const PlanRows *rows, Span at, const KernelSig *sig, uint32_t code) {
  Arena *arena = &l->ctx->arena;
  ImageRows out = {.code = code,
                   .n_args = (uint32_t)(sig->n_inputs + sig->n_outputs + sig->n_sizes),
                   .first_result = (uint32_t)sig->n_inputs,
                   .n_results = (uint32_t)sig->n_outputs,
                   .product =
                       rows->kept || rows->product < 0 ? ROWS_NO_ARG : (uint32_t)rows->product,
                   .over = rows->over < 0 ? ROWS_NO_ARG : (uint32_t)rows->over,
                   .more = rows->next != NULL,
                   .cut = (uint32_t)rows->cut,
                   .count = argument_of(sig, rows->count),
                   .first_bytes = l->builder.row_bytes.len};
  Sz within = size_const(l->ctx, 1);
  for (int i = 0; i < rows->axes.n; i++) {
    if (i > rows->cut) within = size_mul(l->ctx, within, rows->axes.extents[i]);
    if (i > rows->cut) continue;
    out.starts[i] = argument_of(sig, rows->starts[i]);
    out.extents[i] = lower_size(l, rows->axes.extents[i], at);
  }
  out.within = lower_size(l, within, at);
  for (uint32_t k = 0; k < out.n_results; k++) {
    uint32_t bytes = lower_size(l, row_bytes(l, rows, k), at);
    vec_push(arena, &l->builder.row_bytes, bytes);
  }
  vec_push(arena, &l->builder.rows, out);
}

_Static_assert((int)ROWS_AXES == (int)PLAN_ROW_AXES, "axes that count rows");
_Static_assert((int)GEMM_BATCH_AXES == (int)DOT_BATCH, "axes of a batch");
