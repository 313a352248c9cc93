/* One differentiation: adjoints flow from the outputs back to the variables.
 *
 * Nodes are visited in reverse topological order. Each one first sums what its users have added to
 * its adjoint, then adds to the adjoints of its operands: by the formulas of its row in the op
 * table, or by a function of grad_rules.c. Visited are only nodes that have an adjoint and depend
 * on a variable. No summand is ever a built zero, so whatever has no adjoint costs nothing.
 *
 * A slice of a value gives a box of the value's adjoint. Boxes that lie side by side along an axis
 * (the gates of a cell that were split from one product) become one concat; only boxes that may
 * overlap are padded and added.
 */
#include "passes/grad/grad.h"

/* ---- formulas ---- */

GradCtx *grad_ctx_new(PassCtx *pc, GradRemat remat, int64_t budget) {
  Arena *arena = &pc->ctx->arena;
  GradCtx *gc = arena_new(arena, GradCtx);
  *gc = (GradCtx){.pc = pc, .remat = remat, .budget = budget};
  gc->formulas = arena_alloc(arena, sizeof *gc->formulas * N_OPS);
  for (int op = 0; op < N_OPS; op++)
    for (int k = 0; k < 3; k++) {
      const char *text = op_info[op].grad[k], *why = NULL;
      if (!text || !*text) continue;
      gc->formulas[op][k] = expr_parse(arena, text, &why);
      if (!gc->formulas[op][k]) ORDO_BUG("gradient of '%s': '%s': %s", op_info[op].name, text, why);
    }
  return gc;
}

/* ---- activity ---- */

static bool has_floats(const Ctx *ctx, Ty type) {
  const TypeInfo *info = type_info(ctx, type);
  if (!info->is_tuple) return dtype_is_float(info->dtype);
  for (int i = 0; i < info->rank; i++)
    if (has_floats(ctx, info->items[i])) return true;
  return false;
}

void grad_mark_active(const Graph *g, bool *active) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (op_info[n->op].no_grad || !has_floats(g->ctx, n->type)) continue;
    for (int k = 0; k < n->n_operands && !active[i]; k++) active[i] = active[n->operands[k].i];
  }
}

bool grad_wants(const GradTape *tape, Ref r) { return r.i < tape->n && tape->active[r.i]; }

/* ---- collecting ---- */

static bool is_zero(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  return n->op == OP_const && node_float(n, A_value, 1) == 0;
}

static void collect(GradTape *tape, Ref r, Summand summand) {
  if (!grad_wants(tape, r) || is_zero(tape->g, summand.value)) return;
  vec_push(&tape->g->ctx->arena, &tape->adjoints[r.i], summand);
}

/* A summand of the adjoint of r. */
static void add(GradTape *tape, Ref r, Summand s) {
  if (!grad_wants(tape, r)) return;
  if (tape->asks_masks) {
    vec_push(&tape->g->ctx->arena, &tape->masks, s.value);
    return;
  }
  Ref mask = tape->masks.len ? tape->masks.data[tape->next_mask++] : tape->mask;
  s.value = grad_mask(tape->g, mask, s.value);
  collect(tape, r, s);
}

void grad_add(GradTape *tape, Ref r, Ref value) {
  add(tape, r, (Summand){.value = value, .reduced = tape->reduced});
}

void grad_add_item(GradTape *tape, Ref tuple, int item, Ref value) {
  collect(tape, tuple, (Summand){.value = value, .item = item});
}

void grad_add_slice(GradTape *tape, Ref r, Ref value, const Sz *starts) {
  add(tape, r, (Summand){.value = value, .starts = starts, .reduced = tape->reduced});
}

void grad_items(GradTape *tape, Ref tuple, Ref *items) {
  int n = graph_info(tape->g, tuple)->rank;
  for (int i = 0; i < n; i++) items[i] = REF_NONE;
  const Adjoint *adjoint = &tape->adjoints[tuple.i];
  for (uint32_t i = 0; i < adjoint->len; i++) {
    Summand s = adjoint->data[i];
    items[s.item] = grad_plus(tape->g, items[s.item], s.value);
  }
}

/* ---- boxes ---- */

/* A part of a tensor: all of it but for one axis. */
typedef struct Slab {
  Ref value;
  int axis;
  Sz start, end;
} Slab;
typedef VEC(Slab) Slabs; /* of one axis, disjoint, in order */

