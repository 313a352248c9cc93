/* Walks over graphs, scans taken apart and put together (passes/walk.h). */
#include "passes/walk.h"

Walk walk_new(PassCtx *pc, const Graph *old) {
  Walk w = {.pc = pc, .old = old, .map = refmap_new(&pc->ctx->arena, old)};
  w.values = arena_array(&pc->ctx->arena, Ref *, old->nodes.len);
  w.g = graph_like(old, &w.map);
  return w;
}

void walk_copy(Walk *w, Ref r) {
  const Node *n = graph_node(w->old, r);
  if (!ref_none(w->map.to[r.i])) return;
  if (n->op == OP_item && w->values[n->operands[0].i])
    w->map.to[r.i] = w->values[n->operands[0].i][node_int(n, A_index, 0)];
  else
    w->map.to[r.i] = refmap_copy(w->old, r, w->g, &w->map);
}

void walk_replace(Walk *w, Ref r, Ref *values) { w->values[r.i] = values; }

bool has_scans(const Graph *g) {
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (g->nodes.data[i].op == OP_scan) return true;
  return false;
}

Graph *walk_end(Walk *w) {
  if (refmap_same(w->old, w->g, &w->map)) return graph_sweep(w->old);
  pass_results(w->old, w->g, &w->map);
  return graph_sweep(w->g);
}

/* ---- scans taken apart ---- */

Scan scan_read(const Graph *g, Ref r) {
  const Node *n = graph_node(g, r);
  Scan s = {.g = g, .ref = r, .node = n, .body = n->body};
  s.carries = (int)node_int(n, A_carries, 0);
  s.slices = (int)node_int(n, A_slices, 0);
  s.captures = n->n_operands - s.carries - s.slices;
  s.until = node_int(n, A_until, 0) != 0;
  s.reverse = node_int(n, A_reverse, 0) != 0;
  s.collected = (int)n->body->results.len - s.carries - s.until;
  s.length = node_size(n, A_length);
  return s;
}

bool *tuple_items_used(Arena *arena, const Graph *g, Ref r) {
  bool *used = arena_array(arena, bool, graph_info(g, r)->rank);
  for (uint32_t i = r.i + 1; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (n->op == OP_item && ref_eq(n->operands[0], r)) used[node_int(n, A_index, 0)] = true;
  }
  return used;
}

/* ---- scans put together ---- */

ScanMaker scan_maker(Walk *w, const Scan *old) {
  return (ScanMaker){.w = w, .old = old, .stop = REF_NONE};
}

int scan_input(ScanMaker *m, ScanRole role, Ref outer, Ref old_param) {
  ScanInput in = {.outer = outer, .old = old_param, .param = REF_NONE, .next = REF_NONE};
  in.name = ref_none(old_param) ? graph_node(m->w->g, outer)->name
                                : graph_node(m->old->body, old_param)->name;
  vec_push(&m->w->pc->ctx->arena, &m->inputs[role], in);
  return (int)m->inputs[role].len - 1;
}

/* What the body sees of an operand. */
static Ty param_type(const ScanMaker *m, ScanRole role, Ref outer) {
  Ctx *ctx = m->w->pc->ctx;
  const TypeInfo *info = graph_info(m->w->g, outer);
  if (role != SCAN_slice) return graph_type(m->w->g, outer);
  return type_with_dims(ctx, graph_type(m->w->g, outer), info->dims + 1, info->rank - 1);
}

void scan_begin(ScanMaker *m) {
  const Graph *old = m->old->body;
  m->map = refmap_new(&m->w->pc->ctx->arena, old);
  m->body = graph_new(old->ctx, old->name);
  Ref step = scan_step_param(m->old);
  m->map.to[step.i] =
      graph_param(m->body, graph_type(old, step), graph_node(old, step)->name, NULL, 0);
  for (int role = 0; role < N_SCAN_ROLES; role++)
    for (uint32_t i = 0; i < m->inputs[role].len; i++) {
      ScanInput *in = &m->inputs[role].data[i];
      in->param = graph_param(m->body, param_type(m, (ScanRole)role, in->outer), in->name, NULL, 0);
      if (!ref_none(in->old)) m->map.to[in->old.i] = in->param;
    }
  m->body->span = old->span;
  m->body->scope = old->scope;
}

/* Marks what r needs that has no new value yet. */
static void mark_needed(const ScanMaker *m, Ref r, bool *needed) {
  needed[r.i] = true;
  for (uint32_t i = r.i + 1; i-- > 0;) {
    const Node *n = &m->old->body->nodes.data[i];
    if (!ref_none(m->map.to[i])) needed[i] = false;
    for (int k = 0; needed[i] && k < n->n_operands; k++) needed[n->operands[k].i] = true;
  }
}

Ref scan_copy(ScanMaker *m, Ref r) {
  if (!ref_none(m->map.to[r.i])) return m->map.to[r.i];
  bool *needed = arena_array(&m->w->pc->ctx->arena, bool, m->old->body->nodes.len);
  mark_needed(m, r, needed);
  for (uint32_t i = 0; i <= r.i; i++)
    if (needed[i]) m->map.to[i] = refmap_copy(m->old->body, (Ref){i}, m->body, &m->map);
  return m->map.to[r.i];
}

int scan_collect(ScanMaker *m, Ref value, Str name) {
  vec_push(&m->w->pc->ctx->arena, &m->collected, value);
  vec_push(&m->w->pc->ctx->arena, &m->collected_names, name);
  return (int)m->collected.len - 1;
}

static void add_results(ScanMaker *m) {
  for (uint32_t i = 0; i < m->inputs[SCAN_carry].len; i++) {
    const ScanInput *in = &m->inputs[SCAN_carry].data[i];
    graph_result(m->body, in->next, in->name);
  }
  for (uint32_t i = 0; i < m->collected.len; i++)
    graph_result(m->body, m->collected.data[i], m->collected_names.data[i]);
  if (!ref_none(m->stop)) graph_result(m->body, m->stop, (Str){0});
}

Ref scan_end(ScanMaker *m) {
  add_results(m);
  VEC(Ref) operands = {0};
  for (int role = 0; role < N_SCAN_ROLES; role++)
    for (uint32_t i = 0; i < m->inputs[role].len; i++)
      vec_push(&m->w->pc->ctx->arena, &operands, m->inputs[role].data[i].outer);
  Attr attrs[5] = {attr_z(A_length, m->old->length), attr_i(A_carries, m->inputs[SCAN_carry].len),
                   attr_i(A_slices, m->inputs[SCAN_slice].len)};
  int n = 3;
  if (m->old->reverse) attrs[n++] = attr_i(A_reverse, 1);
  if (!ref_none(m->stop)) attrs[n++] = attr_i(A_until, 1);
  pass_stamp(m->w->g, m->old->node);
  m->made = build_region(m->w->g, OP_scan, operands.data, (int)operands.len, attrs, n,
                         graph_sweep(m->body), TY_NONE);
  return m->made;
}

Ref scan_last(ScanMaker *m, int carry) { return build_item(m->w->g, m->made, carry); }

Ref scan_stacked(ScanMaker *m, int collected) {
  return build_item(m->w->g, m->made, (int)m->inputs[SCAN_carry].len + collected);
}
