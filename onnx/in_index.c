/* Look-ups, orders and positions, in a file that is imported. */
#include <string.h>

#include "onnx/in_tools.h"

/* ---- constants ---- */

static bool constant_list(OnnxIn *o, const ModelAttr *a) {
  bool real = a->floats.len > 0 || !strcmp(a->name, "value_floats");
  int64_t n = real ? a->floats.len : a->ints.len;
  Sz dim = size_const(o->ctx, n), *whole = arena_array(&o->ctx->arena, Sz, n + 1);
  for (int64_t i = 0; !real && i < n; i++) whole[i] = size_const(o->ctx, a->ints.data[i]);
  InValue *y = in_output(o, 0, real ? DT_f32 : DT_i32, 1, &dim);
  if (real)
    in_set_real(y, a->floats.data, n);
  else
    in_set_whole(y, whole, n);
  return true;
}

bool in_constant_node(OnnxIn *o) {
  const ModelAttr *value = in_attr(o, "value"), *f = in_attr(o, "value_float");
  const ModelAttr *i = in_attr(o, "value_int"), *floats = in_attr(o, "value_floats");
  const ModelAttr *ints = in_attr(o, "value_ints");
  if (value && value->t) {
    InValue *v = in_constant(o, value->t, o->node->outputs.len ? o->node->outputs.data[0] : "");
    if (v) in_alias(o, 0, v);
    return v != NULL;
  }
  if (floats || ints) return constant_list(o, floats ? floats : ints);
  if (!f && !i) return in_refuse(o, "has a constant of a kind that is not supported");
  InValue *y = in_output(o, 0, f ? DT_f32 : DT_i32, 0, NULL);
  double *real = arena_new(&o->ctx->arena, double);
  Sz *whole = arena_new(&o->ctx->arena, Sz);
  if (f) *real = f->f;
  if (i) *whole = size_const(o->ctx, i->i);
  if (f)
    in_set_real(y, real, 1);
  else
    in_set_whole(y, whole, 1);
  return true;
}

bool in_constant_of_shape(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  const InValue *shape = o->in[0];
  const ModelAttr *a = in_attr(o, "value");
  if (!shape->whole || shape->count > MAX_RANK)
    return in_refuse(o, "has a shape that is not known before it runs");
  double *zero = arena_new(&o->ctx->arena, double);
  InValue plain = {.name = "", .dtype = DT_f32, .elem = ELEM_float, .count = 1, .real = zero};
  const InValue *v = a && a->t ? in_constant(o, a->t, "") : &plain;
  if (!v || v->count != 1) return v && in_refuse(o, "repeats more than one number");
  InValue *y = in_output(o, 0, v->dtype, (int)shape->count, shape->whole), asked = *y;
  return in_expand_to(o, v, &asked, y);
}

