/* The state of kernel emission, private to codegen/kernel_*.c and scalar_emit.c.
 *
 * Code is emitted into scopes: the function's entry, the loop over work items, the loops inside.
 * A value belongs to the outermost scope in which everything it needs is known, and is emitted
 * there once: what does not change in a loop is hoisted by construction. This works because a
 * scope's block stays open at its end while loops inside it are built; the branch into a loop is
 * only made when the loop is closed.
 *
 * Inside a lane scope the lane variable stands for consecutive values in the lanes of a vector, and
 * a value is a vector when it depends on the lane variable, else a scalar (splat when needed).
 */
#ifndef ORDO_CODEGEN_KERNEL_EMITTER_H
#define ORDO_CODEGEN_KERNEL_EMITTER_H

#include <llvm-c/Core.h>

#include "codegen/kernel_plan.h"
#include "codegen/vmath.h"

typedef struct KernelScope KernelScope;
struct KernelScope {
  KernelScope *parent;
  int depth;
  bool closed;
  LLVMBasicBlockRef own, *block; /* where code is appended; a straight scope shares its parent's */
  int lane_var;                  /* -1: no lanes */
  int lanes;
  LLVMValueRef mask; /* lanes that take part; NULL: all */
};

/* An element, or a vector of elements. */
typedef struct KernelValue {
  LLVMValueRef scalar, vector; /* scalar NULL: it differs between lanes. vector may be a splat */
  KernelScope *scope;
} KernelValue;

/* What a variable stands for now. */
typedef struct KernelBinding {
  LLVMValueRef counter; /* i64; NULL with a scope: merged into the next variable of its group */
  KernelScope *scope;
} KernelBinding;

typedef struct Memo {
  uint64_t key;
  KernelValue value;
} Memo;

typedef struct Emitter {
  Ctx *ctx;
  Arena *arena;
  KernelPlan *plan;
  Index *ix;
  const Graph *body;
  const Target *target;
  LLVMContextRef llvm;
  LLVMModuleRef module;
  LLVMBuilderRef b;
  Vmath vmath;
  LLVMValueRef function, args;
  LLVMTypeRef i1, i8, i16, i32, i64, f32, f64, ptr;
  KernelScope *scope, *entry, *base; /* base: of the section, entered when it has items to do */
  const Section *section;
  VEC(KernelBinding) bound; /* by variable */
  Memo *memo;
  uint32_t n_memo, n_memo_used;
  const Sz *sizes;
  int n_sizes;
} Emitter;

/* ---- scopes and loops (kernel_loop.c) ---- */
typedef struct KernelLoop {
  KernelScope *scope, *outer;
  LLVMBasicBlockRef body, exit;
  LLVMValueRef counter, end, nonempty; /* nonempty NULL: known to run */
  int64_t step;
  int n;
  LLVMValueRef *init, *phi;
} KernelLoop;

/* Positions the builder at the end of a scope. */
LLVMBuilderRef emit_at(Emitter *e, KernelScope *scope);
/* After a call that may have made blocks: code goes on where the builder is. */
void emit_moved(Emitter *e, KernelScope *scope);
/* Opens a loop from start below end in the current scope, which its body becomes. Carried values
 * start as init and are loop->phi inside. */
void loop_open(Emitter *e, KernelLoop *loop, LLVMValueRef start, LLVMValueRef end, int64_t step,
               bool never_empty, const LLVMValueRef *init, int n);
/* next: the carried values for the next iteration; replaced by those after the loop. */
void loop_close(Emitter *e, KernelLoop *loop, LLVMValueRef *next);
/* A scope inside the current one that shares its block. */
KernelScope *straight_open(Emitter *e);
void straight_close(Emitter *e);
void bind_group(Emitter *e, const Domain *d, const Group *g, LLVMValueRef counter);

/* Runs body for all values of a group's counter in [start, end), in lanes. */
typedef struct LaneRange {
  const Domain *domain;
  const Group *group;
  LLVMValueRef start, end; /* end NULL: 0 up to the group's extent */
  int lanes;
  bool divides; /* end - start is a multiple of lanes */
  bool heavy;   /* one masked loop rather than a full loop and a masked rest */
} LaneRange;
typedef void (*LaneBody)(Emitter *e, void *user, LLVMValueRef *carry);
void lane_loop(Emitter *e, const LaneRange *range, LLVMValueRef *carry, int n, LaneBody body,
               void *user);
