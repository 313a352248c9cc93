/* The checker: small programs are elaborated, inlined, run by the interpreter and compared with
 * numbers worked out by hand; and what the graphs look like where it matters. Messages are golden
 * tests (tests/errors). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "frontend/check.h"
#include "ir/interp.h"

static int setup(void **state) { return !(*state = ctx_new()); }
static int teardown(void **state) {
  ctx_free(*state);
  return 0;
}

static void no_errors(Ctx *c) {
  if (!diag_failed(c)) return;
  Text message = text_new(&c->arena);
  diag_print(c, false, &message);
  fail_msg("%s", text_str(&message));
}

static Spec *load(Ctx *c, const char *text) {
  static const char *const dirs[] = {"models/lib"};
  SpecOptions *options = arena_new(&c->arena, SpecOptions);
  options->library_dirs = dirs;
  options->n_library_dirs = 1;
  Spec *spec = spec_load_text(c, "test.ordo", text, options);
  assert_non_null(spec);
  no_errors(c);
  return spec;
}

static const SpecFunction *function(Ctx *c, const char *text, const char *name) {
  Spec *spec = load(c, text);
  bool fine = spec_check(spec);
  no_errors(c);
  assert_true(fine);
  const SpecFunction *f = spec_function_graph(spec, name);
  no_errors(c);
  assert_non_null(f);
  const char *why = graph_verify(f->graph);
  if (why) fail_msg("%s\n%s", why, graph_str(f->graph));
  return f;
}

typedef struct Case {
  const char *text;
  const char *args[4]; /* "2 3: numbers" by dims; numbers may be fewer: they repeat */
  const char *expected;
} Case;

static Tensor *tensor(DType dtype, const char *text) {
  int64_t shape[8], rank = 0, n = 0;
  double numbers[64];
  char *end;
  const char *at = text;
  for (; *at != ':'; at = end + (*end == ' ')) shape[rank++] = strtoll(at, &end, 10);
  for (at += 1 + (at[1] == ' '); *at; at = end + (*end == ' ')) numbers[n++] = strtod(at, &end);
  Tensor *t = tensor_new(dtype, shape, (int)rank);
  for (int64_t i = 0; i < tensor_count(t); i++) tensor_set(t, i, numbers[i % n]);
  return t;
}

static const char *numbers_of(Ctx *c, const Tensor *t) {
  Text text = text_new(&c->arena);
  for (int64_t i = 0; i < tensor_count(t); i++) {
    if (i) text_putc(&text, ' ');
    text_printf(&text, "%.5g", tensor_get(t, i));
  }
  return text_str(&text);
}

/* The function f of the text gives the expected numbers as its first result. */
static void run(Ctx *c, const Case *k) {
  const SpecFunction *f = function(c, k->text, "f");
  const Graph *g = f->graph;
  const Tensor *args[8] = {0};
  Tensor *results[8] = {0};
  Fault fault = {0};
  for (uint32_t i = 0; i < g->params.len; i++)
    args[i] = tensor(graph_info(g, g->params.data[i])->dtype, k->args[i]);
  if (!interp_run(c, g, args, results, NULL, &fault))
    fail_msg("%s\n%s\n%s", k->text, fault.text, graph_str(g));
  const char *got = numbers_of(c, results[0]);
  if (strcmp(got, k->expected))
    fail_msg("%s\nexpected %s\ngot      %s\n%s", k->text, k->expected, got, graph_str(g));
  for (uint32_t i = 0; i < g->results.len; i++) tensor_free(results[i]);
  for (uint32_t i = 0; i < g->params.len; i++) tensor_free((Tensor *)args[i]);
}

static void run_all(const Case *cases, size_t n) {
  for (size_t i = 0; i < n; i++) {
    Ctx *c = ctx_new();
    run(c, &cases[i]);
    ctx_free(c);
  }
}
#define RUN_ALL(cases) run_all(cases, sizeof(cases) / sizeof(cases)[0])

