/* A file as one running text, in pieces that are encoded each by itself.
 *
 * A piece begins where a multiple of the piece size falls: for characters and bytes there, for
 * words and byte pairs behind the next line end between two lines that hold something, else
 * before the next blank; a tokenizer cuts words in such places anyway. The splits are parts of
 * the file, one behind the other: training, validation, test; each begins with a piece. An index
 * keeps where each piece begins, and how many tokens stand before it, so that any token is found
 * without reading the text before it.
 */
#ifndef ORDO_DATA_STREAM_H
#define ORDO_DATA_STREAM_H

#include "data/bytes.h"
#include "data/offsets.h"
#include "data/vocab.h"
#include "io/file.h"

enum { PIECE_LEAST = 1 << 12, PIECES_MOST = 8 << 20, SCAN_CHUNK = 1 << 20 };

/* ---- the first reading: piece by piece ---- */
typedef struct StreamScan {
  Ctx *ctx;
  const FileIn *in;
  ColumnKind kind;
  uint64_t piece_size;
  const uint64_t *ends; /* of the splits, in bytes; ascending, the last one behind the file */
  int split;            /* of the piece given last */
  Bytes text;           /* what was read ahead */
  uint64_t base;        /* offset of text.data[0] */
  size_t at;            /* where the next piece begins */
} StreamScan;

StreamScan stream_scan(Ctx *ctx, const FileIn *in, ColumnKind kind, const uint64_t *ends);
void stream_scan_free(StreamScan *scan);
/* The next piece, valid until the next call: 1, 0 at the end, -1 after a diagnostic. */
int stream_scan_next(StreamScan *scan, char **text, size_t *n, uint64_t *offset);

/* ---- tokens of a piece ---- */
/* Counts the tokens of a piece, in 'counts' too when it is not NULL. *bad: tokens that are no
 * UTF-8, *first_bad: where in the piece the first one stands. The text is changed. vocab: NULL
 * when it does not exist yet. -1 when memory is out. */
int64_t stream_count(ColumnKind kind, const Vocab *vocab, Vocab *counts, char *text, size_t n,
                     bool first, int64_t *bad, size_t *first_bad);

typedef struct StreamIndex {
  Offsets starts,
      tokens; /* of each piece: its offset, tokens before it; one entry more at the end */
} StreamIndex;

typedef struct StreamReader {
  Ctx *ctx;
  const FileIn *in;
  const StreamIndex *index;
  const Vocab *vocab;
  Bytes text;
  int64_t piece; /* that is loaded, -1 */
  TokenList ids; /* its tokens */
} StreamReader;

StreamReader stream_reader(Ctx *ctx, const FileIn *in, const StreamIndex *index,
                           const Vocab *vocab);
void stream_reader_free(StreamReader *reader);
/* Appends n tokens from number 'from' on. False after a diagnostic. */
bool stream_tokens(StreamReader *reader, int64_t from, int64_t n, TokenList *out);

#endif
