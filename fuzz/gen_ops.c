/* Random instances of single ops: a maker for each family of attributes, chosen by op or trait. */
#include "fuzz/gen.h"
#include "ir/custom.h"

#include <string.h>

enum { GEN_RANK = 4, TRIES = 64 };

typedef bool (*Maker)(Gen *gen, Op op, Ref *out);

/* Builds the op if it is valid. */
static bool try_op(Gen *gen, Op op, const Ref *operands, int n, const Attr *attrs, int n_attrs,
                   Ty given, Ref *out) {
  const char *why = NULL;
  Ty type = build_check(gen->g, op, operands, n, attrs, n_attrs, NULL, given, &why);
  if (!type.i) return false;
  *out = build_op(gen->g, op, operands, n, attrs, n_attrs, given);
  return true;
}

static const TypeInfo *info_of(Gen *gen, Ref r) { return graph_info(gen->g, r); }

static Sz *copy_dims(Gen *gen, const TypeInfo *info) {
  Sz *dims = arena_array(&gen->ctx->arena, Sz, info->rank + 2);
  for (int i = 0; i < info->rank; i++) dims[i] = info->dims[i];
  return dims;
}

static DType any_dtype(Gen *gen) {
  if (gen->options.smooth && gen_below(gen, 4)) return DT_f64;
  static const DType others[] = {DT_bool, DT_idx, DT_i32, DT_f32, DT_f32, DT_f32, DT_f64, DT_bf16};
  return others[gen_below(gen, gen->options.smooth ? 3 : 8)];
}

/* A value of a random type with at least min_rank axes. */
static bool any_value(Gen *gen, DType dtype, int min_rank, Ref *out) {
  for (int i = 0; i < TRIES; i++) {
    Ty type = gen_type(gen, dtype, GEN_RANK);
    if (type_info(gen->ctx, type)->rank < min_rank) continue;
    *out = gen_value(gen, type);
    return true;
  }
  return false;
}

/* ---- leaves ---- */

static bool make_const(Gen *gen, Op op, Ref *out) {
  Attr attr = attr_f(A_value, gen_below(gen, 9) / 4.0 - 1);
  DType dtype = gen_number(gen);
  if (dtype == DT_i32) attr.f = gen_below(gen, 9) - 4;
  return try_op(gen, op, NULL, 0, &attr, 1, gen_type(gen, dtype, GEN_RANK), out);
}

static bool make_iota(Gen *gen, Op op, Ref *out) {
  Ty type = gen_type(gen, DT_i32, GEN_RANK);
  const TypeInfo *info = type_info(gen->ctx, type);
  if (!info->rank) return false;
  Attr attr = attr_i(A_axis, gen_below(gen, info->rank));
  if (gen_below(gen, 2)) type = type_index(gen->ctx, info->dims[attr.i], info->dims, info->rank);
  return try_op(gen, op, NULL, 0, &attr, 1, type, out);
}

static bool make_size(Gen *gen, Op op, Ref *out) {
  Attr attr = attr_z(A_size, gen_extent(gen));
  static const DType types[] = {DT_i32, DT_f32, DT_f64, DT_bf16};
  Ty type = type_scalar(gen->ctx, types[gen_below(gen, 4)]);
  return try_op(gen, op, NULL, 0, &attr, 1, type, out);
}

/* ---- elementwise ---- */

/* Types for the operands, tried in a graph of their own until the op takes them. */
static bool find_types(Gen *gen, Op op, Ty shape, int n, Ty *types, Ty *given) {
  static const DType all[] = {DT_bool, DT_key, DT_idx, DT_i32};
  for (int tries = 0; tries < TRIES; tries++) {
    Graph *scratch = graph_new(gen->ctx, (Str){0});
    Ref operands[3];
    DType common = gen_below(gen, 3) ? gen_number(gen) : all[gen_below(gen, 4)];
    for (int i = 0; i < n; i++) {
      DType dtype = gen_below(gen, 4) ? common : all[gen_below(gen, 4)];
      Ty flat = type_with_dtype(gen->ctx, shape, dtype == DT_idx ? DT_i32 : dtype);
      const TypeInfo *info = type_info(gen->ctx, flat);
      Sz into = gen->options.sets || gen->options.masks ? gen->env.symbols.data[0]
                                                        : size_const(gen->ctx, 4);
      Ty index = type_index(gen->ctx, into, info->dims, info->rank);
      types[i] = dtype == DT_idx ? index : flat;
      operands[i] = graph_param(scratch, types[i], (Str){0}, NULL, 0);
    }
    const TypeInfo *info = type_info(gen->ctx, shape);
    DType to = any_dtype(gen);
    Ty result = to == DT_idx ? type_index(gen->ctx, gen_extent(gen), info->dims, info->rank)
                             : type_with_dtype(gen->ctx, shape, to);
    *given = op_info[op].given ? result : TY_NONE;
    const char *why;
    if (build_check(scratch, op, operands, n, NULL, 0, NULL, *given, &why).i) return true;
  }
  return false;
}

