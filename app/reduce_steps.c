/* See reduce_steps.h. */
#include "app/reduce_steps.h"

#include <math.h>
#include <stdlib.h>

#include "passes/walk.h"

/* ---- sizes ---- */

static Sz bound(Ctx *ctx, Sz size, const SizeBinding *b) {
  int64_t value;
  if (b->from.i) return size_subst(ctx, size, &b->from, &b->to, 1);
  if (!b->unit || !size_is_const(ctx, size, &value) || !value || value % b->unit) return size;
  return size_const(ctx, value / b->unit * b->by);
}

static Ty type_bound(Ctx *ctx, Ty type, const SizeBinding *b) {
  const TypeInfo *info = type_info(ctx, type);
  if (info->is_tuple) {
    Ty *items = arena_array(&ctx->arena, Ty, info->rank + 1);
    for (int i = 0; i < info->rank; i++) items[i] = type_bound(ctx, info->items[i], b);
    return type_tuple(ctx, items, info->rank);
  }
  Sz dims[MAX_RANK];
  for (int i = 0; i < info->rank; i++) dims[i] = bound(ctx, info->dims[i], b);
  return info->dtype == DT_idx ? type_index(ctx, bound(ctx, info->extent, b), dims, info->rank)
                               : type_tensor(ctx, info->dtype, dims, info->rank);
}

static Attr attr_bound(Ctx *ctx, Attr attr, const SizeBinding *b) {
  if (attr_kind[attr.name] == ATTR_size) attr.z = bound(ctx, attr.z, b);
  if (attr_kind[attr.name] != ATTR_sizes) return attr;
  Sz *sizes = arena_array(&ctx->arena, Sz, attr.n + 1);
  for (int i = 0; i < attr.n; i++) sizes[i] = bound(ctx, attr.sizes[i], b);
  attr.sizes = sizes;
  return attr;
}

/* The node under the binding, or REF_NONE where it has no meaning any more. */
static Ref copy_bound(const Graph *g, const Node *n, Graph *out, const RefMap *map,
                      const SizeBinding *b) {
  Ctx *ctx = g->ctx;
  Ty type = type_bound(ctx, n->type, b);
  if (n->op == OP_param) return graph_param_like(out, type, n);
  Graph *body = n->body ? reduce_with_size(n->body, b) : NULL;
  Ref *operands = arena_array(&ctx->arena, Ref, n->n_operands + 1);
  Attr *attrs = arena_array(&ctx->arena, Attr, n->n_attrs + 1);
  for (int k = 0; k < n->n_operands; k++) operands[k] = map->to[n->operands[k].i];
  for (int k = 0; k < n->n_attrs; k++) attrs[k] = attr_bound(ctx, n->attrs[k], b);
  const char *why = NULL;
  Ty given = op_info[n->op].given ? type : TY_NONE;
  if ((n->body && !body) ||
      !build_check(out, n->op, operands, n->n_operands, attrs, n->n_attrs, body, given, &why).i)
    return REF_NONE;
  out->span = n->span;
  out->scope = n->scope;
  return body ? build_region(out, n->op, operands, n->n_operands, attrs, n->n_attrs, body, given)
              : build_op(out, n->op, operands, n->n_operands, attrs, n->n_attrs, given);
}

Graph *reduce_with_size(const Graph *g, const SizeBinding *b) {
  RefMap map = refmap_new(&g->ctx->arena, g);
  Graph *out = graph_new(g->ctx, g->name);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    map.to[i] = copy_bound(g, &g->nodes.data[i], out, &map, b);
    if (ref_none(map.to[i])) return NULL;
  }
  for (uint32_t i = 0; i < g->results.len; i++)
    graph_result(out, map.to[g->results.data[i].i], g->result_names.data[i]);
  return out;
}

static void add_extent(Ctx *ctx, Sz size, ReduceExtents *list) {
  int64_t value;
  if (!size.i || !size_is_const(ctx, size, &value) || value < 2) return;
  for (uint32_t i = 0; i < list->len; i++)
    if (list->data[i] == value) return;
  vec_push(&ctx->arena, list, value);
}

static void add_extents(const Graph *g, ReduceExtents *list) {
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    const TypeInfo *info = type_info(g->ctx, n->type);
    for (int k = 0; k < info->rank && !info->is_tuple; k++) add_extent(g->ctx, info->dims[k], list);
    add_extent(g->ctx, node_size(n, A_length), list);
    if (n->body) add_extents(n->body, list);
  }
}

double reduce_extent(const Graph *g) {
  double sum = 0;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    const TypeInfo *info = type_info(g->ctx, n->type);
    int64_t value;
    for (int k = 0; k < info->rank && !info->is_tuple; k++)
      if (size_is_const(g->ctx, info->dims[k], &value)) sum += (double)value;
    Sz turns = node_size(n, A_length);
    if (turns.i && size_is_const(g->ctx, turns, &value)) sum += (double)value;
    if (n->body) sum += reduce_extent(n->body);
  }
  return sum;
}

