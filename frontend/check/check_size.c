/* Numbers known to the compiler: constant expressions, sizes, static conditions. */
#include <math.h>

#include "frontend/check/checker.h"
#include "ir/needs.h"
#include "ir/scalar.h"

/* ---- arithmetic on numbers ---- */

static double arithmetic(BinaryOp op, double a, double b) {
  switch (op) {
  case BIN_add:
    return a + b;
  case BIN_sub:
    return a - b;
  case BIN_mul:
    return a * b;
  case BIN_div:
    return a / b;
  case BIN_mod:
    return floor_mod(a, b);
  case BIN_pow:
    return pow(a, b);
  default:
    return NAN;
  }
}

static bool compare(BinaryOp op, double a, double b) {
  switch (op) {
  case BIN_eq:
    return a == b;
  case BIN_ne:
    return a != b;
  case BIN_lt:
    return a < b;
  case BIN_le:
    return a <= b;
  case BIN_gt:
    return a > b;
  case BIN_ge:
    return a >= b;
  default:
    return false;
  }
}

static bool is_compare(BinaryOp op) { return op >= BIN_eq && op <= BIN_ge; }

static Value known_binary(Check *c, BinaryOp op, Value a, Value b, Span span) {
  double x = a.number.f, y = b.number.f;
  if (is_compare(op)) return value_bool(compare(op, x, y));
  if ((op == BIN_div || op == BIN_mod) && y == 0 && c->mode.size) {
    diag_at(c->ctx, span, E_not_size, "a size is divided by zero");
    return value_poison();
  }
  double f = arithmetic(op, x, y);
  if (op == BIN_div && c->mode.size) f = floor(f);
  Value v = value_number(c->ctx, f);
  if (op == BIN_div && a.number.size.i && b.number.size.i && y != 0)
    v.number.size = size_const(c->ctx, (int64_t)floor(f));
  return v;
}

/* ---- conditions that only the run decides ---- */

Op binary_op(BinaryOp op) {
  static const Op table[N_BINARY_OPS] = {
      [BIN_or] = OP_or,   [BIN_and] = OP_and, [BIN_eq] = OP_eq,      [BIN_ne] = OP_ne,
      [BIN_lt] = OP_lt,   [BIN_le] = OP_le,   [BIN_gt] = OP_gt,      [BIN_ge] = OP_ge,
      [BIN_add] = OP_add, [BIN_sub] = OP_sub, [BIN_mul] = OP_mul,    [BIN_div] = OP_div,
      [BIN_mod] = OP_mod, [BIN_pow] = OP_pow, [BIN_matmul] = OP_dot,
  };
  return table[op];
}

static Value value_unknown(Ctx *ctx, SizeCondition condition) {
  SizeCondition *kept = arena_new(&ctx->arena, SizeCondition);
  *kept = condition;
  return (Value){.kind = VAL_unknown, .condition = kept};
}

Value unknown_not(Ctx *ctx, const Value *v) {
  if (!v->condition) return *v;
  return value_unknown(ctx, (SizeCondition){.op = OP_not, .left = v->condition});
}

/* Two conditions; one that is known does not decide alone. */
static Value unknown_pair(Ctx *ctx, Op op, const Value *a, const Value *b) {
  if (a->kind != VAL_unknown) return *b;
  if (b->kind != VAL_unknown) return *a;
  if (!a->condition || !b->condition) return (Value){.kind = VAL_unknown};
  return value_unknown(ctx, (SizeCondition){.op = op, .left = a->condition, .right = b->condition});
}

/* a >= b, a > b, ... for symbolic sizes: true, false, or not known. */
static Value compare_sizes(Check *c, BinaryOp op, Sz a, Sz b) {
  Ctx *ctx = c->ctx;
  Sz one = size_const(ctx, 1);
  bool ge = size_ge_filled(ctx, a, b), le = size_ge_filled(ctx, b, a);
  bool gt = size_ge_filled(ctx, a, size_add(ctx, b, one)),
       lt = size_ge_filled(ctx, b, size_add(ctx, a, one));
  bool yes = false, no = false;
  switch (op) {
  case BIN_eq:
    yes = sz_eq(a, b), no = gt || lt;
    break;
  case BIN_ne:
    yes = gt || lt, no = sz_eq(a, b);
    break;
  case BIN_lt:
    yes = lt, no = ge;
    break;
  case BIN_le:
    yes = le, no = gt;
    break;
  case BIN_gt:
    yes = gt, no = le;
    break;
  case BIN_ge:
    yes = ge, no = lt;
    break;
  default:
    break;
  }
  if (yes || no) return value_bool(yes);
  return value_unknown(ctx, (SizeCondition){.op = binary_op(op), .a = a, .b = b});
}

