/* Derivatives at special points: every row of the op table that has a derivative lists the points
 * of its operands where a slope has to be thought about (.points: zeros of both signs, ties,
 * infinities, ends of the domain), and each is tried in the first and the second order by the pass
 * and the interpreter. A new row is tried without new code here.
 *
 *   .points = "linear"            the slopes depend on no operand: tried with zeros against NaN
 *   .points = "except: reason"    not tried
 *   .points = "point; point ..."  point = numbers [":" first ["/" second]] ["(" reason ")"]
 *
 * The numbers of a point are the operands of an elementwise op; the elements of the operand of a
 * reduction or an op along an axis, whose results y_k then count k + 1 times; the elements of both
 * operands of a product. 'first' are the slopes by each of them, 'second' the upper triangle of the
 * second derivatives row by row, which are taken in both orders. Without them differences of the
 * values say what is right. An x stands for what is not tried; the reason says why. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "ir/interp.h"
#include "passes/grad/grad.h"
#include "tests/gradcheck.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { MOST = 4, SECOND = MOST * (MOST + 1) / 2, LINEAR_INSTANCES = 6 };

/* ---- the column ---- */

typedef struct Expected {
  bool stated;
  int n;
  double value[SECOND];
  bool tried[SECOND];
} Expected;

typedef struct Point {
  int n;
  double at[MOST];
  Expected first, second;
  bool reason;
} Point;

typedef struct Counts {
  int rows, linear, points, first, second, excluded, rows_excluded;
} Counts;

static const char *skip_space(const char *s) {
  while (isspace((unsigned char)*s)) s++;
  return s;
}

static bool number_next(const char **s) {
  *s = skip_space(*s);
  return **s && !strchr(":/;(", **s);
}

static double read_number(const char **s, const char *row) {
  char *end;
  double value = strtod(*s, &end);
  if (end == *s) fail_msg("%s: .points: a number is expected at '%s'", row, *s);
  *s = end;
  return value;
}

static void read_expected(const char **s, const char *row, Expected *e) {
  e->stated = true;
  while (number_next(s)) {
    if (e->n == SECOND) fail_msg("%s: .points: too many numbers", row);
    e->tried[e->n] = **s != 'x';
    if (**s == 'x')
      ++*s;
    else
      e->value[e->n] = read_number(s, row);
    e->n++;
  }
}

static bool all_tried(const Expected *e) {
  for (int i = 0; i < e->n; i++)
    if (!e->tried[i]) return false;
  return true;
}

static Point read_point(const char **s, const char *row) {
  Point p = {0};
  while (number_next(s)) {
    if (p.n == MOST) fail_msg("%s: .points: a point has at most %d numbers", row, MOST);
    p.at[p.n++] = read_number(s, row);
  }
  if (**s == ':') {
    ++*s;
    read_expected(s, row, &p.first);
  }
  if (**s == '/') {
    ++*s;
    read_expected(s, row, &p.second);
  }
  if (**s == '(') {
    p.reason = (*s)[1] != ')';
    while (**s && **s != ')') ++*s;
    if (**s) ++*s;
  }
  *s = skip_space(*s);
  if (**s == ';')
    ++*s;
  else if (**s)
    fail_msg("%s: .points: the end or ';' is expected at '%s'", row, *s);
  bool whole = p.n && (!p.first.stated || p.first.n == p.n) &&
               (!p.second.stated || p.second.n == p.n * (p.n + 1) / 2);
  if (!whole) fail_msg("%s: .points: a point has not as many slopes as it needs", row);
  if (!p.reason && !(all_tried(&p.first) && all_tried(&p.second)))
    fail_msg("%s: .points: what is not tried needs a reason in parentheses", row);
  return p;
}

/* ---- the function of one point ---- */

/* y of the op as one number, and the variables that it is made of. */
typedef struct Subject {
  Graph *g;
  Ref params[MOST], loss;
  int n_params, n; /* n: numbers in all of them together */
} Subject;

