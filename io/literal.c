/* Reader: a recursive descent over value = number | '[' [value {',' value}] ']'. All arrays at one
 * depth have the same length, which becomes that axis' extent. */
#include "io/literal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Literal {
  Ctx *ctx;
  const Source *source;
  const char *at;
  VEC(double) values;
  NumberLook look;
  int rank; /* depth of the numbers; -1 until the first one, or an empty array, is met */
  int64_t dims[TENSOR_MAX_RANK];
  DType want;                  /* DTYPE_BY_LOOK: none */
  bool known[TENSOR_MAX_RANK]; /* the extents that are */
} Literal;

static Span span_between(const Literal *lit, const char *lo, const char *hi) {
  uint32_t base = lit->source->base;
  return (Span){base + (uint32_t)(lo - lit->source->text),
                base + (uint32_t)(hi - lit->source->text)};
}

static bool wrong(Literal *lit, const char *lo, const char *hi, const char *expected) {
  if (hi == lo && *lo) hi++;
  diag_at(lit->ctx, span_between(lit, lo, hi), E_literal_format, "this is no array of numbers");
  diag_expected(lit->ctx, "%s", expected);
  return false;
}

static void skip_space(Literal *lit) { lit->at += strspn(lit->at, " \t\r\n"); }

static bool unusable(Literal *lit, const char *end, const char *why) {
  diag_at(lit->ctx, span_between(lit, lit->at, end), E_number_dtype, "this number %s", why);
  return false;
}

static bool read_number(Literal *lit, int depth) {
  NumText number;
  const char *end = numtext_scan(lit->at, &number), *why;
  if (!end) return wrong(lit, lit->at, lit->at + strcspn(lit->at, ",[] \t\n"), "a number");
  if (lit->rank >= 0 && lit->rank != depth)
    return wrong(lit, lit->at, end, "an array, like the first item at this depth");
  lit->rank = depth;
  if (!lit->values.len || number.look > lit->look) lit->look = number.look;
  bool by_look = lit->want == DTYPE_BY_LOOK;
  why = numtext_fault(&number, by_look ? numtext_dtype(number.look) : lit->want);
  if (why) return unusable(lit, end, why);
  vec_push(&lit->ctx->arena, &lit->values, numtext_value(&number, lit->want));
  lit->at = end;
  return true;
}

static bool read_value(Literal *lit, int depth);

static bool read_items(Literal *lit, int depth, int64_t *count) {
  *count = 0;
  skip_space(lit);
  if (*lit->at == ']') {
    lit->rank = lit->rank < 0 ? depth + 1 : lit->rank;
    return true;
  }
  for (;;) {
    if (!read_value(lit, depth + 1)) return false;
    ++*count;
    skip_space(lit);
    if (*lit->at == ']') return true;
    if (*lit->at != ',') return wrong(lit, lit->at, lit->at, "',' or ']'");
    lit->at++;
  }
}

static bool read_array(Literal *lit, int depth) {
  const char *start = lit->at++;
  int64_t count;
  if (depth == TENSOR_MAX_RANK)
    return wrong(lit, start, lit->at, "fewer brackets: there are too many axes");
  if (lit->rank >= 0 && depth >= lit->rank)
    return wrong(lit, start, lit->at, "a number, like the first item at this depth");
  if (!read_items(lit, depth, &count)) return false;
  lit->at++;
  if (!lit->known[depth]) lit->dims[depth] = count;
  lit->known[depth] = true;
  if (lit->dims[depth] == count) return true;
  wrong(lit, start, lit->at, "rows of equal length");
  diag_got(lit->ctx, "%lld items where the first row has %lld", (long long)count,
           (long long)lit->dims[depth]);
  return false;
}

static bool read_value(Literal *lit, int depth) {
  skip_space(lit);
  return *lit->at == '[' ? read_array(lit, depth) : read_number(lit, depth);
}

Tensor *literal_read(Ctx *ctx, const char *text, DType want, const char *name) {
  Literal lit = {.ctx = ctx, .source = source_add(ctx, name, text, strlen(text)), .rank = -1};
  lit.want = want;
  lit.at = lit.source->text;
  if (!read_value(&lit, 0)) return NULL;
  skip_space(&lit);
  if (*lit.at) {
    wrong(&lit, lit.at, lit.at + strlen(lit.at), "nothing behind the array");
    return NULL;
  }
  return numtext_tensor(ctx, lit.values.data, lit.dims, lit.rank, lit.look, want, name);
}

/* ---- printing ---- */

typedef struct LiteralPrinter {
  const Tensor *tensor;
  int digits;
  int64_t limit;
  Text *out;
} LiteralPrinter;

static void print_number(const LiteralPrinter *p, int64_t i) {
  const Tensor *tensor = p->tensor;
  char digits[48];
  if (tensor->dtype == DT_bool) {
    text_puts(p->out, tensor_get(tensor, i) != 0 ? "true" : "false");
  } else if (tensor->dtype == DT_key) {
    text_printf(p->out, "%llu", (unsigned long long)((const uint64_t *)tensor->data)[i]);
  } else if (!dtype_is_float(tensor->dtype)) {
    text_printf(p->out, "%d", ((const int32_t *)tensor->data)[i]);
  } else if (p->digits && isfinite(tensor_get(tensor, i))) {
    snprintf(digits, sizeof digits, "%.*g", p->digits, tensor_get(tensor, i));
    text_puts(p->out, digits);
  } else if (tensor->dtype == DT_f64) {
    text_double(p->out, tensor_get(tensor, i));
  } else {
    text_float(p->out, (float)tensor_get(tensor, i));
  }
}

/* Prints the items of one axis; 'first' is the row-major place of the first element. */
static void print_axis(const LiteralPrinter *p, int axis, int64_t first) {
  const Tensor *tensor = p->tensor;
  if (axis == tensor->rank) {
    print_number(p, first);
    return;
  }
  int64_t stride = 1, n = tensor->dims[axis];
  for (int i = axis + 1; i < tensor->rank; i++) stride *= tensor->dims[i];
  bool innermost = axis + 1 == tensor->rank, shorten = p->limit && n > p->limit;
  text_putc(p->out, '[');
  for (int64_t i = 0; i < n; i++) {
    if (i) text_printf(p->out, innermost ? ", " : ",\n%*s", axis + 1, "");
    if (shorten && i == p->limit / 2) {
      text_puts(p->out, "...");
      i = n - p->limit / 2 - 1;
      continue;
    }
    print_axis(p, axis + 1, first + i * stride);
  }
  text_putc(p->out, ']');
}

void literal_print(const Tensor *tensor, int digits, int64_t limit, Text *out) {
  LiteralPrinter printer = {tensor, digits, limit, out};
  print_axis(&printer, 0, 0);
}
