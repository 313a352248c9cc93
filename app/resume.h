/* What a run is of, kept with its state: a run that is resumed as something else is told what
 * differs. */
#ifndef ORDO_APP_RESUME_H
#define ORDO_APP_RESUME_H

#include "frontend/check.h"
#include "io/tensors.h"

/* Adds the program's name, its constants, a fingerprint of each of its graphs, and the precision of
 * its products. */
void resume_describe(Ctx *ctx, const TrainProgram *program, const char *precision,
                     const char *products, Tensors *meta);
/* Who has to make the products so that the bits stay: as the file says, and so in 'mine' from now
 * on. */
const char *resume_products(Ctx *ctx, Tensors *mine, const Tensors *file);
/* Whether the metadata of a checkpoint is of this program: mine is what resume_describe says of
 * it. seed: the one that is given now, -1 for none. A diagnostic names what differs. */
bool resume_check(Ctx *ctx, const Tensors *mine, const Tensors *file, const char *path,
                  int64_t seed);
/* Whether batches are cut as they were: a diagnostic when not. */
bool resume_shards(Ctx *ctx, int64_t given, int64_t stored, const char *path);

#endif
