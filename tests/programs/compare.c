/* See compare.h.
 *
 * The checker's graph, with calls spliced in and derivatives taken, is interpreted in f64; its
 * results have to be the evaluator's up to 1e-6 of their size. When they are not, the evaluator
 * runs again with a little noise in each operation and with other steps of its differences: what
 * that changes is the tolerance, so that a number that hangs on a rounding error is not decided.
 * Compiled code is then compared with the interpreter (app/oracle.h).
 */
#include "tests/programs/compare.h"

#include "frontend/check.h"
#include "ir/interp.h"
#include "app/oracle.h"
#include "passes/pipeline/pipeline.h"
#include "tests/programs/eval.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EVAL_MEMORY = 96 << 20, MOST_RESULTS = 256 };

/* What is compared: a graph, the names of its parameters and results. */
typedef struct Job {
  const Compare *c;
  const Case *k;
  Ctx *ctx;
  const Graph *graph; /* as the checker made it */
  Tensor **args;      /* of the graph */
  const char *entry;
  bool train;
  const Str *paths; /* of the first parameters: weights, state */
  int n_paths;
  Eval *eval;
  bool wrong, slow;
} Job;

static void say(const Job *j, const char *what) {
  if (!j->c->quiet) printf("seed %llu: %s\n", (unsigned long long)j->k->seed, what);
}

/* ---- the graph ---- */

/* Places that are not proved to lie in their axis; derivatives that are zero or cannot be taken;
 * layers that change a state inside of a scan. */
static const char *const documented[] = {"out_of_range", "bad_gradient", "bad_minimize",
                                         "derivative_over_turns", "bad_target"};

static const char *diagnostics(Job *j) {
  Text text = text_new(&j->ctx->arena);
  diag_print(j->ctx, false, &text);
  return text_str(&text);
}

static Verdict diagnosed(Job *j) {
  Tally *t = j->c->tally;
  bool limits = false;
  if (j->ctx->diags.list.len) { /* others may follow from the first one */
    DiagCode code = j->ctx->diags.list.data[0]->code;
    for (size_t i = 0; i < sizeof documented / sizeof documented[0]; i++)
      limits = limits || !strcmp(diag_info[code].name, documented[i]);
    t->codes[code]++;
  }
  if (limits) {
    t->refused++;
    if (j->c->verbose) puts(diagnostics(j));
    return CASE_refused;
  }
  t->failed++;
  say(j, "refused");
  if (!j->c->quiet) puts(diagnostics(j));
  return CASE_failed;
}

static bool find_graph(Job *j, Spec *spec) {
  SpecNames names = spec_functions(spec);
  for (uint32_t i = 0; i < names.count; i++) {
    const char *name = ctx_text(j->ctx, names.names[i]);
    if (strcmp(name, "main") && strcmp(name, "Net.main")) continue;
    const SpecFunction *f = spec_function_graph(spec, name);
    if (!f) return false;
    Str *paths = arena_array(&j->ctx->arena, Str, f->n_weights + 1);
    for (uint32_t w = 0; w < f->n_weights; w++) paths[w] = f->weights[w].path;
    j->graph = f->graph;
    j->entry = name;
    j->paths = paths;
    j->n_paths = (int)f->n_weights;
    return true;
  }
  const TrainProgram *p = spec_train(spec, NULL);
  if (!p) return false;
  Str *paths = arena_array(&j->ctx->arena, Str, p->n_state + 1);
  for (uint32_t i = 0; i < p->n_state; i++) paths[i] = p->state[i].path;
  j->graph = p->step;
  j->entry = ctx_text(j->ctx, p->name);
  j->train = true;
  j->paths = paths;
  j->n_paths = (int)p->n_state;
  return true;
}

/* ---- arguments ---- */

typedef struct Given {
  Job *job;
  SizeEnv env;
} Given;

static void give_size(void *user, Sz symbol) {
  Given *g = user;
  int64_t value;
  Str name = {0};
  if (size_env_get(&g->env, symbol, &value)) return;
  value = 3;
  const Case *k = g->job->k;
  size_is_symbol(g->job->ctx, symbol, &name);
  for (int i = 0; i < k->n_sizes; i++)
    if (!strcmp(ctx_text(g->job->ctx, name), k->sizes[i].name)) value = k->sizes[i].value;
  size_env_set(g->job->ctx, &g->env, symbol, value);
}