bool in_range(OnnxIn *o) {
  if (!in_needs(o, 3)) return false;
  const InValue *from = o->in[0], *to = o->in[1], *by = o->in[2];
  int64_t first, step;
  Sz n = SZ_NONE;
  if (from->rank || to->rank || by->rank) return in_refuse(o, "takes no single numbers");
  if (from->real && to->real && by->real && by->real[0] != 0) {
    double count = (to->real[0] - from->real[0]) / by->real[0];
    if (!(count < 1e9)) return in_refuse(o, "is too long");
    int64_t whole = count > 0 ? (int64_t)count : 0;
    n = size_const(o->ctx, whole + (whole < count));
  } else if (in_is_const(o, by, 0, &step) && step && from->whole && to->whole) {
    Sz span = size_sub(o->ctx, to->whole[0], from->whole[0]);
    int64_t away = step > 0 ? step - 1 : step + 1;
    n = size_div(o->ctx, size_add(o->ctx, span, size_const(o->ctx, away)),
                 size_const(o->ctx, step));
    if (!size_ge_filled(o->ctx, n, size_const(o->ctx, 0)))
      n = size_max(o->ctx, n, size_const(o->ctx, 0));
  } else {
    return in_refuse(o, "has a length that is not known before it runs");
  }
  InValue *y = in_output(o, 0, from->dtype, 1, &n);
  y->elem = from->elem;
  int64_t count = in_extent(o, n);
  if (from->whole && in_is_const(o, by, 0, &step) && count >= 0 && count <= 1024) {
    Sz *whole = arena_array(&o->ctx->arena, Sz, count + 1);
    for (int64_t i = 0; i < count; i++)
      whole[i] = size_add(o->ctx, from->whole[0], size_const(o->ctx, i * step));
    in_set_whole(y, whole, count);
    return true;
  }
  if (in_is_const(o, from, 0, &first) && !first && in_is_const(o, by, 0, &step) && step == 1)
    in_let(o, y, "i32(iota(%s))", size_str(o->ctx, n));
  else
    in_equation(o, y, NULL, "%s + %s(i) * %s with i in %s", in_number(o, from),
                dtype_name[from->dtype], in_number(o, by), size_str(o->ctx, n));
  return true;
}

/* ---- look-ups ---- */

/* A statement that makes indices <extent> of whole numbers, of which negative ones count from
 * behind; the mark of it. */
static const char *indices(OnnxIn *o, const InValue *at, Sz extent) {
  if (at->below.i && sz_eq(at->below, extent)) return ctx_printf(o->ctx, "\1%u\2", at->id);
  InValue *index = in_temp(o, "at", DT_i32, at->rank, at->dims);
  index->below = extent;
  const char *n = in_size(o, extent), *text = in_use(o, at);
  bool positive = at->whole != NULL;
  for (int64_t i = 0; positive && i < at->count; i++)
    positive = size_ge(o->ctx, at->whole[i], size_const(o->ctx, 0));
  const ModelNode *was = o->node;
  ModelNode none = {.name = "", .op = "", .domain = ""};
  o->node = &none;
  if (positive)
    in_let(o, index, "index(%s, %s)", text, n);
  else
    in_let(o, index, "index(where(%s < 0, %s + %s, %s), %s)", text, text, n, text, n);
  o->node = was;
  return ctx_printf(o->ctx, "\1%u\2", index->id);
}

static bool gather_known(OnnxIn *o, InValue *y, const InValue *v, const InValue *at, int axis) {
  int64_t count = in_count(o, y), inner = 1, extent = in_extent(o, v->dims[axis]), place;
  /* Of an axis of extent 1 there is only one row to look up. */
  if (!in_known(v) || (!at->whole && extent != 1) || count < 0 || count > IN_MOST_KNOWN ||
      extent < 0)
    return false;
  for (int k = axis + 1; k < v->rank; k++) inner *= in_extent(o, v->dims[k]);
  int64_t *places = arena_array(&o->ctx->arena, int64_t, count + 1);
  int64_t n = in_count(o, at) > 0 ? in_count(o, at) : 1;
  for (int64_t i = 0; i < count; i++) {
    if (extent == 1)
      place = 0;
    else if (!in_is_const(o, at, i / inner % n, &place))
      return false;
    if (place < 0) place += extent;
    if (place < 0 || place >= extent) return false;
    places[i] = (i / inner / n * extent + place) * inner + i % inner;
  }
  return in_take_known(o, y, v, places, count);
}

/* One row, at a place that is known: x[:, 3]. */
static bool gather_place(OnnxIn *o, InValue *y, const InValue *v, const InValue *at, int axis) {
  if (!at->whole || at->rank) return false;
  int64_t place;
  Sz where = at->whole[0];
  if (size_is_const(o->ctx, where, &place) && place < 0)
    where = size_add(o->ctx, v->dims[axis], where);
  const char *list[MAX_RANK];
  for (int k = 0; k < v->rank; k++) list[k] = k == axis ? size_str(o->ctx, where) : ":";
  in_let(o, y, "%s[%s]", in_use(o, v), in_list(o, list, v->rank));
  return true;
}

