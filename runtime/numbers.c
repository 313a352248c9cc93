#include "runtime/numbers.h"

#include <math.h>
#include <string.h>

const NumberInfo number_info[N_NUMBERS] = {
#define NUMBER(name, safetensors, npy, bytes, dtype) {#name, safetensors, npy, bytes, DT_##dtype},
#include "runtime/numbers.def"
#undef NUMBER
};

Number number_of(DType dtype) {
  if (dtype == DT_idx) dtype = DT_i32;
  for (int i = 0; i < N_NUMBERS; i++)
    if (number_info[i].dtype == dtype && number_info[i].bytes == dtype_bytes[dtype])
      return (Number)i;
  ORDO_BUG("no file element type for dtype %d", (int)dtype);
}

bool number_find_safetensors(const char *name, Number *out) {
  for (int i = 0; i < N_NUMBERS; i++)
    if (!strcmp(number_info[i].safetensors, name)) {
      *out = (Number)i;
      return true;
    }
  return false;
}

bool number_find_npy(const char *name, Number *out) {
  for (int i = 0; i < N_NUMBERS; i++)
    if (*name && !strcmp(number_info[i].npy, name)) {
      *out = (Number)i;
      return true;
    }
  return false;
}

bool number_size(Number number, const int64_t *dims, int rank, uint64_t *bytes) {
  uint64_t size = (uint64_t)number_info[number].bytes;
  for (int i = 0; i < rank; i++)
    if (dims[i] < 0 || __builtin_mul_overflow(size, (uint64_t)dims[i], &size)) return false;
  *bytes = size;
  return size <= INT64_MAX;
}

/* ---- decoding ---- */

static float f16_to_f32(uint16_t half) {
  int exponent = (half >> 10) & 31, fraction = half & 1023;
  double value = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
  if (exponent == 31) value = fraction ? (double)NAN : (double)INFINITY;
  return (float)(half >> 15 ? -value : value);
}

static void swap_bytes(unsigned char *bytes, size_t n, int width) {
  for (size_t i = 0; i < n; i += (size_t)width)
    for (int lo = 0, hi = width - 1; lo < hi; lo++, hi--) {
      unsigned char byte = bytes[i + (size_t)lo];
      bytes[i + (size_t)lo] = bytes[i + (size_t)hi];
      bytes[i + (size_t)hi] = byte;
    }
}

/* An integer element; signed ones are sign-extended. u64 never comes here: it is stored as it is.
 */
static int64_t integer_at(Number number, const void *bytes, size_t i) {
  switch (number) {
  case NUM_i8:
    return ((const int8_t *)bytes)[i];
  case NUM_u8:
    return ((const uint8_t *)bytes)[i];
  case NUM_i16:
    return ((const int16_t *)bytes)[i];
  case NUM_u16:
    return ((const uint16_t *)bytes)[i];
  case NUM_u32:
    return ((const uint32_t *)bytes)[i];
  case NUM_i64:
    return ((const int64_t *)bytes)[i];
  default:
    ORDO_BUG("'%s' needs no conversion", number_info[number].name);
  }
}

static bool too_large(Ctx *ctx, const char *what, Number number, int64_t element, int64_t value) {
  diag_at(ctx, (Span){0}, E_number_dtype, "%s: element %lld does not fit into i32", what,
          (long long)element);
  diag_expected(ctx, "whole numbers from -2147483648 to 2147483647");
  diag_got(ctx, "%lld, stored as %s", (long long)value, number_info[number].name);
  return false;
}

