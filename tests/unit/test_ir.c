/* The graph: sizes, types, the op table, the builder, text form, verifier. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ir/print.h"

static int setup(void **state) { return !(*state = ctx_new()); }
static int teardown(void **state) {
  ctx_free(*state);
  return 0;
}

static Sz sym(Ctx *ctx, const char *name) { return size_symbol(ctx, ctx_str(ctx, name)); }
static Sz num(Ctx *ctx, int64_t value) { return size_const(ctx, value); }

/* ---- sizes ---- */

static void sizes_have_one_form(void **state) {
  Ctx *c = *state;
  Sz n = sym(c, "N"), t = sym(c, "T"), sum = size_add(c, n, t), difference = size_sub(c, n, t);
  assert_true(sz_eq(size_add(c, n, t), size_add(c, t, n)));
  assert_string_equal(size_str(c, size_mul(c, sum, difference)), "N*N - T*T");
  assert_true(sz_eq(size_div(c, size_mul(c, sum, difference), sum), difference));
  assert_string_equal(size_str(c, size_sub(c, n, n)), "0");
  assert_string_equal(size_str(c, size_sub(c, num(c, 2), size_mul(c, num(c, 3), n))), "-3*N + 2");
  assert_string_equal(size_str(c, size_add(c, num(c, 1), size_add(c, t, size_mul(c, n, t)))),
                      "N*T + T + 1");
}

static void sizes_divide(void **state) {
  Ctx *c = *state;
  Sz n = sym(c, "N"), two = num(c, 2);
  assert_true(sz_eq(size_div(c, size_mul(c, n, num(c, 6)), num(c, 3)), size_mul(c, n, two)));
  assert_string_equal(
      size_str(c, size_div(c, size_add(c, size_mul(c, num(c, 3), n), num(c, 5)), two)),
      "N + floor((N + 1)/2) + 2");
  assert_string_equal(size_str(c, size_mod(c, n, two)), "N - 2*floor(N/2)");
  assert_true(size_is(c, size_mod(c, size_mul(c, n, num(c, 4)), two), 0));
  assert_true(size_is(c, size_div(c, num(c, -7), two), -4));
  assert_true(size_is(c, size_div(c, num(c, 7), num(c, -2)), -4));
  Sz more = size_add(c, size_mul(c, n, num(c, 3)), num(c, 1));
  assert_true(size_is(c, size_div(c, size_mul(c, n, two), more), 0));
  assert_string_equal(size_str(c, size_div(c, num(c, 1), size_add(c, n, num(c, 1)))),
                      "floor(1/(N + 1))"); /* N may be 0 */
  assert_int_equal(size_div(c, n, num(c, 0)).i, 0);
}

static void sizes_overflow_to_none(void **state) {
  Ctx *c = *state;
  Sz big = num(c, INT64_MAX);
  assert_int_equal(size_add(c, big, num(c, 1)).i, 0);
  assert_int_equal(size_mul(c, size_mul(c, big, sym(c, "N")), num(c, 2)).i, 0);
  assert_int_equal(size_add(c, SZ_NONE, big).i, 0);
}

static void sizes_are_proved(void **state) {
  Ctx *c = *state;
  Sz n = sym(c, "N"), t = sym(c, "T"), half = size_div(c, n, num(c, 2));
  assert_true(size_ge(c, n, num(c, 0)));
  assert_false(size_ge(c, n, num(c, 1)));
  assert_true(size_ge_filled(c, n, num(c, 1)));
  assert_false(size_ge_filled(c, n, num(c, 2)));
  assert_false(size_ge(c, size_mul(c, n, t), n));
  assert_true(size_ge_filled(c, size_mul(c, n, t), n));
  assert_true(size_ge(c, n, half));
  assert_true(size_ge(c, n, size_min(c, n, t)));
  assert_true(size_ge(c, size_max(c, n, t), t));
  assert_false(size_ge(c, n, t));
  Sz up = size_mul(c, num(c, 2), size_div(c, size_add(c, n, num(c, 1)), num(c, 2)));
  assert_true(size_ge(c, up, n));
  assert_true(sz_eq(size_min(c, n, size_add(c, n, t)), n));
}