bool in_gather(OnnxIn *o) {
  int axis;
  Sz dims[2 * MAX_RANK];
  const char *list[MAX_RANK];
  if (!in_needs(o, 2) || !in_axis(o, in_attr_int(o, "axis", 0), o->in[0]->rank, &axis))
    return false;
  const InValue *v = o->in[0], *at = o->in[1];
  int rank = v->rank + at->rank - 1;
  if (rank > MAX_RANK) return in_refuse(o, "makes too many axes");
  for (int k = 0; k < rank; k++)
    dims[k] = k < axis              ? v->dims[k]
              : k < axis + at->rank ? at->dims[k - axis]
                                    : v->dims[k - at->rank + 1];
  InValue *y = in_output(o, 0, v->dtype, rank, dims);
  y->elem = v->elem;
  if (gather_known(o, y, v, at, axis) || gather_place(o, y, v, at, axis)) return true;
  const char *index = indices(o, at, v->dims[axis]);
  const char *of[MAX_RANK];
  for (int k = 0; k < at->rank; k++) of[k] = in_letter(axis + k);
  for (int k = 0; k < v->rank; k++)
    list[k] = k < axis ? in_letter(k) : in_letter(k + at->rank - 1 < 0 ? 0 : k + at->rank - 1);
  list[axis] = at->rank ? ctx_printf(o->ctx, "%s[%s]", index, in_list(o, of, at->rank)) : index;
  in_equation(o, y, NULL, "%s[%s]", in_use(o, v), in_list(o, list, v->rank));
  return true;
}

bool in_gather_elements(OnnxIn *o) {
  int axis;
  const char *list[MAX_RANK], *part[MAX_RANK];
  if (!in_needs(o, 2) || !in_axis(o, in_attr_int(o, "axis", 0), o->in[0]->rank, &axis))
    return false;
  const InValue *v = o->in[0], *at = o->in[1];
  bool cut = false;
  if (at->rank != v->rank) return in_refuse(o, "has indices of another rank");
  InValue *y = in_output(o, 0, v->dtype, at->rank, at->dims);
  y->elem = v->elem;
  const char *index = indices(o, at, v->dims[axis]), *from = in_use(o, v);
  for (int k = 0; k < v->rank; k++) {
    bool less = k != axis && !sz_eq(at->dims[k], v->dims[k]);
    part[k] = less ? ctx_printf(o->ctx, ":%s", size_str(o->ctx, at->dims[k])) : ":";
    list[k] = in_letter(k);
    cut |= less;
  }
  list[axis] = ctx_printf(o->ctx, "%s[%s]", index, in_letters(o, at->rank));
  if (cut) {
    InValue *inner = in_temp(o, "part", v->dtype, v->rank, v->dims);
    in_let(o, inner, "%s[%s]", from, in_list(o, part, v->rank));
    from = in_use(o, inner);
  }
  in_equation(o, y, NULL, "%s[%s]", from, in_list(o, list, v->rank));
  return true;
}

