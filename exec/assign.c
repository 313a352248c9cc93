/* The Hungarian method as shortest augmenting paths with potentials (Kuhn 1955, Munkres 1957; in
 * the form of Jonker and Volgenant 1987): the rows come in one after another, each along the
 * cheapest path of changes, found as by Dijkstra over reduced costs cost[i][j] - u[i] - v[j],
 * which stay non-negative. */
#include "exec/assign.h"

#include <math.h>

/* Places 1..n are rows or columns, place 0 stands for none; whole numbers are kept in doubles. */
typedef struct Work {
  const double *cost;
  int64_t n;
  double *u, *v;  /* potentials of rows and columns */
  double *row_of; /* row of each column */
  double *least;  /* shortest path to each column so far */
  double *from;   /* column before it on that path */
  double *done;   /* whether its path is final */
} Work;

static double reduced(const Work *w, int64_t row, int64_t column) {
  return w->cost[(row - 1) * w->n + column - 1] - w->u[row] - w->v[column];
}

/* Settles the nearest column that is not yet reached, beyond column 'at'; moves the potentials. */
static int64_t settle(Work *w, int64_t at) {
  int64_t row = (int64_t)w->row_of[at], next = 0;
  double delta = INFINITY;
  w->done[at] = 1;
  for (int64_t j = 1; j <= w->n; j++) {
    if (w->done[j] != 0) continue;
    double cost = reduced(w, row, j);
    if (cost < w->least[j]) w->least[j] = cost, w->from[j] = (double)at;
    if (w->least[j] < delta) delta = w->least[j], next = j;
  }
  for (int64_t j = 0; j <= w->n; j++) {
    if (w->done[j] != 0)
      w->u[(int64_t)w->row_of[j]] += delta, w->v[j] -= delta;
    else
      w->least[j] -= delta;
  }
  return next;
}

static void bring_in(Work *w, int64_t row) {
  int64_t at = 0;
  w->row_of[0] = (double)row;
  for (int64_t j = 0; j <= w->n; j++) w->least[j] = INFINITY, w->done[j] = 0;
  do at = settle(w, at);
  while (w->row_of[at] != 0);
  while (at) { /* each column on the path takes the row of the one before */
    int64_t before = (int64_t)w->from[at];
    w->row_of[at] = w->row_of[before];
    at = before;
  }
}

static void replace_forbidden(double *cost, int64_t count, int64_t n) {
  double largest = 0;
  for (int64_t i = 0; i < count; i++)
    if (fabs(cost[i]) < 1e150) largest = fmax(largest, fabs(cost[i]));
  for (int64_t i = 0; i < count; i++)
    if (!(fabs(cost[i]) < 1e150)) cost[i] = 1 + 2 * (double)n * largest;
}

void assign_rows(double *cost, int64_t n, int32_t *column, double *scratch) {
  replace_forbidden(cost, n * n, n);
  int64_t m = n + 1;
  Work w = {
      cost,           n, scratch, scratch + m, scratch + 2 * m, scratch + 3 * m, scratch + 4 * m,
      scratch + 5 * m};
  for (int64_t i = 0; i < ASSIGN_SCRATCH(n); i++) scratch[i] = 0;
  for (int64_t row = 1; row <= n; row++) bring_in(&w, row);
  for (int64_t j = 1; j <= n; j++) column[(int64_t)w.row_of[j] - 1] = (int32_t)(j - 1);
}
