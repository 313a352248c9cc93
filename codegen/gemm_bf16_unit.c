/* Products in bf16 on the tile unit of x86 (AMX), whose instruction tdpbf16ps is what base/bf16.h
 * defines.
 *
 * Tiles have fixed numbers (0 to 3: C, 4 and 5: A, 6 and 7: B) and one configuration, which the
 * driver loads around all of them: LLVM then moves, spills and configures nothing. Four loads of
 * tiles whose rows are whole cache lines cost nothing beside four products, which is why both
 * operands are packed. Rows and columns that are missing are zeros.
 */
#include "codegen/gemm_bf16_emit.h"

#include <stddef.h>

#include <llvm-c/Core.h>

#include "base/bf16.h"

enum { ROW_BYTES = 64, PAIRS = BF16_BLOCK / 2 };

/* ---- tiles ---- */

static Val number(const Bf16Emit *e, int tile) { return LLVMConstInt(e->i8, (unsigned)tile, 0); }

static void load_tile(const Bf16Emit *e, int tile, Val address, Val stride) {
  bf16_call(e, "llvm.x86.tileloadd64", NULL, 0, (Val[]){number(e, tile), address, stride}, 3);
}

static void store_tile(const Bf16Emit *e, int tile, Val address, Val stride) {
  bf16_call(e, "llvm.x86.tilestored64", NULL, 0, (Val[]){number(e, tile), address, stride}, 3);
}

/* Calls a function for every tile of C, with its place. */
static void each_c(const Bf16Emit *e, int rows, int cols,
                   void (*emit)(const Bf16Emit *e, int tile, Val address, Val stride)) {
  Val c = BF16_FIELD(e, c), row = BF16_FIELD(e, c_row);
  Val stride = LLVMBuildMul(e->b, row, bf16_integer(e, sizeof(float)), "");
  for (int m = 0; m < rows; m++)
    for (int n = 0; n < cols; n++) {
      Val offset = LLVMBuildMul(e->b, row, bf16_integer(e, (int64_t)m * BF16_UNIT), "");
      offset = LLVMBuildAdd(e->b, offset, bf16_integer(e, (int64_t)n * BF16_UNIT), "");
      emit(e, 2 * m + n, bf16_at(e, e->f32, c, offset), stride);
    }
}

static void zero_tile(const Bf16Emit *e, int tile, Val address, Val stride) {
  (void)address, (void)stride;
  bf16_call(e, "llvm.x86.tilezero", NULL, 0, (Val[]){number(e, tile)}, 1);
}

static void begin_c(const Bf16Emit *e, int rows, int cols) {
  LLVMBasicBlockRef add = bf16_block(e, "add"), set = bf16_block(e, "set"),
                    after = bf16_block(e, "begun");
  Val zero = LLVMBuildICmp(e->b, LLVMIntEQ, BF16_FIELD(e, accumulate), bf16_integer(e, 0), "");
  LLVMBuildCondBr(e->b, zero, set, add);
  LLVMPositionBuilderAtEnd(e->b, add);
  each_c(e, rows, cols, load_tile);
  LLVMBuildBr(e->b, after);
  LLVMPositionBuilderAtEnd(e->b, set);
  each_c(e, rows, cols, zero_tile);
  LLVMBuildBr(e->b, after);
  LLVMPositionBuilderAtEnd(e->b, after);
}

static void emit_tile(Bf16Emit *e, Arena *arena, int rows, int cols) {
  bf16_function(e, bf16_unit_tile_name(arena, rows, cols));
  Val k = BF16_FIELD(e, k), stride = bf16_integer(e, ROW_BYTES);
  Val from[] = {BF16_FIELD(e, a), BF16_FIELD(e, b)};
  Val group[] = {BF16_FIELD(e, a_row), BF16_FIELD(e, b_row)};
  begin_c(e, rows, cols);
  Bf16EmitLoop loop = bf16_loop(e, BF16_BLOCK);
  Val at[] = {bf16_carried(e, &loop, from[0]), bf16_carried(e, &loop, from[1])};
  bf16_loop_body(e, &loop, k);
  for (int side = 0; side < 2; side++) {
    load_tile(e, 4 + 2 * side, at[side], stride);
    if ((side ? cols : rows) > 1)
      load_tile(e, 5 + 2 * side, bf16_at(e, e->i8, at[side], group[side]), stride);
    bf16_carry(e, at[side], bf16_at(e, e->i8, at[side], bf16_integer(e, BF16_UNIT_BYTES)));
  }
  for (int m = 0; m < rows; m++)
    for (int n = 0; n < cols; n++)
      bf16_call(e, "llvm.x86.tdpbf16ps", NULL, 0,
                (Val[]){number(e, 2 * m + n), number(e, 4 + m), number(e, 6 + n)}, 3);
  bf16_loop_end(e, &loop);
  each_c(e, rows, cols, store_tile);
  LLVMBuildRetVoid(e->b);
}

