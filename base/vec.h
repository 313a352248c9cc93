/* Growable arrays in an arena: VEC(T) v = {0}; vec_push(arena, &v, item); v.data[i]; v.len. */
#ifndef ORDO_BASE_VEC_H
#define ORDO_BASE_VEC_H

#include "base/arena.h"

#define VEC(T)                                                                                     \
  struct {                                                                                         \
    T *data;                                                                                       \
    uint32_t len, cap;                                                                             \
  }

/* Appends item; the old array stays in the arena as garbage when it has to grow. */
#define vec_push(arena, vec, item)                                                                 \
  do {                                                                                             \
    if ((vec)->len == (vec)->cap)                                                                  \
      (vec)->data = vec_grow((arena), (vec)->data, &(vec)->cap, sizeof *(vec)->data);              \
    (vec)->data[(vec)->len++] = (item);                                                            \
  } while (0)

/* Room for n items in all: no more garbage until there are more. */
#define vec_reserve(arena, vec, n)                                                                 \
  do {                                                                                             \
    if ((vec)->cap < (n))                                                                          \
      (vec)->data = vec_widen((arena), (vec)->data, &(vec)->cap, (n), sizeof *(vec)->data);        \
  } while (0)

void *vec_grow(Arena *arena, const void *old, uint32_t *cap, size_t item_size);
void *vec_widen(Arena *arena, const void *old, uint32_t *cap, uint32_t wanted, size_t item_size);

#endif
