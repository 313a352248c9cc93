/* From graph to boxes: values are followed from where they are made to where they are used, through
 * items, calls, kernels and the borders of scans. */
#define _GNU_SOURCE /* memrchr */
#include <string.h>

#include "ir/custom.h"
#include "ir/picture_model.h"
#include "ir/print.h"

/* Where a value comes from. */
typedef struct Origin Origin;
struct Origin {
  int box;          /* -1: folded */
  const char *text; /* folded number, size or path of a weight, NULL otherwise */
  int folded;       /* 1 + its place in the picture's weights; 0: none */
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
  if (b.kind != BOX_op) b.home = b.cluster;
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

static void add_use(Picture *p, Origin of, int box) {
  FoldedUse use = {box, of.folded - 1};
  if (of.folded) vec_push(&p->ctx->arena, &p->uses, use);
}

/* The cluster of one component of a scope inside another cluster. */
static int scope_cluster(Picture *p, int parent, const char *name, const char *path) {
  bool is_new;
  uint64_t key[4] = {(uint64_t)parent, ctx_str(p->ctx, name).i};
  uint32_t at = number_of_key(&p->scopes, key, &is_new);
  if (!is_new) return p->scope_clusters.data[at];
  int made = add_cluster(
      p, (Cluster){
             .kind = CLUSTER_scope, .parent = parent, .title = name, .name = name, .path = path});
  vec_push(&p->ctx->arena, &p->scope_clusters, made);
  return made;
}

/* How far the first component of a path goes: an element of an array of layers is one,
 * "block.3". */
static size_t component(const char *path) {
  size_t n = strcspn(path, ".");
  while (path[n] == '.' && path[n + 1] >= '0' && path[n + 1] <= '9')
    n += 1 + strcspn(path + n + 1, ".");
  return n;
}

/* The part of a scope that is not already around the region. */
static const char *inner_scope(const char *outer, const char *scope) {
  size_t n = strlen(outer);
  bool around = !strncmp(scope, outer, n) && (!scope[n] || scope[n] == '.' || !n);
  return around ? scope + n + (n && scope[n] == '.') : scope;
}

static const char *join_path(Ctx *ctx, const char *outer, const char *inner) {
  return *outer && *inner ? ctx_printf(ctx, "%s.%s", outer, inner) : *outer ? outer : inner;
}

/* The weight or state of that path: its place, or -1. */
static int folded_named(const Picture *p, const char *path, size_t length) {
  for (uint32_t i = 0; i < p->folded.len; i++) {
    const char *name = p->folded.data[i].name;
    if (!strncmp(name, path, length) && !name[length]) return (int)i;
  }
  return -1;
}

/* The first component of a path in a cluster. In an optimizer's a weight is one, "enc.W". */
static size_t component_in(const Picture *p, int cluster, const char *path) {
  const char *over = strstr(p->clusters.data[cluster].name, " over "), *end = path + strlen(path);
  for (; over && end > path; end = memrchr(path, '.', (size_t)(end - path))) {
    const char *weight = ctx_printf(p->ctx, "%s.%.*s", over + 6, (int)(end - path), path);
    if (folded_named(p, weight, strlen(weight)) >= 0) return (size_t)(end - path);
  }
  return component(path);
}

/* Clusters for the part of a scope that is not already around the region; of the last component
 * only when 'all'. */
static int node_cluster(Picture *p, int region, const char *scope, bool all) {
  int cluster = region;
  while (*scope) {
    size_t length = component_in(p, cluster, scope);
    if (!all && !scope[length]) break;
    const char *name = ctx_printf(p->ctx, "%.*s", (int)length, scope);
    const char *path = join_path(p->ctx, p->clusters.data[cluster].path, name);
    cluster = scope_cluster(p, cluster, name, path);
    scope += length;
    scope += *scope == '.';
  }
  return cluster;
}

/* ---- labels ---- */

static void put_axes(const Node *n, AttrName name, Text *out) {
  const Attr *axes = node_attr(n, name);
  for (int i = 0; axes && i < axes->n; i++) text_printf(out, "%s%d", i ? "," : "[", axes->ints[i]);
  if (axes && axes->n) text_putc(out, ']');
}

/* The end of a dotted path behind component number n from the last: "net.enc.W", 2: "enc.W". */
static const char *last_components(const char *path, int n) {
  const char *at = path + strlen(path);
  for (; at > path; at--)
    if (at[-1] == '.' && --n == 0) break;
  return at;
}

/* A weight's name as its layer calls it: of "net.enc.W" in the scope net.enc it is W. */
static const char *name_in_scope(Ctx *ctx, const char *path, const char *scope) {
  const char *innermost = last_components(scope, 1);
  size_t n = strlen(innermost);
  for (int k = 1;; k++) {
    const char *name = last_components(path, k);
    if (name == path) return path;
    const char *owner = ctx_printf(ctx, "%.*s", (int)(name - path - 1), path);
    if (n && !strcmp(last_components(owner, 1), innermost)) return name;
  }
}

static const char *operand_text(Picture *p, const Origin *o, int cluster) {
  if (!o->folded) return o->text;
  if (picture_is_update(p, cluster)) return last_components(o->text, 1);
  return name_in_scope(p->ctx, o->text, p->clusters.data[cluster].path);
}

/* sum[1], concat[0], mul 0.5, sub 1 _ (where it matters on which side the number stands) */
static const char *op_title(Picture *p, const Node *n, const Origin *operands, int cluster) {
  Text title = text_new(&p->ctx->arena);
  text_puts(&title, node_op_name(p->ctx, n));
  if (op_is(n->op, T_REDUCE)) put_axes(n, A_axes, &title);
  put_axes(n, A_perm, &title);
  if (node_attr(n, A_axis) && n->op != OP_iota)
    text_printf(&title, "[%d]", (int)node_int(n, A_axis, 0));
  if (n->op == OP_foreign) text_printf(&title, " %s", ctx_text(p->ctx, node_str(n, A_symbol)));
  bool folded = false;
  int weights = 0;
  for (int i = 0; i < n->n_operands; i++) {
    folded |= operands[i].text != NULL;
    weights += operands[i].folded > 0;
  }
  if (weights > 3) text_printf(&title, " %d weights", weights);
  for (int i = 0; folded && weights <= 3 && i < n->n_operands; i++) {
    if (operands[i].text)
      text_printf(&title, " %s", operand_text(p, &operands[i], cluster));
    else if (!op_is(n->op, T_COMMUTES))
      text_puts(&title, " _");
  }
  for (const NodeFact *f = n->facts; f; f = f->next)
    text_printf(&title, "%s%s: %s", f == n->facts ? "\n" : ", ", ctx_text(p->ctx, f->kind),
                ctx_text(p->ctx, f->value));
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
  /* Of a kernel's body: the walk around all kernels; else NULL. */
  const struct PictureWalk *outside;
} PictureWalk;

static Origin *walk_graph(PictureWalk w, const Origin *params);

static Origin *operands_of(const PictureWalk *w, const Node *n) {
  Origin *sources = arena_array(&w->p->ctx->arena, Origin, n->n_operands);
  for (int i = 0; i < n->n_operands; i++) sources[i] = w->of[n->operands[i].i];
  return sources;
}

static int cluster_of(const PictureWalk *w, const Node *n) {
  const char *scope = inner_scope(w->scope, ctx_text(w->p->ctx, n->scope));
  return node_cluster(w->p, w->region, scope, true);
}

/* Where it would stand if there were no kernels. */
static int home_of(const PictureWalk *w, const Node *n, int cluster) {
  return w->outside && w->p->homes ? cluster_of(w->outside, n) : cluster;
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

/* A call: "process: Process" for the layer net.process and what its class is called, or the name of
 * the function. */
static Cluster call_cluster(const PictureWalk *w, const Node *n) {
  Ctx *ctx = w->p->ctx;
  const char *body = ctx_text(ctx, n->body->name), *dot = strrchr(body, '.');
  const char *scope = inner_scope(w->scope, ctx_text(ctx, n->scope)), *name = scope;
  if (dot && !strcmp(dot, ".()")) body = ctx_printf(ctx, "%.*s", (int)(dot - body), body);
  for (size_t k; name[k = component(name)] == '.';) name += k + 1;
  Cluster c = {.kind = CLUSTER_call,
               .span = n->span,
               .body = n->body,
               .parent = node_cluster(w->p, w->region, scope, false)};
  c.title = *name && strcmp(name, body) ? ctx_printf(ctx, "%s: %s", name, body) : body;
  c.name = *name ? name : body;
  c.path = join_path(ctx, w->p->clusters.data[c.parent].path, name);
  return c;
}

static Cluster region_cluster(const PictureWalk *w, const Node *n) {
  Ctx *ctx = w->p->ctx;
  const char *name = ctx_text(ctx, n->body->name);
  if (n->op == OP_call) return call_cluster(w, n);
  Cluster c = {.kind = CLUSTER_scan,
               .span = n->span,
               .parent = cluster_of(w, n),
               .name = name,
               .body = n->body};
  c.title = n->op == OP_kernel
                ? kernel_title(ctx, n->body)
                : ctx_printf(ctx, "scan %s over %s", name, size_str(ctx, node_size(n, A_length)));
  if (n->op == OP_kernel)
    c.kind = CLUSTER_kernel;
  else
    c.length = node_size(n, A_length);
  c.path = w->p->clusters.data[c.parent].path;
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
  bool same = k >= 0 && k < carries && operands[k].folded &&
              !strcmp(operands[k].text, ctx_text(p->ctx, param->name));
  if (same) return operands[k]; /* a weight that the loop changes */
  const char *role = i == 0 ? "step" : k < carries ? "carry" : "slice";
  if (k >= 0 && operands[k].text) role = ctx_printf(p->ctx, "%s, first %s", role, operands[k].text);
  Box box = {.kind = BOX_carry, .graph = n->body, .node = n->body->params.data[i], .op = OP_param};
  box.cluster = cluster;
  box.title = role;
  box.name = ctx_text(p->ctx, param->name);
  box.type = param->type;
  int made = add_box(p, box);
  if (k >= 0) add_edge(p, operands[k], made, -1, false);
  if (k >= 0) add_use(p, operands[k], made);
  return (Origin){.box = made};
}

static Origin *walk_scan(PictureWalk *w, const Node *n) {
  Picture *p = w->p;
  Origin *operands = operands_of(w, n);
  int cluster = add_cluster(p, region_cluster(w, n));
  Origin *params = arena_array(&p->ctx->arena, Origin, n->body->params.len);
  for (uint32_t i = 0; i < n->body->params.len; i++)
    params[i] = scan_param(w, n, cluster, i, operands);
  Origin *results = walk_graph(
      (PictureWalk){p, n->body, cluster, ctx_text(p->ctx, n->scope), NULL, NULL}, params);
  for (int64_t i = 0; i < node_int(n, A_carries, 0); i++)
    if (params[i + 1].box >= 0) add_edge(p, results[i], params[i + 1].box, -1, true);
  const TypeInfo *types = type_info(p->ctx, n->type);
  for (int i = 0; i < types->rank; i++) results[i].type = types->items[i];
  return results;
}

static Origin *walk_call(PictureWalk *w, const Node *n) {
  int cluster = add_cluster(w->p, region_cluster(w, n));
  PictureWalk inner = {w->p, n->body, cluster, ctx_text(w->p->ctx, n->scope), NULL, NULL};
  if (n->op == OP_kernel) inner.outside = w->outside ? w->outside : w;
  return walk_graph(inner, operands_of(w, n));
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
  box.home = home_of(w, n, box.cluster);
  box.title = op_title(p, n, operands, box.cluster);
  box.name = ctx_text(p->ctx, n->name);
  Origin made = {.box = add_box(p, box)};
  for (int i = 0; i < n->n_operands; i++) {
    add_edge(p, operands[i], made.box, ordered(n, operands) ? i : -1, false);
    add_use(p, operands[i], made.box);
  }
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

static Origin *walk_graph(PictureWalk w, const Origin *params) {
  Arena *arena = &w.p->ctx->arena;
  const bool *live = graph_live(w.g);
  w.of = arena_array(arena, Origin, w.g->nodes.len);
  for (uint32_t i = 0; i < w.g->nodes.len; i++)
    if (live[i]) w.of[i] = source_of(&w, (Ref){i}, params);
  Origin *results = arena_array(arena, Origin, w.g->results.len);
  for (uint32_t i = 0; i < w.g->results.len; i++) results[i] = w.of[w.g->results.data[i].i];
  return results;
}

/* A scan's step that nothing reads is not shown. */
static void hide_unused(Picture *p) {
  for (uint32_t i = 0; i < p->boxes.len; i++)
    p->boxes.data[i].hidden = p->boxes.data[i].kind == BOX_carry;
  for (uint32_t i = 0; i < p->edges.len; i++)
    p->boxes.data[p->edges.data[i].from].hidden = p->boxes.data[p->edges.data[i].to].hidden = false;
}

/* Weights, and what an optimizer keeps (its path has several components). */
static bool is_folded(const Picture *p, const Graph *g, Ref param) {
  ParamRole role = param_role(g, param);
  const char *name = ctx_text(p->ctx, graph_node(g, param)->name);
  return *name && (role == ROLE_weight || (role == ROLE_state && strchr(name, '.')));
}

static void find_folded(Picture *p, const Graph *g) {
  for (uint32_t i = 0; i < g->params.len; i++) {
    const Node *n = graph_node(g, g->params.data[i]);
    Folded folded = {ctx_text(p->ctx, n->name), n->type, param_role(g, g->params.data[i])};
    if (is_folded(p, g, g->params.data[i])) vec_push(&p->ctx->arena, &p->folded, folded);
  }
}

static Origin param_origin(Picture *p, const Graph *g, Ref param) {
  const Node *n = graph_node(g, param);
  Box box = {.kind = BOX_param, .graph = g, .node = param, .op = OP_param, .type = n->type};
  box.name = ctx_text(p->ctx, n->name);
  box.title = *box.name ? "" : "param";
  if (p->opt->weights || !is_folded(p, g, param)) return (Origin){.box = add_box(p, box)};
  int at = folded_named(p, box.name, strlen(box.name));
  return (Origin){.box = -1, .text = box.name, .folded = at + 1};
}

static void add_result(Picture *p, const Graph *g, uint32_t i, Origin value) {
  const char *name = ctx_text(p->ctx, g->result_names.data[i]);
  int folded = folded_named(p, name, strlen(name));
  if (folded >= 0 && !p->opt->weights) {
    FoldedUse made = {value.box, folded};
    if (value.box >= 0) vec_push(&p->ctx->arena, &p->uses, made);
    return;
  }
  Box box = {.kind = BOX_result, .graph = g, .node = g->results.data[i], .op = OP_item};
  box.title = *name ? name : ctx_printf(p->ctx, "result %u", i);
  if (value.text) box.title = ctx_printf(p->ctx, "%s = %s", box.title, value.text);
  box.type = graph_type(g, g->results.data[i]);
  int made = add_box(p, box);
  add_edge(p, value, made, -1, false);
  add_use(p, value, made);
}

/* The update of a weight that a cluster is in: the cluster right below the optimizer's, or 0. */
static int update_around(const Picture *p, int cluster) {
  while (cluster > 0 && !strstr(p->clusters.data[p->clusters.data[cluster].parent].name, " over "))
    cluster = p->clusters.data[cluster].parent;
  return cluster;
}

/* Weights and states that only one update reads or makes stand in it. */
static void settle_states(Picture *p) {
  enum { NOWHERE = -1 };
  int *where = arena_array(&p->ctx->arena, int, p->boxes.len);
  for (uint32_t i = 0; i < p->boxes.len; i++) where[i] = NOWHERE;
  for (uint32_t k = 0; k < p->edges.len; k++)
    for (int end = 0; end < 2; end++) {
      const Edge *e = &p->edges.data[k];
      int box = end ? e->to : e->from, other = end ? e->from : e->to;
      int update = update_around(p, p->boxes.data[other].cluster);
      where[box] = where[box] == NOWHERE || where[box] == update ? update : 0;
    }
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    Box *b = &p->boxes.data[i];
    const char *path = b->kind == BOX_result ? b->title : b->name;
    bool state = b->kind == BOX_param || b->kind == BOX_result;
    if (state && where[i] > 0 && folded_named(p, path, strlen(path)) >= 0) b->cluster = where[i];
  }
}

static void walk_whole(Picture *p, const Graph *g, int cluster) {
  p->folded.len = 0;
  find_folded(p, g);
  const bool *live = graph_live(g);
  Origin *params = arena_array(&p->ctx->arena, Origin, g->params.len);
  uint32_t first = p->boxes.len;
  for (uint32_t i = 0; i < g->params.len; i++) {
    params[i].box = -1;
    if (live[g->params.data[i].i]) params[i] = param_origin(p, g, g->params.data[i]);
  }
  const Origin *results = walk_graph((PictureWalk){p, g, cluster, "", NULL, NULL}, params);
  for (uint32_t i = 0; i < g->results.len; i++) add_result(p, g, i, results[i]);
  for (uint32_t i = first; i < p->boxes.len; i++)
    if (!p->boxes.data[i].cluster) p->boxes.data[i].cluster = cluster;
}

/* One of two graphs in a picture stands in a frame. */
static int side_cluster(Picture *p, const char *title) {
  Cluster c = {.kind = CLUSTER_call, .title = title, .name = title, .path = ""};
  return p->opt->second ? add_cluster(p, c) : 0;
}

void picture_walk(Picture *p, const Graph *g) {
  Cluster root = {.kind = CLUSTER_root, .title = "", .name = "", .path = "", .box = -1};
  vec_push(&p->ctx->arena, &p->clusters, root);
  p->scopes.arena = &p->ctx->arena;
  walk_whole(p, g, side_cluster(p, p->opt->titles[0]));
  if (p->opt->second) walk_whole(p, p->opt->second, side_cluster(p, p->opt->titles[1]));
  if (p->opt->weights) settle_states(p);
  hide_unused(p);
}
