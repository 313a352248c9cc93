/* exp and its family: exp, expm1, tanh, sigmoid, erf.
 *
 * exp(x) = 2^n exp(r) with n = round(x / ln 2), r = x - n ln 2 in [-ln2/2, ln2/2] by Cody and
 * Waite's two-part constant (Software Manual for the Elementary Functions, 1980), exp(r) by a
 * polynomial. The polynomials are minimax fits of relative error (Remez weights), their
 * coefficients rounded one after the other; the error of the rounded polynomial is given at each.
 */
#include "codegen/vmath_emit.h"

#include <math.h>

#include "base/ctx.h"

/* (exp(r) - 1 - r) / r^2 on [-0.3468, 0.3468]; of exp: 3.2e-9. */
static const VmathPoly exp_poly = {
    5, {1.38207339e-3, 8.36867746e-3, 4.16682661e-2, 1.66665211e-1, 4.9999994e-1}};
/* The same, of expm1: 4.4e-10. */
static const VmathPoly expm1_poly = {
    6, {1.97625719e-4, 1.39323308e-3, 8.33354518e-3, 4.16664928e-2, 1.66666657e-1, 5.0e-1}};

/* ln 2 in two parts; the first has 9 bits, so that its product with n is exact without fma too. */
static const double LN2_HIGH = 0.693359375, LN2_LOW = -2.12194440e-4;
/* Beyond these x is cut off: exp(x) is inf, and 0. From EXP_ZERO on it is 0 by rounding, but by a
 * product that underflows, for which processors take a hundred cycles; at EXP_MIN n is -254, and
 * both halves of the scale are 0 themselves (vmath_pow2(-127)). The masked scores of attention,
 * -1e30 or -inf, all come there. */
static const double EXP_MAX = 89, EXP_ZERO = -103.98, EXP_MIN = -176.05;

/* Splits x = n ln 2 + r. *whole: n as a float. */
static Val reduce(const Vmath *v, Val x, Val *n, Val *whole) {
  *whole = vmath_nearest(v, MUL(x, LIKE(x, M_LOG2E)), n);
  Val r = FMA(*whole, LIKE(x, -LN2_HIGH), x);
  return FMA(*whole, LIKE(x, -LN2_LOW), r);
}

/* r + r^2 p(r) */
static Val exp_tail(const Vmath *v, const VmathPoly *p, Val r) {
  return FMA(MUL(r, r), vmath_poly(v, p, r), r);
}

/* Whether x is scaled by one instruction, 16 lanes at a time. */
static bool has_scalef(const Vmath *v, Val x) {
  LLVMTypeRef type = LLVMTypeOf(x);
  return v->target->vector_bytes == 64 && LLVMGetTypeKind(type) == LLVMVectorTypeKind &&
         LLVMGetVectorSize(type) % 16 == 0;
}

/* 16 lanes of x from 'first' on. */
static Val lanes_of(const Vmath *v, Val x, unsigned first) {
  LLVMTypeRef i32 = LLVMInt32TypeInContext(v->context);
  Val order[16];
  for (unsigned i = 0; i < 16; i++) order[i] = LLVMConstInt(i32, first + i, false);
  return LLVMBuildShuffleVector(v->builder, x, LLVMGetPoison(LLVMTypeOf(x)),
                                LLVMConstVector(order, 16), "");
}

/* n vectors of 16 lanes side by side; n is a power of two. */
static Val join(const Vmath *v, Val *parts, unsigned n) {
  LLVMTypeRef i32 = LLVMInt32TypeInContext(v->context);
  for (unsigned lanes = 32; n > 1; n /= 2, lanes *= 2) {
    Val order[256];
    for (unsigned i = 0; i < lanes; i++) order[i] = LLVMConstInt(i32, i, false);
    for (unsigned i = 0; i < n / 2; i++)
      parts[i] = LLVMBuildShuffleVector(v->builder, parts[2 * i], parts[2 * i + 1],
                                        LLVMConstVector(order, lanes), "");
  }
  return parts[0];
}

static Val scalef16(const Vmath *v, Val a, Val n, Val mask) {
  static const char name[] = "llvm.x86.avx512.mask.scalef.ps.512";
  unsigned id = LLVMLookupIntrinsicID(name, sizeof name - 1);
  LLVMTypeRef i32 = LLVMInt32TypeInContext(v->context), i16 = LLVMInt16TypeInContext(v->context);
  Val operands[] = {a, n, LLVMConstNull(LLVMTypeOf(a)), BITCAST(mask, i16),
                    LLVMConstInt(i32, 4, false) /* rounding as it is set */};
  Val function = LLVMGetIntrinsicDeclaration(v->module, id, NULL, 0);
  return LLVMBuildCall2(v->builder, LLVMIntrinsicGetType(v->context, id, NULL, 0), function,
                        operands, 5, "");
}

/* a 2^n rounded once, for whole n, and 0 where the mask is false. */
static Val scalef(const Vmath *v, Val a, Val n, Val mask) {
  unsigned lanes = LLVMGetVectorSize(LLVMTypeOf(a));
  if (lanes == 16) return scalef16(v, a, n, mask);
  Val parts[16];
  ORDO_CHECK(lanes / 16 <= 16);
  for (unsigned i = 0; i < lanes / 16; i++)
    parts[i] =
        scalef16(v, lanes_of(v, a, 16 * i), lanes_of(v, n, 16 * i), lanes_of(v, mask, 16 * i));
  return join(v, parts, lanes / 16);
}

/* x up to EXP_MAX. The scale is applied in one instruction, which may not see what underflows, or
 * in two halves: n reaches beyond normal exponents. */