/* The box with zeros around it on all axes but the first one on which it is smaller. */
static Slab slab_of(Graph *g, const TypeInfo *whole, Summand box) {
  const TypeInfo *part = graph_info(g, box.value);
  Arena *arena = &g->ctx->arena;
  Sz *lo = arena_array(arena, Sz, whole->rank), *dims = arena_array(arena, Sz, whole->rank);
  int axis = -1, padded = 0;
  for (int i = 0; i < whole->rank; i++) {
    bool smaller = !sz_eq(part->dims[i], whole->dims[i]);
    bool kept = smaller && axis < 0;
    if (kept) axis = i;
    padded += smaller && !kept;
    lo[i] = kept ? size_const(g->ctx, 0) : box.starts[i];
    dims[i] = kept ? part->dims[i] : whole->dims[i];
  }
  if (axis < 0) axis = 0;
  Sz start = box.starts[axis], end = size_add(g->ctx, start, part->dims[axis]);
  if (padded) {
    Attr attrs[] = {attr_f(A_value, 0), attr_zs(A_lo, lo, whole->rank)};
    Ty type = type_with_dims(g->ctx, graph_type(g, box.value), dims, whole->rank);
    box.value = build_op(g, OP_pad, &box.value, 1, attrs, 2, type);
  }
  return (Slab){box.value, axis, start, end};
}

/* Of masks, where one of them is true. */
static Ref plus(Graph *g, Ref a, Ref b) {
  if (ref_none(a) || ref_none(b)) return ref_none(a) ? b : a;
  return build2(g, graph_info(g, a)->dtype == DT_bool ? OP_or : OP_add, a, b);
}

/* Puts the slab into the row when it provably overlaps none there, or covers one exactly. */
static bool insert_slab(Graph *g, Slabs *row, Slab slab) {
  Ctx *ctx = g->ctx;
  if (row->len && row->data[0].axis != slab.axis) return false;
  uint32_t at = 0;
  for (; at < row->len; at++) {
    Slab *other = &row->data[at];
    if (sz_eq(other->start, slab.start) && sz_eq(other->end, slab.end)) {
      other->value = plus(g, other->value, slab.value);
      return true;
    }
    if (size_ge(ctx, other->start, slab.end)) break;
    if (!size_ge(ctx, slab.start, other->end)) return false;
  }
  vec_push(&ctx->arena, row, slab);
  for (uint32_t i = row->len - 1; i > at; i--) row->data[i] = row->data[i - 1];
  row->data[at] = slab;
  return true;
}

static void push_gap(Graph *g, Ty whole, int axis, Sz from, Sz to, Ref *parts, int *n) {
  const TypeInfo *info = type_info(g->ctx, whole);
  Sz length = size_sub(g->ctx, to, from);
  if (size_is(g->ctx, length, 0)) return;
  Sz *dims = arena_copy(&g->ctx->arena, info->dims, sizeof *dims * (size_t)info->rank);
  dims[axis] = length;
  parts[(*n)++] = build_const(g, type_with_dims(g->ctx, whole, dims, info->rank), 0);
}

/* The slabs of a row side by side, zeros in the gaps. */
static Ref join_row(Graph *g, Ty whole, const Slabs *row) {
  Ctx *ctx = g->ctx;
  int axis = row->data[0].axis, n = 0;
  Sz extent = type_info(ctx, whole)->dims[axis], at = size_const(ctx, 0);
  if (row->len == 1) {
    Slab only = row->data[0];
    return build_pad(g, only.value, axis, only.start, size_sub(ctx, extent, only.end), 0);
  }
  Ref *parts = arena_array(&ctx->arena, Ref, 2 * row->len + 1);
  for (uint32_t i = 0; i < row->len; i++) {
    push_gap(g, whole, axis, at, row->data[i].start, parts, &n);
    parts[n++] = row->data[i].value;
    at = row->data[i].end;
  }
  push_gap(g, whole, axis, at, extent, parts, &n);
  return build_concat(g, parts, n, axis);
}

typedef VEC(Summand) Boxes;

static Ref sum_boxes(Graph *g, Ty whole, const Boxes *boxes) {
  VEC(Slabs) rows = {0};
  Arena *arena = &g->ctx->arena;
  for (uint32_t i = 0; i < boxes->len; i++) {
    Slab slab = slab_of(g, type_info(g->ctx, whole), boxes->data[i]);
    bool placed = false;
    for (uint32_t k = 0; k < rows.len && !placed; k++) placed = insert_slab(g, &rows.data[k], slab);
    if (placed) continue;
    Slabs row = {0};
    vec_push(arena, &row, slab);
    vec_push(arena, &rows, row);
  }
  Ref sum = REF_NONE;
  for (uint32_t k = 0; k < rows.len; k++) sum = plus(g, sum, join_row(g, whole, &rows.data[k]));
  return sum;
}

