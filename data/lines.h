/* Lines of a file, in order or from any offset, through one buffer of bounded size. */
#ifndef ORDO_DATA_LINES_H
#define ORDO_DATA_LINES_H

#include "io/file.h"

enum { LINE_LIMIT = 16 << 20 }; /* bytes; a longer line is skipped */

typedef struct LineReader {
  Ctx *ctx;
  const FileIn *in;
  char *buffer; /* on the heap */
  size_t cap, len, at;
  uint64_t base;  /* offset of buffer[0] in the file */
  size_t chunk;   /* bytes that are read at once */
  int64_t number; /* of the line given last, from 1; counts only while reading in order */
} LineReader;

typedef enum LineResult { LINE_end, LINE_text, LINE_long, LINE_failed } LineResult;

/* chunk: large for reading in order, small for seeking. */
LineReader line_reader(Ctx *ctx, const FileIn *in, size_t chunk);
void line_reader_free(LineReader *reader);
void line_seek(LineReader *reader, uint64_t offset);
/* The next line without its end ("\n" or "\r\n"), valid until the next call. LINE_long: the line
 * had more than LINE_LIMIT bytes and was passed over. LINE_failed: after a diagnostic. */
LineResult line_next(LineReader *reader, const char **text, size_t *n, uint64_t *offset);

#endif
