/* The C interface: what a user of libordo does, and does wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ordo.h"

static const char model[] = "import linear\n"
                            "const H = 4\n"
                            "layer Net(I = 3) {\n"
                            "  a: Linear(I, H)\n"
                            "  b: Linear(H, 2)\n"
                            "  fn (x: f32[B, I]) -> f32[B, 2] { b(tanh(a(x))) }\n"
                            "}\n"
                            "fn both(x: f32[N], i: <N>) -> (f32, f32) {\n"
                            "  (sum(x), x[i])\n"
                            "}\n"
                            "fn noise(x: f32[N]) -> f32[N] {\n"
                            "  y[n] = x[n] + uniform(0, 1)\n"
                            "  y\n"
                            "}\n";

static int setup(void **state) {
  *state = ordo_open(1);
  return *state ? 0 : -1;
}

static int teardown(void **state) {
  ordo_close(*state);
  return 0;
}

static OrdoSpec *load(Ordo *ordo) {
  OrdoSpec *spec = ordo_load_text(ordo, "net.ordo", model, NULL, 0);
  if (!spec) print_error("%s", ordo_errors(ordo));
  assert_non_null(spec);
  return spec;
}

static OrdoTensor *vector(const float *values, int64_t n) {
  return ordo_tensor(ORDO_F32, 1, &n, values);
}

static void names_and_types(void **state) {
  OrdoSpec *spec = load(*state);
  bool found = false;
  for (size_t i = 0; i < ordo_function_count(spec); i++)
    found |= !strcmp(ordo_function_name(spec, i), "Net.()");
  assert_true(found);
  assert_null(ordo_function_name(spec, 1000));
  OrdoFunction *both = ordo_function(spec, "both");
  assert_non_null(both);
  assert_int_equal(ordo_param_count(both), 2);
  assert_string_equal(ordo_param_name(both, 1), "i");
  assert_string_equal(ordo_param_type(both, 0), "f32[N]");
  assert_string_equal(ordo_param_type(both, 1), "<N>");
  assert_null(ordo_param_name(both, 2));
  assert_int_equal(ordo_result_count(both), 2);
  assert_string_equal(ordo_result_type(both, 0), "f32");
}

/* One compilation serves every size. */
static void sizes_differ(void **state) {
  OrdoFunction *both = ordo_function(load(*state), "both");
  for (int64_t n = 1; n < 40; n++) {
    float values[40], total = 0;
    for (int64_t i = 0; i < n; i++) total += values[i] = (float)(i + 1);
    int32_t last = (int32_t)n - 1;
    OrdoTensor *x = vector(values, n), *i = ordo_tensor(ORDO_INDEX, 0, NULL, &last), *y[2];
    assert_true(ordo_call(both, (const OrdoTensor *const[]){x, i}, 2, y, 2));
    assert_true(*(float *)ordo_tensor_data(y[0]) == total);
    assert_true(*(float *)ordo_tensor_data(y[1]) == (float)n);
    assert_int_equal(ordo_tensor_rank(y[0]), 0);
    assert_int_equal(ordo_tensor_type(y[0]), ORDO_F32);
    for (int k = 0; k < 2; k++) ordo_tensor_free(y[k]);
    ordo_tensor_free(x);
    ordo_tensor_free(i);
  }
}

static float first_of_net(OrdoFunction *net) {
  OrdoTensor *x = ordo_tensor(ORDO_F32, 2, (int64_t[]){1, 3}, (float[]){1, -2, 3}), *y = NULL;
  assert_true(ordo_call(net, (const OrdoTensor *const[]){x}, 1, &y, 1));
  assert_int_equal(ordo_tensor_extent(y, 1), 2);
  float first = *(float *)ordo_tensor_data(y);
  ordo_tensor_free(x);
  ordo_tensor_free(y);
  return first;
}

static void weights(void **state) {
  OrdoFunction *net = ordo_function(load(*state), "Net");
  assert_non_null(net);
  assert_int_equal(ordo_param_count(net), 1);
  float zero = first_of_net(net);
  assert_true(ordo_draw_weights(net, 1));
  assert_true(first_of_net(net) != zero);
  assert_true(ordo_draw_weights(net, 0));
  assert_true(first_of_net(net) == zero);
  assert_false(ordo_read_weights(net, "/nowhere/x.safetensors"));
  assert_non_null(strstr(ordo_errors(*state), "E0001"));
}

