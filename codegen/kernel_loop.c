/* Scopes and loops. Loops are entered through a test unless they are known to run, and test at the
 * end of the body. */
#include "codegen/kernel_emitter.h"

LLVMBuilderRef emit_at(Emitter *e, KernelScope *scope) {
  LLVMPositionBuilderAtEnd(e->b, *scope->block);
  return e->b;
}

void emit_moved(Emitter *e, KernelScope *scope) { *scope->block = LLVMGetInsertBlock(e->b); }

static KernelScope *scope_new(Emitter *e, KernelScope *parent) {
  KernelScope *s = arena_new(e->arena, KernelScope);
  *s = (KernelScope){.parent = parent, .depth = parent->depth + 1};
  s->lane_var = parent->lane_var;
  s->lanes = parent->lanes;
  s->mask = parent->mask;
  return s;
}

KernelScope *straight_open(Emitter *e) {
  KernelScope *s = scope_new(e, e->scope);
  s->block = e->scope->block;
  return e->scope = s;
}

void straight_close(Emitter *e) {
  e->scope->closed = true;
  e->scope = e->scope->parent;
}

/* ---- loops ---- */

void loop_open(Emitter *e, KernelLoop *loop, LLVMValueRef start, LLVMValueRef end, int64_t step,
               bool never_empty, const LLVMValueRef *init, int n) {
  *loop = (KernelLoop){.outer = e->scope, .end = end, .step = step, .n = n + 1};
  loop->init = arena_array(e->arena, LLVMValueRef, n + 1);
  loop->phi = arena_array(e->arena, LLVMValueRef, n + 1);
  loop->init[n] = start;
  for (int i = 0; i < n; i++) loop->init[i] = init[i];
  if (!never_empty) {
    emit_at(e, e->scope);
    loop->nonempty = LLVMBuildICmp(e->b, LLVMIntSLT, start, end, "");
  }
  loop->scope = scope_new(e, e->scope);
  loop->body = LLVMAppendBasicBlockInContext(e->llvm, e->function, "loop");
  loop->scope->own = loop->body;
  loop->scope->block = &loop->scope->own;
  e->scope = loop->scope;
  emit_at(e, e->scope);
  for (int i = 0; i <= n; i++)
    loop->phi[i] = LLVMBuildPhi(e->b, LLVMTypeOf(loop->init[i]), i == n ? "i" : "");
  loop->counter = loop->phi[n];
}

void loop_close(Emitter *e, KernelLoop *loop, LLVMValueRef *next) {
  LLVMBasicBlockRef latch = *loop->scope->block, entry = *loop->outer->block;
  int n = loop->n - 1;
  loop->exit = LLVMAppendBasicBlockInContext(e->llvm, e->function, "");
  emit_at(e, loop->scope);
  LLVMValueRef counter = LLVMBuildNSWAdd(e->b, loop->counter, int64_const(e, loop->step), "");
  LLVMValueRef more = LLVMBuildICmp(e->b, LLVMIntSLT, counter, loop->end, "");
  LLVMBuildCondBr(e->b, more, loop->body, loop->exit);
  emit_at(e, loop->outer);
  if (loop->nonempty)
    LLVMBuildCondBr(e->b, loop->nonempty, loop->body, loop->exit);
  else
    LLVMBuildBr(e->b, loop->body);
  for (int i = 0; i <= n; i++) {
    LLVMValueRef values[] = {loop->init[i], i == n ? counter : next[i]};
    LLVMAddIncoming(loop->phi[i], values, (LLVMBasicBlockRef[]){entry, latch}, 2);
  }
  loop->scope->closed = true;
  e->scope = loop->outer;
  *e->scope->block = loop->exit;
  emit_at(e, e->scope);
  for (int i = 0; i < n && loop->nonempty; i++) {
    LLVMValueRef values[] = {loop->init[i], next[i]};
    next[i] = LLVMBuildPhi(e->b, LLVMTypeOf(values[0]), "");
    LLVMAddIncoming(next[i], values, (LLVMBasicBlockRef[]){entry, latch}, 2);
  }
}

void bind_group(Emitter *e, const Domain *d, const Group *g, LLVMValueRef counter) {
  while (e->bound.len < e->ix->vars.len) vec_push(e->arena, &e->bound, (KernelBinding){0});
  for (int i = g->first; i < g->first + g->count; i++)
    e->bound.data[d->vars[i]] = (KernelBinding){d->vars[i] == g->inner ? counter : NULL, e->scope};
}

static void scalar_loop(Emitter *e, const Domain *d, const Group *g, KernelLoop *loop,
                        LLVMValueRef *carry, int n, ScalarBody body, void *user) {
  bind_group(e, d, g, loop->counter);
  for (int i = 0; i < n; i++) carry[i] = loop->phi[i];
  body(e, user, carry);
  loop_close(e, loop, carry);
}