/* The masks of boxes that all have one; false when one has none. */
static bool take_masks(Graph *g, Boxes *boxes, Boxes *masks) {
  for (uint32_t i = 0; i < boxes->len; i++) {
    Summand value = boxes->data[i], mask = value;
    if (!grad_unmask(g, &value.value, &mask.value)) return false;
    vec_push(&g->ctx->arena, masks, mask);
  }
  return boxes->len > 0;
}

/* The sum of the summands that are boxes; outside of all of them is 0, and its mask is false. */
static Ref sum_parts(GradTape *tape, Ref r, const Adjoint *adjoint) {
  Graph *g = tape->g;
  Boxes boxes = {0}, masks = {0};
  for (uint32_t i = 0; i < adjoint->len; i++)
    if (adjoint->data[i].starts) vec_push(&g->ctx->arena, &boxes, adjoint->data[i]);
  Ty type = graph_type(g, r);
  Ref mask = REF_NONE;
  if (tape->risk[r.i] && take_masks(g, &boxes, &masks))
    mask = sum_boxes(g, type_with_dtype(g->ctx, type, DT_bool), &masks);
  Ref sum = sum_boxes(g, type, &boxes);
  return ref_none(sum) ? sum : grad_mask(g, mask, sum);
}

static Ref total(GradTape *tape, Ref r, const Adjoint *adjoint) {
  Graph *g = tape->g;
  Ref sum = REF_NONE;
  for (uint32_t i = 0; i < adjoint->len; i++)
    if (!adjoint->data[i].starts) sum = grad_plus(g, sum, adjoint->data[i].value);
  return grad_plus(g, sum, sum_parts(tape, r, adjoint));
}

/* ---- walking back ---- */

static bool repeated_along(const Graph *g, Ref r, int axis) {
  const Node *n = graph_node(g, r);
  if (n->op != OP_broadcast) return false;
  const Attr *from = node_attr(n, A_axes);
  for (int i = 0; i < from->n; i++)
    if (from->ints[i] == axis) return false;
  return true;
}

/* Whether operand k of the product y is repeated along an axis that the other one has: where y was
 * summed afterwards, they are a product of tensors, and so is the derivative for k. */
static bool contracts(const Graph *g, Ref y, int k) {
  const Node *n = graph_node(g, y);
  if (n->op != OP_mul) return false;
  for (int axis = 0; axis < graph_info(g, y)->rank; axis++)
    if (repeated_along(g, n->operands[k], axis) && !repeated_along(g, n->operands[1 - k], axis))
      return true;
  return false;
}

/* Where the adjoint of a root of squares counts: at 0 it is flat. The slope there is made of 1
 * instead, so that neither it nor a derivative of it is infinite. */
static void leave_out_zero(GradTape *tape, Ref y, ExprBindings *names) {
  Graph *g = tape->g;
  const Node n = *graph_node(g, y);
  if (!node_int(&n, A_flat, 0)) return;
  Ref one = build_const(g, n.type, 1);
  Ref counts = build2(g, OP_ne, n.operands[0], build_const(g, n.type, 0));
  names->ref[EXPR_a] = build3(g, OP_where, counts, n.operands[0], one);
  names->ref[EXPR_y] = build3(g, OP_where, counts, y, one);
  tape->mask = ref_none(tape->mask) ? counts : build2(g, OP_and, tape->mask, counts);
}

static void apply_formulas(GradTape *tape, Ref y, Ref adjoint) {
  Node n = *graph_node(tape->g, y);
  ExprBindings names = expr_bindings();
  for (int k = 0; k < n.n_operands && k < 3; k++) names.ref[EXPR_a + k] = n.operands[k];
  names.ref[EXPR_y] = y;
  names.ref[EXPR_g] = adjoint;
  leave_out_zero(tape, y, &names);
  for (int k = 0; k < n.n_operands && k < 3; k++) {
    const Formula *formula = tape->gc->formulas[n.op][k];
    if (!formula || !grad_wants(tape, n.operands[k])) continue;
    Ty like = graph_type(tape->g, n.operands[k]);
    Ref mask = tape->mask;
    if (!ref_none(mask) && tape->reduced && contracts(tape->g, y, k)) {
      names.ref[EXPR_g] = grad_mask(tape->g, mask, adjoint);
      tape->mask = REF_NONE;
    }
    grad_add(tape, n.operands[k], expr_build(tape->g, formula, &names, like));
    names.ref[EXPR_g] = adjoint;
    tape->mask = mask;
  }
}

