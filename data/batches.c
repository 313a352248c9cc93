/* Windows, buckets, padding: see batches.h. */
#define _GNU_SOURCE /* qsort_r */
#include "data/batches.h"
#include "data/array_batches.h"
#include "data/permuted.h"
#include "data/windows.h"

#include <stdlib.h>
#include <string.h>

#include "ir/tensor.h"
#include "base/threefry.h"

enum { SEEK_CHUNK = 1 << 12 };

typedef struct Example {
  size_t start;           /* in the window's values */
  const int64_t *lengths; /* by axis; of the window */
  int64_t place;          /* in the stream: breaks ties */
} Example;

typedef struct BatchBuffer {
  char *data;
  size_t cap;
} BatchBuffer;

struct Batches {
  Ctx *ctx;
  const Dataset *set;
  const TrainFeed *feed;
  const SplitIndex *index;
  Split split;
  uint64_t seed;
  LineReader lines;
  RecordSplitter splitter;
  int64_t rows;       /* of a batch, all turns */
  int64_t units;      /* of a window */
  int64_t per_window; /* batches of a full window */
  int64_t window;     /* that is loaded, -1 */
  TokenList values;
  Example *examples;
  int64_t *lengths; /* n_axes for each example */
  int64_t n_examples, cap_examples;
  int64_t *order; /* of the batches of the window */
  BatchBuffer *buffers;
  void **arrays;
  int64_t *batch_lengths;
  int64_t unknown;
  Windows *windows;        /* of a running text: does everything else */
  ArrayBatches *of_arrays; /* of arrays: the same */
};

/* ---- order ---- */

static uint64_t fold64(uint64_t key, int64_t i) {
  return threefry_fold(threefry_fold(key, (uint32_t)i), (uint32_t)((uint64_t)i >> 32));
}

/* The unit at a place of the stream; -1 behind the end of a whole split. */
static int64_t unit_at(const Batches *b, int64_t place) {
  const SplitIndex *x = b->index;
  if (b->feed->whole) return place < x->units.n ? place : -1;
  /* of an index whose units are of several examples a last one that is not full is left out */
  int64_t n = x->examples / x->per_unit;
  return permuted(place % n, n, fold64(b->seed, place / n));
}

/* ---- loading a window ---- */

static bool no_memory(const Batches *b) {
  diag_at(b->ctx, b->set->spec->path_span, E_run_failed, "reading '%s': no memory for a batch",
          b->set->in.path);
  return false;
}

static bool grow_examples(Batches *b) {
  int n_axes = b->set->spec->n_axes;
  int64_t cap = b->cap_examples ? 2 * b->cap_examples : b->units * b->index->per_unit;
  Example *examples = heap_alloc((size_t)cap * sizeof *examples);
  int64_t *lengths = heap_alloc((size_t)cap * (size_t)(n_axes + 1) * sizeof *lengths);
  if (!examples || !lengths) {
    heap_free(examples);
    heap_free(lengths);
    return no_memory(b);
  }
  if (b->n_examples) {
    memcpy(examples, b->examples, (size_t)b->n_examples * sizeof *examples);
    memcpy(lengths, b->lengths, (size_t)b->n_examples * (size_t)n_axes * sizeof *lengths);
  }
  heap_free(b->examples);
  heap_free(b->lengths);
  b->examples = examples;
  b->lengths = lengths;
  b->cap_examples = cap;
  for (int64_t i = 0; i < b->n_examples; i++) b->examples[i].lengths = lengths + i * n_axes;
  return true;
}

/* Takes the record when it is sound and of the split. */
static bool take_line(Batches *b, const char *line, size_t n, bool *taken) {
  const SpecData *spec = b->set->spec;
  *taken = false;
  if (!n || record_split(&b->splitter, line, n).why) return true;
  if (b->n_examples == b->cap_examples && !grow_examples(b)) return false;
  int64_t *lengths = b->lengths + b->n_examples * spec->n_axes;
  if (example_check(spec, b->set->vocabs, b->splitter.fields, lengths).why) return true;
  if (dataset_split(spec, line, n, b->splitter.fields) != b->split) return true;
  b->examples[b->n_examples] = (Example){b->values.len, lengths, b->n_examples};
  if (!example_encode(spec, b->set->vocabs, b->splitter.fields, &b->values, &b->unknown))
    return no_memory(b);
  b->n_examples++;
  *taken = true;
  return true;
}

static bool file_changed(const Batches *b) {
  diag_at(b->ctx, b->set->spec->path_span, E_run_failed, "'%s' was changed while it was being read",
          b->set->in.path);
  return false;
}

