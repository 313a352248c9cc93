/* Loads and stores. Lanes that lie side by side make vector accesses; equal addresses a scalar one;
 * everything else is gathered. What a mask or guard excludes is not touched. */
#include "codegen/kernel_emitter.h"

#include <string.h>

enum { MEMO_ADDRESS = 0x7ffffff8, MEMO_POINTER };

/* ---- bf16 ---- */

static LLVMTypeRef like(LLVMValueRef x, LLVMTypeRef element) {
  LLVMTypeRef t = LLVMTypeOf(x);
  if (LLVMGetTypeKind(t) != LLVMVectorTypeKind) return element;
  return LLVMVectorType(element, LLVMGetVectorSize(t));
}

static LLVMValueRef bf16_widen(Emitter *e, LLVMValueRef bits) {
  LLVMTypeRef i32 = like(bits, e->i32);
  LLVMValueRef wide = LLVMBuildZExt(e->b, bits, i32, "");
  wide = LLVMBuildShl(e->b, wide, vmath_const(i32, 16), "");
  return LLVMBuildBitCast(e->b, wide, like(bits, e->f32), "");
}

/* To nearest, ties to even; a NaN stays one (its quiet bit is set). */
static LLVMValueRef bf16_bits(Emitter *e, LLVMValueRef x) {
  LLVMTypeRef i32 = like(x, e->i32);
  LLVMValueRef bits = LLVMBuildBitCast(e->b, x, i32, "");
  LLVMValueRef sixteen = vmath_const(i32, 16);
  LLVMValueRef odd =
      LLVMBuildAnd(e->b, LLVMBuildLShr(e->b, bits, sixteen, ""), vmath_const(i32, 1), "");
  LLVMValueRef rounded =
      LLVMBuildAdd(e->b, bits, LLVMBuildAdd(e->b, odd, vmath_const(i32, 0x7fff), ""), "");
  LLVMValueRef quiet = LLVMBuildOr(e->b, bits, vmath_const(i32, 0x400000), "");
  LLVMValueRef nan = LLVMBuildFCmp(e->b, LLVMRealUNO, x, x, "");
  return LLVMBuildLShr(e->b, LLVMBuildSelect(e->b, nan, quiet, rounded, ""), sixteen, "");
}

static LLVMValueRef bf16_narrow(Emitter *e, LLVMValueRef x) {
  return LLVMBuildTrunc(e->b, bf16_bits(e, x), like(x, e->i16), "");
}

LLVMValueRef bf16_round(Emitter *e, LLVMValueRef x) {
  LLVMTypeRef i32 = like(x, e->i32);
  LLVMValueRef bits = LLVMBuildShl(e->b, bf16_bits(e, x), vmath_const(i32, 16), "");
  return LLVMBuildBitCast(e->b, bits, LLVMTypeOf(x), "");
}

static LLVMValueRef from_storage(Emitter *e, DType dtype, LLVMValueRef x) {
  if (dtype == DT_bool) return LLVMBuildICmp(e->b, LLVMIntNE, x, LLVMConstNull(LLVMTypeOf(x)), "");
  return dtype == DT_bf16 ? bf16_widen(e, x) : x;
}

static LLVMValueRef to_storage(Emitter *e, DType dtype, LLVMValueRef x) {
  if (dtype == DT_bool) return LLVMBuildZExt(e->b, x, like(x, e->i8), "");
  return dtype == DT_bf16 ? bf16_narrow(e, x) : x;
}

/* ---- addresses ---- */

static LLVMValueRef argument_pointer(Emitter *e, unsigned slot) {
  bool found;
  KernelValue v = memo_find(e, (Ref){MEMO_POINTER}, (int)slot, 0, &found);
  if (found) return v.scalar;
  emit_at(e, e->entry);
  LLVMValueRef at = LLVMConstInt(e->i64, slot, false);
  v.scalar = LLVMBuildLoad2(e->b, e->ptr, LLVMBuildGEP2(e->b, e->i64, e->args, &at, 1, ""), "");
  v.scope = e->entry;
  memo_put(e, (Ref){MEMO_POINTER}, (int)slot, 0, v);
  return v.scalar;
}

