/* Scans without ballast; a part of simplify.
 *
 * - carries and collected values that nothing needs go (a carry is needed when its last value is,
 * or when a needed value of the body reads it);
 * - a carry that never changes is a captured value;
 * - equal operands of one role are one; splats, positions and sizes are made again inside; a
 * captured broadcast enters as what it repeats, and so does a sliced one that repeats along time;
 * - a collected value that is the same in every step is a broadcast outside; one that is a slice is
 * its operand.
 *
 * With a stop condition rows after the stop are not those values, so the last line does not apply.
 */
#include "passes/scan_clean.h"
#include "passes/walk.h"

#include <string.h>

#define MAX_RANK 32

/* How an input of the old body is made in the new one. */
typedef enum SourceKind {
  SOURCE_dropped,
  SOURCE_input,     /* an input of the same or another role */
  SOURCE_same_as,   /* what another parameter is */
  SOURCE_leaf,      /* const, iota or size: built again */
  SOURCE_broadcast, /* a broadcast of a captured value */
} SourceKind;

typedef struct Input {
  SourceKind kind;
  ScanRole role;
  int input; /* number in the role */
  Ref outer; /* the old outer operand */
  Ref other; /* SOURCE_same_as: the other parameter */
} Input;

typedef struct Cleaner {
  Walk *w;
  Scan s;
  bool *used;    /* items of the scan that the outer graph uses */
  bool *needed;  /* nodes of the body */
  bool *fixed;   /* carries that never change */
  Input *inputs; /* by body parameter, from 1 */
  ScanMaker m;
  bool changed;
  bool only_drop; /* what is not needed, and nothing else */
} Cleaner;

static Arena *arena_of(const Cleaner *c) { return &c->w->pc->ctx->arena; }

/* ---- what is needed ---- */

static void need(Cleaner *c, Ref r) {
  const Graph *body = c->s.body;
  if (c->needed[r.i]) return;
  c->needed[r.i] = true;
  for (uint32_t i = r.i + 1; i-- > 0;) {
    const Node *n = &body->nodes.data[i];
    for (int k = 0; c->needed[i] && k < n->n_operands; k++) c->needed[n->operands[k].i] = true;
  }
}

static void find_needed(Cleaner *c) {
  const Scan *s = &c->s;
  c->used = tuple_items_used(arena_of(c), s->g, s->ref);
  c->needed = arena_array(arena_of(c), bool, s->body->nodes.len);
  if (s->until) need(c, scan_stop_result(s));
  for (int i = 0; i < s->carries + s->collected; i++)
    if (c->used[i]) need(c, s->body->results.data[i]);
  for (bool more = true; more;) {
    more = false;
    for (int i = 0; i < s->carries; i++)
      if (c->needed[scan_carry_param(s, i).i] && !c->needed[scan_next(s, i).i]) {
        need(c, scan_next(s, i));
        more = true;
      }
  }
}

/* The carry's value or its last value is wanted. */
static bool carry_wanted(const Cleaner *c, int i) {
  return c->used[i] || c->needed[scan_carry_param(&c->s, i).i];
}

static bool never_changes(const Cleaner *c, int i) {
  const Scan *s = &c->s;
  Ref next = scan_next(s, i);
  if (ref_eq(next, scan_carry_param(s, i))) return true;
  const Node *a = graph_node(s->body, next), *b = graph_node(s->g, scan_init(s, i));
  if (a->op != OP_const || b->op != OP_const) return false;
  double x = node_float(a, A_value, 0), y = node_float(b, A_value, 0);
  return !memcmp(&x, &y, sizeof x);
}

/* ---- where inputs come from ---- */

/* A sliced operand that is the same at every time. */
static bool repeats_along_time(const Node *n) {
  if (n->op == OP_const) return true;
  if (n->op != OP_broadcast) return false;
  const Attr *axes = node_attr(n, A_axes);
  return axes->n == 0 || axes->ints[0] != 0;
}

/* The same operand in the same role, earlier: its parameter, or REF_NONE. */
static Ref earlier(const Cleaner *c, ScanRole role, Ref outer, int param) {
  for (int i = 1; i < param; i++)
    if (c->inputs[i].kind != SOURCE_dropped && c->inputs[i].kind != SOURCE_same_as &&
        c->inputs[i].role == role && ref_eq(c->inputs[i].outer, outer))
      return c->s.body->params.data[i];
  return REF_NONE;
}

