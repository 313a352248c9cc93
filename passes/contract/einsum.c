/* Emission of einsums: which factors are grouped to the two sides of a product, and the product in
 * canonical form.
 *
 *   y[out] = scale * sum[summed] f1[..] * f2[..] * ...
 *
 * 1. Factors without a summed label wait outside.
 * 2. The others are split in two groups, each multiplied elementwise, such that both sides keep a
 * free label; all splits are tried (at most 2^5) and the one with the smallest sides is taken.
 * Labels that are summed and belong to one side only are summed there first.
 * 3. Each side is brought to the form [batch][free][contracted] in any order of the three,
 * neighbours merged by a reshape. Where neighbours that have to merge are apart, the product is
 * taken of the operands as they lie if strides can say it (ir/dot_form.h): heads that stand behind
 * the places are a batch of two axes. Else that side is transposed. The order of the contracted
 * labels follows the side that is dearer to transpose.
 */
#include "ir/dot_form.h"
#include "passes/contract/contract.h"

#include <string.h>

int einsum_label(Einsum *e, Sz extent) {
  if (size_is(e->g->ctx, extent, 1)) return NO_LABEL;
  if (e->n_labels == MAX_LABELS) return -2;
  e->dims[e->n_labels] = extent;
  return e->n_labels++;
}

/* ---- sets of labels ---- */

static uint32_t labels_of(const Factor *f) {
  uint32_t set = 0;
  for (int i = 0; i < f->n; i++)
    if (f->labels[i] >= 0) set |= 1u << f->labels[i];
  return set;
}

static Sz extent_of(const Einsum *e, uint32_t set) {
  Sz size = size_const(e->g->ctx, 1);
  for (int i = 0; i < e->n_labels; i++)
    if (set >> i & 1) size = size_mul(e->g->ctx, size, e->dims[i]);
  return size;
}

static double guess_of(const Einsum *e, uint32_t set) {
  return size_guess(e->g->ctx, extent_of(e, set));
}

/* Labels of a set in the order of a list. */
static int pick(uint32_t set, const int8_t *list, int n, int8_t *to) {
  int count = 0;
  for (int i = 0; i < n; i++)
    if (list[i] >= 0 && (set >> list[i] & 1)) to[count++] = list[i];
  return count;
}

static int place_of(const int8_t *list, int n, int label) {
  for (int i = 0; i < n; i++)
    if (list[i] == label) return i;
  return -1;
}

/* ---- tensors with labels ---- */

static Factor reshaped(Einsum *e, const Factor *f, const int8_t *labels, int n) {
  Factor to = {.r = f->r, .n = n};
  Sz dims[MAX_LABELS];
  for (int i = 0; i < n; i++) {
    to.labels[i] = labels[i];
    dims[i] = labels[i] >= 0 ? e->dims[labels[i]] : size_const(e->g->ctx, 1);
  }
  to.r = build_reshape(e->g, f->r, dims, n);
  return to;
}

/* Without axes of extent 1. */
static Factor squeezed(Einsum *e, const Factor *f) {
  int8_t labels[MAX_LABELS];
  int n = pick(~0u, f->labels, f->n, labels);
  return n == f->n ? *f : reshaped(e, f, labels, n);
}

/* With the axes in the order of labels. */
static Factor transposed(Einsum *e, const Factor *f, const int8_t *labels) {
  int32_t perm[MAX_LABELS] = {0};
  Factor to = {.n = f->n};
  for (int i = 0; i < f->n; i++) {
    perm[i] = place_of(f->labels, f->n, labels[i]);
    to.labels[i] = labels[i];
  }
  to.r = build_transpose(e->g, f->r, perm);
  return to;
}

/* Repeated along labels that it lacks, axes in the order of the list (which has all of its labels).
 */
static Ref spread(Einsum *e, const Factor *f, const int8_t *labels, int n) {
  int8_t order[MAX_LABELS];
  pick(labels_of(f), labels, n, order);
  Factor in_order = transposed(e, f, order);
  Sz dims[MAX_LABELS];
  int32_t axes[MAX_LABELS];
  int have = 0;
  for (int i = 0; i < n; i++) {
    dims[i] = e->dims[labels[i]];
    if (place_of(order, f->n, labels[i]) >= 0) axes[have++] = i;
  }
  return build_broadcast(e->g, in_order.r, dims, n, axes);
}

