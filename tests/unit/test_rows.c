/* Products that run the kernels behind them on their rows (passes/plan/plan_join.c): random
 * chains of what networks do with a product give the same bits as without, on one thread and on
 * several, in f32, f64 and bf16, with known sizes and with symbols. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "app/oracle.h"
#include "passes/pipeline/pipeline.h"
#include "passes/plan/plan.h"

/* ---- random chains ---- */

typedef struct Chain {
  Ctx *ctx;
  Graph *g;
  uint64_t state;
  SizeEnv env;
  Sz batch, rows, columns, depth;
  bool flat; /* the value is [batch * rows, columns], not [batch, rows, columns] */
  Ref value;
  DType dtype; /* of the product */
} Chain;

static int below(Chain *c, int n) {
  c->state = c->state * 6364136223846793005u + 1442695040888963407u;
  return (int)((c->state >> 33) % (uint64_t)n);
}

static Sz number(const Chain *c, int64_t n) { return size_const(c->ctx, n); }

static Ref param(Chain *c, DType dtype, const Sz *dims, int rank) {
  return graph_param(c->g, type_tensor(c->ctx, dtype, dims, rank), (Str){0}, NULL, 0);
}

/* A number, or a symbol that stands for it. */
static Sz extent(Chain *c, const char *name, int64_t n, bool symbolic) {
  Sz symbol = size_symbol(c->ctx, ctx_str(c->ctx, name));
  if (!symbolic) return number(c, n);
  size_env_set(c->ctx, &c->env, symbol, n);
  param(c, DT_f32, &symbol, 1); /* so that it is known */
  return symbol;
}

static const TypeInfo *shape(const Chain *c) { return graph_info(c->g, c->value); }

/* A parameter with some of the value's axes, broadcast to it. */
static Ref other(Chain *c) {
  const TypeInfo *t = shape(c);
  Sz dims[4];
  int32_t axes[4];
  int n = 0, kept = 1 + below(c, (1 << t->rank) - 1);
  for (int i = 0; i < t->rank; i++)
    if (kept >> i & 1) dims[n] = t->dims[i], axes[n++] = i;
  return build_broadcast(c->g, param(c, t->dtype, dims, n), t->dims, t->rank, axes);
}

static Ref along_last(Chain *c, Ref reduced) {
  const TypeInfo *t = shape(c);
  int32_t axes[] = {0, 1, 2, 3};
  return build_broadcast(c->g, reduced, t->dims, t->rank, axes);
}

static Ref reduced(Chain *c, Op op, Ref value) {
  int32_t last = shape(c)->rank - 1;
  return build_reduce(c->g, op, value, &last, 1);
}

static void softmax(Chain *c) {
  Ref most = along_last(c, reduced(c, OP_max_over, c->value));
  Ref e = build1(c->g, OP_exp, build2(c->g, OP_sub, c->value, most));
  c->value = build2(c->g, OP_div, e, along_last(c, reduced(c, OP_sum, e)));
}

/* The causal mask: a place along the last axis is not behind that of the row. */
static void mask(Chain *c) {
  const TypeInfo *t = shape(c);
  Ty places = type_tensor(c->ctx, DT_i32, t->dims, t->rank);
  Ref row = build_iota(c->g, places, t->rank - 2), column = build_iota(c->g, places, t->rank - 1);
  Ref low = build_const(c->g, graph_type(c->g, c->value), -1);
  c->value = build3(c->g, OP_where, build2(c->g, OP_ge, row, column), c->value, low);
}

static void dropout(Chain *c) {
  Attr attrs[] = {attr_i(A_stream, 1 + below(c, 9)), attr_i(A_word, 0)};
  Ref key = build1(c->g, OP_seed, build_scalar(c->g, DT_i32, below(c, 99)));
  Ty bits = type_with_dtype(c->ctx, graph_type(c->g, c->value), DT_i32);
  Ref random = build_op(c->g, OP_random, &key, 1, attrs, 2, bits);
  Ref kept = build2(c->g, OP_gt, random, build_const(c->g, bits, 0));
  Ref zero = build_const(c->g, graph_type(c->g, c->value), 0);
  c->value = build3(c->g, OP_where, kept, c->value, zero);
}

/* The gates of a cell: one half of the columns times the other. */
static void gates(Chain *c) {
  const TypeInfo *t = shape(c);
  int64_t n;
  if (!size_is_const(c->ctx, t->dims[t->rank - 1], &n) || n < 4 || n & 1) return;
  Ref a = build_slice(c->g, c->value, t->rank - 1, number(c, 0), number(c, n / 2));
  Ref b = build_slice(c->g, c->value, t->rank - 1, number(c, n / 2), number(c, n / 2));
  c->value = build2(c->g, OP_mul, build1(c->g, OP_tanh, a), b);
}

