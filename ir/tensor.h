/* Tensors on the heap: numbers with a shape, for the interpreter, files, arguments and results.
 *
 * Contiguous, row-major. Each tensor has one owner, who calls tensor_free. In memory: bool 1 byte
 * (0 or 1), idx and i32 4 bytes, key 8, bf16 2 (the upper half of an f32).
 */
#ifndef ORDO_IR_TENSOR_H
#define ORDO_IR_TENSOR_H

#include "ir/ir.h"

enum { TENSOR_MAX_RANK = MAX_RANK };

typedef struct Tensor {
  DType dtype;
  int rank;
  int64_t *dims;
  void *data;
  bool borrowed; /* the data is somebody else's */
} Tensor;

/* Zeros. NULL when memory is out, an extent is negative, or the size overflows. */
Tensor *tensor_new(DType dtype, const int64_t *dims, int rank);
/* Over memory that outlives the tensor, contiguous and aligned to the size of an element. */
Tensor *tensor_view(DType dtype, const int64_t *dims, int rank, void *data);
Tensor *tensor_copy(const Tensor *tensor); /* NULL when memory is out */
void tensor_free(Tensor *tensor);          /* NULL is fine */

int64_t tensor_count(const Tensor *tensor); /* number of elements */
size_t tensor_bytes(const Tensor *tensor);

/* Element i in row-major order as a double, and back (integers cut towards zero and saturate, bool
 * is != 0). Keys are read and written modulo 2^53: use the bytes for them. */
double tensor_get(const Tensor *tensor, int64_t i);
void tensor_set(Tensor *tensor, int64_t i, double value);

/* "f32[2, 3]" in the arena of a text. */
void tensor_print_type(const Tensor *tensor, Text *out);

#endif
