/* Proofs about the set axes of a spec. */
#ifndef ORDO_APP_PROVE_H
#define ORDO_APP_PROVE_H

#include "frontend/check.h"
#include "passes/sets/sets.h"

/* The graph of a claim as it is proved: calls spliced in, derivatives taken. options may be NULL. NULL after
 * a diagnostic. */
const Graph *prove_graph(Ctx *ctx, const Graph *g, const PipelineOptions *options);
/* Proves every function with a set axis that the spec knows of (spec_claims). Those that are not proved are diagnostics.
 * True when there are none. */
bool prove_spec(Ctx *ctx, Spec *spec, const PipelineOptions *options);

#endif
