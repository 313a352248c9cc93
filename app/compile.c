/* Passes, plan and code in one call: see compile.h. */
#include "passes/pipeline/pipeline.h"
#include "base/clock.h"
#include "app/compile.h"
#include "runtime/foreign.h"

CompileOptions compile_options(void) {
  return (CompileOptions){.passes = pipeline_options(), .level = 2};
}

const Graph *compile_passes(Ctx *ctx, const Graph *g, const CompileOptions *options, PassCtx **pc) {
  PassCtx *mine = pass_ctx_new(ctx, &options->passes);
  const char *pipeline = options->pipeline ? options->pipeline : pipeline_default(options->level);
  const char *single = ctx_printf(ctx, "%s-single", pipeline); /* the place of a NaN is one op */
  if (options->trap_nan && !options->pipeline && pipeline_find(single)) pipeline = single;
  const Graph *out = pipeline_run(mine, g, pipeline);
  if (pc)
    *pc = mine;
  else
    pass_ctx_free(mine);
  return out;
}

Program *compile_graph(Engine *engine, Ctx *ctx, const Graph *g, const CompileOptions *options,
                       CompileTimes *times) {
  double start = clock_seconds();
  const Graph *fused = compile_passes(ctx, g, options, NULL);
  if (!fused || !foreign_allowed(ctx, fused)) return NULL;
  double done = clock_seconds();
  Fault fault = {0};
  ProgramOptions program_options = {.source = g,
                                    .result_param = options->result_param,
                                    .trap_nan = options->trap_nan,
                                    .profile = options->profile};
  Program *program = program_compile(engine, ctx, fused, &program_options, &fault);
  if (!program) {
    fault_tell(ctx, &fault, "'%s' cannot be compiled", ctx_text(ctx, g->name));
    return NULL;
  }
  if (times) {
    ProgramStats stats = program_stats(program);
    *times = (CompileTimes){done - start, stats.plan_seconds, stats.compile_seconds};
  }
  return program;
}
