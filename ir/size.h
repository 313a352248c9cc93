/* What size.c and size_prove.c share: polynomials behind Sz. Private to ir/. */
#ifndef ORDO_IR_SIZE_H
#define ORDO_IR_SIZE_H

#include "ir/tables.h"

const Poly *size_poly(const IrTables *t,
                      Sz a); /* moves when a polynomial is made: copy before that */
/* Sorts, merges and interns terms (which it may change). SZ_NONE on overflow. */
Sz size_intern(IrTables *t, Term *terms, uint32_t n);
Sz size_sum(IrTables *t, Sz a, Sz b);
Sz size_diff(IrTables *t, Sz a, Sz b);
Sz size_product(IrTables *t, Sz a, Sz b);
Sz size_number(IrTables *t, int64_t value);
bool size_mentions(const IrTables *t, Sz a, Sz symbol);
void size_print_poly(const IrTables *t, Sz a, Text *out);

#endif