static Subject subject_new(Ctx *ctx, Op op, int n) {
  Subject s = {.g = graph_new(ctx, ctx_str(ctx, op_info[op].name)), .n = n};
  bool elementwise = op_is(op, T_ELEMENTWISE), product = op_is(op, T_CONTRACT);
  s.n_params = elementwise ? n : product ? 2 : 1;
  Sz length = size_const(ctx, n / s.n_params);
  Ty type = elementwise ? type_scalar(ctx, DT_f64) : type_tensor(ctx, DT_f64, &length, 1);
  for (int i = 0; i < s.n_params; i++) s.params[i] = graph_param(s.g, type, (Str){0}, NULL, 0);
  int32_t axis = 0;
  Attr reduce = attr_is(A_axes, &axis, 1), along = attr_i(A_axis, 0);
  Attr contract[] = {attr_is(A_batch_a, NULL, 0), attr_is(A_batch_b, NULL, 0),
                     attr_is(A_contract_a, &axis, 1), attr_is(A_contract_b, &axis, 1)};
  const Attr *attrs = product ? contract : op_is(op, T_REDUCE) ? &reduce : &along;
  s.loss = build_op(s.g, op, s.params, s.n_params, attrs,
                    elementwise ? 0
                    : product   ? 4
                                : 1,
                    TY_NONE);
  if (!graph_info(s.g, s.loss)->rank) return s;
  Ref place = build_iota(s.g, type_tensor(ctx, DT_i32, &length, 1), 0);
  Ref one = build_const(s.g, graph_type(s.g, place), 1);
  Ref weight = build_cast(s.g, build2(s.g, OP_add, place, one), DT_f64);
  s.loss = build_reduce(s.g, OP_sum, build2(s.g, OP_mul, s.loss, weight), &axis, 1);
  return s;
}

/* Appends the derivatives of 'loss' by all variables to the results. */
static void derive(Subject *s, Ref loss, Ref *items) {
  Ref operands[MOST + 1] = {loss};
  for (int i = 0; i < s->n_params; i++) operands[i + 1] = s->params[i];
  Ref grad = build_op(s->g, OP_grad, operands, s->n_params + 1, NULL, 0, TY_NONE);
  for (int i = 0; i < s->n_params; i++) {
    items[i] = build_item(s->g, grad, i);
    graph_result(s->g, items[i], (Str){0});
  }
}

static Graph *derivatives(Ctx *ctx, Op op, int n) {
  Subject s = subject_new(ctx, op, n);
  Ref first[MOST], second[MOST];
  derive(&s, s.loss, first);
  for (int i = 0; i < n; i++) {
    Ref part = first[i * s.n_params / n];
    if (graph_info(s.g, part)->rank) {
      Sz at = size_const(ctx, i % (n / s.n_params));
      part = build_reshape(s.g, build_slice(s.g, part, 0, at, size_const(ctx, 1)), NULL, 0);
    }
    derive(&s, part, second);
  }
  Graph *out = gradcheck_pass(ctx, s.g, NULL);
  const char *why = out ? graph_verify(out) : "the pass 'grad' failed";
  if (why) fail_msg("%s: %s", op_info[op].name, why);
  return out;
}

/* All numbers of all results, one behind the other. */
static void evaluate(Ctx *ctx, const Graph *g, const double *at, int n, double *out) {
  Tensor *args[MOST], *results[MOST * (MOST + 1)];
  InterpOptions options = {.f64 = true};
  Fault fault = {0};
  int k = 0;
  for (uint32_t i = 0; i < g->params.len; i++) {
    bool scalar = !graph_info(g, g->params.data[i])->rank;
    int64_t length = n / (int)g->params.len;
    args[i] = tensor_new(DT_f64, &length, scalar ? 0 : 1);
    for (int64_t e = 0; e < tensor_count(args[i]); e++) tensor_set(args[i], e, at[k++]);
  }
  if (!interp_run(ctx, g, (const Tensor *const *)args, results, &options, &fault))
    fail_msg("%s", fault.text);
  for (uint32_t i = 0; i < g->results.len; i++) {
    for (int64_t e = 0; e < tensor_count(results[i]); e++) *out++ = tensor_get(results[i], e);
    tensor_free(results[i]);
  }
  for (uint32_t i = 0; i < g->params.len; i++) tensor_free(args[i]);
}

/* ---- differences ---- */

