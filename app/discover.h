/* Rules that the table lacks: found (passes/rules/discover.h), graded, compared with what the table
 * can do already, proved, and measured by what they would save on models. */
#ifndef ORDO_APP_DISCOVER_H
#define ORDO_APP_DISCOVER_H

#include "app/models.h"
#include "app/rule_proof.h"
#include "passes/rules/discover.h"

typedef struct FoundRule {
  RuleRow row; /* its condition is one of the table's */
  RuleProof proof;
  int64_t places;    /* of the models, where it would be applied */
  double saves;      /* flops there */
  const char *first; /* the first model with such a place; NULL: none */
} FoundRule;
typedef VEC(FoundRule) FoundRules;

typedef struct RuleSearch {
  Ctx *ctx;
  const char *disable; /* of --disable: rules that count as not there; may be NULL */
  Grade least;         /* weaker rows are not asked for */
  int64_t steps;       /* of the solver, for each question */
  uint32_t most;       /* rows: then no more pairs are judged */
  /* Told now and then; may be NULL. */
  void (*told)(void *user, int64_t done, int64_t pairs, uint32_t found);
  void *user;
  /* what came of it */
  FoundRules found; /* proved, or right by cases */
  int64_t judged;   /* pairs */
  int64_t known;    /* of them equal by the table, or by what was found before */
  int64_t wrong;    /* that differ at special values, whatever the condition */
  int64_t refused;  /* that the solver refutes, or whose grade is too weak */
  int64_t no_gain;  /* whose right side costs what the left one does where parts are shared */
  bool solver;      /* there is one */
} RuleSearch;

/* Judges pairs in their order. False after a diagnostic. */
bool rules_judge(RuleSearch *s, const RulePair *pairs, uint32_t n);
/* Fills in what the rules would save in the step of each training program, or the functions of a
 * model without one, behind the standard pipeline; sorts by that. False after a diagnostic. */
bool rules_weigh(RuleSearch *s, const ModelDirs *dirs, const char *const *models, uint32_t n);

#endif