static uint64_t next(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  return z ^ (z >> 31);
}

/* Some programs get whole numbers, zeros among them, at some places. */
static void special_numbers(Job *j, uint64_t state) {
  if (next(&state) % 3) return;
  for (uint32_t i = 0; i < j->graph->params.len; i++) {
    Tensor *t = j->args[i];
    if (!dtype_is_float(t->dtype) || next(&state) % 2) continue;
    for (int64_t k = 0, n = tensor_count(t); k < n; k++)
      if (next(&state) % 3 == 0)
        tensor_set(t, k, next(&state) % 2 ? 0 : (double)(next(&state) % 4) - 1);
  }
}

/* Counters of updates. */
static bool counts(const Job *j, int i) {
  const char *path = ctx_text(j->ctx, j->paths[i]), *dot = strrchr(path, '.');
  return j->train && dot && (!strcmp(dot, ".step") || !strcmp(dot, ".turn"));
}

static bool make_args(Job *j) {
  Given given = {.job = j};
  Fault fault = {0};
  const Graph *g = j->graph;
  for (uint32_t i = 0; i < g->params.len; i++) {
    const TypeInfo *info = graph_info(g, g->params.data[i]);
    for (int d = 0; d < info->rank; d++) size_symbols(j->ctx, info->dims[d], give_size, &given);
    if (info->dtype == DT_idx) size_symbols(j->ctx, info->extent, give_size, &given);
  }
  j->args = arena_array(&j->ctx->arena, Tensor *, g->params.len + 1);
  if (!oracle_args(g, &given.env, j->k->seed, -2, 2, j->args, &fault)) {
    if (!j->k->empty) say(j, fault.text);
    return false;
  }
  special_numbers(j, j->k->seed + 77);
  for (int i = 0; i < j->n_paths; i++)
    if (counts(j, i)) tensor_set(j->args[i], 0, (double)(j->k->seed & 1));
  if (j->train) tensor_set(j->args[j->n_paths], 0, (double)(j->k->seed % 3)); /* the step */
  return true;
}

/* ---- the evaluator ---- */

static Arr *from_tensor(Job *j, uint32_t i) {
  const Tensor *t = j->args[i];
  const TypeInfo *info = graph_info(j->graph, j->graph->params.data[i]);
  Arr *a = arena_new(&j->ctx->arena, Arr);
  a->kind = t->dtype == DT_f32    ? K_f32
            : t->dtype == DT_f64  ? K_f64
            : t->dtype == DT_bf16 ? K_bf16
            : t->dtype == DT_i32  ? K_i32
            : t->dtype == DT_bool ? K_bool
                                  : K_idx;
  a->rank = t->rank;
  a->count = tensor_count(t);
  for (int d = 0; d < t->rank; d++) a->dims[d] = t->dims[d];
  a->varies = true;
  a->x = arena_array(&j->ctx->arena, Num, a->count + 1);
  for (int64_t k = 0; k < a->count; k++) a->x[k] = tensor_get(t, k);
  Given given = {.job = j};
  if (a->kind == K_idx) {
    size_symbols(j->ctx, info->extent, give_size, &given);
    size_eval(j->ctx, info->extent, &given.env, &a->extent);
  }
  return a;
}

static const Num STEP = 0x1p-11L; /* of differences */

