/* What a graph needs of its sizes.
 *
 * An extent may be 0 wherever nothing needs an element, and a part of an axis may be empty. What
 * an op needs follows from its row alone:
 *
 *   every value    no extent is negative
 *   slice, pad     the box lies inside
 *   iota, gather, scatter_add   the shorter axis is no longer than the longer one
 *   update         the part is no longer than the axis, where it runs
 *   argmax, argmin, a number cast to an index, an index that is given as a number
 *                  the axis that is pointed into has the element, for every index that is made
 *   size, iota, any index
 *                  32 bits hold the size, and every place; 64 bits a size that is used as a float
 *   sum, prod, dot   64 bits hold the number of elements: a pass may make a factor of it
 *
 * By the last line an index of the graph always points at an element, and nothing else that
 * reads by index needs a check. Needs are taken from the graph as it was written, before passes,
 * so that they do not hang on what is fused with what. What holds for all sizes is left out; the
 * rest is checked when sizes are bound. */
#ifndef ORDO_IR_NEEDS_H
#define ORDO_IR_NEEDS_H

#include "base/map.h"
#include "ir/ir.h"

typedef enum NeedKind {
  NEED_extent,  /* an axis without a negative extent */
  NEED_inside,  /* places inside of an axis */
  NEED_element, /* an element to point at */
  NEED_fits,    /* a size that 32 bits hold */
  NEED_value,   /* a size that 64 bits hold */
} NeedKind;

typedef struct Need {
  NeedKind kind;
  Op op;
  Sz least;    /* has to be 0 or more, unless count is 0; of NEED_value: has to have a value */
  Sz count;    /* how many elements need it; SZ_NONE: it does not matter */
  Sz axis;     /* the extent of the axis that it is about */
  Sz from, to; /* inside: the places from .. to - 1 */
  Span span;   /* where it was written */
  Span call;   /* the outermost call that leads there; none at the top */
} Need;

typedef struct Needs {
  VEC(Need) list;
} Needs;

/* Appends what the live part of a graph needs, bodies included. */
void graph_needs(const Graph *g, Needs *needs);
/* The same without the bodies that an earlier call with this map has looked at. */
void graph_needs_new(const Graph *g, Map *done, Needs *needs);
/* Whether a node of a loop may run where the loop has no turn: what it needs does not hang on the
 * turns. */
bool node_may_run(const Graph *g, const Node *node);
/* Says that it is not met, with the values of its symbols in env, which may be NULL. */
const char *need_text(Ctx *ctx, const Need *need, const SizeEnv *env);
/* False after a diagnostic at its place when a need is not met under env. */
bool needs_met(Ctx *ctx, const Needs *needs, const SizeEnv *env);
/* False after diagnostics for the needs that no sizes meet but by having nothing to do. */
bool needs_possible(Ctx *ctx, const Needs *needs);

#endif
