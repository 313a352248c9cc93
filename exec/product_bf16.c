/* The driver of products in bf16: cuts them into parts for the threads and into blocks for the
 * caches, packs, and calls the compiled tiles.
 *
 * Each part of C (rows x columns of one item) is computed by one thread:
 *
 *   for k in blocks of BF16_K_BLOCK or BF16_K_VECTORS:
 *     pack all of A, if that fits
 *     for columns in blocks that fit:
 *       pack the block of B
 *       for rows in blocks of M_BLOCK:
 *         pack the block of A, if not all is
 *         for each group of rows, for each panel of columns: tile
 *
 * Rows outside and columns inside write C along its rows, which the memory of large results is
 * several times faster at than going down its columns. Blocks of k pass through C as f32 and begin
 * at multiples of 32, so that they change no bit. Threads share nothing: what two of them need is
 * packed twice, and the cut is chosen with that in mind.
 */
#include "exec/product_bf16.h"

#include "base/cost.h"
#include "exec/product_bf16_pack.h"

#include <string.h>

enum {
  M_BLOCK = 48, /* a multiple of every tile's rows */
  UNIT_TILE = 2 * BF16_UNIT,
  MAX_WIDTH = 32,    /* of panels */
  A_BYTES = 1 << 20, /* of A packed at once */
  B_BYTES = 1 << 20,
  SCRATCH = UNIT_TILE * UNIT_TILE * (int)sizeof(float),
  PACK_GRAIN = 4, /* panels that are worth a thread */
  SLACK = 192     /* for three roundings to 64 bytes */
};

typedef struct Range {
  int64_t lo, hi;
} Range;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }
static int64_t round_up(int64_t a, int64_t b) { return divide_up(a, b) * b; }
static int64_t length(Range r) { return r.hi - r.lo; }
static int64_t depth_of_block(bool unit) { return unit ? BF16_K_BLOCK : BF16_K_VECTORS; }

/* ---- the mode of the processor ---- */

/* Subnormals are read as zeros, and tiny results become zeros: what the definition says of its sums
 * is what vectors do in this mode. Nothing is trapped, and rounding is to nearest. */
#if defined(__x86_64__)
static unsigned enter_mode(void) {
  unsigned old = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(0x9fc0);
  return old;
}
static void leave_mode(unsigned old) { __builtin_ia32_ldmxcsr(old); }
#else
static unsigned enter_mode(void) { return 0; }
static void leave_mode(unsigned old) { (void)old; }
#endif

/* ---- one part ---- */

typedef struct Part {
  const Bf16Kernels *g;
  const GemmArgs *args;
  bool unit; /* on the tile unit */
  const float *a, *b;
  float *c;
  Range m, n;
  char *a_space, *b_space;
  const char *packed; /* all of B, or NULL */
  float *scratch;
} Part;

/* Blocks that are packed: of A rows m, of B columns n, both over k. */
typedef struct Block {
  Range m, n, k;
  const char *b; /* column n.lo */
  Bf16Strides a; /* of vectors: how A lies */
  bool accumulate;
} Block;

static int64_t panel_width(const Part *p) {
  return p->unit ? UNIT_TILE : (int64_t)p->g->lanes * p->g->vectors;
}
static int64_t tile_rows(const Part *p) { return p->unit ? UNIT_TILE : p->g->rows; }
/* Bytes of a packed row of A or column of B. */
static int64_t line_bytes(const Part *p, Range k) {
  return bf16_depth(length(k)) * (p->unit ? 2 : (int64_t)sizeof(float));
}

static void pack_a(const Part *p, Block *block) {
  const GemmArgs *args = p->args;
  Bf16Operand a = {p->a + block->m.lo * args->a_row + block->k.lo * args->a_col, length(block->m),
                   args->a_row, args->a_col};
  if (p->unit)
    bf16_pack_units(p->g, &a, length(block->k), false, p->a_space);
  else
    block->a = bf16_pack_a(p->g, &a, length(block->k), (float *)(void *)p->a_space);
}

/* Where the block of k begins in all of B. */
static int64_t packed_at(const Part *p, Range k) {
  return round_up(p->args->n, MAX_WIDTH) * line_bytes(p, (Range){0, k.lo});
}

static void pack_b(const Part *p, Range k, Range n, char *to) {
  const GemmArgs *args = p->args;
  Bf16Operand b = {p->b + n.lo * args->b_col + k.lo * args->b_row, length(n), args->b_col,
                   args->b_row};
  if (p->unit)
    bf16_pack_units(p->g, &b, length(k), true, to);
  else
    bf16_pack_b(p->g, &b, length(k), (float *)(void *)to);
}

