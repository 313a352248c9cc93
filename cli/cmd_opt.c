/* ordo opt: passes on a graph, graph text in and out. Standard output is the graph alone, so that
 * runs can be chained. */
#include "cli/bundle.h"
#include "cli/cli.h"

/* Of graph text -D gives sizes, which --validate-each takes. */
static bool check_sizes(Cli *cli, Compile *c) {
  SizeEnv *sizes = arena_new(&cli->ctx->arena, SizeEnv);
  if (!compile(c, PHASE_check) || !sizes_given(cli, c, sizes)) return false;
  if (cli->validate) cli->validate->given = sizes;
  return true;
}

int cmd_opt(Cli *cli) {
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_graph);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  bool good = check_sizes(cli, &c) && put_after_passes(cli, &c);
  compile_free(&c);
  engine_free(c.engine); /* of llvm and asm */
  return good ? exit_code(cli) : EXIT_USER;
}
