/* .npy and .npz files (NumPy's): arrays in and out.
 *
 * Reads versions 1 to 3, either byte order, C and Fortran order; every numeric element type of
 * runtime/numbers.def. Writes version 1, little-endian, C order; bf16, which .npy does not know, is
 * written as f32. An .npz is a zip archive of .npy files; reading handles deflated members.
 */
#ifndef ORDO_RUNTIME_NPY_H
#define ORDO_RUNTIME_NPY_H

#include "runtime/file.h"
#include "runtime/tensors.h"

/* A new tensor, or NULL after a diagnostic. */
Tensor *npy_read(Ctx *ctx, const char *path);
Tensor *npy_decode(Ctx *ctx, const FileIn *in);
bool npy_write(Ctx *ctx, const char *path, const Tensor *tensor);

/* The bytes before the elements, and the tensor in an element type that .npy knows (a new one; NULL
 * after a diagnostic). */
void npy_print_header(Ctx *ctx, const Tensor *tensor, Text *out);
Tensor *npy_writable(Ctx *ctx, const Tensor *tensor, const char *path);

/* All arrays of an archive under their names without ".npy". On failure: diagnostics, false, an
 * empty set. */
bool npz_read(Ctx *ctx, const char *path, Tensors *out);
bool npz_decode(Ctx *ctx, const char *path, const void *bytes, size_t size, Tensors *out);
bool npz_write(Ctx *ctx, const char *path, const Tensors *set);

#endif