/* Results in the order of the graph's. NULL when the evaluator gives up. */
static const Arr **evaluate(Job *j, How how) {
  int n = (int)j->graph->params.len;
  Slot *slots = arena_array(&j->ctx->arena, Slot, j->n_paths + 1);
  Arr **args = arena_array(&j->ctx->arena, Arr *, n + 1);
  const Arr **out = arena_array(&j->ctx->arena, const Arr *, MOST_RESULTS);
  for (int i = 0; i < n - 2 * j->train; i++) {
    Arr *a = from_tensor(j, (uint32_t)i);
    if (i < j->n_paths)
      slots[i] = (Slot){ctx_text(j->ctx, j->paths[i]), a};
    else
      args[i - j->n_paths] = a;
  }
  Eval *e = j->eval;
  e->how = how;
  e->fuel = 60000000;
  bool good = j->train
                  ? eval_step(e, j->entry, tensor_get(j->args[j->n_paths], 0), slots, j->n_paths)
                  : eval_function(e, j->entry, args, n - j->n_paths, slots, j->n_paths);
  if (!good) return NULL;
  int k = 0;
  if (!j->train) k = eval_leaves(e, &e->result, out, 0);
  for (int i = 0; j->train && i < e->n_slots; i++) out[k++] = e->slots[i].now;
  for (; j->train && k < (int)j->graph->results.len; k++)
    out[k] = eval_log(e, ctx_text(j->ctx, j->graph->result_names.data[k]));
  if (k != (int)j->graph->results.len) return e->why = "the number of results", NULL;
  for (int i = 0; i < k; i++)
    if (out[i] && out[i]->doomed)
      return e->why = ctx_printf(j->ctx, "needs an element: %s", e->need), NULL;
  for (int i = 0; i < k; i++) { /* to memory that the next run leaves alone */
    if (!out[i]) return e->why = "a log is missing", NULL;
    Arr *copy = arena_copy(&j->ctx->arena, out[i], sizeof(Arr));
    copy->x = arena_copy(&j->ctx->arena, out[i]->x, sizeof(Num) * (size_t)(copy->count + 1));
    out[i] = copy;
  }
  return out;
}

/* ---- comparison ---- */

static bool same_special(double x, double y) {
  if (isnan(x) || isnan(y)) return isnan(x) && isnan(y);
  return x == y;
}

static double size_of(const Arr *a) {
  double size = 0;
  for (int64_t i = 0; i < a->count; i++)
    if (isfinite((double)a->x[i])) size = fmax(size, fabs((double)a->x[i]));
  return size;
}

/* The first element that differs; -1: none. */
static int64_t difference(const Arr *want, const Tensor *got, double tolerance) {
  for (int64_t i = 0; i < want->count; i++) {
    double a = (double)want->x[i], b = tensor_get(got, i);
    bool number = isfinite(a) && isfinite(b) && kind_float(want->kind);
    if (number ? fabs(a - b) > tolerance : !same_special(a, b)) return i;
  }
  return -1;
}

static bool same_shape(const Arr *a, const Tensor *t) {
  bool same = a->rank == t->rank;
  for (int d = 0; same && d < a->rank; d++) same = a->dims[d] == t->dims[d];
  return same;
}

/* How far two runs of the evaluator are apart; NaN when they differ in more than rounding. */
static double spread(const Arr *a, const Arr *b) {
  double far = 0;
  if (!same_shape(a, &(Tensor){.rank = b->rank, .dims = (int64_t *)b->dims})) return NAN;
  for (int64_t i = 0; i < a->count; i++) {
    double x = (double)a->x[i], y = (double)b->x[i];
    if (!isfinite(x) || !isfinite(y) || !kind_float(a->kind)) {
      if (!same_special(x, y)) return NAN;
      continue;
    }
    far = fmax(far, fabs(x - y));
  }
  return far;
}

static void report(Job *j, uint32_t k, const Arr *want, const Tensor *got, int64_t at) {
  j->wrong = true;
  j->c->tally->mismatches++;
  if (j->c->quiet) return;
  printf(
      "seed %llu: result %u '%s', element %lld: the text says %.12Lg, interpreted in f64: %.12g\n",
      (unsigned long long)j->k->seed, k, ctx_text(j->ctx, j->graph->result_names.data[k]),
      (long long)at, want->x[at], tensor_get(got, at));
}

/* Other runs of the evaluator, made when something differs: noise in all operations, other steps of
 * differences, rounding of what is made of literals. The noise is drawn several times: what decides
 * something (floor, a condition, the place of the largest) may stand so near to where it is decided
 * that rounding takes it to either side, and most draws leave it on the one where it was. */
enum { NOISE = 8, OTHER_steps = NOISE, OTHER_folding, OTHER_rounding, N_OTHERS };
static double weight(int other) { return other < NOISE ? 1e3 : other == OTHER_steps ? 30 : 4; }

typedef struct Others {
  bool made;
  const Arr **runs[N_OTHERS];
} Others;

static void make_others(Job *j, Others *o) {
  if (o->made) return;
  o->made = true;
  for (int i = 0; i < NOISE; i++)
    o->runs[i] = evaluate(j, (How){.step = STEP, .noise = 1e-13L, .draw = i});
  o->runs[OTHER_steps] = evaluate(j, (How){.step = 0x1.8p-13L});
  o->runs[OTHER_folding] = evaluate(j, (How){.step = STEP, .folding = 0x1p-24L});
  o->runs[OTHER_rounding] = evaluate(j, (How){.step = STEP, .folding = -1});
}

