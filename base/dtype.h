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

#endif
