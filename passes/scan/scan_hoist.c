/* scan-hoist: products that do not depend on the state leave the loop.
 *
 *   scan { x_t @ W + h @ U }   =>   XW = X @ W;  scan { XW_t + h @ U }
 *
 * Every value of the body has a class (passes/scan/lift.h). Three steps for each scan, inner
 * ones first:
 * 1. a product of a concatenation is split by its parts, [x, h] @ W = x @ W1 + h @ W2, when a
 *    part
 * can be hoisted;
 * 2. a product of a seq and an inv operand is computed in front of the loop for all steps, with
 * what feeds it;
 * 3. an inv value that is dear (product, reduction, region) or feeds a product directly is
 *    computed
 * once.
 *
 * Elementwise work alone is never hoisted: it would trade arithmetic for memory traffic. Nothing
 * varying is hoisted out of a loop with a stop condition, which may be much shorter than its
 * bound.
 */
#include "passes/contract/contract.h"
#include "passes/scan/lift.h"

#define MAX_PARTS 16

typedef struct Hoister {
  Walk *w;
  Scan s;
  ScanClass *classes;
  Lift lift;
  bool *out; /* by body node: computed outside */
} Hoister;

static const Node *node_of(const Hoister *h, Ref r) { return graph_node(h->s.body, r); }

/* ---- splitting products of concatenations ---- */

/* The side of a dot that is a concatenation along the one contracted axis, the other being
 * invariant; or -1. */
static int concat_side(const Hoister *h, const Node *dot) {
  for (int side = 0; side < 2; side++) {
    const Node *concat = node_of(h, dot->operands[side]);
    const Attr *contract = node_attr(dot, side ? A_contract_b : A_contract_a);
    if (concat->op == OP_concat && contract->n == 1 &&
        node_int(concat, A_axis, -1) == contract->ints[0] &&
        h->classes[dot->operands[1 - side].i] == CLASS_inv)
      return side;
  }
  return -1;
}

/* A run of neighbouring parts that stay together. */
typedef struct HoistRun {
  int first, n;
  bool state;
} HoistRun;

static bool stays(const Hoister *h, Ref part) {
  return h->classes[part.i] == CLASS_state || lift_obstacle(&h->lift, part) != NULL;
}

static int find_runs(const Hoister *h, const Node *concat, HoistRun *runs) {
  int n = 0;
  for (int i = 0; i < concat->n_operands; i++) {
    bool state = stays(h, concat->operands[i]);
    if (n && runs[n - 1].state == state)
      runs[n - 1].n++;
    else if (n < MAX_PARTS)
      runs[n++] = (HoistRun){i, 1, state};
    else
      return 0;
  }
  return n;
}

/* The product of one run with its share of the other operand; *start moves on. */
static Ref run_product(const Hoister *h, Ref r, int side, const HoistRun *run, Graph *body,
                       const RefMap *map, Sz *start) {
  const Node *dot = node_of(h, r), *concat = node_of(h, dot->operands[side]);
  int axis = (int)node_int(concat, A_axis, 0);
  Ref parts[MAX_PARTS];
  Sz extent = size_const(h->s.g->ctx, 0);
  for (int i = 0; i < run->n; i++) {
    Ref part = concat->operands[run->first + i];
    parts[i] = map->to[part.i];
    extent = size_add(h->s.g->ctx, extent, graph_info(h->s.body, part)->dims[axis]);
  }
  int other_axis = node_attr(dot, side ? A_contract_a : A_contract_b)->ints[0];
  Ref operands[2];
  operands[side] = build_concat(body, parts, run->n, axis);
  operands[1 - side] =
      build_slice(body, map->to[dot->operands[1 - side].i], other_axis, *start, extent);
  *start = size_add(h->s.g->ctx, *start, extent);
  return build_op(body, OP_dot, operands, 2, dot->attrs, dot->n_attrs, TY_NONE);
}

static Ref split_product(const Hoister *h, Ref r, int side, const HoistRun *runs, int n,
                         Graph *body, const RefMap *map) {
  Sz start = size_const(h->s.g->ctx, 0);
  Ref sum = REF_NONE;
  for (int i = 0; i < n; i++) {
    Ref product = run_product(h, r, side, &runs[i], body, map, &start);
    sum = ref_none(sum) ? product : build2(body, OP_add, sum, product);
  }
  return sum;
}

/* The body with products of concatenations split where that lets a part out; the same body when
 * there are none. */
