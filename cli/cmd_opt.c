/* ordo opt: passes on a graph, graph text in and out. Standard output is the graph alone, so that
 * runs can be chained. */
#include "cli/cli.h"

int cmd_opt(Cli *cli) {
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_graph);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  bool good = put_after_passes(cli, &c);
  compile_free(&c);
  engine_free(c.engine); /* of llvm and asm */
  return good ? exit_code(cli) : EXIT_USER;
}