static bool make_elementwise(Gen *gen, Op op, Ref *out) {
  Ty shape = gen_type(gen, gen_number(gen), GEN_RANK), types[3], given;
  int n = op_info[op].arity_min;
  if (!find_types(gen, op, shape, n, types, &given)) return false;
  Ref operands[3];
  for (int i = 0; i < n; i++) operands[i] = gen_value(gen, types[i]);
  return try_op(gen, op, operands, n, NULL, 0, given, out);
}

/* ---- movement ---- */

static bool make_broadcast(Gen *gen, Op op, Ref *out) {
  Ref a;
  if (!any_value(gen, any_dtype(gen), 0, &a)) return false;
  const TypeInfo *info = info_of(gen, a);
  Sz dims[2 * GEN_RANK];
  int32_t axes[GEN_RANK];
  int rank = 0, added = 0;
  for (int i = 0; i <= info->rank; i++) {
    while (added < 2 && gen_below(gen, 3) == 0) {
      dims[rank++] = gen_extent(gen);
      added++;
    }
    if (i == info->rank) break;
    axes[i] = rank;
    dims[rank++] = info->dims[i];
  }
  Attr attr = attr_is(A_axes, axes, info->rank);
  Ty type = type_with_dims(gen->ctx, graph_type(gen->g, a), dims, rank);
  return try_op(gen, op, &a, 1, &attr, 1, type, out);
}

static void shuffle(Gen *gen, int32_t *list, int n) {
  for (int i = n - 1; i > 0; i--) {
    int k = gen_below(gen, i + 1);
    int32_t t = list[i];
    list[i] = list[k];
    list[k] = t;
  }
}

static bool make_transpose(Gen *gen, Op op, Ref *out) {
  Ref a;
  if (!any_value(gen, any_dtype(gen), 0, &a)) return false;
  int rank = info_of(gen, a)->rank;
  int32_t perm[GEN_RANK];
  for (int i = 0; i < rank; i++) perm[i] = i;
  shuffle(gen, perm, rank);
  Attr attr = attr_is(A_perm, perm, rank);
  return try_op(gen, op, &a, 1, &attr, 1, TY_NONE, out);
}

/* Merges two neighbours, splits a constant extent, or adds an axis of extent 1. */
static bool make_reshape(Gen *gen, Op op, Ref *out) {
  Ref a;
  if (!any_value(gen, any_dtype(gen), 0, &a)) return false;
  const TypeInfo *info = info_of(gen, a);
  Sz *dims = copy_dims(gen, info);
  int rank = info->rank, at = rank ? gen_below(gen, rank) : 0;
  int64_t extent = 0;
  bool fixed = rank && size_is_const(gen->ctx, dims[at], &extent);
  if (rank >= 2 && at + 1 < rank && gen_below(gen, 2)) {
    dims[at] = size_mul(gen->ctx, dims[at], dims[at + 1]);
    for (int i = at + 1; i + 1 < rank; i++) dims[i] = dims[i + 1];
    rank--;
  } else {
    for (int i = rank; i > at; i--) dims[i] = dims[i - 1];
    bool half = fixed && extent == 4 && gen_below(gen, 2);
    dims[at] = size_const(gen->ctx, half ? 2 : 1);
    if (half) dims[at + 1] = size_const(gen->ctx, 2);
    rank++;
  }
  Ty type = type_with_dims(gen->ctx, graph_type(gen->g, a), dims, rank);
  return try_op(gen, op, &a, 1, NULL, 0, type, out);
}

