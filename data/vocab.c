/* Vocabularies: see vocab.h. */
#include "data/vocab.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "data/tokenizer.h"

static const char *const special_name[N_SPECIAL_TOKENS] = {"<pad>", "<bos>", "<eos>", "<unk>"};

/* ---- the table ---- */

Vocab *vocab_new(ColumnKind kind) {
  Vocab *v = heap_alloc(sizeof *v);
  if (!v) return NULL;
  arena_init(&v->arena);
  v->kind = kind;
  v->n_slots = 256;
  v->slots = arena_array(&v->arena, int32_t, v->n_slots);
  memset(v->ascii, -1, sizeof v->ascii);
  memset(v->special, -1, sizeof v->special);
  return v;
}

void vocab_free(Vocab *v) {
  if (!v) return;
  tokenizer_free(v->tokenizer);
  arena_free(&v->arena);
  heap_free(v);
}

static int32_t *find_slot(const Vocab *v, const char *text, size_t n) {
  uint32_t mask = v->n_slots - 1, at = (uint32_t)hash_bytes(text, n, 0) & mask;
  for (; v->slots[at]; at = (at + 1) & mask) {
    const Token *t = &v->tokens.data[v->slots[at] - 1];
    if (t->n == n && !memcmp(t->text, text, n)) break;
  }
  return &v->slots[at];
}

int32_t vocab_find(const Vocab *v, const char *text, size_t n) {
  if (n == 1 && v->kind == COL_chars && (unsigned char)*text < 128)
    return v->ascii[(unsigned char)*text];
  return *find_slot(v, text, n) - 1;
}

static void grow_slots(Vocab *v) {
  v->n_slots *= 2;
  v->slots = arena_array(&v->arena, int32_t, v->n_slots);
  for (uint32_t i = 0; i < v->tokens.len; i++)
    *find_slot(v, v->tokens.data[i].text, v->tokens.data[i].n) = (int32_t)i + 1;
}

int32_t vocab_add(Vocab *v, const char *text, size_t n) {
  int32_t *slot = find_slot(v, text, n);
  if (*slot) return *slot - 1;
  int32_t id = (int32_t)v->tokens.len;
  Token token = {arena_copy(&v->arena, text, n), (uint32_t)n};
  vec_push(&v->arena, &v->tokens, token);
  *slot = id + 1;
  if (n == 1 && (unsigned char)*text < 128) v->ascii[(unsigned char)*text] = id;
  if (v->tokens.len * 2 > v->n_slots) grow_slots(v);
  return id;
}

void vocab_add_special(Vocab *v) {
  for (int i = 0; i < N_SPECIAL_TOKENS; i++)
    v->special[i] = vocab_add(v, special_name[i], strlen(special_name[i]));
}

Vocab *vocab_bytes(void) {
  Vocab *v = vocab_new(COL_bytes);
  if (!v) return NULL;
  vocab_add_special(v);
  for (int i = 0; i < 256; i++) vocab_add(v, &(char){(char)i}, 1);
  return v;
}

/* ---- cutting text ---- */

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

const char *vocab_next(ColumnKind kind, const char *text, size_t n, size_t *at, size_t *length) {
  int32_t code;
  if (kind == COL_words || kind == COL_vocab)
    while (*at < n && is_blank(text[*at])) ++*at;
  if (*at >= n) return NULL;
  const char *start = text + *at;
  if (kind == COL_chars)
    *length = (unsigned char)*start < 128 ? 1 : utf8_decode(start, n - *at, &code);
  else if (kind == COL_bytes)
    *length = 1;
  else
    for (*length = 0; *at + *length < n && !is_blank(start[*length]);) ++*length;
  *at += *length;
  return start;
}

int64_t vocab_length(ColumnKind kind, const char *text, size_t n) {
  size_t at = 0, length;
  int64_t count = 0;
  if (kind == COL_bytes) return (int64_t)n;
  while (vocab_next(kind, text, n, &at, &length)) count++;
  return count;
}

/* ---- building ---- */

void vocab_count_token(Vocab *v, const char *token, size_t n) {
  int32_t id = vocab_find(v, token, n);
  if (id < 0) id = vocab_add(v, token, n);
  if ((uint32_t)id >= v->counts_cap)
    v->counts = vec_grow(&v->arena, v->counts, &v->counts_cap, sizeof *v->counts);
  v->counts[id]++;
}

