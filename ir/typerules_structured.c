/* Type rules of reductions, contractions, indexing by data, and regions. */
#include "ir/typerules.h"

#include <string.h>

static Ty operand_type(const TypeRuleArgs *args, int i) {
  return graph_type(args->graph, args->operands[i]);
}

static bool is_number(DType d) { return d == DT_i32 || dtype_is_float(d); }

static Sz *new_dims(const TypeRuleArgs *args, int n) {
  return arena_array(&args->ctx->arena, Sz, n);
}

/* ---- reductions ---- */

static Ty without_axes(const TypeRuleArgs *args, const Attr *axes) {
  const TypeInfo *a = rule_operand(args, 0);
  Sz *dims = new_dims(args, a->rank);
  int rank = 0, next = 0;
  for (int i = 0; i < a->rank; i++) {
    if (next < axes->n && axes->ints[next] == i)
      next++;
    else
      dims[rank++] = a->dims[i];
  }
  if (next < axes->n)
    return rule_wrong(args, "axes have to increase and lie in 0..%d, got %d", a->rank - 1,
                      axes->ints[next]);
  return type_with_dims(args->ctx, operand_type(args, 0), dims, rank);
}

Ty type_reduce(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0);
  if (a->is_tuple || !is_number(a->dtype))
    return rule_wrong(args, "expected numbers (i32 or a float type), got %s",
                      rule_type_str(args, 0));
  return without_axes(args, rule_attr(args, A_axes));
}

Ty type_reduce_logic(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0);
  if (a->is_tuple || a->dtype != DT_bool)
    return rule_wrong(args, "expected bool, got %s", rule_type_str(args, 0));
  return without_axes(args, rule_attr(args, A_axes));
}

Ty type_argreduce(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0);
  int64_t axis = rule_attr(args, A_axis)->i;
  if (a->is_tuple || !is_number(a->dtype))
    return rule_wrong(args, "expected numbers (i32 or a float type), got %s",
                      rule_type_str(args, 0));
  if (axis < 0 || axis >= a->rank)
    return rule_wrong(args, "axis %d is not an axis of %s", (int)axis, rule_type_str(args, 0));
  Sz *dims = new_dims(args, a->rank);
  for (int i = 0, k = 0; i < a->rank; i++)
    if (i != axis) dims[k++] = a->dims[i];
  return type_index(args->ctx, a->dims[axis], dims, a->rank - 1);
}

/* ---- contraction ---- */

/* Marks the axes of one operand as used; each at most once. */
static bool mark_axes(const TypeRuleArgs *args, const Attr *axes, int rank, bool *used) {
  for (int i = 0; i < axes->n; i++) {
    int axis = axes->ints[i];
    if (axis < 0 || axis >= rank || used[axis]) {
      rule_wrong(args, "%s: expected each axis once and in 0..%d, got %d", attr_name[axes->name],
                 rank - 1, axis);
      return false;
    }
    used[axis] = true;
  }
  return true;
}

static bool extents_match(const TypeRuleArgs *args, const Attr *x, const Attr *y) {
  const TypeInfo *a = rule_operand(args, 0), *b = rule_operand(args, 1);
  if (x->n != y->n) {
    rule_wrong(args, "expected as many axes in %s as in %s, got %d and %d", attr_name[x->name],
               attr_name[y->name], x->n, y->n);
    return false;
  }
  for (int i = 0; i < x->n; i++) {
    Sz p = a->dims[x->ints[i]], q = b->dims[y->ints[i]];
    if (!sz_eq(p, q)) {
      rule_wrong(args, "axis %d of b: expected extent %s as axis %d of a, got %s", y->ints[i],
                 size_str(args->ctx, p), x->ints[i], size_str(args->ctx, q));
      return false;
    }
  }
  return true;
}

