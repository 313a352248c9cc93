/* Derivatives of structured ops: those that need attributes, so that no formula can say them.
 *
 * y is the node, g its adjoint. A rule adds a summand to each operand that is wanted. Every rule is
 * the transpose of a linear map, or the derivative at the values of y and its operands. A rule must
 * not build anything for an operand that is not wanted.
 */
#include "passes/grad/grad.h"

/* ---- helpers ---- */

static const TypeInfo *info_of(const GradTape *tape, Ref r) { return graph_info(tape->g, r); }

static int32_t *new_axes(const GradTape *tape, int n) {
  return arena_array(&tape->g->ctx->arena, int32_t, n);
}

/* The axes 0..rank-1 that are not listed, increasing. */
static int rest_of(int rank, const int32_t *first, int n_first, const int32_t *second, int n_second,
                   int32_t *rest) {
  int n = 0;
  for (int axis = 0; axis < rank; axis++) {
    bool listed = false;
    for (int k = 0; k < n_first; k++) listed |= first[k] == axis;
    for (int k = 0; k < n_second; k++) listed |= second[k] == axis;
    if (!listed) rest[n++] = axis;
  }
  return n;
}

/* A value without the axes of y's reduction, repeated along them. */
static Ref spread(GradTape *tape, Ref value, Ref y, Ref shape_of) {
  const TypeInfo *info = info_of(tape, shape_of);
  const Attr *axes = node_attr(graph_node(tape->g, y), A_axes);
  int32_t *kept = new_axes(tape, info->rank);
  rest_of(info->rank, axes->ints, axes->n, NULL, 0, kept);
  return build_broadcast(tape->g, value, info->dims, info->rank, kept);
}

static Ref splat(GradTape *tape, Ref shape_of, double value) {
  return build_const(tape->g, graph_type(tape->g, shape_of), value);
}

/* The only operand, when it is wanted; rules of one operand begin with it. */
static bool only_operand(GradTape *tape, Ref y, Ref *a) {
  *a = graph_node(tape->g, y)->operands[0];
  return grad_wants(tape, *a);
}

/* ---- casts and movement ---- */

static void grad_cast(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (only_operand(tape, y, &a)) grad_add(tape, a, build_cast(tape->g, g, info_of(tape, a)->dtype));
}

static void grad_broadcast(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  int rank = info_of(tape, y)->rank;
  const Attr *axes = node_attr(graph_node(tape->g, y), A_axes);
  int32_t *added = new_axes(tape, rank);
  int n = rest_of(rank, axes->ints, axes->n, NULL, 0, added);
  grad_add(tape, a, build_reduce(tape->g, OP_sum, g, added, n));
}

static void grad_transpose(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  const Attr *perm = node_attr(graph_node(tape->g, y), A_perm);
  int32_t *inverse = new_axes(tape, perm->n);
  for (int i = 0; i < perm->n; i++) inverse[perm->ints[i]] = i;
  grad_add(tape, a, build_transpose(tape->g, g, inverse));
}

static void grad_reshape(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  const TypeInfo *info = info_of(tape, a);
  grad_add(tape, a, build_reshape(tape->g, g, info->dims, info->rank));
}

static void grad_slice(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  grad_add_slice(tape, a, g, node_attr(graph_node(tape->g, y), A_starts)->sizes);
}

static void grad_pad(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  const Attr *lo = node_attr(graph_node(tape->g, y), A_lo);
  Attr starts = attr_zs(A_starts, lo->sizes, lo->n);
  const TypeInfo *part = info_of(tape, a);
  Ty type = type_with_dims(tape->g->ctx, graph_type(tape->g, g), part->dims, part->rank);
  grad_add(tape, a, build_op(tape->g, OP_slice, &g, 1, &starts, 1, type));
}

static void grad_concat(GradTape *tape, Ref y, Ref g) {
  Node n = *graph_node(tape->g, y);
  Ctx *ctx = tape->g->ctx;
  int axis = (int)node_int(&n, A_axis, 0);
  Sz at = size_const(ctx, 0);
  for (int k = 0; k < n.n_operands; k++) {
    Sz length = info_of(tape, n.operands[k])->dims[axis];
    if (grad_wants(tape, n.operands[k]))
      grad_add(tape, n.operands[k], build_slice(tape->g, g, axis, at, length));
    at = size_add(ctx, at, length);
  }
}

