/* Draws a picture with Graphviz: what a name of the program says stands first and bold. */
#include "ir/picture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <graphviz/gvc.h>

#include "ir/picture_model.h"

typedef struct Drawing {
  Picture p;
  Agraph_t *graph;
  Agraph_t **clusters;            /* by cluster; NULL: not drawn yet */
  Agnode_t **nodes;               /* by box */
  bool uses[16];                  /* rows of colours that occur, for the legend */
  VEC(const PictureColour *) own; /* of PictureOptions.fill */
} Drawing;

static void set(void *object, const char *name, const char *value) {
  agsafeset(object, (char *)name, (char *)value, "");
}

/* Labels are Graphviz's HTML: a line in a tag of its own, names bold. */
static void put_line(Text *label, const char *tag, const char *line) {
  if (!*line) return;
  if (label->len) text_puts(label, "<br/>");
  if (*tag) text_printf(label, "<%s>", tag);
  for (; *line; line++) {
    static const char special[] = "<>&\"";
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;"};
    const char *found = strchr(special, *line);
    if (found)
      text_puts(label, entities[found - special]);
    else
      text_putc(label, *line);
  }
  if (*tag) text_printf(label, "</%.*s>", (int)strcspn(tag, " "), tag);
}

static const char *const NAME_TAG = "b", *const TYPE_TAG = "font color=\"#5b6770\"";

/* The label of a node, a cluster or the picture itself; kind as agattr takes it. */
static void set_html(Agraph_t *root, int kind, void *object, const char *html) {
  if (!agattr(root, kind, (char *)"label", NULL))
    agattr(root, kind, (char *)"label", (char *)(kind == AGNODE ? "\\N" : ""));
  char *kept = agstrdup_html(root, (char *)html);
  agxset(object, agattr(root, kind, (char *)"label", NULL), kept);
  agstrfree(root, kept);
}

/* ---- colours ---- */

typedef struct Colour {
  unsigned traits;
  PictureColour colour;
} Colour;

/* The first row that fits an op's class; the legend shows the rows that the picture has. */
static const Colour colours[] = {
    {T_CONTRACT, {"#f4b6a6", "matrix product"}},
    {T_REDUCE | T_ARGREDUCE, {"#f7d9a8", "reduction"}},
    {T_ELEMENTWISE, {"#fdf6d0", "elementwise"}},
    {T_MOVEMENT, {"#e8e8e8", "movement"}},
    {T_INDEXED | T_ALONG | T_MATRIX, {"#dccbf0", "look-up, sort"}},
    {T_RANDOM, {"#bfe6e0", "random"}},
    {T_REGION | T_TUPLE, {"#cfe8c6", "group of ops"}},
    {T_LEAF, {"#d3e3f5", "input, weight"}},
};
enum { N_COLOURS = sizeof colours / sizeof *colours, GROUP = N_COLOURS - 2, INPUT = N_COLOURS - 1 };

/* A row of colours, or -1. */
static int colour_of(const Box *b, bool group) {
  if (group) return GROUP;
  if (b->kind != BOX_op) return b->kind == BOX_result ? -1 : INPUT;
  for (int i = 0; i < N_COLOURS; i++)
    if (op_is(b->op, colours[i].traits)) return i;
  return -1;
}

static void put_colour(Text *html, const PictureColour *colour) {
  text_printf(html, "<td bgcolor=\"%s\">%s</td>", colour->fill, colour->means);
}

static void draw_legend(Drawing *d) {
  Text html = text_new(&d->p.ctx->arena);
  text_puts(&html, "<table border=\"0\" cellborder=\"1\" cellspacing=\"4\" "
                   "color=\"#5b6770\"><tr>");
  bool any = d->own.len > 0;
  for (uint32_t i = 0; i < d->own.len; i++) put_colour(&html, d->own.data[i]);
  for (int i = 0; i < N_COLOURS; i++) {
    if (d->uses[i]) put_colour(&html, &colours[i].colour);
    any |= d->uses[i];
  }
  text_puts(&html, "</tr></table>");
  if (!any) return;
  set_html(d->graph, AGRAPH, d->graph, text_str(&html));
  set(d->graph, "labelloc", "b");
  set(d->graph, "fontsize", "10");
}

static const char *cluster_fill(ClusterKind kind) {
  static const char *const fills[] = {"#ffffff", "#f7f9fc", "#eef6ea", "#f3effa", "#f5f5f0"};
  return fills[kind];
}