static void sizes_are_solved_and_evaluated(void **state) {
  Ctx *c = *state;
  Sz n = sym(c, "N"), h = sym(c, "H"), out;
  Sz four_h = size_add(c, size_mul(c, num(c, 4), h), num(c, 2));
  assert_true(size_solve(c, four_h, h, num(c, 34), &out));
  assert_true(size_is(c, out, 8));
  assert_false(size_solve(c, four_h, h, num(c, 35), &out));
  assert_true(size_solve(c, size_mul(c, n, h), h, size_mul(c, n, num(c, 3)), &out));
  assert_true(size_is(c, out, 3));
  assert_false(size_solve(c, size_mul(c, h, h), h, num(c, 9), &out));
  SizeEnv env = {0};
  int64_t value;
  assert_false(size_eval(c, n, &env, &value));
  size_env_set(c, &env, n, 7);
  assert_true(size_eval(c, size_max(c, size_div(c, n, num(c, 2)), num(c, 5)), &env, &value));
  assert_int_equal(value, 5);
  Sz seven = num(c, 7);
  assert_true(size_is(c, size_subst(c, size_mod(c, n, num(c, 4)), &n, &seven, 1), 3));
}

static void fresh_symbols_differ(void **state) {
  Ctx *c = *state;
  Sz a = size_fresh(c, "T"), b = size_fresh(c, "T");
  assert_false(sz_eq(a, b));
  assert_string_equal(size_str(c, a), "T'1");
}

/* ---- types, ops ---- */

static void types_are_interned(void **state) {
  Ctx *c = *state;
  Sz dims[] = {sym(c, "B"), size_mul(c, num(c, 2), sym(c, "H"))};
  Ty a = type_tensor(c, DT_f32, dims, 2), i = type_index(c, sym(c, "V"), dims, 1);
  assert_true(ty_eq(a, type_tensor(c, DT_f32, dims, 2)));
  assert_string_equal(type_str(c, a), "f32[B, 2*H]");
  assert_string_equal(type_str(c, i), "<V>[B]");
  assert_string_equal(type_str(c, type_tuple(c, (Ty[]){a, i}, 2)), "(f32[B, 2*H], <V>[B])");
  assert_true(type_same_shape(c, a, type_with_dtype(c, a, DT_bool)));
  Sz three = num(c, 3);
  assert_string_equal(type_str(c, type_subst(c, i, dims, &three, 1)), "<V>[3]");
}

static void op_table_is_sound(void **state) {
  (void)state;
  Op op;
  assert_null(ops_selfcheck());
  assert_true(op_find("scatter_add", &op) && op == OP_scatter_add);
  assert_false(op_find("nothing", &op));
  assert_int_equal(op_info[OP_where].arity_min, 3);
  assert_int_equal(op_info[OP_concat].arity_max, -1);
}

/* ---- builder ---- */

typedef struct Fixture {
  Ctx *c;
  Graph *g;
  Ty matrix; /* f32[N, 4] */
  Ref x, y;
} Fixture;

static Fixture fixture(Ctx *c) {
  Fixture f = {.c = c, .g = graph_new(c, ctx_str(c, "main"))};
  f.matrix = type_tensor(c, DT_f32, (Sz[]){sym(c, "N"), num(c, 4)}, 2);
  f.x = graph_param(f.g, f.matrix, ctx_str(c, "x"), NULL, 0);
  f.y = graph_param(f.g, f.matrix, ctx_str(c, "y"), NULL, 0);
  return f;
}

static void equal_nodes_are_one(void **state) {
  Fixture f = fixture(*state);
  assert_true(ref_eq(build2(f.g, OP_add, f.x, f.y), build2(f.g, OP_add, f.y, f.x)));
  assert_false(ref_eq(build2(f.g, OP_sub, f.x, f.y), build2(f.g, OP_sub, f.y, f.x)));
  Ref k = build_const(f.g, f.matrix, 2), sum = build2(f.g, OP_add, k, f.x);
  assert_true(ref_eq(graph_node(f.g, sum)->operands[1], k));
}

static double const_of(const Graph *g, Ref r) {
  assert_int_equal(graph_node(g, r)->op, OP_const);
  return node_float(graph_node(g, r), A_value, 0);
}

