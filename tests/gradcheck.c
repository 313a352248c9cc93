/* The directional derivative <gradient, d> must be (L(x + h d) - L(x - h d)) / 2h, for the loss L =
 * the results times random weights. Differences of fourth order are taken with two steps; where
 * they disagree there is a kink or a pole near, and another point is drawn. */
#include "passes/pipeline/pipeline.h"
#include "tests/gradcheck.h"

#include <math.h>

#include "ir/interp.h"

enum { POINTS = 12, DIRECTIONS = 2 };

Graph *gradcheck_pass(Ctx *ctx, const Graph *g, const char *remat) {
  PassCtx *pc = pass_ctx_new(ctx, NULL);
  PassOptions options = pass_options(ctx, pass_find(pc, "grad"));
  if (remat) options.values.data[0].value = remat;
  Graph *out = pass_grad(pc, g, &options);
  pass_ctx_free(pc);
  return out;
}

static bool is_float(const Graph *g, Ref r) {
  const TypeInfo *info = graph_info(g, r);
  return !info->is_tuple && dtype_is_float(info->dtype);
}

static Ref sum_all(Graph *g, Ref a) {
  int32_t axes[TENSOR_MAX_RANK];
  int rank = graph_info(g, a)->rank;
  for (int i = 0; i < rank; i++) axes[i] = i;
  return build_cast(g, build_reduce(g, OP_sum, a, axes, rank), DT_f64);
}

static Ref plus(Graph *g, Ref a, Ref b) { return ref_none(a) ? b : build2(g, OP_add, a, b); }

/* ---- the graph that is checked ---- */

/* A copy of g whose results are the loss and its derivatives, as a grad node gives them. */
typedef struct Subject {
  Graph *g;
  VEC(Ref) wrt;
  Ref loss;
} Subject;

static Subject weighted_loss(const Graph *old) {
  Arena *arena = &old->ctx->arena;
  RefMap map = refmap_new(arena, old);
  Subject s = {.g = graph_like(old, &map), .loss = REF_NONE};
  for (uint32_t i = 0; i < old->nodes.len; i++)
    if (ref_none(map.to[i])) map.to[i] = refmap_copy(old, (Ref){i}, s.g, &map);
  for (uint32_t i = 0; i < old->params.len; i++) {
    Ref param = map.to[old->params.data[i].i];
    if (is_float(s.g, param)) vec_push(arena, &s.wrt, param);
  }
  for (uint32_t i = 0; i < old->results.len; i++) {
    Ref value = map.to[old->results.data[i].i];
    if (!is_float(s.g, value)) continue;
    Ref weight = graph_param(s.g, graph_type(s.g, value), (Str){0}, NULL, 0);
    s.loss = plus(s.g, s.loss, sum_all(s.g, build2(s.g, OP_mul, value, weight)));
  }
  return s;
}

static Ref grad_node(Subject *s) {
  Ref *operands = arena_array(&s->g->ctx->arena, Ref, s->wrt.len + 1);
  operands[0] = s->loss;
  for (uint32_t i = 0; i < s->wrt.len; i++) operands[i + 1] = s->wrt.data[i];
  return build_op(s->g, OP_grad, operands, (int)s->wrt.len + 1, NULL, 0, TY_NONE);
}

/* The loss becomes the sum of squares of its derivative. */
static void square_gradient(Subject *s) {
  Ref grad = grad_node(s), loss = REF_NONE;
  for (uint32_t i = 0; i < s->wrt.len; i++) {
    Ref item = build_item(s->g, grad, (int)i);
    loss = plus(s->g, loss, sum_all(s->g, build2(s->g, OP_mul, item, item)));
  }
  s->loss = loss;
}

/* ---- points ---- */

typedef struct Point {
  Ctx *ctx;
  const Graph *g;
  Tensor **args; /* floats as f64 */
  Tensor **moved;
  uint32_t n_wrt; /* of the float arguments, in order */
} Point;

/* Floats in f64, so that small steps are not rounded away, and no two equal ones. */
static void widen(Gen *gen, Tensor **args, uint32_t n) {
  for (uint32_t i = 0; i < n; i++) {
    if (!dtype_is_float(args[i]->dtype) || args[i]->dtype == DT_f64) continue;
    Tensor *wide = tensor_new(DT_f64, args[i]->dims, args[i]->rank);
    int64_t count = tensor_count(wide);
    for (int64_t k = 0; k < count; k++)
      tensor_set(wide, k, tensor_get(args[i], k) + gen_between(gen, -0.02, 0.02));
    tensor_free(args[i]);
    args[i] = wide;
  }
}

/* Runs g; the first result's number, NaN on an error. results may be NULL. */
static double run(Ctx *ctx, const Graph *g, Tensor **args, Tensor **results, const char **why) {
  Tensor **own = arena_array(&ctx->arena, Tensor *, g->results.len);
  InterpOptions options = {.f64 = true};
  Fault fault;
  if (!interp_run(ctx, g, (const Tensor *const *)args, own, &options, &fault))
    return *why = fault.text, NAN;
  double loss = tensor_get(own[0], 0);
  for (uint32_t i = 0; i < g->results.len; i++) {
    if (results)
      results[i] = own[i];
    else
      tensor_free(own[i]);
  }
  return loss;
}