static const Graph *split_concats(const Hoister *h) {
  const Graph *old = h->s.body;
  RefMap map = refmap_new(&h->w->pc->ctx->arena, old);
  Graph *body = graph_like(old, &map);
  bool split = false;
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    const Node *n = &old->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    HoistRun runs[MAX_PARTS];
    int side = n->op == OP_dot && h->classes[i] == CLASS_state ? concat_side(h, n) : -1;
    int n_runs = side >= 0 && node_of(h, n->operands[side])->n_operands <= MAX_PARTS
                     ? find_runs(h, node_of(h, n->operands[side]), runs)
                     : 0;
    if (n_runs > 1 && !h->s.until && pass_fuel(h->w->pc)) {
      pass_stamp(body, n);
      map.to[i] = split_product(h, (Ref){i}, side, runs, n_runs, body, &map);
      split = true;
    } else {
      map.to[i] = refmap_copy(old, (Ref){i}, body, &map);
    }
  }
  pass_results(old, body, &map);
  return split ? graph_sweep(body) : old;
}

/* ---- what leaves ---- */

static bool is_dear(const Node *n) {
  return op_is(n->op, T_CONTRACT | T_REDUCE | T_ARGREDUCE | T_ALONG | T_REGION | T_INDEXED |
                          T_MATRIX | T_RANKS);
}

static void explain(const Hoister *h, Ref dot, const char *reason, const char *code) {
  PassCtx *pc = h->w->pc;
  if (remarks_on(pc)) remark(pc, h->s.body, dot, REMARK_missed, code, "%s", reason);
}

/* Names the carry that a product waits for. */
static void explain_state(const Hoister *h, Ref r) {
  PassCtx *pc = h->w->pc;
  const Node *n = node_of(h, r);
  bool inv = h->classes[n->operands[0].i] == CLASS_inv || h->classes[n->operands[1].i] == CLASS_inv;
  if (!remarks_on(pc) || !inv) return;
  Ref carry = scan_blocking_carry(&pc->ctx->arena, &h->s, r);
  const char *name = ref_none(carry) ? "" : ctx_text(pc->ctx, node_of(h, carry)->name);
  remark(pc, h->s.body, r, REMARK_missed, "state-operand",
         "the product stays in the loop: its operand (class state) depends on the carry '%s'",
         name);
}

/* Whether the product of a seq and an inv operand leaves. */
static bool product_leaves(const Hoister *h, Ref r) {
  const Node *n = node_of(h, r);
  ScanClass a = h->classes[n->operands[0].i], b = h->classes[n->operands[1].i];
  if (h->classes[r.i] == CLASS_state) explain_state(h, r);
  if (h->classes[r.i] != CLASS_seq) return false;
  if (a == CLASS_seq && b == CLASS_seq) {
    explain(h, r, "both operands vary with time: batching them reuses nothing", "both-vary");
    return false;
  }
  if (h->s.until) {
    explain(h, r, "the loop may stop early, so work for all steps could be wasted",
            "stop-condition");
    return false;
  }
  const char *obstacle = lift_obstacle(&h->lift, r);
  if (obstacle)
    explain(h, r,
            ctx_printf(h->w->pc->ctx,
                       "its operand comes from '%s', which has no form for all steps at once",
                       obstacle),
            "obstacle");
  return !obstacle;
}

/* An invariant value that feeds a product directly is made once: inside it would be copied in every
 * step. */
static bool feeds_product(const Hoister *h, const Node *dot, Ref operand) {
  return dot->op == OP_dot && h->classes[operand.i] == CLASS_inv &&
         node_of(h, operand)->op != OP_param && node_of(h, operand)->op != OP_const &&
         !lift_obstacle(&h->lift, operand);
}

/* Marks what leaves; the number of products among it. */
static int mark_leaving(Hoister *h) {
  int products = 0;
  for (uint32_t i = 0; i < h->s.body->nodes.len; i++) {
    const Node *n = &h->s.body->nodes.data[i];
    if (h->classes[i] == CLASS_inv && is_dear(n) && !lift_obstacle(&h->lift, (Ref){i}))
      h->out[i] = true;
    if (n->op == OP_item && h->out[n->operands[0].i]) h->out[i] = true;
    for (int k = 0; k < n->n_operands; k++)
      if (feeds_product(h, n, n->operands[k])) h->out[n->operands[k].i] = true;
    if (n->op == OP_dot && h->classes[i] != CLASS_inv && product_leaves(h, (Ref){i})) {
      h->out[i] = true;
      products++;
    }
  }
  return products;
}

