/* ordo tune: a schedule, found by measuring. */
#include <string.h>
#include <unistd.h>

#include "app/tune.h"
#include "cli/bundle.h"
#include "cli/cli.h"
#include "io/file.h"

static void tell(const char *line) { file_put_fd(STDERR_FILENO, line, strlen(line)); }

static void put_schedule(Cli *cli, const Compile *c, const TuneResult *r, Text *out) {
  Text machine = cli_text(cli);
  put_machine(cli, &machine);
  for (const char *at = text_str(&machine); *at; at += strcspn(at, "\n") + 1)
    text_printf(out, "# %.*s\n", (int)strcspn(at, "\n"), at);
  text_printf(out, "# '%s'", ctx_text(cli->ctx, c->graph->name));
  for (uint32_t i = 0; i < r->sizes.symbols.len; i++)
    text_printf(out, "%s%s = %lld", i ? ", " : ", for ",
                size_str(cli->ctx, r->sizes.symbols.data[i]), (long long)r->sizes.values.data[i]);
  text_printf(out, ": %.2f us a run before, %.2f after; %d tried, %d kept\n", 1e6 * r->before,
              1e6 * r->after, r->tried, r->kept);
  text_put(out, r->log.data ? r->log.data : "", r->log.len);
  schedule_print(r->schedule, out);
}

static bool search(Cli *cli, Compile *c, TuneResult *result) {
  SizeEnv sizes;
  if (!start_engine(cli, c) || !compile(c, PHASE_check) || !sizes_given(cli, c, &sizes))
    return false;
  TuneOptions options = {.sizes = &sizes,
                         .seed = (uint64_t)opt_int(cli, OPT_seed, 1),
                         .seconds = (double)opt_int(cli, OPT_seconds, 20),
                         .tell = tell};
  c->options.passes.report = NULL; /* of each version it would be too much */
  return tune(c, &options, result);
}

int cmd_tune(Cli *cli) {
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_graph);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  TuneResult result;
  const char *path = opt_text(cli, OPT_output, NULL);
  bool good = search(cli, &c, &result);
  Text out = cli_text(cli);
  if (good) put_schedule(cli, &c, &result, &out);
  if (good) good = path ? file_write(cli->ctx, path, text_str(&out), out.len) : put_out(cli, &out);
  compile_free(&c);
  engine_free(c.engine);
  return good ? exit_code(cli) : EXIT_USER;
}
