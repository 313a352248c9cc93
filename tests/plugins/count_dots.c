/* An example of a pass from a shared object: says how many products a graph has, and changes
 * nothing. */
#include "passes/plugin.h"

static int count(const Graph *g) {
  int n = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    n += g->nodes.data[i].op == OP_dot;
    if (g->nodes.data[i].body) n += count(g->nodes.data[i].body);
  }
  return n;
}

static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) {
  int n = count(g);
  pass_count(pc, "products", n);
  int64_t max = pass_option_int(options, "max");
  if (remarks_on(pc))
    remark(pc, g, REF_NONE, n > max ? REMARK_missed : REMARK_analysis, "products",
           "%d products, at most %d wanted", n, (int)max);
  return (Graph *)g;
}

ORDO_PASS_PLUGIN(.name = "count-dots", .run = run, .options = "max=8", .doc = "counts products");
