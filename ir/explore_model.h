/* What the writers of explored graphs share: see explore.h. Private to ir/. */
#ifndef ORDO_IR_EXPLORE_MODEL_H
#define ORDO_IR_EXPLORE_MODEL_H

#include "ir/explore.h"
#include "ir/picture_model.h"

/* A frame in all stages: a layer, a loop or a kernel. */
typedef struct ExploreFrame {
  int parent; /* no kernel; -1: of the first one, which is all */
  ClusterKind kind;
  const char *title, *path;
  Span span;
  double repeat; /* how often its body runs each time that its parent's does */
} ExploreFrame;

typedef struct ExploreFrames {
  Ctx *ctx;
  Numbering numbers;
  Strings names;
  VEC(ExploreFrame) list; /* parents before children */
} ExploreFrames;

/* Where the clusters of a picture are among the frames of all stages. */
typedef struct FramesOf {
  int *frame;  /* by cluster: the layer or loop around it, itself included */
  int *kernel; /* by cluster: the kernel around it, or -1 */
} FramesOf;
FramesOf explore_frames(ExploreFrames *frames, const Picture *p);

/* A picture with what belongs to each box, hidden ones left out. */
typedef struct Walked {
  Picture picture;
  FramesOf frames;
  uint32_t *first, *edges; /* arrows into box b: edges[first[b]] to edges[first[b + 1]] - 1 */
  uint32_t *first_use, *uses;
  uint64_t *hash; /* by box: all that it is computed from */
  uint32_t *id;   /* by box, in all stages */
} Walked;

/* Walks a graph: all but frames, hash and id. */
void explore_walk(Ctx *ctx, const Graph *g, Walked *w);
/* What a node reads and writes. */
Sz explore_bytes(const Graph *g, const Node *n);

/* Gives boxes the numbers of those of the stage before (NULL: there is none) that they are; new
 * ones count on from *next. */
void explore_match(Ctx *ctx, const Walked *before, Walked *after, uint32_t *next);

#endif
