/* Any bytes as a model of ONNX: either diagnostics or the text of a spec with its weights. */
#include "onnx/import.h"

static void fuzz_one(Ctx *ctx, const unsigned char *data, size_t size) {
  OnnxImport what = {.path = "fuzzed", .layer = "Fuzzed"};
  OnnxImported made;
  bool good = onnx_import_bytes(ctx, &what, data, size, &made);
  if (good == diag_failed(ctx)) ORDO_BUG("success and diagnostics disagree");
  if (!good) return;
  if (!made.text || made.weights.list.len != made.n_weights) ORDO_BUG("a part of it is missing");
  tensors_free(&made.weights);
}

#include "fuzz.h"
