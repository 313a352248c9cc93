/* A pass with a mistake: it appends a second copy of the first node. The verifier has to name it.
 */
#include "passes/plugin.h"

static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) {
  (void)options;
  Graph *broken = (Graph *)g;
  vec_push(&pc->ctx->arena, &broken->nodes, g->nodes.data[0]);
  return broken;
}

ORDO_PASS_PLUGIN(.name = "break-graph", .run = run, .doc = "makes a wrong graph");