static bool make_slice(Gen *gen, Op op, Ref *out) {
  Ref a;
  if (!any_value(gen, any_dtype(gen), 1, &a)) return false;
  const TypeInfo *info = info_of(gen, a);
  Sz *dims = copy_dims(gen, info), starts[GEN_RANK], zero = size_const(gen->ctx, 0);
  for (int i = 0; i < info->rank; i++) {
    int64_t extent;
    starts[i] = zero;
    if (gen_below(gen, 3) == 0) continue;          /* the whole axis */
    if (gen->options.empty && gen_below(gen, 2)) { /* all but the first */
      starts[i] = size_const(gen->ctx, 1);
      dims[i] = size_sub(gen->ctx, dims[i], starts[i]);
    } else if (size_is_const(gen->ctx, dims[i], &extent)) {
      if (!extent) continue;
      int64_t start = gen_below(gen, (int)extent);
      starts[i] = size_const(gen->ctx, start);
      dims[i] = size_const(gen->ctx, 1 + gen_below(gen, (int)(extent - start)));
    } else if (gen->options.harder && gen_long(gen, dims[i]) && gen_below(gen, 2)) {
      starts[i] = size_const(gen->ctx, gen_below(gen, 2));
      dims[i] = size_sub(gen->ctx, dims[i], size_const(gen->ctx, 1));
    } else {
      if (gen_below(gen, 2)) starts[i] = size_sub(gen->ctx, dims[i], size_const(gen->ctx, 1));
      dims[i] = size_const(gen->ctx, 1);
    }
  }
  Attr attr = attr_zs(A_starts, starts, info->rank);
  Ty type = type_with_dims(gen->ctx, graph_type(gen->g, a), dims, info->rank);
  return try_op(gen, op, &a, 1, &attr, 1, type, out);
}

static bool make_pad(Gen *gen, Op op, Ref *out) {
  Ref a;
  if (!any_value(gen, gen_number(gen), 1, &a)) return false;
  const TypeInfo *info = info_of(gen, a);
  Sz *dims = copy_dims(gen, info), lo[GEN_RANK];
  for (int i = 0; i < info->rank; i++) {
    lo[i] = size_const(gen->ctx, gen_below(gen, 3) / 2);
    Sz hi = size_const(gen->ctx, gen_below(gen, 3) / 2);
    dims[i] = size_add(gen->ctx, dims[i], size_add(gen->ctx, lo[i], hi));
  }
  Attr attrs[] = {attr_f(A_value, gen_below(gen, 3) - 1), attr_zs(A_lo, lo, info->rank)};
  Ty type = type_with_dims(gen->ctx, graph_type(gen->g, a), dims, info->rank);
  return try_op(gen, op, &a, 1, attrs, 2, type, out);
}

static bool make_concat(Gen *gen, Op op, Ref *out) {
  Ref parts[3];
  if (!any_value(gen, any_dtype(gen), 1, &parts[0])) return false;
  Ty type = graph_type(gen->g, parts[0]);
  const TypeInfo *info = type_info(gen->ctx, type);
  int n = 1 + gen_below(gen, 3), axis = gen_below(gen, info->rank);
  for (int i = 1; i < n; i++) {
    Sz *dims = copy_dims(gen, info);
    if (gen_below(gen, 2)) dims[axis] = gen_extent(gen);
    parts[i] = gen_value(gen, type_with_dims(gen->ctx, type, dims, info->rank));
  }
  Attr attr = attr_i(A_axis, axis);
  return try_op(gen, op, parts, n, &attr, 1, TY_NONE, out);
}

/* ---- along axes, reductions ---- */

static bool has_option(Op op, const char *attr) { return strstr(op_info[op].attrs, attr) != NULL; }

static bool make_along(Gen *gen, Op op, Ref *out) {
  Ref a;
  if (!any_value(gen, gen_number(gen), 1, &a)) return false;
  Attr attrs[3] = {attr_i(A_axis, gen_below(gen, info_of(gen, a)->rank))};
  int n = 1;
  if (has_option(op, "reverse?") && gen_below(gen, 2)) attrs[n++] = attr_i(A_reverse, 1);
  if (has_option(op, "exclusive?") && gen_below(gen, 2)) attrs[n++] = attr_i(A_exclusive, 1);
  return try_op(gen, op, &a, 1, attrs, n, TY_NONE, out);
}

