/* A pass built for an interface that never was: it has to be refused. */
#include "passes/plugin.h"

static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) {
  (void)pc;
  (void)options;
  return (Graph *)g;
}

const OrdoPassPlugin ordo_pass_plugin = {
    ORDO_PASS_API + 1, ORDO_PASS_ABI_ROWS, ordo_pass_abi, {.name = "old", .run = run}};