/* Which precision an f32 product may be asked for. */
static bool precision_fits(const TypeRuleArgs *args, DType dtype) {
  const Attr *attr = rule_attr(args, A_precision);
  if (!attr || str_none(attr->s)) return true;
  if (strcmp(ctx_text(args->ctx, attr->s), "bf16") != 0)
    rule_wrong(args, "precision: expected \"bf16\", got \"%s\"", ctx_text(args->ctx, attr->s));
  else if (dtype != DT_f32)
    rule_wrong(args, "precision=\"bf16\": expected operands of f32, got %s",
               rule_type_str(args, 0));
  else
    return true;
  return false;
}

Ty type_dot(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0), *b = rule_operand(args, 1);
  if (a->is_tuple || b->is_tuple || a->dtype != b->dtype || !is_number(a->dtype))
    return rule_wrong(args, "expected numbers of one element type, got %s and %s",
                      rule_type_str(args, 0), rule_type_str(args, 1));
  if (!precision_fits(args, a->dtype)) return TY_NONE;
  const Attr *batch_a = rule_attr(args, A_batch_a), *batch_b = rule_attr(args, A_batch_b);
  const Attr *contract_a = rule_attr(args, A_contract_a),
             *contract_b = rule_attr(args, A_contract_b);
  bool *used_a = arena_array(&args->ctx->arena, bool, a->rank);
  bool *used_b = arena_array(&args->ctx->arena, bool, b->rank);
  if (!mark_axes(args, batch_a, a->rank, used_a) || !mark_axes(args, contract_a, a->rank, used_a) ||
      !mark_axes(args, batch_b, b->rank, used_b) || !mark_axes(args, contract_b, b->rank, used_b) ||
      !extents_match(args, batch_a, batch_b) || !extents_match(args, contract_a, contract_b))
    return TY_NONE;
  Sz *dims = new_dims(args, a->rank + b->rank);
  int rank = 0;
  for (int i = 0; i < batch_a->n; i++) dims[rank++] = a->dims[batch_a->ints[i]];
  for (int i = 0; i < a->rank; i++)
    if (!used_a[i]) dims[rank++] = a->dims[i];
  for (int i = 0; i < b->rank; i++)
    if (!used_b[i]) dims[rank++] = b->dims[i];
  return type_tensor(args->ctx, a->dtype, dims, rank);
}

/* ---- indexing by data ---- */

/* The type of gather(a, index) for a of type 'from'; TY_NONE with a message. */
static Ty gather_type(const TypeRuleArgs *args, Ty from, Ty index) {
  const TypeInfo *a = type_info(args->ctx, from), *b = type_info(args->ctx, index);
  int64_t axis = rule_attr(args, A_axis)->i, batch = rule_attr(args, A_batch)->i;
  if (a->is_tuple) return rule_wrong(args, "expected a tensor, got %s", type_str(args->ctx, from));
  if (b->is_tuple || b->dtype != DT_idx)
    return rule_wrong(args, "expected an index, got %s", type_str(args->ctx, index));
  if (batch < 0 || batch > b->rank || axis < batch || axis >= a->rank)
    return rule_wrong(args, "expected batch %d <= axis %d < %d, and batch at most %d", (int)batch,
                      (int)axis, a->rank, b->rank);
  if (!sz_eq(b->extent, a->dims[axis]) && !size_ge_filled(args->ctx, a->dims[axis], b->extent))
    return rule_wrong(args, "axis %d has extent %s: expected an index <%s>, got <%s>", (int)axis,
                      size_str(args->ctx, a->dims[axis]), size_str(args->ctx, a->dims[axis]),
                      size_str(args->ctx, b->extent));
  for (int i = 0; i < batch; i++)
    if (!sz_eq(a->dims[i], b->dims[i]))
      return rule_wrong(args, "batch axis %d of the index: expected extent %s, got %s", i,
                        size_str(args->ctx, a->dims[i]), size_str(args->ctx, b->dims[i]));
  Sz *dims = new_dims(args, a->rank + b->rank);
  int rank = 0;
  for (int i = 0; i < axis; i++) dims[rank++] = a->dims[i];
  for (int i = (int)batch; i < b->rank; i++) dims[rank++] = b->dims[i];
  for (int i = (int)axis + 1; i < a->rank; i++) dims[rank++] = a->dims[i];
  return type_with_dims(args->ctx, from, dims, rank);
}

