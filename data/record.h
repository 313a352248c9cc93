/* One record: a line of a file taken apart into the texts of its columns. */
#ifndef ORDO_DATA_RECORD_H
#define ORDO_DATA_RECORD_H

#include "frontend/data.h"

typedef struct Field {
  const char *text;
  size_t n;
} Field;

/* Splits lines of one data set. Fields point into the line or into the splitter's own memory: they
 * are valid until the next record. */
typedef struct RecordSplitter {
  Ctx *ctx;
  const SpecData *data;
  int64_t *positions; /* tsv: place of each column in a line */
  Field *fields;      /* by column */
  void *json;         /* jsonl: the record that fields point into */
  char *joined;       /* jsonl: arrays as text; on the heap */
  size_t joined_cap;
} RecordSplitter;

/* The first line of the file is given for formats that have a header, else NULL. False after a
 * diagnostic: a column that the header does not have. */
bool record_splitter(Ctx *ctx, const SpecData *data, const Field *header, RecordSplitter *out);
void record_splitter_free(RecordSplitter *splitter);
/* Sets fields. NULL when the line is sound, else what is wrong with it (of ctx's arena or static). */
const char *record_split(RecordSplitter *splitter, const char *line, size_t n);

#endif
