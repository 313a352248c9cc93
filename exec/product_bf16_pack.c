/* Packing of the operands of products in bf16: rounded, in the order in which tiles read them. See
 * product_bf16_pack.h. */
#include "exec/product_bf16_pack.h"

#include "base/bf16.h"

#include <string.h>

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t round_up(int64_t a, int64_t b) { return (a + b - 1) / b * b; }

int64_t bf16_depth(int64_t k) { return round_up(k, BF16_BLOCK); }

/* ---- f32 for vectors ---- */

/* The rows of zeros that fill the last block of k. */
static void fill_depth(float *to, int64_t k, int64_t width) {
  memset(to + k * width, 0, (size_t)((bf16_depth(k) - k) * width) * sizeof *to);
}

static void copy_scalar(const Bf16Operand *o, int64_t k, float *to, int64_t row, int64_t col) {
  for (int64_t n = 0; n < o->n; n++)
    for (int64_t at = 0; at < bf16_depth(k); at++)
      to[n * row + at * col] = at < k ? bf16_operand(o->at[n * o->step_n + at * o->step_k]) : 0;
}

Bf16Strides bf16_pack_a(const Bf16Kernels *g, const Bf16Operand *a, int64_t k, float *to) {
  Bf16Strides by_rows = {bf16_depth(k), 1}, by_k = {1, round_up(a->n, g->lanes)};
  Bf16Tile t = {.a = a->at, .c = to};
  if (a->step_k == 1) {
    t.rows = a->n, t.cols = k, t.width = t.c_row = by_rows.row, t.a_row = a->step_n;
    g->copy(&t);
    return by_rows;
  }
  if (a->step_n == 1) {
    t.rows = k, t.cols = a->n, t.width = t.c_row = by_k.col, t.a_row = a->step_k;
    g->copy(&t);
    fill_depth(to, k, by_k.col);
    return by_k;
  }
  copy_scalar(a, k, to, by_rows.row, 1);
  return by_rows;
}

/* Rows of B that are adjacent: some rows of all panels at a time, so that they are read whole. */
static void pack_rows(const Bf16Kernels *g, const Bf16Operand *b, int64_t k, float *to,
                      int64_t width) {
  for (int64_t at = 0; at < k; at += BF16_BLOCK)
    for (int64_t n = 0; n < b->n; n += width)
      g->copy(&(Bf16Tile){.a = b->at + at * b->step_k + n,
                          .c = to + n * bf16_depth(k) + at * width,
                          .rows = least(BF16_BLOCK, k - at),
                          .cols = least(width, b->n - n),
                          .width = width,
                          .a_row = b->step_k,
                          .c_row = width});
  for (int64_t n = 0; n < b->n; n += width) fill_depth(to + n * bf16_depth(k), k, width);
}

/* Columns of B that are adjacent, or neither. */
static void pack_columns(const Bf16Kernels *g, const Bf16Operand *b, int64_t k, float *to,
                         int64_t width) {
  for (int64_t n = 0; n < b->n; n += g->lanes) {
    Bf16Operand part = *b;
    part.at += n * b->step_n;
    part.n = least(g->lanes, b->n - n);
    float *panel = to + n / width * width * bf16_depth(k) + n % width;
    if (b->step_k == 1)
      g->transpose(&(Bf16Tile){.a = part.at,
                               .c = panel,
                               .k = k,
                               .cols = part.n,
                               .width = bf16_depth(k),
                               .a_row = b->step_n,
                               .c_row = width});
    else
      copy_scalar(&part, k, panel, 1, width);
  }
}

void bf16_pack_b(const Bf16Kernels *g, const Bf16Operand *b, int64_t k, float *to) {
  int64_t width = (int64_t)g->lanes * g->vectors;
  if (b->step_n == 1)
    pack_rows(g, b, k, to, width);
  else
    pack_columns(g, b, k, to, width);
}

/* ---- bf16 for the tile unit ---- */

static uint16_t half(float x) {
  uint32_t u;
  memcpy(&u, &x, sizeof u);
  return (uint16_t)(bf16_operand_bits(u) >> 16);
}

/* Any strides. */
static void group_scalar(const Bf16Operand *o, int64_t k, uint16_t *to, bool pairs) {
  memset(to, 0, (size_t)(bf16_depth(k) / BF16_BLOCK * BF16_UNIT_BYTES));
  for (int64_t n = 0; n < o->n; n++)
    for (int64_t at = 0; at < k; at++) {
      int64_t unit = at / BF16_BLOCK * (BF16_UNIT_BYTES / 2), in = at % BF16_BLOCK;
      int64_t place = pairs ? in / 2 * BF16_BLOCK + n * 2 + in % 2 : n * BF16_BLOCK + in;
      to[unit + place] = half(o->at[n * o->step_n + at * o->step_k]);
    }
}

void bf16_pack_units(const Bf16Kernels *g, const Bf16Operand *o, int64_t k, bool pairs, char *to) {
  int64_t group = bf16_depth(k) / BF16_BLOCK * BF16_UNIT_BYTES;
  Bf16Loop rows = g->unit_pack[pairs ? PACK_rows_transposed : PACK_rows];
  Bf16Loop across = g->unit_pack[pairs ? PACK_pairs : PACK_pairs_transposed];
  if (o->step_n == 1 && o->step_k != 1) {
    across(
        &(Bf16Tile){.a = o->at, .c = to, .k = k, .rows = o->n, .a_row = o->step_k, .c_row = group});
    return;
  }
  for (int64_t n = 0; n < o->n; n += BF16_UNIT, to += group) {
    Bf16Operand part = *o;
    part.at += n * o->step_n;
    part.n = least(BF16_UNIT, o->n - n);
    if (o->step_k == 1)
      rows(&(Bf16Tile){.a = part.at, .c = to, .k = k, .rows = part.n, .a_row = o->step_n});
    else
      group_scalar(&part, k, (uint16_t *)(void *)to, pairs);
  }
}
