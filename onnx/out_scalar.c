/* Elementwise ops. Operators repeat axes of extent 1, so that operands may lack axes that another
 * one has: the result has those of all.
 *
 * Where an operator means something else (division of integers, conversions out of range, what is
 * no number) the difference is written out; where ONNX Runtime would stop the process (a division
 * of integers by 0, the least integer by -1), it does not come to that. */
#include "onnx/out.h"

#include <math.h>

static DType operand(const OnnxOut *o, const Node *n, int k) {
  return onnx_info(o, n->operands[k])->dtype;
}

static DType result(const OnnxOut *o, const Node *n) { return type_info(o->ctx, n->type)->dtype; }

static bool is_float(DType d) { return dtype_is_float(d); }

const char *onnx_as_number(OnnxOut *o, const char *a, DType dtype) {
  return dtype == DT_bool ? onnx_cast(o, a, ONNX_int32) : a;
}

bool onnx_elementwise(OnnxOut *o, const Node *n, OnnxValue *y) {
  const OnnxRow *row = &onnx_rows[n->op];
  const char *a[3];
  *y = (OnnxValue){.scalar = true};
  for (int k = 0; k < n->n_operands; k++) {
    const OnnxValue *value = onnx_value(o, n->operands[k]);
    a[k] = value->name;
    y->have |= value->have;
    y->scalar &= value->scalar;
  }
  y->name = row->scalar ? row->scalar(o, n, a) : onnx_put(o, row->type, a, n->n_operands, NULL, 0);
  if (result(o, n) == DT_bf16 && !op_info[n->op].picks) y->name = onnx_round_bf16(o, y->name);
  return !o->failed;
}

const char *scalar_same(OnnxOut *o, const Node *n, const char *const *a) {
  (void)o, (void)n;
  return a[0];
}

/* 0 of what is no number. */
const char *scalar_sign(OnnxOut *o, const Node *n, const char *const *a) {
  DType dtype = operand(o, n, 0);
  const char *sign = onnx_1(o, "Sign", a[0]);
  if (!is_float(dtype)) return sign;
  return onnx_3(o, "Where", onnx_is_nan(o, a[0]), onnx_number(o, dtype, 0), sign);
}

/* Kahan: with u = exp(x) rounded, (u - 1) x / log(u) is right where u - 1 is not. */
const char *scalar_expm1(OnnxOut *o, const Node *n, const char *const *a) {
  DType dtype = operand(o, n, 0);
  const char *one = onnx_number(o, dtype, 1), *u = onnx_1(o, "Exp", a[0]);
  const char *less = onnx_2(o, "Sub", u, one);
  const char *near = onnx_2(o, "Div", onnx_2(o, "Mul", less, a[0]), onnx_1(o, "Log", u));
  const char *small = onnx_2(o, "Less", onnx_1(o, "Abs", a[0]), one);
  const char *fine = onnx_3(o, "Where", small, near, less);
  return onnx_3(o, "Where", onnx_2(o, "Equal", u, one), a[0], fine);
}

/* The same of log(u) x / (u - 1), u = 1 + x. */
const char *scalar_log1p(OnnxOut *o, const Node *n, const char *const *a) {
  DType dtype = operand(o, n, 0);
  const char *one = onnx_number(o, dtype, 1), *u = onnx_2(o, "Add", a[0], one);
  const char *log = onnx_1(o, "Log", u), *less = onnx_2(o, "Sub", u, one);
  const char *near = onnx_2(o, "Div", onnx_2(o, "Mul", log, a[0]), less);
  const char *small = onnx_2(o, "Less", onnx_1(o, "Abs", a[0]), one);
  const char *fine = onnx_3(o, "Where", small, near, log);
  return onnx_3(o, "Where", onnx_2(o, "Equal", u, one), a[0], fine);
}

const char *scalar_rsqrt(OnnxOut *o, const Node *n, const char *const *a) {
  return onnx_2(o, "Div", onnx_number(o, operand(o, n, 0), 1), onnx_1(o, "Sqrt", a[0]));
}

