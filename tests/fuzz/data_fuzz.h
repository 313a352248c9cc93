/* Shared by the fuzzers of data files: any bytes as the file of a declaration, read as a
 * training run does. Either diagnostics, or batches of numbers in their ranges, the same when
 * they are read again. */
#ifndef ORDO_TESTS_DATA_FUZZ_H
#define ORDO_TESTS_DATA_FUZZ_H

#include <stdlib.h>
#include <string.h>

#include "data/batches.h"
#include "frontend/check.h"

enum { FUZZ_BATCHES = 6, FUZZ_ROWS = 3, FUZZ_WINDOW = 5 };

typedef struct DataFuzz {
  Ctx *ctx;
  const SpecData *data;
  Dataset set;
  const Vocab **vocabs;
  Vocab **counts, **owned;
} DataFuzz;

static void count_first(DataFuzz *f) {
  int n = f->data->n_columns;
  f->vocabs = arena_array(&f->ctx->arena, const Vocab *, n);
  f->counts = arena_array(&f->ctx->arena, Vocab *, n);
  f->owned = arena_array(&f->ctx->arena, Vocab *, n);
  for (int i = 0; i < n; i++) {
    if (!f->data->columns[i].vocab) continue;
    if (f->data->columns[i].kind == COL_bytes)
      f->vocabs[i] = f->owned[i] = vocab_bytes(NULL);
    else
      f->counts[i] = vocab_new(f->data->columns[i].kind, NULL);
  }
}

static void build_vocabs(DataFuzz *f) {
  for (int i = 0; i < f->data->n_columns; i++) {
    if (!f->counts[i]) continue;
    f->vocabs[i] = f->owned[i] = vocab_build(f->counts[i], 1, 1000);
  }
}

/* What a program would take: all columns and masks. */
static TrainFeed make_feed(DataFuzz *f, const char *split, bool whole) {
  bool text = f->data->format == DATA_text;
  TrainFeed feed = {.data = f->data,
                    .split = ctx_str(f->ctx, split),
                    .rows = FUZZ_ROWS,
                    .turns = 1,
                    .bucket = 2,
                    .pad = 4,
                    .window = text ? FUZZ_WINDOW : 0,
                    .whole = whole};
  feed.params = arena_array(&f->ctx->arena, FeedParam, 2 * f->data->n_columns);
  for (int i = 0; i < f->data->n_columns; i++) {
    feed.params[feed.n_params++] = (FeedParam){i, FEED_values};
    if (f->data->columns[i].axis >= 0 || text)
      feed.params[feed.n_params++] = (FeedParam){i, FEED_mask};
  }
  return feed;
}

static uint64_t check_batch(const DataFuzz *f, const TrainFeed *feed, const Batch *b) {
  uint64_t hash = 0;
  if (b->rows < 1 || b->rows > FUZZ_ROWS) ORDO_BUG("a batch of %lld rows", (long long)b->rows);
  for (int p = 0; p < feed->n_params; p++) {
    const SpecColumn *c = &f->data->columns[feed->params[p].column];
    int64_t length = feed->window ? feed->window : c->axis < 0 ? 1 : b->lengths[c->axis];
    int64_t n = b->rows * length;
    const Vocab *v = f->vocabs[feed->params[p].column];
    for (int64_t i = 0; i < n; i++) {
      if (feed->params[p].part == FEED_mask) {
        uint8_t bit = ((const uint8_t *)b->arrays[p])[i];
        if (bit > 1) ORDO_BUG("a mask of %d", bit);
        hash = hash_mix(hash, bit);
      } else if (v) {
        int32_t id = ((const int32_t *)b->arrays[p])[i];
        if (id < 0 || id >= vocab_size(v))
          ORDO_BUG("token %d of %lld", id, (long long)vocab_size(v));
        hash = hash_mix(hash, (uint64_t)id);
      }
    }
  }
  return hash;
}

static uint64_t run_split(DataFuzz *f, const char *split, bool whole) {
  TrainFeed feed = make_feed(f, split, whole);
  Batches *batches = batches_open(f->ctx, &f->set, &feed, 7);
  uint64_t hash = 0;
  Batch b;
  int got = 0;
  for (int64_t i = 0; batches && i < FUZZ_BATCHES && (got = batches_get(batches, i, &b)) > 0; i++)
    hash = hash_mix(hash, check_batch(f, &feed, &b));
  if (batches && got < 0) ORDO_BUG("a file that was read cannot be read again");
  batches_close(batches);
  return hash;
}

/* program: one declaration, whose file is never opened. */
static void fuzz_data(Ctx *ctx, const char *program, const unsigned char *bytes, size_t size) {
  DataFuzz f = {.ctx = ctx};
  DiagMark before = diag_mark(ctx);
  SpecOptions options = {0};
  Spec *spec = spec_load_text(f.ctx, "fuzz.ordo", program, &options);
  if (!spec || !spec_check(spec)) ORDO_BUG("the declaration is wrong");
  f.data = spec_data(spec).items[0];
  count_first(&f);
  bool good =
      dataset_read(f.ctx, f.data, file_memory("fuzz", bytes, size), f.vocabs, f.counts, &f.set);
  if (!good && !diag_failed(f.ctx)) ORDO_BUG("it failed without a diagnostic");
  if (good) {
    build_vocabs(&f);
    if (run_split(&f, "train", false) != run_split(&f, "train", false))
      ORDO_BUG("the same batches differ");
    run_split(&f, "valid", true);
  }
  dataset_close(&f.set);
  for (int i = 0; i < f.data->n_columns; i++) {
    vocab_free(f.counts[i]);
    vocab_free(f.owned[i]);
  }
  diag_rollback(ctx, before);
}

#endif
