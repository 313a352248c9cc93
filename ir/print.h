/* Printing graphs with options, and the small printers that other text writers share. */
#ifndef ORDO_IR_PRINT_H
#define ORDO_IR_PRINT_H

#include "ir/ir.h"

/* graph_print, with source spans (@lo:hi) when asked. */
void graph_print_with(const Graph *g, bool spans, Text *out);
/* One attribute of a node: axes=[0, 1]. */
void attr_print(Ctx *ctx, const Node *n, const Attr *a, Text *out);
/* The shortest decimal that reads back as the same value of the element type. */
void text_number(Text *out, DType dtype, double value);

#endif
