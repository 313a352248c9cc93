/* Assertions that sizes and single numbers decide: an instance keeps them as claims, and who calls
 * it decides them or hands them on. */
#include "frontend/check/checker.h"

#include <stdlib.h>

bool assertion_failed(Ctx *ctx, const Stmt *s, Str name, const Span *call) {
  const Expr *message = s->check.message;
  bool text = message && message->kind == EX_string;
  diag_at(ctx, call ? *call : s->check.condition->span, E_assert_failed, "%s",
          text ? ctx_text(ctx, message->string) : "this does not hold");
  if (!str_none(name)) diag_note(ctx, s->span, "in '%s'", ctx_text(ctx, name));
  return false;
}

/* What finding the nodes of claims works with: for all of a graph's claims, of which there may be
 * one for each weight, so that none may go through the whole graph. */
typedef struct ClaimSearch {
  const Graph *g;
  Arena scratch;
  bool *needed;       /* by node; false again behind each claim */
  RefMap map;         /* the same */
  VEC(uint32_t) list; /* the needed nodes */
} ClaimSearch;

/* Puts the nodes that a value needs on the list, itself included. */
static void find_needed(ClaimSearch *s, Ref value) {
  if (s->needed[value.i]) return;
  s->needed[value.i] = true;
  vec_push(&s->scratch, &s->list, value.i);
  for (uint32_t at = s->list.len - 1; at < s->list.len; at++) {
    const Node *n = &s->g->nodes.data[s->list.data[at]];
    for (int k = 0; k < n->n_operands; k++) {
      uint32_t operand = n->operands[k].i;
      if (s->needed[operand]) continue;
      s->needed[operand] = true;
      vec_push(&s->scratch, &s->list, operand);
    }
  }
}

static int in_order(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* The condition of a claim as a graph of its own, over the parameters that it is about. */
static void settle_claim(ClaimSearch *s, Claim *claim) {
  const Graph *g = s->g;
  s->list.len = 0;
  find_needed(s, claim->condition);
  qsort(s->list.data, s->list.len, sizeof *s->list.data, in_order);
  claim->graph = graph_new(g->ctx, g->name);
  for (uint32_t i = 0; i < s->list.len; i++) {
    uint32_t at = s->list.data[i];
    const Node *n = &g->nodes.data[at];
    if (n->op == OP_param) {
      s->map.to[at] = graph_param_like(claim->graph, n->type, n);
      vec_push(&g->ctx->arena, &claim->params, (uint32_t)node_int(n, A_index, 0));
    } else {
      s->map.to[at] = refmap_copy(g, (Ref){at}, claim->graph, &s->map);
    }
  }
  graph_result(claim->graph, s->map.to[claim->condition.i], (Str){0});
  for (uint32_t i = 0; i < s->list.len; i++) {
    s->needed[s->list.data[i]] = false;
    s->map.to[s->list.data[i]] = REF_NONE;
  }
}

void settle_claims(Instance *in) {
  if (!in->claims.len) return;
  ClaimSearch s = {.g = in->graph};
  arena_scratch(&s.scratch, &in->graph->ctx->arena);
  s.needed = arena_array(&s.scratch, bool, in->graph->nodes.len);
  s.map = refmap_new(&s.scratch, in->graph);
  for (uint32_t k = 0; k < in->claims.len; k++)
    if (!in->claims.data[k].graph) settle_claim(&s, &in->claims.data[k]);
  arena_free(&s.scratch);
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

Graph *claim_of_arguments(const Instance *in, const Claim *claim, const uint32_t **params) {
  const Graph *from = claim->graph;
  Arena *arena = &from->ctx->arena;
  RefMap map = refmap_new(arena, from);
  Graph *g = graph_new(from->ctx, from->name);
  VEC(uint32_t) places = {0};
  for (uint32_t i = 0, k = 0; i < in->graph->params.len; i++) {
    Ref whole = in->graph->params.data[i];
    bool about = k < claim->params.len && claim->params.data[k] == i;
    if (!about && param_role(in->graph, whole) != ROLE_argument) continue;
    const Node *n = graph_node(in->graph, whole);
    Ref param = graph_param_like(g, n->type, n);
    vec_push(arena, &places, i);
    if (about) map.to[from->params.data[k++].i] = param;
  }
  *params = places.data;
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
