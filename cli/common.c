#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "codegen/target.h"
#include "io/file.h"
#include "io/formats.h"

Text cli_text(Cli *cli) { return text_new(&cli->ctx->arena); }

bool put_out(Cli *cli, const Text *text) {
  if (file_put_fd(STDOUT_FILENO, text_str(text), text->len) || errno == EPIPE) return true;
  file_write_failed(cli->ctx, "standard output");
  return false;
}

int exit_code(const Cli *cli) { return diag_failed(cli->ctx) ? EXIT_USER : EXIT_GOOD; }

/* ---- what is wrong, in colours perhaps ---- */

bool wants_color(const Cli *cli, int fd) {
  const char *when = opt_text(cli, OPT_color, "auto"), *term = getenv("TERM"),
             *none = getenv("NO_COLOR");
  if (strcmp(when, "auto")) return !strcmp(when, "always");
  return isatty(fd) && !(none && *none) && term && strcmp(term, "dumb");
}

void put_diagnostics(Cli *cli) {
  if (cli->told || !cli->ctx->diags.list.len) return;
  cli->told = true;
  cli->color_errors = wants_color(cli, STDERR_FILENO);
  Text out = cli_text(cli);
  diag_print(cli->ctx, cli->color_errors, &out);
  file_put_fd(STDERR_FILENO, text_str(&out), out.len);
}

bool trace_begin(Cli *cli) {
  const char *path = opt_text(cli, OPT_trace, NULL);
  if (!path) return true;
  TraceFile *file = arena_new(&cli->ctx->arena, TraceFile);
  const char *what = ctx_printf(cli->ctx, "ordo %s %s", cli->command->name, cli->args.data[0]);
  if (!trace_open(cli->ctx, path, what, file)) return false;
  cli->trace = file;
  cli->phases.trace = &file->trace;
  return true;
}

bool trace_end(Cli *cli) { return !cli->trace || trace_close(cli->trace); }

/* OpenBLAS takes processors that are younger than it for old ones. Its kernels for AVX-512 and AVX2
 * run on all that have these; a choice of the user's counts. Before any thread is there. */
static void help_openblas(Cli *cli) {
  Target host = target_host(&cli->ctx->arena);
  bool asked = strcmp(opt_text(cli, OPT_products, "own"), "own") != 0;
  if (asked && host.vector_bytes >= 32 && host.fma)
    setenv("OPENBLAS_CORETYPE", host.vector_bytes == 64 ? "SkylakeX" : "Haswell", 0);
}

/* What code is made for: NULL is this machine; *good: it can run it. */
static const Target *target_wanted(Cli *cli, Target *target, bool *good) {
  const char *name = opt_text(cli, OPT_portable_bits, NULL);
  *good = !name || (strcmp(name, "host") != 0 && target_find(&cli->ctx->arena, name, target));
  if (!*good)
    usage_error(
        cli,
        "'--portable-bits' takes avx512, avx2 or sse2, as far as this processor has them; got '%s'",
        name);
  return name ? target : NULL;
}

bool start_engine(Cli *cli, Compile *c) {
  Fault fault = {0};
  Target target;
  bool good;
  const Target *wanted = target_wanted(cli, &target, &good);
  if (!good) return false;
  help_openblas(cli);
  c->engine = engine_new((int)opt_int(cli, OPT_threads, 0), wanted, NULL, &fault);
  if (!c->engine) return fault_tell(cli->ctx, &fault, "the code generator cannot start");
  if (!engine_choose_products(c->engine, opt_text(cli, OPT_products, "own"), &fault))
    return fault_tell(cli->ctx, &fault, "there is no OpenBLAS to make products");
  engine_guard(c->engine, cli->ctx->arena.escape);
  engine_trace(c->engine, cli->phases.trace);
  return true;
}

/* ---- rows of tables ---- */

bool row_wanted(const Cli *cli, const char *name) {
  for (uint32_t i = 0; i < cli->args.len; i++)
    if (!strcmp(cli->args.data[i], name)) return true;
  return !cli->args.len;
}

bool rows_exist(Cli *cli, const char *(*name_of)(Cli *cli, uint32_t i), const char *what) {
  for (uint32_t i = 0; i < cli->args.len; i++) {
    uint32_t row = 0;
    const char *name;
    while ((name = name_of(cli, row)) && strcmp(name, cli->args.data[i])) row++;
    if (name) continue;
    usage_error(cli, "there is no %s '%s'", what, cli->args.data[i]);
    return false;
  }
  return true;
}

/* ---- tables in Markdown ---- */

void markdown_row(Text *out, const char *const *cells, int n) {
  for (int i = 0; i < n; i++) {
    text_puts(out, "| ");
    for (const char *at = cells[i] ? cells[i] : ""; *at; at++) {
      if (*at == '|') text_putc(out, '\\');
      text_putc(out, *at == '\n' ? ' ' : *at);
    }
    text_putc(out, ' ');
  }
  text_puts(out, "|\n");
}

void markdown_head(Text *out, const char *const *cells, int n) {
  markdown_row(out, cells, n);
  for (int i = 0; i < n; i++) text_puts(out, "|---");
  text_puts(out, "|\n");
}

/* ---- JSON ---- */

static int append(const char *bytes, size_t n, void *text) {
  text_put(text, bytes, n);
  return 0;
}

void put_json(Text *out, const json_t *json) {
  json_dump_callback(json, append, out, JSON_INDENT(1) | JSON_ENSURE_ASCII);
  text_putc(out, '\n');
}

/* ---- formats ---- */

const char *format_given(Cli *cli, unsigned use, const char *standard, const char *what,
                         const char *path) {
  const char *dot = path ? strrchr(path, '.') : NULL, *slash = path ? strrchr(path, '/') : NULL;
  const Format *known = path ? format_of(path, use) : NULL;
  const char *by_name = known                            ? known->suffix + 1
                        : dot && (!slash || dot > slash) ? dot + 1
                                                         : standard;
  const char *name = opt_text(cli, OPT_format, by_name);
  const Format *format = format_named(name, use);
  if (format) return format->suffix + 1;
  usage_error(cli, "'%s' is no format of %s", name, what);
  diag_help(cli->ctx, "%s", formats_known(cli->ctx, use, false));
  return NULL;
}

const char *model_base_name(Cli *cli, const char *model) {
  const char *slash = strrchr(model, '/'), *name = slash ? slash + 1 : model;
  const char *dot = strstr(name, ".ordo");
  return dot ? ctx_printf(cli->ctx, "%.*s", (int)(dot - name), name) : name;
}
