/* Emits the inner loops of matrix products.
 *
 * A tile keeps rows x vectors accumulators in registers: per step of k it loads the vectors of a
 * row of B, and for each row broadcasts one element of A and issues a fma per vector. 6 x 4 leaves
 * 24 accumulators, 4 vectors of B and a broadcast in 32 registers, 6 x 2 is the same for 16. Wider
 * shapes on paper (12 x 2, 14 x 2) make LLVM's scheduler hoist broadcasts and spill; the test of
 * gemm looks at the machine code for that.
 */
#include "codegen/gemm_emit.h"

#include <stddef.h>

#include <llvm-c/Core.h>

#include "codegen/vmath.h"

typedef LLVMValueRef Val;

typedef struct GemmEmitter {
  LLVMContextRef context;
  LLVMModuleRef module;
  LLVMBuilderRef b;
  Vmath v;
  LLVMTypeRef i32, i64, pointer, element, vector;
  int lanes, bytes;
  Val function;
  /* The fields of the GemmTile. */
  Val a, src, c, k, a_row, a_col, b_row, b_col, c_row, cols, accumulate;
} GemmEmitter;

/* A loop under construction: its counter runs from 0 to the bound by steps. */
typedef struct EmittedLoop {
  LLVMBasicBlockRef before, body;
  Val i, bound;
  int step;
} EmittedLoop;

int gemm_vectors(const Target *target) { return target->vector_registers >= 32 ? GEMM_VECTORS : 2; }

const char *gemm_tile_name(Arena *arena, DType dtype, int rows, int vectors) {
  return arena_printf(arena, "ordo_gemm_%s_tile_%dx%d", dtype_name[dtype], rows, vectors);
}

const char *gemm_copy_name(Arena *arena, DType dtype, int vectors) {
  return arena_printf(arena, "ordo_gemm_%s_copy_%d", dtype_name[dtype], vectors);
}

const char *gemm_transpose_name(Arena *arena, DType dtype) {
  return arena_printf(arena, "ordo_gemm_%s_transpose", dtype_name[dtype]);
}

/* ---- small helpers ---- */

static Val integer(const GemmEmitter *e, int64_t value) {
  return LLVMConstInt(e->i64, (unsigned long long)value, true);
}

static Val add(const GemmEmitter *e, Val a, Val b) { return LLVMBuildAdd(e->b, a, b, ""); }
static Val mul(const GemmEmitter *e, Val a, Val b) { return LLVMBuildMul(e->b, a, b, ""); }

static Val at(const GemmEmitter *e, Val base, Val index) {
  return LLVMBuildGEP2(e->b, e->element, base, &index, 1, "");
}

static LLVMBasicBlockRef block(const GemmEmitter *e, const char *name) {
  return LLVMAppendBasicBlockInContext(e->context, e->function, name);
}

static Val load(const GemmEmitter *e, LLVMTypeRef type, Val address) {
  Val value = LLVMBuildLoad2(e->b, type, address, "");
  LLVMSetAlignment(value, (unsigned)e->bytes);
  return value;
}

static void store(const GemmEmitter *e, Val value, Val address) {
  LLVMSetAlignment(LLVMBuildStore(e->b, value, address), (unsigned)e->bytes);
}

static Val masked(const GemmEmitter *e, const char *name, LLVMTypeRef *types, Val *operands,
                  int n) {
  unsigned id = LLVMLookupIntrinsicID(name, __builtin_strlen(name));
  Val f = LLVMGetIntrinsicDeclaration(e->module, id, types, 2);
  return LLVMBuildCall2(e->b, LLVMGlobalGetValueType(f), f, operands, (unsigned)n, "");
}

/* A vector of which only the lanes under the mask exist in memory; NULL: all. */
static Val load_masked(const GemmEmitter *e, Val address, Val mask) {
  if (!mask) return load(e, e->vector, address);
  Val operands[] = {address, LLVMConstInt(e->i32, (unsigned)e->bytes, false), mask,
                    vmath_const(e->vector, 0)};
  return masked(e, "llvm.masked.load", (LLVMTypeRef[]){e->vector, e->pointer}, operands, 4);
}

