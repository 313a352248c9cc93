#include "runtime/openblas.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cost.h"

static const char LIBRARY[] = "libopenblas.so.0";

/* cblas.h, without its complex types. */
enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };
typedef void Sgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                   const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);
typedef void Dgemm(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha,
                   const double *a, int lda, const double *b, int ldb, double beta, double *c,
                   int ldc);
typedef void SetThreads(int n);
typedef char *GetText(void);

struct OpenBlas {
  Sgemm *sgemm;
  Dgemm *dgemm;
  const char *name;
};

/* ---- opening ---- */

/* POSIX lets an object pointer be a function's. */
static bool find(void *library, const char *symbol, void *function) {
  void *address = dlsym(library, symbol);
  memcpy(function, &address, sizeof address);
  return address != NULL;
}

const OpenBlas *openblas_open(Arena *arena, Fault *fault) {
  OpenBlas *blas = arena_new(arena, OpenBlas);
  SetThreads *set_threads;
  GetText *config, *core;
  const char *file = getenv("ORDO_OPENBLAS");
  if (!file || !*file) file = LIBRARY;
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library) {
    fault_set(fault, E_no_openblas, (Span){0}, arena_printf(arena, "%s", dlerror()));
    return NULL;
  }
  bool whole = find(library, "cblas_sgemm", &blas->sgemm) &&
               find(library, "cblas_dgemm", &blas->dgemm) &&
               find(library, "openblas_set_num_threads", &set_threads) &&
               find(library, "openblas_get_config", &config) &&
               find(library, "openblas_get_corename", &core);
  if (!whole) {
    fault_set(fault, E_no_openblas, (Span){0},
              arena_printf(arena, "%s lacks functions of OpenBLAS", file));
    return NULL;
  }
  set_threads(1);
  const char *release = config();
  size_t words = strcspn(release, " ");
  if (release[words]) words += 1 + strcspn(release + words + 1, " ");
  blas->name = arena_printf(arena, "%.*s %s", (int)words, release, core());
  return blas;
}

const char *openblas_name(const OpenBlas *blas) { return blas->name; }

/* ---- products ---- */

/* How an operand lies: rows adjacent, or columns; false when neither. */
static bool layout(int64_t row, int64_t col, int64_t rows, int64_t cols, int *transpose,
                   int64_t *distance) {
  if (col == 1 || cols <= 1) {
    *transpose = NO_TRANSPOSE;
    *distance = rows <= 1 ? (cols < 1 ? 1 : cols) : row;
    if (*distance >= cols && *distance > 0) return true;
  }
  *transpose = TRANSPOSE;
  *distance = cols <= 1 ? (rows < 1 ? 1 : rows) : col;
  return (row == 1 || rows <= 1) && *distance >= rows && *distance > 0;
}

bool openblas_takes(const GemmArgs *g) {
  int transpose;
  int64_t a, b;
  if (!layout(g->a_row, g->a_col, g->m, g->k, &transpose, &a) ||
      !layout(g->b_row, g->b_col, g->k, g->n, &transpose, &b))
    return false;
  const int64_t numbers[] = {g->m, g->n, g->k, a, b, g->c_row};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (numbers[i] > INT_MAX) return false;
  return g->m > 0 && g->n > 0 && g->k > 0 && g->k <= gemm_long_k() &&
         (g->m == 1 || g->c_row >= g->n);
}

typedef struct Slices {
  const OpenBlas *blas;
  const GemmArgs *args;
  DType dtype;
  int64_t cuts, step; /* slices of an item, along its longer side; rows or columns of one */
  bool rows;
} Slices;

static int64_t offset_of(const GemmArgs *g, int64_t item, const int64_t *strides) {
  int64_t offset = 0;
  for (int i = GEMM_BATCH_AXES - 1; i >= 0; i--) {
    offset += item % g->batch[i] * strides[i];
    item /= g->batch[i];
  }
  return offset;
}

static void run_slice(const Slices *s, int64_t item, int64_t cut) {
  const GemmArgs *g = s->args;
  int64_t from = cut * s->step, size = s->rows ? g->m : g->n;
  int64_t length = size - from < s->step ? size - from : s->step;
  int64_t m = s->rows ? length : g->m, n = s->rows ? g->n : length;
  int64_t a = offset_of(g, item, g->a_batch) + (s->rows ? from * g->a_row : 0);
  int64_t b = offset_of(g, item, g->b_batch) + (s->rows ? 0 : from * g->b_col);
  int64_t c = offset_of(g, item, g->c_batch) + (s->rows ? from * g->c_row : from);
  int64_t lda, ldb, ldc = g->m == 1 ? g->n : g->c_row;
  int ta, tb;
  layout(g->a_row, g->a_col, g->m, g->k, &ta, &lda);
  layout(g->b_row, g->b_col, g->k, g->n, &tb, &ldb);
  if (s->dtype == DT_f64)
    s->blas->dgemm(ROW_MAJOR, ta, tb, (int)m, (int)n, (int)g->k, 1, (const double *)g->a + a,
                   (int)lda, (const double *)g->b + b, (int)ldb, g->accumulate ? 1 : 0,
                   (double *)g->c + c, (int)ldc);
  else
    s->blas->sgemm(ROW_MAJOR, ta, tb, (int)m, (int)n, (int)g->k, 1, (const float *)g->a + a,
                   (int)lda, (const float *)g->b + b, (int)ldb, g->accumulate ? 1 : 0,
                   (float *)g->c + c, (int)ldc);
}

static void run_slices(const uint64_t *args, int64_t lo, int64_t hi) {
  const Slices *s = (const Slices *)(uintptr_t)args[0];
  for (int64_t i = lo; i < hi; i++) run_slice(s, i / s->cuts, i % s->cuts);
}

void openblas_run(const OpenBlas *blas, DType dtype, Pool *pool, const GemmArgs *g) {
  enum { WIDTH = 64 }; /* slices begin at multiples of it */
  Slices s = {.blas = blas, .args = g, .dtype = dtype, .cuts = 1, .rows = g->m > g->n};
  int64_t items = gemm_items(g), threads = pool_threads(pool), size = s.rows ? g->m : g->n;
  double work = (double)items * (double)g->m * (double)g->n * (double)g->k;
  if (work < PRODUCT_SERIAL) threads = 1;
  if (items < threads) s.cuts = threads;
  s.step = (size + s.cuts - 1) / s.cuts;
  s.step = (s.step + WIDTH - 1) / WIDTH * WIDTH;
  s.cuts = (size + s.step - 1) / s.step;
  const uint64_t args[] = {(uint64_t)(uintptr_t)&s};
  if (threads > 1)
    pool_run(pool, run_slices, args, items * s.cuts, 1);
  else
    run_slices(args, 0, items * s.cuts);
}
