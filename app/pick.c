/* See pick.h. */
#include "app/pick.h"

#include <string.h>

typedef struct Pick {
  const char *before, *after;
  const Graph *latest, *found;
} Pick;

static void look(void *user, const char *pass, const Graph *g) {
  Pick *pick = user;
  if (pick->before && !pick->found && !strcmp(pick->before, pass)) pick->found = pick->latest;
  if (pick->after && !strcmp(pick->after, pass)) pick->found = g;
  pick->latest = g;
}

const Graph *compile_pick(Compile *c, const char *before, const char *after) {
  if (!compile(c, PHASE_check)) return NULL;
  if (!before && !after) return c->graph;
  Pick pick = {before, after, c->graph, NULL};
  c->options.passes.watch = look;
  c->options.passes.watch_user = &pick;
  c->options.passes.watched = before && after ? ctx_printf(c->ctx, "%s,%s", before, after)
                              : before        ? before
                                              : after;
  return compile(c, PHASE_passes) ? pick.found : NULL;
}
