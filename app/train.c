/* The training loop: see train.h. */
#include "app/train.h"

#include <math.h>
#include <string.h>

#include "app/ranks.h"
#include "app/run_file.h"
#include "app/train_internal.h"
#include "app/train_ranks.h"
#include "base/clock.h"
#include "base/resident.h"
#include "base/threefry.h"
#include "io/file.h"

TrainOptions train_options(void) {
  return (TrainOptions){
      .steps = -1, .seed = -1, .log_every = 1, .checkpoint_every = 0, .compile = compile_options()};
}

static bool fail_text(Trainer *t, const char *what, const char *why) {
  return train_fail(t, what, &(Fault){.code = E_run_failed, .text = why});
}

/* ---- the loop ---- */

static void show(Trainer *t, int64_t step) {
  uint32_t told = t->ctx->diags.list.len;
  pass_begin(t);
  progress_show(&t->progress, step, routine_text(t, &t->step));
  pass_end(t, told);
}

/* Tells once that a logged value is no number: a run without anybody at its terminal would go on
 * with it to the end. */
static void tell_nan(Trainer *t, int64_t step) {
  const Routine *r = &t->step;
  for (uint32_t k = 0; k < r->n_logs && !t->told_nan; k++) {
    if (!isnan(r->values[k])) continue;
    t->told_nan = true;
    diag_at(t->ctx, (Span){0, 0}, E_nan_logged, "step %lld of '%s': '%s' is not a number",
            (long long)step, ctx_text(t->ctx, t->program->name), r->names[k]);
    diag_help(t->ctx, "--trap-nan stops at the op that makes the first NaN");
  }
}

/* Memory that the process has, and what step and evaluations will touch of theirs: for their first
 * batches, where sizes are those of data. */
static bool plan_memory(Trainer *t) {
  t->planned = resident_now() + routine_untouched(&t->step);
  for (uint32_t k = 0; k < t->program->n_evals; k++) {
    if (routine_bind(&t->evals[k], 0) < 0) return false;
    t->planned += routine_untouched(&t->evals[k]);
  }
  if (t->options->progress)
    progress_line(&t->progress,
                  ctx_printf(t->ctx, "memory: %.0f MB planned", (double)t->planned / 1e6));
  return true;
}

/* One step and what follows it. step counts from 1: the number of steps done. */
static bool advance(Trainer *t, int64_t step) {
  t->step_number = (float)(step - 1);
  if (t->phases->trace) snprintf(t->now, sizeof t->now, "step %lld", (long long)step);
  double start = clock_seconds();
  if (routine_bind(&t->step, step - 1) < 0) return false;
  if (!t->planned && !plan_memory(t)) return false;
  routine_execute(t, &t->step,
                  threefry_fold(threefry_fold(t->seed_key, STREAM_STEP), (uint32_t)(step - 1)));
  if (!ranks_here(t->ctx, t->ranks)) return false;
  double seconds = phase_done(t->phases, PHASE_step, start) - start;
  t->step_seconds += seconds;
  if (!t->fastest_step || seconds < t->fastest_step) t->fastest_step = seconds;
  if (train_trapped(t, &t->step, step)) return false;
  tell_nan(t, step);
  if ((train_due(step, t->options->log_every) || step == t->last) &&
      !train_put_row(t, &t->step, step))
    return false;
  if (t->options->progress && progress_due(&t->progress, step)) show(t, step);
  return train_evaluate(t, step) &&
         (!train_due(step, t->options->checkpoint_every) || train_save(t, step));
}

static bool any_ran(const Trainer *t) {
  bool any = t->step.ran;
  for (uint32_t k = 0; k < t->program->n_evals; k++) any = any || t->evals[k].ran;
  return any;
}

/* What comes before the first step. */
static bool begin(Trainer *t) {
  t->begun = true;
  t->progress = progress_start(t->options->progress, t->options->terminal, t->first, t->last);
  t->start = clock_seconds();
  t->at = t->first;
  t->stale = train_patience_out(t);
  /* A longer run that was cut here has not evaluated its last step. */
  return !t->options->resume || t->at != t->last || train_evaluate(t, t->at);
}

