/* All data sets that a program needs, and their vocabularies. */
#ifndef ORDO_DATA_CORPUS_H
#define ORDO_DATA_CORPUS_H

#include "data/dataset.h"
#include "io/tensors.h"

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

/* Opens the data sets that are wanted (NULL: all), and those that share vocabularies with
 * them; tells the spec the sizes of the vocabularies. False after a diagnostic. */
bool corpus_open(Ctx *ctx, Spec *spec, const SpecDataList *wanted, Corpus *out);
void corpus_close(Corpus *corpus);
/* The open data set, or NULL. */
const Dataset *corpus_set(const Corpus *corpus, const SpecData *data);
const Vocab *corpus_vocab(const Corpus *corpus, const SpecVocab *spec);

/* ---- what a checkpoint keeps: vocabularies, and fingerprints of the data ---- */
#define DATA_KEY "ordo.data."
void corpus_meta(const Corpus *corpus, Tensors *out);
/* A checkpoint's vocabularies are those of the data, where it keeps any of the same name. path: of
 * the file, for the diagnostic that is made when they are not. */
bool corpus_check_meta(const Corpus *corpus, const Tensors *file, const char *path);
/* The data is what it was when the checkpoint was written. */
bool corpus_check_data(const Corpus *corpus, const Tensors *file, const char *path);
/* A corpus that has the vocabularies of a checkpoint and no data. */
bool corpus_from_meta(Ctx *ctx, Spec *spec, const Tensors *file, const char *path, Corpus *out);

#endif
