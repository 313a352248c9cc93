/* Learning byte-level BPE: see bpe_train.h. */
#include "data/bpe_train.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "data/bpe.h"

/* Neighbours, and the words in which they stand, or did when they were noted. */
typedef struct Pair {
  int32_t left, right;
  int64_t count;
  uint32_t noted; /* merge + 1 since which it stands in 'touched' */
  VEC(uint32_t) words;
} Pair;

typedef struct Ranked {
  int64_t count;
  uint32_t pair;
} Ranked;

typedef struct Piece {
  int32_t *ids;
  uint32_t n;
  int64_t count; /* of the word in the text */
} Piece;

typedef struct Learned {
  int32_t left, right;
} Learned;

typedef struct BpeTrainer {
  Arena arena;
  const BpeTraining *training;
  Vocab *tokens; /* as the file writes them */
  Piece *pieces; /* the words */
  uint32_t n_pieces;
  VEC(Pair) pairs;
  uint32_t *slots; /* hash table over (left, right): place in pairs + 1 */
  uint32_t n_slots;
  VEC(Ranked) heap;
  VEC(uint32_t) touched; /* pairs that became more frequent by the last merge */
  VEC(Learned) merges;
} BpeTrainer;

/* ---- pairs ---- */

static uint32_t *pair_slot(const BpeTrainer *t, int32_t left, int32_t right) {
  uint64_t key = (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
  uint32_t mask = t->n_slots - 1, at = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & mask;
  for (; t->slots[at]; at = (at + 1) & mask) {
    const Pair *p = &t->pairs.data[t->slots[at] - 1];
    if (p->left == left && p->right == right) break;
  }
  return &t->slots[at];
}

static void grow_slots(BpeTrainer *t) {
  t->n_slots *= 2;
  t->slots = arena_array(&t->arena, uint32_t, t->n_slots);
  for (uint32_t i = 0; i < t->pairs.len; i++)
    *pair_slot(t, t->pairs.data[i].left, t->pairs.data[i].right) = i + 1;
}

/* Adds to the count of a pair, in a word. */
static void count_pair(BpeTrainer *t, int32_t left, int32_t right, int64_t change, uint32_t word) {
  uint32_t *slot = pair_slot(t, left, right);
  if (!*slot) {
    vec_push(&t->arena, &t->pairs, ((Pair){.left = left, .right = right}));
    *slot = t->pairs.len;
    if (t->pairs.len * 2 > t->n_slots) grow_slots(t);
    slot = pair_slot(t, left, right);
  }
  uint32_t number = *slot - 1;
  Pair *p = &t->pairs.data[number];
  p->count += change;
  if (change < 0) return;
  if (!p->words.len || p->words.data[p->words.len - 1] != word)
    vec_push(&t->arena, &p->words, word);
  if (p->noted == t->merges.len + 1) return;
  p->noted = t->merges.len + 1;
  vec_push(&t->arena, &t->touched, number);
}

/* ---- the most frequent one ---- */

static bool above(const BpeTrainer *t, Ranked a, Ranked b) {
  const Pair *p = &t->pairs.data[a.pair], *q = &t->pairs.data[b.pair];
  if (a.count != b.count) return a.count > b.count;
  return p->left != q->left ? p->left < q->left : p->right < q->right;
}

static void heap_push(BpeTrainer *t, Ranked r) {
  vec_push(&t->arena, &t->heap, r);
  uint32_t i = t->heap.len - 1;
  for (; i && above(t, r, t->heap.data[(i - 1) / 2]); i = (i - 1) / 2)
    t->heap.data[i] = t->heap.data[(i - 1) / 2];
  t->heap.data[i] = r;
}

static Ranked heap_pop(BpeTrainer *t) {
  Ranked *h = t->heap.data, top = h[0], last = h[--t->heap.len];
  uint32_t n = t->heap.len, i = 0;
  for (uint32_t child; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && above(t, h[child + 1], h[child])) child++;
    if (!above(t, h[child], last)) break;
    h[i] = h[child];
  }
  if (n) h[i] = last;
  return top;
}

/* Pairs that were noted go into the heap with the count that they have now. */
static void push_touched(BpeTrainer *t) {
  for (uint32_t i = 0; i < t->touched.len; i++) {
    uint32_t pair = t->touched.data[i];
    if (t->pairs.data[pair].count > 0) heap_push(t, (Ranked){t->pairs.data[pair].count, pair});
  }
  t->touched.len = 0;
}

/* The pair to merge next; false when none is frequent enough. Counts in the heap may be old, and
 * too high: what comes up is put back with its count of today. */
static bool next_pair(BpeTrainer *t, uint32_t *out) {
  while (t->heap.len) {
    Ranked top = heap_pop(t);
    int64_t count = t->pairs.data[top.pair].count;
    if (count < top.count) {
      if (count > 0) heap_push(t, (Ranked){count, top.pair});
      continue;
    }
    *out = top.pair;
    return count >= t->training->min_count;
  }
  return false;
}

/* ---- merging ---- */

static void merge_in_word(BpeTrainer *t, uint32_t word, int32_t left, int32_t right, int32_t made) {
  Piece *p = &t->pieces[word];
  uint32_t to = 0;
  for (uint32_t i = 0; i < p->n; to++) {
    if (i + 1 == p->n || p->ids[i] != left || p->ids[i + 1] != right) {
      p->ids[to] = p->ids[i++];
      continue;
    }
    if (to) {
      count_pair(t, p->ids[to - 1], left, -p->count, word);
      count_pair(t, p->ids[to - 1], made, p->count, word);
    }
    i += 2;
    if (i < p->n) {
      count_pair(t, right, p->ids[i], -p->count, word);
      count_pair(t, made, p->ids[i], p->count, word);
    }
    p->ids[to] = made;
  }
  p->n = to;
}

