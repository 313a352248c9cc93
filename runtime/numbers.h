/* Element types of files, and conversions between element types.
 *
 * One table (numbers.def) serves .safetensors and .npy. A conversion never changes a value
 * silently: what does not fit is a diagnostic that names the file, the element and the number.
 */
#ifndef ORDO_RUNTIME_NUMBERS_H
#define ORDO_RUNTIME_NUMBERS_H

#include "ir/tensor.h"
#include "runtime/file.h"

typedef enum Number {
#define NUMBER(name, safetensors, npy, bytes, dtype) NUM_##name,
#include "runtime/numbers.def"
#undef NUMBER
  N_NUMBERS
} Number;

typedef struct NumberInfo {
  const char *name, *safetensors, *npy;
  int bytes;
  DType dtype;
} NumberInfo;
extern const NumberInfo number_info[N_NUMBERS];

/* The file element type that stores a dtype as it is in memory. */
Number number_of(DType dtype);
bool number_find_safetensors(const char *name, Number *out);
bool number_find_npy(const char *name, Number *out);

/* Bytes of a shape in a file; false when it overflows. */
bool number_size(Number number, const int64_t *dims, int rank, uint64_t *bytes);
/* Reads all elements of 'into' (whose dtype is number_info[number].dtype) from in at offset. swap:
 * the file has the other byte order. what names the tensor in messages. */
bool number_read(Ctx *ctx, const FileIn *in, uint64_t offset, Number number, bool swap,
                 const char *what, Tensor *into);

/* A new tensor of another element type, or NULL after a diagnostic about 'what' (a file, an
 * argument). Floats take any number; integers, bools and indices take whole numbers in their range.
 */
Tensor *tensor_convert(Ctx *ctx, const Tensor *tensor, DType to, const char *what);
/* tensor_new with a diagnostic when memory is out. */
Tensor *tensor_new_or_report(Ctx *ctx, DType dtype, const int64_t *dims, int rank,
                             const char *what);

#endif