/* Pointer to the element of a slot's tensor at a uniform form: base + outer terms (in their scope)
 * + innermost terms, so that the inner loop adds one register. */
static LLVMValueRef address(Emitter *e, unsigned slot, LLVMTypeRef element, int form,
                            KernelScope **scope) {
  bool found;
  int key = (int)slot * 65536 + e->scope->lane_var + 1;
  KernelValue v = memo_find(e, (Ref){MEMO_ADDRESS}, form, key, &found);
  *scope = v.scope;
  if (found) return v.scalar;
  KernelScope *whole;
  uniform_value(e, form, &whole);
  int outer = form, inner = form_const(e->ix, e->ix->zero);
  Form f = e->ix->forms.data[form];
  for (int i = 0; i < f.n; i++) {
    KernelScope *s;
    FormTerm t = f.terms[i];
    int term = form_scale(e->ix, form_var(e->ix, t.var), t.coef);
    uniform_value(e, term, &s);
    if (s != whole || s == e->entry) continue;
    outer = form_without(e->ix, outer, t.var);
    inner = form_add(e->ix, inner, term);
  }
  LLVMValueRef base, offset;
  if (outer == form) {
    base = argument_pointer(e, slot);
    offset = uniform_value(e, form, &whole);
  } else {
    base = address(e, slot, element, outer, scope);
    offset = uniform_value(e, inner, scope);
  }
  *scope = whole;
  emit_at(e, whole);
  bool zero = LLVMIsConstant(offset) && LLVMIsNull(offset);
  v.scalar = zero ? base : LLVMBuildGEP2(e->b, element, base, &offset, 1, "");
  v.scope = whole;
  memo_put(e, (Ref){MEMO_ADDRESS}, form, key, v);
  return v.scalar;
}

/* ---- vector accesses ---- */

static LLVMValueRef call_intrinsic(Emitter *e, const char *name, LLVMTypeRef *overloads,
                                   size_t n_overloads, LLVMValueRef *operands, unsigned n) {
  unsigned id = LLVMLookupIntrinsicID(name, strlen(name));
  LLVMValueRef f = LLVMGetIntrinsicDeclaration(e->module, id, overloads, n_overloads);
  LLVMTypeRef type = LLVMIntrinsicGetType(e->llvm, id, overloads, n_overloads);
  return LLVMBuildCall2(e->b, type, f, operands, n, "");
}

static LLVMValueRef align_of(const Emitter *e, DType dtype) {
  return LLVMConstInt(e->i32, (unsigned)dtype_bytes[dtype], false);
}

static LLVMValueRef load_vector(Emitter *e, DType dtype, LLVMValueRef p, LLVMValueRef mask) {
  LLVMTypeRef type = vector_of(dtype_storage(e, dtype), e->scope->lanes);
  if (mask) {
    LLVMTypeRef overloads[] = {type, e->ptr};
    LLVMValueRef operands[] = {p, align_of(e, dtype), mask, LLVMConstNull(type)};
    return call_intrinsic(e, "llvm.masked.load", overloads, 2, operands, 4);
  }
  LLVMValueRef x = LLVMBuildLoad2(e->b, type, p, "");
  LLVMSetAlignment(x, (unsigned)dtype_bytes[dtype]);
  return x;
}

static LLVMValueRef all_lanes(const Emitter *e) {
  return LLVMConstAllOnes(vector_of(e->i1, e->scope->lanes));
}

static LLVMValueRef gather(Emitter *e, DType dtype, LLVMValueRef pointers, LLVMValueRef mask) {
  LLVMTypeRef type = vector_of(dtype_storage(e, dtype), e->scope->lanes);
  LLVMTypeRef overloads[] = {type, LLVMTypeOf(pointers)};
  LLVMValueRef operands[] = {pointers, align_of(e, dtype), mask ? mask : all_lanes(e),
                             LLVMConstNull(type)};
  return call_intrinsic(e, "llvm.masked.gather", overloads, 2, operands, 4);
}