/* What they change, weighted; NaN when it is more than rounding. */
static double changed(const Others *o, const Arr *want, uint32_t k) {
  double far = 0;
  for (int i = 0; i < N_OTHERS; i++) {
    double here = o->runs[i] ? weight(i) * spread(want, o->runs[i][k]) : 0;
    if (isnan(here)) return NAN;
    far = fmax(far, here);
  }
  return far;
}

static void compare_result(Job *j, const Arr **want, Tensor *const *got, uint32_t k, Others *o) {
  Tally *t = j->c->tally;
  if (want[k]->doubt) {
    t->undecided++;
    return;
  }
  if (!same_shape(want[k], got[k])) {
    report(j, k, want[k], got[k], 0);
    return;
  }
  double tolerance = 1e-6 * size_of(want[k]) + 1e-7;
  int64_t at = difference(want[k], got[k], tolerance);
  if (at >= 0) {
    make_others(j, o);
    double far = changed(o, want[k], k), much = 0.01 * size_of(want[k]) + 1e-6;
    if (isnan(far) || far > much) { /* nothing would be said of it */
      t->undecided++;
      return;
    }
    at = difference(want[k], got[k], tolerance + far);
  }
  t->results++;
  if (at >= 0) report(j, k, want[k], got[k], at);
}

/* ---- ways to run it ---- */

static const Graph *plain(Job *j, const char *pipeline) {
  PipelineOptions options = pipeline_options();
  options.verify_each = true;
  PassCtx *pc = pass_ctx_new(j->ctx, &options);
  const Graph *out = pipeline_run(pc, j->graph, pipeline);
  pass_ctx_free(pc);
  return out;
}

/* Whether the evaluator gave up on what it does not know: a text that is beyond it. */
static bool is_beyond(const Eval *e) {
  bool needs = !strncmp(e->why, "needs an element", 16);
  return !strncmp(e->why, "too long", 8) || !strncmp(e->why, "beyond it", 9) ||
         strstr(e->why, "memory") || (e->blank && !needs);
}

/* A refusal says where the element is needed. Places of rows that are not there count, so that the
 * evaluator, which never comes to them, may have another opinion. */
static Verdict refused(Job *j, const Fault *fault, bool evaluated) {
  const Diag *said = j->ctx->diags.list.len ? j->ctx->diags.list.data[0] : NULL;
  bool placed = said && !span_none(said->span);
  if (placed && (!evaluated || j->k->empty)) return j->c->tally->refused++, CASE_refused;
  j->c->tally->failed++;
  say(j, ctx_printf(j->ctx, "the interpreter: %s", fault->text ? fault->text : diagnostics(j)));
  return CASE_failed;
}

static Verdict run_interpreted(Job *j) {
  const Graph *g = plain(j, "inline,grad");
  if (!g) return diagnosed(j);
  Tensor **y = arena_array(&j->ctx->arena, Tensor *, g->results.len + 1);
  Fault fault = {0};
  const InterpOptions options = {.f64 = true, .source = j->graph};
  bool ran = interp_run(j->ctx, g, (const Tensor *const *)j->args, y, &options, &fault);
  const Arr **want = evaluate(j, (How){.step = STEP});
  Tally *t = j->c->tally;
  t->derivatives += j->eval->derivatives;
  t->derivatives_undecided += j->eval->undecided;
  if (!ran) return refused(j, &fault, want);
  if (!want) {
    for (uint32_t k = 0; k < g->results.len; k++) tensor_free(y[k]);
    if (is_beyond(j->eval)) return t->slow++, CASE_slow;
    t->failed++;
    say(j, ctx_printf(j->ctx, "the evaluator: %s", j->eval->why));
    return CASE_failed;
  }
  Others others = {0};
  for (uint32_t k = 0; k < g->results.len; k++) compare_result(j, want, y, k, &others);
  for (uint32_t k = 0; k < g->results.len; k++) tensor_free(y[k]);
  return j->wrong ? CASE_wrong : CASE_fine;
}

