/* The driver of products: cuts them into parts for the threads and into blocks for the caches,
 * packs, and calls the compiled tiles.
 *
 * Each part of C (rows x columns of one item) is computed by one thread:
 *
 *   for columns in blocks of PRODUCT_N_BLOCK, for k in blocks of gemm_k_block:
 *     pack the block of B in panels as wide as a tile
 *                                     (k block x panel stays in the second-level cache)
 *     for rows in blocks of M_BLOCK:
 *       pack the block of A if its rows are not contiguous
 *       for each panel, for each GEMM_ROWS rows: tile
 *
 * (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008, with A
 * unpacked where it can be.) A long k is cut into stretches of PRODUCT_LONG blocks: a tile of C
 * at a time gathers a stretch beside C, and the stretches are added up in double. Threads share
 * nothing: what two of them need is packed twice, and the cut is chosen with that in mind. The
 * order of sums does not depend on any of this. Few rows are not worth packing B for: the tiles
 * then read B in place, if it fits the cache.
 */
#include "exec/product.h"

#include "base/cost.h"

#include <string.h>

enum { M_BLOCK = PRODUCT_M_TILES * GEMM_ROWS };

typedef struct ProductRange {
  int64_t lo, hi;
} ProductRange;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t round_up(int64_t a, int64_t b) { return divide_up(a, b) * b; }

int64_t gemm_k_block(int64_t k) {
  return k <= PRODUCT_K_BLOCK ? k : divide_up(k, divide_up(k, PRODUCT_K_BLOCK));
}

int64_t gemm_long_k(void) { return PRODUCT_K_BLOCK * PRODUCT_LONG; }

/* ---- one part ---- */

/* A block of B in panels: panel p holds columns [p, p + 1) * width, row after row. */
typedef struct ProductBlock {
  ProductRange n, k;
  bool in_place; /* b is B itself */
  const char *b;
  const char *last; /* in place: the packed last panel when it does not end with a whole vector */
} ProductBlock;

typedef struct ProductPart {
  const GemmKernels *g;
  const GemmArgs *args;
  const char *a, *b;
  char *c; /* the element in first_row and first_col */
  int64_t c_row, first_row, first_col;
  ProductRange m;
  char *b_space, *a_space;
  double *totals; /* of a long k: a tile of C, and behind it what a stretch adds to it */
} ProductPart;

static int64_t panel_width(const GemmKernels *g) { return (int64_t)g->lanes * g->vectors; }

static const char *b_at(const ProductPart *p, int64_t k, int64_t n) {
  return p->b + (k * p->args->b_row + n * p->args->b_col) * p->g->bytes;
}

/* Packs columns [n, n + cols) of one panel, any strides. */
static void pack_scalar(const GemmKernels *g, const GemmTile *t, int64_t width) {
  const int64_t step_k = t->b_row, step_n = t->b_col;
  for (int64_t k = 0; k < t->k; k++)
    for (int64_t n = 0; n < width; n++) {
      int64_t to = k * t->c_row + n, from = k * step_k + n * step_n;
      if (g->dtype == DT_f64)
        ((double *)t->c)[to] = n < t->cols ? ((const double *)t->b)[from] : 0;
      else
        ((float *)t->c)[to] = n < t->cols ? ((const float *)t->b)[from] : 0;
    }
}

static void pack_panel(const GemmKernels *g, const GemmTile *panel) {
  if (panel->b_col == 1) {
    g->copy[divide_up(panel->cols, g->lanes) - 1](panel);
    return;
  }
  for (int64_t n = 0; n < panel->cols; n += g->lanes) {
    GemmTile column = *panel;
    column.b = (const char *)panel->b + n * panel->b_col * g->bytes;
    column.c = (char *)panel->c + n * g->bytes;
    column.cols = least(panel->cols - n, g->lanes);
    if (panel->b_row == 1 && panel->k >= g->lanes)
      g->transpose(&column);
    else
      pack_scalar(g, &column, g->lanes);
  }
}

