/* ordo run: a function of a model on arrays. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/run_lines.h"
#include "app/entry.h"
#include "app/arguments.h"
#include "app/graph_function.h"
#include "app/oracle.h"
#include "cli/bundle.h"
#include "io/formats.h"
#include "io/json.h"
#include "io/literal.h"

typedef struct Run {
  Cli *cli;
  Compile compile; /* its engine is NULL: interpreted */
  Function function;
  Texts texts;
  Tensor **args, **results;
} Run;

/* Whether an argument can only be meant as the name of a function: letters, digits, dots, "()". */
static bool reads_as_name(const char *text) {
  static const char *const words[] = {"true", "false", "inf", "nan"};
  if (format_of(text, FOR_reading | FOR_reading_set)) return false;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(text, words[i])) return false;
  if (!isalpha((unsigned char)*text) && *text != '_') return false;
  while (isalnum((unsigned char)*text) || (*text && strchr("_.'()", *text))) text++;
  return !*text;
}

/* The function's name, and where the arguments start among the command's. */
static const char *function_name(Run *run, Spec *spec, uint32_t *first) {
  Cli *cli = run->cli;
  const char *given = cli->args.len > 1 ? cli->args.data[1] : NULL;
  bool named = given && (function_find(cli->ctx, spec, given, true) || reads_as_name(given));
  *first = named ? 2 : 1;
  return named ? function_find(cli->ctx, spec, given, false) : function_only(cli->ctx, spec);
}

static bool set_weights(Run *run) {
  const char *file = opt_text(run->cli, OPT_weights, NULL);
  double start = clock_seconds();
  bool good = file ? function_read_weights(&run->function, file)
                   : function_draw_weights(&run->function, opt_int(run->cli, OPT_seed, 0));
  phase_done(&run->cli->phases, PHASE_weights, start);
  return good;
}

static void free_results(Run *run) {
  for (uint32_t i = 0; run->results && i < run->function.graph->results.len; i++)
    tensor_free(run->results[i]);
}

/* Calls the function --repeat times; the fastest counts. */
static bool call(Run *run) {
  Cli *cli = run->cli;
  int64_t times = opt_int(cli, OPT_repeat, 1), seed = opt_int(cli, OPT_seed, 0);
  double best = 0;
  run->results = arena_array(&cli->ctx->arena, Tensor *, run->function.graph->results.len + 1);
  for (int64_t i = 0; i < (times ? times : 1); i++) {
    free_results(run);
    double start = clock_seconds();
    if (!function_call(&run->function, (const Tensor *const *)run->args,
                       function_arity(&run->function), seed, !run->compile.engine, run->results))
      return false;
    double seconds = phase_done(&cli->phases, PHASE_run, start) - start;
    if (!i || seconds < best) best = seconds;
  }
  cli->phases.seconds[PHASE_run] = best;
  return true;
}

static bool trapped(Run *run) {
  const ProgramTrap *trap = run->compile.engine && opt_flag(run->cli, OPT_trap_nan)
                                ? program_trap(run->function.program)
                                : NULL;
  if (!trap) return false;
  diag_at(run->cli->ctx, trap->span, E_nan_made, "the first NaN is made by %s", trap->text);
  if (trap->step >= 0)
    diag_note(run->cli->ctx, trap->span, "in step %lld of the innermost scan",
              (long long)trap->step);
  return true;
}

/* ---- what is shown ---- */

static void put_profile(const Run *run, Text *out) {
  if (run->compile.engine && opt_flag(run->cli, OPT_profile))
    program_profile(run->function.program, 0, PHASE_run, out);
}

/* Number of texts of a result: one for each index of its first axis, when there are several
 * axes. */
static int64_t text_rows(const Tensor *result) { return result->rank > 1 ? result->dims[0] : 1; }

static void put_text_rows(const Run *run, uint32_t i, bool named, Text *out) {
  int64_t n = text_rows(run->results[i]);
  if (named && n > 1) text_putc(out, '\n');
  for (int64_t row = 0; row < n; row++) {
    texts_put_row(&run->texts, i, run->results[i], row, n, 0, out);
    text_putc(out, '\n');
  }
}

static void put_text_json(const Run *run, uint32_t i, Text *out) {
  json_t *list = json_array();
  int64_t n = text_rows(run->results[i]);
  for (int64_t row = 0; row < n; row++) {
    Text text = text_new(&run->cli->ctx->arena);
    texts_put_row(&run->texts, i, run->results[i], row, n, 0, &text);
    Text utf8 = text_new(&run->cli->ctx->arena);
    text_put_utf8(&utf8, text_str(&text), text.len);
    json_array_append_new(list, json_stringn(text_str(&utf8), utf8.len));
  }
  char *dump = json_dumps(list, JSON_COMPACT);
  text_puts(out, dump ? dump : "[]");
  free(dump); /* allowed: of jansson */
  json_decref(list);
}

static void put_results(Run *run, Text *out) {
  Cli *cli = run->cli;
  uint32_t n = run->function.graph->results.len;
  bool json = opt_flag(cli, OPT_json);
  if (json) text_puts(out, "{");
  for (uint32_t i = 0; i < n; i++) {
    Tensor *result = run->results[i];
    if (json) {
      text_printf(out, "%s\"%s\": ", i ? ",\n " : "", result_name(&run->function, i));
      if (run->texts.results[i])
        put_text_json(run, i, out);
      else
        json_print(result, out);
      continue;
    }
    if (n > 1) text_printf(out, "%s = ", result_name(&run->function, i));
    if (run->texts.results[i]) {
      put_text_rows(run, i, n > 1, out);
      continue;
    }
    if (n > 1 && result->rank > 1) text_putc(out, '\n');
    literal_print(result, (int)opt_int(cli, OPT_digits, 4), 40, out);
    text_putc(out, '\n');
  }
  if (json) text_puts(out, "}\n");
}

