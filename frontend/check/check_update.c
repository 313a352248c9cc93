/* A tensor with a part replaced: k[:, t, :] = x, where k has a value already and t is no new
 * index.
 *
 * Tensors are values: the name gets a new value, and nobody who holds the old one sees a change.
 * The plan writes into the old memory when the old value dies there (passes/plan/plan.c), so
 * that a loop that carries a cache does not copy it.
 *
 * Places are ':', numbers, ranges a:b, values of index type and counters of loops. With several,
 * the part that the first one names is read, updated at the others, and put back.
 */
#include "frontend/check/checker.h"

typedef struct Part {
  int axis;
  bool single; /* the axis is gone on the right side */
  Sz length;
  Ref start; /* i32 or index without axes */
  Span span;
} Part;

/* ---- which targets are updates ---- */

static bool is_counter(const Check *c, const Value *v, const Binding *base) {
  return v->kind == VAL_index && v->index->loop == c->frame && base;
}

static bool is_index_value(Check *c, const Value *v) {
  return v->kind == VAL_tensor && !value_info(c, v)->rank && value_info(c, v)->dtype == DT_idx;
}

bool updates_part(Check *c, const Expr *target) {
  if (target->kind != EX_subscript || target->subscript.base->kind != EX_name) return false;
  Str name = target->subscript.base->name;
  const Binding *base = scope_find(c->scope, name), *here = scope_find_here(c->scope, name);
  if (!base || base->value.kind != VAL_tensor) return false;
  for (uint32_t i = 0; i < target->subscript.n_subs; i++) {
    const Sub *sub = &target->subscript.subs[i];
    if (sub->kind == SUB_range) return true;
    if (sub->kind != SUB_expr) continue;
    if (sub->expr->kind != EX_name) return true;
    const Binding *b = scope_find(c->scope, sub->expr->name);
    if (b && (is_counter(c, &b->value, here) || is_index_value(c, &b->value))) return true;
  }
  return false;
}

/* ---- places ---- */

static bool outside(Check *c, const Part *part, Sz dim) {
  diag_at(c->ctx, part->span, E_out_of_range, "this place is not known to lie in an axis of %s",
          size_str(c->ctx, dim));
  return false;
}

static bool at_sizes(Check *c, Part *part, Sz start, Sz end, Sz dim) {
  Ctx *ctx = c->ctx;
  part->length = size_sub(ctx, end, start);
  part->start = build_size(graph_here(c, part->span), start);
  Sz zero = size_const(ctx, 0);
  bool inside = size_ge_filled(ctx, start, zero) && size_ge_filled(ctx, end, start) &&
                size_ge_filled(ctx, dim, end);
  return inside || outside(c, part, dim);
}

/* The counter of a loop, also of one around, shifted: P + t. */
static bool at_counter(Check *c, Part *part, const Affine *a, Sz dim) {
  Ctx *ctx = c->ctx;
  Sz one = size_const(ctx, 1), last = size_sub(ctx, a->var->extent, one);
  Sz low = a->sign > 0 ? a->offset : size_sub(ctx, a->offset, last);
  Sz high = a->sign > 0 ? size_add(ctx, a->offset, last) : a->offset;
  if (!size_ge_filled(ctx, low, size_const(ctx, 0)) ||
      !size_ge_filled(ctx, dim, size_add(ctx, high, one)))
    return outside(c, part, dim);
  Graph *g = graph_here(c, part->span);
  Ref step = build_cast(g, frame_import(c, a->var->loop, a->var->step), DT_i32);
  part->start = build2(g, a->sign > 0 ? OP_add : OP_sub, build_size(g, a->offset), step);
  return true;
}

static bool at_value(Check *c, Part *part, const Expr *x, Sz dim) {
  Value v = elab_expr(c, x);
  Sz at;
  if (!value_ok(&v)) return false;
  if (value_is_size(&v, &at))
    return at_sizes(c, part, at, size_add(c->ctx, at, size_const(c->ctx, 1)), dim);
  if (is_index_value(c, &v) && size_ge_filled(c->ctx, dim, value_info(c, &v)->extent)) {
    part->start = value_import(c, v).tensor.ref;
    return true;
  }
  diag_at(c->ctx, part->span, E_bad_subscript,
          "a place of a changed part is a number, a range or one index <%s>, not %s",
          size_str(c->ctx, dim), value_str(c, &v));
  diag_help(c->ctx, "where(...) changes a tensor at places that differ from row to row");
  return false;
}

static bool read_part(Check *c, const Sub *sub, Sz dim, Part *part) {
  Affine a;
  part->single = sub->kind == SUB_expr;
  part->length = size_const(c->ctx, 1);
  if (sub->kind == SUB_expr && index_affine(c, sub->expr, &a) && a.var->loop)
    return at_counter(c, part, &a, dim);
  if (sub->kind == SUB_expr) return at_value(c, part, sub->expr, dim);
  Sz start = size_const(c->ctx, 0), end = dim;
  if (sub->expr && !elab_size(c, sub->expr, &start)) return false;
  if (sub->end && !elab_size(c, sub->end, &end)) return false;
  return at_sizes(c, part, start, end, dim);
}