typedef struct Value {
  Ctx *ctx;
  const Graph *g;
  const Point *p;
} Value;

/* The value where variable i is moved by a and then j by b. */
static double moved(Value v, int i, double a, int j, double b) {
  double at[MOST], y;
  memcpy(at, v.p->at, sizeof at);
  at[i] += a;
  at[j] += b;
  evaluate(v.ctx, v.g, at, v.p->n, &y);
  return y;
}

static double slope(Value v, int i, double h) {
  double near = moved(v, i, h, i, 0) - moved(v, i, -h, i, 0);
  double far = moved(v, i, 2 * h, i, 0) - moved(v, i, -2 * h, i, 0);
  return (8 * near - far) / (12 * h);
}

static double bend(Value v, int i, int j, double h) {
  if (i == j)
    return (moved(v, i, h, i, 0) - 2 * moved(v, i, 0, i, 0) + moved(v, i, -h, i, 0)) / (h * h);
  double same = moved(v, i, h, j, h) + moved(v, i, -h, j, -h);
  return (same - moved(v, i, h, j, -h) - moved(v, i, -h, j, h)) / (4 * h * h);
}

static bool same(double a, double b, double tolerance) {
  if (isnan(a) || isnan(b)) return isnan(a) && isnan(b);
  return a == b || fabs(a - b) <= tolerance * (1 + fabs(a) + fabs(b));
}

/* What differences say, with two steps: NaN where they disagree. */
static double by_differences(Value v, int i, int j) {
  double coarse = j < 0 ? slope(v, i, 1e-3) : bend(v, i, j, 1e-3);
  double fine = j < 0 ? slope(v, i, 5e-4) : bend(v, i, j, 5e-4);
  return same(coarse, fine, 1e-5) ? fine : NAN;
}

/* ---- the test ---- */

static void compare(Value v, Op op, int i, int j, double got, const Expected *e, int place) {
  bool stated = e->stated;
  double want = stated ? e->value[place] : by_differences(v, i, j);
  if (stated && !e->tried[place]) return;
  char at[80] = "";
  for (int k = 0; k < v.p->n; k++)
    snprintf(at + strlen(at), sizeof at - strlen(at), " %g", v.p->at[k]);
  if (!stated && isnan(want))
    fail_msg("%s at%s: not smooth there: .points has to state the slopes", op_info[op].name, at);
  if (!same(got, want, 2e-5))
    fail_msg("%s at%s: derivative by %d%s%.0d is %g, expected %g", op_info[op].name, at, i,
             j < 0 ? "" : " and ", j < 0 ? 0 : j, got, want);
}

static void check_point(Ctx *ctx, Op op, const Point *p, Counts *counts) {
  int n = p->n;
  Subject s = subject_new(ctx, op, n);
  graph_result(s.g, s.loss, (Str){0});
  Value v = {ctx, s.g, p};
  double got[MOST + MOST * MOST];
  evaluate(ctx, derivatives(ctx, op, n), p->at, n, got);
  int place = 0;
  for (int i = 0; i < n; i++) compare(v, op, i, -1, got[i], &p->first, i);
  for (int i = 0; i < n; i++)
    for (int j = i; j < n; j++, place++) {
      compare(v, op, i, j, got[n + i * n + j], &p->second, place);
      compare(v, op, j, i, got[n + j * n + i], &p->second, place);
    }
  counts->points++;
  for (int i = 0; i < n; i++) counts->first += !p->first.stated || p->first.tried[i];
  for (int i = 0; i < place; i++) counts->second += !p->second.stated || p->second.tried[i];
  for (int i = 0; i < n; i++) counts->excluded += p->first.stated && !p->first.tried[i];
  for (int i = 0; i < place; i++) counts->excluded += p->second.stated && !p->second.tried[i];
}

/* The derivative of the sum of all float results by all float parameters, all of which have the
 * given value in every place. */