/* Labels of a set of factors in the order of the product: the order in which they first appear. */
static int union_order(const Factor *factors, uint32_t members, int8_t *labels) {
  uint32_t seen = 0;
  int n = 0;
  for (int i = 0; i < MAX_FACTORS; i++) {
    if (!(members >> i & 1)) continue;
    for (int k = 0; k < factors[i].n; k++) {
      int label = factors[i].labels[k];
      if (seen >> label & 1) continue;
      seen |= 1u << label;
      labels[n++] = (int8_t)label;
    }
  }
  return n;
}

/* Elementwise product of some factors. The largest gives the order of axes. */
static Factor multiplied(Einsum *e, uint32_t members) {
  Factor to = {.r = REF_NONE};
  Factor sorted[MAX_FACTORS];
  int count = 0;
  for (int i = 0; i < e->n_factors; i++) {
    if (!(members >> i & 1)) continue;
    int at = count++;
    while (at > 0 && sorted[at - 1].n < e->factors[i].n) {
      sorted[at] = sorted[at - 1];
      at--;
    }
    sorted[at] = e->factors[i];
  }
  to.n = union_order(sorted, (1u << count) - 1, to.labels);
  for (int i = 0; i < count; i++) {
    Ref value = spread(e, &sorted[i], to.labels, to.n);
    to.r = i == 0 ? value : build2(e->g, OP_mul, to.r, value);
  }
  return to;
}

static Factor summed_over(Einsum *e, const Factor *f, uint32_t set) {
  int32_t axes[MAX_LABELS];
  Factor to = {0};
  int n = 0;
  for (int i = 0; i < f->n; i++)
    if (set >> f->labels[i] & 1)
      axes[n++] = i;
    else
      to.labels[to.n++] = f->labels[i];
  to.r = build_reduce(e->g, OP_sum, f->r, axes, n);
  return to;
}

/* ---- the product in canonical form ---- */

typedef struct Groups {
  uint32_t batch, contract;
  int8_t batch_order[MAX_LABELS], contract_order[MAX_LABELS];
  int n_batch, n_contract;
} Groups;

/* The labels of a group lie side by side in the given order (or there are none). */
static bool together(const Factor *f, const int8_t *order, int n) {
  int first = n ? place_of(f->labels, f->n, order[0]) : 0;
  for (int i = 1; i < n; i++)
    if (place_of(f->labels, f->n, order[i]) != first + i) return false;
  return true;
}

static bool free_together(const Factor *f, uint32_t free) {
  int8_t order[MAX_LABELS];
  int n = pick(free, f->labels, f->n, order);
  return together(f, order, n);
}

static bool arranged(const Factor *f, const Groups *s, const int8_t *contract_order) {
  return together(f, s->batch_order, s->n_batch) && together(f, contract_order, s->n_contract) &&
         free_together(f, labels_of(f) & ~(s->batch | s->contract));
}

/* Order of the contracted labels: the one for which less has to be transposed. */
static void order_contracted(Einsum *e, const Factor *a, const Factor *b, Groups *s) {
  int8_t orders[2][MAX_LABELS];
  const Factor *sides[] = {a, b};
  double cost[2] = {0, 0};
  for (int i = 0; i < 2; i++) {
    s->n_contract = pick(s->contract, sides[i]->labels, sides[i]->n, orders[i]);
    for (int k = 0; k < 2; k++)
      if (!arranged(sides[k], s, orders[i])) cost[i] += guess_of(e, labels_of(sides[k]));
  }
  memcpy(s->contract_order, orders[cost[1] < cost[0]], sizeof orders[0]);
}

/* One side with each group merged to one axis; the axis numbers of the groups, -1 for none. */
typedef struct EinsumSide {
  Ref r;
  int batch, contract;
  int8_t free[MAX_LABELS];
  int n_free;
} EinsumSide;

static Factor arrange(Einsum *e, const Factor *f, const Groups *s, bool *moved) {
  *moved = !arranged(f, s, s->contract_order);
  if (!*moved) return *f;
  int8_t order[MAX_LABELS];
  memcpy(order, s->batch_order, (size_t)s->n_batch);
  int n = s->n_batch + pick(~(s->batch | s->contract), f->labels, f->n, order + s->n_batch);
  memcpy(order + n, s->contract_order, (size_t)s->n_contract);
  return transposed(e, f, order);
}

