/* A graph that stands alone, as a function: what its text says is all there is. Parameters of
 * the role 'weight' are its weights, drawn evenly from [-0.1, 0.1] when no checkpoint is read;
 * keys come from the seed; all others (arguments, and state, step and feed of a training step)
 * are given by the caller. */
#ifndef ORDO_APP_GRAPH_FUNCTION_H
#define ORDO_APP_GRAPH_FUNCTION_H

#include "frontend/check.h"

SpecFunction *graph_function(const Graph *g);

#endif
