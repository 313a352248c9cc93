/* Smaller graphs to be tried by the reducer (reduce.h): sizes, numbers, loops. */
#ifndef ORDO_APP_REDUCE_STEPS_H
#define ORDO_APP_REDUCE_STEPS_H

#include "ir/ir.h"

/* What stands for what: a symbol for a number; or every whole multiple of 'unit' for as many times
 * 'by', so that 128, 256 and 4*128 shrink together. */
typedef struct SizeBinding {
  Sz from, to;      /* SZ_NONE: none */
  int64_t unit, by; /* unit 0: none */
} SizeBinding;
/* The graph under the binding; NULL where it has no meaning then. */
Graph *reduce_with_size(const Graph *g, const SizeBinding *b);
/* Extents and numbers of turns that are numbers above 1, each once, the smallest first. */
typedef VEC(int64_t) ReduceExtents;
ReduceExtents reduce_extents(const Graph *g);
/* All of them added up, node by node: what a binding has to make smaller. */
double reduce_extent(const Graph *g);

/* The graph with the turns of loop 'at' written out: a loop less. NULL where it is no loop of one
 * to three turns. */
Graph *reduce_unrolled(const Graph *g, Ref at);

/* The graph with another number in a constant. */
Graph *reduce_with_number(const Graph *g, Ref at, double number);
/* A simpler number to be tried, by i from 0 on: false behind the last one. */
bool reduce_number(double number, int i, double *simpler);

#endif
