/* ordo check: everything in a spec, used or not. */
#include "cli/cli.h"
#include "frontend/check.h"

int cmd_check(Cli *cli) {
  for (uint32_t i = 0; i < cli->args.len; i++) {
    Spec *spec = load_spec(cli, cli->args.data[i]);
    if (spec) spec_check(spec);
  }
  int code = exit_code(cli);
  if (opt_flag(cli, OPT_json)) {
    Text out = cli_text(cli);
    diag_print_json(cli->ctx, &out);
    if (!put_out(cli, &out)) return EXIT_USER;
    diag_rollback(cli->ctx, (DiagMark){0}); /* already told */
  }
  return code;
}