static void reshaped(Chain *c) {
  const TypeInfo *t = shape(c);
  Sz last = t->dims[t->rank - 1];
  Sz flat[] = {size_mul(c->ctx, c->batch, c->rows), last}, deep[] = {c->batch, c->rows, last};
  if (t->rank > 3) return;
  c->value = t->rank == 3 ? build_reshape(c->g, c->value, flat, 2)
                          : build_reshape(c->g, c->value, deep, 3);
}

/* Of each row the number at a place that is data. */
static void picked(Chain *c) {
  const TypeInfo *t = shape(c);
  Ty places = type_index(c->ctx, t->dims[t->rank - 1], t->dims, t->rank - 1);
  Ref operands[] = {c->value, graph_param(c->g, places, (Str){0}, NULL, 0)};
  Attr attrs[] = {attr_i(A_axis, t->rank - 1), attr_i(A_batch, t->rank - 1)};
  Ref one = build_op(c->g, OP_gather, operands, 2, attrs, 2, TY_NONE);
  graph_result(c->g, one, (Str){0});
}

/* The scores of heads, which stand in front of the rows. */
static void heads(Chain *c) {
  const TypeInfo *t = shape(c);
  int rank = t->rank;
  int64_t n;
  if (!size_is_const(c->ctx, t->dims[rank - 1], &n) || n & 1) return;
  Sz dims[5];
  int32_t perm[5] = {0, 1, 2, 3, 4}, last = rank;
  for (int i = 0; i < rank; i++) dims[i] = t->dims[i];
  dims[rank - 1] = number(c, 2);
  dims[rank] = number(c, n / 2);
  perm[rank - 2] = rank - 1;
  perm[rank - 1] = rank - 2;
  Ref parts = build_reshape(c->g, c->value, dims, rank + 1);
  Ref front = build_transpose(c->g, parts, perm);
  graph_result(c->g, build_reduce(c->g, OP_sum, front, &last, 1), (Str){0});
}

/* What no part of the rows can do. */
static void mixed(Chain *c) {
  int32_t first = 0;
  graph_result(c->g, build_reduce(c->g, OP_sum, c->value, &first, 1), (Str){0});
}

static void link(Chain *c) {
  switch (below(c, 13)) {
  case 0:
  case 1:
    c->value = build2(c->g, OP_add, c->value, other(c));
    return;
  case 2:
    c->value = build2(c->g, OP_mul, c->value, other(c));
    return;
  case 3:
    c->value = build1(c->g, OP_tanh, c->value);
    return;
  case 4:
    softmax(c);
    return;
  case 5:
    mask(c);
    return;
  case 6:
    dropout(c);
    return;
  case 7:
    gates(c);
    return;
  case 8:
    reshaped(c);
    return;
  case 9:
    picked(c);
    return;
  case 10:
    if (!below(c, 3)) mixed(c);
    return;
  case 11:
    heads(c);
    return;
  default: /* somebody else needs it, too */
    graph_result(c->g, c->value, (Str){0});
  }
}

static Ref product(Chain *c) {
  const char *precision = c->dtype == DT_bf16 ? "bf16" : "";
  DType dtype = c->dtype == DT_bf16 ? DT_f32 : c->dtype;
  bool batched = !below(c, 3), across = below(c, 2);
  Sz a_dims[] = {c->batch, c->rows, c->depth}, b_dims[] = {c->batch, c->depth, c->columns};
  if (across) b_dims[1] = c->columns, b_dims[2] = c->depth;
  if (c->flat && !batched) a_dims[1] = size_mul(c->ctx, c->batch, c->rows);
  Ref a = param(c, dtype, a_dims + (c->flat && !batched), 3 - (c->flat && !batched));
  Ref b = param(c, dtype, b_dims + !batched, 2 + batched);
  int32_t first[] = {0}, summed_a[] = {graph_info(c->g, a)->rank - 1},
          summed_b[] = {batched + across};
  Attr attrs[] = {attr_is(A_batch_a, first, batched), attr_is(A_batch_b, first, batched),
                  attr_is(A_contract_a, summed_a, 1), attr_is(A_contract_b, summed_b, 1),
                  attr_s(A_precision, *precision ? ctx_str(c->ctx, precision) : (Str){0})};
  Ref operands[] = {a, b};
  return build_op(c->g, OP_dot, operands, 2, attrs, 5, TY_NONE);
}

