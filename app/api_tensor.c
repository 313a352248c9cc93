/* Tensors of the interface: OrdoTensor is Tensor. */
#include "app/api.h"

#include <string.h>

#include "io/numbers.h"

static const DType dtypes[] = {DT_bool, DT_i32, DT_idx, DT_bf16, DT_f32, DT_f64};
enum { N_TYPES = sizeof dtypes / sizeof *dtypes };

OrdoType api_type(DType dtype) {
  for (int i = 0; i < N_TYPES; i++)
    if (dtypes[i] == dtype) return (OrdoType)i;
  ORDO_BUG("a tensor of keys got out");
}

static const Tensor *inside(const OrdoTensor *tensor) { return (const Tensor *)tensor; }

static bool shape_fits(OrdoType type, int rank) {
  return (unsigned)type < N_TYPES && rank >= 0 && rank <= TENSOR_MAX_RANK;
}

OrdoTensor *ordo_tensor(OrdoType type, int rank, const int64_t *extents, const void *data) {
  if (!shape_fits(type, rank)) return NULL;
  Tensor *tensor = tensor_new(dtypes[type], extents, rank);
  size_t bytes = tensor ? tensor_bytes(tensor) : 0;
  if (data && bytes) memcpy(tensor->data, data, bytes);
  return (OrdoTensor *)tensor;
}

OrdoTensor *ordo_tensor_view(OrdoType type, int rank, const int64_t *extents, void *data) {
  if (!shape_fits(type, rank)) return NULL;
  if ((uintptr_t)data % (size_t)dtype_bytes[dtypes[type]]) return NULL;
  return (OrdoTensor *)tensor_view(dtypes[type], extents, rank, data);
}

static Tensor *convert(Ctx *ctx, const OrdoArray *array, OrdoType type, const char *what) {
  NumberArray from = {
      .rank = array->rank, .dims = array->extents, .strides = array->strides, .data = array->data};
  if (!shape_fits(type, array->rank))
    diag_at(ctx, (Span){0}, E_call_arguments, "%s: %d axes, at most %d are possible", what,
            array->rank, TENSOR_MAX_RANK);
  else if (!number_find(array->element, &from.number))
    diag_at(ctx, (Span){0}, E_call_arguments, "%s: elements of '%s' cannot be used here", what,
            array->element);
  else
    return tensor_from_array(ctx, &from, dtypes[type], what);
  return NULL;
}

OrdoTensor *ordo_tensor_from(Ordo *ordo, const OrdoArray *array, OrdoType type, const char *what) {
  ordo->at = NULL;
  if (setjmp(ordo->escape.jump)) {
    api_starved(ordo);
    return NULL;
  }
  Ctx *ctx = api_begin(ordo, ordo->ctx);
  ctx_enter(ctx, &ordo->passing);
  Tensor *tensor = convert(ctx, array, type, what);
  api_end(ordo, tensor != NULL);
  ctx_leave(ctx);
  arena_reset(&ordo->passing.arena);
  return (OrdoTensor *)tensor;
}

void ordo_tensor_free(OrdoTensor *tensor) { tensor_free((Tensor *)tensor); }

OrdoType ordo_tensor_type(const OrdoTensor *tensor) { return api_type(inside(tensor)->dtype); }

int ordo_tensor_rank(const OrdoTensor *tensor) { return inside(tensor)->rank; }

int64_t ordo_tensor_extent(const OrdoTensor *tensor, int axis) {
  return axis >= 0 && axis < inside(tensor)->rank ? inside(tensor)->dims[axis] : 1;
}

int64_t ordo_tensor_count(const OrdoTensor *tensor) { return tensor_count(inside(tensor)); }
void *ordo_tensor_data(OrdoTensor *tensor) { return ((Tensor *)tensor)->data; }
