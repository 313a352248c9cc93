/* Compiled code against the reference interpreter: see oracle.h. */
#include "app/oracle.h"

#include "ir/interp.h"

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
                         ctx_text(g->ctx, graph_node(g, param)->name),
                         known ? "out of memory" : "a size has no value"));
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

/* ---- comparison ---------------------------------------------------------------------------- */

bool oracle_open(Oracle *o, Ctx *ctx, const Graph *g, const Tensor *const *args, Fault *fault) {
  const uint32_t n = g->results.len;
  *o = (Oracle){ctx, g, args, arena_array(&ctx->arena, Tensor *, n + 1),
                arena_array(&ctx->arena, Tensor *, n + 1)};
  if (!interp_run(ctx, g, args, o->y32, NULL, fault)) return false;
  if (interp_run(ctx, g, args, o->y64, &(InterpOptions){.f64 = true}, fault)) return true;
  free_all(o->y32, n);
  return false;
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

OracleVerdict oracle_compare(const Oracle *o, Engine *engine, const CompileOptions *options,
                             OracleReport *report) {
  Tensor **y = arena_array(&o->ctx->arena, Tensor *, o->graph->results.len + 1);
  *report = (OracleReport){.fault = {.text = "it was not compiled"}};
  Program *program = compile_graph(engine, o->ctx, o->graph, options, NULL);
  OracleVerdict verdict = ORACLE_failed;
  if (program && program_call(program, o->args, y, &report->fault)) {
    report->fault.text = NULL;
    verdict = compare(o, y, options->passes.fast, report);
    free_all(y, o->graph->results.len);
  }
  program_free(program);
  return verdict;
}
