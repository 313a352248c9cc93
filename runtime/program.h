/* A compiled graph: machine code, one frame of pointers and sizes, one arena.
 *
 *   Engine *engine = engine_new(2, NULL, NULL, &fault);   code and threads, shared by programs
 *   Program *p = program_new(engine, ctx, plan, NULL);
 *   program_lay_out(p, &fault); program_link(p, &fault); app/compile.h does the three
 *   program_call(p, args, results, &fault);               tensors in, new tensors out
 *
 * or, without allocation or checks in the step, for training:
 *
 *   program_bind(p, &sizes, &fault); program_pointers(p, params, results); program_execute(p);
 *
 * Errors of the user (a wrong shape, an index out of range, no memory) are false and a fault
 * (base/fault.h) at its place, whose text lives in the ctx of the program.
 */
#ifndef ORDO_RUNTIME_PROGRAM_H
#define ORDO_RUNTIME_PROGRAM_H

#include "codegen/jit.h"
#include "ir/tensor.h"
#include "passes/plan/plan.h"
#include "base/pool.h"

typedef struct Engine Engine;
/* threads < 1: one for each processor. target NULL: the host. cache NULL: the user's
 * (codegen/cache.h). */
Engine *engine_new(int threads, const Target *target, const char *cache, Fault *fault);
/* Who makes products of f32 and f64 from now on: "own" (as at first), "openblas", "auto", or what
 * engine_products_by has said (runtime/product_choice.h). False with the reason, and nothing has
 * changed. */
bool engine_choose_products(Engine *engine, const char *text, Fault *fault);
const char *engine_products_by(const Engine *engine);
void engine_free(Engine *engine); /* after all its programs */
/* Where control goes when memory runs out in the engine; NULL: nowhere (base/arena.h). */
void engine_guard(Engine *engine, ArenaEscape *escape);
/* Who is told what took how long: code generation, and the instructions of profiled programs that
 * are made from here on. NULL: nobody. */
void engine_trace(Engine *engine, Trace *trace);
Jit *engine_jit(Engine *engine);

typedef struct Program Program;

typedef struct ProgramOptions {
  const Graph *
      source; /* the graph as it was before passes, whose needs of sizes are checked; NULL: the plan's */
  bool trap_nan; /* stop at the first instruction that makes a NaN out of none */
  bool profile;  /* take the time of every instruction; not with trap_nan */
} ProgramOptions;

typedef struct ProgramStats {
  int instructions, kernels; /* launches in the step; different compiled kernels */
  int64_t arena_bytes, workspace_bytes;
} ProgramStats;

/* Of a plan, not yet laid out nor compiled; NULL when memory is out. The plan, its graph and ctx
 * must outlive the program. options may be NULL. */
Program *program_new(Engine *engine, Ctx *ctx, const Plan *plan, const ProgramOptions *options);
/* The frame: a slot for all that compiled code calls and reads. */
bool program_lay_out(Program *program, Fault *fault);
/* Emits the code, which the engine's threads generate from here on while the caller does something
 * else. What the parts took is added to phases, which may be NULL. */
bool program_begin(Program *program, Phases *phases, Fault *fault);
/* Links the code, begun before or not: the program can be run behind it. */
bool program_link(Program *program, Phases *phases, Fault *fault);
void program_free(Program *program);
const Graph *program_graph(const Program *program); /* fused */
ProgramStats program_stats(const Program *program);

/* Makes arena and frame ready for sizes: allocates only when the sizes are new and larger than
 * before. */
bool program_bind(Program *program, const SizeEnv *sizes, Fault *fault);
/* Who runs the program together with this one, from now on and as long as it runs; NULL, as at
 * first: nobody, and a graph that is cut into shards has all of them here unless sizes say
 * otherwise. */
struct Ranks;
void program_ranks(Program *program, struct Ranks *ranks);
/* Memory of all parameters and results (contiguous, of the bound sizes). A result that takes over a
 * parameter's memory has no pointer of its own (NULL). */
void program_pointers(Program *program, void *const *params, void *const *results);
void program_execute(Program *program);

/* Binds sizes from the shapes, checks types and index ranges, makes the results (owned by the
 * caller), runs. */
bool program_call(Program *program, const Tensor *const *args, Tensor **results, Fault *fault);

/* With trap_nan, after a run: what made the first NaN, or NULL. */
typedef struct ProgramTrap {
  const char *text; /* op or kernel, with its user names */
  Span span;
  int64_t step; /* of the innermost scan, or -1 */
} ProgramTrap;
const ProgramTrap *program_trap(const Program *program);

/* With profile: where the time of all runs so far went, as a table, the slowest instruction
 * first; at most n_rows of them (0: all), and the whole as the phase that they are parts of. Times
 * are of the calling thread. */
void program_profile(const Program *program, uint32_t n_rows, PhaseId whole, Text *out);

#endif
