/* Operators that move elements about, in a file that is imported. */
#include "onnx/in.h"

#include <string.h>

#include "onnx/in_tools.h"

/* ---- what is known moves, too ---- */

/* Whether what is known of it goes where it goes; a weight is computed with. */
static bool moves_known(const InValue *v) {
  return in_known(v) && !v->held && v->count <= IN_MOST_KNOWN;
}

bool in_take_known(OnnxIn *o, InValue *y, const InValue *v, const int64_t *places, int64_t count) {
  if (!moves_known(v) || count > IN_MOST_KNOWN) return false;
  Sz *whole = arena_array(&o->ctx->arena, Sz, count + 1);
  double *real = arena_array(&o->ctx->arena, double, count + 1);
  for (int64_t i = 0; i < count; i++) {
    int64_t at = places ? places[i] : i;
    if (at < 0 || at >= v->count) return false;
    if (v->whole) whole[i] = v->whole[at];
    if (v->real) real[i] = v->real[at];
  }
  if (v->whole)
    in_set_whole(y, whole, count);
  else
    in_set_real(y, real, count);
  return true;
}

int64_t in_extent(OnnxIn *o, Sz size) {
  int64_t extent;
  return size_is_const(o->ctx, size, &extent) ? extent : -1;
}

/* The same elements in another shape, by this expression. */
static bool reshaped(OnnxIn *o, InValue *y, const InValue *v, const char *text) {
  y->elem = v->elem;
  if (in_take_known(o, y, v, NULL, v->count)) return true;
  in_let(o, y, "%s", text);
  return true;
}

static Sz one(OnnxIn *o) { return size_const(o->ctx, 1); }

/* ---- shapes ---- */

bool in_shape(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  int64_t from = in_attr_int(o, "start", 0), to = in_attr_int(o, "end", v->rank);
  if (from < 0) from += v->rank;
  if (to < 0) to += v->rank;
  from = from < 0 ? 0 : from > v->rank ? v->rank : from;
  to = to > v->rank ? v->rank : to < from ? from : to;
  Sz n = size_const(o->ctx, to - from), *whole = arena_array(&o->ctx->arena, Sz, to - from + 1);
  for (int64_t k = from; k < to; k++) whole[k - from] = v->dims[k];
  in_set_whole(in_output(o, 0, DT_i32, 1, &n), whole, to - from);
  return true;
}

bool in_size_of(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  Sz *whole = arena_array(&o->ctx->arena, Sz, 1);
  whole[0] = in_elements(o, o->in[0]);
  in_set_whole(in_output(o, 0, DT_i32, 0, NULL), whole, 1);
  return true;
}

/* The extents of a shape that is asked for; of an attribute in old files. */
static bool shape_asked(OnnxIn *o, uint32_t input, const char *attr, Sz *dims, int64_t *n) {
  const ModelInts *ints = in_attr_ints(o, attr);
  const InValue *v = o->n_in > input ? o->in[input] : NULL;
  if (v && v->whole && v->count <= MAX_RANK) {
    *n = v->count;
    for (int64_t i = 0; i < *n; i++) dims[i] = v->whole[i];
    return true;
  }
  if (v || !ints || ints->len > MAX_RANK)
    return in_refuse(o, "has a shape that is not known before it runs");
  *n = ints->len;
  for (int64_t i = 0; i < *n; i++) dims[i] = size_const(o->ctx, ints->data[i]);
  return true;
}

