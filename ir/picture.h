/* Pictures of graphs, drawn by Graphviz as a library: DOT, SVG, PNG, PDF.
 *
 * Boxes are nodes; clusters are scopes (layers and functions of the model), scans, kernels and
 * calls, one inside the other. Numbers and sizes stand in the labels of their users, items of
 * tuples and parameters of calls and kernels are followed through, so that an edge goes from the op
 * that makes a value to the op that uses it. The carried values of a scan are boxes of their own,
 * with a dashed edge back from what the body gives.
 */
#ifndef ORDO_IR_PICTURE_H
#define ORDO_IR_PICTURE_H

#include "ir/ir.h"

/* A colour of boxes, and what the legend says it means. */
typedef struct PictureColour {
  const char *fill, *means;
} PictureColour;

typedef struct PictureValue {
  const Graph *graph;
  Ref node;
} PictureValue;

typedef struct PictureOptions {
  bool across;           /* left to right instead of top down */
  bool weights;          /* weights and what optimizers keep as boxes, optimizers opened */
  bool whole;            /* each op, however many: nothing is folded but weights */
  bool broadcasts;       /* draw broadcasts as boxes; otherwise edges run past them */
  const char **collapse; /* clusters drawn as one box with its op counts: a scope's path or last
                            name, the name of */
  int n_collapse; /*   a scan, kernel or called graph, or "scan", "kernel", "call", "scope" for all
                     of them */
  int depth;      /* clusters deeper than this are collapsed; 0: no limit */
  const char *around; /* only what is near this node: its user name, or %N of the graph */
  int radius;         /* number of edges from it, at least 1; 0: 2 */
  /* A colour of its own for a box, by the n values that it stands for and that leave it; NULL: the
   * usual one. May be NULL. The same colour is always the same pointer. */
  const PictureColour *(*fill)(void *user, const PictureValue *values, int n);
  void *user;
  /* Two graphs side by side, in frames with titles: the second one, or NULL. */
  const Graph *second;
  const char *titles[2];
  /* Only what is near (radius) a value of which this is true; NULL: everything. */
  bool (*wanted)(void *user, const PictureValue *value);
  int most; /* at most about so many ops, by collapsing more and more; 0: 300 */
  /* Called now and then while a picture is laid out, which may take long: false stops it. May be
   * NULL. */
  bool (*wait)(void *user, int boxes, double seconds);
  void *wait_user;
} PictureOptions;

/* Writes a picture. format: dot (text, without layout), svg, png, pdf. opt may be NULL. false: a
 * diagnostic. */
bool picture_write(Ctx *ctx, const Graph *g, const PictureOptions *opt, const char *format,
                   const char *path);
/* The same into a text; a picture may hold bytes that are 0. */
bool picture_put(Ctx *ctx, const Graph *g, const PictureOptions *opt, const char *format,
                 Text *out);
/* Lists the frames of a graph's picture and the names in it, one a line. */
void picture_list(Ctx *ctx, const Graph *g, Text *out);

#endif