/* Packs [k, n] of B to panels at 'to'. */
static void pack_block(const ProductPart *p, ProductRange k, ProductRange n, char *to) {
  const GemmKernels *g = p->g;
  int64_t width = panel_width(g), depth = k.hi - k.lo;
  for (int64_t column = n.lo; column < n.hi; column += width) {
    int64_t cols = least(width, n.hi - column);
    GemmTile panel = {.b = b_at(p, k.lo, column),
                      .c = to,
                      .k = depth,
                      .b_row = p->args->b_row,
                      .b_col = p->args->b_col,
                      .c_row = round_up(cols, g->lanes),
                      .cols = cols};
    pack_panel(g, &panel);
    to += depth * panel.c_row * g->bytes;
  }
}

/* Rows of B that lie a power of two apart share a few sets of the cache: what they span counts,
 * not their bytes. */
static bool stays_in_place(const ProductPart *p, ProductRange k) {
  const GemmArgs *args = p->args;
  int64_t row = args->b_row < 0 ? -args->b_row : args->b_row, rows = p->m.hi - p->m.lo;
  if (args->b_col != 1 || rows > IN_PLACE_ROWS) return false;
  return rows <= IN_PLACE_FEW || (k.hi - k.lo) * row * p->g->bytes <= IN_PLACE_BYTES;
}

/* Makes the block of B ready: in place, or packed. */
static ProductBlock prepare_block(const ProductPart *p, ProductRange k, ProductRange n) {
  const GemmKernels *g = p->g;
  ProductBlock block = {.n = n, .k = k, .b = p->b_space};
  if (stays_in_place(p, k)) {
    block.b = b_at(p, k.lo, n.lo);
    block.in_place = true;
    if ((n.hi - n.lo) % g->lanes) {
      int64_t width = panel_width(g);
      block.last = p->b_space;
      pack_block(p, k, (ProductRange){n.lo + (n.hi - n.lo) / width * width, n.hi}, p->b_space);
    }
  } else {
    pack_block(p, k, n, p->b_space);
  }
  return block;
}

/* The tile's view of B: the panel from column n on. */
static void set_panel(const ProductPart *p, const ProductBlock *block, int64_t n, GemmTile *tile) {
  const GemmKernels *g = p->g;
  int64_t offset = n - block->n.lo;
  tile->cols = least(panel_width(g), block->n.hi - n);
  if (!block->in_place) {
    tile->b = block->b + (block->k.hi - block->k.lo) * offset * g->bytes;
    tile->b_row = round_up(tile->cols, g->lanes);
  } else if (block->last && tile->cols % g->lanes) {
    tile->b = block->last;
    tile->b_row = round_up(tile->cols, g->lanes);
  } else {
    tile->b = block->b + offset * g->bytes;
    tile->b_row = p->args->b_row;
  }
}

/* Copies rows of A so that GEMM_ROWS of them lie next to each other for each k: group after group,
 * each of depth * GEMM_ROWS elements. k is the outer loop where the elements of a column are
 * adjacent in memory. */
#define PACK_A(T)                                                                                  \
  static void pack_a_##T(T *to, const T *a, int64_t rows, int64_t depth, int64_t row,              \
                         int64_t col) {                                                            \
    int64_t whole = row == 1 ? rows / GEMM_ROWS * GEMM_ROWS : 0;                                   \
    for (int64_t k = 0; k < depth && whole; k++)                                                   \
      for (int64_t m = 0; m < whole; m += GEMM_ROWS)                                               \
        memcpy(to + m * depth + k * GEMM_ROWS, a + k * col + m, GEMM_ROWS * sizeof(T));            \
    for (int64_t m = whole; m < rows; m += GEMM_ROWS)                                              \
      for (int64_t k = 0; k < depth; k++)                                                          \
        for (int64_t r = 0; r < least(GEMM_ROWS, rows - m); r++)                                   \
          to[m * depth + k * GEMM_ROWS + r] = a[(m + r) * row + k * col];                          \
  }
PACK_A(float)
PACK_A(double)

