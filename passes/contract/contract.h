/* Sums of products as einsums, and their emission as canonical products
 * (passes/contract/contract.c, passes/contract/einsum.c).
 *
 * An einsum has labels 0..n-1 with extents. A factor is a tensor whose axes carry labels; labels
 * that are summed do not appear in the result. Labels of extent 1 are dropped, so a label stands
 * for a real axis.
 */
#ifndef ORDO_PASSES_CONTRACT_CONTRACT_H
#define ORDO_PASSES_CONTRACT_CONTRACT_H

#include "ir/cost.h"
#include "passes/facts.h"
#include "passes/passes.h"

enum { MAX_LABELS = 16, MAX_FACTORS = 6, NO_LABEL = -1 };

/* A tensor whose axis i carries label labels[i]; NO_LABEL: an axis of extent 1 to drop. */
typedef struct Factor {
  Ref r;
  int n;
  int8_t labels[MAX_LABELS];
} Factor;

typedef struct Einsum {
  PassCtx *pc;
  Graph *g;
  Facts *facts;  /* of g */
  int64_t least; /* contracted extents below this stay sums */
  int n_labels;
  Sz dims[MAX_LABELS];
  uint32_t summed; /* bit set of labels */
  Factor factors[MAX_FACTORS];
  int n_factors;
  double scale;
  Str precision; /* of the dot that is read, and of the one that is made */
  int n_out;
  int8_t out[MAX_LABELS]; /* labels of the result, in order; NO_LABEL: an axis of extent 1 */
  const char *why;        /* why no product was made, for remarks */
} Einsum;

/* What stands for node r of old, an op of a plug-in, in g (passes/contract/custom.c). */
Ref contract_custom(PassCtx *pc, const Graph *old, Ref r, Graph *g, const RefMap *map);
/* A new label. */
int einsum_label(Einsum *e, Sz extent);
/* The einsum with one product of matrices where that is worth it; REF_NONE (and the reason in why)
 * when not. */
Ref einsum_product(Einsum *e);
/* The einsum as elementwise products and a sum. */
Ref einsum_plain(Einsum *e);

#endif
