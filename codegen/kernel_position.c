/* Sizes and index forms as machine code. A form's uniform part is built up from the outermost term
 * to the innermost, each sum in the scope where it is known. */
#include "codegen/kernel_emitter.h"

#include "ir/size_fold.h"

enum { MEMO_FORM = 0x7ffffff0, MEMO_SIZE, MEMO_INDEX, MEMO_GUARD };

/* ---- types and constants ---- */

LLVMValueRef int64_const(const Emitter *e, int64_t value) {
  return LLVMConstInt(e->i64, (unsigned long long)value, true);
}

LLVMTypeRef dtype_type(const Emitter *e, DType dtype) {
  switch (dtype) {
  case DT_bool:
    return e->i1;
  case DT_key:
    return e->i64;
  case DT_bf16:
  case DT_f32:
    return e->f32;
  case DT_f64:
    return e->f64;
  default:
    return e->i32;
  }
}

LLVMTypeRef dtype_storage(const Emitter *e, DType dtype) {
  return dtype == DT_bool ? e->i8 : dtype == DT_bf16 ? e->i16 : dtype_type(e, dtype);
}

LLVMTypeRef vector_of(LLVMTypeRef element, int lanes) {
  return lanes ? LLVMVectorType(element, (unsigned)lanes) : element;
}

LLVMValueRef splat(LLVMBuilderRef b, LLVMValueRef scalar, int lanes) {
  LLVMTypeRef vector = LLVMVectorType(LLVMTypeOf(scalar), (unsigned)lanes);
  if (LLVMIsConstant(scalar)) {
    LLVMValueRef items[256];
    for (int i = 0; i < lanes; i++) items[i] = scalar;
    return LLVMConstVector(items, (unsigned)lanes);
  }
  LLVMContextRef llvm = LLVMGetTypeContext(vector);
  LLVMTypeRef i32 = LLVMInt32TypeInContext(llvm);
  LLVMValueRef one =
      LLVMBuildInsertElement(b, LLVMGetUndef(vector), scalar, LLVMConstInt(i32, 0, false), "");
  return LLVMBuildShuffleVector(b, one, LLVMGetUndef(vector),
                                LLVMConstNull(LLVMVectorType(i32, (unsigned)lanes)), "");
}

LLVMValueRef lane_numbers(const Emitter *e, LLVMTypeRef type, int lanes) {
  (void)e;
  LLVMValueRef items[256];
  for (int i = 0; i < lanes; i++) items[i] = LLVMConstInt(type, (unsigned long long)i, false);
  return LLVMConstVector(items, (unsigned)lanes);
}

KernelScope *deeper(KernelScope *a, KernelScope *b) { return a->depth >= b->depth ? a : b; }

LLVMValueRef value_vector(Emitter *e, KernelValue *v, KernelScope *lane_scope) {
  if (v->vector || !v->scalar) return v->vector;
  int lanes = lane_scope->lanes;
  bool found;
  Ref key = {(uint32_t)((uintptr_t)v->scalar >> 4)};
  int high = (int)((uintptr_t)v->scalar >> 36);
  KernelValue known = memo_find(e, key, -2 - high, lanes, &found);
  if (found) return known.vector;
  known.scope = v->scope;
  known.vector = splat(emit_at(e, v->scope), v->scalar, lanes);
  memo_put(e, key, -2 - high, lanes, known);
  return known.vector;
}

/* ---- sizes ---- */

static void *fold_number(void *e, int64_t value) { return int64_const(e, value); }

static void *fold_symbol(void *user, Sz symbol) {
  Emitter *e = user;
  for (int i = 0; i < e->n_sizes; i++) {
    if (!sz_eq(e->sizes[i], symbol)) continue;
    unsigned slot = e->body->params.len + e->body->results.len + (unsigned)i;
    LLVMValueRef at = LLVMConstInt(e->i64, slot, false);
    LLVMValueRef p = LLVMBuildGEP2(e->b, e->i64, e->args, &at, 1, "");
    return LLVMBuildLoad2(e->b, e->i64, p, "");
  }
  ORDO_BUG("size '%s' is not among the kernel's sizes", size_str(e->ctx, symbol));
}

static void *fold_add(void *e, void *a, void *b) {
  return LLVMBuildAdd(((Emitter *)e)->b, a, b, "");
}
static void *fold_mul(void *e, void *a, void *b) {
  return LLVMBuildMul(((Emitter *)e)->b, a, b, "");
}

static LLVMValueRef select_by(Emitter *e, LLVMIntPredicate test, LLVMValueRef a, LLVMValueRef b) {
  return LLVMBuildSelect(e->b, LLVMBuildICmp(e->b, test, a, b, ""), a, b, "");
}

