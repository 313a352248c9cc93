/* Interpretation of what ranks do together: with one rank, which has the whole. */
#include "exec/ranks.h"
#include "ir/interp_internal.h"
#include "ir/scalar.h"

static bool eval_gather(Eval *e) {
  if (e->a[0]->count != e->y->count)
    return interp_fail(e->in, "only one of several ranks is interpreted");
  value_move_many(e->y, 0, e->a[0], 0, e->y->count);
  return true;
}

/* The sum of the rows lo..hi - 1 at column i. */
static double tree_sum(const Eval *e, int64_t lo, int64_t hi, int64_t i) {
  if (hi - lo == 1) return e->a[0]->at[lo * e->y->count + i];
  int64_t middle = ranks_middle(lo, hi);
  DType dtype = interp_dtype(e->in, e->y->dtype);
  return scalar_eval(OP_add, dtype, dtype, tree_sum(e, lo, middle, i), tree_sum(e, middle, hi, i),
                     0);
}

bool eval_ranks(Eval *e) {
  if (e->node->op == OP_all_gather) return eval_gather(e);
  int64_t n = e->a[0]->dims[0];
  for (int64_t i = 0; n && i < e->y->count; i++) e->y->at[i] = tree_sum(e, 0, n, i);
  return true;
}