bool in_gather_nd(OnnxIn *o) {
  if (!in_needs(o, 2)) return false;
  const InValue *v = o->in[0], *at = o->in[1];
  int64_t batch = in_attr_int(o, "batch_dims", 0), k;
  if (at->rank < 1 || batch < 0 || batch >= at->rank ||
      !size_is_const(o->ctx, at->dims[at->rank - 1], &k) || k < 1 || batch + k > v->rank ||
      at->rank - 1 + v->rank - batch - k > MAX_RANK)
    return in_refuse(o, "has indices of a shape that does not fit");
  Sz dims[2 * MAX_RANK];
  int rank = 0, lead = at->rank - 1;
  for (int i = 0; i < lead; i++) dims[rank++] = at->dims[i];
  for (int i = (int)(batch + k); i < v->rank; i++) dims[rank++] = v->dims[i];
  InValue *y = in_output(o, 0, v->dtype, rank, dims);
  y->elem = v->elem;
  const char *list[MAX_RANK];
  for (int i = 0; i < batch; i++) list[i] = in_letter(i);
  for (int i = 0; i < k; i++) {
    InValue *one = in_temp(o, "place", DT_i32, lead, at->dims);
    const char *dots =
        lead ? ctx_printf(o->ctx, "%s, %d", in_letters(o, lead), i) : ctx_printf(o->ctx, "%d", i);
    in_equation(o, one, NULL, "%s[%s]", in_use(o, at), dots);
    const char *index = indices(o, one, v->dims[batch + i]);
    list[batch + i] = lead ? ctx_printf(o->ctx, "%s[%s]", index, in_letters(o, lead)) : index;
  }
  for (int i = (int)(batch + k); i < v->rank; i++) list[i] = in_letter(lead + i - (int)(batch + k));
  in_equation(o, y, NULL, "%s[%s]", in_use(o, v), in_list(o, list, v->rank));
  return true;
}

bool in_one_hot(OnnxIn *o) {
  if (!in_needs(o, 3)) return false;
  const InValue *at = o->in[0], *depth = o->in[1], *values = o->in[2];
  int axis, rank = at->rank + 1;
  double real = depth->real && depth->count ? depth->real[0] : 0;
  bool fine = depth->count && real >= 0 && real < 1e9;
  Sz n = depth->whole && fine ? depth->whole[0] : size_const(o->ctx, fine ? (int64_t)real : 0);
  Sz dims[MAX_RANK + 1];
  if (!in_known(depth) || !fine)
    return in_refuse(o, "has a depth that is not known before it runs");
  if (rank > MAX_RANK || !in_axis(o, in_attr_int(o, "axis", -1), rank, &axis)) return false;
  const char *of[MAX_RANK + 1];
  for (int k = 0, from = 0; k < rank; k++) {
    dims[k] = k == axis ? n : at->dims[from];
    if (k != axis) of[from++] = in_letter(k);
  }
  InValue *y = in_output(o, 0, values->dtype, rank, dims);
  InValue *where = in_temp(o, "at", DT_i32, at->rank, at->dims);
  const char *list = in_use(o, values), *ints = at->dtype == DT_i32
                                                    ? in_use(o, at)
                                                    : ctx_printf(o->ctx, "i32(%s)", in_use(o, at));
  in_let(o, where, "where(%s < 0, %s + %s, %s)", ints, ints, in_size(o, n), ints);
  in_equation(o, y, NULL, "where(%s[%s] == %s, %s[1], %s[0]) with %s in %s", in_use(o, where),
              in_list(o, of, at->rank), in_letter(axis), list, list, in_letter(axis),
              size_str(o->ctx, n));
  return true;
}

/* ---- orders ---- */

