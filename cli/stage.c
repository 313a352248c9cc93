/* What commands that look at graphs share: a stage of the pipeline, and a picture that may take
 * long. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/pick.h"
#include "cli/cli.h"
#include "passes/pipeline/pipeline.h"

/* Whether an option of the group about passes is given: then the pipeline is run. */
static bool passes_asked_for(const Cli *cli) {
  static const OptionId about_passes[] = {
#define OPTION(...)
#define PASS_OPTION(id, ...) OPT_##id,
#include "cli/options.def"
  };
  for (size_t i = 0; i < sizeof about_passes / sizeof *about_passes; i++)
    if (opt_flag(cli, about_passes[i])) return true;
  return false;
}

const Graph *graph_at_stage(Cli *cli, Compile *c, const char *before, const char *after) {
  if (before || after || !passes_asked_for(cli)) return compile_pick(c, before, after);
  return compile(c, PHASE_passes) ? c->fused : NULL;
}

/* ---- while it is drawn ---- */

typedef struct Waiting {
  bool terminal, told;
  double next; /* when something is said again */
} Waiting;

/* A picture that takes long: on a terminal a line that is rewritten, elsewhere one now and then. */
static bool tell_waiting(void *user, int boxes, double seconds) {
  Waiting *w = user;
  if (seconds < w->next) return true;
  w->next = seconds + (w->terminal ? 1 : w->next * 2);
  fprintf(stderr,
          "%slaying out %d boxes: %.0f s; Ctrl-C stops it, --depth and --collapse draw less%s",
          w->terminal ? "\r" : "", boxes, seconds, w->terminal ? "" : "\n");
  w->told = w->terminal;
  return true;
}

bool draw_picture(Cli *cli, const Graph *g, PictureOptions *options, const char *format,
                  const char *path) {
  bool terminal = isatty(STDERR_FILENO);
  Waiting waiting = {.terminal = terminal, .next = terminal ? 2 : 20};
  options->wait = tell_waiting;
  options->wait_user = &waiting;
  bool drawn = picture_write(cli->ctx, g, options, format, path ? path : "/dev/stdout");
  if (waiting.told) fputc('\n', stderr);
  return drawn;
}
