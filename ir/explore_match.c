/* Boxes of a stage that are those of the stage before.
 *
 * First those with the same structure: op, attributes, type and, through their operands, all that
 * they are computed from; the same name counts first. Then those that stand at the same place of
 * the text with the same op, and at last those that have the same name. A box that is in another
 * layer or loop now is another one, so that a box has one frame in all stages. Kernels do not
 * count: a pass that only groups leaves every box where it was.
 */
#include <stdlib.h>
#include <string.h>

#include "ir/explore_model.h"

/* ---- pairs by key ---- */

typedef struct KeyedBox {
  uint64_t key;
  uint32_t box;
} KeyedBox;

static int by_key(const void *a, const void *b) {
  const KeyedBox *x = a, *y = b;
  if (x->key != y->key) return x->key < y->key ? -1 : 1;
  return x->box < y->box ? -1 : x->box > y->box;
}

static uint64_t text_hash(const char *text) { return hash_bytes(text, strlen(text), 3); }

/* Where and what a box is called. */
static uint64_t home(const Walked *w, uint32_t i) {
  const Box *b = &w->picture.boxes.data[i];
  return hash_mix(text_hash(b->name), (uint64_t)w->frames.frame[b->home]);
}

/* Of a kind of pair the key of a box, 0 for none. */
typedef uint64_t (*BoxKey)(const Walked *w, uint32_t i);

static uint64_t structure_at_home(const Walked *w, uint32_t i) {
  return hash_mix(w->hash[i], home(w, i));
}

static uint64_t structure_in_frame(const Walked *w, uint32_t i) {
  const Box *b = &w->picture.boxes.data[i];
  return hash_mix(w->hash[i], (uint64_t)w->frames.frame[b->home]);
}

static Span place(const Walked *w, uint32_t i) {
  const Box *b = &w->picture.boxes.data[i];
  return graph_node(b->graph, b->node)->span;
}

static uint64_t op_at_place(const Walked *w, uint32_t i) {
  const Box *b = &w->picture.boxes.data[i];
  Span span = place(w, i);
  if (span_none(span)) return 0;
  uint64_t key = hash_mix(hash_mix(span.lo, span.hi), b->kind * 1000u + b->op);
  return hash_mix(key, hash_mix(b->type.i, home(w, i)));
}

static uint64_t op_on_line(const Walked *w, uint32_t i) {
  const Box *b = &w->picture.boxes.data[i];
  Span span = place(w, i);
  if (span_none(span)) return 0;
  uint64_t key = hash_mix(hash_mix(span.lo, span.hi), b->kind * 1000u + b->op);
  return hash_mix(key, (uint64_t)w->frames.frame[b->home]);
}

static uint64_t name_at_home(const Walked *w, uint32_t i) {
  const Box *b = &w->picture.boxes.data[i];
  return *b->name ? hash_mix(home(w, i), b->kind) : 0;
}

static uint32_t keyed(const Walked *w, const bool *taken, BoxKey key, KeyedBox *out) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < w->picture.boxes.len; i++) {
    uint64_t k = taken[i] || w->picture.boxes.data[i].hidden ? 0 : key(w, i);
    if (k) out[n++] = (KeyedBox){k, i};
  }
  qsort(out, n, sizeof *out, by_key);
  return n;
}

/* Pairs of equal keys in their order. */
static void pair_by(Ctx *ctx, const Walked *a, Walked *b, bool *a_taken, bool *b_taken,
                    BoxKey key) {
  KeyedBox *x = arena_array(&ctx->arena, KeyedBox, a->picture.boxes.len + 1);
  KeyedBox *y = arena_array(&ctx->arena, KeyedBox, b->picture.boxes.len + 1);
  uint32_t n = keyed(a, a_taken, key, x), m = keyed(b, b_taken, key, y);
  for (uint32_t i = 0, j = 0; i < n && j < m;) {
    if (x[i].key != y[j].key) {
      if (x[i].key < y[j].key)
        i++;
      else
        j++;
      continue;
    }
    b->id[y[j].box] = a->id[x[i].box];
    a_taken[x[i++].box] = b_taken[y[j++].box] = true;
  }
}

/* ---- structure ---- */

static void hash_structure(Walked *w) {
  const Picture *p = &w->picture;
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    const Box *b = &p->boxes.data[i];
    uint64_t hash = hash_mix(text_hash(b->title), b->kind * 1000u + b->op);
    hash = hash_mix(hash, b->type.i);
    if (b->kind != BOX_op) hash = hash_mix(hash, text_hash(b->name));
    for (uint32_t k = w->first[i]; k < w->first[i + 1]; k++) {
      const Edge *e = &p->edges.data[w->edges[k]];
      if (!e->back) hash = hash_mix(hash, w->hash[e->from] + (uint64_t)(e->operand + 1));
    }
    w->hash[i] = hash;
  }
}

void explore_match(Ctx *ctx, const Walked *before, Walked *after, uint32_t *next) {
  static const BoxKey keys[] = {structure_at_home, structure_in_frame, op_at_place, op_on_line,
                                name_at_home};
  uint32_t n = after->picture.boxes.len;
  bool *taken = arena_array(&ctx->arena, bool, n + 1);
  after->hash = arena_array(&ctx->arena, uint64_t, n + 1);
  after->id = arena_array(&ctx->arena, uint32_t, n + 1);
  hash_structure(after);
  if (before) {
    bool *gone = arena_array(&ctx->arena, bool, before->picture.boxes.len + 1);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
      pair_by(ctx, before, after, gone, taken, keys[k]);
  }
  for (uint32_t i = 0; i < n; i++)
    if (!taken[i] && !after->picture.boxes.data[i].hidden) after->id[i] = (*next)++;
}
