/* The interpreter on each family of ops, against numbers worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ir/interp.h"
#include "base/threefry.h"

static int setup(void **state) { return !(*state = ctx_new()); }
static int teardown(void **state) {
  ctx_free(*state);
  return 0;
}

/* A tensor from its type as text, f32[2, 3], and numbers. */
static Tensor *tensor(DType dtype, const char *dims, const char *numbers) {
  int64_t shape[8], rank = 0;
  for (char *end; *dims; dims = end + (*end == ' ')) shape[rank++] = strtoll(dims, &end, 10);
  Tensor *t = tensor_new(dtype, shape, (int)rank);
  int64_t i = 0;
  for (char *end; *numbers; numbers = end + (*end == ' ')) {
    assert_true(i < tensor_count(t));
    tensor_set(t, i++, strtod(numbers, &end));
  }
  assert_int_equal(i, tensor_count(t));
  return t;
}

static const char *numbers_of(Ctx *c, const Tensor *t) {
  Text text = text_new(&c->arena);
  for (int64_t i = 0; i < tensor_count(t); i++) {
    if (i) text_putc(&text, ' ');
    text_printf(&text, "%.6g", tensor_get(t, i));
  }
  return text_str(&text);
}

static Graph *graph_of(Ctx *c, const char *nodes) {
  const char *text = ctx_printf(c, "graph &0 {\n%s\n}\n", nodes);
  Graph *g = graph_read(c, source_add(c, "graph.txt", text, strlen(text)));
  if (!g) {
    Text message = text_new(&c->arena);
    diag_print(c, false, &message);
    fail_msg("%s", text_str(&message));
  }
  assert_null(graph_verify(g));
  return g;
}

/* Runs the nodes on up to two tensors (freed) and compares the first result. */
static void gives(Ctx *c, const char *nodes, Tensor *a, Tensor *b, const char *expected) {
  Graph *g = graph_of(c, nodes);
  const Tensor *args[] = {a, b};
  Tensor *results[8];
  Fault fault = {0};
  if (!interp_run(c, g, args, results, NULL, &fault)) fail_msg("%s", fault.text);
  assert_string_equal(numbers_of(c, results[0]), expected);
  for (uint32_t i = 0; i < g->results.len; i++) tensor_free(results[i]);
  tensor_free(a);
  tensor_free(b);
}

static void fails(Ctx *c, const char *nodes, Tensor *a, const char *part) {
  Graph *g = graph_of(c, nodes);
  Tensor *results[8];
  Fault fault = {0};
  assert_false(interp_run(c, g, (const Tensor *[]){a}, results, NULL, &fault));
  Text said = text_new(&c->arena);
  diag_print(c, false, &said);
  if (!fault.text) fault.text = text_str(&said);
  if (!strstr(fault.text, part)) print_message("got: %s\n", fault.text);
  assert_non_null(strstr(fault.text, part));
  assert_null(results[0]);
  tensor_free(a);
}

#define VECTOR "%0: f32[N] = param(index=0)\n"
#define MATRIX "%0: f32[N, M] = param(index=0)\n"

static Tensor *vec(const char *dims, const char *numbers) { return tensor(DT_f32, dims, numbers); }

static void elementwise(void **state) {
  Ctx *c = *state;
  gives(c, VECTOR "%1: f32[N] = mul(%0, %0)\n%2: f32[N] = sub(%1, %0)\nreturn %2",
        vec("3", "1 2 -3"), NULL, "0 2 12");
  gives(c, VECTOR "%1: f32[N] = round(%0)\nreturn %1", vec("4", "0.5 1.5 -2.5 2.4"), NULL,
        "0 2 -2 2");
  gives(c, VECTOR "%1: f32[N] = const(value=0)\n%2: f32[N] = max(%0, %1)\nreturn %2",
        vec("3", "nan -1 2"), NULL, "nan 0 2");
  gives(c, VECTOR "%1: i32[N] = cast(%0)\nreturn %1", vec("5", "2.9 -2.9 1e20 -inf nan"), NULL,
        "2 -2 2.14748e+09 -2.14748e+09 0");
  gives(c, VECTOR "%1: <4>[N] = cast(%0)\nreturn %1", vec("3", "-5 2.9 9"), NULL, "0 2 3");
  gives(c,
        "%0: i32[N] = param(index=0)\n%1: i32[N] = param(index=1)\n%2: i32[N] = div(%0, %1)\n"
        "%3: i32[N] = mod(%0, %1)\n%4: i32[2*N] = concat(%2, %3, axis=0)\nreturn %4",
        tensor(DT_i32, "3", "7 -7 5"), tensor(DT_i32, "3", "2 2 0"), "3 -4 0 1 1 0");
  gives(c,
        VECTOR
        "%1: f32[N] = const(value=1)\n%2: bool[N] = lt(%0, %1)\n%3: f32[N] = where(%2, %0, %1)\n"
        "return %3",
        vec("2", "0.5 4"), NULL, "0.5 1");
}

