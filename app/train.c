/* The training loop: see train.h. */
#include "base/clock.h"
#include "app/train.h"

#include "base/threefry.h"
#include "io/file.h"
#include "app/checkpoint.h"
#include "app/lock.h"
#include "app/metrics.h"
#include "app/progress.h"
#include "app/run_file.h"
#include "app/tensorboard.h"
#include "app/train_ranks.h"

#include <math.h>
#include <string.h>

enum {
  STREAM_STEP = 0x73746570,
  STREAM_EVAL = 0x6576616c,
  STREAM_DATA = 0x64617461
}; /* "init", "step", "eval", "data" */

/* A graph of the program with memory for what it logs. */
typedef struct Routine {
  const Graph *graph;
  Compile compile;
  Program *program;             /* of it */
  const char *section, **names; /* of the logs */
  void **params, **results;
  float *logs;                /* of an eval over batches then their weights */
  double *values, *weights;   /* weights: sums over batches, or NULL */
  uint32_t n_logs, first_log; /* results from first_log on are logs */
  Feeds feeds;
  int metrics;
  int64_t last_row; /* the step of its last row; -1 */
  bool cut;         /* into shards */
  int64_t every;
  bool ran; /* values are of a step or an evaluation */
} Routine;

struct Trainer {
  Ctx *ctx;
  Engine *engine;
  const TrainProgram *program;
  TrainOptions given;
  const TrainOptions *options; /* given */
  Checkpoint checkpoint;
  RunLock lock;
  Routine step, *evals;
  Metrics *metrics;
  Events *events; /* NULL: TensorBoard is not wanted */
  Progress progress;
  Lifetime *passing; /* of what is written and shown now and then */
  uint64_t seed_key, key;
  float step_number;
  int64_t first, last, at; /* at: steps done */
  const Routine **rows;    /* those that have a row of the last step */
  uint32_t n_rows;
  bool begun, failed, ended, stopped; /* stopped: by who runs it */
  Ranks *ranks;                       /* NULL: alone */
  bool stop_agreed;                   /* with ranks: all stop */
  bool keeps;                         /* rank 0 has files */
  double start, compile_seconds;
  CheckpointMark mark; /* the seed, and the best evaluation so far */
  bool stale;          /* patience is out */
  bool told_nan;
  Phases own, *phases;               /* own: when nobody wants them */
  char now[32];                      /* "step 12", for the trace */
  double fastest_step, step_seconds; /* step: of the steps alone, without evaluations and files */
};

TrainOptions train_options(void) {
  return (TrainOptions){
      .steps = -1, .seed = -1, .log_every = 1, .checkpoint_every = 0, .compile = compile_options()};
}

static bool fail(Trainer *t, const char *what, const Fault *fault) {
  return fault_tell(t->ctx, fault, "%s of '%s'", what, ctx_text(t->ctx, t->program->name));
}

static bool fail_text(Trainer *t, const char *what, const char *why) {
  return fail(t, what, &(Fault){.code = E_run_failed, .text = why});
}

/* ---- routines ---- */

static void free_routine(Routine *r) {
  compile_free(&r->compile);
  feeds_close(&r->feeds);
}

static bool bind(Trainer *t, Routine *r) {
  if (r->feeds.n) return true; /* with each batch */
  SizeEnv sizes = {0};
  Fault fault = {0};
  if (r->cut) shards_sizes(t->ctx, t->checkpoint.shards, t->ranks, &sizes);
  if (!program_bind(r->program, &sizes, &fault)) return fail(t, r->section, &fault);
  program_pointers(r->program, r->params, r->results);
  return true;
}

/* What parameter k points at: by its role. Weights and states are those of the program, in its
 * order. */
static void *given(Trainer *t, const Graph *g, uint32_t k, uint32_t *n_state) {
  switch (param_role(g, g->params.data[k])) {
  case ROLE_weight:
  case ROLE_state:
    return t->checkpoint.state[(*n_state)++]->data;
  case ROLE_step:
    return &t->step_number;
  case ROLE_key:
    return &t->key;
  default:
    return NULL; /* with each batch */
  }
}

static const char *precision_of(const Trainer *t) {
  if (compile_bf16(&t->options->compile, t->program)) return "bf16";
  return t->program->f64 ? "f64" : "f32";
}

