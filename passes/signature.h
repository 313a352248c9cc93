/* What a pass must leave as it was: the parameters and results of a graph.
 *
 * Taken before a pass, as a copy (a pass that breaks its contract may write into the graph that it
 * was given), and compared with the graph that the pass returns.
 */
#ifndef ORDO_PASSES_SIGNATURE_H
#define ORDO_PASSES_SIGNATURE_H

#include "ir/ir.h"

typedef struct Port { /* a parameter or a result */
  Str name;
  Ty type;
  int64_t mask; /* parameters: whether it is a mask, and its set axes */
  ParamRole role;
  const int32_t *sets;
  int n_sets;
} Port;

typedef struct Signature {
  VEC(Port) params, results;
} Signature;

Signature signature_of(const Graph *g);
/* NULL, or what is different in a sound graph: "parameter 0 'x': expected f32[N], got f32[M]". */
const char *signature_broken(const Signature *before, const Graph *after);

#endif
