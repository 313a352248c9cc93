/* Emission of a library: see library.h. */
#include "codegen/library.h"

#include <string.h>

#include <llvm-c/Core.h>

#include "codegen/gemm_bf16_emit.h"
#include "codegen/gemm_emit.h"
#include "codegen/object.h"

typedef struct LibraryEmit {
  const BuiltLibrary *library;
  Arena *arena;
  LLVMContextRef context;
  LLVMModuleRef module;
  LLVMTypeRef ptr, i32, i64;
  Fault *fault;
} LibraryEmit;

/* ---- constants ---- */

static LLVMValueRef number32(const LibraryEmit *e, uint64_t value) {
  return LLVMConstInt(e->i32, value, 0);
}
static LLVMValueRef number64(const LibraryEmit *e, uint64_t value) {
  return LLVMConstInt(e->i64, value, 0);
}
static LLVMValueRef null(const LibraryEmit *e) { return LLVMConstNull(e->ptr); }

static LLVMValueRef constant(const LibraryEmit *e, LLVMValueRef value, const char *name,
                             unsigned align) {
  LLVMValueRef global = LLVMAddGlobal(e->module, LLVMTypeOf(value), name);
  LLVMSetInitializer(global, value);
  LLVMSetGlobalConstant(global, 1);
  LLVMSetLinkage(global, LLVMInternalLinkage);
  LLVMSetAlignment(global, align);
  return global;
}

static LLVMValueRef bytes_at(const LibraryEmit *e, const void *bytes, int64_t n, const char *name) {
  return constant(e, LLVMConstStringInContext2(e->context, bytes, (size_t)n, 1), name, 64);
}

static LLVMValueRef text_at(const LibraryEmit *e, const char *text) {
  return constant(e, LLVMConstStringInContext2(e->context, text, strlen(text), 0), "text", 1);
}

/* An array of pointers; NULL when it is empty. */
static LLVMValueRef pointers_at(const LibraryEmit *e, LLVMValueRef *values, uint32_t n) {
  return n ? constant(e, LLVMConstArray2(e->ptr, values, n), "pointers", 8) : null(e);
}

static LLVMValueRef texts_at(const LibraryEmit *e, const char *const *texts, uint32_t n) {
  LLVMValueRef *values = arena_array(e->arena, LLVMValueRef, n + 1);
  for (uint32_t i = 0; i < n; i++) values[i] = text_at(e, texts[i]);
  return pointers_at(e, values, n);
}

static LLVMValueRef record(const LibraryEmit *e, LLVMValueRef *fields, unsigned n) {
  return LLVMConstStructInContext(e->context, fields, n, 0);
}

static LLVMValueRef records_at(const LibraryEmit *e, LLVMValueRef *values, uint32_t n,
                               const char *name) {
  if (!n) return null(e);
  return constant(e, LLVMConstArray2(LLVMTypeOf(values[0]), values, n), name, 8);
}

/* ---- code ---- */

static bool is_defined(const LibraryEmit *e, const char *symbol) {
  LLVMValueRef function = LLVMGetNamedFunction(e->module, symbol);
  return function && !LLVMIsDeclaration(function);
}

/* The code of all functions for one target, each unit once. */
static bool emit_units(const LibraryEmit *e, int t) {
  for (uint32_t f = 0; f < e->library->n_functions; f++) {
    const LibraryCode *code = &e->library->functions[f].code[t];
    for (int i = 0; i < code->n_units; i++) {
      const JitUnit *unit = &code->units[i];
      if (is_defined(e, unit->symbol)) continue;
      if (!unit->emit(unit->user, e->module, &e->library->targets[t], e->fault)) return false;
    }
  }
  return true;
}

static LLVMValueRef function_named(const LibraryEmit *e, const char *name) {
  return LLVMGetNamedFunction(e->module, name);
}

