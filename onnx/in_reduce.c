/* Sums over axes, products of matrices and norms, in a file that is imported. */
#include <ctype.h>
#include <string.h>

#include "onnx/in_tools.h"

/* ---- reductions ---- */

typedef struct InReduction {
  const char *function, *of, *after; /* sum, "abs($0)", "sqrt($0)" */
  Sz (*fold)(Ctx *ctx, Sz a, Sz b);
  int64_t begin;
  bool real; /* floats only */
  const char *of_bool;
} InReduction;

static bool fold_all(OnnxIn *o, const InReduction *r, const InValue *v, InValue *y) {
  if (!r->fold || !v->whole || !size_is(o->ctx, in_elements(o, y), 1)) return false;
  Sz *sum = arena_new(&o->ctx->arena, Sz);
  *sum = v->count && r->begin < 0 ? v->whole[0] : size_const(o->ctx, r->begin);
  if (!v->count && r->begin < 0) return false;
  for (int64_t i = 0; i < v->count; i++) *sum = r->fold(o->ctx, *sum, v->whole[i]);
  if (!sum->i) return false;
  in_set_whole(y, sum, 1);
  return true;
}

/* y = the reduction over these axes, which keep an extent of 1 or are gone. */
static bool reduce(OnnxIn *o, const InReduction *r, const InValue *v, const bool *chosen,
                   bool keep) {
  const char *bound[MAX_RANK], *kept[MAX_RANK], *shown[MAX_RANK];
  Sz dims[MAX_RANK], less[MAX_RANK];
  int n_bound = 0, rank = 0, wide = 0;
  for (int k = 0; k < v->rank; k++) {
    shown[k] = chosen[k] ? "new" : ":";
    if (chosen[k]) bound[n_bound++] = in_letter(k);
    if (!chosen[k]) {
      kept[rank] = in_letter(k);
      less[rank++] = v->dims[k];
    }
    if (!chosen[k] || keep) dims[wide++] = chosen[k] ? size_const(o->ctx, 1) : v->dims[k];
  }
  InValue probe = {.rank = wide};
  memcpy(probe.dims, dims, sizeof *dims * (size_t)wide);
  if (r->fold && v->whole && size_is(o->ctx, in_elements(o, &probe), 1)) {
    InValue *y = in_output(o, 0, v->dtype, wide, dims);
    y->elem = v->elem;
    if (fold_all(o, r, v, y)) return true;
  }
  bool again = keep && n_bound > 0;
  InValue *sum =
      again ? in_temp(o, r->function, v->dtype, rank, less) : in_output(o, 0, v->dtype, rank, less);
  sum->elem = v->elem;
  const char *function = v->dtype == DT_bool ? r->of_bool : r->function;
  const char *from =
      v->rank ? ctx_printf(o->ctx, "%s[%s]", in_use(o, v), in_letters(o, v->rank)) : in_use(o, v);
  const char *inner = in_fill(o, r->of, &from, v->dtype);
  if (n_bound)
    inner = ctx_printf(o->ctx, "%s[%s](%s)", function, in_list(o, bound, n_bound), inner);
  if (!n_bound && !strcmp(r->function, "logsumexp")) inner = from;
  inner = in_fill(o, r->after, &inner, v->dtype);
  in_equation(o, sum, in_list(o, kept, rank), "%s", inner);
  if (!again) return true;
  InValue *y = in_output(o, 0, v->dtype, wide, dims);
  y->elem = v->elem;
  if (rank)
    in_let(o, y, "%s[%s]", in_use(o, sum), in_list(o, shown, v->rank));
  else
    in_let(o, y, "reshape(%s, [%s])", in_use(o, sum), in_dims(o, dims, wide));
  return true;
}

