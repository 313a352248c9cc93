/* A training run whose batches are cut into shards, on one rank or several: what differs from a run
 * whose batches are whole. For app/train*.c. */
#ifndef ORDO_APP_TRAIN_RANKS_H
#define ORDO_APP_TRAIN_RANKS_H

#include "app/compile.h"
#include "app/ranks.h"
#include "app/train.h"

/* The number of shards of a run, c->shards: as the checkpoint that was loaded has it, else as
 * given, else what the step allows where there are several ranks, else 0: batches are whole. */
bool shards_settle(Ctx *ctx, Checkpoint *c, const TrainOptions *options, const Ranks *ranks);
/* The rows by which a graph is cut into as many; 0: they do not divide it, or it has none. */
int64_t shards_rows(Ctx *ctx, const Graph *g, int64_t shards);
/* How many shards an evaluation is cut into when steps are cut into so many: as many, or else what
 * divides its own rows; 0: it is whole. */
int64_t shards_of_eval(Ctx *ctx, const Graph *g, int64_t shards, int64_t *rows);
/* Options for a graph that is cut. rows: 0 where a refusal is wanted. */
void shards_compile(Ctx *ctx, int64_t shards, int64_t rows, CompileOptions *options);
/* The sizes that it has to be bound to; tells the ranks how many shards there are. */
void shards_sizes(Ctx *ctx, int64_t shards, Ranks *ranks, SizeEnv *sizes);

/* What ranks have to have in common before they begin. */
typedef struct RanksStart {
  const TrainProgram *program;
  const TrainOptions *options;
  const Engine *engine;
  const char *precision;
  int64_t steps; /* that of the program, where none is given */
} RanksStart;
/* False after a diagnostic of rank 0, which names what differs. */
bool ranks_start(Ctx *ctx, Ranks *ranks, const RanksStart *start);

#endif
