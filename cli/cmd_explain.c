/* ordo explain: what a diagnostic means. */
#include <string.h>

#include "cli/cli.h"

static const char *const severity_name[] = {"error", "warning", "note"};

static void list_codes(Text *out) {
  for (int i = 0; i < N_DIAG_CODES; i++)
    text_printf(out, "%s  %-8s %s\n", diag_info[i].code, severity_name[diag_info[i].severity],
                diag_info[i].summary);
}

static void explain(Text *out, const DiagInfo *info) {
  text_printf(out, "%s: %s\n\n%s", info->code, info->summary, info->explanation);
}

static void explain_markdown(Text *out, const DiagInfo *info) {
  text_printf(out, "## %s: %s\n\n```text\n%s```\n\n", info->code, info->summary, info->explanation);
}

int cmd_explain(Cli *cli) {
  Text out = cli_text(cli);
  bool markdown = opt_flag(cli, OPT_markdown);
  for (uint32_t i = 0; i < cli->args.len; i++) {
    int row = diag_find(cli->args.data[i]);
    if (row < 0) {
      int code = usage_error(cli, "there is no diagnostic '%s'", cli->args.data[i]);
      diag_help(cli->ctx, "codes look like E0204; 'ordo explain' lists them all");
      return code;
    }
    if (i && !markdown) text_putc(&out, '\n');
    (markdown ? explain_markdown : explain)(&out, &diag_info[row]);
  }
  for (int i = 0; !cli->args.len && markdown && i < N_DIAG_CODES; i++)
    explain_markdown(&out, &diag_info[i]);
  if (!cli->args.len && !markdown) list_codes(&out);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}
