/* See differentiate.h. The graphs made here call the function's own, so that a derivative is taken
 * of it as of any other call in the text. */
#include "app/differentiate.h"

/* The parameters of f, in their places, so that what is claimed of them stays true. */
static Ref *copy_params(Graph *g, const Graph *of) {
  Ref *params = arena_array(&g->ctx->arena, Ref, of->params.len + 1);
  for (uint32_t i = 0; i < of->params.len; i++) {
    Ref old = of->params.data[i];
    const Node *node = graph_node(of, old);
    params[i] = param_role(of, old) == ROLE_weight
                    ? graph_role_param(g, graph_type(of, old), node->name, ROLE_argument)
                    : graph_param_like(g, graph_type(of, old), node);
  }
  return params;
}

static Ref call(Graph *g, const Graph *of, const Ref *params) {
  return build_region(g, OP_call, params, (int)of->params.len, NULL, 0, (Graph *)of, TY_NONE);
}

static const SpecFunction *like(Ctx *ctx, const SpecFunction *f, Graph *g) {
  SpecFunction *made = arena_new(&ctx->arena, SpecFunction);
  *made = *f;
  made->graph = g;
  made->declared = g;
  made->weights = NULL;
  made->n_weights = 0;
  return made;
}

const SpecFunction *function_open(Ctx *ctx, const SpecFunction *f) {
  const Graph *of = f->graph;
  Graph *g = graph_new(ctx, of->name);
  Ref y = call(g, of, copy_params(g, of));
  for (uint32_t i = 0; i < of->results.len; i++)
    graph_result(g, build_item(g, y, (int)i), of->result_names.data[i]);
  return like(ctx, f, g);
}

static bool is_float(const Graph *g, Ref value) {
  return dtype_is_float(graph_info(g, value)->dtype);
}

static Str name_of_derivative(Ctx *ctx, Str name, const char *otherwise) {
  return ctx_str(ctx, ctx_printf(ctx, "d_%s", name.i ? ctx_text(ctx, name) : otherwise));
}

/* The sum over all elements, as one f64: no bit of a derivative depends on it. */
static Ref total(Graph *g, Ref value) {
  int32_t axes[MAX_RANK];
  int rank = graph_info(g, value)->rank;
  for (int i = 0; i < rank; i++) axes[i] = i;
  if (rank) value = build_reduce(g, OP_sum, value, axes, rank);
  return build_cast(g, value, DT_f64);
}

/* The loss whose derivatives by the results of f are the parameters that are added here: the sum of
 * their products. False when no result is a float. */
static bool add_loss(Graph *g, const Graph *of, Ref y, Ref *loss) {
  bool any = false;
  for (uint32_t i = 0; i < of->results.len; i++) {
    Ref result = build_item(g, y, (int)i);
    if (!is_float(g, result)) continue;
    const char *otherwise = ctx_printf(g->ctx, of->results.len > 1 ? "result%u" : "result", i + 1);
    Str name = name_of_derivative(g->ctx, of->result_names.data[i], otherwise);
    Ref by = graph_role_param(g, graph_type(g, result), name, ROLE_argument);
    Ref part = total(g, build2(g, OP_mul, result, by));
    *loss = any ? build2(g, OP_add, *loss, part) : part;
    any = true;
  }
  return any;
}

const SpecFunction *function_derivative(Ctx *ctx, const SpecFunction *f) {
  const Graph *of = f->graph;
  Graph *g = graph_new(ctx, name_of_derivative(ctx, of->name, ""));
  Ref *params = copy_params(g, of), loss;
  Ref *operands = arena_array(&ctx->arena, Ref, of->params.len + 1);
  int n = 1;
  bool any = add_loss(g, of, call(g, of, params), &loss);
  for (uint32_t i = 0; i < of->params.len; i++)
    if (is_float(g, params[i])) operands[n++] = params[i];
  if (!any || n == 1) {
    diag_at(ctx, (Span){0}, E_bad_gradient, "'%s' has no derivative: no %s of it is a float",
            ctx_text(ctx, f->name), any ? "parameter or weight" : "result");
    return NULL;
  }
  operands[0] = loss;
  Ref y = build_op(g, OP_grad, operands, n, NULL, 0, TY_NONE);
  for (int i = 1; i < n; i++) {
    Str name = graph_node(g, operands[i])->name;
    graph_result(g, build_item(g, y, i - 1), name_of_derivative(ctx, name, ""));
  }
  return like(ctx, f, g);
}
