/* Derivative of a scan: a scan over the same steps in the other direction.
 *
 *   forward step   (carry, slice, captured) -> (carry', collected)
 *   reverse step   (adjoint of carry', adjoint of collected, saved values)
 *                  -> (adjoint of carry, adjoint of slice, summand of the adjoint of captured)
 *
 * 1. Which carries depend on a variable, and which have an adjoint: two fixpoints over the body.
 * 2. The joint graph: one step forward and back, made by differentiating the body (grad_body).
 * 3. grad_residuals decides what the forward scan collects in addition; the extended scan replaces
 *    the old one when the differentiation is done (ScanSwap).
 * 4. The reverse body is the reverse half of the joint graph, with saved values as slices. It
 *    carries the adjoints of carries, and a running sum for each captured value; it collects the
 *    adjoints of slices.
 *
 * An adjoint that is where(mask, value, 0) keeps its mask on the way through the loop, where that
 * is of use (grad_find_risk): beside the adjoint of a carry its mask is carried, beside those of
 * collected values and slices the masks are slices and collected, and a captured value's sum counts
 * where one of its summands does.
 *
 * With a stop condition not every step runs. The forward scan then collects a true in each step
 * that did (what did not run is left zero, so false), and the reverse step selects: where the flag
 * is false adjoints pass through unchanged. A select, as 0 times a derivative may be NaN.
 */
#include "passes/grad/grad.h"

typedef struct ScanGrad {
  GradTape *tape;
  Ref scan;
  Node node;
  ScanShape shape;
  Ref *outer;     /* by result of the scan: its adjoint, or REF_NONE */
  bool *active;   /* by operand: depends on a variable (for carries: in some step) */
  bool *live;     /* by result: has an adjoint (for carries: in some step) */
  int *seed_of;   /* by result: parameter of the joint graph, or -1 */
  int *result_of; /* by operand: result of the joint graph that is its adjoint, or -1 */
  bool *risk;     /* by operand: the mask of its adjoint is of use */
  Ref *mask;      /* by result of the scan: the mask of its adjoint, or REF_NONE */
  int *mask_in;   /* by result: parameter of the joint graph that is the mask of its seed, or -1 */
  int *mask_out;  /* by operand: result of the joint graph that is its adjoint's mask, or -1 */
  Graph *joint;
  Residuals residuals;
  bool *needed;        /* by joint node: built in the reverse step, or read there */
  VEC(uint32_t) saved; /* joint nodes that the reverse step reads */
  VEC(int) saved_item; /* parallel: result of the extended scan that holds it */
  int alive_item;      /* result of the extended scan that tells which steps ran */
  Ref extended;
} ScanGrad;

static Arena *arena_of(const ScanGrad *s) { return &s->tape->g->ctx->arena; }
static int n_operands(const ScanGrad *s) { return s->node.n_operands; }
static int n_results(const ScanGrad *s) { return s->shape.n_carries + s->shape.n_collected; }
static int first_captured(const ScanGrad *s) { return s->shape.n_carries + s->shape.n_slices; }

/* ---- 1. what takes part ---- */

static bool is_float(const Graph *g, Ref r) {
  const TypeInfo *info = graph_info(g, r);
  return !info->is_tuple && dtype_is_float(info->dtype);
}

/* Which body nodes depend on a variable; carries until nothing changes. */
static bool *find_active(ScanGrad *s) {
  const Graph *body = s->node.body;
  bool *nodes = arena_array(arena_of(s), bool, body->nodes.len);
  for (int k = 0; k < n_operands(s); k++) s->active[k] = grad_wants(s->tape, s->node.operands[k]);
  for (bool changed = true; changed;) {
    changed = false;
    for (int k = 0; k < n_operands(s); k++)
      if (s->active[k]) nodes[body->params.data[k + 1].i] = true;
    grad_mark_active(body, nodes);
    for (int k = 0; k < s->shape.n_carries; k++) {
      bool now = s->active[k] || nodes[body->results.data[k].i];
      changed |= now != s->active[k];
      s->active[k] = now && is_float(body, body->results.data[k]);
    }
  }
  return nodes;
}