/* Square matrices, sometimes with equal costs. */
static bool make_assign(Gen *gen, Op op, Ref *out) {
  Ref a;
  if (!any_value(gen, gen_number(gen), 1, &a)) return false;
  const TypeInfo *info = info_of(gen, a);
  int last = info->rank - 1;
  Sz *dims = arena_array(&gen->ctx->arena, Sz, info->rank + 1);
  int32_t *axes = arena_array(&gen->ctx->arena, int32_t, info->rank + 1);
  if (info->rank >= GEN_RANK) return false;
  for (int i = 0; i <= last; i++) dims[i] = info->dims[i], axes[i] = i;
  dims[last + 1] = dims[last];
  Ref columns = build_broadcast(gen->g, a, dims, last + 2, axes);
  axes[last] = last + 1;
  Ref rows = build_broadcast(gen->g, a, dims, last + 2, axes);
  Ref cost = build2(gen->g, OP_sub, columns, rows);
  return try_op(gen, op, &(Ref){build2(gen->g, OP_mul, cost, columns).i}, 1, NULL, 0, TY_NONE, out);
}

/* Matrices far from where functions of them have no derivative: 'spread' on the diagonal in the
 * first place, and 'step' more in each further one, beside small numbers. */
static Ref good_matrix(Gen *gen, Ty type, double spread, double step) {
  const TypeInfo *info = type_info(gen->ctx, type);
  int row = info->rank - 2, column = info->rank - 1;
  Ty places = type_with_dtype(gen->ctx, type, DT_i32);
  Ref i = build_iota(gen->g, places, row), j = build_iota(gen->g, places, column);
  Ref on = build_const(gen->g, type, spread), steps = build_const(gen->g, type, step);
  if (step != 0)
    on = build2(gen->g, OP_add, build2(gen->g, OP_mul, build_cast(gen->g, i, info->dtype), steps),
                on);
  on = build3(gen->g, OP_where, build2(gen->g, OP_eq, i, j), on, build_const(gen->g, type, 0));
  Ref small = build2(gen->g, OP_mul, gen_value(gen, type), build_const(gen->g, type, 0.25));
  return build2(gen->g, OP_add, small, on);
}

static bool make_matrix(Gen *gen, Op op, Ref *out) {
  Sz dims[GEN_RANK];
  int rank = 2 + gen_below(gen, GEN_RANK - 1);
  for (int k = 0; k < rank; k++) dims[k] = gen_extent(gen);
  bool square = op != OP_qr && op != OP_svd;
  if (square) dims[rank - 2] = dims[rank - 1];
  Ty type = type_tensor(gen->ctx, gen_float(gen), dims, rank);
  Ref operands[2] = {good_matrix(gen, type, op == OP_eigh ? 0 : 3, op == OP_solve ? 0 : 1.5)};
  if (op == OP_solve) {
    dims[rank - 1] = gen_extent(gen);
    operands[1] = gen_value(gen, type_with_dims(gen->ctx, type, dims, rank));
  }
  return try_op(gen, op, operands, op_info[op].arity_max, NULL, 0, TY_NONE, out);
}

static bool make_reduce(Gen *gen, Op op, Ref *out) {
  Ref a;
  bool logic = op == OP_any || op == OP_all;
  if (!any_value(gen, logic ? DT_bool : gen_number(gen), 1, &a)) return false;
  int32_t axes[GEN_RANK];
  int n = 0, rank = info_of(gen, a)->rank;
  for (int i = 0; i < rank; i++)
    if (gen_below(gen, 2)) axes[n++] = i;
  if (!n) axes[n++] = gen_below(gen, rank);
  Attr attr = attr_is(A_axes, axes, n);
  return try_op(gen, op, &a, 1, &attr, 1, TY_NONE, out);
}

/* ---- dot, gather, scatter_add ---- */

/* The axes of one operand of a dot in random order: batch, contracted, free. */
typedef struct Side {
  Sz dims[8];
  int32_t batch[2], contract[2];
  int rank;
} Side;