/* The loss at x + h d. */
static double loss_at(Point *p, Tensor **direction, double h) {
  uint32_t n = p->g->params.len, seen = 0;
  for (uint32_t i = 0; i < n; i++) {
    if (!is_float(p->g, p->g->params.data[i]) || seen++ >= p->n_wrt) continue;
    int64_t count = tensor_count(p->args[i]);
    for (int64_t k = 0; k < count; k++)
      tensor_set(p->moved[i], k, tensor_get(p->args[i], k) + h * tensor_get(direction[i], k));
  }
  const char *why = NULL;
  return run(p->ctx, p->g, p->moved, NULL, &why);
}

static double difference(Point *p, Tensor **direction, double h) {
  double one = loss_at(p, direction, h) - loss_at(p, direction, -h);
  double two = loss_at(p, direction, 2 * h) - loss_at(p, direction, -2 * h);
  return (8 * one - two) / (12 * h);
}

static bool close_to(double a, double b, double tolerance) {
  return fabs(a - b) <= tolerance * (1 + fabs(a) + fabs(b));
}

/* <gradient, d>; results[1..] are the gradients of the float arguments in order. */
static double along(const Point *p, Tensor **results, Tensor **direction) {
  double sum = 0;
  uint32_t seen = 0;
  for (uint32_t i = 0; i < p->g->params.len && seen < p->n_wrt; i++) {
    if (!is_float(p->g, p->g->params.data[i])) continue;
    const Tensor *gradient = results[1 + seen++];
    int64_t count = tensor_count(gradient);
    for (int64_t k = 0; k < count; k++)
      sum += tensor_get(gradient, k) * tensor_get(direction[i], k);
  }
  return sum;
}

/* Constants of a derivative are rounded to its element type, in f64 runs too. */
static double tolerance_of(const Graph *g) {
  double tolerance = 1e-4;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const TypeInfo *info = graph_info(g, (Ref){i});
    if (!info->is_tuple && info->dtype == DT_bf16) tolerance = 2e-2;
  }
  return tolerance;
}

static GradVerdict check_direction(Point *p, Gen *gen, Tensor **results, const char **why) {
  Tensor **direction = gen_args(gen, p->g, -1, 1);
  double exact = along(p, results, direction);
  double coarse = difference(p, direction, 1e-3), fine = difference(p, direction, 3e-4);
  gen_free(direction, p->g->params.len);
  if (!isfinite(coarse) || !isfinite(fine) || !close_to(coarse, fine, 1e-5)) return GRAD_rough;
  if (close_to(exact, coarse, tolerance_of(p->g))) return GRAD_right;
  *why = ctx_printf(p->ctx, "derivative %.10g, differences %.10g and %.10g", exact, coarse, fine);
  return GRAD_wrong;
}

static GradVerdict check_point(Gen *gen, const Graph *loss, const Graph *derived, uint32_t n_wrt,
                               GradCheck check, const char **why) {
  Point p = {.ctx = gen->ctx, .g = loss, .n_wrt = n_wrt};
  uint32_t n = loss->params.len;
  p.args = gen_args(gen, loss, check.low, check.high);
  widen(gen, p.args, n);
  p.moved = arena_array(&gen->ctx->arena, Tensor *, n);
  for (uint32_t i = 0; i < n; i++) p.moved[i] = tensor_copy(p.args[i]);
  Tensor **results = arena_array(&gen->ctx->arena, Tensor *, derived->results.len);
  GradVerdict verdict = GRAD_right;
  *why = NULL;
  double value = run(gen->ctx, derived, p.args, results, why);
  if (*why)
    verdict = GRAD_wrong;
  else if (!isfinite(value) || fabs(value) > 1e6)
    verdict = GRAD_rough;
  for (int i = 0; i < DIRECTIONS && verdict == GRAD_right; i++)
    verdict = check_direction(&p, gen, results, why);
  gen_free(results, derived->results.len);
  gen_free(p.args, n);
  gen_free(p.moved, n);
  return verdict;
}

/* Runs the pass and the verifier. */
static Graph *derive(Ctx *ctx, const Graph *g, const char *remat, const char **why) {
  Graph *out = gradcheck_pass(ctx, g, remat);
  *why = out ? graph_verify(out) : "the pass 'grad' failed";
  return *why ? NULL : out;
}

GradVerdict gradcheck(Gen *gen, const Graph *g, GradCheck check, const char **why) {
  Ctx *ctx = gen->ctx;
  Subject s = weighted_loss(g);
  if (ref_none(s.loss) || !s.wrt.len) return GRAD_none;
  if (check.order == 2) square_gradient(&s);
  graph_result(s.g, s.loss, (Str){0});
  Graph *loss = derive(ctx, graph_sweep(s.g), check.remat, why);
  if (!loss) return GRAD_wrong;
  Ref grad = grad_node(&s);
  for (uint32_t i = 0; i < s.wrt.len; i++)
    graph_result(s.g, build_item(s.g, grad, (int)i), (Str){0});
  Graph *derived = derive(ctx, s.g, check.remat, why);
  if (!derived) return GRAD_wrong;
  GradVerdict verdict = GRAD_rough;
  for (int i = 0; i < POINTS && verdict == GRAD_rough; i++)
    verdict = check_point(gen, loss, derived, s.wrt.len, check, why);
  return verdict;
}
