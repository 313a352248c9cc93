/* Elementwise work moves in front of the movement that feeds it:
 *
 *   f(broadcast(a), broadcast(b)) => broadcast(f(a, b))      less work: the axes that a or b have
 *   f(t(a), t(b))                 => t(f(a, b))              movement meets its inverse, or a dot
 *                                                            that absorbs it
 *   f(reshape(a), reshape(b))     => reshape(f(a, b))
 *
 * and behind a gather that takes few of its elements:
 *
 *   f(a, b)[i]                    => f(a[i], b[i])
 *
 * Splats fit any shape; a small repeated operand (a bias) is put into the inner shape where that
 * costs nothing.
 */
#include "ir/cost.h"
#include "passes/rules/rewrite.h"

#define MAX_RANK     32
#define MAX_OPERANDS 3

static const TypeInfo *info_of(const Rewriter *rw, Ref r) { return graph_info(rw->g, r); }

static Ty with_dims(Rewriter *rw, Ref element, const Sz *dims, int rank) {
  return type_with_dims(rw->g->ctx, graph_type(rw->g, element), dims, rank);
}

static Ref splat(Rewriter *rw, Ref constant, const Sz *dims, int rank) {
  double value = 0;
  rw_constant(rw, constant, &value);
  return build_const(rw->g, with_dims(rw, constant, dims, rank), value);
}

/* The op of root on other operands, all of the shape dims. */
static Ref rebuild(Rewriter *rw, Ref root, const Ref *operands, const Sz *dims, int rank) {
  const Node *n = graph_node(rw->g, root);
  return rw_build(rw, n->op, operands, n->n_operands, n->attrs, n->n_attrs,
                  with_dims(rw, root, dims, rank));
}

/* ---- broadcasts ---- */

/* Marks the axes that some operand really has. False when an operand is neither splat nor
 * broadcast. */
static bool present_axes(const Rewriter *rw, const Node *n, bool *present) {
  bool any = false;
  for (int i = 0; i < n->n_operands; i++) {
    const Node *b = rw_is(rw, n->operands[i], OP_broadcast);
    if (!b && !rw_constant(rw, n->operands[i], NULL)) return false;
    if (!b) continue;
    const Attr *axes = node_attr(b, A_axes);
    for (int k = 0; k < axes->n; k++) present[axes->ints[k]] = true;
    any = true;
  }
  return any;
}

/* A broadcast operand in the shape that has only the axes kept; place: where each axis of the
 * result went. */
static Ref shrink(Rewriter *rw, Ref operand, const int32_t *place, const Sz *dims, int rank) {
  const Node *b = rw_is(rw, operand, OP_broadcast);
  if (!b) return splat(rw, operand, dims, rank);
  const Attr *from = node_attr(b, A_axes);
  int32_t axes[MAX_RANK];
  for (int k = 0; k < from->n; k++) axes[k] = place[from->ints[k]];
  return rw_broadcast(rw, b->operands[0], dims, rank, axes);
}

Ref rule_sink_broadcast(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root);
  const TypeInfo *y = info_of(rw, root);
  bool present[MAX_RANK] = {false};
  int32_t kept[MAX_RANK], place[MAX_RANK] = {0};
  Sz dims[MAX_RANK];
  if (!present_axes(rw, n, present)) return REF_NONE;
  int rank = 0;
  for (int i = 0; i < y->rank; i++)
    if (present[i]) {
      place[i] = rank;
      kept[rank] = i;
      dims[rank++] = y->dims[i];
    }
  if (rank == y->rank) return REF_NONE;
  Ref small[MAX_OPERANDS];
  for (int i = 0; i < n->n_operands; i++) small[i] = shrink(rw, n->operands[i], place, dims, rank);
  return rw_broadcast(rw, rebuild(rw, root, small, dims, rank), y->dims, y->rank, kept);
}

/* ---- transposes ---- */

/* The first operand of that op, or NULL. */
static const Node *first_of(const Rewriter *rw, const Node *n, Op op) {
  for (int i = 0; i < n->n_operands; i++)
    if (graph_node(rw->g, n->operands[i])->op == op) return graph_node(rw->g, n->operands[i]);
  return NULL;
}

static bool same_ints(const Attr *a, const Attr *b) {
  bool same = a->n == b->n;
  for (int i = 0; same && i < a->n; i++) same = a->ints[i] == b->ints[i];
  return same;
}

/* Operand r as it looks before the transposition; REF_NONE when that is not free. */
static Ref before_transpose(Rewriter *rw, Ref r, const Attr *perm, const TypeInfo *inner) {
  const Node *n = graph_node(rw->g, r);
  if (n->op == OP_transpose && same_ints(node_attr(n, A_perm), perm)) return n->operands[0];
  if (n->op == OP_const) return splat(rw, r, inner->dims, inner->rank);
  if (n->op != OP_broadcast || node_attr(n, A_axes)->n > 1) return REF_NONE;
  int32_t axis[1] = {0};
  if (node_attr(n, A_axes)->n) axis[0] = perm->ints[node_attr(n, A_axes)->ints[0]];
  return rw_broadcast(rw, n->operands[0], inner->dims, inner->rank, axis);
}

