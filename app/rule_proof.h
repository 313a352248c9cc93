/* Rewrite rules proved by an SMT solver: the program 'z3', when it is there. */
#ifndef ORDO_APP_RULE_PROOF_H
#define ORDO_APP_RULE_PROOF_H

#include "passes/rules/prove.h"

typedef enum RuleVerdict {
  RULE_proved,   /* by the solver */
  RULE_cases,    /* the solver does not say; right on all tuples of special values */
  RULE_wrong,    /* a counterexample */
  RULE_unproved, /* it was not asked: why */
  N_RULE_VERDICTS
} RuleVerdict;
extern const char *const rule_verdict_name[N_RULE_VERDICTS];

typedef struct RuleAnswer {
  RuleDomain domain;
  RuleVerdict verdict;
  const char *text; /* the counterexample; of cases, how many and why; else "" */
} RuleAnswer;
typedef struct RuleProof {
  const RuleRow *row;
  RuleVerdict verdict; /* the weakest of the answers */
  const char *why;     /* of RULE_unproved */
  VEC(RuleAnswer) answers;
} RuleProof;

/* Steps of the solver that take about a second. */
enum { SOLVER_STEPS = 2000000 };
/* One for each row. steps: of the solver for each question, so that its answers do not hang on the
 * machine. NULL after a diagnostic. *solver: whether it is there; without it all is by cases. */
RuleProof *rules_prove(Ctx *ctx, const RuleRow *rows, int n, int64_t steps, bool *solver);
/* How a wrong row could be mended: under the weakest condition about types, and about numbers, and
 * if there is none with the strongest grade, with which it is right at special values and not
 * refuted. A list of *n. */
const RuleProof *rule_mended(Ctx *ctx, const RuleRow *row, int64_t steps, uint32_t *n);

#endif
