/* Products in bf16 on vectors of f32.
 *
 * A tile keeps two accumulators for each of its rows x vectors, one for the even and one for the
 * odd k: the two chains of base/bf16.h. In every block of 32 k each is begun anew, and then both
 * are added to the sums, which lie in memory meanwhile: 6 x 2 leaves 24 accumulators of 32
 * registers, 3 x 2 is the same for 16. The fma runs under flush-to-zero (exec/product_bf16.c),
 * which is what the definition says. A machine without the instruction does it in double, to the
 * letter. */
#include "codegen/gemm_bf16_emit.h"

#include <stddef.h>
#include <string.h>

#include <llvm-c/Core.h>

#include "base/bf16.h"

/* ---- tiles ---- */

typedef struct TileEmit {
  Bf16Emit *e;
  int rows, vectors;
  Val a, b, c, sums, a_row, a_col, b_row, c_row;
} TileEmit;

static Val chained(const Bf16Emit *e, Val a, Val b, Val c) {
  if (e->target->fma) return vmath_fma(&e->v, a, b, c);
  LLVMTypeRef wide = LLVMVectorType(LLVMDoubleTypeInContext(e->context), (unsigned)e->lanes);
  Val product =
      LLVMBuildFMul(e->b, LLVMBuildFPExt(e->b, a, wide, ""), LLVMBuildFPExt(e->b, b, wide, ""), "");
  Val sum = LLVMBuildFAdd(e->b, product, LLVMBuildFPExt(e->b, c, wide, ""), "");
  return LLVMBuildFPTrunc(e->b, sum, e->vector, "");
}

static Val sum_address(const TileEmit *t, int row, int vector) {
  const Bf16Emit *e = t->e;
  return bf16_at(e, e->vector, t->sums, bf16_integer(e, (int64_t)row * t->vectors + vector));
}

static Val c_address(const TileEmit *t, int row, int vector) {
  const Bf16Emit *e = t->e;
  Val offset = LLVMBuildMul(e->b, t->c_row, bf16_integer(e, row), "");
  offset = LLVMBuildAdd(e->b, offset, bf16_integer(e, (int64_t)vector * e->lanes), "");
  return bf16_at(e, e->f32, t->c, offset);
}

static Val last_mask(const TileEmit *t, Val cols) {
  const Bf16Emit *e = t->e;
  Val before = bf16_integer(e, (int64_t)(t->vectors - 1) * e->lanes);
  return bf16_lanes_below(e, LLVMBuildSub(e->b, cols, before, ""));
}

/* Runs one of two ways of handling C: the mask is NULL where the last vectors are whole, for masks
 * are slow on some machines. */
static void with_mask(const TileEmit *t, void (*emit)(const TileEmit *t, Val mask)) {
  const Bf16Emit *e = t->e;
  Val cols = BF16_FIELD(e, cols);
  LLVMBasicBlockRef whole = bf16_block(e, "whole"), part = bf16_block(e, "part"),
                    after = bf16_block(e, "done");
  Val full =
      LLVMBuildICmp(e->b, LLVMIntEQ, cols, bf16_integer(e, (int64_t)t->vectors * e->lanes), "");
  LLVMBuildCondBr(e->b, full, whole, part);
  LLVMPositionBuilderAtEnd(e->b, whole);
  emit(t, NULL);
  LLVMBuildBr(e->b, after);
  LLVMPositionBuilderAtEnd(e->b, part);
  emit(t, last_mask(t, cols));
  LLVMBuildBr(e->b, after);
  LLVMPositionBuilderAtEnd(e->b, after);
}

static void load_sums(const TileEmit *t, Val mask) {
  for (int r = 0; r < t->rows; r++)
    for (int j = 0; j < t->vectors; j++)
      bf16_store(t->e, bf16_load(t->e, c_address(t, r, j), j == t->vectors - 1 ? mask : NULL),
                 sum_address(t, r, j), NULL);
}

static void store_sums(const TileEmit *t, Val mask) {
  for (int r = 0; r < t->rows; r++)
    for (int j = 0; j < t->vectors; j++)
      bf16_store(t->e, bf16_load(t->e, sum_address(t, r, j), NULL), c_address(t, r, j),
                 j == t->vectors - 1 ? mask : NULL);
}

/* The sums begin at C or at zero. */
static void begin_sums(const TileEmit *t) {
  const Bf16Emit *e = t->e;
  LLVMBasicBlockRef add = bf16_block(e, "add"), set = bf16_block(e, "set"),
                    after = bf16_block(e, "begun");
  Val zero = LLVMBuildICmp(e->b, LLVMIntEQ, BF16_FIELD(e, accumulate), bf16_integer(e, 0), "");
  LLVMBuildCondBr(e->b, zero, set, add);
  LLVMPositionBuilderAtEnd(e->b, add);
  with_mask(t, load_sums);
  LLVMBuildBr(e->b, after);
  LLVMPositionBuilderAtEnd(e->b, set);
  for (int i = 0; i < t->rows * t->vectors; i++)
    bf16_store(e, LLVMConstNull(e->vector), sum_address(t, 0, i), NULL);
  LLVMBuildBr(e->b, after);
  LLVMPositionBuilderAtEnd(e->b, after);
}

