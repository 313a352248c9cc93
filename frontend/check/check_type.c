/* Types of signatures: evaluated when their sizes are known, matched with the types of arguments to
 * bind the sizes that they name.
 *
 * Matching runs over all arguments of a call twice: first the extents that are a bare unknown name
 * are bound, then every extent is compared; one with a single unknown inside (2*H) is solved for
 * it. '..' is a run of leading axes, the same one everywhere in a signature.
 */
#include "frontend/check/checker.h"

#include <string.h>

/* ---- names of sizes ---- */

/* A size that nobody has bound. The sizes of a signature are its own: constants of the file do not
 * count. */
static bool unbound(Check *c, const Expr *x) {
  if (x->kind != EX_name) return false;
  const Binding *b = scope_find(c->scope, x->name);
  return !b || (c->mode.signature && scope_find_here(c->spec->globals, x->name) == b);
}

typedef struct Unknown {
  Str name;
  Span span;
  int count; /* different ones */
} Unknown;

static void find_unbound(Check *c, const Expr *x, Unknown *out) {
  if (x->kind == EX_unary) find_unbound(c, x->unary.a, out);
  if (x->kind == EX_binary) {
    find_unbound(c, x->binary.a, out);
    find_unbound(c, x->binary.b, out);
  }
  if (x->kind == EX_call)
    for (uint32_t i = 0; i < x->call.args.len; i++)
      find_unbound(c, x->call.args.data[i].value, out);
  if (!unbound(c, x) || (out->count && str_eq(out->name, x->name))) return;
  *out = (Unknown){x->name, x->span, out->count + 1};
}

/* span: of the argument that tells it. */
static void bind_size(Check *c, Name name, Span span, Sz size) {
  scope_bind_declared(c->ctx, c->scope, name, span, value_size(c->ctx, size));
}

/* In a signature checked on its own, unknown sizes are symbols. */
static void bind_symbols(Check *c, const Expr *x) {
  Unknown u = {0};
  find_unbound(c, x, &u);
  for (; u.count; u = (Unknown){0}, find_unbound(c, x, &u))
    bind_size(c, (Name){u.name, u.span}, u.span, size_symbol(c->ctx, u.name));
}

static bool dim_eval(Check *c, const Expr *x, Sz *out) {
  if (c->scope->symbols) bind_symbols(c, x);
  return elab_extent(c, x, out);
}

/* ---- evaluation ---- */

bool type_is_mask(const Ctx *ctx, const TypeExpr *t) {
  return t->kind == TY_tensor && !t->index && !strcmp(ctx_text(ctx, t->dtype.str), "mask");
}

bool dtype_named(const Spec *spec, const char *name, DType *out) {
  if (!dtype_parse(name, out)) return false;
  if (*out == DT_f32) *out = dtype_real(spec);
  return true;
}

static bool type_dtype(Check *c, const TypeExpr *t, DType *out) {
  if (t->index || type_is_mask(c->ctx, t)) {
    *out = t->index ? DT_idx : DT_bool;
    return true;
  }
  if (dtype_named(c->spec, ctx_text(c->ctx, t->dtype.str), out) && *out != DT_idx) return true;
  diag_at(c->ctx, t->dtype.span, E_unknown_name, "'%s' is no element type",
          ctx_text(c->ctx, t->dtype.str));
  diag_help(c->ctx, "there are f32, f64, bf16, i32, bool, and <N> for an index into an axis of N");
  return false;
}

static void bind_rest(Check *c, Span span) {
  if (c->rest.bound) return;
  c->rest = (Rest){.bound = true, .span = span};
  if (!c->scope->symbols) return;
  c->rest.dims = alloc(c, sizeof(Sz));
  c->rest.dims[0] = size_symbol(c->ctx, ctx_str(c->ctx, "lead"));
  c->rest.n = 1;
}

