/* Elementwise operators of a file that is imported: texts of rows, filled in. */
#include "onnx/in.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- shapes ---- */

/* Shapes are lined up at their ends; an axis of extent 1 fits any. */
bool in_broadcast(OnnxIn *o, InValue *const *values, uint32_t n, InValue *shape) {
  shape->rank = 0;
  for (uint32_t i = 0; i < n; i++)
    if (values[i] && values[i]->rank > shape->rank) shape->rank = values[i]->rank;
  for (int k = 0; k < shape->rank; k++) shape->dims[k] = size_const(o->ctx, 1);
  for (uint32_t i = 0; i < n; i++)
    for (int k = 0; values[i] && k < values[i]->rank; k++) {
      Sz *to = &shape->dims[shape->rank - values[i]->rank + k], dim = values[i]->dims[k];
      if (size_is(o->ctx, dim, 1) || sz_eq(*to, dim)) continue;
      if (!size_is(o->ctx, *to, 1) && !in_same_size(o, *to, dim))
        return in_refuse(o, "takes shapes that are not known to agree: axes of %s and %s",
                         size_str(o->ctx, *to), size_str(o->ctx, dim));
      *to = dim;
    }
  return true;
}

static bool same_shape(const InValue *a, const InValue *b) {
  bool same = a->rank == b->rank;
  for (int k = 0; same && k < a->rank; k++) same = sz_eq(a->dims[k], b->dims[k]);
  return same;
}

/* ---- what is known ---- */

/* The element of an operand that an element of the result is made from. */
static int64_t element_at(OnnxIn *o, const InValue *v, const InValue *y, int64_t at) {
  int64_t place = 0, step = 1, extent;
  for (int k = y->rank - 1; k >= 0; k--) {
    int64_t whole = 1;
    size_is_const(o->ctx, y->dims[k], &whole);
    int axis = k - (y->rank - v->rank);
    if (axis >= 0 && size_is_const(o->ctx, v->dims[axis], &extent)) {
      if (extent > 1) place += at % whole * step;
      step *= extent;
    }
    at /= whole;
  }
  return place;
}

static bool all_known(OnnxIn *o, bool real) {
  for (uint32_t i = 0; i < o->n_in; i++)
    if (!o->in[i] || o->in[i]->held || (real ? !o->in[i]->real : !o->in[i]->whole)) return false;
  return o->n_in > 0;
}

/* Integers, bools and sizes, as far as the row can. */
static bool fold_whole(OnnxIn *o, const InRow *row, InValue *y, int64_t count) {
  Sz *out = arena_array(&o->ctx->arena, Sz, count + 1);
  for (int64_t i = 0; i < count; i++) {
    out[i] = o->in[0]->whole[element_at(o, o->in[0], y, i)];
    if (o->n_in == 1) out[i] = row->fold(o->ctx, out[i], SZ_NONE);
    for (uint32_t k = 1; k < o->n_in; k++)
      out[i] = row->fold(o->ctx, out[i], o->in[k]->whole[element_at(o, o->in[k], y, i)]);
    if (!out[i].i) return false;
  }
  in_set_whole(y, out, count);
  return true;
}

static double rounded(double value, DType dtype) {
  if (dtype == DT_bf16) return bf16_to_f32(bf16_from_f32((float)value));
  return dtype == DT_f32 ? (double)(float)value : value;
}

static bool fold_real(OnnxIn *o, const InRow *row, InValue *y, int64_t count) {
  double *out = arena_array(&o->ctx->arena, double, count + 1);
  for (int64_t i = 0; i < count; i++) {
    out[i] = o->in[0]->real[element_at(o, o->in[0], y, i)];
    if (o->n_in == 1) out[i] = row->fold_real(out[i], 0);
    for (uint32_t k = 1; k < o->n_in; k++)
      out[i] = row->fold_real(out[i], o->in[k]->real[element_at(o, o->in[k], y, i)]);
    out[i] = rounded(out[i], y->dtype);
  }
  in_set_real(y, out, count);
  return true;
}

static bool folded(OnnxIn *o, const InRow *row, InValue *y) {
  int64_t count = in_count(o, y);
  if (count < 0 || count > 4096) return false;
  if (row->fold && all_known(o, false)) return fold_whole(o, row, y, count);
  if (row->fold_real && y->dtype != DT_bf16 && all_known(o, true))
    return fold_real(o, row, y, count);
  return false;
}