static void store_masked(const GemmEmitter *e, Val value, Val address, Val mask) {
  if (!mask) {
    store(e, value, address);
    return;
  }
  Val operands[] = {value, address, LLVMConstInt(e->i32, (unsigned)e->bytes, false), mask};
  masked(e, "llvm.masked.store", (LLVMTypeRef[]){e->vector, e->pointer}, operands, 4);
}

/* A scalar in every lane. */
static Val splat(const GemmEmitter *e, Val scalar) {
  LLVMTypeRef type = LLVMVectorType(LLVMTypeOf(scalar), (unsigned)e->lanes);
  Val zero = LLVMConstInt(e->i32, 0, false);
  Val first = LLVMBuildInsertElement(e->b, LLVMGetPoison(type), scalar, zero, "");
  Val mask = LLVMConstNull(LLVMVectorType(e->i32, (unsigned)e->lanes));
  return LLVMBuildShuffleVector(e->b, first, LLVMGetPoison(type), mask, "");
}

/* The lanes below count (i64). */
static Val lanes_below(const GemmEmitter *e, Val count) {
  Val numbers[64];
  for (int i = 0; i < e->lanes; i++) numbers[i] = LLVMConstInt(e->i32, (unsigned)i, false);
  Val narrow = LLVMBuildTrunc(e->b, count, e->i32, "");
  return LLVMBuildICmp(e->b, LLVMIntSLT, LLVMConstVector(numbers, (unsigned)e->lanes),
                       splat(e, narrow), "");
}

/* Opens a loop that runs at least once. */
static EmittedLoop loop_begin(const GemmEmitter *e, Val bound, int step) {
  EmittedLoop loop = {
      .before = LLVMGetInsertBlock(e->b), .body = block(e, "loop"), .bound = bound, .step = step};
  LLVMBuildBr(e->b, loop.body);
  LLVMPositionBuilderAtEnd(e->b, loop.body);
  loop.i = LLVMBuildPhi(e->b, e->i64, "i");
  return loop;
}

/* A value carried by the loop; its next value is given to loop_carry. */
static Val loop_value(const GemmEmitter *e, const EmittedLoop *loop, Val initial) {
  Val phi = LLVMBuildPhi(e->b, LLVMTypeOf(initial), "");
  LLVMBasicBlockRef before = loop->before;
  LLVMAddIncoming(phi, &initial, &before, 1);
  return phi;
}

static void loop_carry(const EmittedLoop *loop, Val phi, Val next) {
  LLVMBasicBlockRef body = loop->body;
  LLVMAddIncoming(phi, &next, &body, 1);
}

static void loop_end(const GemmEmitter *e, EmittedLoop *loop) {
  Val next = add(e, loop->i, integer(e, loop->step));
  LLVMAddIncoming(loop->i, (Val[]){integer(e, 0), next},
                  (LLVMBasicBlockRef[]){loop->before, loop->body}, 2);
  LLVMBasicBlockRef after = block(e, "after");
  LLVMBuildCondBr(e->b, LLVMBuildICmp(e->b, LLVMIntSLT, next, loop->bound, ""), loop->body, after);
  LLVMPositionBuilderAtEnd(e->b, after);
}

/* ---- functions ---- */

static Val field(const GemmEmitter *e, size_t offset, LLVMTypeRef type) {
  Val index = integer(e, (int64_t)offset);
  LLVMTypeRef byte = LLVMInt8TypeInContext(e->context);
  Val address = LLVMBuildGEP2(e->b, byte, LLVMGetParam(e->function, 0), &index, 1, "");
  return LLVMBuildLoad2(e->b, type, address, "");
}

static void function_begin(GemmEmitter *e, const char *name) {
  LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(e->context), &e->pointer, 1, false);
  e->function = LLVMAddFunction(e->module, name, type);
  target_mark(e->v.target, e->function);
  LLVMPositionBuilderAtEnd(e->b, block(e, "entry"));
