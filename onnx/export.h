/* ONNX out: a graph as an ONNX model (operators of opset 18, https://onnx.ai).
 *
 * Sizes stay symbols: what is no number in the types of the arguments is a dynamic axis, and the
 * model computes the extents from the shapes that it gets. A symbol that no shape tells is an input
 * of its own. Loops become Scan, those with a stop condition Loop. Which operator an op becomes is
 * a row of onnx/ops_out.def.
 *
 * What Ordo checks of a call, the model checks, too: equal sizes, indices inside of their axes,
 * what ops need of sizes (ir/needs.h) and what the text asserts. Where something of it does not
 * hold, a Gather with that name fails in the runtime, for ONNX has no other way to refuse. */
#ifndef ORDO_ONNX_EXPORT_H
#define ORDO_ONNX_EXPORT_H

#include "ir/needs.h"
#include "ir/tensor.h"

typedef struct OnnxExport {
  const Graph *graph;          /* without calls, derivatives and kernels */
  const Needs *needs;          /* of the graph as it was written */
  uint32_t n_claims;           /* the last results: what has to hold of the arguments */
  const char *const *names;    /* of the parameters */
  const Tensor *const *values; /* of the parameters; NULL: an input */
  const char *what;            /* the function, for the model's description */
  bool beside;                 /* weights go into a file of their own, PATH.data */
} OnnxExport;

/* False after a diagnostic; then no file has changed. */
bool onnx_export(Ctx *ctx, const OnnxExport *what, const char *path);
/* NULL, or why an op cannot be exported; "" for an op without a row. */
const char *onnx_refusal(Op op);

#endif