static bool finish(Run *run) {
  Text out = cli_text(run->cli);
  const char *path = opt_text(run->cli, OPT_out_array, NULL);
  if (trapped(run)) return false;
  if (path && !results_write(&run->function, run->results, path)) return false;
  if (!path) put_results(run, &out);
  if (opt_flag(run->cli, OPT_time)) phases_print(&run->cli->phases, &out);
  put_profile(run, &out);
  return put_out(run->cli, &out);
}

/* --random: arguments and weights that are not given are drawn, as 'bisect' and 'reduce' do. */
static bool draw_rest(Run *run) {
  Cli *cli = run->cli;
  Function *f = &run->function;
  const Graph *g = f->graph;
  Fault fault = {0};
  SizeEnv sizes;
  Tensor **drawn = arena_array(&cli->ctx->arena, Tensor *, g->params.len + 1);
  if (!sizes_given(cli, &run->compile, &sizes)) return false;
  sizes = oracle_sizes(g, &sizes, 0);
  if (!oracle_args(g, &sizes, (uint64_t)opt_int(cli, OPT_seed, 0), -2, 2, drawn, &fault))
    return fault_tell(cli->ctx, &fault, "no arguments for '%s'", ctx_text(cli->ctx, g->name));
  for (uint32_t i = 0; i < function_arity(f); i++)
    if (!run->args[i]) {
      run->args[i] = drawn[function_param(f, i)];
      drawn[function_param(f, i)] = NULL;
    }
  bool good = true;
  for (uint32_t i = 0; i < f->spec->n_weights && good; i++)
    if (!f->weights[i]) good = function_set_weight(f, i, drawn[f->weight_places[i]]);
  for (uint32_t i = 0; i < g->params.len; i++) tensor_free(drawn[i]);
  return good;
}

/* All that the function is called with. */
static bool take_inputs(Run *run, const char *const *given, uint32_t n) {
  Function *f = &run->function;
  bool drawn = opt_flag(run->cli, OPT_random);
  if (!(drawn ? arguments_read_some : arguments_read)(f, &run->texts, given, n, run->args))
    return false;
  if ((!drawn || opt_flag(run->cli, OPT_weights)) && !set_weights(run)) return false;
  return !drawn || draw_rest(run);
}

/* To machine code, unless it is interpreted. */
static bool compiled(Run *run) {
  if (!run->compile.engine) return true;
  bool good = compile(&run->compile, PHASE_code);
  run->function.program = run->compile.program;
  return good;
}

/* The arguments once, or an example a line. */
static bool run_given(Run *run, const char *const *given, uint32_t n) {
  Cli *cli = run->cli;
  Function *f = &run->function;
  bool lines = lines_wanted(&run->texts, given, n);
  run->args = arena_array(&cli->ctx->arena, Tensor *, function_arity(f) + 1);
  bool good = lines ? set_weights(run) : take_inputs(run, given, n);
  good = good && compiled(run);
  if (good && lines) {
    RunLines all = {cli, f, &run->texts, !run->compile.engine, opt_int(cli, OPT_seed, 0)};
    return run_lines(&all, n ? given[0] : NULL);
  }
  if (good) texts_report(&run->texts);
  good = good && call(run) && finish(run);
  free_results(run);
  arguments_free(run->args, function_arity(f));
  return good;
}

/* A file of graph text, at any stage of the pipeline. */
static bool load_graph(Run *run, const Graph *g) {
  Cli *cli = run->cli;
  Compile *c = &run->compile;
  CompileOptions options = compile_options_given(cli);
  *c = compile_made(cli->ctx, g, &options);
  c->phases = &cli->phases;
  c->function = graph_function(g);
  return opt_flag(cli, OPT_interpret) || start_engine(cli, c);
}

static bool load(Run *run, uint32_t *first) {
  Cli *cli = run->cli;
  Compile *c = &run->compile;
  bool is_graph = false;
  const Graph *g = entry_read(cli->ctx, cli->args.data[0], &is_graph);
  *first = 1;
  if (is_graph || diag_failed(cli->ctx)) return g && load_graph(run, g);
  if (opt_flag(cli, OPT_random)) {
    usage_error(cli, "'--random' is for graph text");
    return false;
  }
  *c = compile_given(cli, cli->args.data[0], COMPILE_function);
  c->with_data = true;
  c->weights = opt_text(cli, OPT_weights, NULL);
  if (!compile(c, PHASE_parse)) return false;
  c->name = function_name(run, c->spec, first);
  return c->name && (opt_flag(cli, OPT_interpret) || start_engine(cli, c)) &&
         compile(c, PHASE_check);
}

int cmd_run(Cli *cli) {
  Run run = {.cli = cli};
  uint32_t first = 0;
  bool good = trace_begin(cli) && load(&run, &first);
  if (good && opt_flag(cli, OPT_stop_after)) {
    good = put_after_passes(cli, &run.compile);
  } else if (good) {
    function_set(&run.function, &run.compile);
    texts_init(&run.texts, &run.function, run.compile.spec, &run.compile.corpus);
    good = run_given(&run, cli->args.data + first, cli->args.len - first);
  }
  function_free(&run.function);
  compile_free(&run.compile);
  engine_free(run.compile.engine);
  return trace_end(cli) && good ? exit_code(cli) : EXIT_USER;
}
