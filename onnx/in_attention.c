/* Attention of queries to keys and values (opset 23), in a file that is imported. */
#include <math.h>
#include <string.h>

#include "onnx/in_tools.h"

typedef struct Attention {
  const InValue *q, *k, *v, *mask, *past_k, *past_v;
  InValue *keys, *values; /* with those of before */
  Sz length, seen, before;
  int64_t group; /* so many heads of queries look at one of keys */
} Attention;

/* [B, H, T, D] of [B, T, H*D]. */
static const InValue *by_heads(OnnxIn *o, const InValue *x, const char *attr) {
  int64_t heads = in_attr_int(o, attr, 0);
  if (x->rank == 4) return x;
  if (x->rank != 3 || heads < 1) return in_refuse(o, "takes no heads"), NULL;
  Sz h = size_const(o->ctx, heads), each = size_div(o->ctx, x->dims[2], h);
  Sz apart[4] = {x->dims[0], x->dims[1], h, each}, dims[4] = {x->dims[0], h, x->dims[1], each};
  InValue *a = in_temp(o, "apart", x->dtype, 4, apart), *y = in_temp(o, "heads", x->dtype, 4, dims);
  in_let(o, a, "reshape(%s, [%s])", in_use(o, x), in_dims(o, apart, 4));
  in_equation(o, y, NULL, "%s[i, k, j, l]", in_use(o, a));
  return y;
}

/* Those of before, then the new ones; also an output. */
static InValue *with_past(OnnxIn *o, const InValue *past, const InValue *x, uint32_t output) {
  Sz dims[4] = {x->dims[0], x->dims[1], x->dims[2], x->dims[3]};
  if (!past && !in_has_output(o, output)) return (InValue *)x;
  if (past) dims[2] = size_add(o->ctx, past->dims[2], x->dims[2]);
  InValue *y = in_has_output(o, output) ? in_output(o, output, x->dtype, 4, dims)
                                        : in_temp(o, "all", x->dtype, 4, dims);
  if (past)
    in_let(o, y, "concat[axis = 2](%s, %s)", in_use(o, past), in_use(o, x));
  else
    in_let(o, y, "%s", in_use(o, x));
  return y;
}

static bool read_attention(OnnxIn *o, Attention *a) {
  for (uint32_t i = 6; i < o->n_in; i++)
    if (o->in[i]) return in_refuse(o, "has lengths of its keys");
  if (in_has_output(o, 3)) return in_refuse(o, "gives its products, too");
  a->q = by_heads(o, o->in[0], "q_num_heads");
  a->k = a->q ? by_heads(o, o->in[1], "kv_num_heads") : NULL;
  a->v = a->k ? by_heads(o, o->in[2], "kv_num_heads") : NULL;
  if (!a->v) return false;
  a->mask = o->n_in > 3 ? o->in[3] : NULL;
  a->past_k = o->n_in > 4 ? o->in[4] : NULL;
  a->past_v = o->n_in > 5 ? o->in[5] : NULL;
  if (!a->past_k != !a->past_v || (a->past_k && (a->past_k->rank != 4 || a->past_v->rank != 4)))
    return in_refuse(o, "has keys without values of before");
  int64_t heads, shared;
  bool known =
      size_is_const(o->ctx, a->q->dims[1], &heads) && size_is_const(o->ctx, a->k->dims[1], &shared);
  if (!known || shared < 1 || heads % shared)
    return in_refuse(o, "has a number of heads that does not fit");
  a->group = heads / shared;
  a->before = a->past_k ? a->past_k->dims[2] : size_const(o->ctx, 0);
  a->keys = with_past(o, a->past_k, a->k, 1);
  a->values = with_past(o, a->past_v, a->v, 2);
  a->length = a->q->dims[2];
  a->seen = a->keys->dims[2];
  return true;
}

/* The mask at query k and key l of head j, lined up at its end. */
static const char *mask_at(OnnxIn *o, const Attention *a) {
  const char *list[MAX_RANK];
  for (int k = 0; k < a->mask->rank; k++) {
    int axis = 4 - a->mask->rank + k;
    Sz whole = axis == 3 ? a->seen : axis == 2 ? a->length : a->q->dims[axis < 0 ? 0 : axis];
    bool one = size_is(o->ctx, a->mask->dims[k], 1) && !size_is(o->ctx, whole, 1);
    list[k] = one ? "0" : in_letter(axis);
    if (!one && !in_same_size(o, a->mask->dims[k], whole))
      return in_refuse(o, "has a mask of another shape"), NULL;
  }
  return ctx_printf(o->ctx, "%s[%s]", in_use(o, a->mask), in_list(o, list, a->mask->rank));
}