/* From a graph of the program to its code; its first n_new results are the new state, in place. */
static bool compile_routine(Trainer *t, Routine *r, const Graph *g, uint32_t n_new,
                            const char *precision) {
  CompileOptions options = t->options->compile;
  options.precision = precision;
  if (r->cut) shards_compile(t->ctx, t->checkpoint.shards, &options);
  r->compile = compile_made(t->ctx, g, &options);
  r->compile.engine = t->engine;
  r->compile.phases = t->phases;
  r->compile.n_state = n_new;
  bool good = compile(&r->compile, PHASE_code);
  r->program = r->compile.program;
  return good;
}

static bool prepare(Trainer *t, Routine *r, const Graph *g, const char *section, uint32_t n_new) {
  Arena *arena = &t->ctx->arena;
  r->graph = g;
  r->section = section;
  r->last_row = -1;
  if (!compile_routine(t, r, g, n_new, precision_of(t))) return false;
  r->first_log = n_new;
  uint32_t n_scalars = g->results.len - n_new;
  r->n_logs = r->weights ? n_scalars / 2 : n_scalars;
  r->logs = arena_array(arena, float, n_scalars + 1);
  r->values = arena_array(arena, double, r->n_logs + 1);
  r->names = arena_array(arena, const char *, r->n_logs + 1);
  for (uint32_t k = 0; k < r->n_logs; k++)
    r->names[k] = ctx_text(t->ctx, g->result_names.data[n_new + k]);
  r->params = arena_array(arena, void *, g->params.len + 1);
  r->results = arena_array(arena, void *, g->results.len + 1);
  uint32_t n_state = 0;
  for (uint32_t k = 0; k < g->params.len; k++) r->params[k] = given(t, g, k, &n_state);
  for (uint32_t k = 0; k < n_scalars; k++) r->results[n_new + k] = &r->logs[k];
  return bind(t, r);
}

/* Opens what the routine takes from data; before prepare. */
static bool open_feeds(Trainer *t, Routine *r, const Graph *g, const TrainFeed *feeds, uint32_t n) {
  if (!n) return true;
  if (!feeds_open(t->ctx, t->options->corpus, g, feeds, n, threefry_fold(t->seed_key, STREAM_DATA),
                  &r->feeds))
    return false;
  if (r->cut) shards_sizes(t->ctx, t->checkpoint.shards, t->ranks, &r->feeds.sizes);
  return true;
}

/* Brings batch number i to the program: 1, 0 behind the last one, -1 after a diagnostic. */
static int bind_batch(Routine *r, int64_t i) {
  if (!r->feeds.n) return 1;
  int got = feeds_bind(&r->feeds, i, r->program, r->params);
  if (got > 0) program_pointers(r->program, r->params, r->results);
  return got;
}

static void execute(Trainer *t, Routine *r, uint64_t key) {
  t->key = key;
  program_execute(r->program);
  for (uint32_t k = 0; k < r->n_logs; k++) r->values[k] = r->logs[k];
  r->ran = true;
}

/* The means of the logs over all batches, each batch with its weights. */
static bool execute_over(Trainer *t, Routine *r, uint64_t key) {
  double *sums = r->values, *weights = r->weights;
  for (uint32_t k = 0; k < r->n_logs; k++) sums[k] = weights[k] = 0;
  t->key = key;
  for (int64_t i = 0;; i++) {
    int got = bind_batch(r, i);
    if (got < 0) return false;
    if (!got) break;
    program_execute(r->program);
    for (uint32_t k = 0; k < r->n_logs; k++) {
      double weight = r->logs[r->n_logs + k];
      if (weight != 0) sums[k] += weight * r->logs[k];
      weights[k] += weight;
    }
  }
  for (uint32_t k = 0; k < r->n_logs; k++) r->values[k] = sums[k] / weights[k];
  r->ran = true;
  return true;
}

static const char *log_text(Trainer *t, const Routine *r) {
  Text text = text_new(&t->ctx->arena);
  for (uint32_t k = 0; k < r->n_logs; k++) {
    if (k) text_puts(&text, "  ");
    text_put_escaped(&text, r->names[k], strlen(r->names[k]), "");
    text_printf(&text, " %.4g", r->values[k]);
  }
  return text_str(&text);
}

