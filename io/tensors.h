/* A set of named tensors with its metadata: the contents of a checkpoint or of an archive of
 * arrays. */
#ifndef ORDO_IO_TENSORS_H
#define ORDO_IO_TENSORS_H

#include "ir/tensor.h"

typedef struct NamedTensor {
  const char *name;
  Tensor *tensor; /* owned by the set */
} NamedTensor;

typedef struct MetaEntry {
  const char *key, *value;
} MetaEntry;

/* Names and texts live in the context's arena, tensors on the heap until tensors_free. */
typedef struct Tensors {
  VEC(NamedTensor) list;
  VEC(MetaEntry) meta;
} Tensors;

/* Takes the tensor over. Names are the caller's business: equal ones are kept side by side. */
void tensors_add(Ctx *ctx, Tensors *set, const char *name, Tensor *tensor);
void tensors_set_meta(Ctx *ctx, Tensors *set, const char *key, const char *value);
Tensor *tensors_find(const Tensors *set, const char *name);         /* NULL when there is none */
const char *tensors_find_meta(const Tensors *set, const char *key); /* NULL when there is none */
void tensors_free(Tensors *set);

#endif
