/* ordo fuzz: random graphs against the interpreter, with plug-ins or without. */
#include <string.h>

#include "cli/bundle.h"
#include "cli/cli.h"
#include "fuzz/fuzz.h"
#include "io/file.h"

/* Writes the graph with all that shows the fault again, and says how. */
static bool put_fault(Cli *cli, const FuzzFault *fault, Text *out) {
  if (fault->rule) {
    text_printf(out, "the rule '%s' is wrong: %s\n", fault->rule, fault->what);
    if (fault->graph) graph_print(fault->graph, out);
    return true;
  }
  const char *dir = opt_text(cli, OPT_out_dir, ".");
  const char *path = ctx_printf(cli->ctx, "%s/fuzz-%llu.txt", dir, (unsigned long long)fault->seed);
  Bundle bundle = {fault->graph, fault->pipeline, 0, fault->seed, &fault->sizes};
  Text file = cli_text(cli);
  bundle_put(cli, &bundle, &file);
  text_printf(out, "seed %llu: %s\n", (unsigned long long)fault->seed, fault->what);
  text_printf(out, "  ordo bisect %s", path);
  for (uint32_t i = 0; i < cli->given[OPT_plugin].len; i++)
    text_printf(out, " --plugin=%s", cli->given[OPT_plugin].data[i]);
  for (uint32_t i = 0; i < cli->given[OPT_schedule].len; i++)
    text_printf(out, " --schedule=%s", cli->given[OPT_schedule].data[i]);
  text_putc(out, '\n');
  return file_make_dir(cli->ctx, dir) && file_write(cli->ctx, path, text_str(&file), file.len);
}

static bool tell(Cli *cli, const FuzzFault *fault) {
  Text out = cli_text(cli);
  return put_fault(cli, fault, &out) && put_out(cli, &out);
}

/* How many graphs were wrong; -1 after a diagnostic. Each graph leaves the context as it was. */
static long run_graphs(Cli *cli, Fuzz *f) {
  enum { GRAPHS_A_ENGINE = 100 }; /* code of old graphs is of no use any more */
  int64_t count = opt_int(cli, OPT_count, 200), seed = opt_int(cli, OPT_seed, 1);
  Compile c = {.ctx = cli->ctx};
  long wrong = 0;
  CtxMark *mark = ctx_mark(cli->ctx);
  for (int64_t i = 0; i < count && wrong >= 0; i++) {
    FuzzFault fault;
    if (i % GRAPHS_A_ENGINE == 0) {
      engine_free(f->engine);
      f->engine = NULL;
      if (!start_engine(cli, &c)) return -1;
      f->engine = c.engine;
      mark = ctx_mark(cli->ctx);
    }
    if (!fuzz_graph(f, (uint64_t)(seed + i), &fault)) wrong = tell(cli, &fault) ? wrong + 1 : -1;
    if (wrong >= 0) ctx_rewind(cli->ctx, mark);
  }
  return wrong;
}

static void put_tally(const Fuzz *f, long wrong, Text *out) {
  if (f->rules)
    text_printf(out, "%d rules of plug-ins tried: they fired on %d graphs\n", f->rules,
                f->instances);
  text_printf(out,
              "%ld graphs: %ld results compared, %ld undecided, %ld graphs wrong, %ld refused for "
              "their sizes\n",
              f->graphs, f->results, f->undecided, wrong, f->refused);
}

int cmd_fuzz(Cli *cli) {
  CompileOptions options = compile_options_given(cli);
  Fuzz f = {.ctx = cli->ctx,
            .options = &options,
            .plugins = cli->plugins,
            .nodes = (int)opt_int(cli, OPT_nodes, 12),
            .inserts = !options.pipeline && !options.passes.n_insert};
  FuzzFault fault;
  Text out;
  bool rules_right = fuzz_rules(&f, &fault);
  if (!rules_right && !tell(cli, &fault)) return EXIT_USER;
  long wrong = rules_right ? run_graphs(cli, &f) : 0;
  engine_free(f.engine);
  if (wrong < 0 || !rules_right) return EXIT_USER;
  out = cli_text(cli);
  put_tally(&f, wrong, &out);
  return put_out(cli, &out) && !wrong ? EXIT_GOOD : EXIT_USER;
}
