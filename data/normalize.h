/* What a tokenizer does to a text before it is cut: the "normalizer" of a tokenizer.json. */
#ifndef ORDO_DATA_NORMALIZE_H
#define ORDO_DATA_NORMALIZE_H

#include "data/bytes.h"
#include "data/charsmap.h"
#include "data/regex.h"

typedef enum NormalKind {
  NORMAL_nfc, /* the four normal forms of Unicode */
  NORMAL_nfd,
  NORMAL_nfkc,
  NORMAL_nfkd,
  NORMAL_lowercase,
  NORMAL_accents,  /* marks that take no room go; nothing is taken apart before */
  NORMAL_marks,    /* all marks go */
  NORMAL_controls, /* BERT's clean_text: control characters go, white space becomes a blank */
  NORMAL_chinese,  /* BERT's blanks around Chinese characters */
  NORMAL_strip,    /* white space at the start and the end */
  NORMAL_charsmap, /* SentencePiece's table */
  NORMAL_prepend,  /* 'with' before a text that is not empty */
  NORMAL_replace,  /* 'what', or what 'regex' finds, by 'with' */
} NormalKind;

typedef struct NormalStep {
  NormalKind kind;
  const char *what, *with;
  size_t n_what, n_with;
  Regex *regex;     /* owned by whoever owns the step */
  bool left, right; /* strip */
  CharsMap *map;
} NormalStep;

typedef struct Normalizer {
  NormalStep *steps;
  uint32_t n_steps;
} Normalizer;

/* Changes the text in *text; *spare is scratch memory. goes_on: text stands before it, so
 * nothing is put there. False when memory is out. */
bool normalize(const Normalizer *normalizer, bool goes_on, Bytes *text, Bytes *spare);
/* Appends text[0, n) with every 'what' replaced by 'with'. */
bool replace_all(const char *text, size_t n, const char *what, size_t n_what, const char *with,
                 size_t n_with, Bytes *out);

#endif
