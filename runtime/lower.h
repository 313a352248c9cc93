/* Lowering: from a plan to what runs without it. The frame is laid out, which gives the image
 * (exec/image.h) and the list of calls (codegen/step.h), and the code that they need is named.
 */
#ifndef ORDO_RUNTIME_LOWER_H
#define ORDO_RUNTIME_LOWER_H

#include "codegen/gemm.h"
#include "codegen/gemm_bf16.h"
#include "codegen/kernel.h"
#include "codegen/step.h"
#include "exec/image.h"
#include "ir/needs.h"
#include "ir/size_table.h"
#include "passes/plan/plan.h"
#include "runtime/foreign.h"

/* Which code of products is needed. */
typedef struct ProductNeeds {
  bool any, transposes;
} ProductNeeds;

typedef struct KernelUse {
  const Graph *body;
  KernelSig sig;
  const PlanInstr *instr; /* the first that runs it */
} KernelUse;

/* The parts of an image while they are collected. */
typedef struct ImageBuilder {
  SizeTableBuilder table;
#define SIZE_PART(type, name)
#define PART(type, name) VEC(type) name;
#include "exec/image_parts.def"
#undef PART
} ImageBuilder;

/* A C function of a foreign library, and the slot that holds its handle. */
typedef struct ForeignUse {
  uint32_t slot;
  const Node *node;
  const int *ranks; /* of operands and results */
  int n;
} ForeignUse;

/* An instruction as the NaN trap and the profile see it. */
typedef struct Watch {
  const PlanInstr *instr;
  const uint32_t *out_slots, *in_slots;
  uint32_t step_slot; /* of the innermost scan, 0 for none */
  int product;        /* of a dot: its number in the image; else -1 */
} Watch;

typedef struct Lowered {
  Ctx *ctx;
  const Plan *plan;
  const Target *target;
  const char *after; /* what is called behind each instruction (step_emit); NULL: nothing */
  ImageBuilder builder;
  Image image;
  StepBlock steps;
  VEC(KernelUse) kernels;
  ProductNeeds products[2]; /* of f32 and f64 */
  bool bf16;                /* products in bf16 */
  VEC(ForeignUse) foreign;
  VEC(uint32_t) rank_slots; /* that hold the other ranks (exec/ranks.h) */
  VEC(Watch) watches;
  VEC(Span) size_places; /* of what first needed a size, by its number */
  VEC(int) area_buffers; /* by area */
  int n_instructions;
} Lowered;

/* needs: of the graph's sizes. Everything lives in ctx. */
bool lower_plan(Lowered *l, Ctx *ctx, const Plan *plan, const Needs *needs, const Target *target,
                const char *after, Fault *fault);
/* The number of a size in the image's table. */
static inline uint32_t lower_size(Lowered *l, Sz size, Span place) {
  uint32_t number = size_table_add(&l->builder.table, size);
  while (l->size_places.len < l->builder.table.sums.len)
    vec_push(&l->ctx->arena, &l->size_places, place);
  return number;
}
/* The product of a dot instruction; false when its axes have no matrix form. */
bool lower_product(Lowered *l, const PlanInstr *instr, ImageProduct *product, Fault *fault);
/* What a product's instruction says of the kernel that runs with it: slots from 'code' on, which
 * fill_arrays and the sizes of sig fill. */
void lower_rows(Lowered *l, const PlanRows *rows, Span place, const KernelSig *sig, uint32_t code);
/* The instruction in words ("kernel of exp, sub, sum: e, a") and its place in the text. */
const char *instr_describe(Ctx *ctx, const PlanInstr *instr);
Span instr_place(const PlanInstr *instr);
/* The code as units, for a Jit or an object file: products, kernels, and the step as the last one,
 * whose symbol it has. Returns their number; *units lives in ctx. */
int lower_units(Lowered *l, JitUnit **units);

#endif
