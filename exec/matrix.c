/* Functions of whole matrices: see matrix.h. Textbook methods (Golub and Van Loan, Matrix
 * Computations, 4th ed.): chosen for small errors rather than for speed on large matrices. */
#include "exec/matrix.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_SWEEPS = 60 };
static const double EPSILON = 0x1p-52;

static void fill(double *y, int64_t n, double value) {
  for (int64_t i = 0; i < n; i++) y[i] = value;
}

/* The largest size; NaN when there is a number that is not finite, wherever it stands. */
static double largest(const double *a, int64_t n) {
  double most = 0;
  for (int64_t i = 0; i < n; i++) {
    if (!isfinite(a[i])) return NAN;
    most = fmax(most, fabs(a[i]));
  }
  return most;
}

/* Divides by the largest size, so that squares neither overflow nor vanish: a power of two, which
 * rounds nothing. Gives what to multiply with; 0 when there is nothing but zeros, NaN when there
 * is a number that is not finite. */
static double scale_down(double *a, int64_t n) {
  int exponent;
  double most = largest(a, n);
  if (!isfinite(most)) return NAN;
  if (most == 0) return 0;
  frexp(most, &exponent);
  for (int64_t i = 0; i < n; i++) a[i] = ldexp(a[i], 1 - exponent);
  return ldexp(1, exponent - 1);
}

static void symmetrise(double *a, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j < i; j++)
      a[i * n + j] = a[j * n + i] = a[i * n + j] / 2 + a[j * n + i] / 2;
}

/* ---- cholesky, solve ---- */

void matrix_cholesky(double *a, double *b, MatrixSize size, double *y, double *room) {
  int64_t n = size.n;
  (void)b, (void)room;
  symmetrise(a, n);
  memset(y, 0, sizeof *y * (size_t)(n * n));
  for (int64_t i = 0; i < n; i++)
    for (int64_t j = 0; j <= i; j++) {
      double rest = a[i * n + j];
      for (int64_t k = 0; k < j; k++) rest -= y[i * n + k] * y[j * n + k];
      if (i == j && !(rest > 0 && isfinite(rest))) {
        fill(y, n * n, NAN);
        return;
      }
      y[i * n + j] = i == j ? sqrt(rest) : rest / y[j * n + j];
    }
}

static void swap_rows(double *a, int64_t n, int64_t i, int64_t j) {
  for (int64_t k = 0; k < n && i != j; k++) {
    double kept = a[i * n + k];
    a[i * n + k] = a[j * n + k], a[j * n + k] = kept;
  }
}

/* Gaussian elimination with the largest pivot of each column. */
void matrix_solve(double *a, double *b, MatrixSize size, double *y, double *room) {
  int64_t n = size.n, k = size.k;
  bool finite = isfinite(largest(a, n * n)) && isfinite(largest(b, n * k));
  (void)room;
  for (int64_t j = 0; j < n && finite; j++) {
    int64_t pivot = j;
    for (int64_t i = j + 1; i < n; i++)
      if (fabs(a[i * n + j]) > fabs(a[pivot * n + j])) pivot = i;
    swap_rows(a, n, j, pivot), swap_rows(b, k, j, pivot);
    finite = a[j * n + j] != 0;
    for (int64_t i = j + 1; i < n && finite; i++) {
      double factor = a[i * n + j] / a[j * n + j];
      for (int64_t c = j + 1; c < n; c++) a[i * n + c] -= factor * a[j * n + c];
      for (int64_t c = 0; c < k; c++) b[i * k + c] -= factor * b[j * k + c];
    }
  }
  for (int64_t i = n - 1; i >= 0 && finite; i--)
    for (int64_t c = 0; c < k; c++) {
      double rest = b[i * k + c];
      for (int64_t j = i + 1; j < n; j++) rest -= a[i * n + j] * y[j * k + c];
      y[i * k + c] = rest / a[i * n + i];
    }
  if (!finite) fill(y, n * k, NAN);
}

/* ---- qr ---- */

/* The reflection that takes column j of a[m, n], from row j on, to one number; its vector stays
 * there, its first number goes to *head. Gives the diagonal of R; false: nothing to reflect. */
static bool reflection(double *a, int64_t m, int64_t n, int64_t j, double *head, double *diagonal) {
  double sum = 0;
  for (int64_t i = j; i < m; i++) sum += a[i * n + j] * a[i * n + j];
  double first = a[j * n + j], norm = sqrt(sum);
  *diagonal = first > 0 ? -norm : norm;
  *head = first - *diagonal;
  return norm > 0;
}

/* Applies the reflection of column j to the columns from 'from' on of c[m, p]. */
static void reflect(const double *a, int64_t n, int64_t j, double head, double *c, int64_t p,
                    int64_t from, int64_t m) {
  double square = head * head;
  for (int64_t i = j + 1; i < m; i++) square += a[i * n + j] * a[i * n + j];
  for (int64_t col = from; col < p && square > 0; col++) {
    double sum = head * c[j * p + col];
    for (int64_t i = j + 1; i < m; i++) sum += a[i * n + j] * c[i * p + col];
    sum *= 2 / square;
    c[j * p + col] -= sum * head;
    for (int64_t i = j + 1; i < m; i++) c[i * p + col] -= sum * a[i * n + j];
  }
}