Ty type_gather(const TypeRuleArgs *args) {
  return gather_type(args, operand_type(args, 0), operand_type(args, 1));
}

Ty type_scatter(const TypeRuleArgs *args) {
  const TypeInfo *y = type_info(args->ctx, args->given);
  if (y->is_tuple || !is_number(y->dtype))
    return rule_wrong(args, "expected numbers as result, got %s", type_str(args->ctx, args->given));
  Ty wanted = gather_type(args, args->given, operand_type(args, 0));
  if (!wanted.i) return TY_NONE;
  if (!ty_eq(wanted, operand_type(args, 1)))
    return rule_wrong(args, "b: expected %s, which is what gather takes from %s, got %s",
                      type_str(args->ctx, wanted), type_str(args->ctx, args->given),
                      rule_type_str(args, 1));
  return args->given;
}

Ty type_update(const TypeRuleArgs *args) {
  const TypeInfo *a = type_info(args->ctx, operand_type(args, 0));
  const TypeInfo *b = type_info(args->ctx, operand_type(args, 1));
  const TypeInfo *at = type_info(args->ctx, operand_type(args, 2));
  int64_t axis = rule_attr(args, A_axis)->i;
  if (a->is_tuple || axis < 0 || axis >= a->rank)
    return rule_wrong(args, "axis %d: a has %d axes", (int)axis, a->rank);
  if (at->is_tuple || at->rank || (at->dtype != DT_i32 && at->dtype != DT_idx))
    return rule_wrong(args, "c: expected an i32 or an index without axes, got %s",
                      rule_type_str(args, 2));
  bool fits = !b->is_tuple && b->rank == a->rank;
  if (fits) {
    Sz *dims = new_dims(args, a->rank);
    for (int i = 0; i < a->rank; i++) dims[i] = i == axis ? b->dims[i] : a->dims[i];
    fits = ty_eq(type_with_dims(args->ctx, operand_type(args, 0), dims, a->rank),
                 operand_type(args, 1));
  }
  if (!fits)
    return rule_wrong(args, "b: expected a part of %s along axis %d, got %s",
                      rule_type_str(args, 0), (int)axis, rule_type_str(args, 1));
  return operand_type(args, 0);
}

/* ---- regions ---- */

static Ty body_result(const TypeRuleArgs *args, uint32_t i) {
  return graph_type(args->body, args->body->results.data[i]);
}

static bool body_takes(const TypeRuleArgs *args, uint32_t param, Ty wanted, const char *role) {
  Ty got = graph_type(args->body, args->body->params.data[param]);
  if (ty_eq(got, wanted)) return true;
  rule_wrong(args, "parameter %u of the body (%s): expected %s, got %s", param, role,
             type_str(args->ctx, wanted), type_str(args->ctx, got));
  return false;
}

Ty type_call(const TypeRuleArgs *args) {
  if (args->body->params.len != (uint32_t)args->n)
    return rule_wrong(args, "the body has %u parameters, got %d operands", args->body->params.len,
                      args->n);
  for (int i = 0; i < args->n; i++)
    if (!body_takes(args, (uint32_t)i, operand_type(args, i), "operand")) return TY_NONE;
  uint32_t n = args->body->results.len;
  Ty *items = arena_array(&args->ctx->arena, Ty, n);
  for (uint32_t i = 0; i < n; i++) items[i] = body_result(args, i);
  return type_tuple(args->ctx, items, (int)n);
}

typedef struct ScanTypes {
  int carries, slices;
  bool until;
  Sz length;
} ScanTypes;

/* The operand without its first axis; TY_NONE and a message when that is not the scan's length. */
static Ty sliced(const TypeRuleArgs *args, int i, Sz length) {
  const TypeInfo *x = rule_operand(args, i);
  if (x->is_tuple || x->rank < 1 || !sz_eq(x->dims[0], length))
    return rule_wrong(args, "sliced operand %d: expected a first axis of extent %s, got %s", i,
                      size_str(args->ctx, length), rule_type_str(args, i));
  return type_with_dims(args->ctx, operand_type(args, i), x->dims + 1, x->rank - 1);
}