static void *fold_min(void *e, void *a, void *b) { return select_by(e, LLVMIntSLT, a, b); }
static void *fold_max(void *e, void *a, void *b) { return select_by(e, LLVMIntSGT, a, b); }

/* floor(a/b); a divisor of 0 stands for an empty tensor and must not trap. */
static void *fold_floor_div(void *user, void *a, void *b) {
  Emitter *e = user;
  LLVMValueRef zero = int64_const(e, 0);
  b = LLVMBuildSelect(e->b, LLVMBuildICmp(e->b, LLVMIntEQ, b, zero, ""), int64_const(e, 1), b, "");
  LLVMValueRef q = LLVMBuildSDiv(e->b, a, b, "");
  LLVMValueRef r = LLVMBuildSub(e->b, a, LLVMBuildMul(e->b, q, b, ""), "");
  LLVMValueRef inexact = LLVMBuildICmp(e->b, LLVMIntNE, r, zero, "");
  LLVMValueRef signs = LLVMBuildXor(e->b, r, b, "");
  LLVMValueRef down =
      LLVMBuildAnd(e->b, inexact, LLVMBuildICmp(e->b, LLVMIntSLT, signs, zero, ""), "");
  return LLVMBuildSub(e->b, q, LLVMBuildZExt(e->b, down, e->i64, ""), "");
}

LLVMValueRef size_value(Emitter *e, Sz size) {
  static const SizeFold fold = {fold_number,    fold_symbol, fold_add, fold_mul,
                                fold_floor_div, fold_min,    fold_max};
  int64_t constant;
  if (size_is_const(e->ctx, size, &constant)) return int64_const(e, constant);
  bool found;
  KernelValue v = memo_find(e, (Ref){MEMO_SIZE}, (int)size.i, 0, &found);
  if (found) return v.scalar;
  emit_at(e, e->entry);
  v = (KernelValue){.scalar = size_fold(e->ctx, size, &fold, e), .scope = e->entry};
  memo_put(e, (Ref){MEMO_SIZE}, (int)size.i, 0, v);
  return v.scalar;
}

/* An extent as a divisor. */
static LLVMValueRef divisor(Emitter *e, Sz by) {
  LLVMValueRef value = size_value(e, by);
  if (LLVMIsConstant(value)) return value;
  emit_at(e, e->entry);
  return select_by(e, LLVMIntSGT, value, int64_const(e, 1));
}

/* ---- variables ---- */

static KernelScope *lane_scope(Emitter *e) { return e->bound.data[e->scope->lane_var].scope; }

/* Whether a form surely stays far inside 32 bits, where vectors of it are half as wide. */
static bool is_narrow(Emitter *e, int form) {
  bool low, high;
  int shifted = form_offset(e->ix, form, size_const(e->ctx, 1 << 30));
  return form_within(e->ix, shifted, size_const(e->ctx, INT64_C(1) << 31), &low, &high);
}

static LLVMValueRef vector_as(Emitter *e, LLVMValueRef x, LLVMTypeRef element) {
  return LLVMBuildIntCast2(e->b, x, vector_of(element, e->scope->lanes), true, "");
}

/* A size as a vector, at the builder's position. */
static LLVMValueRef size_lanes(Emitter *e, LLVMValueRef size, LLVMTypeRef element) {
  return splat(e->b, LLVMBuildIntCast2(e->b, size, element, true, ""), e->scope->lanes);
}

/* floor(a / b) for vectors of numbers that are not negative: in 32 bits, or by way of double,
 * which is exact below 2^53 and in lanes. */
static LLVMValueRef divide_vectors(Emitter *e, LLVMValueRef a, LLVMValueRef b, bool narrow) {
  if (narrow) return LLVMBuildUDiv(e->b, a, b, "");
  LLVMTypeRef f64 = vector_of(e->f64, e->scope->lanes), i64 = vector_of(e->i64, e->scope->lanes);
  LLVMValueRef q =
      LLVMBuildFDiv(e->b, LLVMBuildSIToFP(e->b, a, f64, ""), LLVMBuildSIToFP(e->b, b, f64, ""), "");
  return LLVMBuildFPToSI(e->b, q, i64, "");
}

/* Quotient or remainder of a form that differs between lanes: only what is below the divisor,
 * and the lanes, is divided in vectors. */