static int smaller_first(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

ReduceExtents reduce_extents(const Graph *g) {
  ReduceExtents list = {0};
  add_extents(g, &list);
  if (list.len) qsort(list.data, list.len, sizeof *list.data, smaller_first);
  return list;
}

/* ---- loops ---- */

/* Row t of a value, without its axis. */
static Ref row_of(Graph *out, Ref value, int64_t t) {
  Ctx *ctx = out->ctx;
  Ref row = build_slice(out, value, 0, size_const(ctx, t), size_const(ctx, 1));
  const TypeInfo *info = graph_info(out, row);
  return build_reshape(out, row, info->dims + 1, info->rank - 1);
}

static Ref as_row(Graph *out, Ref value) {
  Ctx *ctx = out->ctx;
  const TypeInfo *info = graph_info(out, value);
  Sz dims[MAX_RANK + 1] = {size_const(ctx, 1)};
  for (int i = 0; i < info->rank; i++) dims[i + 1] = info->dims[i];
  return build_reshape(out, value, dims, info->rank + 1);
}

enum { MOST_TURNS = 3 };

/* Turn t: carry[] becomes what the body makes of it; rows[k][t] what it collects. */
static void turn(const Scan *s, Graph *out, const RefMap *map, int64_t t, Ref *carry, Ref **rows) {
  RefMap inner = refmap_new(&out->ctx->arena, s->body);
  Ref step = scan_step_param(s);
  inner.to[step.i] = build_const(out, graph_type(s->body, step), (double)t);
  for (int i = 0; i < s->carries; i++) inner.to[scan_carry_param(s, i).i] = carry[i];
  for (int i = 0; i < s->slices; i++)
    inner.to[scan_slice_param(s, i).i] = row_of(out, map->to[scan_sliced(s, i).i], t);
  for (int i = 0; i < s->captures; i++)
    inner.to[scan_capture_param(s, i).i] = map->to[scan_captured(s, i).i];
  for (uint32_t i = 0; i < s->body->nodes.len; i++)
    if (ref_none(inner.to[i])) inner.to[i] = refmap_copy(s->body, (Ref){i}, out, &inner);
  for (int i = 0; i < s->carries; i++) carry[i] = inner.to[scan_next(s, i).i];
  for (int k = 0; k < s->collected; k++)
    rows[k][t] = as_row(out, inner.to[scan_collect_result(s, k).i]);
}

/* The items of the loop's tuple. */
static Ref *write_out(const Scan *s, Graph *out, const RefMap *map, int64_t turns) {
  Arena *arena = &out->ctx->arena;
  Ref *items = arena_array(arena, Ref, s->carries + s->collected + 1);
  Ref **rows = arena_array(arena, Ref *, s->collected + 1);
  for (int k = 0; k < s->collected; k++) rows[k] = arena_array(arena, Ref, MOST_TURNS);
  for (int i = 0; i < s->carries; i++) items[i] = map->to[scan_init(s, i).i];
  for (int64_t k = 0; k < turns; k++)
    turn(s, out, map, s->reverse ? turns - 1 - k : k, items, rows);
  for (int k = 0; k < s->collected; k++)
    items[s->carries + k] = build_concat(out, rows[k], (int)turns, 0);
  return items;
}

/* Several copies of a large body, or of loops in it, would be no smaller. */
static bool may_be_copied(const Graph *body) {
  enum { FEW_NODES = 12 };
  bool plain = body->nodes.len <= FEW_NODES + body->params.len;
  for (uint32_t i = 0; i < body->nodes.len; i++) plain = plain && !body->nodes.data[i].body;
  return plain;
}

Graph *reduce_unrolled(const Graph *g, Ref at) {
  int64_t turns;
  if (graph_node(g, at)->op != OP_scan) return NULL;
  Scan s = scan_read(g, at);
  if (s.until || !size_is_const(g->ctx, s.length, &turns) || turns < 1 || turns > MOST_TURNS)
    return NULL;
  if (turns > 1 && !may_be_copied(s.body)) return NULL;
  RefMap map = refmap_new(&g->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  Ref *items = NULL;
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    const Node *n = &g->nodes.data[i];
    if (!ref_none(map.to[i])) continue;
    if (i == at.i) {
      items = write_out(&s, out, &map, turns);
    } else if (n->n_operands && n->operands[0].i == at.i) {
      if (n->op != OP_item) return NULL;
      map.to[i] = items[node_int(n, A_index, 0)];
    } else {
      map.to[i] = refmap_copy(g, (Ref){i}, out, &map);
    }
  }
  for (uint32_t i = 0; i < g->results.len; i++)
    graph_result(out, map.to[g->results.data[i].i], g->result_names.data[i]);
  return graph_sweep(out);
}

/* ---- numbers ---- */

Graph *reduce_with_number(const Graph *g, Ref at, double number) {
  RefMap map = refmap_new(&g->ctx->arena, g);
  Graph *out = graph_like(g, &map);
  for (uint32_t i = 0; i < g->nodes.len; i++) {
    if (!ref_none(map.to[i])) continue;
    map.to[i] = i == at.i ? build_const(out, g->nodes.data[i].type, number)
                          : refmap_copy(g, (Ref){i}, out, &map);
  }
  for (uint32_t i = 0; i < g->results.len; i++)
    graph_result(out, map.to[g->results.data[i].i], g->result_names.data[i]);
  return graph_sweep(out);
}

/* A number is the simpler the fewer characters it takes, then the smaller it is. */
static int length_of(double number) {
  int n = number < 0;
  double size = fabs(number);
  if (!isfinite(size)) return 4 + n;
  while (size >= 10) size /= 10, n++;
  for (int k = 0; k < 17 && size != trunc(size); k++) size = (size - trunc(size)) * 10, n++;
  return n;
}

static bool is_simpler(double a, double b) {
  int x = length_of(a), y = length_of(b);
  return x != y ? x < y : fabs(a) < fabs(b);
}

bool reduce_number(double number, int i, double *simpler) {
  double half = trunc(number / 2), tries[] = {0, 1, 2, -1, 0.5, trunc(number), half};
  enum { N_TRIES = sizeof tries / sizeof *tries };
  for (int k = 0; k < N_TRIES; k++)
    if (is_simpler(tries[k], number) && !i--) return *simpler = tries[k], true;
  return false;
}