bool in_reshape(OnnxIn *o) {
  Sz dims[MAX_RANK];
  int64_t n, open = -1;
  if (!in_needs(o, 1) || !shape_asked(o, 1, "shape", dims, &n)) return false;
  const InValue *v = o->in[0];
  bool zero = in_attr_int(o, "allowzero", 0);
  Sz product = one(o), all = in_elements(o, v);
  for (int64_t i = 0, extent; i < n; i++) {
    if (!zero && size_is(o->ctx, dims[i], 0) && i < v->rank) dims[i] = v->dims[i];
    bool rest = size_is(o->ctx, dims[i], -1);
    if ((rest && open >= 0) || (!rest && size_is_const(o->ctx, dims[i], &extent) && extent < 0))
      return in_refuse(o, "has a shape that no tensor can have");
    if (rest)
      open = i;
    else
      product = size_mul(o->ctx, product, dims[i]);
  }
  if (open >= 0 && size_is(o->ctx, product, 0))
    return in_refuse(o, "has a shape that is not known to hold as many elements");
  if (open >= 0) dims[open] = size_div(o->ctx, all, product);
  if (open >= 0) product = size_mul(o->ctx, dims[open], product);
  /* An open axis may yet turn out to fit, where none is left to be found here. */
  bool told = open >= 0 || in_known(v) ||
              (size_is_const(o->ctx, all, NULL) && size_is_const(o->ctx, product, NULL));
  if (told && !sz_eq(product, all))
    return in_refuse(o, "has a shape that is not known to hold as many elements");
  bool same = n == v->rank;
  for (int64_t i = 0; same && i < n; i++) same = sz_eq(dims[i], v->dims[i]);
  if (same) return in_alias(o, 0, v), true;
  InValue *y = in_output(o, 0, v->dtype, (int)n, dims);
  return reshaped(o, y, v,
                  ctx_printf(o->ctx, "reshape(%s, [%s])", moves_known(v) ? "" : in_use(o, v),
                             in_dims(o, dims, (int)n)));
}

bool in_flatten(OnnxIn *o) {
  int64_t axis = in_attr_int(o, "axis", 1);
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  if (axis < 0) axis += v->rank;
  if (axis < 0 || axis > v->rank) return in_refuse(o, "has no such axis");
  Sz dims[2] = {one(o), one(o)};
  for (int k = 0; k < v->rank; k++) dims[k >= axis] = size_mul(o->ctx, dims[k >= axis], v->dims[k]);
  InValue *y = in_output(o, 0, v->dtype, 2, dims);
  return reshaped(o, y, v,
                  ctx_printf(o->ctx, "reshape(%s, [%s])", moves_known(v) ? "" : in_use(o, v),
                             in_dims(o, dims, 2)));
}

/* Axes of an input since opset 13, else of an attribute. */
bool in_axes(OnnxIn *o, uint32_t input, int rank, bool *chosen, bool *given) {
  int64_t axes[MAX_RANK], n = 0;
  const ModelInts *ints = in_attr_ints(o, "axes");
  *given = ints || (o->n_in > input && o->in[input]);
  for (int k = 0; k < rank; k++) chosen[k] = false;
  if (o->n_in > input && o->in[input]) {
    if (!in_ints(o, o->in[input], axes, MAX_RANK, &n))
      return in_refuse(o, "has axes that are not known before it runs");
  } else if (ints) {
    if (ints->len > MAX_RANK) return in_refuse(o, "names too many axes");
    n = ints->len;
    for (int64_t i = 0; i < n; i++) axes[i] = ints->data[i];
  }
  for (int64_t i = 0; i < n; i++) {
    int k;
    if (!in_axis(o, axes[i], rank, &k)) return false;
    chosen[k] = true;
  }
  *given = *given && n > 0;
  return true;
}

static const char *places(OnnxIn *o, const InValue *v, const char *list) {
  return ctx_printf(o->ctx, "%s[%s]", in_use(o, v), list);
}

