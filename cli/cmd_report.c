/* ordo report: a run as one page. */
#include <string.h>
#include <sys/stat.h>

#include "app/report.h"
#include "app/run_file.h"
#include "cli/cli.h"
#include "io/file.h"

/* The last part of a path. */
static const char *stem(Cli *cli, const char *path) {
  size_t n = strlen(path);
  while (n > 1 && path[n - 1] == '/') n--;
  size_t start = n;
  while (start && path[start - 1] != '/') start--;
  return ctx_printf(cli->ctx, "%.*s", (int)(n - start), path + start);
}

int cmd_report(Cli *cli) {
  uint32_t n = cli->args.len;
  const char *path = opt_text(cli, OPT_output, NULL);
  const char **names = run_names(cli->ctx, cli->args.data, n);
  if (cli->given[OPT_name].len > n)
    return usage_error(cli, "%u names for %u runs", cli->given[OPT_name].len, n);
  for (uint32_t i = 0; i < n; i++) {
    struct stat info;
    if (stat(cli->args.data[i], &info) || !S_ISDIR(info.st_mode))
      return usage_error(cli, "'%s' is no folder of a run", cli->args.data[i]);
    if (i < cli->given[OPT_name].len) names[i] = cli->given[OPT_name].data[i];
    if (!names[i]) names[i] = stem(cli, cli->args.data[i]);
  }
  ReportOptions options = {.dirs = &cli->dirs, .runs = cli->args.data, .names = names, .n = n};
  Text out = cli_text(cli);
  if (!report_html(cli->ctx, &options, &out)) return EXIT_USER;
  bool good = path ? file_write(cli->ctx, path, text_str(&out), out.len) : put_out(cli, &out);
  return good ? exit_code(cli) : EXIT_USER;
}
