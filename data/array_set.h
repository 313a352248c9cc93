/* Arrays as data: npz and npy files, whose first axis is the examples.
 *
 * The arrays stay in memory, in the element types of their columns. An example is number i of each
 * of them; it is checked as a line of text is (no NaN, indices inside their axes), and its split
 * is a hash of its bytes. */
#ifndef ORDO_DATA_ARRAY_SET_H
#define ORDO_DATA_ARRAY_SET_H

#include "data/record.h"
#include "io/file.h"
#include "io/tensors.h"

typedef struct ArraySet {
  Tensors file;
  const Tensor **columns; /* by column of the data */
  int64_t *lengths;       /* by axis of the data */
  int64_t examples;
} ArraySet;

/* Reads the file and matches arrays with columns; false after a diagnostic. */
bool array_set_read(Ctx *ctx, const SpecData *spec, const FileIn *in, ArraySet *out);
void array_set_free(ArraySet *set);
/* What is wrong with an example. */
RecordFault array_set_check(const ArraySet *set, const SpecData *spec, int64_t example);
/* A hash of the bytes of an example; of one column, or with -1 of all. */
uint64_t array_set_hash(const ArraySet *set, const SpecData *spec, int64_t example, int column,
                        uint64_t seed);

/* The bytes of an example in a column. */
const char *array_set_bytes(const ArraySet *set, int column, int64_t example, size_t *n);

#endif
