/* A growing block of bytes on the heap, for work that is repeated: it keeps its memory when it is
 * emptied, so that nothing is allocated after a while. */
#ifndef ORDO_DATA_BYTES_H
#define ORDO_DATA_BYTES_H

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"

typedef struct Bytes {
  char *data;
  size_t n, cap;
} Bytes;

/* Room for 'more' bytes behind the n that are there. False when memory is out. */
static inline bool bytes_reserve(Bytes *b, size_t more) {
  if (b->n + more <= b->cap) return true;
  size_t cap = 2 * (b->n + more) + 64;
  char *data = heap_alloc(cap);
  if (!data) return false;
  if (b->n) memcpy(data, b->data, b->n);
  heap_free(b->data);
  b->data = data;
  b->cap = cap;
  return true;
}

static inline bool bytes_put(Bytes *b, const void *from, size_t n) {
  if (!bytes_reserve(b, n)) return false;
  if (n) memcpy(b->data + b->n, from, n);
  b->n += n;
  return true;
}

static inline void bytes_free(Bytes *b) {
  heap_free(b->data);
  *b = (Bytes){0};
}

#endif
