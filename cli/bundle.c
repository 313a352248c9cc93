/* See bundle.h. */
#include "cli/bundle.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/open.h"
#include "io/file.h"
#include "ir/print.h"

static const OptionId carried[] = {OPT_define, OPT_seed,    OPT_level,     OPT_passes,
                                   OPT_insert, OPT_without, OPT_disable,   OPT_fuel,
                                   OPT_strict, OPT_fast,    OPT_precision, OPT_random};
enum { N_CARRIED = sizeof carried / sizeof *carried, MOST_HEAD = 1 << 16 };
static const char mark[] = "# option: --";

static bool carries(OptionId option) {
  for (int i = 0; i < N_CARRIED; i++)
    if (carried[i] == option) return true;
  return false;
}

/* ---- reading ---- */

static bool take_option(Cli *cli, const bool *given, const char *text) {
  size_t n = strcspn(text, "=");
  for (int i = 0; i < N_OPTIONS; i++) {
    const char *name = option_info[i].name;
    if (strlen(name) != n || strncmp(name, text, n) || !carries((OptionId)i)) continue;
    if (given[i] || !command_takes(cli->command, (OptionId)i)) return true;
    return opt_store(cli, (OptionId)i, text[n] ? text + n + 1 : "");
  }
  usage_error(cli, "'%s' has an option that no such file can have: '--%s'", cli->args.data[0],
              text);
  return false;
}

/* The comments at the head of a file; "" for what is none, or cannot be read. */
static const char *head_of(Cli *cli, const char *path) {
  const char *why;
  char *bytes = arena_array(&cli->ctx->arena, char, MOST_HEAD + 1);
  FILE *in = access(path, R_OK) ? NULL : open_stream(path, &why);
  if (!in) return "";
  size_t n = fread(bytes, 1, MOST_HEAD, in);
  fclose(in);
  bytes[n] = 0;
  char *end = bytes;
  while (*end == '#') {
    end += strcspn(end, "\n");
    end += *end == '\n';
  }
  *end = 0;
  return bytes;
}

bool bundle_read(Cli *cli) {
  bool given[N_OPTIONS];
  if (!command_takes(cli->command, OPT_passes) || !cli->args.len) return true;
  const char *line = head_of(cli, cli->args.data[0]);
  for (int i = 0; i < N_OPTIONS; i++) given[i] = cli->given[i].len;
  while (*line) {
    size_t n = strcspn(line, "\n");
    if (n > sizeof mark - 1 && !strncmp(line, mark, sizeof mark - 1) &&
        !take_option(
            cli, given,
            ctx_printf(cli->ctx, "%.*s", (int)(n - (sizeof mark - 1)), line + sizeof mark - 1)))
      return false;
    line += n + (line[n] != 0);
  }
  return true;
}

/* ---- writing ---- */

static void seek_symbol(void *user, Sz symbol) {
  Sz *wanted = user;
  if (sz_eq(*wanted, symbol)) *wanted = SZ_NONE;
}

static bool has_symbol(const Graph *g, Sz symbol) {
  graph_symbols(g, seek_symbol, &symbol);
  return !symbol.i;
}

static void put_option(Text *out, OptionId option, const char *value) {
  const OptionInfo *info = &option_info[option];
  text_printf(out, "%s%s%s%s\n", mark, info->name, *info->value ? "=" : "", value);
}

static void put_given(Cli *cli, OptionId option, Text *out) {
  for (uint32_t i = 0; i < cli->given[option].len; i++)
    put_option(out, option, cli->given[option].data[i]);
}

void bundle_put(Cli *cli, const Bundle *b, Text *out) {
  static const OptionId of_pipeline[] = {OPT_level, OPT_passes, OPT_insert, OPT_without};
  static const OptionId kept[] = {OPT_disable, OPT_strict, OPT_fast, OPT_precision};
  Text machine = cli_text(cli);
  put_machine(cli, &machine);
  for (const char *at = text_str(&machine); *at; at += strcspn(at, "\n") + 1)
    text_printf(out, "# %.*s\n", (int)strcspn(at, "\n"), at);
  if (b->passes) put_option(out, OPT_passes, b->passes);
  for (size_t i = 0; !b->passes && i < sizeof of_pipeline / sizeof *of_pipeline; i++)
    put_given(cli, of_pipeline[i], out);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) put_given(cli, kept[i], out);
  if (b->fuel) put_option(out, OPT_fuel, ctx_printf(cli->ctx, "%lld", (long long)b->fuel));
  put_option(out, OPT_seed, ctx_printf(cli->ctx, "%llu", (unsigned long long)b->seed));
  put_option(out, OPT_random, "");
  for (uint32_t i = 0; i < b->sizes->symbols.len; i++)
    if (has_symbol(b->graph, b->sizes->symbols.data[i]))
      put_option(out, OPT_define,
                 ctx_printf(cli->ctx, "%s=%lld", size_str(cli->ctx, b->sizes->symbols.data[i]),
                            (long long)b->sizes->values.data[i]));
  static const OptionId needed[] = {OPT_plugin, OPT_schedule}; /* files: not read unasked */
  for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
    for (uint32_t i = 0; i < cli->given[needed[k]].len; i++)
      text_printf(out, "# needs: --%s=%s\n", option_info[needed[k]].name,
                  cli->given[needed[k]].data[i]);
  graph_print(b->graph, out);
}

/* ---- sizes ---- */

/* "N=40", n bytes of it. */
static bool take_size(Cli *cli, const char *text, size_t n, SizeEnv *env) {
  size_t name = strcspn(text, "=");
  char *end = NULL;
  errno = 0;
  long long value = name && name < n ? strtoll(text + name + 1, &end, 10) : -1;
  if (!end || end == text + name + 1 || end != text + n || errno || value < 0) return false;
  Str symbol = ctx_str(cli->ctx, ctx_printf(cli->ctx, "%.*s", (int)name, text));
  size_env_set(cli->ctx, env, size_symbol(cli->ctx, symbol), value);
  return true;
}

/* A size that is none of the graph's would be left out silently. */
static bool sizes_known(Cli *cli, const Graph *g, const SizeEnv *env) {
  for (uint32_t i = 0; i < env->symbols.len; i++) {
    if (has_symbol(g, env->symbols.data[i])) continue;
    usage_error(cli, "'%s' has no open size '%s'", ctx_text(cli->ctx, g->name),
                size_str(cli->ctx, env->symbols.data[i]));
    return false;
  }
  return true;
}

bool sizes_given(Cli *cli, const Compile *c, SizeEnv *env) {
  *env = (SizeEnv){0};
  for (uint32_t i = 0; !c->spec && i < cli->given[OPT_define].len; i++) {
    const char *text = cli->given[OPT_define].data[i];
    if (take_size(cli, text, strlen(text), env)) continue;
    usage_error(cli, "'-D %s': expected NAME=N, an open size of the graph", text);
    return false;
  }
  const char *at = opt_text(cli, OPT_sizes, "");
  for (size_t n; *at; at += n + (at[n] == ',')) {
    n = strcspn(at, ",");
    if (take_size(cli, at, n, env)) continue;
    usage_error(cli, "'--sizes=%s': expected sizes as in B=32,N=10", opt_text(cli, OPT_sizes, ""));
    return false;
  }
  return sizes_known(cli, c->graph, env);
}
