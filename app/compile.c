/* The stages from a text to a program: see compile.h. The list stands at the end. */
#include "app/compile.h"

#include "app/entry.h"
#include "app/feed.h"
#include "app/prove.h"
#include "passes/pipeline/pipeline.h"
#include "passes/plan/plan.h"
#include "runtime/foreign.h"

CompileOptions compile_options(void) {
  return (CompileOptions){.passes = pipeline_options(), .level = 2};
}

/* The text or name of the pipeline that they ask for. */
static const char *pipeline_for(Ctx *ctx, const CompileOptions *options, const Graph *g) {
  if (options->pipeline) return options->pipeline;
  if (graph_fused(g)) return "plan"; /* read from a text */
  const char *pipeline = pipeline_default(options->level);
  const char *single = ctx_printf(ctx, "%s-single", pipeline); /* the place of a NaN is one op */
  return options->trap_nan && pipeline_find(single) ? single : pipeline;
}

/* ---- stages: each takes what the one before left ---- */

/* Text: the trees of the file and of what it imports. Graph text is a graph at once. */
static bool parse(Compile *c, Fault *fault) {
  (void)fault;
  bool is_graph = false;
  uint32_t errors = c->ctx->diags.errors;
  if (c->what == COMPILE_graph && !c->text) c->graph = entry_read(c->ctx, c->model, &is_graph);
  if (is_graph || c->ctx->diags.errors > errors) return c->graph != NULL;
  const char *path = c->text ? c->model : models_find(c->ctx, c->dirs, c->model);
  if (!path) return false;
  c->spec = c->text ? spec_load_text(c->ctx, path, c->text, &c->spec_options)
                    : spec_load(c->ctx, path, &c->spec_options);
  return c->spec != NULL;
}

/* Files of data that the function or program takes from: they tell the sizes of vocabularies. Which
 * files these are shows when it is elaborated with sizes that are not known yet; mistakes in the
 * text are told before any file is read. */
static bool open_data(Compile *c, Fault *fault) {
  (void)fault;
  if (c->what == COMPILE_training) {
    const TrainProgram *program = spec_train(c->spec, c->name);
    return program && feed_open_corpus(c->ctx, c->spec, program->data, NULL, &c->corpus);
  }
  if (c->what != COMPILE_function || !c->with_data || !spec_data(c->spec).count) return true;
  c->name = function_find(c->ctx, c->spec, c->name, false);
  const SpecFunction *f = c->name ? spec_function_graph(c->spec, c->name) : NULL;
  return f && feed_open_corpus(c->ctx, c->spec, f->data, c->weights, &c->corpus);
}

/* Trees: names, types and sizes are checked while graphs are made of them; what the text claims of
 * sets is proved. */
static bool check(Compile *c, Fault *fault) {
  (void)fault;
  if (c->graph) return true;
  switch (c->what) {
  case COMPILE_spec:
    c->checked = spec_check(c->spec);
    return c->checked && prove_spec(c->ctx, c->spec, &c->options.passes);
  case COMPILE_function:
    c->name = function_find(c->ctx, c->spec, c->name, false);
    c->function = c->name ? spec_function_graph(c->spec, c->name) : NULL;
    c->graph = c->function ? c->function->graph : NULL;
    break;
  case COMPILE_training:
    c->training = spec_train(c->spec, c->name);
    if (!c->training || (!c->proved && !prove_spec(c->ctx, c->spec, NULL))) return false;
    c->graph = c->training->step;
    c->n_state = c->training->n_state;
    break;
  case COMPILE_graph: {
    Entry entry = entry_find(c->ctx, c->spec, c->name);
    c->graph = entry.graph;
    c->n_state = entry.n_state;
  }
  }
  return c->graph != NULL;
}

bool compile_bf16(const CompileOptions *options, const TrainProgram *training) {
  if (options->precision) return !strcmp(options->precision, "bf16");
  return training && training->bf16;
}

/* The pipeline: from a graph as the text says it to kernels and products, and the plan of them. */
static bool run_passes(Compile *c, Fault *fault) {
  (void)fault;
  PipelineOptions options = c->options.passes;
  int *takes = arena_array(&c->ctx->arena, int, c->graph->results.len + 1);
  for (uint32_t k = 0; k < c->graph->results.len; k++) takes[k] = k < c->n_state ? (int)k : -1;
  options.plan.no_reuse = c->options.trap_nan;
  options.plan.result_param = takes;
  options.bf16 = compile_bf16(&c->options, c->training);
  options.spans = c->phases ? c->phases->trace : NULL;
  c->passes = pass_ctx_new(c->ctx, &options);
  c->fused = pipeline_run(c->passes, c->graph, pipeline_for(c->ctx, &c->options, c->graph));
  return c->fused != NULL;
}

/* A pipeline that ended before kernels leaves a graph that is compiled as it stands, each op a
 * kernel. */
static bool lower(Compile *c) {
  if (compile_lowered(c)) return true;
  PipelineOptions options = pipeline_options();
  options.plan = c->options.passes.plan;
  options.plan.result_param = c->passes->options.plan.result_param;
  pass_ctx_free(c->passes);
  c->passes = pass_ctx_new(c->ctx, &options);
  c->fused = pipeline_run(c->passes, c->fused, "inline,grad,contract,fuse{max=1},plan");
  return c->fused != NULL;
}

bool compile_lowered(const Compile *c) {
  const PassCtx *pc = c->passes;
  const char *last = pc->stats.len ? pc->stats.data[pc->stats.len - 1].pass : "";
  return !strcmp(last, "fuse") || !strcmp(last, "plan") || graph_fused(c->fused);
}

