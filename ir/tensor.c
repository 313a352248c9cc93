#include "ir/tensor.h"

#include <math.h>
#include <string.h>

/* Bytes of a shape; false when an extent is negative or the size overflows. */
static bool tensor_size(DType dtype, const int64_t *dims, int rank, size_t *bytes) {
  size_t size = (size_t)dtype_bytes[dtype];
  for (int i = 0; i < rank; i++)
    if (dims[i] < 0 || __builtin_mul_overflow(size, (size_t)dims[i], &size)) return false;
  *bytes = size;
  return size <= (size_t)PTRDIFF_MAX;
}

/* data: NULL for new memory. */
static Tensor *new_tensor(DType dtype, const int64_t *dims, int rank, void *data) {
  size_t bytes;
  if (!tensor_size(dtype, dims, rank, &bytes)) return NULL;
  Tensor *tensor = heap_alloc(sizeof *tensor);
  if (!tensor) return NULL;
  *tensor = (Tensor){.dtype = dtype, .rank = rank, .data = data, .borrowed = data != NULL};
  tensor->dims = heap_alloc(sizeof *dims * (size_t)rank);
  if (!data) tensor->data = heap_alloc(bytes);
  if (!tensor->dims || !tensor->data) {
    tensor_free(tensor);
    return NULL;
  }
  if (rank) memcpy(tensor->dims, dims, sizeof *dims * (size_t)rank);
  return tensor;
}

Tensor *tensor_new(DType dtype, const int64_t *dims, int rank) {
  return new_tensor(dtype, dims, rank, NULL);
}

Tensor *tensor_view(DType dtype, const int64_t *dims, int rank, void *data) {
  return data ? new_tensor(dtype, dims, rank, data) : NULL;
}

Tensor *tensor_copy(const Tensor *tensor) {
  Tensor *copy = tensor_new(tensor->dtype, tensor->dims, tensor->rank);
  if (copy) memcpy(copy->data, tensor->data, tensor_bytes(tensor));
  return copy;
}

void tensor_free(Tensor *tensor) {
  if (!tensor) return;
  heap_free(tensor->dims);
  if (!tensor->borrowed) heap_free(tensor->data);
  heap_free(tensor);
}

int64_t tensor_count(const Tensor *tensor) {
  int64_t count = 1;
  for (int i = 0; i < tensor->rank; i++) count *= tensor->dims[i];
  return count;
}

size_t tensor_bytes(const Tensor *tensor) {
  return (size_t)tensor_count(tensor) * (size_t)dtype_bytes[tensor->dtype];
}

double tensor_get(const Tensor *tensor, int64_t i) {
  return dtype_load(tensor->data, tensor->dtype, i);
}

void tensor_set(Tensor *tensor, int64_t i, double value) {
  dtype_store(tensor->data, tensor->dtype, i, value);
}

void tensor_print_type(const Tensor *tensor, Text *out) {
  text_puts(out, dtype_name[tensor->dtype]);
  for (int i = 0; i < tensor->rank; i++)
    text_printf(out, "%s%lld", i ? ", " : "[", (long long)tensor->dims[i]);
  if (tensor->rank) text_putc(out, ']');
}