static bool reduction(OnnxIn *o, const InReduction *r) {
  bool chosen[MAX_RANK], given;
  if (!in_needs(o, 1) || !in_axes(o, 1, o->in[0]->rank, chosen, &given)) return false;
  const InValue *v = o->in[0];
  if (v->dtype == DT_bool && !r->of_bool) return in_refuse(o, "is not supported for bool");
  if (r->real && !dtype_is_float(v->dtype))
    return in_refuse(o, "is not supported for %s", dtype_name[v->dtype]);
  if (!given && in_attr_int(o, "noop_with_empty_axes", 0)) {
    bool none[MAX_RANK] = {false};
    return reduce(o, r, v, none, true);
  }
  for (int k = 0; !given && k < v->rank; k++) chosen[k] = true;
  return reduce(o, r, v, chosen, in_attr_int(o, "keepdims", 1));
}

bool in_reduce_sum(OnnxIn *o) {
  static const InReduction r = {"sum", "$0", "$0", size_add, 0, false, NULL};
  return reduction(o, &r);
}
bool in_reduce_mean(OnnxIn *o) {
  static const InReduction r = {.function = "mean", .of = "$0", .after = "$0", .real = true};
  return reduction(o, &r);
}
bool in_reduce_prod(OnnxIn *o) {
  static const InReduction r = {"prod", "$0", "$0", size_mul, 1, false, NULL};
  return reduction(o, &r);
}
bool in_reduce_max(OnnxIn *o) {
  static const InReduction r = {"max", "$0", "$0", size_max, -1, false, "any"};
  return reduction(o, &r);
}
bool in_reduce_min(OnnxIn *o) {
  static const InReduction r = {"min", "$0", "$0", size_min, -1, false, "all"};
  return reduction(o, &r);
}
bool in_reduce_l1(OnnxIn *o) {
  static const InReduction r = {.function = "sum", .of = "abs($0)", .after = "$0"};
  return reduction(o, &r);
}
bool in_reduce_l2(OnnxIn *o) {
  static const InReduction r = {
      .function = "sum", .of = "$0 * $0", .after = "sqrt($0)", .real = true};
  return reduction(o, &r);
}
bool in_reduce_square(OnnxIn *o) {
  static const InReduction r = {.function = "sum", .of = "$0 * $0", .after = "$0"};
  return reduction(o, &r);
}
bool in_reduce_log(OnnxIn *o) {
  static const InReduction r = {.function = "sum", .of = "$0", .after = "log($0)", .real = true};
  return reduction(o, &r);
}
bool in_reduce_log_exp(OnnxIn *o) {
  static const InReduction r = {.function = "logsumexp", .of = "$0", .after = "$0", .real = true};
  return reduction(o, &r);
}

/* ---- along an axis ---- */

/* Before opset 13 all axes from this one on count as one. */
static const char *softmax_axes(OnnxIn *o, const InValue *v) {
  int axis;
  const char *bound[MAX_RANK];
  int n = 0;
  if (!v->rank) return in_refuse(o, "takes a single number"), NULL;
  int64_t given = in_attr_int(o, "axis", o->opset < 13 ? 1 : -1);
  if (o->opset < 13 && given == v->rank) return in_refuse(o, "has an empty axis"), NULL;
  if (!in_axis(o, given, v->rank, &axis)) return NULL;
  for (int k = axis; k < v->rank; k++)
    if (k == axis || o->opset < 13) bound[n++] = in_letter(k);
  return in_list(o, bound, n);
}

static bool soft(OnnxIn *o, const char *function) {
  if (!in_needs(o, 1)) return false;
  const InValue *v = o->in[0];
  const char *axes = softmax_axes(o, v);
  if (!axes) return false;
  in_equation(o, in_like(o, 0, v), NULL, "%s[%s](%s[%s])", function, axes, in_use(o, v),
              in_letters(o, v->rank));
  return true;
}
bool in_softmax(OnnxIn *o) { return soft(o, "softmax"); }
bool in_log_softmax(OnnxIn *o) { return soft(o, "log_softmax"); }

