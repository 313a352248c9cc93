/* contract: sums of products become dots, and dots take the one form that the code generator
 * knows.
 *
 * sum[axes](a * b * ..) is read as an einsum by looking through products used once, broadcasts,
 * transposes and axes of extent 1; so is every dot. passes/contract/einsum.c then decides
 * whether a product of matrices is worth it:
 *
 * - both sides need an axis of their own. A matrix times a vector reads the matrix once either
 *   way,
 * so it stays (or becomes) a product and a sum, which a kernel does in one go, fused with what
 * stands around it;
 * - the summed extent is not known to be very short (option min), nor the matrices tiny.
 *
 * Without --fast only rounding may change (passes/rules/rules.def): no factor leaves a sum
 * unless it is surely bounded, a sum of one factor alone is not taken out of a sum of products,
 * and at most three factors change places.
 *
 * A dot in bf16 keeps its operands as they are, since they are rounded: nothing is multiplied into
 * them or taken out of them, and it stays a product whatever its sizes.
 *
 * A dot that comes out has at most one batch axis, one free axis a side and one contracted axis, or
 * several that strides say as they lie (ir/dot_form.h).
 */
#include "passes/contract/contract.h"

#include <math.h>
#include <string.h>

#define MAX_AXES MAX_LABELS

/* ---- reading ---- */

typedef struct ContractReader {
  const Graph *old;
  const RefMap *map;
  const uint32_t *uses;
  Einsum *e;
} ContractReader;

static bool read_factor(ContractReader *rd, Ref r, const int8_t *labels, bool top);

static bool leaf(ContractReader *rd, Ref r, const int8_t *labels) {
  if (rd->e->n_factors == MAX_FACTORS) return false;
  Factor *f = &rd->e->factors[rd->e->n_factors++];
  f->r = rd->map->to[r.i];
  f->n = graph_info(rd->old, r)->rank;
  memcpy(f->labels, labels, (size_t)f->n);
  return true;
}

static bool through_broadcast(ContractReader *rd, const Node *n, const int8_t *labels) {
  const Attr *axes = node_attr(n, A_axes);
  int8_t inner[MAX_AXES];
  for (int i = 0; i < axes->n; i++) inner[i] = labels[axes->ints[i]];
  return read_factor(rd, n->operands[0], inner, false);
}

static bool through_transpose(ContractReader *rd, const Node *n, const int8_t *labels, bool top) {
  const Attr *perm = node_attr(n, A_perm);
  int8_t inner[MAX_AXES];
  for (int i = 0; i < perm->n; i++) inner[perm->ints[i]] = labels[i];
  return read_factor(rd, n->operands[0], inner, top);
}

/* Labels of the operand of a reshape that only adds or removes axes of extent 1; false for other
 * reshapes. */
static bool unit_reshape(const ContractReader *rd, const Node *n, const int8_t *labels,
                         int8_t *inner) {
  Ctx *ctx = rd->old->ctx;
  const TypeInfo *a = graph_info(rd->old, n->operands[0]), *y = type_info(ctx, n->type);
  int k = 0;
  for (int i = 0; i < a->rank; i++) {
    inner[i] = NO_LABEL;
    if (size_is(ctx, a->dims[i], 1)) continue;
    while (k < y->rank && size_is(ctx, y->dims[k], 1)) k++;
    if (k == y->rank || !sz_eq(y->dims[k], a->dims[i])) return false;
    inner[i] = labels[k++];
  }
  while (k < y->rank && size_is(ctx, y->dims[k], 1)) k++;
  return k == y->rank;
}

/* The operands of a dot that only the sum uses: its contracted axes are new summed labels. */
static bool through_dot(ContractReader *rd, const Node *n, const int8_t *labels) {
  const Attr *batch[] = {node_attr(n, A_batch_a), node_attr(n, A_batch_b)};
  const Attr *contract[] = {node_attr(n, A_contract_a), node_attr(n, A_contract_b)};
  int8_t inner[2][MAX_AXES];
  int next = batch[0]->n;
  for (int side = 0; side < 2; side++) {
    const TypeInfo *info = graph_info(rd->old, n->operands[side]);
    memset(inner[side], MAX_LABELS, sizeof inner[side]);
    for (int i = 0; i < batch[side]->n; i++) inner[side][batch[side]->ints[i]] = labels[i];
    for (int i = 0; i < contract[side]->n; i++) {
      int8_t *mine = &inner[side][contract[side]->ints[i]];
      *mine = side ? inner[0][contract[0]->ints[i]]
                   : (int8_t)einsum_label(rd->e, info->dims[contract[side]->ints[i]]);
      if (*mine < NO_LABEL) return false;
      if (*mine >= 0) rd->e->summed |= 1u << *mine;
    }
    for (int i = 0; i < info->rank; i++)
      if (inner[side][i] == MAX_LABELS) inner[side][i] = labels[next++];
  }
  return read_factor(rd, n->operands[0], inner[0], false) &&
         read_factor(rd, n->operands[1], inner[1], false);
}