static bool arg(OnnxIn *o, const char *function) {
  int axis;
  if (!in_needs(o, 1) || !in_axis(o, in_attr_int(o, "axis", 0), o->in[0]->rank, &axis))
    return false;
  const InValue *v = o->in[0];
  bool keep = in_attr_int(o, "keepdims", 1), last = in_attr_int(o, "select_last_index", 0);
  const char *kept[MAX_RANK], *shown[MAX_RANK];
  Sz dims[MAX_RANK], less[MAX_RANK];
  int rank = 0;
  for (int k = 0; k < v->rank; k++) {
    dims[k] = k == axis ? size_const(o->ctx, 1) : v->dims[k];
    shown[k] = k == axis ? "new" : ":";
    if (k == axis) continue;
    kept[rank] = in_letter(k);
    less[rank++] = v->dims[k];
  }
  const char *from = in_use(o, v);
  if (last) {
    InValue *back = in_temp(o, "back", v->dtype, v->rank, v->dims);
    in_equation(o, back, NULL, "reverse[%s](%s[%s])", in_letter(axis), from,
                in_letters(o, v->rank));
    from = in_use(o, back);
  }
  InValue *at =
      keep ? in_temp(o, "place", DT_i32, rank, less) : in_output(o, 0, DT_i32, rank, less);
  const char *found = ctx_printf(o->ctx, "i32(%s[%s](%s[%s]))", function, in_letter(axis), from,
                                 in_letters(o, v->rank));
  if (last) found = ctx_printf(o->ctx, "%s - 1 - %s", in_size(o, v->dims[axis]), found);
  in_equation(o, at, in_list(o, kept, rank), "%s", found);
  if (!keep) return true;
  InValue *y = in_output(o, 0, DT_i32, v->rank, dims);
  if (rank)
    in_let(o, y, "%s[%s]", in_use(o, at), in_list(o, shown, v->rank));
  else
    in_let(o, y, "reshape(%s, [1])", in_use(o, at));
  return true;
}

bool in_argmax(OnnxIn *o) { return arg(o, "argmax"); }
bool in_argmin(OnnxIn *o) { return arg(o, "argmin"); }

bool in_top_k(OnnxIn *o) {
  int axis;
  if (!in_needs(o, 1) || !in_axis(o, in_attr_int(o, "axis", -1), o->in[0]->rank, &axis))
    return false;
  const InValue *v = o->in[0], *many = o->n_in > 1 ? o->in[1] : NULL;
  Sz k = many && many->whole && many->count ? many->whole[0]
                                            : size_const(o->ctx, in_attr_int(o, "k", -1)),
     dims[MAX_RANK];
  if ((many && !(many->whole && many->count)) || size_is(o->ctx, k, -1))
    return in_refuse(o, "has a k that is not known before it runs");
  bool largest = in_attr_int(o, "largest", 1);
  const char *of[MAX_RANK], *letters = in_letters(o, v->rank);
  for (int i = 0; i < v->rank; i++) {
    dims[i] = i == axis ? k : v->dims[i];
    of[i] = i == axis ? ctx_printf(o->ctx, ":%s", size_str(o->ctx, k)) : ":";
  }
  InValue *order = in_temp(o, "order", DT_i32, v->rank, v->dims);
  InValue *first = in_temp(o, "first", DT_i32, v->rank, dims);
  order->below = first->below = v->dims[axis];
  in_equation(o, order, NULL, "argsort[%s](%s%s[%s])", in_letter(axis), largest ? "-" : "",
              in_use(o, v), letters);
  in_let(o, first, "\1%u\2[%s]", order->id, in_list(o, of, v->rank));
  for (int i = 0; i < v->rank; i++) of[i] = in_letter(i);
  of[axis] = ctx_printf(o->ctx, "\1%u\2[%s]", first->id, letters);
  InValue *y = in_output(o, 0, v->dtype, v->rank, dims);
  in_equation(o, y, NULL, "%s[%s]", in_use(o, v), in_list(o, of, v->rank));
  if (in_has_output(o, 1))
    in_let(o, in_output(o, 1, DT_i32, v->rank, dims), "%s", in_use(o, first));
  return true;
}

