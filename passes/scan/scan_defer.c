/* scan-defer: what only leaves the loop, or is only added up in it, is computed behind it for all
 * steps at once.
 *
 *   scan { .. y_t = h_t @ W }          =>  scan { .. collect h };          Y = H @ W
 *   scan { .. A' = A + dot(p_t, q_t) } =>  scan { .. collect p, q };       A = A0 + dot(P, Q) over
 * time, too
 *
 * The second is the weight gradient of every recurrent network. Terms:
 *   accumulator  a carry that is read only to add to it; what is added are its addends
 *   inner        needed in the loop: by another carry, the stop condition, or an addend that stays
 *   outside      a product with an invariant operand that is not inner, and all that follows from
 * it cut          a value of the loop that something outside reads: it is collected
 *
 * Which addends stay and what is outside depend on each other; the plan starts with everything
 * deferred and takes back what does not work until nothing changes.
 *
 * The order in which gradients are summed changes, so nothing is done under 'strict'. A loop with a
 * stop condition is left alone: rows behind the stop hold zeros, which need not be neutral.
 */
#include "passes/scan/defer.h"

#include <string.h>

/* ---- accumulators ---- */

/* Follows the sum that ends in the carry, collecting addends. Whether the carry was found. */
static bool find_addends(Deferrer *d, int carry, Ref r, Ref param) {
  const Node *n = graph_node(d->s.body, r);
  if (ref_eq(r, param)) return true;
  if ((n->op != OP_add && n->op != OP_sub) || d->uses[r.i] != 1) return false;
  for (int side = 0; side < (n->op == OP_sub ? 1 : 2); side++) {
    uint32_t mark = d->addends.len;
    if (find_addends(d, carry, n->operands[side], param)) {
      Addend a = {
          .carry = carry, .r = n->operands[1 - side], .minus = n->op == OP_sub, .deferred = true};
      vec_push(d->arena, &d->addends, a);
      return true;
    }
    d->addends.len = mark;
  }
  return false;
}

static void find_accumulators(Deferrer *d) {
  const Scan *s = &d->s;
  d->accumulates = arena_array(d->arena, bool, s->carries + 1);
  for (int i = 0; i < s->carries; i++) {
    Ref param = scan_carry_param(s, i);
    bool number = dtype_is_float(graph_info(s->body, param)->dtype);
    if (!number || d->uses[param.i] != 1 || ref_eq(param, scan_next(s, i))) continue;
    d->accumulates[i] = find_addends(d, i, scan_next(s, i), param);
  }
}

/* ---- the plan ---- */

static void find_inner(Deferrer *d) {
  const Scan *s = &d->s;
  memcpy(d->inner, d->pinned, s->body->nodes.len * sizeof(bool));
  for (int i = 0; i < s->carries; i++)
    if (!d->accumulates[i]) d->inner[scan_next(s, i).i] = true;
  for (uint32_t i = 0; i < d->addends.len; i++)
    if (!d->addends.data[i].deferred) d->inner[d->addends.data[i].r.i] = true;
  for (uint32_t i = s->body->nodes.len; i-- > 0;) {
    const Node *n = &s->body->nodes.data[i];
    for (int k = 0; d->inner[i] && k < n->n_operands; k++) d->inner[n->operands[k].i] = true;
  }
}

/* A product of a state and an invariant operand that the loop does not need. */
static bool starts_outside(const Deferrer *d, uint32_t i) {
  const Node *n = &d->s.body->nodes.data[i];
  if (n->op != OP_dot || d->inner[i] || d->classes[i] != CLASS_state) return false;
  return d->classes[n->operands[0].i] == CLASS_inv || d->classes[n->operands[1].i] == CLASS_inv;
}

/* Marks what is outside. False when some of it has no form for all steps at once: that is pinned to
 * the loop. */
static bool find_outside(Deferrer *d) {
  bool fine = true;
  for (uint32_t i = 0; i < d->s.body->nodes.len; i++) {
    const Node *n = &d->s.body->nodes.data[i];
    d->outside[i] = starts_outside(d, i);
    for (int k = 0; k < n->n_operands; k++)
      d->outside[i] |= d->outside[n->operands[k].i] && !d->inner[i];
    if (d->outside[i] && !lift_can(n) && !d->on_path[i]) {
      d->pinned[i] = true;
      fine = false;
    }
  }
  return fine;
}

static void find_cuts(Deferrer *d) {
  const Graph *body = d->s.body;
  memset(d->cut, 0, body->nodes.len * sizeof(bool));
  for (uint32_t i = 0; i < body->nodes.len; i++) {
    const Node *n = &body->nodes.data[i];
    for (int k = 0; d->outside[i] && !d->on_path[i] && k < n->n_operands; k++)
      if (defer_is_cut(d, n->operands[k])) d->cut[n->operands[k].i] = true;
  }
  for (uint32_t i = 0; i < d->addends.len; i++)
    if (d->addends.data[i].deferred && !d->outside[d->addends.data[i].r.i])
      defer_mark_cuts(d, d->addends.data[i].r);
}

