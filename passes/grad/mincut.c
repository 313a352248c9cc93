/* Dinic: breadth-first levels from the source, then paths along rising levels until none is left.
 * Paths are found with an explicit stack, as bodies may be thousands of nodes deep. */
#include "passes/grad/mincut.h"

MinCut mincut_new(Arena *arena, int n_vertices) {
  MinCut cut = {.arena = arena, .n = n_vertices, .first = arena_array(arena, int, n_vertices)};
  for (int i = 0; i < n_vertices; i++) cut.first[i] = -1;
  return cut;
}

static void half_edge(MinCut *cut, int from, int to, int64_t capacity) {
  MinCutEdge edge = {.to = to, .next = cut->first[from], .capacity = capacity};
  vec_push(cut->arena, &cut->edges, edge);
  cut->first[from] = (int)cut->edges.len - 1;
}

void mincut_edge(MinCut *cut, int from, int to, int64_t capacity) {
  half_edge(cut, from, to, capacity);
  half_edge(cut, to, from, 0);
}

/* Distances from the source over edges with capacity left; -1 when not reached. */
static bool find_levels(const MinCut *cut, int source, int sink, int *level, int *queue) {
  for (int i = 0; i < cut->n; i++) level[i] = -1;
  int head = 0, tail = 0;
  level[source] = 0;
  queue[tail++] = source;
  while (head < tail) {
    int v = queue[head++];
    for (int e = cut->first[v]; e >= 0; e = cut->edges.data[e].next) {
      int to = cut->edges.data[e].to;
      if (cut->edges.data[e].capacity <= 0 || level[to] >= 0) continue;
      level[to] = level[v] + 1;
      queue[tail++] = to;
    }
  }
  return level[sink] >= 0;
}

/* Sends what fits along the path of edges. */
static void push_flow(MinCut *cut, const int *path, int n) {
  int64_t flow = MINCUT_INF;
  for (int i = 0; i < n; i++)
    if (cut->edges.data[path[i]].capacity < flow) flow = cut->edges.data[path[i]].capacity;
  for (int i = 0; i < n; i++) {
    cut->edges.data[path[i]].capacity -= flow;
    cut->edges.data[path[i] ^ 1].capacity += flow;
  }
}

/* Saturates every path along rising levels; at[v] is the next edge of v to try. */
static void block_flow(MinCut *cut, int source, int sink, const int *level, int *at, int *path) {
  for (int i = 0; i < cut->n; i++) at[i] = cut->first[i];
  int depth = 0, v = source;
  while (true) {
    if (v == sink) {
      push_flow(cut, path, depth);
      depth = 0;
      v = source;
    }
    int e = at[v];
    if (e < 0 && v == source) return;
    if (e < 0) { /* a dead end: step back and skip the edge that led here */
      v = cut->edges.data[path[--depth] ^ 1].to;
      at[v] = cut->edges.data[at[v]].next;
      continue;
    }
    MinCutEdge edge = cut->edges.data[e];
    if (edge.capacity > 0 && level[edge.to] == level[v] + 1) {
      path[depth++] = e;
      v = edge.to;
    } else {
      at[v] = edge.next;
    }
  }
}

/* Vertices from which the sink can still be reached. */
static bool *sink_side(const MinCut *cut, int sink, int *queue) {
  bool *side = arena_array(cut->arena, bool, cut->n);
  int head = 0, tail = 0;
  side[sink] = true;
  queue[tail++] = sink;
  while (head < tail) {
    int v = queue[head++];
    for (int e = cut->first[v]; e >= 0; e = cut->edges.data[e].next) {
      int from = cut->edges.data[e].to; /* edge e ^ 1 runs from there to v */
      if (cut->edges.data[e ^ 1].capacity <= 0 || side[from]) continue;
      side[from] = true;
      queue[tail++] = from;
    }
  }
  return side;
}

bool *mincut_solve(MinCut *cut, int source, int sink) {
  int *level = arena_array(cut->arena, int, cut->n), *queue = arena_array(cut->arena, int, cut->n);
  int *at = arena_array(cut->arena, int, cut->n), *path = arena_array(cut->arena, int, cut->n);
  while (find_levels(cut, source, sink, level, queue))
    block_flow(cut, source, sink, level, at, path);
  return sink_side(cut, sink, queue);
}
