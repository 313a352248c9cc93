/* sin and cos.
 *
 * f32 is computed in double: n = round(x 2/pi), r = x - n pi/2 by Cody and Waite with pi/2 in four
 * parts of 33 bits (fdlibm, e_rem_pio2.c), then the polynomial of sin or cos by the quadrant n
 * mod 4. With fma the reduction is good to 2^48 and without to 2^20 * pi/2; if a lane is larger
 * than that, a branch that is never taken in practice calls the C library for all lanes.
 */
#include "codegen/vmath_emit.h"

#include <math.h>

/* (sin r - r) / r^3 over r^2, |r| <= pi/4: 5.3e-12. */
static const VmathPoly sin_poly = {
    4,
    {2.7180458739997521e-06, -0.00019839304339239097, 0.0083333292802207273, -0.16666666640584527}};
/* (cos r - 1) / r^2 over r^2: 6.5e-11. */
static const VmathPoly cos_poly = {
    4, {2.438272047956763e-05, -0.001388667264789558, 0.041666620072167419, -0.49999999691951175}};
/* pi/2 in parts, fdlibm. */
static const double half_pi[] = {1.57079632673412561417e+00, 6.07710050630396597660e-11,
                                 2.02226624871116645580e-21, 8.47842766036889956997e-32};

/* sin of x + quadrant pi/2 for |x| below the limit; x and the result are double. */
static Val sine_wide(const Vmath *v, Val x, int quadrant) {
  LLVMTypeRef type = LLVMTypeOf(x);
  Val n, whole = vmath_nearest(v, MUL(x, LIKE(x, M_2_PI)), &n), r = x;
  for (int i = 0; i < 4; i++) r = FMA(whole, LIKE(x, -half_pi[i]), r);
  n = IADD(n, LIKE(n, quadrant));
  Val square = MUL(r, r);
  Val sine = FMA(MUL(square, r), vmath_poly(v, &sin_poly, square), r);
  Val cosine = FMA(square, vmath_poly(v, &cos_poly, square), LIKE(x, 1));
  Val odd = LLVMBuildICmp(v->builder, LLVMIntNE, IAND(n, LIKE(n, 1)), LIKE(n, 0), "");
  Val sign = SHL(IAND(n, LIKE(n, 2)), LIKE(n, 62)); /* bit 1 to bit 63 */
  Val value = BITCAST(SELECT(odd, cosine, sine), vmath_bits(type));
  return BITCAST(IXOR(value, sign), type);
}

static Val sine(const Vmath *v, const char *name, Val x, int quadrant) {
  LLVMTypeRef type = LLVMTypeOf(x);
  if (vmath_is_double(type)) return vmath_call(v, name, &x, 1);
  LLVMTypeRef wide = vmath_like(type, LLVMDoubleTypeInContext(v->context));
  Val result = sine_wide(v, LLVMBuildFPExt(v->builder, x, wide, ""), quadrant);
  result = LLVMBuildFPTrunc(v->builder, result, type, "");
  if (!quadrant) result = SELECT(FCMP(OEQ, x, LIKE(x, 0)), x, result); /* sin(-0) = -0 */
  Val limit = LIKE(x, v->target->fma ? 0x1p48 : 0x1p20);
  return vmath_or_call(v, FCMP(OGT, vmath_abs(v, x), limit), name, &x, 1, result);
}

LLVMValueRef vmath_sin(const Vmath *v, LLVMValueRef x) { return sine(v, "sin", x, 0); }
LLVMValueRef vmath_cos(const Vmath *v, LLVMValueRef x) { return sine(v, "cos", x, 1); }