static Chain random_chain(Ctx *ctx, uint64_t seed) {
  static const DType dtypes[] = {DT_f32, DT_f32, DT_f64, DT_bf16};
  static const int depths[] = {1, 7, 40, 600};
  Chain c = {.ctx = ctx, .state = seed * 77 + 1};
  bool symbolic = below(&c, 2);
  c.g = graph_new(ctx, ctx_str(ctx, "chain"));
  c.dtype = dtypes[below(&c, 4)];
  c.flat = below(&c, 3) == 0;
  c.batch = extent(&c, "B", 1 + below(&c, 7), symbolic);
  int few = 1 + below(&c, 90); /* or so many that they are cut into parts */
  c.rows = extent(&c, "T", below(&c, 3) ? few : few + 300, symbolic);
  c.columns = extent(&c, "N", 1 + below(&c, 300), symbolic && below(&c, 2));
  c.depth = number(&c, depths[below(&c, 4)]);
  c.value = product(&c);
  if (!below(&c, 4)) heads(&c);
  for (int n = 1 + below(&c, 8); n > 0; n--) link(&c);
  graph_result(c.g, c.value, (Str){0});
  return c;
}

/* ---- with and without ---- */

static int joined(const Graph *g, const char *pipeline) {
  PassCtx pc = {.ctx = g->ctx};
  const Graph *fused = pipeline_run(&pc, g, pipeline);
  Fault fault = {0};
  int n = 0;
  assert_non_null(fused);
  const Plan *plan = plan_make(g->ctx, fused, &(PlanOptions){.joins = true}, &fault);
  if (!plan) fail_msg("%s", fault.text);
  for (uint32_t i = 0; i < plan->block->instrs.len; i++)
    for (const PlanRows *rows = plan->block->instrs.data[i].rows; rows; rows = rows->next) n++;
  return n;
}

static void run(Engine *engine, const Graph *g, const char *pipeline, Tensor **args,
                Tensor **results) {
  Fault fault = {0};
  CompileOptions options = compile_options();
  options.pipeline = pipeline;
  Program *program = compile_graph(engine, g->ctx, g, &options, NULL);
  assert_non_null(program);
  if (!program_call(program, (const Tensor *const *)args, results, &fault))
    fail_msg("%s", fault.text);
  program_free(program);
}

static void same(const Graph *g, Tensor **want, Tensor **got, uint64_t seed, int threads) {
  for (uint32_t r = 0; r < g->results.len; r++) {
    size_t bytes = (size_t)tensor_count(want[r]) * (size_t)dtype_bytes[want[r]->dtype];
    if (memcmp(want[r]->data, got[r]->data, bytes))
      fail_msg("seed %d, %d threads: result %u differs\n%s", (int)seed, threads, r, graph_str(g));
    tensor_free(got[r]);
  }
}

enum { CHAINS = 60 };

static void chains_keep_their_bits(void **state) {
  static const int threads[] = {1, 3};
  /* Small kernels are many behind a product, large ones are few. */
  static const char *const fuse[] = {"contract,fuse", "contract,fuse{max=2}"};
  int kernels = 0;
  (void)state;
  for (int t = 0; t < 2; t++) {
    Fault fault = {0};
    Engine *engine = engine_new(threads[t], NULL, "", &fault);
    if (!engine) fail_msg("%s", fault.text);
    for (uint64_t seed = 0; seed < CHAINS; seed++) {
      Ctx *ctx = ctx_new();
      Chain c = random_chain(ctx, seed);
      const char *groups = fuse[seed & 1];
      Tensor *args[16], *want[16], *got[16];
      if (!oracle_args(c.g, &c.env, seed, -1, 1, args, &fault)) fail_msg("%s", fault.text);
      run(engine, c.g, ctx_printf(ctx, "%s,plan{joins=0}", groups), args, want);
      run(engine, c.g, ctx_printf(ctx, "%s,plan", groups), args, got);
      same(c.g, want, got, seed, threads[t]);
      kernels += joined(c.g, groups);
      for (uint32_t r = 0; r < c.g->results.len; r++) tensor_free(want[r]);
      for (uint32_t i = 0; i < c.g->params.len; i++) tensor_free(args[i]);
      ctx_free(ctx);
    }
    engine_free(engine);
  }
  if (kernels < 2 * CHAINS) fail_msg("only %d kernels run with their product", kernels);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(chains_keep_their_bits)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
