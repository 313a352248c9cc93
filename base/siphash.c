#include "base/siphash.h"

#include <string.h>

typedef struct State {
  uint64_t v[4];
} State;

static uint64_t rotate(uint64_t x, int bits) { return x << bits | x >> (64 - bits); }

static void rounds(State *s, int n) {
  uint64_t a = s->v[0], b = s->v[1], c = s->v[2], d = s->v[3];
  while (n--) {
    a += b, b = rotate(b, 13) ^ a, a = rotate(a, 32);
    c += d, d = rotate(d, 16) ^ c;
    a += d, d = rotate(d, 21) ^ a;
    c += b, b = rotate(b, 17) ^ c, c = rotate(c, 32);
  }
  *s = (State){{a, b, c, d}};
}

/* At most eight bytes, the first one lowest. */
static uint64_t load(const unsigned char *at, size_t n) {
  uint64_t word = 0;
  for (size_t i = 0; i < n; i++) word |= (uint64_t)at[i] << (8 * i);
  return word;
}

static void absorb(State *s, uint64_t word) {
  s->v[3] ^= word;
  rounds(s, 2);
  s->v[0] ^= word;
}

SipHash siphash(SipHash key, const void *bytes, size_t n) {
  const unsigned char *at = bytes;
  uint64_t k0 = key.word[0], k1 = key.word[1];
  State s = {{k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du ^ 0xee, k0 ^ 0x6c7967656e657261u,
              k1 ^ 0x7465646279746573u}};
  size_t left = n;
  for (; left >= 8; left -= 8, at += 8) absorb(&s, load(at, 8));
  absorb(&s, load(at, left) | (uint64_t)n << 56);
  SipHash out;
  s.v[2] ^= 0xee;
  rounds(&s, 4);
  out.word[0] = s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
  s.v[1] ^= 0xdd;
  rounds(&s, 4);
  out.word[1] = s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
  return out;
}
