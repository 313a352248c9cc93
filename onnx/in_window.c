/* Windows that move over an image, a signal or a volume: convolutions and pools of a file that is
 * imported. */
#include <string.h>

#include "onnx/in_tools.h"

enum { MOST_SPACE = 6 };

typedef struct Window {
  int n; /* axes of space: those behind batch and channels */
  Sz extent[MOST_SPACE], out[MOST_SPACE];
  int64_t size[MOST_SPACE], stride[MOST_SPACE], apart[MOST_SPACE], more[MOST_SPACE];
  Sz before[MOST_SPACE], after[MOST_SPACE];
} Window;

static bool window_list(OnnxIn *o, const char *name, int n, int64_t *out, int64_t otherwise) {
  const ModelInts *ints = in_attr_ints(o, name);
  if (ints && ints->len && (int)ints->len != n)
    return in_refuse(o, "has '%s' of a wrong length", name);
  for (int k = 0; k < n; k++) {
    out[k] = ints && ints->len ? ints->data[k] : otherwise;
    if (out[k] < 1 || out[k] > 1 << 24) return in_refuse(o, "has '%s' that are out of range", name);
  }
  return true;
}

/* Borders as the file gives them, or so that the extent is that of the input over the stride. */
static bool window_borders(OnnxIn *o, Window *w) {
  const char *how = in_attr_text(o, "auto_pad", "NOTSET");
  const ModelInts *pads = in_attr_ints(o, "pads");
  Ctx *ctx = o->ctx;
  Sz zero = size_const(ctx, 0);
  for (int k = 0; k < w->n; k++) {
    w->before[k] = w->after[k] = zero;
    int64_t reach = (w->size[k] - 1) * w->apart[k] + 1;
    if (!strncmp(how, "SAME", 4)) {
      Sz many = size_div(ctx, size_add(ctx, w->extent[k], size_const(ctx, w->stride[k] - 1)),
                         size_const(ctx, w->stride[k]));
      Sz span =
          size_mul(ctx, size_sub(ctx, many, size_const(ctx, 1)), size_const(ctx, w->stride[k]));
      Sz total = size_max(ctx, zero,
                          size_sub(ctx, size_add(ctx, span, size_const(ctx, reach)), w->extent[k]));
      Sz half = size_div(ctx, total, size_const(ctx, 2)), rest = size_sub(ctx, total, half);
      bool upper = !strcmp(how, "SAME_UPPER");
      w->before[k] = upper ? half : rest;
      w->after[k] = upper ? rest : half;
    } else if (strcmp(how, "VALID") != 0 && pads && pads->len) {
      if ((int)pads->len != 2 * w->n) return in_refuse(o, "has 'pads' of a wrong length");
      if (pads->data[k] < 0 || pads->data[w->n + k] < 0)
        return in_refuse(o, "has negative borders");
      w->before[k] = size_const(ctx, pads->data[k]);
      w->after[k] = size_const(ctx, pads->data[w->n + k]);
    }
  }
  return true;
}

static void window_extents(OnnxIn *o, Window *w, bool ceil) {
  Ctx *ctx = o->ctx;
  for (int k = 0; k < w->n; k++) {
    Sz whole = size_add(ctx, w->extent[k], size_add(ctx, w->before[k], w->after[k]));
    Sz room = size_sub(ctx, whole, size_const(ctx, (w->size[k] - 1) * w->apart[k] + 1));
    Sz stride = size_const(ctx, w->stride[k]), one = size_const(ctx, 1);
    w->out[k] = size_add(ctx, size_div(ctx, room, stride), one);
    w->more[k] = 0;
    int64_t left, begin, last;
    if (!ceil || !size_is_const(ctx, room, &left) || left % w->stride[k] == 0) continue;
    /* A further window, if it begins inside of the input or of the border before it. */
    size_is_const(ctx, size_add(ctx, w->extent[k], w->before[k]), &begin);
    last = (left / w->stride[k] + 1) * w->stride[k];
    if (last >= begin) continue;
    w->more[k] = w->stride[k] - left % w->stride[k];
    w->out[k] = size_add(ctx, w->out[k], one);
  }
}