/* Makes the block of B ready. */
static void prepare_b(const Part *p, Block *block) {
  block->b = p->packed ? p->packed + packed_at(p, block->k) + block->n.lo * line_bytes(p, block->k)
                       : p->b_space;
  if (!p->packed) pack_b(p, block->k, block->n, p->b_space);
}

static void copy_tile(float *to, int64_t to_row, const float *from, int64_t from_row, int64_t rows,
                      int64_t cols) {
  for (int64_t m = 0; m < rows; m++)
    memcpy(to + m * to_row, from + m * from_row, (size_t)cols * sizeof *to);
}

/* The tile of C at c of the unit: in place when it is made of whole groups, else beside C. */
static void run_unit(const Part *p, Bf16Tile *t, int64_t rows, int64_t cols) {
  float *c = t->c;
  t->rows = divide_up(rows, BF16_UNIT), t->cols = divide_up(cols, BF16_UNIT);
  bool whole = rows % BF16_UNIT == 0 && cols % BF16_UNIT == 0;
  if (!whole) {
    t->c = p->scratch, t->c_row = UNIT_TILE;
    if (t->accumulate) copy_tile(p->scratch, UNIT_TILE, c, p->args->c_row, rows, cols);
  }
  p->g->unit_tile[t->rows - 1][t->cols - 1](t);
  if (whole) return;
  copy_tile(c, p->args->c_row, p->scratch, UNIT_TILE, rows, cols);
}

/* The tile at row m and column n of the blocks. */
static void run_tile(const Part *p, const Block *block, int64_t m, int64_t n) {
  int64_t line = line_bytes(p, block->k), row = m - block->m.lo, col = n - block->n.lo;
  int64_t rows = least(tile_rows(p), block->m.hi - m),
          cols = least(panel_width(p), block->n.hi - n);
  Bf16Tile t = {.b = block->b + col * line,
                .c = p->c + m * p->args->c_row + n,
                .k = bf16_depth(length(block->k)),
                .rows = rows,
                .cols = cols,
                .c_row = p->args->c_row,
                .accumulate = block->accumulate};
  if (p->unit) {
    t.a = p->a_space + row * line;
    t.a_row = t.b_row = BF16_UNIT * line;
    run_unit(p, &t, rows, cols);
    return;
  }
  t.a = (const float *)(const void *)p->a_space + row * block->a.row;
  t.a_row = block->a.row, t.a_col = block->a.col, t.b_row = panel_width(p);
  t.sums = p->scratch;
  p->g->tile[rows - 1][divide_up(cols, p->g->lanes) - 1](&t);
}

static void run_block(const Part *p, const Block *block) {
  for (int64_t m = block->m.lo; m < block->m.hi; m += tile_rows(p))
    for (int64_t n = block->n.lo; n < block->n.hi; n += panel_width(p)) run_tile(p, block, m, n);
}

/* Columns of B that are packed at a time: when all of A is there, less is enough. */
static int64_t block_columns(const Part *p, Range k, bool all_a) {
  int64_t fit = (all_a ? B_BYTES / 2 : B_BYTES) / line_bytes(p, k) / panel_width(p);
  return (fit < 1 ? 1 : fit) * panel_width(p);
}

static void run_depth(const Part *p, Range k, bool accumulate) {
  Block block = {.m = p->m, .k = k, .accumulate = accumulate};
  bool all_a = round_up(length(p->m), MAX_WIDTH) * line_bytes(p, k) <= A_BYTES;
  int64_t columns = block_columns(p, k, all_a);
  if (all_a) pack_a(p, &block);
  for (int64_t n = p->n.lo; n < p->n.hi; n += columns) {
    block.n = (Range){n, least(n + columns, p->n.hi)};
    prepare_b(p, &block);
    for (int64_t m = p->m.lo; m < p->m.hi && !all_a; m += p->unit ? UNIT_TILE : M_BLOCK) {
      block.m = (Range){m, least(m + (p->unit ? UNIT_TILE : M_BLOCK), p->m.hi)};
      pack_a(p, &block);
      run_block(p, &block);
    }
    if (all_a) run_block(p, &block);
  }
}

static void run_part(const Part *p) {
  if (!length(p->m) || !length(p->n)) return;
  int64_t step = depth_of_block(p->unit);
  for (int64_t k = 0; k < p->args->k; k += step)
    run_depth(p, (Range){k, least(k + step, p->args->k)}, p->args->accumulate || k > 0);
}