static Ty tensor_eval(Check *c, const TypeExpr *t) {
  DType dtype;
  if (!type_dtype(c, t, &dtype)) return TY_NONE;
  Sz dims[64], extent = SZ_NONE;
  int rank = 0;
  bool ok = !t->index || dim_eval(c, t->index, &extent);
  for (uint32_t i = 0; i < t->n_dims; i++) {
    const Dim *d = &t->dims[i];
    if (d->kind == DIM_poison || rank + c->rest.n >= 60) return TY_NONE;
    if (d->kind == DIM_rest) {
      bind_rest(c, d->span);
      for (int k = 0; k < c->rest.n; k++) dims[rank++] = c->rest.dims[k];
    } else {
      ok = dim_eval(c, d->size, &dims[rank++]) && ok;
    }
  }
  if (ok && !rank && type_is_mask(c->ctx, t)) {
    diag_at(c->ctx, t->span, E_rank_mismatch,
            "a mask needs an axis whose padding it tells: mask[B, N]");
    ok = false;
  }
  if (!ok) return TY_NONE;
  return t->index ? type_index(c->ctx, extent, dims, rank) : type_tensor(c->ctx, dtype, dims, rank);
}

/* Items of a tuple type; -1 with a diagnostic when [L] T has no known L. */
static int64_t tuple_count(Check *c, const TypeExpr *t) {
  int64_t n;
  if (!t->count) return t->n_items;
  if (!elab_int(c, t->count, &n)) return -1;
  if (n >= 0 && n <= MOST_ITEMS) return n;
  diag_at(c->ctx, t->count->span, E_not_size, "a tuple of %lld items", (long long)n);
  return -1;
}

const TypeExpr *tuple_item(const TypeExpr *t, int64_t i) { return t->items[t->count ? 0 : i]; }

Ty type_eval(Check *c, const TypeExpr *t) {
  if (t->kind == TY_tensor) return tensor_eval(c, t);
  if (t->kind != TY_tuple) {
    if (t->kind != TY_poison)
      diag_at(c->ctx, t->span, E_not_tensor, "a tensor type is wanted here");
    return TY_NONE;
  }
  int64_t n = tuple_count(c, t);
  Ty *items = alloc(c, sizeof(Ty) * (size_t)(n < 0 ? 1 : n + 1));
  for (int64_t i = 0; i < n; i++) {
    items[i] = type_eval(c, tuple_item(t, i));
    if (!items[i].i) return TY_NONE;
  }
  return n < 0 ? TY_NONE : type_tuple(c->ctx, items, (int)n);
}

void dim_sets(Check *c, const TypeExpr *t, int32_t *sets, int *n) {
  *n = 0;
  int axis = 0;
  for (uint32_t i = 0; t->kind == TY_tensor && i < t->n_dims; i++) {
    if (t->dims[i].kind == DIM_set) sets[(*n)++] = axis;
    axis += t->dims[i].kind == DIM_rest ? c->rest.n : 1;
  }
}

/* ---- matching ---- */

static void mismatch(Check *c, const Wanted *w, const Expr *x, Sz expected, Sz got) {
  diag_at(c->ctx, w->span, E_size_mismatch, "%s: an extent is %s where %s is wanted", w->what,
          size_str(c->ctx, got), size_str(c->ctx, expected));
  diag_got(c->ctx, "%s", type_str(c->ctx, w->actual));
  diag_note(c->ctx, x->span, "declared here");
  const Binding *b = x->kind == EX_name ? scope_find(c->scope, x->name) : NULL;
  if (b && !span_none(b->span) && b->span.lo != w->span.lo)
    diag_note(c->ctx, b->span, "%s is %s because of this", ctx_text(c->ctx, x->name),
              size_str(c->ctx, expected));
  note_constants(c, expected, got);
}

/* Solves 2*H == actual for H. */
static bool solve(Check *c, const Wanted *w, const Expr *x, const Unknown *u, Sz actual) {
  Sz fresh = size_fresh(c->ctx, ctx_text(c->ctx, u->name)), value, solution;
  Scope *inner = scope_new(c->ctx, c->scope), *outer = c->scope;
  c->scope = inner;
  bind_size(c, (Name){u->name, u->span}, u->span, fresh);
  bool ok = elab_size(c, x, &value);
  c->scope = outer;
  if (!ok) return false;
  if (size_solve(c->ctx, value, fresh, actual, &solution)) {
    bind_size(c, (Name){u->name, u->span}, w->span, solution);
    return true;
  }
  diag_at(c->ctx, w->span, E_size_mismatch, "%s: no '%s' makes this extent equal to %s", w->what,
          ctx_text(c->ctx, u->name), size_str(c->ctx, actual));
  diag_note(c->ctx, x->span, "the extent is declared here");
  return false;
}

