/* Library instructions: see library.h. */
#include "exec/library.h"

#include "base/cost.h"
#include "base/dtype.h"
#include "exec/assign.h"

#include <math.h>
#include <string.h>

/* ---- copy: [from, to] [bytes] ---- */

INSTRUCTION(copy) {
  int64_t bytes = (int64_t)args[2], begin = lo * COPY_BLOCK, end = hi * COPY_BLOCK;
  if (end > bytes) end = bytes;
  if (begin < end)
    memmove((char *)(uintptr_t)args[1] + begin, (const char *)(uintptr_t)args[0] + begin,
            (size_t)(end - begin));
}

/* ---- cumsum: [a, y] [n, inner, dtype, flags]; an item is one line ---- */

typedef struct Line {
  int64_t start, n, stride; /* in elements */
} Line;

static Line line_at(int64_t item, int64_t n, int64_t inner) {
  return (Line){item / inner * n * inner + item % inner, n, inner};
}

#define CUMSUM(name, T, SUM, LOAD, STORE)                                                          \
  static void cumsum_##name(const T *a, T *y, Line line, bool reverse, bool exclusive) {           \
    SUM sum = 0;                                                                                   \
    for (int64_t i = 0; i < line.n; i++) {                                                         \
      int64_t at = line.start + (reverse ? line.n - 1 - i : i) * line.stride;                      \
      if (exclusive) y[at] = (T)STORE(sum);                                                        \
      sum += (SUM)LOAD(a[at]);                                                                     \
      if (!exclusive) y[at] = (T)STORE(sum);                                                       \
    }                                                                                              \
  }
#define PLAIN(x) (x)
CUMSUM(f32, float, double, PLAIN, PLAIN)
CUMSUM(f64, double, double, PLAIN, PLAIN)
CUMSUM(i32, int32_t, uint32_t, PLAIN, PLAIN)
CUMSUM(bf16, uint16_t, double, bf16_to_f32, bf16_from_f32)

INSTRUCTION(cumsum) {
  const void *a = (const void *)(uintptr_t)args[0];
  void *y = (void *)(uintptr_t)args[1];
  DType dtype = (DType)args[4];
  bool reverse = args[5] & 1, exclusive = args[5] & 2;
  for (int64_t item = lo; item < hi; item++) {
    Line line = line_at(item, (int64_t)args[2], (int64_t)args[3]);
    if (dtype == DT_f32)
      cumsum_f32(a, y, line, reverse, exclusive);
    else if (dtype == DT_f64)
      cumsum_f64(a, y, line, reverse, exclusive);
    else if (dtype == DT_bf16)
      cumsum_bf16(a, y, line, reverse, exclusive);
    else
      cumsum_i32(a, y, line, reverse, exclusive);
  }
}

/* ---- sort, argsort: in place on the result ---- */

/* Places of a line are compared by key, then by position: a total order, so that any sorting method
 * is stable. Quicksort by the median of three, insertion for short ranges, heapsort when quicksort
 * meets a bad case. No memory is needed. */

typedef struct SortLine {
  const void *a; /* argsort: the keys; sort: the result itself */
  void *y;
  int64_t start, stride;
  DType dtype;
  bool indices; /* argsort: y holds positions into a */
} SortLine;

static int32_t position_at(const SortLine *s, int64_t i) {
  return ((const int32_t *)s->y)[s->start + i * s->stride];
}

static double key_at(const SortLine *s, int64_t i) {
  int64_t at = s->indices ? position_at(s, i) : i;
  return dtype_load(s->a, s->dtype, s->start + at * s->stride);
}

/* Does place i belong before place j? NaN comes last. */
static bool before(const SortLine *s, int64_t i, int64_t j) {
  double a = key_at(s, i), b = key_at(s, j);
  if (a < b) return true;
  if (a > b) return false;
  if (isnan(a) != isnan(b)) return isnan(b);
  return s->indices && position_at(s, i) < position_at(s, j);
}

static void swap(const SortLine *s, int64_t i, int64_t j) {
  char spare[8];
  size_t bytes = s->indices ? sizeof(int32_t) : (size_t)dtype_bytes[s->dtype];
  char *a = (char *)s->y + (size_t)(s->start + i * s->stride) * bytes;
  char *b = (char *)s->y + (size_t)(s->start + j * s->stride) * bytes;
  memcpy(spare, a, bytes);
  memcpy(a, b, bytes);
  memcpy(b, spare, bytes);
}

static void insertion_sort(const SortLine *s, int64_t lo, int64_t hi) {
  for (int64_t i = lo + 1; i < hi; i++)
    for (int64_t at = i; at > lo && before(s, at, at - 1); at--) swap(s, at, at - 1);
}

static void sift_down(const SortLine *s, int64_t lo, int64_t at, int64_t n) {
  for (int64_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && before(s, lo + child, lo + child + 1)) child++;
    if (!before(s, lo + at, lo + child)) return;
    swap(s, lo + at, lo + child);
  }
}