static KernelValue divide_lanes(Emitter *e, const KernelIndexVar *v, const Position *at,
                                bool narrow) {
  LLVMValueRef by = divisor(e, v->by);
  LLVMTypeRef type = narrow ? e->i32 : e->i64;
  KernelScope *scope;
  LLVMValueRef base = uniform_value(e, at->uniform, &scope);
  emit_at(e, scope);
  LLVMValueRef q = LLVMBuildUDiv(e->b, base, by, ""), r = LLVMBuildURem(e->b, base, by, "");
  scope = deeper(scope, at->spread ? deeper(at->spread_scope, lane_scope(e)) : lane_scope(e));
  int lanes = e->scope->lanes;
  LLVMValueRef stride = size_value(e, at->stride);
  emit_at(e, scope);
  LLVMValueRef numbers =
      LLVMBuildMul(e->b, lane_numbers(e, type, lanes), size_lanes(e, stride, type), "");
  if (at->spread) numbers = LLVMBuildAdd(e->b, numbers, at->spread, "");
  numbers = LLVMBuildAdd(e->b, size_lanes(e, r, type), numbers, "");
  LLVMValueRef divisors = size_lanes(e, by, type);
  LLVMValueRef quotient = divide_vectors(e, numbers, divisors, narrow);
  LLVMValueRef vector =
      v->kind == IX_mod
          ? LLVMBuildSub(e->b, numbers, LLVMBuildMul(e->b, quotient, divisors, ""), "")
          : LLVMBuildAdd(e->b, size_lanes(e, q, type), quotient, "");
  return (KernelValue){.vector = vector, .scope = scope};
}

/* A derived variable: i64 when it is the same in all lanes, else a vector of i32 or, where that
 * may not do, of i64. */
static KernelValue derived_value(Emitter *e, int var) {
  KernelIndexVar v = e->ix->vars.data[var];
  if (v.kind == IX_data) {
    KernelValue index = emit_value(e, v.node, v.map, v.guard);
    if (index.scalar)
      index.scalar = LLVMBuildSExt(emit_at(e, index.scope), index.scalar, e->i64, "");
    index.vector = index.scalar ? NULL : index.vector;
    return index;
  }
  KernelScope *scope;
  bool narrow = is_narrow(e, v.form);
  Position at = form_position(e, v.form, narrow ? e->i32 : e->i64, &scope);
  if (at.spread || !size_is(e->ctx, at.stride, 0)) return divide_lanes(e, &v, &at, narrow);
  LLVMValueRef base = uniform_value(e, v.form, &scope), by = divisor(e, v.by);
  emit_at(e, scope);
  base = v.kind == IX_div ? LLVMBuildUDiv(e->b, base, by, "") : LLVMBuildURem(e->b, base, by, "");
  return (KernelValue){.scalar = base, .scope = scope};
}

static KernelValue derived_var_value(Emitter *e, int var) {
  bool found;
  KernelValue v = memo_find(e, (Ref){MEMO_INDEX}, var, e->scope->lane_var, &found);
  if (found) return v;
  v = derived_value(e, var);
  memo_put(e, (Ref){MEMO_INDEX}, var, e->scope->lane_var, v);
  return v;
}

/* ---- forms ---- */

static KernelBinding bound_to(const Emitter *e, int var) {
  return var < (int)e->bound.len ? e->bound.data[var] : (KernelBinding){0};
}

Position form_position(Emitter *e, int form, LLVMTypeRef type, KernelScope **scope) {
  Form f = e->ix->forms.data[form];
  Position at = {.uniform = form, .stride = e->ix->zero, .spread_scope = e->entry};
  for (int i = 0; i < f.n; i++) {
    int var = f.terms[i].var;
    if (e->ix->vars.data[var].kind == IX_axis) {
      if (var == e->scope->lane_var) at.stride = f.terms[i].coef;
      continue;
    }
    KernelValue v = derived_var_value(e, var);
    if (v.scalar) continue;
    at.uniform = form_without(e->ix, at.uniform, var);
    LLVMValueRef part = v.vector, coef = size_value(e, f.terms[i].coef);
    at.spread_scope = deeper(at.spread_scope, v.scope);
    emit_at(e, at.spread_scope);
    part = vector_as(e, part, type);
    if (!size_is(e->ctx, f.terms[i].coef, 1))
      part = LLVMBuildMul(e->b, part, size_lanes(e, coef, type), "");
    at.spread = at.spread ? LLVMBuildAdd(e->b, at.spread, part, "") : part;
  }
  *scope = at.spread_scope;
  return at;
}

/* The term that is known last, and the scope where it is. */
static int deepest_term(Emitter *e, const Form *f, KernelValue *value) {
  int best = -1;
  for (int i = 0; i < f->n; i++) {
    int var = f->terms[i].var;
    KernelValue v;
    if (e->ix->vars.data[var].kind == IX_axis) {
      KernelBinding b = bound_to(e, var);
      v = (KernelValue){.scalar = b.counter, .scope = b.scope};
      if (!b.scope) ORDO_BUG("an index variable has no loop");
    } else {
      v = derived_var_value(e, var);
    }
    if (best >= 0 && v.scope->depth < value->scope->depth) continue;
    best = i;
    *value = v;
  }
  return best;
}

