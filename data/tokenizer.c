/* Text to tokens and back: see tokenizer.h. */
#include "data/tokenizer.h"

#include <stdlib.h>

#include "base/utf8.h"

Tokenizer *tokenizer_new(Vocab *v) {
  Tokenizer *t = heap_alloc(sizeof *t);
  if (!t) return NULL;
  *t = (Tokenizer){.bpe = {.vocab = v, .unk = -1}};
  memset(t->bpe.bytes, -1, sizeof t->bpe.bytes);
  pthread_mutex_init(&t->lock, NULL);
  return t;
}

void tokenizer_free(Tokenizer *t) {
  if (!t) return;
  for (uint32_t i = 0; i < t->normalizer.n_steps; i++) {
    regex_free(t->normalizer.steps[i].regex);
    if (t->normalizer.steps[i].map) regex_free(t->normalizer.steps[i].map->grapheme);
  }
  for (uint32_t i = 0; i < t->cuts.len; i++) regex_free(t->cuts.data[i].regex);
  regex_free(t->raw.find);
  regex_free(t->normal.find);
  vocab_free(t->raw.names);
  vocab_free(t->normal.names);
  bpe_free(&t->bpe);
  bytes_free(&t->wordpiece.part);
  unigram_free(&t->unigram);
  words_free(&t->words);
  bytes_free(&t->whole);
  bytes_free(&t->spare);
  pthread_mutex_destroy(&t->lock);
  heap_free(t);
}

/* ---- finding added tokens ---- */

typedef struct TokenizerWanted {
  const AddedToken *token;
  const char *text; /* as it stands in the text */
  size_t n;
} TokenizerWanted;

/* The longest first, so that of two that begin in one place the longer is found. */
static int by_length(const void *a, const void *b) {
  const TokenizerWanted *x = a, *y = b;
  if (x->n != y->n) return x->n > y->n ? -1 : 1;
  return (x->token->id > y->token->id) - (x->token->id < y->token->id);
}

static void put_literal(const char *text, size_t n, Text *out) {
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)text[i];
    bool plain =
        c >= 128 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!c)
      text_puts(out, "\\x00");
    else
      text_printf(out, plain ? "%c" : "\\%c", c);
  }
}

static void put_wanted(const TokenizerWanted *w, Text *out) {
  if (w->token->lstrip) text_puts(out, "\\s*");
  if (w->token->single_word) text_puts(out, "(?<![" WORD_CLASS "])");
  text_putc(out, '(');
  put_literal(w->text, w->n, out);
  text_putc(out, ')');
  if (w->token->single_word) text_puts(out, "(?![" WORD_CLASS "])");
  if (w->token->rstrip) text_puts(out, "\\s*");
}

static bool want(Ctx *ctx, Tokenizer *t, const AddedToken *token, TokenizerWanted *out) {
  const VocabToken *name = &t->bpe.vocab->tokens.data[token->id];
  *out = (TokenizerWanted){token, name->text, name->n};
  if (!token->normalized) return true;
  Bytes text = {0}, spare = {0};
  bool ok =
      bytes_put(&text, name->text, name->n) && normalize(&t->normalizer, false, &text, &spare);
  if (ok) *out = (TokenizerWanted){token, arena_copy(&ctx->arena, text.data, text.n), text.n};
  bytes_free(&text);
  bytes_free(&spare);
  return ok;
}

static bool build_set(Ctx *ctx, Tokenizer *t, bool normalized, AddedSet *set, const char **why) {
  uint32_t n = 0;
  TokenizerWanted *list = arena_array(&ctx->arena, TokenizerWanted, t->added.len + 1);
  *why = "there is no memory for it";
  for (uint32_t i = 0; i < t->added.len; i++) {
    if (t->added.data[i].normalized != normalized) continue;
    if (!want(ctx, t, &t->added.data[i], &list[n])) return false;
    n += list[n].n > 0;
  }
  if (!n) return true;
  qsort(list, n, sizeof *list, by_length);
  set->names = vocab_new(COL_words, &ctx->arena);
  if (!set->names) return false;
  set->ids = arena_array(&set->names->arena, int32_t, n);
  Text pattern = text_new(&ctx->arena);
  text_puts(&pattern, "(?|"); /* each alternative's brackets are group 1 */
  for (uint32_t i = 0; i < n; i++) {
    int32_t before = (int32_t)set->names->tokens.len;
    if (vocab_add(set->names, list[i].text, list[i].n) < before) continue;
    set->ids[before] = list[i].token->special ? -1 : list[i].token->id;
    if (i) text_putc(&pattern, '|');
    put_wanted(&list[i], &pattern);
  }
  text_putc(&pattern, ')');
  set->find = regex_new(ctx, text_str(&pattern), pattern.len, why);
  return set->find != NULL;
}

bool tokenizer_finish(Ctx *ctx, Tokenizer *t, const char **why) {
  return build_set(ctx, t, false, &t->raw, why) && build_set(ctx, t, true, &t->normal, why);
}

/* ---- encoding ---- */

typedef struct Encoding {
  Tokenizer *t;
  Before before; /* what stands before what comes next */
  TokenList *out;
  int64_t *unknown;
} Encoding;