/* Takes back deferred addends that do not work with this plan. Whether there were any. */
static bool take_back(Deferrer *d) {
  bool any = false;
  for (uint32_t i = 0; i < d->addends.len; i++) {
    Addend *a = &d->addends.data[i];
    if (!a->deferred || d->outside[a->r.i]) continue;
    a->why = d->inner[a->r.i] ? "the loop reads it, too" : defer_obstacle(d, a->r);
    if (!a->why) continue;
    a->deferred = false;
    any = true;
  }
  return any;
}

/* The adds between an accumulator and its carry are no values of their own. */
static void mark_paths(Deferrer *d) {
  for (int i = 0; i < d->s.carries; i++) {
    Ref r = scan_next(&d->s, i), param = scan_carry_param(&d->s, i);
    if (!d->accumulates[i]) continue;
    bool *above = arena_array(d->arena, bool, d->s.body->nodes.len);
    above[param.i] = true;
    for (uint32_t k = param.i; k <= r.i; k++) {
      const Node *n = &d->s.body->nodes.data[k];
      for (int j = 0; j < n->n_operands; j++) above[k] |= above[n->operands[j].i];
      d->on_path[k] |= above[k];
    }
  }
}

static void make_plan(Deferrer *d) {
  uint32_t n = d->s.body->nodes.len;
  bool **sets[] = {&d->inner, &d->outside, &d->cut, &d->pinned, &d->on_path};
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) *sets[i] = arena_array(d->arena, bool, n);
  d->uses = graph_uses(d->arena, d->s.body);
  find_accumulators(d);
  mark_paths(d);
  do {
    find_inner(d);
    bool fine = find_outside(d);
    if (!fine) continue;
    find_cuts(d);
    if (!take_back(d)) return;
  } while (true);
}

static bool does_something(const Deferrer *d) {
  for (uint32_t i = 0; i < d->addends.len; i++)
    if (d->addends.data[i].deferred) return true;
  for (int i = 0; i < d->s.collected; i++)
    if (d->outside[scan_collect_result(&d->s, i).i]) return true;
  return false;
}

/* ---- remarks ---- */

static void explain(Deferrer *d) {
  PassCtx *pc = d->w->pc;
  if (!remarks_on(pc)) return;
  for (uint32_t i = 0; i < d->addends.len; i++) {
    const Addend *a = &d->addends.data[i];
    const char *name =
        ctx_text(pc->ctx, graph_node(d->s.body, scan_carry_param(&d->s, a->carry))->name);
    if (a->deferred)
      remark(pc, d->s.body, a->r, REMARK_applied, "sum-deferred",
             "added to '%s' behind the loop, for all steps at once", name);
    else if (graph_node(d->s.body, a->r)->op != OP_const)
      remark(pc, d->s.body, a->r, REMARK_missed, "sum-in-loop", "added to '%s' in every step: %s",
             name, a->why ? a->why : "the loop needs it");
  }
  for (uint32_t i = 0; i < d->s.body->nodes.len; i++) {
    const Node *n = &d->s.body->nodes.data[i];
    if (n->op == OP_dot && d->outside[i])
      remark(pc, d->s.body, (Ref){i}, REMARK_applied, "product-deferred",
             "computed behind the loop for all steps at once");
    if (d->cut[i])
      remark(pc, d->s.body, (Ref){i}, REMARK_analysis, "collected",
             "collected for what moves behind the loop");
  }
}

/* ---- building ---- */

/* Whether a carry is still needed. */
static bool carry_stays(const Deferrer *d, int i) {
  bool stays = !d->accumulates[i];
  for (uint32_t k = 0; k < d->addends.len; k++)
    stays |= d->addends.data[k].carry == i && !d->addends.data[k].deferred;
  return stays;
}

/* The carry plus the addends that stay. */
static Ref remaining_next(const Deferrer *d, ScanMaker *m, int i) {
  if (!d->accumulates[i]) return scan_copy(m, scan_next(&d->s, i));
  Ref next = m->map.to[scan_carry_param(&d->s, i).i];
  for (uint32_t k = 0; k < d->addends.len; k++) {
    const Addend *a = &d->addends.data[k];
    if (a->carry != i || a->deferred) continue;
    next = build2(m->body, a->minus ? OP_sub : OP_add, next, scan_copy(m, a->r));
  }
  return next;
}