static void grad_reverse_axis(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  Node n = *graph_node(tape->g, y);
  grad_add(tape, a, build_op(tape->g, OP_reverse, &g, 1, n.attrs, n.n_attrs, TY_NONE));
}

/* ---- reductions ---- */

static void grad_sum(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (only_operand(tape, y, &a)) grad_add(tape, a, spread(tape, g, y, a));
}

/* One step of a running product: the carry is collected, then multiplied by the slice. */
static Graph *product_step(GradTape *tape, Ty rest) {
  Graph *body = graph_new(tape->g->ctx, ctx_str(tape->g->ctx, "prod"));
  graph_param(body, type_scalar(tape->g->ctx, DT_i32), (Str){0}, NULL, 0);
  Ref carry = graph_param(body, rest, (Str){0}, NULL, 0);
  Ref slice = graph_param(body, rest, (Str){0}, NULL, 0);
  graph_result(body, build2(body, OP_mul, carry, slice), (Str){0});
  graph_result(body, carry, (Str){0});
  return body;
}

/* The product of all rows before each one; reverse: of all behind it. */
static Ref running_product(GradTape *tape, Ref rows, bool reverse) {
  const TypeInfo *info = info_of(tape, rows);
  Ctx *ctx = tape->g->ctx;
  Ty rest = type_with_dims(ctx, graph_type(tape->g, rows), info->dims + 1, info->rank - 1);
  Ref operands[] = {build_const(tape->g, rest, 1), rows};
  Attr attrs[] = {attr_z(A_length, info->dims[0]), attr_i(A_carries, 1), attr_i(A_slices, 1),
                  attr_i(A_reverse, 1)};
  Ref loop = build_region(tape->g, OP_scan, operands, 2, attrs, reverse ? 4 : 3,
                          product_step(tape, rest), TY_NONE);
  return build_item(tape->g, loop, 1);
}

/* Each element gets the product of the others: of those before it times those behind it, without a
 * division, so that it is right with any number of zeros and so are its own derivatives. The
 * reduced axes come first and become one. */
static void grad_prod(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  Graph *graph = tape->g;
  const TypeInfo *info = info_of(tape, a);
  const Attr *axes = node_attr(graph_node(graph, y), A_axes);
  int32_t *perm = new_axes(tape, info->rank), *inverse = new_axes(tape, info->rank);
  for (int i = 0; i < axes->n; i++) perm[i] = axes->ints[i];
  int kept = rest_of(info->rank, axes->ints, axes->n, NULL, 0, perm + axes->n);
  for (int i = 0; i < info->rank; i++) inverse[perm[i]] = i;
  Ref front = build_transpose(graph, a, perm);
  const TypeInfo *moved = info_of(tape, front);
  Sz *dims = arena_array(&graph->ctx->arena, Sz, kept + 1);
  dims[0] = size_const(graph->ctx, 1);
  for (int i = 0; i < axes->n; i++) dims[0] = size_mul(graph->ctx, dims[0], moved->dims[i]);
  for (int i = 0; i < kept; i++) dims[i + 1] = moved->dims[axes->n + i];
  Ref rows = build_reshape(graph, front, dims, kept + 1);
  Ref others =
      build2(graph, OP_mul, running_product(tape, rows, false), running_product(tape, rows, true));
  others = build_reshape(graph, others, moved->dims, info->rank);
  others = build_transpose(graph, others, inverse);
  grad_add(tape, a, build2(graph, OP_mul, spread(tape, g, y, a), others));
}

/* Largest and smallest: the elements equal to it share the adjoint. */
static void grad_extreme(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  Graph *graph = tape->g;
  const Attr *axes = node_attr(graph_node(graph, y), A_axes);
  Ref chosen = build2(graph, OP_eq, a, spread(tape, y, y, a));
  Ref count = build_reduce(graph, OP_sum, build_cast(graph, chosen, info_of(tape, a)->dtype),
                           axes->ints, axes->n);
  Ref share = spread(tape, build2(graph, OP_div, g, count), y, a);
  grad_add(tape, a, build3(graph, OP_where, chosen, share, splat(tape, a, 0)));
}