/* The products of rows m with a block of B; tile has A's strides and depth. */
static void run_rows(const ProductPart *p, const ProductBlock *block, ProductRange m, GemmTile tile,
                     bool packed_a) {
  const GemmKernels *g = p->g;
  const char *a = tile.a;
  int64_t row_step = packed_a ? tile.k : tile.a_row;
  for (int64_t n = block->n.lo; n < block->n.hi; n += panel_width(g)) {
    set_panel(p, block, n, &tile);
    int64_t vectors = divide_up(tile.cols, g->lanes);
    for (int64_t row = m.lo; row < m.hi; row += GEMM_ROWS) {
      int64_t rows = least(GEMM_ROWS, m.hi - row);
      tile.a = a + (row - m.lo) * row_step * g->bytes;
      tile.c = p->c + ((row - p->first_row) * p->c_row + n - p->first_col) * g->bytes;
      g->tile[rows - 1][vectors - 1](&tile);
    }
  }
}

/* A is read in place when its elements are adjacent along k, or too seldom for a copy to pay. */
static void run_block(const ProductPart *p, const ProductBlock *block, bool accumulate) {
  const GemmArgs *args = p->args;
  const int bytes = p->g->bytes;
  int64_t depth = block->k.hi - block->k.lo;
  bool pack_a = args->a_col != 1 && block->n.hi - block->n.lo > 2 * panel_width(p->g);
  for (int64_t row = p->m.lo; row < p->m.hi; row += M_BLOCK) {
    ProductRange m = {row, least(row + M_BLOCK, p->m.hi)};
    const char *a = p->a + (row * args->a_row + block->k.lo * args->a_col) * bytes;
    GemmTile tile = {.a = a,
                     .k = depth,
                     .a_row = args->a_row,
                     .a_col = args->a_col,
                     .c_row = p->c_row,
                     .accumulate = accumulate};
    if (pack_a) {
      if (p->g->dtype == DT_f64)
        pack_a_double((double *)p->a_space, (const double *)a, m.hi - m.lo, depth, args->a_row,
                      args->a_col);
      else
        pack_a_float((float *)p->a_space, (const float *)a, m.hi - m.lo, depth, args->a_row,
                     args->a_col);
      tile.a = p->a_space;
      tile.a_row = 1;
      tile.a_col = GEMM_ROWS;
    }
    run_rows(p, block, m, tile, pack_a);
  }
}

/* The blocks of k, which start in [k.lo, k.hi). */
static void run_blocks(const ProductPart *p, ProductRange k, ProductRange n, bool accumulate) {
  int64_t step = gemm_k_block(p->args->k);
  for (int64_t at = k.lo; at < k.hi; at += step) {
    ProductBlock block = prepare_block(p, (ProductRange){at, least(at + step, k.hi)}, n);
    run_block(p, &block, accumulate || at > k.lo);
  }
}

#define ADD_UP(T)                                                                                  \
  static void start_##T(double *totals, const T *c, int64_t row, int64_t rows, int64_t cols) {     \
    for (int64_t m = 0; m < rows; m++)                                                             \
      for (int64_t n = 0; n < cols; n++) totals[m * cols + n] = c ? (double)c[m * row + n] : 0;    \
  }                                                                                                \
  static void add_##T(double *totals, const T *part, int64_t n) {                                  \
    for (int64_t i = 0; i < n; i++) totals[i] += (double)part[i];                                  \
  }                                                                                                \
  static void finish_##T(const double *totals, T *c, int64_t row, int64_t rows, int64_t cols) {    \
    for (int64_t m = 0; m < rows; m++)                                                             \
      for (int64_t n = 0; n < cols; n++) c[m * row + n] = (T)totals[m * cols + n];                 \
  }
ADD_UP(float)
ADD_UP(double)

