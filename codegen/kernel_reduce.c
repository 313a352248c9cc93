/* Reductions and arg-reductions: all of a batch in one loop nest.
 *
 * When the result differs between lanes, the loops are scalar and the accumulators are vectors.
 * Else the lanes lie along one of the reduced groups; light reductions use several vectors at a
 * time as independent accumulators, and the lanes are put together at the end, always in the
 * same order.
 *
 * Sums of many numbers are taken by blocks of BLOCK steps: what an accumulator gathers in a
 * block is added to a total, in double for f32 and bf16, with the rounding errors kept beside it
 * for f64. So the error is that of a block, whatever the extent. The blocks are cut where the
 * extents are, and nowhere else: the order is the same for all rows, batches and threads.
 */
#include "codegen/kernel_emitter.h"

#include "ir/cost.h"

#include <math.h>

enum {
  BLOCK = 128 /* steps of an accumulator until it is added to the total */
};

typedef struct ReduceMember {
  Ref node;
  const Node *info;
  DType dtype; /* of the operand */
  bool arg;
  int at;       /* first carried value: the result so far; for arg-reductions the index follows */
  bool blocked; /* a sum that is taken by blocks */
  int total;    /* among the values carried from block to block: the total, for f64 its error too */
} ReduceMember;

typedef struct KernelReducer {
  const Reduction *plan;
  ReduceMember *members;
  int n, n_carry, level;
  int lanes;      /* of the accumulators; 0: scalars */
  bool own_lanes; /* along a reduced group */
  bool heavy;
  int block_level;         /* loops from this one inwards make a block; -1: no blocks */
  int64_t block;           /* elements of that loop's group in a block */
  int n_total;             /* values carried from block to block */
  LLVMValueRef start, end; /* of the block, in the group of its loop */
} KernelReducer;

/* ---- one step ---- */

