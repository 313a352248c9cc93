/* The column .flops of ir/ops.def against a count: random instances of each row, and what a
 * naive program for the op does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ctx.h"
#include "ir/cost.h"
#include "fuzz/gen.h"

static int64_t elements(Gen *gen, const Graph *g, Ref r) {
  return graph_info(g, r)->is_tuple ? 0 : gen_count(gen, graph_type(g, r));
}

static int64_t extent(Gen *gen, Sz size) {
  int64_t n = 0;
  assert_true(size_eval(gen->ctx, size, &gen->env, &n));
  return n;
}

/* A multiplication and an addition for each element of the result and each place that is added
 * up. */
static int64_t of_product(Gen *gen, const Graph *g, const Node *node) {
  int64_t count = 0, inner = 1;
  const Attr *axes = node_attr(node, A_contract_b);
  for (int i = 0; i < axes->n; i++)
    inner *= extent(gen, graph_info(g, node->operands[1])->dims[axes->ints[i]]);
  for (int64_t y = gen_count(gen, node->type); y > 0; y--)
    for (int64_t k = 0; k < inner; k++) count += 2;
  return count;
}

/* Merging runs, from the bottom: each level moves every element of a row once. */
static int64_t of_sort(Gen *gen, const Graph *g, const Node *node) {
  const TypeInfo *info = graph_info(g, node->operands[0]);
  int64_t n = extent(gen, info->dims[node_int(node, A_axis, 0)]), levels = 0;
  for (int64_t run = 1; run < n; run *= 2) levels++;
  return levels * elements(gen, g, node->operands[0]);
}

/* What a naive program does, -1: nobody knows. */
static int64_t count(Gen *gen, const Graph *g, const Node *node) {
  if (op_is(node->op, T_LEAF | T_MOVEMENT) || node->op == OP_item) return 0;
  if (op_is(node->op, T_RANKS))
    return node->op == OP_all_gather ? 0 : elements(gen, g, node->operands[0]);
  if (op_is(node->op, T_ELEMENTWISE | T_RANDOM))
    return op_flops(node->op) * gen_count(gen, node->type);
  if (op_is(node->op, T_REDUCE | T_ARGREDUCE)) return elements(gen, g, node->operands[0]);
  if (node->op == OP_sort || node->op == OP_argsort) return of_sort(gen, g, node);
  if (node->op == OP_scatter_add || node->op == OP_update)
    return elements(gen, g, node->operands[1]);
  if (node->op == OP_gather || op_is(node->op, T_ALONG)) return gen_count(gen, node->type);
  if (op_is(node->op, T_CONTRACT)) return of_product(gen, g, node);
  if (op_is(node->op, T_REGION)) {
    int64_t sum = 0;
    const Attr *length = node_attr(node, A_length);
    for (uint32_t i = 0; i < node->body->nodes.len; i++)
      sum += count(gen, node->body, &node->body->nodes.data[i]);
    return length ? sum * extent(gen, length->z) : sum;
  }
  return -1;
}

static bool has_unknown(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    if (!strcmp(op_info[node->op].flops, "unknown") || op_is(node->op, T_MATRIX)) return true;
    if (node->body && has_unknown(node->body)) return true;
  }
  return false;
}

static int check_graph(Gen *gen, const Graph *g) {
  int tried = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *node = &g->nodes.data[i];
    if (!strcmp(op_info[node->op].flops, "unknown") || op_is(node->op, T_MATRIX)) continue;
    if (node->body && has_unknown(node->body)) continue;
    Sz flops = node_flops(g, node);
    int64_t wanted = count(gen, g, node), got = -1;
    if (!flops.i || !size_eval(gen->ctx, flops, &gen->env, &got) || got != wanted)
      fail_msg("%s: .flops \"%s\" says %lld, counted %lld\n%s", op_info[node->op].name,
               op_info[node->op].flops, (long long)got, (long long)wanted, graph_str(g));
    tried++;
  }
  return tried;
}

static void each_row_as_counted(void **state) {
  (void)state;
  for (int op = 0; op < N_OPS; op++) {
    assert_null(flops_check((Op)op));
    for (uint64_t seed = 1; seed <= 8; seed++) {
      Ctx *c = ctx_new();
      Gen *gen = gen_new(c, seed, (GenOptions){.nodes = 6, .regions = true, .random = true});
      Ref out;
      gen->g = graph_new(c, (Str){0});
      if (gen_op(gen, (Op)op, &out))
        assert_true(check_graph(gen, gen->g) > 0 || op_is((Op)op, T_MATRIX));
      ctx_free(c);
    }
  }
}

/* Symbols: 2*B*N*K flops for f32[B, N, K] summed over K after a multiplication is what a dot of
 * it costs, too. */
static void symbols(void **state) {
  (void)state;
  Ctx *c = ctx_new();
  Graph *g = graph_new(c, (Str){0});
  Sz m = size_symbol(c, ctx_str(c, "M")), n = size_symbol(c, ctx_str(c, "N")),
     k = size_symbol(c, ctx_str(c, "K"));
  Ref a = graph_param(g, type_tensor(c, DT_f32, (Sz[]){m, k}, 2), (Str){0}, NULL, 0);
  Ref b = graph_param(g, type_tensor(c, DT_f32, (Sz[]){k, n}, 2), (Str){0}, NULL, 0);
  Sz dims[] = {m, k, n};
  Ref wide = build2(g, OP_mul, build_broadcast(g, a, dims, 3, (int32_t[]){0, 1}),
                    build_broadcast(g, b, dims, 3, (int32_t[]){1, 2}));
  Ref sum = build_reduce(g, OP_sum, wide, (int32_t[]){1}, 1);
  Sz all = size_add(c, node_flops(g, graph_node(g, wide)), node_flops(g, graph_node(g, sum)));
  assert_string_equal(size_str(c, all), "2*K*M*N");
  Ref sorted = build_op(g, OP_sort, &a, 1, &(Attr[]){attr_i(A_axis, 1)}[0], 1, TY_NONE);
  assert_string_equal(size_str(c, node_flops(g, graph_node(g, sorted))), "6*K*M");
  ctx_free(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_row_as_counted),
                                     cmocka_unit_test(symbols)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
