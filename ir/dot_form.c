/* Products as matrices: see the header. */
#include "ir/dot_form.h"

#include "ir/tensor.h"

static Sz stride_of(Ctx *ctx, const Sz *dims, int rank, int axis) {
  Sz stride = size_const(ctx, 1);
  for (int i = axis + 1; i < rank; i++) stride = size_mul(ctx, stride, dims[i]);
  return stride;
}

/* ---- the axes of the result ---- */

typedef struct DotResult {
  Sz dims[2 * TENSOR_MAX_RANK];   /* in memory */
  int place[2 * TENSOR_MAX_RANK]; /* in memory, of an axis of the plain result */
  int rank;
} DotResult;

static bool listed(const Attr *axes, int axis) {
  for (int i = 0; i < axes->n; i++)
    if (axes->ints[i] == axis) return true;
  return false;
}

/* Axes of an operand that are neither batch nor summed. */
static int rest_of(const TypeInfo *t, const Attr *batch, const Attr *contract, int32_t *rest) {
  int n = 0;
  for (int i = 0; i < t->rank; i++)
    if (!listed(batch, i) && !listed(contract, i)) rest[n++] = i;
  return n;
}

static DotResult result_of(const DotAsk *ask, const int32_t *rest_a, int n_a, const int32_t *rest_b,
                           int n_b) {
  Sz plain[2 * TENSOR_MAX_RANK];
  DotResult r = {.rank = ask->batch_a->n + n_a + n_b};
  int n = 0;
  for (int i = 0; i < ask->batch_a->n; i++) plain[n++] = ask->a->dims[ask->batch_a->ints[i]];
  for (int i = 0; i < n_a; i++) plain[n++] = ask->a->dims[rest_a[i]];
  for (int i = 0; i < n_b; i++) plain[n++] = ask->b->dims[rest_b[i]];
  for (int i = 0; i < n; i++) {
    int from = ask->perm ? ask->perm->ints[i] : i;
    r.dims[i] = plain[from];
    r.place[from] = i;
  }
  return r;
}

/* ---- joining ---- */

typedef struct DotAxes {
  DotAxis axes[TENSOR_MAX_RANK];
  int n;
} DotAxes;

static bool behind(Ctx *ctx, Sz outer, Sz inner, Sz extent) {
  return sz_eq(outer, size_mul(ctx, inner, extent));
}

/* Adds an axis inside of those before it. Joined to the last one when they are one walk in all
 * tensors: an axis that a tensor does not have has the stride 0 there, which joins with 0. */
static void add_axis(Ctx *ctx, DotAxes *to, DotAxis axis) {
  if (size_is(ctx, axis.extent, 1)) return;
  DotAxis *last = to->n ? &to->axes[to->n - 1] : NULL;
  if (last && behind(ctx, last->a, axis.a, axis.extent) &&
      behind(ctx, last->b, axis.b, axis.extent) && behind(ctx, last->y, axis.y, axis.extent)) {
    axis.extent = size_mul(ctx, last->extent, axis.extent);
    *last = axis;
  } else {
    to->axes[to->n++] = axis;
  }
}

typedef struct DotBuilder {
  Ctx *ctx;
  const DotAsk *ask;
  DotResult y;
  Sz none;
} DotBuilder;

static Sz in_result(const DotBuilder *b, int axis) {
  return stride_of(b->ctx, b->y.dims, b->y.rank, b->y.place[axis]);
}

static Sz in_operand(const DotBuilder *b, const TypeInfo *t, int axis) {
  return stride_of(b->ctx, t->dims, t->rank, axis);
}

static DotAxes batch_axes(const DotBuilder *b) {
  const DotAsk *ask = b->ask;
  DotAxes axes = {.n = 0};
  for (int i = 0; i < ask->batch_a->n; i++)
    add_axis(b->ctx, &axes,
             (DotAxis){ask->a->dims[ask->batch_a->ints[i]],
                       in_operand(b, ask->a, ask->batch_a->ints[i]),
                       in_operand(b, ask->b, ask->batch_b->ints[i]), in_result(b, i)});
  return axes;
}

static DotAxes free_axes(const DotBuilder *b, bool of_b, const int32_t *rest, int n, int first) {
  const TypeInfo *t = of_b ? b->ask->b : b->ask->a;
  DotAxes axes = {.n = 0};
  for (int i = 0; i < n; i++) {
    Sz own = in_operand(b, t, rest[i]);
    add_axis(b->ctx, &axes,
             (DotAxis){t->dims[rest[i]], of_b ? b->none : own, of_b ? own : b->none,
                       in_result(b, first + i)});
  }
  return axes;
}

static DotAxes summed_axes(const DotBuilder *b) {
  const DotAsk *ask = b->ask;
  DotAxes axes = {.n = 0};
  for (int i = 0; i < ask->contract_a->n; i++)
    add_axis(b->ctx, &axes,
             (DotAxis){ask->a->dims[ask->contract_a->ints[i]],
                       in_operand(b, ask->a, ask->contract_a->ints[i]),
                       in_operand(b, ask->b, ask->contract_b->ints[i]), b->none});
  return axes;
}

bool dot_form(Ctx *ctx, const DotAsk *ask, DotForm *out) {
  int32_t rest_a[TENSOR_MAX_RANK], rest_b[TENSOR_MAX_RANK];
  if (ask->a->rank > TENSOR_MAX_RANK || ask->b->rank > TENSOR_MAX_RANK) return false;
  int n_a = rest_of(ask->a, ask->batch_a, ask->contract_a, rest_a),
      n_b = rest_of(ask->b, ask->batch_b, ask->contract_b, rest_b);
  DotBuilder b = {ctx, ask, result_of(ask, rest_a, n_a, rest_b, n_b), size_const(ctx, 0)};
  DotAxes batch = batch_axes(&b), k = summed_axes(&b);
  DotAxes m = free_axes(&b, false, rest_a, n_a, ask->batch_a->n),
          n = free_axes(&b, true, rest_b, n_b, ask->batch_a->n + n_a);
  if (m.n > 1 || n.n > 1 || k.n > 1 || batch.n > DOT_BATCH) return false;
  if (n.n && !size_is(ctx, n.axes[0].y, 1)) return false;
  Sz one = size_const(ctx, 1);
  DotAxis unit = {one, one, one, one};
  for (int i = 0; i < DOT_BATCH; i++) {
    int from = i - (DOT_BATCH - batch.n);
    out->batch[i] = from < 0 ? unit : batch.axes[from];
  }
  out->m = m.n ? m.axes[0] : unit;
  out->n = n.n ? n.axes[0] : unit;
  out->k = k.n ? k.axes[0] : unit;
  return true;
}

DotAsk dot_ask(const Graph *g, const Node *dot, const Node *order) {
  return (DotAsk){.a = graph_info(g, dot->operands[0]),
                  .b = graph_info(g, dot->operands[1]),
                  .batch_a = node_attr(dot, A_batch_a),
                  .batch_b = node_attr(dot, A_batch_b),
                  .contract_a = node_attr(dot, A_contract_a),
                  .contract_b = node_attr(dot, A_contract_b),
                  .perm = order ? node_attr(order, A_perm) : NULL};
}

bool dot_orders(const Graph *g, Ref transpose, uint32_t readers_of_dot) {
  const Node *order = graph_node(g, transpose);
  if (order->op != OP_transpose || readers_of_dot != 1) return false;
  const Node *dot = graph_node(g, order->operands[0]);
  DotAsk ask;
  DotForm form;
  if (dot->op != OP_dot) return false;
  ask = dot_ask(g, dot, order);
  return dot_form(g->ctx, &ask, &form);
}
