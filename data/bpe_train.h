/* Learning byte-level BPE from text: a tokenizer.json that this program and Hugging Face's read.
 *
 * The text is cut into words by GPT-2's expression, and how often each word stands there is
 * counted. Then the pair of neighbouring tokens that stands there most often, over all words,
 * becomes a token; of equally frequent pairs that with the smaller left number, then with the
 * smaller right one. The result depends on the text only. Counts of pairs are kept up to date
 * word by word, so that a merge costs what it changes (as in Sennrich's subword-nmt).
 *
 * Numbers: <pad>, <bos>, <eos>, <unk>, the 256 bytes in the order of the characters that stand
 * for them, then what was merged, in that order. */
#ifndef ORDO_DATA_BPE_TRAIN_H
#define ORDO_DATA_BPE_TRAIN_H

#include "data/vocab.h"
#include "io/file.h"

enum { BPE_LEAST_SIZE = N_SPECIAL_TOKENS + 256 };

/* Says how far a long piece of work is; may be NULL. */
typedef void (*BpeProgress)(void *user, const char *what, int64_t done, int64_t total);

typedef struct BpeTraining {
  int64_t size;      /* tokens at most, from BPE_LEAST_SIZE on */
  int64_t min_count; /* rarer pairs are not merged */
  BpeProgress progress;
  void *user;
} BpeTraining;

/* Counts the words of a file into 'counts' (of kind words), reading piece by piece; *bad: bytes
 * that are no UTF-8, which are passed over. False after a diagnostic. */
bool bpe_count_words(Ctx *ctx, const FileIn *in, const BpeTraining *training, Vocab *counts,
                     int64_t *bad);
/* The text of the tokenizer.json; *tokens: how many it has. False when memory is out. */
bool bpe_train(const BpeTraining *training, const Vocab *counts, Text *out, int64_t *tokens);

#endif