#define FIELD(value, name, type) e->value = field(e, offsetof(GemmTile, name), e->type)
  FIELD(a, a, pointer), FIELD(src, b, pointer), FIELD(c, c, pointer), FIELD(k, k, i64);
  FIELD(a_row, a_row, i64), FIELD(a_col, a_col, i64), FIELD(b_row, b_row, i64);
  FIELD(b_col, b_col, i64), FIELD(c_row, c_row, i64), FIELD(cols, cols, i64);
  FIELD(accumulate, accumulate, i64);
#undef FIELD
}

static GemmEmitter emitter_new(LLVMModuleRef module, const Target *target, DType dtype) {
  LLVMContextRef context = LLVMGetModuleContext(module);
  GemmEmitter e = {.context = context, .module = module, .b = LLVMCreateBuilderInContext(context)};
  e.v = (Vmath){context, module, e.b, target};
  e.i32 = LLVMInt32TypeInContext(context);
  e.i64 = LLVMInt64TypeInContext(context);
  e.pointer = LLVMPointerTypeInContext(context, 0);
  e.element = dtype == DT_f64 ? LLVMDoubleTypeInContext(context) : LLVMFloatTypeInContext(context);
  e.bytes = dtype_bytes[dtype];
  e.lanes = target_lanes(target, e.bytes);
  e.vector = LLVMVectorType(e.element, (unsigned)e.lanes);
  return e;
}

/* ---- tiles ---- */

typedef struct Accumulators {
  int rows, vectors;
  Val sum[GEMM_ROWS][GEMM_VECTORS];
} Accumulators;

/* sum[r][j] = the products summed over k */
static void sum_products(const GemmEmitter *e, Accumulators *acc) {
  Val row_offset[GEMM_ROWS], phi[GEMM_ROWS][GEMM_VECTORS], b[GEMM_VECTORS];
  for (int r = 0; r < acc->rows; r++) row_offset[r] = mul(e, e->a_row, integer(e, r));
  EmittedLoop loop = loop_begin(e, e->k, 1);
  Val pa = loop_value(e, &loop, e->a), pb = loop_value(e, &loop, e->src);
  for (int r = 0; r < acc->rows; r++)
    for (int j = 0; j < acc->vectors; j++)
      phi[r][j] = loop_value(e, &loop, vmath_const(e->vector, 0));
  for (int j = 0; j < acc->vectors; j++)
    b[j] = load(e, e->vector, at(e, pb, integer(e, (int64_t)j * e->lanes)));
  for (int r = 0; r < acc->rows; r++) {
    Val a = splat(e, load(e, e->element, at(e, pa, row_offset[r])));
    for (int j = 0; j < acc->vectors; j++) {
      acc->sum[r][j] = vmath_fma(&e->v, a, b[j], phi[r][j]);
      loop_carry(&loop, phi[r][j], acc->sum[r][j]);
    }
  }
  loop_carry(&loop, pa, at(e, pa, e->a_col));
  loop_carry(&loop, pb, at(e, pb, e->b_row));
  loop_end(e, &loop);
}

static Val c_address(const GemmEmitter *e, int row, int vector) {
  Val offset = add(e, mul(e, e->c_row, integer(e, row)), integer(e, (int64_t)vector * e->lanes));
  return at(e, e->c, offset);
}

/* Stores the sums, added to C when add is set; the mask is for the last vector of a row. */
static void store_sums(const GemmEmitter *e, const Accumulators *acc, bool add_c, Val mask) {
  for (int r = 0; r < acc->rows; r++)
    for (int j = 0; j < acc->vectors; j++) {
      Val address = c_address(e, r, j), sum = acc->sum[r][j];
      Val lanes = j == acc->vectors - 1 ? mask : NULL;
      if (add_c) sum = LLVMBuildFAdd(e->b, load_masked(e, address, lanes), sum, "");
      store_masked(e, sum, address, lanes);
    }
  LLVMBuildRetVoid(e->b);
}

