/* The C interface beyond calls: tensors over other memory, weights, derivatives, runs step by step,
 * pictures. */
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
#include <unistd.h>

#include "ordo.h"

static const char model[] = "import optimizers\n"
                            "import linear\n"
                            "layer Net(I = 3, O = 2) {\n"
                            "  W: f32[I, O] ~ zeros\n"
                            "  fn (x: f32[B, I], i: <B>) -> (f32[B, O], f32, i32) {\n"
                            "    h = tanh(x @ W)\n"
                            "    (h, sum(h[i, :]), i32(1))\n"
                            "  }\n"
                            "}\n"
                            "fn noise(x: f32[N]) -> f32[N] {\n"
                            "  y[n] = x[n] * uniform(0, 1)\n"
                            "  y\n"
                            "}\n"
                            "fn count(x: f32[N]) -> i32 { i32(1) }\n"
                            "layer Line() {\n"
                            "  w: f32 ~ zeros\n"
                            "  fn (x: f32[B]) -> f32[B] { x * w }\n"
                            "}\n"
                            "train fit {\n"
                            "  net = Line()\n"
                            "  steps = 10\n"
                            "  best by valid.error\n"
                            "  step {\n"
                            "    x[b] = uniform(0, 1) with b in 16\n"
                            "    loss = mean((net(x) - 3 * x) ** 2)\n"
                            "    minimize loss over net with sgd(lr = 0.5)\n"
                            "    log loss\n"
                            "  }\n"
                            "  eval valid every 4 {\n"
                            "    x[b] = uniform(0, 1) with b in 4\n"
                            "    log error = mean((net(x) - 3 * x) ** 2)\n"
                            "  }\n"
                            "  eval last {\n"
                            "    x[b] = 2.0 with b in 1\n"
                            "    log w = sum(net(x))\n"
                            "  }\n"
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
  OrdoSpec *spec = ordo_load_text(ordo, "parts.ordo", model, NULL, 0);
  if (!spec) fail_msg("%s", ordo_errors(ordo));
  return spec;
}

/* A view takes the numbers from where they are. */
static void views(void **state) {
  OrdoFunction *noise = ordo_function(load(*state), "noise");
  float values[] = {1, 2, 3, 4};
  int64_t n = 3;
  OrdoTensor *x = ordo_tensor_view(ORDO_F32, 1, &n, values), *y[2];
  assert_ptr_equal(ordo_tensor_data(x), values);
  assert_true(ordo_call(noise, (const OrdoTensor *const[]){x}, 1, y, 1));
  values[0] = 10;
  assert_true(ordo_call(noise, (const OrdoTensor *const[]){x}, 1, y + 1, 1));
  const float *before = ordo_tensor_data(y[0]), *after = ordo_tensor_data(y[1]);
  assert_true(fabsf(after[0] - 10 * before[0]) < 1e-6f && after[1] == before[1]);
  for (int i = 0; i < 2; i++) ordo_tensor_free(y[i]);
  ordo_tensor_free(x);
  assert_null(ordo_tensor_view(ORDO_F32, 1, &n, (char *)values + 1));
  assert_null(ordo_tensor_view(ORDO_F32, 1, &n, NULL));
  assert_null(ordo_tensor_view(ORDO_F32, 17, &n, values));
}

static OrdoTensor *from(Ordo *ordo, const char *element, const void *data, const int64_t *strides,
                        OrdoType type) {
  static const int64_t extents[] = {2, 3};
  OrdoArray array = {element, 2, extents, strides, data};
  return ordo_tensor_from(ordo, &array, type, "argument 'x'");
}

