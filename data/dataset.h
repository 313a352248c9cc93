/* A data set: its file, what was found in it, and where its examples are.
 *
 * The file is read once when it is opened: every record is checked, measured, given to its split by
 * a hash of its text, and the tokens of the training split are counted. What stays in memory is an
 * index of where the examples of each split begin. It has at most INDEX_LIMIT entries: of larger
 * files an entry stands for 2, 4, 8, ... examples of the split in a row (a unit), which then stay
 * together when the order is shuffled. Text is read again when a batch needs it, so memory does not
 * grow with the file.
 */
#ifndef ORDO_DATA_DATASET_H
#define ORDO_DATA_DATASET_H

#include "data/array_set.h"
#include "data/example.h"
#include "data/lines.h"
#include "data/offsets.h"
#include "data/stream.h"

enum {
  INDEX_LIMIT = 8 << 20,
  LENGTH_BINS = 32,
  KEPT_FAULTS = 8, /* reasons that the warning lists */
  KEPT_LINES = 3,  /* lines that it names for each */
  READ_CHUNK = 1 << 18
};

typedef enum Split { SPLIT_train, SPLIT_valid, SPLIT_test, N_SPLITS } Split;
extern const char *const split_name[N_SPLITS];

typedef struct SplitIndex {
  Offsets units; /* of the first record of each */
  int64_t per_unit;
  int64_t examples, in_last; /* in_last: examples of the last unit */
} SplitIndex;

/* Why records were skipped: one row for each reason and column. */
typedef struct FaultCount {
  RecordFault fault;
  int64_t count, lines[KEPT_LINES];
  const char *shown; /* what stands in the first of them, where that is short; or NULL */
} FaultCount;

typedef struct ColumnStats {
  int64_t tokens, longest, histogram[LENGTH_BINS]; /* bin k: lengths from 2^k */
} ColumnStats;

/* Of a running text: the tokens of a split. */
typedef struct StreamPart {
  int64_t from, n;
} StreamPart;

typedef struct Dataset {
  Ctx *ctx;
  const SpecData *spec;
  FileIn in;
  uint64_t start;       /* of the first record */
  Field header;         /* of formats that have one */
  const Vocab **vocabs; /* by column; borrowed */
  SplitIndex splits[N_SPLITS];
  StreamIndex stream; /* of a running text, in place of splits */
  StreamPart parts[N_SPLITS];
  ArraySet arrays; /* of files of arrays: a unit is the number of an example */
  int64_t lines, empty, skipped;
  uint64_t first_bad; /* offset of the first token of a running text that is no UTF-8 */
  VEC(FaultCount) faults;
  int64_t *lengths;     /* of the record being read, by axis */
  ColumnStats *stats;   /* by column, of all splits */
  uint64_t fingerprint; /* of all records in order, and of how they were split */
} Dataset;

/* Opens and reads the file. vocabs: by column, those that exist already; it lives as long as the
 * set and gets the others when they are built. counts: by column, where the tokens of the
 * training split are counted; NULL entries where they are not wanted. False after a diagnostic. */
bool dataset_open(Ctx *ctx, const SpecData *spec, const Vocab **vocabs, Vocab *const *counts,
                  Dataset *out);
/* The same of a file that is open, which the set closes. */
bool dataset_read(Ctx *ctx, const SpecData *spec, FileIn in, const Vocab **vocabs,
                  Vocab *const *counts, Dataset *out);
void dataset_close(Dataset *set);
/* The split that a record belongs to. */
Split dataset_split(const SpecData *spec, const char *line, size_t n, const Field *fields);
bool split_parse(const char *name, Split *out);

#endif