/* Makes the current scope a lane scope; rest: number of elements left (i64), NULL: at least lanes.
 */
void lanes_begin(Emitter *e, int var, int lanes, LLVMValueRef rest);
typedef void (*ScalarBody)(Emitter *e, void *user, LLVMValueRef *carry);
/* A scalar loop over a group, innermost body once per counter. */
void group_loop(Emitter *e, const Domain *d, const Group *g, LLVMValueRef *carry, int n,
                ScalarBody body, void *user);
/* The same from start to end, of which there is at least one. */
void group_range(Emitter *e, const Domain *d, const Group *g, LLVMValueRef start, LLVMValueRef end,
                 LLVMValueRef *carry, int n, ScalarBody body, void *user);

/* ---- numbers and positions (kernel_position.c) ---- */
LLVMValueRef int64_const(const Emitter *e, int64_t value);
LLVMValueRef size_value(Emitter *e, Sz size);          /* i64, at the entry */
LLVMTypeRef dtype_type(const Emitter *e, DType dtype); /* in registers: i1 i32 i64 float double */
LLVMTypeRef dtype_storage(const Emitter *e, DType dtype); /* in memory */
LLVMTypeRef vector_of(LLVMTypeRef element, int lanes);
LLVMValueRef splat(LLVMBuilderRef b, LLVMValueRef scalar, int lanes);
LLVMValueRef lane_numbers(const Emitter *e, LLVMTypeRef type, int lanes); /* 0, 1, 2, ... */
KernelScope *deeper(KernelScope *a, KernelScope *b);
/* The value as a vector of the lanes of a scope; splats are made where the scalar is known. */
LLVMValueRef value_vector(Emitter *e, KernelValue *v, KernelScope *lane_scope);
/* Where the lanes of a form lie: uniform + lane * stride + spread. */
typedef struct Position {
  int uniform;         /* form without what differs between lanes */
  Sz stride;           /* 0: none */
  LLVMValueRef spread; /* vector of the type asked for, NULL: none */
  KernelScope *scope, *spread_scope;
} Position;
Position form_position(Emitter *e, int form, LLVMTypeRef type, KernelScope **scope);
LLVMValueRef uniform_value(Emitter *e, int form, KernelScope **scope); /* i64 */
/* The form as an i32 value, scalar or in lanes. */
KernelValue form_value(Emitter *e, int form);
/* The condition of a guard; {0} when there is none. */
KernelValue guard_value(Emitter *e, int guard);

/* ---- memory (kernel_memory.c) ---- */
KernelValue load_param(Emitter *e, Ref param, int map, int guard);
void store_result(Emitter *e, const Store *store, const int *forms, KernelValue value);
/* Computes and stores those of n stores that are made with a batch (-1: those of no reduction's
 * loop). */
void store_all(Emitter *e, const Store *stores, uint32_t n, int batch, const int *forms, int rank);
/* Rounded to bf16, scalar or vector. */
LLVMValueRef bf16_round(Emitter *e, LLVMValueRef x);

/* ---- values (kernel_value.c, kernel_reduce.c) ---- */
KernelValue emit_value(Emitter *e, Ref node, int map, int guard);
KernelValue memo_find(Emitter *e, Ref node, int map, int guard, bool *found);
void memo_put(Emitter *e, Ref node, int map, int guard, KernelValue value);
KernelValue emit_reduction(Emitter *e, Ref node, int map, int guard);
/* Threefry-2x32-20 (kernel_random.c). */
KernelValue emit_random(Emitter *e, Ref node, int map, int guard);
LLVMValueRef emit_key(Emitter *e, Op op, LLVMValueRef key, LLVMValueRef stream);

/* ---- elementwise ops (scalar_emit.c) ---- */
/* The result of an op on operands that are all scalars or all vectors, at the builder's position.
 * operand: dtype of the last operand; extent: of the result when it is an index (i64), or NULL. */
typedef struct ScalarOp {
  Op op;
  DType operand, result;
  LLVMValueRef extent;
} ScalarOp;
LLVMValueRef scalar_emit(Emitter *e, const ScalarOp *op, const LLVMValueRef *operands);

#endif
