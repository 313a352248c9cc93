/* ONNX in: a model of ONNX as the text of a spec, with its weights.
 *
 * Each node becomes a statement, by its row of onnx/ops_in.def; small ones are put into each other,
 * parts that repeat become a layer and an array of it. Names come from the file. Axes that the file
 * names, or leaves open, are sizes; what it computes of shapes is computed here, as polynomials of
 * them, and is gone. Nothing of the file is executed. What cannot be said is refused, all of it at
 * once, each node by its name. */
#ifndef ORDO_ONNX_IMPORT_H
#define ORDO_ONNX_IMPORT_H

#include "io/tensors.h"

typedef struct OnnxImport {
  const char *path;  /* of the file */
  const char *layer; /* what the layer is called: its weights are in the set under their paths */
  const char *const *defines; /* "T=512": open axes that get an extent, by letter or by name */
  uint32_t n_defines;
  bool flat; /* what repeats is written as often as it stands there */
  bool (*taken)(void *user, const char *name); /* words that no value may be called */
  void *user;
} OnnxImport;

typedef struct OnnxImported {
  const char *text; /* of the spec, not laid out */
  Tensors weights;  /* the caller's, to be freed */
  uint32_t n_nodes, n_weights;
} OnnxImported;

/* False after diagnostics; then there is nothing to free. */
bool onnx_import(Ctx *ctx, const OnnxImport *what, OnnxImported *out);
/* The same of bytes in memory, which path names. */
bool onnx_import_bytes(Ctx *ctx, const OnnxImport *what, const void *bytes, size_t n,
                       OnnxImported *out);

#endif