static Side make_side(Gen *gen, const Sz *batch, int n_batch, const Sz *contract, int n_contract) {
  Side s = {.rank = n_batch + n_contract + gen_below(gen, 3)};
  int32_t place[8];
  for (int i = 0; i < s.rank; i++) {
    place[i] = i;
    s.dims[i] = gen_extent(gen);
  }
  shuffle(gen, place, s.rank);
  for (int i = 0; i < n_batch; i++) {
    s.batch[i] = place[i];
    s.dims[place[i]] = batch[i];
  }
  for (int i = 0; i < n_contract; i++) {
    s.contract[i] = place[n_batch + i];
    s.dims[place[n_batch + i]] = contract[i];
  }
  return s;
}

static bool make_dot(Gen *gen, Op op, Ref *out) {
  Sz batch[2] = {gen_extent(gen), gen_extent(gen)};
  Sz contract[2] = {gen_extent(gen), gen_extent(gen)};
  int n_batch = gen_below(gen, 3), n_contract = gen_below(gen, 3);
  Side a = make_side(gen, batch, n_batch, contract, n_contract);
  Side b = make_side(gen, batch, n_batch, contract, n_contract);
  DType dtype = gen_number(gen);
  Ref operands[] = {gen_value(gen, type_tensor(gen->ctx, dtype, a.dims, a.rank)),
                    gen_value(gen, type_tensor(gen->ctx, dtype, b.dims, b.rank))};
  bool bf16 = dtype == DT_f32 && gen_below(gen, 3) == 0;
  Str precision = bf16 ? ctx_str(gen->ctx, "bf16") : (Str){0};
  Attr attrs[] = {attr_is(A_batch_a, a.batch, n_batch), attr_is(A_batch_b, b.batch, n_batch),
                  attr_is(A_contract_a, a.contract, n_contract),
                  attr_is(A_contract_b, b.contract, n_contract), attr_s(A_precision, precision)};
  return try_op(gen, op, operands, 2, attrs, 5, TY_NONE, out);
}

/* A tensor type to index into, an index type for it, and the attributes. */
static bool find_indexed(Gen *gen, DType dtype, Ty *a, Ty *index, Attr *attrs) {
  *a = gen_type(gen, dtype, GEN_RANK);
  const TypeInfo *info = type_info(gen->ctx, *a);
  if (!info->rank) return false;
  int axis = gen_below(gen, info->rank), batch = gen_below(gen, axis + 1);
  Sz dims[GEN_RANK + 2];
  int rank = batch + gen_below(gen, 3);
  for (int i = 0; i < rank; i++) dims[i] = i < batch ? info->dims[i] : gen_extent(gen);
  *index = type_index(gen->ctx, info->dims[axis], dims, rank);
  attrs[0] = attr_i(A_axis, axis);
  attrs[1] = attr_i(A_batch, batch);
  return true;
}

static bool make_gather(Gen *gen, Op op, Ref *out) {
  Ty a, index;
  Attr attrs[2];
  if (!find_indexed(gen, any_dtype(gen), &a, &index, attrs)) return false;
  Ref operands[] = {gen_value(gen, a), gen_value(gen, index)};
  return try_op(gen, op, operands, 2, attrs, 2, TY_NONE, out);
}

static bool make_scatter(Gen *gen, Op op, Ref *out) {
  Ty y, index;
  Attr attrs[2];
  if (!find_indexed(gen, gen_number(gen), &y, &index, attrs)) return false;
  Graph *scratch = graph_new(gen->ctx, (Str){0});
  Ref probe[] = {graph_param(scratch, y, (Str){0}, NULL, 0),
                 graph_param(scratch, index, (Str){0}, NULL, 0)};
  const char *why;
  Ty values = build_check(scratch, OP_gather, probe, 2, attrs, 2, NULL, TY_NONE, &why);
  if (!values.i) return false;
  Ref operands[] = {gen_value(gen, index), gen_value(gen, values)};
  return try_op(gen, op, operands, 2, attrs, 2, y, out);
}

