/* Weights in files: one of a format of io/stored.h, or several that an index lists.
 *
 * A path that ends with .json is the index of a checkpoint in several files, as public models
 * have it: {"weight_map": {"tensor": "file.safetensors", ...}}. Headers are read at once,
 * tensors when they are asked for.
 */
#ifndef ORDO_APP_WEIGHTS_H
#define ORDO_APP_WEIGHTS_H

#include "io/stored.h"

typedef struct WeightRef {
  const StoredFile *file;
  const Stored *tensor;
} WeightRef;

typedef struct Weights {
  const char *path; /* of the file or the index */
  StoredFile *files;
  size_t n_files;
  WeightRef *list; /* all tensors, file by file */
  size_t n;
} Weights;

/* False after a diagnostic; then there is nothing to close. */
bool weights_open(Ctx *ctx, const char *path, Weights *out);
void weights_close(Weights *weights);
/* The place of a name in the list, or -1. */
int64_t weights_find(const Weights *weights, const char *name);
/* Copies a tensor over a weight of the same shape, converted to its element type; exact: it has
 * to have that type. A diagnostic when it is missing or does not fit. */
bool weights_copy(Ctx *ctx, const Weights *weights, const char *name, bool exact, Tensor *to);
/* The metadata of the first file. */
static inline const Tensors *weights_meta(const Weights *weights) {
  return &weights->files[0].meta;
}

#endif
