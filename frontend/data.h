/* Data sets as the text declares them, and what training programs take from them.
 *
 *   data pairs = tsv("pairs.tsv", valid = 0.05) { src: chars[S]  tgt: words[T] }
 *
 * declares the columns 'src' and 'tgt', each with a vocabulary. A vocabulary is a size symbol named
 * after its column, "pairs.src": symbols are equal by name only, so that indices into two
 * vocabularies differ in type even when these have equally many tokens. The frontend works with the
 * symbol; how many tokens there are is told by whoever has read the files (spec_set_vocab), and the
 * graphs that leave the frontend from then on have the number in the symbol's place.
 *
 * Nothing here opens a data file: a spec can be checked where its data is not.
 */
#ifndef ORDO_FRONTEND_DATA_H
#define ORDO_FRONTEND_DATA_H

#include "frontend/syntax/ast.h"
#include "ir/ir.h"

typedef struct Spec Spec;

/* Every column way of reading: frontend/columns.def. */
typedef enum ColumnKind {
#define COLUMN(name, tokens, doc) COL_##name,
#include "frontend/columns.def"
#undef COLUMN
  N_COLUMN_KINDS
} ColumnKind;

typedef enum DataFormat {
#define DATA_FORMAT(name, ...) DATA_##name,
#include "frontend/data_formats.def"
#undef DATA_FORMAT
  N_DATA_FORMATS
} DataFormat;

/* A row of frontend/data_formats.def. */
typedef struct DataFormatInfo {
  const char *name, *doc;
  bool by_name, header, single, stream, arrays;
} DataFormatInfo;
extern const DataFormatInfo data_format[N_DATA_FORMATS];

/* Special tokens of a vocabulary that is built from data: its first entries. */
enum { TOKEN_pad, TOKEN_bos, TOKEN_eos, TOKEN_unk, N_SPECIAL_TOKENS };

typedef struct SpecVocab {
  Str name;        /* "pairs.src" */
  Sz size;         /* its symbol */
  int64_t known;   /* number of tokens; 0: not told yet */
  ColumnKind kind; /* how text becomes tokens */
  Str file;        /* vocab("file"): where its tokens come from; empty otherwise */
  Str of;          /* its name there, when the file is a checkpoint that keeps several */
  int64_t min_count, max_size;
  Span span;
} SpecVocab;

typedef struct SpecColumn {
  Str name;
  Span span;
  ColumnKind kind;
  SpecVocab *vocab; /* token columns; NULL for numbers */
  DType dtype;      /* of numbers; DT_idx otherwise */
  Sz extent;        /* numbers of type <N>: N */
  int64_t most;     /* N when it is known, else 0 */
  int axis;         /* its length among SpecData.axes, -1 for a single token or number */
  int rank, *axes;  /* of arrays: all their lengths but that of the examples */
  bool eos;         /* <eos> is appended */
  int64_t max_len;  /* tokens with <eos>; records with more are skipped */
  Str field;        /* name in the file; empty: by position */
  int64_t position; /* from 0, of formats without names */
} SpecColumn;

/* A length that one or several columns share, such as S. */
typedef struct SpecAxis {
  Str name;
  int64_t fixed; /* the same for all records; 0: as long as the longest of the batch */
} SpecAxis;

typedef struct SpecData {
  Str name, path; /* path: as it will be opened */
  Span span, path_span;
  DataFormat format;
  SpecColumn *columns;
  SpecAxis *axes;
  int n_columns, n_axes;
  double valid, test; /* fractions */
  int64_t split_seed;
  int split_by; /* column whose text decides the split, -1: the whole record */
  bool header, stop_on_error;
} SpecData;

typedef struct SpecDataList {
  SpecData *const *items;
  uint32_t count;
} SpecDataList;

/* All data sets of a spec, in the order of the text. */
SpecDataList spec_data(const Spec *spec);
/* Tells how many tokens a vocabulary has. */
void spec_set_vocab(Spec *spec, SpecVocab *vocab, int64_t tokens);
/* The vocabulary that a size is the symbol of, or NULL. */
SpecVocab *spec_find_vocab(const Spec *spec, Sz size);

/* What a program takes in one place: pairs.batch(64). */
typedef enum FeedPart { FEED_values, FEED_mask } FeedPart;
typedef struct FeedParam {
  int column;
  FeedPart part;
} FeedParam;

typedef struct TrainFeed {
  const SpecData *data;
  Str split;      /* "train", "valid", "test" */
  int64_t rows;   /* examples in a batch */
  int64_t turns;  /* batches for one run: more than one inside of 'repeat' */
  Sz batch;       /* extent of the batch axis: a symbol when the last batch may be smaller */
  Sz *lengths;    /* extent of each axis of the data: a symbol, or a constant when fixed */
  int64_t bucket; /* batches among which examples are sorted by length; 0: not sorted */
  int64_t pad;    /* lengths are multiples of it */
  uint32_t first; /* which of the parameters with the role feed params[0] is for */
  FeedParam *params;
  int n_params;
  int64_t window; /* of a running text: tokens in a row; else 0 */
  bool whole;     /* every example of the split once, in order */
} TrainFeed;

#endif
