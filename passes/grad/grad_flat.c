/* Roots of squares: sqrt has an infinite slope at 0, but where its operand cannot become negative
 * and does not change at 0 (a sum of squares), the root counts as flat there: a norm has the
 * derivative 0 at 0, not 0 times inf.
 *
 * Which roots those are is found before anything is differentiated, and written at them (the
 * attribute 'flat'): a reverse loop reads the sum of squares from memory, so that a derivative of
 * the derivative would not see any more what it was made of. What is known of a value holds in
 * loops, too: what is captured or cut is what was handed in, and a carried value is flat when the
 * first one is and each turn makes a flat one of it.
 *
 * A value that somebody differentiates by is a variable, not what it was computed from: it may move
 * away from 0. */
#include "passes/grad/grad.h"

/* What is known of a value; of two factors the greater one holds of the product. */
typedef enum Flat {
  FLAT_unknown,
  FLAT_positive, /* above 0 */
  FLAT_at_zero,  /* never negative, and with the derivative 0 wherever it is 0 */
} Flat;

static bool constant(const Graph *g, Ref r, double *value) {
  const Node *n = graph_node(g, r);
  if (n->op != OP_const) return false;
  *value = node_float(n, A_value, 0);
  return true;
}

/* ---- what an op makes of what is known ---- */

static bool same_axes(const Node *n, AttrName first, AttrName second) {
  const Attr *a = node_attr(n, first), *b = node_attr(n, second);
  bool same = a->n == b->n;
  for (int i = 0; same && i < a->n; i++) same = a->ints[i] == b->ints[i];
  return same;
}

static Flat of_const(double value) {
  return value == 0 ? FLAT_at_zero : value > 0 ? FLAT_positive : FLAT_unknown;
}

/* Where a flat factor is 0, so is its change, and the other one's counts 0 times. */
static Flat of_factors(Flat a, Flat b) {
  return a == FLAT_unknown || b == FLAT_unknown ? FLAT_unknown : a < b ? b : a;
}

static Flat of_product(const Node *n, Flat a, Flat b) {
  if (!ref_eq(n->operands[0], n->operands[1])) return of_factors(a, b);
  return a == FLAT_positive ? a : FLAT_at_zero;
}

/* Sums of squares when each element of a tensor meets itself. */
static Flat of_dot(const Graph *g, const Node *n, Flat a, Flat b) {
  bool squares = ref_eq(n->operands[0], n->operands[1]) && same_axes(n, A_batch_a, A_batch_b) &&
                 same_axes(n, A_contract_a, A_contract_b) &&
                 type_info(g->ctx, n->type)->rank == node_attr(n, A_batch_a)->n;
  return squares ? FLAT_at_zero : of_factors(a, b);
}

static Flat of_power(const Graph *g, const Node *n, Flat a) {
  double p;
  if (!constant(g, n->operands[1], &p)) return FLAT_unknown;
  if (a == FLAT_positive || (a == FLAT_at_zero && p >= 1)) return a;
  return p >= 2 && p / 2 == (int)(p / 2) ? FLAT_at_zero : FLAT_unknown;
}

/* Of values that are chosen from, or put beside each other: what holds of all of them. */
static Flat of_each(const Node *n, const Flat *known, int first) {
  Flat all = known[n->operands[first].i];
  for (int k = first + 1; k < n->n_operands; k++) all = of_factors(all, known[n->operands[k].i]);
  return all;
}

static Flat of_sum(Flat a, Flat b) {
  if (a == FLAT_unknown || b == FLAT_unknown) return FLAT_unknown;
  return a == FLAT_positive ? a : b; /* a sum with something positive is nowhere 0 */
}

/* Numbers that no variable changes, and that are not negative. */
static Flat of_cast(const Graph *g, const Node *n, Flat a) {
  return graph_info(g, n->operands[0])->dtype == DT_bool ? FLAT_at_zero : a;
}

static Flat of_elementwise(const Graph *g, const Node *n, Flat a, Flat b) {
  switch (n->op) {
  case OP_abs:
    return a == FLAT_positive ? a : FLAT_at_zero;
  case OP_exp:
  case OP_sigmoid:
    return FLAT_positive;
  case OP_tanh:
  case OP_erf:
  case OP_expm1:
  case OP_log1p: /* 0 at 0, with a finite slope */
    return a;
  case OP_sqrt:
    return a == FLAT_positive ? a : FLAT_unknown;
  case OP_mul:
    return of_product(n, a, b);
  case OP_div:
    return b == FLAT_positive ? a : FLAT_unknown;
  case OP_pow:
    return of_power(g, n, a);
  case OP_add:
    return of_sum(a, b);
  case OP_cast:
    return of_cast(g, n, a);
  default:
    return FLAT_unknown;
  }
}

