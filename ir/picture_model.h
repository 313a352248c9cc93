/* What a picture shows, before Graphviz: boxes, edges, clusters, and which of them are visible.
 * Private to ir/. */
#ifndef ORDO_IR_PICTURE_MODEL_H
#define ORDO_IR_PICTURE_MODEL_H

#include "ir/picture.h"

typedef enum BoxKind { BOX_op, BOX_param, BOX_carry, BOX_result } BoxKind;
typedef struct Box {
  BoxKind kind;
  const Graph *graph; /* where the node is */
  Ref node;
  Op op;
  int cluster;
  const char *title; /* op with its axes and folded numbers */
  const char *name;  /* the user's, or "" */
  Ty type;
  int into;    /* the box that stands for this one: itself, or what it was merged into */
  int members; /* boxes that were merged into this one, itself included */
  bool hidden; /* too far from the node asked for, or a step that is not used */
} Box;

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
} Cluster;

typedef struct Picture {
  Ctx *ctx;
  const PictureOptions *opt;
  VEC(Box) boxes;
  VEC(Edge) edges;
  VEC(Cluster) clusters; /* parents before children; 0 is the root */
} Picture;

/* Fills the picture from a graph, all clusters expanded (ir/picture_walk.c). */
void picture_walk(Picture *p, const Graph *g);
/* Collapses clusters and hides boxes as the options say; false and a diagnostic when they name
 * nothing. */
bool picture_reduce(Picture *p, const Graph *g);
/* The visible box that stands for a box. */
int picture_shown(const Picture *p, int box);
bool picture_is_visible(const Picture *p, int box);
/* Counts of the ops that were merged into a box: "4 mul, 2 add, exp". */
const char *picture_counts(const Picture *p, int box);
/* Types of the values that leave a box that stands for several ops: "f32[B, N], f32[B]". */
const char *picture_types(const Picture *p, int box);

#endif
