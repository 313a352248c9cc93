/* Compiled code against the reference interpreter: see oracle.h. */
#include "app/oracle.h"

#include "ir/interp.h"
#include "ir/shards.h"
#include "runtime/foreign.h"

#include <math.h>
#include <string.h>

/* ---- arguments ----------------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static double smooth_point(uint64_t *state, double low, double high) {
  while (true) {
    double x = low + (high - low) * ((double)(next(state) >> 11) * 0x1p-53);
    if (fabs(x - round(x)) > 0.05) return x;
  }
}

static void fill(Tensor *t, int64_t extent, uint64_t *state, double low, double high) {
  for (int64_t i = 0, n = tensor_count(t); i < n; i++) {
    if (t->dtype == DT_key)
      ((uint64_t *)t->data)[i] = next(state);
    else if (t->dtype == DT_bool)
      tensor_set(t, i, (double)(next(state) & 1));
    else if (t->dtype == DT_idx)
      tensor_set(t, i, (double)(next(state) % (uint64_t)extent));
    else if (t->dtype == DT_i32)
      tensor_set(t, i, (double)(next(state) % 9) - 4);
    else
      tensor_set(t, i, smooth_point(state, low, high));
  }
}

static void free_all(Tensor **tensors, uint32_t n) {
  for (uint32_t i = 0; tensors && i < n; i++) tensor_free(tensors[i]), tensors[i] = NULL;
}

static Tensor *make(const Graph *g, Ref param, const SizeEnv *env, int64_t *extent, Fault *fault) {
  const TypeInfo *info = graph_info(g, param);
  int64_t dims[TENSOR_MAX_RANK];
  *extent = 1;
  bool known = info->dtype != DT_idx || size_eval(g->ctx, info->extent, env, extent);
  for (int i = 0; i < info->rank; i++)
    known = known && size_eval(g->ctx, info->dims[i], env, &dims[i]);
  const char *why = known ? "out of memory" : "a size has no value";
  for (int i = 0; i < info->rank && known; i++)
    if (dims[i] < 0) why = "a size is negative";
  Tensor *t = known ? tensor_new(info->dtype, dims, info->rank) : NULL;
  if (t && *extent < 1 && tensor_count(t)) {
    tensor_free(t);
    fault_set(fault, E_run_failed, graph_node(g, param)->span,
              ctx_printf(g->ctx, "no index for parameter '%s': its axis is empty",
                         ctx_text(g->ctx, graph_node(g, param)->name)));
    return NULL;
  }
  if (!t)
    fault_set(fault, E_run_failed, graph_node(g, param)->span,
              ctx_printf(g->ctx, "no arguments for parameter '%s': %s",
                         ctx_text(g->ctx, graph_node(g, param)->name), why));
  return t;
}

bool oracle_args(const Graph *g, const SizeEnv *env, uint64_t seed, double low, double high,
                 Tensor **args, Fault *fault) {
  uint64_t state = seed;
  for (uint32_t k = 0; k < g->params.len; k++) args[k] = NULL;
  for (uint32_t k = 0; k < g->params.len; k++) {
    int64_t extent;
    args[k] = make(g, g->params.data[k], env, &extent, fault);
    if (!args[k]) {
      free_all(args, g->params.len);
      return false;
    }
    fill(args[k], extent, &state, low, high);
  }
  return true;
}

/* Small sizes that differ: 3, 5, 7, ...; then such as heads and parts divide; then one. */
static int64_t small_size(int choice, uint32_t place) {
  static const int64_t first[ORACLE_CHOICES] = {3, 4, 8, 1}, step[ORACLE_CHOICES] = {2, 4, 0, 0};
  return first[choice] + step[choice] * place;
}

typedef struct OpenSizes {
  Ctx *ctx;
  SizeEnv *env;
  int choice;
  uint32_t n;
} OpenSizes;

static void give_size(void *user, Sz symbol) {
  OpenSizes *sizes = user;
  int64_t value;
  if (!size_env_get(sizes->env, symbol, &value))
    size_env_set(sizes->ctx, sizes->env, symbol, small_size(sizes->choice, sizes->n++));
}

SizeEnv oracle_sizes(const Graph *g, const SizeEnv *given, int choice) {
  SizeEnv env = {0};
  OpenSizes sizes = {g->ctx, &env, choice, 0};
  for (uint32_t i = 0; given && i < given->symbols.len; i++)
    size_env_set(g->ctx, &env, given->symbols.data[i], given->values.data[i]);
  for (uint32_t i = 0; i < g->params.len; i++) {
    const TypeInfo *info = graph_info(g, g->params.data[i]);
    for (int k = 0; k < info->rank; k++) size_symbols(g->ctx, info->dims[k], give_size, &sizes);
    if (info->dtype == DT_idx) size_symbols(g->ctx, info->extent, give_size, &sizes);
  }
  return env;
}

/* ---- comparison ---------------------------------------------------------------------------- */

/* The interpreter knows no derivatives. NULL after a diagnostic. */
static const Graph *without_grads(Ctx *ctx, const Graph *g) {
  if (graph_properties(g) & PROP_no_grad) return g;
  CompileOptions options = compile_options();
  options.pipeline = "inline,grad";
  Compile c = compile_made(ctx, g, &options);
  compile(&c, PHASE_passes);
  const Graph *plain = c.fused;
  compile_free(&c);
  return plain;
}