/* A GemmKernels (exec/tile.h). */
static LLVMValueRef product_record(const LibraryEmit *e, const Target *target, DType dtype,
                                   bool transposes) {
  int vectors = gemm_vectors(target);
  LLVMValueRef tiles[GEMM_ROWS * GEMM_VECTORS], copies[GEMM_VECTORS];
  for (int r = 0; r < GEMM_ROWS; r++)
    for (int v = 0; v < GEMM_VECTORS; v++)
      tiles[r * GEMM_VECTORS + v] =
          v < vectors ? function_named(e, gemm_tile_name(e->arena, dtype, r + 1, v + 1)) : null(e);
  for (int v = 0; v < GEMM_VECTORS; v++)
    copies[v] = v < vectors ? function_named(e, gemm_copy_name(e->arena, dtype, v + 1)) : null(e);
  LLVMValueRef fields[] = {
      number32(e, dtype),
      number32(e, (uint64_t)dtype_bytes[dtype]),
      number32(e, (uint64_t)target_lanes(target, dtype_bytes[dtype])),
      number32(e, (uint64_t)vectors),
      LLVMConstArray2(e->ptr, tiles, GEMM_ROWS * GEMM_VECTORS),
      LLVMConstArray2(e->ptr, copies, GEMM_VECTORS),
      transposes ? function_named(e, gemm_transpose_name(e->arena, dtype)) : null(e),
  };
  return constant(e, record(e, fields, sizeof fields / sizeof *fields), "products", 8);
}

/* A Bf16Kernels (exec/product_bf16.h), if a function of the library needs it and the target has
 * code for it. */
static LLVMValueRef bf16_record(const LibraryEmit *e, int t) {
  enum { TILES = BF16_ROWS * BF16_VECTORS };
  const Target *target = &e->library->targets[t];
  const Bf16Kernels *shape = bf16_table(target, e->arena);
  LLVMValueRef tiles[TILES], units[4], packs[N_PACKS];
  bool any = false, unit = bf16_has_unit(target);
  for (uint32_t f = 0; f < e->library->n_functions; f++)
    any |= e->library->functions[f].code[t].bf16;
  if (!any || !bf16_has_code(target)) return null(e);
  for (int i = 0; i < TILES; i++) {
    int r = i / BF16_VECTORS, v = i % BF16_VECTORS;
    bool there = r < shape->rows && v < shape->vectors;
    tiles[i] = there ? function_named(e, bf16_tile_name(e->arena, r + 1, v + 1)) : null(e);
  }
  for (int i = 0; i < 4; i++)
    units[i] =
        unit ? function_named(e, bf16_unit_tile_name(e->arena, i / 2 + 1, i % 2 + 1)) : null(e);
  for (int i = 0; i < N_PACKS; i++)
    packs[i] = unit ? function_named(e, bf16_pack_name(e->arena, (Bf16Pack)i)) : null(e);
  LLVMValueRef fields[] = {number32(e, (uint64_t)shape->lanes),
                           number32(e, (uint64_t)shape->rows),
                           number32(e, (uint64_t)shape->vectors),
                           number32(e, 0),
                           LLVMConstArray2(e->ptr, tiles, TILES),
                           function_named(e, BF16_COPY),
                           function_named(e, BF16_TRANSPOSE),
                           unit ? function_named(e, BF16_UNIT_BEGIN) : null(e),
                           unit ? function_named(e, BF16_UNIT_END) : null(e),
                           LLVMConstArray2(e->ptr, units, 4),
                           LLVMConstArray2(e->ptr, packs, N_PACKS)};
  return constant(e, record(e, fields, sizeof fields / sizeof *fields), "bf16", 8);
}

/* The tables of products of a target, as all functions of the library need them. */
static void product_records(const LibraryEmit *e, int t, LLVMValueRef out[3]) {
  for (int i = 0; i < 2; i++) {
    bool any = false, transposes = false;
    for (uint32_t f = 0; f < e->library->n_functions; f++) {
      const LibraryCode *code = &e->library->functions[f].code[t];
      any |= code->products[i];
      transposes |= code->transposes[i];
    }
    out[i] =
        any ? product_record(e, &e->library->targets[t], i ? DT_f64 : DT_f32, transposes) : null(e);
  }
  out[2] = bf16_record(e, t);
}

