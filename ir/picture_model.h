/* What a picture shows, before Graphviz: boxes, edges, clusters, and which of them are visible.
 * Private to ir/. */
#ifndef ORDO_IR_PICTURE_MODEL_H
#define ORDO_IR_PICTURE_MODEL_H

#include "ir/numbering.h"
#include "ir/picture.h"

typedef enum BoxKind { BOX_op, BOX_param, BOX_carry, BOX_result } BoxKind;
typedef struct Box {
  BoxKind kind;
  const Graph *graph; /* where the node is */
  Ref node;
  Op op;
  int cluster;
  int home; /* with Picture.homes the cluster that it would stand in if there were no kernels */
  const char *title; /* op with its axes and folded numbers */
  const char *name;  /* the user's, or "" */
  Ty type;
  int into;    /* the box that stands for this one: itself, or what it was merged into */
  int members; /* boxes that were merged into this one, itself included */
  bool hidden; /* too far from the node asked for, or a step that is not used */
  int twin;    /* the cluster like its own that it is drawn by, of several equal ones; else 0 */
} Box;

/* A weight or state that is not drawn: its name stands in the ops that use it. */
typedef struct Folded {
  const char *name; /* its path */
  Ty type;
  ParamRole role;
} Folded;

/* That a box uses or makes a folded value. */
typedef struct FoldedUse {
  int box, folded;
} FoldedUse;

typedef struct Edge {
  int from, to;
  int operand; /* which operand of 'to', when it matters; else -1 */
  bool back;   /* from the end of a scan's body to a carried value */
  Ty type;     /* of the value that arrives: a scan collects the values of its steps */
} Edge;

typedef enum ClusterKind {
  CLUSTER_root,
  CLUSTER_scope,
  CLUSTER_scan,
  CLUSTER_kernel,
  CLUSTER_call
} ClusterKind;
typedef struct Cluster {
  ClusterKind kind;
  int parent, depth;
  const char *title; /* as shown */
  const char *name;  /* last component of the scope, or name of the body */
  const char *path;  /* whole scope, or name */
  int box;           /* the box that stands for it when collapsed; -1: expanded */
  Span span;         /* of the loop, kernel or call */
  const Graph *body; /* of the loop, kernel or call */
  Sz length;         /* of a loop: how many turns */
  int twin;          /* the equal one that is drawn in its place; 0: none */
  int twins;         /* how many it stands for, itself included; 0: only itself */
} Cluster;

typedef struct Picture {
  Ctx *ctx;
  const PictureOptions *opt;
  bool homes; /* clusters are made for homes, too */
  VEC(Box) boxes;
  VEC(Edge) edges;
  VEC(Cluster) clusters;   /* parents before children; 0 is the root */
  Numbering scopes;        /* of scopes, by cluster around them and name */
  VEC(int) scope_clusters; /* by number */
  VEC(Folded) folded;
  VEC(FoldedUse) uses;
} Picture;

/* Fills the picture from a graph, all clusters expanded (ir/picture_walk.c). */
void picture_walk(Picture *p, const Graph *g);
/* Collapses clusters and hides boxes as the options say; false and a diagnostic when they name
 * nothing. */
bool picture_reduce(Picture *p, const Graph *g);
/* Equal layers of an array, and equal updates of an optimizer, become the first of them
 * (ir/picture_twins.c). */
void picture_fold_twins(Picture *p);
/* Helps of the diagnostic just made: the name that is nearest to a wrong one
 * (ir/picture_near.c). */
void picture_help_frame(const Picture *p, const char *wanted);
void picture_help_name(const Picture *p, const char *wanted);
/* Whether a cluster is an optimizer's: "adam over net" and what is in it. */
bool picture_is_update(const Picture *p, int cluster);
/* Whether neither a cluster nor one around it is drawn as one box or by a twin. */
bool picture_is_open(const Picture *p, int cluster);
bool picture_lies_in(const Picture *p, int cluster, int outer);
/* An arrow between two visible boxes, not back to the beginning of a loop. */
typedef struct PictureArrow {
  int from, to;
} PictureArrow;
/* By box: how many rows it stands below the first ones of its rank, where that would be too wide
 * (ir/picture_rows.c). */
int *picture_rows(const Picture *p, const PictureArrow *arrows, uint32_t n);
/* Lays a Graphviz graph out and puts the picture's bytes in out; false after a diagnostic
 * (ir/picture_layout.c). */
bool picture_lay_out(const Picture *p, void *graph, const char *format, Text *out);

/* The colour of a box by what its op does, NULL for results: a row of picture_colours. */
const PictureColour *picture_colour(const Box *box);
const PictureColour *picture_colours(int row); /* NULL behind the last row */

/* The visible box that stands for a box. */
int picture_shown(const Picture *p, int box);
bool picture_is_visible(const Picture *p, int box);
/* Counts of the ops that were merged into a box: "4 mul, 2 add, exp". */
const char *picture_counts(const Picture *p, int box);
/* "3 weights, 49 k": what the boxes of a cluster (or those that a box stands for) use or make;
 * "" if nothing. */
const char *picture_weights(const Picture *p, int cluster, int box);
/* Types of the values that leave a box that stands for several ops: "f32[B, N], f32[B]". */
const char *picture_types(const Picture *p, int box);

#endif
