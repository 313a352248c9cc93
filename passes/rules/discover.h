/* Rules that the table may lack: small expressions with equal values.
 *
 * All expressions up to a size are made of the given ops and leaves, and computed on seeded points:
 * real numbers with and without ties and zeros, positive ones, whole ones of 32 bits. What has the
 * same value at all points of a kind is a pair, the dearer side left. Larger expressions are made
 * only of those that are equal to no earlier one. A pair is no more than a suspicion: rule_grades
 * (passes/rules/guard.h) and the prover say what holds of it. Same options, same pairs. */
#ifndef ORDO_PASSES_RULES_DISCOVER_H
#define ORDO_PASSES_RULES_DISCOVER_H

#include "passes/rules/expr.h"

enum { MOST_PAIR_WAYS = 3 };

typedef struct DiscoverOptions {
  VEC(Op) ops;                 /* that the prover knows: rule_op_known */
  VEC(const Formula *) leaves; /* names and numbers; y and g are truth values */
  int size;                    /* ops of an expression at most */
  int64_t most;                /* expressions at most */
  uint64_t seed;
} DiscoverOptions;

/* A left and a right side, the latter simpler. The names are in the order in which they stand
 * there; in way i the i-th number among them is a, of which conditions speak. */
typedef struct RulePair {
  const char *lhs[MOST_PAIR_WAYS], *rhs[MOST_PAIR_WAYS];
  int ways;
} RulePair;

typedef struct Discovery {
  VEC(RulePair) pairs; /* smaller left sides first */
  int64_t expressions; /* that were computed */
  int64_t values;      /* of them with other values than all before */
  bool cut;            /* there were more than 'most' */
} Discovery;

Discovery rules_discover(Ctx *ctx, const DiscoverOptions *options);

#endif
