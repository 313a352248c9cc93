/* Element types (base/dtypes.def). */
#ifndef ORDO_BASE_DTYPE_H
#define ORDO_BASE_DTYPE_H

#include <stdbool.h>
#include <stdint.h>

typedef enum DType {
#define DTYPE(name, bytes, doc) DT_##name,
#include "base/dtypes.def"
#undef DTYPE
  N_DTYPES
} DType;
extern const char *const dtype_name[N_DTYPES];
extern const int dtype_bytes[N_DTYPES];
static inline bool dtype_is_float(DType d) { return d == DT_f32 || d == DT_f64 || d == DT_bf16; }
bool dtype_parse(const char *name, DType *out);

/* bf16 <-> f32: to nearest, ties to even; NaN stays NaN. */
uint16_t bf16_from_f32(float value);
float bf16_to_f32(uint16_t bits);

/* Element i as a double, and back: integers cut towards zero and saturate, bool is != 0, keys are
 * taken modulo 2^53. */
static inline double dtype_load(const void *data, DType dtype, int64_t i) {
  switch (dtype) {
  case DT_bool:
    return ((const uint8_t *)data)[i];
  case DT_key:
    return (double)(((const uint64_t *)data)[i] & (((uint64_t)1 << 53) - 1));
  case DT_idx:
  case DT_i32:
    return ((const int32_t *)data)[i];
  case DT_bf16:
    return bf16_to_f32(((const uint16_t *)data)[i]);
  case DT_f32:
    return ((const float *)data)[i];
  case DT_f64:
    return ((const double *)data)[i];
  case N_DTYPES:
    break;
  }
  return 0;
}
void dtype_store(void *data, DType dtype, int64_t i, double value);

#endif
