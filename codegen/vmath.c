/* The helpers that all functions share, and the exact operations. */
#include "codegen/vmath_emit.h"

#include <stdio.h>
#include <string.h>

#include "base/ctx.h"

enum { MAX_LANES = 256 };

/* 1 for a scalar. */
static int vmath_lanes(LLVMTypeRef type) {
  return LLVMGetTypeKind(type) == LLVMVectorTypeKind ? (int)LLVMGetVectorSize(type) : 1;
}

/* Itself for a scalar. */
static LLVMTypeRef vmath_element(LLVMTypeRef type) {
  return LLVMGetTypeKind(type) == LLVMVectorTypeKind ? LLVMGetElementType(type) : type;
}

LLVMTypeRef vmath_like(LLVMTypeRef type, LLVMTypeRef element) {
  bool vector = LLVMGetTypeKind(type) == LLVMVectorTypeKind;
  return vector ? LLVMVectorType(element, LLVMGetVectorSize(type)) : element;
}

bool vmath_is_double(LLVMTypeRef type) {
  return LLVMGetTypeKind(vmath_element(type)) == LLVMDoubleTypeKind;
}

LLVMTypeRef vmath_bits(LLVMTypeRef type) {
  LLVMContextRef context = LLVMGetTypeContext(type);
  bool wide = vmath_is_double(type);
  return vmath_like(type, wide ? LLVMInt64TypeInContext(context) : LLVMInt32TypeInContext(context));
}

LLVMValueRef vmath_const(LLVMTypeRef type, double value) {
  LLVMTypeRef element = vmath_element(type);
  bool integer = LLVMGetTypeKind(element) == LLVMIntegerTypeKind;
  Val scalar = integer ? LLVMConstInt(element, (unsigned long long)(int64_t)value, true)
                       : LLVMConstReal(element, value);
  if (element == type) return scalar;
  Val lanes[MAX_LANES];
  int n = vmath_lanes(type);
  ORDO_CHECK(n <= MAX_LANES);
  for (int i = 0; i < n; i++) lanes[i] = scalar;
  return LLVMConstVector(lanes, (unsigned)n);
}

static Val call(const Vmath *v, Val function, Val *operands, int n) {
  return LLVMBuildCall2(v->builder, LLVMGlobalGetValueType(function), function, operands,
                        (unsigned)n, "");
}

LLVMValueRef vmath_intrinsic(const Vmath *v, const char *name, const LLVMValueRef *operands,
                             int n) {
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  ORDO_CHECK(id != 0 && n <= 4);
  LLVMTypeRef type = LLVMTypeOf(operands[0]);
  Val copy[4];
  memcpy(copy, operands, sizeof *operands * (size_t)n);
  return call(v, LLVMGetIntrinsicDeclaration(v->module, id, &type, 1), copy, n);
}

/* The C library's function on doubles, or on floats with an f appended. */
static Val library_function(const Vmath *v, const char *name, LLVMTypeRef element, int n) {
  char symbol[32];
  snprintf(symbol, sizeof symbol, "%s%s", name, vmath_is_double(element) ? "" : "f");
  Val function = LLVMGetNamedFunction(v->module, symbol);
  if (function) return function;
  LLVMTypeRef types[2] = {element, element};
  return LLVMAddFunction(v->module, symbol, LLVMFunctionType(element, types, (unsigned)n, false));
}

Val vmath_call(const Vmath *v, const char *name, const Val *operands, int n) {
  LLVMTypeRef type = LLVMTypeOf(operands[0]), element = vmath_element(type);
  Val function = library_function(v, name, element, n), scalars[2];
  ORDO_CHECK(n <= 2);
  if (element == type) {
    memcpy(scalars, operands, sizeof *operands * (size_t)n);
    return call(v, function, scalars, n);
  }
  Val result = LLVMGetPoison(type);
  for (int lane = 0; lane < vmath_lanes(type); lane++) {
    Val index = LLVMConstInt(LLVMInt32TypeInContext(v->context), (unsigned)lane, false);
    for (int i = 0; i < n; i++)
      scalars[i] = LLVMBuildExtractElement(v->builder, operands[i], index, "");
    result = LLVMBuildInsertElement(v->builder, result, call(v, function, scalars, n), index, "");
  }
  return result;
}

/* Whether any lane of the test is true. */
static Val any(const Vmath *v, Val test) {
  if (vmath_lanes(LLVMTypeOf(test)) == 1) return test;
  return vmath_intrinsic(v, "llvm.vector.reduce.or", &test, 1);
}

