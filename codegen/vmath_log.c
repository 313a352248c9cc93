/* log, log1p and pow.
 *
 * A positive number is 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)): e is read off the exponent
 * bits after the bits of sqrt(1/2) are subtracted. log = e ln 2 + log(1 + f) (Cody and Waite 1980).
 * Coefficients: see vmath_exp.c.
 */
#include "codegen/vmath_emit.h"

#include <math.h>

/* (log(1 + f) - f + f^2/2) / f^3 on [sqrt(1/2) - 1, sqrt(2) - 1]; of log: 7.8e-10. */
static const VmathPoly log_poly = {9,
                                   {6.74995407e-2, -1.16718642e-1, 1.18841566e-1, -1.24060243e-1,
                                    1.42202690e-1, -1.66679949e-1, 2.00020745e-1, -2.50000089e-1,
                                    3.33333135e-1}};
/* log2((1 + s) / (1 - s)) / s over s^2, |s| <= (sqrt(2) - 1) / (sqrt(2) + 1): 1.8e-16. */
static const VmathPoly log2_poly = {7,
                                    {0.24290230842797764, 0.26144598539105579, 0.32061630826194032,
                                     0.41219840375505162, 0.57707801722898444, 0.96179669392440892,
                                     2.8853900817779272}};
/* (2^r - 1) / r on [-1/2, 1/2]; of 2^r: 4.8e-11. */
static const VmathPoly exp2_poly = {
    7,
    {1.519601306052445e-05, 0.00015466882100031567, 0.0013333936639457187, 0.0096180377699062996,
     0.055504103629700575, 0.24022651068779738, 0.69314718070569681}};

static const double LN2_HIGH = 0.693359375, LN2_LOW = -2.12194440e-4;
enum { F32_SQRT_HALF = 0x3f3504f3, F32_MANTISSA = 23, F64_MANTISSA = 52 };
static const double F64_SQRT_HALF = 0x3fe6a09e667f3bcdp0;

/* e ln 2 + log(1 + f) */
static Val log_sum(const Vmath *v, Val e, Val f) {
  Val square = MUL(f, f);
  Val tail = MUL(MUL(square, f), vmath_poly(v, &log_poly, f));
  tail = FMA(e, LIKE(f, LN2_LOW), FMA(square, LIKE(f, -0.5), tail));
  return FMA(e, LIKE(f, LN2_HIGH), ADD(f, tail));
}

/* result where x > 0, -inf at 0, NaN below; +inf at +inf. x is the argument of the logarithm
 * proper. */
static Val log_special(const Vmath *v, Val x, Val result) {
  Val zero = LIKE(x, 0), infinity = LIKE(x, INFINITY);
  Val otherwise = SELECT(FCMP(OEQ, x, zero), LIKE(x, -INFINITY), LIKE(x, NAN));
  result = SELECT(FCMP(OEQ, x, infinity), infinity, result);
  return SELECT(FCMP(OGT, x, zero), result, otherwise);
}

/* Denormals are scaled to normals first. */
LLVMValueRef vmath_log(const Vmath *v, LLVMValueRef x) {
  LLVMTypeRef type = LLVMTypeOf(x);
  if (vmath_is_double(type)) return vmath_call(v, "log", &x, 1);
  Val denormal = FCMP(OLT, x, LIKE(x, 0x1p-126));
  Val normal = SELECT(denormal, MUL(x, LIKE(x, 0x1p23)), x);
  Val bits = BITCAST(normal, vmath_bits(type)), shift = LIKE(bits, F32_MANTISSA);
  Val e = ASHR(ISUB(bits, LIKE(bits, F32_SQRT_HALF)), shift);
  Val f = SUB(BITCAST(ISUB(bits, SHL(e, shift)), type), LIKE(x, 1));
  Val exponent = LLVMBuildSIToFP(v->builder, e, type, "");
  exponent = SELECT(denormal, SUB(exponent, LIKE(x, 23)), exponent);
  return log_special(v, x, log_sum(v, exponent, f));
}

/* 1 + x is used for the exponent e only: f = 2^-e (1 + x) - 1 = 2^-e x + (2^-e - 1) is formed from
 * x itself. All is divided by 4 because 2^-e may be 2^-128. Below 2^-25 in size the result is x. */
