/* An example: a record as numbers. All columns of an example lie one after another in a list of
 * 32-bit values: token numbers, or numbers as doubles (two values each). */
#ifndef ORDO_DATA_EXAMPLE_H
#define ORDO_DATA_EXAMPLE_H

#include "data/record.h"
#include "data/vocab.h"

/* Checks the fields of a record and measures its lengths (one for each axis of the data).
 * vocabs: by column, NULL entries where the vocabulary does not exist yet. */
RecordFault example_check(const SpecData *data, const Vocab *const *vocabs, const Field *fields,
                          int64_t *lengths);
/* Appends a record that example_check found sound. False when memory is out. */
bool example_encode(const SpecData *data, const Vocab *const *vocabs, const Field *fields,
                    TokenList *out, int64_t *unknown);
/* How the text of a column becomes tokens: a vocabulary from a file knows. */
static inline ColumnKind column_kind(const SpecColumn *column, const Vocab *vocab) {
  return vocab ? vocab->kind : column->kind;
}
/* Values that one entry of a column takes in the list: 1 or 2. */
static inline int column_width(const SpecColumn *column) {
  return column->kind == COL_number ? 2 : 1;
}

#endif