static bool load_unit(Batches *b, int64_t unit) {
  const SplitIndex *x = b->index;
  int64_t want = x->per_unit;
  if (unit == x->units.n - 1) want = x->examples - unit * x->per_unit;
  line_seek(&b->lines, x->units.items[unit]);
  while (want) {
    const char *line;
    size_t n;
    uint64_t offset;
    bool taken = false;
    LineResult result = line_next(&b->lines, &line, &n, &offset);
    if (result == LINE_failed) return false;
    if (result == LINE_end) return file_changed(b);
    if (result == LINE_text && !take_line(b, line, n, &taken)) return false;
    want -= taken;
  }
  return true;
}

static int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

typedef struct SortKey {
  int n_axes;
  int64_t pad;
} SortKey;

static int compare_examples(const void *left, const void *right, void *user) {
  const Example *a = left, *b = right;
  const SortKey *key = user;
  for (int i = 0; i < key->n_axes; i++) {
    int64_t x = round_up(a->lengths[i], key->pad), y = round_up(b->lengths[i], key->pad);
    if (x != y) return x < y ? -1 : 1;
  }
  return (a->place > b->place) - (a->place < b->place);
}

/* The batches of a window in a random order; the sorted ones of an evaluation stay. */
static void shuffle_batches(Batches *b) {
  uint64_t key = fold64(threefry_fold(b->seed, 1), b->window);
  for (int64_t i = 0; i < b->per_window; i++)
    b->order[i] = b->feed->whole ? i : permuted(i, b->per_window, key);
}

static bool load_window(Batches *b, int64_t window) {
  if (b->window == window) return true;
  b->window = -1;
  b->n_examples = 0;
  b->values.len = 0;
  for (int64_t i = 0; i < b->units; i++) {
    int64_t unit = unit_at(b, window * b->units + i);
    if (unit < 0) break;
    if (!load_unit(b, unit)) return false;
  }
  SortKey key = {b->set->spec->n_axes, b->feed->pad};
  if (b->feed->bucket && b->n_examples)
    qsort_r(b->examples, (size_t)b->n_examples, sizeof *b->examples, compare_examples, &key);
  b->window = window;
  shuffle_batches(b);
  return true;
}

/* ---- one batch ---- */

static bool fit(Batches *b, int param, size_t bytes) {
  BatchBuffer *buffer = &b->buffers[param];
  if (buffer->cap < bytes || !buffer->data) {
    heap_free(buffer->data);
    buffer->cap = 0;
    buffer->data = heap_alloc(bytes + bytes / 2 + 64);
    if (!buffer->data) return no_memory(b);
    buffer->cap = bytes + bytes / 2 + 64;
  }
  b->arrays[param] = buffer->data;
  return true;
}

static void put_number(DType dtype, void *to, int64_t at, const int32_t *halves) {
  double value;
  memcpy(&value, halves, sizeof value);
  Tensor view = {.dtype = dtype, .data = to};
  tensor_set(&view, at, value);
}

/* Where the values of a column begin in an example, and how many entries it has. */
static const int32_t *column_of(const Batches *b, const Example *e, int column, int64_t *count) {
  const int32_t *at = b->values.ids + e->start;
  for (int i = 0; i <= column; i++) {
    const SpecColumn *c = &b->set->spec->columns[i];
    *count = c->axis < 0 ? 1 : e->lengths[c->axis];
    if (i < column) at += *count * column_width(c);
  }
  return at;
}

static void fill_row(const Batches *b, const Example *e, int param, int64_t row, int64_t length) {
  const FeedParam *p = &b->feed->params[param];
  const SpecColumn *column = &b->set->spec->columns[p->column];
  int64_t count = 0;
  const int32_t *from = column_of(b, e, p->column, &count);
  if (p->part == FEED_mask) {
    uint8_t *to = (uint8_t *)b->arrays[param] + row * length;
    for (int64_t i = 0; i < length; i++) to[i] = i < count;
  } else if (column->kind == COL_number) {
    static const int32_t zero[2];
    for (int64_t i = 0; i < length; i++)
      put_number(column->dtype, b->arrays[param], row * length + i,
                 i < count ? from + 2 * i : zero);
  } else {
    int32_t *to = (int32_t *)b->arrays[param] + row * length,
            pad = vocab_pad(b->set->vocabs[p->column]);
    for (int64_t i = 0; i < length; i++) to[i] = i < count ? from[i] : pad;
  }
}

