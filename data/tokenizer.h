/* Text to tokens and back as a Hugging Face tokenizer.json says (tokenizer_file.h): special
 * tokens are found in the text, what is between them is normalised, cut into words, and each
 * word encoded.
 *
 * Encoding keeps caches: calls for one vocabulary from several threads wait for each other. */
#ifndef ORDO_DATA_TOKENIZER_H
#define ORDO_DATA_TOKENIZER_H

#include <pthread.h>

#include "data/bpe.h"
#include "data/normalize.h"
#include "data/pretoken.h"
#include "data/unigram.h"
#include "data/wordpiece.h"

/* A token that is not made by merging. Where it stands in a text it is found, unless it is a
 * special one ("<|endoftext|>"): there that is text like other text. */
typedef struct AddedToken {
  int32_t id;
  bool special, normalized, single_word, lstrip, rstrip;
} AddedToken;

/* Added tokens that are looked for together: before the text is normalised, or after. */
typedef struct AddedSet {
  Regex *find;  /* NULL: there are none */
  Vocab *names; /* by what is looked for */
  int32_t *ids; /* by number in names; -1: a special token, which is text */
} AddedSet;

/* joined: with blanks between the tokens. */
typedef enum DecodeStyle { DECODE_bytes, DECODE_fallback, DECODE_joined } DecodeStyle;

/* What makes tokens of a word. */
typedef enum WordModel { MODEL_bpe, MODEL_wordpiece, MODEL_unigram } WordModel;

typedef struct Tokenizer {
  WordModel model;
  Bpe bpe; /* its vocabulary, <unk> and bytes are those of the other models, too */
  WordPiece wordpiece;
  Unigram unigram;
  VEC(AddedToken) added;
  AddedSet raw, normal;
  Normalizer normalizer;
  VEC(CutStep) cuts;
  /* back to text: the bytes of each token; how many 'strip' at the start are dropped */
  DecodeStyle style;
  VocabToken *pieces, *firsts; /* firsts: of the first one of a text, or NULL */
  bool *is_byte;               /* of byte_fallback */
  char strip;
  int64_t n_strip;
  uint32_t longest; /* bytes that a token stands for at most; 0: there is no such bound */
  const char *json; /* what a checkpoint keeps: the file without what plays no role */
  Words words;      /* scratch */
  Bytes whole, spare;
  pthread_mutex_t lock;
} Tokenizer;

/* In the vocabulary's arena; freed with it by tokenizer_free. NULL when memory is out. */
Tokenizer *tokenizer_new(Vocab *vocab);
void tokenizer_free(Tokenizer *tokenizer);
/* When all tokens are known: how added ones are found. False with what is wrong in *why. */
bool tokenizer_finish(Ctx *ctx, Tokenizer *tokenizer, const char **why);

/* Appends the tokens of a text; *unknown counts characters without one. Bytes that are no UTF-8
 * are <unk>, or the token of the byte when there is no <unk>. first: the text begins where its
 * input does, which some tokenizers mark; else it goes on with a text whose part before it was
 * encoded. False when memory is out. */
bool tokenizer_encode(Tokenizer *tokenizer, const char *text, size_t n, bool first, TokenList *out,
                      int64_t *unknown);
/* Appends the text of tokens. Bytes that are no character become U+FFFD. */
void tokenizer_decode(const Tokenizer *tokenizer, const int32_t *ids, int64_t n, Text *out);

#endif