static EinsumSide merged(Einsum *e, const Factor *f, const Groups *s) {
  EinsumSide side = {.batch = -1, .contract = -1};
  side.n_free = pick(~(s->batch | s->contract), f->labels, f->n, side.free);
  Sz dims[3];
  int rank = 0;
  for (int i = 0; i < f->n; i++) {
    uint32_t bit = 1u << f->labels[i];
    uint32_t set = bit & s->batch      ? s->batch
                   : bit & s->contract ? s->contract
                                       : labels_of(f) & ~(s->batch | s->contract);
    bool first = i == 0 || !(set >> f->labels[i - 1] & 1);
    if (!first) continue;
    if (bit & s->batch) side.batch = rank;
    if (bit & s->contract) side.contract = rank;
    dims[rank++] = extent_of(e, set);
  }
  side.r = build_reshape(e->g, f->r, dims, rank);
  return side;
}

static Ref merged_dot(Einsum *e, const EinsumSide *a, const EinsumSide *b) {
  int32_t axes[] = {a->batch, b->batch, a->contract, b->contract};
  Attr attrs[] = {
      attr_is(A_batch_a, &axes[0], a->batch >= 0), attr_is(A_batch_b, &axes[1], b->batch >= 0),
      attr_is(A_contract_a, &axes[2], a->contract >= 0),
      attr_is(A_contract_b, &axes[3], b->contract >= 0), attr_s(A_precision, e->precision)};
  Ref operands[] = {a->r, b->r};
  return build_op(e->g, OP_dot, operands, 2, attrs, 5, TY_NONE);
}

/* ---- the product of operands as they lie ---- */

/* The axes of a dot of two factors, and the labels of its result. */
typedef struct Strided {
  int32_t axes[4][MAX_LABELS]; /* batch_a, batch_b, contract_a, contract_b */
  Attr attrs[5];               /* and the precision */
  Factor y;
} Strided;

static void list_axes(const Factor *f, const int8_t *labels, int n, int32_t *axes) {
  for (int i = 0; i < n; i++) axes[i] = place_of(f->labels, f->n, labels[i]);
}

static void set_strided(const Factor *a, const Factor *b, const Groups *s, Strided *to) {
  list_axes(a, s->batch_order, s->n_batch, to->axes[0]);
  list_axes(b, s->batch_order, s->n_batch, to->axes[1]);
  list_axes(a, s->contract_order, s->n_contract, to->axes[2]);
  list_axes(b, s->contract_order, s->n_contract, to->axes[3]);
  static const AttrName names[] = {A_batch_a, A_batch_b, A_contract_a, A_contract_b};
  for (int i = 0; i < 4; i++)
    to->attrs[i] = attr_is(names[i], to->axes[i], i < 2 ? s->n_batch : s->n_contract);
  uint32_t shared = s->batch | s->contract;
  to->y = (Factor){.n = s->n_batch};
  memcpy(to->y.labels, s->batch_order, (size_t)s->n_batch);
  to->y.n += pick(~shared, a->labels, a->n, to->y.labels + to->y.n);
  to->y.n += pick(~shared, b->labels, b->n, to->y.labels + to->y.n);
}

/* Whether strides say the product, written in the order of the labels. */
static bool strides_say(Einsum *e, const Factor *a, const Factor *b, const Strided *s,
                        const int8_t *order) {
  int32_t perm[MAX_LABELS];
  list_axes(&s->y, order, s->y.n, perm);
  Attr attr = attr_is(A_perm, perm, s->y.n);
  DotAsk ask = {graph_info(e->g, a->r), graph_info(e->g, b->r), &s->attrs[0], &s->attrs[1],
                &s->attrs[2],           &s->attrs[3],           &attr};
  DotForm form;
  return dot_form(e->g->ctx, &ask, &form);
}

/* The product of the factors as they lie in memory, where strides say it and something would have
 * to be transposed otherwise: an operand, or the result, which a transpose is for 'fuse' to find
 * (PlanInstr.order). */
static bool strided_dot(Einsum *e, const Factor *a, const Factor *b, const Groups *s, Factor *y) {
  Strided dot;
  int8_t order[MAX_LABELS];
  bool moved = !arranged(a, s, s->contract_order) || !arranged(b, s, s->contract_order);
  set_strided(a, b, s, &dot);
  int n = pick(labels_of(&dot.y), e->out, e->n_out, order);
  bool ordered = n != dot.y.n || !memcmp(order, dot.y.labels, (size_t)n);
  if (ordered && !moved) return false;
  bool fits = !ordered && strides_say(e, a, b, &dot, order);
  if (!fits && !(moved && strides_say(e, a, b, &dot, dot.y.labels))) return false;
  Ref operands[] = {a->r, b->r};
  *y = dot.y;
  dot.attrs[4] = attr_s(A_precision, e->precision);
  y->r = build_op(e->g, OP_dot, operands, 2, dot.attrs, 5, TY_NONE);
  return true;
}

