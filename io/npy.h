/* .npy and .npz files (NumPy's): arrays in and out.
 *
 * Reads versions 1 to 3, either byte order, C and Fortran order; every numeric element type of
 * io/numbers.def. Writes version 1, little-endian, C order; bf16, which .npy does not know, is
 * written as f32. An .npz is a zip archive of .npy files; reading handles deflated members.
 */
#ifndef ORDO_IO_NPY_H
#define ORDO_IO_NPY_H

#include "io/formats.h"
#include "io/numbers.h"
#include "io/tensors.h"

/* A new tensor of the wanted element type (DTYPE_BY_LOOK: the file's), or NULL after a
 * diagnostic. */
Tensor *npy_read(Ctx *ctx, const char *path, DType want);
Tensor *npy_decode(Ctx *ctx, const FileIn *in, DType want);
bool npy_write(Ctx *ctx, const char *path, const Tensor *tensor);

/* What the header says, of a file or of its first bytes. False after a diagnostic. */
bool npy_look(Ctx *ctx, const FileIn *in, Number *number, int *rank, int64_t *dims);

/* The bytes before the elements, and the tensor in an element type that .npy knows (a new one; NULL
 * after a diagnostic). */
void npy_print_header(Ctx *ctx, const Tensor *tensor, Text *out);
Tensor *npy_writable(Ctx *ctx, const Tensor *tensor, const char *path);

/* The arrays of an archive under their names without ".npy"; wanted NULL: all, in the file's
 * types. On failure: diagnostics, false, an empty set. */
bool npz_read(Ctx *ctx, const char *path, const ArraysWanted *wanted, Tensors *out);
bool npz_decode(Ctx *ctx, const char *path, const void *bytes, size_t size,
                const ArraysWanted *wanted, Tensors *out);
bool npz_write(Ctx *ctx, const char *path, const Tensors *set);

#endif
