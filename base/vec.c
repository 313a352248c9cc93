#include "base/vec.h"

#include <string.h>

void *vec_grow(Arena *arena, const void *old, uint32_t *cap, size_t item_size) {
  uint32_t wanted = *cap ? *cap * 2 : 8;
  void *grown = arena_alloc(arena, wanted * item_size);
  if (*cap) memcpy(grown, old, *cap * item_size);
  *cap = wanted;
  return grown;
}
