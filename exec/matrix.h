/* Functions of whole matrices: what the ops cholesky, solve, qr, eigh and svd mean. Shared by the
 * interpreter and the compiled code; all in double, so that f32 results are rounded once.
 *
 * What is not unique is fixed: R has no negative number on its diagonal, eigenvalues rise,
 * singular values fall, and in each vector the number that is largest in size is positive. Where
 * there is no result (a singular or indefinite matrix, NaN or infinity in it) all of it is NaN.
 */
#ifndef ORDO_EXEC_MATRIX_H
#define ORDO_EXEC_MATRIX_H

#include <stdint.h>

/* One matrix a[m, n] and, for solve, b[n, k]; row-major, one after another in memory. */
typedef struct MatrixSize {
  int64_t m, n, k;
} MatrixSize;

/* y of one matrix. 'a' and 'b' may be overwritten. room: MATRIX_ROOM numbers. */
typedef void MatrixFn(double *a, double *b, MatrixSize size, double *y, double *room);

/* y[n, n]: the lower triangle L with L L^T = (a + a^T) / 2, zeros above it. */
MatrixFn matrix_cholesky;
/* y[n, k] with a y = b. */
MatrixFn matrix_solve;
/* y[m + n, p], p = min(m, n): Q[m, p] above R^T[n, p], a = Q R. */
MatrixFn matrix_qr;
/* y[n + 1, n]: eigenvectors of (a + a^T) / 2 as columns above a row of eigenvalues. */
MatrixFn matrix_eigh;
/* y[m + 1 + n, p]: U[m, p], the singular values s[p], V[n, p], a = U diag(s) V^T. */
MatrixFn matrix_svd;

/* Numbers of room for a result of rows x columns. */
#define MATRIX_ROOM(rows, columns) ((rows) * (columns) + 2 * (rows) + 2 * (columns))

#endif