static bool make_update(Gen *gen, Op op, Ref *out) {
  Ref a;
  if (!any_value(gen, any_dtype(gen), 1, &a)) return false;
  const TypeInfo *info = info_of(gen, a);
  int axis = (int)gen_below(gen, (uint32_t)info->rank);
  Sz *dims = copy_dims(gen, info);
  int64_t part = 1 + gen_below(gen, 2), extent;
  if (!size_eval(gen->ctx, dims[axis], &gen->env, &extent)) return false;
  if (gen_below(gen, 3) && part <= extent) dims[axis] = size_const(gen->ctx, part);
  Ref b = gen_value(gen, type_with_dims(gen->ctx, graph_type(gen->g, a), dims, info->rank));
  Ref at = gen_value(gen, type_scalar(gen->ctx, DT_i32));
  Ref operands[] = {a, b, at};
  Attr attr = attr_i(A_axis, axis);
  return try_op(gen, op, operands, 3, &attr, 1, TY_NONE, out);
}

/* ---- random ---- */

static bool make_random(Gen *gen, Op op, Ref *out) {
  Ref key = gen_value(gen, type_scalar(gen->ctx, DT_key));
  Attr attrs[] = {attr_i(A_stream, gen_below(gen, 100)), attr_i(A_word, gen_below(gen, 2))};
  return try_op(gen, op, &key, 1, attrs, 2, gen_type(gen, DT_i32, GEN_RANK), out);
}

/* ---- regions ---- */

/* A generator for a body: constants and parameters only, which become operands. */
static Gen body_gen(const Gen *gen, const char *name) {
  Gen inner = *gen;
  inner.depth++;
  inner.operands_only = false;
  inner.options.nodes = 2 + gen->options.nodes / 3;
  if (inner.options.nodes > 8) inner.options.nodes = 8;
  inner.options.regions = gen->options.regions && gen->depth < 1;
  inner.g = graph_new(gen->ctx, ctx_str(gen->ctx, name));
  inner.pool.data = NULL;
  inner.pool.len = inner.pool.cap = 0;
  return inner;
}

static Ref body_param(Gen *inner, Ty type, const char *name) {
  Ref made = graph_param(inner->g, type, ctx_str(inner->ctx, name), NULL, 0);
  vec_push(&inner->ctx->arena, &inner->pool, made);
  return made;
}

/* The next value of a carry: floats mix the old one with two values, kept small over the steps. */
static Ref next_carry(Gen *inner, Ref carry) {
  Graph *g = inner->g;
  Ty type = graph_type(g, carry);
  Ref value = gen_value(inner, type);
  static const Op folds[] = {OP_add, OP_max, OP_min};
  DType dtype = type_info(inner->ctx, type)->dtype;
  if (inner->options.sets && !gen_below(inner, 3) && (dtype == DT_i32 || dtype_is_float(dtype)))
    return build2(g, folds[gen_below(inner, 3)], carry, value);
  if (!dtype_is_float(type_info(inner->ctx, type)->dtype)) return value;
  Ref mixed = build2(g, OP_add, value, build2(g, OP_mul, carry, gen_value(inner, type)));
  return build1(g, OP_tanh, mixed);
}

static bool carries_of(Gen *gen, Gen *inner, int n, Ref *operands) {
  for (int i = 0; i < n; i++)
    if (!any_value(gen, any_dtype(gen), 0, &operands[i])) return false;
  for (int i = 0; i < n; i++) body_param(inner, graph_type(gen->g, operands[i]), "carry");
  return true;
}

static bool slices_of(Gen *gen, Gen *inner, Sz length, int n, Ref *operands) {
  for (int i = 0; i < n; i++) {
    Ty item = gen_type(gen, any_dtype(gen), 2);
    const TypeInfo *info = type_info(gen->ctx, item);
    Sz *dims = copy_dims(gen, info);
    for (int k = info->rank; k > 0; k--) dims[k] = dims[k - 1];
    dims[0] = length;
    operands[i] = gen_value(gen, type_with_dims(gen->ctx, item, dims, info->rank + 1));
    body_param(inner, item, "slice");
  }
  return true;
}

/* Fewer results than the pool has: carries, collected values, a stop condition. */
static void scan_results(Gen *inner, int carries, bool until, Ref step) {
  for (int i = 0; i < carries; i++)
    graph_result(inner->g, next_carry(inner, inner->g->params.data[1 + i]), (Str){0});
  int collected = gen_below(inner, 3);
  for (int i = 0; i < collected && inner->pool.len; i++) {
    int from = gen_below(inner, 3) ? (int)inner->pool.len * 2 / 3 : 0;
    int at = from + gen_below(inner, (int)inner->pool.len - from);
    graph_result(inner->g, inner->pool.data[at], (Str){0});
  }
  if (!until) return;
  Ref limit = build_scalar(inner->g, DT_i32, gen_below(inner, 3));
  Ref number = build_cast(inner->g, step, DT_i32);
  graph_result(inner->g, build2(inner->g, gen_below(inner, 2) ? OP_ge : OP_le, number, limit),
               (Str){0});
}

