/* Type rules of leaves, elementwise ops, movement, random numbers and tuples; structured ops are in
 * ir/typerules_structured.c. Before a rule runs, build_check has made sure that the operands are
 * there in the right number, that the attributes are those of the row, and that 'given' is there
 * when the row wants it. */
#include "ir/typerules.h"

#include <math.h>

Ty rule_wrong(const TypeRuleArgs *args, const char *format, ...) {
  va_list list;
  va_start(list, format);
  const char *message = arena_vprintf(&args->ctx->arena, format, list);
  va_end(list);
  *args->why = ctx_printf(args->ctx, "%s: %s", op_info[args->op].name, message);
  return TY_NONE;
}

const TypeInfo *rule_operand(const TypeRuleArgs *args, int i) {
  return graph_info(args->graph, args->operands[i]);
}

const char *rule_type_str(const TypeRuleArgs *args, int i) {
  return type_str(args->ctx, graph_type(args->graph, args->operands[i]));
}

const Attr *rule_attr(const TypeRuleArgs *args, AttrName name) {
  for (int i = 0; i < args->n_attrs; i++)
    if (args->attrs[i].name == name) return &args->attrs[i];
  return NULL;
}

static Ty operand_type(const TypeRuleArgs *args, int i) {
  return graph_type(args->graph, args->operands[i]);
}

static const char *operand_name(int i) {
  static const char *const names[] = {"a", "b", "c"};
  return i < 3 ? names[i] : "operand";
}

/* All operands from 'first' on have the type of 'first'. */
static bool same_operands(const TypeRuleArgs *args, int first) {
  for (int i = first + 1; i < args->n; i++)
    if (!ty_eq(operand_type(args, i), operand_type(args, first))) {
      rule_wrong(args, "operands have to have one type: expected %s for %s as for %s, got %s",
                 rule_type_str(args, first), operand_name(i), operand_name(first),
                 rule_type_str(args, i));
      return false;
    }
  return true;
}

static bool is_number(DType d) { return d == DT_i32 || dtype_is_float(d); }

/* ---- leaves ---- */

/* Whether a number can stand in every place of a type: whole numbers where the type is whole, an
 * index not surely outside of its range (ir/needs.h asks for the rest). */
static bool number_fits(const TypeRuleArgs *args, const TypeInfo *info, double value) {
  const char *wanted = NULL;
  if (info->dtype == DT_i32 && !(value >= INT32_MIN && value <= INT32_MAX && value == trunc(value)))
    wanted = "a whole number of 32 bits";
  if (info->dtype == DT_bool && value != 0 && value != 1) wanted = "0 or 1";
  if (info->dtype == DT_key && !(value >= 0 && value < 0x1p53 && value == trunc(value)))
    wanted = "a whole number below 2^53";
  if (info->dtype == DT_idx &&
      (!(value >= 0 && value < 0x1p31 && value == trunc(value)) ||
       size_ge_filled(args->ctx, size_const(args->ctx, (int64_t)value), info->extent)))
    wanted =
        ctx_printf(args->ctx, "an index that may lie below %s", size_str(args->ctx, info->extent));
  if (wanted) rule_wrong(args, "expected %s, got %.17g", wanted, value);
  return !wanted;
}

static bool sets_are_axes(const TypeRuleArgs *args, const TypeInfo *info) {
  const Attr *sets = rule_attr(args, A_sets);
  for (int i = 0; sets && i < sets->n; i++)
    if (sets->ints[i] < (i ? sets->ints[i - 1] + 1 : 0) || sets->ints[i] >= info->rank) {
      rule_wrong(args, "set axes have to increase and lie in 0..%d, got %d", info->rank - 1,
                 sets->ints[i]);
      return false;
    }
  return true;
}

static bool mask_is_mask(const TypeRuleArgs *args, const TypeInfo *info) {
  const Attr *mask = rule_attr(args, A_mask);
  bool fine = !mask || !mask->i || (info->dtype == DT_bool && info->rank > 0);
  if (!fine)
    rule_wrong(args, "a mask has bools and an axis, got %s", type_str(args->ctx, args->given));
  return fine;
}

