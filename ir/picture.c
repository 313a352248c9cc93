/* Draws a picture with Graphviz: what a name of the program says stands first and bold. */
#include "ir/picture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <graphviz/gvc.h>

#include "ir/picture_model.h"

typedef struct Drawing {
  Picture p;
  Agraph_t *graph;
  Agraph_t **clusters; /* by cluster; NULL: not drawn yet */
  Agnode_t **nodes;    /* by box */
  bool uses[16];       /* rows of colours that occur, for the legend */
  VEC(PictureArrow) arrows;
  VEC(Agedge_t *) drawn;          /* of each arrow */
  const char *to_sources;         /* from the folder of the picture to the current one: "../" */
  const char *current;            /* the current folder */
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
    {T_RANKS, {"#f0cbdd", "between ranks"}},
    {T_RANDOM, {"#bfe6e0", "random"}},
    {T_REGION | T_TUPLE, {"#ddd5cb", "group of ops"}},
    {T_LEAF, {"#d3e3f5", "input"}},
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

const PictureColour *picture_colour(const Box *box) {
  int row = colour_of(box, false);
  return row < 0 ? NULL : &colours[row].colour;
}

const PictureColour *picture_colours(int row) {
  return row < N_COLOURS ? &colours[row].colour : NULL;
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

/* ---- where it stands in the text ---- */

/* Graphviz writes it between quotes as it is. */
static const char *url_path(Ctx *ctx, const char *path) {
  Text out = text_new(&ctx->arena);
  for (; *path; path++) {
    bool plain = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
                 (*path >= '0' && *path <= '9') || strchr("/-._~+,=@:", *path);
    text_printf(&out, plain ? "%c" : "%%%02X", (unsigned char)*path);
  }
  return text_str(&out);
}

/* What a mouse over it shows: the line of the source; a click opens it there. */
static void link_to_source(Drawing *d, void *object, Span span, const char *what) {
  Ctx *ctx = d->p.ctx;
  int line = 0, column = 0;
  const Source *source = span_none(span) ? NULL : source_at(ctx, span.lo, &line, &column);
  if (!source) {
    set(object, "tooltip", what);
    return;
  }
  const char *text = source->text + source->lines[line - 1], *path = source->path;
  size_t n = strlen(d->current);
  if (n && !strncmp(path, d->current, n) && path[n] == '/') path += n + 1;
  text += strspn(text, " \t");
  int length = (int)strcspn(text, "\r\n");
  set(object, "tooltip",
      ctx_printf(ctx, "%s\n%s:%d:%d\n%.*s", what, path, line, column, length, text));
  const char *whole = ctx_printf(ctx, "%s%s", *path == '/' ? "" : d->to_sources, path);
  set(object, "URL", ctx_printf(ctx, "%s#L%d", url_path(ctx, whole), line));
}

static const char *type_text(Ctx *ctx, Ty type) {
  const TypeInfo *t = type_info(ctx, type);
  bool many = t->is_tuple && t->rank > 3;
  return many ? ctx_printf(ctx, "%d values", t->rank) : type_str(ctx, type);
}

static void link_box(Drawing *d, Agnode_t *node, int at, bool group) {
  const Box *b = &d->p.boxes.data[at];
  Ctx *ctx = d->p.ctx;
  const char *path = d->p.clusters.data[b->cluster].path;
  const char *equals = *b->name && *b->title ? " = " : "", *in = *path ? "\nin " : "";
  const char *type = b->type.i ? type_text(ctx, b->type) : "";
  const char *what = ctx_printf(ctx, "%s%s%s: %s%s%s", b->name, equals, b->title, type, in, path);
  Span span = graph_node(b->graph, b->node)->span;
  for (uint32_t i = 1; group && i < d->p.clusters.len; i++)
    if (d->p.clusters.data[i].box == at) {
      what = d->p.clusters.data[i].path;
      if (!span_none(d->p.clusters.data[i].span)) span = d->p.clusters.data[i].span;
    }
  link_to_source(d, node, span, what);
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
  if (c->kind == CLUSTER_scope || c->kind == CLUSTER_call)
    put_line(&label, TYPE_TAG, picture_weights(&d->p, cluster, -1));
  set_html(d->graph, AGRAPH, made, text_str(&label));
  link_to_source(d, made, c->span, c->path);
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

/* The values that a box stands for: its own, or of a group those that leave it. */
static const PictureColour *ask_colour(const Drawing *d, int at, bool group) {
  const Picture *p = &d->p;
  VEC(PictureValue) values = {0};
  bool *taken = arena_array(&p->ctx->arena, bool, p->boxes.len);
  for (uint32_t i = 0; !group && i < p->boxes.len; i++) taken[i] = picture_shown(p, (int)i) == at;
  for (uint32_t i = 0; group && i < p->edges.len; i++) {
    const Edge *e = &p->edges.data[i];
    bool leaves = picture_shown(p, e->from) == at && picture_shown(p, e->to) != at;
    taken[e->from] |= leaves;
  }
  for (uint32_t i = 0; i < p->boxes.len; i++) {
    const Box *b = &p->boxes.data[i];
    PictureValue value = {b->graph, b->node};
    if (taken[i] && b->graph) vec_push(&p->ctx->arena, &values, value);
  }
  return values.len ? p->opt->fill(p->opt->user, values.data, (int)values.len) : NULL;
}

/* The colour of a box; what it means is noted for the legend. Where colours tell facts, a box
 * without one is white. */
static const char *fill_of(Drawing *d, int at, bool group) {
  const PictureOptions *opt = d->p.opt;
  const PictureColour *own = opt->fill ? ask_colour(d, at, group) : NULL;
  int row = own || opt->fill ? -1 : colour_of(&d->p.boxes.data[at], group);
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
    const char *weights = picture_weights(&d->p, 0, at);
    bool update = picture_is_update(&d->p, b->cluster);
    if (!update || !*weights) put_line(&label, "", picture_counts(&d->p, at));
    put_line(&label, TYPE_TAG, weights);
    put_line(&label, TYPE_TAG, picture_types(&d->p, at));
  } else if (b->type.i) {
    put_line(&label, TYPE_TAG, type_text(ctx, b->type));
  }
  set_html(d->graph, AGNODE, node, text_str(&label));
  set(node, "fillcolor", fill_of(d, at, group));
  if (group) set(node, "shape", "box3d");
  if (b->kind == BOX_result) set(node, "penwidth", "1.8");
  if (b->kind == BOX_carry && !group) set(node, "style", "rounded,filled,dashed");
  link_box(d, node, at, group);
  d->nodes[at] = node;
}

/* Of an edge between equal clusters that are drawn once. */
typedef enum TwinEdge { EDGE_plain, EDGE_copy, EDGE_next } TwinEdge;

/* The outermost of several equal clusters, or the one drawn for them, that a cluster lies in, but
 * inside of another one; 0: none. */
static int instance_in(const Picture *p, int cluster, int outer) {
  int found = 0;
  for (; cluster > 0 && cluster != outer; cluster = p->clusters.data[cluster].parent)
    if (p->clusters.data[cluster].twin || p->clusters.data[cluster].twins) found = cluster;
  return found;
}

/* A copy stands in a cluster that is not drawn; from one cluster to its twin the edge leads to the
 * next turn, as in a loop. */
static TwinEdge twin_edge(const Picture *p, const Edge *edge) {
  int from = p->boxes.data[edge->from].cluster, to = p->boxes.data[edge->to].cluster;
  for (int outer = 0;;) {
    int a = instance_in(p, from, outer), b = instance_in(p, to, outer);
    const Cluster *x = &p->clusters.data[a], *y = &p->clusters.data[b];
    if (a != b) {
      int one = x->twin ? x->twin : a, other = y->twin ? y->twin : b;
      return a && b && one == other ? EDGE_next : EDGE_plain;
    }
    if (!a) return EDGE_plain;
    if (x->twin) return EDGE_copy;
    outer = a;
  }
}

/* One edge for each pair of boxes and direction; operand letters only where no box stands for
 * several ops. */
static void draw_edge(Drawing *d, const Edge *edge) {
  int from = picture_shown(&d->p, edge->from), to = picture_shown(&d->p, edge->to);
  TwinEdge kind = twin_edge(&d->p, edge);
  bool back = edge->back || kind == EDGE_next;
  if (from == to || kind == EDGE_copy || !d->nodes[from] || !d->nodes[to]) return;
  bool label =
      edge->operand >= 0 && edge->operand < 3 && to == edge->to && d->p.boxes.data[to].members == 1;
  char name[32];
  snprintf(name, sizeof name, "%d%s", label ? edge->operand : 9, back ? "b" : "");
  if (agedge(d->graph, d->nodes[from], d->nodes[to], name, 0)) return;
  Agedge_t *made = agedge(d->graph, d->nodes[from], d->nodes[to], name, 1);
  static const char *const letters[] = {"a", "b", "c"};
  if (label) set(made, "headlabel", letters[edge->operand]);
  set(made, "tooltip", type_str(d->p.ctx, edge->type));
  if (back) {
    set(made, "style", "dashed");
    set(made, "constraint", "false");
    return;
  }
  PictureArrow arrow = {from, to};
  vec_push(&d->p.ctx->arena, &d->arrows, arrow);
  vec_push(&d->p.ctx->arena, &d->drawn, made);
}

/* Where a row is too wide, edges into the rows below are longer: up to what has no input, else
 * down. */
static void wrap_rows(Drawing *d) {
  const int *row = picture_rows(&d->p, d->arrows.data, d->arrows.len);
  bool *has_input = arena_array(&d->p.ctx->arena, bool, d->p.boxes.len);
  for (uint32_t k = 0; k < d->arrows.len; k++) has_input[d->arrows.data[k].to] = true;
  for (uint32_t k = 0; k < d->arrows.len; k++) {
    PictureArrow a = d->arrows.data[k];
    int longer = row[a.to] + (has_input[a.from] ? 0 : row[a.from]);
    if (longer) set(d->drawn.data[k], "minlen", ctx_printf(d->p.ctx, "%d", 1 + longer));
  }
}

/* In a picture of more boxes Graphviz looks for good places for so long that nobody waits for
 * it. */
enum { MANY = 2000 };

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
  wrap_rows(d);
  if (agnnodes(d->graph) > MANY) {
    set(d->graph, "nslimit", "0.05");
    set(d->graph, "mclimit", "0.3");
  }
  draw_legend(d);
}

/* ---- files ---- */

/* "../" for each folder of a path. */
static const char *way_back(Ctx *ctx, const char *path) {
  Text back = text_new(&ctx->arena);
  if (*path == '/' || strstr(path, "../")) return "";
  for (const char *at = path; (at = strchr(at, '/')); at++) text_puts(&back, "../");
  return text_str(&back);
}

static bool write_file(Ctx *ctx, const Text *picture, const char *path) {
  FILE *file = fopen(path, "wb");
  bool opened = file, written = opened;
  if (opened) written = fwrite(picture->data, 1, picture->len, file) == picture->len;
  int why = errno;
  if (opened && fclose(file) != 0) {
    why = errno;
    written = false;
  }
  if (!written) diag_at(ctx, (Span){0}, E_file_write, "cannot write '%s': %s", path, strerror(why));
  return written;
}

/* Graphviz gives the bytes of its text one call at a time. */
static int take(void *text, const char *string) {
  text_puts(text, string);
  return 0;
}

static int nothing(void *text) { return text ? 0 : -1; }

static bool put_dot(Agraph_t *graph, Text *out) {
  Agiodisc_t *before = graph->clos->disc.io, io = *before;
  io.putstr = take;
  io.flush = nothing;
  set(graph, "linelength", "0"); /* breaks no string: where would depend on paths */
  graph->clos->disc.io = &io;
  bool fine = agwrite(graph, out) == 0;
  graph->clos->disc.io = before;
  return fine;
}

/* to_sources: from where the picture stands. */
static bool put_picture(Ctx *ctx, const Graph *g, const PictureOptions *opt, const char *format,
                        const char *to_sources, Text *out) {
  static const PictureOptions plain = {0};
  char current[4096];
  Drawing d = {.p = {.ctx = ctx, .opt = opt ? opt : &plain}, .to_sources = to_sources};
  d.current = getcwd(current, sizeof current) ? current : "";
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
  bool fine =
      !strcmp(format, "dot") ? put_dot(d.graph, out) : picture_lay_out(&d.p, d.graph, format, out);
  agclose(d.graph);
  return fine;
}

bool picture_write(Ctx *ctx, const Graph *g, const PictureOptions *opt, const char *format,
                   const char *path) {
  Text picture = text_new(&ctx->arena);
  return put_picture(ctx, g, opt, format, way_back(ctx, path), &picture) &&
         write_file(ctx, &picture, path);
}

bool picture_put(Ctx *ctx, const Graph *g, const PictureOptions *opt, const char *format,
                 Text *out) {
  return put_picture(ctx, g, opt, format, "", out);
}
