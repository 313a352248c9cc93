/* From graph to boxes: values are followed from where they are made to where they are used, through
 * items, calls, kernels and the borders of scans. */
#include <string.h>

#include "ir/picture_model.h"
#include "ir/print.h"

/* Where a value comes from. */
typedef struct Origin Origin;
struct Origin {
  int box;          /* -1: folded */
  const char *text; /* folded number or size, NULL otherwise */
  Origin *items;    /* of a tuple */
  Ty type;          /* where it is not that of the box; else none */
};

static int add_cluster(Picture *p, Cluster c) {
  c.depth = p->clusters.data[c.parent].depth + 1;
  c.box = -1;
  vec_push(&p->ctx->arena, &p->clusters, c);
  return (int)p->clusters.len - 1;
}

static int add_box(Picture *p, Box b) {
  b.into = (int)p->boxes.len;
  b.members = 1;
  if (!b.title) b.title = "";
  if (!b.name) b.name = "";
  vec_push(&p->ctx->arena, &p->boxes, b);
  return b.into;
}

static void add_edge(Picture *p, Origin from, int to, int operand, bool back) {
  if (from.box < 0) return;
  Ty type = from.type.i ? from.type : p->boxes.data[from.box].type;
  Edge edge = {from.box, to, operand, back, type};
  vec_push(&p->ctx->arena, &p->edges, edge);
}

/* The cluster of one component of a scope inside another cluster. */
static int scope_cluster(Picture *p, int parent, const char *name, const char *path) {
  for (uint32_t i = 0; i < p->clusters.len; i++) {
    const Cluster *c = &p->clusters.data[i];
    if (c->kind == CLUSTER_scope && c->parent == parent && !strcmp(c->name, name)) return (int)i;
  }
  return add_cluster(p, (Cluster){CLUSTER_scope, parent, 0, name, name, path, 0});
}

/* Clusters for the part of a scope that is not already around the region. */
static int node_cluster(Picture *p, int region, const char *outer, const char *scope) {
  size_t n = strlen(outer), at = 0;
  if (!strncmp(scope, outer, n) && (!scope[n] || scope[n] == '.' || !n)) at = n + (scope[n] == '.');
  int cluster = region;
  while (scope[at]) {
    size_t length = strcspn(scope + at, ".");
    const char *name = ctx_printf(p->ctx, "%.*s", (int)length, scope + at);
    const char *path = ctx_printf(p->ctx, "%.*s", (int)(at + length), scope);
    cluster = scope_cluster(p, cluster, name, path);
    at += length;
    at += scope[at] == '.';
  }
  return cluster;
}

/* ---- labels ---- */

static void put_axes(const Node *n, AttrName name, Text *out) {
  const Attr *axes = node_attr(n, name);
  for (int i = 0; axes && i < axes->n; i++) text_printf(out, "%s%d", i ? "," : "[", axes->ints[i]);
  if (axes && axes->n) text_putc(out, ']');
}

/* sum[1], concat[0], mul 0.5, sub 1 _ (where it matters on which side the number stands) */
static const char *op_title(Picture *p, const Node *n, const Origin *operands) {
  Text title = text_new(&p->ctx->arena);
  text_puts(&title, op_info[n->op].name);
  if (op_is(n->op, T_REDUCE)) put_axes(n, A_axes, &title);
  put_axes(n, A_perm, &title);
  if (node_attr(n, A_axis) && n->op != OP_iota)
    text_printf(&title, "[%d]", (int)node_int(n, A_axis, 0));
  if (n->op == OP_foreign) text_printf(&title, " %s", ctx_text(p->ctx, node_str(n, A_symbol)));
  bool folded = false;
  for (int i = 0; i < n->n_operands; i++) folded |= operands[i].text != NULL;
  for (int i = 0; folded && i < n->n_operands; i++) {
    if (operands[i].text)
      text_printf(&title, " %s", operands[i].text);
    else if (!op_is(n->op, T_COMMUTES))
      text_puts(&title, " _");
  }
  return text_str(&title);
}

static const char *leaf_text(Picture *p, const Node *n) {
  Text text = text_new(&p->ctx->arena);
  if (n->op == OP_size)
    size_print(p->ctx, node_size(n, A_size), &text);
  else
    text_number(&text, type_info(p->ctx, n->type)->dtype, node_float(n, A_value, 0));
  return text_str(&text);
}

/* ---- walking ---- */

typedef struct PictureWalk {
  Picture *p;
  const Graph *g;
  int region;        /* cluster of the graph's region */
  const char *scope; /* scope of the region's node */
  Origin *of;        /* by node */
} PictureWalk;

