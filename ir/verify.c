/* The verifier. What holds for every graph, and is checked here:
 *
 * - operands stand before their users; results and parameters are nodes of the graph;
 * - parameter i is a node 'param' with index i, and no other node is a 'param';
 * - every result has a (perhaps empty) name;
 * - number of operands, attributes, body: as the op's row says; attributes sorted, each once;
 * - the type exists, and is the one that the op's rule gives;
 * - operands of commutative ops are in canonical order (constants last, else the lower ref first);
 * - no two nodes are equal (op, type, operands, attributes, body);
 * - numbers of constants are values of their element type, exactly;
 * - bodies are sound, belong to the same context, and no graph contains itself.
 */
#include "ir/graph.h"
#include "ir/scalar.h"
#include "ir/tables.h"

typedef struct Verifier {
  Ctx *ctx;
  VEC(const Graph *) done;
  VEC(const Graph *) open; /* the graphs that contain the one being checked */
  const char *wrong;
} Verifier;

static bool contains(const Graph *const *list, uint32_t n, const Graph *g) {
  for (uint32_t i = 0; i < n; i++)
    if (list[i] == g) return true;
  return false;
}

static bool refuse(Verifier *v, const Graph *g, uint32_t node, const char *message) {
  const char *name = ctx_text(v->ctx, g->name);
  v->wrong = ctx_printf(v->ctx, "graph '%s', %%%u = %s", name, node, message);
  return false;
}

static bool refuse_graph(Verifier *v, const Graph *g, const char *message) {
  v->wrong = ctx_printf(v->ctx, "graph '%s': %s", ctx_text(v->ctx, g->name), message);
  return false;
}

static bool check_param(Verifier *v, const Graph *g, uint32_t at) {
  const Node *n = &g->nodes.data[at];
  int64_t index = node_int(n, A_index, -1);
  if (index < 0 || index >= g->params.len || g->params.data[index].i != at)
    return refuse(
        v, g, at,
        ctx_printf(v->ctx, "param: expected to be parameter %lld of the graph", (long long)index));
  return true;
}

static bool check_canonical(Verifier *v, const Graph *g, uint32_t at) {
  const Node *n = &g->nodes.data[at];
  const char *name = op_info[n->op].name;
  for (int i = 1; i < n->n_attrs; i++)
    if (n->attrs[i - 1].name >= n->attrs[i].name)
      return refuse(v, g, at,
                    ctx_printf(v->ctx, "%s: attributes are not sorted: %s before %s", name,
                               attr_name[n->attrs[i - 1].name], attr_name[n->attrs[i].name]));
  if (op_is(n->op, T_COMMUTES)) {
    Ref a = n->operands[0], b = n->operands[1];
    bool const_a = graph_node(g, a)->op == OP_const, const_b = graph_node(g, b)->op == OP_const;
    if (const_a != const_b ? const_a : a.i > b.i)
      return refuse(v, g, at,
                    ctx_printf(v->ctx, "%s: operands are not in canonical order: %%%u, %%%u", name,
                               a.i, b.i));
  }
  if (n->op != OP_const) return true;
  double value = n->attrs[0].f, kept = scalar_round(type_info(v->ctx, n->type)->dtype, value);
  if (value == kept || value != value) return true;
  return refuse(
      v, g, at,
      ctx_printf(v->ctx, "const: %.17g is not a value of %s", value, type_str(v->ctx, n->type)));
}

static bool check_graph(Verifier *v, const Graph *g);

static bool check_node(Verifier *v, const Graph *g, uint32_t at) {
  const Node *n = &g->nodes.data[at];
  const char *why = NULL;
  if ((unsigned)n->op >= N_OPS) return refuse(v, g, at, "an op that does not exist");
  if (!n->type.i || n->type.i >= ir_tables(v->ctx)->types.len)
    return refuse(v, g, at, "a type that does not exist");
  for (int i = 0; i < n->n_operands; i++)
    if (n->operands[i].i >= at)
      return refuse(v, g, at,
                    ctx_printf(v->ctx, "%s: operand %%%u does not stand before its user",
                               op_info[n->op].name, n->operands[i].i));
  if (n->body && n->body->ctx != g->ctx)
    return refuse(v, g, at, "a body that belongs to another context");
  if (n->body && !check_graph(v, n->body)) return false;
  Ty given = op_info[n->op].given ? n->type : TY_NONE;
  Ty type = build_check((Graph *)g, n->op, n->operands, n->n_operands, n->attrs, n->n_attrs,
                        n->body, given, &why);
  if (!type.i) return refuse(v, g, at, why);
  if (!ty_eq(type, n->type))
    return refuse(v, g, at,
                  ctx_printf(v->ctx, "%s: expected the type %s, got %s", op_info[n->op].name,
                             type_str(v->ctx, type), type_str(v->ctx, n->type)));
  if (n->op == OP_param && !check_param(v, g, at)) return false;
  return check_canonical(v, g, at);
}

static bool check_interface(Verifier *v, const Graph *g) {
  for (uint32_t i = 0; i < g->params.len; i++) {
    uint32_t at = g->params.data[i].i;
    if (at >= g->nodes.len || g->nodes.data[at].op != OP_param)
      return refuse_graph(v, g, ctx_printf(v->ctx, "parameter %u: expected a node 'param'", i));
  }
  if (g->results.len != g->result_names.len)
    return refuse_graph(v, g,
                        ctx_printf(v->ctx, "expected %u names of results, got %u", g->results.len,
                                   g->result_names.len));
  for (uint32_t i = 0; i < g->results.len; i++)
    if (g->results.data[i].i >= g->nodes.len)
      return refuse_graph(v, g, ctx_printf(v->ctx, "result %u is not a node of the graph", i));
  return true;
}

/* No two nodes are equal: each is found at its own place in a fresh table. */
static bool check_unique(Verifier *v, const Graph *g) {
  uint32_t n_slots = 64;
  while (n_slots < g->nodes.len * 2) n_slots *= 2;
  uint32_t *slots = arena_array(&v->ctx->arena, uint32_t, n_slots);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Draft draft = draft_of(&g->nodes.data[i]);
    uint32_t at = (uint32_t)draft_hash(&draft) & (n_slots - 1);
    for (; slots[at]; at = (at + 1) & (n_slots - 1))
      if (draft_matches(&g->nodes.data[slots[at] - 1], &draft))
        return refuse(v, g, i,
                      ctx_printf(v->ctx, "%s: the same value as %%%u, expected one node",
                                 op_info[draft.op].name, slots[at] - 1));
    slots[at] = i + 1;
  }
  return true;
}

static bool check_graph(Verifier *v, const Graph *g) {
  if (contains(v->open.data, v->open.len, g))
    return refuse_graph(v, g, "the graph contains itself");
  if (contains(v->done.data, v->done.len, g)) return true;
  vec_push(&v->ctx->arena, &v->open, g);
  if (!check_interface(v, g)) return false;
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (!check_node(v, g, i)) return false;
  if (!check_unique(v, g)) return false;
  v->open.len--;
  vec_push(&v->ctx->arena, &v->done, g);
  return true;
}

const char *graph_verify(const Graph *g) {
  Verifier v = {.ctx = g->ctx};
  return check_graph(&v, g) ? NULL : v.wrong;
}