/* The product of two sides over the labels that they share and that are summed. */
static Factor dot_of(Einsum *e, const Factor *a, const Factor *b) {
  Groups s = {.contract = labels_of(a) & labels_of(b) & e->summed};
  s.batch = labels_of(a) & labels_of(b) & ~e->summed;
  s.n_batch = pick(s.batch, e->out, e->n_out, s.batch_order);
  order_contracted(e, a, b, &s);
  Factor strided;
  if (strided_dot(e, a, b, &s, &strided)) return strided;
  bool moved_a, moved_b;
  Factor fa = arrange(e, a, &s, &moved_a), fb = arrange(e, b, &s, &moved_b);
  EinsumSide sa = merged(e, &fa, &s), sb = merged(e, &fb, &s);
  Factor y = {.r = merged_dot(e, &sa, &sb)};
  if (remarks_on(e->pc) && (moved_a || moved_b))
    remark(e->pc, e->g, y.r, REMARK_analysis, "transposed-operand",
           "%s of a product had to be transposed",
           moved_a && moved_b ? "both operands"
           : moved_a          ? "the first operand"
                              : "the second operand");
  int8_t labels[MAX_LABELS];
  int n = 0;
  for (int i = 0; i < s.n_batch; i++) labels[n++] = s.batch_order[i];
  for (int i = 0; i < sa.n_free; i++) labels[n++] = sa.free[i];
  for (int i = 0; i < sb.n_free; i++) labels[n++] = sb.free[i];
  return reshaped(e, &y, labels, n);
}

/* ---- choosing the sides ---- */

/* What a split into two groups of factors gives. */
typedef struct EinsumSplit {
  uint32_t left, right;           /* factors */
  uint32_t a, b;                  /* labels of the two sides, after their own sums */
  uint32_t left_sums, right_sums; /* labels that only one side has and sums first */
} EinsumSplit;

static uint32_t labels_of_members(const Einsum *e, uint32_t members) {
  uint32_t set = 0;
  for (int i = 0; i < e->n_factors; i++)
    if (members >> i & 1) set |= labels_of(&e->factors[i]);
  return set;
}

static EinsumSplit split_of(const Einsum *e, uint32_t left, uint32_t all) {
  EinsumSplit s = {.left = left, .right = all & ~left};
  uint32_t a = labels_of_members(e, s.left), b = labels_of_members(e, s.right);
  s.left_sums = a & ~b & e->summed;
  s.right_sums = b & ~a & e->summed;
  s.a = a & ~s.left_sums;
  s.b = b & ~s.right_sums;
  return s;
}

/* NULL, or why the split is no product for the matrix kernels. */
static const char *unfit(const Einsum *e, const EinsumSplit *s) {
  uint32_t contract = s->a & s->b & e->summed, free_a = s->a & ~s->b, free_b = s->b & ~s->a;
  int64_t k;
  if (!str_none(e->precision)) return NULL;
  if (!contract) return "the factors share no summed axis";
  if ((s->left_sums || s->right_sums) && !e->pc->options.fast)
    return "a factor would have to be summed alone, which may turn NaN into a number (--fast)";
  if (!free_a || !free_b)
    return "one side has no axis of its own: a matrix times a vector is read once either way";
  if (size_is_const(e->g->ctx, extent_of(e, contract), &k) && k < e->least)
    return "the summed axis is very short";
  Sz work = size_mul(e->g->ctx, extent_of(e, contract | free_a), extent_of(e, free_b));
  if (size_is_const(e->g->ctx, work, &k) && k < 256) return "the matrices are tiny";
  return NULL;
}

/* The best split of the factors that have summed labels; left is 0 when none fits. */
static EinsumSplit best_split(Einsum *e, uint32_t all) {
  EinsumSplit best = {0};
  double least = 0;
  uint32_t lowest = all & (~all + 1);
  for (uint32_t left = (all - 1) & all; left; left = (left - 1) & all) {
    if (!(left & lowest)) continue; /* the other half are the same splits the other way round */
    EinsumSplit s = split_of(e, left, all);
    const char *why = unfit(e, &s);
    if (why) {
      e->why = why;
      continue;
    }
    double cost =
        guess_of(e, labels_of_members(e, s.left)) + guess_of(e, labels_of_members(e, s.right));
    if (best.left && cost >= least) continue;
    best = s;
    least = cost;
  }
  return best;
}

