/* Instructions that are C functions instead of compiled kernels: the rows of
 * passes/plan/instr.def of kind 'library'.
 *
 * They keep the kernels' calling convention, f(args, lo, hi): slots of pointers (operands,
 * results, working memory), then sizes; lo..hi are independent work items, so that the result
 * does not depend on how they are divided among threads.
 */
#ifndef ORDO_RUNTIME_LIBRARY_H
#define ORDO_RUNTIME_LIBRARY_H

#include "passes/plan/plan.h"

#define RUNS_library(name) void run_##name(const uint64_t *args, int64_t lo, int64_t hi);
#define RUNS_kernel(name)
#define RUNS_product(name)
#define RUNS_foreign(name)
#define RUNS_loop(name)
#define INSTR(name, kind, ...) RUNS_##kind(name)
#include "passes/plan/instr.def"
#undef INSTR

/* What a library instruction is called with behind its pointers. */
typedef struct LibraryCall {
  Sz sizes[6];
  int n_sizes;
  Sz range; /* work items */
  Sz work;  /* rough number of operations, to choose serial or parallel */
} LibraryCall;

/* The call for an instruction whose data operand has the type value. */
void library_call(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call);

#endif
