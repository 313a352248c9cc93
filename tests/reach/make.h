/* Random graphs in which places along an axis matter: masks made of positions, shifts, loops that
 * hand on, lookups and updates at positions, between any other ops. */
#ifndef ORDO_TESTS_REACH_MAKE_H
#define ORDO_TESTS_REACH_MAKE_H

#include "fuzz/gen.h"

/* A graph of so many of these, and as many others; all values are results. */
Graph *make_places(Gen *gen, int nodes);

#endif
