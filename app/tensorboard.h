/* Metrics as TensorBoard reads them: a file of events in the folder of a run.
 *
 * The file is a list of records (TFRecord: length, checksum of the length, bytes, checksum of the
 * bytes; checksums are CRC-32C, masked), each an Event of event.proto: the version first, then for
 * each row of metrics its scalars, "train/loss". A run that goes on begins a file of its own, whose
 * first step tells TensorBoard to forget what came after it. Times of the clock are in it, so that
 * equal runs have different bytes.
 */
#ifndef ORDO_APP_TENSORBOARD_H
#define ORDO_APP_TENSORBOARD_H

#include "base/ctx.h"

typedef struct Events Events;

/* first: steps that were done before; what an earlier run left in the folder goes unless there are
 * any. The handle lives in ctx's arena. NULL after a diagnostic. */
Events *events_open(Ctx *ctx, const char *dir, int64_t first);
bool events_row(Events *events, const char *section, int64_t step, const char *const *names,
                const double *values, uint32_t n);
/* False after a diagnostic when the disk refused something. */
bool events_close(Events *events);

#endif
