/* Whether whole numbers lie in an axis for all sizes, so that making indices of them cuts nothing
 * off and does not hang on how long the axis is: t + k of x[b, t + k]. The least and the largest
 * value are sizes, found from the counters, sizes and constants that the numbers are computed from.
 */
#include "passes/sets/sets_join.h"

typedef struct Bounds {
  Sz lo, hi;
} Bounds;

enum { DEPTH = 12 };

static bool bounds_of(const Graph *g, Ref r, Sz extent, int depth, Bounds *out);

static bool at_least(Ctx *ctx, Sz a, int64_t b) { return size_ge(ctx, a, size_const(ctx, b)); }

static bool counted(Ctx *ctx, Sz extent, Bounds *out) {
  *out = (Bounds){size_const(ctx, 0), size_sub(ctx, extent, size_const(ctx, 1))};
  return true;
}

/* By a factor or divisor that is one size. */
static bool scaled(Ctx *ctx, Op op, Bounds a, Bounds b, Bounds *out) {
  if (op == OP_mul && sz_eq(a.lo, a.hi)) {
    Bounds swap = a;
    a = b;
    b = swap;
  }
  if (!sz_eq(b.lo, b.hi) || !at_least(ctx, b.lo, op == OP_mul ? 0 : 1)) return false;
  if (op == OP_mod) return counted(ctx, b.lo, out);
  *out = (Bounds){size_mul(ctx, a.lo, b.lo), size_mul(ctx, a.hi, b.lo)};
  return true;
}

/* Sums and products wrap around at 32 bits. Positions of an axis do not, and neither do those a
 * little further on: an axis of 2^31 places is taken for none. */
static bool fits(Ctx *ctx, Sz extent, const Bounds *b) {
  Sz far = size_add(ctx, extent, size_const(ctx, 1 << 16)), most = size_const(ctx, INT32_MAX);
  Sz least = size_sub(ctx, size_const(ctx, 0), far);
  return (size_ge(ctx, b->lo, least) || at_least(ctx, b->lo, -INT32_MAX)) &&
         (size_ge(ctx, far, b->hi) || size_ge(ctx, most, b->hi));
}

static bool bounds_of_two(const Graph *g, const Node *n, Sz extent, int depth, Bounds *out) {
  Bounds a, b;
  Ctx *ctx = g->ctx;
  int first = n->op == OP_where;
  if (!bounds_of(g, n->operands[first], extent, depth, &a) ||
      !bounds_of(g, n->operands[first + 1], extent, depth, &b))
    return false;
  switch (n->op) {
  case OP_add:
    *out = (Bounds){size_add(ctx, a.lo, b.lo), size_add(ctx, a.hi, b.hi)};
    return fits(ctx, extent, out);
  case OP_sub:
    *out = (Bounds){size_sub(ctx, a.lo, b.hi), size_sub(ctx, a.hi, b.lo)};
    return fits(ctx, extent, out);
  case OP_max:
    *out = (Bounds){size_max(ctx, a.lo, b.lo), size_max(ctx, a.hi, b.hi)};
    return true;
  case OP_min:
    *out = (Bounds){size_min(ctx, a.lo, b.lo), size_min(ctx, a.hi, b.hi)};
    return true;
  case OP_where:
    *out = (Bounds){size_min(ctx, a.lo, b.lo), size_max(ctx, a.hi, b.hi)};
    return true;
  default:
    return scaled(ctx, n->op, a, b, out) && fits(ctx, extent, out);
  }
}

static bool bounds_of(const Graph *g, Ref r, Sz extent, int depth, Bounds *out) {
  const Node *n = graph_node(g, r);
  const TypeInfo *info = graph_info(g, r);
  if (!depth--) return false;
  switch (n->op) {
  case OP_iota:
    return counted(g->ctx, info->dims[node_int(n, A_axis, 0)], out);
  case OP_size:
    out->lo = out->hi = node_size(n, A_size);
    return true;
  case OP_const:
    out->lo = out->hi = size_const(g->ctx, (int64_t)node_float(n, A_value, 0));
    return info->dtype == DT_i32;
  case OP_broadcast:
  case OP_transpose:
  case OP_reshape:
  case OP_slice:
  case OP_reverse:
    return bounds_of(g, n->operands[0], extent, depth, out);
  case OP_cast: {
    const TypeInfo *from = graph_info(g, n->operands[0]);
    if (from->dtype == DT_idx) return counted(g->ctx, from->extent, out);
    return from->dtype == DT_i32 && bounds_of(g, n->operands[0], extent, depth, out);
  }
  case OP_add:
  case OP_sub:
  case OP_mul:
  case OP_mod:
  case OP_max:
  case OP_min:
  case OP_where:
    return bounds_of_two(g, n, extent, depth, out);
  default:
    return false;
  }
}

bool set_in_range(const Graph *g, Ref r, Sz extent) {
  Bounds b;
  return graph_info(g, r)->dtype == DT_i32 && bounds_of(g, r, extent, DEPTH, &b) &&
         at_least(g->ctx, b.lo, 0) &&
         size_ge(g->ctx, extent, size_add(g->ctx, b.hi, size_const(g->ctx, 1)));
}