static void heap_sort(const SortLine *s, int64_t lo, int64_t hi) {
  int64_t n = hi - lo;
  for (int64_t i = n / 2; i-- > 0;) sift_down(s, lo, i, n);
  while (n > 1) {
    swap(s, lo, lo + --n);
    sift_down(s, lo, 0, n);
  }
}

/* Puts the median of three at lo and divides the rest around it; the place it ends at. */
static int64_t divide(const SortLine *s, int64_t lo, int64_t hi) {
  int64_t middle = lo + (hi - lo) / 2, last = hi - 1;
  if (before(s, middle, lo)) swap(s, middle, lo);
  if (before(s, last, lo)) swap(s, last, lo);
  if (before(s, last, middle)) swap(s, last, middle);
  swap(s, lo, middle);
  int64_t end = lo;
  for (int64_t i = lo + 1; i < hi; i++)
    if (before(s, i, lo)) swap(s, ++end, i);
  swap(s, lo, end);
  return end;
}

static void quick_sort(const SortLine *s, int64_t lo, int64_t hi, int depth) {
  while (hi - lo > INSERTION) {
    if (depth-- == 0) {
      heap_sort(s, lo, hi);
      return;
    }
    int64_t pivot = divide(s, lo, hi);
    if (pivot - lo < hi - pivot - 1) {
      quick_sort(s, lo, pivot, depth);
      lo = pivot + 1;
    } else {
      quick_sort(s, pivot + 1, hi, depth);
      hi = pivot;
    }
  }
  insertion_sort(s, lo, hi);
}

static void sort_lines(const uint64_t *args, int64_t lo, int64_t hi, bool indices) {
  const void *a = (const void *)(uintptr_t)args[0];
  void *y = (void *)(uintptr_t)args[1];
  int64_t n = (int64_t)args[2], inner = (int64_t)args[3];
  DType dtype = (DType)args[4];
  for (int64_t item = lo; item < hi; item++) {
    Line line = line_at(item, n, inner);
    SortLine s = {indices ? a : y, y, line.start, inner, dtype, indices};
    for (int64_t i = 0; i < n; i++) {
      int64_t at = line.start + i * inner;
      if (indices)
        ((int32_t *)y)[at] = (int32_t)i;
      else
        memcpy((char *)y + at * dtype_bytes[dtype], (const char *)a + at * dtype_bytes[dtype],
               (size_t)dtype_bytes[dtype]);
    }
    quick_sort(&s, 0, n, 2 * (64 - __builtin_clzll((uint64_t)n | 1)));
  }
}

INSTRUCTION(sort) { sort_lines(args, lo, hi, false); }
INSTRUCTION(argsort) { sort_lines(args, lo, hi, true); }

/* ---- update: [a, b, start, y] [extent, part, inner bytes]; an item is one block of the outer
 * axes ---- */

INSTRUCTION(update) {
  const char *a = (const char *)(uintptr_t)args[0], *b = (const char *)(uintptr_t)args[1];
  int64_t start = *(const int32_t *)(uintptr_t)args[2];
  char *y = (char *)(uintptr_t)args[3];
  int64_t extent = (int64_t)args[4], part = (int64_t)args[5], bytes = (int64_t)args[6];
  if (start > extent - part) start = extent - part;
  if (start < 0) start = 0;
  for (int64_t item = lo; item < hi; item++) {
    int64_t whole = item * extent * bytes;
    if (y != a) memcpy(y + whole, a + whole, (size_t)(extent * bytes));
    memcpy(y + whole + start * bytes, b + item * part * bytes, (size_t)(part * bytes));
  }
}

/* ---- assign: [cost, column, scratch] [n, dtype]; an item is one matrix ---- */

INSTRUCTION(assign) {
  const void *cost = (const void *)(uintptr_t)args[0];
  int32_t *column = (int32_t *)(uintptr_t)args[1];
  int64_t n = (int64_t)args[3], each = n * n + ASSIGN_SCRATCH(n);
  DType dtype = (DType)args[4];
  for (int64_t item = lo; item < hi; item++) {
    double *copy = (double *)(uintptr_t)args[2] + item * each;
    for (int64_t i = 0; i < n * n; i++) copy[i] = dtype_load(cost, dtype, item * n * n + i);
    assign_rows(copy, n, column + item * n, copy + n * n);
  }
}

/* ---- scatter_add: [index, b, y] [pre, middle, extent, post, dtype] ---- */

/* An item is a block of columns of one [extent, post] matrix for fixed batch and pre; indices
 * add up in row-major order whatever the blocking. Sums of f32 that are long, and those of bf16,
 * are taken in double and rounded once: some rows at a time, so that the room for them is small. */