/* An OrdortVariant. */
static LLVMValueRef variant_record(const LibraryEmit *e, const LibraryCode *code, int t,
                                   const LLVMValueRef products[3]) {
  LLVMValueRef fields[] = {number64(e, e->library->needs[t]),
                           bytes_at(e, code->image, code->image_bytes, "image"),
                           number64(e, (uint64_t)code->image_bytes),
                           function_named(e, code->units[code->n_units - 1].symbol),
                           products[0],
                           products[1],
                           products[2]};
  return record(e, fields, sizeof fields / sizeof *fields);
}

/* Makes what is defined so far local, under names that the next target does not ask for. */
static void hide_code(const LibraryEmit *e) {
  for (LLVMValueRef f = LLVMGetFirstFunction(e->module); f; f = LLVMGetNextFunction(f)) {
    if (LLVMIsDeclaration(f) || LLVMGetLinkage(f) == LLVMPrivateLinkage) continue;
    LLVMSetLinkage(f, LLVMPrivateLinkage);
    LLVMSetValueName2(f, "code", strlen("code"));
  }
}

/* What code calls of the runtime library has the prefix of that library. */
static void name_calls(const LibraryEmit *e) {
  static const char *const calls[] = {"pool_run", "loop_begin", "loop_advance", "loop_end"};
  for (LLVMValueRef f = LLVMGetFirstFunction(e->module); f; f = LLVMGetNextFunction(f)) {
    size_t n;
    const char *name = LLVMGetValueName2(f, &n), *rest = NULL;
    if (!LLVMIsDeclaration(f)) continue;
    if (!strncmp(name, "ordo_", 5)) rest = name + 5;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
      if (!strcmp(name, calls[i])) rest = name;
    if (!rest) continue;
    const char *full = arena_printf(e->arena, "ordort_%s", rest);
    LLVMSetValueName2(f, full, strlen(full));
  }
}

/* ---- functions ---- */

static LLVMValueRef arrays_at(const LibraryEmit *e, const ordort_array *arrays, uint32_t n) {
  LLVMValueRef *values = arena_array(e->arena, LLVMValueRef, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    LLVMValueRef fields[] = {text_at(e, arrays[i].name), number32(e, arrays[i].dtype),
                             number32(e, arrays[i].rank)};
    values[i] = record(e, fields, 3);
  }
  return records_at(e, values, n, "arrays");
}

static LLVMValueRef tensors_at(const LibraryEmit *e, const ordort_tensor *tensors, uint32_t n) {
  LLVMValueRef *values = arena_array(e->arena, LLVMValueRef, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    const ordort_tensor *t = &tensors[i];
    LLVMValueRef *dims = arena_array(e->arena, LLVMValueRef, t->rank + 1);
    for (uint32_t d = 0; d < t->rank; d++) dims[d] = number64(e, (uint64_t)t->dims[d]);
    LLVMValueRef fields[] = {text_at(e, t->name), number32(e, t->dtype), number32(e, t->rank),
                             records_at(e, dims, t->rank, "dims"), number64(e, (uint64_t)t->bytes)};
    values[i] = record(e, fields, sizeof fields / sizeof *fields);
  }
  return records_at(e, values, n, "tensors");
}

static LLVMValueRef info_record(const LibraryEmit *e, const ordort_info *info) {
  LLVMValueRef fields[] = {text_at(e, info->name),
                           number32(e, info->n_sizes),
                           number32(e, info->n_args),
                           number32(e, info->n_results),
                           number32(e, info->n_weights),
                           texts_at(e, info->size_names, info->n_sizes),
                           arrays_at(e, info->args, info->n_args),
                           arrays_at(e, info->results, info->n_results),
                           tensors_at(e, info->weights, info->n_weights)};
  return record(e, fields, sizeof fields / sizeof *fields);
}