Sz in_fold_less(Ctx *ctx, Sz a, Sz b) {
  int64_t x, y;
  if (!size_is_const(ctx, a, &x) || !size_is_const(ctx, b, &y)) return SZ_NONE;
  return size_const(ctx, x < y);
}
Sz in_fold_greater(Ctx *ctx, Sz a, Sz b) { return in_fold_less(ctx, b, a); }
Sz in_fold_not(Ctx *ctx, Sz a, Sz b) {
  (void)b;
  int64_t x;
  return size_is_const(ctx, a, &x) ? size_const(ctx, !x) : SZ_NONE;
}
Sz in_fold_at_most(Ctx *ctx, Sz a, Sz b) { return in_fold_not(ctx, in_fold_less(ctx, b, a), a); }
Sz in_fold_at_least(Ctx *ctx, Sz a, Sz b) { return in_fold_not(ctx, in_fold_less(ctx, a, b), a); }
Sz in_fold_equal(Ctx *ctx, Sz a, Sz b) {
  int64_t x, y;
  if (sz_eq(a, b)) return size_const(ctx, 1);
  if (!size_is_const(ctx, a, &x) || !size_is_const(ctx, b, &y)) return SZ_NONE;
  return size_const(ctx, x == y);
}
Sz in_fold_and(Ctx *ctx, Sz a, Sz b) { return size_mul(ctx, a, b); }
Sz in_fold_or(Ctx *ctx, Sz a, Sz b) { return size_max(ctx, a, b); }
Sz in_fold_negative(Ctx *ctx, Sz a, Sz b) {
  (void)b;
  return size_sub(ctx, size_const(ctx, 0), a);
}
/* Towards zero, while sizes are divided with floor. */
Sz in_fold_div(Ctx *ctx, Sz a, Sz b) {
  int64_t x, y;
  if (size_is_const(ctx, a, &x) && size_is_const(ctx, b, &y))
    return y == 0 || (y == -1 && x == INT64_MIN) ? SZ_NONE : size_const(ctx, x / y);
  bool positive =
      size_ge_filled(ctx, a, size_const(ctx, 0)) && size_ge_filled(ctx, b, size_const(ctx, 1));
  return positive ? size_div(ctx, a, b) : SZ_NONE;
}
double in_real_add(double a, double b) { return a + b; }
double in_real_sub(double a, double b) { return a - b; }
double in_real_mul(double a, double b) { return a * b; }
double in_real_div(double a, double b) { return a / b; }
double in_real_sqrt(double a, double b) {
  (void)b;
  return sqrt(a);
}
double in_real_floor(double a, double b) {
  (void)b;
  return floor(a);
}
double in_real_ceil(double a, double b) {
  (void)b;
  return ceil(a);
}

/* ---- texts of rows ---- */

/* {alpha=0.01}: the number of an attribute, or that behind '='. */
static const char *attr_number(OnnxIn *o, const char **at, DType dtype) {
  const char *begin = *at + 1, *equal = strchr(begin, '='), *end = strchr(begin, '}');
  const char *name = ctx_printf(o->ctx, "%.*s", (int)(equal - begin), begin);
  *at = end + 1;
  return in_real(o, in_attr_float(o, name, strtod(equal + 1, NULL)), dtype);
}

/* A negative number needs no brackets where it stands alone. */
static const char *unwrapped(OnnxIn *o, const char *text) {
  size_t n = strlen(text);
  bool number = n > 3 && text[0] == '(' && text[1] == '-' && strcspn(text + 2, " ()[") == n - 3;
  return number ? ctx_printf(o->ctx, "%.*s", (int)n - 2, text + 1) : text;
}

/* Whether what is appended stands between brackets or commas. */
static bool stands_alone(const Text *out, char next) {
  const char *end = text_str(out) + out->len;
  bool begins = out->len && (end[-1] == '(' || (out->len > 1 && end[-2] == ','));
  return begins && (next == ',' || next == ')');
}

const char *in_fill(OnnxIn *o, const char *text, const char *const *operands, DType dtype) {
  Text out = text_new(&o->ctx->arena);
  while (*text) {
    if (*text == '$') {
      bool alone = stands_alone(&out, text[2]);
      text_puts(&out, alone ? unwrapped(o, operands[text[1] - '0']) : operands[text[1] - '0']);
      text += 2;
    } else if (*text == '{') {
      text_puts(&out, attr_number(o, &text, dtype));
    } else {
      text_putc(&out, *text++);
    }
  }
  return text_str(&out);
}

/* Whether an operand may go without the axes of extent 1 that it was given in front: another one
 * has as many. */