/* Any element type, any layout; what does not fit is said. */
static void arrays(void **state) {
  int64_t whole[] = {1, 2, 3, 4, 5, 6}, columns[] = {8, 16}, back[] = {-24, -8};
  OrdoTensor *t = from(*state, "i64", whole, columns, ORDO_INDEX);
  assert_memory_equal(ordo_tensor_data(t), ((int32_t[]){1, 3, 5, 2, 4, 6}), 24);
  ordo_tensor_free(t);
  t = from(*state, "i64", whole + 5, back, ORDO_F32);
  assert_memory_equal(ordo_tensor_data(t), ((float[]){6, 5, 4, 3, 2, 1}), 24);
  ordo_tensor_free(t);
  char bytes[1 + 6 * 8];
  double real[] = {0.5, 1, 2, 1e300, 4, 5};
  memcpy(bytes + 1, real, sizeof real); /* not aligned */
  t = from(*state, "f64", bytes + 1, NULL, ORDO_F64);
  assert_memory_equal(ordo_tensor_data(t), real, sizeof real);
  ordo_tensor_free(t);
  assert_null(from(*state, "f64", bytes + 1, NULL, ORDO_I32));
  assert_non_null(strstr(ordo_errors(*state), "argument 'x': element 0"));
  assert_null(from(*state, "f64", real, NULL, ORDO_F32));
  assert_non_null(strstr(ordo_errors(*state), "element 3"));
  assert_null(from(*state, "c64", real, NULL, ORDO_F32));
  assert_non_null(strstr(ordo_errors(*state), "'c64'"));
  OrdoArray empty = {"f32", 2, (int64_t[]){0, INT64_MAX / 8}, NULL, real};
  t = ordo_tensor_from(*state, &empty, ORDO_F64, "x");
  assert_int_equal(ordo_tensor_count(t), 0);
  ordo_tensor_free(t);
}

static void descriptions(void **state) {
  OrdoSpec *spec = load(*state);
  OrdoFunction *net = ordo_function(spec, "Net"), *noise = ordo_function(spec, "noise");
  assert_int_equal(ordo_param_element(net, 0), ORDO_F32);
  assert_int_equal(ordo_param_element(net, 1), ORDO_INDEX);
  assert_string_equal(ordo_result_name(net, 0), "h");
  assert_int_equal(ordo_result_element(net, 2), ORDO_I32);
  assert_string_equal(ordo_result_name(ordo_function(spec, "count"), 0), "result");
  assert_true(ordo_draws_random(noise) && !ordo_draws_random(net));
  assert_int_equal(ordo_weight_count(net), 1);
  assert_string_equal(ordo_weight_name(net, 0), "W");
  assert_string_equal(ordo_weight_type(net, 0), "f32[3, 2]");
  assert_null(ordo_weight_name(net, 1));
  assert_null(ordo_weight_type(net, 1));
  assert_null(ordo_weight(net, 1));
}

static const float numbers[] = {0.1f, -0.2f, 0.3f, 0.4f, 0.5f, -0.6f}; /* W: [3, 2], x: [2, 3] */

static void weights(void **state) {
  OrdoFunction *net = ordo_function(load(*state), "Net");
  OrdoTensor *w = ordo_tensor(ORDO_F64, 2, (int64_t[]){3, 2}, NULL),
             *flat = ordo_tensor(ORDO_F32, 1, (int64_t[]){6}, numbers);
  ((double *)ordo_tensor_data(w))[5] = 7;
  assert_true(ordo_set_weight(net, 0, w));
  OrdoTensor *copy = ordo_weight(net, 0);
  assert_int_equal(ordo_tensor_type(copy), ORDO_F32);
  assert_true(((float *)ordo_tensor_data(copy))[5] == 7);
  assert_false(ordo_set_weight(net, 0, flat));
  assert_non_null(strstr(ordo_errors(*state), "f32[3, 2]"));
  assert_false(ordo_set_weight(net, 1, w));
  ordo_tensor_free(copy);
  ordo_tensor_free(w);
  ordo_tensor_free(flat);
}

/* The function with its weights given, as doubles: the loss that has these derivatives. */
static double loss_of(OrdoFunction *open, const float *w, const float *x, const float *by,
                      float by_sum) {
  int32_t at = 1;
  OrdoTensor *args[] = {ordo_tensor(ORDO_F32, 2, (int64_t[]){3, 2}, w),
                        ordo_tensor(ORDO_F32, 2, (int64_t[]){2, 3}, x),
                        ordo_tensor(ORDO_INDEX, 0, NULL, &at)},
             *y[3];
  if (!ordo_call(open, (const OrdoTensor *const *)args, 3, y, 3)) fail_msg("call");
  double loss = by_sum * *(float *)ordo_tensor_data(y[1]);
  for (int i = 0; i < 4; i++) loss += by[i] * ((float *)ordo_tensor_data(y[0]))[i];
  for (int i = 0; i < 3; i++) {
    ordo_tensor_free(args[i]);
    ordo_tensor_free(y[i]);
  }
  return loss;
}

