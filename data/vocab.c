/* Vocabularies: see vocab.h. */
#include "data/vocab.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "data/tokenizer.h"

const char *const special_name[N_SPECIAL_TOKENS] = {"<pad>", "<bos>", "<eos>", "<unk>"};

/* ---- the table ---- */

Vocab *vocab_new(ColumnKind kind, const Arena *like) {
  Vocab *v = heap_alloc(sizeof *v);
  if (!v) return NULL;
  arena_guard(&v->arena, like ? like->escape : NULL);
  v->kind = kind;
  v->n_slots = 256;
  v->slots = arena_array(&v->arena, VocabSlot, v->n_slots);
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

static uint64_t load(const char *from, size_t n) {
  uint64_t bytes = 0;
  memcpy(&bytes, from, n);
  return bytes;
}

/* At most 8 bytes as a number; reads that overlap take the place of a loop. */
static uint64_t pack(const char *text, size_t n) {
  if (n == 8) return load(text, 8);
  if (n >= 4) return load(text, 4) | load(text + n - 4, 4) << (8 * (n - 4));
  if (n >= 2) return load(text, 2) | load(text + n - 2, 2) << (8 * (n - 2));
  return n ? (unsigned char)*text : 0;
}

static VocabSlot *find_slot(const Vocab *v, const char *text, size_t n, uint64_t *key) {
  *key = n <= 8 ? pack(text, n) : hash_wide(text, n, 0);
  uint32_t mask = v->n_slots - 1;
  uint32_t at = (uint32_t)((*key + n) * 0x9e3779b97f4a7c15u >> 32) & mask;
  for (; v->slots[at].number; at = (at + 1) & mask) {
    const VocabSlot *slot = &v->slots[at];
    if (slot->key != *key || slot->n != n) continue;
    if (n <= 8 || !memcmp(v->tokens.data[slot->number - 1].text, text, n)) break;
  }
  return &v->slots[at];
}

int32_t vocab_find(const Vocab *v, const char *text, size_t n) {
  uint64_t key;
  if (n == 1 && v->kind == COL_chars && (unsigned char)*text < 128)
    return v->ascii[(unsigned char)*text];
  return find_slot(v, text, n, &key)->number - 1;
}

static void grow_slots(Vocab *v) {
  const VocabSlot *old = v->slots;
  uint32_t n = v->n_slots;
  v->n_slots *= 2;
  v->slots = arena_array(&v->arena, VocabSlot, v->n_slots);
  for (uint32_t i = 0; i < n; i++) {
    uint64_t key;
    if (!old[i].number) continue;
    const VocabToken *token = &v->tokens.data[old[i].number - 1];
    *find_slot(v, token->text, token->n, &key) = old[i];
  }
}

static int32_t push_token(Vocab *v, const char *text, size_t n) {
  VocabToken token = {arena_copy(&v->arena, text, n), (uint32_t)n};
  vec_push(&v->arena, &v->tokens, token);
  return (int32_t)v->tokens.len - 1;
}

int32_t vocab_add(Vocab *v, const char *text, size_t n) {
  uint64_t key;
  VocabSlot *slot = find_slot(v, text, n, &key);
  if (slot->number) return slot->number - 1;
  int32_t id = push_token(v, text, n);
  *slot = (VocabSlot){key, (uint32_t)n, id + 1};
  if (n == 1 && (unsigned char)*text < 128) v->ascii[(unsigned char)*text] = id;
  if (v->tokens.len * 2 > v->n_slots) grow_slots(v);
  return id;
}

void vocab_add_special(Vocab *v) {
  for (int i = 0; i < N_SPECIAL_TOKENS; i++)
    v->special[i] = push_token(v, special_name[i], strlen(special_name[i]));
}

Vocab *vocab_bytes(const Arena *like) {
  Vocab *v = vocab_new(COL_bytes, like);
  if (!v) return NULL;
  vocab_add_special(v);
  for (int i = 0; i < 256; i++) vocab_add(v, &(char){(char)i}, 1);
  return v;
}

/* ---- cutting text ---- */

static inline bool is_blank(char c) { return c == ' ' || (unsigned char)(c - '\t') < 5; }

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

static int64_t count_words(const char *text, size_t n) {
  int64_t count = 0;
  bool inside = false;
  for (size_t i = 0; i < n; i++) {
    bool blank = is_blank(text[i]);
    count += !blank && !inside;
    inside = !blank;
  }
  return count;
}

int64_t vocab_length(ColumnKind kind, const char *text, size_t n) {
  int64_t count = 0, characters;
  if (kind == COL_bytes) return (int64_t)n;
  if (kind != COL_chars) return count_words(text, n);
  for (size_t at = 0; at < n; at++, count++) { /* a byte that is no character is a token, too */
    at += utf8_count(text + at, n - at, &characters);
    count += characters;
    if (at == n) break;
  }
  return count;
}

/* ---- building ---- */

enum { ASCII_LANES = 4 }; /* tables that neighbours count in, so that they need not wait */

static int64_t *ascii_counts(Vocab *v) {
  if (!v->ascii_counts) v->ascii_counts = arena_array(&v->arena, int64_t, ASCII_LANES * 128);
  return v->ascii_counts;
}

void vocab_count_token(Vocab *v, const char *token, size_t n) {
  if (v->kind == COL_chars && n == 1 && (unsigned char)*token < 128) {
    ascii_counts(v)[(unsigned char)*token]++;
    return;
  }
  int32_t id = vocab_add(v, token, n);
  if ((uint32_t)id >= v->counts_cap)
    v->counts = vec_grow(&v->arena, v->counts, &v->counts_cap, sizeof *v->counts);
  v->counts[id]++;
}

static void count_chars(Vocab *v, const char *text, size_t n) {
  int64_t *ascii = ascii_counts(v);
  int32_t code;
  for (size_t at = 0; at < n;) {
    uint64_t eight = UINT64_MAX;
    if (n - at >= 8) memcpy(&eight, text + at, 8);
    if (!(eight & 0x8080808080808080u)) {
      for (int k = 0; k < 8; k++, eight >>= 8) ascii[(k % ASCII_LANES) * 128 + (eight & 127)]++;
      at += 8;
    } else if ((unsigned char)text[at] < 128) {
      ascii[(unsigned char)text[at++]]++;
    } else {
      size_t length = utf8_decode(text + at, n - at, &code);
      vocab_count_token(v, text + at, length);
      at += length;
    }
  }
}

static void count_each_word(Vocab *v, const char *text, size_t n) {
  for (size_t at = 0, end; at < n; at = end + 1) {
    for (end = at; end < n && !is_blank(text[end]);) end++;
    if (end > at) vocab_count_token(v, text + at, end - at);
  }
}

void vocab_count(Vocab *v, const char *text, size_t n) {
  size_t at = 0, length;
  if (v->kind == COL_chars)
    count_chars(v, text, n);
  else if (v->kind == COL_words)
    count_each_word(v, text, n);
  else
    for (const char *token; (token = vocab_next(v->kind, text, n, &at, &length));)
      vocab_count_token(v, token, length);
}

typedef struct Counted {
  VocabToken token;
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

/* Characters of one byte that occur often enough. */
static uint32_t take_ascii(Vocab *v, const Vocab *from, int64_t min_count, Counted *list) {
  uint32_t n = 0;
  for (int c = 0; from->ascii_counts && c < 128; c++) {
    int64_t count = 0;
    for (int k = 0; k < ASCII_LANES; k++) count += from->ascii_counts[k * 128 + c];
    if (count && count >= min_count)
      list[n++] = (Counted){{arena_copy(&v->arena, &(char){(char)c}, 1), 1}, count};
  }
  return n;
}

Vocab *vocab_build(const Vocab *from, int64_t min_count, int64_t max_size) {
  Vocab *v = vocab_new(from->kind, &from->arena);
  if (!v) return NULL;
  Counted *list = arena_array(&v->arena, Counted, from->tokens.len + 128);
  uint32_t n = take_ascii(v, from, min_count, list);
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

/* The number of a token; <unk>, and one more *unknown, when there is none. */
static int32_t vocab_token(const Vocab *v, const char *token, size_t n, int64_t *unknown) {
  int32_t id =
      v->kind == COL_bytes ? N_SPECIAL_TOKENS + (unsigned char)*token : vocab_find(v, token, n);
  if (id >= 0) return id;
  ++*unknown;
  return v->special[TOKEN_unk];
}

static bool encode_chars(const Vocab *v, const char *text, size_t n, TokenList *out,
                         int64_t *unknown) {
  size_t at = 0, length;
  int32_t code;
  for (; at < n; at += length) {
    bool ascii = (unsigned char)text[at] < 128;
    length = ascii ? 1 : utf8_decode(text + at, n - at, &code);
    int32_t id = ascii ? v->ascii[(unsigned char)text[at]] : vocab_find(v, text + at, length);
    *unknown += id < 0;
    if (!token_push(out, id < 0 ? v->special[TOKEN_unk] : id)) return false;
  }
  return true;
}

bool vocab_encode_part(const Vocab *v, const char *text, size_t n, bool first, TokenList *out,
                       int64_t *unknown) {
  size_t at = 0, length;
  if (v->tokenizer) return tokenizer_encode(v->tokenizer, text, n, first, out, unknown);
  if (v->kind == COL_chars) return encode_chars(v, text, n, out, unknown);
  for (const char *token; (token = vocab_next(v->kind, text, n, &at, &length));) {
    if (!token_push(out, vocab_token(v, token, length, unknown))) return false;
  }
  return true;
}

bool vocab_encode(const Vocab *v, const char *text, size_t n, TokenList *out, int64_t *unknown) {
  return vocab_encode_part(v, text, n, true, out, unknown);
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

void vocab_put_token(const Vocab *v, int32_t id, const char *also, Text *out) {
  const VocabToken *t = &v->tokens.data[id];
  for (int i = 0; i < N_SPECIAL_TOKENS; i++)
    if (v->special[i] != id && strlen(special_name[i]) == t->n &&
        !memcmp(special_name[i], t->text, t->n))
      text_putc(out, '\\');
  text_put_escaped(out, t->text, t->n, also);
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
    const VocabToken *t = &v->tokens.data[ids[i]];
    if (ids[i] == v->special[TOKEN_unk] && vocab_find(v, t->text, t->n) >= 0)
      text_puts(out, "\xEF\xBF\xBD");
    else
      text_put(out, t->text, t->n);
    first = false;
  }
}