/* ---- the cut for threads ---- */

/* Each item is cut in rows x cols pieces; the pieces of all items, in order, are dealt to the
 * slots. */
typedef struct Cut {
  int64_t rows, cols, pieces, slots;
} Cut;

/* Of one thread, for the machine that needs most: packed A, packed B, a tile of C. */
typedef struct Space {
  int64_t a, b, slot;
} Space;

typedef struct Run {
  const Bf16Kernels *g;
  const GemmArgs *args;
  const char *packed; /* B */
  bool unit;
  Cut cut;
  Space space;
} Run;

/* Piece i of n of [0, total), in whole units. */
static Range piece(int64_t total, int64_t unit, int64_t i, int64_t n) {
  int64_t units = divide_up(total, unit);
  return (Range){least(units * i / n * unit, total), least(units * (i + 1) / n * unit, total)};
}

/* Rows that are not cut. */
static int64_t grain_m(bool unit) { return unit ? UNIT_TILE : M_BLOCK; }

/* Work of the largest of rows x cols pieces, packing included. */
static double piece_cost(const Run *run, int64_t rows, int64_t cols) {
  const GemmArgs *args = run->args;
  bool unit = run->unit;
  double m =
      (double)least(args->m, divide_up(divide_up(args->m, grain_m(unit)), rows) * grain_m(unit));
  double n = (double)least(args->n, divide_up(divide_up(args->n, MAX_WIDTH), cols) * MAX_WIDTH);
  return m * n + (m + (run->packed ? 0 : n)) * (unit ? BF16_PACK_UNIT : BF16_PACK_VECTORS);
}

/* The cut of an item into 'threads' pieces with the least work for the busiest thread. */
static Cut cut_item(const Run *run, int64_t threads) {
  Cut best = {.rows = 1, .cols = threads};
  for (int64_t rows = 2; rows <= threads; rows++)
    if (threads % rows == 0 &&
        piece_cost(run, rows, threads / rows) < piece_cost(run, best.rows, best.cols))
      best = (Cut){.rows = rows, .cols = threads / rows};
  return best;
}

/* Items are not cut when there are enough of them to keep all threads busy. */
static Cut make_cut(const Run *run, int64_t threads) {
  const GemmArgs *args = run->args;
  Cut cut = {.rows = 1, .cols = 1};
  int64_t items = gemm_items(args);
  double work = (double)args->m * (double)args->n * (double)args->k * (double)items;
  if (work < (run->unit ? 4.0 * PRODUCT_SERIAL : PRODUCT_SERIAL)) threads = 1;
  if (items % threads && items < PRODUCT_UNCUT * threads) cut = cut_item(run, threads);
  cut.pieces = cut.rows * cut.cols;
  cut.slots = least(threads, cut.pieces * items);
  return cut;
}

/* ---- workspace ---- */

static Space space_of(int64_t m, int64_t n, int64_t k) {
  const int64_t f32 = sizeof(float);
  int64_t line = bf16_depth(least(k, BF16_K_BLOCK)) * f32;
  int64_t a = round_up(m, MAX_WIDTH) * line, b = round_up(n, MAX_WIDTH) * line;
  int64_t block = round_up(M_BLOCK, MAX_WIDTH) * line;
  int64_t most_a = block > A_BYTES ? block : A_BYTES;
  int64_t most_b = MAX_WIDTH * line > B_BYTES ? MAX_WIDTH * line : B_BYTES;
  Space s = {.a = round_up(least(a, most_a), 64), .b = round_up(least(b, most_b), 64)};
  s.slot = s.a + s.b + SCRATCH + SLACK;
  s.slot = round_up(s.slot, 64);
  return s;
}

int64_t bf16_workspace_bytes(const GemmArgs *args, int threads) {
  if (args->m < 1 || args->n < 1 || args->k < 1 || gemm_items(args) < 1) return 0;
  return threads * space_of(args->m, args->n, args->k).slot;
}

/* ---- running ---- */

/* Where an item lies, by the strides of an operand's batch axes. */
static int64_t item_at(const GemmArgs *args, const int64_t *strides, int64_t item) {
  int64_t at = 0;
  for (int i = GEMM_BATCH_AXES - 1; i >= 0; i--) {
    at += item % args->batch[i] * strides[i];
    item /= args->batch[i];
  }
  return at;
}

