/* The driver of products: cuts them into blocks for the caches and jobs for the threads, packs,
 * and calls the compiled tiles.
 *
 *   for a range of rows and of k as large as packed A may be (all, when A is read in place):
 *     pack A, if its rows are not contiguous
 *     for columns in jobs of at most PRODUCT_B_BYTES of B:
 *       for k in blocks of gemm_k_block:
 *         pack the block of B in panels as wide as a tile   (it stays in the second-level cache)
 *         for rows in chunks of PRODUCT_CHUNK tiles:
 *           for each GEMM_ROWS rows, for each panel: tile   (so C is written along its rows)
 *
 * (Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008, with A
 * unpacked where it can be.) A long k is cut into stretches of PRODUCT_LONG blocks: a part of C
 * at a time gathers a stretch beside C, and the stretches are added up in double. The order of
 * sums does not depend on any of this. Few rows are not worth packing B for: the tiles then read
 * B in place, if it fits the cache.
 *
 * Threads take jobs as they get free. Who finds none left takes chunks of rows of the block that
 * another thread is at, which is packed already: a processor that something else disturbs holds
 * nobody up for longer than a chunk. Items of a batch that is large, or whose items are small, are
 * taken whole instead.
 */
#include "exec/product.h"

#include <sched.h>
#include <stdatomic.h>

#include "base/cost.h"
#include "exec/product_pack.h"

int64_t gemm_k_block(int64_t k) {
  return k <= PRODUCT_K_BLOCK ? k : divide_up(k, divide_up(k, PRODUCT_K_BLOCK));
}

int64_t gemm_long_k(void) { return PRODUCT_K_BLOCK * PRODUCT_LONG; }

/* ---- how a product is cut ---- */

enum {
  MAX_WIDTH = MAX_LANES * GEMM_VECTORS,
  LONG_ROWS = 480, /* of C that gather a long k at a time: multiple of GEMM_ROWS; */
  LONG_COLS = 512, /* multiple of every tile's width */
};

typedef struct ProductCut {
  int64_t threads; /* that work on it */
  int64_t alone;   /* items that are taken whole by a thread; the others are shared */
  int64_t grain;   /* so many at a time */
  bool packs_a, is_long;
  int64_t rows, depth; /* of A that are packed together: multiples of GEMM_ROWS and of k_block */
  int64_t k_block, columns; /* columns: of a job at most */
  /* Workspace of who works alone, and of all who share an item. */
  int64_t a_bytes, b_bytes, long_bytes;
} ProductCut;

static int64_t distance(int64_t stride) { return stride < 0 ? -stride : stride; }

/* Items that are small, or many, need no other division of work. */
static void cut_batch(ProductCut *cut, const GemmArgs *args, int64_t threads) {
  int64_t items = gemm_items(args);
  double item = (double)args->m * (double)args->n * (double)args->k;
  cut->threads = item * (double)items < PRODUCT_SERIAL ? 1 : threads;
  cut->alone = items;
  cut->grain = 1;
  if (cut->threads == 1) return;
  if (item < PRODUCT_SERIAL || (item < PRODUCT_SMALL && items >= cut->threads)) {
    int64_t share = divide_up(items, PRODUCT_JOBS * cut->threads);
    cut->grain = least((int64_t)(2 * PRODUCT_SERIAL / item) + 1, share);
    cut->threads = least(cut->threads, divide_up(items, cut->grain));
    return;
  }
  cut->alone = items < PRODUCT_UNCUT * cut->threads ? 0 : items - items % cut->threads;
}

/* Columns of a job at most: whole panels of every width. */
static int64_t most_columns(int64_t bytes, int64_t k_block, int64_t n) {
  if (n <= PRODUCT_N_BLOCK && n * k_block * bytes <= PRODUCT_B_BYTES)
    return round_up(n, MAX_WIDTH); /* no division, which small products would notice */
  int64_t columns = PRODUCT_B_BYTES / (bytes * k_block) / MAX_WIDTH * MAX_WIDTH;
  return columns < MAX_WIDTH ? MAX_WIDTH : least(columns, PRODUCT_N_BLOCK);
}

