/* Positions that are data: gather and its transpose.
 *
 *   y[n.., i.., j.., k..] = a[n.., i.., b[n.., j..], k..]     n: batch axes, i: the rest before the
 * axis
 */
#include "ir/interp_internal.h"
#include "ir/scalar.h"

typedef struct IndexWalk {
  const InterpValue *table, *index, *rows; /* a, b, y of gather */
  int batch, axis;
  int64_t *at_table, *at_index, *at_rows;
} IndexWalk;

static IndexWalk walk_new(Eval *e, const InterpValue *table, const InterpValue *index,
                          const InterpValue *rows) {
  return (IndexWalk){table,
                     index,
                     rows,
                     (int)node_int(e->node, A_batch, 0),
                     (int)node_int(e->node, A_axis, 0),
                     interp_index(e->in, table->rank),
                     interp_index(e->in, index->rank),
                     interp_index(e->in, rows->rank)};
}

/* The place in the table that element i of the rows stands for; -1 when the index is outside. */
static int64_t table_place(IndexWalk *w, int64_t i) {
  int inner = w->index->rank - w->batch; /* axes j */
  value_unravel(w->rows, i, w->at_rows);
  for (int k = 0; k < w->batch; k++) w->at_index[k] = w->at_rows[k];
  for (int k = 0; k < inner; k++) w->at_index[w->batch + k] = w->at_rows[w->axis + k];
  for (int k = 0; k < w->axis; k++) w->at_table[k] = w->at_rows[k];
  for (int k = w->axis + 1; k < w->table->rank; k++) w->at_table[k] = w->at_rows[k - 1 + inner];
  int64_t row = (int64_t)w->index->at[value_ravel(w->index, w->at_index)];
  if (row < 0 || row >= w->table->dims[w->axis]) return -1;
  w->at_table[w->axis] = row;
  return value_ravel(w->table, w->at_table);
}

static bool outside(Eval *e, const IndexWalk *w) {
  return interp_fail(e->in, "%s: an index lies outside its axis of extent %lld",
                     op_info[e->node->op].name, (long long)w->table->dims[w->axis]);
}

static bool eval_gather(Eval *e) {
  IndexWalk w = walk_new(e, e->a[0], e->a[1], e->y);
  for (int64_t i = 0; i < e->y->count; i++) {
    int64_t place = table_place(&w, i);
    if (place < 0) return outside(e, &w);
    value_move(e->y, i, e->a[0], place);
  }
  return true;
}

/* Floats are added in double and rounded once. */
static bool eval_scatter(Eval *e) {
  IndexWalk w = walk_new(e, e->y, e->a[0], e->a[1]);
  DType dtype = interp_dtype(e->in, e->y->dtype), sum = dtype_is_float(dtype) ? DT_f64 : dtype;
  for (int64_t i = 0; i < e->a[1]->count; i++) {
    int64_t place = table_place(&w, i);
    if (place < 0) return outside(e, &w);
    e->y->at[place] = scalar_eval(OP_add, sum, sum, e->y->at[place], e->a[1]->at[i], 0);
  }
  for (int64_t i = 0; i < e->y->count; i++) e->y->at[i] = scalar_round(dtype, e->y->at[i]);
  return true;
}

/* y = a, then the elements of b at their places. */
static bool eval_update(Eval *e) {
  const InterpValue *a = e->a[0], *b = e->a[1];
  int axis = (int)node_int(e->node, A_axis, 0);
  int64_t last = a->dims[axis] - b->dims[axis], start = (int64_t)e->a[2]->at[0];
  if (start > last) start = last;
  if (start < 0) start = 0;
  for (int64_t i = 0; i < e->y->count; i++) value_move(e->y, i, a, i);
  int64_t *at = interp_index(e->in, b->rank);
  for (int64_t i = 0; i < b->count; i++) {
    value_unravel(b, i, at);
    at[axis] += start;
    value_move(e->y, value_ravel(e->y, at), b, i);
  }
  return true;
}

bool eval_indexed(Eval *e) {
  if (e->node->op == OP_update) return eval_update(e);
  return e->node->op == OP_gather ? eval_gather(e) : eval_scatter(e);
}
