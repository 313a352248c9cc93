/* Unigram (Kudo 2018), the model of SentencePiece: of all ways to cut a text into tokens the one
 * whose scores have the largest sum, by Viterbi. A character without a token costs 10 more than the
 * worst token. */
#ifndef ORDO_DATA_UNIGRAM_H
#define ORDO_DATA_UNIGRAM_H

#include "base/map.h"
#include "data/bytes.h"
#include "data/vocab.h"

typedef struct Unigram {
  const Vocab *vocab;
  const double *scores; /* by number of token */
  double worst;
  int32_t unk;          /* -1: there is none, and what has no token is an error */
  bool fuse_unk;        /* several unknown characters in a row are one */
  bool byte_fallback;   /* what is unknown is bytes: <0x0A> */
  const int32_t *bytes; /* their tokens, -1 */
  Map edges;            /* trie of the tokens: node << 8 | byte -> node */
  VEC(int32_t) ends;    /* by node: the token that ends there, -1 */
  Bytes path;           /* scratch */
} Unigram;

/* Enters all tokens of the vocabulary that have scores, n of them. */
void unigram_build(Unigram *u, Vocab *vocab, uint32_t n);
void unigram_free(Unigram *u);
/* Appends the tokens of a word. False when memory is out. */
bool unigram_encode(Unigram *u, const char *word, size_t n, TokenList *out, int64_t *unknown);

#endif