void bf16_emit_unit_tiles(Bf16Emit *e, Arena *arena) {
  for (int rows = 1; rows <= 2; rows++)
    for (int cols = 1; cols <= 2; cols++) emit_tile(e, arena, rows, cols);
  bf16_function(e, BF16_UNIT_BEGIN);
  bf16_call(e, "llvm.x86.ldtilecfg", NULL, 0, (Val[]){BF16_FIELD(e, a)}, 1);
  LLVMBuildRetVoid(e->b);
  bf16_function(e, BF16_UNIT_END);
  bf16_call(e, "llvm.x86.tilerelease", NULL, 0, NULL, 0);
  LLVMBuildRetVoid(e->b);
}

/* ---- packing ---- */

/* Two vectors of 16 f32 as 32 numbers of bf16, rounded: those of the first one first. */
static Val halves(const Bf16Emit *e, Val first, Val second) {
  Val both =
      bf16_call(e, "llvm.x86.avx512bf16.cvtne2ps2bf16.512", NULL, 0, (Val[]){second, first}, 2);
  return LLVMBuildBitCast(e->b, both, LLVMVectorType(e->i16, BF16_BLOCK), "");
}

/* Neighbours of two vectors become pairs: a0 b0 a1 b1 .. */
static Val interleaved(const Bf16Emit *e, Val both) {
  Val lanes[BF16_BLOCK];
  for (int i = 0; i < BF16_BLOCK; i++)
    lanes[i] = LLVMConstInt(e->i32, (unsigned)(i / 2 + (i & 1) * BF16_UNIT), false);
  return LLVMBuildShuffleVector(e->b, both, LLVMGetPoison(LLVMTypeOf(both)),
                                LLVMConstVector(lanes, BF16_BLOCK), "");
}

/* A group under packing. */
typedef struct PackEmit {
  const Bf16Emit *e;
  Val a, a_row, rows, k;
  bool whole; /* there are 16 rows and 32 k: nothing is masked, which is most of the work */
} PackEmit;

/* count where at < bound, else nothing. */
static Val count_below(const Bf16Emit *e, Val at, Val bound, Val count) {
  Val within = LLVMBuildICmp(e->b, LLVMIntSLT, at, bound, "");
  return LLVMBuildSelect(e->b, within, count, bf16_integer(e, 0), "");
}

/* Row r over the 32 k from k on. */
static Val row_of(const PackEmit *p, int r, Val k) {
  const Bf16Emit *e = p->e;
  Val row = bf16_at(e, e->f32, p->a, LLVMBuildMul(e->b, p->a_row, bf16_integer(e, r), "")), part[2];
  for (int i = 0; i < 2; i++) {
    Val at = LLVMBuildAdd(e->b, k, bf16_integer(e, (int64_t)i * BF16_UNIT), "");
    Val left = LLVMBuildSub(e->b, p->k, at, "");
    Val count = count_below(e, bf16_integer(e, r), p->rows, left);
    Val mask = p->whole ? NULL : bf16_lanes_below(e, count);
    part[i] = bf16_load(e, bf16_at(e, e->f32, row, at), mask);
  }
  return halves(e, part[0], part[1]);
}