static LLVMValueRef reversed(Emitter *e, LLVMValueRef x) {
  int lanes = e->scope->lanes;
  LLVMValueRef order[256];
  for (int i = 0; i < lanes; i++) order[i] = LLVMConstInt(e->i32, (unsigned)(lanes - 1 - i), false);
  return LLVMBuildShuffleVector(e->b, x, LLVMGetUndef(LLVMTypeOf(x)),
                                LLVMConstVector(order, (unsigned)lanes), "");
}

/* The integers that offsets into a tensor are made of: 32 bits when it is known to be small
 * enough. */
static LLVMTypeRef offset_type(const Emitter *e, Sz count) {
  int64_t elements;
  return size_is_const(e->ctx, count, &elements) && elements < INT32_MAX ? e->i32 : e->i64;
}

/* Offsets of the lanes from the uniform address. */
static LLVMValueRef lane_offsets(Emitter *e, const Position *at, Sz count) {
  int lanes = e->scope->lanes;
  LLVMTypeRef type = offset_type(e, count);
  LLVMValueRef sum = NULL;
  if (!size_is(e->ctx, at->stride, 0)) {
    LLVMValueRef stride = LLVMBuildTruncOrBitCast(e->b, size_value(e, at->stride), type, "");
    sum = LLVMBuildMul(e->b, lane_numbers(e, type, lanes), splat(e->b, stride, lanes), "");
  }
  if (!at->spread) return sum;
  return sum ? LLVMBuildAdd(e->b, sum, at->spread, "") : at->spread;
}

/* The mask of an access at the builder's position. */
static LLVMValueRef access_mask(Emitter *e, KernelValue *guard) {
  LLVMValueRef mask = e->scope->mask;
  if (!guard->scope) return mask;
  LLVMValueRef g = guard->vector ? guard->vector : splat(e->b, guard->scalar, e->scope->lanes);
  return mask ? LLVMBuildAnd(e->b, mask, g, "") : g;
}

/* ---- loads ---- */

/* A guarded scalar load reads the argument block when it must not touch the tensor. */
static KernelValue load_scalar(Emitter *e, DType dtype, LLVMValueRef p, KernelScope *scope,
                               KernelValue *guard) {
  if (guard->scope) {
    scope = deeper(scope, guard->scope);
    emit_at(e, scope);
    LLVMValueRef allowed = guard->scalar;
    if (!allowed) {
      LLVMTypeRef bits = LLVMIntTypeInContext(e->llvm, (unsigned)e->scope->lanes);
      allowed = LLVMBuildBitCast(e->b, guard->vector, bits, "");
      allowed = LLVMBuildICmp(e->b, LLVMIntNE, allowed, LLVMConstNull(bits), "");
    }
    p = LLVMBuildSelect(e->b, allowed, p, e->args, "");
  }
  emit_at(e, scope);
  LLVMValueRef x = LLVMBuildLoad2(e->b, dtype_storage(e, dtype), p, "");
  return (KernelValue){.scalar = from_storage(e, dtype, x), .scope = scope};
}

static LLVMValueRef load_lanes(Emitter *e, DType dtype, LLVMValueRef p, const Position *at,
                               Sz count, LLVMValueRef mask) {
  LLVMTypeRef element = dtype_storage(e, dtype);
  if (!at->spread && size_is(e->ctx, at->stride, 1)) return load_vector(e, dtype, p, mask);
  if (!at->spread && size_is(e->ctx, at->stride, -1)) {
    LLVMValueRef back = int64_const(e, 1 - e->scope->lanes);
    p = LLVMBuildGEP2(e->b, element, p, &back, 1, "");
    return reversed(e, load_vector(e, dtype, p, mask ? reversed(e, mask) : NULL));
  }
  LLVMValueRef offsets = lane_offsets(e, at, count);
  return gather(e, dtype, LLVMBuildGEP2(e->b, element, p, &offsets, 1, ""), mask);
}

