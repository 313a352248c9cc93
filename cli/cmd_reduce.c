/* ordo reduce: the smallest graph found that still shows a fault, or the smallest text.
 *
 * Without --test the fault is that compiled code differs from the reference interpreter, or
 * cannot be made, under the pipeline of the command line. With --test it is what a shell command
 * says. Of a text (--text) it always is.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/bundle.h"
#include "cli/cli.h"
#include "frontend/syntax/parse.h"
#include "app/reduce_text.h"
#include "app/reduce.h"
#include "io/file.h"
#include "app/oracle.h"
#include "passes/pipeline/pipeline.h"
#include "passes/pipeline/steps.h"

typedef struct Hunt {
  Cli *cli;
  /* compiled against interpreted */
  Engine *engine;
  CompileOptions compile;
  SizeEnv sizes;         /* that -D gives */
  OracleVerdict verdict; /* of the whole graph: what a candidate must show too */
  uint64_t seed;
  OracleReport report;
  /* by a command */
  const char *command;
  char *path; /* the candidate's file */
} Hunt;

/* ---- compiled against interpreted ---------------------------------------------------------- */

/* What compiled code does; ORACLE_agrees with a reason in the report when nothing can be said. */
static OracleVerdict judge(Hunt *f, const Graph *g) {
  Ctx *ctx = f->cli->ctx;
  Tensor **args = arena_array(&ctx->arena, Tensor *, g->params.len + 1);
  SizeEnv sizes = oracle_sizes(g, &f->sizes, 0);
  DiagMark mark = diag_mark(ctx);
  OracleVerdict verdict = ORACLE_agrees;
  Oracle oracle;
  f->report = (OracleReport){0};
  if (!oracle_args(g, &sizes, f->seed, -2, 2, args, &f->report.fault)) return verdict;
  if (oracle_open(&oracle, ctx, g, (const Tensor *const *)args, &f->report.fault)) {
    verdict = oracle_compare(&oracle, f->engine, &f->compile, &f->report);
    oracle_close(&oracle);
  }
  for (uint32_t i = 0; i < g->params.len; i++) tensor_free(args[i]);
  diag_rollback(ctx, mark);
  return verdict;
}

static bool same_fault(void *user, const Graph *g) {
  Hunt *f = user;
  return judge(f, g) == f->verdict;
}

static bool open_oracle(Hunt *f, const Graph *g) {
  Fault fault;
  Cli *cli = f->cli;
  f->engine = engine_new((int)opt_int(cli, OPT_threads, 0), NULL, "", &fault);
  if (f->engine) engine_guard(f->engine, f->cli->ctx->arena.escape);
  if (!f->engine) return fault_tell(cli->ctx, &fault, "the code generator cannot start");
  f->compile = compile_options_given(cli);
  f->compile.passes.verify_each = true;

  f->seed = (uint64_t)opt_int(cli, OPT_seed, 1);
  f->verdict = judge(f, g);
  if (f->verdict != ORACLE_agrees) return true;
  diag_at(cli->ctx, (Span){0, 0}, E_run_failed, "nothing to reduce: %s",
          f->report.fault.text ? f->report.fault.text
                               : "compiled code agrees with the interpreter");
  diag_help(cli->ctx, "try another --seed, other --passes, or give the fault by --test");
  return false;
}

/* ---- by a command -------------------------------------------------------------------------- */

/* The command with the path for each {}, or behind it. */
static const char *command_for(const Hunt *f) {
  Text text = cli_text(f->cli);
  const char *at = f->command, *hole;
  for (; (hole = strstr(at, "{}")); at = hole + 2) {
    text_put(&text, at, (size_t)(hole - at));
    text_puts(&text, f->path);
  }
  text_puts(&text, at);
  if (at == f->command) text_printf(&text, " %s", f->path);
  return text_str(&text);
}

/* Whether the command succeeds on a file with that text. */
static bool text_holds(void *user, const char *text) {
  Hunt *f = user;
  DiagMark mark = diag_mark(f->cli->ctx);
  bool holds = file_write(f->cli->ctx, f->path, text, strlen(text)) && system(command_for(f)) == 0;
  diag_rollback(f->cli->ctx, mark);
  return holds;
}

static bool command_holds(void *user, const Graph *g) {
  Hunt *f = user;
  Text out = cli_text(f->cli);
  graph_print(g, &out);
  return text_holds(f, text_str(&out));
}

/* A new file for the candidates; suffix as that of mkstemps. */
static bool open_file(Hunt *f, const char *folder, const char *suffix) {
  f->path = arena_printf(&f->cli->ctx->arena, "%s/ordo-reduce-XXXXXX%s", folder, suffix);
  int fd = mkstemps(f->path, (int)strlen(suffix));
  if (fd < 0) return file_write_failed(f->cli->ctx, f->path), false;
  close(fd);
  return true;
}

static bool nothing_to_reduce(Hunt *f, const char *what) {
  unlink(f->path);
  diag_at(f->cli->ctx, (Span){0, 0}, E_run_failed,
          "nothing to reduce: the command of --test does not succeed on the whole %s", what);
  diag_help(f->cli->ctx,
            "its exit code has to be 0 while the fault is there; {} is the file's name");
  return false;
}

static bool open_command(Hunt *f, const Graph *g) {
  const char *folder = getenv("TMPDIR");
  if (!open_file(f, folder ? folder : "/tmp", "")) return false;
  return command_holds(f, g) || nothing_to_reduce(f, "graph");
}

/* ---- a text -------------------------------------------------------------------------------- */