bool in_squeeze(OnnxIn *o) {
  bool chosen[MAX_RANK], given;
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  if (!in_axes(o, 1, v->rank, chosen, &given)) return false;
  Sz dims[MAX_RANK];
  int rank = 0;
  Text list = text_new(&o->ctx->arena);
  for (int k = 0; k < v->rank; k++) {
    bool gone = given ? chosen[k] : size_is(o->ctx, v->dims[k], 1);
    if (gone && !size_is(o->ctx, v->dims[k], 1) && !in_same_size(o, v->dims[k], one(o)))
      return in_refuse(o, "squeezes an axis of %s", size_str(o->ctx, v->dims[k]));
    text_printf(&list, "%s%s", k ? ", " : "", gone ? "0" : ":");
    if (!gone) dims[rank++] = v->dims[k];
  }
  if (rank == v->rank) return in_alias(o, 0, v), true;
  InValue *y = in_output(o, 0, v->dtype, rank, dims);
  return reshaped(o, y, v, moves_known(v) ? "" : places(o, v, text_str(&list)));
}

/* Whether the new axes stand before all others: shapes lined up at their ends do without. */
static bool leads(const bool *chosen, int rank) {
  int k = 0;
  while (k < rank && chosen[k]) k++;
  while (k < rank && !chosen[k]) k++;
  return k == rank;
}

bool in_unsqueeze(OnnxIn *o) {
  bool chosen[MAX_RANK], given;
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  const ModelInts *ints = in_attr_ints(o, "axes");
  int64_t more = o->n_in > 1 && o->in[1] ? o->in[1]->count : ints ? ints->len : 0;
  int rank = v->rank + (int)more;
  if (more > MAX_RANK || rank > MAX_RANK) return in_refuse(o, "makes too many axes");
  if (!in_axes(o, 1, rank, chosen, &given)) return false;
  Sz dims[MAX_RANK];
  Text list = text_new(&o->ctx->arena);
  for (int k = 0, from = 0; k < rank; k++) {
    if (!chosen[k] && from >= v->rank) return in_refuse(o, "names an axis twice");
    text_printf(&list, "%s%s", k ? ", " : "", chosen[k] ? "new" : ":");
    dims[k] = chosen[k] ? one(o) : v->dims[from++];
  }
  InValue *y = in_output(o, 0, v->dtype, rank, dims);
  y->lead_of = leads(chosen, rank) ? v : NULL;
  if (!v->rank && !in_known(v))
    return reshaped(o, y, v,
                    ctx_printf(o->ctx, "reshape(%s, [%s])", in_use(o, v), in_dims(o, dims, rank)));
  return reshaped(o, y, v, moves_known(v) ? "" : places(o, v, text_str(&list)));
}

bool in_transpose(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  const ModelInts *perm = in_attr_ints(o, "perm");
  Sz dims[MAX_RANK];
  int64_t from[MAX_RANK];
  const char *letters[MAX_RANK] = {0};
  if (perm && perm->len && (int)perm->len != v->rank)
    return in_refuse(o, "has a wrong permutation");
  for (int k = 0; k < v->rank; k++) {
    from[k] = perm && perm->len ? perm->data[k] : v->rank - 1 - k;
    if (from[k] < 0 || from[k] >= v->rank || letters[from[k]])
      return in_refuse(o, "has a wrong permutation");
    dims[k] = v->dims[from[k]];
    letters[from[k]] = in_letter(k);
  }
  InValue *y = in_output(o, 0, v->dtype, v->rank, dims);
  y->elem = v->elem;
  int64_t count = in_count(o, y);
  if (in_known(v) && count >= 0 && count <= IN_MOST_KNOWN) {
    int64_t *at = arena_array(&o->ctx->arena, int64_t, count + 1);
    for (int64_t i = 0; i < count; i++) {
      int64_t place[MAX_RANK], rest = i, sum = 0;
      for (int k = v->rank - 1; k >= 0; k--) {
        place[from[k]] = rest % in_extent(o, dims[k]);
        rest /= in_extent(o, dims[k]);
      }
      for (int k = 0; k < v->rank; k++) sum = sum * in_extent(o, v->dims[k]) + place[k];
      at[i] = sum;
    }
    if (in_take_known(o, y, v, at, count)) return true; /* a weight stays one */
  }
  if (v->rank == 2 && from[0] == 1)
    in_let(o, y, "transpose(%s)", in_use(o, v));
  else
    in_equation(o, y, NULL, "%s[%s]", in_use(o, v), in_list(o, letters, v->rank));
  return true;
}

