/* pad: a tensor inside a larger one that is filled with a number.
 *
 *   y[b, u, i] = pad[t](x[b, t, i], 1, 1)   along an index: u, the one of the left that is left
 *                                           over, runs over the longer axis
 *   pad[axis = 1](x, 1, 1)                  along an axis
 *   pad(x, 1, 1, -inf)                      along the last axis; the number is 0 unless given
 */
#include "frontend/check/checker.h"

typedef struct Padding {
  Sz before, after;
  double value;
} Padding;

/* What only some sizes make negative is checked when they are known: ir/needs.h. */
static bool is_room(Check *c, Sz size, Span span) {
  if (!size.i) return false;
  if (!size_ge_filled(c->ctx, size_const(c->ctx, -1), size)) return true;
  diag_at(c->ctx, span, E_size_need, "pad adds a number of elements that is at least 0, not %s",
          size_str(c->ctx, size));
  diag_help(c->ctx, "x[a:b] takes some away");
  return false;
}

/* The arguments behind the tensor: before, after and perhaps the number. */
static bool read_padding(Check *c, const Value *v, uint32_t n, Span span, Padding *out) {
  Sz *sizes[2] = {&out->before, &out->after};
  out->value = 0;
  for (int i = 0; i < 2; i++) {
    if (!value_ok(&v[i])) return false;
    if (!value_is_size(&v[i], sizes[i])) {
      diag_at(c->ctx, span, E_not_size, "a size is wanted, not %s", value_str(c, &v[i]));
      return false;
    }
    if (!is_room(c, *sizes[i], span)) return false;
  }
  if (n < 3) return true;
  if (v[2].kind == VAL_number && v[2].number.known) {
    out->value = v[2].number.f;
    return true;
  }
  if (value_ok(&v[2]))
    diag_at(c->ctx, span, E_not_static, "pad fills with a number that is known, not %s",
            value_str(c, &v[2]));
  return false;
}

static bool element_fits(Check *c, const Value *v, const Padding *p, Span span) {
  DType d = value_info(c, v)->dtype;
  if (d == DT_idx || d == DT_key) {
    diag_at(c->ctx, span, E_index_type, "indices are not padded: which of them would a number be?");
    diag_got(c->ctx, "%s", value_str(c, v));
    return false;
  }
  if (dtype_is_float(d) || p->value == (double)(int32_t)p->value) return true;
  diag_at(c->ctx, span, E_wrong_dtype, "%s is not filled with %g", value_str(c, v), p->value);
  return false;
}

/* Along the axis 'at' of all axes, the hidden ones included. */
static Value padded(Check *c, Value v, int at, const Padding *p, Span span) {
  if (!element_fits(c, &v, p, span)) return value_poison();
  v.whole_name = false;
  v.tensor.ref = build_pad(graph_here(c, span), v.tensor.ref, at, p->before, p->after, p->value);
  return v;
}

Value layout_pad(Check *c, Value *v, uint32_t n, int64_t axis, Span span) {
  Padding p;
  Value x = value_to_tensor(c, v[0], TY_NONE, span);
  if (!value_ok(&x) || !read_padding(c, v + 1, n - 1, span, &p)) return value_poison();
  int rank = value_rank(c, &x);
  if (axis == -1) axis = rank - 1;
  if (axis >= 0 && axis < rank) return padded(c, x, x.tensor.n_vars + (int)axis, &p, span);
  diag_at(c->ctx, span, E_rank_mismatch, "there is no axis %lld to pad in %s", (long long)axis,
          value_str(c, &x));
  return value_poison();
}

/* The operand, with an index of its own; its axis is padded and left to the left side. */
static Value along_index(Check *c, const Expr *x, const Padding *p) {
  const Expr *operand = x->reduce.args.data[0].value;
  Scope *outer = c->scope;
  Mode before = mode_set(c, mode_index(c->mode, true));
  c->scope = scope_new(c->ctx, outer);
  const With *with = c->with;
  c->with = NULL; /* it tells the extent of the index of the left */
  IndexVar *var = index_new(c, x->reduce.indices[0]);
  c->with = with;
  index_push(c, var);
  index_infer(c, operand);
  Value v = elab_expr(c, operand);
  if (value_ok(&v)) v = value_to_tensor(c, v, TY_NONE, operand->span);
  index_pop(c, 1);
  c->scope = outer;
  c->mode = before;
  if (!value_ok(&v)) return v;
  int at = shape_var_axis(&v, var);
  if (at < 0) {
    diag_at(c->ctx, x->reduce.indices[0].span, E_unused_index,
            "the index '%s' does not occur in the operand", ctx_text(c->ctx, var->name));
    return value_poison();
  }
  v = padded(c, v, at, p, x->span);
  if (!value_ok(&v)) return v;
  IndexVar *wide = arena_copy(&c->ctx->arena, var, sizeof *var);
  wide->kept = true;
  wide->extent = value_info(c, &v)->dims[at];
  v.tensor.vars =
      arena_copy(&c->ctx->arena, v.tensor.vars, sizeof *v.tensor.vars * (size_t)v.tensor.n_vars);
  v.tensor.vars[at] = wide;
  return v;
}

Value elab_pad(Check *c, const Expr *x) {
  const Args *args = &x->reduce.args;
  Padding p;
  int64_t axis = -1;
  if (args->len < 3 || args->len > 4) {
    diag_at(
        c->ctx, x->span, E_argument,
        "pad takes a tensor, how many elements come before and behind it, and perhaps a number");
    diag_help(c->ctx, "y[b, u] = pad[t](x[b, t], 1, 1)");
    return value_poison();
  }
  if (x->reduce.axis && !elab_int(c, x->reduce.axis, &axis)) return value_poison();
  if (x->reduce.axis && axis < 0) axis = INT32_MAX;
  if (x->reduce.n_indices > 1) {
    diag_at(c->ctx, x->span, E_bad_index_function, "'pad' works along exactly one index");
    return value_poison();
  }
  Value v[4] = {value_poison()};
  for (uint32_t i = x->reduce.n_indices ? 1 : 0; i < args->len; i++) {
    v[i] = elab_as(c, mode_size(c->mode, i > 0), args->data[i].value);
    if (!value_ok(&v[i])) return value_poison();
  }
  if (!x->reduce.n_indices) return layout_pad(c, v, args->len, axis, x->span);
  return read_padding(c, v + 1, args->len - 1, x->span, &p) ? along_index(c, x, &p)
                                                            : value_poison();
}
