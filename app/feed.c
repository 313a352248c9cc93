/* Batches for a compiled graph: see feed.h. */
#include "app/feed.h"

#include "app/weights.h"
#include "base/threefry.h"

/* Whether all vocabularies of the data sets are known. */
static bool all_known(SpecDataList list) {
  for (uint32_t i = 0; i < list.count; i++)
    for (int k = 0; k < list.items[i]->n_columns; k++) {
      const SpecVocab *v = list.items[i]->columns[k].vocab;
      if (v && !v->known) return false;
    }
  return true;
}

bool feed_open_corpus(Ctx *ctx, Spec *spec, SpecDataList wanted, const char *weights, Corpus *out) {
  if (weights) {
    Weights file;
    if (!weights_open(ctx, weights, &file)) return false;
    bool good = corpus_from_meta(ctx, spec, weights_meta(&file), weights, out);
    weights_close(&file);
    if (!good) return false;
    if (all_known(wanted)) return true;
    corpus_close(out);
  }
  return corpus_open(ctx, spec, &wanted, out);
}

bool feeds_open(Ctx *ctx, const Corpus *corpus, const Graph *g, const TrainFeed *list, uint32_t n,
                uint64_t seed, Feeds *f) {
  *f = (Feeds){.ctx = ctx, .list = list, .n = n, .places = graph_params_of(g, ROLE_feed)};
  f->batches = arena_array(&ctx->arena, Batches *, n + 1);
  for (uint32_t i = 0; i < n; i++) {
    f->batches[i] =
        batches_open(ctx, corpus_set(corpus, list[i].data), &list[i], threefry_fold(seed, i));
    if (!f->batches[i]) return false;
  }
  return true;
}

void feeds_close(Feeds *f) {
  for (uint32_t i = 0; i < f->n; i++) batches_close(f->batches[i]);
  f->n = 0;
}

static void set_size(Feeds *f, Sz size, int64_t value) {
  if (!size_is_const(f->ctx, size, NULL)) size_env_set(f->ctx, &f->sizes, size, value);
}

int feeds_bind(Feeds *f, int64_t number, Program *program, void **params) {
  for (uint32_t i = 0; i < f->n; i++) {
    const TrainFeed *feed = &f->list[i];
    Batch batch;
    int got = batches_get(f->batches[i], feed->whole || !f->list[0].whole ? number : 0, &batch);
    if (got <= 0) return got;
    for (int p = 0; p < feed->n_params; p++)
      params[f->places[feed->first + (uint32_t)p]] = batch.arrays[p];
    set_size(f, feed->batch, batch.rows);
    for (int a = 0; a < feed->data->n_axes; a++) set_size(f, feed->lengths[a], batch.lengths[a]);
  }
  Fault fault = {0};
  if (program_bind(program, &f->sizes, &fault)) return 1;
  fault_tell(f->ctx, &fault, "a batch of data");
  return -1;
}
