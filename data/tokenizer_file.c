/* Reading a tokenizer.json: see tokenizer_file.h. */
#include "data/tokenizer_file.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_error.h"
#include "data/tokenizer.h"

/* ---- messages ---- */

/* ---- tokens ---- */

typedef struct TokenizerEntry {
  const char *text;
  size_t n;
} TokenizerEntry;

static bool token_number(TokenizerReader *r, const json_t *id, size_t limit, const char *text,
                         size_t *out) {
  if (!json_is_integer(id) || json_integer_value(id) < 0)
    return reader_fail(r, "the token '%s' has no number", text);
  if ((uint64_t)json_integer_value(id) >= limit)
    return reader_fail(r, "the token '%s' has the number %lld, but there are only %zu tokens", text,
                       (long long)json_integer_value(id), limit);
  *out = (size_t)json_integer_value(id);
  return true;
}

/* Unigram's list of [token, score]. */
static bool collect_scored(TokenizerReader *r, const json_t *vocab, TokenizerEntry *entries) {
  const json_t *pair;
  size_t i;
  double *scores = arena_array(&r->vocab->arena, double, json_array_size(vocab) + 1);
  json_array_foreach(vocab, i, pair) {
    const json_t *token = json_array_get(pair, 0), *score = json_array_get(pair, 1);
    if (json_array_size(pair) != 2 || !json_is_string(token) || !json_is_number(score))
      return reader_fail(r, "model.vocab: entry %zu is not [\"token\", score]", i);
    entries[i] = (TokenizerEntry){json_string_value(token), json_string_length(token)};
    scores[i] = json_number_value(score);
  }
  r->tokenizer->unigram.scores = scores;
  return true;
}

static bool collect_model(TokenizerReader *r, const json_t *vocab, TokenizerEntry *entries,
                          size_t limit) {
  if (json_is_array(vocab)) return collect_scored(r, vocab, entries);
  const char *key;
  json_t *value;
  size_t id = 0;
  json_object_foreach((json_t *)vocab, key, value) {
    if (!token_number(r, value, limit, key, &id)) return false;
    if (entries[id].text) return reader_fail(r, "model.vocab: two tokens have the number %zu", id);
    entries[id] = (TokenizerEntry){key, strlen(key)};
  }
  return true;
}

static bool collect_added(TokenizerReader *r, const json_t *added, TokenizerEntry *entries,
                          size_t limit) {
  const json_t *one;
  size_t i, id = 0;
  json_array_foreach(added, i, one) {
    const json_t *content = json_object_get(one, "content");
    if (!reader_keys(r, one, "added_tokens",
                     "id content single_word lstrip rstrip normalized special"))
      return false;
    if (!json_string_length(content)) return reader_fail(r, "added_tokens.content is no text");
    const char *text = json_string_value(content);
    size_t n = json_string_length(content);
    if (!token_number(r, json_object_get(one, "id"), limit, text, &id)) return false;
    if (entries[id].text && (entries[id].n != n || memcmp(entries[id].text, text, n)))
      return reader_fail(r, "added_tokens: '%s' has the number of '%s'", text, entries[id].text);
    entries[id] = (TokenizerEntry){text, n};
    AddedToken token = {.id = (int32_t)id,
                        .special = json_is_true(json_object_get(one, "special")),
                        .normalized = json_is_true(json_object_get(one, "normalized")),
                        .single_word = json_is_true(json_object_get(one, "single_word")),
                        .lstrip = json_is_true(json_object_get(one, "lstrip")),
                        .rstrip = json_is_true(json_object_get(one, "rstrip"))};
    vec_push(&r->vocab->arena, &r->tokenizer->added, token);
  }
  return true;
}

static bool add_entries(TokenizerReader *r, const TokenizerEntry *entries, size_t limit) {
  while (limit && !entries[limit - 1].text) limit--;
  if (!limit) return reader_fail(r, "model.vocab has no tokens");
  for (size_t i = 0; i < limit; i++) {
    if (!entries[i].text) return reader_fail(r, "no token has the number %zu", i);
    if (!entries[i].n) return reader_fail(r, "the token with the number %zu is empty", i);
    if (vocab_add(r->vocab, entries[i].text, entries[i].n) != (int32_t)i)
      return reader_fail(r, "the token '%s' stands twice", entries[i].text);
  }
  return true;
}