void vocab_count(Vocab *v, const char *text, size_t n) {
  size_t at = 0, length;
  for (const char *token; (token = vocab_next(v->kind, text, n, &at, &length));)
    vocab_count_token(v, token, length);
}
typedef struct Counted {
  Token token;
  int64_t count;
} Counted;

static int by_bytes(const Counted *a, const Counted *b) {
  size_t n = a->token.n < b->token.n ? a->token.n : b->token.n;
  int order = memcmp(a->token.text, b->token.text, n);
  return order ? order : (a->token.n > b->token.n) - (a->token.n < b->token.n);
}

static int compare_count(const void *a, const void *b) {
  const Counted *x = a, *y = b;
  if (x->count != y->count) return x->count > y->count ? -1 : 1;
  return by_bytes(x, y);
}

static int compare_bytes(const void *a, const void *b) { return by_bytes(a, b); }

Vocab *vocab_build(const Vocab *from, int64_t min_count, int64_t max_size) {
  Vocab *v = vocab_new(from->kind);
  if (!v) return NULL;
  uint32_t n = 0;
  Counted *list = arena_array(&v->arena, Counted, from->tokens.len + 1);
  vocab_add_special(v);
  for (uint32_t i = 0; i < from->tokens.len; i++)
    if (from->counts[i] >= min_count) list[n++] = (Counted){from->tokens.data[i], from->counts[i]};
  if (n) qsort(list, n, sizeof *list, compare_count);
  if (n > max_size - N_SPECIAL_TOKENS) n = (uint32_t)(max_size - N_SPECIAL_TOKENS);
  if (n && v->kind == COL_chars) qsort(list, n, sizeof *list, compare_bytes);
  for (uint32_t i = 0; i < n; i++) vocab_add(v, list[i].token.text, list[i].token.n);
  return v;
}

/* ---- text to numbers ---- */

bool token_push(TokenList *list, int32_t id) {
  if (list->len == list->cap) {
    size_t cap = list->cap ? 2 * list->cap : 256;
    int32_t *ids = heap_alloc(cap * sizeof *ids);
    if (!ids) return false;
    if (list->len) memcpy(ids, list->ids, list->len * sizeof *ids);
    heap_free(list->ids);
    list->ids = ids;
    list->cap = cap;
  }
  list->ids[list->len++] = id;
  return true;
}

void token_list_free(TokenList *list) {
  heap_free(list->ids);
  *list = (TokenList){0};
}

int32_t vocab_token(const Vocab *v, const char *token, size_t n, int64_t *unknown) {
  int32_t id =
      v->kind == COL_bytes ? N_SPECIAL_TOKENS + (unsigned char)*token : vocab_find(v, token, n);
  if (id >= 0) return id;
  ++*unknown;
  return v->special[TOKEN_unk];
}

bool vocab_encode(const Vocab *v, const char *text, size_t n, TokenList *out, int64_t *unknown) {
  size_t at = 0, length;
  if (v->tokenizer) return tokenizer_encode(v->tokenizer, text, n, true, out, unknown);
  for (const char *token; (token = vocab_next(v->kind, text, n, &at, &length));) {
    if (!token_push(out, vocab_token(v, token, length, unknown))) return false;
  }
  return true;
}

/* ---- numbers to text ---- */

/* Whether a token is no part of a text. */
static bool is_silent(const Vocab *v, int32_t id) {
  return id < 0 || id >= vocab_size(v) || id == v->special[TOKEN_pad] ||
         id == v->special[TOKEN_bos];
}

static int64_t before_eos(const Vocab *v, const int32_t *ids, int64_t n) {
  int64_t i = 0;
  while (i < n && (ids[i] != v->special[TOKEN_eos] || ids[i] < 0)) i++;
  return i;
}

static void decode_bpe(const Vocab *v, const int32_t *ids, int64_t n, Text *out) {
  int32_t *kept = arena_array(out->arena, int32_t, n + 1);
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++)
    if (!is_silent(v, ids[i])) kept[count++] = ids[i];
  tokenizer_decode(v->tokenizer, kept, count, out);
}

void vocab_decode(const Vocab *v, const int32_t *ids, int64_t n, Text *out) {
  bool words = v->kind == COL_words || v->kind == COL_vocab, first = true;
  n = before_eos(v, ids, n);
  if (v->tokenizer) {
    decode_bpe(v, ids, n, out);
    return;
  }
  for (int64_t i = 0; i < n; i++) {
    if (is_silent(v, ids[i])) continue;
    if (words && !first) text_putc(out, ' ');
    const Token *t = &v->tokens.data[ids[i]];
    text_put(out, t->text, t->n);
    first = false;
  }
}
