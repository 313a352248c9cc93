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

#include "runtime/numbers.h"
#include "runtime/numtext.h"

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

/* Decimals beside, and exactly, halfway between two neighbours in f32: glibc's strtof is the judge. */
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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(halfway), cmocka_unit_test(short_decimals),
                                     cmocka_unit_test(ranges)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
