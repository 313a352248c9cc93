/* Formats of files, by the ends of their names: io/formats.def. */
#ifndef ORDO_IO_FORMATS_H
#define ORDO_IO_FORMATS_H

#include "io/stored.h"
#include "io/tensors.h"

typedef enum FormatUse {
  FOR_reading = 1,     /* an array for a parameter */
  FOR_reading_set = 2, /* arrays under their names */
  FOR_writing = 4,     /* one array */
  FOR_writing_set = 8, /* several */
  FOR_weights = 16,    /* of a model */
  FOR_vocab = 32,      /* a vocabulary, besides a list of tokens */
  FOR_curves = 64,     /* metrics to be drawn */
  FOR_plot = 128,      /* drawings of curves */
  FOR_picture = 256,   /* drawings of graphs */
  FOR_graph = 512,     /* graphs for other programs */
} FormatUse;

/* Which arrays of a file of several are read, and as what. The others may be anything. */
typedef struct ArraysWanted {
  bool (*wants)(void *user, const char *name, DType *want);
  void *user;
} ArraysWanted;

/* What a format of arrays can do; the rest is NULL. Readers and writers make diagnostics. */
typedef struct FormatCode {
  /* A new tensor of the wanted element type, of that rank if the file does not say its own. */
  Tensor *(*read)(Ctx *ctx, const char *path, DType want, int rank);
  /* wanted NULL: all, in the file's types. On failure an empty set. */
  bool (*read_set)(Ctx *ctx, const char *path, const ArraysWanted *wanted, Tensors *out);
  bool (*write)(Ctx *ctx, const char *path, const Tensor *tensor);
  bool (*write_set)(Ctx *ctx, const char *path, const Tensors *set);
} FormatCode;

typedef struct Format {
  const char *name, *suffix, *doc;
  unsigned uses; /* FOR_* */
  const FormatCode *code;
  const StoredFormat *stored;
} Format;

extern const StoredFormat stored_safetensors;
/* A file of weights (io/stored.h) by the end of its name; files of other names are taken for
 * .safetensors. False after a diagnostic; then there is nothing to close. */
bool stored_open(Ctx *ctx, const char *path, StoredFile *out);

/* The format of a file of that name for one of the uses, or NULL. */
const Format *format_of(const char *path, unsigned uses);
/* The one called so: "svg". NULL: there is none. */
const Format *format_named(const char *name, unsigned uses);
/* "png, svg or pdf", with dots: ".png, .svg or .pdf" */
const char *formats_known(Ctx *ctx, unsigned uses, bool dots);
/* Row i, NULL behind the last one. */
const Format *format_row(unsigned i);

#endif