/* ---- contraction ---- */

/* The axes of one operand of a dot. */
typedef struct DotSide {
  Ref ref;
  int rank, n_rest;
  Attr batch, contract;
  int32_t *rest;
} DotSide;

static DotSide dot_side(GradTape *tape, const Node *n, int k) {
  DotSide s = {.ref = n->operands[k],
               .batch = *node_attr(n, k ? A_batch_b : A_batch_a),
               .contract = *node_attr(n, k ? A_contract_b : A_contract_a)};
  s.rank = info_of(tape, s.ref)->rank;
  s.rest = new_axes(tape, s.rank);
  s.n_rest = rest_of(s.rank, s.batch.ints, s.batch.n, s.contract.ints, s.contract.n, s.rest);
  return s;
}

static int32_t *count_from(GradTape *tape, int first, int n) {
  int32_t *axes = new_axes(tape, n);
  for (int i = 0; i < n; i++) axes[i] = first + i;
  return axes;
}

/* How many of the axes come before axis. */
static int place_among(int32_t axis, Attr axes) {
  int place = 0;
  for (int i = 0; i < axes.n; i++) place += axes.ints[i] < axis;
  return place;
}

/* A product in the precision of the one that it is a derivative of. */
static Ref dot(Graph *g, const Node *of, Ref a, Ref b, const int32_t *batch_a,
               const int32_t *batch_b, int n_batch, const int32_t *contract_a,
               const int32_t *contract_b, int n_contract) {
  Attr attrs[] = {attr_is(A_batch_a, batch_a, n_batch), attr_is(A_batch_b, batch_b, n_batch),
                  attr_is(A_contract_a, contract_a, n_contract),
                  attr_is(A_contract_b, contract_b, n_contract), dot_precision(of)};
  Ref operands[] = {a, b};
  return build_op(g, OP_dot, operands, 2, attrs, 5, TY_NONE);
}

/* Brings the adjoint of 'self' from the order (batch, x, y) into its own order of axes, where the
 * rest axes begin at 'rest' and the contracted ones, in the order of the other side, at 'contract'.
 */
static void add_dot(GradTape *tape, const DotSide *self, const DotSide *other, Ref value, int rest,
                    int contract) {
  int32_t *perm = new_axes(tape, self->rank);
  for (int i = 0; i < self->batch.n; i++) perm[self->batch.ints[i]] = i;
  for (int i = 0; i < self->n_rest; i++) perm[self->rest[i]] = rest + i;
  for (int i = 0; i < self->contract.n; i++)
    perm[self->contract.ints[i]] = contract + place_among(other->contract.ints[i], other->contract);
  grad_add(tape, self->ref, build_transpose(tape->g, value, perm));
}

/* With y[n, m, p] = sum k of a[n, m, k] b[n, k, p]: a gets g times b over p, b gets a times g over
 * m. */
static void grad_dot(GradTape *tape, Ref y, Ref g) {
  Node n = *graph_node(tape->g, y);
  DotSide a = dot_side(tape, &n, 0), b = dot_side(tape, &n, 1);
  int batch = a.batch.n;
  const int32_t *g_batch = count_from(tape, 0, batch);
  const int32_t *g_a = count_from(tape, batch, a.n_rest);
  const int32_t *g_b = count_from(tape, batch + a.n_rest, b.n_rest);
  if (grad_wants(tape, a.ref)) {
    Ref da = dot(tape->g, &n, g, b.ref, g_batch, b.batch.ints, batch, g_b, b.rest, b.n_rest);
    add_dot(tape, &a, &b, da, batch, batch + a.n_rest);
  }
  if (grad_wants(tape, b.ref)) {
    Ref db = dot(tape->g, &n, a.ref, g, a.batch.ints, g_batch, batch, a.rest, g_a, a.n_rest);
    add_dot(tape, &b, &a, db, batch + a.contract.n, batch);
  }
}

/* ---- indexing by data ---- */