/* A quotient of sizes that need not be whole keeps both parts: it is a number N/2, or the size
 * floor(N/2). */
static Value divide_sizes(Check *c, Sz a, Sz b) {
  Value v = value_size(c->ctx, size_div(c->ctx, a, b));
  bool whole = sz_eq(size_mul(c->ctx, v.number.size, b), a);
  if (whole || c->mode.size) return v;
  v.number.known = false;
  v.number.num = a;
  v.number.den = b;
  return v;
}

static bool symbolic_binary(Check *c, BinaryOp op, Sz a, Sz b, Value *out) {
  switch (op) {
  case BIN_add:
    *out = value_size(c->ctx, size_add(c->ctx, a, b));
    return true;
  case BIN_sub:
    *out = value_size(c->ctx, size_sub(c->ctx, a, b));
    return true;
  case BIN_mul:
    *out = value_size(c->ctx, size_mul(c->ctx, a, b));
    return true;
  case BIN_mod:
    *out = value_size(c->ctx, size_mod(c->ctx, a, b));
    return true;
  case BIN_div:
    if (size_is(c->ctx, b, 0)) return false;
    *out = divide_sizes(c, a, b);
    return true;
  default:
    if (!is_compare(op)) return false;
    *out = compare_sizes(c, op, a, b);
    return true;
  }
}

static bool is_condition(const Value *v) { return v->kind == VAL_bool || v->kind == VAL_unknown; }

static Value logic(Check *c, BinaryOp op, Value a, Value b) {
  bool stop = op == BIN_or; /* the value that decides alone */
  if (a.kind == VAL_bool && a.boolean == stop) return a;
  if (b.kind == VAL_bool && b.boolean == stop) return b;
  if (a.kind == VAL_bool && b.kind == VAL_bool) return value_bool(!stop);
  if (is_condition(&a) && is_condition(&b)) return unknown_pair(c->ctx, binary_op(op), &a, &b);
  return (Value){.kind = VAL_unknown, .whole_name = true}; /* wrong, as a tensor says */
}

Value number_binary(Check *c, BinaryOp op, Value a, Value b, Span span) {
  if (op == BIN_and || op == BIN_or) return logic(c, op, a, b);
  if (a.kind == VAL_unknown || b.kind == VAL_unknown)
    return (Value){.kind = VAL_unknown, .whole_name = true}; /* only a tensor can hold it */
  if (a.kind == VAL_bool && b.kind == VAL_bool && (op == BIN_eq || op == BIN_ne))
    return value_bool((a.boolean == b.boolean) == (op == BIN_eq));
  if (a.kind == VAL_text && b.kind == VAL_text && (op == BIN_eq || op == BIN_ne))
    return value_bool(str_eq(a.text, b.text) == (op == BIN_eq));
  if (a.kind != VAL_number || b.kind != VAL_number) {
    diag_at(c->ctx, span, E_no_common_type, "'%s' has no meaning between %s and %s",
            binary_op_text(op), value_str(c, &a), value_str(c, &b));
    return value_poison();
  }
  if (a.number.known && b.number.known) return known_binary(c, op, a, b, span);
  bool whole = a.number.size.i && b.number.size.i && !a.number.den.i && !b.number.den.i;
  Value out;
  if (whole && symbolic_binary(c, op, a.number.size, b.number.size, &out)) return out;
  return (Value){.kind = VAL_unknown, .whole_name = true}; /* only a tensor can hold it */
}

/* ---- sizes of the text ---- */

bool extent_fits(Check *c, Sz extent, Span span) {
  if (!size_ge_filled(c->ctx, size_const(c->ctx, -1), extent)) return true;
  diag_at(c->ctx, span, E_size_need, "an axis cannot have %s elements", size_str(c->ctx, extent));
  return false;
}

bool elab_extent(Check *c, const Expr *x, Sz *out) {
  return elab_size(c, x, out) && extent_fits(c, *out, x->span);
}