static Val exp_below(const Vmath *v, Val x) {
  Val n, whole;
  bool one = has_scalef(v, x);
  Val some = one ? FCMP(UGE, x, LIKE(x, EXP_ZERO)) : NULL;
  if (!one) x = vmath_at_least(v, x, EXP_MIN);
  Val r = reduce(v, x, &n, &whole);
  Val mantissa = ADD(exp_tail(v, &exp_poly, r), LIKE(x, 1));
  if (one) return scalef(v, mantissa, whole, some);
  Val half = ASHR(n, LIKE(n, 1));
  Val scaled = MUL(mantissa, vmath_pow2(v, half, LLVMTypeOf(x)));
  return MUL(scaled, vmath_pow2(v, ISUB(n, half), LLVMTypeOf(x)));
}

LLVMValueRef vmath_exp(const Vmath *v, LLVMValueRef x) {
  if (vmath_is_double(LLVMTypeOf(x))) return vmath_call(v, "exp", &x, 1);
  return exp_below(v, vmath_at_most(v, x, EXP_MAX));
}

/* expm1(x) = 2^n expm1(r) + (2^n - 1); computed halved, since 2^n may be 2^128. Below 2^-25 in size
 * it is x. */
LLVMValueRef vmath_expm1(const Vmath *v, LLVMValueRef x) {
  if (vmath_is_double(LLVMTypeOf(x))) return vmath_call(v, "expm1", &x, 1);
  Val n, whole, r = reduce(v, vmath_at_least(v, vmath_at_most(v, x, EXP_MAX), -18), &n, &whole);
  Val scale = vmath_pow2(v, ISUB(n, LIKE(n, 1)), LLVMTypeOf(x));
  Val half = FMA(exp_tail(v, &expm1_poly, r), scale, SUB(scale, LIKE(x, 0.5)));
  Val tiny = FCMP(OLT, vmath_abs(v, x), LIKE(x, 0x1p-25));
  return SELECT(tiny, x, ADD(half, half));
}

/* tanh(x) = e / (e + 1) with e = expm1(2 |x|) / 2, and the sign of x. With |x| = n ln 2 / 2 + r,
 * e = 2^n expm1(2 r) / 2 + (2^n - 1) / 2. Below TANH_SMALL the rounding of e + 1 would be half of
 * the error, and e - e (e / (e + 1)) is taken, where it counts little. From 9.02 on tanh is 1 when
 * rounded. */
static const VmathPoly tanh_poly = {5,
                                    {1.38207339e-3 * 32, 8.36867746e-3 * 16, 4.16682661e-2 * 8,
                                     1.66665211e-1 * 4, 4.9999994e-1 * 2}};
static const double TANH_SMALL = 0.5, TANH_ONE = 9.1;

LLVMValueRef vmath_tanh(const Vmath *v, LLVMValueRef x) {
  if (vmath_is_double(LLVMTypeOf(x))) return vmath_call(v, "tanh", &x, 1);
  Val size = vmath_at_most(v, vmath_abs(v, x), TANH_ONE), one = LIKE(x, 1);
  Val n, whole = vmath_nearest(v, MUL(size, LIKE(x, 2 * M_LOG2E)), &n);
  Val r = FMA(whole, LIKE(x, -M_LN2 / 2), size);
  Val scale = vmath_pow2(v, n, LLVMTypeOf(x));
  Val e = FMA(exp_tail(v, &tanh_poly, r), scale, FMA(scale, LIKE(x, 0.5), LIKE(x, -0.5)));
  Val y = DIV(e, ADD(e, one));
  y = SELECT(FCMP(OLT, e, LIKE(x, TANH_SMALL)), FMA(NEG(e), y, e), y);
  return vmath_copysign(v, y, x);
}

/* 1 / (1 + exp(-x)); for x < 0 the equal exp(x) / (1 + exp(x)), which neither overflows nor loses
 * the tail. */
LLVMValueRef vmath_sigmoid(const Vmath *v, LLVMValueRef x) {
  Val one = LIKE(x, 1), minus = NEG(vmath_abs(v, x)), e;
  if (vmath_is_double(LLVMTypeOf(x)))
    e = vmath_call(v, "exp", &minus, 1);
  else
    e = exp_below(v, minus);
  return DIV(SELECT(FCMP(OLT, x, LIKE(x, 0)), e, one), ADD(one, e));
}

/* erf on two intervals, polynomials by N. Juffa (max error 1 ulp, "erff" in the CUDA developer
 * forum): x + x p(x^2) up to 0.9277, 1 - exp(q(|x|)) above. From 3.92 on it is 1 when rounded. */
static const VmathPoly erf_small = {
    6,
    {-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1}};
static const VmathPoly erf_large = {7,
                                    {-1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2,
                                     -1.06777877e-1, -6.34846687e-1, -1.28717512e-1}};
static const double ERF_SPLIT = 0.927734375, ERF_ONE = 4;

LLVMValueRef vmath_erf(const Vmath *v, LLVMValueRef x) {
  if (vmath_is_double(LLVMTypeOf(x))) return vmath_call(v, "erf", &x, 1);
  Val size = vmath_abs(v, x), t = vmath_at_most(v, size, ERF_ONE);
  Val exponent = FMA(vmath_poly(v, &erf_large, t), t, NEG(t));
  Val large = vmath_copysign(v, SUB(LIKE(x, 1), exp_below(v, exponent)), x);
  Val small = FMA(vmath_poly(v, &erf_small, MUL(x, x)), x, x);
  return SELECT(FCMP(OGT, size, LIKE(x, ERF_SPLIT)), large, small);
}