/* Which results have an adjoint; then only operands that one reaches stay active. */
static void find_live(ScanGrad *s, const bool *nodes) {
  const Graph *body = s->node.body;
  bool *reached = arena_array(arena_of(s), bool, body->nodes.len);
  for (int k = 0; k < n_results(s); k++) {
    bool carry = k < s->shape.n_carries;
    s->live[k] =
        !ref_none(s->outer[k]) && (nodes[body->results.data[k].i] || (carry && s->active[k]));
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (int k = 0; k < n_results(s); k++)
      if (s->live[k]) reached[body->results.data[k].i] = true;
    for (uint32_t i = body->nodes.len; i-- > 0;) {
      const Node *n = &body->nodes.data[i];
      reached[i] = reached[i] && nodes[i];
      for (int k = 0; reached[i] && k < n->n_operands; k++) reached[n->operands[k].i] = true;
    }
    for (int k = 0; k < s->shape.n_carries; k++) {
      bool now = s->live[k] || (s->active[k] && reached[body->params.data[k + 1].i]);
      changed |= now != s->live[k];
      s->live[k] = now;
    }
  }
  for (int k = 0; k < n_operands(s); k++)
    s->active[k] = s->active[k] && reached[body->params.data[k + 1].i];
}

/* Which masks of operands are of use; carries until nothing changes. */
static void find_risk(ScanGrad *s) {
  const Graph *body = s->node.body;
  s->risk = arena_array(arena_of(s), bool, n_operands(s));
  bool *params = arena_array(arena_of(s), bool, n_operands(s) + 1);
  for (int k = 0; k < n_operands(s); k++)
    s->risk[k] = params[k + 1] = s->tape->risk[s->node.operands[k].i];
  for (bool changed = true; changed;) {
    changed = false;
    const bool *nodes = grad_find_risk(body, params);
    for (int k = 0; k < s->shape.n_carries; k++) {
      bool now = s->risk[k] || nodes[body->results.data[k].i];
      changed |= now != s->risk[k];
      s->risk[k] = params[k + 1] = now;
    }
  }
}

/* The masks of the adjoints that come from outside. */
static void find_masks(ScanGrad *s) {
  s->mask = arena_array(arena_of(s), Ref, n_results(s));
  for (int k = 0; k < n_results(s); k++) {
    Ref adjoint = s->outer[k];
    s->mask[k] = REF_NONE;
    if (!ref_none(adjoint)) grad_unmask(s->tape->g, &adjoint, &s->mask[k]);
  }
}

/* ---- 2. one step forward and back ---- */

static bool is_zero(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  return n->op == OP_const && node_float(n, A_value, 1) == 0;
}

/* Over the budget, only carries are saved and the step is computed again. */
static void choose_residuals(ScanGrad *s) {
  const GradCtx *gc = s->tape->gc;
  s->residuals = grad_residuals(gc->remat, s->joint, &s->shape);
  int64_t bytes = grad_residual_bytes(s->joint, &s->shape, &s->residuals);
  if (gc->budget <= 0 || bytes <= gc->budget) return;
  s->residuals = grad_residuals(REMAT_full, s->joint, &s->shape);
  if (!remarks_on(gc->pc)) return;
  remark(gc->pc, s->tape->g, s->scan, REMARK_applied, "over-budget",
         "each step is computed again in the reverse loop");
  remark_number(gc->pc, "bytes", (double)bytes);
  remark_number(gc->pc, "bytes-now",
                (double)grad_residual_bytes(s->joint, &s->shape, &s->residuals));
}

/* A carry's adjoint may have a mask in some steps; a collected value's has one in all of them or in
 * none. */
static bool has_mask(const ScanGrad *s, int result) {
  return result < s->shape.n_carries ? s->risk[result] : !ref_none(s->mask[result]);
}