static bool scan_params(const TypeRuleArgs *args, const ScanTypes *s) {
  const Graph *body = args->body;
  if (body->params.len != (uint32_t)args->n + 1) {
    rule_wrong(args, "expected %d parameters of the body (step, then the operands), got %u",
               args->n + 1, body->params.len);
    return false;
  }
  Ty step = graph_type(body, body->params.data[0]);
  if (!ty_eq(step, type_scalar(args->ctx, DT_i32)) &&
      !ty_eq(step, type_index(args->ctx, s->length, NULL, 0))) {
    rule_wrong(args, "step: expected i32 or <%s>, got %s", size_str(args->ctx, s->length),
               type_str(args->ctx, step));
    return false;
  }
  for (int i = 0; i < args->n; i++) {
    bool slice = i >= s->carries && i < s->carries + s->slices;
    Ty wanted = slice ? sliced(args, i, s->length) : operand_type(args, i);
    const char *role = i < s->carries ? "carry" : slice ? "slice" : "captured";
    if (!wanted.i || !body_takes(args, (uint32_t)i + 1, wanted, role)) return false;
  }
  return true;
}

static bool scan_carries(const TypeRuleArgs *args, const ScanTypes *s) {
  const Graph *body = args->body;
  uint32_t least = (uint32_t)s->carries + s->until;
  if (body->results.len < least) {
    rule_wrong(args, "expected at least %u results of the body, got %u", least, body->results.len);
    return false;
  }
  for (int i = 0; i < s->carries; i++)
    if (!ty_eq(body_result(args, (uint32_t)i), operand_type(args, i))) {
      rule_wrong(args, "carry %d: expected %s as its first value has, got %s from the body", i,
                 rule_type_str(args, i), type_str(args->ctx, body_result(args, (uint32_t)i)));
      return false;
    }
  Ty stop = s->until ? body_result(args, body->results.len - 1) : TY_NONE;
  if (s->until && !ty_eq(stop, type_scalar(args->ctx, DT_bool))) {
    rule_wrong(args, "stop condition: expected bool, got %s", type_str(args->ctx, stop));
    return false;
  }
  return true;
}

static Ty stacked(const TypeRuleArgs *args, Ty item, Sz length) {
  const TypeInfo *info = type_info(args->ctx, item);
  Sz *dims = new_dims(args, info->rank + 1);
  dims[0] = length;
  for (int k = 0; k < info->rank; k++) dims[k + 1] = info->dims[k];
  return type_with_dims(args->ctx, item, dims, info->rank + 1);
}

Ty type_scan(const TypeRuleArgs *args) {
  const Attr *until = rule_attr(args, A_until);
  ScanTypes s = {.carries = (int)rule_attr(args, A_carries)->i,
                 .slices = (int)rule_attr(args, A_slices)->i,
                 .until = until && until->i,
                 .length = rule_attr(args, A_length)->z};
  if (s.carries < 0 || s.slices < 0 || s.carries > args->n || s.slices > args->n - s.carries)
    return rule_wrong(args, "%d carries and %d slices do not fit %d operands", s.carries, s.slices,
                      args->n);
  if (!scan_params(args, &s) || !scan_carries(args, &s)) return TY_NONE;
  uint32_t n = args->body->results.len - s.until;
  Ty *items = arena_array(&args->ctx->arena, Ty, n);
  for (uint32_t i = 0; i < n; i++) {
    Ty item = body_result(args, i);
    if (type_info(args->ctx, item)->is_tuple)
      return rule_wrong(args, "result %u of the body: expected a tensor, got %s", i,
                        type_str(args->ctx, item));
    items[i] = i < (uint32_t)s.carries ? item : stacked(args, item, s.length);
  }
  return type_tuple(args->ctx, items, (int)n);
}
