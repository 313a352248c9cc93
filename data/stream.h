/* A file as one running text: tokens in order, from any place.
 *
 * An index entry stands for STREAM_STRIDE tokens. The splits are parts of the file, one behind the
 * other: training, validation, test; they begin at the first token that starts behind their share
 * of the bytes. */
#ifndef ORDO_DATA_STREAM_H
#define ORDO_DATA_STREAM_H

#include "data/vocab.h"
#include "runtime/file.h"

enum { STREAM_STRIDE = 1024, STREAM_CHUNK = 1 << 14 };

typedef struct StreamReader {
  Ctx *ctx;
  const FileIn *in;
  ColumnKind kind;
  char *buffer; /* on the heap */
  size_t cap, len, at;
  uint64_t base; /* offset of buffer[0] in the file */
  size_t chunk;
} StreamReader;

StreamReader stream_reader(Ctx *ctx, const FileIn *in, ColumnKind kind, size_t chunk);
void stream_reader_free(StreamReader *reader);
void stream_seek(StreamReader *reader, uint64_t offset);
/* The next token, valid until the next call: 1, 0 at the end, -1 after a diagnostic. */
int stream_next(StreamReader *reader, const char **token, size_t *n, uint64_t *offset);

typedef struct StreamIndex {
  uint64_t *units; /* offset of every STREAM_STRIDE-th token; on the heap */
  int64_t n_units, cap, tokens;
} StreamIndex;
/* Notes one more token. False when memory is out. */
bool stream_index_add(StreamIndex *index, uint64_t offset);

#endif
