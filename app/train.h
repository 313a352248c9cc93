/* Running a training program: state, steps, evaluations, metrics, checkpoints.
 *
 * A run lives in a folder, which is locked meanwhile: checkpoint.safetensors (all state, the
 * step and the seed), best.safetensors (the same at the best evaluation, when the program says
 * 'best by'), metrics.jsonl and one CSV for each kind of row. Randomness is a function of seed
 * and step, and a checkpoint is written atomically, so a run that was killed and resumed has the
 * same bits as one that was not.
 */
#ifndef ORDO_APP_TRAIN_H
#define ORDO_APP_TRAIN_H

#include <signal.h>
#include <stdio.h>

#include "app/compile.h"
#include "app/feed.h"
#include "exec/ranks.h"
#include "io/tensors.h"

typedef struct TrainOptions {
  const char *folder; /* of the run; NULL: nothing is written */
  const char *model;  /* path of the text, for run.json; may be NULL */
  bool tensorboard;   /* metrics as TensorBoard reads them, too */
  int64_t steps;      /* -1: the program's */
  int64_t seed;       /* -1: the program's */
  bool resume;        /* go on from the folder's checkpoint */
  int64_t shards;     /* that each batch is cut into; 0: as the checkpoint or the ranks want */
  Ranks *ranks;       /* who train together, begun; NULL: this one alone */
  bool changed;       /* even when the program, the seed or the data are others now */
  int64_t checkpoint_every; /* steps; 0: only at the end */
  int64_t log_every;        /* steps between rows of metrics */
  CompileOptions compile;
  const char *const *plugins; /* files that compile.passes.prepare opens; n_plugins of them */
  uint32_t n_plugins;
  Phases *phases;              /* what it took is added here; may be NULL */
  const Corpus *corpus;        /* what the program takes from data, open (feed_open_corpus) */
  FILE *progress;              /* NULL: silent */
  bool terminal;               /* progress is a terminal */
  volatile sig_atomic_t *stop; /* set by a signal: checkpoint and end; may be NULL */
} TrainOptions;
TrainOptions train_options(void);

typedef struct TrainResult {
  int64_t step;         /* steps done, those before a resume included */
  bool stopped;         /* by *stop */
  bool complete;        /* a resumed run had done all of its steps and evaluations before */
  bool out_of_patience; /* ended before its last step: no better evaluation */
  bool has_best;
  const char *best_name; /* "valid.loss": the log that 'best by' names */
  double best;           /* its best value, and the step of that */
  int64_t best_step;
  double compile_seconds, run_seconds, seconds_per_step,
      fastest_step; /* the last two without evaluations and files; in seconds */
  /* The last value of each log of the step, then of each evaluation: of those that were
   * computed. */
  struct TrainValue {
    const char *section, *name;
    double value;
  } * values;
  uint32_t n_values;
  int64_t planned_bytes, peak_bytes; /* memory of the process: what was planned in front of the
                                      * first step, 0 if there was none; and the most that it had */
  const char *profile; /* with compile.profile: where the time of the steps went; else NULL */
} TrainResult;

/* A run step by step. What it keeps is in ctx's arena, which is the same at each call, and what is
 * no memory of it is given back by trainer_free, also when memory ran out in between. */
typedef struct Trainer Trainer;
Trainer *trainer_new(Ctx *ctx, Engine *engine, const TrainProgram *program,
                     const TrainOptions *options);
/* Folder, state, code. False after a diagnostic. */
bool trainer_start(Trainer *trainer);
/* One step with the evaluations and the checkpoint that are due after it: 1; 0 when there is none
 * any more; -1 after a diagnostic. */
int trainer_step(Trainer *trainer);
/* The checkpoint, and the evaluations that run once, unless it is 'stopped' before. */
bool trainer_finish(Trainer *trainer, bool stopped, TrainResult *result);
/* Metrics of the last call of the two: row i; without a section behind the last one. */
typedef struct TrainRow {
  const char *section; /* "train", or the name of an eval */
  int64_t step;
  uint32_t n;
  const char *const *names;
  const double *values;
} TrainRow;
TrainRow trainer_row(const Trainer *trainer, uint32_t i);
/* After the finish: takes the state of the best evaluation, when the run was not stopped, its
 * program says 'best by' and it has a folder; and gives the folder free. */
bool trainer_settle(Trainer *trainer);
/* Adds all weights and states as they are. They stay the trainer's. */
void trainer_state(Trainer *trainer, Tensors *state);
void trainer_free(Trainer *trainer);

/* All of it. False after a diagnostic; what was checkpointed before stays. */
bool train_run(Ctx *ctx, Engine *engine, const TrainProgram *program, const TrainOptions *options,
               TrainResult *result);

#endif
