/* Which transformation of which pass is the first wrong one.
 *
 * The pipeline runs once, each pass is judged against the interpreter (app/validate.h). The first
 * wrong pass runs again on the graph that it got, with fuel for fewer transformations, until the
 * smallest number is found for which what it leaves is wrong. When all passes are right, compiled
 * code is compared.
 */
#ifndef ORDO_APP_BISECT_H
#define ORDO_APP_BISECT_H

#include "app/validate.h"

typedef enum BisectWhere { BISECT_nothing, BISECT_pass, BISECT_code } BisectWhere;

typedef struct Bisection {
  BisectWhere where;
  const char *wrong;  /* result, element, expected, got; or why it failed */
  const char *inputs; /* seed and sizes */
  uint32_t forms;     /* graphs that were right */
  const Graph *given; /* what the pass got; of BISECT_code: what is compiled */
  const char *step;   /* the pass as it stands in the pipeline, with its options */
  int number;         /* of the step, from 1 */
  int64_t n, first;   /* transformations of the pass, and the first wrong one, from 1; 0: it is not
                           one of those that it counts */
  const Graph *before, *after; /* around that one; after may be NULL: it gave none */
  const char *rewrite;         /* of a rule: "NAME: before => after"; else NULL */
} Bisection;

/* c is a compile that stands before its passes; its engine is needed for compiled code (NULL: that
 * is not looked at). False after a diagnostic: nothing could be compared. */
bool bisect(Compile *c, Validate *v, Bisection *found);

#endif
