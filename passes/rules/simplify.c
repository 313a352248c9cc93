/* simplify: rewrite rules (passes/rules/rules.def) and clean scans to a fixpoint, bodies first.
 *
 * One round simplifies every node once with operands that are simple already, so a second round
 * finds work only where a scan got simpler or a use count fell. The number of rounds is bounded by
 * the option 'rounds'.
 */
#include "passes/rules/rewrite.h"
#include "passes/scan_clean.h"

static Graph *simplify_graph(PassCtx *pc, const Graph *g, const PassOptions *options) {
  int64_t rounds = pass_option_int(options, "rounds");
  for (int64_t i = 0; i < rounds; i++) {
    Graph *next = pass_map_bodies(pc, g, options, simplify_graph);
    next = rewrite_graph(pc, next, rules_load(pc)->after_grad, -1);
    next = scan_clean(pc, next);
    if (next == g || graph_equal(next, g)) break;
    g = next;
  }
  return (Graph *)g;
}

Graph *pass_simplify(PassCtx *pc, const Graph *g, const PassOptions *options) {
  rules_load(pc)->after_grad = graph_properties(g) & PROP_no_grad;
  return simplify_graph(pc, g, options);
}

static Graph *rewrite_bodies(PassCtx *pc, const Graph *g, const PassOptions *options) {
  const Graph *whole = pass_map_bodies(pc, g, options, rewrite_bodies);
  return rewrite_graph(pc, whole, true, (int)pass_option_int(options, "rule"));
}

Graph *rewrite_by(PassCtx *pc, const Graph *g, int rule) {
  PassOptions options = {.values = {0}};
  const char *text = ctx_printf(pc->ctx, "%d", rule);
  vec_push(&pc->ctx->arena, &options.values, ((PassOption){.name = "rule", .value = text}));
  return rewrite_bodies(pc, g, &options);
}
