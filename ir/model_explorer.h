/* Graphs as JSON for Model Explorer (github.com/google-ai-edge/model-explorer): a collection of one
 * graph, whose groups are the frames of a picture, and node data, which colours its nodes. Boxes
 * are those of a picture, with the same ids in both. */
#ifndef ORDO_IR_MODEL_EXPLORER_H
#define ORDO_IR_MODEL_EXPLORER_H

#include "ir/ir.h"

/* The graph. */
void model_explorer_json(const Graph *g, Text *out);

typedef enum ExplorerMetric { METRIC_flops, METRIC_bytes } ExplorerMetric;
void model_explorer_data(const Graph *g, ExplorerMetric metric, Text *out);

#endif
