/* A training run from inside: what train.c and its parts share. */
#ifndef ORDO_APP_TRAIN_INTERNAL_H
#define ORDO_APP_TRAIN_INTERNAL_H

#include "app/checkpoint.h"
#include "app/lock.h"
#include "app/metrics.h"
#include "app/progress.h"
#include "app/tensorboard.h"
#include "app/train.h"

enum { STREAM_EVAL = 0x6576616c, STREAM_DATA = 0x64617461 }; /* "eval", "data" */

/* A graph of the program with memory for what it logs. */
typedef struct Routine {
  const Graph *graph;
  Compile compile;
  Program *program;             /* of it */
  const char *section, **names; /* of the logs */
  void **params, **results;
  float *logs;                /* of an eval over batches then their weights */
  double *values, *weights;   /* weights: sums over batches, or NULL */
  char *turn, *turns;         /* of an eval over batches: what one gave here, and on all ranks */
  uint32_t n_logs, first_log; /* results from first_log on are logs */
  Feeds feeds;
  int metrics;
  int64_t last_row; /* the step of its last row; -1 */
  int64_t shards;   /* that it is cut into; 0: it is whole */
  int64_t rows;     /* by these; 0: none were found that the shards divide */
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
  Routine init, step, *evals;
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
  int64_t planned;                   /* bytes of memory, before the first step */
  double fastest_step, step_seconds; /* step: of the steps alone, without evaluations and files */
};

/* False, and a diagnostic: what of the program did not work. */
bool train_fail(Trainer *t, const char *what, const Fault *fault);
/* What is allocated between these two is gone behind them, unless something was told ('told': the
 * number of diagnostics at the first): 20,000 steps need no more memory than 20. */
void pass_begin(Trainer *t);
void pass_end(Trainer *t, uint32_t told);

/* ---- routines (train_routine.c) ---- */

void routine_free(Routine *r);
/* From a graph of the program to what its code is made of; its first n_new results are the new
 * state, in place. */
bool routine_compile(Trainer *t, Routine *r, const Graph *g, uint32_t n_new, const char *precision);
/* Its code, in front of the first run. */
bool routine_link(Routine *r);
/* The same, with memory for what it logs, bound if it takes nothing from data. */
bool routine_prepare(Trainer *t, Routine *r, const Graph *g, const char *section, uint32_t n_new);
/* Opens what the routine takes from data; before routine_prepare. */
bool routine_open_feeds(Trainer *t, Routine *r, const Graph *g, const TrainFeed *feeds, uint32_t n);
/* Its metrics, and the step of the last row that is there. */
bool routine_open_section(Trainer *t, Routine *r);
/* Brings batch number i to the program: 1, 0 behind the last one, -1 after a diagnostic. */
int routine_bind(Routine *r, int64_t i);
void routine_execute(Trainer *t, Routine *r, uint64_t key);
/* The means of the logs over all batches, each batch with its weights. */
bool routine_execute_over(Trainer *t, Routine *r, uint64_t key);
/* Bytes of its memory that no run of it has touched yet. */
int64_t routine_untouched(const Routine *r);
/* Its logs, for people. */
const char *routine_text(Trainer *t, const Routine *r);
/* "f32", "f64" or "bf16": what steps are computed in. */
const char *train_precision(const Trainer *t);

/* ---- state (train_state.c) ---- */

/* Compiles what makes the program's first state, as far as routine_compile does, and has its code
 * begun. */
bool train_begin_state(Trainer *t);
/* The program's first state, or that of the folder's checkpoint. */
bool train_load_state(Trainer *t);
/* Of a checkpoint in the folder; with ranks the first one reads it for all. */
bool train_load(Trainer *t, const char *path, CheckpointMark *mark);
/* path: NULL, and nothing is written. */
bool train_save_to(Trainer *t, const char *path, int64_t step);
bool train_save(Trainer *t, int64_t step);

/* ---- evaluations (train_eval.c) ---- */

bool train_due(int64_t step, int64_t every);
/* Whether --trap-nan found the first NaN, which is told. */
bool train_trapped(Trainer *t, const Routine *r, int64_t step);
/* A row of metrics: to the files, and for who runs it. */
bool train_put_row(Trainer *t, Routine *r, int64_t step);
/* The evals due after a step; the last step has all of those that come again and again. A row
 * that is there already is not written twice. */
bool train_evaluate(Trainer *t, int64_t step);
/* The evals that run once: on the best state when one was kept. */
bool train_evaluate_at_end(Trainer *t, int64_t step);
bool train_patience_out(const Trainer *t);
/* "valid.loss", or "". */
const char *train_best_name(const Trainer *t);
/* Whether the run is to stop; ranks stop together, at the next place where they ask each other. */
bool train_stop_asked(const Trainer *t);
void train_agree_on_stop(Trainer *t);

#endif
