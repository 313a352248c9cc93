/* ordo passes: the table of passes and the named pipelines. */
#include <string.h>

#include "passes/pipeline/pipeline.h"
#include "cli/cli.h"

static const char *properties(Cli *cli, unsigned wanted) {
  static const struct {
    unsigned property;
    const char *name;
  } names[] = {{PROP_no_call, "no call"}, {PROP_no_grad, "no grad"}, {PROP_no_kernel, "no kernel"}};
  Text out = cli_text(cli);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (wanted & names[i].property) text_printf(&out, "%s%s", out.len ? ", " : "", names[i].name);
  return text_str(&out);
}

static const char *written_out(Cli *cli, const char *pipeline) {
  PassCtx *pc = pass_ctx_new(cli->ctx, NULL);
  const char *passes = pipeline_passes(pc, pipeline);
  pass_ctx_free(pc);
  return passes;
}

/* The lowest level whose pipeline has the pass; -1 when none has. */
static int level_of(Cli *cli, const PassInfo *pass) {
  size_t n = strlen(pass->name);
  for (int level = 0; level <= 2; level++)
    for (const char *p = written_out(cli, pipeline_default(level)); *p; p += strcspn(p, ",")) {
      p += *p == ',';
      if (!strncmp(p, pass->name, n) && strchr(",{", p[n])) return level;
    }
  return -1;
}

static void put_pass(Cli *cli, const PassInfo *pass, Text *out) {
  const char *before = properties(cli, pass->requires), *after = properties(cli, pass->ensures);
  int level = level_of(cli, pass);
  const char *shown = level < 0 ? "" : ctx_printf(cli->ctx, "-O%d", level);
  const char *cells[] = {pass->name, shown, before, after, pass->options, pass->doc};
  if (opt_flag(cli, OPT_markdown)) {
    markdown_row(out, cells, 6);
    return;
  }
  text_printf(out, "%-12s %s  %s\n", pass->name, shown, pass->doc);
  if (!cli->args.len) return;
  if (*pass->options) text_printf(out, "    options   %s\n", pass->options);
  if (pass->requires) text_printf(out, "    requires  %s\n", before);
  if (pass->ensures) text_printf(out, "    ensures   %s\n", after);
}

static void put_pipelines(Cli *cli, Text *out) {
  static const char *const head[] = {"pipeline", "is", "does"};
  text_putc(out, '\n');
  if (opt_flag(cli, OPT_markdown)) markdown_head(out, head, 3);
  for (int i = 0; i < n_pipelines; i++) {
    const PipelineInfo *p = &pipeline_info[i];
    const char *cells[] = {p->name, ctx_printf(cli->ctx, "`%s`", written_out(cli, p->text)),
                           p->doc};
    if (opt_flag(cli, OPT_markdown))
      markdown_row(out, cells, 3);
    else
      text_printf(out, "%-12s %s\n%-12s %s\n", p->name, p->doc, "", written_out(cli, p->text));
  }
}

static json_t *pass_json(Cli *cli, const PassInfo *pass) {
  return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s}", "name", pass->name, "level",
                   level_of(cli, pass), "requires", properties(cli, pass->requires), "ensures",
                   properties(cli, pass->ensures), "options", pass->options, "doc", pass->doc);
}

/* Whether each argument names a pass. */
static bool names_exist(Cli *cli, PassCtx *pc) {
  for (uint32_t i = 0; i < cli->args.len; i++)
    if (!pass_find(pc, cli->args.data[i])) {
      usage_error(cli, "there is no pass '%s'", cli->args.data[i]);
      return false;
    }
  return true;
}

static void put_passes(Cli *cli, PassCtx *pc, Text *out) {
  static const char *const head[] = {"pass", "level", "requires", "ensures", "options", "does"};
  const PassInfo *pass;
  bool json = opt_flag(cli, OPT_json);
  json_t *list = json_array();
  if (opt_flag(cli, OPT_markdown)) markdown_head(out, head, 6);
  for (uint32_t i = 0; (pass = pass_at(pc, i)) != NULL; i++) {
    if (!row_wanted(cli, pass->name)) continue;
    if (json)
      json_array_append_new(list, pass_json(cli, pass));
    else
      put_pass(cli, pass, out);
  }
  if (json)
    put_json(out, list);
  else if (!cli->args.len)
    put_pipelines(cli, out);
  json_decref(list);
}

int cmd_passes(Cli *cli) {
  Text out = cli_text(cli);
  if (!names_exist(cli, cli->plugins)) return EXIT_USAGE;
  put_passes(cli, cli->plugins, &out);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}