static bool encode_word(Encoding *e, const char *word, size_t n) {
  Tokenizer *t = e->t;
  if (t->model == MODEL_wordpiece)
    return wordpiece_encode(&t->wordpiece, word, n, e->out, e->unknown);
  if (t->model == MODEL_unigram) return unigram_encode(&t->unigram, word, n, e->out, e->unknown);
  return bpe_encode_word(&t->bpe, word, n, e->out, e->unknown);
}

/* What stands between added tokens; its text is in words.text. */
static bool encode_words(Encoding *e) {
  Words *w = &e->t->words;
  if (!words_cut(e->t->cuts.data, e->t->cuts.len, e->before, w)) return false;
  for (size_t i = 0; i < w->n; i++)
    if (!encode_word(e, w->text.data + w->words[i].at, w->words[i].n)) return false;
  return true;
}

/* A part of a text that has been normalised. */
static bool encode_part(Encoding *e, const char *text, size_t n) {
  Words *w = &e->t->words;
  if (!n) return true;
  w->text.n = 0;
  bool ok = bytes_put(&w->text, text, n) && encode_words(e);
  e->before = BEFORE_token;
  return ok;
}

/* Puts the tokens of a set, and calls what is between them 'part'. What looks like a special
 * token is passed over whole, as Hugging Face's library does with encode_special_tokens. */
static bool cut_added(Encoding *e, const AddedSet *set, const char *text, size_t n,
                      bool (*part)(Encoding *e, const char *text, size_t n)) {
  size_t at = 0, from = 0;
  RegexMatch m;
  while (set->find && from < n) {
    int found = regex_find(set->find, text, n, from, &m);
    if (found < 0) return false;
    if (!found) break;
    from = m.hi;
    int32_t number = vocab_find(set->names, text + m.group_lo, m.group_hi - m.group_lo);
    if (set->ids[number] < 0) continue;
    if (!part(e, text + at, m.lo - at)) return false;
    if (!token_push(e->out, set->ids[number])) return false;
    e->before = BEFORE_token;
    at = from;
  }
  return part(e, text + at, n - at);
}

static bool encode_raw(Encoding *e, const char *text, size_t n) {
  Tokenizer *t = e->t;
  if (!n) return true;
  if (!t->normal.find && !t->normalizer.n_steps) return encode_part(e, text, n);
  t->whole.n = 0;
  return bytes_put(&t->whole, text, n) &&
         normalize(&t->normalizer, e->before == BEFORE_text, &t->whole, &t->spare) &&
         cut_added(e, &t->normal, t->whole.data, t->whole.n, encode_part);
}

static bool encode_bad_byte(Encoding *e, unsigned char byte) {
  const Bpe *b = &e->t->bpe;
  int32_t id = b->unk >= 0 ? b->unk : b->bytes[byte];
  ++*e->unknown;
  e->before = BEFORE_token;
  return id < 0 || token_push(e->out, id);
}

bool tokenizer_encode(Tokenizer *t, const char *text, size_t n, bool first, TokenList *out,
                      int64_t *unknown) {
  Encoding e = {t, first ? BEFORE_nothing : BEFORE_text, out, unknown};
  bool ok = true;
  pthread_mutex_lock(&t->lock);
  while (ok && n) {
    size_t good = utf8_valid(text, n);
    ok = cut_added(&e, &t->raw, text, good, encode_raw);
    text += good;
    n -= good;
    if (ok && n) {
      ok = encode_bad_byte(&e, (unsigned char)*text);
      text++;
      n--;
    }
  }
  pthread_mutex_unlock(&t->lock);
  return ok;
}

/* ---- decoding ---- */

/* A run of byte tokens is text when all of it is, else each byte is U+FFFD. */
static void put_run(const char *bytes, size_t n, Text *out) {
  if (utf8_valid(bytes, n) == n)
    text_put(out, bytes, n);
  else
    for (size_t i = 0; i < n; i++) text_puts(out, "\xEF\xBF\xBD");
}

/* The text of token i: some tokens are written otherwise where a text begins. */
static const VocabToken *piece_at(const Tokenizer *t, const int32_t *ids, int64_t i) {
  return !i && t->firsts ? &t->firsts[ids[0]] : &t->pieces[ids[i]];
}

static void decode_fallback(const Tokenizer *t, const int32_t *ids, int64_t n, Text *out) {
  Text run = text_new(out->arena);
  for (int64_t i = 0; i < n; i++) {
    const VocabToken *piece = piece_at(t, ids, i);
    if (t->is_byte[ids[i]]) {
      text_put(&run, piece->text, piece->n);
      continue;
    }
    put_run(text_str(&run), run.len, out);
    run.len = 0;
    text_put(out, piece->text, piece->n);
  }
  put_run(text_str(&run), run.len, out);
}

void tokenizer_decode(const Tokenizer *t, const int32_t *ids, int64_t n, Text *out) {
  Text all = text_new(out->arena);
  if (t->style == DECODE_fallback)
    decode_fallback(t, ids, n, &all);
  else
    for (int64_t i = 0; i < n; i++) {
      if (i && t->style == DECODE_joined) text_putc(&all, ' ');
      text_put(&all, piece_at(t, ids, i)->text, piece_at(t, ids, i)->n);
    }
  size_t skip = 0;
  while (skip < all.len && (int64_t)skip < t->n_strip && all.data[skip] == t->strip) skip++;
  if (t->style == DECODE_bytes)
    text_put_utf8(out, text_str(&all), all.len);
  else
    text_put(out, text_str(&all) + skip, all.len - skip);
}
