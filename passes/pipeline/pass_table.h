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

typedef struct PipelineInfo {
  const char *name, *text, *doc;
} PipelineInfo;
extern const PipelineInfo pipeline_info[];
extern const int n_pipelines;
const PipelineInfo *pipeline_find(const char *name);
/* The name of the default pipeline of -O0, -O1, -O2. */
const char *pipeline_default(int level);

#endif
