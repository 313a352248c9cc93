#include "tests/reach/make.h"

#include <math.h>

enum { MOST_RANK = 4, MOST_RESULTS = 30 };

static Sz axis_extent(const Gen *gen) { return gen->env.symbols.data[0]; }

/* A value of floats from the pool with the axis; from: any of its axes that is one, else -1. */
static bool find(Gen *gen, int least, Ref *out, int *axes) {
  for (int tries = 0; tries < 30 && gen->pool.len; tries++) {
    *out = gen->pool.data[gen_below(gen, (int)gen->pool.len)];
    const TypeInfo *info = graph_info(gen->g, *out);
    if (!dtype_is_float(info->dtype) || info->rank > MOST_RANK) continue;
    int n = 0;
    for (int i = 0; i < info->rank; i++)
      if (sz_eq(info->dims[i], axis_extent(gen))) axes[n++] = i;
    if (n < least) continue;
    int first = gen_below(gen, n);
    axes[2] = axes[first];
    axes[3] = axes[(first + 1) % n];
    axes[0] = axes[2];
    axes[1] = axes[3];
    return true;
  }
  return false;
}

static Ref positions(Gen *gen, Ty shape, int axis, int64_t plus) {
  Ref at = build_iota(gen->g, type_with_dtype(gen->ctx, shape, DT_i32), axis);
  return plus
             ? build2(gen->g, OP_add, at, build_const(gen->g, graph_type(gen->g, at), (double)plus))
             : at;
}

/* v[.., t, ..] and v[.., u, ..] meet, along a new last axis u. */
static bool make_pairs(Gen *gen, Ref *out) {
  static const Op ops[] = {OP_add, OP_mul, OP_sub, OP_max};
  int axes[MOST_RANK];
  Ref v;
  if (!find(gen, 1, &v, axes)) return false;
  const TypeInfo *info = graph_info(gen->g, v);
  if (info->rank == MOST_RANK) return false;
  Sz dims[MOST_RANK + 1];
  int32_t here[MOST_RANK], there[MOST_RANK];
  for (int i = 0; i < info->rank; i++) {
    dims[i] = info->dims[i];
    here[i] = there[i] = i;
  }
  dims[info->rank] = axis_extent(gen);
  there[axes[0]] = info->rank;
  for (int i = axes[0]; i + 1 < info->rank; i++) there[i + 1] = i + 1;
  Ref a = build_broadcast(gen->g, v, dims, info->rank + 1, here);
  int32_t perm[MOST_RANK];
  for (int i = 0, n = 0; i < info->rank; i++)
    if (i != axes[0]) perm[n++] = i;
  perm[info->rank - 1] = axes[0];
  for (int i = 0, n = 0; i < info->rank; i++)
    if (i != axes[0]) there[n++] = i;
  there[info->rank - 1] = info->rank;
  Ref b = build_broadcast(gen->g, build_transpose(gen->g, v, perm), dims, info->rank + 1, there);
  *out = build2(gen->g, ops[gen_below(gen, 4)], a, b);
  return true;
}

static Ref normal(Gen *gen, Ref s, int axis) {
  int32_t axes[] = {axis}, keep[MOST_RANK + 1];
  const TypeInfo *info = graph_info(gen->g, s);
  int n = 0;
  for (int i = 0; i < info->rank; i++)
    if (i != axis) keep[n++] = i;
  Ref most = build_reduce(gen->g, OP_max_over, s, axes, 1);
  most = build_broadcast(gen->g, most, info->dims, info->rank, keep);
  Ref e = build1(gen->g, OP_exp, build2(gen->g, OP_sub, s, most));
  Ref sum = build_reduce(gen->g, OP_sum, e, axes, 1);
  return build2(gen->g, OP_div, e, build_broadcast(gen->g, sum, info->dims, info->rank, keep));
}

/* Something neutral where the positions along two axes compare so; then perhaps a softmax or a
 * reduction. */
static bool make_masked(Gen *gen, Ref *out) {
  static const Op compares[] = {OP_le, OP_le, OP_lt, OP_ge, OP_gt, OP_eq, OP_ne},
                  reduces[] = {OP_sum, OP_max_over, OP_min_over, OP_prod};
  static const double numbers[] = {0, -INFINITY, INFINITY, 1, -1e30};
  int axes[MOST_RANK];
  Ref v;
  if (!find(gen, 2, &v, axes)) return false;
  Ty type = graph_type(gen->g, v);
  int kind = gen_below(gen, 6);
  Ref u = positions(gen, type, axes[1], gen_below(gen, 3) - 1),
      t = positions(gen, type, axes[0], gen_below(gen, 3) - 1),
      seen = build2(gen->g, compares[gen_below(gen, 7)], u, t);
  Ref other = build_const(gen->g, type, kind < 2 ? -INFINITY : numbers[gen_below(gen, 5)]);
  *out = build3(gen->g, OP_where, seen, v, other);
  vec_push(&gen->ctx->arena, &gen->pool, *out);
  int32_t axis[] = {axes[gen_below(gen, 3) != 0]};
  if (kind < 2)
    *out = normal(gen, *out, axis[0]);
  else if (kind < 5)
    *out = build_reduce(gen->g, reduces[gen_below(gen, 4)], *out, axis, 1);
  return true;
}

