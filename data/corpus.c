/* Data sets and vocabularies of a spec: see corpus.h. */
#include "data/corpus.h"

#include <stdlib.h>
#include <string.h>

#include "data/vocab_file.h"
#include "io/tensors.h"

/* How fingerprints are made: those made in another way cannot be compared, and are not. */
#define FINGERPRINT "2:"

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

/* What a vocabulary is before its data is read: whole, or empty to count in. */
static bool begin_vocab(Corpus *c, CorpusVocab *v) {
  if (!str_none(v->spec->file)) {
    v->vocab = vocab_read(c->ctx, v->spec);
    return v->vocab != NULL;
  }
  if (v->spec->kind == COL_bytes)
    v->vocab = vocab_bytes(&c->ctx->arena);
  else
    v->counts = vocab_new(v->spec->kind, &c->ctx->arena);
  return v->vocab || v->counts || no_memory(c);
}

static void collect_vocabs(Corpus *c, SpecDataList list) {
  uint32_t most = 0;
  for (uint32_t i = 0; i < list.count; i++) most += (uint32_t)list.items[i]->n_columns;
  c->vocabs = arena_array(&c->ctx->arena, CorpusVocab, most + 1);
  for (uint32_t i = 0; i < list.count; i++)
    for (int k = 0; k < list.items[i]->n_columns; k++) {
      SpecVocab *spec = list.items[i]->columns[k].vocab;
      if (!spec || find_vocab(c, spec)) continue;
      CorpusVocab *v = &c->vocabs[c->n_vocabs++];
      v->spec = spec;
    }
}

/* A column that ends with <eos> needs one in its vocabulary, which may come from a file. */
static bool check_column(Corpus *c, const SpecColumn *column, const Vocab *v) {
  if (v && column->eos && v->special[TOKEN_eos] < 0) {
    diag_at(c->ctx, column->span, E_vocab_file,
            "the vocabulary of '%s' has no token that ends a text", ctx_text(c->ctx, column->name));
    diag_help(c->ctx, "say eos = false, or add one: <eos>, </s>, <|endoftext|> or <|end_of_text|>");
    return false;
  }
  return true;
}

static bool open_set(Corpus *c, uint32_t i, const SpecData *data) {
  Vocab **counts = arena_array(&c->ctx->arena, Vocab *, data->n_columns + 1);
  const Vocab **vocabs = arena_array(&c->ctx->arena, const Vocab *, data->n_columns + 1);
  for (int k = 0; k < data->n_columns; k++) {
    CorpusVocab *v = data->columns[k].vocab ? find_vocab(c, data->columns[k].vocab) : NULL;
    if (v && !v->vocab && !v->counts && !begin_vocab(c, v)) return false;
    counts[k] = v ? v->counts : NULL;
    vocabs[k] = v ? v->vocab : NULL;
    if (!check_column(c, &data->columns[k], vocabs[k])) return false;
  }
  return dataset_open(c->ctx, data, vocabs, counts, &c->sets[i]);
}

static bool build_vocabs(Corpus *c) {
  for (uint32_t i = 0; i < c->n_vocabs; i++) {
    CorpusVocab *v = &c->vocabs[i];
    if (v->counts) {
      v->vocab = vocab_build(v->counts, v->spec->min_count, v->spec->max_size);
      vocab_free(v->counts);
      v->counts = NULL;
      if (!v->vocab) return no_memory(c);
    }
    if (v->vocab) spec_set_vocab(c->spec, v->spec, vocab_size(v->vocab));
  }
  for (uint32_t i = 0; i < c->n_sets; i++)
    for (int k = 0; c->sets[i].spec && k < c->sets[i].spec->n_columns; k++)
      c->sets[i].vocabs[k] = corpus_vocab(c, c->sets[i].spec->columns[k].vocab);
  return true;
}

static void begin_corpus(Ctx *ctx, Spec *spec, Corpus *c) {
  SpecDataList list = spec_data(spec);
  *c = (Corpus){.ctx = ctx, .spec = spec, .n_sets = list.count};
  c->sets = arena_array(&ctx->arena, Dataset, list.count + 1);
  for (uint32_t i = 0; i < list.count; i++) c->sets[i].in.fd = -1;
  collect_vocabs(c, list);
}

static bool contains(const SpecDataList *list, const SpecData *data) {
  for (uint32_t i = 0; i < list->count; i++)
    if (list->items[i] == data) return true;
  return false;
}

bool corpus_open(Ctx *ctx, Spec *spec, const SpecDataList *wanted, Corpus *c) {
  SpecDataList list = spec_data(spec);
  begin_corpus(ctx, spec, c);
  bool *open = arena_array(&ctx->arena, bool, list.count + 1);
  for (uint32_t i = 0; i < list.count; i++) open[i] = !wanted || contains(wanted, list.items[i]);
  close_over_vocabs(list, open);
  bool ok = true;
  for (uint32_t i = 0; ok && i < list.count; i++)
    if (open[i]) ok = open_set(c, i, list.items[i]);
  return ok && build_vocabs(c);
}

/* ---- checkpoints ---- */

static const char *vocab_key(const Corpus *c, const SpecVocab *spec) {
  return ctx_printf(c->ctx, VOCAB_KEY "%s", ctx_text(c->ctx, spec->name));
}

