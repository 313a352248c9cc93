/* Elementwise ops as instructions, on scalars or vectors alike. Floats compute in their type; bf16
 * computes in f32 and is rounded after each op, as in the interpreter. */
#include "codegen/kernel_emitter.h"

typedef struct Operands {
  Emitter *e;
  const ScalarOp *op;
  LLVMValueRef a, b, c;
  LLVMTypeRef type; /* of a */
} Operands;
typedef LLVMValueRef (*EmitFn)(const Operands *o);

static LLVMTypeRef shaped(LLVMTypeRef like, LLVMTypeRef element) {
  return LLVMGetTypeKind(like) == LLVMVectorTypeKind
             ? LLVMVectorType(element, LLVMGetVectorSize(like))
             : element;
}

static LLVMValueRef zero(const Operands *o) { return LLVMConstNull(o->type); }

/* ---- rows that are one call ---- */

#define MATH1(name)                                                                                \
  static LLVMValueRef f_##name(const Operands *o) { return vmath_##name(&o->e->vmath, o->a); }
MATH1(abs)
MATH1(floor)
MATH1(ceil)
MATH1(round)
MATH1(sqrt)
#define MATH2(name)                                                                                \
  static LLVMValueRef f_##name(const Operands *o) { return vmath_##name(&o->e->vmath, o->a, o->b); }
MATH2(max)
MATH2(min)
#define VMATH1(name, ...) MATH1(name)
#define VMATH2(name, ...) MATH2(name)
#include "codegen/vmath.def"
#define BUILD2(function, instruction)                                                              \
  static LLVMValueRef function(const Operands *o) {                                                \
    return LLVMBuild##instruction(o->e->b, o->a, o->b, "");                                        \
  }
BUILD2(f_add, FAdd)
BUILD2(f_sub, FSub)
BUILD2(f_mul, FMul)
BUILD2(f_div, FDiv)
BUILD2(i_add, Add)
BUILD2(i_sub, Sub)
BUILD2(i_mul, Mul)
BUILD2(l_and, And)
BUILD2(l_or, Or)
BUILD2(l_xor, Xor)
#define COMPARE(name, real, integer, logic)                                                        \
  static LLVMValueRef c_##name(const Operands *o) {                                                \
    if (dtype_is_float(o->op->operand)) return LLVMBuildFCmp(o->e->b, real, o->a, o->b, "");       \
    LLVMIntPredicate test = o->op->operand == DT_bool ? logic : integer;                           \
    return LLVMBuildICmp(o->e->b, test, o->a, o->b, "");                                           \
  }
COMPARE(eq, LLVMRealOEQ, LLVMIntEQ, LLVMIntEQ)
COMPARE(ne, LLVMRealUNE, LLVMIntNE, LLVMIntNE)
COMPARE(lt, LLVMRealOLT, LLVMIntSLT, LLVMIntULT)
COMPARE(le, LLVMRealOLE, LLVMIntSLE, LLVMIntULE)
COMPARE(gt, LLVMRealOGT, LLVMIntSGT, LLVMIntUGT)
COMPARE(ge, LLVMRealOGE, LLVMIntSGE, LLVMIntUGE)

static LLVMValueRef x_same(const Operands *o) { return o->a; }
static LLVMValueRef f_neg(const Operands *o) { return LLVMBuildFNeg(o->e->b, o->a, ""); }
static LLVMValueRef i_neg(const Operands *o) { return LLVMBuildNeg(o->e->b, o->a, ""); }
static LLVMValueRef l_not(const Operands *o) { return LLVMBuildNot(o->e->b, o->a, ""); }
static LLVMValueRef x_where(const Operands *o) {
  return LLVMBuildSelect(o->e->b, o->a, o->b, o->c, "");
}
static LLVMValueRef x_fold(const Operands *o) { return emit_key(o->e, OP_fold, o->a, o->b); }
static LLVMValueRef x_seed(const Operands *o) { return emit_key(o->e, OP_seed, NULL, o->a); }
static LLVMValueRef x_false(const Operands *o) { return LLVMConstNull(shaped(o->type, o->e->i1)); }
static LLVMValueRef f_is_nan(const Operands *o) {
  return LLVMBuildFCmp(o->e->b, LLVMRealUNO, o->a, o->a, "");
}
static LLVMValueRef f_rsqrt(const Operands *o) {
  return LLVMBuildFDiv(o->e->b, vmath_const(o->type, 1), vmath_sqrt(&o->e->vmath, o->a), "");
}

/* ---- a few instructions ---- */

static LLVMValueRef f_sign(const Operands *o) {
  LLVMValueRef up = LLVMBuildFCmp(o->e->b, LLVMRealOGT, o->a, zero(o), "");
  LLVMValueRef down = LLVMBuildFCmp(o->e->b, LLVMRealOLT, o->a, zero(o), "");
  LLVMValueRef below = LLVMBuildSelect(o->e->b, down, vmath_const(o->type, -1), zero(o), "");
  return LLVMBuildSelect(o->e->b, up, vmath_const(o->type, 1), below, "");
}

