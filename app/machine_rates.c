/* See machine_rates.h: five small programs, each the fastest of its runs. */
#include "app/machine_rates.h"

#include "app/oracle.h"
#include "base/clock.h"

#include <math.h>
#include <string.h>

/* A product of matrices of 384; tanh of tanh of tanh (3 times 18 flops) and sums, on numbers that
 * fit the first caches, and sums on numbers that fit none. */
static const char product[] =
    "graph &0 \"product\" {\n  %0: f32[384, 384] = param(index=0) \"a\"\n"
    "  %1: f32[384, 384] = dot(%0, %0, batch_a=[], batch_b=[], contract_a=[1], contract_b=[0])\n"
    "  return %1\n}\n";
static const char heavy[] = "graph &0 \"heavy\" {\n  %0: f32[16384] = param(index=0) \"a\"\n"
                            "  %1: f32[16384] = tanh(%0)\n  %2: f32[16384] = tanh(%1)\n"
                            "  %3: f32[16384] = tanh(%2)\n  return %3\n}\n";
static const char near[] = "graph &0 \"near\" {\n  %0: f32[16384] = param(index=0) \"a\"\n"
                           "  %1: f32[16384] = param(index=1) \"b\"\n"
                           "  %2: f32[16384] = add(%0, %1)\n  return %2\n}\n";
static const char far[] = "graph &0 \"far\" {\n  %0: f32[4194304] = param(index=0) \"a\"\n"
                          "  %1: f32[4194304] = param(index=1) \"b\"\n"
                          "  %2: f32[4194304] = add(%0, %1)\n  return %2\n}\n";
static const char tiny[] = "graph &0 \"tiny\" {\n  %0: f32[1] = param(index=0) \"a\"\n"
                           "  %1: f32[1] = neg(%0)\n  return %1\n}\n";

static double fastest(Program *program, double budget) {
  enum { LEAST_RUNS = 5 };
  double best = INFINITY, start = clock_seconds(), before = start, after = start;
  program_execute(program); /* pages are touched */
  for (int run = 0; run < LEAST_RUNS || after - start < budget; run++) {
    before = clock_seconds();
    program_execute(program);
    after = clock_seconds();
    if (after - before < best) best = after - before;
  }
  return best;
}

/* Seconds of a run; 0 after a diagnostic. */
static double time_of(Ctx *ctx, Engine *engine, const char *text) {
  CompileOptions options = compile_options();
  const Graph *g = graph_read(ctx, source_add(ctx, "a probe of the machine", text, strlen(text)));
  Program *program = g ? compile_graph(engine, ctx, g, &options, NULL) : NULL;
  Tensor *args[2] = {0}, *y = NULL;
  SizeEnv sizes = {0};
  Fault fault = {0};
  double seconds = 0;
  if (program && oracle_args(g, &sizes, 1, -1, 1, args, &fault) &&
      (y = tensor_new(DT_f32, args[0]->dims, args[0]->rank)) &&
      program_bind(program, &sizes, &fault)) {
    void *params[2] = {args[0]->data, args[1] ? args[1]->data : NULL};
    program_pointers(program, params, &y->data);
    seconds = fastest(program, 3e-3);
  }
  for (int i = 0; i < 2; i++) tensor_free(args[i]);
  tensor_free(y);
  program_free(program);
  if (!seconds) fault_tell(ctx, &fault, "this machine cannot be measured");
  return seconds;
}

bool machine_rates(Ctx *ctx, Engine *engine, MachineRates *out) {
  static const char *const probes[] = {product, heavy, near, far, tiny};
  enum { PRODUCT, HEAVY, NEAR, FAR, TINY, N_PROBES };
  double t[N_PROBES];
  for (int i = 0; i < N_PROBES; i++)
    if (!(t[i] = time_of(ctx, engine, probes[i]))) return false;
  double side = 384, few = 16384, many = 4194304;
  out->call = t[TINY];
  out->product = 2 * side * side * side / t[PRODUCT];
  out->elementwise = 3 * 18 * few / t[HEAVY];
  out->cached = 3 * 4 * few / fmax(t[NEAR] - t[TINY], 1e-9);
  out->memory = 3 * 4 * many / t[FAR];
  return true;
}
