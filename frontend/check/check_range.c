/* Numbers computed from indices, as subscripts: x[b, s*t + d*k, i].
 *
 * Such a number is an i32 at every place. What it can be follows from the extents of its indices:
 * index_range walks the expression with the least and the largest value as sizes, and the subscript
 * is proved to lie in its axis or refused; nothing is cut into range. The extent of an index that
 * nothing else tells is the largest for which the sum stays inside.
 */
#include <string.h>

#include "frontend/check/checker.h"

/* ---- the least and the largest value ---- */

static bool range_of(Check *c, const Expr *x, IndexRange *out);

static bool at_least(Check *c, Sz a, int64_t b) {
  return size_ge_filled(c->ctx, a, size_const(c->ctx, b));
}

static Sz negated(Check *c, Sz a) { return size_sub(c->ctx, size_const(c->ctx, 0), a); }

static bool exactly(Check *c, Sz size, IndexRange *out) {
  (void)c;
  *out = (IndexRange){size, size};
  return size.i != 0;
}

static bool below(Check *c, Sz extent, IndexRange *out) {
  *out = (IndexRange){size_const(c->ctx, 0), size_sub(c->ctx, extent, size_const(c->ctx, 1))};
  return extent.i != 0;
}

/* One factor is a size of known sign, or both are not negative. */
static bool product(Check *c, IndexRange a, IndexRange b, IndexRange *out) {
  Ctx *ctx = c->ctx;
  if (sz_eq(a.lo, a.hi)) {
    IndexRange swap = a;
    a = b;
    b = swap;
  }
  bool fixed = sz_eq(b.lo, b.hi), minus = fixed && at_least(c, negated(c, b.lo), 0);
  if (!minus && !(at_least(c, b.lo, 0) && (fixed || at_least(c, a.lo, 0)))) return false;
  *out = (IndexRange){size_mul(ctx, minus ? a.hi : a.lo, b.lo),
                      size_mul(ctx, minus ? a.lo : a.hi, b.hi)};
  return true;
}

/* By a size of at least 1; quotients are of what is not negative. */
static bool quotient(Check *c, BinaryOp op, IndexRange a, IndexRange b, IndexRange *out) {
  Ctx *ctx = c->ctx;
  if (!sz_eq(b.lo, b.hi) || !at_least(c, b.lo, 1)) return false;
  if (op == BIN_mod) return below(c, b.lo, out);
  *out = (IndexRange){size_div(ctx, a.lo, b.lo), size_div(ctx, a.hi, b.lo)};
  return at_least(c, a.lo, 0);
}

static bool range_of_binary(Check *c, const Expr *x, IndexRange *out) {
  IndexRange a, b;
  Ctx *ctx = c->ctx;
  if (!range_of(c, x->binary.a, &a) || !range_of(c, x->binary.b, &b)) return false;
  switch (x->binary.op) {
  case BIN_add:
    *out = (IndexRange){size_add(ctx, a.lo, b.lo), size_add(ctx, a.hi, b.hi)};
    return true;
  case BIN_sub:
    *out = (IndexRange){size_sub(ctx, a.lo, b.hi), size_sub(ctx, a.hi, b.lo)};
    return true;
  case BIN_mul:
    return product(c, a, b, out);
  case BIN_mod:
  case BIN_div:
    return quotient(c, x->binary.op, a, b, out);
  default:
    return false;
  }
}

/* i32(tok[b]): an index value. */
static bool range_of_value(Check *c, const Expr *x, IndexRange *out) {
  Value v = look_at(c, x);
  Sz size;
  if (value_is_size(&v, &size)) return exactly(c, size, out);
  const TypeInfo *info = v.kind == VAL_tensor ? value_info(c, &v) : NULL;
  return info && info->dtype == DT_idx && below(c, info->extent, out);
}

static bool range_of_call(Check *c, const Expr *x, IndexRange *out) {
  const Args *args = &x->call.args;
  IndexRange a, b;
  Ctx *ctx = c->ctx;
  if (x->call.callee->kind != EX_name) return range_of_value(c, x, out);
  const char *name = ctx_text(ctx, x->call.callee->name);
  bool max = !strcmp(name, "max"), choice = !strcmp(name, "where");
  if (!strcmp(name, "i32") && args->len == 1)
    return range_of(c, args->data[0].value, out) || range_of_value(c, args->data[0].value, out);
  if (args->len != (choice ? 3 : 2) || !(max || choice || !strcmp(name, "min")))
    return range_of_value(c, x, out);
  if (!range_of(c, args->data[args->len - 2].value, &a) ||
      !range_of(c, args->data[args->len - 1].value, &b))
    return false;
  out->lo = max ? size_max(ctx, a.lo, b.lo) : size_min(ctx, a.lo, b.lo);
  out->hi = max || choice ? size_max(ctx, a.hi, b.hi) : size_min(ctx, a.hi, b.hi);
  return true;
}

