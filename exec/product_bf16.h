/* Matrix products in bf16 (base/bf16.h): C[m,n] (+)= A[m,k] * B[k,n] for each of batch items, f32
 * in memory. A and B are rounded when they are packed.
 *
 * Three machines compute the same bits: the tile unit of x86 (AMX), whose instruction the
 * definition is; vectors of f32, whose fma under flush-to-zero are the chains of the definition;
 * and plain scalars. Each element of C is summed in the order of k, in blocks of 32 from 0 on,
 * whatever m, n, the strides, the machine and the number of threads are. */
#ifndef ORDO_EXEC_PRODUCT_BF16_H
#define ORDO_EXEC_PRODUCT_BF16_H

#include "exec/product.h"

enum {
  BF16_ROWS = 6, /* limits of a tile of vectors */
  BF16_VECTORS = 2,
  BF16_UNIT = 16,                /* rows and columns of a tile of the unit */
  BF16_UNIT_BYTES = 16 * 2 * 32, /* of its A (16 rows of 32 k) or B (16 pairs of k, 16 columns) */
};

/* What a compiled loop works on. Strides count elements of f32 unless it is said otherwise.
 *
 *   tile      c[rows, cols] (+)= a[rows, k] * b[k, vectors * lanes], rounded already, f32; k is a
 *             multiple of 32; b is read to whole vectors, c is not
 *   copy      c[rows, width] = a[rows, cols] rounded; zeros from cols on; the width is a multiple
 *             of lanes
 *   transpose c[width, lanes] = a[lanes, k] rounded and transposed, where rows of a from 'cols' on
 *             repeat the last one; zeros from k on; the width is a multiple of lanes
 *   unit_tile c[16 * rows, 16 * cols] (+)= a * b of the tile unit; a_row and b_row are the bytes
 *             between groups of 16 rows or columns, each of k / 32 units of BF16_UNIT_BYTES
 *   unit_pack c = such groups of a[rows, k], c_row bytes apart; zeros beyond rows and beyond k; one
 *             group, of 16 rows at most, where the elements of a row are adjacent along k */
typedef struct Bf16Tile {
  const void *a, *b;
  void *c;
  float *sums; /* tile: room for rows * vectors * lanes, aligned to a vector */
  int64_t k, rows, cols, width, a_row, a_col, b_row, c_row, accumulate;
} Bf16Tile;
typedef void (*Bf16Loop)(const Bf16Tile *tile);

/* How a group of the tile unit is packed: whether the elements of a row are adjacent along k or
 * along the rows, and what lies side by side in the packed unit: the k of a row (A), or the rows
 * of a pair of k (B). */
typedef enum Bf16Pack {
  PACK_rows,             /* adjacent along k, to A */
  PACK_rows_transposed,  /* adjacent along k, to B */
  PACK_pairs,            /* adjacent along the rows, to B */
  PACK_pairs_transposed, /* adjacent along the rows, to A */
  N_PACKS
} Bf16Pack;

typedef struct Bf16Kernels {
  int lanes, rows, vectors;               /* of the widest tile */
  int unit;                               /* 1: the operating system lets us use the tile unit */
  Bf16Loop tile[BF16_ROWS][BF16_VECTORS]; /* by rows - 1, vectors - 1 */
  Bf16Loop copy, transpose;
  Bf16Loop unit_begin, unit_end; /* sets it up for a thread (a: the configuration), lets it go */
  Bf16Loop unit_tile[2][2];      /* by 16 rows, 16 columns; NULL: no code for the unit */
  Bf16Loop unit_pack[N_PACKS];
} Bf16Kernels;

/* The loops of plain scalars, for machines without code of their own. */
void bf16_scalar_kernels(Bf16Kernels *kernels);
/* Whether this process may use the tile unit; asks the operating system for it, which is once for
 * all of its threads. False as well when some thread has an alternate signal stack that is too
 * small for the unit's state (AT_MINSIGSTKSZ). */
bool bf16_unit_usable(void);

/* The product; args as for gemm_run, whose workspace is bf16_workspace_bytes here. packed: all of B
 * by bf16_pack_all, or NULL. */
void bf16_run(const Bf16Kernels *kernels, Pool *pool, const GemmArgs *args, const void *packed);
int64_t bf16_workspace_bytes(const GemmArgs *args, int threads);

/* B packed once for several products with the same args but for A and C, which gives the same bits:
 * bytes for any kernels, 0 where items have B of their own. to: aligned to 64 bytes. */
int64_t bf16_packed_bytes(const GemmArgs *args);
void bf16_pack_all(const Bf16Kernels *kernels, Pool *pool, const GemmArgs *args, void *to);

#endif
