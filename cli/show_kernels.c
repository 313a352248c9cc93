/* See show_kernels.h. */
#include "cli/show_kernels.h"

#include <string.h>

#include "app/kernels.h"
#include "app/plot.h"
#include "cli/bundle.h"
#include "io/file.h"

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
  bool asked = format != NULL;
  if (!format) format = dot ? dot + 1 : "text";
  for (size_t i = 0; i < 3; i++)
    if (!strcmp(format, pictures[i])) {
      if (!opt_flag(cli, OPT_kernels) && !opt_flag(cli, OPT_json)) return format;
      usage_error(cli, opt_flag(cli, OPT_json) ? "'--json' is no picture"
                                               : "'--kernels' makes no pictures; '--memory' does");
      return NULL;
    }
  if (!asked || !strcmp(format, "txt") || !strcmp(format, "text")) return "text";
  usage_error(cli, "there is no format '%s' here: txt, and for '--memory' svg, png, pdf", format);
  return NULL;
}

bool show_kernels(Cli *cli, Compile *c) {
  SizeEnv sizes;
  const char *format = kernels_format(cli);
  /* remarks are printed with what they cost */
  if (opt_flag(cli, OPT_kernels) && !opt_flag(cli, OPT_time_passes))
    c->options.passes.report = NULL;
  bool good = format && start_engine(cli, c) && compile(c, PHASE_check) &&
              sizes_given(cli, c, &sizes) && compile(c, PHASE_code);
  if (good)
    good =
        strcmp(format, "text") ? put_picture(cli, c, &sizes, format) : put_tables(cli, c, &sizes);
  return good;
}