static void grad_gather(GradTape *tape, Ref y, Ref g) {
  Node n = *graph_node(tape->g, y);
  Ref a = n.operands[0], operands[] = {n.operands[1], g};
  if (!grad_wants(tape, a)) return;
  bool mask = info_of(tape, y)->dtype != graph_info(tape->g, g)->dtype;
  if (mask) operands[1] = build_cast(tape->g, g, DT_i32);
  const TypeInfo *whole = info_of(tape, a);
  Ty type =
      type_with_dims(tape->g->ctx, graph_type(tape->g, operands[1]), whole->dims, whole->rank);
  Ref sum = build_op(tape->g, OP_scatter_add, operands, 2, n.attrs, n.n_attrs, type);
  grad_add(tape, a, mask ? build2(tape->g, OP_ne, sum, build_const(tape->g, type, 0)) : sum);
}

static void grad_scatter_add(GradTape *tape, Ref y, Ref g) {
  Node n = *graph_node(tape->g, y);
  Ref b = n.operands[1], operands[] = {g, n.operands[0]};
  if (!grad_wants(tape, b)) return;
  grad_add(tape, b, build_op(tape->g, OP_gather, operands, 2, n.attrs, n.n_attrs, TY_NONE));
}

/* The places of the block: start, start + 1, ... */
static Ref block_places(GradTape *tape, Ref start, Sz whole, Sz part) {
  Graph *g = tape->g;
  Ref zero = build_scalar(g, DT_i32, 0);
  Ref last = build_size(g, size_sub(g->ctx, whole, part));
  Ref from = build2(g, OP_max, build2(g, OP_min, build_cast(g, start, DT_i32), last), zero);
  Ref along = build_iota(g, type_tensor(g->ctx, DT_i32, &part, 1), 0);
  Ref at = build2(g, OP_add, along, build_broadcast(g, from, &part, 1, NULL));
  return build_op(g, OP_cast, &at, 1, NULL, 0, type_index(g->ctx, whole, &part, 1));
}

/* a gets what lies outside of the block, b what lies in it. */
static void grad_update(GradTape *tape, Ref y, Ref g) {
  Node n = *graph_node(tape->g, y);
  Ref a = n.operands[0], b = n.operands[1];
  int axis = (int)node_int(&n, A_axis, 0);
  const TypeInfo *block = info_of(tape, b);
  if (sz_eq(block->dims[axis],
            info_of(tape, a)->dims[axis])) { /* the whole of a, wherever it begins */
    grad_add(tape, b, g);
    return;
  }
  if (grad_wants(tape, a)) {
    Ty type = type_with_dims(tape->g->ctx, graph_type(tape->g, g), block->dims, block->rank);
    Ref operands[] = {g, build_const(tape->g, type, 0), n.operands[2]};
    grad_add(tape, a, build_op(tape->g, OP_update, operands, 3, n.attrs, n.n_attrs, TY_NONE));
  }
  if (!grad_wants(tape, b)) return;
  Ref places = block_places(tape, n.operands[2], info_of(tape, a)->dims[axis], block->dims[axis]);
  Ref operands[] = {g, places};
  Attr attrs[] = {attr_i(A_axis, axis), attr_i(A_batch, 0)};
  grad_add(tape, b, build_op(tape->g, OP_gather, operands, 2, attrs, 2, TY_NONE));
}

/* ---- along an axis ---- */

/* The other way round; an exclusive sum stays exclusive. */
static void grad_cumsum(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  const Node *n = graph_node(tape->g, y);
  Attr attrs[3] = {attr_i(A_axis, node_int(n, A_axis, 0))};
  int count = 1;
  if (!node_int(n, A_reverse, 0)) attrs[count++] = attr_i(A_reverse, 1);
  if (node_int(n, A_exclusive, 0)) attrs[count++] = attr_i(A_exclusive, 1);
  grad_add(tape, a, build_op(tape->g, OP_cumsum, &g, 1, attrs, count, TY_NONE));
}