const char *in_list(OnnxIn *o, const char *const *items, int n) {
  Text out = text_new(&o->ctx->arena);
  for (int k = 0; k < n; k++) text_printf(&out, "%s%s", k ? ", " : "", items[k]);
  return text_str(&out);
}

/* ---- parts ---- */

/* A place of a slice, from the beginning and inside of the axis. */
static Sz place_in(OnnxIn *o, Sz at, Sz extent, int64_t least) {
  int64_t value, n;
  Ctx *ctx = o->ctx;
  if (size_is_const(ctx, at, &value) && value < 0) {
    at = value <= -(1LL << 40) ? size_const(ctx, least) : size_add(ctx, extent, at);
    if (size_is_const(ctx, at, &n)) return size_const(ctx, n < least ? least : n);
    return size_ge_filled(ctx, at, size_const(ctx, 0)) ? at
                                                       : size_max(ctx, at, size_const(ctx, least));
  }
  if (size_is_const(ctx, at, &value) && value >= 1LL << 30) return extent;
  return size_ge_filled(ctx, extent, at) ? at : size_min(ctx, at, extent);
}

static InPart part_of(OnnxIn *o, Sz extent, Sz start, Sz end, int64_t step) {
  Ctx *ctx = o->ctx;
  Sz one_less = size_sub(ctx, extent, one(o)), zero = size_const(ctx, 0);
  InPart p = {.step = step};
  if (step > 0) {
    p.start = place_in(o, start, extent, 0);
    Sz stop = place_in(o, end, extent, 0);
    Sz span = size_add(ctx, size_sub(ctx, stop, p.start), size_const(ctx, step - 1));
    p.count = size_div(ctx, span, size_const(ctx, step));
  } else {
    p.start = place_in(o, start, one_less, 0);
    int64_t value;
    if (size_is_const(ctx, start, &value) && value < 0) p.start = place_in(o, start, extent, -1);
    Sz stop = place_in(o, end, extent, -1);
    Sz span = size_add(ctx, size_sub(ctx, p.start, stop), size_const(ctx, -step - 1));
    p.count = size_div(ctx, span, size_const(ctx, -step));
  }
  if (!size_ge_filled(ctx, p.count, zero)) p.count = size_max(ctx, p.count, zero);
  p.whole = step == 1 && sz_eq(p.count, extent);
  return p;
}

static const char *step_place(OnnxIn *o, const InPart *p, int axis) {
  int64_t by = p->step < 0 ? -p->step : p->step;
  const char *far =
      by == 1 ? in_letter(axis) : ctx_printf(o->ctx, "%lld*%s", (long long)by, in_letter(axis));
  if (size_is(o->ctx, p->start, 0) && p->step > 0) return far;
  return ctx_printf(o->ctx, "%s %c %s", size_str(o->ctx, p->start), p->step < 0 ? '-' : '+', far);
}

static bool slice_known(OnnxIn *o, InValue *y, const InValue *v, const InPart *parts) {
  int64_t count = in_count(o, y), start;
  if (!in_known(v) || count < 0 || count > IN_MOST_KNOWN) return false;
  int64_t *at = arena_array(&o->ctx->arena, int64_t, count + 1);
  for (int64_t i = 0; i < count; i++) {
    int64_t rest = i, stride = 1;
    for (int k = v->rank - 1; k >= 0; k--) {
      int64_t extent = in_extent(o, y->dims[k]);
      if (!size_is_const(o->ctx, parts[k].start, &start)) return false;
      at[i] += (start + rest % extent * parts[k].step) * stride;
      rest /= extent;
      stride *= in_extent(o, v->dims[k]);
    }
  }
  return in_take_known(o, y, v, at, count);
}

