/* From a graph as the checker makes it to a program that runs: passes, plan, code. */
#ifndef ORDO_APP_COMPILE_H
#define ORDO_APP_COMPILE_H

#include "passes/passes.h"
#include "runtime/program.h"

typedef struct CompileOptions {
  PipelineOptions passes;
  const char *pipeline;   /* NULL: the default of the level */
  int level;              /* 0, 1, 2 */
  const char *remarks;    /* filter; NULL: none are kept */
  bool trap_nan, profile; /* see ProgramOptions */
  const int *result_param;
} CompileOptions;
CompileOptions compile_options(void); /* level 2, defaults */

typedef struct CompileTimes {
  double passes_seconds, plan_seconds, code_seconds;
} CompileTimes;

/* The graph after the pipeline, which must end in 'fuse'. pc receives statistics and remarks (may
 * be NULL). */
const Graph *compile_passes(Ctx *ctx, const Graph *g, const CompileOptions *options, PassCtx **pc);
/* NULL after a diagnostic. times may be NULL. */
Program *compile_graph(Engine *engine, Ctx *ctx, const Graph *g, const CompileOptions *options,
                       CompileTimes *times);

#endif
