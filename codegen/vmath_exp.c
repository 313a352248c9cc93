/* exp and its family: exp, expm1, tanh, sigmoid, erf.
 *
 * exp(x) = 2^n exp(r) with n = round(x / ln 2), r = x - n ln 2 in [-ln2/2, ln2/2] by Cody and
 * Waite's two-part constant (Software Manual for the Elementary Functions, 1980), exp(r) by a
 * polynomial. The polynomials are minimax fits of relative error (Remez weights), their
 * coefficients rounded one after the other; the error of the rounded polynomial is given at each.
 */
#include "codegen/vmath_emit.h"

#include <math.h>

/* (exp(r) - 1 - r) / r^2 on [-0.3468, 0.3468]; of exp: 3.2e-9. */
static const VmathPoly exp_poly = {
    5, {1.38207339e-3, 8.36867746e-3, 4.16682661e-2, 1.66665211e-1, 4.9999994e-1}};
/* The same, of expm1: 4.4e-10. */
static const VmathPoly expm1_poly = {
    6, {1.97625719e-4, 1.39323308e-3, 8.33354518e-3, 4.16664928e-2, 1.66666657e-1, 5.0e-1}};

/* ln 2 in two parts; the first has 9 bits, so that its product with n is exact without fma too. */
static const double LN2_HIGH = 0.693359375, LN2_LOW = -2.12194440e-4;
/* Beyond these x is cut off: exp(x) is inf, and 0. From -104 on it is 0 by rounding, but by a
 * product that underflows, for which processors take a hundred cycles; at EXP_MIN n is -254, and
 * both halves of the scale are 0 themselves (vmath_pow2(-127)). The masked scores of attention,
 * -1e30 or -inf, all come there. */
static const double EXP_MAX = 89, EXP_MIN = -176.05;

/* Splits x = n ln 2 + r. */
static Val reduce(const Vmath *v, Val x, Val *n) {
  Val whole = vmath_nearest(v, MUL(x, LIKE(x, M_LOG2E)), n);
  Val r = FMA(whole, LIKE(x, -LN2_HIGH), x);
  return FMA(whole, LIKE(x, -LN2_LOW), r);
}

/* r + r^2 p(r) */
static Val exp_tail(const Vmath *v, const VmathPoly *p, Val r) {
  return FMA(MUL(r, r), vmath_poly(v, p, r), r);
}

/* x in [EXP_MIN, EXP_MAX]. The scale is applied in two halves: n reaches beyond normal exponents.
 */
static Val exp_in_range(const Vmath *v, Val x) {
  Val n, r = reduce(v, x, &n);
  Val mantissa = ADD(exp_tail(v, &exp_poly, r), LIKE(x, 1));
  Val half = ASHR(n, LIKE(n, 1));
  Val scaled = MUL(mantissa, vmath_pow2(v, half, LLVMTypeOf(x)));
  return MUL(scaled, vmath_pow2(v, ISUB(n, half), LLVMTypeOf(x)));
}

LLVMValueRef vmath_exp(const Vmath *v, LLVMValueRef x) {
  if (vmath_is_double(LLVMTypeOf(x))) return vmath_call(v, "exp", &x, 1);
  return exp_in_range(v, vmath_at_least(v, vmath_at_most(v, x, EXP_MAX), EXP_MIN));
}

/* expm1(x) = 2^n expm1(r) + (2^n - 1); computed halved, since 2^n may be 2^128. Below 2^-25 in size
 * it is x. */
LLVMValueRef vmath_expm1(const Vmath *v, LLVMValueRef x) {
  if (vmath_is_double(LLVMTypeOf(x))) return vmath_call(v, "expm1", &x, 1);
  Val n, r = reduce(v, vmath_at_least(v, vmath_at_most(v, x, EXP_MAX), -18), &n);
  Val scale = vmath_pow2(v, ISUB(n, LIKE(n, 1)), LLVMTypeOf(x));
  Val half = FMA(exp_tail(v, &expm1_poly, r), scale, SUB(scale, LIKE(x, 0.5)));
  Val tiny = FCMP(OLT, vmath_abs(v, x), LIKE(x, 0x1p-25));
  return SELECT(tiny, x, ADD(half, half));
}

/* tanh is x + x^3 p(x^2) up to 0.6, 1 - 2 / (exp(2 |x|) + 1) with the sign of x above: of tanh, p
 * is good to 2.9e-9. From 9.02 on it is 1 when rounded. */
static const VmathPoly tanh_poly = {
    5, {-5.89796668e-3, 2.07986254e-2, -5.37847169e-2, 1.33319363e-1, -3.33332986e-1}};
static const double TANH_SPLIT = 0.6, TANH_ONE = 9.1;

LLVMValueRef vmath_tanh(const Vmath *v, LLVMValueRef x) {
  if (vmath_is_double(LLVMTypeOf(x))) return vmath_call(v, "tanh", &x, 1);
  Val size = vmath_abs(v, x), cut = vmath_at_most(v, size, TANH_ONE), one = LIKE(x, 1);
  Val n, r = reduce(v, ADD(cut, cut), &n);
  Val mantissa = ADD(exp_tail(v, &exp_poly, r), one);
  Val below = FMA(mantissa, vmath_pow2(v, n, LLVMTypeOf(x)), one);
  Val large = SUB(one, DIV(LIKE(x, 2), below));
  Val square = MUL(x, x);
  Val small = FMA(MUL(square, x), vmath_poly(v, &tanh_poly, square), x);
  return vmath_copysign(v, SELECT(FCMP(OLT, size, LIKE(x, TANH_SPLIT)), small, large), x);
}

/* 1 / (1 + exp(-x)); for x < 0 the equal exp(x) / (1 + exp(x)), which neither overflows nor loses
 * the tail. */
LLVMValueRef vmath_sigmoid(const Vmath *v, LLVMValueRef x) {
  Val one = LIKE(x, 1), minus = NEG(vmath_abs(v, x)), e;
  if (vmath_is_double(LLVMTypeOf(x)))
    e = vmath_call(v, "exp", &minus, 1);
  else
    e = exp_in_range(v, vmath_at_least(v, minus, EXP_MIN));
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
  Val large = vmath_copysign(v, SUB(LIKE(x, 1), exp_in_range(v, exponent)), x);
  Val small = FMA(vmath_poly(v, &erf_small, MUL(x, x)), x, x);
  return SELECT(FCMP(OGT, size, LIKE(x, ERF_SPLIT)), large, small);
}