static void index_notation(void **state) {
  (void)state;
  static const Case cases[] = {
      {"fn f(x: f32[I, J]) { y[j, i] = x[i, j]; y }", {"2 3: 1 2 3 4 5 6"}, "1 4 2 5 3 6"},
      {"fn f(x: f32[B, N]) { s[b] = sum[n](x[b, n]) / size(N); s }", {"2 3: 1 2 3 4 5 6"}, "2 5"},
      {"fn f(x: f32[B, N], w: f32[N]) { s[b] = sum[n](w[n] * x[b, n]); s }",
       {"2 2: 1 2 3 4", "2: 10 1"},
       "12 34"},
      {"fn f(q: f32[B, H], m: f32[B, N, H]) { e[b, n] = sum[d](q[b, d] * m[b, n, d])\n"
       "a[b, n] = softmax[n](e[b, n])\n r[b, d] = sum[n](a[b, n] * m[b, n, d])\n r }",
       {"1 2: 1 0", "1 2 2: 0 3 0 5"},
       "0 4"},
      {"fn f(E: f32[V, D], tok: <V>[B, T]) { y[b, t, d] = E[tok[b, t], d]; y }",
       {"3 2: 1 2 3 4 5 6", "1 2: 2 0"},
       "5 6 1 2"},
      {"fn f(p: f32[B, V], y: <V>[B]) { n[b] = -p[b, y[b]]; n }",
       {"2 3: 1 2 3 4 5 6", "2: 2 0"},
       "-3 -4"},
      {"fn f(e: f32[T, U]) { s[t, u] = where(u <= t, e[t, u], -1); s }",
       {"2 2: 5 6 7 8"},
       "5 -1 7 8"},
      {"fn f(l: f32[B, V]) { b[b] = argmax[v](l[b, v]); b }", {"2 3: 1 9 3 7 2 3"}, "1 0"},
      {"fn f(x: f32[B, T]) { d[b, t] = x[b, t + 1] - x[b, t] with t in T - 1; d }",
       {"1 4: 1 3 6 10"},
       "2 3 4"},
      {"fn f(x: f32[B, T]) { y[b, t] = x[b, T - 1 - t]; y }", {"1 3: 1 2 3"}, "3 2 1"},
      {"fn f(x: f32[N, N]) { d[i] = x[i, i]; d }", {"3 3: 1 2 3 4 5 6 7 8 9"}, "1 5 9"},
      {"fn f(x: f32[B, N]) { y[b, t] = argsort[n](x[b, n]); y }", {"1 3: 3 1 2"}, "1 2 0"},
      {"fn f(x: f32[B, N]) { y[n, b] = sort[n](x[b, n]); y }", {"1 3: 3 1 2"}, "1 2 3"},
      {"fn f(x: f32[A, B, C], i: <A>[N], j: <B>[N]) { y[n, c] = x[i[n], j[n], c]; y }",
       {"2 2 2: 1 2 3 4 5 6 7 8", "2: 0 1", "2: 1 0"},
       "3 4 5 6"},
      {"fn f(x: f32[A, B, C], i: <A>[N], j: <B>[N]) { x[i, j, :] }",
       {"2 2 2: 1 2 3 4 5 6 7 8", "2: 0 1", "2: 1 0"},
       "3 4 5 6"},
      {"fn f(x: f32[.., D]) { mu[..] = mean[d](x[.., d])\n y[.., d] = x[.., d] - mu[..]\n y }",
       {"2 2: 1 3 5 9"},
       "-1 1 -2 2"},
      {"fn f(x: f32[N]) { y[n] = x[n] * f32(n); y }", {"3: 5 6 7"}, "0 6 14"},
      {"fn f(x: f32[B, N]) { y[b] = logsumexp[n](x[b, n]); y }",
       {"2 2: 0 0 -inf -inf"},
       "0.69315 -inf"},
      {"fn f(x: f32[B, N]) { y[b, n] = cumsum[n](x[b, n]); z[b, n] = reverse[n](y[b, n]); z }",
       {"1 3: 1 2 3"},
       "6 3 1"},
      {"fn g(x: f32[..]) { x * x + 1 }\nfn f(x: f32[N], w: f32[N]) { y = sum[n](g(x[n]) * w[n]); y "
       "}",
       {"2: 2 3", "2: 1 10"},
       "105"},
      {"fn f(x: f32[B, N], w: f32[N, N]) { y[b, n] = max(x @ w, 0)[b, n] + x[b, n]; y }",
       {"1 2: 1 2", "2 2: 1 -1 0 0"},
       "2 2"},
      {"fn f(x: f32[N]) { y[b, n] = x[n] with b in 2; y }", {"2: 1 2"}, "1 2 1 2"},
      {"fn f(x: f32[N]) { s = sum[i, j](x[i] * x[j]); s }", {"3: 1 2 3"}, "36"},
  };
  RUN_ALL(cases);
}

