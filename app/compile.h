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
} CompileOptions;
CompileOptions compile_options(void); /* level 2, defaults */

/* NULL after a diagnostic. What it took is added to phases, which may be NULL. */
Program *compile_graph(Engine *engine, Ctx *ctx, const Graph *g, const CompileOptions *options,
                       Phases *phases);

#endif