int trainer_step(Trainer *t) {
  t->n_rows = 0;
  t->phases->of = t->now;
  t->failed = t->failed || !(t->begun || begin(t));
  if (!t->failed) train_agree_on_stop(t);
  t->failed = t->failed || !ranks_here(t->ctx, t->ranks);
  bool more = !t->failed && t->at < t->last && !train_stop_asked(t) && !t->stale;
  t->failed = t->failed || (more && !advance(t, ++t->at));
  t->phases->of = NULL;
  return t->failed ? -1 : more;
}

static void tell(Trainer *t, TrainResult *result) {
  int64_t steps = t->at - t->first;
  *result = (TrainResult){.step = t->at, .run_seconds = clock_seconds() - t->start};
  if (steps) result->seconds_per_step = t->step_seconds / (double)steps;
  result->fastest_step = t->fastest_step;
  result->planned_bytes = t->planned;
  result->out_of_patience = t->stale && t->at < t->last;
  result->has_best = t->mark.has_best;
  result->best_name = train_best_name(t);
  result->best = t->mark.best;
  result->best_step = t->mark.best_step;
}

static bool end(Trainer *t, TrainResult *result) {
  bool moved = t->at > t->first || !t->options->resume || any_ran(t);
  tell(t, result);
  if (t->options->progress && t->step.ran)
    progress_finish(&t->progress, t->at, routine_text(t, &t->step));
  bool ok = !t->failed && (!moved || train_save(t, t->at)) &&
            (train_stop_asked(t) || train_evaluate_at_end(t, t->at));
  result->stopped = train_stop_asked(t);
  t->ended = ok && !result->stopped;
  result->complete = !moved && !any_ran(t) && !result->stopped;
  return ok;
}

static void collect(Trainer *t, TrainResult *result) {
  VEC(struct TrainValue) values = {0};
  for (uint32_t e = 0; e <= t->program->n_evals; e++) {
    const Routine *r = e ? &t->evals[e - 1] : &t->step;
    for (uint32_t k = 0; r->ran && k < r->n_logs; k++)
      vec_push(&t->ctx->arena, &values,
               ((struct TrainValue){r->section, r->names[k], r->values[k]}));
  }
  result->values = values.data;
  result->n_values = values.len;
}

/* ---- what comes before the steps ---- */

/* The run's folder, for this run alone, without what a killed one left there. */
static bool open_folder(Trainer *t) {
  const char *folder = t->options->folder;
  if (!folder && t->keeps) return true; /* rank 0 has it */
  if (!folder) return !t->options->resume || fail_text(t, "resuming", "no folder was given");
  if (!*folder) return fail_text(t, "running", "the name of its folder is empty");
  if (!file_make_dir(t->ctx, folder) || !lock_folder(t->ctx, folder, &t->lock)) return false;
  file_sweep(t->ctx, ctx_printf(t->ctx, "%s/checkpoint.safetensors", folder));
  file_sweep(t->ctx, ctx_printf(t->ctx, "%s/best.safetensors", folder));
  return true;
}

/* What the run is of, for people. */
static bool describe(Trainer *t) {
  const TrainOptions *o = t->options;
  RunStart start = {.folder = o->folder,
                    .model = o->model,
                    .program = t->program,
                    .options = &o->compile,
                    .precision = train_precision(t),
                    .products = engine_products_by(t->engine),
                    .steps = t->last,
                    .seed = t->mark.seed};
  return run_file_write(t->ctx, &start);
}

/* A new run takes the place of an old one at once: with the old checkpoint and new metrics
 * beside it, a killed run would be resumed as a mix of both. */
static bool replace_old_run(Trainer *t) {
  return t->options->resume || !file_exists(t->checkpoint.path) || train_save(t, 0);
}

