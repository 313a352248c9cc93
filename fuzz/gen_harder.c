/* Random graphs for the proofs about sets and padding: what is likely to fool them. Loops of
 * which each step hands something on to the next one, in other words than it was computed in;
 * ops right behind a value that is neutral at padding. */
#include "fuzz/gen.h"

#include <math.h>

static Sz symbol(const Gen *gen, int i) { return gen->env.symbols.data[i]; }

bool gen_long(const Gen *gen, Sz extent) {
  return sz_eq(extent, symbol(gen, 0)) || sz_eq(extent, symbol(gen, 1));
}

static int axis_of(const TypeInfo *info, Sz extent) {
  for (int i = 0; i < info->rank; i++)
    if (sz_eq(info->dims[i], extent)) return i;
  return -1;
}

/* A value of numbers with the axis N. */
static bool find_value(Gen *gen, int most, Ref *out) {
  for (int tries = 0; tries < 20 && gen->pool.len; tries++) {
    Ref r = gen->pool.data[gen_below(gen, (int)gen->pool.len)];
    const TypeInfo *info = graph_info(gen->g, r);
    bool number = dtype_is_float(info->dtype) || info->dtype == DT_i32;
    *out = r;
    if (number && info->rank && info->rank <= most && axis_of(info, symbol(gen, 0)) >= 0)
      return true;
  }
  return false;
}

static double special(Gen *gen) {
  static const double numbers[] = {0, 0, 1, -INFINITY, INFINITY, -1e30, 4};
  return numbers[gen_below(gen, gen->options.smooth ? 3 : 7)];
}

static Ref constant_like(Gen *gen, Graph *g, Ref v, double x) {
  bool whole = type_info(gen->ctx, graph_type(g, v))->dtype == DT_i32;
  return build_const(g, graph_type(g, v), whole && fabs(x) > 4 ? -4 : x);
}

/* The mask under the axes of v, when it has them. */
static bool mask_over(Gen *gen, Ref v, Ref *out) {
  const TypeInfo *info = graph_info(gen->g, v), *m;
  int32_t axes[2], perm[] = {1, 0};
  if (!gen->options.masks) return false;
  m = graph_info(gen->g, gen->mask);
  for (int i = 0; i < m->rank; i++) {
    int at = axis_of(info, m->dims[i]);
    if (at < 0) return false;
    axes[i] = at;
  }
  Ref mask = gen->mask;
  if (m->rank == 2 && axes[0] > axes[1]) {
    int32_t first = axes[0];
    mask = build_transpose(gen->g, mask, perm);
    axes[0] = axes[1];
    axes[1] = first;
  }
  *out = build_broadcast(gen->g, mask, info->dims, info->rank, axes);
  return true;
}

/* ---- ops behind ---- */

static int some_axis(Gen *gen, Ref v) {
  const TypeInfo *info = graph_info(gen->g, v);
  int padded = axis_of(info, symbol(gen, 0));
  return padded >= 0 && gen_below(gen, 3) ? padded : gen_below(gen, info->rank);
}

static Ref along(Gen *gen, Op op, Ref v) {
  Attr attrs[3] = {attr_i(A_axis, some_axis(gen, v))};
  int n = 1;
  if (op == OP_cumsum && gen_below(gen, 2)) attrs[n++] = attr_i(A_reverse, 1);
  if (op == OP_cumsum && gen_below(gen, 2)) attrs[n++] = attr_i(A_exclusive, 1);
  return build_op(gen->g, op, &v, 1, attrs, n, TY_NONE);
}

static Ref part(Gen *gen, Ref v) {
  int axis = some_axis(gen, v);
  Sz one = size_const(gen->ctx, 1), extent = graph_info(gen->g, v)->dims[axis];
  if (!gen_long(gen, extent)) return v;
  int start = gen_below(gen, 2), kind = gen_below(gen, 3);
  Ref cut =
      build_slice(gen->g, v, axis, size_const(gen->ctx, start), size_sub(gen->ctx, extent, one));
  Sz none = size_const(gen->ctx, 0);
  if (!kind) return cut;
  return build_pad(gen->g, cut, axis, kind == 1 ? one : none, kind == 1 ? none : one, special(gen));
}