bool in_hardmax(OnnxIn *o) {
  int axis;
  if (!in_needs(o, 1) ||
      !in_axis(o, in_attr_int(o, "axis", o->opset < 13 ? 1 : -1), o->in[0]->rank, &axis))
    return false;
  const InValue *v = o->in[0];
  if (o->opset < 13 && axis != v->rank - 1)
    return in_refuse(o, "had another meaning before version 13 of the operators");
  const char *kept[MAX_RANK];
  Sz dims[MAX_RANK];
  int rank = 0;
  for (int k = 0; k < v->rank; k++)
    if (k != axis) {
      kept[rank] = in_letter(k);
      dims[rank++] = v->dims[k];
    }
  const char *list = in_list(o, kept, rank);
  InValue *at = in_temp(o, "place", DT_i32, rank, dims);
  in_equation(o, at, list, "i32(argmax[%s](%s[%s]))", in_letter(axis), in_use(o, v),
              in_letters(o, v->rank));
  in_equation(o, in_like(o, 0, v), NULL,
              rank ? "%s(%s[%s] == %s) with %s in %s" : "%s(%s%s == %s) with %s in %s",
              dtype_name[v->dtype], in_use(o, at), list, in_letter(axis), in_letter(axis),
              size_str(o->ctx, v->dims[axis]));
  return true;
}

/* ---- products of matrices ---- */

static bool batched(OnnxIn *o, const InValue *a, const InValue *b, const Sz *dims, int rank,
                    InValue *y) {
  const char *left[MAX_RANK], *right[MAX_RANK], *k = in_letter(rank);
  bool row = a->rank == 1, column = b->rank == 1;
  int last = rank - 1, lead = rank - (row ? 0 : 1) - (column ? 0 : 1);
  for (int i = 0; i < a->rank - 2; i++) {
    int to = lead - (a->rank - 2) + i;
    left[i] = size_is(o->ctx, a->dims[i], 1) && !size_is(o->ctx, dims[to], 1) ? "0" : in_letter(to);
  }
  for (int i = 0; i < b->rank - 2; i++) {
    int to = lead - (b->rank - 2) + i;
    right[i] =
        size_is(o->ctx, b->dims[i], 1) && !size_is(o->ctx, dims[to], 1) ? "0" : in_letter(to);
  }
  if (!row) left[a->rank - 2] = in_letter(lead);
  left[a->rank - 1] = k;
  if (!column) {
    right[b->rank - 2] = k;
    right[b->rank - 1] = in_letter(last);
  } else {
    right[0] = k;
  }
  in_equation(o, y, NULL, "sum[%s](%s[%s] * %s[%s])", k, in_use(o, a), in_list(o, left, a->rank),
              in_use(o, b), in_list(o, right, b->rank));
  return true;
}

static bool matmul(OnnxIn *o, const InValue *a, const InValue *b) {
  if (!a->rank || !b->rank) return in_refuse(o, "takes a single number");
  Sz inner = a->dims[a->rank - 1], other = b->dims[b->rank == 1 ? 0 : b->rank - 2];
  if (!in_same_size(o, inner, other))
    return in_refuse(o, "takes shapes that are not known to agree");
  InValue lead_a = *a, lead_b = *b, shape = {0};
  lead_a.rank = a->rank > 2 ? a->rank - 2 : 0;
  lead_b.rank = b->rank > 2 ? b->rank - 2 : 0;
  InValue *both[] = {&lead_a, &lead_b};
  if (!in_broadcast(o, both, 2, &shape)) return false;
  bool same = lead_a.rank == lead_b.rank;
  for (int k = 0; same && k < lead_a.rank; k++) same = sz_eq(a->dims[k], b->dims[k]);
  if (a->rank > 1) shape.dims[shape.rank++] = a->dims[a->rank - 2];
  if (b->rank > 1) shape.dims[shape.rank++] = b->dims[b->rank - 1];
  if (shape.rank >= MAX_RANK) return in_refuse(o, "makes too many axes");
  InValue *y = in_output(o, 0, a->dtype, shape.rank, shape.dims);
  if (b->rank <= 2 || (same && a->rank > 1)) {
    in_let(o, y, "%s @ %s", in_use(o, a), in_use(o, b));
    return true;
  }
  return batched(o, a, b, shape.dims, shape.rank, y);
}