static Origin *walk_graph(Picture *p, const Graph *g, int region, const char *scope,
                          const Origin *params);

static Origin *operands_of(const PictureWalk *w, const Node *n) {
  Origin *sources = arena_array(&w->p->ctx->arena, Origin, n->n_operands);
  for (int i = 0; i < n->n_operands; i++) sources[i] = w->of[n->operands[i].i];
  return sources;
}

static int cluster_of(const PictureWalk *w, const Node *n) {
  return node_cluster(w->p, w->region, w->scope, ctx_text(w->p->ctx, n->scope));
}

/* "kernel h, c": the names that its values have in the program, the last first; at most three. */
static const char *kernel_title(Ctx *ctx, const Graph *body) {
  Text title = text_new(&ctx->arena);
  int named = 0;
  for (uint32_t i = body->nodes.len; i-- > 0 && named < 3;) {
    const Node *n = &body->nodes.data[i];
    if (n->op == OP_param || str_none(n->name)) continue;
    const char *name = ctx_printf(ctx, " %s", ctx_text(ctx, n->name));
    if (strstr(text_str(&title), name)) continue;
    text_printf(&title, "%s%s", named ? "," : "", name);
    named++;
  }
  return ctx_printf(ctx, "kernel%s", text_str(&title));
}

static Cluster region_cluster(const PictureWalk *w, const Node *n) {
  Ctx *ctx = w->p->ctx;
  const char *name = ctx_text(ctx, n->body->name), *kind = ctx_text(ctx, node_str(n, A_kind));
  Cluster c = {CLUSTER_call, cluster_of(w, n), 0, NULL, name, name, 0};
  if (n->op == OP_scan) {
    c.kind = CLUSTER_scan;
    c.title = ctx_printf(ctx, "scan %s over %s", name, size_str(ctx, node_size(n, A_length)));
  } else {
    c.title = ctx_printf(ctx, "%s %s%s%s", op_info[n->op].name, kind, *kind ? " " : "", name);
  }
  if (n->op == OP_kernel) {
    c.kind = CLUSTER_kernel;
    c.title = kernel_title(ctx, n->body);
  }
  return c;
}

/* Box of a scan's parameter: the step, a carried or a sliced value. Captured values are followed
 * through. */
static Origin scan_param(PictureWalk *w, const Node *n, int cluster, uint32_t i,
                         const Origin *operands) {
  Picture *p = w->p;
  int64_t carries = node_int(n, A_carries, 0), slices = node_int(n, A_slices, 0),
          k = (int64_t)i - 1;
  if (k >= carries + slices) return operands[k];
  const Node *param = graph_node(n->body, n->body->params.data[i]);
  const char *role = i == 0 ? "step" : k < carries ? "carry" : "slice";
  if (k >= 0 && operands[k].text) role = ctx_printf(p->ctx, "%s, first %s", role, operands[k].text);
  Box box = {.kind = BOX_carry, .graph = n->body, .node = n->body->params.data[i], .op = OP_param};
  box.cluster = cluster;
  box.title = role;
  box.name = ctx_text(p->ctx, param->name);
  box.type = param->type;
  int made = add_box(p, box);
  if (k >= 0) add_edge(p, operands[k], made, -1, false);
  return (Origin){.box = made};
}

static Origin *walk_scan(PictureWalk *w, const Node *n) {
  Picture *p = w->p;
  Origin *operands = operands_of(w, n);
  int cluster = add_cluster(p, region_cluster(w, n));
  Origin *params = arena_array(&p->ctx->arena, Origin, n->body->params.len);
  for (uint32_t i = 0; i < n->body->params.len; i++)
    params[i] = scan_param(w, n, cluster, i, operands);
  Origin *results = walk_graph(p, n->body, cluster, ctx_text(p->ctx, n->scope), params);
  for (int64_t i = 0; i < node_int(n, A_carries, 0); i++)
    add_edge(p, results[i], params[i + 1].box, -1, true);
  const TypeInfo *types = type_info(p->ctx, n->type);
  for (int i = 0; i < types->rank; i++) results[i].type = types->items[i];
  return results;
}

static Origin *walk_call(PictureWalk *w, const Node *n) {
  int cluster = add_cluster(w->p, region_cluster(w, n));
  return walk_graph(w->p, n->body, cluster, ctx_text(w->p->ctx, n->scope), operands_of(w, n));
}

