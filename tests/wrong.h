/* Rules of the sets analysis that are made wrong on purpose: a test of proofs has to catch them. */
#ifndef ORDO_TESTS_WRONG_H
#define ORDO_TESTS_WRONG_H

#include "passes/sets_join.h"

/* A way of being wrong, put in place of one rule: the rule runs, then something is claimed that it does not say. */
typedef struct Wrong {
  const char *name;
  Fact (*rule)(SetStep *st);
  bool padded; /* about padding only */
} Wrong;
extern const Wrong wrong_ways[];
extern const int n_wrong_ways;

/* The table of rules with that one wrong. */
void wrong_rules(bool padded, int way, int rule, SetRuleFn out[N_SET_RULES]);
const char *wrong_rule_name(int rule);

#endif
