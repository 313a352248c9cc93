/* Text in and out of a function: parameters and results that are indices into a vocabulary.
 *
 * A parameter of type <pairs.src>[B, S] takes text: a row for each example, with <eos> where the
 * column of the data has one, padded to the longest. If there is a parameter of the same name
 * with _mask behind it, it is true at the tokens. Results of such a type are shown as text, cut
 * at <eos>.
 */
#ifndef ORDO_APP_TEXTS_H
#define ORDO_APP_TEXTS_H

#include "data/corpus.h"
#include "app/arguments.h"

typedef struct TextParam {
  const Vocab *vocab; /* NULL: not text */
  const SpecVocab *spec;
  const SpecColumn *column; /* of the data that it is like */
  int mask;                 /* the parameter that is its mask, -1 for none */
  bool is_mask;             /* of a text: it need not be given */
} TextParam;

struct Texts {
  const Function *function;
  TextParam *params;     /* by argument */
  const Vocab **results; /* by result; NULL: not text */
  uint32_t n_texts;      /* parameters that take text */
  int64_t unknown;       /* tokens that were read as <unk> */
  const char *first_unknown, *unknown_vocab;
};

void texts_init(Texts *texts, const Function *function, Spec *spec, const Corpus *corpus);
/* The tensor of parameter 'param' for n rows of text, and its mask in args. False after a
 * diagnostic. */
bool texts_read(Texts *texts, uint32_t param, const Field *rows, int64_t n, Tensor **args);
/* Warns of unknown tokens, once. */
void texts_report(Texts *texts);
/* Row 'row' of n of result i: text, or a number or an array. */
void texts_put_row(const Texts *texts, uint32_t i, const Tensor *result, int64_t row, int64_t n,
                   int digits, Text *out);
/* Whether the argument's text can only be an array: "[[1, 2]]" or a file of numbers. */
bool texts_is_array(const char *text);

#endif
