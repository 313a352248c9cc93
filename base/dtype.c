/* Element types: names, widths, and bf16 by its bits. */
#include "base/dtype.h"

#include <math.h>
#include <string.h>

const char *const dtype_name[N_DTYPES] = {
#define DTYPE(name, bytes, doc) #name,
#include "base/dtypes.def"
#undef DTYPE
};
const int dtype_bytes[N_DTYPES] = {
#define DTYPE(name, bytes, doc) bytes,
#include "base/dtypes.def"
#undef DTYPE
};

bool dtype_parse(const char *name, DType *out) {
  for (int i = 0; i < N_DTYPES; i++)
    if (!strcmp(name, dtype_name[i])) {
      *out = (DType)i;
      return true;
    }
  return false;
}

uint16_t bf16_from_f32(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  if (isnan(value)) return (uint16_t)((bits >> 16) | 0x40);
  return (uint16_t)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

float bf16_to_f32(uint16_t half) {
  uint32_t bits = (uint32_t)half << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static int32_t to_i32(double value) {
  if (isnan(value)) return 0;
  if (value <= INT32_MIN) return INT32_MIN;
  return value >= INT32_MAX ? INT32_MAX : (int32_t)value;
}

void dtype_store(void *data, DType dtype, int64_t i, double value) {
  switch (dtype) {
  case DT_bool:
    ((uint8_t *)data)[i] = value != 0;
    return;
  case DT_key:
    ((uint64_t *)data)[i] = value > 0 ? (uint64_t)value : 0;
    return;
  case DT_idx:
  case DT_i32:
    ((int32_t *)data)[i] = to_i32(value);
    return;
  case DT_bf16:
    ((uint16_t *)data)[i] = bf16_from_f32((float)value);
    return;
  case DT_f32:
    ((float *)data)[i] = (float)value;
    return;
  case DT_f64:
    ((double *)data)[i] = value;
    return;
  case N_DTYPES:
    return;
  }
}
