/* The floored remainder, exact.
 *
 * With t = trunc(a / b), the quotient rounded, t is the true whole number or the next one away
 * from zero, and a - t b is a number of the format as long as t is below 2^p: one fma, or a
 * product in double where there is none, gives it without an error. Its sign then tells whether
 * b must be added once: because the sign of b is asked for, and because t was one too far.
 * Larger quotients go to the C library's fmod, lane by lane, on a branch.
 */
#include "codegen/vmath_emit.h"

#include <math.h>

/* a - t b, exact. */
static Val rest_of(const Vmath *v, Val a, Val t, Val b) {
  LLVMTypeRef type = LLVMTypeOf(a);
  if (v->target->fma) return FMA(NEG(t), b, a);
  LLVMTypeRef wide = vmath_like(type, LLVMDoubleTypeInContext(v->context));
  Val x[3] = {a, t, b};
  for (int i = 0; i < 3; i++) x[i] = LLVMBuildFPExt(v->builder, x[i], wide, "");
  return LLVMBuildFPTrunc(v->builder, SUB(x[0], MUL(x[1], x[2])), type, "");
}

static Val truncated_rest(const Vmath *v, Val a, Val b) {
  LLVMTypeRef type = LLVMTypeOf(a);
  Val operands[] = {a, b};
  if (vmath_is_double(type) && !v->target->fma) return vmath_call(v, "fmod", operands, 2);
  Val quotient = DIV(a, b), t = vmath_intrinsic(v, "llvm.trunc", &quotient, 1);
  Val within = FCMP(OEQ, t, LIKE(t, 0)); /* b may be infinite */
  Val rest = SELECT(within, a, rest_of(v, a, t, b));
  Val large = FCMP(OGE, vmath_abs(v, quotient), LIKE(a, vmath_is_double(type) ? 0x1p52 : 0x1p23));
  Val finite = FCMP(OLT, vmath_abs(v, a), LIKE(a, INFINITY));
  Val slow =
      IAND(large, IAND(finite, FCMP(UNE, b, LIKE(b, 0)))); /* else rest is NaN as it should be */
  return vmath_or_call(v, slow, "fmod", operands, 2, rest);
}

LLVMValueRef vmath_mod(const Vmath *v, LLVMValueRef a, LLVMValueRef b) {
  Val rest = truncated_rest(v, a, b), zero = LIKE(a, 0);
  Val below = FCMP(OLT, rest, zero), above = FCMP(OGT, rest, zero);
  Val other_sign = SELECT(FCMP(OLT, b, zero), above, below);
  Val floored = SELECT(other_sign, ADD(rest, b), rest);
  return SELECT(FCMP(OEQ, rest, zero), vmath_copysign(v, zero, b), floored);
}
