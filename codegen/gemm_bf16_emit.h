/* Emission of the loops of products in bf16: what gemm_bf16.h is made of. */
#ifndef ORDO_CODEGEN_GEMM_BF16_EMIT_H
#define ORDO_CODEGEN_GEMM_BF16_EMIT_H

#include "codegen/gemm_bf16.h"
#include "codegen/vmath.h"

typedef LLVMValueRef Val;

/* A function under construction. */
typedef struct Bf16Emit {
  LLVMContextRef context;
  LLVMModuleRef module;
  LLVMBuilderRef b;
  const Target *target;
  Vmath v;
  LLVMTypeRef i8, i16, i32, i64, pointer, f32, vector, ints; /* ints: a vector of i32 */
  int lanes;
  Val function;
} Bf16Emit;

/* A loop whose counter runs from 0 by steps while it is below the bound, which may be 0. */
typedef struct Bf16EmitLoop {
  LLVMBasicBlockRef before, head, body, after;
  Val i;
  int step;
} Bf16EmitLoop;

Bf16Emit bf16_emit_new(LLVMModuleRef module, const Target *target, int lanes);
void bf16_emit_free(Bf16Emit *e);
void bf16_function(Bf16Emit *e, const char *name);
/* A field of the Bf16Tile. */
Val bf16_field(const Bf16Emit *e, size_t offset, LLVMTypeRef type);
#define BF16_FIELD(e, name)                                                                        \
  bf16_field(e, offsetof(Bf16Tile, name),                                                          \
             _Generic(((Bf16Tile *)0)->name, int64_t                                               \
                      : (e)->i64, default                                                          \
                      : (e)->pointer))

Val bf16_integer(const Bf16Emit *e, int64_t value);
Val bf16_at(const Bf16Emit *e, LLVMTypeRef element, Val base, Val index);
LLVMBasicBlockRef bf16_block(const Bf16Emit *e, const char *name);
Val bf16_call(const Bf16Emit *e, const char *intrinsic, LLVMTypeRef *types, int n_types,
              Val *operands, int n);
Val bf16_splat(const Bf16Emit *e, Val scalar);
/* The lanes below count (i64), which may be negative or large. */
Val bf16_lanes_below(const Bf16Emit *e, Val count);
/* mask NULL: all lanes. Lanes without it are zero. */
Val bf16_load(const Bf16Emit *e, Val address, Val mask);
void bf16_store(const Bf16Emit *e, Val value, Val address, Val mask);
/* A square of lanes x lanes of any element type. */
void bf16_transpose(const Bf16Emit *e, Val *rows, int n);

Bf16EmitLoop bf16_loop(const Bf16Emit *e, int step);
/* A value that the loop carries; before the first is built bf16_loop_body. */
Val bf16_carried(const Bf16Emit *e, const Bf16EmitLoop *loop, Val initial);
void bf16_loop_body(const Bf16Emit *e, Bf16EmitLoop *loop, Val bound);
void bf16_carry(const Bf16Emit *e, Val carried, Val next);
void bf16_loop_end(const Bf16Emit *e, Bf16EmitLoop *loop);

/* The units (codegen/gemm_bf16_vector.c, codegen/gemm_bf16_unit.c). */
void bf16_emit_tiles(Bf16Emit *e, Arena *arena, int rows);
void bf16_emit_copies(Bf16Emit *e);
void bf16_emit_unit_tiles(Bf16Emit *e, Arena *arena);
void bf16_emit_unit_packs(Bf16Emit *e, Arena *arena);

/* Lanes, rows and vectors of the widest tile of a target. */
void bf16_shape(const Target *target, Bf16Kernels *g);

/* ---- names of the functions ---- */
typedef enum Bf16Part { BF16_tiles, BF16_copies, BF16_unit_tiles, BF16_unit_packs } Bf16Part;
const char *bf16_tile_name(Arena *arena, int rows, int vectors);
const char *bf16_unit_tile_name(Arena *arena, int rows, int cols);
const char *bf16_pack_name(Arena *arena, Bf16Pack pack);
#define BF16_COPY       "ordo_bf16_copy"
#define BF16_TRANSPOSE  "ordo_bf16_transpose"
#define BF16_UNIT_BEGIN "ordo_bf16_unit_begin"
#define BF16_UNIT_END   "ordo_bf16_unit_end"

#endif