static bool match_dim(Check *c, const Wanted *w, const Expr *x, Sz actual, bool bare_only) {
  if (unbound(c, x)) {
    bind_size(c, (Name){x->name, x->span}, w->span, actual);
    return true;
  }
  if (bare_only) return true;
  Unknown u = {0};
  find_unbound(c, x, &u);
  if (u.count == 1) return solve(c, w, x, &u, actual);
  if (u.count > 1) {
    diag_at(c->ctx, x->span, E_unbound_size, "more than one size is unknown in this extent");
    diag_help(c->ctx, "name each of them alone as an extent of some parameter");
    return false;
  }
  Sz expected;
  if (!elab_size(c, x, &expected)) return false;
  if (sz_eq(expected, actual)) return true;
  mismatch(c, w, x, expected, actual);
  return false;
}

static bool match_rest(Check *c, const Wanted *w, Span declared, const Sz *dims, int n) {
  if (!c->rest.bound) {
    c->rest = (Rest){
        .bound = true, .n = n, .span = w->span, .dims = alloc(c, sizeof(Sz) * (size_t)(n + 1))};
    for (int i = 0; i < n; i++) c->rest.dims[i] = dims[i];
    return true;
  }
  bool same = c->rest.n == n;
  for (int i = 0; same && i < n; i++) same = sz_eq(c->rest.dims[i], dims[i]);
  if (same) return true;
  diag_at(c->ctx, w->span, E_shape_mismatch,
          "%s: the leading axes '..' differ from those bound before", w->what);
  Ty element = type_scalar(c->ctx, DT_f32);
  diag_expected(c->ctx, "%s",
                type_str(c->ctx, type_with_dims(c->ctx, element, c->rest.dims, c->rest.n)) + 3);
  diag_got(c->ctx, "%s", type_str(c->ctx, w->actual));
  diag_note(c->ctx, declared, "all '..' of a signature are the same axes");
  if (!span_none(c->rest.span)) diag_note(c->ctx, c->rest.span, "bound by this");
  return false;
}

static bool match_rank(Check *c, const Wanted *w, const TypeExpr *t, const TypeInfo *info,
                       bool rest) {
  int fixed = (int)t->n_dims - rest;
  if (rest ? info->rank >= fixed : info->rank == fixed) return true;
  diag_at(c->ctx, w->span, E_rank_mismatch, "%s has %d %s, %s%d wanted", w->what, info->rank,
          info->rank == 1 ? "axis" : "axes", rest ? "at least " : "", fixed);
  diag_got(c->ctx, "%s", type_str(c->ctx, w->actual));
  diag_note(c->ctx, t->span, "declared here");
  return false;
}

/* The axis that an index points into; bound by a shape rather than by an index. */
static bool match_extent(Check *c, const Wanted *w, const TypeExpr *t, Sz actual) {
  Quiet quiet = quiet_begin(c);
  if (match_dim(c, w, t->index, actual, false)) return true;
  Sz expected;
  bool known = elab_size(c, t->index, &expected);
  quiet_end(c, quiet);
  diag_at(c->ctx, w->span, E_index_type, "%s points into an axis of %s%s%s", w->what,
          size_str(c->ctx, actual), known ? ", not of " : "",
          known ? size_str(c->ctx, expected) : "");
  if (known) diag_expected(c->ctx, "<%s>", size_str(c->ctx, expected));
  diag_got(c->ctx, "%s", type_str(c->ctx, w->actual));
  diag_note(c->ctx, t->span, "declared here");
  note_constants(c, actual, known ? expected : SZ_NONE);
  return false;
}

