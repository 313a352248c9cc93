/* Running text: see stream.h. */
#include "data/stream.h"

#include <string.h>

StreamReader stream_reader(Ctx *ctx, const FileIn *in, ColumnKind kind, size_t chunk) {
  return (StreamReader){.ctx = ctx, .in = in, .kind = kind, .chunk = chunk};
}

void stream_reader_free(StreamReader *r) {
  heap_free(r->buffer);
  r->buffer = NULL;
}

void stream_seek(StreamReader *r, uint64_t offset) {
  if (offset >= r->base && offset <= r->base + r->len) {
    r->at = (size_t)(offset - r->base);
    return;
  }
  r->base = offset;
  r->len = r->at = 0;
}

static bool make_room(StreamReader *r, size_t more) {
  if (r->at) {
    memmove(r->buffer, r->buffer + r->at, r->len - r->at);
    r->base += r->at;
    r->len -= r->at;
    r->at = 0;
  }
  if (r->len + more <= r->cap) return true;
  size_t cap = 2 * (r->len + more);
  char *buffer = heap_alloc(cap);
  if (!buffer) {
    diag_at(r->ctx, (Span){0}, E_run_failed, "reading '%s': no memory", r->in->path);
    return false;
  }
  if (r->len) memcpy(buffer, r->buffer, r->len);
  heap_free(r->buffer);
  r->buffer = buffer;
  r->cap = cap;
  return true;
}

static uint64_t bytes_left(const StreamReader *r) {
  uint64_t from = r->base + r->len;
  return from < r->in->size ? r->in->size - from : 0;
}

static bool fill(StreamReader *r) {
  uint64_t left = bytes_left(r);
  size_t n = left < r->chunk ? (size_t)left : r->chunk;
  if (!make_room(r, n)) return false;
  if (!file_get(r->ctx, r->in, r->base + r->len, r->buffer + r->len, n)) return false;
  r->len += n;
  return true;
}

int stream_next(StreamReader *r, const char **token, size_t *n, uint64_t *offset) {
  for (;;) {
    size_t at = r->at;
    const char *found = vocab_next(r->kind, r->buffer, r->len, &at, n);
    uint64_t left = bytes_left(r);
    /* a token that touches the end of the buffer may go on behind it */
    bool whole = found && (!left || (r->kind == COL_chars ? r->len - r->at >= 4 : at < r->len) ||
                           r->kind == COL_bytes);
    if (whole) {
      *token = found;
      *offset = r->base + (uint64_t)(found - r->buffer);
      r->at = at;
      return 1;
    }
    if (!left) return 0;
    if (!fill(r)) return -1;
  }
}

bool stream_index_add(StreamIndex *x, uint64_t offset) {
  if (x->tokens++ % STREAM_STRIDE) return true;
  if (x->n_units == x->cap) {
    int64_t cap = x->cap ? 2 * x->cap : 1024;
    uint64_t *units = heap_alloc((size_t)cap * sizeof *units);
    if (!units) return false;
    if (x->n_units) memcpy(units, x->units, (size_t)x->n_units * sizeof *units);
    heap_free(x->units);
    x->units = units;
    x->cap = cap;
  }
  x->units[x->n_units++] = offset;
  return true;
}
