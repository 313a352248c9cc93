/* The graphs of a pipeline's stages as data for a page that explores them (app/explorer/).
 *
 * A stage is walked as for a picture: boxes, arrows, frames. Boxes and frames are followed from
 * stage to stage, so that what a pass leaves alone keeps its number, and a stage is written as what
 * it adds to the one before, changes in it and takes from it. docs/explorer.md says how the page
 * shows it; explore.c lists the fields.
 */
#ifndef ORDO_IR_EXPLORE_H
#define ORDO_IR_EXPLORE_H

#include "ir/picture.h"

/* What is proved about a value. */
typedef struct ExploreFact {
  int verdict; /* a row of ExploreOptions.verdicts; -1: nothing */
  const char *text;
} ExploreFact;

/* One rewrite of a pass, or several equal ones. */
typedef struct ExploreRewrite {
  const char *rule, *before, *after;
  Span span;
  uint32_t count;
} ExploreRewrite;

typedef struct ExploreRemark {
  const char *kind, *code, *reason;
  const char *node, *scope; /* node: "dot:f32[B, H] 'gates'" */
  Span span;
  uint32_t count;
} ExploreRemark;

/* How long something that runs took: a kernel, by its body, or else a node of a graph. */
typedef struct ExploreTime {
  const Graph *graph;
  Ref node; /* REF_NONE: the graph is a kernel's body */
  double seconds, calls;
  bool shared; /* of several that cannot be told apart, each got its part */
} ExploreTime;

typedef struct ExploreStage {
  const char *name; /* of the pass; of the first stage "as written" */
  const char *doc;  /* what the pass does */
  const Graph *graph;
  double seconds;
  VEC(ExploreRewrite) rewrites;
  VEC(ExploreRemark) remarks;
  VEC(ExploreTime) times;
} ExploreStage;

typedef struct ExploreOptions {
  const char *title;           /* of the page */
  int open_at;                 /* the stage that is shown first */
  const char *const *verdicts; /* names of verdicts, the weakest first; ends with NULL */
  /* What is proved about a value of a stage. May be NULL. */
  ExploreFact (*fact)(void *user, int stage, const PictureValue *value);
  void *user;
} ExploreOptions;

/* Puts the data, and the lines of the source that belong to it, as JSON in which no '<' stands, so
 * that it may stand in a page. */
void explore_json(Ctx *ctx, const ExploreStage *stages, int n, const ExploreOptions *options,
                  Text *out, Text *files);

#endif
