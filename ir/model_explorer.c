/* See model_explorer.h. Groups are named by namespaces, "net/scan t over 10": layers of one name
 * side by side are one group, loops and kernels are told apart by a number. Arrows that lead back
 * to the beginning of a loop's body are an overlay, so that the graph itself has no circles. */
#include "ir/model_explorer.h"

#include <string.h>

#include "ir/cost.h"
#include "ir/explore_model.h"
#include "ir/print.h"

typedef struct ExplorerWriter {
  Ctx *ctx;
  Text *out;
  Walked walked;
  const char **spaces; /* by cluster: its namespace */
} ExplorerWriter;

static const char *op_name(const Box *b) {
  return b->kind == BOX_op      ? op_info[b->op].name
         : b->kind == BOX_carry ? "value of a loop"
         : b->kind == BOX_param ? "parameter"
                                : "result";
}

/* A component of a namespace. */
static const char *component_text(Ctx *ctx, const char *title, uint32_t number) {
  char *text =
      number > 1 ? ctx_printf(ctx, "%s (%u)", title, number) : ctx_printf(ctx, "%s", title);
  for (char *at = text; *at; at++)
    if (*at == '/' || *at == ';') *at = '_';
  return text;
}

static void name_spaces(ExplorerWriter *w) {
  const Picture *p = &w->walked.picture;
  Numbering seen = {.arena = &w->ctx->arena};
  Strings names;
  VEC(uint32_t) counts = {0};
  strings_init(&names, &w->ctx->arena);
  w->spaces = arena_array(&w->ctx->arena, const char *, p->clusters.len);
  w->spaces[0] = "";
  for (uint32_t i = 1; i < p->clusters.len; i++) {
    const Cluster *c = &p->clusters.data[i];
    bool is_new, layer = c->kind == CLUSTER_scope || c->kind == CLUSTER_call;
    const char *outer = w->spaces[c->parent];
    uint64_t key[4] = {str_intern(&names, outer).i, str_intern(&names, c->title).i};
    uint32_t at = number_of_key(&seen, key, &is_new);
    if (is_new) vec_push(&w->ctx->arena, &counts, 0);
    uint32_t number = layer ? 1 : ++counts.data[at];
    w->spaces[i] = ctx_printf(w->ctx, "%s%s%s", outer, *outer ? "/" : "",
                              component_text(w->ctx, c->title, number));
  }
}

static ExplorerWriter writer_new(const Graph *g, Text *out) {
  ExplorerWriter w = {.ctx = g->ctx, .out = out};
  explore_walk(g->ctx, g, &w.walked);
  name_spaces(&w);
  return w;
}

/* ---- nodes ---- */

static void put_attr(ExplorerWriter *w, const char *key, const char *value, bool *first) {
  if (!*value) return;
  text_puts(w->out, *first ? "" : ", ");
  text_puts(w->out, "{\"key\": ");
  text_put_json(w->out, key);
  text_puts(w->out, ", \"value\": ");
  text_put_json(w->out, value);
  text_putc(w->out, '}');
  *first = false;
}

static const char *place_text(Ctx *ctx, Span span) {
  int line, column;
  const Source *source = span_none(span) ? NULL : source_at(ctx, span.lo, &line, &column);
  return source ? ctx_printf(ctx, "%s:%d:%d", source->path, line, column) : "";
}

static const char *cost_text(Ctx *ctx, Sz size) { return size.i ? size_str(ctx, size) : ""; }

