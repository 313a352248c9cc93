/* The table of passes, and the context that they run in. */
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

PassCtx *pass_ctx_new(Ctx *ctx, const PipelineOptions *options) {
  PassCtx *pc = arena_new(&ctx->arena, PassCtx);
  pc->ctx = ctx;
  pc->options = options ? *options : pipeline_options();
  return pc;
}

void pass_ctx_free(PassCtx *pc) {
  remarks_free(&pc->remarks);
  plugins_close(pc->plugins);
  pc->plugins = NULL;
}

const PassInfo *pass_find(const PassCtx *pc, const char *name) {
  for (int i = 0; i < n_passes; i++)
    if (!strcmp(pass_info[i].name, name)) return &pass_info[i];
  for (uint32_t i = 0; pc->plugins && i < pc->plugins->list.len; i++)
    if (!strcmp(pc->plugins->list.data[i].info->name, name)) return pc->plugins->list.data[i].info;
  return NULL;
}