/* The candidates stand beside the spec, so that it finds what it imports. */
static bool open_text(Hunt *f, const Source *source) {
  const char *slash = strrchr(source->path, '/');
  const char *folder =
      slash ? arena_printf(&f->cli->ctx->arena, "%.*s", (int)(slash - source->path), source->path)
            : ".";
  if (!open_file(f, *folder ? folder : "/", ".ordo")) return false;
  return text_holds(f, source->text) || nothing_to_reduce(f, "text");
}

static uint32_t count_lines(const char *text) {
  uint32_t n = 0;
  for (; *text; text++) n += *text == '\n';
  return n;
}

static int reduce_text(Cli *cli) {
  Hunt fault = {.cli = cli, .command = opt_text(cli, OPT_test, NULL)};
  if (!fault.command || cli->args.len > 1)
    return usage_error(cli, "'--text' takes one file, and the fault by '--test'");
  const Source *source = source_read(cli->ctx, cli->args.data[0], (Span){0, 0});
  if (!source || parse_file(cli->ctx, source)->failed || !open_text(&fault, source))
    return EXIT_USER;
  TextReduction stats;
  const char *small = text_reduce(cli->ctx, source, text_holds, &fault, &stats);
  unlink(fault.path);
  Text said = cli_text(cli), out = cli_text(cli);
  text_printf(&said, "%u lines of %u are left, after %u candidates\n", count_lines(small),
              count_lines(source->text), stats.tried);
  file_put_fd(STDERR_FILENO, text_str(&said), said.len);
  text_puts(&out, small);
  const char *path = opt_text(cli, OPT_output, NULL);
  bool good = path ? file_write(cli->ctx, path, text_str(&out), out.len) : put_out(cli, &out);
  return good ? exit_code(cli) : EXIT_USER;
}

/* ---- the command --------------------------------------------------------------------------- */

static void say(Cli *cli, const Hunt *f, const Graph *from, const Graph *to, ReduceStats stats) {
  Text out = cli_text(cli);
  text_printf(&out, "%u nodes of %u are left, after %u candidates\n", graph_count(to),
              graph_count(from), stats.tried);
  if (!f->command && f->verdict == ORACLE_differs)
    text_printf(&out, "result %u, element %lld: expected %.9g, got %.9g\n", f->report.result,
                (long long)f->report.element, f->report.want, f->report.got);
  file_put_fd(STDERR_FILENO, text_str(&out), out.len);
}

/* ---- the pipeline -------------------------------------------------------------------------- */

/* Steps of the pipeline that the fault does not need go, the last ones first; what is left. Only of
 * a difference: a pipeline that cannot run is no fault. */
static const char *reduce_pipeline(Hunt *f, const Graph *g) {
  PassCtx *pc = pass_ctx_new(f->cli->ctx, &f->compile.passes);
  PipelineSteps steps = {0};
  const char *text = f->compile.pipeline ? f->compile.pipeline
                     : graph_fused(g)    ? "plan"
                                         : pipeline_default(f->compile.level);
  PipelineOptions *passes = &f->compile.passes;
  if (!passes->prepare(passes->user, pc) || !steps_read(pc, text, &steps)) {
    pass_ctx_free(pc);
    return NULL;
  }
  passes->n_insert = 0; /* they are steps now */
  passes->without = NULL;
  for (uint32_t i = steps.len; i-- > 0;) {
    PipelineSteps fewer = {0};
    for (uint32_t k = 0; k < steps.len; k++)
      if (k != i) vec_push(&f->cli->ctx->arena, &fewer, steps.data[k]);
    f->compile.pipeline = steps_text(f->cli->ctx, &fewer);
    if (judge(f, g) == ORACLE_differs) steps = fewer;
  }
  f->compile.pipeline = steps_text(f->cli->ctx, &steps);
  pass_ctx_free(pc);
  return f->compile.pipeline;
}

/* What is left, with all that shows the fault again. */
static void put_left(Hunt *f, const Graph *small, Text *out) {
  SizeEnv sizes = oracle_sizes(small, &f->sizes, 0);
  const char *passes = f->verdict == ORACLE_differs ? reduce_pipeline(f, small) : NULL;
  Bundle bundle = {small, passes, opt_int(f->cli, OPT_fuel, 0), f->seed, &sizes};
  bundle_put(f->cli, &bundle, out);
}

int cmd_reduce(Cli *cli) {
  if (opt_flag(cli, OPT_text)) return reduce_text(cli);
  Compile c = compile_given(cli, cli->args.data[0], COMPILE_graph);
  if (cli->args.len > 1) c.name = cli->args.data[1];
  if (!compile(&c, PHASE_check)) return EXIT_USER;
  const Graph *g = c.graph;
  Hunt fault = {.cli = cli, .command = opt_text(cli, OPT_test, NULL)};
  if (!sizes_given(cli, &c, &fault.sizes)) return EXIT_USER;
  if (!(fault.command ? open_command : open_oracle)(&fault, g)) {
    engine_free(fault.engine);
    return EXIT_USER;
  }
  ReduceStats stats;
  const Graph *small = graph_reduce(g, fault.command ? command_holds : same_fault, &fault, &stats);
  if (fault.command)
    unlink(fault.path);
  else
    judge(&fault, small); /* the report of what is left */
  say(cli, &fault, g, small, stats);
  Text out = cli_text(cli);
  const char *path = opt_text(cli, OPT_output, NULL);
  if (fault.command)
    graph_print(small, &out);
  else
    put_left(&fault, small, &out);
  bool good = path ? file_write(cli->ctx, path, text_str(&out), out.len) : put_out(cli, &out);
  engine_free(fault.engine);
  return good ? exit_code(cli) : EXIT_USER;
}