bool elab_size(Check *c, const Expr *x, Sz *out) {
  Value v = elab_as(c, mode_size(c->mode, true), x);
  if (!value_ok(&v)) return false;
  if (value_is_size(&v, out)) return true;
  diag_at(c->ctx, x->span, E_not_size, "a size is wanted here, not %s", value_str(c, &v));
  if (v.kind == VAL_tensor) diag_help(c->ctx, "a value of the run time cannot be an extent");
  return false;
}

SizeMap known_sizes(const Spec *spec) {
  Ctx *ctx = spec->ctx;
  uint32_t n = spec->vocabs.len;
  SizeMap map = {arena_array(&ctx->arena, Sz, n + 1), arena_array(&ctx->arena, Sz, n + 1), 0};
  for (uint32_t i = 0; i < n; i++) {
    const SpecVocab *v = spec->vocabs.data[i];
    if (!v->known) continue;
    map.from[map.n] = v->size;
    map.to[map.n++] = size_const(ctx, v->known);
  }
  return map;
}

bool elab_int(Check *c, const Expr *x, int64_t *out) {
  Sz size;
  if (!elab_size(c, x, &size)) return false;
  if (size_is_const(c->ctx, size, out)) return true;
  SizeMap known = known_sizes(c->spec);
  if (size_is_const(c->ctx, size_subst(c->ctx, size, known.from, known.to, known.n), out))
    return true;
  diag_at(c->ctx, x->span, E_not_static,
          "a number known before the run is wanted here, not the size %s", size_str(c->ctx, size));
  return false;
}

bool sizes_possible(Spec *spec, const Graph *g) {
  Needs needs = {0};
  graph_needs_new(g, &spec->bodies_looked_at, &needs); /* what is called: once */
  return needs_possible(spec->ctx, &needs);
}

/* A folded constant of the graph counts as known. */
static bool constant_bool(Check *c, const Value *v, bool *out) {
  if (v->kind != VAL_tensor) return false;
  const Node *n = graph_node(v->tensor.frame->graph, v->tensor.ref);
  (void)c;
  if (n->op != OP_const) return false;
  *out = node_float(n, A_value, 0) != 0;
  return true;
}

static bool settle_static_bool(Check *c, const Expr *x, const Value *v) {
  if (v->kind == VAL_bool || v->kind == VAL_unknown) return true;
  if (!value_ok(v)) return false;
  diag_at(c->ctx, x->span, E_not_static, "a condition known before the run is wanted, not %s",
          value_str(c, v));
  if (v->kind == VAL_tensor)
    diag_help(c->ctx, "where(condition, a, b) chooses between values while running");
  return false;
}

enum { CLAIM_DEPTH = 20 };

/* Made of single numbers alone: parameters, what calls give, constants. */
static bool of_scalars(const Graph *g, Ref r, int depth) {
  const Node *n = graph_node(g, r);
  const TypeInfo *info = graph_info(g, r);
  if (info->is_tuple) return true;
  if (info->rank || !depth) return false;
  for (int i = 0; i < n->n_operands; i++)
    if (!of_scalars(g, n->operands[i], depth - 1)) return false;
  return true;
}

bool elab_claim(Check *c, const Expr *x, Value *out, Ref *condition) {
  bool known;
  *out = elab_as(c, mode_size(c->mode, false), x);
  *condition = REF_NONE;
  if (constant_bool(c, out, &known)) {
    *out = value_bool(known);
  } else if (out->kind == VAL_unknown && out->condition && c->instance) {
    *condition = size_condition_ref(c->instance->graph, out->condition);
  } else if (out->kind == VAL_tensor && out->tensor.n_vars) {
    *out = (Value){.kind = VAL_unknown}; /* of a function applied at every place */
  } else if (out->kind == VAL_tensor && ty_eq(value_type(c, out), type_scalar(c->ctx, DT_bool)) &&
             of_scalars(out->tensor.frame->graph, out->tensor.ref, CLAIM_DEPTH)) {
    if (out->tensor.frame->graph == c->instance->graph) *condition = out->tensor.ref;
    *out = (Value){.kind = VAL_unknown};
  }
  return settle_static_bool(c, x, out);
}

bool elab_static_bool(Check *c, const Expr *x, Value *out) {
  *out = elab_as(c, mode_size(c->mode, false), x);
  bool known;
  if (constant_bool(c, out, &known)) *out = value_bool(known);
  return settle_static_bool(c, x, out);
}