static void measure(Batches *b, const Example *examples, int64_t rows) {
  const SpecData *spec = b->set->spec;
  for (int a = 0; a < spec->n_axes; a++) {
    int64_t most = 1;
    for (int64_t i = 0; i < rows; i++)
      if (examples[i].lengths[a] > most) most = examples[i].lengths[a];
    b->batch_lengths[a] = spec->axes[a].fixed ? spec->axes[a].fixed : round_up(most, b->feed->pad);
  }
}

static bool fill_batch(Batches *b, const Example *examples, int64_t rows) {
  const SpecData *spec = b->set->spec;
  measure(b, examples, rows);
  for (int p = 0; p < b->feed->n_params; p++) {
    const SpecColumn *c = &spec->columns[b->feed->params[p].column];
    int64_t length = c->axis < 0 ? 1 : b->batch_lengths[c->axis];
    size_t width = b->feed->params[p].part == FEED_mask ? 1 : (size_t)dtype_bytes[c->dtype];
    if (!fit(b, p, (size_t)rows * (size_t)length * width)) return false;
    for (int64_t row = 0; row < rows; row++) fill_row(b, &examples[row], p, row, length);
  }
  return true;
}

int batches_get(Batches *b, int64_t i, Batch *out) {
  if (b->windows) return windows_get(b->windows, i, out);
  if (b->of_arrays) return array_batches_get(b->of_arrays, i, out);
  if (!load_window(b, i / b->per_window)) return -1;
  int64_t from = b->order[i % b->per_window] * b->rows;
  int64_t rows = b->n_examples - from;
  if (rows <= 0) return 0;
  if (rows > b->rows) rows = b->rows;
  if (!fill_batch(b, b->examples + from, rows)) return -1;
  *out = (Batch){b->arrays, b->batch_lengths, rows};
  return 1;
}

/* ---- opening ---- */

static bool set_up(Batches *b) {
  Arena *arena = &b->ctx->arena;
  const SpecData *spec = b->set->spec;
  const TrainFeed *feed = b->feed;
  if (!record_splitter(b->ctx, spec, &b->set->header, &b->splitter)) return false;
  b->lines = line_reader(b->ctx, &b->set->in, feed->whole ? READ_CHUNK : SEEK_CHUNK);
  b->rows = feed->rows * feed->turns;
  int64_t bucket = feed->bucket ? feed->bucket : 1, per_unit = b->index->per_unit;
  if (bucket < per_unit) bucket = per_unit;
  b->units = b->rows * ((bucket + per_unit - 1) / per_unit);
  b->per_window = b->units * per_unit / b->rows;
  b->order = arena_array(arena, int64_t, b->per_window);
  b->buffers = arena_array(arena, BatchBuffer, feed->n_params + 1);
  b->arrays = arena_array(arena, void *, feed->n_params + 1);
  b->batch_lengths = arena_array(arena, int64_t, spec->n_axes + 1);
  return true;
}

Batches *batches_open(Ctx *ctx, const Dataset *set, const TrainFeed *feed, uint64_t seed) {
  Split split = SPLIT_train;
  split_parse(ctx_text(ctx, feed->split), &split);
  const SplitIndex *index = &set->splits[split];
  bool stream = data_format[set->spec->format].stream;
  if (!stream && (index->examples < index->per_unit || !index->examples)) {
    diag_at(ctx, set->spec->path_span, E_data_empty, "'%s' has no examples in \"%s\"", set->in.path,
            split_name[split]);
    return NULL;
  }
  Batches *b = heap_alloc(sizeof *b);
  if (!b) {
    diag_at(ctx, set->spec->path_span, E_run_failed, "reading '%s': no memory", set->in.path);
    return NULL;
  }
  *b = (Batches){.ctx = ctx, .set = set, .feed = feed, .index = index, .split = split};
  b->seed = seed;
  b->window = -1;
  bool arrays = data_format[set->spec->format].arrays;
  if (stream) b->windows = windows_open(ctx, set, feed, seed);
  if (arrays) b->of_arrays = array_batches_open(ctx, set, feed, seed);
  if (b->windows || b->of_arrays || (!stream && !arrays && set_up(b))) return b;
  batches_close(b);
  return NULL;
}

void batches_close(Batches *b) {
  if (!b) return;
  for (int p = 0; b->buffers && p < b->feed->n_params; p++) heap_free(b->buffers[p].data);
  windows_close(b->windows);
  array_batches_close(b->of_arrays);
  line_reader_free(&b->lines);
  record_splitter_free(&b->splitter);
  token_list_free(&b->values);
  heap_free(b->examples);
  heap_free(b->lengths);
  heap_free(b);
}