static bool make_scan(Gen *gen, Op op, Ref *out) {
  Gen inner = body_gen(gen, "body");
  Sz length = gen_extent(gen);
  int carries = gen_below(gen, 3), slices = gen_below(gen, 3);
  bool until = gen_below(gen, 4) == 0, reverse = gen_below(gen, 3) == 0;
  Ref operands[64];
  Ty number = type_scalar(gen->ctx, DT_i32), index = type_index(gen->ctx, length, NULL, 0);
  Ref step = body_param(&inner, gen_below(gen, 2) ? number : index, "step");
  if (!carries_of(gen, &inner, carries, operands) ||
      !slices_of(gen, &inner, length, slices, operands + carries))
    return false;
  inner.state = gen_next(gen);
  gen_graph(&inner);
  scan_results(&inner, carries, until, step);
  int n = carries + slices;
  for (uint32_t k = 1 + (uint32_t)n; k < inner.g->params.len; k++) {
    if (n == 64) return false;
    operands[n++] = gen_value(gen, graph_type(inner.g, inner.g->params.data[k]));
  }
  Attr attrs[6] = {attr_z(A_length, length), attr_i(A_carries, carries), attr_i(A_slices, slices)};
  int count = 3;
  if (reverse) attrs[count++] = attr_i(A_reverse, 1);
  if (until) attrs[count++] = attr_i(A_until, 1);
  if (inner.g->results.len - until == 0) return false;
  *out = build_region(gen->g, op, operands, n, attrs, count, graph_sweep(inner.g), TY_NONE);
  return true;
}

static bool make_call(Gen *gen, Op op, Ref *out) {
  Gen inner = body_gen(gen, "function");
  inner.options.regions = false;
  inner.state = gen_next(gen);
  gen_graph(&inner);
  if (!inner.pool.len || inner.g->params.len > 64) return false;
  int n_results = 1 + gen_below(gen, 2);
  for (int i = 0; i < n_results; i++)
    graph_result(inner.g, inner.pool.data[gen_below(gen, (int)inner.pool.len)], (Str){0});
  Ref operands[64];
  int n = (int)inner.g->params.len;
  for (int k = 0; k < n; k++)
    operands[k] = gen_value(gen, graph_type(inner.g, inner.g->params.data[k]));
  *out = build_region(gen->g, op, operands, n, NULL, 0, inner.g, TY_NONE);
  return true;
}

static bool make_item(Gen *gen, Op op, Ref *out) {
  Ref tuple;
  if (!make_call(gen, OP_call, &tuple)) return false;
  Attr attr = attr_i(A_index, gen_below(gen, info_of(gen, tuple)->rank));
  return try_op(gen, op, &tuple, 1, &attr, 1, TY_NONE, out);
}

/* The derivative of the sum of sin(x) by x. */
static bool make_grad(Gen *gen, Op op, Ref *out) {
  Ref x = gen_value(gen, gen_type(gen, gen_float(gen), GEN_RANK));
  int32_t axes[TENSOR_MAX_RANK];
  int rank = info_of(gen, x)->rank;
  for (int i = 0; i < rank; i++) axes[i] = i;
  Ref loss = build_reduce(gen->g, OP_sum, build1(gen->g, OP_sin, x), axes, rank);
  Ref operands[] = {loss, x};
  return try_op(gen, op, operands, 2, NULL, 0, TY_NONE, out);
}

/* ---- between ranks: one alone ---- */

static bool make_all_gather(Gen *gen, Op op, Ref *out) {
  Ref a;
  Sz start = size_const(gen->ctx, 0);
  Attr attrs[] = {attr_i(A_axis, 0), attr_zs(A_starts, &start, 1)};
  return any_value(gen, any_dtype(gen), 1, &a) &&
         try_op(gen, op, &a, 1, attrs, 2, graph_type(gen->g, a), out);
}