static ProductCut make_cut(int bytes, const GemmArgs *args, int64_t threads) {
  ProductCut cut = {.k_block = gemm_k_block(args->k),
                    .packs_a = args->a_col != 1 && args->n > PACK_A_COLUMNS,
                    .is_long = args->k > gemm_long_k()};
  cut_batch(&cut, args, threads);
  int64_t rows = round_up(args->m, GEMM_ROWS), row = cut.k_block * bytes;
  cut.rows = cut.is_long ? least(rows, LONG_ROWS) : rows;
  cut.depth = round_up(args->k, cut.k_block);
  if (cut.packs_a) {
    cut.rows = least(cut.rows, PRODUCT_A_BYTES / row / GEMM_ROWS * GEMM_ROWS);
    int64_t blocks = PRODUCT_A_BYTES / (cut.rows * row);
    cut.depth = least(cut.depth, (blocks < 1 ? 1 : blocks) * cut.k_block);
    cut.a_bytes = round_up(cut.rows * cut.depth * bytes, 64);
  }
  cut.columns = most_columns(bytes, cut.k_block, args->n);
  int64_t columns = least(cut.columns, round_up(args->n, MAX_LANES));
  cut.b_bytes = round_up(cut.k_block * columns * bytes, 64);
  if (cut.is_long)
    cut.long_bytes =
        round_up(cut.rows * least(args->n, LONG_COLS) * ((int64_t)sizeof(double) + bytes), 64);
  return cut;
}

/* ---- blocks ---- */

/* A block of B: whole panels, packed or in place, and the last one when it is narrower. */
typedef struct ProductBlock {
  ProductRange m, n, k; /* m: rows that it is for */
  bool accumulate;
  const char *b;
  int64_t whole, step, row; /* panels, bytes from one to the next, elements from row to row */
  const char *last;
  int64_t last_cols, last_row; /* last_cols: 0 when there is none */
} ProductBlock;

enum { LINE = 64, LATE_SPINS = 300, WAIT_SPINS = 2000 };

/* What one thread works on, and others may help with. */
typedef struct ProductSlot {
  _Alignas(2 * LINE) atomic_llong next; /* chunk of the block; no less than all when none is left */
  _Alignas(LINE) atomic_llong done;     /* chunks */
  ProductBlock block;
} ProductSlot;

/* A part of an item that threads share: rows and columns of C over a range of k. */
typedef struct ProductRegion {
  const GemmKernels *g;
  const GemmArgs *args;
  const char *a, *b; /* of the item */
  char *c;           /* the element in the first row and column */
  int64_t c_row;
  ProductRange m, n, k;
  bool accumulate;
  const char *packed_a; /* NULL: A is read in place */
  const char *packed_b; /* all of B, by gemm_pack_all; NULL: it is read in place or packed */
  int64_t k_block;
  int64_t jobs, rows;    /* rows: of a job; the jobs of all columns come first */
  int64_t chunk, chunks; /* rows of a chunk, chunks of a job */
  char *b_space;         /* of each slot */
  int64_t b_bytes;
  ProductSlot *slots; /* NULL: one thread */
  int64_t n_slots;
  atomic_llong next_job, unfinished;
} ProductRegion;

/* Rows of B that lie a power of two apart share a few sets of the cache: what they span counts,
 * not their bytes. */
static bool stays_in_place(const ProductRegion *r, ProductRange k) {
  int64_t row = distance(r->args->b_row), rows = r->m.hi - r->m.lo;
  if (r->args->b_col != 1 || rows > IN_PLACE_ROWS) return false;
  return rows <= IN_PLACE_FEW || (k.hi - k.lo) * row * r->g->bytes <= IN_PLACE_BYTES;
}

/* Makes a block of B ready: in place, or packed. In place, too, a last panel that does not end with
 * a whole vector is packed. */
