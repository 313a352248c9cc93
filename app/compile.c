/* Passes, plan and code in one call: see compile.h. */
#include "passes/pipeline/pipeline.h"
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

/* The stages from a graph to a program, in order; each takes what the one before left. */
typedef struct Compile {
  Engine *engine;
  Ctx *ctx;
  const Graph *source, *fused;
  const CompileOptions *options;
  PassCtx *pc;
  const Plan *plan;
  Program *program;
  Phases *phases;
  Fault fault;
} Compile;

static bool run_passes(Compile *c) {
  c->fused = pipeline_run(c->pc, c->source, pipeline_wanted(c->ctx, c->options));
  return c->fused && foreign_allowed(c->ctx, c->fused);
}

/* The last pass has made it, unless the pipeline that was asked for ends before. */
static bool plan(Compile *c) {
  c->plan = plan_of(c->pc, c->fused, &c->fault);
  return c->plan != NULL;
}

/* Layout, emission, code generation, linking: runtime/program.c. */
static bool make_program(Compile *c) {
  ProgramOptions options = {.source = c->source,
                            .trap_nan = c->options->trap_nan,
                            .profile = c->options->profile,
                            .phases = c->phases};
  c->program = program_compile(c->engine, c->ctx, c->plan, &options, &c->fault);
  return c->program != NULL;
}

Program *compile_graph(Engine *engine, Ctx *ctx, const Graph *g, const CompileOptions *options,
                       Phases *phases) {
  PipelineOptions passes = options->passes;
  passes.plan.no_reuse = options->trap_nan;
  Compile c = {.engine = engine,
               .ctx = ctx,
               .source = g,
               .options = options,
               .pc = pass_ctx_new(ctx, &passes),
               .phases = phases};
  double start = clock_seconds();
  bool good = run_passes(&c) && plan(&c);
  phase_done(phases, PHASE_passes, start);
  pass_ctx_free(c.pc);
  if (!good || !make_program(&c))
    fault_tell(ctx, &c.fault, "'%s' cannot be compiled", ctx_text(ctx, g->name));
  return c.program;
}
