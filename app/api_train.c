/* Training by the interface. */
#include "app/api.h"
#include "app/train.h"

/* The run's memory is its own; what is elaborated is the spec's. */
struct OrdoRun {
  OrdoSpec *spec;
  OrdoRun *next;
  Compile compile;
  Trainer *trainer;
  Lifetime own;
  bool broken; /* memory ran out in it */
};

OrdoTraining ordo_training(void) { return (OrdoTraining){.seed = -1}; }

static TrainOptions options_of(Ctx *ctx, const OrdoTraining *training, const Corpus *corpus) {
  TrainOptions options = train_options();
  if (training->folder) options.folder = arena_strdup(&ctx->arena, training->folder);
  options.steps = training->steps ? training->steps : -1;
  options.seed = training->seed;
  options.checkpoint_every = training->checkpoint_every;
  options.log_every = training->log_every > 0 ? training->log_every : 1;
  options.resume = training->resume;
  options.progress = training->verbose ? stderr : NULL;
  options.corpus = corpus;
  return options;
}

static OrdoRun *new_run(OrdoSpec *spec) {
  OrdoRun *run = heap_alloc(sizeof *run);
  spec->ordo->at = NULL;
  if (!run) {
    api_out_of_memory(spec->ordo);
    return NULL;
  }
  *run = (OrdoRun){.spec = spec, .next = spec->runs};
  spec->runs = run;
  return run;
}

static Ctx *begin_run(OrdoRun *run) {
  Ctx *ctx = api_begin(run->spec->ordo, run->spec->ctx);
  ctx_enter(ctx, &run->own);
  return ctx;
}

static bool end_run(OrdoRun *run, bool good) {
  good = api_end(run->spec->ordo, good);
  ctx_leave(run->spec->ctx);
  return good;
}

static bool start(OrdoRun *run, const OrdoTraining *training) {
  OrdoSpec *spec = run->spec;
  Ordo *ordo = spec->ordo;
  Compile *c = &run->compile;
  CompileOptions options = compile_options();
  options.precision = ordo->precision;
  Ctx *ctx = api_begin(ordo, spec->ctx);
  if (!api_usable(spec)) return api_end(ordo, false);
  *c = compile_spec(ctx, spec->spec, COMPILE_training, training->program, &options);
  c->proved = true; /* when the spec was loaded */
  ordo->elaborates = true;
  bool good = compile(c, PHASE_check);
  ordo->elaborates = false;
  if (!good) return api_end(ordo, false);
  ctx_enter(ctx, &run->own);
  TrainOptions how = options_of(ctx, training, &c->corpus);
  run->trainer = trainer_new(ctx, ordo->engine, c->training, &how);
  return end_run(run, trainer_start(run->trainer));
}

static bool try_start(OrdoRun *run, const OrdoTraining *training) {
  if (setjmp(run->spec->ordo->escape.jump)) return api_starved(run->spec->ordo);
  return start(run, training);
}

OrdoRun *ordo_run_begin(OrdoSpec *spec, const OrdoTraining *training) {
  OrdoRun *run = new_run(spec);
  if (!run || try_start(run, training)) return run;
  spec->spoiled = spec->spoiled || spec->ordo->elaborates;
  spec->ordo->elaborates = false;
  ordo_run_free(run);
  return NULL;
}

static bool sound(OrdoRun *run) {
  if (!run->broken) return true;
  diag_at(run->spec->ctx, (Span){0}, E_run_failed, "memory ran out in this run");
  return false;
}

static int step(OrdoRun *run) {
  begin_run(run);
  int more = sound(run) ? trainer_step(run->trainer) : -1;
  return end_run(run, more >= 0) ? more : -1;
}

int ordo_run_step(OrdoRun *run) {
  if (!setjmp(run->spec->ordo->escape.jump)) return step(run);
  run->broken = true;
  api_starved(run->spec->ordo);
  return -1;
}

static bool finish(OrdoRun *run, int stopped) {
  TrainResult result;
  begin_run(run);
  return end_run(run, sound(run) && trainer_finish(run->trainer, stopped, &result) &&
                          trainer_settle(run->trainer));
}

int ordo_run_finish(OrdoRun *run, int stopped) {
  if (!setjmp(run->spec->ordo->escape.jump)) return finish(run, stopped);
  run->broken = true;
  return api_starved(run->spec->ordo);
}

OrdoRow ordo_run_row(const OrdoRun *run, size_t i) {
  TrainRow row = trainer_row(run->trainer, i < UINT32_MAX ? (uint32_t)i : UINT32_MAX);
  return (OrdoRow){row.section, row.step, row.n, row.names, row.values};
}

const char *ordo_run_model(const OrdoRun *run, size_t i) {
  const TrainProgram *program = run->compile.training;
  uint32_t last = 0; /* models stand one behind the other */
  for (uint32_t k = 0; k < program->n_state; k++) {
    const TrainState *state = &program->state[k];
    if (!state->is_weight || state->model.i == last) continue;
    last = state->model.i;
    if (!i--) return ctx_text(run->spec->ctx, state->model);
  }
  return NULL;
}

static bool take_weights(OrdoFunction *function, OrdoRun *run) {
  Tensors state = {0}; /* borrows */
  api_begin_call(function);
  bool own = function->spec == run->spec;
  if (!own)
    diag_at(function->spec->ctx, (Span){0}, E_call_arguments,
            "the function and the run are of two specs");
  bool good = own && sound(run);
  if (good) trainer_state(run->trainer, &state);
  good = good && function_take_weights(&function->function, state.list.data, state.list.len,
                                       ctx_text(run->spec->ctx, run->compile.training->name));
  return api_end_call(function, good);
}

int ordo_take_weights(OrdoFunction *function, OrdoRun *run) {
  Ordo *ordo = function->spec->ordo;
  if (setjmp(ordo->escape.jump)) return api_starved(ordo);
  return take_weights(function, run);
}

void ordo_run_free(OrdoRun *run) {
  if (!run) return;
  OrdoRun **at = &run->spec->runs;
  while (*at && *at != run) at = &(*at)->next;
  if (*at) *at = run->next;
  if (run->trainer) trainer_free(run->trainer);
  compile_free(&run->compile);
  arena_free(&run->own.arena);
  heap_free(run);
}

int ordo_train(OrdoSpec *spec, const OrdoTraining *training) {
  OrdoRun *run = ordo_run_begin(spec, training);
  int more = run ? 1 : -1;
  while (more > 0) more = ordo_run_step(run);
  bool good = more == 0 && ordo_run_finish(run, 0);
  ordo_run_free(run);
  return good;
}