/* Sorting takes the elements that argsort names; the adjoint goes back to them. */
static void grad_sort(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  Graph *graph = tape->g;
  Attr axis = attr_i(A_axis, node_int(graph_node(graph, y), A_axis, 0));
  Ref order = build_op(graph, OP_argsort, &a, 1, &axis, 1, TY_NONE);
  const TypeInfo *info = info_of(tape, a);
  int last = info->rank - 1;
  int32_t *perm = new_axes(tape, info->rank); /* the axis and the last one change places */
  for (int i = 0; i <= last; i++) perm[i] = i;
  perm[axis.i] = last;
  perm[last] = (int32_t)axis.i;
  Sz *dims = arena_array(&graph->ctx->arena, Sz, info->rank);
  for (int i = 0; i <= last; i++) dims[i] = info->dims[perm[i]];
  Ref operands[] = {build_transpose(graph, order, perm), build_transpose(graph, g, perm)};
  Attr attrs[] = {attr_i(A_axis, last), attr_i(A_batch, last)};
  Ty type = type_with_dims(graph->ctx, graph_type(graph, a), dims, info->rank);
  Ref back = build_op(graph, OP_scatter_add, operands, 2, attrs, 2, type);
  grad_add(tape, a, build_transpose(graph, back, perm));
}

/* ---- between ranks: what comes out is the same on all of them, and so is its adjoint ---- */

static void grad_all_gather(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  Sz start = node_attr(graph_node(tape->g, y), A_starts)->sizes[0];
  grad_add(tape, a, build_slice(tape->g, g, 0, start, info_of(tape, a)->dims[0]));
}

static void grad_all_reduce(GradTape *tape, Ref y, Ref g) {
  Ref a;
  if (!only_operand(tape, y, &a)) return;
  const TypeInfo *info = info_of(tape, a);
  int32_t *axes = new_axes(tape, info->rank);
  for (int i = 0; i + 1 < info->rank; i++) axes[i] = i + 1;
  grad_add(tape, a, build_broadcast(tape->g, g, info->dims, info->rank, axes));
}

/* ---- tuples and regions ---- */

static void grad_item(GradTape *tape, Ref y, Ref g) {
  const Node *n = graph_node(tape->g, y);
  grad_add_item(tape, n->operands[0], (int)node_int(n, A_index, 0), g);
}

/* Calls, kernels and inner grad nodes are gone before a differentiation begins. */
static void expanded_before(GradTape *tape, Ref y, Ref g) {
  (void)g;
  ORDO_BUG("grad reached '%s'", op_info[graph_node(tape->g, y)->op].name);
}

static bool float_type(const Ctx *ctx, Ty type) {
  const TypeInfo *info = type_info(ctx, type);
  return !info->is_tuple && dtype_is_float(info->dtype);
}

/* The named C function takes the operands, then the adjoints of the float results, and gives the
 * adjoints of the float operands. */
static Ref call_gradient(GradTape *tape, const Node *n, Ref y) {
  Graph *graph = tape->g;
  Ctx *ctx = graph->ctx;
  const TypeInfo *results = type_info(ctx, n->type);
  Ref *adjoints = arena_array(&ctx->arena, Ref, results->rank);
  Ref *operands = arena_array(&ctx->arena, Ref, n->n_operands + results->rank);
  Ty *types = arena_array(&ctx->arena, Ty, n->n_operands);
  int count = 0, n_types = 0;
  grad_items(tape, y, adjoints);
  for (int k = 0; k < n->n_operands; k++) {
    operands[count++] = n->operands[k];
    if (float_type(ctx, graph_type(graph, n->operands[k])))
      types[n_types++] = graph_type(graph, n->operands[k]);
  }
  for (int k = 0; k < results->rank; k++) {
    if (!float_type(ctx, results->items[k])) continue;
    bool zero = ref_none(adjoints[k]);
    operands[count++] = zero ? build_const(graph, results->items[k], 0) : adjoints[k];
  }
  Attr attrs[] = {attr_s(A_symbol, node_str(n, A_gradient)),
                  attr_s(A_library, node_str(n, A_library))};
  return build_op(graph, OP_foreign, operands, count, attrs, 2, type_tuple(ctx, types, n_types));
}

