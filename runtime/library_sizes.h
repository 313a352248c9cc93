/* What a library instruction (exec/library.h) is called with behind its pointers. */
#ifndef ORDO_RUNTIME_LIBRARY_SIZES_H
#define ORDO_RUNTIME_LIBRARY_SIZES_H

#include "exec/library.h"
#include "passes/plan/plan.h"

typedef struct LibraryCall {
  Sz sizes[6];
  int n_sizes;
  Sz range; /* work items */
  Sz work;  /* flops and bytes, to choose serial or parallel */
} LibraryCall;

/* The call for an instruction whose data operand has the type value. */
void library_call(Ctx *ctx, const PlanInstr *instr, Ty value, LibraryCall *call);

#endif
