/* An order of the nodes in which a value is read before an instruction writes over it.
 *
 * Any order in which operands come first computes the same. An op that changes a part of its first
 * operand writes in place only when it is the last that reads it, so its other readers are brought
 * in front of it, where they do not depend on it. */
#include "passes/plan/planner.h"

typedef struct Order {
  const Graph *g;
  VEC(Ref) * before; /* by node: readers that come in front of it */
  Ref *nodes;        /* the new order */
  uint32_t n;
  uint8_t *state; /* of a node: 0 not met, 1 waiting for others, 2 in the new order */
  VEC(Ref) stack;
} Order;

/* By node: whether it needs node 'of'. */
static bool *dependents(const Graph *g, uint32_t of) {
  bool *depends = arena_array(&g->ctx->arena, bool, g->nodes.len);
  depends[of] = true;
  for (uint32_t i = of + 1; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    for (int k = 0; k < n->n_operands; k++) depends[i] |= depends[n->operands[k].i];
  }
  return depends;
}

/* Notes the readers of x, or of a reshape of it, that stand behind the writer and need not. */
static bool note_readers(Order *o, Ref x, uint32_t writer, const bool *depends) {
  const Graph *g = o->g;
  bool found = false;
  for (uint32_t i = x.i + 1; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    for (int k = 0; k < n->n_operands; k++) {
      if (!ref_eq(n->operands[k], x) || depends[i] || i == writer) continue;
      if (n->op == OP_reshape) found |= note_readers(o, (Ref){i}, writer, depends);
      if (i < writer || (k == 0 && instr_changes_first(n))) continue;
      vec_push(&g->ctx->arena, &o->before[writer], (Ref){i});
      found = true;
    }
  }
  return found;
}

/* Appends the node behind its operands and what comes in front of it. A reader that waits for the
 * node itself, by way of another writer, stays behind it. */
static void append(Order *o, Ref root) {
  Arena *arena = &o->g->ctx->arena;
  o->stack.len = 0;
  vec_push(arena, &o->stack, root);
  while (o->stack.len) {
    Ref r = o->stack.data[o->stack.len - 1];
    const Node *n = graph_node(o->g, r);
    bool first = !o->state[r.i];
    uint32_t size = o->stack.len;
    if (first) o->state[r.i] = 1;
    for (uint32_t k = 0; first && k < o->before[r.i].len; k++)
      if (!o->state[o->before[r.i].data[k].i]) vec_push(arena, &o->stack, o->before[r.i].data[k]);
    for (int k = 0; k < n->n_operands && o->state[r.i] < 2; k++)
      if (o->state[n->operands[k].i] < 2) vec_push(arena, &o->stack, n->operands[k]);
    if (o->stack.len > size) continue;
    o->stack.len--;
    if (o->state[r.i] < 2) o->nodes[o->n++] = r;
    o->state[r.i] = 2;
  }
}

const Graph *plan_order(const Graph *g) {
  Arena *arena = &g->ctx->arena;
  Order o = {.g = g};
  bool found = false;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (!instr_changes_first(n)) continue;
    if (!o.before) o.before = arena_alloc(arena, sizeof *o.before * g->nodes.len);
    found |= note_readers(&o, n->operands[0], i, dependents(g, i));
  }
  if (!found) return g;
  o.nodes = arena_array(arena, Ref, g->nodes.len);
  o.state = arena_array(arena, uint8_t, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++) append(&o, (Ref){i});
  RefMap map = refmap_new(arena, g);
  Graph *ordered = graph_like(g, &map);
  for (uint32_t i = 0; i < o.n; i++)
    if (ref_none(map.to[o.nodes[i].i]))
      map.to[o.nodes[i].i] = refmap_copy(g, o.nodes[i], ordered, &map);
  pass_results(g, ordered, &map);
  return ordered;
}