static void whole_tensors(void **state) {
  (void)state;
  static const Case cases[] = {
      {"fn f(x: f32[B, N], b: f32[N]) { x + b * 2 }", {"2 2: 1 2 3 4", "2: 10 20"}, "21 42 23 44"},
      {"fn f(x: f32[B, N], y: f32[B]) { x + y[:, new] }",
       {"2 2: 1 2 3 4", "2: 10 20"},
       "11 12 23 24"},
      {"fn f(x: f32[B, K], w: f32[K, N]) { x @ w }", {"1 2: 1 2", "2 2: 1 2 3 4"}, "7 10"},
      {"fn f(x: f32[B, M, K], w: f32[B, K, N]) { x @ w }",
       {"2 1 2: 1 2", "2 2 1: 1 2 3 4"},
       "5 11"},
      {"fn f(x: f32[B, T]) { x[:, 0:T - 1] - x[:, 1:] }", {"1 3: 1 4 9"}, "-3 -5"},
      {"fn f(x: f32[B, 4*H]) { (a, b, c, d) = split(x, 4); concat(d, a) }",
       {"1 4: 1 2 3 4"},
       "4 1"},
      {"fn f(x: f32[A, B]) { reshape(transpose(x), [A * B]) }", {"2 2: 1 2 3 4"}, "1 3 2 4"},
      {"fn f(x: f32[N], y: f32[N]) { stack(x, y) }", {"2: 1 2", "2: 3 4"}, "1 2 3 4"},
      {"fn f(x: f32[A, N], y: f32[B, N]) { concat[axis = 0](x, y) }",
       {"1 2: 1 2", "1 2: 3 4"},
       "1 2 3 4"},
      {"fn f(x: f32[N]) { c = 1 / N; x * c }", {"4: 8"}, "2 2 2 2"},
      {"fn f(x: f32[N]) { if N > 0 { y = x * 2 } else { y = x }; y }", {"2: 1 2"}, "2 4"},
      {"fn f(x: f32[N]) { y = x; for i in 3 { y = y * 2 + i }; y }", {"1: 1"}, "12"},
      {"fn f(x: f32[N]) { (mean(x), sum(x))\n}", {"2: 1 3"}, "2"},
      {"fn f(x: f32[N]) { f32(x > 1) + f32(i32(iota(N))) }", {"2: 1 3"}, "0 2"},
      {"fn f(x: i32[N]) { f32(i32(index(x, 3))) }", {"3: -1 1 7"}, "0 1 2"},
      {"fn f(x: f32[N]) { where(x > 0 and not (x > 2), x, -x) }", {"3: -1 1 3"}, "1 1 -3"},
      {"fn f(x: f32[N]) { x ** 2 % 3 }", {"2: 2 3"}, "1 0"},
      {"fn g(x: f32[N], k: size, c: f32 = 3) -> f32[N] { x * k + c }\nfn f(x: f32[M]) { g(x, c = "
       "1, "
       "k = 2 * M) }",
       {"2: 1 2"},
       "5 9"},
      {"fn f(x: f32[N]) { zeros(N) + ones(N) + full(3, N) }", {"2: 0"}, "4 4"},
      {"fn f(x: f32[N]) { max(min(x, 2), 1) * max(x) }", {"3: 0 1.5 4"}, "4 6 8"},
      {"fn f(x: f32[V], y: <V>[B]) { one_hot(y, V) * x }", {"2: 5 6", "2: 1 0"}, "0 6 5 0"},
  };
  RUN_ALL(cases);
}

static void loops(void **state) {
  (void)state;
  static const Case cases[] = {
      {"fn f(x: f32[B, T]) { scan t in T, s = zeros(B) { s = s + x[:, t]; o[:, t] = s * 2 }; o }",
       {"1 3: 1 2 3"},
       "2 6 12"},
      {"fn f(x: f32[B, T]) { scan t in T, s = zeros(B) { s = s + x[:, t] }; s }",
       {"2 2: 1 2 3 4"},
       "3 7"},
      {"fn f(r: f32[B, T]) { scan t in T reversed, g = zeros(B) { g = r[:, t] + 0.5 * g; o[:, t] = "
       "g }; o }",
       {"1 3: 1 2 4"},
       "3 4 4"},
      {"fn f(x: f32[B]) { scan t in 100, x = x until all(x > 10) { x = x * 2 }; x }",
       {"1: 3"},
       "12"},
      {"fn f(x: f32[B, T]) { scan t in T - 1, s = zeros(B) { s = s + x[:, t + 1] * x[:, t] }; s }",
       {"1 3: 1 2 3"},
       "8"},
      {"fn f(x: f32[B, T]) { scan t in T, s = zeros(B) { s = 2 * s + x[:, T - 1 - t] }; s }",
       {"1 3: 1 2 3"},
       "17"},
      {"fn f(x: f32[B, T, U]) { scan t in T, s = zeros(B) { scan u in U, s = s { s = s + x[:, t, "
       "u]; o[:, t, u] = s } }; o }",
       {"1 2 2: 1 2 3 4"},
       "1 3 6 10"},
      {"fn f(x: f32[B, T]) { scan t in T, s = zeros(B) { y[b] = x[b, t] + s[b] * f32(t); s = y; "
       "o[b, t] "
       "= s[b] }; o }",
       {"1 3: 1 2 3"},
       "1 3 9"},
      {"fn f(x: f32[T]) { scan t in T, p = (zeros(), 1) { (a, b) = p; p = (a + x[t], b * 2) }; (a, "
       "b) = p; a * b }",
       {"2: 1 2"},
       "12"},
      {"fn f(x: f32[B, T]) { scan t in T { y = x * x; o[:, t] = y[:, t] }; o }",
       {"1 3: 1 2 3"},
       "1 4 9"},
  };
  RUN_ALL(cases);
}

