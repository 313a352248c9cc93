/* Products as matrices: which axes of a dot are rows, columns and batch, and how far their elements
 * lie apart in the operands and in the result, which are contiguous and row-major.
 */
#ifndef ORDO_IR_DOT_FORM_H
#define ORDO_IR_DOT_FORM_H

#include "ir/ir.h"

/* Axes that lie behind one another in memory, as one: extent, and distance in elements in a, b and
 * the result (0 where the tensor does not have it). */
typedef struct DotAxis {
  Sz extent, a, b, y;
} DotAxis;

enum { DOT_BATCH = 3 };

typedef struct DotForm {
  DotAxis batch[DOT_BATCH]; /* the outermost first; in front of them extents of 1 */
  DotAxis m, n, k;
} DotForm;

/* A dot of tensors of these types. perm: the order in which the result's axes lie in memory, as the
 * attribute of transpose; NULL: batch, rest of a, rest of b. */
typedef struct DotAsk {
  const TypeInfo *a, *b;
  const Attr *batch_a, *batch_b, *contract_a, *contract_b, *perm;
} DotAsk;

/* false when no strides say it: rows, columns or what is summed are not each one axis, columns of
 * the result are not adjacent, or the batch has more than DOT_BATCH axes. */
bool dot_form(Ctx *ctx, const DotAsk *ask, DotForm *out);
/* order: the transpose in whose order the result is written, or NULL. */
DotAsk dot_ask(const Graph *g, const Node *dot, const Node *order);
/* Whether a node is a transpose of a dot, its only reader, in whose order that can be written. */
bool dot_orders(const Graph *g, Ref transpose, uint32_t readers_of_dot);

#endif