bool in_put_slice(OnnxIn *o, InValue *y, const InValue *v, const InPart *parts) {
  const char *list[MAX_RANK], *with = "";
  bool stepped = false, all = true;
  y->elem = v->elem;
  if (slice_known(o, y, v, parts)) return true;
  for (int k = 0; k < v->rank; k++) {
    stepped |= parts[k].step != 1;
    all &= parts[k].whole;
  }
  for (int k = 0; k < v->rank; k++) {
    const InPart *p = &parts[k];
    Sz end = size_add(o->ctx, p->start, p->count);
    if (stepped && !p->whole)
      with = ctx_printf(o->ctx, "%s%s %s in %s", with, *with ? "," : " with", in_letter(k),
                        size_str(o->ctx, p->count));
    list[k] = stepped ? p->whole ? in_letter(k) : step_place(o, p, k)
              : p->whole
                  ? ":"
                  : ctx_printf(o->ctx, "%s:%s",
                               size_is(o->ctx, p->start, 0) ? "" : size_str(o->ctx, p->start),
                               sz_eq(end, v->dims[k]) ? "" : size_str(o->ctx, end));
  }
  if (all) return in_let(o, y, "%s", in_use(o, v)), true;
  const char *text = ctx_printf(o->ctx, "%s[%s]", in_use(o, v), in_list(o, list, v->rank));
  if (stepped)
    in_equation(o, y, NULL, "%s%s", text, with);
  else
    in_let(o, y, "%s", text);
  return true;
}

/* Numbers of an input, or of an attribute in old files. */
static bool numbers(OnnxIn *o, uint32_t input, const char *attr, Sz *out, int64_t *n) {
  const ModelInts *ints = in_attr_ints(o, attr);
  const InValue *v = o->n_in > input ? o->in[input] : NULL;
  *n = 0;
  if (!v && !ints) return true;
  return shape_asked(o, input, attr, out, n);
}

bool in_slice(OnnxIn *o) {
  Sz starts[MAX_RANK], ends[MAX_RANK], axes[MAX_RANK], steps[MAX_RANK], dims[MAX_RANK];
  int64_t n, n_ends, n_axes, n_steps, axis, step;
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  if (!numbers(o, 1, "starts", starts, &n) || !numbers(o, 2, "ends", ends, &n_ends) ||
      !numbers(o, 3, "axes", axes, &n_axes) || !numbers(o, 4, "steps", steps, &n_steps))
    return false;
  if (n != n_ends || (n_axes && n_axes != n) || (n_steps && n_steps != n) || n > v->rank)
    return in_refuse(o, "has lists of different lengths");
  InPart parts[MAX_RANK];
  for (int k = 0; k < v->rank; k++)
    parts[k] =
        (InPart){.start = size_const(o->ctx, 0), .count = v->dims[k], .step = 1, .whole = true};
  for (int64_t i = 0; i < n; i++) {
    int k = (int)i;
    step = 1;
    if (n_axes && (!size_is_const(o->ctx, axes[i], &axis) || !in_axis(o, axis, v->rank, &k)))
      return in_refuse(o, "has axes that are not known before it runs");
    if ((n_steps && !size_is_const(o->ctx, steps[i], &step)) || !step || step < -(1 << 30))
      return in_refuse(o, "has a step that is not known before it runs, or is 0");
    if (step > 1 << 30) step = 1 << 30;
    parts[k] = part_of(o, v->dims[k], starts[i], ends[i], step);
  }
  for (int k = 0; k < v->rank; k++) dims[k] = parts[k].count;
  return in_put_slice(o, in_output(o, 0, v->dtype, v->rank, dims), v, parts);
}