/* Whether it matters which operand an edge is. */
static bool ordered(const Node *n, const Origin *operands) {
  int boxes = 0;
  for (int i = 0; i < n->n_operands; i++) boxes += operands[i].box >= 0;
  return boxes > 1 && !op_is(n->op, T_COMMUTES);
}

static Origin op_box(PictureWalk *w, Ref r) {
  Picture *p = w->p;
  const Node *n = graph_node(w->g, r);
  const Origin *operands = operands_of(w, n);
  Box box = {.kind = BOX_op, .graph = w->g, .node = r, .op = n->op, .type = n->type};
  box.cluster = cluster_of(w, n);
  box.title = op_title(p, n, operands);
  box.name = ctx_text(p->ctx, n->name);
  Origin made = {.box = add_box(p, box)};
  for (int i = 0; i < n->n_operands; i++)
    add_edge(p, operands[i], made.box, ordered(n, operands) ? i : -1, false);
  const TypeInfo *info = type_info(p->ctx, n->type);
  if (info->is_tuple) made.items = arena_array(&p->ctx->arena, Origin, info->rank);
  for (int i = 0; info->is_tuple && i < info->rank; i++) made.items[i] = (Origin){.box = made.box};
  return made;
}

static Origin source_of(PictureWalk *w, Ref r, const Origin *params) {
  const Node *n = graph_node(w->g, r);
  switch (n->op) {
  case OP_param:
    return params[node_int(n, A_index, 0)];
  case OP_const:
  case OP_size:
    return (Origin){.box = -1, .text = leaf_text(w->p, n)};
  case OP_item:
    return w->of[n->operands[0].i].items[node_int(n, A_index, 0)];
  case OP_scan:
    return (Origin){.box = -1, .items = walk_scan(w, n)};
  case OP_call:
  case OP_kernel:
    return (Origin){.box = -1, .items = walk_call(w, n)};
  case OP_broadcast:
    if (!w->p->opt->broadcasts) return w->of[n->operands[0].i];
    return op_box(w, r);
  default:
    return op_box(w, r);
  }
}

static Origin *walk_graph(Picture *p, const Graph *g, int region, const char *scope,
                          const Origin *params) {
  PictureWalk w = {p, g, region, scope, arena_array(&p->ctx->arena, Origin, g->nodes.len)};
  const bool *live = graph_live(g);
  for (uint32_t i = 0; i < g->nodes.len; i++)
    if (live[i]) w.of[i] = source_of(&w, (Ref){i}, params);
  Origin *results = arena_array(&p->ctx->arena, Origin, g->results.len);
  for (uint32_t i = 0; i < g->results.len; i++) results[i] = w.of[g->results.data[i].i];
  return results;
}

/* A scan's step that nothing reads is not shown. */
static void hide_unused(Picture *p) {
  for (uint32_t i = 0; i < p->boxes.len; i++)
    p->boxes.data[i].hidden = p->boxes.data[i].kind == BOX_carry;
  for (uint32_t i = 0; i < p->edges.len; i++)
    p->boxes.data[p->edges.data[i].from].hidden = p->boxes.data[p->edges.data[i].to].hidden = false;
}

void picture_walk(Picture *p, const Graph *g) {
  Cluster root = {.kind = CLUSTER_root, .title = "", .name = "", .path = "", .box = -1};
  vec_push(&p->ctx->arena, &p->clusters, root);
  const bool *live = graph_live(g);
  Origin *params = arena_array(&p->ctx->arena, Origin, g->params.len);
  for (uint32_t i = 0; i < g->params.len; i++) {
    const Node *n = graph_node(g, g->params.data[i]);
    params[i].box = -1;
    if (!live[g->params.data[i].i]) continue;
    Box box = {.kind = BOX_param, .graph = g, .node = g->params.data[i], .op = OP_param};
    box.name = ctx_text(p->ctx, n->name);
    box.title = *box.name ? "" : "param";
    box.type = n->type;
    params[i].box = add_box(p, box);
  }
  const Origin *results = walk_graph(p, g, 0, "", params);
  for (uint32_t i = 0; i < g->results.len; i++) {
    Str name = g->result_names.data[i];
    Box box = {.kind = BOX_result, .graph = g, .node = g->results.data[i], .op = OP_item};
    box.title = str_none(name) ? ctx_printf(p->ctx, "result %u", i) : ctx_text(p->ctx, name);
    if (results[i].text) box.title = ctx_printf(p->ctx, "%s = %s", box.title, results[i].text);
    box.type = graph_type(g, g->results.data[i]);
    add_edge(p, results[i], add_box(p, box), -1, false);
  }
  hide_unused(p);
}
