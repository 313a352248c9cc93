/* Threefry-2x32 in vector registers, bit for bit as base/threefry.h. */
#include "codegen/kernel_emitter.h"

#include <string.h>

#include "base/threefry.h"

static LLVMTypeRef words(Emitter *e, LLVMValueRef like) {
  LLVMTypeRef t = LLVMTypeOf(like);
  return LLVMGetTypeKind(t) == LLVMVectorTypeKind ? LLVMVectorType(e->i32, LLVMGetVectorSize(t))
                                                  : e->i32;
}

static LLVMValueRef word(LLVMTypeRef type, uint32_t value) {
  LLVMTypeRef element =
      LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetElementType(type) : type;
  LLVMValueRef one = LLVMConstInt(element, value, false);
  return element == type ? one : splat(NULL, one, (int)LLVMGetVectorSize(type));
}

static LLVMValueRef rotate(const Emitter *e, LLVMValueRef x, int bits) {
  const LLVMValueRef operands[] = {x, x, word(LLVMTypeOf(x), (uint32_t)bits)};
  return vmath_intrinsic(&e->vmath, "llvm.fshl", operands, 3);
}

/* The same value, of which LLVM knows nothing: an empty piece of assembly. Without it instruction
 * selection looks through all rounds for bits that it knows, which costs more than all the rest of
 * a kernel. Vectors that do not fit one register of the target (native lanes) are left alone. */
static LLVMValueRef opaque(LLVMBuilderRef b, LLVMValueRef x, unsigned native) {
  LLVMTypeRef t = LLVMTypeOf(x);
  bool vector = LLVMGetTypeKind(t) == LLVMVectorTypeKind;
  unsigned lanes = vector ? LLVMGetVectorSize(t) : 1;
  if (vector && (lanes > native || (lanes != 4 && lanes != 8))) return x;
  LLVMTypeRef type = LLVMFunctionType(t, &t, 1, false);
  const char *constraint = vector ? "=x,0" : "=r,0";
  LLVMValueRef nothing = LLVMGetInlineAsm(type, "", 0, constraint, strlen(constraint), false, false,
                                          LLVMInlineAsmDialectATT, false);
  return LLVMBuildCall2(b, type, nothing, &x, 1, "");
}

/* x[0], x[1]: the counters, replaced by the block of the key words k[0], k[1]. */
static void block(const Emitter *e, LLVMValueRef *k, LLVMValueRef *x) {
  LLVMBuilderRef b = e->b;
  static const int rotation[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  LLVMTypeRef t = LLVMTypeOf(x[0]);
  k[2] = LLVMBuildXor(b, LLVMBuildXor(b, k[0], k[1], ""), word(t, THREEFRY_PARITY), "");
  x[0] = LLVMBuildAdd(b, x[0], k[0], "");
  x[1] = LLVMBuildAdd(b, x[1], k[1], "");
  for (unsigned round = 0; round < 20; round++) {
    x[0] = LLVMBuildAdd(b, x[0], x[1], "");
    x[1] = LLVMBuildXor(b, rotate(e, x[1], rotation[round % 8]), x[0], "");
    x[1] = opaque(b, x[1], (unsigned)e->target->vector_bytes / 4);
    if (round % 4 != 3) continue;
    unsigned group = round / 4 + 1;
    x[0] = LLVMBuildAdd(b, x[0], k[group % 3], "");
    LLVMValueRef injected = LLVMBuildAdd(b, k[(group + 1) % 3], word(t, group), "");
    x[1] = LLVMBuildAdd(b, x[1], injected, "");
  }
}

static void key_words(Emitter *e, LLVMValueRef key, LLVMTypeRef type, LLVMValueRef *k) {
  LLVMTypeRef wide = LLVMTypeOf(key);
  k[0] = LLVMBuildTrunc(e->b, key, type, "");
  k[1] = LLVMBuildTrunc(e->b, LLVMBuildLShr(e->b, key, vmath_const(wide, 32), ""), type, "");
}

LLVMValueRef emit_key(Emitter *e, Op op, LLVMValueRef key, LLVMValueRef stream) {
  LLVMTypeRef type = words(e, stream);
  LLVMTypeRef wide = type == e->i32 ? e->i64 : LLVMVectorType(e->i64, LLVMGetVectorSize(type));
  LLVMValueRef k[3] = {word(type, 0), word(type, 0)};
  if (key) key_words(e, key, type, k);
  LLVMValueRef x[2] = {stream, word(type, op == OP_fold ? THREEFRY_FOLD : THREEFRY_SEED)};
  block(e, k, x);
  LLVMValueRef low = LLVMBuildZExt(e->b, x[0], wide, "");
  LLVMValueRef high = LLVMBuildZExt(e->b, x[1], wide, "");
  return LLVMBuildOr(e->b, low, LLVMBuildShl(e->b, high, vmath_const(wide, 32), ""), "");
}

KernelValue emit_random(Emitter *e, Ref ref, int map, int guard) {
  const Node *node = graph_node(e->body, ref);
  const TypeInfo *type = graph_info(e->body, ref);
  KernelValue key = emit_value(e, node->operands[0], map_intern(e->ix, NULL, 0), guard);
  if (!key.scalar) ORDO_BUG("a random key differs between lanes");
  KernelValue position = form_value(e, map_linear(e->ix, map, type->dims, type->rank));
  LLVMValueRef counter = position.scalar ? position.scalar : position.vector;
  LLVMTypeRef t = LLVMTypeOf(counter);
  LLVMValueRef k[3];
  emit_at(e, key.scope);
  key_words(e, key.scalar, e->i32, k);
  KernelValue halves[2] = {{.scalar = k[0], .scope = key.scope},
                           {.scalar = k[1], .scope = key.scope}};
  for (int i = 0; i < 2 && !position.scalar; i++) k[i] = value_vector(e, &halves[i], e->scope);
  position.scope = deeper(position.scope, key.scope);
  emit_at(e, position.scope);
  LLVMValueRef x[2] = {counter, word(t, (uint32_t)node_int(node, A_stream, 0))};
  block(e, k, x);
  LLVMValueRef bits = x[node_int(node, A_word, 0) & 1];
  *(position.scalar ? &position.scalar : &position.vector) = bits;
  return position;
}
