/* Derivatives against finite differences, in f64, by the reference interpreter. */
#ifndef ORDO_TESTS_GRADCHECK_H
#define ORDO_TESTS_GRADCHECK_H

#include "passes/passes.h"
#include "fuzz/gen.h"

typedef enum GradVerdict {
  GRAD_right,
  GRAD_wrong,
  GRAD_rough, /* no point was found where the loss is finite and smooth */
  GRAD_none,  /* no float result or no float parameter */
  N_GRAD_VERDICTS
} GradVerdict;

typedef struct GradCheck {
  double low, high;  /* range of the arguments */
  int order;         /* 1, or 2: of the sum of squares of the first derivative */
  const char *remat; /* option of the pass; NULL: its default */
} GradCheck;

/* Sums the float results of g with random weights and compares the derivative by all float
 * parameters with differences along random directions. *why says what is wrong. */
GradVerdict gradcheck(Gen *gen, const Graph *g, GradCheck check, const char **why);
/* Runs the pass 'grad' with defaults; NULL on an error. */
Graph *gradcheck_pass(Ctx *ctx, const Graph *g, const char *remat);

#endif