static bool window_of(OnnxIn *o, Window *w, const InValue *x, const int64_t *size, bool ceil) {
  *w = (Window){.n = x->rank - 2};
  if (w->n < 1 || w->n > MOST_SPACE) return in_refuse(o, "takes no image, signal or volume");
  for (int k = 0; k < w->n; k++) w->extent[k] = x->dims[k + 2];
  if (size)
    memcpy(w->size, size, sizeof *size * (size_t)w->n);
  else if (!in_attr(o, "kernel_shape") || !window_list(o, "kernel_shape", w->n, w->size, 1))
    return in_refuse(o, "has no 'kernel_shape'");
  if (!window_list(o, "strides", w->n, w->stride, 1) ||
      !window_list(o, "dilations", w->n, w->apart, 1) || !window_borders(o, w))
    return false;
  for (int k = 0; k < w->n && ceil; k++)
    if (in_extent(o, w->extent[k]) < 0) return in_refuse(o, "rounds the extent of an open axis up");
  window_extents(o, w, ceil);
  return true;
}

/* The input with its borders; at: the first axis of space. */
static const char *bordered(OnnxIn *o, const Window *w, const char *text, int at,
                            const char *value) {
  for (int k = 0; k < w->n; k++) {
    Sz after = size_add(o->ctx, w->after[k], size_const(o->ctx, w->more[k]));
    if (size_is(o->ctx, w->before[k], 0) && size_is(o->ctx, after, 0)) continue;
    text = in_pad_text(o, text, at + k, size_str(o->ctx, w->before[k]), size_str(o->ctx, after),
                       value);
  }
  return text;
}

static const char *const SPACE[MOST_SPACE] = {"p", "q", "r", "s", "u", "v"};
static const char *const INNER[MOST_SPACE] = {"j", "k", "l", "j2", "k2", "l2"};

/* "2*p + j, 2*q + k" */
static const char *window_places(OnnxIn *o, const Window *w) {
  const char *list[MOST_SPACE];
  for (int k = 0; k < w->n; k++) {
    const char *far = w->stride[k] == 1
                          ? SPACE[k]
                          : ctx_printf(o->ctx, "%lld*%s", (long long)w->stride[k], SPACE[k]);
    list[k] = w->size[k] == 1 ? far
              : w->apart[k] == 1
                  ? ctx_printf(o->ctx, "%s + %s", far, INNER[k])
                  : ctx_printf(o->ctx, "%s + %lld*%s", far, (long long)w->apart[k], INNER[k]);
  }
  return in_list(o, list, w->n);
}

/* Indices over the window; those of extent 1 are 0. */
static const char *inner_places(OnnxIn *o, const Window *w) {
  const char *list[MOST_SPACE];
  for (int k = 0; k < w->n; k++) list[k] = w->size[k] == 1 ? "0" : INNER[k];
  return in_list(o, list, w->n);
}

static const char *inner_letters(OnnxIn *o, const Window *w, const char *first) {
  Text out = text_new(&o->ctx->arena);
  text_puts(&out, first);
  for (int k = 0; k < w->n; k++)
    if (w->size[k] > 1) text_printf(&out, "%s%s", out.len ? ", " : "", INNER[k]);
  return text_str(&out);
}

static const char *space_letters(OnnxIn *o, const Window *w) { return in_list(o, SPACE, w->n); }

static InValue *named_temp(OnnxIn *o, const char *hint, const InValue *like, const char *text) {
  InValue *v = in_temp(o, hint, like->dtype, like->rank, like->dims);
  in_let(o, v, "%s", text);
  return v;
}

/* Extents in a "with" clause: for windows that stand further apart than the input is long. */
static const char *with_space(OnnxIn *o, const Window *w) {
  Text out = text_new(&o->ctx->arena);
  for (int k = 0; k < w->n; k++)
    text_printf(&out, "%s%s in %s", k ? ", " : " with ", SPACE[k], size_str(o->ctx, w->out[k]));
  return text_str(&out);
}

/* ---- convolutions ---- */

