/* WordPiece (Schuster and Nakajima 2012; Devlin et al. 2019): a word is cut into the longest tokens
 * from the left; those that go on with a word are written with a prefix, "##". A word that cannot
 * be cut is unknown as a whole. */
#ifndef ORDO_DATA_WORDPIECE_H
#define ORDO_DATA_WORDPIECE_H

#include "data/bytes.h"
#include "data/vocab.h"

typedef struct WordPiece {
  const Vocab *vocab;
  const char *prefix;
  size_t n_prefix;
  int64_t most;     /* longer words, in characters, are unknown */
  uint32_t longest; /* bytes of a token */
  int32_t unk;
  Bytes part; /* scratch */
} WordPiece;

/* Appends the tokens of a word; *unknown counts words without any. False when memory is out. */
bool wordpiece_encode(WordPiece *w, const char *word, size_t n, TokenList *out, int64_t *unknown);

#endif
