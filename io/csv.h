/* Numbers in CSV and TSV files. */
#ifndef ORDO_IO_CSV_H
#define ORDO_IO_CSV_H

#include "io/numtext.h"

/* Reads rows of numbers, separated by tabs, commas, semicolons or spaces (the first of these that
 * the first row holds). Lines that are empty or start with '#' are skipped, so is a first row of
 * names. path "-" is standard input. The tensor is [rows, columns]; with rank 1 wanted, a single
 * row or column gives a vector, and with rank 0 a single number a scalar; rank -1 wants nothing.
 * NULL after a diagnostic that names line and column. */
Tensor *csv_read(Ctx *ctx, const char *path, DType want, int rank);
/* The same from a NUL-terminated text. */
Tensor *csv_decode(Ctx *ctx, const char *path, const char *text, DType want, int rank);
/* Writes a tensor of rank 0 to 2, one line a row; floats read back the same. */
bool csv_write(Ctx *ctx, const char *path, const Tensor *tensor);

#endif