/* ---- boxes, clusters, edges ---- */

static Agraph_t *draw_cluster(Drawing *d, int cluster) {
  if (cluster == 0) return d->graph;
  if (d->clusters[cluster]) return d->clusters[cluster];
  const Cluster *c = &d->p.clusters.data[cluster];
  Agraph_t *parent = draw_cluster(d, c->parent);
  char name[32];
  snprintf(name, sizeof name, "cluster_%d", cluster);
  Agraph_t *made = agsubg(parent, name, 1);
  Text label = text_new(&d->p.ctx->arena);
  put_line(&label, NAME_TAG, c->title);
  set_html(d->graph, AGRAPH, made, text_str(&label));
  set(made, "style", "rounded,filled");
  set(made, "color", "#9aa5b1");
  set(made, "fillcolor", cluster_fill(c->kind));
  set(made, "fontsize", "11");
  set(made, "labeljust", "l");
  return d->clusters[cluster] = made;
}

/* The cluster that a visible box stands in: a collapsed one's box stands in its parent. */
static int standing(const Drawing *d, int box) {
  int cluster = d->p.boxes.data[box].cluster;
  for (int at = cluster; at > 0; at = d->p.clusters.data[at].parent)
    if (d->p.clusters.data[at].box >= 0) cluster = d->p.clusters.data[at].parent;
  return cluster;
}

static bool is_collapsed(const Drawing *d, int box) {
  int cluster = d->p.boxes.data[box].cluster;
  return standing(d, box) != cluster;
}

/* The colour of a box; what it means is noted for the legend. */
static const char *fill_of(Drawing *d, const Box *b, bool group) {
  const PictureOptions *opt = d->p.opt;
  bool ask = opt->fill && b->graph && !group;
  const PictureColour *own = ask ? opt->fill(opt->user, b->graph, b->node) : NULL;
  int row = own ? -1 : colour_of(b, group);
  if (row >= 0) d->uses[row] = true;
  if (!own) return row < 0 ? "#ffffff" : colours[row].colour.fill;
  for (uint32_t i = 0; i < d->own.len; i++)
    if (d->own.data[i] == own) return own->fill;
  vec_push(&d->p.ctx->arena, &d->own, own);
  return own->fill;
}

static void draw_box(Drawing *d, int at) {
  const Box *b = &d->p.boxes.data[at];
  Ctx *ctx = d->p.ctx;
  char name[32];
  snprintf(name, sizeof name, "n%d", at);
  Agnode_t *node = agnode(draw_cluster(d, standing(d, at)), name, 1);
  bool group = is_collapsed(d, at) || b->members > 1;
  Text label = text_new(&ctx->arena);
  bool named = !group && *b->name;
  if (named) put_line(&label, NAME_TAG, b->name);
  put_line(&label, group || b->kind == BOX_param ? NAME_TAG : "", b->title);
  if (group) {
    put_line(&label, "", picture_counts(&d->p, at));
    put_line(&label, TYPE_TAG, picture_types(&d->p, at));
  } else if (b->type.i) {
    put_line(&label, TYPE_TAG, type_str(ctx, b->type));
  }
  set_html(d->graph, AGNODE, node, text_str(&label));
  set(node, "fillcolor", fill_of(d, b, group));
  if (group) set(node, "shape", "box3d");
  if (b->kind == BOX_result) set(node, "penwidth", "1.8");
  if (b->kind == BOX_carry && !group) set(node, "style", "rounded,filled,dashed");
  d->nodes[at] = node;
}

/* One edge for each pair of boxes and direction; operand letters only where no box stands for
 * several ops. */
static void draw_edge(Drawing *d, const Edge *edge) {
  int from = picture_shown(&d->p, edge->from), to = picture_shown(&d->p, edge->to);
  if (from == to || !d->nodes[from] || !d->nodes[to]) return;
  bool label =
      edge->operand >= 0 && edge->operand < 3 && to == edge->to && d->p.boxes.data[to].members == 1;
  char name[32];
  snprintf(name, sizeof name, "%d%s", label ? edge->operand : 9, edge->back ? "b" : "");
  if (agedge(d->graph, d->nodes[from], d->nodes[to], name, 0)) return;
  Agedge_t *made = agedge(d->graph, d->nodes[from], d->nodes[to], name, 1);
  static const char *const letters[] = {"a", "b", "c"};
  if (label) set(made, "headlabel", letters[edge->operand]);
  if (edge->back) {
    set(made, "style", "dashed");
    set(made, "constraint", "false");
  }
}

