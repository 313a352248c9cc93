/* Values of nodes on demand. Each (node, index, guard) is emitted once where it is known. */
#include "codegen/kernel_emitter.h"

/* ---- what was emitted already ---- */

static uint64_t memo_key(Ref node, int map, int guard) {
  return hash_mix(hash_mix(hash_mix(node.i, 0x51), (uint64_t)map), (uint64_t)guard) | 1;
}

static Memo *memo_slot(Emitter *e, uint64_t key) {
  uint32_t mask = e->n_memo - 1, at = (uint32_t)(key >> 8) & mask;
  while (e->memo[at].key && e->memo[at].key != key) at = (at + 1) & mask;
  return &e->memo[at];
}

static void memo_grow(Emitter *e) {
  Memo *old = e->memo;
  uint32_t old_n = e->n_memo;
  e->n_memo = old_n ? 2 * old_n : 1024;
  e->memo = arena_array(e->arena, Memo, e->n_memo);
  for (uint32_t i = 0; i < old_n; i++)
    if (old[i].key) *memo_slot(e, old[i].key) = old[i];
}

KernelValue memo_find(Emitter *e, Ref node, int map, int guard, bool *found) {
  if (2 * e->n_memo_used >= e->n_memo) memo_grow(e);
  Memo *m = memo_slot(e, memo_key(node, map, guard));
  *found = m->key && !m->value.scope->closed;
  return *found ? m->value : (KernelValue){0};
}

void memo_put(Emitter *e, Ref node, int map, int guard, KernelValue value) {
  if (2 * e->n_memo_used >= e->n_memo) memo_grow(e);
  uint64_t key = memo_key(node, map, guard);
  Memo *m = memo_slot(e, key);
  e->n_memo_used += !m->key;
  *m = (Memo){key, value};
}

/* ---- leaves ---- */

static KernelValue constant(Emitter *e, const TypeInfo *type, double value) {
  LLVMTypeRef t = dtype_type(e, type->dtype);
  LLVMValueRef c = dtype_is_float(type->dtype)
                       ? LLVMConstReal(t, value)
                       : LLVMConstInt(t, (unsigned long long)(int64_t)value, true);
  return (KernelValue){.scalar = c, .scope = e->entry};
}

/* As a float it is rounded from 64 bits; i32 holds it, or the call was refused. */
static KernelValue emit_size(Emitter *e, const Node *node) {
  LLVMValueRef size = size_value(e, node_size(node, A_size)), y;
  DType dtype = type_info(e->ctx, node->type)->dtype;
  LLVMBuilderRef b = emit_at(e, e->entry);
  if (dtype_is_float(dtype)) {
    y = LLVMBuildFPCast(b, LLVMBuildSIToFP(b, size, e->f64, ""), dtype_type(e, dtype), "");
    if (dtype == DT_bf16) y = bf16_round(e, y);
  } else {
    y = LLVMBuildTrunc(b, size, e->i32, "");
  }
  return (KernelValue){.scalar = y, .scope = e->entry};
}

/* ---- choices ---- */

static KernelValue choose(Emitter *e, KernelValue condition, KernelValue a, KernelValue b) {
  KernelScope *scope = deeper(condition.scope, deeper(a.scope, b.scope));
  if (condition.scalar && a.scalar && b.scalar) {
    emit_at(e, scope);
    LLVMValueRef y = LLVMBuildSelect(e->b, condition.scalar, a.scalar, b.scalar, "");
    return (KernelValue){.scalar = y, .scope = scope};
  }
  LLVMValueRef x = value_vector(e, &a, e->scope), y = value_vector(e, &b, e->scope);
  LLVMValueRef c = condition.scalar ? condition.scalar : condition.vector;
  emit_at(e, scope);
  return (KernelValue){.vector = LLVMBuildSelect(e->b, c, x, y, ""), .scope = scope};
}

