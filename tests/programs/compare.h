/* One program text, every way that it can be run, against the evaluator of its syntax tree. */
#ifndef ORDO_TESTS_PROGRAMS_COMPARE_H
#define ORDO_TESTS_PROGRAMS_COMPARE_H

#include "app/compile.h"

typedef struct Size { /* what the names of sizes in signatures stand for */
  char name[8];
  int value;
} Size;
enum { CASE_SIZES = 6 };

/* A text with a function 'main', a layer 'Net' with a function 'main', or a training program. */
typedef struct Case {
  const char *text;
  const char *planted; /* what the compiler gets in its place, or NULL */
  uint64_t seed;       /* of arguments */
  Size sizes[CASE_SIZES];
  int n_sizes;
  bool empty; /* one of them is 0 or 1, whatever the text was made for */
} Case;

typedef struct Tally {
  long texts, results, undecided;          /* results: tensors compared with the evaluator */
  long derivatives, derivatives_undecided; /* numbers that differences gave */
  long claims; /* refusals that say that a derivative is zero, compared */
  long refused, compiled, compiled_undecided, mismatches, failed, slow, crashed;
  long codes[N_DIAG_CODES]; /* of refusals */
} Tally;

typedef enum Verdict {
  CASE_fine,
  CASE_refused, /* the checker says what it cannot do: a documented limit */
  CASE_wrong,   /* numbers differ */
  CASE_failed,  /* a diagnostic that should not be, or a run that stops */
  CASE_slow     /* the evaluator gave up */
} Verdict;

typedef struct Compare {
  Engine *engine; /* NULL: only interpreted */
  const char *library;
  bool quiet, verbose; /* verbose: refusals, too */
  Tally *tally;
} Compare;
Verdict case_compare(const Compare *c, const Case *k);
/* The text with zeros in place of the derivative that a diagnostic says does not depend on its
 * variable; NULL when it says something else. */
const char *claim_zero(Ctx *ctx, const Diag *claim, const char *text);

#endif