Ref rule_sink_transpose(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root), *t = first_of(rw, n, OP_transpose);
  if (!t) return REF_NONE;
  const Attr *perm = node_attr(t, A_perm);
  const TypeInfo *inner = info_of(rw, t->operands[0]);
  Ref operands[MAX_OPERANDS];
  for (int i = 0; i < n->n_operands; i++) {
    operands[i] = before_transpose(rw, n->operands[i], perm, inner);
    if (ref_none(operands[i])) return REF_NONE;
  }
  return rw_transpose(rw, rebuild(rw, root, operands, inner->dims, inner->rank), perm->ints);
}

/* ---- reshapes ---- */

static bool same_dims(const TypeInfo *a, const TypeInfo *b) {
  bool same = a->rank == b->rank;
  for (int i = 0; same && i < a->rank; i++) same = sz_eq(a->dims[i], b->dims[i]);
  return same;
}

/* How many last axes the two shapes share. */
static int common_suffix(const TypeInfo *a, const TypeInfo *b) {
  int n = 0;
  while (n < a->rank && n < b->rank && sz_eq(a->dims[a->rank - 1 - n], b->dims[b->rank - 1 - n]))
    n++;
  return n;
}

/* A broadcast whose axes all lie in the last ones, which the reshape leaves alone, in the inner
 * shape. */
static Ref broadcast_before_reshape(Rewriter *rw, Ref r, const TypeInfo *inner) {
  const Node *n = graph_node(rw->g, r);
  const TypeInfo *outer = info_of(rw, r);
  const Attr *from = node_attr(n, A_axes);
  int shift = outer->rank - inner->rank, first = outer->rank - common_suffix(outer, inner);
  int32_t axes[MAX_RANK];
  for (int k = 0; k < from->n; k++) {
    if (from->ints[k] < first) return REF_NONE;
    axes[k] = from->ints[k] - shift;
  }
  return rw_broadcast(rw, n->operands[0], inner->dims, inner->rank, axes);
}

static Ref before_reshape(Rewriter *rw, Ref r, const TypeInfo *inner) {
  const Node *n = graph_node(rw->g, r);
  if (n->op == OP_reshape && same_dims(info_of(rw, n->operands[0]), inner)) return n->operands[0];
  if (n->op == OP_const) return splat(rw, r, inner->dims, inner->rank);
  return n->op == OP_broadcast ? broadcast_before_reshape(rw, r, inner) : REF_NONE;
}

Ref rule_sink_reshape(Rewriter *rw, Ref root) {
  const Node *n = graph_node(rw->g, root), *reshape = first_of(rw, n, OP_reshape);
  if (!reshape) return REF_NONE;
  const TypeInfo *inner = info_of(rw, reshape->operands[0]), *y = info_of(rw, root);
  Ref operands[MAX_OPERANDS];
  for (int i = 0; i < n->n_operands; i++) {
    operands[i] = before_reshape(rw, n->operands[i], inner);
    if (ref_none(operands[i])) return REF_NONE;
  }
  return rw_reshape(rw, rebuild(rw, root, operands, inner->dims, inner->rank), y->dims, y->rank);
}

/* ---- gathers ---- */

enum { FEW = 8 }; /* an element of so many, or fewer, is taken */

/* One log-probability of each row of thousands, the last token's state of each sequence: what the
 * gather does not take is then needed by nobody, and in the other case little is computed twice. */
Ref rule_sink_gather(Rewriter *rw, Ref root) {
  const Node n = *graph_node(rw->g, root), f = *graph_node(rw->g, n.operands[0]);
  const TypeInfo *y = info_of(rw, root);
  Ctx *ctx = rw->g->ctx;
  double taken = size_guess(ctx, type_count(ctx, graph_type(rw->g, root)));
  double all = size_guess(ctx, type_count(ctx, graph_type(rw->g, n.operands[0])));
  if (!op_is(f.op, T_ELEMENTWISE) || !(taken * FEW <= all)) return REF_NONE;
  Ref few[MAX_OPERANDS];
  for (int i = 0; i < f.n_operands; i++) {
    Ref pair[] = {f.operands[i], n.operands[1]};
    few[i] = rw_constant(rw, pair[0], NULL)
                 ? splat(rw, pair[0], y->dims, y->rank)
                 : rw_build(rw, OP_gather, pair, 2, n.attrs, n.n_attrs, TY_NONE);
  }
  return rebuild(rw, n.operands[0], few, y->dims, y->rank);
}
