/* Lines of a file: see lines.h. */
#include "data/lines.h"

#include <string.h>

LineReader line_reader(Ctx *ctx, const FileIn *in, size_t chunk) {
  return (LineReader){.ctx = ctx, .in = in, .chunk = chunk};
}

void line_reader_free(LineReader *r) {
  heap_free(r->buffer);
  r->buffer = NULL;
}

void line_seek(LineReader *r, uint64_t offset) {
  if (offset >= r->base && offset <= r->base + r->len) {
    r->at = (size_t)(offset - r->base);
    return;
  }
  r->base = offset;
  r->len = r->at = 0;
}

static bool no_memory(LineReader *r) {
  diag_at(r->ctx, (Span){0}, E_run_failed, "reading '%s': no memory", r->in->path);
  return false;
}

static bool make_room(LineReader *r) {
  if (r->at) {
    memmove(r->buffer, r->buffer + r->at, r->len - r->at);
    r->base += r->at;
    r->len -= r->at;
    r->at = 0;
  }
  size_t cap = r->len + r->chunk;
  if (cap <= r->cap) return true;
  if (cap < 2 * r->cap) cap = 2 * r->cap;
  char *buffer = heap_alloc(cap);
  if (!buffer) return no_memory(r);
  if (r->len) memcpy(buffer, r->buffer, r->len);
  heap_free(r->buffer);
  r->buffer = buffer;
  r->cap = cap;
  return true;
}

/* Reads on behind what is in the buffer. *more is false at the end of the file. */
static bool fill(LineReader *r, bool *more) {
  uint64_t from = r->base + r->len;
  uint64_t left = from < r->in->size ? r->in->size - from : 0;
  *more = left > 0;
  if (!left) return true;
  if (!make_room(r)) return false;
  size_t n = left < r->chunk ? (size_t)left : r->chunk;
  if (!file_get(r->ctx, r->in, from, r->buffer + r->len, n)) return false;
  r->len += n;
  return true;
}

static LineResult give(LineReader *r, size_t end, const char **text, size_t *n, uint64_t *offset) {
  *text = r->buffer + r->at;
  *offset = r->base + r->at;
  *n = end - r->at;
  bool too_long = *n > LINE_LIMIT; /* however much of it is read at once */
  if (*n && (*text)[*n - 1] == '\r') --*n;
  r->at = end < r->len ? end + 1 : end;
  r->number++;
  return too_long ? LINE_long : LINE_text;
}

/* Passes over the rest of a line that is too long. */
static LineResult skip(LineReader *r) {
  bool more = true;
  while (more) {
    const char *end = memchr(r->buffer + r->at, '\n', r->len - r->at);
    if (end) {
      r->at = (size_t)(end - r->buffer) + 1;
      break;
    }
    r->at = r->len;
    if (!fill(r, &more)) return LINE_failed;
  }
  r->number++;
  return LINE_long;
}

LineResult line_next(LineReader *r, const char **text, size_t *n, uint64_t *offset) {
  size_t seen = 0; /* bytes behind 'at' that hold no line end */
  for (;;) {
    size_t rest = r->len - r->at - seen;
    const char *end = rest ? memchr(r->buffer + r->at + seen, '\n', rest) : NULL;
    if (end) return give(r, (size_t)(end - r->buffer), text, n, offset);
    seen += rest;
    if (seen > LINE_LIMIT) return skip(r);
    bool more;
    if (!fill(r, &more)) return LINE_failed;
    if (!more) return seen ? give(r, r->len, text, n, offset) : LINE_end;
  }
}
