/* .safetensors files: weights, optimizer state and metadata.
 *
 * The whole header is checked before a byte of a tensor is read: its length, JSON, names, element
 * types, shapes, offsets in range, no overlap, no hole. A checkpoint is written atomically, and the
 * bytes depend on the contents only (tensors ordered by alignment, then name), so equal states give
 * equal files.
 */
#ifndef ORDO_RUNTIME_SAFETENSORS_H
#define ORDO_RUNTIME_SAFETENSORS_H

#include "runtime/file.h"
#include "runtime/tensors.h"

/* Reads all tensors and the metadata. On failure: diagnostics, false, and an empty set. */
bool safetensors_read(Ctx *ctx, const char *path, Span from, Tensors *out);
/* The metadata alone: no tensor is read. */
bool safetensors_read_meta(Ctx *ctx, const char *path, Span from, Tensors *out);
/* The same from an open file or from memory. */
bool safetensors_decode(Ctx *ctx, const FileIn *in, Tensors *out);
/* Writes the set. Names must be UTF-8, different, and not "__metadata__". */
bool safetensors_write(Ctx *ctx, const char *path, const Tensors *set);

#endif
