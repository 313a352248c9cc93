/* All data sets that a program needs, and their vocabularies. */
#ifndef ORDO_DATA_CORPUS_H
#define ORDO_DATA_CORPUS_H

#include "data/dataset.h"

typedef struct CorpusVocab {
  SpecVocab *spec;
  Vocab *vocab;  /* owned; NULL: none of its data sets is open */
  Vocab *counts; /* while files are read */
} CorpusVocab;

typedef struct Corpus {
  Ctx *ctx;
  Spec *spec;
  Dataset *sets; /* by place in spec_data; those not opened have no spec */
  uint32_t n_sets;
  CorpusVocab *vocabs;
  uint32_t n_vocabs;
} Corpus;

/* Opens the data sets for which wanted is true (NULL: all), and those that share vocabularies with
 * them; tells the spec the sizes of the vocabularies. False after a diagnostic. */
bool corpus_open(Ctx *ctx, Spec *spec, const bool *wanted, Corpus *out);
void corpus_close(Corpus *corpus);
/* The open data set, or NULL. */
const Dataset *corpus_set(const Corpus *corpus, const SpecData *data);
const Vocab *corpus_vocab(const Corpus *corpus, const SpecVocab *spec);

#endif
