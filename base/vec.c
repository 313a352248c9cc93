#include "base/vec.h"

#include <string.h>

void *vec_widen(Arena *arena, const void *old, uint32_t *cap, uint32_t wanted, size_t item_size) {
  void *grown = arena_alloc(arena, wanted * item_size);
  if (*cap) memcpy(grown, old, *cap * item_size);
  *cap = wanted;
  return grown;
}

void *vec_grow(Arena *arena, const void *old, uint32_t *cap, size_t item_size) {
  return vec_widen(arena, old, cap, *cap ? *cap * 2 : 8, item_size);
}