/* C = sums or C += sums. */
static void finish(const GemmEmitter *e, const Accumulators *acc, Val mask) {
  LLVMBasicBlockRef adds = block(e, "add"), sets = block(e, "set");
  Val zero = LLVMBuildICmp(e->b, LLVMIntEQ, e->accumulate, integer(e, 0), "");
  LLVMBuildCondBr(e->b, zero, sets, adds);
  LLVMPositionBuilderAtEnd(e->b, adds);
  store_sums(e, acc, true, mask);
  LLVMPositionBuilderAtEnd(e->b, sets);
  store_sums(e, acc, false, mask);
}

/* Full tiles are stored without masks, which are slow on some machines without AVX-512. */
static void emit_tile(GemmEmitter *e, Arena *arena, DType dtype, int rows, int vectors) {
  Accumulators acc = {.rows = rows, .vectors = vectors};
  function_begin(e, gemm_tile_name(arena, dtype, rows, vectors));
  sum_products(e, &acc);
  LLVMBasicBlockRef whole = block(e, "whole"), part = block(e, "part");
  Val last = LLVMBuildSub(e->b, e->cols, integer(e, (int64_t)(vectors - 1) * e->lanes), "");
  Val full = LLVMBuildICmp(e->b, LLVMIntEQ, last, integer(e, e->lanes), "");
  LLVMBuildCondBr(e->b, full, whole, part);
  LLVMPositionBuilderAtEnd(e->b, whole);
  finish(e, &acc, NULL);
  LLVMPositionBuilderAtEnd(e->b, part);
  finish(e, &acc, lanes_below(e, last));
}

/* ---- packing ---- */

static void emit_copy(GemmEmitter *e, Arena *arena, DType dtype, int vectors) {
  function_begin(e, gemm_copy_name(arena, dtype, vectors));
  Val last = LLVMBuildSub(e->b, e->cols, integer(e, (int64_t)(vectors - 1) * e->lanes), "");
  Val mask = lanes_below(e, last);
  EmittedLoop loop = loop_begin(e, e->k, 1);
  Val from = loop_value(e, &loop, e->src), to = loop_value(e, &loop, e->c);
  for (int j = 0; j < vectors; j++) {
    Val offset = integer(e, (int64_t)j * e->lanes);
    Val value = load_masked(e, at(e, from, offset), j == vectors - 1 ? mask : NULL);
    store(e, value, at(e, to, offset));
  }
  loop_carry(&loop, from, at(e, from, e->b_row));
  loop_carry(&loop, to, at(e, to, e->c_row));
  loop_end(e, &loop);
  LLVMBuildRetVoid(e->b);
}

/* A square of lanes x lanes is transposed in pieces of 16 bytes: vector i of a group of rows is put
 * together from the pieces of columns i, i + piece, ..., which loads from memory do at no cost,
 * and the elements of 'piece' such vectors change places inside of their pieces. */
enum { PIECE_BYTES = 16, MAX_PIECE = PIECE_BYTES / 4 };

static int piece_elements(const GemmEmitter *e) { return PIECE_BYTES / e->bytes; }

/* Pieces of columns i, i + piece, ... at k, side by side. */
static Val gather_pieces(const GemmEmitter *e, const Val *column, int i, Val k) {
  int piece = piece_elements(e);
  LLVMTypeRef part = LLVMVectorType(e->element, (unsigned)piece);
  Val all = load(e, part, at(e, column[i], k));
  if (piece == e->lanes) return all;
  unsigned id = LLVMLookupIntrinsicID("llvm.vector.insert", 18);
  LLVMTypeRef types[] = {e->vector, part};
  Val f = LLVMGetIntrinsicDeclaration(e->module, id, types, 2), vector = LLVMGetPoison(e->vector);
  for (int l = 0; l < e->lanes; l += piece) {
    Val values[] = {vector, l ? load(e, part, at(e, column[l + i], k)) : all, integer(e, l)};
    vector = LLVMBuildCall2(e->b, LLVMGlobalGetValueType(f), f, values, 3, "");
  }
  return vector;
}

