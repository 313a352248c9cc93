/* Under which conditions a rule holds, and with which grade: on special values, by trial. */
#ifndef ORDO_PASSES_RULES_GUARD_H
#define ORDO_PASSES_RULES_GUARD_H

#include "passes/rules/rewrite.h"

typedef struct RuleGrading {
  Grade grade;
  RuleCondition condition;
} RuleGrading;
typedef VEC(RuleGrading) RuleGradings;

/* The conditions that may stand in the row of a left side, the weaker ones first; the first is
 * NULL. Those of use counts are left out: they say what pays, not what is right. */
typedef VEC(RuleCondition) RuleConditions;
RuleConditions rule_conditions(Ctx *ctx, const char *lhs);
/* Whether it speaks of the values of a, or of constants. */
bool rule_of_numbers(RuleCondition condition);
/* Whether the row holds on all tuples of special values in all domains in which it is asked. */
bool rule_holds(Ctx *ctx, const RuleRow *row);
/* What holds of "lhs => rhs": the strongest grade, 'least' at least, that needs no condition about
 * numbers; where that is too weak for the default level (or exact, if that is the least), also the
 * weakest condition under which it is strong enough. Empty: nothing. */
RuleGradings rule_gradings(Ctx *ctx, const char *lhs, const char *rhs, Grade least);
/* The condition under which the rule pays wherever it matches: that parts which the right side does
 * without have no other user. False: the table has none that says so beside this one. */
bool rule_pays(Ctx *ctx, const RuleRow *row, RuleCondition *condition);
/* Whether the rules of pc make both sides of a row one, by simplify or equality saturation; or an
 * op of it does not take what it gets. Needs memory of pc's context. */
typedef enum RuleKnown { RULE_new, RULE_known, RULE_unfit } RuleKnown;
RuleKnown rules_know(PassCtx *pc, const RuleRow *row);

#endif