static unsigned param_slot(const Emitter *e, Ref param) {
  return (unsigned)node_int(graph_node(e->body, param), A_index, 0);
}

KernelValue load_param(Emitter *e, Ref param, int map, int guard) {
  const TypeInfo *type = graph_info(e->body, param);
  int linear = map_linear(e->ix, map, type->dims, type->rank);
  KernelScope *scope, *at_scope;
  Sz count = type_count(e->ctx, graph_type(e->body, param));
  Position at = form_position(e, linear, offset_type(e, count), &at_scope);
  LLVMValueRef p =
      address(e, param_slot(e, param), dtype_storage(e, type->dtype), at.uniform, &scope);
  KernelValue g = guard_value(e, guard);
  if (!at.spread && size_is(e->ctx, at.stride, 0)) return load_scalar(e, type->dtype, p, scope, &g);
  if (!size_is(e->ctx, at.stride, 0)) size_value(e, at.stride);
  scope = deeper(deeper(scope, at_scope), e->bound.data[e->scope->lane_var].scope);
  if (g.scope) scope = deeper(scope, g.scope);
  emit_at(e, scope);
  LLVMValueRef mask = access_mask(e, &g);
  LLVMValueRef x = load_lanes(e, type->dtype, p, &at, count, mask);
  return (KernelValue){.vector = from_storage(e, type->dtype, x), .scope = scope};
}

/* ---- stores ---- */

static void store_lanes(Emitter *e, DType dtype, LLVMValueRef p, const Position *at, Sz count,
                        LLVMValueRef x) {
  LLVMValueRef mask = e->scope->mask;
  bool side_by_side = !at->spread && size_is(e->ctx, at->stride, 1);
  if (side_by_side && !mask) {
    LLVMSetAlignment(LLVMBuildStore(e->b, x, p), (unsigned)dtype_bytes[dtype]);
  } else if (side_by_side) {
    LLVMTypeRef overloads[] = {LLVMTypeOf(x), e->ptr};
    LLVMValueRef operands[] = {x, p, align_of(e, dtype), mask};
    call_intrinsic(e, "llvm.masked.store", overloads, 2, operands, 4);
  } else {
    LLVMValueRef offsets = lane_offsets(e, at, count);
    p = LLVMBuildGEP2(e->b, dtype_storage(e, dtype), p, &offsets, 1, "");
    LLVMTypeRef overloads[] = {LLVMTypeOf(x), LLVMTypeOf(p)};
    LLVMValueRef operands[] = {x, p, align_of(e, dtype), mask ? mask : all_lanes(e)};
    call_intrinsic(e, "llvm.masked.scatter", overloads, 2, operands, 4);
  }
}

void store_result(Emitter *e, const Store *store, const int *forms, KernelValue value) {
  Ref result = e->body->results.data[store->result];
  const TypeInfo *type = graph_info(e->body, result);
  int *at_forms = arena_array(e->arena, int, type->rank);
  for (int i = 0; i < type->rank; i++)
    at_forms[i] = form_offset(e->ix, forms[i], store->offsets[i]);
  int map = map_intern(e->ix, at_forms, type->rank);
  KernelScope *scope;
  Sz count = type_count(e->ctx, graph_type(e->body, result));
  Position at = form_position(e, map_linear(e->ix, map, type->dims, type->rank),
                              offset_type(e, count), &scope);
  unsigned slot = e->body->params.len + (unsigned)store->result;
  LLVMValueRef p = address(e, slot, dtype_storage(e, type->dtype), at.uniform, &scope);
  bool lanes = at.spread || !size_is(e->ctx, at.stride, 0);
  if (lanes) size_value(e, at.stride);
  LLVMValueRef x = lanes ? value_vector(e, &value, e->scope) : value.scalar;
  if (!x) ORDO_BUG("a scalar result differs between lanes");
  emit_at(e, e->scope);
  x = to_storage(e, type->dtype, x);
  if (lanes)
    store_lanes(e, type->dtype, p, &at, count, x);
  else
    LLVMBuildStore(e->b, x, p);
}
