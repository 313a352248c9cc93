/* Times of the phases (base/phases.def), by the one clock.
 *
 *   double at = clock_seconds();
 *   ...passes...  at = phase_done(phases, PHASE_passes, at);
 *   ...layout...  at = phase_done(phases, PHASE_layout, at);
 */
#ifndef ORDO_BASE_PHASES_H
#define ORDO_BASE_PHASES_H

#include "base/clock.h"
#include "base/text.h"
#include "base/trace.h"

typedef enum PhaseId {
  PHASE_none = -1,
#define PHASE(id, inside, title) PHASE_##id,
#include "base/phases.def"
#undef PHASE
  N_PHASES
} PhaseId;

typedef struct Phases {
  double seconds[N_PHASES];
  Trace *trace;   /* is told of each phase that is done; may be NULL */
  const char *of; /* what the phases are of, for the trace: "sort.step" */
} Phases;

/* Adds what has passed since then to the phase, which may be NULL; the time now, where the next
 * phase begins. */
double phase_done(Phases *phases, PhaseId id, double since);
/* Adds what stands in 'after' and not yet in 'before'; nothing where to is NULL. */
void phases_add(Phases *to, const Phases *before, const Phases *after);
/* "parse". */
const char *phase_title(PhaseId id);
/* A row for each that took time, parts below what they are parts of. */
void phases_print(const Phases *phases, Text *out);

#endif
