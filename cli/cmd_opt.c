/* ordo opt: passes on a graph, graph text in and out.
 *
 * Standard output is the graph alone, so that runs can be chained; dumps, times, remarks and traces
 * go to standard error, or dumps to the files of --dump-dir (03-simplify.txt).
 */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "ir/print.h"
#include "runtime/file.h"

typedef struct Dumper {
  Cli *cli;
  const char *dir; /* NULL: standard error */
} Dumper;

static void put_error(const Text *text) { file_put_fd(STDERR_FILENO, text_str(text), text->len); }

static void dump(void *user, int number, const char *pass, const Graph *g) {
  Dumper *d = user;
  Text out = cli_text(d->cli);
  if (d->dir) {
    graph_print(g, &out);
    file_write(d->cli->ctx, ctx_printf(d->cli->ctx, "%s/%02d-%s.txt", d->dir, number, pass),
               text_str(&out), out.len);
    return;
  }
  text_printf(&out, "# after %d: %s\n", number, pass);
  graph_print(g, &out);
  text_putc(&out, '\n');
  put_error(&out);
}

static void trace(void *user, const char *line) {
  Dumper *d = user;
  Text out = cli_text(d->cli);
  text_printf(&out, "%s\n", line);
  put_error(&out);
}

/* Remarks and plug-ins as asked for. */
static bool prepare(Cli *cli, PassCtx *pc) {
  const char *filter = opt_text(cli, OPT_remarks, NULL), *why;
  if (filter && !remarks_enable(&pc->remarks, &cli->ctx->arena,
                                strcmp(filter, "all") ? filter : NULL, &why)) {
    usage_error(cli, "'--remarks=%s': %s", filter, why);
    return false;
  }
  for (uint32_t i = 0; i < cli->given[OPT_plugin].len; i++)
    if (!pipeline_load_plugin(pc, cli->given[OPT_plugin].data[i])) return false;
  return true;
}

/* Times and remarks, in the form asked for. */
static void report(Cli *cli, const PassCtx *pc) {
  Text out = cli_text(cli);
  bool json = opt_flag(cli, OPT_json);
  if (opt_flag(cli, OPT_time_passes)) (json ? pipeline_stats_json : pipeline_stats)(pc, &out);
  if (opt_flag(cli, OPT_remarks))
    (json ? remarks_print_json : remarks_print)(cli->ctx, &pc->remarks, &out);
  put_error(&out);
}

static bool put_graph(Cli *cli, const Graph *g) {
  Text out = cli_text(cli);
  const char *path = opt_text(cli, OPT_output, NULL);
  graph_print_with(g, opt_flag(cli, OPT_spans), &out);
  return path ? file_write(cli->ctx, path, text_str(&out), out.len) : put_out(cli, &out);
}

int cmd_opt(Cli *cli) {
  const Graph *g = load_graph(cli, cli->args.data[0], cli->args.len > 1 ? cli->args.data[1] : NULL);
  if (!g) return EXIT_USER;
  Dumper dumper = {cli, opt_text(cli, OPT_dump_dir, NULL)};
  if (dumper.dir && !file_make_dir(cli->ctx, dumper.dir)) return EXIT_USER;
  PipelineOptions options = pass_options_given(cli);
  options.dump = dump;
  options.trace = trace;
  options.user = &dumper;
  PassCtx *pc = pass_ctx_new(cli->ctx, &options);
  const Graph *result = prepare(cli, pc) ? pipeline_run(pc, g, pipeline_given(cli)) : NULL;
  report(cli, pc);
  bool good = result && put_graph(cli, result);
  pass_ctx_free(pc);
  return good ? exit_code(cli) : EXIT_USER;
}