static bool role_is_known(const TypeRuleArgs *args, const TypeInfo *info) {
  const Attr *attr = rule_attr(args, A_role);
  ParamRole role = ROLE_argument;
  if (attr && !role_find(ctx_text(args->ctx, attr->s), &role)) {
    rule_wrong(args, "there is no role '%s' of a parameter", ctx_text(args->ctx, attr->s));
    return false;
  }
  bool fine = (role != ROLE_key || info->dtype == DT_key) &&
              (role != ROLE_step || (info->dtype == DT_f32 && !info->rank));
  if (!fine)
    rule_wrong(args, "a %s is %s, got %s", role_name[role],
               role == ROLE_key ? "of type key" : "one f32", type_str(args->ctx, args->given));
  return fine;
}

Ty type_given(const TypeRuleArgs *args) {
  const TypeInfo *info = type_info(args->ctx, args->given);
  bool tuple = op_is(args->op, T_TUPLE);
  if (info->is_tuple != tuple)
    return rule_wrong(args, "expected a %s as result type, got %s", tuple ? "tuple" : "tensor",
                      type_str(args->ctx, args->given));
  if (args->op == OP_const && !number_fits(args, info, rule_attr(args, A_value)->f)) return TY_NONE;
  bool fine = sets_are_axes(args, info) && mask_is_mask(args, info) && role_is_known(args, info);
  return fine ? args->given : TY_NONE;
}

Ty type_iota(const TypeRuleArgs *args) {
  const TypeInfo *info = type_info(args->ctx, args->given);
  int64_t axis = rule_attr(args, A_axis)->i;
  if (info->is_tuple || (info->dtype != DT_i32 && info->dtype != DT_idx))
    return rule_wrong(args, "expected i32 or an index as element type, got %s",
                      type_str(args->ctx, args->given));
  if (axis < 0 || axis >= info->rank)
    return rule_wrong(args, "axis %d is not an axis of %s", (int)axis,
                      type_str(args->ctx, args->given));
  if (info->dtype == DT_idx && !size_ge_filled(args->ctx, info->extent, info->dims[axis]))
    return rule_wrong(args, "the axis has extent %s, more than the index range %s",
                      size_str(args->ctx, info->dims[axis]), size_str(args->ctx, info->extent));
  return args->given;
}

Ty type_size(const TypeRuleArgs *args) {
  const TypeInfo *info = type_info(args->ctx, args->given);
  if (info->is_tuple || info->rank || (info->dtype != DT_i32 && !dtype_is_float(info->dtype)))
    return rule_wrong(args, "expected i32 or a float, got %s", type_str(args->ctx, args->given));
  return args->given;
}

/* ---- elementwise ---- */

static Ty elementwise(const TypeRuleArgs *args, bool (*accepts)(DType), const char *wanted) {
  if (!same_operands(args, 0)) return TY_NONE;
  if (rule_operand(args, 0)->is_tuple || !accepts(rule_operand(args, 0)->dtype))
    return rule_wrong(args, "expected %s, got %s", wanted, rule_type_str(args, 0));
  return operand_type(args, 0);
}

static bool is_float(DType d) { return dtype_is_float(d); }
static bool is_bool(DType d) { return d == DT_bool; }
static bool is_i32(DType d) { return d == DT_i32; }
static bool is_comparable(DType d) { return d != DT_key; }
static bool is_any(DType d) { return d < N_DTYPES; }

static Ty with_dtype(const TypeRuleArgs *args, Ty shape, DType dtype) {
  return shape.i ? type_with_dtype(args->ctx, shape, dtype) : TY_NONE;
}

Ty type_arith(const TypeRuleArgs *args) {
  return elementwise(args, is_number, "numbers (i32 or a float type)");
}
Ty type_float(const TypeRuleArgs *args) { return elementwise(args, is_float, "a float type"); }
Ty type_logic(const TypeRuleArgs *args) { return elementwise(args, is_bool, "bool"); }
Ty type_same(const TypeRuleArgs *args) { return elementwise(args, is_any, "a tensor"); }
Ty type_test(const TypeRuleArgs *args) { return with_dtype(args, type_float(args), DT_bool); }
Ty type_unit(const TypeRuleArgs *args) {
  return with_dtype(args, elementwise(args, is_i32, "i32"), DT_f32);
}
Ty type_seed(const TypeRuleArgs *args) {
  return with_dtype(args, elementwise(args, is_i32, "i32"), DT_key);
}
Ty type_compare(const TypeRuleArgs *args) {
  return with_dtype(args, elementwise(args, is_comparable, "values that can be compared"), DT_bool);
}