/* A tile of C over all stretches of k. */
static void run_stretches(const ProductPart *whole, ProductRange m, ProductRange n) {
  const GemmArgs *args = whole->args;
  bool wide = whole->g->dtype == DT_f64;
  int64_t rows = m.hi - m.lo, cols = n.hi - n.lo, stretch = gemm_k_block(args->k) * PRODUCT_LONG;
  void *c = whole->c + (m.lo * args->c_row + n.lo) * whole->g->bytes;
  const void *old = args->accumulate ? c : NULL;
  ProductPart p = *whole;
  p.c = (char *)(p.totals + rows * cols);
  p.c_row = cols, p.first_row = m.lo, p.first_col = n.lo, p.m = m;
  if (wide)
    start_double(p.totals, old, args->c_row, rows, cols);
  else
    start_float(p.totals, old, args->c_row, rows, cols);
  for (int64_t k = 0; k < args->k; k += stretch) {
    run_blocks(&p, (ProductRange){k, least(k + stretch, args->k)}, n, false);
    if (wide)
      add_double(p.totals, (const double *)(const void *)p.c, rows * cols);
    else
      add_float(p.totals, (const float *)(const void *)p.c, rows * cols);
  }
  if (wide)
    finish_double(p.totals, c, args->c_row, rows, cols);
  else
    finish_float(p.totals, c, args->c_row, rows, cols);
}

static void run_part(const ProductPart *p, ProductRange n) {
  for (int64_t column = n.lo; column < n.hi; column += PRODUCT_N_BLOCK) {
    ProductRange columns = {column, least(column + PRODUCT_N_BLOCK, n.hi)};
    if (p->args->k <= gemm_long_k()) {
      run_blocks(p, (ProductRange){0, p->args->k}, columns, p->args->accumulate);
      continue;
    }
    for (int64_t row = p->m.lo; row < p->m.hi; row += M_BLOCK)
      run_stretches(p, (ProductRange){row, least(row + M_BLOCK, p->m.hi)}, columns);
  }
}

/* ---- the cut for threads ---- */

/* Each item is cut in rows x cols pieces; the pieces of all items, in order, are dealt to the
 * slots. */
typedef struct ProductCut {
  int64_t rows, cols, pieces, slots;
} ProductCut;

/* Piece i of n of [0, total), in whole units. */
static ProductRange piece(int64_t total, int64_t unit, int64_t i, int64_t n) {
  int64_t units = divide_up(total, unit);
  return (ProductRange){least(units * i / n * unit, total),
                        least(units * (i + 1) / n * unit, total)};
}

/* Work of the largest of rows x cols pieces, packing included. */
static double piece_cost(const GemmKernels *g, const GemmArgs *args, int64_t rows, int64_t cols) {
  double m = (double)least(args->m, divide_up(divide_up(args->m, GEMM_ROWS), rows) * GEMM_ROWS);
  int64_t width = panel_width(g);
  double n = (double)least(args->n, divide_up(divide_up(args->n, width), cols) * width);
  double packing = n * PACK_COST;
  if (args->a_col != 1) packing += m * PACK_COST;
  return m * n + packing;
}

/* The cut of an item into 'threads' pieces with the least work for the busiest thread. */
static ProductCut cut_item(const GemmKernels *g, const GemmArgs *args, int64_t threads) {
  ProductCut best = {.rows = 1, .cols = threads};
  double least_cost = piece_cost(g, args, 1, threads);
  for (int64_t rows = 2; rows <= threads; rows++) {
    if (threads % rows) continue;
    double cost = piece_cost(g, args, rows, threads / rows);
    if (cost < least_cost) {
      least_cost = cost;
      best = (ProductCut){.rows = rows, .cols = threads / rows};
    }
  }
  return best;
}

/* Items are not cut when there are enough of them to keep all threads busy. */
static ProductCut make_cut(const GemmKernels *g, const GemmArgs *args, int64_t threads) {
  ProductCut cut = {.rows = 1, .cols = 1};
  double work = (double)args->m * (double)args->n * (double)args->k * (double)args->batch;
  if (work < PRODUCT_SERIAL) threads = 1;
  if (args->batch % threads && args->batch < PRODUCT_UNCUT * threads)
    cut = cut_item(g, args, threads);
  cut.pieces = cut.rows * cut.cols;
  cut.slots = least(threads, cut.pieces * args->batch);
  return cut;
}

/* ---- workspace ---- */

enum { MAX_LANES = 16, SLACK = 128 /* for two roundings to 64 bytes */ };