bool in_split(OnnxIn *o) {
  Sz sizes[64], dims[MAX_RANK];
  int axis;
  if (!in_needs(o, 1) || !in_axis(o, in_attr_int(o, "axis", 0), o->in[0]->rank, &axis))
    return false;
  const InValue *v = o->in[0], *given = o->n_in > 1 ? o->in[1] : NULL;
  const ModelInts *ints = in_attr_ints(o, "split");
  int64_t n = in_attr_int(o, "num_outputs", o->node->outputs.len);
  if (given ? !given->whole : false)
    return in_refuse(o, "has parts that are not known before it runs");
  if (given) n = given->count;
  if (ints && !given) n = ints->len;
  if (n < 1 || n > 64 || (int64_t)o->node->outputs.len > n)
    return in_refuse(o, "has a wrong number of parts");
  Ctx *ctx = o->ctx;
  Sz each = size_div(ctx, size_add(ctx, v->dims[axis], size_const(ctx, n - 1)), size_const(ctx, n));
  Sz start = size_const(ctx, 0);
  for (int64_t i = 0; i < n; i++) {
    sizes[i] = given ? given->whole[i] : ints ? size_const(ctx, ints->data[i]) : each;
    if (!given && !ints && i == n - 1) sizes[i] = size_sub(ctx, v->dims[axis], start);
    InPart parts[MAX_RANK];
    for (int k = 0; k < v->rank; k++) {
      dims[k] = k == axis ? sizes[i] : v->dims[k];
      parts[k] =
          (InPart){.start = size_const(ctx, 0), .count = dims[k], .step = 1, .whole = k != axis};
    }
    parts[axis].start = start;
    parts[axis].whole = n == 1;
    start = size_add(ctx, start, sizes[i]);
    if (in_has_output(o, (uint32_t)i) &&
        !in_put_slice(o, in_output(o, (uint32_t)i, v->dtype, v->rank, dims), v, parts))
      return false;
  }
  if (!sz_eq(start, v->dims[axis])) return in_refuse(o, "has parts that do not make up the whole");
  return true;
}

/* ---- put together ---- */

static bool concat_known(OnnxIn *o, InValue *y) {
  int64_t n = 0;
  for (uint32_t i = 0; i < o->n_in; i++)
    if (!in_known(o->in[i]) || o->in[i]->held || o->in[i]->rank != 1) return false;
  if (in_count(o, y) > IN_MOST_KNOWN) return false;
  Sz *whole = arena_array(&o->ctx->arena, Sz, in_count(o, y) + 1);
  double *real = arena_array(&o->ctx->arena, double, in_count(o, y) + 1);
  for (uint32_t i = 0; i < o->n_in; i++)
    for (int64_t k = 0; k < o->in[i]->count; k++, n++) {
      if (o->in[i]->whole) whole[n] = o->in[i]->whole[k];
      if (o->in[i]->real) real[n] = o->in[i]->real[k];
    }
  if (dtype_is_float(y->dtype))
    in_set_real(y, real, n);
  else
    in_set_whole(y, whole, n);
  return true;
}

bool in_concat(OnnxIn *o) {
  int axis;
  Sz dims[MAX_RANK];
  if (!in_needs(o, o->n_in ? o->n_in : 1)) return false;
  const InValue *v = o->in[0];
  if (!in_axis(o, in_attr_int(o, "axis", 1), v->rank, &axis)) return false;
  for (int k = 0; k < v->rank; k++) dims[k] = v->dims[k];
  Text list = text_new(&o->ctx->arena);
  for (uint32_t i = 0; i < o->n_in; i++) {
    if (o->in[i]->rank != v->rank) return in_refuse(o, "takes tensors of different ranks");
    for (int k = 0; k < v->rank; k++)
      if (k != axis && !in_same_size(o, dims[k], o->in[i]->dims[k]))
        return in_refuse(o, "takes shapes that are not known to agree");
    if (i) dims[axis] = size_add(o->ctx, dims[axis], o->in[i]->dims[axis]);
  }
  InValue *y = in_output(o, 0, v->dtype, v->rank, dims);
  y->elem = v->elem;
  if (concat_known(o, y)) return true;
  for (uint32_t i = 0; i < o->n_in; i++)
    text_printf(&list, "%s%s", i ? ", " : "", in_use(o, o->in[i]));
  if (o->n_in == 1)
    in_let(o, y, "%s", text_str(&list));
  else if (axis == v->rank - 1)
    in_let(o, y, "concat(%s)", text_str(&list));
  else
    in_let(o, y, "concat[axis = %d](%s)", axis, text_str(&list));
  return true;
}