bool in_matmul(OnnxIn *o) { return in_needs(o, 2) && matmul(o, o->in[0], o->in[1]); }

static const char *scaled(OnnxIn *o, const char *text, double by, DType dtype) {
  if (by == 1) return text;
  return ctx_printf(o->ctx, "%s * %s", in_real(o, by, dtype), text);
}

bool in_gemm(OnnxIn *o) {
  if (!in_needs(o, 2)) return false;
  const InValue *a = o->in[0], *b = o->in[1], *c = o->n_in > 2 ? o->in[2] : NULL;
  bool turn_a = in_attr_int(o, "transA", 0), turn_b = in_attr_int(o, "transB", 0);
  if (a->rank != 2 || b->rank != 2) return in_refuse(o, "takes no matrices");
  Sz dims[2] = {a->dims[turn_a], b->dims[!turn_b]};
  if (!in_same_size(o, a->dims[!turn_a], b->dims[turn_b]))
    return in_refuse(o, "takes shapes that are not known to agree");
  InValue *y = in_output(o, 0, a->dtype, 2, dims);
  const char *product = ctx_printf(o->ctx, turn_a ? "transpose(%s) @ " : "%s @ ", in_use(o, a));
  product = ctx_printf(o->ctx, turn_b ? "%stranspose(%s)" : "%s%s", product, in_use(o, b));
  double alpha = in_attr_float(o, "alpha", 1), beta = in_attr_float(o, "beta", 1);
  if (alpha != 1) product = ctx_printf(o->ctx, "%s * (%s)", in_real(o, alpha, a->dtype), product);
  if (c && beta != 0)
    product = ctx_printf(o->ctx, "%s + %s", product, scaled(o, in_number(o, c), beta, a->dtype));
  in_let(o, y, "%s", product);
  return true;
}

/* ---- Einstein's sums, which are index notation already ---- */

/* Indices of the equation: its letters, and '0', '1', ... of what "..." stands for. */
typedef struct InEinsum {
  char words[16][MAX_RANK + 2], result[MAX_RANK + 2]; /* too long: one more than there can be */
  char order[MAX_RANK + 1];                           /* of all indices, as they come */
  Sz dims[MAX_RANK];                                  /* of each of them */
  uint32_t n;
} InEinsum;

/* The equation without blanks, or NULL. */
static char *einsum_text(OnnxIn *o) {
  const char *text = in_attr_text(o, "equation", "");
  char *out = arena_array(&o->ctx->arena, char, strlen(text) + 1);
  bool good = true;
  for (size_t n = 0; *text; text++) {
    size_t length = !strncmp(text, "...", 3) ? 3 : !strncmp(text, "->", 2) ? 2 : 1;
    good = good && (length > 1 || *text == ' ' || *text == ',' || isalpha((unsigned char)*text));
    for (size_t i = 0; i < length && *text != ' '; i++) out[n++] = text[i];
    text += length - 1;
  }
  if (!good) in_refuse(o, "has an equation that cannot be read");
  return good ? out : NULL;
}

static int einsum_letters(const char *at, const char *end) {
  int n = 0;
  for (; at < end; at++) n += isalpha((unsigned char)*at) != 0;
  return n;
}

/* rank < 0: "..." stands for all axes that it stands for anywhere. */
static void einsum_word(const char *at, const char *end, int rank, int dots, char *out) {
  int n = 0, own = rank < 0 ? dots : rank - einsum_letters(at, end);
  for (; at < end && n <= MAX_RANK; at++) {
    if (*at != '.') {
      out[n++] = *at;
      continue;
    }
    for (int k = dots - own; k < dots && n <= MAX_RANK; k++) out[n++] = (char)('0' + k);
    at += 2;
  }
}

