/* See show_kernels.h. */
#include "cli/show_kernels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "app/kernels.h"
#include "app/plot.h"
#include "io/file.h"

bool sizes_listed(Cli *cli, SizeEnv *env) {
  const char *at = opt_text(cli, OPT_sizes, "");
  *env = (SizeEnv){0};
  while (*at) {
    size_t n = strcspn(at, ","), name = strcspn(at, "=");
    char *end = NULL;
    errno = 0;
    long long value = name && name < n ? strtoll(at + name + 1, &end, 10) : -1;
    if (!end || end == at + name + 1 || end != at + n || errno || value < 0) {
      usage_error(cli, "'--sizes=%s': expected sizes as in B=32,N=10",
                  opt_text(cli, OPT_sizes, ""));
      return false;
    }
    Str symbol = ctx_str(cli->ctx, ctx_printf(cli->ctx, "%.*s", (int)name, at));
    size_env_set(cli->ctx, env, size_symbol(cli->ctx, symbol), value);
    at += n + (at[n] == ',');
  }
  return true;
}

static void seek_symbol(void *user, Sz symbol) {
  Sz *wanted = user;
  if (sz_eq(*wanted, symbol)) *wanted = SZ_NONE;
}

bool sizes_known(Cli *cli, const Compile *c, const SizeEnv *env) {
  for (uint32_t i = 0; i < env->symbols.len; i++) {
    Sz wanted = env->symbols.data[i];
    graph_symbols(c->graph, seek_symbol, &wanted);
    if (!wanted.i) continue;
    usage_error(cli, "'--sizes': '%s' has no open size '%s'", ctx_text(cli->ctx, c->graph->name),
                size_str(cli->ctx, wanted));
    return false;
  }
  return true;
}

static bool put_as_asked(Cli *cli, const Text *out) {
  const char *path = opt_text(cli, OPT_output, NULL);
  return path ? file_write(cli->ctx, path, text_str(out), out->len) : put_out(cli, out);
}

static bool put_tables(Cli *cli, Compile *c, const SizeEnv *sizes) {
  bool json = opt_flag(cli, OPT_json);
  Text out = cli_text(cli);
  KernelTable table;
  json_t *parts = json_object();
  bool good = true;
  if (opt_flag(cli, OPT_kernels)) {
    good = kernels_of(c, sizes, opt_text(cli, OPT_profile_file, NULL), &table);
    if (good && json) json_object_update_missing_new(parts, kernels_json(c, &table));
    if (good && !json) kernels_print(c, &table, &out);
    if (good && !json) kernels_remarks(c, &table, &out);
  }
  if (good && opt_flag(cli, OPT_memory)) {
    json_t *memory = json ? memory_json(c, sizes) : NULL;
    good = json ? memory && !json_object_set_new(parts, "memory", memory)
                : memory_print(c, sizes, &out);
  }
  if (good && json) put_json(&out, parts);
  json_decref(parts);
  return good && put_as_asked(cli, &out);
}

static bool put_picture(Cli *cli, Compile *c, const SizeEnv *sizes, const char *format) {
  const char *path = opt_text(cli, OPT_output, NULL);
  Text svg = cli_text(cli);
  if (!memory_svg(c, sizes, &svg)) return false;
  if (!strcmp(format, "svg")) return put_as_asked(cli, &svg);
  if (path) return plot_convert(cli->ctx, &svg, format, 2, path);
  usage_error(cli, "a picture of memory as %s wants a file: -o FILE.%s", format, format);
  return false;
}

/* "text", or the format of a picture of memory; NULL after a diagnostic. */
static const char *kernels_format(Cli *cli) {
  const char *path = opt_text(cli, OPT_output, NULL), *format = opt_text(cli, OPT_format, NULL);
  const char *dot = path ? strrchr(path, '.') : NULL;
  static const char *const pictures[] = {"svg", "png", "pdf"};
  if (!format) format = dot ? dot + 1 : "text";
  for (size_t i = 0; i < 3; i++)
    if (!strcmp(format, pictures[i])) {
      if (!opt_flag(cli, OPT_kernels)) return format;
      usage_error(cli, "'--kernels' makes no pictures; '--memory' does");
      return NULL;
    }
  return "text";
}

bool show_kernels(Cli *cli, Compile *c) {
  SizeEnv sizes;
  const char *format = kernels_format(cli);
  /* remarks are printed with what they cost */
  if (opt_flag(cli, OPT_kernels) && !opt_flag(cli, OPT_time_passes))
    c->options.passes.report = NULL;
  bool good = format && sizes_listed(cli, &sizes) && start_engine(cli, c) &&
              compile(c, PHASE_code) && sizes_known(cli, c, &sizes);
  if (good)
    good =
        strcmp(format, "text") ? put_picture(cli, c, &sizes, format) : put_tables(cli, c, &sizes);
  return good;
}
