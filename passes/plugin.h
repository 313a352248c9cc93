/* Passes from shared objects. The object defines one symbol through this macro:
 *
 *   static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) { ... }
 *   ORDO_PASS_PLUGIN(.name = "count-dots", .run = run, .options = "max=8", .doc = "counts
 * products")
 *
 * 'ordo --plugin=./count.so --passes=inline,count-dots' loads it. The op and attribute tables are
 * part of the contract: an object built against other tables is refused.
 */
#ifndef ORDO_PASSES_PLUGIN_H
#define ORDO_PASSES_PLUGIN_H

#include "passes/passes.h"

#define ORDO_PASS_API 1

typedef struct OrdoPassPlugin {
  uint32_t api_version, n_ops, n_attrs,
      node_size; /* filled in by the macro; checked at load time */
  PassInfo info;
} OrdoPassPlugin;

#define ORDO_PASS_PLUGIN(...)                                                                      \
  const OrdoPassPlugin ordo_pass_plugin = {                                                        \
      ORDO_PASS_API, N_OPS, N_ATTRS, sizeof(Node), {__VA_ARGS__}}

#endif