static void constants_fold(void **state) {
  Fixture f = fixture(*state);
  Graph *g = f.g;
  Ref two = build_const(g, f.matrix, 2), three = build_const(g, f.matrix, 3);
  assert_true(const_of(g, build2(g, OP_mul, two, three)) == 6);
  assert_true(const_of(g, build_const(g, f.matrix, 0.1)) == (double)0.1f);
  assert_true(const_of(g, build_transpose(g, two, (int32_t[]){1, 0})) == 2);
  assert_true(const_of(g, build_pad(g, two, 0, num(f.c, 1), num(f.c, 0), 2)) == 2);
  assert_int_equal(graph_node(g, build_pad(g, two, 0, num(f.c, 1), num(f.c, 0), 0))->op, OP_pad);
  Ref i = build_scalar(g, DT_i32, 2147483647);
  assert_true(const_of(g, build2(g, OP_add, i, i)) == -2);
  assert_true(const_of(g, build2(g, OP_mul, i, i)) == 1);
  Ref seven = build_scalar(g, DT_i32, -7), b = build_scalar(g, DT_i32, 2);
  assert_true(const_of(g, build2(g, OP_div, seven, b)) == -4);
  assert_true(const_of(g, build2(g, OP_mod, seven, b)) == 1);
  assert_true(const_of(g, build2(g, OP_div, seven, build_scalar(g, DT_i32, 0))) == 0);
  assert_true(const_of(g, build_cast(g, build_scalar(g, DT_f32, -2.7), DT_i32)) == -2);
  Ref yes = build_const(g, type_with_dtype(f.c, f.matrix, DT_bool), 1);
  assert_true(ref_eq(build3(g, OP_where, yes, f.x, f.y), f.x));
  assert_true(const_of(g, build_size(g, num(f.c, 12))) == 12);
}

static void idle_ops_vanish(void **state) {
  Fixture f = fixture(*state);
  Graph *g = f.g;
  const TypeInfo *info = type_info(f.c, f.matrix);
  assert_true(ref_eq(build_reshape(g, f.x, info->dims, 2), f.x));
  assert_true(ref_eq(build_broadcast(g, f.x, info->dims, 2, (int32_t[]){0, 1}), f.x));
  assert_true(ref_eq(build_slice(g, f.x, 1, num(f.c, 0), num(f.c, 4)), f.x));
  assert_true(ref_eq(build_concat(g, &f.x, 1, 0), f.x));
  assert_true(ref_eq(build_reduce(g, OP_sum, f.x, NULL, 0), f.x));
  Ref t = build_transpose(g, f.x, (int32_t[]){1, 0});
  assert_true(ref_eq(build_transpose(g, t, (int32_t[]){1, 0}), f.x));
  Ref a = build_slice(g, f.x, 1, num(f.c, 1), num(f.c, 3));
  Ref b = build_slice(g, a, 1, num(f.c, 1), num(f.c, 2));
  assert_true(ref_eq(b, build_slice(g, f.x, 1, num(f.c, 2), num(f.c, 2))));
}

static void wrong_uses_are_explained(void **state) {
  Fixture f = fixture(*state);
  const char *why;
  Ref sum = build_reduce(f.g, OP_sum, f.x, (int32_t[]){1}, 1);
  Ref pair[] = {f.x, sum};
  assert_int_equal(build_check(f.g, OP_add, pair, 2, NULL, 0, NULL, TY_NONE, &why).i, 0);
  assert_string_equal(
      why, "add: operands have to have one type: expected f32[N, 4] for b as for a, got f32[N]");
  assert_int_equal(build_check(f.g, OP_sum, pair, 1, NULL, 0, NULL, TY_NONE, &why).i, 0);
  assert_string_equal(why, "sum: expected the attribute axes");
  assert_int_equal(build_check(f.g, OP_not, pair, 1, NULL, 0, NULL, TY_NONE, &why).i, 0);
  assert_string_equal(why, "not: expected bool, got f32[N, 4]");
  assert_int_equal(build_check(f.g, OP_add, pair, 1, NULL, 0, NULL, TY_NONE, &why).i, 0);
  assert_string_equal(why, "add: expected 2 operands, got 1");
}

