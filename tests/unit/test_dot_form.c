/* Products of operands as they lie: every order of the axes of two operands and of the result gives
 * what the interpreter says, and where strides can say it nothing is copied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "app/oracle.h"
#include "ir/dot_form.h"
#include "passes/pipeline/pipeline.h"
#include "passes/plan/plan.h"

/* Axes of the einsum y[b, h, t, s] = sum[d] x[b, t, h, d] * z[b, s, h, d], in some order each. */
enum { AXIS_b, AXIS_h, AXIS_t, AXIS_s, AXIS_d, N_AXES };
static const int64_t extents[N_AXES] = {2, 3, 9, 11, 6};

typedef struct Fixture {
  Ctx *ctx;
  Engine *engine;
} Fixture;

static int set_up(void **state) {
  static Fixture f;
  Fault fault = {0};
  f.engine = engine_new(2, NULL, "", &fault);
  f.ctx = ctx_new();
  *state = &f;
  return f.engine == NULL;
}

static int tear_down(void **state) {
  Fixture *f = *state;
  ctx_free(f->ctx);
  engine_free(f->engine);
  return 0;
}

/* The n-th order of four axes. */
static void order_of(int n, const int *axes, int *order) {
  int left[4] = {axes[0], axes[1], axes[2], axes[3]};
  for (int i = 0; i < 4; i++) {
    int at = n % (4 - i);
    n /= 4 - i;
    order[i] = left[at];
    for (int k = at; k < 3 - i; k++) left[k] = left[k + 1];
  }
}

static Ref operand(Graph *g, DType dtype, const int *order) {
  Sz dims[4];
  for (int i = 0; i < 4; i++) dims[i] = size_const(g->ctx, extents[order[i]]);
  return graph_param(g, type_tensor(g->ctx, dtype, dims, 4), (Str){0}, NULL, 0);
}

static int32_t place(const int *order, int axis) {
  for (int i = 0; i < 4; i++)
    if (order[i] == axis) return i;
  return -1;
}

/* The operand in the order batch, own, summed. */
static Ref brought(Graph *g, Ref r, const int *order, int own) {
  int32_t perm[] = {place(order, AXIS_b), place(order, AXIS_h), place(order, own),
                    place(order, AXIS_d)};
  return build_transpose(g, r, perm);
}

/* bf16: f32 operands that are rounded. */
static Graph *product(Ctx *ctx, DType dtype, const int *x, const int *z, const int *y) {
  Graph *g = graph_new(ctx, ctx_str(ctx, "product"));
  DType stored = dtype == DT_bf16 ? DT_f32 : dtype;
  Ref a = operand(g, stored, x), b = operand(g, stored, z);
  int32_t batch[] = {0, 1}, summed[] = {3};
  Attr attrs[] = {attr_is(A_batch_a, batch, 2), attr_is(A_batch_b, batch, 2),
                  attr_is(A_contract_a, summed, 1), attr_is(A_contract_b, summed, 1),
                  attr_s(A_precision, dtype == DT_bf16 ? ctx_str(ctx, "bf16") : (Str){0})};
  Ref operands[] = {brought(g, a, x, AXIS_t), brought(g, b, z, AXIS_s)};
  Ref dot = build_op(g, OP_dot, operands, 2, attrs, 5, TY_NONE);
  static const int plain[] = {AXIS_b, AXIS_h, AXIS_t, AXIS_s};
  int32_t perm[4];
  for (int i = 0; i < 4; i++) perm[i] = place(plain, y[i]);
  graph_result(g, build_transpose(g, dot, perm), (Str){0});
  return g;
}

/* Instructions of the graph's plan. */
static uint32_t instructions(const Graph *g) {
  Ctx *ctx = g->ctx;
  PassCtx pc = {.ctx = ctx};
  const Graph *fused = pipeline_run(&pc, g, "simplify,contract,fuse");
  assert_non_null(fused);
  Fault fault = {0};
  Plan *plan = plan_make(ctx, fused, NULL, &fault);
  if (!plan) fail_msg("%s", fault.text);
  return plan->block->instrs.len;
}

static void compare(const Fixture *f, const Graph *g) {
  Fault fault = {0};
  Tensor *args[2];
  Oracle oracle;
  OracleReport report;
  CompileOptions options = compile_options();
  if (!oracle_args(g, &(SizeEnv){0}, 1, -2, 2, args, &fault)) fail_msg("%s", fault.text);
  assert_true(oracle_open(&oracle, f->ctx, g, (const Tensor *const *)args, &fault));
  if (oracle_compare(&oracle, f->engine, &options, &report) != ORACLE_agrees)
    fail_msg("element %lld is %g, not %g: %s\n%s", (long long)report.element, report.got,
             report.want, report.fault.text, graph_str(g));
  assert_int_equal(report.compared, 1);
  oracle_close(&oracle);
  tensor_free(args[0]), tensor_free(args[1]);
}

/* One instruction where what lies innermost in the result are the columns of either side. */
static void all_orders(void **state) {
  const Fixture *f = *state;
  static const int of_x[] = {AXIS_b, AXIS_h, AXIS_t, AXIS_d},
                   of_z[] = {AXIS_b, AXIS_h, AXIS_s, AXIS_d},
                   of_y[] = {AXIS_b, AXIS_h, AXIS_t, AXIS_s};
  int x[4], z[4], y[4], alone = 0;
  for (int i = 0; i < 24 * 24; i += 5)
    for (int k = 0; k < 24; k++) {
      order_of(i / 24, of_x, x), order_of(i % 24, of_z, z), order_of(k, of_y, y);
      static const DType dtypes[] = {DT_f64, DT_bf16, DT_f32, DT_f32, DT_f32};
      const Graph *g = product(f->ctx, dtypes[k % 5], x, z, y);
      bool strided = y[3] == AXIS_s || y[3] == AXIS_t;
      if (strided && instructions(g) != 1)
        fail_msg("%u instructions\n%s", instructions(g), graph_str(g));
      alone += strided;
      if ((i + k) % 7 == 0) compare(f, g);
    }
  assert_true(alone > 1000);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(all_orders)};
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
