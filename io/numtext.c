#include "io/numtext.h"

#include <ctype.h>
#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/numbers.h"

static const struct {
  const char *word;
  double value;
  NumberLook look;
} words[] = {
    {"true", 1, LOOK_bool},        {"false", 0, LOOK_bool},
    {"inf", HUGE_VAL, LOOK_float}, {"infinity", HUGE_VAL, LOOK_float},
    {"nan", NAN, LOOK_float},
};

static const char *scan_word(const char *at, NumText *out) {
  size_t n = 0;
  while (isalpha((unsigned char)at[n])) n++;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strlen(words[i].word) == n && !strncasecmp(words[i].word, at, n)) {
      *out = (NumText){words[i].value, words[i].value, words[i].look, true};
      return at + n;
    }
  return NULL;
}

static double rounded(const char *at, int mode) {
  int before = fegetround();
  fesetround(mode);
  double value = strtod(at, NULL);
  fesetround(before);
  return value;
}

/* The text rounded to odd. Only an f64 with few bits set can be halfway between two numbers of a
 * narrower type, or whole: for others the nearest one serves as well. */
static double to_odd(const char *at, size_t n, double nearest) {
  enum { SHORT = 7 }; /* characters: so few are never next to such an f64 without being it */
  uint64_t bits, low = 0x1fffff;
  memcpy(&bits, &nearest, sizeof bits);
  bool digits = strspn(at, "0123456789.") >= n;
  if ((digits && n <= SHORT) || (isfinite(nearest) && (bits & low))) return nearest;
  double below = rounded(at, FE_TOWARDZERO), above = rounded(at, FE_UPWARD);
  memcpy(&bits, &below, sizeof bits);
  return below == above || (bits & 1) ? below : above;
}

/* Digits, point, exponent: strtod alone would also take hexadecimal numbers. */
static const char *scan_digits(const char *at, NumText *out) {
  size_t n = strspn(at, "0123456789."), digits = strspn(at, "0123456789");
  if (!n || (n == 1 && *at == '.')) return NULL;
  if (at[n] == 'e' || at[n] == 'E') {
    n++;
    if (at[n] == '+' || at[n] == '-') n++;
    n += strspn(at + n, "0123456789");
  }
  char *end;
  double nearest = strtod(at, &end);
  if (end != at + n) return NULL;
  *out = (NumText){nearest, to_odd(at, n, nearest), digits == n ? LOOK_int : LOOK_float, false};
  return end;
}

const char *numtext_scan(const char *at, NumText *out) {
  bool negative = *at == '-';
  if (*at == '-' || *at == '+') at++;
  const char *end = isalpha((unsigned char)*at) ? scan_word(at, out) : scan_digits(at, out);
  if (!end || isalnum((unsigned char)*end) || *end == '.' || *end == '_') return NULL;
  if (!negative) return end;
  out->nearest = -out->nearest;
  out->odd = -out->odd;
  return end;
}

bool numtext_scan_all(const char *text, size_t n, NumText *out) {
  char some[64], *copy = n < sizeof some ? some : heap_alloc(n + 1);
  if (!copy) return false;
  memcpy(copy, text, n);
  copy[n] = 0;
  bool ok = numtext_scan(copy, out) == copy + n;
  if (copy != some) heap_free(copy);
  return ok;
}

const char *numtext_fault(const NumText *number, DType to) {
  double value = number->odd;
  switch (to) {
  case DT_bool:
    return value == 0 || value == 1 ? NULL : "is not true or false";
  case DT_i32:
  case DT_idx:
    return value == floor(value) && value >= INT32_MIN && value <= INT32_MAX
               ? NULL
               : "is no whole number of 32 bits";
  case DT_f64:
    return number->word || isfinite(number->nearest) ? NULL : "is too large for f64";
  case DT_f32:
    return number->word || isfinite((float)value) ? NULL : "is too large for f32";
  default: /* bf16 and keys: when the tensor is made */
    return NULL;
  }
}

DType numtext_dtype(NumberLook look) {
  static const DType of[] = {DT_bool, DT_i32, DT_f32};
  return of[look];
}

Tensor *numtext_tensor(Ctx *ctx, const double *values, const int64_t *dims, int rank,
                       NumberLook look, DType want, const char *what) {
  Tensor *doubles = tensor_new_or_report(ctx, DT_f64, dims, rank, what);
  if (!doubles) return NULL;
  size_t bytes = tensor_bytes(doubles);
  if (bytes) memcpy(doubles->data, values, bytes);
  Tensor *tensor =
      tensor_convert(ctx, doubles, want == DTYPE_BY_LOOK ? numtext_dtype(look) : want, what);
  tensor_free(doubles);
  return tensor;
}
