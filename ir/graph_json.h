/* The JSON of a graph: docs/graph.schema.json. */
#ifndef ORDO_IR_GRAPH_JSON_H
#define ORDO_IR_GRAPH_JSON_H

#include "ir/ir.h"

void graph_json(const Graph *g, Text *out);

#endif
