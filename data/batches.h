/* Batches of one split: which examples, in which order, padded to which lengths.
 *
 * Training runs through an endless stream of examples: epoch after epoch, each in an order of
 * its own. The stream is cut into windows of 'bucket' batches; the examples of a window are
 * sorted by length and cut into batches, whose order is shuffled again. A window may reach over
 * the end of an epoch, so that all batches are full. Batch number i is a function of the file,
 * the seed and i: a run that goes on after a kill needs to know nothing but how many batches it
 * has had.
 *
 * An evaluation runs once through the split in the order of the file, in windows too; its last
 * batch may be smaller.
 *
 * The order of an epoch is a permutation that is computed, not stored: a Feistel network on the
 * numbers up to the next power of four, walked until it falls into range (Black and Rogaway
 * 2002, "Ciphers with arbitrary finite domains").
 */
#ifndef ORDO_DATA_BATCHES_H
#define ORDO_DATA_BATCHES_H

#include "data/dataset.h"

typedef struct Batches Batches;

/* One batch as arrays: for each parameter of the feed a block of memory that lives until the next
 * call. */
typedef struct Batch {
  void *const *arrays;    /* by parameter of the feed */
  const int64_t *lengths; /* by axis of the data */
  int64_t rows;
} Batch;

/* NULL after a diagnostic (a split without examples, no memory). feed and set must outlive it. */
Batches *batches_open(Ctx *ctx, const Dataset *set, const TrainFeed *feed, uint64_t seed);
void batches_close(Batches *batches);
/* Batch number i, from 0. Returns 1, 0 behind the last batch of a whole split, -1 after a
 * diagnostic. Quickest in rising order. */
int batches_get(Batches *batches, int64_t i, Batch *out);

#endif