static bool stands_behind(InValue *const *values, uint32_t n, uint32_t i, int rank) {
  const InValue *v = values[i]->lead_of;
  if (!v || in_known(values[i]) || !v->rank) return false;
  for (uint32_t k = 0; k < n; k++)
    if (k != i && values[k] && !in_is_number(values[k]) && !values[k]->lead_of &&
        values[k]->rank == rank)
      return true;
  return false;
}

/* Operands as they stand in an expression whose result has the shape of y. Single numbers are
 * written as numbers where others have the type and the shape; 'first' is the first that counts
 * for the type. */
static void write_operands(OnnxIn *o, InValue *const *values, uint32_t n, uint32_t first,
                           const InValue *y, const char **out) {
  InValue shape = {0}, **others = arena_array(&o->ctx->arena, InValue *, n + 1);
  uint32_t rest = 0;
  bool typed = false;
  for (uint32_t i = 0; i < n; i++) {
    if (!values[i] || in_is_number(values[i])) continue;
    others[rest++] = values[i];
    typed |= i >= first;
  }
  bool whole = in_broadcast(o, others, rest, &shape) && same_shape(&shape, y);
  for (uint32_t i = 0; i < n; i++) {
    InValue *v = values[i];
    if (!v) continue;
    bool wanted = i >= first && !typed;
    if (!whole && v->rank)
      out[i] = in_use(o, v);
    else if (in_is_number(v))
      out[i] = wanted ? in_typed(o, v->dtype, in_number(o, v)) : in_number(o, v);
    else
      out[i] = in_use(o, stands_behind(values, n, i, y->rank) ? v->lead_of : v);
    typed |= wanted;
  }
}

static const char *folded_text(OnnxIn *o, const InRow *row, const char *text,
                               const char *const *operands, DType dtype) {
  const char *pair[2] = {operands[0], NULL};
  for (uint32_t i = 1; i < o->n_in; i++) {
    pair[1] = operands[i];
    pair[0] = in_fill(o, text, pair, dtype);
  }
  (void)row;
  return pair[0];
}

static bool check_types(OnnxIn *o, const InRow *row, DType dtype) {
  uint32_t from = row->flags & IN_first ? 1 : 0;
  for (uint32_t i = from; i < o->n_in; i++)
    if (o->in[i] && o->in[i]->dtype != dtype)
      return in_refuse(o, "takes operands of %s and %s", dtype_name[dtype],
                       dtype_name[o->in[i]->dtype]);
  if ((row->flags & IN_float) && !dtype_is_float(dtype))
    return in_refuse(o, "is not supported for %s", dtype_name[dtype]);
  return true;
}

/* The number of operands that a text has. */
static uint32_t operands_of(const char *text) {
  uint32_t most = 0;
  for (; *text; text++)
    if (*text == '$' && (uint32_t)(text[1] - '0') + 1 > most) most = (uint32_t)(text[1] - '0') + 1;
  return most;
}

bool in_elementwise(OnnxIn *o, const InRow *row) {
  InValue shape = {0};
  const char *operands[64] = {0};
  if (!in_needs(o, row->flags & IN_fold ? 1 : operands_of(row->text))) return false;
  uint32_t first = row->flags & IN_first ? 1 : 0;
  DType dtype = o->in[first]->dtype;
  if (!check_types(o, row, dtype) || !in_broadcast(o, o->in, o->n_in, &shape)) return false;
  DType gives = row->flags & IN_bool ? DT_bool : dtype;
  InValue *y = in_output(o, 0, gives, shape.rank, shape.dims);
  if (gives == dtype) y->elem = o->in[first]->elem;
  if (folded(o, row, y)) return true;
  write_operands(o, o->in, o->n_in, first, y, operands);
  const char *text = row->whole && !dtype_is_float(dtype) ? row->whole : row->text;
  if (row->flags & IN_fold)
    in_let(o, y, "%s", folded_text(o, row, text, operands, dtype));
  else
    in_let(o, y, "%s", in_fill(o, text, operands, dtype));
  return true;
}

/* ---- those with more to them ---- */

bool in_identity(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  in_alias(o, 0, o->in[0]);
  return true;
}