/* As many axes as the longest "..." has. */
static int einsum_dots(const OnnxIn *o, const char *text) {
  int dots = 0;
  for (uint32_t i = 0; i < o->n_in; i++) {
    const char *stop = text + strcspn(text, ",-"), *here = memchr(text, '.', (size_t)(stop - text));
    int own = o->in[i]->rank - einsum_letters(text, stop);
    if (here && own > dots) dots = own;
    text = stop + (*stop == ',');
  }
  return dots;
}

/* Without "->": what comes once, in the order of the alphabet. */
static void einsum_result(InEinsum *e) {
  int n = 0, seen[128] = {0};
  for (uint32_t i = 0; i < e->n; i++)
    for (const char *c = e->words[i]; *c; c++) seen[(unsigned char)*c]++;
  for (int c = 0; c < 128 && n <= MAX_RANK; c++)
    if (seen[c] == 1 || (c < 'A' && seen[c])) e->result[n++] = (char)c;
}

static bool einsum_read(OnnxIn *o, InEinsum *e) {
  const char *at = einsum_text(o);
  if (!at) return false;
  const char *arrow = strstr(at, "->"), *end = arrow ? arrow : at + strlen(at);
  int dots = einsum_dots(o, at), n = 0;
  bool more = true;
  for (; e->n < o->n_in && e->n < 16 && more; e->n++) {
    const char *stop = at + strcspn(at, ",-"), *c = e->words[e->n];
    einsum_word(at, stop, o->in[e->n]->rank, dots, e->words[e->n]);
    if ((int)strlen(c) != o->in[e->n]->rank) break;
    for (; *c && n <= MAX_RANK; c++)
      if (!strchr(e->order, *c) && n++ < MAX_RANK) e->order[n - 1] = *c;
    more = *stop == ',';
    at = stop + more;
  }
  if (e->n != o->n_in || at != end || more)
    return in_refuse(o, "has an equation that does not fit");
  if (arrow)
    einsum_word(arrow + 2, arrow + strlen(arrow), -1, dots, e->result);
  else
    einsum_result(e);
  bool fits = n <= MAX_RANK && strlen(e->result) <= MAX_RANK;
  for (const char *c = e->result; *c; c++)
    fits = fits && strchr(e->order, *c) && !strchr(c + 1, *c);
  return fits || in_refuse(o, "has an equation that does not fit");
}

/* Letters of the text are not those of the equation, which may be names of values. */
static const char *einsum_places(OnnxIn *o, const InEinsum *e, const char *word) {
  Text out = text_new(&o->ctx->arena);
  for (; *word; word++)
    text_printf(&out, "%s%s", out.len ? ", " : "",
                in_letter((int)(strchr(e->order, *word) - e->order)));
  return text_str(&out);
}

bool in_einsum(OnnxIn *o) {
  InEinsum e = {0};
  Sz dims[MAX_RANK];
  if (!in_needs(o, o->n_in ? o->n_in : 1) || !einsum_read(o, &e)) return false;
  Text product = text_new(&o->ctx->arena);
  char bound[MAX_RANK + 1] = {0};
  int n_bound = 0, rank = (int)strlen(e.result);
  for (uint32_t i = 0; i < e.n; i++) {
    for (int k = 0; k < o->in[i]->rank; k++) {
      Sz *to = &e.dims[strchr(e.order, e.words[i][k]) - e.order];
      if (to->i && !in_same_size(o, *to, o->in[i]->dims[k]))
        return in_refuse(o, "takes shapes that are not known to agree");
      *to = o->in[i]->dims[k];
    }
    text_printf(&product, o->in[i]->rank ? "%s%s[%s]" : "%s%s%s", i ? " * " : "",
                in_use(o, o->in[i]), einsum_places(o, &e, e.words[i]));
  }
  for (const char *c = e.order; *c; c++)
    if (!strchr(e.result, *c)) bound[n_bound++] = *c;
  for (int k = 0; k < rank; k++) dims[k] = e.dims[strchr(e.order, e.result[k]) - e.order];
  InValue *y = in_output(o, 0, o->in[0]->dtype, rank, dims);
  const char *sum = text_str(&product);
  if (n_bound) sum = ctx_printf(o->ctx, "sum[%s](%s)", einsum_places(o, &e, bound), sum);
  in_equation(o, y, einsum_places(o, &e, e.result), "%s", sum);
  return true;
}