static void results_are_rounded(void **state) {
  Ctx *c = *state;
  const char *nodes = VECTOR "%1: f32[N] = const(value=1)\n%2: f32[N] = add(%0, %1)\n"
                             "%3: f32[N] = sub(%2, %1)\nreturn %3";
  gives(c, nodes, vec("1", "1e-9"), NULL, "0");
  Graph *g = graph_of(c, nodes);
  Tensor *x = tensor(DT_f64, "1", "1e-9"), *y;
  Fault fault = {0};
  InterpOptions opt = {.f64 = true};
  assert_true(interp_run(c, g, (const Tensor *[]){x}, &y, &opt, &fault));
  assert_int_equal(y->dtype, DT_f64);
  assert_true(fabs(tensor_get(y, 0) - 1e-9) < 1e-15);
  tensor_free(x);
  tensor_free(y);
  gives(c, "%0: bf16[N] = param(index=0)\n%1: bf16[N] = add(%0, %0)\nreturn %1",
        tensor(DT_bf16, "1", "1.01"), NULL, "2.01562");
}

static void movement(void **state) {
  Ctx *c = *state;
  const char *six = "1 2 3 4 5 6";
  gives(c, MATRIX "%1: f32[M, N] = transpose(%0, perm=[1, 0])\nreturn %1", vec("2 3", six), NULL,
        "1 4 2 5 3 6");
  gives(c, VECTOR "%1: f32[2, N] = broadcast(%0, axes=[1])\nreturn %1", vec("2", "1 2"), NULL,
        "1 2 1 2");
  gives(c, MATRIX "%1: f32[N*M] = reshape(%0)\nreturn %1", vec("2 3", six), NULL, six);
  gives(c, MATRIX "%1: f32[N, 2] = slice(%0, starts=[0, M - 2])\nreturn %1", vec("2 3", six), NULL,
        "2 3 5 6");
  gives(c, VECTOR "%1: f32[N + 2] = pad(%0, value=9, lo=[1])\nreturn %1", vec("2", "1 2"), NULL,
        "9 1 2 9");
  gives(c, MATRIX "%1: f32[2*N, M] = concat(%0, %0, axis=0)\nreturn %1", vec("1 2", "1 2"), NULL,
        "1 2 1 2");
  gives(c, MATRIX "%1: f32[N, 2*M] = concat(%0, %0, axis=1)\nreturn %1", vec("2 1", "1 2"), NULL,
        "1 1 2 2");
  gives(c, MATRIX "%1: f32[N, M] = reverse(%0, axis=1)\nreturn %1", vec("2 3", six), NULL,
        "3 2 1 6 5 4");
  fails(c, VECTOR "%1: f32[3] = slice(%0, starts=[2])\nreturn %1", vec("4", "1 2 3 4"),
        "do not lie in");
}

static void reductions(void **state) {
  Ctx *c = *state;
  const char *six = "1 2 3 4 5 -6";
  gives(c, MATRIX "%1: f32[N] = sum(%0, axes=[1])\nreturn %1", vec("2 3", six), NULL, "6 3");
  gives(c, MATRIX "%1: f32[M] = prod(%0, axes=[0])\nreturn %1", vec("2 3", six), NULL, "4 10 -18");
  gives(c, MATRIX "%1: f32 = max_over(%0, axes=[0, 1])\nreturn %1", vec("2 3", six), NULL, "5");
  gives(c, MATRIX "%1: f32[N] = min_over(%0, axes=[1])\nreturn %1", vec("2 3", six), NULL, "1 -6");
  gives(c, MATRIX "%1: <M>[N] = argmax(%0, axis=1)\nreturn %1", vec("2 3", "1 7 7 2 nan 5"), NULL,
        "1 1");
  gives(c, MATRIX "%1: <N>[M] = argmin(%0, axis=0)\nreturn %1", vec("2 3", six), NULL, "0 0 1");
  gives(c, VECTOR "%1: bool[N] = is_nan(%0)\n%2: bool = any(%1, axes=[0])\nreturn %2",
        vec("2", "1 nan"), NULL, "1");
  gives(c, VECTOR "%1: bool[N] = is_nan(%0)\n%2: bool = all(%1, axes=[0])\nreturn %2",
        vec("2", "1 nan"), NULL, "0");
  gives(c, VECTOR "%1: f32[N] = cumsum(%0, axis=0)\nreturn %1", vec("3", "1 2 3"), NULL, "1 3 6");
  gives(c, VECTOR "%1: f32[N] = cumsum(%0, axis=0, reverse=1, exclusive=1)\nreturn %1",
        vec("3", "1 2 3"), NULL, "5 3 0");
  gives(c, VECTOR "%1: f32[N] = sort(%0, axis=0)\nreturn %1", vec("5", "3 nan 1 -inf 2"), NULL,
        "-inf 1 2 3 nan");
  gives(c, MATRIX "%1: <N>[N, M] = argsort(%0, axis=0)\nreturn %1", vec("3 2", "2 1 2 0 1 1"), NULL,
        "2 1 0 0 1 2");
}

