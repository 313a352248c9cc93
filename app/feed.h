/* Batches for a compiled graph: fills the parameters that a step or an eval takes from data. */
#ifndef ORDO_APP_FEED_H
#define ORDO_APP_FEED_H

#include "data/batches.h"
#include "data/corpus.h"
#include "runtime/program.h"

typedef struct Feeds {
  Ctx *ctx;
  const TrainFeed *list;
  Batches **batches;
  uint32_t n;
  const uint32_t *places; /* of the graph's parameters with the role feed */
  SizeEnv sizes;
} Feeds;

/* Opens the data sets, builds their vocabularies and tells the spec their sizes, which the graphs
 * need. weights: a checkpoint whose vocabularies are taken instead when it has all; may be NULL. */
bool feed_open_corpus(Ctx *ctx, Spec *spec, SpecDataList wanted, const char *weights, Corpus *out);

/* g: the graph that takes what the feeds give. */
bool feeds_open(Ctx *ctx, const Corpus *corpus, const Graph *g, const TrainFeed *list, uint32_t n,
                uint64_t seed, Feeds *out);
void feeds_close(Feeds *feeds);
/* Binds batch number i to the program: sizes, and pointers in params. Returns 1, 0 behind the last
 * batch of a whole split, -1 after a diagnostic. program_pointers has to follow. */
int feeds_bind(Feeds *feeds, int64_t i, Program *program, void **params);

#endif
