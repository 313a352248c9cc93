/* Compiled against interpreted: random valid graphs at every pass level.
 *
 *   differ [--seed S] [--count N] [--nodes N] [--levels 0123] [--threads N] [--show]
 *
 * Levels: 0 only what is needed to run, each node its own kernel; 1 with rules and fusion; 2 all
 * passes; 3 all passes with rewrites that may change bits. Each graph is interpreted in f32 and in
 * f64, and compiled and run at each level. The difference between the two interpretations tells how
 * well-conditioned a result is, so the tolerance of a float result y is
 *
 *   1e-5 * max |y|  +  32 * max |y32 - y64|  +  1e-6
 *
 * Other results (indices, whole numbers, booleans, random bits) must be equal. A graph whose f32
 * and f64 interpretations differ in such a result, or in where a NaN or infinity is, decides on a
 * rounding error and is counted as undecided. Prints the seed of every mismatch; exit code 1 when
 * there is one.
 */
#include "ir/bind.h"
#include "ir/interp.h"
#include "runtime/compile.h"
#include "tests/gen.h"

#include <math.h>
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
  long graphs, runs, results, mismatches, undecided, failed;
} Tally;

static const struct {
  const char *pipeline; /* NULL: the default of -O2 */
  bool strict;          /* only rewrites that keep every bit, NaN and infinities included */
} levels[] = {{"inline,contract,fuse{max=1}", true},
              {"inline,simplify,contract,fuse", true},
              {NULL, true},
              {NULL, false}};

static bool special(double x) { return isnan(x) || isinf(x); }

static bool same_special(double x, double y) {
  return isnan(x) || isnan(y) ? isnan(x) && isnan(y) : (isinf(x) || isinf(y)) ? x == y : true;
}

/* Do f32 and f64 agree well enough to be a standard? *spread: their largest difference, *size: the
 * largest number. */
static bool decided(const Tensor *y32, const Tensor *y64, double *spread, double *size) {
  *spread = *size = 0;
  for (int64_t i = 0, n = tensor_count(y32); i < n; i++) {
    double a = tensor_get(y32, i), b = tensor_get(y64, i);
    if (!dtype_is_float(y32->dtype)) {
      if (a != b) return false;
      continue;
    }
    if (!same_special(a, b)) return false;
    if (special(a)) continue;
    *spread = fmax(*spread, fabs(a - b));
    *size = fmax(*size, fabs(a));
  }
  return true;
}

static bool equal(const Tensor *want, const Tensor *got, double tolerance, int64_t *where) {
  if (want->dtype == DT_key) return !memcmp(want->data, got->data, tensor_bytes(want));
  for (int64_t i = 0, n = tensor_count(want); i < n; i++) {
    double a = tensor_get(want, i), b = tensor_get(got, i);
    *where = i;
    if (!dtype_is_float(want->dtype)
            ? a != b
            : !same_special(a, b) || (!special(a) && !(fabs(a - b) <= tolerance)))
      return false;
  }
  return true;
}

typedef struct Case {
  Ctx *ctx;
  Engine *engine;
  const Graph *g;
  const Tensor *const *args;
  Tensor **y32, **y64, **y;
  uint64_t seed;
  Tally *tally;
} Case;

static void complain(const Case *c, int level, const char *what) {
  printf("seed %llu, level %d: %s\n", (unsigned long long)c->seed, level, what);
}

static bool has_special(const Tensor *y) {
  for (int64_t i = 0, n = tensor_count(y); i < n; i++)
    if (dtype_is_float(y->dtype) && special(tensor_get(y, i))) return true;
  return false;
}

static bool compare(const Case *c, int level) {
  bool fast_special =
      false; /* 'fast' rules are free to lose a NaN, and what comes after it may be anything */
  for (uint32_t k = 0; k < c->g->results.len && !levels[level].strict; k++)
    fast_special = fast_special || has_special(c->y32[k]);
  for (uint32_t k = 0; k < c->g->results.len; k++) {
    double spread, size;
    int64_t where = 0;
    if (fast_special || !decided(c->y32[k], c->y64[k], &spread, &size)) {
      c->tally->undecided++;
      continue;
    }
    double unit = c->y32[k]->dtype == DT_bf16 ? 1e-2 : 1e-5;
    c->tally->results++;
    if (equal(c->y32[k], c->y[k], unit * size + 32 * spread + 1e-6, &where)) continue;
    c->tally->mismatches++;
    complain(c, level, "mismatch");
    printf("  result %u, element %lld: expected %.9g, got %.9g\n", k, (long long)where,
           tensor_get(c->y32[k], where), tensor_get(c->y[k], where));
    return false;
  }
  return true;
}