typedef Val Chains[BF16_ROWS][BF16_VECTORS];

/* The step of one chain at one k. */
static void step(const TileEmit *t, Val a, Val b, const Val *rows, Chains chain, Chains next) {
  const Bf16Emit *e = t->e;
  Val columns[BF16_VECTORS];
  for (int j = 0; j < t->vectors; j++)
    columns[j] = bf16_load(e, bf16_at(e, e->vector, b, bf16_integer(e, j)), NULL);
  for (int r = 0; r < t->rows; r++) {
    Val one = LLVMBuildLoad2(e->b, e->f32, bf16_at(e, e->f32, a, rows[r]), "");
    LLVMSetAlignment(one, sizeof(float));
    one = bf16_splat(e, one);
    for (int j = 0; j < t->vectors; j++) next[r][j] = chained(e, one, columns[j], chain[r][j]);
  }
}

/* 32 k from a and b on: both chains from zero, then added to the sums. */
static void emit_block(const TileEmit *t, Val a, Val b, const Val *rows) {
  const Bf16Emit *e = t->e;
  Chains chain[2], next[2];
  Bf16EmitLoop loop = bf16_loop(e, 1);
  Val pa = bf16_carried(e, &loop, a), pb = bf16_carried(e, &loop, b);
  for (int odd = 0; odd < 2; odd++)
    for (int i = 0; i < t->rows * t->vectors; i++)
      chain[odd][i / t->vectors][i % t->vectors] = bf16_carried(e, &loop, LLVMConstNull(e->vector));
  bf16_loop_body(e, &loop, bf16_integer(e, BF16_BLOCK / 2));
  Val at_a = pa, at_b = pb;
  for (int odd = 0; odd < 2; odd++) {
    step(t, at_a, at_b, rows, chain[odd], next[odd]);
    at_a = bf16_at(e, e->f32, at_a, t->a_col);
    at_b = bf16_at(e, e->f32, at_b, t->b_row);
  }
  bf16_carry(e, pa, at_a);
  bf16_carry(e, pb, at_b);
  for (int odd = 0; odd < 2; odd++)
    for (int i = 0; i < t->rows * t->vectors; i++)
      bf16_carry(e, chain[odd][i / t->vectors][i % t->vectors],
                 next[odd][i / t->vectors][i % t->vectors]);
  bf16_loop_end(e, &loop);
  for (int i = 0; i < t->rows * t->vectors; i++) {
    int r = i / t->vectors, j = i % t->vectors;
    Val both = LLVMBuildFAdd(e->b, chain[0][r][j], chain[1][r][j], "");
    Val sum = bf16_load(e, sum_address(t, r, j), NULL);
    bf16_store(e, LLVMBuildFAdd(e->b, sum, both, ""), sum_address(t, r, j), NULL);
  }
}

static void emit_tile(Bf16Emit *e, Arena *arena, int rows, int vectors) {
  bf16_function(e, bf16_tile_name(arena, rows, vectors));
  TileEmit t = {.e = e, .rows = rows, .vectors = vectors};
  t.a = BF16_FIELD(e, a), t.b = BF16_FIELD(e, b), t.c = BF16_FIELD(e, c);
  t.sums = BF16_FIELD(e, sums), t.a_row = BF16_FIELD(e, a_row), t.a_col = BF16_FIELD(e, a_col);
  t.b_row = BF16_FIELD(e, b_row), t.c_row = BF16_FIELD(e, c_row);
  Val k = BF16_FIELD(e, k), offsets[BF16_ROWS];
  for (int r = 0; r < rows; r++) offsets[r] = LLVMBuildMul(e->b, t.a_row, bf16_integer(e, r), "");
  begin_sums(&t);
  Bf16EmitLoop loop = bf16_loop(e, BF16_BLOCK);
  bf16_loop_body(e, &loop, k);
  emit_block(&t, bf16_at(e, e->f32, t.a, LLVMBuildMul(e->b, loop.i, t.a_col, "")),
             bf16_at(e, e->f32, t.b, LLVMBuildMul(e->b, loop.i, t.b_row, "")), offsets);
  bf16_loop_end(e, &loop);
  with_mask(&t, store_sums);
  LLVMBuildRetVoid(e->b);
}

void bf16_emit_tiles(Bf16Emit *e, Arena *arena, int rows) {
  Bf16Kernels shape = {0};
  bf16_shape(e->target, &shape);
  for (int v = 1; v <= shape.vectors; v++) emit_tile(e, arena, rows, v);
}

/* ---- packing ---- */

static Val ints(const Bf16Emit *e, uint32_t value) {
  Val lanes[16];
  for (int i = 0; i < e->lanes; i++) lanes[i] = LLVMConstInt(e->i32, value, false);
  return LLVMConstVector(lanes, (unsigned)e->lanes);
}