static LLVMValueRef params_at(const LibraryEmit *e, const LibraryFunction *f) {
  LLVMValueRef *values = arena_array(e->arena, LLVMValueRef, f->n_params + 1);
  for (uint32_t i = 0; i < f->n_params; i++) {
    LLVMValueRef fields[] = {number32(e, f->params[i].role), number32(e, f->params[i].number)};
    values[i] = record(e, fields, 2);
  }
  return records_at(e, values, f->n_params, "params");
}

/* NULL when one of them is not in the library. */
static LLVMValueRef weights_at(const LibraryEmit *e, const LibraryFunction *f,
                               const LLVMValueRef *weights) {
  LLVMValueRef *values = arena_array(e->arena, LLVMValueRef, f->info.n_weights + 1);
  for (uint32_t i = 0; i < f->info.n_weights; i++) {
    values[i] = weights[f->weights[i]];
    if (!values[i]) return null(e);
  }
  return f->info.n_weights ? pointers_at(e, values, f->info.n_weights)
                           : bytes_at(e, "", 1, "no_weights");
}

/* An ordort_function. */
static LLVMValueRef function_record(const LibraryEmit *e, const LibraryFunction *f,
                                    LLVMValueRef *variants, const LLVMValueRef *weights) {
  LLVMValueRef fields[] = {
      number32(e, ORDORT_ABI),
      number32(e, (uint64_t)e->library->n_targets),
      records_at(e, variants, (uint32_t)e->library->n_targets, "variants"),
      info_record(e, &f->info),
      number32(e, f->n_params),
      number32(e, f->n_claims),
      number32(e, f->n_states),
      number32(e, f->stream),
      params_at(e, f),
      weights_at(e, f, weights),
      texts_at(e, f->need_texts, f->n_needs),
      texts_at(e, f->claim_texts, f->n_claims),
  };
  const char *name = arena_printf(e->arena, "%s_function", f->symbol);
  LLVMValueRef global = constant(e, record(e, fields, sizeof fields / sizeof *fields), name, 8);
  LLVMSetLinkage(global, LLVMExternalLinkage);
  return global;
}

static LLVMValueRef external(const LibraryEmit *e, const char *name, LLVMTypeRef type) {
  LLVMValueRef known = LLVMGetNamedFunction(e->module, name);
  return known ? known : LLVMAddFunction(e->module, name, type);
}

/* Parameters from 'first' on, stored as an array on the stack. */
static LLVMValueRef gather(const LibraryEmit *e, LLVMBuilderRef b, LLVMValueRef function,
                           uint32_t first, uint32_t n, LLVMTypeRef type) {
  LLVMValueRef array = LLVMBuildArrayAlloca(b, type, number32(e, n ? n : 1), "");
  for (uint32_t i = 0; i < n; i++) {
    LLVMValueRef index = number32(e, i);
    LLVMBuildStore(b, LLVMGetParam(function, first + i),
                   LLVMBuildInBoundsGEP2(b, type, array, &index, 1, ""));
  }
  return array;
}

static LLVMValueRef new_entry(const LibraryEmit *e, const char *name, LLVMTypeRef result,
                              LLVMTypeRef *types, uint32_t n, LLVMBuilderRef b) {
  LLVMValueRef function = LLVMAddFunction(e->module, name, LLVMFunctionType(result, types, n, 0));
  LLVMPositionBuilderAtEnd(b, LLVMAppendBasicBlockInContext(e->context, function, "entry"));
  return function;
}

