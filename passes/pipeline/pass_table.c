/* The tables of passes and pipelines. */
#include "passes/pipeline/pipeline.h"
#include "passes/pipeline/plugins.h"
#include "passes/plan/plan.h"

#include <string.h>

const PassInfo pass_info[] = {
#define PASS(title, ...) {.name = title, __VA_ARGS__},
#include "passes/passes.def"
#undef PASS
};
const int n_passes = (int)(sizeof pass_info / sizeof *pass_info);

const PassInfo *pass_find(const PassCtx *pc, const char *name) {
  for (int i = 0; i < n_passes; i++)
    if (!strcmp(pass_info[i].name, name)) return &pass_info[i];
  for (uint32_t i = 0; pc->plugins && i < pc->plugins->list.len; i++)
    if (!strcmp(pc->plugins->list.data[i].info->name, name)) return pc->plugins->list.data[i].info;
  return NULL;
}

const PipelineInfo pipeline_info[] = {
#define PIPELINE(...) {__VA_ARGS__},
#include "passes/pipeline/pipelines.def"
#undef PIPELINE
};
const int n_pipelines = (int)(sizeof pipeline_info / sizeof *pipeline_info);

const PipelineInfo *pipeline_find(const char *name) {
  for (int i = 0; i < n_pipelines; i++)
    if (!strcmp(pipeline_info[i].name, name)) return &pipeline_info[i];
  return NULL;
}
