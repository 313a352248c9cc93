/* Any bytes as the text of a graph: either diagnostics or a graph that verifies, prints to a text
 * that reads back as the same graph, and is the same after a sweep. */
#include "ir/ir.h"

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  Graph *g = graph_read(ctx, source_add(ctx, "fuzz.graph", (const char *)data, size));
  if (!g != diag_failed(ctx)) ORDO_BUG("success and diagnostics disagree");
  if (g) {
    const char *wrong = graph_verify(g), *once = graph_str(g);
    if (wrong) ORDO_BUG("%s", wrong);
    Graph *again = graph_read(ctx, source_add(ctx, "again.graph", once, __builtin_strlen(once)));
    if (!again || __builtin_strcmp(once, graph_str(again))) ORDO_BUG("no round trip:\n%s", once);
    Graph *swept = graph_sweep(g);
    if ((wrong = graph_verify(swept))) ORDO_BUG("%s", wrong);
    if (!graph_equal(g, again) || !graph_equal(g, swept) || graph_hash(g) != graph_hash(swept))
      ORDO_BUG("copies differ:\n%s", once);
  }
}

#include "fuzz.h"
