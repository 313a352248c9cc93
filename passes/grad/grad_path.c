/* Where a derivative stands, and what depends on what across the graphs around it. */
#include "passes/grad/grad_path.h"

/* ---- paths ---- */

ScanShape grad_scan_shape(const Node *n) {
  ScanShape shape = {.n_carries = (int)node_int(n, A_carries, 0),
                     .n_slices = (int)node_int(n, A_slices, 0),
                     .until = node_int(n, A_until, 0) != 0,
                     .reverse = node_int(n, A_reverse, 0) != 0,
                     .length = node_size(n, A_length)};
  shape.n_captured = n->n_operands - shape.n_carries - shape.n_slices;
  shape.n_collected = (int)n->body->results.len - shape.until - shape.n_carries;
  return shape;
}

bool grad_path_enter(GradPath *path, Ref scan) {
  if (path->depth + 1 == GRAD_MAX_LEVELS) return false;
  const Node *n = graph_node(path->level[path->depth].g, scan);
  path->level[++path->depth] = (GradLevel){n->body, scan, grad_scan_shape(n)};
  return true;
}

const Node *grad_path_scan(const GradPath *path, int level) {
  return graph_node(path->level[level - 1].g, path->level[level].scan);
}

GradRole grad_role(const ScanShape *shape, int param) {
  if (param == 0) return GRAD_step;
  if (param <= shape->n_carries) return GRAD_carry;
  return param <= shape->n_carries + shape->n_slices ? GRAD_slice : GRAD_captured;
}

bool grad_is_param(const Graph *g, Ref r, int *param) {
  const Node *n = graph_node(g, r);
  *param = (int)node_int(n, A_index, 0);
  return n->op == OP_param;
}

GradPlace grad_origin(const GradPath *path, int level, Ref r) {
  int param;
  for (; level && grad_is_param(path->level[level].g, r, &param); level--) {
    if (grad_role(&path->level[level].shape, param) != GRAD_captured) break;
    r = grad_path_scan(path, level)->operands[param - 1];
  }
  return (GradPlace){level, r};
}

/* ---- what depends on what ---- */

static bool has_floats(const Ctx *ctx, Ty type) {
  const TypeInfo *info = type_info(ctx, type);
  for (int i = 0; info->is_tuple && i < info->rank; i++)
    if (has_floats(ctx, info->items[i])) return true;
  return !info->is_tuple && dtype_is_float(info->dtype);
}

/* Marks of a body whose captured values and slices are marked by the operands. A carry that once
 * depends does so in every turn, as far as this is asked. */
static void spread_body(const Node *scan, const bool *operands, bool *active) {
  ScanShape shape = grad_scan_shape(scan);
  const Graph *body = scan->body;
  for (int k = 0; k < scan->n_operands; k++)
    if (operands[k]) active[body->params.data[k + 1].i] = true;
  for (bool changed = true; changed;) {
    changed = false;
    grad_spread(body, active);
    for (int k = 0; k < shape.n_carries; k++) {
      bool *carry = &active[body->params.data[k + 1].i];
      bool now = active[body->results.data[k].i];
      if (!now || *carry || !has_floats(body->ctx, graph_type(body, body->results.data[k])))
        continue;
      *carry = changed = true;
    }
  }
}

static bool *marked_operands(Arena *arena, const Node *n, const bool *active) {
  bool *marked = arena_array(arena, bool, n->n_operands + 1);
  for (int k = 0; k < n->n_operands; k++) marked[k] = active[n->operands[k].i];
  return marked;
}

/* By result of a scan. */
static bool *active_results(const Graph *g, const Node *scan, const bool *active) {
  Arena *arena = &g->ctx->arena;
  const Graph *body = scan->body;
  bool *inside = arena_array(arena, bool, body->nodes.len);
  bool *results = arena_array(arena, bool, body->results.len + 1);
  spread_body(scan, marked_operands(arena, scan, active), inside);
  ScanShape shape = grad_scan_shape(scan);
  for (uint32_t k = 0; k < body->results.len; k++) {
    bool first = (int)k < shape.n_carries && active[scan->operands[k].i];
    results[k] = first || inside[body->results.data[k].i];
  }
  return results;
}

