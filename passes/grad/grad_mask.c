/* Structural zeros of adjoints: a branch that is not taken gets no derivative.
 *
 * The adjoint of a branch is where(c, g, 0). Every derivative is linear in the adjoint, so where(c,
 * rule(g), 0) is the same number as rule(where(c, g, 0)) wherever the slopes are finite, and it
 * stays 0 where the branch is not taken and has an infinite slope or is not a number: 0 times that
 * would be NaN. So an adjoint is taken apart into what it is and where it counts (grad_unmask), the
 * rule sees the first, and its summands are chosen by the second (grad_add).
 *
 * It goes on through elementwise ops, reductions, broadcasts whose repeated rows count together,
 * transposes and reshapes, and through sums of adjoints that are all masked; where something behind
 * may have a slope that is no number (grad_find_risk), also beside the adjoint: through other
 * broadcasts as far as it says the same of all rows, through parts and what is put together of
 * parts (grad_moves_mask), through loops (grad_scan.c). It ends at other ops: products of tensors
 * (written as mul and sum, too, see contracts() in grad_tape.c: masked term by term they could not
 * be computed as products), lookups, sorted values.
 */
#include "passes/grad/grad.h"

#include <string.h>

/* ---- adjoints ---- */

static bool is_zero(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  return n->op == OP_const && node_float(n, A_value, 1) == 0;
}

static Ref both(Graph *g, Ref a, Ref b) {
  return ref_none(a) ? b : ref_none(b) || ref_eq(a, b) ? a : build2(g, OP_and, a, b);
}

/* What follows from one condition or another; REF_NONE is what is always true. */
static Ref either(Graph *g, Ref a, Ref b) {
  if (ref_none(a) || ref_none(b)) return REF_NONE;
  return ref_eq(a, b) ? a : build2(g, OP_or, a, b);
}

/* A product is 0 where one of its factors does not count. */
static bool unmask_product(Graph *g, Ref *product, Ref *mask) {
  const Node n = *graph_node(g, *product);
  Ref x = n.operands[0], y = n.operands[1], of_x, of_y;
  bool masked = grad_unmask(g, &x, &of_x);
  masked = grad_unmask(g, &y, &of_y) || masked;
  if (!masked) return false;
  *product = build2(g, OP_mul, x, y);
  *mask = both(g, *mask, both(g, of_x, of_y));
  return true;
}

bool grad_unmask(Graph *g, Ref *adjoint, Ref *mask) {
  *mask = REF_NONE;
  for (;;) {
    const Node *n = graph_node(g, *adjoint);
    if (n->op == OP_mul && unmask_product(g, adjoint, mask)) continue;
    if (n->op != OP_where) break;
    Ref condition = n->operands[0], then = n->operands[1], otherwise = n->operands[2];
    bool taken = is_zero(g, otherwise);
    if (!taken && !is_zero(g, then)) break;
    *adjoint = taken ? then : otherwise;
    *mask = both(g, *mask, taken ? condition : build1(g, OP_not, condition));
  }
  return !ref_none(*mask);
}

Ref grad_mask(Graph *g, Ref mask, Ref adjoint) {
  if (ref_none(mask) || is_zero(g, adjoint)) return adjoint;
  return build3(g, OP_where, mask, adjoint, build_const(g, graph_type(g, adjoint), 0));
}

static bool opposite(const Graph *g, Ref a, Ref b) {
  const Node *n = graph_node(g, a), *m = graph_node(g, b);
  return (n->op == OP_not && ref_eq(n->operands[0], b)) ||
         (m->op == OP_not && ref_eq(m->operands[0], a));
}

Ref grad_plus(Graph *g, Ref a, Ref b) {
  if (ref_none(a) || ref_none(b)) return ref_none(a) ? b : a;
  Ref x = a, y = b, mask_x, mask_y;
  if (!grad_unmask(g, &x, &mask_x) || !grad_unmask(g, &y, &mask_y)) return build2(g, OP_add, a, b);
  if (ref_eq(mask_x, mask_y)) return grad_mask(g, mask_x, build2(g, OP_add, x, y));
  if (opposite(g, mask_x, mask_y)) return build3(g, OP_where, mask_x, x, y);
  Ref sum = build2(g, OP_add, a, b); /* in this order with every compiler */
  return grad_mask(g, build2(g, OP_or, mask_x, mask_y), sum);
}

/* ---- masks behind an op ---- */

/* Axes of a value that are kept, the others are gone; 'like' has the shape that is left. */
typedef struct StayingAxes {
  const int32_t *axes;
  int n;
  Ty like;
  bool part; /* of a condition: those of its parts that say the same along the others will do */
} StayingAxes;

static Ref without_axes(Graph *g, Ref r, const StayingAxes *kept);

static int place_of(const StayingAxes *kept, int axis) {
  for (int k = 0; k < kept->n; k++)
    if (kept->axes[k] == axis) return k;
  return -1;
}

/* Of a broadcast, whose operand may have axes along which it is repeated itself. */
static Ref repeated_without_axes(Graph *g, const Node *n, const StayingAxes *kept) {
  Arena *arena = &g->ctx->arena;
  const TypeInfo *from = graph_info(g, n->operands[0]), *left = type_info(g->ctx, kept->like);
  const Attr *at = node_attr(n, A_axes);
  int32_t *axes = arena_array(arena, int32_t, at->n + 1);
  int32_t *inside = arena_array(arena, int32_t, at->n + 1);
  Sz *dims = arena_array(arena, Sz, at->n + 1);
  int stay = 0;
  for (int i = 0; i < at->n; i++) {
    int k = place_of(kept, at->ints[i]);
    if (k < 0) continue;
    axes[stay] = k;
    dims[stay] = from->dims[i];
    inside[stay++] = i;
  }
  Ref r = n->operands[0];
  if (stay < at->n) {
    Ty like = type_with_dims(g->ctx, graph_type(g, r), dims, stay);
    r = without_axes(g, r, &(StayingAxes){inside, stay, like, kept->part});
  }
  return ref_none(r) ? r : build_broadcast(g, r, left->dims, left->rank, axes);
}