/* Scores that are no longer seen are -inf. */
static const char *masked(OnnxIn *o, const Attention *a, const char *score) {
  if (a->mask) {
    const char *mask = a->mask->rank <= 4 ? mask_at(o, a) : NULL;
    if (!mask) return NULL;
    score = a->mask->dtype == DT_bool ? ctx_printf(o->ctx, "where(%s, %s, -inf)", mask, score)
                                      : ctx_printf(o->ctx, "%s + %s", score, mask);
  }
  if (!in_attr_int(o, "is_causal", 0)) return score;
  const char *last =
      size_is(o->ctx, a->before, 0) ? "k" : ctx_printf(o->ctx, "k + %s", in_size(o, a->before));
  return ctx_printf(o->ctx, "where(l <= %s, %s, -inf)", last, score);
}

bool in_attention(OnnxIn *o) {
  Attention a = {0};
  if (!in_needs(o, 3) || !read_attention(o, &a)) return false;
  DType dtype = a.q->dtype;
  int64_t depth;
  double scale = in_attr_float(o, "scale", 0), cap = in_attr_float(o, "softcap", 0);
  if (dtype == DT_bf16) return in_refuse(o, "is not supported for bf16");
  if (scale == 0) {
    if (!size_is_const(o->ctx, a.q->dims[3], &depth) || depth < 1)
      return in_refuse(o, "has heads of open extent");
    scale = 1 / sqrt((double)depth);
  }
  Sz dims[4] = {a.q->dims[0], a.q->dims[1], a.length, a.seen};
  InValue *e = in_temp(o, "score", dtype, 4, dims), *w = in_temp(o, "weight", dtype, 4, dims);
  const char *head = a.group == 1 ? "j" : ctx_printf(o->ctx, "j / %lld", (long long)a.group);
  in_equation(o, e, NULL, "sum[m](%s[i, j, k, m] * %s[i, %s, l, m]) * %s", in_use(o, a.q),
              in_use(o, a.keys), head, in_real(o, scale, dtype));
  const char *score = ctx_printf(o->ctx, "%s[i, j, k, l]", in_use(o, e));
  if (cap != 0) {
    const char *c = in_real(o, cap, dtype);
    score = ctx_printf(o->ctx, "%s * tanh(%s / %s)", c, score, c);
  }
  score = masked(o, &a, score);
  if (!score) return false;
  if (a.mask || in_attr_int(o, "is_causal", 0)) { /* a query that sees nothing attends to nothing */
    InValue *seen = in_temp(o, "seen", dtype, 4, dims), *top = in_temp(o, "top", dtype, 3, dims);
    in_equation(o, seen, NULL, "%s", score);
    in_equation(o, top, NULL, "max[l](%s[i, j, k, l])", in_use(o, seen));
    in_equation(o, w, NULL, "where(%s[i, j, k] == -inf, 0, softmax[l](%s[i, j, k, l]))",
                in_use(o, top), in_use(o, seen));
  } else {
    in_equation(o, w, NULL, "softmax[l](%s)", score);
  }
  dims[3] = a.values->dims[3];
  bool flat = o->in[0]->rank == 3;
  InValue *y = flat ? in_temp(o, "attended", dtype, 4, dims) : in_output(o, 0, dtype, 4, dims);
  in_equation(o, y, "i, j, k, m", "sum[l](%s[i, j, k, l] * %s[i, %s, l, m])", in_use(o, w),
              in_use(o, a.values), head);
  if (!flat) return true;
  Sz turned[4] = {dims[0], dims[2], dims[1], dims[3]},
     wide[3] = {dims[0], dims[2], size_mul(o->ctx, dims[1], dims[3])};
  InValue *t = in_temp(o, "turned", dtype, 4, turned);
  in_equation(o, t, NULL, "%s[i, k, j, l]", in_use(o, y));
  in_let(o, in_output(o, 0, dtype, 3, wide), "reshape(%s, [%s])", in_use(o, t),
         in_dims(o, wide, 3));
  return true;
}