static bool grouped(OnnxIn *o, const Window *w, const InValue *x, const InValue *weight,
                    const char *p, int64_t groups, InValue *y, const char *bias) {
  Ctx *ctx = o->ctx;
  Sz g = size_const(ctx, groups), in_each = weight->dims[1],
     out_each = size_div(ctx, weight->dims[0], g);
  Sz wide[MAX_RANK], kernel[MAX_RANK], made[MAX_RANK];
  wide[0] = made[0] = x->dims[0];
  wide[1] = made[1] = kernel[0] = g;
  wide[2] = kernel[2] = in_each;
  kernel[1] = made[2] = out_each;
  for (int k = 0; k < w->n; k++) {
    wide[k + 3] = size_add(ctx, size_add(ctx, w->extent[k], w->before[k]), w->after[k]);
    kernel[k + 3] = size_const(ctx, w->size[k]);
    made[k + 3] = w->out[k];
  }
  int rank = w->n + 3;
  InValue *a = in_temp(o, "groups", x->dtype, rank, wide),
          *b = in_temp(o, "kernels", x->dtype, rank, kernel);
  InValue *z = in_temp(o, "made", x->dtype, rank, made);
  in_let(o, a, "reshape(%s, [%s])", p, in_dims(o, wide, rank));
  in_let(o, b, "reshape(%s, [%s])", in_use(o, weight), in_dims(o, kernel, rank));
  in_equation(o, z, ctx_printf(ctx, "n, m, o, %s", space_letters(o, w)),
              "sum[%s](%s[n, m, i, %s] * %s[m, o, i, %s])%s", inner_letters(o, w, "i"),
              in_use(o, a), window_places(o, w), in_use(o, b), inner_places(o, w),
              with_space(o, w));
  const char *text =
      ctx_printf(ctx, "reshape(%s, [%s])", in_use(o, z), in_dims(o, y->dims, y->rank));
  if (!bias) return in_let(o, y, "%s", text), true;
  InValue *flat = named_temp(o, "flat", y, text);
  in_equation(o, y, ctx_printf(ctx, "n, o, %s", space_letters(o, w)), "%s[n, o, %s] + %s[o]",
              in_use(o, flat), space_letters(o, w), bias);
  return true;
}

bool in_conv(OnnxIn *o) {
  Window w;
  int64_t size[MOST_SPACE];
  if (!in_needs(o, 2)) return false;
  const InValue *x = o->in[0], *weight = o->in[1], *b = o->n_in > 2 ? o->in[2] : NULL;
  int64_t groups = in_attr_int(o, "group", 1);
  if (weight->rank != x->rank || x->rank > MOST_SPACE + 2 || groups < 1)
    return in_refuse(o, "has weights of another rank");
  for (int k = 0; k + 2 < x->rank; k++)
    if ((size[k] = in_extent(o, weight->dims[k + 2])) < 1)
      return in_refuse(o, "has weights of open or empty axes");
  if (!window_of(o, &w, x, size, false)) return false;
  if (!in_same_size(o, x->dims[1], size_mul(o->ctx, weight->dims[1], size_const(o->ctx, groups))))
    return in_refuse(o, "has weights of other channels");
  Sz dims[MAX_RANK] = {x->dims[0], weight->dims[0]};
  for (int k = 0; k < w.n; k++) dims[k + 2] = w.out[k];
  const char *p = bordered(o, &w, in_use(o, x), 2, "");
  InValue *y = in_output(o, 0, x->dtype, x->rank, dims);
  const char *bias = b ? in_use(o, b) : NULL;
  if (groups > 1) return grouped(o, &w, x, weight, p, groups, y, bias);
  InValue wide = *x;
  for (int k = 0; k < w.n; k++)
    wide.dims[k + 2] = size_add(o->ctx, size_add(o->ctx, w.extent[k], w.before[k]), w.after[k]);
  const char *of = strcmp(p, in_use(o, x)) ? in_use(o, named_temp(o, "padded", &wide, p)) : p;
  in_equation(o, y, ctx_printf(o->ctx, "n, o, %s", space_letters(o, &w)),
              "sum[%s](%s[n, i, %s] * %s[o, i, %s])%s%s", inner_letters(o, &w, "i"), of,
              window_places(o, &w), in_use(o, weight), inner_places(o, &w),
              bias ? ctx_printf(o->ctx, " + %s[o]", bias) : "", with_space(o, &w));
  return true;
}

