/* Kernels without a shape: see kernel_flat in kernel.h. */
#include "codegen/kernel.h"

/* The one shape that all tensors of the body have; false when there are several, or none. */
static bool one_shape(const Graph *body, const TypeInfo **shape) {
  *shape = NULL;
  for (uint32_t i = 0; i < body->nodes.len; i++) {
    const TypeInfo *type = graph_info(body, (Ref){i});
    if (!type->rank) continue;
    if (!*shape) *shape = type;
    if (type->rank != (*shape)->rank) return false;
    for (int d = 0; d < type->rank; d++)
      if (!sz_eq(type->dims[d], (*shape)->dims[d])) return false;
  }
  return *shape != NULL;
}

/* Ops whose result at a place depends on the operands at that place, or on its row-major number. */
static bool placeless(const Graph *body, const Node *node) {
  switch (node->op) {
  case OP_param:
  case OP_const:
  case OP_size:
  case OP_random:
    return true;
  case OP_broadcast:
    return graph_info(body, node->operands[0])->rank == 0;
  default:
    return op_is(node->op, T_ELEMENTWISE);
  }
}

/* A node of the body with its shape replaced by one axis. */
static Ref copy_flat(const Graph *body, Ref r, Graph *flat, const RefMap *map, Sz extent) {
  Node copy = *graph_node(body, r);
  const TypeInfo *type = graph_info(body, r);
  Ref *operands = arena_array(&body->ctx->arena, Ref, copy.n_operands + 1);
  for (int k = 0; k < copy.n_operands; k++) operands[k] = map->to[copy.operands[k].i];
  if (type->rank) copy.type = type_with_dims(body->ctx, copy.type, &extent, 1);
  if (copy.op == OP_param) return graph_param(flat, copy.type, copy.name, NULL, 0);
  return build_copy(flat, &copy, operands);
}

const Graph *kernel_flat(Ctx *ctx, const Graph *body, Sz *symbol, Sz *count) {
  const TypeInfo *shape;
  if (!one_shape(body, &shape)) return NULL;
  for (uint32_t i = 0; i < body->nodes.len; i++)
    if (!placeless(body, &body->nodes.data[i])) return NULL;
  *symbol = size_fresh(ctx, "n");
  *count = size_const(ctx, 1);
  for (int d = 0; d < shape->rank; d++) *count = size_mul(ctx, *count, shape->dims[d]);
  if (!count->i) return NULL;
  Graph *flat = graph_new(ctx, body->name);
  RefMap map = refmap_new(&ctx->arena, body);
  for (uint32_t i = 0; i < body->nodes.len; i++)
    map.to[i] = copy_flat(body, (Ref){i}, flat, &map, *symbol);
  for (uint32_t i = 0; i < body->results.len; i++)
    graph_result(flat, map.to[body->results.data[i].i], body->result_names.data[i]);
  return flat;
}