static void make_loop(Deferrer *d, ScanMaker *m, int *carry_at, int *collect_at, int *cut_at) {
  const Scan *s = &d->s;
  for (int i = 0; i < s->carries; i++)
    carry_at[i] = carry_stays(d, i) ? scan_input(m, SCAN_carry, walk_get(d->w, scan_init(s, i)),
                                                 scan_carry_param(s, i))
                                    : -1;
  for (int i = 0; i < s->slices; i++)
    scan_input(m, SCAN_slice, walk_get(d->w, scan_sliced(s, i)), scan_slice_param(s, i));
  for (int i = 0; i < s->captures; i++)
    scan_input(m, SCAN_capture, walk_get(d->w, scan_captured(s, i)), scan_capture_param(s, i));
  scan_begin(m);
  for (int i = 0; i < s->carries; i++)
    if (carry_at[i] >= 0) m->inputs[SCAN_carry].data[carry_at[i]].next = remaining_next(d, m, i);
  for (int i = 0; i < s->collected; i++) {
    Ref r = scan_collect_result(s, i);
    collect_at[i] = d->outside[r.i] ? -1
                                    : scan_collect(m, scan_copy(m, r),
                                                   s->body->result_names.data[s->carries + i]);
    if (collect_at[i] >= 0 && d->cut[r.i]) cut_at[r.i] = collect_at[i];
  }
  for (uint32_t i = 0; i < s->body->nodes.len; i++)
    if (d->cut[i] && cut_at[i] < 0)
      cut_at[i] = scan_collect(m, scan_copy(m, (Ref){i}), graph_node(s->body, (Ref){i})->name);
  scan_end(m);
}

/* What is outside varies with time as a sequence does, and cuts are there as collected values. */
static void prepare_lift(Deferrer *d, ScanMaker *m, const int *cut_at) {
  for (uint32_t i = 0; i < d->s.body->nodes.len; i++) {
    if (!d->outside[i] && !d->cut[i]) continue;
    d->classes[i] = CLASS_seq;
    if (d->cut[i]) d->lift.lifted[i] = scan_stacked(m, cut_at[i]);
  }
}

static void rebuild(Deferrer *d) {
  const Scan *s = &d->s;
  uint32_t n = s->body->nodes.len;
  int *carry_at = arena_array(d->arena, int, s->carries + 1),
      *collect_at = arena_array(d->arena, int, s->collected + 1);
  int *cut_at = arena_array(d->arena, int, n);
  for (uint32_t i = 0; i < n; i++) cut_at[i] = -1;
  ScanMaker m = scan_maker(d->w, s);
  make_loop(d, &m, carry_at, collect_at, cut_at);
  prepare_lift(d, &m, cut_at);
  Ref *values = arena_array(d->arena, Ref, s->carries + s->collected + 1);
  for (int i = 0; i < s->carries; i++)
    values[i] = carry_at[i] >= 0 ? scan_last(&m, carry_at[i]) : walk_get(d->w, scan_init(s, i));
  for (uint32_t i = 0; i < d->addends.len; i++) {
    const Addend *a = &d->addends.data[i];
    if (!a->deferred) continue;
    pass_stamp(d->w->g, graph_node(s->body, a->r));
    values[a->carry] =
        build2(d->w->g, a->minus ? OP_sub : OP_add, values[a->carry], defer_total(d, a->r));
  }
  for (int i = 0; i < s->collected; i++)
    values[s->carries + i] = collect_at[i] >= 0
                                 ? scan_stacked(&m, collect_at[i])
                                 : lift_over_time(&d->lift, scan_collect_result(s, i));
  walk_replace(d->w, s->ref, values);
}

static bool defer(Walk *w, Ref r) {
  Deferrer d = {.w = w, .arena = &w->pc->ctx->arena, .s = scan_read(w->old, r)};
  d.facts = facts_new(d.s.body);
  d.classes = scan_classes(d.arena, &d.s);
  d.lift = lift_new(w, &d.s, d.classes);
  if (d.s.until) {
    if (remarks_on(w->pc))
      remark(w->pc, w->old, r, REMARK_missed, "stop-condition",
             "nothing is deferred out of a loop that may stop early");
    return false;
  }
  if (!(graph_properties(d.s.body) & PROP_no_grad))
    return false; /* derivatives by values that would leave */
  make_plan(&d);
  explain(&d);
  if (!does_something(&d) || !pass_fuel(w->pc)) return false;
  rebuild(&d);
  return true;
}

Graph *pass_scan_defer(PassCtx *pc, const Graph *g, const PassOptions *options) {
  if (pc->options.strict) return (Graph *)g;
  const Graph *old = pass_map_bodies(pc, g, options, pass_scan_defer);
  if (!has_scans(old)) return graph_sweep(old);
  Walk w = walk_new(pc, old);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    Ref r = {i};
    if (old->nodes.data[i].op != OP_scan || !defer(&w, r)) walk_copy(&w, r);
  }
  return walk_end(&w);
}
