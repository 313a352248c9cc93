/* ordo show: pictures of graphs. */
#include <stdlib.h>
#include <string.h>

#include "passes/pipeline/pipeline.h"
#include "cli/cli.h"
#include "ir/picture.h"
#include "passes/sets/sets.h"
#include "io/file.h"
#include "io/formats.h"

/* Picks the graph before or after a pass out of a run of the pipeline. A pass may stand in it
 * twice: 'before' means its first run, 'after' its last one. */
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

static bool check_pass(Cli *cli, const char *name) {
  for (int i = 0; name && i < n_passes; i++)
    if (!strcmp(pass_info[i].name, name)) return true;
  if (name) usage_error(cli, "there is no pass '%s'", name);
  return !name;
}

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

/* The graph that the options ask for; NULL after a diagnostic. */
static const Graph *choose(Cli *cli, Compile *c) {
  if (!compile(c, PHASE_check)) return NULL;
  Pick pick = {opt_text(cli, OPT_before, NULL), opt_text(cli, OPT_after, NULL), c->graph, NULL};
  bool wanted = pick.before || pick.after;
  if (!wanted && !passes_asked_for(cli)) return c->graph;
  if (!check_pass(cli, pick.before) || !check_pass(cli, pick.after)) return NULL;
  c->options.passes.watch = look;
  c->options.passes.watch_user = &pick;
  if (!compile(c, PHASE_passes)) return NULL;
  if (wanted && !pick.found)
    usage_error(cli, "the pipeline '%s' does not run that pass",
                compile_pipeline(cli->ctx, &c->options));
  return wanted ? pick.found : c->fused;
}

static PictureOptions options_given(Cli *cli) {
  PictureOptions options = {.across = opt_flag(cli, OPT_across),
                            .broadcasts = opt_flag(cli, OPT_broadcasts),
                            .collapse = cli->given[OPT_collapse].data,
                            .n_collapse = (int)cli->given[OPT_collapse].len,
                            .depth = (int)opt_int(cli, OPT_depth, 0),
                            .most = opt_flag(cli, OPT_whole) ? 1 << 30 : 0};
  const char *around = opt_text(cli, OPT_around, NULL),
             *comma = around ? strrchr(around, ',') : NULL;
  options.around = around;
  if (comma) {
    options.around = ctx_printf(cli->ctx, "%.*s", (int)(comma - around), around);
    options.radius = atoi(comma + 1);
  }
  return options;
}

/* Values by what is proved about the sets: the weakest fact of all sets counts. */
static const PictureColour *fact_fill(void *user, const Graph *g, Ref node) {
  static const PictureColour colours[] = {[VERDICT_invariant] = {"#cfe8c6", "invariant"},
                                          [VERDICT_equivariant] = {"#b9d7f2", "equivariant"},
                                          [VERDICT_pointer] = {"#d9c8ee", "pointer"},
                                          [VERDICT_given_up] = {"#eeeeee", "order given up"},
                                          [VERDICT_ordered] = {"#f4b6ae", "ordered"}};
  static const SetVerdict weakest_first[] = {VERDICT_ordered, VERDICT_given_up, VERDICT_pointer,
                                             VERDICT_equivariant, VERDICT_invariant};
  const SetClaims *claims = user;
  for (size_t k = 0; k < sizeof weakest_first / sizeof *weakest_first; k++)
    for (uint32_t i = 0; i < claims->proofs.len; i++) {
      const Fact *f = sets_fact(claims->proofs.data[i], g, node);
      if (f && !f->items && fact_verdict(f) == weakest_first[k]) return &colours[weakest_first[k]];
    }
  return NULL;
}

static bool draw(Cli *cli, const Graph *g, const char *format, const char *path) {
  PictureOptions options = options_given(cli);
  SetClaims claims = {0};
  if (!strcmp(format, "txt")) return put_graph(cli, g);
  if (opt_flag(cli, OPT_sets)) {
    claims = sets_claims(cli->ctx, g);
    options.fill = fact_fill;
    options.user = &claims;
  }
  return picture_write(cli->ctx, g, &options, format, path ? path : "/dev/stdout");
}

int cmd_show(Cli *cli) {
  const char *path = opt_text(cli, OPT_output, NULL),
             *format = format_given(cli, FOR_picture, "dot", "pictures", path);
  if (!format) return EXIT_USAGE;
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_graph);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  const Graph *g = choose(cli, &c);
  bool good = g && draw(cli, g, format, path);
  compile_free(&c);
  return good ? exit_code(cli) : EXIT_USER;
}
