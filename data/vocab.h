/* Vocabularies: tokens with numbers, text to numbers and back.
 *
 * A vocabulary that is built from data begins with <pad>, <bos>, <eos>, <unk> (frontend/data.h) and
 * holds the tokens of the training split: characters in the order of their bytes, words by falling
 * count. That of 'bytes' has the 256 bytes behind the special tokens, whatever the data. One that
 * comes from a tokenizer.json (bpe) has the numbers of that file, special tokens included.
 */
#ifndef ORDO_DATA_VOCAB_H
#define ORDO_DATA_VOCAB_H

#include "frontend/data.h"

typedef struct VocabToken {
  const char *text; /* of the vocabulary's arena; not terminated */
  uint32_t n;
} VocabToken;

/* A place of the hash table: tokens of up to 8 bytes are compared without looking further. */
typedef struct VocabSlot {
  uint64_t key;   /* the token's bytes, or their hash when there are more than 8 */
  uint32_t n;     /* its length */
  int32_t number; /* + 1; 0: free */
} VocabSlot;

typedef struct Tokenizer Tokenizer;

typedef struct Vocab {
  Arena arena;
  ColumnKind kind;
  VEC(VocabToken) tokens; /* by number */
  int64_t *counts;        /* while it is counted: by number; else NULL */
  int64_t *ascii_counts;  /* of chars: of characters of one byte, which are in no other table */
  uint32_t counts_cap;
  VocabSlot *slots;
  uint32_t n_slots;
  int32_t ascii[128];                /* chars: number of a character of one byte, -1 */
  int32_t special[N_SPECIAL_TOKENS]; /* numbers of <pad>, <bos>, <eos>, <unk>; -1: it has none */
  Tokenizer *tokenizer;              /* bpe: how text becomes tokens; owned. NULL otherwise */
} Vocab;

/* Empty, without special tokens; NULL when memory is out. Its arena has the escape of like (may be
 * NULL). Freed by vocab_free (NULL is fine). */
Vocab *vocab_new(ColumnKind kind, const Arena *like);
void vocab_free(Vocab *vocab);
static inline int64_t vocab_size(const Vocab *vocab) { return vocab->tokens.len; }
/* The number of a token that texts can have, or -1. The special tokens of a vocabulary that is
 * built here are none of them: a word "<eos>" is a word like others. */
int32_t vocab_find(const Vocab *vocab, const char *text, size_t n);
/* The number of a token, which is added if it is new. */
int32_t vocab_add(Vocab *vocab, const char *text, size_t n);
void vocab_add_special(Vocab *vocab);
extern const char *const special_name[N_SPECIAL_TOKENS];
/* What padding is: <pad>, and 0 where there is none (masks hide it). */
static inline int32_t vocab_pad(const Vocab *vocab) {
  return vocab->special[TOKEN_pad] < 0 ? 0 : vocab->special[TOKEN_pad];
}
/* All of 'bytes'. */
Vocab *vocab_bytes(const Arena *like);

/* ---- building ---- */
/* Counts a token; all tokens of a text. */
void vocab_count_token(Vocab *counts, const char *token, size_t n);
void vocab_count(Vocab *counts, const char *text, size_t n);
/* The special tokens, then those that occur at least min_count times: the most frequent ones when
 * there are more than max_size in all. */
Vocab *vocab_build(const Vocab *counts, int64_t min_count, int64_t max_size);

/* ---- text and numbers ---- */
typedef struct TokenList {
  int32_t *ids; /* on the heap */
  size_t len, cap;
} TokenList;
bool token_push(TokenList *list, int32_t id); /* false when memory is out */
void token_list_free(TokenList *list);

/* The next token of text[*at, n): its start, and *length; NULL at the end. */
const char *vocab_next(ColumnKind kind, const char *text, size_t n, size_t *at, size_t *length);
/* Appends the tokens of a text; *unknown counts those that are not in the vocabulary (<unk>). False
 * when memory is out. */
bool vocab_encode(const Vocab *vocab, const char *text, size_t n, TokenList *out, int64_t *unknown);
/* The same of a part of a text. first: it is where the text begins, which bpe may mark. */
bool vocab_encode_part(const Vocab *vocab, const char *text, size_t n, bool first, TokenList *out,
                       int64_t *unknown);
/* The number of tokens of a text; what it holds plays no role. Not of bpe. */
int64_t vocab_length(ColumnKind kind, const char *text, size_t n);
/* One token on one line, as nothing else is shown: a special token by its name, others escaped
 * (text_put_escaped), with a backslash before what would read as a special one. */
void vocab_put_token(const Vocab *vocab, int32_t id, const char *also, Text *out);
/* Text of tokens up to <eos>; <pad> and <bos> are left out. Words are joined by blanks. What is
 * unknown is <unk>, or U+FFFD when that is a word of the vocabulary. */
void vocab_decode(const Vocab *vocab, const int32_t *ids, int64_t n, Text *out);

#endif