static void products(void **state) {
  Ctx *c = *state;
  gives(c,
        MATRIX "%1: f32[M, K] = param(index=1)\n"
               "%2: f32[N, K] = dot(%0, %1, batch_a=[], batch_b=[], contract_a=[1], "
               "contract_b=[0])\nreturn %2",
        vec("2 3", "1 2 3 4 5 6"), vec("3 2", "1 0 0 1 1 1"), "4 5 10 11");
  gives(c,
        "%0: f32[N, B, K] = param(index=0)\n%1: f32[B, K, M] = param(index=1)\n"
        "%2: f32[B, N, M] = dot(%0, %1, batch_a=[1], batch_b=[0], contract_a=[2], "
        "contract_b=[1])\nreturn %2",
        vec("1 2 2", "1 2 3 4"), vec("2 2 1", "1 1 10 1"), "3 34");
}

static void indexing(void **state) {
  Ctx *c = *state;
  gives(c,
        MATRIX
        "%1: <N>[K] = param(index=1)\n%2: f32[K, M] = gather(%0, %1, axis=0, batch=0)\nreturn %2",
        vec("3 2", "1 2 3 4 5 6"), tensor(DT_idx, "3", "2 0 2"), "5 6 1 2 5 6");
  gives(c,
        MATRIX
        "%1: <M>[N] = param(index=1)\n%2: f32[N] = gather(%0, %1, axis=1, batch=1)\nreturn %2",
        vec("2 3", "1 2 3 4 5 6"), tensor(DT_idx, "2", "2 0"), "3 4");
  gives(c,
        "%0: <4>[K] = param(index=0)\n%1: f32[K] = param(index=1)\n"
        "%2: f32[4] = scatter_add(%0, %1, axis=0, batch=0)\nreturn %2",
        tensor(DT_idx, "3", "1 3 1"), vec("3", "1 2 4"), "0 5 0 2");
  fails(c, "%0: <2>[K] = param(index=0)\n%1: i32[K] = cast(%0)\nreturn %1",
        tensor(DT_idx, "1", "2"), "");
}

#define STEP "%0: <T> = param(index=0)\n%1: f32 = param(index=1)\n%2: f32 = param(index=2)\n"

static void scans(void **state) {
  Ctx *c = *state;
  const char *body = STEP "%3: f32 = add(%1, %2)\nreturn %3, %1\n}\n";
  const char *format =
      "%%0: f32[T] = param(index=0)\n%%1: f32 = const(value=0)\n"
      "%%2: (f32, f32[T]) = scan(%%1, %%0, length=T, carries=1, slices=1%s) body {\n%s"
      "%%3: f32[T] = item(%%2, index=1)\n%%4: f32 = item(%%2, index=0)\nreturn %%%d";
  gives(c, ctx_printf(c, format, "", body, 3), vec("4", "1 2 3 4"), NULL, "0 1 3 6");
  gives(c, ctx_printf(c, format, "", body, 4), vec("4", "1 2 3 4"), NULL, "10");
  gives(c, ctx_printf(c, format, ", reverse=1", body, 3), vec("4", "1 2 3 4"), NULL, "9 7 4 0");
  const char *until =
      STEP "%3: f32 = add(%1, %2)\n%4: f32 = const(value=3)\n%5: bool = ge(%3, %4)\n"
           "return %3, %3, %5\n}\n";
  gives(c, ctx_printf(c, format, ", until=1", until, 3), vec("4", "1 2 3 4"), NULL, "1 3 0 0");
  gives(c, ctx_printf(c, format, ", until=1", until, 4), vec("4", "1 2 3 4"), NULL, "3");
}

