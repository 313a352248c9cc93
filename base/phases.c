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
  if (!phases) return now;
  phases->seconds[id] += now - since;
  trace_span(phases->trace, TRACE_phase, rows[id].title, phases->of, since, now);
  return now;
}

void phases_add(Phases *to, const Phases *before, const Phases *after) {
  for (int i = 0; to && i < N_PHASES; i++) to->seconds[i] += after->seconds[i] - before->seconds[i];
}

const char *phase_title(PhaseId id) { return rows[id].title; }

static void print_inside(const Phases *phases, PhaseId inside, int depth, Text *out) {
  for (int i = 0; i < N_PHASES; i++) {
    if (rows[i].inside != inside || phases->seconds[i] == 0) continue;
    text_printf(out, "%*s%-*s %9.3f ms\n", 2 * depth, "", 16 - 2 * depth, rows[i].title,
                1e3 * phases->seconds[i]);
    print_inside(phases, (PhaseId)i, depth + 1, out);
  }
}

void phases_print(const Phases *phases, Text *out) { print_inside(phases, PHASE_none, 0, out); }