static bool read_tokens(TokenizerReader *r, const json_t *json) {
  const json_t *vocab = json_object_get(json_object_get(json, "model"), "vocab");
  const json_t *added = json_object_get(json, "added_tokens");
  bool scored = !strcmp(reader_type(json_object_get(json, "model")), "Unigram");
  if (!scored && !json_is_object(vocab)) return reader_fail(r, "model.vocab is no JSON object");
  if (scored && !json_is_array(vocab)) return reader_fail(r, "model.vocab is no list");
  size_t limit =
      (scored ? json_array_size(vocab) : json_object_size(vocab)) + json_array_size(added);
  if (limit > INT32_MAX / 2) return reader_fail(r, "model.vocab has too many tokens");
  TokenizerEntry *entries = heap_alloc((limit + 1) * sizeof *entries);
  if (!entries) return reader_fail(r, "there is no memory for it");
  bool ok = collect_model(r, vocab, entries, limit) && collect_added(r, added, entries, limit) &&
            add_entries(r, entries, limit);
  heap_free(entries);
  return ok;
}

/* ---- model ---- */

/* Takes "a b" or ["a", "b"] apart. */
static bool merge_sides(TokenizerReader *r, const json_t *merge, TokenizerEntry *left,
                        TokenizerEntry *right) {
  const json_t *a = json_is_array(merge) ? json_array_get(merge, 0) : merge;
  const json_t *b = json_is_array(merge) ? json_array_get(merge, 1) : merge;
  if (!json_is_string(a) || !json_is_string(b) ||
      (json_is_array(merge) && json_array_size(merge) != 2))
    return reader_fail(r, "model.merges: neither \"a b\" nor [\"a\", \"b\"]");
  *left = (TokenizerEntry){json_string_value(a), json_string_length(a)};
  *right = (TokenizerEntry){json_string_value(b), json_string_length(b)};
  if (json_is_array(merge)) return true;
  const char *blank = memchr(left->text, ' ', left->n);
  if (!blank) return reader_fail(r, "model.merges: '%s' is not two tokens", left->text);
  left->n = (size_t)(blank - left->text);
  right->text = blank + 1;
  right->n -= left->n + 1;
  return true;
}

static bool add_merge(TokenizerReader *r, const json_t *merge, Bytes *both) {
  TokenizerEntry a = {0}, b = {0};
  if (!merge_sides(r, merge, &a, &b)) return false;
  both->n = 0;
  if (!bytes_put(both, a.text, a.n) || !bytes_put(both, b.text, b.n))
    return reader_fail(r, "there is no memory for it");
  int32_t left = vocab_find(r->vocab, a.text, a.n), right = vocab_find(r->vocab, b.text, b.n);
  int32_t made = vocab_find(r->vocab, both->data, both->n);
  if (left < 0 || right < 0 || made < 0)
    return reader_fail(r,
                       "model.merges: '%.*s' with '%.*s': one of them, or both joined, is no token",
                       (int)a.n, a.text, (int)b.n, b.text);
  return bpe_add_merge(&r->tokenizer->bpe, left, right, made) ||
         reader_fail(r, "model.merges: '%.*s' with '%.*s' stands twice", (int)a.n, a.text, (int)b.n,
                     b.text);
}

static bool read_merges(TokenizerReader *r, const json_t *merges) {
  const json_t *merge;
  size_t i;
  Bytes both = {0};
  if (!json_is_array(merges)) return reader_fail(r, "model.merges is no list");
  bool ok = bpe_init(&r->tokenizer->bpe, r->vocab, (uint32_t)json_array_size(merges)) ||
            reader_fail(r, "there is no memory for it");
  json_array_foreach(merges, i, merge) ok = ok && add_merge(r, merge, &both);
  bytes_free(&both);
  return ok;
}

static void find_bytes(TokenizerReader *r) {
  Bpe *b = &r->tokenizer->bpe;
  for (int i = 0; i < 256; i++) {
    char name[8];
    size_t n = b->byte_level ? byte_print((unsigned char)i, name)
                             : (size_t)snprintf(name, sizeof name, "<0x%02X>", i);
    b->bytes[i] = b->byte_level || b->byte_fallback ? vocab_find(r->vocab, name, n) : -1;
  }
}