/* Values that leave and are used by something that stays. */
static bool *find_border(Hoister *h) {
  const Graph *body = h->s.body;
  bool *border = arena_array(&h->w->pc->ctx->arena, bool, body->nodes.len);
  for (uint32_t i = 0; i < body->nodes.len; i++)
    for (int k = 0; !h->out[i] && k < body->nodes.data[i].n_operands; k++)
      if (h->out[body->nodes.data[i].operands[k].i])
        border[body->nodes.data[i].operands[k].i] = true;
  for (uint32_t i = 0; i < body->results.len; i++)
    if (h->out[body->results.data[i].i]) border[body->results.data[i].i] = true;
  return border;
}

/* ---- building ---- */

static void report(const Hoister *h, Ref r) {
  PassCtx *pc = h->w->pc;
  if (!remarks_on(pc)) return;
  bool seq = h->classes[r.i] == CLASS_seq;
  remark(pc, h->s.body, r, REMARK_applied, seq ? "product-hoisted" : "invariant-hoisted",
         seq ? "computed in front of the loop for all steps at once"
             : "computed once in front of the loop");
  remark_number(pc, "steps", size_guess(pc->ctx, h->s.length));
}

static void keep_inputs(Hoister *h, ScanMaker *m) {
  const Scan *s = &h->s;
  for (int i = 0; i < s->carries; i++)
    scan_input(m, SCAN_carry, walk_get(h->w, scan_init(s, i)), scan_carry_param(s, i));
  for (int i = 0; i < s->slices; i++)
    scan_input(m, SCAN_slice, walk_get(h->w, scan_sliced(s, i)), scan_slice_param(s, i));
  for (int i = 0; i < s->captures; i++)
    scan_input(m, SCAN_capture, walk_get(h->w, scan_captured(s, i)), scan_capture_param(s, i));
}

/* Declares an input for each border value; the walk's graph gets the lifted values. Returns how
 * many. */
static int add_inputs(Hoister *h, ScanMaker *m, const bool *border) {
  int n = 0;
  for (uint32_t i = 0; i < h->s.body->nodes.len; i++) {
    Ref r = {i};
    if (!border[i] || type_info(h->w->pc->ctx, node_of(h, r)->type)->is_tuple) continue;
    if (!pass_fuel(h->w->pc)) continue;
    report(h, r);
    pass_stamp(h->w->g, node_of(h, r));
    ScanRole role = h->classes[i] == CLASS_seq ? SCAN_slice : SCAN_capture;
    scan_input(m, role, lift_value(&h->lift, r), r);
    n++;
  }
  return n;
}

static void finish(Hoister *h, ScanMaker *m) {
  const Scan *s = &h->s;
  Ref *values = arena_array(&h->w->pc->ctx->arena, Ref, s->carries + s->collected + 1);
  scan_begin(m);
  for (int i = 0; i < s->carries; i++)
    m->inputs[SCAN_carry].data[i].next = scan_copy(m, scan_next(s, i));
  for (int i = 0; i < s->collected; i++)
    scan_collect(m, scan_copy(m, scan_collect_result(s, i)),
                 s->body->result_names.data[s->carries + i]);
  if (s->until) m->stop = scan_copy(m, scan_stop_result(s));
  scan_end(m);
  for (int i = 0; i < s->carries; i++) values[i] = scan_last(m, i);
  for (int i = 0; i < s->collected; i++) values[s->carries + i] = scan_stacked(m, i);
  walk_replace(h->w, s->ref, values);
}

static void analyse(Hoister *h) {
  h->classes = scan_classes(&h->w->pc->ctx->arena, &h->s);
  h->lift = lift_new(h->w, &h->s, h->classes);
}

/* Hoists out of scan r. False when it stays as it is. */
static bool hoist(Walk *w, Ref r) {
  Hoister h = {.w = w, .s = scan_read(w->old, r)};
  if (!(graph_properties(h.s.body) & PROP_no_grad))
    return false; /* derivatives by values that would leave */
  analyse(&h);
  const Graph *body = split_concats(&h);
  if (body != h.s.body) {
    h.s.body = body;
    analyse(&h);
  }
  h.out = arena_array(&w->pc->ctx->arena, bool, body->nodes.len);
  mark_leaving(&h);
  ScanMaker m = scan_maker(w, &h.s);
  keep_inputs(&h, &m);
  if (!add_inputs(&h, &m, find_border(&h)) && body == graph_node(w->old, r)->body) return false;
  finish(&h, &m);
  return true;
}

Graph *pass_scan_hoist(PassCtx *pc, const Graph *g, const PassOptions *options) {
  const Graph *old = pass_map_bodies(pc, g, options, pass_scan_hoist);
  if (!has_scans(old)) return graph_sweep(old);
  Walk w = walk_new(pc, old);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    Ref r = {i};
    if (old->nodes.data[i].op != OP_scan || !hoist(&w, r)) walk_copy(&w, r);
  }
  return walk_end(&w);
}
