/* What has to be proved of a rewrite rule, as texts for an SMT solver (SMT-LIB 2).
 *
 * Names stand for elements of operands of one shape, and every op of a text works element by
 * element; so a rule holds for all ranks and extents if it holds for one element. For one element
 * it is asked in each domain whose ops and condition the rule admits:
 *
 *   bool, any      truth values; elements of a type of which nothing is used
 *   i32            32 bits that wrap around, division cut downwards
 *   f32, f64       IEEE numbers, to the bit but for the payload of NaN: rules graded exact
 *   reals          the others: the same real number where both sides are defined. exp, log and the
 *                  like are functions of which only the laws in prove.c are known
 *   class          f32: rules that may round keep what is NaN, infinite, zero or finite, for
 *                  operands that are NaN, infinities, zeros or between 1e-15 and 1e15 in size
 */
#ifndef ORDO_PASSES_RULES_PROVE_H
#define ORDO_PASSES_RULES_PROVE_H

#include "passes/rules/rewrite.h"

typedef enum RuleDomain {
  DOMAIN_bool,
  DOMAIN_any,
  DOMAIN_i32,
  DOMAIN_f32,
  DOMAIN_f64,
  DOMAIN_reals,
  DOMAIN_class,
  N_RULE_DOMAINS
} RuleDomain;
extern const char *const rule_domain_name[N_RULE_DOMAINS];

/* One question: may the two sides differ? 'unsat' is a proof, 'sat' a counterexample. */
typedef struct RuleCheck {
  RuleDomain domain;
  const char *smt; /* declarations and assertions; check-sat and the like are the caller's */
  unsigned names;  /* that stand in it, by ExprName */
  bool laws; /* of products and quotients only the laws of signs and of 1 are known, which IEEE
                numbers and whole ones have: 'unsat' is a proof, 'sat' says nothing */
} RuleCheck;
typedef VEC(RuleCheck) RuleChecks;

/* Whether the prover knows what an elementwise op means; and of whole numbers. */
bool rule_op_known(Op op);
bool rule_op_whole(Op op);
/* max and min of zeros of two signs give the second one: where every bit is to be kept, a left side
 * is asked about with their operands in both orders, for it matches both. How many orders those
 * are. */
bool rule_takes_order(Op op);
int rule_orders(const RuleRow *row, const Formula *lhs);
/* The domains in which a rule as text is asked about, a bit each; 0: it cannot be asked. */
unsigned rule_domains(Ctx *ctx, const RuleRow *row);
/* Whether the row promises to keep NaN, infinities and zeros, and the solver cannot be asked: it
 * has an op of which the prover has no meaning as float. Cases of DOMAIN_class have to do then. */
bool rule_rounds_unasked(const RuleRow *row, unsigned domains);
/* What the texts of all checks use. */
const char *rule_prelude(void);
/* And those of a domain. */
const char *rule_prelude_of(RuleDomain domain);
/* The checks of a rule as text. Empty: it has a function, or a condition that the prover does not
 * know; *why says so. */
RuleChecks rule_checks(Ctx *ctx, const RuleRow *row, const char **why);
/* Which names of a rule are truth values; how a name is written. */
unsigned rule_logicals(const Formula *lhs, const Formula *rhs);
const char *rule_name_text(int name);
/* Whether both sides have the same value on all tuples of special values; where they do not, the
 * values are printed to *wrong. tried: how many the
 * rule admits. */
bool rule_cases(Ctx *ctx, const RuleRow *row, RuleDomain domain, long *tried, Text *wrong);

#endif
