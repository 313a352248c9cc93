/* Random numbers: the block function Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw:
 * Parallel random numbers: as easy as 1, 2, 3; SC 2011), and what the ops make of it. The
 * interpreter uses these functions and the emitter is checked against them; changing anything here
 * changes every random number of every model.
 *
 * A key is 64 bits: word 0 is its lower half, word 1 its upper half.
 *
 *   random(key; stream, word)[i] = word 'word' of block(key, (i mod 2^32, stream mod 2^32)),
 *                                  i the row-major position
 *   fold(key, b)                 = block(key, (b mod 2^32, THREEFRY_FOLD)) as a key
 *   seed(a)                      = block(0,   (a mod 2^32, THREEFRY_SEED)) as a key
 *
 * The constants keep the three uses apart; streams that the compiler hands out are small numbers.
 */
#ifndef ORDO_BASE_THREEFRY_H
#define ORDO_BASE_THREEFRY_H

#include <stdint.h>

/* Streams of the numbers of a run: drawing weights, a step, calling a function. */
enum {
  STREAM_INIT = 0x696e6974,
  STREAM_STEP = 0x73746570,
  STREAM_RUN = 0x72756e
}; /* "init", "step", "run" */

#define THREEFRY_PARITY 0x1BD11BDAu
#define THREEFRY_FOLD   0xF01DF01Du
#define THREEFRY_SEED   0x5EED5EEDu

typedef struct ThreefryBlock {
  uint32_t word[2];
} ThreefryBlock;

static inline uint32_t threefry_rotate(uint32_t x, int bits) {
  return x << bits | x >> (32 - bits);
}

/* After every four rounds a key word of the schedule k0 k1 k2 is added, k2 = parity ^ k0 ^ k1. */
static inline ThreefryBlock threefry_block(uint64_t key, uint32_t counter0, uint32_t counter1) {
  static const int rotation[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  uint32_t k[3] = {(uint32_t)key, (uint32_t)(key >> 32), 0};
  k[2] = THREEFRY_PARITY ^ k[0] ^ k[1];
  uint32_t x0 = counter0 + k[0], x1 = counter1 + k[1];
  for (uint32_t round = 0; round < 20; round++) {
    x0 += x1;
    x1 = threefry_rotate(x1, rotation[round % 8]) ^ x0;
    if (round % 4 == 3) {
      uint32_t group = round / 4 + 1;
      x0 += k[group % 3];
      x1 += k[(group + 1) % 3] + group;
    }
  }
  return (ThreefryBlock){{x0, x1}};
}

static inline uint64_t threefry_key(ThreefryBlock block) {
  return (uint64_t)block.word[1] << 32 | block.word[0];
}

static inline uint32_t threefry_random(uint64_t key, uint32_t stream, uint64_t position, int word) {
  return threefry_block(key, (uint32_t)position, stream).word[word & 1];
}
static inline uint64_t threefry_fold(uint64_t key, uint32_t b) {
  return threefry_key(threefry_block(key, b, THREEFRY_FOLD));
}
static inline uint64_t threefry_seed(uint32_t a) {
  return threefry_key(threefry_block(0, a, THREEFRY_SEED));
}

#endif
