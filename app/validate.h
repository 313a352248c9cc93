/* Each pass against the interpreter, on arguments drawn from a seed (--validate-each).
 *
 * The graph that the pipeline gets is interpreted once; what each pass leaves has to give the same
 * results, in the tolerance of app/oracle.h. Behind a pass that rounds by design (precision), what
 * it left is what later ones are compared with.
 */
#ifndef ORDO_APP_VALIDATE_H
#define ORDO_APP_VALIDATE_H

#include "app/oracle.h"

typedef struct Validate {
  Ctx *ctx;
  uint64_t seed;
  const SizeEnv *given;           /* sizes that are not chosen; may be NULL */
  bool fast;                      /* rules of that grade are allowed */
  void (*tell)(const char *line); /* of passes that take long to interpret; may be NULL */
  /* what is open: */
  Oracle oracle;
  const Graph *graph;
  Tensor **args;
  SizeEnv sizes;
  uint32_t forms, undecided; /* graphs looked at, and results among theirs that hang on rounding */
  OracleReport report;       /* of the form looked at last */
} Validate;

/* Draws arguments and interprets. False with a reason. */
bool validate_open(Validate *v, const Graph *g, Fault *fault);
/* Whether the graph that the pass left is right; v->report says what is not. */
OracleVerdict validate_form(Validate *v, const PassInfo *pass, const Graph *form);
void validate_close(Validate *v);

/* "seed 1, B = 3, N = 5" */
const char *validate_inputs(const Validate *v);
/* "result 'loss', element 3: expected 1.5, got 3" or why it could not be seen */
const char *validate_wrong(const Validate *v, OracleVerdict verdict);

/* The PipelineOptions.judge of a Validate: E0608 at the first pass that is wrong. A graph that
 * cannot be interpreted is no mistake of a pass: a warning says why. */
bool validate_judge(void *validate, PassCtx *pc, const PassInfo *pass, const Graph *g);

#endif
