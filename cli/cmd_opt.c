/* ordo opt: passes on a graph, graph text in and out. Standard output is the graph alone, so that
 * runs can be chained. */
#include "cli/cli.h"

int cmd_opt(Cli *cli) {
  const Graph *g = load_graph(cli, cli->args.data[0], cli->args.len > 1 ? cli->args.data[1] : NULL);
  return g && put_after_passes(cli, g) ? exit_code(cli) : EXIT_USER;
}