Val vmath_or_call(const Vmath *v, Val test, const char *name, const Val *operands, int n,
                  Val fast) {
  LLVMBasicBlockRef here = LLVMGetInsertBlock(v->builder);
  Val function = LLVMGetBasicBlockParent(here);
  LLVMBasicBlockRef slow = LLVMAppendBasicBlockInContext(v->context, function, "library");
  LLVMBasicBlockRef join = LLVMAppendBasicBlockInContext(v->context, function, "joined");
  LLVMBuildCondBr(v->builder, any(v, test), slow, join);
  LLVMPositionBuilderAtEnd(v->builder, slow);
  Val exact = vmath_call(v, name, operands, n);
  LLVMBuildBr(v->builder, join);
  LLVMPositionBuilderAtEnd(v->builder, join);
  Val result = LLVMBuildPhi(v->builder, LLVMTypeOf(fast), "");
  LLVMAddIncoming(result, (Val[]){fast, exact}, (LLVMBasicBlockRef[]){here, slow}, 2);
  return result;
}

Val vmath_poly(const Vmath *v, const VmathPoly *poly, Val x) {
  Val sum = LIKE(x, poly->c[0]);
  for (int i = 1; i < poly->n; i++) sum = FMA(sum, x, LIKE(x, poly->c[i]));
  return sum;
}

Val vmath_at_most(const Vmath *v, Val x, double bound) {
  Val limit = LIKE(x, bound);
  return SELECT(FCMP(OGT, x, limit), limit, x);
}

Val vmath_at_least(const Vmath *v, Val x, double bound) {
  Val limit = LIKE(x, bound);
  return SELECT(FCMP(OLT, x, limit), limit, x);
}

Val vmath_pow2(const Vmath *v, Val n, LLVMTypeRef type) {
  bool wide = vmath_is_double(type);
  Val biased = IADD(n, LIKE(n, wide ? 1023 : 127));
  return BITCAST(SHL(biased, LIKE(n, wide ? 52 : 23)), type);
}

/* Adding 1.5 * 2^23 (2^52) leaves no bits for fractions, so the sum is rounded to a whole number,
 * whose value is in the low bits of the sum. */
Val vmath_nearest(const Vmath *v, Val x, Val *n) {
  LLVMTypeRef bits = vmath_bits(LLVMTypeOf(x));
  Val magic = LIKE(x, vmath_is_double(LLVMTypeOf(x)) ? 0x1.8p52 : 0x1.8p23);
  Val sum = ADD(x, magic);
  *n = ISUB(BITCAST(sum, bits), BITCAST(magic, bits));
  return SUB(sum, magic);
}

LLVMValueRef vmath_fma(const Vmath *v, LLVMValueRef a, LLVMValueRef b, LLVMValueRef c) {
  if (!v->target->fma) return ADD(MUL(a, b), c);
  return vmath_intrinsic(v, "llvm.fma", (Val[]){a, b, c}, 3);
}

/* The comparison is false when b is NaN and then gives b; a NaN in a is chosen explicitly. */
static Val extreme(const Vmath *v, LLVMRealPredicate wins, Val a, Val b) {
  Val best = SELECT(LLVMBuildFCmp(v->builder, wins, a, b, ""), a, b);
  return SELECT(FCMP(UNO, a, a), a, best);
}

LLVMValueRef vmath_max(const Vmath *v, LLVMValueRef a, LLVMValueRef b) {
  return extreme(v, LLVMRealOGT, a, b);
}

LLVMValueRef vmath_min(const Vmath *v, LLVMValueRef a, LLVMValueRef b) {
  return extreme(v, LLVMRealOLT, a, b);
}

LLVMValueRef vmath_abs(const Vmath *v, LLVMValueRef x) {
  return vmath_intrinsic(v, "llvm.fabs", &x, 1);
}

LLVMValueRef vmath_floor(const Vmath *v, LLVMValueRef x) {
  return vmath_intrinsic(v, "llvm.floor", &x, 1);
}

LLVMValueRef vmath_ceil(const Vmath *v, LLVMValueRef x) {
  return vmath_intrinsic(v, "llvm.ceil", &x, 1);
}

LLVMValueRef vmath_round(const Vmath *v, LLVMValueRef x) {
  return vmath_intrinsic(v, "llvm.roundeven", &x, 1);
}

LLVMValueRef vmath_sqrt(const Vmath *v, LLVMValueRef x) {
  return vmath_intrinsic(v, "llvm.sqrt", &x, 1);
}

LLVMValueRef vmath_copysign(const Vmath *v, LLVMValueRef x, LLVMValueRef s) {
  return vmath_intrinsic(v, "llvm.copysign", (Val[]){x, s}, 2);
}
