/* Times of the phases: see phases.h. */
#include "base/phases.h"

static const struct {
  PhaseId inside;
  const char *title;
} rows[N_PHASES] = {
#define PHASE(id, inside, title) {PHASE_##inside, title},
#include "base/phases.def"
#undef PHASE
};

double phase_done(Phases *phases, PhaseId id, double since) {
  double now = clock_seconds();
  if (phases) phases->seconds[id] += now - since;
  return now;
}

void phases_add(Phases *to, const Phases *before, const Phases *after) {
  for (int i = 0; to && i < N_PHASES; i++)
    to->seconds[i] += after->seconds[i] - (before ? before->seconds[i] : 0);
}

double phases_total(const Phases *phases) {
  double total = 0;
  for (int i = 0; i < N_PHASES; i++)
    if (rows[i].inside == PHASE_none) total += phases->seconds[i];
  return total;
}

static void print_inside(const Phases *phases, PhaseId inside, int depth, Text *out) {
  for (int i = 0; i < N_PHASES; i++) {
    if (rows[i].inside != inside) continue;
    text_printf(out, "%*s%-*s %9.3f ms\n", 2 * depth, "", 16 - 2 * depth, rows[i].title,
                1e3 * phases->seconds[i]);
    print_inside(phases, (PhaseId)i, depth + 1, out);
  }
}

void phases_print(const Phases *phases, Text *out) { print_inside(phases, PHASE_none, 0, out); }