static void layers(void **state) {
  (void)state;
  static const Case cases[] = {
      {"layer Lin(I, O, bias = true) { W: f32[I, O] ~ zeros\n if bias { b: f32[O] ~ zeros }\n"
       "fn (x: f32[.., I]) -> f32[.., O] { y = x @ W\n if bias { y = y + b }\n y } }\n"
       "layer Two(H = 2) { a: Lin(H, H)\n fn f(x: f32[B, H]) { a(a(x)) } }\n"
       "train t { net = Two()\n step { x[b, h] = uniform(0, 1) with b in 1, h in 2\n"
       "s = sum(net.f(x))\n log s } }",
       {"2 2: 1 1 0 1", "2: 1 0", "1 2: 1 2"},
       "3 5"},
  };
  RUN_ALL(cases);
}

static const Node *find_op(const Graph *g, Op op) {
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (g->nodes.data[i].op == op) return &g->nodes.data[i];
  return NULL;
}

static void instances_are_shared(void **state) {
  Ctx *c = *state;
  const SpecFunction *f =
      function(c,
               "fn g(x: f32[N, M]) { x * 2 }\n"
               "fn f(a: f32[P, Q], b: f32[P, Q], c: f32[Q, P]) { (g(a), g(b), g(c)) }",
               "f");
  const Graph *bodies[8];
  int n = 0;
  for (uint32_t i = 0; i < f->graph->nodes.len; i++)
    if (f->graph->nodes.data[i].op == OP_call) bodies[n++] = f->graph->nodes.data[i].body;
  assert_int_equal(n, 3);
  assert_ptr_equal(bodies[0], bodies[1]);
  assert_ptr_not_equal(bodies[0], bodies[2]);
}

static void keys_are_hidden(void **state) {
  Ctx *c = *state;
  const SpecFunction *f =
      function(c,
               "fn noise(n: size) { normal(0, 1, [n]) }\n"
               "fn f(x: f32[N]) { scan t in 3, x = x { x = x + noise(N) }; x + noise(N) }",
               "f");
  const Graph *g = f->graph;
  assert_int_equal(graph_count_params(f->graph, ROLE_key), 1);
  assert_int_equal(g->params.len, 2);
  assert_int_equal(graph_info(g, g->params.data[1])->dtype, DT_key);
  assert_non_null(find_op(g, OP_fold));
}

static void scopes_name_layers(void **state) {
  Ctx *c = *state;
  const SpecFunction *f = function(c,
                                   "import rnn\nlayer Net(H = 4) { cell: [2] LSTM(H, H)\n"
                                   "fn f(x: f32[B, H]) { (h, c) = cell[1](x, x, x); h } }",
                                   "Net.f");
  assert_string_equal(ctx_text(c, find_op(f->graph, OP_call)->scope), "cell.1");
  assert_int_equal(f->n_weights, 6);
  assert_string_equal(ctx_text(c, f->weights[3].path), "cell.1.W");
  assert_string_equal(ctx_text(c, f->graph->nodes.data[3].name), "cell.1.W");
}

static const char *const program =
    "import optimizers\n"
    "const N = 4\n"
    "layer Net(H) { w: f32[H] ~ normal(0.1)\n fn (x: f32[B, H]) { x @ w } }\n"
    "train t {\n  net = Net(N)\n  other = Net(N) frozen\n  steps = 7\n"
    "  step {\n    x[b, n] = uniform(0, 1) with b in 3, n in N\n"
    "    repeat 2 {\n      loss = mean((net(x) - other(x)) ** 2)\n"
    "      minimize loss over net with adam(lr = 0.1)\n      log loss\n    }\n    log step\n  }\n"
    "  eval every 2 { log size = sum(abs(net.w)) }\n}\n";

