/* Differences of two graphs of one context: which nodes are the same, which were changed, and which
 * only one of them has.
 *
 * Nodes are matched by structure first: op, attributes, type and, through the operands, all that a
 * value is computed from. What is left is matched from the results down, through operands of the
 * same op; then by name, scope and place in the text. A matched pair is the same when op,
 * attributes and type are equal and its operands are matched; numbers of nodes, names, scopes and
 * places do not count. Bodies of loops and kernels, and called graphs, are compared likewise.
 */
#ifndef ORDO_IR_DIFF_H
#define ORDO_IR_DIFF_H

#include "ir/ir.h"

typedef enum DiffState { DIFF_only, DIFF_changed, DIFF_same } DiffState;

typedef struct GraphDiff GraphDiff;
struct GraphDiff {
  Ctx *ctx;
  const Graph *side[2];
  Ref *match[2];       /* by node: of the other side, or REF_NONE */
  DiffState *state[2]; /* by node */
  GraphDiff **body;    /* by node of side 0 that has a body and is matched; else NULL */
  bool results_differ;
  bool differs; /* something is not the same, bodies included */
};

/* What counts, by node: what a result needs, and all parameters. */
bool *diff_counting(const Graph *g);
GraphDiff *graph_diff(Ctx *ctx, const Graph *a, const Graph *b);

/* Lines with - and +, each with its place; then the counts. Nothing when they are the same. */
void diff_print(const GraphDiff *d, Text *out);

#endif
