/* The structures of DLPack (github.com/dmlc/dlpack), by which libraries hand arrays to each other:
 * version 1 and what came before. */
#ifndef ORDO_PYTHON_DLPACK_H
#define ORDO_PYTHON_DLPACK_H

#include <stdint.h>

enum { DL_CPU = 1, DL_CUDA_HOST = 3 };
enum { DL_INT, DL_UINT, DL_FLOAT, DL_OPAQUE, DL_BFLOAT, DL_COMPLEX, DL_BOOL };
enum { DL_COPIED = 2 }; /* a flag of a versioned tensor */

typedef struct DLDevice {
  int32_t type, id;
} DLDevice;

typedef struct DLDataType {
  uint8_t code, bits;
  uint16_t lanes;
} DLDataType;

typedef struct DLTensor {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape, *strides; /* in elements; strides NULL: contiguous */
  uint64_t byte_offset;
} DLTensor;

typedef struct DLManagedTensor {
  DLTensor tensor;
  void *context;
  void (*deleter)(struct DLManagedTensor *self);
} DLManagedTensor;

typedef struct DLVersioned {
  uint32_t major, minor;
  void *context;
  void (*deleter)(struct DLVersioned *self);
  uint64_t flags;
  DLTensor tensor;
} DLVersioned;

#endif