static bool read_parts(Check *c, const Expr *target, const Value *x, Part *parts, int *n) {
  const Sz *dims = value_dims(c, x);
  *n = 0;
  if ((int)target->subscript.n_subs != value_rank(c, x)) {
    diag_at(c->ctx, target->span, E_rank_mismatch, "%s takes %d places, not %u", value_str(c, x),
            value_rank(c, x), target->subscript.n_subs);
    return false;
  }
  for (uint32_t i = 0; i < target->subscript.n_subs; i++) {
    const Sub *sub = &target->subscript.subs[i];
    if (sub->kind == SUB_all) continue;
    if (sub->kind != SUB_expr && sub->kind != SUB_range) return false;
    Part *part = &parts[(*n)++];
    *part = (Part){.axis = (int)i, .span = sub->span};
    if (!read_part(c, sub, dims[i], part)) return false;
  }
  return true;
}

/* ---- the new value ---- */

/* The part of x: start, start + 1, ... along its axis. */
static Ref part_of(Check *c, Ref x, const Part *part) {
  Graph *g = graph_here(c, part->span);
  Sz dim = graph_info(g, x)->dims[part->axis];
  Ref along = build_iota(g, type_tensor(c->ctx, DT_i32, &part->length, 1), 0);
  Ref start = build_broadcast(g, build_cast(g, part->start, DT_i32), &part->length, 1, NULL);
  Ref places = build2(g, OP_add, along, start);
  Ty type = type_index(c->ctx, dim, &part->length, 1);
  Ref operands[] = {x, build_op(g, OP_cast, &places, 1, NULL, 0, type)};
  Attr attrs[] = {attr_i(A_axis, part->axis), attr_i(A_batch, 0)};
  return build_op(g, OP_gather, operands, 2, attrs, 2, TY_NONE);
}

static Ref put(Check *c, Ref x, Ref block, const Part *parts, int n) {
  if (n > 1) block = put(c, part_of(c, x, parts), block, parts + 1, n - 1);
  Ref operands[] = {x, block, parts->start};
  Attr attr = attr_i(A_axis, parts->axis);
  return build_op(graph_here(c, parts->span), OP_update, operands, 3, &attr, 1, TY_NONE);
}

/* The right side in the shape of the part; a number fills it. */
static bool fit_block(Check *c, const Value *x, const Part *parts, int n, Value v, Span span,
                      Ref *out) {
  const TypeInfo *info = value_info(c, x);
  Sz *whole = alloc(c, sizeof(Sz) * (size_t)(info->rank + 1));
  Sz *wanted = alloc(c, sizeof(Sz) * (size_t)(info->rank + 1));
  int rank = 0;
  for (int i = 0, k = 0; i < info->rank; i++) {
    bool here = k < n && parts[k].axis == i;
    whole[i] = here ? parts[k].length : info->dims[i];
    if (!here || !parts[k].single) wanted[rank++] = whole[i];
    k += here;
  }
  v = value_to_tensor(c, v, value_element(c, x), span);
  if (!value_ok(&v)) return false;
  Ty type = type_with_dims(c->ctx, value_type(c, x), wanted, rank);
  Graph *g = graph_here(c, span);
  if (!value_rank(c, &v) && !v.tensor.n_vars && ty_eq(value_element(c, &v), value_element(c, x))) {
    *out = build_broadcast(g, v.tensor.ref, whole, info->rank, NULL);
    return true;
  }
  if (!v.tensor.n_vars && ty_eq(value_type(c, &v), type)) {
    *out = build_reshape(g, v.tensor.ref, whole, info->rank);
    return true;
  }
  diag_at(c->ctx, span, E_shape_mismatch, "the right side does not fit the part that it replaces");
  diag_expected(c->ctx, "%s", type_str(c->ctx, type));
  diag_got(c->ctx, "%s", value_str(c, &v));
  return false;
}

static Value updated(Check *c, const Expr *target, Value x, Value v) {
  Part *parts = alloc(c, sizeof(Part) * (target->subscript.n_subs + 1));
  int n;
  Ref block;
  if (!value_ok(&v)) return v;
  if (x.tensor.n_vars || c->mode.index) {
    diag_at(c->ctx, target->span, E_bad_target, "a part cannot be changed in index notation");
    return value_poison();
  }
  x = value_import(c, x);
  if (!read_parts(c, target, &x, parts, &n) || !n ||
      !fit_block(c, &x, parts, n, v, target->span, &block))
    return value_poison();
  return value_tensor(c, put(c, x.tensor.ref, block, parts, n));
}

void update_part(Check *c, const Expr *target, Value v) {
  const Expr *base = target->subscript.base;
  Value x = scope_find(c->scope, base->name)->value;
  v.whole_name = false;
  assign_name(c, (Name){base->name, base->span}, updated(c, target, x, v));
}