LLVMValueRef uniform_value(Emitter *e, int form, KernelScope **scope) {
  bool found;
  KernelValue known = memo_find(e, (Ref){MEMO_FORM}, form, e->scope->lane_var, &found);
  if (found) {
    *scope = known.scope;
    return known.scalar;
  }
  Form f = e->ix->forms.data[form];
  KernelValue last;
  int term = deepest_term(e, &f, &last);
  if (term < 0) {
    *scope = e->entry;
    return size_value(e, f.base);
  }
  LLVMValueRef rest = uniform_value(e, form_without(e->ix, form, f.terms[term].var), scope);
  LLVMValueRef coef = size_value(e, f.terms[term].coef), sum = rest;
  *scope = deeper(*scope, last.scope);
  emit_at(e, *scope);
  if (last.scalar) {
    bool unit = size_is(e->ctx, f.terms[term].coef, 1);
    LLVMValueRef product = unit ? last.scalar : LLVMBuildMul(e->b, last.scalar, coef, "");
    bool zero = LLVMIsConstant(rest) && LLVMIsNull(rest);
    sum = zero ? product : LLVMBuildAdd(e->b, rest, product, "");
  }
  memo_put(e, (Ref){MEMO_FORM}, form, e->scope->lane_var,
           (KernelValue){.scalar = sum, .scope = *scope});
  return sum;
}

/* The value of a form in integers of a type. */
static KernelValue form_as(Emitter *e, int form, LLVMTypeRef type) {
  KernelScope *scope, *base_scope;
  Position at = form_position(e, form, type, &scope);
  LLVMValueRef base = uniform_value(e, at.uniform, &base_scope);
  base = LLVMBuildIntCast2(emit_at(e, base_scope), base, type, true, "");
  bool strided = !size_is(e->ctx, at.stride, 0);
  if (!strided && !at.spread) return (KernelValue){.scalar = base, .scope = base_scope};
  scope = deeper(deeper(scope, base_scope), lane_scope(e));
  int lanes = e->scope->lanes;
  LLVMValueRef stride = size_value(e, at.stride);
  emit_at(e, scope);
  LLVMValueRef sum = splat(e->b, base, lanes);
  if (strided)
    sum = LLVMBuildAdd(
        e->b, sum,
        LLVMBuildMul(e->b, lane_numbers(e, type, lanes), size_lanes(e, stride, type), ""), "");
  if (at.spread) sum = LLVMBuildAdd(e->b, sum, at.spread, "");
  return (KernelValue){.vector = sum, .scope = scope};
}

KernelValue form_value(Emitter *e, int form) { return form_as(e, form, e->i32); }

/* ---- guards ---- */

/* One unsigned comparison does for both bounds. */
static KernelValue condition(Emitter *e, const Guard *g) {
  int64_t known;
  bool narrow =
      is_narrow(e, g->form) && size_is_const(e->ctx, g->extent, &known) && known <= INT32_MAX;
  KernelValue v = form_as(e, g->form, narrow ? e->i32 : e->i64);
  LLVMValueRef extent = size_value(e, g->extent);
  emit_at(e, v.scope);
  extent = LLVMBuildIntCast2(e->b, extent, narrow ? e->i32 : e->i64, true, "");
  if (v.scalar)
    v.scalar = LLVMBuildICmp(e->b, LLVMIntULT, v.scalar, extent, "");
  else
    v.vector = LLVMBuildICmp(e->b, LLVMIntULT, v.vector, splat(e->b, extent, e->scope->lanes), "");
  return v;
}

KernelValue guard_value(Emitter *e, int guard) {
  if (!guard) return (KernelValue){0};
  bool found;
  KernelValue v = memo_find(e, (Ref){MEMO_GUARD}, guard, e->scope->lane_var, &found);
  if (found) return v;
  Guard g = e->ix->guards.data[guard];
  v = condition(e, &g);
  KernelValue parent = guard_value(e, g.parent);
  if (parent.scope) {
    KernelScope *scope = deeper(parent.scope, v.scope);
    if (v.scalar && parent.scalar) {
      v.scalar = LLVMBuildAnd(emit_at(e, scope), v.scalar, parent.scalar, "");
    } else {
      LLVMValueRef a = value_vector(e, &v, e->scope), b = value_vector(e, &parent, e->scope);
      v = (KernelValue){.vector = LLVMBuildAnd(emit_at(e, scope), a, b, "")};
    }
    v.scope = scope;
  }
  memo_put(e, (Ref){MEMO_GUARD}, guard, e->scope->lane_var, v);
  return v;
}
