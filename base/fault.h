/* Why something could not be done, on its way up to whoever knows what it was done for and makes
 * the diagnostic.
 *
 *   Fault fault = {0}; if (!plan_make(ctx, g, NULL, &fault)) return fault_tell(ctx, &fault,
 *   "'%s' cannot be compiled", name);
 *
 * Whoever fails knows the place (a node's span) and the code, and fills it with fault_set. No
 * text: a diagnostic has been made at the place already. Texts live as long as the arena of
 * whoever made them.
 */
#ifndef ORDO_BASE_FAULT_H
#define ORDO_BASE_FAULT_H

#include "base/diag.h"

typedef struct Fault {
  Span span; /* {0, 0}: it has no place in a source */
  DiagCode code;
  const char *text;
} Fault;

/* Always false, so that a function that fails may return it. */
static inline bool fault_set(Fault *fault, DiagCode code, Span span, const char *text) {
  *fault = (Fault){span, code, text};
  return false;
}

/* The diagnostic "WHAT: text" at the fault's place, unless one has been made. Always false. */
bool fault_tell(Ctx *ctx, const Fault *fault, const char *what, ...)
    __attribute__((format(printf, 3, 4)));

#endif