static ProductBlock prepare_block(const ProductRegion *r, ProductRange m, ProductRange n,
                                  ProductRange k, char *space) {
  const GemmKernels *g = r->g;
  int64_t width = panel_width(g), cols = n.hi - n.lo, depth = k.hi - k.lo;
  ProductBlock block = {.m = m, .n = n, .k = k, .accumulate = r->accumulate || k.lo > r->k.lo};
  block.whole = cols / width;
  block.last_cols = cols - block.whole * width;
  block.last_row = (block.last_cols + g->lanes - 1) & -(int64_t)g->lanes;
  if (r->packed_b || !stays_in_place(r, k)) {
    block.b = r->packed_b ? packed_at(g, r->args, r->packed_b, k, n.lo) : space;
    if (!r->packed_b) pack_b(g, r->args, r->b, k, n, space);
    block.row = width;
    block.step = depth * width * g->bytes;
    block.last = block.b + block.whole * block.step;
    return block;
  }
  block.b = r->b + (k.lo * r->args->b_row + n.lo) * g->bytes;
  block.row = r->args->b_row;
  block.step = width * g->bytes;
  block.last = block.b + block.whole * block.step;
  if (block.last_cols == block.last_row) {
    block.last_row = block.row;
  } else {
    pack_b(g, r->args, r->b, k, (ProductRange){n.hi - block.last_cols, n.hi}, space);
    block.last = space;
  }
  return block;
}

/* Where a row of A begins, in this block of k. */
static const char *a_at(const ProductRegion *r, int64_t row, ProductRange k) {
  if (!r->packed_a) return r->a + (row * r->args->a_row + k.lo * r->args->a_col) * r->g->bytes;
  int64_t rows = round_up(r->m.hi - r->m.lo, GEMM_ROWS), depth = k.hi - k.lo;
  return r->packed_a + ((k.lo - r->k.lo) * rows + (row - r->m.lo) * depth) * r->g->bytes;
}

/* A chunk of rows times a block of B. */
static void run_chunk(const ProductRegion *r, const ProductBlock *block, int64_t chunk) {
  const GemmKernels *g = r->g;
  int64_t lo = block->m.lo + chunk * r->chunk, hi = least(lo + r->chunk, block->m.hi);
  int64_t width = panel_width(g), vectors = (block->last_cols + g->lanes - 1) / g->lanes;
  GemmTile tile = {.k = block->k.hi - block->k.lo,
                   .a_row = r->packed_a ? 1 : r->args->a_row,
                   .a_col = r->packed_a ? GEMM_ROWS : r->args->a_col,
                   .c_row = r->c_row,
                   .accumulate = block->accumulate};
  for (int64_t row = lo; row < hi; row += GEMM_ROWS) {
    const GemmLoop *loops = g->tile[least(GEMM_ROWS, hi - row) - 1];
    const char *b = block->b;
    char *c = r->c + ((row - r->m.lo) * r->c_row + block->n.lo - r->n.lo) * g->bytes;
    tile.a = a_at(r, row, block->k);
    tile.cols = width;
    tile.b_row = block->row;
    for (int64_t i = 0; i < block->whole; i++, b += block->step, c += width * g->bytes) {
      tile.b = b;
      tile.c = c;
      loops[g->vectors - 1](&tile);
    }
    if (!block->last_cols) continue;
    tile.b = block->last;
    tile.c = c;
    tile.b_row = block->last_row;
    tile.cols = block->last_cols;
    loops[vectors - 1](&tile);
  }
}

/* ---- jobs ---- */

/* Takes a chunk of a slot's block; false when fewer than 'some' are left. */
static bool take_chunk(ProductRegion *r, ProductSlot *slot, int64_t some) {
  if (atomic_load_explicit(&slot->next, memory_order_relaxed) + some > r->chunks) return false;
  int64_t chunk = atomic_fetch_add_explicit(&slot->next, 1, memory_order_acquire);
  if (chunk >= r->chunks) return false;
  run_chunk(r, &slot->block, chunk);
  atomic_fetch_add_explicit(&slot->done, 1, memory_order_release);
  return true;
}

