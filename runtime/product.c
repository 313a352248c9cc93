/* Matrix products of a program: strides of the operands' axes, and the call. */
#include "runtime/engine.h"

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

Product *product_new(Program *program, const PlanInstr *instr, Fault *fault) {
  Ctx *ctx = program->ctx;
  const Node *node = instr->node;
  const TypeInfo *a = graph_info(instr->graph, node->operands[0]);
  const TypeInfo *b = graph_info(instr->graph, node->operands[1]);
  Axis of_a[3], of_b[3];
  if ((a->dtype != DT_f32 && a->dtype != DT_f64) ||
      !matrix_axes(ctx, a, node_attr(node, A_batch_a), node_attr(node, A_contract_a), of_a) ||
      !matrix_axes(ctx, b, node_attr(node, A_batch_b), node_attr(node, A_contract_b), of_b)) {
    fault_set(
        fault, E_compile_failed, node->span,
        ctx_printf(ctx,
                   "dot of %s and %s is no matrix product; the pass 'contract' has to run first",
                   type_str(ctx, graph_type(instr->graph, node->operands[0])),
                   type_str(ctx, graph_type(instr->graph, node->operands[1]))));
    return NULL;
  }
  Product *p = arena_new(&ctx->arena, Product);
  p->dtype = a->dtype;
  p->span = node->span;
  p->kernels = engine_products(program->engine, a->dtype);
  p->batch = of_a[0].extent;
  p->m = of_a[1].extent, p->k = of_a[2].extent, p->n = of_b[1].extent;
  p->a_batch = of_a[0].stride, p->a_row = of_a[1].stride, p->a_col = of_a[2].stride;
  p->b_batch = of_b[0].stride, p->b_col = of_b[1].stride, p->b_row = of_b[2].stride;
  ProductNeeds *needs = &program->needs[a->dtype == DT_f64];
  needs->any = true;
  needs->transposes |= !size_is(ctx, p->b_col, 1);
  return p;
}

bool product_bind(Program *program, Product *p, int64_t *bytes, Fault *fault) {
  const struct {
    Sz size;
    int64_t *value;
  } sizes[] = {{p->m, &p->args.m},
               {p->n, &p->args.n},
               {p->k, &p->args.k},
               {p->batch, &p->args.batch},
               {p->a_row, &p->args.a_row},
               {p->a_col, &p->args.a_col},
               {p->b_row, &p->args.b_row},
               {p->b_col, &p->args.b_col},
               {p->a_batch, &p->args.a_batch},
               {p->b_batch, &p->args.b_batch}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    if (!bound_size(program, sizes[i].size, p->span, sizes[i].value, fault)) return false;
  p->args.c_row = p->args.n;
  p->args.c_batch = p->args.m * p->args.n;
  *bytes = gemm_workspace_bytes(p->dtype, p->args.m, p->args.n, p->args.k, p->args.batch,
                                pool_threads(program->engine->pool));
  return true;
}

void product_call(const uint64_t *args, Pool *pool) {
  const Product *p = (const Product *)(uintptr_t)args[3];
  GemmArgs call = p->args;
  call.a = (const void *)(uintptr_t)args[0];
  call.b = (const void *)(uintptr_t)args[1];
  call.c = (void *)(uintptr_t)args[2];
  gemm_run(p->kernels, pool, &call);
}
