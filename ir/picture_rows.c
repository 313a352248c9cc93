/* Wide rows of a picture are wrapped: what would stand side by side in one row of more than WIDE
 * boxes stands in several rows, one below the other. */
#include "ir/picture_model.h"

enum { WIDE = 12 };

typedef struct PictureRows {
  const Picture *p;
  const PictureArrow *arrows;
  uint32_t n_arrows;
  int *rank;    /* by box: length of the longest way to it; -1: not drawn */
  int *inputs;  /* arrows that lead to it */
  int *members; /* by rank: boxes of it so far */
} PictureRows;

/* Longest ways, in rounds over the arrows; a circle (through boxes that stand for several ops) ends
 * after as many rounds as there are boxes. */
static int find_ranks(PictureRows *r) {
  uint32_t n = r->p->boxes.len;
  bool changed = true;
  int deepest = 0;
  for (uint32_t round = 0; changed && round < n && round < 1000; round++) {
    changed = false;
    for (uint32_t k = 0; k < r->n_arrows; k++) {
      const PictureArrow *a = &r->arrows[k];
      if (r->rank[a->to] > r->rank[a->from] || r->rank[a->from] >= (int)n) continue;
      r->rank[a->to] = r->rank[a->from] + 1;
      changed = true;
    }
  }
  for (uint32_t i = 0; i < n; i++) deepest = r->rank[i] > deepest ? r->rank[i] : deepest;
  return deepest;
}

/* What has no input stands just above the first box that uses it. */
static void lower_sources(PictureRows *r) {
  int *lowest = arena_array(&r->p->ctx->arena, int, r->p->boxes.len);
  for (uint32_t k = 0; k < r->n_arrows; k++) {
    const PictureArrow *a = &r->arrows[k];
    int above = r->rank[a->to] - 1;
    if (!lowest[a->from] || above < lowest[a->from] - 1) lowest[a->from] = above + 1;
  }
  for (uint32_t i = 0; i < r->p->boxes.len; i++)
    if (r->rank[i] == 0 && !r->inputs[i] && lowest[i]) r->rank[i] = lowest[i] - 1;
}

int *picture_rows(const Picture *p, const PictureArrow *arrows, uint32_t n) {
  Arena *arena = &p->ctx->arena;
  uint32_t boxes = p->boxes.len;
  PictureRows r = {p,   arrows, n, arena_array(arena, int, boxes), arena_array(arena, int, boxes),
                   NULL};
  for (uint32_t i = 0; i < boxes; i++) r.rank[i] = picture_is_visible(p, (int)i) ? 0 : -1;
  for (uint32_t k = 0; k < n; k++) r.inputs[arrows[k].to]++;
  int ranks = find_ranks(&r) + 2;
  lower_sources(&r);
  r.members = arena_array(arena, int, ranks);
  int *count = arena_array(arena, int, ranks), *row = arena_array(arena, int, boxes);
  for (uint32_t i = 0; i < boxes; i++)
    if (r.rank[i] >= 0) count[r.rank[i]]++;
  for (uint32_t i = 0; i < boxes; i++) {
    if (r.rank[i] < 0 || count[r.rank[i]] <= WIDE) continue;
    int rows = (count[r.rank[i]] + WIDE - 1) / WIDE;
    int width = (count[r.rank[i]] + rows - 1) / rows;
    row[i] = r.members[r.rank[i]]++ / width;
  }
  return row;
}
