/* Ops of plug-ins: the value that their row gives. */
#include "ir/custom.h"
#include "ir/interp_internal.h"
#include "ir/scalar.h"

static bool eval_scalar(Eval *e, const CustomOp *op) {
  DType dtype = interp_dtype(e->in, e->y->dtype);
  for (int64_t i = 0; i < e->y->count; i++) {
    double v[3] = {0};
    for (int k = 0; k < op->arity; k++) v[k] = e->a[k]->at[i];
    e->y->at[i] = scalar_round(dtype, op->scalar(v[0], v[1], v[2]));
  }
  return true;
}

bool eval_custom(Eval *e) {
  const CustomOp *op = custom_of(e->in->ctx, e->node);
  if (!op) return interp_fail(e->in, "the op's plug-in is not loaded");
  if (op->scalar) return eval_scalar(e, op);
  Tensor *args[3] = {0}, *y = value_tensor_new(e->y);
  bool fine = y != NULL;
  for (int i = 0; i < op->arity; i++) fine &= (args[i] = value_tensor_new(e->a[i])) != NULL;
  if (!fine)
    interp_fail(e->in, "%s: out of memory", op->name);
  else if (!(fine = op->eval((const Tensor *const *)args, op->arity, y)))
    interp_fail(e->in, "%s has no value here", op->name);
  if (fine) value_take_tensor(e->y, y);
  for (int i = 0; i < op->arity; i++) tensor_free(args[i]);
  tensor_free(y);
  return fine;
}