const char *scalar_is_nan(OnnxOut *o, const Node *n, const char *const *a) {
  if (is_float(operand(o, n, 0))) return onnx_is_nan(o, a[0]);
  const char *number = onnx_as_number(o, a[0], operand(o, n, 0));
  return onnx_1(o, "Not", onnx_2(o, "Equal", number, number));
}

/* The upper 24 bits over 2^24. */
const char *scalar_unit(OnnxOut *o, const Node *n, const char *const *a) {
  (void)n;
  OnnxAttr right = ONNX_TEXT("direction", "RIGHT");
  const char *in[2] = {onnx_cast(o, a[0], ONNX_uint32), onnx_constant(o, ONNX_uint32, 8)};
  const char *bits = onnx_put(o, "BitShift", in, 2, &right, 1);
  return onnx_2(o, "Mul", onnx_cast(o, bits, ONNX_float), onnx_constant(o, ONNX_float, 0x1p-24));
}

/* ---- conversions ---- */

/* Cut towards zero; what does not fit is the nearest that does, what is no number 0. */
static const char *float_to_int(OnnxOut *o, const char *a, DType from) {
  double most = from == DT_f64 ? INT32_MAX : 2147483520.0; /* the largest float below 2^31 */
  const char *zero = onnx_number(o, from, 0), *above = onnx_number(o, from, 0x1p31);
  const char *some = onnx_3(o, "Where", onnx_is_nan(o, a), zero, a);
  const char *low = onnx_2(o, "Max", some, onnx_number(o, from, INT32_MIN));
  const char *fits = onnx_2(o, "Min", low, onnx_number(o, from, most));
  const char *cut = onnx_cast(o, fits, ONNX_int32);
  const char *large = onnx_2(o, "GreaterOrEqual", some, above);
  return onnx_3(o, "Where", large, onnx_constant(o, ONNX_int32, INT32_MAX), cut);
}

static const char *to_index(OnnxOut *o, const char *a, Sz extent) {
  const char *last = onnx_size_scalar(o, size_sub(o->ctx, extent, size_const(o->ctx, 1)));
  const char *low = onnx_2(o, "Max", a, onnx_constant(o, ONNX_int32, 0));
  return onnx_2(o, "Min", low, onnx_cast(o, last, ONNX_int32));
}

const char *scalar_cast_to(OnnxOut *o, const Node *n, const char *const *a) {
  const TypeInfo *to = type_info(o->ctx, n->type), *from = onnx_info(o, n->operands[0]);
  bool whole = to->dtype == DT_i32 || to->dtype == DT_idx;
  const char *y = a[0];
  if (to->dtype == DT_bf16 && from->dtype != DT_bf16) {
    y = onnx_cast(o, y, ONNX_float);
    return onnx_round_bf16(o, y);
  }
  if (whole && is_float(from->dtype))
    y = float_to_int(o, y, from->dtype);
  else if (onnx_type(to->dtype) != onnx_type(from->dtype))
    y = onnx_cast(o, y, onnx_type(to->dtype));
  bool same = from->dtype == DT_idx && sz_eq(from->extent, to->extent);
  return to->dtype == DT_idx && !same ? to_index(o, y, to->extent) : y;
}

/* ---- division ---- */

/* Whether all elements of an operand are a number that integers can be divided by without care. */
static bool harmless(const OnnxOut *o, const Node *n) {
  const Node *b = graph_node(o->level->graph, n->operands[1]);
  double value = node_float(b, A_value, 0);
  return b->op == OP_const && value != 0 && value != -1;
}

