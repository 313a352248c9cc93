#include "app/export.h"

#include "onnx/export.h"

/* "net.read.W" of a function "net.sorted": as checkpoints and built libraries call it. */
static const char *input_name(const Compile *c, uint32_t p) {
  const Node *node = graph_node(c->graph, c->graph->params.data[p]);
  ParamRole role = param_role(c->graph, c->graph->params.data[p]);
  if (role == ROLE_key) return "seed";
  if (str_none(node->name)) return "x";
  return ctx_text(c->ctx, node->name);
}

static bool read_weights(Compile *c, Function *f, const char *path, const Tensor **values) {
  const uint32_t *places = graph_params_of(c->graph, ROLE_weight);
  if (!c->function || !c->function->n_weights) return true;
  if (!function_read_weights(f, path)) return false;
  for (uint32_t i = 0; i < c->function->n_weights; i++) values[places[i]] = f->weights[i];
  return true;
}

bool export_model(Compile *c, const ExportOptions *options) {
  Ctx *ctx = c->ctx;
  uint32_t n = c->graph->params.len;
  const char **names = arena_array(&ctx->arena, const char *, n + 1);
  const Tensor **values = arena_array(&ctx->arena, const Tensor *, n + 1);
  Needs needs = {0};
  Function f = {0};
  graph_needs(c->graph, &needs);
  for (uint32_t p = 0; p < n; p++) names[p] = input_name(c, p);
  if (c->function) function_set(&f, c);
  bool good = !options->weights || read_weights(c, &f, options->weights, values);
  OnnxExport what = {.graph = c->fused,
                     .needs = &needs,
                     .n_claims = c->function ? c->function->n_claims : 0,
                     .names = names,
                     .values = values,
                     .what = ctx_text(ctx, c->function ? c->function->name : c->graph->name),
                     .beside = options->beside};
  good = good && onnx_export(ctx, &what, options->path);
  if (c->function) function_free(&f);
  return good;
}