/* In each piece, elements of a and b in turn: so many at a time, of the lower or the upper half. */
static Val interleave(const GemmEmitter *e, Val a, Val b, int each, bool upper) {
  Val lanes[64];
  int piece = piece_elements(e), half = piece / 2;
  for (int l = 0; l < e->lanes; l++) {
    int in_piece = l % piece, turn = in_piece / each;
    int from = l - in_piece + (upper ? half : 0) + turn / 2 * each + in_piece % each;
    lanes[l] = LLVMConstInt(e->i32, (unsigned)(from + (turn & 1 ? e->lanes : 0)), false);
  }
  return LLVMBuildShuffleVector(e->b, a, b, LLVMConstVector(lanes, (unsigned)e->lanes), "");
}

/* rows[c]: in each piece, element c of that piece of vectors 0, 1, ... */
static void transpose_pieces(const GemmEmitter *e, Val *rows) {
  if (piece_elements(e) == 2) {
    Val a = rows[0], b = rows[1];
    rows[0] = interleave(e, a, b, 1, false);
    rows[1] = interleave(e, a, b, 1, true);
    return;
  }
  for (int upper = 0; upper < 2; upper++) {
    Val low = interleave(e, rows[0], rows[1], 1, upper),
        high = interleave(e, rows[2], rows[3], 1, upper);
    rows[4 + 2 * upper] = interleave(e, low, high, 2, false);
    rows[5 + 2 * upper] = interleave(e, low, high, 2, true);
  }
  for (int c = 0; c < 4; c++) rows[c] = rows[4 + c];
}

/* Squares along k; the last one may overlap the one before it. */
static void emit_transpose(GemmEmitter *e, Arena *arena, DType dtype) {
  Val column[64], rows[2 * MAX_PIECE];
  int piece = piece_elements(e);
  function_begin(e, gemm_transpose_name(arena, dtype));
  Val last = LLVMBuildSub(e->b, e->cols, integer(e, 1), "");
  for (int j = 0; j < e->lanes; j++) {
    Val within = LLVMBuildICmp(e->b, LLVMIntSGT, last, integer(e, j), "");
    Val index = LLVMBuildSelect(e->b, within, integer(e, j), last, "");
    column[j] = at(e, e->src, mul(e, index, e->b_col));
  }
  Val limit = LLVMBuildSub(e->b, e->k, integer(e, e->lanes), "");
  EmittedLoop loop = loop_begin(e, e->k, e->lanes);
  Val over = LLVMBuildICmp(e->b, LLVMIntSGT, loop.i, limit, "");
  Val k = LLVMBuildSelect(e->b, over, limit, loop.i, "");
  for (int part = 0; part < e->lanes; part += piece) {
    Val from = add(e, k, integer(e, part));
    for (int i = 0; i < piece; i++) rows[i] = gather_pieces(e, column, i, from);
    transpose_pieces(e, rows);
    for (int c = 0; c < piece; c++)
      store(e, rows[c], at(e, e->c, mul(e, add(e, from, integer(e, c)), e->c_row)));
  }
  loop_end(e, &loop);
  LLVMBuildRetVoid(e->b);
}

bool gemm_emit(void *user, LLVMModuleRef module, const Target *target, Fault *fault) {
  const GemmUnit *unit = user;
  (void)fault;
  Arena names;
  arena_scratch(&names, unit->memory);
  GemmEmitter e = emitter_new(module, target, unit->dtype);
  for (int vectors = 1; vectors <= gemm_vectors(target); vectors++) {
    if (unit->part == GEMM_tiles) emit_tile(&e, &names, unit->dtype, unit->rows, vectors);
    if (unit->part == GEMM_copies) emit_copy(&e, &names, unit->dtype, vectors);
  }
  if (unit->part == GEMM_transpose) emit_transpose(&e, &names, unit->dtype);
  LLVMDisposeBuilder(e.b);
  arena_free(&names);
  return true;
}
