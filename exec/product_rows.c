/* Products with the kernel of their rows: see the header.
 *
 *   pack B, when all items have the same
 *   threads take parts of the rows as they get free:
 *     the product of the part, as one of its own, into C or into memory of the thread
 *     the kernel on it
 *
 * Few rows are no parts: their product is made as a whole, which threads share by its columns, and
 * so is one whose B is too large to be packed at once. Then the kernel runs on parts of it.
 */
#include "exec/product_rows.h"

#include <stdatomic.h>
#include <string.h>

#include "base/cost.h"
#include "exec/product_pack.h"

enum { ROWS_LINE = 64 };

static int64_t line_up(int64_t bytes) { return round_up(bytes, ROWS_LINE); }

/* ---- products in f32, f64 and bf16 ---- */

static bool in_bf16(const RowsProduct *p) { return p->dtype == DT_bf16; }
static int64_t element_bytes(const RowsProduct *p) {
  return in_bf16(p) ? (int64_t)sizeof(float) : dtype_bytes[p->dtype];
}
static int64_t packed_bytes(const RowsProduct *p, const GemmArgs *args) {
  return in_bf16(p) ? bf16_packed_bytes(args) : gemm_packed_bytes(p->dtype, args);
}
static int64_t workspace_bytes(const RowsProduct *p, const GemmArgs *args, int threads) {
  return in_bf16(p) ? bf16_workspace_bytes(args, threads)
                    : gemm_workspace_bytes(p->dtype, args, threads);
}
static void pack_all(const RowsProduct *p, Pool *pool, const GemmArgs *args, void *to) {
  if (in_bf16(p))
    bf16_pack_all(p->bf16, pool, args, to);
  else
    gemm_pack_all(p->gemm, pool, args, to);
}
static void run_product(const RowsProduct *p, Pool *pool, const GemmArgs *args,
                        const void *packed) {
  if (in_bf16(p))
    bf16_run(p->bf16, pool, args, packed);
  else
    gemm_run(p->gemm, pool, args, packed);
}

/* ---- the cut ---- */

typedef struct RowsCut {
  int64_t rows, threads;
  bool whole;                 /* the product is made as a whole */
  int64_t places, parts;      /* of the axis 'cut': in a part; parts of the axis */
  int64_t jobs;               /* parts of all rows */
  int64_t packed, c, product; /* bytes: of B packed here; of C; of the product's own workspace */
  int64_t each;               /* of a thread */
} RowsCut;

/* Of the arguments of any of the kernels. */
static int64_t args_bytes(const RowsKernel *kernel) {
  uint32_t most = kernel->n_args;
  while (kernel->more)
    if ((++kernel)->n_args > most) most = kernel->n_args;
  return line_up((int64_t)most * (int64_t)sizeof(uint64_t));
}

/* Whether the product has memory here: it is neither in C nor where a result goes. */
static bool has_rows(const RowsKernel *kernel) {
  return kernel->product != ROWS_NO_ARG && kernel->over == ROWS_NO_ARG;
}

static int64_t rows_of_place(const RowsProduct *p) { return p->kernel->within; }

/* Rows of a part, which the kernel finds in the cache; 0: the product is made as a whole. A large
 * B is worth reading again for many rows only. Who takes a part of an item with a B of its own
 * packs all of that. */
static int64_t rows_of_part(const RowsProduct *p, int64_t rows, int64_t threads) {
  const GemmArgs *args = p->args;
  const int64_t row = args->n * element_bytes(p), bytes = packed_bytes(p, args);
  int64_t part = (in_bf16(p) ? ROWS_BF16_BYTES : ROWS_BYTES) / row,
          most = divide_up(rows, threads * PRODUCT_JOBS);
  if (args->k < 1 || bytes > PRODUCT_KEPT_BYTES) return 0;
  if (threads > 1 && part > most) part = most;
  if (!bytes) part = args->m * row <= ROWS_MOST || part < args->m / 2 ? args->m : part;
  if (bytes > ROWS_B_BYTES && part < args->k / ROWS_OF_K) part = args->k / ROWS_OF_K;
  if (part < ROWS_FEWEST) part = ROWS_FEWEST;
  if (threads > 1 && part * threads > rows) return 0;
  if (part * row > ROWS_MOST || (part >= rows && bytes > ROWS_B_BYTES)) return 0;
  return round_up(part, in_bf16(p) ? 2 * BF16_UNIT : GEMM_ROWS);
}

