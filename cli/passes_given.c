/* The options about passes: one group (PASS_OPTION of options.def) for every command that runs
 * them.
 *
 * What is said about passes goes to standard error, or dumps to the files of --dump-dir, so that
 * standard output is what the command itself prints. A command may run a pipeline for several
 * graphs; each report names its graph.
 */
#include <string.h>
#include <unistd.h>

#include "passes/pipeline/pipeline.h"
#include "cli/bugs.h"
#include "cli/cli.h"
#include "cli/code_dump.h"
#include "ir/diff.h"
#include "ir/print.h"
#include "io/file.h"

static void put_error(const Cli *cli, const Text *text) {
  if (!cli->silent) file_put_fd(STDERR_FILENO, text_str(text), text->len);
}

/* --dump-changed=diff */
static bool only_differences(const Cli *cli) {
  return !strcmp(opt_text(cli, OPT_dump_changed, ""), "diff");
}

static void dump(void *user, PassCtx *pc, int number, const char *pass, const Graph *g) {
  Cli *cli = user;
  Text out = cli_text(cli);
  const char *dir = opt_text(cli, OPT_dump_dir, NULL);
  if (cli->silent) return;
  if (!dir) text_printf(&out, "# after %d: %s\n", number, pass);
  if (only_differences(cli) && cli->pass_before != g)
    diff_print(graph_diff(cli->ctx, cli->pass_before, g), &out);
  else
    pipeline_show(pc, pass, g, opt_flag(cli, OPT_spans), &out);
  if (dir) {
    const char *path =
        ctx_printf(cli->ctx, "%s/%s.%02d-%s.txt", dir, dump_name(cli, g), number, pass);
    file_write(cli->ctx, path, text_str(&out), out.len);
    return;
  }
  text_putc(&out, '\n');
  put_error(cli, &out);
}

static void trace(void *user, const char *line) {
  Cli *cli = user;
  Text out = cli_text(cli);
  text_printf(&out, "%s\n", line);
  put_error(cli, &out);
}

static void enter(void *user, const PassRun *run) {
  Cli *cli = user;
  if (run && run->given) cli->pass_before = run->given;
  bugs_blame(run);
}

static bool load_plugins(Cli *cli, PassCtx *pc) {
  for (uint32_t i = 0; i < cli->given[OPT_plugin].len; i++)
    if (!pipeline_load_plugin(pc, cli->given[OPT_plugin].data[i])) return false;
  return true;
}

bool open_schedule(Cli *cli) {
  const char *path = opt_text(cli, OPT_schedule, NULL);
  if (!path) return true;
  const Source *source = source_read(cli->ctx, path, (Span){0, 0});
  cli->schedule = source ? schedule_read(cli->ctx, source) : NULL;
  return cli->schedule != NULL;
}

bool open_plugins(Cli *cli) {
  PipelineOptions options = compile_options_given(cli).passes; /* who is blamed for a crash */
  cli->plugins = pass_ctx_new(cli->ctx, &options);
  if (!load_plugins(cli, cli->plugins)) return false;
  const char *clash = spec_builtin_clash(cli->ctx);
  if (clash)
    diag_at(cli->ctx, (Span){0}, E_pass_plugin,
            "cannot load the plug-in: the language has a function '%s', as its op is called",
            clash);
  return !clash;
}

/* Folder, remarks and plug-ins as asked for. */
static bool prepare(void *user, PassCtx *pc) {
  Cli *cli = user;
  const char *filter = opt_text(cli, OPT_remarks, NULL), *dir = opt_text(cli, OPT_dump_dir, NULL);
  const char *why, *changed = opt_text(cli, OPT_dump_changed, "");
  if (*changed && strcmp(changed, "diff")) {
    usage_error(cli, "'--dump-changed=%s': only 'diff' can stand there", changed);
    return false;
  }
  if (dir && !file_make_dir(cli->ctx, dir)) return false;
  if (filter && !remarks_enable(&pc->remarks, &cli->ctx->arena,
                                strcmp(filter, "all") ? filter : NULL, &why)) {
    usage_error(cli, "'--remarks=%s': %s", filter, why);
    return false;
  }
  return load_plugins(cli, pc);
}

/* Times and remarks, in the form asked for. */
static void report(void *user, const Graph *g, const PassCtx *pc) {
  Cli *cli = user;
  Text out = cli_text(cli);
  bool json = opt_flag(cli, OPT_json);
  if (opt_flag(cli, OPT_time_passes)) {
    if (!json) text_printf(&out, "passes of '%s'\n", ctx_text(cli->ctx, g->name));
    (json ? pipeline_stats_json : pipeline_stats)(pc, &out);
  }
  if (opt_flag(cli, OPT_remarks))
    (json ? remarks_print_json : remarks_print)(cli->ctx, &pc->remarks, &out);
  put_error(cli, &out);
}

/* Whether an option is about single passes. */
static bool shows_passes(Cli *cli) {
  static const int of_passes[] = {OPT_dump_after,  OPT_dump_changed, OPT_dump_dir,
                                  OPT_time_passes, OPT_verify_each,  OPT_validate_each,
                                  OPT_trace_rules, OPT_remarks,      OPT_plugin};
  for (size_t i = 0; i < sizeof of_passes / sizeof *of_passes; i++)
    if (cli->given[of_passes[i]].len) return true;
  return false;
}