/* int S(sizes, args, results, context) */
static void emit_entry(const LibraryEmit *e, const LibraryFunction *f, LLVMValueRef description) {
  const ordort_info *info = &f->info;
  uint32_t arrays = info->n_args + info->n_results, n = info->n_sizes + arrays + 1;
  LLVMTypeRef *types = arena_array(e->arena, LLVMTypeRef, n);
  for (uint32_t i = 0; i < n; i++) types[i] = i < info->n_sizes ? e->i64 : e->ptr;
  LLVMBuilderRef b = LLVMCreateBuilderInContext(e->context);
  LLVMValueRef function = new_entry(e, f->symbol, e->i32, types, n, b);
  LLVMValueRef values[] = {
      description,
      gather(e, b, function, 0, info->n_sizes, e->i64),
      gather(e, b, function, info->n_sizes, info->n_args, e->ptr),
      gather(e, b, function, info->n_sizes + info->n_args, info->n_results, e->ptr),
      LLVMGetParam(function, n - 1),
  };
  LLVMTypeRef call_types[] = {e->ptr, e->ptr, e->ptr, e->ptr, e->ptr};
  LLVMTypeRef call = LLVMFunctionType(e->i32, call_types, 5, 0);
  LLVMBuildRet(b, LLVMBuildCall2(b, call, external(e, "ordort_call", call), values, 5, ""));
  LLVMDisposeBuilder(b);
}

/* int64_t S_bytes(sizes, threads) */
static void emit_bytes(const LibraryEmit *e, const LibraryFunction *f, LLVMValueRef description) {
  uint32_t n = f->info.n_sizes + 1;
  LLVMTypeRef *types = arena_array(e->arena, LLVMTypeRef, n);
  for (uint32_t i = 0; i < n; i++) types[i] = i + 1 < n ? e->i64 : e->i32;
  LLVMBuilderRef b = LLVMCreateBuilderInContext(e->context);
  LLVMValueRef function =
      new_entry(e, arena_printf(e->arena, "%s_bytes", f->symbol), e->i64, types, n, b);
  LLVMValueRef values[] = {description, gather(e, b, function, 0, n - 1, e->i64),
                           LLVMGetParam(function, n - 1)};
  LLVMTypeRef call_types[] = {e->ptr, e->ptr, e->i32};
  LLVMTypeRef call = LLVMFunctionType(e->i64, call_types, 3, 0);
  LLVMBuildRet(b, LLVMBuildCall2(b, call, external(e, "ordort_bytes", call), values, 3, ""));
  LLVMDisposeBuilder(b);
}

/* ---- the whole ---- */

static bool emit_library(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  LibraryEmit *e = user;
  const BuiltLibrary *l = e->library;
  (void)target;
  e->module = module;
  e->context = LLVMGetModuleContext(module);
  e->fault = fault;
  e->ptr = LLVMPointerTypeInContext(e->context, 0);
  e->i32 = LLVMInt32TypeInContext(e->context);
  e->i64 = LLVMInt64TypeInContext(e->context);
  uint32_t n = (uint32_t)l->n_targets;
  LLVMValueRef *variants = arena_array(e->arena, LLVMValueRef, l->n_functions * n + 1);
  for (uint32_t t = 0; t < n; t++) {
    LLVMValueRef products[3];
    if (!emit_units(e, (int)t)) return false;
    product_records(e, (int)t, products);
    for (uint32_t f = 0; f < l->n_functions; f++)
      variants[f * n + t] = variant_record(e, &l->functions[f].code[t], (int)t, products);
    hide_code(e);
  }
  LLVMValueRef *weights = arena_array(e->arena, LLVMValueRef, l->n_weights + 1);
  for (uint32_t i = 0; i < l->n_weights; i++)
    if (l->weights[i].data)
      weights[i] = bytes_at(e, l->weights[i].data, l->weights[i].bytes, "weight");
  for (uint32_t f = 0; f < l->n_functions; f++) {
    LLVMValueRef description = function_record(e, &l->functions[f], variants + f * n, weights);
    emit_entry(e, &l->functions[f], description);
    emit_bytes(e, &l->functions[f], description);
  }
  name_calls(e);
  return true;
}

bool library_object(const BuiltLibrary *library, Arena *arena, const void **bytes, size_t *n,
                    Fault *fault) {
  LibraryEmit e = {.library = library, .arena = arena};
  JitUnit unit = {"library", "", emit_library, &e};
  return jit_object(&library->targets[library->n_targets - 1], &unit, arena, bytes, n, fault);
}