LLVMValueRef vmath_log1p(const Vmath *v, LLVMValueRef x) {
  LLVMTypeRef type = LLVMTypeOf(x);
  if (vmath_is_double(type)) return vmath_call(v, "log1p", &x, 1);
  Val sum = ADD(x, LIKE(x, 1)), quarter = LIKE(x, 0.25);
  Val bits = BITCAST(sum, vmath_bits(type));
  Val e = ASHR(ISUB(bits, LIKE(bits, F32_SQRT_HALF)), LIKE(bits, F32_MANTISSA));
  Val scale = vmath_pow2(v, ISUB(LIKE(e, 2), e), type); /* 4 * 2^-e */
  Val f = FMA(MUL(x, quarter), scale, FMA(scale, quarter, LIKE(x, -1)));
  Val result = log_special(v, sum, log_sum(v, LLVMBuildSIToFP(v->builder, e, type, ""), f));
  return SELECT(FCMP(OLT, vmath_abs(v, x), LIKE(x, 0x1p-25)), x, result);
}

/* log2 of doubles >= 0 that are no denormals; 0 gives -inf, inf gives inf. */
static Val log2_wide(const Vmath *v, Val x) {
  LLVMTypeRef type = LLVMTypeOf(x);
  Val bits = BITCAST(x, vmath_bits(type)), shift = LIKE(bits, F64_MANTISSA);
  Val e = ASHR(ISUB(bits, LIKE(bits, F64_SQRT_HALF)), shift);
  Val m = BITCAST(ISUB(bits, SHL(e, shift)), type);
  Val s = DIV(SUB(m, LIKE(x, 1)), ADD(m, LIKE(x, 1)));
  Val result =
      FMA(s, vmath_poly(v, &log2_poly, MUL(s, s)), LLVMBuildSIToFP(v->builder, e, type, ""));
  return log_special(v, x, result);
}

/* 2^t as double for any t; what f32 cannot hold is cut off and overflows or vanishes when rounded
 * to it. */
static Val exp2_wide(const Vmath *v, Val t) {
  Val n, cut = vmath_at_least(v, vmath_at_most(v, t, 129), -151);
  Val r = SUB(cut, vmath_nearest(v, cut, &n));
  Val mantissa = FMA(r, vmath_poly(v, &exp2_poly, r), LIKE(t, 1));
  return MUL(mantissa, vmath_pow2(v, n, LLVMTypeOf(t)));
}

/* The sign and the exceptions of C's pow; power is |x|^y. */
static Val pow_special(const Vmath *v, Val x, Val y, Val power) {
  Val zero = LIKE(x, 0), one = LIKE(x, 1), half = MUL(y, LIKE(y, 0.5));
  Val whole = FCMP(OEQ, vmath_round(v, y), y);
  Val half_whole = FCMP(OEQ, vmath_round(v, half), half);
  Val odd = IAND(whole, LLVMBuildNot(v->builder, half_whole, ""));
  Val signed_power = SELECT(odd, vmath_copysign(v, power, x), power);
  Val negative = IAND(FCMP(OLT, x, zero), FCMP(OGT, x, LIKE(x, -INFINITY)));
  Val invalid = IAND(negative, LLVMBuildNot(v->builder, whole, ""));
  invalid = LLVMBuildOr(v->builder, invalid, FCMP(UNO, x, y), "");
  Val result = SELECT(invalid, LIKE(x, NAN), signed_power);
  Val is_one = LLVMBuildOr(v->builder, FCMP(OEQ, x, one), FCMP(OEQ, y, zero), "");
  return SELECT(is_one, one, result);
}

/* 2^(y log2 |x|), in double. */
LLVMValueRef vmath_pow(const Vmath *v, LLVMValueRef x, LLVMValueRef y) {
  LLVMTypeRef type = LLVMTypeOf(x);
  if (vmath_is_double(type)) return vmath_call(v, "pow", (Val[]){x, y}, 2);
  LLVMTypeRef wide = vmath_like(type, LLVMDoubleTypeInContext(v->context));
  Val logarithm = log2_wide(v, LLVMBuildFPExt(v->builder, vmath_abs(v, x), wide, ""));
  Val exponent = MUL(LLVMBuildFPExt(v->builder, y, wide, ""), logarithm);
  /* |x| = 1 gives 1 with an infinite y too */
  exponent = SELECT(FCMP(OEQ, logarithm, LIKE(logarithm, 0)), logarithm, exponent);
  Val power = LLVMBuildFPTrunc(v->builder, exp2_wide(v, exponent), type, "");
  return pow_special(v, x, y, power);
}
