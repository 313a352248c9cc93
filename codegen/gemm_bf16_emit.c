/* What the loops of products in bf16 are emitted with. */
#include "codegen/gemm_bf16_emit.h"

#include <string.h>

#include <llvm-c/Core.h>

Bf16Emit bf16_emit_new(LLVMModuleRef module, const Target *target, int lanes) {
  LLVMContextRef context = LLVMGetModuleContext(module);
  Bf16Emit e = {.context = context, .module = module, .target = target, .lanes = lanes};
  e.b = LLVMCreateBuilderInContext(context);
  e.v = (Vmath){context, module, e.b, target};
  e.i8 = LLVMInt8TypeInContext(context);
  e.i16 = LLVMInt16TypeInContext(context);
  e.i32 = LLVMInt32TypeInContext(context);
  e.i64 = LLVMInt64TypeInContext(context);
  e.pointer = LLVMPointerTypeInContext(context, 0);
  e.f32 = LLVMFloatTypeInContext(context);
  e.vector = LLVMVectorType(e.f32, (unsigned)lanes);
  e.ints = LLVMVectorType(e.i32, (unsigned)lanes);
  return e;
}

void bf16_emit_free(Bf16Emit *e) { LLVMDisposeBuilder(e->b); }

void bf16_function(Bf16Emit *e, const char *name) {
  LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(e->context), &e->pointer, 1, false);
  e->function = LLVMAddFunction(e->module, name, type);
  target_mark(e->target, e->function);
  LLVMPositionBuilderAtEnd(e->b, bf16_block(e, "entry"));
}

Val bf16_field(const Bf16Emit *e, size_t offset, LLVMTypeRef type) {
  Val index = bf16_integer(e, (int64_t)offset);
  return LLVMBuildLoad2(e->b, type, bf16_at(e, e->i8, LLVMGetParam(e->function, 0), index), "");
}

Val bf16_integer(const Bf16Emit *e, int64_t value) {
  return LLVMConstInt(e->i64, (unsigned long long)value, true);
}

Val bf16_at(const Bf16Emit *e, LLVMTypeRef element, Val base, Val index) {
  return LLVMBuildGEP2(e->b, element, base, &index, 1, "");
}

LLVMBasicBlockRef bf16_block(const Bf16Emit *e, const char *name) {
  return LLVMAppendBasicBlockInContext(e->context, e->function, name);
}

Val bf16_call(const Bf16Emit *e, const char *intrinsic, LLVMTypeRef *types, int n_types,
              Val *operands, int n) {
  unsigned id = LLVMLookupIntrinsicID(intrinsic, strlen(intrinsic));
  Val f = LLVMGetIntrinsicDeclaration(e->module, id, types, (size_t)n_types);
  return LLVMBuildCall2(e->b, LLVMGlobalGetValueType(f), f, operands, (unsigned)n, "");
}

Val bf16_splat(const Bf16Emit *e, Val scalar) {
  LLVMTypeRef type = LLVMVectorType(LLVMTypeOf(scalar), (unsigned)e->lanes);
  Val zero = LLVMConstInt(e->i32, 0, false);
  Val first = LLVMBuildInsertElement(e->b, LLVMGetPoison(type), scalar, zero, "");
  return LLVMBuildShuffleVector(e->b, first, LLVMGetPoison(type), LLVMConstNull(e->ints), "");
}

/* Compared in 32 bits, where a count is cut to [-1, lanes]. */
Val bf16_lanes_below(const Bf16Emit *e, Val count) {
  Val numbers[16], most = bf16_integer(e, e->lanes);
  for (int i = 0; i < e->lanes; i++) numbers[i] = LLVMConstInt(e->i32, (unsigned)i, false);
  Val larger = LLVMBuildICmp(e->b, LLVMIntSGT, count, most, "");
  count = LLVMBuildSelect(e->b, larger, most, count, "");
  Val none = LLVMBuildICmp(e->b, LLVMIntSLT, count, bf16_integer(e, 0), "");
  count = LLVMBuildSelect(e->b, none, bf16_integer(e, 0), count, "");
  Val narrow = LLVMBuildTrunc(e->b, count, e->i32, "");
  return LLVMBuildICmp(e->b, LLVMIntSLT, LLVMConstVector(numbers, (unsigned)e->lanes),
                       bf16_splat(e, narrow), "");
}

Val bf16_load(const Bf16Emit *e, Val address, Val mask) {
  if (!mask) {
    Val value = LLVMBuildLoad2(e->b, e->vector, address, "");
    LLVMSetAlignment(value, sizeof(float));
    return value;
  }
  Val operands[] = {address, LLVMConstInt(e->i32, sizeof(float), false), mask,
                    LLVMConstNull(e->vector)};
  return bf16_call(e, "llvm.masked.load", (LLVMTypeRef[]){e->vector, e->pointer}, 2, operands, 4);
}