/* The product of so many rows. */
static GemmArgs product_of(const RowsProduct *p, int64_t rows) {
  GemmArgs args = *p->args;
  args.m = rows;
  args.c_row = args.n;
  for (int i = 0; i < GEMM_BATCH_AXES; i++) args.batch[i] = 1;
  return args;
}

/* Few rows read B in place. */
static bool is_packed_here(const RowsProduct *p, const RowsCut *cut) {
  return !cut->whole && (p->args->b_col != 1 || cut->rows > IN_PLACE_FEW);
}

static void cut_memory(const RowsProduct *p, RowsCut *cut) {
  const bool own = has_rows(p->kernel);
  const int64_t extent = p->kernel->extents[p->kernel->cut], within = rows_of_place(p);
  int64_t rows = least(cut->places, extent) * within;
  if (cut->whole) {
    cut->product = line_up(workspace_bytes(p, p->args, (int)cut->threads));
    cut->c = own ? line_up(cut->rows * p->args->n * element_bytes(p)) : 0;
    cut->each = args_bytes(p->kernel);
    return;
  }
  const GemmArgs full = product_of(p, rows), rest = product_of(p, extent % cut->places * within);
  int64_t some = workspace_bytes(p, &full, 1), other = workspace_bytes(p, &rest, 1);
  cut->product = line_up(some > other ? some : other);
  cut->c = own ? line_up(rows * p->args->n * element_bytes(p)) : 0;
  cut->each = cut->product + cut->c + args_bytes(p->kernel);
}

/* packed: B is there already. */
static RowsCut cut_rows(const RowsProduct *p, int64_t threads) {
  const GemmArgs *args = p->args;
  const RowsKernel *kernel = p->kernel;
  RowsCut cut = {.rows = args->m * gemm_items(args), .threads = threads};
  double work = (double)cut.rows * (double)args->n * (double)args->k;
  if (work < PRODUCT_SERIAL) cut.threads = 1;
  int64_t part = rows_of_part(p, cut.rows, cut.threads), extent = kernel->extents[kernel->cut];
  cut.whole = !part;
  if (cut.whole) part = ROWS_BYTES / (args->n * element_bytes(p));
  cut.places = part / rows_of_place(p);
  if (cut.places < 1) cut.places = 1;
  cut.parts = divide_up(extent, cut.places);
  cut.jobs = cut.rows / (extent * rows_of_place(p)) * cut.parts;
  cut.packed = is_packed_here(p, &cut) ? line_up(packed_bytes(p, args)) : 0;
  cut_memory(p, &cut);
  return cut;
}

static bool is_empty(const RowsProduct *p) {
  return p->args->m < 1 || p->args->n < 1 || gemm_items(p->args) < 1;
}

int64_t rows_workspace_bytes(const RowsProduct *p, int threads) {
  int64_t most = 0;
  if (is_empty(p)) return 0;
  for (int n = 1; n <= threads; n += threads > 1 ? threads - 1 : 1) {
    const RowsCut cut = cut_rows(p, n);
    int64_t shared = cut.packed + (cut.whole ? cut.product + cut.c : 0);
    if (shared + n * cut.each > most) most = shared + n * cut.each;
  }
  return most;
}

/* ---- running ---- */

typedef struct RowsRun {
  const RowsProduct *p;
  const RowsCut *cut;
  const void *packed; /* B */
  char *c, *space;    /* c: of a product that is made as a whole */
  atomic_llong *next; /* job that nobody has taken; alone in its line */
} RowsRun;

static void run_kernel(const RowsKernel *kernel, uint64_t *args, int64_t row, int64_t places,
                       const char *c) {
  PoolFn run;
  memcpy(&run, kernel->code, sizeof run); /* object pointer to function pointer */
  memcpy(args, kernel->args, kernel->n_args * sizeof *args);
  for (uint32_t i = 0; i < kernel->n_results; i++)
    args[kernel->first_result + i] += (uint64_t)(row * kernel->row_bytes[i]);
  if (kernel->product != ROWS_NO_ARG) args[kernel->product] = (uint64_t)(uintptr_t)c;
  int64_t place = row / kernel->within;
  for (uint32_t i = kernel->cut + 1; i-- > 0; place /= kernel->extents[i])
    if (kernel->starts[i] != ROWS_NO_ARG)
      args[kernel->starts[i]] = (uint64_t)(place % kernel->extents[i]);
  if (kernel->count != ROWS_NO_ARG) args[kernel->count] = (uint64_t)places;
  run(args, 0, 0);
}