/* By the instruction that the definition of operands is. */
static Val rounded_at_once(const Bf16Emit *e, Val x) {
  Val halves = bf16_call(e, "llvm.x86.avx512bf16.cvtneps2bf16.512", NULL, 0, &x, 1);
  halves = LLVMBuildBitCast(e->b, halves, LLVMVectorType(e->i16, (unsigned)e->lanes), "");
  Val bits = LLVMBuildShl(e->b, LLVMBuildZExt(e->b, halves, e->ints, ""), ints(e, 16), "");
  return LLVMBuildBitCast(e->b, bits, e->vector, "");
}

/* bf16_operand_bits of every lane. */
static Val rounded(const Bf16Emit *e, Val x) {
  if (e->lanes == 16 && strstr(e->target->features, "+avx512bf16")) return rounded_at_once(e, x);
  Val u = LLVMBuildBitCast(e->b, x, e->ints, "");
  Val upper = ints(e, 0xffff0000u), exponent = ints(e, 0x7f800000u);
  Val odd = LLVMBuildAnd(e->b, LLVMBuildLShr(e->b, u, ints(e, 16), ""), ints(e, 1), "");
  Val near = LLVMBuildAdd(e->b, LLVMBuildAdd(e->b, u, ints(e, 0x7fff), ""), odd, "");
  Val quiet = LLVMBuildOr(e->b, u, ints(e, 0x00400000u), "");
  Val size = LLVMBuildAnd(e->b, u, ints(e, 0x7fffffffu), "");
  Val nan = LLVMBuildICmp(e->b, LLVMIntSGT, size, exponent, "");
  Val tiny = LLVMBuildICmp(e->b, LLVMIntSLT, size, ints(e, 0x00800000u), "");
  near = LLVMBuildAnd(e->b, LLVMBuildSelect(e->b, nan, quiet, near, ""), upper, "");
  Val zero = LLVMBuildAnd(e->b, u, ints(e, 0x80000000u), "");
  near = LLVMBuildSelect(e->b, tiny, zero, near, "");
  return LLVMBuildBitCast(e->b, near, e->vector, "");
}

static void emit_copy(Bf16Emit *e) {
  bf16_function(e, BF16_COPY);
  Val a = BF16_FIELD(e, a), c = BF16_FIELD(e, c), rows = BF16_FIELD(e, rows);
  Val cols = BF16_FIELD(e, cols), width = BF16_FIELD(e, width);
  Val a_row = BF16_FIELD(e, a_row), c_row = BF16_FIELD(e, c_row);
  Bf16EmitLoop row = bf16_loop(e, 1);
  Val from = bf16_carried(e, &row, a), to = bf16_carried(e, &row, c);
  bf16_loop_body(e, &row, rows);
  Bf16EmitLoop col = bf16_loop(e, e->lanes);
  bf16_loop_body(e, &col, width);
  Val mask = bf16_lanes_below(e, LLVMBuildSub(e->b, cols, col.i, ""));
  Val value = bf16_load(e, bf16_at(e, e->f32, from, col.i), mask);
  bf16_store(e, rounded(e, value), bf16_at(e, e->f32, to, col.i), NULL);
  bf16_loop_end(e, &col);
  bf16_carry(e, from, bf16_at(e, e->f32, from, a_row));
  bf16_carry(e, to, bf16_at(e, e->f32, to, c_row));
  bf16_loop_end(e, &row);
  LLVMBuildRetVoid(e->b);
}

static void emit_transpose(Bf16Emit *e) {
  Val row[16], square[16];
  bf16_function(e, BF16_TRANSPOSE);
  Val a = BF16_FIELD(e, a), c = BF16_FIELD(e, c), cols = BF16_FIELD(e, cols);
  Val k = BF16_FIELD(e, k), width = BF16_FIELD(e, width);
  Val a_row = BF16_FIELD(e, a_row), c_row = BF16_FIELD(e, c_row);
  Val last = LLVMBuildSub(e->b, cols, bf16_integer(e, 1), "");
  for (int j = 0; j < e->lanes; j++) {
    Val within = LLVMBuildICmp(e->b, LLVMIntSGT, last, bf16_integer(e, j), "");
    Val index = LLVMBuildSelect(e->b, within, bf16_integer(e, j), last, "");
    row[j] = bf16_at(e, e->f32, a, LLVMBuildMul(e->b, index, a_row, ""));
  }
  Bf16EmitLoop loop = bf16_loop(e, e->lanes);
  bf16_loop_body(e, &loop, width);
  Val mask = bf16_lanes_below(e, LLVMBuildSub(e->b, k, loop.i, ""));
  for (int j = 0; j < e->lanes; j++)
    square[j] = rounded(e, bf16_load(e, bf16_at(e, e->f32, row[j], loop.i), mask));
  bf16_transpose(e, square, e->lanes);
  for (int i = 0; i < e->lanes; i++) {
    Val at = LLVMBuildAdd(e->b, loop.i, bf16_integer(e, i), "");
    bf16_store(e, square[i], bf16_at(e, e->f32, c, LLVMBuildMul(e->b, at, c_row, "")), NULL);
  }
  bf16_loop_end(e, &loop);
  LLVMBuildRetVoid(e->b);
}

void bf16_emit_copies(Bf16Emit *e) {
  emit_copy(e);
  emit_transpose(e);
}
