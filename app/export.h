/* ordo export: a function of a spec, or a graph, as an ONNX model (onnx/export.h). */
#ifndef ORDO_APP_EXPORT_H
#define ORDO_APP_EXPORT_H

#include "app/function.h"

/* The passes behind which a graph is exported: rewritten, and not cut into kernels. */
#define EXPORT_PIPELINE "rewrite1,precision"

typedef struct ExportOptions {
  const char *path;
  const char *weights; /* checkpoint; NULL: weights are inputs of the model */
  bool beside;         /* weights go into a file of their own */
} ExportOptions;

/* c is behind PHASE_passes, with build_add_claims before it. False after a diagnostic. */
bool export_model(Compile *c, const ExportOptions *options);

#endif