static bool running(OnnxIn *o, const char *function, const char *none) {
  int64_t given, n;
  int axis;
  if (!in_needs(o, 2)) return false;
  if (!in_ints(o, o->in[1], &given, 1, &n) || n != 1)
    return in_refuse(o, "has an axis that is not known before it runs");
  const InValue *v = o->in[0];
  if (!in_axis(o, given, v->rank, &axis)) return false;
  const char *letter = in_letter(axis), *letters = in_letters(o, v->rank), *from = in_use(o, v);
  bool back = in_attr_int(o, "reverse", 0), before = in_attr_int(o, "exclusive", 0);
  if (back) {
    InValue *r = in_temp(o, "back", v->dtype, v->rank, v->dims);
    in_equation(o, r, NULL, "reverse[%s](%s[%s])", letter, from, letters);
    from = in_use(o, r);
  }
  if (before) {
    const char *list[MAX_RANK];
    for (int k = 0; k < v->rank; k++) list[k] = ":";
    list[axis] = ctx_printf(o->ctx, ":%s", size_str(o->ctx, v->dims[axis]));
    InValue *r = in_temp(o, "before", v->dtype, v->rank, v->dims);
    in_let(o, r, "%s[%s]", in_pad_text(o, from, axis, "1", "0", none), in_list(o, list, v->rank));
    from = in_use(o, r);
  }
  InValue *sum = back ? in_temp(o, "sum", v->dtype, v->rank, v->dims) : in_like(o, 0, v);
  in_equation(o, sum, NULL, "%s[%s](%s[%s])", function, letter, from, letters);
  if (back)
    in_equation(o, in_like(o, 0, v), NULL, "reverse[%s](%s[%s])", letter, in_use(o, sum), letters);
  return true;
}

bool in_cumsum(OnnxIn *o) { return running(o, "cumsum", ""); }
bool in_cumprod(OnnxIn *o) { return running(o, "cumprod", "1"); }

/* ---- positions ---- */

bool in_trilu(OnnxIn *o) {
  int64_t k = 0, n;
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  if (o->n_in > 1 && o->in[1] && !in_ints(o, o->in[1], &k, 1, &n))
    return in_refuse(o, "has a k that is not known before it runs");
  if (v->rank < 2) return in_refuse(o, "takes no matrix");
  if (k > 1 << 30) k = 1 << 30;
  if (k < -(1 << 30)) k = -(1 << 30);
  bool upper = in_attr_int(o, "upper", 1);
  InValue *y = in_like(o, 0, v);
  const char *row = in_letter(v->rank - 2), *column = in_letter(v->rank - 1), *of = in_use(o, v);
  const char *there =
      ctx_printf(o->ctx, "%s - %s %s %lld", column, row, upper ? ">=" : "<=", (long long)k);
  if (v->dtype == DT_bool)
    in_equation(o, y, NULL, "%s[%s] and %s", of, in_letters(o, v->rank), there);
  else
    in_equation(o, y, NULL, "where(%s, %s[%s], 0)", there, of, in_letters(o, v->rank));
  return true;
}

bool in_eye_like(OnnxIn *o) {
  DType dtype;
  if (!in_needs(o, 1)) return false;
  int64_t elem = in_attr_int(o, "dtype", o->in[0]->elem), k = in_attr_int(o, "k", 0);
  if (o->in[0]->rank != 2 || !in_dtype(elem, &dtype))
    return in_refuse(o, "makes no matrix of a type that is supported");
  InValue *y = in_output(o, 0, dtype, 2, o->in[0]->dims);
  y->elem = elem;
  const char *there = ctx_printf(o->ctx, "j - i == %lld", (long long)k);
  in_equation(o, y, NULL,
              dtype == DT_bool ? "%s%s%s with %s in %s, %s in %s"
                               : "%s(%s)%s with %s in %s, %s in %s",
              dtype == DT_bool ? "" : dtype_name[dtype], there, "", in_letter(0),
              size_str(o->ctx, y->dims[0]), in_letter(1), size_str(o->ctx, y->dims[1]));
  return true;
}