/* Each element of the input adds a window to the output: a convolution of the input with zeros
 * between its elements and the kernel turned round. */
bool in_conv_transpose(OnnxIn *o) {
  int64_t size[MOST_SPACE], stride[MOST_SPACE], apart[MOST_SPACE], before[MOST_SPACE],
      out[MOST_SPACE];
  if (!in_needs(o, 2)) return false;
  const InValue *x = o->in[0], *weight = o->in[1], *b = o->n_in > 2 ? o->in[2] : NULL;
  const ModelInts *pads = in_attr_ints(o, "pads"), *more = in_attr_ints(o, "output_padding"),
                  *shape = in_attr_ints(o, "output_shape");
  const char *how = in_attr_text(o, "auto_pad", "NOTSET");
  int n = x->rank - 2;
  if (n < 1 || n > MOST_SPACE || weight->rank != x->rank)
    return in_refuse(o, "takes no image, signal or volume");
  if (in_attr_int(o, "group", 1) != 1) return in_refuse(o, "has groups");
  if (!window_list(o, "strides", n, stride, 1) || !window_list(o, "dilations", n, apart, 1))
    return false;
  Sz dims[MAX_RANK] = {x->dims[0], weight->dims[1]};
  Text places = text_new(&o->ctx->arena), inner = text_new(&o->ctx->arena),
       guard = text_new(&o->ctx->arena), with = text_new(&o->ctx->arena),
       kernel = text_new(&o->ctx->arena);
  for (int k = 0; k < n; k++) {
    int64_t extent = in_extent(o, x->dims[k + 2]),
            extra = more && (int)more->len > k ? more->data[k] : 0;
    size[k] = in_extent(o, weight->dims[k + 2]);
    if (extent < 1 || size[k] < 1) return in_refuse(o, "has open or empty axes of space");
    int64_t reach = stride[k] * (extent - 1) + extra + (size[k] - 1) * apart[k] + 1, after = 0;
    before[k] = pads && (int)pads->len == 2 * n ? pads->data[k] : 0;
    after = pads && (int)pads->len == 2 * n ? pads->data[n + k] : 0;
    bool same = !strncmp(how, "SAME", 4);
    if ((shape && (int)shape->len >= n) || same) {
      int64_t wanted = same && !shape ? extent * stride[k] : shape->data[(int)shape->len - n + k],
              total = reach - wanted;
      before[k] = !strcmp(how, "SAME_UPPER") ? total / 2 : total - total / 2;
      after = total - before[k];
    }
    out[k] = reach - before[k] - after;
    if (before[k] < 0 || after < 0 || out[k] < 1)
      return in_refuse(o, "has borders that are not supported");
    dims[k + 2] = size_const(o->ctx, out[k]);
    /* x element q meets output p where p + before = stride*q + apart*a */
    const char *from = ctx_printf(o->ctx, "(%s + %lld - %lld*%s)", SPACE[k], (long long)before[k],
                                  (long long)apart[k], INNER[k]);
    text_printf(&places, ", index(%s / %lld, %lld)", from, (long long)stride[k], (long long)extent);
    text_printf(&guard, "%s%s %% %lld == 0 and %s >= 0 and %s < %lld", k ? " and " : "", from,
                (long long)stride[k], from, from, (long long)(stride[k] * extent));
    text_printf(&inner, ", %s", INNER[k]);
    text_printf(&kernel, ", %s in %lld", INNER[k], (long long)size[k]);
    text_printf(&with, "%s%s in %lld", k ? ", " : "", SPACE[k], (long long)out[k]);
  }
  InValue *y = in_output(o, 0, x->dtype, x->rank, dims);
  in_equation(o, y, ctx_printf(o->ctx, "n, o, %s", in_list(o, SPACE, n)),
              "sum[i%s](where(%s, %s[n, i%s] * %s[i, o%s], 0))%s with %s%s", text_str(&inner),
              text_str(&guard), in_use(o, x), text_str(&places), in_use(o, weight),
              text_str(&inner), b ? ctx_printf(o->ctx, " + %s[o]", in_use(o, b)) : "",
              text_str(&with), text_str(&kernel));
  return true;
}

/* ---- pools ---- */