bool in_dropout(OnnxIn *o) {
  int64_t training = 0, seen = 0;
  if (!in_needs(o, 1)) return false;
  double ratio = in_attr_float(o, "ratio", 0.5);
  if (o->n_in > 1 && o->in[1] && o->in[1]->real && o->in[1]->count) ratio = o->in[1]->real[0];
  if (o->n_in > 2 && o->in[2] && !in_is_const(o, o->in[2], 0, &training))
    return in_refuse(o, "drops at random when an input says so");
  if (o->opset < 7) seen = in_attr_int(o, "is_test", 0);
  if ((training || (o->opset < 7 && !seen)) && ratio != 0)
    return in_refuse(o, "is that of training, which draws random numbers");
  in_alias(o, 0, o->in[0]);
  if (!in_has_output(o, 1)) return true;
  InValue *mask = in_output(o, 1, DT_bool, o->in[0]->rank, o->in[0]->dims);
  in_let(o, mask, mask->rank ? "full(true, %s)" : "true%s", in_dims(o, mask->dims, mask->rank));
  return true;
}

static bool cast_known(OnnxIn *o, const InValue *v, InValue *y) {
  int64_t n = v->count;
  if (v->whole && dtype_is_float(y->dtype)) {
    double *real = arena_array(&o->ctx->arena, double, n + 1);
    for (int64_t i = 0, value; i < n; i++) {
      if (!size_is_const(o->ctx, v->whole[i], &value)) return false;
      real[i] = rounded((double)value, y->dtype);
    }
    in_set_real(y, real, n);
    return true;
  }
  Sz *whole = arena_array(&o->ctx->arena, Sz, n + 1);
  if (dtype_is_float(y->dtype)) {
    double *real = arena_array(&o->ctx->arena, double, n + 1);
    for (int64_t i = 0; i < n; i++) real[i] = rounded(v->real[i], y->dtype);
    in_set_real(y, real, n);
    return true;
  }
  for (int64_t i = 0, value; i < n; i++) {
    whole[i] = v->whole ? v->whole[i] : SZ_NONE;
    if (v->real && fabs(v->real[i]) < 2147483648.0)
      whole[i] = size_const(o->ctx, y->dtype == DT_bool ? v->real[i] != 0 : (int64_t)v->real[i]);
    if (v->whole && y->dtype == DT_bool)
      whole[i] =
          size_is_const(o->ctx, v->whole[i], &value) ? size_const(o->ctx, value != 0) : SZ_NONE;
    if (!whole[i].i) return false;
  }
  in_set_whole(y, whole, n);
  return true;
}

static bool cast_to(OnnxIn *o, int64_t elem) {
  const InValue *v = o->in[0];
  DType dtype;
  if (!in_dtype(elem, &dtype) || (in_narrow(elem) && elem != v->elem && v->dtype != DT_bool))
    return in_refuse(o, "makes %s", model_elem_name(elem));
  if (elem == ELEM_float16 && v->elem != ELEM_float16 && v->dtype != DT_bool)
    return in_refuse(o, "rounds to float16");
  bool wider = in_narrow(v->elem) && elem != v->elem; /* what comes of it does not wrap around */
  if (dtype == v->dtype && !wider && (elem == v->elem || !in_known(v))) {
    in_alias(o, 0, v);
    return true;
  }
  InValue *y = in_output(o, 0, dtype, v->rank, v->dims);
  y->elem = elem;
  if (in_known(v) && cast_known(o, v, y)) return true;
  y->whole = NULL;
  y->real = NULL;
  const char *text = in_known(v) && !v->rank && dtype != DT_bool ? in_number(o, v) : in_use(o, v);
  in_let(o, y, "%s(%s)", dtype_name[dtype], text);
  return true;
}

bool in_cast(OnnxIn *o) { return in_needs(o, 1) && cast_to(o, in_attr_int(o, "to", ELEM_none)); }

bool in_cast_like(OnnxIn *o) { return in_needs(o, 2) && cast_to(o, o->in[1]->elem); }

bool in_pow(OnnxIn *o) {
  InValue shape = {0};
  const char *operands[2];
  if (!in_needs(o, 2) || !in_broadcast(o, o->in, 2, &shape)) return false;
  const InValue *a = o->in[0], *b = o->in[1];
  InValue *y = in_output(o, 0, a->dtype, shape.rank, shape.dims);
  y->elem = a->elem;
  write_operands(o, o->in, 2, 0, y, operands);
  bool number = in_is_number(b);
  if (!dtype_is_float(a->dtype)) /* exact below 2^53 */
    in_let(o, y, "i32(round(f64(%s) ** f64(%s)))", operands[0], operands[1]);
  else if (a->dtype == b->dtype || number)
    in_let(o, y, "%s ** %s", operands[0], operands[1]);
  else
    in_let(o, y, "%s ** %s(%s)", operands[0], dtype_name[a->dtype], operands[1]);
  return true;
}