/* Rounded down; 0 for b = 0, and -a for b = -1, without dividing by either. */
static const char *int_div(OnnxOut *o, const Node *n, const char *a, const char *b) {
  const char *zero = onnx_constant(o, ONNX_int32, 0), *by = b, *none = NULL, *minus = NULL;
  if (!harmless(o, n)) {
    none = onnx_2(o, "Equal", b, zero);
    minus = onnx_2(o, "Equal", b, onnx_constant(o, ONNX_int32, -1));
    by = onnx_3(o, "Where", onnx_2(o, "Or", none, minus), onnx_constant(o, ONNX_int32, 1), b);
  }
  const char *quotient = onnx_2(o, "Div", a, by);
  const char *rest = onnx_2(o, "Sub", a, onnx_2(o, "Mul", quotient, by));
  const char *negative =
      onnx_2(o, "Xor", onnx_2(o, "Less", rest, zero), onnx_2(o, "Less", by, zero));
  const char *inexact = onnx_1(o, "Not", onnx_2(o, "Equal", rest, zero));
  const char *lower = onnx_cast(o, onnx_2(o, "And", negative, inexact), ONNX_int32);
  const char *y = onnx_2(o, "Sub", quotient, lower);
  if (!none) return y;
  y = onnx_3(o, "Where", minus, onnx_1(o, "Neg", a), y);
  return onnx_3(o, "Where", none, zero, y);
}

const char *scalar_div(OnnxOut *o, const Node *n, const char *const *a) {
  return is_float(result(o, n)) ? onnx_2(o, "Div", a[0], a[1]) : int_div(o, n, a[0], a[1]);
}

static const char *int_mod(OnnxOut *o, const Node *n, const char *a, const char *b) {
  const char *quotient = int_div(o, n, a, b);
  const char *rest = onnx_2(o, "Sub", a, onnx_2(o, "Mul", quotient, b));
  const char *zero = onnx_constant(o, ONNX_int32, 0);
  return onnx_3(o, "Where", onnx_2(o, "Equal", b, zero), zero, rest);
}

/* The exact rest has a's sign; the op's has b's. */
static const char *float_mod(OnnxOut *o, const char *a, const char *b, DType dtype) {
  OnnxAttr fmod = ONNX_INT("fmod", 1);
  const char *in[2] = {a, b}, *zero = onnx_number(o, dtype, 0);
  const char *rest = onnx_put(o, "Mod", in, 2, &fmod, 1);
  const char *other = onnx_2(o, "Xor", onnx_2(o, "Less", rest, zero), onnx_2(o, "Less", b, zero));
  const char *exact = onnx_2(o, "Equal", rest, zero);
  const char *moved = onnx_3(o, "Where", other, onnx_2(o, "Add", rest, b), rest);
  return onnx_3(o, "Where", exact, onnx_2(o, "Mul", b, zero), moved);
}

const char *scalar_mod(OnnxOut *o, const Node *n, const char *const *a) {
  DType dtype = result(o, n);
  return is_float(dtype) ? float_mod(o, a[0], a[1], dtype) : int_mod(o, n, a[0], a[1]);
}

/* ---- comparisons and choice ---- */

const char *scalar_compare(OnnxOut *o, const Node *n, const char *const *a) {
  DType dtype = operand(o, n, 0);
  const char *x = onnx_as_number(o, a[0], dtype), *y = onnx_as_number(o, a[1], dtype);
  switch (n->op) {
  case OP_lt:
    return onnx_2(o, "Less", x, y);
  case OP_le:
    return onnx_2(o, "LessOrEqual", x, y);
  case OP_gt:
    return onnx_2(o, "Greater", x, y);
  case OP_ge:
    return onnx_2(o, "GreaterOrEqual", x, y);
  default:
    break;
  }
  const char *equal = onnx_2(o, "Equal", x, y);
  return n->op == OP_eq ? equal : onnx_1(o, "Not", equal);
}

/* ONNX Runtime has no Where of bools and keys. */
const char *scalar_where(OnnxOut *o, const Node *n, const char *const *a) {
  DType dtype = result(o, n);
  if (dtype != DT_bool && dtype != DT_key) return onnx_3(o, "Where", a[0], a[1], a[2]);
  OnnxType as = dtype == DT_bool ? ONNX_int32 : ONNX_int64;
  const char *b = onnx_cast(o, a[1], as), *c = onnx_cast(o, a[2], as);
  return onnx_cast(o, onnx_3(o, "Where", a[0], b, c), onnx_type(dtype));
}
