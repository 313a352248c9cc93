/* Inside of the engine and of programs: for runtime/ only. */
#ifndef ORDO_RUNTIME_ENGINE_H
#define ORDO_RUNTIME_ENGINE_H

#include "codegen/kernel.h"
#include "codegen/step.h"
#include "ir/needs.h"
#include "runtime/foreign.h"
#include "runtime/library_sizes.h"
#include "exec/product.h"
#include "runtime/program.h"
#include "exec/loop.h"

struct Engine {
  Arena arena;
  Jit *jit;
  Pool *pool;
  GemmKernels
      *products[2]; /* of f32 and f64; the code is added by the first program that has some */
};

/* The table of an element type (f32 or f64), empty until it is linked. */
GemmKernels *engine_products(Engine *engine, DType dtype);

/* ---- a program: what is known before sizes are ---- */

/* A matrix product. Slots: [a, b, c, product]. */
typedef struct Product {
  const GemmKernels *kernels;
  GemmArgs args; /* sizes and strides, set when sizes are bound */
  DType dtype;
  Sz m, n, k, batch, a_row, a_col, a_batch, b_row, b_col, b_batch;
  Span span;
} Product;
void product_call(const uint64_t *args, Pool *pool);
/* The product of a dot instruction; NULL when its axes have no matrix form. */
Product *product_new(Program *program, const PlanInstr *instr, Fault *fault);
/* Sets sizes and strides, and *bytes to the workspace that it needs. */
bool product_bind(Program *program, Product *product, int64_t *bytes, Fault *fault);
/* The value of a size under the sizes that are bound, for what stands at span. */
bool bound_size(const Program *program, Sz size, Span span, int64_t *value, Fault *fault);

/* Which code of products a program needs. */
typedef struct ProductNeeds {
  bool any, transposes;
} ProductNeeds;

typedef struct KernelUse {
  const Graph *body;
  KernelSig sig;
} KernelUse;

/* What a slot of the frame holds once sizes are bound. */
typedef struct SlotFill {
  uint32_t slot;
  enum { FILL_buffer, FILL_size, FILL_pointer } kind;
  Span span; /* size: of the instruction that is called with it */
  union {
    int buffer;
    Sz size;
    void *pointer;
  };
} SlotFill;

/* Work items and grain of a launch, in the two slots before 'at'. */
typedef struct Launch {
  uint32_t at;
  Sz range, work;
  Span span;
} Launch;

typedef struct LoopBind { /* sizes of a Loop, to be set when bound */
  Loop *scan;
  const PlanScan *plan;
  uint32_t at;
  Span span;
} LoopBind;

/* An instruction as the NaN trap sees it. */
typedef struct Watch {
  const PlanInstr *instr;
  const uint32_t *out_slots, *in_slots;
  uint32_t step_slot;     /* of the innermost scan, 0 for none */
  const Product *product; /* of a dot */
  double seconds, best;   /* when profiled: of all calls so far, of the fastest one */
  int64_t calls;
} Watch;

struct Program {
  Engine *engine;
  Ctx *ctx;
  const Graph *graph;
  const Plan *plan;
  ProgramStats stats;
  void (*step)(uint64_t *frame, Pool *pool);
  /* static layout */
  uint32_t n_slots;
  VEC(SlotFill) fills;
  VEC(SlotFill) outside; /* pointers into the caller's memory: set by program_pointers */
  VEC(Launch) launches;
  VEC(Product *) products;
  ProductNeeds needs[2]; /* of f32 and f64 */
  VEC(KernelUse) kernels;
  VEC(Foreign *) foreign;
  VEC(LoopBind) scans;
  VEC(Watch) watches;
  Needs sizes_needed; /* what the graph needs of its sizes */
  VEC(Sz) symbols;    /* all size symbols of the program */
  /* bound */
  SizeEnv sizes;
  bool built, bound;
  uint64_t *frame;
  char *memory, *workspace;
  int64_t memory_bytes, workspace_bytes, *offsets;
  ProgramTrap trap;
  bool trapped;
  double tick; /* profile: end of the instruction before */
  int64_t runs;
};

/* runtime/frame.c: slots for all instructions of the plan, and the steps for emission. */
bool frame_layout(Program *program, StepBlock *steps, bool watched, Fault *fault);
/* Called by compiled code after instruction id when NaN is trapped; frame[0] is the program. */
void program_check(uint64_t *frame, uint32_t id);
/* The instruction in words ("kernel of exp, sub, sum: e, a") and its place in the text. */
const char *instr_describe(const Program *program, const PlanInstr *instr);
Span instr_place(const PlanInstr *instr);
/* runtime/profile.c: called before a run, and by compiled code after instruction id. */
void profile_start(Program *program);
void profile_tick(uint64_t *frame, uint32_t id);

#endif
