/* Windows of a running text: T tokens in a row, of which the last is the first of the next window,
 * so that a model that predicts each token from those before it sees every token once as a target.
 *
 * Training takes the windows in an order of its own in each epoch, and each epoch begins at another
 * place of the first window. An evaluation takes them in order; the last one is padded.
 * Window number i is a function of the file, the seed and i. */
#ifndef ORDO_DATA_WINDOWS_H
#define ORDO_DATA_WINDOWS_H

#include "data/batches.h"

typedef struct Windows Windows;

/* NULL after a diagnostic (a split of fewer tokens than a window). */
Windows *windows_open(Ctx *ctx, const Dataset *set, const TrainFeed *feed, uint64_t seed);
void windows_close(Windows *windows);
/* As batches_get. */
int windows_get(Windows *windows, int64_t i, Batch *out);

#endif
