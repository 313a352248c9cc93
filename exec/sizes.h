/* Sizes of arrays as a table of polynomials of symbols, which is evaluated without the context
 * that the sizes come from (ir/size_table.h makes it). */
#ifndef ORDO_EXEC_SIZES_H
#define ORDO_EXEC_SIZES_H

#include <stdbool.h>
#include <stdint.h>

typedef enum SizeFactorKind { FACTOR_symbol, FACTOR_floor, FACTOR_min, FACTOR_max } SizeFactorKind;

/* Symbol number a; floor(a / b), min(a, b), max(a, b) of earlier sizes. */
typedef struct SizeFactor {
  uint32_t kind, a, b;
} SizeFactor;

/* coef * factors[at], .., n of them: places in SizeTable.places. */
typedef struct SizeTerm {
  int64_t coef;
  uint32_t first, n;
} SizeTerm;

/* The sum of terms[first], .., n of them; n is SIZE_NEVER where 64 bits hold no value whatever the
 * symbols are. */
#define SIZE_NEVER UINT32_MAX
typedef struct SizeSum {
  uint32_t first, n;
} SizeSum;

typedef struct SizeTable {
  const SizeSum *sums; /* the sizes; later ones may use earlier ones */
  const SizeTerm *terms;
  const uint32_t *places; /* numbers of factors */
  const SizeFactor *factors;
  uint32_t n_sums, n_terms, n_places, n_factors;
} SizeTable;

/* What stands for a symbol without a value. */
#define SIZE_UNKNOWN INT64_MIN

/* a / b, towards minus infinity; b is not 0. */
int64_t sizes_floor_div(int64_t a, int64_t b);

/* values[i], and known[i]: whether it has one (all its symbols have, nothing overflows, nothing is
 * divided by 0). */
void sizes_eval(const SizeTable *table, const int64_t *symbols, int64_t *values, bool *known);

#endif