static double identity(const ReduceMember *m) {
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
static LLVMValueRef combine(Emitter *e, const ReduceMember *m, LLVMValueRef acc, LLVMValueRef x) {
  DType dtype = m->dtype == DT_bf16 ? DT_f32 : m->dtype;
  ScalarOp op = {.op = step_op(m->info->op), .operand = dtype, .result = dtype};
  return scalar_emit(e, &op, (LLVMValueRef[]){x, acc});
}

/* Whether x comes before best. Equal values are decided by the index when indices are given. */
static LLVMValueRef wins(Emitter *e, const ReduceMember *m, LLVMValueRef x, LLVMValueRef best,
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

static LLVMValueRef in_lanes(Emitter *e, const KernelReducer *r, KernelValue *v) {
  return r->lanes ? value_vector(e, v, e->scope) : v->scalar;
}

static void keep(Emitter *e, LLVMValueRef chosen, LLVMValueRef x, LLVMValueRef *carry) {
  *carry = chosen ? LLVMBuildSelect(e->b, chosen, x, *carry, "") : x;
}

/* acc + a * b in one rounding, without forming the product. */
static bool step_product(Emitter *e, const KernelReducer *r, const ReduceMember *m, int map,
                         LLVMValueRef *carry) {
  const Node *x = graph_node(e->body, m->info->operands[0]);
  if (m->info->op != OP_sum || x->op != OP_mul || (m->dtype != DT_f32 && m->dtype != DT_f64))
    return false;
  KernelValue a = emit_value(e, x->operands[0], map, r->plan->guard);
  KernelValue b = emit_value(e, x->operands[1], map, r->plan->guard);
  LLVMValueRef av = in_lanes(e, r, &a), bv = in_lanes(e, r, &b);
  emit_at(e, e->scope);
  LLVMValueRef sum = vmath_fma(&e->vmath, av, bv, carry[m->at]);
  keep(e, r->own_lanes ? e->scope->mask : NULL, sum, &carry[m->at]);
  return true;
}

static void step(Emitter *e, const KernelReducer *r, const ReduceMember *m, LLVMValueRef *carry) {
  int map = reduction_operand_map(e->plan, m->node, r->plan->map, r->plan->domain.forms);
  if (step_product(e, r, m, map, carry)) return;
  KernelValue v = emit_value(e, m->info->operands[0], map, r->plan->guard);
  LLVMValueRef mask = r->own_lanes ? e->scope->mask : NULL;
  if (!m->arg) {
    LLVMValueRef x = in_lanes(e, r, &v);
    emit_at(e, e->scope);
    keep(e, mask, combine(e, m, carry[m->at], x), &carry[m->at]);
    return;
  }
  KernelValue index = form_value(e, r->plan->domain.forms[0]);
  LLVMValueRef x = in_lanes(e, r, &v), i = in_lanes(e, r, &index);
  emit_at(e, e->scope);
  LLVMValueRef chosen = wins(e, m, x, carry[m->at], NULL, NULL);
  if (mask) chosen = LLVMBuildAnd(e->b, chosen, mask, "");
  keep(e, chosen, x, &carry[m->at]);
  keep(e, chosen, i, &carry[m->at + 1]);
}

/* ---- putting lanes together ---- */

static LLVMValueRef half(Emitter *e, LLVMValueRef x, int lanes, bool high) {
  LLVMValueRef order[256];
  for (int i = 0; i < lanes / 2; i++)
    order[i] = LLVMConstInt(e->i32, (unsigned)(high ? i + lanes / 2 : i), false);
  return LLVMBuildShuffleVector(e->b, x, LLVMGetUndef(LLVMTypeOf(x)),
                                LLVMConstVector(order, (unsigned)lanes / 2), "");
}

static void together(Emitter *e, const ReduceMember *m, int lanes, LLVMValueRef *carry) {
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

/* ---- blocks ---- */

/* The group of a loop: in order, the lane group last. */
static int group_at(const KernelReducer *r, int level) {
  int lane = r->own_lanes ? r->plan->lane : -1;
  if (lane < 0) return level;
  return level == r->plan->domain.n_groups - 1 ? lane : level >= lane ? level + 1 : level;
}

static LLVMValueRef start_value(Emitter *e, const KernelReducer *r, DType dtype, double value) {
  LLVMTypeRef t = dtype_type(e, dtype);
  LLVMValueRef c = dtype_is_float(dtype)
                       ? LLVMConstReal(t, value)
                       : LLVMConstInt(t, (unsigned long long)(int64_t)value, true);
  return r->lanes ? splat(e->b, c, r->lanes) : c;
}

/* What is carried from block to block starts here: totals at 0, scalars when a block's lanes are
 * put together. */
static void totals_begin(Emitter *e, KernelReducer *r, const LLVMValueRef *carry,
                         LLVMValueRef *total) {
  for (int i = 0; i < r->n; i++) {
    ReduceMember *m = &r->members[i];
    m->total = r->n_total;
    int n = m->blocked ? 1 + (m->dtype == DT_f64) : 1 + m->arg;
    for (int k = 0; k < n; k++) {
      LLVMValueRef zero = LLVMConstReal(e->f64, 0);
      if (m->blocked && r->lanes && !r->own_lanes) zero = splat(e->b, zero, r->lanes);
      total[r->n_total++] = m->blocked ? zero : carry[m->at + k];
    }
  }
}

static void block_begin(Emitter *e, const KernelReducer *r, const LLVMValueRef *total,
                        LLVMValueRef *acc) {
  for (int i = 0; i < r->n; i++) {
    const ReduceMember *m = &r->members[i];
    for (int k = 0; k <= m->arg; k++) acc[m->at + k] = total[m->total + k];
    if (m->blocked) acc[m->at] = start_value(e, r, m->dtype, 0);
  }
}

/* sum + x with what the rounding lost (Knuth's TwoSum) added to error. */
static void add_exactly(Emitter *e, LLVMValueRef *sum, LLVMValueRef *error, LLVMValueRef x) {
  LLVMBuilderRef b = e->b;
  LLVMValueRef y = LLVMBuildFAdd(b, *sum, x, ""), part = LLVMBuildFSub(b, y, *sum, "");
  LLVMValueRef lost = LLVMBuildFSub(b, *sum, LLVMBuildFSub(b, y, part, ""), "");
  lost = LLVMBuildFAdd(b, lost, LLVMBuildFSub(b, x, part, ""), "");
  *error = LLVMBuildFAdd(b, *error, lost, "");
  *sum = y;
}

static void block_end(Emitter *e, const KernelReducer *r, LLVMValueRef *acc, LLVMValueRef *total) {
  for (int i = 0; i < r->n; i++) {
    const ReduceMember *m = &r->members[i];
    LLVMValueRef *to = &total[m->total], x;
    for (int k = 0; k <= m->arg && !m->blocked; k++) to[k] = acc[m->at + k];
    if (!m->blocked) continue;
    if (r->own_lanes) together(e, m, r->lanes, acc);
    x = acc[m->at];
    if (m->dtype == DT_f64)
      add_exactly(e, &to[0], &to[1], x);
    else
      to[0] = LLVMBuildFAdd(e->b, to[0], LLVMBuildFPExt(e->b, x, LLVMTypeOf(to[0]), ""), "");
  }
}

/* The total as the result. An infinite or NaN sum leaves NaN as its error. */
static LLVMValueRef total_value(Emitter *e, const ReduceMember *m, const LLVMValueRef *total) {
  LLVMValueRef sum = total[m->total];
  if (m->dtype != DT_f64) {
    LLVMTypeRef f32 = LLVMTypeOf(sum) == e->f64
                          ? e->f32
                          : LLVMVectorType(e->f32, LLVMGetVectorSize(LLVMTypeOf(sum)));
    return LLVMBuildFPTrunc(e->b, sum, f32, "");
  }
  LLVMValueRef error = total[m->total + 1];
  LLVMValueRef known = LLVMBuildFCmp(e->b, LLVMRealORD, error, error, "");
  return LLVMBuildSelect(e->b, known, LLVMBuildFAdd(e->b, sum, error, ""), sum, "");
}

/* Steps of an accumulator in the loop of a level; 0: not known. */
static int64_t loop_steps(Emitter *e, const KernelReducer *r, int level) {
  const Domain *d = &r->plan->domain;
  int64_t extent, lanes = r->own_lanes && level == d->n_groups - 1 ? r->lanes : 1;
  if (!size_is_const(e->ctx, d->groups[group_at(r, level)].extent, &extent)) return 0;
  return extent < lanes ? 1 : (extent + lanes - 1) / lanes;
}

/* The innermost loop that makes more than BLOCK steps, with all inside it, or may make more. */
static void choose_blocks(Emitter *e, KernelReducer *r) {
  bool sums = false;
  int64_t inside = 1;
  r->block_level = -1;
  for (int i = 0; i < r->n; i++) sums |= r->members[i].blocked;
  for (int level = r->plan->domain.n_groups - 1; sums && level >= 0; level--) {
    int64_t steps = loop_steps(e, r, level), fit = BLOCK / inside;
    if (!steps || steps > fit) {
      bool lanes = r->own_lanes && level == r->plan->domain.n_groups - 1;
      r->block_level = level;
      r->block = (fit > 1 ? fit : 1) * (lanes ? r->lanes : 1);
      return;
    }
    inside *= steps;
  }
}

/* ---- loops ---- */

static bool lane_step_divides(Emitter *e, const Group *g, int lanes) {
  return size_divides(e->ctx, g->extent, lanes);
}

static void nest(Emitter *e, void *user, LLVMValueRef *carry);

/* The loop of a level, over a part of its group when it makes a block. */
static void one_loop(Emitter *e, KernelReducer *r, int at, LLVMValueRef *carry, int n_carry) {
  const Domain *d = &r->plan->domain;
  const Group *g = &d->groups[group_at(r, at)];
  bool block = at == r->block_level;
  if (r->own_lanes && at == d->n_groups - 1) {
    LaneRange range = {.domain = d,
                       .group = g,
                       .lanes = r->lanes,
                       .start = block ? r->start : NULL,
                       .end = block ? r->end : NULL,
                       .divides = lane_step_divides(e, g, r->lanes),
                       .heavy = r->heavy};
    lane_loop(e, &range, carry, n_carry, nest, r);
  } else if (block) {
    group_range(e, d, g, r->start, r->end, carry, n_carry, nest, r);
  } else {
    group_loop(e, d, g, carry, n_carry, nest, r);
  }
}

/* A loop over the blocks of its group. total: carried from block to block. */
static void block_loop(Emitter *e, KernelReducer *r, int at, LLVMValueRef *total) {
  const Group *g = &r->plan->domain.groups[group_at(r, at)];
  LLVMValueRef extent = size_value(e, g->extent),
               *acc = arena_array(e->arena, LLVMValueRef, r->n_carry);
  int64_t constant;
  bool runs = size_is_const(e->ctx, g->extent, &constant) && constant > 0;
  KernelLoop loop;
  loop_open(e, &loop, int64_const(e, 0), extent, r->block, runs, total, r->n_total);
  emit_at(e, e->scope);
  r->start = loop.counter;
  r->end = LLVMBuildAdd(e->b, r->start, int64_const(e, r->block), "");
  LLVMValueRef within = LLVMBuildICmp(e->b, LLVMIntSLT, r->end, extent, "");
  r->end = LLVMBuildSelect(e->b, within, r->end, extent, "");
  for (int i = 0; i < r->n_total; i++) total[i] = loop.phi[i];
  block_begin(e, r, total, acc);
  one_loop(e, r, at, acc, r->n_carry);
  emit_at(e, e->scope);
  block_end(e, r, acc, total);
  loop_close(e, &loop, total);
}

static void nest(Emitter *e, void *user, LLVMValueRef *carry) {
  KernelReducer *r = user;
  int at = r->level++;
  if (at == r->plan->domain.n_groups) {
    for (int i = 0; i < r->n; i++) step(e, r, &r->members[i], carry);
    if (r->plan->makes_stores && e->section->kind == SECTION_row)
      store_all(e, e->section->stores.data, e->section->stores.len, r->plan->batch,
                store_forms(e->plan, r->plan), e->section->domain.rank);
  } else if (at == r->block_level) {
    block_loop(e, r, at, carry);
  } else {
    one_loop(e, r, at, carry, at < r->block_level ? r->n_total : r->n_carry);
  }
  r->level--;
}

/* ---- the reduction ---- */

static void find_members(Emitter *e, KernelReducer *r, LLVMValueRef *carry) {
  const Graph *g = e->body;
  for (uint32_t i = (uint32_t)r->plan->batch; i < g->nodes.len; i++) {
    if (e->plan->batch[i] != r->plan->batch || !e->section->cone[i]) continue;
    const Node *node = &g->nodes.data[i];
    ReduceMember m = {{i},
                      node,
                      graph_info(g, node->operands[0])->dtype,
                      op_is(node->op, T_ARGREDUCE),
                      r->n_carry,
                      node->op == OP_sum && dtype_is_float(graph_info(g, node->operands[0])->dtype),
                      0};
    carry[r->n_carry++] = start_value(e, r, m.dtype, identity(&m));
    if (m.arg) carry[r->n_carry++] = start_value(e, r, DT_i32, 0);
    r->members[r->n++] = m;
  }
}

/* The scope in which a map is known. Not the entry: code there runs even when the section has no
 * items to do. */
static KernelScope *map_scope(Emitter *e, int map, int guard) {
  KernelScope *scope = e->base;
  for (int i = 0; i < e->ix->maps.data[map].rank; i++) {
    KernelScope *s;
    int form = map_forms(e->ix, map)[i];
    Position at = form_position(e, form, e->i64, &s);
    scope = deeper(scope, s);
    uniform_value(e, at.uniform, &s);
    scope = deeper(scope, s);
  }
  KernelValue g = guard_value(e, guard);
  return g.scope ? deeper(scope, g.scope) : scope;
}

static int own_lanes(Emitter *e, const KernelReducer *r) {
  const Group *g = &r->plan->domain.groups[r->plan->lane];
  int64_t extent, lanes = e->plan->lanes;
  int most = r->heavy ? 2 : 4;
  bool known = size_is_const(e->ctx, g->extent, &extent);
  while (most > 1 && known && extent < most * lanes) most /= 2;
  return (int)lanes * most;
}

/* Flops for an element of the batch's operands, down to other reductions. */
static bool is_heavy(const Emitter *e, const KernelReducer *r) {
  bool *needed = arena_array(e->arena, bool, e->body->nodes.len);
  int64_t flops = 0;
  for (uint32_t i = e->body->nodes.len; i-- > 0;) {
    const Node *node = &e->body->nodes.data[i];
    bool reduces = e->plan->batch[i] >= 0;
    if (e->plan->batch[i] == r->plan->batch) needed[node->operands[0].i] = true;
    if (!needed[i] || reduces) continue;
    flops += op_flops(node->op);
    for (int k = 0; k < node->n_operands; k++) needed[node->operands[k].i] = true;
  }
  return flops > COST_UNROLLED;
}

/* The result of a member. total: what was carried from block to block, NULL when there were
 * none. */
static KernelValue member_value(Emitter *e, const KernelReducer *r, const ReduceMember *m,
                                const LLVMValueRef *total, LLVMValueRef *carry) {
  LLVMValueRef y;
  if (total && m->blocked) {
    y = total_value(e, m, total);
  } else {
    for (int k = 0; total && k <= m->arg; k++) carry[m->at + k] = total[m->total + k];
    if (r->own_lanes) together(e, m, r->lanes, carry);
    y = carry[m->at + m->arg];
  }
  if (m->dtype == DT_bf16 && !m->arg) y = bf16_round(e, y);
  return r->lanes && !r->own_lanes ? (KernelValue){.vector = y} : (KernelValue){.scalar = y};
}

KernelValue emit_reduction(Emitter *e, Ref node, int map, int guard) {
  uint32_t most = e->body->nodes.len;
  KernelReducer r = {.plan = plan_reduction(e->plan, node, map, guard),
                     .members = arena_array(e->arena, ReduceMember, most)};
  KernelScope *was = e->scope, *scope = map_scope(e, map, guard);
  e->scope = scope;
  r.heavy = is_heavy(e, &r);
  r.own_lanes = scope->lane_var < 0 && r.plan->lane >= 0;
  r.lanes = scope->lane_var >= 0 ? scope->lanes : r.own_lanes ? own_lanes(e, &r) : 0;
  LLVMValueRef *carry = arena_array(e->arena, LLVMValueRef, 2 * most);
  LLVMValueRef *total = arena_array(e->arena, LLVMValueRef, 2 * most);
  find_members(e, &r, carry);
  choose_blocks(e, &r);
  bool blocks = r.block_level >= 0;
  if (blocks) totals_begin(e, &r, carry, total);
  nest(e, &r, blocks ? total : carry);
  emit_at(e, scope);
  KernelValue wanted = {0};
  for (int i = 0; i < r.n; i++) {
    KernelValue v = member_value(e, &r, &r.members[i], blocks ? total : NULL, carry);
    v.scope = scope;
    memo_put(e, r.members[i].node, map, guard, v);
    if (ref_eq(r.members[i].node, node)) wanted = v;
  }
  e->scope = was;
  return wanted;
}
