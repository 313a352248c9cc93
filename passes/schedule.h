/* A schedule: how a function is to be compiled, as text beside it. It never changes what is
 * computed, but the order of a sum: which values lie in memory, what is computed again, options of
 * passes.
 *
 *   # comment
 *   apart h, net.process.q    written to memory: no kernel reaches across it
 *   recompute mask            computed by each kernel that reads it
 *   together s, y             both in one kernel
 *   set fuse.max 16           an option of a pass, in each of its steps that does not give it;
 *                             the last line about an option counts
 *
 * Values are named as the text names them, alone or behind the path of their layer. What cannot be
 * kept is a warning, and where a pass knows why, its remark "schedule".
 */
#ifndef ORDO_PASSES_SCHEDULE_H
#define ORDO_PASSES_SCHEDULE_H

#include "ir/ir.h"

typedef enum ScheduleKind { SCHEDULE_apart, SCHEDULE_recompute, SCHEDULE_together } ScheduleKind;

typedef struct ScheduleRow {
  ScheduleKind kind;
  const char *name, *with; /* with: of together */
  Span span;
} ScheduleRow;

typedef struct ScheduleOption {
  const char *pass, *option, *value;
  Span span;
} ScheduleOption;

typedef struct Schedule {
  VEC(ScheduleRow) rows;
  VEC(ScheduleOption) options;
} Schedule;

/* NULL after a diagnostic. */
Schedule *schedule_read(Ctx *ctx, const Source *source);
/* Whether a row names the value of a node: "h", "net.process.h". */
bool schedule_names(const Ctx *ctx, const char *name, const Node *n);
/* The same schedule with one row more. */
Schedule *schedule_with_row(Ctx *ctx, const Schedule *s, ScheduleRow row);
/* With the option set to that, and to nothing else. */
Schedule *schedule_with_option(Ctx *ctx, const Schedule *s, ScheduleOption option);
/* As it is read. */
void schedule_print(const Schedule *s, Text *out);

#endif
