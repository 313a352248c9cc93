/* Values of the interpreter: made, copied, and their elements by place. */
#include <string.h>

#include "ir/interp_internal.h"

enum { MAX_COUNT_LOG2 = 28 }; /* elements of one value */

bool interp_fail(Interp *in, const char *format, ...) {
  if (in->fault.text) return false;
  va_list args;
  va_start(args, format);
  fault_set(&in->fault, E_run_failed, in->at, arena_vprintf(&in->ctx->arena, format, args));
  va_end(args);
  return false;
}

bool interp_size(Interp *in, Sz size, int64_t *value) {
  if (size_eval(in->ctx, size, &in->env, value)) return true;
  return interp_fail(in, "the size %s is not known or does not fit 64 bits",
                     size_str(in->ctx, size));
}

DType interp_dtype(const Interp *in, DType dtype) {
  return in->opt->f64 && dtype_is_float(dtype) ? DT_f64 : dtype;
}

int64_t *interp_index(Interp *in, int rank) { return arena_array(in->arena, int64_t, rank + 1); }

/* ---- values ---- */

static InterpValue *new_tuple(Interp *in, Ty type, const TypeInfo *info) {
  InterpValue *v = arena_new(in->arena, InterpValue);
  *v = (InterpValue){.type = type, .is_tuple = true, .n_items = info->rank};
  v->items = arena_array(in->arena, InterpValue *, info->rank);
  for (int i = 0; i < info->rank; i++)
    if (!(v->items[i] = value_new(in, info->items[i]))) return NULL;
  return v;
}

static bool set_shape(Interp *in, InterpValue *v, const TypeInfo *info) {
  v->dims = arena_array(in->arena, int64_t, info->rank);
  v->count = 1;
  for (int i = 0; i < info->rank; i++) {
    if (!interp_size(in, info->dims[i], &v->dims[i])) return false;
    if (v->dims[i] < 0)
      return interp_fail(in, "an axis of %s has the negative extent %lld",
                         type_str(in->ctx, v->type), (long long)v->dims[i]);
    if (__builtin_mul_overflow(v->count, v->dims[i], &v->count) || v->count >> MAX_COUNT_LOG2)
      return interp_fail(in, "a value of type %s is too large for the interpreter",
                         type_str(in->ctx, v->type));
  }
  return info->dtype != DT_idx || interp_size(in, info->extent, &v->extent);
}

InterpValue *value_new(Interp *in, Ty type) {
  const TypeInfo *info = type_info(in->ctx, type);
  if (info->is_tuple) return new_tuple(in, type, info);
  InterpValue *v = arena_new(in->arena, InterpValue);
  *v = (InterpValue){.type = type, .dtype = info->dtype, .rank = info->rank};
  if (!set_shape(in, v, info)) return NULL;
  if (info->dtype == DT_key)
    v->keys = arena_array(in->arena, uint64_t, v->count);
  else
    v->at = arena_array(in->arena, double, v->count);
  return v;
}

void value_move_many(InterpValue *a, int64_t i, const InterpValue *b, int64_t j, int64_t n) {
  if (n <= 0) return;
  if (a->keys)
    memmove(a->keys + i, b->keys + j, (size_t)n * sizeof *a->keys);
  else
    memmove(a->at + i, b->at + j, (size_t)n * sizeof *a->at);
}

void value_move(InterpValue *a, int64_t i, const InterpValue *b, int64_t j) {
  value_move_many(a, i, b, j, 1);
}

InterpValue *value_copy(Interp *in, const InterpValue *from) {
  InterpValue *v = value_new(in, from->type);
  if (v && !from->is_tuple) value_move_many(v, 0, from, 0, from->count);
  for (int i = 0; v && i < v->n_items; i++)
    value_move_many(v->items[i], 0, from->items[i], 0, from->items[i]->count);
  return v;
}

void value_unravel(const InterpValue *v, int64_t i, int64_t *index) {
  for (int axis = v->rank; axis-- > 0;) {
    index[axis] = i % v->dims[axis];
    i /= v->dims[axis];
  }
}

int64_t value_ravel(const InterpValue *v, const int64_t *index) {
  int64_t i = 0;
  for (int axis = 0; axis < v->rank; axis++) i = i * v->dims[axis] + index[axis];
  return i;
}
