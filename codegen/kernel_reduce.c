/* Reductions and arg-reductions: all of a batch in one loop nest.
 *
 * When the result differs between lanes, the loops are scalar and the accumulators are vectors.
 * Else the lanes lie along one of the reduced groups; light reductions use several vectors at a
 * time as independent accumulators, and the lanes are put together at the end, always in the same
 * order.
 */
#include "codegen/kernel_emitter.h"

#include <math.h>

enum { LIGHT = 12 /* flops for an element up to which four vectors are used */ };

typedef struct Member {
  Ref node;
  const Node *info;
  DType dtype; /* of the operand */
  bool arg;
  int at; /* first carried value: the result so far; for arg-reductions the index follows */
} Member;

typedef struct Reducer {
  const Reduction *plan;
  Member *members;
  int n, n_carry, level;
  int lanes;      /* of the accumulators; 0: scalars */
  bool own_lanes; /* along a reduced group */
  bool heavy;
} Reducer;

/* ---- one step ---- */

static double identity(const Member *m) {
  double least = dtype_is_float(m->dtype) ? -(double)INFINITY : m->dtype == DT_bool ? 0 : INT32_MIN;
  double most = dtype_is_float(m->dtype) ? (double)INFINITY : m->dtype == DT_bool ? 1 : INT32_MAX;
  switch (m->info->op) {
  case OP_sum:
  case OP_any:
    return 0;
  case OP_prod:
  case OP_all:
    return 1;
  case OP_max_over:
  case OP_argmax:
    return least;
  default:
    return most;
  }
}

static Op step_op(Op reduction) {
  switch (reduction) {
  case OP_sum:
    return OP_add;
  case OP_prod:
    return OP_mul;
  case OP_max_over:
    return OP_max;
  case OP_min_over:
    return OP_min;
  case OP_any:
    return OP_or;
  default:
    return OP_and;
  }
}

/* Sums of bf16 are kept in f32 and rounded at the end. */
static LLVMValueRef combine(Emitter *e, const Member *m, LLVMValueRef acc, LLVMValueRef x) {
  DType dtype = m->dtype == DT_bf16 ? DT_f32 : m->dtype;
  ScalarOp op = {.op = step_op(m->info->op), .operand = dtype, .result = dtype};
  return scalar_emit(e, &op, (LLVMValueRef[]){x, acc});
}

/* Whether x comes before best. Equal values are decided by the index when indices are given. */
static LLVMValueRef wins(Emitter *e, const Member *m, LLVMValueRef x, LLVMValueRef best,
                         LLVMValueRef x_index, LLVMValueRef best_index) {
  LLVMBuilderRef b = e->b;
  ScalarOp op = {.op = m->info->op == OP_argmax ? OP_gt : OP_lt, .operand = m->dtype};
  LLVMValueRef better = scalar_emit(e, &op, (LLVMValueRef[]){x, best});
  op.op = OP_eq;
  LLVMValueRef tie = x_index ? scalar_emit(e, &op, (LLVMValueRef[]){x, best}) : NULL;
  if (dtype_is_float(m->dtype)) {
    LLVMValueRef x_nan = LLVMBuildFCmp(b, LLVMRealUNO, x, x, "");
    LLVMValueRef best_number = LLVMBuildFCmp(b, LLVMRealORD, best, best, "");
    better = LLVMBuildOr(b, better, LLVMBuildAnd(b, x_nan, best_number, ""), "");
    LLVMValueRef both = LLVMBuildAnd(b, x_nan, LLVMBuildNot(b, best_number, ""), "");
    if (tie) tie = LLVMBuildOr(b, tie, both, "");
  }
  if (!tie) return better;
  LLVMValueRef earlier = LLVMBuildICmp(b, LLVMIntSLT, x_index, best_index, "");
  return LLVMBuildOr(b, better, LLVMBuildAnd(b, tie, earlier, ""), "");
}

static LLVMValueRef in_lanes(Emitter *e, const Reducer *r, Value *v) {
  return r->lanes ? value_vector(e, v, e->scope) : v->scalar;
}

static void keep(Emitter *e, LLVMValueRef chosen, LLVMValueRef x, LLVMValueRef *carry) {
  *carry = chosen ? LLVMBuildSelect(e->b, chosen, x, *carry, "") : x;
}

