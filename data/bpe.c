/* Byte-pair encoding: see bpe.h. */
#include "data/bpe.h"

#include <string.h>

#include "base/utf8.h"
#include "data/bytes.h"

enum {
  CACHE_SLOTS = 1 << 15,
  CACHED_BYTES = 24, /* longer words, and words of more tokens, are encoded each time */
  CACHED_TOKENS = 8,
  SHORT_WORD = 32 /* up to so many symbols a word is searched, not kept in a heap */
};

struct BpeCached {
  uint32_t hash;
  uint8_t n, n_tokens, unknown;
  char word[CACHED_BYTES];
  int32_t tokens[CACHED_TOKENS];
};

typedef struct Symbol {
  int32_t id, prev, next; /* places in the word; -1: none. id -1: merged away */
} Symbol;

typedef struct Candidate {
  int32_t rank, at, left, right, made;
} Candidate;

struct BpeScratch {
  Bytes symbols, heap, printed;
};

/* ---- tables ---- */

bool bpe_init(Bpe *b, Vocab *v, uint32_t n) {
  b->vocab = v;
  b->n_slots = 64;
  while (b->n_slots < 2 * n) b->n_slots *= 2;
  b->merges = arena_array(&v->arena, Merge, b->n_slots);
  b->cache = heap_alloc(CACHE_SLOTS * sizeof *b->cache);
  b->scratch = heap_alloc(sizeof *b->scratch);
  if (!b->cache || !b->scratch) return false;
  *b->scratch = (BpeScratch){0};
  memset(b->cache, 0, CACHE_SLOTS * sizeof *b->cache);
  return true;
}

void bpe_free(Bpe *b) {
  if (b->scratch) {
    bytes_free(&b->scratch->symbols);
    bytes_free(&b->scratch->heap);
    bytes_free(&b->scratch->printed);
  }
  heap_free(b->scratch);
  heap_free(b->cache);
  b->scratch = NULL;
  b->cache = NULL;
}

static uint64_t pair_of(int32_t left, int32_t right) {
  return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

static Merge *find_merge(const Bpe *b, uint64_t pair) {
  uint32_t mask = b->n_slots - 1, at = (uint32_t)((pair * 0x9e3779b97f4a7c15u) >> 32) & mask;
  while (b->merges[at].rank && b->merges[at].pair != pair) at = (at + 1) & mask;
  return &b->merges[at];
}

bool bpe_add_merge(Bpe *b, int32_t left, int32_t right, int32_t made) {
  Merge *m = find_merge(b, pair_of(left, right));
  if (m->rank) return false;
  *m = (Merge){pair_of(left, right), (int32_t)++b->n_merges, made};
  return true;
}

/* ---- merging ---- */

static int32_t rank_of(const Bpe *b, int32_t left, int32_t right, int32_t *made) {
  const Merge *m = find_merge(b, pair_of(left, right));
  *made = m->made;
  return m->rank ? m->rank : INT32_MAX;
}

/* Returns how many symbols are left. */
static size_t merge_short(const Bpe *b, int32_t *ids, size_t n) {
  int32_t rank[SHORT_WORD], made[SHORT_WORD];
  for (size_t i = 0; i + 1 < n; i++) rank[i] = rank_of(b, ids[i], ids[i + 1], &made[i]);
  while (n > 1) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < n; i++)
      if (rank[i] < rank[best]) best = i;
    if (rank[best] == INT32_MAX) break;
    ids[best] = made[best];
    n--;
    for (size_t i = best + 1; i < n; i++) {
      ids[i] = ids[i + 1];
      rank[i - 1] = rank[i];
      made[i - 1] = made[i];
    }
    if (best + 1 < n) rank[best] = rank_of(b, ids[best], ids[best + 1], &made[best]);
    if (best) rank[best - 1] = rank_of(b, ids[best - 1], ids[best], &made[best - 1]);
  }
  return n;
}

static bool before(const Candidate *a, const Candidate *b) {
  return a->rank != b->rank ? a->rank < b->rank : a->at < b->at;
}