static Tensor **slopes_at(Gen *gen, const Graph *derived, Tensor **args, double value) {
  Fault fault = {0};
  InterpOptions options = {.f64 = true};
  Tensor **results = arena_array(&gen->ctx->arena, Tensor *, derived->results.len);
  for (uint32_t i = 0; i < derived->params.len; i++)
    for (int64_t k = 0; dtype_is_float(args[i]->dtype) && k < tensor_count(args[i]); k++)
      tensor_set(args[i], k, value);
  if (!interp_run(gen->ctx, derived, (const Tensor *const *)args, results, &options, &fault))
    fail_msg("%s", fault.text);
  return results;
}

static Ref sum_of(Graph *g, Ref value, Ref sum) {
  int32_t axes[TENSOR_MAX_RANK];
  int rank = graph_info(g, value)->rank;
  for (int i = 0; i < rank; i++) axes[i] = i;
  Ref all = build_cast(g, build_reduce(g, OP_sum, value, axes, rank), DT_f64);
  return ref_none(sum) ? all : build2(g, OP_add, sum, all);
}

static bool is_float(const Graph *g, Ref r) { return dtype_is_float(graph_info(g, r)->dtype); }

/* An instance with floats whose derivative is a graph; NULL when there is none. */
static Graph *linear_instance(Gen *gen, Op op) {
  Ref y, operands[16];
  int n = 1;
  if (!gen_op(gen, op, &y) || !is_float(gen->g, y)) return NULL;
  operands[0] = sum_of(gen->g, y, REF_NONE);
  for (uint32_t i = 0; i < gen->g->params.len && n < 16; i++)
    if (is_float(gen->g, gen->g->params.data[i])) operands[n++] = gen->g->params.data[i];
  if (n == 1) return NULL;
  Ref grad = build_op(gen->g, OP_grad, operands, n, NULL, 0, TY_NONE);
  for (int i = 0; i < n - 1; i++) graph_result(gen->g, build_item(gen->g, grad, i), (Str){0});
  return gradcheck_pass(gen->ctx, gen->g, NULL);
}

static void check_linear(Op op, Counts *counts) {
  int tried = 0;
  for (uint64_t seed = 1; seed < 200 && tried < LINEAR_INSTANCES; seed++) {
    Ctx *ctx = ctx_new();
    Gen *gen = gen_new(ctx, seed, (GenOptions){.nodes = 4});
    gen->operands_only = true;
    Graph *g = linear_instance(gen, op);
    if (g) {
      Tensor **args = gen_args(gen, g, 0.2, 1.8);
      Tensor **zero = slopes_at(gen, g, args, 0), **unknown = slopes_at(gen, g, args, NAN);
      for (uint32_t i = 0; i < g->results.len; i++)
        for (int64_t k = 0; k < tensor_count(zero[i]); k++)
          if (!(tensor_get(zero[i], k) == tensor_get(unknown[i], k)))
            fail_msg("%s: .points says linear, but a slope changes with the operands\n%s",
                     op_info[op].name, graph_str(g));
      gen_free(zero, g->results.len);
      gen_free(unknown, g->results.len);
      gen_free(args, g->params.len);
      tried++;
    }
    ctx_free(ctx);
  }
  if (!tried) fail_msg("%s: no instance with floats was found", op_info[op].name);
  counts->linear++;
}

static void check_row(Op op, Counts *counts) {
  const char *points = op_info[op].points, *except = "except: ";
  counts->rows++;
  if (!strncmp(points, except, strlen(except))) {
    print_message("[SKIP] %s: %s\n", op_info[op].name, points + strlen(except));
    counts->rows_excluded++;
    return;
  }
  if (!strcmp(points, "linear")) {
    check_linear(op, counts);
    return;
  }
  for (const char *s = points; *s;) {
    Ctx *ctx = ctx_new();
    Point p = read_point(&s, op_info[op].name);
    check_point(ctx, op, &p, counts);
    ctx_free(ctx);
  }
}

static void test_points(void **state) {
  (void)state;
  Counts counts = {0};
  for (int op = 0; op < N_OPS; op++)
    if (!op_info[op].no_grad) check_row((Op)op, &counts);
  print_message("%d rows: %d linear, %d excluded; %d points of the others: %d first and %d second "
                "derivatives right, %d excluded\n",
                counts.rows, counts.linear, counts.rows_excluded, counts.points, counts.first,
                counts.second, counts.excluded);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_points)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