static Flat of_node(const Graph *g, const Node *n, const Flat *known) {
  Flat a = n->n_operands ? known[n->operands[0].i] : FLAT_unknown;
  Flat b = n->n_operands > 1 ? known[n->operands[1].i] : FLAT_unknown;
  switch (n->op) {
  case OP_const:
    return of_const(node_float(n, A_value, 0));
  case OP_size:
    return FLAT_positive;
  case OP_dot:
    return of_dot(g, n, a, b);
  case OP_max:
  case OP_min:
  case OP_concat:
    return of_each(n, known, 0);
  case OP_where:
    return of_each(n, known, 1);
  case OP_update:
    return of_factors(a, b);
  case OP_scatter_add: /* of the second operand, and 0 */
    return of_factors(FLAT_at_zero, b);
  case OP_pad:
    return of_factors(of_const(node_float(n, A_value, 0)), a);
  case OP_gather:
    return a;
  case OP_cumsum:
    return a == FLAT_positive ? FLAT_unknown : a; /* which may begin with 0 */
  default:
    if (op_is(n->op, T_MOVEMENT) || op_is(n->op, T_REDUCE)) return a;
    return of_elementwise(g, n, a, b);
  }
}

/* ---- what is known in a graph ---- */

static Flat *find_known(const Graph *g, const Flat *params, Flat **items);

/* In front of a scan: what its body's parameters are before anything is known of later steps. */
static Flat *first_params(const Graph *g, const Node *scan, const Flat *known) {
  Flat *params = arena_array(&g->ctx->arena, Flat, scan->body->params.len);
  for (int k = 0; k < scan->n_operands; k++) params[k + 1] = known[scan->operands[k].i];
  return params;
}

/* The results of a scan; *params become what is known of the body's parameters in every step. A row
 * that no step has reached is 0. */
static Flat *of_scan(const Graph *g, const Node *scan, const Flat *known, Flat **params) {
  const Graph *body = scan->body;
  ScanShape shape = grad_scan_shape(scan);
  Flat *results = arena_array(&g->ctx->arena, Flat, body->results.len);
  *params = first_params(g, scan, known);
  for (bool changed = true; changed;) {
    changed = false;
    const Flat *inside = find_known(body, *params, NULL);
    for (uint32_t k = 0; k < body->results.len; k++) {
      results[k] = inside[body->results.data[k].i];
      if ((int)k >= shape.n_carries) {
        results[k] = of_factors(results[k], FLAT_at_zero);
        continue;
      }
      Flat before = (*params)[k + 1], both = of_factors(before, results[k]);
      changed = changed || both != before;
      (*params)[k + 1] = results[k] = both;
    }
  }
  return results;
}

/* By node; a value that somebody differentiates by is not what it was computed from. 'items', by
 * scan: what is known of its results. */
static Flat *find_known(const Graph *g, const Flat *params, Flat **items) {
  Arena *arena = &g->ctx->arena;
  Flat *known = arena_array(arena, Flat, g->nodes.len);
  bool *variable = arena_array(arena, bool, g->nodes.len);
  Flat **results = arena_array(arena, Flat *, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    for (int k = 1; g->nodes.data[i].op == OP_grad && k < g->nodes.data[i].n_operands; k++)
      variable[g->nodes.data[i].operands[k].i] = true;
  for (uint32_t k = 0; k < g->params.len; k++)
    known[g->params.data[k].i] = variable[g->params.data[k].i] ? FLAT_unknown : params[k];
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    Flat *inside = NULL;
    if (n->op == OP_param || variable[i]) continue;
    if (n->op == OP_scan)
      results[i] = of_scan(g, n, known, &inside);
    else if (n->op == OP_item && results[n->operands[0].i])
      known[i] = results[n->operands[0].i][node_int(n, A_index, 0)];
    else
      known[i] = of_node(g, n, known);
    if (items) items[i] = inside;
  }
  return known;
}

/* ---- marks ---- */

static bool is_root(const Graph *g, const Node *n) {
  double power = 0.5;
  bool root = n->op == OP_sqrt || (n->op == OP_pow && constant(g, n->operands[1], &power));
  return root && power > 0 && power < 1;
}

static bool has_roots(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (is_root(g, n) || (n->op == OP_scan && has_roots(n->body))) return true;
  }
  return false;
}

static Graph *mark(const Graph *g, const Flat *params) {
  if (!has_roots(g)) return (Graph *)g;
  Arena *arena = &g->ctx->arena;
  Flat **inside = arena_array(arena, Flat *, g->nodes.len);
  const Flat *known = find_known(g, params, inside);
  RefMap map = refmap_new(arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Node n = g->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    Attr flat = attr_i(A_flat, 1);
    if (is_root(g, &n) && known[n.operands[0].i] == FLAT_at_zero) {
      n.attrs = &flat;
      n.n_attrs = 1;
    }
    if (inside[i]) n.body = mark(n.body, inside[i]);
    Ref *operands = arena_array(arena, Ref, n.n_operands + 1);
    for (int k = 0; k < n.n_operands; k++) operands[k] = map.to[n.operands[k].i];
    map.to[i] = build_copy(out, &n, operands);
  }
  pass_results(g, out, &map);
  return out;
}

Graph *grad_mark_roots(const Graph *g) {
  return mark(g, arena_array(&g->ctx->arena, Flat, g->params.len));
}
