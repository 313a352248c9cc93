/* Compiled against interpreted: random valid graphs at every pass level.
 *
 *   differ [--seed S] [--count N] [--nodes N] [--levels 01234] [--threads N] [--show]
 *
 * Levels: 0 only what is needed to run, each node its own kernel; 1 with rules and fusion; 2 all
 * passes, bit for bit; 3 the default, which may round; 4 with --fast. What counts as equal is
 * written in app/oracle.h. Prints the seed of every mismatch; exit code 1 when there is one.
 */
#include "app/oracle.h"
#include "fuzz/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Settings {
  uint64_t seed;
  long count;
  int nodes, threads;
  const char *levels;
  bool show;
} Settings;

typedef struct Tally {
  long graphs, runs, results, mismatches, undecided, failed, refused;
} Tally;

static const struct {
  const char *pipeline; /* NULL: the default of -O2 */
  bool strict, fast;    /* only rewrites that keep every bit; those that may lose NaN, too */
} levels[] = {{"inline,contract,fuse{max=1}", true, false},
              {"inline,simplify,contract,fuse", true, false},
              {NULL, true, false},
              {NULL, false, false},
              {NULL, false, true}};

static void complain(uint64_t seed, int level, const char *what) {
  printf("seed %llu, level %d: %s\n", (unsigned long long)seed, level, what);
}

static void run_level(const Oracle *oracle, Engine *engine, uint64_t seed, int level,
                      Tally *tally) {
  CompileOptions options = compile_options();
  OracleReport report;
  options.pipeline = levels[level].pipeline;
  options.passes.strict = levels[level].strict;
  options.passes.fast = levels[level].fast;
  options.passes.verify_each = true;
  OracleVerdict verdict = oracle_compare(oracle, engine, &options, &report);
  tally->runs += verdict != ORACLE_failed;
  tally->results += report.compared;
  tally->undecided += report.undecided;
  if (verdict == ORACLE_differs) {
    tally->mismatches++;
    complain(seed, level, "mismatch");
    printf("  result %u, element %lld: expected %.9g, got %.9g\n", report.result,
           (long long)report.element, report.want, report.got);
  } else if (verdict == ORACLE_failed) {
    Text text = text_new(&oracle->ctx->arena);
    diag_print(oracle->ctx, false, &text);
    tally->failed++;
    complain(seed, level, "failed");
    printf("  %s%s\n", report.fault.text, text_str(&text));
  }
}

/* Compiled code refuses the sizes that the interpreter refuses, whatever is fused with what. */
static void refused_by_code(Engine *engine, const Graph *g, const Tensor *const *args,
                            uint64_t seed, Tally *tally) {
  CompileOptions options = compile_options();
  Tensor **results = arena_array(&g->ctx->arena, Tensor *, g->results.len + 1);
  Fault fault = {0};
  tally->refused++;
  diag_rollback(g->ctx, (DiagMark){0});
  Program *program = compile_graph(engine, g->ctx, g, &options, NULL);
  bool ran = !program || program_call(program, args, results, &fault);
  if (ran || fault.text) {
    tally->mismatches++;
    complain(seed, 2, ran ? "refused by the interpreter only" : fault.text);
  }
  program_free(program);
}

static void run_case(Engine *engine, const Settings *s, uint64_t seed, Tally *tally) {
  Ctx *ctx = ctx_new();
  Gen *gen = gen_new(ctx, seed,
                     (GenOptions){.nodes = s->nodes,
                                  .symbolic = seed & 1,
                                  .regions = true,
                                  .random = true,
                                  .calls = true,
                                  .empty = seed % 4 == 1});
  Graph *g = gen_graph(gen);
  gen_results(g);
  Tensor **args = arena_array(&ctx->arena, Tensor *, g->params.len + 1);
  Fault fault = {0};
  if (!oracle_args(g, &gen->env, gen_next(gen), -2, 2, args, &fault)) { /* an index into nothing */
    tally->refused++;
    ctx_free(ctx);
    return;
  }
  Oracle oracle;
  if (s->show) puts(graph_str(g));
  if (oracle_open(&oracle, ctx, g, (const Tensor *const *)args, &fault)) {
    tally->graphs++;
    for (const char *level = s->levels; *level; level++)
      run_level(&oracle, engine, seed, *level - '0', tally);
    oracle_close(&oracle);
  } else if (!fault.text) {
    refused_by_code(engine, g, (const Tensor *const *)args, seed, tally);
  } else {
    tally->failed++;
    printf("seed %llu: not interpreted: %s\n", (unsigned long long)seed, fault.text);
  }
  gen_free(args, g->params.len);
  ctx_free(ctx);
}

static bool read_settings(int argc, char **argv, Settings *s) {
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--show")) {
      s->show = true;
      continue;
    }
    if (i + 1 == argc) return false;
    const char *value = argv[i + 1];
    if (!strcmp(argv[i], "--seed"))
      s->seed = strtoull(value, NULL, 10);
    else if (!strcmp(argv[i], "--count"))
      s->count = atol(value);
    else if (!strcmp(argv[i], "--nodes"))
      s->nodes = atoi(value);
    else if (!strcmp(argv[i], "--threads"))
      s->threads = atoi(value);
    else if (!strcmp(argv[i], "--levels") && strspn(value, "01234") == strlen(value))
      s->levels = value;
    else
      return false;
    i++;
  }
  return true;
}

int main(int argc, char **argv) {
  Settings s = {.seed = 1, .count = 100, .nodes = 12, .threads = 2, .levels = "01234"};
  Fault fault = {0};
  if (!read_settings(argc, argv, &s)) {
    fprintf(stderr, "usage: differ [--seed S] [--count N] [--nodes N] [--levels 01234] [--threads "
                    "N] [--show]\n");
    return 2;
  }
  Tally tally = {0};
  Engine *engine = NULL;
  for (long i = 0; i < s.count; i++) {
    if (i % 100 == 0) { /* code of old graphs is of no use any more */
      engine_free(engine);
      engine = engine_new(s.threads, NULL, "", &fault);
      if (!engine) {
        fprintf(stderr, "%s\n", fault.text);
        return 1;
      }
    }
    run_case(engine, &s, s.seed + (uint64_t)i, &tally);
  }
  engine_free(engine);
  printf("%ld graphs, %ld runs, %ld results compared, %ld undecided, %ld failed, %ld mismatches, "
         "%ld graphs refused for their sizes\n",
         tally.graphs, tally.runs, tally.results, tally.undecided, tally.failed, tally.mismatches,
         tally.refused);
  return tally.mismatches || tally.failed;
}
