/* A rule that is wrong: softsign of an infinity is NaN, the sign of an infinity is not. 'ordo fuzz'
 * has to say so. */
#include "passes/plugin.h"

#include <math.h>

static double softsign(double a, double b, double c) {
  (void)b, (void)c;
  return a / (1 + fabs(a));
}

static const CustomOp ops[] = {{.name = "softsign",
                                .arity = 1,
                                .scalar = softsign,
                                .code = "a / (1 + abs(a))",
                                .grad = {"g / ((1 + abs(a)) * (1 + abs(a)))"},
                                .flops = "6*y",
                                .doc = "a / (1 + |a|)"},
                               {0}};

static const RuleText rules[] = {
    {.name = "sign_softsign", .left = "sign(softsign(a))", .right = "sign(a)", .grade = "rounds"},
    {0}};

ORDO_PLUGIN(.rules = rules, .ops = ops);
