#include "base/map.h"

#include "base/text.h"

enum { FIRST_SLOTS = 16 };

static MapSlot *find(const Map *map, uint64_t key) {
  uint32_t mask = map->n_slots - 1, at = (uint32_t)hash_mix(0, key) & mask;
  while (map->slots[at].used && map->slots[at].key != key) at = (at + 1) & mask;
  return &map->slots[at];
}

static void grow(Arena *arena, Map *map) {
  Map old = *map;
  map->n_slots = old.n_slots ? old.n_slots * 2 : FIRST_SLOTS;
  map->slots = arena_array(arena, MapSlot, map->n_slots);
  for (uint32_t i = 0; i < old.n_slots; i++)
    if (old.slots[i].used) *find(map, old.slots[i].key) = old.slots[i];
}

void map_set(Arena *arena, Map *map, uint64_t key, uint32_t value) {
  if (2 * (map->len + 1) > map->n_slots) grow(arena, map);
  MapSlot *slot = find(map, key);
  map->len += !slot->used;
  *slot = (MapSlot){key, value, true};
}

bool map_get(const Map *map, uint64_t key, uint32_t *value) {
  if (!map->n_slots) return false;
  const MapSlot *slot = find(map, key);
  if (slot->used) *value = slot->value;
  return slot->used;
}
