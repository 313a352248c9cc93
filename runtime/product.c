/* Matrix products of a plan: strides of the operands' axes. */
#include "runtime/lower.h"

/* Axes that together are one axis of a matrix: extent and distance in elements. */
typedef struct Axis {
  Sz extent, stride;
} Axis;

static Sz stride_of(Ctx *ctx, const TypeInfo *t, int axis) {
  Sz stride = size_const(ctx, 1);
  for (int i = axis + 1; i < t->rank; i++) stride = size_mul(ctx, stride, t->dims[i]);
  return stride;
}

/* Joins axes; false when they do not lie behind one another in memory. */
static bool join(Ctx *ctx, const TypeInfo *t, const int32_t *axes, int n, Axis *out) {
  *out = (Axis){size_const(ctx, 1), size_const(ctx, 1)};
  for (int i = n - 1; i >= 0; i--) {
    Axis one = {t->dims[axes[i]], stride_of(ctx, t, axes[i])};
    if (size_is(ctx, one.extent, 1)) continue;
    if (size_is(ctx, out->extent, 1))
      *out = one;
    else if (sz_eq(one.stride, size_mul(ctx, out->extent, out->stride)))
      out->extent = size_mul(ctx, out->extent, one.extent);
    else
      return false;
  }
  return true;
}

static bool listed(const Attr *axes, int axis) {
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] == axis) return true;
  return false;
}

/* Batch, free and contracted axis of an operand. */
static bool matrix_axes(Ctx *ctx, const TypeInfo *t, const Attr *batch, const Attr *contract,
                        Axis out[3]) {
  int32_t rest[TENSOR_MAX_RANK];
  int n = 0;
  for (int i = 0; i < t->rank && n < TENSOR_MAX_RANK; i++)
    if (!listed(batch, i) && !listed(contract, i)) rest[n++] = i;
  return join(ctx, t, batch->ints, batch->n, &out[0]) && join(ctx, t, rest, n, &out[1]) &&
         join(ctx, t, contract->ints, contract->n, &out[2]);
}

bool lower_product(Lowered *l, const PlanInstr *instr, ImageProduct *product, Fault *fault) {
  Ctx *ctx = l->ctx;
  const Node *node = instr->node;
  const TypeInfo *a = graph_info(instr->graph, node->operands[0]);
  const TypeInfo *b = graph_info(instr->graph, node->operands[1]);
  Axis of_a[3], of_b[3];
  if ((a->dtype != DT_f32 && a->dtype != DT_f64) ||
      !matrix_axes(ctx, a, node_attr(node, A_batch_a), node_attr(node, A_contract_a), of_a) ||
      !matrix_axes(ctx, b, node_attr(node, A_batch_b), node_attr(node, A_contract_b), of_b))
    return fault_set(
        fault, E_compile_failed, node->span,
        ctx_printf(ctx,
                   "dot of %s and %s is no matrix product; the pass 'contract' has to run first",
                   type_str(ctx, graph_type(instr->graph, node->operands[0])),
                   type_str(ctx, graph_type(instr->graph, node->operands[1]))));
  bool bf16 = dot_is_bf16(node);
  ProductNeeds *needs = &l->products[a->dtype == DT_f64];
  l->bf16 |= bf16;
  needs->any |= !bf16;
  needs->transposes |= !bf16 && !size_is(ctx, of_b[1].stride, 1);
  Span at = node->span;
  *product = (ImageProduct){.dtype = bf16 ? DT_bf16 : a->dtype,
                            .batch = lower_size(l, of_a[0].extent, at),
                            .m = lower_size(l, of_a[1].extent, at),
                            .k = lower_size(l, of_a[2].extent, at),
                            .n = lower_size(l, of_b[1].extent, at),
                            .a_batch = lower_size(l, of_a[0].stride, at),
                            .a_row = lower_size(l, of_a[1].stride, at),
                            .a_col = lower_size(l, of_a[2].stride, at),
                            .b_batch = lower_size(l, of_b[0].stride, at),
                            .b_col = lower_size(l, of_b[1].stride, at),
                            .b_row = lower_size(l, of_b[2].stride, at)};
  return true;
}