static Input classify(const Cleaner *c, ScanRole role, Ref outer, int param) {
  const Node *n = graph_node(c->s.g, outer);
  Input in = {.kind = SOURCE_input, .role = role, .outer = outer, .other = REF_NONE};
  if (c->only_drop) return in;
  if (role == SCAN_slice && repeats_along_time(n)) {
    in.kind = n->op == OP_const ? SOURCE_leaf : SOURCE_broadcast;
    return in;
  }
  in.other = role == SCAN_carry ? REF_NONE : earlier(c, role, outer, param);
  if (!ref_none(in.other))
    in.kind = SOURCE_same_as;
  else if (role == SCAN_capture && op_is(n->op, T_LEAF) && n->op != OP_param)
    in.kind = SOURCE_leaf;
  else if (role == SCAN_capture && n->op == OP_broadcast)
    in.kind = SOURCE_broadcast;
  return in;
}

static void find_inputs(Cleaner *c) {
  const Scan *s = &c->s;
  int n = s->carries + s->slices + s->captures;
  c->inputs = arena_array(arena_of(c), Input, n + 1);
  c->fixed = arena_array(arena_of(c), bool, s->carries + 1);
  for (int i = 0; i < n; i++) {
    Ref outer = s->node->operands[i];
    ScanRole role = i < s->carries               ? SCAN_carry
                    : i < s->carries + s->slices ? SCAN_slice
                                                 : SCAN_capture;
    bool wanted = c->needed[s->body->params.data[i + 1].i];
    if (role == SCAN_carry) {
      c->fixed[i] = !c->only_drop && never_changes(c, i);
      wanted = c->fixed[i] ? wanted : carry_wanted(c, i);
      if (c->fixed[i]) role = SCAN_capture;
    }
    if (wanted) c->inputs[i + 1] = classify(c, role, outer, i + 1);
    c->changed |= !wanted || c->inputs[i + 1].kind != SOURCE_input ||
                  (role == SCAN_capture && i < s->carries);
  }
}

/* ---- building ---- */

/* Carries, then slices, then captures, each in the old order. */
static void declare_inputs(Cleaner *c) {
  const Scan *s = &c->s;
  int n = s->carries + s->slices + s->captures;
  for (int i = 1; i <= n; i++) {
    Input *in = &c->inputs[i];
    Ref param = s->body->params.data[i];
    if (in->kind == SOURCE_input) {
      in->input = scan_input(&c->m, in->role, walk_get(c->w, in->outer), param);
    } else if (in->kind == SOURCE_broadcast) {
      Ref source = graph_node(s->g, in->outer)->operands[0];
      in->input = scan_input(&c->m, SCAN_capture, walk_get(c->w, source), REF_NONE);
    }
  }
}

static Ref inner_broadcast(Cleaner *c, const Input *in, Ref param) {
  const Attr *axes = node_attr(graph_node(c->s.g, in->outer), A_axes);
  const TypeInfo *y = graph_info(c->s.body, param);
  int32_t places[MAX_RANK];
  for (int k = 0; k < axes->n; k++) places[k] = axes->ints[k] - (in->role == SCAN_slice);
  Ref source = c->m.inputs[SCAN_capture].data[in->input].param;
  return build_broadcast(c->m.body, source, y->dims, y->rank, places);
}

static void map_inputs(Cleaner *c) {
  const Scan *s = &c->s;
  int n = s->carries + s->slices + s->captures;
  for (int i = 1; i <= n; i++) {
    const Input *in = &c->inputs[i];
    Ref param = s->body->params.data[i], *to = &c->m.map.to[param.i];
    const Node *outer = graph_node(s->g, s->node->operands[i - 1]);
    if (in->kind == SOURCE_same_as) *to = c->m.map.to[in->other.i];
    if (in->kind == SOURCE_broadcast) *to = inner_broadcast(c, in, param);
    if (in->kind == SOURCE_leaf)
      *to = build_op(c->m.body, outer->op, NULL, 0, outer->attrs, outer->n_attrs,
                     graph_type(s->body, param));
  }
}

/* The value of a collected result outside, when it needs no loop; else REF_NONE. */
static Ref collected_outside(Cleaner *c, int i) {
  const Scan *s = &c->s;
  Ref r = scan_collect_result(s, i), outer = REF_NONE;
  if (s->until || c->only_drop) return REF_NONE;
  const Node *n = graph_node(s->body, r);
  const TypeInfo *y =
      type_info(c->w->pc->ctx, type_info(c->w->pc->ctx, s->node->type)->items[s->carries + i]);
  if (n->op == OP_const)
    return build_const(c->w->g, type_info(c->w->pc->ctx, s->node->type)->items[s->carries + i],
                       node_float(n, A_value, 0));
  for (int k = 0; k < s->slices; k++)
    if (ref_eq(r, scan_slice_param(s, k))) return walk_get(c->w, scan_sliced(s, k));
  for (int k = 0; k < s->carries; k++)
    if (c->fixed[k] && ref_eq(r, scan_carry_param(s, k))) outer = scan_init(s, k);
  for (int k = 0; k < s->captures; k++)
    if (ref_eq(r, scan_capture_param(s, k))) outer = scan_captured(s, k);
  if (ref_none(outer)) return REF_NONE;
  int32_t axes[MAX_RANK];
  for (int k = 0; k + 1 < y->rank; k++) axes[k] = k + 1;
  return build_broadcast(c->w->g, walk_get(c->w, outer), y->dims, y->rank, axes);
}