static Ref longer(Gen *gen, Ref v) {
  int axis = some_axis(gen, v);
  Sz dims[TENSOR_MAX_RANK];
  const TypeInfo *info = graph_info(gen->g, v);
  for (int i = 0; i < info->rank; i++)
    dims[i] = i == axis ? size_const(gen->ctx, 1) : info->dims[i];
  Ty type = type_with_dims(gen->ctx, graph_type(gen->g, v), dims, info->rank);
  Ref other = gen_below(gen, 2) ? v : gen_value(gen, type), parts[2] = {v, other};
  if (gen_below(gen, 2)) {
    parts[0] = other;
    parts[1] = v;
  }
  Sz one = size_const(gen->ctx, gen_below(gen, 2)), two = size_const(gen->ctx, gen_below(gen, 2));
  return gen_below(gen, 2) ? build_concat(gen->g, parts, 2, axis)
                           : build_pad(gen->g, v, axis, one, two, special(gen));
}

static Ref merged(Gen *gen, Ref v) {
  const TypeInfo *info = graph_info(gen->g, v);
  Sz dims[TENSOR_MAX_RANK];
  if (info->rank < 2) return v;
  int at = gen_below(gen, info->rank - 1);
  for (int i = 0; i < info->rank; i++) dims[i] = info->dims[i];
  dims[at] = size_mul(gen->ctx, dims[at], dims[at + 1]);
  for (int i = at + 1; i + 1 < info->rank; i++) dims[i] = dims[i + 1];
  return build_reshape(gen->g, v, dims, info->rank - 1);
}

static Ref turned(Gen *gen, Ref v) {
  const TypeInfo *info = graph_info(gen->g, v);
  int32_t perm[TENSOR_MAX_RANK];
  int a = gen_below(gen, info->rank), b = gen_below(gen, info->rank);
  for (int i = 0; i < info->rank; i++) perm[i] = i == a ? b : i == b ? a : i;
  return build_transpose(gen->g, v, perm);
}

static Ref reduced(Gen *gen, Ref v) {
  static const Op ops[] = {OP_sum, OP_max_over, OP_min_over, OP_sum, OP_prod};
  int32_t axes[TENSOR_MAX_RANK];
  int n = 0, rank = graph_info(gen->g, v)->rank;
  for (int i = 0; i < rank; i++)
    if (gen_below(gen, 2)) axes[n++] = i;
  return n ? build_reduce(gen->g, ops[gen_below(gen, gen->options.smooth ? 1 : 5)], v, axes, n) : v;
}

/* The axis is indexed by numbers of its places, or of another axis: a batch of the axes in
 * front. */
static Ref scattered(Gen *gen, Ref v) {
  int axis = some_axis(gen, v);
  const TypeInfo *info = graph_info(gen->g, v);
  Sz dims[TENSOR_MAX_RANK], extent = gen_below(gen, 2) ? info->dims[axis] : gen_extent(gen);
  for (int i = 0; i < info->rank; i++) dims[i] = i == axis ? extent : info->dims[i];
  Ref index = gen_value(gen, type_index(gen->ctx, extent, info->dims, axis + 1));
  Attr attrs[] = {attr_i(A_axis, axis), attr_i(A_batch, axis)};
  Ty type = type_with_dims(gen->ctx, graph_type(gen->g, v), dims, info->rank);
  return build_op(gen->g, OP_scatter_add, (Ref[]){index, v}, 2, attrs, 2, type);
}

static Ref looked_up(Gen *gen, Ref v) {
  int axis = some_axis(gen, v), batch = gen_below(gen, axis + 1);
  const TypeInfo *info = graph_info(gen->g, v);
  Ref index = gen_value(gen, type_index(gen->ctx, info->dims[axis], info->dims, batch));
  Attr attrs[] = {attr_i(A_axis, axis), attr_i(A_batch, batch)};
  return build_op(gen->g, OP_gather, (Ref[]){v, index}, 2, attrs, 2, TY_NONE);
}

/* Some places by their numbers. */
static Ref by_place(Gen *gen, Ref v) {
  const TypeInfo *info = graph_info(gen->g, v);
  Ty number = type_with_dtype(gen->ctx, graph_type(gen->g, v), DT_i32);
  Ref place = build_iota(gen->g, number, some_axis(gen, v));
  Ref limit = build_const(gen->g, number, gen_below(gen, 3));
  static const Op ops[] = {OP_lt, OP_ge, OP_eq};
  (void)info;
  return build3(gen->g, OP_where, build2(gen->g, ops[gen_below(gen, 3)], place, limit), v,
                constant_like(gen, gen->g, v, special(gen)));
}

/* Whether it is another value, or itself with axes of equal extent swapped, in numbers of which
 * many are equal: of floats as they are drawn no two are. */
static Ref met(Gen *gen, Ref v) {
  Ref other = gen_below(gen, 2) ? turned(gen, v) : v;
  Ty type = graph_type(gen->g, v);
  if (ref_eq(other, v) || !ty_eq(graph_type(gen->g, other), type)) other = gen_value(gen, type);
  Ref a = build1(gen->g, OP_sign, v), b = build1(gen->g, OP_sign, other);
  Ref same = build2(gen->g, gen_below(gen, 2) ? OP_eq : OP_ne, a, b);
  return build_cast(gen->g, same, type_info(gen->ctx, type)->dtype);
}