/* Whether all of an adjoint has come back through reductions with its masks. */
static bool is_reduced(const Adjoint *adjoint) {
  for (uint32_t i = 0; i < adjoint->len; i++)
    if (!adjoint->data[i].reduced) return false;
  return true;
}

/* The masks of the summands that the rule of node y makes of 'value', and it itself instead of
 * where(mask, value, 0); as it is where no mask is of use. */
static void move_mask(GradTape *tape, Ref y, Ref *adjoint) {
  const Node *n = graph_node(tape->g, y);
  bool useful = false;
  for (int k = 0; k < n->n_operands; k++) useful = useful || tape->risk[n->operands[k].i];
  Ref value = *adjoint, mask;
  Op op = n->op;
  if (!useful || !grad_unmask(tape->g, &value, &mask)) return;
  tape->asks_masks = true;
  grad_rule(op)(tape, y, mask);
  tape->asks_masks = false;
  *adjoint = value;
}

/* Takes the adjoint of node y apart into what its rule gets and where the summands count. */
static void find_mask(GradTape *tape, Ref y, Ref *adjoint) {
  const Node n = *graph_node(tape->g, y);
  Ref value = *adjoint, mask;
  tape->masks.len = tape->next_mask = 0;
  if (grad_moves_mask(tape->g, &n)) {
    move_mask(tape, y, adjoint);
    return;
  }
  if (ref_none(value) || !grad_unmask(tape->g, &value, &mask)) return;
  tape->mask = grad_mask_behind(tape->g, y, mask);
  if (!ref_none(tape->mask))
    *adjoint = value;
  else if (n.op == OP_broadcast && tape->risk[n.operands[0].i])
    tape->mask = grad_mask_of_repeated(tape->g, y, mask);
}

/* The rule of node y for its adjoint, where that counts. */
static void apply_rule(GradTape *tape, Ref y, Ref adjoint) {
  Op op = graph_node(tape->g, y)->op;
  find_mask(tape, y, &adjoint);
  bool masked = !ref_none(tape->mask) || tape->masks.len;
  tape->reduced = masked && (op_is(op, T_REDUCE) || is_reduced(&tape->adjoints[y.i]));
  if (op_info[op].grad_in_c)
    grad_rule(op)(tape, y, adjoint);
  else
    apply_formulas(tape, y, adjoint);
  tape->mask = REF_NONE;
  tape->masks.len = 0;
  tape->reduced = false;
}

static bool has_active_operand(const GradTape *tape, const Node *n) {
  for (int k = 0; k < n->n_operands; k++)
    if (tape->active[n->operands[k].i]) return true;
  return false;
}

/* Sums the adjoint of node i (into *sum unless it is a tuple) and hands it on to its operands. */
static void visit(GradTape *tape, uint32_t i, Ref *sum) {
  Ref y = {i};
  Node n = *graph_node(tape->g, y);
  if (!tape->adjoints[i].len) return;
  pass_stamp(tape->g, &n);
  if (!type_info(tape->g->ctx, n.type)->is_tuple) *sum = total(tape, y, &tape->adjoints[i]);
  if (!has_active_operand(tape, &n)) return;
  apply_rule(tape, y, *sum);
}

bool grad_reverse(GradCtx *gc, Graph *g, ScanSwaps *swaps, const GradAsk *ask, Ref *result) {
  Arena *arena = &g->ctx->arena;
  uint32_t n = g->nodes.len;
  GradTape tape = {.gc = gc,
                   .g = g,
                   .swaps = swaps,
                   .n = n,
                   .active = arena_array(arena, bool, n),
                   .risk = grad_find_risk(g, ask->risk),
                   .adjoints = arena_array(arena, Adjoint, n),
                   .mask = REF_NONE};
  for (int k = 0; k < ask->n_wrt; k++) tape.active[ask->wrt[k].i] = true;
  grad_mark_active(g, tape.active);
  for (int k = 0; k < ask->n_outputs; k++)
    if (!ref_none(ask->seeds[k])) grad_add(&tape, ask->outputs[k], ask->seeds[k]);

  Ref *sums = arena_array(arena, Ref, n);
  for (uint32_t i = 0; i < n; i++) sums[i] = REF_NONE;
  Span span = g->span;
  Str scope = g->scope;
  for (uint32_t i = n; i-- > 0 && !tape.failed;) visit(&tape, i, &sums[i]);
  g->span = span;
  g->scope = scope;
  for (int k = 0; k < ask->n_wrt; k++) result[k] = sums[ask->wrt[k].i];
  return !tape.failed;
}
