/* Instructions that are C functions instead of compiled kernels: sort, argsort, cumsum,
 * scatter_add, update, assign, copy.
 *
 * They keep the kernels' calling convention, f(args, lo, hi): slots of pointers, then sizes; lo..hi
 * are independent work items, so that the result does not depend on how they are divided among
 * threads.
 */
#ifndef ORDO_RUNTIME_LIBRARY_H
#define ORDO_RUNTIME_LIBRARY_H

#include "passes/plan/plan.h"

typedef void (*LaunchFn)(const uint64_t *args, int64_t lo, int64_t hi);

/* How a library instruction is called: pointer slots are its operands and results, then these
 * sizes. */
typedef struct LibraryCall {
  const char *symbol;
  LaunchFn function;
  Sz sizes[6];
  int n_sizes;
  Sz range; /* work items */
  Sz work;  /* rough number of operations, to choose serial or parallel */
} LibraryCall;

/* The call for an instruction (copy: node NULL, type of the value); false with a message when it
 * has none. */
bool library_call(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call, const char **why);

#endif
