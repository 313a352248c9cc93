/* The tables of passes (passes/passes.def) and of pipelines by name (pipelines.def). */
#ifndef ORDO_PASSES_PIPELINE_PASS_TABLE_H
#define ORDO_PASSES_PIPELINE_PASS_TABLE_H

#include "passes/passes.h"

extern const PassInfo pass_info[];
extern const int n_passes;
/* A pass by name, plug-ins included; NULL when there is none. */
const PassInfo *pass_find(const PassCtx *pc, const char *name);
/* Pass i of all, plug-ins behind the built-in ones; NULL behind the last. */
const PassInfo *pass_at(const PassCtx *pc, uint32_t i);

/* What is made of a plan behind the pipeline, to be looked at with --dump-after and --stop-after:
 * "llvm", "asm". -1 when it is none of them. */
int code_stage_find(const char *name);

typedef struct PipelineInfo {
  const char *name, *text, *doc;
} PipelineInfo;
extern const PipelineInfo pipeline_info[];
extern const int n_pipelines;
const PipelineInfo *pipeline_find(const char *name);
/* The name of the default pipeline of -O0, -O1, -O2. */
const char *pipeline_default(int level);

#endif
