#include "data/permuted.h"

#include "base/threefry.h"

enum { ROUNDS = 6 };

int64_t permuted(int64_t i, int64_t n, uint64_t key) {
  int half = 1;
  while ((int64_t)1 << (2 * half) < n) half++;
  uint64_t mask = ((uint64_t)1 << half) - 1, x = (uint64_t)i;
  do {
    uint64_t left = x >> half, right = x & mask;
    for (uint32_t round = 0; round < ROUNDS; round++) {
      uint64_t next = left ^ (threefry_block(key, (uint32_t)right, round).word[0] & mask);
      left = right;
      right = next;
    }
    x = left << half | right;
  } while (x >= (uint64_t)n);
  return (int64_t)x;
}