/* Two carries that change places: neither may be overwritten before it is read. */
static void carries_swap(void **state) {
  gives(*state,
        "%0: f32[1] = param(index=0)\n%1: f32[1] = neg(%0)\n"
        "%2: (f32[1], f32[1]) = scan(%0, %1, length=3, carries=2, slices=0) body {\n"
        "%0: i32 = param(index=0)\n%1: f32[1] = param(index=1)\n%2: f32[1] = "
        "param(index=2)\nreturn %2, %1\n}\n"
        "%3: f32[1] = item(%2, index=0)\n%4: f32[1] = item(%2, index=1)\n%5: f32[2] = concat(%3, "
        "%4, axis=0)\n"
        "return %5",
        vec("1", "5"), NULL, "-5 5");
}

static void random_numbers(void **state) {
  Ctx *c = *state;
  ThreefryBlock zero = threefry_block(0, 0, 0), ones = threefry_block(~(uint64_t)0, ~0u, ~0u);
  assert_true(zero.word[0] == 0x6b200159 && zero.word[1] == 0x99ba4efe);
  assert_true(ones.word[0] == 0x1cb996fc && ones.word[1] == 0xbb002be7);
  uint64_t key = threefry_fold(threefry_seed(1), 7);
  const char *expected = ctx_printf(c, "%.6g %.6g", (double)(int32_t)threefry_random(key, 3, 0, 1),
                                    (double)(int32_t)threefry_random(key, 3, 1, 1));
  gives(c,
        "%0: i32 = param(index=0)\n%1: key = seed(%0)\n%2: i32 = const(value=7)\n%3: key = "
        "fold(%1, %2)\n"
        "%4: i32[2] = random(%3, stream=3, word=1)\nreturn %4",
        tensor(DT_i32, "", "1"), NULL, expected);
  gives(c, "%0: i32[N] = param(index=0)\n%1: f32[N] = unit(%0)\nreturn %1",
        tensor(DT_i32, "2", "0 -1"), NULL, "0 1");
}

static void regions(void **state) {
  Ctx *c = *state;
  gives(c,
        VECTOR "%1: (f32[N]) = kernel(%0) body {\n%0: f32[N] = param(index=0)\n%1: f32[N] = "
               "neg(%0)\nreturn %1\n}\n"
               "%2: f32[N] = item(%1, index=0)\nreturn %2",
        vec("2", "1 2"), NULL, "-1 -2");
  fails(c,
        VECTOR
        "%1: f32 = sum(%0, axes=[0])\n%2: (f32[N]) = grad(%1, %0)\n%3: f32[N] = item(%2, index=0)\n"
        "return %3",
        vec("2", "1 2"), "pass 'grad'");
  fails(c,
        VECTOR "%1: (f32[N]) = foreign(%0, symbol=\"f\", library=\"l\")\n%2: f32[N] = item(%1, "
               "index=0)\nreturn %2",
        vec("2", "1 2"), "foreign");
  fails(c, "%0: f32[N, N] = param(index=0)\nreturn %0", vec("2 3", "1 2 3 4 5 6"), "");
  gives(c, MATRIX "%1: i32 = size(size=N*M - 1)\nreturn %1", vec("2 3", "1 2 3 4 5 6"), NULL, "5");
}

static bool twice(void *user, const Node *node, const Tensor *const *args, int n,
                  Tensor *const *results, int n_results, Fault *fault) {
  (void)user, (void)node, (void)fault;
  assert_int_equal(n, 1);
  assert_int_equal(n_results, 1);
  assert_int_equal(tensor_count(results[0]), tensor_count(args[0]));
  for (int64_t i = 0; i < tensor_count(args[0]); i++)
    tensor_set(results[0], i, 2 * tensor_get(args[0], i));
  return true;
}

static void count_nan(void *user, const InterpTrace *value) {
  for (int64_t i = 0; value->numbers && i < value->count; i++)
    *(int *)user += isnan(value->numbers[i]);
}

static void callbacks(void **state) {
  Ctx *c = *state;
  Graph *g =
      graph_of(c, VECTOR "%1: (f32[N]) = foreign(%0, symbol=\"f\", library=\"l\")\n"
                         "%2: f32[N] = item(%1, index=0)\n%3: f32[N] = log(%2)\nreturn %2, %3");
  int nans = 0;
  InterpOptions opt = {.foreign = twice, .trace = count_nan, .user = &nans};
  Tensor *x = vec("2", "1 -3"), *y[2];
  Fault fault = {0};
  assert_true(interp_run(c, g, (const Tensor *[]){x}, y, &opt, &fault));
  assert_string_equal(numbers_of(c, y[0]), "2 -6");
  assert_int_equal(nans, 1);
  tensor_free(x);
  tensor_free(y[0]);
  tensor_free(y[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
      TEST(elementwise),    TEST(results_are_rounded),
      TEST(movement),       TEST(reductions),
      TEST(products),       TEST(indexing),
      TEST(scans),          TEST(carries_swap),
      TEST(random_numbers), TEST(regions),
      TEST(callbacks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