static bool heap_push(Bytes *heap, Candidate c) {
  if (!bytes_put(heap, &c, sizeof c)) return false;
  Candidate *h = (Candidate *)(void *)heap->data;
  size_t i = heap->n / sizeof c - 1;
  for (; i && before(&c, &h[(i - 1) / 2]); i = (i - 1) / 2) h[i] = h[(i - 1) / 2];
  h[i] = c;
  return true;
}

static Candidate heap_pop(Bytes *heap) {
  Candidate *h = (Candidate *)(void *)heap->data, top = h[0];
  size_t n = heap->n / sizeof top - 1, i = 0;
  heap->n = n * sizeof top;
  Candidate last = h[n];
  for (size_t child; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && before(&h[child + 1], &h[child])) child++;
    if (!before(&h[child], &last)) break;
    h[i] = h[child];
  }
  if (n) h[i] = last;
  return top;
}

static bool push_pair(const Bpe *b, const Symbol *s, int32_t at) {
  int32_t made;
  if (at < 0 || s[at].next < 0) return true;
  int32_t left = s[at].id, right = s[s[at].next].id, rank = rank_of(b, left, right, &made);
  return rank == INT32_MAX ||
         heap_push(&b->scratch->heap, (Candidate){rank, at, left, right, made});
}

/* *n becomes how many symbols are left. */
static bool merge_long(const Bpe *b, int32_t *ids, size_t *n) {
  BpeScratch *x = b->scratch;
  x->symbols.n = x->heap.n = 0;
  if (*n > INT32_MAX || !bytes_reserve(&x->symbols, *n * sizeof(Symbol))) return false;
  Symbol *s = (Symbol *)(void *)x->symbols.data;
  int32_t count = (int32_t)*n, to = 0;
  for (int32_t i = 0; i < count; i++) s[i] = (Symbol){ids[i], i - 1, i + 1 < count ? i + 1 : -1};
  for (int32_t i = 0; i + 1 < count; i++)
    if (!push_pair(b, s, i)) return false;
  while (x->heap.n) {
    Candidate c = heap_pop(&x->heap);
    int32_t right = s[c.at].next;
    if (s[c.at].id != c.left || right < 0 || s[right].id != c.right) continue;
    s[c.at].id = c.made;
    s[c.at].next = s[right].next;
    s[right].id = -1;
    if (s[right].next >= 0) s[s[right].next].prev = c.at;
    if (!push_pair(b, s, s[c.at].prev) || !push_pair(b, s, c.at)) return false;
  }
  for (int32_t i = 0; i >= 0; i = s[i].next) ids[to++] = s[i].id;
  *n = (size_t)to;
  return true;
}

/* ---- words ---- */

static bool start_bytes(const Bpe *b, const char *word, size_t n, TokenList *out,
                        int64_t *unknown) {
  bool unk_last = false;
  for (size_t i = 0; i < n; i++) {
    int32_t id = b->bytes[(unsigned char)word[i]];
    *unknown += id < 0;
    bool skip = id < 0 && (b->unk < 0 || (b->fuse_unk && unk_last));
    unk_last = id < 0;
    if (!skip && !token_push(out, id < 0 ? b->unk : id)) return false;
  }
  return true;
}

/* The bytes of a character, when all of them have tokens. */
static bool fall_back(const Bpe *b, const char *c, size_t n, TokenList *out, bool *done) {
  *done = b->byte_fallback;
  for (size_t i = 0; i < n && *done; i++) *done = b->bytes[(unsigned char)c[i]] >= 0;
  for (size_t i = 0; i < n && *done; i++)
    if (!token_push(out, b->bytes[(unsigned char)c[i]])) return false;
  return true;
}

static bool start_characters(const Bpe *b, const char *word, size_t n, TokenList *out,
                             int64_t *unknown) {
  bool unk_last = false, done;
  int32_t code;
  for (size_t at = 0, length; at < n; at += length) {
    length = utf8_decode(word + at, n - at, &code);
    int32_t id = vocab_find(b->vocab, word + at, length);
    if (id >= 0) {
      unk_last = false;
      if (!token_push(out, id)) return false;
      continue;
    }
    if (!fall_back(b, word + at, length, out, &done)) return false;
    if (done) {
      unk_last = false;
      continue;
    }
    ++*unknown;
    bool skip = b->unk < 0 || (b->fuse_unk && unk_last);
    unk_last = true;
    if (!skip && !token_push(out, b->unk)) return false;
  }
  return true;
}