/* Whether the mask of a carry's adjoint is carried: not where each step makes it true. */
static bool carries_mask(const ScanGrad *s, int carry) {
  return s->mask_in[carry] >= 0 && (s->result_of[carry] < 0 || s->mask_out[carry] >= 0);
}

/* By node of the joint graph: a mask that is true everywhere, as those of carries are that are not
 * carried. */
static bool *find_true(const ScanGrad *s) {
  const Graph *joint = s->joint;
  bool *yes = arena_array(arena_of(s), bool, joint->nodes.len);
  for (int k = 0; k < s->shape.n_carries; k++)
    if (s->mask_in[k] >= 0 && !carries_mask(s, k)) yes[joint->params.data[s->mask_in[k]].i] = true;
  for (uint32_t i = 0; i < joint->nodes.len; i++) {
    const Node *n = &joint->nodes.data[i];
    if (n->op == OP_const) yes[i] = node_float(n, A_value, 0) != 0;
    if (n->op == OP_or) yes[i] = yes[n->operands[0].i] || yes[n->operands[1].i];
    if (n->op == OP_and) yes[i] = yes[n->operands[0].i] && yes[n->operands[1].i];
    if (n->op == OP_broadcast || n->op == OP_reshape || n->op == OP_transpose)
      yes[i] = yes[n->operands[0].i];
  }
  return yes;
}

/* Drops masks that are true, until no other becomes so by it. */
static void drop_true_masks(ScanGrad *s) {
  for (bool changed = true; changed;) {
    const bool *yes = find_true(s);
    changed = false;
    for (int k = 0; k < n_operands(s); k++) {
      if (s->mask_out[k] < 0 || !yes[s->joint->results.data[s->mask_out[k]].i]) continue;
      s->mask_out[k] = -1;
      changed = true;
    }
  }
}

/* What of the joint graph's results is of use: adjoints that are not 0, masks that are not true. */
static void find_results(ScanGrad *s, int first_adjoint, int first_mask) {
  const Graph *joint = s->joint;
  for (int k = 0, n = 0; k < n_operands(s); k++) {
    s->result_of[k] = s->mask_out[k] = -1;
    if (!s->active[k]) continue;
    int adjoint = first_adjoint + n, mask = first_mask + n++;
    if (is_zero(joint, joint->results.data[adjoint])) continue;
    s->result_of[k] = adjoint;
    s->mask_out[k] = mask;
  }
  drop_true_masks(s);
}

/* False on an error. */
static bool make_joint(ScanGrad *s) {
  int *outputs = arena_array(arena_of(s), int, n_results(s)), n_outputs = 0;
  int *wrt = arena_array(arena_of(s), int, n_operands(s)), n_wrt = 0;
  bool *masked = arena_array(arena_of(s), bool, n_results(s));
  bool *risk = arena_array(arena_of(s), bool, n_operands(s) + 1);
  int n_forward = (int)s->node.body->results.len, n_params = 1 + n_operands(s);
  for (int k = 0; k < n_results(s); k++) {
    s->seed_of[k] = s->live[k] ? n_params + n_outputs : -1;
    masked[n_outputs] = has_mask(s, k);
    if (s->live[k]) outputs[n_outputs++] = k;
  }
  for (int k = 0, n = n_params + n_outputs; k < n_results(s); k++)
    s->mask_in[k] = s->live[k] && has_mask(s, k) ? n++ : -1;
  for (int k = 0; k < n_operands(s); k++) {
    risk[1 + k] = s->risk[k];
    if (s->active[k]) wrt[n_wrt++] = 1 + k;
  }
  BodyAsk ask = {outputs, n_outputs, masked, wrt, n_wrt, risk};
  s->joint = grad_body(s->tape->gc, s->node.body, &ask);
  if (!s->joint) return false;
  find_results(s, n_forward, n_forward + n_wrt);
  choose_residuals(s);
  return true;
}

/* ---- 3. the forward scan, extended ---- */