static void put_attrs(ExplorerWriter *w, uint32_t box) {
  const Box *b = &w->walked.picture.boxes.data[box];
  const Node *n = graph_node(b->graph, b->node);
  bool first = true, op = b->kind == BOX_op;
  text_puts(w->out, ", \"attrs\": [");
  put_attr(w, "op", op_name(b), &first);
  put_attr(w, "name", b->name, &first);
  if (*b->name) put_attr(w, "drawn as", b->title, &first);
  for (int i = 0; op && i < n->n_attrs; i++) {
    Text value = text_new(&w->ctx->arena);
    attr_print(w->ctx, n, &n->attrs[i], &value);
    put_attr(w, attr_name[n->attrs[i].name], strchr(text_str(&value), '=') + 1, &first);
  }
  put_attr(w, "place", place_text(w->ctx, n->span), &first);
  if (op) put_attr(w, "flops", cost_text(w->ctx, node_flops(b->graph, n)), &first);
  if (op) put_attr(w, "bytes", cost_text(w->ctx, explore_bytes(b->graph, n)), &first);
  for (uint32_t k = w->walked.first_use[box]; k < w->walked.first_use[box + 1]; k++) {
    const Folded *f = &w->walked.picture.folded.data[w->walked.uses[k]];
    put_attr(w, "weight", ctx_printf(w->ctx, "%s: %s", f->name, type_str(w->ctx, f->type)), &first);
  }
  text_putc(w->out, ']');
}

/* Calls each(edge) for the arrows into a box, those back or those not back. */
static uint32_t next_edge(const ExplorerWriter *w, uint32_t box, uint32_t at, bool back) {
  const Picture *p = &w->walked.picture;
  for (; at < w->walked.first[box + 1]; at++) {
    const Edge *e = &p->edges.data[w->walked.edges[at]];
    if (e->back == back && !p->boxes.data[e->from].hidden) break;
  }
  return at;
}

static void put_edges(ExplorerWriter *w, uint32_t box) {
  bool first = true;
  text_puts(w->out, ", \"incomingEdges\": [");
  for (uint32_t k = w->walked.first[box];
       (k = next_edge(w, box, k, false)) < w->walked.first[box + 1]; k++) {
    const Edge *e = &w->walked.picture.edges.data[w->walked.edges[k]];
    text_printf(w->out,
                "%s{\"sourceNodeId\": \"%d\", \"sourceNodeOutputId\": \"0\", "
                "\"targetNodeInputId\": \"%d\"}",
                first ? "" : ", ", e->from, e->operand < 0 ? 0 : e->operand);
    first = false;
  }
  text_putc(w->out, ']');
}

static void put_node(ExplorerWriter *w, uint32_t box) {
  const Box *b = &w->walked.picture.boxes.data[box];
  const PictureColour *colour = picture_colour(b);
  text_printf(w->out, "{\"id\": \"%u\", \"label\": ", box);
  text_put_json(w->out, *b->name ? b->name : *b->title ? b->title : op_name(b));
  text_puts(w->out, ", \"namespace\": ");
  text_put_json(w->out, w->spaces[b->cluster]);
  put_attrs(w, box);
  put_edges(w, box);
  text_puts(w->out, ", \"outputsMetadata\": [{\"id\": \"0\", \"attrs\": [");
  bool first = true;
  put_attr(w, "shape", b->type.i ? type_str(w->ctx, b->type) : "", &first);
  text_puts(w->out, "]}]");
  if (colour) text_printf(w->out, ", \"style\": {\"backgroundColor\": \"%s\"}", colour->fill);
  text_putc(w->out, '}');
}

/* ---- groups and overlays ---- */

static void put_groups(ExplorerWriter *w) {
  const Picture *p = &w->walked.picture;
  Strings told;
  strings_init(&told, &w->ctx->arena);
  text_puts(w->out, "\n], \"groupNodeAttributes\": {");
  for (uint32_t i = 1; i < p->clusters.len; i++) {
    const Cluster *c = &p->clusters.data[i];
    uint32_t known = told.count;
    if (str_intern(&told, w->spaces[i]).i < known) continue;
    static const char *const kinds[] = {"", "layer", "loop", "kernel", "layer"};
    const char *const values[][2] = {{"kind", kinds[c->kind]},
                                     {"path", c->path},
                                     {"place", place_text(w->ctx, c->span)},
                                     {"turns", cost_text(w->ctx, c->length)}};
    text_puts(w->out, i > 1 ? ",\n" : "\n");
    text_put_json(w->out, w->spaces[i]);
    text_puts(w->out, ": {");
    for (size_t k = 0, n = 0; k < sizeof values / sizeof *values; k++) {
      if (!*values[k][1]) continue;
      text_printf(w->out, "%s\"%s\": ", n++ ? ", " : "", values[k][0]);
      text_put_json(w->out, values[k][1]);
    }
    text_putc(w->out, '}');
  }
  text_putc(w->out, '}');
}

