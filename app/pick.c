/* See pick.h. */
#include "app/pick.h"

#include <string.h>

#include "passes/pipeline/pipeline.h"

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

static bool check_pass(Ctx *ctx, const char *name) {
  for (int i = 0; name && i < n_passes; i++)
    if (!strcmp(pass_info[i].name, name)) return true;
  if (name) diag_at(ctx, (Span){0}, E_command_line, "there is no pass '%s'", name);
  return !name;
}

const Graph *compile_pick(Compile *c, const char *before, const char *after) {
  if (!compile(c, PHASE_check)) return NULL;
  Pick pick = {before, after, c->graph, NULL};
  if (!before && !after) return c->graph;
  if (!check_pass(c->ctx, before) || !check_pass(c->ctx, after)) return NULL;
  c->options.passes.watch = look;
  c->options.passes.watch_user = &pick;
  if (!compile(c, PHASE_passes)) return NULL;
  if (!pick.found)
    diag_at(c->ctx, (Span){0}, E_command_line, "the pipeline '%s' does not run that pass",
            compile_pipeline(c->ctx, &c->options));
  return pick.found;
}