static void constants(void **state) {
  const char *const wide[] = {"H=9"};
  OrdoSpec *spec = ordo_load_text(*state, "net.ordo", model, wide, 1);
  assert_non_null(spec);
  assert_non_null(ordo_function(spec, "Net"));
}

static void seeds(void **state) {
  OrdoFunction *noise = ordo_function(load(*state), "noise");
  OrdoTensor *x = vector((float[]){0, 0, 0}, 3), *y[3] = {0};
  for (int k = 0; k < 3; k++) {
    ordo_seed(noise, k == 1 ? 5 : 4);
    assert_true(ordo_call(noise, (const OrdoTensor *const[]){x}, 1, &y[k], 1));
  }
  assert_memory_equal(ordo_tensor_data(y[0]), ordo_tensor_data(y[2]), 12);
  assert_memory_not_equal(ordo_tensor_data(y[0]), ordo_tensor_data(y[1]), 12);
  for (int k = 0; k < 3; k++) ordo_tensor_free(y[k]);
  ordo_tensor_free(x);
}

/* Every mistake is a text with its code, and does not spoil the next call. */
static void mistakes(void **state) {
  Ordo *ordo = *state;
  assert_null(ordo_load(ordo, "/nowhere/model.ordo", NULL, 0));
  assert_non_null(strstr(ordo_errors(ordo), "E0001"));
  assert_null(ordo_load_text(ordo, "bad.ordo", "fn f(x: f32[N]) -> f32 { y }\n", NULL, 0));
  assert_non_null(strstr(ordo_errors(ordo), "bad.ordo:1:"));
  OrdoSpec *spec = load(ordo);
  assert_string_equal(ordo_errors(ordo), "");
  assert_null(ordo_function(spec, "nothing"));
  assert_non_null(strstr(ordo_errors(ordo), "E0704"));
  OrdoFunction *both = ordo_function(spec, "both");
  int32_t far = 3, near = 2;
  OrdoTensor *x = vector((float[]){1, 2, 3}, 3), *out = ordo_tensor(ORDO_INDEX, 0, NULL, &far),
             *y[2];
  OrdoTensor *in = ordo_tensor(ORDO_INDEX, 0, NULL, &near);
  assert_false(
      ordo_call(both, (const OrdoTensor *const[]){x, out}, 2, y, 2)); /* index out of range */
  assert_null(y[0]);
  assert_false(ordo_call(both, (const OrdoTensor *const[]){x}, 1, y, 2));     /* too few */
  assert_false(ordo_call(both, (const OrdoTensor *const[]){x, x}, 2, y, 2));  /* wrong type */
  assert_false(ordo_call(both, (const OrdoTensor *const[]){x, in}, 2, y, 1)); /* too few results */
  assert_true(ordo_call(both, (const OrdoTensor *const[]){x, in}, 2, y, 2));
  assert_string_equal(ordo_errors(ordo), "");
  for (int k = 0; k < 2; k++) ordo_tensor_free(y[k]);
  ordo_tensor_free(x);
  ordo_tensor_free(in);
  ordo_tensor_free(out);
  assert_null(ordo_tensor(ORDO_F32, 1, (int64_t[]){-1}, NULL));
}

static void two_at_once(void **state) {
  Ordo *other = ordo_open(2);
  OrdoFunction *mine = ordo_function(load(*state), "both"),
               *theirs = ordo_function(load(other), "both");
  assert_non_null(mine);
  assert_non_null(theirs);
  ordo_close(other);
  int32_t at = 0;
  OrdoTensor *x = vector((float[]){7}, 1), *i = ordo_tensor(ORDO_INDEX, 0, NULL, &at), *y[2];
  assert_true(ordo_call(mine, (const OrdoTensor *const[]){x, i}, 2, y, 2));
  for (int k = 0; k < 2; k++) ordo_tensor_free(y[k]);
  ordo_tensor_free(x);
  ordo_tensor_free(i);
}