static void wait_a_little(int *spins) {
  if (++*spins < WAIT_SPINS) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
    return;
  }
  *spins = 0;
  sched_yield();
}

/* The block is visible to others from 'next' on, and stays until all its chunks are done. */
static void share_block(ProductRegion *r, ProductSlot *slot, const ProductBlock *block) {
  slot->block = *block;
  atomic_store_explicit(&slot->done, 0, memory_order_relaxed);
  atomic_store_explicit(&slot->next, 0, memory_order_release);
  while (take_chunk(r, slot, 1)) {
  }
  int spins = 0;
  while (atomic_load_explicit(&slot->done, memory_order_acquire) < r->chunks) wait_a_little(&spins);
}

/* The rows and columns of a job. */
static void place_job(const ProductRegion *r, int64_t job, ProductRange *m, ProductRange *n) {
  *m = r->m, *n = r->n;
  if (r->jobs == 1) return;
  int64_t width = panel_width(r->g), panels = divide_up(r->n.hi - r->n.lo, width);
  int64_t parts = divide_up(r->m.hi - r->m.lo, r->rows), columns = r->jobs / parts;
  int64_t at = job % columns;
  m->lo += job / columns * r->rows;
  m->hi = least(m->lo + r->rows, m->hi);
  n->hi = least(n->lo + panels * (at + 1) / columns * width, n->hi);
  n->lo += panels * at / columns * width;
}

static void run_job(ProductRegion *r, int64_t job, int64_t number) {
  ProductRange m, n;
  place_job(r, job, &m, &n);
  for (int64_t at = r->k.lo; at < r->k.hi; at += r->k_block) {
    ProductRange k = {at, least(at + r->k_block, r->k.hi)};
    ProductBlock block = prepare_block(r, m, n, k, r->b_space + number * r->b_bytes);
    if (r->slots)
      share_block(r, &r->slots[number], &block);
    else
      for (int64_t i = 0; i < r->chunks; i++) run_chunk(r, &block, i);
  }
}

/* Jobs while there are some, then chunks of others' until all is done. To read a block that lies in
 * another processor's cache takes as long as to compute some rows with it: with fewer rows left
 * it is better to wait, unless that takes long. */
static void run_slot(ProductRegion *r, int64_t number) {
  for (;;) {
    int64_t job = atomic_fetch_add_explicit(&r->next_job, 1, memory_order_relaxed);
    if (job >= r->jobs) break;
    run_job(r, job, number);
    atomic_fetch_sub_explicit(&r->unfinished, 1, memory_order_release);
  }
  int64_t some = divide_up(PRODUCT_HELP, r->chunk);
  for (int spins = 0; atomic_load_explicit(&r->unfinished, memory_order_acquire) > 0;) {
    bool helped = false;
    for (int64_t i = 1; i < r->n_slots; i++)
      helped |= take_chunk(r, &r->slots[(number + i) % r->n_slots], spins < LATE_SPINS ? some : 1);
    if (!helped) wait_a_little(&spins);
  }
}

static void run_slots(const uint64_t *shared, int64_t lo, int64_t hi) {
  ProductRegion *r = (ProductRegion *)(uintptr_t)shared[0];
  for (int64_t slot = lo; slot < hi; slot++) run_slot(r, slot);
}

/* Cuts the columns into jobs, no more than a block of B each, and as many for each thread; the
 * rows, too, where there are not panels enough, or so many rows that each may pack B. */