bool in_mod(OnnxIn *o) {
  static const InRow floored = {.text = "$0 % $1", .fold = size_mod};
  static const InRow cut = {.text = "sign($0) * (abs($0) % abs($1))"};
  return in_elementwise(o, in_attr_int(o, "fmod", 0) ? &cut : &floored);
}

bool in_where(OnnxIn *o) {
  static const InRow row = {.text = "where($0, $1, $2)", .flags = IN_first};
  InValue shape = {0};
  int64_t c;
  if (!in_needs(o, 3) || !in_broadcast(o, o->in, 3, &shape)) return false;
  const InValue *a = o->in[1], *b = o->in[2];
  int64_t count = in_count(o, &shape);
  bool known = o->in[0]->whole && a->whole && b->whole && count >= 0 && count <= 4096;
  if (!known) return in_elementwise(o, &row);
  InValue *y = in_output(o, 0, a->dtype, shape.rank, shape.dims);
  Sz *out = arena_array(&o->ctx->arena, Sz, count + 1);
  for (int64_t i = 0; i < count; i++) {
    if (!in_is_const(o, o->in[0], element_at(o, o->in[0], y, i), &c))
      return in_elementwise(o, &row);
    const InValue *from = c ? a : b;
    out[i] = from->whole[element_at(o, from, y, i)];
  }
  y->elem = a->elem;
  in_set_whole(y, out, count);
  return true;
}

/* Limits are inputs since opset 11, attributes before. */
bool in_clip(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  const InValue *x = o->in[0];
  const char *text = in_use(o, x);
  InValue *y = in_like(o, 0, x);
  static const char *const names[] = {"min", "max"};
  for (uint32_t k = 0; k < 2; k++) {
    const ModelAttr *a = o->opset < 11 ? in_attr(o, names[k]) : NULL;
    const InValue *limit = o->opset >= 11 && o->n_in > k + 1 ? o->in[k + 1] : NULL;
    if (!a && !limit) continue;
    const char *number = a ? in_real(o, a->f, x->dtype) : in_number(o, limit);
    text = ctx_printf(o->ctx, "%s(%s, %s)", k ? "min" : "max", text, number);
  }
  in_let(o, y, "%s", text);
  return true;
}

bool in_gelu(OnnxIn *o) {
  static const InRow exact = {.text = "0.5 * $0 * (1 + erf($0 * 0.7071067811865476))",
                              .flags = IN_float};
  static const InRow near = {
      .text = "0.5 * $0 * (1 + tanh(0.7978845608028654 * ($0 + 0.044715 * $0 ** 3)))",
      .flags = IN_float};
  return in_elementwise(o, strcmp(in_attr_text(o, "approximate", "none"), "tanh") ? &exact : &near);
}

bool in_is_inf(OnnxIn *o) {
  static const InRow both = {.text = "abs($0) == inf", .flags = IN_bool | IN_float};
  static const InRow above = {.text = "$0 == inf", .flags = IN_bool | IN_float};
  static const InRow below = {.text = "$0 == (-inf)", .flags = IN_bool | IN_float};
  static const InRow none = {.text = "$0 != $0 and $0 == $0", .flags = IN_bool | IN_float};
  bool up = in_attr_int(o, "detect_positive", 1), down = in_attr_int(o, "detect_negative", 1);
  return in_elementwise(o, up && down ? &both : up ? &above : down ? &below : &none);
}

bool in_mean(OnnxIn *o) {
  static const InRow sum = {.text = "$0 + $1", .flags = IN_fold | IN_float};
  if (o->n_in == 1) return in_identity(o);
  InValue shape = {0};
  if (!in_needs(o, o->n_in) || !in_broadcast(o, o->in, o->n_in, &shape)) return false;
  const char *operands[64];
  InValue *y = in_output(o, 0, o->in[0]->dtype, shape.rank, shape.dims);
  y->elem = o->in[0]->elem;
  write_operands(o, o->in, o->n_in, 0, y, operands);
  in_let(o, y, "(%s) / %u", folded_text(o, &sum, sum.text, operands, y->dtype), o->n_in);
  return true;
}

bool in_prelu(OnnxIn *o) {
  static const InRow row = {.text = "where($0 < 0, $0 * $1, $0)"};
  if (!in_needs(o, 2)) return false;
  /* Before opset 9 slopes may stand for the second axis. */
  return in_elementwise(o, &row);
}
