#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "frontend/check.h"
#include "io/file.h"
#include "io/formats.h"
#include "app/function.h"

Text cli_text(Cli *cli) { return text_new(&cli->ctx->arena); }

bool put_out(Cli *cli, const Text *text) {
  if (file_put_fd(STDOUT_FILENO, text_str(text), text->len) || errno == EPIPE) return true;
  file_write_failed(cli->ctx, "standard output");
  return false;
}

int exit_code(const Cli *cli) { return diag_failed(cli->ctx) ? EXIT_USER : EXIT_GOOD; }

/* ---- specs and graphs ---- */

/* The checker takes the first override of a constant; on a command line the last one counts. */
static const char **defines_last_first(Cli *cli, uint32_t n) {
  const char **defines = arena_array(&cli->ctx->arena, const char *, n);
  for (uint32_t i = 0; i < n; i++) defines[i] = cli->given[OPT_define].data[n - 1 - i];
  return defines;
}

Spec *load_spec(Cli *cli, const char *name) {
  const char *path = models_find(cli->ctx, &cli->dirs, name);
  uint32_t n_defines = cli->given[OPT_define].len;
  if (!path) return NULL;
  SpecOptions options = {.library_dirs = cli->dirs.dirs.data,
                         .n_library_dirs = cli->dirs.dirs.len,
                         .defines = defines_last_first(cli, n_defines),
                         .n_defines = n_defines};
  Spec *spec = spec_load(cli->ctx, path, &options);
  return diag_failed(cli->ctx) ? NULL : spec;
}

/* Graph text starts with the word 'graph', behind comments. */
static bool is_graph_text(const char *text) {
  for (;;) {
    text += strspn(text, " \t\r\n");
    if (*text != '#') break;
    text += strcspn(text, "\n");
  }
  return !strncmp(text, "graph", 5) && strchr(" \t@", text[5]);
}

/* A file that may hold graph text: read and parsed when it does. *is_graph tells. */
static const Graph *read_graph(Cli *cli, const char *path, bool *is_graph) {
  size_t size;
  *is_graph = false;
  if (strcmp(path, "-") && access(path, R_OK))
    return NULL; /* the name of a model, looked up later */
  char *text = file_read_all(cli->ctx, path, (Span){0}, &size);
  const Graph *g = NULL;
  if (text && strlen(text) == size && is_graph_text(text)) {
    *is_graph = true;
    g = graph_read(cli->ctx,
                   source_add(cli->ctx, strcmp(path, "-") ? path : "standard input", text, size));
  }
  heap_free(text);
  return diag_failed(cli->ctx) ? NULL : g;
}

/* The step of a training program, or NULL when the spec has no such program. "sort", "sort.step",
 * "sort.eval"... */
static const Graph *train_graph(Cli *cli, Spec *spec, const char *name) {
  DiagMark mark = diag_mark(cli->ctx);
  size_t dot = name ? strcspn(name, ".") : 0;
  const char *part = name && name[dot] ? name + dot + 1 : "step";
  const char *program = name ? ctx_printf(cli->ctx, "%.*s", (int)dot, name) : NULL;
  const TrainProgram *train = spec_train(spec, program);
  if (train && !strcmp(part, "step")) return train->step;
  if (train && !strcmp(part, "init")) return train->init;
  for (uint32_t i = 0; train && i < train->n_evals; i++)
    if (!strcmp(ctx_text(cli->ctx, train->evals[i].name), part)) return train->evals[i].graph;
  diag_rollback(cli->ctx, mark);
  return NULL;
}

const char *the_function(Cli *cli, Spec *spec, const char *name) {
  SpecNames names = spec_functions(spec);
  if (name) return function_find(cli->ctx, spec, name, false);
  if (names.count == 1) return ctx_text(cli->ctx, names.names[0]);
  usage_error(cli, "which function?");
  Text list = cli_text(cli);
  for (uint32_t i = 0; i < names.count; i++)
    text_printf(&list, "%s%s", i ? ", " : "", ctx_text(cli->ctx, names.names[i]));
  diag_help(cli->ctx, "there are: %s", names.count ? text_str(&list) : "none");
  return NULL;
}

/* Without a name: the step of the only training program, or the only function. */
static const Graph *spec_graph(Cli *cli, Spec *spec, const char *name) {
  const char *known = name ? function_find(cli->ctx, spec, name, true) : NULL;
  const Graph *train = known ? NULL : train_graph(cli, spec, name);
  if (train || diag_failed(cli->ctx)) return train;
  if (!known) known = the_function(cli, spec, name);
  const SpecFunction *f = known ? spec_function_graph(spec, known) : NULL;
  return f && !diag_failed(cli->ctx) ? f->graph : NULL;
}

const Graph *load_graph(Cli *cli, const char *name, const char *function) {
  bool is_graph;
  const Graph *g = read_graph(cli, name, &is_graph);
  if (is_graph || diag_failed(cli->ctx)) return g;
  Spec *spec = load_spec(cli, name);
  return spec ? spec_graph(cli, spec, function) : NULL;
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
  const char *by_name = dot && (!slash || dot > slash) ? dot + 1 : standard;
  const char *name = opt_text(cli, OPT_format, by_name);
  const Format *format = format_named(name, use);
  if (format) return format->suffix + 1;
  usage_error(cli, "'%s' is no format of %s", name, what);
  diag_help(cli->ctx, "%s", formats_known(cli->ctx, use, false));
  return NULL;
}
