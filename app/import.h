/* Weights of other programs, by name ('names'). */
#ifndef ORDO_APP_IMPORT_H
#define ORDO_APP_IMPORT_H

#include "frontend/check.h"
#include "app/weights.h"

/* Fills 'to' from the first of the entry's sources that the file has: transposed, cut, scaled and
 * converted to its element type. used has a place for each tensor of the file. */
bool import_weight(Ctx *ctx, const Weights *file, const TrainState *entry, bool *used, Tensor *to);
/* Every tensor of the file is used or skipped; else a diagnostic that names the first others. */
bool import_check_rest(Ctx *ctx, const Weights *file, const NameMap *map, const bool *used);

#endif
