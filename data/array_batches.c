/* Batches of arrays: see array_batches.h. */
#include "data/array_batches.h"

#include <string.h>

#include "base/threefry.h"
#include "data/permuted.h"

struct ArrayBatches {
  const Dataset *set;
  const TrainFeed *feed;
  const SplitIndex *index;
  uint64_t seed;
  int64_t rows; /* of a batch, all turns */
  void **arrays;
};

/* The example at a place of the stream; -1 behind the end of a whole split. */
static int64_t example_at(const ArrayBatches *b, int64_t place) {
  int64_t n = b->index->examples, epoch = place / n;
  if (b->feed->whole) return place < n ? (int64_t)b->index->units.items[place] : -1;
  uint64_t key = threefry_fold(threefry_fold(b->seed, (uint32_t)epoch), (uint32_t)(epoch >> 32));
  return (int64_t)b->index->units.items[permuted(place % n, n, key)];
}

int array_batches_get(ArrayBatches *b, int64_t i, Batch *out) {
  const ArraySet *set = &b->set->arrays;
  int64_t rows = 0;
  for (; rows < b->rows; rows++) {
    int64_t example = example_at(b, i * b->rows + rows);
    if (example < 0) break;
    for (int p = 0; p < b->feed->n_params; p++) {
      size_t n;
      const char *from = array_set_bytes(set, b->feed->params[p].column, example, &n);
      memcpy((char *)b->arrays[p] + (size_t)rows * n, from, n);
    }
  }
  *out = (Batch){b->arrays, set->lengths, rows};
  return rows > 0;
}

static bool make_room(Ctx *ctx, ArrayBatches *b) {
  b->arrays = arena_array(&ctx->arena, void *, b->feed->n_params + 1);
  for (int p = 0; p < b->feed->n_params; p++) {
    size_t n;
    array_set_bytes(&b->set->arrays, b->feed->params[p].column, 0, &n);
    b->arrays[p] = heap_alloc((size_t)b->rows * n + 1);
    if (!b->arrays[p]) return false;
  }
  return true;
}

ArrayBatches *array_batches_open(Ctx *ctx, const Dataset *set, const TrainFeed *feed,
                                 uint64_t seed) {
  Split split = SPLIT_train;
  split_parse(ctx_text(ctx, feed->split), &split);
  ArrayBatches *b = heap_alloc(sizeof *b);
  if (b) {
    *b = (ArrayBatches){.set = set,
                        .feed = feed,
                        .index = &set->splits[split],
                        .seed = seed,
                        .rows = feed->rows * feed->turns};
    if (make_room(ctx, b)) return b;
  }
  diag_at(ctx, set->spec->path_span, E_run_failed, "reading '%s': no memory", set->in.path);
  array_batches_close(b);
  return NULL;
}

void array_batches_close(ArrayBatches *b) {
  if (!b) return;
  for (int p = 0; b->arrays && p < b->feed->n_params; p++) heap_free(b->arrays[p]);
  heap_free(b);
}
