/* A growing list of places in a file, on the heap. */
#ifndef ORDO_DATA_OFFSETS_H
#define ORDO_DATA_OFFSETS_H

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"

typedef struct Offsets {
  uint64_t *items;
  int64_t n, cap;
} Offsets;

/* False when memory is out. */
static inline bool offsets_push(Offsets *list, uint64_t offset) {
  if (list->n == list->cap) {
    int64_t cap = list->cap ? 2 * list->cap : 1024;
    uint64_t *items = heap_alloc((size_t)cap * sizeof *items);
    if (!items) return false;
    if (list->n) memcpy(items, list->items, (size_t)list->n * sizeof *items);
    heap_free(list->items);
    list->items = items;
    list->cap = cap;
  }
  list->items[list->n++] = offset;
  return true;
}

static inline void offsets_free(Offsets *list) {
  heap_free(list->items);
  *list = (Offsets){0};
}

#endif