/* ---- norms ---- */

/* Axes from 'first' on, and those before it. */
static void split_letters(OnnxIn *o, int rank, int first, const char **before,
                          const char **behind) {
  const char *list[MAX_RANK];
  for (int k = 0; k < rank; k++) list[k] = in_letter(k);
  *before = in_list(o, list, first);
  *behind = in_list(o, list + first, rank - first);
}

static const char *at_places(OnnxIn *o, const char *text, const char *places) {
  return *places ? ctx_printf(o->ctx, "%s[%s]", text, places) : text;
}

/* A scale or bias whose shape is lined up with the end of x. */
static const char *lined_up(OnnxIn *o, const InValue *v, int rank) {
  const char *list[MAX_RANK];
  if (v->rank > rank) in_refuse(o, "has a scale of more axes than its input");
  for (int k = 0; k < v->rank; k++)
    list[k] = size_is(o->ctx, v->dims[k], 1) ? "0" : in_letter(rank - v->rank + k);
  return at_places(o, in_use(o, v), in_list(o, list, v->rank));
}

static void statistic(OnnxIn *o, uint32_t i, const InValue *of, int rank) {
  Sz dims[MAX_RANK];
  const char *list[MAX_RANK];
  if (!in_has_output(o, i)) return;
  for (int k = 0; k < rank; k++) {
    dims[k] = k < of->rank ? of->dims[k] : size_const(o->ctx, 1);
    list[k] = k < of->rank ? ":" : "new";
  }
  InValue *y = in_output(o, i, of->dtype, rank, dims);
  if (of->rank)
    in_let(o, y, "%s[%s]", in_use(o, of), in_list(o, list, rank));
  else
    in_let(o, y, "reshape(%s, [%s])", in_use(o, of), in_dims(o, dims, rank));
}

bool in_layer_norm(OnnxIn *o) {
  int axis;
  const char *before, *behind;
  if (!in_needs(o, 2) || !in_axis(o, in_attr_int(o, "axis", -1), o->in[0]->rank, &axis))
    return false;
  const InValue *x = o->in[0], *bias = o->n_in > 2 ? o->in[2] : NULL;
  const char *of = ctx_printf(o->ctx, "%s[%s]", in_use(o, x), in_letters(o, x->rank));
  InValue *m = in_temp(o, "mean", x->dtype, axis, x->dims),
          *s = in_temp(o, "scale", x->dtype, axis, x->dims);
  split_letters(o, x->rank, axis, &before, &behind);
  in_equation(o, m, before, "mean[%s](%s)", behind, of);
  const char *centre = at_places(o, in_use(o, m), before);
  in_equation(o, s, before, "1 / sqrt(mean[%s]((%s - %s) ** 2) + %s)", behind, of, centre,
              in_real(o, in_attr_float(o, "epsilon", 1e-5), x->dtype));
  const char *by = at_places(o, in_use(o, s), before);
  const char *text =
      ctx_printf(o->ctx, "(%s - %s) * %s * %s", of, centre, by, lined_up(o, o->in[1], x->rank));
  if (bias) text = ctx_printf(o->ctx, "%s + %s", text, lined_up(o, bias, x->rank));
  in_equation(o, in_like(o, 0, x), NULL, "%s", text);
  statistic(o, 1, m, x->rank);
  statistic(o, 2, s, x->rank);
  return true;
}