/* What the reverse step builds or reads, and which saved values those are. */
static void find_needed(ScanGrad *s) {
  const Graph *joint = s->joint;
  s->needed = arena_array(arena_of(s), bool, joint->nodes.len);
  for (int k = 0; k < n_operands(s); k++)
    if (s->result_of[k] >= 0) s->needed[joint->results.data[s->result_of[k]].i] = true;
  for (int k = 0; k < n_operands(s); k++)
    if (s->mask_out[k] >= 0) s->needed[joint->results.data[s->mask_out[k]].i] = true;
  for (uint32_t i = joint->nodes.len; i-- > 0;) {
    const Node *n = &joint->nodes.data[i];
    if (!s->needed[i] || s->residuals.save[i]) continue;
    for (int k = 0; k < n->n_operands; k++) s->needed[n->operands[k].i] = true;
  }
  for (uint32_t i = 0; i < joint->nodes.len; i++)
    if (s->needed[i] && s->residuals.save[i]) vec_push(arena_of(s), &s->saved, i);
}

/* The result of the scan that collects this joint node already, or -1. */
static int collected_at(const ScanGrad *s, uint32_t node) {
  for (int k = s->shape.n_carries; k < n_results(s); k++)
    if (s->joint->results.data[k].i == node) return k;
  return -1;
}

/* The forward half of the joint graph, without results. */
static Graph *forward_half(ScanGrad *s, RefMap *map) {
  const Graph *joint = s->joint, *body = s->node.body;
  Graph *g = graph_new(joint->ctx, body->name);
  for (uint32_t k = 0; k < body->params.len; k++) {
    const Node *p = graph_node(body, body->params.data[k]);
    pass_stamp(g, p);
    map->to[joint->params.data[k].i] = graph_param(g, p->type, p->name, NULL, 0);
  }
  for (uint32_t i = 0; i < joint->nodes.len; i++)
    if (!s->residuals.reverse[i] && ref_none(map->to[i]))
      map->to[i] = refmap_copy(joint, (Ref){i}, g, map);
  return g;
}

/* Makes the scan that collects the saved values too; s->extended is the old one if none are new. */
static void extend_scan(ScanGrad *s) {
  const Graph *joint = s->joint, *body = s->node.body;
  RefMap map = refmap_new(arena_of(s), joint);
  Graph *g = forward_half(s, &map);
  int count = n_results(s);
  for (int k = 0; k < count; k++)
    graph_result(g, map.to[joint->results.data[k].i], body->result_names.data[k]);
  for (uint32_t k = 0; k < s->saved.len; k++) {
    int item = collected_at(s, s->saved.data[k]);
    if (item < 0) {
      item = count++;
      graph_result(g, map.to[s->saved.data[k]], (Str){0});
    }
    vec_push(arena_of(s), &s->saved_item, item);
  }
  if (s->shape.until) {
    s->alive_item = count++;
    graph_result(g, build_scalar(g, DT_bool, 1), (Str){0});
    graph_result(g, map.to[joint->results.data[n_results(s)].i], (Str){0});
  }
  s->extended = s->scan;
  if (count == n_results(s)) return;
  Node n = s->node;
  n.body = graph_sweep(g);
  s->extended = build_copy(s->tape->g, &n, n.operands);
  ScanSwap swap = {s->scan, s->extended};
  if (!ref_eq(s->scan, s->extended)) vec_push(arena_of(s), s->tape->swaps, swap);
}

/* ---- 4. the reverse scan ---- */

/* The reverse scan while it is built: operands and body parameters come in step. */
typedef struct Reverse {
  Graph *body;
  RefMap map; /* from the joint graph */
  VEC(Ref) operands;
  int n_carries, n_slices;
  Ref alive;                /* in the body; REF_NONE without a stop condition */
  Ref *sums, *sum_masks;    /* by operand: so far; REF_NONE where there is none */
  int *item_of, *mask_item; /* by operand: result of the scan, or -1 */
} Reverse;

static Ref reverse_param(ScanGrad *s, Reverse *r, Ref operand, Ty type) {
  vec_push(arena_of(s), &r->operands, operand);
  return graph_param(r->body, type, (Str){0}, NULL, 0);
}