void matrix_qr(double *a, double *b, MatrixSize size, double *y, double *room) {
  int64_t m = size.m, n = size.n, p = m < n ? m : n;
  double *q = y, *r = y + m * p, *heads = room, *diagonal = room + p;
  double scale = scale_down(a, m * n);
  (void)b;
  if (isnan(scale)) {
    fill(y, (m + n) * p, NAN);
    return;
  }
  for (int64_t j = 0; j < p; j++) {
    if (reflection(a, m, n, j, &heads[j], &diagonal[j]))
      reflect(a, n, j, heads[j], a, n, j + 1, m);
    else
      heads[j] = 0;
  }
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < p; j++) q[i * p + j] = i == j;
  for (int64_t j = p - 1; j >= 0; j--) reflect(a, n, j, heads[j], q, p, j, m);
  for (int64_t j = 0; j < p; j++) {
    double sign = diagonal[j] < 0 ? -1 : 1;
    for (int64_t i = 0; i < n; i++)
      r[i * p + j] = i < j ? 0 : sign * scale * (i == j ? diagonal[j] : a[j * n + i]);
    for (int64_t i = 0; i < m; i++) q[i * p + j] *= sign;
  }
}

/* ---- rotations ---- */

/* Tangent of the angle that makes the off-diagonal number 'off' of a symmetric 2 x 2 matrix zero:
 * the smaller one. */
static double tangent(double off, double p, double q) {
  double theta = (q - p) / (2 * off);
  return (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
}

/* Columns p and q of a[rows, n] turned. */
static void rotate_columns(double *a, int64_t rows, int64_t n, int64_t p, int64_t q, double t) {
  double c = 1 / sqrt(t * t + 1), s = t * c;
  for (int64_t i = 0; i < rows; i++) {
    double x = a[i * n + p], z = a[i * n + q];
    a[i * n + p] = c * x - s * z;
    a[i * n + q] = s * x + c * z;
  }
}

static void rotate_rows(double *a, int64_t n, int64_t p, int64_t q, double t) {
  double c = 1 / sqrt(t * t + 1), s = t * c;
  for (int64_t i = 0; i < n; i++) {
    double x = a[p * n + i], z = a[q * n + i];
    a[p * n + i] = c * x - s * z;
    a[q * n + i] = s * x + c * z;
  }
}

static void identity(double *v, int64_t n) {
  for (int64_t i = 0; i < n * n; i++) v[i] = i / n == i % n;
}

/* The order of numbers, rising or falling, as doubles; equals keep theirs. */
static void order_of(const double *value, int64_t n, double *order, bool falling) {
  for (int64_t i = 0; i < n; i++) {
    int64_t at = i;
    for (; at > 0; at--) {
      double before = value[(int64_t)order[at - 1]];
      if (falling ? before >= value[i] : before <= value[i]) break;
      order[at] = order[at - 1];
    }
    order[at] = (double)i;
  }
}

/* -1 when the largest number of a column of a[rows, n] is negative; the first of equals counts. */
static double column_sign(const double *a, int64_t rows, int64_t n, int64_t column) {
  double most = 0;
  for (int64_t i = 0; i < rows; i++)
    if (fabs(a[i * n + column]) > fabs(most) * (1 + 64 * EPSILON)) most = a[i * n + column];
  return most < 0 ? -1 : 1;
}

/* ---- eigh: rotations by Jacobi until nothing beside the diagonal is left ---- */

static bool eigen_sweep(double *a, double *v, int64_t n) {
  bool turned = false;
  for (int64_t p = 0; p < n; p++)
    for (int64_t q = p + 1; q < n; q++) {
      double off = a[p * n + q], size = sqrt(fabs(a[p * n + p])) * sqrt(fabs(a[q * n + q]));
      if (off == 0 || fabs(off) < EPSILON * EPSILON || fabs(off) <= EPSILON / 8 * size) continue;
      double t = tangent(off, a[p * n + p], a[q * n + q]);
      rotate_columns(a, n, n, p, q, t);
      rotate_rows(a, n, p, q, t);
      a[p * n + q] = a[q * n + p] = 0;
      rotate_columns(v, n, n, p, q, t);
      turned = true;
    }
  return turned;
}

void matrix_eigh(double *a, double *b, MatrixSize size, double *y, double *room) {
  int64_t n = size.n;
  double *v = room, *value = room + n * n, *order = value + n;
  (void)b;
  symmetrise(a, n);
  double scale = scale_down(a, n * n);
  if (isnan(scale)) {
    fill(y, (n + 1) * n, NAN);
    return;
  }
  identity(v, n);
  for (int sweep = 0; sweep < MOST_SWEEPS && eigen_sweep(a, v, n); sweep++) {
  }
  for (int64_t i = 0; i < n; i++) value[i] = a[i * n + i];
  order_of(value, n, order, false);
  for (int64_t j = 0; j < n; j++) {
    int64_t from = (int64_t)order[j];
    double sign = column_sign(v, n, n, from);
    for (int64_t i = 0; i < n; i++) y[i * n + j] = sign * v[i * n + from];
    y[n * n + j] = value[from] * scale;
  }
}

/* ---- svd: columns turned until they are orthogonal (Hestenes) ---- */

static bool column_sweep(double *w, int64_t rows, double *v, int64_t p_all) {
  double small = 4 * EPSILON * sqrt((double)rows); /* what a sum of so many products may be off */
  bool turned = false;
  for (int64_t p = 0; p < p_all; p++)
    for (int64_t q = p + 1; q < p_all; q++) {
      double pp = 0, qq = 0, pq = 0;
      for (int64_t i = 0; i < rows; i++) {
        double x = w[i * p_all + p], z = w[i * p_all + q];
        pp += x * x, qq += z * z, pq += x * z;
      }
      if (pq == 0 || fabs(pq) <= small * sqrt(pp) * sqrt(qq)) continue;
      double t = tangent(pq, pp, qq);
      rotate_columns(w, rows, p_all, p, q, t);
      rotate_columns(v, p_all, p_all, p, q, t);
      turned = true;
    }
  return turned;
}

/* Column j of u[rows, p] becomes a unit vector that is orthogonal to those before it: the one of
 * the axes that they leave most of. */
static void complete_column(double *u, int64_t rows, int64_t p, int64_t j) {
  int64_t axis = 0;
  double least = INFINITY;
  for (int64_t i = 0; i < rows; i++) {
    double taken = 0;
    for (int64_t k = 0; k < j; k++) taken += u[i * p + k] * u[i * p + k];
    if (taken < least) least = taken, axis = i;
  }
  for (int64_t i = 0; i < rows; i++) u[i * p + j] = i == axis;
  for (int pass = 0; pass < 2; pass++)
    for (int64_t k = 0; k < j; k++) {
      double along = 0;
      for (int64_t i = 0; i < rows; i++) along += u[i * p + k] * u[i * p + j];
      for (int64_t i = 0; i < rows; i++) u[i * p + j] -= along * u[i * p + k];
    }
  double norm = 0;
  for (int64_t i = 0; i < rows; i++) norm += u[i * p + j] * u[i * p + j];
  for (int64_t i = 0; i < rows; i++) u[i * p + j] /= sqrt(norm);
}

static void transpose_square_first(const double *a, int64_t m, int64_t n, double *to) {
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) to[j * m + i] = a[i * n + j];
}