/* The plan, which the last pass has made unless the pipeline that was asked for ends before, and
 * the frame of what it calls and reads. */
static bool lay_out(Compile *c, Fault *fault) {
  ProgramOptions options = {
      .source = c->graph, .trap_nan = c->options.trap_nan, .profile = c->options.profile};
  if (!lower(c) || !foreign_allowed(c->ctx, c->fused)) return false;
  c->plan = plan_of(c->passes, c->fused, fault);
  if (!c->plan) return false;
  c->program = program_new(c->engine, c->ctx, c->plan, &options);
  if (!c->program) return fault_set(fault, E_compile_failed, (Span){0}, "out of memory");
  return program_lay_out(c->program, fault) &&
         (!c->options.laid_out || c->options.laid_out(c->options.passes.user, c->program));
}

/* Emission, code generation on all threads, linking: the program is ready. */
static bool link_code(Compile *c, Fault *fault) {
  return program_link(c->program, c->phases, fault);
}

static const struct {
  PhaseId phase;
  bool (*run)(Compile *c, Fault *fault);
} stages[] = {
    {PHASE_parse, parse},       /* model -> spec (or graph) */
    {PHASE_data, open_data},    /* spec -> corpus, sizes of vocabularies */
    {PHASE_check, check},       /* spec -> function, training, graph */
    {PHASE_passes, run_passes}, /* graph -> fused */
    {PHASE_layout, lay_out},    /* fused -> plan, program */
    {PHASE_code, link_code},    /* program, with its code */
};
enum { N_STAGES = sizeof stages / sizeof *stages };

/* ---- the whole ---- */

void compile_free(Compile *c) {
  program_free(c->program);
  if (c->passes) pass_ctx_free(c->passes);
  corpus_close(&c->corpus);
  c->program = NULL;
  c->passes = NULL;
  c->corpus = (Corpus){0};
}

/* When memory runs out in a stage. */
static void free_when_cut(void *what) {
  Compile *c = what;
  if (c->running) compile_free(c);
}

bool compile(Compile *c, PhaseId last) {
  ArenaCleanup cleanup;
  Fault fault = {0};
  const char *of = c->phases ? c->phases->of : NULL;
  double start = clock_seconds(), at = clock_seconds(); /* parts begin later than the whole */
  arena_defer(&c->ctx->arena, &cleanup, free_when_cut, c);
  c->running = true;
  uint32_t errors = c->ctx->diags.errors;
  for (; !c->failed && c->stage < N_STAGES && stages[c->stage].phase <= last; c->stage++) {
    if (c->phases) c->phases->of = c->graph ? ctx_text(c->ctx, c->graph->name) : c->model;
    c->failed = !stages[c->stage].run(c, &fault) || c->ctx->diags.errors > errors;
    at = phase_done(c->phases, stages[c->stage].phase, at);
  }
  if (c->failed && fault.text)
    fault_tell(c->ctx, &fault, "'%s' cannot be compiled", ctx_text(c->ctx, c->graph->name));
  c->running = false;
  arena_done(&c->ctx->arena, &cleanup);
  phase_done(c->phases, PHASE_compile, start);
  if (c->phases) c->phases->of = of;
  return !c->failed;
}

bool compile_begin_code(Compile *c) {
  ArenaCleanup cleanup;
  Fault fault = {0};
  const char *of = c->phases ? c->phases->of : NULL;
  double start = clock_seconds(), at = clock_seconds(); /* parts begin later than the whole */
  if (c->failed) return false;
  arena_defer(&c->ctx->arena, &cleanup, free_when_cut, c);
  c->running = true;
  if (c->phases) c->phases->of = ctx_text(c->ctx, c->graph->name);
  c->failed = !program_begin(c->program, c->phases, &fault);
  if (c->failed)
    fault_tell(c->ctx, &fault, "'%s' cannot be compiled", ctx_text(c->ctx, c->graph->name));
  c->running = false;
  arena_done(&c->ctx->arena, &cleanup);
  phase_done(c->phases, PHASE_code, at);
  phase_done(c->phases, PHASE_compile, start);
  if (c->phases) c->phases->of = of;
  return !c->failed;
}

/* ---- where it starts ---- */

static int stage_of(PhaseId phase) {
  int stage = 0;
  while (stages[stage].phase != phase) stage++;
  return stage;
}

Compile compile_model(Ctx *ctx, const ModelDirs *dirs, const char *model, CompileWhat what,
                      const CompileOptions *options) {
  return (Compile){.ctx = ctx, .options = *options, .what = what, .dirs = dirs, .model = model};
}

Compile compile_spec(Ctx *ctx, Spec *spec, CompileWhat what, const char *name,
                     const CompileOptions *options) {
  return (Compile){.ctx = ctx,
                   .options = *options,
                   .what = what,
                   .name = name,
                   .spec = spec,
                   .stage = stage_of(PHASE_data)};
}

Compile compile_made(Ctx *ctx, const Graph *graph, const CompileOptions *options) {
  return (Compile){.ctx = ctx,
                   .options = *options,
                   .what = COMPILE_graph,
                   .graph = graph,
                   .stage = stage_of(PHASE_passes)};
}

Program *compile_graph(Engine *engine, Ctx *ctx, const Graph *g, const CompileOptions *options,
                       Phases *phases) {
  Compile c = compile_made(ctx, g, options);
  c.engine = engine;
  c.phases = phases;
  compile(&c, PHASE_code);
  Program *program = c.failed ? NULL : c.program;
  if (program) c.program = NULL;
  compile_free(&c);
  return program;
}