/* The token that the word is, -1. */
static int32_t whole_word(const Bpe *b, const char *word, size_t n) {
  if (!b->byte_level) return vocab_find(b->vocab, word, n);
  Bytes *printed = &b->scratch->printed;
  printed->n = 0;
  if (!bytes_reserve(printed, 4 * n)) return -1;
  for (size_t i = 0; i < n; i++)
    printed->n += byte_print((unsigned char)word[i], printed->data + printed->n);
  return vocab_find(b->vocab, printed->data, printed->n);
}

static bool encode(Bpe *b, const char *word, size_t n, TokenList *out, int64_t *unknown) {
  if (b->ignore_merges) {
    int32_t id = whole_word(b, word, n);
    if (id >= 0) return token_push(out, id);
  }
  size_t from = out->len;
  bool ok = b->byte_level ? start_bytes(b, word, n, out, unknown)
                          : start_characters(b, word, n, out, unknown);
  size_t count = out->len - from;
  if (!ok || !count) return ok;
  if (count <= SHORT_WORD)
    count = merge_short(b, out->ids + from, count);
  else
    ok = merge_long(b, out->ids + from, &count);
  out->len = from + count;
  return ok;
}

static uint32_t hash_word(const char *word, size_t n) {
  uint64_t h = n, w;
  for (; n >= 8; word += 8, n -= 8) {
    memcpy(&w, word, 8);
    h = (h ^ w) * 0x9e3779b97f4a7c15u;
    h ^= h >> 29;
  }
  w = 0;
  for (size_t i = 0; i < n; i++) w |= (uint64_t)(unsigned char)word[i] << (8 * i);
  h = (h ^ w) * 0x9e3779b97f4a7c15u;
  return (uint32_t)(h >> 32);
}

bool bpe_encode_word(Bpe *b, const char *word, size_t n, TokenList *out, int64_t *unknown) {
  if (n > CACHED_BYTES) return encode(b, word, n, out, unknown);
  uint32_t hash = hash_word(word, n);
  BpeCached *c = &b->cache[hash % CACHE_SLOTS];
  if (c->n == n && c->hash == hash && !memcmp(c->word, word, n)) {
    *unknown += c->unknown;
    for (int i = 0; i < c->n_tokens; i++)
      if (!token_push(out, c->tokens[i])) return false;
    return true;
  }
  size_t from = out->len;
  int64_t before_it = *unknown;
  if (!encode(b, word, n, out, unknown)) return false;
  size_t count = out->len - from;
  if (count > CACHED_TOKENS) return true;
  *c = (BpeCached){.hash = hash, .n = (uint8_t)n, .n_tokens = (uint8_t)count};
  c->unknown = (uint8_t)(*unknown - before_it);
  memcpy(c->word, word, n);
  if (count) memcpy(c->tokens, out->ids + from, count * sizeof *c->tokens);
  return true;
}

/* ---- bytes as characters ---- */

/* Bytes that cannot be printed (0 to 0x20, 0x7F to 0xA0, 0xAD) are the characters from U+0100
 * on. */
int32_t byte_code(unsigned char byte) {
  if (byte <= 0x20) return 0x100 + byte;
  if (byte >= 0x7F && byte <= 0xA0) return 0x121 + byte - 0x7F;
  return byte == 0xAD ? 0x143 : byte;
}

static int byte_of(int32_t code) {
  if (code >= 0x100 && code <= 0x120) return code - 0x100;
  if (code >= 0x121 && code <= 0x142) return code - 0x121 + 0x7F;
  if (code == 0x143) return 0xAD;
  return code >= 0 && code < 256 && byte_code((unsigned char)code) == code ? (int)code : -1;
}

size_t byte_print(unsigned char byte, char out[4]) { return utf8_encode(byte_code(byte), out); }

bool bytes_parse(const char *text, size_t n, Text *out) {
  int32_t code;
  for (size_t at = 0; at < n;) {
    at += utf8_decode(text + at, n - at, &code);
    int byte = byte_of(code);
    if (byte < 0) return false;
    text_putc(out, (char)byte);
  }
  return true;
}