static void sweep_drops_dead_nodes(void **state) {
  Fixture f = fixture(*state);
  Ref sum = build2(f.g, OP_add, f.x, f.y);
  build1(f.g, OP_exp, sum);
  graph_result(f.g, sum, (Str){0});
  Graph *swept = graph_sweep(f.g);
  assert_int_equal(swept->nodes.len, 3);
  assert_true(graph_equal(f.g, swept));
  assert_true(graph_hash(f.g) == graph_hash(swept));
  assert_true(swept != f.g && graph_sweep(swept) == swept); /* nothing to drop: no copy */
  Graph *other = graph_new(f.c, (Str){0});
  Ref y = graph_param(other, f.matrix, (Str){0}, NULL, 0);
  Ref x = graph_param(other, f.matrix, (Str){0}, NULL, 0);
  graph_result(other, build2(other, OP_sub, x, y), (Str){0});
  assert_false(graph_equal(f.g, other));
}

/* ---- text ---- */

static Graph *read_text(Ctx *c, const char *text) {
  return graph_read(c, source_add(c, "graph.txt", text, strlen(text)));
}

static const char *const everything = "graph &0 \"helper\" {\n"
                                      "  %0: f32[N] = param(index=0) \"p\"\n"
                                      "  %1: f32[N] = exp(%0)\n"
                                      "  return %1\n"
                                      "}\n"
                                      "graph &1 \"ma\\\"in\" {\n"
                                      "  %0: f32[N, 4] = param(index=0, sets=[0]) \"x\"\n"
                                      "  %1: f32[4, N] = transpose(%0, perm=[1, 0]) in \"net\"\n"
                                      "  %2: f32[N] = const(value=0.1) in \"net\"\n"
                                      "  %3: (f32[N], f32[4, N]) = scan(%2, %1, length=4, "
                                      "carries=1, slices=1, reverse=1) body \"loop\" {\n"
                                      "    %0: <4> = param(index=0) \"t\"\n"
                                      "    %1: f32[N] = param(index=1)\n"
                                      "    %2: f32[N] = param(index=2)\n"
                                      "    %3: (f32[N]) = call(&0, %1)\n"
                                      "    %4: f32[N] = item(%3, index=0) \"e\" in \"net.loop\"\n"
                                      "    %5: f32[N] = add(%2, %4)\n"
                                      "    return %5, %1\n"
                                      "  }\n"
                                      "  %4: f32[4, N] = item(%3, index=1)\n"
                                      "  %5: f32[2, N] = slice(%4, starts=[1, 0])\n"
                                      "  %6: f32[2, N + T'1] = pad(%5, value=-inf, lo=[0, T'1])\n"
                                      "  %7: i32 = size(size=floor((N + T'1)/2))\n"
                                      "  %8: () = foreign(%7, symbol=\"f\", library=\"lib.so\")\n"
                                      "  return %6 \"out\", %7\n"
                                      "}\n";

static void text_round_trips(void **state) {
  Ctx *c = *state;
  Graph *g = read_text(c, everything);
  assert_non_null(g);
  assert_null(graph_verify(g));
  assert_string_equal(graph_str(g), everything);
  Text spans = text_new(&c->arena), again = text_new(&c->arena);
  graph_print_with(g, true, &spans);
  Graph *h = read_text(c, text_str(&spans));
  assert_non_null(h);
  graph_print_with(h, true, &again);
  assert_string_equal(text_str(&spans), text_str(&again));
  assert_true(graph_equal(g, h) && graph_hash(g) == graph_hash(h));
}

/* The same text in a context where other symbols came first. */
static void text_is_the_same_in_all_contexts(void **state) {
  (void)state;
  Ctx *c = ctx_new();
  sym(c, "Z");
  size_mul(c, sym(c, "T'1"), sym(c, "N"));
  assert_string_equal(graph_str(read_text(c, everything)), everything);
  ctx_free(c);
}

static void refuses(Ctx *c, const char *text, DiagCode code, const char *part) {
  assert_null(read_text(c, text));
  const Diag *last = c->diags.list.data[c->diags.list.len - 1];
  assert_int_equal(last->code, code);
  const char *where = strstr(last->message, part);
  if (!where && last->expected) where = strstr(last->expected, part);
  if (!where) print_message("got: %s\n", last->message);
  assert_non_null(where);
}

#define X3 "graph &0 {\n %0: f32[3] = param(index=0)\n "

