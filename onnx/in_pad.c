/* Borders around tensors, in a file that is imported. */
#include <string.h>

#include "onnx/in_tools.h"

/* A place of the padded axis in the one inside, by the mode. */
static const char *border_place(OnnxIn *o, const char *mode, const char *letter, Sz before, Sz n) {
  Ctx *ctx = o->ctx;
  const char *b = in_size(o, before), *extent = in_size(o, n);
  if (!strcmp(mode, "edge")) return ctx_printf(ctx, "index(%s - %s, %s)", letter, b, extent);
  if (!strcmp(mode, "wrap"))
    return ctx_printf(ctx, "index((%s - %s) %% %s, %s)", letter, b, extent, extent);
  const char *last =
      in_size(o, size_mul(ctx, size_const(ctx, 2), size_sub(ctx, n, size_const(o->ctx, 1))));
  const char *far = ctx_printf(ctx, "max(%s - %s, %s - %s)", letter, b, b, letter);
  return ctx_printf(ctx, "index(min(%s, %s - %s), %s)", far, last, far, extent);
}

static bool pad_by_places(OnnxIn *o, InValue *y, const InValue *v, const char *mode,
                          const Sz *before) {
  const char *list[MAX_RANK], *with = "";
  if (strcmp(mode, "edge") && strcmp(mode, "reflect") && strcmp(mode, "wrap"))
    return in_refuse(o, "has the mode '%s'", mode);
  for (int k = 0; k < v->rank; k++) {
    bool wide = !sz_eq(y->dims[k], v->dims[k]) || !size_is(o->ctx, before[k], 0);
    list[k] = wide ? border_place(o, mode, in_letter(k), before[k], v->dims[k]) : in_letter(k);
    if (wide)
      with = ctx_printf(o->ctx, "%s%s %s in %s", with, *with ? "," : " with", in_letter(k),
                        size_str(o->ctx, y->dims[k]));
  }
  in_equation(o, y, NULL, "%s[%s]%s", in_use(o, v), in_list(o, list, v->rank), with);
  return true;
}

/* Zeros, or another number, around an axis; negative numbers cut. */
const char *in_pad_text(OnnxIn *o, const char *text, int axis, const char *before,
                        const char *after, const char *value) {
  return ctx_printf(o->ctx, "pad[axis = %d](%s, %s, %s%s%s)", axis, text, before, after,
                    *value ? ", " : "", value);
}

static bool pad_constant(OnnxIn *o, InValue *y, const InValue *v, const Sz *before, const Sz *after,
                         const char *value) {
  const char *text = in_use(o, v);
  Sz zero = size_const(o->ctx, 0);
  InPart parts[MAX_RANK];
  bool cut = false;
  for (int k = 0; k < v->rank; k++) {
    int64_t b = in_extent(o, before[k]), a = in_extent(o, after[k]);
    bool less = size_is_const(o->ctx, before[k], &b) && b < 0,
         end = size_is_const(o->ctx, after[k], &a) && a < 0;
    Sz from = less ? size_sub(o->ctx, zero, before[k]) : zero;
    Sz count = size_sub(o->ctx, size_add(o->ctx, v->dims[k], end ? after[k] : zero), from);
    parts[k] = (InPart){.start = from, .count = count, .step = 1, .whole = !less && !end};
    cut |= less || end;
  }
  if (cut) {
    InValue *inner = in_temp(o, "inner", v->dtype, v->rank, v->dims);
    for (int k = 0; k < v->rank; k++) inner->dims[k] = parts[k].count;
    if (!in_put_slice(o, inner, v, parts)) return false;
    text = in_use(o, inner);
  }
  for (int k = 0; k < v->rank; k++) {
    Sz b = parts[k].whole || size_ge(o->ctx, before[k], zero) ? before[k] : zero;
    Sz a = parts[k].whole || size_ge(o->ctx, after[k], zero) ? after[k] : zero;
    if (size_is(o->ctx, a, 0) && size_is(o->ctx, b, 0)) continue;
    text = in_pad_text(o, text, k, size_str(o->ctx, b), size_str(o->ctx, a), value);
  }
  in_let(o, y, "%s", text);
  return true;
}

bool in_pad(OnnxIn *o) {
  Sz pads[2 * MAX_RANK], before[MAX_RANK], after[MAX_RANK], dims[MAX_RANK];
  bool given = false;
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0], *list = o->n_in > 1 ? o->in[1] : NULL;
  const InValue *fill = o->n_in > 2 ? o->in[2] : NULL;
  const ModelInts *ints = in_attr_ints(o, o->opset < 2 ? "paddings" : "pads");
  if (list ? !list->whole : !ints)
    return in_refuse(o, "has borders that are not known before it runs");
  int64_t n = list ? list->count : (int64_t)ints->len, half = n / 2;
  if (n % 2 || n > 2 * MAX_RANK) return in_refuse(o, "has a wrong number of borders");
  for (int64_t i = 0; i < n; i++)
    pads[i] = list ? list->whole[i] : size_const(o->ctx, ints->data[i]);
  for (int k = 0; k < v->rank; k++) before[k] = after[k] = size_const(o->ctx, 0);
  int64_t axes[MAX_RANK], n_axes = 0;
  given = o->n_in > 3 && o->in[3];
  if (given && !in_ints(o, o->in[3], axes, MAX_RANK, &n_axes))
    return in_refuse(o, "has axes that are not known");
  if (half != (given ? n_axes : v->rank)) return in_refuse(o, "has a wrong number of borders");
  for (int64_t i = 0; i < half; i++) {
    int k = (int)i;
    if (given && !in_axis(o, axes[i], v->rank, &k)) return false;
    before[k] = pads[i];
    after[k] = pads[half + i];
  }
  for (int k = 0; k < v->rank; k++)
    dims[k] = size_add(o->ctx, v->dims[k], size_add(o->ctx, before[k], after[k]));
  const char *mode = in_attr_text(o, "mode", "constant");
  InValue *y = in_output(o, 0, v->dtype, v->rank, dims);
  y->elem = v->elem;
  if (strcmp(mode, "constant") != 0) return pad_by_places(o, y, v, mode, before);
  if (fill && !(in_known(fill) && fill->count == 1))
    return in_refuse(o, "fills with a number that is not known before it runs");
  const char *value = fill            ? in_first(o, fill)
                      : o->opset < 11 ? in_real(o, in_attr_float(o, "value", 0), v->dtype)
                                      : "";
  return pad_constant(o, y, v, before, after, value);
}