static bool interpret(const Oracle *o, const Graph *g, bool f64, Tensor **y, Fault *fault) {
  const Graph *plain = without_grads(o->ctx, graph_alone(g));
  InterpOptions options = {
      .source = o->graph, .f64 = f64, .foreign = foreign_interpret, .user = o->ctx};
  if (!plain || !foreign_allowed(o->ctx, plain))
    return fault_set(fault, E_run_failed, (Span){0}, "its derivatives cannot be taken");
  return interp_run(o->ctx, plain, o->args, y, &options, fault);
}

static bool interpret_twice(const Oracle *o, const Graph *g, Tensor **y32, Tensor **y64,
                            Fault *fault) {
  if (!interpret(o, g, false, y32, fault)) return false;
  if (interpret(o, g, true, y64, fault)) return true;
  free_all(y32, g->results.len);
  return false;
}

bool oracle_open(Oracle *o, Ctx *ctx, const Graph *g, const Tensor *const *args, Fault *fault) {
  const uint32_t n = g->results.len;
  *o = (Oracle){ctx, g, args, arena_array(&ctx->arena, Tensor *, n + 1),
                arena_array(&ctx->arena, Tensor *, n + 1)};
  return interpret_twice(o, g, o->y32, o->y64, fault);
}

bool oracle_follow(Oracle *o, const Graph *form, Fault *fault) {
  const uint32_t n = form->results.len;
  Tensor **y32 = arena_array(&o->ctx->arena, Tensor *, n + 1);
  Tensor **y64 = arena_array(&o->ctx->arena, Tensor *, n + 1);
  if (!interpret_twice(o, form, y32, y64, fault)) return false;
  oracle_close(o);
  o->y32 = y32;
  o->y64 = y64;
  return true;
}

void oracle_close(Oracle *o) {
  free_all(o->y32, o->graph->results.len);
  free_all(o->y64, o->graph->results.len);
}

static bool special(double x) { return isnan(x) || isinf(x); }

static bool same_special(double x, double y) {
  return isnan(x) || isnan(y) ? isnan(x) && isnan(y) : (isinf(x) || isinf(y)) ? x == y : true;
}

static bool has_special(const Tensor *y) {
  for (int64_t i = 0, n = tensor_count(y); i < n; i++)
    if (dtype_is_float(y->dtype) && special(tensor_get(y, i))) return true;
  return false;
}

/* Do f32 and f64 agree well enough to be a standard? *tolerance is what the compiled result gets.
 */
static bool decided(const Tensor *y32, const Tensor *y64, double *tolerance) {
  double spread = 0, size = 0;
  for (int64_t i = 0, n = tensor_count(y32); i < n; i++) {
    double a = tensor_get(y32, i), b = tensor_get(y64, i);
    if (!dtype_is_float(y32->dtype)) {
      if (a != b) return false;
      continue;
    }
    if (!same_special(a, b)) return false;
    if (special(a)) continue;
    spread = fmax(spread, fabs(a - b));
    size = fmax(size, fabs(a));
  }
  *tolerance = (y32->dtype == DT_bf16 ? 1e-2 : 1e-5) * size + 32 * spread + 1e-6;
  return true;
}

static bool equal(const Tensor *want, const Tensor *got, double tolerance, int64_t *where) {
  *where = 0;
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

static OracleVerdict compare(const Oracle *o, Tensor *const *y, bool fast, OracleReport *report) {
  const uint32_t n = o->graph->results.len;
  bool free_values =
      false; /* rules graded fast may lose a NaN, and what comes after it may be anything */
  for (uint32_t k = 0; k < n && fast; k++) free_values = free_values || has_special(o->y32[k]);
  for (uint32_t k = 0; k < n; k++) {
    double tolerance;
    if (free_values || !decided(o->y32[k], o->y64[k], &tolerance)) {
      report->undecided++;
      continue;
    }
    report->compared++;
    int64_t where;
    if (equal(o->y32[k], y[k], tolerance, &where)) continue;
    report->result = k;
    report->element = where;
    report->want = tensor_get(o->y32[k], where);
    report->got = tensor_get(y[k], where);
    return ORACLE_differs;
  }
  return ORACLE_agrees;
}

OracleVerdict oracle_compare_form(const Oracle *o, const Graph *form, bool fast,
                                  OracleReport *report) {
  Tensor **y = arena_array(&o->ctx->arena, Tensor *, form->results.len + 1);
  *report = (OracleReport){.fault = {.text = "it cannot be interpreted"}};
  if (!interpret(o, form, false, y, &report->fault)) return ORACLE_failed;
  report->fault.text = NULL;
  OracleVerdict verdict = compare(o, y, fast, report);
  free_all(y, form->results.len);
  return verdict;
}

OracleVerdict oracle_compare(const Oracle *o, Engine *engine, const CompileOptions *options,
                             OracleReport *report) {
  Tensor **y = arena_array(&o->ctx->arena, Tensor *, o->graph->results.len + 1);
  OracleVerdict verdict = ORACLE_failed;
  Compile c = compile_made(o->ctx, o->graph, options);
  c.engine = engine;
  *report = (OracleReport){.fault = {.text = "it was not compiled"}};
  if (compile(&c, PHASE_passes) && !compile_lowered(&c)) {
    verdict = oracle_compare_form(o, c.fused, options->passes.fast, report);
  } else if (compile(&c, PHASE_code) && program_call(c.program, o->args, y, &report->fault)) {
    report->fault.text = NULL;
    verdict = compare(o, y, options->passes.fast, report);
    free_all(y, o->graph->results.len);
  }
  compile_free(&c);
  return verdict;
}
