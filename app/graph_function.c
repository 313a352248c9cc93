/* See graph_function.h. */
#include "app/graph_function.h"

/* A weight that nobody gave. Indices are 0: a number that every axis has. */
static Graph *init_of(Ctx *ctx, Ty type) {
  enum { RADIUS_HUNDREDTHS = 10 };
  const TypeInfo *info = type_info(ctx, type);
  Graph *g = graph_new(ctx, ctx_str(ctx, "init"));
  if (!dtype_is_float(info->dtype)) {
    graph_result(g, build_const(g, type, 0), (Str){0});
    return g;
  }
  Ref key = graph_role_param(g, type_scalar(ctx, DT_key), ctx_str(ctx, "key"), ROLE_key);
  Attr attrs[] = {attr_i(A_stream, 0), attr_i(A_word, 0)};
  Ty bits = type_tensor(ctx, DT_i32, info->dims, info->rank);
  Ref unit = build1(g, OP_unit, build_op(g, OP_random, &key, 1, attrs, 2, bits)); /* [0, 1) */
  Ty f32 = graph_type(g, unit);
  Ref centred = build2(g, OP_sub, unit, build_const(g, f32, 0.5));
  Ref drawn = build2(g, OP_mul, centred, build_const(g, f32, 2 * RADIUS_HUNDREDTHS / 100.0));
  graph_result(g, build_cast(g, drawn, info->dtype), (Str){0});
  return g;
}

SpecFunction *graph_function(const Graph *g) {
  Ctx *ctx = g->ctx;
  SpecFunction *f = arena_new(&ctx->arena, SpecFunction);
  const uint32_t *places = graph_params_of(g, ROLE_weight);
  uint32_t n = graph_count_params(g, ROLE_weight);
  SpecWeight *weights = arena_array(&ctx->arena, SpecWeight, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    Ref param = g->params.data[places[i]];
    Ty type = graph_type(g, param);
    weights[i] = (SpecWeight){graph_node(g, param)->name, type, init_of(ctx, type)};
  }
  *f = (SpecFunction){
      .name = g->name, .graph = (Graph *)g, .weights = weights, .n_weights = n, .declared = g};
  return f;
}