/* The same value without the axes that are not kept, when it is repeated along them; else REF_NONE.
 */
static Ref without_axes(Graph *g, Ref r, const StayingAxes *kept) {
  const Node n = *graph_node(g, r);
  const TypeInfo *left = type_info(g->ctx, kept->like);
  if (n.op == OP_const)
    return build_const(g, type_with_dims(g->ctx, n.type, left->dims, left->rank),
                       node_float(&n, A_value, 0));
  if (n.op == OP_broadcast) return repeated_without_axes(g, &n, kept);
  if (kept->part && (n.op == OP_and || n.op == OP_or)) {
    Ref a = without_axes(g, n.operands[0], kept), b = without_axes(g, n.operands[1], kept);
    return n.op == OP_and ? both(g, a, b) : either(g, a, b);
  }
  if (!op_is(n.op, T_ELEMENTWISE) || n.n_operands > 3 || op_info[n.op].given) return REF_NONE;
  StayingAxes whole = *kept;
  whole.part = false;
  Ref operands[3];
  for (int i = 0; i < n.n_operands; i++) {
    operands[i] = without_axes(g, n.operands[i], &whole);
    if (ref_none(operands[i])) return REF_NONE;
  }
  return build_op(g, n.op, operands, n.n_operands, NULL, 0, TY_NONE);
}

/* A mask of broadcast y as one of its operand. */
static Ref of_repeated(Graph *g, const Node *y, Ref mask, bool part) {
  const Attr *kept = node_attr(y, A_axes);
  Ty like = graph_type(g, y->operands[0]);
  return without_axes(g, mask, &(StayingAxes){kept->ints, kept->n, like, part});
}

static Ref along_reduced(Graph *g, const Node *y, Ref mask) {
  const TypeInfo *a = graph_info(g, y->operands[0]);
  const Attr *gone = node_attr(y, A_axes);
  int32_t *kept = arena_array(&g->ctx->arena, int32_t, a->rank + 1);
  int n = 0;
  for (int axis = 0; axis < a->rank; axis++) {
    bool reduced = false;
    for (int k = 0; k < gone->n; k++) reduced |= gone->ints[k] == axis;
    if (!reduced) kept[n++] = axis;
  }
  return build_broadcast(g, mask, a->dims, a->rank, kept);
}

static Ref transposed_back(Graph *g, const Node *y, Ref mask) {
  const Attr *perm = node_attr(y, A_perm);
  int32_t *inverse = arena_array(&g->ctx->arena, int32_t, perm->n + 1);
  for (int i = 0; i < perm->n; i++) inverse[perm->ints[i]] = i;
  return build_transpose(g, mask, inverse);
}

Ref grad_mask_of_repeated(Graph *g, Ref y, Ref mask) {
  const Node wide = *graph_node(g, y);
  return of_repeated(g, &wide, mask, true);
}

Ref grad_mask_behind(Graph *g, Ref y, Ref mask) {
  const Node n = *graph_node(g, y);
  if (op_is(n.op, T_ELEMENTWISE)) return mask;
  if (op_is(n.op, T_REDUCE)) return along_reduced(g, &n, mask);
  if (n.op == OP_transpose) return transposed_back(g, &n, mask);
  if (n.op == OP_broadcast) return of_repeated(g, &n, mask, false);
  if (n.op != OP_reshape) return REF_NONE;
  const TypeInfo *a = graph_info(g, n.operands[0]);
  return build_reshape(g, mask, a->dims, a->rank);
}

bool grad_moves_mask(const Graph *g, const Node *n) {
  Op op = n->op;
  return op == OP_slice || op == OP_pad || op == OP_concat || op == OP_reverse || op == OP_update ||
         op == OP_scatter_add || (op == OP_gather && !graph_info(g, n->operands[1])->rank);
}

/* ---- where a mask is of use ---- */

static bool goes_through(const Graph *g, const Node *n) {
  Op op = n->op;
  return op_is(op, T_ELEMENTWISE) || op_is(op, T_REDUCE) || op == OP_transpose ||
         op == OP_broadcast || op == OP_reshape || op == OP_item || op == OP_scan ||
         grad_moves_mask(g, n);
}

/* Whether slopes are computed from numbers that may be infinite or none. */
static bool varies(Op op) {
  const OpInfo *row = &op_info[op];
  bool numbers = op_is(op, T_ELEMENTWISE) || op_is(op, T_REDUCE);
  return numbers && row->points && strcmp(row->points, "linear") != 0 && !row->picks;
}

static bool has_varying(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (varies(n->op) || (n->op == OP_scan && has_varying(n->body))) return true;
  }
  return false;
}

bool *grad_find_risk(const Graph *g, const bool *params) {
  bool *risk = arena_array(&g->ctx->arena, bool, g->nodes.len);
  for (uint32_t k = 0; params && k < g->params.len; k++) risk[g->params.data[k].i] = params[k];
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (!goes_through(g, n)) continue;
    risk[i] = varies(n->op) || (n->op == OP_scan && has_varying(n->body));
    for (int k = 0; !risk[i] && k < n->n_operands; k++) risk[i] = risk[n->operands[k].i];
  }
  return risk;
}
