/* Evaluations, rows of metrics, and which state is the best: see train_internal.h. */
#include <math.h>
#include <string.h>

#include "app/ranks.h"
#include "app/train_internal.h"
#include "base/clock.h"
#include "base/threefry.h"

bool train_due(int64_t step, int64_t every) { return every > 0 && step % every == 0; }

bool train_trapped(Trainer *t, const Routine *r, int64_t step) {
  if (!t->options->compile.trap_nan) return false;
  const ProgramTrap *trap = program_trap(r->program);
  if (ranks_good(t->ranks, !trap)) return false; /* in the rows of one of them perhaps */
  if (!trap) return true;
  diag_at(t->ctx, trap->span, E_nan_made, "step %lld: the first NaN is made by %s", (long long)step,
          trap->text);
  if (trap->step >= 0)
    diag_note(t->ctx, trap->span, "in step %lld of the innermost scan", (long long)trap->step);
  return true;
}

static void tell_evaluation(Trainer *t, const Routine *eval, int64_t step, double seconds) {
  uint32_t told = t->ctx->diags.list.len;
  pass_begin(t);
  Text line = text_new(&t->ctx->arena);
  text_printf(&line, "step %lld  %s: %s  (%.2f s)", (long long)step, eval->section,
              routine_text(t, eval), seconds);
  progress_line(&t->progress, text_str(&line));
  pass_end(t, told);
}

/* The file begins with the first row: a run that is complete is left alone. */
static bool put_event(Trainer *t, const Routine *r, int64_t step) {
  const TrainOptions *o = t->options;
  if (!t->events) t->events = events_open(t->ctx, o->folder, o->resume ? t->first : -1);
  return t->events && events_row(t->events, r->section, step, r->names, r->values, r->n_logs);
}

bool train_put_row(Trainer *t, Routine *r, int64_t step) {
  t->rows[t->n_rows++] = r;
  r->last_row = step;
  if (t->metrics && !metrics_row(t->metrics, r->metrics, step, r->values)) return false;
  return !t->metrics || !t->options->tensorboard || put_event(t, r, step);
}

/* The code of an evaluation is made in front of its first run. */
static bool link_eval(Trainer *t, Routine *eval) {
  return eval->ran || ranks_good(t->ranks, routine_link(eval)) ||
         (ranks_here(t->ctx, t->ranks) && false);
}

static bool evaluate(Trainer *t, Routine *eval, int64_t step) {
  if (!link_eval(t, eval)) return false;
  double start = clock_seconds();
  uint64_t key = threefry_fold(t->seed_key, STREAM_EVAL);
  if (!eval->weights && routine_bind(eval, 0) < 0) return false;
  if (!eval->weights)
    routine_execute(t, eval, key);
  else if (!routine_execute_over(t, eval, key))
    return false;
  phase_done(t->phases, PHASE_eval, start);
  if (!ranks_here(t->ctx, t->ranks) || train_trapped(t, eval, step)) return false;
  if (t->options->progress) tell_evaluation(t, eval, step, clock_seconds() - start);
  return train_put_row(t, eval, step);
}

/* ---- the best evaluation ---- */

bool train_patience_out(const Trainer *t) {
  const TrainBest *best = &t->program->best;
  return best->wanted && best->patience && t->mark.worse >= best->patience;
}

const char *train_best_name(const Trainer *t) {
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
  t->stale = train_patience_out(t);
  if (!better) return true;
  mark->has_best = true;
  mark->best = value;
  mark->best_step = step;
  return train_save_to(t, t->checkpoint.best_path, step);
}

static bool stop_wanted(const Trainer *t) {
  return t->stopped || (t->options->stop && *t->options->stop);
}

bool train_stop_asked(const Trainer *t) {
  return ranks_any(t->ranks) ? t->stop_agreed : stop_wanted(t);
}

void train_agree_on_stop(Trainer *t) {
  if (!ranks_any(t->ranks) || t->ranks->lost != RANKS_NOBODY) return;
  t->stop_agreed = ranks_most(t->ranks, t->stop_agreed || stop_wanted(t)) > 0;
}

bool train_evaluate(Trainer *t, int64_t step) {
  for (uint32_t k = 0; k < t->program->n_evals; k++) {
    Routine *eval = &t->evals[k];
    if (!eval->every || !(train_due(step, eval->every) || step == t->last)) continue;
    if (t->keeps && eval->last_row == step) continue;
    if (!evaluate(t, eval, step) || !judge(t, eval, step)) return false;
  }
  return true;
}

/* An eval that runs once, after the last step, and has no row of that step yet. */
static bool wanted_at_end(const Trainer *t, const Routine *eval, int64_t step) {
  return !eval->every && !(t->keeps && eval->last_row == step);
}

bool train_evaluate_at_end(Trainer *t, int64_t step) {
  CheckpointMark mark;
  bool any = false;
  for (uint32_t k = 0; k < t->program->n_evals; k++)
    any = any || wanted_at_end(t, &t->evals[k], step);
  if (!any) return true;
  if (t->mark.has_best && t->keeps && !train_load(t, t->checkpoint.best_path, &mark)) return false;
  for (uint32_t k = 0; k < t->program->n_evals && !train_stop_asked(t); k++) {
    if (wanted_at_end(t, &t->evals[k], step) && !evaluate(t, &t->evals[k], step)) return false;
    train_agree_on_stop(t);
  }
  return ranks_here(t->ctx, t->ranks);
}