/* Members that would change what is encoded are empty. */
static bool check_unused(TokenizerReader *r, const json_t *model) {
  static const char *const names[] = {"dropout", "continuing_subword_prefix", "end_of_word_suffix"};
  for (int i = 0; i < 3; i++) {
    const json_t *value = json_object_get(model, names[i]);
    bool empty = !value || json_is_null(value) ||
                 (json_is_string(value) && !json_string_length(value)) ||
                 (json_is_number(value) && json_number_value(value) == 0);
    if (!empty) return reader_fail(r, "model.%s is not supported", names[i]);
  }
  return true;
}

static bool find_unk(TokenizerReader *r, const json_t *model) {
  const json_t *unk = json_object_get(model, "unk_token");
  Bpe *b = &r->tokenizer->bpe;
  if (!json_is_string(unk)) return true;
  b->unk = vocab_find(r->vocab, json_string_value(unk), json_string_length(unk));
  return b->unk >= 0 || reader_fail(r, "model.unk_token: '%s' is no token", json_string_value(unk));
}

static bool read_wordpiece(TokenizerReader *r, const json_t *model) {
  WordPiece *w = &r->tokenizer->wordpiece;
  const json_t *prefix = json_object_get(model, "continuing_subword_prefix");
  const json_t *most = json_object_get(model, "max_input_chars_per_word");
  if (!reader_keys(r, model, "model",
                   "type unk_token continuing_subword_prefix max_input_chars_per_word vocab") ||
      !find_unk(r, model))
    return false;
  if (r->tokenizer->bpe.unk < 0) return reader_fail(r, "model.unk_token is missing");
  *w = (WordPiece){.vocab = r->vocab, .prefix = "##", .n_prefix = 2, .most = 100};
  w->unk = r->tokenizer->bpe.unk;
  if (json_is_string(prefix)) {
    w->n_prefix = json_string_length(prefix);
    w->prefix = arena_copy(&r->vocab->arena, json_string_value(prefix), w->n_prefix + 1);
  }
  if (json_is_integer(most)) w->most = json_integer_value(most);
  for (int64_t i = 0; i < vocab_size(r->vocab); i++)
    if (r->vocab->tokens.data[i].n > w->longest) w->longest = r->vocab->tokens.data[i].n;
  r->tokenizer->model = MODEL_wordpiece;
  return true;
}

static bool read_unigram(TokenizerReader *r, const json_t *model) {
  Unigram *u = &r->tokenizer->unigram;
  Bpe *b = &r->tokenizer->bpe;
  const json_t *unk = json_object_get(model, "unk_id");
  size_t n = json_array_size(json_object_get(model, "vocab"));
  if (!reader_keys(r, model, "model", "type unk_id vocab byte_fallback")) return false;
  if (json_is_integer(unk) &&
      (json_integer_value(unk) < 0 || json_integer_value(unk) >= (int64_t)n))
    return reader_fail(r, "model.unk_id is the number of no token");
  b->unk = json_is_integer(unk) ? (int32_t)json_integer_value(unk) : -1;
  b->byte_fallback = json_is_true(json_object_get(model, "byte_fallback"));
  find_bytes(r);
  u->unk = b->unk;
  u->fuse_unk = true;
  u->byte_fallback = b->byte_fallback;
  u->bytes = b->bytes;
  unigram_build(u, r->vocab, (uint32_t)n);
  r->tokenizer->model = MODEL_unigram;
  return true;
}

