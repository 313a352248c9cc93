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

typedef enum PhaseId {
  PHASE_none = -1,
#define PHASE(id, inside, title) PHASE_##id,
#include "base/phases.def"
#undef PHASE
  N_PHASES
} PhaseId;

typedef struct Phases {
  double seconds[N_PHASES];
} Phases;

/* Adds what has passed since then to the phase, which may be NULL; the time now, where the next
 * phase begins. */
double phase_done(Phases *phases, PhaseId id, double since);
/* Adds what stands in 'after' and not yet in 'before'; before may be NULL. */
void phases_add(Phases *to, const Phases *before, const Phases *after);
/* All phases that are no part of another one. */
double phases_total(const Phases *phases);
/* A row each, parts below what they are parts of. */
void phases_print(const Phases *phases, Text *out);

#endif
