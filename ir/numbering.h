/* Numbers for keys of up to four words. */
#ifndef ORDO_IR_NUMBERING_H
#define ORDO_IR_NUMBERING_H

#include <stdbool.h>

#include "base/vec.h"

/* In the order in which the keys come. */
typedef struct Numbering {
  Arena *arena;
  VEC(uint64_t) keys; /* four a number */
  uint32_t *slots, n_slots;
} Numbering;
/* The number of a key; *is_new: it had none. */
uint32_t number_of_key(Numbering *n, const uint64_t key[4], bool *is_new);

#endif