static bool open_section(Trainer *t, Routine *r) {
  r->metrics = t->metrics ? metrics_section(t->metrics, r->section, r->names, (int)r->n_logs) : 0;
  r->last_row = t->metrics && r->metrics >= 0 ? metrics_last(t->metrics, r->metrics) : -1;
  return r->metrics >= 0;
}

/* ---- state ---- */

static bool initialise(Trainer *t) {
  Routine init = {0};
  const Graph *g = t->program->init;
  Fault fault = {0};
  static const SizeEnv none = {0};
  /* the same weights whatever the steps are computed in */
  if (!compile_routine(t, &init, g, 0, "f32")) return free_routine(&init), false;
  t->key = threefry_fold(t->seed_key, STREAM_INIT);
  void *params[] = {&t->key};
  void **results = arena_array(&t->ctx->arena, void *, t->program->n_state + 1);
  for (uint32_t k = 0; k < t->program->n_state; k++) results[k] = t->checkpoint.state[k]->data;
  double start = clock_seconds();
  bool ok = program_bind(init.program, &none, &fault) || fail(t, "initialising", &fault);
  if (ok) {
    program_pointers(init.program, params, results);
    program_execute(init.program);
  }
  free_routine(&init);
  ok = ok && checkpoint_import(&t->checkpoint);
  phase_done(t->phases, PHASE_weights, start);
  return ok;
}

/* Of a checkpoint in the folder; with ranks the first one reads it for all. */
static bool load_checkpoint(Trainer *t, const char *path, CheckpointMark *mark) {
  bool leads = !ranks_any(t->ranks) || !t->ranks->rank;
  bool good = !leads || checkpoint_load(&t->checkpoint, path, mark);
  return ranks_state(t->ctx, t->ranks, good, &t->checkpoint, mark);
}

static bool load_state(Trainer *t) {
  t->first = 0;
  if (!t->options->resume)
    return ranks_state(t->ctx, t->ranks, initialise(t), &t->checkpoint, &t->mark);
  if (!load_checkpoint(t, t->checkpoint.path, &t->mark)) return false;
  Fault fault = {0};
  const char *products = t->checkpoint.products;
  if (products && !engine_choose_products(t->engine, products, &fault))
    return fault_tell(t->ctx, &fault, "the run cannot go on with the products that it had");
  if (t->options->changed && t->options->seed >= 0) t->mark.seed = t->options->seed;
  t->first = t->mark.step;
  return true;
}

/* ---- evaluations, checkpoints ---- */

/* What is allocated between these two is gone behind them, unless something was told: 20,000 steps
 * need no more memory than 20. */
static void pass_begin(Trainer *t) { ctx_enter(t->ctx, t->passing); }

static void pass_end(Trainer *t, uint32_t told) {
  ctx_leave(t->ctx);
  if (t->ctx->diags.list.len != told)
    arena_take(&t->ctx->arena, &t->passing->arena);
  else
    arena_reset(&t->passing->arena);
}

