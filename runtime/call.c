/* Calling a program on tensors: shapes to sizes, checks at the door, results. */
#include "ir/bind.h"
#include "runtime/engine.h"

/* Frees the results; none is left for the caller. */
static void drop_results(const Graph *g, Tensor **results) {
  for (uint32_t k = 0; k < g->results.len; k++) {
    tensor_free(results[k]);
    results[k] = NULL;
  }
}

static bool make_results(Program *p, Tensor **results, Fault *fault) {
  const Graph *g = p->graph;
  for (uint32_t k = 0; k < g->results.len; k++) results[k] = NULL;
  for (uint32_t k = 0; k < g->results.len; k++) {
    const TypeInfo *type = graph_info(g, g->results.data[k]);
    int64_t dims[TENSOR_MAX_RANK];
    bool ok = type->rank <= TENSOR_MAX_RANK;
    for (int d = 0; ok && d < type->rank; d++)
      ok = size_eval(p->ctx, type->dims[d], &p->sizes, &dims[d]);
    if (ok) results[k] = tensor_new(type->dtype, dims, type->rank);
    if (results[k]) continue;
    drop_results(g, results);
    return fault_set(fault, E_run_failed, (Span){0}, "not enough memory for the results");
  }
  return true;
}

bool program_call(Program *p, const Tensor *const *args, Tensor **results, Fault *fault) {
  const Graph *g = p->graph;
  SizeEnv sizes = {0};
  if (!bind_sizes(g, args, &sizes, fault) || !bind_check_indices(g, args, &sizes, fault))
    return false;
  if (!program_bind(p, &sizes, fault) || !make_results(p, results, fault)) return false;
  void **pointers = heap_alloc(sizeof *pointers * (g->params.len + g->results.len + 1));
  if (!pointers) {
    drop_results(g, results);
    return fault_set(fault, E_run_failed, (Span){0}, "out of memory");
  }
  for (uint32_t k = 0; k < g->params.len; k++) pointers[k] = args[k]->data;
  for (uint32_t k = 0; k < g->results.len; k++) pointers[g->params.len + k] = results[k]->data;
  program_pointers(p, pointers, pointers + g->params.len);
  program_execute(p);
  heap_free(pointers);
  return true;
}