bool in_reverse_sequence(OnnxIn *o) {
  int time, batch;
  if (!in_needs(o, 2) || !in_axis(o, in_attr_int(o, "time_axis", 0), o->in[0]->rank, &time) ||
      !in_axis(o, in_attr_int(o, "batch_axis", 1), o->in[0]->rank, &batch))
    return false;
  const InValue *v = o->in[0];
  const char *list[MAX_RANK], *t = in_letter(time), *lengths = in_use(o, o->in[1]);
  InValue *y = in_like(o, 0, v);
  for (int k = 0; k < v->rank; k++) list[k] = in_letter(k);
  InValue *n = in_temp(o, "length", DT_i32, 1, &v->dims[batch]);
  in_let(o, n, "%s", lengths);
  const char *of = ctx_printf(o->ctx, "%s[%s]", in_use(o, n), in_letter(batch));
  list[time] = ctx_printf(o->ctx, "index(where(%s < %s, %s - 1 - %s, %s), %s)", t, of, of, t, t,
                          in_size(o, v->dims[time]));
  in_equation(o, y, NULL, "%s[%s]", in_use(o, v), in_list(o, list, v->rank));
  return true;
}

/* Blocks of an image as channels, and back. */
bool in_depth_to_space(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  int64_t b = in_attr_int(o, "blocksize", 1);
  if (v->rank != 4 || b < 1 || b > 1 << 15) return in_refuse(o, "takes no images");
  Ctx *ctx = o->ctx;
  Sz block = size_const(ctx, b), c = size_div(ctx, v->dims[1], size_const(ctx, b * b));
  Sz dims[4] = {v->dims[0], c, size_mul(ctx, v->dims[2], block), size_mul(ctx, v->dims[3], block)};
  bool crd = !strcmp(in_attr_text(o, "mode", "DCR"), "CRD");
  Sz wide[6] = {v->dims[0], crd ? c : block, block, crd ? block : c, v->dims[2], v->dims[3]};
  Sz turned[6] = {v->dims[0], c, v->dims[2], block, v->dims[3], block};
  InValue *t = in_temp(o, "blocks", v->dtype, 6, wide),
          *u = in_temp(o, "turned", v->dtype, 6, turned);
  in_let(o, t, "reshape(%s, [%s])", in_use(o, v), in_dims(o, wide, 6));
  in_equation(o, u, "i, l, m, j, n, k", crd ? "%s[i, l, j, k, m, n]" : "%s[i, j, k, l, m, n]",
              in_use(o, t));
  InValue *y = in_output(o, 0, v->dtype, 4, dims);
  y->elem = v->elem;
  in_let(o, y, "reshape(%s, [%s])", in_use(o, u), in_dims(o, dims, 4));
  return true;
}

bool in_space_to_depth(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  int64_t b = in_attr_int(o, "blocksize", 1);
  if (v->rank != 4 || b < 1 || b > 1 << 15) return in_refuse(o, "takes no images");
  Ctx *ctx = o->ctx;
  Sz block = size_const(ctx, b), h = size_div(ctx, v->dims[2], block),
     w = size_div(ctx, v->dims[3], block);
  Sz dims[4] = {v->dims[0], size_mul(ctx, v->dims[1], size_const(ctx, b * b)), h, w};
  Sz wide[6] = {v->dims[0], v->dims[1], h, block, w, block};
  Sz turned[6] = {v->dims[0], block, block, v->dims[1], h, w};
  bool crd = !strcmp(in_attr_text(o, "mode", "DCR"), "CRD");
  if (crd) memcpy(turned + 1, (Sz[3]){v->dims[1], block, block}, sizeof *turned * 3);
  InValue *t = in_temp(o, "blocks", v->dtype, 6, wide),
          *u = in_temp(o, "turned", v->dtype, 6, turned);
  in_let(o, t, "reshape(%s, [%s])", in_use(o, v), in_dims(o, wide, 6));
  in_equation(o, u, crd ? "i, j, l, n, k, m" : "i, l, n, j, k, m", "%s[i, j, k, l, m, n]",
              in_use(o, t));
  InValue *y = in_output(o, 0, v->dtype, 4, dims);
  y->elem = v->elem;
  in_let(o, y, "reshape(%s, [%s])", in_use(o, u), in_dims(o, dims, 4));
  return true;
}
