/* Values of symbolic sizes from the shapes of arguments. */
#ifndef ORDO_IR_BIND_H
#define ORDO_IR_BIND_H

#include "base/fault.h"
#include "ir/tensor.h"

/* Matches tensors against a graph's parameters (one each): element types and ranks must agree,
 * every extent must equal the parameter's under one assignment of the symbols, which is written
 * to env (arena of the graph's ctx). false: *fault is at the parameter and says what it expects
 * and what it got.
 */
bool bind_sizes(const Graph *g, const Tensor *const *args, SizeEnv *env, Fault *fault);
/* Checks that the indices of index-typed arguments lie in their axes: what comes from outside is
 * checked once, here. */
bool bind_check_indices(const Graph *g, const Tensor *const *args, const SizeEnv *env,
                        Fault *fault);

#endif