static Ref joint_param(const ScanGrad *s, int k) { return s->joint->params.data[k]; }

/* The mask of a carry's adjoint before the first reverse step. */
static Ref first_mask(const ScanGrad *s, int carry, Ty type) {
  if (!ref_none(s->mask[carry])) return s->mask[carry];
  return build_const(s->tape->g, type, !ref_none(s->outer[carry]));
}

/* Adjoints of carries, then their masks, then sums for captured values and masks of these. */
static void carry_adjoints(ScanGrad *s, Reverse *r) {
  Graph *g = s->tape->g;
  for (int k = 0; k < s->shape.n_carries; k++) {
    if (!s->live[k]) continue;
    Ref seed = joint_param(s, s->seed_of[k]);
    Ty type = graph_type(s->joint, seed);
    Ref first = ref_none(s->outer[k]) ? build_const(g, type, 0) : s->outer[k];
    r->map.to[seed.i] = reverse_param(s, r, first, type);
  }
  for (int k = 0; k < s->shape.n_carries; k++) {
    if (s->mask_in[k] < 0) continue;
    Ref mask = joint_param(s, s->mask_in[k]);
    Ty type = graph_type(s->joint, mask);
    r->map.to[mask.i] = carries_mask(s, k) ? reverse_param(s, r, first_mask(s, k, type), type)
                                           : build_const(r->body, type, 1);
  }
  for (int k = first_captured(s); k < n_operands(s); k++) {
    if (s->result_of[k] < 0) continue;
    Ty type = graph_type(g, s->node.operands[k]);
    r->sums[k] = reverse_param(s, r, build_const(g, type, 0), type);
  }
  for (int k = first_captured(s); k < n_operands(s); k++) {
    if (s->mask_out[k] < 0) continue;
    Ty type = type_with_dtype(g->ctx, graph_type(g, s->node.operands[k]), DT_bool);
    r->sum_masks[k] = reverse_param(s, r, build_const(g, type, 0), type);
  }
  r->n_carries = (int)r->operands.len;
}

/* Adjoints of collected values and their masks. */
static void cut_adjoints(ScanGrad *s, Reverse *r) {
  const Graph *joint = s->joint;
  for (int k = s->shape.n_carries; k < n_results(s); k++) {
    if (!s->live[k]) continue;
    Ref seed = joint_param(s, s->seed_of[k]);
    r->map.to[seed.i] = reverse_param(s, r, s->outer[k], graph_type(joint, seed));
    if (s->mask_in[k] < 0) continue;
    Ref mask = joint_param(s, s->mask_in[k]);
    r->map.to[mask.i] = reverse_param(s, r, s->mask[k], graph_type(joint, mask));
  }
}

/* Adjoints of collected values, saved values, and what the forward scan was cut into. */
static void cut_slices(ScanGrad *s, Reverse *r) {
  Graph *g = s->tape->g;
  const Graph *joint = s->joint;
  cut_adjoints(s, r);
  for (uint32_t k = 0; k < s->saved.len; k++) {
    Ref value = {s->saved.data[k]}, stack = build_item(g, s->extended, s->saved_item.data[k]);
    r->map.to[value.i] = reverse_param(s, r, stack, graph_type(joint, value));
  }
  for (int k = s->shape.n_carries; k < first_captured(s); k++) {
    Ref p = joint_param(s, 1 + k);
    if (s->needed[p.i] && ref_none(r->map.to[p.i]))
      r->map.to[p.i] = reverse_param(s, r, s->node.operands[k], graph_type(joint, p));
  }
  r->alive = REF_NONE;
  if (s->shape.until)
    r->alive = reverse_param(s, r, build_item(g, s->extended, s->alive_item),
                             type_scalar(g->ctx, DT_bool));
  r->n_slices = (int)r->operands.len - r->n_carries;
}