static bool range_of(Check *c, const Expr *x, IndexRange *out) {
  IndexRange a;
  switch (x->kind) {
  case EX_name: {
    Binding *found = scope_find(c->scope, x->name);
    if (found && found->value.kind == VAL_index) return below(c, found->value.index->extent, out);
    return exactly(c, look_at_size(c, x), out);
  }
  case EX_unary:
    if (x->unary.op != UN_neg || !range_of(c, x->unary.a, &a)) return false;
    *out = (IndexRange){negated(c, a.hi), negated(c, a.lo)};
    return true;
  case EX_binary:
    return range_of_binary(c, x, out);
  case EX_call:
    return range_of_call(c, x, out);
  default:
    return exactly(c, look_at_size(c, x), out);
  }
}

bool index_range(Check *c, const Expr *x, IndexRange *out) {
  return range_of(c, x, out) && out->lo.i && out->hi.i;
}

/* ---- the extent of an index in a sum ---- */

enum { MOST_INDICES = 8 };

/* Coefficients and indices, and what is added to them. */
typedef struct Linear {
  IndexVar *vars[MOST_INDICES];
  Sz coefs[MOST_INDICES];
  int n;
  Sz offset;
} Linear;

static bool add_term(Check *c, Linear *sum, IndexVar *var, Sz coef) {
  for (int i = 0; i < sum->n; i++) {
    if (sum->vars[i] != var) continue;
    sum->coefs[i] = size_add(c->ctx, sum->coefs[i], coef);
    return true;
  }
  if (sum->n == MOST_INDICES) return false;
  sum->vars[sum->n] = var;
  sum->coefs[sum->n++] = coef;
  return true;
}

/* Adds x, times a size. */
static bool linear(Check *c, const Expr *x, Sz times, Linear *sum) {
  Ctx *ctx = c->ctx;
  if (x->kind == EX_name) {
    Binding *found = scope_find(c->scope, x->name);
    if (found && found->value.kind == VAL_index) return add_term(c, sum, found->value.index, times);
  }
  if (x->kind == EX_unary && x->unary.op == UN_neg)
    return linear(c, x->unary.a, negated(c, times), sum);
  if (x->kind == EX_binary && (x->binary.op == BIN_add || x->binary.op == BIN_sub))
    return linear(c, x->binary.a, times, sum) &&
           linear(c, x->binary.b, x->binary.op == BIN_sub ? negated(c, times) : times, sum);
  if (x->kind == EX_binary && x->binary.op == BIN_mul) {
    Sz a = look_at_size(c, x->binary.a), b = look_at_size(c, x->binary.b);
    if (a.i) return linear(c, x->binary.b, size_mul(ctx, times, a), sum);
    if (b.i) return linear(c, x->binary.a, size_mul(ctx, times, b), sum);
    return false;
  }
  Sz size = look_at_size(c, x);
  sum->offset = size_add(ctx, sum->offset, size_mul(ctx, times, size));
  return size.i != 0;
}

/* offset + c*v + ... < dim for the largest values of the others: v is at most (dim - 1 - ...) / c.
 */
void index_infer_sum(Check *c, const Expr *x, Sz dim, Span span) {
  Ctx *ctx = c->ctx;
  Linear sum = {.offset = size_const(ctx, 0)};
  int wanted = -1;
  if (!linear(c, x, size_const(ctx, 1), &sum)) return;
  Sz room = size_sub(ctx, size_sub(ctx, dim, size_const(ctx, 1)), sum.offset);
  for (int i = 0; i < sum.n; i++) {
    const IndexVar *var = sum.vars[i];
    if (!at_least(c, sum.coefs[i], 0)) continue;
    if (!var->extent.i) {
      if (wanted >= 0 || var->loop || var->wrong) return;
      wanted = i;
      continue;
    }
    Sz last = size_sub(ctx, var->extent, size_const(ctx, 1));
    room = size_sub(ctx, room, size_mul(ctx, sum.coefs[i], last));
  }
  if (wanted < 0 || !at_least(c, sum.coefs[wanted], 1)) return;
  Sz extent = size_add(ctx, size_div(ctx, room, sum.coefs[wanted]), size_const(ctx, 1));
  if (!extent.i) return;
  sum.vars[wanted]->extent = extent;
  sum.vars[wanted]->told = span;
}