/* Against central differences, by a weight and by an argument. */
static void derivatives(void **state) {
  OrdoSpec *spec = load(*state);
  OrdoFunction *open = ordo_function_of_weights(spec, "Net"), *back = ordo_derivative(spec, "Net");
  if (!open || !back) fail_msg("%s", ordo_errors(*state));
  assert_string_equal(ordo_param_name(open, 0), "W");
  assert_int_equal(ordo_weight_count(open) + ordo_weight_count(back), 0);
  assert_int_equal(ordo_param_count(back), 5);
  assert_string_equal(ordo_param_type(back, 3), "f32[B, 2]");
  assert_int_equal(ordo_result_count(back), 2);
  assert_string_equal(ordo_result_name(back, 0), "d_W");
  assert_string_equal(ordo_result_name(back, 1), "d_x");
  float w[6], x[6], by[] = {1, -2, 0.5f, 3}, by_sum = 0.7f;
  memcpy(w, numbers, sizeof w);
  memcpy(x, numbers, sizeof x);
  int32_t at = 1;
  OrdoTensor *args[] = {ordo_tensor(ORDO_F32, 2, (int64_t[]){3, 2}, w),
                        ordo_tensor(ORDO_F32, 2, (int64_t[]){2, 3}, x),
                        ordo_tensor(ORDO_INDEX, 0, NULL, &at),
                        ordo_tensor(ORDO_F32, 2, (int64_t[]){2, 2}, by),
                        ordo_tensor(ORDO_F32, 0, NULL, &by_sum)},
             *d[2];
  if (!ordo_call(back, (const OrdoTensor *const *)args, 5, d, 2))
    fail_msg("%s", ordo_errors(*state));
  for (int k = 0; k < 12; k++) {
    float *at_k = k < 6 ? &w[k] : &x[k - 6], kept = *at_k;
    *at_k = kept + 0.01f;
    double above = loss_of(open, w, x, by, by_sum);
    *at_k = kept - 0.01f;
    double below = loss_of(open, w, x, by, by_sum);
    *at_k = kept;
    double got = ((float *)ordo_tensor_data(d[k / 6]))[k % 6];
    assert_true(fabs(got - (above - below) / 0.02) < 2e-3);
  }
  for (int i = 0; i < 5; i++) ordo_tensor_free(args[i]);
  for (int i = 0; i < 2; i++) ordo_tensor_free(d[i]);
  assert_null(ordo_derivative(spec, "count"));
  assert_non_null(strstr(ordo_errors(*state), "no result of it is a float"));
}

/* The same random numbers forwards and backwards: d(x u)/dx = u. */
static void random_derivative(void **state) {
  OrdoSpec *spec = load(*state);
  OrdoFunction *noise = ordo_function(spec, "noise"), *back = ordo_derivative(spec, "noise");
  OrdoTensor *one = ordo_tensor(ORDO_F32, 1, (int64_t[]){3}, (float[]){1, 1, 1}), *y, *d;
  ordo_seed(noise, 5);
  ordo_seed(back, 5);
  assert_true(ordo_call(noise, (const OrdoTensor *const[]){one}, 1, &y, 1));
  assert_true(ordo_call(back, (const OrdoTensor *const[]){one, one}, 2, &d, 1));
  assert_memory_equal(ordo_tensor_data(y), ordo_tensor_data(d), 12);
  ordo_tensor_free(one);
  ordo_tensor_free(y);
  ordo_tensor_free(d);
}

static float weight_of(OrdoFunction *line) {
  OrdoTensor *w = ordo_weight(line, 0);
  float value = *(float *)ordo_tensor_data(w);
  ordo_tensor_free(w);
  return value;
}

/* Rows come as they are logged, other things may be done in between, and a run that is stopped has
 * the checkpoint with which it is resumed to the same bits. */