void bf16_store(const Bf16Emit *e, Val value, Val address, Val mask) {
  if (!mask) {
    LLVMSetAlignment(LLVMBuildStore(e->b, value, address), sizeof(float));
    return;
  }
  Val operands[] = {value, address, LLVMConstInt(e->i32, sizeof(float), false), mask};
  bf16_call(e, "llvm.masked.store", (LLVMTypeRef[]){e->vector, e->pointer}, 2, operands, 4);
}

/* Lanes with bit 'distance' of their number clear come from a, the others from b; first: those of a
 * in place and those of b moved up, else those of a moved down and those of b in place. */
static Val exchange(const Bf16Emit *e, Val a, Val b, int n, int distance, bool first) {
  Val lanes[16];
  for (int l = 0; l < n; l++) {
    int lane = first ? l & ~distance : l | distance;
    lanes[l] = LLVMConstInt(e->i32, (unsigned)(lane + (l & distance ? n : 0)), false);
  }
  return LLVMBuildShuffleVector(e->b, a, b, LLVMConstVector(lanes, (unsigned)n), "");
}

/* At each power of two the off-diagonal blocks of that size change places. */
void bf16_transpose(const Bf16Emit *e, Val *rows, int n) {
  for (int distance = 1; distance < n; distance *= 2)
    for (int i = 0; i < n; i++) {
      if (i & distance) continue;
      Val a = rows[i], b = rows[i + distance];
      rows[i] = exchange(e, a, b, n, distance, true);
      rows[i + distance] = exchange(e, a, b, n, distance, false);
    }
}

/* ---- loops ---- */

Bf16EmitLoop bf16_loop(const Bf16Emit *e, int step) {
  Bf16EmitLoop loop = {
      .before = LLVMGetInsertBlock(e->b), .head = bf16_block(e, "head"), .step = step};
  LLVMBuildBr(e->b, loop.head);
  LLVMPositionBuilderAtEnd(e->b, loop.head);
  loop.i = bf16_carried(e, &loop, bf16_integer(e, 0));
  return loop;
}

Val bf16_carried(const Bf16Emit *e, const Bf16EmitLoop *loop, Val initial) {
  Val phi = LLVMBuildPhi(e->b, LLVMTypeOf(initial), "");
  LLVMBasicBlockRef before = loop->before;
  LLVMAddIncoming(phi, &initial, &before, 1);
  return phi;
}

void bf16_loop_body(const Bf16Emit *e, Bf16EmitLoop *loop, Val bound) {
  loop->body = bf16_block(e, "body");
  loop->after = bf16_block(e, "after");
  Val more = LLVMBuildICmp(e->b, LLVMIntSLT, loop->i, bound, "");
  LLVMBuildCondBr(e->b, more, loop->body, loop->after);
  LLVMPositionBuilderAtEnd(e->b, loop->body);
}

/* To be called in the block that loop_end closes. */
void bf16_carry(const Bf16Emit *e, Val carried, Val next) {
  LLVMBasicBlockRef here = LLVMGetInsertBlock(e->b);
  LLVMAddIncoming(carried, &next, &here, 1);
}

void bf16_loop_end(const Bf16Emit *e, Bf16EmitLoop *loop) {
  bf16_carry(e, loop->i, LLVMBuildAdd(e->b, loop->i, bf16_integer(e, loop->step), ""));
  LLVMBuildBr(e->b, loop->head);
  LLVMPositionBuilderAtEnd(e->b, loop->after);
}

/* ---- shapes and names ---- */

void bf16_shape(const Target *target, Bf16Kernels *g) {
  g->lanes = target_lanes(target, sizeof(float));
  g->rows = target->vector_registers >= 32 ? BF16_ROWS : target->fma ? 3 : 2;
  g->vectors = target->fma ? BF16_VECTORS : 1;
}

const char *bf16_tile_name(Arena *arena, int rows, int vectors) {
  return arena_printf(arena, "ordo_bf16_tile_%dx%d", rows, vectors);
}

const char *bf16_unit_tile_name(Arena *arena, int rows, int cols) {
  return arena_printf(arena, "ordo_bf16_unit_tile_%dx%d", rows, cols);
}

const char *bf16_pack_name(Arena *arena, Bf16Pack pack) {
  return arena_printf(arena, "ordo_bf16_unit_pack_%d", (int)pack);
}
