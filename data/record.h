/* One record: a line of a file taken apart into the texts of its columns. */
#ifndef ORDO_DATA_RECORD_H
#define ORDO_DATA_RECORD_H

#include "data/jscan.h"
#include "frontend/data.h"

typedef struct Field {
  const char *text;
  size_t n;
} Field;

/* What is wrong with a record: 'why' is NULL when nothing is. Static text. */
typedef struct RecordFault {
  const char *why;
  int column; /* -1: the record as a whole */
} RecordFault;

/* Splits lines of one data set. Fields point into the line or into the splitter's own memory: they
 * are valid until the next record. */
typedef struct RecordSplitter {
  Ctx *ctx;
  const SpecData *data;
  int64_t *positions; /* tsv: place of each column in a line */
  Field *fields;      /* by column */
  JsonScan json;      /* jsonl */
  JsonValue *values;  /* jsonl: by column; 'at' is NULL until it was found */
  Bytes text;         /* jsonl: what the values say, one behind the other */
} RecordSplitter;

/* The first line of the file is given for formats that have a header, else NULL. False after a
 * diagnostic: a column that the header does not have. */
bool record_splitter(Ctx *ctx, const SpecData *data, const Field *header, RecordSplitter *out);
void record_splitter_free(RecordSplitter *splitter);
/* Sets fields, unless something is wrong with the line. */
RecordFault record_split(RecordSplitter *splitter, const char *line, size_t n);

#endif