static bool read_model(TokenizerReader *r, const json_t *model) {
  Bpe *b = &r->tokenizer->bpe;
  const char *type = reader_type(model);
  bool other = !strcmp(type, "WordPiece") || !strcmp(type, "Unigram");
  if (other && b->byte_level)
    return reader_fail(r, "pre_tokenizer: 'ByteLevel' is only supported with BPE");
  if (other) return *type == 'W' ? read_wordpiece(r, model) : read_unigram(r, model);
  if (*type && strcmp(type, "BPE"))
    return reader_fail(r, "model: '%s' is not supported, only BPE, WordPiece and Unigram", type);
  if (!reader_keys(r, model, "model",
                   "type dropout unk_token continuing_subword_prefix end_of_word_suffix fuse_unk "
                   "byte_fallback ignore_merges vocab merges") ||
      !check_unused(r, model))
    return false;
  b->fuse_unk = json_is_true(json_object_get(model, "fuse_unk"));
  b->byte_fallback = json_is_true(json_object_get(model, "byte_fallback"));
  b->ignore_merges = json_is_true(json_object_get(model, "ignore_merges"));
  if (!find_unk(r, model)) return false;
  find_bytes(r);
  return read_merges(r, json_object_get(model, "merges"));
}

/* ---- the whole ---- */

static int32_t first_of(const Vocab *v, const char *const *names) {
  for (; *names; names++) {
    int32_t id = vocab_find(v, *names, strlen(*names));
    if (id >= 0) return id;
  }
  return -1;
}

/* By the names that public tokenizers use. Where nothing begins a text, its end does, as in
 * GPT-2. */
static void find_special(TokenizerReader *r) {
  static const char *const pad[] = {"<pad>", "<|pad|>", "[PAD]", "<|finetune_right_pad_id|>", NULL};
  static const char *const bos[] = {"<bos>", "<s>", "<|begin_of_text|>", "[BOS]", "[CLS]", NULL};
  static const char *const eos[] = {"<eos>", "</s>", "<|endoftext|>", "<|end_of_text|>", "[EOS]",
                                    "[SEP]", NULL};
  static const char *const unk[] = {"<unk>", "[UNK]", NULL};
  Vocab *v = r->vocab;
  v->special[TOKEN_pad] = first_of(v, pad);
  v->special[TOKEN_eos] = first_of(v, eos);
  v->special[TOKEN_bos] = first_of(v, bos);
  v->special[TOKEN_unk] = r->tokenizer->bpe.unk >= 0 ? r->tokenizer->bpe.unk : first_of(v, unk);
  if (v->special[TOKEN_bos] < 0) v->special[TOKEN_bos] = v->special[TOKEN_eos];
}

/* ---- post_processor: which special tokens stand around a text ---- */

/* The number of a special token of a template; -1. */
static int32_t template_token(const json_t *json, const json_t *item) {
  const char *id = json_string_value(json_object_get(json_object_get(item, "SpecialToken"), "id"));
  const json_t *token = id ? json_object_get(json_object_get(json, "special_tokens"), id) : NULL;
  const json_t *ids = json_object_get(token, "ids");
  return json_array_size(ids) == 1 ? (int32_t)json_integer_value(json_array_get(ids, 0)) : -1;
}

/* One token before the text and one behind it at most; more are the model's business. */
static void read_template(const json_t *json, int32_t *bos, int32_t *eos) {
  const json_t *list = json_object_get(json, "single"), *item;
  size_t i, text = SIZE_MAX;
  json_array_foreach(list, i, item) if (json_object_get(item, "Sequence")) text = i;
  if (text == 1) *bos = template_token(json, json_array_get(list, 0));
  if (text != SIZE_MAX && text + 2 == json_array_size(list))
    *eos = template_token(json, json_array_get(list, text + 1));
}

static int32_t pair_number(const json_t *json, const char *name) {
  const json_t *number = json_array_get(json_object_get(json, name), 1);
  return json_is_integer(number) ? (int32_t)json_integer_value(number) : -1;
}

static void read_post(const json_t *json, int32_t *bos, int32_t *eos) {
  const char *type = reader_type(json);
  const json_t *one;
  size_t i;
  if (!strcmp(type, "TemplateProcessing")) read_template(json, bos, eos);
  if (!strcmp(type, "BertProcessing") || !strcmp(type, "RobertaProcessing")) {
    *bos = pair_number(json, "cls");
    *eos = pair_number(json, "sep");
  }
  json_array_foreach(json_object_get(json, "processors"), i,
                     one) if (strcmp(reader_type(one), "Sequence")) read_post(one, bos, eos);
}

/* Where the file says it, it is not taken from the names. True when that makes a difference, so
 * that a checkpoint has to keep it. */