/* Collects what is used; place[i] is the new number, equal values share one, -1: none. */
static void collect(Cleaner *c, Ref *values, int *place) {
  const Scan *s = &c->s;
  for (int i = 0; i < s->collected; i++) {
    place[i] = -1;
    if (!c->used[s->carries + i]) continue;
    values[s->carries + i] = collected_outside(c, i);
    if (!ref_none(values[s->carries + i])) continue;
    for (int k = 0; k < i && place[i] < 0; k++)
      if (place[k] >= 0 && ref_eq(scan_collect_result(s, k), scan_collect_result(s, i)))
        place[i] = place[k];
    if (place[i] < 0)
      place[i] = scan_collect(&c->m, scan_copy(&c->m, scan_collect_result(s, i)),
                              s->body->result_names.data[s->carries + i]);
  }
}

/* Whether some collected value is unused, equal to another one, or needs no loop. */
static bool collects_too_much(Cleaner *c) {
  const Scan *s = &c->s;
  for (int i = 0; i < s->collected; i++) {
    Ref r = scan_collect_result(s, i);
    if (!c->used[s->carries + i]) return true;
    if (c->only_drop) continue;
    for (int k = 0; k < i; k++)
      if (ref_eq(scan_collect_result(s, k), r)) return true;
    const Node *n = graph_node(s->body, r);
    bool carried = false;
    for (int k = 0; k < s->carries; k++)
      carried |= ref_eq(r, scan_carry_param(s, k)) && !c->fixed[k];
    if (!s->until &&
        (n->op == OP_const || (n->op == OP_param && !carried && r.i != scan_step_param(s).i)))
      return true;
  }
  return false;
}

static void rebuild(Cleaner *c) {
  const Scan *s = &c->s;
  c->m = scan_maker(c->w, s);
  declare_inputs(c);
  scan_begin(&c->m);
  map_inputs(c);
  Ref *values = arena_array(arena_of(c), Ref, s->carries + s->collected + 1);
  int *place = arena_array(arena_of(c), int, s->collected + 1);
  for (int i = 0; i < s->carries; i++) {
    const Input *in = &c->inputs[i + 1];
    values[i] = walk_get(c->w, scan_init(s, i));
    if (in->kind == SOURCE_input && in->role == SCAN_carry)
      c->m.inputs[SCAN_carry].data[in->input].next = scan_copy(&c->m, scan_next(s, i));
  }
  collect(c, values, place);
  if (s->until) c->m.stop = scan_copy(&c->m, scan_stop_result(s));
  scan_end(&c->m);
  for (int i = 0; i < s->carries; i++)
    if (c->inputs[i + 1].kind == SOURCE_input && c->inputs[i + 1].role == SCAN_carry)
      values[i] = scan_last(&c->m, c->inputs[i + 1].input);
  for (int i = 0; i < s->collected; i++)
    if (place[i] >= 0) values[s->carries + i] = scan_stacked(&c->m, place[i]);
  walk_replace(c->w, s->ref, values);
}

static bool clean(Walk *w, Ref r, bool only_drop) {
  Cleaner c = {.w = w, .s = scan_read(w->old, r), .only_drop = only_drop};
  if (!only_drop && !(graph_properties(c.s.body) & PROP_no_grad)) return false;
  find_needed(&c);
  find_inputs(&c);
  if (!c.changed && !collects_too_much(&c)) return false;
  if (!only_drop && !pass_fuel(w->pc)) return false;
  rebuild(&c);
  return true;
}

static Graph *clean_scans(PassCtx *pc, const Graph *g, bool only_drop) {
  if (!has_scans(g)) return (Graph *)g;
  Walk w = walk_new(pc, g);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    Ref r = {i};
    if (g->nodes.data[i].op != OP_scan || !clean(&w, r, only_drop)) walk_copy(&w, r);
  }
  return walk_end(&w);
}

Graph *scan_clean(PassCtx *pc, const Graph *g) { return clean_scans(pc, g, false); }

Graph *scan_drop_unused(PassCtx *pc, const Graph *g, const PassOptions *options) {
  return pass_map_bodies(pc, clean_scans(pc, g, true), options, scan_drop_unused);
}