Ty type_cast(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0), *y = type_info(args->ctx, args->given);
  if (!type_same_shape(args->ctx, operand_type(args, 0), args->given))
    return rule_wrong(args, "expected a result of the operand's shape %s, got %s",
                      rule_type_str(args, 0), type_str(args->ctx, args->given));
  if (a->dtype == DT_key || y->dtype == DT_key)
    return rule_wrong(args, "a key cannot be cast, got %s to %s", rule_type_str(args, 0),
                      type_str(args->ctx, args->given));
  return args->given;
}

Ty type_fold(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0), *b = rule_operand(args, 1);
  if (a->is_tuple || a->dtype != DT_key)
    return rule_wrong(args, "expected a key for a, got %s", rule_type_str(args, 0));
  if (b->is_tuple || (b->dtype != DT_i32 && b->dtype != DT_idx))
    return rule_wrong(args, "expected i32 or an index for b, got %s", rule_type_str(args, 1));
  if (!type_same_shape(args->ctx, operand_type(args, 0), operand_type(args, 1)))
    return rule_wrong(args, "operands have to have one shape: expected that of %s, got %s",
                      rule_type_str(args, 0), rule_type_str(args, 1));
  return operand_type(args, 0);
}

Ty type_where(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0);
  if (a->is_tuple || a->dtype != DT_bool)
    return rule_wrong(args, "expected bool for a, got %s", rule_type_str(args, 0));
  if (!same_operands(args, 1)) return TY_NONE;
  if (!type_same_shape(args->ctx, operand_type(args, 0), operand_type(args, 1)))
    return rule_wrong(args, "operands have to have one shape: expected that of %s, got %s",
                      rule_type_str(args, 0), rule_type_str(args, 1));
  return operand_type(args, 1);
}

/* ---- movement ---- */

static bool tensor_operand(const TypeRuleArgs *args, int i) {
  if (rule_operand(args, i)->is_tuple)
    rule_wrong(args, "expected a tensor, got %s", rule_type_str(args, i));
  return !rule_operand(args, i)->is_tuple;
}

static bool given_element(const TypeRuleArgs *args) {
  if (!tensor_operand(args, 0)) return false;
  bool same = type_same_element(args->ctx, operand_type(args, 0), args->given);
  if (!same)
    rule_wrong(args, "expected a result with the element type of %s, got %s",
               rule_type_str(args, 0), type_str(args->ctx, args->given));
  return same;
}

Ty type_broadcast(const TypeRuleArgs *args) {
  if (!given_element(args)) return TY_NONE;
  const TypeInfo *a = rule_operand(args, 0), *y = type_info(args->ctx, args->given);
  const Attr *axes = rule_attr(args, A_axes);
  if (axes->n != a->rank)
    return rule_wrong(args, "expected %d axes, one for each axis of %s, got %d", a->rank,
                      rule_type_str(args, 0), axes->n);
  for (int i = 0; i < axes->n; i++) {
    int at = axes->ints[i];
    if (at < 0 || at >= y->rank || (i && at <= axes->ints[i - 1]))
      return rule_wrong(args, "axes have to increase and lie in 0..%d, got %d", y->rank - 1, at);
    if (!sz_eq(a->dims[i], y->dims[at]))
      return rule_wrong(args, "axis %d of %s expected extent %s, got %s", at,
                        type_str(args->ctx, args->given), size_str(args->ctx, a->dims[i]),
                        size_str(args->ctx, y->dims[at]));
  }
  return args->given;
}

Ty type_transpose(const TypeRuleArgs *args) {
  if (!tensor_operand(args, 0)) return TY_NONE;
  const TypeInfo *a = rule_operand(args, 0);
  const Attr *perm = rule_attr(args, A_perm);
  if (perm->n != a->rank)
    return rule_wrong(args, "expected %d axes in perm, got %d", a->rank, perm->n);
  Sz *dims = arena_array(&args->ctx->arena, Sz, a->rank);
  for (int i = 0; i < a->rank; i++) {
    int axis = perm->ints[i];
    bool fresh = axis >= 0 && axis < a->rank;
    for (int k = 0; fresh && k < i; k++) fresh = perm->ints[k] != axis;
    if (!fresh) return rule_wrong(args, "perm has to name each of 0..%d once", a->rank - 1);
    dims[i] = a->dims[axis];
  }
  return type_with_dims(args->ctx, operand_type(args, 0), dims, a->rank);
}

