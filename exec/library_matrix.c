/* Library instructions of whole matrices: [operands.., y, scratch] [m, n, k, rows and columns of y,
 * dtype]; an item is one matrix. */
#include "base/dtype.h"
#include "exec/library.h"
#include "exec/matrix.h"

static void load(double *to, const void *from, DType dtype, int64_t at, int64_t n) {
  for (int64_t i = 0; i < n; i++) to[i] = dtype_load(from, dtype, at + i);
}

static void run(MatrixFn *fn, int n_operands, const uint64_t *args, int64_t lo, int64_t hi) {
  const uint64_t *sizes = args + n_operands + 2;
  MatrixSize size = {(int64_t)sizes[0], (int64_t)sizes[1], (int64_t)sizes[2]};
  int64_t rows = (int64_t)sizes[3], columns = (int64_t)sizes[4];
  int64_t n_a = size.m * size.n, n_b = size.m * size.k, n_y = rows * columns;
  int64_t each = n_a + n_b + n_y + MATRIX_ROOM(rows, columns);
  DType dtype = (DType)sizes[5];
  for (int64_t item = lo; item < hi; item++) {
    double *a = (double *)(uintptr_t)args[n_operands + 1] + item * each, *b = a + n_a;
    double *y = b + n_b;
    load(a, (const void *)(uintptr_t)args[0], dtype, item * n_a, n_a);
    if (n_operands > 1) load(b, (const void *)(uintptr_t)args[1], dtype, item * n_b, n_b);
    fn(a, b, size, y, y + n_y);
    for (int64_t i = 0; i < n_y; i++)
      dtype_store((void *)(uintptr_t)args[n_operands], dtype, item * n_y + i, y[i]);
  }
}

INSTRUCTION(cholesky) { run(matrix_cholesky, 1, args, lo, hi); }
INSTRUCTION(solve) { run(matrix_solve, 2, args, lo, hi); }
INSTRUCTION(qr) { run(matrix_qr, 1, args, lo, hi); }
INSTRUCTION(eigh) { run(matrix_eigh, 1, args, lo, hi); }
INSTRUCTION(svd) { run(matrix_svd, 1, args, lo, hi); }
