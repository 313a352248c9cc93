/* The driver: binds sizes, runs nodes in order, converts tensors at the border. */
#include "ir/interp.h"

#include <string.h>

#include "ir/bind.h"
#include "ir/interp_internal.h"
#include "ir/needs.h"
#include "ir/scalar.h"

/* ---- nodes ---- */

static bool eval_leaf(Eval *e);

typedef struct InterpFamily {
  unsigned trait;
  bool (*eval)(Eval *e);
} InterpFamily;

/* The first row whose trait the op has. */
static const InterpFamily families[] = {
    {T_LEAF, eval_leaf},     {T_ELEMENTWISE, eval_elementwise}, {T_MOVEMENT, eval_movement},
    {T_REDUCE, eval_reduce}, {T_ARGREDUCE, eval_argreduce},     {T_CONTRACT, eval_dot},
    {T_ALONG, eval_along},   {T_INDEXED, eval_indexed},         {T_MATRIX, eval_matrix},
    {T_RANKS, eval_ranks},   {T_RANDOM, eval_random},           {T_REGION, eval_region},
    {T_TUPLE, eval_tuple},   {T_CUSTOM, eval_custom},
};

static bool eval_node(Eval *e) {
  for (size_t i = 0; i < sizeof families / sizeof *families; i++)
    if (op_is(e->node->op, families[i].trait)) return families[i].eval(e);
  return interp_fail(e->in, "the op %s has no meaning here", op_info[e->node->op].name);
}

static void trace(const Interp *in, const Graph *g, uint32_t at, const InterpValue *v) {
  if (!in->opt->trace || v->is_tuple) return;
  InterpTrace t = {g, {at}, v->dtype, v->rank, v->dims, v->count, v->at, v->keys};
  in->opt->trace(in->opt->user, &t);
}

static InterpValue *run_node(Interp *in, const Graph *g, uint32_t at, InterpValue *const *values) {
  const Node *node = &g->nodes.data[at];
  if (!span_none(node->span)) in->at = node->span;
  InterpValue **operands = arena_array(in->arena, InterpValue *, node->n_operands);
  for (int i = 0; i < node->n_operands; i++) operands[i] = values[node->operands[i].i];
  Eval e = {in, g, node, operands, value_new(in, node->type)};
  if (!e.y || !eval_node(&e)) {
    interp_fail(in, "%%%u = %s failed", at, op_info[node->op].name);
    return NULL;
  }
  trace(in, g, at, e.y);
  return e.y;
}

bool interp_graph(Interp *in, const Graph *g, InterpValue *const *params, InterpValue **results) {
  InterpValue **values = arena_array(in->arena, InterpValue *, g->nodes.len);
  for (uint32_t i = 0; i < g->params.len; i++) values[g->params.data[i].i] = params[i];
  const bool *live = graph_live_in(g, in->arena);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (live[i] && !values[i] && !(values[i] = run_node(in, g, i, values))) return false;
  for (uint32_t i = 0; i < g->results.len; i++) results[i] = values[g->results.data[i].i];
  return true;
}

static bool eval_leaf(Eval *e) {
  InterpValue *y = e->y;
  double value = node_float(e->node, A_value, 0);
  int64_t axis = node_int(e->node, A_axis, 0), size;
  int64_t *index = interp_index(e->in, y->rank);
  switch (e->node->op) {
  case OP_const:
    for (int64_t i = 0; i < y->count; i++) {
      if (y->keys)
        y->keys[i] = (uint64_t)value;
      else
        y->at[i] = value;
    }
    return true;
  case OP_iota:
    for (int64_t i = 0; i < y->count; i++) {
      value_unravel(y, i, index);
      y->at[i] = (double)index[axis];
    }
    return true;
  case OP_size:
    if (!interp_size(e->in, node_size(e->node, A_size), &size)) return false;
    if (y->dtype == DT_i32 && (size < INT32_MIN || size > INT32_MAX))
      return interp_fail(e->in, "the size %lld does not fit i32", (long long)size);
    y->at[0] = scalar_round(interp_dtype(e->in, y->dtype), (double)size);
    return true;
  default:
    return interp_fail(e->in, "a parameter without a value");
  }
}

/* ---- the border ---- */

static InterpValue *from_tensor(Interp *in, Ty type, const Tensor *t) {
  InterpValue *v = value_new(in, type);
  if (!v) return NULL;
  if (v->keys) memcpy(v->keys, t->data, tensor_bytes(t));
  for (int64_t i = 0; v->at && i < v->count; i++) v->at[i] = tensor_get(t, i);
  return v;
}

static Tensor *to_tensor(Interp *in, const InterpValue *v) {
  Tensor *t = tensor_new(interp_dtype(in, v->dtype), v->dims, v->rank);
  if (!t) {
    interp_fail(in, "out of memory for a result of type %s", type_str(in->ctx, v->type));
    return NULL;
  }
  if (v->keys) memcpy(t->data, v->keys, tensor_bytes(t));
  for (int64_t i = 0; v->at && i < v->count; i++) tensor_set(t, i, v->at[i]);
  return t;
}

/* Sizes from shapes. With f64, f64 tensors pass for any float parameter: the binder sees them
 * relabelled, which it may because it reads no float. */
static bool bind(Interp *in, const Graph *g, const Tensor *const *args) {
  uint32_t n = g->params.len;
  const Tensor **seen = arena_array(in->arena, const Tensor *, n);
  for (uint32_t i = 0; i < n; i++) {
    const TypeInfo *want = graph_info(g, g->params.data[i]);
    seen[i] = args[i];
    if (!in->opt->f64 || args[i]->dtype != DT_f64 || !dtype_is_float(want->dtype)) continue;
    Tensor *relabelled = arena_copy(in->arena, args[i], sizeof *args[i]);
    relabelled->dtype = want->dtype;
    seen[i] = relabelled;
  }
  Needs needs = {0};
  if (!bind_sizes(g, seen, &in->env, &in->fault) ||
      !bind_check_indices(g, seen, &in->env, &in->fault))
    return false;
  graph_needs(in->opt->source ? in->opt->source : g, &needs);
  return needs_met(in->ctx, &needs, &in->env);
}

static bool run(Interp *in, const Graph *g, const Tensor *const *args, Tensor **results) {
  if (!bind(in, g, args)) return false;
  InterpValue **params = arena_array(in->arena, InterpValue *, g->params.len);
  InterpValue **values = arena_array(in->arena, InterpValue *, g->results.len);
  for (uint32_t i = 0; i < g->params.len; i++)
    if (!(params[i] = from_tensor(in, graph_type(g, g->params.data[i]), args[i]))) return false;
  if (!interp_graph(in, g, params, values)) return false;
  for (uint32_t i = 0; i < g->results.len; i++) {
    if (values[i]->is_tuple) return interp_fail(in, "result %u is a tuple", i);
    if (!(results[i] = to_tensor(in, values[i]))) return false;
  }
  return true;
}

bool interp_run(Ctx *ctx, const Graph *g, const Tensor *const *args, Tensor **results,
                const InterpOptions *opt, Fault *fault) {
  static const InterpOptions plain = {0};
  Arena arena;
  arena_scratch(&arena, &ctx->arena);
  Interp in = {.ctx = ctx, .arena = &arena, .opt = opt ? opt : &plain};
  for (uint32_t i = 0; i < g->results.len; i++) results[i] = NULL;
  bool ok = run(&in, g, args, results);
  for (uint32_t i = 0; !ok && i < g->results.len; i++) {
    tensor_free(results[i]);
    results[i] = NULL;
  }
  arena_free(&arena);
  *fault = in.fault;
  return ok;
}
