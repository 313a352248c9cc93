/* Makes the table of sizes that is evaluated without a context (exec/sizes.h). */
#ifndef ORDO_IR_SIZE_TABLE_H
#define ORDO_IR_SIZE_TABLE_H

#include "base/map.h"
#include "exec/sizes.h"
#include "ir/ir.h"

typedef struct SizeTableBuilder {
  Ctx *ctx;
  VEC(Sz) symbols; /* by their numbers */
  VEC(Sz) sizes;   /* by their numbers in the table */
  Map numbers;     /* of sizes */
  Map factors_of;  /* numbers of factors, by the size that is just the factor */
  VEC(SizeSum) sums;
  VEC(SizeTerm) terms;
  VEC(uint32_t) places;
  VEC(SizeFactor) factors;
} SizeTableBuilder;

/* The number of a size in the table; equal sizes have one. */
uint32_t size_table_add(SizeTableBuilder *b, Sz size);
/* Points into the builder, until something is added. */
SizeTable size_table(const SizeTableBuilder *b);

#endif
