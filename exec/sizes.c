/* Evaluating sizes: see sizes.h. */
#include "exec/sizes.h"

int64_t sizes_floor_div(int64_t a, int64_t b) {
  int64_t quotient = a / b;
  return a % b && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

static bool eval_factor(const SizeFactor *f, const int64_t *symbols, const int64_t *values,
                        const bool *known, int64_t *value) {
  if (f->kind == FACTOR_symbol) return *value = symbols[f->a], *value != SIZE_UNKNOWN;
  if (!known[f->a] || !known[f->b]) return false;
  int64_t a = values[f->a], b = values[f->b];
  if (f->kind == FACTOR_floor) {
    if (!b || (a == INT64_MIN && b == -1)) return false;
    return *value = sizes_floor_div(a, b), true;
  }
  return *value = (f->kind == FACTOR_min) == (a < b) ? a : b, true;
}

static bool eval_sum(const SizeTable *t, const SizeSum *sum, const int64_t *symbols,
                     const int64_t *values, const bool *known, int64_t *value) {
  *value = 0;
  if (sum->n == SIZE_NEVER) return false;
  for (uint32_t i = 0; i < sum->n; i++) {
    const SizeTerm *term = &t->terms[sum->first + i];
    int64_t product = term->coef, factor;
    for (uint32_t k = 0; k < term->n; k++)
      if (!eval_factor(&t->factors[t->places[term->first + k]], symbols, values, known, &factor) ||
          __builtin_mul_overflow(product, factor, &product))
        return false;
    if (__builtin_add_overflow(*value, product, value)) return false;
  }
  return true;
}

void sizes_eval(const SizeTable *t, const int64_t *symbols, int64_t *values, bool *known) {
  for (uint32_t i = 0; i < t->n_sums; i++)
    known[i] = eval_sum(t, &t->sums[i], symbols, values, known, &values[i]);
}
