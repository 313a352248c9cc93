/* Element types of files, and conversions between element types.
 *
 * One table (numbers.def) and one conversion serve .safetensors, .npy, .npz and tensors in
 * memory: an element becomes one of another type in one rounding, or it is refused. A conversion
 * never changes a value otherwise: what does not fit is a diagnostic that names the file, the
 * element and the number.
 */
#ifndef ORDO_IO_NUMBERS_H
#define ORDO_IO_NUMBERS_H

#include "ir/tensor.h"
#include "io/file.h"
#include "io/numtext.h"

typedef enum Number {
#define NUMBER(name, safetensors, npy, bytes, dtype) NUM_##name,
#include "io/numbers.def"
#undef NUMBER
  N_NUMBERS
} Number;

typedef struct NumberInfo {
  const char *name, *safetensors, *npy;
  int bytes;
  DType dtype; /* what it becomes when nothing else is wanted */
} NumberInfo;
extern const NumberInfo number_info[N_NUMBERS];

/* The file element type that stores a dtype as it is in memory. */
Number number_of(DType dtype);
bool number_find_safetensors(const char *name, Number *out);
bool number_find_npy(const char *name, Number *out);
bool number_find(const char *name, Number *out); /* by the first column: "i64" */
/* What elements become: 'want', or by the table for DTYPE_BY_LOOK. */
static inline DType number_dtype(Number number, DType want) {
  return want == DTYPE_BY_LOOK ? number_info[number].dtype : want;
}

/* Bytes of a shape in a file; false when it overflows. */
bool number_size(Number number, const int64_t *dims, int rank, uint64_t *bytes);

/* Elements in a file. */
typedef struct NumberSource {
  const FileIn *in;
  uint64_t offset;
  Number number;
  bool swap;        /* the file has the other byte order */
  const char *what; /* names the tensor in messages */
} NumberSource;
/* Reads all elements of 'into', converted to its type. crc: of the bytes as the file has them is
 * added there; may be NULL. */
bool number_read(Ctx *ctx, const NumberSource *from, Tensor *into, uint32_t *crc);

/* A new tensor of another element type, or NULL after a diagnostic about 'what' (a file, an
 * argument). Floats take any number; integers, bools and indices take whole numbers in their range.
 */
Tensor *tensor_convert(Ctx *ctx, const Tensor *tensor, DType to, const char *what);
/* The same from elements of a caller, of any type of the table; strides: from one to the next along
 * each axis, in bytes; NULL: contiguous. */
typedef struct NumberArray {
  Number number;
  int rank;
  const int64_t *dims, *strides;
  const void *data;
} NumberArray;
Tensor *tensor_from_array(Ctx *ctx, const NumberArray *array, DType to, const char *what);
/* tensor_new with a diagnostic when memory is out. */
Tensor *tensor_new_or_report(Ctx *ctx, DType dtype, const int64_t *dims, int rank,
                             const char *what);

#endif