static void run_piece(const Run *run, int64_t index, char *space) {
  const GemmArgs *args = run->args;
  const Cut *cut = &run->cut;
  int64_t item = index / cut->pieces, rest = index % cut->pieces;
  Part part = {.g = run->g,
               .args = args,
               .unit = run->unit,
               .packed = run->packed,
               .a = (const float *)args->a + item_at(args, args->a_batch, item),
               .b = (const float *)args->b + item_at(args, args->b_batch, item),
               .c = (float *)args->c + item_at(args, args->c_batch, item),
               .m = piece(args->m, grain_m(run->unit), rest / cut->cols, cut->rows),
               .n = piece(args->n, MAX_WIDTH, rest % cut->cols, cut->cols),
               .a_space = space,
               .b_space = space + run->space.a,
               .scratch = (float *)(void *)(space + run->space.a + run->space.b)};
  run_part(&part);
}

/* Every tile of the unit has 16 rows of 64 bytes: palette 1, then bytes a row from 16 on and rows
 * from 48 on. */
static void begin_unit(const Run *run) {
  _Alignas(64) uint8_t config[64] = {1};
  for (int i = 0; i < 8; i++) config[16 + 2 * i] = 64, config[48 + i] = 16;
  run->g->unit_begin(&(Bf16Tile){.a = config});
}

static void run_slots(const uint64_t *shared, int64_t lo, int64_t hi) {
  const Run *run = (const Run *)(uintptr_t)shared[0];
  int64_t total = run->cut.pieces * gemm_items(run->args);
  unsigned mode = enter_mode();
  if (run->unit) begin_unit(run);
  for (int64_t slot = lo; slot < hi; slot++) {
    char *space = (char *)run->args->workspace + slot * run->space.slot;
    Range mine = piece(total, 1, slot, run->cut.slots);
    for (int64_t i = mine.lo; i < mine.hi; i++) run_piece(run, i, space);
  }
  if (run->unit) run->g->unit_end(&(Bf16Tile){0});
  leave_mode(mode);
}

/* A sum of no products. */
static void set_zero(const GemmArgs *args) {
  for (int64_t item = 0; item < gemm_items(args); item++)
    for (int64_t row = 0; row < args->m; row++)
      memset((float *)args->c + item_at(args, args->c_batch, item) + row * args->c_row, 0,
             (size_t)args->n * sizeof(float));
}

static bool on_unit(const Bf16Kernels *g) { return g->unit && g->unit_tile[0][0]; }

void bf16_run(const Bf16Kernels *g, Pool *pool, const GemmArgs *args, const void *packed) {
  if (args->m < 1 || args->n < 1 || gemm_items(args) < 1) return;
  if (args->k < 1) {
    if (!args->accumulate) set_zero(args);
    return;
  }
  Run run = {.g = g, .args = args, .packed = packed, .unit = on_unit(g)};
  run.cut = make_cut(&run, pool_threads(pool));
  run.space = space_of(args->m, args->n, args->k);
  uint64_t shared[] = {(uint64_t)(uintptr_t)&run};
  pool_run(pool, run_slots, shared, run.cut.slots, 1);
}

/* ---- B packed for several products ---- */

int64_t bf16_packed_bytes(const GemmArgs *args) {
  for (int i = 0; i < GEMM_BATCH_AXES; i++)
    if (args->batch[i] > 1 && args->b_batch[i]) return 0;
  if (args->n < 1 || args->k < 1) return 0;
  return round_up(args->n, MAX_WIDTH) * bf16_depth(args->k) * (int64_t)sizeof(float);
}

typedef struct PackRun {
  Part part;
  char *to;
} PackRun;

static void pack_panels(const uint64_t *shared, int64_t lo, int64_t hi) {
  const PackRun *run = (const PackRun *)(uintptr_t)shared[0];
  const Part *p = &run->part;
  Range n = {lo * MAX_WIDTH, least(hi * MAX_WIDTH, p->args->n)};
  int64_t step = depth_of_block(p->unit);
  for (int64_t at = 0; at < p->args->k; at += step) {
    Range k = {at, least(at + step, p->args->k)};
    pack_b(p, k, n, run->to + packed_at(p, k) + n.lo * line_bytes(p, k));
  }
}

void bf16_pack_all(const Bf16Kernels *g, Pool *pool, const GemmArgs *args, void *to) {
  PackRun run = {{.g = g, .args = args, .unit = on_unit(g), .b = args->b}, to};
  uint64_t shared[] = {(uint64_t)(uintptr_t)&run};
  pool_run(pool, pack_panels, shared, divide_up(args->n, MAX_WIDTH), PACK_GRAIN);
}
