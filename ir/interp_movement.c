/* Movement: every element of the result comes from one place of an operand, or is padding. */
#include "ir/interp_internal.h"

/* Where element 'to' of the result comes from, as an index of the operand. */
typedef void (*From)(Eval *e, const int64_t *to, int64_t *from);

static void from_broadcast(Eval *e, const int64_t *to, int64_t *from) {
  const Attr *axes = node_attr(e->node, A_axes);
  for (int i = 0; i < axes->n; i++) from[i] = to[axes->ints[i]];
}

static void from_transpose(Eval *e, const int64_t *to, int64_t *from) {
  const Attr *perm = node_attr(e->node, A_perm);
  for (int i = 0; i < perm->n; i++) from[perm->ints[i]] = to[i];
}

static void from_reverse(Eval *e, const int64_t *to, int64_t *from) {
  int64_t axis = node_int(e->node, A_axis, 0);
  for (int i = 0; i < e->y->rank; i++) from[i] = i == axis ? e->y->dims[i] - 1 - to[i] : to[i];
}

static bool eval_places(Eval *e, From place) {
  int64_t *to = interp_index(e->in, e->y->rank), *from = interp_index(e->in, e->a[0]->rank);
  for (int64_t i = 0; i < e->y->count; i++) {
    value_unravel(e->y, i, to);
    place(e, to, from);
    value_move(e->y, i, e->a[0], value_ravel(e->a[0], from));
  }
  return true;
}

/* Positions of the small value in the large one, checked. */
static int64_t *box(Eval *e, AttrName name, const InterpValue *small, const InterpValue *large) {
  const Attr *starts = node_attr(e->node, name);
  int64_t *at = interp_index(e->in, large->rank);
  for (int i = 0; i < large->rank; i++) {
    if (!interp_size(e->in, starts->sizes[i], &at[i])) return NULL;
    if (at[i] < 0 || at[i] > large->dims[i] - small->dims[i]) {
      interp_fail(e->in, "%s: axis %d: positions %lld to %lld do not lie in extent %lld",
                  op_info[e->node->op].name, i, (long long)at[i],
                  (long long)(at[i] + small->dims[i]), (long long)large->dims[i]);
      return NULL;
    }
  }
  return at;
}

static bool eval_slice(Eval *e) {
  int64_t *index = interp_index(e->in, e->y->rank), *at = box(e, A_starts, e->y, e->a[0]);
  for (int64_t i = 0; at && i < e->y->count; i++) {
    value_unravel(e->y, i, index);
    for (int k = 0; k < e->y->rank; k++) index[k] += at[k];
    value_move(e->y, i, e->a[0], value_ravel(e->a[0], index));
  }
  return at != NULL;
}

static bool eval_pad(Eval *e) {
  const InterpValue *a = e->a[0];
  int64_t *index = interp_index(e->in, a->rank), *at = box(e, A_lo, a, e->y);
  double filling = node_float(e->node, A_value, 0);
  for (int64_t i = 0; at && e->y->at && i < e->y->count; i++) e->y->at[i] = filling;
  for (int64_t i = 0; at && e->y->keys && i < e->y->count; i++) e->y->keys[i] = (uint64_t)filling;
  for (int64_t i = 0; at && i < a->count; i++) {
    value_unravel(a, i, index);
    for (int k = 0; k < a->rank; k++) index[k] += at[k];
    value_move(e->y, value_ravel(e->y, index), a, i);
  }
  return at != NULL;
}

static bool eval_concat(Eval *e) {
  int64_t axis = node_int(e->node, A_axis, 0), offset = 0;
  int64_t *index = interp_index(e->in, e->y->rank);
  for (int part = 0; part < e->node->n_operands; part++) {
    const InterpValue *a = e->a[part];
    for (int64_t i = 0; i < a->count; i++) {
      value_unravel(a, i, index);
      index[axis] += offset;
      value_move(e->y, value_ravel(e->y, index), a, i);
    }
    offset += a->dims[axis];
  }
  return true;
}

bool eval_movement(Eval *e) {
  switch (e->node->op) {
  case OP_broadcast:
    return eval_places(e, from_broadcast);
  case OP_transpose:
    return eval_places(e, from_transpose);
  case OP_reverse:
    return eval_places(e, from_reverse);
  case OP_reshape:
    value_move_many(e->y, 0, e->a[0], 0, e->y->count);
    return true;
  case OP_slice:
    return eval_slice(e);
  case OP_pad:
    return eval_pad(e);
  case OP_concat:
    return eval_concat(e);
  default:
    return interp_fail(e->in, "no movement op");
  }
}