static void draw(Drawing *d) {
  set(d->graph, "rankdir", d->p.opt->across ? "LR" : "TB");
  set(d->graph, "fontname", "Helvetica");
  set(d->graph, "nodesep", "0.25");
  set(d->graph, "ranksep", "0.35");
  agattr(d->graph, AGNODE, "shape", "box");
  agattr(d->graph, AGNODE, "style", "rounded,filled");
  agattr(d->graph, AGNODE, "fontname", "Helvetica");
  agattr(d->graph, AGNODE, "fontsize", "10");
  agattr(d->graph, AGNODE, "margin", "0.08,0.04");
  agattr(d->graph, AGNODE, "height", "0.2");
  agattr(d->graph, AGNODE, "color", "#5b6770");
  agattr(d->graph, AGEDGE, "color", "#5b6770");
  agattr(d->graph, AGEDGE, "arrowsize", "0.6");
  agattr(d->graph, AGEDGE, "fontsize", "8");
  agattr(d->graph, AGEDGE, "fontname", "Helvetica");
  agattr(d->graph, AGEDGE, "labeldistance", "1.1");
  agattr(d->graph, AGEDGE, "labelangle", "-50");
  for (uint32_t i = 0; i < d->p.boxes.len; i++)
    if (picture_is_visible(&d->p, (int)i)) draw_box(d, (int)i);
  for (uint32_t i = 0; i < d->p.edges.len; i++) draw_edge(d, &d->p.edges.data[i]);
  draw_legend(d);
}

/* ---- files ---- */

/* The last message of Graphviz goes with ours. */
static void report_graphviz(Ctx *ctx, const char *verb, const char *format) {
  diag_at(ctx, (Span){0}, E_picture_failed, "Graphviz cannot %s the picture as %s", verb, format);
  char *why = aglasterr();
  if (why && *why) diag_got(ctx, "%.*s", (int)strcspn(why, "\n"), why);
  free(why); /* allowed: Graphviz allocated it */
}

static bool render(Ctx *ctx, Agraph_t *graph, const char *format, FILE *file) {
  if (!strcmp(format, "dot")) return agwrite(graph, file) == 0;
  GVC_t *gvc = gvContext();
  if (!gvc) return false;
  agseterr(AGMAX); /* messages are kept for us instead of printed */
  bool laid_out = gvLayout(gvc, graph, "dot") == 0;
  bool fine = laid_out && gvRender(gvc, graph, format, file) == 0;
  if (!fine) report_graphviz(ctx, laid_out ? "write" : "lay out", format);
  if (laid_out) gvFreeLayout(gvc, graph);
  gvFreeContext(gvc);
  return fine;
}

static bool write_file(Ctx *ctx, Agraph_t *graph, const char *format, const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file) {
    diag_at(ctx, (Span){0}, E_file_write, "cannot write '%s': %s", path, strerror(errno));
    return false;
  }
  errno = 0;
  bool fine = render(ctx, graph, format, file), written = !ferror(file);
  if (fclose(file) != 0) written = false;
  if (!written)
    diag_at(ctx, (Span){0}, E_file_write, "cannot write '%s': %s", path, strerror(errno));
  return fine && written;
}

bool picture_write(Ctx *ctx, const Graph *g, const PictureOptions *opt, const char *format,
                   const char *path) {
  static const PictureOptions plain = {0};
  Drawing d = {.p = {.ctx = ctx, .opt = opt ? opt : &plain}};
  picture_walk(&d.p, g);
  if (!picture_reduce(&d.p, g)) return false;
  d.graph = agopen((char *)"ordo", Agdirected, NULL);
  if (!d.graph) {
    diag_at(ctx, (Span){0}, E_picture_failed, "Graphviz cannot make a graph");
    return false;
  }
  d.clusters = arena_array(&ctx->arena, Agraph_t *, d.p.clusters.len);
  d.nodes = arena_array(&ctx->arena, Agnode_t *, d.p.boxes.len);
  draw(&d);
  bool fine = write_file(ctx, d.graph, format, path);
  agclose(d.graph);
  return fine;
}