static void put_back_edges(ExplorerWriter *w) {
  bool first = true;
  text_puts(w->out, ",\n\"tasksData\": {\"edgeOverlaysDataListLeftPane\": [{\"name\": \"loops\", "
                    "\"type\": \"edge_overlays\", \"overlays\": [{\"name\": \"the next turn\", "
                    "\"edgeColor\": \"#1a7f37\", \"edges\": [");
  for (uint32_t box = 0; box < w->walked.picture.boxes.len; box++) {
    if (w->walked.picture.boxes.data[box].hidden) continue;
    for (uint32_t k = w->walked.first[box];
         (k = next_edge(w, box, k, true)) < w->walked.first[box + 1]; k++) {
      const Edge *e = &w->walked.picture.edges.data[w->walked.edges[k]];
      text_printf(w->out, "%s{\"sourceNodeId\": \"%d\", \"targetNodeId\": \"%u\"}",
                  first ? "" : ", ", e->from, box);
      first = false;
    }
  }
  text_puts(w->out, "]}]}]}");
}

static const char *graph_id(const Graph *g) {
  return str_none(g->name) ? "graph" : ctx_text(g->ctx, g->name);
}

void model_explorer_json(const Graph *g, Text *out) {
  ExplorerWriter w = writer_new(g, out);
  bool first = true;
  text_puts(out, "{\"label\": ");
  text_put_json(out, graph_id(g));
  text_puts(out, ", \"graphs\": [{\"id\": ");
  text_put_json(out, graph_id(g));
  text_puts(out, ", \"nodes\": [");
  for (uint32_t i = 0; i < w.walked.picture.boxes.len; i++) {
    if (w.walked.picture.boxes.data[i].hidden) continue;
    text_puts(out, first ? "\n" : ",\n");
    put_node(&w, i);
    first = false;
  }
  put_groups(&w);
  put_back_edges(&w);
  text_puts(out, "}]}\n");
}

/* ---- node data ---- */

/* How often the body that a box stands in runs. */
static double runs_of(Ctx *ctx, const Picture *p, int cluster) {
  double runs = 1;
  for (; cluster > 0; cluster = p->clusters.data[cluster].parent)
    if (p->clusters.data[cluster].length.i)
      runs *= size_guess(ctx, p->clusters.data[cluster].length);
  return runs;
}

void model_explorer_data(const Graph *g, ExplorerMetric metric, Text *out) {
  static const char *const names[] = {"FLOPs", "bytes"};
  ExplorerWriter w = writer_new(g, out);
  const Picture *p = &w.walked.picture;
  bool first = true;
  text_putc(out, '{');
  text_put_json(out, graph_id(g));
  text_printf(out, ": {\"name\": \"%s\", \"results\": {", names[metric]);
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    const Box *b = &p->boxes.data[i];
    const Node *n = graph_node(b->graph, b->node);
    if (b->hidden || b->kind != BOX_op) continue;
    Sz cost = metric == METRIC_flops ? node_flops(b->graph, n) : explore_bytes(b->graph, n);
    if (!cost.i) continue;
    text_printf(out, "%s\"%u\": {\"value\": %.9g}", first ? "\n" : ",\n", i,
                size_guess(g->ctx, cost) * runs_of(g->ctx, p, b->cluster));
    first = false;
  }
  text_puts(out, "},\n\"gradient\": [{\"stop\": 0, \"bgColor\": \"#fff7ec\"}, {\"stop\": 1, "
                 "\"bgColor\": \"#d7301f\"}]}}\n");
}
