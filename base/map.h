/* A table from 64-bit keys (names, pointers, hashes) to small numbers, in an arena: indices into
 * an array that is kept elsewhere. Entries are overwritten, never removed: whoever shortens its
 * array has to look whether the entry found is still the one meant. */
#ifndef ORDO_BASE_MAP_H
#define ORDO_BASE_MAP_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct MapSlot {
  uint64_t key;
  uint32_t value;
  bool used;
} MapSlot;
typedef struct Map {
  MapSlot *slots;
  uint32_t n_slots, len;
} Map;

void map_set(Arena *arena, Map *map, uint64_t key, uint32_t value);
/* False when the key is not there; *value is then left alone. */
bool map_get(const Map *map, uint64_t key, uint32_t *value);
static inline uint64_t map_pointer(const void *pointer) { return (uint64_t)(uintptr_t)pointer; }

#endif
