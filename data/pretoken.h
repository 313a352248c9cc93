/* Cutting a text into words, inside of which byte pairs are merged: the "pre_tokenizer" of a
 * tokenizer.json. Each step cuts the words of the one before it. */
#ifndef ORDO_DATA_PRETOKEN_H
#define ORDO_DATA_PRETOKEN_H

#include "data/bytes.h"
#include "data/regex.h"

typedef enum CutKind {
  CUT_space,    /* ByteLevel's add_prefix_space: a blank before what begins with none */
  CUT_regex,    /* Split, ByteLevel, Whitespace, Digits: what the expression finds */
  CUT_metaspace /* blanks become 'with', which is put before the text, and begins words */
} CutKind;

/* What becomes of what was found; Split's names. */
typedef enum Behavior {
  CUT_isolated,
  CUT_removed,
  CUT_merged_with_previous,
  CUT_merged_with_next,
  CUT_contiguous,
} Behavior;

typedef enum Prepend { PREPEND_never, PREPEND_first, PREPEND_always } Prepend;

typedef struct CutStep {
  CutKind kind;
  Regex *regex; /* owned by whoever owns the step */
  Behavior behavior;
  bool invert; /* what was not found takes the place of what was */
  bool gpt2;   /* the expression is gpt2_pattern, whose plain words need no matcher */
  const char *with;
  size_t n_with;
  Prepend prepend;
  bool split; /* metaspace: cut before 'with' */
} CutStep;

typedef struct Word {
  size_t at, n;
} Word;

/* Words of a text, and the memory for them. */
typedef struct Words {
  Bytes text, spare;
  Word *words, *spare_words; /* on the heap */
  size_t n, cap, n_spare, spare_cap;
} Words;

/* What stands before a text that is cut: nothing; a special token; the part of it before this
 * one. */
typedef enum Before { BEFORE_nothing, BEFORE_token, BEFORE_text } Before;

/* Cuts words->text. False when memory is out. */
bool words_cut(const CutStep *steps, uint32_t n_steps, Before before, Words *words);
void words_free(Words *words);

/* GPT-2's expression: contractions, letters, numbers and signs with a blank before them, white
 * space. */
extern const char *const gpt2_pattern;
/* The length of what it finds at the begin of a text when that is ASCII letters or digits with a
 * blank before them or not; 0: ask the expression. */
size_t gpt2_plain_word(const char *text, size_t n);

#endif
