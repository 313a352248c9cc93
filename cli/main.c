/* The 'ordo' command: parses the command line, calls the command, prints what is wrong, chooses the
 * exit code. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bugs.h"
#include "cli/bundle.h"
#include "cli/cli.h"
#include "io/file.h"
#include "passes/pipeline/pipeline.h"

/* ---- options of all commands ---- */

static bool check_color(Cli *cli) {
  const char *when = opt_text(cli, OPT_color, "auto");
  if (!strcmp(when, "auto") || !strcmp(when, "always") || !strcmp(when, "never")) return true;
  usage_error(cli, "'--color' takes auto, always or never, got '%s'", when);
  return false;
}

static bool check_precision(Cli *cli) {
  const char *type = opt_text(cli, OPT_precision, "f32");
  if (!strcmp(type, "f32") || !strcmp(type, "bf16")) return true;
  usage_error(cli, "'--precision' takes f32 or bf16, got '%s'", type);
  return false;
}

static bool check_products(Cli *cli) {
  const char *who = opt_text(cli, OPT_products, "own");
  if (!strcmp(who, "own") || !strcmp(who, "openblas") || !strcmp(who, "auto")) return true;
  usage_error(cli, "'--products' takes own, openblas or auto, got '%s'", who);
  return false;
}

/* ---- the command ---- */

static int run_command(Cli *cli) {
  if (!opt_flag(cli, OPT_help)) return cli->command->run(cli);
  Text out = cli_text(cli);
  help_command(cli->command, &out);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}

static int version(Cli *cli) {
  Text out = cli_text(cli);
  put_machine(cli, &out);
  return put_out(cli, &out) ? EXIT_GOOD : EXIT_USER;
}

/* A command that stopped at a mistake on its command line says so in its exit code. */
static bool usage_failed(const Cli *cli) {
  const Diags *diags = &cli->ctx->diags;
  return diags->list.len && diags->list.data[0]->code == E_command_line;
}

static int run_line(Ctx *ctx, int argc, char **argv) {
  Cli cli = {.ctx = ctx, .dirs = models_dirs(ctx)};
  int code = EXIT_USAGE;
  if (argc > 1 && !strcmp(argv[1], "--version")) {
    code = version(&cli);
  } else if (args_parse(&cli, argc, argv) && bundle_read(&cli) && check_color(&cli) &&
             check_precision(&cli) && check_products(&cli)) {
    cli.color = wants_color(&cli, STDOUT_FILENO);
    cli.ctx->allow_foreign = opt_flag(&cli, OPT_allow_foreign);
    code = open_schedule(&cli) && open_plugins(&cli) ? run_command(&cli) : EXIT_USER;
    if (cli.plugins) pass_ctx_free(cli.plugins);
    if (cli.validate) validate_close(cli.validate);
    if (code == EXIT_USER && usage_failed(&cli)) code = EXIT_USAGE;
  }
  put_diagnostics(&cli);
  return code;
}

int main(int argc, char **argv) {
  ArenaEscape escape = {0};
  Ctx *ctx = ctx_alloc();
  catch_bugs(argv);
  signal(SIGPIPE, SIG_IGN); /* 'ordo ops | head' is no mistake */
  if (!ctx || setjmp(escape.jump)) {
    fputs("ordo: out of memory\n", stderr);
    return EXIT_USER; /* the system takes back what is left */
  }
  ctx_init(ctx, &escape);
  int code = run_line(ctx, argc, argv);
  ctx_free(ctx);
  return code;
}
