/* Mathematical functions as vector code: each call emits instructions at the builder's position.
 *
 * - Operands are float, double, or vectors of them of any lane count; the result has the operand's
 * type.
 * - f32 is computed by polynomials in the vector registers, branch-free except sin, cos and mod
 * (see there); f64 rounds correctly only where the C library does: it is called for each lane.
 * - NaN in, NaN out; +-inf, +-0, overflow and denormals as in C. The bounds in units in the last
 * place are rows of codegen/vmath.def, measured and enforced by tests/unit/test_vmath.c.
 * - The function under construction must be marked by target_mark. A call may end in another basic
 * block than it began in: take LLVMGetInsertBlock after it for phi nodes.
 * - The C library's functions become external symbols: the Jit defines them (jit_new).
 */
#ifndef ORDO_CODEGEN_VMATH_H
#define ORDO_CODEGEN_VMATH_H

#include <llvm-c/Types.h>

#include "codegen/target.h"

/* Where code goes. module and context are those of the builder's function. */
typedef struct Vmath {
  LLVMContextRef context;
  LLVMModuleRef module;
  LLVMBuilderRef builder;
  const Target *target;
} Vmath;

/* ---- functions with an error bound: vmath_exp(v, x), vmath_pow(v, x, y), ... ---- */
#define VMATH1(name, f32, f64) LLVMValueRef vmath_##name(const Vmath *v, LLVMValueRef x);
#define VMATH2(name, f32, f64)                                                                     \
  LLVMValueRef vmath_##name(const Vmath *v, LLVMValueRef x, LLVMValueRef y);
#include "codegen/vmath.def"

/* ---- exact helpers ---- */
/* a * b + c; rounded once where the target has the instruction, twice elsewhere. */
LLVMValueRef vmath_fma(const Vmath *v, LLVMValueRef a, LLVMValueRef b, LLVMValueRef c);
/* The larger, the smaller; NaN when either is. max(+0, -0) is either zero. */
LLVMValueRef vmath_max(const Vmath *v, LLVMValueRef a, LLVMValueRef b);
LLVMValueRef vmath_min(const Vmath *v, LLVMValueRef a, LLVMValueRef b);
LLVMValueRef vmath_abs(const Vmath *v, LLVMValueRef x);
LLVMValueRef vmath_floor(const Vmath *v, LLVMValueRef x);
LLVMValueRef vmath_ceil(const Vmath *v, LLVMValueRef x);
LLVMValueRef vmath_round(const Vmath *v, LLVMValueRef x); /* ties to even */
LLVMValueRef vmath_sqrt(const Vmath *v, LLVMValueRef x);
/* The magnitude of x with the sign of s. */
LLVMValueRef vmath_copysign(const Vmath *v, LLVMValueRef x, LLVMValueRef s);

/* ---- building blocks ---- */
/* A constant in every lane of a type (float or integer, scalar or vector). */
LLVMValueRef vmath_const(LLVMTypeRef type, double value);
/* A call of an LLVM intrinsic that is overloaded on the type of its first operand: "llvm.sqrt". */
LLVMValueRef vmath_intrinsic(const Vmath *v, const char *name, const LLVMValueRef *operands, int n);

#endif
