/* Batches of arrays: nothing is padded, nothing sorted. Training takes the examples of a split in
 * an order of its own in each epoch, an evaluation in that of the file; batch number i is a
 * function of the file, the seed and i. */
#ifndef ORDO_DATA_ARRAY_BATCHES_H
#define ORDO_DATA_ARRAY_BATCHES_H

#include "data/batches.h"

typedef struct ArrayBatches ArrayBatches;

/* NULL after a diagnostic. */
ArrayBatches *array_batches_open(Ctx *ctx, const Dataset *set, const TrainFeed *feed,
                                 uint64_t seed);
void array_batches_close(ArrayBatches *batches);
/* As batches_get. */
int array_batches_get(ArrayBatches *batches, int64_t i, Batch *out);

#endif
