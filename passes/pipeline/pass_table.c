/* The tables of passes and pipelines. */
#include "passes/pipeline/pass_table.h"
#include "passes/pipeline/plugins.h"
#include "passes/plan/plan.h"

#include <string.h>

const PassInfo pass_info[] = {
#define PASS(title, ...) {.name = title, __VA_ARGS__},
#include "passes/passes.def"
#undef PASS
};
const int n_passes = (int)(sizeof pass_info / sizeof *pass_info);

const PassInfo *pass_at(const PassCtx *pc, uint32_t i) {
  if (i < (uint32_t)n_passes) return &pass_info[i];
  i -= (uint32_t)n_passes;
  return pc->plugins && i < pc->plugins->list.len ? pc->plugins->list.data[i].info : NULL;
}

const PassInfo *pass_find(const PassCtx *pc, const char *name) {
  const PassInfo *pass;
  for (uint32_t i = 0; (pass = pass_at(pc, i)) != NULL; i++)
    if (!strcmp(pass->name, name)) return pass;
  return NULL;
}

int code_stage_find(const char *name) {
  static const char *const stages[] = {"llvm", "asm"};
  for (int i = 0; i < 2; i++)
    if (!strcmp(stages[i], name)) return i;
  return -1;
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

const char *pipeline_default(int level) {
  static const char *const names[] = {"O0", "O1", "O2"};
  return names[level < 0 ? 0 : level > 2 ? 2 : level];
}