/* Runs the kernels on a part of the rows. */
static void run_kernels(const RowsKernel *kernel, uint64_t *args, int64_t row, int64_t places,
                        const char *c) {
  run_kernel(kernel, args, row, places, c);
  while (kernel->more) run_kernel(++kernel, args, row, places, NULL);
}

/* Where an item begins, by the strides of its batch axes. */
static int64_t item_at(const GemmArgs *args, const int64_t *strides, int64_t item) {
  int64_t at = 0;
  for (int i = GEMM_BATCH_AXES - 1; i >= 0; i--) {
    at += item % args->batch[i] * strides[i];
    item /= args->batch[i];
  }
  return at;
}

/* Rows from 'row' on, all of one item. */
static void run_rows(const RowsRun *run, int64_t row, int64_t rows, char *c, char *workspace) {
  const RowsProduct *p = run->p;
  const GemmArgs *whole = p->args;
  const int64_t item = row / whole->m, bytes = element_bytes(p);
  GemmArgs args = product_of(p, rows);
  int64_t a = item_at(whole, whole->a_batch, item) + row % whole->m * whole->a_row;
  args.a = (const char *)whole->a + a * bytes;
  args.b = (const char *)whole->b + item_at(whole, whole->b_batch, item) * bytes;
  args.c = c;
  args.workspace = workspace;
  run_product(p, NULL, &args, run->packed);
}

/* Where the product as a whole is; NULL: only parts of it have memory. */
static char *whole_product(const RowsRun *run) {
  const RowsKernel *kernel = run->p->kernel;
  if (has_rows(kernel)) return run->c;
  if (kernel->over == ROWS_NO_ARG) return run->p->args->c;
  return (char *)(uintptr_t)kernel->args[kernel->first_result + kernel->over];
}

static void run_job(const RowsRun *run, int64_t job, char *space) {
  const RowsProduct *p = run->p;
  const RowsCut *cut = run->cut;
  const int64_t within = rows_of_place(p), extent = p->kernel->extents[p->kernel->cut];
  int64_t lo = job % cut->parts * cut->places, places = least(cut->places, extent - lo);
  int64_t row = (job / cut->parts * extent + lo) * within;
  char *args = cut->whole ? space : space + cut->product + cut->c, *c = whole_product(run);
  c = c ? c + row * p->args->n * element_bytes(p) : space + cut->product;
  if (!cut->whole) run_rows(run, row, places * within, c, space);
  run_kernels(p->kernel, (uint64_t *)(void *)args, row, places, c);
}

static void run_jobs(const uint64_t *shared, int64_t lo, int64_t hi) {
  const RowsRun *run = (const RowsRun *)(uintptr_t)shared[0];
  for (int64_t slot = lo; slot < hi; slot++)
    for (;;) {
      int64_t job = atomic_fetch_add_explicit(run->next, 1, memory_order_relaxed);
      if (job >= run->cut->jobs) break;
      run_job(run, job, run->space + slot * run->cut->each);
    }
}

static void run_whole(const RowsRun *run, Pool *pool, char *workspace) {
  GemmArgs args = *run->p->args;
  args.workspace = workspace;
  args.c = whole_product(run);
  run_product(run->p, pool, &args, run->packed);
}

void rows_run(const RowsProduct *p, Pool *pool, const void *packed) {
  if (is_empty(p)) return;
  const RowsCut cut = cut_rows(p, pool_threads(pool));
  struct {
    _Alignas(2 * ROWS_LINE) atomic_llong next;
  } line = {0};
  char *space = p->args->workspace;
  RowsRun run = {.p = p, .cut = &cut, .packed = packed, .next = &line.next};
  if (cut.packed && !packed) {
    pack_all(p, cut.threads > 1 ? pool : NULL, p->args, space);
    run.packed = space;
  }
  space += cut.packed;
  run.space = space;
  if (cut.whole) {
    run.c = space + cut.product;
    run.space = run.c + cut.c;
    run_whole(&run, cut.threads > 1 ? pool : NULL, space);
  }
  uint64_t shared[] = {(uint64_t)(uintptr_t)&run};
  pool_run(cut.threads > 1 ? pool : NULL, run_jobs, shared, least(cut.threads, cut.jobs), 1);
}