/* acc + a * b in one rounding, without forming the product. */
static bool step_product(Emitter *e, const Reducer *r, const Member *m, int map,
                         LLVMValueRef *carry) {
  const Node *x = graph_node(e->body, m->info->operands[0]);
  if (m->info->op != OP_sum || x->op != OP_mul || (m->dtype != DT_f32 && m->dtype != DT_f64))
    return false;
  Value a = emit_value(e, x->operands[0], map, r->plan->guard);
  Value b = emit_value(e, x->operands[1], map, r->plan->guard);
  LLVMValueRef av = in_lanes(e, r, &a), bv = in_lanes(e, r, &b);
  emit_at(e, e->scope);
  LLVMValueRef sum = vmath_fma(&e->vmath, av, bv, carry[m->at]);
  keep(e, r->own_lanes ? e->scope->mask : NULL, sum, &carry[m->at]);
  return true;
}

static void step(Emitter *e, const Reducer *r, const Member *m, LLVMValueRef *carry) {
  int map = reduction_operand_map(e->plan, m->node, r->plan->map, r->plan->domain.forms);
  if (step_product(e, r, m, map, carry)) return;
  Value v = emit_value(e, m->info->operands[0], map, r->plan->guard);
  LLVMValueRef mask = r->own_lanes ? e->scope->mask : NULL;
  if (!m->arg) {
    LLVMValueRef x = in_lanes(e, r, &v);
    emit_at(e, e->scope);
    keep(e, mask, combine(e, m, carry[m->at], x), &carry[m->at]);
    return;
  }
  Value index = form_value(e, r->plan->domain.forms[0]);
  LLVMValueRef x = in_lanes(e, r, &v), i = in_lanes(e, r, &index);
  emit_at(e, e->scope);
  LLVMValueRef chosen = wins(e, m, x, carry[m->at], NULL, NULL);
  if (mask) chosen = LLVMBuildAnd(e->b, chosen, mask, "");
  keep(e, chosen, x, &carry[m->at]);
  keep(e, chosen, i, &carry[m->at + 1]);
}

/* ---- loops ---- */

static bool lane_step_divides(Emitter *e, const Group *g, int lanes) {
  return size_divides(e->ctx, g->extent, lanes);
}

/* Loops over the groups in order, the lane group last. */
static void nest(Emitter *e, void *user, LLVMValueRef *carry) {
  Reducer *r = user;
  const Domain *d = &r->plan->domain;
  int lane = r->own_lanes ? r->plan->lane : -1, at = r->level++;
  if (at == d->n_groups) {
    for (int i = 0; i < r->n; i++) step(e, r, &r->members[i], carry);
    if (r->plan->makes_stores && e->section->kind == SECTION_row)
      store_all(e, e->section->stores.data, e->section->stores.len, r->plan->batch,
                store_forms(e->plan, r->plan, e->section), e->section->domain.rank);
  } else if (lane >= 0 && at == d->n_groups - 1) {
    const Group *g = &d->groups[lane];
    LaneRange range = {.domain = d,
                       .group = g,
                       .lanes = r->lanes,
                       .divides = lane_step_divides(e, g, r->lanes),
                       .heavy = r->heavy};
    lane_loop(e, &range, carry, r->n_carry, nest, r);
  } else {
    int group = lane >= 0 && at >= lane ? at + 1 : at;
    group_loop(e, d, &d->groups[group], carry, r->n_carry, nest, r);
  }
  r->level--;
}

/* ---- putting lanes together ---- */

static LLVMValueRef half(Emitter *e, LLVMValueRef x, int lanes, bool high) {
  LLVMValueRef order[256];
  for (int i = 0; i < lanes / 2; i++)
    order[i] = LLVMConstInt(e->i32, (unsigned)(high ? i + lanes / 2 : i), false);
  return LLVMBuildShuffleVector(e->b, x, LLVMGetUndef(LLVMTypeOf(x)),
                                LLVMConstVector(order, (unsigned)lanes / 2), "");
}

static void together(Emitter *e, const Member *m, int lanes, LLVMValueRef *carry) {
  LLVMValueRef *acc = &carry[m->at];
  for (; lanes > 1; lanes /= 2) {
    LLVMValueRef low = half(e, acc[0], lanes, false), high = half(e, acc[0], lanes, true);
    if (!m->arg) {
      acc[0] = combine(e, m, low, high);
      continue;
    }
    LLVMValueRef low_index = half(e, acc[1], lanes, false), index = half(e, acc[1], lanes, true);
    LLVMValueRef chosen = wins(e, m, high, low, index, low_index);
    acc[0] = LLVMBuildSelect(e->b, chosen, high, low, "");
    acc[1] = LLVMBuildSelect(e->b, chosen, index, low_index, "");
  }
  LLVMValueRef zero = LLVMConstInt(e->i32, 0, false);
  for (int i = 0; i <= m->arg; i++) acc[i] = LLVMBuildExtractElement(e->b, acc[i], zero, "");
}