static void merge_pair(BpeTrainer *t, uint32_t pair) {
  int32_t left = t->pairs.data[pair].left, right = t->pairs.data[pair].right;
  VocabToken a = t->tokens->tokens.data[left], b = t->tokens->tokens.data[right];
  Text text = text_new(&t->arena);
  text_put(&text, a.text, a.n);
  text_put(&text, b.text, b.n);
  int32_t made = vocab_add(t->tokens, text_str(&text), text.len);
  vec_push(&t->arena, &t->merges, ((Learned){left, right}));
  uint32_t n = t->pairs.data[pair].words.len;
  const uint32_t *words = t->pairs.data[pair].words.data;
  t->pairs.data[pair].words.len = t->pairs.data[pair].words.cap = 0;
  t->pairs.data[pair].words.data = NULL;
  for (uint32_t i = 0; i < n; i++) merge_in_word(t, words[i], left, right, made);
  t->pairs.data[pair].count = 0;
  push_touched(t);
}

/* ---- the start: words as bytes ---- */

static void begin(BpeTrainer *t, const Vocab *counts) {
  int32_t byte_id[256];
  t->n_slots = 1024;
  t->slots = arena_array(&t->arena, uint32_t, t->n_slots);
  vocab_add_special(t->tokens);
  for (int32_t code = 0; code < 512; code++) {
    char name[4];
    for (int byte = 0; byte < 256; byte++)
      if (byte_code((unsigned char)byte) == code)
        byte_id[byte] = vocab_add(t->tokens, name, byte_print((unsigned char)byte, name));
  }
  t->n_pieces = counts->tokens.len;
  t->pieces = arena_array(&t->arena, Piece, t->n_pieces + 1);
  for (uint32_t i = 0; i < t->n_pieces; i++) {
    const VocabToken *word = &counts->tokens.data[i];
    Piece *p = &t->pieces[i];
    *p = (Piece){arena_array(&t->arena, int32_t, word->n), word->n, counts->counts[i]};
    for (uint32_t k = 0; k < word->n; k++) p->ids[k] = byte_id[(unsigned char)word->text[k]];
    for (uint32_t k = 0; k + 1 < word->n; k++) count_pair(t, p->ids[k], p->ids[k + 1], p->count, i);
  }
  push_touched(t);
}

/* ---- the file ---- */

static json_t *added_tokens(const Vocab *tokens) {
  json_t *list = json_array();
  for (int i = 0; i < N_SPECIAL_TOKENS; i++)
    json_array_append_new(list, json_pack("{s:i, s:s%, s:b, s:b, s:b, s:b, s:b}", "id", i,
                                          "content", tokens->tokens.data[i].text,
                                          tokens->tokens.data[i].n, "single_word", 0, "lstrip", 0,
                                          "rstrip", 0, "normalized", 0, "special", 1));
  return list;
}

static json_t *byte_level(void) {
  return json_pack("{s:s, s:b, s:b, s:b}", "type", "ByteLevel", "add_prefix_space", 0,
                   "trim_offsets", 1, "use_regex", 1);
}

static json_t *model(const BpeTrainer *t) {
  json_t *vocab = json_object(), *merges = json_array();
  const VocabToken *tokens = t->tokens->tokens.data;
  for (uint32_t i = 0; i < t->tokens->tokens.len; i++) {
    Text key = text_new(&t->tokens->arena);
    text_put(&key, tokens[i].text, tokens[i].n);
    json_object_set_new(vocab, text_str(&key), json_integer(i));
  }
  for (uint32_t i = 0; i < t->merges.len; i++) {
    const VocabToken *a = &tokens[t->merges.data[i].left], *b = &tokens[t->merges.data[i].right];
    json_array_append_new(merges,
                          json_pack("[s%, s%]", a->text, (size_t)a->n, b->text, (size_t)b->n));
  }
  return json_pack("{s:s, s:n, s:n, s:n, s:n, s:b, s:b, s:b, s:o, s:o}", "type", "BPE", "dropout",
                   "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", 0,
                   "byte_fallback", 0, "ignore_merges", 0, "vocab", vocab, "merges", merges);
}

static bool put_file(const BpeTrainer *t, Text *out) {
  json_t *file =
      json_pack("{s:s, s:n, s:n, s:o, s:n, s:o, s:n, s:o, s:o}", "version", "1.0", "truncation",
                "padding", "added_tokens", added_tokens(t->tokens), "normalizer", "pre_tokenizer",
                byte_level(), "post_processor", "decoder", byte_level(), "model", model(t));
  char *text = file ? json_dumps(file, JSON_INDENT(2)) : NULL;
  if (text) text_puts(out, text);
  text_putc(out, '\n');
  json_decref(file);
  bool ok = text != NULL;
  free(text); /* allowed: of jansson */
  return ok;
}

bool bpe_train(const BpeTraining *training, const Vocab *counts, Text *out, int64_t *tokens) {
  BpeTrainer t = {.training = training, .tokens = vocab_new(COL_words, out->arena)};
  if (!t.tokens) return false;
  arena_guard(&t.arena, out->arena->escape);
  begin(&t, counts);
  uint32_t pair;
  while (vocab_size(t.tokens) < training->size && next_pair(&t, &pair)) {
    merge_pair(&t, pair);
    if (training->progress)
      training->progress(training->user, "tokens", vocab_size(t.tokens), training->size);
  }
  *tokens = vocab_size(t.tokens);
  bool ok = put_file(&t, out);
  vocab_free(t.tokens);
  arena_free(&t.arena);
  return ok;
}