/* Bytes for one thread: a block of B and one of A. */
static int64_t block_bytes(int bytes, int64_t m, int64_t n, int64_t k) {
  int64_t columns = least(n + MAX_LANES - 1, PRODUCT_N_BLOCK),
          rows = least(m + GEMM_ROWS - 1, M_BLOCK);
  return round_up(bytes * least(k, PRODUCT_K_BLOCK) * (columns + rows) + SLACK, 64);
}

/* The same, and the totals and the stretch of a tile of C when k is long. */
static int64_t slot_bytes(int bytes, int64_t m, int64_t n, int64_t k) {
  int64_t tile = least(m, M_BLOCK) * least(n, PRODUCT_N_BLOCK) * ((int64_t)sizeof(double) + bytes);
  return block_bytes(bytes, m, n, k) + (k > gemm_long_k() ? round_up(tile, 64) : 0);
}

int64_t gemm_workspace_bytes(DType dtype, int64_t m, int64_t n, int64_t k, int64_t batch,
                             int threads) {
  if (m < 1 || n < 1 || k < 1 || batch < 1) return 0;
  return threads * slot_bytes(dtype_bytes[dtype], m, n, k);
}

/* ---- running ---- */

typedef struct ProductRun {
  const GemmKernels *g;
  const GemmArgs *args;
  ProductCut cut;
  int64_t slot_bytes;
} ProductRun;

static void run_piece(const ProductRun *run, int64_t index, char *space) {
  const GemmKernels *g = run->g;
  const GemmArgs *args = run->args;
  const ProductCut *cut = &run->cut;
  int64_t item = index / cut->pieces, rest = index % cut->pieces;
  int64_t depth = least(args->k, PRODUCT_K_BLOCK),
          columns = least(round_up(args->n, g->lanes), PRODUCT_N_BLOCK);
  ProductPart part = {
      .g = g,
      .args = args,
      .a = (const char *)args->a + item * args->a_batch * g->bytes,
      .b = (const char *)args->b + item * args->b_batch * g->bytes,
      .c = (char *)args->c + item * args->c_batch * g->bytes,
      .c_row = args->c_row,
      .m = piece(args->m, GEMM_ROWS, rest / cut->cols, cut->rows),
      .b_space = space,
      .a_space = space + round_up(depth * columns * g->bytes, 64),
      .totals = (double *)(void *)(space + block_bytes(g->bytes, args->m, args->n, args->k))};
  run_part(&part, piece(args->n, panel_width(g), rest % cut->cols, cut->cols));
}

static void run_slots(const uint64_t *shared, int64_t lo, int64_t hi) {
  const ProductRun *run = (const ProductRun *)(uintptr_t)shared[0];
  int64_t total = run->cut.pieces * run->args->batch;
  for (int64_t slot = lo; slot < hi; slot++) {
    char *space = (char *)run->args->workspace + slot * run->slot_bytes;
    ProductRange mine = piece(total, 1, slot, run->cut.slots);
    for (int64_t i = mine.lo; i < mine.hi; i++) run_piece(run, i, space);
  }
}

/* A sum of no products. */
static void set_zero(const GemmKernels *g, const GemmArgs *args) {
  for (int64_t item = 0; item < args->batch; item++)
    for (int64_t row = 0; row < args->m; row++) {
      char *c = (char *)args->c + (item * args->c_batch + row * args->c_row) * g->bytes;
      for (int64_t i = 0; i < args->n * g->bytes; i++) c[i] = 0;
    }
}

void gemm_run(const GemmKernels *g, Pool *pool, const GemmArgs *args) {
  if (args->m < 1 || args->n < 1 || args->batch < 1) return;
  if (args->k < 1) {
    if (!args->accumulate) set_zero(g, args);
    return;
  }
  ProductRun run = {.g = g, .args = args, .cut = make_cut(g, args, pool_threads(pool))};
  run.slot_bytes = slot_bytes(g->bytes, args->m, args->n, args->k);
  uint64_t shared[] = {(uint64_t)(uintptr_t)&run};
  pool_run(pool, run_slots, shared, run.cut.slots, 1);
}
