#include "ir/numbering.h"

#include <string.h>

#include "base/text.h"

uint32_t number_of_key(Numbering *n, const uint64_t key[4], bool *is_new) {
  uint32_t count = n->keys.len / 4;
  if (2 * (count + 1) > n->n_slots) {
    n->n_slots = n->n_slots ? 2 * n->n_slots : 256;
    n->slots = arena_array(n->arena, uint32_t, n->n_slots);
    for (uint32_t i = 0; i < count; i++) {
      uint64_t h = hash_wide(&n->keys.data[4 * (size_t)i], 32, 1);
      while (n->slots[h & (n->n_slots - 1)]) h++;
      n->slots[h & (n->n_slots - 1)] = i + 1;
    }
  }
  uint64_t h = hash_wide(key, 32, 1);
  for (uint32_t at; (at = n->slots[h & (n->n_slots - 1)]) != 0; h++)
    if (!memcmp(&n->keys.data[4 * (size_t)(at - 1)], key, 32)) {
      *is_new = false;
      return at - 1;
    }
  n->slots[h & (n->n_slots - 1)] = count + 1;
  for (int i = 0; i < 4; i++) vec_push(n->arena, &n->keys, key[i]);
  *is_new = true;
  return count;
}