static bool prepare_all(Trainer *t) {
  const TrainProgram *program = t->program;
  t->step.shards = t->checkpoint.shards;
  t->step.rows = shards_rows(t->ctx, program->step, t->checkpoint.shards);
  if (!routine_open_feeds(t, &t->step, program->step, program->feeds, program->n_feeds) ||
      !routine_prepare(t, &t->step, program->step, "train", program->n_state) ||
      !compile_begin_code(&t->step.compile))
    return false;
  for (uint32_t k = 0; k < program->n_evals; k++) {
    t->evals[k].every = program->evals[k].every;
    const TrainEval *e = &program->evals[k];
    if (e->over) t->evals[k].weights = arena_array(&t->ctx->arena, double, e->n_logs + 1);
    if (!e->over) /* whose batches are shared as they are */
      t->evals[k].shards =
          shards_of_eval(t->ctx, e->graph, t->checkpoint.shards, &t->evals[k].rows);
    if (!routine_open_feeds(t, &t->evals[k], e->graph, e->feeds, e->n_feeds) ||
        !routine_prepare(t, &t->evals[k], e->graph, ctx_text(t->ctx, e->name), 0))
      return false;
  }
  return true;
}

static bool open_files(Trainer *t) {
  if (!t->options->folder) return true;
  t->metrics = metrics_open(t->ctx, t->options->folder, t->options->resume ? t->first : -1);
  if (!t->metrics || !routine_open_section(t, &t->step)) return false;
  for (uint32_t k = 0; k < t->program->n_evals; k++)
    if (!routine_open_section(t, &t->evals[k])) return false;
  return describe(t) && replace_old_run(t);
}

static bool begin_state(Trainer *t) {
  const TrainProgram *program = t->program;
  t->mark.seed = t->options->seed >= 0 ? t->options->seed : program->seed;
  t->last = t->options->steps >= 0 ? t->options->steps : program->steps;
  if (!checkpoint_init(&t->checkpoint, t->ctx, program, t->options->folder, t->options->corpus,
                       train_precision(t), engine_products_by(t->engine)))
    return false;
  t->checkpoint.seed = t->options->seed;
  t->checkpoint.changed = t->options->changed;
  t->checkpoint.shards = t->options->shards;
  t->seed_key = threefry_seed((uint32_t)t->mark.seed);
  RanksStart start = {.program = program,
                      .options = t->options,
                      .engine = t->engine,
                      .precision = train_precision(t),
                      .steps = t->last};
  return ranks_start(t->ctx, t->ranks, &start);
}

/* What was done in rows before goes to all ranks, which decide by it. */
static bool share_rows(Trainer *t) {
  bool good = true;
  for (uint32_t k = 0; k < t->program->n_evals && ranks_any(t->ranks); k++)
    good = ranks_tell(t->ranks, &t->evals[k].last_row, sizeof t->evals[k].last_row);
  return good || ranks_here(t->ctx, t->ranks);
}

static bool load_state(Trainer *t) {
  if (!train_load_state(t)) return false;
  t->seed_key = threefry_seed((uint32_t)t->mark.seed); /* a checkpoint brings its own seed */
  return true;
}

/* Ranks go on when all of them are so far. The state of a new run is made while the code of the
 * step is, unless ranks have to agree on it first. */
static bool set_up(Trainer *t) {
  bool fresh = !t->options->resume, before = !fresh || ranks_any(t->ranks);
  if (!ranks_good(t->ranks, open_folder(t)) || !begin_state(t)) return false;
  bool good = !fresh || train_begin_state(t);
  if (before ? !ranks_good(t->ranks, good) || !load_state(t) : !good) return false;
  good = shards_settle(t->ctx, &t->checkpoint, t->options, t->ranks) && prepare_all(t) &&
         (before || load_state(t)) && routine_link(&t->step) && open_files(t);
  return ranks_good(t->ranks, good) && share_rows(t);
}

/* ---- the interface ---- */

bool trainer_start(Trainer *t) {
  double before = t->phases->seconds[PHASE_compile];
  bool good = set_up(t);
  t->compile_seconds = t->phases->seconds[PHASE_compile] - before;
  return good;
}

