/* The state of a training run in memory and as a file. */
#ifndef ORDO_APP_CHECKPOINT_H
#define ORDO_APP_CHECKPOINT_H

#include "data/corpus.h"
#include "frontend/check.h"
#include "io/tensors.h"

typedef struct Checkpoint {
  Ctx *ctx;
  const TrainProgram *program;
  const char *path, *best_path; /* NULL: never written */
  const Corpus *corpus;         /* whose vocabularies are kept with the state; may be NULL */
  Tensors extra;                /* metadata: what the run is of, those vocabularies as text */
  int64_t seed;                 /* that is given for a resumed run; -1: none */
  bool changed;                 /* a resumed run may be of another program, seed or data */
  int64_t shards;               /* that batches are cut into; 0: they are whole */
  const char *products;         /* who has made the products of what was loaded, if it says so */
  Tensor **state;               /* one for each entry of program->state, owned */
} Checkpoint;

/* What is saved beside the state: where the run is, and the best evaluation so far. */
typedef struct CheckpointMark {
  int64_t step, seed;
  bool has_best;
  double best;              /* the value that 'best by' looks at */
  int64_t best_step, worse; /* its step; evaluations since then */
} CheckpointMark;

/* Memory for all state (zeros). folder: of the run, which exists; may be NULL. precision: of the
 * products of its steps, "f32" or "bf16"; products: who makes them (engine_products_by). */
bool checkpoint_init(Checkpoint *c, Ctx *ctx, const TrainProgram *program, const char *folder,
                     const Corpus *corpus, const char *precision, const char *products);
void checkpoint_free(Checkpoint *c);
/* Reads the models that the program takes 'from' files. */
bool checkpoint_import(Checkpoint *c);
/* Atomic; the old checkpoint stays until the new one is whole. */
bool checkpoint_save(Checkpoint *c, const char *path, const CheckpointMark *mark);
/* All state, the number of steps done and the seed; a checkpoint of another program, other data
 * or other sizes is refused, the first two only unless c->changed. */
bool checkpoint_load(Checkpoint *c, const char *path, CheckpointMark *mark);

#endif
