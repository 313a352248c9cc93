/* Weights from files: of this program, of others of ours, and of other programs by name ('names').
 *
 * A path that ends with .json is the index of a checkpoint in several files, as public models have
 * it: {"weight_map": {"tensor": "file.safetensors", ...}}.
 */
#ifndef ORDO_RUNTIME_IMPORT_H
#define ORDO_RUNTIME_IMPORT_H

#include "frontend/check.h"
#include "runtime/safetensors.h"

/* All tensors of a .safetensors file or of the files of an index; false after a diagnostic. The
 * caller frees them with tensors_free. */
bool weights_read(Ctx *ctx, const char *path, Tensors *out);
/* Fills 'to' from the first of the entry's sources that the file has: transposed, cut, scaled and
 * converted to its element type. used has a place for each tensor of the file. */
bool import_weight(Ctx *ctx, const Tensors *file, const TrainState *entry, bool *used, Tensor *to);
/* Every tensor of the file is used or skipped; else a diagnostic that names the first others. */
bool import_check_rest(Ctx *ctx, const Tensors *file, const char *path, const NameMap *map,
                       const bool *used);

#endif
