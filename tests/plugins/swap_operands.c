/* A pass with a fault at one place, for tests of validation and bisection: it swaps the operands
 * of sums and products, which is right, and makes a difference of number 'wrong' of them. */
#include <string.h>

#include "passes/plugin.h"

typedef struct Swaps {
  PassCtx *pc;
  int64_t wrong, made;
} Swaps;

static Graph *swap_in(Swaps *s, const Graph *g) {
  RefMap map = refmap_new(&s->pc->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    if (!ref_none(map.to[i])) continue;
    const Node *n = &g->nodes.data[i];
    bool swapped = (n->op == OP_add || n->op == OP_mul) && pass_fuel(s->pc);
    bool wrong = swapped && ++s->made == s->wrong;
    Graph *body = n->body && n->op == OP_scan ? swap_in(s, n->body) : n->body;
    pass_stamp(out, n);
    map.to[i] = swapped ? build2(out, wrong ? OP_sub : n->op, map.to[n->operands[1].i],
                                 map.to[n->operands[0].i])
                        : pass_copy(g, (Ref){i}, out, &map, body);
  }
  pass_results(g, out, &map);
  return out;
}

static Graph *run(PassCtx *pc, const Graph *g, const PassOptions *options) {
  Swaps s = {.pc = pc, .wrong = pass_option_int(options, "wrong")};
  return swap_in(&s, g);
}

ORDO_PASS_PLUGIN(.name = "swap-operands", .run = run, .options = "wrong=0[0..]",
                 .doc = "swaps operands, one of them wrongly");