static void runs(void **state) {
  char folder[] = "/tmp/ordo-test-parts-XXXXXX", command[64];
  assert_non_null(mkdtemp(folder));
  OrdoSpec *spec = load(*state);
  OrdoFunction *line = ordo_function(spec, "fit.net");
  OrdoTraining training = ordo_training();
  OrdoRun *whole = ordo_run_begin(spec, &training);
  if (!whole) fail_msg("%s", ordo_errors(*state));
  double losses[10], last = 0;
  assert_string_equal(ordo_run_model(whole, 0), "net");
  assert_null(ordo_run_model(whole, 1));
  for (int i = 0; i < 10; i++) {
    assert_int_equal(ordo_run_step(whole), 1);
    OrdoRow row = ordo_run_row(whole, 0), eval = ordo_run_row(whole, 1);
    assert_string_equal(row.section, "train");
    assert_int_equal(row.step, i + 1);
    assert_int_equal(row.count, 1);
    assert_string_equal(row.names[0], "loss");
    losses[i] = row.values[0];
    assert_true((eval.section != NULL) == ((i + 1) % 4 == 0 || i == 9));
    assert_true(!eval.section || !strcmp(eval.section, "valid"));
    assert_non_null(ordo_function(spec, "count"));
  }
  assert_int_equal(ordo_run_step(whole), 0);
  assert_true(ordo_run_finish(whole, 0));
  OrdoRow row = ordo_run_row(whole, 0);
  assert_string_equal(row.section, "last");
  assert_true(ordo_take_weights(line, whole));
  last = weight_of(line);
  assert_true(fabs(row.values[0] - 2 * last) < 1e-6);
  ordo_run_free(whole);

  training.folder = folder;
  OrdoRun *run = ordo_run_begin(spec, &training);
  assert_null(ordo_run_begin(spec, &training)); /* the folder is taken */
  for (int i = 0; i < 5; i++) assert_int_equal(ordo_run_step(run), 1);
  assert_true(ordo_run_finish(run, 1));
  assert_null(ordo_run_row(run, 0).section);
  ordo_run_free(run);
  training.resume = 1;
  run = ordo_run_begin(spec, &training);
  for (int i = 5; i < 10; i++) {
    assert_int_equal(ordo_run_step(run), 1);
    assert_true(ordo_run_row(run, 0).values[0] == losses[i]);
  }
  assert_int_equal(ordo_run_step(run), 0);
  assert_true(ordo_take_weights(line, run));
  assert_true(weight_of(line) == (float)last);
  assert_true(ordo_run_finish(run, 0));
  OrdoRun *next = ordo_run_begin(spec, &training); /* the folder is free */
  assert_non_null(next);
  ordo_run_free(next);
  OrdoSpec *other = load(*state);
  assert_false(ordo_take_weights(ordo_function(other, "fit.net"), run));
  assert_false(ordo_take_weights(ordo_function(spec, "Net"), run)); /* of another layer */
  ordo_spec_free(spec);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  assert_int_equal(system(command), 0);
}

static void pictures(void **state) {
  OrdoSpec *spec = load(*state);
  OrdoPicture how = ordo_picture_options();
  size_t bytes = 0;
  const char *svg = ordo_picture(spec, "Net", &how, &bytes);
  if (!svg) fail_msg("%s", ordo_errors(*state));
  assert_int_equal(strlen(svg), bytes);
  assert_non_null(strstr(svg, "<svg"));
  assert_non_null(strstr(svg, "tanh"));
  how.format = "txt";
  how.after = "fuse";
  assert_non_null(strstr(ordo_picture(spec, "fit", &how, &bytes), "kernel"));
  how.after = NULL;
  assert_null(strstr(ordo_picture(spec, "fit", &how, &bytes), "kernel"));
  how.after = "nothing";
  assert_null(ordo_picture(spec, "fit", &how, &bytes));
  assert_non_null(strstr(ordo_errors(*state), "no pass 'nothing'"));
  how = (OrdoPicture){.format = "gif"};
  assert_null(ordo_picture(spec, "fit", &how, &bytes));
  assert_null(ordo_picture(spec, "none", &(OrdoPicture){0}, &bytes));
  assert_null(ordo_picture(spec, "fit", &(OrdoPicture){.around = "nowhere"}, &bytes));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(views),   TEST(arrays),      TEST(descriptions),
      TEST(weights), TEST(derivatives), TEST(random_derivative),
      TEST(runs),    TEST(pictures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
