#include "io/numbers.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

const NumberInfo number_info[N_NUMBERS] = {
#define NUMBER(name, safetensors, npy, bytes, dtype) {#name, safetensors, npy, bytes, DT_##dtype},
#include "io/numbers.def"
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

bool number_find(const char *name, Number *out) {
  for (int i = 0; i < N_NUMBERS; i++)
    if (!strcmp(number_info[i].name, name)) {
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

/* ---- one element ---- */

/* As it is: whole numbers of at most 64 bits, else a double. */
typedef struct Element {
  enum { ELEMENT_signed, ELEMENT_unsigned, ELEMENT_float } kind;
  union {
    int64_t i;
    uint64_t u;
    double f;
  };
} Element;

static double f16_value(uint16_t half) {
  int exponent = (half >> 10) & 31, fraction = half & 1023;
  double value = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
  if (exponent == 31) value = fraction ? (double)NAN : (double)INFINITY;
  return half >> 15 ? -value : value;
}

static Element whole(int64_t value) { return (Element){ELEMENT_signed, {.i = value}}; }
static Element real(double value) { return (Element){ELEMENT_float, {.f = value}}; }

static Element element_at(Number number, const void *bytes, size_t i) {
  switch (number) {
  case NUM_bool:
    return whole(((const uint8_t *)bytes)[i] != 0);
  case NUM_i8:
    return whole(((const int8_t *)bytes)[i]);
  case NUM_u8:
    return whole(((const uint8_t *)bytes)[i]);
  case NUM_i16:
    return whole(((const int16_t *)bytes)[i]);
  case NUM_u16:
    return whole(((const uint16_t *)bytes)[i]);
  case NUM_i32:
    return whole(((const int32_t *)bytes)[i]);
  case NUM_u32:
    return whole(((const uint32_t *)bytes)[i]);
  case NUM_i64:
    return whole(((const int64_t *)bytes)[i]);
  case NUM_u64:
    return (Element){ELEMENT_unsigned, {.u = ((const uint64_t *)bytes)[i]}};
  case NUM_f16:
    return real(f16_value(((const uint16_t *)bytes)[i]));
  case NUM_bf16:
    return real((double)bf16_to_f32(((const uint16_t *)bytes)[i]));
  case NUM_f32:
    return real((double)((const float *)bytes)[i]);
  case NUM_f64:
    return real(((const double *)bytes)[i]);
  case N_NUMBERS:
    break;
  }
  ORDO_BUG("no such number %d", (int)number);
}

/* A whole number as an f64 rounded to odd, from which narrower floats are rounded once. */
static double odd_double(uint64_t value) {
  int extra = value >> 53 ? 64 - 53 - __builtin_clzll(value) : 0;
  uint64_t lost = value & ((1ull << extra) - 1);
  return ldexp((double)(value >> extra | (lost != 0)), extra);
}

static double float_of(const Element *e, DType to) {
  if (e->kind == ELEMENT_float) return e->f;
  bool negative = e->kind == ELEMENT_signed && e->i < 0;
  uint64_t size = negative ? 0 - (uint64_t)e->i : e->u;
  double value = to == DT_f64 ? (double)size : odd_double(size);
  return negative ? -value : value;
}

/* To nearest, ties to even, in one rounding. */
static uint16_t bf16_of(double value) {
  float nearest = (float)value;
  uint32_t bits;
  memcpy(&bits, &nearest, sizeof bits);
  if ((bits & 0xffff) == 0x8000 && (double)nearest != value && isfinite(value))
    bits = fabs(value) > fabs((double)nearest) ? bits + 1 : bits - 1;
  memcpy(&nearest, &bits, sizeof bits);
  return bf16_from_f32(nearest);
}

/* False when a finite number becomes an infinite one. */
static bool put_float(Tensor *into, int64_t at, double value) {
  if (into->dtype == DT_f64) {
    ((double *)into->data)[at] = value;
    return true;
  }
  float narrow = (float)value;
  if (into->dtype == DT_bf16) {
    uint16_t half = bf16_of(value);
    ((uint16_t *)into->data)[at] = half;
    narrow = bf16_to_f32(half);
  } else {
    ((float *)into->data)[at] = narrow;
  }
  return !isinf(narrow) || isinf(value);
}

/* A whole number between the bounds; a float counts when it is one. */
static bool whole_of(const Element *e, int64_t low, int64_t high, int64_t *out) {
  if (e->kind == ELEMENT_unsigned && e->u > INT64_MAX) return false;
  if (e->kind == ELEMENT_float && !(e->f == floor(e->f) && fabs(e->f) < 9007199254740992.0))
    return false;
  *out = e->kind == ELEMENT_float ? (int64_t)e->f : e->i;
  return *out >= low && *out <= high;
}

/* False when the element cannot be one of the type. */
static bool put(const Element *e, Tensor *into, int64_t at) {
  int64_t value = 0;
  bool fits = true;
  switch (into->dtype) {
  case DT_bool:
    fits = whole_of(e, 0, 1, &value);
    ((uint8_t *)into->data)[at] = value == 1;
    return fits;
  case DT_key:
    if (e->kind != ELEMENT_unsigned) fits = whole_of(e, 0, INT64_MAX, &value);
    ((uint64_t *)into->data)[at] = e->kind == ELEMENT_unsigned ? e->u : (uint64_t)value;
    return fits;
  case DT_i32:
  case DT_idx:
    fits = whole_of(e, INT32_MIN, INT32_MAX, &value);
    ((int32_t *)into->data)[at] = (int32_t)value;
    return fits;
  default:
    return put_float(into, at, float_of(e, into->dtype));
  }
}

/* ---- many ---- */

static const char *wanted(DType to) {
  switch (to) {
  case DT_bool:
    return "bool: true or false, 1 or 0";
  case DT_key:
    return "a key: a whole number from 0 up";
  case DT_idx:
    return "an index: a whole number from -2147483648 to 2147483647";
  case DT_i32:
    return "i32: a whole number from -2147483648 to 2147483647";
  case DT_f64:
    return "f64";
  default:
    return "a number of at most 3.4e38 in size, or inf";
  }
}

static bool unfit(Ctx *ctx, const char *what, Number number, const Element *e, int64_t at,
                  DType to) {
  diag_at(ctx, (Span){0}, E_number_dtype, "%s: element %lld cannot be used here", what,
          (long long)at);
  diag_expected(ctx, "%s", wanted(to));
  Text got = text_new(&ctx->arena);
  if (e->kind == ELEMENT_float)
    text_double(&got, e->f);
  else if (e->kind == ELEMENT_unsigned)
    text_printf(&got, "%llu", (unsigned long long)e->u);
  else
    text_printf(&got, "%lld", (long long)e->i);
  diag_got(ctx, "%s, stored as %s", text_str(&got), number_info[number].name);
  return false;
}

/* Converts n elements to into's elements from 'first' on. */
static bool convert(Ctx *ctx, Number number, const void *bytes, size_t n, const char *what,
                    Tensor *into, int64_t first) {
  for (size_t i = 0; i < n; i++) {
    Element e = element_at(number, bytes, i);
    if (!put(&e, into, first + (int64_t)i))
      return unfit(ctx, what, number, &e, first + (int64_t)i, into->dtype);
  }
  return true;
}

static void swap_bytes(unsigned char *bytes, size_t n, int width) {
  for (size_t i = 0; i < n; i += (size_t)width)
    for (int lo = 0, hi = width - 1; lo < hi; lo++, hi--) {
      unsigned char byte = bytes[i + (size_t)lo];
      bytes[i + (size_t)lo] = bytes[i + (size_t)hi];
      bytes[i + (size_t)hi] = byte;
    }
}

/* A part of the file, in our byte order. */
static bool get(Ctx *ctx, const NumberSource *from, uint64_t at, void *to, size_t n,
                uint32_t *crc) {
  if (!file_get(ctx, from->in, from->offset + at, to, n)) return false;
  if (crc) *crc = (uint32_t)crc32_z(*crc, to, n);
  if (from->swap) swap_bytes(to, n, number_info[from->number].bytes);
  return true;
}

bool number_read(Ctx *ctx, const NumberSource *from, Tensor *into, uint32_t *crc) {
  enum { CHUNK = 4096 }; /* elements */
  size_t count = (size_t)tensor_count(into), width = (size_t)number_info[from->number].bytes;
  bool as_it_is = from->number == number_of(into->dtype) && from->number != NUM_bool;
  if (as_it_is) return get(ctx, from, 0, into->data, count * width, crc);
  _Alignas(8) unsigned char chunk[CHUNK * 8];
  for (size_t first = 0; first < count; first += CHUNK) {
    size_t n = count - first < CHUNK ? count - first : CHUNK;
    if (!get(ctx, from, first * width, chunk, n * width, crc)) return false;
    if (!convert(ctx, from->number, chunk, n, from->what, into, (int64_t)first)) return false;
  }
  return true;
}

Tensor *tensor_new_or_report(Ctx *ctx, DType dtype, const int64_t *dims, int rank,
                             const char *what) {
  Tensor *tensor = tensor_new(dtype, dims, rank);
  if (tensor) return tensor;
  double bytes = dtype_bytes[dtype];
  for (int i = 0; i < rank; i++) bytes *= (double)dims[i];
  diag_at(ctx, (Span){0}, E_run_failed, "%s: no memory for a tensor of %.3g bytes", what, bytes);
  return NULL;
}

Tensor *tensor_convert(Ctx *ctx, const Tensor *tensor, DType to, const char *what) {
  Tensor *result = tensor_new_or_report(ctx, to, tensor->dims, tensor->rank, what);
  if (!result) return NULL;
  Number number = number_of(tensor->dtype);
  if (number == number_of(to)) {
    memcpy(result->data, tensor->data, tensor_bytes(tensor));
    return result;
  }
  size_t count = (size_t)tensor_count(tensor);
  if (convert(ctx, number, tensor->data, count, what, result, 0)) return result;
  tensor_free(result);
  return NULL;
}

/* Where element number i lies, in row-major order: at is moved from the one before. */
static void next_place(const NumberArray *a, int64_t *index, const char **at) {
  for (int d = a->rank - 1; d >= 0; d--) {
    *at += a->strides[d];
    if (++index[d] < a->dims[d]) return;
    *at -= a->strides[d] * a->dims[d];
    index[d] = 0;
  }
}

static bool gather(Ctx *ctx, const NumberArray *array, const char *what, Tensor *into) {
  int64_t index[TENSOR_MAX_RANK] = {0}, count = tensor_count(into);
  size_t width = (size_t)number_info[array->number].bytes;
  const char *at = array->data;
  _Alignas(8) unsigned char bytes[8];
  for (int64_t i = 0; i < count; i++) {
    memcpy(bytes, at, width); /* a caller's memory need not be aligned */
    if (!convert(ctx, array->number, bytes, 1, what, into, i)) return false;
    next_place(array, index, &at);
  }
  return true;
}

Tensor *tensor_from_array(Ctx *ctx, const NumberArray *array, DType to, const char *what) {
  int64_t strides[TENSOR_MAX_RANK];
  NumberArray placed = *array;
  Tensor *result = tensor_new_or_report(ctx, to, array->dims, array->rank, what);
  if (!result) return NULL;
  bool same = array->number == number_of(to) && array->number != NUM_bool;
  if (same && !array->strides) {
    if (tensor_bytes(result)) memcpy(result->data, array->data, tensor_bytes(result));
    return result;
  }
  int64_t stride = number_info[array->number].bytes;
  for (int d = array->rank - 1; d >= 0; d--) {
    strides[d] = stride;
    stride = (int64_t)((uint64_t)stride * (uint64_t)array->dims[d]); /* of no use in an empty one */
  }
  if (!placed.strides) placed.strides = strides;
  if (gather(ctx, &placed, what, result)) return result;
  tensor_free(result);
  return NULL;
}