/* A constant that may be taken out. Zeros stay where they are: beside them the padding of the other
 * factor does not matter, but in its sum it does. */
static bool may_scale(const ContractReader *rd, double value) {
  double scale = fabs(rd->e->scale * value), most = fact_mild(DT_f32);
  return rd->e->pc->options.fast || (scale <= most && scale >= 1 / most);
}

/* How many factors may be multiplied in any order. */
static int most_factors(const ContractReader *rd) {
  return rd->e->pc->options.fast ? MAX_FACTORS : 3;
}

/* Adds the factors of r, whose axes carry the labels. top: r is the operand of the sum up to
 * transposes. */
static bool read_factor(ContractReader *rd, Ref r, const int8_t *labels, bool top) {
  const Node *n = graph_node(rd->old, r);
  bool once = rd->uses[r.i] <= 1;
  int8_t inner[MAX_AXES];
  bool rounded = !str_none(rd->e->precision); /* what moves no number may change its place only */
  if (rounded && n->op != OP_transpose && n->op != OP_reshape) return leaf(rd, r, labels);
  if (n->op == OP_broadcast) return through_broadcast(rd, n, labels);
  if (n->op == OP_transpose) return through_transpose(rd, n, labels, top && once);
  if (n->op == OP_reshape && unit_reshape(rd, n, labels, inner))
    return read_factor(rd, n->operands[0], inner, top && once);
  if (n->op == OP_const && may_scale(rd, node_float(n, A_value, 0))) {
    rd->e->scale *= node_float(n, A_value, 0);
    return true;
  }
  if (n->op == OP_neg && once) {
    rd->e->scale = -rd->e->scale;
    return read_factor(rd, n->operands[0], labels, top);
  }
  if (n->op == OP_mul && once && rd->e->n_factors + 2 <= most_factors(rd))
    return read_factor(rd, n->operands[0], labels, false) &&
           read_factor(rd, n->operands[1], labels, false);
  if (n->op == OP_dot && once && top && !dot_is_bf16(n)) return through_dot(rd, n, labels);
  return leaf(rd, r, labels);
}

/* One label for each axis of a type; false when there are too many. */
static bool label_axes(Einsum *e, Ty type, int8_t *labels) {
  const TypeInfo *info = type_info(e->g->ctx, type);
  for (int i = 0; i < info->rank; i++) {
    labels[i] = (int8_t)einsum_label(e, info->dims[i]);
    if (labels[i] < NO_LABEL) return false;
  }
  return info->rank <= MAX_AXES;
}

static bool read_sum(ContractReader *rd, const Node *n) {
  Einsum *e = rd->e;
  int8_t labels[MAX_AXES];
  const Attr *axes = node_attr(n, A_axes);
  if (!label_axes(e, graph_type(rd->old, n->operands[0]), labels)) return false;
  int rank = graph_info(rd->old, n->operands[0])->rank;
  for (int i = 0, k = 0; i < rank; i++) {
    bool goes = k < axes->n && axes->ints[k] == i;
    k += goes;
    if (!goes) e->out[e->n_out++] = labels[i];
    if (goes && labels[i] >= 0) e->summed |= 1u << labels[i];
  }
  return read_factor(rd, n->operands[0], labels, true);
}

/* order: the transpose in whose order the result is wanted, or NULL. */
static bool read_dot(ContractReader *rd, const Node *n, const Node *order) {
  Einsum *e = rd->e;
  e->precision = node_str(n, A_precision);
  int8_t labels[MAX_AXES];
  if (!label_axes(e, n->type, labels)) return false;
  e->n_out = type_info(e->g->ctx, n->type)->rank;
  for (int i = 0; i < e->n_out; i++)
    e->out[i] = labels[order ? node_attr(order, A_perm)->ints[i] : i];
  return through_dot(rd, n, labels);
}

/* ---- the pass ---- */

typedef struct Contractor {
  PassCtx *pc;
  const Graph *old;
  Graph *g;
  RefMap map;
  uint32_t *uses, *all_shared; /* all_shared: as if every value had several readers */
  bool *ordered;               /* by node: a dot that only a transpose reads: it is made there */
  Facts facts;                 /* of g */
  int64_t least;
} Contractor;

/* The matrix kernels exist for f32 and f64. */
static bool has_kernels(DType dtype) { return dtype == DT_f32 || dtype == DT_f64; }

static Einsum einsum_new(Contractor *c) {
  return (Einsum){.pc = c->pc, .g = c->g, .facts = &c->facts, .least = c->least, .scale = 1};
}

static void explain(Contractor *c, Ref r, const char *why) {
  if (remarks_on(c->pc))
    remark(c->pc, c->old, r, REMARK_missed, "no-product", "stays a sum for a kernel: %s", why);
}