static LLVMValueRef i_pick(const Operands *o, LLVMIntPredicate test) {
  LLVMValueRef first = LLVMBuildICmp(o->e->b, test, o->a, o->b, "");
  return LLVMBuildSelect(o->e->b, first, o->a, o->b, "");
}
static LLVMValueRef i_max(const Operands *o) { return i_pick(o, LLVMIntSGT); }
static LLVMValueRef i_min(const Operands *o) { return i_pick(o, LLVMIntSLT); }

static LLVMValueRef i_abs(const Operands *o) {
  LLVMValueRef down = LLVMBuildICmp(o->e->b, LLVMIntSLT, o->a, zero(o), "");
  return LLVMBuildSelect(o->e->b, down, LLVMBuildNeg(o->e->b, o->a, ""), o->a, "");
}

static LLVMValueRef i_sign(const Operands *o) {
  LLVMValueRef up = LLVMBuildICmp(o->e->b, LLVMIntSGT, o->a, zero(o), "");
  LLVMValueRef down = LLVMBuildICmp(o->e->b, LLVMIntSLT, o->a, zero(o), "");
  return LLVMBuildSub(o->e->b, LLVMBuildZExt(o->e->b, up, o->type, ""),
                      LLVMBuildZExt(o->e->b, down, o->type, ""), "");
}

/* Floor division through doubles: a quotient of 32-bit numbers is never rounded over a whole
 * number, because it is at least 2^-31 of itself away from one. Vectors have no integer division.
 */
static LLVMValueRef i_div(const Operands *o) {
  LLVMBuilderRef b = o->e->b;
  LLVMTypeRef f64 = shaped(o->type, o->e->f64), i64 = shaped(o->type, o->e->i64);
  LLVMValueRef none = LLVMBuildICmp(b, LLVMIntEQ, o->b, zero(o), "");
  LLVMValueRef by = LLVMBuildSelect(b, none, vmath_const(o->type, 1), o->b, "");
  LLVMValueRef x = LLVMBuildSIToFP(b, o->a, f64, ""), y = LLVMBuildSIToFP(b, by, f64, "");
  LLVMValueRef q = vmath_floor(&o->e->vmath, LLVMBuildFDiv(b, x, y, ""));
  q = LLVMBuildTrunc(b, LLVMBuildFPToSI(b, q, i64, ""), o->type, "");
  return LLVMBuildSelect(b, none, zero(o), q, "");
}

static LLVMValueRef i_mod(const Operands *o) {
  LLVMBuilderRef b = o->e->b;
  LLVMValueRef rest = LLVMBuildSub(b, o->a, LLVMBuildMul(b, i_div(o), o->b, ""), "");
  LLVMValueRef none = LLVMBuildICmp(b, LLVMIntEQ, o->b, zero(o), "");
  return LLVMBuildSelect(b, none, zero(o), rest, "");
}

static LLVMValueRef i_unit(const Operands *o) {
  LLVMTypeRef f32 = shaped(o->type, o->e->f32);
  LLVMValueRef bits = LLVMBuildLShr(o->e->b, o->a, vmath_const(o->type, 8), "");
  return LLVMBuildFMul(o->e->b, LLVMBuildSIToFP(o->e->b, bits, f32, ""), vmath_const(f32, 0x1p-24),
                       "");
}

/* ---- casts ---- */

/* Cuts towards zero and saturates; NaN gives 0. */
static LLVMValueRef float_to_int(const Operands *o) {
  LLVMBuilderRef b = o->e->b;
  LLVMTypeRef i32 = shaped(o->type, o->e->i32), f64 = shaped(o->type, o->e->f64);
  LLVMTypeRef i64 = shaped(o->type, o->e->i64);
  LLVMValueRef x = o->op->operand == DT_f64 ? o->a : LLVMBuildFPExt(b, o->a, f64, "");
  LLVMValueRef high = vmath_const(f64, 2147483647), low = vmath_const(f64, -2147483648.0);
  x = LLVMBuildSelect(b, LLVMBuildFCmp(b, LLVMRealOGT, x, high, ""), high, x, "");
  x = LLVMBuildSelect(b, LLVMBuildFCmp(b, LLVMRealOLT, x, low, ""), low, x, "");
  LLVMValueRef nan = LLVMBuildFCmp(b, LLVMRealUNO, x, x, "");
  x = LLVMBuildSelect(b, nan, LLVMConstNull(f64), x, "");
  return LLVMBuildTrunc(b, LLVMBuildFPToSI(b, x, i64, ""), i32, "");
}

static LLVMValueRef clamp_index(const Operands *o, LLVMValueRef x) {
  LLVMBuilderRef b = o->e->b;
  LLVMTypeRef type = LLVMTypeOf(x);
  LLVMValueRef none = LLVMConstNull(type), last = LLVMBuildTrunc(b, o->op->extent, o->e->i32, "");
  last = LLVMBuildSub(b, last, LLVMConstInt(o->e->i32, 1, false), "");
  if (LLVMGetTypeKind(type) == LLVMVectorTypeKind)
    last = splat(b, last, (int)LLVMGetVectorSize(type));
  x = LLVMBuildSelect(b, LLVMBuildICmp(b, LLVMIntSGT, x, last, ""), last, x, "");
  return LLVMBuildSelect(b, LLVMBuildICmp(b, LLVMIntSLT, x, none, ""), none, x, "");
}

