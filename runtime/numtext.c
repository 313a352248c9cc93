#include "runtime/numtext.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/numbers.h"

static const struct {
  const char *word;
  double value;
  NumberLook look;
} words[] = {
    {"true", 1, LOOK_bool},   {"false", 0, LOOK_bool},       {"True", 1, LOOK_bool},
    {"False", 0, LOOK_bool},  {"inf", HUGE_VAL, LOOK_float}, {"Infinity", HUGE_VAL, LOOK_float},
    {"nan", NAN, LOOK_float}, {"NaN", NAN, LOOK_float},
};

static const char *scan_word(const char *at, double *value, NumberLook *look) {
  size_t n = 0;
  while (isalpha((unsigned char)at[n])) n++;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strlen(words[i].word) == n && !strncmp(words[i].word, at, n)) {
      *value = words[i].value;
      *look = words[i].look;
      return at + n;
    }
  return NULL;
}

/* Digits, point, exponent: strtod alone would also take hexadecimal numbers. */
static const char *scan_digits(const char *at, double *value, NumberLook *look) {
  size_t n = strspn(at, "0123456789."), digits = strspn(at, "0123456789");
  if (!n || (n == 1 && *at == '.')) return NULL;
  if (at[n] == 'e' || at[n] == 'E') {
    n++;
    if (at[n] == '+' || at[n] == '-') n++;
    n += strspn(at + n, "0123456789");
  }
  char *end;
  *value = strtod(at, &end);
  *look = digits == n ? LOOK_int : LOOK_float;
  return end == at + n ? end : NULL;
}

const char *numtext_scan(const char *at, double *value, NumberLook *look) {
  bool negative = *at == '-';
  if (*at == '-' || *at == '+') at++;
  const char *end =
      isalpha((unsigned char)*at) ? scan_word(at, value, look) : scan_digits(at, value, look);
  if (!end || isalnum((unsigned char)*end) || *end == '.' || *end == '_') return NULL;
  if (negative) *value = -*value;
  return end;
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