/* A sum as a dot; REF_NONE when it stays a sum. */
static Ref contract_sum(Contractor *c, Ref r) {
  const Node *n = graph_node(c->old, r);
  Einsum e = einsum_new(c);
  ContractReader rd = {c->old, &c->map, c->uses, &e};
  if (c->pc->options.strict || !has_kernels(type_info(c->pc->ctx, n->type)->dtype)) return REF_NONE;
  if (!read_sum(&rd, n) || e.n_factors < 2) return REF_NONE;
  Ref y = einsum_product(&e);
  if (ref_none(y)) {
    explain(c, r, e.why);
    return REF_NONE;
  }
  if (!pass_fuel(c->pc)) return REF_NONE;
  if (remarks_on(c->pc))
    remark(c->pc, c->old, r, REMARK_applied, "sum-to-product",
           "sum of products as a matrix product");
  return y;
}

/* A dot of constants: scale times the number of summed places. */
static Ref contract_constants(Contractor *c, const Node *n, const Einsum *e) {
  Ctx *ctx = c->pc->ctx;
  Sz places = size_const(ctx, 1);
  DType dtype = type_info(ctx, n->type)->dtype;
  for (int i = 0; i < MAX_LABELS; i++)
    if (e->summed >> i & 1) places = size_mul(ctx, places, e->dims[i]);
  Ref count = build_size_as(c->g, places, dtype);
  return build_splat(c->g, build2(c->g, OP_mul, count, build_scalar(c->g, dtype, e->scale)),
                     n->type);
}

/* A dot in canonical form, or as products and sums where that is better. */
static Ref contract_product(Contractor *c, Ref r, const Node *order) {
  const Node *n = graph_node(c->old, r);
  Einsum e = einsum_new(c);
  ContractReader rd = {c->old, &c->map, c->uses, &e};
  if (!read_dot(&rd, n, order)) {
    /* too much at once: this dot alone, without what makes its operands */
    e = einsum_new(c);
    rd.uses = c->all_shared;
    if (!read_dot(&rd, n, order)) return REF_NONE;
  }
  if (!e.n_factors) return contract_constants(c, order ? order : n, &e);
  Ref y = has_kernels(type_info(c->pc->ctx, n->type)->dtype) ? einsum_product(&e) : REF_NONE;
  if (!ref_none(y) || dot_is_bf16(n)) return y; /* a sum would not round its factors */
  y = einsum_plain(&e);
  if (ref_none(y)) return REF_NONE;
  explain(c, r, e.why ? e.why : "there is no kernel for its element type");
  return y;
}

static Ref contract_node(Contractor *c, Ref r) {
  const Node *n = graph_node(c->old, r);
  Ref y = REF_NONE;
  pass_stamp(c->g, n);
  uint32_t mark = c->g->nodes.len;
  if (n->op == OP_custom) y = contract_custom(c->pc, c->old, r, c->g, &c->map);
  if (n->op == OP_sum) y = contract_sum(c, r);
  if (n->op == OP_dot && !c->ordered[r.i]) y = contract_product(c, r, NULL);
  if (n->op == OP_transpose && c->ordered[n->operands[0].i])
    y = contract_product(c, n->operands[0], n);
  if (ref_none(y)) return refmap_copy(c->old, r, c->g, &c->map);
  if (y.i >= mark && str_none(c->g->nodes.data[y.i].name)) c->g->nodes.data[y.i].name = n->name;
  return y;
}

Graph *pass_contract(PassCtx *pc, const Graph *g, const PassOptions *options) {
  const Graph *old = pass_map_bodies(pc, g, options, pass_contract);
  Contractor c = {.pc = pc, .old = old, .map = refmap_new(&pc->ctx->arena, old)};
  c.least = pass_option_int(options, "min");
  c.uses = graph_uses(&pc->ctx->arena, old);
  c.all_shared = arena_array(&pc->ctx->arena, uint32_t, old->nodes.len);
  for (uint32_t i = 0; i < old->nodes.len; i++) c.all_shared[i] = 2;
  c.ordered = arena_array(&pc->ctx->arena, bool, old->nodes.len);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    const Node *n = &old->nodes.data[i];
    if (n->op == OP_transpose && c.uses[n->operands[0].i] == 1)
      c.ordered[n->operands[0].i] = graph_node(old, n->operands[0])->op == OP_dot;
  }
  c.g = graph_like(old, &c.map);
  c.facts = facts_new(c.g);
  for (uint32_t i = 0; i < old->nodes.len; i++)
    if (ref_none(c.map.to[i])) c.map.to[i] = contract_node(&c, (Ref){i});
  if (refmap_same(old, c.g, &c.map)) return graph_sweep(old);
  pass_results(old, c.g, &c.map);
  return graph_sweep(c.g);
}
