/* Numbers written as text become elements in one rounding; what a type cannot hold is a fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/numbers.h"
#include "io/numtext.h"

static uint64_t seed = 1;
static uint32_t draw(void) {
  seed = seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(seed >> 32);
}

static float draw_float(void) {
  float value;
  do {
    uint32_t bits = draw();
    memcpy(&value, &bits, sizeof value);
  } while (!isfinite(value));
  return value;
}

static void expect_rounded(const char *text) {
  NumText number;
  assert_non_null(numtext_scan(text, &number));
  assert_true(number.nearest == strtod(text, NULL));
  float want = strtof(text, NULL), got = (float)number.odd;
  if (memcmp(&want, &got, sizeof want)) fail_msg("%s: %a, not %a", text, (double)got, (double)want);
}

/* Decimals beside, and exactly, halfway between two neighbours in f32: glibc's strtof is the
 * judge. */
static void halfway(void **state) {
  (void)state;
  static const char *const tails[] = {"", "0", "1", "0000000000000000000000000000000000000000001"};
  for (int i = 0; i < 20000; i++) {
    float low = draw_float(), high = nextafterf(low, low > 0 ? INFINITY : -INFINITY);
    double middle = ((double)low + (double)high) / 2;
    char text[512], below[512];
    if (!isfinite(high)) continue;
    int n = snprintf(text, sizeof text - 60, "%.*f", 200, middle);
    strcpy(text + n, tails[draw() % 4]);
    expect_rounded(text);
    snprintf(below, sizeof below, "%.17g", nextafter(middle, 0));
    expect_rounded(below);
    snprintf(below, sizeof below, "%.*g", 1 + (int)(draw() % 20), (double)low);
    expect_rounded(below);
  }
}

static void short_decimals(void **state) {
  (void)state;
  for (int i = 0; i < 200000; i++) {
    char text[32];
    snprintf(text, sizeof text, "%u.%u", draw() % 1000, draw() % 1000);
    expect_rounded(text);
  }
}

static void ranges(void **state) {
  (void)state;
  static const struct {
    const char *text;
    DType type;
    bool fits;
  } cases[] = {
      {"2147483647", DT_i32, true},
      {"-2147483648", DT_i32, true},
      {"2147483648", DT_i32, false},
      {"-2147483649", DT_i32, false},
      {"2147483647.0000000000000000000000000001", DT_i32, false},
      {"0.99999999999999999999999999999", DT_i32, false},
      {"1e9", DT_i32, true},
      {"1e10", DT_i32, false},
      {"nan", DT_i32, false},
      {"3.4028235677973366163e38", DT_f32, true}, /* the middle to 2^128 is ...66163753... */
      {"3.4028235677973366164e38", DT_f32, false},
      {"1e400", DT_f64, false},
      {"-1e400", DT_f32, false},
      {"inf", DT_f64, true},
      {"1e-400", DT_f64, true},
      {"1", DT_bool, true},
      {"2", DT_bool, false},
      {"0.00000000000000000001", DT_bool, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    NumText number;
    assert_true(numtext_scan_all(cases[i].text, strlen(cases[i].text), &number));
    if (cases[i].fits != !numtext_fault(&number, cases[i].type)) fail_msg("%s", cases[i].text);
  }
}

/* ---- elements of files ---- */

static uint64_t draw64(void) { return ((uint64_t)draw() << 32 | draw()) >> draw() % 64; }

/* A number of 64 bits that lies close to halfway between two floats of 'bits' bits. */
static uint64_t draw_tie(int bits) {
  uint64_t high = (1ull << (bits - 1)) | (draw64() & ((1ull << (bits - 1)) - 1));
  int shift = 64 - bits - (int)(draw() % 8);
  return (high << shift | 1ull << (shift - 1)) + draw() % 3 - 1;
}

static Tensor *one_as(Ctx *ctx, Number number, const void *bytes, DType type) {
  FileIn in = file_memory("one", bytes, (size_t)number_info[number].bytes);
  NumberSource from = {&in, 0, number, false, "one"};
  Tensor *tensor = tensor_new(type, NULL, 0);
  assert_true(number_read(ctx, &from, tensor, NULL));
  return tensor;
}

/* The bf16 that is nearest, by exact distances (an x87 long double holds all 64 bits). */
static uint16_t nearest_bf16(long double value) {
  float size = (float)fabsl(value), low;
  uint32_t bits;
  while ((long double)size > fabsl(value)) size = nextafterf(size, 0);
  memcpy(&bits, &size, sizeof bits);
  bits &= 0xffff0000u;
  memcpy(&low, &bits, sizeof low);
  long double below = fabsl(value) - low,
              above = bf16_to_f32((uint16_t)((bits >> 16) + 1)) - fabsl(value);
  bool up = above < below || (above == below && (bits >> 16 & 1));
  return (uint16_t)((bits >> 16) + up) | (uint16_t)(value < 0 ? 0x8000 : 0);
}

static void expect_floats(Ctx *ctx, Number number, const void *bytes, long double value) {
  Tensor *f32 = one_as(ctx, number, bytes, DT_f32), *f64 = one_as(ctx, number, bytes, DT_f64);
  Tensor *bf16 = one_as(ctx, number, bytes, DT_bf16);
  if (tensor_get(f32, 0) != (double)(float)value) fail_msg("%Lf as f32", value);
  if (tensor_get(f64, 0) != (double)value) fail_msg("%Lf as f64", value);
  if (*(uint16_t *)bf16->data != nearest_bf16(value)) fail_msg("%Lf as bf16", value);
  tensor_free(f32);
  tensor_free(f64);
  tensor_free(bf16);
}

static void one_rounding(void **state) {
  (void)state;
  Ctx *ctx = ctx_new();
  for (int i = 0; i < 60000; i++) {
    uint64_t u = i % 3 ? draw_tie(i % 3 == 1 ? 24 : 8) : draw64();
    int64_t s = (int64_t)(u >> 1) * (draw() % 2 ? 1 : -1);
    double d = (double)(int64_t)(u >> 11) * ldexp(1, (int)(draw() % 60) - 70);
    expect_floats(ctx, NUM_u64, &u, (long double)u);
    expect_floats(ctx, NUM_i64, &s, (long double)s);
    expect_floats(ctx, NUM_f64, &d, (long double)d);
  }
  ctx_free(ctx);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(halfway), cmocka_unit_test(short_decimals),
                                     cmocka_unit_test(ranges), cmocka_unit_test(one_rounding)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