/* The text's graph as users run it: the pipeline of the level, machine code. */
static Verdict run_compiled(Job *j, int level) {
  Oracle oracle;
  OracleReport r;
  Fault fault = {0};
  Tally *t = j->c->tally;
  const Graph *g = plain(j, "inline,grad");
  CompileOptions options = compile_options();
  options.level = level;
  options.passes.verify_each = true;
  if (!g || !oracle_open(&oracle, j->ctx, g, (const Tensor *const *)j->args, &fault))
    return t->failed++, say(j, fault.text), CASE_failed;
  oracle.graph = j->graph; /* its derivatives are taken by the pipeline */
  OracleVerdict verdict = oracle_compare(&oracle, j->c->engine, &options, &r);
  oracle_close(&oracle);
  t->compiled += r.compared;
  t->compiled_undecided += r.undecided;
  if (verdict == ORACLE_agrees) return CASE_fine;
  if (verdict == ORACLE_failed) {
    t->failed++;
    say(j, ctx_printf(j->ctx, "level %d: %s\n%s", level, r.fault.text, diagnostics(j)));
    return CASE_failed;
  }
  t->mismatches++;
  say(j, ctx_printf(j->ctx, "level %d: result %u, element %lld: interpreted %.9g, compiled %.9g",
                    level, r.result, (long long)r.element, r.want, r.got));
  return CASE_wrong;
}

static Verdict run_all(Job *j) {
  Verdict verdict = run_interpreted(j);
  if (verdict == CASE_fine && j->c->engine) verdict = run_compiled(j, 2);
  if (verdict == CASE_fine && j->c->engine && j->k->seed % 4 == 0) verdict = run_compiled(j, 0);
  return verdict;
}

static Verdict compare(const Compare *c, const Case *k, int claims);

/* What was refused because a derivative is zero says so truly if it is right with zeros there. */
static Verdict run_claim(const Job *j, const char *text, int claims, Verdict refused) {
  enum { MOST_CLAIMS = 12 };
  const Diag *claim = j->ctx->diags.list.len ? j->ctx->diags.list.data[0] : NULL;
  const char *zeros = claim ? claim_zero(j->ctx, claim, text) : NULL;
  if (!zeros || claims == MOST_CLAIMS) return refused;
  Tally inner = {0};
  Compare c = *j->c;
  Case k = *j->k;
  c.tally = &inner;
  k.planted = zeros;
  Verdict verdict = compare(&c, &k, claims + 1);
  j->c->tally->claims += inner.results > 0;
  j->c->tally->mismatches += inner.mismatches;
  if (verdict != CASE_wrong) return refused;
  say(j, ctx_printf(j->ctx, "a claim of this is false:\n%s", diagnostics((Job *)j)));
  return CASE_wrong;
}

static Verdict run_job(Job *j, Ctx *own, int claims) {
  SpecOptions options = {.library_dirs = &j->c->library, .n_library_dirs = 1};
  const char *text = j->k->planted ? j->k->planted : j->k->text;
  Spec *spec = spec_load_text(j->ctx, "program.ordo", text, &options);
  bool good = spec && spec_check(spec) && find_graph(j, spec);
  if (!good || diag_failed(j->ctx)) return run_claim(j, text, claims, diagnosed(j));
  j->eval = eval_new(own, EVAL_MEMORY);
  Verdict verdict = CASE_failed;
  if (!eval_read(j->eval, j->k->text, j->c->library))
    j->c->tally->failed++, say(j, "the evaluator cannot read the text");
  else if (make_args(j)) {
    verdict = run_all(j);
    for (uint32_t i = 0; i < j->graph->params.len; i++) tensor_free(j->args[i]);
  } else if (j->k->empty) { /* an index into an axis without elements is no argument */
    j->c->tally->refused++;
    verdict = CASE_refused;
  } else {
    j->c->tally->failed++;
  }
  eval_free(j->eval);
  return verdict;
}

/* 'claims' of the text have been replaced by zeros. */
static Verdict compare(const Compare *c, const Case *k, int claims) {
  Ctx *ctx = ctx_new(), *own = ctx_new();
  Job job = {.c = c, .k = k, .ctx = ctx};
  Verdict verdict = run_job(&job, own, claims);
  ctx_free(own);
  ctx_free(ctx);
  return verdict;
}

Verdict case_compare(const Compare *c, const Case *k) {
  c->tally->texts++;
  return compare(c, k, 0);
}
