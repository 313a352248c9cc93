#include "ir/scalar.h"

#include <math.h>

#include "ir/tensor.h"

typedef int64_t (*Integer)(int64_t a, int64_t b, int64_t c);
#define SCALAR(op, expression)
#define INTEGER(op, expression)                                                                    \
  static int64_t integer_##op(int64_t a, int64_t b, int64_t c) {                                   \
    (void)b, (void)c;                                                                              \
    return expression;                                                                             \
  }
#include "ir/scalar.def"
#undef INTEGER
#define INTEGER(op, expression) [OP_##op] = integer_##op,
static const Integer integer_of[N_OPS] = {
#include "ir/scalar.def"
};
#undef INTEGER
#undef SCALAR

double floor_mod(double a, double b) {
  double rest = fmod(a, b);
  if (rest == 0) return copysign(0, b);
  return (rest < 0) != (b < 0) && rest == rest ? rest + b : rest;
}

static double wrap_i32(double value) {
  if (!(fabs(value) < 0x1p62)) return 0;
  return (double)(int32_t)(uint32_t)(int64_t)value;
}

double scalar_round(DType dtype, double value) {
  switch (dtype) {
  case DT_f32:
    return (double)(float)value;
  case DT_bf16:
    return (double)bf16_to_f32(bf16_from_f32((float)value));
  case DT_i32:
    return wrap_i32(value);
  case DT_bool:
    return value != 0;
  default:
    return value;
  }
}

double scalar_eval(Op op, DType operand, DType result, double a, double b, double c) {
  if (operand == DT_i32 && integer_of[op]) {
    int64_t value = integer_of[op]((int64_t)a, (int64_t)b, (int64_t)c);
    return (double)(int32_t)(uint32_t)(uint64_t)value;
  }
  return scalar_round(result, op_info[op].scalar(a, b, c));
}

static double clamp(double value, double lo, double hi) {
  if (value != value) return 0;
  return value < lo ? lo : value > hi ? hi : trunc(value);
}

double scalar_cast(DType to, int64_t extent, double value) {
  if (to == DT_i32) return clamp(value, INT32_MIN, INT32_MAX);
  if (to == DT_idx) return clamp(value, 0, (double)(extent > 0 ? extent - 1 : 0));
  return scalar_round(to, value);
}