static void wrong_texts_are_refused(void **state) {
  Ctx *c = *state;
  refuses(c, "", E_graph_syntax, "");
  refuses(c, "graph &1 {", E_graph_syntax, "graphs numbered from 0");
  refuses(c, X3 "%1: f32[3] = neg(%7)\n return %1\n}", E_graph_name, "%7");
  refuses(c, X3 "%0: f32[3] = neg(%0)\n return %0\n}", E_graph_name, "twice");
  refuses(c, X3 "%1: f32[3] = negate(%0)\n return %1\n}", E_graph_name, "negate");
  refuses(c, X3 "%1: f32[3] = neg(%0, color=1)\n return %1\n}", E_graph_name, "color");
  refuses(c, X3 "%1: f32[3] = neg(%0, axis=1)\n return %1\n}", E_graph_node, "does not take it");
  refuses(c, X3 "%1: f32[4] = neg(%0)\n return %1\n}", E_graph_node, "expected the result type");
  refuses(c, X3 "%1: f32[4/0] = neg(%0)\n return %1\n}", E_graph_syntax, "a size that fits");
  refuses(c, X3 "%1: f32[3] = neg(%0\n return %1\n}", E_graph_syntax, "','");
  refuses(c, X3 "%1: f32[3] = param(index=5)\n return %1\n}", E_graph_node, "index 1");
  refuses(c, X3 "%1: (f32[3]) = call(&0, %0)\n return %0\n}", E_graph_name, "&0");
}

/* ---- verifier ---- */

static void verifier_accepts(const Graph *g) { assert_null(graph_verify(g)); }
static void verifier_says(const Graph *g, const char *part) {
  const char *wrong = graph_verify(g);
  assert_non_null(wrong);
  if (!strstr(wrong, part)) print_message("got: %s\n", wrong);
  assert_non_null(strstr(wrong, part));
}

static void verifier_finds_damage(void **state) {
  Fixture f = fixture(*state);
  Ref sum = build2(f.g, OP_add, f.x, f.y), e = build1(f.g, OP_exp, sum);
  graph_result(f.g, e, (Str){0});
  verifier_accepts(f.g);
  Node *n = &f.g->nodes.data[sum.i], good = *n;
  n->operands = (Ref[]){f.y, f.x};
  verifier_says(f.g, "canonical order");
  n->operands = (Ref[]){f.x, e};
  verifier_says(f.g, "does not stand before");
  *n = good;
  n->type = type_scalar(f.c, DT_f32);
  verifier_says(f.g, "expected the type f32[N, 4], got f32");
  *n = good;
  n->op = OP_mul;
  vec_push(&f.c->arena, &f.g->nodes, *n);
  verifier_says(f.g, "the same value as %2");
  f.g->nodes.len--;
  *n = good;
  f.g->params.data[0] = f.y;
  verifier_says(f.g, "parameter 0");
  f.g->params.data[0] = f.x;
  f.g->results.data[0] = (Ref){99};
  verifier_says(f.g, "result 0");
}

static void verifier_looks_into_bodies(void **state) {
  Fixture f = fixture(*state);
  Graph *body = graph_new(f.c, ctx_str(f.c, "inner"));
  Ref p = graph_param(body, f.matrix, (Str){0}, NULL, 0), e = build1(body, OP_exp, p);
  graph_result(body, e, (Str){0});
  build_region(f.g, OP_call, &f.x, 1, NULL, 0, body, TY_NONE);
  verifier_accepts(f.g);
  body->nodes.data[e.i].type = type_scalar(f.c, DT_f32);
  verifier_says(f.g, "graph 'inner', %1 = exp");
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      TEST(sizes_have_one_form),
      TEST(sizes_divide),
      TEST(sizes_overflow_to_none),
      TEST(sizes_are_proved),
      TEST(sizes_are_solved_and_evaluated),
      TEST(fresh_symbols_differ),
      TEST(types_are_interned),
      TEST(op_table_is_sound),
      TEST(equal_nodes_are_one),
      TEST(constants_fold),
      TEST(idle_ops_vanish),
      TEST(wrong_uses_are_explained),
      TEST(sweep_drops_dead_nodes),
      TEST(text_round_trips),
      TEST(text_is_the_same_in_all_contexts),
      TEST(wrong_texts_are_refused),
      TEST(verifier_finds_damage),
      TEST(verifier_looks_into_bodies),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