/* The pair of k from k on, side by side for all rows. */
static Val pair_of(const PackEmit *p, int pair, Val k) {
  const Bf16Emit *e = p->e;
  Val part[2];
  for (int i = 0; i < 2; i++) {
    Val at = LLVMBuildAdd(e->b, k, bf16_integer(e, (int64_t)2 * pair + i), "");
    Val mask = p->whole ? NULL : bf16_lanes_below(e, count_below(e, at, p->k, p->rows));
    part[i] = bf16_load(e, bf16_at(e, e->f32, p->a, LLVMBuildMul(e->b, at, p->a_row, "")), mask);
  }
  return interleaved(e, halves(e, part[0], part[1]));
}

/* One unit: 16 rows from p->a on, 32 k from k on. */
static void emit_unit(const PackEmit *p, Bf16Pack pack, Val k, Val to) {
  const Bf16Emit *e = p->e;
  bool pairs = pack == PACK_pairs || pack == PACK_pairs_transposed;
  Val lines[PAIRS];
  for (int i = 0; i < PAIRS; i++) {
    lines[i] = pairs ? pair_of(p, i, k) : row_of(p, i, k);
    lines[i] = LLVMBuildBitCast(e->b, lines[i], e->ints, "");
  }
  if (pack == PACK_rows_transposed || pack == PACK_pairs_transposed)
    bf16_transpose(e, lines, PAIRS);
  for (int i = 0; i < PAIRS; i++)
    bf16_store(e, lines[i], bf16_at(e, e->i8, to, bf16_integer(e, (int64_t)i * ROW_BYTES)), NULL);
}

/* A unit, which may be whole or not. */
static void emit_any_unit(PackEmit *p, Bf16Pack pack, Val k, Val to) {
  const Bf16Emit *e = p->e;
  LLVMBasicBlockRef whole = bf16_block(e, "whole"), part = bf16_block(e, "part"),
                    after = bf16_block(e, "packed");
  Val rows = LLVMBuildICmp(e->b, LLVMIntSGE, p->rows, bf16_integer(e, BF16_UNIT), "");
  Val left = LLVMBuildSub(e->b, p->k, k, "");
  Val depth = LLVMBuildICmp(e->b, LLVMIntSGE, left, bf16_integer(e, BF16_BLOCK), "");
  LLVMBuildCondBr(e->b, LLVMBuildAnd(e->b, rows, depth, ""), whole, part);
  for (int i = 0; i < 2; i++) {
    p->whole = !i;
    LLVMPositionBuilderAtEnd(e->b, i ? part : whole);
    emit_unit(p, pack, k, to);
    LLVMBuildBr(e->b, after);
  }
  LLVMPositionBuilderAtEnd(e->b, after);
}

/* Groups inside, so that what is adjacent along the rows is read together; along k there is one
 * group only. */
static void emit_pack(Bf16Emit *e, Arena *arena, Bf16Pack pack) {
  bf16_function(e, bf16_pack_name(arena, pack));
  Val a = BF16_FIELD(e, a), c = BF16_FIELD(e, c), rows = BF16_FIELD(e, rows);
  Val group = BF16_FIELD(e, c_row);
  PackEmit p = {.e = e, .a_row = BF16_FIELD(e, a_row), .k = BF16_FIELD(e, k)};
  Bf16EmitLoop depth = bf16_loop(e, BF16_BLOCK);
  Val to = bf16_carried(e, &depth, c);
  bf16_loop_body(e, &depth, p.k);
  Bf16EmitLoop loop = bf16_loop(e, BF16_UNIT);
  Val unit = bf16_carried(e, &loop, to);
  bf16_loop_body(e, &loop, rows);
  p.a = bf16_at(e, e->f32, a, loop.i);
  p.rows = LLVMBuildSub(e->b, rows, loop.i, "");
  emit_any_unit(&p, pack, depth.i, unit);
  bf16_carry(e, unit, bf16_at(e, e->i8, unit, group));
  bf16_loop_end(e, &loop);
  bf16_carry(e, to, bf16_at(e, e->i8, to, bf16_integer(e, BF16_UNIT_BYTES)));
  bf16_loop_end(e, &depth);
  LLVMBuildRetVoid(e->b);
}

void bf16_emit_unit_packs(Bf16Emit *e, Arena *arena) {
  for (int pack = 0; pack < N_PACKS; pack++) emit_pack(e, arena, (Bf16Pack)pack);
}
