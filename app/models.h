/* Where spec files are found.
 *
 * The library folders are, in order: those of the environment variable ORDO_PATH (separated by
 * colons), the source tree's models/ and models/lib, and the installed ones. A model is named by
 * its path, or by its bare name
 * ("sort" for models/sort.ordo), which is looked up in the current folder and in the library
 * folders.
 */
#ifndef ORDO_APP_MODELS_H
#define ORDO_APP_MODELS_H

#include "base/ctx.h"

typedef struct ModelDirs {
  VEC(const char *) dirs;
  uint32_t n_user; /* the first ones, which are the user's own */
} ModelDirs;

/* The library folders that exist. */
ModelDirs models_dirs(Ctx *ctx);
/* The path of a model's file; NULL after a diagnostic that says where it was looked for. */
const char *models_find(Ctx *ctx, const ModelDirs *dirs, const char *name);

#endif