static void cut_jobs(ProductRegion *r, int64_t columns) {
  int64_t cols = r->n.hi - r->n.lo;
  r->jobs = 1;
  r->rows = r->m.hi - r->m.lo;
  r->chunk = PRODUCT_CHUNK * GEMM_ROWS;
  r->chunks = divide_up(r->rows, PRODUCT_CHUNK * GEMM_ROWS);
  if (r->n_slots == 1 && cols <= columns) return;
  int64_t width = panel_width(r->g), panels = divide_up(cols, width);
  int64_t tiles = divide_up(r->rows, GEMM_ROWS), pieces = r->n_slots * PRODUCT_JOBS;
  if (r->rows * cols * r->k_block < pieces * PRODUCT_SERIAL) pieces = r->n_slots;
  r->jobs = divide_up(panels, columns / width);
  int64_t parts = 1; /* of the rows */
  if (r->rows >= PRODUCT_TALL * r->n_slots && r->jobs < r->n_slots)
    parts = r->n_slots;
  else if (r->jobs < PRODUCT_JOBS * r->n_slots)
    r->jobs = round_up(r->jobs, r->n_slots);
  if (r->jobs > panels) r->jobs = panels, parts = divide_up(r->n_slots, panels);
  if (parts > 1) {
    int64_t each = divide_up(tiles, parts);
    r->jobs *= divide_up(tiles, each);
    r->rows = each * GEMM_ROWS;
    tiles = each;
  }
  r->chunk = least(divide_up(tiles, pieces), PRODUCT_CHUNK) * GEMM_ROWS;
  r->chunks = divide_up(r->rows, r->chunk);
}

static void run_region(ProductRegion *r, Pool *pool, int64_t columns) {
  cut_jobs(r, columns);
  if (r->n_slots == 1) {
    for (int64_t job = 0; job < r->jobs; job++) run_job(r, job, 0);
    return;
  }
  atomic_init(&r->next_job, 0);
  atomic_init(&r->unfinished, r->jobs);
  for (int64_t i = 0; i < r->n_slots; i++) {
    atomic_init(&r->slots[i].next, r->chunks);
    atomic_init(&r->slots[i].done, r->chunks);
  }
  uint64_t shared[] = {(uint64_t)(uintptr_t)r};
  pool_run(pool, run_slots, shared, r->n_slots, 1);
}

/* ---- an item ---- */

/* Who works on an item, and where. */
typedef struct ProductTeam {
  const ProductCut *cut;
  Pool *pool;
  int64_t threads;
  ProductSlot *slots;
  char *a_space, *b_space, *long_space;
} ProductTeam;

/* Packs groups of rows [lo, hi) of a region, all its blocks of k. */
static void pack_groups(const uint64_t *shared, int64_t lo, int64_t hi) {
  const ProductRegion *r = (const ProductRegion *)(uintptr_t)shared[0];
  int64_t first = r->m.lo + lo * PACK_A_ROWS, last = least(r->m.lo + hi * PACK_A_ROWS, r->m.hi);
  ProductRegion in_place = *r;
  in_place.packed_a = NULL;
  for (int64_t row = first; row < last; row += PACK_A_ROWS)
    for (int64_t at = r->k.lo; at < r->k.hi; at += r->k_block) {
      ProductRange k = {at, least(at + r->k_block, r->k.hi)};
      pack_a(r->g, r->args, a_at(&in_place, row, k), least(PACK_A_ROWS, last - row), k.hi - k.lo,
             (char *)(uintptr_t)a_at(r, row, k));
    }
}