bool in_rms_norm(OnnxIn *o) {
  int axis;
  const char *before, *behind;
  if (!in_needs(o, 2) || !in_axis(o, in_attr_int(o, "axis", -1), o->in[0]->rank, &axis))
    return false;
  const InValue *x = o->in[0];
  const char *of = ctx_printf(o->ctx, "%s[%s]", in_use(o, x), in_letters(o, x->rank));
  InValue *s = in_temp(o, "scale", x->dtype, axis, x->dims);
  split_letters(o, x->rank, axis, &before, &behind);
  in_equation(o, s, before, "1 / sqrt(mean[%s](%s ** 2) + %s)", behind, of,
              in_real(o, in_attr_float(o, "epsilon", 1e-5), x->dtype));
  in_equation(o, in_like(o, 0, x), NULL, "%s * %s * %s", of, at_places(o, in_use(o, s), before),
              lined_up(o, o->in[1], x->rank));
  return true;
}

bool in_batch_norm(OnnxIn *o) {
  if (!in_needs(o, 5)) return false;
  const InValue *x = o->in[0];
  if (in_attr_int(o, "training_mode", 0) || (o->opset < 7 && !in_attr_int(o, "is_test", 0)))
    return in_refuse(o, "is that of training, which changes its statistics");
  if (!in_attr_int(o, "spatial", 1)) return in_refuse(o, "has statistics of each place");
  const char *of = ctx_printf(o->ctx, "%s[%s]", in_use(o, x), in_letters(o, x->rank));
  const char *c = x->rank > 1 ? in_letter(1) : "0", *part[5];
  for (int k = 1; k < 5; k++) part[k] = ctx_printf(o->ctx, "%s[%s]", in_use(o, o->in[k]), c);
  in_equation(o, in_like(o, 0, x), NULL, "(%s - %s) / sqrt(%s + %s) * %s + %s", of, part[3],
              part[4], in_real(o, in_attr_float(o, "epsilon", 1e-5), x->dtype), part[1], part[2]);
  return true;
}

/* Statistics of groups of channels; of each one alone: an instance norm. */
static bool group_norm(OnnxIn *o, Sz groups, bool of_groups) {
  const InValue *x = o->in[0];
  if (x->rank < 2 || x->rank + 1 > MAX_RANK) return in_refuse(o, "has the wrong number of axes");
  Sz each = size_div(o->ctx, x->dims[1], groups), wide[MAX_RANK];
  wide[0] = x->dims[0];
  wide[1] = groups;
  wide[2] = each;
  for (int k = 2; k < x->rank; k++) wide[k + 1] = x->dims[k];
  InValue *g = in_temp(o, "groups", x->dtype, x->rank + 1, wide),
          *z = in_temp(o, "normed", x->dtype, x->rank + 1, wide);
  InValue *m = in_temp(o, "mean", x->dtype, 2, wide),
          *v = in_temp(o, "variance", x->dtype, 2, wide);
  const char *all = in_letters(o, x->rank + 1), *before, *behind;
  split_letters(o, x->rank + 1, 2, &before, &behind);
  in_let(o, g, "reshape(%s, [%s])", in_use(o, x), in_dims(o, wide, x->rank + 1));
  const char *of = ctx_printf(o->ctx, "%s[%s]", in_use(o, g), all);
  in_equation(o, m, "i, j", "mean[%s](%s)", behind, of);
  in_equation(o, v, "i, j", "mean[%s]((%s - %s[i, j]) ** 2)", behind, of, in_use(o, m));
  in_equation(o, z, NULL, "(%s - %s[i, j]) / sqrt(%s[i, j] + %s)%s", of, in_use(o, m), in_use(o, v),
              in_real(o, in_attr_float(o, "epsilon", 1e-5), x->dtype),
              of_groups
                  ? ctx_printf(o->ctx, " * %s[j] + %s[j]", in_use(o, o->in[1]), in_use(o, o->in[2]))
                  : "");
  const char *flat =
      ctx_printf(o->ctx, "reshape(%s, [%s])", in_use(o, z), in_dims(o, x->dims, x->rank));
  InValue *y = in_like(o, 0, x),
          *back = of_groups ? y : in_temp(o, "normed", x->dtype, x->rank, x->dims);
  in_let(o, back, "%s", flat);
  if (!of_groups)
    in_equation(o, y, NULL, "%s[%s] * %s[j] + %s[j]", in_use(o, back), in_letters(o, x->rank),
                in_use(o, o->in[1]), in_use(o, o->in[2]));
  return true;
}

