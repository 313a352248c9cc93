/* Products of bf16 operands with f32 sums, as numbers: what dot{precision="bf16"} means on every
 * machine. It is what the tile instruction of x86 (tdpbf16ps) computes:
 *
 *   operands   f32 rounded to bf16, to nearest, ties to even; subnormals become zeros of their
 *              sign, NaN stays NaN (as vcvtneps2bf16 does)
 *   fma, add   F(a * b + c), F(x + y) without an intermediate rounding, where operands that are
 *              subnormal count as zeros, and F rounds to f32 and then makes a zero of what is
 *              smaller than the smallest normal number
 *   a sum      k is cut in blocks of 32 from 0 on, the last one filled with zeros. In each block
 *              the even and the odd k are a chain of fma from +0 each, and C = add(C, add(even,
 *              odd)); C begins at +0
 *
 * So neither tiles, blocks, threads nor the machine change a bit. A NaN may have any payload. The
 * functions are written for a rounding mode to nearest; flushing modes of the processor change
 * nothing. The double sum rounds innocuously: a product of two bf16 has 16 bits, of two f32 48,
 * and a double has more than twice the bits of an f32 and two.
 */
#ifndef ORDO_BASE_BF16_H
#define ORDO_BASE_BF16_H

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { BF16_BLOCK = 32 }; /* k that are added up before C sees them */

/* The bits of the operand as an f32: the lower half is zero. */
static inline uint32_t bf16_operand_bits(uint32_t u) {
  uint32_t exponent = u & 0x7f800000u;
  if (!exponent) return u & 0x80000000u;
  if (exponent == 0x7f800000u && (u & 0x007fffffu)) return (u | 0x00400000u) & 0xffff0000u;
  return (u + 0x7fffu + ((u >> 16) & 1)) & 0xffff0000u;
}

static inline float bf16_operand(float x) {
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  u = bf16_operand_bits(u);
  memcpy(&x, &u, sizeof x);
  return x;
}

/* A subnormal as a zero of its sign. */
static inline double bf16_normal(float x) {
  return fabsf(x) < 0x1p-126f ? copysign(0, (double)x) : (double)x;
}

/* Tiny after rounding: what is below here rounds to less than 2^-126. */
static inline float bf16_flushed(double s) {
  return fabs(s) < 0x1p-126 - 0x1p-151 ? (float)copysign(0, s) : (float)s;
}

static inline float bf16_fma(float a, float b, float c) {
  return bf16_flushed(bf16_normal(a) * bf16_normal(b) + bf16_normal(c));
}
static inline float bf16_add(float x, float y) {
  return bf16_flushed(bf16_normal(x) + bf16_normal(y));
}

/* A sum under way: operands are given in the order of k. */
typedef struct Bf16Sum {
  float c, chain[2];
  int n; /* of the block */
} Bf16Sum;

/* a and b are rounded already. */
static inline void bf16_sum_add(Bf16Sum *s, float a, float b) {
  float *chain = &s->chain[s->n & 1];
  *chain = bf16_fma(a, b, *chain);
  if (++s->n < BF16_BLOCK) return;
  *s = (Bf16Sum){.c = bf16_add(s->c, bf16_add(s->chain[0], s->chain[1]))};
}

static inline float bf16_sum_end(Bf16Sum *s) {
  while (s->n) bf16_sum_add(s, 0, 0);
  return s->c;
}

#endif