/* A product of two values over the last of two axes: a[t, u], v[u]. */
static bool make_weighted(Gen *gen, Ref *out) {
  int axes[MOST_RANK], other[MOST_RANK];
  Ref a, v;
  if (!find(gen, 2, &a, axes) || !find(gen, 1, &v, other)) return false;
  const TypeInfo *x = graph_info(gen->g, a), *y = graph_info(gen->g, v);
  if (x->dtype != y->dtype || x->rank + y->rank > MOST_RANK + 2) return false;
  int32_t of_a[] = {axes[1]}, of_v[] = {other[0]};
  Attr attrs[] = {attr_is(A_batch_a, NULL, 0), attr_is(A_batch_b, NULL, 0),
                  attr_is(A_contract_a, of_a, 1), attr_is(A_contract_b, of_v, 1)};
  *out = build_op(gen->g, OP_dot, (Ref[]){a, v}, 2, attrs, 4, TY_NONE);
  return true;
}

static bool make_shift(Gen *gen, Ref *out) {
  int axes[MOST_RANK];
  Ref v;
  if (!find(gen, 1, &v, axes)) return false;
  Sz one = size_const(gen->ctx, 1), none = size_const(gen->ctx, 0), n = axis_extent(gen);
  bool later = gen_below(gen, 3) == 0, parts = gen_below(gen, 3) == 0;
  if (parts) {
    Ref x[] = {build_slice(gen->g, v, axes[0], none, one),
               build_slice(gen->g, v, axes[0], none, size_sub(gen->ctx, n, one))};
    *out = build_concat(gen->g, x, 2, axes[0]);
    return true;
  }
  Ref wide = build_pad(gen->g, v, axes[0], later ? none : one, later ? one : none,
                       gen_below(gen, 2) ? 0 : 0.5);
  *out = gen_below(gen, 4) ? build_slice(gen->g, wide, axes[0], later ? one : none, n) : wide;
  return true;
}

/* Two axes merged into one, and cut again. */
static bool make_blocks(Gen *gen, Ref *out) {
  int axes[MOST_RANK];
  Ref v;
  if (!find(gen, 1, &v, axes)) return false;
  const TypeInfo *info = graph_info(gen->g, v);
  int first = axes[0] ? axes[0] - 1 : 0;
  if (info->rank < 2) return false;
  Sz dims[MOST_RANK];
  for (int i = 0, n = 0; i < info->rank; i++) {
    if (i == first + 1)
      dims[n - 1] = size_mul(gen->ctx, dims[n - 1], info->dims[i]);
    else
      dims[n++] = info->dims[i];
  }
  Ref flat = build_reshape(gen->g, v, dims, info->rank - 1);
  vec_push(&gen->ctx->arena, &gen->pool, flat);
  Attr attrs[] = {attr_i(A_axis, first), attr_i(A_reverse, gen_below(gen, 4) == 0)};
  if (gen_below(gen, 2)) flat = build_op(gen->g, OP_cumsum, &flat, 1, attrs, 2, TY_NONE);
  *out = build_reshape(gen->g, flat, info->dims, info->rank);
  return true;
}

/* x[.., i, ..] where i is made of a position. */
static bool make_lookup(Gen *gen, Ref *out) {
  int axes[MOST_RANK];
  Ref v;
  if (!find(gen, 1, &v, axes)) return false;
  Sz n = axis_extent(gen);
  Ref at = positions(gen, type_tensor(gen->ctx, DT_i32, &n, 1), 0, gen_below(gen, 4) - 2);
  static const Op ops[] = {OP_div, OP_max, OP_min, OP_mod, OP_mul};
  if (gen_below(gen, 2))
    at = build2(gen->g, ops[gen_below(gen, 5)], at,
                build_const(gen->g, graph_type(gen->g, at), gen_below(gen, 3)));
  Ref index = build_op(gen->g, OP_cast, &at, 1, NULL, 0, type_index(gen->ctx, n, &n, 1));
  Attr attrs[] = {attr_i(A_axis, axes[0]), attr_i(A_batch, 0)};
  if (gen_below(gen, 3) && axes[0] == 0) {
    *out = build_op(gen->g, OP_scatter_add, (Ref[]){index, v}, 2, attrs, 2, graph_type(gen->g, v));
    return true;
  }
  *out = build_op(gen->g, OP_gather, (Ref[]){v, index}, 2, attrs, 2, TY_NONE);
  return true;
}

/* A value with the axis in front. */
static Ref in_front(Gen *gen, Ref v, int axis) {
  const TypeInfo *info = graph_info(gen->g, v);
  int32_t perm[MOST_RANK] = {axis};
  for (int i = 0, n = 1; i < info->rank; i++)
    if (i != axis) perm[n++] = i;
  return build_transpose(gen->g, v, perm);
}

