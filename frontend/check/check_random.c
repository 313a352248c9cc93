/* Random numbers. Every place in the text draws from its own stream: a graph has a hidden key, the
 * last parameter, made on first use; place p of a function draws stream p under it; a call at place
 * p hands down the key folded with p; a loop's body folds the key with the step. So the numbers
 * depend on the seed, the step of training and the place, and not on how the graph is cut, fused or
 * parallelised.
 */
#include <math.h>
#include <string.h>

#include "frontend/check/checker.h"

static Ref frame_key(Check *c, Frame *frame) {
  if (!ref_none(frame->key)) return frame->key;
  Graph *g = frame->graph;
  if (!frame->parent) {
    frame->key = graph_role_param(g, type_scalar(c->ctx, DT_key), ctx_str(c->ctx, "key"), ROLE_key);
    frame->instance->needs_key = true;
    return frame->key;
  }
  Ref outer = frame_import_to(c, frame, frame->parent, frame_key(c, frame->parent));
  frame->key = build2(g, OP_fold, outer, frame->counter->step);
  return frame->key;
}

Ref random_key(Check *c) { return frame_key(c, c->frame); }

static int64_t next_place(Check *c) { return ++c->instance->places; }

Ref random_call_key(Check *c) {
  Ref key = random_key(c);
  Graph *g = c->frame->graph;
  return build2(g, OP_fold, key, build_scalar(g, DT_i32, (double)next_place(c)));
}

/* ---- shapes ---- */

/* [B, N] as an argument gives own axes; otherwise there is one hidden axis for each index of the
 * context, the axes of '..' among them. */
static bool random_shape(Check *c, const Value *list, Span span, Shape *out) {
  *out = (Shape){0};
  if (list) {
    if (list->kind != VAL_list) {
      diag_at(c->ctx, span, E_argument, "a shape is a list of sizes, [B, N], not %s",
              value_str(c, list));
      return false;
    }
    out->rank = (int)list->items.len;
    out->dims = alloc(c, sizeof(Sz) * (list->items.len + 1));
    for (uint32_t i = 0; i < list->items.len; i++) {
      if (!value_is_size(&list->items.data[i], &out->dims[i])) {
        if (value_ok(&list->items.data[i]))
          diag_at(c->ctx, span, E_not_size, "an extent of the shape is %s",
                  value_str(c, &list->items.data[i]));
        return false;
      }
      if (!extent_fits(c, out->dims[i], span)) return false;
    }
    return true;
  }
  const Lead *lead = c->lead;
  if (lead && !lead->known) {
    diag_at(c->ctx, span, E_unknown_extent, "nothing tells which axes '..' stands for");
    return false;
  }
  int n_lead = lead ? lead->n : 0;
  out->n_vars = n_lead + (int)c->active.len;
  out->vars = alloc(c, sizeof(IndexVar *) * ((size_t)out->n_vars + 1));
  bool ok = true;
  for (int i = 0; i < n_lead; i++) out->vars[i] = lead->vars[i];
  for (uint32_t i = 0; i < c->active.len; i++) {
    out->vars[n_lead + (int)i] = c->active.data[i];
    ok = index_has_extent(c, c->active.data[i], span) && ok;
  }
  return ok;
}

static Ty shape_type(Check *c, const Shape *s, DType dtype) {
  Sz *dims = alloc(c, sizeof(Sz) * (size_t)(s->n_vars + s->rank + 1));
  for (int i = 0; i < s->n_vars; i++) dims[i] = s->vars[i]->extent;
  for (int i = 0; i < s->rank; i++) dims[s->n_vars + i] = s->dims[i];
  return type_tensor(c->ctx, dtype, dims, s->n_vars + s->rank);
}

static Value with_shape(Value v, const Shape *s) {
  v.tensor.vars = s->vars;
  v.tensor.n_vars = s->n_vars;
  return v;
}

/* ---- draws ---- */

/* In [0, 1), of 24 bits. */
static Ref draw_unit(Check *c, const Shape *s, int64_t stream, int word) {
  Ref key = random_key(c);
  Attr attrs[] = {attr_i(A_stream, stream), attr_i(A_word, word)};
  Graph *g = c->frame->graph;
  Ref u = build1(g, OP_unit, build_op(g, OP_random, &key, 1, attrs, 2, shape_type(c, s, DT_i32)));
  return build_cast(g, u, dtype_real(c->spec));
}

/* scale * x + offset, where both may be numbers or tensors that fit the shape. */
static Value affine(Check *c, Value x, Value scale, Value offset, Span span) {
  Value pair[2] = {x, scale};
  bool one = scale.kind == VAL_number && scale.number.known && scale.number.f == 1;
  bool zero = offset.kind == VAL_number && offset.number.known && offset.number.f == 0;
  if (!one) pair[0] = apply_op(c, OP_mul, pair, 2, span);
  pair[1] = offset;
  return zero ? pair[0] : apply_op(c, OP_add, pair, 2, span);
}

