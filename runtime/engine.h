/* Inside of the engine and of programs: for runtime/ only. */
#ifndef ORDO_RUNTIME_ENGINE_H
#define ORDO_RUNTIME_ENGINE_H

#include "ir/needs.h"
#include "runtime/lower.h"
#include "runtime/product_choice.h"
#include "runtime/program.h"

struct Engine {
  Arena arena;
  Jit *jit;
  Pool *pool;
  Trace *trace;
  GemmKernels
      *products[2];     /* of f32 and f64; the code is added by the first program that has some */
  Bf16Kernels *bf16;    /* the same of products in bf16 */
  ProductChoice choice; /* who makes products of f32 and f64 */
};

/* The table of an element type (f32 or f64), empty until it is linked. */
GemmKernels *engine_products(Engine *engine, DType dtype);
Bf16Kernels *engine_bf16(Engine *engine);

/* When profiled: the time of an instruction. */
typedef struct Timing {
  const Watch *watch;
  double seconds, best; /* of all calls, of the fastest one */
  int64_t calls;
  const char *what, *place; /* in words, of a trace */
} Timing;

struct Program {
  Engine *engine;
  Ctx *ctx;
  const Graph *graph;
  const Plan *plan;
  ProgramStats stats;
  const char *symbol; /* of the step, once its code is begun */
  void (*step)(uint64_t *frame, Pool *pool);
  const Graph *source; /* as it was before passes */
  const char *after;   /* function called behind each instruction, or NULL */
  Lowered lowered;
  Needs sizes_needed;     /* what the graph needs of its sizes */
  VEC(Foreign *) foreign; /* by lowered.foreign */
  Timing *timings;        /* by number of the watched instruction */
  /* bound */
  SizeEnv sizes;
  bool bound;
  ImageState *state;
  char *memory, *workspace;
  int64_t memory_bytes, workspace_bytes;
  int64_t *symbols; /* values, by their numbers in the table */
  ProgramTrap trap;
  bool trapped;
  double tick;  /* profile: end of the instruction before */
  Trace *trace; /* profile: is told of each instruction; may be NULL */
  int64_t runs;
};

/* Called by compiled code after instruction id when NaN is trapped; frame[0] is the program. */
void program_check(uint64_t *frame, uint32_t id);
/* runtime/profile.c: says in words what is watched, for a trace. */
void profile_name(Program *program);
/* Called before a run, and by compiled code after instruction id. */
void profile_start(Program *program);
void profile_tick(uint64_t *frame, uint32_t id);

#endif