void group_range(Emitter *e, const Domain *d, const Group *g, LLVMValueRef start, LLVMValueRef end,
                 LLVMValueRef *carry, int n, ScalarBody body, void *user) {
  KernelLoop loop;
  loop_open(e, &loop, start, end, 1, true, carry, n);
  scalar_loop(e, d, g, &loop, carry, n, body, user);
}

void group_loop(Emitter *e, const Domain *d, const Group *g, LLVMValueRef *carry, int n,
                ScalarBody body, void *user) {
  KernelLoop loop;
  int64_t extent;
  bool constant = size_is_const(e->ctx, g->extent, &extent) && extent > 0;
  loop_open(e, &loop, int64_const(e, 0), size_value(e, g->extent), 1, constant, carry, n);
  scalar_loop(e, d, g, &loop, carry, n, body, user);
}

/* ---- lanes ---- */

void lanes_begin(Emitter *e, int var, int lanes, LLVMValueRef rest) {
  KernelScope *s = e->scope;
  s->lane_var = var;
  s->lanes = lanes;
  s->mask = NULL;
  if (!rest) return;
  emit_at(e, s);
  LLVMValueRef all = int64_const(e, lanes);
  LLVMValueRef fewer = LLVMBuildICmp(e->b, LLVMIntSLT, rest, all, "");
  LLVMValueRef count = LLVMBuildSelect(e->b, fewer, rest, all, "");
  count = LLVMBuildTrunc(e->b, count, e->i32, "");
  s->mask = LLVMBuildICmp(e->b, LLVMIntSLT, lane_numbers(e, e->i32, lanes),
                          splat(e->b, count, lanes), "mask");
}

/* One vector, no loop. */
static void lanes_once(Emitter *e, const LaneRange *r, LLVMValueRef start, LLVMValueRef rest,
                       LLVMValueRef *carry, LaneBody body, void *user) {
  straight_open(e);
  bind_group(e, r->domain, r->group, start);
  lanes_begin(e, r->group->inner, r->lanes, rest);
  body(e, user, carry);
  straight_close(e);
}

static void lanes_loop(Emitter *e, const LaneRange *r, LLVMValueRef start, LLVMValueRef end,
                       bool masked, bool never_empty, LLVMValueRef *carry, int n, LaneBody body,
                       void *user) {
  KernelLoop loop;
  loop_open(e, &loop, start, end, r->lanes, never_empty, carry, n);
  bind_group(e, r->domain, r->group, loop.counter);
  LLVMValueRef rest = masked ? LLVMBuildSub(e->b, end, loop.counter, "") : NULL;
  lanes_begin(e, r->group->inner, r->lanes, rest);
  for (int i = 0; i < n; i++) carry[i] = loop.phi[i];
  body(e, user, carry);
  loop_close(e, &loop, carry);
}

static void lanes_const(Emitter *e, const LaneRange *r, int64_t extent, LLVMValueRef *carry, int n,
                        LaneBody body, void *user) {
  int64_t whole = extent / r->lanes * r->lanes;
  LLVMValueRef zero = int64_const(e, 0), end = int64_const(e, whole);
  if (whole == r->lanes) {
    lanes_once(e, r, zero, NULL, carry, body, user);
  } else if (r->heavy && whole < extent && whole) {
    lanes_loop(e, r, zero, int64_const(e, extent), true, true, carry, n, body, user);
    return;
  } else if (whole) {
    lanes_loop(e, r, zero, end, false, true, carry, n, body, user);
  }
  if (whole < extent) lanes_once(e, r, end, int64_const(e, extent - whole), carry, body, user);
}

void lane_loop(Emitter *e, const LaneRange *r, LLVMValueRef *carry, int n, LaneBody body,
               void *user) {
  int64_t extent;
  if (!r->end && size_is_const(e->ctx, r->group->extent, &extent)) {
    lanes_const(e, r, extent, carry, n, body, user);
    return;
  }
  LLVMValueRef start = r->end ? r->start : int64_const(e, 0);
  LLVMValueRef end = r->end ? r->end : size_value(e, r->group->extent);
  if (r->divides || r->heavy) {
    lanes_loop(e, r, start, end, !r->divides, false, carry, n, body, user);
    return;
  }
  emit_at(e, e->scope);
  LLVMValueRef length = LLVMBuildSub(e->b, end, start, "");
  LLVMValueRef whole = LLVMBuildAnd(e->b, length, int64_const(e, -(int64_t)r->lanes), "");
  LLVMValueRef middle = LLVMBuildAdd(e->b, start, whole, "");
  lanes_loop(e, r, start, middle, false, false, carry, n, body, user);
  lanes_loop(e, r, middle, end, true, false, carry, n, body, user);
}