static Value draw_uniform(Check *c, const Value *args, const Shape *s, Span span) {
  Value x = with_shape(value_tensor(c, draw_unit(c, s, next_place(c), 0)), s);
  return affine(c, x, elab_binary(c, BIN_sub, args[1], args[0], span), args[0], span);
}

/* Box and Muller: two uniform numbers make one normal number. */
static Value draw_normal(Check *c, const Value *args, const Shape *s, Span span) {
  int64_t stream = next_place(c);
  Graph *g = c->frame->graph;
  Ref u = draw_unit(c, s, stream, 0), w = draw_unit(c, s, stream, 1);
  Ty type = graph_type(g, u);
  Ref log = build1(g, OP_log1p, build1(g, OP_neg, u));
  Ref radius = build1(g, OP_sqrt, build2(g, OP_mul, log, build_const(g, type, -2)));
  Ref angle = build2(g, OP_mul, w, build_const(g, type, 6.283185307179586));
  Value x = with_shape(value_tensor(c, build2(g, OP_mul, radius, build1(g, OP_cos, angle))), s);
  return affine(c, x, args[1], args[0], span);
}

static Value draw_bernoulli(Check *c, const Value *args, const Shape *s, Span span) {
  Value pair[2] = {with_shape(value_tensor(c, draw_unit(c, s, next_place(c), 0)), s), args[0]};
  return apply_op(c, OP_lt, pair, 2, span);
}

/* An index below n: floor(u * n), kept below n where the product rounds up. */
static Value draw_index(Check *c, const Value *args, const Shape *s, Span span) {
  Sz n;
  if (!value_is_size(&args[0], &n)) {
    diag_at(c->ctx, span, E_not_size, "randint(n) wants a size, not %s", value_str(c, &args[0]));
    return value_poison();
  }
  Graph *g = c->frame->graph;
  Ref u = draw_unit(c, s, next_place(c), 0);
  Ty type = graph_type(g, u);
  Ref count = build_splat(g, build_size(g, n), type_with_dtype(c->ctx, type, DT_i32));
  Ref i = build_cast(g, build2(g, OP_mul, u, build_cast(g, count, dtype_real(c->spec))), DT_i32);
  Ref last = build2(g, OP_sub, count, build_const(g, graph_type(g, count), 1));
  i = build2(g, OP_min, i, last);
  const TypeInfo *info = graph_info(g, i);
  Ty index = type_index(c->ctx, n, info->dims, info->rank);
  return with_shape(value_tensor(c, build_op(g, OP_cast, &i, 1, NULL, 0, index)), s);
}

/* -log(-log(u)), with u kept away from 0. */
static Value draw_gumbel(Check *c, const Value *args, const Shape *s, Span span) {
  (void)args, (void)span;
  Graph *g = c->frame->graph;
  Ref u = draw_unit(c, s, next_place(c), 0);
  u = build2(g, OP_max, u, build_const(g, graph_type(g, u), 0x1p-25));
  Ref e = build1(g, OP_neg, build1(g, OP_log, u));
  return with_shape(value_tensor(c, build1(g, OP_neg, build1(g, OP_log, e))), s);
}

typedef struct RandomRow {
  const char *name;
  uint32_t n_params;
  Value (*draw)(Check *c, const Value *args, const Shape *s, Span span);
} RandomRow;

static const RandomRow rows[] = {
    {"uniform", 2, draw_uniform}, {"normal", 2, draw_normal}, {"bernoulli", 1, draw_bernoulli},
    {"randint", 1, draw_index},   {"gumbel", 0, draw_gumbel},
};

/* name(parameters...) or name(parameters..., shape) */
Value random_draw(Check *c, const char *name, const Value *v, uint32_t n, Span span) {
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const RandomRow *row = &rows[i];
    if (strcmp(row->name, name)) continue;
    Shape shape;
    if (n != row->n_params && n != row->n_params + 1) {
      diag_at(c->ctx, span, E_argument,
              "'%s' takes %u numbers and possibly a shape, not %u arguments", name, row->n_params,
              n);
      return value_poison();
    }
    for (uint32_t k = 0; k < n; k++)
      if (!value_ok(&v[k])) return value_poison();
    graph_here(c, span);
    if (!random_shape(c, n > row->n_params ? &v[n - 1] : NULL, span, &shape)) return value_poison();
    return row->draw(c, v, &shape, span);
  }
  ORDO_BUG("no random function %s", name);
}