/* A loop along the axis that hands on, or writes into a carried value at its step, and collects. */
static bool make_loop(Gen *gen, Ref *out) {
  int axes[MOST_RANK];
  Ref v;
  if (!find(gen, 1, &v, axes)) return false;
  Ref x = in_front(gen, v, axes[0]);
  const TypeInfo *info = graph_info(gen->g, x);
  Ty item = type_with_dims(gen->ctx, graph_type(gen->g, x), info->dims + 1, info->rank - 1);
  Sz n = axis_extent(gen);
  Graph *body = graph_new(gen->ctx, ctx_str(gen->ctx, "places"));
  Ref step = graph_param(body, type_index(gen->ctx, n, NULL, 0), (Str){0}, NULL, 0);
  bool whole = gen_below(gen, 3) == 0, stops = gen_below(gen, 6) == 0;
  Ref first = whole ? (gen_below(gen, 2) ? x : build_const(gen->g, graph_type(gen->g, x), 0.25))
                    : build_const(gen->g, item, 0.5);
  Ref carry = graph_param(body, graph_type(gen->g, first), (Str){0}, NULL, 0);
  Ref slice = graph_param(body, item, (Str){0}, NULL, 0), next;
  if (whole) {
    Sz dims[MOST_RANK];
    for (int i = 0; i < info->rank; i++) dims[i] = i ? info->dims[i] : size_const(gen->ctx, 1);
    Attr axis = attr_i(A_axis, 0);
    Ref row = build_reshape(body, build1(body, OP_tanh, slice), dims, info->rank);
    next = build_op(body, OP_update, (Ref[]){carry, row, step}, 3, &axis, 1, TY_NONE);
  } else {
    next = build1(body, OP_tanh, build2(body, gen_below(gen, 2) ? OP_add : OP_sub, carry, slice));
  }
  graph_result(body, next, (Str){0});
  int32_t front[] = {0};
  graph_result(body,
               whole ? build_reduce(body, OP_sum, gen_below(gen, 2) ? next : carry, front, 1)
                     : (gen_below(gen, 2) ? next : carry),
               (Str){0});
  int32_t all[MOST_RANK] = {0, 1, 2, 3};
  Ref sum = info->rank > 1 ? build_reduce(body, OP_sum, slice, all, info->rank - 1) : slice;
  if (stops)
    graph_result(body, build2(body, OP_gt, sum, build_const(body, graph_type(body, sum), 1.5)),
                 (Str){0});
  Attr attrs[] = {attr_z(A_length, n), attr_i(A_carries, 1), attr_i(A_slices, 1),
                  attr_i(A_reverse, gen_below(gen, 4) == 0), attr_i(A_until, stops)};
  Ref tuple = build_region(gen->g, OP_scan, (Ref[]){first, x}, 2, attrs, 5, body, TY_NONE);
  vec_push(&gen->ctx->arena, &gen->pool, build_item(gen->g, tuple, 0));
  *out = build_item(gen->g, tuple, 1);
  return true;
}

typedef bool (*Maker)(Gen *gen, Ref *out);

Graph *make_places(Gen *gen, int nodes) {
  static const Maker makers[] = {make_pairs, make_pairs,  make_masked, make_masked, make_weighted,
                                 make_shift, make_blocks, make_lookup, make_loop};
  Sz n = axis_extent(gen), m = gen->env.symbols.data[1];
  Ty types[] = {type_tensor(gen->ctx, DT_f64, &n, 1),
                type_tensor(gen->ctx, DT_f64, (Sz[]){m, n}, 2)};
  for (int i = 0; i < 2; i++) {
    Ref p = graph_param(gen->g, types[i], (Str){0}, NULL, 0);
    vec_push(&gen->ctx->arena, &gen->pool, p);
  }
  for (int made = 0, tries = 0; made < nodes && tries < 30 * nodes; tries++) {
    Ref out;
    bool own = gen_below(gen, 2);
    if (own ? !makers[gen_below(gen, 9)](gen, &out) : !gen_op(gen, (Op)gen_below(gen, N_OPS), &out))
      continue;
    const TypeInfo *info = graph_info(gen->g, out);
    made++;
    if (info->is_tuple) {
      for (int i = 0; i < info->rank; i++)
        vec_push(&gen->ctx->arena, &gen->pool, build_item(gen->g, out, i));
      continue;
    }
    vec_push(&gen->ctx->arena, &gen->pool, out);
  }
  uint32_t first = gen->pool.len > MOST_RESULTS ? gen->pool.len - MOST_RESULTS : 0;
  for (uint32_t i = first; i < gen->pool.len; i++) {
    const TypeInfo *info = graph_info(gen->g, gen->pool.data[i]);
    if (!info->is_tuple && info->dtype != DT_key) graph_result(gen->g, gen->pool.data[i], (Str){0});
  }
  return gen->g;
}