/* A region over a range of k, whose A is packed as far as there is memory for it. */
static void run_range(const ProductTeam *team, ProductRegion *r, ProductRange k, bool accumulate) {
  for (int64_t at = k.lo; at < k.hi; at += team->cut->depth) {
    r->k = (ProductRange){at, least(at + team->cut->depth, k.hi)};
    r->accumulate = accumulate || at > k.lo;
    if (team->cut->packs_a) {
      r->packed_a = team->a_space;
      uint64_t shared[] = {(uint64_t)(uintptr_t)r};
      pool_run(team->pool, pack_groups, shared, divide_up(r->m.hi - r->m.lo, PACK_A_ROWS), 1);
    }
    run_region(r, team->pool, team->cut->columns);
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

/* A region over all stretches of k: each is gathered beside C. */
static void run_stretches(const ProductTeam *team, ProductRegion *r, bool accumulate) {
  bool wide = r->g->dtype == DT_f64;
  int64_t rows = r->m.hi - r->m.lo, cols = r->n.hi - r->n.lo, stretch = r->k_block * PRODUCT_LONG;
  int64_t c_row = r->c_row;
  double *totals = (double *)(void *)team->long_space;
  void *c = r->c, *part = totals + rows * cols;
  const void *old = accumulate ? c : NULL;
  r->c = part, r->c_row = cols;
  if (wide)
    start_double(totals, old, c_row, rows, cols);
  else
    start_float(totals, old, c_row, rows, cols);
  for (int64_t k = 0; k < r->args->k; k += stretch) {
    run_range(team, r, (ProductRange){k, least(k + stretch, r->args->k)}, false);
    if (wide)
      add_double(totals, part, rows * cols);
    else
      add_float(totals, part, rows * cols);
  }
  if (wide)
    finish_double(totals, c, c_row, rows, cols);
  else
    finish_float(totals, c, c_row, rows, cols);
  r->c_row = c_row;
}

/* Elements from the first item to this one, in A, B and C. */
typedef struct ItemPlace {
  int64_t a, b, c;
} ItemPlace;

static ItemPlace place_of(const GemmArgs *args, int64_t item) {
  int64_t at[GEMM_BATCH_AXES] = {0, 0, item};
  if (args->batch[0] > 1 || args->batch[1] > 1) {
    int64_t rest = item / args->batch[2];
    at[2] = item % args->batch[2];
    at[1] = rest % args->batch[1];
    at[0] = rest / args->batch[1];
  }
  ItemPlace place = {0};
  for (int i = 0; i < GEMM_BATCH_AXES; i++) {
    place.a += at[i] * args->a_batch[i];
    place.b += at[i] * args->b_batch[i];
    place.c += at[i] * args->c_batch[i];
  }
  return place;
}

/* Items [from, to); the region has their kernels, arguments and memory. */
static void run_items(const ProductTeam *team, ProductRegion *r, int64_t from, int64_t to) {
  const GemmArgs *args = r->args;
  const int64_t bytes = r->g->bytes, cols = team->cut->is_long ? LONG_COLS : args->n;
  for (int64_t item = from; item < to; item++) {
    ItemPlace at = place_of(args, item);
    r->a = (const char *)args->a + at.a * bytes;
    r->b = (const char *)args->b + at.b * bytes;
    for (int64_t row = 0; row < args->m; row += team->cut->rows)
      for (int64_t col = 0; col < args->n; col += cols) {
        r->m = (ProductRange){row, least(row + team->cut->rows, args->m)};
        r->n = (ProductRange){col, least(col + cols, args->n)};
        r->c = (char *)args->c + (at.c + row * args->c_row + col) * bytes;
        if (team->cut->is_long)
          run_stretches(team, r, args->accumulate);
        else
          run_range(team, r, (ProductRange){0, args->k}, args->accumulate);
      }
  }
}

/* ---- all items ---- */

typedef struct ProductRun {
  const GemmKernels *g;
  const GemmArgs *args;
  const ProductCut *cut;
  const void *packed_b;
  atomic_llong *next; /* item that nobody has taken; alone in its line */
} ProductRun;

static int64_t alone_bytes(const ProductCut *cut) {
  return cut->a_bytes + cut->b_bytes + cut->long_bytes;
}

static int64_t shared_bytes(const ProductCut *cut) {
  return cut->a_bytes + cut->long_bytes +
         cut->threads * (cut->b_bytes + (int64_t)sizeof(ProductSlot));
}

int64_t gemm_workspace_bytes(DType dtype, const GemmArgs *args, int threads) {
  if (args->m < 1 || args->n < 1 || args->k < 1 || gemm_items(args) < 1) return 0;
  ProductCut cut = make_cut(dtype_bytes[dtype], args, threads);
  int64_t alone = (gemm_items(args) > 1 ? threads : 1) * alone_bytes(&cut);
  cut.threads = threads;
  int64_t shared = shared_bytes(&cut) + (int64_t)sizeof(ProductSlot); /* to align the slots */
  return alone > shared ? alone : shared;
}

static ProductRegion region_of(const ProductRun *run, const ProductTeam *team) {
  return (ProductRegion){.g = run->g,
                         .args = run->args,
                         .c_row = run->args->c_row,
                         .packed_b = run->packed_b,
                         .k_block = run->cut->k_block,
                         .b_space = team->b_space,
                         .b_bytes = run->cut->b_bytes,
                         .slots = team->slots,
                         .n_slots = team->threads};
}

static ProductTeam one_thread(const ProductCut *cut, char *space) {
  return (ProductTeam){.cut = cut,
                       .threads = 1,
                       .a_space = space,
                       .b_space = space + cut->a_bytes,
                       .long_space = space + cut->a_bytes + cut->b_bytes};
}

/* Items that threads take whole. */
static void run_alone(const uint64_t *shared, int64_t lo, int64_t hi) {
  const ProductRun *run = (const ProductRun *)(uintptr_t)shared[0];
  const ProductCut *cut = run->cut;
  for (int64_t slot = lo; slot < hi; slot++) {
    ProductTeam team = one_thread(cut, (char *)run->args->workspace + slot * alone_bytes(cut));
    ProductRegion region = region_of(run, &team);
    for (;;) {
      int64_t item = atomic_fetch_add_explicit(run->next, cut->grain, memory_order_relaxed);
      if (item >= cut->alone) break;
      run_items(&team, &region, item, least(item + cut->grain, cut->alone));
    }
  }
}

static void run_together(const ProductRun *run, Pool *pool, int64_t items) {
  const ProductCut *cut = run->cut;
  uintptr_t start = (uintptr_t)run->args->workspace, line = _Alignof(ProductSlot);
  char *space = (char *)((start + line - 1) / line * line);
  ProductTeam team = {.cut = cut,
                      .pool = pool,
                      .threads = cut->threads,
                      .slots = (ProductSlot *)(void *)space,
                      .a_space = space + cut->threads * (int64_t)sizeof(ProductSlot)};
  team.b_space = team.a_space + cut->a_bytes;
  team.long_space = team.b_space + cut->threads * cut->b_bytes;
  ProductRegion region = region_of(run, &team);
  run_items(&team, &region, cut->alone, items);
}

/* A sum of no products. */
static void set_zero(const GemmKernels *g, const GemmArgs *args, int64_t items) {
  for (int64_t item = 0; item < items; item++)
    for (int64_t row = 0; row < args->m; row++) {
      int64_t at = place_of(args, item).c + row * args->c_row;
      char *c = (char *)args->c + at * g->bytes;
      for (int64_t i = 0; i < args->n * g->bytes; i++) c[i] = 0;
    }
}

void gemm_run(const GemmKernels *g, Pool *pool, const GemmArgs *args, const void *packed) {
  int64_t items = gemm_items(args);
  if (args->m < 1 || args->n < 1 || items < 1) return;
  if (args->k < 1) {
    if (!args->accumulate) set_zero(g, args, items);
    return;
  }
  ProductCut cut = make_cut(g->bytes, args, pool_threads(pool));
  ProductRun run = {.g = g, .args = args, .cut = &cut, .packed_b = packed};
  if (cut.threads == 1) {
    ProductTeam team = one_thread(&cut, args->workspace);
    ProductRegion region = region_of(&run, &team);
    run_items(&team, &region, 0, items);
    return;
  }
  struct {
    _Alignas(2 * LINE) atomic_llong next;
  } line = {0};
  run.next = &line.next;
  uint64_t shared[] = {(uint64_t)(uintptr_t)&run};
  if (cut.alone) pool_run(pool, run_alone, shared, cut.threads, 1);
  if (cut.alone < items) run_together(&run, pool, items);
}