static Ref one_behind(Gen *gen, Ref v) {
  static const Op rough[] = {OP_sort, OP_argsort, OP_argmax, OP_argmin, OP_cumsum, OP_reverse};
  switch (gen_below(gen, 11)) {
  case 0:
  case 1:
    return part(gen, v);
  case 2:
    return longer(gen, v);
  case 3:
    return merged(gen, v);
  case 4:
    return turned(gen, v);
  case 5:
    return reduced(gen, v);
  case 6:
    return scattered(gen, v);
  case 7:
    return looked_up(gen, v);
  case 8:
    return gen->options.smooth ? v : by_place(gen, v);
  case 9:
    return gen->options.smooth ? v : met(gen, v);
  default:
    return along(gen, rough[gen->options.smooth ? 4 + gen_below(gen, 2) : gen_below(gen, 6)], v);
  }
}

bool gen_behind(Gen *gen, Ref *out) {
  Ref v, m;
  if (!find_value(gen, 4, &v)) return false;
  if (gen_below(gen, 4) && mask_over(gen, v, &m))
    v = build3(gen->g, OP_where, m, v, constant_like(gen, gen->g, v, special(gen)));
  *out = v;
  for (int n = 1 + gen_below(gen, 3); n > 0; n--) {
    const TypeInfo *info = graph_info(gen->g, *out);
    int64_t count = gen_count(gen, graph_type(gen->g, *out));
    bool number = dtype_is_float(info->dtype) || info->dtype == DT_i32;
    if (!info->rank || !number || count < 0 || count > 500) break;
    *out = one_behind(gen, *out);
  }
  return !ref_eq(*out, v);
}

/* ---- loops that hand on ---- */

typedef struct Handing {
  Gen *gen;
  Graph *body;
  Ref step, carry, other, slice, there; /* there: REF_NONE or a condition of the slice's type */
} Handing;

static Ref like_reversed(const Handing *h, Ref v) {
  int rank = graph_info(h->body, v)->rank;
  Attr attr = attr_i(A_axis, rank ? gen_below(h->gen, rank) : 0);
  return rank ? build_op(h->body, OP_reverse, &v, 1, &attr, 1, TY_NONE) : v;
}

/* What was the second axis is the first, where both are as long. */
static Ref like_turned(const Handing *h, Ref v) {
  const TypeInfo *info = graph_info(h->body, v);
  int32_t perm[TENSOR_MAX_RANK] = {1, 0, 2, 3};
  return info->rank > 1 && sz_eq(info->dims[0], info->dims[1]) ? build_transpose(h->body, v, perm)
                                                               : v;
}

static Ref handed(const Handing *h) {
  Gen *gen = h->gen;
  Graph *g = h->body;
  Ref constant = constant_like(gen, g, h->carry, gen_below(gen, 2) ? 0 : special(gen));
  Ref made = h->slice;
  bool whole = type_info(gen->ctx, graph_type(g, h->carry))->dtype == DT_i32;
  switch (gen_below(gen, 9)) {
  case 0:
    made = constant;
    break;
  case 1:
    made = like_reversed(h, gen_below(gen, 2) ? h->slice : h->carry);
    break;
  case 2:
    made = like_turned(h, gen_below(gen, 2) ? h->slice : h->carry);
    break;
  case 3:
    made = build2(g, gen_below(gen, 2) ? OP_add : OP_max, h->carry, h->slice);
    break;
  case 4:
    made = build2(g, gen_below(gen, 2) ? OP_add : OP_mul, h->carry, constant);
    break;
  case 5:
    made = h->other;
    break;
  case 6:
    made = build2(g, OP_sub, h->slice, h->carry);
    if (!whole) made = build1(g, OP_tanh, made);
    break;
  default:
    break;
  }
  if (ref_none(h->there) || !gen_below(gen, 3)) return made;
  return build3(g, OP_where, h->there, made, gen_below(gen, 4) ? h->carry : constant);
}

