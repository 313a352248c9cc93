/* Byte-pair encoding (Sennrich et al. 2016; Radford et al. 2019): a word starts as its
 * characters, or its bytes; of all neighbours the pair that was learned first is merged, the
 * leftmost first, until no pair has a merge. Short words do that by looking, long ones with a
 * heap, in n log n. */
#ifndef ORDO_DATA_BPE_H
#define ORDO_DATA_BPE_H

#include "data/vocab.h"

typedef struct Merge {
  uint64_t pair; /* left << 32 | right */
  int32_t rank;  /* place among the merges + 1; 0: a free slot */
  int32_t made;
} Merge;

typedef struct BpeCached BpeCached;
typedef struct BpeScratch BpeScratch;

typedef struct Bpe {
  const Vocab *vocab; /* its tokens as the file writes them */
  Merge *merges;      /* hash table, of the vocabulary's arena */
  uint32_t n_merges, n_slots;
  int32_t bytes[256]; /* numbers of tokens of one byte, -1; of byte_level and byte_fallback */
  bool byte_level;    /* words start as bytes, which tokens write as characters */
  bool byte_fallback; /* characters without a token become bytes: <0x0A> */
  bool fuse_unk;      /* several unknown characters in a row are one <unk> */
  bool ignore_merges; /* a word that is a token is taken whole */
  int32_t unk;        /* -1: unknown characters vanish */
  BpeCached *cache;   /* words met lately; on the heap */
  BpeScratch *scratch;
} Bpe;

/* Room for n merges. False when memory is out. */
bool bpe_init(Bpe *bpe, Vocab *vocab, uint32_t n);
void bpe_free(Bpe *bpe);
/* The next merge. False when the pair has one. */
bool bpe_add_merge(Bpe *bpe, int32_t left, int32_t right, int32_t made);
/* Appends the tokens of a word; *unknown counts characters without one. False when memory is
 * out. */
bool bpe_encode_word(Bpe *bpe, const char *word, size_t n, TokenList *out, int64_t *unknown);

/* ---- bytes as characters: GPT-2 writes each byte as one that can be printed, 0x20 as U+0120
 * ---- */
int32_t byte_code(unsigned char byte);
size_t byte_print(unsigned char byte, char out[4]);
/* Back. False, with some of it in out, when a character stands for no byte. */
bool bytes_parse(const char *text, size_t n, Text *out);

#endif