/* ---- repeated ---- */

bool in_expand_to(OnnxIn *o, const InValue *v, const InValue *shape, InValue *y) {
  const char *list[MAX_RANK], *with = "";
  bool same = v->rank == shape->rank;
  int64_t count = in_count(o, y);
  y->elem = v->elem;
  if (in_is_number(v) && count >= 0 && count <= IN_MOST_KNOWN)
    return in_take_known(o, y, v, arena_array(&o->ctx->arena, int64_t, count + 1), count);
  for (int k = 0; k < y->rank; k++) {
    int axis = k - (y->rank - v->rank);
    bool wide = axis < 0 || !sz_eq(v->dims[axis], y->dims[k]);
    if (axis >= 0) list[axis] = wide ? "0" : in_letter(k);
    same &= !wide;
    if (wide)
      with = ctx_printf(o->ctx, "%s%s %s in %s", with, *with ? "," : " with", in_letter(k),
                        size_str(o->ctx, y->dims[k]));
  }
  if (same)
    in_let(o, y, "%s", in_use(o, v));
  else if (in_is_number(v) && y->rank)
    in_let(o, y, "full(%s, %s)", in_typed(o, v->dtype, in_number(o, v)),
           in_dims(o, y->dims, y->rank));
  else
    in_equation(o, y, NULL, v->rank ? "%s[%s]%s" : "%s%s%s", in_use(o, v),
                in_list(o, list, v->rank), with);
  return true;
}

bool in_expand(OnnxIn *o) {
  InValue asked = {0}, shape = {0};
  int64_t n;
  if (!in_needs(o, 2) || !shape_asked(o, 1, "shape", asked.dims, &n)) return false;
  asked.rank = (int)n;
  InValue *both[] = {o->in[0], &asked};
  if (!in_broadcast(o, both, 2, &shape)) return false;
  InValue *y = in_output(o, 0, o->in[0]->dtype, shape.rank, shape.dims);
  return in_expand_to(o, o->in[0], &shape, y);
}

bool in_tile(OnnxIn *o) {
  Sz by[MAX_RANK], dims[MAX_RANK];
  int64_t n;
  const char *list[MAX_RANK], *with = "";
  if (!in_needs(o, 2) || !shape_asked(o, 1, "repeats", by, &n)) return false;
  const InValue *v = o->in[0];
  if (n != v->rank) return in_refuse(o, "has a wrong number of repeats");
  for (int k = 0; k < v->rank; k++) {
    dims[k] = size_mul(o->ctx, v->dims[k], by[k]);
    bool many = !size_is(o->ctx, by[k], 1);
    list[k] =
        many ? ctx_printf(o->ctx, "%s %% %s", in_letter(k), in_size(o, v->dims[k])) : in_letter(k);
    if (many)
      with = ctx_printf(o->ctx, "%s%s %s in %s", with, *with ? "," : " with", in_letter(k),
                        size_str(o->ctx, dims[k]));
  }
  InValue *y = in_output(o, 0, v->dtype, v->rank, dims);
  y->elem = v->elem;
  if (!*with)
    in_let(o, y, "%s", in_use(o, v));
  else
    in_equation(o, y, NULL, "%s[%s]%s", in_use(o, v), in_list(o, list, v->rank), with);
  return true;
}