static void capture(ScanGrad *s, Reverse *r) {
  for (int k = first_captured(s); k < n_operands(s); k++) {
    Ref p = joint_param(s, 1 + k);
    if (s->needed[p.i] && ref_none(r->map.to[p.i]))
      r->map.to[p.i] = reverse_param(s, r, s->node.operands[k], graph_type(s->joint, p));
  }
}

/* The value in a step that ran, otherwise in one that did not. */
static Ref if_alive(Reverse *r, Ref value, Ref otherwise) {
  if (ref_none(r->alive)) return value;
  Ref alive = build_splat(r->body, r->alive, graph_type(r->body, value));
  return build3(r->body, OP_where, alive, value, otherwise);
}

/* What a step that did not run would have saved is left zero. What the reverse step makes of it is
 * not chosen, but 1 / 0 would reach further: a derivative of this one takes it times 0. */
static void fill_saved(ScanGrad *s, Reverse *r) {
  for (uint32_t k = 0; !ref_none(r->alive) && k < s->saved.len; k++) {
    Ref *value = &r->map.to[s->saved.data[k]];
    Ty type = graph_type(r->body, *value);
    if (dtype_is_float(type_info(r->body->ctx, type)->dtype))
      *value = if_alive(r, *value, build_const(r->body, type, 1));
  }
}

/* The adjoint of an operand as computed in the reverse step, or zero. */
static Ref step_adjoint(ScanGrad *s, Reverse *r, int operand) {
  if (s->result_of[operand] >= 0) return r->map.to[s->joint->results.data[s->result_of[operand]].i];
  Ty type = graph_type(s->joint, joint_param(s, 1 + operand));
  return build_const(r->body, type, 0);
}

/* Its mask; false where the adjoint is zero. */
static Ref step_mask(ScanGrad *s, Reverse *r, int operand) {
  if (s->mask_out[operand] >= 0) return r->map.to[s->joint->results.data[s->mask_out[operand]].i];
  Ty type = graph_type(s->joint, joint_param(s, 1 + operand));
  return build_const(r->body, type_with_dtype(r->body->ctx, type, DT_bool), 0);
}

/* In a step that did not run, what there was before: of a value, REF_NONE, zeros. */
static int hand_back(Reverse *r, Ref value, Ref before) {
  if (ref_none(before)) before = build_const(r->body, graph_type(r->body, value), 0);
  graph_result(r->body, if_alive(r, value, before), (Str){0});
  return (int)r->body->results.len - 1;
}

/* In the order of carry_adjoints, then the adjoints of slices and their masks. */
static void reverse_results(ScanGrad *s, Reverse *r) {
  Graph *body = r->body;
  for (int k = 0; k < s->shape.n_carries; k++)
    if (s->live[k])
      r->item_of[k] =
          hand_back(r, step_adjoint(s, r, k), r->map.to[joint_param(s, s->seed_of[k]).i]);
  for (int k = 0; k < s->shape.n_carries; k++)
    if (carries_mask(s, k))
      r->mask_item[k] =
          hand_back(r, step_mask(s, r, k), r->map.to[joint_param(s, s->mask_in[k]).i]);
  for (int k = first_captured(s); k < n_operands(s); k++)
    if (!ref_none(r->sums[k]))
      r->item_of[k] =
          hand_back(r, build2(body, OP_add, r->sums[k], step_adjoint(s, r, k)), r->sums[k]);
  for (int k = first_captured(s); k < n_operands(s); k++)
    if (!ref_none(r->sum_masks[k]))
      r->mask_item[k] =
          hand_back(r, build2(body, OP_or, r->sum_masks[k], step_mask(s, r, k)), r->sum_masks[k]);
  for (int k = s->shape.n_carries; k < first_captured(s); k++) {
    if (s->result_of[k] >= 0) r->item_of[k] = hand_back(r, step_adjoint(s, r, k), REF_NONE);
    if (s->mask_out[k] >= 0) r->mask_item[k] = hand_back(r, step_mask(s, r, k), REF_NONE);
  }
}