Ty type_reshape(const TypeRuleArgs *args) {
  if (!given_element(args)) return TY_NONE;
  Sz have = type_count(args->ctx, operand_type(args, 0)), want = type_count(args->ctx, args->given);
  if (!sz_eq(have, want))
    return rule_wrong(args, "expected a shape with %s elements as %s has, got %s with %s",
                      size_str(args->ctx, have), rule_type_str(args, 0),
                      type_str(args->ctx, args->given), size_str(args->ctx, want));
  return args->given;
}

/* Checks that a box of extents 'inner' at 'starts' may lie inside 'outer'; only what is provably
 * wrong is refused, the rest is known when sizes are. */
static bool box_inside(const TypeRuleArgs *args, const Attr *starts, const TypeInfo *inner,
                       const TypeInfo *outer) {
  Ctx *ctx = args->ctx;
  if (inner->rank != outer->rank || starts->n != outer->rank) {
    rule_wrong(args, "expected %d positions and a result of rank %d, got %d and %d", outer->rank,
               outer->rank, starts->n, inner->rank);
    return false;
  }
  Sz one = size_const(ctx, 1);
  for (int i = 0; i < outer->rank; i++) {
    Sz start = starts->sizes[i], end = size_add(ctx, start, inner->dims[i]);
    if (size_ge_filled(ctx, size_const(ctx, -1), start) ||
        size_ge_filled(ctx, end, size_add(ctx, outer->dims[i], one))) {
      rule_wrong(args, "axis %d: positions %s to %s do not lie in extent %s", i,
                 size_str(ctx, start), size_str(ctx, end), size_str(ctx, outer->dims[i]));
      return false;
    }
  }
  return true;
}

Ty type_slice(const TypeRuleArgs *args) {
  if (!given_element(args)) return TY_NONE;
  bool inside = box_inside(args, rule_attr(args, A_starts), type_info(args->ctx, args->given),
                           rule_operand(args, 0));
  return inside ? args->given : TY_NONE;
}

Ty type_pad(const TypeRuleArgs *args) {
  if (!given_element(args)) return TY_NONE;
  const TypeInfo *y = type_info(args->ctx, args->given);
  if (!number_fits(args, y, rule_attr(args, A_value)->f)) return TY_NONE;
  bool inside = box_inside(args, rule_attr(args, A_lo), rule_operand(args, 0), y);
  return inside ? args->given : TY_NONE;
}

/* The axis attribute when it is an axis of operand 0, else -1 with a message. */
static int axis_of(const TypeRuleArgs *args) {
  if (!tensor_operand(args, 0)) return -1;
  int64_t axis = rule_attr(args, A_axis)->i;
  if (axis >= 0 && axis < rule_operand(args, 0)->rank) return (int)axis;
  rule_wrong(args, "axis %d is not an axis of %s", (int)axis, rule_type_str(args, 0));
  return -1;
}

Ty type_concat(const TypeRuleArgs *args) {
  if (!args->n) return rule_wrong(args, "expected at least one operand, got none");
  int axis = axis_of(args);
  if (axis < 0) return TY_NONE;
  const TypeInfo *a = rule_operand(args, 0);
  Sz *dims = arena_copy(&args->ctx->arena, a->dims, (size_t)a->rank * sizeof(Sz));
  for (int i = 1; i < args->n; i++) {
    const TypeInfo *b = rule_operand(args, i);
    bool fits = !b->is_tuple && b->rank == a->rank && b->dtype == a->dtype;
    fits = fits && sz_eq(a->extent, b->extent);
    for (int k = 0; fits && k < a->rank; k++) fits = k == axis || sz_eq(b->dims[k], a->dims[k]);
    if (!fits)
      return rule_wrong(args, "operand %d: expected %s up to axis %d, got %s", i,
                        rule_type_str(args, 0), axis, rule_type_str(args, i));
    dims[axis] = size_add(args->ctx, dims[axis], b->dims[axis]);
  }
  return type_with_dims(args->ctx, operand_type(args, 0), dims, a->rank);
}

Ty type_along(const TypeRuleArgs *args) {
  return axis_of(args) < 0 ? TY_NONE : operand_type(args, 0);
}