/* left[rows, p] and right[p, p] of w = left diag(value) right^T, rows >= p; sorted. */
static void sorted_svd(double *w, int64_t rows, int64_t p, double *v, double *value, double *order,
                       double *left, double *right) {
  for (int64_t j = 0; j < p; j++) {
    double sum = 0;
    for (int64_t i = 0; i < rows; i++) sum += w[i * p + j] * w[i * p + j];
    value[j] = sqrt(sum);
  }
  order_of(value, p, order, true);
  double none = p ? value[(int64_t)order[0]] * (double)rows * EPSILON : 0;
  for (int64_t j = 0; j < p; j++) {
    int64_t from = (int64_t)order[j];
    bool vanishes = !(value[from] > none);
    for (int64_t i = 0; i < rows && !vanishes; i++) left[i * p + j] = w[i * p + from] / value[from];
    if (vanishes) complete_column(left, rows, p, j);
    for (int64_t i = 0; i < p; i++) right[i * p + j] = v[i * p + from];
  }
}

void matrix_svd(double *a, double *b, MatrixSize size, double *y, double *room) {
  int64_t m = size.m, n = size.n, p = m < n ? m : n, rows = m < n ? n : m;
  double *u = y, *s = y + m * p, *vt = s + p;
  double *v = room, *value = v + p * p, *order = value + p, *w = a;
  double scale = scale_down(a, m * n);
  (void)b;
  if (isnan(scale)) {
    fill(y, (m + 1 + n) * p, NAN);
    return;
  }
  if (m < n) {
    transpose_square_first(a, m, n, y);
    memcpy(a, y, sizeof *a * (size_t)(m * n));
  }
  identity(v, p);
  for (int sweep = 0; sweep < MOST_SWEEPS && column_sweep(w, rows, v, p); sweep++) {
  }
  sorted_svd(w, rows, p, v, value, order, m < n ? vt : u, m < n ? u : vt);
  for (int64_t j = 0; j < p; j++) {
    double sign = column_sign(u, m, p, j);
    s[j] = value[(int64_t)order[j]] * scale;
    for (int64_t i = 0; i < m; i++) u[i * p + j] *= sign;
    for (int64_t i = 0; i < n; i++) vt[i * p + j] *= sign;
  }
}