/* The slice, each of whose rows is handed on within another loop. */
static Ref handed_within(Handing *h) {
  Gen *gen = h->gen;
  const TypeInfo *info = graph_info(h->body, h->slice);
  if (!info->rank || gen_below(gen, 3)) return h->slice;
  Graph *body = graph_new(gen->ctx, ctx_str(gen->ctx, "within"));
  Ty item = type_with_dims(gen->ctx, graph_type(h->body, h->slice), info->dims + 1, info->rank - 1);
  Handing in = {.gen = gen, .body = body};
  in.step = graph_param(body, type_index(gen->ctx, info->dims[0], NULL, 0), (Str){0}, NULL, 0);
  in.carry = graph_param(body, item, (Str){0}, NULL, 0);
  in.slice = graph_param(body, item, (Str){0}, NULL, 0);
  in.other = in.slice;
  in.there = REF_NONE;
  graph_result(body, handed(&in), (Str){0});
  graph_result(body, gen_below(gen, 2) ? in.carry : handed(&in), (Str){0});
  Ref operands[] = {build_const(h->body, item, gen_below(gen, 2) ? 0 : 4), h->slice};
  Attr attrs[] = {attr_z(A_length, info->dims[0]), attr_i(A_carries, 1), attr_i(A_slices, 1),
                  attr_i(A_reverse, 1)};
  Ref scan =
      build_region(h->body, OP_scan, operands, 2, attrs, 3 + !gen_below(gen, 3), body, TY_NONE);
  return build_item(h->body, scan, 1);
}

static Ref in_front(Gen *gen, Graph *g, Ref v, int axis) {
  int32_t perm[TENSOR_MAX_RANK];
  int n = 0, rank = graph_info(g, v)->rank;
  perm[n++] = axis;
  for (int i = 0; i < rank; i++)
    if (i != axis) perm[n++] = i;
  (void)gen;
  return build_transpose(g, v, perm);
}

static void handing_results(Handing *h, bool until) {
  Gen *gen = h->gen;
  Ref within = handed_within(h);
  h->slice = gen_below(gen, 2) ? within : h->slice;
  graph_result(h->body, handed(h), (Str){0});
  graph_result(h->body, gen_below(gen, 2) ? h->carry : handed(h), (Str){0});
  graph_result(h->body, h->carry, (Str){0});
  graph_result(h->body, build2(h->body, OP_add, gen_below(gen, 2) ? h->other : h->carry, within),
               (Str){0});
  Ref number = build_cast(h->body, h->step, DT_i32);
  if (gen_below(gen, 2)) graph_result(h->body, number, (Str){0}); /* the places themselves */
  if (!until) return;
  Ref limit = build_scalar(h->body, DT_i32, gen_below(gen, 3));
  graph_result(h->body, build2(h->body, OP_ge, number, limit), (Str){0});
}

bool gen_handing_scan(Gen *gen, Ref *out) {
  Ref v, m = REF_NONE;
  if (!find_value(gen, 3, &v)) return false;
  int axis = gen_below(gen, graph_info(gen->g, v)->rank);
  bool there = gen_below(gen, 3) && mask_over(gen, v, &m), until = !gen_below(gen, 8);
  Ref x = in_front(gen, gen->g, v, axis);
  const TypeInfo *front = graph_info(gen->g, x);
  Ty item = type_with_dims(gen->ctx, graph_type(gen->g, x), front->dims + 1, front->rank - 1);
  Handing h = {.gen = gen, .body = graph_new(gen->ctx, ctx_str(gen->ctx, "handing"))};
  h.step = graph_param(h.body, type_index(gen->ctx, front->dims[0], NULL, 0), (Str){0}, NULL, 0);
  h.carry = graph_param(h.body, item, (Str){0}, NULL, 0);
  h.other = graph_param(h.body, item, (Str){0}, NULL, 0);
  h.slice = graph_param(h.body, item, (Str){0}, NULL, 0);
  h.there = REF_NONE;
  Ty bit = type_with_dtype(gen->ctx, item, DT_bool);
  if (there) h.there = graph_param(h.body, bit, (Str){0}, NULL, 0);
  Ref operands[4] = {REF_NONE, REF_NONE, x, REF_NONE};
  for (int k = 0; k < 2; k++) {
    Ref constant = build_const(gen->g, item, gen_below(gen, 2) ? 0 : 4);
    operands[k] = gen_below(gen, 2) ? constant : gen_value(gen, item);
  }
  if (there) operands[3] = in_front(gen, gen->g, m, axis);
  handing_results(&h, until);
  Attr attrs[5] = {attr_z(A_length, front->dims[0]), attr_i(A_carries, 2),
                   attr_i(A_slices, 1 + there)};
  int n = 3;
  if (!gen_below(gen, 3)) attrs[n++] = attr_i(A_reverse, 1);
  if (until) attrs[n++] = attr_i(A_until, 1);
  *out = build_region(gen->g, OP_scan, operands, 3 + there, attrs, n, graph_sweep(h.body), TY_NONE);
  return true;
}