static const char fit[] = "import optimizers\n"
                          "layer Line() {\n"
                          "  w: f32 ~ nought\n"
                          "  fn (x: f32[B]) -> f32[B] { x * w }\n"
                          "}\n"
                          "init nought() -> f32[..] { 0 }\n"
                          "train fit {\n"
                          "  net = Line()\n"
                          "  steps = 200\n"
                          "  step {\n"
                          "    x[b] = uniform(0, 1) with b in 16\n"
                          "    loss = mean((net(x) - 3 * x) ** 2)\n"
                          "    minimize loss over net with sgd(lr = 0.5)\n"
                          "    log loss\n"
                          "  }\n"
                          "}\n";

static void training(void **state) {
  Ordo *ordo = *state;
  char folder[] = "/tmp/ordo-test-api-XXXXXX", path[64], command[64];
  assert_non_null(mkdtemp(folder));
  OrdoSpec *spec = ordo_load_text(ordo, "fit.ordo", fit, NULL, 0);
  if (!spec) print_error("%s", ordo_errors(ordo));
  assert_non_null(spec);
  OrdoTraining training = ordo_training();
  training.folder = folder;
  if (!ordo_train(spec, &training)) fail_msg("%s", ordo_errors(ordo));
  OrdoFunction *line = ordo_function(spec, "Line");
  snprintf(path, sizeof path, "%s/checkpoint.safetensors", folder);
  if (!ordo_read_weights(line, path)) fail_msg("%s", ordo_errors(ordo));
  OrdoTensor *x = vector((float[]){2}, 1), *y = NULL;
  assert_true(ordo_call(line, (const OrdoTensor *const[]){x}, 1, &y, 1));
  assert_true(fabsf(*(float *)ordo_tensor_data(y) - 6) < 0.01f);
  ordo_tensor_free(x);
  ordo_tensor_free(y);
  training.program = "other";
  assert_false(ordo_train(spec, &training));
  snprintf(command, sizeof command, "rm -rf %s", folder);
  assert_int_equal(system(command), 0);
}

/* The sizes of vocabularies are known when the data is read, after the spec. */
static void training_on_data(void **state) {
  static const char spec_text[] = "import optimizers\n"
                                  "data d = lines(\"lines.txt\") { c: chars[S] }\n"
                                  "layer Net(V) {\n"
                                  "  e: f32[V] ~ zeros\n"
                                  "  fn (c: <V>[B, S], m: bool[B, S]) -> f32 {\n"
                                  "    x[b, s] = where(m[b, s], e[c[b, s]], 0.0)\n"
                                  "    mean(x)\n"
                                  "  }\n"
                                  "}\n"
                                  "train fit {\n"
                                  "  net = Net(d.c)\n"
                                  "  steps = 3\n"
                                  "  step {\n"
                                  "    b = d.batch(2)\n"
                                  "    loss = (net(b.c, b.c_mask) - 1) ** 2\n"
                                  "    minimize loss over net with sgd(lr = 0.1)\n"
                                  "    log loss\n"
                                  "  }\n"
                                  "}\n";
  Ordo *ordo = *state;
  char folder[] = "/tmp/ordo-test-api-XXXXXX", path[96], command[96];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/lines.txt", folder);
  FILE *file = fopen(path, "w");
  fputs("hello\nworld\n", file);
  fclose(file);
  snprintf(path, sizeof path, "%s/text.ordo", folder);
  OrdoSpec *spec = ordo_load_text(ordo, path, spec_text, NULL, 0);
  if (!spec) fail_msg("%s", ordo_errors(ordo));
  OrdoTraining training = ordo_training();
  for (int i = 0; i < 2; i++)
    if (!ordo_train(spec, &training)) fail_msg("%s", ordo_errors(ordo));
  snprintf(command, sizeof command, "rm -rf %s", folder);
  assert_int_equal(system(command), 0);
}

/* Text in, text out: rows of different lengths, an unknown character, a parameter that is no
 * text. */
