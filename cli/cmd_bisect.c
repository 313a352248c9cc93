/* ordo bisect: which transformation of which pass is the first wrong one. */
#include <string.h>

#include "cli/bundle.h"
#include "cli/cli.h"
#include "app/bisect.h"
#include "io/file.h"
#include "ir/diff.h"

static void put_places(Cli *cli, const Bisection *b, Text *out) {
  if (!b->before || !b->after) return;
  diff_print(graph_diff(cli->ctx, b->before, b->after), out);
}

static void put_pass(Cli *cli, const Bisection *b, Text *out) {
  text_printf(out, "the pass '%s', step %d of the pipeline, is wrong: %s\n", b->step, b->number,
              b->wrong);
  text_printf(out, "  on arguments drawn with %s\n", b->inputs);
  if (b->first) {
    text_printf(out, "its transformation %lld of %lld", (long long)b->first, (long long)b->n);
    text_printf(out, "%s%s\n", b->rewrite ? ": " : "", b->rewrite ? b->rewrite : "");
    put_places(cli, b, out);
  } else if (b->n) {
    text_printf(out, "none of its %lld transformations alone: it is wrong without them\n",
                (long long)b->n);
  }
}

static void put_found(Cli *cli, const Bisection *b, Text *out) {
  switch (b->where) {
  case BISECT_nothing:
    text_printf(
        out,
        "nothing is wrong: %u graphs and the compiled code agree, on arguments drawn with %s\n",
        b->forms, b->inputs);
    break;
  case BISECT_pass:
    put_pass(cli, b, out);
    break;
  case BISECT_code:
    text_printf(out, "the passes are right (%u graphs agree), the compiled code is wrong: %s\n",
                b->forms, b->wrong);
    text_printf(out, "  on arguments drawn with %s\n", b->inputs);
  }
}

/* The graph that the pass got, with all that shows the fault again. */
static bool put_bundle(Cli *cli, const Bisection *b, const Validate *v, const char *path) {
  Bundle bundle = {.graph = b->given,
                   .passes = b->where == BISECT_pass ? b->step : NULL,
                   .fuel = b->first,
                   .seed = v->seed,
                   .sizes = &v->sizes};
  Text out = cli_text(cli);
  bundle_put(cli, &bundle, &out);
  return file_write(cli->ctx, path, text_str(&out), out.len);
}

static bool search(Cli *cli, Compile *c, Bisection *found) {
  SizeEnv sizes;
  const char *path = opt_text(cli, OPT_output, NULL);
  Validate v = {
      .ctx = cli->ctx, .seed = (uint64_t)opt_int(cli, OPT_seed, 1), .fast = c->options.passes.fast};
  if (!sizes_given(cli, c, &sizes)) return false;
  v.given = &sizes;
  bool good = bisect(c, &v, found);
  if (good && path && found->where != BISECT_nothing) good = put_bundle(cli, found, &v, path);
  validate_close(&v);
  return good;
}

int cmd_bisect(Cli *cli) {
  Bisection found = {0};
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_graph);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  c.options.passes.verify_each = true;
  Text out = cli_text(cli);
  bool good = start_engine(cli, &c) && compile(&c, PHASE_check) && search(cli, &c, &found);
  if (good) put_found(cli, &found, &out);
  good = good && put_out(cli, &out);
  compile_free(&c);
  engine_free(c.engine);
  return good && found.where == BISECT_nothing ? EXIT_GOOD : EXIT_USER;
}
