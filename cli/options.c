/* What has been given on the command line, for commands. */
#include <stdlib.h>

#include "cli/cli.h"

bool opt_flag(const Cli *cli, OptionId option) { return cli->given[option].len > 0; }

const char *opt_text(const Cli *cli, OptionId option, const char *otherwise) {
  uint32_t n = cli->given[option].len;
  return n ? cli->given[option].data[n - 1] : otherwise;
}

int64_t opt_int(const Cli *cli, OptionId option, int64_t otherwise) {
  const char *text = opt_text(cli, option, NULL);
  return text ? strtoll(text, NULL, 10) : otherwise;
}

int usage_error(Cli *cli, const char *format, ...) {
  va_list args;
  va_start(args, format);
  const char *what = arena_vprintf(&cli->ctx->arena, format, args);
  va_end(args);
  diag_at(cli->ctx, (Span){0}, E_command_line, "%s", what);
  return EXIT_USAGE;
}
