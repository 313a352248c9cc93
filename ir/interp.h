/* The reference interpreter: slow, obvious, the oracle for everything compiled.
 *
 * Every element is held as a double (keys as 64 bits). Each op is computed in double and rounded to
 * its element type; dot, sum, prod and cumsum accumulate in double and round once, but for a dot in
 * bf16, which is to the bit what base/bf16.h says. With f64, floats
 * are neither rounded nor stored in fewer bits: float arguments may be given as f64, and all float
 * results are f64 tensors.
 *
 * A scan that stops early leaves zeros in the rows of collected values that were not reached; the
 * step that makes the condition true is the last one. The op grad is not evaluated: run the pass
 * 'grad' first.
 */
#ifndef ORDO_IR_INTERP_H
#define ORDO_IR_INTERP_H

#include "base/fault.h"
#include "ir/tensor.h"

/* A value as the trace sees it; valid during the call. */
typedef struct InterpTrace {
  const Graph *graph;
  Ref node;
  DType dtype;
  int rank;
  const int64_t *dims;
  int64_t count;
  const double *numbers; /* NULL for keys */
  const uint64_t *keys;  /* NULL for numbers */
} InterpTrace;

typedef struct InterpOptions {
  const Graph
      *source; /* the graph as it was before passes, whose needs of sizes are checked; NULL: g */
  bool f64;    /* compute and keep all floats in double */
  /* Called with every tensor that a node computes, bodies included, in order. May be NULL. */
  void (*trace)(void *user, const InterpTrace *value);
  /* Runs a foreign function: fills the results, which have the shapes of the node's item types.
   * NULL: foreign ops are an error. */
  bool (*foreign)(void *user, const Node *node, const Tensor *const *args, int n_args,
                  Tensor *const *results, int n_results, Fault *fault);
  void *user;
} InterpOptions;

/* Runs g on one tensor per parameter. results receives one new tensor per result, owned by the
 * caller. false: *fault (text in the graph's ctx) says what is wrong and where, or has no text
 * after a diagnostic; results are all NULL. opt may be NULL. */
bool interp_run(Ctx *ctx, const Graph *g, const Tensor *const *args, Tensor **results,
                const InterpOptions *opt, Fault *fault);

#endif