static Ty along_if(const TypeRuleArgs *args, bool (*fits)(DType)) {
  if (axis_of(args) < 0) return TY_NONE;
  if (fits(rule_operand(args, 0)->dtype)) return operand_type(args, 0);
  return rule_wrong(args, "expected numbers, got %s", rule_type_str(args, 0));
}

Ty type_running(const TypeRuleArgs *args) { return along_if(args, is_number); }

static bool has_order(DType d) { return d != DT_key; }

Ty type_sort(const TypeRuleArgs *args) { return along_if(args, has_order); }

Ty type_argsort(const TypeRuleArgs *args) {
  int axis = axis_of(args);
  if (axis < 0) return TY_NONE;
  const TypeInfo *a = rule_operand(args, 0);
  if (a->dtype == DT_key) return rule_wrong(args, "keys have no order");
  return type_index(args->ctx, a->dims[axis], a->dims, a->rank);
}

/* ---- random, tuples ---- */

Ty type_random(const TypeRuleArgs *args) {
  const TypeInfo *y = type_info(args->ctx, args->given);
  int64_t word = rule_attr(args, A_word)->i;
  if (!ty_eq(operand_type(args, 0), type_scalar(args->ctx, DT_key)))
    return rule_wrong(args, "expected a key of rank 0, got %s", rule_type_str(args, 0));
  if (y->is_tuple || y->dtype != DT_i32)
    return rule_wrong(args, "expected i32 as result type, got %s",
                      type_str(args->ctx, args->given));
  if (word != 0 && word != 1)
    return rule_wrong(args, "expected word 0 or 1, got %lld", (long long)word);
  return args->given;
}

/* Any rank's part may be the whole: with one rank it is. */
Ty type_all_gather(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0), *y = type_info(args->ctx, args->given);
  bool fits = !a->is_tuple && !y->is_tuple && a->rank > 0 && a->rank == y->rank &&
              type_same_element(args->ctx, operand_type(args, 0), args->given);
  for (int k = 1; fits && k < a->rank; k++) fits = sz_eq(a->dims[k], y->dims[k]);
  if (!fits)
    return rule_wrong(args, "expected %s but for its first axis, got %s", rule_type_str(args, 0),
                      type_str(args->ctx, args->given));
  if (rule_attr(args, A_axis)->i != 0) return rule_wrong(args, "expected axis 0");
  if (rule_attr(args, A_starts)->n != 1)
    return rule_wrong(args, "expected one number as 'starts', got %d",
                      rule_attr(args, A_starts)->n);
  return args->given;
}

Ty type_all_reduce(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0);
  const Attr *axes = rule_attr(args, A_axes);
  if (axes->n != 1 || axes->ints[0] != 0) return rule_wrong(args, "expected the axes [0]");
  if (a->is_tuple || a->rank < 1 || !is_number(a->dtype))
    return rule_wrong(args, "expected numbers with an axis, got %s", rule_type_str(args, 0));
  return type_with_dims(args->ctx, operand_type(args, 0), a->dims + 1, a->rank - 1);
}

Ty type_item(const TypeRuleArgs *args) {
  const TypeInfo *a = rule_operand(args, 0);
  int64_t index = rule_attr(args, A_index)->i;
  if (!a->is_tuple) return rule_wrong(args, "expected a tuple, got %s", rule_type_str(args, 0));
  if (index < 0 || index >= a->rank)
    return rule_wrong(args, "expected an index below %d, got %lld", a->rank, (long long)index);
  return a->items[index];
}

Ty type_grad(const TypeRuleArgs *args) {
  if (args->n < 1) return rule_wrong(args, "expected a scalar, got no operand");
  const TypeInfo *a = rule_operand(args, 0);
  if (a->is_tuple || a->rank || !dtype_is_float(a->dtype))
    return rule_wrong(args, "expected a float scalar for a, got %s", rule_type_str(args, 0));
  Ty *items = arena_array(&args->ctx->arena, Ty, args->n);
  for (int i = 1; i < args->n; i++) {
    const TypeInfo *x = rule_operand(args, i);
    if (x->is_tuple || !dtype_is_float(x->dtype))
      return rule_wrong(args, "operand %d: expected floats, got %s", i, rule_type_str(args, i));
    items[i - 1] = operand_type(args, i);
  }
  return type_tuple(args->ctx, items, args->n - 1);
}
