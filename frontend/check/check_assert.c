/* Assertions that sizes and single numbers decide: an instance keeps them as claims, and who calls
 * it decides them or hands them on. */
#include "frontend/check/checker.h"

bool assertion_failed(Ctx *ctx, const Stmt *s, Str name, const Span *call) {
  const Expr *message = s->check.message;
  bool text = message && message->kind == EX_string;
  diag_at(ctx, call ? *call : s->check.condition->span, E_assert_failed, "%s",
          text ? ctx_text(ctx, message->string) : "this does not hold");
  if (!str_none(name)) diag_note(ctx, s->span, "in '%s'", ctx_text(ctx, name));
  return false;
}

/* The nodes that a value needs, itself included. */
static const bool *needed_by(const Graph *g, Ref value) {
  bool *needed = arena_array(&g->ctx->arena, bool, value.i + 1);
  needed[value.i] = true;
  for (uint32_t i = value.i + 1; i-- > 0;) {
    const Node *n = &g->nodes.data[i];
    for (int k = 0; needed[i] && k < n->n_operands; k++) needed[n->operands[k].i] = true;
  }
  return needed;
}

/* The condition of a claim as a graph of its own, over the parameters that it is about. */
static void settle_claim(const Graph *g, Claim *claim) {
  Arena *arena = &g->ctx->arena;
  const bool *needed = needed_by(g, claim->condition);
  RefMap map = {arena_array(arena, Ref, claim->condition.i + 1)};
  claim->graph = graph_new(g->ctx, g->name);
  for (uint32_t i = 0; i < g->params.len; i++) {
    Ref param = g->params.data[i];
    if (param.i > claim->condition.i || !needed[param.i]) continue;
    const Node *n = graph_node(g, param);
    map.to[param.i] = graph_param_like(claim->graph, n->type, n);
    vec_push(arena, &claim->params, i);
  }
  for (uint32_t i = 0; i <= claim->condition.i; i++)
    if (needed[i] && g->nodes.data[i].op != OP_param)
      map.to[i] = refmap_copy(g, (Ref){i}, claim->graph, &map);
  graph_result(claim->graph, map.to[claim->condition.i], (Str){0});
}

void settle_claims(Instance *in) {
  for (uint32_t k = 0; k < in->claims.len; k++) settle_claim(in->graph, &in->claims.data[k]);
}

/* The argument of a call that the claim's parameter i stands for; REF_NONE: the key of random
 * numbers, which is none. */
static Ref claim_argument(const Claim *claim, const RefList *arguments, uint32_t i) {
  uint32_t at = claim->params.data[i];
  return at < arguments->refs.len ? arguments->refs.data[at] : REF_NONE;
}

bool claim_false(const Graph *g) {
  const Node *result = graph_node(g, g->results.data[0]);
  return result->op == OP_const && node_float(result, A_value, 1) == 0;
}

Graph *claim_of_all(const Instance *in, const Claim *claim) {
  const Graph *from = claim->graph;
  RefMap map = refmap_new(&from->ctx->arena, from);
  Graph *g = graph_new(from->ctx, from->name);
  for (uint32_t i = 0, k = 0; i < in->graph->params.len; i++) {
    const Node *n = graph_node(in->graph, in->graph->params.data[i]);
    Ref param = graph_param_like(g, n->type, n);
    if (k < claim->params.len && claim->params.data[k] == i)
      map.to[from->params.data[k++].i] = param;
  }
  for (uint32_t i = 0; i < from->nodes.len; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(from, (Ref){i}, g, &map);
  graph_result(g, map.to[from->results.data[0].i], (Str){0});
  return g;
}

bool claims_told(Spec *spec, Instance *in) {
  SizeMap known = known_sizes(spec);
  settle_claims(in);
  for (uint32_t k = 0; k < in->claims.len; k++) {
    const Claim *claim = &in->claims.data[k];
    if (claim_false(graph_subst(claim->graph, known.from, known.to, known.n)))
      return assertion_failed(spec->ctx, claim->stmt, (Str){0}, NULL);
  }
  return true;
}

/* Whether what the claim says is false of these arguments, as far as they are constants. */
static bool claim_broken(Graph *caller, const Claim *claim, const RefList *arguments) {
  const Graph *from = claim->graph;
  RefMap map = refmap_new(&caller->ctx->arena, from);
  Graph *g = graph_new(caller->ctx, (Str){0});
  for (uint32_t i = 0; i < from->params.len; i++) {
    Ref argument = claim_argument(claim, arguments, i);
    if (ref_none(argument)) continue;
    const Node *n = graph_node(caller, argument);
    Ty type = graph_type(from, from->params.data[i]);
    bool known = n->op == OP_const;
    map.to[from->params.data[i].i] = known ? build_const(g, type, node_float(n, A_value, 0))
                                           : graph_param(g, type, (Str){0}, NULL, 0);
  }
  for (uint32_t i = 0; i < from->nodes.len; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(from, (Ref){i}, g, &map);
  graph_result(g, map.to[from->results.data[0].i], (Str){0});
  return claim_false(g);
}

/* Made of parameters that are single numbers, and of constants, by a few elementwise ops. */
static bool of_parameters(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  if (graph_info(g, r)->is_tuple || graph_info(g, r)->rank) return false;
  if (op_is(n->op, T_LEAF)) return true;
  if (!op_is(n->op, T_ELEMENTWISE)) return false;
  for (int i = 0; i < n->n_operands; i++)
    if (!of_parameters(g, n->operands[i])) return false;
  return true;
}

/* What the calls of the caller have to decide: the claim, about the caller's own parameters. */
static void hand_on_claim(Check *c, const Claim *claim, const RefList *arguments) {
  const Graph *from = claim->graph;
  Graph *g = c->instance->graph; /* in loops as well what is about sizes alone */
  if (g != c->frame->graph && from->params.len) return;
  RefMap map = refmap_new(&c->ctx->arena, from);
  for (uint32_t i = 0; i < from->params.len; i++)
    map.to[from->params.data[i].i] = claim_argument(claim, arguments, i);
  for (uint32_t i = 0; i < from->nodes.len; i++) {
    const Node *n = &from->nodes.data[i];
    bool known = n->op != OP_param; /* the key of random numbers is no argument */
    for (int k = 0; k < n->n_operands; k++) known = known && !ref_none(map.to[n->operands[k].i]);
    if (known && ref_none(map.to[i])) map.to[i] = refmap_copy(from, (Ref){i}, g, &map);
  }
  Claim own = {.stmt = claim->stmt, .condition = map.to[from->results.data[0].i]};
  for (uint32_t i = 0; i < c->instance->claims.len; i++) { /* the same of many layers: once */
    const Claim *other = &c->instance->claims.data[i];
    if (other->stmt == own.stmt && ref_eq(other->condition, own.condition)) return;
  }
  if (!ref_none(own.condition) && of_parameters(g, own.condition))
    vec_push(&c->ctx->arena, &c->instance->claims, own);
}

bool claims_hold(Check *c, const Instance *in, const RefList *arguments, Span span) {
  for (uint32_t k = 0; k < in->claims.len; k++) {
    const Claim *claim = &in->claims.data[k];
    if (!claim->graph) continue;
    if (claim_broken(c->frame->graph, claim, arguments))
      return assertion_failed(c->ctx, claim->stmt, in->name, &span);
    hand_on_claim(c, claim, arguments);
  }
  return true;
}