static void training_programs(void **state) {
  Ctx *c = *state;
  Spec *spec = load(c, program);
  const TrainProgram *t = spec_train(spec, NULL);
  no_errors(c);
  assert_non_null(t);
  assert_int_equal(t->steps, 7);
  static const char *const paths[] = {"net.w", "other.w", "net.adam.step", "net.w.adam.m",
                                      "net.w.adam.v"};
  assert_int_equal(t->n_state, 5);
  for (uint32_t i = 0; i < 5; i++) assert_string_equal(ctx_text(c, t->state[i].path), paths[i]);
  assert_true(t->state[0].trainable && !t->state[1].trainable);
  assert_int_equal(t->step->params.len, 7);
  assert_int_equal(t->step->results.len, 7);
  assert_int_equal(t->n_logs, 2);
  assert_int_equal(t->init->results.len, 5);
  assert_int_equal(t->evals[0].graph->params.len, 7);
  assert_null(graph_verify(t->step));
  assert_null(graph_verify(t->init));
  assert_null(graph_verify(t->evals[0].graph));
  const Node *scan = find_op(t->step, OP_scan);
  assert_non_null(scan);
  assert_int_equal(node_int(scan, A_carries, 0), 5); /* w, step, m, v and what is logged */
}

/* Every parameter of a training program has a role: nobody gives arguments. */
static void roles_of_programs(void **state) {
  (void)state;
  Ctx *c = ctx_new();
  Spec *spec =
      load(c, "import linear\nimport optimizers\n"
              "data d = tsv(\"d.tsv\") { x: f32\n y: f32 }\n"
              "layer Net() { l: Linear(1, 1)\n fn (x: f32[B, 1]) -> f32[B, 1] { l(x) } }\n"
              "train t {\n net = Net()\n step {\n b = d.batch(4)\n"
              "loss = mean((net(b.x[:, new]) + step - b.y[:, new]) ** 2) + uniform(0, 1)\n"
              "minimize loss over net with adam(lr = 1e-2)\n log loss\n }\n"
              "eval test every 5 { a = d.batch(2)\n l = mean(net(a.x[:, new]))\n log l }\n}");
  const TrainProgram *p = spec_train(spec, "t");
  no_errors(c);
  const Graph *graphs[] = {p->step, p->evals[0].graph};
  for (int i = 0; i < 2; i++) {
    const Graph *g = graphs[i];
    assert_int_equal(graph_count_params(g, ROLE_argument), 0);
    assert_int_equal(graph_count_params(g, ROLE_weight), 2);
    assert_int_equal(graph_count_params(g, ROLE_weight) + graph_count_params(g, ROLE_state),
                     p->n_state);
    assert_int_equal(graph_count_params(g, ROLE_step), 1);
    assert_int_equal(graph_count_params(g, ROLE_key), 1);
    assert_int_equal(graph_count_params(g, ROLE_feed),
                     (i ? p->evals[0].feeds : p->feeds)[0].n_params);
  }
  assert_int_equal(graph_count_params(p->init, ROLE_key), 1);
  ctx_free(c);
}

static bool after_two(void *user) { return ++*(int *)user > 2; }

/* Between two items: editors give a check up when a new text has come. */
static void stops_between_items(void **state) {
  static const char text[] = "fn a(x: f32[N]) { x }\nfn b(x: f32[N]) { x }\n"
                             "fn c(x: f32[N]) { nowhere }\nfn d(x: f32[N]) { x }\n";
  Ctx *c = *state;
  int asked = 0;
  SpecOptions options = {.stop = after_two, .stop_user = &asked};
  Spec *spec = spec_load_text(c, "test.ordo", text, &options);
  assert_false(spec_check(spec));
  assert_int_equal(asked, 3);
  assert_false(diag_failed(c)); /* c was not looked at */
  spec = spec_load_text(c, "test.ordo", text, NULL);
  assert_false(spec_check(spec));
  assert_true(diag_failed(c));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(roles_of_programs),
      cmocka_unit_test(index_notation),
      cmocka_unit_test(whole_tensors),
      cmocka_unit_test(loops),
      cmocka_unit_test(layers),
      cmocka_unit_test_setup_teardown(stops_between_items, setup, teardown),
      cmocka_unit_test_setup_teardown(instances_are_shared, setup, teardown),
      cmocka_unit_test_setup_teardown(keys_are_hidden, setup, teardown),
      cmocka_unit_test_setup_teardown(scopes_name_layers, setup, teardown),
      cmocka_unit_test_setup_teardown(training_programs, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