static LLVMValueRef cast_to_float(const Operands *o, LLVMTypeRef to) {
  LLVMBuilderRef b = o->e->b;
  DType from = o->op->operand;
  if (from == DT_bool) return LLVMBuildUIToFP(b, o->a, to, "");
  if (!dtype_is_float(from)) return LLVMBuildSIToFP(b, o->a, to, "");
  return LLVMBuildFPCast(b, o->a, to, "");
}

static LLVMValueRef emit_cast(const Operands *o) {
  DType from = o->op->operand, to = o->op->result;
  if (from == DT_key) return o->a;
  if (dtype_is_float(to)) return cast_to_float(o, shaped(o->type, dtype_type(o->e, to)));
  if (to == DT_bool) {
    if (from == DT_bool) return o->a;
    if (dtype_is_float(from)) return LLVMBuildFCmp(o->e->b, LLVMRealUNE, o->a, zero(o), "");
    return LLVMBuildICmp(o->e->b, LLVMIntNE, o->a, zero(o), "");
  }
  LLVMValueRef x = o->a;
  if (dtype_is_float(from)) x = float_to_int(o);
  if (from == DT_bool) x = LLVMBuildZExt(o->e->b, x, shaped(o->type, o->e->i32), "");
  return to == DT_idx ? clamp_index(o, x) : x;
}

/* ---- the table ---- */

/* By the class of the operands' element type; 'where' is classed by its branches. f_ on floats, i_
 * on i32 and indices, l_ on bools, c_ comparisons on anything, x_ on anything; NULL: the op has no
 * such operands. cast has a function of its own; rows of vmath.def are their own on floats. */
enum { ON_FLOAT, ON_INTEGER, ON_BOOL };

static const EmitFn emitters[N_OPS][3] = {
#define VMATH1(name, ...) [OP_##name][ON_FLOAT] = f_##name,
#define VMATH2(name, ...) [OP_##name][ON_FLOAT] = f_##name,
#include "codegen/vmath.def"
    [OP_neg] = {f_neg, i_neg, NULL},
    [OP_abs] = {f_abs, i_abs, NULL},
    [OP_sign] = {f_sign, i_sign, NULL},
    [OP_sqrt] = {f_sqrt, NULL, NULL},
    [OP_rsqrt] = {f_rsqrt, NULL, NULL},
    [OP_floor] = {f_floor, x_same, NULL},
    [OP_ceil] = {f_ceil, x_same, NULL},
    [OP_round] = {f_round, x_same, NULL},
    [OP_not] = {NULL, NULL, l_not},
    [OP_is_nan] = {f_is_nan, x_false, x_false},
    [OP_unit] = {NULL, i_unit, NULL},
    [OP_stop_gradient] = {x_same, x_same, x_same},
    [OP_variable] = {x_same, x_same, x_same},
    [OP_as_sequence] = {x_same, x_same, x_same},
    [OP_add] = {f_add, i_add, l_or},
    [OP_sub] = {f_sub, i_sub, l_xor},
    [OP_mul] = {f_mul, i_mul, l_and},
    [OP_div] = {f_div, i_div, NULL},
    [OP_mod][ON_INTEGER] = i_mod,
    [OP_max] = {f_max, i_max, l_or},
    [OP_min] = {f_min, i_min, l_and},
    [OP_eq] = {c_eq, c_eq, c_eq},
    [OP_ne] = {c_ne, c_ne, c_ne},
    [OP_lt] = {c_lt, c_lt, c_lt},
    [OP_le] = {c_le, c_le, c_le},
    [OP_gt] = {c_gt, c_gt, c_gt},
    [OP_ge] = {c_ge, c_ge, c_ge},
    [OP_and] = {NULL, NULL, l_and},
    [OP_or] = {NULL, NULL, l_or},
    [OP_where] = {x_where, x_where, x_where},
    [OP_fold] = {NULL, x_fold, NULL},
    [OP_seed] = {NULL, x_seed, NULL},
};

LLVMValueRef scalar_emit(Emitter *e, const ScalarOp *op, const LLVMValueRef *operands) {
  int n = op_info[op->op].arity_max;
  Operands o = {e,
                op,
                operands[0],
                n > 1 ? operands[1] : NULL,
                n > 2 ? operands[2] : NULL,
                LLVMTypeOf(operands[0])};
  int class = dtype_is_float(op->operand) ? ON_FLOAT
              : op->operand == DT_bool    ? ON_BOOL
                                          : ON_INTEGER;
  EmitFn fn = op->op == OP_cast ? emit_cast : emitters[op->op][class];
  if (!fn) ORDO_BUG("no instruction for '%s' on %s", op_info[op->op].name, dtype_name[op->operand]);
  LLVMValueRef y = fn(&o);
  return op->result == DT_bf16 && op->op != OP_where ? bf16_round(e, y) : y;
}
