/* Kernels by rows: a kernel whose values belong to the rows of a matrix product, one by one, can
 * be run for a few rows at a time, while they are in the cache.
 *
 * Some axes count the rows: the leading ones of the product as the kernel sees it, and where the
 * kernel takes one of them apart, its parts. An axis of any value in the body that walks along with
 * one of them, or with several together, is cut like it: nothing may mix its places. What reads
 * whole rows (a norm, a softmax, the gates of an LSTM) still fits. */
#ifndef ORDO_PASSES_PLAN_PLAN_ROWS_H
#define ORDO_PASSES_PLAN_PLAN_ROWS_H

#include "ir/dot_form.h"

enum { PLAN_ROW_AXES = 4 };

/* Axes that count rows, none of them of extent 1. The last ones count the rows of an item of the
 * product's batch. */
typedef struct RowAxes {
  int n;
  Sz extents[PLAN_ROW_AXES];
  Sz item;
} RowAxes;

/* A kernel's body for a part of the rows. Of the axes that count them, those in front of 'cut' have
 * one place, axis 'cut' has 'count' places from its start on, those behind it are whole. */
typedef struct PlanRows PlanRows;
struct PlanRows {
  const Node *kernel;
  const int *in;     /* buffers of its operands */
  const Graph *body; /* operands are whole, the product itself and the results are cut */
  const bool *made;  /* by operand: whether it is made by rows just before */
  int product;       /* the operand that is the product, or -1 */
  bool kept;         /* others read the product, too: it is an operand like the rest */
  int over;          /* the result in whose place the product is made, element by element; -1 */
  RowAxes axes;
  int cut;
  Sz starts[PLAN_ROW_AXES], count; /* symbols */
  PlanRows *next;                  /* the kernel that runs behind it */
};

/* The axes that count rows of a product, as its axes are seen by who reads it in this type; false:
 * its rows do not lie one after another. */
bool plan_row_axes(Ctx *ctx, const DotForm *form, const TypeInfo *type, RowAxes *axes);
/* The kernel by rows. made: operands that are made by rows just before, which it may read in those
 * rows only; product: the one of them that is a product which nobody else needs, or -1. axes may
 * be taken apart. NULL: *why. */
PlanRows *plan_rows(Ctx *ctx, const Node *kernel, const bool *made, int product, RowAxes *axes,
                    const char **why);

#endif