/* One side: its factors multiplied, and summed over what only they have. */
static Factor side_value(Einsum *e, uint32_t members, uint32_t own_sums) {
  Factor f = multiplied(e, members);
  return own_sums ? summed_over(e, &f, own_sums) : f;
}

/* ---- results ---- */

/* f times the waiting factors and the scale, in the order and shape of the result. */
static Ref finish(Einsum *e, const Factor *f, uint32_t waiting) {
  int8_t order[MAX_LABELS];
  int n = pick(~0u, e->out, e->n_out, order);
  Ref y = f ? spread(e, f, order, n) : REF_NONE;
  for (int i = 0; i < e->n_factors; i++) {
    if (!(waiting >> i & 1)) continue;
    Ref value = spread(e, &e->factors[i], order, n);
    y = ref_none(y) ? value : build2(e->g, OP_mul, y, value);
  }
  if (e->scale != 1) y = build2(e->g, OP_mul, y, build_const(e->g, graph_type(e->g, y), e->scale));
  Factor result = {.r = y, .n = n};
  memcpy(result.labels, order, (size_t)n);
  return reshaped(e, &result, e->out, e->n_out).r;
}

/* A factor that may wait outside of the sum: facts.h. */
static bool may_wait(const Einsum *e, const Factor *f) {
  Ctx *ctx = e->g->ctx;
  DType dtype = graph_info(e->g, f->r)->dtype;
  bool some = size_ge(ctx, extent_of(e, e->summed), size_const(ctx, 1));
  return !dtype_is_float(dtype) || e->pc->options.fast ||
         fact_factor(fact_of(e->facts, f->r), dtype, some);
}

/* Factors that are summed: those with a summed label, and those that may not wait; in bf16 all,
 * which the product rounds. False when a summed label is in none. */
static bool inner_factors(Einsum *e, uint32_t *inner) {
  *inner = 0;
  uint32_t seen = 0;
  for (int i = 0; i < e->n_factors; i++) {
    e->factors[i] = squeezed(e, &e->factors[i]);
    uint32_t labels = labels_of(&e->factors[i]);
    seen |= labels;
    if (!str_none(e->precision) || (labels & e->summed) ||
        (e->summed && !may_wait(e, &e->factors[i])))
      *inner |= 1u << i;
  }
  return !(e->summed & ~seen);
}

/* Which side comes first: the one that owns the first free axis of the result. */
static bool right_first(const Einsum *e, const EinsumSplit *s) {
  for (int i = 0; i < e->n_out; i++) {
    if (e->out[i] < 0) continue;
    uint32_t bit = 1u << e->out[i];
    if ((s->a & bit) && (s->b & bit)) continue;
    if ((s->a | s->b) & bit) return (s->b & bit) != 0;
  }
  return false;
}

Ref einsum_product(Einsum *e) {
  uint32_t inner;
  e->why = "a summed axis is repeated";
  if (!inner_factors(e, &inner)) return REF_NONE;
  e->why = "there is one factor only";
  if (!(inner & (inner - 1))) return REF_NONE;
  EinsumSplit s = best_split(e, inner);
  if (!s.left) return REF_NONE;
  if (right_first(e, &s)) s = split_of(e, s.right, inner);
  Factor left = side_value(e, s.left, s.left_sums), right = side_value(e, s.right, s.right_sums);
  Factor y = dot_of(e, &left, &right);
  return finish(e, &y, ((1u << e->n_factors) - 1) & ~inner);
}

/* Repeats the first factor along the summed labels that no factor has: a sum of equal values. */
static void repeat_first(Einsum *e) {
  int8_t order[MAX_LABELS];
  Factor *f = &e->factors[0];
  uint32_t seen = 0;
  int n = f->n;
  memcpy(order, f->labels, (size_t)n);
  for (int i = 0; i < e->n_factors; i++) seen |= labels_of(&e->factors[i]);
  for (int label = 0; label < MAX_LABELS; label++)
    if ((e->summed & ~seen) >> label & 1) order[n++] = (int8_t)label;
  f->r = spread(e, f, order, n);
  f->n = n;
  memcpy(f->labels, order, (size_t)n);
}

Ref einsum_plain(Einsum *e) {
  uint32_t inner;
  if (!inner_factors(e, &inner)) {
    repeat_first(e);
    if (!inner_factors(e, &inner)) return REF_NONE;
  }
  uint32_t all = (1u << e->n_factors) - 1;
  if (!inner) return finish(e, NULL, all);
  Factor product = multiplied(e, inner), y = summed_over(e, &product, e->summed);
  return finish(e, &y, all & ~inner);
}