bool trainer_finish(Trainer *t, bool stopped, TrainResult *result) {
  t->n_rows = 0;
  t->stopped = t->stopped || stopped;
  t->phases->of = t->now;
  t->failed = t->failed || !(t->begun || begin(t));
  bool ok = end(t, result);
  ok = (!t->metrics || metrics_close(t->metrics)) && ok;
  ok = (!t->events || events_close(t->events)) && ok;
  t->metrics = NULL;
  t->events = NULL;
  t->phases->of = NULL;
  phase_done(t->phases, PHASE_run, t->start);
  result->compile_seconds = t->compile_seconds;
  result->peak_bytes = resident_peak();
  collect(t, result);
  if (!t->options->compile.profile) return ok;
  Text text = text_new(&t->ctx->arena);
  program_profile(t->step.program, 0, PHASE_step, &text);
  result->profile = text_str(&text);
  const char *folder = t->options->folder;
  return ok && (!folder || file_write(t->ctx, ctx_printf(t->ctx, "%s/profile.txt", folder),
                                      result->profile, text.len));
}

TrainRow trainer_row(const Trainer *t, uint32_t i) {
  if (i >= t->n_rows) return (TrainRow){0};
  const Routine *r = t->rows[i];
  return (TrainRow){r->section, t->at, r->n_logs, r->names, r->values};
}

bool trainer_settle(Trainer *t) {
  CheckpointMark mark;
  bool best = t->ended && t->mark.has_best && t->keeps;
  bool good = !best || train_load(t, t->checkpoint.best_path, &mark);
  lock_release(&t->lock);
  return good;
}

void trainer_state(Trainer *t, Tensors *state) {
  for (uint32_t i = 0; i < t->program->n_state; i++)
    tensors_add(t->ctx, state, ctx_text(t->ctx, t->program->state[i].path), t->checkpoint.state[i]);
}

Trainer *trainer_new(Ctx *ctx, Engine *engine, const TrainProgram *program,
                     const TrainOptions *options) {
  Trainer *t = arena_new(&ctx->arena, Trainer);
  *t = (Trainer){.ctx = ctx, .engine = engine, .program = program, .given = *options};
  t->options = &t->given;
  t->ranks = options->ranks;
  t->keeps = options->folder != NULL;
  if (ranks_any(t->ranks) && t->ranks->rank) { /* rank 0 writes and speaks for all */
    t->given.folder = NULL;
    t->given.progress = NULL;
  }
  t->phases = options->phases ? options->phases : &t->own;
  t->lock.fd = -1;
  t->evals = arena_array(&ctx->arena, Routine, program->n_evals + 1);
  t->rows = arena_array(&ctx->arena, const Routine *, 2 * program->n_evals + 2);
  t->passing = arena_new(&ctx->arena, Lifetime);
  t->passing->passing = true;
  return t;
}

void trainer_free(Trainer *t) {
  if (t->metrics) metrics_close(t->metrics);
  if (t->events) events_close(t->events);
  t->metrics = NULL;
  t->events = NULL;
  routine_free(&t->init);
  routine_free(&t->step);
  for (uint32_t k = 0; k < t->program->n_evals; k++) routine_free(&t->evals[k]);
  checkpoint_free(&t->checkpoint);
  lock_release(&t->lock);
  arena_free(&t->passing->arena);
}

static void free_trainer(void *trainer) { trainer_free(trainer); }

bool train_run(Ctx *ctx, Engine *engine, const TrainProgram *program, const TrainOptions *options,
               TrainResult *result) {
  ArenaCleanup cleanup;
  Trainer *t = trainer_new(ctx, engine, program, options);
  int more = 1;
  *result = (TrainResult){0};
  arena_defer(&ctx->arena, &cleanup, free_trainer, t);
  bool ok = trainer_start(t);
  while (ok && more > 0) more = trainer_step(t);
  ok = ok && trainer_finish(t, false, result);
  arena_done(&ctx->arena, &cleanup);
  return ok;
}