static void grad_foreign(GradTape *tape, Ref y, Ref g) {
  (void)g;
  Node n = *graph_node(tape->g, y);
  Ctx *ctx = tape->g->ctx;
  if (str_none(node_str(&n, A_gradient))) {
    const char *symbol = ctx_text(ctx, node_str(&n, A_symbol));
    diag_at(ctx, n.span, E_no_gradient, "the foreign function '%s' has no derivative", symbol);
    diag_help(ctx, "name one with 'gradient %s = ...', or wrap the call in stop_gradient(...)",
              symbol);
    tape->failed = true;
    return;
  }
  Ref call = call_gradient(tape, &n, y);
  for (int k = 0, item = 0; k < n.n_operands; k++) {
    if (!float_type(ctx, graph_type(tape->g, n.operands[k]))) continue;
    if (grad_wants(tape, n.operands[k]))
      grad_add(tape, n.operands[k], build_item(tape->g, call, item));
    item++;
  }
}

/* By the texts of the plug-in's row. */
static void grad_custom(GradTape *tape, Ref y, Ref g) {
  Node n = *graph_node(tape->g, y);
  Ctx *ctx = tape->g->ctx;
  const CustomOp *op = custom_of(ctx, &n);
  ExprBindings bound = expr_bindings();
  for (int k = 0; k < n.n_operands; k++) bound.ref[EXPR_a + k] = n.operands[k];
  bound.ref[EXPR_y] = y;
  bound.ref[EXPR_g] = g;
  for (int k = 0; k < n.n_operands && !op->no_grad; k++) {
    Ty type = graph_type(tape->g, n.operands[k]);
    if (!grad_wants(tape, n.operands[k])) continue;
    const char *why = NULL;
    const Formula *text = expr_parse_in(ctx, op->grad[k], &why);
    Ref adjoint = expr_build(tape->g, text, &bound, type);
    if (ty_eq(graph_type(tape->g, adjoint), type)) {
      grad_add(tape, n.operands[k], adjoint);
      continue;
    }
    diag_at(ctx, n.span, E_no_gradient,
            "the derivative of '%s' by operand %d has the type %s, not %s", op->name, k + 1,
            type_str(ctx, graph_type(tape->g, adjoint)), type_str(ctx, type));
    tape->failed = true;
  }
}

/* ---- the table ---- */

static const GradRule rules[N_OPS] = {
    [OP_cast] = grad_cast,
    [OP_broadcast] = grad_broadcast,
    [OP_transpose] = grad_transpose,
    [OP_reshape] = grad_reshape,
    [OP_slice] = grad_slice,
    [OP_pad] = grad_pad,
    [OP_concat] = grad_concat,
    [OP_reverse] = grad_reverse_axis,
    [OP_sum] = grad_sum,
    [OP_prod] = grad_prod,
    [OP_max_over] = grad_extreme,
    [OP_min_over] = grad_extreme,
    [OP_dot] = grad_dot,
    [OP_gather] = grad_gather,
    [OP_scatter_add] = grad_scatter_add,
    [OP_update] = grad_update,
    [OP_cumsum] = grad_cumsum,
    [OP_sort] = grad_sort,
    [OP_cholesky] = grad_cholesky,
    [OP_solve] = grad_solve,
    [OP_qr] = grad_qr,
    [OP_eigh] = grad_eigh,
    [OP_svd] = grad_svd,
    [OP_all_gather] = grad_all_gather,
    [OP_all_reduce] = grad_all_reduce,
    [OP_scan] = grad_scan,
    [OP_call] = expanded_before,
    [OP_kernel] = expanded_before,
    [OP_item] = grad_item,
    [OP_grad] = expanded_before,
    [OP_foreign] = grad_foreign,
    [OP_custom] = grad_custom,
};

GradRule grad_rule(Op op) { return rules[op]; }

const char *grad_selfcheck(Ctx *ctx) {
  for (int op = 0; op < N_OPS; op++) {
    const char *name = op_info[op].name, *why = NULL;
    if (op_info[op].grad_in_c != (rules[op] != NULL))
      return ctx_printf(ctx, "'%s': .grad_in_c and the table of rules differ", name);
    for (int k = 0; k < 3; k++) {
      const char *text = op_info[op].grad[k];
      if (text && *text && !expr_parse(&ctx->arena, text, &why))
        return ctx_printf(ctx, "'%s': gradient '%s': %s", name, text, why);
    }
  }
  return NULL;
}