static void text(void **state) {
  static const char spec_text[] =
      "data d = lines(\"lines.txt\") { c: chars[S] }\n"
      "fn same(c: <d.c>[B, S], c_mask: bool[B, S]) -> (<d.c>[B, S], i32[B]) {\n"
      "  n[b] = sum[s](i32(c_mask[b, s]))\n"
      "  (c, n)\n"
      "}\n"
      "fn half(c: <d.c>[B, S], x: f32[B]) -> <d.c>[B, S] { c }\n";
  Ordo *ordo = *state;
  char folder[] = "/tmp/ordo-test-api-XXXXXX", path[96], command[96];
  assert_non_null(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/lines.txt", folder);
  FILE *file = fopen(path, "w");
  fputs("hello\nworld \xC3\xA9\n", file);
  fclose(file);
  snprintf(path, sizeof path, "%s/text.ordo", folder);
  OrdoSpec *spec = ordo_load_text(ordo, path, spec_text, NULL, 0);
  if (!spec) fail_msg("%s", ordo_errors(ordo));
  OrdoFunction *same = ordo_text_function(spec, "same", NULL);
  if (!same) fail_msg("%s", ordo_errors(ordo));
  assert_int_equal(ordo_text_count(same), 1);
  const char *results[6], *given[] = {"hold", "\xC3\xA9", "lxw"};
  for (int round = 0; round < 2; round++) {
    if (!ordo_call_text(same, given, 3, 3, results, 6)) fail_msg("%s", ordo_errors(ordo));
    assert_string_equal(results[0], "hold");
    assert_string_equal(results[1], "\xC3\xA9");
    assert_string_equal(results[2], "l<unk>w");
    assert_string_equal(results[3], "5"); /* with <eos> */
    assert_string_equal(results[4], "2");
    assert_string_equal(results[5], "4");
    assert_non_null(strstr(ordo_errors(ordo), "'x'"));
  }
  assert_false(ordo_call_text(same, given, 2, 3, results, 6));
  assert_null(results[0]);
  assert_non_null(strstr(ordo_errors(ordo), "E07"));
  assert_null(ordo_text_function(spec, "half", NULL));
  assert_non_null(strstr(ordo_errors(ordo), "'x' takes no text"));
  assert_null(ordo_text_function(spec, "none", NULL));
  assert_null(ordo_text_function(spec, "same", "/none.safetensors"));
  snprintf(command, sizeof command, "rm -rf %s", folder);
  assert_int_equal(system(command), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
/* bf16 rounds 1 + 2^-9 to 1, in products only. */
static void precision(void **state) {
  Ordo *ordo = *state;
  static const char text[] = "fn f(x: f32[N, 64], W: f32[64, M]) -> f32[N, M] { x @ W }\n";
  const int64_t x_dims[] = {16, 64}, w_dims[] = {64, 32};
  OrdoTensor *args[] = {ordo_tensor(ORDO_F32, 2, x_dims, NULL),
                        ordo_tensor(ORDO_F32, 2, w_dims, NULL)};
  for (int i = 0; i < 2; i++)
    for (int64_t k = 0; k < ordo_tensor_count(args[i]); k++)
      ((float *)ordo_tensor_data(args[i]))[k] = i ? 1.0f : 1 + 0x1p-9f;
  static const char *const given[] = {"bf16", "f32", NULL};
  static const float want[] = {64, 64 * (1 + 0x1p-9f), 64 * (1 + 0x1p-9f)};
  for (int i = 0; i < 3; i++) {
    assert_true(ordo_precision(ordo, given[i]));
    OrdoSpec *spec = ordo_load_text(ordo, "f.ordo", text, NULL, 0);
    assert_non_null(spec);
    OrdoFunction *f = ordo_function(spec, "f");
    OrdoTensor *y;
    assert_true(ordo_call(f, (const OrdoTensor *const *)args, 2, &y, 1));
    assert_true(((float *)ordo_tensor_data(y))[0] == want[i]);
    ordo_tensor_free(y);
    ordo_spec_free(spec);
  }
  assert_false(ordo_precision(ordo, "f16"));
  assert_true(strstr(ordo_errors(ordo), "bf16") != NULL);
  ordo_tensor_free(args[0]), ordo_tensor_free(args[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(names_and_types),  TEST(precision),   TEST(sizes_differ),
      TEST(weights),          TEST(constants),   TEST(seeds),
      TEST(mistakes),         TEST(two_at_once), TEST(training),
      TEST(training_on_data), TEST(text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
