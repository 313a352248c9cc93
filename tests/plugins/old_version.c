/* A pass built for an interface that never was: it has to be refused. */
#include "passes/plugin.h"

static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) {
  (void)pc;
  (void)options;
  return (Graph *)g;
}

static const PassInfo passes[] = {{.name = "old", .run = run}, {0}};
const OrdoPlugin ordo_plugin = {ORDO_PLUGIN_API + 1, ORDO_PASS_ABI_ROWS, ordo_pass_abi,
                                .passes = passes};
