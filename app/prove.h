/* Proofs about the set axes of a spec. */
#ifndef ORDO_APP_PROVE_H
#define ORDO_APP_PROVE_H

#include "frontend/check.h"
#include "passes/sets/sets.h"

/* Proves the graph of a claim, calls spliced in and derivatives taken, which it gives; NULL
 * after a diagnostic. options may be NULL; *ms: what the proofs took. */
const Graph *prove_graph(Ctx *ctx, const Graph *g, const PipelineOptions *options,
                         SetClaims *proved, double *ms);
/* The graph alone: calls spliced in, derivatives taken; NULL after a diagnostic. */
const Graph *prove_graph_only(Ctx *ctx, const Graph *g);
/* Proves every function with a set axis that the spec knows of (spec_claims). Those that are not
 * proved are diagnostics. True when there are none. */
bool prove_spec(Ctx *ctx, Spec *spec, const PipelineOptions *options);
/* The same, as long as 'goes_on' says between two functions that it may. *whole: it came to the
 * end. */
bool prove_spec_while(Ctx *ctx, Spec *spec, bool (*goes_on)(void *user), void *user, bool *whole);

#endif