static bool match_dtype(Check *c, const Wanted *w, const TypeExpr *t, const TypeInfo *info,
                        bool bare_only) {
  DType dtype;
  if (!type_dtype(c, t, &dtype)) return false;
  if (dtype == info->dtype) return !t->index || bare_only || match_extent(c, w, t, info->extent);
  diag_at(c->ctx, w->span, dtype == DT_idx ? E_index_type : E_wrong_dtype,
          "%s has the element type %s, %s wanted", w->what,
          type_str(c->ctx, type_with_dims(c->ctx, w->actual, NULL, 0)),
          dtype == DT_idx ? "an index" : dtype_name[dtype]);
  diag_got(c->ctx, "%s", type_str(c->ctx, w->actual));
  diag_note(c->ctx, t->span, "declared here");
  if (dtype == DT_idx)
    diag_help(c->ctx, "index(e, N) makes an index of an i32, cut into range");
  else
    diag_fix_around(c->ctx, w->span, ctx_printf(c->ctx, "%s(", dtype_name[dtype]), ")",
                    "convert it: %s(...)", dtype_name[dtype]);
  return false;
}

static bool match_tensor(Check *c, const Wanted *w, bool bare_only) {
  const TypeExpr *t = w->type;
  const TypeInfo *info = type_info(c->ctx, w->actual);
  bool rest = false, ok = true;
  for (uint32_t i = 0; i < t->n_dims; i++) {
    if (t->dims[i].kind == DIM_poison) return false;
    rest = rest || t->dims[i].kind == DIM_rest;
  }
  if (!match_dtype(c, w, t, info, bare_only) || !match_rank(c, w, t, info, rest)) return false;
  int axis = 0, run = info->rank - ((int)t->n_dims - 1);
  for (uint32_t i = 0; i < t->n_dims; i++) {
    const Dim *d = &t->dims[i];
    if (d->kind == DIM_rest) {
      ok = match_rest(c, w, d->span, info->dims + axis, run) && ok;
      axis += run;
    } else {
      ok = match_dim(c, w, d->size, info->dims[axis++], bare_only) && ok;
    }
  }
  return ok;
}

static bool match(Check *c, const Wanted *w, bool bare_only) {
  if (!w->actual.i || w->type->kind == TY_poison) return false;
  const TypeInfo *info = type_info(c->ctx, w->actual);
  int64_t n = w->type->kind == TY_tuple ? tuple_count(c, w->type) : 0;
  if (n < 0) return false;
  if ((w->type->kind == TY_tuple) != info->is_tuple || (info->is_tuple && info->rank != n)) {
    diag_at(c->ctx, w->span, E_tuple_mismatch, "%s is not what is declared", w->what);
    diag_got(c->ctx, "%s", type_str(c->ctx, w->actual));
    diag_note(c->ctx, w->type->span, "declared here");
    return false;
  }
  if (!info->is_tuple) return match_tensor(c, w, bare_only);
  bool ok = true;
  for (int i = 0; i < info->rank; i++) {
    Wanted item = {tuple_item(w->type, i), info->items[i], w->span, w->what};
    ok = match(c, &item, bare_only) && ok;
  }
  return ok;
}

bool unify_all(Check *c, const Wanted *wanted, uint32_t n) {
  bool ok = true;
  for (uint32_t i = 0; i < n; i++) ok = match(c, &wanted[i], true) && ok;
  if (!ok) return false;
  for (uint32_t i = 0; i < n; i++) ok = match(c, &wanted[i], false) && ok;
  return ok;
}

/* ---- signatures ---- */

static Mode signature_begins(Check *c) {
  Mode mode = c->mode;
  mode.signature = true;
  return mode_set(c, mode);
}

bool unify_signature(Check *c, const Wanted *wanted, uint32_t n) {
  Mode before = signature_begins(c);
  bool ok = unify_all(c, wanted, n);
  c->mode = before;
  return ok;
}

Ty type_of_signature(Check *c, const TypeExpr *t) {
  Mode before = signature_begins(c);
  Ty type = type_eval(c, t);
  c->mode = before;
  return type;
}
