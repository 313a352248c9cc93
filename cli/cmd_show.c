/* ordo show: pictures of graphs. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/entry.h"
#include "app/explorer.h"
#include "app/pick.h"
#include "cli/cli.h"
#include "cli/show_kernels.h"
#include "ir/graph_json.h"
#include "ir/model_explorer.h"
#include "ir/picture.h"
#include "passes/sets/sets.h"
#include "io/file.h"
#include "io/formats.h"

static PictureOptions options_given(Cli *cli) {
  PictureOptions options = {.across = opt_flag(cli, OPT_across),
                            .broadcasts = opt_flag(cli, OPT_broadcasts),
                            .collapse = cli->given[OPT_collapse].data,
                            .n_collapse = (int)cli->given[OPT_collapse].len,
                            .depth = (int)opt_int(cli, OPT_depth, 0),
                            .weights = opt_flag(cli, OPT_draw_weights),
                            .whole = opt_flag(cli, OPT_whole),
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

/* The weakest fact about a value for any set: its place among the facts, the weakest first. */
static int fact_of(const SetClaims *claims, const PictureValue *value, int weakest) {
  static const SetVerdict order[] = {VERDICT_ordered, VERDICT_given_up, VERDICT_pointer,
                                     VERDICT_equivariant, VERDICT_invariant};
  for (int k = 0; k < weakest; k++)
    for (uint32_t i = 0; i < claims->proofs.len; i++) {
      const Fact *f = sets_fact(claims->proofs.data[i], value->graph, value->node);
      if (f && !f->items && fact_verdict(f) == order[k]) return k;
    }
  return weakest;
}

/* Boxes by what is proved about the sets: the weakest fact about what they stand for counts. */
static const PictureColour *fact_fill(void *user, const PictureValue *values, int n) {
  enum { FACTS = 5 };
  static const PictureColour colours[FACTS] = {{"#f4b6ae", "ordered"},
                                               {"#dddddd", "order given up"},
                                               {"#d9c8ee", "pointer"},
                                               {"#b9d7f2", "equivariant"},
                                               {"#cfe8c6", "invariant"}};
  int weakest = FACTS;
  for (int i = 0; i < n; i++) weakest = fact_of(user, &values[i], weakest);
  return weakest < FACTS ? &colours[weakest] : NULL;
}

/* The formats of other programs; false: it is none. */
static bool put_for_others(const Graph *g, const char *format, Text *out) {
  if (!strcmp(format, "json"))
    graph_json(g, out);
  else if (!strcmp(format, "me.json"))
    model_explorer_json(g, out);
  else if (!strcmp(format, "flops.json") || !strcmp(format, "bytes.json"))
    model_explorer_data(g, *format == 'f' ? METRIC_flops : METRIC_bytes, out);
  else
    return false;
  return true;
}

static bool draw(Cli *cli, const Graph *g, const char *format, const char *path) {
  PictureOptions options = options_given(cli);
  SetClaims claims = {0};
  if (!strcmp(format, "txt")) return put_graph(cli, g);
  Text out = cli_text(cli);
  if (put_for_others(g, format, &out))
    return path ? file_write(cli->ctx, path, text_str(&out), out.len) : put_out(cli, &out);
  if (opt_flag(cli, OPT_sets)) {
    claims = sets_claims(cli->ctx, g);
    options.fill = fact_fill;
    options.user = &claims;
  }
  return draw_picture(cli, g, &options, format, path);
}

/* A page goes through all stages; --before and --after say which one it begins with. */
static bool put_page(Cli *cli, Compile *c, const char *path) {
  Text out = cli_text(cli);
  const char *model = cli->args.data[0], *slash = strrchr(model, '/');
  const char *name = slash ? slash + 1 : model;
  ExplorerOptions options = {.title =
                                 c->name ? ctx_printf(cli->ctx, "%s: %s", name, c->name) : name,
                             .before = opt_text(cli, OPT_before, NULL),
                             .after = opt_text(cli, OPT_after, NULL),
                             .profile = opt_text(cli, OPT_profile_file, NULL)};
  if (!explorer_page(c, &options, &out)) return false;
  return path ? file_write(cli->ctx, path, text_str(&out), out.len) : put_out(cli, &out);
}

/* --list: what there is to draw in a spec, or what can be named in the picture of a graph. */
static bool list_all(Cli *cli, Compile *c) {
  Text out = cli_text(cli);
  if (!compile(c, PHASE_parse)) return false;
  if (c->graph || c->name) {
    const Graph *g =
        graph_at_stage(cli, c, opt_text(cli, OPT_before, NULL), opt_text(cli, OPT_after, NULL));
    if (g) picture_list(cli->ctx, g, &out);
    return g && put_out(cli, &out);
  }
  EntryNames names = entry_names(cli->ctx, c->spec);
  for (uint32_t i = 0; i < names.len; i++) {
    const EntryName *n = &names.data[i];
    if (n->of_library && !opt_flag(cli, OPT_whole)) continue;
    const char *kind = n->is_program ? "program" : n->of_library ? "library" : "function";
    text_printf(&out, "%-8s %s\n", kind, n->name);
  }
  return put_out(cli, &out);
}

/* --kernels, --memory */
static int show_code(Cli *cli) {
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_graph);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  bool good = show_kernels(cli, &c);
  compile_free(&c);
  engine_free(c.engine);
  return good ? exit_code(cli) : EXIT_USER;
}

int cmd_show(Cli *cli) {
  if (opt_flag(cli, OPT_kernels) || opt_flag(cli, OPT_memory)) return show_code(cli);
  const char *path = opt_text(cli, OPT_output, NULL),
             *format = format_given(cli, FOR_picture | FOR_graph, "dot", "pictures", path);
  if (!format) return EXIT_USAGE;
  if (opt_text(cli, OPT_profile_file, NULL) && strcmp(format, "html")) {
    usage_error(cli, "'--profile' colours a page: -o FILE.html");
    return EXIT_USAGE;
  }
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_graph);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  bool list = opt_flag(cli, OPT_list), page = !list && !strcmp(format, "html");
  const Graph *g = list || page ? NULL
                                : graph_at_stage(cli, &c, opt_text(cli, OPT_before, NULL),
                                                 opt_text(cli, OPT_after, NULL));
  bool good = list   ? list_all(cli, &c)
              : page ? put_page(cli, &c, path)
                     : g && draw(cli, g, format, path);
  compile_free(&c);
  return good ? exit_code(cli) : EXIT_USER;
}
