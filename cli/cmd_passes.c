/* ordo passes: the table of passes and the default pipelines. */
#include <string.h>

#include "passes/pipeline/pipeline.h"
#include "cli/cli.h"

static const char *required(Cli *cli, const PassInfo *pass) {
  static const struct {
    unsigned property;
    const char *name;
  } names[] = {{PROP_no_call, "no call"}, {PROP_no_grad, "no grad"}, {PROP_no_kernel, "no kernel"}};
  Text out = cli_text(cli);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (pass->requires & names[i].property)
      text_printf(&out, "%s%s", out.len ? ", " : "", names[i].name);
  return text_str(&out);
}

static bool wanted(const Cli *cli, const char *name) {
  for (uint32_t i = 0; i < cli->args.len; i++)
    if (!strcmp(cli->args.data[i], name)) return true;
  return !cli->args.len;
}

static bool check_names(Cli *cli) {
  for (uint32_t i = 0; i < cli->args.len; i++) {
    bool known = false;
    for (int k = 0; k < n_passes; k++) known |= !strcmp(pass_info[k].name, cli->args.data[i]);
    if (known) continue;
    usage_error(cli, "there is no pass '%s'", cli->args.data[i]);
    return false;
  }
  return true;
}

static void put_pass(Cli *cli, const PassInfo *pass, Text *out) {
  char level[16];
  snprintf(level, sizeof level, "-O%d", pass->level);
  const char *cells[] = {pass->name, level, required(cli, pass), pass->options, pass->doc};
  if (opt_flag(cli, OPT_markdown)) {
    markdown_row(out, cells, 5);
    return;
  }
  text_printf(out, "%-12s %s  %s\n", pass->name, level, pass->doc);
  if (!cli->args.len) return;
  if (*pass->options) text_printf(out, "    options   %s\n", pass->options);
  if (pass->requires) text_printf(out, "    requires  %s\n", required(cli, pass));
}

static void put_pipelines(Cli *cli, Text *out) {
  const char *quote = opt_flag(cli, OPT_markdown) ? "`" : "";
  text_putc(out, '\n');
  for (int level = 0; level <= 2; level++)
    text_printf(out, "%s-O%d  %s%s%s\n", *quote ? "- " : "", level, quote, pipeline_default(level),
                quote);
}

int cmd_passes(Cli *cli) {
  static const char *const head[] = {"pass", "level", "requires", "options", "does"};
  Text out = cli_text(cli);
  bool json = opt_flag(cli, OPT_json);
  if (!check_names(cli)) return EXIT_USAGE;
  json_t *list = json_array();
  if (opt_flag(cli, OPT_markdown)) markdown_head(&out, head, 5);
  for (int i = 0; i < n_passes; i++) {
    const PassInfo *pass = &pass_info[i];
    if (!wanted(cli, pass->name)) continue;
    if (json)
      json_array_append_new(list, json_pack("{s:s, s:i, s:s, s:s, s:s}", "name", pass->name,
                                            "level", pass->level, "requires", required(cli, pass),
                                            "options", pass->options, "doc", pass->doc));
    else
      put_pass(cli, pass, &out);
  }
  if (json)
    put_json(&out, list);
  else if (!cli->args.len)
    put_pipelines(cli, &out);
  json_decref(list);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}
