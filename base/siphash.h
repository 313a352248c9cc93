/* SipHash-2-4 with 128 bits (Aumasson and Bernstein): a keyed hash. Who does not know the key can
 * neither make a text of a given hash nor two texts of the same. */
#ifndef ORDO_BASE_SIPHASH_H
#define ORDO_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct SipHash {
  uint64_t word[2];
} SipHash;

SipHash siphash(SipHash key, const void *bytes, size_t n);

#endif
