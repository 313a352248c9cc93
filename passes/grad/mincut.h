/* Minimum cut of a directed graph with capacities (Dinic's algorithm). */
#ifndef ORDO_PASSES_GRAD_MINCUT_H
#define ORDO_PASSES_GRAD_MINCUT_H

#include "base/vec.h"

#include <stdbool.h>

#define MINCUT_INF (INT64_MAX / 4)

typedef struct MinCutEdge {
  int to, next; /* next: of the list of the vertex it leaves; edge i ^ 1 runs the other way */
  int64_t capacity;
} MinCutEdge;

typedef struct MinCut {
  Arena *arena;
  int n, *first; /* first edge of each vertex, or -1 */
  VEC(MinCutEdge) edges;
} MinCut;

MinCut mincut_new(Arena *arena, int n_vertices);
void mincut_edge(MinCut *cut, int from, int to, int64_t capacity);
/* By vertex: whether it lies on the sink's side of the minimum cut that is nearest to the sink. */
bool *mincut_solve(MinCut *cut, int source, int sink);

#endif