static const char *with_inner(OnnxIn *o, const Window *w, const char *with) {
  Text out = text_new(&o->ctx->arena);
  text_puts(&out, with);
  for (int k = 0; k < w->n; k++)
    if (w->size[k] > 1) text_printf(&out, ", %s in %lld", INNER[k], (long long)w->size[k]);
  return text_str(&out);
}

/* How many elements each window has of those that count, along one axis. */
static const char *counts(OnnxIn *o, const Window *w, int k, bool with_borders, DType dtype) {
  int64_t rank_before = in_extent(o, w->before[k]), rank_after = in_extent(o, w->after[k]);
  Sz n = with_borders ? size_add(o->ctx, size_add(o->ctx, w->extent[k], w->before[k]), w->after[k])
                      : w->extent[k];
  const char *text =
      ctx_printf(o->ctx, "full(%s, %s)", in_typed(o, dtype, "1"), size_str(o->ctx, n));
  Sz before = with_borders ? size_const(o->ctx, 0) : w->before[k];
  Sz after = size_add(o->ctx, with_borders ? size_const(o->ctx, 0) : w->after[k],
                      size_const(o->ctx, w->more[k]));
  (void)rank_before;
  (void)rank_after;
  if (!size_is(o->ctx, before, 0) || !size_is(o->ctx, after, 0))
    text = in_pad_text(o, text, 0, size_str(o->ctx, before), size_str(o->ctx, after), "");
  InValue *there = in_temp(o, "there", dtype, 1, &n),
          *count = in_temp(o, "count", dtype, 1, &w->out[k]);
  in_let(o, there, "%s", text);
  Window one = {.n = 1, .size = {w->size[k]}, .stride = {w->stride[k]}, .apart = {w->apart[k]}};
  if (w->size[k] == 1)
    in_equation(o, count, "p", "%s[%s] with p in %s", in_use(o, there), window_places(o, &one),
                size_str(o->ctx, w->out[k]));
  else
    in_equation(o, count, "p", "sum[j](%s[%s]) with p in %s, j in %lld", in_use(o, there),
                window_places(o, &one), size_str(o->ctx, w->out[k]), (long long)w->size[k]);
  return ctx_printf(o->ctx, "%s[%s]", in_use(o, count), SPACE[k]);
}

static bool no_borders(OnnxIn *o, const Window *w) {
  for (int k = 0; k < w->n; k++)
    if (!size_is(o->ctx, w->before[k], 0) || !size_is(o->ctx, w->after[k], 0) || w->more[k])
      return false;
  return true;
}

typedef enum PoolKind { POOL_max, POOL_mean, POOL_lp } PoolKind;

static bool pool(OnnxIn *o, PoolKind kind) {
  Window w;
  if (!in_needs(o, 1)) return false;
  const InValue *x = o->in[0];
  if (in_has_output(o, 1)) return in_refuse(o, "gives indices, too");
  if (!window_of(o, &w, x, NULL, in_attr_int(o, "ceil_mode", 0))) return false;
  Sz dims[MAX_RANK] = {x->dims[0], x->dims[1]};
  for (int k = 0; k < w.n; k++) dims[k + 2] = w.out[k];
  InValue *y = in_output(o, 0, x->dtype, x->rank, dims);
  y->elem = x->elem;
  const char *least = kind != POOL_max ? "" : dtype_is_float(x->dtype) ? "-inf" : "-2147483648";
  const char *p = bordered(o, &w, in_use(o, x), 2, least);
  InValue *padded = no_borders(o, &w) ? NULL : named_temp(o, "padded", x, p);
  const char *of = ctx_printf(o->ctx, "%s[n, o, %s]", padded ? in_use(o, padded) : in_use(o, x),
                              window_places(o, &w));
  const char *bound = inner_letters(o, &w, ""), *with = with_inner(o, &w, with_space(o, &w));
  const char *left = ctx_printf(o->ctx, "n, o, %s", space_letters(o, &w));
  int64_t power = in_attr_int(o, "p", 2);
  if (kind == POOL_lp)
    of = power == 1 ? ctx_printf(o->ctx, "abs(%s)", of)
                    : ctx_printf(o->ctx, "abs(%s) ** %lld", of, (long long)power);
  const char *sum =
      *bound ? ctx_printf(o->ctx, "%s[%s](%s)", kind == POOL_max ? "max" : "sum", bound, of) : of;
  if (kind == POOL_lp && power != 1)
    sum = ctx_printf(o->ctx, "(%s) ** (1 / %lld)", sum, (long long)power);
  if (kind != POOL_mean) return in_equation(o, y, left, "%s%s", sum, with), true;
  bool borders = in_attr_int(o, "count_include_pad", 0);
  int64_t all = 1;
  bool more = false;
  for (int k = 0; k < w.n; k++) {
    all *= w.size[k];
    more |= w.more[k] > 0;
  }
  if ((borders && !more) || no_borders(o, &w))
    return in_equation(o, y, left, "%s / %lld%s", sum, (long long)all, with), true;
  const char *count = "";
  for (int k = 0; k < w.n; k++)
    count =
        ctx_printf(o->ctx, "%s%s%s", count, k ? " * " : "", counts(o, &w, k, borders, x->dtype));
  in_equation(o, y, left, "%s / (%s)%s", sum, count, with);
  return true;
}