#define SCATTER(name, T, LOAD, STORE)                                                              \
  static void scatter_##name(const int32_t *index, const T *b, T *y, int64_t middle,               \
                             int64_t extent, int64_t post, int64_t from, int64_t width) {          \
    if (width == post) memset(y, 0, (size_t)(extent * post) * sizeof *y);                          \
    for (int64_t i = 0; i < extent && width < post; i++)                                           \
      memset(y + i * post + from, 0, (size_t)width * sizeof *y);                                   \
    for (int64_t j = 0; j < middle && post == 1; j++)                                              \
      y[index[j]] = (T)STORE(LOAD(y[index[j]]) + LOAD(b[j]));                                      \
    for (int64_t j = 0; j < middle && post > 1; j++) {                                             \
      T *to = y + index[j] * post + from;                                                          \
      const T *add = b + j * post + from;                                                          \
      for (int64_t k = 0; k < width; k++) to[k] = (T)STORE(LOAD(to[k]) + LOAD(add[k]));            \
    }                                                                                              \
  }
#define SCATTER_ROWS(name, T, LOAD, STORE)                                                         \
  static void scatter_rows_##name(const int32_t *index, const T *b, T *y, int64_t middle,          \
                                  int64_t extent, int64_t post, int64_t from, int64_t width) {     \
    double sums[SUMS_TOGETHER];                                                                    \
    int64_t rows = SUMS_TOGETHER / width;                                                          \
    for (int64_t first = 0; first < extent; first += rows) {                                       \
      int64_t n = extent - first < rows ? extent - first : rows;                                   \
      memset(sums, 0, (size_t)(n * width) * sizeof *sums);                                         \
      for (int64_t j = 0; j < middle; j++) {                                                       \
        if (index[j] < first || index[j] >= first + n) continue;                                   \
        double *to = sums + (index[j] - first) * width;                                            \
        const T *add = b + j * post + from;                                                        \
        for (int64_t k = 0; k < width; k++) to[k] += (double)LOAD(add[k]);                         \
      }                                                                                            \
      for (int64_t i = 0; i < n; i++)                                                              \
        for (int64_t k = 0; k < width; k++)                                                        \
          y[(first + i) * post + from + k] = STORE((float)sums[i * width + k]);                    \
    }                                                                                              \
  }
SCATTER_ROWS(f32, float, PLAIN, PLAIN)
SCATTER_ROWS(bf16, uint16_t, bf16_to_f32, bf16_from_f32)

/* Whether some row may get more additions than one chain in f32 is good for, at a price that is
 * bounded. */
static bool many_a_row(int64_t middle, int64_t extent, int64_t width) {
  return middle >= LONG_SUM && extent * width <= SUMS_PASSES * SUMS_TOGETHER;
}

SCATTER(f32, float, PLAIN, PLAIN)
SCATTER(f64, double, PLAIN, PLAIN)
SCATTER(i32, uint32_t, PLAIN, PLAIN)
INSTRUCTION(scatter) {
  const int32_t *index = (const int32_t *)(uintptr_t)args[0];
  const char *b = (const char *)(uintptr_t)args[1];
  char *y = (char *)(uintptr_t)args[2];
  int64_t pre = (int64_t)args[3], middle = (int64_t)args[4], extent = (int64_t)args[5],
          post = (int64_t)args[6];
  DType dtype = (DType)args[7];
  int64_t blocks = (post + COLUMN_BLOCK - 1) / COLUMN_BLOCK, bytes = dtype_bytes[dtype];
  for (int64_t item = lo, n; item < hi; item += n) {
    int64_t matrix = item / blocks, from = item % blocks * COLUMN_BLOCK;
    int64_t width = post - from < COLUMN_BLOCK ? post - from : COLUMN_BLOCK;
    bool in_double = dtype == DT_bf16 || (dtype == DT_f32 && many_a_row(middle, extent, width));
    /* Whole blocks side by side are made together: how they are added up is the same for all. */
    for (n = 1; !in_double && item + n < hi && from + width + COLUMN_BLOCK <= post; n++)
      width += COLUMN_BLOCK;
    const int32_t *ix = index + matrix / pre * middle;
    const char *bs = b + matrix * middle * post * bytes;
    char *ys = y + matrix * extent * post * bytes;
    if (dtype == DT_f32 && in_double)
      scatter_rows_f32(ix, (const float *)bs, (float *)ys, middle, extent, post, from, width);
    else if (dtype == DT_f32)
      scatter_f32(ix, (const float *)bs, (float *)ys, middle, extent, post, from, width);
    else if (dtype == DT_f64)
      scatter_f64(ix, (const double *)bs, (double *)ys, middle, extent, post, from, width);
    else if (dtype == DT_bf16)
      scatter_rows_bf16(ix, (const uint16_t *)bs, (uint16_t *)ys, middle, extent, post, from,
                        width);
    else
      scatter_i32(ix, (const uint32_t *)bs, (uint32_t *)ys, middle, extent, post, from, width);
  }
}
