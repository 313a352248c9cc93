/* ordo plot: learning curves of runs. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "io/file.h"
#include "cli/plot_live.h"
#include "io/formats.h"
#include "app/plot.h"
#include "app/run_file.h"

/* --log y, --log x, --log xy */
static bool read_log(Cli *cli, PlotOptions *options) {
  const char *axes = opt_text(cli, OPT_log_axes, "");
  if (strspn(axes, "xy") != strlen(axes)) {
    usage_error(cli, "--log=%s: x, y or xy", axes);
    return false;
  }
  options->log_x = strchr(axes, 'x') != NULL;
  options->log_y = strchr(axes, 'y') != NULL;
  return true;
}

static bool read_smooth(Cli *cli, PlotOptions *options) {
  const char *text = opt_text(cli, OPT_smooth, "0");
  char *end;
  options->smooth = strtod(text, &end);
  if (end > text && !*end && options->smooth >= 0 && options->smooth < 1) return true;
  usage_error(cli, "--smooth=%s: a number from 0 to below 1", text);
  return false;
}

/* --metric may be given several times, and hold several names with commas between; a backslash
 * stands before a comma or backslash of a name, "\\n" and "\\t" are a line end and a tab. */
static void read_metrics(Cli *cli, PlotOptions *options) {
  VEC(const char *) metrics = {0};
  for (uint32_t i = 0; i < cli->given[OPT_metric].len; i++) {
    Text name = cli_text(cli);
    for (const char *at = cli->given[OPT_metric].data[i];; at++) {
      if (!*at || *at == ',') {
        vec_push(&cli->ctx->arena, &metrics, text_str(&name));
        name = cli_text(cli);
        if (!*at) break;
      } else if (*at == '\\' && at[1]) {
        at++;
        text_putc(&name, *at == 'n' ? '\n' : *at == 't' ? '\t' : *at);
      } else {
        text_putc(&name, *at);
      }
    }
  }
  options->metrics = metrics.data;
  options->n_metrics = metrics.len;
}

static bool read_runs(Cli *cli, SeriesSet *set) {
  uint32_t n_names = cli->given[OPT_name].len;
  if (n_names > cli->args.len) {
    usage_error(cli, "%u names for %u runs", n_names, cli->args.len);
    return false;
  }
  const char **names = run_names(cli->ctx, cli->args.data, cli->args.len);
  for (uint32_t i = 0; i < cli->args.len; i++)
    if (!series_read(cli->ctx, cli->args.data[i],
                     i < n_names ? cli->given[OPT_name].data[i] : names[i], set))
      return false;
  return true;
}

int cmd_plot(Cli *cli) {
  const char *path = opt_text(cli, OPT_output, NULL),
             *format = format_given(cli, FOR_plot, "svg", "curves", path);
  PlotOptions options = {.title = opt_text(cli, OPT_title, NULL)};
  SeriesSet set = {0};
  Text svg = cli_text(cli);
  if (!format || !read_log(cli, &options) || !read_smooth(cli, &options)) return EXIT_USAGE;
  read_metrics(cli, &options);
  options.width = (int)opt_int(cli, OPT_width, 0);
  options.height = (int)opt_int(cli, OPT_height, 0);
  if (opt_flag(cli, OPT_live)) return plot_live(cli, &options);
  if (!read_runs(cli, &set)) return exit_code(cli);
  if (!plot_svg(cli->ctx, &set, &options, &svg)) return EXIT_USER;
  bool good;
  if (strcmp(format, "svg"))
    good = plot_convert(cli->ctx, &svg, format, 2, path ? path : "/dev/stdout");
  else
    good = path ? file_write(cli->ctx, path, text_str(&svg), svg.len) : put_out(cli, &svg);
  return good ? exit_code(cli) : EXIT_USER;
}
