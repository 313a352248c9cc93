/* Index variables and their extents.
 *
 * A variable takes its extent from the axes that it subscripts. Because it may be used as a number
 * before (in the text) it subscripts anything, the expression is searched for its subscripts first:
 * direct ones (x[b, n]) in one sweep, then those with an offset (x[b, t + 1]: the longest range
 * that stays inside), then sums of several (x[b, s*t + k]).
 */
#include <ctype.h>
#include <string.h>

#include "frontend/check/checker.h"

/* ---- variables ---- */

static void apply_with(Check *c, IndexVar *var) {
  for (uint32_t i = 0; c->with && i < c->with->len; i++) {
    const WithItem *item = &c->with->data[i];
    if (!str_eq(item->index.str, var->name)) continue;
    var->fixed = elab_extent(c, item->extent, &var->extent);
    var->wrong = !var->fixed;
    var->told = item->index.span;
    place_word(c->scope->places, WORD_index, item->index, var->span, NULL);
  }
}

IndexVar *index_new(Check *c, Name name) {
  IndexVar *var = arena_new(&c->ctx->arena, IndexVar);
  var->name = name.str;
  var->span = name.span;
  var->order = c->next_order++;
  apply_with(c, var);
  return var;
}

void index_push(Check *c, IndexVar *var) {
  scope_bind(c->ctx, c->scope, var->name, var->span, (Value){.kind = VAL_index, .index = var});
  vec_push(&c->ctx->arena, &c->active, var);
}

void index_pop(Check *c, uint32_t n) { c->active.len -= n; }

static void first_size(void *user, const KnownName *known) {
  Sz size;
  Str *name = user;
  bool is = known->own && known->value && known->value->kind == VAL_number &&
            value_is_size(known->value, &size);
  if (is && str_none(*name)) *name = known->name;
}

/* A size that is called as the index is, in capitals: T of t; else one that is known here, or a
 * number, as an example. */
static const char *likely_extent(Check *c, const char *index) {
  char name[32];
  size_t n = strlen(index);
  if (n >= sizeof name) return "10";
  for (size_t i = 0; i <= n; i++) name[i] = (char)toupper((unsigned char)index[i]);
  Binding *b = scope_find(c->scope, ctx_str(c->ctx, name));
  Sz size;
  if (b && value_is_size(&b->value, &size)) return ctx_printf(c->ctx, "%s", name);
  Str known = {0};
  names_known(c, first_size, &known);
  return str_none(known) ? "10" : ctx_text(c->ctx, known);
}

bool index_has_extent(Check *c, IndexVar *var, Span span) {
  if (var->extent.i || var->wrong) return !var->wrong;
  const char *name = ctx_text(c->ctx, var->name);
  diag_at(c->ctx, span, E_unknown_extent, "nothing tells the extent of the index '%s'", name);
  if (span.lo != var->span.lo) diag_note(c->ctx, var->span, "'%s' is introduced here", name);
  diag_help(c->ctx, "add its extent at the end of the statement: ... with %s in %s", name,
            likely_extent(c, name));
  return false;
}

bool index_extent(Check *c, IndexVar *var, Sz extent, Span span, const char *what) {
  if (var->wrong) return false;
  if (!var->extent.i) {
    var->extent = extent;
    var->told = span;
    return true;
  }
  if (sz_eq(var->extent, extent)) return true;
  if (var->fixed && facts_ge(c, extent, var->extent)) return true;
  const char *name = ctx_text(c->ctx, var->name);
  diag_at(c->ctx, span, E_size_mismatch, "the index '%s' is used on axes of two sizes, %s and %s",
          name, size_str(c->ctx, var->extent), size_str(c->ctx, extent));
  diag_expected(c->ctx, "%s", size_str(c->ctx, var->extent));
  diag_got(c->ctx, "%s", what);
  diag_note(c->ctx, span_none(var->told) ? var->span : var->told,
            "'%s' has the extent %s from here", name, size_str(c->ctx, var->extent));
  note_constants(c, var->extent, extent);
  return false;
}

IndexVar **lead_vars(Check *c, const Sz *dims, int n, Span span) {
  Lead *lead = c->lead;
  if (!lead->known) {
    *lead = (Lead){.known = true, .n = n, .order = lead->order, .span = span};
    lead->vars = alloc(c, sizeof(IndexVar *) * (size_t)(n + 1));
    for (int i = 0; i < n; i++) {
      lead->vars[i] = arena_new(&c->ctx->arena, IndexVar);
      *lead->vars[i] = (IndexVar){.name = ctx_str(c->ctx, ".."),
                                  .span = span,
                                  .extent = dims[i],
                                  .told = span,
                                  .order = lead->order + (uint32_t)i};
    }
    return lead->vars;
  }
  bool same = lead->n == n;
  for (int i = 0; same && i < n; i++) same = sz_eq(lead->vars[i]->extent, dims[i]);
  if (same) return lead->vars;
  diag_at(c->ctx, span, E_shape_mismatch, "'..' stands for other axes than before");
  diag_note(c->ctx, lead->span, "all '..' of a definition are the same axes");
  return NULL;
}

