/* Regions and tuples: scan, call, kernel; item, foreign. */
#include "ir/interp_internal.h"

/* ---- scan ---- */

typedef struct RegionScan {
  Eval *e;
  const Graph *body;
  int64_t length;
  int carries, slices, collected;
  bool reverse, until;
  InterpValue **carry; /* of the current step, in the memory of the scan */
} RegionScan;

/* A position of the first axis as a value. */
static InterpValue *cut(Interp *in, Ty type, const InterpValue *from, int64_t at) {
  InterpValue *v = value_new(in, type);
  if (v) value_move_many(v, 0, from, at * v->count, v->count);
  return v;
}

static InterpValue **step_params(Interp *in, const RegionScan *s, int64_t at) {
  const Graph *body = s->body;
  InterpValue **params = arena_array(in->arena, InterpValue *, body->params.len);
  if (!(params[0] = value_new(in, graph_type(body, body->params.data[0])))) return NULL;
  params[0]->at[0] = (double)at;
  for (uint32_t i = 1; i < body->params.len; i++) {
    int k = (int)i - 1;
    if (k < s->carries)
      params[i] = s->carry[k];
    else if (k < s->carries + s->slices)
      params[i] = cut(in, graph_type(body, body->params.data[i]), s->e->a[k], at);
    else
      params[i] = s->e->a[k];
    if (!params[i]) return NULL;
  }
  return params;
}

/* One step in its own memory; *stop is the condition. */
static bool scan_step(Interp *in, RegionScan *s, int64_t at, bool *stop) {
  InterpValue **params = step_params(in, s, at);
  InterpValue **results = arena_array(in->arena, InterpValue *, s->body->results.len);
  if (!params || !interp_graph(in, s->body, params, results)) return false;
  /* any result may be an old carry itself: use and copy all of them before one carry changes */
  *stop = s->until && results[s->body->results.len - 1]->at[0] != 0;
  for (int i = 0; i < s->collected; i++) {
    const InterpValue *row = results[s->carries + i];
    value_move_many(s->e->y->items[s->carries + i], at * row->count, row, 0, row->count);
  }
  for (int i = 0; i < s->carries; i++)
    if (!(results[i] = value_copy(in, results[i]))) return false;
  for (int i = 0; i < s->carries; i++)
    value_move_many(s->carry[i], 0, results[i], 0, results[i]->count);
  return true;
}

static bool eval_scan(Eval *e) {
  RegionScan s = {.e = e,
                  .body = e->node->body,
                  .carries = (int)node_int(e->node, A_carries, 0),
                  .slices = (int)node_int(e->node, A_slices, 0),
                  .reverse = node_int(e->node, A_reverse, 0) != 0,
                  .until = node_int(e->node, A_until, 0) != 0,
                  .carry = e->y->items};
  s.collected = e->y->n_items - s.carries;
  if (!interp_size(e->in, node_size(e->node, A_length), &s.length)) return false;
  for (int i = 0; i < s.carries; i++) value_move_many(s.carry[i], 0, e->a[i], 0, e->a[i]->count);
  bool stop = false, fine = true;
  for (int64_t i = 0; i < s.length && fine && !stop; i++) {
    Arena memory;
    arena_scratch(&memory, &e->in->ctx->arena);
    Interp step = *e->in;
    step.arena = &memory;
    fine = scan_step(&step, &s, s.reverse ? s.length - 1 - i : i, &stop);
    e->in->fault = step.fault;
    arena_free(&memory);
  }
  return fine;
}

bool eval_region(Eval *e) {
  if (e->node->op == OP_scan) return eval_scan(e);
  return interp_graph(e->in, e->node->body, e->a, e->y->items);
}

/* ---- tuples ---- */

Tensor *value_tensor_new(const InterpValue *v) {
  Tensor *t = tensor_new(v->dtype, v->dims, v->rank);
  for (int64_t i = 0; t && i < v->count; i++) {
    if (v->keys)
      ((uint64_t *)t->data)[i] = v->keys[i];
    else
      tensor_set(t, i, v->at[i]);
  }
  return t;
}

void value_take_tensor(InterpValue *y, const Tensor *t) {
  for (int64_t k = 0; k < y->count; k++) {
    if (y->keys)
      y->keys[k] = ((const uint64_t *)t->data)[k];
    else
      y->at[k] = tensor_get(t, k);
  }
}

static bool eval_foreign(Eval *e) {
  Interp *in = e->in;
  if (!in->opt->foreign) return interp_fail(in, "foreign functions cannot be called here");
  int n = e->node->n_operands, n_results = e->y->n_items;
  Tensor **args = arena_array(in->arena, Tensor *, n);
  Tensor **results = arena_array(in->arena, Tensor *, n_results);
  Fault fault = {.text = "the foreign function failed"};
  bool fine = true;
  for (int i = 0; i < n; i++)
    if (!(args[i] = value_tensor_new(e->a[i]))) fine = interp_fail(in, "foreign: out of memory");
  for (int i = 0; i < n_results; i++)
    if (!(results[i] = value_tensor_new(e->y->items[i])))
      fine = interp_fail(in, "foreign: out of memory");
  if (fine && !in->opt->foreign(in->opt->user, e->node, (const Tensor *const *)args, n, results,
                                n_results, &fault))
    fine = interp_fail(in, "%s", fault.text);
  for (int i = 0; i < n_results; i++) {
    if (fine) value_take_tensor(e->y->items[i], results[i]);
    tensor_free(results[i]);
  }
  for (int i = 0; i < n; i++) tensor_free(args[i]);
  return fine;
}

bool eval_tuple(Eval *e) {
  switch (e->node->op) {
  case OP_item:
    *e->y = *e->a[0]->items[node_int(e->node, A_index, 0)];
    return true;
  case OP_foreign:
    return eval_foreign(e);
  default:
    return interp_fail(e->in, "%s cannot be evaluated: run the pass '%s' first",
                       op_info[e->node->op].name, op_info[e->node->op].name);
  }
}
