/* ordo import: a model of ONNX as a spec and its weights (onnx/import.h). */
#ifndef ORDO_APP_FROM_ONNX_H
#define ORDO_APP_FROM_ONNX_H

#include "frontend/check.h"

typedef struct FromOnnx {
  const char *path;
  const char *spec, *weights;      /* the files to write */
  const char *layer;               /* NULL: after the file's name */
  const SpecOptions *spec_options; /* for the check of what is made */
  const char *const *defines;      /* extents of open axes (onnx/import.h) */
  uint32_t n_defines;
  uint32_t n_nodes, n_weights; /* what it had, afterwards */
} FromOnnx;

/* False after diagnostics; then no file has changed. What is written has been checked. */
bool import_onnx(Ctx *ctx, FromOnnx *what);

#endif
