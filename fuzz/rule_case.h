/* The left side of a rule as a graph: what a rule is tried on. */
#ifndef ORDO_FUZZ_RULE_CASE_H
#define ORDO_FUZZ_RULE_CASE_H

#include "passes/rules/rewrite.h"

typedef struct RuleShape {
  int rank;
  int64_t dims[3];
} RuleShape;
/* Element types that names get, a digit of the code for each: f32, i32, bool. */
enum { RULE_DTYPES = 3, RULE_WAYS = 6 };

typedef struct RuleCase {
  int code, way; /* way: what is known of the floats, 0 to RULE_WAYS - 1, nothing with 0 */
  const RuleShape *shape;
  const double *constants; /* two, for c0, c2, .. and c1, c3, .. */
} RuleCase;

/* The graph with the result 'y', and a parameter for each name. NULL when an op does not take such
 * operands. */
Graph *rule_case(Ctx *ctx, const RuleRow *row, const RuleCase *c);
/* How many codes there are: element types of all names of the left side. */
int rule_codes(Ctx *ctx, const RuleRow *row);
int rule_names(Ctx *ctx, const RuleRow *row); /* without constants */

#endif