/* ---- the reduction ---- */

static LLVMValueRef start_value(Emitter *e, const Reducer *r, DType dtype, double value) {
  LLVMTypeRef t = dtype_type(e, dtype);
  LLVMValueRef c = dtype_is_float(dtype)
                       ? LLVMConstReal(t, value)
                       : LLVMConstInt(t, (unsigned long long)(int64_t)value, true);
  return r->lanes ? splat(e->b, c, r->lanes) : c;
}

static void find_members(Emitter *e, Reducer *r, LLVMValueRef *carry) {
  const Graph *g = e->body;
  for (uint32_t i = (uint32_t)r->plan->batch; i < g->nodes.len; i++) {
    if (e->plan->batch[i] != r->plan->batch || !e->section->cone[i]) continue;
    const Node *node = &g->nodes.data[i];
    Member m = {{i},
                node,
                graph_info(g, node->operands[0])->dtype,
                op_is(node->op, T_ARGREDUCE),
                r->n_carry};
    carry[r->n_carry++] = start_value(e, r, m.dtype, identity(&m));
    if (m.arg) carry[r->n_carry++] = start_value(e, r, DT_i32, 0);
    r->members[r->n++] = m;
  }
}

/* The scope in which a map is known. Not the entry: code there runs even when the section has no
 * items to do. */
static Scope *map_scope(Emitter *e, int map, int guard) {
  Scope *scope = e->base;
  for (int i = 0; i < e->ix->maps.data[map].rank; i++) {
    Scope *s;
    int form = map_forms(e->ix, map)[i];
    Position at = form_position(e, form, &s);
    scope = deeper(scope, s);
    uniform_value(e, at.uniform, &s);
    scope = deeper(scope, s);
  }
  Value g = guard_value(e, guard);
  return g.scope ? deeper(scope, g.scope) : scope;
}

static int own_lanes(Emitter *e, const Reducer *r) {
  const Group *g = &r->plan->domain.groups[r->plan->lane];
  int64_t extent, lanes = e->plan->lanes;
  int most = r->heavy ? 2 : 4;
  bool known = size_is_const(e->ctx, g->extent, &extent);
  while (most > 1 && known && extent < most * lanes) most /= 2;
  return (int)lanes * most;
}

/* Flops for an element of the batch's operands, down to other reductions. */
static bool is_heavy(const Emitter *e, const Reducer *r) {
  bool *needed = arena_array(e->arena, bool, e->body->nodes.len);
  int64_t flops = 0;
  for (uint32_t i = e->body->nodes.len; i-- > 0;) {
    const Node *node = &e->body->nodes.data[i];
    bool reduces = e->plan->batch[i] >= 0;
    if (e->plan->batch[i] == r->plan->batch) needed[node->operands[0].i] = true;
    if (!needed[i] || reduces) continue;
    flops += plan_flops(node->op);
    for (int k = 0; k < node->n_operands; k++) needed[node->operands[k].i] = true;
  }
  return flops > LIGHT;
}

Value emit_reduction(Emitter *e, Ref node, int map, int guard) {
  uint32_t most = e->body->nodes.len;
  Reducer r = {.plan = plan_reduction(e->plan, node, map, guard),
               .members = arena_array(e->arena, Member, most)};
  Scope *was = e->scope, *scope = map_scope(e, map, guard);
  e->scope = scope;
  r.heavy = is_heavy(e, &r);
  r.own_lanes = scope->lane_var < 0 && r.plan->lane >= 0;
  r.lanes = scope->lane_var >= 0 ? scope->lanes : r.own_lanes ? own_lanes(e, &r) : 0;
  LLVMValueRef *carry = arena_array(e->arena, LLVMValueRef, 2 * most);
  find_members(e, &r, carry);
  nest(e, &r, carry);
  emit_at(e, scope);
  Value wanted = {0};
  for (int i = 0; i < r.n; i++) {
    const Member *m = &r.members[i];
    if (r.own_lanes) together(e, m, r.lanes, carry);
    LLVMValueRef y = carry[m->at + m->arg];
    if (m->dtype == DT_bf16 && !m->arg) y = bf16_round(e, y);
    Value v = {.scope = scope};
    *(r.lanes && !r.own_lanes ? &v.vector : &v.scalar) = y;
    memo_put(e, m->node, map, guard, v);
    if (ref_eq(m->node, node)) wanted = v;
  }
  e->scope = was;
  return wanted;
}
