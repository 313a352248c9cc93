/* Windows of a running text: see windows.h. */
#include "data/windows.h"
#include "data/permuted.h"

#include <string.h>

#include "base/threefry.h"

struct Windows {
  Ctx *ctx;
  const Dataset *set;
  const TrainFeed *feed;
  uint64_t seed;
  StreamReader reader;
  int64_t from, n_tokens; /* the part of the text */
  int64_t rows, length;   /* of a batch (all turns), of a window */
  int64_t count;          /* windows of an epoch */
  TokenList row;
  void **arrays; /* by parameter of the feed, on the heap */
};

static bool no_memory(const Windows *w) {
  diag_at(w->ctx, w->set->spec->path_span, E_run_failed, "reading '%s': no memory for a batch",
          w->set->in.path);
  return false;
}

/* Where a window starts, counted in tokens of the part. -1 behind the last one. */
static int64_t window_start(const Windows *w, int64_t i) {
  int64_t step = w->length - 1;
  if (w->feed->whole) return i < w->count ? i * step : -1;
  int64_t epoch = i / w->count;
  uint64_t key = threefry_fold(threefry_fold(w->seed, (uint32_t)epoch), (uint32_t)(epoch >> 32));
  int64_t room = w->n_tokens - (w->count * step + 1); /* tokens that an epoch leaves out */
  int64_t phase =
      (int64_t)(threefry_random(key, 1, 0, 0) % (uint64_t)(room < step ? room + 1 : step));
  return phase + permuted(i % w->count, w->count, key) * step;
}

/* Tokens [start, start + length) of the part to w->row; fewer at its end. */
static bool read_row(Windows *w, int64_t start) {
  int64_t n = w->n_tokens - start < w->length ? w->n_tokens - start : w->length;
  w->row.len = 0;
  return stream_tokens(&w->reader, w->from + start, n, &w->row);
}

static void put_row(const Windows *w, int64_t row) {
  int64_t have = (int64_t)w->row.len;
  for (int p = 0; p < w->feed->n_params; p++) {
    if (w->feed->params[p].part == FEED_mask) {
      uint8_t *to = (uint8_t *)w->arrays[p] + row * w->length;
      for (int64_t i = 0; i < w->length; i++) to[i] = i < have;
    } else {
      int32_t *to = (int32_t *)w->arrays[p] + row * w->length, pad = vocab_pad(w->set->vocabs[0]);
      for (int64_t i = 0; i < w->length; i++) to[i] = i < have ? w->row.ids[i] : pad;
    }
  }
}

int windows_get(Windows *w, int64_t i, Batch *out) {
  int64_t rows = 0;
  for (; rows < w->rows; rows++) {
    int64_t start = window_start(w, i * w->rows + rows);
    if (start < 0) break;
    if (!read_row(w, start)) return -1;
    put_row(w, rows);
  }
  *out = (Batch){w->arrays, NULL, rows};
  return rows > 0;
}

static bool set_up(Windows *w, Split split) {
  const SpecData *spec = w->set->spec;
  w->from = w->set->parts[split].from;
  w->n_tokens = w->set->parts[split].n;
  w->rows = w->feed->rows * w->feed->turns;
  w->length = w->feed->window;
  int64_t step = w->length - 1;
  w->count = w->feed->whole ? (w->n_tokens - 1 + step - 1) / step : (w->n_tokens - 1) / step;
  if (w->n_tokens < 2 || w->count < 1) {
    diag_at(w->ctx, spec->path_span, E_data_empty,
            "'%s' has %lld tokens in \"%s\", fewer than a window of %lld", w->set->in.path,
            (long long)w->n_tokens, split_name[split], (long long)w->length);
    return false;
  }
  /* the phase of an epoch wants room: with a window less there is some */
  if (!w->feed->whole && w->count > 1) w->count--;
  w->reader = stream_reader(w->ctx, &w->set->in, &w->set->stream, w->set->vocabs[0]);
  w->arrays = arena_array(&w->ctx->arena, void *, w->feed->n_params + 1);
  for (int p = 0; p < w->feed->n_params; p++) {
    size_t width = w->feed->params[p].part == FEED_mask ? 1 : sizeof(int32_t);
    w->arrays[p] = heap_alloc((size_t)w->rows * (size_t)w->length * width);
    if (!w->arrays[p]) return no_memory(w);
  }
  return true;
}

Windows *windows_open(Ctx *ctx, const Dataset *set, const TrainFeed *feed, uint64_t seed) {
  Split split = SPLIT_train;
  split_parse(ctx_text(ctx, feed->split), &split);
  Windows *w = heap_alloc(sizeof *w);
  if (!w) {
    diag_at(ctx, set->spec->path_span, E_run_failed, "reading '%s': no memory", set->in.path);
    return NULL;
  }
  *w = (Windows){.ctx = ctx, .set = set, .feed = feed, .seed = seed};
  if (set_up(w, split)) return w;
  windows_close(w);
  return NULL;
}

void windows_close(Windows *w) {
  if (!w) return;
  for (int p = 0; w->arrays && p < w->feed->n_params; p++) heap_free(w->arrays[p]);
  stream_reader_free(&w->reader);
  token_list_free(&w->row);
  heap_free(w);
}
