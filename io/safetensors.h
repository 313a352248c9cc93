/* .safetensors files: weights, optimizer state and metadata.
 *
 * The whole header is checked before a byte of a tensor is read: its length, JSON, names,
 * shapes, offsets in range, no overlap, no hole. Tensors are read when they are asked for, and
 * converted on the way; those that nobody asks for may have any element type and any number of
 * axes.
 *
 * A file is written atomically, and the bytes depend on the contents only (tensors ordered by
 * alignment, then name), so equal states give equal files. The metadata keeps the CRC-32 (of
 * zlib) of each tensor's bytes, "ordo.crc32.NAME", and of the other metadata, "ordo.crc32": a
 * flipped bit is noticed when it is read. Files without them are read all the same.
 */
#ifndef ORDO_IO_SAFETENSORS_H
#define ORDO_IO_SAFETENSORS_H

#include "io/file.h"
#include "io/numbers.h"
#include "io/tensors.h"

/* A tensor of a file. */
typedef struct SafeTensor {
  const char *name, *dtype; /* dtype: as the file calls it */
  const char *unreadable;   /* why it cannot be read, or NULL: "the element type C64" */
  Number number;
  int rank;
  int64_t dims[TENSOR_MAX_RANK];
  uint64_t begin, end; /* from SafeFile.data on */
  bool has_crc;
  uint32_t crc;
} SafeTensor;

typedef struct SafeFile {
  Ctx *ctx;
  FileIn in;
  SafeTensor *tensors; /* by name */
  size_t n;
  uint64_t data; /* offset of the tensors' bytes */
  Tensors meta;  /* the metadata without checksums; its list is empty */
} SafeFile;

/* Opens a file and checks its header. False after a diagnostic; then there is nothing to close. */
bool safetensors_open(Ctx *ctx, const char *path, Span from, SafeFile *out);
/* The same of an open file or of memory; takes it over. */
bool safetensors_open_in(Ctx *ctx, FileIn in, SafeFile *out);
void safetensors_close(SafeFile *file);
const SafeTensor *safetensors_find(const SafeFile *file,
                                   const char *name); /* NULL: there is none */
/* Reads a tensor as one of another element type; DTYPE_BY_LOOK: the file's (NumberInfo.dtype).
 * NULL after a diagnostic. */
Tensor *safetensors_get(const SafeFile *file, const SafeTensor *tensor, DType want);

/* Writes the set. Names must be UTF-8, different, and not "__metadata__". */
bool safetensors_write(Ctx *ctx, const char *path, const Tensors *set);

#endif