/* ---- offsets ---- */

Value look_at(Check *c, const Expr *x) {
  Quiet quiet = quiet_begin(c);
  Mode before = c->mode;
  c->mode.looking = true;
  Value v = elab_expr(c, x);
  c->mode = before;
  quiet_end(c, quiet);
  return v;
}

/* A number known to the compiler, without diagnostics when it is none. */
static bool plain_size(Check *c, const Expr *x, Sz *out) {
  Mode before = mode_set(c, mode_size(c->mode, true));
  Value v = look_at(c, x);
  c->mode = before;
  return value_is_size(&v, out);
}

Sz look_at_size(Check *c, const Expr *x) {
  Sz size;
  bool simple = x->kind == EX_number || x->kind == EX_name || x->kind == EX_member ||
                x->kind == EX_binary || x->kind == EX_unary;
  return simple && plain_size(c, x, &size) ? size : SZ_NONE;
}

static bool combine(Check *c, Affine a, Affine b, bool minus, Affine *out) {
  if (a.var && b.var) return false;
  *out = a;
  if (b.var) *out = (Affine){b.var, minus ? -b.sign : b.sign, a.offset};
  out->offset = minus ? size_sub(c->ctx, a.offset, b.offset) : size_add(c->ctx, a.offset, b.offset);
  return true;
}

static bool walk_affine(Check *c, const Expr *x, Affine *out) {
  Affine a, b;
  *out = (Affine){.sign = 1, .offset = size_const(c->ctx, 0)};
  if (x->kind == EX_name) {
    Binding *found = scope_find(c->scope, x->name);
    if (found && found->value.kind == VAL_index) {
      place_word(c->scope->places, WORD_index, (Name){x->name, x->span}, found->declared,
                 &found->value);
      out->var = found->value.index;
      return true;
    }
  }
  if (x->kind == EX_binary && (x->binary.op == BIN_add || x->binary.op == BIN_sub))
    return walk_affine(c, x->binary.a, &a) && walk_affine(c, x->binary.b, &b) &&
           combine(c, a, b, x->binary.op == BIN_sub, out);
  if (x->kind == EX_unary && x->unary.op == UN_neg) {
    a = *out;
    return walk_affine(c, x->unary.a, &b) && combine(c, a, b, true, out);
  }
  bool simple =
      x->kind == EX_number || x->kind == EX_name || x->kind == EX_member || x->kind == EX_binary;
  return simple && plain_size(c, x, &out->offset);
}

/* sign * var + offset; false when the expression is not of that form (or has no index variable). */
bool index_affine(Check *c, const Expr *x, Affine *out) {
  return walk_affine(c, x, out) && out->var;
}

/* ---- search ---- */

/* What tells extents: x[b, n]; then x[b, t + 1]; then x[b, s*t + k]. */
typedef enum Stage { DIRECT, OFFSETS, SUMS } Stage;

static void infer(Check *c, const Expr *x, Stage stage);

static bool wants_extent(Check *c, const Sub *sub, Stage stage, Affine *out) {
  if (sub->kind != SUB_expr) return false;
  if (stage == DIRECT && sub->expr->kind != EX_name) return false;
  return index_affine(c, sub->expr, out) && !out->var->loop && !out->var->extent.i;
}

/* The base of a subscript as a value, quietly: mistakes are reported when it is elaborated. */
static Value quiet_base(Check *c, const Expr *base) {
  if (base->kind != EX_name) {
    Mode before = mode_set(c, mode_index(c->mode, false));
    Value v = look_at(c, base);
    c->mode = before;
    return v;
  }
  Quiet quiet = quiet_begin(c);
  Value v = lookup_name(c, base->name, base->span);
  quiet_end(c, quiet);
  return v;
}

static void infer_sub(Check *c, const Sub *sub, Sz dim, Stage stage) {
  Affine a;
  if (stage == SUMS) {
    if (sub->kind == SUB_expr && sub->expr->kind != EX_name)
      index_infer_sum(c, sub->expr, dim, sub->span);
    return;
  }
  if (!wants_extent(c, sub, stage, &a)) return;
  Sz one = size_const(c->ctx, 1);
  a.var->extent = a.sign > 0 ? size_sub(c->ctx, dim, a.offset) : size_add(c->ctx, a.offset, one);
  a.var->told = sub->span;
}

