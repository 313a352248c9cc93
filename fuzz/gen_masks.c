/* Random graphs with a padded axis: what makes padding harmless, now and then what does not. */
#include "fuzz/gen.h"

#include <math.h>

static Sz padded(const Gen *gen) { return gen->env.symbols.data[0]; }
static Sz row(const Gen *gen) { return gen->env.symbols.data[1]; }

void gen_mask(Gen *gen) {
  Sz dims[] = {row(gen), padded(gen)};
  Ty type = type_tensor(gen->ctx, DT_bool, dims + !gen->rows, 1 + gen->rows);
  gen->mask = graph_mask_param(gen->g, type, ctx_str(gen->ctx, "mask"), NULL, 0);
  vec_push(&gen->ctx->arena, &gen->pool, gen->mask);
}

/* A value of numbers with a padded axis and, where masks have rows, one of those; which axes. */
static bool find_padded(Gen *gen, Ref *out, int *axis, int *rows) {
  for (int tries = 0; tries < 20 && gen->pool.len; tries++) {
    Ref r = gen->pool.data[gen_below(gen, (int)gen->pool.len)];
    const TypeInfo *info = graph_info(gen->g, r);
    *axis = *rows = -1;
    for (int i = 0; i < info->rank; i++) {
      if (sz_eq(info->dims[i], padded(gen))) *axis = i;
      if (sz_eq(info->dims[i], row(gen))) *rows = i;
    }
    bool number = info->dtype != DT_idx && info->dtype != DT_key;
    *out = r;
    if (number && *axis >= 0 && (*rows >= 0 || !gen->rows)) return true;
  }
  return false;
}

/* The mask under the axes of a type. */
static Ref spread_mask(Gen *gen, const TypeInfo *info, int axis, int rows) {
  Ref m = gen->mask;
  int32_t axes[] = {rows, axis}, turned[] = {axis, rows}, swap[] = {1, 0};
  if (!gen->rows) return build_broadcast(gen->g, m, info->dims, info->rank, axes + 1);
  if (rows < axis) return build_broadcast(gen->g, m, info->dims, info->rank, axes);
  m = build_transpose(gen->g, m, swap);
  return build_broadcast(gen->g, m, info->dims, info->rank, turned);
}

typedef struct Neutral {
  double value;
  Op reduce;
} Neutral;

static Neutral neutral(Gen *gen, DType dtype) {
  static const Neutral floats[] = {{0, OP_sum},
                                   {0, OP_sum},
                                   {1, OP_prod},
                                   {-INFINITY, OP_max_over},
                                   {INFINITY, OP_min_over},
                                   {-1e30, OP_max_over}};
  static const Neutral bools[] = {{0, OP_any}, {1, OP_all}};
  if (dtype == DT_bool) return bools[gen_below(gen, 2)];
  return floats[gen_below(gen, dtype_is_float(dtype) ? 6 : 3)];
}

bool gen_masked(Gen *gen, Ref *out) {
  Ref v;
  int axis, rows;
  if (!find_padded(gen, &v, &axis, &rows)) return false;
  const TypeInfo *info = graph_info(gen->g, v);
  Neutral n = neutral(gen, info->dtype);
  Ref m = spread_mask(gen, info, axis, rows);
  *out = build3(gen->g, OP_where, m, v, build_const(gen->g, graph_type(gen->g, v), n.value));
  if (!gen_below(gen, 2)) return true;
  int32_t axes[] = {axis, rows};
  bool both = rows > axis && !gen_below(gen, 3);
  vec_push(&gen->ctx->arena, &gen->pool, *out);
  *out = build_reduce(gen->g, n.reduce, *out, axes, 1 + both);
  return true;
}

/* ---- a loop over the padded axis ---- */

/* The padded axis first, then the rows, then one more axis. */
static Ref in_front(Gen *gen, Ref v, int axis, int rows) {
  const TypeInfo *info = graph_info(gen->g, v);
  int32_t perm[TENSOR_MAX_RANK];
  int n = 0;
  perm[n++] = axis;
  if (gen->rows) perm[n++] = rows;
  for (int i = 0; i < info->rank; i++)
    if (i != axis && !(gen->rows && i == rows)) perm[n++] = i;
  return build_transpose(gen->g, v, perm);
}

static Ref step_value(Gen *gen, Graph *body, Ref carry, Ref slice) {
  static const Op ops[] = {OP_add, OP_max, OP_min};
  int kind = gen_below(gen, 5);
  if (kind < 3) return build2(body, ops[kind], carry, slice);
  return build1(body, OP_tanh, build2(body, kind == 3 ? OP_add : OP_sub, slice, carry));
}

bool gen_masked_scan(Gen *gen, Ref *out) {
  Ref v;
  int axis, rows;
  if (!find_padded(gen, &v, &axis, &rows)) return false;
  const TypeInfo *info = graph_info(gen->g, v);
  if (!dtype_is_float(info->dtype) || info->rank > 3) return false;
  static const int32_t swap[] = {1, 0};
  Ref x = in_front(gen, v, axis, rows);
  Ref m = gen->rows ? build_transpose(gen->g, gen->mask, swap) : gen->mask;
  const TypeInfo *front = graph_info(gen->g, x);
  Ty item = type_with_dims(gen->ctx, graph_type(gen->g, x), front->dims + 1, front->rank - 1);
  Ty bit = type_tensor(gen->ctx, DT_bool, graph_info(gen->g, m)->dims + 1, gen->rows);
  Ref operands[] = {gen_value(gen, item), x, m};
  Graph *body = graph_new(gen->ctx, ctx_str(gen->ctx, "padded"));
  (void)graph_param(body, type_index(gen->ctx, padded(gen), NULL, 0), (Str){0}, NULL, 0);
  Ref carry = graph_param(body, item, (Str){0}, NULL, 0);
  Ref slice = graph_param(body, item, (Str){0}, NULL, 0);
  Ref there = graph_param(body, bit, (Str){0}, NULL, 0);
  static const int32_t first[] = {0};
  const TypeInfo *inner = type_info(gen->ctx, item);
  Ref wide = build_broadcast(body, there, inner->dims, inner->rank, first);
  Ref next = step_value(gen, body, carry, slice);
  if (gen_below(gen, 4)) next = build3(body, OP_where, wide, next, carry);
  graph_result(body, next, (Str){0});
  if (gen_below(gen, 2)) graph_result(body, next, (Str){0});
  Attr attrs[] = {attr_z(A_length, padded(gen)), attr_i(A_carries, 1), attr_i(A_slices, 2),
                  attr_i(A_reverse, 1)};
  *out = build_region(gen->g, OP_scan, operands, 3, attrs, 3 + gen_below(gen, 2), body, TY_NONE);
  return true;
}