static bool run_level(const Case *c, int level) {
  CompileOptions options = compile_options();
  const char *why = "";
  options.pipeline = levels[level].pipeline;
  options.passes.strict = levels[level].strict;
  options.passes.verify_each = true;
  Program *program = compile_graph(c->engine, c->ctx, c->g, &options, NULL);
  bool ok = program && program_call(program, c->args, c->y, &why);
  if (!ok) {
    Text text = text_new(&c->ctx->arena);
    diag_print(c->ctx, false, &text);
    c->tally->failed++;
    complain(c, level, "failed");
    printf("  %s%s\n", why, text_str(&text));
  } else {
    c->tally->runs++;
    ok = compare(c, level);
    gen_free(c->y, c->g->results.len);
  }
  program_free(program);
  return ok;
}

/* Every value that nobody reads becomes a result, so that nothing is dead. */
static void add_results(Graph *g) {
  bool *used = arena_array(&g->ctx->arena, bool, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    for (int k = 0; k < g->nodes.data[i].n_operands; k++)
      used[g->nodes.data[i].operands[k].i] = true;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    if (!used[i] && node->op != OP_param && !type_info(g->ctx, node->type)->is_tuple)
      graph_result(g, (Ref){i}, (Str){0});
  }
}

static void run_case(Engine *engine, const Settings *s, uint64_t seed, Tally *tally) {
  Ctx *ctx = ctx_new();
  Gen *gen = gen_new(
      ctx, seed,
      (GenOptions){
          .nodes = s->nodes, .symbolic = seed & 1, .regions = true, .random = true, .calls = true});
  Graph *g = gen_graph(gen);
  add_results(g);
  Tensor **args = gen_args(gen, g, -2, 2);
  uint32_t n = g->results.len;
  Case c = {.ctx = ctx,
            .engine = engine,
            .g = g,
            .args = (const Tensor *const *)args,
            .seed = seed,
            .tally = tally};
  c.y32 = arena_array(&ctx->arena, Tensor *, n + 1);
  c.y64 = arena_array(&ctx->arena, Tensor *, n + 1);
  c.y = arena_array(&ctx->arena, Tensor *, n + 1);
  const char *why = "";
  if (s->show) puts(graph_str(g));
  bool ok = interp_run(ctx, g, c.args, c.y32, NULL, &why);
  if (ok && interp_run(ctx, g, c.args, c.y64, &(InterpOptions){.f64 = true}, &why)) {
    tally->graphs++;
    for (const char *level = s->levels; *level; level++) run_level(&c, *level - '0');
    gen_free(c.y64, n);
  } else {
    tally->failed++;
    printf("seed %llu: not interpreted: %s\n", (unsigned long long)seed, why);
  }
  if (ok) gen_free(c.y32, n);
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
    else if (!strcmp(argv[i], "--levels") && strspn(value, "0123") == strlen(value))
      s->levels = value;
    else
      return false;
    i++;
  }
  return true;
}

int main(int argc, char **argv) {
  Settings s = {.seed = 1, .count = 100, .nodes = 12, .threads = 2, .levels = "0123"};
  const char *why = "";
  if (!read_settings(argc, argv, &s)) {
    fprintf(stderr, "usage: differ [--seed S] [--count N] [--nodes N] [--levels 0123] [--threads "
                    "N] [--show]\n");
    return 2;
  }
  Tally tally = {0};
  Engine *engine = NULL;
  for (long i = 0; i < s.count; i++) {
    if (i % 100 == 0) { /* code of old graphs is of no use any more */
      engine_free(engine);
      engine = engine_new(s.threads, NULL, NULL, &why);
      if (!engine) {
        fprintf(stderr, "%s\n", why);
        return 1;
      }
    }
    run_case(engine, &s, s.seed + (uint64_t)i, &tally);
  }
  engine_free(engine);
  printf("%ld graphs, %ld runs, %ld results compared, %ld undecided, %ld failed, %ld mismatches\n",
         tally.graphs, tally.runs, tally.results, tally.undecided, tally.failed, tally.mismatches);
  return tally.mismatches || tally.failed;
}
