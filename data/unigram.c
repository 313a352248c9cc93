#include "data/unigram.h"

#include "base/utf8.h"

enum { PENALTY = 10, ROOT = 0 };

void unigram_build(Unigram *u, Vocab *v, uint32_t n) {
  Arena *arena = &v->arena;
  u->vocab = v;
  vec_push(arena, &u->ends, -1);
  for (uint32_t i = 0; i < n; i++) {
    const VocabToken *token = &v->tokens.data[i];
    uint32_t node = ROOT, next;
    for (uint32_t k = 0; k < token->n; k++) {
      uint64_t edge = (uint64_t)node << 8 | (unsigned char)token->text[k];
      if (!map_get(&u->edges, edge, &next)) {
        next = u->ends.len;
        vec_push(arena, &u->ends, -1);
        map_set(arena, &u->edges, edge, next);
      }
      node = next;
    }
    u->ends.data[node] = (int32_t)i;
    if (!i || u->scores[i] < u->worst) u->worst = u->scores[i];
  }
}

void unigram_free(Unigram *u) { bytes_free(&u->path); }

/* The best way to a place: the token that ends there and where it starts. */
typedef struct BestPath {
  double score;
  int64_t from; /* -1: no way yet */
  int32_t id;
} BestPath;

static void offer(BestPath *to, double score, size_t from, int32_t id) {
  if (to->from >= 0 && !(score > to->score)) return;
  *to = (BestPath){score, (int64_t)from, id};
}

/* Tokens that start at a place, the shorter first. */
static void extend(const Unigram *u, BestPath *path, const char *text, size_t at, size_t n) {
  int32_t code;
  size_t one = utf8_decode(text + at, n - at, &code);
  uint32_t node = ROOT;
  bool single = false;
  for (size_t end = at; end < n;) {
    if (!map_get(&u->edges, (uint64_t)node << 8 | (unsigned char)text[end], &node)) break;
    end++;
    int32_t id = u->ends.data[node];
    if (id < 0) continue;
    offer(&path[end], path[at].score + u->scores[id], at, id);
    single |= end == at + one;
  }
  if (!single) offer(&path[at + one], path[at].score + (u->worst - PENALTY), at, u->unk);
}

/* What has no token; its number as bytes where each byte has one. */
static bool put_unknown(const Unigram *u, const char *text, size_t n, TokenList *out,
                        int64_t *unknown) {
  int32_t whole = vocab_find(u->vocab, text, n);
  bool all = u->byte_fallback;
  if (whole >= 0) return token_push(out, whole);
  for (size_t i = 0; all && i < n; i++) all = u->bytes[(unsigned char)text[i]] >= 0;
  for (size_t i = 0; all && i < n; i++)
    if (!token_push(out, u->bytes[(unsigned char)text[i]])) return false;
  if (all) return true;
  ++*unknown;
  return u->unk < 0 || token_push(out, u->unk);
}

/* From the end to the start, turned around in place. */
static bool put_path(const Unigram *u, BestPath *path, const char *text, size_t n, TokenList *out,
                     int64_t *unknown) {
  size_t at = n;
  int64_t next = -1;
  while (at) { /* each place learns where the way goes on */
    size_t from = (size_t)path[at].from;
    int64_t after = next;
    next = (int64_t)at;
    path[at].from = after;
    path[at].score = (double)from;
    at = from;
  }
  for (int64_t to = next; to >= 0;) {
    size_t from = (size_t)path[to].score, end = (size_t)to;
    int32_t id = path[to].id;
    to = path[to].from;
    if (id != u->unk) {
      if (!token_push(out, id)) return false;
      continue;
    }
    while (u->fuse_unk && to >= 0 && path[to].id == u->unk) {
      end = (size_t)to;
      to = path[to].from;
    }
    if (!put_unknown(u, text + from, end - from, out, unknown)) return false;
  }
  return true;
}

bool unigram_encode(Unigram *u, const char *word, size_t n, TokenList *out, int64_t *unknown) {
  u->path.n = 0;
  if (!n) return true;
  if (!bytes_reserve(&u->path, (n + 1) * sizeof(BestPath))) return false;
  BestPath *path = (BestPath *)(void *)u->path.data;
  for (size_t i = 0; i <= n; i++) path[i] = (BestPath){.from = -1};
  path[0] = (BestPath){.from = 0};
  for (size_t at = 0; at < n;) {
    int32_t code;
    extend(u, path, word, at, n);
    at += utf8_decode(word + at, n - at, &code);
  }
  return put_path(u, path, word, n, out, unknown);
}
