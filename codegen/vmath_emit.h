/* Short names for emitting arithmetic, private to the vmath files: v is in scope as const Vmath *.
 * Operands have one type (float or vector of float, or the double or integer counterpart). */
#ifndef ORDO_CODEGEN_VMATH_EMIT_H
#define ORDO_CODEGEN_VMATH_EMIT_H

#include <llvm-c/Core.h>

#include "codegen/vmath.h"

typedef LLVMValueRef Val;

/* Coefficients from the highest power to the lowest. */
typedef struct VmathPoly {
  int n;
  double c[10];
} VmathPoly;

#define ADD(a, b)             LLVMBuildFAdd(v->builder, a, b, "")
#define SUB(a, b)             LLVMBuildFSub(v->builder, a, b, "")
#define MUL(a, b)             LLVMBuildFMul(v->builder, a, b, "")
#define DIV(a, b)             LLVMBuildFDiv(v->builder, a, b, "")
#define NEG(a)                LLVMBuildFNeg(v->builder, a, "")
#define FMA(a, b, c)          vmath_fma(v, a, b, c)
#define SELECT(test, a, b)    LLVMBuildSelect(v->builder, test, a, b, "")
#define FCMP(predicate, a, b) LLVMBuildFCmp(v->builder, LLVMReal##predicate, a, b, "")
#define IADD(a, b)            LLVMBuildAdd(v->builder, a, b, "")
#define ISUB(a, b)            LLVMBuildSub(v->builder, a, b, "")
#define IAND(a, b)            LLVMBuildAnd(v->builder, a, b, "")
#define IXOR(a, b)            LLVMBuildXor(v->builder, a, b, "")
#define SHL(a, b)             LLVMBuildShl(v->builder, a, b, "")
#define ASHR(a, b)            LLVMBuildAShr(v->builder, a, b, "")
#define BITCAST(a, type)      LLVMBuildBitCast(v->builder, a, type, "")
/* A constant of x's type. */
#define LIKE(x, value) vmath_const(LLVMTypeOf(x), value)

LLVMTypeRef vmath_like(LLVMTypeRef type, LLVMTypeRef element); /* as many lanes of element */
LLVMTypeRef vmath_bits(LLVMTypeRef type); /* the integer type of the same width */
bool vmath_is_double(LLVMTypeRef type);

Val vmath_poly(const Vmath *v, const VmathPoly *poly, Val x);
/* bound < x ? bound : x and the reverse; NaN stays. */
Val vmath_at_most(const Vmath *v, Val x, double bound);
Val vmath_at_least(const Vmath *v, Val x, double bound);
/* 2 to the power of the integers n, which must be exponents of normal numbers of the type. */
Val vmath_pow2(const Vmath *v, Val n, LLVMTypeRef type);
/* The nearest whole number to x as a float; *n gets it as an integer. |x| must be small: below 2^21
 * for f32, 2^50 for f64. NaN gives NaN and any integer. */
Val vmath_nearest(const Vmath *v, Val x, Val *n);
/* Calls a function of the C library for every lane. */
Val vmath_call(const Vmath *v, const char *function, const Val *operands, int n);
/* fast, or what vmath_call gives for all lanes when any lane of the test is true. Ends in
 * another block. */
Val vmath_or_call(const Vmath *v, Val test, const char *function, const Val *operands, int n,
                  Val fast);

#endif