void corpus_meta(const Corpus *c, Tensors *out) {
  for (uint32_t i = 0; i < c->n_vocabs; i++) {
    if (!c->vocabs[i].vocab) continue;
    Text text = text_new(&c->ctx->arena);
    vocab_to_json(c->vocabs[i].vocab, &text);
    tensors_set_meta(c->ctx, out, vocab_key(c, c->vocabs[i].spec), text_str(&text));
  }
  for (uint32_t i = 0; i < c->n_sets; i++) {
    const Dataset *set = &c->sets[i];
    if (!set->spec) continue;
    const char *key = ctx_printf(c->ctx, DATA_KEY "%s", ctx_text(c->ctx, set->spec->name));
    tensors_set_meta(
        c->ctx, out, key,
        ctx_printf(c->ctx, FINGERPRINT "%016llx", (unsigned long long)set->fingerprint));
  }
}

/* Where two vocabularies differ first. */
static void first_difference(Ctx *ctx, const Vocab *a, const Vocab *b) {
  uint32_t n = a->tokens.len < b->tokens.len ? a->tokens.len : b->tokens.len, i = 0;
  while (i < n && a->tokens.data[i].n == b->tokens.data[i].n &&
         !memcmp(a->tokens.data[i].text, b->tokens.data[i].text, a->tokens.data[i].n))
    i++;
  diag_expected(ctx, "%u tokens%s%.*s%s", a->tokens.len,
                i < a->tokens.len ? ctx_printf(ctx, ", number %u is '", i) : "",
                i < a->tokens.len ? (int)a->tokens.data[i].n : 0,
                i < a->tokens.len ? a->tokens.data[i].text : "", i < a->tokens.len ? "'" : "");
  diag_got(ctx, "%u tokens%s%.*s%s", b->tokens.len,
           i < b->tokens.len ? ctx_printf(ctx, ", number %u is '", i) : "",
           i < b->tokens.len ? (int)b->tokens.data[i].n : 0,
           i < b->tokens.len ? b->tokens.data[i].text : "", i < b->tokens.len ? "'" : "");
}

static bool same_vocab(const Corpus *c, const CorpusVocab *v, const char *stored,
                       const char *path) {
  Text mine = text_new(&c->ctx->arena);
  vocab_to_json(v->vocab, &mine);
  if (!strcmp(stored, text_str(&mine))) return true;
  const char *why = "";
  Vocab *other = vocab_from_json(c->ctx, stored, &why);
  diag_at(c->ctx, v->spec->span, E_vocab_mismatch,
          "the vocabulary '%s' is not the one that %s was trained with",
          ctx_text(c->ctx, v->spec->name), path);
  if (other)
    first_difference(c->ctx, other, v->vocab);
  else
    diag_got(c->ctx, "in the file: %s", why);
  diag_help(c->ctx,
            "was the data file, its split or min_count changed? vocab(\"%s\", of = \"%s\") "
            "takes the vocabulary of the checkpoint",
            path, ctx_text(c->ctx, v->spec->name));
  vocab_free(other);
  return false;
}

bool corpus_check_meta(const Corpus *c, const Tensors *file, const char *path) {
  for (uint32_t i = 0; i < c->n_vocabs; i++) {
    const CorpusVocab *v = &c->vocabs[i];
    const char *stored = v->vocab ? tensors_find_meta(file, vocab_key(c, v->spec)) : NULL;
    if (stored && !same_vocab(c, v, stored, path)) return false;
  }
  return true;
}

bool corpus_check_data(const Corpus *c, const Tensors *file, const char *path) {
  for (uint32_t i = 0; i < c->n_sets; i++) {
    const Dataset *set = &c->sets[i];
    if (!set->spec) continue;
    const char *key = ctx_printf(c->ctx, DATA_KEY "%s", ctx_text(c->ctx, set->spec->name));
    const char *stored = tensors_find_meta(file, key);
    size_t n = strlen(FINGERPRINT);
    if (!stored || strncmp(stored, FINGERPRINT, n)) continue;
    if (strtoull(stored + n, NULL, 16) == set->fingerprint) continue;
    diag_at(c->ctx, set->spec->path_span, E_data_changed,
            "'%s' is not what it was when %s was written", set->in.path, path);
    diag_help(c->ctx, "a run can be resumed only with the same records and the same split");
    diag_help(c->ctx, "--changed goes on with the data as it is now");
    return false;
  }
  return true;
}

bool corpus_from_meta(Ctx *ctx, Spec *spec, const Tensors *file, const char *path, Corpus *c) {
  begin_corpus(ctx, spec, c);
  for (uint32_t i = 0; i < c->n_vocabs; i++) {
    const char *stored = tensors_find_meta(file, vocab_key(c, c->vocabs[i].spec)), *why = "";
    if (!stored) continue;
    c->vocabs[i].vocab = vocab_from_json(ctx, stored, &why);
    if (!c->vocabs[i].vocab) {
      diag_at(ctx, (Span){0}, E_vocab_file, "%s: the vocabulary '%s' cannot be read: %s", path,
              ctx_text(ctx, c->vocabs[i].spec->name), why);
      return false;
    }
    spec_set_vocab(spec, c->vocabs[i].spec, vocab_size(c->vocabs[i].vocab));
  }
  return true;
}

void corpus_close(Corpus *c) {
  for (uint32_t i = 0; i < c->n_sets; i++) dataset_close(&c->sets[i]);
  for (uint32_t i = 0; i < c->n_vocabs; i++) {
    vocab_free(c->vocabs[i].vocab);
    vocab_free(c->vocabs[i].counts);
  }
  *c = (Corpus){0};
}
