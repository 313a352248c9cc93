/* Where a derivative stands: the graphs around it, outermost first (grad_path.c, grad_total.c,
 * grad_repeat.c).
 *
 * A body sees the values around its loop as parameters. So a value of a body is followed outwards:
 * a captured one is the operand it stands for, in the graph around. What stands at the end is the
 * value's origin: a node that is computed there, a carry, a slice, a parameter of the whole. */
#ifndef ORDO_PASSES_GRAD_GRAD_PATH_H
#define ORDO_PASSES_GRAD_GRAD_PATH_H

#include "passes/grad/grad.h"

enum { GRAD_MAX_LEVELS = 48 };

typedef struct GradLevel {
  const Graph *g;
  Ref scan; /* in the level before: the loop whose body g is */
  ScanShape shape;
} GradLevel;

typedef struct GradPath {
  GradLevel level[GRAD_MAX_LEVELS];
  int depth; /* of the innermost level; the graph of the pass is level 0 */
} GradPath;

typedef struct GradPlace {
  int level;
  Ref ref;
} GradPlace;

typedef enum GradRole { GRAD_step, GRAD_carry, GRAD_slice, GRAD_captured } GradRole;

/* The path with the body of a scan of its innermost graph; false when it is too deep. */
bool grad_path_enter(GradPath *path, Ref scan);
const Node *grad_path_scan(const GradPath *path, int level);
/* What a parameter of a body is, by its number in the list of parameters. */
GradRole grad_role(const ScanShape *shape, int param);
bool grad_is_param(const Graph *g, Ref r, int *param);
GradPlace grad_origin(const GradPath *path, int level, Ref r);

/* By node: whether it depends on one of the marked ones, of loops by result; extends the marks. */
void grad_spread(const Graph *g, bool *active);
/* By level and node: what depends on the places through ops that have a derivative; NULL for levels
 * outside of all of them. */
void grad_activity(const GradPath *path, const GradPlace *places, int n, bool **active);
/* The levels behind 'level', whose own marks are given. */
void grad_activity_inside(const GradPath *path, int level, bool **active);

/* A copy of a node in a graph that has nodes of several: a variable stays one of its own. */
Ref grad_copy_node(const Graph *from, Ref r, Graph *to, const Ref *operands);
/* The whole graph with another graph in place of the one at 'level'. outer: values of the levels
 * before that it captures in addition, by its last parameters. */
typedef VEC(GradPlace) GradPlaces;
Graph *grad_path_replace(const GradPath *path, int level, Graph *body, const GradPlaces *outer);

/* grad_total.c: a derivative in a loop by a value from outside, of something that has it by other
 * ways too, is made whole. The graph itself when there is none; NULL on an error. */
Graph *grad_make_total(GradCtx *gc, const Graph *g);
/* grad_repeat.c: the first turns of 'repeat' whose derivatives reach what was computed before, are
 * written out. */
Graph *grad_write_out(GradCtx *gc, const Graph *g);

#endif
