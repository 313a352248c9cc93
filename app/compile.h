/* From the text of a spec to a program that runs: the one way, for run, train, opt, show and the C
 * interface.
 *
 *   Compile c = compile_model(ctx, &dirs, "sort", COMPILE_function, &options);
 *   compile(&c, PHASE_parse);     c.spec
 *   c.name = "net.sorted";
 *   compile(&c, PHASE_code);      c.graph, c.fused, c.plan, c.program
 *   compile_free(&c);
 *
 * A Compile holds what each stage left and goes on where it stopped, so that who needs something
 * between two stages (a graph to look at, another arena) gets it there. Failures are diagnostics.
 */
#ifndef ORDO_APP_COMPILE_H
#define ORDO_APP_COMPILE_H

#include "app/models.h"
#include "data/corpus.h"
#include "frontend/check.h"
#include "passes/passes.h"
#include "runtime/program.h"

typedef struct CompileOptions {
  PipelineOptions passes;
  const char *pipeline;  /* NULL: the default of the level */
  int level;             /* 0, 1, 2 */
  const char *precision; /* of products of f32: "f32" or "bf16"; NULL: the training program's */
  const char *remarks;   /* filter; NULL: none are kept */
  /* Called with a program that is laid out, before its code is made; may be NULL. False after a
   * diagnostic. */
  bool (*laid_out)(void *user, Program *program);
  bool trap_nan, profile; /* see ProgramOptions */
} CompileOptions;
CompileOptions compile_options(void); /* level 2, defaults */
/* Whether products take operands of bf16. training: what is compiled, or NULL. */
bool compile_bf16(const CompileOptions *options, const TrainProgram *training);
/* What is made of a spec. */
typedef enum CompileWhat {
  COMPILE_spec,     /* everything in it is checked and proved, used or not */
  COMPILE_function, /* the function of the name */
  COMPILE_training, /* the training program of the name, or the only one; the graph is its step */
  COMPILE_graph     /* what a name may stand for (app/entry.h), or the file's graph text */
} CompileWhat;

typedef struct Compile {
  Ctx *ctx;
  Engine *engine; /* may be NULL up to PHASE_passes */
  CompileOptions options;
  Phases *phases; /* what it took is added here; may be NULL */
  CompileWhat what;
  /* the source, as far as it is not given as something later */
  const ModelDirs *dirs;
  const char *model, *text; /* text: NULL to read the model's file */
  SpecOptions spec_options;
  const char *name;
  bool with_data;      /* a function's vocabularies come from the data sets of the text, */
  const char *weights; /* or from this checkpoint, where it has them; may be NULL */
  bool proved;         /* what the spec claims of sets: before, of all of it */
  /* what the stages leave, in their order */
  Spec *spec;
  Corpus corpus;
  const SpecFunction *function;
  const TrainProgram *training;
  const Graph *graph;
  uint32_t n_state; /* its first results take over the memory of so many first parameters */
  PassCtx *passes;
  const Graph *fused;
  const Plan *plan;
  Program *program;
  bool checked; /* of COMPILE_spec: sound but for what is not proved */
  int stage;    /* the next one */
  bool failed, running;
} Compile;

/* The source is a model: a path, or a name to be looked up. */
Compile compile_model(Ctx *ctx, const ModelDirs *dirs, const char *model, CompileWhat what,
                      const CompileOptions *options);
/* The source is a spec that is loaded. name may be NULL. */
Compile compile_spec(Ctx *ctx, Spec *spec, CompileWhat what, const char *name,
                     const CompileOptions *options);
/* The source is a graph. */
Compile compile_made(Ctx *ctx, const Graph *graph, const CompileOptions *options);

/* Goes on up to and with the phase 'last': parse, data, check, passes, layout or code. */
bool compile(Compile *c, PhaseId last);
/* Behind PHASE_layout: threads make the code while the caller compiles something else, and
 * PHASE_code waits for them. */
bool compile_begin_code(Compile *c);
/* Whether the pipeline, which has run, went as far as kernels. */
bool compile_lowered(const Compile *c);
/* Frees what is no memory of ctx: the program, the corpus, plug-ins. */
void compile_free(Compile *c);

/* A program of a graph, which the caller frees. NULL after a diagnostic. phases may be NULL. */
Program *compile_graph(Engine *engine, Ctx *ctx, const Graph *g, const CompileOptions *options,
                       Phases *phases);

#endif