static bool trapped(Trainer *t, const Routine *r, int64_t step) {
  const ProgramTrap *trap = t->options->compile.trap_nan ? program_trap(r->program) : NULL;
  if (!trap) return false;
  diag_at(t->ctx, trap->span, E_nan_made, "step %lld: the first NaN is made by %s", (long long)step,
          trap->text);
  if (trap->step >= 0)
    diag_note(t->ctx, trap->span, "in step %lld of the innermost scan", (long long)trap->step);
  return true;
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

static void tell_evaluation(Trainer *t, const Routine *eval, int64_t step, double seconds) {
  uint32_t told = t->ctx->diags.list.len;
  pass_begin(t);
  Text line = text_new(&t->ctx->arena);
  text_printf(&line, "step %lld  %s: %s  (%.2f s)", (long long)step, eval->section,
              log_text(t, eval), seconds);
  progress_line(&t->progress, text_str(&line));
  pass_end(t, told);
}

/* The file begins with the first row: a run that is complete is left alone. */
static bool put_event(Trainer *t, const Routine *r, int64_t step) {
  const TrainOptions *o = t->options;
  if (!t->events) t->events = events_open(t->ctx, o->folder, o->resume ? t->first : -1);
  return t->events && events_row(t->events, r->section, step, r->names, r->values, r->n_logs);
}

/* A row of metrics: to the files, and for who runs it. */
static bool put_row(Trainer *t, Routine *r, int64_t step) {
  t->rows[t->n_rows++] = r;
  r->last_row = step;
  if (t->metrics && !metrics_row(t->metrics, r->metrics, step, r->values)) return false;
  return !t->metrics || !t->options->tensorboard || put_event(t, r, step);
}

static bool evaluate(Trainer *t, Routine *eval, int64_t step) {
  double start = clock_seconds();
  uint64_t key = threefry_fold(t->seed_key, STREAM_EVAL);
  if (!eval->weights && bind_batch(eval, 0) < 0) return false;
  if (!eval->weights)
    execute(t, eval, key);
  else if (!execute_over(t, eval, key))
    return false;
  phase_done(t->phases, PHASE_eval, start);
  if (!ranks_here(t->ctx, t->ranks) || trapped(t, eval, step)) return false;
  if (t->options->progress) tell_evaluation(t, eval, step, clock_seconds() - start);
  return put_row(t, eval, step);
}

static bool due(int64_t step, int64_t every) { return every > 0 && step % every == 0; }

static bool save_to(Trainer *t, const char *path, int64_t step) {
  uint32_t told = t->ctx->diags.list.len;
  t->mark.step = step;
  if (!path) return true;
  double start = clock_seconds();
  pass_begin(t);
  bool good = checkpoint_save(&t->checkpoint, path, &t->mark);
  pass_end(t, told);
  phase_done(t->phases, PHASE_save, start);
  return good;
}

static bool save(Trainer *t, int64_t step) { return save_to(t, t->checkpoint.path, step); }

/* ---- the best evaluation ---- */

static bool patience_out(const Trainer *t) {
  const TrainBest *best = &t->program->best;
  return best->wanted && best->patience && t->mark.worse >= best->patience;
}

static const char *best_name(const Trainer *t) {
  const TrainBest *best = &t->program->best;
  if (!best->wanted) return "";
  const TrainEval *eval = &t->program->evals[best->eval];
  return ctx_printf(t->ctx, "%s.%s", ctx_text(t->ctx, eval->name),
                    ctx_text(t->ctx, eval->graph->result_names.data[best->log]));
}

/* After the eval that 'best by' names. A NaN is never better. */
static bool judge(Trainer *t, const Routine *eval, int64_t step) {
  const TrainBest *best = &t->program->best;
  CheckpointMark *mark = &t->mark;
  if (!best->wanted || eval != &t->evals[best->eval]) return true;
  double value = eval->values[best->log];
  bool better = best->largest ? value > mark->best : value < mark->best;
  if (!mark->has_best) better = !isnan(value);
  mark->worse = better ? 0 : mark->worse + 1;
  t->stale = patience_out(t);
  if (!better) return true;
  mark->has_best = true;
  mark->best = value;
  mark->best_step = step;
  return save_to(t, t->checkpoint.best_path, step);
}

static bool stop_wanted(const Trainer *t) {
  return t->stopped || (t->options->stop && *t->options->stop);
}

/* Ranks stop together: at the next place where they ask each other. */
static bool stop_asked(const Trainer *t) {
  return ranks_any(t->ranks) ? t->stop_agreed : stop_wanted(t);
}

static void agree_on_stop(Trainer *t) {
  if (!ranks_any(t->ranks) || t->ranks->lost != RANKS_NOBODY) return;
  t->stop_agreed = ranks_most(t->ranks, t->stop_agreed || stop_wanted(t)) > 0;
}

/* An eval that runs once, after the last step, and has no row of that step yet. */
static bool wanted_at_end(const Trainer *t, const Routine *eval, int64_t step) {
  return !eval->every && !(t->keeps && eval->last_row == step);
}

/* The evals that run once: on the best state when one was kept. */
static bool evaluate_at_end(Trainer *t, int64_t step) {
  CheckpointMark mark;
  bool any = false;
  for (uint32_t k = 0; k < t->program->n_evals; k++)
    any = any || wanted_at_end(t, &t->evals[k], step);
  if (!any) return true;
  if (t->mark.has_best && t->keeps && !load_checkpoint(t, t->checkpoint.best_path, &mark))
    return false;
  for (uint32_t k = 0; k < t->program->n_evals && !stop_asked(t); k++) {
    if (wanted_at_end(t, &t->evals[k], step) && !evaluate(t, &t->evals[k], step)) return false;
    agree_on_stop(t);
  }
  return ranks_here(t->ctx, t->ranks);
}

/* ---- the loop ---- */

static void show(Trainer *t, int64_t step) {
  uint32_t told = t->ctx->diags.list.len;
  pass_begin(t);
  progress_show(&t->progress, step, log_text(t, &t->step));
  pass_end(t, told);
}

/* The evals due after a step; the last step has all of those that come again and again. A row
 * that is there already is not written twice. */
static bool evaluate_now(Trainer *t, int64_t step) {
  for (uint32_t k = 0; k < t->program->n_evals; k++) {
    Routine *eval = &t->evals[k];
    if (!eval->every || !(due(step, eval->every) || step == t->last)) continue;
    if (t->keeps && eval->last_row == step) continue;
    if (!evaluate(t, eval, step) || !judge(t, eval, step)) return false;
  }
  return true;
}

/* One step and what follows it. step counts from 1: the number of steps done. */
static bool advance(Trainer *t, int64_t step) {
  t->step_number = (float)(step - 1);
  if (t->phases->trace) snprintf(t->now, sizeof t->now, "step %lld", (long long)step);
  double start = clock_seconds();
  if (bind_batch(&t->step, step - 1) < 0) return false;
  execute(t, &t->step,
          threefry_fold(threefry_fold(t->seed_key, STREAM_STEP), (uint32_t)(step - 1)));
  if (!ranks_here(t->ctx, t->ranks)) return false;
  double seconds = phase_done(t->phases, PHASE_step, start) - start;
  t->step_seconds += seconds;
  if (!t->fastest_step || seconds < t->fastest_step) t->fastest_step = seconds;
  if (trapped(t, &t->step, step)) return false;
  tell_nan(t, step);
  if ((due(step, t->options->log_every) || step == t->last) && !put_row(t, &t->step, step))
    return false;
  if (t->options->progress && progress_due(&t->progress, step)) show(t, step);
  return evaluate_now(t, step) && (!due(step, t->options->checkpoint_every) || save(t, step));
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
  t->stale = patience_out(t);
  /* A longer run that was cut here has not evaluated its last step. */
  return !t->options->resume || t->at != t->last || evaluate_now(t, t->at);
}

int trainer_step(Trainer *t) {
  t->n_rows = 0;
  t->phases->of = t->now;
  t->failed = t->failed || !(t->begun || begin(t));
  if (!t->failed) agree_on_stop(t);
  t->failed = t->failed || !ranks_here(t->ctx, t->ranks);
  bool more = !t->failed && t->at < t->last && !stop_asked(t) && !t->stale;
  t->failed = t->failed || (more && !advance(t, ++t->at));
  t->phases->of = NULL;
  return t->failed ? -1 : more;
}

static void tell(Trainer *t, TrainResult *result) {
  int64_t steps = t->at - t->first;
  *result = (TrainResult){.step = t->at, .run_seconds = clock_seconds() - t->start};
  if (steps) result->seconds_per_step = t->step_seconds / (double)steps;
  result->fastest_step = t->fastest_step;
  result->out_of_patience = t->stale && t->at < t->last;
  result->has_best = t->mark.has_best;
  result->best_name = best_name(t);
  result->best = t->mark.best;
  result->best_step = t->mark.best_step;
}

static bool end(Trainer *t, TrainResult *result) {
  bool moved = t->at > t->first || !t->options->resume || any_ran(t);
  tell(t, result);
  if (t->options->progress && t->step.ran)
    progress_finish(&t->progress, t->at, log_text(t, &t->step));
  bool ok =
      !t->failed && (!moved || save(t, t->at)) && (stop_asked(t) || evaluate_at_end(t, t->at));
  result->stopped = stop_asked(t);
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

/* A new run takes the place of an old one at once: with the old checkpoint and new metrics
 * beside it, a killed run would be resumed as a mix of both. */
/* What the run is of, for people. */
static bool describe(Trainer *t) {
  const TrainOptions *o = t->options;
  RunStart start = {.folder = o->folder,
                    .model = o->model,
                    .program = t->program,
                    .options = &o->compile,
                    .precision = precision_of(t),
                    .products = engine_products_by(t->engine),
                    .steps = t->last,
                    .seed = t->mark.seed};
  return run_file_write(t->ctx, &start);
}

static bool replace_old_run(Trainer *t) {
  return t->options->resume || !file_exists(t->checkpoint.path) || save(t, 0);
}

static bool prepare_all(Trainer *t) {
  const TrainProgram *program = t->program;
  t->step.cut = t->checkpoint.shards > 0;
  if (!open_feeds(t, &t->step, program->step, program->feeds, program->n_feeds) ||
      !prepare(t, &t->step, program->step, "train", program->n_state))
    return false;
  for (uint32_t k = 0; k < program->n_evals; k++) {
    t->evals[k].every = program->evals[k].every;
    const TrainEval *e = &program->evals[k];
    if (e->over) t->evals[k].weights = arena_array(&t->ctx->arena, double, e->n_logs + 1);
    t->evals[k].cut = shards_fit(t->ctx, e->graph, t->checkpoint.shards);
    if (!open_feeds(t, &t->evals[k], e->graph, e->feeds, e->n_feeds) ||
        !prepare(t, &t->evals[k], e->graph, ctx_text(t->ctx, e->name), 0))
      return false;
  }
  return true;
}

static bool open_files(Trainer *t) {
  if (!t->options->folder) return true;
  t->metrics = metrics_open(t->ctx, t->options->folder, t->options->resume ? t->first : -1);
  if (!t->metrics || !open_section(t, &t->step)) return false;
  for (uint32_t k = 0; k < t->program->n_evals; k++)
    if (!open_section(t, &t->evals[k])) return false;
  return describe(t) && replace_old_run(t);
}

static bool begin_state(Trainer *t) {
  const TrainProgram *program = t->program;
  t->mark.seed = t->options->seed >= 0 ? t->options->seed : program->seed;
  t->last = t->options->steps >= 0 ? t->options->steps : program->steps;
  if (!checkpoint_init(&t->checkpoint, t->ctx, program, t->options->folder, t->options->corpus,
                       precision_of(t), engine_products_by(t->engine)))
    return false;
  t->checkpoint.seed = t->options->seed;
  t->checkpoint.changed = t->options->changed;
  t->checkpoint.shards = t->options->shards;
  t->seed_key = threefry_seed((uint32_t)t->mark.seed);
  RanksStart start = {.program = program,
                      .compile = &t->options->compile,
                      .corpus = t->options->corpus,
                      .engine = t->engine,
                      .precision = precision_of(t),
                      .steps = t->last,
                      .seed = t->options->seed,
                      .shards = t->options->shards};
  return ranks_start(t->ctx, t->ranks, &start);
}

/* What was done in rows before goes to all ranks, which decide by it. */
static bool share_rows(Trainer *t) {
  bool good = true;
  for (uint32_t k = 0; k < t->program->n_evals && ranks_any(t->ranks); k++)
    good = ranks_tell(t->ranks, &t->evals[k].last_row, sizeof t->evals[k].last_row);
  return good || ranks_here(t->ctx, t->ranks);
}

/* Ranks go on when all of them are so far. */
static bool set_up(Trainer *t) {
  if (!ranks_good(t->ranks, open_folder(t)) || !begin_state(t) || !load_state(t)) return false;
  t->seed_key = threefry_seed((uint32_t)t->mark.seed); /* a checkpoint brings its own seed */
  bool good = shards_settle(t->ctx, &t->checkpoint, t->options, t->ranks) && prepare_all(t) &&
              open_files(t);
  return ranks_good(t->ranks, good) && share_rows(t);
}

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
  bool good = !best || load_checkpoint(t, t->checkpoint.best_path, &mark);
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
  free_routine(&t->step);
  for (uint32_t k = 0; k < t->program->n_evals; k++) free_routine(&t->evals[k]);
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
