/* A library while it is built, and the files that it comes to. Of app/build*.c only. */
#ifndef ORDO_APP_BUILD_FILES_H
#define ORDO_APP_BUILD_FILES_H

#include "app/build.h"
#include "codegen/library.h"
#include "ir/needs.h"

typedef struct BuildFunction {
  Compile *compile;
  LibraryFunction *out;
  Function function; /* its weights' values */
  Needs needs;
  const Sz *symbols;    /* its sizes, by number */
  uint32_t *arg_params; /* places of its arguments among the graph's parameters */
} BuildFunction;

typedef struct BuildWeight {
  const char *name;
  Ty type;
  const Tensor *value; /* NULL: not in the library */
} BuildWeight;

typedef struct Build {
  Ctx *ctx;
  const char *prefix;
  BuildFunction *functions;
  uint32_t n_functions;
  VEC(BuildWeight) weights;
  const char *const *target_names;
  BuiltLibrary library;
  const void *object;
  size_t object_bytes;
} Build;

/* Writes all files of the library. False after a diagnostic. */
bool build_write(Build *b, const BuildOptions *options);

#endif