bool in_instance_norm(OnnxIn *o) {
  return in_needs(o, 3) && group_norm(o, o->in[0]->dims[1], false);
}

bool in_group_norm(OnnxIn *o) {
  return in_needs(o, 3) &&
         group_norm(o, size_const(o->ctx, in_attr_int(o, "num_groups", 1)), o->opset < 21);
}

bool in_lp_norm(OnnxIn *o) {
  int axis;
  if (!in_needs(o, 1) || !in_axis(o, in_attr_int(o, "axis", -1), o->in[0]->rank, &axis))
    return false;
  const InValue *x = o->in[0];
  int64_t p = in_attr_int(o, "p", 2);
  if (p != 1 && p != 2) return in_refuse(o, "has a p that is neither 1 nor 2");
  const char *kept[MAX_RANK];
  Sz dims[MAX_RANK];
  int rank = 0;
  for (int k = 0; k < x->rank; k++)
    if (k != axis) {
      kept[rank] = in_letter(k);
      dims[rank++] = x->dims[k];
    }
  InValue *n = in_temp(o, "norm", x->dtype, rank, dims);
  const char *of = ctx_printf(o->ctx, "%s[%s]", in_use(o, x), in_letters(o, x->rank)),
             *list = in_list(o, kept, rank);
  in_equation(o, n, list, p == 1 ? "sum[%s](abs(%s))" : "sqrt(sum[%s](%s ** 2))", in_letter(axis),
              of);
  const char *by = at_places(o, in_use(o, n), list);
  in_equation(o, in_like(o, 0, x), NULL, "where(%s == 0, 0, %s / %s)", by, of, by);
  return true;
}

bool in_mean_variance(OnnxIn *o) {
  bool chosen[MAX_RANK], given;
  if (!in_needs(o, 1) || !in_axes(o, 1, o->in[0]->rank, chosen, &given)) return false;
  const InValue *x = o->in[0];
  const char *kept[MAX_RANK], *bound[MAX_RANK];
  Sz dims[MAX_RANK];
  int rank = 0, n = 0;
  for (int k = 0; k < x->rank; k++) {
    if (!given) chosen[k] = k != 1;
    if (chosen[k]) bound[n++] = in_letter(k);
    if (chosen[k]) continue;
    kept[rank] = in_letter(k);
    dims[rank++] = x->dims[k];
  }
  InValue *m = in_temp(o, "mean", x->dtype, rank, dims),
          *v = in_temp(o, "variance", x->dtype, rank, dims);
  const char *list = in_list(o, kept, rank), *over = in_list(o, bound, n);
  const char *of = ctx_printf(o->ctx, "%s[%s]", in_use(o, x), in_letters(o, x->rank));
  in_equation(o, m, list, "mean[%s](%s)", over, of);
  const char *centre = at_places(o, in_use(o, m), list);
  in_equation(o, v, list, "mean[%s]((%s - %s) ** 2)", over, of, centre);
  in_equation(o, in_like(o, 0, x), NULL, "(%s - %s) / (sqrt(%s) + 1e-9)", of, centre,
              at_places(o, in_use(o, v), list));
  return true;
}