static KernelValue emit_pad(Emitter *e, Ref ref, int map, int guard) {
  const Node *node = graph_node(e->body, ref);
  int inner = map_operand(e->ix, ref, 0, map, guard);
  int under = map_pad_guard(e->ix, ref, inner, guard);
  KernelValue x = emit_value(e, node->operands[0], inner, under);
  if (under == guard) return x;
  KernelValue fill = constant(e, graph_info(e->body, ref), node_float(node, A_value, 0));
  return choose(e, guard_value(e, under), x, fill);
}

static KernelValue emit_concat(Emitter *e, Ref ref, int map, int guard) {
  const Node *node = graph_node(e->body, ref);
  int axis = (int)node_int(node, A_axis, 0);
  KernelValue y = {0};
  for (int k = node->n_operands - 1; k >= 0; k--) {
    int inner = map_operand(e->ix, ref, k, map, guard);
    int under = guard_and(e->ix, guard, map_forms(e->ix, inner)[axis],
                          graph_info(e->body, node->operands[k])->dims[axis]);
    KernelValue x = emit_value(e, node->operands[k], inner, under);
    if (!y.scope || under == guard)
      y = x;
    else
      y = choose(e, guard_value(e, under), x, y);
  }
  return y;
}

/* ---- elementwise ---- */

static KernelValue emit_elementwise(Emitter *e, Ref ref, int map, int guard) {
  const Node *node = graph_node(e->body, ref);
  const TypeInfo *type = graph_info(e->body, ref);
  KernelValue operands[3];
  LLVMValueRef values[3] = {0};
  KernelScope *scope = e->entry;
  bool scalar = true;
  for (int k = 0; k < node->n_operands; k++) {
    operands[k] = emit_value(e, node->operands[k], map, guard);
    scope = deeper(scope, operands[k].scope);
    scalar &= operands[k].scalar != NULL;
  }
  ScalarOp op = {.op = node->op, .result = type->dtype};
  op.operand = graph_info(e->body, node->operands[node->n_operands - 1])->dtype;
  if (type->dtype == DT_idx) op.extent = size_value(e, type->extent);
  for (int k = 0; k < node->n_operands; k++)
    values[k] = scalar ? operands[k].scalar : value_vector(e, &operands[k], e->scope);
  emit_at(e, scope);
  LLVMValueRef y = scalar_emit(e, &op, values);
  emit_moved(e, scope);
  return scalar ? (KernelValue){.scalar = y, .scope = scope}
                : (KernelValue){.vector = y, .scope = scope};
}

/* ---- dispatch ---- */

static KernelValue compute(Emitter *e, Ref ref, int map, int guard) {
  const Node *node = graph_node(e->body, ref);
  if (op_is(node->op, T_ELEMENTWISE)) return emit_elementwise(e, ref, map, guard);
  if (op_is(node->op, T_REDUCE | T_ARGREDUCE)) return emit_reduction(e, ref, map, guard);
  switch (node->op) {
  case OP_param:
    return load_param(e, ref, map, guard);
  case OP_const:
    return constant(e, graph_info(e->body, ref), node_float(node, A_value, 0));
  case OP_iota:
    return form_value(e, map_forms(e->ix, map)[node_int(node, A_axis, 0)]);
  case OP_size:
    return emit_size(e, node);
  case OP_random:
    return emit_random(e, ref, map, guard);
  case OP_pad:
    return emit_pad(e, ref, map, guard);
  case OP_concat:
    return emit_concat(e, ref, map, guard);
  default: /* movement of one operand, gather */
    return emit_value(e, node->operands[0], map_operand(e->ix, ref, 0, map, guard), guard);
  }
}

KernelValue emit_value(Emitter *e, Ref node, int map, int guard) {
  bool found;
  KernelValue v = memo_find(e, node, map, guard, &found);
  if (found) return v;
  v = compute(e, node, map, guard);
  memo_put(e, node, map, guard, v);
  return v;
}