/* The axes that '..' on the left stands for, from the first '..' on the right. */
static void infer_lead(Check *c, const Expr *x) {
  const Sub *subs = x->subscript.subs;
  uint32_t axes = 0, n = x->subscript.n_subs;
  if (!c->lead || c->lead->known || !n || subs[0].kind != SUB_rest) return;
  for (uint32_t i = 1; i < n; i++) axes += subs[i].kind != SUB_new;
  Value base = quiet_base(c, x->subscript.base);
  if (base.kind == VAL_tensor && (uint32_t)value_rank(c, &base) >= axes)
    lead_vars(c, value_dims(c, &base), value_rank(c, &base) - (int)axes, subs[0].span);
}

static void infer_subscript(Check *c, const Expr *x, Stage stage) {
  bool any = false;
  uint32_t axes = 0;
  Affine a;
  infer_lead(c, x);
  for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
    const Sub *sub = &x->subscript.subs[i];
    any = any || (stage == SUMS && sub->kind == SUB_expr && sub->expr->kind == EX_binary) ||
          wants_extent(c, sub, stage, &a);
    axes += sub->kind != SUB_new && sub->kind != SUB_rest;
  }
  Value base = any ? quiet_base(c, x->subscript.base) : value_poison();
  if (base.kind != VAL_tensor || (uint32_t)value_rank(c, &base) < axes) return;
  const Sz *dims = value_dims(c, &base);
  uint32_t axis = 0;
  for (uint32_t i = 0; i < x->subscript.n_subs; i++) {
    const Sub *sub = &x->subscript.subs[i];
    if (sub->kind == SUB_rest)
      axis = (uint32_t)value_rank(c, &base) - axes;
    else if (sub->kind != SUB_new) {
      infer_sub(c, sub, dims[axis], stage);
      axis++;
    }
  }
}

/* dst[e] == n: an index beside an index value points into the same axis. */
static void infer_compared(Check *c, const Expr *a, const Expr *b) {
  Binding *found = a->kind == EX_name ? scope_find(c->scope, a->name) : NULL;
  IndexVar *var = found && found->value.kind == VAL_index ? found->value.index : NULL;
  if (!var || var->loop || var->extent.i || var->wrong) return;
  Value v = look_at(c, b);
  const TypeInfo *info = v.kind == VAL_tensor ? value_info(c, &v) : NULL;
  if (!info || info->dtype != DT_idx) return;
  var->extent = info->extent;
  var->told = b->span;
}

static void infer_args(Check *c, const Args *args, Stage stage) {
  for (uint32_t i = 0; i < args->len; i++) infer(c, args->data[i].value, stage);
}

/* Indices that a reduction binds hide those of the same name outside. */
static void infer_reduce(Check *c, const Expr *x, Stage stage) {
  Scope *outer = c->scope;
  c->scope = scope_new(c->ctx, outer);
  for (uint32_t i = 0; i < x->reduce.n_indices; i++) {
    Name name = x->reduce.indices[i];
    Binding *b = scope_find(outer, name.str);
    if (reduce_keeps(c->ctx, x->reduce.name.str) && b && b->value.kind == VAL_index) continue;
    IndexVar *hidden = arena_new(&c->ctx->arena, IndexVar);
    hidden->name = name.str;
    scope_bind(c->ctx, c->scope, name.str, name.span, (Value){.kind = VAL_index, .index = hidden});
  }
  infer_args(c, &x->reduce.args, stage);
  c->scope = outer;
}

static void infer(Check *c, const Expr *x, Stage stage) {
  switch (x->kind) {
  case EX_unary:
    infer(c, x->unary.a, stage);
    return;
  case EX_binary:
    infer(c, x->binary.a, stage);
    infer(c, x->binary.b, stage);
    if (stage == SUMS && x->binary.op >= BIN_eq && x->binary.op <= BIN_ge) {
      infer_compared(c, x->binary.a, x->binary.b);
      infer_compared(c, x->binary.b, x->binary.a);
    }
    return;
  case EX_call:
    infer_args(c, &x->call.args, stage);
    return;
  case EX_reduce:
    infer_reduce(c, x, stage);
    return;
  case EX_member:
    infer(c, x->member.base, stage);
    return;
  case EX_subscript:
    infer_subscript(c, x, stage);
    infer(c, x->subscript.base, stage);
    for (uint32_t i = 0; i < x->subscript.n_subs; i++)
      if (x->subscript.subs[i].kind == SUB_expr) infer(c, x->subscript.subs[i].expr, stage);
    return;
  case EX_with:
    infer(c, x->with.base, stage);
    infer(c, x->with.weights, stage);
    return;
  case EX_tuple:
  case EX_list:
    for (uint32_t i = 0; i < x->items.len; i++) infer(c, x->items.data[i], stage);
    return;
  default:
    return;
  }
}

void index_infer(Check *c, const Expr *x) {
  infer(c, x, DIRECT);
  infer(c, x, OFFSETS);
  infer(c, x, SUMS);
}