static PipelineOptions pass_options_given(Cli *cli) {
  PipelineOptions options = pipeline_options();
  options.shown = shows_passes(cli);
  options.verify_each |= opt_flag(cli, OPT_verify_each);
  options.print_changed = opt_flag(cli, OPT_dump_changed);
  options.trace_rules = opt_flag(cli, OPT_trace_rules);
  options.strict = opt_flag(cli, OPT_strict);
  options.fast = opt_flag(cli, OPT_fast) && !options.strict;
  options.dump_after = opt_text(cli, OPT_dump_after, options.print_changed ? "all" : NULL);
  options.stop_after = opt_text(cli, OPT_stop_after, NULL);
  options.disable = opt_text(cli, OPT_disable, NULL);
  options.insert = cli->given[OPT_insert].data;
  options.n_insert = cli->given[OPT_insert].len;
  options.without = opt_text(cli, OPT_without, NULL);
  options.fuel = opt_int(cli, OPT_fuel, INT64_MAX);
  options.schedule = cli->schedule;
  options.prepare = prepare;
  options.enter = enter;
  options.dump = dump;
  options.trace = trace;
  options.report = report;
  options.user = cli;
  return options;
}

static void tell(const char *line) { file_put_fd(STDERR_FILENO, line, strlen(line)); }

/* --validate-each */
static void validate_given(Cli *cli, CompileOptions *options) {
  if (!cli->validate) {
    cli->validate = arena_new(&cli->ctx->arena, Validate);
    *cli->validate = (Validate){
        .ctx = cli->ctx, .seed = (uint64_t)opt_int(cli, OPT_seed, 0), .fast = options->passes.fast};
  }
  cli->validate->tell = cli->silent ? NULL : tell;
  options->passes.judge = validate_judge;
  options->passes.judge_user = cli->validate;
}

CompileOptions compile_options_given(Cli *cli) {
  CompileOptions options = compile_options();
  options.passes = pass_options_given(cli);
  options.laid_out = dump_code_given;
  options.level = (int)opt_int(cli, OPT_level, 2);
  options.pipeline = opt_text(cli, OPT_passes, NULL);
  if (opt_flag(cli, OPT_validate_each)) validate_given(cli, &options);
  options.trap_nan = opt_flag(cli, OPT_trap_nan);
  options.profile = opt_flag(cli, OPT_profile);
  options.precision = opt_text(cli, OPT_precision, NULL);
  options.passes.plan.other_products = strcmp(opt_text(cli, OPT_products, "own"), "own") != 0;
  return options;
}

/* To the file of --output, or to the terminal. */
static bool put_text(Cli *cli, const Text *out) {
  const char *path = opt_text(cli, OPT_output, NULL);
  return path ? file_write(cli->ctx, path, text_str(out), out->len) : put_out(cli, out);
}

bool put_graph(Cli *cli, const Graph *g) {
  Text out = cli_text(cli);
  graph_print_with(g, opt_flag(cli, OPT_spans), &out);
  return put_text(cli, &out);
}

/* Whether something is asked for that only code shows. */
static bool wants_code(Cli *cli) {
  const char *dumped = opt_text(cli, OPT_dump_after, NULL);
  return code_stage_find(opt_text(cli, OPT_stop_after, "")) >= 0 || pass_listed(dumped, "llvm") ||
         pass_listed(dumped, "asm");
}

bool put_after_passes(Cli *cli, Compile *c) {
  int stage = code_stage_find(opt_text(cli, OPT_stop_after, ""));
  Text out = cli_text(cli);
  if (wants_code(cli) && !c->engine && !start_engine(cli, c)) return false;
  if (!compile(c, wants_code(cli) ? PHASE_layout : PHASE_passes)) return false;
  if (stage >= 0) return put_code(cli, c->program, stage, &out) && put_text(cli, &out);
  pipeline_show(c->passes, c->options.passes.stop_after, c->fused, opt_flag(cli, OPT_spans), &out);
  return put_text(cli, &out);
}

/* ---- specs and graphs ---- */

/* The checker takes the first override of a constant; on a command line the last one counts. */
static const char **defines_last_first(Cli *cli, uint32_t n) {
  const char **defines = arena_array(&cli->ctx->arena, const char *, n);
  for (uint32_t i = 0; i < n; i++) defines[i] = cli->given[OPT_define].data[n - 1 - i];
  return defines;
}

Compile compile_given(Cli *cli, const char *model, CompileWhat what) {
  CompileOptions options = compile_options_given(cli);
  uint32_t n_defines = cli->given[OPT_define].len;
  Compile c = compile_model(cli->ctx, &cli->dirs, model, what, &options);
  c.phases = &cli->phases;
  c.spec_options = (SpecOptions){.library_dirs = cli->dirs.dirs.data,
                                 .n_library_dirs = cli->dirs.dirs.len,
                                 .defines = defines_last_first(cli, n_defines),
                                 .n_defines = n_defines};
  return c;
}
