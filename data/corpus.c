/* Data sets and vocabularies of a spec: see corpus.h. */
#include "data/corpus.h"

static CorpusVocab *find_vocab(const Corpus *c, const SpecVocab *spec) {
  for (uint32_t i = 0; i < c->n_vocabs; i++)
    if (c->vocabs[i].spec == spec) return &c->vocabs[i];
  return NULL;
}

const Vocab *corpus_vocab(const Corpus *c, const SpecVocab *spec) {
  const CorpusVocab *v = spec ? find_vocab(c, spec) : NULL;
  return v ? v->vocab : NULL;
}

const Dataset *corpus_set(const Corpus *c, const SpecData *data) {
  for (uint32_t i = 0; i < c->n_sets; i++)
    if (c->sets[i].spec == data) return &c->sets[i];
  return NULL;
}

static bool no_memory(Corpus *c) {
  diag_at(c->ctx, (Span){0}, E_run_failed, "reading data: no memory for a vocabulary");
  return false;
}

static bool share_vocab(const SpecData *a, const SpecData *b) {
  for (int i = 0; i < a->n_columns; i++)
    for (int k = 0; k < b->n_columns; k++)
      if (a->columns[i].vocab && a->columns[i].vocab == b->columns[k].vocab) return true;
  return false;
}

/* A vocabulary is built from all data that shares it, whichever program runs. */
static void close_over_vocabs(SpecDataList list, bool *wanted) {
  for (bool more = true; more;) {
    more = false;
    for (uint32_t i = 0; i < list.count; i++)
      for (uint32_t k = 0; k < list.count; k++)
        if (wanted[i] && !wanted[k] && share_vocab(list.items[i], list.items[k]))
          wanted[k] = more = true;
  }
}

static bool collect_vocabs(Corpus *c, SpecDataList list) {
  uint32_t most = 0;
  for (uint32_t i = 0; i < list.count; i++) most += (uint32_t)list.items[i]->n_columns;
  c->vocabs = arena_array(&c->ctx->arena, CorpusVocab, most + 1);
  for (uint32_t i = 0; i < list.count; i++)
    for (int k = 0; k < list.items[i]->n_columns; k++) {
      SpecVocab *spec = list.items[i]->columns[k].vocab;
      if (!spec || find_vocab(c, spec)) continue;
      CorpusVocab *v = &c->vocabs[c->n_vocabs++];
      v->spec = spec;
      if (spec->kind == COL_bytes)
        v->vocab = vocab_bytes();
      else
        v->counts = vocab_new(spec->kind);
      if (!v->vocab && !v->counts) return no_memory(c);
    }
  return true;
}

static bool open_set(Corpus *c, uint32_t i, const SpecData *data) {
  Vocab **counts = arena_array(&c->ctx->arena, Vocab *, data->n_columns + 1);
  for (int k = 0; k < data->n_columns; k++) {
    CorpusVocab *v = find_vocab(c, data->columns[k].vocab);
    counts[k] = v ? v->counts : NULL;
  }
  return dataset_open(c->ctx, data, counts, &c->sets[i]);
}

static bool build_vocabs(Corpus *c, const bool *wanted, SpecDataList list) {
  for (uint32_t i = 0; i < c->n_vocabs; i++) {
    CorpusVocab *v = &c->vocabs[i];
    if (v->counts) {
      v->vocab = vocab_build(v->counts, v->spec->min_count, v->spec->max_size);
      vocab_free(v->counts);
      v->counts = NULL;
      if (!v->vocab) return no_memory(c);
    }
  }
  for (uint32_t i = 0; i < list.count; i++)
    for (int k = 0; wanted[i] && k < list.items[i]->n_columns; k++) {
      SpecVocab *spec = list.items[i]->columns[k].vocab;
      if (!spec) continue;
      c->sets[i].vocabs[k] = corpus_vocab(c, spec);
      spec_set_vocab(c->spec, spec, vocab_size(c->sets[i].vocabs[k]));
    }
  return true;
}

bool corpus_open(Ctx *ctx, Spec *spec, const bool *wanted, Corpus *c) {
  SpecDataList list = spec_data(spec);
  *c = (Corpus){.ctx = ctx, .spec = spec, .n_sets = list.count};
  c->sets = arena_array(&ctx->arena, Dataset, list.count + 1);
  bool *open = arena_array(&ctx->arena, bool, list.count + 1);
  for (uint32_t i = 0; i < list.count; i++) {
    open[i] = !wanted || wanted[i];
    c->sets[i].in.fd = -1;
  }
  close_over_vocabs(list, open);
  bool ok = collect_vocabs(c, list);
  for (uint32_t i = 0; ok && i < list.count; i++)
    if (open[i]) ok = open_set(c, i, list.items[i]);
  return ok && build_vocabs(c, open, list);
}

void corpus_close(Corpus *c) {
  for (uint32_t i = 0; i < c->n_sets; i++) dataset_close(&c->sets[i]);
  for (uint32_t i = 0; i < c->n_vocabs; i++) {
    vocab_free(c->vocabs[i].vocab);
    vocab_free(c->vocabs[i].counts);
  }
  *c = (Corpus){0};
}
