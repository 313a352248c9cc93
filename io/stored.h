/* Files of named tensors, whatever their format: what weights are read from.
 *
 * Opening a file checks all that is said of its tensors: names, shapes, where they lie. Tensors are
 * read when they are asked for, and converted on the way as io/numbers.h says; those that nobody
 * asks for may be of any type. Nothing in a file is executed. A format is a row of formats.def
 * (STORED) and its 'const StoredFormat stored_NAME'.
 */
#ifndef ORDO_IO_STORED_H
#define ORDO_IO_STORED_H

#include "io/file.h"
#include "io/numbers.h"
#include "io/tensors.h"

typedef struct Stored {
  const char *name, *dtype; /* dtype: as the file calls it */
  const char *unreadable;   /* why it cannot be read, or NULL: "the element type C64" */
  Number number;            /* what its elements are, or become by decoding */
  int rank;
  int64_t dims[TENSOR_MAX_RANK];
  uint64_t at;     /* the format's: where it lies */
  const void *own; /* the format's */
} Stored;

typedef struct StoredFile StoredFile;
typedef struct StoredFormat {
  /* Fills tensors and state, which out has none of. False after a diagnostic; close follows. */
  bool (*open)(StoredFile *out);
  bool (*read)(const StoredFile *file, const Stored *tensor, Tensor *into);
  void (*close)(StoredFile *file); /* of the state; may be NULL */
} StoredFormat;

struct StoredFile {
  Ctx *ctx;
  FileIn in;
  const char *path;
  const StoredFormat *format;
  void *state;
  VEC(Stored) tensors; /* by name, which differ */
  Tensors meta;        /* its list is empty */
};

/* Of an open file or of memory; takes it over. False after a diagnostic; then there is nothing to
 * close. */
bool stored_open_in(Ctx *ctx, FileIn in, const StoredFormat *format, StoredFile *out);
void stored_close(StoredFile *file);
/* NULL: there is none. */
const Stored *stored_find(const StoredFile *file, const char *name);
/* Reads a tensor as one of another element type; DTYPE_BY_LOOK: the file's. NULL after a
 * diagnostic. */
Tensor *stored_get(const StoredFile *file, const Stored *tensor, DType want);
/* The same into 'into', which has its shape. */
bool stored_get_into(const StoredFile *file, const Stored *tensor, Tensor *into);
/* "f16[2, 3]" */
void stored_print_type(const Stored *tensor, Text *out);

/* ---- for formats ---- */
bool stored_malformed(const StoredFile *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "'m.pt': tensor 'w'" */
const char *stored_what(const StoredFile *file, const Stored *tensor);
/* Copies elements that lie in memory; strides in bytes, NULL: contiguous. */
bool stored_take(const StoredFile *file, const Stored *tensor, const void *data,
                 const int64_t *strides, Tensor *into);

#endif