bool in_max_pool(OnnxIn *o) { return pool(o, POOL_max); }
bool in_average_pool(OnnxIn *o) { return pool(o, POOL_mean); }
bool in_lp_pool(OnnxIn *o) { return pool(o, POOL_lp); }

static bool global_pool(OnnxIn *o, const char *function) {
  if (!in_needs(o, 1)) return false;
  const InValue *x = o->in[0];
  Sz dims[MAX_RANK];
  const char *bound[MAX_RANK], *shown[MAX_RANK];
  if (x->rank < 3) return in_refuse(o, "takes no image, signal or volume");
  for (int k = 0; k < x->rank; k++) {
    dims[k] = k < 2 ? x->dims[k] : size_const(o->ctx, 1);
    shown[k] = k < 2 ? ":" : "new";
    if (k >= 2) bound[k - 2] = in_letter(k);
  }
  InValue *z = in_temp(o, function, x->dtype, 2, x->dims);
  in_equation(o, z, NULL, "%s[%s](%s[%s])", function, in_list(o, bound, x->rank - 2), in_use(o, x),
              in_letters(o, x->rank));
  in_let(o, in_output(o, 0, x->dtype, x->rank, dims), "%s[%s]", in_use(o, z),
         in_list(o, shown, x->rank));
  return true;
}

bool in_global_mean(OnnxIn *o) { return global_pool(o, "mean"); }
bool in_global_max(OnnxIn *o) { return global_pool(o, "max"); }

/* Local response normalization: squares of neighbouring channels. */
bool in_lrn(OnnxIn *o) {
  if (!in_needs(o, 1)) return false;
  const InValue *x = o->in[0];
  int64_t n = in_attr_int(o, "size", 1);
  if (x->rank < 3 || n < 1 || n > 1 << 20) return in_refuse(o, "takes no image, signal or volume");
  const char *list[MAX_RANK];
  for (int k = 0; k < x->rank; k++) list[k] = in_letter(k);
  list[1] = ctx_printf(o->ctx, "%s + u", in_letter(1));
  InValue *p = in_temp(o, "squares", x->dtype, x->rank, x->dims),
          *s = in_temp(o, "sum", x->dtype, x->rank, x->dims);
  in_let(o, p, "pad[axis = 1](%s ** 2, %lld, %lld)", in_use(o, x), (long long)((n - 1) / 2),
         (long long)(n / 2));
  in_equation(o, s, NULL, "sum[u](%s[%s]) with u in %lld, j in %s", in_use(o, p),
              in_list(o, list, x->rank), (long long)n, size_str(o->ctx, x->dims[1]));
  double alpha = in_attr_float(o, "alpha", 1e-4);
  in_let(o, in_like(o, 0, x), "%s / (%s + %s * %s) ** %s", in_use(o, x),
         in_real(o, in_attr_float(o, "bias", 1), x->dtype), in_real(o, alpha / (double)n, x->dtype),
         in_use(o, s), in_real(o, in_attr_float(o, "beta", 0.75), x->dtype));
  return true;
}