static bool make_all_reduce(Gen *gen, Op op, Ref *out) {
  Ref a;
  Attr axes = attr_is(A_axes, (int32_t[]){0}, 1);
  return any_value(gen, gen_number(gen), 1, &a) && try_op(gen, op, &a, 1, &axes, 1, TY_NONE, out);
}

/* An op of a plug-in: its operands have one type, or each its own, until its type rule takes
 * them. */
static bool make_custom(Gen *gen, Op op, Ref *out) {
  enum { FEW = 8 };
  int n = 0;
  while (custom_at(gen->ctx, (uint32_t)n)) n++;
  if (!n) return false;
  const CustomOp *custom = custom_at(gen->ctx, (uint32_t)gen_below(gen, n));
  Attr symbol = attr_s(A_symbol, ctx_str(gen->ctx, custom->name));
  for (int i = 0; i < FEW; i++) {
    Ref operands[3];
    bool alike = gen_below(gen, 2);
    Ty type = gen_type(gen, gen_float(gen), GEN_RANK);
    for (int k = 0; k < custom->arity; k++) {
      if (k && !alike) type = gen_type(gen, gen_number(gen), GEN_RANK);
      operands[k] = gen_value(gen, type);
    }
    if (try_op(gen, op, operands, custom->arity, &symbol, 1, TY_NONE, out)) return true;
  }
  return false;
}

/* ---- the table ---- */

typedef struct OpMaker {
  Maker make;
  const char *excluded;
} OpMaker;

static const OpMaker makers[N_OPS] = {
    [OP_param] = {.excluded = "every instance has parameters"},
    [OP_const] = {.make = make_const},
    [OP_iota] = {.make = make_iota},
    [OP_size] = {.make = make_size},
    [OP_broadcast] = {.make = make_broadcast},
    [OP_transpose] = {.make = make_transpose},
    [OP_reshape] = {.make = make_reshape},
    [OP_slice] = {.make = make_slice},
    [OP_pad] = {.make = make_pad},
    [OP_concat] = {.make = make_concat},
    [OP_reverse] = {.make = make_along},
    [OP_dot] = {.make = make_dot},
    [OP_gather] = {.make = make_gather},
    [OP_scatter_add] = {.make = make_scatter},
    [OP_update] = {.make = make_update},
    [OP_assign] = {.make = make_assign},
    [OP_random] = {.make = make_random},
    [OP_all_gather] = {.make = make_all_gather},
    [OP_all_reduce] = {.make = make_all_reduce},
    [OP_scan] = {.make = make_scan},
    [OP_call] = {.make = make_call},
    [OP_kernel] = {.make = make_call},
    [OP_item] = {.make = make_item},
    [OP_grad] = {.make = make_grad},
    [OP_foreign] = {.excluded = "needs a shared library"},
    [OP_custom] = {.make = make_custom, .excluded = "needs a plug-in"},
};

static Maker maker_of(Op op) {
  if (makers[op].make || makers[op].excluded) return makers[op].make;
  if (op_is(op, T_ELEMENTWISE)) return make_elementwise;
  if (op_is(op, T_REDUCE)) return make_reduce;
  if (op_is(op, T_MATRIX)) return make_matrix;
  if (op_is(op, T_ARGREDUCE | T_ALONG)) return make_along;
  return NULL;
}

const char *gen_excluded(Op op) {
  if (maker_of(op) && !makers[op].excluded) return NULL;
  return makers[op].excluded ? makers[op].excluded : "no generator";
}

bool gen_op(Gen *gen, Op op, Ref *out) {
  Maker make = maker_of(op);
  bool in_graph = !gen->operands_only;
  bool region = op == OP_scan || op == OP_call || op == OP_kernel || op == OP_item;
  if (!make) return false;
  if (in_graph && region && !gen->options.regions) return false;
  if (in_graph && (op == OP_kernel || op == OP_grad)) return false;
  if (in_graph && (op == OP_call || op == OP_item) && !gen->options.calls) return false;
  bool random = op == OP_random || op == OP_fold || op == OP_seed || op == OP_unit;
  if (in_graph && random && !gen->options.random) return false;
  if (in_graph && gen->options.smooth && op_info[op].rough) return false;
  return make(gen, op, out);
}