/* Converts n elements to into's elements from 'first' on. */
static bool decode(Ctx *ctx, Number number, const void *bytes, size_t n, const char *what,
                   Tensor *into, int64_t first) {
  if (number == NUM_bool) {
    for (size_t i = 0; i < n; i++)
      ((uint8_t *)into->data)[(size_t)first + i] = ((const uint8_t *)bytes)[i] != 0;
    return true;
  }
  if (number == NUM_f16) {
    for (size_t i = 0; i < n; i++)
      ((float *)into->data)[(size_t)first + i] = f16_to_f32(((const uint16_t *)bytes)[i]);
    return true;
  }
  int32_t *to = (int32_t *)into->data + first;
  for (size_t i = 0; i < n; i++) {
    int64_t value = integer_at(number, bytes, i);
    if (value < INT32_MIN || value > INT32_MAX)
      return too_large(ctx, what, number, first + (int64_t)i, value);
    to[i] = (int32_t)value;
  }
  return true;
}

bool number_read(Ctx *ctx, const FileIn *in, uint64_t offset, Number number, bool swap,
                 const char *what, Tensor *into) {
  enum { CHUNK = 4096 }; /* elements */
  size_t count = (size_t)tensor_count(into), width = (size_t)number_info[number].bytes;
  bool as_it_is = number == number_of(into->dtype) && number != NUM_bool;
  if (as_it_is) {
    if (!file_get(ctx, in, offset, into->data, count * width)) return false;
    if (swap) swap_bytes(into->data, count * width, (int)width);
    return true;
  }
  _Alignas(8) unsigned char chunk[CHUNK * 8];
  for (size_t first = 0; first < count; first += CHUNK) {
    size_t n = count - first < CHUNK ? count - first : CHUNK;
    if (!file_get(ctx, in, offset + first * width, chunk, n * width)) return false;
    if (swap) swap_bytes(chunk, n * width, (int)width);
    if (!decode(ctx, number, chunk, n, what, into, (int64_t)first)) return false;
  }
  return true;
}

/* ---- conversion ---- */

Tensor *tensor_new_or_report(Ctx *ctx, DType dtype, const int64_t *dims, int rank,
                             const char *what) {
  Tensor *tensor = tensor_new(dtype, dims, rank);
  if (tensor) return tensor;
  double bytes = dtype_bytes[dtype];
  for (int i = 0; i < rank; i++) bytes *= (double)dims[i];
  diag_at(ctx, (Span){0}, E_run_failed, "%s: no memory for a tensor of %.3g bytes", what, bytes);
  return NULL;
}

/* Whether a number can become an element of the type without changing its value (floats: but for
 * precision). */
static bool fits(double value, DType to) {
  if (dtype_is_float(to)) return true;
  if (!(value == floor(value))) return false; /* NaN too */
  if (to == DT_bool) return value == 0 || value == 1;
  if (to == DT_key) return value >= 0 && value < 9007199254740992.0;
  return value >= INT32_MIN && value <= INT32_MAX;
}

static const char *wanted(DType to) {
  if (to == DT_bool) return "bool: true or false, 1 or 0";
  if (to == DT_key) return "a key: a whole number from 0 up";
  if (to == DT_idx) return "an index: a whole number of 32 bits";
  return "i32: a whole number of 32 bits";
}

/* Keys have 64 bits, more than a double: their values are looked at as they are. */
static double value_at(const Tensor *tensor, int64_t i) {
  if (tensor->dtype == DT_key) return (double)((const uint64_t *)tensor->data)[i];
  return tensor_get(tensor, i);
}

Tensor *tensor_convert(Ctx *ctx, const Tensor *tensor, DType to, const char *what) {
  Tensor *result = tensor_new_or_report(ctx, to, tensor->dims, tensor->rank, what);
  if (!result) return NULL;
  if (number_of(tensor->dtype) == number_of(to)) {
    memcpy(result->data, tensor->data, tensor_bytes(tensor));
    return result;
  }
  for (int64_t i = 0, n = tensor_count(tensor); i < n; i++) {
    double value = value_at(tensor, i);
    if (!fits(value, to)) {
      diag_at(ctx, (Span){0}, E_number_dtype, "%s: element %lld cannot be used here", what,
              (long long)i);
      diag_expected(ctx, "%s", wanted(to));
      diag_got(ctx, "%.17g", value);
      tensor_free(result);
      return NULL;
    }
    tensor_set(result, i, value);
  }
  return result;
}
