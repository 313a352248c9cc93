/* Elementwise ops, from ir/scalar.def; keys through base/threefry.h; random bits. */
#include "ir/interp_internal.h"
#include "ir/scalar.h"
#include "base/threefry.h"

static bool eval_keys(Eval *e) {
  InterpValue *const *a = e->a, *y = e->y;
  for (int64_t i = 0; i < y->count; i++) {
    if (e->node->op == OP_seed)
      y->keys[i] = threefry_seed((uint32_t)(int32_t)a[0]->at[i]);
    else if (e->node->op == OP_fold)
      y->keys[i] = threefry_fold(a[0]->keys[i], (uint32_t)(int32_t)a[1]->at[i]);
    else if (e->node->op == OP_where)
      y->keys[i] = a[a[0]->at[i] != 0 ? 1 : 2]->keys[i];
    else
      y->keys[i] = a[0]->keys[i];
  }
  return true;
}

bool eval_elementwise(Eval *e) {
  InterpValue *const *a = e->a, *y = e->y;
  int n = e->node->n_operands;
  if (y->keys) return eval_keys(e);
  DType operand = interp_dtype(e->in, a[n - 1]->dtype), result = interp_dtype(e->in, y->dtype);
  for (int64_t i = 0; i < y->count; i++) {
    double v[3] = {0};
    for (int k = 0; k < n; k++) v[k] = a[k]->at[i];
    y->at[i] = e->node->op == OP_cast ? scalar_cast(result, y->extent, v[0])
                                      : scalar_eval(e->node->op, operand, result, v[0], v[1], v[2]);
  }
  return true;
}

bool eval_random(Eval *e) {
  uint64_t key = e->a[0]->keys[0];
  uint32_t stream = (uint32_t)node_int(e->node, A_stream, 0);
  int word = (int)node_int(e->node, A_word, 0);
  for (int64_t i = 0; i < e->y->count; i++)
    e->y->at[i] = (int32_t)threefry_random(key, stream, (uint64_t)i, word);
  return true;
}