static bool take_post(TokenizerReader *r, const json_t *json) {
  int32_t bos = -1, eos = -1, *special = r->vocab->special;
  read_post(json, &bos, &eos);
  bool other = false;
  if (bos >= 0 && bos < vocab_size(r->vocab) && bos != special[TOKEN_bos]) {
    special[TOKEN_bos] = bos;
    other = true;
  }
  if (eos >= 0 && eos < vocab_size(r->vocab) && eos != special[TOKEN_eos]) {
    special[TOKEN_eos] = eos;
    other = true;
  }
  return other;
}

/* Whether n bytes have at least n / longest tokens. */
static void find_longest(Tokenizer *t, const Vocab *v) {
  bool bounded =
      t->model == MODEL_bpe && !t->normalizer.n_steps && !(t->bpe.unk >= 0 && t->bpe.fuse_unk);
  if (t->bpe.unk < 0)
    for (int i = 0; i < 256; i++) bounded = bounded && t->bpe.bytes[i] >= 0;
  for (uint32_t i = 0; i < t->cuts.len; i++)
    bounded = bounded && t->cuts.data[i].behavior != CUT_removed;
  for (uint32_t i = 0; i < t->added.len; i++)
    bounded = bounded && !t->added.data[i].lstrip && !t->added.data[i].rstrip;
  for (uint32_t i = 0; bounded && i < v->tokens.len; i++)
    if (v->tokens.data[i].n > t->longest) t->longest = v->tokens.data[i].n;
}

/* What a checkpoint keeps, in one way of writing. */
static bool keep_json(TokenizerReader *r, const json_t *json) {
  static const char *const names[] = {"added_tokens", "normalizer", "pre_tokenizer",
                                      "decoder",      "model",      "post_processor"};
  json_t *kept = json_object();
  find_special(r);
  int n = take_post(r, json_object_get(json, "post_processor")) ? 6 : 5;
  for (int i = 0; i < n; i++) {
    json_t *part = json_object_get(json, names[i]);
    if (part) json_object_set(kept, names[i], part);
  }
  char *text = json_dumps(kept, JSON_COMPACT | JSON_SORT_KEYS);
  json_decref(kept);
  if (text) r->tokenizer->json = arena_strdup(&r->vocab->arena, text);
  bool ok = text != NULL;
  free(text); /* allowed: of jansson */
  return ok || reader_fail(r, "there is no memory for it");
}

static bool read_all(TokenizerReader *r, const json_t *json) {
  static const char *const dressing[] = {"truncation", "padding"};
  if (!reader_keys(
          r, json, "",
          "version truncation padding added_tokens normalizer pre_tokenizer post_processor "
          "decoder model"))
    return false;
  for (int i = 0; i < 2; i++) {
    const json_t *value = json_object_get(json, dressing[i]);
    if (value && !json_is_null(value))
      return reader_fail(r, "%s is not supported: batches are padded, and columns have max_len",
                         dressing[i]);
  }
  return read_tokens(r, json) && reader_normalizer(r, json_object_get(json, "normalizer")) &&
         reader_pre_tokenizer(r, json_object_get(json, "pre_tokenizer")) &&
         read_model(r, json_object_get(json, "model")) &&
         reader_decoder(r, json_object_get(json, "decoder")) && keep_json(r, json) &&
         tokenizer_finish(r->ctx, r->tokenizer, r->why);
}

Vocab *tokenizer_from_json(Ctx *ctx, const json_t *json, const char **why) {
  Vocab *v = vocab_new(COL_bpe, &ctx->arena);
  if (v) v->tokenizer = tokenizer_new(v);
  TokenizerReader r = {ctx, why, v, v ? v->tokenizer : NULL};
  *why = "there is no memory for it";
  if (v && v->tokenizer && read_all(&r, json)) {
    find_longest(v->tokenizer, v);
    return v;
  }
  vocab_free(v);
  return NULL;
}

Vocab *tokenizer_parse(Ctx *ctx, const char *text, size_t n, const char **why) {
  json_error_t error;
  json_t *json = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
  if (!json) {
    *why = ctx_printf(ctx, "line %d: %.*s", error.line, json_error_length(error.text), error.text);
    return NULL;
  }
  Vocab *v = tokenizer_from_json(ctx, json, why);
  json_decref(json);
  return v;
}
