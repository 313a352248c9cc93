/* Times of the instructions of a plan, from the trace of a run (--profile --trace=FILE). */
#ifndef ORDO_APP_KERNEL_TIMES_H
#define ORDO_APP_KERNEL_TIMES_H

#include "passes/plan/plan.h"

/* A name and place that a trace has: instructions that are the same in both share their time
 * equally. */
typedef struct TimedName {
  const char *what, *place;
  double seconds, calls;
  int instructions; /* of the plan */
} TimedName;

typedef struct KernelTimes {
  Ctx *ctx;
  VEC(TimedName) list;
} KernelTimes;

/* False after a diagnostic. */
bool kernel_times(Ctx *ctx, const Plan *plan, const char *path, KernelTimes *out);
/* What the trace has of an instruction; NULL: nothing. */
const TimedName *kernel_time(const KernelTimes *times, const PlanInstr *instr);
/* Seconds a call; -1: none. */
double kernel_seconds(const KernelTimes *times, const PlanInstr *instr);
/* "models/lib/linear.ordo:7", or NULL. */
const char *kernel_place(Ctx *ctx, const PlanInstr *instr);

#endif