void grad_spread(const Graph *g, bool *active) {
  bool **results = arena_array(&g->ctx->arena, bool *, g->nodes.len);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    bool any = false;
    for (int k = 0; k < n->n_operands; k++) any = any || active[n->operands[k].i];
    if (!any || op_info[n->op].no_grad || !has_floats(g->ctx, n->type)) continue;
    if (n->op == OP_scan) results[i] = active_results(g, n, active);
    if (n->op == OP_item && results[n->operands[0].i])
      any = results[n->operands[0].i][node_int(n, A_index, 0)];
    active[i] = active[i] || any;
  }
}

void grad_activity_inside(const GradPath *path, int level, bool **active) {
  Arena *arena = &path->level[0].g->ctx->arena;
  for (int j = level + 1; j <= path->depth; j++) {
    const Node *scan = grad_path_scan(path, j);
    if (!active[j]) active[j] = arena_array(arena, bool, path->level[j].g->nodes.len);
    spread_body(scan, marked_operands(arena, scan, active[j - 1]), active[j]);
  }
}

void grad_activity(const GradPath *path, const GradPlace *places, int n, bool **active) {
  Arena *arena = &path->level[0].g->ctx->arena;
  int first = path->depth;
  for (int k = 0; k < n; k++) first = places[k].level < first ? places[k].level : first;
  for (int j = 0; j <= path->depth; j++)
    active[j] = j < first ? NULL : arena_array(arena, bool, path->level[j].g->nodes.len);
  for (int k = 0; k < n; k++) active[places[k].level][places[k].ref.i] = true;
  grad_spread(path->level[first].g, active[first]);
  grad_activity_inside(path, first, active);
}

/* ---- copies ---- */

Ref grad_copy_node(const Graph *from, Ref r, Graph *to, const Ref *operands) {
  const Node *n = graph_node(from, r);
  if (n->op != OP_variable) return build_copy(to, n, operands);
  Span span = to->span;
  Str scope = to->scope;
  pass_stamp(to, n);
  Ref copy = build_variable(to, operands[0]);
  to->nodes.data[copy.i].name = n->name;
  to->span = span;
  to->scope = scope;
  return copy;
}

/* The level's graph with another body of the scan on the path; what it captures in addition comes
 * from this graph, or is captured by it as well: 'further'. */
static Graph *replace_body(const GradPath *path, int level, Graph *body, const GradPlaces *outer,
                           GradPlaces *further) {
  const Graph *old = path->level[level].g;
  Ref scan = path->level[level + 1].scan;
  Arena *arena = &old->ctx->arena;
  RefMap map = refmap_new(arena, old);
  Graph *g = graph_like(old, &map);
  for (uint32_t i = 0; i < old->nodes.len; i++) {
    Node n = old->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    uint32_t more = i == scan.i && outer ? outer->len : 0;
    Ref *operands = arena_array(arena, Ref, n.n_operands + more + 1);
    for (int k = 0; k < n.n_operands; k++) operands[k] = map.to[n.operands[k].i];
    for (uint32_t k = 0; k < more; k++) {
      GradPlace p = outer->data[k];
      Ref *to = &operands[n.n_operands + k];
      if (p.level == level) {
        *to = map.to[p.ref.i];
        continue;
      }
      const Node *from = graph_node(path->level[p.level].g, p.ref);
      *to = graph_param(g, from->type, from->name, NULL, 0);
      vec_push(arena, further, p);
    }
    n.n_operands = (uint16_t)(n.n_operands + more);
    if (i == scan.i) n.body = body;
    map.to[i] = build_copy(g, &n, operands);
  }
  pass_results(old, g, &map);
  return g;
}

Graph *grad_path_replace(const GradPath *path, int level, Graph *body, const GradPlaces *outer) {
  GradPlaces now = outer ? *outer : (GradPlaces){0};
  for (int j = level - 1; j >= 0; j--) {
    GradPlaces further = {0};
    body = replace_body(path, j, body, &now, &further);
    now = further;
  }
  return body;
}
