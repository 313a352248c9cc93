/* Passes, plan and code in one call: see compile.h. */
#include "passes/pipeline/pipeline.h"
#include "base/clock.h"
#include "passes/plan/plan.h"
#include "app/compile.h"
#include "runtime/foreign.h"

CompileOptions compile_options(void) {
  return (CompileOptions){.passes = pipeline_options(), .level = 2};
}

static const char *pipeline_wanted(Ctx *ctx, const CompileOptions *options) {
  if (options->pipeline) return options->pipeline;
  const char *pipeline = pipeline_default(options->level);
  const char *single = ctx_printf(ctx, "%s-single", pipeline); /* the place of a NaN is one op */
  return options->trap_nan && pipeline_find(single) ? single : pipeline;
}

/* The passes, of which the last is the plan; planned here when the pipeline asked for ends before it. NULL after a
 * diagnostic. */
static const Plan *passes_and_plan(Ctx *ctx, const Graph *g, const CompileOptions *options) {
  PipelineOptions passes = options->passes;
  passes.plan.no_reuse = options->trap_nan;
  PassCtx *pc = pass_ctx_new(ctx, &passes);
  Fault fault = {0};
  const Graph *fused = pipeline_run(pc, g, pipeline_wanted(ctx, options));
  const Plan *plan = fused && foreign_allowed(ctx, fused) ? plan_of(pc, fused, &fault) : NULL;
  if (!plan) fault_tell(ctx, &fault, "'%s' cannot be compiled", ctx_text(ctx, g->name));
  pass_ctx_free(pc);
  return plan;
}

Program *compile_graph(Engine *engine, Ctx *ctx, const Graph *g, const CompileOptions *options,
                       CompileTimes *times) {
  double start = clock_seconds();
  const Plan *plan = passes_and_plan(ctx, g, options);
  if (!plan) return NULL;
  double done = clock_seconds();
  Fault fault = {0};
  ProgramOptions program_options = {
      .source = g, .trap_nan = options->trap_nan, .profile = options->profile};
  Program *program = program_compile(engine, ctx, plan, &program_options, &fault);
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