static Reverse new_reverse(ScanGrad *s) {
  int n = n_operands(s);
  Arena *arena = arena_of(s);
  Reverse r = {.body = graph_new(s->joint->ctx, s->joint->name),
               .map = refmap_new(arena, s->joint),
               .sums = arena_array(arena, Ref, n),
               .sum_masks = arena_array(arena, Ref, n),
               .item_of = arena_array(arena, int, n),
               .mask_item = arena_array(arena, int, n)};
  for (int k = 0; k < n; k++) {
    r.sums[k] = r.sum_masks[k] = REF_NONE;
    r.item_of[k] = r.mask_item[k] = -1;
  }
  return r;
}

/* The reverse half of the joint graph as a scan over s->tape->g. */
static Ref build_reverse(ScanGrad *s, Reverse *r) {
  const Graph *joint = s->joint;
  Ref step = joint_param(s, 0);
  r->map.to[step.i] = graph_param(r->body, graph_type(joint, step), (Str){0}, NULL, 0);
  carry_adjoints(s, r);
  cut_slices(s, r);
  capture(s, r);
  fill_saved(s, r);
  for (uint32_t i = 0; i < joint->nodes.len; i++)
    if (s->needed[i] && ref_none(r->map.to[i]))
      r->map.to[i] = refmap_copy(joint, (Ref){i}, r->body, &r->map);
  reverse_results(s, r);
  Attr attrs[] = {attr_z(A_length, s->shape.length), attr_i(A_carries, r->n_carries),
                  attr_i(A_slices, r->n_slices), attr_i(A_reverse, 1)};
  return build_region(s->tape->g, OP_scan, r->operands.data, (int)r->operands.len, attrs,
                      s->shape.reverse ? 3 : 4, graph_sweep(r->body), TY_NONE);
}

/* Hands the results of the reverse scan to the operands. */
static void add_adjoints(ScanGrad *s, const Reverse *r, Ref reverse) {
  Graph *g = s->tape->g;
  for (int k = 0; k < n_operands(s); k++) {
    if (r->item_of[k] < 0) continue;
    Ref value = build_item(g, reverse, r->item_of[k]);
    Ref mask = r->mask_item[k] < 0 ? REF_NONE : build_item(g, reverse, r->mask_item[k]);
    grad_add(s->tape, s->node.operands[k], grad_mask(g, mask, value));
  }
}

static void remark_residuals(const ScanGrad *s) {
  PassCtx *pc = s->tape->gc->pc;
  if (!remarks_on(pc)) return;
  remark(pc, s->tape->g, s->scan, REMARK_applied, "reverse-scan",
         "%u values of each step saved for the reverse loop", s->saved.len);
  remark_number(pc, "saved", s->saved.len);
  remark_number(pc, "new", (double)graph_info(s->tape->g, s->extended)->rank - n_results(s));
}

void grad_scan(GradTape *tape, Ref y, Ref g) {
  (void)g;
  ScanGrad s = {.tape = tape, .scan = y, .node = *graph_node(tape->g, y)};
  s.shape = grad_scan_shape(&s.node);
  s.outer = arena_array(arena_of(&s), Ref, n_results(&s));
  s.live = arena_array(arena_of(&s), bool, n_results(&s));
  s.seed_of = arena_array(arena_of(&s), int, n_results(&s));
  s.active = arena_array(arena_of(&s), bool, n_operands(&s));
  s.result_of = arena_array(arena_of(&s), int, n_operands(&s));
  s.mask_in = arena_array(arena_of(&s), int, n_results(&s));
  s.mask_out = arena_array(arena_of(&s), int, n_operands(&s));
  grad_items(tape, y, s.outer);
  find_live(&s, find_active(&s));
  find_risk(&s);
  find_masks(&s);
  if (!make_joint(&s)) {
    tape->failed = true;
    return;
  }
  find_needed(&s);
  extend_scan(&s);
  Reverse r = new_reverse(&s);
  Ref reverse = build_reverse(&s, &r);
  add_adjoints(&s, &r, reverse);
  remark_residuals(&s);
}
